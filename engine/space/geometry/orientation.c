/*
 * space/geometry/orientation.c - the sign of a 2 x 2 determinant of differences, without rounding.
 */
#include "space/geometry/orientation.h"

#include <math.h>
#include <stddef.h>

/* (3 + 16 eps) eps with eps = 2^-53: Shewchuk's bound for the plain evaluation. */
#define BOUND 3.3306690738754716e-16

static void two_sum(double a, double b, double *sum, double *error)
{
    const double s = a + b, part = s - a;

    *sum = s;
    *error = (a - (s - part)) + (b - part);
}

static void split(double a, double *high, double *low)
{
    const double c = 134217729.0 * a; /* 2^27 + 1 */

    *high = c - (c - a);
    *low = a - *high;
}

static void two_product(double a, double b, double *product, double *error)
{
    double ah, al, bh, bl;
    const double p = a * b;

    split(a, &ah, &al);
    split(b, &bh, &bl);
    *product = p;
    *error = al * bl - (((p - ah * bh) - al * bh) - ah * bl);
}

/* Add one term to an expansion of n parts, smallest first; it keeps its exact value. */
static size_t grow(double *expansion, size_t n, double term)
{
    for (size_t i = 0; i < n; i++) {
        double sum, error;
        two_sum(term, expansion[i], &sum, &error);
        expansion[i] = error;
        term = sum;
    }
    expansion[n] = term;
    return n + 1;
}

static size_t add_product(double *expansion, size_t n, const double a[2], const double b[2], double sign)
{
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 2; j++) {
            double product, error;
            two_product(a[i], b[j], &product, &error);
            n = grow(expansion, n, sign * error);
            n = grow(expansion, n, sign * product);
        }
    }
    return n;
}

static int exact(double ax, double ay, double bx, double by, double cx, double cy)
{
    double u[2], v[2], p[2], q[2], expansion[20];
    size_t n = 0;

    two_sum(bx, -ax, &u[1], &u[0]);
    two_sum(cy, -ay, &v[1], &v[0]);
    two_sum(cx, -ax, &p[1], &p[0]);
    two_sum(by, -ay, &q[1], &q[0]);
    n = add_product(expansion, n, u, v, 1.0);
    n = add_product(expansion, n, p, q, -1.0);
    /* The largest part that is not zero has the sign of the sum. */
    while (n-- > 0) {
        if (expansion[n] != 0.0)
            return expansion[n] > 0.0 ? 1 : -1;
    }
    return 0;
}

int cm_orientation(double ax, double ay, double bx, double by, double cx, double cy)
{
    const double left = (bx - ax) * (cy - ay), right = (cx - ax) * (by - ay), det = left - right;

    if (fabs(det) > BOUND * (fabs(left) + fabs(right)))
        return det > 0.0 ? 1 : -1;
    return exact(ax, ay, bx, by, cx, cy);
}
