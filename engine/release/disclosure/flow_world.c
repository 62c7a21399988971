/* release/disclosure/flow_world.c */
#include "release/disclosure/flow_world.h"

#include "base/fail.h"
#include "base/memory.h"
#include "project/run_table.h"
#include "release/style/palette.h"
#include "runs/country_names.h"
#include "runs/country_places.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DISC_M 60000.0
#define DISC_STEPS 24
#define LEAST_FRAME_M 1500000.0
#define NOWHERE INT64_MIN

bool cm_is_world(const cm_release_inputs *in)
{
    return strcmp(cm_projection_crs(in->projection), CM_WORLD_CRS) == 0;
}

castmap_status cm_world_wanted(castmap_context *ctx, castmap_project *project, bool *wanted)
{
    cm_flow_layer layer = {0};
    castmap_status status;

    *wanted = false;
    if (*cm_project_crs(project))
        return CASTMAP_OK;
    status = cm_flow_layer_load(ctx, project, &layer);
    if (status == CASTMAP_E_NOT_FOUND) {
        cm_fail_clear(ctx);
        return CASTMAP_OK;
    }
    *wanted = !status && layer.boundary_id == 0;
    cm_flow_layer_clear(&layer);
    return status;
}

/* ---- countries in place of words ------------------------------------------------------------------------------- */

static size_t keep_movements(cm_flow_layer *layer, const int64_t *country)
{
    size_t kept = 0;

    for (size_t i = 0; i < layer->n; i++) {
        const int64_t from = country[layer->from[i]], to = country[layer->to[i]];
        if (from == NOWHERE || to == NOWHERE)
            continue;
        layer->from[kept] = from;
        layer->to[kept] = to;
        layer->when_s[kept] = layer->when_s[i];
        layer->span_s[kept] = layer->span_s[i];
        layer->person[kept] = layer->person[i];
        layer->source[kept] = layer->source[i];
        layer->grade[kept++] = layer->grade[i];
    }
    const size_t left_out = layer->n - kept;
    layer->n = kept;
    return left_out;
}

static void keep_flows(cm_flow_layer *layer, const int64_t *country)
{
    size_t kept = 0;

    for (size_t f = 0; f < layer->n_flows; f++) {
        const int64_t from = country[layer->flow_from[f]], to = country[layer->flow_to[f]];
        if (from == NOWHERE || to == NOWHERE)
            continue;
        layer->flow_from[kept] = (uint32_t)from;
        layer->flow_to[kept] = (uint32_t)to;
        layer->moves[kept] = layer->moves[f];
        layer->persons[kept] = layer->persons[f];
        layer->expected[kept] = layer->expected[f];
        layer->p[kept] = layer->p[f];
        layer->q[kept++] = layer->q[f];
    }
    layer->n_flows = kept;
}

static void keep_corridors(cm_flow_layer *layer, const int64_t *country)
{
    size_t kept = 0;
    int64_t at = 0;

    for (size_t c = 0; c < layer->n_corridors; c++) {
        const int64_t begin = layer->corridor_start[c], end = layer->corridor_start[c + 1];
        bool known = true;
        for (int64_t k = begin; k < end; k++)
            known = known && country[layer->corridor_stop[k]] != NOWHERE;
        if (!known)
            continue;
        layer->corridor_journeys[kept] = layer->corridor_journeys[c];
        layer->corridor_start[kept++] = at;
        for (int64_t k = begin; k < end; k++)
            layer->corridor_stop[at++] = country[layer->corridor_stop[k]];
    }
    layer->corridor_start[kept] = at;
    layer->n_corridors = kept;
}

