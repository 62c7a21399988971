/*
 * analysis/density/bands.c - polygons between contour levels of a surface.
 *
 * Marching squares between cell centres (W. Lorensen, H. Cline 1987, in two dimensions), with straight interpolation along the lines between
 * centres. The surface is taken to be below every level outside the grid, and contours close along the grid's outer edge.
 *
 *   1. trace_level     the rings of { v >= level }, inside on their left          for every level once
 *   2. collect_band    rings of a level, and those of the next one turned round
 *   3. assemble_band   counter-clockwise rings become parts, clockwise ones holes of the smallest part around them
 *
 * Contours of two levels never cross: along an edge their order is that of the levels (the interpolation is strictly monotone, see `crossing`),
 * and a saddle is joined by the mean of its four values, for lower levels first. So bands nest exactly and share their borders vertex for vertex.
 */
#include "castmap/density.h"

#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Crossings keep this share of an edge away from both centres: contours that would pass through a centre do not touch there. */
#define SHY 1e-6

typedef struct ring {
    size_t first, count; /* vertices, not repeated */
    double area;         /* signed; > 0 counter-clockwise */
    double west, south, east, north;
} ring;

typedef struct ring_list {
    ring  *rings;
    size_t count, capacity;
    double *x, *y;
    size_t vertices, x_capacity, y_capacity;
} ring_list;

static void ring_list_clear(ring_list *list)
{
    free(list->rings);
    free(list->x);
    free(list->y);
    memset(list, 0, sizeof *list);
}

