/**
 * @file castmap/cluster.h
 * @brief Density-based clustering of point events.
 *
 * Every function here works in the plane: coordinates and distances are metres in the
 * analysis CRS. Nothing here reads or writes a file or a table.
 */
#ifndef CASTMAP_CLUSTER_H
#define CASTMAP_CLUSTER_H

#include "castmap/points.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Label of a point that belongs to no cluster. */
#define CASTMAP_NOISE (-1)

/** Options of castmap_dbscan(). Start from CASTMAP_DBSCAN_OPTIONS_INIT. */
typedef struct castmap_dbscan_options {
    uint32_t version;    /**< CASTMAP_DBSCAN_OPTIONS_VERSION; fields are only ever appended */
    uint32_t min_points; /**< weight within eps_m, the point itself included, that makes a core; default 10 */
    double   eps_m;      /**< neighbourhood radius, metres, > 0, closed; no default: it is a judgement */
    bool     border_is_noise; /**< DBSCAN*: only cores belong to clusters */
} castmap_dbscan_options;

#define CASTMAP_DBSCAN_OPTIONS_VERSION 1u
#define CASTMAP_DBSCAN_OPTIONS_INIT {CASTMAP_DBSCAN_OPTIONS_VERSION, 10u, 0.0, false}

/**
 * @brief Find clusters of densely packed points, leaving sparse points as noise (DBSCAN).
 *
 * A point is a core when the total weight within eps_m of it (distance <= eps_m, itself included) is at least
 * min_points. A border point joins the cluster of its nearest core point, ties going to the cluster with the lower
 * key; a cluster's key is the smallest id of its core points, and clusters are numbered 0..k-1 by key. Labels
 * therefore depend neither on the order of the rows nor on the number of threads.
 *
 * @param ctx         carries threads, progress, cancellation and the error message
 * @param points      n points, metres; borrowed for the call
 * @param options     borrowed for the call
 * @param labels      out [n], the caller's array: 0..k-1, or CASTMAP_NOISE
 * @param is_core     out [n], the caller's array, or NULL
 * @param n_clusters  out, k; may be NULL
 *
 * @retval CASTMAP_OK            outputs are set; on any other status none is touched
 * @retval CASTMAP_E_ARGUMENT    eps_m not finite and positive; min_points 0; n > INT32_MAX
 * @retval CASTMAP_E_DATA        a coordinate or weight that is not finite, a weight below 0
 * @retval CASTMAP_E_NOMEM       under 64 bytes a point
 * @retval CASTMAP_E_CANCELLED   castmap_cancel() was called
 *
 * Cost: O(n log n) while eps_m is small against the extent of the data.
 *
 * Source: M. Ester, H.-P. Kriegel, J. Sander, X. Xu (1996), "A density-based algorithm for
 * discovering clusters in large spatial databases with noise", KDD-96, pp. 226-231; cells of
 * side eps/sqrt(2) after A. Gunawan (2013) and J. Gan, Y. Tao (2015).
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_dbscan(castmap_context *ctx, const castmap_points *points,
                                                            const castmap_dbscan_options *options,
                                                            int32_t *labels, bool *is_core,
                                                            size_t *n_clusters);

/** How castmap_hdbscan() chooses clusters from the hierarchy. */
typedef enum castmap_hdbscan_selection {
    CASTMAP_HDBSCAN_EXCESS_OF_MASS, /**< those that last longest over the scales; a parent wins ties */
    CASTMAP_HDBSCAN_LEAF            /**< the smallest ones that are never divided */
} castmap_hdbscan_selection;

/** Options of castmap_hdbscan(). Start from CASTMAP_HDBSCAN_OPTIONS_INIT. */
typedef struct castmap_hdbscan_options {
    uint32_t version;
    uint32_t min_points;       /**< weight, the point's own included, that the core distance reaches; default 10 */
    double   min_cluster_size; /**< weight; 0 (the default): min_points */
    castmap_hdbscan_selection selection;
    bool     allow_single_cluster; /**< may all points be one cluster; false: the root of the hierarchy is no candidate */
    double   accuracy_m;       /**< shorter distances count as this long, > 0; default 1 m. Keeps stacked records from
                                    having infinite density */
} castmap_hdbscan_options;

