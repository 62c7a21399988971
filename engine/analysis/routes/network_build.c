/*
 * analysis/routes/network_build.c - lines into a network.
 *
 *   1. take_vertices      whole millimetres; a vertex that repeats the one before is left out
 *   2. network_joins      new vertices where lines cross, ends led to the street that they miss (only where asked)
 *   3. number_nodes       ends, and places that several lines have in common
 *   4. cut_edges          from node to node
 *   5. drop_doubles       the same way drawn twice is one edge
 */
#include "analysis/routes/network_build.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NO_NODE UINT32_MAX
#define MOST_VERTICES ((size_t)1 << 31)

/* Edges while they are cut: vertices [first, last] of the lines. */
typedef struct cut_edge {
    uint32_t first, last, from, to;
    uint8_t  way;
    bool     dropped;
} cut_edge;

typedef struct build {
    castmap_context       *ctx;
    cm_street_vertices     vertices;
    castmap_network_report report;
    uint32_t *node;       /* owned [vertices.count] or NO_NODE */
    uint64_t *node_place; /* owned [n_nodes] */
    size_t    n_nodes;
    cut_edge *edge;       /* owned */
    size_t    n_edges, edge_room;
} build;

void castmap_network_clear(castmap_network *network)
{
    if (!network)
        return;
    free(network->node_x);
    free(network->node_y);
    free(network->from);
    free(network->to);
    free(network->length_m);
    free(network->way);
    free(network->line);
    free(network->vertex_start);
    free(network->x);
    free(network->y);
    *network = (castmap_network)CASTMAP_NETWORK_INIT;
}

static castmap_status find_corner(build *b)
{
    const castmap_street_lines *lines = b->vertices.lines;
    const size_t n = lines->count ? lines->start[lines->count] : 0;
    double west = INFINITY, south = INFINITY, east = -INFINITY, north = -INFINITY;

    if (n > MOST_VERTICES || lines->count > UINT32_MAX)
        return cm_fail(b->ctx, CASTMAP_E_LIMIT, "a street network may have at most 2,000 million vertices");
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(lines->x[i]) || !isfinite(lines->y[i]))
            return cm_fail(b->ctx, CASTMAP_E_DATA, "a street has a vertex without coordinates");
        west = fmin(west, lines->x[i]);
        east = fmax(east, lines->x[i]);
        south = fmin(south, lines->y[i]);
        north = fmax(north, lines->y[i]);
    }
    if (n == 0)
        return cm_fail(b->ctx, CASTMAP_E_DATA, "there is no street");
    if ((east - west) / CASTMAP_NETWORK_GRAIN_M > 4e9 || (north - south) / CASTMAP_NETWORK_GRAIN_M > 4e9)
        return cm_fail(b->ctx, CASTMAP_E_LIMIT, "the streets reach over more than 4,000 km");
    b->vertices.west = llround(west / CASTMAP_NETWORK_GRAIN_M);
    b->vertices.south = llround(south / CASTMAP_NETWORK_GRAIN_M);
    return CASTMAP_OK;
}

static castmap_status take_vertices(build *b)
{
    cm_street_vertices *v = &b->vertices;
    const castmap_street_lines *lines = v->lines;
    castmap_status status = find_corner(b);

    if (status)
        return status;
    v->place = cm_alloc(lines->start[lines->count], sizeof *v->place);
    v->line = cm_alloc(lines->start[lines->count], sizeof *v->line);
    if (!v->place || !v->line)
        return cm_fail_memory(b->ctx);
    for (size_t line = 0; line < lines->count; line++) {
        const size_t first = v->count;
        for (size_t i = lines->start[line]; i < lines->start[line + 1]; i++) {
            const int64_t east = llround(lines->x[i] / CASTMAP_NETWORK_GRAIN_M) - v->west;
            const int64_t north = llround(lines->y[i] / CASTMAP_NETWORK_GRAIN_M) - v->south;
            const uint64_t place = (uint64_t)east << 32 | (uint64_t)north;
            if (v->count > first && v->place[v->count - 1] == place)
                continue;
            v->place[v->count] = place;
            v->line[v->count++] = (uint32_t)line;
        }
        if (v->count < first + 2) {
            v->count = first;
            b->report.lines_without_length++;
        }
    }
    b->report.lines = lines->count;
    return v->count ? CASTMAP_OK : cm_fail(b->ctx, CASTMAP_E_DATA, "no street has a length");
}

/* Does any line end at this place on this level? */
static bool ends_on(const cm_street_vertices *v, const uint32_t *order, size_t first, size_t last, int level)
{
    for (size_t i = first; i < last; i++)
        if (cm_line_level(v, v->line[order[i]]) == level && cm_is_line_end(v, order[i]))
            return true;
    return false;
}

/*
 * Vertices of one place: order[first..last). Those of a level meet. Levels on which lines end meet one another, for that is how a bridge comes down; an end that is
 * alone meets all. What passes over or under, meets nothing.
 */
