/*
 * release/disclosure/heat_cells.h - a heat map made of published cells and of nothing else.
 *
 * Each cell's count is spread over a pyramid twice as wide as the cell (between equal neighbours that is linear interpolation), so that the map has soft
 * edges and still is a function of published numbers. Class edges come from the ladder 1, 2, 5, 10, 20, 50, ... The lowest class begins so low that it covers every
 * cell: what is blank is a place of which nothing is shown, not one where a large cell holds little a km2.
 */
#ifndef CM_RELEASE_DISCLOSURE_HEAT_CELLS_H
#define CM_RELEASE_DISCLOSURE_HEAT_CELLS_H

#include "castmap/density.h"
#include "project/ledger_table.h"

#define CM_CELL_CLASSES 5

/*
 * At most five edges of the ladder, ascending: the highest is the largest step not above `top`, the lowest the largest not above `least`; between them, from the highest down, every step (stride 1) or
 * every second one (2), so that the lowest class may be wide. Steps go from 0.001 to 10^10. Gives how many.
 */
size_t cm_ladder(double top, double least, int stride, double edges[CM_CELL_CLASSES]);

typedef struct cm_heat_cells {
    castmap_grid grid;
    double      *values;   /* owned; per km2; stays inside this room */
    size_t       n_breaks;
    double       breaks[CM_CELL_CLASSES];
} cm_heat_cells;

void cm_heat_cells_clear(cm_heat_cells *heat);

/* Over west..east, south..north, metres. */
CASTMAP_NODISCARD castmap_status cm_heat_cells_make(castmap_context *ctx, const cm_ledger_cell *cells, size_t n,
                                                    double west, double south, double east, double north,
                                                    cm_heat_cells *out);

/* Count of a cell per km2. */
double cm_cell_density(const cm_ledger_cell *cell);

#endif
