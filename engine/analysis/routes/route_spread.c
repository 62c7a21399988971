/*
 * analysis/routes/route_spread.c - both equal-split forms, out of the streets that have events: cheaper where these are few beside the streets that have places.
 *
 * A way carries the same share in both directions (route_split.c), so the ways may be walked from the events as well. All events of an edge leave by the same
 * two nodes and share their ways; each way adds to the places of every edge that it enters. Two threads may add to one place, so each part of the work has sums
 * of its own, and the parts are added in their order: the number of threads does not show.
 */
#include "analysis/routes/route_density.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"

#include <math.h>
#include <stdlib.h>

#define MOST_PARTS 32u
#define LEAST_PARTS 4u
#define ROOM_OF_PARTS 8000000u /* doubles */
#define SOURCES_A_TURN 64u     /* of a part, between looks at the cancel flag */

/* Events that leave together: of an edge, out of one end; or at a node. */
typedef struct source {
    const cm_route_sums *sums;
    size_t   begin, n;
    double   length;     /* of the edge */
    int      side;       /* 2: at a node */
    double   limit;      /* a way this long or longer brings nothing */
} source;

typedef struct spread_part {
    double     *sum;     /* owned [places] */
    cm_arrival *stack;   /* owned */
    size_t      room;
} spread_part;

/* One end of an edge, where it leaves its node. */
typedef struct link {
    double   length;     /* of the edge, in units of the radius */
    uint32_t end;
} link;

typedef struct shares {
    double forward, back;
} shares;

typedef struct spread_run {
    const cm_density_job *job;
    link        *link;   /* owned [2 n_edges] as the ends of the graph */
    shares      *shares; /* owned [n_nodes] */
    uint32_t    *source; /* owned; edges, then nodes + n_edges */
    size_t       n_sources, n_parts, first, last;
    spread_part *part;   /* owned */
} spread_run;

static double value_at(const source *s, double x)
{
    const cm_route_sums *sums = s->sums;
    double sum = 0.0;

    if (s->side == 2) {
        for (size_t i = s->begin; i < s->begin + s->n; i++)
            sum += cm_event_value(sums, &sums->node_event[i], x);
        return sum;
    }
    const size_t reaching = cm_reaching(sums->reach[s->side] + s->begin, s->n, x);
    if (sums->polynomial)
        return reaching > 0 ? cm_terms_at(sums->term[s->side][s->begin + reaching - 1], x) : 0.0;
    for (size_t k = 0; k < reaching; k++) {
        const cm_route_event *event = &sums->event[s->begin + sums->order[s->side][s->begin + k]];
        sum += cm_event_value(sums, event, x + (s->side ? s->length - event->along : event->along));
    }
    return sum;
}

/* A way enters an edge by this link. */
static inline void add_places(const cm_density_job *job, const source *s, const link *by, double distance, double share, double *sum)
{
    const size_t begin = job->place_start[by->end >> 1], last = job->place_start[(by->end >> 1) + 1];

    if (by->end & 1) {
        for (size_t k = last; k > begin && distance + by->length - job->place_at[k - 1] < s->limit; k--)
            sum[k - 1] += share * value_at(s, distance + by->length - job->place_at[k - 1]);
    } else {
        for (size_t k = begin; k < last && distance + job->place_at[k] < s->limit; k++)
            sum[k] += share * value_at(s, distance + job->place_at[k]);
    }
}

/* A share has come to a node by an end, or was there (UINT32_MAX). */
static castmap_status leave_node(const spread_run *run, const source *s, spread_part *part, uint32_t node, cm_arrival here, shares of, size_t *depth)
{
    const size_t *start = run->job->graph->start;

    if (*depth + (start[node + 1] - start[node]) > part->room &&
        cm_grow(&part->stack, &part->room, *depth + (start[node + 1] - start[node]), sizeof *part->stack))
        return CASTMAP_E_NOMEM;
    for (size_t k = start[node]; k < start[node + 1]; k++) {
        const link *by = &run->link[k];
        const double share = here.share * (by->end == here.end ? of.back : of.forward);
        if (fabs(share) < CM_LEAST_SHARE)
            continue;
        add_places(run->job, s, by, here.distance, share, part->sum);
        if (here.distance + by->length < s->limit)
            part->stack[(*depth)++] = (cm_arrival){here.distance + by->length, share, by->end ^ 1};
    }
    return CASTMAP_OK;
}

static castmap_status walk(const spread_run *run, const source *s, spread_part *part, size_t depth)
{
    size_t arrivals = 0;

    while (depth > 0) {
        const cm_arrival here = part->stack[--depth];
        const uint32_t node = cm_end_node(run->job->network, here.end);
        if (++arrivals > CM_MOST_ARRIVALS)
            return CASTMAP_E_LIMIT;
        const castmap_status status = leave_node(run, s, part, node, here, run->shares[node], &depth);
        if (status)
            return status;
    }
    return CASTMAP_OK;
}

