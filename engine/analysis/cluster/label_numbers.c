/*
 * analysis/cluster/label_numbers.c - clusters numbered by the smallest id among their members.
 */
#include "analysis/cluster/label_numbers.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"

#include <stdlib.h>

#define NO_KEY UINT64_MAX
#define HEED 65536u /* turns between two looks at the context */

static uint64_t key_of(const castmap_points *points, size_t i)
{
    return (uint64_t)(points->id ? points->id[i] : (int64_t)i) ^ UINT64_C(1) << 63; /* unsigned, in the same order */
}

castmap_status cm_number_labels(castmap_context *ctx, const castmap_points *points, const bool *counts, int32_t *label,
                                size_t limit, size_t *k)
{
    uint64_t *key = cm_alloc(limit, sizeof *key);
    uint32_t *order = cm_alloc(limit, sizeof *order);
    int32_t *number = cm_alloc(limit, sizeof *number);
    size_t used = 0;
    castmap_status status = CASTMAP_OK;

    if (!key || !order || !number) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    for (size_t c = 0; c < limit; c++) {
        key[c] = NO_KEY;
        number[c] = -1;
    }
    for (size_t i = 0; i < points->count; i++) {
        if (i % HEED == HEED - 1)
            status = cm_heed(ctx, "naming clusters", 1.0);
        if (status)
            goto done;
        if (label[i] >= 0 && (!counts || counts[i]) && key_of(points, i) <= key[label[i]]) {
            key[label[i]] = key_of(points, i);
            number[label[i]] = 0; /* in use */
        }
    }
    for (size_t c = 0; c < limit; c++) {
        if (number[c] == 0) {
            key[used] = key[c];
            order[used++] = (uint32_t)c;
        }
    }
    status = cm_sort_u64(ctx, key, order, used);
    if (status)
        goto done;
    for (size_t c = 0; c < used; c++)
        number[order[c]] = (int32_t)c;
    for (size_t i = 0; i < points->count && !status; i++) {
        if (i % HEED == HEED - 1)
            status = cm_heed(ctx, "naming clusters", 1.0);
        label[i] = label[i] < 0 ? -1 : number[label[i]];
    }
    if (!status)
        *k = used;

done:
    free(key);
    free(order);
    free(number);
    return status;
}
