/*
 * analysis/density/spread_points.h - weighted points that stand for records spread over areas, where an integral has no closed form.
 */
#ifndef CM_ANALYSIS_DENSITY_SPREAD_POINTS_H
#define CM_ANALYSIS_DENSITY_SPREAD_POINTS_H

#include "castmap/spread.h"

typedef struct cm_spread_points {
    size_t   count;
    double  *x, *y, *w; /* owned [count] */
    int32_t *area;      /* owned [count] */
} cm_spread_points;

/* Refuses weights [sets * areas->count] that are not finite or below 0, and areas without extent that hold any. km2: out [areas->count]. */
CASTMAP_NODISCARD castmap_status cm_spread_check(castmap_context *ctx, const castmap_polygons *areas, const double *weight, size_t sets,
                                                 double *km2);

/*
 * Lines through the area at even heights, at most step_m[a] apart, cut into even pieces no longer than that; each piece has a point in its middle,
 * and weighs as its length. The weights of an area add up to its own, to rounding. Areas without weight have no points; spread NULL: none at all.
 * CASTMAP_E_LIMIT: more than 2 million points.
 */
CASTMAP_NODISCARD castmap_status cm_spread_points_make(castmap_context *ctx, const castmap_spread *spread, const double *step_m,
                                                       cm_spread_points *out);
void cm_spread_points_clear(cm_spread_points *points);

/* How far apart points may lie for a kernel of this radius. */
double cm_spread_step(castmap_kernel kernel, double radius_m);

#endif
