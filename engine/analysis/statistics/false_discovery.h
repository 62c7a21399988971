/*
 * analysis/statistics/false_discovery.h - many tests at once: which of them may be called discoveries.
 */
#ifndef CM_ANALYSIS_STATISTICS_FALSE_DISCOVERY_H
#define CM_ANALYSIS_STATISTICS_FALSE_DISCOVERY_H

#include "castmap/context.h"

#include <stddef.h>

/*
 * Adjusted p-values: rejecting where adjusted[i] <= alpha keeps the expected share of false discoveries at alpha or under.
 * Benjamini-Hochberg (1995): min over k >= rank of n p_(k) / k. Benjamini-Yekutieli (2001), under any dependence: times sum 1/i.
 * NaN (not defined) stays NaN and is not one of the n. adjusted may be p itself.
 */
CASTMAP_NODISCARD castmap_status cm_false_discovery(castmap_context *ctx, const double *p, size_t n, bool any_dependence,
                                                    double *adjusted);

#endif
