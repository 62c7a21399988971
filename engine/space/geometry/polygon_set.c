/*
 * space/geometry/polygon_set.c - polygons built vertex by vertex.
 *
 * The three start arrays always hold their end marks, so a view can be taken at any moment after the first feature: beginning a feature, part or ring
 * copies the present end into the next slot, and adding below it moves the end on.
 */
#include "space/geometry/polygon_set.h"

#include "base/memory.h"

#include <stdlib.h>

void cm_polygon_set_clear(cm_polygon_set *set)
{
    if (!set)
        return;
    free(set->part_start);
    free(set->ring_start);
    free(set->vertex_start);
    free(set->x);
    free(set->y);
    *set = (cm_polygon_set)CM_POLYGON_SET_INIT;
}

static int begin(size_t **start, size_t *capacity, size_t *count, size_t end)
{
    if (cm_grow(start, capacity, *count + 2, sizeof **start) != 0)
        return -1;
    (*start)[*count] = end;
    (*start)[*count + 1] = end;
    ++*count;
    return 0;
}

int cm_polygon_set_feature(cm_polygon_set *set)
{
    /* The end marks of the levels below must exist even for features without parts. */
    if (set->count == 0 &&
        (cm_grow(&set->ring_start, &set->part_capacity, 2, sizeof *set->ring_start) != 0 ||
         cm_grow(&set->vertex_start, &set->ring_capacity, 2, sizeof *set->vertex_start) != 0))
        return -1;
    if (set->count == 0)
        set->ring_start[0] = set->vertex_start[0] = 0;
    return begin(&set->part_start, &set->feature_capacity, &set->count, set->parts);
}

int cm_polygon_set_part(cm_polygon_set *set)
{
    if (begin(&set->ring_start, &set->part_capacity, &set->parts, set->rings) != 0)
        return -1;
    set->part_start[set->count] = set->parts;
    return 0;
}

int cm_polygon_set_ring(cm_polygon_set *set)
{
    if (begin(&set->vertex_start, &set->ring_capacity, &set->rings, set->vertices) != 0)
        return -1;
    set->ring_start[set->parts] = set->rings;
    return 0;
}

int cm_polygon_set_vertex(cm_polygon_set *set, double x, double y)
{
    if (set->vertices == set->vertex_capacity) {
        size_t capacity = set->vertex_capacity; /* both arrays grow alike; the capacity counts once both did */
        if (cm_grow(&set->x, &capacity, set->vertices + 1, sizeof *set->x) != 0)
            return -1;
        capacity = set->vertex_capacity;
        if (cm_grow(&set->y, &capacity, set->vertices + 1, sizeof *set->y) != 0)
            return -1;
        set->vertex_capacity = capacity;
    }
    set->x[set->vertices] = x;
    set->y[set->vertices] = y;
    set->vertices++;
    set->vertex_start[set->rings] = set->vertices;
    return 0;
}

castmap_polygons cm_polygon_set_view(const cm_polygon_set *set)
{
    return (castmap_polygons){.count = set->count,
                              .part_start = set->part_start,
                              .ring_start = set->ring_start,
                              .vertex_start = set->vertex_start,
                              .x = set->x,
                              .y = set->y};
}

/* Twice the signed area, from the first vertex so that far origins cost no digits. */
static double ring_area2(const double *x, const double *y, size_t n)
{
    double sum = 0.0;

    for (size_t i = 1; i + 1 < n; i++)
        sum += (x[i] - x[0]) * (y[i + 1] - y[0]) - (x[i + 1] - x[0]) * (y[i] - y[0]);
    return sum;
}

static void reverse(double *values, size_t n)
{
    for (size_t i = 0, j = n; i + 1 < j; i++) {
        const double keep = values[i];
        values[i] = values[--j];
        values[j] = keep;
    }
}

void cm_polygon_set_orient(cm_polygon_set *set)
{
    for (size_t part = 0; part < set->parts; part++) {
        for (size_t ring = set->ring_start[part]; ring < set->ring_start[part + 1]; ring++) {
            const size_t first = set->vertex_start[ring], n = set->vertex_start[ring + 1] - first;
            const double area2 = ring_area2(set->x + first, set->y + first, n);
            const bool outer = ring == set->ring_start[part];

            if (outer ? area2 < 0.0 : area2 > 0.0) {
                reverse(set->x + first, n);
                reverse(set->y + first, n);
            }
        }
    }
}
