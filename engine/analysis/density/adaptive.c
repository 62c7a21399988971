/*
 * analysis/density/adaptive.c - density at places, and surfaces whose radius follows the density (Abramson).
 *
 *   1. pilot       density at the points themselves, with the edge corrected
 *   2. radii       from the pilot and its geometric mean
 *   3. add_rows    each point with its own radius, block by block of rows      in parallel
 *
 * Sums run over points sorted by place, so neither the order of the points nor threads matter.
 */
#include "castmap/areas.h"
#include "castmap/density.h"

#include "analysis/density/density_rows.h"
#include "analysis/density/kernel_mass.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"

#include <math.h>
#include <stdlib.h>

#define GAUSSIAN_CUT 6.5 /* deviations; see density.c */
#define PLACES_A_TURN 64u
#define MAX_ROWS 4096.0

typedef struct at_job {
    const cm_density_points       *sorted;
    const castmap_grid            *rows; /* one column; its rows are as high as the reach, or higher */
    const castmap_points          *places;
    const castmap_density_options *options;
    double reach_m, height;
    double *values;
} at_job;

static castmap_status sum_places(size_t begin, size_t end, void *payload)
{
    const at_job *job = payload;
    const cm_density_points *p = job->sorted;

    for (size_t i = begin; i < end; i++) {
        const double x = job->places->x[i], y = job->places->y[i], from = x - job->reach_m, to = x + job->reach_m;
        const double at = (job->rows->north - y) / job->rows->cell_m, low = -(double)p->margin;
        double sum = 0.0;
        size_t bin = 0, last = 0;
        if (at >= low - 1.0 && at <= (double)(job->rows->rows + p->margin) + 1.0) {
            const double row = floor(at) + (double)p->margin;
            bin = row > 1.0 ? (size_t)row - 1 : 0;
            last = row + 2.0 > 0.0 ? (size_t)fmin(row + 2.0, (double)p->bins) : 0;
        }
        for (; bin < last; bin++) {
            size_t low_i = p->begin[bin], high_i = p->end[bin];
            while (low_i < high_i) {
                const size_t middle = (low_i + high_i) / 2;
                if (p->x[middle] < from)
                    low_i = middle + 1;
                else
                    high_i = middle;
            }
            for (; low_i < p->end[bin] && p->x[low_i] <= to; low_i++) {
                const double dx = p->x[low_i] - x, dy = p->y[low_i] - y;
                sum += p->w[low_i] * cm_kernel_value(job->options->kernel, job->options->radius_m, dx * dx + dy * dy);
            }
        }
        job->values[i] = sum * job->height;
    }
    return CASTMAP_OK;
}

castmap_status castmap_density_at(castmap_context *ctx, const castmap_points *points, const castmap_points *places,
                                  const castmap_density_options *options, double *values)
{
    double west = INFINITY, east = -INFINITY, south = INFINITY, north = -INFINITY;
    castmap_grid any = {0.0, 0.0, 1.0, 1, 1};
    cm_density_points sorted = {0};
    castmap_status status;

    cm_fail_clear(ctx);
    status = cm_density_check(ctx, &any, options);
    if (status)
        return status;
    for (size_t i = 0; i < points->count; i++) {
        west = fmin(west, points->x[i]);
        east = fmax(east, points->x[i]);
        south = fmin(south, points->y[i]);
        north = fmax(north, points->y[i]);
    }
    for (size_t i = 0; i < places->count; i++) {
        if (!isfinite(places->x[i]) || !isfinite(places->y[i]))
            return cm_fail(ctx, CASTMAP_E_DATA, "place %zu is not finite", i);
    }
    at_job job = {.rows = &any, .places = places, .options = options, .values = values, .sorted = &sorted,
                  .height = cm_kernel_height(options->kernel, options->radius_m),
                  .reach_m = options->kernel == CASTMAP_KERNEL_GAUSSIAN
                                 ? GAUSSIAN_CUT * castmap_kernel_sigma_m(options->kernel, options->radius_m)
                                 : options->radius_m};
    if (points->count > 0 && east >= west && north >= south && isfinite(east - west) && isfinite(north - south)) {
        any.cell_m = fmax(fmax(job.reach_m, (north - south) / MAX_ROWS), (east - west) / 1e9);
        any.west = west;
        any.north = north;
        any.columns = (size_t)((east - west) / any.cell_m) + 1;
        any.rows = (size_t)((north - south) / any.cell_m) + 1;
    }
    status = cm_density_points_sort(ctx, points, &any, job.reach_m, &sorted); /* refuses what is not finite */
    if (!status)
        status = cm_parallel_chunks(ctx, "density at places", places->count, PLACES_A_TURN, sum_places, &job);
    cm_density_points_clear(&sorted);
    return status;
}

typedef struct own_radius {
    double x, y, w, radius; /* w: divided by the mass inside, times the kernel's height */
    double pilot;
    size_t index;
} own_radius;

