/*
 * analysis/routes/route_sums.c - events sorted along their edges, with prefix sums seen from either end.
 */
#include "analysis/routes/route_sums.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"

#include <stdlib.h>
#include <string.h>

#define AT_NODE_M 1e-6
#define GAUSSIAN_WIDTH 2.8284271247461903 /* radius / standard deviation, as castmap/density.h has it */

double cm_line_kernel_value(castmap_line_kernel kernel, double u)
{
    if (!(u < 1.0))
        return 0.0;
    switch (kernel) {
    case CASTMAP_LINE_EPANECHNIKOV:
        return 0.75 * (1.0 - u * u);
    case CASTMAP_LINE_TRIANGLE:
        return 1.0 - u;
    case CASTMAP_LINE_UNIFORM:
        return 0.5;
    case CASTMAP_LINE_GAUSSIAN:
        /* exp(-u^2 W^2 / 2) W / sqrt(2 pi), over the mass within the radius */
        return exp(-0.5 * GAUSSIAN_WIDTH * GAUSSIAN_WIDTH * u * u) * GAUSSIAN_WIDTH * 0.3989422804014327 /
               erf(GAUSSIAN_WIDTH * 0.7071067811865476);
    case CASTMAP_LINE_QUARTIC:
        break;
    }
    return 0.9375 * (1.0 - u * u) * (1.0 - u * u);
}

const char *castmap_line_kernel_name(castmap_line_kernel kernel)
{
    static const char *const NAMES[] = {"quartic", "Epanechnikov", "triangle", "uniform", "Gaussian"};

    return (unsigned)kernel < sizeof NAMES / sizeof *NAMES ? NAMES[kernel] : "unknown";
}

const char *castmap_line_form_name(castmap_line_form form)
{
    static const char *const NAMES[] = {"simple", "discontinuous", "continuous"};

    return (unsigned)form < sizeof NAMES / sizeof *NAMES ? NAMES[form] : "unknown";
}

void cm_route_sums_clear(cm_route_sums *sums)
{
    free(sums->start);
    free(sums->event);
    free(sums->node_start);
    free(sums->node_event);
    for (int side = 0; side < 2; side++) {
        free(sums->reach[side]);
        free(sums->term[side]);
        free(sums->order[side]);
    }
    *sums = (cm_route_sums){0};
}

/* Coefficients in x of w/f k((r + x) / f), all but the constant of the kernel. */
static void terms_of(castmap_line_kernel kernel, const cm_route_event *event, double r, double term[CM_SUM_TERMS])
{
    const double f = event->factor, f2 = 1.0 / (f * f);
    double a2 = 0.0, a4 = 0.0, height = 0.5;

    memset(term, 0, CM_SUM_TERMS * sizeof *term);
    switch (kernel) {
    case CASTMAP_LINE_TRIANGLE:
        term[0] = event->weight / f * (1.0 - r / f);
        term[1] = -event->weight * f2;
        return;
    case CASTMAP_LINE_EPANECHNIKOV:
        a2 = -f2;
        height = 0.75;
        break;
    case CASTMAP_LINE_QUARTIC:
        a2 = -2.0 * f2;
        a4 = f2 * f2;
        height = 0.9375;
        break;
    default:
        break;
    }
    height *= event->weight / f;
    term[0] = height * (1.0 + r * r * (a2 + a4 * r * r));
    term[1] = height * r * (2.0 * a2 + 4.0 * a4 * r * r);
    term[2] = height * (a2 + 6.0 * a4 * r * r);
    term[3] = height * 4.0 * a4 * r;
    term[4] = height * a4;
}

static int compare_events(const void *left, const void *right)
{
    const cm_route_event *a = left, *b = right;

    if (a->along != b->along)
        return a->along < b->along ? -1 : 1;
    if (a->weight != b->weight)
        return a->weight < b->weight ? -1 : 1;
    return (a->factor > b->factor) - (a->factor < b->factor);
}

static castmap_status check_events(castmap_context *ctx, const castmap_network *network, const castmap_network_events *events,
                                   const double *factor)
{
    for (size_t i = 0; i < events->count; i++) {
        if (events->edge[i] == CASTMAP_NO_EDGE)
            continue;
        if (events->edge[i] >= network->n_edges)
            return cm_fail(ctx, CASTMAP_E_DATA, "event %zu lies on an edge that is not there", i);
        if (!(events->along_m[i] >= 0.0 && events->along_m[i] <= network->length_m[events->edge[i]]))
            return cm_fail(ctx, CASTMAP_E_DATA, "event %zu lies outside its edge", i);
        if (events->weight && !(events->weight[i] >= 0.0 && isfinite(events->weight[i])))
            return cm_fail(ctx, CASTMAP_E_DATA, "event %zu has a weight below 0 or not finite", i);
        if (factor && !(factor[i] > 0.0 && isfinite(factor[i])))
            return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the factor of event %zu must be finite and positive", i);
    }
    return CASTMAP_OK;
}

/* The node an event stands at, or UINT32_MAX. */
static uint32_t node_of(const castmap_network *network, const castmap_network_events *events, size_t i)
{
    const uint32_t e = events->edge[i];

    if (events->along_m[i] <= AT_NODE_M)
        return network->from[e];
    return network->length_m[e] - events->along_m[i] <= AT_NODE_M ? network->to[e] : UINT32_MAX;
}

