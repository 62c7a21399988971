/*
 * space/index/area_locator.c - which area holds a point.
 *
 * A grid of square cells over the areas. A cell that no border crosses knows its area; a point there costs one look-up. A cell that borders
 * cross lists those areas in order of rank, and a point there is tested against each by counting the borders to its left, over the few edges of
 * the area's own strip at that height. Borders belong to the area, and orientation is exact, so a point on a common border goes to the area of
 * lowest rank whatever the rounding.
 *
 *   1. make_strips   per area: its edges by strips of height        in parallel
 *   2. mark_crossed  cells that an edge of an area meets
 *   3. fill_inside   cells between the crossings of an area
 *   4. rank_cells    per cell: the crossing areas that can still win, in order of rank
 */
#include "castmap/areas.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "space/geometry/orientation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX
#define EDGES_A_STRIP 4     /* strips of an area are made so fine that about this many edges lie in one */
#define MOST_STRIPS 4096u
#define MOST_SIDE 2048u     /* cells along the longer side */
#define LEAST_CELLS 1024.0

/* One area's edges, sorted into strips of equal height. */
typedef struct strip_index {
    double   west, south, east, north;
    double   per_m;    /* strips a metre of height */
    uint32_t count;    /* strips */
    size_t   first;    /* into strip_start: count + 1 entries */
} strip_index;

struct castmap_area_locator {
    size_t       count;
    strip_index *area;         /* owned [count] */
    size_t      *strip_start;  /* owned; edges of each strip, as positions in `edge` */
    uint32_t    *edge;         /* owned; a vertex whose edge to the next one lies in the strip */
    const double *x, *y;       /* borrowed vertices */
    uint32_t    *of_rank;      /* owned [count] area of each rank */
    double       west, south, per_m;
    uint32_t     columns, rows;
    uint32_t    *inside;       /* owned [cells] rank of the first area that covers the cell, or NONE */
    uint32_t    *first;        /* owned [cells+1] into crossing */
    uint32_t    *crossing;     /* owned; ranks of areas whose border meets the cell, ascending */
};

void castmap_area_locator_free(castmap_area_locator *locator)
{
    if (!locator)
        return;
    free(locator->area);
    free(locator->strip_start);
    free(locator->edge);
    free(locator->of_rank);
    free(locator->inside);
    free(locator->first);
    free(locator->crossing);
    free(locator);
}

typedef struct span {
    size_t begin, end; /* vertices of one ring */
} span;

static size_t first_ring(const castmap_polygons *areas, size_t feature)
{
    return areas->ring_start[areas->part_start[feature]];
}

static span ring_span(const castmap_polygons *areas, size_t ring)
{
    return (span){areas->vertex_start[ring], areas->vertex_start[ring + 1]};
}

static uint32_t strip_of(const strip_index *index, double y)
{
    const double at = (y - index->south) * index->per_m;

    if (!(at > 0.0))
        return 0;
    return at < (double)index->count ? (uint32_t)at : index->count - 1;
}

static void measure(const castmap_polygons *areas, size_t feature, strip_index *out)
{
    size_t edges = 0;

    *out = (strip_index){INFINITY, INFINITY, -INFINITY, -INFINITY, 0.0, 1, 0};
    for (size_t ring = first_ring(areas, feature); ring < first_ring(areas, feature + 1); ring++) {
        const span s = ring_span(areas, ring);
        edges += s.end - s.begin;
        for (size_t v = s.begin; v < s.end; v++) {
            out->west = fmin(out->west, areas->x[v]);
            out->east = fmax(out->east, areas->x[v]);
            out->south = fmin(out->south, areas->y[v]);
            out->north = fmax(out->north, areas->y[v]);
        }
    }
    const size_t wanted = edges / EDGES_A_STRIP;
    out->count = wanted < 1 ? 1u : wanted > MOST_STRIPS ? MOST_STRIPS : (uint32_t)wanted;
    if (out->north > out->south)
        out->per_m = (double)out->count / (out->north - out->south);
}

/* Count the edges of each strip (edge NULL), or put them in place. The strips of both ends are taken from the same formula that a query
 * uses, which never decreases with y, so no edge is missed. */
static void sort_edges(const castmap_polygons *areas, size_t feature, const strip_index *index, size_t *start, uint32_t *edge)
{
    for (size_t ring = first_ring(areas, feature); ring < first_ring(areas, feature + 1); ring++) {
        const span s = ring_span(areas, ring);
        for (size_t v = s.begin; v + 1 < s.end; v++) {
            const double low = fmin(areas->y[v], areas->y[v + 1]), high = fmax(areas->y[v], areas->y[v + 1]);
            const uint32_t last = strip_of(index, high);
            for (uint32_t k = strip_of(index, low); k <= last; k++) {
                if (edge)
                    edge[start[index->first + k]++] = (uint32_t)v;
                else
                    start[index->first + k + 1]++;
            }
        }
    }
}

