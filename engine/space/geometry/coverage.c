/*
 * space/geometry/coverage.c - simpler outlines whose shared borders stay shared.
 *
 *   1. name_vertices   equal coordinates get one number
 *   2. find_nodes      a node is a vertex with other than two neighbours over all rings: where borders meet
 *   3. cut_arcs        rings fall into arcs between nodes; the same border seen from both sides is one arc
 *   4. thin_arcs       Douglas-Peucker keeps vertices further than the tolerance from the chord, once per arc
 *   5. restore_collapsed, assemble   what survives is marked by place, not by ring, so both sides of a border keep the same vertices; a ring that would
 *                      collapse gets all of its own back, and its neighbours with it
 *
 * A ring without nodes (an island) is cut at its lowest vertex in order of x, then y, so the result does not depend on where the ring began.
 *
 * Source: D. Douglas, T. Peucker (1973), "Algorithms for the reduction of the number of points required to represent a digitized line", The
 * Canadian Cartographer 10(2), pp. 112-122.
 */
#include "base/fail.h"
#include "base/memory.h"
#include "space/geometry/geos.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#define NONE SIZE_MAX

typedef struct arc {
    size_t ring, first, last; /* vertex positions in the ring, first < last; last may pass the ring's end by going round */
    size_t key_a, key_b;      /* node and next vertex, from the end that is lower */
    size_t number;            /* of the distinct border */
    bool   reversed;          /* against the direction of the key */
} arc;

typedef struct coverage {
    const castmap_polygons *p;
    double  tolerance;
    size_t  vertices, rings;
    size_t *name;      /* [vertices] lowest index with the same coordinates */
    size_t (*near)[2]; /* [vertices] two neighbours of a name, or NONE */
    bool   *node;      /* [vertices] of a name */
    bool   *kept;      /* [vertices] of a name: survives the thinning */
    arc    *arcs;      /* in order of ring */
    size_t  n_arcs, capacity;
} coverage;

static int by_place(const void *a, const void *b, void *payload)
{
    const castmap_polygons *p = payload;
    const size_t i = *(const size_t *)a, j = *(const size_t *)b;

    if (p->x[i] < p->x[j] || p->x[i] > p->x[j])
        return p->x[i] < p->x[j] ? -1 : 1;
    if (p->y[i] < p->y[j] || p->y[i] > p->y[j])
        return p->y[i] < p->y[j] ? -1 : 1;
    return (i > j) - (i < j);
}

/* Names are ranks in order of x, then y: comparing names compares places. */
static int name_vertices(coverage *c)
{
    const castmap_polygons *p = c->p;
    size_t *order = cm_alloc(c->vertices, sizeof *order);
    castmap_polygons borrowed = *p;

    if (!order)
        return -1;
    for (size_t i = 0; i < c->vertices; i++)
        order[i] = i;
    qsort_r(order, c->vertices, sizeof *order, by_place, &borrowed);
    for (size_t i = 0, name = 0; i < c->vertices; i++) {
        const size_t here = order[i], last = i ? order[i - 1] : here;
        if (i && (p->x[here] > p->x[last] || p->y[here] > p->y[last] || p->y[here] < p->y[last]))
            name++;
        c->name[here] = name;
    }
    free(order);
    return 0;
}

static void add_neighbour(coverage *c, size_t vertex, size_t other)
{
    if (vertex == other || c->near[vertex][0] == other || c->near[vertex][1] == other)
        return;
    if (c->near[vertex][0] == NONE)
        c->near[vertex][0] = other;
    else if (c->near[vertex][1] == NONE)
        c->near[vertex][1] = other;
    else
        c->node[vertex] = true;
}

static void find_nodes(coverage *c)
{
    for (size_t i = 0; i < c->vertices; i++)
        c->near[i][0] = c->near[i][1] = NONE;
    for (size_t ring = 0; ring < c->rings; ring++) {
        for (size_t i = c->p->vertex_start[ring]; i + 1 < c->p->vertex_start[ring + 1]; i++) {
            add_neighbour(c, c->name[i], c->name[i + 1]);
            add_neighbour(c, c->name[i + 1], c->name[i]);
        }
    }
    for (size_t ring = 0; ring < c->rings; ring++) {
        const size_t first = c->p->vertex_start[ring], end = c->p->vertex_start[ring + 1];
        size_t lowest = NONE;
        bool has_node = false;

        for (size_t i = first; i + 1 < end; i++) {
            has_node = has_node || c->node[c->name[i]];
            if (lowest == NONE || c->name[i] < lowest)
                lowest = c->name[i];
        }
        if (!has_node && lowest != NONE)
            c->node[lowest] = true;
    }
}

