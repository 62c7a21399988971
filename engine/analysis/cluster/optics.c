/*
 * analysis/cluster/optics.c - the density-based order of points (OPTICS), and clusters cut from it at a radius.
 *
 *   1. places       points on one coordinate become a place with their weight
 *   2. core         distance within which a place has min_points about it                       in parallel
 *   3. walk         places in order of reachability, by a heap; ties go to the smaller id      one thread
 *   4. expand       places become points again: the first keeps the place's reachability, the others that of distance 0
 *
 * Nothing depends on the order of the rows: walks begin at the place with the smallest id that is left, and equal reachabilities are
 * taken in order of id.
 */
#include "castmap/cluster.h"

#include "analysis/cluster/label_numbers.h"
#include "analysis/cluster/near_cells.h"
#include "analysis/cluster/places.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SUM_SLACK 1e-9
#define NOT_WAITING UINT32_MAX

typedef struct near_place {
    double square, weight;
} near_place;

typedef struct optics_run {
    const castmap_points         *points;  /* borrowed */
    const castmap_optics_options *options; /* borrowed */
    cm_places      places;     /* owned */
    cm_point_grid  grid;       /* owned, of places */
    double        *core;       /* owned [places], INFINITY: never a core within eps */
    double        *reach;      /* owned [places] */
    uint32_t      *from;       /* owned [places]: predecessor, or the place itself */
    int64_t       *id;         /* owned [places]: smallest of its points; only while preparing */
    uint32_t      *rank;       /* owned [places] place -> its rank by id */
    uint32_t      *by_id;      /* owned [places] */
    uint32_t      *slot;       /* owned [places]: where in the heap, or NOT_WAITING */
    uint32_t      *heap;       /* owned [places] */
    size_t         waiting;
    bool          *done;       /* owned [places] */
    uint32_t      *order;      /* owned [places] */
} optics_run;

static castmap_status check(castmap_context *ctx, const castmap_optics_options *o)
{
    if (o->version != CASTMAP_OPTICS_OPTIONS_VERSION)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "options of another version");
    if (!(o->eps_m > 0.0) || !isfinite(o->eps_m))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "eps_m must be above 0 and finite");
    if (o->min_points == 0)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "min_points is 0");
    return CASTMAP_OK;
}

static int by_square(const void *a, const void *b)
{
    const near_place *p = a, *q = b;

    return (p->square > q->square) - (p->square < q->square);
}

/* Distance at which the weight about a place reaches min_points. */
static castmap_status measure_cores(size_t begin, size_t end, void *job)
{
    optics_run *run = job;
    const cm_point_grid *grid = &run->grid;
    const double eps2 = run->options->eps_m * run->options->eps_m, enough = (double)run->options->min_points * (1.0 - SUM_SLACK);
    near_place *near = NULL;
    size_t room = 0;

    for (size_t i = begin; i < end; i++) {
        cm_grid_rows rows;
        size_t n = 0;
        double sum = 0.0;
        cm_near_rows(grid, grid->x[i], grid->y[i], &rows);
        for (unsigned row = 0; row < 5; row++) {
            const uint32_t first = grid->start[rows.begin[row]], last = grid->start[rows.end[row]];
            if (cm_grow(&near, &room, n + (last - first) + 1, sizeof *near) != 0) {
                free(near);
                return CASTMAP_E_NOMEM;
            }
            for (uint32_t j = first; j < last; j++) {
                const double dx = grid->x[j] - grid->x[i], dy = grid->y[j] - grid->y[i], square = dx * dx + dy * dy;
                if (square <= eps2)
                    near[n++] = (near_place){square, grid->weight[j]};
            }
        }
        qsort(near, n, sizeof *near, by_square);
        double core = (double)INFINITY;
        for (size_t k = 0; k < n; k++) {
            sum += near[k].weight;
            if (sum >= enough) {
                core = sqrt(near[k].square);
                break;
            }
        }
        run->core[grid->index[i]] = core;
    }
    free(near);
    return CASTMAP_OK;
}

static bool before(const optics_run *run, uint32_t a, uint32_t b)
{
    return run->reach[a] < run->reach[b] || (run->reach[a] == run->reach[b] && run->rank[a] < run->rank[b]);
}

static void put(optics_run *run, size_t at, uint32_t place)
{
    run->heap[at] = place;
    run->slot[place] = (uint32_t)at;
}