static castmap_status make_strips(castmap_context *ctx, castmap_area_locator *l, const castmap_polygons *areas)
{
    size_t strips = 0;

    for (size_t f = 0; f < l->count; f++) {
        measure(areas, f, &l->area[f]);
        l->area[f].first = strips;
        strips += l->area[f].count;
    }
    l->strip_start = cm_alloc_zero(strips + 1, sizeof *l->strip_start);
    if (!l->strip_start)
        return cm_fail_memory(ctx);
    for (size_t f = 0; f < l->count; f++)
        sort_edges(areas, f, &l->area[f], l->strip_start, NULL);
    for (size_t k = 0; k < strips; k++)
        l->strip_start[k + 1] += l->strip_start[k];
    l->edge = cm_alloc(l->strip_start[strips], sizeof *l->edge);
    if (!l->edge)
        return cm_fail_memory(ctx);
    for (size_t f = 0; f < l->count; f++)
        sort_edges(areas, f, &l->area[f], l->strip_start, l->edge);
    /* Filling moved each start to its end, which is the next start. */
    memmove(l->strip_start + 1, l->strip_start, strips * sizeof *l->strip_start);
    l->strip_start[0] = 0;
    return CASTMAP_OK;
}

/* Whether the area, border included, holds the point. */
static bool area_holds(const castmap_area_locator *l, uint32_t area, double px, double py)
{
    const strip_index *index = &l->area[area];

    if (px < index->west || px > index->east || py < index->south || py > index->north)
        return false;
    const size_t strip = index->first + strip_of(index, py);
    bool odd = false;
    for (size_t e = l->strip_start[strip]; e < l->strip_start[strip + 1]; e++) {
        const uint32_t v = l->edge[e];
        const double ax = l->x[v], ay = l->y[v], bx = l->x[v + 1], by = l->y[v + 1];
        if ((ay > py && by > py) || (ay < py && by < py) || (ax < px && bx < px)) /* beyond it, or wholly to its left */ {
            if (ax < px && bx < px && (ay > py) != (by > py))
                odd = !odd;
            continue;
        }
        if (ax > px && bx > px)
            continue;
        const int side = cm_orientation(ax, ay, bx, by, px, py);
        if (side == 0 && px >= fmin(ax, bx) && px <= fmax(ax, bx) && py >= fmin(ay, by) && py <= fmax(ay, by))
            return true;
        if ((ay > py) != (by > py) && (side > 0) != (by > ay))
            odd = !odd;
    }
    return odd;
}

static uint32_t column_of(const castmap_area_locator *l, double x)
{
    const double at = (x - l->west) * l->per_m;

    if (!(at > 0.0))
        return 0;
    return at < (double)l->columns ? (uint32_t)at : l->columns - 1;
}

static uint32_t row_of(const castmap_area_locator *l, double y)
{
    const double at = (y - l->south) * l->per_m;

    if (!(at > 0.0))
        return 0;
    return at < (double)l->rows ? (uint32_t)at : l->rows - 1;
}

static castmap_status lay_grid(castmap_context *ctx, castmap_area_locator *l, size_t vertices)
{
    double west = INFINITY, south = INFINITY, east = -INFINITY, north = -INFINITY;

    for (size_t f = 0; f < l->count; f++) {
        west = fmin(west, l->area[f].west);
        south = fmin(south, l->area[f].south);
        east = fmax(east, l->area[f].east);
        north = fmax(north, l->area[f].north);
    }
    if (!(east >= west) || !isfinite(west) || !isfinite(east) || !isfinite(south) || !isfinite(north))
        return cm_fail(ctx, CASTMAP_E_DATA, "the areas have no vertices, or some that are not finite");
    const double width = fmax(east - west, 1e-9), height = fmax(north - south, 1e-9);
    /* About five cells a vertex: then few cells are crossed, and the grid costs no more than the borders. */
    const double cells = fmax(LEAST_CELLS, 5.0 * (double)vertices);
    double side = sqrt(width * height / cells);
    side = fmax(side, fmax(width, height) / (double)MOST_SIDE);
    l->west = west;
    l->south = south;
    l->per_m = 1.0 / side;
    l->columns = (uint32_t)ceil(width / side);
    l->rows = (uint32_t)ceil(height / side);
    l->columns = l->columns < 1 ? 1 : l->columns;
    l->rows = l->rows < 1 ? 1 : l->rows;
    return CASTMAP_OK;
}

typedef struct crossing_list {
    uint32_t *cell, *rank;
    size_t count, cell_room, rank_room;
} crossing_list;

