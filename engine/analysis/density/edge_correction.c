/*
 * analysis/density/edge_correction.c - surfaces that know where their area ends.
 *
 * They rest on the mass of a kernel inside a region (kernel_mass.c): at the cells for the uniform correction, at the points for Diggle's.
 */
#include "castmap/areas.h"
#include "castmap/spread.h"

#include "analysis/density/cell_areas.h"
#include "analysis/density/density_rows.h"
#include "analysis/density/kernel_mass.h"
#include "analysis/density/spread_points.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"

#include <math.h>
#include <stdlib.h>

#define POINTS_A_TURN 256u

typedef struct mass_job {
    const cm_kernel_mass          *mass;
    const castmap_density_options *options;
    const castmap_points          *points;
    const int32_t                 *area; /* of each point or cell */
    const castmap_grid            *grid;
    double                        *out;
} mass_job;

static castmap_status locate(castmap_context *ctx, const castmap_polygons *areas, const castmap_points *points,
                             int32_t *area)
{
    castmap_area_locator *locator = NULL;
    castmap_status status = castmap_area_locator_new(ctx, areas, NULL, &locator);

    if (!status)
        status = castmap_area_locate(ctx, locator, points, area);
    castmap_area_locator_free(locator);
    return status;
}

static castmap_status mass_of_points(size_t begin, size_t end, void *payload)
{
    const mass_job *job = payload;

    for (size_t i = begin; i < end; i++)
        job->out[i] = cm_kernel_mass_at(job->mass, job->options->kernel, job->options->radius_m, job->points->x[i],
                                        job->points->y[i], job->area[i] != CASTMAP_NO_AREA);
    return CASTMAP_OK;
}

castmap_status castmap_kernel_mass(castmap_context *ctx, const castmap_polygons *region, const castmap_points *points,
                                   const castmap_density_options *options, double *mass)
{
    const castmap_grid any = {0.0, 0.0, 1.0, 1, 1};
    cm_kernel_mass *region_mass = NULL;
    int32_t *area = NULL;
    castmap_status status;

    cm_fail_clear(ctx);
    status = cm_density_check(ctx, &any, options);
    if (status)
        return status;
    area = cm_alloc(points->count, sizeof *area);
    if (!area)
        return cm_fail_memory(ctx);
    status = locate(ctx, region, points, area);
    if (!status)
        status = cm_kernel_mass_new(ctx, region, 0, region->count, &region_mass);
    if (!status) {
        mass_job job = {.mass = region_mass, .options = options, .points = points, .area = area, .out = mass};
        status = cm_parallel_chunks(ctx, "measuring the edge", points->count, POINTS_A_TURN, mass_of_points, &job);
    }
    cm_kernel_mass_free(region_mass);
    free(area);
    return status;
}

/* Uniform correction and the mask, row by row. */
static castmap_status finish_rows(size_t begin, size_t end, void *payload)
{
    const mass_job *job = payload;
    const castmap_grid *g = job->grid;

    for (size_t row = begin; row < end; row++) {
        for (size_t c = 0; c < g->columns; c++) {
            const size_t at = row * g->columns + c;
            double x, y;
            if (job->area[at] == CASTMAP_NO_AREA) {
                job->out[at] = (double)NAN;
                continue;
            }
            if (!job->mass || job->out[at] == 0.0)
                continue;
            cm_cell_centre(g, c, row, &x, &y);
            job->out[at] /= cm_kernel_mass_at(job->mass, job->options->kernel, job->options->radius_m, x, y, true);
        }
    }
    return CASTMAP_OK;
}

/* The points inside, as arrays of their own. */
typedef struct inside_points {
    double        *x, *y, *w; /* owned */
    castmap_points points;
} inside_points;

static castmap_status keep_inside(castmap_context *ctx, const castmap_points *points, const castmap_polygons *study,
                                  inside_points *kept, size_t *outside)
{
    const size_t n = points->count;
    int32_t *area = cm_alloc(n, sizeof *area);
    size_t m = 0;

    kept->x = cm_alloc(n, sizeof *kept->x);
    kept->y = cm_alloc(n, sizeof *kept->y);
    kept->w = cm_alloc(n, sizeof *kept->w);
    if (!area || !kept->x || !kept->y || !kept->w) {
        free(area);
        return cm_fail_memory(ctx);
    }
    castmap_status status = locate(ctx, study, points, area);
    for (size_t i = 0; i < n && !status; i++) {
        const double w = points->weight ? points->weight[i] : 1.0;
        if (!(w >= 0.0 && isfinite(w)))
            status = cm_fail(ctx, CASTMAP_E_DATA, "the weight of point %zu is not finite, or below 0", i);
        if (area[i] == CASTMAP_NO_AREA)
            continue;
        kept->x[m] = points->x[i];
        kept->y[m] = points->y[i];
        kept->w[m++] = w;
    }
    free(area);
    kept->points = (castmap_points){.count = m, .x = kept->x, .y = kept->y, .weight = kept->w};
    if (!status && outside)
        *outside = n - m;
    return status;
}

