/*
 * project/content_index.h - which records the project and the file at hand hold already: content id -> content hash.
 *
 * Up to three quarters of a million ids lie in an open-addressing table of 24 bytes a slot (25 MB when full). Beyond that they move to disk in sorted runs of
 * which runs of like size are merged, so that there are few: 1.4 bytes an id stay in memory. A unique index in the project would cost several times the
 * insertion of the row itself, because content ids come in no order.
 */
#ifndef CM_PROJECT_CONTENT_INDEX_H
#define CM_PROJECT_CONTENT_INDEX_H

#include "project/content_run.h"
#include "project/observation_table.h"

#define CM_CONTENT_RUNS 48 /* each at least twice the next */

typedef struct cm_content_index {
    const char       *beside;   /* borrowed: where runs go, see cm_scratch_open() */
    size_t            most;     /* slots of the largest table; 0: the usual. A power of two of at least 1024 */
    cm_content_entry *entry;    /* owned [capacity and a margin] */
    size_t            count, capacity;
    cm_content_run    run[CM_CONTENT_RUNS]; /* oldest first */
    size_t            n_runs;
} cm_content_index;

void cm_content_index_clear(cm_content_index *index);
/* An id that will be asked for soon: fetch its place, which lies anywhere in memory. */
void cm_content_index_expect(const cm_content_index *index, const unsigned char id[CM_CONTENT_ID_BYTES]);
/* The entry of an id, made with check and seen of 0 where there is none (*added). Borrowed until the next call; check and seen may be changed. */
CASTMAP_NODISCARD castmap_status cm_content_index_get(castmap_context *ctx, cm_content_index *index, const unsigned char id[CM_CONTENT_ID_BYTES],
                                                      cm_content_entry **entry, bool *added);

#endif
