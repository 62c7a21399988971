#include "support/walk_network.h"

#include "base/random.h"

#include <math.h>
#include <string.h>

void small_network_start(small_network *n, size_t nodes)
{
    memset(n, 0, sizeof *n);
    n->network = (castmap_network){.n_nodes = nodes, .from = n->from, .to = n->to, .length_m = n->length_m};
}

void small_network_edge(small_network *n, uint32_t from, uint32_t to, double length_m)
{
    const size_t e = n->network.n_edges++;

    n->from[e] = from;
    n->to[e] = to;
    n->length_m[e] = length_m;
}

void small_network_random(small_network *n, uint64_t seed)
{
    const size_t nodes = 3 + cm_random_below(seed, 1, 0, 10), edges = nodes + cm_random_below(seed, 1, 1, nodes);

    small_network_start(n, nodes);
    for (size_t e = 0; e < edges; e++) {
        const uint32_t from = (uint32_t)cm_random_below(seed, 2, e, nodes), to = (uint32_t)cm_random_below(seed, 3, e, nodes);
        small_network_edge(n, from, to, e == 1 && from != to ? 0.001 : 40.0 + 100.0 * cm_random_unit(seed, 4, e));
    }
}

double plain_kernel(castmap_line_kernel kernel, double d, double h)
{
    const double u = d / h;

    if (u >= 1.0)
        return 0.0;
    switch (kernel) {
    case CASTMAP_LINE_QUARTIC:
        return 15.0 / 16.0 * (1.0 - u * u) * (1.0 - u * u) / h;
    case CASTMAP_LINE_EPANECHNIKOV:
        return 3.0 / 4.0 * (1.0 - u * u) / h;
    case CASTMAP_LINE_TRIANGLE:
        return (1.0 - u) / h;
    case CASTMAP_LINE_UNIFORM:
        return 0.5 / h;
    default: {
        const double s = h / sqrt(8.0);
        return exp(-0.5 * d * d / (s * s)) / (s * sqrt(2.0 * M_PI)) / erf(sqrt(8.0) / sqrt(2.0));
    }
    }
}

typedef struct walker {
    const castmap_network *net;
    const castmap_network_density_options *o;
    double   h, sum, at;
    uint32_t edge;
} walker;

static size_t degree(const castmap_network *net, uint32_t node)
{
    size_t n = 0;

    for (size_t e = 0; e < net->n_edges; e++)
        n += (size_t)((net->from[e] == node) + (net->to[e] == node));
    return n;
}

/* Along edge e away from its end `side`, d metres from the event at that end. */
static void go(walker *w, uint32_t e, int side, double d, double share)
{
    const castmap_network *net = w->net;

    if (d >= w->h || fabs(share) < 1e-9)
        return;
    if (e == w->edge)
        w->sum += share * plain_kernel(w->o->kernel, d + (side ? net->length_m[e] - w->at : w->at), w->h);
    const uint32_t node = side ? net->from[e] : net->to[e];
    const double n = (double)degree(net, node), beyond = d + net->length_m[e];
    for (uint32_t f = 0; f < net->n_edges; f++) {
        for (int s = 0; s < 2; s++) {
            if ((s ? net->to[f] : net->from[f]) != node)
                continue;
            const int back = f == e && s == !side;
            double part;
            if (n == 1.0)
                part = w->o->reflect ? 1.0 : 0.0;
            else if (w->o->form == CASTMAP_LINE_CONTINUOUS)
                part = back ? (2.0 - n) / n : 2.0 / n;
            else
                part = back ? 0.0 : 1.0 / (n - 1.0);
            go(w, f, s, beyond, share * part);
        }
    }
}

static double split_one(const castmap_network *net, uint32_t event_edge, double event_at, walker *w)
{
    const double length = net->length_m[event_edge];
    const uint32_t node = event_at <= 1e-6 ? net->from[event_edge] : net->to[event_edge];

    if (event_at <= 1e-6 || length - event_at <= 1e-6) {
        for (uint32_t f = 0; f < net->n_edges; f++) {
            for (int s = 0; s < 2; s++) {
                if ((s ? net->to[f] : net->from[f]) == node)
                    go(w, f, s, 0.0, 2.0 / (double)degree(net, node));
            }
        }
        return w->sum;
    }
    if (event_edge == w->edge)
        w->sum += plain_kernel(w->o->kernel, fabs(w->at - event_at), w->h);
    /* The event's own edge, cut at the event: the rest of it is walked from a node that is not there, so by hand. */
    for (int way = 0; way < 2; way++) {
        const uint32_t end = way ? net->to[event_edge] : net->from[event_edge];
        const double d = way ? length - event_at : event_at, n = (double)degree(net, end);
        for (uint32_t f = 0; f < net->n_edges; f++) {
            for (int s = 0; s < 2; s++) {
                if ((s ? net->to[f] : net->from[f]) != end)
                    continue;
                const int back = f == event_edge && s == way;
                double part;
                if (n == 1.0)
                    part = w->o->reflect ? 1.0 : 0.0;
                else if (w->o->form == CASTMAP_LINE_CONTINUOUS)
                    part = back ? (2.0 - n) / n : 2.0 / n;
                else
                    part = back ? 0.0 : 1.0 / (n - 1.0);
                go(w, f, s, d, part);
            }
        }
    }
    return w->sum;
}

static double shortest(const castmap_network *net, uint32_t e, double a, uint32_t f, double b)
{
    static double d[SMALL_NODES][SMALL_NODES];
    double best = e == f ? fabs(a - b) : (double)INFINITY;

    for (size_t i = 0; i < net->n_nodes; i++) {
        for (size_t j = 0; j < net->n_nodes; j++)
            d[i][j] = i == j ? 0.0 : (double)INFINITY;
    }
    for (size_t k = 0; k < net->n_edges; k++) {
        double *there = &d[net->from[k]][net->to[k]], *back = &d[net->to[k]][net->from[k]];
        *there = *back = fmin(*there, net->length_m[k]);
        if (net->from[k] == net->to[k])
            *there = 0.0;
    }
    for (size_t k = 0; k < net->n_nodes; k++) {
        for (size_t i = 0; i < net->n_nodes; i++) {
            for (size_t j = 0; j < net->n_nodes; j++)
                d[i][j] = fmin(d[i][j], d[i][k] + d[k][j]);
        }
    }
    for (int s = 0; s < 2; s++) {
        for (int t = 0; t < 2; t++) {
            const double out = s ? net->length_m[e] - a : a, in = t ? net->length_m[f] - b : b;
            best = fmin(best, out + in + d[s ? net->to[e] : net->from[e]][t ? net->to[f] : net->from[f]]);
        }
    }
    return best;
}

double walked_density(const castmap_network *network, const castmap_network_events *events, uint32_t edge, double along_m,
                      const castmap_network_density_options *options)
{
    double sum = 0.0;

    for (size_t i = 0; i < events->count; i++) {
        const double weight = events->weight ? events->weight[i] : 1.0;
        walker w = {network, options, options->radius_m * (options->factor ? options->factor[i] : 1.0), 0.0, along_m, edge};
        if (events->edge[i] == CASTMAP_NO_EDGE)
            continue;
        sum += weight * (options->form == CASTMAP_LINE_SIMPLE
                             ? plain_kernel(options->kernel, shortest(network, events->edge[i], events->along_m[i], edge, along_m), w.h)
                             : split_one(network, events->edge[i], events->along_m[i], &w));
    }
    return 1000.0 * sum;
}
