/*
 * project/track_detail_table.h - CONTRACT: what belongs to a layer of tracks beside its counts: visits, motion along its stretches, stops.
 */
#ifndef CM_PROJECT_TRACK_DETAIL_TABLE_H
#define CM_PROJECT_TRACK_DETAIL_TABLE_H

#include "castmap/project.h"

#define CM_VISIT_PIECE_M 50.0    /* streets are cut into pieces of this length for visits, whatever the layer has */
#define CM_VISIT_LEAST_M 25.0
#define CM_SPEED_UNKNOWN (-1)

typedef struct cm_track_detail {
    int64_t  run_number;
    double   trim_m;       /* no visit is nearer than this to an end or a stay */
    size_t   n_pieces;     /* as castmap_lixels_cut(CM_VISIT_PIECE_M, CM_VISIT_LEAST_M) cuts the network */
    size_t   n_visits;
    int64_t *piece, *person, *day; /* owned [n_visits] ascending by piece, person, day; a person is a number of this layer, a day counts from 1970 */
    size_t   n_stretches;  /* of the layer, in its order */
    int64_t *speed;        /* owned [n_stretches] median of the passes, mm/s; CM_SPEED_UNKNOWN */
    int64_t *along, *against; /* owned [n_stretches] passes of its busiest piece from its beginning to its ending, and the other way */
    int64_t *heading;      /* owned [n_stretches] from its beginning to its ending, whole degrees from grid north, 0..359 */
    size_t   n_stops;
    int64_t *stop_x, *stop_y; /* owned [n_stops] millimetres, working CRS */
    int64_t *stop_edge;    /* owned [n_stops] edge of the street it was on; -1: on none */
    int64_t *stays, *stop_people, *dwell_s, *longest_s; /* owned [n_stops] */
} cm_track_detail;

/* The layer of the same run must be stored already. */
CASTMAP_NODISCARD castmap_status cm_track_detail_store(castmap_context *ctx, castmap_project *project, const cm_track_detail *detail);
/* CASTMAP_E_NOT_FOUND: the layer of that run was made before there were such details. CASTMAP_E_PROJECT: what is stored is damaged. */
CASTMAP_NODISCARD castmap_status cm_track_detail_load(castmap_context *ctx, castmap_project *project, int64_t run, cm_track_detail *out);
void cm_track_detail_clear(cm_track_detail *detail);

#endif
