/*
 * analysis/routes/way_search.c - a search that begins within an edge and ends as soon as nothing can improve the ways to its targets.
 *
 * Of ways of equal length the one stays that came by the lower end, so that the way is the same on every machine (E. W. Dijkstra 1959).
 */
#include "analysis/routes/way_search.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SEED UINT32_MAX /* the node was reached from the place itself */

int cm_way_search_init(cm_way_search *search, const cm_route_graph *graph, bool one_way, double back_m)
{
    const size_t n = graph->network->n_nodes;

    *search = (cm_way_search){.graph = graph, .one_way = one_way, .back_m = back_m,
                              .distance = cm_alloc(n, sizeof *search->distance),
                              .via = cm_alloc(n, sizeof *search->via),
                              .stamp = cm_alloc_zero(n, sizeof *search->stamp),
                              .wanted = cm_alloc_zero(n, sizeof *search->wanted)};
    return search->distance && search->via && search->stamp && search->wanted ? 0 : -1;
}

void cm_way_search_clear(cm_way_search *search)
{
    free(search->distance);
    free(search->via);
    free(search->stamp);
    free(search->wanted);
    free(search->heap);
    free(search->piece);
    *search = (cm_way_search){0};
}

/* May an edge be entered at this side: 0 its first node, going along it; 1 its last, going against it? */
static bool may_enter(const cm_way_search *search, uint32_t edge, uint32_t side)
{
    const castmap_network *network = search->graph->network;

    if (!search->one_way || !network->way || network->way[edge] == CASTMAP_WAY_BOTH)
        return true;
    return (network->way[edge] == CASTMAP_WAY_FORWARD) == (side == 0);
}

static bool before(cm_heap_entry a, cm_heap_entry b)
{
    return a.distance < b.distance || (a.distance == b.distance && a.node < b.node);
}

static int push(cm_way_search *search, size_t *size, cm_heap_entry entry)
{
    size_t at = (*size)++;

    if (cm_grow(&search->heap, &search->heap_room, *size, sizeof *search->heap))
        return -1;
    while (at > 0 && before(entry, search->heap[(at - 1) / 2])) {
        search->heap[at] = search->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    search->heap[at] = entry;
    return 0;
}

static cm_heap_entry pop(cm_way_search *search, size_t *size)
{
    cm_heap_entry *heap = search->heap;
    const cm_heap_entry top = heap[0], last = heap[--*size];
    size_t at = 0;

    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= *size)
            break;
        if (child + 1 < *size && before(heap[child + 1], heap[child]))
            child++;
        if (!before(heap[child], last))
            break;
        heap[at] = heap[child];
        at = child;
    }
    if (*size > 0)
        heap[at] = last;
    return top;
}

/* A way to `node` of this length by this end; kept if it is the best so far and within the limit. */
static int reach(cm_way_search *search, size_t *size, uint32_t node, double distance, uint32_t via, double limit_m)
{
    if (distance >= limit_m)
        return 0;
    if (search->stamp[node] == search->round) {
        if (distance > search->distance[node])
            return 0;
        if (distance == search->distance[node]) {
            if (search->via[node] != SEED && (via == SEED || via < search->via[node]))
                search->via[node] = via;
            return 0;
        }
    }
    search->stamp[node] = search->round;
    search->distance[node] = distance;
    search->via[node] = via;
    return push(search, size, (cm_heap_entry){distance, node});
}

/* Straight along the edge both lie on, or infinity. */
static double along_edge(const cm_way_search *search, cm_way_place from, cm_way_place to)
{
    const double ahead = to.along_m - from.along_m;

    if (from.edge != to.edge)
        return (double)INFINITY;
    if (ahead >= 0.0 ? may_enter(search, to.edge, 0) : may_enter(search, to.edge, 1))
        return fabs(ahead);
    return fabs(ahead) <= search->back_m ? fabs(ahead) : (double)INFINITY;
}

/* From a node that is reached over the rest of the target's edge; side 0: from its first node. */
static double over_edge(const cm_way_search *search, cm_way_place target, uint32_t side)
{
    const castmap_network *network = search->graph->network;
    const uint32_t node = cm_end_node(network, target.edge * 2 + side);

    if (!may_enter(search, target.edge, side) || search->stamp[node] != search->round)
        return (double)INFINITY;
    return search->distance[node] + (side ? network->length_m[target.edge] - target.along_m : target.along_m);
}

static void next_round(cm_way_search *search)
{
    if (++search->round == 0) { /* after four thousand million rounds stamps would come round again */
        memset(search->stamp, 0, search->graph->network->n_nodes * sizeof *search->stamp);
        memset(search->wanted, 0, search->graph->network->n_nodes * sizeof *search->wanted);
        search->round = 1;
    }
}

