/*
 * runs/heat_area.c - which part of the country a heat map shows, and which observations are in it.
 *
 * The study area is the union of a boundary set, never the box around the data: a box would put empty sea and other people's land into every
 * average. What is blanked out comes from a file, read as boundaries are.
 */
#include "runs/heat_run.h"

#include "base/fail.h"
#include "base/memory.h"
#include "io/gdal_vector.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

castmap_points cm_heat_points_view(const cm_heat_points *points)
{
    return (castmap_points){.count = points->count, .x = points->x, .y = points->y, .weight = points->weight, .time_s = points->time_s,
                            .id = points->id};
}

void cm_heat_points_clear(cm_heat_points *points)
{
    free(points->x);
    free(points->y);
    free(points->weight);
    free(points->id);
    free(points->time_s);
    *points = (cm_heat_points){0};
}

/* Is nothing shown outside the study area? */
static bool ends_there(const castmap_heat_run_options *o)
{
    return o->within || o->edge != CASTMAP_EDGE_NONE || o->kind == CASTMAP_HEAT_COMPARE || o->measure == CASTMAP_HEAT_PER_1000;
}

static bool needs_areas(const castmap_heat_run_options *o)
{
    return ends_there(o) || o->study_level ||
           (o->by_rule && (o->rule == CASTMAP_BANDWIDTH_DIGGLE || o->rule == CASTMAP_BANDWIDTH_CRONIE_VAN_LIESHOUT));
}

