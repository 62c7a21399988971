/*
 * project/content_run.h - known content ids beyond what memory should hold: sorted, on disk, behind a filter.
 *
 * In memory stay 10 bits an id of a filter, which sends away all but about one in a hundred of the ids that are not there, and 16 bytes for each 128 ids, which
 * tell the block of an id that may be. So a new id costs one look into memory, a known one a read of 3 KiB.
 */
#ifndef CM_PROJECT_CONTENT_RUN_H
#define CM_PROJECT_CONTENT_RUN_H

#include "base/scratch.h"

#include <stdbool.h>

typedef struct cm_content_entry {
    uint64_t a, b;  /* the content id; both 0: free */
    uint32_t check; /* part of the content hash */
    uint32_t seen;  /* what the writer knows of it in the file at hand; 0: of an earlier import */
} cm_content_entry;

typedef struct cm_content_id {
    uint64_t a, b;
} cm_content_id;

typedef struct cm_content_run {
    cm_scratch     file;
    size_t         n;
    cm_content_id *fence;   /* owned: the first id of each block */
    size_t         fences, fence_capacity;
    uint64_t      *filter;  /* owned [lines * 8] */
    size_t         lines;   /* of 64 bytes */
} cm_content_run;

#define CM_CONTENT_RUN_INIT {.file = CM_SCRATCH_INIT}

static inline bool cm_content_before(const cm_content_entry *x, const cm_content_entry *y)
{
    return x->a != y->a ? x->a < y->a : x->b < y->b;
}

/* For at most `most` entries, which are added in ascending order. */
CASTMAP_NODISCARD castmap_status cm_content_run_open(castmap_context *ctx, const char *beside, size_t most, cm_content_run *out);
CASTMAP_NODISCARD castmap_status cm_content_run_add(castmap_context *ctx, cm_content_run *run, const cm_content_entry *entry);
CASTMAP_NODISCARD castmap_status cm_content_run_end(castmap_context *ctx, cm_content_run *run);
/* Sets *entry when the id is there. */
CASTMAP_NODISCARD castmap_status cm_content_run_find(castmap_context *ctx, const cm_content_run *run, uint64_t a, uint64_t b, cm_content_entry *entry,
                                                     bool *found);
/* Both into one; where an id is in both, the later one's entry stays. */
CASTMAP_NODISCARD castmap_status cm_content_run_merge(castmap_context *ctx, const char *beside, const cm_content_run *earlier, const cm_content_run *later,
                                                      cm_content_run *out);
void cm_content_run_close(cm_content_run *run);

#endif
