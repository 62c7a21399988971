/**
 * @file castmap/places.h
 * @brief Postcodes and gazetteers: tables by which records without coordinates are placed, offline.
 */
#ifndef CASTMAP_PLACES_H
#define CASTMAP_PLACES_H

#include "castmap/import.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Start from CASTMAP_PLACES_OPTIONS_INIT; strings are borrowed for the call. */
typedef struct castmap_places_options {
    uint32_t           version;
    const char *const *path;    /**< [n_paths] files of one table: CSV, TSV, GeoNames text, or a zip of them */
    size_t             n_paths;
    const char *const *map;     /**< "field=Column name" pairs: postcode, name, lat, lon, x, y, area, accuracy; NULL: recognised */
    size_t             n_map;
    const char        *crs;     /**< of x and y: "EPSG:27700", which is also the default */
    const char        *vintage; /**< when it was valid; NULL: not said */
    const char        *source, *licence; /**< NULL: as the format's publisher words it, else the file's name and "not stated" */
    bool               dry_run;
    bool               follow_links;
} castmap_places_options;

#define CASTMAP_PLACES_OPTIONS_VERSION 1u
#define CASTMAP_PLACES_OPTIONS_INIT {CASTMAP_PLACES_OPTIONS_VERSION, NULL, 0, NULL, 0, NULL, NULL, NULL, NULL, false, false}

/** The account of one table; owned, release with castmap_places_summary_clear(). rows == entries + the counts of left_out. */
typedef struct castmap_places_summary {
    int64_t set_id, run_number; /**< 0 on a dry run */
    char   *kind;               /**< "postcodes" or "names" */
    char   *format;             /**< "Code-Point Open", "ONS Postcode Directory", "GeoNames", "table" */
    char   *licence;
    size_t  files, passed_over; /**< read; that hold no table */
    size_t  rows, entries, ended, names; /**< ended: postcodes that are no longer in use; names: other names counted too */
    size_t  n_guesses;  castmap_guess *guesses;
    size_t  n_left_out; castmap_reason_count *left_out;
} castmap_places_summary;

#define CASTMAP_PLACES_SUMMARY_INIT {0}

/**
 * @brief Add one table of postcodes or names to the project.
 *
 * Import then places records that have a postcode or a name and no coordinates. Tables stand beside one another: for a postcode the newest
 * table that knows it answers, for a name all of them. Nothing is asked of any service.
 *
 * @retval CASTMAP_E_INPUT  no table was recognised, or the files are of several kinds
 * @retval CASTMAP_E_LIMIT  more than 16 million entries, or a row beyond its limits
 *
 * Cost: about half a second a million rows, about 105 bytes a row of postcodes while it runs, more for names.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_places_add(castmap_context *ctx, castmap_project *project,
                                                                const castmap_places_options *options,
                                                                castmap_places_summary *summary);
CASTMAP_API void castmap_places_summary_clear(castmap_places_summary *summary);

/** A table of the project. */
typedef struct castmap_places_info {
    int64_t id, run_number;
    char   *kind, *name, *format, *source, *licence, *vintage;
    size_t  entries, ended, names;
} castmap_places_info;

/** The tables of the project, oldest first; *list is owned by the caller, release with castmap_places_list_clear(). */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_places_list(castmap_context *ctx, castmap_project *project, castmap_places_info **list,
                                                                 size_t *n);
CASTMAP_API void castmap_places_list_clear(castmap_places_info *list, size_t n);

#ifdef __cplusplus
}
#endif
#endif
