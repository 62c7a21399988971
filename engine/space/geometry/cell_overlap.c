/*
 * space/geometry/cell_overlap.c - how much of each square cell lies in each area.
 *
 * A polygon is cut by a rectangle one half-plane at a time (I. Sutherland, G. Hodgman 1974, "Reentrant polygon clipping", CACM 17(1)). The cut
 * of a concave ring may keep edges that run back along the border of the cell, but those enclose nothing, so the area is exact; and nothing can fail.
 * Cells are grouped into strips of equal west edge and side: an area is cut to a strip once, and each cell only looks at what the strip kept.
 */
#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "space/geometry/geos.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

typedef struct strip_cell {
    double west, south, side;
    size_t cell;
} strip_cell;

typedef struct overlap {
    size_t cell, area;
    double km2;
} overlap;

typedef struct ring_buffer {
    double *x, *y; /* owned */
    size_t  n, capacity_x, capacity_y;
} ring_buffer;

typedef struct strip {
    size_t   first, end; /* into cells */
    overlap *found;      /* owned */
    size_t   n, capacity;
} strip;

typedef struct box {
    double west, south, east, north;
} box;

typedef struct overlay {
    const castmap_polygons *areas;
    const box              *bounds; /* [areas] */
    const strip_cell       *cells;  /* sorted */
    strip                  *strips;
} overlay;

static int by_strip(const void *a, const void *b)
{
    const strip_cell *p = a, *q = b;

    if (p->west < q->west || p->west > q->west)
        return p->west < q->west ? -1 : 1;
    if (p->side < q->side || p->side > q->side)
        return p->side < q->side ? -1 : 1;
    return (p->cell > q->cell) - (p->cell < q->cell);
}

static int by_cell_then_area(const void *a, const void *b)
{
    const overlap *p = a, *q = b;

    if (p->cell != q->cell)
        return p->cell < q->cell ? -1 : 1;
    return (p->area > q->area) - (p->area < q->area);
}

static int push(ring_buffer *buffer, double x, double y)
{
    if (buffer->n >= buffer->capacity_x && cm_grow(&buffer->x, &buffer->capacity_x, buffer->n + 1, sizeof(double)) != 0)
        return -1;
    if (buffer->n >= buffer->capacity_y && cm_grow(&buffer->y, &buffer->capacity_y, buffer->n + 1, sizeof(double)) != 0)
        return -1;
    buffer->x[buffer->n] = x;
    buffer->y[buffer->n] = y;
    buffer->n++;
    return 0;
}

/* Keep the side of a vertical (along_x) or horizontal line where sign * (v - limit) >= 0. Rings are without their closing vertex. */
static int clip(const double *x, const double *y, size_t n, bool along_x, double limit, double sign, ring_buffer *out)
{
    out->n = 0;
    for (size_t i = 0, before = n - 1; i < n; before = i++) {
        const double here = sign * ((along_x ? x[i] : y[i]) - limit), last = sign * ((along_x ? x[before] : y[before]) - limit);

        if ((here >= 0.0) != (last >= 0.0)) {
            const double t = last / (last - here);
            const double cx = along_x ? limit : x[before] + t * (x[i] - x[before]);
            const double cy = along_x ? y[before] + t * (y[i] - y[before]) : limit;
            if (push(out, cx, cy) != 0)
                return -1;
        }
        if (here >= 0.0 && push(out, x[i], y[i]) != 0)
            return -1;
    }
    return 0;
}

static int clip_band(const double *x, const double *y, size_t n, bool along_x, double low, double high, ring_buffer *scratch,
                     ring_buffer *out)
{
    if (n < 3) {
        out->n = 0;
        return 0;
    }
    if (clip(x, y, n, along_x, low, 1.0, scratch) != 0)
        return -1;
    if (scratch->n < 3) {
        out->n = 0;
        return 0;
    }
    return clip(scratch->x, scratch->y, scratch->n, along_x, high, -1.0, out);
}

static double ring_area(const ring_buffer *ring)
{
    double sum = 0.0;

    for (size_t i = 1; i + 1 < ring->n; i++)
        sum += (ring->x[i] - ring->x[0]) * (ring->y[i + 1] - ring->y[0]) -
               (ring->x[i + 1] - ring->x[0]) * (ring->y[i] - ring->y[0]);
    return fabs(sum) / 2.0;
}

/* Add the rings of one area inside the strip to the sums of its cells. sums: [strip's cells], zeroed by the caller. */
static int sum_area(const overlay *job, const strip *s, size_t area, ring_buffer buffers[3], double *sums)
{
    const castmap_polygons *p = job->areas;
    const double west = job->cells[s->first].west, east = west + job->cells[s->first].side;

    for (size_t part = p->part_start[area]; part < p->part_start[area + 1]; part++) {
        for (size_t ring = p->ring_start[part]; ring < p->ring_start[part + 1]; ring++) {
            const size_t first = p->vertex_start[ring], n = p->vertex_start[ring + 1] - first;
            const double sign = ring == p->ring_start[part] ? 1.0 : -1.0;
            double low = INFINITY, high = -INFINITY;

            if (clip_band(p->x + first, p->y + first, n ? n - 1 : 0, true, west, east, &buffers[0], &buffers[1]) != 0)
                return -1;
            for (size_t i = 0; i < buffers[1].n; i++) {
                low = fmin(low, buffers[1].y[i]);
                high = fmax(high, buffers[1].y[i]);
            }
            for (size_t i = s->first; i < s->end; i++) {
                const double south = job->cells[i].south, north = south + job->cells[i].side;
                if (north <= low || south >= high)
                    continue;
                if (clip_band(buffers[1].x, buffers[1].y, buffers[1].n, false, south, north, &buffers[0], &buffers[2]) != 0)
                    return -1;
                sums[i - s->first] += sign * ring_area(&buffers[2]);
            }
        }
    }
    return 0;
}