/* Counting sort by edge or node, then along. */
static castmap_status sort_events(castmap_context *ctx, const castmap_network *network, const castmap_network_events *events,
                                  const double *factor, bool at_nodes, cm_route_sums *sums)
{
    size_t *edge = cm_alloc_zero(network->n_edges + 2, sizeof *edge), *node = cm_alloc_zero(network->n_nodes + 2, sizeof *node);

    sums->start = edge;
    sums->node_start = node;
    if (!edge || !node)
        return cm_fail_memory(ctx);
    for (int placing = 0; placing < 2; placing++) {
        for (size_t i = 0; i < events->count; i++) {
            if (events->edge[i] == CASTMAP_NO_EDGE)
                continue;
            const uint32_t at = at_nodes ? node_of(network, events, i) : UINT32_MAX;
            size_t *room = at != UINT32_MAX ? &node[at + 2 - (size_t)placing] : &edge[events->edge[i] + 2 - (size_t)placing];
            if (placing) {
                cm_route_event *list = at != UINT32_MAX ? sums->node_event : sums->event;
                list[*room] = (cm_route_event){.along = at != UINT32_MAX ? 0.0 : events->along_m[i] / sums->radius_m,
                                               .weight = events->weight ? events->weight[i] : 1.0,
                                               .factor = factor ? factor[i] : 1.0};
                sums->widest = fmax(sums->widest, list[*room].factor);
            }
            (*room)++;
        }
        if (placing)
            break;
        for (size_t e = 0; e < network->n_edges; e++)
            edge[e + 2] += edge[e + 1];
        for (size_t v = 0; v < network->n_nodes; v++)
            node[v + 2] += node[v + 1];
        sums->event = cm_alloc(edge[network->n_edges + 1], sizeof *sums->event);
        sums->node_event = cm_alloc(node[network->n_nodes + 1], sizeof *sums->node_event);
        if (!sums->event || !sums->node_event)
            return cm_fail_memory(ctx);
    }
    return CASTMAP_OK;
}

typedef struct sums_job {
    const castmap_network *network;
    cm_route_sums         *sums;
} sums_job;

typedef struct ranked {
    double   reach;
    uint32_t event;
} ranked;

static int compare_ranked(const void *left, const void *right)
{
    const ranked *a = left, *b = right;

    if (a->reach != b->reach)
        return a->reach > b->reach ? -1 : 1;
    return (a->event > b->event) - (a->event < b->event);
}

static int sum_end(cm_route_sums *sums, size_t begin, size_t n, double length, int side)
{
    ranked *rank = cm_alloc(n, sizeof *rank);

    if (!rank)
        return -1;
    for (size_t k = 0; k < n; k++) {
        const size_t i = begin + (side && sums->one_radius ? n - 1 - k : k);
        const cm_route_event *event = &sums->event[i];
        rank[k] = (ranked){event->factor - (side ? length - event->along : event->along), (uint32_t)(i - begin)};
    }
    if (!sums->one_radius)
        qsort(rank, n, sizeof *rank, compare_ranked);
    for (size_t k = 0; k < n; k++) {
        const cm_route_event *event = &sums->event[begin + rank[k].event];
        sums->reach[side][begin + k] = rank[k].reach;
        if (sums->order[side])
            sums->order[side][begin + k] = rank[k].event;
        if (!sums->term[side])
            continue;
        double *term = sums->term[side][begin + k];
        terms_of(sums->kernel, event, side ? length - event->along : event->along, term);
        for (int t = 0; t < CM_SUM_TERMS && k > 0; t++)
            term[t] += sums->term[side][begin + k - 1][t];
    }
    free(rank);
    return 0;
}

static castmap_status sum_edges(size_t first, size_t last, void *payload)
{
    const sums_job *job = payload;
    cm_route_sums *sums = job->sums;

    for (size_t e = first; e < last; e++) {
        const size_t begin = sums->start[e], n = sums->start[e + 1] - begin;
        if (n == 0)
            continue;
        qsort(sums->event + begin, n, sizeof *sums->event, compare_events);
        for (int side = 0; side < 2; side++) {
            if (sum_end(sums, begin, n, job->network->length_m[e] / sums->radius_m, side))
                return CASTMAP_E_NOMEM;
        }
    }
    return CASTMAP_OK;
}

castmap_status cm_route_sums_make(castmap_context *ctx, const castmap_network *network, const castmap_network_events *events,
                                  const castmap_network_density_options *options, bool at_nodes, cm_route_sums *out)
{
    cm_route_sums sums = {.kernel = options->kernel, .radius_m = options->radius_m, .one_radius = !options->factor,
                          .polynomial = options->kernel != CASTMAP_LINE_GAUSSIAN};
    castmap_status status = check_events(ctx, network, events, options->factor);

    if (!status)
        status = sort_events(ctx, network, events, options->factor, at_nodes, &sums);
    for (int side = 0; side < 2 && !status; side++) {
        const size_t n = sums.start[network->n_edges];
        sums.reach[side] = cm_alloc(n, sizeof *sums.reach[side]);
        sums.term[side] = sums.polynomial ? cm_alloc(n, sizeof *sums.term[side]) : NULL;
        sums.order[side] = cm_alloc(n, sizeof *sums.order[side]);
        if (!sums.reach[side] || (sums.polynomial && !sums.term[side]) || !sums.order[side])
            status = cm_fail_memory(ctx);
    }
    if (!status) {
        sums_job job = {network, &sums};
        status = cm_parallel_for(ctx, "adding up streets", network->n_edges, sum_edges, &job);
        if (status == CASTMAP_E_NOMEM)
            status = cm_fail_memory(ctx);
    }
    for (size_t v = 0; v < network->n_nodes && !status; v++) {
        const size_t n = sums.node_start[v + 1] - sums.node_start[v];
        if (n > 1)
            qsort(sums.node_event + sums.node_start[v], n, sizeof *sums.node_event, compare_events);
    }
    if (status)
        cm_route_sums_clear(&sums);
    else
        *out = sums;
    return status;
}
