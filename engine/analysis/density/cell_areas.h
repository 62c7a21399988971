/*
 * analysis/density/cell_areas.h - the centres of cells, and the areas they lie in.
 */
#ifndef CM_ANALYSIS_DENSITY_CELL_AREAS_H
#define CM_ANALYSIS_DENSITY_CELL_AREAS_H

#include "castmap/density.h"

static inline void cm_cell_centre(const castmap_grid *g, size_t column, size_t row, double *x, double *y)
{
    *x = g->west + ((double)column + 0.5) * g->cell_m;
    *y = g->north - ((double)row + 0.5) * g->cell_m;
}

/* Area of each cell's centre, or CASTMAP_NO_AREA: [columns * rows], owned by the caller. */
CASTMAP_NODISCARD castmap_status cm_cell_areas(castmap_context *ctx, const castmap_polygons *areas, const castmap_grid *grid, int32_t **out);

#endif