static void number_place(build *b, const uint32_t *order, size_t first, size_t last)
{
    const cm_street_vertices *v = &b->vertices;
    size_t ending = 0;
    bool apart = false;

    for (size_t i = first; i < last; i++)
        ending += ends_on(v, order, first, last, cm_line_level(v, v->line[order[i]]));
    for (size_t i = first; i < last; i++) {
        const int level = cm_line_level(v, v->line[order[i]]);
        const bool ends = ends_on(v, order, first, last, level), all = ending == 1;
        size_t meeting = 0;
        if (b->node[order[i]] != NO_NODE)
            continue;
        for (int pass = 0; pass < 2; pass++) {
            for (size_t j = first; j < last; j++) {
                const int other = cm_line_level(v, v->line[order[j]]);
                if (!(all || other == level || (ends && ends_on(v, order, first, last, other))))
                    continue;
                if (pass == 0)
                    meeting++;
                else
                    b->node[order[j]] = (uint32_t)b->n_nodes;
            }
            if (pass == 0 && meeting < 2 && !ends)
                break;
            if (pass == 1)
                b->node_place[b->n_nodes++] = v->place[order[i]];
        }
        apart = apart || meeting < last - first;
    }
    b->report.kept_apart += apart;
}

static castmap_status number_nodes(build *b)
{
    const cm_street_vertices *v = &b->vertices;
    uint64_t *place = cm_alloc(v->count, sizeof *place);
    uint32_t *order = cm_alloc(v->count, sizeof *order);
    castmap_status status = CASTMAP_OK;

    b->node = cm_alloc(v->count, sizeof *b->node);
    b->node_place = cm_alloc(v->count, sizeof *b->node_place);
    if (!place || !order || !b->node || !b->node_place) {
        status = cm_fail_memory(b->ctx);
        goto done;
    }
    memcpy(place, v->place, v->count * sizeof *place);
    for (size_t i = 0; i < v->count; i++) {
        order[i] = (uint32_t)i;
        b->node[i] = NO_NODE;
    }
    status = cm_sort_u64(b->ctx, place, order, v->count);
    for (size_t first = 0, last; first < v->count && !status; first = last) {
        for (last = first + 1; last < v->count && place[last] == place[first]; last++)
            ;
        number_place(b, order, first, last);
    }

done:
    free(place);
    free(order);
    return status;
}

static castmap_status cut_edges(build *b)
{
    const cm_street_vertices *v = &b->vertices;
    size_t first = 0;

    for (size_t i = 1; i < v->count; i++) {
        if (v->line[i] != v->line[i - 1]) {
            first = i;
            continue;
        }
        if (b->node[i] == NO_NODE)
            continue;
        if (cm_grow(&b->edge, &b->edge_room, b->n_edges + 1, sizeof *b->edge) != 0)
            return cm_fail_memory(b->ctx);
        b->edge[b->n_edges++] = (cut_edge){(uint32_t)first, (uint32_t)i, b->node[first], b->node[i],
                                           v->lines->way ? v->lines->way[v->line[i]] : CASTMAP_WAY_BOTH, false};
        first = i;
    }
    return CASTMAP_OK;
}

/* 1: the same vertices in the same direction, -1: in the other, 0: not the same. */
static int same_way(const build *b, const cut_edge *p, const cut_edge *q)
{
    const uint64_t *a = b->vertices.place + p->first, *c = b->vertices.place + q->first;
    const size_t n = p->last - p->first + 1;
    bool forward = p->from == q->from && p->to == q->to, backward = p->from == q->to && p->to == q->from;

    if (q->last - q->first + 1 != n)
        return 0;
    for (size_t i = 0; i < n && (forward || backward); i++) {
        forward = forward && a[i] == c[i];
        backward = backward && a[i] == c[n - 1 - i];
    }
    return forward ? 1 : backward ? -1 : 0;
}

/* The same for both directions. */
static uint64_t digest_edge(const build *b, const cut_edge *e)
{
    uint64_t sum = 0;

    for (size_t i = e->first; i <= e->last; i++) {
        uint64_t mixed = b->vertices.place[i] + UINT64_C(0x9E3779B97F4A7C15);
        mixed = (mixed ^ mixed >> 31) * UINT64_C(0xBF58476D1CE4E5B9);
        sum += mixed ^ mixed >> 29;
    }
    return sum;
}

static uint8_t both_ways(uint8_t way, uint8_t other, int direction)
{
    if (direction < 0 && other != CASTMAP_WAY_BOTH)
        other = other == CASTMAP_WAY_FORWARD ? CASTMAP_WAY_BACKWARD : CASTMAP_WAY_FORWARD;
    return way == other ? way : CASTMAP_WAY_BOTH;
}

