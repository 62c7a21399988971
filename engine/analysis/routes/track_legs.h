/*
 * analysis/routes/track_legs.h - the way of a chain, taken apart where it turns.
 */
#ifndef CM_ANALYSIS_ROUTES_TRACK_LEGS_H
#define CM_ANALYSIS_ROUTES_TRACK_LEGS_H

#include "castmap/tracks.h"

/* One way along an edge that does not turn. */
typedef struct cm_track_leg {
    uint32_t edge;
    double   low, high;   /* along the edge, metres */
    bool     forward;     /* in the direction of the edge */
    size_t   first, last; /* its steps, both included */
} cm_track_leg;

typedef int cm_track_leg_fn(const cm_track_leg *leg, void *payload); /* not 0: stop */

/* The legs of one chain in their order. Going back by no more than turn_m on one edge is noise; a longer way back is a leg of its own, which begins
 * where the way turned. Gives back what take gave back if that is not 0. */
int cm_track_legs(const castmap_matches *matches, size_t chain, double turn_m, cm_track_leg_fn *take, void *payload);

/* The pieces of an edge whose middle lies in [low, high]: [*begin, *end). */
void cm_leg_pieces(const castmap_lixels *lixels, const cm_track_leg *leg, size_t *begin, size_t *end);

/* CASTMAP_E_DATA: matches of other tracks, pieces of another network. */
CASTMAP_NODISCARD castmap_status cm_track_legs_check(castmap_context *ctx, const castmap_tracks *tracks, const castmap_matches *matches,
                                                     const castmap_lixels *lixels);

#endif
