/*
 * release/disclosure/release_flows.c - flows as curved lines, and what leaves and reaches each area.
 *
 * A line runs from the middle of one area to that of another and bends to the right of its way, so that the way back is another line. For partners and the
 * public everything here is made of published counts alone: totals are their sums, and an area that no shown flow touches has no total.
 */
#include "release/disclosure/release_flows.h"

#include "base/fail.h"
#include "base/memory.h"
#include "castmap/areas.h"
#include "release/disclosure/flow_lines.h"
#include "release/disclosure/flow_world.h"
#include "release/style/palette.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLOUR_CORRIDOR 0x2F5D50FFu
#define WORDS_NAMED 3 /* flows between words that a sheet without them names */

/* What leaves and reaches each area: sums of the flows of the list. */
static castmap_status add_areas(castmap_context *ctx, const cm_release_inputs *in, const cm_flow_inputs *flows, const cm_flow_list *list, cm_release_build *build)
{
    const size_t n = flows->areas.set.count;
    cm_release_inputs own = *in; /* a view with the areas of the movements */
    int64_t *leaving = cm_alloc_zero(n, sizeof *leaving), *arriving = cm_alloc_zero(n, sizeof *arriving);
    castmap_status status = leaving && arriving ? CASTMAP_OK : cm_fail_memory(ctx);
    cm_layer *layer = cm_build_layer(build, "flow_areas", "Movements by area", list->internal ? "Movements that leave and reach each area."
                                     : "Sums of the flows shown that leave and reach each area. Null: no flow shown; there may be few movements or none.",
                                     CM_SHAPE_POLYGON, n);

    own.boundaries = flows->areas.set;
    own.border_x = flows->areas.x;
    own.border_y = flows->areas.y;
    if (!status)
        status = cm_release_area_shapes(ctx, &own, build, layer);
    for (size_t f = 0; f < list->count && !status; f++) {
        leaving[list->flow[f].from] += list->flow[f].count;
        arriving[list->flow[f].to] += list->flow[f].count;
        if (flows->layer.symmetric) {
            leaving[list->flow[f].to] += list->flow[f].count;
            arriving[list->flow[f].from] += list->flow[f].count;
        }
    }
    cm_field *out = cm_build_field(build, layer, CM_FIELD_INTEGER, "leaving", "Leaving", "Sum of the flows shown that begin here", "", 0);
    cm_field *into = cm_build_field(build, layer, CM_FIELD_INTEGER, "arriving", "Arriving", "Sum of the flows shown that end here", "", 0);
    for (size_t i = 0; i < n && !status; i++) {
        if (leaving[i] > 0)
            cm_field_set_integer(out, i, leaving[i]);
        if (arriving[i] > 0)
            cm_field_set_integer(into, i, arriving[i]);
    }
    free(leaving);
    free(arriving);
    cm_build_outline(layer, CM_COLOUR_BORDER, 0.2, false);
    if (layer)
        layer->visible = false;
    return status;
}

static castmap_status frame_world(castmap_context *ctx, const cm_release_inputs *in, const cm_flow_inputs *flows, const cm_flow_list *list, cm_release_build *build)
{
    bool *marked = cm_alloc_zero(flows->areas.set.count, sizeof *marked);

    if (!marked)
        return cm_fail_memory(ctx);
    for (size_t f = 0; f < list->count; f++)
        marked[list->flow[f].from] = marked[list->flow[f].to] = true;
    cm_world_extent(flows, marked, build);
    const castmap_status status = cm_world_frame(ctx, in, flows, marked, build);
    free(marked);
    return status;
}

static castmap_status add_layers(castmap_context *ctx, const cm_release_inputs *in, const cm_flow_inputs *flows, cm_flow_list *list, cm_release_build *build)
{
    int64_t sum = 0;

    cm_flow_classes classes;

    cm_flow_list_sort(list);
    for (size_t f = 0; f < list->count; f++)
        sum += list->flow[f].count;
    castmap_status status = flows->world ? frame_world(ctx, in, flows, list, build) : CASTMAP_OK;
    if (!status)
        status = add_areas(ctx, in, flows, list, build);
    if (!status)
        status = cm_flow_breaks(ctx, list, 1, &classes);
    if (!status)
        status = cm_flow_lines(ctx, in, flows, list, "flows", "Movements between areas", &classes, build);
    cm_build_fact_count(build, "Flows between areas", (int64_t)list->count, list->internal ? "" : "with enough persons, sources and days");
    cm_build_fact_count(build, list->internal ? "Movements from one area to another" : "Movements in the flows shown", sum,
                        list->internal ? "" : "each person once in a flow, each flow rounded to 5");
    return status;
}

