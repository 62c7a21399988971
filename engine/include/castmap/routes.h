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

/** How the equal-split forms sum over the ways. */
typedef enum castmap_line_ways {
    CASTMAP_WAYS_AUTO = 0, /**< walked, unless a sample shows that there are too many */
    CASTMAP_WAYS_WALKED,   /**< one by one: exact but for ways that carry less than 1e-9 of an event */
    CASTMAP_WAYS_WAVES     /**< all at once in small steps, with an error; not with `factor` */
} castmap_line_ways;

/** Options of castmap_network_density(). Start from CASTMAP_NETWORK_DENSITY_OPTIONS_INIT. */
typedef struct castmap_network_density_options {
    uint32_t            version;
    castmap_line_kernel kernel;
    castmap_line_form   form;
    double              radius_m; /**< h, where the kernel ends, metres along the streets, > 0; no default */
    bool                reflect;  /**< a dead end throws back what reaches it, so that nothing is lost; false: it stops there */
    const double       *factor;   /**< [events->count] each event's own radius is factor * radius_m; NULL: all 1 */
    castmap_line_ways   ways;     /**< equal-split forms */
} castmap_network_density_options;

#define CASTMAP_NETWORK_DENSITY_OPTIONS_VERSION 1u
#define CASTMAP_NETWORK_DENSITY_OPTIONS_INIT \
    {CASTMAP_NETWORK_DENSITY_OPTIONS_VERSION, CASTMAP_LINE_QUARTIC, CASTMAP_LINE_DISCONTINUOUS, 0.0, false, NULL, CASTMAP_WAYS_AUTO}

/**
 * @brief Density of events along a network, events (weight) per km, at given places.
 *
 * Simple: sum_i w_i k_h(d(q, x_i)), d the shortest distance along the streets. Both equal-split forms sum over every way from the event that does
 * not turn back within an edge, with the share that reaches the place along it; events that lie at a node (within 1e-6 m) give 2/n to each of the n
 * ends there. A dead end is where one end meets a node; `reflect` says what it does (an event at the dead end itself sends all inwards either way).
 *
 * @param places  where to evaluate: edge and along_m; CASTMAP_NO_EDGE gives NaN. Weights and times are not read
 * @param values  out [places->count], events per km; unspecified after an error
 *
 * Walked, an equal-split form is exact but for ways that carry less than 1e-9 of an event. Through many short streets there are too many ways to walk; then all
 * events are played through the network at once, in 1,024 ticks a radius (4,096 for the kernels with a kink or a jump at the radius), each junction in ticks
 * short enough for its streets. That error is below 1e-6 of the largest value for the quartic and 1e-5 for Epanechnikov and triangle on the networks of the
 * tests. The uniform kernel jumps at the radius by its height, the Gaussian by e^-4 of it: there a pulse that comes within a few ticks of the radius may count in
 * part or not; over all places that is below 1e-3 (uniform) and 1e-5 (Gaussian) of the sum. It is not done for radii of their own: pulses that have met can no
 * longer be told apart, so none can end at another radius than the others.
 *
 * @retval CASTMAP_E_ARGUMENT    radius or a factor not finite and positive; Gaussian with the continuous form, where it would fall below 0; waves where they are not done
 * @retval CASTMAP_E_DATA        an edge that is not there, a place outside its edge, a weight that is negative or not finite, a broken network
 * @retval CASTMAP_E_LIMIT       an equal-split form with too many ways to walk, where waves are not done; streets too short against the radius for waves
 * @retval CASTMAP_E_CANCELLED   castmap_cancel() was called
 *
 * The same bytes whatever the order of the events, the order of the places and the number of threads.
 * Cost: simple, O(edges (log + edges within reach) + places * edges with events within reach * log(events on one)); walked, the fewer of edges with events and
 * edges with places * ways within reach; waves, ends of edges * ticks. Memory: about 100 bytes an event, 40 an edge, and 24 a node for each thread; where events are
 * on few edges, 32 bytes a place or 64 MB, whichever is more; waves: for each thread the ticks of some 1,500 edges and what lies within the radius of them.
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

/** Options of castmap_stretches_find(). Start from CASTMAP_STRETCHES_OPTIONS_INIT. */
typedef struct castmap_stretches_options {
    uint32_t      version;
    double        most_m;      /**< longest window, metres; a single piece is always one; > 0 */
    uint32_t      least_events; /**< a window holds at least so many, >= 2 */
    uint32_t      simulations; /**< S, >= 19 */
    double        alpha;       /**< level at which a stretch, or a piece, is called hot */
    size_t        keep;        /**< stretches beyond chance are all given, and at least so many of the others */
    const double *exposure;    /**< [pieces] what the null spreads events by, >= 0: length times a weight; NULL: length */
} castmap_stretches_options;

