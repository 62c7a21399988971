/**
 * @file castmap/points.h
 * @brief Point events as plain arrays: what every analysis takes.
 */
#ifndef CASTMAP_POINTS_H
#define CASTMAP_POINTS_H

#include "castmap/context.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A borrowed view of n point events, one array per attribute. */
typedef struct castmap_points {
    size_t         count;  /**< n */
    const double  *x;      /**< [n] easting, metres, analysis CRS */
    const double  *y;      /**< [n] northing, metres, analysis CRS */
    const double  *weight; /**< [n] dimensionless, finite, >= 0; NULL means all 1 */
    const int64_t *time_s; /**< [n] UTC seconds since 1970-01-01; NULL if untimed; INT64_MIN: unknown */
    const int64_t *id;     /**< [n] stable record ids, unique; NULL: the index is the id. Ties go to the lower id */
} castmap_points;

#ifdef __cplusplus
}
#endif
#endif
