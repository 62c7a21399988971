/*
 * analysis/cluster/dbscan.c - DBSCAN over cells that are too small to hold two strangers.
 *
 *   1. sort          points into cells of side eps / sqrt(2)                             in parallel
 *   2. mark_cores    a cell that holds enough is all core, unmeasured; others look around them   in parallel
 *   3. unite_cells   cells whose cores come within eps of one another                    in parallel
 *   4. number        clusters by the smallest id among their cores                       one thread, by cells
 *   5. label         cores by their cell, borders by their nearest core                  in parallel
 *
 * Two points of a cell are within eps whatever the rounding, because the side is a little shorter than eps / sqrt(2)
 * (CM_GRID_SLACK). So a point reaches two cells far, and no farther.
 *
 * Stacked records cost no more than their places would: a cell that holds min_points of them is never measured from
 * within, and looks into it from outside stop as soon as enough is found.
 */
#include "castmap/cluster.h"

#include "analysis/cluster/cell_pairs.h"
#include "analysis/cluster/joint_sets.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/sort.h"
#include "space/index/kd_tree.h"
#include "space/index/point_grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CORE_MARK UINT32_C(0x80000000) /* on an index, until the cores of its cell stand first */
#define MANY 512u          /* points of a cell that is not full (small weights): its neighbours get a tree */
#define SUM_SLACK 1e-9     /* of min_points: ten weights of 0.1 make 1 in whatever order they are added */
#define STRIDE 256u       /* points counted between two looks at `enough` */

typedef struct dbscan {
    const castmap_points         *points;  /* borrowed */
    const castmap_dbscan_options *options; /* borrowed */
    double           eps2;
    double           enough;   /* weight that makes a core, less the slack of a sum */
    cm_point_grid    grid;     /* owned */
    uint32_t        *cores;    /* owned [cells]: how many; they stand first in their cell */
    cm_joint_parent *parent;   /* owned [cells] */
    int64_t         *key;      /* owned [cells]: smallest id of the cores in the cell, then of the cluster at its root */
    int32_t         *number;   /* owned [cells]: cluster of a cell that has cores */
    uint32_t        *packed;   /* owned [n], in input order: (label + 1) * 2 + core */
    cm_pair_bench   *benches;  /* owned [threads] */
    unsigned         workers;
    size_t           n_clusters;
} dbscan;

/* Rows around a cell, the nearest first: what is near decides soonest. */
static const unsigned char NEAR_ROWS[5] = {2, 1, 3, 0, 4};

static uint32_t cell_size(const cm_point_grid *grid, uint32_t cell)
{
    return grid->start[cell + 1] - grid->start[cell];
}

static double weight_of_cell(const cm_point_grid *grid, uint32_t cell)
{
    double sum = 0.0;

    if (!grid->weight)
        return (double)cell_size(grid, cell);
    for (uint32_t i = grid->start[cell]; i < grid->start[cell + 1]; i++)
        sum += grid->weight[i];
    return sum;
}

static bool decide_core(const dbscan *run, uint32_t point, const cm_grid_block *block)
{
    const cm_point_grid *grid = &run->grid;
    const double x = grid->x[point], y = grid->y[point];
    const cm_grid_reach reach = cm_grid_reach_of(grid, x, y);
    double found = 0.0;

    for (unsigned k = 0; k < 5; k++) {
        const unsigned row = NEAR_ROWS[k];
        if (row < reach.first_row || row >= reach.end_row)
            continue;
        uint32_t at = block->at[row][reach.first_column];
        const uint32_t end = block->at[row][reach.end_column];
        while (at < end) {
            const uint32_t n = end - at < STRIDE ? end - at : STRIDE;
            if (grid->weight)
                found += cm_weight_within(grid->x + at, grid->y + at, grid->weight + at, n, x, y, run->eps2);
            else
                found += cm_count_within(grid->x + at, grid->y + at, n, x, y, run->eps2);
            if (found >= run->enough)
                return true;
            at += n;
        }
    }
    return false;
}

