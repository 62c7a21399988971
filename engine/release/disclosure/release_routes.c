/*
 * release/disclosure/release_routes.c - streets that stand out.
 *
 * For the group itself: the density of every piece of street that observations reach, and the stretches as they were found. For partners and the public: which
 * named street stands out in which square, without a figure of its own.
 */
#include "release/disclosure/release_routes.h"

#include "base/digest.h"
#include "base/fail.h"
#include "base/decimal.h"
#include "base/memory.h"
#include "castmap/areas.h"
#include "release/disclosure/release_frame.h"
#include "release/disclosure/street_lines.h"
#include "release/style/palette.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLASSES 5
#define LEAST_MM 0.5
#define MORE_MM 0.35 /* from class to class */
#define STRETCH_MM 1.6
#define MOST_BACKDROP 60000
#define UNTESTED_NUMBERS 10 /* of stretches that are only ranked */

void cm_route_inputs_clear(cm_route_inputs *routes)
{
    cm_route_layer_clear(&routes->layer);
    castmap_streets_clear(&routes->streets);
    routes->present = routes->drawn = false;
}

void cm_network_name(const castmap_streets *s, char out[33])
{
    const size_t vertices = s->network.vertex_start[s->network.n_edges];
    unsigned char digest[16];
    cm_blake2b_stream hash;

    cm_blake2b_init(&hash, sizeof digest);
    cm_blake2b_add(&hash, s->network.x, vertices * sizeof(double));
    cm_blake2b_add(&hash, s->network.y, vertices * sizeof(double));
    for (size_t i = 0; i < s->n_names; i++)
        cm_blake2b_add(&hash, s->names[i], strlen(s->names[i]) + 1);
    cm_blake2b_final(&hash, digest);
    cm_hex(digest, sizeof digest, out);
}

castmap_status cm_route_inputs_load(castmap_context *ctx, const cm_release_inputs *in, cm_route_inputs *out)
{
    cm_route_inputs made = {0};
    castmap_status status = cm_route_layer_load(ctx, in->project, &made.layer);

    made.present = status == CASTMAP_OK;
    if (status == CASTMAP_OK || status == CASTMAP_E_NOT_FOUND)
        status = castmap_streets_load(ctx, in->project, made.present ? made.layer.street_set : 0, &made.streets);
    made.drawn = status == CASTMAP_OK;
    if (status == CASTMAP_E_NOT_FOUND && !made.present) {
        cm_fail_clear(ctx);
        status = CASTMAP_OK;
    }
    if (status) {
        cm_route_inputs_clear(&made);
        return status;
    }
    if (made.present)
        cm_network_name(&made.streets, made.name);
    *out = made;
    return CASTMAP_OK;
}

void cm_route_names(const cm_route_inputs *routes, const int64_t *id, size_t n, int32_t *name)
{
    size_t k = 0;

    for (size_t i = 0; i < n; i++) {
        name[i] = -1;
        if (!routes->present)
            continue;
        while (k < routes->layer.n && routes->layer.observation[k] < id[i])
            k++;
        if (k == routes->layer.n || routes->layer.observation[k] != id[i])
            continue;
        const int64_t edge = routes->layer.edge[k];
        if (edge >= 0 && (size_t)edge < routes->streets.network.n_edges && routes->streets.name_of[edge] != CASTMAP_NO_TEXT)
            name[i] = (int32_t)routes->streets.name_of[edge];
    }
}