static castmap_status rename_areas(castmap_context *ctx, cm_flow_layer *layer)
{
    const size_t n = cm_country_count();
    char **code = cm_alloc_zero(n, sizeof *code), **name = cm_alloc_zero(n, sizeof *name);
    bool failed = !code || !name;

    for (size_t i = 0; i < layer->n_areas; i++) {
        free(layer->code[i]);
        free(layer->area_name[i]);
    }
    free(layer->code);
    free(layer->area_name);
    layer->code = code;
    layer->area_name = name;
    layer->n_areas = failed ? 0 : n;
    for (size_t i = 0; i < layer->n_areas; i++) {
        code[i] = cm_copy_text(cm_country_code(cm_country_number(i)));
        name[i] = cm_copy_text(cm_country_name(cm_country_number(i)));
        failed = failed || !code[i] || !name[i];
    }
    return failed ? cm_fail_memory(ctx) : CASTMAP_OK;
}

/* ---- discs ------------------------------------------------------------------------------------------------------ */

static int add_disc(cm_polygon_set *set, double x, double y)
{
    int failed = cm_polygon_set_feature(set) || cm_polygon_set_part(set) || cm_polygon_set_ring(set);

    for (int k = 0; k <= DISC_STEPS && !failed; k++) {
        const double turn = 2.0 * 3.14159265358979323846 * (double)(k % DISC_STEPS) / DISC_STEPS;
        failed = cm_polygon_set_vertex(set, x + DISC_M * cos(turn), y + DISC_M * sin(turn));
    }
    return failed;
}

/* The discs as a boundary set: in metres beside it, in degrees within. */
static castmap_status make_discs(castmap_context *ctx, const cm_release_inputs *in, cm_projected_areas *areas)
{
    const size_t n = cm_country_count();
    cm_boundary_set *set = &areas->set;
    double *lon = cm_alloc(n, sizeof *lon), *lat = cm_alloc(n, sizeof *lat), *x = cm_alloc(n, sizeof *x), *y = cm_alloc(n, sizeof *y);
    castmap_status status = lon && lat && x && y ? CASTMAP_OK : cm_fail_memory(ctx);

    for (size_t i = 0; i < n && !status; i++)
        cm_country_place(i, &lon[i], &lat[i]);
    if (!status)
        status = cm_projection_forward(ctx, in->projection, n, lon, lat, x, y, NULL);
    for (size_t i = 0; i < n && !status; i++) {
        if (add_disc(&set->shape, x[i], y[i]))
            status = cm_fail_memory(ctx);
    }
    areas->x = status ? NULL : cm_alloc(set->shape.vertices, sizeof *areas->x);
    areas->y = status ? NULL : cm_alloc(set->shape.vertices, sizeof *areas->y);
    if (!status && (!areas->x || !areas->y))
        status = cm_fail_memory(ctx);
    if (!status) {
        memcpy(areas->x, set->shape.x, set->shape.vertices * sizeof *areas->x);
        memcpy(areas->y, set->shape.y, set->shape.vertices * sizeof *areas->y);
        status = cm_projection_inverse(ctx, in->projection, set->shape.vertices, areas->x, areas->y, set->shape.x, set->shape.y, NULL);
    }
    free(lon);
    free(lat);
    free(x);
    free(y);
    return status;
}

static castmap_status make_set(castmap_context *ctx, const cm_release_inputs *in, cm_flow_inputs *flows)
{
    cm_boundary_set *set = &flows->areas.set;
    const size_t n = cm_country_count();
    bool failed;

    set->level = cm_copy_text("countries");
    set->sha256 = cm_copy_text("ISO 3166-1");
    set->code = cm_alloc_zero(n, sizeof *set->code);
    set->area_name = cm_alloc_zero(n, sizeof *set->area_name);
    set->parent = cm_alloc_zero(n, sizeof *set->parent);
    failed = !set->level || !set->sha256 || !set->code || !set->area_name || !set->parent;
    set->count = failed ? 0 : n;
    for (size_t i = 0; i < set->count; i++) {
        set->code[i] = cm_copy_text(flows->layer.code[i]);
        set->area_name[i] = cm_copy_text(flows->layer.area_name[i]);
        failed = failed || !set->code[i] || !set->area_name[i];
    }
    return failed ? cm_fail_memory(ctx) : make_discs(ctx, in, &flows->areas);
}

