/*
 * project/observation_index.h - the spatial index of observations, made anew from the table.
 */
#ifndef CM_PROJECT_OBSERVATION_INDEX_H
#define CM_PROJECT_OBSERVATION_INDEX_H

#include "project/packed_rtree.h"

/* Read every place of the table and pack the tree again. `beside`: the project's path. */
CASTMAP_NODISCARD castmap_status cm_observation_index_rebuild(castmap_context *ctx, cm_db *db, const char *beside);

/* Add the places of the rows before `first` to the points. */
CASTMAP_NODISCARD castmap_status cm_observation_index_read(castmap_context *ctx, cm_db *db, int64_t first, cm_rtree_points *points);

#endif
