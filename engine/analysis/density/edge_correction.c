/*
 * analysis/density/edge_correction.c - surfaces that know where their area ends.
 *
 * All four functions rest on the mass of a kernel inside a region (kernel_mass.c): at the cells for the uniform correction, at the points for
 * Diggle's, and over one area at a time for records that are known only to that area.
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

#define POINTS_A_TURN 256u

typedef struct mass_job {
    const cm_kernel_mass          *mass;
    const castmap_density_options *options;
    const castmap_points          *points;
    const int32_t                 *area; /* of each point or cell */
    const castmap_grid            *grid;
    double                        *out;
    double                         factor; /* footprints */
    size_t first_column, end_column, first_row;
} mass_job;

static void centre_of(const castmap_grid *g, size_t column, size_t row, double *x, double *y)
{
    *x = g->west + ((double)column + 0.5) * g->cell_m;
    *y = g->north - ((double)row + 0.5) * g->cell_m;
}

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

/* Area of each cell's centre; owned by the caller. */
static castmap_status locate_cells(castmap_context *ctx, const castmap_polygons *areas, const castmap_grid *g,
                                   int32_t **out)
{
    castmap_area_locator *locator = NULL;
    int32_t *area = cm_alloc(g->columns * g->rows, sizeof *area);
    double *x = cm_alloc(g->columns, sizeof *x), *y = cm_alloc(g->columns, sizeof *y);
    castmap_status status = area && x && y ? CASTMAP_OK : cm_fail_memory(ctx);

    if (!status)
        status = castmap_area_locator_new(ctx, areas, NULL, &locator);
    for (size_t row = 0; row < g->rows && !status; row++) {
        const castmap_points centres = {.count = g->columns, .x = x, .y = y};
        for (size_t c = 0; c < g->columns; c++)
            centre_of(g, c, row, &x[c], &y[c]);
        status = castmap_area_locate(ctx, locator, &centres, area + row * g->columns);
    }
    castmap_area_locator_free(locator);
    free(x);
    free(y);
    if (status) {
        free(area);
        return status;
    }
    *out = area;
    return CASTMAP_OK;
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
            centre_of(g, c, row, &x, &y);
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

castmap_status castmap_density_within(castmap_context *ctx, const castmap_points *points, const castmap_polygons *study,
                                      const castmap_grid *grid, const castmap_density_options *options,
                                      castmap_edge_rule edge, double *values, size_t *outside)
{
    inside_points kept = {0};
    cm_kernel_mass *mass = NULL;
    int32_t *area = NULL;
    double *share = NULL;
    castmap_status status;

    cm_fail_clear(ctx);
    status = cm_density_check(ctx, grid, options);
    if (status)
        return status;
    if ((unsigned)edge > CASTMAP_EDGE_DIGGLE)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "no such edge correction");
    status = keep_inside(ctx, points, study, &kept, outside);
    if (status)
        goto done;
    if (edge == CASTMAP_EDGE_DIGGLE) {
        share = cm_alloc(kept.points.count, sizeof *share);
        status = share ? castmap_kernel_mass(ctx, study, &kept.points, options, share) : cm_fail_memory(ctx);
        if (status)
            goto done;
        for (size_t i = 0; i < kept.points.count; i++)
            kept.w[i] = share[i] > 0.0 ? kept.w[i] / share[i] : 0.0;
    }
    status = castmap_density(ctx, &kept.points, grid, options, values);
    if (status)
        goto done;
    status = locate_cells(ctx, study, grid, &area);
    if (!status && edge == CASTMAP_EDGE_UNIFORM)
        status = cm_kernel_mass_new(ctx, study, 0, study->count, &mass);
    if (!status) {
        mass_job job = {.mass = mass, .options = options, .area = area, .grid = grid, .out = values};
        status = cm_parallel_chunks(ctx, "correcting the edge", grid->rows, 1, finish_rows, &job);
    }

done:
    free(kept.x);
    free(kept.y);
    free(kept.w);
    free(share);
    free(area);
    cm_kernel_mass_free(mass);
    return status;
}

