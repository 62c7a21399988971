/*
 * runs/route_run.h - one search along the streets, and its steps in the order in which castmap_run_routes() takes them.
 */
#ifndef CM_RUNS_ROUTE_RUN_H
#define CM_RUNS_ROUTE_RUN_H

#include "project/route_layer_table.h"
#include "runs/run_points.h"

typedef struct cm_route_run {
    castmap_context *ctx;
    castmap_project *project;
    const castmap_routes_run_options *options; /* borrowed */
    castmap_streets   streets;   /* owned */
    castmap_lixels    lixels;    /* owned */
    cm_run_points     points;    /* owned */
    uint32_t         *edge;      /* owned [points.set.count]; CASTMAP_NO_EDGE: on no street */
    double           *along_m, *distance_m; /* owned, parallel */
    double           *weight;    /* owned, parallel; NULL: all 1 */
    double           *exposure;  /* owned [lixels.count]; NULL: length */
    castmap_stretches found;     /* owned; empty without a test */
    cm_route_layer    layer;     /* owned */
    castmap_routes_summary summary; /* owned */
} cm_route_run;

/* Observations that were moved to shared map points are counted: nothing is tested. */
bool cm_route_has_shared(const cm_route_run *run);
bool cm_route_is_tested(const cm_route_run *run);

/* route_weights.c: weight of each observation; exposure of each piece. Nothing where neither was asked for. */
CASTMAP_NODISCARD castmap_status cm_route_weigh(cm_route_run *run);
CASTMAP_NODISCARD castmap_status cm_route_make_exposure(cm_route_run *run);

/* route_slices.c: the parts of the period, and the density in each. Nothing where none were asked for. */
CASTMAP_NODISCARD castmap_status cm_route_plan_slices(cm_route_run *run);
CASTMAP_NODISCARD castmap_status cm_route_make_slices(cm_route_run *run, const castmap_network_density_options *options);

/* route_layer.c: the stretches that were found, and all else of the layer; its parameters as JSON (owned by the caller, NULL: out of memory). */
CASTMAP_NODISCARD castmap_status cm_route_take_stretches(cm_route_run *run);
CASTMAP_NODISCARD castmap_status cm_route_complete_layer(cm_route_run *run);
char *cm_route_parameters(const cm_route_run *run);

/* route_words.c: stretches of the layer and rows of the summary, in words: street, from, to, sentence. */
CASTMAP_NODISCARD castmap_status cm_route_name_stretches(cm_route_run *run);

/* "[Mill Lane]", "a footway", "an unnamed street": what an edge is called. */
const char *cm_street_words(const castmap_streets *streets, uint32_t edge, char *out, size_t size);

#endif
