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
#include "release/disclosure/flow_world.h"
#include "release/style/palette.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLASSES 4
#define CROWDED 100      /* flows; with more, the smallest are drawn paler */
#define STEPS 24         /* of a curve */
#define BEND 0.18        /* of its length, how far its control point lies off the straight line */
#define LEAST_MM 0.35
#define MORE_MM 0.5      /* from class to class */
#define COLOUR_CORRIDOR 0x2F5D50FFu

typedef struct shown_flow {
    uint32_t from, to;
    int64_t  count, persons;
    double   expected, p, q;
} shown_flow;

typedef struct flow_list {
    shown_flow *flow; /* owned */
    size_t      count;
    bool        tested;  /* expected, p and q are those of these counts */
    bool        internal;
} flow_list;

static int most_first(const void *left, const void *right)
{
    const shown_flow *a = left, *b = right;

    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return (a->to > b->to) - (a->to < b->to);
}

/* Of a quadratic curve: P(t) = (1-t)^2 A + 2 t (1-t) C + t^2 B. */
static int add_curve(cm_polygon_set *set, double ax, double ay, double bx, double by, double bend)
{
    const double cx = (ax + bx) / 2.0 + bend * (by - ay), cy = (ay + by) / 2.0 - bend * (bx - ax);
    int failed = cm_polygon_set_feature(set) || cm_polygon_set_part(set) || cm_polygon_set_ring(set);

    for (int k = 0; k <= STEPS && !failed; k++) {
        const double t = (double)k / STEPS, u = 1.0 - t;
        const double x = k == STEPS ? bx : u * u * ax + 2.0 * t * u * cx + t * t * bx;
        const double y = k == STEPS ? by : u * u * ay + 2.0 * t * u * cy + t * t * by;
        failed = cm_polygon_set_vertex(set, x, y);
    }
    return failed;
}

/* At the edge of the world a bend may lead out of it. */
static castmap_status curve_fits(castmap_context *ctx, const cm_release_inputs *in, const cm_flow_inputs *flows, uint32_t from, uint32_t to, double bend, bool *fits)
{
    cm_polygon_set line = CM_POLYGON_SET_INIT;
    double lon[STEPS + 1], lat[STEPS + 1];
    bool ok[STEPS + 1];
    castmap_status status = CASTMAP_OK;

    if (add_curve(&line, flows->x[from], flows->y[from], flows->x[to], flows->y[to], bend))
        status = cm_fail_memory(ctx);
    if (!status)
        status = cm_projection_inverse(ctx, in->projection, STEPS + 1, line.x, line.y, lon, lat, ok);
    *fits = true;
    for (size_t k = 0; k <= STEPS && !status; k++)
        *fits = *fits && ok[k];
    cm_polygon_set_clear(&line);
    return status;
}

static castmap_status draw(castmap_context *ctx, const cm_release_inputs *in, const cm_flow_inputs *flows, const flow_list *list, cm_release_build *build,
                           cm_layer *layer)
{
    cm_polygon_set lines = CM_POLYGON_SET_INIT;
    castmap_status status = CASTMAP_OK;

    for (size_t f = 0; f < list->count && !status; f++) {
        const uint32_t from = list->flow[f].from, to = list->flow[f].to;
        double bend = flows->layer.symmetric ? 0.0 : BEND;
        bool fits = true;
        if (flows->world)
            status = curve_fits(ctx, in, flows, from, to, bend, &fits);
        if (!fits)
            bend = 0.0;
        if (!status && add_curve(&lines, flows->x[from], flows->y[from], flows->x[to], flows->y[to], bend))
            status = cm_fail_memory(ctx);
    }
    const castmap_polygons view = cm_polygon_set_view(&lines);
    if (!status)
        status = cm_release_shapes(ctx, in, build, layer, &view);
    cm_polygon_set_clear(&lines);
    return status;
}

/* Classes of the counts, and with them colour and width. */
static castmap_status classify(castmap_context *ctx, const flow_list *list, cm_release_build *build, cm_layer *layer)
{
    double breaks[CLASSES + 1] = {0}, *values = cm_alloc(list->count, sizeof *values);
    size_t k = 0;
    castmap_status status = values ? CASTMAP_OK : cm_fail_memory(ctx);

    for (size_t f = 0; f < list->count && !status; f++)
        values[f] = (double)list->flow[f].count;
    if (!status && list->count > 0)
        status = castmap_classes_make(ctx, values, list->count, CLASSES, breaks, &k);
    free(values);
    if (status || !layer)
        return status;
    cm_release_count_classes(build, &layer->style, breaks, k, false, CM_RAMP_DUSK);
    cm_field *number = cm_build_field(build, layer, CM_FIELD_INTEGER, "class", "Class", "Class of the legend, 0 the lowest", "", 0);
    cm_field *label = cm_build_field(build, layer, CM_FIELD_TEXT, "label", "Shown as", "Class of the legend in words", "", 0);
    for (size_t i = 0; i < layer->style.n_classes; i++) { /* the palest colour of the ramp would not be seen as a thin line */
        const uint32_t rgba = cm_ramp_colour(CM_RAMP_DUSK, i + 1, k + 1);
        layer->style.classes[i].stroke_mm = LEAST_MM + MORE_MM * (double)i;
        layer->style.classes[i].rgba = i == 0 && list->count > CROWDED ? cm_with_alpha(rgba, 110) : rgba;
    }
    for (size_t f = 0; f < list->count && !build->failed; f++) {
        const size_t c = cm_release_class_of(breaks, k, (double)list->flow[f].count);
        const size_t class = c > 0 ? c - 1 : 0;
        cm_field_set_integer(number, f, (int64_t)class);
        cm_field_set_text(build, label, f, layer->style.classes[class].label);
    }
    cm_build_colour_by(build, layer, "class", list->internal ? "Movements" : "Movements (each person once, rounded)");
    return CASTMAP_OK;
}

