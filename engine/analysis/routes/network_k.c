/*
 * analysis/routes/network_k.c - K and cross-K along a network, and envelopes around them.
 *
 *   1. take       the observed events, sorted along the network, so that their order in the table does not matter
 *   2. draw       patterns of the null, a batch at a time                                              in parallel
 *   3. tally      every `from` of every pattern of the batch: its sphere, and the `to` within it        in parallel
 *   4. envelope   the observed curve among the simulated ones
 *
 * Sums are kept for each group of GROUP events and added in their order, so threads do not show.
 */
#include "castmap/network_k.h"

#include "analysis/routes/network_sphere.h"
#include "analysis/statistics/envelope.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_STREAM UINT64_C(0x6e65746b00000000) /* apart from the streams of other methods */
#define GROUP 32u
#define BATCH_ITEMS 2048u
#define MOST_BATCH 64u

typedef struct spot {
    uint32_t edge;
    double   along_m;
} spot;

/* Events sorted by edge, then along it. */
typedef struct pattern {
    size_t  n;
    spot   *spot;  /* owned [n] */
    size_t *start; /* owned [n_edges + 1]; NULL where no one asks what lies on an edge */
} pattern;

typedef struct k_run {
    castmap_context *ctx;
    const castmap_network *network;
    const castmap_network_k_options *options;
    bool           cross;
    cm_route_graph graph;
    cm_sphere     *sphere;      /* owned [threads] */
    pattern        from, to;    /* observed; `to` only in cross-K */
    spot          *pool;        /* owned [n_from + n_to] for labels: all places, sorted */
    double        *sums;        /* owned [n_edges + 1] exposure before each edge */
    pattern       *drawn_from, *drawn_to; /* owned [batch] */
    size_t         batch, first, groups;  /* patterns drawn at once; the number of the first; groups of a pattern */
    double        *group_sum;   /* owned [batch][groups][steps] */
    double        *curves;      /* owned [S + 1][steps] */
    castmap_network_k found;
} k_run;

void castmap_network_k_clear(castmap_network_k *k)
{
    free(k->r_m);
    free(k->k);
    free(k->mean);
    free(k->low);
    free(k->high);
    free(k->global_low);
    free(k->global_high);
    *k = (castmap_network_k)CASTMAP_NETWORK_K_INIT;
}

static void pattern_clear(pattern *p)
{
    free(p->spot);
    free(p->start);
    *p = (pattern){0};
}

static void release(k_run *run)
{
    for (unsigned k = 0; run->sphere && k < castmap_threads(run->ctx); k++)
        cm_sphere_clear(&run->sphere[k]);
    for (size_t i = 0; i < run->batch; i++) {
        if (run->drawn_from)
            pattern_clear(&run->drawn_from[i]);
        if (run->drawn_to)
            pattern_clear(&run->drawn_to[i]);
    }
    free(run->sphere);
    free(run->drawn_from);
    free(run->drawn_to);
    pattern_clear(&run->from);
    pattern_clear(&run->to);
    free(run->pool);
    free(run->sums);
    free(run->group_sum);
    free(run->curves);
    cm_route_graph_clear(&run->graph);
    castmap_network_k_clear(&run->found);
}

static castmap_status check(castmap_context *ctx, const castmap_network_k_options *o, bool cross)
{
    if (o->version != CASTMAP_NETWORK_K_OPTIONS_VERSION)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "options of another version");
    if (!(o->radius_m > 0.0) || !isfinite(o->radius_m) || o->steps < 1 || o->steps > 10000)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the longest distance must be above 0, and the steps between 1 and 10,000");
    if (!(o->alpha > 0.0 && o->alpha < 1.0) || (o->simulations > 0 && ((double)o->simulations + 1.0) * o->alpha < 1.0))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "a level of %g needs %.0f simulations at least", o->alpha, ceil(1.0 / o->alpha) - 1.0);
    if (o->null == CASTMAP_NETWORK_K_LABELS && !cross)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "labels can be drawn only where there are two kinds");
    return CASTMAP_OK;
}

static int compare(const void *left, const void *right)
{
    const spot *a = left, *b = right;

    if (a->edge != b->edge)
        return a->edge < b->edge ? -1 : 1;
    return (a->along_m > b->along_m) - (a->along_m < b->along_m);
}

/* Room is kept from pattern to pattern. */
static int pattern_room(const k_run *run, pattern *p, size_t n)
{
    p->n = n;
    if (!p->spot)
        p->spot = cm_alloc(n, sizeof *p->spot);
    if (!p->start)
        p->start = cm_alloc(run->network->n_edges + 1, sizeof *p->start);
    return p->spot && p->start ? 0 : -1;
}

