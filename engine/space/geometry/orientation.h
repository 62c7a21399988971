/*
 * space/geometry/orientation.h - on which side of a line a point lies, without rounding errors.
 */
#ifndef CM_SPACE_GEOMETRY_ORIENTATION_H
#define CM_SPACE_GEOMETRY_ORIENTATION_H

#include <math.h>

/*
 * The exact sign of (b - a) x (c - a): 1 if c lies left of the line from a to b, -1 right, 0 on it. Exact while no product of two
 * coordinates over- or underflows (magnitudes between 1e-140 and 1e140, or zero).
 */
int cm_orientation_exact(double ax, double ay, double bx, double by, double cx, double cy);

/*
 * The same, decided in plain arithmetic where that is safe. The bound is that of J. R. Shewchuk (1997), "Adaptive precision
 * floating-point arithmetic and fast robust geometric predicates", Discrete & Computational Geometry 18, section 4.2.
 */
static inline int cm_orientation(double ax, double ay, double bx, double by, double cx, double cy)
{
    const double left = (ax - cx) * (by - cy), right = (ay - cy) * (bx - cx), det = left - right;
    const double bound = 3.3306690738754716e-16 * (fabs(left) + fabs(right));

    if (det > bound)
        return 1;
    if (det < -bound)
        return -1;
    return cm_orientation_exact(ax, ay, bx, by, cx, cy);
}

#endif