typedef struct adaptive_job {
    const castmap_grid *grid;
    const own_radius   *points; /* by y, from north to south */
    size_t              n;
    castmap_kernel      kernel;
    double              widest_m; /* reach of the widest */
    double             *values;
    double            **scratch;
} adaptive_job;

static double reach_of(castmap_kernel kernel, double radius_m)
{
    return kernel == CASTMAP_KERNEL_GAUSSIAN ? GAUSSIAN_CUT * castmap_kernel_sigma_m(kernel, radius_m) : radius_m;
}

static int by_place(const void *a, const void *b)
{
    const own_radius *p = a, *q = b;

    if (p->y != q->y)
        return p->y > q->y ? -1 : 1;
    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return (p->w > q->w) - (p->w < q->w);
}

static castmap_status add_rows(size_t begin, size_t end, unsigned worker, void *payload)
{
    const adaptive_job *job = payload;
    const castmap_grid *g = job->grid;
    const double top = g->north - (double)begin * g->cell_m + job->widest_m + g->cell_m;
    const double bottom = g->north - (double)end * g->cell_m - job->widest_m - g->cell_m;
    size_t low = 0, high = job->n;

    for (size_t i = begin * g->columns; i < end * g->columns; i++)
        job->values[i] = 0.0;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (job->points[middle].y > top)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < job->n && job->points[low].y >= bottom; low++) {
        const own_radius *p = &job->points[low];
        cm_density_add_place(g, job->kernel, reach_of(job->kernel, p->radius),
                             castmap_kernel_sigma_m(job->kernel, p->radius), p->x, p->y, p->w, begin, end,
                             job->scratch[worker], job->values);
    }
    return CASTMAP_OK;
}

/* The pilot at the points inside, which stand first in `p`; their order is that of places. */
static castmap_status find_radii(castmap_context *ctx, const castmap_polygons *study, const castmap_adaptive_options *o,
                                 own_radius *p, size_t n)
{
    castmap_density_options pilot = CASTMAP_DENSITY_OPTIONS_INIT;
    double *x = cm_alloc(n, sizeof *x), *y = cm_alloc(n, sizeof *y), *w = cm_alloc(n, sizeof *w);
    double *density = cm_alloc(n, sizeof *density), *mass = cm_alloc(n, sizeof *mass);
    castmap_status status = x && y && w && density && mass ? CASTMAP_OK : cm_fail_memory(ctx);

    pilot.kernel = CASTMAP_KERNEL_GAUSSIAN;
    pilot.radius_m = o->pilot_radius_m > 0.0 ? o->pilot_radius_m
                                             : castmap_kernel_radius_m(CASTMAP_KERNEL_GAUSSIAN,
                                                                       castmap_kernel_sigma_m(o->kernel, o->radius_m));
    for (size_t i = 0; i < n && !status; i++) {
        x[i] = p[i].x;
        y[i] = p[i].y;
        w[i] = p[i].w;
        mass[i] = 1.0;
    }
    const castmap_points points = {.count = n, .x = x, .y = y, .weight = w};
    if (!status)
        status = castmap_density_at(ctx, &points, &points, &pilot, density);
    if (!status && study)
        status = castmap_kernel_mass(ctx, study, &points, &pilot, mass);
    if (!status) {
        double logs = 0.0, weights = 0.0;
        for (size_t i = 0; i < n; i++) {
            p[i].pilot = density[i] / mass[i];
            if (p[i].w > 0.0) {
                logs -= 0.5 * p[i].w * log(p[i].pilot);
                weights += p[i].w;
            }
        }
        const double mean = weights > 0.0 ? exp(logs / weights) : 1.0;
        for (size_t i = 0; i < n; i++)
            p[i].radius = o->radius_m * (p[i].pilot > 0.0 ? fmin(1.0 / sqrt(p[i].pilot) / mean, o->trim) : o->trim);
    }
    free(x);
    free(y);
    free(w);
    free(density);
    free(mass);
    return status;
}

static castmap_status check(castmap_context *ctx, const castmap_grid *grid, const castmap_polygons *study,
                            const castmap_adaptive_options *o)
{
    castmap_density_options plain = CASTMAP_DENSITY_OPTIONS_INIT;

    if (o->version != CASTMAP_ADAPTIVE_OPTIONS_VERSION)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "options of another version");
    if (!(o->trim > 0.0) || !isfinite(o->trim) || !(o->pilot_radius_m >= 0.0) || !isfinite(o->pilot_radius_m))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the pilot's radius and the trim must be finite and positive");
    if (o->edge != CASTMAP_EDGE_NONE && o->edge != CASTMAP_EDGE_DIGGLE)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "with radii of many sizes only Diggle's edge correction has a meaning");
    if (o->edge == CASTMAP_EDGE_DIGGLE && !study)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "an edge correction needs a study area");
    plain.kernel = o->kernel;
    plain.radius_m = o->radius_m;
    return cm_density_check(ctx, grid, &plain);
}

