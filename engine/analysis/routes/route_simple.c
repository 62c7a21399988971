/*
 * analysis/routes/route_simple.c - the kernel of the shortest distance, for all places of one edge at a time.
 *
 * One bounded search from each of the edge's nodes gives the distance of every place to both ends of any other edge. On that edge events up to
 * some point are reached by its first end and the others by its last; each part is a prefix of that end's order, so two sums answer for all events.
 */
#include "analysis/routes/route_density.h"

#include <string.h>

/* Events of the place's own edge: along it, or out of one end and in by the other. */
static void add_own(const cm_density_job *job, cm_density_worker *worker, uint32_t edge, double around)
{
    const cm_route_sums *sums = job->sums;
    const double length = job->network->length_m[edge] / sums->radius_m, *at = job->place_at + job->place_start[edge];
    const size_t n = job->place_start[edge + 1] - job->place_start[edge];

    for (size_t j = 0; j < n; j++) {
        for (size_t i = sums->start[edge]; i < sums->start[edge + 1]; i++) {
            const double a = sums->event[i].along, through = fmin(at[j] + length - a, length - at[j] + a) + around;
            worker->sum[j] += cm_event_value(sums, &sums->event[i], fmin(fabs(at[j] - a), through));
        }
    }
}

/* x0 and x1: from the place to the first and the last end of the edge whose events are added. */
static double others_by_sums(const cm_route_sums *sums, size_t begin, size_t n, double length, double x0, double x1)
{
    const double split = 0.5 * (x1 - x0 + length);
    double sum = 0.0;
    size_t first = n;

    if (split < length) { /* events beyond the split are nearer by the last end; one on it belongs to the first */
        first = 0;
        while (first < n && n <= 8 && sums->event[begin + first].along <= split)
            first++;
        if (n > 8) {
            size_t high = n;
            while (first < high) {
                const size_t middle = (first + high) / 2;
                if (sums->event[begin + middle].along <= split)
                    first = middle + 1;
                else
                    high = middle;
            }
        }
    }
    const size_t left = cm_reaching(sums->reach[0] + begin, first, x0);
    const size_t right = cm_reaching(sums->reach[1] + begin, n - first, x1);
    if (left > 0)
        sum += cm_terms_at(sums->term[0][begin + left - 1], x0);
    if (right > 0)
        sum += cm_terms_at(sums->term[1][begin + right - 1], x1);
    return sum;
}

static double others_one_by_one(const cm_route_sums *sums, size_t begin, size_t n, double length, double x0, double x1)
{
    double sum = 0.0;

    for (size_t i = begin; i < begin + n; i++)
        sum += cm_event_value(sums, &sums->event[i], fmin(x0 + sums->event[i].along, x1 + length - sums->event[i].along));
    return sum;
}

static void add_edge(const cm_density_job *job, cm_density_worker *worker, uint32_t own, uint32_t other)
{
    const castmap_network *network = job->network;
    const cm_route_sums *sums = job->sums;
    const double unit = 1.0 / sums->radius_m, own_length = network->length_m[own] * unit;
    const double length = network->length_m[other] * unit, *at = job->place_at + job->place_start[own];
    const size_t n = job->place_start[own + 1] - job->place_start[own];
    const size_t begin = sums->start[other], events = sums->start[other + 1] - begin;
    const uint32_t from = network->from[other], to = network->to[other];
    const double d00 = cm_search_distance(&worker->search[0], from) * unit, d10 = cm_search_distance(&worker->search[1], from) * unit;
    const double d01 = cm_search_distance(&worker->search[0], to) * unit, d11 = cm_search_distance(&worker->search[1], to) * unit;
    const bool by_sums = sums->polynomial && sums->one_radius;

    for (size_t j = 0; j < n; j++) {
        const double back = own_length - at[j], x0 = fmin(at[j] + d00, back + d10), x1 = fmin(at[j] + d01, back + d11);
        if (fmin(x0, x1) >= sums->widest)
            continue;
        worker->sum[j] += by_sums ? others_by_sums(sums, begin, events, length, x0, x1)
                                  : others_one_by_one(sums, begin, events, length, x0, x1);
    }
}

castmap_status cm_density_simple(const cm_density_job *job, cm_density_worker *worker, uint32_t edge)
{
    const castmap_network *network = job->network;
    const cm_route_graph *graph = job->graph;
    const double limit_m = job->sums->radius_m * job->sums->widest;
    const uint32_t node[2] = {network->from[edge], network->to[edge]};

    memset(worker->sum, 0, (job->place_start[edge + 1] - job->place_start[edge]) * sizeof *worker->sum);
    for (int side = 0; side < 2; side++) {
        if (cm_search_from(&worker->search[side], graph, node[side], limit_m))
            return CASTMAP_E_NOMEM;
    }
    if (++worker->round == 0) {
        memset(worker->edge_stamp, 0, network->n_edges * sizeof *worker->edge_stamp);
        worker->round = 1;
    }
    worker->edge_stamp[edge] = worker->round;
    add_own(job, worker, edge, cm_search_distance(&worker->search[0], node[1]) / job->sums->radius_m);
    for (int side = 0; side < 2; side++) {
        const cm_search *search = &worker->search[side];
        for (size_t k = 0; k < search->n_reached; k++) {
            const uint32_t v = search->reached[k];
            for (size_t i = graph->start[v]; i < graph->start[v + 1]; i++) {
                const uint32_t other = graph->end[i] >> 1;
                if (worker->edge_stamp[other] == worker->round)
                    continue;
                worker->edge_stamp[other] = worker->round;
                if (job->sums->start[other + 1] > job->sums->start[other])
                    add_edge(job, worker, edge, other);
            }
        }
    }
    return CASTMAP_OK;
}
