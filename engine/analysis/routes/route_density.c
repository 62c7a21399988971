/*
 * analysis/routes/route_density.c - kernel density along a network.
 *
 *   1. sums      sort the events along their edges and add them up from both ends      in parallel, by edge
 *   2. places    sort the places by edge and along it                                  one thread
 *   3. edges     all places of an edge together, in the form asked for                 in parallel, by edge
 *                equal split: or from the events (route_spread.c), or all at once (route_waves.c)
 */
#include "analysis/routes/route_waves.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"

#include <stdlib.h>
#include <string.h>

#define EDGES_A_TURN 16u

typedef struct placing {
    double   at;
    uint32_t place;
} placing;

typedef struct density_run {
    cm_density_job  job;
    cm_route_graph  graph;
    cm_route_sums   sums;
    size_t         *place_start; /* owned */
    placing        *place;       /* owned; by edge, then along, then index */
    double         *place_at;    /* owned */
    size_t          longest;     /* most places of an edge */
    double         *values;      /* borrowed */
} density_run;

static castmap_status check(castmap_context *ctx, const castmap_network *network, const castmap_network_events *places,
                            const castmap_network_density_options *o)
{
    if (o->version != CASTMAP_NETWORK_DENSITY_OPTIONS_VERSION)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "options of another version");
    if (!(o->radius_m > 0.0) || !isfinite(o->radius_m))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the radius must be above 0");
    if ((unsigned)o->kernel > CASTMAP_LINE_GAUSSIAN || (unsigned)o->form > CASTMAP_LINE_CONTINUOUS || (unsigned)o->ways > CASTMAP_WAYS_WAVES)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "no such kernel, form or reckoning of ways");
    if (o->kernel == CASTMAP_LINE_GAUSSIAN && o->form == CASTMAP_LINE_CONTINUOUS) {
        castmap_status status = cm_fail(ctx, CASTMAP_E_ARGUMENT, "a Gaussian kernel that is cut off falls below 0 in the continuous form");
        cm_fail_hint(ctx, "take the quartic kernel, or the discontinuous form");
        return status;
    }
    if (o->ways == CASTMAP_WAYS_WAVES && !cm_density_waves_possible(o))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "waves are for the equal-split forms with one radius for all");
    for (size_t i = 0; i < places->count; i++) {
        const uint32_t e = places->edge[i];
        if (e != CASTMAP_NO_EDGE && (e >= network->n_edges || !(places->along_m[i] >= 0.0 && places->along_m[i] <= network->length_m[e])))
            return cm_fail(ctx, CASTMAP_E_DATA, "place %zu lies on no edge", i);
    }
    return places->count >= UINT32_MAX ? cm_fail(ctx, CASTMAP_E_LIMIT, "more than 4,000 million places") : CASTMAP_OK;
}

static int compare_placing(const void *left, const void *right)
{
    const placing *a = left, *b = right;

    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

static castmap_status sort_places(castmap_context *ctx, density_run *run, const castmap_network_events *places)
{
    const size_t edges = run->job.network->n_edges;

    run->place_start = cm_alloc_zero(edges + 2, sizeof *run->place_start);
    run->place = cm_alloc(places->count, sizeof *run->place);
    run->place_at = cm_alloc(places->count, sizeof *run->place_at);
    if (!run->place_start || !run->place || !run->place_at)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < places->count; i++) {
        if (places->edge[i] != CASTMAP_NO_EDGE)
            run->place_start[places->edge[i] + 2]++;
        else
            run->values[i] = NAN;
    }
    for (size_t e = 0; e < edges; e++)
        run->place_start[e + 2] += run->place_start[e + 1];
    for (size_t i = 0; i < places->count; i++) {
        if (places->edge[i] != CASTMAP_NO_EDGE)
            run->place[run->place_start[places->edge[i] + 1]++] =
                (placing){places->along_m[i] / run->sums.radius_m, (uint32_t)i};
    }
    for (size_t e = 0; e < edges; e++) {
        const size_t begin = run->place_start[e], n = run->place_start[e + 1] - begin;
        bool sorted = true;
        for (size_t k = 1; k < n && sorted; k++)
            sorted = run->place[begin + k - 1].at <= run->place[begin + k].at;
        if (!sorted)
            qsort(run->place + begin, n, sizeof *run->place, compare_placing);
        run->longest = n > run->longest ? n : run->longest;
    }
    for (size_t k = 0; k < run->place_start[edges]; k++)
        run->place_at[k] = run->place[k].at;
    return CASTMAP_OK;
}

