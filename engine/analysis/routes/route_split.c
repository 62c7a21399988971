/*
 * analysis/routes/route_split.c - both equal-split forms, for all places of one edge at a time.
 *
 * The share that a way carries is a product over the nodes it passes, and does not depend on its direction. So the ways are walked from the place:
 * what an event would send here along one is what this place would send to the event. All places of an edge leave by the same two nodes and so
 * share their ways, and the events of an edge answer together (route_sums.h); each thread writes to its own places only.
 */
#include "analysis/routes/route_density.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#define SAMPLED 64
#define MANY_ARRIVALS 2000      /* from an edge, on average over the network: waves cost about as much */

void cm_density_shares(const castmap_network_density_options *options, size_t n, double *forward, double *back)
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
        if (++arrivals > CM_MOST_ARRIVALS)
            return CASTMAP_E_LIMIT;
        cm_density_shares(job->options, n, &forward, &back);
        add_node(job->sums, view, node, here.distance, here.share * 2.0 / (double)n, worker->sum);
        if (cm_grow(&worker->stack, &worker->stack_room, depth + n, sizeof *worker->stack))
            return CASTMAP_E_NOMEM;
        for (size_t k = graph->start[node]; k < graph->start[node + 1]; k++) {
            const uint32_t end = graph->end[k];
            const double share = here.share * (end == here.end ? back : forward);
            const double beyond = here.distance + job->network->length_m[end >> 1] / job->sums->radius_m;
            if (fabs(share) < CM_LEAST_SHARE)
                continue;
            add_events(job, view, end, here.distance, share, worker->sum);
            if (beyond < limit)
                worker->stack[depth++] = (cm_arrival){beyond, share, end ^ 1};
        }
    }
    return CASTMAP_OK;
}

/* Arrivals within the radius from both ends of an edge, up to `most`; -1: out of memory. */
static int64_t count_arrivals(const cm_density_job *job, uint32_t edge, int64_t most)
{
    const cm_route_graph *graph = job->graph;
    cm_arrival *stack = NULL;
    size_t room = 0, depth = 0;
    int64_t n = 0;

    if (cm_grow(&stack, &room, 2, sizeof *stack))
        return -1;
    stack[depth++] = (cm_arrival){0.0, 1.0, edge * 2};
    stack[depth++] = (cm_arrival){0.0, 1.0, edge * 2 + 1};
    while (depth > 0 && n < most) {
        const cm_arrival here = stack[--depth];
        const uint32_t node = cm_end_node(job->network, here.end);
        double forward, back;
        n++;
        cm_density_shares(job->options, cm_node_degree(graph, node), &forward, &back);
        if (cm_grow(&stack, &room, depth + cm_node_degree(graph, node), sizeof *stack)) {
            free(stack);
            return -1;
        }
        for (size_t k = graph->start[node]; k < graph->start[node + 1]; k++) {
            const double share = here.share * (graph->end[k] == here.end ? back : forward);
            const double beyond = here.distance + job->network->length_m[graph->end[k] >> 1] / job->sums->radius_m;
            if (fabs(share) >= CM_LEAST_SHARE && beyond < 1.0)
                stack[depth++] = (cm_arrival){beyond, share, graph->end[k] ^ 1};
        }
    }
    free(stack);
    return n;
}

castmap_status cm_density_many_ways(const cm_density_job *job, size_t walked, bool *many)
{
    const size_t edges = job->network->n_edges, step = edges / SAMPLED + 1, looks = (edges + step - 1) / step;
    const double least = MANY_ARRIVALS * (double)looks * (double)edges / (double)(walked ? walked : 1);
    size_t over = 0; /* too many from one edge already */
    int64_t total = 0;

    *many = false;
    for (size_t e = 0; e < edges && !*many; e += step) {
        const int64_t n = count_arrivals(job, (uint32_t)e, 16 * MANY_ARRIVALS);
        if (n < 0)
            return CASTMAP_E_NOMEM;
        total += n;
        over += n >= 16 * MANY_ARRIVALS;
        *many = (double)total > least || over * 4 > looks;
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
