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
#define LOWEST_STEP (-9)
#define HIGHEST_STEP 30
#define OF_A_SMALL_TOWN 20.0
#define MOST_IN_LOWEST 0.25 /* of all reports shown: beyond, the classes are made wider */
#define UNDER_MOST 0.7
#define AT_CORNERS 0.25 /* of its density a cell that stands alone has at its corners */

/* Step p of the ladder, -9 (0.001) .. 30 (10,000,000,000). */
static double ladder_value(int p)
{
    static const double STEPS[] = {1.0, 2.0, 5.0};
    const int decade = (p + 9) / 3 - 3;

    return decade < 0 ? STEPS[(p + 9) % 3] / pow(10.0, -decade) : STEPS[(p + 9) % 3] * pow(10.0, decade);
}

/* The highest step not above the value; the lowest where all are. */
static int ladder_step(double value)
{
    int step = LOWEST_STEP;

    while (step < HIGHEST_STEP && ladder_value(step + 1) <= value)
        step++;
    return step;
}

size_t cm_ladder(double top, double least, int stride, double edges[CM_CELL_CLASSES])
{
    const int highest = ladder_step(top), lowest = ladder_step(least);
    const int above = (highest - lowest + stride - 1) / stride; /* steps that lie above the lowest one */
    const int n = above < 0 ? 1 : above + 1 < CM_CELL_CLASSES ? above + 1 : CM_CELL_CLASSES;

    edges[0] = ladder_value(lowest);
    for (int k = 1; k < n; k++)
        edges[k] = ladder_value(highest - (n - 1 - k) * stride);
    return (size_t)n;
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

/*
 * The top class begins well under the densest cell, so that it is seen, the lowest where it covers every cell. Where that would leave much of what is shown in the lowest class,
 * a town among cities say, every second step of the ladder is taken. Without cells the classes are those of a small town.
 */
static void choose_classes(const cm_ledger_cell *cells, size_t n, cm_heat_cells *heat)
{
    double most = 0.0, least = INFINITY, sum = 0.0, low = 0.0;

    for (size_t i = 0; i < n; i++) {
        most = fmax(most, cm_cell_density(&cells[i]));
        least = fmin(least, cm_cell_density(&cells[i]));
        sum += (double)cells[i].published;
    }
    if (n == 0) {
        most = OF_A_SMALL_TOWN / UNDER_MOST;
        least = OF_A_SMALL_TOWN / AT_CORNERS / 20.0;
    }
    heat->n_breaks = cm_ladder(most * UNDER_MOST, least * AT_CORNERS, 1, heat->breaks);
    for (size_t i = 0; i < n && heat->n_breaks > 1; i++)
        low += cm_cell_density(&cells[i]) < heat->breaks[1] ? (double)cells[i].published : 0.0;
    if (low > MOST_IN_LOWEST * sum)
        heat->n_breaks = cm_ladder(most * UNDER_MOST, least * AT_CORNERS, 2, heat->breaks);
}

castmap_status cm_heat_cells_make(castmap_context *ctx, const cm_ledger_cell *cells, size_t n, double west,
                                  double south, double east, double north, cm_heat_cells *out)
{
    cm_heat_cells heat = {0};

    choose_grid(west, south, east, north, &heat.grid);
    heat.values = cm_alloc_zero(heat.grid.columns * heat.grid.rows, sizeof *heat.values);
    if (!heat.values)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < n; i++)
        spread(&cells[i], &heat);
    choose_classes(cells, n, &heat);
    *out = heat;
    return CASTMAP_OK;
}
