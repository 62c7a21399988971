/*
 * analysis/density/band_rings.h - contours of one level, on the way to bands.
 */
#ifndef CM_ANALYSIS_DENSITY_BAND_RINGS_H
#define CM_ANALYSIS_DENSITY_BAND_RINGS_H

#include "castmap/density.h"

#define CM_BAND_FREE SIZE_MAX /* a vertex between two centres that both have a value */

typedef struct cm_band_ring {
    size_t first, count; /* vertices, not repeated */
    double area;         /* signed; > 0 counter-clockwise */
    double west, south, east, north;
} cm_band_ring;

typedef struct cm_band_rings {
    cm_band_ring *ring; /* owned */
    size_t  count, capacity;
    double *x, *y;      /* owned [vertices], metres */
    size_t *border;     /* owned [vertices]; the same number for the same point of the outer edge at every level, else CM_BAND_FREE */
    size_t  vertices, x_capacity, y_capacity, border_capacity;
} cm_band_rings;

void cm_band_rings_clear(cm_band_rings *rings);
/* 0, or -1 when out of memory. */
int cm_band_rings_vertex(cm_band_rings *rings, double x, double y, size_t border);
/* The vertices from `first` on are one more ring. 0, or -1 when out of memory. */
int cm_band_rings_close(cm_band_rings *rings, size_t first);

/*
 * The rings of { value >= level }, inside on their left, appended to `out`. visited: scratch of cm_band_visited_bytes(). Outside the grid, and where
 * there is no data (NaN), a surface is below every level; the edge towards there is half a cell from the centre, for every level alike.
 */
CASTMAP_NODISCARD castmap_status cm_band_trace(castmap_context *ctx, const castmap_grid *grid, const double *values, double level,
                                               unsigned char *visited, cm_band_rings *out);
size_t cm_band_visited_bytes(const castmap_grid *grid);

#endif
