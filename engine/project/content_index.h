/*
 * project/content_index.h - which records the project holds already: content id -> content hash, in memory.
 *
 * 20 bytes an entry in an open-addressing table kept at most three quarters full. A unique index in the file would cost several times the
 * insertion of the row itself, because content ids come in no order.
 */
#ifndef CM_PROJECT_CONTENT_INDEX_H
#define CM_PROJECT_CONTENT_INDEX_H

#include "project/observation_table.h"

typedef struct cm_content_entry {
    uint64_t a, b; /* the content id; both 0: free */
} cm_content_entry;

typedef struct cm_content_index {
    cm_content_entry *entry; /* owned [capacity] */
    uint32_t         *check; /* owned [capacity], part of the content hash */
    size_t            count, capacity;
} cm_content_index;

#define CM_CONTENT_INDEX_INIT {0}

void cm_content_index_clear(cm_content_index *index);
/* Room for `more` further entries without growing in between. 0, or -1 when out of memory. */
int cm_content_index_reserve(cm_content_index *index, size_t more);
/* Look up and add unless it is there. 0, or -1 when out of memory. */
int cm_content_index_add(cm_content_index *index, const unsigned char id[CM_CONTENT_ID_BYTES],
                         const unsigned char hash[CM_CONTENT_ID_BYTES], cm_stored *stored);

#endif
