/**
 * @file castmap/runs.h
 * @brief Analyses of a project: each loads the accepted observations, calls a method and stores a layer.
 */
#ifndef CASTMAP_RUNS_H
#define CASTMAP_RUNS_H

#include "castmap/cluster.h"
#include "castmap/cluster_tuning.h"
#include "castmap/density.h"
#include "castmap/heat_tuning.h"
#include "castmap/project.h"
#include "castmap/remark.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Which observations an analysis takes. */
typedef struct castmap_filter {
    int64_t     from_s, to_s;  /**< [from, to); INT64_MIN / INT64_MAX: open */
    const char *category;      /**< NULL: all; several separated by commas */
    double      accuracy_m;    /**< leave out records known less exactly than this; INFINITY: none */
} castmap_filter;

#define CASTMAP_FILTER_INIT {INT64_MIN, INT64_MAX, NULL, __builtin_inf()}

/** How places where observations gather are found. */
typedef enum castmap_cluster_method {
    CASTMAP_CLUSTER_DBSCAN = 0,  /**< enough observations within a radius of one of them */
    CASTMAP_CLUSTER_DBSCAN_STAR, /**< the same, without those at the edge */
    CASTMAP_CLUSTER_ST_DBSCAN,   /**< near in place and in time */
    CASTMAP_CLUSTER_HDBSCAN,     /**< places of differing density, no radius */
    CASTMAP_CLUSTER_OPTICS,      /**< valleys of reachability, or a cut at a radius */
    CASTMAP_CLUSTER_NNH          /**< nearer than chance would have it, as CrimeStat does */
} castmap_cluster_method;

/** "dbscan", "dbscan*", "st-dbscan", "hdbscan", "optics", "nnh"; NULL for no method. Static. */
CASTMAP_API const char *castmap_cluster_method_name(castmap_cluster_method method);
/** When two observations belong together by this method: one or two plain sentences. Static. */
CASTMAP_API const char *castmap_cluster_method_note(castmap_cluster_method method);

/** What is drawn round a place. */
typedef enum castmap_outline { CASTMAP_OUTLINE_CONVEX = 0, CASTMAP_OUTLINE_CONCAVE } castmap_outline;

/** Part of a normal distribution that the covariance ellipse of a place holds. */
#define CASTMAP_ELLIPSE_PROBABILITY 0.68

typedef struct castmap_cluster_run_options {
    uint32_t       version;
    const char    *name;        /**< of the layer; NULL: "places" */
    castmap_cluster_method method;
    double         eps_m;       /**< 0: chosen from the data and explained; hdbscan takes none */
    uint32_t       min_points;  /**< 0: chosen from the data and explained */
    int64_t        window_s;    /**< st-dbscan: how near in time is together, > 0; others take none (0) */
    castmap_hdbscan_selection selection; /**< hdbscan */
    double         xi;          /**< optics: how steep the edge of a valley is, 0..1; 0: cut at eps_m instead */
    const char    *study_level; /**< nnh: boundary level whose areas together are the study area; NULL: the newest set */
    castmap_outline outline;
    bool           crimestat_ellipse; /**< CrimeStat's standard deviational ellipse in place of the covariance ellipse */
    castmap_filter filter;
    const char    *weight;      /**< kept column: each observation counts as the number in it; NULL: as one. nnh takes none */
} castmap_cluster_run_options;
#define CASTMAP_CLUSTER_RUN_OPTIONS_INIT \
    {2u, NULL, CASTMAP_CLUSTER_DBSCAN, 0.0, 0u, 0, CASTMAP_HDBSCAN_EXCESS_OF_MASS, 0.0, NULL, CASTMAP_OUTLINE_CONVEX, \
     false, CASTMAP_FILTER_INIT, NULL}

/** A category and how many observations of a place are of it. */
typedef struct castmap_category_count {
    char  *name;
    size_t count;
} castmap_category_count;

