/*
 * analysis/statistics/gamma.c - the incomplete gamma function and its inverse.
 *
 * Series and continued fraction of M. Abramowitz, I. Stegun (1964), 6.5.29 and 6.5.31, the latter by Lentz's method; the inverse by Newton steps
 * inside a shrinking bracket, from the cube-root approximation of E. Wilson, M. Hilferty (1931).
 */
#include "analysis/statistics/gamma.h"

#include <float.h>
#include <math.h>

#define MOST_STEPS 1000000

/* x^a e^-x / Gamma(a): the common factor, through logarithms. */
static double factor(double a, double x)
{
    int sign;

    return exp(a * log(x) - x - lgamma_r(a, &sign));
}

static double by_series(double a, double x)
{
    double term = 1.0 / a, sum = term;

    for (int i = 1; i < MOST_STEPS; i++) {
        term *= x / (a + i);
        sum += term;
        if (term < sum * (DBL_EPSILON / 4.0))
            break;
    }
    return factor(a, x) * sum;
}

static double upper_by_fraction(double a, double x)
{
    const double tiny = DBL_MIN * 1e10;
    double b = x + 1.0 - a, c = 1.0 / tiny, d = 1.0 / b, value = d;

    for (int i = 1; i < MOST_STEPS; i++) {
        const double an = -i * (i - a);
        b += 2.0;
        d = an * d + b;
        d = fabs(d) < tiny ? tiny : d;
        c = b + an / c;
        c = fabs(c) < tiny ? tiny : c;
        d = 1.0 / d;
        const double change = d * c;
        value *= change;
        if (fabs(change - 1.0) < DBL_EPSILON)
            break;
    }
    return factor(a, x) * value;
}

double cm_gamma_p(double a, double x)
{
    if (!(x > 0.0))
        return 0.0;
    return x < a + 1.0 ? by_series(a, x) : 1.0 - upper_by_fraction(a, x);
}

/* Normal quantile to about 1e-3: only a first guess. Abramowitz and Stegun 26.2.23. */
static double normal_guess(double p)
{
    const double tail = p < 0.5 ? p : 1.0 - p, t = sqrt(-2.0 * log(tail));
    const double z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308)));

    return p < 0.5 ? -z : z;
}

double cm_gamma_p_inverse(double a, double p)
{
    const double cube = 1.0 - 1.0 / (9.0 * a) + normal_guess(p) / (3.0 * sqrt(a));
    double low = 0.0, high = INFINITY, x = a * cube * cube * cube;

    if (!(x > 0.0)) {
        int sign;
        x = exp((log(p) + lgamma_r(a + 1.0, &sign)) / a); /* P is about x^a / Gamma(a + 1) near 0 */
    }
    for (int i = 0; i < 200; i++) {
        const double miss = cm_gamma_p(a, x) - p;
        if (miss > 0.0)
            high = x;
        else
            low = x;
        const double slope = factor(a, x) / x;
        double next = x - miss / slope;
        if (!(next > low) || !(next < high))
            next = isinf(high) ? 2.0 * x : (low + high) / 2.0;
        if (fabs(next - x) <= 4.0 * DBL_EPSILON * next)
            return next;
        x = next;
    }
    return x;
}
