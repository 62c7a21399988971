/* analysis/routes/network_report.c - loops, parallel edges, dead ends and separate parts of a network. */
#include "analysis/routes/network_build.h"

#include "base/disjoint_set.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"

#include <stdlib.h>

#define SHORT_M 1.0

/* Edges whose two nodes are also those of another edge. */
static castmap_status count_parallel(castmap_context *ctx, const castmap_network *network, castmap_network_report *report)
{
    uint64_t *pair = cm_alloc(network->n_edges, sizeof *pair);
    uint32_t *order = cm_alloc(network->n_edges, sizeof *order);
    castmap_status status = pair && order ? CASTMAP_OK : cm_fail_memory(ctx);

    for (size_t e = 0; e < network->n_edges && !status; e++) {
        const uint32_t a = network->from[e], b = network->to[e];
        pair[e] = a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
        order[e] = (uint32_t)e;
    }
    if (!status)
        status = cm_sort_u64(ctx, pair, order, network->n_edges);
    for (size_t e = 0; e < network->n_edges && !status; e++)
        report->parallel += (e > 0 && pair[e] == pair[e - 1]) || (e + 1 < network->n_edges && pair[e] == pair[e + 1]);
    free(pair);
    free(order);
    return status;
}

static castmap_status count_parts(castmap_context *ctx, const castmap_network *network, castmap_network_report *report)
{
    cm_disjoint_set set = {0};
    double *length = cm_alloc_zero(network->n_nodes, sizeof *length);

    if (!length || cm_disjoint_set_init(&set, network->n_nodes) != 0) {
        free(length);
        return cm_fail_memory(ctx);
    }
    report->parts = network->n_nodes; /* every node has an edge */
    for (size_t e = 0; e < network->n_edges; e++)
        report->parts -= cm_disjoint_set_unite(&set, network->from[e], network->to[e]);
    for (size_t e = 0; e < network->n_edges; e++)
        length[cm_disjoint_set_find(&set, network->from[e])] += network->length_m[e];
    for (size_t i = 0; i < network->n_nodes; i++)
        if (length[i] > report->largest_part_m)
            report->largest_part_m = length[i];
    cm_disjoint_set_clear(&set);
    free(length);
    return CASTMAP_OK;
}

castmap_status cm_network_describe(castmap_context *ctx, const castmap_network *network, castmap_network_report *report)
{
    uint32_t *ends = cm_alloc_zero(network->n_nodes, sizeof *ends);
    castmap_status status;

    if (!ends)
        return cm_fail_memory(ctx);
    for (size_t e = 0; e < network->n_edges; e++) {
        report->total_m += network->length_m[e];
        report->short_edges += network->length_m[e] < SHORT_M;
        report->loops += network->from[e] == network->to[e];
        report->one_way += network->way[e] != CASTMAP_WAY_BOTH;
        ends[network->from[e]]++;
        ends[network->to[e]]++;
    }
    for (size_t i = 0; i < network->n_nodes; i++)
        report->dead_ends += ends[i] == 1;
    free(ends);
    status = count_parallel(ctx, network, report);
    return status ? status : count_parts(ctx, network, report);
}
