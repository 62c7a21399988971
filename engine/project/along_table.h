/*
 * project/along_table.h - CONTRACT: what was near a place or along a way. A layer belongs to one run; the newest is the one that is shown.
 */
#ifndef CM_PROJECT_ALONG_TABLE_H
#define CM_PROJECT_ALONG_TABLE_H

#include "castmap/along.h"

typedef struct cm_along_layer {
    int64_t  run_number;
    char    *name;          /* owned */
    bool     is_way;
    double   within_m, way_m, streets_m;
    size_t   n_lines, n_vertices;
    int64_t *start;         /* owned [n_lines + 1] */
    double  *lon, *lat;     /* owned [n_vertices] streets within reach */
    size_t   n_way;
    double  *way_lon, *way_lat; /* owned [n_way]; 0: no way */
    size_t   n;
    int64_t *observation;   /* owned [n] ascending */
    double  *distance_m;    /* owned [n] */
} cm_along_layer;

CASTMAP_NODISCARD castmap_status cm_along_layer_store(castmap_context *ctx, castmap_project *project, const cm_along_layer *layer);
/* The newest. CASTMAP_E_NOT_FOUND: there is none. CASTMAP_E_PROJECT: what is stored is damaged. */
CASTMAP_NODISCARD castmap_status cm_along_layer_load(castmap_context *ctx, castmap_project *project, cm_along_layer *out);
void cm_along_layer_clear(cm_along_layer *layer);

#endif
