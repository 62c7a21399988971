/*
 * analysis/routes/network_paths.c - distances along streets, and the shortest path.
 *
 * A search starts from the two ends of the edge a place lies on. What lies on another edge is come to by one of that edge's ends; what lies on the
 * same edge also straight along it.
 */
#include "castmap/network_paths.h"

#include "analysis/routes/route_graph.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool may_go(const castmap_network *network, uint32_t end, bool one_way)
{
    return !one_way || cm_end_open(network, end);
}

/* From the place to a node of its edge (side 0: the first), or from that node to the place when `arriving`. */
static double to_side(const castmap_network *network, castmap_network_place place, int side, bool one_way, bool arriving)
{
    const double d = side ? network->length_m[place.edge] - place.along_m : place.along_m;
    /* Going to the first node is travelling backward: the end that is left is the other one. */
    const uint32_t left = 2 * place.edge + (uint32_t)(arriving ? side : !side);

    return d <= 0.0 || may_go(network, left, one_way) ? d : (double)INFINITY;
}

static double straight(const castmap_network *network, castmap_network_place from, castmap_network_place to, bool one_way)
{
    const double d = to.along_m - from.along_m;

    if (from.edge != to.edge)
        return (double)INFINITY;
    return d == 0.0 || may_go(network, 2 * from.edge + (d < 0.0), one_way) ? fabs(d) : (double)INFINITY;
}

static int search_from(cm_search *search, const cm_route_graph *graph, castmap_network_place from, double limit_m)
{
    const castmap_network *network = graph->network;

    cm_search_begin(search, network->n_nodes);
    for (int side = 0; side < 2; side++) {
        const double d = to_side(network, from, side, search->one_way, false);
        if (d <= limit_m && d < (double)INFINITY &&
            cm_search_seed(search, cm_end_node(network, 2 * from.edge + (uint32_t)side), d))
            return -1;
    }
    return cm_search_run(search, graph, nextafter(limit_m, (double)INFINITY)); /* what is exactly so far is within */
}

/* By the first end, the last end, or straight (way 0, 1, 2); ties go to the straight way, then the first end. */
static double shortest(const cm_search *search, const castmap_network *network, castmap_network_place from, castmap_network_place to, int *way)
{
    double best = straight(network, from, to, search->one_way);

    *way = 2;
    for (int side = 0; side < 2; side++) {
        const double d = cm_search_distance(search, cm_end_node(network, 2 * to.edge + (uint32_t)side)) +
                         to_side(network, to, side, search->one_way, true);
        if (d < best) {
            best = d;
            *way = side;
        }
    }
    return best;
}

typedef struct distances {
    const castmap_network_events *from, *to;
    const cm_route_graph *graph;
    cm_search *search;   /* owned [threads] */
    double     limit_m;
    double    *distance;
} distances;

static castmap_status fill_rows(size_t begin, size_t end, unsigned worker, void *payload)
{
    const distances *job = payload;
    cm_search *search = &job->search[worker];
    int way;

    for (size_t i = begin; i < end; i++) {
        const castmap_network_place from = {job->from->edge[i], job->from->along_m[i]};
        double *row = job->distance + i * job->to->count;
        if (from.edge != CASTMAP_NO_EDGE && search_from(search, job->graph, from, job->limit_m))
            return CASTMAP_E_NOMEM;
        for (size_t j = 0; j < job->to->count; j++) {
            const castmap_network_place to = {job->to->edge[j], job->to->along_m[j]};
            const bool placed = from.edge != CASTMAP_NO_EDGE && to.edge != CASTMAP_NO_EDGE;
            const double d = placed ? shortest(search, job->graph->network, from, to, &way) : (double)INFINITY;
            row[j] = d <= job->limit_m ? d : (double)INFINITY;
        }
    }
    return CASTMAP_OK;
}

castmap_status castmap_network_distances(castmap_context *ctx, const castmap_network *network, const castmap_network_events *from,
                                         const castmap_network_events *to, bool one_way, double limit_m, double *distance)
{
    const unsigned threads = castmap_threads(ctx);
    cm_route_graph graph = {0};
    distances job = {from, to, &graph, NULL, limit_m, distance};
    castmap_status status;

    cm_fail_clear(ctx);
    if (!(limit_m > 0.0))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the farthest distance must be above 0");
    status = cm_route_graph_make(ctx, network, &graph);
    if (!status)
        status = cm_route_places_check(ctx, network, from);
    if (!status)
        status = cm_route_places_check(ctx, network, to);
    if (status)
        goto done;
    job.search = cm_alloc_zero(threads, sizeof *job.search);
    if (!job.search) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    for (unsigned k = 0; k < threads; k++) {
        if (cm_search_init(&job.search[k], network->n_nodes)) {
            status = cm_fail_memory(ctx);
            goto done;
        }
        job.search[k].one_way = one_way;
    }
    status = cm_parallel_workers(ctx, "measuring along streets", from->count, 8, fill_rows, &job);
    if (status == CASTMAP_E_NOMEM)
        status = cm_fail_memory(ctx);

done:
    for (unsigned k = 0; job.search && k < threads; k++)
        cm_search_clear(&job.search[k]);
    free(job.search);
    cm_route_graph_clear(&graph);
    return status;
}

