/*
 * analysis/routes/route_graph.h - which ends of edges meet at a node, and distances from a node up to a limit.
 *
 * An end is edge * 2 + side: side 0 leaves the edge's first node, side 1 its last. `end ^ 1` is the other end of the same edge, so a loop
 * has two ends at one node and nothing special about it.
 */
#ifndef CM_ANALYSIS_ROUTES_ROUTE_GRAPH_H
#define CM_ANALYSIS_ROUTES_ROUTE_GRAPH_H

#include "castmap/network.h"

typedef struct cm_route_graph {
    const castmap_network *network; /* borrowed */
    size_t   *start;                /* owned [n_nodes + 1] */
    uint32_t *end;                  /* owned [2 n_edges] ends at each node, ascending */
} cm_route_graph;

/* Refuses (CASTMAP_E_DATA) nodes that are not there and lengths that are not finite and positive. */
CASTMAP_NODISCARD castmap_status cm_route_graph_make(castmap_context *ctx, const castmap_network *network, cm_route_graph *out);
void cm_route_graph_clear(cm_route_graph *graph);

static inline uint32_t cm_end_node(const castmap_network *network, uint32_t end)
{
    return end & 1 ? network->to[end >> 1] : network->from[end >> 1];
}

static inline size_t cm_node_degree(const cm_route_graph *graph, uint32_t node)
{
    return graph->start[node + 1] - graph->start[node];
}

/* An edge may be left by this end: side 0 is travelled forward. */
static inline bool cm_end_open(const castmap_network *network, uint32_t end)
{
    const uint8_t way = network->way ? network->way[end >> 1] : CASTMAP_WAY_BOTH;

    return way == CASTMAP_WAY_BOTH || (way == CASTMAP_WAY_FORWARD) == !(end & 1);
}

static inline bool cm_place_exists(const castmap_network *network, uint32_t edge, double along_m)
{
    return edge < network->n_edges && along_m >= 0.0 && along_m <= network->length_m[edge];
}

/* Refuses (CASTMAP_E_DATA) places outside their edge; on no edge is fine. */
CASTMAP_NODISCARD castmap_status cm_route_places_check(castmap_context *ctx, const castmap_network *network,
                                                       const castmap_network_events *places);

/* Distances from one node (E. W. Dijkstra 1959). One searcher a thread; used again without clearing. */
typedef struct cm_heap_entry {
    double   distance;
    uint32_t node;
} cm_heap_entry;

typedef struct cm_search {
    double        *distance; /* owned [n_nodes]; of nodes with stamp == round */
    uint32_t      *stamp;    /* owned [n_nodes] */
    uint32_t       round;
    cm_heap_entry *heap;     /* owned */
    size_t         heap_room, heap_size;
    uint32_t      *reached;  /* owned [n_nodes]; nodes within the limit, nearest first */
    size_t         n_reached;
    uint32_t      *via;      /* owned [n_nodes], only after cm_search_keep_ways(): the end by which the node before was left */
    bool           one_way;  /* edges are left only as they may be travelled; false: in both directions */
} cm_search;

#define CM_VIA_SEED UINT32_MAX /* via of a node where the search began */

CASTMAP_NODISCARD int cm_search_init(cm_search *search, size_t n_nodes); /* -1: out of memory */
CASTMAP_NODISCARD int cm_search_keep_ways(cm_search *search, size_t n_nodes); /* fills via from now on; -1: out of memory */
void cm_search_clear(cm_search *search);
/* Nodes nearer than limit_m (< , and the source itself). -1: out of memory. */
CASTMAP_NODISCARD int cm_search_from(cm_search *search, const cm_route_graph *graph, uint32_t source, double limit_m);
/* The same from several nodes at given distances: begin, seed each (nearer wins), run. Seeds are kept whatever the limit. */
void cm_search_begin(cm_search *search, size_t n_nodes);
CASTMAP_NODISCARD int cm_search_seed(cm_search *search, uint32_t node, double distance);
CASTMAP_NODISCARD int cm_search_run(cm_search *search, const cm_route_graph *graph, double limit_m);

static inline double cm_search_distance(const cm_search *search, uint32_t node)
{
    return search->stamp[node] == search->round ? search->distance[node] : __builtin_inf();
}

#endif
