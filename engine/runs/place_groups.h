/*
 * runs/place_groups.h - places that form larger groups, where the method knows such: the orders of nearest neighbour clustering.
 *
 * They follow from what a layer holds (centres, study area, smallest number), to the last bit: so they are made anew from it wherever they
 * are shown, and no second copy can differ.
 */
#ifndef CM_RUNS_PLACE_GROUPS_H
#define CM_RUNS_PLACE_GROUPS_H

#include "project/layer_table.h"

typedef struct cm_place_groups {
    size_t               count;
    castmap_place_group *group;   /* owned [count], order 2 first, then by number; lon and lat are not set */
    double  *x, *y;               /* owned [count] centres, metres */
    int32_t *of_place;            /* owned [clusters] number of the group of order 2; 0: none */
    size_t  *hull_start;          /* owned [count + 1] */
    double  *hull_x, *hull_y;     /* owned [hull_start[count]] outlines round all members, metres, not repeated, counter-clockwise */
} cm_place_groups;

/* *out must be empty. Nothing in it where the method forms no groups, or none formed. */
CASTMAP_NODISCARD castmap_status cm_place_groups_make(castmap_context *ctx, const cm_cluster_layer *layer, cm_place_groups *out);
void cm_place_groups_clear(cm_place_groups *groups);

#endif