castmap_status cm_release_flows(castmap_context *ctx, const cm_release_inputs *in, const cm_flow_inputs *flows, const cm_period *period,
                                const cm_published_flows *published, cm_release_build *build)
{
    cm_flow_list list = {.flow = cm_alloc(published->count, sizeof *list.flow)};
    castmap_status status = list.flow ? CASTMAP_OK : cm_fail_memory(ctx);

    if (!published->present) {
        free(list.flow);
        return CASTMAP_OK;
    }
    for (size_t f = 0; f < published->count && !status; f++) {
        cm_shown_flow flow = {.count = published->flow[f].published};
        status = cm_flow_ends(ctx, &flows->layer, &published->flow[f], &flow);
        list.flow[list.count++] = flow;
    }
    if (!status)
        status = add_layers(ctx, in, flows, &list, build);
    if (!status)
        status = cm_flow_slices_published(ctx, in, flows, period, published, build);
    cm_build_method(build, "Movements: a flow is shown, each direction by itself, where it holds enough persons, sources and days by the same floors as a square, and "
                           "neither area is smaller than the smallest square. Totals are sums of the flows shown.");
    cm_build_caveat(build, "A flow that is not shown may be small or none: the map does not tell which.");
    free(list.flow);
    return status;
}

/* ---- internal --------------------------------------------------------------------------------------------------- */

/* As the run stored them: over all times, with its tests. */
static void take_stored(const cm_flow_layer *layer, cm_flow_list *list)
{
    for (size_t f = 0; f < layer->n_flows; f++)
        list->flow[list->count++] = (cm_shown_flow){layer->flow_from[f], layer->flow_to[f], layer->moves[f], layer->persons[f],
                                                 layer->expected[f], layer->p[f], layer->q[f]};
    list->tested = true;
}

/* Movements of a period only. */
static castmap_status take_period(castmap_context *ctx, const cm_flow_layer *layer, int64_t from_s, int64_t to_s, cm_flow_list *list)
{
    uint32_t *from = cm_alloc(layer->n, sizeof *from), *to = cm_alloc(layer->n, sizeof *to);
    castmap_moves moves = {0, from, to, NULL, NULL};
    castmap_flows flows = CASTMAP_FLOWS_INIT;
    castmap_status status = from && to ? CASTMAP_OK : cm_fail_memory(ctx);

    for (size_t i = 0; i < layer->n && !status; i++) {
        if (layer->from[i] == layer->to[i] || layer->when_s[i] < from_s || layer->when_s[i] >= to_s)
            continue;
        from[moves.count] = (uint32_t)layer->from[i];
        to[moves.count++] = (uint32_t)layer->to[i];
    }
    if (!status)
        status = castmap_flows_aggregate(ctx, layer->n_areas, &moves, layer->symmetric, &flows);
    for (size_t f = 0; f < flows.count && !status; f++)
        list->flow[list->count++] = (cm_shown_flow){.from = flows.flow[f].from, .to = flows.flow[f].to, .count = (int64_t)flows.flow[f].moves};
    castmap_flows_clear(&flows);
    free(from);
    free(to);
    return status;
}

