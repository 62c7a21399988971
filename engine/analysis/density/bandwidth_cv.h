/*
 * analysis/density/bandwidth_cv.h - bandwidth rules that compare points with one another.
 */
#ifndef CM_ANALYSIS_DENSITY_BANDWIDTH_CV_H
#define CM_ANALYSIS_DENSITY_BANDWIDTH_CV_H

#include "castmap/density.h"

#include "analysis/density/kernel_mass.h"

typedef struct cm_bandwidth_sample {
    const double         *x, *y; /* in order of x, then y */
    size_t                n;
    const cm_kernel_mass *study; /* NULL: no study area */
    double                area_m2;
    double                low_m, high_m; /* sigma is sought between them */
} cm_bandwidth_sample;

/* Best sigma of the sample itself. */
CASTMAP_NODISCARD castmap_status cm_bandwidth_search(castmap_context *ctx, const cm_bandwidth_sample *sample,
                                                     castmap_bandwidth_rule rule, double *sigma_m, bool *at_limit);
/* The criterion at one sigma, the smaller the better; infinite where it has no value. Not for Diggle's rule. */
CASTMAP_NODISCARD castmap_status cm_bandwidth_score(castmap_context *ctx, const cm_bandwidth_sample *sample,
                                                    castmap_bandwidth_rule rule, double sigma_m, double *score);

#endif