static void sift_up(optics_run *run, size_t at)
{
    const uint32_t place = run->heap[at];

    while (at > 0 && before(run, place, run->heap[(at - 1) / 2])) {
        put(run, at, run->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    put(run, at, place);
}

static uint32_t take_nearest(optics_run *run)
{
    const uint32_t first = run->heap[0], moved = run->heap[--run->waiting];
    size_t at = 0;

    run->slot[first] = NOT_WAITING;
    while (run->waiting > 0) {
        size_t child = 2 * at + 1;
        if (child >= run->waiting)
            break;
        if (child + 1 < run->waiting && before(run, run->heap[child + 1], run->heap[child]))
            child++;
        if (!before(run, run->heap[child], moved))
            break;
        put(run, at, run->heap[child]);
        at = child;
    }
    if (run->waiting > 0)
        put(run, at, moved);
    return first;
}

/* A core place offers itself to all that are near it. */
static void offer(optics_run *run, uint32_t place)
{
    const cm_point_grid *grid = &run->grid;
    const double eps2 = run->options->eps_m * run->options->eps_m, x = run->places.x[place], y = run->places.y[place];
    cm_grid_rows rows;

    cm_near_rows(grid, x, y, &rows);
    for (unsigned row = 0; row < 5; row++) {
        for (uint32_t j = grid->start[rows.begin[row]]; j < grid->start[rows.end[row]]; j++) {
            const uint32_t other = grid->index[j];
            const double dx = grid->x[j] - x, dy = grid->y[j] - y, square = dx * dx + dy * dy;
            if (run->done[other] || square > eps2)
                continue;
            const double reach = fmax(run->core[place], sqrt(square));
            if (!(reach < run->reach[other]))
                continue;
            run->reach[other] = reach;
            run->from[other] = place;
            if (run->slot[other] == NOT_WAITING)
                put(run, run->waiting++, other);
            sift_up(run, run->slot[other]);
        }
    }
}

static castmap_status walk(castmap_context *ctx, optics_run *run)
{
    const size_t n = run->places.count;
    size_t visited = 0;

    for (size_t k = 0; k < n; k++) {
        uint32_t place = run->by_id[k];
        while (!run->done[place]) {
            run->done[place] = true;
            run->order[visited++] = place;
            if (visited % 2048 == 0) {
                if (cm_cancelled(ctx))
                    return cm_fail_cancelled(ctx);
                cm_progress(ctx, "walking from place to place", (double)visited / (double)n);
            }
            if (isfinite(run->core[place]))
                offer(run, place);
            if (run->waiting == 0)
                break;
            place = take_nearest(run);
        }
    }
    return CASTMAP_OK;
}

typedef struct keyed {
    int64_t  id;
    uint32_t item;
} keyed;

static int by_id(const void *a, const void *b)
{
    const keyed *p = a, *q = b;

    return p->id != q->id ? (p->id < q->id ? -1 : 1) : (p->item > q->item) - (p->item < q->item);
}

static castmap_status prepare(castmap_context *ctx, optics_run *run)
{
    castmap_status status = cm_places_make(ctx, run->points, &run->places);

    if (status)
        return status;
    const size_t n = run->places.count;
    const castmap_points places = {.count = n, .x = run->places.x, .y = run->places.y, .weight = run->places.weight};
    keyed *key = cm_alloc(n, sizeof *key);
    run->core = cm_alloc(n, sizeof *run->core);
    run->reach = cm_alloc(n, sizeof *run->reach);
    run->from = cm_alloc(n, sizeof *run->from);
    run->id = cm_alloc(n, sizeof *run->id);
    run->rank = cm_alloc(n, sizeof *run->rank);
    run->by_id = cm_alloc(n, sizeof *run->by_id);
    run->slot = cm_alloc(n, sizeof *run->slot);
    run->heap = cm_alloc(n, sizeof *run->heap);
    run->done = cm_alloc_zero(n, sizeof *run->done);
    run->order = cm_alloc(n, sizeof *run->order);
    if (!key || !run->core || !run->reach || !run->from || !run->id || !run->rank || !run->by_id || !run->slot || !run->heap ||
        !run->done || !run->order) {
        free(key);
        return cm_fail_memory(ctx);
    }
    for (size_t i = 0; i < n; i++)
        run->id[i] = INT64_MAX;
    for (size_t i = 0; i < run->points->count; i++) {
        const int64_t id = run->points->id ? run->points->id[i] : (int64_t)i;
        const uint32_t place = run->places.place_of[i];
        run->id[place] = id < run->id[place] ? id : run->id[place];
    }
    for (uint32_t i = 0; i < n; i++) {
        key[i] = (keyed){run->id[i], i};
        run->reach[i] = (double)INFINITY;
        run->from[i] = i;
        run->slot[i] = NOT_WAITING;
    }
    if (n > 0)
        qsort(key, n, sizeof *key, by_id);
    for (uint32_t k = 0; k < n; k++) {
        run->by_id[k] = key[k].item;
        run->rank[key[k].item] = k;
    }
    free(key);
    free(run->id);
    run->id = NULL;
    return cm_point_grid_make(ctx, &places, cm_near_side(run->options->eps_m), &run->grid);
}

/* What only the walk needs: 70 bytes a place that expand() would hold beside its own. */
static void forget_walk(optics_run *run)
{
    uint32_t **const counts[] = {&run->rank, &run->by_id, &run->slot, &run->heap};
    double **const reals[] = {&run->places.x, &run->places.y, &run->places.weight};

    cm_point_grid_clear(&run->grid);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        free(*counts[i]);
        *counts[i] = NULL;
    }
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
        free(*reals[i]);
        *reals[i] = NULL;
    }
    free(run->done);
    run->done = NULL;
}