/* A cell of many points with little weight: a tree for each row around, so that the work is not their product. */
static castmap_status decide_many(const dbscan *run, uint32_t cell, const cm_grid_rows *rows)
{
    const cm_point_grid *grid = &run->grid;
    const uint32_t begin = grid->start[cell], n = cell_size(grid, cell);
    double *found = cm_alloc_zero(n, sizeof *found);

    if (!found)
        return CASTMAP_E_NOMEM;
    for (unsigned row = 0; row < 5; row++) {
        const uint32_t at = grid->start[rows->begin[row]];
        cm_kd_tree tree = {0};
        if (cm_kd_tree_make(grid->x + at, grid->y + at, grid->weight ? grid->weight + at : NULL,
                            grid->start[rows->end[row]] - at, 16, &tree) != 0) {
            free(found);
            return CASTMAP_E_NOMEM;
        }
        for (uint32_t i = 0; i < n; i++) {
            if (found[i] < run->enough)
                found[i] += cm_kd_tree_weight_within(&tree, grid->x[begin + i], grid->y[begin + i], run->eps2,
                                                     run->enough - found[i]);
        }
        cm_kd_tree_clear(&tree);
    }
    for (uint32_t i = 0; i < n; i++)
        grid->index[begin + i] |= found[i] >= run->enough ? CORE_MARK : 0;
    free(found);
    return CASTMAP_OK;
}

/* Weight of the whole block, the cell included; no more than could be decisive. */
static double weight_around(const cm_point_grid *grid, const cm_grid_rows *rows, double enough)
{
    double sum = 0.0;

    for (unsigned row = 0; row < 5; row++) {
        const uint32_t at = grid->start[rows->begin[row]], end = grid->start[rows->end[row]];
        if (!grid->weight)
            sum += (double)(end - at);
        for (uint32_t i = at; grid->weight && i < end && sum < enough; i++)
            sum += grid->weight[i];
    }
    return sum;
}

static castmap_status mark_cores(size_t begin, size_t end, void *job)
{
    dbscan *run = job;
    const cm_point_grid *grid = &run->grid;
    cm_grid_walk walk;
    cm_grid_rows rows;
    cm_grid_block block;

    cm_grid_walk_begin(&walk, grid, (uint32_t)begin);
    for (uint32_t cell = (uint32_t)begin; cell < end; cell++) {
        const uint32_t from = grid->start[cell], to = grid->start[cell + 1];
        run->cores[cell] = 0;
        if (weight_of_cell(grid, cell) >= run->enough) {
            run->cores[cell] = to - from;
            continue;
        }
        cm_grid_walk_around(&walk, cell, &rows);
        if (weight_around(grid, &rows, run->enough) < run->enough)
            continue;
        if (to - from > MANY) {
            castmap_status status = decide_many(run, cell, &rows);
            if (status)
                return status;
        } else {
            cm_grid_block_of(grid, cell, &rows, &block);
            for (uint32_t i = from; i < to; i++)
                grid->index[i] |= decide_core(run, i, &block) ? CORE_MARK : 0;
        }
        for (uint32_t i = from; i < to; i++)
            run->cores[cell] += grid->index[i] >> 31;
    }
    return CASTMAP_OK;
}

static void exchange(double *values, uint32_t a, uint32_t b)
{
    double kept = values[a];

    values[a] = values[b];
    values[b] = kept;
}

/* Cores to the front of their cell, in their order; the others may end in any, for nobody asks. */
static castmap_status front_cores(size_t begin, size_t end, void *job)
{
    dbscan *run = job;
    const cm_point_grid *grid = &run->grid;

    for (size_t cell = begin; cell < end; cell++) {
        const uint32_t from = grid->start[cell], to = grid->start[cell + 1];
        uint32_t front = from;
        if (run->cores[cell] == 0 || !(run->cores[cell] < to - from || grid->index[from] & CORE_MARK))
            continue; /* none, or a cell that was full from the beginning and carries no marks */
        for (uint32_t i = from; i < to; i++) {
            const uint32_t index = grid->index[i];
            if (!(index & CORE_MARK))
                continue;
            grid->index[i] = grid->index[front];
            grid->index[front] = index & ~CORE_MARK;
            exchange(grid->x, i, front);
            exchange(grid->y, i, front);
            if (grid->weight)
                exchange(grid->weight, i, front);
            front++;
        }
    }
    return CASTMAP_OK;
}

