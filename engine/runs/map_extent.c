/*
 * runs/map_extent.c - the part of the country that a map shows.
 */
#include "runs/map_extent.h"

#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

/* All areas are shown while that makes the map at most this many times as large as the busy part. */
#define ROOMY 6.0
#define BUSY_SHARE 0.99

static cm_extent empty_extent(void)
{
    return (cm_extent){INFINITY, INFINITY, -INFINITY, -INFINITY};
}

static void widen(cm_extent *e, const cm_extent *with)
{
    e->west = fmin(e->west, with->west);
    e->south = fmin(e->south, with->south);
    e->east = fmax(e->east, with->east);
    e->north = fmax(e->north, with->north);
}

static cm_extent extent_of(const castmap_polygons *areas, size_t feature)
{
    cm_extent e = empty_extent();
    const size_t first = areas->vertex_start[areas->ring_start[areas->part_start[feature]]];
    const size_t last = areas->vertex_start[areas->ring_start[areas->part_start[feature + 1]]];

    for (size_t v = first; v < last; v++) {
        const cm_extent here = {areas->x[v], areas->y[v], areas->x[v], areas->y[v]};
        widen(&e, &here);
    }
    return e;
}

static double square_of(const cm_extent *e)
{
    return (e->east - e->west) * (e->north - e->south);
}

typedef struct ranked {
    int64_t events;
    size_t area;
} ranked;

static int most_first(const void *a, const void *b)
{
    const ranked *p = a, *q = b;

    if (p->events != q->events)
        return p->events < q->events ? 1 : -1;
    return p->area < q->area ? -1 : p->area > q->area;
}

castmap_status cm_map_extent(castmap_context *ctx, const cm_projected_areas *areas, const int64_t *events, cm_extent *out,
                             bool *focus)
{
    const castmap_polygons view = cm_projected_areas_view(areas);
    const size_t n = view.count;
    cm_extent *each = cm_alloc(n, sizeof *each), all = empty_extent(), busy = empty_extent();
    ranked *rank = cm_alloc(n, sizeof *rank);
    int64_t total = 0, covered = 0;

    if (!each || !rank) {
        free(each);
        free(rank);
        return cm_fail_memory(ctx);
    }
    for (size_t i = 0; i < n; i++) {
        each[i] = extent_of(&view, i);
        widen(&all, &each[i]);
        rank[i] = (ranked){events[i], i};
        total += events[i];
    }
    qsort(rank, n, sizeof *rank, most_first);
    for (size_t r = 0; r < n && rank[r].events > 0 && (double)covered < BUSY_SHARE * (double)total; r++) {
        widen(&busy, &each[rank[r].area]);
        covered += rank[r].events;
    }
    *out = total == 0 || square_of(&all) <= ROOMY * square_of(&busy) ? all : busy;
    for (size_t i = 0; focus && i < n; i++)
        focus[i] = each[i].west < out->east && each[i].east > out->west && each[i].south < out->north &&
                   each[i].north > out->south;
    free(each);
    free(rank);
    return CASTMAP_OK;
}
