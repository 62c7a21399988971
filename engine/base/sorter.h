/*
 * base/sorter.h - a stable sort of more records than memory should hold.
 */
#ifndef CM_BASE_SORTER_H
#define CM_BASE_SORTER_H

#include "castmap/context.h"

#include <stddef.h>

/*
 * Records of one size, each beginning with its key, a uint64_t. Up to 16 MiB are sorted in memory; more go to disk in sorted runs (scratch.h) that are merged
 * while they are read: 64 KiB of memory a run, which is under a thirtieth of a byte a record.
 */
typedef struct cm_sorter cm_sorter;

/* record_bytes: a multiple of 8. `beside` is borrowed: see cm_scratch_open(). */
CASTMAP_NODISCARD castmap_status cm_sorter_new(castmap_context *ctx, const char *beside, size_t record_bytes, cm_sorter **out);
CASTMAP_NODISCARD castmap_status cm_sorter_add(castmap_context *ctx, cm_sorter *sorter, const void *record);
size_t cm_sorter_count(const cm_sorter *sorter);
/* Once, after the last record. */
CASTMAP_NODISCARD castmap_status cm_sorter_sort(castmap_context *ctx, cm_sorter *sorter);
/* In order of keys, equal keys in the order they came. *record: borrowed until the next call; NULL after the last. */
CASTMAP_NODISCARD castmap_status cm_sorter_next(castmap_context *ctx, cm_sorter *sorter, const void **record);
void cm_sorter_free(cm_sorter *sorter); /* NULL is fine */

#endif
