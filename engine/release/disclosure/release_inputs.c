/*
 * release/disclosure/release_inputs.c - load what a release is made of, and the parts that every audience gets alike.
 */
#include "release/disclosure/release_inputs.h"

#include "base/fail.h"
#include "base/memory.h"
#include "castmap/areas.h"
#include "project/run_table.h"
#include "release/disclosure/flow_world.h"
#include "release/disclosure/release_frame.h"
#include "release/style/palette.h"
#include "space/geometry/geos.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void cm_release_inputs_clear(cm_release_inputs *inputs)
{
    free(inputs->title);
    cm_projection_free(inputs->projection);
    cm_observation_set_clear(&inputs->observations);
    free(inputs->x);
    free(inputs->y);
    cm_boundary_set_clear(&inputs->boundaries);
    free(inputs->border_x);
    free(inputs->border_y);
    free(inputs->area_km2);
    *inputs = (cm_release_inputs){0};
}

castmap_polygons cm_release_borders(const cm_release_inputs *inputs)
{
    castmap_polygons view = cm_polygon_set_view(&inputs->boundaries.shape);

    view.x = inputs->border_x;
    view.y = inputs->border_y;
    return view;
}

static castmap_status load_boundaries(castmap_context *ctx, cm_release_inputs *in)
{
    castmap_status status = cm_boundary_load(ctx, in->project, in->options->level, &in->boundaries);

    if (status == CASTMAP_E_NOT_FOUND && !in->options->level) {
        cm_fail_clear(ctx);
        return CASTMAP_OK;
    }
    if (status)
        return status;
    in->has_boundaries = true;
    const size_t n = in->boundaries.shape.vertices;
    in->border_x = cm_alloc(n, sizeof *in->border_x);
    in->border_y = cm_alloc(n, sizeof *in->border_y);
    in->area_km2 = cm_alloc(in->boundaries.count, sizeof *in->area_km2);
    if (!in->border_x || !in->border_y || !in->area_km2)
        return cm_fail_memory(ctx);
    status = cm_projection_forward(ctx, in->projection, n, in->boundaries.shape.x, in->boundaries.shape.y, in->border_x,
                                   in->border_y, NULL);
    if (status)
        return status;
    const castmap_polygons view = cm_release_borders(in);
    castmap_polygons_area_km2(&view, in->area_km2);
    return CASTMAP_OK;
}

castmap_status cm_release_inputs_load(castmap_context *ctx, castmap_project *project,
                                      const castmap_release_options *options, int64_t from_s, int64_t to_s,
                                      cm_release_inputs *out)
{
    cm_release_inputs in = {.project = project, .options = options};
    const char *crs = cm_project_crs(project);
    castmap_status status;

    bool world = false;
    status = cm_world_wanted(ctx, project, &world);
    if (status)
        goto done;
    if (world)
        crs = CM_WORLD_CRS;
    if (crs[0] == '\0') {
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "the project holds nothing that could be released yet");
        goto done;
    }
    status = cm_setting_get(ctx, project, "title", &in.title);
    if (status)
        goto done;
    status = cm_projection_new(ctx, crs, false, &in.projection);
    if (status)
        goto done;
    status = cm_observations_load(ctx, project, from_s, to_s, NULL, &in.observations);
    if (status)
        goto done;
    in.x = cm_alloc(in.observations.count, sizeof *in.x);
    in.y = cm_alloc(in.observations.count, sizeof *in.y);
    if (!in.x || !in.y) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    status = cm_projection_forward(ctx, in.projection, in.observations.count, in.observations.lon, in.observations.lat,
                                   in.x, in.y, NULL);
    if (status)
        goto done;
    status = load_boundaries(ctx, &in);
    if (status)
        goto done;
    *out = in;
    in = (cm_release_inputs){0};

done:
    cm_release_inputs_clear(&in);
    return status;
}

static void widen(const double *x, const double *y, size_t n, double box[4])
{
    box[0] = box[1] = INFINITY;
    box[2] = box[3] = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        box[0] = fmin(box[0], x[i]);
        box[1] = fmin(box[1], y[i]);
        box[2] = fmax(box[2], x[i]);
        box[3] = fmax(box[3], y[i]);
    }
}

