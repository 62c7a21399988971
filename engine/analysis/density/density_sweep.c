/*
 * analysis/density/density_sweep.c - polynomial kernels summed along rows by their differences.
 *
 * Along a row the kernels (1 - r^2)^p are polynomials in the position of the cell, so a point adds their coefficients where it
 * begins to reach and takes them off where it ceases to; one running sum over the row then gives every cell (T. N. Chan, L. H. U, B. Choi,
 * J. Xu (2022), "SLAM: efficient sweep line algorithms for kernel density visualization", SIGMOD). Here the points are sorted by
 * row and x, so that a row visits only those within reach and writes to memory that is in cache.
 *
 * A row is cut into tiles of some sixteen radii (triweight: eight), each with an origin in its middle and sums that begin at 0: powers of the position stay
 * small, and what rounding leaves behind is not carried far. The number of open intervals is summed too; it is whole, so it cancels
 * exactly, and where it is 0 the value is exactly 0.
 *
 * Where intervals begin and end is computed for a run of points at once, in vectors.
 */
#include "analysis/density/density_rows.h"

#include "base/vectors.h"

#include <math.h>
#include <string.h>

#define RUN 256u  /* points whose intervals are computed at once */
#define MOST 8u   /* coefficients, and the count of open intervals */

/* What a row adds up: terms [columns][k], which tiles have any, and the intervals of one run. */
typedef struct row_sums {
    double *terms;
    double *touched; /* [tiles] 0 or 1 */
    double *rest;    /* [RUN] 1 - dy^2, in radii */
    double *first, *last; /* [RUN] columns: from first, before last; whole numbers */
} row_sums;

typedef struct row_place {
    double y, inverse_m, per_m, reach_cells, centre_x, columns;
} row_place;

static unsigned terms_of(castmap_kernel kernel)
{
    return kernel == CASTMAP_KERNEL_UNIFORM ? 2 : kernel == CASTMAP_KERNEL_EPANECHNIKOV ? 4 : kernel == CASTMAP_KERNEL_QUARTIC ? 6 : 8;
}

static size_t tiles_of(const cm_density_job *job)
{
    return (job->grid->columns + job->tile - 1) / job->tile;
}

size_t cm_density_sweep_scratch(const cm_density_job *job)
{
    return (job->grid->columns + 1) * terms_of(job->kernel) + tiles_of(job) + 3 * RUN;
}

/*
 * The first column whose centre is at or past the point's reach on the left, and the first past it on the right. At the very border a
 * continuous kernel is 0, so it does not matter on which side rounding puts a centre there.
 */
CM_WIDE_VECTORS static void find_intervals(const double *restrict x, const double *restrict y, size_t n,
                                           const row_place *restrict at, double *restrict rest, double *restrict first,
                                           double *restrict last)
{
    const double row_y = at->y, inverse = at->inverse_m, per_m = at->per_m, reach = at->reach_cells;
    const double centre = at->centre_x, columns = at->columns;

    for (size_t i = 0; i < n; i++) {
        const double dy = (y[i] - row_y) * inverse, q = 1.0 - dy * dy;
        const double half = sqrt(q > 0.0 ? q : 0.0) * reach, middle = (x[i] - centre) * per_m;
        double from = middle - half, to = middle + half;
        from = from < -1.0 ? -1.0 : from;
        from = from > columns ? columns : from;
        to = to < -1.0 ? -1.0 : to;
        to = to > columns - 1.0 ? columns - 1.0 : to;
        rest[i] = q;
        first[i] = (double)(int32_t)(from + 1.0);
        last[i] = (double)(int32_t)(to + 1.0);
    }
}