static void fill_ends(const cm_flow_inputs *flows, const flow_list *list, cm_release_build *build, cm_layer *layer)
{
    const cm_flow_layer *names = &flows->layer;
    const bool both = names->symmetric;
    cm_field *from = cm_build_field(build, layer, CM_FIELD_TEXT, "from_name", both ? "Between" : "From", "Name of the area where it begins", "", 0);
    cm_field *to = cm_build_field(build, layer, CM_FIELD_TEXT, "to_name", both ? "And" : "To", "Name of the area where it ends", "", 0);
    cm_field *count = cm_build_field(build, layer, CM_FIELD_INTEGER, "count", "Movements",
                                     list->internal ? "Movements along this pair of areas"
                                                    : "Movements along this pair of areas, each person, group or journey once, rounded to 5", "", 0);
    cm_field *from_code = cm_build_field(build, layer, CM_FIELD_TEXT, "from_code", "From (code)", "Code of the area where it begins", "", 0);
    cm_field *to_code = cm_build_field(build, layer, CM_FIELD_TEXT, "to_code", "To (code)", "Code of the area where it ends", "", 0);

    for (size_t f = 0; f < list->count && !build->failed; f++) {
        const shown_flow *flow = &list->flow[f];
        cm_field_set_text(build, from, f, names->area_name[flow->from]);
        cm_field_set_text(build, to, f, names->area_name[flow->to]);
        cm_field_set_integer(count, f, flow->count);
        cm_field_set_text(build, from_code, f, names->code[flow->from]);
        cm_field_set_text(build, to_code, f, names->code[flow->to]);
    }
}

static void fill_tests(const cm_flow_inputs *flows, const flow_list *list, cm_release_build *build, cm_layer *layer)
{
    cm_field *persons = cm_build_field(build, layer, CM_FIELD_INTEGER, "persons", "Persons", "Persons who moved; movements where the table does not say", "", 0);
    cm_field *expected = cm_build_field(build, layer, CM_FIELD_REAL, "expected", "Expected",
                                        flows->layer.null == CASTMAP_FLOW_GRAVITY ? "Movements expected by gravity: what leaves, what arrives, and the distance"
                                                                                  : "Movements expected if destinations did not depend on origins", "", 1);
    cm_field *p = cm_build_field(build, layer, CM_FIELD_REAL, "p", "p", "Probability of so many or more, if the expectation were true", "", 6);
    cm_field *q = cm_build_field(build, layer, CM_FIELD_REAL, "q", "q", "The same, corrected for the number of pairs looked at", "", 6);
    cm_field *more = cm_build_field(build, layer, CM_FIELD_TEXT, "more", "Larger than expected", "yes where q is under the share of false discoveries asked for", "", 0);

    for (size_t f = 0; f < list->count && !build->failed; f++) {
        const shown_flow *flow = &list->flow[f];
        cm_field_set_integer(persons, f, flow->persons);
        cm_field_set_real(expected, f, flow->expected);
        cm_field_set_real(p, f, flow->p);
        cm_field_set_real(q, f, flow->q);
        cm_field_set_text(build, more, f, flow->q <= flows->layer.alpha ? "yes" : "no");
    }
}

static castmap_status add_lines(castmap_context *ctx, const cm_release_inputs *in, const cm_flow_inputs *flows, const flow_list *list, cm_release_build *build)
{
    const char *words = flows->layer.symmetric ? "Movements between each pair of areas, in both directions together. "
                                               : "Movements from one area to another. Each line bends to the right of its way, so that the way back is another. ";
    cm_layer *layer = cm_build_layer(build, "flows", "Movements between areas", words, CM_SHAPE_LINE, list->count);
    castmap_status status = draw(ctx, in, flows, list, build, layer);

    if (status)
        return status;
    fill_ends(flows, list, build, layer);
    if (list->tested)
        fill_tests(flows, list, build, layer);
    status = classify(ctx, list, build, layer);
    if (status || !layer)
        return status;
    cm_build_outline(layer, CM_COLOUR_PLACE, LEAST_MM, false);
    layer->style.arrows = !flows->layer.symmetric;
    layer->visible = false;
    return CASTMAP_OK;
}