#define CASTMAP_HDBSCAN_OPTIONS_VERSION 1u
#define CASTMAP_HDBSCAN_OPTIONS_INIT \
    {CASTMAP_HDBSCAN_OPTIONS_VERSION, 10u, 0.0, CASTMAP_HDBSCAN_EXCESS_OF_MASS, false, 1.0}

/**
 * @brief Find clusters of differing density without a radius (HDBSCAN*), exactly.
 *
 * The hierarchy is that of mutual reachability max(core(a), core(b), distance): at each distance the connected groups
 * of at least min_cluster_size. Where several groups part at the same distance they part at once, so the outcome
 * depends neither on the order of the rows nor on the number of threads, nor on which spanning tree was found.
 * Points at one coordinate are collapsed to a weight, with the result of the uncollapsed definition.
 *
 * @param labels      out [n]: 0..k-1 by the smallest id of the members, or CASTMAP_NOISE
 * @param membership  out [n] or NULL: density at which the point leaves over the highest of its cluster, 0..1; 0 for noise
 * @param outlier     out [n] or NULL: GLOSH, 0 (as dense as anything near) .. 1 (far from a dense group)
 * @param n_clusters  out, k; may be NULL
 *
 * @retval CASTMAP_OK            outputs are set; on any other status none is touched
 * @retval CASTMAP_E_ARGUMENT    min_points 0; min_cluster_size below 0 or not finite; accuracy_m not positive; n > INT32_MAX
 * @retval CASTMAP_E_DATA        a coordinate or weight that is not finite, a weight below 0
 * @retval CASTMAP_E_NOMEM       about 150 bytes a distinct place, 20 a point
 * @retval CASTMAP_E_CANCELLED   castmap_cancel() was called
 *
 * Cost: O(n log n) expected on spread data; time grows with min_points.
 *
 * Source: R. Campello, D. Moulavi, A. Zimek, J. Sander (2015), "Hierarchical density estimates for data clustering,
 * visualization, and outlier detection", ACM TKDD 10(1), article 5.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_hdbscan(castmap_context *ctx, const castmap_points *points,
                                                             const castmap_hdbscan_options *options, int32_t *labels,
                                                             double *membership, double *outlier,
                                                             size_t *n_clusters);

/** What is known of one cluster. Lengths in metres, areas in km2, times in UTC seconds. */
typedef struct castmap_cluster_shape {
    size_t  count;          /**< members */
    double  weight;         /**< sum of the members' weights */
    double  centre_x, centre_y; /**< weighted mean */
    size_t  medoid;         /**< index of the member nearest to the centre; lower id on ties */
    double  radius_m;       /**< of the smallest circle around all members */
    double  diameter_m;     /**< largest distance between two members (of the hull) */
    double  hull_area_km2;  /**< 0 for fewer than three places or a line. Where a run was asked for concave outlines: of those */
    double  density_per_km2;/**< weight / that area; NaN where it is 0 */
    int64_t first_s, last_s;/**< earliest and latest known time; INT64_MIN if none. In the summary of a run, last_s is the last moment
                                 at which a member may have been: of a record known to its month, the last of that month */
    size_t  places;         /**< distinct coordinates */
    size_t  hull_start;     /**< first vertex in castmap_cluster_shapes.hull_x/y; convex, counter-clockwise, not repeated */
    size_t  hull_count;     /**< 1 or 2 for degenerate clusters */
} castmap_cluster_shape;

/** Shapes of all clusters of one labelling; owned, release with castmap_cluster_shapes_clear(). */
typedef struct castmap_cluster_shapes {
    size_t                 count;
    castmap_cluster_shape *shape;  /**< [count], by cluster number */
    double                *hull_x; /**< vertices of all hulls */
    double                *hull_y;
} castmap_cluster_shapes;

#define CASTMAP_CLUSTER_SHAPES_INIT {0, NULL, NULL, NULL}

/** Describe each cluster of `labels` (0..k-1 or CASTMAP_NOISE). `out` must be empty; cost O(n log n). */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_cluster_shapes_make(castmap_context *ctx,
                                                                         const castmap_points *points,
                                                                         const int32_t *labels,
                                                                         size_t n_clusters,
                                                                         castmap_cluster_shapes *out);
