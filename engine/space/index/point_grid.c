/*
 * space/index/point_grid.c - points sorted into square cells.
 *
 *   1. measure      extent, and refusal of what is not finite                      in parallel
 *   2. cut          columns and rows (grid_axis.c); wide gaps squeezed out         one thread, rarely with a sort
 *   3. scatter      points into at most 512 ranges of cell keys                    in parallel, fixed chunks
 *   4. sort ranges  each range by its exact cell, in cache (grid_bench.c)          in parallel
 *   5. list cells   key and first point of each occupied cell                      in parallel
 *
 * Chunks count before they write, so every point has its place whatever thread moves it. Two moves of 20 bytes a
 * point, both near their source or their target, replace one that would miss the cache at every point.
 */
#include "space/index/point_grid.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "space/index/grid_bench.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define RANGES 512u
#define SAMPLE_BINS 16384u              /* of keys, from which ranges of similar size are put together */
#define MAX_CHUNKS 128u
#define MIN_CHUNK 8192u

typedef struct extent {
    double min_x, max_x, min_y, max_y;
    bool   bad_place, bad_weight;
} extent;

typedef struct builder {
    const castmap_points *points; /* borrowed */
    cm_point_grid        *grid;   /* borrowed, being filled */
    size_t                grain, chunks;
    extent               *extents;    /* owned [chunks] */
    uint64_t              keys;       /* columns * rows */
    unsigned              shift;      /* key >> shift: bin */
    uint16_t             *range_of;   /* owned [SAMPLE_BINS] bin -> range */
    uint64_t              first_key[RANGES + 1]; /* of each range */
    uint32_t             *place;      /* owned [chunks * RANGES] */
    uint32_t              begin[RANGES + 1];
    uint32_t              cells[RANGES + 1];
    cm_grid_bench        *benches;    /* owned [threads] */
    unsigned              workers;
} builder;

static castmap_status measure_chunk(size_t begin, size_t end, void *job)
{
    builder *b = job;
    const double *x = b->points->x, *y = b->points->y, *w = b->points->weight;
    extent e = {x[begin], x[begin], y[begin], y[begin], false, false};
    double zero = 0.0;

    for (size_t i = begin; i < end; i++) {
        e.min_x = x[i] < e.min_x ? x[i] : e.min_x;
        e.max_x = x[i] > e.max_x ? x[i] : e.max_x;
        e.min_y = y[i] < e.min_y ? y[i] : e.min_y;
        e.max_y = y[i] > e.max_y ? y[i] : e.max_y;
        zero += x[i] * 0.0 + y[i] * 0.0; /* turns NaN if any is not finite */
    }
    e.bad_place = !(zero == 0.0);
    if (w) {
        for (size_t i = begin; i < end; i++)
            e.bad_weight |= !(w[i] >= 0.0 && w[i] <= 1.7976931348623157e308);
    }
    b->extents[begin / b->grain] = e;
    return CASTMAP_OK;
}

static castmap_status measure(castmap_context *ctx, builder *b, extent *all)
{
    castmap_status status = cm_parallel_chunks(ctx, "reading points", b->points->count, b->grain, measure_chunk, b);

    if (status)
        return status;
    *all = b->extents[0];
    for (size_t i = 0; i < b->chunks; i++) {
        const extent *e = &b->extents[i];
        if (e->bad_place)
            return cm_fail(ctx, CASTMAP_E_DATA, "a coordinate is not a finite number");
        if (e->bad_weight)
            return cm_fail(ctx, CASTMAP_E_DATA, "a weight is below 0 or not a finite number");
        all->min_x = fmin(all->min_x, e->min_x);
        all->max_x = fmax(all->max_x, e->max_x);
        all->min_y = fmin(all->min_y, e->min_y);
        all->max_y = fmax(all->max_y, e->max_y);
    }
    return CASTMAP_OK;
}

/* Neighbouring bins are put into one range until it holds its share of a sample: skewed data still give all workers
 * something to do. The sample decides who sorts what and never the outcome. */