castmap_status cm_routes_publish(castmap_context *ctx, const cm_route_inputs *routes, const cm_ledger *ledger, const cm_policy *policy,
                                 const cm_period *period, const cm_report *reports, size_t n, bool sources_recorded, const cm_ledger_cell *cells,
                                 size_t n_cells, cm_published_streets *out, size_t *withheld)
{
    bool other = false;

    *out = (cm_published_streets){0};
    *withheld = 0;
    if (!routes->present)
        return CASTMAP_OK;
    for (size_t i = 0; i < ledger->count; i++) {
        const cm_ledger_entry *entry = &ledger->entry[i];
        cm_published earlier = {0};
        if (entry->audience != CASTMAP_PARTNER && entry->audience != CASTMAP_PUBLIC)
            continue;
        castmap_status status = cm_published_from_entry(ctx, entry, policy, &earlier);
        if (status)
            return status;
        const bool one = earlier.streets.present && strcmp(earlier.streets.network, routes->name) == 0;
        const bool same = one && entry->audience == policy->audience && entry->from_s == period->from_s && entry->to_s == period->to_s;
        other = other || (earlier.streets.present && !one);
        if (same) { /* what was released is released again, whatever the records say now */
            *out = earlier.streets;
            earlier.streets = (cm_published_streets){0};
        }
        cm_published_clear(&earlier);
        if (same)
            return CASTMAP_OK;
    }
    if (other) { /* not a caveat of the release: made again from the ledger it must say the same as before */
        cm_log(ctx, CASTMAP_LOG_WARNING, "stretches are left out of the release: an earlier one shows them on other streets, and the difference could be read");
        return CASTMAP_OK;
    }
    return cm_published_streets_count(ctx, policy, &routes->streets, routes->name, reports, n, sources_recorded, cells, n_cells, out, withheld);
}

static uint32_t find_name(const castmap_streets *streets, const char *name)
{
    for (size_t i = 0; i < streets->n_names; i++)
        if (strcmp(streets->names[i], name) == 0)
            return (uint32_t)i;
    return CASTMAP_NO_TEXT;
}

/* The streets under the map, where no file of streets was named for that. They are no secret: they come from a file that anybody can have. */
static castmap_status add_backdrop(castmap_context *ctx, const cm_release_inputs *in, const castmap_streets *streets, cm_release_build *build)
{
    const castmap_network *net = &streets->network;
    cm_polygon_set lines = CM_POLYGON_SET_INIT;
    castmap_status status = CASTMAP_OK;

    if (in->options->streets || net->n_edges > MOST_BACKDROP)
        return CASTMAP_OK;
    for (uint32_t e = 0; e < net->n_edges && !status; e++)
        if (cm_polygon_set_feature(&lines) || cm_line_of_edge(&lines, net, e, 0.0, net->length_m[e], false))
            status = cm_fail_memory(ctx);
    cm_layer *layer = cm_build_backdrop(build, "streets", "Streets", CM_SHAPE_LINE, net->n_edges);
    const castmap_polygons view = cm_polygon_set_view(&lines);
    if (!status)
        status = cm_release_shapes(ctx, in, build, layer, &view);
    cm_build_outline(layer, CM_COLOUR_STREET, 0.25, false);
    cm_build_source(build, "Streets: %s. Licence: %s", streets->source, streets->licence);
    cm_polygon_set_clear(&lines);
    return status;
}

castmap_status cm_release_routes(castmap_context *ctx, const cm_release_inputs *in, const cm_route_inputs *routes, const cm_published_streets *published,
                                 cm_release_build *build)
{
    cm_polygon_set lines = CM_POLYGON_SET_INIT;
    castmap_status status = CASTMAP_OK;

    if (!published->present || published->count == 0)
        return routes->drawn ? add_backdrop(ctx, in, &routes->streets, build) : CASTMAP_OK;
    for (size_t i = 0; i < published->count && !status; i++) {
        const cm_published_street *p = &published->street[i];
        const cm_square square = {(double)p->column * p->side_m, (double)p->row * p->side_m, p->side_m};
        const uint32_t name = find_name(&routes->streets, p->name);
        double length = 0.0;
        int failed = cm_polygon_set_feature(&lines);
        for (uint32_t e = 0; e < routes->streets.network.n_edges && !failed; e++)
            if (routes->streets.name_of[e] == name)
                failed = cm_line_in_square(&lines, &routes->streets.network, e, &square, &length);
        if (failed)
            status = cm_fail_memory(ctx);
    }
    cm_layer *layer = cm_build_layer(build, "stretches", "Streets where reports gather",
                                     "Named streets in a square where their own reports are enough to be shown. How many there are is said of squares only.",
                                     CM_SHAPE_LINE, published->count);
    const castmap_polygons view = cm_polygon_set_view(&lines);
    if (!status)
        status = cm_release_shapes(ctx, in, build, layer, &view);
    cm_field *street = cm_build_field(build, layer, CM_FIELD_TEXT, "street", "Street", "Name of the street", "", 0);
    for (size_t i = 0; i < published->count; i++)
        cm_field_set_text(build, street, i, published->street[i].name);
    cm_build_outline(layer, CM_COLOUR_PLACE, STRETCH_MM, false);
    if (!status)
        status = add_backdrop(ctx, in, &routes->streets, build);
    cm_build_method(build, "Streets: a named street is marked in a square of at most 2 km where the reports on it pass the same floors as a square, and where it is at "
                           "least as long as the smallest square is wide. Records that stand for a street, a postcode or an area are on no street.");
    cm_polygon_set_clear(&lines);
    return status;
}

