/*
 * analysis/cluster/st_dbscan.c - DBSCAN in space and time.
 *
 *   1. sort          timed points by time, then into cells of half the radius: each cell stands in order of time
 *   2. mark_cores    count who is near in both, until enough                              in parallel
 *   3. unite_cores   cores of a cell along time, then with the cells around               one thread
 *   4. number        clusters by the smallest id among their cores                        one thread
 *   5. attach        every other point to its nearest core that is near in time          in parallel
 *
 * Two points of a cell are near in space whatever the rounding. So within a cell the cores form chains: a core and the next are one set
 * when they are near in time. A look from another cell skips the rest of a chain that it has joined, which keeps piles of records
 * (a month of them on one map point) from being compared pair by pair.
 */
#include "castmap/cluster.h"

#include "analysis/cluster/label_numbers.h"
#include "analysis/cluster/near_cells.h"
#include "base/disjoint_set.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/sort.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SUM_SLACK 1e-9
#define ORDER_BIT (UINT64_C(1) << 63)
#define BETWEEN_WORDS ((size_t)1 << 20)

typedef struct st_run {
    const castmap_points            *points;  /* borrowed */
    const castmap_st_dbscan_options *options; /* borrowed */
    size_t          n;       /* timed points */
    uint32_t       *input;   /* owned [n] by time, then id: which point */
    cm_point_grid   grid;    /* owned; index: into `input` */
    int64_t        *time_s;  /* owned [n], in cell order */
    bool           *core;    /* owned [n], in cell order */
    uint32_t       *chain_end; /* owned [n]: first place of the cell after the chain of core i */
    cm_disjoint_set sets;    /* owned */
    int32_t        *label;   /* owned [points->count] */
    bool           *is_core; /* owned [points->count] */
} st_run;

static int64_t id_of(const castmap_points *points, size_t i)
{
    return points->id ? points->id[i] : (int64_t)i;
}

static castmap_status check(castmap_context *ctx, const castmap_points *points, const castmap_st_dbscan_options *o)
{
    if (o->version != 1u)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "options of another version");
    if (!(o->eps_m > 0.0) || !isfinite(o->eps_m))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "eps_m must be above 0 and finite");
    if (o->window_s < 0)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "window_s is below 0");
    if (o->min_points == 0)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "min_points is 0");
    if (points->count > INT32_MAX)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "more than %d points", INT32_MAX);
    return CASTMAP_OK;
}

/* run->input: the points whose time is known, by time, then id. */
static castmap_status sort_by_time(castmap_context *ctx, st_run *run)
{
    const castmap_points *p = run->points;
    uint64_t *key = cm_alloc(p->count, sizeof *key);
    castmap_status status = CASTMAP_OK;

    run->input = cm_alloc(p->count, sizeof *run->input);
    if (!key || !run->input)
        status = cm_fail_memory(ctx);
    for (size_t i = 0; i < p->count && !status; i++) {
        if (p->time_s && p->time_s[i] != INT64_MIN)
            run->input[run->n++] = (uint32_t)i;
    }
    for (int by_time = 0; by_time < 2 && !status; by_time++) {
        for (size_t k = 0; k < run->n; k++)
            key[k] = (uint64_t)(by_time ? p->time_s[run->input[k]] : id_of(p, run->input[k])) ^ ORDER_BIT;
        status = cm_heed(ctx, "sorting by time", by_time ? 0.3 : 0.0);
        if (!status)
            status = cm_sort_u64(ctx, key, run->input, run->n);
    }
    free(key);
    return status;
}

/* Each cell of the grid holds its points in order of time. The copies that the grid is made from go when it is made. */
static castmap_status fill_cells(castmap_context *ctx, st_run *run)
{
    const castmap_points *p = run->points;
    castmap_points timed = {.count = run->n};
    double *x = cm_alloc(run->n, sizeof *x), *y = cm_alloc(run->n, sizeof *y);
    double *weight = p->weight ? cm_alloc(run->n, sizeof *weight) : NULL;
    castmap_status status = !x || !y || (p->weight && !weight) ? cm_fail_memory(ctx) : cm_heed(ctx, "sorting by time", 0.6);

    for (size_t k = 0; k < run->n && !status; k++) {
        x[k] = p->x[run->input[k]];
        y[k] = p->y[run->input[k]];
        if (weight)
            weight[k] = p->weight[run->input[k]];
        if (k % BETWEEN_WORDS == 0)
            status = cm_heed(ctx, "sorting by time", 0.6 + 0.2 * (double)k / (double)run->n);
    }
    timed.x = x;
    timed.y = y;
    timed.weight = weight;
    if (!status)
        status = cm_point_grid_make(ctx, &timed, cm_near_side(run->options->eps_m), &run->grid);
    free(x);
    free(y);
    free(weight);
    return status;
}

