/**
 * @file castmap/tracks.h
 * @brief Recorded tracks: cleaning, stops, speed, trimming, and which streets they passed.
 *
 * Places are metres in the analysis CRS, times UTC seconds. A track is a run of fixes in the order in which they were recorded. Nothing here
 * reads or writes a file or a table.
 */
#ifndef CASTMAP_TRACKS_H
#define CASTMAP_TRACKS_H

#include "castmap/routes.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A borrowed view of tracks; the fixes of track t are [start[t], start[t + 1]). */
typedef struct castmap_tracks {
    size_t          count;
    const size_t   *start;  /**< [count + 1] */
    const double   *x, *y;  /**< [start[count]] metres */
    const int64_t  *time_s; /**< [start[count]] UTC seconds; INT64_MIN: unknown; NULL: all unknown */
    const uint32_t *person; /**< [count] who recorded it, any numbers; NULL: each track somebody else */
} castmap_tracks;

/** Why a fix was left out. */
typedef enum castmap_fix_fate {
    CASTMAP_FIX_KEPT = 0,
    CASTMAP_FIX_DUPLICATE, /**< same place as the one before, at the same time or, in a track without times, at once */
    CASTMAP_FIX_SAME_TIME, /**< another place than the one before at the same second */
    CASTMAP_FIX_BACKWARDS, /**< earlier than the one before, where such fixes are not sorted */
    CASTMAP_FIX_NO_TIME,   /**< without a time, in a track whose other fixes have one */
    CASTMAP_FIX_JUMP,      /**< it could only be reached faster than possible, and a later one is reached without it */
    CASTMAP_FIX_ALONE,     /**< what is left of its piece is too short to be a track */
    CASTMAP_FIX_FATES
} castmap_fix_fate;

/** Short words for a fate, "impossible jump"; static. */
CASTMAP_API const char *castmap_fix_fate_name(castmap_fix_fate fate);

/** Options of castmap_tracks_clean(). Start from CASTMAP_CLEAN_OPTIONS_INIT. */
typedef struct castmap_clean_options {
    uint32_t version;
    double   max_speed_mps; /**< faster is impossible; > 0; default 70, about 250 km/h */
    uint32_t look_ahead;    /**< of so many fixes after a jump one must be within reach, else the track is cut there; default 10 */
    double   gap_s;         /**< a longer silence cuts the track; > 0; default 300 */
    double   gap_m;         /**< so does a longer step; > 0; default 2000 */
    double   still_m;       /**< unless the silence ends this near to where it began: the device slept; default 50 */
    uint32_t least_fixes;   /**< shorter pieces are left out; >= 1; default 2 */
    bool     keep_order;    /**< false: fixes are sorted by time first; true: those that go backwards are left out */
} castmap_clean_options;

#define CASTMAP_CLEAN_OPTIONS_VERSION 1u
#define CASTMAP_CLEAN_OPTIONS_INIT {CASTMAP_CLEAN_OPTIONS_VERSION, 70.0, 10u, 300.0, 2000.0, 50.0, 2u, false}

/** Pieces of tracks after cleaning. Owned by the caller, release with castmap_clean_tracks_clear(). */
typedef struct castmap_clean_tracks {
    size_t    count;    /**< pieces */
    size_t   *start;    /**< [count + 1] */
    size_t   *fix;      /**< [start[count]] which fix of the input, in order of time */
    uint32_t *track;    /**< [count] which track of the input, ascending */
    size_t    n_fixes;  /**< of the input */
    uint8_t  *fate;     /**< [n_fixes] castmap_fix_fate */
    size_t    counts[CASTMAP_FIX_FATES]; /**< add up to n_fixes */
    size_t    sorted;   /**< fixes that were not in the order of time and were moved */
    size_t    cuts_gap, cuts_jump; /**< places where a track was cut */
} castmap_clean_tracks;

#define CASTMAP_CLEAN_TRACKS_INIT {0, NULL, NULL, NULL, 0, NULL, {0}, 0, 0, 0}

/**
 * @brief Leave out what cannot be true of a track, and cut it where it was silent. Every fix is accounted for.
 *
 * A track none of whose fixes has a time keeps its order, and only duplicates and long steps are looked for.
 * @retval CASTMAP_E_ARGUMENT  an option out of range
 * @retval CASTMAP_E_DATA      a place that is not finite; starts that do not ascend
 * Cost: O(n log n) where times are out of order, else O(n look_ahead) at worst.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_tracks_clean(castmap_context *ctx, const castmap_tracks *tracks,
                                                                  const castmap_clean_options *options,
                                                                  castmap_clean_tracks *out);
CASTMAP_API void castmap_clean_tracks_clear(castmap_clean_tracks *clean);

/** Where somebody stayed. */
typedef struct castmap_stop {
    uint32_t track;
    size_t   first, last;        /**< fixes of the view, both included */
    double   x, y;               /**< mean of these fixes */
    int64_t  arrival_s, dwell_s; /**< dwell: from the first fix to the last */
} castmap_stop;