/* ---- internal --------------------------------------------------------------------------------------------------- */

/* Rounded to two figures, so that a legend can be read. */
static double two_digits(double value)
{
    const double unit = value > 0.0 ? pow(10.0, floor(log10(value)) - 1.0) : 1.0;

    return round(value / unit) * unit;
}

/* Pieces that observations reach, and their class. */
static castmap_status add_density(castmap_context *ctx, const cm_release_inputs *in, const cm_route_inputs *routes, const castmap_lixels *lixels,
                                  cm_release_build *build)
{
    const cm_route_layer *l = &routes->layer;
    double breaks[CLASSES + 1] = {0}, *values = cm_alloc(l->n_pieces, sizeof *values);
    uint32_t *piece = cm_alloc(l->n_pieces, sizeof *piece);
    cm_polygon_set lines = CM_POLYGON_SET_INIT;
    size_t n = 0, k = 0;
    castmap_status status = values && piece ? CASTMAP_OK : cm_fail_memory(ctx);

    for (size_t i = 0; i < l->n_pieces && !status; i++) {
        if (!(l->density[i] > 0.0))
            continue;
        values[n] = l->density[i];
        piece[n++] = (uint32_t)i;
        if (cm_polygon_set_feature(&lines) || cm_line_of_edge(&lines, &routes->streets.network, lixels->edge[i], lixels->from_m[i], lixels->to_m[i], false))
            status = cm_fail_memory(ctx);
    }
    cm_layer *layer = cm_build_layer(build, "street_density", "Density along the streets",
                                     "Observations per km of street, smoothed along the streets; pieces that no observation reaches are left out.",
                                     CM_SHAPE_LINE, n);
    const castmap_polygons view = cm_polygon_set_view(&lines);
    if (!status)
        status = cm_release_shapes(ctx, in, build, layer, &view);
    if (!status && n > 0)
        status = castmap_classes_make(ctx, values, n, CLASSES, breaks, &k);
    for (size_t c = 0; c < k; c++)
        breaks[c] = c ? two_digits(breaks[c]) : 0.0;
    cm_field *density = cm_build_field(build, layer, CM_FIELD_REAL, "per_km", l->persons ? "Persons per km" : "Observations per km",
                                       "Smoothed along the streets", "per km", 2);
    cm_field *monthly = cm_build_field(build, layer, CM_FIELD_REAL, "per_km_month", "Per km and month", "The same by month of the period; null: without times",
                                       "per km and month", 3);
    cm_field *persons = l->persons ? cm_build_field(build, layer, CM_FIELD_REAL, "persons", "Persons", "On this piece itself", "", 0) : NULL;
    cm_field *count = cm_build_field(build, layer, CM_FIELD_INTEGER, "count", "Observations", "On this piece itself", "", 0);
    cm_field *p = cm_build_field(build, layer, CM_FIELD_REAL, "p", "p", "Probability of so many or more on this piece, if they were spread evenly", "", 6);
    cm_field *q = cm_build_field(build, layer, CM_FIELD_REAL, "q", "q", "The same, corrected for the number of pieces looked at", "", 6);
    cm_field *street = cm_build_field(build, layer, CM_FIELD_TEXT, "street", "Street", "Name of the street; null: none", "", 0);
    cm_field *number = cm_build_field(build, layer, CM_FIELD_INTEGER, "class", "Class", "Class of the legend, 0 the lowest", "", 0);
    if (!status && layer && !build->failed)
        cm_release_range_classes(build, &layer->style, breaks, k, true, CM_RAMP_DUSK);
    for (size_t c = 0; layer && !build->failed && c < layer->style.n_classes; c++)
        layer->style.classes[c].stroke_mm = LEAST_MM + MORE_MM * (double)c;
    for (size_t i = 0; i < n && !status && !build->failed && layer; i++) {
        const uint32_t e = lixels->edge[piece[i]];
        const size_t c = cm_release_class_of(breaks, k, values[i]);
        cm_field_set_real(density, i, values[i]);
        cm_field_set_real(monthly, i, values[i] / l->months);
        if (l->persons)
            cm_field_set_real(persons, i, l->weight[piece[i]]);
        cm_field_set_integer(count, i, l->count[piece[i]]);
        cm_field_set_real(p, i, l->p[piece[i]]);
        cm_field_set_real(q, i, l->q[piece[i]]);
        if (routes->streets.name_of[e] != CASTMAP_NO_TEXT)
            cm_field_set_text(build, street, i, routes->streets.names[routes->streets.name_of[e]]);
        cm_field_set_integer(number, i, (int64_t)(layer->style.n_classes > k ? c : c > 0 ? c - 1 : 0));
    }
    if (layer && !status && !build->failed) {
        cm_build_colour_by(build, layer, "class", l->persons ? "Persons per km of street" : "Observations per km of street");
        layer->visible = false;
    }
    cm_build_outline(layer, CM_COLOUR_PLACE, LEAST_MM, false);
    cm_polygon_set_clear(&lines);
    free(values);
    free(piece);
    return status;
}