static cm_group cores_of(const dbscan *run, uint32_t cell)
{
    const uint32_t at = run->grid.start[cell];

    return (cm_group){run->grid.x + at, run->grid.y + at, run->cores[cell]};
}

static castmap_status unite_with(dbscan *run, uint32_t cell, const cm_group *here, uint32_t begin, uint32_t end,
                                 cm_pair_bench *bench)
{
    castmap_status status = CASTMAP_OK;

    for (uint32_t other = begin; other < end && !status; other++) {
        if (run->cores[other] == 0 || cm_joint_find(run->parent, cell) == cm_joint_find(run->parent, other))
            continue;
        const cm_group there = cores_of(run, other);
        bool within = false;
        status = cm_groups_within(here, &there, run->eps2, bench, &within);
        if (!status && within)
            cm_joint_unite(run->parent, cell, other);
    }
    return status;
}

/* Each pair once, from its later cell: to the west, then to the three or five in each row south of it. */
static castmap_status unite_cells(size_t begin, size_t end, unsigned worker, void *job)
{
    dbscan *run = job;
    cm_grid_walk walk;
    cm_grid_rows rows;
    castmap_status status = CASTMAP_OK;

    cm_grid_walk_begin(&walk, &run->grid, (uint32_t)begin);
    for (uint32_t cell = (uint32_t)begin; cell < end && !status; cell++) {
        if (run->cores[cell] == 0)
            continue;
        cm_grid_walk_around(&walk, cell, &rows);
        const cm_group here = cores_of(run, cell);
        status = unite_with(run, cell, &here, rows.begin[2], cell, &run->benches[worker]);
        for (unsigned row = 2; row-- > 0 && !status;)
            status = unite_with(run, cell, &here, rows.begin[row], rows.end[row], &run->benches[worker]);
    }
    return status;
}

static castmap_status find_keys(size_t begin, size_t end, void *job)
{
    dbscan *run = job;
    const cm_point_grid *grid = &run->grid;
    const int64_t *id = run->points->id;

    for (size_t cell = begin; cell < end; cell++) {
        int64_t key = INT64_MAX;
        if (run->cores[cell] == 0)
            continue;
        for (uint32_t i = grid->start[cell]; i < grid->start[cell] + run->cores[cell]; i++) {
            int64_t here = id ? id[grid->index[i]] : (int64_t)grid->index[i];
            key = here < key ? here : key;
            if (!id)
                break; /* cores of a cell stand in input order */
        }
        run->key[cell] = key;
    }
    return CASTMAP_OK;
}

/* A root is the smallest cell of its set, so it is met before the others and its key can gather theirs. */
static castmap_status number_clusters(castmap_context *ctx, dbscan *run)
{
    const size_t cells = run->grid.cells;
    uint64_t *keys = NULL;
    uint32_t *roots = NULL;
    size_t k = 0;
    castmap_status status = CASTMAP_OK;

    for (uint32_t cell = 0; cell < cells; cell++) {
        if (run->cores[cell] == 0)
            continue;
        const uint32_t root = cm_joint_find(run->parent, cell);
        if (root == cell)
            k++;
        else if (run->key[cell] < run->key[root])
            run->key[root] = run->key[cell];
    }
    keys = cm_alloc(k, sizeof *keys);
    roots = cm_alloc(k, sizeof *roots);
    if (!keys || !roots) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    run->n_clusters = k;
    k = 0;
    for (uint32_t cell = 0; cell < cells; cell++) {
        if (run->cores[cell] == 0 || cm_joint_find(run->parent, cell) != cell)
            continue;
        keys[k] = (uint64_t)run->key[cell] ^ UINT64_C(1) << 63; /* unsigned, in the same order */
        roots[k++] = cell;
    }
    status = cm_sort_u64(ctx, keys, roots, k);
    if (status)
        goto done;
    for (size_t i = 0; i < k; i++)
        run->number[roots[i]] = (int32_t)i;
    for (uint32_t cell = 0; cell < cells; cell++) {
        if (run->cores[cell] != 0)
            run->number[cell] = run->number[cm_joint_find(run->parent, cell)];
    }

done:
    free(keys);
    free(roots);
    return status;
}

