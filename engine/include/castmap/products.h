/**
 * @file castmap/products.h
 * @brief Files made of a release: partner files, maps, a page, a report.
 *
 * Every function takes a release and nothing else that holds data. Files appear under their final name only when
 * they are whole; an existing file is refused unless `overwrite`.
 */
#ifndef CASTMAP_PRODUCTS_H
#define CASTMAP_PRODUCTS_H

#include "castmap/cluster_tuning.h"
#include "castmap/heat_tuning.h"
#include "castmap/release.h"

#ifdef __cplusplus
extern "C" {
#endif

/** RFC 7946 GeoJSON of one layer of the release ("areas", "places", "heat", "cells", "observations" (internal), "boundaries"). */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_write_geojson(castmap_context *ctx,
                                                                   const castmap_release *release,
                                                                   const char *layer, const char *path,
                                                                   bool overwrite);
/** One layer as a table (.csv): its fields without its shapes. Text that a spreadsheet would run as a formula begins with an apostrophe. */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_write_csv(castmap_context *ctx, const castmap_release *release,
                                                               const char *layer, const char *path, bool overwrite);
/** All vector layers as one GeoPackage with styles (layer_styles) that QGIS applies by itself. */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_write_geopackage(castmap_context *ctx,
                                                                      const castmap_release *release,
                                                                      const char *path, bool overwrite);
/** The heat surface in events per km2 as a Cloud Optimized GeoTIFF; internal releases only (else CASTMAP_E_RELEASE). */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_write_heat_geotiff(castmap_context *ctx,
                                                                        const castmap_release *release,
                                                                        const char *path, bool overwrite);
/** The classes of the heat surface, one byte a cell with a colour table, as a Cloud Optimized GeoTIFF. */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_write_heat_classes(castmap_context *ctx,
                                                                        const castmap_release *release,
                                                                        const char *path, bool overwrite);

/** How many layers there are, and the name, title and feature count of one; strings belong to the release. */
CASTMAP_API size_t castmap_release_layers(const castmap_release *release);
CASTMAP_API const char *castmap_release_layer_name(const castmap_release *release, size_t i);
CASTMAP_API const char *castmap_release_layer_title(const castmap_release *release, size_t i);
CASTMAP_API size_t castmap_release_layer_features(const castmap_release *release, size_t i);

typedef enum castmap_paper { CASTMAP_A4 = 0, CASTMAP_A3 } castmap_paper;

/** Start from CASTMAP_MAP_OPTIONS_INIT; strings are borrowed for the call. */
typedef struct castmap_map_options {
    uint32_t      version;
    const char   *layer;     /**< "heat", "areas", "cells" (what colours the map); NULL: heat if there is one, else areas */
    castmap_paper paper;
    bool          landscape;
    const char   *title;     /**< NULL: the project's title */
    bool          overwrite;
} castmap_map_options;
#define CASTMAP_MAP_OPTIONS_INIT {1u, NULL, CASTMAP_A4, false, NULL, false}

/** Draw the map; the kind of file follows from the suffix: .pdf, .svg, .png (200 dots an inch). */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_write_map(castmap_context *ctx, const castmap_release *release,
                                                               const castmap_map_options *options,
                                                               const char *path);
/** One self-contained page with the map, its layers, legend and table; makes no network request. */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_write_page(castmap_context *ctx, const castmap_release *release,
                                                                const castmap_map_options *options,
                                                                const char *path);
/**
 * How the choice of a radius changes the places: the curve and the table, on one A4 sheet (.pdf, .svg, .png). The figures count single
 * observations, so it is made of an internal release only (else CASTMAP_E_RELEASE); its mark is printed.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_write_cluster_tuning(castmap_context *ctx, const castmap_release *release,
                                                                          const castmap_cluster_tuning *tuning, const char *path,
                                                                          bool overwrite);
/** One page in plain words: what was found, how, and what it does not say. */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_write_report(castmap_context *ctx,
                                                                  const castmap_release *release,
                                                                  const char *path, bool overwrite);
/** One sheet (.pdf, .svg, .png) of small maps, one a radius, with the recommended one marked; internal releases only (else CASTMAP_E_RELEASE). */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_write_heat_tuning(castmap_context *ctx, const castmap_release *release,
                                                                       const castmap_heat_tuning *tuning, const char *path,
                                                                       bool overwrite);
/** manifest.json of a folder: name, size, SHA-256 of each file, and the release's number, audience and period. */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_write_manifest(castmap_context *ctx,
                                                                    const castmap_release *release,
                                                                    const char *directory, bool overwrite);

#ifdef __cplusplus
}
#endif
#endif
