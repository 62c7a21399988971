/*
 * project/heat_slice_table.h - the slices in time of a heat layer.
 */
#ifndef CM_PROJECT_HEAT_SLICE_TABLE_H
#define CM_PROJECT_HEAT_SLICE_TABLE_H

#include "project/layer_table.h"

CASTMAP_NODISCARD castmap_status cm_heat_slices_store(castmap_context *ctx, castmap_project *project, const cm_heat_layer *layer);
/* Into a layer whose grid is known. */
CASTMAP_NODISCARD castmap_status cm_heat_slices_load(castmap_context *ctx, castmap_project *project, cm_heat_layer *layer);
void cm_heat_slices_clear(cm_heat_layer *layer);

#endif
