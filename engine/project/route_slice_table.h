/* project/route_slice_table.h - what a layer of streets holds beyond densities of observations: persons, exposure, slices. */
#ifndef CM_PROJECT_ROUTE_SLICE_TABLE_H
#define CM_PROJECT_ROUTE_SLICE_TABLE_H

#include "project/route_layer_table.h"

/* The row of the layer is there. */
CASTMAP_NODISCARD castmap_status cm_route_extras_store(castmap_context *ctx, castmap_project *project, const cm_route_layer *layer);
/* n_pieces, n_stretches and the stretches are there; all else is filled in. CASTMAP_E_PROJECT: what is stored is damaged. */
CASTMAP_NODISCARD castmap_status cm_route_extras_load(castmap_context *ctx, castmap_project *project, cm_route_layer *layer);

#endif