static void pattern_sort(const k_run *run, pattern *p)
{
    size_t i = 0;

    qsort(p->spot, p->n, sizeof *p->spot, compare);
    for (size_t e = 0; e <= run->network->n_edges; e++) {
        while (i < p->n && p->spot[i].edge < e)
            i++;
        p->start[e] = i;
    }
}

static castmap_status take(k_run *run, const castmap_network_events *events, pattern *p)
{
    castmap_status status = cm_route_places_check(run->ctx, run->network, events);
    size_t n = 0;

    if (status)
        return status;
    for (size_t i = 0; i < events->count; i++)
        n += events->edge[i] != CASTMAP_NO_EDGE;
    if (n < (run->cross ? 1u : 2u))
        return cm_fail(run->ctx, CASTMAP_E_NOT_FOUND, run->cross ? "no observation of one kind lies on a street" : "fewer than two observations lie on a street");
    if (pattern_room(run, p, n))
        return cm_fail_memory(run->ctx);
    n = 0;
    for (size_t i = 0; i < events->count; i++) {
        if (events->edge[i] != CASTMAP_NO_EDGE)
            p->spot[n++] = (spot){events->edge[i], events->along_m[i]};
    }
    pattern_sort(run, p);
    return CASTMAP_OK;
}

static castmap_status add_exposure(k_run *run)
{
    const size_t n = run->network->n_edges;

    run->sums = cm_alloc(n + 1, sizeof *run->sums);
    if (!run->sums)
        return cm_fail_memory(run->ctx);
    run->sums[0] = 0.0;
    for (size_t e = 0; e < n; e++) {
        const double exposure = run->options->exposure ? run->options->exposure[e] : run->network->length_m[e];
        if (!(exposure >= 0.0) || !isfinite(exposure))
            return cm_fail(run->ctx, CASTMAP_E_ARGUMENT, "edge %zu has an exposure below 0 or not finite", e);
        run->sums[e + 1] = run->sums[e] + exposure;
        run->found.length_m += run->network->length_m[e];
    }
    return run->sums[n] > 0.0 && isfinite(run->sums[n]) ? CASTMAP_OK : cm_fail(run->ctx, CASTMAP_E_ARGUMENT, "no street has any exposure");
}

static castmap_status set_up(k_run *run)
{
    const castmap_network_k_options *o = run->options;
    const unsigned threads = castmap_threads(run->ctx);
    const size_t curves = (size_t)o->simulations + 1;

    run->groups = (run->from.n + GROUP - 1) / GROUP;
    size_t batch = BATCH_ITEMS / run->groups;
    batch = batch < 1 ? 1 : batch > MOST_BATCH ? MOST_BATCH : batch;
    run->drawn_from = cm_alloc_zero(batch, sizeof *run->drawn_from);
    run->drawn_to = cm_alloc_zero(batch, sizeof *run->drawn_to);
    run->sphere = cm_alloc_zero(threads, sizeof *run->sphere);
    if (!run->drawn_from || !run->drawn_to || !run->sphere)
        return cm_fail_memory(run->ctx);
    run->batch = batch;
    for (unsigned k = 0; k < threads; k++) {
        if (cm_sphere_init(&run->sphere[k], run->network))
            return cm_fail_memory(run->ctx);
    }
    run->group_sum = cm_alloc(batch * run->groups, o->steps * sizeof *run->group_sum);
    run->curves = cm_alloc(curves * o->steps, sizeof *run->curves);
    run->found.r_m = cm_alloc(o->steps, sizeof *run->found.r_m);
    run->found.k = cm_alloc(o->steps, sizeof *run->found.k);
    if (!run->group_sum || !run->curves || !run->found.r_m || !run->found.k)
        return cm_fail_memory(run->ctx);
    run->found.count = o->steps;
    run->found.n_from = run->from.n;
    run->found.n_to = run->cross ? run->to.n : run->from.n;
    for (size_t k = 0; k < o->steps; k++)
        run->found.r_m[k] = o->radius_m * ((double)(k + 1) / (double)o->steps);
    if (o->null != CASTMAP_NETWORK_K_LABELS)
        return CASTMAP_OK;
    run->pool = cm_alloc(run->from.n + run->to.n, sizeof *run->pool);
    if (!run->pool)
        return cm_fail_memory(run->ctx);
    memcpy(run->pool, run->from.spot, run->from.n * sizeof *run->pool);
    memcpy(run->pool + run->from.n, run->to.spot, run->to.n * sizeof *run->pool);
    qsort(run->pool, run->from.n + run->to.n, sizeof *run->pool, compare);
    return CASTMAP_OK;
}

