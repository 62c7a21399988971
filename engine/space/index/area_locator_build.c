/*
 * space/index/area_locator_build.c - the first grid of an area locator.
 *
 *   1. measure      extent of the areas, refusal of what is not finite                      one thread
 *   2. list_rows    the segments that touch each row of cells                               one thread
 *   3. build_rows   per row: the segments that touch each cell, the areas that hold         in parallel
 *                   each centre by one walk along the row, then what becomes of each cell
 *
 * Walking along a row, the set of areas around the present centre is kept as a sorted list of ranks. A segment changes it at the
 * first centre that lies right of it, found with an exact test, so the walk makes no mistake that could be carried along.
 */
#include "space/index/area_locator.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MIN_CELLS 4096.0
#define MAX_CELLS 1048576.0
#define SEGMENTS_PER_CELL 3.0
#define MAX_SIDE 32768.0

typedef struct row_entry {
    uint32_t vertex; /* the segment goes from this one to the next */
    uint32_t rank;
} row_entry;

/* Space of one worker. */
typedef struct bench {
    cm_locator_segment *segments, *of_cell;
    double             *first, *last;
    uint32_t           *start, *item;           /* segments by column */
    uint32_t           *turn_start, *turn_rank; /* changes by column */
    uint32_t           *turn_column, *ranks, *active;
    bool               *inside;
    size_t              n_active;
    size_t              segment_room, cell_room, first_room, last_room, item_room, turn_room, column_room, ranks_room,
        active_room, inside_room;
} bench;

typedef struct builder {
    const castmap_polygons *areas;   /* borrowed */
    const uint32_t         *rank;    /* borrowed or NULL */
    castmap_area_locator   *locator; /* borrowed, being filled */
    uint32_t               *area_of; /* owned [count] */
    size_t                 *row_start; /* owned [rows + 1] */
    row_entry              *entries; /* owned */
    size_t                  n_segments;
    double                  west, south, east, north, slack_m;
    bench                  *benches; /* owned [workers] */
    unsigned                workers;
} builder;

static castmap_status order_areas(castmap_context *ctx, builder *b)
{
    const size_t n = b->areas->count;

    if (n >= CM_LOCATOR_NUMBER)
        return cm_fail(ctx, CASTMAP_E_LIMIT, "%zu areas are more than a locator holds", n);
    b->area_of = cm_alloc(n, sizeof *b->area_of);
    if (!b->area_of)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < n; i++)
        b->area_of[i] = UINT32_MAX;
    for (size_t i = 0; i < n; i++) {
        const uint32_t rank = b->rank ? b->rank[i] : (uint32_t)i;
        if (rank >= n || b->area_of[rank] != UINT32_MAX)
            return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the ranks of the areas are not 0 to %zu, each once", n - 1);
        b->area_of[rank] = (uint32_t)i;
    }
    return CASTMAP_OK;
}

/* Calls for each segment of area i that is not a point: vertex v to v + 1. */
#define FOR_SEGMENTS(areas, i, v) \
    for (size_t ring_ = (areas)->ring_start[(areas)->part_start[i]]; \
         ring_ < (areas)->ring_start[(areas)->part_start[(i) + 1]]; ring_++) \
        for (size_t v = (areas)->vertex_start[ring_]; v + 1 < (areas)->vertex_start[ring_ + 1]; v++) \
            if ((areas)->x[v] != (areas)->x[v + 1] || (areas)->y[v] != (areas)->y[v + 1])

static castmap_status measure(castmap_context *ctx, builder *b)
{
    const castmap_polygons *areas = b->areas;
    double largest = 0.0;

    b->west = b->south = INFINITY;
    b->east = b->north = -INFINITY;
    for (size_t i = 0; i < areas->count; i++) {
        if (areas->part_start[i] == areas->part_start[i + 1])
            continue;
        FOR_SEGMENTS(areas, i, v)
        {
            for (size_t end = v; end <= v + 1; end++) {
                const double x = areas->x[end], y = areas->y[end];
                if (!isfinite(x) || !isfinite(y) || fabs(x) > 1e100 || fabs(y) > 1e100)
                    return cm_fail(ctx, CASTMAP_E_DATA, "a vertex of area %zu is not a usable number", i);
                b->west = fmin(b->west, x);
                b->east = fmax(b->east, x);
                b->south = fmin(b->south, y);
                b->north = fmax(b->north, y);
                largest = fmax(largest, fmax(fabs(x), fabs(y)));
            }
            if (v >= UINT32_MAX - 1)
                return cm_fail(ctx, CASTMAP_E_LIMIT, "more vertices than a locator holds");
            b->n_segments++;
        }
    }
    b->slack_m = 16.0 * DBL_EPSILON * largest;
    return CASTMAP_OK;
}

