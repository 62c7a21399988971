/*
 * base/sort.h - stable sorts by integer key, and an order of doubles as integers.
 */
#ifndef CM_BASE_SORT_H
#define CM_BASE_SORT_H

#include "castmap/context.h"

#include <stddef.h>
#include <stdint.h>

/* Stable radix sort of keys with a 32-bit payload, both permuted in place; n <= UINT32_MAX. NOMEM: 12 bytes an item. CANCELLED, heeded between passes: both in some order. */
CASTMAP_NODISCARD castmap_status cm_sort_u64(castmap_context *ctx, uint64_t *keys, uint32_t *payload, size_t n);

/* Maps finite doubles to integers of the same order (-0 and +0 to the same). */
uint64_t cm_order_double(double value);

#endif
