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
 * Rows are made BLOCK at a time. What does not depend on the row is computed once for a run of points: an entry for each tile that a point
 * reaches, with its coefficients as polynomials of the one number that does (A, below). Then, row by row, the intervals of the run are found in
 * vectors, and the run is added to two rows at once: a sum that waits for the one before it in its row leaves the processor time for the other.
 */
#include "analysis/density/density_rows.h"

#include "base/vectors.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define BLOCK CM_DENSITY_SWEEP_ROWS
#define RUN 256u  /* entries of a run */
#define PARTS 6u  /* at most, of an entry */
#define SPARE 8u  /* slots past the last column: what is added there is of no account */
#define LINE 64u  /* bytes of memory that are cached together */

/* Where points add to: one entry a point and tile. Of a run, ordered as the points are. */
typedef struct entries {
    cm_four parts[RUN * PARTS]; /* [n][parts of the kernel], see find_parts() */
    double  x[RUN], y[RUN];
    double  middle[RUN];        /* x in columns, the centre of the first being 0; plus 1 */
    double  square[RUN];        /* (x in radii from the tile's origin)^2 */
    double  low[RUN], high[RUN]; /* the tile's columns: from low, before high */
    size_t  bin[RUN];
    size_t  n;
} entries;

/* Of a run in one row: A = 1 - dy^2 - a^2, and the slots where the interval opens and where it closes. */
typedef struct intervals {
    double  A[RUN];
    int32_t first[RUN], last[RUN];
} intervals;

typedef struct sweep {
    const cm_density_job *job;
    cm_four   *terms;   /* [BLOCK][columns + SPARE][fours]: coefficients 0..2p, then the open intervals */
    bool      *touched; /* [tiles], by some row of the block */
    entries   *run;
    intervals *found;   /* [2] */
    size_t     row, rows; /* the block: from row, so many */
    size_t     slots, tiles;
} sweep;

static unsigned power_of(castmap_kernel kernel)
{
    return kernel == CASTMAP_KERNEL_UNIFORM ? 0 : kernel == CASTMAP_KERNEL_EPANECHNIKOV ? 1 : kernel == CASTMAP_KERNEL_QUARTIC ? 2 : 3;
}

static inline __attribute__((always_inline)) size_t fours_of(unsigned p)
{
    return p < 2 ? 1 : 2;
}

static inline __attribute__((always_inline)) size_t parts_of(unsigned p)
{
    return p < 2 ? p + 1 : 2 * p;
}

static size_t tiles_of(const cm_density_job *job)
{
    return (job->grid->columns + job->tile - 1) / job->tile;
}

static size_t lines(size_t bytes)
{
    return (bytes + LINE - 1) / LINE * LINE;
}

static size_t bytes_of_terms(const cm_density_job *job)
{
    return lines(BLOCK * (job->grid->columns + SPARE) * fours_of(power_of(job->kernel)) * sizeof(cm_four));
}

size_t cm_density_sweep_scratch(const cm_density_job *job)
{
    const size_t bytes = LINE + bytes_of_terms(job) + lines(sizeof(entries)) + lines(2 * sizeof(intervals)) + lines(tiles_of(job));

    return bytes / sizeof(double);
}

/*
 * With A = q - a^2, B = 2a the bracket of w (q - (z - a)^2)^p is A + B z - z^2. Its coefficients in powers of z are polynomials of A of degree p;
 * those beyond the fourth are of degree p - 2. The last term is the open interval. The parts are the coefficients' coefficients: p + 1 of four for
 * the first four terms, then those for the others.
 */
