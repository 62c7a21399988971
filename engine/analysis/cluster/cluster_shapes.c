/*
 * analysis/cluster/cluster_shapes.c - what is known of each cluster of a labelling.
 *
 *   1. order_members  all members by cell, and in a cell by label, place and id            in parallel
 *   2. gather         members of each cluster together, in that order                    one thread
 *   3. describe       sums, times, places, hull, circle, diameter, medoid                in parallel, by cluster
 *   4. collect        hulls into one array                                               one thread
 *
 * The order of step 1 is a property of the places and ids alone, so sums come out to the same bit whatever the order of
 * the rows.
 */
#include "castmap/cluster.h"

#include "analysis/cluster/convex_hull.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "space/index/point_grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PER_CELL 4.0

typedef struct shaper {
    const castmap_points  *points; /* borrowed */
    const int32_t         *labels; /* borrowed */
    size_t                 clusters;
    cm_point_grid          grid;   /* owned */
    uint32_t              *begin;  /* owned [clusters + 1] */
    uint32_t              *member; /* owned [begin[clusters]] */
    castmap_cluster_shape *shape;  /* owned [clusters], moved out */
    cm_place             **hull;   /* owned [clusters], each owned */
} shaper;

typedef struct entry {
    double   x, y;
    int64_t  id;
    int32_t  label;
    uint32_t index;
} entry;

static int64_t id_of(const castmap_points *points, uint32_t i)
{
    return points->id ? points->id[i] : (int64_t)i;
}

static int by_label_place_id(const void *left, const void *right)
{
    const entry *a = left, *b = right;

    if (a->label != b->label)
        return a->label < b->label ? -1 : 1;
    if (a->x != b->x)
        return a->x < b->x ? -1 : 1;
    if (a->y != b->y)
        return a->y < b->y ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

static castmap_status order_members(size_t begin, size_t end, void *job)
{
    shaper *run = job;
    cm_point_grid *grid = &run->grid;
    entry few[64], *entries = few;
    size_t room = 64;

    for (size_t cell = begin; cell < end; cell++) {
        const uint32_t from = grid->start[cell];
        const size_t n = grid->start[cell + 1] - from;
        if (n > room) {
            if (entries != few)
                free(entries);
            entries = cm_alloc(n, sizeof *entries);
            room = n;
            if (!entries)
                return CASTMAP_E_NOMEM;
        }
        for (size_t i = 0; i < n; i++) {
            const uint32_t index = grid->index[from + i];
            entries[i] = (entry){grid->x[from + i], grid->y[from + i], id_of(run->points, index), run->labels[index], index};
        }
        if (n > 1)
            qsort(entries, n, sizeof *entries, by_label_place_id);
        for (size_t i = 0; i < n; i++)
            grid->index[from + i] = entries[i].index;
    }
    if (entries != few)
        free(entries);
    return CASTMAP_OK;
}

static castmap_status gather(castmap_context *ctx, shaper *run)
{
    const size_t n = run->points->count;

    run->begin = cm_alloc_zero(run->clusters + 2, sizeof *run->begin);
    if (!run->begin)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < n; i++) {
        const int32_t label = run->labels[i];
        if (label < CASTMAP_NOISE || label >= (int64_t)run->clusters)
            return cm_fail(ctx, CASTMAP_E_ARGUMENT, "label %d is beyond the number of clusters", (int)label);
        if (label != CASTMAP_NOISE)
            run->begin[label + 2]++;
    }
    for (size_t k = 2; k < run->clusters + 2; k++)
        run->begin[k] += run->begin[k - 1];
    run->member = cm_alloc(run->begin[run->clusters + 1], sizeof *run->member);
    if (!run->member)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < n; i++) {
        const uint32_t index = run->grid.index[i];
        if (run->labels[index] != CASTMAP_NOISE)
            run->member[run->begin[run->labels[index] + 1]++] = index;
    }
    return CASTMAP_OK;
}

/* A sum that keeps what rounding takes (A. Neumaier 1974). */
typedef struct exact_sum {
    double sum, rest;
} exact_sum;

static void sum_add(exact_sum *s, double value)
{
    double t = s->sum + value;

    s->rest += fabs(s->sum) >= fabs(value) ? (s->sum - t) + value : (value - t) + s->sum;
    s->sum = t;
}

