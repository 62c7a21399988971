/*
 * analysis/cluster/st_dbscan.c - DBSCAN with a radius in space and one in time.
 *
 *   1. mark_cores     count each point's neighbours                                 in parallel
 *   2. unite_cores    join cores that are neighbours                                in parallel
 *   3. label_cores    number the sets by the smallest id of their cores             one thread
 *   4. attach_borders the nearest core in space among a point's neighbours          in parallel
 *
 * Cells have half the radius as their side, so that all neighbours lie in the five by five cells around. In each cell points are sorted by
 * time, so that a short window looks at few of them.
 */
#include "castmap/cluster.h"

#include "analysis/cluster/joint_sets.h"
#include "analysis/cluster/label_numbers.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "space/index/point_grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CELLS_A_CHUNK 64u

typedef struct st_dbscan {
    const castmap_points *points;             /* borrowed */
    const castmap_st_dbscan_options *options; /* borrowed */
    cm_point_grid    grid;    /* owned; within a cell in order of time */
    int64_t         *time_s;  /* owned [n] in grid order; INT64_MIN: none */
    bool            *core;    /* owned [n] in grid order */
    cm_joint_parent *parent;  /* owned [n] in grid order */
    int32_t         *label;   /* owned [n] by input index */
    bool            *is_core; /* owned [n] by input index */
} st_dbscan;

typedef struct moment {
    int64_t  time_s;
    double   x, y, weight;
    int64_t  id;
    uint32_t index;
} moment;