#define CASTMAP_STRETCHES_OPTIONS_VERSION 1u
#define CASTMAP_STRETCHES_OPTIONS_INIT {CASTMAP_STRETCHES_OPTIONS_VERSION, 2000.0, 5u, 999u, 0.05, 10, NULL}

/** A run of pieces of one street. */
typedef struct castmap_stretch {
    size_t first, last;       /**< its pieces are order[first] .. order[last - 1] */
    double length_m, expected;
    size_t events;
    double llr, p;            /**< log-likelihood ratio; p of the scan, (1 + #{max of a simulation >= llr}) / (1 + S) */
    bool   hot;               /**< p <= alpha */
    size_t route;             /**< hot stretches that touch one another share a number, from 0; SIZE_MAX: not hot */
    double weight;            /**< of its events together; their number where events have no weights */
} castmap_stretch;

/** What castmap_stretches_find() found. Owned by the caller, release with castmap_stretches_clear(). */
typedef struct castmap_stretches {
    size_t           n_pieces, n_events; /**< events on an edge */
    uint32_t        *events;    /**< [n_pieces] events on each piece */
    double          *p, *q;     /**< [n_pieces] Poisson test of the piece alone, upper tail; q: Benjamini-Hochberg over all pieces */
    uint32_t        *order;     /**< [n_pieces] pieces in the order of their streets */
    bool            *backward;  /**< [n_pieces] by place in order: the street runs against the edge there */
    size_t           count;
    castmap_stretch *stretch;   /**< [count] highest llr first; no two share a piece */
    double           critical;  /**< the llr that alpha of the simulations reach */
    double          *weight;    /**< [n_pieces] of the events on each piece; NULL where events have no weights */
} castmap_stretches;

#define CASTMAP_STRETCHES_INIT {0, 0, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0.0, NULL}

/**
 * @brief Find stretches of streets that hold more events than chance would put there.
 *
 * Null: the events lie along the network independently, in proportion to exposure. Windows: every run of pieces of one street, from a piece with an event
 * to another, no longer than most_m. The statistic is Kulldorff's (1997) Poisson log-likelihood ratio for more than expected; the p of a window compares it
 * with the largest of all windows in each of S simulations, so it already allows for the many places looked at. Weaker windows that share no piece with
 * a stronger one are given with p against the same maxima, which is conservative.
 *
 * Events with weights (persons): c and e of the ratio are sums of weights, and a simulation lets every event fall somewhere with its weight. The ratio is then
 * no likelihood, but the comparison with simulations holds all the same. A Poisson test of a piece is not defined for weights: p and q are NaN.
 *
 * @param street  [n_edges] edges with equal numbers are one street
 * @retval CASTMAP_E_ARGUMENT  an option out of range, exposure that is negative or all 0
 * @retval CASTMAP_E_DATA      as castmap_network_density()
 * @retval CASTMAP_E_NOT_FOUND no event is on an edge
 *
 * Seed: the context's. The same result whatever the order of the events and the number of threads.
 * Cost: O(S (events + pieces + windows between events)).
 *
 * Source: M. Kulldorff (1997), "A spatial scan statistic", Communications in Statistics 26; Y. Benjamini, Y. Hochberg (1995), JRSS B 57.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_stretches_find(castmap_context *ctx, const castmap_network *network,
                                                                    const castmap_network_events *events,
                                                                    const castmap_lixels *lixels, const uint32_t *street,
                                                                    const castmap_stretches_options *options,
                                                                    castmap_stretches *out);
CASTMAP_API void castmap_stretches_clear(castmap_stretches *stretches);

#ifdef __cplusplus
}
#endif
#endif
