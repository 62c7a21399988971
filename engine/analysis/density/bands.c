/*
 * analysis/density/bands.c - polygons between contour levels of a surface.
 *
 *   1. cm_band_trace   the rings of { v >= level }                               for every level once (band_trace.c)
 *   2. join_levels     those of a level and, turned round, those of the next one; where both run along the outer edge, neither
 *   3. assemble_band   counter-clockwise rings become parts, clockwise ones holes of the smallest part around them
 *
 * Contours of two levels never cross, so bands nest exactly and share their borders vertex for vertex. They do meet on the outer edge of the
 * surface, where every level is crossed at the same points: there a higher band reaches the edge, and the lower one ends beside it.
 */
#include "castmap/density.h"

#include "analysis/density/band_rings.h"
#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One band's contours as a chain of vertices: lower ones first, then the upper ones backwards. */
typedef struct chain {
    const cm_band_rings *lower, *upper; /* upper NULL: the band is open above */
    size_t  count;                      /* vertices of both */
    size_t *next;                       /* owned [count] */
    size_t *spot;                       /* owned [count]; the lower vertex at the same point of the outer edge, or itself */
    size_t *depth;                      /* owned [count]; by spot, place in `path` plus one, 0: not on it */
    size_t *path;                       /* owned [count] */
    unsigned char *done;                /* owned [count] */
} chain;

typedef struct edge_point {
    size_t border, vertex;
} edge_point;

static int by_border(const void *left, const void *right)
{
    const edge_point *a = left, *b = right;

    return (a->border > b->border) - (a->border < b->border);
}

static void chain_clear(chain *c)
{
    free(c->next);
    free(c->spot);
    free(c->depth);
    free(c->path);
    free(c->done);
}

static int chain_alloc(chain *c, const cm_band_rings *lower, const cm_band_rings *upper)
{
    *c = (chain){.lower = lower, .upper = upper, .count = lower->vertices + (upper ? upper->vertices : 0)};
    c->next = cm_alloc(c->count, sizeof *c->next);
    c->spot = cm_alloc(c->count, sizeof *c->spot);
    c->depth = cm_alloc_zero(c->count, sizeof *c->depth);
    c->path = cm_alloc(c->count, sizeof *c->path);
    c->done = cm_alloc_zero(c->count, 1);
    return c->next && c->spot && c->depth && c->path && c->done ? 0 : -1;
}

static void chain_rings(chain *c)
{
    for (size_t k = 0; k < c->lower->count; k++) {
        const cm_band_ring *r = &c->lower->ring[k];
        for (size_t v = 0; v < r->count; v++)
            c->next[r->first + v] = r->first + (v + 1) % r->count;
    }
    for (size_t k = 0; c->upper && k < c->upper->count; k++) {
        const cm_band_ring *r = &c->upper->ring[k];
        for (size_t v = 0; v < r->count; v++)
            c->next[c->lower->vertices + r->first + v] = c->lower->vertices + r->first + (v + r->count - 1) % r->count;
    }
    for (size_t i = 0; i < c->count; i++)
        c->spot[i] = i;
}

/*
 * Where a contour of the upper level reaches the outer edge, it meets one of the lower level. There the one that comes in goes on along the
 * other: what is inside the band stays on the left, and where both ran along the edge, there and back, a loop of two vertices is left over.
 */
static int join_at_edge(chain *c)
{
    size_t n = 0, at = 0;
    edge_point *low = cm_alloc(c->lower->vertices, sizeof *low);

    if (!low)
        return -1;
    for (size_t i = 0; i < c->lower->vertices; i++) {
        if (c->lower->border[i] != CM_BAND_FREE)
            low[n++] = (edge_point){c->lower->border[i], i};
    }
    if (n > 0)
        qsort(low, n, sizeof *low, by_border);
    for (size_t i = 0; c->upper && i < c->upper->vertices && n > 0; i++) {
        const edge_point wanted = {c->upper->border[i], 0};
        const edge_point *found = wanted.border == CM_BAND_FREE ? NULL : bsearch(&wanted, low, n, sizeof *low, by_border);
        if (!found)
            continue;
        at = c->lower->vertices + i;
        const size_t after = c->next[at];
        c->next[at] = c->next[found->vertex];
        c->next[found->vertex] = after;
        c->spot[at] = found->vertex;
    }
    free(low);
    return 0;
}

static int add_loop(const chain *c, size_t from, size_t to, cm_band_rings *band)
{
    const size_t first = band->vertices;

    if (to - from < 3)
        return 0;
    for (size_t p = from; p < to; p++) {
        const size_t i = c->path[p];
        const bool low = i < c->lower->vertices;
        const cm_band_rings *rings = low ? c->lower : c->upper;
        const size_t v = low ? i : i - c->lower->vertices;
        if (cm_band_rings_vertex(band, rings->x[v], rings->y[v], rings->border[v]))
            return -1;
    }
    return cm_band_rings_close(band, first);
}

