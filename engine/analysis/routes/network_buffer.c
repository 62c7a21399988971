/*
 * analysis/routes/network_buffer.c - the streets within reach of pieces of edges.
 *
 * One search from the ends of all pieces at once gives every node its distance. An edge is then covered from its first node as far as that leaves room,
 * from its last node likewise, and around the pieces that lie on it.
 */
#include "castmap/network_paths.h"

#include "analysis/routes/route_graph.h"
#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

typedef struct reach {
    const castmap_network *network;
    double         radius_m;
    bool           one_way;
    castmap_network_piece *core; /* owned [n_core] from_m <= to_m, by edge, then from_m */
    size_t         n_core;
    cm_route_graph graph;
    cm_search      search;
} reach;

void castmap_network_buffer_clear(castmap_network_buffer *buffer)
{
    free(buffer->piece);
    *buffer = (castmap_network_buffer)CASTMAP_NETWORK_BUFFER_INIT;
}

static int compare(const void *left, const void *right)
{
    const castmap_network_piece *a = left, *b = right;

    if (a->edge != b->edge)
        return a->edge < b->edge ? -1 : 1;
    if (a->from_m != b->from_m)
        return a->from_m < b->from_m ? -1 : 1;
    return (a->to_m > b->to_m) - (a->to_m < b->to_m);
}

static bool may_go(const reach *r, uint32_t edge, bool backward)
{
    return !r->one_way || cm_end_open(r->network, 2 * edge + backward);
}

static castmap_status take_core(castmap_context *ctx, reach *r, const castmap_network_piece *pieces)
{
    r->core = cm_alloc(r->n_core, sizeof *r->core);
    if (!r->core)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < r->n_core; i++) {
        const castmap_network_piece p = pieces[i];
        if (!cm_place_exists(r->network, p.edge, p.from_m) || !cm_place_exists(r->network, p.edge, p.to_m))
            return cm_fail(ctx, CASTMAP_E_DATA, "piece %zu lies outside its street", i);
        r->core[i] = (castmap_network_piece){p.edge, fmin(p.from_m, p.to_m), fmax(p.from_m, p.to_m)};
    }
    qsort(r->core, r->n_core, sizeof *r->core, compare);
    return CASTMAP_OK;
}

static int search_around(reach *r)
{
    cm_search_begin(&r->search, r->network->n_nodes);
    for (size_t i = 0; i < r->n_core; i++) {
        const castmap_network_piece p = r->core[i];
        const double d[2] = {p.from_m, r->network->length_m[p.edge] - p.to_m};
        for (uint32_t side = 0; side < 2; side++) {
            if (d[side] <= r->radius_m && (d[side] <= 0.0 || may_go(r, p.edge, side == 0)) &&
                cm_search_seed(&r->search, cm_end_node(r->network, 2 * p.edge + side), d[side]))
                return -1;
        }
    }
    return cm_search_run(&r->search, &r->graph, nextafter(r->radius_m, (double)INFINITY));
}

