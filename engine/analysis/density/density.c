/*
 * analysis/density/density.c - exact kernel density on a grid, row by row.
 *
 *   1. order_points  by y, then x, then weight; points at one place become one with their common weight
 *   2. sweep_rows    per row of cells: every point within reach adds its kernel on an interval of cells      in parallel
 *
 * Along a row the kernels (1 - r^2)^p are polynomials in the cell's position, so a point adds their coefficients where its interval begins and
 * takes them off where it ends; one running sum over the row then gives every cell (T. N. Chan, L. H. U, B. Choi, J. Xu (2022), "SLAM: efficient
 * sweep line algorithms for kernel density visualization", SIGMOD). A row is cut into tiles of about four radii with an origin of their own:
 * powers of the position stay small there, and cancellation with them. A cell that no interval covers is exactly 0.
 *
 * The triangular and Gaussian kernels are no polynomials; their points add to each cell of their interval.
 *
 * Points are summed in the order of step 1 and rows do not share sums, so the result depends neither on the order of the rows of the table
 * nor on threads.
 */
#include "castmap/density.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/sort.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846
#define ROWS_A_CHUNK 8
#define TILE_RADII 4.0
#define LEAST_TILE 32
#define MOST_TERMS 8
#define GAUSSIAN_ERROR 5e-7 /* of the maximum */

typedef struct sweep {
    const castmap_grid *grid;
    castmap_kernel kernel;
    double radius;     /* reach of a point, metres */
    double sigma;      /* Gaussian */
    double scale;      /* events per km2 of a kernel's height 1 */
    size_t n;
    double *x, *y, *w; /* owned [n], in summing order */
    size_t tile;       /* cells */
    int terms;         /* coefficients and the count of open intervals */
    double *values;    /* borrowed */
} sweep;

static void sweep_clear(sweep *s)
{
    free(s->x);
    free(s->y);
    free(s->w);
}

static int terms_of(castmap_kernel kernel)
{
    switch (kernel) {
    case CASTMAP_KERNEL_UNIFORM:
        return 2;
    case CASTMAP_KERNEL_EPANECHNIKOV:
        return 4;
    case CASTMAP_KERNEL_QUARTIC:
        return 6;
    case CASTMAP_KERNEL_TRIWEIGHT:
        return 8;
    case CASTMAP_KERNEL_GAUSSIAN:
    case CASTMAP_KERNEL_TRIANGULAR:
        break;
    }
    return 0;
}

/* Height of the kernel at its centre, per km2 (B. W. Silverman 1986, section 4.2). */
static double height_per_km2(castmap_kernel kernel, double radius, double sigma)
{
    const double square = PI * radius * radius / 1e6;

    switch (kernel) {
    case CASTMAP_KERNEL_UNIFORM:
        return 1.0 / square;
    case CASTMAP_KERNEL_EPANECHNIKOV:
        return 2.0 / square;
    case CASTMAP_KERNEL_QUARTIC:
    case CASTMAP_KERNEL_TRIANGULAR:
        return 3.0 / square;
    case CASTMAP_KERNEL_TRIWEIGHT:
        return 4.0 / square;
    case CASTMAP_KERNEL_GAUSSIAN:
        break;
    }
    return 1.0 / (2.0 * PI * sigma * sigma / 1e6);
}

/*
 * Coefficients of w (q - (z - a)^2)^p in powers of z, then 1 for the open interval. With A = q - a^2 and B = 2a the bracket is A + B z - z^2.
 */
static void coefficients(castmap_kernel kernel, double w, double q, double a, double *c)
{
    const double A = q - a * a, B = 2.0 * a;

    switch (kernel) {
    case CASTMAP_KERNEL_EPANECHNIKOV:
        c[0] = w * A;
        c[1] = w * B;
        c[2] = -w;
        c[3] = 1.0;
        return;
    case CASTMAP_KERNEL_QUARTIC:
        c[0] = w * (A * A);
        c[1] = w * (2.0 * A * B);
        c[2] = w * (B * B - 2.0 * A);
        c[3] = w * (-2.0 * B);
        c[4] = w;
        c[5] = 1.0;
        return;
    case CASTMAP_KERNEL_TRIWEIGHT:
        c[0] = w * (A * A * A);
        c[1] = w * (3.0 * A * A * B);
        c[2] = w * (3.0 * A * (B * B - A));
        c[3] = w * (B * (B * B - 6.0 * A));
        c[4] = w * (3.0 * (A - B * B));
        c[5] = w * (3.0 * B);
        c[6] = -w;
        c[7] = 1.0;
        return;
    default:
        c[0] = w;
        c[1] = 1.0;
        return;
    }
}

