/*
 * analysis/routes/segment_index.c - segments by the squares that their boxes touch, and the search outwards from a point, ring by ring.
 */
#include "analysis/routes/segment_index.h"

#include "analysis/routes/segment_grid.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"

#include <math.h>
#include <stdlib.h>

struct cm_segment_index {
    const castmap_network *network;
    cm_segment_grid        grid;    /* segment s joins vertices s and s + 1; those between two edges are in no square */
    uint32_t              *edge_of; /* owned [vertices] */
    double                *along;   /* owned [vertices] */
};

void cm_segment_index_free(cm_segment_index *index)
{
    if (!index)
        return;
    cm_segment_grid_clear(&index->grid);
    free(index->edge_of);
    free(index->along);
    free(index);
}

const double *cm_segment_index_along(const cm_segment_index *index)
{
    return index->along;
}

castmap_status cm_segment_index_build(castmap_context *ctx, const castmap_network *network, cm_segment_index **out)
{
    const size_t n = network->n_edges ? network->vertex_start[network->n_edges] : 0;
    cm_segment_index *index = cm_alloc_zero(1, sizeof *index);
    castmap_status status;

    if (!index)
        return cm_fail_memory(ctx);
    index->network = network;
    index->edge_of = cm_alloc(n, sizeof *index->edge_of);
    index->along = cm_alloc(n, sizeof *index->along);
    if (!index->edge_of || !index->along) {
        cm_segment_index_free(index);
        return cm_fail_memory(ctx);
    }
    for (size_t e = 0; e < network->n_edges; e++) {
        double along = 0.0;
        for (size_t v = network->vertex_start[e]; v < network->vertex_start[e + 1]; v++) {
            if (v > network->vertex_start[e])
                along += hypot(network->x[v] - network->x[v - 1], network->y[v] - network->y[v - 1]);
            index->edge_of[v] = (uint32_t)e;
            index->along[v] = along;
        }
    }
    status = cm_segment_grid_build(ctx, n, network->x, network->y, index->edge_of, 0.0, &index->grid);
    if (status) {
        cm_segment_index_free(index);
        return status;
    }
    *out = index;
    return CASTMAP_OK;
}

/* The place of segment s nearest to a point. */
static cm_segment_hit hit_of(const cm_segment_index *index, uint32_t s, double x, double y)
{
    const castmap_network *net = index->network;
    const uint32_t edge = index->edge_of[s];
    double t;
    const double distance = cm_segment_distance(net->x[s], net->y[s], net->x[s + 1], net->y[s + 1], x, y, &t);
    double along = index->along[s] + t * (index->along[s + 1] - index->along[s]);

    if (along > net->length_m[edge])
        along = net->length_m[edge]; /* the same sum, made elsewhere in another order */
    return (cm_segment_hit){edge, along, distance};
}

static bool before(const cm_segment_hit *a, const cm_segment_hit *b)
{
    if (a->distance_m != b->distance_m)
        return a->distance_m < b->distance_m;
    return a->edge != b->edge ? a->edge < b->edge : a->along_m < b->along_m;
}

/* Put a hit into the sorted list, one an edge, at most room. */
static void keep(cm_segment_hit *hits, size_t room, size_t *count, cm_segment_hit hit)
{
    size_t at = *count, old = *count;

    for (size_t i = 0; i < *count; i++)
        if (hits[i].edge == hit.edge)
            old = i;
    if (old < *count) {
        if (!before(&hit, &hits[old]))
            return;
        at = old;
    } else if (*count < room) {
        (*count)++;
    } else {
        at = room - 1;
        if (!before(&hit, &hits[at]))
            return;
    }
    while (at > 0 && before(&hit, &hits[at - 1])) {
        hits[at] = hits[at - 1];
        at--;
    }
    hits[at] = hit;
}