/* Loops that visit no point twice: one that does is cut there, so that a part touches itself or a hole in points only. */
static int add_loops(chain *c, size_t start, cm_band_rings *band)
{
    size_t length = 0;

    for (size_t i = start; !c->done[i]; i = c->next[i]) {
        const size_t spot = c->spot[i];
        c->done[i] = 1;
        if (c->depth[spot] > 0) {
            const size_t back = c->depth[spot] - 1;
            if (add_loop(c, back, length, band))
                return -1;
            for (size_t p = back + 1; p < length; p++)
                c->depth[c->spot[c->path[p]]] = 0;
            length = back;
        }
        c->path[length++] = i;
        c->depth[spot] = length;
    }
    const int failed = add_loop(c, 0, length, band);
    for (size_t p = 0; p < length; p++)
        c->depth[c->spot[c->path[p]]] = 0;
    return failed;
}

/* The rings of one band. 0, or -1 when out of memory. */
static int join_levels(const cm_band_rings *lower, const cm_band_rings *upper, cm_band_rings *band)
{
    chain c;
    int failed = chain_alloc(&c, lower, upper);

    if (!failed) {
        chain_rings(&c);
        failed = join_at_edge(&c);
    }
    for (size_t i = 0; i < c.count && !failed; i++) {
        if (!c.done[i])
            failed = add_loops(&c, i, band);
    }
    chain_clear(&c);
    return failed;
}

/* Even-odd; the point does not lie on the ring. */
static bool ring_holds(const cm_band_rings *list, const cm_band_ring *r, double px, double py)
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

/* A point of the ring that lies on no other: a vertex away from the outer edge, or else the middle of a side. */
static void point_apart(const cm_band_rings *band, const cm_band_ring *r, double *x, double *y)
{
    for (size_t v = r->first; v < r->first + r->count; v++) {
        *x = band->x[v];
        *y = band->y[v];
        if (band->border[v] == CM_BAND_FREE)
            return;
    }
    *x = (band->x[r->first] + band->x[r->first + 1]) / 2.0;
    *y = (band->y[r->first] + band->y[r->first + 1]) / 2.0;
}

/* The outer ring that a hole belongs to: the smallest that holds it. */
static size_t owner_of(const cm_band_rings *band, const cm_band_ring *hole)
{
    size_t best = SIZE_MAX;
    double x, y;

    point_apart(band, hole, &x, &y);

    for (size_t k = 0; k < band->count; k++) {
        const cm_band_ring *outer = &band->ring[k];
        if (outer->area <= 0.0 || outer->area < -hole->area || (best != SIZE_MAX && outer->area >= band->ring[best].area))
            continue;
        if (ring_holds(band, outer, x, y))
            best = k;
    }
    return best;
}

typedef struct builder {
    castmap_bands bands;
    size_t parts, rings, vertices;
    size_t feature_room, lower_room, upper_room, part_room, ring_room, x_room, y_room;
} builder;

static int copy_ring(builder *b, const cm_band_rings *band, const cm_band_ring *r)
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

static int assemble_band(builder *b, const cm_band_rings *band, double lower, double upper)
{
    castmap_bands *o = &b->bands;
    size_t *owner = cm_alloc(band->count, sizeof *owner);
    int failed = owner ? 0 : -1;

    for (size_t k = 0; !failed && k < band->count; k++)
        owner[k] = band->ring[k].area > 0.0 ? k : owner_of(band, &band->ring[k]);
    for (size_t k = 0; !failed && k < band->count; k++) {
        if (band->ring[k].area <= 0.0)
            continue;
        failed = cm_grow(&o->ring_start, &b->part_room, b->parts + 2, sizeof *o->ring_start) || copy_ring(b, band, &band->ring[k]);
        for (size_t h = 0; !failed && h < band->count; h++) {
            if (h != k && owner[h] == k)
                failed = copy_ring(b, band, &band->ring[h]);
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
    cm_band_rings level = {0}, above = {0}, band = {0};
    builder b = {0};
    unsigned char *visited = NULL;
    castmap_status status = check(ctx, grid, breaks, n_breaks);

    if (status)
        return status;
    visited = cm_alloc(cm_band_visited_bytes(grid), 1);
    if (!visited || begin(&b)) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    for (size_t k = 0; k < n_breaks; k++) {
        if (k == 0)
            status = cm_band_trace(ctx, grid, values, breaks[0], visited, &level);
        if (!status && k + 1 < n_breaks)
            status = cm_band_trace(ctx, grid, values, breaks[k + 1], visited, &above);
        if (status)
            goto done;
        /* Above everywhere, a level leaves nothing between it and the next. */
        if ((level.count && join_levels(&level, k + 1 < n_breaks ? &above : NULL, &band)) ||
            (band.count && assemble_band(&b, &band, breaks[k], k + 1 < n_breaks ? breaks[k + 1] : (double)INFINITY))) {
            status = cm_fail_memory(ctx);
            goto done;
        }
        cm_band_rings_clear(&band);
        cm_band_rings_clear(&level);
        level = above;
        memset(&above, 0, sizeof above);
    }
    *out = b.bands;
    memset(&b.bands, 0, sizeof b.bands);

done:
    free(visited);
    cm_band_rings_clear(&level);
    cm_band_rings_clear(&above);
    cm_band_rings_clear(&band);
    castmap_bands_clear(&b.bands);
    return status;
}