static void fill_stretches(const cm_route_layer *l, cm_release_build *build, cm_layer *layer)
{
    cm_field *number = cm_build_field(build, layer, CM_FIELD_INTEGER, "number", "Stretch", "1 stands out most", "", 0);
    cm_field *street = cm_build_field(build, layer, CM_FIELD_TEXT, "street", "Street", "Name of the street", "", 0);
    cm_field *from = cm_build_field(build, layer, CM_FIELD_TEXT, "from_street", "From", "Street that meets it at one end; null: none has a name", "", 0);
    cm_field *to = cm_build_field(build, layer, CM_FIELD_TEXT, "to_street", "To", "Street that meets it at the other end", "", 0);
    cm_field *length = cm_build_field(build, layer, CM_FIELD_REAL, "length_m", "Length", "Along the street", "m", 0);
    cm_field *count = cm_build_field(build, layer, CM_FIELD_INTEGER, "count", "Observations", "On the stretch", "", 0);
    cm_field *persons = l->persons ? cm_build_field(build, layer, CM_FIELD_REAL, "persons", "Persons", "On the stretch", "", 0) : NULL;
    cm_field *per_km = cm_build_field(build, layer, CM_FIELD_REAL, "per_km", "Per km", l->persons ? "Persons by length" : "Observations by length", "per km", 1);
    cm_field *per_month = cm_build_field(build, layer, CM_FIELD_REAL, "per_km_month", "Per km and month", "Null: without times", "per km and month", 2);
    cm_field *expected = cm_build_field(build, layer, CM_FIELD_REAL, "expected", "Expected",
                                        strcmp(l->exposure, "length") == 0 ? "If all were spread evenly along all streets" : "If all were spread by length and class of street", "", 2);
    cm_field *p = cm_build_field(build, layer, CM_FIELD_REAL, "p", "p", "How rarely chance gives as much anywhere; null: not tested", "", 4);
    cm_field *hot = cm_build_field(build, layer, CM_FIELD_TEXT, "hot", "Hot", "yes: beyond chance", "", 0);
    cm_field *route = cm_build_field(build, layer, CM_FIELD_INTEGER, "route", "Route", "Hot stretches that touch one another share a number", "", 0);
    cm_field *words = cm_build_field(build, layer, CM_FIELD_TEXT, "sentence", "In words", "The same in a sentence", "", 0);
    cm_field *label = cm_build_field(build, layer, CM_FIELD_TEXT, "label", "Label", "Number as printed on the map", "", 0);

    for (size_t i = 0; i < l->n_stretches && !build->failed && label; i++) {
        const cm_route_stretch *s = &l->stretch[i];
        char digits[CM_DECIMAL_SIZE];
        cm_decimal_i64((int64_t)i + 1, digits);
        cm_field_set_integer(number, i, (int64_t)i + 1);
        cm_field_set_text(build, street, i, s->street);
        cm_field_set_text(build, from, i, s->from[0] ? s->from : NULL);
        cm_field_set_text(build, to, i, s->to[0] ? s->to : NULL);
        cm_field_set_real(length, i, s->length_m);
        cm_field_set_integer(count, i, (int64_t)s->count);
        if (l->persons)
            cm_field_set_real(persons, i, s->weight);
        cm_field_set_real(per_km, i, 1000.0 * s->weight / s->length_m);
        cm_field_set_real(per_month, i, 1000.0 * s->weight / s->length_m / l->months);
        cm_field_set_real(expected, i, s->expected);
        cm_field_set_real(p, i, s->p);
        cm_field_set_text(build, hot, i, s->hot ? "yes" : "no");
        if (s->route > 0)
            cm_field_set_integer(route, i, s->route);
        cm_field_set_text(build, words, i, s->sentence);
        cm_field_set_text(build, label, i, s->hot || (!l->tested && i < UNTESTED_NUMBERS) ? digits : NULL);
    }
}

