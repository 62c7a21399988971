/*
 * analysis/density/density_direct.c - kernels added cell by cell: those that are no polynomials, and radii of a few cells.
 *
 * The Gaussian is a product of a function of x and one of y: for a block of rows its values along x are computed once per point and
 * added to each row with one factor. From the cell nearest to the point outwards each value follows from the one before, because
 * exp(-(d + c)^2 / 2 s^2) has a ratio to exp(-d^2 / 2 s^2) that itself changes by a constant factor; the error is some 1e-14 of the value.
 */
#include "analysis/density/density_rows.h"

#include "base/vectors.h"

#include <math.h>
#include <string.h>

typedef struct span {
    size_t first, end; /* cells of a row or rows of a block; empty when first >= end */
} span;

/* Cells whose centres lie within `half` of `at` (both in cells from the first centre), with one more on each side for rounding. */
static span cells_within(double at, double half, size_t cells)
{
    const double from = floor(at - half) - 1.0, to = ceil(at + half) + 2.0;
    const span found = {from > 0.0 ? (size_t)fmin(from, (double)cells) : 0, to > 0.0 ? (size_t)fmin(to, (double)cells) : 0};

    return found;
}

CM_WIDE_VECTORS static void add_cells(castmap_kernel kernel, double *restrict row, size_t n, double dx, double cell, double dy,
                                      double radius, double w)
{
    const double square = radius * radius, inverse = 1.0 / radius, inverse_square = inverse * inverse, dy2 = dy * dy;

    if (kernel == CASTMAP_KERNEL_TRIANGULAR) {
        for (size_t c = 0; c < n; c++) {
            const double d = dx + (double)(int32_t)c * cell, u = 1.0 - sqrt(d * d + dy2) * inverse;
            row[c] += u > 0.0 ? w * u : 0.0;
        }
    } else if (kernel == CASTMAP_KERNEL_EPANECHNIKOV) {
        for (size_t c = 0; c < n; c++) {
            const double d = dx + (double)(int32_t)c * cell, u = 1.0 - (d * d + dy2) * inverse_square;
            row[c] += u > 0.0 ? w * u : 0.0;
        }
    } else if (kernel == CASTMAP_KERNEL_QUARTIC) {
        for (size_t c = 0; c < n; c++) {
            const double d = dx + (double)(int32_t)c * cell, u = 1.0 - (d * d + dy2) * inverse_square;
            row[c] += u > 0.0 ? w * (u * u) : 0.0;
        }
    } else if (kernel == CASTMAP_KERNEL_TRIWEIGHT) {
        for (size_t c = 0; c < n; c++) {
            const double d = dx + (double)(int32_t)c * cell, u = 1.0 - (d * d + dy2) * inverse_square;
            row[c] += u > 0.0 ? w * (u * u * u) : 0.0;
        }
    } else {
        for (size_t c = 0; c < n; c++) {
            const double d = dx + (double)(int32_t)c * cell;
            row[c] += d * d + dy2 < square ? w : 0.0;
        }
    }
}

CM_WIDE_VECTORS static void add_scaled(double *restrict row, const double *restrict values, size_t n, double factor)
{
    for (size_t c = 0; c < n; c++)
        row[c] += values[c] * factor;
}

static void add_uniform(const castmap_grid *g, double *row, span cells, double x, double dy, double radius, double w)
{
    for (size_t c = cells.first; c < cells.end; c++) { /* centres as everyone else computes them: the step must be exact */
        const double d = g->west + ((double)c + 0.5) * g->cell_m - x;
        if (d * d + dy * dy < radius * radius)
            row[c] += w;
    }
}

size_t cm_density_gaussian_scratch(const cm_density_job *job)
{
    return job->grid->columns + CM_DENSITY_GAUSSIAN_ROWS;
}

/*
 * exp(-d^2 / 2 s^2) at the cells of a span, into values[0..]; `at` is where the point lies, in cells from centre 0, and `cell` a cell in deviations.
 * It always starts at the cell nearest to the point among `cells`, so that the values of a cell do not depend on the span asked for.
 */
