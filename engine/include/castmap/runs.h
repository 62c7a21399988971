/**
 * @file castmap/runs.h
 * @brief Analyses of a project: each loads the accepted observations, calls a method and stores a layer.
 */
#ifndef CASTMAP_RUNS_H
#define CASTMAP_RUNS_H

#include "castmap/cluster.h"
#include "castmap/density.h"
#include "castmap/project.h"

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

/** A remark about a result: a red flag, a chosen default with its reason. */
typedef struct castmap_remark {
    char  code[32];
    char *text;       /**< one sentence in plain words */
} castmap_remark;

typedef struct castmap_cluster_run_options {
    uint32_t       version;
    const char    *name;        /**< of the layer; NULL: "places" */
    double         eps_m;       /**< 0: chosen from the data and explained */
    uint32_t       min_points;  /**< 0: chosen from the data and explained */
    bool           border_is_noise;
    castmap_filter filter;
} castmap_cluster_run_options;
#define CASTMAP_CLUSTER_RUN_OPTIONS_INIT {1u, NULL, 0.0, 0u, false, CASTMAP_FILTER_INIT}

typedef struct castmap_cluster_summary {
    int64_t  run_number;
    double   eps_m;
    uint32_t min_points;
    size_t   observations, noise, cores, clusters;
    size_t   n_shapes;
    castmap_cluster_shape *shapes; /**< [clusters], largest count first */
    int32_t *number;               /**< [clusters] the cluster's number in the layer (1-based, by key) */
    double  *lon, *lat;            /**< [clusters] centre, degrees */
    size_t   n_remarks;
    castmap_remark *remarks;
} castmap_cluster_summary;

CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_run_cluster(castmap_context *ctx, castmap_project *project,
                                                                 const castmap_cluster_run_options *options,
                                                                 castmap_cluster_summary *out);
CASTMAP_API void castmap_cluster_summary_clear(castmap_cluster_summary *summary);

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

typedef struct castmap_heat_run_options {
    uint32_t       version;
    const char    *name;      /**< of the layer; NULL: "heat" */
    castmap_kernel kernel;
    double         radius_m;  /**< 0: suggested from the data and explained */
    double         cell_m;    /**< 0: a tenth of the radius, rounded, within the limit of cells */
    castmap_filter filter;
} castmap_heat_run_options;
#define CASTMAP_HEAT_RUN_OPTIONS_INIT {1u, NULL, CASTMAP_KERNEL_QUARTIC, 0.0, 0.0, CASTMAP_FILTER_INIT}

typedef struct castmap_heat_summary {
    int64_t run_number;
    castmap_kernel kernel;
    double  radius_m, sigma_m;
    castmap_grid grid;
    size_t  observations;
    double  maximum_per_km2, integral; /**< integral of the grid, events: equals the number of observations */
    size_t  n_breaks;
    double *breaks;                    /**< of the contour bands, per km2 */
    size_t  n_remarks;
    castmap_remark *remarks;
} castmap_heat_summary;

CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_run_heat(castmap_context *ctx, castmap_project *project,
                                                              const castmap_heat_run_options *options,
                                                              castmap_heat_summary *out);
CASTMAP_API void castmap_heat_summary_clear(castmap_heat_summary *summary);

#ifdef __cplusplus
}
#endif
#endif
