/*
 * project/content_index.h - which records the project holds already: content id -> content hash, in memory.
 *
 * 24 bytes an entry, all in one place, in an open-addressing table kept at most three quarters full. A unique index in the file would cost several times the
 * insertion of the row itself, because content ids come in no order.
 */
#ifndef CM_PROJECT_CONTENT_INDEX_H
#define CM_PROJECT_CONTENT_INDEX_H

#include "project/observation_table.h"

typedef struct cm_content_entry {
    uint64_t a, b;  /* the content id; both 0: free */
    uint32_t check; /* part of the content hash */
} cm_content_entry;

typedef struct cm_content_index {
    cm_content_entry *entry; /* owned [capacity] */
    size_t            count, capacity;
} cm_content_index;

#define CM_CONTENT_INDEX_INIT {0}

void cm_content_index_clear(cm_content_index *index);
/* Room for `more` further entries without growing in between. 0, or -1 when out of memory. */
int cm_content_index_reserve(cm_content_index *index, size_t more);
/* An id that will be asked for soon: fetch its place, which lies anywhere in memory. */
void cm_content_index_expect(const cm_content_index *index, const unsigned char id[CM_CONTENT_ID_BYTES]);
/* Look up and add unless it is there. 0, or -1 when out of memory. */
int cm_content_index_add(cm_content_index *index, const unsigned char id[CM_CONTENT_ID_BYTES],
                         const unsigned char hash[CM_CONTENT_ID_BYTES], cm_stored *stored);

#endif
