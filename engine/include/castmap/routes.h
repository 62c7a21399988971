/**
 * @file castmap/routes.h
 * @brief Where observations gather along streets: density on a network, and stretches that hold more than chance would give.
 *
 * Everything is measured along the streets, in metres, and streets are taken as passable in both directions: what people notice does not obey
 * one-way signs. The network is a multigraph; edges are told by index.
 */
#ifndef CASTMAP_ROUTES_H
#define CASTMAP_ROUTES_H

#include "castmap/network.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Edges cut into short pieces. Owned by the caller, release with castmap_lixels_clear(). */
typedef struct castmap_lixels {
    size_t    count;
    uint32_t *edge;           /**< [count] ascending */
    double   *from_m, *to_m;  /**< [count] along the edge; pieces of an edge follow one another without a gap */
    double   *middle_m;       /**< [count] half-way between */
    size_t   *edge_start;     /**< [n_edges + 1] pieces of edge e are [edge_start[e], edge_start[e + 1]) */
} castmap_lixels;

#define CASTMAP_LIXELS_INIT {0, NULL, NULL, NULL, NULL, NULL}

/**
 * @brief Cut every edge at each multiple of length_m while more than least_m would remain.
 *
 * With 200 and 50, an edge of 250 m stays whole, one of 251 m becomes 200 + 51.
 * @retval CASTMAP_E_ARGUMENT  length_m not finite and positive, least_m not in [0, length_m]
 * @retval CASTMAP_E_LIMIT     more than 2^31 pieces
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_lixels_cut(castmap_context *ctx, const castmap_network *network,
                                                                double length_m, double least_m, castmap_lixels *out);
CASTMAP_API void castmap_lixels_clear(castmap_lixels *lixels);

/** One-dimensional kernels; each integrates to 1 over both sides. */
typedef enum castmap_line_kernel {
    CASTMAP_LINE_QUARTIC = 0,  /**< (15/16) (1 - u^2)^2 / h */
    CASTMAP_LINE_EPANECHNIKOV, /**< (3/4) (1 - u^2) / h */
    CASTMAP_LINE_TRIANGLE,     /**< (1 - u) / h */
    CASTMAP_LINE_UNIFORM,      /**< 1 / (2 h) */
    CASTMAP_LINE_GAUSSIAN      /**< standard deviation h / sqrt(8), cut at h and scaled back to 1 */
} castmap_line_kernel;

/** What happens where streets meet. */
typedef enum castmap_line_form {
    CASTMAP_LINE_SIMPLE = 0,    /**< the kernel of the shortest distance: a junction multiplies what passes it */
    CASTMAP_LINE_DISCONTINUOUS, /**< what reaches a junction of n ends is shared among the n - 1 others */
    CASTMAP_LINE_CONTINUOUS     /**< each of the n ends gets 2/n, and (2 - n)/n is taken back from where it came */
} castmap_line_form;

/** Options of castmap_network_density(). Start from CASTMAP_NETWORK_DENSITY_OPTIONS_INIT. */
typedef struct castmap_network_density_options {
    uint32_t            version;
    castmap_line_kernel kernel;
    castmap_line_form   form;
    double              radius_m; /**< h, where the kernel ends, metres along the streets, > 0; no default */
    bool                reflect;  /**< a dead end throws back what reaches it, so that nothing is lost; false: it stops there */
    const double       *factor;   /**< [events->count] each event's own radius is factor * radius_m; NULL: all 1 */
} castmap_network_density_options;

#define CASTMAP_NETWORK_DENSITY_OPTIONS_VERSION 1u
#define CASTMAP_NETWORK_DENSITY_OPTIONS_INIT \
    {CASTMAP_NETWORK_DENSITY_OPTIONS_VERSION, CASTMAP_LINE_QUARTIC, CASTMAP_LINE_DISCONTINUOUS, 0.0, false, NULL}

/**
 * @brief Exact density of events along a network, events (weight) per km, at given places.
 *
 * Simple: sum_i w_i k_h(d(q, x_i)), d the shortest distance along the streets. Both equal-split forms sum over every way from the event that does
 * not turn back within an edge, with the share that reaches the place along it; events that lie at a node (within 1e-6 m) give 2/n to each of the n
 * ends there. A dead end is where one end meets a node; `reflect` says what it does (an event at the dead end itself sends all inwards either way).
 *
 * @param places  where to evaluate: edge and along_m; CASTMAP_NO_EDGE gives NaN. Weights and times are not read
 * @param values  out [places->count], events per km; unspecified after an error
 *
 * @retval CASTMAP_E_ARGUMENT    radius or a factor not finite and positive; Gaussian with the continuous form, where it would fall below 0
 * @retval CASTMAP_E_DATA        an edge that is not there, a place outside its edge, a weight that is negative or not finite, a broken network
 * @retval CASTMAP_E_LIMIT       an equal-split form with a radius so long that the ways within it are too many
 * @retval CASTMAP_E_CANCELLED   castmap_cancel() was called
 *
 * The same bytes whatever the order of the events, the order of the places and the number of threads.
 * Cost: simple, O(edges (log + edges within reach) + places * edges with events within reach * log(events on one)); equal-split, edges * ways within
 * reach. Memory: about 100 bytes an event, 40 an edge, and 24 a node for each thread.
 *
 * Source: A. Okabe, T. Satoh, K. Sugihara (2009), "A kernel density estimation method for networks", IJGIS 23(1); Z. Xie, J. Yan (2008) for the simple
 * form; T. N. Chan et al. (2021), "Fast augmentation algorithms for network kernel density visualization", PVLDB 14 for sums kept along an edge.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_network_density(castmap_context *ctx, const castmap_network *network,
                                                                     const castmap_network_events *events,
                                                                     const castmap_network_events *places,
                                                                     const castmap_network_density_options *options,
                                                                     double *values);

/**
 * @brief The factors of an adaptive radius: f~(x_i)^(-1/2) over its geometric mean, at most `trim` (I. S. Abramson 1982).
 *
 * The pilot f~ is the network density of the same options with one radius.
 * @param factor  out [events->count]; 1 for events on no edge
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_network_adaptive(castmap_context *ctx, const castmap_network *network,
                                                                      const castmap_network_events *events,
                                                                      const castmap_network_density_options *options,
                                                                      double trim, double *factor);

/** "quartic", "simple", ...; static. */
CASTMAP_API const char *castmap_line_kernel_name(castmap_line_kernel kernel);
CASTMAP_API const char *castmap_line_form_name(castmap_line_form form);

#ifdef __cplusplus
}
#endif
#endif
