/*
 * analysis/density/kernel.c - names, widths and heights of the two-dimensional kernels.
 */
#include "castmap/density.h"

#include "analysis/density/density_rows.h"

#include <math.h>
#include <stddef.h>

#define PI 3.14159265358979323846

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

/* B. W. Silverman (1986), section 4.2: the plane integral is 1. */
double cm_kernel_height(castmap_kernel kernel, double radius_m)
{
    const double square = PI * radius_m * radius_m / 1e6;

    switch (kernel) {
    case CASTMAP_KERNEL_UNIFORM:
        return 1.0 / square;
    case CASTMAP_KERNEL_EPANECHNIKOV:
        return 2.0 / square;
    case CASTMAP_KERNEL_TRIWEIGHT:
    case CASTMAP_KERNEL_GAUSSIAN: /* 1 / (2 pi sigma^2), and the radius is sigma sqrt(8) */
        return 4.0 / square;
    case CASTMAP_KERNEL_QUARTIC:
    case CASTMAP_KERNEL_TRIANGULAR:
        break;
    }
    return 3.0 / square;
}

double cm_kernel_value(castmap_kernel kernel, double radius_m, double square_m2)
{
    const double u = 1.0 - square_m2 / (radius_m * radius_m);

    if (kernel == CASTMAP_KERNEL_GAUSSIAN)
        return exp(4.0 * (u - 1.0));
    if (!(u > 0.0))
        return 0.0;
    switch (kernel) {
    case CASTMAP_KERNEL_UNIFORM:
        return 1.0;
    case CASTMAP_KERNEL_EPANECHNIKOV:
        return u;
    case CASTMAP_KERNEL_TRIWEIGHT:
        return u * u * u;
    case CASTMAP_KERNEL_TRIANGULAR:
        return 1.0 - sqrt(1.0 - u);
    default:
        return u * u;
    }
}