/* Square cells, more of them the more segments there are. */
static void lay_out(builder *b)
{
    castmap_area_locator *l = b->locator;

    if (b->n_segments == 0) {
        l->cell_m = l->per_m = 1.0;
        return;
    }
    const double cells = fmin(fmax((double)b->n_segments / SEGMENTS_PER_CELL, MIN_CELLS), MAX_CELLS);
    const double width = b->east - b->west, height = b->north - b->south;
    double side = sqrt(width / cells * height);

    side = fmax(fmax(side, fmax(width, height) / MAX_SIDE), fmax(1024.0 * b->slack_m, 1e-90));
    l->cell_m = side;
    l->per_m = 1.0 / side;
    /* A margin, so that borders of the outermost cells are not borders of areas. */
    l->west = b->west - 0.01 * side;
    l->south = b->south - 0.01 * side;
    l->columns = (size_t)((b->east - l->west) * l->per_m + 0.01) + 1;
    l->rows = (size_t)((b->north - l->south) * l->per_m + 0.01) + 1;
}

static double pad_of(const builder *b)
{
    return b->slack_m + 1e-7 * b->locator->cell_m;
}

static void rows_of(const builder *b, size_t v, size_t *first, size_t *last)
{
    const castmap_area_locator *l = b->locator;
    const double ay = b->areas->y[v], by = b->areas->y[v + 1], pad = pad_of(b);
    const double low = floor((fmin(ay, by) - pad - l->south) * l->per_m);
    const double high = floor((fmax(ay, by) + pad - l->south) * l->per_m), top = (double)l->rows - 1.0;

    *first = low > 0.0 ? (size_t)fmin(low, top) : 0;
    *last = high > 0.0 ? (size_t)fmin(high, top) : 0;
}

static castmap_status list_rows(castmap_context *ctx, builder *b)
{
    const castmap_polygons *areas = b->areas;
    const size_t rows = b->locator->rows;
    size_t first, last;

    b->row_start = cm_alloc_zero(rows + 2, sizeof *b->row_start);
    if (!b->row_start)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < areas->count; i++) {
        if (areas->part_start[i] == areas->part_start[i + 1])
            continue;
        FOR_SEGMENTS(areas, i, v)
        {
            rows_of(b, v, &first, &last);
            for (size_t r = first; r <= last; r++)
                b->row_start[r + 2]++;
        }
    }
    for (size_t r = 0; r < rows; r++)
        b->row_start[r + 2] += b->row_start[r + 1];
    b->entries = cm_alloc(b->row_start[rows + 1], sizeof *b->entries);
    if (!b->entries)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < areas->count; i++) {
        if (areas->part_start[i] == areas->part_start[i + 1])
            continue;
        const uint32_t rank = b->rank ? b->rank[i] : (uint32_t)i;
        FOR_SEGMENTS(areas, i, v)
        {
            rows_of(b, v, &first, &last);
            for (size_t r = first; r <= last; r++)
                b->entries[b->row_start[r + 1]++] = (row_entry){(uint32_t)v, rank};
        }
    }
    return CASTMAP_OK; /* row_start[r] is now the first entry of row r */
}

static cm_locator_segment segment_of(const castmap_polygons *areas, row_entry entry)
{
    const double *x = &areas->x[entry.vertex], *y = &areas->y[entry.vertex];

    if (x[0] < x[1] || (x[0] == x[1] && y[0] < y[1]))
        return (cm_locator_segment){x[0], y[0], x[1], y[1], entry.rank};
    return (cm_locator_segment){x[1], y[1], x[0], y[0], entry.rank};
}

/* The first column whose centre lies right of the segment, at this height; `columns` if none does. */
static uint32_t turning_column(const castmap_area_locator *l, const cm_locator_segment *s, double y)
{
    const bool up = s->by > s->ay; /* seen from the lower end, right is the negative side */
    const int right = up ? -1 : 1;
    const double crossing = s->ax + (y - s->ay) * ((s->bx - s->ax) / (s->by - s->ay));
    const double guess = ceil((crossing - l->west) * l->per_m - 0.5), columns = (double)l->columns;
    size_t c = guess > 0.0 ? (size_t)fmin(guess, columns) : 0;

    while (c > 0 &&
           cm_locator_side(s->ax, s->ay, s->bx, s->by, l->west + (double)(c - 1) * l->cell_m + 0.5 * l->cell_m, y) ==
               right)
        c--;
    while (c < l->columns &&
           cm_locator_side(s->ax, s->ay, s->bx, s->by, l->west + (double)c * l->cell_m + 0.5 * l->cell_m, y) != right)
        c++;
    return (uint32_t)c;
}

