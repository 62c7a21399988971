/*
 * space/index/area_locator.c - which area holds a point. See area_locator.h for the idea.
 */
#include "space/index/area_locator.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"

#include <stdlib.h>

void castmap_area_locator_free(castmap_area_locator *locator)
{
    if (!locator)
        return;
    for (size_t r = 0; locator->strips && r < locator->rows; r++) {
        free(locator->strips[r].codes);
        free(locator->strips[r].leaves);
        free(locator->strips[r].edges);
        free(locator->strips[r].members);
    }
    free(locator->strips);
    free(locator->codes);
    free(locator);
}

castmap_status castmap_area_locator_new(castmap_context *ctx, const castmap_polygons *areas, const uint32_t *rank,
                                        castmap_area_locator **out)
{
    castmap_area_locator *locator = NULL;
    castmap_status status;

    cm_fail_clear(ctx);
    locator = cm_alloc_zero(1, sizeof *locator);
    if (!locator)
        return cm_fail_memory(ctx);
    status = cm_locator_build(ctx, areas, rank, locator);
    if (status) {
        castmap_area_locator_free(locator);
        return status;
    }
    *out = locator;
    return CASTMAP_OK;
}

typedef struct question {
    const castmap_area_locator *locator;
    const double               *x, *y;
    int32_t                    *area;
} question;

static int32_t ask_leaf(const cm_locator_strip *strip, uint32_t number, double rx, double ry, double x, double y)
{
    for (;;) {
        const cm_locator_leaf *leaf = &strip->leaves[number];
        const cm_locator_edge *edge = &strip->edges[leaf->first_edge];
        uint32_t inside = leaf->inside, touched = 0;

        for (uint32_t i = 0; i < leaf->n_edges; i++, edge++) {
            if (cm_locator_crosses(edge->ax, edge->ay, edge->bx, edge->by, rx, ry, x, y))
                inside ^= edge->flips;
            if (x >= edge->ax && x <= edge->bx && /* a is never right of b */
                ((y >= edge->ay && y <= edge->by) || (y <= edge->ay && y >= edge->by)) &&
                cm_orientation(edge->ax, edge->ay, edge->bx, edge->by, x, y) == 0)
                touched |= edge->touches;
        }
        inside |= touched;
        if (inside)
            return strip->members[leaf->first_member + (uint32_t)__builtin_ctz(inside)];
        if (!leaf->next)
            return leaf->cover;
        number = leaf->next - 1;
    }
}

/* The point is in a cell that a border touches. */
static int32_t ask_crossed(const castmap_area_locator *locator, uint32_t row, uint32_t column, uint32_t code, double x,
                           double y)
{
    const cm_locator_strip *strip = &locator->strips[row];
    double side_m = locator->cell_m, per_m = locator->per_m;
    double west = locator->west + column * side_m, south = locator->south + row * side_m;

    while (code & CM_LOCATOR_SPLIT) {
        const uint32_t *split = &strip->codes[code & CM_LOCATOR_NUMBER];
        const uint32_t side = UINT32_C(1) << split[0];

        side_m /= side; /* a power of two: exact */
        per_m *= side;
        const double fx = (x - west) * per_m, fy = (y - south) * per_m;
        uint32_t i = fx > 0.0 ? (uint32_t)fx : 0, j = fy > 0.0 ? (uint32_t)fy : 0;
        i = i < side ? i : side - 1;
        j = j < side ? j : side - 1;
        code = split[1 + j * side + i];
        west = west + i * side_m;
        south = south + j * side_m;
    }
    if (!(code & CM_LOCATOR_LEAF))
        return (int32_t)code - 1;
    return ask_leaf(strip, code & CM_LOCATOR_NUMBER, west + 0.5 * side_m, south + 0.5 * side_m, x, y);
}

static castmap_status ask(size_t begin, size_t end, void *job)
{
    const question *q = job;
    const castmap_area_locator *l = q->locator;
    const double columns = (double)l->columns, rows = (double)l->rows;

    for (size_t i = begin; i < end; i++) {
        const double x = q->x[i], y = q->y[i];
        const double fx = (x - l->west) * l->per_m, fy = (y - l->south) * l->per_m;

        if (!(fx >= 0.0 && fx < columns && fy >= 0.0 && fy < rows)) {
            q->area[i] = CASTMAP_NO_AREA;
            continue;
        }
        const uint32_t column = (uint32_t)fx, row = (uint32_t)fy;
        const uint32_t code = l->codes[(size_t)row * l->columns + column];
        q->area[i] = code < CM_LOCATOR_LEAF ? (int32_t)code - 1 : ask_crossed(l, row, column, code, x, y);
    }
    return CASTMAP_OK;
}

static castmap_status check_finite(size_t begin, size_t end, void *job)
{
    const question *q = job;
    double poison = 0.0; /* stays 0; NaN once something is not finite */

    for (size_t i = begin; i < end; i++)
        poison += q->x[i] * 0.0 + q->y[i] * 0.0;
    return poison == 0.0 ? CASTMAP_OK : CASTMAP_E_DATA;
}

castmap_status castmap_area_locate(castmap_context *ctx, const castmap_area_locator *locator,
                                   const castmap_points *points, int32_t *area)
{
    question q = {locator, points->x, points->y, area};

    cm_fail_clear(ctx);
    castmap_status status = cm_parallel_for(ctx, "checking places", points->count, check_finite, &q);
    if (status == CASTMAP_E_DATA)
        return cm_fail(ctx, status, "a coordinate of a point is not a finite number");
    if (status)
        return status;
    return cm_parallel_for(ctx, "finding areas", points->count, ask, &q);
}
