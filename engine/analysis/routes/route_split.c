/*
 * analysis/routes/route_split.c - both equal-split forms, for all places of one edge at a time.
 *
 * The share that a way carries is a product over the nodes it passes, and does not depend on its direction. So the ways are walked from the place:
 * what an event would send here along one is what this place would send to the event. All places of an edge leave by the same two nodes and so
 * share their ways, and the events of an edge answer together (route_sums.h); each thread writes to its own places only.
 */
#include "analysis/routes/route_density.h"

#include "base/memory.h"

#include <string.h>

#define MOST_ARRIVALS 20000000u /* from one end of one edge: some seconds */
#define LEAST_SHARE 1e-9        /* of an event; a way round and round a street of a millimetre would not end otherwise */

/* Of what comes in at a node of n ends: forward to each other end, and back where it came from. */
static void shares_of(const castmap_network_density_options *options, size_t n, double *forward, double *back)
{
    const double ends = (double)n;

    if (n == 1) {
        *forward = 0.0;
        *back = options->reflect ? 1.0 : 0.0;
    } else if (options->form == CASTMAP_LINE_CONTINUOUS) {
        *forward = 2.0 / ends;
        *back = (2.0 - ends) / ends;
    } else {
        *forward = 1.0 / (ends - 1.0);
        *back = 0.0;
    }
}

typedef struct outlook { /* the places of an edge, seen out of one of its ends */
    const double *at;
    size_t        n;
    double        length;
    int           side;
} outlook;

static inline double to_end(const outlook *view, size_t j)
{
    return view->side ? view->length - view->at[j] : view->at[j];
}

static void add_node(const cm_route_sums *sums, const outlook *view, uint32_t node, double distance, double share, double *sum)
{
    for (size_t i = sums->node_start[node]; i < sums->node_start[node + 1]; i++) {
        for (size_t j = 0; j < view->n; j++)
            sum[j] += share * cm_event_value(sums, &sums->node_event[i], distance + to_end(view, j));
    }
}

static void add_events(const cm_density_job *job, const outlook *view, uint32_t end, double distance, double share, double *sum)
{
    const cm_route_sums *sums = job->sums;
    const uint32_t edge = end >> 1;
    const int side = end & 1;
    const size_t begin = sums->start[edge], n = sums->start[edge + 1] - begin;

    if (n == 0)
        return;
    for (size_t j = 0; j < view->n; j++) {
        const double x = distance + to_end(view, j);
        const size_t reaching = cm_reaching(sums->reach[side] + begin, n, x);
        if (sums->polynomial) {
            if (reaching > 0)
                sum[j] += share * cm_terms_at(sums->term[side][begin + reaching - 1], x);
            continue;
        }
        const double length = job->network->length_m[edge] / sums->radius_m;
        for (size_t k = 0; k < reaching; k++) {
            const cm_route_event *event = &sums->event[begin + sums->order[side][begin + k]];
            sum[j] += share * cm_event_value(sums, event, x + (side ? length - event->along : event->along));
        }
    }
}

static castmap_status walk(const cm_density_job *job, cm_density_worker *worker, const outlook *view, uint32_t first)
{
    const cm_route_graph *graph = job->graph;
    const double nearest = to_end(view, view->side ? view->n - 1 : 0), limit = job->sums->widest - nearest;
    size_t depth = 0, arrivals = 0;

    if (!(limit > 0.0))
        return CASTMAP_OK;
    if (cm_grow(&worker->stack, &worker->stack_room, 1, sizeof *worker->stack))
        return CASTMAP_E_NOMEM;
    worker->stack[depth++] = (cm_arrival){0.0, 1.0, first};
    while (depth > 0) {
        const cm_arrival here = worker->stack[--depth];
        const uint32_t node = cm_end_node(job->network, here.end);
        const size_t n = cm_node_degree(graph, node);
        double forward, back;
        if (++arrivals > MOST_ARRIVALS)
            return CASTMAP_E_LIMIT;
        shares_of(job->options, n, &forward, &back);
        add_node(job->sums, view, node, here.distance, here.share * 2.0 / (double)n, worker->sum);
        if (cm_grow(&worker->stack, &worker->stack_room, depth + n, sizeof *worker->stack))
            return CASTMAP_E_NOMEM;
        for (size_t k = graph->start[node]; k < graph->start[node + 1]; k++) {
            const uint32_t end = graph->end[k];
            const double share = here.share * (end == here.end ? back : forward);
            const double beyond = here.distance + job->network->length_m[end >> 1] / job->sums->radius_m;
            if (fabs(share) < LEAST_SHARE)
                continue;
            add_events(job, view, end, here.distance, share, worker->sum);
            if (beyond < limit)
                worker->stack[depth++] = (cm_arrival){beyond, share, end ^ 1};
        }
    }
    return CASTMAP_OK;
}

castmap_status cm_density_split(const cm_density_job *job, cm_density_worker *worker, uint32_t edge)
{
    const cm_route_sums *sums = job->sums;
    outlook view = {job->place_at + job->place_start[edge], job->place_start[edge + 1] - job->place_start[edge],
                    job->network->length_m[edge] / sums->radius_m, 0};
    castmap_status status = CASTMAP_OK;

    memset(worker->sum, 0, view.n * sizeof *worker->sum);
    for (size_t j = 0; j < view.n; j++) {
        for (size_t i = sums->start[edge]; i < sums->start[edge + 1]; i++)
            worker->sum[j] += cm_event_value(sums, &sums->event[i], fabs(view.at[j] - sums->event[i].along));
    }
    for (view.side = 0; view.side < 2 && !status; view.side++)
        status = walk(job, worker, &view, edge * 2 + (uint32_t)view.side);
    return status;
}