static int note_crossing(crossing_list *list, uint32_t *stamp, uint32_t cell, uint32_t rank)
{
    if (stamp[cell] == rank)
        return 0;
    stamp[cell] = rank;
    if (cm_grow(&list->cell, &list->cell_room, list->count + 1, sizeof *list->cell) ||
        cm_grow(&list->rank, &list->rank_room, list->count + 1, sizeof *list->rank))
        return -1;
    list->cell[list->count] = cell;
    list->rank[list->count++] = rank;
    return 0;
}

/* Cells that an edge meets: row by row, with a hair's breadth added on all sides so that a border on a cell's edge marks both. */
static int mark_edge(const castmap_area_locator *l, crossing_list *list, uint32_t *stamp, uint32_t rank, double ax, double ay,
                     double bx, double by)
{
    const double hair = 1e-7 / l->per_m + 1e-9 * fmax(fabs(ax), fabs(ay)) * 1e-3;
    const uint32_t low = row_of(l, fmin(ay, by) - hair), high = row_of(l, fmax(ay, by) + hair);

    for (uint32_t row = low; row <= high; row++) {
        double left = fmin(ax, bx), right = fmax(ax, bx);
        if (low != high && by != ay) {
            const double bottom = l->south + (double)row / l->per_m - hair, top = l->south + ((double)row + 1.0) / l->per_m + hair;
            const double t0 = fmin(fmax((bottom - ay) / (by - ay), 0.0), 1.0), t1 = fmin(fmax((top - ay) / (by - ay), 0.0), 1.0);
            left = fmin(ax + t0 * (bx - ax), ax + t1 * (bx - ax));
            right = fmax(ax + t0 * (bx - ax), ax + t1 * (bx - ax));
        }
        const uint32_t last = column_of(l, right + hair);
        for (uint32_t column = column_of(l, left - hair); column <= last; column++) {
            if (note_crossing(list, stamp, row * l->columns + column, rank))
                return -1;
        }
    }
    return 0;
}

static int mark_crossed(const castmap_area_locator *l, const castmap_polygons *areas, crossing_list *list, uint32_t *stamp)
{
    for (uint32_t rank = 0; rank < l->count; rank++) {
        const size_t f = l->of_rank[rank];
        for (size_t ring = first_ring(areas, f); ring < first_ring(areas, f + 1); ring++) {
            const span s = ring_span(areas, ring);
            for (size_t v = s.begin; v + 1 < s.end; v++) {
                if (mark_edge(l, list, stamp, rank, areas->x[v], areas->y[v], areas->x[v + 1], areas->y[v + 1]))
                    return -1;
            }
        }
    }
    return 0;
}

/* Runs of cells that the border does not meet lie wholly inside or outside: one test a run. Areas go by rank, the first to claim a cell wins. */
static void fill_inside(castmap_area_locator *l, const uint32_t *cell, size_t n, uint32_t rank, uint8_t *crossed)
{
    const uint32_t area = l->of_rank[rank];
    const uint32_t west = column_of(l, l->area[area].west), east = column_of(l, l->area[area].east);
    const uint32_t south = row_of(l, l->area[area].south), north = row_of(l, l->area[area].north);

    for (size_t i = 0; i < n; i++)
        crossed[cell[i]] = 1;
    for (uint32_t row = south; row <= north; row++) {
        bool known = false, holds = false;
        for (uint32_t column = west; column <= east; column++) {
            const uint32_t at = row * l->columns + column;
            if (crossed[at]) {
                known = false;
                continue;
            }
            if (!known)
                holds = area_holds(l, area, l->west + ((double)column + 0.5) / l->per_m,
                                   l->south + ((double)row + 0.5) / l->per_m);
            known = true;
            if (holds && l->inside[at] == NONE)
                l->inside[at] = rank;
        }
    }
    for (size_t i = 0; i < n; i++)
        crossed[cell[i]] = 0;
}

/* The crossing list is in order of rank, so a counting sort by cell keeps each cell's ranks ascending. Those that a covering area outranks
 * cannot win and are left out. */
static castmap_status rank_cells(castmap_context *ctx, castmap_area_locator *l, const crossing_list *list, size_t cells)
{
    size_t kept = 0;

    l->first = cm_alloc_zero(cells + 1, sizeof *l->first);
    if (!l->first)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < list->count; i++) {
        if (list->rank[i] < l->inside[list->cell[i]]) {
            l->first[list->cell[i] + 1]++;
            kept++;
        }
    }
    for (size_t c = 0; c < cells; c++)
        l->first[c + 1] += l->first[c];
    l->crossing = cm_alloc(kept, sizeof *l->crossing);
    if (!l->crossing)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < list->count; i++) {
        if (list->rank[i] < l->inside[list->cell[i]])
            l->crossing[l->first[list->cell[i]]++] = list->rank[i];
    }
    memmove(l->first + 1, l->first, cells * sizeof *l->first);
    l->first[0] = 0;
    return CASTMAP_OK;
}

