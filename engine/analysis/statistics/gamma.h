/*
 * analysis/statistics/gamma.h - the incomplete gamma function and its inverse.
 */
#ifndef CM_ANALYSIS_STATISTICS_GAMMA_H
#define CM_ANALYSIS_STATISTICS_GAMMA_H

/* P(a, x), the regularised lower incomplete gamma function; a > 0, x >= 0. About 1e-13 relative. */
double cm_gamma_p(double a, double x);
/* x with P(a, x) = p; a > 0, 0 < p < 1. */
double cm_gamma_p_inverse(double a, double p);

#endif