/* A place by the exposure before it. */
static spot spot_at(const k_run *run, double u)
{
    const size_t n = run->network->n_edges;
    const double want = u * run->sums[n];
    size_t low = 0, high = n;

    while (high - low > 1) { /* sums[low] <= want < sums[high] */
        const size_t middle = (low + high) / 2;
        if (run->sums[middle] <= want)
            low = middle;
        else
            high = middle;
    }
    const double part = (want - run->sums[low]) / (run->sums[low + 1] - run->sums[low]);
    return (spot){(uint32_t)low, fmin(part, 1.0) * run->network->length_m[low]};
}

static void draw_anywhere(const k_run *run, uint64_t stream, pattern *p)
{
    for (size_t i = 0; i < p->n; i++)
        p->spot[i] = spot_at(run, cm_random_unit(castmap_seed(run->ctx), stream, i));
    pattern_sort(run, p);
}

/* `to` has room for all: the first n_from of a shuffle become `from`, the rest is `to`. */
static int draw_labels(const k_run *run, uint64_t stream, pattern *from, pattern *to)
{
    const size_t n = run->from.n + run->to.n;
    spot *all = cm_alloc(n, sizeof *all);

    if (!all)
        return -1;
    memcpy(all, run->pool, n * sizeof *all);
    for (size_t i = 0; i < run->from.n; i++) {
        const size_t j = i + cm_random_below(castmap_seed(run->ctx), stream, i, n - i);
        const spot kept = all[i];
        all[i] = all[j];
        all[j] = kept;
    }
    memcpy(from->spot, all, from->n * sizeof *all);
    memcpy(to->spot, all + from->n, to->n * sizeof *all);
    free(all);
    pattern_sort(run, from);
    pattern_sort(run, to);
    return 0;
}

/* Patterns of one batch. What is not drawn is the observed one. */
static castmap_status draw(size_t begin, size_t end, void *payload)
{
    const k_run *run = payload;

    for (size_t i = begin; i < end; i++) {
        const uint64_t stream = FIRST_STREAM + run->first + i;
        pattern *from = &run->drawn_from[i], *to = &run->drawn_to[i];
        if (run->options->null == CASTMAP_NETWORK_K_LABELS) {
            if (pattern_room(run, from, run->from.n) || pattern_room(run, to, run->to.n) || draw_labels(run, stream, from, to))
                return CASTMAP_E_NOMEM;
            continue;
        }
        pattern *moved = run->cross ? to : from;
        if (pattern_room(run, moved, run->cross ? run->to.n : run->from.n))
            return CASTMAP_E_NOMEM;
        draw_anywhere(run, stream, moved);
    }
    return CASTMAP_OK;
}

/* The first step whose distance is at least d; steps when there is none. */
static size_t step_of(const k_run *run, double d)
{
    const size_t steps = run->options->steps;
    const double s = ceil(d / run->options->radius_m * (double)steps);
    size_t k = s <= 1.0 ? 0 : s > (double)steps ? steps : (size_t)s - 1;

    while (k > 0 && d <= run->found.r_m[k - 1])
        k--;
    while (k < steps && d > run->found.r_m[k])
        k++;
    return k;
}

/* The pairs of from[own] with all of `to`, but for itself when they are one pattern. */
static void add_pairs(const k_run *run, const cm_sphere *sphere, const pattern *to, size_t own, double *sum)
{
    for (size_t k = 0; k < sphere->n_edges; k++) {
        const uint32_t e = sphere->edge[k];
        for (size_t j = to->start[e]; j < to->start[e + 1]; j++) {
            if (j == own)
                continue;
            const double d = cm_sphere_distance(sphere, e, to->spot[j].along_m);
            const size_t step = step_of(run, d);
            if (step < run->options->steps)
                sum[step] += run->options->corrected ? 1.0 / cm_sphere_points(sphere, d) : 1.0;
        }
    }
}

static const pattern *drawn_or(const pattern *drawn, const pattern *observed)
{
    return drawn->spot ? drawn : observed;
}

static castmap_status tally(size_t begin, size_t end, unsigned worker, void *payload)
{
    const k_run *run = payload;
    const size_t steps = run->options->steps;
    cm_sphere *sphere = &run->sphere[worker];

    for (size_t item = begin; item < end; item++) {
        const pattern *from = drawn_or(&run->drawn_from[item / run->groups], &run->from);
        const pattern *to = run->cross ? drawn_or(&run->drawn_to[item / run->groups], &run->to) : from;
        const size_t first = item % run->groups * GROUP, last = first + GROUP < from->n ? first + GROUP : from->n;
        double *sum = run->group_sum + item * steps;
        memset(sum, 0, steps * sizeof *sum);
        for (size_t i = first; i < last; i++) {
            if (cm_sphere_around(sphere, &run->graph, from->spot[i].edge, from->spot[i].along_m, run->options->radius_m, run->options->corrected))
                return CASTMAP_E_NOMEM;
            add_pairs(run, sphere, to, run->cross ? SIZE_MAX : i, sum);
        }
    }
    return CASTMAP_OK;
}

