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

/** Density at any places instead of cells, per km2; as castmap_density() otherwise. A place that is a point itself counts that point too. */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_density_at(castmap_context *ctx, const castmap_points *points,
                                                                const castmap_points *places,
                                                                const castmap_density_options *options, double *values);

/** Options of castmap_density_adaptive(). Start from CASTMAP_ADAPTIVE_OPTIONS_INIT. */
typedef struct castmap_adaptive_options {
    uint32_t          version;
    castmap_kernel    kernel;         /**< of the surface; the pilot is Gaussian */
    double            radius_m;       /**< h0, the radius at a place of typical density, > 0 */
    double            pilot_radius_m; /**< of the pilot, as a Gaussian's radius (sigma * sqrt(8)); 0: that of equal deviation */
    double            trim;           /**< no radius above this many times h0; 5 */
    castmap_edge_rule edge;           /**< none or Diggle; Diggle needs a study area */
} castmap_adaptive_options;

#define CASTMAP_ADAPTIVE_OPTIONS_VERSION 1u
#define CASTMAP_ADAPTIVE_OPTIONS_INIT \
    {CASTMAP_ADAPTIVE_OPTIONS_VERSION, CASTMAP_KERNEL_QUARTIC, 0.0, 0.0, 5.0, CASTMAP_EDGE_NONE}

/**
 * @brief Kernel density whose radius is small where points are dense and large where they are sparse.
 *
 * h_i = h0 * min(f(x_i)^(-1/2) / g, trim), f a Gaussian pilot density (corrected uniformly for the edge where there is a study area), g the
 * geometric mean of f(x_i)^(-1/2) over the points.
 *
 * @param study   study area, or NULL: points outside it are left out, cells outside it are NAN
 * @param values  out [columns * rows], per km2
 * @param radius  out [points->count], metres, NAN for points left out; may be NULL
 * @retval CASTMAP_E_ARGUMENT  radii or trim not finite and positive; the uniform correction, which has no meaning here; Diggle without study
 * Cost: O(n * cells within the radius).
 *
 * Source: I. S. Abramson (1982), "On bandwidth variation in kernel estimates: a square root law", Annals of Statistics 10.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_density_adaptive(castmap_context *ctx, const castmap_points *points,
                                                                      const castmap_polygons *study,
                                                                      const castmap_grid *grid,
                                                                      const castmap_adaptive_options *options,
                                                                      double *values, double *radius);

/**
 * @brief Where one kind of observation is denser than another: the logarithm of the ratio of their densities, with p-values.
 *
 * rho(s) = log f1(s) - log f2(s), both probability densities with the same Gaussian bandwidth h and the uniform edge correction. The p-value
 * is that of an upper-tailed test at each place, z = rho h sqrt(f) / sqrt(R (1/n1 + 1/n2)), f the density of both together and
 * R = q(h / sqrt 2) / (4 pi q(h)^2), q(h) the mass inside the study area. Nothing is added to a denominator: where one density is 0 both
 * outputs are NAN, "not defined". A contour of p at 0.05 is a tolerance contour; it is no correction for looking at many places.
 *
 * @param cases,controls  weights are not used; points outside the study area are left out
 * @param sigma_m    standard deviation of the Gaussian, the same for both
 * @param log_ratio  out [columns * rows]; NAN outside the study area
 * @param upper_p    out [columns * rows]; may be NULL
 * @retval CASTMAP_E_DATA  no case or no control inside the study area
 *
 * Source: J. F. Bithell (1990), Statistics in Medicine 9; J. E. Kelsall, P. J. Diggle (1995), Statistics in Medicine 14; M. L. Hazelton,
 * T. M. Davies (2009), "Inference based on kernel estimates of the relative risk function in geographical epidemiology", Biometrical Journal 51.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_relative_risk(castmap_context *ctx, const castmap_points *cases,
                                                                   const castmap_points *controls,
                                                                   const castmap_polygons *study,
                                                                   const castmap_grid *grid, double sigma_m,
                                                                   double *log_ratio, double *upper_p);

/**
 * @brief Change from one period to another: f2 / length2 - f1 / length1, per km2 and month.
 *
 * @param first,second  the points of each period
 * @param months1,months2  lengths of the periods, months, > 0
 * @param domain  in and out: if not finite or 0 it becomes the largest absolute value, so that maps drawn from it can share one scale, -domain..domain
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_density_change(castmap_context *ctx, const castmap_points *first,
                                                                    double months1, const castmap_points *second,
                                                                    double months2, const castmap_grid *grid,
                                                                    const castmap_density_options *options,
                                                                    double *values, double *domain);

/** Instants at which a space-time density is wanted. */
typedef struct castmap_time_slices {
    int64_t first_s;  /**< middle of the first slice, UTC seconds */
    int64_t step_s;   /**< from one to the next, > 0 */
    size_t  count;
    int64_t window_s; /**< half width of the kernel in time (Epanechnikov), > 0 */
} castmap_time_slices;

/**
 * @brief Density in space and time, per km2 and day: one surface for each slice, with one legend for all.
 *
 * f(s, t) = sum_i w_i k_h(s - x_i) 3/(4 b) (1 - ((t - t_i) / b)^2), a product kernel. Points without a time are left out and counted.
 *
 * @param values   out [slices->count * columns * rows], slice by slice
 * @param maximum  out, the largest value of all slices; may be NULL
 * @param untimed  out; may be NULL
 *
 * Source: C. Brunsdon, J. Corcoran, G. Higgs (2007), "Visualising space and time in crime patterns", Computers, Environment and Urban Systems 31.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_density_slices(castmap_context *ctx, const castmap_points *points,
                                                                    const castmap_grid *grid,
                                                                    const castmap_density_options *options,
                                                                    const castmap_time_slices *slices, double *values,
                                                                    double *maximum, size_t *untimed);

/** What a surface is measured in. castmap_density() gives events per km2. */
typedef enum castmap_density_unit {
    CASTMAP_UNIT_PER_KM2_MONTH,   /**< divided by `amount` months */
    CASTMAP_UNIT_PER_1000_PEOPLE, /**< divided by the density of people; NAN where fewer than `amount` live per km2 */
    CASTMAP_UNIT_PROBABILITY      /**< each cell's share of the whole; `amount` is not used */
} castmap_density_unit;

/**
 * @brief Turn a surface in events per km2 into another unit, in place. NAN cells stay NAN.
 *
 * @param people  [n] people per km2, smoothed alike (castmap_density_footprints() of the census areas); only for that unit, else NULL
 * @retval CASTMAP_E_ARGUMENT  amount not finite and positive where it is used; people missing
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_density_convert(castmap_context *ctx, castmap_density_unit unit,
                                                                     double amount, const double *people, size_t n,
                                                                     double *values);

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
