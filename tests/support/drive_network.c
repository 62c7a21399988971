#include "support/drive_network.h"

#include "base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SPEED_MPS 10.0

static void *grown(void *array, size_t n, size_t size)
{
    void *made = realloc(array, n * size);

    if (!made)
        abort();
    return made;
}

void drive_network_start(drive_network *n, size_t nodes, const double *x, const double *y)
{
    *n = (drive_network){.network = CASTMAP_NETWORK_INIT};
    n->network.n_nodes = nodes;
    n->network.node_x = grown(NULL, nodes + 1, sizeof(double));
    n->network.node_y = grown(NULL, nodes + 1, sizeof(double));
    memcpy(n->network.node_x, x, nodes * sizeof *x);
    memcpy(n->network.node_y, y, nodes * sizeof *y);
    n->network.vertex_start = grown(NULL, 1, sizeof(size_t));
    n->network.vertex_start[0] = 0;
}

void drive_network_edge(drive_network *n, uint32_t from, uint32_t to, castmap_way way)
{
    castmap_network *w = &n->network;
    const size_t e = w->n_edges++, v = w->vertex_start[e];

    w->from = grown(w->from, e + 1, sizeof *w->from);
    w->to = grown(w->to, e + 1, sizeof *w->to);
    w->length_m = grown(w->length_m, e + 1, sizeof *w->length_m);
    w->way = grown(w->way, e + 1, sizeof *w->way);
    w->line = grown(w->line, e + 1, sizeof *w->line);
    w->vertex_start = grown(w->vertex_start, e + 2, sizeof *w->vertex_start);
    w->x = grown(w->x, v + 2, sizeof *w->x);
    w->y = grown(w->y, v + 2, sizeof *w->y);
    w->from[e] = from;
    w->to[e] = to;
    w->length_m[e] = hypot(w->node_x[to] - w->node_x[from], w->node_y[to] - w->node_y[from]);
    w->way[e] = (uint8_t)way;
    w->line[e] = (int64_t)e;
    w->x[v] = w->node_x[from];
    w->y[v] = w->node_y[from];
    w->x[v + 1] = w->node_x[to];
    w->y[v + 1] = w->node_y[to];
    w->vertex_start[e + 1] = v + 2;
}

void drive_network_clear(drive_network *n)
{
    castmap_network *w = &n->network;

    free(w->node_x);
    free(w->node_y);
    free(w->from);
    free(w->to);
    free(w->length_m);
    free(w->way);
    free(w->line);
    free(w->vertex_start);
    free(w->x);
    free(w->y);
    *n = (drive_network){.network = CASTMAP_NETWORK_INIT};
}

void drive_network_grid(drive_network *n, size_t side, double step_m, double missing, double one_way, uint64_t seed)
{
    double *x = calloc(side * side, sizeof *x), *y = calloc(side * side, sizeof *y);
    uint64_t drawn = 0;

    if (!x || !y)
        abort();
    for (size_t i = 0; i < side * side; i++) {
        x[i] = step_m * ((double)(i % side) + 0.5 * (cm_random_unit(seed, 1, i) - 0.5));
        y[i] = step_m * ((double)(i / side) + 0.5 * (cm_random_unit(seed, 2, i) - 0.5));
    }
    drive_network_start(n, side * side, x, y);
    for (size_t i = 0; i < side * side; i++) {
        for (size_t k = 0; k < 2; k++) {
            const size_t j = k ? i + side : i + 1;
            const double draw = cm_random_unit(seed, 3, drawn), direction = cm_random_unit(seed, 4, drawn);
            drawn++;
            if (j >= side * side || (k == 0 && j % side == 0) || draw < missing)
                continue;
            drive_network_edge(n, (uint32_t)i, (uint32_t)j, direction >= one_way ? CASTMAP_WAY_BOTH : direction < one_way / 2 ? CASTMAP_WAY_FORWARD : CASTMAP_WAY_BACKWARD);
        }
    }
    free(x);
    free(y);
}

double *drive_all_pairs(const castmap_network *network, bool one_way)
{
    const size_t n = network->n_nodes;
    double *d = grown(NULL, n * n, sizeof *d);

    for (size_t i = 0; i < n * n; i++)
        d[i] = i % (n + 1) == 0 ? 0.0 : (double)INFINITY;
    for (size_t e = 0; e < network->n_edges; e++) {
        const size_t a = network->from[e], b = network->to[e];
        if (!one_way || network->way[e] != CASTMAP_WAY_BACKWARD)
            d[a * n + b] = fmin(d[a * n + b], network->length_m[e]);
        if (!one_way || network->way[e] != CASTMAP_WAY_FORWARD)
            d[b * n + a] = fmin(d[b * n + a], network->length_m[e]);
    }
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                d[i * n + j] = fmin(d[i * n + j], d[i * n + k] + d[k * n + j]);
    return d;
}