static castmap_status sort_points(castmap_context *ctx, st_run *run)
{
    castmap_status status = sort_by_time(ctx, run);

    if (!status)
        status = fill_cells(ctx, run);
    if (status)
        return status;
    run->time_s = cm_alloc(run->n, sizeof *run->time_s);
    run->core = cm_alloc_zero(run->n, sizeof *run->core);
    run->chain_end = cm_alloc(run->n, sizeof *run->chain_end);
    if (!run->time_s || !run->core || !run->chain_end || cm_disjoint_set_init(&run->sets, run->n) != 0)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < run->n && !status; i++) {
        run->time_s[i] = run->points->time_s[run->input[run->grid.index[i]]];
        if (i % BETWEEN_WORDS == 0)
            status = cm_heed(ctx, "sorting by time", 0.8 + 0.2 * (double)i / (double)run->n);
    }
    return status;
}

/* First place of [from, to) whose time is not before `time_s`. */
static uint32_t seek_time(const st_run *run, uint32_t from, uint32_t to, int64_t time_s)
{
    while (from < to) {
        const uint32_t middle = from + (to - from) / 2;
        if (run->time_s[middle] < time_s)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static int64_t earlier(const st_run *run, uint32_t i)
{
    int64_t out;

    return __builtin_sub_overflow(run->time_s[i], run->options->window_s, &out) ? INT64_MIN : out;
}

static int64_t later(const st_run *run, uint32_t i)
{
    int64_t out;

    return __builtin_add_overflow(run->time_s[i], run->options->window_s, &out) ? INT64_MAX : out;
}

static double square_distance(const cm_point_grid *grid, uint32_t a, uint32_t b)
{
    const double dx = grid->x[a] - grid->x[b], dy = grid->y[a] - grid->y[b];

    return dx * dx + dy * dy;
}

static bool has_enough(const st_run *run, uint32_t i, const cm_grid_rows *rows)
{
    const cm_point_grid *grid = &run->grid;
    const double eps2 = run->options->eps_m * run->options->eps_m, enough = (double)run->options->min_points * (1.0 - SUM_SLACK);
    const int64_t from_s = earlier(run, i), to_s = later(run, i);
    double found = 0.0;

    for (unsigned row = 0; row < 5; row++) {
        for (uint32_t cell = rows->begin[row]; cell < rows->end[row]; cell++) {
            const uint32_t end = grid->start[cell + 1];
            for (uint32_t j = seek_time(run, grid->start[cell], end, from_s); j < end && run->time_s[j] <= to_s; j++) {
                if (square_distance(grid, i, j) > eps2)
                    continue;
                found += grid->weight ? grid->weight[j] : 1.0;
                if (found >= enough)
                    return true;
            }
        }
    }
    return false;
}

static castmap_status mark_cores(size_t begin, size_t end, void *job)
{
    st_run *run = job;

    for (size_t cell = begin; cell < end; cell++) {
        const uint32_t first = run->grid.start[cell];
        cm_grid_rows rows;
        cm_near_rows(&run->grid, run->grid.x[first], run->grid.y[first], &rows);
        for (uint32_t i = first; i < run->grid.start[cell + 1]; i++)
            run->core[i] = has_enough(run, i, &rows);
    }
    return CASTMAP_OK;
}

/* Cores of one cell that follow one another within the window are one set. */
static void chain_cell(st_run *run, uint32_t begin, uint32_t end)
{
    uint32_t last = UINT32_MAX, first_of_chain = begin;

    for (uint32_t i = begin; i < end; i++) {
        if (!run->core[i])
            continue;
        if (last != UINT32_MAX && run->time_s[i] <= later(run, last)) {
            cm_disjoint_set_unite(&run->sets, last, i);
        } else {
            for (uint32_t k = first_of_chain; last != UINT32_MAX && k < i; k++)
                run->chain_end[k] = i;
            first_of_chain = i;
        }
        last = i;
    }
    for (uint32_t k = first_of_chain; k < end; k++)
        run->chain_end[k] = end;
}

static void unite_with(st_run *run, uint32_t i, uint32_t begin, uint32_t end)
{
    const double eps2 = run->options->eps_m * run->options->eps_m;
    const int64_t to_s = later(run, i);

    for (uint32_t j = seek_time(run, begin, end, earlier(run, i)); j < end && run->time_s[j] <= to_s;) {
        if (!run->core[j]) {
            j++;
        } else if (cm_disjoint_set_find(&run->sets, i) == cm_disjoint_set_find(&run->sets, j)) {
            j = run->chain_end[j];
        } else if (square_distance(&run->grid, i, j) <= eps2) {
            cm_disjoint_set_unite(&run->sets, i, j);
            j = run->chain_end[j];
        } else {
            j++;
        }
    }
}

static castmap_status unite_cores(castmap_context *ctx, st_run *run)
{
    const cm_point_grid *grid = &run->grid;
    castmap_status status = CASTMAP_OK;

    for (size_t cell = 0; cell < grid->cells && !status; cell++) {
        chain_cell(run, grid->start[cell], grid->start[cell + 1]);
        if (cell % 1024 == 0)
            status = cm_heed(ctx, "joining places", 0.1 * (double)cell / (double)grid->cells);
    }
    for (size_t cell = 0; cell < grid->cells && !status; cell++) {
        const uint32_t first = grid->start[cell];
        cm_grid_rows rows;
        if (cell % 1024 == 0)
            status = cm_heed(ctx, "joining places", 0.1 + 0.9 * (double)cell / (double)grid->cells);
        cm_near_rows(grid, grid->x[first], grid->y[first], &rows);
        for (uint32_t i = first; i < grid->start[cell + 1]; i++) {
            if (!run->core[i])
                continue;
            for (unsigned row = 2; row < 5; row++) { /* the cells before look at this one */
                for (uint32_t other = rows.begin[row]; other < rows.end[row]; other++) {
                    if (other > cell)
                        unite_with(run, i, grid->start[other], grid->start[other + 1]);
                }
            }
        }
    }
    return status;
}

static castmap_status number_clusters(castmap_context *ctx, st_run *run, size_t *k)
{
    castmap_status status = CASTMAP_OK;

    run->label = cm_alloc(run->points->count, sizeof *run->label);
    run->is_core = cm_alloc_zero(run->points->count, sizeof *run->is_core);
    if (!run->label || !run->is_core)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < run->points->count; i++)
        run->label[i] = CASTMAP_NOISE;
    for (uint32_t i = 0; i < run->n && !status; i++) {
        const uint32_t point = run->input[run->grid.index[i]];
        if (i % BETWEEN_WORDS == 0)
            status = cm_heed(ctx, "naming clusters", 0.0);
        run->is_core[point] = run->core[i];
        if (run->core[i])
            run->label[point] = (int32_t)cm_disjoint_set_find(&run->sets, i);
    }
    return status ? status : cm_number_labels(ctx, run->points, run->is_core, run->label, run->n, k);
}

/* The nearest core in space among those near in time; ties go to the cluster with the smaller key, which is the smaller number. */
static castmap_status attach(size_t begin, size_t end, void *job)
{
    st_run *run = job;
    const cm_point_grid *grid = &run->grid;

    for (size_t cell = begin; cell < end; cell++) {
        const uint32_t first = grid->start[cell];
        cm_grid_rows rows;
        cm_near_rows(grid, grid->x[first], grid->y[first], &rows);
        for (uint32_t i = first; i < grid->start[cell + 1]; i++) {
            double best = run->options->eps_m * run->options->eps_m;
            int32_t label = CASTMAP_NOISE;
            if (run->core[i])
                continue;
            for (unsigned row = 0; row < 5; row++) {
                for (uint32_t other = rows.begin[row]; other < rows.end[row]; other++) {
                    const uint32_t stop = grid->start[other + 1];
                    for (uint32_t j = seek_time(run, grid->start[other], stop, earlier(run, i));
                         j < stop && run->time_s[j] <= later(run, i); j++) {
                        const double d2 = run->core[j] ? square_distance(grid, i, j) : (double)INFINITY;
                        const int32_t its = run->core[j] ? run->label[run->input[grid->index[j]]] : CASTMAP_NOISE;
                        if (d2 < best || (d2 == best && (label == CASTMAP_NOISE || its < label))) {
                            best = d2;
                            label = its;
                        }
                    }
                }
            }
            run->label[run->input[grid->index[i]]] = label; /* a point that is no core is read by nobody else */
        }
    }
    return CASTMAP_OK;
}

static void release(st_run *run)
{
    free(run->input);
    free(run->time_s);
    free(run->core);
    free(run->chain_end);
    free(run->label);
    free(run->is_core);
    cm_point_grid_clear(&run->grid);
    cm_disjoint_set_clear(&run->sets);
}

castmap_status castmap_st_dbscan(castmap_context *ctx, const castmap_points *points, const castmap_st_dbscan_options *options,
                                 int32_t *labels, bool *is_core, size_t *n_clusters)
{
    st_run run = {.points = points, .options = options};
    size_t k = 0;
    castmap_status status;

    cm_fail_clear(ctx);
    status = check(ctx, points, options);
    if (!status)
        status = sort_points(ctx, &run);
    if (!status)
        status = cm_parallel_for(ctx, "finding cores", run.grid.cells, mark_cores, &run);
    if (!status)
        status = unite_cores(ctx, &run);
    if (!status)
        status = number_clusters(ctx, &run, &k);
    if (!status && !options->border_is_noise)
        status = cm_parallel_for(ctx, "attaching borders", run.grid.cells, attach, &run);
    if (!status && points->count > 0) {
        memcpy(labels, run.label, points->count * sizeof *labels);
        if (is_core)
            memcpy(is_core, run.is_core, points->count * sizeof *is_core);
    }
    if (!status && n_clusters)
        *n_clusters = k;
    release(&run);
    return status;
}