CASTMAP_API void castmap_cluster_shapes_clear(castmap_cluster_shapes *shapes);

/** Options of castmap_st_dbscan(). Start from CASTMAP_ST_DBSCAN_OPTIONS_INIT. */
typedef struct castmap_st_dbscan_options {
    uint32_t version;
    uint32_t min_points; /**< weight near in place and time, the point itself included, that makes a core; default 10 */
    double   eps_m;      /**< neighbourhood radius, metres, > 0, closed */
    int64_t  window_s;   /**< how far apart in time, seconds, >= 0, closed */
    bool     border_is_noise;
} castmap_st_dbscan_options;

#define CASTMAP_ST_DBSCAN_OPTIONS_INIT {1u, 10u, 0.0, 0, false}

/**
 * @brief Find clusters in space and time (ST-DBSCAN with both radii, no threshold on attributes).
 *
 * As castmap_dbscan(), where two points are neighbours when they are at most eps_m apart and at most window_s apart in time. A
 * border point joins the cluster of its nearest core point in space among its neighbours. Points without a time
 * (time_s NULL or INT64_MIN) are neighbours of nothing and noise.
 *
 * @retval CASTMAP_E_ARGUMENT  eps_m not finite and positive; window_s below 0; min_points 0; n > INT32_MAX
 * Cost: O(n log n + pairs within eps_m and window_s); piles of records on one map point do not multiply. About 75 bytes a point.
 *
 * Source: D. Birant, A. Kut (2007), "ST-DBSCAN: An algorithm for clustering spatial-temporal data", Data & Knowledge
 * Engineering 60, 208-221.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_st_dbscan(castmap_context *ctx, const castmap_points *points,
                                                               const castmap_st_dbscan_options *options, int32_t *labels,
                                                               bool *is_core, size_t *n_clusters);

/**
 * @brief How far each point must look to see k, itself included: the smallest radius within which the weight reaches k.
 *
 * A choice of eps_m is a level of the curve of these distances (J. Sander, M. Ester, H.-P. Kriegel, X. Xu 1998, "Density-based clustering in
 * spatial databases", Data Mining and Knowledge Discovery 2): the points below it are cores.
 *
 * @param distance_m  out [points->count]; INFINITY where all the weight there is does not reach k
 * @retval CASTMAP_E_ARGUMENT  k is 0; n > INT32_MAX
 * @retval CASTMAP_E_DATA      a coordinate or weight that is not finite, a weight below 0
 * Cost: O(n log n) for small k; points on one coordinate are one place. About 60 bytes a point.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_k_distances(castmap_context *ctx, const castmap_points *points, uint32_t k,
                                                                 double *distance_m);

/**
 * @brief The curve of those distances, most crowded first, read at even steps of the share of the weight.
 *
 * @param room        the most readings wanted; with fewer points there is one for each
 * @param share       out [room], 0..1, ascending
 * @param distance_m  out [room], within this distance that share of the weight sees k; ascending
 * @param n           out, readings
 * @retval CASTMAP_E_DATA  also: all points together weigh less than k
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_k_distance_curve(castmap_context *ctx, const castmap_points *points, uint32_t k,
                                                                      size_t room, double *share, double *distance_m, size_t *n);

/**
 * @brief Where a rising curve turns up: its distance where it is farthest below the straight line from start to end, both axes from 0 to 1.
 *
 * The last twentieth is left out: a few lonely points would draw the line up and the knee with it. The first of equals. NAN where the curve is
 * nowhere below the line, where the knee is 0, or of fewer than three readings.
 *
 * Source: V. Satopaa, J. Albrecht, D. Irwin, B. Raghavan (2011), "Finding a 'kneedle' in a haystack", ICDCS workshops; without its smoothing.
 */
CASTMAP_API double castmap_curve_knee(const double *share, const double *distance_m, size_t n);

/** Options of castmap_nnh(). Start from CASTMAP_NNH_OPTIONS_INIT. */
typedef struct castmap_nnh_options {
    uint32_t version;
    uint32_t min_points;  /**< members of a cluster, >= 2; default 10 */
    double   threshold_m; /**< nearer than this, closed, is together; 0: castmap_nnh_threshold() of area_m2 */
    double   area_m2;     /**< of the study area, > 0; also for the clusters of clusters */
    double   t;           /**< standard errors below the mean; default 1.645 (one chance in twenty) */
} castmap_nnh_options;

