/*
 * analysis/density/spread_points.c - records spread over areas, as weighted points.
 *
 * Exact across (each line is cut where it enters and leaves the area), the middle rule up and down between long level edges, and scaled so that each area keeps its weight.
 */
#include "analysis/density/spread_points.h"

#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

#define MOST_POINTS 2000000u
#define STEPS_A_RADIUS 12.0
#define STEPS_A_JUMP 24.0 /* the uniform kernel, which counts points inside a circle */

typedef struct growing {
    cm_spread_points points;
    size_t  room_x, room_y, room_w, room_area;
    double *cut; /* owned; where a line crosses the border */
    size_t  n_cut, room_cut;
    double *level; /* owned; heights between which lines are laid */
    size_t  n_level, room_level;
} growing;

double cm_spread_step(castmap_kernel kernel, double radius_m)
{
    return radius_m / (kernel == CASTMAP_KERNEL_UNIFORM ? STEPS_A_JUMP : STEPS_A_RADIUS);
}

void cm_spread_points_clear(cm_spread_points *points)
{
    free(points->x);
    free(points->y);
    free(points->w);
    free(points->area);
    *points = (cm_spread_points){0};
}

static int add_point(growing *g, double x, double y, double w, size_t area)
{
    cm_spread_points *p = &g->points;

    if (cm_grow(&p->x, &g->room_x, p->count + 1, sizeof *p->x) != 0 || cm_grow(&p->y, &g->room_y, p->count + 1, sizeof *p->y) != 0 ||
        cm_grow(&p->w, &g->room_w, p->count + 1, sizeof *p->w) != 0 ||
        cm_grow(&p->area, &g->room_area, p->count + 1, sizeof *p->area) != 0)
        return -1;
    p->x[p->count] = x;
    p->y[p->count] = y;
    p->w[p->count] = w;
    p->area[p->count++] = (int32_t)area;
    return 0;
}

static int ascending(const void *a, const void *b)
{
    const double p = *(const double *)a, q = *(const double *)b;

    return (p > q) - (p < q);
}

/* Where the line at height y crosses the rings of area a, from west to east. An edge holds its lower end and not its upper one. */
static int cross(growing *g, const castmap_polygons *areas, size_t a, double y)
{
    const size_t first = areas->ring_start[areas->part_start[a]], end = areas->ring_start[areas->part_start[a + 1]];

    g->n_cut = 0;
    for (size_t r = first; r < end; r++) {
        for (size_t v = areas->vertex_start[r]; v + 1 < areas->vertex_start[r + 1]; v++) {
            const double y0 = areas->y[v], y1 = areas->y[v + 1];
            if ((y0 <= y) == (y1 <= y))
                continue;
            if (cm_grow(&g->cut, &g->room_cut, g->n_cut + 1, sizeof *g->cut) != 0)
                return -1;
            g->cut[g->n_cut++] = areas->x[v] + (areas->x[v + 1] - areas->x[v]) * ((y - y0) / (y1 - y0));
        }
    }
    if (g->n_cut > 1)
        qsort(g->cut, g->n_cut, sizeof *g->cut, ascending);
    return 0;
}

/* South, the heights of long edges that run nearly level, north: there the length of a line through the area jumps, and no band of lines may
 * straddle that. */
static int find_levels(growing *g, const castmap_polygons *areas, size_t a, double step)
{
    const size_t first = areas->ring_start[areas->part_start[a]], end = areas->ring_start[areas->part_start[a + 1]];
    double south = INFINITY, north = -INFINITY;

    g->n_level = 0;
    for (size_t r = first; r < end; r++) {
        for (size_t v = areas->vertex_start[r]; v < areas->vertex_start[r + 1]; v++) {
            south = fmin(south, areas->y[v]);
            north = fmax(north, areas->y[v]);
            if (v + 1 == areas->vertex_start[r + 1] || fabs(areas->x[v + 1] - areas->x[v]) < fmax(step, 4.0 * fabs(areas->y[v + 1] - areas->y[v])))
                continue;
            if (cm_grow(&g->level, &g->room_level, g->n_level + 2, sizeof *g->level) != 0)
                return -1;
            g->level[g->n_level++] = areas->y[v];
            g->level[g->n_level++] = areas->y[v + 1];
        }
    }
    if (cm_grow(&g->level, &g->room_level, g->n_level + 2, sizeof *g->level) != 0)
        return -1;
    g->level[g->n_level++] = south;
    g->level[g->n_level++] = north;
    qsort(g->level, g->n_level, sizeof *g->level, ascending);
    return 0;
}

/* One line, which stands for a band of this height. Adds to *sum what it weighs. */
static int lay_line(growing *g, const castmap_polygons *areas, size_t a, double y, double height, double step, double *sum)
{
    if (cross(g, areas, a, y) != 0)
        return -1;
    for (size_t i = 0; i + 1 < g->n_cut; i += 2) {
        const double whole = g->cut[i + 1] - g->cut[i], pieces = fmax(1.0, ceil(whole / step));
        *sum += whole * height;
        for (double k = 0.0; k < pieces && whole > 0.0; k += 1.0) {
            if (add_point(g, g->cut[i] + whole * (k + 0.5) / pieces, y, whole * height / pieces, a) != 0)
                return -1;
        }
    }
    return 0;
}

static castmap_status spread_one(castmap_context *ctx, growing *g, const castmap_spread *spread, size_t a, double step)
{
    const size_t begin = g->points.count;
    double sum = 0.0;

    if (find_levels(g, &spread->areas, a, step) != 0)
        return cm_fail_memory(ctx);
    for (size_t k = 0; k + 1 < g->n_level; k++) {
        const double low = g->level[k], height = g->level[k + 1] - low, lines = ceil(height / step);
        for (double i = 0.0; i < lines; i += 1.0) {
            if (lay_line(g, &spread->areas, a, low + height * (i + 0.5) / lines, height / lines, step, &sum) != 0)
                return cm_fail_memory(ctx);
        }
    }
    for (size_t i = begin; i < g->points.count; i++)
        g->points.w[i] *= spread->weight[a] / sum;
    return CASTMAP_OK;
}

castmap_status cm_spread_points_make(castmap_context *ctx, const castmap_spread *spread, const double *step_m, cm_spread_points *out)
{
    const size_t n = spread ? spread->areas.count : 0;
    growing g = {0};
    double expected = 0.0, *km2 = cm_alloc(n, sizeof *km2);
    castmap_status status = km2 ? CASTMAP_OK : cm_fail_memory(ctx);

    if (!status && spread)
        status = cm_spread_check(ctx, &spread->areas, spread->weight, 1, km2);
    for (size_t a = 0; a < n && !status; a++)
        expected += spread->weight[a] > 0.0 ? km2[a] * 1e6 / (step_m[a] * step_m[a]) : 0.0;
    if (!status && !(expected <= (double)MOST_POINTS)) {
        status = cm_fail(ctx, CASTMAP_E_LIMIT, "the areas over which records are spread are too large for so small a radius");
        cm_fail_hint(ctx, "choose a larger radius, or leave such records on the middle of their area");
    }
    for (size_t a = 0; a < n && !status; a++) {
        if (spread->weight[a] > 0.0)
            status = spread_one(ctx, &g, spread, a, step_m[a]);
    }
    free(g.cut);
    free(g.level);
    free(km2);
    if (status)
        cm_spread_points_clear(&g.points);
    else
        *out = g.points;
    return status;
}
