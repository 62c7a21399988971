/*
 * runs/crowding.h - how near to one another observations lie: the default radius of a place.
 */
#ifndef CM_RUNS_CROWDING_H
#define CM_RUNS_CROWDING_H

#include "castmap/points.h"

/*
 * The distance within which the most crowded `share` (0..1) of the observations have at least `k` others or themselves: a quantile of the
 * k-distances (Sander et al. 1998), taken over at most 600 observations at even steps of the order by place, so neither the order of rows
 * nor threads matter. Cost: O(600 n). CASTMAP_E_DATA: fewer than k points.
 */
CASTMAP_NODISCARD castmap_status cm_crowding_distance(castmap_context *ctx, const castmap_points *points, size_t k,
                                                      double share, double *distance_m);

#endif
