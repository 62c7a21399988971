/*
 * analysis/routes/street_chains.h - streets as runs of pieces that follow one another.
 *
 * The edges of one street are strung into trails that use each edge once, beginning where the street ends or an odd number of its edges meet. A trail is
 * what a person would call a stretch of that street; a dual carriageway gives two, a street that forks as many as its forks need.
 */
#ifndef CM_ANALYSIS_ROUTES_STREET_CHAINS_H
#define CM_ANALYSIS_ROUTES_STREET_CHAINS_H

#include "analysis/routes/route_graph.h"
#include "castmap/routes.h"

typedef struct cm_street_chains {
    size_t    count;
    size_t   *start;    /* owned [count + 1] into piece */
    uint32_t *piece;    /* owned [n_pieces] every piece once, in the order of its chain */
    bool     *backward; /* owned [n_pieces] the chain runs against the piece's edge there */
} cm_street_chains;

/* street: [n_edges] edges with the same number are one street. */
CASTMAP_NODISCARD castmap_status cm_street_chains_make(castmap_context *ctx, const cm_route_graph *graph, const uint32_t *street,
                                                       const castmap_lixels *lixels, cm_street_chains *out);
void cm_street_chains_clear(cm_street_chains *chains);

#endif
