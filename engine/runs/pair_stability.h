/*
 * runs/pair_stability.h - how alike two groupings of the same observations are.
 */
#ifndef CM_RUNS_PAIR_STABILITY_H
#define CM_RUNS_PAIR_STABILITY_H

#include "castmap/context.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Of all pairs of items that are in one group before or after, the share that is in one group before and after (the Jaccard index of
 * pairs); CASTMAP_NOISE is no group. NaN: there is no pair. Numbers of groups do not matter. Cost: O(n), 32 bytes an item.
 *
 * Source: L. Hubert, P. Arabie (1985), "Comparing partitions", Journal of Classification 2, 193-218, of which this takes the pairs.
 */
CASTMAP_NODISCARD castmap_status cm_pair_stability(castmap_context *ctx, const int32_t *before, const int32_t *after, size_t n, double *out);

#endif