static void extent_of_points(cm_heat_run *run)
{
    run->extent = (cm_extent){INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (int k = 0; k < 2; k++) {
        const cm_run_points *points = k ? &run->others : &run->points;
        for (size_t i = 0; i < points->set.count; i++) {
            run->extent.west = fmin(run->extent.west, points->x[i]);
            run->extent.south = fmin(run->extent.south, points->y[i]);
            run->extent.east = fmax(run->extent.east, points->x[i]);
            run->extent.north = fmax(run->extent.north, points->y[i]);
        }
    }
}

/* Of all areas, or of those that hold nearly all observations. */
static castmap_status extent_of_areas(cm_heat_run *run)
{
    const castmap_points points = cm_run_points_view(&run->points);
    const castmap_polygons view = cm_projected_areas_view(&run->areas);
    castmap_area_locator *locator = NULL;
    int32_t *area = cm_alloc(points.count, sizeof *area);
    int64_t *events = cm_alloc_zero(view.count, sizeof *events);
    castmap_status status = area && events ? CASTMAP_OK : cm_fail_memory(run->ctx);

    if (!status)
        status = castmap_area_locator_new(run->ctx, &view, NULL, &locator);
    if (!status)
        status = castmap_area_locate(run->ctx, locator, &points, area);
    for (size_t i = 0; i < points.count && !status; i++) {
        if (area[i] != CASTMAP_NO_AREA)
            events[area[i]]++;
    }
    if (!status)
        status = cm_map_extent(run->ctx, &run->areas, events, &run->extent, NULL);
    castmap_area_locator_free(locator);
    free(area);
    free(events);
    return status;
}

/* From the file's coordinates to the working CRS, by way of degrees. crs NULL: they are degrees. */
static castmap_status project_mask(cm_heat_run *run, const char *crs)
{
    const size_t n = run->mask.vertices;
    double *lon = cm_alloc(n, sizeof *lon), *lat = cm_alloc(n, sizeof *lat);
    cm_projection *source = NULL;
    castmap_status status = lon && lat ? CASTMAP_OK : cm_fail_memory(run->ctx);

    if (!status && crs)
        status = cm_projection_new(run->ctx, crs, true, &source);
    if (!status && crs)
        status = cm_projection_inverse(run->ctx, source, n, run->mask.x, run->mask.y, lon, lat, NULL);
    if (!status && !crs) {
        memcpy(lon, run->mask.x, n * sizeof *lon);
        memcpy(lat, run->mask.y, n * sizeof *lat);
    }
    if (!status)
        status = cm_projection_forward(run->ctx, run->points.projection, n, lon, lat, run->mask.x, run->mask.y, NULL);
    cm_projection_free(source);
    free(lon);
    free(lat);
    return status;
}

static castmap_status read_mask(cm_heat_run *run)
{
    const cm_vector_options options = {0};
    cm_vector_layer layer = CM_VECTOR_LAYER_INIT;
    castmap_status status = cm_vector_read(run->ctx, run->options->mask, &options, &layer);

    if (status)
        return status;
    const bool plain = layer.crs[0] == '\0' || strcmp(layer.crs, "OGC:CRS84") == 0;
    if (strcmp(layer.crs, "?") == 0 || (layer.crs[0] == '\0' && strcmp(layer.format, "GeoJSON") != 0 && strcmp(layer.format, "TopoJSON") != 0)) {
        status = cm_fail(run->ctx, CASTMAP_E_INPUT, "the mask does not say which coordinate system it is in");
        cm_fail_hint(run->ctx, "export it as GeoJSON in longitude and latitude");
    }
    for (size_t i = 0; i < layer.count && !status; i++) {
        if (layer.feature[i].wkb)
            status = cm_polygon_set_add_wkb(run->ctx, &run->mask, layer.feature[i].wkb, layer.feature[i].wkb_length);
    }
    if (!status && run->mask.count == 0) {
        status = cm_fail(run->ctx, CASTMAP_E_INPUT, "the mask holds no polygon");
        cm_fail_hint(run->ctx, "give a file of areas: water, or places that nobody may enter");
    }
    if (!status)
        status = cm_sha256_file(run->ctx, run->options->mask, run->mask_digest, NULL);
    if (!status)
        status = project_mask(run, plain || strcmp(layer.crs, "EPSG:4326") == 0 ? NULL : layer.crs);
    if (status)
        cm_fail_where(run->ctx, "%s", run->options->mask);
    else
        cm_polygon_set_orient(&run->mask);
    cm_vector_layer_clear(&layer);
    return status;
}

castmap_status cm_heat_find_area(cm_heat_run *run)
{
    const bool needed = needs_areas(run->options);
    castmap_status status = cm_projected_areas_load(run->ctx, run->project, run->options->study_level, run->points.projection,
                                                    &run->areas);

    run->has_areas = !status;
    run->within = ends_there(run->options);
    if (status == CASTMAP_E_NOT_FOUND && !needed) {
        cm_fail_clear(run->ctx);
        extent_of_points(run);
        status = CASTMAP_OK;
    } else if (status == CASTMAP_E_NOT_FOUND && !run->options->study_level) {
        cm_fail_clear(run->ctx);
        status = cm_fail(run->ctx, CASTMAP_E_NOT_FOUND, "this needs a study area, and the project has no boundaries");
        cm_fail_hint(run->ctx, "castmap boundaries add FILE; the areas together are the study area. A box around the records would not do");
    }
    if (!status && run->has_areas)
        status = extent_of_areas(run);
    if (!status && run->options->mask)
        status = read_mask(run);
    return status;
}

static bool in_extent(const cm_extent *extent, double x, double y)
{
    return x >= extent->west && x <= extent->east && y >= extent->south && y <= extent->north;
}

static int points_alloc(cm_heat_points *points, size_t n, bool weighted)
{
    points->weight = weighted ? cm_alloc(n, sizeof *points->weight) : NULL;
    points->x = cm_alloc(n, sizeof *points->x);
    points->y = cm_alloc(n, sizeof *points->y);
    points->id = cm_alloc(n, sizeof *points->id);
    points->time_s = cm_alloc(n, sizeof *points->time_s);
    return points->x && points->y && points->id && points->time_s && (!weighted || points->weight) ? 0 : -1;
}

castmap_status cm_heat_count_some(cm_heat_run *run, const cm_run_points *all, cm_heat_points *out, cm_heat_spread *spread)
{
    const castmap_points view = cm_run_points_view(all);
    const castmap_polygons areas = cm_projected_areas_view(&run->areas);
    castmap_area_locator *locator = NULL;
    int32_t *area = run->has_areas ? cm_alloc(view.count, sizeof *area) : NULL;
    const bool weighted = view.weight != NULL;
    castmap_status status = points_alloc(out, view.count, weighted) || (run->has_areas && !area) ? cm_fail_memory(run->ctx) : CASTMAP_OK;

    if (!status && run->has_areas)
        status = castmap_area_locator_new(run->ctx, &areas, NULL, &locator);
    if (!status && run->has_areas)
        status = castmap_area_locate(run->ctx, locator, &view, area);
    for (size_t i = 0; i < view.count && !status; i++) {
        if (!in_extent(&run->extent, view.x[i], view.y[i]) || (run->within && area[i] == CASTMAP_NO_AREA)) {
            run->elsewhere++;
        } else if (!run->options->keep_whole && all->set.precision[i] == CM_PLACE_UNKNOWN && isnan(all->set.accuracy_m[i])) {
            run->nowhere++;
        } else if (!run->options->keep_whole && cm_heat_is_vague(&all->set, i)) {
            if (cm_heat_add_vague(spread, all, i, run->has_areas ? area[i] : CASTMAP_NO_AREA, weighted ? view.weight[i] : 1.0) != 0)
                status = cm_fail_memory(run->ctx);
        } else {
            out->x[out->count] = view.x[i];
            out->y[out->count] = view.y[i];
            if (weighted)
                out->weight[out->count] = view.weight[i];
            out->time_s[out->count] = all->set.from_s[i] == INT64_MIN ? INT64_MIN
                                                                      : all->set.from_s[i] + (all->set.to_s[i] - all->set.from_s[i]) / 2;
            out->id[out->count++] = view.id[i];
        }
    }
    castmap_area_locator_free(locator);
    free(area);
    return status;
}

/* Of the side that the map is of, spread records too. */
static double weight_of(const cm_heat_run *run)
{
    double sum = 0.0;

    for (size_t i = 0; i < run->counted.count; i++)
        sum += run->counted.weight ? run->counted.weight[i] : 1.0;
    for (size_t i = 0; i < run->spread.count; i++)
        sum += run->spread.record[i].weight;
    return sum;
}

/* What share of the map such records are; of two sides that of each, and a warning where they differ. */
static int remark_spread(cm_heat_run *run)
{
    castmap_heat_summary *s = &run->summary;
    const double share = 100.0 * cm_heat_spread_share(&run->spread, &run->counted);
    const double other = 100.0 * cm_heat_spread_share(&run->spread_against, &run->against);
    int failed = 0;

    if (run->options->kind == CASTMAP_HEAT_DENSITY)
        return cm_remark_add(&s->remarks, &s->n_remarks, "spread",
                             "%.0f %% of the map (%zu records) comes from records that are known only to a postcode or an area; each is "
                             "spread over that area, not put on its middle. --keep-whole leaves them on it.",
                             share, s->spread);
    const bool change = run->options->kind == CASTMAP_HEAT_CHANGE;
    failed = cm_remark_add(&s->remarks, &s->n_remarks, "spread",
                           "%.0f %% of %s and %.0f %% of %s (%zu records) are known only to a postcode or an area; each is spread over that "
                           "area, not put on its middle. --keep-whole leaves them on it.",
                           change ? other : share, change ? "the first period" : "the first side", change ? share : other,
                           change ? "the second" : "the second side", s->spread);
    if (fabs(share - other) > 10.0)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "spread-unlike",
                                "The side with more such records is flatter for that alone, so a part of the difference is one of how places were "
                                "noted. --accuracy 250m leaves such records out of both.");
    return failed;
}

