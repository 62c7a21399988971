/*
 * runs/heat_slices.c - how the density went over the period: one surface for each of its parts (time_slices.h), with one legend for all.
 *
 * A product of the kernel in space and one in time. Records known only to an area are spread over it, with the weight that their time gives them in
 * each slice.
 */
#include "runs/heat_run.h"

#include "base/fail.h"
#include "base/memory.h"
#include "runs/time_slices.h"

#include <math.h>
#include <stdlib.h>

castmap_status cm_heat_plan_slices(cm_heat_run *run)
{
    const castmap_heat_run_options *o = run->options;
    cm_heat_layer *layer = &run->layer;
    int64_t from = 0, to = 0;

    if (o->slices == 0 && o->slicing == CASTMAP_SLICES_EQUAL)
        return CASTMAP_OK;
    layer->slice_from_s = cm_alloc(CM_MOST_SLICES, sizeof *layer->slice_from_s);
    layer->slice_to_s = cm_alloc(CM_MOST_SLICES, sizeof *layer->slice_to_s);
    if (!layer->slice_from_s || !layer->slice_to_s)
        return cm_fail_memory(run->ctx);
    if (!cm_heat_period(&o->filter, &run->points, &from, &to))
        from = to = 0;
    return cm_time_slices_plan(run->ctx, o->slicing, o->slices, from, to, layer->slice_from_s, layer->slice_to_s, &layer->n_slices);
}

/* Surface of slice i, per km2 and month. */
static castmap_status one_slice(cm_heat_run *run, const castmap_points *points, size_t i, double *values)
{
    const cm_heat_layer *layer = &run->layer;
    castmap_heat_summary *s = &run->summary;
    const int64_t length = layer->slice_to_s[i] - layer->slice_from_s[i];
    const cm_time_view view = cm_time_slice_view(run->options->slicing, layer->slice_from_s, layer->slice_to_s, layer->n_slices, i);
    const castmap_time_slices slice = {view.middle_s, length, 1, view.window_s};
    castmap_density_options options = CASTMAP_DENSITY_OPTIONS_INIT;

    options.kernel = s->kernel;
    options.radius_m = s->radius_m;
    castmap_status status = castmap_density_slices(run->ctx, points, &s->grid, &options, &slice, values, NULL, &s->untimed);
    for (size_t c = 0; c < s->grid.columns * s->grid.rows && !status; c++)
        values[c] *= CM_SECONDS_A_MONTH / 86400.0 / view.inside; /* from days to months */
    return status;
}

/* What spread records add to all slices: their weight in each, and then every footprint once. */
static castmap_status add_spread(cm_heat_run *run)
{
    const cm_heat_spread *spread = &run->spread;
    const castmap_spread footprints = cm_heat_spread_view(spread);
    cm_heat_layer *layer = &run->layer;
    castmap_density_options options = CASTMAP_DENSITY_OPTIONS_INIT;
    double *weight = cm_alloc_zero(layer->n_slices * footprints.areas.count, sizeof *weight);

    if (!weight)
        return cm_fail_memory(run->ctx);
    for (size_t i = 0; i < layer->n_slices; i++) {
        const cm_time_view view = cm_time_slice_view(run->options->slicing, layer->slice_from_s, layer->slice_to_s, layer->n_slices, i);
        for (size_t r = 0; r < spread->count; r++) {
            if (spread->record[r].time_s != INT64_MIN)
                weight[i * footprints.areas.count + spread->footprint_of[r]] +=
                    spread->record[r].weight * cm_time_view_weight(&view, spread->record[r].time_s);
        }
    }
    for (size_t r = 0; r < spread->count; r++)
        run->summary.untimed += spread->record[r].time_s == INT64_MIN;
    options.kernel = run->summary.kernel;
    options.radius_m = run->summary.radius_m;
    castmap_status status = castmap_density_footprint_sets(run->ctx, &footprints.areas, weight, layer->n_slices, &run->summary.grid, &options,
                                                           layer->slice_values);
    free(weight);
    return status;
}

static castmap_status add_remarks(cm_heat_run *run)
{
    castmap_heat_summary *s = &run->summary;

    return s->untimed > 0 && cm_remark_add(&s->remarks, &s->n_remarks, "untimed", "%zu observations have no time and are in none of the slices.",
                                           s->untimed)
               ? cm_fail_memory(run->ctx)
               : CASTMAP_OK;
}

castmap_status cm_heat_make_slices(cm_heat_run *run)
{
    const castmap_points points = cm_heat_points_view(&run->counted);
    const castmap_polygons study = cm_projected_areas_view(&run->areas), mask = cm_polygon_set_view(&run->mask);
    castmap_heat_summary *s = &run->summary;
    cm_heat_layer *layer = &run->layer;
    const size_t cells = s->grid.columns * s->grid.rows;
    castmap_status status = CASTMAP_OK;
    double highest = 0.0;

    if (layer->n_slices == 0 || run->options->kind != CASTMAP_HEAT_DENSITY) /* a change has its own, heat_series.c */
        return CASTMAP_OK;
    layer->slice_values = cm_alloc(layer->n_slices * cells, sizeof *layer->slice_values);
    if (!layer->slice_values)
        return cm_fail_memory(run->ctx);
    for (size_t i = 0; i < layer->n_slices && !status; i++)
        status = one_slice(run, &points, i, layer->slice_values + i * cells);
    if (!status && run->spread.count > 0)
        status = add_spread(run);
    for (size_t i = 0; i < layer->n_slices && !status; i++) {
        double *values = layer->slice_values + i * cells;
        if (run->within)
            status = castmap_density_mask(run->ctx, &study, true, &s->grid, values);
        if (!status && run->mask.count > 0)
            status = castmap_density_mask(run->ctx, &mask, false, &s->grid, values);
        for (size_t c = 0; c < cells && !status; c++)
            highest = isnan(values[c]) ? highest : fmax(highest, values[c]);
    }
    layer->n_slice_breaks = status ? 0 : cm_time_slice_breaks(highest, layer->slice_breaks);
    s->slices = layer->n_slices;
    return status ? status : add_remarks(run);
}
