/*
 * analysis/areas/poisson_interval.c - the exact interval of a Poisson mean.
 *
 * Source: F. Garwood (1936), "Fiducial limits for the Poisson distribution", Biometrika 28: half the quantiles of chi-square with 2c and 2c + 2
 * degrees of freedom, which are quantiles of the gamma distribution with shapes c and c + 1.
 */
#include "castmap/areas.h"

#include "analysis/statistics/gamma.h"
#include "base/fail.h"

#include <math.h>

castmap_status castmap_poisson_interval(castmap_context *ctx, double c, double level, double *lower, double *upper)
{
    const double tail = (1.0 - level) / 2.0;

    if (!(c >= 0.0) || !isfinite(c))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "a count must be finite and not below 0");
    if (!(level > 0.0 && level < 1.0))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "a confidence level must lie between 0 and 1");
    *lower = c > 0.0 ? cm_gamma_p_inverse(c, tail) : 0.0;
    *upper = cm_gamma_p_inverse(c + 1.0, 1.0 - tail);
    return CASTMAP_OK;
}
