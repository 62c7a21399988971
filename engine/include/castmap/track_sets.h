/**
 * @file castmap/track_sets.h
 * @brief Recorded tracks in a project: brought in, listed, taken out.
 */
#ifndef CASTMAP_TRACK_SETS_H
#define CASTMAP_TRACK_SETS_H

#include "castmap/import.h"
#include "castmap/tracks.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Start from CASTMAP_TRACKS_ADD_OPTIONS_INIT; strings are borrowed for the call. */
typedef struct castmap_tracks_add_options {
    uint32_t           version;
    const char *const *path;   /**< [n_paths] GPX (tracks and routes), KML and KMZ (lines and gx:Track), TCX, GeoJSON (lines with coordTimes), lines of a
                                    GeoPackage, FlatGeobuf or Shapefile (a measure is seconds since 1970), CSV (a fix a row) */
    size_t             n_paths;
    const char *const *map;    /**< of CSV and of layers: "field=Column name" pairs: track, person, time, lon, lat; NULL: recognised */
    size_t             n_map;
    const char        *person; /**< who recorded what does not say it; kept as a pseudonym only; NULL: unknown */
    const char        *date_order; /**< "dmy", "mdy" or "ymd"; NULL: only dates that can be read in one way */
    bool               dry_run, follow_links;
    const char        *layer;  /**< of a file with several; NULL: the only one that holds lines */
    const char        *crs;    /**< of a layer that does not say it: "EPSG:27700"; NULL: as declared */
} castmap_tracks_add_options;

#define CASTMAP_TRACKS_ADD_OPTIONS_VERSION 1u
#define CASTMAP_TRACKS_ADD_OPTIONS_INIT {CASTMAP_TRACKS_ADD_OPTIONS_VERSION, NULL, 0, NULL, 0, NULL, NULL, false, false, NULL, NULL}

/** The account of all files; release with castmap_tracks_add_summary_clear(). read == stored + the counts of left_out. */
typedef struct castmap_tracks_add_summary {
    int64_t run_number;      /**< 0 on a dry run, or when nothing was new */
    size_t  files, known;    /**< read; of those, in the project already, byte for byte: passed over */
    size_t  empty;           /**< files without any track, passed over */
    size_t  read, stored;    /**< fixes, of files that were not known */
    size_t  recordings, people; /**< people: told apart by name */
    size_t  unnamed;         /**< recordings of nobody knows whom */
    size_t  untimed;         /**< fixes without a time */
    size_t  others;          /**< features and waypoints that are no tracks */
    int64_t first_s, last_s; /**< INT64_MIN: no times */
    size_t  fate[CASTMAP_FIX_FATES]; /**< what cleaning will do with the stored fixes; adds up to stored */
    size_t  pieces, sorted, cuts_gap, cuts_jump; /**< likewise */
    size_t  n_left_out; castmap_reason_count *left_out;
    size_t  n_guesses;  castmap_guess *guesses;
} castmap_tracks_add_summary;

#define CASTMAP_TRACKS_ADD_SUMMARY_INIT {0}

/**
 * @brief Bring recorded tracks into the project, fix by fix, every one accounted for.
 *
 * A file is one set, all files one run. Fixes are kept as they were recorded; cleaning is made anew by each run and only told here. Names of tracks are not kept.
 * @retval CASTMAP_E_INPUT  no file holds tracks, or one is damaged
 * @retval CASTMAP_E_LIMIT  more than 2^28 fixes in one file
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_tracks_add(castmap_context *ctx, castmap_project *project,
                                                                const castmap_tracks_add_options *options,
                                                                castmap_tracks_add_summary *summary);
CASTMAP_API void castmap_tracks_add_summary_clear(castmap_tracks_add_summary *summary);

/** The tracks of one file. */
typedef struct castmap_track_set_info {
    int64_t id, run_number;
    char   *name, *format;
    size_t  recordings, fixes, people;
    int64_t first_s, last_s; /**< INT64_MIN: no times */
} castmap_track_set_info;

/** Oldest first; *list is owned by the caller, release with castmap_tracks_list_clear(). */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_tracks_list(castmap_context *ctx, castmap_project *project, castmap_track_set_info **list,
                                                                 size_t *n);
CASTMAP_API void castmap_tracks_list_clear(castmap_track_set_info *list, size_t n);

/**
 * @brief Take a set out, with the others of its run and with every layer that was made from them: castmap_project_undo() of its run.
 * @param undone  out, how many runs were undone; may be NULL
 * @retval CASTMAP_E_NOT_FOUND  no such set
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_tracks_remove(castmap_context *ctx, castmap_project *project, int64_t set_id,
                                                                   size_t *undone);

#ifdef __cplusplus
}
#endif
#endif
