/*
 * analysis/density/adaptive.c - density at places, and surfaces whose radius follows the density (Abramson).
 *
 *   1. pilot       density at the points themselves and over the areas of spread records, with the edge corrected
 *   2. radii       from the pilot and its geometric mean; of an area one, from the mean over it
 *   3. add_rows    each point with its own radius, block by block of rows      in parallel
 *
 * Sums run over points sorted by place, so neither the order of the points nor threads matter. Areas take part as points (spread_points.h): a few for
 * the pilot, which is smooth, and as many as the radius of each area asks for in the surface.
 */
#include "castmap/areas.h"
#include "castmap/spread.h"

#include "analysis/density/density_rows.h"
#include "analysis/density/kernel_mass.h"
#include "analysis/density/spread_points.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"

#include <math.h>
#include <stdlib.h>

#define GAUSSIAN_CUT 6.5 /* deviations; see density.c */
#define PLACES_A_TURN 64u
#define MAX_ROWS 4096.0
#define PILOT_STEPS 6.0 /* steps a radius of the pilot: half a standard deviation, at which a sum of Gaussians is an integral to 1e-16 */

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
    size_t index;   /* of the point, or of the area */
    bool   of_area; /* stands for a part of a spread record */
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
    if (p->w != q->w)
        return p->w > q->w ? 1 : -1;
    return (p->radius > q->radius) - (p->radius < q->radius); /* of areas that overlap */
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

/* Everything that is drawn: the points inside the study area, and places of the areas. */
typedef struct places {
    own_radius *p; /* owned; points first while radii are found */
    size_t      n; /* all */
    size_t      points;
    double     *area_radius; /* owned [areas] */
    size_t      areas;
} places;

static double pilot_radius(const castmap_adaptive_options *o)
{
    return o->pilot_radius_m > 0.0
               ? o->pilot_radius_m
               : castmap_kernel_radius_m(CASTMAP_KERNEL_GAUSSIAN, castmap_kernel_sigma_m(o->kernel, o->radius_m));
}

/* h0 * min(f^(-1/2) / g, trim), where log_pilot is log f and mean_log the logarithm of g. */
static double radius_for(const castmap_adaptive_options *o, double log_pilot, double mean_log)
{
    const double factor = exp(-0.5 * log_pilot - mean_log);

    return o->radius_m * (factor < o->trim ? factor : o->trim); /* of no pilot at all: the widest */
}

/* One radius for each area: from the mean of the logarithm over it. */
static castmap_status area_radii(castmap_context *ctx, const castmap_adaptive_options *o, places *all, double mean_log)
{
    double *sum = cm_alloc_zero(all->areas, sizeof *sum), *weight = cm_alloc_zero(all->areas, sizeof *weight);

    if (!sum || !weight) {
        free(sum);
        free(weight);
        return cm_fail_memory(ctx);
    }
    for (size_t i = 0; i < all->n; i++) {
        if (!all->p[i].of_area)
            continue;
        sum[all->p[i].index] += all->p[i].w * log(all->p[i].pilot);
        weight[all->p[i].index] += all->p[i].w;
    }
    for (size_t a = 0; a < all->areas; a++)
        all->area_radius[a] = weight[a] > 0.0 ? radius_for(o, sum[a] / weight[a], mean_log) : (double)NAN;
    free(weight);
    free(sum);
    return CASTMAP_OK;
}

