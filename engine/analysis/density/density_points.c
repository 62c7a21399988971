/*
 * analysis/density/density_points.c - points sorted into rows of cells, in an order that does not depend on that of the table.
 *
 *   1. count, place  points within reach into bins of one row      in parallel, fixed chunks that count before they write
 *   2. sort_bins     each bin by x, then y, then weight;           in parallel
 *                    points at one place become one
 *
 * Sums of doubles depend on their order, so equal tables whose rows stand in another order must be summed alike. Points with equal
 * x, y and weight cannot be told apart, and their order is of no account.
 */
#include "analysis/density/density_points.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CHUNKS 64u
#define MIN_CHUNK 16384u
#define MAX_MARGIN 4096.0 /* bins above and below the grid */
#define BINS_A_TURN 4u
#define SHORT 24u /* points sorted by insertion */
#define NO_BIN SIZE_MAX

typedef struct place {
    double x, y, w;
} place;

typedef struct sorter {
    const castmap_points *points; /* borrowed */
    cm_density_points    *out;    /* borrowed, being filled */
    double west, east, south, north, top, per_m; /* reach of the grid; y of the first bin's upper edge */
    size_t                grain, chunks;
    uint32_t             *count;  /* owned [chunks * bins]; then where each chunk writes in a bin, relative to its begin */
    double               *x, *y, *w; /* owned, placed but not yet sorted */
} sorter;

void cm_density_points_clear(cm_density_points *points)
{
    free(points->x);
    free(points->y);
    free(points->w);
    free(points->begin);
    free(points->end);
    *points = (cm_density_points){0};
}

void cm_density_points_bins(const cm_density_points *points, const castmap_grid *grid, double reach_m, size_t row,
                            size_t *first, size_t *last)
{
    /* A bin d rows away is no nearer to a centre than d - 1/2 rows. The small part more is for rounding. */
    const double within = floor(reach_m / grid->cell_m + 0.5 + 1e-6);
    const size_t span = within < (double)points->bins ? (size_t)within : points->bins, at = row + points->margin;

    *first = at > span ? at - span : 0;
    *last = points->bins - at > span ? at + span + 1 : points->bins;
}

static size_t bin_of(const sorter *s, double x, double y)
{
    if (!(x >= s->west && x <= s->east && y >= s->south && y <= s->north))
        return NO_BIN;
    const double at = (s->top - y) * s->per_m, last = (double)s->out->bins - 1.0;
    return at > 0.0 ? (size_t)(at < last ? at : last) : 0;
}

static castmap_status count_bins(size_t begin, size_t end, void *job)
{
    sorter *s = job;

    for (size_t chunk = begin; chunk < end; chunk++) {
        uint32_t *count = s->count + chunk * s->out->bins;
        const size_t from = chunk * s->grain, n = s->points->count, to = n - from < s->grain ? n : from + s->grain;
        for (size_t i = from; i < to; i++) {
            const double x = s->points->x[i], y = s->points->y[i], w = s->points->weight ? s->points->weight[i] : 1.0;
            if (!isfinite(x) || !isfinite(y) || !(w >= 0.0 && isfinite(w)))
                return CASTMAP_E_DATA;
            const size_t bin = bin_of(s, x, y);
            if (bin != NO_BIN && w > 0.0)
                count[bin]++;
        }
    }
    return CASTMAP_OK;
}

static void share_bins(sorter *s)
{
    size_t total = 0;

    for (size_t b = 0; b < s->out->bins; b++) {
        uint32_t here = 0;
        s->out->begin[b] = total;
        for (size_t chunk = 0; chunk < s->chunks; chunk++) {
            uint32_t *count = &s->count[chunk * s->out->bins + b];
            const uint32_t n = *count;
            *count = here;
            here += n;
        }
        total += here;
        s->out->end[b] = total;
    }
    s->out->n = total;
}

static castmap_status place_points(size_t begin, size_t end, void *job)
{
    sorter *s = job;

    for (size_t chunk = begin; chunk < end; chunk++) {
        uint32_t *next = s->count + chunk * s->out->bins;
        const size_t from = chunk * s->grain, n = s->points->count, to = n - from < s->grain ? n : from + s->grain;
        for (size_t i = from; i < to; i++) {
            const double x = s->points->x[i], y = s->points->y[i], w = s->points->weight ? s->points->weight[i] : 1.0;
            const size_t bin = bin_of(s, x, y);
            if (bin == NO_BIN || !(w > 0.0))
                continue;
            const size_t at = s->out->begin[bin] + next[bin]++;
            s->x[at] = x;
            s->y[at] = y;
            if (s->points->weight)
                s->w[at] = w; /* else it is 1, and known */
        }
    }
    return CASTMAP_OK;
}

static bool before(const place *a, const place *b)
{
    if (a->x != b->x)
        return a->x < b->x;
    if (a->y != b->y)
        return a->y < b->y;
    return a->w < b->w;
}

static int compare(const void *left, const void *right)
{
    return before(left, right) ? -1 : before(right, left);
}

static void sort_short(place *p, size_t n)
{
    if (n > SHORT) {
        size_t ordered = 1; /* piles are */
        while (ordered < n && !before(&p[ordered], &p[ordered - 1]))
            ordered++;
        if (ordered < n)
            qsort(p, n, sizeof *p, compare);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        const place moved = p[i];
        size_t at = i;
        for (; at > 0 && before(&moved, &p[at - 1]); at--)
            p[at] = p[at - 1];
        p[at] = moved;
    }
}

static inline size_t interval_of(double x, double west, double per_m, double last)
{
    const double at = (x - west) * per_m;

    return (size_t)(at < last ? at : last);
}

