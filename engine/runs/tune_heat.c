/*
 * runs/tune_heat.c - the radius that each rule would choose, and the map it would give.
 *
 * Rules answer different questions: how wide a kernel the spread can justify at most, how well observations foretell one another, how the
 * points of a random process would best be smoothed. Seen side by side a reader finds out which question is his.
 */
#include "base/fail.h"
#include "base/memory.h"
#include "runs/heat_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RULES 7
#define CELLS_ACROSS 320.0 /* of a small map */
#define WINDOW_RADII 30.0
#define LEAST_WINDOW_M 200.0
#define SEEN_SHARE 0.5 /* a window of more than this share of the whole shows the whole */
#define LEAST_CELLS 3.0

void castmap_heat_tuning_clear(castmap_heat_tuning *tuning)
{
    if (!tuning)
        return;
    for (size_t i = 0; tuning->candidates && i < tuning->n_candidates; i++) {
        free(tuning->candidates[i].name);
        free(tuning->candidates[i].note);
        castmap_bands_clear(&tuning->candidates[i].bands);
    }
    free(tuning->candidates);
    free(tuning->reason);
    cm_remarks_clear(tuning->remarks, tuning->n_remarks);
    memset(tuning, 0, sizeof *tuning);
}

/* Fills name, note and radius. A rule that cannot be used is told, not an error. */
static castmap_status ask_rule(cm_heat_run *run, const castmap_points *points, castmap_bandwidth_rule rule, castmap_heat_candidate *c)
{
    static const char *const NAMES[RULES] = {"oversmoothing (Terrell 1990)", "normal scale (Silverman 1986)", "Scott's rule (Scott 1992)",
                                             "least-squares cross-validation (Bowman 1984)", "likelihood cross-validation (Loader 1999)",
                                             "Berman and Diggle (1989)", "Cronie and van Lieshout (2018)"};
    const castmap_polygons view = cm_projected_areas_view(&run->areas);
    const bool needs_study = rule == CASTMAP_BANDWIDTH_DIGGLE || rule == CASTMAP_BANDWIDTH_CRONIE_VAN_LIESHOUT;
    castmap_bandwidth found;
    const char *note = "";

    c->by_rule = true;
    c->rule = rule;
    c->sigma_m = c->radius_m = (double)NAN;
    c->name = cm_copy_text(NAMES[rule]);
    if (needs_study && !run->has_areas) {
        note = "needs a study area: add the boundaries first";
    } else {
        castmap_status status = castmap_bandwidth_choose(run->ctx, points, needs_study ? &view : NULL, rule, run->summary.kernel, &found);
        if (status)
            return status;
        c->sigma_m = found.sigma_m;
        c->radius_m = found.radius_m;
        c->at_limit = found.at_limit;
        note = found.at_limit ? "ran to the end of what was tried: do not trust it" : "";
    }
    c->note = cm_copy_text(note);
    return c->name && c->note ? CASTMAP_OK : cm_fail_memory(run->ctx);
}

static castmap_grid grid_over(double west, double north, double width, double height)
{
    const double cell = fmax(fmax(width, height), 1.0) / CELLS_ACROSS;

    return (castmap_grid){west, north, cell, (size_t)ceil(fmax(width, cell) / cell), (size_t)ceil(fmax(height, cell) / cell)};
}

/* values: out, owned by the caller, [columns * rows] of the grid. */
static castmap_status surface(cm_heat_run *run, const castmap_points *points, const castmap_grid *grid, double radius_m, double **values)
{
    castmap_density_options options = CASTMAP_DENSITY_OPTIONS_INIT;
    castmap_status status;

    *values = cm_alloc(grid->columns * grid->rows, sizeof **values);
    if (!*values)
        return cm_fail_memory(run->ctx);
    options.kernel = run->summary.kernel;
    options.radius_m = radius_m;
    status = castmap_density(run->ctx, points, grid, &options, *values);
    if (!status && run->spread.count > 0) {
        const castmap_spread spread = cm_heat_spread_view(&run->spread);
        status = castmap_density_footprints(run->ctx, &spread.areas, spread.weight, grid, &options, *values);
    }
    return status;
}

static size_t highest(const castmap_grid *grid, const double *values)
{
    size_t best = 0;

    for (size_t i = 1; i < grid->columns * grid->rows; i++)
        best = values[i] > values[best] ? i : best;
    return best;
}

/*
 * What the small map shows: all of it where the radius can be seen there, else a window round the densest place. That is looked for with no less than
 * a few cells of radius, for a kernel narrower than a cell falls between the cells.
 */
static castmap_status choose_window(cm_heat_run *run, const castmap_points *points, castmap_heat_candidate *c)
{
    const double width = run->extent.east - run->extent.west, height = run->extent.north - run->extent.south;
    const castmap_grid whole = grid_over(run->extent.west, run->extent.north, width, height);
    const double side = fmax(WINDOW_RADII * c->radius_m, LEAST_WINDOW_M);
    double *values = NULL;

    c->shown = whole;
    c->window = side < SEEN_SHARE * fmax(width, height);
    if (!c->window)
        return CASTMAP_OK;
    castmap_status status = surface(run, points, &whole, fmax(c->radius_m, LEAST_CELLS * whole.cell_m), &values);
    if (!status) {
        const size_t at = highest(&whole, values);
        const double x = whole.west + ((double)(at % whole.columns) + 0.5) * whole.cell_m;
        const double y = whole.north - ((double)(at / whole.columns) + 0.5) * whole.cell_m;
        c->shown = grid_over(x - side / 2.0, y + side / 2.0, side, side);
    }
    free(values);
    return status;
}

