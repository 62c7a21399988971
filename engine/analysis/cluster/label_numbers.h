/*
 * analysis/cluster/label_numbers.h - clusters numbered by the smallest id among their members.
 */
#ifndef CM_ANALYSIS_CLUSTER_LABEL_NUMBERS_H
#define CM_ANALYSIS_CLUSTER_LABEL_NUMBERS_H

#include "castmap/points.h"

/*
 * label [points]: any number 0..limit-1, or below 0 for none, in place turned into 0..k-1 by key (below 0 stays -1). Only
 * points with counts[i] give keys; NULL: all. Numbers without a counting member keep none: their points become -1.
 */
CASTMAP_NODISCARD castmap_status cm_number_labels(castmap_context *ctx, const castmap_points *points, const bool *counts,
                                                  int32_t *label, size_t limit, size_t *k);

#endif
