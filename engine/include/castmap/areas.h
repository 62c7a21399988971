/**
 * @file castmap/areas.h
 * @brief Points in areas, counts, rates with exact intervals, and classes for a map.
 */
#ifndef CASTMAP_AREAS_H
#define CASTMAP_AREAS_H

#include "castmap/points.h"
#include "castmap/polygons.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Number of a point that lies in no area. */
#define CASTMAP_NO_AREA (-1)

/** An index over areas that answers "which area holds this point"; owned, release with castmap_area_locator_free(). */
typedef struct castmap_area_locator castmap_area_locator;

/**
 * @brief Build a locator. Areas may overlap, leave gaps and have holes.
 *
 * A point in several areas, or on a border, belongs to exactly one: the one with the lowest rank.
 *
 * @param areas  borrowed until the locator is freed
 * @param rank   [count] a permutation of 0..count-1 (order of the area codes), or NULL: the index is the rank
 * Cost: O(vertices + cells). Memory grows with the vertices.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_area_locator_new(castmap_context *ctx,
                                                                      const castmap_polygons *areas,
                                                                      const uint32_t *rank,
                                                                      castmap_area_locator **out);
CASTMAP_API void castmap_area_locator_free(castmap_area_locator *locator);

/** For each point the index of its area or CASTMAP_NO_AREA; area is out [n]. In parallel. */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_area_locate(castmap_context *ctx,
                                                                 const castmap_area_locator *locator,
                                                                 const castmap_points *points, int32_t *area);

/** Exact (Garwood 1936) interval of a Poisson mean given count c, two-sided level 0 < level < 1. */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_poisson_interval(castmap_context *ctx, double c,
                                                                      double level, double *lower,
                                                                      double *upper);

/**
 * @brief Up to `n_classes` classes for values >= 0, zero apart (class 0 is exactly zero).
 *
 * Fisher-Jenks natural breaks over the positive values, rounded to figures a reader can say; fewer classes when there are fewer
 * distinct values. breaks is out [n_classes + 1]: lower edges of classes 1..k, then the maximum; *k is out.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_classes_make(castmap_context *ctx, const double *values,
                                                                  size_t n, size_t n_classes, double *breaks,
                                                                  size_t *k);

/** Area of each feature, km2, plane; out [areas->count]. */
CASTMAP_API void castmap_polygons_area_km2(const castmap_polygons *areas, double *area_km2);

#ifdef __cplusplus
}
#endif
#endif
