/*
 * runs/crowding.c - a quantile of the k-distances of a systematic sample.
 */
#include "runs/crowding.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/sort.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE 600u

typedef struct crowding {
    const castmap_points *points;
    const uint32_t *sampled; /* [sample] indices */
    size_t k;
    double *square;          /* [sample] squared k-distance */
} crowding;

/* Keep the k smallest in a heap whose top is the largest. */
static void sift_down(double *heap, size_t k)
{
    const double value = heap[0];
    size_t at = 0;

    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= k)
            break;
        if (child + 1 < k && heap[child + 1] > heap[child])
            child++;
        if (heap[child] <= value)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = value;
}

static castmap_status measure(size_t begin, size_t end, void *job)
{
    crowding *run = job;
    const double *x = run->points->x, *y = run->points->y;
    double *heap = cm_alloc(run->k, sizeof *heap);

    if (!heap)
        return CASTMAP_E_NOMEM;
    for (size_t s = begin; s < end; s++) {
        const double px = x[run->sampled[s]], py = y[run->sampled[s]];
        for (size_t i = 0; i < run->k; i++)
            heap[i] = INFINITY;
        for (size_t i = 0; i < run->points->count; i++) {
            const double dx = x[i] - px, dy = y[i] - py, square = dx * dx + dy * dy;
            if (square < heap[0]) {
                heap[0] = square;
                sift_down(heap, run->k);
            }
        }
        run->square[s] = heap[0];
    }
    free(heap);
    return CASTMAP_OK;
}

static int by_value(const void *a, const void *b)
{
    const double p = *(const double *)a, q = *(const double *)b;

    return (p > q) - (p < q);
}

castmap_status cm_crowding_distance(castmap_context *ctx, const castmap_points *points, size_t k, double share,
                                    double *distance_m)
{
    const size_t n = points->count, wanted = n < SAMPLE ? n : SAMPLE;
    uint64_t *key = cm_alloc(n, sizeof *key);
    uint32_t *order = cm_alloc(n, sizeof *order);
    crowding run = {.points = points, .sampled = order, .k = k};
    castmap_status status = CASTMAP_OK;

    run.square = cm_alloc(wanted, sizeof *run.square);
    if (!key || !order || !run.square) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    if (n < k || k == 0) {
        status = cm_fail(ctx, CASTMAP_E_DATA, "%zu observations are fewer than the %zu that make a place", n, k);
        goto done;
    }
    /* By place, not by row: y, then x within it (the sort is stable). */
    for (uint32_t i = 0; i < n; i++) {
        key[i] = cm_order_double(points->x[i]);
        order[i] = i;
    }
    status = cm_sort_u64(ctx, key, order, n);
    if (status)
        goto done;
    for (size_t i = 0; i < n; i++)
        key[i] = cm_order_double(points->y[order[i]]);
    status = cm_sort_u64(ctx, key, order, n);
    if (status)
        goto done;
    for (size_t s = 0; s < wanted; s++)
        order[s] = order[s * n / wanted];
    status = cm_parallel_chunks(ctx, "measuring how near observations lie", wanted, 8, measure, &run);
    if (status == CASTMAP_E_NOMEM)
        status = cm_fail_memory(ctx);
    if (status)
        goto done;
    qsort(run.square, wanted, sizeof *run.square, by_value);
    *distance_m = sqrt(run.square[(size_t)(share * (double)(wanted - 1))]);

done:
    free(key);
    free(order);
    free(run.square);
    return status;
}
