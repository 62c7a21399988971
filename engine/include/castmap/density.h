/**
 * @file castmap/density.h
 * @brief Kernel density of point events on a grid in metres.
 */
#ifndef CASTMAP_DENSITY_H
#define CASTMAP_DENSITY_H

#include "castmap/points.h"
#include "castmap/polygons.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A north-up grid of square cells. Values are row-major, the first row is the northernmost. */
typedef struct castmap_grid {
    double west, north; /**< outer corner of the first cell, metres, analysis CRS */
    double cell_m;      /**< side of a cell, metres */
    size_t columns, rows;
} castmap_grid;

typedef enum castmap_kernel {
    CASTMAP_KERNEL_QUARTIC = 0,
    CASTMAP_KERNEL_EPANECHNIKOV,
    CASTMAP_KERNEL_GAUSSIAN,
    CASTMAP_KERNEL_UNIFORM,
    CASTMAP_KERNEL_TRIANGULAR,
    CASTMAP_KERNEL_TRIWEIGHT
} castmap_kernel;

/** Options of castmap_density(). Start from CASTMAP_DENSITY_OPTIONS_INIT. */
typedef struct castmap_density_options {
    uint32_t       version;
    castmap_kernel kernel;   /**< quartic by default */
    double         radius_m; /**< support of the kernel, metres, > 0; for the Gaussian its standard deviation times sqrt(8) */
} castmap_density_options;

#define CASTMAP_DENSITY_OPTIONS_VERSION 1u
#define CASTMAP_DENSITY_OPTIONS_INIT {CASTMAP_DENSITY_OPTIONS_VERSION, CASTMAP_KERNEL_QUARTIC, 0.0}

/** One-dimensional standard deviation, metres, of a kernel of this radius (quartic: radius / sqrt(8)). */
CASTMAP_API double castmap_kernel_sigma_m(castmap_kernel kernel, double radius_m);
/** The radius of a kernel that has this one-dimensional standard deviation. */
CASTMAP_API double castmap_kernel_radius_m(castmap_kernel kernel, double sigma_m);
/** "quartic", ...; static. */
CASTMAP_API const char *castmap_kernel_name(castmap_kernel kernel);

/**
 * @brief Exact kernel density at the centre of every cell, events (weight) per km2.
 *
 * f(s) = sum_i w_i k_h(s - x_i), in the two-dimensional kernels of B. W. Silverman (1986). Points outside the grid
 * count too where their kernel reaches it. The plane integral of the surface is the sum of the weights.
 *
 * @param values  out [grid->columns * grid->rows], the caller's array; untouched on an error; unspecified after a cancel, for it is written as it grows
 * @retval CASTMAP_E_ARGUMENT  radius or grid not finite and positive, grid with no cell
 * @retval CASTMAP_E_DATA      a coordinate or weight that is not finite, a weight below 0
 *
 * Compact kernels: exact to rounding (relative error under 1e-9 of the maximum against a plain sum). Gaussian: cut where the
 * neglected sum is below 1e-6 of the maximum. Every compact kernel is 0 at the radius itself, the uniform one too. The same bytes
 * whatever the order of the points and the number of threads. Cost: O(n log n + n * rows within the radius + cells), and for the triangular
 * and Gaussian kernels and radii below 3 cells n * cells within the radius; memory about 28 bytes a point.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_density(castmap_context *ctx,
                                                             const castmap_points *points,
                                                             const castmap_grid *grid,
                                                             const castmap_density_options *options,
                                                             double *values);

/**
 * @brief The share of a kernel's mass that lies inside a region, for kernels centred at the points: e(u) = int_W k_h(v - u) dv.
 *
 * Exact: the integral is taken along the border in closed form (for the Gaussian by Owen's T), not over a raster. 1 well inside, 1/2 on a
 * long straight border, 1/4 in a square corner, 0 beyond reach.
 *
 * @param region  areas that do not overlap, taken together; rings as castmap/polygons.h says
 * @param mass    out [points->count]
 * @retval CASTMAP_E_ARGUMENT  radius not finite and positive
 * @retval CASTMAP_E_DATA      a coordinate that is not finite
 * Cost: O(edges) once, then per point O(edges / 256 + edges within reach).
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_kernel_mass(castmap_context *ctx, const castmap_polygons *region,
                                                                 const castmap_points *points,
                                                                 const castmap_density_options *options, double *mass);

/** What is done about kernels that reach beyond the study area. */
typedef enum castmap_edge_rule {
    CASTMAP_EDGE_NONE = 0, /**< nothing: the surface sinks towards the border */
    CASTMAP_EDGE_UNIFORM,  /**< f(s) / e(s) (P. J. Diggle 1985): level where the pattern is level */
    CASTMAP_EDGE_DIGGLE    /**< each point weighs 1 / e(x_i) (M. C. Jones 1993): all mass stays inside */
} castmap_edge_rule;

