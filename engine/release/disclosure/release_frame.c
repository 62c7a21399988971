/* release/disclosure/release_frame.c */
#include "release/disclosure/release_frame.h"

#include "base/fail.h"
#include "base/memory.h"
#include "castmap/areas.h"
#include "castmap/streets.h"

#include <math.h>
#include <stdlib.h>

#define MARGIN 0.03
#define LEAST_M 2000.0
#define LEAST_INTERNAL_M 500.0 /* some streets are a map, where exact places may be seen */
#define SHARE_SHOWN 0.98
#define WORTH_IT 0.25 /* of the land in the frame of all boundaries: below, the map is twice as large or more */

castmap_status cm_release_frame(castmap_context *ctx, const cm_release_inputs *in, const double *x, const double *y, size_t n, cm_release_build *build)
{
    double box[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY}, degrees[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY}, lon[4], lat[4];

    if (n == 0 || build->failed)
        return CASTMAP_OK;
    for (size_t v = 0; v < n; v++) {
        box[0] = fmin(box[0], x[v]);
        box[1] = fmin(box[1], y[v]);
        box[2] = fmax(box[2], x[v]);
        box[3] = fmax(box[3], y[v]);
    }
    const double least = build->release->audience == CASTMAP_INTERNAL ? LEAST_INTERNAL_M : LEAST_M, margin = MARGIN * fmax(box[2] - box[0], box[3] - box[1]);
    for (int k = 0; k < 2; k++) {
        const double more = fmax(margin, (least - (box[k + 2] - box[k])) / 2.0);
        box[k] -= more;
        box[k + 2] += more;
    }
    const double corner_x[4] = {box[0], box[2], box[2], box[0]}, corner_y[4] = {box[1], box[1], box[3], box[3]};
    castmap_status status = cm_projection_inverse(ctx, in->projection, 4, corner_x, corner_y, lon, lat, NULL);
    for (int i = 0; i < 4 && !status; i++) {
        degrees[0] = fmin(degrees[0], lon[i]);
        degrees[1] = fmin(degrees[1], lat[i]);
        degrees[2] = fmax(degrees[2], lon[i]);
        degrees[3] = fmax(degrees[3], lat[i]);
    }
    if (!status)
        cm_build_extent(build, box[0], box[1], box[2], box[3], degrees[0], degrees[1], degrees[2], degrees[3]);
    return status;
}

castmap_status cm_release_frame_streets(castmap_context *ctx, const cm_release_inputs *in, cm_release_build *build)
{
    castmap_streets streets = CASTMAP_STREETS_INIT;
    castmap_status status = castmap_streets_load(ctx, in->project, 0, &streets);

    if (!status)
        status = cm_release_frame(ctx, in, streets.network.x, streets.network.y, streets.network.vertex_start[streets.network.n_edges], build);
    castmap_streets_clear(&streets);
    return status;
}

castmap_status cm_release_frame_layer(castmap_context *ctx, const cm_release_inputs *in, const cm_layer *layer, cm_release_build *build)
{
    if (!layer || in->has_boundaries || in->observations.count > 0)
        return CASTMAP_OK;
    return cm_release_frame(ctx, in, layer->x, layer->y, layer->n_vertices, build);
}

typedef struct fullness {
    double count;
    size_t area;
} fullness;

static int compare_fullness(const void *left, const void *right)
{
    const fullness *a = left, *b = right;

    return a->count != b->count ? (a->count < b->count) - (a->count > b->count) : (a->area > b->area) - (a->area < b->area);
}

static void widen_by_area(const castmap_polygons *borders, size_t area, double box[4])
{
    const size_t end = borders->vertex_start[borders->ring_start[borders->part_start[area + 1]]];

    for (size_t v = borders->vertex_start[borders->ring_start[borders->part_start[area]]]; v < end; v++) {
        box[0] = fmin(box[0], borders->x[v]);
        box[1] = fmin(box[1], borders->y[v]);
        box[2] = fmax(box[2], borders->x[v]);
        box[3] = fmax(box[3], borders->y[v]);
    }
}

castmap_status cm_release_frame_areas(castmap_context *ctx, const cm_release_inputs *in, const double *count, const char *what, cm_release_build *build)
{
    const castmap_polygons borders = cm_release_borders(in);
    double box[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY}, all[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY}, sum = 0.0, shown = 0.0;
    fullness *order = cm_alloc(borders.count, sizeof *order);
    castmap_status status = CASTMAP_OK;
    size_t n = 0;

    if (!order)
        return cm_fail_memory(ctx);
    for (size_t a = 0; a < borders.count; a++) {
        order[a] = (fullness){count[a], a};
        sum += count[a];
        widen_by_area(&borders, a, all);
    }
    if (!(sum > 0.0))
        goto done;
    qsort(order, borders.count, sizeof *order, compare_fullness);
    for (; shown < SHARE_SHOWN * sum; n++) {
        shown += order[n].count;
        widen_by_area(&borders, order[n].area, box);
    }
    if ((box[2] - box[0]) * (box[3] - box[1]) > WORTH_IT * (all[2] - all[0]) * (all[3] - all[1]))
        goto done;
    const double x[2] = {box[0], box[2]}, y[2] = {box[1], box[3]};
    status = cm_release_frame(ctx, in, x, y, 2, build);
    if (!status)
        cm_build_caveat(build, "The map shows %zu of %zu areas, which hold 98 in 100 %s or more; the files hold the rest.", n, borders.count, what);

done:
    free(order);
    return status;
}

castmap_status cm_release_frame_observations(castmap_context *ctx, const cm_release_inputs *in, cm_release_build *build)
{
    const size_t n = in->observations.count;
    const castmap_polygons borders = cm_release_borders(in);
    const castmap_points points = {.count = n, .x = in->x, .y = in->y};
    const castmap_release *release = build->release;
    castmap_area_locator *locator = NULL;
    int32_t *area = NULL;
    double *count = NULL;
    castmap_status status = CASTMAP_OK;

    if (!in->has_boundaries || n == 0 || build->failed)
        return CASTMAP_OK;
    const double west = release->west, south = release->south, east = release->east, north = release->north;
    area = cm_alloc(n, sizeof *area);
    count = cm_alloc_zero(borders.count, sizeof *count);
    status = area && count ? castmap_area_locator_new(ctx, &borders, NULL, &locator) : cm_fail_memory(ctx);
    if (!status)
        status = castmap_area_locate(ctx, locator, &points, area);
    if (status)
        goto done;
    for (size_t i = 0; i < n; i++)
        if (area[i] >= 0)
            count[area[i]] += 1.0;
    status = cm_release_frame_areas(ctx, in, count, "observations", build);
    if (status || (release->west == west && release->south == south && release->east == east && release->north == north))
        goto done;
    int64_t beyond = 0;
    for (size_t i = 0; i < n; i++)
        beyond += in->x[i] < release->west || in->x[i] > release->east || in->y[i] < release->south || in->y[i] > release->north;
    if (beyond > 0)
        cm_build_fact_count(build, "Observations beyond the edge of the map", beyond, "in the files");

done:
    castmap_area_locator_free(locator);
    free(area);
    free(count);
    return status;
}
