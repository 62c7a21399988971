/*
 * analysis/cluster/near_cells.h - who lies within eps of a point, by a grid of cells of half that side.
 *
 * Two cells away on each side is as far as eps reaches, so the points to look at are those of five runs of cells.
 */
#ifndef CM_ANALYSIS_CLUSTER_NEAR_CELLS_H
#define CM_ANALYSIS_CLUSTER_NEAR_CELLS_H

#include "space/index/point_grid.h"

/* Side of the cells for a radius: a little more than half, so that rounding cannot put a neighbour three cells away. */
static inline double cm_near_side(double eps_m)
{
    return 0.5 * eps_m * (1.0 + 1e-5);
}

/* The occupied cells around a place, in any order of asking. */
static inline void cm_near_rows(const cm_point_grid *grid, double x, double y, cm_grid_rows *rows)
{
    uint64_t want = cm_grid_key(grid, x, y) - 2 * grid->across.columns - 2;

    for (unsigned row = 0; row < 5; row++, want += grid->across.columns) {
        rows->begin[row] = grid->rank ? grid->rank[want] : cm_point_grid_seek(grid, want);
        rows->end[row] = grid->rank ? grid->rank[want + 5] : cm_point_grid_seek(grid, want + 5);
    }
}

#endif
