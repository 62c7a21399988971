/*
 * analysis/density/footprints.c - records that are known only to an area, in surfaces.
 *
 * Spread evenly over its area a record of weight w gives w / |a| times the integral of the kernel over the area, which is the mass of a kernel
 * at the cell inside the area (kernel_mass.c): exact, in closed form along the border. One look at an area serves any number of surfaces.
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

typedef struct spread_job {
    const cm_kernel_mass          *mass;
    const castmap_density_options *options;
    const int32_t                 *area; /* of each cell of the part */
    const castmap_grid            *grid;
    const double                  *factor; /* [sets] */
    size_t                         sets;
    double                        *out; /* [sets * cells] */
    size_t first_column, end_column, first_row;
} spread_job;

static castmap_status spread_rows(size_t begin, size_t end, void *payload)
{
    const spread_job *job = payload;
    const castmap_grid *g = job->grid;
    const size_t cells = g->columns * g->rows;

    for (size_t k = begin; k < end; k++) {
        const size_t row = job->first_row + k;
        for (size_t c = job->first_column; c < job->end_column; c++) {
            const size_t in_box = k * (job->end_column - job->first_column) + (c - job->first_column);
            double x, y;
            cm_cell_centre(g, c, row, &x, &y);
            const double share = cm_kernel_mass_at(job->mass, job->options->kernel, job->options->radius_m, x, y,
                                                   job->area[in_box] != CASTMAP_NO_AREA);
            for (size_t s = 0; s < job->sets; s++)
                job->out[s * cells + row * g->columns + c] += job->factor[s] * share;
        }
    }
    return CASTMAP_OK;
}

static size_t clamp_index(double at, size_t most)
{
    return at > 0.0 ? at < (double)most ? (size_t)at : most : 0;
}

/* One area: only the cells its kernels reach. */
static castmap_status spread(castmap_context *ctx, const castmap_polygons *areas, size_t a, spread_job *job)
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
        status = cm_cell_areas(ctx, &one, &part, &area);
        job->mass = mass;
        job->area = area;
        if (!status)
            status = cm_parallel_chunks(ctx, "spreading records over areas", part.rows, 1, spread_rows, job);
    }
    free(area);
    cm_kernel_mass_free(mass);
    return status;
}

castmap_status cm_spread_check(castmap_context *ctx, const castmap_polygons *areas, const double *weight, size_t sets, double *km2)
{
    castmap_polygons_area_km2(areas, km2);
    for (size_t i = 0; i < areas->count * sets; i++) {
        const size_t a = i % areas->count;
        if (!(weight[i] >= 0.0 && isfinite(weight[i])))
            return cm_fail(ctx, CASTMAP_E_DATA, "the weight of area %zu is not finite, or below 0", a);
        if (weight[i] > 0.0 && !(km2[a] > 0.0))
            return cm_fail(ctx, CASTMAP_E_DATA, "area %zu has no extent to spread its records over", a);
    }
    return CASTMAP_OK;
}

castmap_status castmap_density_footprint_sets(castmap_context *ctx, const castmap_polygons *areas, const double *weight, size_t sets,
                                              const castmap_grid *grid, const castmap_density_options *options, double *values)
{
    spread_job job = {.options = options, .grid = grid, .sets = sets, .out = values};
    double *km2 = NULL, *factor = NULL;
    castmap_status status;

    cm_fail_clear(ctx);
    status = cm_density_check(ctx, grid, options);
    if (status)
        return status;
    km2 = cm_alloc(areas->count, sizeof *km2);
    factor = cm_alloc(sets, sizeof *factor);
    status = km2 && factor ? cm_spread_check(ctx, areas, weight, sets, km2) : cm_fail_memory(ctx);
    job.factor = factor;
    for (size_t a = 0; a < areas->count && !status; a++) {
        bool any = false;
        for (size_t s = 0; s < sets; s++) {
            factor[s] = weight[s * areas->count + a] > 0.0 ? weight[s * areas->count + a] / km2[a] : 0.0;
            any = any || factor[s] > 0.0;
        }
        if (any)
            status = spread(ctx, areas, a, &job);
    }
    free(factor);
    free(km2);
    return status;
}

castmap_status castmap_density_footprints(castmap_context *ctx, const castmap_polygons *areas, const double *weight,
                                          const castmap_grid *grid, const castmap_density_options *options, double *values)
{
    return castmap_density_footprint_sets(ctx, areas, weight, 1, grid, options, values);
}
