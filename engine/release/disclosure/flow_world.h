/*
 * release/disclosure/flow_world.h - movements between countries on a plain frame of the world.
 *
 * Where movements were counted by words and the words are countries, they can be drawn without borders: each country is a small disc at its rough centre, in an equal-area
 * projection of the world (Equal Earth). All countries are there, so that the frame says nothing of which ones the table names.
 *
 * Source: B. Savric, T. Patterson, B. Jenny (2018), "The Equal Earth map projection", International Journal of Geographical Information Science 33.
 */
#ifndef CM_RELEASE_DISCLOSURE_FLOW_WORLD_H
#define CM_RELEASE_DISCLOSURE_FLOW_WORLD_H

#include "release/disclosure/release_flows.h"

#define CM_WORLD_CRS "+proj=eqearth +lon_0=0 +datum=WGS84 +units=m +no_defs +type=crs"
#define CM_WORLD_HALF_WIDTH_M 17243960.0
#define CM_WORLD_HALF_HEIGHT_M 8392930.0

bool cm_is_world(const cm_release_inputs *inputs);
/* Has the project movements counted by words, and nothing that chose a coordinate system? */
CASTMAP_NODISCARD castmap_status cm_world_wanted(castmap_context *ctx, castmap_project *project, bool *wanted);

/* Number the areas of the layer anew as countries, with their discs. What begins or ends in no country is left out, with a warning that says how much. */
CASTMAP_NODISCARD castmap_status cm_flow_world(castmap_context *ctx, const cm_release_inputs *inputs, cm_flow_inputs *flows);

/* A frame around what is shown. marked [flows->areas.set.count]: a shown flow begins or ends there. */
void cm_world_extent(const cm_flow_inputs *flows, const bool *marked, cm_release_build *build);
/* All countries, those marked with their names, as what lies under the flows: the layer "boundaries". */
CASTMAP_NODISCARD castmap_status cm_world_frame(castmap_context *ctx, const cm_release_inputs *inputs, const cm_flow_inputs *flows, const bool *marked,
                                                 cm_release_build *build);

#endif
