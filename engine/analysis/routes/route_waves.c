/*
 * analysis/routes/route_waves.c - both equal-split forms where the ways are too many to walk: all events at once, as waves in small steps.
 *
 * What an event sends along the streets is a pulse that travels at one metre a metre and is shared at every junction. Pulses of all events that are at one end of a
 * street at one time are one pulse from there on, however many ways led to it. So time is cut into ticks, and each end of a street keeps what will arrive in
 * each tick. A pulse that arrives between ticks is parted over the six ticks about it by Lagrange's weights, which keep its 0th to 5th moments. The kernels are
 * polynomials of degree 4 at most, and a place needs sums of w t^j, j <= 4, of the pulses that left the ends of its street: those are exact however often a
 * pulse was parted. Only where the ticks of one pulse lie on both sides of the radius is there an error, and there the kernel is small.
 *
 * A tick may not be longer than a third of the shortest street at its junction, or a pulse would have to arrive before it was sent: each junction has ticks of its
 * own, the common one halved as often as needed.
 *
 *   1. tiles   streets that hang together, some 1,500 at a time                      one thread
 *   2. gather  the streets within the radius of a tile                              in parallel, by tile
 *   3. play    ticks in order; sums at the places of the tile's own streets
 *
 * Source of the forms: A. Okabe, T. Satoh, K. Sugihara (2009). The continuous form is d'Alembert's solution of the wave equation on the network with the usual
 * conditions at junctions, so |sum of squares| cannot grow; Lagrange's weights of even number about the middle do not make any frequency stronger.
 */
#include "analysis/routes/route_waves.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"

#include <stdlib.h>
#include <string.h>

#define TILE_EDGES 1500u
#define BLOCK 8u             /* ticks that a junction without short streets plays at a time */
#define TAPS 6u
#define BEFORE 2             /* taps before the one that a pulse comes after */
#define MOST_LEVEL 16u
#define MOST_RING ((size_t)1 << 27) /* doubles of a tile: 1 GB */
#define NO_ARRIVAL UINT32_MAX

/* What comes to a junction by one end, and what leaves by it. */
typedef struct arrival {
    uint32_t end;
    uint32_t far;         /* arrival at the other end of the edge; NO_ARRIVAL: nothing that leaves here matters */
    uint32_t far_level;
    uint32_t mask;        /* length of the ring - 1, a power of 2 */
    size_t   ring;        /* its first place */
    double   length;
    double   tap[TAPS];   /* what leaves here, in ticks of the other end; where its ticks are no longer than ours */
    int64_t  offset;      /* first tap after a tick of ours */
    size_t   event, left; /* next event inside the edge, seen from here; how many are left */
    int64_t  due;         /* tick in which it is to be put in; INT64_MAX: none */
    uint32_t out;         /* outlet of the tile's own edges; NO_ARRIVAL: none */
} arrival;

/* Sums of what left an end of an own edge so far, and the places that still add to them. */
typedef struct outlet {
    double moment[CM_SUM_TERMS];
    size_t next, left;    /* place, counted from the farthest */
    size_t first, n;      /* places of the edge */
    int    side;
} outlet;

typedef struct junction {
    uint32_t first, n;    /* arrivals */
    uint32_t level;
    bool     block;       /* plays BLOCK ticks at a time: of level 0, every street BLOCK ticks longer than it must be */
    int64_t  stop;        /* ticks after this do not matter to the tile */
    double   forward, back, at_node;
} junction;

typedef struct tile {
    const struct waves_run *run;
    size_t    n_junctions, n_arrivals, n_outlets;
    junction *junction;   /* owned; by level, then latest stop first */
    arrival  *arrival;    /* owned */
    outlet   *outlet;     /* owned */
    double   *ring;       /* owned */
    uint32_t  deepest;
    size_t    n_blocks;   /* junctions that play in blocks stand first */
    size_t    level_start[MOST_LEVEL + 2];
} tile;

typedef struct waves_worker {
    cm_search search;
    uint32_t *local;      /* owned [n_nodes] junction of a node that was reached */
} waves_worker;

