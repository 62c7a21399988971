/* Densities along a network in the plainest way: one event at a time, walked from the event; distances from all pairs. */
#ifndef CM_TESTS_SUPPORT_WALK_NETWORK_H
#define CM_TESTS_SUPPORT_WALK_NETWORK_H

#include "castmap/routes.h"

/* A small network with its own arrays; geometry is not set. */
#define SMALL_NODES 40
#define SMALL_EDGES 80
typedef struct small_network {
    castmap_network network;
    uint32_t from[SMALL_EDGES], to[SMALL_EDGES];
    double   length_m[SMALL_EDGES];
} small_network;
void small_network_start(small_network *n, size_t nodes);
void small_network_edge(small_network *n, uint32_t from, uint32_t to, double length_m);
/* Connected or not, with loops, parallel edges, dead ends and an edge of a millimetre. */
void small_network_random(small_network *n, uint64_t seed);

/* One-dimensional kernel per metre, at distance d. */
double plain_kernel(castmap_line_kernel kernel, double d, double radius_m);

/* Density per km at one place. */
double walked_density(const castmap_network *network, const castmap_network_events *events, uint32_t edge, double along_m,
                      const castmap_network_density_options *options);
#endif
