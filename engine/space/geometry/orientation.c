/*
 * space/geometry/orientation.c - the exact sign of a determinant.
 *
 * The determinant is written out as six products of two coordinates. Each product is a sum of two doubles without error (its
 * rounding error is a double that fma gives), and the twelve are added into an expansion: a list of doubles whose sum is exact and
 * whose largest member gives the sign (Shewchuk 1997, theorem 10, GROW-EXPANSION).
 */
#include "space/geometry/orientation.h"

#include <stddef.h>

typedef struct expansion {
    double part[12]; /* of growing magnitude, not overlapping */
    size_t count;
} expansion;

static void grow(expansion *e, double value)
{
    size_t kept = 0;

    for (size_t i = 0; i < e->count; i++) {
        const double a = value, b = e->part[i];
        const double sum = a + b, b_round = sum - a, a_round = sum - b_round;
        const double error = (a - a_round) + (b - b_round);
        value = sum;
        if (error != 0.0)
            e->part[kept++] = error;
    }
    if (value != 0.0)
        e->part[kept++] = value;
    e->count = kept;
}

static void add_product(expansion *e, double a, double b)
{
    const double product = a * b;

    grow(e, fma(a, b, -product));
    grow(e, product);
}

int cm_orientation_exact(double ax, double ay, double bx, double by, double cx, double cy)
{
    expansion e = {.count = 0};

    /* ax by - ax cy - cx by - ay bx + ay cx + cy bx; the terms cx cy cancel */
    add_product(&e, ax, by);
    add_product(&e, -ay, bx);
    add_product(&e, -ax, cy);
    add_product(&e, ay, cx);
    add_product(&e, -cx, by);
    add_product(&e, cy, bx);
    if (e.count == 0)
        return 0;
    return e.part[e.count - 1] > 0.0 ? 1 : -1;
}
