/*
 * analysis/statistics/envelope.h - is a curve like curves drawn by chance? Bands at each place, and one test of the whole curve.
 *
 * The test is that of the largest deviation ("MAD"). Each curve is compared with the mean of the others, so that under the null all S + 1 are
 * treated alike and p is exact whatever the shape of the curves.
 *
 * Source: B. D. Ripley (1977), JRSS B 39; M. Myllymaki, P. Grabarnik, H. Seijo, D. Stoyan (2015), "Deviation test construction and power comparison
 * for marked spatial point patterns", Spatial Statistics 11, for the mean of the others and the scaled deviation.
 */
#ifndef CM_ANALYSIS_STATISTICS_ENVELOPE_H
#define CM_ANALYSIS_STATISTICS_ENVELOPE_H

#include "castmap/context.h"

#include <stddef.h>

/* Arrays [n] of the caller. */
typedef struct cm_envelope {
    double *mean;                     /* of the simulations */
    double *low, *high;               /* at each place alone: alpha / 2 of the curves on either side, the extremes where S is too small for that */
    double *global_low, *global_high; /* no curve leaves them anywhere with probability 1 - alpha */
    double  statistic, p;             /* largest deviation of the observed curve; (1 + #{simulated >= it}) / (1 + S) */
    size_t  where;                    /* the place of it, the first of several */
} cm_envelope;

/* curves [S + 1][n], the observed one first. scaled: deviations in standard deviations of the place, else as they are. (S + 1) alpha >= 1. */
CASTMAP_NODISCARD castmap_status cm_envelope_make(castmap_context *ctx, const double *curves, size_t simulations, size_t n, double alpha,
                                                  bool scaled, cm_envelope *out);

#endif
