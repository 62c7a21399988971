/*
 * Points made to hurt: the worst that a clustering or a surface may be given.
 */
#include "bench/work_sets.h"

#include <math.h>
#include <stdlib.h>

work_points work_adversary_new(work_adversary kind, size_t n)
{
    double *x = calloc(n, sizeof *x), *y = calloc(n, sizeof *y);

    if (!x || !y)
        abort();
    for (size_t i = 0; i < n; i++) {
        if (kind == WORK_TWO_CELLS) {
            const double t = work_unit(3, 1, i), right = i % 2 ? 1.0 : 0.0;
            x[i] = right * 108.01 + 4.0 * sin(12.0 * t + right);
            y[i] = 60.0 * t;
        } else if (kind == WORK_CONTINENT) {
            x[i] = 4e6 * work_unit(4, 1, i / 50) + 60.0 * work_unit(4, 3, i);
            y[i] = 4e6 * work_unit(4, 2, i / 50) + 60.0 * work_unit(4, 4, i);
        }
    }
    return (work_points){.x = x, .y = y, .points = {.count = n, .x = x, .y = y}};
}
