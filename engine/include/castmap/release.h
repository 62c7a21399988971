/**
 * @file castmap/release.h
 * @brief The gate: what may be shown to whom, and the products made of it.
 *
 * A castmap_release can only come out of castmap_release_make(). Everything that leaves is made of one.
 */
#ifndef CASTMAP_RELEASE_H
#define CASTMAP_RELEASE_H

#include "castmap/project.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum castmap_audience {
    CASTMAP_AUDIENCE_NONE = 0, /**< not said; refused: there is no default */
    CASTMAP_INTERNAL,
    CASTMAP_PARTNER,
    CASTMAP_PUBLIC
} castmap_audience;

CASTMAP_API const char *castmap_audience_name(castmap_audience audience); /**< "internal", ...; static */

typedef struct castmap_release castmap_release;

/** Start from CASTMAP_RELEASE_OPTIONS_INIT; strings are borrowed for the call. */
typedef struct castmap_release_options {
    uint32_t         version;
    castmap_audience audience;
    const char      *recipient;  /**< partner: the organisation; handling C is counted only where it names it; NULL: unnamed */
    const char      *level;      /**< boundary level of the area layer; NULL: the newest set */
    int64_t          from_s, to_s; /**< period; INT64_MIN/MAX: for partner and public, the closed quarters or years there are */
    int64_t          now_s;      /**< "today" for the 90-day rule; 0: the clock */
    const char      *buildings;  /**< CSV lon,lat,dwellings of residential buildings: allows 500 m for public; NULL: none */
    const char      *backdrop, *streets, *places; /**< GeoJSON for the map's background; NULL: none */
    size_t           min_groups, min_sources, min_days; /**< tighten the floors; 0: the floors */
    double           base_cell_m;/**< coarsen the lattice's base cell; 0: the floor */
    bool             dry_run;    /**< no ledger entry; nothing may be written from it */
} castmap_release_options;

#define CASTMAP_RELEASE_OPTIONS_VERSION 1u
#define CASTMAP_RELEASE_OPTIONS_INIT {CASTMAP_RELEASE_OPTIONS_VERSION, CASTMAP_AUDIENCE_NONE, NULL, NULL, INT64_MIN, \
                                      INT64_MAX, 0, NULL, NULL, NULL, NULL, 0, 0, 0, 0.0, false}

/**
 * @brief Make the release of a project for one audience, check it against the ledger, and enter it there.
 * @retval CASTMAP_E_RELEASE  the rules forbid it; the message names the rule and how many cells it concerns
 * @retval CASTMAP_E_ARGUMENT no audience named
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_release_make(castmap_context *ctx, castmap_project *project,
                                                                  const castmap_release_options *options,
                                                                  castmap_release **out);
CASTMAP_API void castmap_release_free(castmap_release *release);
CASTMAP_API castmap_audience castmap_release_audience(const castmap_release *release);

/** What the gate held back, for the sender's eyes only. */
typedef struct castmap_suppressed {
    size_t observations;       /**< of the period and place */
    size_t excluded_grade;     /**< E, or 3 with D */
    size_t excluded_handling;  /**< C without a named recipient */
    size_t excluded_period;    /**< outside the released closed periods */
    size_t incident_groups;
    size_t shown_groups;       /**< groups inside shown cells */
    size_t cells_shown, cells_merged, cells_withheld;
    size_t areas_shown, areas_withheld;
    size_t flows_shown, flows_withheld; /**< pairs of areas with a movement in the period */
    size_t streets_shown, streets_withheld; /**< pairs of a named street and a shown square with a report in the period */
    size_t tracks_shown, tracks_withheld; /**< pairs of a named street and a square that tracks passed in the period */
} castmap_suppressed;

CASTMAP_API const castmap_suppressed *castmap_release_suppressed(const castmap_release *release);
/** Number in the ledger; 0 on a dry run. */
CASTMAP_API int64_t castmap_release_number(const castmap_release *release);

#ifdef __cplusplus
}
#endif
#endif
