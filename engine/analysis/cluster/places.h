/*
 * analysis/cluster/places.h - points that stand on one another made one place with their summed weight.
 */
#ifndef CM_ANALYSIS_CLUSTER_PLACES_H
#define CM_ANALYSIS_CLUSTER_PLACES_H

#include "castmap/points.h"

typedef struct cm_places {
    size_t    count;
    double   *x, *y;    /* owned [count], ordered by x, then y: so nothing depends on the order of the rows */
    double   *weight;   /* owned [count] */
    double    total;    /* sum of the weights */
    uint32_t *place_of; /* owned [points] */
} cm_places;

/* Checks what castmap_points promises (CASTMAP_E_DATA, CASTMAP_E_ARGUMENT beyond INT32_MAX points). `out` must be empty. */
CASTMAP_NODISCARD castmap_status cm_places_make(castmap_context *ctx, const castmap_points *points, cm_places *out);
void cm_places_clear(cm_places *places);

#endif