/* Points of each place in order of id, places in the order of the walk. */
static castmap_status expand(castmap_context *ctx, const optics_run *run, castmap_optics_order *out)
{
    const size_t n = run->points->count, places = run->places.count;
    castmap_optics_order made = {n, cm_alloc(n, sizeof *made.point), cm_alloc(n, sizeof *made.reachability_m),
                                 cm_alloc(n, sizeof *made.core_m), cm_alloc(n, sizeof *made.predecessor)};
    keyed *member = cm_alloc(n, sizeof *member);
    size_t *start = cm_alloc_zero(places + 2, sizeof *start);

    if (!made.point || !made.reachability_m || !made.core_m || !made.predecessor || !member || !start) {
        castmap_optics_order_clear(&made);
        free(member);
        free(start);
        return cm_fail_memory(ctx);
    }
    for (size_t i = 0; i < n; i++)
        start[run->places.place_of[i] + 2]++;
    for (size_t p = 0; p < places; p++)
        start[p + 2] += start[p + 1];
    for (uint32_t i = 0; i < n; i++)
        member[start[run->places.place_of[i] + 1]++] = (keyed){run->points->id ? run->points->id[i] : (int64_t)i, i};
    for (size_t p = 0; p < places; p++) {
        if (start[p + 1] - start[p] > 1)
            qsort(member + start[p], start[p + 1] - start[p], sizeof *member, by_id);
    }
    size_t at = 0;
    for (size_t k = 0; k < places; k++) {
        const uint32_t place = run->order[k];
        const uint32_t first = member[start[place]].item;
        for (size_t m = start[place]; m < start[place + 1]; m++, at++) {
            made.point[at] = member[m].item;
            made.core_m[at] = run->core[place];
            made.reachability_m[at] = m == start[place] ? run->reach[place] : run->core[place]; /* at distance 0 from the first */
            made.predecessor[at] = m > start[place] && isfinite(run->core[place]) ? first
                                   : m == start[place] && run->from[place] != place ? member[start[run->from[place]]].item
                                                                                    : CASTMAP_NO_PREDECESSOR;
        }
    }
    free(member);
    free(start);
    *out = made;
    return CASTMAP_OK;
}

void castmap_optics_order_clear(castmap_optics_order *order)
{
    if (!order)
        return;
    free(order->point);
    free(order->reachability_m);
    free(order->core_m);
    free(order->predecessor);
    *order = (castmap_optics_order){0};
}

castmap_status castmap_optics(castmap_context *ctx, const castmap_points *points, const castmap_optics_options *options,
                              castmap_optics_order *out)
{
    optics_run run = {.points = points, .options = options};
    castmap_status status;

    cm_fail_clear(ctx);
    status = check(ctx, options);
    if (!status)
        status = prepare(ctx, &run);
    if (!status) {
        status = cm_parallel_for(ctx, "measuring densities", run.grid.count, measure_cores, &run);
        if (status == CASTMAP_E_NOMEM)
            status = cm_fail_memory(ctx);
    }
    if (!status)
        status = walk(ctx, &run);
    forget_walk(&run);
    if (!status)
        status = expand(ctx, &run, out);
    cm_places_clear(&run.places);
    cm_point_grid_clear(&run.grid);
    free(run.core);
    free(run.reach);
    free(run.from);
    free(run.id);
    free(run.rank);
    free(run.by_id);
    free(run.slot);
    free(run.heap);
    free(run.done);
    free(run.order);
    return status;
}

castmap_status castmap_optics_cut(castmap_context *ctx, const castmap_points *points, const castmap_optics_order *order, double eps_m,
                                  int32_t *labels, size_t *n_clusters)
{
    int32_t *label = cm_alloc(points->count, sizeof *label);
    int32_t current = -1;
    size_t k = 0;
    castmap_status status = CASTMAP_OK;

    cm_fail_clear(ctx);
    if (!label)
        return cm_fail_memory(ctx);
    if (order->count != points->count || !(eps_m > 0.0))
        status = cm_fail(ctx, CASTMAP_E_ARGUMENT, "an order of other points, or no radius");
    for (size_t i = 0; i < order->count && !status; i++) {
        int32_t own = CASTMAP_NOISE;
        if (order->reachability_m[i] <= eps_m)
            own = current;
        else if (order->core_m[i] <= eps_m)
            own = ++current;
        label[order->point[i]] = own;
    }
    if (!status)
        status = cm_number_labels(ctx, points, NULL, label, (size_t)(current + 1), &k);
    if (!status && points->count > 0)
        memcpy(labels, label, points->count * sizeof *labels);
    if (!status && n_clusters)
        *n_clusters = k;
    free(label);
    return status;
}
