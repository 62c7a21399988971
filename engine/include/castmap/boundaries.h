/**
 * @file castmap/boundaries.h
 * @brief Council areas: read, repair, join population, keep.
 */
#ifndef CASTMAP_BOUNDARIES_H
#define CASTMAP_BOUNDARIES_H

#include "castmap/project.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Start from CASTMAP_BOUNDARIES_OPTIONS_INIT; strings are borrowed for the call. */
typedef struct castmap_boundaries_options {
    uint32_t    version;
    const char *path;        /**< GeoJSON, TopoJSON, GeoPackage, Shapefile or a zip of one */
    const char *layer;       /**< NULL: the one with polygons */
    const char *level;       /**< "ward", "council"; NULL: from the code column (WD.. ward, LAD.. council, ...), else "area" */
    const char *code_column, *name_column, *parent_column; /**< NULL: recognised */
    const char *crs;         /**< for files that declare none and are not GeoJSON/TopoJSON */
    const char *vintage;     /**< NULL: from the column's year */
    const char *source, *licence; /**< printed on every product; NULL: the file's name; "not stated" */
    const char *population;  /**< CSV to join by code; NULL: none */
    const char *population_code, *population_value; /**< its columns; NULL: recognised */
    bool        dry_run;
} castmap_boundaries_options;

#define CASTMAP_BOUNDARIES_OPTIONS_VERSION 1u
#define CASTMAP_BOUNDARIES_OPTIONS_INIT {CASTMAP_BOUNDARIES_OPTIONS_VERSION, NULL, NULL, NULL, NULL, NULL, NULL, NULL, \
                                         NULL, NULL, NULL, NULL, NULL, NULL, false}

/** A named area something was said of. */
typedef struct castmap_area_note {
    char *code, *name, *note; /**< note: "self-intersection repaired", "not in the population file", ... */
} castmap_area_note;

typedef struct castmap_boundaries_summary {
    int64_t set_id, run_number;
    char   *level, *code_column, *name_column, *parent_column, *vintage, *format;
    size_t  areas, vertices, with_population;
    double  population;      /**< sum of what joined */
    size_t  n_repaired;      castmap_area_note *repaired;
    size_t  n_refused;       castmap_area_note *refused;   /**< features without a usable polygon or code */
    size_t  n_unjoined;      castmap_area_note *unjoined;  /**< areas without population */
    size_t  n_left_over;     castmap_area_note *left_over; /**< population rows without an area, or not a number */
    char   *crs, *crs_name, *crs_reason; /**< the working CRS, if this set decided it; else NULL */
    double  crs_scale_error_ppm;
} castmap_boundaries_summary;

#define CASTMAP_BOUNDARIES_SUMMARY_INIT {0}

/** Add one boundary set. Replacing a level: the newest set of a level is the one that is used. */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_boundaries_add(castmap_context *ctx, castmap_project *project,
                                                                    const castmap_boundaries_options *options,
                                                                    castmap_boundaries_summary *summary);
CASTMAP_API void castmap_boundaries_summary_clear(castmap_boundaries_summary *summary);

#ifdef __cplusplus
}
#endif
#endif
