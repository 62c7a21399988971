/*
 * project/track_layer_table.h - CONTRACT: what tracks passed on streets. A layer belongs to one run; the newest is the one that is used.
 */
#ifndef CM_PROJECT_TRACK_LAYER_TABLE_H
#define CM_PROJECT_TRACK_LAYER_TABLE_H

#include "castmap/track_runs.h"

typedef struct cm_track_layer {
    int64_t  run_number;
    char    *name;             /* owned */
    castmap_track_measure measure;
    int64_t  street_set;
    double   trim_m, piece_m, threshold;
    size_t   recordings, people;
    bool     unnamed;
    size_t   n_pieces;         /* as castmap_lixels_cut(piece_m, piece_m / 2) cuts the network */
    int64_t *passes, *tracks, *persons, *micros; /* owned [n_pieces] */
    size_t   n_stretches;
    castmap_track_stretch *stretch; /* owned, with its texts */
    size_t  *first, *last;     /* owned [n_stretches] its pieces are piece_of[first] .. piece_of[last - 1] */
    size_t   n_stretch_pieces;
    int64_t *piece_of;         /* owned; piece * 2, + 1 where the stretch runs against its edge */
} cm_track_layer;

CASTMAP_NODISCARD castmap_status cm_track_layer_store(castmap_context *ctx, castmap_project *project, const cm_track_layer *layer);
/* The newest. CASTMAP_E_NOT_FOUND: there is none. CASTMAP_E_PROJECT: what is stored is damaged. */
CASTMAP_NODISCARD castmap_status cm_track_layer_load(castmap_context *ctx, castmap_project *project, cm_track_layer *out);
void cm_track_layer_clear(cm_track_layer *layer);

#endif
