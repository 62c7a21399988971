/*
 * analysis/routes/route_waves.c - both equal-split forms where the ways are too many to walk: all events at once, as waves in small steps.
 *
 * What an event sends along the streets is a pulse that travels at one metre a metre and is shared at every junction. Pulses of all events that are at one end of a
 * street at one time are one pulse from there on, however many ways led to it. So time is cut into ticks, and each end of a street keeps what will arrive in
 * each tick. A pulse that arrives between ticks is parted over the six ticks about it by Lagrange's weights, which keep its 0th to 5th moments. The kernels are
 * polynomials of degree 4 at most, and a place needs sums of w t^j, j <= 4, of the pulses that left the ends of its street: those are exact however often a
 * pulse was parted. (The Gaussian is taken as such a polynomial in each of 16 windows of time.) Only where the ticks of one pulse lie on both sides of the radius is
 * there an error. There the kernel is small; the uniform jumps by all of its height and the Gaussian by e^-4 of it, so with them a place may see a pulse that
 * comes within a few ticks of the radius as if the radius were those few ticks longer or shorter.
 *
 * A tick may not be longer than a third of the shortest street at its junction, or a pulse would have to arrive before it was sent: each junction has ticks of its
 * own, the common one halved as often as needed.
 *
 *   1. tiles   streets that hang together, some 1,500 at a time                      one thread
 *   2. gather  the streets within the radius of a tile                              in parallel, by tile
 *   3. play    ticks in order; sums at the places of the tile's own streets (wave_play.c)
 *
 * Source of the forms: A. Okabe, T. Satoh, K. Sugihara (2009). The continuous form is d'Alembert's solution of the wave equation on the network with the usual
 * conditions at junctions, so |sum of squares| cannot grow; Lagrange's weights of even number about the middle do not make any frequency stronger.
 */
#include "analysis/routes/wave_tile.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"

#include <stdlib.h>
#include <string.h>

#define TILE_EDGES 1500u
#define MOST_RING ((size_t)1 << 27) /* doubles of a tile: 1 GB */

/* ---- tiles ------------------------------------------------------------------------------------------------------ */

/* Edges with places, neighbours together. */
static castmap_status make_tiles(castmap_context *ctx, cm_waves_run *run)
{
    const castmap_network *net = run->job->network;
    const cm_route_graph *graph = run->job->graph;
    const size_t n = net->n_edges;
    uint32_t *queue = cm_alloc(n, sizeof *queue);
    uint8_t *seen = cm_alloc_zero(n, sizeof *seen);
    size_t filled = 0, tail = 0;

    run->tile_of = cm_alloc_zero(n, sizeof *run->tile_of);
    run->tile_edge = cm_alloc(n, sizeof *run->tile_edge);
    run->tile_start = cm_alloc(n + 1, sizeof *run->tile_start);
    if (!queue || !seen || !run->tile_of || !run->tile_edge || !run->tile_start) {
        free(queue);
        free(seen);
        return cm_fail_memory(ctx);
    }
    /* One walk over each part of the network, breadth first: tiles are begun in its order. */
    for (uint32_t first = 0; first < n; first++) {
        if (seen[first])
            continue;
        size_t head = tail;
        queue[tail++] = first;
        seen[first] = 1;
        while (head < tail) {
            const uint32_t e = queue[head++], node[2] = {net->from[e], net->to[e]};
            for (int side = 0; side < 2; side++) {
                for (size_t k = graph->start[node[side]]; k < graph->start[node[side] + 1]; k++) {
                    const uint32_t other = graph->end[k] >> 1;
                    if (!seen[other]) {
                        seen[other] = 1;
                        queue[tail++] = other;
                    }
                }
            }
        }
    }
    /* Grow each tile about its first edge. */
    memset(seen, 0, n);
    for (size_t q = 0; q < n; q++) {
        if (seen[queue[q]])
            continue;
        const size_t begun = filled;
        size_t head = filled;
        run->tile_start[run->n_tiles++] = begun;
        run->tile_edge[filled++] = queue[q];
        seen[queue[q]] = 1;
        while (head < filled && filled - begun < TILE_EDGES) {
            const uint32_t e = run->tile_edge[head++], node[2] = {net->from[e], net->to[e]};
            for (int side = 0; side < 2; side++) {
                for (size_t k = graph->start[node[side]]; k < graph->start[node[side] + 1] && filled - begun < TILE_EDGES; k++) {
                    const uint32_t other = graph->end[k] >> 1;
                    if (!seen[other]) {
                        seen[other] = 1;
                        run->tile_edge[filled++] = other;
                    }
                }
            }
        }
        for (size_t k = begun; k < filled; k++)
            run->tile_of[run->tile_edge[k]] = (uint32_t)run->n_tiles;
    }
    run->tile_start[run->n_tiles] = filled;
    free(queue);
    free(seen);
    return CASTMAP_OK;
}

