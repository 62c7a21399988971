/*
 * runs/heat_surface.c - the surface of a heat map by its kind, in its measure, with its classes.
 *
 *   density   kernel density, corrected for the edge or adaptive where asked
 *   compare   the logarithm of the ratio of two densities, and the p-value of each cell
 *   change    the second period less the first, both per month
 *
 * Records known only to an area are spread over it in all of them.
 *
 * Classes of a density double from step to step, because what gathers falls off by factors and not by amounts. Those of a comparison are
 * fixed ratios, and those of a change lie alike on both sides of none, so that two maps can be laid side by side.
 */
#include "runs/heat_run.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CLASSES 5
#define FEW_PEOPLE 20.0 /* per km2: below this a rate says nothing */
#define FEW_RECORDS 5.0 /* within reach: below this a ratio says nothing */

static castmap_polygons study_of(const cm_heat_run *run)
{
    return cm_projected_areas_view(&run->areas);
}

castmap_status cm_heat_density_of(cm_heat_run *run, const castmap_points *points, const cm_heat_spread *spread,
                                  const castmap_density_options *options, double *values)
{
    const castmap_spread view = cm_heat_spread_view(spread);
    castmap_status status = castmap_density(run->ctx, points, &run->summary.grid, options, values);

    if (!status && view.areas.count > 0)
        status = castmap_density_footprints(run->ctx, &view.areas, view.weight, &run->summary.grid, options, values);
    return status;
}

static castmap_status density(cm_heat_run *run)
{
    const castmap_points points = cm_heat_points_view(&run->counted);
    const castmap_polygons study = study_of(run);
    const castmap_spread spread = cm_heat_spread_view(&run->spread);
    castmap_heat_summary *s = &run->summary;
    castmap_density_options options = CASTMAP_DENSITY_OPTIONS_INIT;
    castmap_edge_rule edge = run->options->edge;
    castmap_status status;

    /* Of a rate both parts would be divided by the same share of the kernel: it cancels. */
    if (run->options->measure == CASTMAP_HEAT_PER_1000 && edge == CASTMAP_EDGE_UNIFORM)
        edge = CASTMAP_EDGE_NONE;
    options.kernel = s->kernel;
    options.radius_m = s->radius_m;
    if (run->options->adaptive) {
        castmap_adaptive_options adaptive = CASTMAP_ADAPTIVE_OPTIONS_INIT;
        adaptive.kernel = s->kernel;
        adaptive.radius_m = s->radius_m;
        adaptive.edge = edge;
        return castmap_density_adaptive_spread(run->ctx, &points, &spread, run->within ? &study : NULL, &s->grid, &adaptive,
                                               run->layer.values, NULL, NULL);
    }
    if (edge != CASTMAP_EDGE_NONE)
        return castmap_density_within_spread(run->ctx, &points, &spread, &study, &s->grid, &options, edge, run->layer.values, NULL);
    status = cm_heat_density_of(run, &points, &run->spread, &options, run->layer.values);
    if (!status && run->within)
        status = castmap_density_mask(run->ctx, &study, true, &s->grid, run->layer.values);
    return status;
}

bool cm_heat_period(const castmap_filter *filter, const cm_run_points *points, int64_t *from_s, int64_t *to_s)
{
    int64_t from = filter->from_s, to = filter->to_s;
    const bool open_from = from == INT64_MIN, open_to = to == INT64_MAX;

    for (size_t i = 0; (open_from || open_to) && i < points->set.count; i++) {
        if (points->set.from_s[i] == INT64_MIN)
            continue;
        if (open_from && (from == INT64_MIN || points->set.from_s[i] < from))
            from = points->set.from_s[i];
        if (open_to && (to == INT64_MAX || points->set.to_s[i] > to))
            to = points->set.to_s[i];
    }
    *from_s = from;
    *to_s = to;
    return from != INT64_MIN && to != INT64_MAX && to > from;
}

static double months_of(const castmap_filter *filter, const cm_run_points *points)
{
    int64_t from, to;

    return cm_heat_period(filter, points, &from, &to) ? ((double)to - (double)from) / CM_SECONDS_A_MONTH : 0.0;
}

