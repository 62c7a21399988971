/*
 * analysis/density/kernel.c - names and widths of the two-dimensional kernels.
 */
#include "castmap/density.h"

#include <math.h>
#include <stddef.h>

/* radius / one-dimensional standard deviation: sqrt(2 (p + 2)) for (1 - r^2)^p; the triangle's second moment is 3/10 of the radius squared. */
typedef struct kernel_row {
    const char *name;
    double      radius_of_sigma;
} kernel_row;

static const kernel_row ROWS[] = {
    [CASTMAP_KERNEL_QUARTIC] = {"quartic", 2.8284271247461903},
    [CASTMAP_KERNEL_EPANECHNIKOV] = {"Epanechnikov", 2.449489742783178},
    [CASTMAP_KERNEL_GAUSSIAN] = {"Gaussian", 2.8284271247461903},
    [CASTMAP_KERNEL_UNIFORM] = {"uniform", 2.0},
    [CASTMAP_KERNEL_TRIANGULAR] = {"triangular", 2.581988897471611},
    [CASTMAP_KERNEL_TRIWEIGHT] = {"triweight", 3.1622776601683795},
};

static const kernel_row *row_of(castmap_kernel kernel)
{
    const size_t i = (size_t)kernel;

    return &ROWS[i < sizeof ROWS / sizeof ROWS[0] ? i : 0];
}

double castmap_kernel_sigma_m(castmap_kernel kernel, double radius_m)
{
    return radius_m / row_of(kernel)->radius_of_sigma;
}

double castmap_kernel_radius_m(castmap_kernel kernel, double sigma_m)
{
    return sigma_m * row_of(kernel)->radius_of_sigma;
}

const char *castmap_kernel_name(castmap_kernel kernel)
{
    return row_of(kernel)->name;
}