castmap_status cm_heat_count_points(cm_heat_run *run)
{
    castmap_heat_summary *s = &run->summary;
    castmap_status status = cm_heat_count_some(run, &run->points, &run->counted, &run->spread);

    if (!status && run->options->kind != CASTMAP_HEAT_DENSITY)
        status = cm_heat_count_some(run, &run->others, &run->against, &run->spread_against);
    if (!status)
        status = cm_heat_make_footprints(run, &run->spread);
    if (!status)
        status = cm_heat_make_footprints(run, &run->spread_against);
    if (status)
        return status;
    s->spread = run->spread.count + run->spread_against.count;
    s->observations = run->counted.count + run->against.count + s->spread;
    if (run->nowhere > 0 && cm_remark_add(&s->remarks, &s->n_remarks, "piles-left-out",
                                          "%zu records stand on one position with many others, a default that nobody moved, and were left out. "
                                          "--keep-whole takes them.",
                                          run->nowhere))
        return cm_fail_memory(run->ctx);
    s->weight = weight_of(run);
    if (s->spread > 0 && remark_spread(run))
        return cm_fail_memory(run->ctx);
    if (s->observations == 0)
        return cm_fail(run->ctx, CASTMAP_E_NOT_FOUND, "no observation lies in the mapped area");
    if (run->options->kind != CASTMAP_HEAT_DENSITY &&
        (run->against.count + run->spread_against.count == 0 || run->counted.count + run->spread.count == 0))
        return cm_fail(run->ctx, CASTMAP_E_NOT_FOUND, "one side of the comparison has no observation in the mapped area");
    return CASTMAP_OK;
}
