/* analysis/routes/network_joins.c - vertices that lines lack: where they cross, and where an end misses the next street. */
#include "analysis/routes/network_build.h"

#include "analysis/routes/segment_grid.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"

#include <math.h>
#include <stdlib.h>

#define NEAR_MISS_M 2.0
#define TOUCH_M CASTMAP_NETWORK_GRAIN_M

/* A vertex to be put in: behind vertex `after` at `t` of the way to the next; t < 0: before it, at the beginning of a line; t > 1: behind the last of a line. */
typedef struct addition {
    uint32_t after;
    double   t;
    uint64_t place;
} addition;

typedef struct joining {
    castmap_context    *ctx;
    cm_street_vertices *v;
    cm_segment_grid     grid;  /* owned */
    double             *x, *y; /* owned [v->count] */
    addition           *add;   /* owned */
    size_t              n, room;
} joining;

static void clear(joining *j)
{
    cm_segment_grid_clear(&j->grid);
    free(j->x);
    free(j->y);
    free(j->add);
}

static castmap_status begin(joining *j)
{
    cm_street_vertices *v = j->v;

    j->x = cm_alloc(v->count, sizeof *j->x);
    j->y = cm_alloc(v->count, sizeof *j->y);
    if (!j->x || !j->y)
        return cm_fail_memory(j->ctx);
    for (size_t i = 0; i < v->count; i++) {
        j->x[i] = cm_place_x(v, v->place[i]);
        j->y[i] = cm_place_y(v, v->place[i]);
    }
    return cm_segment_grid_build(j->ctx, v->count, j->x, j->y, v->line, TOUCH_M, &j->grid);
}

static uint64_t place_at(const cm_street_vertices *v, double x, double y)
{
    const int64_t east = llround(x / CASTMAP_NETWORK_GRAIN_M) - v->west, north = llround(y / CASTMAP_NETWORK_GRAIN_M) - v->south;

    return (uint64_t)(east < 0 ? 0 : east) << 32 | (uint64_t)(north < 0 ? 0 : north);
}

static castmap_status add(joining *j, size_t after, double t, uint64_t place)
{
    if (cm_grow(&j->add, &j->room, j->n + 1, sizeof *j->add) != 0)
        return cm_fail_memory(j->ctx);
    j->add[j->n++] = (addition){(uint32_t)after, t, place};
    return CASTMAP_OK;
}

static int by_position(const void *a, const void *b)
{
    const addition *p = a, *q = b;

    if (p->after != q->after)
        return p->after < q->after ? -1 : 1;
    if (p->t != q->t)
        return p->t < q->t ? -1 : 1;
    return p->place < q->place ? -1 : p->place > q->place;
}

/* The lines with what was added. */
static castmap_status apply(joining *j)
{
    cm_street_vertices *v = j->v;
    uint64_t *place = cm_alloc(v->count + j->n, sizeof *place);
    uint32_t *line = cm_alloc(v->count + j->n, sizeof *line);
    size_t at = 0, next = 0;

    if (!place || !line) {
        free(place);
        free(line);
        return cm_fail_memory(j->ctx);
    }
    if (j->n > 0)
        qsort(j->add, j->n, sizeof *j->add, by_position);
    for (size_t i = 0; i < v->count; i++) {
        bool own = false;
        for (;;) {
            const bool before = next < j->n && j->add[next].after == i && j->add[next].t < 0.0;
            const bool behind = own && next < j->n && j->add[next].after == i;
            if (own && !behind)
                break;
            const uint64_t put = before || behind ? j->add[next].place : v->place[i];
            own = own || !(before || behind);
            next += before || behind;
            if (at > 0 && line[at - 1] == v->line[i] && place[at - 1] == put)
                continue;
            place[at] = put;
            line[at++] = v->line[i];
        }
    }
    free(v->place);
    free(v->line);
    v->place = place;
    v->line = line;
    v->count = at;
    return CASTMAP_OK;
}

/* Which side of the segment s the vertex p is on: > 0 left, in square metres. */
static double side_of(const joining *j, size_t s, size_t p)
{
    return (j->x[s + 1] - j->x[s]) * (j->y[p] - j->y[s]) - (j->y[s + 1] - j->y[s]) * (j->x[p] - j->x[s]);
}

