/*
 * io/geojson_writer.h - one layer as RFC 7946 GeoJSON, one feature a line.
 *
 * Longitude, latitude with at most 6 decimals; outer rings counter-clockwise, holes clockwise; null for what is not known; text that is not valid UTF-8
 * is repaired, never written as it is. The same layer gives the same bytes on any number of threads.
 */
#ifndef CM_IO_GEOJSON_WRITER_H
#define CM_IO_GEOJSON_WRITER_H

#include "castmap/context.h"

#include <stddef.h>
#include <stdint.h>

#define CM_GEOJSON_SCALE 1e6 /* steps to a degree */

typedef enum cm_geojson_shape { CM_GEOJSON_POINT, CM_GEOJSON_LINE, CM_GEOJSON_POLYGON } cm_geojson_shape;

/* Exactly one of the arrays is set, [count]. */
typedef struct cm_geojson_field {
    const char    *name;
    int            digits;   /* of reals */
    const int64_t *integer;  /* INT64_MIN: null */
    const double  *real;     /* not finite: null */
    char *const   *text;     /* NULL: null */
} cm_geojson_field;

/* Everything is borrowed for the call. */
typedef struct cm_geojson_layer {
    const char *name;
    const char *members;     /* further members of the collection: "\"title\":\"...\",...", no comma at the ends; NULL: none */
    const double *bbox;      /* [4] west, south, east, north, degrees; NULL: none */
    cm_geojson_shape shape;
    size_t      count;
    const size_t *part_start, *ring_start, *vertex_start; /* as in castmap/polygons.h; NULL for points */
    const double *lon, *lat;
    size_t      n_fields;
    const cm_geojson_field *fields;
} cm_geojson_layer;

/*
 * CASTMAP_E_DATA: a coordinate that is not finite or not on Earth. CASTMAP_E_EXISTS, CASTMAP_E_IO as cm_output_open(). The file is read back and its
 * features counted before it gets its name (CASTMAP_E_INTERNAL if they are not `count`).
 */
CASTMAP_NODISCARD castmap_status cm_geojson_write(castmap_context *ctx, const char *path, const cm_geojson_layer *layer,
                                                  bool overwrite, bool private_file);

#endif