/* How many people live in each km2, smoothed as the observations are. */
static castmap_status per_1000(cm_heat_run *run, size_t cells)
{
    const castmap_polygons study = study_of(run);
    const cm_boundary_set *set = &run->areas.set;
    castmap_density_options options = CASTMAP_DENSITY_OPTIONS_INIT;
    double *people = cm_alloc_zero(cells, sizeof *people), *weight = cm_alloc(set->count, sizeof *weight);
    size_t unknown = 0;
    castmap_status status = people && weight ? CASTMAP_OK : cm_fail_memory(run->ctx);

    for (size_t i = 0; i < set->count && !status; i++) {
        weight[i] = isfinite(set->population[i]) ? set->population[i] : 0.0;
        unknown += isfinite(set->population[i]) ? 0u : 1u;
    }
    if (!status && unknown == set->count) {
        status = cm_fail(run->ctx, CASTMAP_E_DATA, "the areas have no population, so there is nothing to divide by");
        cm_fail_hint(run->ctx, "castmap boundaries add FILE --population FILE joins one");
    }
    options.kernel = run->summary.kernel;
    options.radius_m = run->summary.radius_m;
    if (!status)
        status = castmap_density_footprints(run->ctx, &study, weight, &run->summary.grid, &options, people);
    if (!status)
        status = castmap_density_convert(run->ctx, CASTMAP_UNIT_PER_1000_PEOPLE, FEW_PEOPLE, people, cells, run->layer.values);
    if (!status && unknown > 0 &&
        cm_remark_add(&run->summary.remarks, &run->summary.n_remarks, "population-unknown",
                      "%zu of %zu areas have no population and count as empty.", unknown, set->count))
        status = cm_fail_memory(run->ctx);
    free(people);
    free(weight);
    return status;
}

/* What is counted, with a capital or without: observations, persons, or the column that weighs. */
static const char *counted_noun(const cm_heat_run *run, bool capital)
{
    const castmap_heat_run_options *o = run->options;

    return o->weight ? o->weight : o->weigh_persons ? (capital ? "Persons" : "persons") : capital ? "Observations" : "observations";
}

/* The legend is `before`, what is counted, `after`. */
static castmap_status set_measure(cm_heat_run *run, const char *before, const char *after, const char *unit)
{
    cm_text legend = CM_TEXT_INIT;
    const bool named = strcmp(unit, "log ratio") != 0;

    cm_text_addf(&legend, "%s%s%s", before, named ? counted_noun(run, before[0] == '\0') : "", after);
    if (!legend.failed) {
        run->layer.legend = cm_copy_text(legend.bytes);
        run->layer.unit = cm_copy_text(unit);
        run->summary.measure = cm_copy_text(legend.bytes);
    }
    cm_text_clear(&legend);
    return run->layer.legend && run->layer.unit && run->summary.measure ? CASTMAP_OK : cm_fail_memory(run->ctx);
}

static castmap_status convert(cm_heat_run *run, size_t cells)
{
    double *values = run->layer.values;
    castmap_status status = CASTMAP_OK;

    switch (run->options->measure) {
    case CASTMAP_HEAT_PER_KM2_MONTH: {
        const double months = months_of(&run->options->filter, &run->points);
        if (!(months > 0.0)) {
            status = cm_fail(run->ctx, CASTMAP_E_DATA, "the records have no times, so there is no month to divide by");
            cm_fail_hint(run->ctx, "say the period: --from DATE --to DATE");
            return status;
        }
        status = castmap_density_convert(run->ctx, CASTMAP_UNIT_PER_KM2_MONTH, months, NULL, cells, values);
        return status ? status : set_measure(run, "", " per km\xc2\xb2 and month", "per km2 and month");
    }
    case CASTMAP_HEAT_PER_1000:
        status = per_1000(run, cells);
        return status ? status
                      : set_measure(run, "", run->options->weigh_persons ? " told of per 1,000 residents" : " per 1,000 residents", "per 1,000 residents");
    case CASTMAP_HEAT_PROBABILITY: {
        const double all = run->summary.weight;
        for (size_t i = 0; i < cells; i++)
            values[i] *= 100.0 / all;
        return set_measure(run, "Percent of all ", " in each km\xc2\xb2", "percent per km2");
    }
    case CASTMAP_HEAT_PER_KM2:
    default:
        return set_measure(run, "", " per km\xc2\xb2", "per km2");
    }
}

/*
 * Far from all records both densities are next to nothing, and their ratio is noise. A Gaussian's effective area is 4 pi sigma^2: where
 * that holds fewer than FEW_RECORDS of both kinds together, the comparison is left blank.
 */
