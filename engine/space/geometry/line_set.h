/*
 * space/geometry/line_set.h - lines of features, built vertex by vertex or from WKB.
 */
#ifndef CM_SPACE_GEOMETRY_LINE_SET_H
#define CM_SPACE_GEOMETRY_LINE_SET_H

#include "castmap/context.h"

#include <stddef.h>

typedef struct cm_line_set {
    size_t  count, vertices;
    size_t *start;   /* owned [count + 1] once count > 0 */
    size_t *feature; /* owned [count] whose line it is */
    double *x, *y;   /* owned [vertices] */
    size_t  start_room, feature_room, vertex_room;
} cm_line_set;

void cm_line_set_clear(cm_line_set *set);
/* Begin a line; add a vertex to the last one. 0, or -1 when out of memory. */
int cm_line_set_line(cm_line_set *set, size_t feature);
int cm_line_set_vertex(cm_line_set *set, double x, double y);

/* Append the lines of a WKB LineString or MultiLineString (any byte order, Z and M dropped); lines of fewer than two vertices are passed over.
 * CASTMAP_E_DATA if it is anything else. */
CASTMAP_NODISCARD castmap_status cm_line_set_add_wkb(castmap_context *ctx, cm_line_set *set, size_t feature, const unsigned char *bytes,
                                                     size_t length);

#endif
