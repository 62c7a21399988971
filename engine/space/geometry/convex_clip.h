/*
 * space/geometry/convex_clip.h - areas cut to a convex outline.
 */
#ifndef CM_SPACE_GEOMETRY_CONVEX_CLIP_H
#define CM_SPACE_GEOMETRY_CONVEX_CLIP_H

#include "space/geometry/polygon_set.h"

/*
 * The part of all areas together that lies inside a convex outline, appended to `out` as one feature: a part for each that reaches in, side by side.
 * x, y: [n] corners of the outline, counter-clockwise, the first not repeated. A ring may keep edges that run back along the outline; they enclose
 * nothing, so areas and integrals along the border are right, but the feature may not be valid in the sense of GEOS. 0, or -1 when out of memory.
 */
int cm_convex_clip(const castmap_polygons *areas, const double *x, const double *y, size_t n, cm_polygon_set *out);

#endif
