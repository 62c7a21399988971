/*
 * analysis/routes/segment_grid.h - straight segments by the squares of a grid that their boxes touch.
 */
#ifndef CM_ANALYSIS_ROUTES_SEGMENT_GRID_H
#define CM_ANALYSIS_ROUTES_SEGMENT_GRID_H

#include "castmap/context.h"

#include <stddef.h>

typedef struct cm_segment_grid {
    double    west, south, cell_m;
    double    margin_m;       /* boxes of segments are wider by this on each side */
    size_t    columns, rows;  /* 0: nothing is in it */
    size_t   *start;          /* owned [columns * rows + 1] */
    uint32_t *segment;        /* owned; ascending within a square */
} cm_segment_grid;

/* Segment s joins vertices s and s + 1 where line_of of both is the same. Squares: about one a segment. NOMEM; LIMIT: 2^31
 * vertices or more. */
CASTMAP_NODISCARD castmap_status cm_segment_grid_build(castmap_context *ctx, size_t n, const double *x, const double *y,
                                                       const uint32_t *line_of, double margin_m, cm_segment_grid *out);
void cm_segment_grid_clear(cm_segment_grid *grid);

/* The squares that a box touches, both ends inclusive; false: none. */
bool cm_segment_grid_cells(const cm_segment_grid *grid, double west, double south, double east, double north, size_t *first_column,
                           size_t *last_column, size_t *first_row, size_t *last_row);

/* The squares that segment s is in. */
bool cm_segment_grid_of(const cm_segment_grid *grid, const double *x, const double *y, size_t s, size_t *first_column, size_t *last_column,
                        size_t *first_row, size_t *last_row);

/* Distance of (x, y) from the segment (ax, ay)-(bx, by); *t: 0..1 along it, of the nearest place. */
double cm_segment_distance(double ax, double ay, double bx, double by, double x, double y, double *t);

#endif