/* The step of the uniform kernel is put exactly where the distance ceases to be below the radius. */
static void mend_uniform(const cm_density_job *job, double row_y, double x, double y, double *first, double *last)
{
    const castmap_grid *g = job->grid;
    const double dy = row_y - y, square = job->radius_m * job->radius_m;
    size_t from = (size_t)*first, to = (size_t)*last;
#define WITHIN(c) \
    ((g->west + ((double)(c) + 0.5) * g->cell_m - x) * (g->west + ((double)(c) + 0.5) * g->cell_m - x) + dy * dy < square)
    while (from > 0 && from <= to && WITHIN(from - 1))
        from--;
    while (from < to && !WITHIN(from))
        from++;
    while (to > from && !WITHIN(to - 1))
        to--;
    while (to < g->columns && from < to && WITHIN(to))
        to++;
    if (from >= to) { /* perhaps a single centre that rounding left out */
        for (size_t c = from > 0 ? from - 1 : 0; c < g->columns && c <= from + 1; c++) {
            if (WITHIN(c)) {
                from = c;
                to = c + 1;
                break;
            }
        }
    }
#undef WITHIN
    *first = (double)from;
    *last = (double)to;
}

/* Coefficients of w (q - (z - a)^2)^p in powers of z, then 1 for the open interval. With A = q - a^2, B = 2a the bracket is A + B z - z^2. */
static inline __attribute__((always_inline)) void coefficients(unsigned k, double w, double q, double a, double *restrict c)
{
    const double A = q - a * a, B = 2.0 * a;

    if (k == 2) {
        c[0] = w;
    } else if (k == 4) {
        c[0] = w * A;
        c[1] = w * B;
        c[2] = -w;
    } else if (k == 6) {
        c[0] = w * (A * A);
        c[1] = w * (2.0 * A * B);
        c[2] = w * (B * B - 2.0 * A);
        c[3] = w * (-2.0 * B);
        c[4] = w;
    } else {
        c[0] = w * (A * A * A);
        c[1] = w * (3.0 * A * A * B);
        c[2] = w * (3.0 * A * (B * B - A));
        c[3] = w * (B * (B * B - 6.0 * A));
        c[4] = w * (3.0 * (A - B * B));
        c[5] = w * (3.0 * B);
        c[6] = -w;
    }
    c[k - 1] = 1.0;
}

static inline __attribute__((always_inline)) void add_run(const cm_density_job *job, const row_sums *sums, unsigned k, const double *x, const double *w,
                           size_t n)
{
    const double cell = job->grid->cell_m, inverse = 1.0 / job->radius_m, west = job->grid->west;
    const size_t tile = job->tile, mask = tile - 1, columns = job->grid->columns;
    const unsigned shift = (unsigned)__builtin_ctzll(tile);

    for (size_t i = 0; i < n; i++) {
        if (!(sums->first[i] < sums->last[i]) || !(sums->rest[i] > 0.0))
            continue;
        const size_t first = (size_t)sums->first[i], last = (size_t)sums->last[i]; /* last is not reached */
        size_t t = first >> shift;
        double c[MOST], *at = sums->terms + first * k;

        for (;;) {
            const double origin = west + ((double)(t << shift) + 0.5 * (double)tile) * cell;
            coefficients(k, w[i], sums->rest[i], (x[i] - origin) * inverse, c);
            for (unsigned j = 0; j < k; j++)
                at[j] += c[j];
            sums->touched[t] = 1.0;
            if (last <= (t + 1) << shift)
                break;
            at = sums->terms + (++t << shift) * k; /* a tile starts from nothing: no need to close the one before */
        }
        if ((last & mask) != 0 && last < columns) {
            at = sums->terms + last * k;
            for (unsigned j = 0; j < k; j++)
                at[j] -= c[j];
        }
    }
}

/* Running sums over one tile, evaluated at the centres; clears the terms for the next row. */
static inline __attribute__((always_inline)) void sum_tile(const cm_density_job *job, double *terms, unsigned k, size_t columns, double *row)
{
    const double step = job->grid->cell_m / job->radius_m, scale = job->scale;
    double sum[MOST] = {0.0}, z = 0.5 - 0.5 * (double)job->tile;

    for (size_t c = 0; c < columns; c++, terms += k, z += 1.0) {
        for (unsigned j = 0; j < k; j++) {
            sum[j] += terms[j];
            terms[j] = 0.0;
        }
        if (sum[k - 1] == 0.0) {
            for (unsigned j = 0; j < k; j++)
                sum[j] = 0.0;
            row[c] = 0.0;
            continue;
        }
        const double at = z * step;
        double value = sum[k - 2];
        for (unsigned j = k - 2; j-- > 0;)
            value = value * at + sum[j];
        row[c] = value > 0.0 ? value * scale : 0.0;
    }
}