typedef struct interval {
    ptrdiff_t first, last; /* cells of the row, both inclusive; empty when first > last */
} interval;

/* Cells of the row whose centres lie within the radius of a point; `dy` apart. */
static interval cells_within(const sweep *s, double px, double dy)
{
    const castmap_grid *g = s->grid;
    const double centre = g->west + 0.5 * g->cell_m, square = s->radius * s->radius - dy * dy;
    const double half = sqrt(fmax(square, 0.0)), most = (double)g->columns;
    interval in = {(ptrdiff_t)fmin(fmax(ceil((px - half - centre) / g->cell_m), 0.0), most),
                   (ptrdiff_t)fmin(fmax(floor((px + half - centre) / g->cell_m), -1.0), most - 1.0)};

    if (s->kernel == CASTMAP_KERNEL_UNIFORM) {
        /* Its edge is a step, so the closed circle is kept to the last bit. */
        while (in.first > 0 && fabs(centre + (double)(in.first - 1) * g->cell_m - px) <= half)
            in.first--;
        while (in.first <= in.last && fabs(centre + (double)in.first * g->cell_m - px) > half)
            in.first++;
        while (in.last + 1 < (ptrdiff_t)g->columns && fabs(centre + (double)(in.last + 1) * g->cell_m - px) <= half)
            in.last++;
        while (in.last >= in.first && fabs(centre + (double)in.last * g->cell_m - px) > half)
            in.last--;
    }
    return in;
}

static void add_polynomial(const sweep *s, double *terms, size_t i, double dy)
{
    const castmap_grid *g = s->grid;
    const interval in = cells_within(s, s->x[i], dy);
    const double q = 1.0 - dy / s->radius * (dy / s->radius);
    const size_t k = (size_t)s->terms;

    for (ptrdiff_t at = in.first; at <= in.last;) {
        const size_t tile = (size_t)at / s->tile, end = (tile + 1) * s->tile;
        const double origin = g->west + ((double)(tile * s->tile) + 0.5 * (double)s->tile) * g->cell_m;
        double c[MOST_TERMS];
        coefficients(s->kernel, s->w[i], q, (s->x[i] - origin) / s->radius, c);
        double *open = terms + (size_t)at * k;
        for (size_t t = 0; t < k; t++)
            open[t] += c[t];
        /* A tile starts from nothing, so an interval that goes on need not be closed. */
        if ((size_t)in.last + 1 < end && (size_t)in.last + 1 < g->columns) {
            double *close = terms + ((size_t)in.last + 1) * k;
            for (size_t t = 0; t < k; t++)
                close[t] -= c[t];
        }
        at = (ptrdiff_t)end;
    }
}

/* Running sums over one row, evaluated at the centres; clears the terms for the next row. */
static void sum_row(const sweep *s, double *terms, double *row)
{
    const castmap_grid *g = s->grid;
    const size_t k = (size_t)s->terms, powers = k == 8 ? 7 : k == 6 ? 5 : k == 4 ? 3 : 1;
    const size_t count = k - 1;
    double sum[MOST_TERMS];

    for (size_t c = 0; c < g->columns; c++) {
        double *here = terms + c * k;
        if (c % s->tile == 0)
            memset(sum, 0, sizeof sum);
        for (size_t t = 0; t < k; t++) {
            sum[t] += here[t];
            here[t] = 0.0;
        }
        if (sum[count] == 0.0) { /* counts are whole, so they cancel exactly; the rest only nearly */
            memset(sum, 0, sizeof sum);
            row[c] = 0.0;
            continue;
        }
        const double z = ((double)(c % s->tile) + 0.5 - 0.5 * (double)s->tile) * g->cell_m / s->radius;
        double value = sum[powers - 1];
        for (size_t t = powers - 1; t-- > 0;)
            value = value * z + sum[t];
        row[c] = value > 0.0 ? value * s->scale : 0.0;
    }
}