static inline __attribute__((always_inline)) void find_parts(unsigned p, double w, double a, cm_four *part)
{
    const double B = 2.0 * a;

    if (p == 0) {
        part[0] = CM_FOUR(w, 1.0, 0.0, 0.0);
    } else if (p == 1) {
        part[0] = CM_FOUR(0.0, w * B, -w, 1.0);
        part[1] = CM_FOUR(w, 0.0, 0.0, 0.0);
    } else if (p == 2) {
        part[0] = CM_FOUR(0.0, 0.0, w * B * B, -2.0 * w * B);
        part[1] = CM_FOUR(0.0, 2.0 * w * B, -2.0 * w, 0.0);
        part[2] = CM_FOUR(w, 0.0, 0.0, 0.0);
        part[3] = CM_FOUR(w, 1.0, 0.0, 0.0);
    } else {
        part[0] = CM_FOUR(0.0, 0.0, 0.0, w * B * B * B);
        part[1] = CM_FOUR(0.0, 0.0, 3.0 * w * B * B, -6.0 * w * B);
        part[2] = CM_FOUR(0.0, 3.0 * w * B, -3.0 * w, 0.0);
        part[3] = CM_FOUR(w, 0.0, 0.0, 0.0);
        part[4] = CM_FOUR(-3.0 * w * B * B, 3.0 * w * B, -w, 1.0);
        part[5] = CM_FOUR(3.0 * w, 0.0, 0.0, 0.0);
    }
}

/*
 * The first column whose centre is at or past the point's reach on the left, and the first past it on the right, within the tile. At the very
 * border a continuous kernel is 0, so it does not matter on which side rounding puts a centre there.
 */
static inline __attribute__((always_inline)) void find_intervals(const entries *restrict run, size_t begin, size_t end, double row_y,
                                                                 double inverse_m, double reach, intervals *restrict out)
{
    for (size_t i = begin; i < end; i++) {
        const double dy = (run->y[i] - row_y) * inverse_m, q = 1.0 - dy * dy;
        const double half = sqrt(q > 0.0 ? q : 0.0) * reach, low = run->low[i], high = run->high[i];
        double from = run->middle[i] - half, to = run->middle[i] + half;
        from = from < low ? low : from;
        from = from > high ? high : from;
        to = to < low ? low : to;
        to = to > high ? high : to;
        out->A[i] = q - run->square[i];
        out->first[i] = (int32_t)from;
        out->last[i] = (int32_t)to;
    }
}

/* The step of the uniform kernel is put exactly where the distance ceases to be below the radius. */
static void mend_uniform(const cm_density_job *job, double row_y, const entries *run, size_t i, intervals *out)
{
    const castmap_grid *g = job->grid;
    const double x = run->x[i], dy = row_y - run->y[i], square = job->radius_m * job->radius_m;
    const int32_t low = (int32_t)run->low[i], high = (int32_t)run->high[i];
    int32_t from = out->first[i], to = out->last[i];
#define WITHIN(c) \
    ((g->west + ((double)(c) + 0.5) * g->cell_m - x) * (g->west + ((double)(c) + 0.5) * g->cell_m - x) + dy * dy < square)
    while (from > low && from <= to && WITHIN(from - 1))
        from--;
    while (from < to && !WITHIN(from))
        from++;
    while (to > from && !WITHIN(to - 1))
        to--;
    while (to < high && from < to && WITHIN(to))
        to++;
    if (from >= to) { /* perhaps a single centre that rounding left out */
        for (int32_t c = from > low ? from - 1 : low; c < high && c <= from + 1; c++) {
            if (WITHIN(c)) {
                from = c;
                to = c + 1;
                break;
            }
        }
    }
#undef WITHIN
    out->first[i] = from;
    out->last[i] = to;
}

/* An empty interval opens and closes among the spare slots; one that ends with its tile closes there, for the next tile starts from nothing. */
static inline __attribute__((always_inline)) void set_aside(const entries *restrict run, size_t begin, size_t end, int32_t columns,
                                                            intervals *restrict out)
{
    for (size_t i = begin; i < end; i++) {
        const int32_t spare = columns + (int32_t)(i % SPARE), first = out->first[i], last = out->last[i];
        const bool empty = first >= last;
        out->first[i] = empty ? spare : first;
        out->last[i] = empty || last == (int32_t)run->high[i] ? spare : last;
    }
}

/* Add the coefficients where the interval opens and take them off where it closes. */
static inline __attribute__((always_inline)) void add_entry(unsigned p, const cm_four *part, double A, cm_four *opens, cm_four *closes)
{
    cm_four c = part[p];

    for (unsigned d = p; d-- > 0;)
        c = cm_four_plus(cm_four_times(c, A), part[d]);
    opens[0] = cm_four_plus(opens[0], c);
    closes[0] = cm_four_minus(closes[0], c);
    if (p >= 2) {
        c = p == 2 ? part[3] : cm_four_plus(cm_four_times(part[5], A), part[4]);
        opens[1] = cm_four_plus(opens[1], c);
        closes[1] = cm_four_minus(closes[1], c);
    }
}