static castmap_status draw(cm_heat_run *run, const castmap_points *points, castmap_heat_candidate *c)
{
    double *values = NULL;
    castmap_status status = choose_window(run, points, c);

    if (!status)
        status = surface(run, points, &c->shown, c->radius_m, &values);
    if (!status)
        c->maximum_per_km2 = values[highest(&c->shown, values)];
    for (int i = 0; i < CASTMAP_HEAT_CLASSES && !status && c->maximum_per_km2 > 0.0; i++) {
        const double level = cm_sayable(c->maximum_per_km2 / 1.6 / (double)(1 << (CASTMAP_HEAT_CLASSES - 1 - i)));
        if (c->n_breaks == 0 || level > c->breaks[c->n_breaks - 1])
            c->breaks[c->n_breaks++] = level;
    }
    if (!status && c->n_breaks > 0)
        status = castmap_bands_make(run->ctx, &c->shown, values, c->breaks, c->n_breaks, &c->bands);
    free(values);
    return status;
}

static int narrow_first(const void *a, const void *b)
{
    const castmap_heat_candidate *p = a, *q = b;
    const double x = isnan(p->radius_m) ? (double)INFINITY : p->radius_m, y = isnan(q->radius_m) ? (double)INFINITY : q->radius_m;

    if (x < y || x > y)
        return x < y ? -1 : 1;
    return (p->rule > q->rule) - (p->rule < q->rule);
}

/* The one that castmap heat would take; where that is the convention, it is a candidate of its own. */
static castmap_status recommend(cm_heat_run *run, const castmap_points *points, castmap_heat_tuning *out)
{
    const char *why = NULL;
    double radius = 0.0;
    bool by_rule = true;
    castmap_status status = cm_heat_suggest(run->ctx, points, run->summary.kernel, &radius, &why, &by_rule);

    if (status)
        return status;
    if (!by_rule) {
        castmap_heat_candidate *c = &out->candidates[out->n_candidates++];
        c->radius_m = radius;
        c->sigma_m = castmap_kernel_sigma_m(run->summary.kernel, radius);
        c->name = cm_copy_text("a third of the widest, a convention");
        c->note = cm_copy_text("");
        if (!c->name || !c->note)
            return cm_fail_memory(run->ctx);
    }
    qsort(out->candidates, out->n_candidates, sizeof *out->candidates, narrow_first);
    for (size_t i = 0; i < out->n_candidates; i++) {
        const castmap_heat_candidate *c = &out->candidates[i];
        if (by_rule ? c->by_rule && c->rule == CASTMAP_BANDWIDTH_LIKELIHOOD_CV : !c->by_rule)
            out->recommended = i;
    }
    out->reason = cm_copy_text(why);
    return out->reason ? CASTMAP_OK : cm_fail_memory(run->ctx);
}

static castmap_status tune(cm_heat_run *run, castmap_heat_tuning *out)
{
    const castmap_points points = cm_heat_points_view(&run->counted);
    castmap_status status = CASTMAP_OK;

    out->kernel = run->summary.kernel;
    out->observations = points.count + run->spread.count;
    out->candidates = cm_alloc_zero(RULES + 1, sizeof *out->candidates);
    if (!out->candidates)
        return cm_fail_memory(run->ctx);
    for (int rule = 0; rule < RULES && !status; rule++) {
        cm_progress(run->ctx, "asking the rules", (double)rule / RULES);
        status = ask_rule(run, &points, (castmap_bandwidth_rule)rule, &out->candidates[out->n_candidates++]);
    }
    if (!status)
        status = recommend(run, &points, out);
    for (size_t i = 0; i < out->n_candidates && !status; i++) {
        if (!isnan(out->candidates[i].radius_m))
            status = draw(run, &points, &out->candidates[i]);
    }
    out->remarks = run->summary.remarks;
    out->n_remarks = run->summary.n_remarks;
    run->summary.remarks = NULL;
    run->summary.n_remarks = 0;
    return status;
}

castmap_status castmap_tune_heat(castmap_context *ctx, castmap_project *project, const castmap_heat_tuning_options *options,
                                 castmap_heat_tuning *out)
{
    castmap_heat_run_options heat = CASTMAP_HEAT_RUN_OPTIONS_INIT;
    cm_heat_run run = {.ctx = ctx, .project = project, .options = &heat};
    castmap_heat_tuning tuning = {0};
    castmap_status status;

    cm_fail_clear(ctx);
    if (options->version != 1u)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "options of another version");
    heat.kernel = run.summary.kernel = options->kernel;
    heat.filter = options->filter;
    heat.study_level = options->study_level;
    heat.weight = options->weight;
    status = cm_heat_load(&run, &heat.filter, &run.points);
    if (!status)
        status = cm_heat_find_area(&run);
    if (!status)
        status = cm_heat_count_points(&run);
    if (!status)
        status = tune(&run, &tuning);
    if (!status) {
        *out = tuning;
        tuning = (castmap_heat_tuning){0};
    }
    castmap_heat_tuning_clear(&tuning);
    cm_heat_run_clear(&run);
    return status;
}