static castmap_status spread_rows(size_t begin, size_t end, void *payload)
{
    const mass_job *job = payload;
    const castmap_grid *g = job->grid;

    for (size_t k = begin; k < end; k++) {
        const size_t row = job->first_row + k;
        for (size_t c = job->first_column; c < job->end_column; c++) {
            double x, y;
            centre_of(g, c, row, &x, &y);
            const size_t in_box = k * (job->end_column - job->first_column) + (c - job->first_column);
            job->out[row * g->columns + c] +=
                job->factor * cm_kernel_mass_at(job->mass, job->options->kernel, job->options->radius_m, x, y,
                                                job->area[in_box] != CASTMAP_NO_AREA);
        }
    }
    return CASTMAP_OK;
}

static size_t clamp_index(double at, size_t most)
{
    return at > 0.0 ? at < (double)most ? (size_t)at : most : 0;
}

/* One area: only the cells its kernels reach. */
static castmap_status spread(castmap_context *ctx, const castmap_polygons *areas, size_t a, double weight, double km2,
                             mass_job *job)
{
    const castmap_grid *g = job->grid;
    const bool gaussian = job->options->kernel == CASTMAP_KERNEL_GAUSSIAN;
    const double reach =
        gaussian ? 6.5 * castmap_kernel_sigma_m(job->options->kernel, job->options->radius_m) : job->options->radius_m;
    const castmap_polygons one = {1, areas->part_start + a, areas->ring_start, areas->vertex_start, areas->x, areas->y};
    cm_kernel_mass *mass = NULL;
    int32_t *area = NULL;
    double box[4];
    castmap_status status = cm_kernel_mass_new(ctx, areas, a, 1, &mass);

    if (status)
        return status;
    cm_kernel_mass_extent(mass, box);
    job->first_column = clamp_index((box[0] - reach - g->west) / g->cell_m - 1.0, g->columns);
    job->end_column = clamp_index((box[2] + reach - g->west) / g->cell_m + 2.0, g->columns);
    job->first_row = clamp_index((g->north - box[3] - reach) / g->cell_m - 1.0, g->rows);
    const size_t end_row = clamp_index((g->north - box[1] + reach) / g->cell_m + 2.0, g->rows);
    if (job->end_column > job->first_column && end_row > job->first_row) {
        const castmap_grid part = {g->west + (double)job->first_column * g->cell_m,
                                   g->north - (double)job->first_row * g->cell_m, g->cell_m,
                                   job->end_column - job->first_column, end_row - job->first_row};
        status = locate_cells(ctx, &one, &part, &area);
        job->mass = mass;
        job->area = area;
        job->factor = weight / km2;
        if (!status)
            status = cm_parallel_chunks(ctx, "spreading records over areas", part.rows, 1, spread_rows, job);
    }
    free(area);
    cm_kernel_mass_free(mass);
    return status;
}

castmap_status castmap_density_footprints(castmap_context *ctx, const castmap_polygons *areas, const double *weight,
                                          const castmap_grid *grid, const castmap_density_options *options,
                                          double *values)
{
    mass_job job = {.options = options, .grid = grid, .out = values};
    double *km2 = NULL;
    castmap_status status;

    cm_fail_clear(ctx);
    status = cm_density_check(ctx, grid, options);
    if (status)
        return status;
    km2 = cm_alloc(areas->count, sizeof *km2);
    if (!km2)
        return cm_fail_memory(ctx);
    castmap_polygons_area_km2(areas, km2);
    for (size_t a = 0; a < areas->count && !status; a++) {
        if (!(weight[a] >= 0.0 && isfinite(weight[a])))
            status = cm_fail(ctx, CASTMAP_E_DATA, "the weight of area %zu is not finite, or below 0", a);
        else if (weight[a] > 0.0 && !(km2[a] > 0.0))
            status = cm_fail(ctx, CASTMAP_E_DATA, "area %zu has no extent to spread its records over", a);
    }
    for (size_t a = 0; a < areas->count && !status; a++) {
        if (weight[a] > 0.0)
            status = spread(ctx, areas, a, weight[a], km2[a], &job);
    }
    free(km2);
    return status;
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
        status = locate_cells(ctx, areas, grid, &area);
    for (size_t i = 0; !status && i < grid->columns * grid->rows; i++) {
        if ((area[i] == CASTMAP_NO_AREA) == outside)
            values[i] = (double)NAN;
    }
    free(area);
    return status;
}
