/*
 * runs/heat_slices.c - how the density went over the period: one surface for each of its equal parts, with one legend for all.
 *
 * A product of the kernel in space and one in time, whose half width is the length of a slice: neighbouring slices share observations, so that
 * one evening does not make a slice. At both ends the kernel reaches beyond the period, and its share inside is divided out.
 */
#include "runs/heat_run.h"

#include "base/fail.h"
#include "base/memory.h"

#include <math.h>

/* Share of the kernel 3/4 (1 - u^2) on [-1/2, 1]: at the middle of the first or the last slice. */
#define INSIDE 0.84375

static castmap_status lay_out(cm_heat_run *run, castmap_time_slices *slices)
{
    cm_heat_layer *layer = &run->layer;
    const unsigned n = run->options->slices;
    int64_t from = 0, to = 0;

    if (!cm_heat_period(&run->options->filter, &run->points, &from, &to) || (to - from) / (int64_t)n < 1) {
        castmap_status status = cm_fail(run->ctx, CASTMAP_E_DATA, "the records have no times, so there is no period to divide");
        cm_fail_hint(run->ctx, "say the period: --from DATE --to DATE");
        return status;
    }
    layer->slice_from_s = cm_alloc(n, sizeof *layer->slice_from_s);
    layer->slice_to_s = cm_alloc(n, sizeof *layer->slice_to_s);
    layer->slice_values = cm_alloc(n * run->summary.grid.columns * run->summary.grid.rows, sizeof *layer->slice_values);
    if (!layer->slice_from_s || !layer->slice_to_s || !layer->slice_values)
        return cm_fail_memory(run->ctx);
    slices->step_s = (to - from) / (int64_t)n;
    slices->first_s = from + slices->step_s / 2;
    slices->window_s = slices->step_s;
    slices->count = n;
    for (unsigned i = 0; i < n; i++) {
        layer->slice_from_s[i] = from + (int64_t)i * slices->step_s;
        layer->slice_to_s[i] = i + 1 == n ? to : layer->slice_from_s[i] + slices->step_s;
    }
    layer->n_slices = n;
    return CASTMAP_OK;
}

castmap_status cm_heat_make_slices(cm_heat_run *run)
{
    const castmap_points points = cm_heat_points_view(&run->counted);
    const castmap_polygons study = cm_projected_areas_view(&run->areas), mask = cm_polygon_set_view(&run->mask);
    castmap_heat_summary *s = &run->summary;
    cm_heat_layer *layer = &run->layer;
    const size_t cells = s->grid.columns * s->grid.rows;
    castmap_density_options options = CASTMAP_DENSITY_OPTIONS_INIT;
    castmap_time_slices slices = {0};
    double highest = 0.0;

    if (run->options->slices == 0)
        return CASTMAP_OK;
    castmap_status status = lay_out(run, &slices);
    options.kernel = s->kernel;
    options.radius_m = s->radius_m;
    if (!status)
        status = castmap_density_slices(run->ctx, &points, &s->grid, &options, &slices, layer->slice_values, NULL, &s->untimed);
    for (size_t i = 0; i < slices.count && !status; i++) {
        double *values = layer->slice_values + i * cells;
        double inside = 1.0 - (i == 0 ? 1.0 - INSIDE : 0.0) - (i + 1 == slices.count ? 1.0 - INSIDE : 0.0);
        for (size_t c = 0; c < cells; c++) {
            values[c] *= CM_SECONDS_A_MONTH / 86400.0 / inside; /* from days to months */
            highest = fmax(highest, values[c]);
        }
        if (run->within)
            status = castmap_density_mask(run->ctx, &study, true, &s->grid, values);
        if (!status && run->mask.count > 0)
            status = castmap_density_mask(run->ctx, &mask, false, &s->grid, values);
    }
    for (int i = 0; i < 5 && !status && highest > 0.0; i++) {
        const double level = cm_sayable(highest / 1.6 / (double)(1 << (4 - i)));
        if (layer->n_slice_breaks == 0 || level > layer->slice_breaks[layer->n_slice_breaks - 1])
            layer->slice_breaks[layer->n_slice_breaks++] = level;
    }
    s->slices = slices.count;
    if (!status && s->untimed > 0 &&
        cm_remark_add(&s->remarks, &s->n_remarks, "untimed", "%zu observations have no time and are in none of the slices.", s->untimed))
        status = cm_fail_memory(run->ctx);
    return status;
}
