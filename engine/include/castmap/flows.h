/**
 * @file castmap/flows.h
 * @brief Movements between areas: the matrix of flows, which of them are larger than chance would have them, and chains that recur.
 *
 * Areas are told by index, 0..n_areas-1. What an area is (a ward, a country, a stop of a bus) is the caller's to know.
 */
#ifndef CASTMAP_FLOWS_H
#define CASTMAP_FLOWS_H

#include "castmap/context.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A borrowed view of n movements, one array per attribute. */
typedef struct castmap_moves {
    size_t          count;  /**< n, under 2^32 */
    const uint32_t *from;   /**< [n] area where it began */
    const uint32_t *to;     /**< [n] area where it ended; the same as `from`: a movement within an area */
    const int32_t  *period; /**< [n] number of the period, any; NULL: all in period 0 */
    const double   *weight; /**< [n] dimensionless, finite, >= 0 (persons moved); NULL: all 1 */
} castmap_moves;

/** All movements from one area to another in one period. */
typedef struct castmap_flow {
    int32_t  period;
    uint32_t from, to;  /**< symmetric: from <= to */
    uint64_t moves;     /**< at least 1 */
    double   weight;    /**< sum of the weights; without weights the number of moves */
} castmap_flow;

/** Flows sorted by period, from, to; only pairs with a movement. Owned by the caller, release with castmap_flows_clear(). */
typedef struct castmap_flows {
    size_t        n_areas;
    bool          symmetric;
    size_t        count;
    castmap_flow *flow;               /**< [count] */
    uint64_t      moves, within;      /**< all movements; those of them that end where they began */
    uint64_t     *outgoing, *incoming; /**< [n_areas] to and from other areas, over all periods; symmetric: both are the movements that touch the area */
} castmap_flows;

#define CASTMAP_FLOWS_INIT {0, false, 0, NULL, 0, 0, NULL, NULL}

/**
 * @brief Add movements up to flows.
 *
 * @param symmetric  from A to B and from B to A are one flow
 * @retval CASTMAP_E_DATA   a movement names an area that is not there; a weight that is negative or not finite
 * @retval CASTMAP_E_LIMIT  2^32 movements or more, or more areas and periods than a number of 64 bits tells apart
 *
 * The same bytes whatever the order of the movements. Cost: O(n) by radix sort; 24 bytes a movement while it runs.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_flows_aggregate(castmap_context *ctx, size_t n_areas, const castmap_moves *moves,
                                                                     bool symmetric, castmap_flows *out);
CASTMAP_API void castmap_flows_clear(castmap_flows *flows);

/** What a flow is compared with. */
typedef enum castmap_flow_null {
    CASTMAP_FLOW_INDEPENDENCE = 0, /**< where people go does not depend on where they come from */
    CASTMAP_FLOW_GRAVITY           /**< the same, but near areas exchange more than far ones: proportional to distance^-beta */
} castmap_flow_null;

CASTMAP_API const char *castmap_flow_null_name(castmap_flow_null null); /**< "independence", "gravity"; static */

/** Options of castmap_flows_test(). Start from CASTMAP_FLOW_TEST_OPTIONS_INIT. */
typedef struct castmap_flow_test_options {
    uint32_t          version;
    castmap_flow_null null;
    bool              keep_within; /**< independence: movements within an area are part of the table; gravity never has them */
    const double     *x, *y;       /**< gravity: [n_areas] where each area is, metres; distances under 1 m count as 1 m. Else NULL */
} castmap_flow_test_options;

#define CASTMAP_FLOW_TEST_OPTIONS_VERSION 1u
#define CASTMAP_FLOW_TEST_OPTIONS_INIT {CASTMAP_FLOW_TEST_OPTIONS_VERSION, CASTMAP_FLOW_INDEPENDENCE, false, NULL, NULL}

/** Most areas with a movement that the gravity null takes: it holds a number for each pair of them. */
#define CASTMAP_GRAVITY_MOST_AREAS 4096

/** How well the null fits. */
typedef struct castmap_flow_fit {
    double beta;             /**< gravity: of distance; independence: 0 */
    double mean_log_distance; /**< gravity: of the movements, and with the fitted beta of the null too; log metres */
    size_t pairs;            /**< pairs that were tested, also those without a movement */
    double margin_error;     /**< largest difference between a row or column of the null and of the data, movements */
    bool   converged;        /**< false: take p and q with care */
} castmap_flow_fit;

