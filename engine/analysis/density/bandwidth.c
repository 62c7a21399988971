/*
 * analysis/density/bandwidth.c - bandwidths from the spread and number of the points, and the way to the rules that compare them.
 */
#include "castmap/areas.h"
#include "castmap/density.h"

#include "analysis/density/bandwidth_cv.h"
#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* G. R. Terrell (1990), "The maximal smoothing principle in density estimation": 1.0846 in two dimensions for a Gaussian kernel. */
#define OVERSMOOTHING 1.0846
#define SAMPLE 2500u /* points that are compared with one another */

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

static const char *const NAMES[] = {
    [CASTMAP_BANDWIDTH_OVERSMOOTHING] = "oversmoothing (Terrell 1990)",
    [CASTMAP_BANDWIDTH_NORMAL_SCALE] = "normal scale (Silverman 1986)",
    [CASTMAP_BANDWIDTH_SCOTT] = "Scott's rule (Scott 1992)",
    [CASTMAP_BANDWIDTH_LEAST_SQUARES_CV] = "least-squares cross-validation (Bowman 1984)",
    [CASTMAP_BANDWIDTH_LIKELIHOOD_CV] = "likelihood cross-validation (Loader 1999)",
    [CASTMAP_BANDWIDTH_DIGGLE] = "Berman and Diggle (1989)",
    [CASTMAP_BANDWIDTH_CRONIE_VAN_LIESHOUT] = "Cronie and van Lieshout (2018)",
};

typedef struct places {
    size_t  n;
    double *xy;  /* owned [2n], pairs in order of x, then y */
    double  area_m2;
} places;

static int by_place(const void *a, const void *b)
{
    const double *p = a, *q = b;

    if (p[0] != q[0])
        return p[0] < q[0] ? -1 : 1;
    return (p[1] > q[1]) - (p[1] < q[1]);
}

/* Points inside the study area, sorted, so that the order of the table is forgotten. */
static castmap_status collect(castmap_context *ctx, const castmap_points *points, const castmap_polygons *study, places *out)
{
    castmap_area_locator *locator = NULL;
    const size_t n = points->count;
    int32_t *area = cm_alloc(n, sizeof *area);
    double *km2 = study ? cm_alloc(study->count, sizeof *km2) : NULL;
    castmap_status status = CASTMAP_OK;

    out->xy = cm_alloc(n, 2 * sizeof *out->xy);
    if (!area || !out->xy || (study && !km2)) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    if (study) {
        status = castmap_area_locator_new(ctx, study, NULL, &locator);
        if (!status)
            status = castmap_area_locate(ctx, locator, points, area);
        if (status)
            goto done;
        castmap_polygons_area_km2(study, km2);
        for (size_t a = 0; a < study->count; a++)
            out->area_m2 += 1e6 * km2[a];
    }
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(points->x[i]) || !isfinite(points->y[i])) {
            status = cm_fail(ctx, CASTMAP_E_DATA, "point %zu has a coordinate that is not finite", i);
            goto done;
        }
        if (study && area[i] == CASTMAP_NO_AREA)
            continue;
        out->xy[2 * out->n] = points->x[i];
        out->xy[2 * out->n++ + 1] = points->y[i];
    }
    qsort(out->xy, out->n, 2 * sizeof *out->xy, by_place);

done:
    castmap_area_locator_free(locator);
    free(area);
    free(km2);
    return status;
}

/* Standard deviations along x and y, and s. */
static castmap_status measure(castmap_context *ctx, const places *p, double sd[2], double *s)
{
    double iqr[2], *sorted;

    if (p->n < 2)
        return cm_fail(ctx, CASTMAP_E_DATA, "a bandwidth needs at least two observations");
    sorted = cm_alloc(p->n, sizeof *sorted);
    if (!sorted)
        return cm_fail_memory(ctx);
    for (int axis = 0; axis < 2; axis++) {
        for (size_t i = 0; i < p->n; i++)
            sorted[i] = p->xy[2 * i + (size_t)axis];
        if (axis == 1)
            qsort(sorted, p->n, sizeof *sorted, by_value);
        spread(sorted, p->n, &sd[axis], &iqr[axis]);
    }
    free(sorted);
    /* The smaller of the two guards against a few far-off points; with most of them at one place the quartiles say nothing. */
    const double deviation = (sd[0] + sd[1]) / 2.0, robust = (iqr[0] + iqr[1]) / 2.0 / 1.34;
    *s = robust > 0.0 ? fmin(deviation, robust) : deviation;
    if (!(*s > 0.0) || !isfinite(*s))
        return cm_fail(ctx, CASTMAP_E_DATA, "all observations lie at one place");
    return CASTMAP_OK;
}

