/*
 * runs/run_heat.c - a heat surface over the mapped part of the country, with classed bands, kept as a layer.
 */
#include "castmap/runs.h"

#include "base/fail.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "castmap/areas.h"
#include "project/layer_table.h"
#include "project/run_table.h"
#include "runs/map_extent.h"
#include "runs/remarks.h"
#include "runs/run_points.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLASSES 5
#define MOST_CELLS 4.0e6
#define CELLS_A_RADIUS 12.0
#define LEAST_OF_WIDEST 0.125 /* a choice below this share of the widest kernel follows single spots */

typedef struct heat_run {
    castmap_context *ctx;
    castmap_project *project;
    const castmap_heat_run_options *options;
    cm_run_points points;
    cm_extent extent;     /* observations inside it are counted */
    size_t elsewhere;     /* observations outside the extent */
    double *x, *y;        /* owned; the observations inside */
    int64_t *id;          /* owned */
    size_t n;
    cm_heat_layer layer;
    castmap_heat_summary summary;
} heat_run;

void castmap_heat_summary_clear(castmap_heat_summary *summary)
{
    if (!summary)
        return;
    free(summary->breaks);
    cm_remarks_clear(summary->remarks, summary->n_remarks);
    memset(summary, 0, sizeof *summary);
}

/* The mapped part: of the newest boundaries, or of the observations where there are no boundaries. */
static castmap_status find_extent(heat_run *run)
{
    const castmap_points points = cm_run_points_view(&run->points);
    cm_projected_areas areas = {0};
    castmap_area_locator *locator = NULL;
    int32_t *area = NULL;
    int64_t *events = NULL;
    castmap_status status = cm_projected_areas_load(run->ctx, run->project, NULL, run->points.projection, &areas);

    if (status == CASTMAP_E_NOT_FOUND) {
        cm_fail_clear(run->ctx);
        run->extent = (cm_extent){INFINITY, INFINITY, -INFINITY, -INFINITY};
        for (size_t i = 0; i < points.count; i++) {
            run->extent.west = fmin(run->extent.west, points.x[i]);
            run->extent.south = fmin(run->extent.south, points.y[i]);
            run->extent.east = fmax(run->extent.east, points.x[i]);
            run->extent.north = fmax(run->extent.north, points.y[i]);
        }
        return CASTMAP_OK;
    }
    if (status)
        return status;
    const castmap_polygons view = cm_projected_areas_view(&areas);
    area = cm_alloc(points.count, sizeof *area);
    events = cm_alloc_zero(view.count, sizeof *events);
    if (!area || !events) {
        status = cm_fail_memory(run->ctx);
        goto done;
    }
    status = castmap_area_locator_new(run->ctx, &view, NULL, &locator);
    if (status)
        goto done;
    status = castmap_area_locate(run->ctx, locator, &points, area);
    if (status)
        goto done;
    for (size_t i = 0; i < points.count; i++) {
        if (area[i] != CASTMAP_NO_AREA)
            events[area[i]]++;
    }
    status = cm_map_extent(run->ctx, &areas, events, &run->extent, NULL);

done:
    castmap_area_locator_free(locator);
    free(area);
    free(events);
    cm_projected_areas_clear(&areas);
    return status;
}

static castmap_status keep_inside(heat_run *run)
{
    const castmap_points all = cm_run_points_view(&run->points);

    run->x = cm_alloc(all.count, sizeof *run->x);
    run->y = cm_alloc(all.count, sizeof *run->y);
    run->id = cm_alloc(all.count, sizeof *run->id);
    if (!run->x || !run->y || !run->id)
        return cm_fail_memory(run->ctx);
    for (size_t i = 0; i < all.count; i++) {
        if (all.x[i] < run->extent.west || all.x[i] > run->extent.east || all.y[i] < run->extent.south ||
            all.y[i] > run->extent.north)
            continue;
        run->x[run->n] = all.x[i];
        run->y[run->n] = all.y[i];
        run->id[run->n++] = all.id[i];
    }
    run->elsewhere = all.count - run->n;
    if (run->n == 0)
        return cm_fail(run->ctx, CASTMAP_E_NOT_FOUND, "no observation lies in the mapped area");
    return CASTMAP_OK;
}