typedef struct waves_run {
    const cm_density_job *job;
    uint32_t      steps;        /* common ticks a radius */
    double        kernel[CM_SUM_TERMS];
    uint32_t     *tile_of;      /* owned [n_edges] tile + 1; 0: none */
    uint32_t     *tile_edge;    /* owned [n_edges] */
    size_t       *tile_start;   /* owned */
    size_t        n_tiles;
    waves_worker *worker;       /* owned [threads] */
    double       *sum;          /* borrowed */
} waves_run;

/* ---- tiles ------------------------------------------------------------------------------------------------------ */

/* Edges with places, neighbours together. */
static castmap_status make_tiles(castmap_context *ctx, waves_run *run)
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
    /* One walk over each part of the network, breadth first from a border; tiles are runs of it. A tile is begun anew with each part. */
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

/* Weights of the taps 0..5 for a pulse at x, in ticks: each is 1 at its own tick and 0 at the others. */
static void tap_weights(double x, double tap[TAPS])
{
    static const double UNDER[TAPS] = {-120.0, 24.0, -12.0, 12.0, -24.0, 120.0};

    for (unsigned i = 0; i < TAPS; i++) {
        tap[i] = 1.0 / UNDER[i];
        for (unsigned k = 0; k < TAPS; k++)
            tap[i] *= k == i ? 1.0 : x - (double)k;
    }
}

static double tick_of(const waves_run *run, uint32_t level)
{
    return 1.0 / ((double)run->steps * (double)((uint64_t)1 << level));
}

/* How often the common tick is halved so that a third of the shortest edge holds one. */
static uint32_t level_of(const waves_run *run, uint32_t node, bool *block)
{
    const cm_route_graph *graph = run->job->graph;
    double shortest = 1.0;
    uint32_t level = 0;

    for (size_t k = graph->start[node]; k < graph->start[node + 1]; k++)
        shortest = fmin(shortest, run->job->network->length_m[graph->end[k] >> 1] / run->job->sums->radius_m);
    while (level <= MOST_LEVEL && tick_of(run, level) * 3.0 > shortest)
        level++;
    *block = level == 0 && tick_of(run, 0) * (3.0 + BLOCK) <= shortest;
    return level;
}

static void set_due(const tile *t, const junction *j, arrival *a)
{
    const cm_route_sums *sums = t->run->job->sums;

    if (a->left == 0) {
        a->due = INT64_MAX;
        return;
    }
    const double r = a->end & 1 ? a->length - sums->event[a->event].along : sums->event[a->event].along;
    const int64_t tick = (int64_t)floor(r / tick_of(t->run, j->level)) - BEFORE;
    a->due = tick > 0 ? tick : 0;
}

static int compare_junctions(const void *left, const void *right)
{
    const junction *a = left, *b = right;

    if (a->block != b->block)
        return a->block ? -1 : 1;
    if (a->level != b->level)
        return a->level < b->level ? -1 : 1;
    if (a->stop != b->stop)
        return a->stop > b->stop ? -1 : 1;
    return (a->first > b->first) - (a->first < b->first); /* node, for now */
}

static castmap_status gather_junctions(tile *t, waves_worker *w, size_t number)
{
    const waves_run *run = t->run;
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
        junction *j = &t->junction[i];
        *j = (junction){.first = node};
        j->level = level_of(run, node, &j->block);
        t->n_blocks += j->block;
        if (j->level > MOST_LEVEL)
            return CASTMAP_E_LIMIT;
        const double tick = tick_of(run, j->level), left = 1.0 - w->search.distance[node] / radius;
        j->stop = (int64_t)ceil(fmin(left + 8.0 * tick, 1.0) / tick);
        n += cm_node_degree(job->graph, node);
        t->deepest = j->level > t->deepest ? j->level : t->deepest;
    }
    qsort(t->junction, t->n_junctions, sizeof *t->junction, compare_junctions);
    t->arrival = cm_alloc_zero(n, sizeof *t->arrival);
    if (!t->arrival)
        return CASTMAP_E_NOMEM;
    for (size_t i = 0; i < t->n_junctions; i++) {
        junction *j = &t->junction[i];
        const uint32_t node = j->first;
        w->local[node] = (uint32_t)i;
        j->first = (uint32_t)t->n_arrivals;
        j->n = (uint32_t)cm_node_degree(job->graph, node);
        cm_density_shares(job->options, j->n, &j->forward, &j->back);
        for (size_t k = job->sums->node_start[node]; k < job->sums->node_start[node + 1]; k++)
            j->at_node += job->sums->node_event[k].weight;
        j->at_node *= 2.0 / (double)j->n;
        for (uint32_t k = 0; k < j->n; k++) {
            const uint32_t end = job->graph->end[job->graph->start[node] + k];
            t->arrival[t->n_arrivals++] = (arrival){.end = end, .far = NO_ARRIVAL, .out = NO_ARRIVAL, .length = job->network->length_m[end >> 1] / radius};
        }
    }
    size_t i = t->n_blocks;
    for (uint32_t level = 0; level <= MOST_LEVEL + 1; level++) {
        while (i < t->n_junctions && t->junction[i].level < level)
            i++;
        t->level_start[level] = i;
    }
    return CASTMAP_OK;
}