static castmap_status blank_where_few(cm_heat_run *run, size_t cells)
{
    const double effective_km2 = 4.0 * 3.14159265358979323846 * run->summary.sigma_m * run->summary.sigma_m / 1e6;
    castmap_density_options options = CASTMAP_DENSITY_OPTIONS_INIT;
    double *cases = cm_alloc(cells, sizeof *cases), *controls = cm_alloc(cells, sizeof *controls);
    const castmap_points first = cm_heat_points_view(&run->counted), second = cm_heat_points_view(&run->against);
    castmap_status status = cases && controls ? CASTMAP_OK : cm_fail_memory(run->ctx);

    options.kernel = CASTMAP_KERNEL_GAUSSIAN;
    options.radius_m = run->summary.radius_m;
    if (!status)
        status = cm_heat_density_of(run, &first, &run->spread, &options, cases);
    if (!status)
        status = cm_heat_density_of(run, &second, &run->spread_against, &options, controls);
    for (size_t i = 0; i < cells && !status; i++) {
        if ((cases[i] + controls[i]) * effective_km2 < FEW_RECORDS)
            run->layer.values[i] = run->layer.p_value[i] = (double)NAN;
    }
    free(cases);
    free(controls);
    if (!status && cm_remark_add(&run->summary.remarks, &run->summary.n_remarks, "too-few",
                                 "Where fewer than about %.0f records of both kinds lie within reach, nothing is compared.", FEW_RECORDS))
        status = cm_fail_memory(run->ctx);
    return status;
}

static castmap_status compare(cm_heat_run *run, size_t cells)
{
    const castmap_points cases = cm_heat_points_view(&run->counted), controls = cm_heat_points_view(&run->against);
    const castmap_spread first = cm_heat_spread_view(&run->spread), second = cm_heat_spread_view(&run->spread_against);
    const castmap_polygons study = study_of(run);

    run->layer.p_value = cm_alloc(cells, sizeof *run->layer.p_value);
    if (!run->layer.p_value)
        return cm_fail_memory(run->ctx);
    castmap_status status = castmap_relative_risk_spread(run->ctx, &cases, &first, &controls, &second, &study, &run->summary.grid,
                                                         run->summary.sigma_m, run->layer.values, run->layer.p_value);
    if (!status)
        status = blank_where_few(run, cells);
    return status ? status : set_measure(run, "How many times as likely", "", "log ratio");
}

/* What the spread records of both periods add to the change. */
static castmap_status change_of_spread(cm_heat_run *run, double months1, double months2, const castmap_density_options *options)
{
    const size_t cells = run->summary.grid.columns * run->summary.grid.rows;
    const castmap_spread first = cm_heat_spread_view(&run->spread_against), second = cm_heat_spread_view(&run->spread);
    double *before = cm_alloc_zero(cells, sizeof *before), *after = cm_alloc_zero(cells, sizeof *after);
    castmap_status status = before && after ? CASTMAP_OK : cm_fail_memory(run->ctx);

    if (!status)
        status = castmap_density_footprints(run->ctx, &first.areas, first.weight, &run->summary.grid, options, before);
    if (!status)
        status = castmap_density_footprints(run->ctx, &second.areas, second.weight, &run->summary.grid, options, after);
    for (size_t i = 0; i < cells && !status; i++)
        run->layer.values[i] += after[i] / months2 - before[i] / months1;
    free(before);
    free(after);
    return status;
}

static castmap_status change(cm_heat_run *run)
{
    const castmap_points second = cm_heat_points_view(&run->counted), first = cm_heat_points_view(&run->against);
    const double months2 = months_of(&run->options->filter, &run->points), months1 = months_of(&run->options->first, &run->others);
    castmap_density_options options = CASTMAP_DENSITY_OPTIONS_INIT;
    double domain = 0.0;
    castmap_status status;

    if (!(months1 > 0.0) || !(months2 > 0.0))
        return cm_fail(run->ctx, CASTMAP_E_DATA, "a change needs two periods with times");
    options.kernel = run->summary.kernel;
    options.radius_m = run->summary.radius_m;
    status = castmap_density_change(run->ctx, &first, months1, &second, months2, &run->summary.grid, &options, run->layer.values, &domain);
    if (!status && run->summary.spread > 0)
        status = change_of_spread(run, months1, months2, &options);
    if (!status && run->within) {
        const castmap_polygons study = study_of(run);
        status = castmap_density_mask(run->ctx, &study, true, &run->summary.grid, run->layer.values);
    }
    return status ? status : set_measure(run, "Change, ", " per km\xc2\xb2 and month", "per km2 and month");
}

static castmap_status breaks_alloc(cm_heat_run *run, size_t n)
{
    run->layer.breaks = cm_alloc(n, sizeof *run->layer.breaks);
    return run->layer.breaks ? CASTMAP_OK : cm_fail_memory(run->ctx);
}

