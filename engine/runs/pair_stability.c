/*
 * runs/pair_stability.c - pairs are counted from the sizes of groups and of their overlaps, never one by one.
 */
#include "runs/pair_stability.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"
#include "castmap/cluster.h"

#include <math.h>
#include <stdlib.h>

/* Pairs inside runs of equal keys; `mask` chooses the part of the key that counts. Items whose part is all ones are in no group. */
static double pairs_of_runs(const uint64_t *key, size_t n, uint64_t mask)
{
    double pairs = 0.0;

    for (size_t begin = 0, end; begin < n; begin = end) {
        const uint64_t part = key[begin] & mask;
        for (end = begin + 1; end < n && (key[end] & mask) == part; end++)
            ;
        const double size = (double)(end - begin);
        if (part != mask)
            pairs += size * (size - 1.0) / 2.0;
    }
    return pairs;
}

castmap_status cm_pair_stability(castmap_context *ctx, const int32_t *before, const int32_t *after, size_t n, double *out)
{
    const uint64_t high = UINT64_C(0xFFFFFFFF00000000), low = UINT64_C(0xFFFFFFFF);
    uint64_t *key = cm_alloc(n, sizeof *key);
    uint32_t *item = cm_alloc_zero(n, sizeof *item);
    double pairs_after = 0.0, pairs_before = 0.0, both = 0.0;
    castmap_status status = CASTMAP_OK;

    if (!key || !item) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    /* CASTMAP_NOISE is -1: all ones. Sorted by `after` first, then anew by `before` with `after` below it. */
    for (size_t i = 0; i < n; i++)
        key[i] = (uint32_t)after[i];
    status = cm_sort_u64(ctx, key, item, n);
    if (status)
        goto done;
    pairs_after = pairs_of_runs(key, n, low);
    for (size_t i = 0; i < n; i++)
        key[i] = (uint64_t)(uint32_t)before[i] << 32 | (uint32_t)after[i];
    status = cm_sort_u64(ctx, key, item, n);
    if (status)
        goto done;
    pairs_before = pairs_of_runs(key, n, high);
    /* Of the overlaps, those of items that are noise in either do not count. */
    for (size_t begin = 0, end; begin < n; begin = end) {
        for (end = begin + 1; end < n && key[end] == key[begin]; end++)
            ;
        const double size = (double)(end - begin);
        if ((key[begin] & high) != high && (key[begin] & low) != low)
            both += size * (size - 1.0) / 2.0;
    }
    const double either = pairs_before + pairs_after - both;
    *out = either > 0.0 ? both / either : (double)NAN;

done:
    free(key);
    free(item);
    return status;
}
