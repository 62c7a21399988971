/*
 * space/geometry/orientation.h - on which side of a line a point lies, exactly.
 */
#ifndef CM_SPACE_GEOMETRY_ORIENTATION_H
#define CM_SPACE_GEOMETRY_ORIENTATION_H

/*
 * Sign of (bx - ax)(cy - ay) - (cx - ax)(by - ay): 1 when c lies to the left of the line from a to b, -1 to the right, 0 on it. Exact for all
 * finite coordinates whose products neither overflow nor underflow.
 *
 * Source: J. R. Shewchuk (1997), "Adaptive precision floating-point arithmetic and fast robust geometric predicates"; the filter of his
 * orient2d, then the whole sum as a non-overlapping expansion.
 */
int cm_orientation(double ax, double ay, double bx, double by, double cx, double cy);

#endif