/** What a place is made of, beside its shape. */
typedef struct castmap_place_detail {
    int64_t medoid_id;               /**< the observation nearest to the middle: its number in the project */
    double  medoid_lon, medoid_lat;  /**< degrees */
    double  longest_hop_m;           /**< longest step of the shortest tree that joins all members: large where a place is a chain */
    double  ellipse_major_m, ellipse_minor_m; /**< half axes; NaN where there are too few places */
    double  ellipse_bearing_deg;     /**< of the long axis, 0 (north) to under 180, clockwise */
    double  outlier;                 /**< hdbscan: largest outlier score of a member; NaN: none */
    size_t  source_grade[3];         /**< members with source grade 1..3 */
    size_t  information_grade[5];    /**< members with information grade A..E */
    size_t  n_categories;
    castmap_category_count *categories; /**< owned; most first, then by name; members without a category are in none */
} castmap_place_detail;

/** Places that in turn lie near to one another (nnh). */
typedef struct castmap_place_group {
    size_t  order;        /**< 2: of places; 3: of groups of order 2; and so on */
    int32_t number;       /**< within its order, from 1 */
    int32_t within;       /**< number of the group of the next order that holds it; 0: none */
    size_t  places;       /**< of the layer */
    size_t  count;        /**< observations in them */
    double  threshold_m;  /**< the centres that form it lie within this of a middle one */
    double  lon, lat;     /**< mean of those centres, degrees */
    double  radius_m, diameter_m, area_km2; /**< of all its observations, as of a place */
} castmap_place_group;

typedef struct castmap_cluster_summary {
    int64_t  run_number;
    castmap_cluster_method method;
    castmap_outline outline;
    bool     crimestat_ellipse;
    double   eps_m;                /**< hdbscan, optics by xi: 0 */
    uint32_t min_points;           /**< weight, where `weighted` */
    bool     weighted;             /**< observations were weighed; a place's weight is shapes[i].weight */
    int64_t  window_s;
    double   xi;
    double   study_km2;            /**< nnh: the study area; else 0 */
    size_t   imprecise, untimed;   /**< left out: known less exactly than the method can tell apart; without a usable time */
    size_t   observations, noise, cores, clusters;
    size_t   n_shapes;
    castmap_cluster_shape *shapes; /**< [clusters], largest weight (else count) first */
    castmap_place_detail *details; /**< [clusters], parallel */
    int32_t *number;               /**< [clusters] the cluster's number in the layer (1-based, by key) */
    double  *lon, *lat;            /**< [clusters] centre, degrees */
    size_t   n_groups;             /**< nnh: larger groups of places */
    castmap_place_group *groups;   /**< [n_groups] by order, then by number */
    int32_t *group;                /**< [clusters] number of the group of order 2 that holds the place, 0: none; NULL where n_groups is 0 */
    size_t   n_remarks;
    castmap_remark *remarks;
} castmap_cluster_summary;

/**
 * @brief Find places where observations gather and keep them as a layer.
 *
 * Records whose place is known less exactly than the radius (or, for a method without one, than the distance at which the data crowd)
 * cannot say who is near them. They are left out, counted in `imprecise`, and a remark says so. Records known only to an area and without
 * a stated accuracy are left out always, and so are those without one on a position that the import or castmap check called a default
 * that nobody moved; those known to a postcode without a stated accuracy count as known to 100 m; points that a publisher moved to shared map points
 * take part, with a remark.
 *
 * @retval CASTMAP_E_ARGUMENT   an option is missing, out of range, or one that the method does not take
 * @retval CASTMAP_E_NOT_FOUND  no observation is left; nnh: no boundaries for the study area
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_run_cluster(castmap_context *ctx, castmap_project *project,
                                                                 const castmap_cluster_run_options *options,
                                                                 castmap_cluster_summary *out);
CASTMAP_API void castmap_cluster_summary_clear(castmap_cluster_summary *summary);

typedef struct castmap_cluster_tuning_options {
    uint32_t       version;
    uint32_t       min_points; /**< 0: chosen from the data and explained */
    size_t         n_radii;    /**< 0: round the knee of the curve */
    const double  *radii_m;    /**< [n_radii] ascending, > 0; borrowed */
    size_t         redraws;    /**< of all positions; 0: none; CASTMAP_REDRAWS_CHOSEN: 20, fewer where there is very much */
    castmap_filter filter;
    const char    *weight;     /**< as of castmap_cluster_run_options */
} castmap_cluster_tuning_options;
#define CASTMAP_REDRAWS_CHOSEN ((size_t)-1)
#define CASTMAP_CLUSTER_TUNING_OPTIONS_INIT {1u, 0u, 0, NULL, CASTMAP_REDRAWS_CHOSEN, CASTMAP_FILTER_INIT, NULL}

