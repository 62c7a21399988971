/**
 * @file castmap/polygons.h
 * @brief Areas as flat arrays of vertices.
 *
 * A feature is one or more parts (polygons); a part is one outer ring followed by its holes; a ring is a
 * closed list of vertices whose last repeats its first. Outer rings run counter-clockwise, holes clockwise.
 */
#ifndef CASTMAP_POLYGONS_H
#define CASTMAP_POLYGONS_H

#include "castmap/context.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A borrowed view of n multipolygons. */
typedef struct castmap_polygons {
    size_t        count;        /**< n features */
    const size_t *part_start;   /**< [n+1] first part of each feature */
    const size_t *ring_start;   /**< [parts+1] first ring of each part */
    const size_t *vertex_start; /**< [rings+1] first vertex of each ring */
    const double *x;            /**< [vertices] easting, metres (or longitude where a docstring says degrees) */
    const double *y;            /**< [vertices] northing, metres (or latitude) */
} castmap_polygons;

#ifdef __cplusplus
}
#endif
#endif