#define CASTMAP_NNH_OPTIONS_INIT {1u, 10u, 0.0, 0.0, 1.645}
#define CASTMAP_NNH_MOST_ORDERS 8

/** Clusters of clusters. Order 1 is that of the points. */
typedef struct castmap_nnh_orders {
    size_t n_orders;                               /**< orders with at least one cluster */
    double threshold_m[CASTMAP_NNH_MOST_ORDERS];   /**< [n_orders] */
    size_t clusters[CASTMAP_NNH_MOST_ORDERS];      /**< [n_orders] */
} castmap_nnh_orders;

/**
 * The distance to the nearest neighbour that n points strewn at random over an area have on average, less t standard errors:
 * 0.5 sqrt(A / n) - t 0.26136 / sqrt(n^2 / A). At least 0.
 */
CASTMAP_API double castmap_nnh_threshold(double area_m2, size_t n, double t);

/**
 * @brief Nearest neighbour hierarchical clustering, as CrimeStat does it.
 *
 * Points in order of how many others lie within the threshold of them, most first, ties by lower id: each that is free yet gathers the
 * free points within the threshold; min_points or more (itself included) are a cluster. The mean centres of the clusters are
 * clustered again in the same way, with the threshold of their number over the same area, until no cluster forms. Labels are
 * of order 1, numbered by the lowest id of their members. Weights are not looked at.
 *
 * @param orders  out, or NULL
 * @retval CASTMAP_E_ARGUMENT  neither threshold nor area; min_points below 2; t not finite; n > INT32_MAX
 * Cost: O(n times the points within the threshold).
 *
 * Source: N. Levine (2015), CrimeStat IV, chapter 7; the mean and its error after P. Clark, F. Evans (1954), "Distance to
 * nearest neighbor as a measure of spatial relationships in populations", Ecology 35, 445-453.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_nnh(castmap_context *ctx, const castmap_points *points,
                                                         const castmap_nnh_options *options, int32_t *labels,
                                                         size_t *n_clusters, castmap_nnh_orders *orders);

/** The groups of one order above the first. */
typedef struct castmap_nnh_level {
    double   threshold_m; /**< their members' centres lie within this of a middle one */
    size_t   count;       /**< k groups, numbered by the lowest number of their places */
    int32_t *label;       /**< [n_places] the group 0..k-1 that holds the place, or CASTMAP_NOISE */
    double  *x, *y;       /**< [k] mean of the centres that form the group, one order down */
} castmap_nnh_level;

/** Groups of places, groups of groups, and so on; owned, release with castmap_nnh_groups_clear(). */
typedef struct castmap_nnh_groups {
    size_t            n_places;
    size_t            n_levels; /**< level[0] is order 2 */
    castmap_nnh_level level[CASTMAP_NNH_MOST_ORDERS];
} castmap_nnh_groups;

/**
 * @brief The orders above the first: which places form larger groups, and which of those form larger ones again.
 *
 * @param options  area_m2 of 0: no group is formed, for chance needs an area. threshold_m is that of order 1 and is not looked at.
 * @param x, y     [n_places] mean centres of the places, by number
 * @param out      empty; owned by the caller afterwards
 * @retval CASTMAP_E_ARGUMENT  as castmap_nnh()
 * Cost: as castmap_nnh() on the centres.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_nnh_groups_make(castmap_context *ctx, const castmap_nnh_options *options,
                                                                     size_t n_places, const double *x, const double *y,
                                                                     castmap_nnh_groups *out);
CASTMAP_API void castmap_nnh_groups_clear(castmap_nnh_groups *groups);

/** Which ellipse describes the spread of a cluster. */
typedef enum castmap_ellipse_form {
    CASTMAP_ELLIPSE_COVARIANCE, /**< holds `probability` of a two-dimensional normal distribution of that covariance (n - 1) */
    CASTMAP_ELLIPSE_CRIMESTAT   /**< standard deviational ellipse: half axes sqrt(2 / (n - 2)) times the root of the sum of squares */
} castmap_ellipse_form;