typedef struct tracer {
    const castmap_grid *grid;
    const double *values;
    double level;
    double order; /* of the level, 0 for the lowest */
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

/*
 * Where, 0..1 from a to b, the level is crossed. Towards the outside that is the edge of the grid, half a cell away; higher levels end a hair's
 * breadth before lower ones there, so that a band and the one inside it do not run along the same line.
 */
static double crossing(double a, double b, double level, double order)
{
    if (isinf(b))
        return 0.5 - SHY * order;
    if (isinf(a))
        return 0.5 + SHY * order;
    return SHY + (1.0 - 2.0 * SHY) * ((level - a) / (b - a));
}

static int add_vertex(ring_list *list, double x, double y)
{
    if (cm_grow(&list->x, &list->x_capacity, list->vertices + 1, sizeof *list->x) ||
        cm_grow(&list->y, &list->y_capacity, list->vertices + 1, sizeof *list->y))
        return -1;
    list->x[list->vertices] = x;
    list->y[list->vertices++] = y;
    return 0;
}

/* Sides of the square between four centres. */
typedef enum side { TOP, RIGHT, BOTTOM, LEFT } side;

/* Vertex on a side of square (i, j), whose top left centre is (i, j). */
static int add_crossing(const tracer *t, ring_list *list, ptrdiff_t i, ptrdiff_t j, side s)
{
    const castmap_grid *g = t->grid;
    const ptrdiff_t ci = i + (s == RIGHT), cj = j + (s == BOTTOM); /* the first centre of the side */
    const bool level_side = s == TOP || s == BOTTOM;
    const double a = value_at(t, ci, cj), b = level_side ? value_at(t, ci + 1, cj) : value_at(t, ci, cj + 1);
    const double at = crossing(a, b, t->level, t->order);
    const double column = (double)ci + 0.5 + (level_side ? at : 0.0), row = (double)cj + 0.5 + (level_side ? 0.0 : at);

    return add_vertex(list, g->west + column * g->cell_m, g->north - row * g->cell_m);
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

static void measure(const ring_list *list, ring *r)
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

/* Follow the contour through the horizontal edge between centres (i, j) and (i + 1, j) all the way round. */
static int trace_ring(tracer *t, ring_list *list, ptrdiff_t i, ptrdiff_t j)
{
    ring r = {.first = list->vertices};
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
    r.count = list->vertices - r.first;
    measure(list, &r);
    if (cm_grow(&list->rings, &list->capacity, list->count + 1, sizeof *list->rings))
        return -1;
    list->rings[list->count++] = r;
    return 0;
}

static castmap_status trace_level(castmap_context *ctx, tracer *t, ring_list *list)
{
    memset(t->visited, 0, ((size_t)t->rows * (size_t)(t->columns + 1) + 7) / 8);
    for (ptrdiff_t j = 0; j < t->rows; j++) {
        if (cm_cancelled(ctx))
            return cm_fail_cancelled(ctx);
        for (ptrdiff_t i = -1; i < t->columns; i++) {
            if (inside(t, i, j) == inside(t, i + 1, j))
                continue;
            const size_t bit = (size_t)j * (size_t)(t->columns + 1) + (size_t)(i + 1);
            if (!(t->visited[bit >> 3] & (1u << (bit & 7u))) && trace_ring(t, list, i, j))
                return cm_fail_memory(ctx);
        }
    }
    return CASTMAP_OK;
}

/* The rings of one band: of its level, and of the next turned round. */
static int collect_band(const ring_list *lower, const ring_list *upper, ring_list *band)
{
    for (int turned = 0; turned < 2; turned++) {
        const ring_list *from = turned ? upper : lower;
        for (size_t k = 0; from && k < from->count; k++) {
            ring r = from->rings[k];
            const size_t first = band->vertices;
            for (size_t v = 0; v < r.count; v++) {
                const size_t at = r.first + (turned ? r.count - 1 - v : v);
                if (add_vertex(band, from->x[at], from->y[at]))
                    return -1;
            }
            r.first = first;
            r.area = turned ? -r.area : r.area;
            if (cm_grow(&band->rings, &band->capacity, band->count + 1, sizeof *band->rings))
                return -1;
            band->rings[band->count++] = r;
        }
    }
    return 0;
}

/* Even-odd; the point is a vertex of another contour, which never lies on this ring. */
static bool ring_holds(const ring_list *list, const ring *r, double px, double py)
{
    const double *x = list->x + r->first, *y = list->y + r->first;
    bool odd = false;

    if (px < r->west || px > r->east || py < r->south || py > r->north)
        return false;
    for (size_t i = 0, last = r->count - 1; i < r->count; last = i++) {
        if ((y[i] > py) != (y[last] > py) && px < (x[last] - x[i]) * (py - y[i]) / (y[last] - y[i]) + x[i])
            odd = !odd;
    }
    return odd;
}

/* The outer ring that a hole belongs to: the smallest that holds it. */
static size_t owner_of(const ring_list *band, const ring *hole)
{
    size_t best = SIZE_MAX;

    for (size_t k = 0; k < band->count; k++) {
        const ring *outer = &band->rings[k];
        if (outer->area <= 0.0 || outer->area < -hole->area || (best != SIZE_MAX && outer->area >= band->rings[best].area))
            continue;
        if (ring_holds(band, outer, band->x[hole->first], band->y[hole->first]))
            best = k;
    }
    return best;
}

typedef struct builder {
    castmap_bands bands;
    size_t parts, rings, vertices;
    size_t feature_room, lower_room, upper_room, part_room, ring_room, x_room, y_room;
} builder;

static int copy_ring(builder *b, const ring_list *band, const ring *r)
{
    castmap_bands *o = &b->bands;

    if (cm_grow(&o->vertex_start, &b->ring_room, b->rings + 2, sizeof *o->vertex_start) ||
        cm_grow(&o->x, &b->x_room, b->vertices + r->count + 1, sizeof *o->x) ||
        cm_grow(&o->y, &b->y_room, b->vertices + r->count + 1, sizeof *o->y))
        return -1;
    for (size_t v = 0; v <= r->count; v++) {
        o->x[b->vertices] = band->x[r->first + (v < r->count ? v : 0)];
        o->y[b->vertices++] = band->y[r->first + (v < r->count ? v : 0)];
    }
    o->vertex_start[++b->rings] = b->vertices;
    return 0;
}

static int assemble_band(builder *b, const ring_list *band, double lower, double upper)
{
    castmap_bands *o = &b->bands;
    size_t *owner = cm_alloc(band->count, sizeof *owner);
    int failed = owner ? 0 : -1;

    for (size_t k = 0; !failed && k < band->count; k++)
        owner[k] = band->rings[k].area > 0.0 ? k : owner_of(band, &band->rings[k]);
    for (size_t k = 0; !failed && k < band->count; k++) {
        if (band->rings[k].area <= 0.0)
            continue;
        failed = cm_grow(&o->ring_start, &b->part_room, b->parts + 2, sizeof *o->ring_start) || copy_ring(b, band, &band->rings[k]);
        for (size_t h = 0; !failed && h < band->count; h++) {
            if (h != k && owner[h] == k)
                failed = copy_ring(b, band, &band->rings[h]);
        }
        if (!failed)
            o->ring_start[++b->parts] = b->rings;
    }
    free(owner);
    if (failed || cm_grow(&o->part_start, &b->feature_room, o->count + 2, sizeof *o->part_start) ||
        cm_grow(&o->lower, &b->lower_room, o->count + 1, sizeof *o->lower) ||
        cm_grow(&o->upper, &b->upper_room, o->count + 1, sizeof *o->upper))
        return -1;
    o->lower[o->count] = lower;
    o->upper[o->count] = upper;
    o->part_start[++o->count] = b->parts;
    return 0;
}

static int begin(builder *b)
{
    castmap_bands *o = &b->bands;

    if (cm_grow(&o->part_start, &b->feature_room, 1, sizeof *o->part_start) ||
        cm_grow(&o->ring_start, &b->part_room, 1, sizeof *o->ring_start) ||
        cm_grow(&o->vertex_start, &b->ring_room, 1, sizeof *o->vertex_start))
        return -1;
    o->part_start[0] = o->ring_start[0] = o->vertex_start[0] = 0;
    return 0;
}

void castmap_bands_clear(castmap_bands *bands)
{
    if (!bands)
        return;
    free(bands->lower);
    free(bands->upper);
    free(bands->part_start);
    free(bands->ring_start);
    free(bands->vertex_start);
    free(bands->x);
    free(bands->y);
    memset(bands, 0, sizeof *bands);
}

static castmap_status check(castmap_context *ctx, const castmap_grid *grid, const double *breaks, size_t n)
{
    if (grid->columns == 0 || grid->rows == 0 || !(grid->cell_m > 0.0) || !isfinite(grid->cell_m))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the grid has no cell");
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(breaks[i]) || (i && !(breaks[i] > breaks[i - 1])))
            return cm_fail(ctx, CASTMAP_E_ARGUMENT, "contour levels must ascend and be finite");
    }
    return CASTMAP_OK;
}