static double sum_of(const exact_sum *s)
{
    return s->sum + s->rest;
}

static void find_centre(const castmap_points *p, const uint32_t *member, size_t n, castmap_cluster_shape *shape)
{
    const double x0 = p->x[member[0]], y0 = p->y[member[0]];
    exact_sum weight = {0}, x = {0}, y = {0};
    bool weighted = false;

    for (size_t i = 0; p->weight && i < n && !weighted; i++)
        weighted = p->weight[member[i]] > 0.0; /* where all weigh nothing, all count alike */
    for (size_t i = 0; i < n; i++) {
        const double w = weighted ? p->weight[member[i]] : 1.0;
        sum_add(&weight, w);
        sum_add(&x, w * (p->x[member[i]] - x0));
        sum_add(&y, w * (p->y[member[i]] - y0));
    }
    shape->weight = p->weight && !weighted ? 0.0 : sum_of(&weight);
    shape->centre_x = x0 + sum_of(&x) / sum_of(&weight);
    shape->centre_y = y0 + sum_of(&y) / sum_of(&weight);
}

static void find_medoid_times_places(const castmap_points *p, const uint32_t *member, size_t n,
                                     castmap_cluster_shape *shape)
{
    double best = (double)INFINITY;

    shape->first_s = shape->last_s = INT64_MIN;
    shape->medoid = member[0];
    for (size_t i = 0; i < n; i++) {
        const uint32_t at = member[i];
        const double dx = p->x[at] - shape->centre_x, dy = p->y[at] - shape->centre_y, d2 = dx * dx + dy * dy;
        if (d2 < best || (d2 == best && id_of(p, at) < id_of(p, (uint32_t)shape->medoid))) {
            best = d2;
            shape->medoid = at;
        }
        shape->places += i == 0 || p->x[at] != p->x[member[i - 1]] || p->y[at] != p->y[member[i - 1]];
        if (!p->time_s || p->time_s[at] == INT64_MIN)
            continue;
        if (shape->first_s == INT64_MIN || p->time_s[at] < shape->first_s)
            shape->first_s = p->time_s[at];
        if (p->time_s[at] > shape->last_s)
            shape->last_s = p->time_s[at];
    }
}

static castmap_status find_hull(const castmap_points *p, const uint32_t *member, size_t n, castmap_cluster_shape *shape,
                                cm_place **hull_out)
{
    cm_place *places = cm_alloc(n, sizeof *places), *hull = NULL;
    uint32_t *order = NULL;
    size_t left, vertices;
    double x, y;
    castmap_status status = CASTMAP_E_NOMEM;

    if (!places)
        goto done;
    for (size_t i = 0; i < n; i++)
        places[i] = (cm_place){p->x[member[i]], p->y[member[i]]};
    left = cm_hull_candidates(places, n);
    hull = cm_alloc(2 * left + 1, sizeof *hull);
    if (!hull)
        goto done;
    vertices = cm_convex_hull(places, left, hull);
    order = cm_alloc(vertices, sizeof *order);
    if (!order)
        goto done;
    cm_hull_circle(hull, vertices, order, &x, &y, &shape->radius_m);
    shape->diameter_m = cm_hull_diameter(hull, vertices);
    shape->hull_count = vertices;
    shape->hull_area_km2 = cm_hull_area(hull, vertices) / 1e6;
    shape->density_per_km2 = shape->hull_area_km2 > 0.0 ? shape->weight / shape->hull_area_km2 : (double)NAN;
    *hull_out = hull;
    hull = NULL;
    status = CASTMAP_OK;

done:
    free(places);
    free(hull);
    free(order);
    return status;
}

static castmap_status describe(size_t begin, size_t end, void *job)
{
    shaper *run = job;
    castmap_status status = CASTMAP_OK;

    for (size_t k = begin; k < end && !status; k++) {
        castmap_cluster_shape *shape = &run->shape[k];
        const uint32_t *member = run->member + run->begin[k];
        const size_t n = run->begin[k + 1] - run->begin[k];
        *shape = (castmap_cluster_shape){.count = n, .first_s = INT64_MIN, .last_s = INT64_MIN,
                                         .density_per_km2 = (double)NAN};
        if (n == 0)
            continue;
        find_centre(run->points, member, n, shape);
        find_medoid_times_places(run->points, member, n, shape);
        status = find_hull(run->points, member, n, shape, &run->hull[k]);
    }
    return status;
}

