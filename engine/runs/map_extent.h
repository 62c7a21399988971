/*
 * runs/map_extent.h - the part of the country that a map shows.
 */
#ifndef CM_RUNS_MAP_EXTENT_H
#define CM_RUNS_MAP_EXTENT_H

#include "runs/projected_areas.h"

typedef struct cm_extent {
    double west, south, east, north; /* metres */
} cm_extent;

/*
 * The extent of all areas, or, where they reach far beyond the observations (a file of the whole country), of the fewest areas, fullest first,
 * that hold 99 % of the observations that lie in any. It follows area borders, never observations. events: [areas->set.count].
 * `focus` is out [set.count] or NULL: whether an area meets the extent.
 */
CASTMAP_NODISCARD castmap_status cm_map_extent(castmap_context *ctx, const cm_projected_areas *areas, const int64_t *events,
                                               cm_extent *out, bool *focus);

#endif