/* Half-way along a line. */
static void middle_of(const double *x, const double *y, size_t n, double *middle_x, double *middle_y)
{
    double left = 0.0;
    size_t k = 1;

    for (size_t v = 1; v < n; v++)
        left += 0.5 * hypot(x[v] - x[v - 1], y[v] - y[v - 1]);
    while (k + 1 < n && left > hypot(x[k] - x[k - 1], y[k] - y[k - 1])) {
        left -= hypot(x[k] - x[k - 1], y[k] - y[k - 1]);
        k++;
    }
    const double step = n > 1 ? hypot(x[k] - x[k - 1], y[k] - y[k - 1]) : 0.0, part = step > 0.0 ? fmin(left / step, 1.0) : 0.0;
    *middle_x = n > 1 ? x[k - 1] + part * (x[k] - x[k - 1]) : x[0];
    *middle_y = n > 1 ? y[k - 1] + part * (y[k] - y[k - 1]) : y[0];
}

static castmap_status add_stretches(castmap_context *ctx, const cm_release_inputs *in, const cm_route_inputs *routes, const castmap_lixels *lixels,
                                    cm_release_build *build)
{
    const cm_route_layer *l = &routes->layer;
    cm_polygon_set lines = CM_POLYGON_SET_INIT;
    double *x = cm_alloc(l->n_stretches, sizeof *x), *y = cm_alloc(l->n_stretches, sizeof *y);
    size_t hot = 0;
    castmap_status status = x && y ? CASTMAP_OK : cm_fail_memory(ctx);

    for (size_t i = 0; i < l->n_stretches && !status; i++) {
        const size_t begun = lines.vertices;
        int failed = cm_polygon_set_feature(&lines);
        hot += l->stretch[i].hot;
        for (size_t k = l->stretch[i].first; k < l->stretch[i].last && !failed; k++) {
            const size_t piece = (size_t)(l->piece_of[k] >> 1);
            failed = cm_line_of_edge(&lines, &routes->streets.network, lixels->edge[piece], lixels->from_m[piece], lixels->to_m[piece], l->piece_of[k] & 1);
        }
        if (failed) {
            status = cm_fail_memory(ctx);
            break;
        }
        middle_of(lines.x + begun, lines.y + begun, lines.vertices - begun, &x[i], &y[i]);
    }
    cm_layer *layer = cm_build_layer(build, "stretches", "Stretches of street that stand out",
                                     "Runs of one street that hold more observations than if they were spread evenly along all streets; numbered where chance "
                                     "would hardly give as much, or where nothing was tested.", CM_SHAPE_LINE, l->n_stretches);
    const castmap_polygons view = cm_polygon_set_view(&lines);
    if (!status)
        status = cm_release_shapes(ctx, in, build, layer, &view);
    fill_stretches(l, build, layer);
    cm_field *number = cm_build_field(build, layer, CM_FIELD_INTEGER, "class", "Class", "1: beyond chance, 0: not", "", 0);
    for (size_t i = 0; i < l->n_stretches && !build->failed; i++)
        cm_field_set_integer(number, i, l->stretch[i].hot);
    if (layer) {
        cm_build_class(build, &layer->style, NAN, NAN, l->tested ? "may be chance" : "not tested", cm_with_alpha(CM_COLOUR_PLACE, 90), false);
        cm_build_class(build, &layer->style, NAN, NAN, "beyond chance", 0xB3123CFFu, false);
        for (size_t c = 0; c < layer->style.n_classes; c++)
            layer->style.classes[c].stroke_mm = c ? STRETCH_MM : 0.9;
        cm_build_colour_by(build, layer, "class", "Stretches of street");
        cm_build_label_points(build, layer, x, y);
        cm_build_label(layer, "label", 0.0);
        layer->visible = false;
    }
    free(x);
    free(y);
    cm_build_outline(layer, CM_COLOUR_PLACE, 0.9, false);
    if (l->tested)
        cm_build_fact_count(build, "Hot stretches of street", (int64_t)hot, "beyond chance");
    else
        cm_build_fact_count(build, "Stretches of street that stand out", (int64_t)l->n_stretches, "not tested");
    cm_polygon_set_clear(&lines);
    return status;
}

