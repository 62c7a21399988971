/*
 * analysis/density/comparison.c - surfaces that compare: two kinds, two periods, many slices of time; and units.
 */
#include "castmap/spread.h"

#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

#define PI 3.14159265358979323846
#define SECONDS_A_DAY 86400.0

/*
 * Density of one kind inside the study area, weights left aside; *n the records inside, spread ones too. Not corrected for the edge: the uniform
 * correction would divide both kinds by the same mass, which the ratio does not see. ratio_at() corrects where it needs to.
 */
static castmap_status kind_density(castmap_context *ctx, const castmap_points *points, const castmap_spread *spread,
                                   const castmap_polygons *study, const castmap_grid *grid, const castmap_density_options *o,
                                   double *values, double *n)
{
    const castmap_points plain = {.count = points->count, .x = points->x, .y = points->y};
    size_t outside = 0;
    castmap_status status = castmap_density_within_spread(ctx, &plain, spread, study, grid, o, CASTMAP_EDGE_NONE, values, &outside);

    *n = (double)(points->count - outside);
    for (size_t a = 0; !status && spread && a < spread->areas.count; a++)
        *n += spread->weight[a];
    return status;
}

/* Mass inside the study area of the kernel, at every cell that has a density; the others are left as they are. */
static castmap_status cell_mass(castmap_context *ctx, const castmap_polygons *study, const castmap_grid *g, double sigma_m,
                                const double *density, double *mass)
{
    castmap_density_options o = CASTMAP_DENSITY_OPTIONS_INIT;
    const size_t cells = g->columns * g->rows;
    double *x = cm_alloc(cells, sizeof *x), *y = cm_alloc(cells, sizeof *y), *found = cm_alloc(cells, sizeof *found);
    castmap_status status = x && y && found ? CASTMAP_OK : cm_fail_memory(ctx);
    size_t n = 0;

    o.kernel = CASTMAP_KERNEL_GAUSSIAN;
    o.radius_m = castmap_kernel_radius_m(o.kernel, sigma_m);
    for (size_t i = 0; i < cells && !status; i++) {
        if (!(density[i] > 0.0))
            continue;
        x[n] = g->west + ((double)(i % g->columns) + 0.5) * g->cell_m;
        y[n++] = g->north - ((double)(i / g->columns) + 0.5) * g->cell_m;
    }
    const castmap_points centres = {.count = n, .x = x, .y = y};
    if (!status)
        status = castmap_kernel_mass(ctx, study, &centres, &o, found);
    for (size_t i = cells; i-- > 0 && !status;) {
        if (density[i] > 0.0)
            mass[i] = found[--n];
    }
    free(x);
    free(y);
    free(found);
    return status;
}

/* What a comparison is made of. */
typedef struct two_kinds {
    const castmap_grid *grid;
    double sigma_m;
    double *first, *second; /* owned [cells] */
    double  n1, n2;
    double *wide, *narrow;  /* owned [cells]; mass inside at the bandwidth, and at the bandwidth over sqrt 2; only for p */
} two_kinds;

static void two_kinds_clear(two_kinds *kinds)
{
    free(kinds->first);
    free(kinds->second);
    free(kinds->wide);
    free(kinds->narrow);
}

static castmap_status both_densities(castmap_context *ctx, two_kinds *kinds, const castmap_points *cases, const castmap_spread *case_spread,
                                     const castmap_points *controls, const castmap_spread *control_spread, const castmap_polygons *study)
{
    castmap_density_options o = CASTMAP_DENSITY_OPTIONS_INIT;

    o.kernel = CASTMAP_KERNEL_GAUSSIAN;
    o.radius_m = castmap_kernel_radius_m(o.kernel, kinds->sigma_m);
    castmap_status status = kind_density(ctx, cases, case_spread, study, kinds->grid, &o, kinds->first, &kinds->n1);
    return status ? status : kind_density(ctx, controls, control_spread, study, kinds->grid, &o, kinds->second, &kinds->n2);
}

/* Logarithm of the ratio at cell i, and with p != NULL its upper tail. False: one of the densities is 0, or blank. */
static bool ratio_at(const two_kinds *k, size_t i, double *log_ratio, double *p)
{
    if (!(k->first[i] > 0.0 && k->second[i] > 0.0)) /* false for NAN too */
        return false;
    *log_ratio = log(k->first[i] / k->n1) - log(k->second[i] / k->n2);
    if (p) {
        const double pooled = (k->first[i] + k->second[i]) / k->wide[i] / (k->n1 + k->n2) / 1e6; /* per m2 */
        const double roughness = k->narrow[i] / (4.0 * PI) / (k->wide[i] * k->wide[i]);
        const double z = *log_ratio * k->sigma_m * sqrt(pooled) / sqrt(roughness * (1.0 / k->n1 + 1.0 / k->n2));
        *p = 0.5 * erfc(z / sqrt(2.0));
    }
    return true;
}

