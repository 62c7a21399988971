/*
 * release/disclosure/heat_cells.c - see heat_cells.h.
 */
#include "release/disclosure/heat_cells.h"

#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

#define FINEST_M 125.0
#define MOST_CELLS 4e6

size_t cm_ladder(double top, double least, double edges[CM_CELL_CLASSES])
{
    static const double STEPS[] = {1.0, 2.0, 5.0};
    size_t n = 0;
    int highest = -9;
    double value[64];

    /* Steps -9 .. 30: 0.001 to 10,000,000,000 */
    for (int p = -9; p <= 30; p++) {
        const int decade = (p + 9) / 3 - 3;
        value[p + 9] = decade < 0 ? STEPS[(p + 9) % 3] / pow(10.0, -decade) : STEPS[(p + 9) % 3] * pow(10.0, decade);
        if (value[p + 9] <= top)
            highest = p;
    }
    for (int p = highest - (CM_CELL_CLASSES - 1); p <= highest; p++) {
        if (p >= -9 && value[p + 9] >= least)
            edges[n++] = value[p + 9];
    }
    if (n == 0)
        edges[n++] = least;
    return n;
}

double cm_cell_density(const cm_ledger_cell *cell)
{
    return (double)cell->published / (cell->side_m * cell->side_m / 1e6);
}

void cm_heat_cells_clear(cm_heat_cells *heat)
{
    free(heat->values);
    *heat = (cm_heat_cells){0};
}

static void choose_grid(double west, double south, double east, double north, castmap_grid *grid)
{
    double side = FINEST_M;

    while ((east - west) / side * ((north - south) / side) > MOST_CELLS)
        side *= 2.0;
    const double first = floor(west / side), last = ceil(east / side), low = floor(south / side), high = ceil(north / side);
    *grid = (castmap_grid){.west = first * side, .north = high * side, .cell_m = side,
                           .columns = (size_t)fmax(last - first, 1.0), .rows = (size_t)fmax(high - low, 1.0)};
}

static void spread(const cm_ledger_cell *cell, cm_heat_cells *heat)
{
    const castmap_grid *grid = &heat->grid;
    const double side = cell->side_m, density = cm_cell_density(cell);
    const double cx = ((double)cell->column + 0.5) * side, cy = ((double)cell->row + 0.5) * side;
    const double first = fmax(floor((cx - side - grid->west) / grid->cell_m), 0.0);
    const double last = fmin(ceil((cx + side - grid->west) / grid->cell_m), (double)grid->columns);
    const double top = fmax(floor((grid->north - cy - side) / grid->cell_m), 0.0);
    const double bottom = fmin(ceil((grid->north - cy + side) / grid->cell_m), (double)grid->rows);

    for (double r = top; r < bottom; r++) {
        const double dy = fabs(grid->north - (r + 0.5) * grid->cell_m - cy) / side;
        for (double c = first; c < last; c++) {
            const double dx = fabs(grid->west + (c + 0.5) * grid->cell_m - cx) / side;
            if (dx < 1.0 && dy < 1.0)
                heat->values[(size_t)r * grid->columns + (size_t)c] += density * (1.0 - dx) * (1.0 - dy);
        }
    }
}

castmap_status cm_heat_cells_make(castmap_context *ctx, const cm_ledger_cell *cells, size_t n, double west,
                                  double south, double east, double north, cm_heat_cells *out)
{
    cm_heat_cells heat = {0};
    double most = 0.0;

    choose_grid(west, south, east, north, &heat.grid);
    heat.values = cm_alloc_zero(heat.grid.columns * heat.grid.rows, sizeof *heat.values);
    if (!heat.values)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < n; i++) {
        spread(&cells[i], &heat);
        most = fmax(most, cm_cell_density(&cells[i]));
    }
    /* The top class begins well under the densest cell, so that it is seen; without cells the classes are those of a small town. */
    heat.n_breaks = cm_ladder(n > 0 ? most * 0.7 : 20.0, 0.001, heat.breaks);
    *out = heat;
    return CASTMAP_OK;
}
