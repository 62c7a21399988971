/*
 * runs/cluster_outlines.c - outlines of places that follow their bays, where they were asked for.
 *
 * The convex hull of a bent place (a riverside, a street with a corner) covers ground where nothing was noticed. The concave one keeps no edge
 * longer than a share of the longest edge of the triangulation of its members. Where members lie on one spot or line the convex hull stays.
 */
#include "runs/cluster_run.h"

#include "base/fail.h"
#include "base/memory.h"
#include "space/geometry/geos.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EDGE_RATIO 0.4

typedef struct place {
    double x, y;
} place;

/* By place: the triangulation must not see the order of rows. */
static int by_x_then_y(const void *left, const void *right)
{
    const place *a = left, *b = right;

    if (a->x != b->x)
        return a->x < b->x ? -1 : 1;
    return (a->y > b->y) - (a->y < b->y);
}

/* The distinct places of one cluster in order, in x and y. */
static size_t distinct(const cm_run_points *points, const uint32_t *index, size_t n, place *scratch, double *x, double *y)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        scratch[i] = (place){points->x[index[i]], points->y[index[i]]};
    qsort(scratch, n, sizeof *scratch, by_x_then_y);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && by_x_then_y(&scratch[i], &scratch[i - 1]) == 0)
            continue;
        x[kept] = scratch[i].x;
        y[kept++] = scratch[i].y;
    }
    return kept;
}

static int add_convex(const castmap_cluster_shapes *shapes, size_t c, cm_polygon_set *set)
{
    const castmap_cluster_shape *shape = &shapes->shape[c];
    int failed = cm_polygon_set_part(set) || cm_polygon_set_ring(set);

    for (size_t v = 0; v < shape->hull_count && !failed; v++)
        failed = cm_polygon_set_vertex(set, shapes->hull_x[shape->hull_start + v], shapes->hull_y[shape->hull_start + v]);
    if (!failed && shape->hull_count > 0)
        failed = cm_polygon_set_vertex(set, shapes->hull_x[shape->hull_start], shapes->hull_y[shape->hull_start]);
    return failed;
}

/* One ring a cluster, closed. */
static castmap_status trace(cm_cluster_run *run, const size_t *start, const uint32_t *index, cm_polygon_set *set)
{
    const castmap_cluster_shapes *shapes = &run->layer.shapes;
    place *scratch = cm_alloc(run->layer.n, sizeof *scratch);
    double *x = cm_alloc(run->layer.n, sizeof *x), *y = cm_alloc(run->layer.n, sizeof *y);
    castmap_status status = scratch && x && y ? CASTMAP_OK : cm_fail_memory(run->ctx);

    for (size_t c = 0; c < shapes->count && !status; c++) {
        const size_t n = distinct(&run->points, index + start[c], start[c + 1] - start[c], scratch, x, y);
        if (cm_cancelled(run->ctx))
            status = cm_fail_cancelled(run->ctx);
        else
            status = cm_geos_concave_hull(run->ctx, x, y, n, EDGE_RATIO, set);
        if (status)
            break;
        const size_t parts = set->parts - set->part_start[c];
        if (parts == 0 && add_convex(shapes, c, set))
            status = cm_fail_memory(run->ctx);
    }
    free(scratch);
    free(x);
    free(y);
    return status;
}

/* Rings as the layer keeps them: not closed, with degrees beside. */
static castmap_status keep(cm_cluster_run *run, const cm_polygon_set *set)
{
    cm_cluster_layer *layer = &run->layer;
    const castmap_polygons view = cm_polygon_set_view(set);
    const size_t k = layer->shapes.count, room = set->vertices;
    double **const arrays[] = {&layer->outline_x, &layer->outline_y, &layer->outline_lon, &layer->outline_lat};
    size_t at = 0;

    layer->outline_start = cm_alloc(k + 1, sizeof *layer->outline_start);
    if (!layer->outline_start)
        return cm_fail_memory(run->ctx);
    for (size_t a = 0; a < 4; a++) {
        *arrays[a] = cm_alloc(room, sizeof **arrays[a]);
        if (!*arrays[a])
            return cm_fail_memory(run->ctx);
    }
    for (size_t c = 0; c < k; c++) {
        const size_t ring = view.ring_start[view.part_start[c]], first = view.vertex_start[ring];
        const size_t n = view.vertex_start[ring + 1] - first;
        layer->outline_start[c] = at;
        for (size_t v = 0; v + 1 < n; v++, at++) {
            layer->outline_x[at] = view.x[first + v];
            layer->outline_y[at] = view.y[first + v];
        }
    }
    layer->outline_start[k] = at;
    return cm_projection_inverse(run->ctx, run->points.projection, at, layer->outline_x, layer->outline_y, layer->outline_lon,
                                 layer->outline_lat, NULL);
}

/* Area and density of a place are those of the outline that it is shown with. */
static void measure(cm_cluster_layer *layer)
{
    for (size_t c = 0; c < layer->shapes.count; c++) {
        const size_t from = layer->outline_start[c], n = layer->outline_start[c + 1] - from;
        const double *x = layer->outline_x + from, *y = layer->outline_y + from;
        castmap_cluster_shape *shape = &layer->shapes.shape[c];
        double twice = 0.0;
        for (size_t v = 1; v + 1 < n; v++)
            twice += (x[v] - x[0]) * (y[v + 1] - y[0]) - (x[v + 1] - x[0]) * (y[v] - y[0]);
        shape->hull_area_km2 = fabs(twice) / 2e6;
        shape->density_per_km2 = shape->hull_area_km2 > 0.0 ? shape->weight / shape->hull_area_km2 : (double)NAN;
    }
}

castmap_status cm_cluster_outlines(cm_cluster_run *run, const size_t *start, const uint32_t *index)
{
    cm_polygon_set set = CM_POLYGON_SET_INIT;
    castmap_status status;

    if (run->options->outline != CASTMAP_OUTLINE_CONCAVE || run->layer.shapes.count == 0)
        return CASTMAP_OK;
    status = trace(run, start, index, &set);
    if (!status)
        status = keep(run, &set);
    if (!status)
        measure(&run->layer);
    cm_polygon_set_clear(&set);
    return status;
}
