/*
 * analysis/routes/network_sphere.h - everything within a distance of one place along streets, and how many points of the network lie exactly at a distance.
 *
 * The points at distance d from u are the network's "sphere". Along an edge the distance rises from both ends and meets at a peak, so the sphere is
 * counted from where the rises begin and end, sorted: no place is visited.
 */
#ifndef CM_ANALYSIS_ROUTES_NETWORK_SPHERE_H
#define CM_ANALYSIS_ROUTES_NETWORK_SPHERE_H

#include "analysis/routes/route_graph.h"

#define CM_SPHERE_BUCKETS 512

/* Values that can be counted below a bound in a step or two. */
typedef struct cm_ranked {
    double  *value, *sorted; /* owned */
    size_t   n, room, sorted_room;
    uint32_t start[CM_SPHERE_BUCKETS + 1];
    double   per_bucket;
} cm_ranked;

/* One a thread; used again without clearing. */
typedef struct cm_sphere {
    const castmap_network *network; /* borrowed */
    cm_search search;
    uint32_t *edge;                 /* owned [n_edges] edges come to, the place's own first */
    size_t    n_edges;
    uint32_t *edge_stamp;           /* owned [n_edges] */
    uint32_t  round, own;
    double    along_m, radius_m;
    cm_ranked rise, fall;           /* where the distance begins to rise along an edge, and where the rise ends */
    cm_ranked single;               /* nodes and peaks: points of their own */
} cm_sphere;

CASTMAP_NODISCARD int cm_sphere_init(cm_sphere *sphere, const castmap_network *network); /* -1: out of memory */
void cm_sphere_clear(cm_sphere *sphere);
/* Around a place; `counted` makes cm_sphere_points() possible. -1: out of memory. */
CASTMAP_NODISCARD int cm_sphere_around(cm_sphere *sphere, const cm_route_graph *graph, uint32_t edge, double along_m, double radius_m, bool counted);
/* To a place on one of the edges come to; more than radius_m: any number above it. */
double cm_sphere_distance(const cm_sphere *sphere, uint32_t edge, double along_m);
/* m(u, d), d <= radius_m a distance at which there is a point; at least 1. Points within 1e-6 m are one. */
double cm_sphere_points(const cm_sphere *sphere, double distance);

#endif