/**
 * @brief Find stops: runs of fixes within radius_m of the first of them that last at least dwell_s.
 *
 * Fixes without a time are in no stop. A run is as long as it can be and the next begins behind it.
 * @param stops  out, owned by the caller, free(); in order of track and time
 * @retval CASTMAP_E_ARGUMENT  radius_m not finite and positive, dwell_s not positive
 * Cost: O(n m), m the fixes within dwell_s.
 * Source: Q. Li, Y. Zheng, X. Xie, Y. Chen, W. Liu, W.-Y. Ma (2008), "Mining user similarity based on location history", ACM GIS, section 3.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_tracks_stops(castmap_context *ctx, const castmap_tracks *tracks, double radius_m,
                                                                  int64_t dwell_s, castmap_stop **stops, size_t *n);

/**
 * @brief Speed and heading at every fix, from the fix before to the one after (at the ends of a track: to the neighbour).
 *
 * @param speed_mps    out [fixes]; NaN where times are unknown or equal
 * @param heading_deg  out [fixes], clockwise from grid north, [0, 360); NaN where the two lie within least_m
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_tracks_motion(castmap_context *ctx, const castmap_tracks *tracks, double least_m,
                                                                   double *speed_mps, double *heading_deg);

/** Parts of tracks. Owned by the caller, release with castmap_track_parts_clear(). */
typedef struct castmap_track_parts {
    size_t    count;
    size_t   *first, *last; /**< [count] fixes of the view, both included; at least two */
    uint32_t *track;        /**< [count] ascending */
    size_t    removed;      /**< fixes that are in no part */
} castmap_track_parts;

#define CASTMAP_TRACK_PARTS_INIT {0, NULL, NULL, NULL, 0}

/**
 * @brief What is left of tracks without the surroundings of both ends: where people live and meet is where tracks begin and end.
 *
 * Left out is every fix within trim_m of the first or the last fix of its track as the crow flies, so that at least trim_m of way goes at
 * either end, pacing about the house does not use it up, and a track that comes by again later is cut there too. A step between two kept fixes that comes within
 * trim_m of an end is cut as well.
 * @param trim_m  >= 0; 0: nothing is left out
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_tracks_trim(castmap_context *ctx, const castmap_tracks *tracks, double trim_m,
                                                                 castmap_track_parts *out);
CASTMAP_API void castmap_track_parts_clear(castmap_track_parts *parts);

/**
 * @brief Which tracks are one recording that came twice: as many fixes, the same times, every place within tolerance_m.
 *
 * @param same  out [count] the lowest track that is the same, itself if none
 * @param copies out, tracks that are copies of a lower one; may be NULL
 * Cost: O(n log n), and tracks of equal times compared with one another up to the first difference.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_tracks_identical(castmap_context *ctx, const castmap_tracks *tracks,
                                                                      double tolerance_m, uint32_t *same, size_t *copies);

/** What became of a fix in matching. */
typedef enum castmap_match_state {
    CASTMAP_MATCHED = 0,
    CASTMAP_MATCH_NEAR,     /**< so near to the last one looked at that it says nothing new */
    CASTMAP_MATCH_OFF,      /**< no street within the radius */
    CASTMAP_MATCH_NO_ROUTE, /**< no way leads to it, but one leads past it */
    CASTMAP_MATCH_STATES
} castmap_match_state;

/** Options of castmap_match_tracks(). Start from CASTMAP_MATCH_OPTIONS_INIT. */
typedef struct castmap_match_options {
    uint32_t version;
    double   sigma_m;   /**< standard deviation of the fixes about the street; 0: estimated */
    double   beta_m;    /**< scale of the difference between way and straight line; 0: estimated */
    double   radius_m;  /**< streets farther from a fix are no candidates; > 0; default 50 */
    uint32_t candidates; /**< the nearest so many streets, 1..64; default 8 */
    double   detour_m;  /**< a way may be so much longer than the straight line; > 0; default 1000 */
    double   max_speed_mps; /**< and no faster than this, where times are known; > 0; default 70 */
    double   silence_s; /**< matched fixes farther apart in time are not joined; > 0; default 300 */
    bool     one_way;   /**< obey directions: drives. false: people on foot */
    double   thin_m;    /**< fixes within this of the one before are not looked at; < 0: 2 sigma_m */
} castmap_match_options;

