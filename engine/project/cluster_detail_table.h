/*
 * project/cluster_detail_table.h - how the places of a layer were found, and what is known of each beside its shape.
 */
#ifndef CM_PROJECT_CLUSTER_DETAIL_TABLE_H
#define CM_PROJECT_CLUSTER_DETAIL_TABLE_H

#include "project/layer_table.h"

/* layer->run_number, n and shapes are set already, and cluster_layer has its row. */
CASTMAP_NODISCARD castmap_status cm_cluster_detail_store(castmap_context *ctx, castmap_project *project,
                                                         const cm_cluster_layer *layer);
/* Fills what cm_cluster_detail_store() kept; a layer of the first schema has none of it and stays as it is. CASTMAP_E_PROJECT: damaged. */
CASTMAP_NODISCARD castmap_status cm_cluster_detail_load(castmap_context *ctx, castmap_project *project, cm_cluster_layer *layer);
/* Frees what belongs to it. */
void cm_cluster_detail_clear(cm_cluster_layer *layer);

#endif