static castmap_status fill_edges(size_t first, size_t last, unsigned number, void *payload)
{
    density_run *run = payload;
    cm_density_worker *worker = &run->job.worker[number];
    const double per_km = 1000.0 / run->sums.radius_m;

    for (size_t e = first; e < last; e++) {
        const size_t begin = run->place_start[e], end = run->place_start[e + 1];
        if (begin == end)
            continue;
        castmap_status status = run->job.options->form == CASTMAP_LINE_SIMPLE
                                    ? cm_density_simple(&run->job, worker, (uint32_t)e)
                                    : cm_density_split(&run->job, worker, (uint32_t)e);
        if (status)
            return status;
        for (size_t k = begin; k < end; k++)
            run->values[run->place[k].place] = worker->sum[k - begin] * per_km;
    }
    return CASTMAP_OK;
}

static void free_workers(castmap_context *ctx, cm_density_worker *worker)
{
    for (unsigned k = 0; worker && k < castmap_threads(ctx); k++) {
        cm_search_clear(&worker[k].search[0]);
        cm_search_clear(&worker[k].search[1]);
        free(worker[k].edge_stamp);
        free(worker[k].stack);
        free(worker[k].sum);
    }
    free(worker);
}

static castmap_status make_workers(castmap_context *ctx, density_run *run)
{
    const castmap_network *network = run->job.network;
    cm_density_worker *worker = cm_alloc_zero(castmap_threads(ctx), sizeof *worker);

    run->job.worker = worker;
    if (!worker)
        return cm_fail_memory(ctx);
    for (unsigned k = 0; k < castmap_threads(ctx); k++) {
        int failed = 0;
        worker[k].sum = cm_alloc(run->longest, sizeof *worker[k].sum);
        if (run->job.options->form == CASTMAP_LINE_SIMPLE) {
            failed = cm_search_init(&worker[k].search[0], network->n_nodes) ||
                     cm_search_init(&worker[k].search[1], network->n_nodes);
            worker[k].edge_stamp = cm_alloc_zero(network->n_edges, sizeof *worker[k].edge_stamp);
            failed = failed || !worker[k].edge_stamp;
        }
        if (failed || !worker[k].sum)
            return cm_fail_memory(ctx);
    }
    return CASTMAP_OK;
}

/* How the sums are made. */
typedef enum course {
    BY_PLACES, /* each edge of places looks out */
    BY_EVENTS, /* each edge of events sends out */
    AS_WAVES
} course;

static castmap_status choose_course(const density_run *run, course *chosen)
{
    const cm_density_job *job = &run->job;
    size_t looking = 0;
    bool many = false;
    castmap_status status = CASTMAP_OK;

    *chosen = BY_PLACES;
    if (job->options->form == CASTMAP_LINE_SIMPLE)
        return CASTMAP_OK;
    for (size_t e = 0; e < job->network->n_edges; e++)
        looking += run->place_start[e + 1] > run->place_start[e];
    const size_t sending = cm_density_sources(job);
    if (sending * 2 < looking && job->network->n_edges + job->network->n_nodes < UINT32_MAX)
        *chosen = BY_EVENTS;
    if (job->options->ways == CASTMAP_WAYS_WALKED || !cm_density_waves_possible(job->options))
        return CASTMAP_OK;
    many = job->options->ways == CASTMAP_WAYS_WAVES;
    if (!many)
        status = cm_density_many_ways(job, *chosen == BY_EVENTS ? sending : looking, &many);
    if (many)
        *chosen = AS_WAVES;
    return status;
}

/* All places at once. */
static castmap_status fill_all(castmap_context *ctx, density_run *run, course how)
{
    const size_t n = run->place_start[run->job.network->n_edges];
    const double per_km = 1000.0 / run->sums.radius_m;
    double *sum = cm_alloc(n, sizeof *sum);
    castmap_status status = !sum ? CASTMAP_E_NOMEM : how == AS_WAVES ? cm_density_waves(ctx, &run->job, sum) : cm_density_spread(ctx, &run->job, sum);

    for (size_t k = 0; k < n && !status; k++)
        run->values[run->place[k].place] = sum[k] * per_km;
    free(sum);
    return status;
}

