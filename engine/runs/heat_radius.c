/*
 * runs/heat_radius.c - how far one observation reaches, and the cells to draw it in.
 *
 * Oversmoothing gives the widest kernel that the spread of the data can justify: too wide for a neighbourhood. Cross-validation looks at how well
 * each observation is foretold by the others. Where records share spots (snapped points, postcodes) it would choose no width at all; then a
 * third of the widest is taken, and said to be a convention.
 */
#include "runs/heat_run.h"

#include "base/fail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846
#define WIDE_M 1000.0    /* a chosen radius from here on shows no streets */
#define WIDE_SHARE 0.2   /* of the shorter side of the mapped part */
#define MOST_CELLS 4.0e6
#define CELLS_A_RADIUS 12.0
#define LEAST_OF_WIDEST 0.125 /* a choice below this share of the widest kernel follows single spots */

/* What the rules look at: all points of both sides of a comparison, with one radius for both. */
static castmap_status pool(cm_heat_run *run, cm_heat_points *all)
{
    const size_t n = run->counted.count, m = run->against.count;

    all->x = malloc((n + m + 1) * sizeof *all->x);
    all->y = malloc((n + m + 1) * sizeof *all->y);
    all->id = malloc((n + m + 1) * sizeof *all->id);
    if (!all->x || !all->y || !all->id)
        return cm_fail_memory(run->ctx);
    if (n > 0) {
        memcpy(all->x, run->counted.x, n * sizeof *all->x);
        memcpy(all->y, run->counted.y, n * sizeof *all->y);
        memcpy(all->id, run->counted.id, n * sizeof *all->id);
    }
    if (m > 0) {
        memcpy(all->x + n, run->against.x, m * sizeof *all->x);
        memcpy(all->y + n, run->against.y, m * sizeof *all->y);
        memcpy(all->id + n, run->against.id, m * sizeof *all->id);
    }
    all->count = n + m;
    return CASTMAP_OK;
}

castmap_status cm_heat_suggest(castmap_context *ctx, const castmap_points *points, castmap_kernel kernel, double *radius_m,
                               const char **why, bool *by_rule)
{
    castmap_bandwidth widest, best;
    castmap_status status = castmap_bandwidth_suggest(ctx, points, kernel, &widest);

    if (!status)
        status = castmap_bandwidth_choose(ctx, points, NULL, CASTMAP_BANDWIDTH_LIKELIHOOD_CV, kernel, &best);
    if (status)
        return status;
    *by_rule = !best.at_limit && best.radius_m >= widest.radius_m * LEAST_OF_WIDEST;
    if (!*by_rule) {
        *radius_m = widest.radius_m / 3.0;
        *why = "many records share a spot, so cross-validation cannot choose; this is a third of the widest that their spread and number "
               "allow (Terrell 1990), a convention";
    } else {
        *radius_m = fmin(best.radius_m, widest.radius_m);
        *why = "it foretells each observation best from the others (likelihood cross-validation)";
    }
    return CASTMAP_OK;
}

static castmap_status by_rule(cm_heat_run *run, const castmap_points *points, double *radius_m, const char **why)
{
    const castmap_polygons view = cm_projected_areas_view(&run->areas);
    castmap_bandwidth found;
    castmap_status status = castmap_bandwidth_choose(run->ctx, points, run->has_areas ? &view : NULL, run->options->rule,
                                                     run->summary.kernel, &found);

    if (status)
        return status;
    *radius_m = found.radius_m;
    *why = found.rule;
    if (found.at_limit &&
        cm_remark_add(&run->summary.remarks, &run->summary.n_remarks, "radius-at-limit",
                      "The rule ran to the end of what was tried, as it does where many records share a spot: do not trust this radius."))
        return cm_fail_memory(run->ctx);
    return CASTMAP_OK;
}

/* Set both from whichever was given. False if neither was. */
static bool given(cm_heat_run *run)
{
    castmap_heat_summary *s = &run->summary;

    if (run->options->radius_m > 0.0) {
        s->radius_m = run->options->radius_m;
        s->sigma_m = castmap_kernel_sigma_m(s->kernel, s->radius_m);
    } else if (run->options->sigma_m > 0.0) {
        s->sigma_m = run->options->sigma_m;
        s->radius_m = castmap_kernel_radius_m(s->kernel, s->sigma_m);
    } else {
        return false;
    }
    return true;
}

/*
 * A radius that nobody asked for and that is no use on the map people expect: it takes a town for one place. Told with what to do; it is no error, for a
 * county may be what is asked about.
 */
