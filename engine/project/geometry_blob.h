/*
 * project/geometry_blob.h - geometries in SpatiaLite's own binary form (little-endian, two dimensions, EPSG:4326).
 */
#ifndef CM_PROJECT_GEOMETRY_BLOB_H
#define CM_PROJECT_GEOMETRY_BLOB_H

#include "castmap/polygons.h"
#include "space/geometry/polygon_set.h"

#include <stddef.h>

#define CM_POINT_BLOB_BYTES 60

/* Largest and smallest coordinates. */
typedef struct cm_box {
    double west, south, east, north;
} cm_box;

void cm_point_blob(double lon, double lat, unsigned char out[CM_POINT_BLOB_BYTES]);

/* One feature as MULTIPOLYGON; *bytes owned by the caller. */
CASTMAP_NODISCARD castmap_status cm_multipolygon_blob(castmap_context *ctx, const castmap_polygons *polygons, size_t feature,
                                                      unsigned char **bytes, size_t *length, cm_box *box);
/* One ring, not closed, of at least three vertices, as POLYGON. */
CASTMAP_NODISCARD castmap_status cm_ring_blob(castmap_context *ctx, const double *lon, const double *lat, size_t n,
                                              unsigned char **bytes, size_t *length, cm_box *box);

/* Append a MULTIPOLYGON as one feature. CASTMAP_E_PROJECT if it is anything else or its counts do not fit its length. */
CASTMAP_NODISCARD castmap_status cm_multipolygon_read(castmap_context *ctx, const unsigned char *bytes, size_t length,
                                                      cm_polygon_set *out);

#endif
