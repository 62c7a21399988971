/*
 * project/route_layer_table.h - CONTRACT: observations along streets. A layer belongs to one run; the newest is the one that is used.
 */
#ifndef CM_PROJECT_ROUTE_LAYER_TABLE_H
#define CM_PROJECT_ROUTE_LAYER_TABLE_H

#include "castmap/route_runs.h"

typedef struct cm_route_stretch {
    char   *street, *from, *to, *sentence; /* owned */
    double  length_m, expected, p;
    size_t  count;
    bool    hot;
    int     route;
    double  weight;      /* persons where they are counted, else count */
    size_t  first, last; /* its pieces are piece_of[first] .. piece_of[last - 1] */
} cm_route_stretch;

typedef struct cm_route_layer {
    int64_t  run_number;
    char    *name;               /* owned */
    int64_t  street_set;
    castmap_line_kernel kernel;
    castmap_line_form   form;
    bool     adaptive, tested;
    double   piece_m, limit_m, radius_m, alpha, months; /* months: NaN without times */
    size_t   n_pieces;           /* as castmap_lixels_cut(piece_m, piece_m / 2) cuts the network */
    double  *density;            /* owned [n_pieces] per km */
    int64_t *count;              /* owned [n_pieces] */
    bool     persons;            /* persons are counted, not observations */
    double  *weight;             /* owned [n_pieces] persons; NULL where observations are counted */
    char    *exposure;           /* owned; what chance goes by: "length", "length, primary 4" */
    double  *p, *q;              /* owned [n_pieces] */
    size_t   n;                  /* observations on a street */
    int64_t *observation, *edge; /* owned [n] */
    double  *along_m;            /* owned [n] */
    size_t   n_stretches, n_stretch_pieces;
    cm_route_stretch *stretch;   /* owned */
    int64_t *piece_of;           /* owned [n_stretch_pieces]; piece * 2, + 1 where the stretch runs against its edge */
    size_t   n_slices;           /* parts of a period */
    int64_t *slice_from_s, *slice_to_s; /* owned [n_slices] */
    double  *slice_density;      /* owned [n_slices * n_pieces] per km and month */
    size_t   n_slice_breaks;
    double   slice_breaks[5];    /* one legend for all */
} cm_route_layer;

CASTMAP_NODISCARD castmap_status cm_route_layer_store(castmap_context *ctx, castmap_project *project, const cm_route_layer *layer);
/* The newest. CASTMAP_E_NOT_FOUND: there is none. CASTMAP_E_PROJECT: what is stored is damaged. */
CASTMAP_NODISCARD castmap_status cm_route_layer_load(castmap_context *ctx, castmap_project *project, cm_route_layer *out);
void cm_route_layer_clear(cm_route_layer *layer);

#endif