/* Entries of the run within reach of a row of the block: from *begin, before *end. */
static void find_range(const sweep *s, size_t row, size_t *begin, size_t *end)
{
    size_t first, last;

    cm_density_points_bins(s->job->points, s->job->grid, s->job->radius_m, row, &first, &last);
    for (*begin = 0; *begin < s->run->n && s->run->bin[*begin] < first;)
        ++*begin;
    for (*end = s->run->n; *end > *begin && s->run->bin[*end - 1] >= last;)
        --*end;
}

static inline __attribute__((always_inline)) void prepare_row(sweep *s, unsigned p, size_t row, size_t begin, size_t end, intervals *out)
{
    const castmap_grid *g = s->job->grid;
    const double row_y = g->north - ((double)row + 0.5) * g->cell_m, radius = s->job->radius_m;

    find_intervals(s->run, begin, end, row_y, 1.0 / radius, radius / g->cell_m, out);
    for (size_t i = begin; p == 0 && i < end; i++) {
        if (out->A[i] + s->run->square[i] > -1e-9) /* else the row is out of reach, whatever rounding did */
            mend_uniform(s->job, row_y, s->run, i, out);
    }
    set_aside(s->run, begin, end, (int32_t)g->columns, out);
}

/* Add the run to the rows of the block, in pairs. */
static inline __attribute__((always_inline)) void add_run(sweep *s, unsigned p)
{
    const size_t fours = fours_of(p), width = parts_of(p);

    for (size_t r = 0; r < s->rows; r += 2) {
        const bool pair = r + 1 < s->rows;
        cm_four *upper = s->terms + r * s->slots * fours, *lower = upper + s->slots * fours;
        const intervals *u = &s->found[0], *l = &s->found[1];
        const cm_four *part = s->run->parts;
        size_t begin, end, next, last;
        find_range(s, s->row + r, &begin, &end);
        if (pair) {
            find_range(s, s->row + r + 1, &next, &last);
            begin = next < begin ? next : begin; /* an entry too far for one of them has an empty interval there */
            end = last > end ? last : end;
            prepare_row(s, p, s->row + r + 1, begin, end, &s->found[1]);
        }
        prepare_row(s, p, s->row + r, begin, end, &s->found[0]);
        for (size_t i = begin; i < end; i++) {
            add_entry(p, part + i * width, u->A[i], upper + (size_t)u->first[i] * fours, upper + (size_t)u->last[i] * fours);
            if (pair)
                add_entry(p, part + i * width, l->A[i], lower + (size_t)l->first[i] * fours, lower + (size_t)l->last[i] * fours);
        }
    }
    s->run->n = 0;
}

/* Running sums over one tile, evaluated at the centres; clears the terms for the next block. */
static inline __attribute__((always_inline)) void sum_tile(const cm_density_job *job, cm_four *terms, unsigned p, size_t columns,
                                                           double *restrict row)
{
    const double step = job->grid->cell_m / job->radius_m, scale = job->scale;
    const cm_four nothing = CM_FOUR(0.0, 0.0, 0.0, 0.0);
    union {
        cm_four four[2];
        double  term[8];
    } sum = {{nothing, nothing}};
    double z = 0.5 - 0.5 * (double)job->tile;

    for (size_t c = 0; c < columns; c++, z += 1.0) {
        for (size_t j = 0; j < fours_of(p); j++, terms++) {
            sum.four[j] = cm_four_plus(sum.four[j], *terms);
            *terms = nothing;
        }
        if (sum.term[2 * p + 1] == 0.0) {
            sum.four[0] = sum.four[1] = nothing;
            row[c] = 0.0;
            continue;
        }
        const double at = z * step;
        double value = sum.term[2 * p];
        for (unsigned j = 2 * p; j-- > 0;)
            value = value * at + sum.term[j];
        row[c] = value > 0.0 ? value * scale : 0.0;
    }
}