static inline __attribute__((always_inline)) void sweep_row(const cm_density_job *job, const row_sums *sums, unsigned k,
                                                            size_t row)
{
    const castmap_grid *g = job->grid;
    const cm_density_points *p = job->points;
    const row_place at = {.y = g->north - ((double)row + 0.5) * g->cell_m,
                          .inverse_m = 1.0 / job->radius_m,
                          .per_m = 1.0 / g->cell_m,
                          .reach_cells = job->radius_m / g->cell_m,
                          .centre_x = g->west + 0.5 * g->cell_m,
                          .columns = (double)g->columns};
    const size_t tiles = tiles_of(job);
    double *values = job->values + row * g->columns;
    size_t bin, last_bin;

    memset(sums->touched, 0, tiles * sizeof *sums->touched);
    cm_density_points_bins(p, g, job->radius_m, row, &bin, &last_bin);
    for (; bin < last_bin; bin++) {
        for (size_t i = p->begin[bin]; i < p->end[bin]; i += RUN) {
            const size_t n = p->end[bin] - i < RUN ? p->end[bin] - i : RUN;
            find_intervals(p->x + i, p->y + i, n, &at, sums->rest, sums->first, sums->last);
            for (size_t j = 0; k == 2 && j < n; j++) {
                if (sums->rest[j] >= 0.0)
                    mend_uniform(job, at.y, p->x[i + j], p->y[i + j], &sums->first[j], &sums->last[j]);
            }
            add_run(job, sums, k, p->x + i, p->w + i, n);
        }
    }
    for (size_t t = 0; t < tiles; t++) {
        const size_t begin = t * job->tile, left = g->columns - begin, n = left < job->tile ? left : job->tile;
        if (sums->touched[t] > 0.0)
            sum_tile(job, sums->terms + begin * k, k, n, values + begin);
        else
            memset(values + begin, 0, n * sizeof *values);
    }
}

/* One for each number of terms, so that each is compiled for its own, and for each width of vectors. */
CM_WIDE_VECTORS static void sweep_row_2(const cm_density_job *job, const row_sums *sums, size_t row)
{
    sweep_row(job, sums, 2, row);
}

CM_WIDE_VECTORS static void sweep_row_4(const cm_density_job *job, const row_sums *sums, size_t row)
{
    sweep_row(job, sums, 4, row);
}

CM_WIDE_VECTORS static void sweep_row_6(const cm_density_job *job, const row_sums *sums, size_t row)
{
    sweep_row(job, sums, 6, row);
}

CM_WIDE_VECTORS static void sweep_row_8(const cm_density_job *job, const row_sums *sums, size_t row)
{
    sweep_row(job, sums, 8, row);
}

castmap_status cm_density_sweep_rows(size_t begin, size_t end, unsigned worker, void *payload)
{
    const cm_density_job *job = payload;
    const unsigned k = terms_of(job->kernel);
    row_sums sums = {.terms = job->scratch[worker]};

    /* Scratch begins as zeros, and each row leaves its terms so. */
    sums.touched = sums.terms + (job->grid->columns + 1) * k;
    sums.rest = sums.touched + tiles_of(job);
    sums.first = sums.rest + RUN;
    sums.last = sums.first + RUN;
    for (size_t row = begin; row < end; row++) {
        if (k == 2)
            sweep_row_2(job, &sums, row);
        else if (k == 4)
            sweep_row_4(job, &sums, row);
        else if (k == 6)
            sweep_row_6(job, &sums, row);
        else
            sweep_row_8(job, &sums, row);
    }
    return CASTMAP_OK;
}
