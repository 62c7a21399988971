/*
 * release/disclosure/release_places.h - what the layers of places share.
 */
#ifndef CM_RELEASE_DISCLOSURE_RELEASE_PLACES_H
#define CM_RELEASE_DISCLOSURE_RELEASE_PLACES_H

#include "project/layer_table.h"
#include "release/disclosure/release_inputs.h"

/* A feature more: the ring x, y [n]; where it holds no ground, a circle of that radius round the centre. Not 0: out of memory. */
int cm_release_ring(cm_polygon_set *set, const double *x, const double *y, size_t n, double area_km2, double centre_x, double centre_y,
                    double radius_m);

/* release_place_groups.c: the layer "groups", where the places of the layer form larger groups.
 * *of_place is then the caller's: the group of each cluster, or NULL where there are no groups. */
CASTMAP_NODISCARD castmap_status cm_release_place_groups(castmap_context *ctx, const cm_release_inputs *in, const cm_cluster_layer *clusters,
                                                         cm_release_build *build, int32_t **of_place);

#endif