/** Try radii for DBSCAN. Stores nothing. @retval CASTMAP_E_NOT_FOUND fewer observations than make a place */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_tune_cluster(castmap_context *ctx, castmap_project *project,
                                                                  const castmap_cluster_tuning_options *options,
                                                                  castmap_cluster_tuning *out);

typedef struct castmap_areas_run_options {
    uint32_t       version;
    const char    *name;       /**< of the layer; NULL: the level */
    const char    *level;      /**< boundary level; NULL: the newest set */
    double         confidence; /**< of the interval of a rate, 0..1 */
    double         per;        /**< a rate is per this many people */
    castmap_filter filter;
} castmap_areas_run_options;
#define CASTMAP_AREAS_RUN_OPTIONS_INIT {1u, NULL, NULL, 0.95, 1000.0, CASTMAP_FILTER_INIT}

typedef struct castmap_area_row {
    char  *code, *name, *parent;
    size_t count;
    double area_km2, density_per_km2;
    double population;                    /**< NaN: not known */
    double rate, rate_lower, rate_upper;  /**< per `per` people; NaN without population */
    int    class_number;                  /**< 0: zero; 1..k */
} castmap_area_row;

typedef struct castmap_areas_summary {
    int64_t run_number;
    char   *level;
    double  per, confidence;
    size_t  placed, unplaced;
    size_t  n_rows;
    castmap_area_row *rows;  /**< most observations first, then by code */
    size_t  n_breaks;
    double *breaks;
    size_t  n_remarks;
    castmap_remark *remarks;
} castmap_areas_summary;

CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_run_areas(castmap_context *ctx, castmap_project *project,
                                                               const castmap_areas_run_options *options,
                                                               castmap_areas_summary *out);
CASTMAP_API void castmap_areas_summary_clear(castmap_areas_summary *summary);

/** What a heat map shows. */
typedef enum castmap_heat_kind {
    CASTMAP_HEAT_DENSITY = 0, /**< how densely observations lie */
    CASTMAP_HEAT_COMPARE,     /**< where one category is more likely than another: the ratio of their densities */
    CASTMAP_HEAT_CHANGE       /**< where a second period has more or fewer a month than a first one */
} castmap_heat_kind;

/** What a density is measured in. */
typedef enum castmap_heat_measure {
    CASTMAP_HEAT_PER_KM2 = 0,
    CASTMAP_HEAT_PER_KM2_MONTH,
    CASTMAP_HEAT_PER_1000,    /**< per 1,000 residents; needs a boundary set with population */
    CASTMAP_HEAT_PROBABILITY  /**< percent of all observations in each km2 */
} castmap_heat_measure;

/** How the period is cut into slices. Months and quarters are those of UTC; the first and the last end with the period. */
typedef enum castmap_heat_slicing { CASTMAP_SLICES_EQUAL = 0, CASTMAP_SLICES_MONTH, CASTMAP_SLICES_QUARTER } castmap_heat_slicing;