/* The test on the records with a place alone: where it finds less than the one on all, its p-value stands. */
static castmap_status hold_to_places(castmap_context *ctx, two_kinds *kinds, const castmap_points *cases, const castmap_points *controls,
                                     const castmap_polygons *study, double *upper_p)
{
    castmap_status status = both_densities(ctx, kinds, cases, NULL, controls, NULL, study);

    for (size_t i = 0; i < kinds->grid->columns * kinds->grid->rows && !status; i++) {
        double ignored, p = (double)NAN;
        upper_p[i] = kinds->n1 > 0.0 && kinds->n2 > 0.0 && ratio_at(kinds, i, &ignored, &p) && !isnan(upper_p[i]) ? fmax(p, upper_p[i])
                                                                                                                : (double)NAN;
    }
    return status;
}

static bool holds_any(const castmap_spread *spread)
{
    for (size_t a = 0; spread && a < spread->areas.count; a++)
        if (spread->weight[a] > 0.0)
            return true;
    return false;
}

castmap_status castmap_relative_risk_spread(castmap_context *ctx, const castmap_points *cases, const castmap_spread *case_spread,
                                            const castmap_points *controls, const castmap_spread *control_spread,
                                            const castmap_polygons *study, const castmap_grid *grid, double sigma_m,
                                            double *log_ratio, double *upper_p)
{
    const size_t cells = grid->columns * grid->rows;
    two_kinds kinds = {.grid = grid, .sigma_m = sigma_m};
    castmap_status status;

    cm_fail_clear(ctx);
    if (!(sigma_m > 0.0) || !isfinite(sigma_m))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the bandwidth must be above 0 and finite");
    if (grid->columns == 0 || grid->rows == 0 || cells / grid->columns != grid->rows)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the grid has no cell");
    kinds.first = cm_alloc(cells, sizeof *kinds.first);
    kinds.second = cm_alloc(cells, sizeof *kinds.second);
    kinds.wide = cm_alloc(upper_p ? cells : 0, sizeof *kinds.wide);
    kinds.narrow = cm_alloc(upper_p ? cells : 0, sizeof *kinds.narrow);
    status = kinds.first && kinds.second && kinds.wide && kinds.narrow ? CASTMAP_OK : cm_fail_memory(ctx);
    if (!status)
        status = both_densities(ctx, &kinds, cases, case_spread, controls, control_spread, study);
    if (!status && (!(kinds.n1 > 0.0) || !(kinds.n2 > 0.0)))
        status = cm_fail(ctx, CASTMAP_E_DATA, "no %s lies inside the study area", kinds.n1 > 0.0 ? "control" : "case");
    if (!status && upper_p)
        status = cell_mass(ctx, study, grid, sigma_m, kinds.first, kinds.wide);
    if (!status && upper_p)
        status = cell_mass(ctx, study, grid, sigma_m / sqrt(2.0), kinds.first, kinds.narrow);
    for (size_t i = 0; i < cells && !status; i++) {
        double ratio = (double)NAN, p = (double)NAN;
        const bool defined = ratio_at(&kinds, i, &ratio, upper_p ? &p : NULL);
        log_ratio[i] = defined ? ratio : (double)NAN;
        if (upper_p)
            upper_p[i] = defined ? p : (double)NAN;
    }
    if (!status && upper_p && (holds_any(case_spread) || holds_any(control_spread)))
        status = hold_to_places(ctx, &kinds, cases, controls, study, upper_p);
    two_kinds_clear(&kinds);
    return status;
}

castmap_status castmap_relative_risk(castmap_context *ctx, const castmap_points *cases, const castmap_points *controls,
                                     const castmap_polygons *study, const castmap_grid *grid, double sigma_m,
                                     double *log_ratio, double *upper_p)
{
    return castmap_relative_risk_spread(ctx, cases, NULL, controls, NULL, study, grid, sigma_m, log_ratio, upper_p);
}

castmap_status castmap_density_change(castmap_context *ctx, const castmap_points *first, double months1,
                                      const castmap_points *second, double months2, const castmap_grid *grid,
                                      const castmap_density_options *options, double *values, double *domain)
{
    castmap_status status;

    cm_fail_clear(ctx);
    if (!(months1 > 0.0) || !(months2 > 0.0) || !isfinite(months1) || !isfinite(months2))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "a period must be longer than 0 and finite");
    status = castmap_density(ctx, second, grid, options, values);
    if (status)
        return status;
    const size_t cells = grid->columns * grid->rows;
    double *before = cm_alloc(cells, sizeof *before), largest = 0.0;
    status = before ? castmap_density(ctx, first, grid, options, before) : cm_fail_memory(ctx);
    for (size_t i = 0; i < cells && !status; i++) {
        values[i] = values[i] / months2 - before[i] / months1;
        largest = fmax(largest, fabs(values[i]));
    }
    if (!status && !(isfinite(*domain) && *domain > 0.0))
        *domain = largest;
    free(before);
    return status;
}

