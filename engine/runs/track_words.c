/*
 * runs/track_words.c - busy stretches in words: the street, and what it meets at either end.
 */
#include "runs/track_run.h"

#include "analysis/routes/route_graph.h"
#include "base/fail.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* A street that meets `node` and is not the street of `edge`: the one of the lowest edge that has a name; "" if none. */
static const char *meets(const castmap_streets *streets, const cm_route_graph *graph, uint32_t edge, uint32_t node)
{
    for (size_t k = graph->start[node]; k < graph->start[node + 1]; k++) {
        const uint32_t e = graph->end[k] >> 1;
        if (streets->street[e] != streets->street[edge] && streets->name_of[e] != CASTMAP_NO_TEXT)
            return streets->names[streets->name_of[e]];
    }
    return "";
}

/* The node at which a stretch begins, or ends: that of the edge it lies on there. */
static uint32_t end_node(const castmap_network *w, uint32_t edge, bool backward, bool at_end)
{
    return backward == at_end ? w->from[edge] : w->to[edge];
}

static castmap_status word_stretch(cm_track_run *run, const cm_route_graph *graph, size_t which, castmap_track_stretch *out)
{
    const castmap_busy_stretch *b = &run->busy.stretch[which];
    const castmap_streets *streets = &run->streets;
    const uint32_t first = run->busy.order[b->first], last = run->busy.order[b->last - 1];
    const uint32_t first_edge = run->lixels.edge[first], last_edge = run->lixels.edge[last];
    const uint32_t name = streets->name_of[first_edge];

    *out = (castmap_track_stretch){.length_m = b->length_m, .value = b->mean};
    for (size_t k = b->first; k < b->last; k++) {
        const uint32_t piece = run->busy.order[k];
        out->passes = run->passes.passes[piece] > out->passes ? run->passes.passes[piece] : out->passes;
        out->people = run->passes.people[piece] > out->people ? run->passes.people[piece] : out->people;
        out->seconds += run->passes.seconds[piece];
    }
    out->street = cm_copy_text(name == CASTMAP_NO_TEXT ? "" : streets->names[name]);
    out->from = cm_copy_text(meets(streets, graph, first_edge, end_node(&streets->network, first_edge, run->busy.backward[b->first], false)));
    out->to = cm_copy_text(meets(streets, graph, last_edge, end_node(&streets->network, last_edge, run->busy.backward[b->last - 1], true)));
    return out->street && out->from && out->to ? CASTMAP_OK : cm_fail_memory(run->ctx);
}

castmap_status cm_track_run_words(cm_track_run *run)
{
    cm_track_layer *l = &run->layer;
    const size_t n = run->busy.count;
    size_t pieces = 0;
    cm_route_graph graph = {0};
    castmap_status status;

    for (size_t i = 0; i < n; i++)
        pieces += run->busy.stretch[i].last - run->busy.stretch[i].first;
    l->stretch = cm_alloc_zero(n, sizeof *l->stretch);
    l->first = cm_alloc(n, sizeof *l->first);
    l->last = cm_alloc(n, sizeof *l->last);
    l->piece_of = cm_alloc(pieces, sizeof *l->piece_of);
    run->summary.stretches = cm_alloc_zero(n, sizeof *run->summary.stretches);
    if (!l->stretch || !l->first || !l->last || !l->piece_of || !run->summary.stretches)
        return cm_fail_memory(run->ctx);
    status = cm_route_graph_make(run->ctx, &run->streets.network, &graph);
    for (size_t i = 0; i < n && !status; i++) {
        const castmap_busy_stretch *b = &run->busy.stretch[i];
        l->first[i] = l->n_stretch_pieces;
        for (size_t k = b->first; k < b->last; k++)
            l->piece_of[l->n_stretch_pieces++] = (int64_t)run->busy.order[k] * 2 + run->busy.backward[k];
        l->last[i] = l->n_stretch_pieces;
        l->n_stretches = i + 1;
        status = word_stretch(run, &graph, i, &l->stretch[i]);
        run->summary.n_stretches = i + 1;
        if (!status)
            status = word_stretch(run, &graph, i, &run->summary.stretches[i]);
    }
    cm_route_graph_clear(&graph);
    return status;
}
