/**
 * @file castmap/network.h
 * @brief A street network as flat arrays: what every method along streets works on.
 *
 * Coordinates and lengths are metres in the analysis CRS. The network is a multigraph: two nodes may be joined by several edges, and an edge
 * may be a loop. Edges are told by their index, never by their pair of nodes.
 */
#ifndef CASTMAP_NETWORK_H
#define CASTMAP_NETWORK_H

#include "castmap/points.h"

#ifdef __cplusplus
extern "C" {
#endif

/** In which directions an edge may be travelled. */
typedef enum castmap_way { CASTMAP_WAY_BOTH = 0, CASTMAP_WAY_FORWARD, CASTMAP_WAY_BACKWARD } castmap_way;

/** A street network. Whoever made it owns the arrays; methods borrow it. */
typedef struct castmap_network {
    size_t    n_nodes;
    double   *node_x, *node_y; /**< [n_nodes] */
    size_t    n_edges;
    uint32_t *from, *to;       /**< [n_edges] nodes at the two ends; equal for a loop */
    double   *length_m;        /**< [n_edges] along the line, > 0 */
    uint8_t  *way;             /**< [n_edges] castmap_way */
    int64_t  *line;            /**< [n_edges] which input line it is a piece of */
    size_t   *vertex_start;    /**< [n_edges + 1] vertices of edge e are [vertex_start[e], vertex_start[e + 1]), both ends among them */
    double   *x, *y;           /**< vertices of all edges, in the direction from -> to */
} castmap_network;

#define CASTMAP_NETWORK_INIT {0, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL}

/** Edge of an event that is on no edge. */
#define CASTMAP_NO_EDGE UINT32_MAX

/** n events on a network, one array per attribute. */
typedef struct castmap_network_events {
    size_t          count;
    const uint32_t *edge;     /**< [count] or CASTMAP_NO_EDGE */
    const double   *along_m;  /**< [count] 0..length_m[edge], from the edge's first vertex */
    const double   *weight;   /**< [count] >= 0; NULL means all 1 */
    const int64_t  *time_s;   /**< [count] UTC seconds; NULL if untimed */
    const int64_t  *id;       /**< [count] stable ids; NULL: the index */
} castmap_network_events;

#ifdef __cplusplus
}
#endif
#endif