/* A cell with cores near another: the rows and columns between them give the least distance there can be. */
typedef struct core_cell {
    uint32_t cell;
    int      across, up; /* -2 .. 2 */
} core_cell;

/* The cells with cores around one, the nearer rows first; gives their number. */
static unsigned list_core_cells(const dbscan *run, uint32_t cell, const cm_grid_rows *rows, core_cell around[26])
{
    const cm_point_grid *grid = &run->grid;
    unsigned n = 0;

    for (unsigned k = 0; k < 5; k++) {
        const unsigned row = NEAR_ROWS[k];
        const uint64_t middle = grid->key[cell] + row * grid->across.columns - 2 * grid->across.columns;
        for (uint32_t other = rows->begin[row]; other < rows->end[row]; other++) {
            around[n] = (core_cell){other, (int)(int64_t)(grid->key[other] - middle), (int)row - 2};
            n += run->cores[other] != 0;
        }
    }
    return n;
}

/* Least distance, in sides, between a value this part into its column and a column so many away. */
static double gap(double part, int columns)
{
    return columns > 0 ? columns - part : columns < 0 ? part - columns - 1 : 0.0;
}

/* Cluster of a point that is no core: that of the nearest core within eps; of equally near ones the lower number,
 * because numbers follow keys. */
static int32_t label_border(const dbscan *run, uint32_t point, const core_cell *around, unsigned n)
{
    const cm_point_grid *grid = &run->grid;
    const double x = grid->x[point], y = grid->y[point];
    const double side2 = grid->side_m * grid->side_m * (1.0 - 1e-5); /* a little less, for rounding */
    double across, up, best = run->eps2;
    int32_t label = CASTMAP_NOISE;

    cm_grid_column(&grid->across, x, &across);
    cm_grid_column(&grid->up, y, &up);
    for (unsigned k = 0; k < n; k++) {
        const uint32_t cell = around[k].cell;
        const double gx = gap(across, around[k].across), gy = gap(up, around[k].up);
        if ((gx * gx + gy * gy) * side2 - run->eps2 * 1e-5 > best)
            continue;
        const uint32_t at = grid->start[cell];
        const double d2 = cm_nearest_within(grid->x + at, grid->y + at, run->cores[cell], x, y);
        if (d2 < best || (d2 == best && (label == CASTMAP_NOISE || run->number[cell] < label))) {
            best = d2;
            label = run->number[cell];
        }
    }
    return label;
}

static castmap_status label_points(size_t begin, size_t end, void *job)
{
    dbscan *run = job;
    const cm_point_grid *grid = &run->grid;
    cm_grid_walk walk;
    cm_grid_rows rows;
    core_cell around[26]; /* one to spare for a candidate */

    cm_grid_walk_begin(&walk, grid, (uint32_t)begin);
    for (uint32_t cell = (uint32_t)begin; cell < end; cell++) {
        uint32_t i = grid->start[cell];
        const uint32_t to = grid->start[cell + 1], others = i + run->cores[cell];
        /* label + 1 and the core mark in one word: this write misses the cache, so there is one of it */
        for (; i < others; i++)
            run->packed[grid->index[i]] = (uint32_t)(run->number[cell] + 1) << 1 | 1;
        if (i == to)
            continue;
        unsigned n = 0;
        if (!run->options->border_is_noise) {
            cm_grid_walk_around(&walk, cell, &rows);
            n = list_core_cells(run, cell, &rows, around);
        }
        for (; i < to; i++)
            run->packed[grid->index[i]] = (uint32_t)(label_border(run, i, around, n) + 1) << 1;
    }
    return CASTMAP_OK;
}

/* Nothing can fail any more. */
static void hand_over(const dbscan *run, int32_t *labels, bool *is_core)
{
    const size_t n = run->points->count;

    for (size_t i = 0; i < n; i++)
        labels[i] = (int32_t)(run->packed[i] >> 1) - 1;
    for (size_t i = 0; is_core && i < n; i++)
        is_core[i] = run->packed[i] & 1;
}

