/*
 * space/geometry/geos.h - CONTRACT: what castmap asks of GEOS (reentrant API, OverlayNG with a fixed precision of 0.001 m).
 */
#ifndef CM_SPACE_GEOMETRY_GEOS_H
#define CM_SPACE_GEOMETRY_GEOS_H

#include "space/geometry/polygon_set.h"

/* Repair one feature if it is invalid (structure method, only polygons kept), appending the result to `out` as one feature. `reason` (size >= 128) gets
 * GEOS's words without coordinates, "" if it was valid. *empty: nothing polygonal was left. */
CASTMAP_NODISCARD castmap_status cm_geos_repair(castmap_context *ctx, const castmap_polygons *polygons, size_t feature,
                                                cm_polygon_set *out, char *reason, size_t size, bool *empty);

/* Union of the features listed, as one feature appended to `out`. */
CASTMAP_NODISCARD castmap_status cm_geos_union(castmap_context *ctx, const castmap_polygons *polygons,
                                               const size_t *feature, size_t n, cm_polygon_set *out);

/* Area in km2 of the intersection of feature a of A with feature b of B. */
CASTMAP_NODISCARD castmap_status cm_geos_overlap_km2(castmap_context *ctx, const castmap_polygons *A, size_t a,
                                                     const castmap_polygons *B, size_t b, double *km2);

/* Overlap of square cells (west, south, side) with every area: calls `found` with (cell, area, km2) for overlaps above 0, in order of cell, then area. */
typedef void cm_overlap_fn(size_t cell, size_t area, double km2, void *payload);
CASTMAP_NODISCARD castmap_status cm_geos_cell_overlaps(castmap_context *ctx, const castmap_polygons *areas,
                                                       const double *west, const double *south, const double *side_m,
                                                       size_t n_cells, cm_overlap_fn *found, void *payload);

/* Simplify a feature's outline for display (topology of the whole set is kept as far as shared vertices allow). tolerance in the units of x, y. */
CASTMAP_NODISCARD castmap_status cm_geos_simplify(castmap_context *ctx, const castmap_polygons *polygons,
                                                  size_t feature, double tolerance, cm_polygon_set *out);

/* Simplify every feature for display so that a border two areas share stays one line (Douglas-Peucker on the arcs between nodes): areas do not overlap and no
 * gaps open along shared borders. Features whose rings would collapse keep them as they were. out: one feature per input, same order. */
CASTMAP_NODISCARD castmap_status cm_geos_simplify_coverage(castmap_context *ctx, const castmap_polygons *polygons,
                                                           double tolerance, cm_polygon_set *out);

/* An outline of points that follows their bays, as one feature appended to `out`, without holes; nothing is appended to the feature where they lie
 * on one spot or line. ratio 0..1: the longest edge that may stay, between the shortest (0) and the longest (1: convex) of the triangulation. */
CASTMAP_NODISCARD castmap_status cm_geos_concave_hull(castmap_context *ctx, const double *x, const double *y, size_t n, double ratio,
                                                      cm_polygon_set *out);

/* A point inside a feature where a label may stand. */
CASTMAP_NODISCARD castmap_status cm_geos_label_point(castmap_context *ctx, const castmap_polygons *polygons, size_t feature,
                                                     double *x, double *y);

/*
 * What a file with coordinates of 1 / scale can hold. Features that stay valid when every vertex is rounded are left alone; where any does not, out gets every
 * feature in the same order, those rebuilt on the grid (corners that fall together are joined, slivers thinner than a step go). One that is smaller than
 * the grid stays as it was. *rebuilt: how many; out is empty where it is 0.
 */
CASTMAP_NODISCARD castmap_status cm_geos_on_grid(castmap_context *ctx, const castmap_polygons *polygons, double scale,
                                                 cm_polygon_set *out, size_t *rebuilt);

CASTMAP_NODISCARD castmap_status cm_geos_is_valid(castmap_context *ctx, const castmap_polygons *polygons, size_t feature, bool *valid);

#endif
