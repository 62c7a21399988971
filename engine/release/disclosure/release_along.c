/* release/disclosure/release_along.c - the newest place or way that was kept, for the group itself: streets within reach, the way, the observations. */
#include "release/disclosure/release_along.h"

#include "base/fail.h"
#include "base/memory.h"
#include "project/along_table.h"
#include "release/style/palette.h"
#include "runs/remarks.h"
#include "space/geometry/polygon_set.h"

#include <stdio.h>
#include <stdlib.h>

#define REACH_COLOUR 0x2C7FB8FFu
#define WAY_COLOUR 0xB3123CFFu
#define REACHED_COLOUR 0x0B3C5DFFu

/* Lines in degrees as one feature of a layer. */
static castmap_status draw(castmap_context *ctx, const cm_release_inputs *in, cm_release_build *build, cm_layer *layer, size_t lines, const int64_t *start,
                           size_t vertices, const double *lon, const double *lat)
{
    double *x = cm_alloc(vertices, sizeof *x), *y = cm_alloc(vertices, sizeof *y);
    cm_polygon_set set = CM_POLYGON_SET_INIT;
    castmap_status status = x && y ? cm_projection_forward(ctx, in->projection, vertices, lon, lat, x, y, NULL) : cm_fail_memory(ctx);
    int failed = status ? 0 : cm_polygon_set_feature(&set);

    for (size_t i = 0; i < lines && !status && !failed; i++) {
        failed = cm_polygon_set_part(&set) || cm_polygon_set_ring(&set);
        for (int64_t v = start[i]; v < start[i + 1] && !failed; v++)
            failed = cm_polygon_set_vertex(&set, x[v], y[v]);
    }
    if (failed)
        status = cm_fail_memory(ctx);
    const castmap_polygons view = cm_polygon_set_view(&set);
    if (!status)
        status = cm_release_shapes(ctx, in, build, layer, &view);
    cm_polygon_set_clear(&set);
    free(x);
    free(y);
    return status;
}

static castmap_status add_reach(castmap_context *ctx, const cm_release_inputs *in, const cm_along_layer *l, cm_release_build *build)
{
    char within[32], title[300];

    cm_length_words(l->within_m, within);
    snprintf(title, sizeof title, "%.200s: streets within %s", l->name, within);
    cm_layer *layer = cm_build_layer(build, "reach", title, "Streets that can be reached along the streets within the distance.", CM_SHAPE_LINE, 1);
    cm_field *length = cm_build_field(build, layer, CM_FIELD_REAL, "length_m", "Length", "Of street within the distance", "m", 0);
    cm_field *count = cm_build_field(build, layer, CM_FIELD_INTEGER, "count", "Observations", "On those streets", "", 0);
    castmap_status status = draw(ctx, in, build, layer, l->n_lines, l->start, l->n_vertices, l->lon, l->lat);
    if (!build->failed && count) {
        cm_field_set_real(length, 0, l->streets_m);
        cm_field_set_integer(count, 0, (int64_t)l->n);
        layer->visible = false;
    }
    cm_build_outline(layer, REACH_COLOUR, 0.9, false);
    return status;
}

static castmap_status add_way(castmap_context *ctx, const cm_release_inputs *in, const cm_along_layer *l, cm_release_build *build)
{
    const int64_t start[] = {0, (int64_t)l->n_way};
    char title[300];

    if (!l->is_way || l->n_way < 2)
        return CASTMAP_OK;
    snprintf(title, sizeof title, "%.200s: the shortest way", l->name);
    cm_layer *layer = cm_build_layer(build, "way", title, "The shortest way between two places along the streets.", CM_SHAPE_LINE, 1);
    cm_field *length = cm_build_field(build, layer, CM_FIELD_REAL, "length_m", "Length", "Of the way", "m", 0);
    castmap_status status = draw(ctx, in, build, layer, 1, start, l->n_way, l->way_lon, l->way_lat);
    if (!build->failed && length) {
        cm_field_set_real(length, 0, l->way_m);
        layer->visible = false;
    }
    cm_build_outline(layer, WAY_COLOUR, 1.4, false);
    return status;
}

/* Those of the release's observations that are within reach. */
static castmap_status add_reached(castmap_context *ctx, const cm_release_inputs *in, const cm_along_layer *l, cm_release_build *build)
{
    const cm_observation_set *set = &in->observations;
    double *place = cm_alloc(4 * l->n, sizeof *place);
    size_t *which = cm_alloc(l->n, sizeof *which);
    size_t n = 0, k = 0;

    if (!place || !which) {
        free(place);
        free(which);
        return cm_fail_memory(ctx);
    }
    for (size_t i = 0; i < set->count && k < l->n; i++) { /* both ascend by number */
        while (k < l->n && l->observation[k] < set->id[i])
            k++;
        if (k == l->n || l->observation[k] != set->id[i])
            continue;
        place[n] = in->x[i];
        place[l->n + n] = in->y[i];
        place[2 * l->n + n] = set->lon[i];
        place[3 * l->n + n] = set->lat[i];
        which[n++] = k;
    }
    cm_layer *layer = cm_build_layer(build, "reached", "Observations within reach", "Observations on the streets within the distance.", CM_SHAPE_POINT, n);
    cm_build_points(build, layer, place, place + l->n, place + 2 * l->n, place + 3 * l->n);
    cm_field *id = cm_build_field(build, layer, CM_FIELD_INTEGER, "id", "Number", "Number in the project", "", 0);
    cm_field *distance = cm_build_field(build, layer, CM_FIELD_REAL, "distance_m", "Distance", "Along the streets; 0 on the way itself", "m", 0);
    for (size_t i = 0; i < n && distance && !build->failed; i++) {
        cm_field_set_integer(id, i, l->observation[which[i]]);
        cm_field_set_real(distance, i, l->distance_m[which[i]]);
    }
    cm_build_fill(layer, REACHED_COLOUR);
    if (layer) {
        layer->style.size_mm = 1.4;
        layer->visible = false;
    }
    free(place);
    free(which);
    return CASTMAP_OK;
}

castmap_status cm_release_along_internal(castmap_context *ctx, const cm_release_inputs *in, cm_release_build *build)
{
    cm_along_layer layer = {0};
    char within[32];
    castmap_status status = cm_along_layer_load(ctx, in->project, &layer);

    if (status == CASTMAP_E_NOT_FOUND) {
        cm_fail_clear(ctx);
        return CASTMAP_OK;
    }
    if (!status)
        status = add_reach(ctx, in, &layer, build);
    if (!status)
        status = add_way(ctx, in, &layer, build);
    if (!status)
        status = add_reached(ctx, in, &layer, build);
    if (!status) {
        cm_length_words(layer.within_m, within);
        cm_build_method(build, "%.200s: %zu observations within %s along the streets%s, in both directions unless it was asked as one may drive.", layer.name, layer.n,
                        within, layer.is_way ? " of the shortest way" : "");
    }
    cm_along_layer_clear(&layer);
    return status;
}