/* Segments by column, and the changes of the walk by column. */
static castmap_status sort_into_columns(builder *b, bench *w, size_t row, size_t n)
{
    const castmap_area_locator *l = b->locator;
    const double south = l->south + (double)row * l->cell_m, y = south + 0.5 * l->cell_m;
    const double last_column = (double)l->columns - 1.0;
    size_t items = 0, turns = 0;

    memset(w->start, 0, (l->columns + 2) * sizeof *w->start);
    memset(w->turn_start, 0, (l->columns + 2) * sizeof *w->turn_start);
    for (size_t i = 0; i < n; i++) {
        const cm_locator_segment *s = &w->segments[i];
        w->turn_column[i] = UINT32_MAX;
        if (cm_locator_columns(s, l->west, south, south + l->cell_m, l->per_m, pad_of(b), &w->first[i], &w->last[i])) {
            w->first[i] = fmax(w->first[i], 0.0);
            w->last[i] = fmin(w->last[i], last_column);
            for (size_t c = (size_t)w->first[i]; c <= (size_t)w->last[i]; c++)
                w->start[c + 2]++;
            items += (size_t)w->last[i] - (size_t)w->first[i] + 1;
        } else {
            w->first[i] = 0.0; /* no column */
            w->last[i] = -1.0;
        }
        if ((s->ay <= y) != (s->by <= y)) {
            const uint32_t c = turning_column(l, s, y);
            if (c < l->columns) {
                w->turn_column[i] = c;
                w->turn_start[c + 2]++;
                turns++;
            }
        }
    }
    if (items > UINT32_MAX - 2)
        return CASTMAP_E_LIMIT;
    if (cm_grow(&w->item, &w->item_room, items, sizeof *w->item) ||
        cm_grow(&w->turn_rank, &w->turn_room, turns, sizeof *w->turn_rank))
        return CASTMAP_E_NOMEM;
    for (size_t c = 0; c < l->columns; c++) {
        w->start[c + 2] += w->start[c + 1];
        w->turn_start[c + 2] += w->turn_start[c + 1];
    }
    for (size_t i = 0; i < n; i++) {
        for (double c = w->first[i]; c <= w->last[i]; c += 1.0)
            w->item[w->start[(size_t)c + 1]++] = (uint32_t)i;
        if (w->turn_column[i] != UINT32_MAX)
            w->turn_rank[w->turn_start[w->turn_column[i] + 1]++] = w->segments[i].rank;
    }
    return CASTMAP_OK;
}

/* Where `rank` stands in the active list, or would. */
static size_t active_place(const bench *w, uint32_t rank)
{
    size_t low = 0, high = w->n_active;

    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (w->active[middle] < rank)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static castmap_status turn(bench *w, uint32_t rank)
{
    const size_t at = active_place(w, rank);

    if (at < w->n_active && w->active[at] == rank) {
        memmove(&w->active[at], &w->active[at + 1], (w->n_active - at - 1) * sizeof *w->active);
        w->n_active--;
        return CASTMAP_OK;
    }
    if (cm_grow(&w->active, &w->active_room, w->n_active + 1, sizeof *w->active))
        return CASTMAP_E_NOMEM;
    memmove(&w->active[at + 1], &w->active[at], (w->n_active - at) * sizeof *w->active);
    w->active[at] = rank;
    w->n_active++;
    return CASTMAP_OK;
}

static int compare_ranks(const void *a, const void *b)
{
    const uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

    return (left > right) - (left < right);
}

/* The cell's segments in order, the areas they bound, and which areas hold its centre. */
static castmap_status describe_cell(bench *w, const uint32_t *items, size_t n, cm_locator_cell *cell)
{
    if (cm_grow(&w->of_cell, &w->cell_room, n, sizeof *w->of_cell) ||
        cm_grow(&w->ranks, &w->ranks_room, n, sizeof *w->ranks) ||
        cm_grow(&w->inside, &w->inside_room, n, sizeof *w->inside))
        return CASTMAP_E_NOMEM;
    for (size_t i = 0; i < n; i++) {
        w->of_cell[i] = w->segments[items[i]];
        w->ranks[i] = w->of_cell[i].rank;
    }
    if (n > 1) {
        qsort(w->of_cell, n, sizeof *w->of_cell, cm_locator_compare); /* equal ones cannot be told apart */
        qsort(w->ranks, n, sizeof *w->ranks, compare_ranks);
    }
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        if (m == 0 || w->ranks[m - 1] != w->ranks[i])
            w->ranks[m++] = w->ranks[i];
    }
    for (size_t k = 0; k < m; k++) {
        const size_t at = active_place(w, w->ranks[k]);
        w->inside[k] = at < w->n_active && w->active[at] == w->ranks[k];
    }
    cell->segments = w->of_cell;
    cell->n_segments = n;
    cell->ranks = w->ranks;
    cell->inside = w->inside;
    cell->n_ranks = m;
    cell->cover = UINT32_MAX;
    for (size_t a = 0, k = 0; a < w->n_active; a++) {
        while (k < m && w->ranks[k] < w->active[a])
            k++;
        if (k == m || w->ranks[k] != w->active[a]) {
            cell->cover = w->active[a];
            break;
        }
    }
    return CASTMAP_OK;
}