static inline __attribute__((always_inline)) void add_point(sweep *s, unsigned p, size_t bin, double x, double y, double w)
{
    const cm_density_job *job = s->job;
    const castmap_grid *g = job->grid;
    entries *run = s->run;
    const double middle = (x - g->west) * (1.0 / g->cell_m) + 0.5, reach = job->radius_m * (1.0 / g->cell_m) + 1.0;
    const double from = middle - reach - 1.0, to = middle + reach, columns = (double)g->columns;
    const unsigned shift = (unsigned)__builtin_ctzll(job->tile);

    if (!(to >= 0.0 && from < columns))
        return;
    const size_t west = (size_t)(from > 0.0 ? from : 0.0) >> shift, east = (size_t)(to < columns - 1.0 ? to : columns - 1.0) >> shift;
    for (size_t tile = west; tile <= east; tile++) {
        if (run->n == RUN)
            add_run(s, p);
        const size_t i = run->n++, first = tile << shift, end = first + job->tile;
        const double a = (x - (g->west + ((double)first + 0.5 * (double)job->tile) * g->cell_m)) * (1.0 / job->radius_m);
        run->x[i] = x;
        run->y[i] = y;
        run->middle[i] = middle;
        run->square[i] = a * a;
        run->low[i] = (double)first;
        run->high[i] = (double)(end < g->columns ? end : g->columns);
        run->bin[i] = bin;
        s->touched[tile] = true;
        find_parts(p, w, a, run->parts + i * parts_of(p));
    }
}

static inline __attribute__((always_inline)) void sweep_block(sweep *s, unsigned p)
{
    const castmap_grid *g = s->job->grid;
    const cm_density_points *points = s->job->points;
    size_t bin, last_bin, unused;

    memset(s->touched, 0, s->tiles * sizeof *s->touched);
    cm_density_points_bins(points, g, s->job->radius_m, s->row, &bin, &unused);
    cm_density_points_bins(points, g, s->job->radius_m, s->row + s->rows - 1, &unused, &last_bin);
    for (; bin < last_bin; bin++) {
        for (size_t i = points->begin[bin]; i < points->end[bin]; i++)
            add_point(s, p, bin, points->x[i], points->y[i], points->w[i]);
    }
    add_run(s, p);
    for (size_t r = 0; r < s->rows; r++) {
        double *values = s->job->values + (s->row + r) * g->columns;
        for (size_t t = 0; t < s->tiles; t++) {
            const size_t begin = t * s->job->tile, left = g->columns - begin, n = left < s->job->tile ? left : s->job->tile;
            if (s->touched[t])
                sum_tile(s->job, s->terms + (r * s->slots + begin) * fours_of(p), p, n, values + begin);
            else
                memset(values + begin, 0, n * sizeof *values);
        }
    }
}

/* One for each kernel, so that each is compiled for its own number of terms, and for each width of vectors. */
CM_WIDE_VECTORS static void sweep_uniform(sweep *s)
{
    sweep_block(s, 0);
}

CM_WIDE_VECTORS static void sweep_epanechnikov(sweep *s)
{
    sweep_block(s, 1);
}

CM_WIDE_VECTORS static void sweep_quartic(sweep *s)
{
    sweep_block(s, 2);
}

CM_WIDE_VECTORS static void sweep_triweight(sweep *s)
{
    sweep_block(s, 3);
}

castmap_status cm_density_sweep_rows(size_t begin, size_t end, unsigned worker, void *payload)
{
    const cm_density_job *job = payload;
    const uintptr_t off = (uintptr_t)job->scratch[worker] % LINE;
    char *scratch = (char *)job->scratch[worker] + (LINE - off) % LINE;
    sweep s = {.job = job, .row = begin, .rows = end - begin, .slots = job->grid->columns + SPARE, .tiles = tiles_of(job)};

    /* Scratch begins as zeros, and each block leaves its terms so; the spare slots hold whatever they will. */
    s.terms = (void *)scratch;
    scratch += bytes_of_terms(job);
    s.run = (void *)scratch;
    scratch += lines(sizeof *s.run);
    s.found = (void *)scratch;
    scratch += lines(2 * sizeof *s.found);
    s.touched = (void *)scratch;
    s.run->n = 0;
    switch (power_of(job->kernel)) {
    case 0: sweep_uniform(&s); break;
    case 1: sweep_epanechnikov(&s); break;
    case 2: sweep_quartic(&s); break;
    default: sweep_triweight(&s); break;
    }
    return CASTMAP_OK;
}