static castmap_status run_density(castmap_context *ctx, density_run *run)
{
    course how = BY_PLACES;
    castmap_status status = make_workers(ctx, run);

    if (status)
        return status;
    run->job.graph = &run->graph;
    run->job.sums = &run->sums;
    run->job.place_start = run->place_start;
    run->job.place_at = run->place_at;
    status = choose_course(run, &how);
    if (!status)
        status = how == BY_PLACES ? cm_parallel_workers(ctx, "density along streets", run->job.network->n_edges, EDGES_A_TURN, fill_edges, run)
                                  : fill_all(ctx, run, how);
    if (status == CASTMAP_E_LIMIT && how != AS_WAVES && run->job.options->ways == CASTMAP_WAYS_AUTO && cm_density_waves_possible(run->job.options))
        status = fill_all(ctx, run, AS_WAVES);
    if (status == CASTMAP_E_NOMEM)
        status = cm_fail_memory(ctx);
    if (status == CASTMAP_E_LIMIT) {
        status = cm_fail(ctx, CASTMAP_E_LIMIT, "within a radius of %g m there are too many ways through these streets", run->sums.radius_m);
        cm_fail_hint(ctx, cm_density_waves_possible(run->job.options) ? "choose a shorter radius, or the simple form"
                                                                      : "choose one radius for all, a shorter radius, or the simple form");
    }
    return status;
}

castmap_status castmap_network_density(castmap_context *ctx, const castmap_network *network, const castmap_network_events *events,
                                       const castmap_network_events *places, const castmap_network_density_options *options,
                                       double *values)
{
    density_run run = {.job = {.network = network, .options = options}, .values = values};
    castmap_status status;

    cm_fail_clear(ctx);
    status = check(ctx, network, places, options);
    if (!status)
        status = cm_route_graph_make(ctx, network, &run.graph);
    if (!status)
        status = cm_route_sums_make(ctx, network, events, options, options->form != CASTMAP_LINE_SIMPLE, &run.sums);
    if (!status)
        status = sort_places(ctx, &run, places);
    if (!status)
        status = run_density(ctx, &run);
    free_workers(ctx, run.job.worker);
    cm_route_graph_clear(&run.graph);
    cm_route_sums_clear(&run.sums);
    free(run.place_start);
    free(run.place);
    free(run.place_at);
    return status;
}

castmap_status castmap_network_adaptive(castmap_context *ctx, const castmap_network *network, const castmap_network_events *events,
                                        const castmap_network_density_options *options, double trim, double *factor)
{
    castmap_network_density_options pilot = *options;
    double logs = 0.0;
    size_t n = 0;
    castmap_status status;

    cm_fail_clear(ctx);
    if (!(trim > 0.0) || !isfinite(trim))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the trim must be finite and positive");
    double *density = cm_alloc(events->count, sizeof *density);
    if (!density)
        return cm_fail_memory(ctx);
    pilot.factor = NULL;
    status = castmap_network_density(ctx, network, events, events, &pilot, density);
    /* Summed in order of value, so that the order of the events has no say. */
    placing *order = status ? NULL : cm_alloc(events->count, sizeof *order);
    if (!status && !order)
        status = cm_fail_memory(ctx);
    for (size_t i = 0; i < events->count && !status; i++) {
        if (density[i] > 0.0)
            order[n++] = (placing){density[i], 0};
    }
    if (n > 1)
        qsort(order, n, sizeof *order, compare_placing);
    for (size_t i = 0; i < n; i++)
        logs -= 0.5 * log(order[i].at);
    const double mean = n > 0 ? exp(logs / (double)n) : 1.0;
    for (size_t i = 0; i < events->count && !status; i++)
        factor[i] = density[i] > 0.0 ? fmin(1.0 / sqrt(density[i]) / mean, trim) : events->edge[i] == CASTMAP_NO_EDGE ? 1.0 : trim;
    free(order);
    free(density);
    return status;
}
