/*
 * io/gdal_raster.h - CONTRACT: a grid in metres as a Cloud Optimized GeoTIFF.
 *
 * The same input gives the same bytes: no dates, no software tag, no side-car file. A band's unit, description and no-data value are stored where GDAL,
 * QGIS and ArcGIS look for them.
 */
#ifndef CM_IO_GDAL_RASTER_H
#define CM_IO_GDAL_RASTER_H

#include "castmap/density.h"

#include <stdint.h>

/* One entry of a colour table: pixel value `value` is drawn in this colour and, where `label` is not NULL, named so. */
typedef struct cm_raster_colour {
    uint8_t     value, red, green, blue, alpha;
    const char *label; /* borrowed; "10 to 20 per km2" */
} cm_raster_colour;

/* What to write; everything is borrowed for the call. Exactly one of values, bytes is set. */
typedef struct cm_raster {
    castmap_grid  grid;        /* north-up, first row northernmost */
    const char   *wkt;         /* of the working CRS: cm_projection_wkt() */
    const double *values;      /* [columns*rows], written as 32-bit floats (NaN becomes no-data) unless keep_double */
    const uint8_t *bytes;      /* [columns*rows], classes */
    bool          keep_double; /* write values as 64-bit */
    bool          has_nodata;
    double        nodata;      /* for values: usually NaN or -1; for bytes 0..255 */
    const char   *unit;        /* "1/km2"; NULL: none */
    const char   *description; /* of the band: "observations per km2"; NULL: none */
    bool          statistics;  /* store minimum, maximum, mean and deviation (never for what leaves the house) */
    const cm_raster_colour *colours; /* [n_colours], only with bytes; NULL: no table */
    size_t        n_colours;
    const char *const *metadata;     /* key, value, key, value, ..., NULL; NULL: none */
} cm_raster;

/*
 * Write to `path`, which must not exist: callers pass cm_output.temporary of cm_output_reserve() and commit. Tiles of 512, DEFLATE, overviews by averaging
 * (values) or nearest (bytes) down to one tile.
 *
 * CASTMAP_E_ARGUMENT: grid without cells, both or none of values and bytes. CASTMAP_E_LIMIT: more than 2^31 cells or 100,000 a side.
 * The file is read back and compared cell by cell. CASTMAP_E_IO: cannot write, or it reads back otherwise. CASTMAP_E_DATA: an infinite value.
 */
CASTMAP_NODISCARD castmap_status cm_raster_write(castmap_context *ctx, const char *path, const cm_raster *raster);

#endif