/* Vertex p lies on segment s but is none of its ends: s gets it too. */
static castmap_status touch(joining *j, size_t s, size_t p, bool *touched)
{
    const cm_street_vertices *v = j->v;
    double t;

    *touched = false;
    if (v->place[p] == v->place[s] || v->place[p] == v->place[s + 1]) {
        *touched = true; /* a vertex in common: they meet, or are kept apart by their levels */
        return CASTMAP_OK;
    }
    if (cm_line_level(v, v->line[p]) != cm_line_level(v, v->line[s]) && !cm_is_line_end(v, p))
        return CASTMAP_OK;
    if (cm_segment_distance(j->x[s], j->y[s], j->x[s + 1], j->y[s + 1], j->x[p], j->y[p], &t) > TOUCH_M)
        return CASTMAP_OK;
    *touched = true;
    return add(j, s, t, v->place[p]);
}

static castmap_status meet(joining *j, size_t s, size_t u)
{
    const cm_street_vertices *v = j->v;
    const size_t ends[4][2] = {{s, u}, {s, u + 1}, {u, s}, {u, s + 1}};
    bool any = false, touched;

    for (int i = 0; i < 4; i++) {
        castmap_status status = touch(j, ends[i][0], ends[i][1], &touched);
        if (status)
            return status;
        any = any || touched;
    }
    if (any || cm_line_level(v, v->line[s]) != cm_line_level(v, v->line[u]))
        return CASTMAP_OK;
    const double a = side_of(j, s, u), b = side_of(j, s, u + 1), c = side_of(j, u, s), d = side_of(j, u, s + 1);
    if (!((a < 0.0) != (b < 0.0) && (c < 0.0) != (d < 0.0)) || a == b || c == d)
        return CASTMAP_OK;
    const double t = c / (c - d), w = a / (a - b);
    const uint64_t place = place_at(v, j->x[s] + t * (j->x[s + 1] - j->x[s]), j->y[s] + t * (j->y[s + 1] - j->y[s]));
    castmap_status status = add(j, s, t, place);
    return status ? status : add(j, u, w, place);
}

/* The first square that two segments share is where the pair is looked at. */
static bool first_in(const joining *j, size_t s, size_t u, size_t column, size_t row)
{
    size_t a0, a1, b0, b1, c0, c1, d0, d1;

    return cm_segment_grid_of(&j->grid, j->x, j->y, s, &a0, &a1, &b0, &b1) && cm_segment_grid_of(&j->grid, j->x, j->y, u, &c0, &c1, &d0, &d1) &&
           (a0 > c0 ? a0 : c0) == column && (b0 > d0 ? b0 : d0) == row;
}

static castmap_status meet_in_square(joining *j, size_t column, size_t row)
{
    const cm_segment_grid *g = &j->grid;
    const size_t cell = row * g->columns + column;
    castmap_status status = CASTMAP_OK;

    for (size_t p = g->start[cell]; p < g->start[cell + 1] && !status; p++)
        for (size_t q = p + 1; q < g->start[cell + 1] && !status; q++) {
            const size_t s = g->segment[p], u = g->segment[q];
            if (u != s + 1 && first_in(j, s, u, column, row))
                status = meet(j, s, u);
        }
    return status;
}

static size_t count_places(joining *j, castmap_status *status)
{
    uint64_t *place = cm_alloc(j->n, sizeof *place);
    uint32_t *order = cm_alloc(j->n, sizeof *order);
    size_t different = 0;

    *status = place && order ? CASTMAP_OK : cm_fail_memory(j->ctx);
    for (size_t i = 0; i < j->n && !*status; i++) {
        place[i] = j->add[i].place;
        order[i] = (uint32_t)i;
    }
    if (!*status)
        *status = cm_sort_u64(j->ctx, place, order, j->n);
    for (size_t i = 0; i < j->n && !*status; i++)
        different += i == 0 || place[i] != place[i - 1];
    free(place);
    free(order);
    return different;
}

castmap_status cm_join_crossings(castmap_context *ctx, cm_street_vertices *vertices, castmap_network_report *report)
{
    joining j = {.ctx = ctx, .v = vertices};
    castmap_status status = begin(&j);

    for (size_t row = 0; row < j.grid.rows && !status; row++) {
        cm_progress(ctx, "Joining streets", 0.5 * (double)row / (double)j.grid.rows);
        if (cm_cancelled(ctx))
            status = cm_fail_cancelled(ctx);
        for (size_t column = 0; column < j.grid.columns && !status; column++)
            status = meet_in_square(&j, column, row);
    }
    if (!status)
        report->crossings = count_places(&j, &status);
    if (!status)
        status = apply(&j);
    clear(&j);
    return status;
}

