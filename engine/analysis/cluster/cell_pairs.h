/*
 * analysis/cluster/cell_pairs.h - do two groups of points come within a distance, and how much lies near a point.
 */
#ifndef CM_ANALYSIS_CLUSTER_CELL_PAIRS_H
#define CM_ANALYSIS_CLUSTER_CELL_PAIRS_H

#include "castmap/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Points of one cell. Borrowed. */
typedef struct cm_group {
    const double *x, *y;
    uint32_t      count;
} cm_group;

/* Space of one worker. */
typedef struct cm_pair_bench {
    double *x, *y;
    size_t  room_x, room_y;
} cm_pair_bench;
void cm_pair_bench_clear(cm_pair_bench *bench);

/* Is a point of a within eps of a point of b (closed)? CASTMAP_OK or CASTMAP_E_NOMEM. Cost: O(a b) while that is small, else
 * O(a + b) when the points that face each other are near, O((a + b) log(a + b)) in practice when none is. */
CASTMAP_NODISCARD castmap_status cm_groups_within(const cm_group *a, const cm_group *b, double eps2, cm_pair_bench *bench,
                                                  bool *within);

/* Squared distance from (px, py) to the nearest of n points; infinite when there is none. */
double cm_nearest_within(const double *x, const double *y, uint32_t n, double px, double py);

/* How many of n points lie within eps of (px, py); and what they weigh. */
uint32_t cm_count_within(const double *x, const double *y, uint32_t n, double px, double py, double eps2);
double cm_weight_within(const double *x, const double *y, const double *weight, uint32_t n, double px, double py,
                        double eps2);

#endif