castmap_status castmap_bands_make(castmap_context *ctx, const castmap_grid *grid, const double *values, const double *breaks,
                                  size_t n_breaks, castmap_bands *out)
{
    tracer t = {.grid = grid, .values = values, .columns = (ptrdiff_t)grid->columns, .rows = (ptrdiff_t)grid->rows};
    ring_list level = {0}, above = {0}, band = {0};
    builder b = {0};
    castmap_status status = check(ctx, grid, breaks, n_breaks);

    if (status)
        return status;
    t.visited = cm_alloc((grid->rows * (grid->columns + 1) + 7) / 8, 1);
    if (!t.visited || begin(&b)) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    for (size_t k = 0; k < n_breaks; k++) {
        if (k == 0) {
            t.level = breaks[0];
            status = trace_level(ctx, &t, &level);
        }
        if (!status && k + 1 < n_breaks) {
            t.level = breaks[k + 1];
            t.order = (double)(k + 1);
            status = trace_level(ctx, &t, &above);
        }
        if (status)
            goto done;
        if (level.count && (collect_band(&level, k + 1 < n_breaks ? &above : NULL, &band) ||
                            assemble_band(&b, &band, breaks[k], k + 1 < n_breaks ? breaks[k + 1] : (double)INFINITY))) {
            status = cm_fail_memory(ctx);
            goto done;
        }
        ring_list_clear(&band);
        ring_list_clear(&level);
        level = above;
        memset(&above, 0, sizeof above);
    }
    *out = b.bands;
    memset(&b.bands, 0, sizeof b.bands);

done:
    free(t.visited);
    ring_list_clear(&level);
    ring_list_clear(&above);
    ring_list_clear(&band);
    castmap_bands_clear(&b.bands);
    return status;
}