static void add_triangle(const sweep *s, double *row, size_t i, double dy)
{
    const castmap_grid *g = s->grid;
    const interval in = cells_within(s, s->x[i], dy);
    const double first = g->west + 0.5 * g->cell_m - s->x[i];

    for (ptrdiff_t c = in.first; c <= in.last; c++) {
        const double dx = first + (double)c * g->cell_m;
        const double height = 1.0 - sqrt(dx * dx + dy * dy) / s->radius;
        if (height > 0.0)
            row[c] += s->w[i] * height;
    }
}

/*
 * From the cell nearest to the point outwards, each value from the one before: exp(-(d + c)^2 / 2s^2) has a ratio that itself changes by a
 * constant factor. The error of the products is some 1e-14 of the value.
 */
static void add_gaussian(const sweep *s, double *row, size_t i, double dy)
{
    const castmap_grid *g = s->grid;
    const interval in = cells_within(s, s->x[i], dy);
    const double first = g->west + 0.5 * g->cell_m - s->x[i], c = g->cell_m, two = 2.0 * s->sigma * s->sigma;
    const double step = exp(-2.0 * c * c / two);
    ptrdiff_t middle = (ptrdiff_t)fmin(fmax(round(-first / c), (double)in.first), (double)in.last);

    if (in.first > in.last)
        return;
    for (int way = 1; way >= -1; way -= 2) {
        const ptrdiff_t start = way > 0 ? middle : middle - 1;
        const double d = (first + (double)start * c) * way;
        double value = s->w[i] * exp(-(d * d + dy * dy) / two), ratio = exp(-(2.0 * d * c + c * c) / two);
        for (ptrdiff_t at = start; way > 0 ? at <= in.last : at >= in.first; at += way) {
            row[at] += value;
            value *= ratio;
            ratio *= step;
        }
    }
}

/* First point whose y is at least `y`. */
static size_t first_from(const sweep *s, double y)
{
    size_t low = 0, high = s->n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (s->y[middle] < y)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static castmap_status sweep_rows(size_t begin, size_t end, void *job)
{
    const sweep *s = job;
    const castmap_grid *g = s->grid;
    double *terms = s->terms ? cm_alloc_zero(g->columns * (size_t)s->terms, sizeof *terms) : NULL;

    if (s->terms && !terms)
        return CASTMAP_E_NOMEM;
    for (size_t r = begin; r < end; r++) {
        const double y = g->north - ((double)r + 0.5) * g->cell_m;
        double *row = s->values + r * g->columns;
        size_t i = first_from(s, y - s->radius);
        if (!s->terms)
            memset(row, 0, g->columns * sizeof *row);
        for (; i < s->n && s->y[i] <= y + s->radius; i++) {
            const double dy = y - s->y[i];
            if (fabs(dy) > s->radius)
                continue;
            if (s->terms)
                add_polynomial(s, terms, i, dy);
            else if (s->kernel == CASTMAP_KERNEL_TRIANGULAR)
                add_triangle(s, row, i, dy);
            else
                add_gaussian(s, row, i, dy);
        }
        if (s->terms) {
            sum_row(s, terms, row);
        } else {
            for (size_t c = 0; c < g->columns; c++)
                row[c] *= s->scale;
        }
    }
    free(terms);
    return CASTMAP_OK;
}

static castmap_status check(castmap_context *ctx, const castmap_points *points, const castmap_grid *grid,
                            const castmap_density_options *options)
{
    size_t cells;

    if (!(options->radius_m > 0.0) || !isfinite(options->radius_m))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the radius must be above 0 and finite");
    if (grid->columns == 0 || grid->rows == 0 || !(grid->cell_m > 0.0) || !isfinite(grid->cell_m) || !isfinite(grid->west) ||
        !isfinite(grid->north) || __builtin_mul_overflow(grid->columns, grid->rows, &cells))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the grid has no cell, or no place");
    if ((unsigned)options->kernel > CASTMAP_KERNEL_TRIWEIGHT)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "no such kernel");
    if (points->count > UINT32_MAX)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "more than four thousand million points");
    for (size_t i = 0; i < points->count; i++) {
        if (!isfinite(points->x[i]) || !isfinite(points->y[i]))
            return cm_fail(ctx, CASTMAP_E_DATA, "point %zu has a coordinate that is not finite", i);
        if (points->weight && !(points->weight[i] >= 0.0 && isfinite(points->weight[i])))
            return cm_fail(ctx, CASTMAP_E_DATA, "point %zu has a weight that is not finite or below 0", i);
    }
    return CASTMAP_OK;
}