/* Vertex at position i of a ring of n different vertices, going round. */
static size_t at(const coverage *c, size_t ring, size_t i)
{
    const size_t first = c->p->vertex_start[ring], n = c->p->vertex_start[ring + 1] - first - 1;

    return first + i % n;
}

static int cut_ring(coverage *c, size_t ring)
{
    const size_t count = c->p->vertex_start[ring + 1] - c->p->vertex_start[ring], n = count ? count - 1 : 0;
    size_t start = 0, from;

    if (n == 0)
        return 0;
    while (start < n && !c->node[c->name[at(c, ring, start)]])
        start++;
    from = start;
    for (size_t i = start + 1; i <= start + n; i++) {
        if (!c->node[c->name[at(c, ring, i)]])
            continue;
        const size_t a = c->name[at(c, ring, from)], b = c->name[at(c, ring, from + 1)];
        const size_t z = c->name[at(c, ring, i)], y = c->name[at(c, ring, i - 1)];
        const bool reversed = z < a || (z == a && y < b);
        if (cm_grow(&c->arcs, &c->capacity, c->n_arcs + 1, sizeof *c->arcs) != 0)
            return -1;
        c->arcs[c->n_arcs++] = (arc){ring, from, i, reversed ? z : a, reversed ? y : b, 0, reversed};
        from = i;
    }
    return 0;
}

static int by_key(const void *a, const void *b)
{
    const arc *p = *(arc *const *)a, *q = *(arc *const *)b;

    if (p->key_a != q->key_a)
        return p->key_a < q->key_a ? -1 : 1;
    if (p->key_b != q->key_b)
        return p->key_b < q->key_b ? -1 : 1;
    return (p > q) - (p < q);
}

static int cut_arcs(coverage *c)
{
    arc **order;

    for (size_t ring = 0; ring < c->rings; ring++)
        if (cut_ring(c, ring) != 0)
            return -1;
    order = cm_alloc(c->n_arcs, sizeof *order);
    if (!order)
        return -1;
    for (size_t i = 0; i < c->n_arcs; i++)
        order[i] = &c->arcs[i];
    qsort(order, c->n_arcs, sizeof(arc *), by_key);
    for (size_t i = 0, number = 0; i < c->n_arcs; i++) {
        if (i && (order[i]->key_a != order[i - 1]->key_a || order[i]->key_b != order[i - 1]->key_b))
            number++;
        order[i]->number = number;
    }
    free(order);
    return 0;
}

/* Position k steps along an arc in the direction of its key. */
static size_t along(const coverage *c, const arc *a, size_t k)
{
    return at(c, a->ring, a->reversed ? a->last - k : a->first + k);
}

static double off_chord(const castmap_polygons *p, size_t i, size_t a, size_t b)
{
    const double dx = p->x[b] - p->x[a], dy = p->y[b] - p->y[a], length2 = dx * dx + dy * dy;
    double t = 0.0;

    if (length2 > 0.0)
        t = fmin(1.0, fmax(0.0, ((p->x[i] - p->x[a]) * dx + (p->y[i] - p->y[a]) * dy) / length2));
    return hypot(p->x[i] - p->x[a] - t * dx, p->y[i] - p->y[a] - t * dy);
}

/* Marks what survives of one arc. Depth is bounded by a list of open pieces instead of recursion. */
static int thin(coverage *c, const arc *a, size_t **stack, size_t *capacity)
{
    const size_t length = a->last - a->first;
    size_t depth = 0;

    if (cm_grow(stack, capacity, 4 * length + 8, sizeof **stack) != 0)
        return -1;
    (*stack)[depth++] = 0;
    (*stack)[depth++] = length;
    while (depth > 0) {
        const size_t end = (*stack)[--depth], begin = (*stack)[--depth];
        const size_t from = along(c, a, begin), to = along(c, a, end);
        double worst = c->tolerance;
        size_t farthest = NONE;

        c->kept[c->name[from]] = c->kept[c->name[to]] = true;
        for (size_t k = begin + 1; k < end; k++) {
            const double off = off_chord(c->p, along(c, a, k), from, to);
            if (off > worst) {
                worst = off;
                farthest = k;
            }
        }
        if (farthest == NONE)
            continue;
        (*stack)[depth++] = begin;
        (*stack)[depth++] = farthest;
        (*stack)[depth++] = farthest;
        (*stack)[depth++] = end;
    }
    return 0;
}

