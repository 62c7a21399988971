/*
 * analysis/routes/match_chain.h - the hidden Markov chain of one track: fixes in, the most probable places and the ways between them out.
 */
#ifndef CM_ANALYSIS_ROUTES_MATCH_CHAIN_H
#define CM_ANALYSIS_ROUTES_MATCH_CHAIN_H

#include "analysis/routes/segment_index.h"
#include "analysis/routes/way_search.h"
#include "castmap/tracks.h"

/* What one track gave. */
typedef struct cm_match_step {
    uint32_t edge;
    double   from_m, to_m, enter_s, leave_s;
} cm_match_step;

typedef struct cm_match_result {
    cm_match_step *step;        /* owned */
    size_t         n_steps, step_room;
    size_t        *chain_end;   /* owned: steps of each chain end here */
    size_t         n_chains, chain_room;
    size_t         breaks;
} cm_match_result;

/* The same for all threads; arrays per fix are shared, each track writes to its own part. */
typedef struct cm_match_job {
    const castmap_context       *ctx;       /* asked only whether it is cancelled */
    const castmap_tracks        *tracks;
    const castmap_match_options *options;
    const cm_segment_index      *index;
    double   sigma_m, beta_m, thin_m;
    size_t   most_fixes; /* of each track: all, or fewer for an estimate */
    uint8_t  *state;     /* [fixes] */
    uint32_t *edge;      /* [fixes] */
    double   *along_m, *distance_m; /* [fixes] */
    double   *excess_m;  /* [fixes] |way - straight line| to a matched fix; or NULL */
} cm_match_job;

/* One row of the trellis: a fix and its candidates. */
typedef struct cm_match_row {
    size_t fix, start; /* candidates from here */
    size_t n;
    size_t before;     /* row that leads to it */
} cm_match_row;

typedef struct cm_match_candidate {
    cm_way_place place;
    double       distance_m, score;
    uint32_t     parent; /* candidate of the row before */
} cm_match_candidate;

/* One a thread. */
typedef struct cm_matcher {
    const cm_match_job *job;
    cm_way_search       search;
    cm_match_row       *row;       /* owned */
    size_t              n_rows, row_room;
    cm_match_candidate *candidate; /* owned */
    size_t              n_candidates, candidate_room;
    uint32_t           *chosen;    /* owned; scratch: a candidate of each row of a chain */
    size_t              chosen_room;
} cm_matcher;

CASTMAP_NODISCARD int cm_matcher_init(cm_matcher *matcher, const cm_match_job *job, const cm_route_graph *graph); /* -1: out of memory */
void cm_matcher_clear(cm_matcher *matcher);
/* NOMEM or CANCELLED; words no message. */
CASTMAP_NODISCARD castmap_status cm_match_track(cm_matcher *matcher, size_t track, cm_match_result *result);

#endif
