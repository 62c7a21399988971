/*
 * analysis/cluster/places.c - distinct coordinates and their weights, by two stable radix sorts.
 */
#include "analysis/cluster/places.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"

#include <math.h>
#include <stdlib.h>

static castmap_status check(castmap_context *ctx, const castmap_points *points)
{
    if (points->count > INT32_MAX)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "more than %d points", INT32_MAX);
    for (size_t i = 0; i < points->count; i++) {
        if (!isfinite(points->x[i]) || !isfinite(points->y[i]))
            return cm_fail(ctx, CASTMAP_E_DATA, "a coordinate is not a finite number");
        if (points->weight && !(points->weight[i] >= 0.0 && isfinite(points->weight[i])))
            return cm_fail(ctx, CASTMAP_E_DATA, "a weight is below 0 or not a finite number");
    }
    return CASTMAP_OK;
}

static castmap_status sort_by(castmap_context *ctx, const double *value, uint64_t *key, uint32_t *order, size_t n)
{
    for (size_t i = 0; i < n; i++)
        key[i] = cm_order_double(value[order[i]]);
    const castmap_status status = cm_heed(ctx, "sorting places", 0.0);
    return status ? status : cm_sort_u64(ctx, key, order, n);
}

static int by_value(const void *left, const void *right)
{
    const double *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

/* Weights that share a place are added from the smallest up, so that their order among the rows leaves no trace. */
static castmap_status add_weights(castmap_context *ctx, const castmap_points *points, const uint32_t *order, size_t n,
                                  double *sum)
{
    double few[32], *weight = n <= 32 ? few : cm_alloc(n, sizeof *weight);

    if (!weight)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < n; i++)
        weight[i] = points->weight[order[i]];
    qsort(weight, n, sizeof *weight, by_value);
    *sum = 0.0;
    for (size_t i = 0; i < n; i++)
        *sum += weight[i];
    if (weight != few)
        free(weight);
    return CASTMAP_OK;
}

static castmap_status collapse(castmap_context *ctx, const castmap_points *points, const uint32_t *order, cm_places *out)
{
    const size_t n = points->count;
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0, heeded = 0; i < n && !status;) {
        if (i - heeded >= 65536)
            status = cm_heed(ctx, "sorting places", (double)(heeded = i) / (double)n);
        const double x = points->x[order[i]], y = points->y[order[i]];
        size_t end = i;
        while (end < n && points->x[order[end]] == x && points->y[order[end]] == y)
            out->place_of[order[end++]] = (uint32_t)out->count;
        out->x[out->count] = x;
        out->y[out->count] = y;
        out->weight[out->count] = (double)(end - i);
        if (points->weight)
            status = add_weights(ctx, points, order + i, end - i, &out->weight[out->count]);
        out->total += out->weight[out->count++];
        i = end;
    }
    return status;
}

castmap_status cm_places_make(castmap_context *ctx, const castmap_points *points, cm_places *out)
{
    const size_t n = points->count;
    cm_places places = {0};
    uint64_t *key = NULL;
    uint32_t *order = NULL;
    castmap_status status = check(ctx, points);

    if (status)
        return status;
    key = cm_alloc(n, sizeof *key);
    order = cm_alloc(n, sizeof *order);
    places.x = cm_alloc(n, sizeof *places.x);
    places.y = cm_alloc(n, sizeof *places.y);
    places.weight = cm_alloc(n, sizeof *places.weight);
    places.place_of = cm_alloc(n, sizeof *places.place_of);
    if (!key || !order || !places.x || !places.y || !places.weight || !places.place_of) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    status = sort_by(ctx, points->y, key, order, n);
    if (status)
        goto done;
    status = sort_by(ctx, points->x, key, order, n);
    if (status)
        goto done;
    status = collapse(ctx, points, order, &places);
    if (status)
        goto done;
    *out = places;
    places = (cm_places){0};

done:
    free(key);
    free(order);
    cm_places_clear(&places);
    return status;
}

void cm_places_clear(cm_places *places)
{
    if (!places)
        return;
    free(places->x);
    free(places->y);
    free(places->weight);
    free(places->place_of);
    *places = (cm_places){0};
}
