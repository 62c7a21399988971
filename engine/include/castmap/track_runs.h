/**
 * @file castmap/track_runs.h
 * @brief Tracks of a project on its streets: matched, counted, the busiest stretches named.
 */
#ifndef CASTMAP_TRACK_RUNS_H
#define CASTMAP_TRACK_RUNS_H

#include "castmap/project.h"
#include "castmap/remark.h"
#include "castmap/tracks.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What makes a stretch busy. */
typedef enum castmap_track_measure { CASTMAP_TRACK_PEOPLE = 0, CASTMAP_TRACK_PASSES, CASTMAP_TRACK_TIME } castmap_track_measure;

/** "people", "passes", "time"; NULL: no such measure; static. */
CASTMAP_API const char *castmap_track_measure_name(castmap_track_measure measure);

/** Start from CASTMAP_TRACKS_RUN_OPTIONS_INIT; strings are borrowed for the call. */
typedef struct castmap_tracks_run_options {
    uint32_t    version;
    const char *name;          /**< of the layer; NULL: "tracks" */
    int64_t     set_id;        /**< only this set of tracks; 0: all */
    castmap_track_measure measure;
    double      piece_m;       /**< streets are cut into pieces of this length; > 0 */
    double      share;         /**< so much of the streets used is called busy, (0, 1] */
    double      trim_m;        /**< cut off around both ends of every piece of a track before anything is counted, >= 0 */
    bool        on_foot;       /**< people do not obey one-way streets */
    bool        round_trips_once; /**< there and back on one recording is one pass */
    bool        copies_too;    /**< a recording that came twice counts twice */
    double      sigma_m, beta_m, radius_m; /**< as castmap_match_options; radius 0: 50 m */
    double      stop_m;        /**< a stop is a stay within this radius */
    int64_t     stop_s;        /**< of at least this time */
    bool        dry_run;
} castmap_tracks_run_options;

#define CASTMAP_TRACKS_RUN_OPTIONS_VERSION 1u
#define CASTMAP_TRACKS_RUN_OPTIONS_INIT \
    {CASTMAP_TRACKS_RUN_OPTIONS_VERSION, NULL, 0, CASTMAP_TRACK_PEOPLE, 50.0, 0.1, 500.0, false, false, false, 0.0, 0.0, 0.0, 50.0, 600, false}

/** A busy stretch, in words. */
typedef struct castmap_track_stretch {
    char    *street, *from, *to; /**< from, to: the streets it meets there; "" where it meets none with a name */
    double   length_m;
    uint32_t passes, people;     /**< the most of any of its pieces */
    double   seconds;            /**< spent on all of it */
    double   value;              /**< mean of the measure: people, passes, or seconds a metre */
    double   speed_mps;          /**< median of the passes; NaN: no times */
    uint32_t along, against;     /**< passes of its busiest piece from `from` to `to`, and the other way */
    double   heading_deg;        /**< from its beginning to its ending, clockwise from grid north; NaN: not known */
} castmap_track_stretch;

/** Where people stayed: stays within stop_m of one another, or joined by others that are. */
typedef struct castmap_track_stop_place {
    char    *street;             /**< that it was on; "": none with a name */
    size_t   stays;
    uint32_t people;
    int64_t  dwell_s, longest_s; /**< of all stays together; of the longest */
} castmap_track_stop_place;

/** Which way a stretch is passed: "towards north-east" where two thirds of the passes or more go one way, "both ways", "" without passes; static. */
CASTMAP_API const char *castmap_track_way_words(uint32_t along, uint32_t against, double heading_deg);

/** What became of the tracks; release with castmap_tracks_run_summary_clear(). */
typedef struct castmap_tracks_run_summary {
    int64_t run_number;       /**< 0 on a dry run */
    size_t  recordings, people;
    bool    unnamed;          /**< some tracks are of nobody knows whom; together they count as one person */
    size_t  fixes;            /**< == outside + cleaned + trimmed + the counts of matched */
    size_t  outside, cleaned, trimmed;
    size_t  fate[CASTMAP_FIX_FATES];        /**< of those within */
    size_t  matched[CASTMAP_MATCH_STATES];
    size_t  pieces, breaks, copies; /**< pieces of tracks that were matched; copies: of those, of a recording that came twice */
    double  sigma_m, beta_m, off_median_m; /**< off: distance of matched fixes from their streets */
    double  way_km;           /**< matched */
    size_t  n_stops; int64_t dwell_s; /**< stays after trimming, without those of copies unless asked */
    size_t  n_stop_places; castmap_track_stop_place *stop_places; /**< longest first */
    double  speed_median_mps; /**< while moving; NaN: no times */
    double  threshold, used_km, busy_km;
    size_t  n_stretches; castmap_track_stretch *stretches; /**< busiest first */
    size_t  n_remarks;   castmap_remark *remarks;
} castmap_tracks_run_summary;

#define CASTMAP_TRACKS_RUN_SUMMARY_INIT {0}

/**
 * @brief Match the project's tracks to its newest streets and store a layer of what was passed.
 *
 * The surroundings of both ends of every track are cut off first; nothing of them is in the layer. The layer is for internal use. With it are stored
 * the visits that releases for partners and the public count: who passed which piece of street on which day, at least 500 m from every end and stay.
 * @retval CASTMAP_E_NOT_FOUND  no tracks, no streets, or nothing is left that lies on a street
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_run_tracks(castmap_context *ctx, castmap_project *project,
                                                                const castmap_tracks_run_options *options,
                                                                castmap_tracks_run_summary *summary);
CASTMAP_API void castmap_tracks_run_summary_clear(castmap_tracks_run_summary *summary);

#ifdef __cplusplus
}
#endif
#endif
