/*
 * analysis/routes/route_simple.c - the kernel of the shortest distance, for all places of one edge at a time.
 *
 * One bounded search from each of the edge's nodes gives the distance of every place to both ends of any other edge. On that edge events up to
 * some point are reached by its first end and the others by its last; each part is a prefix of that end's order, so two sums answer for all events.
 */
#include "analysis/routes/route_density.h"

#include <string.h>

/* fmin() of the C library is a call. No NaN comes here. */
static inline double nearer(double a, double b)
{
    return a < b ? a : b;
}

/* Events of the place's own edge: along it, or out of one end and in by the other. */
static void add_own(const cm_density_job *job, cm_density_worker *worker, uint32_t edge, double around)
{
    const cm_route_sums *sums = job->sums;
    const double length = job->network->length_m[edge] / sums->radius_m, *at = job->place_at + job->place_start[edge];
    const size_t n = job->place_start[edge + 1] - job->place_start[edge];
    size_t first = sums->start[edge];

    for (size_t j = 0; j < n; j++) {
        /* Without a way around, only events less than the widest radius away: a window that moves along with the place. */
        const bool alone = around >= sums->widest;
        while (alone && first < sums->start[edge + 1] && at[j] - sums->event[first].along >= sums->widest)
            first++;
        for (size_t i = first; i < sums->start[edge + 1]; i++) {
            const double a = sums->event[i].along, through = nearer(at[j] + length - a, length - at[j] + a) + around;
            if (alone && a - at[j] >= sums->widest)
                break;
            worker->sum[j] += cm_event_value(sums, &sums->event[i], nearer(fabs(at[j] - a), through));
        }
    }
}

/* Of n events in order along an edge, those not beyond `at`. */
static inline size_t up_to(const cm_route_event *event, size_t n, double at)
{
    size_t low = 0;

    while (n > 1) {
        const size_t half = n / 2;
        low += event[low + half - 1].along <= at ? half : 0;
        n -= half;
    }
    return low + (event[low].along <= at);
}

/* Value of the first k events at x; of none, 0. Where k is 0 the first is read and not used. */
static inline double prefix_at(const double (*term)[CM_SUM_TERMS], size_t k, double x)
{
    const double value = cm_terms_at(term[k > 0 ? k - 1 : 0], x);

    return k > 0 ? value : 0.0;
}

/* The prefix that reaches beyond x, but of no more than `most`. */
static inline double end_at(const cm_route_sums *sums, int side, size_t begin, size_t n, size_t most, double x)
{
    const double (*term)[CM_SUM_TERMS] = (const double (*)[CM_SUM_TERMS])(sums->term[side] + begin);
    const size_t reaching = cm_reaching(sums->reach[side] + begin, n, x);

    return prefix_at(term, reaching < most ? reaching : most, x);
}

/* x0 and x1: from the place to the first and the last end of the edge whose n > 0 events are added; less than the radius, one of them. Mostly only one is. Events
 * beyond the split are nearer by the last end; one on it belongs to the first. */
static inline double others_by_sums(const cm_route_sums *sums, size_t begin, size_t n, double length, double x0, double x1)
{
    if (x1 >= 1.0)
        return end_at(sums, 0, begin, n, n, x0);
    if (x0 >= 1.0)
        return end_at(sums, 1, begin, n, n, x1);
    const double split = 0.5 * (x1 - x0 + length);
    const size_t first = split < length ? up_to(sums->event + begin, n, split) : n;

    return end_at(sums, 0, begin, n, first, x0) + end_at(sums, 1, begin, n, n - first, x1);
}

static double others_one_by_one(const cm_route_sums *sums, size_t begin, size_t n, double length, double x0, double x1)
{
    double sum = 0.0;

    for (size_t i = begin; i < begin + n; i++)
        sum += cm_event_value(sums, &sums->event[i], nearer(x0 + sums->event[i].along, x1 + length - sums->event[i].along));
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
        const double back = own_length - at[j], x0 = nearer(at[j] + d00, back + d10), x1 = nearer(at[j] + d01, back + d11);
        if (nearer(x0, x1) >= sums->widest)
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
