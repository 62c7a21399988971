/*
 * runs/heat_series.c - what became more and what less from each period to the next, all on one domain of colours.
 *
 * The layer's own surface is the change from the first period to the last; its slices are the changes between neighbours. One set of classes serves all,
 * alike on both sides of none, from the largest change of any of them (or as the reader says), so that a colour means one thing everywhere.
 */
#include "runs/heat_run.h"

#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST 61u /* periods: at most 60 changes */

static bool wanted(const cm_heat_run *run)
{
    return run->options->n_periods > 2;
}

castmap_status cm_heat_check_series(castmap_context *ctx, const castmap_heat_run_options *o)
{
    if (o->n_periods == 0)
        return CASTMAP_OK;
    if (o->kind != CASTMAP_HEAT_CHANGE || o->n_periods < 2 || o->n_periods > MOST || !o->periods)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "a change goes through 2 to %u periods", MOST);
    for (size_t i = 0; i < o->n_periods; i++) {
        if (o->periods[i].from_s >= o->periods[i].to_s || (i > 0 && o->periods[i - 1].to_s > o->periods[i].from_s))
            return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the periods overlap or run backwards");
    }
    return CASTMAP_OK;
}

castmap_status cm_heat_plan_series(cm_heat_run *run)
{
    const castmap_heat_run_options *o = run->options;
    cm_heat_layer *layer = &run->layer;

    if (!wanted(run))
        return CASTMAP_OK;
    layer->slice_from_s = cm_alloc(o->n_periods, sizeof *layer->slice_from_s);
    layer->slice_to_s = cm_alloc(o->n_periods, sizeof *layer->slice_to_s);
    if (!layer->slice_from_s || !layer->slice_to_s)
        return cm_fail_memory(run->ctx);
    layer->n_slices = o->n_periods - 1;
    for (size_t i = 0; i < layer->n_slices; i++) {
        layer->slice_from_s[i] = o->periods[i + 1].from_s;
        layer->slice_to_s[i] = o->periods[i + 1].to_s;
    }
    return CASTMAP_OK;
}

/* The density of one period, per km2 and month. Nothing noted in it: 0 everywhere. */
static castmap_status one_period(cm_heat_run *run, size_t i, double *values, double *spread, double *all)
{
    const castmap_filter *period = &run->options->periods[i];
    castmap_filter filter = run->options->filter;
    castmap_density_options options = CASTMAP_DENSITY_OPTIONS_INIT;
    cm_run_points points = {0};
    cm_heat_points counted = {0};
    cm_heat_spread vague = {0};
    castmap_status status;

    filter.from_s = period->from_s;
    filter.to_s = period->to_s;
    options.kernel = run->summary.kernel;
    options.radius_m = run->summary.radius_m;
    status = cm_heat_load(run, &filter, &points);
    if (status == CASTMAP_E_NOT_FOUND) {
        cm_fail_clear(run->ctx);
        memset(values, 0, run->summary.grid.columns * run->summary.grid.rows * sizeof *values);
        cm_run_points_clear(&points);
        return CASTMAP_OK;
    }
    if (!status)
        status = cm_heat_count_some(run, &points, &counted, &vague);
    if (!status)
        status = cm_heat_make_footprints(run, &vague);
    const castmap_points view = cm_heat_points_view(&counted);
    if (!status)
        status = cm_heat_density_of(run, &view, &vague, &options, values);
    const double months = ((double)period->to_s - (double)period->from_s) / CM_SECONDS_A_MONTH;
    for (size_t c = 0; c < run->summary.grid.columns * run->summary.grid.rows && !status; c++)
        values[c] /= months;
    *spread += (double)vague.count;
    *all += (double)(vague.count + counted.count);
    cm_heat_spread_clear(&vague);
    cm_heat_points_clear(&counted);
    cm_run_points_clear(&points);
    return status;
}