/* The ring of an arrival: as long as the way from the other end, where anything of that comes in time. */
static castmap_status make_rings(tile *t)
{
    size_t room = 0;

    for (size_t i = 0; i < t->n_junctions; i++) {
        const junction *j = &t->junction[i];
        for (uint32_t k = 0; k < j->n; k++) {
            arrival *a = &t->arrival[j->first + k];
            size_t need = TAPS + ((size_t)BLOCK << j->level) + 2, length = BLOCK; /* a block may be sent before we play its first tick */
            if (a->length < 1.0)
                need += (size_t)(a->length / tick_of(t->run, j->level)) + 2;
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
static void join_ends(tile *t, const waves_worker *w)
{
    const castmap_network *net = t->run->job->network;

    for (size_t i = 0; i < t->n_junctions; i++) {
        const junction *j = &t->junction[i];
        for (uint32_t k = 0; k < j->n; k++) {
            arrival *a = &t->arrival[j->first + k];
            const uint32_t node = cm_end_node(net, a->end ^ 1);
            if (a->length >= 1.0 || !(cm_search_distance(&w->search, node) < (double)INFINITY))
                continue;
            const junction *far = &t->junction[w->local[node]];
            a->far = far->first;
            while (t->arrival[a->far].end != (a->end ^ 1))
                a->far++;
            a->far_level = far->level;
            if (far->level >= j->level) {
                const double at = a->length / tick_of(t->run, far->level), whole = floor(at);
                a->offset = (int64_t)whole - BEFORE;
                tap_weights(at - whole + BEFORE, a->tap);
            }
        }
    }
}

static castmap_status gather(tile *t, waves_worker *w, size_t number)
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
        const junction *j = &t->junction[i];
        for (uint32_t k = 0; k < j->n; k++) {
            arrival *a = &t->arrival[j->first + k];
            const uint32_t e = a->end >> 1;
            const size_t places = job->place_start[e + 1] - job->place_start[e], events = job->sums->start[e + 1] - job->sums->start[e];
            a->event = a->end & 1 ? job->sums->start[e] + events - 1 : job->sums->start[e];
            a->left = events;
            set_due(t, j, a);
            if (t->run->tile_of[e] != number + 1 || places == 0)
                continue;
            a->out = (uint32_t)own;
            /* The farthest place first: the last from the first end, the first from the last end. */
            t->outlet[own++] = (outlet){.next = a->end & 1 ? job->place_start[e] : job->place_start[e + 1] - 1, .left = places,
                                        .first = job->place_start[e], .n = places, .side = (int)(a->end & 1)};
        }
    }
    t->n_outlets = own;
    return CASTMAP_OK;
}

/* ---- play ------------------------------------------------------------------------------------------------------- */

static double place_to_end(const tile *t, const outlet *o, double length)
{
    const double at = t->run->job->place_at[o->next];

    return o->side ? length - at : at;
}

/* sum over pulses of w k(t + a), from their moments. */
static double add_up(const tile *t, const double moment[CM_SUM_TERMS], double a)
{
    static const double CHOOSE[CM_SUM_TERMS][CM_SUM_TERMS] = {{1}, {1, 1}, {1, 2, 1}, {1, 3, 3, 1}, {1, 4, 6, 4, 1}};
    double sum = 0.0;

    for (int i = 0; i < CM_SUM_TERMS; i++) {
        double power = 1.0, part = 0.0; /* a^(i - j), from j = i down */
        for (int j = i; j >= 0; j--) {
            part += CHOOSE[i][j] * power * moment[j];
            power *= a;
        }
        sum += t->run->kernel[i] * part;
    }
    return sum;
}

/* Places that pulses of `time` and later no longer reach. */
static void settle(const tile *t, outlet *o, double length, double time)
{
    while (o->left > 0) {
        const double a = place_to_end(t, o, length);
        if (a + time < 1.0)
            return;
        t->run->sum[o->next] += add_up(t, o->moment, a);
        o->left--;
        if (o->side)
            o->next++;
        else
            o->next--;
    }
}

/* A pulse leaves by an end of an own edge. */
static inline void leave(const tile *t, const arrival *a, double pulse, double time)
{
    outlet *o = &t->outlet[a->out];

    settle(t, o, a->length, time);
    for (int m = 0; m < CM_SUM_TERMS; m++) {
        o->moment[m] += pulse;
        pulse *= time;
    }
}

static inline void push(const tile *t, const arrival *a, const junction *j, int64_t tick, double pulse)
{
    const arrival *far = &t->arrival[a->far];
    double *ring = t->ring + far->ring;

    if (a->far_level >= j->level) {
        const int64_t first = (tick << (a->far_level - j->level)) + a->offset;
        for (unsigned i = 0; i < TAPS; i++)
            ring[(size_t)(first + i) & far->mask] += pulse * a->tap[i];
        return;
    }
    /* Longer ticks there: ours lie at fractions of them. */
    const double at = ((double)tick * tick_of(t->run, j->level) + a->length) / tick_of(t->run, a->far_level), whole = floor(at);
    double tap[TAPS];
    tap_weights(at - whole + BEFORE, tap);
    for (unsigned i = 0; i < TAPS; i++)
        ring[(size_t)((int64_t)whole - BEFORE + i) & far->mask] += pulse * tap[i];
}

/* Events whose first tap is this tick. Near the junction all taps are later than it, and the pulse lies among the first of them. */
static void put_in(const tile *t, const junction *j, arrival *a, int64_t tick)
{
    const cm_route_sums *sums = t->run->job->sums;
    double tap[TAPS], *ring = t->ring + a->ring;

    while (a->due == tick) {
        const cm_route_event *event = &sums->event[a->event];
        const double r = a->end & 1 ? a->length - event->along : event->along;
        tap_weights(r / tick_of(t->run, j->level) - (double)tick, tap);
        for (unsigned i = 0; i < TAPS; i++)
            ring[(size_t)(tick + i) & a->mask] += event->weight * tap[i];
        a->left--;
        if (a->end & 1)
            a->event--;
        else
            a->event++;
        set_due(t, j, a);
    }
}

static void play_junction(tile *t, const junction *j, int64_t tick)
{
    arrival *a = t->arrival + j->first;
    double total = 0.0;
    bool any = tick == 0 && j->at_node > 0.0;

    for (uint32_t k = 0; k < j->n; k++) {
        if (a[k].due == tick)
            put_in(t, j, &a[k], tick);
        const double in = t->ring[a[k].ring + ((size_t)tick & a[k].mask)];
        total += in;
        any = any || in != 0.0;
    }
    if (!any)
        return;
    const double time = (double)tick * tick_of(t->run, j->level), across = total * j->forward + (tick == 0 ? j->at_node : 0.0);
    for (uint32_t k = 0; k < j->n; k++) {
        double *in = &t->ring[a[k].ring + ((size_t)tick & a[k].mask)];
        const double pulse = across + (j->back - j->forward) * *in;
        *in = 0.0;
        if (a[k].far != NO_ARRIVAL)
            push(t, &a[k], j, tick, pulse);
        if (a[k].out != NO_ARRIVAL)
            leave(t, &a[k], pulse, time);
    }
}

/* What leaves by one end in a block of ticks, in those of the other end. */
static void push_block(const tile *t, const arrival *a, const junction *j, int64_t tick, const double pulse[BLOCK])
{
    double *ring = t->ring + t->arrival[a->far].ring, spread[BLOCK + TAPS - 1] = {0.0};
    const size_t mask = t->arrival[a->far].mask, first = (size_t)(tick + a->offset) & mask;

    if (a->far_level > 0) {
        for (unsigned i = 0; i < BLOCK; i++)
            push(t, a, j, tick + i, pulse[i]);
        return;
    }
    for (unsigned m = 0; m < TAPS; m++)
        for (unsigned i = 0; i < BLOCK; i++)
            spread[i + m] += a->tap[m] * pulse[i];
    if (first + BLOCK + TAPS - 2 <= mask) {
        for (unsigned i = 0; i < BLOCK + TAPS - 1; i++)
            ring[first + i] += spread[i];
        return;
    }
    for (unsigned i = 0; i < BLOCK + TAPS - 1; i++)
        ring[(first + i) & mask] += spread[i];
}

/* As play_junction(), for BLOCK ticks from one that is a multiple of it: nothing that is sent in them arrives here in them. */
static void play_block(tile *t, const junction *j, int64_t tick)
{
    arrival *a = t->arrival + j->first;
    double across[BLOCK] = {0.0};
    bool any = tick == 0 && j->at_node > 0.0;

    for (uint32_t k = 0; k < j->n; k++) {
        while (a[k].due < tick + BLOCK)
            put_in(t, j, &a[k], a[k].due);
        const double *in = t->ring + a[k].ring + ((size_t)tick & a[k].mask);
        for (unsigned i = 0; i < BLOCK; i++) {
            across[i] += in[i];
            any = any || in[i] != 0.0;
        }
    }
    if (!any)
        return;
    for (unsigned i = 0; i < BLOCK; i++)
        across[i] *= j->forward;
    across[0] += tick == 0 ? j->at_node : 0.0;
    for (uint32_t k = 0; k < j->n; k++) {
        double *in = t->ring + a[k].ring + ((size_t)tick & a[k].mask), pulse[BLOCK];
        for (unsigned i = 0; i < BLOCK; i++) {
            pulse[i] = across[i] + (j->back - j->forward) * in[i];
            in[i] = 0.0;
        }
        if (a[k].far != NO_ARRIVAL)
            push_block(t, &a[k], j, tick, pulse);
        for (unsigned i = 0; i < BLOCK && a[k].out != NO_ARRIVAL; i++)
            leave(t, &a[k], pulse[i], (double)(tick + i) * tick_of(t->run, 0));
    }
}

static void play(tile *t)
{
    const int64_t end = (int64_t)t->run->steps << t->deepest;

    for (int64_t tick = 0; tick < end; tick++) {
        /* Junctions of a level have a tick here if this is one of theirs. */
        for (uint32_t level = t->deepest + 1; level-- > 0;) {
            const uint32_t finer = t->deepest - level;
            const int64_t own = tick >> finer;
            if (tick & (((int64_t)1 << finer) - 1))
                break;
            for (size_t i = 0; level == 0 && own % BLOCK == 0 && i < t->n_blocks && t->junction[i].stop >= own; i++)
                play_block(t, &t->junction[i], own);
            for (size_t i = t->level_start[level]; i < t->level_start[level + 1]; i++) {
                if (t->junction[i].stop < own)
                    break;
                play_junction(t, &t->junction[i], own);
            }
        }
    }
}

/* Events and places of one edge see one another along it. */
static void add_own(const waves_run *run, uint32_t e)
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
    const waves_run *run = payload;
    castmap_status status = CASTMAP_OK;

    for (size_t i = first; i < last && !status; i++) {
        tile t = {.run = run};
        for (size_t k = run->tile_start[i]; k < run->tile_start[i + 1]; k++)
            add_own(run, run->tile_edge[k]);
        status = gather(&t, &run->worker[number], i);
        if (!status) {
            play(&t);
            for (size_t k = 0; k < t.n_arrivals; k++)
                if (t.arrival[k].out != NO_ARRIVAL)
                    settle(&t, &t.outlet[t.arrival[k].out], t.arrival[k].length, 1.0);
        }
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
                                                 [CASTMAP_LINE_TRIANGLE] = {1.0, -1.0}};

    memcpy(term, TERMS[kernel], sizeof TERMS[kernel]);
}

bool cm_density_waves_possible(const castmap_network_density_options *options)
{
    return options->form != CASTMAP_LINE_SIMPLE && !options->factor && options->kernel <= CASTMAP_LINE_TRIANGLE;
}

castmap_status cm_density_waves(castmap_context *ctx, const cm_density_job *job, double *sum)
{
    waves_run run = {.job = job, .sum = sum, .steps = job->options->kernel == CASTMAP_LINE_QUARTIC ? CM_WAVE_STEPS : 4 * CM_WAVE_STEPS};
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