static void fill_keys(uint64_t *key, const uint32_t *order, size_t n, const double *values)
{
    for (size_t i = 0; i < n; i++)
        key[i] = cm_order_double(values[order[i]]);
}

static castmap_status order_points(castmap_context *ctx, sweep *s, const castmap_points *points)
{
    const double *const passes[] = {points->weight, points->x, points->y}; /* the last is the first in importance */
    uint64_t *key = cm_alloc(points->count, sizeof *key);
    uint32_t *order = cm_alloc(points->count, sizeof *order);
    castmap_status status = CASTMAP_OK;

    s->x = cm_alloc(points->count, sizeof *s->x);
    s->y = cm_alloc(points->count, sizeof *s->y);
    s->w = cm_alloc(points->count, sizeof *s->w);
    if (!key || !order || !s->x || !s->y || !s->w) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    for (uint32_t i = 0; i < points->count; i++)
        order[i] = i;
    for (size_t p = 0; p < sizeof passes / sizeof passes[0]; p++) {
        if (!passes[p])
            continue;
        fill_keys(key, order, points->count, passes[p]);
        status = cm_sort_u64(ctx, key, order, points->count);
        if (status)
            goto done;
    }
    for (size_t i = 0; i < points->count; i++) {
        const double x = points->x[order[i]], y = points->y[order[i]], w = points->weight ? points->weight[order[i]] : 1.0;
        if (s->n && s->x[s->n - 1] == x && s->y[s->n - 1] == y) {
            s->w[s->n - 1] += w;
            continue;
        }
        s->x[s->n] = x;
        s->y[s->n] = y;
        s->w[s->n++] = w;
    }

done:
    free(key);
    free(order);
    return status;
}

/*
 * The distance beyond which a Gaussian is left out. What all points together lose anywhere is at most the sum of the weights times the height
 * there; the surface is at least as high as the heaviest place's own kernel. So the height there must not exceed the error times heaviest / sum.
 */
static void choose_reach(sweep *s, double radius_m)
{
    double sum = 0.0, heaviest = 0.0;

    s->sigma = castmap_kernel_sigma_m(s->kernel, radius_m);
    s->radius = radius_m;
    if (s->kernel != CASTMAP_KERNEL_GAUSSIAN)
        return;
    for (size_t i = 0; i < s->n; i++) {
        sum += s->w[i];
        heaviest = fmax(heaviest, s->w[i]);
    }
    s->radius = s->sigma * (heaviest > 0.0 ? sqrt(2.0 * log(sum / heaviest / GAUSSIAN_ERROR)) : 1.0);
}

castmap_status castmap_density(castmap_context *ctx, const castmap_points *points, const castmap_grid *grid,
                               const castmap_density_options *options, double *values)
{
    sweep s = {.grid = grid, .kernel = options->kernel, .terms = terms_of(options->kernel)};
    castmap_status status = check(ctx, points, grid, options);

    if (status)
        return status;
    status = order_points(ctx, &s, points);
    if (status)
        goto done;
    choose_reach(&s, options->radius_m);
    s.scale = height_per_km2(s.kernel, s.radius, s.sigma);
    const double tile = fmin(fmax(TILE_RADII * s.radius / grid->cell_m, (double)LEAST_TILE), (double)grid->columns);
    s.tile = (size_t)fmax(tile, 1.0);
    s.values = cm_alloc(grid->columns * grid->rows, sizeof *s.values);
    if (!s.values) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    status = cm_parallel_chunks(ctx, "drawing the heat map", grid->rows, ROWS_A_CHUNK, sweep_rows, &s);
    if (status == CASTMAP_E_NOMEM)
        status = cm_fail_memory(ctx);
    if (!status)
        memcpy(values, s.values, grid->columns * grid->rows * sizeof *values);
    free(s.values);

done:
    sweep_clear(&s);
    return status;
}
