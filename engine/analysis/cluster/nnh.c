/*
 * analysis/cluster/nnh.c - nearest neighbour hierarchical clustering.
 *
 *   1. count_near    how many others lie within the threshold of each point      in parallel
 *   2. gather        seeds from the most crowded on take the free points near    one thread
 *   3. centres       the mean centres are the points of the next order
 */
#include "castmap/cluster.h"

#include "analysis/cluster/label_numbers.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/sort.h"
#include "space/index/point_grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CELLS_A_CHUNK 64u

typedef struct nnh {
    const castmap_points *points; /* borrowed */
    double        threshold_m;
    uint32_t      min_points;
    cm_point_grid grid;  /* owned */
    uint32_t     *near;  /* owned [n] by input index */
    uint32_t     *cell;  /* owned [n] by input index */
    uint32_t     *taken; /* owned [n] scratch: members of the cluster at hand */
    int32_t      *label; /* owned [n] by input index */
} nnh;

double castmap_nnh_threshold(double area_m2, size_t n, double t)
{
    if (n == 0 || !(area_m2 > 0.0))
        return 0.0;
    const double count = (double)n;
    return fmax(0.5 * sqrt(area_m2 / count) - t * 0.26136 / sqrt(count * count / area_m2), 0.0);
}

static bool within(const nnh *run, double x, double y, uint32_t j)
{
    const double dx = run->grid.x[j] - x, dy = run->grid.y[j] - y;

    return dx * dx + dy * dy <= run->threshold_m * run->threshold_m;
}

static castmap_status count_near(size_t begin, size_t end, void *job)
{
    nnh *run = job;
    const cm_point_grid *grid = &run->grid;
    cm_grid_walk walk;
    cm_grid_rows rows;

    cm_grid_walk_begin(&walk, grid, (uint32_t)begin);
    for (uint32_t cell = (uint32_t)begin; cell < end; cell++) {
        cm_grid_walk_around(&walk, cell, &rows);
        for (uint32_t i = grid->start[cell]; i < grid->start[cell + 1]; i++) {
            uint32_t found = 0;
            for (unsigned row = 0; row < 5; row++) {
                for (uint32_t j = grid->start[rows.begin[row]]; j < grid->start[rows.end[row]]; j++)
                    found += within(run, grid->x[i], grid->y[i], j);
            }
            run->near[grid->index[i]] = found;
            run->cell[grid->index[i]] = cell;
        }
    }
    return CASTMAP_OK;
}

static bool ids_ascend(const castmap_points *points)
{
    for (size_t i = 1; points->id && i < points->count; i++) {
        if (points->id[i] <= points->id[i - 1])
            return false;
    }
    return true;
}

/* order: out [n], the lower id first. Points mostly come in that order already, which saves the keys. */
static castmap_status order_by_id(castmap_context *ctx, const castmap_points *points, uint32_t *order)
{
    const size_t n = points->count;
    uint64_t *key = NULL;
    castmap_status status = CASTMAP_OK;

    for (uint32_t i = 0; i < n; i++)
        order[i] = i;
    if (ids_ascend(points))
        return CASTMAP_OK;
    key = cm_alloc(n, sizeof *key);
    if (!key)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < n; i++)
        key[i] = (uint64_t)points->id[i] ^ UINT64_C(1) << 63;
    status = cm_sort_u64(ctx, key, order, n);
    free(key);
    return status;
}

/* Most neighbours first, then the lower id: counted into place. *out owned by the caller, [n]. */
static castmap_status order_seeds(castmap_context *ctx, const nnh *run, uint32_t **out)
{
    const size_t n = run->points->count;
    uint32_t most = 0, before = 0;

    for (size_t i = 0; i < n; i++)
        most = run->near[i] > most ? run->near[i] : most;
    uint32_t *by_id = cm_alloc(n, sizeof *by_id), *seeds = cm_alloc(n, sizeof *seeds), *start = cm_alloc_zero((size_t)most + 1, sizeof *start);
    castmap_status status = by_id && seeds && start ? order_by_id(ctx, run->points, by_id) : cm_fail_memory(ctx);

    if (!status) {
        for (size_t i = 0; i < n; i++)
            start[run->near[i]]++;
        for (size_t count = (size_t)most + 1; count-- > 0;) {
            const uint32_t here = start[count];
            start[count] = before;
            before += here;
        }
        for (size_t i = 0; i < n; i++)
            seeds[start[run->near[by_id[i]]]++] = by_id[i];
        *out = seeds;
        seeds = NULL;
    }
    free(by_id);
    free(seeds);
    free(start);
    return status;
}

static size_t take_free(nnh *run, uint32_t seed)
{
    const cm_point_grid *grid = &run->grid;
    const double x = run->points->x[seed], y = run->points->y[seed];
    cm_grid_walk walk;
    cm_grid_rows rows;
    size_t taken = 0;

    cm_grid_walk_begin(&walk, grid, run->cell[seed]);
    cm_grid_walk_around(&walk, run->cell[seed], &rows);
    for (unsigned row = 0; row < 5; row++) {
        for (uint32_t j = grid->start[rows.begin[row]]; j < grid->start[rows.end[row]]; j++) {
            if (run->label[grid->index[j]] == CASTMAP_NOISE && within(run, x, y, j))
                run->taken[taken++] = grid->index[j];
        }
    }
    return taken;
}

