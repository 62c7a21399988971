/*
 * io/gdal_geopackage.h - CONTRACT: a fresh GeoPackage whose layers open styled in QGIS.
 *
 * Longitude/latitude in WGS 84 (EPSG:4326). The same calls give the same bytes: the time of last change is the one given, feature ids count from 1 in order
 * of addition, no WAL, no application specific dates. The file is written under `path` at once; callers pass cm_output.temporary of
 * cm_output_reserve() and commit after cm_geopackage_close().
 */
#ifndef CM_IO_GDAL_GEOPACKAGE_H
#define CM_IO_GDAL_GEOPACKAGE_H

#include "castmap/context.h"

#include <stddef.h>
#include <stdint.h>

typedef struct cm_geopackage cm_geopackage; /* owned handle */

typedef enum cm_package_shape { CM_PACKAGE_NONE, CM_PACKAGE_POINT, CM_PACKAGE_LINE, CM_PACKAGE_MULTILINE, CM_PACKAGE_POLYGON, CM_PACKAGE_MULTIPOLYGON } cm_package_shape;

typedef enum cm_package_type { CM_PACKAGE_TEXT, CM_PACKAGE_INTEGER, CM_PACKAGE_REAL, CM_PACKAGE_DATE /* text YYYY-MM-DD */,
                             CM_PACKAGE_DATETIME /* text YYYY-MM-DDTHH:MM:SSZ */ } cm_package_type;

typedef struct cm_package_field {
    const char   *name;        /* not "fid" or "geom" */
    cm_package_type kind;
    const char   *title;       /* human name (alias); NULL: none */
    const char   *description; /* NULL: none */
} cm_package_field;

/* Texts are borrowed for the call of cm_geopackage_layer(). */
typedef struct cm_layer_form {
    const char     *name;        /* table and layer; a-z, 0-9, underscore */
    const char     *title;       /* identifier in gpkg_contents; NULL: the name */
    const char     *description; /* NULL: "" */
    cm_package_shape   kind;
    const cm_package_field *field;       /* [n_fields] */
    size_t          n_fields;
} cm_layer_form;

/* One value, in the order of the layer's fields. Dates go as text. */
typedef struct cm_value {
    bool        set;      /* false: NULL */
    const char *text;     /* CM_PACKAGE_TEXT, _DATE, _DATETIME; borrowed, UTF-8 */
    int64_t     integer;
    double      real;     /* not finite: NULL */
} cm_value;

/* changed_at: "2024-07-01T00:00:00Z", written wherever the format wants a date. CASTMAP_E_EXISTS if `path` exists. */
CASTMAP_NODISCARD castmap_status cm_geopackage_create(castmap_context *ctx, const char *path, const char *changed_at,
                                                      cm_geopackage **out);

/* Begin a layer; it is the one that features are added to until the next. */
CASTMAP_NODISCARD castmap_status cm_geopackage_layer(castmap_context *ctx, cm_geopackage *package, const cm_layer_form *form);

/* Add one feature: geometry as ISO WKB (NULL: none) in degrees, and the values in order of the fields. */
CASTMAP_NODISCARD castmap_status cm_geopackage_add(castmap_context *ctx, cm_geopackage *package, const unsigned char *wkb,
                                                   size_t wkb_length, const cm_value *value);

/* Make `qml` (QGIS) and `sld` (others; may be NULL) the default style of a layer already added. */
CASTMAP_NODISCARD castmap_status cm_geopackage_style(castmap_context *ctx, cm_geopackage *package, const char *layer,
                                                     const char *style_name, const char *description, const char *qml,
                                                     const char *sld);

/* Finish the file: spatial indexes, extents, fsync-able. The handle is freed on success and on failure. */
CASTMAP_NODISCARD castmap_status cm_geopackage_close(castmap_context *ctx, cm_geopackage *package);

/* Open a finished file anew and count: `layer` holds `count` features, `with_shape` of them with a geometry. Else CASTMAP_E_IO. */
CASTMAP_NODISCARD castmap_status cm_geopackage_recount(castmap_context *ctx, const char *path, const char *layer, size_t count,
                                                       size_t with_shape);

/* Leave without finishing: frees the handle; the unfinished file is the caller's to remove (cm_output_discard). NULL is fine. */
void cm_geopackage_abandon(cm_geopackage *package);

#endif