/**
 * @brief Which flows are larger than the null would have them.
 *
 * Expected moves of a pair keep the number that leave each area and the number that reach it. Independence with keep_within:
 * out_i in_j / total. Without: a_i b_j for i != j (quasi-independence), fitted by proportional adjustment. Gravity: a_i b_j d_ij^-beta, i != j, with the
 * beta at which the mean log distance of the null is that of the movements (maximum likelihood of the Poisson model). Symmetric
 * flows: the table is made symmetric first. p is the upper tail P(X >= moves) of a Poisson variable with that mean; q controls the rate of
 * false discoveries among all pairs that could have had a movement (Benjamini-Hochberg), also those that had none.
 *
 * @param flows     of one period
 * @param expected, p, q  out [flows->count]; NaN for movements within an area that the null leaves out
 *
 * @retval CASTMAP_E_ARGUMENT   options of another version; several periods; gravity without x, y or with keep_within
 * @retval CASTMAP_E_DATA       a position that is not finite
 * @retval CASTMAP_E_NOT_FOUND  no movement between two areas
 * @retval CASTMAP_E_LIMIT      gravity with more than CASTMAP_GRAVITY_MOST_AREAS areas that have a movement
 * @retval CASTMAP_E_CANCELLED  castmap_cancel() was called
 *
 * The same result whatever the number of threads. Cost: independence O(areas * rounds + flows log flows); gravity O(areas^2 * rounds), 16 bytes a pair.
 *
 * Source: L. A. Goodman (1968), "The analysis of cross-classified data: independence, quasi-independence", JASA 63; A. G. Wilson (1967), "A
 * statistical theory of spatial distribution models", Transportation Research 1; R. Flowerdew, M. Aitkin (1982), "A method of fitting the gravity
 * model based on the Poisson distribution", J. Regional Science 22; Y. Benjamini, Y. Hochberg (1995), JRSS B 57.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_flows_test(castmap_context *ctx, const castmap_flows *flows,
                                                                const castmap_flow_test_options *options, double *expected,
                                                                double *p, double *q, castmap_flow_fit *fit);

/** Options of castmap_corridors_find(). Start from CASTMAP_CORRIDOR_OPTIONS_INIT. */
typedef struct castmap_corridor_options {
    uint32_t version;
    uint32_t least_journeys; /**< a corridor is part of at least so many journeys, >= 2 */
    uint32_t least_stops;    /**< and has at least so many stops, >= 2 */
    uint32_t most_stops;     /**< longer ones are given in overlapping pieces of this length, >= least_stops */
} castmap_corridor_options;

#define CASTMAP_CORRIDOR_OPTIONS_VERSION 1u
#define CASTMAP_CORRIDOR_OPTIONS_INIT {CASTMAP_CORRIDOR_OPTIONS_VERSION, 3u, 3u, 64u}

/** Chains of stops that recur. Owned by the caller, release with castmap_corridors_clear(). */
typedef struct castmap_corridors {
    size_t    count;
    size_t   *start;    /**< [count + 1] stops of corridor c are [start[c], start[c + 1]) */
    uint32_t *stop;     /**< areas */
    uint32_t *journeys; /**< [count] journeys that hold it, each counted once */
    uint32_t *passes;   /**< [count] times it occurs in all of them */
} castmap_corridors;

#define CASTMAP_CORRIDORS_INIT {0, NULL, NULL, NULL, NULL}

/**
 * @brief Chains of stops, one directly after the other, that at least so many journeys share; maximal ones only.
 *
 * A stop repeated at once counts once. A chain that is part of a longer one with enough journeys is not given. Most journeys first, then more stops, then
 * by the numbers of the stops.
 *
 * @param journey_start  [n_journeys + 1]; the stops of journey j are stop[journey_start[j]] .. in their order
 *
 * @retval CASTMAP_E_ARGUMENT  an option out of range
 * @retval CASTMAP_E_LIMIT     2^32 stops or more
 * Cost: O(stops * length of the longest corridor), by sorting; 32 bytes a stop.
 *
 * Source: R. Agrawal, R. Srikant (1995), "Mining sequential patterns", ICDE: a chain can only recur if both its parts do.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_corridors_find(castmap_context *ctx, size_t n_journeys,
                                                                    const size_t *journey_start, const uint32_t *stop,
                                                                    const castmap_corridor_options *options,
                                                                    castmap_corridors *out);
CASTMAP_API void castmap_corridors_clear(castmap_corridors *corridors);

#ifdef __cplusplus
}
#endif
#endif