/*
 * Oversmoothing gives the widest kernel that the spread of the data can justify: too wide for a neighbourhood. Cross-validation looks at how well
 * each observation is foretold by the others. Where records share spots (snapped points, postcodes) it would choose no width at all; then a
 * third of the widest is taken, and said to be a convention.
 */
static castmap_status suggest(heat_run *run, const castmap_points *points, double *radius_m, const char **why)
{
    const castmap_kernel kernel = run->options->kernel;
    castmap_bandwidth widest, best;
    castmap_status status = castmap_bandwidth_suggest(run->ctx, points, kernel, &widest);

    if (status)
        return status;
    status = castmap_bandwidth_choose(run->ctx, points, NULL, CASTMAP_BANDWIDTH_LIKELIHOOD_CV, kernel, &best);
    if (status)
        return status;
    if (best.at_limit || best.radius_m < widest.radius_m * LEAST_OF_WIDEST) {
        *radius_m = widest.radius_m / 3.0;
        *why = "many records share a spot, so cross-validation cannot choose; this is a third of the widest that their spread and number "
               "allow (Terrell 1990), a convention";
    } else {
        *radius_m = fmin(best.radius_m, widest.radius_m);
        *why = "it foretells each observation best from the others (likelihood cross-validation)";
    }
    return CASTMAP_OK;
}

static castmap_status choose_radius(heat_run *run, const castmap_points *points)
{
    castmap_heat_summary *s = &run->summary;
    const char *why = NULL;
    double suggested = 0.0;
    char radius[32], sigma[32];

    s->kernel = run->options->kernel;
    if (run->options->radius_m > 0.0) {
        s->radius_m = run->options->radius_m;
        s->sigma_m = castmap_kernel_sigma_m(s->kernel, s->radius_m);
        return CASTMAP_OK;
    }
    if (run->options->radius_m != 0.0)
        return cm_fail(run->ctx, CASTMAP_E_ARGUMENT, "the radius must be above 0");
    castmap_status status = suggest(run, points, &suggested, &why);
    if (status == CASTMAP_E_DATA) {
        /* One place alone has no spread to learn from. */
        cm_fail_clear(run->ctx);
        suggested = 500.0;
        why = "all observations lie at one place, so it is only a convention";
    } else if (status) {
        return status;
    }
    s->radius_m = cm_sayable(suggested);
    s->sigma_m = castmap_kernel_sigma_m(s->kernel, s->radius_m);
    cm_length_words(s->radius_m, radius);
    cm_length_words(s->sigma_m, sigma);
    return cm_remark_add(&s->remarks, &s->n_remarks, "radius-chosen",
                         "The radius of %s (a standard deviation of %s) was chosen: %s. Set it with --radius.", radius, sigma, why)
               ? cm_fail_memory(run->ctx)
               : CASTMAP_OK;
}