castmap_status cm_flow_world(castmap_context *ctx, const cm_release_inputs *in, cm_flow_inputs *flows)
{
    cm_flow_layer *layer = &flows->layer;
    int64_t *country = cm_alloc(layer->n_areas, sizeof *country);
    castmap_status status;

    if (!country)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < layer->n_areas; i++) {
        const size_t index = cm_country_index(layer->code[i]);
        country[i] = index == CM_NO_COUNTRY_INDEX ? NOWHERE : (int64_t)index;
    }
    const size_t left_out = keep_movements(layer, country);
    keep_flows(layer, country);
    keep_corridors(layer, country);
    free(country);
    if (left_out)
        cm_log(ctx, CASTMAP_LOG_WARNING, "%zu movements are not drawn: they begin or end in what is no country", left_out);
    status = rename_areas(ctx, layer);
    return status ? status : make_set(ctx, in, flows);
}

/* ---- frame ------------------------------------------------------------------------------------------------------ */

void cm_world_extent(const cm_flow_inputs *flows, const bool *marked, cm_release_build *build)
{
    double box[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY}, degrees[4] = {180.0, 90.0, -180.0, -90.0};

    for (size_t i = 0; i < flows->areas.set.count; i++) {
        double lon, lat;
        if (!marked[i])
            continue;
        cm_country_place(i, &lon, &lat);
        box[0] = fmin(box[0], flows->x[i]);
        box[1] = fmin(box[1], flows->y[i]);
        box[2] = fmax(box[2], flows->x[i]);
        box[3] = fmax(box[3], flows->y[i]);
        degrees[0] = fmin(degrees[0], lon);
        degrees[1] = fmin(degrees[1], lat);
        degrees[2] = fmax(degrees[2], lon);
        degrees[3] = fmax(degrees[3], lat);
    }
    if (!(box[0] <= box[2]))
        return; /* nothing is shown: the whole world */
    const double pad = fmax(0.15 * fmax(box[2] - box[0], box[3] - box[1]), LEAST_FRAME_M / 4.0);
    const double pad_deg = pad / 111000.0;
    cm_build_extent(build, fmax(box[0] - pad, -CM_WORLD_HALF_WIDTH_M), fmax(box[1] - pad, -CM_WORLD_HALF_HEIGHT_M), fmin(box[2] + pad, CM_WORLD_HALF_WIDTH_M),
                    fmin(box[3] + pad, CM_WORLD_HALF_HEIGHT_M), fmax(degrees[0] - pad_deg, -180.0), fmax(degrees[1] - pad_deg, -85.0),
                    fmin(degrees[2] + pad_deg, 180.0), fmin(degrees[3] + pad_deg, 85.0));
}

castmap_status cm_world_frame(castmap_context *ctx, const cm_release_inputs *in, const cm_flow_inputs *flows, const bool *marked, cm_release_build *build)
{
    cm_layer *layer = cm_build_layer(build, "boundaries", "Countries", "Each country at its rough centre, in whole degrees, with its name where a flow shown begins or ends. No borders are shown.", CM_SHAPE_POLYGON,
                                     flows->areas.set.count);
    cm_release_inputs own = *in; /* a view with the discs */
    char **names = cm_alloc(flows->areas.set.count, sizeof *names);

    for (size_t i = 0; names && i < flows->areas.set.count; i++)
        names[i] = marked[i] ? flows->areas.set.area_name[i] : NULL;
    own.boundaries = flows->areas.set;
    own.border_x = flows->areas.x;
    own.border_y = flows->areas.y;
    own.boundaries.area_name = names;
    const castmap_status status = names ? cm_release_area_shapes(ctx, &own, build, layer) : cm_fail_memory(ctx);
    free(names);
    cm_build_outline(layer, CM_COLOUR_BORDER, 0.2, false);
    cm_build_label(layer, "name", 0.0);
    cm_build_source(build, "Countries: rough centres in whole degrees, of castmap itself; codes of ISO 3166-1");
    return status;
}
