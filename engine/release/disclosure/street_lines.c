/* release/disclosure/street_lines.c */
#include "release/disclosure/street_lines.h"

#include <math.h>

int cm_line_of_edge(cm_polygon_set *set, const castmap_network *network, uint32_t edge, double from_m, double to_m, bool backward)
{
    const size_t first = network->vertex_start[edge], last = network->vertex_start[edge + 1] - 1;
    const double length = network->length_m[edge];
    const double begin = backward ? length - to_m : from_m, end = backward ? length - from_m : to_m; /* in the direction of the line */
    double along = 0.0;
    int failed = cm_polygon_set_part(set) || cm_polygon_set_ring(set);
    bool begun = false;

    for (size_t k = 0; k < last - first && !failed; k++) {
        const size_t a = backward ? last - k : first + k, b = backward ? a - 1 : a + 1;
        const double dx = network->x[b] - network->x[a], dy = network->y[b] - network->y[a], step = hypot(dx, dy);
        const double next = along + step;
        if (step > 0.0 && next > begin && !begun) {
            const double t = fmax(0.0, (begin - along) / step);
            failed = cm_polygon_set_vertex(set, network->x[a] + t * dx, network->y[a] + t * dy);
            begun = true;
        }
        if (begun && !failed) {
            const bool ends = next >= end || k + 1 == last - first;
            const double t = ends && step > 0.0 ? fmin(1.0, (end - along) / step) : 1.0;
            failed = cm_polygon_set_vertex(set, network->x[a] + t * dx, network->y[a] + t * dy);
            if (ends)
                break;
        }
        along = next;
    }
    return failed;
}

/* Where a segment is inside the square: *t0 <= *t1 of its length (Liang and Barsky 1984). */
static bool clip(const cm_square *q, double ax, double ay, double dx, double dy, double *t0, double *t1)
{
    const double step[4] = {-dx, dx, -dy, dy};
    const double room[4] = {ax - q->west, q->west + q->side_m - ax, ay - q->south, q->south + q->side_m - ay};

    *t0 = 0.0;
    *t1 = 1.0;
    for (int i = 0; i < 4; i++) {
        if (step[i] < 0.0)
            *t0 = fmax(*t0, room[i] / step[i]);
        else if (step[i] > 0.0)
            *t1 = fmin(*t1, room[i] / step[i]);
        else if (room[i] < 0.0)
            return false;
    }
    return *t0 < *t1;
}

int cm_line_in_square(cm_polygon_set *set, const castmap_network *network, uint32_t edge, const cm_square *square, double *length_m)
{
    const double west = square->west, south = square->south, east = west + square->side_m, north = south + square->side_m;
    bool open = false;
    int failed = 0;

    for (size_t v = network->vertex_start[edge]; v + 1 < network->vertex_start[edge + 1] && !failed; v++) {
        const double ax = network->x[v], ay = network->y[v], dx = network->x[v + 1] - ax, dy = network->y[v + 1] - ay;
        double t0, t1;
        if (!clip(square, ax, ay, dx, dy, &t0, &t1)) {
            open = false;
            continue;
        }
        *length_m += (t1 - t0) * hypot(dx, dy);
        if (!set)
            continue;
        if (!open || t0 > 0.0)
            failed = cm_polygon_set_part(set) || cm_polygon_set_ring(set) ||
                     cm_polygon_set_vertex(set, fmin(fmax(ax + t0 * dx, west), east), fmin(fmax(ay + t0 * dy, south), north));
        if (!failed)
            failed = cm_polygon_set_vertex(set, fmin(fmax(ax + t1 * dx, west), east), fmin(fmax(ay + t1 * dy, south), north));
        open = t1 >= 1.0;
    }
    return failed;
}