/* What leaves and reaches each area: sums of the flows of the list. */
static castmap_status add_areas(castmap_context *ctx, const cm_release_inputs *in, const cm_flow_inputs *flows, const flow_list *list, cm_release_build *build)
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

static castmap_status frame_world(castmap_context *ctx, const cm_release_inputs *in, const cm_flow_inputs *flows, const flow_list *list, cm_release_build *build)
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

static castmap_status add_layers(castmap_context *ctx, const cm_release_inputs *in, const cm_flow_inputs *flows, flow_list *list, cm_release_build *build)
{
    int64_t sum = 0;

    if (list->count > 1)
        qsort(list->flow, list->count, sizeof *list->flow, most_first);
    for (size_t f = 0; f < list->count; f++)
        sum += list->flow[f].count;
    castmap_status status = flows->world ? frame_world(ctx, in, flows, list, build) : CASTMAP_OK;
    if (!status)
        status = add_areas(ctx, in, flows, list, build);
    if (!status)
        status = add_lines(ctx, in, flows, list, build);
    cm_build_fact_count(build, "Flows between areas", (int64_t)list->count, list->internal ? "" : "with enough persons, sources and days");
    cm_build_fact_count(build, list->internal ? "Movements from one area to another" : "Movements in the flows shown", sum,
                        list->internal ? "" : "each person once in a flow, each flow rounded to 5");
    return status;
}

static bool find_area(const cm_flow_layer *layer, const char *code, uint32_t *out)
{
    for (size_t i = 0; i < layer->n_areas; i++) {
        if (strcmp(layer->code[i], code) == 0) {
            *out = (uint32_t)i;
            return true;
        }
    }
    return false;
}

castmap_status cm_release_flows(castmap_context *ctx, const cm_release_inputs *in, const cm_flow_inputs *flows, const cm_published_flows *published,
                                cm_release_build *build)
{
    flow_list list = {.flow = cm_alloc(published->count, sizeof *list.flow)};
    castmap_status status = list.flow ? CASTMAP_OK : cm_fail_memory(ctx);

    if (!published->present) {
        free(list.flow);
        return CASTMAP_OK;
    }
    for (size_t f = 0; f < published->count && !status; f++) {
        shown_flow flow = {.count = published->flow[f].published};
        if (!find_area(&flows->layer, published->flow[f].from, &flow.from) || !find_area(&flows->layer, published->flow[f].to, &flow.to))
            status = cm_fail(ctx, CASTMAP_E_PROJECT, "a flow of an earlier release names an area that is not there");
        else
            list.flow[list.count++] = flow;
    }
    if (!status)
        status = add_layers(ctx, in, flows, &list, build);
    cm_build_method(build, "Movements: a flow is shown, each direction by itself, where it holds enough persons, sources and days by the same floors as a square, and "
                           "neither area is smaller than the smallest square. Totals are sums of the flows shown.");
    cm_build_caveat(build, "A flow that is not shown may be small or none: the map does not tell which.");
    free(list.flow);
    return status;
}

/* ---- internal --------------------------------------------------------------------------------------------------- */

/* As the run stored them: over all times, with its tests. */
static void take_stored(const cm_flow_layer *layer, flow_list *list)
{
    for (size_t f = 0; f < layer->n_flows; f++)
        list->flow[list->count++] = (shown_flow){layer->flow_from[f], layer->flow_to[f], layer->moves[f], layer->persons[f],
                                                 layer->expected[f], layer->p[f], layer->q[f]};
    list->tested = true;
}

/* Movements of a period only. */
static castmap_status take_period(castmap_context *ctx, const cm_flow_layer *layer, int64_t from_s, int64_t to_s, flow_list *list)
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
        list->flow[list->count++] = (shown_flow){.from = flows.flow[f].from, .to = flows.flow[f].to, .count = (int64_t)flows.flow[f].moves};
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

castmap_status cm_release_flows_internal(castmap_context *ctx, const cm_release_inputs *in, cm_release_build *build)
{
    cm_flow_inputs flows = {0};
    flow_list list = {.internal = true};
    castmap_status status = cm_flow_inputs_load(ctx, in, &flows);

    if (status || !flows.present)
        return status;
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
        status = add_corridors(ctx, in, &flows, build);
    cm_build_method(build, "Movements: each row of the table is placed in two areas; flows are compared with what would be expected %s.",
                    layer->null == CASTMAP_FLOW_GRAVITY ? "from what leaves, what arrives and how far it is" : "if destinations did not depend on origins");
    free(list.flow);
    cm_flow_inputs_clear(&flows);
    return status;
}
