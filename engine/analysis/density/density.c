/*
 * analysis/density/density.c - exact kernel density on a grid.
 *
 *   1. sort points into rows of cells, in an order of their own        density_points.c
 *   2. per row of cells, sum the kernels of the points within reach    density_sweep.c: polynomial kernels
 *                                                                      density_direct.c: the others
 *
 * The result depends neither on the order of the points nor on threads: each row is one sum in one order.
 */
#include "castmap/density.h"

#include "analysis/density/density_rows.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"

#include <math.h>
#include <stdlib.h>

#define TILE_RADII 16.0
#define LEAST_TILE 32.0
#define MOST_TILE 65536.0
#define FEW_CELLS 3.0 /* a radius below this many cells is added cell by cell */
/* Deviations at which a Gaussian is cut; see choose_reach(). */
#define GAUSSIAN_CUT 6.5
#define GAUSSIAN_ERROR 5e-7

castmap_status cm_density_check(castmap_context *ctx, const castmap_grid *grid, const castmap_density_options *options)
{
    size_t cells;

    if (options->version != CASTMAP_DENSITY_OPTIONS_VERSION)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "options of another version");
    if (!(options->radius_m > 1e-100) || !(options->radius_m < 1e100))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the radius must be above 0 and finite");
    if (grid->columns == 0 || grid->rows == 0 || !(grid->cell_m > 1e-100) || !(grid->cell_m < 1e100) ||
        !isfinite(grid->west) || !isfinite(grid->north) || __builtin_mul_overflow(grid->columns, grid->rows, &cells) ||
        grid->columns > INT32_MAX - 8)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the grid has no cell, or no place");
    if ((unsigned)options->kernel > CASTMAP_KERNEL_TRIWEIGHT)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "no such kernel");
    return CASTMAP_OK;
}

/*
 * How far a Gaussian is followed. Let M be the maximum of the surface, a kernel's centre being 1. A disc of radius q deviations holds
 * no more weight than M exp(q^2 / 2), for its centre has at least weight * exp(-q^2 / 2). Cover the plane beyond R deviations with squares of
 * side a (each in a disc of a / sqrt 2): what is left out anywhere is at most M exp(a^2 / 4) (2 pi / a^2) exp(-(R - a sqrt 2)^2 / 2),
 * and with a = 0.3, R = 6.5 that is 7.4e-7 M. Fewer points need less: not all together may lose more than the heaviest place has.
 */
static double choose_reach(const castmap_points *points, double sigma_m)
{
    const double sure = sigma_m * GAUSSIAN_CUT;
    double sum = 0.0, heaviest = 0.0;

    for (size_t i = 0; i < points->count; i++) {
        const double w = points->weight ? points->weight[i] : 1.0;
        sum += w;
        heaviest = w > heaviest ? w : heaviest;
    }
    if (!(heaviest > 0.0) || !isfinite(sum))
        return sure;
    /* In steps of 1/64, so that the rounding of the sum, and with it the order of the points, does not matter. */
    return fmin(sure, sigma_m * ceil(64.0 * sqrt(2.0 * log(sum / heaviest / GAUSSIAN_ERROR))) / 64.0);
}

/* Rounding grows with the power of the position that a kernel needs; of the triweight, the sixth, wide tiles leave more than 1e-9 of the maximum. */
static double choose_tile(const castmap_grid *grid, castmap_kernel kernel, double radius_m)
{
    const double wanted = fmin(fmax(TILE_RADII * radius_m / grid->cell_m, LEAST_TILE), MOST_TILE);

    return exp2(floor(log2(kernel == CASTMAP_KERNEL_TRIWEIGHT ? wanted / 2.0 : wanted)));
}

static castmap_status sum_rows(castmap_context *ctx, cm_density_job *job)
{
    const unsigned workers = castmap_threads(ctx);
    const bool gaussian = job->kernel == CASTMAP_KERNEL_GAUSSIAN;
    const bool direct =
        !gaussian && (job->kernel == CASTMAP_KERNEL_TRIANGULAR || job->radius_m < FEW_CELLS * job->grid->cell_m);
    const size_t room = gaussian ? cm_density_gaussian_scratch(job) : direct ? 0 : cm_density_sweep_scratch(job);
    castmap_status status = CASTMAP_OK;

    job->scratch = cm_alloc_zero(workers, sizeof *job->scratch);
    if (!job->scratch)
        return cm_fail_memory(ctx);
    for (unsigned k = 0; k < workers; k++) {
        job->scratch[k] = cm_alloc_zero(room, sizeof **job->scratch);
        if (!job->scratch[k])
            status = cm_fail_memory(ctx);
    }
    if (!status)
        status = cm_parallel_workers(ctx, "drawing the heat map", job->grid->rows,
                                     gaussian ? CM_DENSITY_GAUSSIAN_ROWS : direct ? 1 : CM_DENSITY_SWEEP_ROWS,
                                     gaussian ? cm_density_gaussian_rows
                                     : direct ? cm_density_direct_rows
                                              : cm_density_sweep_rows,
                                     job);
    for (unsigned k = 0; k < workers; k++)
        free(job->scratch[k]);
    free(job->scratch);
    return status;
}

castmap_status castmap_density(castmap_context *ctx, const castmap_points *points, const castmap_grid *grid,
                               const castmap_density_options *options, double *values)
{
    cm_density_points sorted = {0};
    castmap_status status;

    cm_fail_clear(ctx);
    status = cm_density_check(ctx, grid, options);
    if (status)
        return status;
    cm_density_job job = {.grid = grid, .points = &sorted, .kernel = options->kernel, .radius_m = options->radius_m,
                          .sigma_m = castmap_kernel_sigma_m(options->kernel, options->radius_m), .values = values};
    if (job.kernel == CASTMAP_KERNEL_GAUSSIAN)
        job.radius_m = choose_reach(points, job.sigma_m);
    job.scale = cm_kernel_height(options->kernel, options->radius_m);
    job.tile = (size_t)choose_tile(grid, job.kernel, job.radius_m);
    status = cm_density_points_sort(ctx, points, grid, job.radius_m, &sorted);
    if (!status)
        status = sum_rows(ctx, &job);
    cm_density_points_clear(&sorted);
    return status;
}