typedef struct castmap_heat_run_options {
    uint32_t       version;
    const char    *name;      /**< of the layer; NULL: "heat" */
    castmap_kernel kernel;
    double         radius_m;  /**< 0: see `sigma_m`, `rule` */
    double         cell_m;    /**< 0: a tenth of the radius, rounded, within the limit of cells */
    castmap_filter filter;
    double         sigma_m;   /**< the kernel's standard deviation in place of its radius; 0: not given */
    bool           by_rule;   /**< choose the radius by `rule`; else by cross-validation with a fallback, explained */
    castmap_bandwidth_rule rule;
    castmap_heat_kind    kind;
    castmap_heat_measure measure;
    castmap_edge_rule    edge;
    const char    *study_level; /**< boundary level whose areas together are the study area; NULL: the newest set, where one is needed */
    bool           within;      /**< show nothing outside the study area; implied by edge, compare and per 1,000 */
    bool           adaptive;    /**< narrow where observations are dense, wide where they are sparse (Abramson) */
    bool           keep_whole;  /**< leave records that are known only to an area on its middle instead of spreading them over it */
    const char    *mask;        /**< file of polygons that are blanked out: water, no-go places; NULL: none */
    const char    *cases, *controls; /**< compare: categories, separated by commas; both NULL: the period of `filter` against `first` */
    castmap_filter first;       /**< change, compare: only its period is read; the second is that of `filter` */
    unsigned       slices;        /**< density: also one surface for each of so many equal parts of the period, with one legend; 0: none. At most 60 */
    bool           weigh_persons; /**< each observation counts as the number of persons it tells of (1 where it does not say) */
    castmap_heat_slicing slicing; /**< by the calendar in place of `slices` equal parts; at most 60 */
    const castmap_filter *periods; /**< change: [n_periods] in order of time, only their from_s and to_s are read; `first` and `filter` hold the first and the
                                       last. More than two: also a surface for each pair of neighbours, all in one set of classes. NULL: two */
    size_t         n_periods;      /**< 0, or 2 to 61 */
    double         domain;         /**< change: lower edge of the outermost class, per km2 and month, so that several maps share a scale; 0: from the data */
    const char    *domain_of;      /**< change: take the classes of this earlier layer of a change; NULL: `domain` */
    const char    *weight;         /**< kept column: each observation counts as the number in it; NULL: as one. Not with weigh_persons */
} castmap_heat_run_options;
#define CASTMAP_HEAT_RUN_OPTIONS_INIT \
    {3u, NULL, CASTMAP_KERNEL_QUARTIC, 0.0, 0.0, CASTMAP_FILTER_INIT, 0.0, false, CASTMAP_BANDWIDTH_LIKELIHOOD_CV, CASTMAP_HEAT_DENSITY, \
     CASTMAP_HEAT_PER_KM2, CASTMAP_EDGE_NONE, NULL, false, false, false, NULL, NULL, NULL, CASTMAP_FILTER_INIT, 0u, false, \
     CASTMAP_SLICES_EQUAL, NULL, 0u, 0.0, NULL, NULL}

typedef struct castmap_heat_summary {
    int64_t run_number;
    castmap_kernel kernel;
    double  radius_m, sigma_m;
    castmap_grid grid;
    size_t  observations;
    double  maximum, minimum;          /**< of the surface, in its measure */
    double  integral;                  /**< of a density per km2 over the grid, events: equals the number of observations; else NaN */
    size_t  n_breaks;
    double *breaks;                    /**< lower edges of the contour bands */
    size_t  n_remarks;
    castmap_remark *remarks;
    castmap_heat_kind kind;
    char   *measure;                   /**< "observations per km2", ... */
    size_t  spread;                    /**< records that were spread over the area they are known to */
    size_t  slices, untimed;           /**< surfaces in time, or changes between neighbouring periods; observations without a time, which are in none of them */
    double  weight;                    /**< of all together: persons where they are weighed, else the number of observations */
} castmap_heat_summary;

CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_run_heat(castmap_context *ctx, castmap_project *project,
                                                              const castmap_heat_run_options *options,
                                                              castmap_heat_summary *out);
CASTMAP_API void castmap_heat_summary_clear(castmap_heat_summary *summary);

typedef struct castmap_heat_tuning_options {
    uint32_t       version;
    castmap_kernel kernel;
    const char    *study_level; /**< boundary level whose areas together are the study area; NULL: the newest set, if there is one */
    castmap_filter filter;
    const char    *weight;      /**< as of castmap_heat_run_options: of the small maps; the rules look at places alone */
} castmap_heat_tuning_options;
#define CASTMAP_HEAT_TUNING_OPTIONS_INIT {1u, CASTMAP_KERNEL_QUARTIC, NULL, CASTMAP_FILTER_INIT, NULL}

/** Choose a radius by every rule and draw what each would give on a coarse grid. Keeps nothing. `out` must be empty. */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_tune_heat(castmap_context *ctx, castmap_project *project,
                                                               const castmap_heat_tuning_options *options,
                                                               castmap_heat_tuning *out);

#ifdef __cplusplus
}
#endif
#endif
