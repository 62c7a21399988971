/* analysis/routes/segment_grid.c */
#include "analysis/routes/segment_grid.h"

#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

#define MOST_IN_MEAN 6.0 /* squares that a segment may touch in the mean, before the squares are made larger */

void cm_segment_grid_clear(cm_segment_grid *grid)
{
    free(grid->start);
    free(grid->segment);
    *grid = (cm_segment_grid){0};
}

double cm_segment_distance(double ax, double ay, double bx, double by, double x, double y, double *t)
{
    const double dx = bx - ax, dy = by - ay, square = dx * dx + dy * dy;
    double at = square > 0.0 ? ((x - ax) * dx + (y - ay) * dy) / square : 0.0;

    at = at < 0.0 ? 0.0 : at > 1.0 ? 1.0 : at;
    *t = at;
    return hypot(x - (ax + at * dx), y - (ay + at * dy));
}

static size_t cell_at(double offset, double cell_m, size_t count)
{
    const double at = floor(offset / cell_m);

    return at <= 0.0 ? 0 : at >= (double)count ? count - 1 : (size_t)at;
}

bool cm_segment_grid_cells(const cm_segment_grid *grid, double west, double south, double east, double north, size_t *first_column,
                           size_t *last_column, size_t *first_row, size_t *last_row)
{
    if (grid->columns == 0 || !(east >= grid->west) || !(north >= grid->south) ||
        !(west <= grid->west + (double)grid->columns * grid->cell_m) || !(south <= grid->south + (double)grid->rows * grid->cell_m))
        return false;
    *first_column = cell_at(west - grid->west, grid->cell_m, grid->columns);
    *last_column = cell_at(east - grid->west, grid->cell_m, grid->columns);
    *first_row = cell_at(south - grid->south, grid->cell_m, grid->rows);
    *last_row = cell_at(north - grid->south, grid->cell_m, grid->rows);
    return true;
}

typedef struct segments {
    size_t          n;
    const double   *x, *y;
    const uint32_t *line_of;
} segments;

static bool is_segment(const segments *in, size_t s)
{
    return s + 1 < in->n && in->line_of[s] == in->line_of[s + 1];
}

bool cm_segment_grid_of(const cm_segment_grid *grid, const double *x, const double *y, size_t s, size_t *first_column, size_t *last_column,
                        size_t *first_row, size_t *last_row)
{
    const double margin = grid->margin_m;

    return cm_segment_grid_cells(grid, fmin(x[s], x[s + 1]) - margin, fmin(y[s], y[s + 1]) - margin, fmax(x[s], x[s + 1]) + margin,
                                 fmax(y[s], y[s + 1]) + margin, first_column, last_column, first_row, last_row);
}

/* Squares so large that there are no more of them than segments, and that a segment does not touch many. */
static void choose_cells(const segments *in, size_t count, cm_segment_grid *grid)
{
    double west = INFINITY, south = INFINITY, east = -INFINITY, north = -INFINITY, cell;

    for (size_t i = 0; i < in->n; i++) {
        west = fmin(west, in->x[i]);
        east = fmax(east, in->x[i]);
        south = fmin(south, in->y[i]);
        north = fmax(north, in->y[i]);
    }
    grid->west = west;
    grid->south = south;
    cell = fmax(sqrt((east - west) * (north - south) / (double)count), fmax(east - west, north - south) / (double)count);
    cell = fmax(cell, 1e-3);
    for (;; cell *= 2.0) {
        double touched = 0.0;
        grid->cell_m = cell;
        grid->columns = (size_t)((east - west) / cell) + 1;
        grid->rows = (size_t)((north - south) / cell) + 1;
        for (size_t s = 0; s < in->n; s++) {
            size_t c0 = 0, c1 = 0, r0 = 0, r1 = 0;
            if (!is_segment(in, s))
                continue;
            (void)cm_segment_grid_of(grid, in->x, in->y, s, &c0, &c1, &r0, &r1);
            touched += (double)(c1 - c0 + 1) * (double)(r1 - r0 + 1);
        }
        if (touched <= MOST_IN_MEAN * (double)count || grid->columns * grid->rows <= 4)
            return;
    }
}

castmap_status cm_segment_grid_build(castmap_context *ctx, size_t n, const double *x, const double *y, const uint32_t *line_of,
                                     double margin_m, cm_segment_grid *out)
{
    const segments in = {n, x, y, line_of};
    cm_segment_grid grid = {.margin_m = margin_m};
    size_t count = 0;

    if (n >= UINT32_MAX / 2)
        return cm_fail(ctx, CASTMAP_E_LIMIT, "a street network may have at most 2,000 million vertices");
    for (size_t s = 0; s < n; s++)
        count += is_segment(&in, s);
    *out = grid;
    if (count == 0)
        return CASTMAP_OK;
    choose_cells(&in, count, &grid);
    const size_t cells = grid.columns * grid.rows;
    grid.start = cm_alloc_zero(cells + 2, sizeof *grid.start);
    if (!grid.start)
        return cm_fail_memory(ctx);
    for (int pass = 0; pass < 2; pass++) { /* counts into start[cell + 2]; then places, which moves start[cell + 1] to its end */
        for (size_t s = 0; s < n; s++) {
            size_t c0 = 0, c1 = 0, r0 = 0, r1 = 0;
            if (!is_segment(&in, s))
                continue;
            (void)cm_segment_grid_of(&grid, x, y, s, &c0, &c1, &r0, &r1);
            for (size_t row = r0; row <= r1; row++)
                for (size_t column = c0; column <= c1; column++) {
                    const size_t cell = row * grid.columns + column;
                    if (pass == 0)
                        grid.start[cell + 2]++;
                    else
                        grid.segment[grid.start[cell + 1]++] = (uint32_t)s;
                }
        }
        if (pass == 1)
            break;
        for (size_t cell = 0; cell < cells; cell++)
            grid.start[cell + 2] += grid.start[cell + 1];
        grid.segment = cm_alloc(grid.start[cells + 1], sizeof *grid.segment);
        if (!grid.segment) {
            cm_segment_grid_clear(&grid);
            return cm_fail_memory(ctx);
        }
    }
    *out = grid;
    return CASTMAP_OK;
}