castmap_status cm_heat_make_series(cm_heat_run *run)
{
    const size_t cells = run->summary.grid.columns * run->summary.grid.rows, n = run->options->n_periods;
    const size_t elsewhere = run->elsewhere;
    const castmap_polygons study = cm_projected_areas_view(&run->areas), mask = cm_polygon_set_view(&run->mask);
    double *before = NULL, *after = NULL, spread = 0.0, all = 0.0;
    castmap_status status;

    if (!wanted(run))
        return CASTMAP_OK;
    before = cm_alloc(cells, sizeof *before);
    after = cm_alloc(cells, sizeof *after);
    run->layer.slice_values = cm_alloc(run->layer.n_slices * cells, sizeof *run->layer.slice_values);
    status = before && after && run->layer.slice_values ? one_period(run, 0, before, &spread, &all) : cm_fail_memory(run->ctx);
    for (size_t i = 1; i < n && !status; i++) {
        double *values = run->layer.slice_values + (i - 1) * cells;
        status = one_period(run, i, after, &spread, &all);
        for (size_t c = 0; c < cells && !status; c++)
            values[c] = after[c] - before[c];
        if (!status && run->within)
            status = castmap_density_mask(run->ctx, &study, true, &run->summary.grid, values);
        if (!status && mask.count > 0)
            status = castmap_density_mask(run->ctx, &mask, false, &run->summary.grid, values);
        for (size_t c = 0; c < cells && !status; c++)
            run->series_top = isnan(values[c]) ? run->series_top : fmax(run->series_top, fabs(values[c]));
        double *const swap = before;
        before = after;
        after = swap;
    }
    run->elsewhere = elsewhere; /* told of the first and the last period */
    run->summary.slices = run->layer.n_slices;
    if (!status && spread > 0.0 &&
        cm_remark_add(&run->summary.remarks, &run->summary.n_remarks, "spread-series",
                      "%.0f %% of the observations of all periods are known only to a postcode or an area, and spread over it.", 100.0 * spread / all))
        status = cm_fail_memory(run->ctx);
    free(before);
    free(after);
    return status;
}

/* The steps of an earlier change map. */
static castmap_status steps_of_layer(cm_heat_run *run, double step[3])
{
    cm_heat_layer other = {0};
    castmap_status status = cm_heat_layer_load(run->ctx, run->project, run->options->domain_of, &other);

    if (status == CASTMAP_E_NOT_FOUND || (!status && (other.kind != CASTMAP_HEAT_CHANGE || other.n_breaks != 7))) {
        cm_fail_clear(run->ctx);
        status = cm_fail(run->ctx, CASTMAP_E_NOT_FOUND, "no map of a change is called that");
        cm_fail_where(run->ctx, "domain");
        cm_fail_hint(run->ctx, "castmap log names the layers; or give a number, observations per km2 and month");
    }
    for (int i = 0; i < 3 && !status; i++)
        step[i] = other.breaks[4 + i];
    cm_heat_layer_clear(&other);
    return status;
}

castmap_status cm_heat_change_steps(cm_heat_run *run, double step[3])
{
    const double largest = fmax(fmax(run->summary.maximum, -run->summary.minimum), run->series_top);
    const bool given = run->options->domain > 0.0;

    if (run->options->domain_of)
        return steps_of_layer(run, step);
    /* What is said is taken as said; else a round figure somewhat below the largest. */
    step[2] = given ? run->options->domain : cm_sayable(fmax(largest, 1e-12) * 0.6);
    step[0] = given ? step[2] / 4.0 : cm_sayable(step[2] / 4.0);
    step[1] = given ? step[2] / 2.0 : cm_sayable(step[2] / 2.0);
    return CASTMAP_OK;
}

void cm_heat_share_classes(cm_heat_run *run)
{
    cm_heat_layer *layer = &run->layer;

    if (!wanted(run))
        return;
    memcpy(layer->slice_breaks, layer->breaks, layer->n_breaks * sizeof *layer->breaks);
    layer->n_slice_breaks = layer->n_breaks;
}