/** How far a cluster reaches from its middle, and whether it is a chain. Metres. */
typedef struct castmap_cluster_spread {
    double longest_hop_m;       /**< longest edge of the shortest tree that joins all members; 0: all on one coordinate */
    double major_m, minor_m;    /**< half axes of the ellipse round the mean of the members; NaN: fewer than three members */
    double bearing_deg;         /**< of the long axis, clockwise from grid north, 0 to under 180; NaN where both axes are alike */
} castmap_cluster_spread;

/**
 * Describe the spread of each cluster of `labels`. spread: out [n_clusters], the caller's. Weights are not looked at.
 * probability: of the covariance ellipse, 0..1. Cost: O(n log n).
 *
 * Source of the CrimeStat form: N. Levine (2015), CrimeStat IV, chapter 4.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_cluster_spread_make(castmap_context *ctx, const castmap_points *points,
                                                                         const int32_t *labels, size_t n_clusters,
                                                                         castmap_ellipse_form form, double probability,
                                                                         castmap_cluster_spread *spread);

/** Options of castmap_optics(). Start from CASTMAP_OPTICS_OPTIONS_INIT. */
typedef struct castmap_optics_options {
    uint32_t version;
    uint32_t min_points; /**< weight, the point's own included, that the core distance reaches; default 10 */
    double   eps_m;      /**< no neighbour is looked for beyond this, > 0; no default */
} castmap_optics_options;

#define CASTMAP_OPTICS_OPTIONS_VERSION 1u
#define CASTMAP_OPTICS_OPTIONS_INIT {CASTMAP_OPTICS_OPTIONS_VERSION, 10u, 0.0}

#define CASTMAP_NO_PREDECESSOR UINT32_MAX

/** The order of points that OPTICS walks; owned, release with castmap_optics_order_clear(). */
typedef struct castmap_optics_order {
    size_t    count;
    uint32_t *point;          /**< [count] point i of the order */
    double   *reachability_m; /**< [count] of that point; INFINITY where a walk begins */
    double   *core_m;         /**< [count] its core distance; INFINITY where it is no core within eps_m */
    uint32_t *predecessor;    /**< [count] the point it was reached from, or CASTMAP_NO_PREDECESSOR */
} castmap_optics_order;

/**
 * @brief Order points so that dense groups of every scale stand together (OPTICS).
 *
 * Walks begin at the smallest id that is left; of equal reachabilities the smaller id is taken first, so the order depends neither on the
 * rows nor on threads. Points at one coordinate are collapsed to a weight.
 *
 * @param out  empty; owned by the caller afterwards
 * @retval CASTMAP_E_ARGUMENT  eps_m not finite and positive; min_points 0; n > INT32_MAX
 * @retval CASTMAP_E_DATA      a coordinate or weight that is not finite, a weight below 0
 * Cost: O(places within eps_m of one another, log): choose eps_m no larger than needed.
 *
 * Source: M. Ankerst, M. Breunig, H.-P. Kriegel, J. Sander (1999), "OPTICS: ordering points to identify the clustering structure", SIGMOD.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_optics(castmap_context *ctx, const castmap_points *points,
                                                            const castmap_optics_options *options, castmap_optics_order *out);
CASTMAP_API void castmap_optics_order_clear(castmap_optics_order *order);

/** Clusters at one radius, cut from an order: its cores are in the clusters that DBSCAN finds with that radius. eps_m: at most that of the order. */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_optics_cut(castmap_context *ctx, const castmap_points *points,
                                                                const castmap_optics_order *order, double eps_m, int32_t *labels,
                                                                size_t *n_clusters);

/**
 * @brief Clusters as valleys of the reachability plot (xi); of nested valleys the smallest that holds a point.
 * @param min_points  of the order; also the smallest cluster
 * @param xi          0..1, how much lower the next reachability must be to be steep: 0.05 finds more, 0.2 fewer
 * @param accuracy_m  shorter reachabilities count as this long, > 0
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_optics_xi(castmap_context *ctx, const castmap_points *points,
                                                               const castmap_optics_order *order, uint32_t min_points, double xi,
                                                               double accuracy_m, int32_t *labels, size_t *n_clusters);

#ifdef __cplusplus
}
#endif
#endif