double drive_normal(uint64_t seed, uint64_t stream, uint64_t index)
{
    const double u = 1.0 - cm_random_unit(seed, stream, 2 * index), v = cm_random_unit(seed, stream, 2 * index + 1);

    return sqrt(-2.0 * log(u)) * cos(2.0 * 3.14159265358979323846 * v);
}

/* A random street on from a node; the edge it came by only if there is no other. SIZE_MAX: none at all. */
static size_t street_on(const castmap_network *w, uint32_t node, size_t came, uint64_t draw)
{
    size_t open[64], n = 0;
    bool back = false;

    for (size_t e = 0; e < w->n_edges && n < 64; e++) {
        const bool leaves = (w->from[e] == node && w->way[e] != CASTMAP_WAY_BACKWARD) || (w->to[e] == node && w->way[e] != CASTMAP_WAY_FORWARD);
        if (leaves && e != came)
            open[n++] = e;
        back |= leaves && e == came;
    }
    return n ? open[draw % n] : back ? came : SIZE_MAX;
}

static void drive(drives *d, const castmap_network *w, size_t which, size_t fixes, int64_t every_s, double sigma_m, uint64_t seed)
{
    const uint64_t key = seed * 1000003 + which;
    uint32_t node = (uint32_t)(cm_random_u64(key, 11, 0) % w->n_nodes);
    size_t edge = SIZE_MAX, ways = d->way_start[which], at_fix = d->start[which];
    double left = 0.0; /* metres until the next fix */

    for (uint64_t turn = 0; at_fix < d->start[which] + fixes; turn++) {
        const size_t next = street_on(w, node, edge, cm_random_u64(key, 12, turn));
        if (next == SIZE_MAX) { /* begin elsewhere; only before the first fix */
            node = (uint32_t)(cm_random_u64(key, 13, turn) % w->n_nodes);
            edge = SIZE_MAX;
            ways = d->way_start[which];
            at_fix = d->start[which];
            left = 0.0;
            continue;
        }
        edge = next;
        d->way = grown(d->way, ways + 1, sizeof *d->way);
        d->way[ways++] = (uint32_t)edge;
        const bool along = w->from[edge] == node && w->way[edge] != CASTMAP_WAY_BACKWARD;
        for (; left <= w->length_m[edge] && at_fix < d->start[which] + fixes; left += SPEED_MPS * (double)every_s) {
            const double part = along ? left / w->length_m[edge] : 1.0 - left / w->length_m[edge];
            const uint32_t a = w->from[edge], b = w->to[edge];
            d->x[at_fix] = w->node_x[a] + part * (w->node_x[b] - w->node_x[a]) + sigma_m * drive_normal(key, 14, at_fix);
            d->y[at_fix] = w->node_y[a] + part * (w->node_y[b] - w->node_y[a]) + sigma_m * drive_normal(key, 15, at_fix);
            d->time_s[at_fix] = 1700000000 + (int64_t)(at_fix - d->start[which]) * every_s;
            d->edge[at_fix++] = (uint32_t)edge;
        }
        left -= w->length_m[edge];
        node = along ? w->to[edge] : w->from[edge];
    }
    d->way_start[which + 1] = ways;
    d->start[which + 1] = at_fix;
}

void drives_make(drives *d, const castmap_network *network, size_t count, size_t fixes, int64_t every_s, double sigma_m, uint64_t seed)
{
    *d = (drives){.start = grown(NULL, count + 1, sizeof *d->start), .way_start = grown(NULL, count + 1, sizeof *d->way_start),
                  .x = grown(NULL, count * fixes, sizeof *d->x), .y = grown(NULL, count * fixes, sizeof *d->y),
                  .time_s = grown(NULL, count * fixes, sizeof *d->time_s), .person = grown(NULL, count, sizeof *d->person),
                  .edge = grown(NULL, count * fixes, sizeof *d->edge)};
    d->start[0] = d->way_start[0] = 0;
    for (size_t t = 0; t < count; t++) {
        d->person[t] = (uint32_t)(t / 3);
        drive(d, network, t, fixes, every_s, sigma_m, seed);
    }
    d->view = (castmap_tracks){count, d->start, d->x, d->y, d->time_s, d->person};
}

void drives_clear(drives *d)
{
    free(d->start);
    free(d->x);
    free(d->y);
    free(d->time_s);
    free(d->person);
    free(d->way_start);
    free(d->way);
    free(d->edge);
    *d = (drives){0};
}
