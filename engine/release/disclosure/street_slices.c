/* release/disclosure/street_slices.c - how the density along the streets went: one layer a part of the period, for the group itself. */
#include "release/disclosure/release_routes.h"

#include "base/decimal.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/time_text.h"
#include "release/disclosure/street_lines.h"
#include "release/style/palette.h"

#include <stdio.h>
#include <stdlib.h>

#define LEAST_MM 0.5
#define MORE_MM 0.35 /* from class to class */

/* Pieces of slice i that reach the first class, hidden until somebody looks at them. */
static castmap_status add_slice(castmap_context *ctx, const cm_release_inputs *in, const cm_route_inputs *routes, const castmap_lixels *lixels, size_t i,
                                uint32_t *piece, cm_release_build *build)
{
    const cm_route_layer *l = &routes->layer;
    const char *legend = l->persons ? "Persons per km of street and month" : "Observations per km of street and month";
    const double *density = l->slice_density + i * l->n_pieces;
    cm_polygon_set lines = CM_POLYGON_SET_INIT;
    char name[40], title[140], from[CM_DECIMAL_SIZE], to[CM_DECIMAL_SIZE];
    size_t n = 0;
    castmap_status status = CASTMAP_OK;

    for (size_t k = 0; k < l->n_pieces && !status; k++) {
        if (cm_release_class_of(l->slice_breaks, l->n_slice_breaks, density[k]) == 0)
            continue;
        piece[n++] = (uint32_t)k;
        if (cm_polygon_set_feature(&lines) || cm_line_of_edge(&lines, &routes->streets.network, lixels->edge[k], lixels->from_m[k], lixels->to_m[k], false))
            status = cm_fail_memory(ctx);
    }
    cm_date_iso(l->slice_from_s[i], from);
    cm_date_iso(l->slice_to_s[i] - 1, to);
    snprintf(name, sizeof name, "street_density_%02zu", i + 1);
    snprintf(title, sizeof title, "Density along the streets, %s to %s", from, to);
    cm_layer *layer = cm_build_layer(build, name, title, "Density along the streets about this part of the period; pieces below the first class are left out.",
                                     CM_SHAPE_LINE, n);
    const castmap_polygons view = cm_polygon_set_view(&lines);
    if (!status)
        status = cm_release_shapes(ctx, in, build, layer, &view);
    cm_field *per_month = cm_build_field(build, layer, CM_FIELD_REAL, "per_km_month", legend, "Smoothed along the streets and in time", "per km and month", 3);
    cm_field *number = cm_build_field(build, layer, CM_FIELD_INTEGER, "class", "Class", "Number of the class in the legend, from 0", "", 0);
    cm_field *label = cm_build_field(build, layer, CM_FIELD_TEXT, "label", legend, "Words of the class", "", 0);
    cm_field *street = cm_build_field(build, layer, CM_FIELD_TEXT, "street", "Street", "Name of the street; null: none", "", 0);
    if (street) {
        layer->visible = false;
        cm_release_range_classes(build, &layer->style, l->slice_breaks, l->n_slice_breaks, false, CM_RAMP_DUSK);
        for (size_t c = 0; c < layer->style.n_classes && !build->failed; c++)
            layer->style.classes[c].stroke_mm = LEAST_MM + MORE_MM * (double)c;
    }
    for (size_t k = 0; k < n && street && !status && !build->failed; k++) {
        const size_t c = cm_release_class_of(l->slice_breaks, l->n_slice_breaks, density[piece[k]]) - 1;
        const uint32_t text = routes->streets.name_of[lixels->edge[piece[k]]];
        cm_field_set_real(per_month, k, density[piece[k]]);
        cm_field_set_integer(number, k, (int64_t)c);
        cm_field_set_text(build, label, k, layer->style.classes[c].label);
        if (text != CASTMAP_NO_TEXT)
            cm_field_set_text(build, street, k, routes->streets.names[text]);
    }
    cm_build_colour_by(build, layer, "class", legend);
    cm_build_outline(layer, CM_COLOUR_PLACE, LEAST_MM, false);
    cm_polygon_set_clear(&lines);
    return status;
}

castmap_status cm_release_street_slices(castmap_context *ctx, const cm_release_inputs *in, const cm_route_inputs *routes, const castmap_lixels *lixels,
                                        cm_release_build *build)
{
    const cm_route_layer *l = &routes->layer;
    uint32_t *piece = NULL;
    castmap_status status = CASTMAP_OK;

    if (l->n_slices == 0)
        return CASTMAP_OK;
    piece = cm_alloc(l->n_pieces, sizeof *piece);
    if (!piece)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < l->n_slices && !status; i++)
        status = add_slice(ctx, in, routes, lixels, i, piece, build);
    cm_build_method(build, "Slices in time along the streets: %zu parts of the period, each smoothed over its neighbours, in one legend.", l->n_slices);
    free(piece);
    return status;
}
