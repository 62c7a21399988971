#include "support/all_pairs.h"

#include <math.h>
#include <stdlib.h>

typedef struct pairs {
    size_t  n;
    double *d;
} pairs;

static void join(pairs *p, size_t a, size_t b, double length, bool there, bool back)
{
    if (there)
        p->d[a * p->n + b] = fmin(p->d[a * p->n + b], length);
    if (back)
        p->d[b * p->n + a] = fmin(p->d[b * p->n + a], length);
}

/* From a node or place of edge e to the next place along it (or its last node), again and again. */
static void string_edge(pairs *p, const castmap_network *net, const castmap_network_events *places, bool *used, uint32_t e, bool there, bool back)
{
    size_t at = net->from[e];
    double along = 0.0;

    for (;;) {
        size_t next = SIZE_MAX;
        for (size_t i = 0; i < places->count; i++) {
            if (places->edge[i] == e && !used[i] && (next == SIZE_MAX || places->along_m[i] < places->along_m[next]))
                next = i;
        }
        if (next == SIZE_MAX)
            break;
        used[next] = true;
        const double step = places->along_m[next] - along;
        join(p, at, net->n_nodes + next, step, there || step == 0.0, back || step == 0.0); /* a place at a node, or on another, is there */
        at = net->n_nodes + next;
        along = places->along_m[next];
    }
    const double rest = net->length_m[e] - along;
    join(p, at, net->to[e], rest, there || rest == 0.0, back || rest == 0.0);
}

void all_pairs(const castmap_network *net, const castmap_network_events *places, bool one_way, double *out)
{
    pairs p = {.n = net->n_nodes + places->count};
    bool *used = calloc(places->count + 1, sizeof *used);

    p.d = malloc(p.n * p.n * sizeof *p.d);
    for (size_t i = 0; i < p.n * p.n; i++)
        p.d[i] = i / p.n == i % p.n ? 0.0 : (double)INFINITY;
    for (uint32_t e = 0; e < net->n_edges; e++)
        string_edge(&p, net, places, used, e, !one_way || net->way[e] != CASTMAP_WAY_BACKWARD, !one_way || net->way[e] != CASTMAP_WAY_FORWARD);
    for (size_t k = 0; k < p.n; k++) {
        for (size_t i = 0; i < p.n; i++) {
            for (size_t j = 0; j < p.n; j++)
                p.d[i * p.n + j] = fmin(p.d[i * p.n + j], p.d[i * p.n + k] + p.d[k * p.n + j]);
        }
    }
    for (size_t i = 0; i < places->count; i++) {
        for (size_t j = 0; j < places->count; j++)
            out[i * places->count + j] = p.d[(net->n_nodes + i) * p.n + net->n_nodes + j];
    }
    free(p.d);
    free(used);
}
