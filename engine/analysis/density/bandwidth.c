/*
 * analysis/density/bandwidth.c - a first choice of bandwidth from the spread and number of the points.
 */
#include "castmap/density.h"

#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* G. R. Terrell (1990), "The maximal smoothing principle in density estimation": 1.0846 in two dimensions for a Gaussian kernel. */
#define OVERSMOOTHING 1.0846

static int by_value(const void *a, const void *b)
{
    const double p = *(const double *)a, q = *(const double *)b;

    return (p > q) - (p < q);
}

/* Quantile by linear interpolation between order statistics (definition 7 of R. Hyndman, Y. Fan 1996). */
static double quantile(const double *sorted, size_t n, double share)
{
    const double at = share * (double)(n - 1);
    const size_t below = (size_t)at;

    if (below + 1 >= n)
        return sorted[n - 1];
    return sorted[below] + (at - (double)below) * (sorted[below + 1] - sorted[below]);
}

/* Sorted values: standard deviation (n - 1) and interquartile range, of which the sums run in that order. */
static void spread(const double *sorted, size_t n, double *deviation, double *quartiles)
{
    double mean = 0.0, squares = 0.0;

    for (size_t i = 0; i < n; i++)
        mean += (sorted[i] - sorted[0]) / (double)n;
    mean += sorted[0];
    for (size_t i = 0; i < n; i++)
        squares += (sorted[i] - mean) * (sorted[i] - mean);
    *deviation = sqrt(squares / (double)(n - 1));
    *quartiles = quantile(sorted, n, 0.75) - quantile(sorted, n, 0.25);
}

castmap_status castmap_bandwidth_suggest(castmap_context *ctx, const castmap_points *points, castmap_kernel kernel,
                                         castmap_bandwidth *out)
{
    const size_t n = points->count;
    double sd[2], iqr[2], *sorted;

    if (n < 2)
        return cm_fail(ctx, CASTMAP_E_DATA, "a bandwidth needs at least two observations");
    sorted = cm_alloc(n, sizeof *sorted);
    if (!sorted)
        return cm_fail_memory(ctx);
    for (int axis = 0; axis < 2; axis++) {
        memcpy(sorted, axis ? points->y : points->x, n * sizeof *sorted);
        qsort(sorted, n, sizeof *sorted, by_value);
        spread(sorted, n, &sd[axis], &iqr[axis]);
    }
    free(sorted);
    /* The smaller of the two guards against a few far-off points; with most of them at one place the quartiles say nothing. */
    const double deviation = (sd[0] + sd[1]) / 2.0, robust = (iqr[0] + iqr[1]) / 2.0 / 1.34;
    const double s = robust > 0.0 ? fmin(deviation, robust) : deviation;
    if (!(s > 0.0) || !isfinite(s))
        return cm_fail(ctx, CASTMAP_E_DATA, "all observations lie at one place");
    out->sigma_m = OVERSMOOTHING * s * pow((double)n, -1.0 / 6.0);
    out->radius_m = castmap_kernel_radius_m(kernel, out->sigma_m);
    out->rule = "oversmoothing (Terrell 1990)";
    return CASTMAP_OK;
}