/**
 * @brief Kernel density inside a study area, corrected for what lies beyond its border.
 *
 * Points outside the study area are left out and counted. Cells whose centre lies outside it are NAN, "no data".
 *
 * @param study    the study area: areas that do not overlap, taken together
 * @param values   out [columns * rows], events (weight) per km2; unspecified after an error
 * @param outside  out, points left out; may be NULL
 * Other statuses as castmap_density().
 *
 * Source: P. J. Diggle (1985), "A kernel method for smoothing point process data", Applied Statistics 34; M. C. Jones (1993), "Simple
 * boundary correction for kernel density estimation", Statistics and Computing 3.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_density_within(castmap_context *ctx, const castmap_points *points,
                                                                    const castmap_polygons *study,
                                                                    const castmap_grid *grid,
                                                                    const castmap_density_options *options,
                                                                    castmap_edge_rule edge, double *values,
                                                                    size_t *outside);

/**
 * @brief Add records that are known only to an area: each is spread evenly over it before it is smoothed.
 *
 * Adds sum_a weight[a] / |a| * int_a k_h(s - u) du to every cell, which is what infinitely many points spread over the area would give:
 * the record does not sit on a centroid where nothing happened. The plane integral grows by the sum of the weights.
 *
 * @param weight  [areas->count] records of each area, finite, >= 0; of areas without extent they cannot be spread: CASTMAP_E_DATA
 * @param values  in and out [columns * rows], per km2
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_density_footprints(castmap_context *ctx,
                                                                        const castmap_polygons *areas,
                                                                        const double *weight,
                                                                        const castmap_grid *grid,
                                                                        const castmap_density_options *options,
                                                                        double *values);

/** Set to NAN the cells whose centre lies in the areas (water, no-go places), or with `outside` those that lie in none. */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_density_mask(castmap_context *ctx, const castmap_polygons *areas,
                                                                  bool outside, const castmap_grid *grid, double *values);

/** How a bandwidth is chosen. All are chosen as if the kernel were Gaussian and converted by equal standard deviation. */
typedef enum castmap_bandwidth_rule {
    CASTMAP_BANDWIDTH_OVERSMOOTHING = 0,  /**< 1.0846 s n^(-1/6) (G. R. Terrell 1990): shows only what is surely there */
    CASTMAP_BANDWIDTH_NORMAL_SCALE,       /**< s n^(-1/6) (B. W. Silverman 1986) */
    CASTMAP_BANDWIDTH_SCOTT,              /**< geometric mean of sd_x and sd_y, times n^(-1/6) (D. W. Scott 1992) */
    CASTMAP_BANDWIDTH_LEAST_SQUARES_CV,   /**< least-squares cross-validation (A. W. Bowman 1984) */
    CASTMAP_BANDWIDTH_LIKELIHOOD_CV,      /**< likelihood cross-validation (C. Loader 1999) */
    CASTMAP_BANDWIDTH_DIGGLE,             /**< least mean square error of a Cox process, from Ripley's K (M. Berman, P. Diggle 1989) */
    CASTMAP_BANDWIDTH_CRONIE_VAN_LIESHOUT /**< sum of 1 / f equal to the area (O. Cronie, M. N. M. van Lieshout 2018) */
} castmap_bandwidth_rule;

/** A bandwidth and where it comes from. */
typedef struct castmap_bandwidth {
    double      sigma_m;  /**< one-dimensional standard deviation */
    double      radius_m; /**< the same for the kernel asked for */
    const char *rule;     /**< "oversmoothing (Terrell 1990)", ...; static */
    size_t      points;   /**< points the rule looked at: of large data a sample, see castmap_bandwidth_choose() */
    bool        at_limit; /**< the best value is the smallest or largest that was tried: do not trust it */
} castmap_bandwidth;

/** castmap_bandwidth_choose() by oversmoothing: sigma = 1.0846 s n^(-1/6). At least two places. */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_bandwidth_suggest(castmap_context *ctx,
                                                                       const castmap_points *points,
                                                                       castmap_kernel kernel,
                                                                       castmap_bandwidth *out);

/**
 * @brief Choose a bandwidth by a rule.
 *
 * s is the smaller of the mean standard deviation and the mean interquartile range / 1.34. The last four rules compare points with one
 * another; of more than 2,500 points they take every n/2500-th in order of place, and the result is multiplied by (2500/n)^(1/6), the rate at
 * which the best bandwidth shrinks. They are sought between 1/64 and 4 times the oversmoothing value. Where many points share a place
 * (postcodes, snapped points) cross-validation tends to the smallest value tried: `at_limit` says so. Weights are not used.
 *
 * @param study  the study area, or NULL. Points outside it are left out. Needed by Diggle's rule (border-corrected K) and by Cronie and van
 *               Lieshout's (its size); used for the edge by likelihood cross-validation.
 * @retval CASTMAP_E_ARGUMENT  no such rule, or a study area is needed
 * @retval CASTMAP_E_DATA      fewer than two places, coordinates that are not finite
 * Cost: O(n log n), and about a second for the rules that compare points.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_bandwidth_choose(castmap_context *ctx, const castmap_points *points,
                                                                      const castmap_polygons *study,
                                                                      castmap_bandwidth_rule rule,
                                                                      castmap_kernel kernel, castmap_bandwidth *out);

/** Bands between contour levels: valid polygons that nest exactly and do not overlap; owned. */
typedef struct castmap_bands {
    size_t  count;        /**< bands, one per class that is present */
    double *lower;        /**< [count] value at the outer edge */
    double *upper;        /**< [count] value at the inner edge; INFINITY for the top */
    size_t *part_start;   /**< [count+1] the arrays of castmap_polygons */
    size_t *ring_start;
    size_t *vertex_start;
    double *x, *y;        /**< metres */
} castmap_bands;

#define CASTMAP_BANDS_INIT {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL}

/**
 * @brief Turn a surface into one multipolygon per class, breaks[i] <= v < breaks[i+1], the last open above.
 *
 * @param breaks  [n_breaks], ascending, finite; values below breaks[0] belong to no band
 * @param out     empty; owned by the caller afterwards, release with castmap_bands_clear()
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_bands_make(castmap_context *ctx, const castmap_grid *grid,
                                                                const double *values, const double *breaks,
                                                                size_t n_breaks, castmap_bands *out);
CASTMAP_API void castmap_bands_clear(castmap_bands *bands);

#ifdef __cplusplus
}
#endif
#endif
