/*
 * analysis/routes/stretch_scan.h - the scan over runs of pieces, on what was observed and on what chance makes.
 */
#ifndef CM_ANALYSIS_ROUTES_STRETCH_SCAN_H
#define CM_ANALYSIS_ROUTES_STRETCH_SCAN_H

#include "analysis/routes/street_chains.h"
#include "castmap/routes.h"

typedef struct cm_window {
    size_t first, last;
    double llr;
} cm_window;

/* A place that holds events, among the others of its chain; one more at the end has the sums of all. */
typedef struct cm_held {
    double   before, after;             /* expected before and after it */
    double   length_before, length_after;
    double   sum;                       /* of weights before it */
    uint32_t place, events;             /* events before it */
} cm_held;

/* What one worker draws into. */
typedef struct cm_draw {
    uint32_t *count;  /* owned [n] */
    double   *weight; /* owned [n]; NULL where events have no weights */
    uint32_t *in_block; /* owned [n_blocks] */
    cm_held  *held;   /* owned [longest chain + 1] */
} cm_draw;

typedef struct cm_scan {
    castmap_context       *ctx;
    const castmap_network *network;
    const castmap_lixels  *lixels;
    const castmap_stretches_options *options;
    cm_route_graph   graph;
    cm_street_chains chains;
    double           total;      /* weight of all events */
    uint32_t        *count;      /* owned [n] by place in order */
    double          *weight;     /* owned [n] likewise; NULL where events have no weights */
    double          *mark;       /* owned [n_events] weight of each event, ascending; NULL likewise */
    double          *expected;   /* owned [n + 1] sums of what is expected before each place */
    double          *length;     /* owned [n + 1] likewise of length; exact within a chain is what matters */
    uint32_t        *guide;      /* owned [n + n_blocks] for each block: the place that k of its parts lead to */
    size_t           n_blocks;   /* runs of whole chains, each small enough for a core's own memory */
    size_t          *block;      /* owned [n_blocks + 1] first chain of each */
    uint32_t        *block_guide; /* owned [n_blocks + 1] */
    double          *block_before; /* owned [n_blocks + 1] expected before each block */
    cm_draw         *drawn;      /* owned [threads] */
    cm_held         *held;       /* owned [longest chain + 1] for what was observed; from cm_scan_simulate() */
    double          *most;       /* owned [S] largest ratio of each simulation */
    castmap_stretches found;
} cm_scan;

/* The best window of the places [begin, end); ties go to the earlier and shorter one. It is no better than `least`: llr 0. weight: NULL counts. held: scratch for
 * the longest chain. */
cm_window cm_scan_best(const cm_scan *s, const uint32_t *count, const double *weight, size_t begin, size_t end, double least, cm_held *held);

/* Fills `most`, in descending order, and found.critical. Chains, sums and counts are there. */
CASTMAP_NODISCARD castmap_status cm_scan_simulate(cm_scan *s);
void cm_scan_release(cm_scan *s);

#endif
