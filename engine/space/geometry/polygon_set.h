/*
 * space/geometry/polygon_set.h - CONTRACT: the owned form of castmap_polygons, built vertex by vertex; and WKB.
 */
#ifndef CM_SPACE_GEOMETRY_POLYGON_SET_H
#define CM_SPACE_GEOMETRY_POLYGON_SET_H

#include "castmap/polygons.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct cm_polygon_set {
    size_t  count, parts, rings, vertices;
    size_t *part_start, *ring_start, *vertex_start; /* owned, [count+1], [parts+1], [rings+1] once count > 0 */
    double *x, *y;                                  /* owned */
    size_t  feature_capacity, part_capacity, ring_capacity, vertex_capacity;
} cm_polygon_set;

#define CM_POLYGON_SET_INIT {0}

void cm_polygon_set_clear(cm_polygon_set *set);
/* Each gives 0, or -1 when out of memory. Order: feature, part, ring, vertices; the next begin ends the one before. */
int cm_polygon_set_feature(cm_polygon_set *set);
int cm_polygon_set_part(cm_polygon_set *set);
int cm_polygon_set_ring(cm_polygon_set *set);
int cm_polygon_set_vertex(cm_polygon_set *set, double x, double y);
/* Borrowed view; valid until the set changes. */
castmap_polygons cm_polygon_set_view(const cm_polygon_set *set);
/* Turn rings so that outer ones run counter-clockwise and holes clockwise (by the order: first ring of a part is outer). */
void cm_polygon_set_orient(cm_polygon_set *set);

/* One feature as ISO WKB MultiPolygon (2-D, little-endian); *bytes owned by the caller. */
CASTMAP_NODISCARD castmap_status cm_polygons_wkb(castmap_context *ctx, const castmap_polygons *polygons, size_t feature,
                                                 unsigned char **bytes, size_t *length);
/* Append the polygons of a WKB Polygon or MultiPolygon (any byte order, Z and M dropped) as one feature. CASTMAP_E_DATA if it is anything else. */
CASTMAP_NODISCARD castmap_status cm_polygon_set_add_wkb(castmap_context *ctx, cm_polygon_set *set,
                                                        const unsigned char *bytes, size_t length);

#endif