/* ---- gather ----------------------------------------------------------------------------------------------------- */

/* How often the common tick is halved so that a third of the shortest edge holds one. */
static uint32_t level_of(const cm_waves_run *run, uint32_t node, bool *block)
{
    const cm_route_graph *graph = run->job->graph;
    double shortest = 1.0;
    uint32_t level = 0;

    for (size_t k = graph->start[node]; k < graph->start[node + 1]; k++)
        shortest = fmin(shortest, run->job->network->length_m[graph->end[k] >> 1] / run->job->sums->radius_m);
    while (level <= CM_WAVE_MOST_LEVEL && cm_wave_tick(run, level) * 3.0 > shortest)
        level++;
    *block = level == 0 && cm_wave_tick(run, 0) * (3.0 + CM_WAVE_BLOCK) <= shortest;
    return level;
}

static int compare_junctions(const void *left, const void *right)
{
    const cm_wave_junction *a = left, *b = right;

    if (a->block != b->block)
        return a->block ? -1 : 1;
    if (a->level != b->level)
        return a->level < b->level ? -1 : 1;
    if (a->stop != b->stop)
        return a->stop > b->stop ? -1 : 1;
    return (a->node > b->node) - (a->node < b->node);
}

static castmap_status gather_junctions(cm_wave_tile *t, cm_waves_worker *w, size_t number)
{
    const cm_waves_run *run = t->run;
    const cm_density_job *job = run->job;
    const double radius = job->sums->radius_m;
    size_t n = 0;

    cm_search_begin(&w->search, job->network->n_nodes);
    for (size_t k = run->tile_start[number]; k < run->tile_start[number + 1]; k++) {
        const uint32_t e = run->tile_edge[k];
        if (job->place_start[e + 1] > job->place_start[e] &&
            (cm_search_seed(&w->search, job->network->from[e], 0.0) || cm_search_seed(&w->search, job->network->to[e], 0.0)))
            return CASTMAP_E_NOMEM;
    }
    if (cm_search_run(&w->search, job->graph, radius))
        return CASTMAP_E_NOMEM;
    t->n_junctions = w->search.n_reached;
    t->junction = cm_alloc(t->n_junctions, sizeof *t->junction);
    if (!t->junction)
        return CASTMAP_E_NOMEM;
    for (size_t i = 0; i < t->n_junctions; i++) {
        const uint32_t node = w->search.reached[i];
        cm_wave_junction *j = &t->junction[i];
        *j = (cm_wave_junction){.node = node};
        j->level = level_of(run, node, &j->block);
        t->n_blocks += j->block;
        if (j->level > CM_WAVE_MOST_LEVEL)
            return CASTMAP_E_LIMIT;
        const double tick = cm_wave_tick(run, j->level), left = 1.0 - w->search.distance[node] / radius;
        j->stop = (int64_t)ceil(fmin(left + 8.0 * tick, 1.0) / tick);
        n += cm_node_degree(job->graph, node);
        t->deepest = j->level > t->deepest ? j->level : t->deepest;
    }
    qsort(t->junction, t->n_junctions, sizeof *t->junction, compare_junctions);
    t->arrival = cm_alloc_zero(n, sizeof *t->arrival);
    if (!t->arrival)
        return CASTMAP_E_NOMEM;
    for (size_t i = 0; i < t->n_junctions; i++) {
        cm_wave_junction *j = &t->junction[i];
        const uint32_t node = j->node;
        w->local[node] = (uint32_t)i;
        j->first = (uint32_t)t->n_arrivals;
        j->n = (uint32_t)cm_node_degree(job->graph, node);
        cm_density_shares(job->options, j->n, &j->forward, &j->back);
        for (size_t k = job->sums->node_start[node]; k < job->sums->node_start[node + 1]; k++)
            j->at_node += job->sums->node_event[k].weight;
        j->at_node *= 2.0 / (double)j->n;
        for (uint32_t k = 0; k < j->n; k++) {
            const uint32_t end = job->graph->end[job->graph->start[node] + k];
            t->arrival[t->n_arrivals++] = (cm_wave_arrival){.end = end, .far = CM_NO_ARRIVAL, .out = CM_NO_ARRIVAL, .length = job->network->length_m[end >> 1] / radius};
        }
    }
    size_t i = t->n_blocks;
    for (uint32_t level = 0; level <= CM_WAVE_MOST_LEVEL + 1; level++) {
        while (i < t->n_junctions && t->junction[i].level < level)
            i++;
        t->level_start[level] = i;
    }
    return CASTMAP_OK;
}

