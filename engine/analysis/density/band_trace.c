/*
 * analysis/density/band_trace.c - contours of one level by marching squares.
 *
 * Between cell centres (W. Lorensen, H. Cline 1987, in two dimensions), with straight interpolation along the lines between centres. Contours of
 * two levels never cross: along an edge their order is that of the levels, and a saddle is joined by the mean of its four values, for lower
 * levels first.
 */
#include "analysis/density/band_rings.h"

#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Crossings keep this share of an edge away from both centres: contours that would pass through a centre do not touch there. */
#define SHY 1e-6

void cm_band_rings_clear(cm_band_rings *rings)
{
    free(rings->ring);
    free(rings->x);
    free(rings->y);
    free(rings->border);
    memset(rings, 0, sizeof *rings);
}

int cm_band_rings_vertex(cm_band_rings *rings, double x, double y, size_t border)
{
    if (cm_grow(&rings->x, &rings->x_capacity, rings->vertices + 1, sizeof *rings->x) ||
        cm_grow(&rings->y, &rings->y_capacity, rings->vertices + 1, sizeof *rings->y) ||
        cm_grow(&rings->border, &rings->border_capacity, rings->vertices + 1, sizeof *rings->border))
        return -1;
    rings->x[rings->vertices] = x;
    rings->y[rings->vertices] = y;
    rings->border[rings->vertices++] = border;
    return 0;
}

static void measure(const cm_band_rings *list, cm_band_ring *r)
{
    const double *x = list->x + r->first, *y = list->y + r->first;
    double twice = 0.0;

    r->west = r->south = INFINITY;
    r->east = r->north = -INFINITY;
    for (size_t i = 0; i < r->count; i++) {
        const size_t next = i + 1 < r->count ? i + 1 : 0;
        /* About the first vertex, so that large coordinates do not swallow small areas. */
        twice += (x[i] - x[0]) * (y[next] - y[0]) - (x[next] - x[0]) * (y[i] - y[0]);
        r->west = fmin(r->west, x[i]);
        r->east = fmax(r->east, x[i]);
        r->south = fmin(r->south, y[i]);
        r->north = fmax(r->north, y[i]);
    }
    r->area = twice / 2.0;
}

int cm_band_rings_close(cm_band_rings *rings, size_t first)
{
    cm_band_ring r = {.first = first, .count = rings->vertices - first};

    measure(rings, &r);
    if (cm_grow(&rings->ring, &rings->capacity, rings->count + 1, sizeof *rings->ring))
        return -1;
    rings->ring[rings->count++] = r;
    return 0;
}

typedef struct tracer {
    const castmap_grid *grid;
    const double *values;
    double level;
    ptrdiff_t columns, rows;
    unsigned char *visited; /* one bit a horizontal edge: (columns + 1) a row, left centre -1 .. columns-1 */
} tracer;

/* Value at a centre; outside the grid, and where there is no data (NaN), below every level. */
static double value_at(const tracer *t, ptrdiff_t i, ptrdiff_t j)
{
    if (i < 0 || j < 0 || i >= t->columns || j >= t->rows)
        return -INFINITY;
    const double value = t->values[(size_t)j * (size_t)t->columns + (size_t)i];
    return isnan(value) ? -(double)INFINITY : value;
}

static bool inside(const tracer *t, ptrdiff_t i, ptrdiff_t j)
{
    return value_at(t, i, j) >= t->level;
}

/* Where, 0..1 from a to b, the level is crossed. Towards the outside that is the edge of the grid, half a cell away. */
static double crossing(double a, double b, double level)
{
    if (isinf(a) || isinf(b))
        return 0.5;
    return SHY + (1.0 - 2.0 * SHY) * ((level - a) / (b - a));
}

/* Sides of the square between four centres. */
typedef enum side { TOP, RIGHT, BOTTOM, LEFT } side;

/* Vertex on a side of square (i, j), whose top left centre is (i, j). */
static int add_crossing(const tracer *t, cm_band_rings *list, ptrdiff_t i, ptrdiff_t j, side s)
{
    const castmap_grid *g = t->grid;
    const ptrdiff_t ci = i + (s == RIGHT), cj = j + (s == BOTTOM); /* the first centre of the side */
    const bool level_side = s == TOP || s == BOTTOM;
    const double a = value_at(t, ci, cj), b = level_side ? value_at(t, ci + 1, cj) : value_at(t, ci, cj + 1);
    const double at = crossing(a, b, t->level);
    const double column = (double)ci + 0.5 + (level_side ? at : 0.0), row = (double)cj + 0.5 + (level_side ? 0.0 : at);
    const size_t edge = 2 * ((size_t)(cj + 1) * (size_t)(t->columns + 2) + (size_t)(ci + 1)) + (level_side ? 0u : 1u);

    return cm_band_rings_vertex(list, g->west + column * g->cell_m, g->north - row * g->cell_m,
                                isinf(a) || isinf(b) ? edge : CM_BAND_FREE);
}

