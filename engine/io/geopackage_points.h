/*
 * io/geopackage_points.h - many points into a layer of a GeoPackage that GDAL made.
 */
#ifndef CM_IO_GEOPACKAGE_POINTS_H
#define CM_IO_GEOPACKAGE_POINTS_H

#include "castmap/context.h"

#include <stddef.h>
#include <stdint.h>

/* From so many points on this way pays; below, GDAL's own takes no time either. */
#define CM_GEOPACKAGE_MANY_POINTS 1000

/* One attribute as an array; the one that is not NULL counts. */
typedef struct cm_point_column {
    const char    *name;
    const int64_t *integer; /* INT64_MIN: null */
    const double  *real;    /* not finite: null */
    char *const   *text;    /* NULL: null */
} cm_point_column;

/* Fill the empty, indexed layer of points in the closed file: rows, spatial index, extent and count. All borrowed; degrees. */
CASTMAP_NODISCARD castmap_status cm_geopackage_points(castmap_context *ctx, const char *path, const char *layer, size_t n,
                                                      const double *lon, const double *lat, const cm_point_column *column,
                                                      size_t n_columns);

#endif
