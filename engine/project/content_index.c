/*
 * project/content_index.c - open addressing with linear steps. Content ids are digests, so their bits serve as the hash.
 */
#include "project/content_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void cm_content_index_clear(cm_content_index *index)
{
    free(index->entry);
    *index = (cm_content_index)CM_CONTENT_INDEX_INIT;
}

/* The slot of an id, or the free one where it belongs. */
static size_t slot_of(const cm_content_index *index, uint64_t a, uint64_t b)
{
    size_t at = (size_t)a & (index->capacity - 1);

    while ((index->entry[at].a != a || index->entry[at].b != b) && (index->entry[at].a | index->entry[at].b) != 0)
        at = (at + 1) & (index->capacity - 1);
    return at;
}

static int resize(cm_content_index *index, size_t capacity)
{
    cm_content_index larger = {cm_alloc_zero(capacity, sizeof *larger.entry), index->count, capacity};

    if (!larger.entry)
        return -1;
    for (size_t i = 0; i < index->capacity; i++) {
        if ((index->entry[i].a | index->entry[i].b) == 0)
            continue;
        larger.entry[slot_of(&larger, index->entry[i].a, index->entry[i].b)] = index->entry[i];
    }
    cm_content_index_clear(index);
    *index = larger;
    return 0;
}

int cm_content_index_reserve(cm_content_index *index, size_t more)
{
    size_t capacity = index->capacity ? index->capacity : 1024;

    if (more > SIZE_MAX / 4 - index->count)
        return -1;
    while ((index->count + more) * 4 > capacity * 3)
        capacity *= 2;
    return capacity == index->capacity ? 0 : resize(index, capacity);
}

void cm_content_index_expect(const cm_content_index *index, const unsigned char id[CM_CONTENT_ID_BYTES])
{
    uint64_t a;

    memcpy(&a, id, sizeof a);
    if (index->capacity)
        __builtin_prefetch(&index->entry[(size_t)a & (index->capacity - 1)], 1);
}

int cm_content_index_add(cm_content_index *index, const unsigned char id[CM_CONTENT_ID_BYTES],
                         const unsigned char hash[CM_CONTENT_ID_BYTES], cm_stored *stored)
{
    uint64_t a, b;
    uint32_t check;

    memcpy(&a, id, sizeof a);
    memcpy(&b, id + sizeof a, sizeof b);
    memcpy(&check, hash, sizeof check);
    if ((a | b) == 0)
        b = 1; /* zero marks a free slot */
    if (cm_content_index_reserve(index, 1) != 0)
        return -1;
    const size_t at = slot_of(index, a, b);
    if ((index->entry[at].a | index->entry[at].b) != 0) {
        *stored = index->entry[at].check == check ? CM_STORED_DUPLICATE : CM_STORED_CONFLICT;
        return 0;
    }
    index->entry[at] = (cm_content_entry){a, b, check};
    index->count++;
    *stored = CM_STORED_NEW;
    return 0;
}
