/*
 * io/gdal_vector.h - read a layer of polygons, or of lines, of a file somebody sent.
 *
 * GeoJSON, TopoJSON, GeoPackage and Shapefile (plain or the only one in a .zip); of lines also OpenStreetMap extracts (.osm.pbf). The file is opened here, once, and its bytes are handed to GDAL as memory inside
 * a worker process with one driver registered: GDAL never sees a name from outside, so no name, link, side file or address inside the data can make it open
 * anything else. Before GDAL looks, JSON is checked against its grammar, a GeoPackage for tables that run code, a zip for entries that lie.
 */
#ifndef CM_IO_GDAL_VECTOR_H
#define CM_IO_GDAL_VECTOR_H

#include "castmap/context.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cm_vector_options {
    const char *layer;    /* NULL: the only one, or the only one with polygons (lines) */
    bool        lines;    /* lines instead of polygons. Of an OpenStreetMap extract: the ways with a highway tag, with the fields of io/gdal_osm.h */
    uint64_t    max_bytes;   /* of the file; 0: 1 GiB */
    size_t      max_vertices; /* of a feature; 0: 1,000,000 */
} cm_vector_options;

/* One feature as it came: texts of its fields, and a WKB polygon or a reason why there is none. */
typedef struct cm_vector_feature {
    size_t         number;  /* 1-based place in the layer */
    char         **value;   /* [n_fields]; NULL entries: no value */
    unsigned char *wkb;     /* (multi)polygon, or (multi)linestring, 2-D, units of the file; NULL if there is none */
    size_t         wkb_length;
    char          *problem; /* what is wrong with it in plain words; NULL: nothing */
} cm_vector_feature;

typedef struct cm_vector_layer {
    char   *format;   /* "GeoJSON", "TopoJSON", "GeoPackage", "Shapefile", "Shapefile in a zip", "OpenStreetMap extract" */
    char   *layer;
    char   *crs;      /* "EPSG:27700"; "OGC:CRS84"; "" where none is declared; "?" where it is declared but has no code */
    char   *crs_name; /* as the file calls it */
    char   *sha256;   /* of the file (of the .shp for a plain Shapefile) */
    size_t  n_fields;
    char  **field;
    size_t  count, capacity;
    cm_vector_feature *feature;
} cm_vector_layer; /* everything owned; release with cm_vector_layer_clear() */

#define CM_VECTOR_LAYER_INIT {0}

/*
 * CASTMAP_E_INPUT: not one of the formats, damaged, or holding what it must not; CASTMAP_E_LIMIT: a limit, named; CASTMAP_E_ARGUMENT: not the name of a file;
 * CASTMAP_E_IO: cannot be read, or changed while it was read; CASTMAP_E_NOT_FOUND: no such layer.
 */
CASTMAP_NODISCARD castmap_status cm_vector_read(castmap_context *ctx, const char *path, const cm_vector_options *options,
                                                cm_vector_layer *out);
void cm_vector_layer_clear(cm_vector_layer *layer);

#endif