/*
 * Of the boundaries; without any, of the 8 km cells around the records, which says no more than that there are some; without records, of the streets. The corners of
 * such cells may lie where the working CRS is not to be used, so degrees are taken to whole tenths around the records then.
 */
static castmap_status set_extent(castmap_context *ctx, const cm_release_inputs *in, cm_release_build *build)
{
    const cm_polygon_set *shape = &in->boundaries.shape;
    double box[4], degrees[4];

    if (in->has_boundaries) {
        widen(in->border_x, in->border_y, shape->vertices, box);
        widen(shape->x, shape->y, shape->vertices, degrees);
    } else if (in->observations.count > 0) {
        double lon[4], lat[4];
        bool sound[4];
        widen(in->x, in->y, in->observations.count, box);
        for (int k = 0; k < 4; k++)
            box[k] = (k < 2 ? floor(box[k] / 8000.0) : floor(box[k] / 8000.0) + 1.0) * 8000.0;
        const double x[4] = {box[0], box[2], box[2], box[0]}, y[4] = {box[1], box[1], box[3], box[3]};
        castmap_status status = cm_projection_inverse(ctx, in->projection, 4, x, y, lon, lat, sound);
        if (status)
            return status;
        widen(lon, lat, 4, degrees);
        if (!sound[0] || !sound[1] || !sound[2] || !sound[3]) {
            widen(in->observations.lon, in->observations.lat, in->observations.count, degrees);
            for (int k = 0; k < 4; k++)
                degrees[k] = (k < 2 ? floor(degrees[k] * 10.0) : ceil(degrees[k] * 10.0)) / 10.0;
        }
    } else if (cm_is_world(in)) {
        box[2] = CM_WORLD_HALF_WIDTH_M;
        box[3] = CM_WORLD_HALF_HEIGHT_M;
        box[0] = -box[2];
        box[1] = -box[3];
        degrees[2] = 180.0;
        degrees[3] = 85.0;
        degrees[0] = -degrees[2];
        degrees[1] = -degrees[3];
    } else {
        const castmap_status status = cm_release_frame_streets(ctx, in, build);
        if (status != CASTMAP_E_NOT_FOUND)
            return status;
        cm_fail_clear(ctx);
        return cm_fail(ctx, CASTMAP_E_NOT_FOUND, "the project has neither boundaries, nor records, nor streets to make a release of");
    }
    cm_build_extent(build, box[0], box[1], box[2], box[3], degrees[0], degrees[1], degrees[2], degrees[3]);
    return CASTMAP_OK;
}

castmap_status cm_release_common(castmap_context *ctx, const cm_release_inputs *in, cm_release_build *build)
{
    castmap_release *release = build->release;

    if (build->failed)
        return cm_fail_memory(ctx);
    cm_build_text(build, &release->title, in->title && in->title[0] ? in->title : "Community map");
    cm_build_text(build, &release->crs, cm_projection_crs(in->projection));
    cm_build_text(build, &release->crs_name, cm_is_world(in) ? "Equal Earth, an equal-area map of the world" : cm_projection_name(in->projection));
    cm_build_text(build, &release->crs_wkt, cm_projection_wkt(in->projection));
    release->crs_epsg = cm_projection_epsg(in->projection);
    if (in->has_boundaries) {
        const cm_boundary_set *set = &in->boundaries;
        cm_build_source(build, "Boundaries: %s%s%s%s%s", set->source && set->source[0] ? set->source : set->name,
                        set->vintage && set->vintage[0] ? ", " : "", set->vintage ? set->vintage : "",
                        set->licence && set->licence[0] ? ". Licence: " : "", set->licence ? set->licence : "");
    }
    castmap_status status = set_extent(ctx, in, build);
    return status ? status : cm_release_backdrop(ctx, in, build);
}

