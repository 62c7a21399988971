/*
 * space/index/grid_axis.c - columns of one axis; wide gaps squeezed out where the extent needs it.
 */
#include "space/index/grid_axis.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"

#include <stdlib.h>
#include <string.h>

#define MAX_COLUMNS (1u << 28) /* beyond, a column number would lose accuracy */

static double undo_order(uint64_t key)
{
    double value;

    key = key >> 63 ? key & ~(UINT64_C(1) << 63) : ~key;
    memcpy(&value, &key, sizeof value);
    return value;
}

/* An island ends where the next value is more than three sides away: nothing reaches over such a gap. */
static castmap_status find_islands(castmap_context *ctx, const double *value, size_t n, double side,
                                   cm_grid_axis *axis)
{
    uint64_t *order = cm_alloc(n, sizeof *order);
    uint32_t *unused = cm_alloc_zero(n, sizeof *unused);
    size_t start_room = 0, base_room = 0;
    uint64_t last = 0;
    castmap_status status = CASTMAP_OK;

    if (n > (UINT32_C(1) << 26)) {
        status = cm_fail(ctx, CASTMAP_E_ARGUMENT, "the radius is too small for so many points over so large an extent");
        goto done;
    }
    if (!order || !unused) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    for (size_t i = 0; i < n; i++)
        order[i] = cm_order_double(value[i]);
    status = cm_sort_u64(ctx, order, unused, n);
    if (status)
        goto done;
    for (size_t i = 0; i < n; i++) {
        double here = undo_order(order[i]);
        if (i == 0 || here - undo_order(order[i - 1]) > 3.0 * side) {
            if (cm_grow(&axis->start, &start_room, axis->islands + 1, sizeof *axis->start) != 0 ||
                cm_grow(&axis->base, &base_room, axis->islands + 1, sizeof *axis->base) != 0) {
                status = cm_fail_memory(ctx);
                goto done;
            }
            axis->start[axis->islands] = here;
            axis->base[axis->islands] = (uint32_t)(i == 0 ? 2 : last + 4);
            axis->islands++;
        }
        size_t island = axis->islands - 1;
        last = axis->base[island] + (uint64_t)((here - axis->start[island]) * axis->per_side);
    }
    axis->columns = last + 3;

done:
    free(order);
    free(unused);
    return status;
}

castmap_status cm_grid_axis_cut(castmap_context *ctx, const double *value, size_t n, double min, double max, double side, cm_grid_axis *axis)
{
    axis->per_side = 1.0 / side;
    axis->origin = min;
    if ((max - min) * axis->per_side < (double)MAX_COLUMNS) {
        axis->columns = cm_grid_column(axis, max, NULL) + 3;
        return CASTMAP_OK;
    }
    return find_islands(ctx, value, n, side, axis);
}

void cm_grid_axis_clear(cm_grid_axis *axis)
{
    free(axis->start);
    free(axis->base);
    *axis = (cm_grid_axis){0};
}
