/**
 * @file castmap/along.h
 * @brief Questions about observations along the project's streets: near a place or a way, and whether they gather. Nothing is kept.
 *
 * Lengths are metres along the streets. For the group's own eyes: single observations are named by their numbers.
 */
#ifndef CASTMAP_ALONG_H
#define CASTMAP_ALONG_H

#include "castmap/network_k.h"
#include "castmap/runs.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Observations farther than this from every street belong to none, unless told otherwise; so do those known less exactly. */
#define CASTMAP_SNAP_M 50.0

/** Options of castmap_along_find(). Start from CASTMAP_ALONG_OPTIONS_INIT; strings are borrowed for the call. */
typedef struct castmap_along_options {
    uint32_t       version;
    const char    *from;     /**< a place: "53.75,-4.08" (latitude, longitude), "#12" (an observation), a postcode or a name of the project's tables */
    const char    *to;       /**< the same: the shortest way there; NULL: around `from` */
    double         within_m; /**< along the streets, from the place or from anywhere on the way, > 0 */
    bool           one_way;  /**< as the streets may be driven */
    double         snap_m;   /**< > 0 */
    castmap_filter filter;
} castmap_along_options;

#define CASTMAP_ALONG_OPTIONS_VERSION 1u
#define CASTMAP_ALONG_OPTIONS_INIT {CASTMAP_ALONG_OPTIONS_VERSION, NULL, NULL, 0.0, false, CASTMAP_SNAP_M, CASTMAP_FILTER_INIT}

/** A part of the way on streets of one name. */
typedef struct castmap_along_step {
    char  *name;      /**< owned; NULL: they have none */
    double length_m;
} castmap_along_step;

typedef struct castmap_along_near {
    int64_t id;       /**< the observation's number in the project */
    double  distance_m; /**< along the streets; 0 on the way itself */
    int64_t time_s;   /**< INT64_MIN: not known */
    int32_t category; /**< into category; -1: none */
} castmap_along_near;

/** Lines in degrees: line i has the vertices [start[i], start[i + 1]). */
typedef struct castmap_along_lines {
    size_t  count, *start; /**< start [count + 1], owned */
    double *lon, *lat;     /**< owned */
} castmap_along_lines;

/** Owned by the caller, release with castmap_along_clear(). */
typedef struct castmap_along {
    double  lon[2], lat[2];   /**< the places asked for: from, to */
    double  off_m[2];         /**< from each to the nearest street, where the measuring begins */
    bool    is_way;
    double  way_m, straight_m; /**< the way, and as the crow flies */
    size_t  n_steps;
    castmap_along_step *step; /**< [n_steps] in the order of travel */
    castmap_along_lines way;  /**< one line, or none */
    double  streets_m;        /**< of streets within within_m */
    castmap_along_lines streets; /**< those streets */
    size_t  observations;     /**< on the streets, near or not */
    size_t  inexact, off_streets; /**< left out: known less exactly than snap_m; farther than that from every street */
    size_t  beeline;          /**< around a place: of `observations`, those within within_m as the crow flies */
    size_t  n_near;
    castmap_along_near *near; /**< nearest first, then by number */
    size_t  n_categories;
    char  **category;         /**< owned, by name */
    size_t *category_count;   /**< [n_categories] of those near */
    size_t  n_remarks;
    castmap_remark *remarks;
} castmap_along;

#define CASTMAP_ALONG_INIT {{0.0, 0.0}, {0.0, 0.0}, {0.0, 0.0}, false, 0.0, 0.0, 0, NULL, {0, NULL, NULL, NULL}, 0.0, {0, NULL, NULL, NULL}, \
                            0, 0, 0, 0, 0, NULL, 0, NULL, NULL, 0, NULL}

/**
 * @brief The shortest way between two places by street and what was observed along it, or what was observed around a place.
 *
 * @retval CASTMAP_E_ARGUMENT   within_m or snap_m not finite and positive; a place that cannot be read
 * @retval CASTMAP_E_NOT_FOUND  no streets in the project; a place in no table, ambiguous, or far from every street; no way there
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_along_find(castmap_context *ctx, castmap_project *project,
                                                                const castmap_along_options *options, castmap_along *out);
CASTMAP_API void castmap_along_clear(castmap_along *along);

/**
 * @brief Keep what castmap_along_find() found as a layer of the project: a run that can be undone. Internal releases show the newest; nothing of it leaves.
 *
 * @param name        of the place or way, in words; 1 to 200 bytes
 * @param within_m    as it was asked for
 * @param run_number  out
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_along_keep(castmap_context *ctx, castmap_project *project, const castmap_along *along,
                                                                const char *name, double within_m, int64_t *run_number);

/** Options of castmap_gathering_test(). Start from CASTMAP_GATHERING_OPTIONS_INIT; strings are borrowed for the call. */
typedef struct castmap_gathering_options {
    uint32_t       version;
    const char    *around;      /**< categories, separated by commas: do the others gather around these? NULL: around one another */
    bool           labels;      /**< with `around`: all places stay, and chance says which are of those categories */
    double         radius_m;    /**< longest distance; 0: 1 km, or a quarter of the streets' extent where that is less */
    uint32_t       steps, simulations;
    bool           scaled, plain; /**< as castmap_network_k_options; plain: not corrected for the streets' shape */
    double         snap_m;
    castmap_filter filter;
} castmap_gathering_options;

#define CASTMAP_GATHERING_OPTIONS_VERSION 1u
#define CASTMAP_GATHERING_OPTIONS_INIT \
    {CASTMAP_GATHERING_OPTIONS_VERSION, NULL, false, 0.0, 50u, 199u, false, false, CASTMAP_SNAP_M, CASTMAP_FILTER_INIT}

#define CASTMAP_GATHERING_LEVEL 0.05 /**< of the envelopes and of what is called more than chance */

/** Owned by the caller, release with castmap_gathering_clear(). */
typedef struct castmap_gathering {
    castmap_network_k k;
    double  radius_m;
    double  above_from_m, above_to_m; /**< distances at which K lies above the global band, first and last; NaN: none */
    double  below_from_m, below_to_m; /**< likewise below */
    size_t  inexact, off_streets;     /**< as castmap_along */
    char   *sentence;                 /**< the answer in plain words */
    size_t  n_remarks;
    castmap_remark *remarks;
} castmap_gathering;

#define CASTMAP_GATHERING_INIT {CASTMAP_NETWORK_K_INIT, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0, NULL, 0, NULL}

/**
 * @brief Do observations gather along the streets more than chance would have it? Network K with global envelopes.
 *
 * @retval CASTMAP_E_ARGUMENT   an option out of range; labels without `around`
 * @retval CASTMAP_E_NOT_FOUND  no streets in the project, or too few observations on them
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_gathering_test(castmap_context *ctx, castmap_project *project,
                                                                    const castmap_gathering_options *options, castmap_gathering *out);
CASTMAP_API void castmap_gathering_clear(castmap_gathering *gathering);

#ifdef __cplusplus
}
#endif
#endif
