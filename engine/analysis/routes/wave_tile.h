/*
 * analysis/routes/wave_tile.h - some streets, what lies within the radius of them, and what arrives at their junctions in each tick (route_waves.c).
 */
#ifndef CM_ANALYSIS_ROUTES_WAVE_TILE_H
#define CM_ANALYSIS_ROUTES_WAVE_TILE_H

#include "analysis/routes/route_waves.h"

#define CM_WAVE_BLOCK 8u             /* ticks that a junction without short streets plays at a time */
#define CM_WAVE_TAPS 6u
#define CM_WAVE_BEFORE 2             /* taps before the one that a pulse comes after */
#define CM_WAVE_MOST_LEVEL 16u
#define CM_NO_ARRIVAL UINT32_MAX

/* What comes to a junction by one end, and what leaves by it. */
typedef struct cm_wave_arrival {
    uint32_t end;
    uint32_t far;         /* arrival at the other end of the edge; CM_NO_ARRIVAL: nothing that leaves here matters */
    uint32_t far_level;
    uint32_t mask;        /* length of the ring - 1, a power of 2 */
    size_t   ring;        /* its first place */
    double   length;
    double   tap[CM_WAVE_TAPS];   /* what leaves here, in ticks of the other end; where its ticks are no longer than ours */
    int64_t  offset;      /* first tap after a tick of ours */
    size_t   event, left; /* next event inside the edge, seen from here; how many are left */
    int64_t  due;         /* tick in which it is to be put in; INT64_MAX: none */
    uint32_t out;         /* outlet of the tile's own edges; CM_NO_ARRIVAL: none */
} cm_wave_arrival;

/* Sums of what left an end of an own edge so far, or in the present window of a Gaussian, and the places that still add to them. */
typedef struct cm_wave_outlet {
    double moment[CM_SUM_TERMS]; /* about `origin` */
    double origin;
    size_t next, left;    /* place, counted from the farthest */
    size_t first, n;      /* places of the edge */
    int    side;
} cm_wave_outlet;

typedef struct cm_wave_junction {
    uint32_t node;
    uint32_t first, n;    /* arrivals */
    uint32_t level;
    bool     block;       /* plays CM_WAVE_BLOCK ticks at a time: of level 0, every street CM_WAVE_BLOCK ticks longer than it must be */
    int64_t  stop;        /* ticks after this do not matter to the tile */
    double   forward, back, at_node;
} cm_wave_junction;

typedef struct cm_wave_tile {
    const struct cm_waves_run *run;
    size_t    n_junctions, n_arrivals, n_outlets;
    cm_wave_junction *junction;   /* owned; by level, then latest stop first */
    cm_wave_arrival  *arrival;    /* owned */
    cm_wave_outlet   *outlet;     /* owned */
    double   *ring;       /* owned */
    uint32_t  deepest;
    size_t    n_blocks;   /* junctions that play in blocks stand first */
    size_t    level_start[CM_WAVE_MOST_LEVEL + 2];
} cm_wave_tile;

typedef struct cm_waves_worker {
    cm_search search;
    uint32_t *local;      /* owned [n_nodes] junction of a node that was reached */
} cm_waves_worker;

typedef struct cm_waves_run {
    const cm_density_job *job;
    uint32_t      steps;        /* common ticks a radius */
    bool          gaussian;     /* summed window by window (wave_play.c) */
    double        height;       /* of the Gaussian */
    double        kernel[CM_SUM_TERMS]; /* polynomial of the others */
    uint32_t     *tile_of;      /* owned [n_edges] tile + 1; 0: none */
    uint32_t     *tile_edge;    /* owned [n_edges] */
    size_t       *tile_start;   /* owned */
    size_t        n_tiles;
    cm_waves_worker *worker;       /* owned [threads] */
    double       *sum;          /* borrowed */
} cm_waves_run;

static inline double cm_wave_tick(const cm_waves_run *run, uint32_t level)
{
    return 1.0 / ((double)run->steps * (double)((uint64_t)1 << level));
}

/* Weights of the taps 0..5 for a pulse at x, in ticks: each is 1 at its own tick and 0 at the others. */
void cm_wave_taps(double x, double tap[CM_WAVE_TAPS]);
/* When the next event of an arrival is to be put in. */
void cm_wave_set_due(const cm_wave_tile *t, const cm_wave_junction *j, cm_wave_arrival *a);
/* All ticks in order; then the sums at the places are complete. */
void cm_wave_play(cm_wave_tile *t);

#endif
