/*
 * project/flow_layer_table.h - CONTRACT: movements between areas. A layer belongs to one run; the newest is the one that is used.
 */
#ifndef CM_PROJECT_FLOW_LAYER_TABLE_H
#define CM_PROJECT_FLOW_LAYER_TABLE_H

#include "castmap/flows.h"
#include "castmap/project.h"

typedef struct cm_flow_layer {
    int64_t  run_number;
    char    *name, *level;      /* owned; level "": the areas are words of the table */
    int64_t  boundary_id;       /* 0: none */
    bool     symmetric;
    castmap_flow_null null;
    double   beta, alpha;
    size_t   not_placed;
    size_t   n_areas;           /* of the boundary set, in its order, or of the words, by code */
    char   **code, **area_name; /* owned [n_areas] */
    size_t   n;                 /* movements, in an order that does not depend on that of the rows */
    int64_t *from, *to;         /* owned [n] */
    int64_t *when_s, *span_s;   /* owned [n]; CM_TIME_UNKNOWN, INT64_MAX where not said */
    int64_t *person;            /* owned [n]; the same number: the same person, group or journey; -1: not said */
    int64_t *source;            /* owned [n]; -1: not said */
    int64_t *grade;             /* owned [n]; source * 65536 + information * 256 + handling, 0 for what is not said */
    size_t   n_flows;           /* between different areas, over all times */
    uint32_t *flow_from, *flow_to; /* owned [n_flows] */
    int64_t *moves, *persons;   /* owned [n_flows] */
    double  *expected, *p, *q;  /* owned [n_flows]; NaN: not tested */
    size_t   n_corridors;
    int64_t *corridor_start;    /* owned [n_corridors + 1] */
    int64_t *corridor_stop;     /* owned; areas */
    int64_t *corridor_journeys; /* owned [n_corridors] */
} cm_flow_layer;

CASTMAP_NODISCARD castmap_status cm_flow_layer_store(castmap_context *ctx, castmap_project *project, const cm_flow_layer *layer);
/* The newest. CASTMAP_E_NOT_FOUND: there is none. CASTMAP_E_PROJECT: what is stored is damaged. */
CASTMAP_NODISCARD castmap_status cm_flow_layer_load(castmap_context *ctx, castmap_project *project, cm_flow_layer *out);
void cm_flow_layer_clear(cm_flow_layer *layer);

#endif