/* Spread over as many intervals of x as there are points, then sort each: linear unless the points crowd. */
static castmap_status sort_bin(sorter *s, size_t bin)
{
    const size_t begin = s->out->begin[bin], n = s->out->end[bin] - begin;
    const double *x = s->x + begin, *y = s->y + begin, *w = s->w + begin;
    double west = INFINITY, east = -INFINITY;

    if (n == 0)
        return CASTMAP_OK;
    place *sorted = cm_alloc(n, sizeof *sorted);
    uint32_t *start = cm_alloc_zero(n + 2, sizeof *start);
    castmap_status status = CASTMAP_E_NOMEM;
    if (!sorted || !start)
        goto done;
    for (size_t i = 0; i < n; i++) {
        west = x[i] < west ? x[i] : west;
        east = x[i] > east ? x[i] : east;
    }
    const double width = east - west, last = (double)n - 1.0;
    const double per_m = width > 0.0 && isfinite((double)n / width) ? (double)n / width : 0.0;
    for (size_t i = 0; i < n; i++)
        start[interval_of(x[i], west, per_m, last) + 2]++;
    for (size_t k = 0; k < n; k++)
        start[k + 1] += start[k];
    for (size_t i = 0; i < n; i++) {
        const size_t k = interval_of(x[i], west, per_m, last);
        sorted[start[k + 1]++] = (place){x[i], y[i], s->points->weight ? w[i] : 1.0};
    }
    for (size_t k = 0; k < n; k++) {
        if (start[k + 1] - start[k] > 1)
            sort_short(sorted + start[k], start[k + 1] - start[k]);
    }
    size_t kept = begin;
    for (size_t i = 0; i < n; i++) {
        if (kept > begin && s->out->x[kept - 1] == sorted[i].x && s->out->y[kept - 1] == sorted[i].y) {
            s->out->w[kept - 1] += sorted[i].w;
            continue;
        }
        s->out->x[kept] = sorted[i].x;
        s->out->y[kept] = sorted[i].y;
        s->out->w[kept++] = sorted[i].w;
    }
    s->out->end[bin] = kept;
    status = CASTMAP_OK;

done:
    free(sorted);
    free(start);
    return status;
}

static castmap_status sort_bins(size_t begin, size_t end, void *job)
{
    castmap_status status = CASTMAP_OK;

    for (size_t b = begin; b < end && !status; b++)
        status = sort_bin(job, b);
    return status;
}

static castmap_status allocate(sorter *s)
{
    cm_density_points *out = s->out;

    /* Sorting happens in place: a bin is read into scratch before it is written. */
    out->x = s->x = cm_alloc(s->points->count, sizeof *out->x);
    out->y = s->y = cm_alloc(s->points->count, sizeof *out->y);
    out->w = s->w = cm_alloc(s->points->count, sizeof *out->w);
    out->begin = cm_alloc(out->bins, sizeof *out->begin);
    out->end = cm_alloc(out->bins, sizeof *out->end);
    s->count = cm_alloc_zero(s->chunks * out->bins, sizeof *s->count);
    return out->x && out->y && out->w && out->begin && out->end && s->count ? CASTMAP_OK : CASTMAP_E_NOMEM;
}

castmap_status cm_density_points_sort(castmap_context *ctx, const castmap_points *points, const castmap_grid *grid,
                                      double reach_m, cm_density_points *out)
{
    const double margin = fmin(ceil(reach_m / grid->cell_m) + 1.0, MAX_MARGIN), rim = reach_m + grid->cell_m;
    sorter s = {.points = points, .out = out};
    castmap_status status;

    *out = (cm_density_points){.margin = (size_t)margin};
    out->bins = grid->rows + 2 * out->margin;
    s.west = grid->west - rim;
    s.east = grid->west + (double)grid->columns * grid->cell_m + rim;
    s.north = grid->north + rim;
    s.south = grid->north - (double)grid->rows * grid->cell_m - rim;
    s.top = grid->north + margin * grid->cell_m;
    s.per_m = 1.0 / grid->cell_m;
    s.chunks = points->count / MIN_CHUNK + 1;
    s.chunks = s.chunks < MAX_CHUNKS ? s.chunks : MAX_CHUNKS;
    while (s.chunks > 1 && s.chunks * out->bins > points->count)
        s.chunks /= 2;
    s.grain = (points->count + s.chunks - 1) / s.chunks;

    status = points->count > UINT32_MAX - 2 ? CASTMAP_E_LIMIT : allocate(&s);
    if (!status && points->count > 0) {
        while (s.chunks > 1 && (s.chunks - 1) * s.grain >= points->count)
            s.chunks--;
        status = cm_parallel_chunks(ctx, "sorting points", s.chunks, 1, count_bins, &s);
    }
    if (!status) {
        share_bins(&s);
        if (points->count > 0)
            status = cm_parallel_chunks(ctx, "sorting points", s.chunks, 1, place_points, &s);
    }
    if (!status)
        status = cm_parallel_chunks(ctx, "sorting points", out->bins, BINS_A_TURN, sort_bins, &s);
    free(s.count);
    if (status) {
        cm_density_points_clear(out);
        if (status == CASTMAP_E_DATA)
            return cm_fail(ctx, status, "a coordinate or weight of a point is not finite, or a weight is below 0");
        if (status == CASTMAP_E_LIMIT)
            return cm_fail(ctx, status, "more than four thousand million points");
        return status == CASTMAP_E_NOMEM ? cm_fail_memory(ctx) : status;
    }
    return CASTMAP_OK;
}