static castmap_status rising_breaks(cm_heat_run *run)
{
    cm_heat_layer *layer = &run->layer;
    castmap_status status = breaks_alloc(run, CLASSES);

    for (int i = 0; i < CLASSES && !status && run->summary.maximum > 0.0; i++) {
        const double level = cm_sayable(run->summary.maximum / 1.6 / (double)(1 << (CLASSES - 1 - i)));
        if (layer->n_breaks == 0 || level > layer->breaks[layer->n_breaks - 1])
            layer->breaks[layer->n_breaks++] = level;
    }
    return status;
}

/* Edges -big, -3, -2, -1, 1, 2, 3 of steps: three classes of less, one of about the same, three of more. */
static castmap_status two_sided_breaks(cm_heat_run *run, const double step[3])
{
    const double low = fmin(fmin(run->summary.minimum, -run->series_top), -step[2]);
    castmap_status status = breaks_alloc(run, 7);

    if (status)
        return status;
    run->layer.n_breaks = 7;
    run->layer.breaks[0] = low * (low < -step[2] ? 1.0 + 1e-9 : 2.0);
    for (int i = 0; i < 3; i++) {
        run->layer.breaks[1 + i] = -step[2 - i];
        run->layer.breaks[4 + i] = step[i];
    }
    return CASTMAP_OK;
}

static castmap_status choose_breaks(cm_heat_run *run)
{
    if (run->options->kind == CASTMAP_HEAT_COMPARE) {
        const double step[3] = {log(1.5), log(2.0), log(4.0)};
        return two_sided_breaks(run, step);
    }
    if (run->options->kind == CASTMAP_HEAT_CHANGE) {
        double step[3];
        const castmap_status status = cm_heat_change_steps(run, step);
        return status ? status : two_sided_breaks(run, step);
    }
    return rising_breaks(run);
}

static void measure_up(cm_heat_run *run, size_t cells)
{
    castmap_heat_summary *s = &run->summary;
    const double *values = run->layer.values;
    double sum = 0.0, lost = 0.0;

    s->maximum = -(double)INFINITY;
    s->minimum = (double)INFINITY;
    for (size_t i = 0; i < cells; i++) { /* Kahan: the sum of millions of cells */
        if (isnan(values[i]))
            continue;
        const double next = values[i] - lost, total = sum + next;
        lost = (total - sum) - next;
        sum = total;
        s->maximum = fmax(s->maximum, values[i]);
        s->minimum = fmin(s->minimum, values[i]);
    }
    const bool adds_up = run->options->kind == CASTMAP_HEAT_DENSITY && run->options->measure == CASTMAP_HEAT_PER_KM2;
    s->integral = adds_up ? sum * s->grid.cell_m * s->grid.cell_m / 1e6 : (double)NAN;
}

castmap_status cm_heat_make_surface(cm_heat_run *run)
{
    castmap_heat_summary *s = &run->summary;
    cm_heat_layer *layer = &run->layer;
    const castmap_polygons mask = cm_polygon_set_view(&run->mask);
    const size_t cells = s->grid.columns * s->grid.rows;
    castmap_status status;

    layer->values = cm_alloc(cells, sizeof *layer->values);
    if (!layer->values)
        return cm_fail_memory(run->ctx);
    if (run->options->kind == CASTMAP_HEAT_COMPARE)
        status = compare(run, cells);
    else if (run->options->kind == CASTMAP_HEAT_CHANGE)
        status = change(run);
    else
        status = density(run);
    if (!status && run->options->kind == CASTMAP_HEAT_DENSITY)
        status = convert(run, cells);
    if (!status && run->mask.count > 0)
        status = castmap_density_mask(run->ctx, &mask, false, &s->grid, layer->values);
    if (status)
        return status;
    for (size_t i = 0; i < cells; i++) { /* a ratio to nothing is not defined, not endless */
        if (isinf(layer->values[i]))
            layer->values[i] = (double)NAN;
    }
    measure_up(run, cells);
    if (!isfinite(s->maximum)) {
        status = cm_fail(run->ctx, CASTMAP_E_DATA, "the surface is defined nowhere: no cell has anything to compute from");
        cm_fail_hint(run->ctx, "choose a larger --radius, or look at the study area and the mask");
        return status;
    }
    status = choose_breaks(run);
    if (status)
        return status;
    return castmap_bands_make(run->ctx, &s->grid, layer->values, layer->breaks, layer->n_breaks, &layer->bands);
}