static castmap_status spread_edge(const spread_run *run, spread_part *part, uint32_t edge)
{
    const cm_density_job *job = run->job;
    const cm_route_sums *sums = job->sums;
    source s = {.sums = sums, .begin = sums->start[edge], .n = sums->start[edge + 1] - sums->start[edge], .length = job->network->length_m[edge] / sums->radius_m};
    castmap_status status = CASTMAP_OK;

    for (size_t k = job->place_start[edge]; k < job->place_start[edge + 1]; k++) {
        for (size_t i = s.begin; i < s.begin + s.n; i++)
            part->sum[k] += cm_event_value(sums, &sums->event[i], fabs(job->place_at[k] - sums->event[i].along));
    }
    for (s.side = 0; s.side < 2 && !status; s.side++) {
        s.limit = sums->reach[s.side][s.begin];
        if (!(s.limit > 0.0))
            continue;
        if (cm_grow(&part->stack, &part->room, 1, sizeof *part->stack))
            return CASTMAP_E_NOMEM;
        part->stack[0] = (cm_arrival){0.0, 1.0, edge * 2 + (uint32_t)s.side};
        status = walk(run, &s, part, 1);
    }
    return status;
}

static castmap_status spread_node(const spread_run *run, spread_part *part, uint32_t node)
{
    const cm_density_job *job = run->job;
    const cm_route_sums *sums = job->sums;
    source s = {.sums = sums, .begin = sums->node_start[node], .n = sums->node_start[node + 1] - sums->node_start[node], .side = 2};
    size_t depth = 0;

    for (size_t i = s.begin; i < s.begin + s.n; i++)
        s.limit = fmax(s.limit, sums->node_event[i].factor);
    const cm_arrival here = {0.0, 2.0 / (double)cm_node_degree(job->graph, node), UINT32_MAX};
    const castmap_status status = leave_node(run, &s, part, node, here, (shares){1.0, 1.0}, &depth);
    return status ? status : walk(run, &s, part, depth);
}

static castmap_status spread_parts(size_t first, size_t last, void *payload)
{
    const spread_run *run = payload;
    const size_t edges = run->job->network->n_edges;
    castmap_status status = CASTMAP_OK;

    for (size_t p = first; p < last; p++) {
        for (size_t k = run->first + p; k < run->last && !status; k += run->n_parts)
            status = run->source[k] < edges ? spread_edge(run, &run->part[p], run->source[k])
                                            : spread_node(run, &run->part[p], run->source[k] - (uint32_t)edges);
    }
    return status;
}

size_t cm_density_sources(const cm_density_job *job)
{
    size_t n = 0;

    for (size_t e = 0; e < job->network->n_edges; e++)
        n += job->sums->start[e + 1] > job->sums->start[e];
    for (size_t v = 0; v < job->network->n_nodes; v++)
        n += job->sums->node_start[v + 1] > job->sums->node_start[v];
    return n;
}

static castmap_status prepare(const cm_density_job *job, spread_run *run)
{
    const size_t edges = job->network->n_edges, places = job->place_start[edges], n = cm_density_sources(job);

    run->n_parts = ROOM_OF_PARTS / (places + 1);
    run->n_parts = run->n_parts < LEAST_PARTS ? LEAST_PARTS : run->n_parts > MOST_PARTS ? MOST_PARTS : run->n_parts;
    run->source = cm_alloc(n, sizeof *run->source);
    run->part = cm_alloc_zero(run->n_parts, sizeof *run->part);
    run->link = cm_alloc(2 * edges, sizeof *run->link);
    run->shares = cm_alloc(job->network->n_nodes, sizeof *run->shares);
    if (!run->source || !run->part || !run->link || !run->shares)
        return CASTMAP_E_NOMEM;
    for (size_t k = 0; k < 2 * edges; k++) {
        const uint32_t end = job->graph->end[k];
        run->link[k] = (link){job->network->length_m[end >> 1] / job->sums->radius_m, end};
    }
    for (uint32_t v = 0; v < job->network->n_nodes; v++)
        cm_density_shares(job->options, cm_node_degree(job->graph, v), &run->shares[v].forward, &run->shares[v].back);
    for (size_t e = 0; e < edges; e++)
        if (job->sums->start[e + 1] > job->sums->start[e])
            run->source[run->n_sources++] = (uint32_t)e;
    for (size_t v = 0; v < job->network->n_nodes; v++)
        if (job->sums->node_start[v + 1] > job->sums->node_start[v])
            run->source[run->n_sources++] = (uint32_t)(edges + v);
    for (size_t p = 0; p < run->n_parts; p++) {
        run->part[p].sum = cm_alloc_zero(places, sizeof *run->part[p].sum);
        if (!run->part[p].sum)
            return CASTMAP_E_NOMEM;
    }
    return CASTMAP_OK;
}

castmap_status cm_density_spread(castmap_context *ctx, const cm_density_job *job, double *sum)
{
    const size_t places = job->place_start[job->network->n_edges];
    spread_run run = {.job = job};
    castmap_status status = prepare(job, &run);

    for (run.first = 0; run.first < run.n_sources && !status; run.first = run.last) {
        const size_t turn = SOURCES_A_TURN * run.n_parts;
        run.last = run.n_sources - run.first > turn ? run.first + turn : run.n_sources;
        const cm_span span = cm_progress_span(ctx, (double)run.first / (double)run.n_sources, (double)run.last / (double)run.n_sources);
        status = cm_parallel_chunks(ctx, "density along streets", run.n_parts, 1, spread_parts, &run);
        cm_progress_restore(ctx, span);
    }
    for (size_t k = 0; k < places && !status; k++) {
        sum[k] = 0.0;
        for (size_t p = 0; p < run.n_parts; p++)
            sum[k] += run.part[p].sum[k];
    }
    for (size_t p = 0; run.part && p < run.n_parts; p++) {
        free(run.part[p].sum);
        free(run.part[p].stack);
    }
    free(run.part);
    free(run.link);
    free(run.shares);
    free(run.source);
    return status;
}
