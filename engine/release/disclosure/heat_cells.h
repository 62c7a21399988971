/*
 * release/disclosure/heat_cells.h - a heat map made of published cells and of nothing else.
 *
 * Each cell's count is spread over a pyramid twice as wide as the cell (between equal neighbours that is linear interpolation), so that the map has soft
 * edges and still is a function of published numbers. Class edges come from the ladder 1, 2, 5, 10, 20, 50, ...
 */
#ifndef CM_RELEASE_DISCLOSURE_HEAT_CELLS_H
#define CM_RELEASE_DISCLOSURE_HEAT_CELLS_H

#include "castmap/density.h"
#include "project/ledger_table.h"

#define CM_CELL_CLASSES 5

/* Five edges of the ladder, ascending, the highest being the largest one not above `top`; never below `least`, so there may be fewer. Gives how many. */
size_t cm_ladder(double top, double least, double edges[CM_CELL_CLASSES]);

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
