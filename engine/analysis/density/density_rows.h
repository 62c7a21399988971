/*
 * analysis/density/density_rows.h - the two ways of summing kernels along a row of cells.
 */
#ifndef CM_ANALYSIS_DENSITY_ROWS_H
#define CM_ANALYSIS_DENSITY_ROWS_H

#include "analysis/density/density_points.h"

/* One surface being made. Rows are made side by side; each is a sum over its points in one fixed order. */
typedef struct cm_density_job {
    const castmap_grid      *grid;
    const cm_density_points *points;
    castmap_kernel           kernel;
    double                   radius_m; /* of support; Gaussian: where it is cut */
    double                   sigma_m;  /* Gaussian */
    double                   scale;    /* value of a kernel's centre, per km2 and weight */
    size_t                   tile;     /* cells, a power of two; sweep */
    double                  *values;   /* out, borrowed */
    double                 **scratch;  /* [workers] */
} cm_density_job;

/* Refuses a grid or options without meaning. */
CASTMAP_NODISCARD castmap_status cm_density_check(castmap_context *ctx, const castmap_grid *grid,
                                                  const castmap_density_options *options);

/* Doubles of scratch a worker needs. */
size_t cm_density_sweep_scratch(const cm_density_job *job);
size_t cm_density_gaussian_scratch(const cm_density_job *job);

/* Bodies for cm_parallel_workers over rows. Sweep: uniform, Epanechnikov, quartic, triweight. */
castmap_status cm_density_sweep_rows(size_t begin, size_t end, unsigned worker, void *job);
/* Cell by cell: any kernel of bounded support. */
castmap_status cm_density_direct_rows(size_t begin, size_t end, unsigned worker, void *job);
castmap_status cm_density_gaussian_rows(size_t begin, size_t end, unsigned worker, void *job);

/*
 * Add one place to the rows [begin, end): weight times the kernel, its centre being 1, out to reach_m; scratch [columns + rows of the block].
 * For a Gaussian of deviation sigma_m reach_m is where it is cut.
 */
void cm_density_add_place(const castmap_grid *grid, castmap_kernel kernel, double reach_m, double sigma_m, double x,
                          double y, double weight, size_t begin, size_t end, double *scratch, double *values);

/* Height of a kernel at its centre, per km2. */
double cm_kernel_height(castmap_kernel kernel, double radius_m);
/* The kernel at a distance, its centre being 1. */
double cm_kernel_value(castmap_kernel kernel, double radius_m, double square_m2);

#define CM_DENSITY_SWEEP_ROWS 16u    /* rows of a block: the chunk of cm_density_sweep_rows */
#define CM_DENSITY_GAUSSIAN_ROWS 32u /* rows of a block: the chunk of cm_density_gaussian_rows */

#endif
