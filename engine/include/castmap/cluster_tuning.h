/**
 * @file castmap/cluster_tuning.h
 * @brief How the choice of a radius changes the places: plain figures, made by castmap_tune_cluster() of castmap/runs.h.
 */
#ifndef CASTMAP_CLUSTER_TUNING_H
#define CASTMAP_CLUSTER_TUNING_H

#include "castmap/remark.h"
#include "castmap/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a search for places by one radius would give. */
typedef struct castmap_cluster_tuning_row {
    double radius_m;
    size_t observations; /**< that take part: known exactly enough for this radius */
    size_t places;       /**< clusters */
    size_t in_places;    /**< observations that belong to one */
    size_t largest;      /**< observations of the largest */
    double stability;    /**< pairs kept when the radius is 10 % smaller or larger, the lower of both: of the pairs that share a place before or
                              after, the part that does both before and after, 0..1; NaN: no pairs */
    double redraw;       /**< the same when every position is redrawn within its accuracy (a round normal distribution, 68 % of it within the
                              accuracy), mean over the redraws; NaN: no accuracies */
} castmap_cluster_tuning_row;

/** How the choice of a radius changes the places. Release with castmap_cluster_tuning_clear(). */
typedef struct castmap_cluster_tuning {
    uint32_t min_points;
    size_t   observations, imprecise; /**< looked at; left out because they are known less exactly than any radius tells apart */
    size_t   redraws;
    uint64_t seed;
    size_t   n_curve;
    double  *curve_share;  /**< [n_curve] share of the observations, 0..1, most crowded first, ascending */
    double  *curve_m;      /**< [n_curve] within this distance they have min_points, themselves included; ascending */
    double   knee_m;       /**< where the curve turns up; NaN: nowhere */
    size_t   n_rows;
    castmap_cluster_tuning_row *rows; /**< ascending radius */
    size_t   recommended;  /**< row */
    char    *reason;       /**< why that one, in a plain sentence or two */
    size_t   n_remarks;
    castmap_remark *remarks; /**< red flags */
} castmap_cluster_tuning;

CASTMAP_API void castmap_cluster_tuning_clear(castmap_cluster_tuning *tuning);

#ifdef __cplusplus
}
#endif
#endif
