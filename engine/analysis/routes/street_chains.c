/*
 * analysis/routes/street_chains.c - streets as runs of pieces that follow one another.
 */
#include "analysis/routes/street_chains.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"

#include <stdlib.h>

void cm_street_chains_clear(cm_street_chains *chains)
{
    free(chains->start);
    free(chains->piece);
    free(chains->backward);
    *chains = (cm_street_chains){0};
}

typedef struct stringing {
    const cm_route_graph *graph;
    const uint32_t       *street;
    const castmap_lixels *lixels;
    bool                 *used;   /* owned [n_edges] */
    cm_street_chains      chains;
    size_t                pieces; /* strung so far */
} stringing;

/* An unused end of the street at a node, UINT32_MAX if there is none; *n counts those of the street, used or not. */
static uint32_t way_on(const stringing *s, uint32_t street, uint32_t node, size_t *n)
{
    uint32_t found = UINT32_MAX;

    *n = 0;
    for (size_t k = s->graph->start[node]; k < s->graph->start[node + 1]; k++) {
        const uint32_t end = s->graph->end[k];
        if (s->street[end >> 1] != street)
            continue;
        ++*n;
        if (found == UINT32_MAX && !s->used[end >> 1])
            found = end;
    }
    return found;
}

static void string_edge(stringing *s, uint32_t end)
{
    const uint32_t edge = end >> 1;
    const size_t begin = s->lixels->edge_start[edge], n = s->lixels->edge_start[edge + 1] - begin;

    s->used[edge] = true;
    for (size_t k = 0; k < n; k++, s->pieces++) {
        s->chains.piece[s->pieces] = (uint32_t)(begin + (end & 1 ? n - 1 - k : k));
        s->chains.backward[s->pieces] = end & 1;
    }
}

static void string_from(stringing *s, uint32_t end)
{
    size_t n;

    while (end != UINT32_MAX) {
        const uint32_t street = s->street[end >> 1], node = cm_end_node(s->graph->network, end ^ 1);
        string_edge(s, end);
        end = way_on(s, street, node, &n);
    }
    s->chains.start[++s->chains.count] = s->pieces;
}

castmap_status cm_street_chains_make(castmap_context *ctx, const cm_route_graph *graph, const uint32_t *street,
                                     const castmap_lixels *lixels, cm_street_chains *out)
{
    const size_t edges = graph->network->n_edges;
    stringing s = {.graph = graph, .street = street, .lixels = lixels, .used = cm_alloc_zero(edges, sizeof *s.used)};
    uint64_t *key = cm_alloc(edges, sizeof *key);
    uint32_t *order = cm_alloc(edges, sizeof *order);
    castmap_status status = CASTMAP_OK;

    s.chains.start = cm_alloc_zero(edges + 1, sizeof *s.chains.start);
    s.chains.piece = cm_alloc(lixels->count, sizeof *s.chains.piece);
    s.chains.backward = cm_alloc(lixels->count, sizeof *s.chains.backward);
    if (!s.used || !key || !order || !s.chains.start || !s.chains.piece || !s.chains.backward)
        status = cm_fail_memory(ctx);
    for (size_t e = 0; e < edges && !status; e++) {
        key[e] = street[e];
        order[e] = (uint32_t)e;
    }
    if (!status)
        status = cm_sort_u64(ctx, key, order, edges);
    /* First the trails that must begin somewhere, then rings, which may begin anywhere; street by street. */
    for (size_t first = 0; first < edges && !status;) {
        size_t last = first, n;
        while (last < edges && key[last] == key[first])
            last++;
        for (int rings = 0; rings < 2; rings++) {
            for (size_t k = first; k < last; k++) {
                for (uint32_t side = 0; side < 2 && !s.used[order[k]]; side++) {
                    const uint32_t end = order[k] * 2 + side;
                    way_on(&s, (uint32_t)key[first], cm_end_node(graph->network, end), &n);
                    if (rings || n % 2 == 1)
                        string_from(&s, end);
                }
            }
        }
        first = last;
    }
    free(s.used);
    free(key);
    free(order);
    if (status)
        cm_street_chains_clear(&s.chains);
    else
        *out = s.chains;
    return status;
}
