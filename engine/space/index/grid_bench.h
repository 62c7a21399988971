/*
 * space/index/grid_bench.h - where one worker sorts points of a grid by their cells.
 */
#ifndef CM_SPACE_INDEX_GRID_BENCH_H
#define CM_SPACE_INDEX_GRID_BENCH_H

#include "space/index/point_grid.h"

#define CM_GRID_FIRST_OF_CELL UINT32_C(0x80000000) /* a mark in index[] until the cells are listed */
#define CM_GRID_NO_MEMORY SIZE_MAX

/* Starts as {0}, grows with the largest range it had. */
typedef struct cm_grid_bench {
    double   *x, *y, *weight;
    uint32_t *index;
    uint64_t *key, *key_to;
    uint32_t *from, *from_to;
    uint32_t *counter;
    size_t    room, key_room, counters;
} cm_grid_bench;

/*
 * Sort the n points of the grid from `begin` on by cell; those of a cell keep their order. Their keys are [first, first + keys). The first point of each cell is marked in
 * index[]. Returns the number of cells, or CM_GRID_NO_MEMORY with the points as they were.
 */
size_t cm_grid_bench_sort(cm_grid_bench *bench, cm_point_grid *grid, size_t begin, size_t n, uint64_t first, uint64_t keys);
void cm_grid_bench_clear(cm_grid_bench *bench);

#endif