/* The points inside the study area, sorted by place. */
static castmap_status collect(castmap_context *ctx, const castmap_points *points, const castmap_polygons *study,
                              own_radius *p, size_t *n)
{
    castmap_area_locator *locator = NULL;
    int32_t *area = cm_alloc_zero(points->count, sizeof *area);
    castmap_status status = area ? CASTMAP_OK : cm_fail_memory(ctx);

    if (!status && study)
        status = castmap_area_locator_new(ctx, study, NULL, &locator);
    if (!status && study)
        status = castmap_area_locate(ctx, locator, points, area);
    *n = 0;
    for (size_t i = 0; i < points->count && !status; i++) {
        const double w = points->weight ? points->weight[i] : 1.0;
        if (!isfinite(points->x[i]) || !isfinite(points->y[i]) || !(w >= 0.0 && isfinite(w)))
            status = cm_fail(ctx, CASTMAP_E_DATA, "point %zu is not finite, or has a weight below 0", i);
        else if (area[i] != CASTMAP_NO_AREA)
            p[(*n)++] = (own_radius){.x = points->x[i], .y = points->y[i], .w = w, .index = i};
    }
    qsort(p, *n, sizeof *p, by_place);
    castmap_area_locator_free(locator);
    free(area);
    return status;
}

typedef struct weigh_job {
    const cm_kernel_mass           *study; /* NULL: no correction */
    const castmap_adaptive_options *options;
    own_radius                     *points;
} weigh_job;

/* Weights become heights: of the kernel, and for Diggle's correction over the mass inside. */
static castmap_status weigh(size_t begin, size_t end, void *payload)
{
    const weigh_job *job = payload;

    for (size_t i = begin; i < end; i++) {
        own_radius *p = &job->points[i];
        if (job->study) {
            const double mass = cm_kernel_mass_at(job->study, job->options->kernel, p->radius, p->x, p->y, true);
            p->w = mass > 0.0 ? p->w / mass : 0.0;
        }
        p->w *= cm_kernel_height(job->options->kernel, p->radius);
    }
    return CASTMAP_OK;
}

static castmap_status draw(castmap_context *ctx, const castmap_grid *grid, castmap_kernel kernel, const own_radius *p,
                           size_t n, double *values)
{
    const unsigned workers = castmap_threads(ctx);
    adaptive_job job = {.grid = grid, .points = p, .n = n, .kernel = kernel, .values = values};
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; i < n; i++)
        job.widest_m = fmax(job.widest_m, reach_of(kernel, p[i].radius));
    job.scratch = cm_alloc_zero(workers, sizeof *job.scratch);
    if (!job.scratch)
        return cm_fail_memory(ctx);
    for (unsigned k = 0; k < workers; k++) {
        job.scratch[k] = cm_alloc(grid->columns + CM_DENSITY_GAUSSIAN_ROWS, sizeof **job.scratch);
        if (!job.scratch[k])
            status = cm_fail_memory(ctx);
    }
    if (!status)
        status = cm_parallel_workers(ctx, "drawing the heat map", grid->rows, CM_DENSITY_GAUSSIAN_ROWS, add_rows, &job);
    for (unsigned k = 0; k < workers; k++)
        free(job.scratch[k]);
    free(job.scratch);
    return status;
}

castmap_status castmap_density_adaptive(castmap_context *ctx, const castmap_points *points, const castmap_polygons *study,
                                        const castmap_grid *grid, const castmap_adaptive_options *options, double *values,
                                        double *radius)
{
    cm_kernel_mass *mass = NULL;
    own_radius *p = NULL;
    size_t n = 0;
    castmap_status status;

    cm_fail_clear(ctx);
    status = check(ctx, grid, study, options);
    if (status)
        return status;
    p = cm_alloc(points->count, sizeof *p);
    if (!p)
        return cm_fail_memory(ctx);
    status = collect(ctx, points, study, p, &n);
    if (!status)
        status = find_radii(ctx, study, options, p, n);
    if (!status && options->edge == CASTMAP_EDGE_DIGGLE)
        status = cm_kernel_mass_new(ctx, study, 0, study->count, &mass);
    if (!status) {
        weigh_job job = {mass, options, p};
        status = cm_parallel_chunks(ctx, "correcting the edge", n, PLACES_A_TURN, weigh, &job);
    }
    if (!status)
        status = draw(ctx, grid, options->kernel, p, n, values);
    if (!status && study)
        status = castmap_density_mask(ctx, study, true, grid, values);
    if (!status && radius) {
        for (size_t i = 0; i < points->count; i++)
            radius[i] = (double)NAN;
        for (size_t i = 0; i < n; i++)
            radius[p[i].index] = p[i].radius;
    }
    cm_kernel_mass_free(mass);
    free(p);
    return status;
}