/* The pilot at all places, whose order is that of places; then the radii of points and areas. */
static castmap_status find_radii(castmap_context *ctx, const castmap_polygons *study, const castmap_adaptive_options *o, places *all)
{
    const size_t n = all->n;
    own_radius *p = all->p;
    castmap_density_options pilot = CASTMAP_DENSITY_OPTIONS_INIT;
    double *x = cm_alloc(n, sizeof *x), *y = cm_alloc(n, sizeof *y), *w = cm_alloc(n, sizeof *w);
    double *density = cm_alloc(n, sizeof *density), *mass = cm_alloc(n, sizeof *mass);
    castmap_status status = x && y && w && density && mass ? CASTMAP_OK : cm_fail_memory(ctx);

    pilot.kernel = CASTMAP_KERNEL_GAUSSIAN;
    pilot.radius_m = pilot_radius(o);
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
        const double mean_log = weights > 0.0 ? logs / weights : 0.0;
        for (size_t i = 0; i < n; i++)
            p[i].radius = radius_for(o, log(p[i].pilot), mean_log);
        status = area_radii(ctx, o, all, mean_log);
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

/* The points inside the study area. */
static castmap_status collect(castmap_context *ctx, const castmap_points *points, const castmap_polygons *study, places *all)
{
    castmap_area_locator *locator = NULL;
    int32_t *area = cm_alloc_zero(points->count, sizeof *area);
    castmap_status status = area ? CASTMAP_OK : cm_fail_memory(ctx);

    all->p = cm_alloc(points->count, sizeof *all->p);
    if (!all->p)
        status = cm_fail_memory(ctx);
    if (!status && study)
        status = castmap_area_locator_new(ctx, study, NULL, &locator);
    if (!status && study)
        status = castmap_area_locate(ctx, locator, points, area);
    for (size_t i = 0; i < points->count && !status; i++) {
        const double w = points->weight ? points->weight[i] : 1.0;
        if (!isfinite(points->x[i]) || !isfinite(points->y[i]) || !(w >= 0.0 && isfinite(w)))
            status = cm_fail(ctx, CASTMAP_E_DATA, "point %zu is not finite, or has a weight below 0", i);
        else if (area[i] != CASTMAP_NO_AREA)
            all->p[all->n++] = (own_radius){.x = points->x[i], .y = points->y[i], .w = w, .index = i};
    }
    all->points = all->n;
    castmap_area_locator_free(locator);
    free(area);
    return status;
}

/* Places of the areas behind the points, in place of those that stood there; each step_m[area] apart. */
static castmap_status append_areas(castmap_context *ctx, const castmap_spread *spread, const castmap_polygons *study, const double *step_m,
                                   places *all)
{
    cm_spread_points found = {0};
    castmap_area_locator *locator = NULL;
    int32_t *area = NULL;
    own_radius *more = NULL;
    castmap_status status = cm_spread_points_make(ctx, spread, step_m, &found);
    const castmap_points view = {.count = found.count, .x = found.x, .y = found.y};

    all->n = all->points;
    if (status || found.count == 0)
        return status;
    area = cm_alloc_zero(found.count, sizeof *area);
    more = cm_alloc(all->points + found.count, sizeof *more);
    if (!area || !more)
        status = cm_fail_memory(ctx);
    if (!status && study)
        status = castmap_area_locator_new(ctx, study, NULL, &locator);
    if (!status && study)
        status = castmap_area_locate(ctx, locator, &view, area);
    if (!status) {
        for (size_t i = 0; i < all->points; i++)
            more[i] = all->p[i];
        for (size_t i = 0; i < found.count; i++) {
            if (area[i] != CASTMAP_NO_AREA)
                more[all->n++] = (own_radius){.x = found.x[i], .y = found.y[i], .w = found.w[i], .index = (size_t)found.area[i],
                                              .radius = all->area_radius[found.area[i]], .of_area = true};
        }
        free(all->p);
        all->p = more;
        more = NULL;
    }
    castmap_area_locator_free(locator);
    free(more);
    free(area);
    cm_spread_points_clear(&found);
    return status;
}

static int points_first(const void *a, const void *b)
{
    const own_radius *p = a, *q = b;

    return p->of_area != q->of_area ? (p->of_area ? 1 : -1) : by_place(a, b);
}

/* Points and areas with their radii, sorted by place. */
static castmap_status prepare(castmap_context *ctx, const castmap_points *points, const castmap_spread *spread,
                              const castmap_polygons *study, const castmap_adaptive_options *o, places *all)
{
    double *step = NULL;
    castmap_status status = CASTMAP_OK;

    all->areas = spread ? spread->areas.count : 0;
    all->area_radius = cm_alloc_zero(all->areas, sizeof *all->area_radius);
    step = cm_alloc(all->areas, sizeof *step);
    status = all->area_radius && step ? collect(ctx, points, study, all) : cm_fail_memory(ctx);
    for (size_t a = 0; a < all->areas && !status; a++)
        step[a] = pilot_radius(o) / PILOT_STEPS;
    if (!status && spread)
        status = append_areas(ctx, spread, study, step, all);
    if (!status) {
        qsort(all->p, all->n, sizeof *all->p, points_first);
        status = find_radii(ctx, study, o, all);
    }
    for (size_t a = 0; a < all->areas && !status; a++)
        step[a] = cm_spread_step(o->kernel, isnan(all->area_radius[a]) ? o->radius_m : all->area_radius[a]);
    if (!status && spread)
        status = append_areas(ctx, spread, study, step, all);
    if (!status)
        qsort(all->p, all->n, sizeof *all->p, by_place);
    free(step);
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

castmap_status castmap_density_adaptive_spread(castmap_context *ctx, const castmap_points *points, const castmap_spread *spread,
                                               const castmap_polygons *study, const castmap_grid *grid,
                                               const castmap_adaptive_options *options, double *values, double *radius,
                                               double *area_radius)
{
    cm_kernel_mass *mass = NULL;
    places all = {0};
    castmap_status status;

    cm_fail_clear(ctx);
    status = check(ctx, grid, study, options);
    if (status)
        return status;
    status = prepare(ctx, points, spread, study, options, &all);
    if (!status && options->edge == CASTMAP_EDGE_DIGGLE)
        status = cm_kernel_mass_new(ctx, study, 0, study->count, &mass);
    if (!status) {
        weigh_job job = {mass, options, all.p};
        status = cm_parallel_chunks(ctx, "correcting the edge", all.n, PLACES_A_TURN, weigh, &job);
    }
    if (!status)
        status = draw(ctx, grid, options->kernel, all.p, all.n, values);
    if (!status && study)
        status = castmap_density_mask(ctx, study, true, grid, values);
    for (size_t i = 0; i < points->count && !status && radius; i++)
        radius[i] = (double)NAN;
    for (size_t i = 0; i < all.n && !status && radius; i++) {
        if (!all.p[i].of_area)
            radius[all.p[i].index] = all.p[i].radius;
    }
    for (size_t a = 0; a < all.areas && !status && area_radius; a++)
        area_radius[a] = all.area_radius[a];
    cm_kernel_mass_free(mass);
    free(all.area_radius);
    free(all.p);
    return status;
}

castmap_status castmap_density_adaptive(castmap_context *ctx, const castmap_points *points, const castmap_polygons *study,
                                        const castmap_grid *grid, const castmap_adaptive_options *options, double *values,
                                        double *radius)
{
    return castmap_density_adaptive_spread(ctx, points, NULL, study, grid, options, values, radius, NULL);
}