void cm_segment_index_near(const cm_segment_index *index, double x, double y, double r, cm_segment_hit *hits, size_t room, size_t *count)
{
    const cm_segment_grid *g = &index->grid;
    size_t c0, c1, r0, r1;

    *count = 0;
    if (room == 0 || !cm_segment_grid_cells(g, x - r, y - r, x + r, y + r, &c0, &c1, &r0, &r1))
        return;
    for (size_t row = r0; row <= r1; row++) {
        const size_t first = g->start[row * g->columns + c0], last = g->start[row * g->columns + c1 + 1];
        for (size_t i = first; i < last; i++) {
            const cm_segment_hit hit = hit_of(index, g->segment[i], x, y);
            if (hit.distance_m <= r)
                keep(hits, room, count, hit);
        }
    }
}

bool cm_segment_index_nearest(const cm_segment_index *index, double x, double y, double r, cm_segment_hit *out)
{
    const cm_segment_grid *g = &index->grid;
    const double steps = ceil(r / g->cell_m) + 1.0;
    size_t c0, c1, r0, r1, k0, k1, l0, l1;
    double best = r;
    bool found = false;

    if (!cm_segment_grid_cells(g, x - r, y - r, x + r, y + r, &c0, &c1, &r0, &r1))
        return false;
    /* Rings of growing boxes: whatever lies outside the box of half-width h is farther away than h. */
    for (double k = 0.0; k <= steps && !(found && best < (k - 1.0) * g->cell_m); k += 1.0) {
        const double h = k * g->cell_m, inner = (k - 1.0) * g->cell_m;
        const bool hollow = k > 0.0 && cm_segment_grid_cells(g, x - inner, y - inner, x + inner, y + inner, &k0, &k1, &l0, &l1);
        size_t b0, b1, a0, a1;
        if (!cm_segment_grid_cells(g, x - h, y - h, x + h, y + h, &b0, &b1, &a0, &a1))
            continue;
        for (size_t row = a0; row <= a1; row++) {
            for (size_t column = b0; column <= b1; column++) {
                if (hollow && row >= l0 && row <= l1 && column >= k0 && column <= k1) {
                    column = k1;
                    continue;
                }
                for (size_t i = g->start[row * g->columns + column]; i < g->start[row * g->columns + column + 1]; i++) {
                    const cm_segment_hit hit = hit_of(index, g->segment[i], x, y);
                    if (hit.distance_m <= best && (!found || before(&hit, out))) {
                        *out = hit;
                        best = hit.distance_m;
                        found = true;
                    }
                }
            }
        }
        if (b0 <= c0 && b1 >= c1 && a0 <= r0 && a1 >= r1)
            break;
    }
    return found;
}

typedef struct snap_job {
    const cm_segment_index *index;
    const double           *x, *y;
    double                  limit;
    uint32_t               *edge;
    double                 *along, *distance;
} snap_job;

static castmap_status snap_range(size_t begin, size_t end, void *payload)
{
    const snap_job *job = payload;

    for (size_t i = begin; i < end; i++) {
        cm_segment_hit hit;
        const bool found = isfinite(job->x[i]) && isfinite(job->y[i]) &&
                           cm_segment_index_nearest(job->index, job->x[i], job->y[i], job->limit, &hit);
        job->edge[i] = found ? hit.edge : CASTMAP_NO_EDGE;
        job->along[i] = found ? hit.along_m : 0.0;
        if (job->distance)
            job->distance[i] = found ? hit.distance_m : (double)INFINITY;
    }
    return CASTMAP_OK;
}

castmap_status castmap_network_snap(castmap_context *ctx, const castmap_network *network, size_t n, const double *x, const double *y,
                                    double limit_m, uint32_t *edge, double *along_m, double *distance_m)
{
    cm_segment_index *index = NULL;
    castmap_status status;

    cm_fail_clear(ctx);
    if (!(limit_m > 0.0) || !isfinite(limit_m))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the distance to a street must be a number of metres above 0");
    status = cm_segment_index_build(ctx, network, &index);
    if (!status) {
        snap_job job = {index, x, y, limit_m, edge, along_m, distance_m};
        status = cm_parallel_for(ctx, "Finding the nearest streets", n, snap_range, &job);
    }
    cm_segment_index_free(index);
    return status;
}
