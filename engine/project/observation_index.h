/*
 * project/observation_index.h - the spatial index of the observations, made anew.
 */
#ifndef CM_PROJECT_OBSERVATION_INDEX_H
#define CM_PROJECT_OBSERVATION_INDEX_H

#include "project/sqlite.h"

/* Pack the index from all rows of the table, inside the open transaction. */
CASTMAP_NODISCARD castmap_status cm_observation_index_rebuild(castmap_context *ctx, cm_db *db);

#endif
