/**
 * @file castmap/spread.h
 * @brief Surfaces of observations some of which are known only to an area: each of those is spread evenly over its area.
 *
 * The record stands for infinitely many points of its area, of its weight together. Every form below gives what those points would give.
 */
#ifndef CASTMAP_SPREAD_H
#define CASTMAP_SPREAD_H

#include "castmap/density.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Records known only to areas. Areas may overlap one another. A borrowed view. */
typedef struct castmap_spread {
    castmap_polygons areas;
    const double    *weight; /**< [areas.count] records of each area together, finite, >= 0; an area without extent can hold none */
} castmap_spread;

/**
 * @brief castmap_density_footprints() for several sets of weights at once: one look at each area serves all of them.
 *
 * @param weight  [sets * areas->count], set by set
 * @param values  in and out [sets * columns * rows], per km2, set by set
 * Cost: cells within reach of each area x its edges within reach, once; cells x sets for the sums.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_density_footprint_sets(castmap_context *ctx, const castmap_polygons *areas,
                                                                            const double *weight, size_t sets,
                                                                            const castmap_grid *grid,
                                                                            const castmap_density_options *options, double *values);

/**
 * @brief castmap_density_within() with records spread over areas.
 *
 * Nothing and the uniform correction: exact, (sum_i w_i k(s - x_i) + sum_a w_a / |a| int_a k(s - u) du) / e(s). Diggle: the weight of every place u
 * of an area is divided by e(u), so all mass stays inside. That integral is taken over weighted points a twelfth of the radius apart (a
 * 24th for the uniform kernel, which jumps): within 1 % of the maximum for the uniform kernel, 0.2 % for the others.
 *
 * @param spread  NULL: none. The areas lie inside the study area; what does not is cut off where the correction is Diggle's
 * @retval CASTMAP_E_LIMIT  Diggle: more than 2 million such points would be needed
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_density_within_spread(castmap_context *ctx, const castmap_points *points,
                                                                           const castmap_spread *spread,
                                                                           const castmap_polygons *study, const castmap_grid *grid,
                                                                           const castmap_density_options *options,
                                                                           castmap_edge_rule edge, double *values, size_t *outside);

/**
 * @brief castmap_density_adaptive() with records spread over areas.
 *
 * The pilot is that of all, spread ones included. An area has one radius: h0 min(exp(-m / 2) / g, trim), m the mean of log f over the area; and
 * the geometric mean g takes it with the weight of its records. Integrals as in castmap_density_within_spread() with Diggle's correction.
 *
 * @param area_radius  out [spread->areas.count], metres, NAN where an area holds no record; may be NULL
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_density_adaptive_spread(castmap_context *ctx, const castmap_points *points,
                                                                             const castmap_spread *spread,
                                                                             const castmap_polygons *study, const castmap_grid *grid,
                                                                             const castmap_adaptive_options *options, double *values,
                                                                             double *radius, double *area_radius);

/**
 * @brief castmap_relative_risk() with records spread over areas.
 *
 * The ratio is that of all records: both densities hold the spread ones, exactly, and the numbers of both count them. The p-value is the larger of
 * two: of the test on the records with a place alone, and of the same test on all. The second alone would not be valid: where one kind
 * is known less exactly than the other, its density is flatter although nothing differs (docs/decisions/2026-11-26-tolerance-and-spread-records.md).
 *
 * @param case_spread,control_spread  NULL: none
 * @param upper_p  out; NAN everywhere where one kind has no record with a place inside the study area
 * @retval CASTMAP_E_DATA  no case or no control, spread or not
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_relative_risk_spread(castmap_context *ctx, const castmap_points *cases,
                                                                          const castmap_spread *case_spread,
                                                                          const castmap_points *controls,
                                                                          const castmap_spread *control_spread,
                                                                          const castmap_polygons *study, const castmap_grid *grid,
                                                                          double sigma_m, double *log_ratio, double *upper_p);

#ifdef __cplusplus
}
#endif
#endif
