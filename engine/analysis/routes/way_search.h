/*
 * analysis/routes/way_search.h - shortest ways from one place of a network to a few others, with directions, and the way itself.
 */
#ifndef CM_ANALYSIS_ROUTES_WAY_SEARCH_H
#define CM_ANALYSIS_ROUTES_WAY_SEARCH_H

#include "analysis/routes/route_graph.h"

#define CM_MOST_TARGETS 64

/* A place on an edge. */
typedef struct cm_way_place {
    uint32_t edge;
    double   along_m;
} cm_way_place;

/* One stretch of a way: of one edge, from > to: against it. */
typedef struct cm_way_piece {
    uint32_t edge;
    double   from_m, to_m;
} cm_way_piece;

/* One a thread; used again without clearing. */
typedef struct cm_way_search {
    const cm_route_graph *graph; /* borrowed */
    bool           one_way;      /* edges only in their directions */
    double         back_m;       /* but back along one edge by so much is allowed: a fix lies beside where it was */
    double        *distance;     /* owned [n_nodes]; of nodes with stamp == round */
    uint32_t      *via;          /* owned [n_nodes] end by which the way left for the node */
    uint32_t      *stamp;        /* owned [n_nodes] */
    uint32_t      *wanted;       /* owned [n_nodes] == round: a target's edge begins here */
    uint32_t       round;
    cm_heap_entry *heap;         /* owned */
    size_t         heap_room;
    cm_way_piece  *piece;        /* owned; of cm_way_trace() */
    size_t         n_pieces, piece_room;
} cm_way_search;

CASTMAP_NODISCARD int cm_way_search_init(cm_way_search *search, const cm_route_graph *graph, bool one_way, double back_m); /* -1: out of memory */
void cm_way_search_clear(cm_way_search *search);

/* length_m [n], the shortest way to each target, or infinity if none is shorter than limit_m; n <= CM_MOST_TARGETS. -1: out of memory. */
CASTMAP_NODISCARD int cm_way_lengths(cm_way_search *search, cm_way_place from, const cm_way_place *target, size_t n, double limit_m,
                                     double *length_m);

/* The pieces of the way to one target, which must have one shorter than limit_m; none of no length. -1: out of memory. */
CASTMAP_NODISCARD int cm_way_trace(cm_way_search *search, cm_way_place from, cm_way_place target, double limit_m);

#endif