#define CASTMAP_MATCH_OPTIONS_VERSION 1u
#define CASTMAP_MATCH_OPTIONS_INIT {CASTMAP_MATCH_OPTIONS_VERSION, 0.0, 0.0, 50.0, 8u, 1000.0, 70.0, 300.0, true, -1.0}

/**
 * The ways of tracks along the network. A chain is what could be joined without a break; its steps follow one another: each is a stretch of
 * one edge between two matched fixes. Owned by the caller, release with castmap_matches_clear().
 */
typedef struct castmap_matches {
    size_t    n_fixes;
    uint8_t  *state;         /**< [n_fixes] castmap_match_state */
    uint32_t *edge;          /**< [n_fixes] of matched fixes; else CASTMAP_NO_EDGE */
    double   *along_m;       /**< [n_fixes] */
    double   *distance_m;    /**< [n_fixes] from the fix to its street; NaN unless matched */
    size_t    counts[CASTMAP_MATCH_STATES]; /**< add up to n_fixes */
    size_t    breaks;        /**< chains that ended although their track went on */
    size_t    n_chains;
    uint32_t *chain_track;   /**< [n_chains] ascending */
    size_t   *chain_start;   /**< [n_chains + 1] into the steps */
    size_t    n_steps;
    uint32_t *step_edge;     /**< [n_steps] */
    double   *step_from_m, *step_to_m;   /**< [n_steps] along the edge; from > to: against it */
    double   *step_enter_s, *step_leave_s; /**< [n_steps] seconds since 1970, by length between two fixes; NaN: unknown */
    double    sigma_m, beta_m; /**< as used */
} castmap_matches;

#define CASTMAP_MATCHES_INIT \
    {0, NULL, NULL, NULL, NULL, {0}, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, 0.0, 0.0}

/**
 * @brief The most probable way of each track along the streets: a hidden Markov model.
 *
 * The hidden state of a fix is the place on one of the streets near it. log P(fix | place) = -distance^2 / (2 sigma^2); log P(place | place before) =
 * -|way - straight line| / beta. The chain of places of the highest sum is found by Viterbi's algorithm in logarithms. Ways are shortest ones. Where
 * none leads on, the fix is passed over if the one after it can be reached, else the chain ends and another begins; nothing is invented in between.
 *
 * sigma is estimated as 1.4826 times the median distance to the nearest street; beta as the median of |way - straight line| / ln 2 over a first matching
 * of the beginning of every track (20,000 fixes in all, but 10 a track at least). Neither is taken below 1 m. The first underestimates where
 * streets lie closer to one another than the fixes are good.
 *
 * @retval CASTMAP_E_ARGUMENT   an option out of range
 * @retval CASTMAP_E_DATA       a place that is not finite, a broken network
 * @retval CASTMAP_E_CANCELLED  castmap_cancel() was called
 *
 * The same result whatever the order of the tracks and the number of threads. Ties go to the street nearer to the fix, then the lower edge.
 * Cost: per fix, c searches that end when all candidates of the next are reached, c the number of candidates. Memory: 40 bytes a fix and a
 * step, and for each thread 30 bytes a node and about 25 bytes for each candidate of its longest chain.
 *
 * Source: P. Newson, J. Krumm (2009), "Hidden Markov map matching through noise and sparseness", ACM SIGSPATIAL GIS, pp. 336-343.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_match_tracks(castmap_context *ctx, const castmap_network *network,
                                                                  const castmap_tracks *tracks,
                                                                  const castmap_match_options *options, castmap_matches *out);
CASTMAP_API void castmap_matches_clear(castmap_matches *matches);

/** What counts as another pass. */
typedef enum castmap_repeat { CASTMAP_REPEAT_EACH = 0, CASTMAP_REPEAT_ONCE } castmap_repeat;

/** Options of castmap_track_passes(). Start from CASTMAP_PASSES_OPTIONS_INIT. */
typedef struct castmap_passes_options {
    uint32_t        version;
    double          turn_m;     /**< going back by less on one edge is noise, no turn; >= 0; default 30 */
    castmap_repeat  round_trip; /**< a piece that a recording passes again, there and back for one: counted again or once */
    const uint32_t *same;       /**< [tracks] of castmap_tracks_identical(): copies are not counted; NULL: they are */
    const uint32_t *recording;  /**< [tracks] which recording each is a piece of; NULL: itself */
} castmap_passes_options;

