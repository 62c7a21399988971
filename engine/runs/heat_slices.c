/*
 * runs/heat_slices.c - how the density went over the period: one surface for each of its parts, with one legend for all.
 *
 * A product of the kernel in space and one in time, whose half width is the length of the slice (a calendar one: at least a month or a quarter): neighbouring slices share observations, so that
 * one evening does not make a slice. At both ends the kernel reaches beyond the period, and its share inside is divided out.
 */
#include "runs/heat_run.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/time_text.h"

#include <math.h>

#define MOST 60u

/* Share of the kernel 3/4 (1 - u^2) below u. */
static double share_below(double u)
{
    return u <= -1.0 ? 0.0 : u >= 1.0 ? 1.0 : (2.0 + 3.0 * u - u * u * u) / 4.0;
}

/* The first second of the month or quarter after the one that holds `time_s`. */
static int64_t next_edge(int64_t time_s, castmap_heat_slicing slicing)
{
    const int64_t day = (time_s - (time_s % 86400 + 86400) % 86400) / 86400;
    const unsigned step = slicing == CASTMAP_SLICES_QUARTER ? 3 : 1;
    int64_t year;
    unsigned month, ignored;

    cm_civil_from_days(day, &year, &month, &ignored);
    month = (month - 1) / step * step + step;
    return cm_days_from_civil(year + month / 12, month % 12 + 1, 1) * 86400;
}

castmap_status cm_heat_plan_slices(cm_heat_run *run)
{
    const castmap_heat_run_options *o = run->options;
    cm_heat_layer *layer = &run->layer;
    int64_t from = 0, to = 0;

    if (o->slices == 0 && o->slicing == CASTMAP_SLICES_EQUAL)
        return CASTMAP_OK;
    if (!cm_heat_period(&o->filter, &run->points, &from, &to) || to - from < (int64_t)MOST) {
        castmap_status status = cm_fail(run->ctx, CASTMAP_E_DATA, "the records have no times, so there is no period to divide");
        cm_fail_hint(run->ctx, "say the period: --from DATE --to DATE");
        return status;
    }
    layer->slice_from_s = cm_alloc(MOST, sizeof *layer->slice_from_s);
    layer->slice_to_s = cm_alloc(MOST, sizeof *layer->slice_to_s);
    if (!layer->slice_from_s || !layer->slice_to_s)
        return cm_fail_memory(run->ctx);
    for (int64_t begin = from; begin < to; begin = layer->slice_to_s[layer->n_slices++]) {
        if (layer->n_slices == MOST) {
            layer->n_slices = 0;
            castmap_status status = cm_fail(run->ctx, CASTMAP_E_LIMIT, "the period has more than %u slices", MOST);
            cm_fail_hint(run->ctx, "take longer ones, or a shorter period with --from and --to");
            return status;
        }
        const int64_t end = o->slicing != CASTMAP_SLICES_EQUAL ? next_edge(begin, o->slicing)
                            : layer->n_slices + 1 == o->slices ? to
                                                               : begin + (to - from) / (int64_t)o->slices;
        layer->slice_from_s[layer->n_slices] = begin;
        layer->slice_to_s[layer->n_slices] = end < to ? end : to;
    }
    return CASTMAP_OK;
}

/* Surface of slice i, per km2 and month. */
static castmap_status one_slice(cm_heat_run *run, const castmap_points *points, size_t i, double *values)
{
    const cm_heat_layer *layer = &run->layer;
    castmap_heat_summary *s = &run->summary;
    const int64_t length = layer->slice_to_s[i] - layer->slice_from_s[i];
    /* Half a month at the end of the period is looked at through a whole month: a day by itself would be noise. */
    const double unit = run->options->slicing == CASTMAP_SLICES_EQUAL ? 0.0 : CM_SECONDS_A_MONTH * (run->options->slicing == CASTMAP_SLICES_QUARTER ? 3 : 1);
    const int64_t middle = layer->slice_from_s[i] + length / 2, window = (int64_t)fmax((double)length, unit);
    const castmap_time_slices slice = {middle, length, 1, window};
    const double inside = share_below((double)(layer->slice_to_s[layer->n_slices - 1] - middle) / (double)window) -
                          share_below((double)(layer->slice_from_s[0] - middle) / (double)window);
    castmap_density_options options = CASTMAP_DENSITY_OPTIONS_INIT;

    options.kernel = s->kernel;
    options.radius_m = s->radius_m;
    castmap_status status = castmap_density_slices(run->ctx, points, &s->grid, &options, &slice, values, NULL, &s->untimed);
    for (size_t c = 0; c < s->grid.columns * s->grid.rows && !status; c++)
        values[c] *= CM_SECONDS_A_MONTH / 86400.0 / inside; /* from days to months */
    return status;
}

static castmap_status add_remarks(cm_heat_run *run)
{
    castmap_heat_summary *s = &run->summary;
    int failed = 0;

    if (s->untimed > 0)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "untimed", "%zu observations have no time and are in none of the slices.", s->untimed);
    if (s->spread > 0)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "slices-without-spread",
                                "%zu records that are known only to a postcode or an area are in the map of all, but in none of the slices.",
                                s->spread);
    return failed ? cm_fail_memory(run->ctx) : CASTMAP_OK;
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

    if (layer->n_slices == 0)
        return CASTMAP_OK;
    layer->slice_values = cm_alloc(layer->n_slices * cells, sizeof *layer->slice_values);
    if (!layer->slice_values)
        return cm_fail_memory(run->ctx);
    for (size_t i = 0; i < layer->n_slices && !status; i++) {
        double *values = layer->slice_values + i * cells;
        status = one_slice(run, &points, i, values);
        if (!status && run->within)
            status = castmap_density_mask(run->ctx, &study, true, &s->grid, values);
        if (!status && run->mask.count > 0)
            status = castmap_density_mask(run->ctx, &mask, false, &s->grid, values);
        for (size_t c = 0; c < cells && !status; c++)
            highest = isnan(values[c]) ? highest : fmax(highest, values[c]);
    }
    for (int i = 0; i < 5 && !status && highest > 0.0; i++) {
        const double level = cm_sayable(highest / 1.6 / (double)(1 << (4 - i)));
        if (layer->n_slice_breaks == 0 || level > layer->slice_breaks[layer->n_slice_breaks - 1])
            layer->slice_breaks[layer->n_slice_breaks++] = level;
    }
    s->slices = layer->n_slices;
    return status ? status : add_remarks(run);
}