static int begin(cm_way_search *search, cm_way_place from, double limit_m, size_t *size)
{
    const castmap_network *network = search->graph->network;

    *size = 0;
    if (may_enter(search, from.edge, 0) &&
        reach(search, size, network->to[from.edge], network->length_m[from.edge] - from.along_m, SEED, limit_m))
        return -1;
    return may_enter(search, from.edge, 1) ? reach(search, size, network->from[from.edge], from.along_m, SEED, limit_m) : 0;
}

static int spread(cm_way_search *search, size_t *size, cm_heap_entry here, double limit_m)
{
    const cm_route_graph *graph = search->graph;

    for (size_t k = graph->start[here.node]; k < graph->start[here.node + 1]; k++) {
        const uint32_t end = graph->end[k];
        if (may_enter(search, end >> 1, end & 1) &&
            reach(search, size, cm_end_node(graph->network, end ^ 1), here.distance + graph->network->length_m[end >> 1], end, limit_m))
            return -1;
    }
    return 0;
}

/* The longest of the ways so far: nothing farther away is of use. */
static double longest(const double *length_m, size_t n, double limit_m)
{
    double most = 0.0;

    for (size_t i = 0; i < n; i++)
        most = length_m[i] > most ? length_m[i] : most;
    return most < limit_m ? most : limit_m;
}

int cm_way_lengths(cm_way_search *search, cm_way_place from, const cm_way_place *target, size_t n, double limit_m, double *length_m)
{
    const castmap_network *network = search->graph->network;
    size_t size = 0;

    next_round(search);
    for (size_t i = 0; i < n; i++) {
        length_m[i] = along_edge(search, from, target[i]);
        search->wanted[network->from[target[i].edge]] = search->round;
        search->wanted[network->to[target[i].edge]] = search->round;
    }
    double bound = longest(length_m, n, limit_m);
    if (begin(search, from, limit_m, &size))
        return -1;
    while (size > 0) {
        const cm_heap_entry here = pop(search, &size);
        if (here.distance >= bound)
            break;
        if (here.distance > search->distance[here.node])
            continue;
        if (search->wanted[here.node] == search->round) {
            for (size_t i = 0; i < n; i++) {
                for (uint32_t side = 0; side < 2; side++) {
                    if (cm_end_node(network, target[i].edge * 2 + side) != here.node)
                        continue;
                    const double way = over_edge(search, target[i], side);
                    length_m[i] = way < length_m[i] ? way : length_m[i];
                }
            }
            bound = longest(length_m, n, limit_m);
        }
        if (spread(search, &size, here, bound))
            return -1;
    }
    for (size_t i = 0; i < n; i++)
        length_m[i] = length_m[i] < limit_m ? length_m[i] : (double)INFINITY;
    return 0;
}

static int add_piece(cm_way_search *search, uint32_t edge, double from_m, double to_m)
{
    if (from_m == to_m)
        return 0;
    if (cm_grow(&search->piece, &search->piece_room, search->n_pieces + 1, sizeof *search->piece))
        return -1;
    search->piece[search->n_pieces++] = (cm_way_piece){edge, from_m, to_m};
    return 0;
}

/* Back from the target's edge, entered at `side`, to where the way began; the pieces are then turned round. */
static int trace_back(cm_way_search *search, cm_way_place from, cm_way_place target, uint32_t side)
{
    const castmap_network *network = search->graph->network;
    uint32_t node = cm_end_node(network, target.edge * 2 + side);

    if (add_piece(search, target.edge, side ? network->length_m[target.edge] : 0.0, target.along_m))
        return -1;
    while (search->via[node] != SEED) {
        const uint32_t end = search->via[node], edge = end >> 1;
        const double length = network->length_m[edge];
        if (add_piece(search, edge, end & 1 ? length : 0.0, end & 1 ? 0.0 : length))
            return -1;
        node = cm_end_node(network, end);
    }
    /* Which way the first edge was left: a loop's ends are one node, so its shorter part that is allowed. */
    const double rest = network->length_m[from.edge] - from.along_m;
    const bool last = network->to[from.edge] == node && may_enter(search, from.edge, 0) && search->distance[node] == rest;
    if (add_piece(search, from.edge, from.along_m, last ? network->length_m[from.edge] : 0.0))
        return -1;
    for (size_t i = 0, j = search->n_pieces; i + 1 < j; i++) {
        const cm_way_piece piece = search->piece[i];
        search->piece[i] = search->piece[--j];
        search->piece[j] = piece;
    }
    return 0;
}

int cm_way_trace(cm_way_search *search, cm_way_place from, cm_way_place target, double limit_m)
{
    double length = 0.0;

    search->n_pieces = 0;
    if (cm_way_lengths(search, from, &target, 1, limit_m, &length))
        return -1;
    if (along_edge(search, from, target) <= length)
        return add_piece(search, target.edge, from.along_m, target.along_m);
    return trace_back(search, from, target, over_edge(search, target, 0) <= length ? 0 : 1);
}
