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

/** Lines that a network is made of, as they were drawn. Borrowed. */
typedef struct castmap_street_lines {
    size_t         count;
    const size_t  *start;      /**< [count + 1] vertices of line i are [start[i], start[i + 1]) */
    const double  *x, *y;      /**< metres */
    const int8_t  *level;      /**< [count] 0 ground, 1 and more bridges, -1 and less tunnels; NULL: all 0 */
    const uint8_t *way;        /**< [count] castmap_way; NULL: all both ways */
} castmap_street_lines;

/** Options of castmap_network_build(). Start from CASTMAP_NETWORK_OPTIONS_INIT. */
typedef struct castmap_network_options {
    uint32_t version;
    bool     at_crossings;     /**< streets also meet where they cross or touch without a common vertex, if they are on one level */
    double   join_m;           /**< an end that nothing meets is joined to the nearest other street within this distance; 0: none is */
} castmap_network_options;

#define CASTMAP_NETWORK_OPTIONS_VERSION 1u
#define CASTMAP_NETWORK_OPTIONS_INIT {CASTMAP_NETWORK_OPTIONS_VERSION, false, 0.0}

/** Coordinates of a network are whole multiples of this; vertices that fall on the same one are one place. */
#define CASTMAP_NETWORK_GRAIN_M 0.001

/** What became of the lines. */
typedef struct castmap_network_report {
    size_t lines, lines_without_length; /**< of them: dropped because all their vertices are one place */
    size_t doubled;            /**< edges dropped because they were drawn twice, in either direction */
    size_t crossings;          /**< places where streets meet because of at_crossings */
    size_t joined;             /**< ends that were joined */
    size_t kept_apart;         /**< places where a bridge or tunnel has a vertex in common with a street that it does not meet */
    size_t near_misses;        /**< ends that nothing meets, though another street is within 2 m and on the same level */
    size_t short_edges;        /**< shorter than 1 m */
    size_t loops, parallel;    /**< edges that end where they begin; edges that share both nodes with another */
    size_t dead_ends, one_way; /**< nodes with one end; edges */
    size_t parts;              /**< pieces of the network that are not joined */
    double total_m, largest_part_m;
} castmap_network_report;

/**
 * @brief Make a network of lines: nodes where they meet, edges between.
 *
 * Two lines meet at a vertex that both have (on the same millimetre) if they are on one level, or if both end there; an end that is alone on its level meets
 * whatever is there. A line meets itself where it comes back to one of its vertices. Nodes are numbered from west to east and then from south to north, edges in the order of the lines.
 *
 * @param report  may be NULL
 * @retval CASTMAP_E_ARGUMENT  join_m negative or above 100
 * @retval CASTMAP_E_DATA      a coordinate that is not finite; no line with a length
 * @retval CASTMAP_E_LIMIT     more than 4,000 km across, or more than 2^31 vertices
 *
 * Cost: O(vertices), crossings and joins O(segments near one another). Memory: about 100 bytes a vertex while it works.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_network_build(castmap_context *ctx, const castmap_street_lines *lines,
                                                                   const castmap_network_options *options, castmap_network *out,
                                                                   castmap_network_report *report);
/** Free the arrays of a network that castmap_network_build() made. */
CASTMAP_API void castmap_network_clear(castmap_network *network);

/**
 * @brief The nearest place of a network for each of n points.
 *
 * Ties go to the edge with the lower number, then to the place nearer its beginning.
 * @param edge        out [n]; CASTMAP_NO_EDGE: nothing within limit_m
 * @param along_m     out [n]; 0 where there is no edge
 * @param distance_m  out [n] from the point to the place; INFINITY where there is no edge; may be NULL
 * @retval CASTMAP_E_ARGUMENT  limit_m not finite and positive
 *
 * Cost: O(segments + points * segments near each). Memory: about 30 bytes a segment.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_network_snap(castmap_context *ctx, const castmap_network *network, size_t n,
                                                                  const double *x, const double *y, double limit_m,
                                                                  uint32_t *edge, double *along_m, double *distance_m);

#ifdef __cplusplus
}
#endif
#endif