static int remark_wide(cm_heat_run *run)
{
    castmap_heat_summary *s = &run->summary;
    const double across = fmin(run->extent.east - run->extent.west, run->extent.north - run->extent.south);
    char radius[32];

    if (s->radius_m < WIDE_M && !(s->radius_m > WIDE_SHARE * across))
        return 0;
    cm_length_words(s->radius_m, radius);
    return cm_remark_add(&s->remarks, &s->n_remarks, "radius-wide",
                         run->has_areas ? "A radius of %s shows which part of the country, not which streets: each observation covers %.3g km2. For streets "
                                          "say --radius 300m, or map one town alone: add its areas and name them with --study-area."
                                        : "A radius of %s shows which part of the country, not which streets: each observation covers %.3g km2. There are no "
                                          "boundaries, so observations far from all others widen it: castmap boundaries add FILE keeps to one area, or say "
                                          "--radius 300m.",
                         radius, PI * s->radius_m * s->radius_m / 1e6);
}

castmap_status cm_heat_choose_radius(cm_heat_run *run)
{
    castmap_heat_summary *s = &run->summary;
    cm_heat_points all = {0};
    const char *why = NULL;
    double suggested = 0.0;
    bool validated = false;
    char radius[32], sigma[32];

    /* The tolerance of a comparison is known for the Gaussian alone. */
    s->kernel = run->options->kind == CASTMAP_HEAT_COMPARE ? CASTMAP_KERNEL_GAUSSIAN : run->options->kernel;
    if (run->options->radius_m < 0.0 || run->options->sigma_m < 0.0 || !isfinite(run->options->radius_m) || !isfinite(run->options->sigma_m))
        return cm_fail(run->ctx, CASTMAP_E_ARGUMENT, "the radius must be above 0");
    if (run->options->radius_m > 0.0 && run->options->sigma_m > 0.0)
        return cm_fail(run->ctx, CASTMAP_E_ARGUMENT, "give the radius or the standard deviation, not both");
    if (given(run))
        return CASTMAP_OK;
    castmap_status status = pool(run, &all);
    const castmap_points points = cm_heat_points_view(&all);
    if (!status)
        status = run->options->by_rule ? by_rule(run, &points, &suggested, &why)
                                       : cm_heat_suggest(run->ctx, &points, s->kernel, &suggested, &why, &validated);
    if (status == CASTMAP_E_DATA) {
        /* One place alone has no spread to learn from, and none even less. */
        cm_fail_clear(run->ctx);
        suggested = 500.0;
        why = all.count > 0 ? "all observations lie at one place, so it is only a convention"
                            : "no observation is known to a place of its own, so it is only a convention";
        status = CASTMAP_OK;
    }
    cm_heat_points_clear(&all);
    if (status)
        return status;
    run->by_rule = why;
    s->radius_m = run->options->by_rule ? suggested : cm_sayable(suggested);
    s->sigma_m = castmap_kernel_sigma_m(s->kernel, s->radius_m);
    cm_length_words(s->radius_m, radius);
    cm_length_words(s->sigma_m, sigma);
    return cm_remark_add(&s->remarks, &s->n_remarks, "radius-chosen",
                         "The radius of %s (a standard deviation of %s) was chosen: %s. Set it with --radius.", radius, sigma, why) ||
                   remark_wide(run)
               ? cm_fail_memory(run->ctx)
               : CASTMAP_OK;
}

/* Cells are squares whose corners lie on whole multiples of the side, so that two maps of one town line up. */
castmap_status cm_heat_choose_grid(cm_heat_run *run)
{
    castmap_heat_summary *s = &run->summary;
    /* The whole kernel of every counted observation lies on the grid, so the surface holds each of them entirely. A Gaussian ends at 5.5
     * standard deviations for this purpose; beyond it lies less than 3e-7 of its mass. Inside a study area nothing beyond it is shown. */
    const double reach = run->within ? 0.0 : s->kernel == CASTMAP_KERNEL_GAUSSIAN ? 5.5 * s->sigma_m : s->radius_m;
    const double width = run->extent.east - run->extent.west + 2.0 * reach;
    const double height = run->extent.north - run->extent.south + 2.0 * reach;
    const double most = run->layer.n_slices > 1 ? MOST_CELLS / (double)run->layer.n_slices : MOST_CELLS;
    double cell = run->options->cell_m;

    if (cell < 0.0 || !isfinite(cell))
        return cm_fail(run->ctx, CASTMAP_E_ARGUMENT, "the cell must be above 0");
    if (cell == 0.0) {
        cell = cm_sayable(s->radius_m / CELLS_A_RADIUS);
        while (width / cell * (height / cell) > most)
            cell = cm_sayable(cell * 1.25);
    } else if (width / cell * (height / cell) > 100.0 * most) {
        castmap_status status = cm_fail(run->ctx, CASTMAP_E_LIMIT, "cells of that size would be more than %.0f million",
                                        100.0 * most / 1e6);
        cm_fail_hint(run->ctx, "choose a larger --cell");
        return status;
    }
    s->grid.cell_m = cell;
    s->grid.west = floor((run->extent.west - reach) / cell) * cell;
    s->grid.north = ceil((run->extent.north + reach) / cell) * cell;
    s->grid.columns = (size_t)fmax(1.0, ceil((run->extent.east + reach - s->grid.west) / cell));
    s->grid.rows = (size_t)fmax(1.0, ceil((s->grid.north - (run->extent.south - reach)) / cell));
    return CASTMAP_OK;
}