static void add_up(const k_run *run, size_t patterns, double *curves)
{
    const size_t steps = run->options->steps, n = run->from.n;
    const double pairs = run->cross ? (double)n * (double)run->to.n : (double)n * ((double)n - 1.0);

    for (size_t p = 0; p < patterns; p++) {
        double total = 0.0;
        for (size_t k = 0; k < steps; k++) {
            for (size_t g = 0; g < run->groups; g++)
                total += run->group_sum[(p * run->groups + g) * steps + k];
            curves[p * steps + k] = total * (run->found.length_m / pairs);
        }
    }
}

/* One batch; patterns are drawn unless the curve is the observed one. */
static castmap_status measure_batch(k_run *run, size_t patterns, bool drawn, double *curves)
{
    castmap_status status = CASTMAP_OK;

    if (drawn)
        status = cm_parallel_chunks(run->ctx, "drawing by chance", patterns, 1, draw, run);
    if (!status)
        status = cm_parallel_workers(run->ctx, drawn ? "comparing with chance" : "measuring along streets", patterns * run->groups, 1, tally, run);
    if (status)
        return status == CASTMAP_E_NOMEM ? cm_fail_memory(run->ctx) : status;
    add_up(run, patterns, curves);
    return CASTMAP_OK;
}

static castmap_status measure(k_run *run)
{
    const size_t total = run->options->simulations, steps = run->options->steps;
    const double all = (double)total + 1.0;
    cm_span span = cm_progress_span(run->ctx, 0.0, 1.0 / all);
    castmap_status status = measure_batch(run, 1, false, run->curves);

    cm_progress_restore(run->ctx, span);
    for (run->first = 0; run->first < total && !status; run->first += run->batch) {
        const size_t patterns = total - run->first < run->batch ? total - run->first : run->batch;
        span = cm_progress_span(run->ctx, ((double)run->first + 1.0) / all, ((double)(run->first + patterns) + 1.0) / all);
        status = measure_batch(run, patterns, true, run->curves + (run->first + 1) * steps);
        cm_progress_restore(run->ctx, span);
    }
    return status;
}

static castmap_status compare_with_chance(k_run *run)
{
    castmap_network_k *found = &run->found;
    const castmap_network_k_options *o = run->options;
    double **const arrays[] = {&found->mean, &found->low, &found->high, &found->global_low, &found->global_high};

    memcpy(found->k, run->curves, o->steps * sizeof *found->k);
    if (o->simulations == 0)
        return CASTMAP_OK;
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        *arrays[i] = cm_alloc(o->steps, sizeof **arrays[i]);
        if (!*arrays[i])
            return cm_fail_memory(run->ctx);
    }
    cm_envelope envelope = {.mean = found->mean, .low = found->low, .high = found->high, .global_low = found->global_low, .global_high = found->global_high};
    castmap_status status = cm_envelope_make(run->ctx, run->curves, o->simulations, o->steps, o->alpha, o->scaled, &envelope);
    if (status)
        return status;
    for (size_t k = 0; k < o->steps; k++)
        found->global_low[k] = fmax(found->global_low[k], 0.0); /* no K is below 0 */
    found->p = envelope.p;
    found->where = envelope.where;
    return CASTMAP_OK;
}

castmap_status castmap_network_k_measure(castmap_context *ctx, const castmap_network *network, const castmap_network_events *from,
                                         const castmap_network_events *to, const castmap_network_k_options *options, castmap_network_k *out)
{
    k_run run = {.ctx = ctx, .network = network, .options = options, .cross = to != NULL, .found = CASTMAP_NETWORK_K_INIT};
    castmap_status status;

    cm_fail_clear(ctx);
    status = check(ctx, options, run.cross);
    if (!status)
        status = cm_route_graph_make(ctx, network, &run.graph);
    if (!status)
        status = take(&run, from, &run.from);
    if (!status && to)
        status = take(&run, to, &run.to);
    if (!status)
        status = add_exposure(&run);
    if (!status)
        status = set_up(&run);
    if (!status)
        status = measure(&run);
    if (!status)
        status = compare_with_chance(&run);
    if (!status) {
        *out = run.found;
        run.found = (castmap_network_k)CASTMAP_NETWORK_K_INIT;
    }
    release(&run);
    return status;
}
