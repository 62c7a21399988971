/**
 * @file castmap/network_k.h
 * @brief Do observations gather along streets, or around given places along streets, more than chance would have it, and up to what distance?
 *
 * Distances are shortest ways along the streets, both ways passable, in metres. Weights of events are not read: each counts once.
 */
#ifndef CASTMAP_NETWORK_K_H
#define CASTMAP_NETWORK_K_H

#include "castmap/network.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What "chance" means. */
typedef enum castmap_network_k_null {
    CASTMAP_NETWORK_K_ANYWHERE = 0, /**< events fall along the network independently, in proportion to exposure; in cross-K `from` stays where it is */
    CASTMAP_NETWORK_K_LABELS        /**< cross-K only: all places stay, and which of them are `from` is drawn */
} castmap_network_k_null;

/** Options of castmap_network_k_measure(). Start from CASTMAP_NETWORK_K_OPTIONS_INIT. */
typedef struct castmap_network_k_options {
    uint32_t      version;
    double        radius_m;    /**< longest distance, > 0; no default */
    uint32_t      steps;       /**< K at radius_m * 1/steps, 2/steps, ..., 1; 1..10,000 */
    bool          corrected;   /**< true: Ang, Baddeley and Nair's form, free of the network's shape; false: Okabe and Yamada's counts */
    bool          scaled;      /**< the test measures deviations in standard deviations of each distance; false: as they are */
    uint32_t      simulations; /**< S; 0: K alone, no test */
    double        alpha;       /**< level of the envelopes; (S + 1) alpha >= 1 */
    castmap_network_k_null null;
    const double *exposure;    /**< [n_edges] share of each edge in the null, >= 0, even along it; NULL: length */
} castmap_network_k_options;

#define CASTMAP_NETWORK_K_OPTIONS_VERSION 1u
#define CASTMAP_NETWORK_K_OPTIONS_INIT \
    {CASTMAP_NETWORK_K_OPTIONS_VERSION, 0.0, 50u, true, false, 199u, 0.05, CASTMAP_NETWORK_K_ANYWHERE, NULL}

/** Curves of K. Owned by the caller, release with castmap_network_k_clear(). */
typedef struct castmap_network_k {
    size_t  count;                    /**< steps */
    double *r_m;                      /**< [count] distances */
    double *k;                        /**< [count] observed, metres. Corrected, and by chance along the length alone: r */
    double *mean, *low, *high;        /**< [count] of the simulations; low and high at each distance alone; NULL without simulations */
    double *global_low, *global_high; /**< [count] by chance a curve leaves these anywhere with probability alpha */
    size_t  n_from, n_to;             /**< events on an edge; the same pattern twice for K of one */
    double  length_m;                 /**< of the network */
    double  p;                        /**< of the largest deviation, two-sided: (1 + #{simulated >= observed}) / (1 + S); 1 without simulations */
    size_t  where;                    /**< the distance at which the observed curve deviates most */
} castmap_network_k;

#define CASTMAP_NETWORK_K_INIT {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0.0, 1.0, 0}

/**
 * @brief K along a network, or cross-K, with envelopes.
 *
 * K(r) = |L| / (n (n - 1)) sum over ordered pairs with d(x_i, x_j) <= r of 1 / m(x_i, d(x_i, x_j)); m(u, d) is the number of points of the network exactly d
 * from u (points within 1e-6 m are one), and 1 when not corrected. Cross-K: the same from `from` to `to`, over n_from n_to.
 *
 * @param from  events; those on no edge are left out
 * @param to    NULL: K of `from` itself
 *
 * @retval CASTMAP_E_ARGUMENT   an option out of range; labels without `to`; exposure negative or all 0
 * @retval CASTMAP_E_DATA       as castmap_network_density()
 * @retval CASTMAP_E_NOT_FOUND  fewer than two events on an edge (cross-K: no event on either side)
 * @retval CASTMAP_E_CANCELLED  castmap_cancel() was called
 *
 * Seed: the context's. The same bytes whatever the order of the events and the number of threads.
 * Cost: (S + 1) n (edges within radius_m, with their events). Memory: about 40 bytes an edge and 24 a node for each thread.
 *
 * Source: A. Okabe, I. Yamada (2001), "The K-function method on a network and its computational implementation", Geographical Analysis 33; Q. W. Ang,
 * A. Baddeley, G. Nair (2012), "Geometrically corrected second order analysis of events on a linear network", Scandinavian Journal of Statistics 39.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_network_k_measure(castmap_context *ctx, const castmap_network *network,
                                                                       const castmap_network_events *from,
                                                                       const castmap_network_events *to,
                                                                       const castmap_network_k_options *options,
                                                                       castmap_network_k *out);
CASTMAP_API void castmap_network_k_clear(castmap_network_k *k);

#ifdef __cplusplus
}
#endif
#endif
