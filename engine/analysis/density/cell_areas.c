/*
 * analysis/density/cell_areas.c - the areas that the centres of cells lie in.
 */
#include "analysis/density/cell_areas.h"

#include "base/fail.h"
#include "base/memory.h"
#include "castmap/areas.h"

#include <stdlib.h>

castmap_status cm_cell_areas(castmap_context *ctx, const castmap_polygons *areas, const castmap_grid *g, int32_t **out)
{
    castmap_area_locator *locator = NULL;
    int32_t *area = cm_alloc(g->columns * g->rows, sizeof *area);
    double *x = cm_alloc(g->columns, sizeof *x), *y = cm_alloc(g->columns, sizeof *y);
    castmap_status status = area && x && y ? CASTMAP_OK : cm_fail_memory(ctx);

    if (!status)
        status = castmap_area_locator_new(ctx, areas, NULL, &locator);
    for (size_t row = 0; row < g->rows && !status; row++) {
        const castmap_points centres = {.count = g->columns, .x = x, .y = y};
        for (size_t c = 0; c < g->columns; c++)
            cm_cell_centre(g, c, row, &x[c], &y[c]);
        status = castmap_area_locate(ctx, locator, &centres, area + row * g->columns);
    }
    castmap_area_locator_free(locator);
    free(x);
    free(y);
    if (status) {
        free(area);
        return status;
    }
    *out = area;
    return CASTMAP_OK;
}