castmap_status cm_release_shapes(castmap_context *ctx, const cm_release_inputs *in, cm_release_build *build,
                                 cm_layer *layer, const castmap_polygons *metres)
{
    if (!layer)
        return cm_fail_memory(ctx);
    const size_t n = layer->count ? metres->vertex_start[metres->ring_start[metres->part_start[layer->count]]] : 0;
    double *lon = cm_alloc(n, sizeof *lon), *lat = cm_alloc(n, sizeof *lat);
    castmap_status status = lon && lat ? cm_projection_inverse(ctx, in->projection, n, metres->x, metres->y, lon, lat, NULL)
                                       : cm_fail_memory(ctx);

    if (!status)
        cm_build_shapes(build, layer, metres, lon, lat);
    free(lon);
    free(lat);
    return status;
}

castmap_status cm_release_area_shapes(castmap_context *ctx, const cm_release_inputs *in, cm_release_build *build,
                                      cm_layer *layer)
{
    const cm_boundary_set *set = &in->boundaries;
    const castmap_polygons view = cm_release_borders(in);
    double *x = cm_alloc(set->count, sizeof *x), *y = cm_alloc(set->count, sizeof *y);
    castmap_status status = x && y ? CASTMAP_OK : cm_fail_memory(ctx);

    cm_build_shapes(build, layer, &view, set->shape.x, set->shape.y);
    for (size_t i = 0; i < set->count && !status; i++)
        status = cm_geos_label_point(ctx, &view, i, &x[i], &y[i]);
    if (!status)
        cm_build_label_points(build, layer, x, y);
    free(x);
    free(y);
    cm_field *code = cm_build_field(build, layer, CM_FIELD_TEXT, "code", "Code", "Code of the area", "", 0);
    cm_field *name = cm_build_field(build, layer, CM_FIELD_TEXT, "name", "Name", "Name of the area", "", 0);
    cm_field *parent = cm_build_field(build, layer, CM_FIELD_TEXT, "parent", "Part of", "The larger area it belongs to", "", 0);
    for (size_t i = 0; i < set->count; i++) {
        cm_field_set_text(build, code, i, set->code[i]);
        cm_field_set_text(build, name, i, set->area_name[i]);
        cm_field_set_text(build, parent, i, set->parent[i]);
    }
    return status;
}

castmap_status cm_release_boundaries(castmap_context *ctx, const cm_release_inputs *in, cm_release_build *build)
{
    if (!in->has_boundaries)
        return CASTMAP_OK;
    cm_layer *layer = cm_build_layer(build, "boundaries", "Boundaries", "Borders and names of the areas, as they were supplied.",
                                     CM_SHAPE_POLYGON, in->boundaries.count);
    castmap_status status = cm_release_area_shapes(ctx, in, build, layer);

    /* Many small areas drawn with a strong line would hide what they hold. */
    cm_build_outline(layer, CM_COLOUR_BORDER, in->boundaries.count > 60 ? 0.15 : 0.3, false);
    cm_build_label(layer, "name", 12.0);
    return status;
}

void cm_release_count_classes(cm_release_build *build, cm_style *style, const double *edges, size_t n, bool with_zero,
                              int ramp)
{
    char words[CM_LABEL_SIZE];

    if (with_zero)
        cm_build_class(build, style, 0.0, 0.0, "0", CM_COLOUR_ZERO, false);
    for (size_t k = 0; k < n; k++) {
        const double upper = k + 1 < n ? edges[k + 1] - 1.0 : (double)INFINITY;
        cm_label_counts(edges[k], upper, words);
        cm_build_class(build, style, edges[k], upper, words, cm_ramp_colour((cm_ramp)ramp, k, n), false);
    }
}

void cm_release_range_classes(cm_release_build *build, cm_style *style, const double *edges, size_t n, bool from_zero,
                              int ramp)
{
    char words[CM_LABEL_SIZE];

    for (size_t k = 0; k < n; k++) {
        const double lower = k == 0 && from_zero ? 0.0 : edges[k], upper = k + 1 < n ? edges[k + 1] : (double)INFINITY;
        cm_label_range(lower, upper, 3, words);
        cm_build_class(build, style, lower, upper, words, cm_ramp_colour((cm_ramp)ramp, k, n), false);
    }
}

size_t cm_release_class_of(const double *edges, size_t n, double value)
{
    size_t k = 0;

    while (k < n && value >= edges[k])
        k++;
    return k;
}