static castmap_status choose_ranges(castmap_context *ctx, builder *b)
{
    const cm_point_grid *grid = b->grid;
    const size_t n = b->points->count, step = n / 16384 + 1;
    uint32_t *hits = cm_alloc_zero(SAMPLE_BINS, sizeof *hits);
    size_t sampled = 0, seen = 0, range = 0;

    b->range_of = cm_alloc(SAMPLE_BINS, sizeof *b->range_of);
    if (!hits || !b->range_of) {
        free(hits);
        return cm_fail_memory(ctx);
    }
    b->keys = grid->across.columns * grid->up.columns;
    while ((b->keys >> b->shift) >= SAMPLE_BINS)
        b->shift++;
    for (size_t i = 0; i < n; i += step, sampled++)
        hits[cm_grid_key(grid, b->points->x[i], b->points->y[i]) >> b->shift]++;

    const size_t wanted = n / 2048 + 1 < RANGES ? n / 2048 + 1 : RANGES;
    b->first_key[0] = 0;
    for (size_t bin = 0; bin < SAMPLE_BINS; bin++) {
        size_t by_bins = bin * wanted / SAMPLE_BINS, by_sample = seen * wanted / (sampled + 1);
        size_t due = (by_bins + by_sample) / 2; /* both, so that few cells and few points fall to one range */
        if (due > range) {
            range++;
            b->first_key[range] = (uint64_t)bin << b->shift;
        }
        b->range_of[bin] = (uint16_t)range;
        seen += hits[bin];
    }
    for (size_t r = range + 1; r <= RANGES; r++)
        b->first_key[r] = (uint64_t)SAMPLE_BINS << b->shift;
    free(hits);
    return CASTMAP_OK;
}

static castmap_status count_chunk(size_t begin, size_t end, void *job)
{
    builder *b = job;
    uint32_t *count = b->place + begin / b->grain * RANGES;
    const double *x = b->points->x, *y = b->points->y;

    for (size_t i = begin; i < end; i++)
        count[b->range_of[cm_grid_key(b->grid, x[i], y[i]) >> b->shift]]++;
    return CASTMAP_OK;
}

static void turn_counts_into_places(builder *b)
{
    uint32_t at = 0;

    for (size_t range = 0; range < RANGES; range++) {
        b->begin[range] = at;
        for (size_t chunk = 0; chunk < b->chunks; chunk++) {
            uint32_t *place = &b->place[chunk * RANGES + range], count = *place;
            *place = at;
            at += count;
        }
    }
    b->begin[RANGES] = at;
}

static castmap_status scatter_chunk(size_t begin, size_t end, void *job)
{
    builder *b = job;
    cm_point_grid *grid = b->grid;
    uint32_t *place = b->place + begin / b->grain * RANGES;
    const double *x = b->points->x, *y = b->points->y, *w = b->points->weight;

    for (size_t i = begin; i < end; i++) {
        uint32_t at = place[b->range_of[cm_grid_key(grid, x[i], y[i]) >> b->shift]]++;
        grid->x[at] = x[i];
        grid->y[at] = y[i];
        grid->index[at] = (uint32_t)i;
        if (w)
            grid->weight[at] = w[i];
    }
    return CASTMAP_OK;
}

static castmap_status sort_ranges(size_t begin, size_t end, unsigned worker, void *job)
{
    builder *b = job;

    for (size_t range = begin; range < end; range++) {
        const size_t at = b->begin[range], n = b->begin[range + 1] - at;
        const size_t cells = n > 0 ? cm_grid_bench_sort(&b->benches[worker], b->grid, at, n, b->first_key[range], b->first_key[range + 1] - b->first_key[range]) : 0;
        if (cells == CM_GRID_NO_MEMORY)
            return CASTMAP_E_NOMEM;
        b->cells[range] = (uint32_t)cells;
    }
    return CASTMAP_OK;
}

static castmap_status list_cells(size_t begin, size_t end, void *job)
{
    builder *b = job;
    cm_point_grid *grid = b->grid;

    for (size_t range = begin; range < end; range++) {
        uint32_t cell = b->cells[range];
        uint64_t ranked = b->first_key[range];
        for (uint32_t i = b->begin[range]; i < b->begin[range + 1]; i++) {
            if (!(grid->index[i] & CM_GRID_FIRST_OF_CELL))
                continue;
            grid->index[i] &= ~CM_GRID_FIRST_OF_CELL;
            grid->key[cell] = cm_grid_key(grid, grid->x[i], grid->y[i]);
            grid->start[cell] = i;
            for (; grid->rank && ranked <= grid->key[cell]; ranked++)
                grid->rank[ranked] = cell;
            cell++;
        }
        const uint64_t end_key = b->first_key[range + 1] < b->keys ? b->first_key[range + 1] : b->keys;
        for (; grid->rank && ranked < end_key; ranked++)
            grid->rank[ranked] = cell;
    }
    return CASTMAP_OK;
}

static castmap_status make_cells(castmap_context *ctx, builder *b)
{
    cm_point_grid *grid = b->grid;
    uint32_t cells = 0;

    for (size_t range = 0; range < RANGES; range++) {
        uint32_t count = b->cells[range];
        b->cells[range] = cells;
        cells += count;
    }
    grid->cells = cells;
    grid->key = cm_alloc(cells, sizeof *grid->key);
    grid->start = cm_alloc((size_t)cells + 1, sizeof *grid->start);
    const uint64_t few = 2 * (uint64_t)grid->count + grid->count / 4 + 4096;
    if (b->keys <= few)
        grid->rank = cm_alloc(b->keys + 1, sizeof *grid->rank);
    if (!grid->key || !grid->start || (b->keys <= few && !grid->rank))
        return cm_fail_memory(ctx);
    if (grid->rank)
        grid->rank[b->keys] = cells;
    grid->start[cells] = (uint32_t)grid->count;
    return cm_parallel_chunks(ctx, "sorting points", RANGES, 4, list_cells, b);
}