static int overlay_strip(const overlay *job, strip *s, ring_buffer buffers[3], double *sums)
{
    const double west = job->cells[s->first].west, east = west + job->cells[s->first].side;

    for (size_t area = 0; area < job->areas->count; area++) {
        if (job->bounds[area].east <= west || job->bounds[area].west >= east)
            continue;
        for (size_t i = s->first; i < s->end; i++)
            sums[i - s->first] = 0.0;
        if (sum_area(job, s, area, buffers, sums) != 0)
            return -1;
        for (size_t i = s->first; i < s->end; i++) {
            if (!(sums[i - s->first] > 0.0))
                continue;
            if (cm_grow(&s->found, &s->capacity, s->n + 1, sizeof *s->found) != 0)
                return -1;
            s->found[s->n++] = (overlap){job->cells[i].cell, area, sums[i - s->first] / 1e6};
        }
    }
    return 0;
}

static castmap_status overlay_range(size_t begin, size_t end, void *payload)
{
    overlay *job = payload;
    ring_buffer buffers[3] = {0};
    castmap_status status = CASTMAP_OK;

    for (size_t i = begin; i < end && !status; i++) {
        double *sums = cm_alloc(job->strips[i].end - job->strips[i].first, sizeof *sums);
        if (!sums || overlay_strip(job, &job->strips[i], buffers, sums) != 0)
            status = CASTMAP_E_NOMEM;
        free(sums);
    }
    for (int i = 0; i < 3; i++) {
        free(buffers[i].x);
        free(buffers[i].y);
    }
    return status;
}

static void measure(const castmap_polygons *areas, box *bounds)
{
    for (size_t area = 0; area < areas->count; area++) {
        const size_t from = areas->vertex_start[areas->ring_start[areas->part_start[area]]];
        const size_t to = areas->vertex_start[areas->ring_start[areas->part_start[area + 1]]];
        box b = {INFINITY, INFINITY, -INFINITY, -INFINITY};

        for (size_t i = from; i < to; i++) {
            b.west = fmin(b.west, areas->x[i]);
            b.east = fmax(b.east, areas->x[i]);
            b.south = fmin(b.south, areas->y[i]);
            b.north = fmax(b.north, areas->y[i]);
        }
        bounds[area] = b;
    }
}

static castmap_status report(castmap_context *ctx, const strip *strips, size_t n_strips, cm_overlap_fn *found, void *payload)
{
    overlap *all;
    size_t n = 0;

    for (size_t i = 0; i < n_strips; i++)
        n += strips[i].n;
    all = cm_alloc(n, sizeof *all);
    if (!all)
        return cm_fail_memory(ctx);
    n = 0;
    for (size_t i = 0; i < n_strips; i++)
        for (size_t j = 0; j < strips[i].n; j++)
            all[n++] = strips[i].found[j];
    qsort(all, n, sizeof *all, by_cell_then_area);
    for (size_t i = 0; i < n; i++)
        found(all[i].cell, all[i].area, all[i].km2, payload);
    free(all);
    return CASTMAP_OK;
}

castmap_status cm_geos_cell_overlaps(castmap_context *ctx, const castmap_polygons *areas, const double *west,
                                     const double *south, const double *side_m, size_t n_cells, cm_overlap_fn *found,
                                     void *payload)
{
    strip_cell *cells = cm_alloc(n_cells, sizeof *cells);
    strip *strips = cm_alloc_zero(n_cells, sizeof *strips);
    box *bounds = cm_alloc(areas->count, sizeof *bounds);
    size_t n_strips = 0;
    castmap_status status;

    if (!cells || !strips || !bounds) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    for (size_t i = 0; i < n_cells; i++)
        cells[i] = (strip_cell){west[i], south[i], side_m[i], i};
    qsort(cells, n_cells, sizeof *cells, by_strip);
    for (size_t i = 0; i < n_cells; i++) {
        if (i == 0 || cells[i].west > cells[i - 1].west || cells[i].side > cells[i - 1].side ||
            cells[i].side < cells[i - 1].side)
            strips[n_strips++].first = i;
        strips[n_strips - 1].end = i + 1;
    }
    if (areas->count > 0)
        measure(areas, bounds);

    overlay job = {areas, bounds, cells, strips};
    status = cm_parallel_chunks(ctx, "laying cells over areas", n_strips, 1, overlay_range, &job);
    if (status == CASTMAP_E_NOMEM)
        status = cm_fail_memory(ctx);
    if (!status)
        status = report(ctx, strips, n_strips, found, payload);

done:
    for (size_t i = 0; i < n_strips; i++)
        free(strips[i].found);
    free(bounds);
    free(strips);
    free(cells);
    return status;
}
