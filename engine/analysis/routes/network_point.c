/* analysis/routes/network_point.c */
#include "analysis/routes/network_point.h"

#include <math.h>

void cm_network_point(const castmap_network *network, uint32_t edge, double along_m, double *x, double *y)
{
    const size_t first = network->vertex_start[edge], last = network->vertex_start[edge + 1] - 1;
    double left = along_m;

    for (size_t v = first; v < last; v++) {
        const double dx = network->x[v + 1] - network->x[v], dy = network->y[v + 1] - network->y[v], step = hypot(dx, dy);
        if (left <= step && step > 0.0) {
            const double t = fmax(0.0, left / step);
            *x = network->x[v] + t * dx;
            *y = network->y[v] + t * dy;
            return;
        }
        left -= step;
    }
    *x = network->x[last];
    *y = network->y[last];
}