static castmap_status prepare(castmap_context *ctx, builder *b)
{
    cm_point_grid *grid = b->grid;
    const size_t n = b->points->count;

    b->grain = n / MAX_CHUNKS + 1 > MIN_CHUNK ? n / MAX_CHUNKS + 1 : MIN_CHUNK;
    b->chunks = (n + b->grain - 1) / b->grain;
    b->workers = castmap_threads(ctx);
    b->extents = cm_alloc(b->chunks, sizeof *b->extents);
    b->place = cm_alloc_zero(b->chunks * RANGES, sizeof *b->place);
    b->benches = cm_alloc_zero(b->workers, sizeof *b->benches);
    grid->count = n;
    grid->x = cm_alloc(n, sizeof *grid->x);
    grid->y = cm_alloc(n, sizeof *grid->y);
    grid->index = cm_alloc(n, sizeof *grid->index);
    grid->weight = b->points->weight ? cm_alloc(n, sizeof *grid->weight) : NULL;
    if (!b->extents || !b->place || !b->benches || !grid->x || !grid->y || !grid->index ||
        (b->points->weight && !grid->weight))
        return cm_fail_memory(ctx);
    return CASTMAP_OK;
}

static castmap_status fill(castmap_context *ctx, builder *b, double side_m)
{
    cm_point_grid *grid = b->grid;
    const castmap_points *points = b->points;
    const size_t n = points->count;
    extent all;
    castmap_status status = prepare(ctx, b);

    if (status)
        return status;
    status = measure(ctx, b, &all);
    if (status)
        return status;
    status = cm_grid_axis_cut(ctx, points->x, n, all.min_x, all.max_x, side_m, &grid->across);
    if (status)
        return status;
    status = cm_grid_axis_cut(ctx, points->y, n, all.min_y, all.max_y, side_m, &grid->up);
    if (status)
        return status;
    status = choose_ranges(ctx, b);
    if (status)
        return status;
    status = cm_parallel_chunks(ctx, "sorting points", n, b->grain, count_chunk, b);
    if (status)
        return status;
    turn_counts_into_places(b);
    status = cm_parallel_chunks(ctx, "sorting points", n, b->grain, scatter_chunk, b);
    if (status)
        return status;
    status = cm_parallel_workers(ctx, "sorting points", RANGES, 1, sort_ranges, b);
    if (status)
        return status == CASTMAP_E_NOMEM ? cm_fail_memory(ctx) : status;
    return make_cells(ctx, b);
}

castmap_status cm_point_grid_make(castmap_context *ctx, const castmap_points *points, double side_m,
                                  cm_point_grid *out)
{
    cm_point_grid grid = CM_POINT_GRID_INIT;
    builder b = {.points = points, .grid = &grid};
    castmap_status status;

    assert(side_m > 0.0 && points->count <= INT32_MAX);
    grid.side_m = side_m;
    if (points->count == 0) {
        grid.start = cm_alloc_zero(1, sizeof *grid.start);
        status = grid.start ? CASTMAP_OK : cm_fail_memory(ctx);
    } else {
        status = fill(ctx, &b, side_m);
    }
    for (unsigned i = 0; b.benches && i < b.workers; i++)
        cm_grid_bench_clear(&b.benches[i]);
    free(b.benches);
    free(b.extents);
    free(b.place);
    free(b.range_of);
    if (status)
        cm_point_grid_clear(&grid);
    else
        *out = grid;
    return status;
}

void cm_point_grid_clear(cm_point_grid *grid)
{
    if (!grid)
        return;
    cm_grid_axis_clear(&grid->across);
    cm_grid_axis_clear(&grid->up);
    free(grid->x);
    free(grid->y);
    free(grid->weight);
    free(grid->index);
    free(grid->key);
    free(grid->start);
    free(grid->rank);
    *grid = (cm_point_grid)CM_POINT_GRID_INIT;
}

uint32_t cm_point_grid_seek(const cm_point_grid *grid, uint64_t key)
{
    uint32_t low = 0, high = (uint32_t)grid->cells;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (grid->key[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void cm_grid_walk_begin(cm_grid_walk *walk, const cm_point_grid *grid, uint32_t cell)
{
    walk->grid = grid;
    for (unsigned row = 0; row < 5; row++) {
        uint64_t want = cell < grid->cells ? grid->key[cell] - 2 * grid->across.columns - 2 : UINT64_MAX;
        walk->finger[row] = cm_point_grid_seek(grid, want == UINT64_MAX ? want : want + row * grid->across.columns);
    }
}