/* Points within the window of one slice, with their weights in time. */
static void weigh_slice(const castmap_points *points, int64_t middle_s, double window_s, double *x, double *y, double *w,
                        size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < points->count; i++) {
        if (points->time_s[i] == INT64_MIN)
            continue;
        const double u = ((double)points->time_s[i] - (double)middle_s) / window_s;
        if (!(fabs(u) < 1.0))
            continue;
        x[*n] = points->x[i];
        y[*n] = points->y[i];
        w[(*n)++] = (points->weight ? points->weight[i] : 1.0) * 0.75 * (1.0 - u * u) / (window_s / SECONDS_A_DAY);
    }
}

castmap_status castmap_density_slices(castmap_context *ctx, const castmap_points *points, const castmap_grid *grid,
                                      const castmap_density_options *options, const castmap_time_slices *slices,
                                      double *values, double *maximum, size_t *untimed)
{
    double *x = NULL, *y = NULL, *w = NULL, largest = 0.0;
    size_t without = 0, n = 0;
    int64_t last;
    castmap_status status = CASTMAP_OK;

    cm_fail_clear(ctx);
    if (slices->count == 0 || slices->step_s <= 0 || slices->window_s <= 0 || slices->count > INT32_MAX ||
        __builtin_mul_overflow(slices->step_s, (int64_t)slices->count, &last) ||
        __builtin_add_overflow(slices->first_s, last, &last))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "slices need a number, a step and a window above 0");
    if (!points->time_s)
        return cm_fail(ctx, CASTMAP_E_DATA, "the points have no times");
    x = cm_alloc(points->count, sizeof *x);
    y = cm_alloc(points->count, sizeof *y);
    w = cm_alloc(points->count, sizeof *w);
    if (!x || !y || !w)
        status = cm_fail_memory(ctx);
    for (size_t i = 0; i < points->count && !status; i++) {
        without += points->time_s[i] == INT64_MIN;
        if (!isfinite(points->x[i]) || !isfinite(points->y[i]) ||
            (points->weight && !(points->weight[i] >= 0.0 && isfinite(points->weight[i]))))
            status = cm_fail(ctx, CASTMAP_E_DATA, "point %zu is not finite, or has a weight below 0", i);
    }
    const cm_span whole = cm_progress_span(ctx, 0.0, 1.0);
    for (size_t k = 0; k < slices->count && !status; k++) {
        double *slice = values + k * grid->columns * grid->rows;
        weigh_slice(points, slices->first_s + (int64_t)k * slices->step_s, (double)slices->window_s, x, y, w, &n);
        const castmap_points now = {.count = n, .x = x, .y = y, .weight = w};
        const cm_span part = cm_progress_span(ctx, (double)k / (double)slices->count,
                                              (double)(k + 1) / (double)slices->count);
        status = castmap_density(ctx, &now, grid, options, slice);
        cm_progress_restore(ctx, part);
        for (size_t i = 0; i < grid->columns * grid->rows && !status; i++)
            largest = fmax(largest, slice[i]);
    }
    cm_progress_restore(ctx, whole);
    if (!status && maximum)
        *maximum = largest;
    if (!status && untimed)
        *untimed = without;
    free(x);
    free(y);
    free(w);
    return status;
}

castmap_status castmap_density_convert(castmap_context *ctx, castmap_density_unit unit, double amount, const double *people,
                                       size_t n, double *values)
{
    double total = 0.0, lost = 0.0;

    cm_fail_clear(ctx);
    if ((unsigned)unit > CASTMAP_UNIT_PROBABILITY)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "no such unit");
    if (unit != CASTMAP_UNIT_PROBABILITY && (!(amount > 0.0) || !isfinite(amount)))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the number of months or people must be above 0 and finite");
    if (unit == CASTMAP_UNIT_PER_1000_PEOPLE && !people)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "a rate needs the density of people");
    for (size_t i = 0; unit == CASTMAP_UNIT_PROBABILITY && i < n; i++) {
        if (isnan(values[i]))
            continue;
        const double part = values[i] - lost, sum = total + part; /* compensated (W. Kahan 1965) */
        lost = (sum - total) - part;
        total = sum;
    }
    if (unit == CASTMAP_UNIT_PROBABILITY && !(total > 0.0))
        return cm_fail(ctx, CASTMAP_E_DATA, "an empty surface has no shares");
    for (size_t i = 0; i < n; i++) {
        switch (unit) {
        case CASTMAP_UNIT_PER_KM2_MONTH:
            values[i] /= amount;
            break;
        case CASTMAP_UNIT_PER_1000_PEOPLE:
            values[i] = people[i] >= amount ? 1000.0 * values[i] / people[i] : (double)NAN;
            break;
        case CASTMAP_UNIT_PROBABILITY:
            values[i] /= total;
            break;
        }
    }
    return CASTMAP_OK;
}
