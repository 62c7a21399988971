/*
 * space/geodesy/projection.h - CONTRACT: between WGS 84 longitude/latitude and metres, and the choice of the metres.
 *
 * Axis order is fixed here once: x is easting or longitude, y is northing or latitude. Transformations never use grid files or the
 * network, so that every machine computes the same; the operation's name is kept as provenance.
 */
#ifndef CM_SPACE_GEODESY_PROJECTION_H
#define CM_SPACE_GEODESY_PROJECTION_H

#include "castmap/context.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct cm_projection cm_projection; /* owned handle; one thread at a time unless a docstring says else */

/* crs: "EPSG:27700" (letters EPSG, ESRI or OGC, a colon, a code) or a PROJ string that castmap wrote itself ("+proj=laea ...").
 * URLs, file names and other text are refused (CASTMAP_E_ARGUMENT). Geographic, engineering and vertical systems are refused as working
 * systems but accepted as a source with `any`. */
CASTMAP_NODISCARD castmap_status cm_projection_new(castmap_context *ctx, const char *crs, bool any, cm_projection **out);
void cm_projection_free(cm_projection *projection);

/*
 * n points lon/lat in degrees -> metres. Runs on all cores. ok[i] (may be NULL: then one failure fails the call with CASTMAP_E_DATA)
 * is false where the result is not finite, lies outside the area of use, or does not come back within 1 cm; x, y are NaN there.
 */
CASTMAP_NODISCARD castmap_status cm_projection_forward(castmap_context *ctx, const cm_projection *projection, size_t n,
                                                       const double *lon, const double *lat, double *x, double *y,
                                                       bool *ok);
CASTMAP_NODISCARD castmap_status cm_projection_inverse(castmap_context *ctx, const cm_projection *projection, size_t n,
                                                       const double *x, const double *y, double *lon, double *lat,
                                                       bool *ok);

const char *cm_projection_crs(const cm_projection *projection);       /* as given to _new */
const char *cm_projection_name(const cm_projection *projection);      /* "OSGB36 / British National Grid" */
const char *cm_projection_operation(const cm_projection *projection); /* for provenance */
const char *cm_projection_wkt(const cm_projection *projection);       /* WKT2:2019, one line */
int cm_projection_epsg(const cm_projection *projection);              /* 0: none */

/* Largest relative length error over an extent in degrees, parts per million (from the axes of Tissot's ellipse at 9 x 9 places); NaN if the extent is
 * not finite. */
double cm_projection_scale_error_ppm(const cm_projection *projection, double west, double south, double east, double north);

/* Do the corners of an extent in degrees lie inside the area of use? */
bool cm_projection_covers(const cm_projection *projection, double west, double south, double east, double north);

typedef struct cm_crs_choice {
    char   crs[256];    /* "EPSG:27700" or a PROJ string */
    char   name[128];
    char   reason[256]; /* one sentence in plain words */
    double scale_error_ppm; /* largest over the extent; NaN without extent */
} cm_crs_choice;

/*
 * Choose a working CRS for an extent in degrees: `declared` (the CRS of the boundary file, "EPSG:27700", may be NULL) where it is a national grid
 * in metres; else the national grid that covers the extent where the codes of the areas declare one (`country`: "GB", "IE", ... or NULL); else UTM up to
 * one zone's width; else a Lambert azimuthal equal-area centred on the data.
 */
CASTMAP_NODISCARD castmap_status cm_crs_choose(castmap_context *ctx, double west, double south, double east, double north,
                                               const char *declared, const char *country, cm_crs_choice *out);

#endif