static castmap_status collect(castmap_context *ctx, shaper *run, castmap_cluster_shapes *out)
{
    size_t vertices = 0;

    for (size_t k = 0; k < run->clusters; k++) {
        run->shape[k].hull_start = vertices;
        vertices += run->shape[k].hull_count;
    }
    double *x = cm_alloc(vertices, sizeof *x), *y = cm_alloc(vertices, sizeof *y);
    if (!x || !y) {
        free(x);
        free(y);
        return cm_fail_memory(ctx);
    }
    for (size_t k = 0; k < run->clusters; k++) {
        for (size_t v = 0; v < run->shape[k].hull_count; v++) {
            x[run->shape[k].hull_start + v] = run->hull[k][v].x;
            y[run->shape[k].hull_start + v] = run->hull[k][v].y;
        }
    }
    *out = (castmap_cluster_shapes){run->clusters, run->shape, x, y};
    run->shape = NULL;
    return CASTMAP_OK;
}

/* Cells of about four points when they are spread evenly; how many there are is only a matter of speed. */
static double side_for(const castmap_points *p)
{
    double min_x = 0, max_x = 0, min_y = 0, max_y = 0;

    for (size_t i = 0; i < p->count; i++) {
        min_x = i == 0 || p->x[i] < min_x ? p->x[i] : min_x;
        max_x = i == 0 || p->x[i] > max_x ? p->x[i] : max_x;
        min_y = i == 0 || p->y[i] < min_y ? p->y[i] : min_y;
        max_y = i == 0 || p->y[i] > max_y ? p->y[i] : max_y;
    }
    const double width = max_x - min_x, height = max_y - min_y, n = (double)p->count / PER_CELL + 1.0;
    double side = fmax(sqrt(width / n) * sqrt(height), fmax(width, height) / n);
    return side > 1e-100 && side < 1e100 ? side : 1.0;
}

static castmap_status make(castmap_context *ctx, shaper *run, castmap_cluster_shapes *out)
{
    const castmap_points *points = run->points;
    castmap_status status;

    if (points->count > INT32_MAX)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "more than %d points", INT32_MAX);
    status = cm_point_grid_make(ctx, points, side_for(points), &run->grid);
    if (status)
        return status;
    status = cm_parallel_for(ctx, "describing clusters", run->grid.cells, order_members, run);
    if (status)
        return status == CASTMAP_E_NOMEM ? cm_fail_memory(ctx) : status;
    status = gather(ctx, run);
    if (status)
        return status;
    cm_point_grid_clear(&run->grid);
    run->shape = cm_alloc(run->clusters, sizeof *run->shape);
    run->hull = cm_alloc_zero(run->clusters, sizeof *run->hull);
    if (!run->shape || !run->hull)
        return cm_fail_memory(ctx);
    status = cm_parallel_chunks(ctx, "describing clusters", run->clusters, 8, describe, run);
    if (status)
        return status == CASTMAP_E_NOMEM ? cm_fail_memory(ctx) : status;
    return collect(ctx, run, out);
}

castmap_status castmap_cluster_shapes_make(castmap_context *ctx, const castmap_points *points, const int32_t *labels,
                                           size_t n_clusters, castmap_cluster_shapes *out)
{
    shaper run = {.points = points, .labels = labels, .clusters = n_clusters};
    castmap_status status;

    cm_fail_clear(ctx);
    status = make(ctx, &run, out);
    for (size_t k = 0; run.hull && k < n_clusters; k++)
        free(run.hull[k]);
    free(run.hull);
    free(run.shape);
    free(run.begin);
    free(run.member);
    cm_point_grid_clear(&run.grid);
    return status;
}

void castmap_cluster_shapes_clear(castmap_cluster_shapes *shapes)
{
    if (!shapes)
        return;
    free(shapes->shape);
    free(shapes->hull_x);
    free(shapes->hull_y);
    *shapes = (castmap_cluster_shapes)CASTMAP_CLUSTER_SHAPES_INIT;
}