/* The ring of an arrival: as long as the way from the other end, where anything of that comes in time. */
static castmap_status make_rings(cm_wave_tile *t)
{
    size_t room = 0;

    for (size_t i = 0; i < t->n_junctions; i++) {
        const cm_wave_junction *j = &t->junction[i];
        for (uint32_t k = 0; k < j->n; k++) {
            cm_wave_arrival *a = &t->arrival[j->first + k];
            size_t need = CM_WAVE_TAPS + ((size_t)CM_WAVE_BLOCK << j->level) + 2, length = CM_WAVE_BLOCK; /* a block may be sent before we play its first tick */
            if (a->length < 1.0)
                need += (size_t)(a->length / cm_wave_tick(t->run, j->level)) + 2;
            while (length < need)
                length *= 2;
            a->ring = room;
            a->mask = (uint32_t)length - 1;
            room += length;
            if (room > MOST_RING)
                return CASTMAP_E_LIMIT;
        }
    }
    t->ring = cm_alloc_zero(room, sizeof *t->ring);
    return t->ring ? CASTMAP_OK : CASTMAP_E_NOMEM;
}

/* Where what leaves by an arrival's end goes. */
static void join_ends(cm_wave_tile *t, const cm_waves_worker *w)
{
    const castmap_network *net = t->run->job->network;

    for (size_t i = 0; i < t->n_junctions; i++) {
        const cm_wave_junction *j = &t->junction[i];
        for (uint32_t k = 0; k < j->n; k++) {
            cm_wave_arrival *a = &t->arrival[j->first + k];
            const uint32_t node = cm_end_node(net, a->end ^ 1);
            if (a->length >= 1.0 || !(cm_search_distance(&w->search, node) < (double)INFINITY))
                continue;
            const cm_wave_junction *far = &t->junction[w->local[node]];
            a->far = far->first;
            while (t->arrival[a->far].end != (a->end ^ 1))
                a->far++;
            a->far_level = far->level;
            if (far->level >= j->level) {
                const double at = a->length / cm_wave_tick(t->run, far->level), whole = floor(at);
                a->offset = (int64_t)whole - CM_WAVE_BEFORE;
                cm_wave_taps(at - whole + CM_WAVE_BEFORE, a->tap);
            }
        }
    }
}

static castmap_status gather(cm_wave_tile *t, cm_waves_worker *w, size_t number)
{
    const cm_density_job *job = t->run->job;
    size_t own = 0;
    castmap_status status = gather_junctions(t, w, number);

    if (!status)
        status = make_rings(t);
    if (status)
        return status;
    join_ends(t, w);
    t->outlet = cm_alloc_zero(2 * (t->run->tile_start[number + 1] - t->run->tile_start[number]), sizeof *t->outlet);
    if (!t->outlet)
        return CASTMAP_E_NOMEM;
    for (size_t i = 0; i < t->n_junctions; i++) {
        const cm_wave_junction *j = &t->junction[i];
        for (uint32_t k = 0; k < j->n; k++) {
            cm_wave_arrival *a = &t->arrival[j->first + k];
            const uint32_t e = a->end >> 1;
            const size_t places = job->place_start[e + 1] - job->place_start[e], events = job->sums->start[e + 1] - job->sums->start[e];
            a->event = a->end & 1 ? job->sums->start[e] + events - 1 : job->sums->start[e];
            a->left = events;
            cm_wave_set_due(t, j, a);
            if (t->run->tile_of[e] != number + 1 || places == 0)
                continue;
            a->out = (uint32_t)own;
            /* The farthest place first: the last from the first end, the first from the last end. */
            t->outlet[own++] = (cm_wave_outlet){.next = a->end & 1 ? job->place_start[e] : job->place_start[e + 1] - 1, .left = places,
                                        .first = job->place_start[e], .n = places, .side = (int)(a->end & 1)};
        }
    }
    t->n_outlets = own;
    return CASTMAP_OK;
}