/* The first core piece on an edge, or of a later one. */
static size_t first_core(const reach *r, uint32_t edge)
{
    size_t low = 0, high = r->n_core;

    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (r->core[middle].edge < edge)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static double node_distance(const reach *r, uint32_t edge, uint32_t side)
{
    return cm_search_distance(&r->search, cm_end_node(r->network, 2 * edge + side));
}

static double place_distance(const reach *r, uint32_t edge, double along_m)
{
    const double length = r->network->length_m[edge];
    double best = (double)INFINITY;

    if (along_m <= 0.0 || may_go(r, edge, false))
        best = node_distance(r, edge, 0) + along_m;
    if (along_m >= length || may_go(r, edge, true))
        best = fmin(best, node_distance(r, edge, 1) + (length - along_m));
    for (size_t i = first_core(r, edge); i < r->n_core && r->core[i].edge == edge; i++) {
        const double after = along_m - r->core[i].to_m, before = r->core[i].from_m - along_m;
        if (after <= 0.0 && before <= 0.0)
            return 0.0;
        if (may_go(r, edge, before > 0.0))
            best = fmin(best, fmax(after, before));
    }
    return best <= r->radius_m ? best : (double)INFINITY;
}

typedef struct pieces {
    castmap_network_buffer made;
    size_t room, edge_begin; /* pieces of the present edge begin there */
} pieces;

static int cover(pieces *p, uint32_t edge, double from_m, double to_m)
{
    if (!(to_m > from_m))
        return 0;
    if (cm_grow(&p->made.piece, &p->room, p->made.count + 1, sizeof *p->made.piece))
        return -1;
    p->made.piece[p->made.count++] = (castmap_network_piece){edge, from_m, to_m};
    return 0;
}

static void join_edge(pieces *p)
{
    castmap_network_piece *piece = p->made.piece;
    size_t n = p->edge_begin;

    if (p->made.count > p->edge_begin)
        qsort(piece + n, p->made.count - n, sizeof *piece, compare);
    for (size_t i = p->edge_begin; i < p->made.count; i++) {
        if (n > p->edge_begin && piece[i].from_m <= piece[n - 1].to_m)
            piece[n - 1].to_m = fmax(piece[n - 1].to_m, piece[i].to_m);
        else
            piece[n++] = piece[i];
    }
    for (size_t i = p->edge_begin; i < n; i++)
        p->made.length_m += piece[i].to_m - piece[i].from_m;
    p->made.count = p->edge_begin = n;
}

static int cover_edge(const reach *r, uint32_t edge, size_t *core, pieces *p)
{
    const double length = r->network->length_m[edge], h = r->radius_m;
    const double left = h - node_distance(r, edge, 0), right = h - node_distance(r, edge, 1);

    if (left > 0.0 && may_go(r, edge, false) && cover(p, edge, 0.0, fmin(left, length)))
        return -1;
    if (right > 0.0 && may_go(r, edge, true) && cover(p, edge, fmax(length - right, 0.0), length))
        return -1;
    for (; *core < r->n_core && r->core[*core].edge == edge; (*core)++) {
        const castmap_network_piece c = r->core[*core];
        if (cover(p, edge, may_go(r, edge, true) ? fmax(c.from_m - h, 0.0) : c.from_m,
                  may_go(r, edge, false) ? fmin(c.to_m + h, length) : c.to_m))
            return -1;
    }
    join_edge(p);
    return 0;
}

castmap_status castmap_network_buffer_make(castmap_context *ctx, const castmap_network *network, const castmap_network_piece *list,
                                           size_t n_pieces, bool one_way, double radius_m, const castmap_network_events *events,
                                           double *distance, castmap_network_buffer *out)
{
    reach r = {.network = network, .radius_m = radius_m, .one_way = one_way, .n_core = n_pieces};
    pieces found = {.made = CASTMAP_NETWORK_BUFFER_INIT};
    castmap_status status;

    cm_fail_clear(ctx);
    if (!(radius_m > 0.0) || !isfinite(radius_m) || n_pieces == 0)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the reach along streets needs a start and a distance above 0");
    status = cm_route_graph_make(ctx, network, &r.graph);
    if (!status)
        status = take_core(ctx, &r, list);
    if (!status && events)
        status = cm_route_places_check(ctx, network, events);
    if (status)
        goto done;
    if (cm_search_init(&r.search, network->n_nodes)) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    r.search.one_way = one_way;
    if (search_around(&r)) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    size_t core = 0;
    for (size_t e = 0; out && e < network->n_edges; e++) {
        if (cover_edge(&r, (uint32_t)e, &core, &found)) {
            status = cm_fail_memory(ctx);
            goto done;
        }
    }
    for (size_t i = 0; events && i < events->count; i++)
        distance[i] = events->edge[i] == CASTMAP_NO_EDGE ? (double)INFINITY : place_distance(&r, events->edge[i], events->along_m[i]);
    if (out) {
        *out = found.made;
        found.made = (castmap_network_buffer)CASTMAP_NETWORK_BUFFER_INIT;
    }

done:
    castmap_network_buffer_clear(&found.made);
    cm_search_clear(&r.search);
    cm_route_graph_clear(&r.graph);
    free(r.core);
    return status;
}
