/*
 * analysis/cluster/convex_hull.h - hull of a set of places, and what follows from a hull.
 */
#ifndef CM_ANALYSIS_CLUSTER_CONVEX_HULL_H
#define CM_ANALYSIS_CLUSTER_CONVEX_HULL_H

#include <stddef.h>
#include <stdint.h>

typedef struct cm_place {
    double x, y;
} cm_place;

/*
 * Convex hull, counter-clockwise from the place with the smallest (x, y), without places on its sides. The places are
 * reordered; hull [n + 1] is the caller's. Gives the number of vertices: 1 or 2 for a place or a line.
 */
size_t cm_convex_hull(cm_place *places, size_t n, cm_place *hull);

double cm_hull_area(const cm_place *hull, size_t n);     /* square metres, 0 for fewer than three */
double cm_hull_diameter(const cm_place *hull, size_t n); /* largest distance between two vertices */

/* Smallest circle around the vertices; the radius reaches the farthest of them, rounding included. `order` [n] is scratch. */
void cm_hull_circle(const cm_place *hull, size_t n, uint32_t *order, double *x, double *y, double *radius);

/* Of sets given in any order: drop places that cannot be vertices, because they lie inside the octagon of the extreme
 * ones. Gives how many are left, at the front. */
size_t cm_hull_candidates(cm_place *places, size_t n);

#endif
