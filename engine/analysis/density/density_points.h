/*
 * analysis/density/density_points.h - points in rows, as a surface is summed.
 */
#ifndef CM_ANALYSIS_DENSITY_POINTS_H
#define CM_ANALYSIS_DENSITY_POINTS_H

#include "castmap/density.h"

/* Points within reach of the grid, in bins of one row of cells each; within a bin by x, then y. Points at one place are one, with their common weight. */
typedef struct cm_density_points {
    double *x, *y, *w;    /* owned */
    size_t *begin, *end;  /* owned [bins]; bin b holds points [begin[b], end[b]) */
    size_t  bins, margin; /* row r of the grid is bin r + margin; the first and the last bin also hold what lies beyond */
    size_t  n;            /* within reach, before those at one place became one */
} cm_density_points;

CASTMAP_NODISCARD castmap_status cm_density_points_sort(castmap_context *ctx, const castmap_points *points,
                                                        const castmap_grid *grid, double reach_m, cm_density_points *out);
void cm_density_points_clear(cm_density_points *points);

/* Bins that may hold points within reach of row r: [*first, *last). */
void cm_density_points_bins(const cm_density_points *points, const castmap_grid *grid, double reach_m, size_t row,
                            size_t *first, size_t *last);

#endif
