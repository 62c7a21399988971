/*
 * runs/run_points.h - the accepted observations of a project as arrays in the working CRS: what every run begins with.
 */
#ifndef CM_RUNS_RUN_POINTS_H
#define CM_RUNS_RUN_POINTS_H

#include "castmap/runs.h"
#include "project/observation_table.h"
#include "space/geodesy/projection.h"

typedef struct cm_run_points {
    cm_observation_set set;        /* owned; only rows that passed the filter, in order of id */
    cm_projection     *projection; /* owned */
    double            *x, *y;      /* owned [set.count], metres */
    double            *weight;     /* owned [set.count], >= 0; NULL: all 1 */
    size_t             unweighed;  /* left out: their column says nothing */
    size_t             inexact;    /* left out by the filter of accuracy */
    size_t             outside;    /* left out: the working CRS does not reach them */
} cm_run_points;

/* Load, filter, project. CASTMAP_E_NOT_FOUND when nothing is left. */
CASTMAP_NODISCARD castmap_status cm_run_points_load(castmap_context *ctx, castmap_project *project,
                                                    const castmap_filter *filter, cm_run_points *out);
/*
 * Weigh each by the number in a kept column, or (persons) by the persons it tells of, 1 where it does not say. Those whose column says nothing
 * are left out and counted. CASTMAP_E_DATA: all weigh nothing, or cm_observation_weights() says so. column NULL, persons false: does nothing.
 */
CASTMAP_NODISCARD castmap_status cm_run_points_weigh(castmap_context *ctx, castmap_project *project, const char *column, bool persons,
                                                     cm_run_points *points);
/* What all of them weigh together: their number where nothing was weighed. */
double cm_run_points_total(const cm_run_points *points);
void cm_run_points_clear(cm_run_points *points);
/* Forget the rows whose keep is false; their order stays. */
void cm_run_points_keep(cm_run_points *points, const bool *keep);
/* The remark that some were left out because they are marked as repeating another; none where there are none. Not 0: out of memory. */
int cm_run_points_remark(const cm_run_points *points, castmap_remark **remarks, size_t *count);
/* Borrowed view of all of them. */
castmap_points cm_run_points_view(const cm_run_points *points);

#endif