static castmap_status fill_grid(castmap_context *ctx, castmap_area_locator *l, const castmap_polygons *areas)
{
    const size_t cells = (size_t)l->columns * l->rows;
    crossing_list list = {0};
    uint32_t *stamp = cm_alloc(cells, sizeof *stamp);
    uint8_t *crossed = cm_alloc_zero(cells, sizeof *crossed);
    castmap_status status = CASTMAP_OK;

    l->inside = cm_alloc(cells, sizeof *l->inside);
    if (!stamp || !crossed || !l->inside) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    memset(stamp, 0xFF, cells * sizeof *stamp);
    memset(l->inside, 0xFF, cells * sizeof *l->inside);
    if (mark_crossed(l, areas, &list, stamp)) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    for (size_t i = 0; i < list.count;) {
        size_t end = i;
        while (end < list.count && list.rank[end] == list.rank[i])
            end++;
        fill_inside(l, list.cell + i, end - i, list.rank[i], crossed);
        i = end;
        if (cm_cancelled(ctx)) {
            status = cm_fail_cancelled(ctx);
            goto done;
        }
    }
    status = rank_cells(ctx, l, &list, cells);

done:
    free(list.cell);
    free(list.rank);
    free(stamp);
    free(crossed);
    return status;
}

castmap_status castmap_area_locator_new(castmap_context *ctx, const castmap_polygons *areas, const uint32_t *rank,
                                        castmap_area_locator **out)
{
    castmap_area_locator *l = cm_alloc_zero(1, sizeof *l);
    const size_t vertices = areas->count ? areas->vertex_start[first_ring(areas, areas->count)] : 0;
    castmap_status status = CASTMAP_OK;

    if (!l)
        return cm_fail_memory(ctx);
    if (vertices >= NONE || areas->count >= NONE) {
        status = cm_fail(ctx, CASTMAP_E_LIMIT, "more than four thousand million vertices");
        goto done;
    }
    l->count = areas->count;
    l->x = areas->x;
    l->y = areas->y;
    l->area = cm_alloc(l->count, sizeof *l->area);
    l->of_rank = cm_alloc(l->count, sizeof *l->of_rank);
    if (!l->area || !l->of_rank) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    for (uint32_t f = 0; f < l->count; f++)
        l->of_rank[rank ? rank[f] : f] = f;
    if (l->count > 0) {
        status = make_strips(ctx, l, areas);
        if (!status)
            status = lay_grid(ctx, l, vertices);
        if (!status)
            status = fill_grid(ctx, l, areas);
    }
    if (!status) {
        *out = l;
        l = NULL;
    }

done:
    castmap_area_locator_free(l);
    return status;
}

typedef struct locate_job {
    const castmap_area_locator *locator;
    const castmap_points *points;
    int32_t *area;
} locate_job;

static castmap_status locate(size_t begin, size_t end, void *payload)
{
    const locate_job *job = payload;
    const castmap_area_locator *l = job->locator;
    const double *x = job->points->x, *y = job->points->y;

    for (size_t i = begin; i < end; i++) {
        const double column = (x[i] - l->west) * l->per_m, row = (y[i] - l->south) * l->per_m;
        job->area[i] = CASTMAP_NO_AREA;
        /* Half a cell of slack: the grid's own edge may lie on a border, and each area tests its own box. */
        if (!(column >= -0.5 && column <= (double)l->columns + 0.5 && row >= -0.5 && row <= (double)l->rows + 0.5))
            continue;
        const size_t cell = (size_t)row_of(l, y[i]) * l->columns + column_of(l, x[i]);
        uint32_t found = l->inside[cell];
        for (uint32_t c = l->first[cell]; c < l->first[cell + 1]; c++) {
            if (area_holds(l, l->of_rank[l->crossing[c]], x[i], y[i])) {
                found = l->crossing[c];
                break;
            }
        }
        if (found != NONE)
            job->area[i] = (int32_t)l->of_rank[found];
    }
    return CASTMAP_OK;
}

castmap_status castmap_area_locate(castmap_context *ctx, const castmap_area_locator *locator, const castmap_points *points,
                                   int32_t *area)
{
    locate_job job = {locator, points, area};

    if (locator->count == 0) {
        for (size_t i = 0; i < points->count; i++)
            area[i] = CASTMAP_NO_AREA;
        return CASTMAP_OK;
    }
    return cm_parallel_for(ctx, "placing observations in areas", points->count, locate, &job);
}