static void gaussian_values(span wanted, size_t cells, double at, double cell, double *values)
{
    const double step = exp(-cell * cell);
    const size_t nearest = at > 0.0 ? (size_t)fmin(round(at), (double)cells - 1.0) : 0;

    for (int way = 1; way >= -1; way -= 2) {
        const double d = ((double)nearest - at) * cell * way;
        double value = exp(-0.5 * d * d), ratio = exp(-d * cell - 0.5 * cell * cell);
        size_t c = nearest;
        for (;;) {
            if (c >= wanted.first && c < wanted.end)
                values[c - wanted.first] = value;
            if (way > 0 ? c + 1 >= wanted.end : c <= wanted.first)
                break;
            c = way > 0 ? c + 1 : c - 1;
            value *= ratio;
            ratio *= step;
        }
    }
}

void cm_density_add_place(const castmap_grid *g, castmap_kernel kernel, double reach_m, double sigma_m, double x, double y,
                          double weight, size_t begin, size_t end, double *scratch, double *values)
{
    const double per_m = 1.0 / g->cell_m, at_x = (x - g->west) * per_m - 0.5, at_y = (g->north - y) * per_m - 0.5;
    span rows = cells_within(at_y, reach_m * per_m, g->rows);

    rows.first = rows.first > begin ? rows.first : begin;
    rows.end = rows.end < end ? rows.end : end;
    if (rows.first >= rows.end)
        return;
    if (kernel == CASTMAP_KERNEL_GAUSSIAN) {
        const span columns = cells_within(at_x, reach_m * per_m, g->columns);
        double *along_x = scratch, *along_y = scratch + g->columns;
        if (columns.first >= columns.end)
            return;
        gaussian_values(columns, g->columns, at_x, g->cell_m / sigma_m, along_x);
        gaussian_values(rows, g->rows, at_y, g->cell_m / sigma_m, along_y);
        for (size_t r = rows.first; r < rows.end; r++)
            add_scaled(values + r * g->columns + columns.first, along_x, columns.end - columns.first,
                       along_y[r - rows.first] * weight);
        return;
    }
    for (size_t r = rows.first; r < rows.end; r++) {
        const double dy = g->north - ((double)r + 0.5) * g->cell_m - y, square = reach_m * reach_m - dy * dy;
        double *row = values + r * g->columns;
        if (!(square > 0.0))
            continue;
        const span cells = cells_within(at_x, sqrt(square) * per_m, g->columns);
        if (cells.first >= cells.end)
            continue;
        if (kernel == CASTMAP_KERNEL_UNIFORM)
            add_uniform(g, row, cells, x, dy, reach_m, weight);
        else
            add_cells(kernel, row + cells.first, cells.end - cells.first,
                      g->west + ((double)cells.first + 0.5) * g->cell_m - x, g->cell_m, dy, reach_m, weight);
    }
}

/* All points within reach of a block of rows, and the scale. */
static void sum_block(const cm_density_job *job, size_t begin, size_t end, double *scratch)
{
    const castmap_grid *g = job->grid;
    const cm_density_points *p = job->points;
    size_t bin, last, ignored;

    memset(job->values + begin * g->columns, 0, (end - begin) * g->columns * sizeof(double));
    cm_density_points_bins(p, g, job->radius_m, begin, &bin, &ignored);
    cm_density_points_bins(p, g, job->radius_m, end - 1, &ignored, &last);
    for (; bin < last; bin++) {
        for (size_t i = p->begin[bin]; i < p->end[bin]; i++)
            cm_density_add_place(g, job->kernel, job->radius_m, job->sigma_m, p->x[i], p->y[i], p->w[i], begin, end, scratch,
                                 job->values);
    }
    for (size_t i = begin * g->columns; i < end * g->columns; i++)
        job->values[i] *= job->scale;
}

castmap_status cm_density_direct_rows(size_t begin, size_t end, unsigned worker, void *payload)
{
    (void)worker;
    sum_block(payload, begin, end, NULL);
    return CASTMAP_OK;
}

castmap_status cm_density_gaussian_rows(size_t begin, size_t end, unsigned worker, void *payload)
{
    const cm_density_job *job = payload;

    sum_block(job, begin, end, job->scratch[worker]);
    return CASTMAP_OK;
}