/* The nearest place of another line on the same level within `limit` of vertex p; ties: the segment that was drawn first. */
static bool nearest_other(const joining *j, size_t p, double limit, size_t *segment, double *t, double *distance)
{
    const cm_segment_grid *g = &j->grid;
    const int level = cm_line_level(j->v, j->v->line[p]);
    size_t c0, c1, r0, r1;
    bool found = false;

    if (!cm_segment_grid_cells(g, j->x[p] - limit, j->y[p] - limit, j->x[p] + limit, j->y[p] + limit, &c0, &c1, &r0, &r1))
        return false;
    for (size_t row = r0; row <= r1; row++)
        for (size_t i = g->start[row * g->columns + c0]; i < g->start[row * g->columns + c1 + 1]; i++) {
            const size_t s = g->segment[i];
            double at;
            if (j->v->line[s] == j->v->line[p] || cm_line_level(j->v, j->v->line[s]) != level)
                continue;
            const double away = cm_segment_distance(j->x[s], j->y[s], j->x[s + 1], j->y[s + 1], j->x[p], j->y[p], &at);
            if (away > limit || (found && (away > *distance || (away == *distance && s >= *segment))))
                continue;
            *segment = s;
            *t = at;
            *distance = away;
            found = true;
        }
    return found;
}

/* Lead the end p to where it nearly is. */
static castmap_status join_end(joining *j, size_t p, size_t s, double t)
{
    const cm_street_vertices *v = j->v;
    uint64_t place = place_at(v, j->x[s] + t * (j->x[s + 1] - j->x[s]), j->y[s] + t * (j->y[s + 1] - j->y[s]));
    castmap_status status = CASTMAP_OK;

    if (t <= 0.0)
        place = v->place[s];
    else if (t >= 1.0)
        place = v->place[s + 1];
    else if (place != v->place[s] && place != v->place[s + 1])
        status = add(j, s, t, place);
    if (status || place == v->place[p])
        return status;
    const bool is_first = p == 0 || v->line[p - 1] != v->line[p];
    return add(j, p, is_first ? -1.0 : 2.0, place);
}

/* met: [count] whether the place of a vertex is that of another one too. */
static castmap_status find_met(joining *j, bool *met)
{
    const cm_street_vertices *v = j->v;
    uint64_t *place = cm_alloc(v->count, sizeof *place);
    uint32_t *order = cm_alloc(v->count, sizeof *order);
    castmap_status status = place && order ? CASTMAP_OK : cm_fail_memory(j->ctx);

    for (size_t i = 0; i < v->count && !status; i++) {
        place[i] = v->place[i];
        order[i] = (uint32_t)i;
    }
    if (!status)
        status = cm_sort_u64(j->ctx, place, order, v->count);
    for (size_t i = 0; i < v->count && !status; i++)
        met[order[i]] = (i > 0 && place[i - 1] == place[i]) || (i + 1 < v->count && place[i + 1] == place[i]);
    free(place);
    free(order);
    return status;
}

castmap_status cm_join_ends(castmap_context *ctx, cm_street_vertices *vertices, double join_m, castmap_network_report *report)
{
    const double limit = fmax(join_m, NEAR_MISS_M);
    joining j = {.ctx = ctx, .v = vertices};
    bool *met = cm_alloc(vertices->count, sizeof *met);
    castmap_status status = met ? begin(&j) : cm_fail_memory(ctx);

    if (!status)
        status = find_met(&j, met);
    for (size_t p = 0; p < vertices->count && !status; p++) {
        size_t s = 0;
        double t = 0.0, distance = 0.0;
        if (met[p] || !cm_is_line_end(vertices, p) || !nearest_other(&j, p, limit, &s, &t, &distance))
            continue;
        if (join_m > 0.0 && distance <= join_m) {
            status = join_end(&j, p, s, t);
            report->joined++;
        } else {
            report->near_misses++;
        }
    }
    if (!status && j.n > 0)
        status = apply(&j);
    free(met);
    clear(&j);
    return status;
}
