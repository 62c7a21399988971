/*
 * base/sort.c - stable least-significant-digit radix sort, skipping digits that all keys share.
 */
#include "base/sort.h"

#include "base/fail.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#define DIGIT_BITS 11
#define DIGITS 6
#define BUCKETS (1u << DIGIT_BITS)

static void scatter(const uint64_t *keys, const uint32_t *payload, uint64_t *to_keys, uint32_t *to_payload, size_t n,
                    unsigned shift, size_t *start)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = start[(keys[i] >> shift) & (BUCKETS - 1)]++;
        to_keys[at] = keys[i];
        to_payload[at] = payload[i];
    }
}

castmap_status cm_sort_u64(castmap_context *ctx, uint64_t *keys, uint32_t *payload, size_t n)
{
    uint64_t *spare_keys = cm_alloc(n, sizeof *spare_keys);
    uint32_t *spare_payload = cm_alloc(n, sizeof *spare_payload);
    size_t *counts = cm_alloc_zero((size_t)DIGITS * BUCKETS, sizeof *counts);
    uint64_t *from = keys, *to = spare_keys;
    uint32_t *from_payload = payload, *to_payload = spare_payload;
    castmap_status status = CASTMAP_OK;

    if (!spare_keys || !spare_payload || !counts) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    for (size_t i = 0; i < n; i++) {
        for (unsigned d = 0; d < DIGITS; d++)
            counts[(size_t)d * BUCKETS + ((keys[i] >> (d * DIGIT_BITS)) & (BUCKETS - 1))]++;
    }
    for (unsigned d = 0; d < DIGITS; d++) {
        size_t *count = counts + (size_t)d * BUCKETS, sum = 0;
        if (n && count[(keys[0] >> (d * DIGIT_BITS)) & (BUCKETS - 1)] == n)
            continue;
        if (cm_cancelled(ctx)) {
            status = cm_fail_cancelled(ctx);
            goto done;
        }
        for (size_t b = 0; b < BUCKETS; b++) {
            size_t here = count[b];
            count[b] = sum;
            sum += here;
        }
        scatter(from, from_payload, to, to_payload, n, d * DIGIT_BITS, count);
        uint64_t *k = from;
        uint32_t *p = from_payload;
        from = to;
        from_payload = to_payload;
        to = k;
        to_payload = p;
    }
    if (from != keys) {
        memcpy(keys, from, n * sizeof *keys);
        memcpy(payload, from_payload, n * sizeof *payload);
    }

done:
    free(spare_keys);
    free(spare_payload);
    free(counts);
    return status;
}

uint64_t cm_order_double(double value)
{
    uint64_t bits;

    value += 0.0; /* -0 becomes +0 */
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}