/* Events and places of one edge see one another along it. */
static void add_own(const cm_waves_run *run, uint32_t e)
{
    const cm_route_sums *sums = run->job->sums;

    for (size_t k = run->job->place_start[e]; k < run->job->place_start[e + 1]; k++) {
        run->sum[k] = 0.0;
        for (size_t i = sums->start[e]; i < sums->start[e + 1]; i++)
            run->sum[k] += cm_event_value(sums, &sums->event[i], fabs(run->job->place_at[k] - sums->event[i].along));
    }
}

static castmap_status play_tiles(size_t first, size_t last, unsigned number, void *payload)
{
    const cm_waves_run *run = payload;
    castmap_status status = CASTMAP_OK;

    for (size_t i = first; i < last && !status; i++) {
        cm_wave_tile t = {.run = run};
        for (size_t k = run->tile_start[i]; k < run->tile_start[i + 1]; k++)
            add_own(run, run->tile_edge[k]);
        status = gather(&t, &run->worker[number], i);
        if (!status)
            cm_wave_play(&t);
        free(t.junction);
        free(t.arrival);
        free(t.outlet);
        free(t.ring);
    }
    return status;
}

static void kernel_terms(castmap_line_kernel kernel, double term[CM_SUM_TERMS])
{
    static const double TERMS[][CM_SUM_TERMS] = {[CASTMAP_LINE_QUARTIC] = {0.9375, 0.0, -1.875, 0.0, 0.9375},
                                                 [CASTMAP_LINE_EPANECHNIKOV] = {0.75, 0.0, -0.75},
                                                 [CASTMAP_LINE_TRIANGLE] = {1.0, -1.0},
                                                 [CASTMAP_LINE_UNIFORM] = {0.5}};

    if (kernel != CASTMAP_LINE_GAUSSIAN)
        memcpy(term, TERMS[kernel], sizeof TERMS[kernel]);
}

bool cm_density_waves_possible(const castmap_network_density_options *options)
{
    return options->form != CASTMAP_LINE_SIMPLE && !options->factor;
}

castmap_status cm_density_waves(castmap_context *ctx, const cm_density_job *job, double *sum)
{
    cm_waves_run run = {.job = job, .sum = sum, .gaussian = job->options->kernel == CASTMAP_LINE_GAUSSIAN, .height = cm_line_kernel_value(CASTMAP_LINE_GAUSSIAN, 0.0),
                        .steps = job->options->kernel == CASTMAP_LINE_QUARTIC ? CM_WAVE_STEPS : 4 * CM_WAVE_STEPS};
    const unsigned threads = castmap_threads(ctx);
    castmap_status status = make_tiles(ctx, &run);

    kernel_terms(job->options->kernel, run.kernel);
    run.worker = cm_alloc_zero(threads, sizeof *run.worker);
    if (!status && !run.worker)
        status = cm_fail_memory(ctx);
    for (unsigned k = 0; k < threads && !status; k++) {
        run.worker[k].local = cm_alloc(job->network->n_nodes, sizeof *run.worker[k].local);
        if (!run.worker[k].local || cm_search_init(&run.worker[k].search, job->network->n_nodes))
            status = cm_fail_memory(ctx);
    }
    if (!status)
        status = cm_parallel_workers(ctx, "density along streets", run.n_tiles, 1, play_tiles, &run);
    for (unsigned k = 0; run.worker && k < threads; k++) {
        cm_search_clear(&run.worker[k].search);
        free(run.worker[k].local);
    }
    free(run.worker);
    free(run.tile_of);
    free(run.tile_edge);
    free(run.tile_start);
    return status;
}