static int thin_arcs(coverage *c)
{
    size_t *stack = NULL, capacity = 0;
    bool *done = cm_alloc_zero(c->n_arcs, sizeof *done);
    int result = done ? 0 : -1;

    for (size_t i = 0; i < c->n_arcs && result == 0; i++) {
        if (done[c->arcs[i].number])
            continue;
        done[c->arcs[i].number] = true;
        result = thin(c, &c->arcs[i], &stack, &capacity);
    }
    free(stack);
    free(done);
    return result;
}

static size_t kept_in_ring(const coverage *c, size_t ring)
{
    size_t n = 0;

    for (size_t i = c->p->vertex_start[ring]; i + 1 < c->p->vertex_start[ring + 1]; i++)
        n += c->kept[c->name[i]];
    return n;
}

/* Rings of fewer than three vertices get all of theirs back, and so does whoever shares them; that can only help others. */
static void restore_collapsed(coverage *c)
{
    for (size_t ring = 0; ring < c->rings; ring++)
        if (kept_in_ring(c, ring) < 3)
            for (size_t i = c->p->vertex_start[ring]; i < c->p->vertex_start[ring + 1]; i++)
                c->kept[c->name[i]] = true;
}

static int assemble(const coverage *c, cm_polygon_set *out)
{
    const castmap_polygons *p = c->p;

    for (size_t feature = 0; feature < p->count; feature++) {
        if (cm_polygon_set_feature(out) != 0)
            return -1;
        for (size_t part = p->part_start[feature]; part < p->part_start[feature + 1]; part++) {
            if (cm_polygon_set_part(out) != 0)
                return -1;
            for (size_t ring = p->ring_start[part]; ring < p->ring_start[part + 1]; ring++) {
                const size_t first = p->vertex_start[ring], end = p->vertex_start[ring + 1];
                size_t start = NONE;
                if (cm_polygon_set_ring(out) != 0)
                    return -1;
                for (size_t i = first; i + 1 < end; i++) {
                    if (!c->kept[c->name[i]])
                        continue;
                    start = start == NONE ? i : start;
                    if (cm_polygon_set_vertex(out, p->x[i], p->y[i]) != 0)
                        return -1;
                }
                if (start != NONE && cm_polygon_set_vertex(out, p->x[start], p->y[start]) != 0)
                    return -1;
            }
        }
    }
    return 0;
}

castmap_status cm_geos_simplify_coverage(castmap_context *ctx, const castmap_polygons *polygons, double tolerance,
                                         cm_polygon_set *out)
{
    coverage c = {.p = polygons, .tolerance = tolerance};
    cm_polygon_set result = CM_POLYGON_SET_INIT;
    castmap_status status = CASTMAP_OK;

    if (!(tolerance >= 0.0) || !isfinite(tolerance))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the tolerance of a simplification is not a length");
    if (polygons->count == 0)
        return CASTMAP_OK;
    c.rings = polygons->ring_start[polygons->part_start[polygons->count]];
    c.vertices = polygons->vertex_start[c.rings];
    c.name = cm_alloc(c.vertices, sizeof *c.name);
    c.near = cm_alloc(c.vertices, sizeof *c.near);
    c.node = cm_alloc_zero(c.vertices, sizeof *c.node);
    c.kept = cm_alloc_zero(c.vertices, sizeof *c.kept);
    if (!c.name || !c.near || !c.node || !c.kept || name_vertices(&c) != 0) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    find_nodes(&c);
    if (cut_arcs(&c) != 0 || thin_arcs(&c) != 0) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    restore_collapsed(&c);
    if (assemble(&c, &result) != 0) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    cm_polygon_set_clear(out);
    *out = result;
    result = (cm_polygon_set)CM_POLYGON_SET_INIT;

done:
    cm_polygon_set_clear(&result);
    free(c.arcs);
    free(c.kept);
    free(c.node);
    free(c.near);
    free(c.name);
    return status;
}