/* Cells are squares whose corners lie on whole multiples of the side, so that two maps of one town line up. */
static castmap_status choose_grid(heat_run *run)
{
    castmap_heat_summary *s = &run->summary;
    /* The whole kernel of every counted observation lies on the grid, so the surface holds each of them entirely. A Gaussian ends at 5.5
     * standard deviations for this purpose; beyond it lies less than 3e-7 of its mass. */
    const double reach = s->kernel == CASTMAP_KERNEL_GAUSSIAN ? 5.5 * s->sigma_m : s->radius_m;
    const double width = run->extent.east - run->extent.west + 2.0 * reach;
    const double height = run->extent.north - run->extent.south + 2.0 * reach;
    double cell = run->options->cell_m;

    if (cell < 0.0 || !isfinite(cell))
        return cm_fail(run->ctx, CASTMAP_E_ARGUMENT, "the cell must be above 0");
    if (cell == 0.0) {
        cell = cm_sayable(s->radius_m / CELLS_A_RADIUS);
        while (width / cell * (height / cell) > MOST_CELLS)
            cell = cm_sayable(cell * 1.25);
    } else if (width / cell * (height / cell) > 100.0 * MOST_CELLS) {
        castmap_status status = cm_fail(run->ctx, CASTMAP_E_LIMIT, "cells of that size would be more than %.0f million",
                                        100.0 * MOST_CELLS / 1e6);
        cm_fail_hint(run->ctx, "choose a larger --cell");
        return status;
    }
    s->grid.cell_m = cell;
    s->grid.west = floor((run->extent.west - reach) / cell) * cell;
    s->grid.north = ceil((run->extent.north + reach) / cell) * cell;
    s->grid.columns = (size_t)ceil((run->extent.east + reach - s->grid.west) / cell);
    s->grid.rows = (size_t)ceil((s->grid.north - (run->extent.south - reach)) / cell);
    return CASTMAP_OK;
}

/*
 * Five classes in steps that a reader can say, the lowest beginning at a twentieth of the maximum. Each step doubles, because the density of
 * what gathers falls off by factors, not by amounts.
 */
static castmap_status choose_breaks(heat_run *run)
{
    castmap_heat_summary *s = &run->summary;
    cm_heat_layer *layer = &run->layer;

    layer->breaks = cm_alloc(CLASSES, sizeof *layer->breaks);
    if (!layer->breaks)
        return cm_fail_memory(run->ctx);
    for (int i = 0; i < CLASSES; i++) {
        const double level = cm_sayable(s->maximum_per_km2 / 1.6 / (double)(1 << (CLASSES - 1 - i)));
        if (layer->n_breaks == 0 || level > layer->breaks[layer->n_breaks - 1])
            layer->breaks[layer->n_breaks++] = level;
    }
    return CASTMAP_OK;
}

static castmap_status make_surface(heat_run *run)
{
    const castmap_points points = {.count = run->n, .x = run->x, .y = run->y, .id = run->id};
    castmap_density_options density = CASTMAP_DENSITY_OPTIONS_INIT;
    castmap_heat_summary *s = &run->summary;
    cm_heat_layer *layer = &run->layer;
    castmap_status status = choose_radius(run, &points);

    if (status)
        return status;
    status = choose_grid(run);
    if (status)
        return status;
    const size_t cells = s->grid.columns * s->grid.rows;
    layer->values = cm_alloc(cells, sizeof *layer->values);
    if (!layer->values)
        return cm_fail_memory(run->ctx);
    density.kernel = s->kernel;
    density.radius_m = s->radius_m;
    status = castmap_density(run->ctx, &points, &s->grid, &density, layer->values);
    if (status)
        return status;
    double sum = 0.0, lost = 0.0;
    for (size_t i = 0; i < cells; i++) { /* Kahan: the sum of millions of cells */
        const double next = layer->values[i] - lost, total = sum + next;
        lost = (total - sum) - next;
        sum = total;
        s->maximum_per_km2 = fmax(s->maximum_per_km2, layer->values[i]);
    }
    s->integral = sum * s->grid.cell_m * s->grid.cell_m / 1e6;
    status = choose_breaks(run);
    if (status)
        return status;
    return castmap_bands_make(run->ctx, &s->grid, layer->values, layer->breaks, layer->n_breaks, &layer->bands);
}

