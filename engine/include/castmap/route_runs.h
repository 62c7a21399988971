/**
 * @file castmap/route_runs.h
 * @brief Which stretches of street hold more observations than chance would put there: a layer of the project.
 */
#ifndef CASTMAP_ROUTE_RUNS_H
#define CASTMAP_ROUTE_RUNS_H

#include "castmap/routes.h"
#include "castmap/runs.h"
#include "castmap/streets.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How much chance puts on a street of this class, by length: 4: four times as much as on one that is not named. */
typedef struct castmap_street_exposure {
    const char *street_class; /**< as the file of streets calls it: "primary" */
    double      weight;       /**< >= 0, finite */
} castmap_street_exposure;

/** Start from CASTMAP_ROUTES_RUN_OPTIONS_INIT. */
typedef struct castmap_routes_run_options {
    uint32_t    version;
    const char *name;        /**< of the layer; NULL: "routes" */
    int64_t     street_set;  /**< 0: the newest */
    double      piece_m;     /**< streets are cut into pieces of this length */
    double      limit_m;     /**< an observation belongs to the nearest street within this distance */
    double      radius_m;    /**< of the density along the streets */
    castmap_line_kernel kernel;
    castmap_line_form   form;
    bool        adaptive;    /**< narrower where observations are dense (Abramson) */
    double      most_m;      /**< longest stretch that is looked for */
    uint32_t    least_events; /**< a stretch holds at least so many; 0: 5 */
    uint32_t    simulations; /**< 0: no test, stretches are only ranked */
    double      alpha;
    size_t      keep;        /**< stretches that are listed though chance may have made them */
    castmap_filter filter;
    bool        shared_points; /**< count records that their publisher moved to shared map points too; then nothing is tested */
    bool        weigh_persons; /**< each observation counts as the number of persons it tells of (1 where it does not say) */
    unsigned    slices;        /**< also the density in each of so many equal parts of the period, with one legend; 0: none. At most 60 */
    castmap_heat_slicing slicing; /**< by the calendar in place of `slices` equal parts; at most 60 */
    const castmap_street_exposure *exposures; /**< [n_exposures] classes that are not named have weight 1; borrowed */
    size_t      n_exposures;   /**< 0: chance goes by length */
} castmap_routes_run_options;

#define CASTMAP_ROUTES_RUN_OPTIONS_VERSION 1u
#define CASTMAP_ROUTES_RUN_OPTIONS_INIT \
    {CASTMAP_ROUTES_RUN_OPTIONS_VERSION, NULL, 0, 50.0, 50.0, 300.0, CASTMAP_LINE_QUARTIC, CASTMAP_LINE_DISCONTINUOUS, false, \
     2000.0, 5u, 999u, 0.05, 10, CASTMAP_FILTER_INIT, false, false, 0u, \
     CASTMAP_SLICES_EQUAL, NULL, 0}

/** One stretch in words and numbers. */
typedef struct castmap_stretch_row {
    char  *street, *from, *to; /**< from, to: the streets that meet it there; "" where nothing is known */
    double length_m;
    size_t count;
    double expected;           /**< by length, or length and class, if observations (persons) were spread evenly */
    double per_km, per_km_month; /**< of `weight`; NaN without times */
    double p;
    bool   hot;
    int    route;              /**< hot stretches that touch one another share a number from 1; 0: not hot */
    char  *sentence;
    double lon, lat;           /**< degrees; half-way along */
    double weight;             /**< persons where they are weighed, else count */
} castmap_stretch_row;

typedef struct castmap_routes_summary {
    int64_t run_number;
    size_t  observations, snapped, too_far, vague, shared; /**< observations = snapped + too_far + vague + shared */
    double  median_m, nearly_all_m, farthest_m;    /**< distance of the snapped to their street: median, 95 %, most; NaN: none */
    size_t  pieces, hot_pieces;      /**< hot: q of the piece alone <= alpha */
    double  streets_km, months;      /**< months: of the period; NaN without times */
    double  highest_per_km;          /**< of the density */
    bool    persons;                 /**< persons are counted */
    double  weight;                  /**< of all on a street: persons where they are weighed, else their number */
    size_t  slices, untimed;         /**< parts of the period; observations on a street without a time, which are in none of them */
    size_t  n_stretches;
    castmap_stretch_row *stretches;  /**< most surprising first */
    size_t  n_remarks;
    castmap_remark *remarks;
} castmap_routes_summary;

/**
 * @brief Snap observations to the streets, make the density along them, find hot stretches, keep all of it as a layer.
 *
 * Records known less exactly than limit_m could be on several streets; they are left out and counted in `vague`. Records that a publisher moved to
 * shared map points are left out and counted in `shared`: a map point stands for streets around it, so they support no claim about one. With
 * `shared_points` they are counted and drawn, and no stretch or piece gets a p.
 *
 * Where persons are weighed, the test compares the persons on a stretch with simulations in which every observation, with all of its persons, falls
 * somewhere by chance; a piece alone gets no p, since a Poisson test counts observations.
 *
 * @retval CASTMAP_E_ARGUMENT   an option out of range, a class that no street has
 * @retval CASTMAP_E_DATA       slices of records without times
 * @retval CASTMAP_E_LIMIT      more than 60 slices; an equal-split form with too many ways
 * @retval CASTMAP_E_NOT_FOUND  no streets, or no observation on one
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_run_routes(castmap_context *ctx, castmap_project *project,
                                                                const castmap_routes_run_options *options, castmap_routes_summary *out);
CASTMAP_API void castmap_routes_summary_clear(castmap_routes_summary *summary);

#ifdef __cplusplus
}
#endif
#endif