static int by_time_then_id(const void *left, const void *right)
{
    const moment *a = left, *b = right;

    if (a->time_s != b->time_s)
        return a->time_s < b->time_s ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

static castmap_status sort_cells(size_t begin, size_t end, void *job)
{
    st_dbscan *run = job;
    cm_point_grid *grid = &run->grid;

    for (size_t cell = begin; cell < end; cell++) {
        const uint32_t from = grid->start[cell];
        const size_t n = grid->start[cell + 1] - from;
        moment *list = cm_alloc(n, sizeof *list);
        if (!list)
            return CASTMAP_E_NOMEM;
        for (size_t i = 0; i < n; i++) {
            const uint32_t index = grid->index[from + i];
            list[i] = (moment){run->points->time_s[index], grid->x[from + i], grid->y[from + i],
                               grid->weight ? grid->weight[from + i] : 1.0,
                               run->points->id ? run->points->id[index] : (int64_t)index, index};
        }
        qsort(list, n, sizeof *list, by_time_then_id);
        for (size_t i = 0; i < n; i++) {
            run->time_s[from + i] = list[i].time_s;
            grid->x[from + i] = list[i].x;
            grid->y[from + i] = list[i].y;
            grid->index[from + i] = list[i].index;
            if (grid->weight)
                grid->weight[from + i] = list[i].weight;
        }
        free(list);
    }
    return CASTMAP_OK;
}

/* First place of [from, to) whose time is not before `time_s`. */
static uint32_t seek_time(const int64_t *times, uint32_t from, uint32_t to, int64_t time_s)
{
    while (from < to) {
        const uint32_t middle = from + (to - from) / 2;
        if (times[middle] < time_s)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static int64_t minus(int64_t a, int64_t b) /* a - b without running over; b >= 0. INT64_MIN is kept for "no time" */
{
    return a < INT64_MIN + 1 + b ? INT64_MIN + 1 : a - b;
}

static int64_t plus(int64_t a, int64_t b)
{
    return a > INT64_MAX - b ? INT64_MAX : a + b;
}

/* Calls `see` for each neighbour of point i (grid order), itself included, until it gives false. */
typedef bool see_fn(st_dbscan *run, uint32_t i, uint32_t j, double d2, void *payload);

static void each_neighbour(st_dbscan *run, const cm_grid_rows *rows, uint32_t i, see_fn *see, void *payload)
{
    const cm_point_grid *grid = &run->grid;
    const double eps2 = run->options->eps_m * run->options->eps_m;
    const int64_t from_s = minus(run->time_s[i], run->options->window_s), to_s = plus(run->time_s[i], run->options->window_s);

    for (unsigned row = 0; row < 5; row++) {
        for (uint32_t cell = rows->begin[row]; cell < rows->end[row]; cell++) {
            const uint32_t end = grid->start[cell + 1];
            for (uint32_t j = seek_time(run->time_s, grid->start[cell], end, from_s); j < end && run->time_s[j] <= to_s; j++) {
                const double dx = grid->x[j] - grid->x[i], dy = grid->y[j] - grid->y[i], d2 = dx * dx + dy * dy;
                if (d2 <= eps2 && !see(run, i, j, d2, payload))
                    return;
            }
        }
    }
}

static bool add_weight(st_dbscan *run, uint32_t i, uint32_t j, double d2, void *payload)
{
    double *sum = payload;

    (void)i;
    (void)d2;
    *sum += run->grid.weight ? run->grid.weight[j] : 1.0;
    return *sum < run->options->min_points; /* nobody needs the exact number of a crowded place */
}

static castmap_status mark_cores(size_t begin, size_t end, void *job)
{
    st_dbscan *run = job;
    cm_grid_walk walk;
    cm_grid_rows rows;

    cm_grid_walk_begin(&walk, &run->grid, (uint32_t)begin);
    for (uint32_t cell = (uint32_t)begin; cell < end; cell++) {
        cm_grid_walk_around(&walk, cell, &rows);
        for (uint32_t i = run->grid.start[cell]; i < run->grid.start[cell + 1]; i++) {
            double sum = 0.0;
            if (run->time_s[i] != INT64_MIN)
                each_neighbour(run, &rows, i, add_weight, &sum);
            run->core[i] = sum >= run->options->min_points;
        }
    }
    return CASTMAP_OK;
}

static bool unite(st_dbscan *run, uint32_t i, uint32_t j, double d2, void *payload)
{
    (void)d2;
    (void)payload;
    if (j < i && run->core[j]) /* the other way round comes with the other point */
        cm_joint_unite(run->parent, i, j);
    return true;
}

static castmap_status unite_cores(size_t begin, size_t end, void *job)
{
    st_dbscan *run = job;
    cm_grid_walk walk;
    cm_grid_rows rows;

    cm_grid_walk_begin(&walk, &run->grid, (uint32_t)begin);
    for (uint32_t cell = (uint32_t)begin; cell < end; cell++) {
        cm_grid_walk_around(&walk, cell, &rows);
        for (uint32_t i = run->grid.start[cell]; i < run->grid.start[cell + 1]; i++) {
            if (run->core[i])
                each_neighbour(run, &rows, i, unite, NULL);
        }
    }
    return CASTMAP_OK;
}

static castmap_status label_cores(castmap_context *ctx, st_dbscan *run, size_t *k)
{
    for (size_t i = 0; i < run->grid.count; i++) {
        const uint32_t index = run->grid.index[i];
        run->is_core[index] = run->core[i];
        run->label[index] = run->core[i] ? (int32_t)cm_joint_find(run->parent, (uint32_t)i) : CASTMAP_NOISE;
    }
    return cm_number_labels(ctx, run->points, run->is_core, run->label, run->grid.count, k);
}

typedef struct nearest {
    double  d2;
    int32_t label;
} nearest;

static bool nearer(st_dbscan *run, uint32_t i, uint32_t j, double d2, void *payload)
{
    nearest *best = payload;

    (void)i;
    if (!run->core[j])
        return true;
    const int32_t label = run->label[run->grid.index[j]];
    if (d2 < best->d2 || (d2 == best->d2 && label < best->label))
        *best = (nearest){d2, label};
    return true;
}

/* Only points that are no cores get a label here, and only cores are asked for theirs. */
static castmap_status attach_borders(size_t begin, size_t end, void *job)
{
    st_dbscan *run = job;
    cm_grid_walk walk;
    cm_grid_rows rows;

    cm_grid_walk_begin(&walk, &run->grid, (uint32_t)begin);
    for (uint32_t cell = (uint32_t)begin; cell < end; cell++) {
        cm_grid_walk_around(&walk, cell, &rows);
        for (uint32_t i = run->grid.start[cell]; i < run->grid.start[cell + 1]; i++) {
            nearest best = {(double)INFINITY, CASTMAP_NOISE};
            if (run->core[i] || run->time_s[i] == INT64_MIN)
                continue;
            each_neighbour(run, &rows, i, nearer, &best);
            run->label[run->grid.index[i]] = best.label;
        }
    }
    return CASTMAP_OK;
}

static castmap_status prepare(castmap_context *ctx, st_dbscan *run)
{
    const castmap_st_dbscan_options *o = run->options;
    const size_t n = run->points->count;

    if (!(o->eps_m > 0.0) || !isfinite(o->eps_m))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the radius must be above 0");
    if (o->window_s < 0 || o->min_points == 0)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the time radius must not be below 0, and min_points not 0");
    if (n > INT32_MAX)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "more than %d points", INT32_MAX);
    run->time_s = cm_alloc(n, sizeof *run->time_s);
    run->core = cm_alloc_zero(n, sizeof *run->core);
    run->parent = cm_alloc(n, sizeof *run->parent);
    run->label = cm_alloc(n, sizeof *run->label);
    run->is_core = cm_alloc_zero(n, sizeof *run->is_core);
    if (!run->time_s || !run->core || !run->parent || !run->label || !run->is_core)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < n; i++) {
        atomic_init(&run->parent[i], (uint32_t)i);
        run->label[i] = CASTMAP_NOISE;
    }
    /* A little more than half, for what a column number loses in rounding. */
    return cm_point_grid_make(ctx, run->points, o->eps_m / 2.0 * (1.0 + 1e-5), &run->grid);
}

static castmap_status steps(castmap_context *ctx, st_dbscan *run, size_t *k)
{
    static const struct {
        const char  *stage;
        cm_range_fn *body;
    } STEP[] = {{"sorting by time", sort_cells}, {"finding cores", mark_cores}, {"joining cores", unite_cores}};
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; i < 3 && !status; i++) {
        const cm_span span = cm_progress_span(ctx, 0.05 + 0.3 * (double)i, 0.35 + 0.3 * (double)i);
        status = cm_parallel_chunks(ctx, STEP[i].stage, run->grid.cells, CELLS_A_CHUNK, STEP[i].body, run);
        cm_progress_restore(ctx, span);
    }
    if (!status)
        status = label_cores(ctx, run, k);
    if (!status && !run->options->border_is_noise)
        status = cm_parallel_chunks(ctx, "attaching borders", run->grid.cells, CELLS_A_CHUNK, attach_borders, run);
    return status == CASTMAP_E_NOMEM ? cm_fail_memory(ctx) : status;
}

castmap_status castmap_st_dbscan(castmap_context *ctx, const castmap_points *points, const castmap_st_dbscan_options *options,
                                 int32_t *labels, bool *is_core, size_t *n_clusters)
{
    st_dbscan run = {.points = points, .options = options, .grid = CM_POINT_GRID_INIT};
    size_t k = 0;
    castmap_status status;

    cm_fail_clear(ctx);
    status = prepare(ctx, &run);
    if (!status && points->time_s)
        status = steps(ctx, &run, &k);
    if (!status) {
        memcpy(labels, run.label, points->count * sizeof *labels);
        if (is_core)
            memcpy(is_core, run.is_core, points->count * sizeof *is_core);
        if (n_clusters)
            *n_clusters = k;
    }
    cm_point_grid_clear(&run.grid);
    free(run.time_s);
    free(run.core);
    free(run.parent);
    free(run.label);
    free(run.is_core);
    return status;
}
