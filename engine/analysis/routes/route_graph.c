/*
 * analysis/routes/route_graph.c - ends at nodes; bounded shortest distances.
 */
#include "analysis/routes/route_graph.h"

#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void cm_route_graph_clear(cm_route_graph *graph)
{
    free(graph->start);
    free(graph->end);
    *graph = (cm_route_graph){0};
}

static castmap_status check(castmap_context *ctx, const castmap_network *network)
{
    if (network->n_nodes >= UINT32_MAX || network->n_edges >= UINT32_MAX / 2)
        return cm_fail(ctx, CASTMAP_E_LIMIT, "the street network has more than 2,000 million edges");
    for (size_t e = 0; e < network->n_edges; e++) {
        if (network->from[e] >= network->n_nodes || network->to[e] >= network->n_nodes)
            return cm_fail(ctx, CASTMAP_E_DATA, "edge %zu of the street network ends at no node", e);
        if (!(network->length_m[e] > 0.0) || !isfinite(network->length_m[e]))
            return cm_fail(ctx, CASTMAP_E_DATA, "edge %zu of the street network has no length", e);
    }
    return CASTMAP_OK;
}

castmap_status cm_route_graph_make(castmap_context *ctx, const castmap_network *network, cm_route_graph *out)
{
    cm_route_graph graph = {.network = network};
    castmap_status status = check(ctx, network);

    if (status)
        return status;
    graph.start = cm_alloc_zero(network->n_nodes + 2, sizeof *graph.start);
    graph.end = cm_alloc(2 * network->n_edges, sizeof *graph.end);
    if (!graph.start || !graph.end) {
        cm_route_graph_clear(&graph);
        return cm_fail_memory(ctx);
    }
    /* Counting sort; start[node + 1] is the next free room of a node until all are placed. */
    for (uint32_t end = 0; end < 2 * network->n_edges; end++)
        graph.start[cm_end_node(network, end) + 2]++;
    for (size_t node = 0; node < network->n_nodes; node++)
        graph.start[node + 2] += graph.start[node + 1];
    for (uint32_t end = 0; end < 2 * network->n_edges; end++)
        graph.end[graph.start[cm_end_node(network, end) + 1]++] = end;
    *out = graph;
    return CASTMAP_OK;
}

castmap_status cm_route_places_check(castmap_context *ctx, const castmap_network *network, const castmap_network_events *places)
{
    for (size_t i = 0; i < places->count; i++) {
        if (places->edge[i] != CASTMAP_NO_EDGE && !cm_place_exists(network, places->edge[i], places->along_m[i]))
            return cm_fail(ctx, CASTMAP_E_DATA, "place %zu lies outside its street", i);
    }
    return CASTMAP_OK;
}

int cm_search_init(cm_search *search, size_t n_nodes)
{
    *search = (cm_search){.distance = cm_alloc(n_nodes, sizeof *search->distance),
                          .stamp = cm_alloc_zero(n_nodes, sizeof *search->stamp),
                          .reached = cm_alloc(n_nodes, sizeof *search->reached)};
    return search->distance && search->stamp && search->reached ? 0 : -1;
}

int cm_search_keep_ways(cm_search *search, size_t n_nodes)
{
    search->via = cm_alloc(n_nodes, sizeof *search->via);
    return search->via ? 0 : -1;
}

void cm_search_clear(cm_search *search)
{
    free(search->distance);
    free(search->stamp);
    free(search->heap);
    free(search->reached);
    free(search->via);
    *search = (cm_search){0};
}

static bool before(cm_heap_entry a, cm_heap_entry b)
{
    return a.distance < b.distance || (a.distance == b.distance && a.node < b.node);
}

static int push(cm_search *search, cm_heap_entry entry)
{
    size_t at = search->heap_size;

    if (cm_grow(&search->heap, &search->heap_room, at + 1, sizeof *search->heap))
        return -1;
    search->heap_size++;
    while (at > 0 && before(entry, search->heap[(at - 1) / 2])) {
        search->heap[at] = search->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    search->heap[at] = entry;
    return 0;
}

static cm_heap_entry pop(cm_search *search)
{
    cm_heap_entry *heap = search->heap;
    const size_t size = --search->heap_size;
    const cm_heap_entry top = heap[0], last = heap[size];
    size_t at = 0;

    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= size)
            break;
        if (child + 1 < size && before(heap[child + 1], heap[child]))
            child++;
        if (!before(heap[child], last))
            break;
        heap[at] = heap[child];
        at = child;
    }
    if (size > 0)
        heap[at] = last;
    return top;
}

void cm_search_begin(cm_search *search, size_t n_nodes)
{
    if (++search->round == 0) { /* after four thousand million rounds stamps would come round again */
        memset(search->stamp, 0, n_nodes * sizeof *search->stamp);
        search->round = 1;
    }
    search->n_reached = 0;
    search->heap_size = 0;
}

/* Takes the way to a node if it is shorter than the one known. */
static int offer(cm_search *search, uint32_t node, double distance, uint32_t via)
{
    if (distance >= cm_search_distance(search, node))
        return 0;
    search->distance[node] = distance;
    search->stamp[node] = search->round;
    if (search->via)
        search->via[node] = via;
    return push(search, (cm_heap_entry){distance, node});
}

int cm_search_seed(cm_search *search, uint32_t node, double distance)
{
    return offer(search, node, distance, CM_VIA_SEED);
}

/* A node's entries that came before its best one are passed over: cheaper than moving entries about. */
int cm_search_run(cm_search *search, const cm_route_graph *graph, double limit_m)
{
    const castmap_network *network = graph->network;

    while (search->heap_size > 0) {
        const cm_heap_entry here = pop(search);
        if (here.distance > search->distance[here.node])
            continue;
        search->reached[search->n_reached++] = here.node;
        for (size_t k = graph->start[here.node]; k < graph->start[here.node + 1]; k++) {
            const uint32_t end = graph->end[k];
            const double distance = here.distance + network->length_m[end >> 1];
            if (distance >= limit_m || (search->one_way && !cm_end_open(network, end)))
                continue;
            if (offer(search, cm_end_node(network, end ^ 1), distance, end))
                return -1;
        }
    }
    return 0;
}

int cm_search_from(cm_search *search, const cm_route_graph *graph, uint32_t source, double limit_m)
{
    cm_search_begin(search, graph->network->n_nodes);
    return cm_search_seed(search, source, 0.0) ? -1 : cm_search_run(search, graph, limit_m);
}
