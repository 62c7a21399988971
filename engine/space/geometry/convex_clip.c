/*
 * space/geometry/convex_clip.c - areas cut to a convex outline, one half-plane at a time.
 *
 * Source: I. Sutherland, G. Hodgman (1974), "Reentrant polygon clipping", CACM 17(1).
 */
#include "space/geometry/convex_clip.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

typedef struct corners {
    double *x, *y; /* owned */
    size_t  n, room_x, room_y;
} corners;

static int push(corners *c, double x, double y)
{
    if (cm_grow(&c->x, &c->room_x, c->n + 1, sizeof *c->x) != 0 || cm_grow(&c->y, &c->room_y, c->n + 1, sizeof *c->y) != 0)
        return -1;
    c->x[c->n] = x;
    c->y[c->n++] = y;
    return 0;
}

/* What lies to the left of the line from a to b. */
static int cut(const corners *in, double ax, double ay, double bx, double by, corners *out)
{
    out->n = 0;
    for (size_t i = 0, before = in->n - 1; i < in->n; before = i++) {
        const double here = (bx - ax) * (in->y[i] - ay) - (by - ay) * (in->x[i] - ax);
        const double last = (bx - ax) * (in->y[before] - ay) - (by - ay) * (in->x[before] - ax);
        if ((here >= 0.0) != (last >= 0.0)) {
            const double t = last / (last - here);
            if (push(out, in->x[before] + t * (in->x[i] - in->x[before]), in->y[before] + t * (in->y[i] - in->y[before])) != 0)
                return -1;
        }
        if (here >= 0.0 && push(out, in->x[i], in->y[i]) != 0)
            return -1;
    }
    return 0;
}

/* Ring r inside the outline; Left in turns[0]; fewer than three corners: nothing of it. */
static int cut_ring(const castmap_polygons *areas, size_t r, const double *x, const double *y, size_t n, corners turns[2])
{
    turns[0].n = 0;
    for (size_t v = areas->vertex_start[r]; v + 1 < areas->vertex_start[r + 1]; v++) { /* without its closing vertex */
        if (push(&turns[0], areas->x[v], areas->y[v]) != 0)
            return -1;
    }
    for (size_t k = 0; k < n && turns[0].n > 2; k++) {
        if (cut(&turns[0], x[k], y[k], x[(k + 1) % n], y[(k + 1) % n], &turns[1]) != 0)
            return -1;
        const corners swap = turns[0];
        turns[0] = turns[1];
        turns[1] = swap;
    }
    return 0;
}

static int append(const corners *ring, cm_polygon_set *out)
{
    int failed = cm_polygon_set_ring(out);

    for (size_t i = 0; i <= ring->n && !failed; i++)
        failed = cm_polygon_set_vertex(out, ring->x[i % ring->n], ring->y[i % ring->n]);
    return failed;
}

static bool reaches(const castmap_polygons *areas, size_t part, const double box[4])
{
    const size_t outer = areas->ring_start[part];
    double west = INFINITY, south = INFINITY, east = -INFINITY, north = -INFINITY;

    for (size_t v = areas->vertex_start[outer]; v < areas->vertex_start[outer + 1]; v++) {
        west = fmin(west, areas->x[v]);
        east = fmax(east, areas->x[v]);
        south = fmin(south, areas->y[v]);
        north = fmax(north, areas->y[v]);
    }
    return west <= box[2] && east >= box[0] && south <= box[3] && north >= box[1];
}

int cm_convex_clip(const castmap_polygons *areas, const double *x, const double *y, size_t n, cm_polygon_set *out)
{
    const size_t parts = areas->count > 0 ? areas->part_start[areas->count] : 0;
    double box[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    corners turns[2] = {{0}, {0}};
    int failed = cm_polygon_set_feature(out);

    for (size_t k = 0; k < n; k++) {
        box[0] = fmin(box[0], x[k]);
        box[1] = fmin(box[1], y[k]);
        box[2] = fmax(box[2], x[k]);
        box[3] = fmax(box[3], y[k]);
    }
    for (size_t part = 0; part < parts && !failed; part++) {
        if (!reaches(areas, part, box))
            continue;
        for (size_t r = areas->ring_start[part]; r < areas->ring_start[part + 1] && !failed; r++) {
            failed = cut_ring(areas, r, x, y, n, turns);
            if (failed || turns[0].n < 3) {
                if (r == areas->ring_start[part])
                    break; /* nor do its holes reach in */
                continue;
            }
            if (r == areas->ring_start[part])
                failed = cm_polygon_set_part(out);
            failed = failed || append(&turns[0], out);
        }
    }
    for (int k = 0; k < 2; k++) {
        free(turns[k].x);
        free(turns[k].y);
    }
    return failed ? -1 : 0;
}
