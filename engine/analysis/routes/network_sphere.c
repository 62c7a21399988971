/*
 * analysis/routes/network_sphere.c - the points of a network at a distance from a place, counted exactly.
 */
#include "analysis/routes/network_sphere.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAME_M 1e-6 /* nearer than this is the same point; sums of lengths differ by less on any network */

static void ranked_clear(cm_ranked *r)
{
    free(r->value);
    free(r->sorted);
    *r = (cm_ranked){0};
}

static int ranked_add(cm_ranked *r, double value)
{
    if (cm_grow(&r->value, &r->room, r->n + 1, sizeof *r->value))
        return -1;
    r->value[r->n++] = value;
    return 0;
}

/* Never decreases with value, so a bucket holds all that its border values allow. */
static size_t bucket_of(const cm_ranked *r, double value)
{
    const double b = value * r->per_bucket;

    return b <= 0.0 ? 0 : b >= CM_SPHERE_BUCKETS - 1 ? CM_SPHERE_BUCKETS - 1 : (size_t)b;
}

static int ranked_sort(cm_ranked *r, double radius_m)
{
    uint32_t at[CM_SPHERE_BUCKETS];

    if (cm_grow(&r->sorted, &r->sorted_room, r->n, sizeof *r->sorted))
        return -1;
    r->per_bucket = CM_SPHERE_BUCKETS / radius_m;
    memset(r->start, 0, sizeof r->start);
    for (size_t i = 0; i < r->n; i++)
        r->start[bucket_of(r, r->value[i]) + 1]++;
    for (size_t b = 0; b < CM_SPHERE_BUCKETS; b++) {
        r->start[b + 1] += r->start[b];
        at[b] = r->start[b];
    }
    for (size_t i = 0; i < r->n; i++)
        r->sorted[at[bucket_of(r, r->value[i])]++] = r->value[i];
    return 0;
}

/* How many are at most `bound`. */
static size_t ranked_upto(const cm_ranked *r, double bound)
{
    const size_t b = bucket_of(r, bound);
    size_t n = r->start[b];

    for (uint32_t i = r->start[b]; i < r->start[b + 1]; i++)
        n += r->sorted[i] <= bound;
    return n;
}

int cm_sphere_init(cm_sphere *sphere, const castmap_network *network)
{
    *sphere = (cm_sphere){.network = network, .edge = cm_alloc(network->n_edges, sizeof *sphere->edge),
                          .edge_stamp = cm_alloc_zero(network->n_edges, sizeof *sphere->edge_stamp)};
    return cm_search_init(&sphere->search, network->n_nodes) || !sphere->edge || !sphere->edge_stamp ? -1 : 0;
}

void cm_sphere_clear(cm_sphere *sphere)
{
    cm_search_clear(&sphere->search);
    free(sphere->edge);
    free(sphere->edge_stamp);
    ranked_clear(&sphere->rise);
    ranked_clear(&sphere->fall);
    ranked_clear(&sphere->single);
    *sphere = (cm_sphere){0};
}

/* An edge (or the part of one between a node and the place) whose ends are x[0] and x[1] away. */
static int count_edge(cm_sphere *s, double x0, double x1, double length)
{
    const double x[2] = {x0, x1}, peak = 0.5 * (x0 + x1 + length);
    bool inside = true;

    for (int side = 0; side < 2; side++) {
        if (peak - x[side] <= 2.0 * SAME_M) { /* the edge is travelled from the other end alone: the peak is this node */
            inside = false;
            continue;
        }
        if (x[side] <= s->radius_m && (ranked_add(&s->rise, x[side]) || ranked_add(&s->fall, peak)))
            return -1;
    }
    return inside && peak <= s->radius_m + SAME_M ? ranked_add(&s->single, peak) : 0;
}

static double node_distance(const cm_sphere *s, uint32_t edge, uint32_t side)
{
    return cm_search_distance(&s->search, cm_end_node(s->network, 2 * edge + side));
}

static int count_own(cm_sphere *s)
{
    const double length = s->network->length_m[s->own], back = length - s->along_m;
    const double x0 = node_distance(s, s->own, 0), x1 = node_distance(s, s->own, 1);

    if (s->along_m <= SAME_M || back <= SAME_M)
        return count_edge(s, x0, x1, length);
    return count_edge(s, 0.0, x0, s->along_m) || count_edge(s, 0.0, x1, back) ? -1 : 0;
}

static int count(cm_sphere *s)
{
    s->rise.n = s->fall.n = s->single.n = 0;
    for (size_t k = 0; k < s->search.n_reached; k++) {
        if (ranked_add(&s->single, s->search.distance[s->search.reached[k]]))
            return -1;
    }
    if (count_own(s))
        return -1;
    for (size_t k = 1; k < s->n_edges; k++) {
        const uint32_t e = s->edge[k];
        if (count_edge(s, node_distance(s, e, 0), node_distance(s, e, 1), s->network->length_m[e]))
            return -1;
    }
    return ranked_sort(&s->rise, s->radius_m) || ranked_sort(&s->fall, s->radius_m) || ranked_sort(&s->single, s->radius_m) ? -1 : 0;
}

static void add_edge(cm_sphere *s, uint32_t edge)
{
    if (s->edge_stamp[edge] == s->round)
        return;
    s->edge_stamp[edge] = s->round;
    s->edge[s->n_edges++] = edge;
}

int cm_sphere_around(cm_sphere *s, const cm_route_graph *graph, uint32_t edge, double along_m, double radius_m, bool counted)
{
    const castmap_network *network = s->network;

    s->own = edge;
    s->along_m = along_m;
    s->radius_m = radius_m;
    cm_search_begin(&s->search, network->n_nodes);
    if (cm_search_seed(&s->search, network->from[edge], along_m) ||
        cm_search_seed(&s->search, network->to[edge], network->length_m[edge] - along_m) ||
        cm_search_run(&s->search, graph, radius_m + 2.0 * SAME_M))
        return -1;
    if (++s->round == 0) {
        memset(s->edge_stamp, 0, network->n_edges * sizeof *s->edge_stamp);
        s->round = 1;
    }
    s->n_edges = 0;
    add_edge(s, edge);
    for (size_t k = 0; k < s->search.n_reached; k++) {
        const uint32_t node = s->search.reached[k];
        for (size_t i = graph->start[node]; i < graph->start[node + 1]; i++)
            add_edge(s, graph->end[i] >> 1);
    }
    return counted ? count(s) : 0;
}

double cm_sphere_distance(const cm_sphere *s, uint32_t edge, double along_m)
{
    const double d = fmin(node_distance(s, edge, 0) + along_m, node_distance(s, edge, 1) + (s->network->length_m[edge] - along_m));

    return edge == s->own ? fmin(d, fabs(along_m - s->along_m)) : d;
}

double cm_sphere_points(const cm_sphere *s, double distance)
{
    /* Every rise kept is longer than 2e-6, so one that has ended has also begun. */
    const size_t begun = ranked_upto(&s->rise, distance - SAME_M), ended = ranked_upto(&s->fall, distance + SAME_M);
    const size_t single = ranked_upto(&s->single, distance + SAME_M) - ranked_upto(&s->single, distance - SAME_M);

    return fmax((double)(begun - ended + single), 1.0);
}
