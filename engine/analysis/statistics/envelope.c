/*
 * analysis/statistics/envelope.c - bands around simulated curves, and the test of the largest deviation.
 */
#include "analysis/statistics/envelope.h"

#include "base/fail.h"
#include "base/memory.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

static int compare(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

/* Mean and standard deviation of all curves; bands of the simulated ones. column [S] is scratch. */
static void at_place(const double *curves, size_t simulations, size_t n, double alpha, size_t k, double *column, double *all, double *spread,
                     cm_envelope *out)
{
    const double total_curves = (double)simulations + 1.0, ranks = floor(0.5 * alpha * total_curves);
    double sum = 0.0, squares = 0.0;

    for (size_t s = 0; s < simulations; s++) {
        column[s] = curves[(s + 1) * n + k];
        sum += column[s];
    }
    *all = (sum + curves[k]) / total_curves;
    for (size_t s = 0; s <= simulations; s++)
        squares += (curves[s * n + k] - *all) * (curves[s * n + k] - *all);
    *spread = sqrt(squares / total_curves);
    qsort(column, simulations, sizeof *column, compare);
    const size_t rank = ranks >= 1.0 ? (size_t)ranks : 1;
    out->mean[k] = sum / (double)simulations;
    out->low[k] = column[rank - 1];
    out->high[k] = column[simulations - rank];
}

/* A curve less the mean of the others is (S + 1) / S times the curve less the mean of all. */
static double deviation(const double *curve, const double *all, const double *spread, size_t simulations, size_t n, bool scaled, size_t *where)
{
    const double factor = ((double)simulations + 1.0) / (double)simulations;
    double most = 0.0;

    *where = 0;
    for (size_t k = 0; k < n; k++) {
        double d = factor * fabs(curve[k] - all[k]);
        if (scaled)
            d = spread[k] > 0.0 ? d / spread[k] : 0.0;
        if (d > most) {
            most = d;
            *where = k;
        }
    }
    return most;
}

castmap_status cm_envelope_make(castmap_context *ctx, const double *curves, size_t simulations, size_t n, double alpha, bool scaled,
                                cm_envelope *out)
{
    double *column = cm_alloc(simulations, sizeof *column), *all = cm_alloc(n, sizeof *all), *spread = cm_alloc(n, sizeof *spread);
    castmap_status status = CASTMAP_OK;
    size_t as_far = 0, where;

    assert(simulations > 0 && ((double)simulations + 1.0) * alpha >= 1.0);
    if (!column || !all || !spread) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    for (size_t k = 0; k < n; k++)
        at_place(curves, simulations, n, alpha, k, column, &all[k], &spread[k], out);
    out->statistic = deviation(curves, all, spread, simulations, n, scaled, &out->where);
    for (size_t s = 0; s < simulations; s++) {
        column[s] = deviation(curves + (s + 1) * n, all, spread, simulations, n, scaled, &where);
        as_far += column[s] >= out->statistic;
    }
    out->p = (1.0 + (double)as_far) / (1.0 + (double)simulations);
    qsort(column, simulations, sizeof *column, compare);
    /* The deviation that (1 + rank) / (1 + S) <= alpha allows: the largest, second largest, ... of the simulated ones. */
    const size_t rank = (size_t)floor(alpha * (1.0 + (double)simulations)); /* >= 1 */
    const double critical = column[simulations - rank];
    for (size_t k = 0; k < n; k++) {
        const double reach = scaled ? critical * spread[k] : critical;
        out->global_low[k] = out->mean[k] - reach;
        out->global_high[k] = out->mean[k] + reach;
    }

done:
    free(column);
    free(all);
    free(spread);
    return status;
}
