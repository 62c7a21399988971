/*
 * runs/projected_areas.c - a boundary set in the working CRS.
 */
#include "runs/projected_areas.h"

#include "base/fail.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

void cm_projected_areas_clear(cm_projected_areas *areas)
{
    cm_boundary_set_clear(&areas->set);
    free(areas->x);
    free(areas->y);
    memset(areas, 0, sizeof *areas);
}

castmap_polygons cm_projected_areas_view(const cm_projected_areas *areas)
{
    castmap_polygons view = cm_polygon_set_view(&areas->set.shape);

    view.x = areas->x;
    view.y = areas->y;
    return view;
}

castmap_status cm_projected_areas_load(castmap_context *ctx, castmap_project *project, const char *level,
                                       const cm_projection *projection, cm_projected_areas *out)
{
    cm_projected_areas areas = {0};
    castmap_status status = cm_boundary_load(ctx, project, level, &areas.set);

    if (status)
        goto done;
    const size_t n = areas.set.shape.vertices;
    areas.x = cm_alloc(n, sizeof *areas.x);
    areas.y = cm_alloc(n, sizeof *areas.y);
    if (!areas.x || !areas.y) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    status = cm_projection_forward(ctx, projection, n, areas.set.shape.x, areas.set.shape.y, areas.x, areas.y, NULL);
    if (status)
        goto done;
    *out = areas;
    memset(&areas, 0, sizeof areas);

done:
    cm_projected_areas_clear(&areas);
    return status;
}