static castmap_status check(castmap_context *ctx, const castmap_points *points, const castmap_dbscan_options *options)
{
    const double eps2 = options->eps_m * options->eps_m;

    if (options->version != CASTMAP_DBSCAN_OPTIONS_VERSION)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "these DBSCAN options are of another version");
    /* The square must be a normal number, or distances near eps could not be told apart. */
    if (!(options->eps_m > 0.0) || !isnormal(eps2))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "eps_m is not a positive length");
    if (options->min_points == 0)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "min_points is 0");
    if (points->count > INT32_MAX)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "more than %d points", INT32_MAX);
    return CASTMAP_OK;
}

static castmap_status prepare(castmap_context *ctx, dbscan *run)
{
    const size_t cells = run->grid.cells;

    run->workers = castmap_threads(ctx);
    run->cores = cm_alloc(cells, sizeof *run->cores);
    run->parent = cm_alloc(cells, sizeof *run->parent);
    run->key = cm_alloc(cells, sizeof *run->key);
    run->number = cm_alloc(cells, sizeof *run->number);
    run->benches = cm_alloc_zero(run->workers, sizeof *run->benches);
    if (!run->cores || !run->parent || !run->key || !run->number || !run->benches)
        return cm_fail_memory(ctx);
    for (size_t cell = 0; cell < cells; cell++)
        atomic_init(&run->parent[cell], (uint32_t)cell);
    return CASTMAP_OK;
}

static void release(dbscan *run)
{
    cm_point_grid_clear(&run->grid);
    for (unsigned i = 0; run->benches && i < run->workers; i++)
        cm_pair_bench_clear(&run->benches[i]);
    free(run->benches);
    free(run->cores);
    free(run->parent);
    free(run->key);
    free(run->number);
    free(run->packed);
}

/* Chunks of cells: many enough to share out evenly and to notice a cancel soon. */
static size_t grain_of(const cm_point_grid *grid)
{
    size_t grain = grid->cells / 512 + 1;

    return grain < 64 ? 64 : grain;
}

static castmap_status cluster(castmap_context *ctx, dbscan *run)
{
    const size_t cells = run->grid.cells, grain = grain_of(&run->grid);
    castmap_status status = cm_parallel_chunks(ctx, "finding cores", cells, grain, mark_cores, run);

    if (status)
        return status == CASTMAP_E_NOMEM ? cm_fail_memory(ctx) : status;
    status = cm_parallel_chunks(ctx, "finding cores", cells, grain, front_cores, run);
    if (status)
        return status;
    status = cm_parallel_workers(ctx, "joining cores", cells, grain, unite_cells, run);
    if (status)
        return status == CASTMAP_E_NOMEM ? cm_fail_memory(ctx) : status;
    status = cm_parallel_chunks(ctx, "numbering clusters", cells, grain, find_keys, run);
    if (status)
        return status;
    status = number_clusters(ctx, run);
    if (status)
        return status;
    free(run->key); /* before more is asked for */
    run->key = NULL;
    run->packed = cm_alloc(run->points->count, sizeof *run->packed);
    if (!run->packed)
        return cm_fail_memory(ctx);
    return cm_parallel_chunks(ctx, "labelling points", cells, grain, label_points, run);
}

castmap_status castmap_dbscan(castmap_context *ctx, const castmap_points *points, const castmap_dbscan_options *options,
                              int32_t *labels, bool *is_core, size_t *n_clusters)
{
    dbscan run = {.points = points, .options = options};
    castmap_status status;

    cm_fail_clear(ctx);
    status = check(ctx, points, options);
    if (status)
        goto done;
    run.eps2 = options->eps_m * options->eps_m;
    run.enough = points->weight ? options->min_points * (1.0 - SUM_SLACK) : options->min_points;
    status = cm_point_grid_make(ctx, points, options->eps_m * (1.0 - CM_GRID_SLACK) / sqrt(2.0), &run.grid);
    if (status)
        goto done;
    status = prepare(ctx, &run);
    if (status)
        goto done;
    status = cluster(ctx, &run);
    if (status)
        goto done;

    hand_over(&run, labels, is_core);
    if (n_clusters)
        *n_clusters = run.n_clusters;

done:
    release(&run);
    return status;
}