static castmap_status compare_points(castmap_context *ctx, const places *p, const castmap_polygons *study,
                                     castmap_bandwidth_rule rule, double oversmoothing_m, castmap_bandwidth *out)
{
    const size_t m = p->n < SAMPLE ? p->n : SAMPLE;
    double *x = cm_alloc(m, sizeof *x), *y = cm_alloc(m, sizeof *y);
    cm_kernel_mass *region = NULL;
    castmap_status status = x && y ? CASTMAP_OK : cm_fail_memory(ctx);

    if (!status && study)
        status = cm_kernel_mass_new(ctx, study, 0, study->count, &region);
    if (!status) {
        for (size_t k = 0; k < m; k++) {
            const size_t i = (size_t)((double)k * ((double)p->n / (double)m));
            x[k] = p->xy[2 * i];
            y[k] = p->xy[2 * i + 1];
        }
        const double shrink = pow((double)m / (double)p->n, 1.0 / 6.0), of_sample = oversmoothing_m / shrink;
        const cm_bandwidth_sample sample = {x, y, m, region, p->area_m2, of_sample / 64.0, of_sample * 4.0};
        status = cm_bandwidth_search(ctx, &sample, rule, &out->sigma_m, &out->at_limit);
        out->sigma_m *= shrink;
        out->points = m;
    }
    cm_kernel_mass_free(region);
    free(x);
    free(y);
    return status;
}

castmap_status castmap_bandwidth_choose(castmap_context *ctx, const castmap_points *points, const castmap_polygons *study,
                                        castmap_bandwidth_rule rule, castmap_kernel kernel, castmap_bandwidth *out)
{
    castmap_bandwidth found = {0};
    places p = {0};
    double sd[2] = {0.0, 0.0}, s = 0.0;
    castmap_status status;

    cm_fail_clear(ctx);
    if ((unsigned)rule > CASTMAP_BANDWIDTH_CRONIE_VAN_LIESHOUT || (unsigned)kernel > CASTMAP_KERNEL_TRIWEIGHT)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "no such rule, or no such kernel");
    if (!study && (rule == CASTMAP_BANDWIDTH_DIGGLE || rule == CASTMAP_BANDWIDTH_CRONIE_VAN_LIESHOUT))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "this rule needs the study area");
    status = collect(ctx, points, study, &p);
    if (!status)
        status = measure(ctx, &p, sd, &s);
    if (status)
        goto done;
    const double rate = pow((double)p.n, -1.0 / 6.0);
    found.points = p.n;
    switch (rule) {
    case CASTMAP_BANDWIDTH_OVERSMOOTHING:
        found.sigma_m = OVERSMOOTHING * s * rate;
        break;
    case CASTMAP_BANDWIDTH_NORMAL_SCALE:
        found.sigma_m = s * rate;
        break;
    case CASTMAP_BANDWIDTH_SCOTT:
        if (!(sd[0] > 0.0 && sd[1] > 0.0))
            status = cm_fail(ctx, CASTMAP_E_DATA, "all observations lie on a line along an axis");
        found.sigma_m = sqrt(sd[0] * sd[1]) * rate;
        break;
    default:
        status = compare_points(ctx, &p, study, rule, OVERSMOOTHING * s * rate, &found);
        break;
    }
    if (status)
        goto done;
    found.radius_m = castmap_kernel_radius_m(kernel, found.sigma_m);
    found.rule = NAMES[rule];
    *out = found;

done:
    free(p.xy);
    return status;
}

castmap_status castmap_bandwidth_suggest(castmap_context *ctx, const castmap_points *points, castmap_kernel kernel,
                                         castmap_bandwidth *out)
{
    return castmap_bandwidth_choose(ctx, points, NULL, CASTMAP_BANDWIDTH_OVERSMOOTHING, kernel, out);
}
