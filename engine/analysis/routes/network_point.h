/*
 * analysis/routes/network_point.h - where a place along an edge lies.
 */
#ifndef CM_ANALYSIS_ROUTES_NETWORK_POINT_H
#define CM_ANALYSIS_ROUTES_NETWORK_POINT_H

#include "castmap/routes.h"

/* Places before the beginning or behind the end of the edge are its ends. */
void cm_network_point(const castmap_network *network, uint32_t edge, double along_m, double *x, double *y);

#endif