/*
 * The side by which a contour that came in by `in` leaves, with the inside on its left. Bits: top left 1, top right 2, bottom right 4,
 * bottom left 8.
 */
static side way_out(const tracer *t, ptrdiff_t i, ptrdiff_t j, side in)
{
    const unsigned corners = (inside(t, i, j) ? 1u : 0u) | (inside(t, i + 1, j) ? 2u : 0u) |
                             (inside(t, i + 1, j + 1) ? 4u : 0u) | (inside(t, i, j + 1) ? 8u : 0u);
    static const unsigned char OUT[16] = {[1] = TOP,     [2] = RIGHT, [3] = RIGHT, [4] = BOTTOM, [6] = BOTTOM, [7] = BOTTOM, [8] = LEFT,
                                          [9] = TOP,     [11] = RIGHT, [12] = LEFT, [13] = TOP,  [14] = LEFT};

    if (corners != 5u && corners != 10u)
        return (side)OUT[corners];
    const double mean =
        (value_at(t, i, j) + value_at(t, i + 1, j) + value_at(t, i + 1, j + 1) + value_at(t, i, j + 1)) / 4.0;
    const bool joined = mean >= t->level;
    if (corners == 5u) /* top left and bottom right */
        return joined ? (in == RIGHT ? TOP : BOTTOM) : (in == LEFT ? TOP : BOTTOM);
    return joined ? (in == TOP ? LEFT : RIGHT) : (in == TOP ? RIGHT : LEFT);
}

static bool visit(tracer *t, ptrdiff_t i, ptrdiff_t j)
{
    const size_t bit = (size_t)j * (size_t)(t->columns + 1) + (size_t)(i + 1);
    const unsigned char mask = (unsigned char)(1u << (bit & 7u));

    if (t->visited[bit >> 3] & mask)
        return false;
    t->visited[bit >> 3] |= mask;
    return true;
}

/* Follow the contour through the horizontal edge between centres (i, j) and (i + 1, j) all the way round. */
static int trace_ring(tracer *t, cm_band_rings *list, ptrdiff_t i, ptrdiff_t j)
{
    const size_t first = list->vertices;
    const bool upwards = inside(t, i, j); /* inside at the left: the way goes up */
    ptrdiff_t si = i, sj = upwards ? j - 1 : j;
    side in = upwards ? BOTTOM : TOP;

    for (;;) {
        if (in == TOP || in == BOTTOM) {
            if (!visit(t, si, in == TOP ? sj : sj + 1))
                break;
        }
        if (add_crossing(t, list, si, sj, in))
            return -1;
        switch (way_out(t, si, sj, in)) {
        case TOP:
            sj--;
            in = BOTTOM;
            break;
        case BOTTOM:
            sj++;
            in = TOP;
            break;
        case LEFT:
            si--;
            in = RIGHT;
            break;
        case RIGHT:
            si++;
            in = LEFT;
            break;
        }
    }
    return cm_band_rings_close(list, first);
}

size_t cm_band_visited_bytes(const castmap_grid *grid)
{
    return (grid->rows * (grid->columns + 1) + 7) / 8;
}

castmap_status cm_band_trace(castmap_context *ctx, const castmap_grid *grid, const double *values, double level,
                             unsigned char *visited, cm_band_rings *out)
{
    tracer t = {.grid = grid, .values = values, .level = level, .columns = (ptrdiff_t)grid->columns, .rows = (ptrdiff_t)grid->rows,
                .visited = visited};

    memset(visited, 0, cm_band_visited_bytes(grid));
    for (ptrdiff_t j = 0; j < t.rows; j++) {
        if (cm_cancelled(ctx))
            return cm_fail_cancelled(ctx);
        for (ptrdiff_t i = -1; i < t.columns; i++) {
            if (inside(&t, i, j) == inside(&t, i + 1, j))
                continue;
            const size_t bit = (size_t)j * (size_t)(t.columns + 1) + (size_t)(i + 1);
            if (!(visited[bit >> 3] & (1u << (bit & 7u))) && trace_ring(&t, out, i, j))
                return cm_fail_memory(ctx);
        }
    }
    return CASTMAP_OK;
}