static castmap_status add_corridors(castmap_context *ctx, const cm_release_inputs *in, const cm_flow_inputs *flows, cm_release_build *build)
{
    const cm_flow_layer *from = &flows->layer;
    cm_polygon_set lines = CM_POLYGON_SET_INIT;
    castmap_status status = CASTMAP_OK;

    if (from->n_corridors == 0)
        return CASTMAP_OK;
    cm_layer *layer = cm_build_layer(build, "corridors", "Corridors", "Chains of areas that recur along reported journeys, one directly after the other.",
                                     CM_SHAPE_LINE, from->n_corridors);
    cm_field *stops = cm_build_field(build, layer, CM_FIELD_TEXT, "stops", "Stops", "The areas in their order", "", 0);
    cm_field *journeys = cm_build_field(build, layer, CM_FIELD_INTEGER, "journeys", "Journeys", "Journeys that hold the whole chain", "", 0);
    for (size_t c = 0; c < from->n_corridors && !status; c++) {
        char words[512];
        size_t used = 0;
        int failed = cm_polygon_set_feature(&lines) || cm_polygon_set_part(&lines) || cm_polygon_set_ring(&lines);
        for (int64_t k = from->corridor_start[c]; k < from->corridor_start[c + 1] && !failed; k++) {
            const int64_t stop = from->corridor_stop[k];
            failed = cm_polygon_set_vertex(&lines, flows->x[stop], flows->y[stop]);
            if (used < sizeof words)
                used += (size_t)snprintf(words + used, sizeof words - used, "%s%.100s", k > from->corridor_start[c] ? " > " : "", from->area_name[stop]);
        }
        cm_field_set_text(build, stops, c, words);
        cm_field_set_integer(journeys, c, from->corridor_journeys[c]);
        status = failed ? cm_fail_memory(ctx) : CASTMAP_OK;
    }
    const castmap_polygons view = cm_polygon_set_view(&lines);
    if (!status)
        status = cm_release_shapes(ctx, in, build, layer, &view);
    cm_polygon_set_clear(&lines);
    cm_build_outline(layer, COLOUR_CORRIDOR, 0.8, false);
    if (layer) {
        layer->style.arrows = true;
        layer->visible = false;
    }
    return status;
}

/* Movements between words (countries) have no place on the map of a town: the sheet says so, with the largest, and where they are. */
static castmap_status name_words(castmap_context *ctx, const cm_release_inputs *in, cm_release_build *build)
{
    cm_flow_layer layer = {0};
    char largest[400] = "";
    size_t used = 0, moves = 0;
    castmap_status status = cm_flow_layer_load(ctx, in->project, &layer);

    if (status == CASTMAP_E_NOT_FOUND) {
        cm_fail_clear(ctx);
        return CASTMAP_OK;
    }
    for (size_t f = 0; f < layer.n_flows && !status; f++) {
        moves += (size_t)layer.moves[f];
        if (f < WORDS_NAMED && used < sizeof largest)
            used += (size_t)snprintf(largest + used, sizeof largest - used, "%s%.60s %s %.60s %lld", f ? ", " : "", layer.area_name[layer.flow_from[f]],
                                     layer.symmetric ? "and" : "to", layer.area_name[layer.flow_to[f]], (long long)layer.moves[f]);
    }
    if (!status && layer.boundary_id == 0 && layer.n_flows > 0)
        cm_build_caveat(build, "%zu movements between %zu countries or other places by name (of any time) are not on this map. The largest: %s. castmap flows lists all of them; in a project of their own they are drawn.",
                        moves, layer.n_areas, largest);
    cm_flow_layer_clear(&layer);
    return status;
}

castmap_status cm_release_flows_internal(castmap_context *ctx, const cm_release_inputs *in, cm_release_build *build)
{
    cm_flow_inputs flows = {0};
    cm_flow_list list = {.internal = true};
    castmap_status status = cm_flow_inputs_load(ctx, in, &flows);

    if (status)
        return status;
    if (!flows.present)
        return name_words(ctx, in, build);
    const cm_flow_layer *layer = &flows.layer;
    list.flow = cm_alloc(layer->n_flows, sizeof *list.flow); /* a period has no more pairs than all times */
    if (!list.flow)
        status = cm_fail_memory(ctx);
    else if (in->options->from_s == INT64_MIN && in->options->to_s == INT64_MAX)
        take_stored(layer, &list);
    else
        status = take_period(ctx, layer, in->options->from_s, in->options->to_s, &list);
    if (!status)
        status = add_layers(ctx, in, &flows, &list, build);
    if (!status)
        status = cm_flow_slices_internal(ctx, in, &flows, build);
    if (!status)
        status = add_corridors(ctx, in, &flows, build);
    cm_build_method(build, "Movements: each row of the table is placed in two areas; flows are compared with what would be expected %s.",
                    layer->null == CASTMAP_FLOW_GRAVITY ? "from what leaves, what arrives and how far it is" : "if destinations did not depend on origins");
    free(list.flow);
    cm_flow_inputs_clear(&flows);
    return status;
}