static castmap_status drop_doubles(build *b)
{
    uint64_t *digest = cm_alloc(b->n_edges, sizeof *digest);
    uint32_t *order = cm_alloc(b->n_edges, sizeof *order);
    castmap_status status;

    if (!digest || !order) {
        status = cm_fail_memory(b->ctx);
        goto done;
    }
    for (size_t e = 0; e < b->n_edges; e++) {
        digest[e] = digest_edge(b, &b->edge[e]);
        order[e] = (uint32_t)e;
    }
    status = cm_sort_u64(b->ctx, digest, order, b->n_edges);
    for (size_t first = 0, last; first < b->n_edges && !status; first = last) {
        for (last = first + 1; last < b->n_edges && digest[last] == digest[first]; last++)
            ;
        for (size_t i = first; i < last; i++) {
            cut_edge *kept = &b->edge[order[i]];
            for (size_t j = i + 1; j < last && !kept->dropped; j++) {
                cut_edge *other = &b->edge[order[j]];
                const int direction = other->dropped ? 0 : same_way(b, kept, other);
                if (direction == 0)
                    continue;
                kept->way = both_ways(kept->way, other->way, direction);
                other->dropped = true;
                b->report.doubled++;
            }
        }
    }

done:
    free(digest);
    free(order);
    return status;
}

static castmap_status alloc_network(build *b, size_t n_edges, size_t n_vertices, castmap_network *out)
{
    out->node_x = cm_alloc(b->n_nodes, sizeof *out->node_x);
    out->node_y = cm_alloc(b->n_nodes, sizeof *out->node_y);
    out->from = cm_alloc(n_edges, sizeof *out->from);
    out->to = cm_alloc(n_edges, sizeof *out->to);
    out->length_m = cm_alloc(n_edges, sizeof *out->length_m);
    out->way = cm_alloc(n_edges, sizeof *out->way);
    out->line = cm_alloc(n_edges, sizeof *out->line);
    out->vertex_start = cm_alloc(n_edges + 1, sizeof *out->vertex_start);
    out->x = cm_alloc(n_vertices, sizeof *out->x);
    out->y = cm_alloc(n_vertices, sizeof *out->y);
    return out->node_x && out->node_y && out->from && out->to && out->length_m && out->way && out->line && out->vertex_start &&
           out->x && out->y ? CASTMAP_OK : cm_fail_memory(b->ctx);
}

static castmap_status make_network(build *b, castmap_network *out)
{
    const cm_street_vertices *v = &b->vertices;
    size_t n_edges = 0, n_vertices = 0, at = 0;
    castmap_status status;

    for (size_t e = 0; e < b->n_edges; e++) {
        n_edges += !b->edge[e].dropped;
        n_vertices += b->edge[e].dropped ? 0 : b->edge[e].last - b->edge[e].first + 1;
    }
    status = alloc_network(b, n_edges, n_vertices, out);
    if (status)
        return status;
    out->n_nodes = b->n_nodes;
    for (size_t i = 0; i < b->n_nodes; i++) {
        out->node_x[i] = cm_place_x(v, b->node_place[i]);
        out->node_y[i] = cm_place_y(v, b->node_place[i]);
    }
    out->vertex_start[0] = 0;
    for (size_t e = 0; e < b->n_edges; e++) {
        const cut_edge *edge = &b->edge[e];
        const size_t k = out->n_edges;
        if (edge->dropped)
            continue;
        out->from[k] = edge->from;
        out->to[k] = edge->to;
        out->way[k] = edge->way;
        out->line[k] = v->line[edge->first];
        out->length_m[k] = 0.0;
        for (size_t i = edge->first; i <= edge->last; i++, at++) {
            out->x[at] = cm_place_x(v, v->place[i]);
            out->y[at] = cm_place_y(v, v->place[i]);
            if (i > edge->first)
                out->length_m[k] += hypot(out->x[at] - out->x[at - 1], out->y[at] - out->y[at - 1]);
        }
        out->vertex_start[++out->n_edges] = at;
    }
    return CASTMAP_OK;
}

castmap_status castmap_network_build(castmap_context *ctx, const castmap_street_lines *lines, const castmap_network_options *options,
                                     castmap_network *out, castmap_network_report *report)
{
    build b = {.ctx = ctx, .vertices = {.lines = lines}};
    castmap_network made = CASTMAP_NETWORK_INIT;
    castmap_status status;

    cm_fail_clear(ctx);
    if (options->version != CASTMAP_NETWORK_OPTIONS_VERSION)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "options of another version");
    if (!(options->join_m >= 0.0 && options->join_m <= 100.0))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "ends can be joined over 0 to 100 m");
    cm_progress(ctx, "Joining streets", 0.0);
    status = take_vertices(&b);
    if (!status && options->at_crossings)
        status = cm_join_crossings(ctx, &b.vertices, &b.report);
    if (!status)
        status = cm_join_ends(ctx, &b.vertices, options->join_m, &b.report);
    cm_progress(ctx, "Joining streets", 0.6);
    if (!status)
        status = cm_cancelled(ctx) ? cm_fail_cancelled(ctx) : number_nodes(&b);
    if (!status)
        status = cut_edges(&b);
    if (!status)
        status = drop_doubles(&b);
    if (!status)
        status = make_network(&b, &made);
    if (!status && report)
        status = cm_network_describe(ctx, &made, &b.report);
    if (!status) {
        *out = made;
        made = (castmap_network)CASTMAP_NETWORK_INIT;
        if (report)
            *report = b.report;
    }
    castmap_network_clear(&made);
    free(b.vertices.place);
    free(b.vertices.line);
    free(b.node);
    free(b.node_place);
    free(b.edge);
    return status;
}
