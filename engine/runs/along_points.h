/*
 * runs/along_points.h - the project's streets and the observations on them: what questions along streets begin with.
 */
#ifndef CM_RUNS_ALONG_POINTS_H
#define CM_RUNS_ALONG_POINTS_H

#include "castmap/along.h"
#include "castmap/streets.h"
#include "runs/run_points.h"

typedef struct cm_along_points {
    castmap_streets streets; /* owned */
    cm_run_points   points;  /* owned; on a street, known exactly enough */
    uint32_t *edge;          /* owned [points.set.count] */
    double   *along_m;       /* owned */
    size_t    inexact, off_streets; /* left out: known less exactly than snap_m; farther than that from every street */
} cm_along_points;

/* The newest streets. None on them is no failure. */
CASTMAP_NODISCARD castmap_status cm_along_points_load(castmap_context *ctx, castmap_project *project, const castmap_filter *filter, double snap_m,
                                                      cm_along_points *out);
void cm_along_points_clear(cm_along_points *points);

/*
 * The place that a word stands for: "latitude,longitude", "#number" of an observation, a postcode or a name of the project's tables. `role` names it in
 * messages.
 */
CASTMAP_NODISCARD castmap_status cm_along_place(castmap_context *ctx, castmap_project *project, const char *word, const char *role, double *lon,
                                                double *lat);

/* Remarks on what was left out. 0, or -1 when out of memory. */
int cm_along_remark_left_out(size_t inexact, size_t off_streets, double snap_m, castmap_remark **remarks, size_t *count);

#endif
