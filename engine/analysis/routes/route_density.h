/*
 * analysis/routes/route_density.h - what the forms of network density share: places by edge, and a thread's working memory.
 */
#ifndef CM_ANALYSIS_ROUTES_ROUTE_DENSITY_H
#define CM_ANALYSIS_ROUTES_ROUTE_DENSITY_H

#include "analysis/routes/route_graph.h"
#include "analysis/routes/route_sums.h"

/* A way that has come to a node. */
typedef struct cm_arrival {
    double   distance, share; /* distance in units of the radius */
    uint32_t end;             /* the end it came in by, at that node */
} cm_arrival;

typedef struct cm_density_worker {
    cm_search   search[2];   /* from both nodes of an edge; simple form */
    uint32_t   *edge_stamp;  /* owned [n_edges] */
    uint32_t    round;
    cm_arrival *stack;       /* owned */
    size_t      stack_room;
    double     *sum;         /* owned [longest run of places] */
} cm_density_worker;

typedef struct cm_density_job {
    const castmap_network *network;
    const castmap_network_density_options *options;
    const cm_route_graph  *graph;
    const cm_route_sums   *sums;
    const size_t          *place_start; /* [n_edges + 1] */
    const double          *place_at;    /* along the edge, in units of the radius; ascending in each edge */
    cm_density_worker     *worker;
} cm_density_job;

/* Sums of w k(d) * radius for the places of edge e, into worker->sum. NOMEM, or LIMIT: too many ways. */
castmap_status cm_density_simple(const cm_density_job *job, cm_density_worker *worker, uint32_t edge);
castmap_status cm_density_split(const cm_density_job *job, cm_density_worker *worker, uint32_t edge);

/* Walked from the events instead: sums for all places, by edge and along it, into sum. Workers of the job are not used. NOMEM, LIMIT; worded only if cancelled. */
CASTMAP_NODISCARD castmap_status cm_density_spread(castmap_context *ctx, const cm_density_job *job, double *sum);
/* Edges and nodes that have events. */
size_t cm_density_sources(const cm_density_job *job);

#define CM_MOST_ARRIVALS 20000000u /* from one end of one edge: some seconds */
#define CM_LEAST_SHARE 1e-9        /* of an event; a way round and round a street of a millimetre would not end otherwise */

/* Of what comes in at a node of n ends: forward to each other end, and back where it came from. */
void cm_density_shares(const castmap_network_density_options *options, size_t n, double *forward, double *back);

/* Whether walking from so many edges costs more than waves do, by a sample of all edges. NOMEM. */
castmap_status cm_density_many_ways(const cm_density_job *job, size_t walked, bool *many);

#endif