static castmap_status build_row(builder *b, bench *w, size_t row)
{
    castmap_area_locator *l = b->locator;
    const size_t begin = b->row_start[row], n = b->row_start[row + 1] - begin;
    uint32_t *codes = &l->codes[row * l->columns];

    if (cm_grow(&w->segments, &w->segment_room, n, sizeof *w->segments) ||
        cm_grow(&w->first, &w->first_room, n, sizeof *w->first) ||
        cm_grow(&w->last, &w->last_room, n, sizeof *w->last) ||
        cm_grow(&w->turn_column, &w->column_room, n, sizeof *w->turn_column))
        return CASTMAP_E_NOMEM;
    if (n > UINT32_MAX)
        return CASTMAP_E_LIMIT;
    for (size_t i = 0; i < n; i++)
        w->segments[i] = segment_of(b->areas, b->entries[begin + i]);
    castmap_status status = sort_into_columns(b, w, row, n);
    w->n_active = 0;
    for (size_t c = 0; c < l->columns && !status; c++) {
        for (uint32_t t = w->turn_start[c]; t < w->turn_start[c + 1] && !status; t++)
            status = turn(w, w->turn_rank[t]);
        const size_t cell_n = w->start[c + 1] - w->start[c];
        if (status)
            break;
        if (cell_n == 0) {
            codes[c] = w->n_active ? b->area_of[w->active[0]] + 1 : 0;
            continue;
        }
        cm_locator_cell cell = {.x = l->west + (double)c * l->cell_m, .y = l->south + (double)row * l->cell_m,
                                .side_m = l->cell_m};
        status = describe_cell(w, &w->item[w->start[c]], cell_n, &cell);
        if (!status)
            status = cm_locator_cell_make(&l->strips[row], &cell, b->area_of, b->slack_m, &codes[c]);
    }
    return status;
}

static castmap_status build_rows(size_t begin, size_t end, unsigned worker, void *job)
{
    builder *b = job;
    bench *w = &b->benches[worker];
    castmap_status status = CASTMAP_OK;

    if (!w->start) {
        w->start = cm_alloc(b->locator->columns + 2, sizeof *w->start);
        w->turn_start = cm_alloc(b->locator->columns + 2, sizeof *w->turn_start);
        if (!w->start || !w->turn_start)
            return CASTMAP_E_NOMEM;
    }
    for (size_t row = begin; row < end && !status; row++)
        status = build_row(b, w, row);
    return status;
}

static void release(builder *b)
{
    for (unsigned k = 0; b->benches && k < b->workers; k++) {
        bench *w = &b->benches[k];
        void *owned[] = {w->segments, w->of_cell,   w->first,       w->last,  w->start,  w->item,
                         w->turn_start, w->turn_rank, w->turn_column, w->ranks, w->active, w->inside};
        for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
            free(owned[i]);
    }
    free(b->benches);
    free(b->area_of);
    free(b->row_start);
    free(b->entries);
}

castmap_status cm_locator_build(castmap_context *ctx, const castmap_polygons *areas, const uint32_t *rank,
                                castmap_area_locator *locator)
{
    builder b = {.areas = areas, .rank = rank, .locator = locator, .workers = castmap_threads(ctx)};
    castmap_status status;

    status = order_areas(ctx, &b);
    if (status)
        goto done;
    status = measure(ctx, &b);
    if (status)
        goto done;
    lay_out(&b);
    if (b.n_segments == 0)
        goto done;
    locator->codes = cm_alloc(locator->rows * locator->columns, sizeof *locator->codes);
    locator->strips = cm_alloc_zero(locator->rows, sizeof *locator->strips);
    b.benches = cm_alloc_zero(b.workers, sizeof *b.benches);
    if (!locator->codes || !locator->strips || !b.benches) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    status = list_rows(ctx, &b);
    if (status)
        goto done;
    status = cm_parallel_workers(ctx, "indexing areas", locator->rows, 1, build_rows, &b);
    if (status == CASTMAP_E_NOMEM)
        status = cm_fail_memory(ctx);
    else if (status == CASTMAP_E_LIMIT)
        status = cm_fail(ctx, status, "the borders of the areas are denser than a locator holds");

done:
    release(&b);
    return status;
}
