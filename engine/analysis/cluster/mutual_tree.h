/*
 * analysis/cluster/mutual_tree.h - core distances, and the minimum spanning tree under mutual reachability.
 *
 * Core distance of a place: the smallest radius within which the weight, its own included, reaches min_points.
 * Mutual reachability of two places: the largest of their core distances and their distance.
 */
#ifndef CM_ANALYSIS_CLUSTER_MUTUAL_TREE_H
#define CM_ANALYSIS_CLUSTER_MUTUAL_TREE_H

#include "analysis/cluster/places.h"
#include "space/index/kd_tree.h"

typedef struct cm_mutual_edge {
    uint32_t a, b;
    double   distance_m;
} cm_mutual_edge;

/* core [places]: metres, infinite where all the weight there is does not suffice. The tree is of the places. */
CASTMAP_NODISCARD castmap_status cm_core_distances(castmap_context *ctx, const cm_places *places, const cm_kd_tree *tree,
                                                   double min_points, double *core);

/*
 * edge [places - 1]. Exact: Boruvka's rounds over a k-d tree. Where distances are equal there are several such trees, and
 * which one it is may differ from run to run; what is connected at each distance is the same in all of them.
 * Core distances must be finite.
 */
CASTMAP_NODISCARD castmap_status cm_mutual_tree(castmap_context *ctx, const cm_kd_tree *tree, const double *core,
                                                cm_mutual_edge *edge);

#endif