/* Without boundaries, and where streets are the only map there is, they are its frame: one stray observation would make a map of the whole country. */
static castmap_status frame_streets(castmap_context *ctx, const cm_release_inputs *in, const castmap_network *net, cm_release_build *build)
{
    if (in->has_boundaries || cm_release_layer(build->release, "heat") || cm_release_layer(build->release, "areas"))
        return CASTMAP_OK;
    return cm_release_frame(ctx, in, net->x, net->y, net->vertex_start[net->n_edges], build);
}

castmap_status cm_release_routes_internal(castmap_context *ctx, const cm_release_inputs *in, cm_release_build *build)
{
    cm_route_inputs routes = {0};
    castmap_lixels lixels = CASTMAP_LIXELS_INIT;
    char piece[CM_DECIMAL_SIZE], radius[CM_DECIMAL_SIZE], limit[CM_DECIMAL_SIZE];
    castmap_status status = cm_route_inputs_load(ctx, in, &routes);

    if (status || !routes.present) {
        if (!status && routes.drawn)
            status = add_backdrop(ctx, in, &routes.streets, build);
        cm_route_inputs_clear(&routes);
        return status;
    }
    status = castmap_lixels_cut(ctx, &routes.streets.network, routes.layer.piece_m, routes.layer.piece_m / 2.0, &lixels);
    if (!status && lixels.count != routes.layer.n_pieces)
        status = cm_fail(ctx, CASTMAP_E_PROJECT, "the stored observations along streets do not fit the streets");
    if (!status)
        status = add_density(ctx, in, &routes, &lixels, build);
    if (!status)
        status = cm_release_street_slices(ctx, in, &routes, &lixels, build);
    if (!status)
        status = add_stretches(ctx, in, &routes, &lixels, build);
    cm_decimal_trimmed(routes.layer.piece_m, 0, piece);
    cm_decimal_trimmed(routes.layer.radius_m, 0, radius);
    cm_decimal_trimmed(routes.layer.limit_m, 0, limit);
    if (!status)
        status = add_backdrop(ctx, in, &routes.streets, build);
    if (!status)
        status = frame_streets(ctx, in, &routes.streets.network, build);
    cm_build_method(build, "Along the streets: observations within %s m of a street, pieces of %s m, density by the %s kernel of %s m, %s. Chance goes by %s.%s", limit,
                    piece, castmap_line_kernel_name(routes.layer.kernel), radius, castmap_line_form_name(routes.layer.form), routes.layer.exposure,
                    routes.layer.persons ? " Persons are counted, 1 where an observation does not say." : "");
    castmap_lixels_clear(&lixels);
    cm_route_inputs_clear(&routes);
    return status;
}
