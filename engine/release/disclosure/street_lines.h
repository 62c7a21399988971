/*
 * release/disclosure/street_lines.h - parts of streets as lines of a layer.
 */
#ifndef CM_RELEASE_DISCLOSURE_STREET_LINES_H
#define CM_RELEASE_DISCLOSURE_STREET_LINES_H

#include "castmap/streets.h"
#include "space/geometry/polygon_set.h"

/* A square of the lattice, closed. */
typedef struct cm_square {
    double west, south, side_m;
} cm_square;

/* Append the part of an edge between two places along it (from_m <= to_m) to the feature that was begun last, as a line of its own; backward: against the edge.
 * 0, or -1 when out of memory. */
int cm_line_of_edge(cm_polygon_set *set, const castmap_network *network, uint32_t edge, double from_m, double to_m, bool backward);

/* Append what of an edge lies in the square, cut at its sides. *length_m grows by it. set NULL: only measure. 0, or -1 when out of memory. */
int cm_line_in_square(cm_polygon_set *set, const castmap_network *network, uint32_t edge, const cm_square *square, double *length_m);

#endif