/* Diggle: places of the areas are points like others. */
static castmap_status add_places(castmap_context *ctx, const castmap_spread *spread, const castmap_density_options *o, inside_points *kept)
{
    const size_t n = kept->points.count, areas = spread ? spread->areas.count : 0;
    cm_spread_points places = {0};
    double *step = cm_alloc(areas, sizeof *step);
    castmap_status status = step ? CASTMAP_OK : cm_fail_memory(ctx);

    for (size_t a = 0; a < areas && !status; a++)
        step[a] = cm_spread_step(o->kernel, o->radius_m);
    if (!status)
        status = cm_spread_points_make(ctx, spread, step, &places);
    free(step);
    if (status || places.count == 0)
        return status;
    inside_points all = {.x = cm_alloc(n + places.count, sizeof *all.x), .y = cm_alloc(n + places.count, sizeof *all.y),
                         .w = cm_alloc(n + places.count, sizeof *all.w)};
    if (!all.x || !all.y || !all.w)
        status = cm_fail_memory(ctx);
    for (size_t i = 0; i < n + places.count && !status; i++) {
        all.x[i] = i < n ? kept->x[i] : places.x[i - n];
        all.y[i] = i < n ? kept->y[i] : places.y[i - n];
        all.w[i] = i < n ? kept->w[i] : places.w[i - n];
    }
    all.points = (castmap_points){.count = status ? 0 : n + places.count, .x = all.x, .y = all.y, .weight = all.w};
    cm_spread_points_clear(&places);
    free(kept->x);
    free(kept->y);
    free(kept->w);
    *kept = all;
    return status;
}

/* Each point of the study area weighs 1 / e(x_i); those outside it, and those that have no mass inside, nothing. */
static castmap_status weigh_by_share(castmap_context *ctx, const castmap_polygons *study, const castmap_density_options *options,
                                     inside_points *kept)
{
    const size_t n = kept->points.count;
    double *share = cm_alloc(n, sizeof *share);
    int32_t *area = cm_alloc(n, sizeof *area);
    castmap_status status = share && area ? castmap_kernel_mass(ctx, study, &kept->points, options, share) : cm_fail_memory(ctx);

    if (!status)
        status = locate(ctx, study, &kept->points, area);
    for (size_t i = 0; i < n && !status; i++)
        kept->w[i] = share[i] > 0.0 && area[i] != CASTMAP_NO_AREA ? kept->w[i] / share[i] : 0.0;
    free(area);
    free(share);
    return status;
}

castmap_status castmap_density_within_spread(castmap_context *ctx, const castmap_points *points, const castmap_spread *spread,
                                             const castmap_polygons *study, const castmap_grid *grid,
                                             const castmap_density_options *options, castmap_edge_rule edge, double *values,
                                             size_t *outside)
{
    inside_points kept = {0};
    cm_kernel_mass *mass = NULL;
    int32_t *area = NULL;
    castmap_status status;

    cm_fail_clear(ctx);
    status = cm_density_check(ctx, grid, options);
    if (status)
        return status;
    if ((unsigned)edge > CASTMAP_EDGE_DIGGLE)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "no such edge correction");
    status = keep_inside(ctx, points, study, &kept, outside);
    if (!status && edge == CASTMAP_EDGE_DIGGLE)
        status = add_places(ctx, spread, options, &kept);
    if (!status && edge == CASTMAP_EDGE_DIGGLE)
        status = weigh_by_share(ctx, study, options, &kept);
    if (!status)
        status = castmap_density(ctx, &kept.points, grid, options, values);
    if (!status && spread && edge != CASTMAP_EDGE_DIGGLE)
        status = castmap_density_footprints(ctx, &spread->areas, spread->weight, grid, options, values);
    if (!status)
        status = cm_cell_areas(ctx, study, grid, &area);
    if (!status && edge == CASTMAP_EDGE_UNIFORM)
        status = cm_kernel_mass_new(ctx, study, 0, study->count, &mass);
    if (!status) {
        mass_job job = {.mass = mass, .options = options, .area = area, .grid = grid, .out = values};
        status = cm_parallel_chunks(ctx, "correcting the edge", grid->rows, 1, finish_rows, &job);
    }
    free(kept.x);
    free(kept.y);
    free(kept.w);
    free(area);
    cm_kernel_mass_free(mass);
    return status;
}

castmap_status castmap_density_within(castmap_context *ctx, const castmap_points *points, const castmap_polygons *study,
                                      const castmap_grid *grid, const castmap_density_options *options,
                                      castmap_edge_rule edge, double *values, size_t *outside)
{
    return castmap_density_within_spread(ctx, points, NULL, study, grid, options, edge, values, outside);
}

castmap_status castmap_density_mask(castmap_context *ctx, const castmap_polygons *areas, bool outside,
                                    const castmap_grid *grid, double *values)
{
    castmap_density_options any = CASTMAP_DENSITY_OPTIONS_INIT;
    int32_t *area = NULL;
    castmap_status status;

    cm_fail_clear(ctx);
    any.radius_m = 1.0;
    status = cm_density_check(ctx, grid, &any);
    if (!status)
        status = cm_cell_areas(ctx, areas, grid, &area);
    for (size_t i = 0; !status && i < grid->columns * grid->rows; i++) {
        if ((area[i] == CASTMAP_NO_AREA) == outside)
            values[i] = (double)NAN;
    }
    free(area);
    return status;
}
