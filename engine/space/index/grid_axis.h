/*
 * space/index/grid_axis.h - how one axis of a grid of cells is cut into columns.
 */
#ifndef CM_SPACE_INDEX_GRID_AXIS_H
#define CM_SPACE_INDEX_GRID_AXIS_H

#include "castmap/context.h"

#include <stddef.h>
#include <stdint.h>

/*
 * How one axis is cut. Usually one origin serves all. When the extent is so large that a column number would
 * lose its low bits, wide gaps are squeezed out: the axis then consists of islands, each with its own origin.
 */
typedef struct cm_grid_axis {
    double    origin, per_side; /* column = (value - origin) * per_side */
    size_t    islands;          /* 0: one origin */
    double   *start;            /* owned [islands], ascending */
    uint32_t *base;             /* owned [islands], first column of each */
    uint64_t  columns;          /* two empty ones before and behind */
} cm_grid_axis;

/*
 * Cut the axis of value[n], which lie between min and max, into columns `side` wide; `axis` must be empty. Sorts only where the extent has more than 2^28 columns, and
 * refuses that for more than 2^26 values (CASTMAP_E_ARGUMENT).
 */
CASTMAP_NODISCARD castmap_status cm_grid_axis_cut(castmap_context *ctx, const double *value, size_t n, double min, double max, double side, cm_grid_axis *axis);
void cm_grid_axis_clear(cm_grid_axis *axis);

/* The column of a value, at least 2; *part gets how far into the column it lies, 0..1, unless NULL. */
static inline uint64_t cm_grid_column(const cm_grid_axis *axis, double value, double *part)
{
    double at = axis->origin;
    uint64_t base = 2;

    if (axis->islands) {
        size_t low = 0, high = axis->islands; /* start[low] <= value */
        while (high - low > 1) {
            size_t middle = low + (high - low) / 2;
            if (axis->start[middle] <= value)
                low = middle;
            else
                high = middle;
        }
        at = axis->start[low];
        base = axis->base[low];
    }
    double columns = (value - at) * axis->per_side;
    uint64_t column = (uint64_t)(int64_t)columns; /* one instruction; an unsigned conversion is a branch and two */
    if (part)
        *part = columns - (double)column;
    return base + column;
}

#endif