static castmap_status gather(castmap_context *ctx, nnh *run, size_t *k)
{
    const size_t n = run->points->count;
    uint32_t *order = NULL;
    castmap_status status = order_seeds(ctx, run, &order);
    int32_t clusters = 0;

    if (!status) {
        run->taken = cm_alloc(n, sizeof *run->taken);
        if (!run->taken)
            status = cm_fail_memory(ctx);
    }

    for (size_t s = 0; s < n && !status; s++) {
        const uint32_t seed = order[s];
        if (s % 4096 == 0 && cm_cancelled(ctx))
            status = cm_fail_cancelled(ctx);
        if (run->near[seed] < run->min_points)
            break; /* nor can any that follows */
        if (run->label[seed] != CASTMAP_NOISE)
            continue;
        const size_t taken = take_free(run, seed);
        if (taken < run->min_points)
            continue;
        for (size_t i = 0; i < taken; i++)
            run->label[run->taken[i]] = clusters;
        clusters++;
    }
    if (!status)
        status = cm_number_labels(ctx, run->points, NULL, run->label, (size_t)clusters, k);
    free(order);
    return status;
}

/* label [n] and *k: one order. */
static castmap_status one_order(castmap_context *ctx, const castmap_points *points, double threshold_m, uint32_t min_points,
                                int32_t *label, size_t *k)
{
    const size_t n = points->count;
    nnh run = {.points = points, .threshold_m = threshold_m, .min_points = min_points, .grid = CM_POINT_GRID_INIT, .label = label};
    castmap_status status = CASTMAP_OK;

    *k = 0;
    for (size_t i = 0; i < n; i++)
        label[i] = CASTMAP_NOISE;
    if (n < min_points || !(threshold_m > 0.0))
        return CASTMAP_OK;
    run.near = cm_alloc(n, sizeof *run.near);
    run.cell = cm_alloc(n, sizeof *run.cell);
    if (!run.near || !run.cell)
        status = cm_fail_memory(ctx);
    /* Half the threshold and a little more, so that all that is near lies in the five by five cells around. */
    if (!status)
        status = cm_point_grid_make(ctx, points, threshold_m / 2.0 * (1.0 + 1e-5), &run.grid);
    if (!status)
        status = cm_parallel_chunks(ctx, "counting neighbours", run.grid.cells, CELLS_A_CHUNK, count_near, &run);
    if (!status)
        status = gather(ctx, &run, k);
    cm_point_grid_clear(&run.grid);
    free(run.near);
    free(run.cell);
    free(run.taken);
    return status;
}

/* Mean centres of clusters, summed in order of place so that the order of rows does not matter. */
static castmap_status centres(castmap_context *ctx, const castmap_points *points, const int32_t *label, size_t k, double *x, double *y)
{
    castmap_cluster_shapes shapes = CASTMAP_CLUSTER_SHAPES_INIT;
    castmap_points plain = *points;

    plain.weight = NULL;
    castmap_status status = castmap_cluster_shapes_make(ctx, &plain, label, k, &shapes);
    for (size_t c = 0; c < k && !status; c++) {
        x[c] = shapes.shape[c].centre_x;
        y[c] = shapes.shape[c].centre_y;
    }
    castmap_cluster_shapes_clear(&shapes);
    return status;
}

void castmap_nnh_groups_clear(castmap_nnh_groups *groups)
{
    for (size_t o = 0; groups && o < groups->n_levels; o++) {
        free(groups->level[o].label);
        free(groups->level[o].x);
        free(groups->level[o].y);
    }
    if (groups)
        memset(groups, 0, sizeof *groups);
}

/* Labels of centres become labels of places. `below`: which centre each place belongs to; NULL: each is its own. */
static void label_places(const int32_t *of_centre, const int32_t *below, size_t n_places, int32_t *label)
{
    for (size_t i = 0; i < n_places; i++) {
        const int32_t centre = below ? below[i] : (int32_t)i;
        label[i] = centre == CASTMAP_NOISE ? CASTMAP_NOISE : of_centre[centre];
    }
}