#define CASTMAP_PASSES_OPTIONS_VERSION 1u
#define CASTMAP_PASSES_OPTIONS_INIT {CASTMAP_PASSES_OPTIONS_VERSION, 30.0, CASTMAP_REPEAT_EACH, NULL, NULL}

/** Sums by piece of street. Owned by the caller, release with castmap_passes_clear(). */
typedef struct castmap_passes {
    size_t    count;   /**< pieces */
    uint32_t *passes;  /**< [count] times that a track went over the middle of the piece */
    uint32_t *tracks;  /**< [count] recordings that did */
    uint32_t *people;  /**< [count] people who did */
    double   *seconds; /**< [count] spent on it, passing or not; whole microseconds added up */
} castmap_passes;

#define CASTMAP_PASSES_INIT {0, NULL, NULL, NULL, NULL}

/**
 * @brief Count passes, people and time on every piece of the streets.
 *
 * Steps of a chain on one edge make legs; a leg passes a piece when it covers its middle, so that the tip of a side street that a bad fix touches does not count.
 * @param tracks  those that were matched: count and person are read
 * @retval CASTMAP_E_DATA  matches of another network, lixels or tracks
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_track_passes(castmap_context *ctx, const castmap_tracks *tracks,
                                                                  const castmap_matches *matches, const castmap_lixels *lixels,
                                                                  const castmap_passes_options *options, castmap_passes *out);
CASTMAP_API void castmap_passes_clear(castmap_passes *passes);

/** One pass of one track over one piece of street. */
typedef struct castmap_track_pass {
    uint32_t piece, track;
    bool     forward;   /**< in the direction of the edge */
    double   enter_s;   /**< when it came to the piece, seconds since 1970; NaN: unknown */
    double   seconds;   /**< spent on it during this pass; NaN: unknown */
    double   covered_m; /**< of the piece, at least half of it */
} castmap_track_pass;

/**
 * @brief Every pass that castmap_track_passes() counts, one by one; those of copies too.
 *
 * @param turn_m  going back by less on one edge is noise, no turn; >= 0
 * @param list    out, owned by the caller, free(); in the order of the chains
 * @retval CASTMAP_E_DATA  matches of another network, lixels or tracks
 * Cost: O(steps + passes); 48 bytes a pass.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_track_pass_list(castmap_context *ctx, const castmap_tracks *tracks,
                                                                     const castmap_matches *matches, const castmap_lixels *lixels, double turn_m,
                                                                     castmap_track_pass **list, size_t *n);

/** A run of busy pieces of one street. */
typedef struct castmap_busy_stretch {
    size_t first, last; /**< its pieces are order[first] .. order[last - 1] */
    double length_m;
    double mean, most;  /**< of the value, the mean weighted by length */
} castmap_busy_stretch;

/** What castmap_busy_stretches_find() found. Owned by the caller, release with castmap_busy_stretches_clear(). */
typedef struct castmap_busy_stretches {
    size_t    n_pieces;
    uint32_t *order;       /**< [n_pieces] pieces in the order of their streets */
    bool     *backward;    /**< [n_pieces] by place in order: the street runs against the edge there */
    size_t    count;
    castmap_busy_stretch *stretch; /**< [count] highest mean first, then the longer, then by place in order */
    double    threshold;   /**< pieces of at least this value are busy */
    double    used_m, busy_m; /**< length of the pieces with a value above 0; of the busy ones */
} castmap_busy_stretches;

#define CASTMAP_BUSY_STRETCHES_INIT {0, NULL, NULL, 0, NULL, 0.0, 0.0, 0.0}

/**
 * @brief The busiest share of what was used at all, as stretches of streets: adjoining busy pieces of one street are one.
 *
 * Pieces are taken from the highest value down until they hold at least `share` of the length used; all pieces of the last value taken are busy too. No test of
 * chance is made: passes of one track on adjoining pieces are one event, not several.
 *
 * @param street  [n_edges] edges with equal numbers are one street
 * @param value   [lixels->count] finite, >= 0
 * @retval CASTMAP_E_ARGUMENT  share not within (0, 1]
 * @retval CASTMAP_E_DATA      a value below 0 or not finite; a broken network
 * @retval CASTMAP_E_NOT_FOUND every value is 0
 * Cost: O(n log n).
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_busy_stretches_find(castmap_context *ctx, const castmap_network *network,
                                                                         const castmap_lixels *lixels, const uint32_t *street,
                                                                         const double *value, double share,
                                                                         castmap_busy_stretches *out);
CASTMAP_API void castmap_busy_stretches_clear(castmap_busy_stretches *stretches);

#ifdef __cplusplus
}
#endif
#endif
