/*
 * analysis/routes/network_line.c - the line of part of an edge.
 */
#include "castmap/network_paths.h"

#include <math.h>

size_t castmap_network_piece_vertices(const castmap_network *network, castmap_network_piece piece)
{
    return network->vertex_start ? network->vertex_start[piece.edge + 1] - network->vertex_start[piece.edge] + 2 : 0;
}

static double step_m(const castmap_network *network, size_t v)
{
    return hypot(network->x[v + 1] - network->x[v], network->y[v + 1] - network->y[v]);
}

/* Ends of the edge are taken as they stand, so that pieces of neighbouring edges join exactly. `at` is measured on the line itself. */
static void point_at(const castmap_network *network, size_t first, size_t last, double at, double whole, double *x, double *y)
{
    size_t v = first;
    double t = 0.0;

    if (at >= whole) {
        v = last;
    } else if (at > 0.0) {
        double before = 0.0;
        while (v + 1 < last && before + step_m(network, v) <= at)
            before += step_m(network, v++);
        t = fmin((at - before) / step_m(network, v), 1.0);
    }
    *x = network->x[v] + (t > 0.0 ? t * (network->x[v + 1] - network->x[v]) : 0.0);
    *y = network->y[v] + (t > 0.0 ? t * (network->y[v + 1] - network->y[v]) : 0.0);
}

static void turn_round(double *values, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        const double kept = values[i];
        values[i] = values[n - 1 - i];
        values[n - 1 - i] = kept;
    }
}

size_t castmap_network_piece_line(const castmap_network *network, castmap_network_piece piece, double *x, double *y)
{
    const size_t first = network->vertex_start[piece.edge], last = network->vertex_start[piece.edge + 1] - 1;
    const double length_m = network->length_m[piece.edge];
    double whole = 0.0, before = 0.0;
    size_t n = 0;

    for (size_t v = first; v < last; v++)
        whole += step_m(network, v);
    /* length / length is exactly 1, so the far end is met. */
    const double low = fmin(piece.from_m, piece.to_m) / length_m * whole, high = fmax(piece.from_m, piece.to_m) / length_m * whole;
    point_at(network, first, last, low, whole, &x[n], &y[n]);
    n++;
    for (size_t v = first; v + 1 < last && high > low; v++) {
        before += step_m(network, v);
        if (before > low && before < high) {
            x[n] = network->x[v + 1];
            y[n++] = network->y[v + 1];
        }
    }
    if (high > low) {
        point_at(network, first, last, high, whole, &x[n], &y[n]);
        n++;
    }
    if (piece.from_m > piece.to_m) {
        turn_round(x, n);
        turn_round(y, n);
    }
    return n;
}