static castmap_status complete_layer(heat_run *run)
{
    castmap_heat_summary *s = &run->summary;
    cm_heat_layer *layer = &run->layer;
    const castmap_bands *bands = &layer->bands;
    const size_t vertices =
        bands->count ? bands->vertex_start[bands->ring_start[bands->part_start[bands->count]]] : 0;
    int failed = 0;

    layer->name = cm_copy_text(run->options->name ? run->options->name : "heat");
    layer->kernel = s->kernel;
    layer->radius_m = s->radius_m;
    layer->sigma_m = s->sigma_m;
    layer->grid = s->grid;
    layer->observations = s->observations = run->n;
    layer->band_lon = cm_alloc(vertices, sizeof *layer->band_lon);
    layer->band_lat = cm_alloc(vertices, sizeof *layer->band_lat);
    s->breaks = cm_alloc(layer->n_breaks, sizeof *s->breaks);
    if (!layer->name || !layer->band_lon || !layer->band_lat || !s->breaks)
        return cm_fail_memory(run->ctx);
    s->n_breaks = layer->n_breaks;
    memcpy(s->breaks, layer->breaks, layer->n_breaks * sizeof *s->breaks);
    if (run->elsewhere)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "outside-map",
                                "%zu observations lie outside the mapped area and are not part of the heat map.",
                                run->elsewhere);
    if (run->points.outside)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "outside-crs",
                                "%zu observations lie outside the area of the working CRS and were left out.",
                                run->points.outside);
    if (failed)
        return cm_fail_memory(run->ctx);
    return cm_projection_inverse(run->ctx, run->points.projection, vertices, bands->x, bands->y, layer->band_lon,
                                 layer->band_lat, NULL);
}

static castmap_status keep(heat_run *run)
{
    castmap_heat_summary *s = &run->summary;
    cm_text parameters = CM_TEXT_INIT;
    cm_json json;
    char words[160], radius[32], *provenance = NULL;
    castmap_status status;

    cm_json_begin(&json, &parameters, false);
    cm_json_object(&json, NULL);
    cm_json_string(&json, "kernel", castmap_kernel_name(s->kernel));
    cm_json_number(&json, "radius_m", s->radius_m);
    cm_json_number(&json, "sigma_m", s->sigma_m);
    cm_json_number(&json, "cell_m", s->grid.cell_m);
    cm_json_integer(&json, "columns", (int64_t)s->grid.columns);
    cm_json_integer(&json, "rows", (int64_t)s->grid.rows);
    cm_json_string(&json, "layer", run->layer.name);
    cm_json_string(&json, "category", run->options->filter.category);
    cm_json_end_object(&json);
    status = cm_run_begin(run->ctx, run->project, "heat", &s->run_number);
    if (status)
        goto done;
    run->layer.run_number = s->run_number;
    status = cm_heat_layer_store(run->ctx, run->project, &run->layer);
    if (status)
        goto done;
    provenance = cm_run_provenance(run->ctx, run->project, NULL);
    if (parameters.failed || !provenance) {
        status = cm_fail_memory(run->ctx);
        goto done;
    }
    cm_length_words(s->radius_m, radius);
    snprintf(words, sizeof words, "%zu observations, %s kernel, radius %s", s->observations,
             castmap_kernel_name(s->kernel), radius);
    status = cm_run_finish(run->ctx, run->project, s->run_number, words, parameters.bytes, provenance);

done:
    if (status && s->run_number)
        cm_run_abandon(run->project, s->run_number);
    free(provenance);
    cm_text_clear(&parameters);
    return status;
}

castmap_status castmap_run_heat(castmap_context *ctx, castmap_project *project, const castmap_heat_run_options *options,
                                castmap_heat_summary *out)
{
    heat_run run = {.ctx = ctx, .project = project, .options = options};
    castmap_status status;

    cm_fail_clear(ctx);
    status = cm_run_points_load(ctx, project, &options->filter, &run.points);
    if (status)
        goto done;
    status = find_extent(&run);
    if (status)
        goto done;
    status = keep_inside(&run);
    if (status)
        goto done;
    status = make_surface(&run);
    if (status)
        goto done;
    status = complete_layer(&run);
    if (status)
        goto done;
    status = keep(&run);
    if (status)
        goto done;
    *out = run.summary;
    memset(&run.summary, 0, sizeof run.summary);

done:
    castmap_heat_summary_clear(&run.summary);
    cm_heat_layer_clear(&run.layer);
    free(run.x);
    free(run.y);
    free(run.id);
    cm_run_points_clear(&run.points);
    return status;
}
