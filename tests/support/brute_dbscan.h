/* DBSCAN by the letter of its definition, every pair measured: what the quick one must equal. */
#ifndef CM_TESTS_SUPPORT_BRUTE_DBSCAN_H
#define CM_TESTS_SUPPORT_BRUTE_DBSCAN_H

#include "castmap/cluster.h"

/* labels [n], is_core [n]; gives the number of clusters. */
size_t brute_dbscan(const castmap_points *points, const castmap_dbscan_options *options, int32_t *labels, bool *is_core);

/* Runs both and fails the test at the first difference; `what` names the data. */
void check_against_brute(castmap_context *ctx, const castmap_points *points, const castmap_dbscan_options *options,
                         const char *what);

#endif
