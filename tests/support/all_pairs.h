/* Distances between all places of a small network in the plainest way: places put in as nodes, R. W. Floyd's search (1962). */
#ifndef CM_TESTS_SUPPORT_ALL_PAIRS_H
#define CM_TESTS_SUPPORT_ALL_PAIRS_H

#include "castmap/network.h"

/* out [places->count][places->count], row: from; INFINITY where no way leads. */
void all_pairs(const castmap_network *network, const castmap_network_events *places, bool one_way, double *out);
#endif
