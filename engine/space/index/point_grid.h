/*
 * space/index/point_grid.h - points sorted into square cells, row by row.
 *
 * Only occupied cells exist, so a continent with a small side costs no more than a town. Cells are numbered in
 * the order of their keys (row * columns + column); points of one cell keep their input order. Nothing here
 * depends on the number of threads.
 */
#ifndef CM_SPACE_INDEX_POINT_GRID_H
#define CM_SPACE_INDEX_POINT_GRID_H

#include "castmap/points.h"
#include "space/index/grid_axis.h"

#include <math.h>

/* Largest relative error of a coordinate in cells, and so of a distance measured in them. */
#define CM_GRID_SLACK 1e-6

typedef struct cm_point_grid {
    size_t       count;
    double       side_m;
    cm_grid_axis across, up;
    double      *x, *y;    /* owned [count], in cell order */
    double      *weight;   /* owned [count] or NULL */
    uint32_t    *index;    /* owned [count]: which input point */
    size_t       cells;
    uint64_t    *key;      /* owned [cells], ascending */
    uint32_t    *start;    /* owned [cells + 1] */
    uint32_t    *rank;     /* owned [keys + 1]: cells with a smaller key; NULL when there are many more keys than points */
} cm_point_grid;

#define CM_POINT_GRID_INIT {0}

/* Refuses coordinates or weights that are not finite, and weights below 0 (CASTMAP_E_DATA); 20 bytes a point without
 * weights, 12 bytes an occupied cell, and at most 9 bytes a point for rank. `out` must be empty. count <= INT32_MAX. */
CASTMAP_NODISCARD castmap_status cm_point_grid_make(castmap_context *ctx, const castmap_points *points,
                                                    double side_m, cm_point_grid *out);
void cm_point_grid_clear(cm_point_grid *grid);

static inline uint64_t cm_grid_key(const cm_point_grid *grid, double x, double y)
{
    return cm_grid_column(&grid->up, y, NULL) * grid->across.columns + cm_grid_column(&grid->across, x, NULL);
}

/* Number of the first cell whose key is not below `key`. */
uint32_t cm_point_grid_seek(const cm_point_grid *grid, uint64_t key);

/* Walks cells in ascending order and tells the occupied cells around each: by rank, or five fingers move along five rows. */
typedef struct cm_grid_walk {
    const cm_point_grid *grid;
    uint32_t             finger[5];
} cm_grid_walk;

/* The next cell asked for must not be below `cell`. */
void cm_grid_walk_begin(cm_grid_walk *walk, const cm_point_grid *grid, uint32_t cell);

/* The occupied cells around one, as five runs of cell numbers, south to north. Row 2 is the cell's own. */
typedef struct cm_grid_rows {
    uint32_t begin[5], end[5];
} cm_grid_rows;

static inline void cm_grid_walk_around(cm_grid_walk *walk, uint32_t cell, cm_grid_rows *rows)
{
    const cm_point_grid *grid = walk->grid;
    const uint64_t *key = grid->key;
    const uint32_t cells = (uint32_t)grid->cells;
    uint64_t want = key[cell] - 2 * grid->across.columns - 2;

    if (grid->rank) {
        for (unsigned row = 0; row < 5; row++, want += grid->across.columns) {
            rows->begin[row] = grid->rank[want];
            rows->end[row] = grid->rank[want + 5];
        }
        return;
    }
    for (unsigned row = 0; row < 5; row++, want += grid->across.columns) {
        uint32_t at = walk->finger[row];
        while (at < cells && key[at] < want)
            at++;
        walk->finger[row] = rows->begin[row] = at;
        while (at < cells && key[at] <= want + 4)
            at++;
        rows->end[row] = at;
    }
}

/* The same as points: those of row r, columns c to d - 1, are [at[r][c], at[r][d]). */
typedef struct cm_grid_block {
    uint32_t at[5][6];
} cm_grid_block;

static inline void cm_grid_block_of(const cm_point_grid *grid, uint32_t cell, const cm_grid_rows *rows,
                                    cm_grid_block *block)
{
    uint64_t want = grid->key[cell] - 2 * grid->across.columns - 2;

    if (grid->rank) {
        for (unsigned row = 0; row < 5; row++, want += grid->across.columns) {
            for (unsigned column = 0; column < 6; column++)
                block->at[row][column] = grid->start[grid->rank[want + column]];
        }
        return;
    }
    for (unsigned row = 0; row < 5; row++, want += grid->across.columns) {
        uint32_t run = rows->begin[row];
        for (unsigned column = 0; column < 5; column++) {
            block->at[row][column] = grid->start[run];
            run += run < rows->end[row] && grid->key[run] == want + column;
        }
        block->at[row][5] = grid->start[run];
    }
}

/*
 * Which rows and columns of the block a point (a number in cell order) reaches with sqrt(2) sides, a little more for
 * rounding: the outermost only from the nearer part of its cell.
 */
typedef struct cm_grid_reach {
    unsigned first_row, end_row, first_column, end_column;
} cm_grid_reach;

static inline cm_grid_reach cm_grid_reach_of(const cm_point_grid *grid, double x, double y)
{
    const double near = 0.41421356 + 1e-5, far = 1.0 - near; /* sqrt(2) - 1 */
    double across, up;

    cm_grid_column(&grid->across, x, &across);
    cm_grid_column(&grid->up, y, &up);
    return (cm_grid_reach){up > near, up < far ? 4 : 5, across > near, across < far ? 4 : 5};
}

#endif