/* One order more, of the centres x, y [n]; *formed false where none forms. scratch [n]. */
static castmap_status one_level(castmap_context *ctx, const castmap_nnh_options *options, const double *x, const double *y, size_t n,
                                int32_t *scratch, castmap_nnh_groups *groups, bool *formed)
{
    const castmap_points points = {.count = n, .x = x, .y = y};
    castmap_nnh_level *level = &groups->level[groups->n_levels];
    const double threshold_m = castmap_nnh_threshold(options->area_m2, n, options->t);
    size_t k = 0;

    castmap_status status = one_order(ctx, &points, threshold_m, options->min_points, scratch, &k);
    *formed = !status && k > 0;
    if (!*formed)
        return status;
    *level = (castmap_nnh_level){.threshold_m = threshold_m,
                                 .count = k,
                                 .label = cm_alloc(groups->n_places, sizeof *level->label),
                                 .x = cm_alloc(k, sizeof *level->x),
                                 .y = cm_alloc(k, sizeof *level->y)};
    groups->n_levels++;
    if (!level->label || !level->x || !level->y)
        return cm_fail_memory(ctx);
    label_places(scratch, groups->n_levels > 1 ? level[-1].label : NULL, groups->n_places, level->label);
    return centres(ctx, &points, scratch, k, level->x, level->y);
}

/* All the orders above the first. */
static castmap_status climb(castmap_context *ctx, const castmap_nnh_options *options, const double *x, const double *y,
                            castmap_nnh_groups *groups)
{
    int32_t *scratch = cm_alloc(groups->n_places, sizeof *scratch);
    castmap_status status = scratch ? CASTMAP_OK : cm_fail_memory(ctx);
    size_t n = groups->n_places;
    bool formed = options->area_m2 > 0.0 && n > 0;

    while (!status && formed && groups->n_levels + 1 < CASTMAP_NNH_MOST_ORDERS) {
        status = one_level(ctx, options, x, y, n, scratch, groups, &formed);
        if (!status && formed) {
            const castmap_nnh_level *level = &groups->level[groups->n_levels - 1];
            x = level->x;
            y = level->y;
            n = level->count;
        }
    }
    free(scratch);
    return status;
}

static castmap_status check(castmap_context *ctx, const castmap_points *points, const castmap_nnh_options *o)
{
    if (points->count > INT32_MAX)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "more than %d points", INT32_MAX);
    if (o->min_points < 2)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "a cluster has two members or more");
    if (!isfinite(o->t) || !(o->threshold_m >= 0.0) || !isfinite(o->threshold_m) || !(o->area_m2 >= 0.0) || !isfinite(o->area_m2))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "threshold, area and t must be numbers, the first two not below 0");
    if (!(o->threshold_m > 0.0) && !(o->area_m2 > 0.0))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "nearest neighbour clustering needs a threshold or the size of the study area");
    return CASTMAP_OK;
}

castmap_status castmap_nnh_groups_make(castmap_context *ctx, const castmap_nnh_options *options, size_t n_places, const double *x,
                                       const double *y, castmap_nnh_groups *out)
{
    const castmap_points places = {.count = n_places, .x = x, .y = y};
    castmap_nnh_groups groups = {.n_places = n_places};

    cm_fail_clear(ctx);
    castmap_status status = check(ctx, &places, options);
    if (!status)
        status = climb(ctx, options, x, y, &groups);
    if (status)
        castmap_nnh_groups_clear(&groups);
    else
        *out = groups;
    return status;
}

/* How many clusters each order has. x, y: centres of the first order. */
static castmap_status count_orders(castmap_context *ctx, const castmap_nnh_options *options, size_t k, const double *x, const double *y,
                                   castmap_nnh_orders *orders)
{
    castmap_nnh_groups groups = {.n_places = k};
    castmap_status status = climb(ctx, options, x, y, &groups);

    for (size_t o = 0; o < groups.n_levels && !status; o++) {
        orders->threshold_m[orders->n_orders] = groups.level[o].threshold_m;
        orders->clusters[orders->n_orders++] = groups.level[o].count;
    }
    castmap_nnh_groups_clear(&groups);
    return status;
}

castmap_status castmap_nnh(castmap_context *ctx, const castmap_points *points, const castmap_nnh_options *options, int32_t *labels,
                           size_t *n_clusters, castmap_nnh_orders *orders)
{
    const size_t n = points->count;
    castmap_nnh_orders made = {0};
    int32_t *label = NULL;
    double *x = NULL, *y = NULL;
    size_t k = 0;
    castmap_status status;

    cm_fail_clear(ctx);
    status = check(ctx, points, options);
    if (status)
        return status;
    const double threshold_m = options->threshold_m > 0.0 ? options->threshold_m : castmap_nnh_threshold(options->area_m2, n, options->t);
    label = cm_alloc(n, sizeof *label);
    status = label ? one_order(ctx, points, threshold_m, options->min_points, label, &k) : cm_fail_memory(ctx);
    if (!status && k > 0) {
        made = (castmap_nnh_orders){.n_orders = 1, .threshold_m = {threshold_m}, .clusters = {k}};
        x = cm_alloc(k, sizeof *x);
        y = cm_alloc(k, sizeof *y);
        status = x && y ? centres(ctx, points, label, k, x, y) : cm_fail_memory(ctx);
        if (!status)
            status = count_orders(ctx, options, k, x, y, &made);
    }
    if (!status) {
        memcpy(labels, label, n * sizeof *labels);
        if (n_clusters)
            *n_clusters = k;
        if (orders)
            *orders = made;
    }
    free(label);
    free(x);
    free(y);
    return status;
}
