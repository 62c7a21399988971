/*
 * space/index/grid_bench.c - a range of points is put in the order of its cells, in cache.
 */
#include "space/index/grid_bench.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

void cm_grid_bench_clear(cm_grid_bench *s)
{
    free(s->x);
    free(s->y);
    free(s->weight);
    free(s->index);
    free(s->key);
    free(s->key_to);
    free(s->from);
    free(s->from_to);
    free(s->counter);
    *s = (cm_grid_bench){0};
}

static int make_room(cm_grid_bench *s, size_t n, bool weighted, size_t counters)
{
    if (n > s->room) {
        uint32_t *counter = s->counter;
        size_t kept = s->counters;
        s->counter = NULL;
        cm_grid_bench_clear(s);
        s->counter = counter;
        s->counters = kept;
        s->x = cm_alloc(n, sizeof *s->x);
        s->y = cm_alloc(n, sizeof *s->y);
        s->weight = weighted ? cm_alloc(n, sizeof *s->weight) : NULL;
        s->index = cm_alloc(n, sizeof *s->index);
        s->from = cm_alloc(n, sizeof *s->from);
        if (!s->x || !s->y || !s->index || !s->from || (weighted && !s->weight))
            return -1;
        s->room = n;
    }
    if (counters > s->counters) {
        free(s->counter);
        s->counter = cm_alloc(counters, sizeof *s->counter);
        s->counters = s->counter ? counters : 0;
        if (!s->counter)
            return -1;
    }
    return 0;
}

static int make_key_room(cm_grid_bench *s, size_t n)
{
    if (n <= s->key_room)
        return 0;
    free(s->key);
    free(s->key_to);
    free(s->from_to);
    s->key = cm_alloc(n, sizeof *s->key);
    s->key_to = cm_alloc(n, sizeof *s->key_to);
    s->from_to = cm_alloc(n, sizeof *s->from_to);
    s->key_room = s->key && s->key_to && s->from_to ? n : 0;
    return s->key_room ? 0 : -1;
}

/* Few possible cells: count them. Leaves s->from[k] = the point that comes k-th. */
static void order_by_counting(const cm_point_grid *grid, cm_grid_bench *s, size_t n, uint64_t first, size_t keys)
{
    uint32_t sum = 0;

    memset(s->counter, 0, keys * sizeof *s->counter);
    for (size_t i = 0; i < n; i++)
        s->counter[cm_grid_key(grid, s->x[i], s->y[i]) - first]++;
    for (size_t k = 0; k < keys; k++) {
        uint32_t count = s->counter[k];
        s->counter[k] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        s->from[s->counter[cm_grid_key(grid, s->x[i], s->y[i]) - first]++] = (uint32_t)i;
}

/* Many possible cells: radix sort by bytes, those that all keys share left out. */
static void order_by_radix(const cm_point_grid *grid, cm_grid_bench *s, size_t n, uint64_t first)
{
    uint64_t all = 0;

    for (size_t i = 0; i < n; i++) {
        s->key[i] = cm_grid_key(grid, s->x[i], s->y[i]) - first;
        s->from[i] = (uint32_t)i;
        all |= s->key[i];
    }
    for (unsigned shift = 0; shift < 64 && (all >> shift) != 0; shift += 8) {
        uint32_t count[256] = {0}, sum = 0;
        for (size_t i = 0; i < n; i++)
            count[(s->key[i] >> shift) & 255]++;
        for (unsigned digit = 0; digit < 256; digit++) {
            uint32_t here = count[digit];
            count[digit] = sum;
            sum += here;
        }
        for (size_t i = 0; i < n; i++) {
            uint32_t at = count[(s->key[i] >> shift) & 255]++;
            s->key_to[at] = s->key[i];
            s->from_to[at] = s->from[i];
        }
        uint64_t *key = s->key;
        uint32_t *from = s->from;
        s->key = s->key_to;
        s->from = s->from_to;
        s->key_to = key;
        s->from_to = from;
    }
}

size_t cm_grid_bench_sort(cm_grid_bench *s, cm_point_grid *grid, size_t begin, size_t n, uint64_t first, uint64_t keys)
{
    const bool count = keys <= 4 * (uint64_t)n + 1024;
    uint64_t last = UINT64_MAX;
    size_t cells = 0;

    if (make_room(s, n, grid->weight != NULL, count ? (size_t)keys : 0) != 0)
        return CM_GRID_NO_MEMORY;
    if (!count && make_key_room(s, s->room) != 0)
        return CM_GRID_NO_MEMORY;
    memcpy(s->x, grid->x + begin, n * sizeof *s->x);
    memcpy(s->y, grid->y + begin, n * sizeof *s->y);
    memcpy(s->index, grid->index + begin, n * sizeof *s->index);
    if (grid->weight)
        memcpy(s->weight, grid->weight + begin, n * sizeof *s->weight);
    if (count)
        order_by_counting(grid, s, n, first, (size_t)keys);
    else
        order_by_radix(grid, s, n, first);
    for (size_t i = 0; i < n; i++) {
        const uint32_t from = s->from[i];
        const uint64_t key = cm_grid_key(grid, s->x[from], s->y[from]);
        grid->x[begin + i] = s->x[from];
        grid->y[begin + i] = s->y[from];
        grid->index[begin + i] = s->index[from] | (key != last ? CM_GRID_FIRST_OF_CELL : 0);
        if (grid->weight)
            grid->weight[begin + i] = s->weight[from];
        cells += key != last;
        last = key;
    }
    return cells;
}