void castmap_network_path_clear(castmap_network_path *path)
{
    free(path->piece);
    free(path->x);
    free(path->y);
    *path = (castmap_network_path)CASTMAP_NETWORK_PATH_INIT;
}

/* Pieces are found from the far end; pieces without length are left out. */
static int add_piece(castmap_network_path *path, size_t *room, uint32_t edge, double from_m, double to_m)
{
    if (from_m == to_m)
        return 0;
    if (cm_grow(&path->piece, room, path->count + 1, sizeof *path->piece))
        return -1;
    path->piece[path->count++] = (castmap_network_piece){edge, from_m, to_m};
    return 0;
}

static int trace(const cm_search *search, const castmap_network *network, castmap_network_place from, castmap_network_place to, int way,
                 castmap_network_path *path)
{
    size_t room = 0;

    if (way == 2) {
        if (add_piece(path, &room, from.edge, from.along_m, to.along_m))
            return -1;
    } else {
        uint32_t node = cm_end_node(network, 2 * to.edge + (uint32_t)way);
        if (add_piece(path, &room, to.edge, way ? network->length_m[to.edge] : 0.0, to.along_m))
            return -1;
        while (search->via[node] != CM_VIA_SEED) {
            const uint32_t left = search->via[node];
            const double length = network->length_m[left >> 1];
            if (add_piece(path, &room, left >> 1, left & 1 ? length : 0.0, left & 1 ? 0.0 : length))
                return -1;
            node = cm_end_node(network, left);
        }
        /* Both ends of a loop are at the node: the nearer one was used. */
        double d[2];
        for (int side = 0; side < 2; side++)
            d[side] = cm_end_node(network, 2 * from.edge + (uint32_t)side) == node ? to_side(network, from, side, search->one_way, false)
                                                                                  : (double)INFINITY;
        if (add_piece(path, &room, from.edge, from.along_m, d[1] < d[0] ? network->length_m[from.edge] : 0.0))
            return -1;
    }
    if (path->count == 0) {
        if (cm_grow(&path->piece, &room, 1, sizeof *path->piece))
            return -1;
        path->piece[path->count++] = (castmap_network_piece){to.edge, to.along_m, to.along_m};
    }
    for (size_t i = 0; i < path->count / 2; i++) {
        const castmap_network_piece kept = path->piece[i];
        path->piece[i] = path->piece[path->count - 1 - i];
        path->piece[path->count - 1 - i] = kept;
    }
    return 0;
}

/* The pieces' lines one after another; a vertex where two meet is taken once. */
static int draw(const castmap_network *network, castmap_network_path *path)
{
    size_t most = 0;

    if (!network->vertex_start)
        return 0;
    for (size_t i = 0; i < path->count; i++)
        most += castmap_network_piece_vertices(network, path->piece[i]);
    path->x = cm_alloc(most, sizeof *path->x);
    path->y = cm_alloc(most, sizeof *path->y);
    if (!path->x || !path->y)
        return -1;
    for (size_t i = 0; i < path->count; i++) {
        const size_t at = path->n_vertices - (i > 0);
        path->n_vertices = at + castmap_network_piece_line(network, path->piece[i], path->x + at, path->y + at);
    }
    return 0;
}

castmap_status castmap_network_path_find(castmap_context *ctx, const castmap_network *network, castmap_network_place from,
                                         castmap_network_place to, bool one_way, castmap_network_path *out)
{
    castmap_network_path path = CASTMAP_NETWORK_PATH_INIT;
    cm_route_graph graph = {0};
    cm_search search = {0};
    castmap_status status;
    int way;

    cm_fail_clear(ctx);
    if (!cm_place_exists(network, from.edge, from.along_m) || !cm_place_exists(network, to.edge, to.along_m))
        return cm_fail(ctx, CASTMAP_E_DATA, "an end of the path lies on no street");
    status = cm_route_graph_make(ctx, network, &graph);
    if (status)
        goto done;
    if (cm_search_init(&search, network->n_nodes) || cm_search_keep_ways(&search, network->n_nodes)) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    search.one_way = one_way;
    if (search_from(&search, &graph, from, (double)INFINITY)) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    path.length_m = shortest(&search, network, from, to, &way);
    if (!isfinite(path.length_m)) {
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "no street leads from the one place to the other%s", one_way ? " in the directions allowed" : "");
        goto done;
    }
    if (trace(&search, network, from, to, way, &path) || draw(network, &path)) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    *out = path;
    path = (castmap_network_path)CASTMAP_NETWORK_PATH_INIT;

done:
    castmap_network_path_clear(&path);
    cm_search_clear(&search);
    cm_route_graph_clear(&graph);
    return status;
}
