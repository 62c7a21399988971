/*
 * runs/cluster_run.h - one search for places, and its steps in the order in which castmap_run_cluster() takes them.
 */
#ifndef CM_RUNS_CLUSTER_RUN_H
#define CM_RUNS_CLUSTER_RUN_H

#include "project/layer_table.h"
#include "runs/run_points.h"

typedef struct cm_cluster_run {
    castmap_context *ctx;
    castmap_project *project;
    const castmap_cluster_run_options *options; /* borrowed */
    cm_run_points points;             /* owned */
    cm_cluster_layer layer;           /* owned */
    castmap_cluster_summary summary;  /* owned */
} cm_cluster_run;

/* cluster_options.c: refuse what the method does not take. */
CASTMAP_NODISCARD castmap_status cm_cluster_check(castmap_context *ctx, const castmap_cluster_run_options *options);
/* cluster_options.c: parameters that were not given come from the data; records known too roughly for them are left out. Remarks say how. */
CASTMAP_NODISCARD castmap_status cm_cluster_choose(cm_cluster_run *run);

/* cluster_options.c: how many make a place among so many (or so much weight), where nobody said. */
uint32_t cm_cluster_number(double total);
/* cluster_options.c: how exactly a place is known, metres; INFINITY: not exactly enough for anything, as an area or a default that nobody
 * moved. An exact place of which no accuracy was written counts as known to 0 m. */
double cm_place_known_to(double accuracy_m, int precision);
/* cluster_options.c: the radius at which the data crowd, as a figure that people can say. */
CASTMAP_NODISCARD castmap_status cm_cluster_scale(castmap_context *ctx, const cm_run_points *points, uint32_t min_points, double *out);
/* cluster_options.c: leave out what is known less exactly than limit_m; *left_out grows. CASTMAP_E_NOT_FOUND when nothing is left. */
CASTMAP_NODISCARD castmap_status cm_cluster_keep_exact(castmap_context *ctx, cm_run_points *points, double limit_m, size_t *left_out);

/* cluster_methods.c: labels, cores, scores of layer; summary.clusters. */
CASTMAP_NODISCARD castmap_status cm_cluster_label(cm_cluster_run *run);

/* cluster_details.c: layer->detail, outlines. layer->shapes is there. */
CASTMAP_NODISCARD castmap_status cm_cluster_describe(cm_cluster_run *run);

/* cluster_outlines.c: members of place c are index[start[c]..start[c + 1]). Does nothing where convex outlines were asked for. */
CASTMAP_NODISCARD castmap_status cm_cluster_outlines(cm_cluster_run *run, const size_t *start, const uint32_t *index);

/* cluster_summary.c: the rest of the summary, with its red flags. */
CASTMAP_NODISCARD castmap_status cm_cluster_summarise(cm_cluster_run *run);

#endif
