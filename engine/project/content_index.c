/*
 * project/content_index.c - open addressing with linear steps, and what becomes of a full table.
 *
 * Content ids are digests, so their bits serve as the hash: the highest ones, so that a table lies nearly in order of ids already. It does not wrap around but
 * has a margin behind its end; a table whose margin is used up counts as full.
 */
#include "project/content_index.h"

#include "base/fail.h"
#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS ((size_t)1024)
#define MOST_SLOTS ((size_t)1 << 20)
#define MARGIN ((size_t)1024)

void cm_content_index_clear(cm_content_index *index)
{
    free(index->entry);
    for (size_t i = 0; i < index->n_runs; i++)
        cm_content_run_close(&index->run[i]);
    *index = (cm_content_index){.beside = index->beside, .most = index->most};
}

/* Where the search for an id begins. */
static size_t home_of(const cm_content_index *index, uint64_t a)
{
    return (size_t)(a >> (64 - __builtin_ctzll(index->capacity)));
}

/* The slot of an id, or the free one where it belongs; the end of the margin when there is neither. */
static size_t slot_of(const cm_content_index *index, uint64_t a, uint64_t b)
{
    const size_t end = index->capacity + MARGIN;
    size_t at = home_of(index, a);

    while (at < end && (index->entry[at].a != a || index->entry[at].b != b) && (index->entry[at].a | index->entry[at].b) != 0)
        at++;
    return at;
}

static castmap_status resize(castmap_context *ctx, cm_content_index *index, size_t capacity)
{
    cm_content_index larger = {.capacity = capacity, .count = index->count, .entry = cm_alloc_zero(capacity + MARGIN, sizeof *larger.entry)};
    const size_t end = index->entry ? index->capacity + MARGIN : 0;

    if (!larger.entry)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < end; i++) {
        if ((index->entry[i].a | index->entry[i].b) == 0)
            continue;
        /* Of twice as many places before the margin no more entries lie behind any of them, so the margin is enough again. */
        const size_t at = slot_of(&larger, index->entry[i].a, index->entry[i].b);
        assert(at < capacity + MARGIN);
        larger.entry[at] = index->entry[i];
    }
    free(index->entry);
    index->entry = larger.entry;
    index->capacity = capacity;
    return CASTMAP_OK;
}

/* Insertion sort: nobody stands farther from his place than the longest row of taken slots. */
static size_t put_in_order(cm_content_index *index)
{
    size_t n = 0;

    for (size_t i = 0; i < index->capacity + MARGIN; i++) {
        const cm_content_entry entry = index->entry[i];
        if ((entry.a | entry.b) == 0)
            continue;
        size_t at = n++;
        for (; at > 0 && cm_content_before(&entry, &index->entry[at - 1]); at--)
            index->entry[at] = index->entry[at - 1];
        index->entry[at] = entry;
    }
    return n;
}

static castmap_status merge_last_two(castmap_context *ctx, cm_content_index *index)
{
    cm_content_run *earlier = &index->run[index->n_runs - 2], *later = &index->run[index->n_runs - 1], merged;

    const castmap_status status = cm_content_run_merge(ctx, index->beside, earlier, later, &merged);
    if (status)
        return status;
    cm_content_run_close(earlier);
    cm_content_run_close(later);
    *earlier = merged;
    index->n_runs--;
    return CASTMAP_OK;
}

static castmap_status move_to_disk(castmap_context *ctx, cm_content_index *index)
{
    cm_content_run run = CM_CONTENT_RUN_INIT;
    const size_t n = put_in_order(index);

    castmap_status status = cm_content_run_open(ctx, index->beside, n, &run);
    for (size_t i = 0; i < n && !status; i++)
        status = cm_content_run_add(ctx, &run, &index->entry[i]);
    if (!status)
        status = cm_content_run_end(ctx, &run);
    if (status) {
        cm_content_run_close(&run);
        return status;
    }
    memset(index->entry, 0, (index->capacity + MARGIN) * sizeof *index->entry);
    index->count = 0;
    index->run[index->n_runs++] = run;
    while (index->n_runs > 1 && !status && index->run[index->n_runs - 2].n < 2 * index->run[index->n_runs - 1].n)
        status = merge_last_two(ctx, index);
    return status;
}

static castmap_status make_room(castmap_context *ctx, cm_content_index *index)
{
    if (index->capacity == 0)
        return resize(ctx, index, FIRST_SLOTS);
    if (index->capacity < (index->most ? index->most : MOST_SLOTS))
        return resize(ctx, index, index->capacity * 2);
    return move_to_disk(ctx, index);
}

void cm_content_index_expect(const cm_content_index *index, const unsigned char id[CM_CONTENT_ID_BYTES])
{
    uint64_t a;

    memcpy(&a, id, sizeof a);
    if (index->capacity)
        __builtin_prefetch(&index->entry[home_of(index, a)], 1);
}

/* The latest run that knows an id has the last word. */
static castmap_status find_on_disk(castmap_context *ctx, const cm_content_index *index, cm_content_entry *entry, bool *found)
{
    castmap_status status = CASTMAP_OK;

    *found = false;
    for (size_t i = index->n_runs; i > 0 && !status && !*found; i--)
        status = cm_content_run_find(ctx, &index->run[i - 1], entry->a, entry->b, entry, found);
    return status;
}

castmap_status cm_content_index_get(castmap_context *ctx, cm_content_index *index, const unsigned char id[CM_CONTENT_ID_BYTES],
                                    cm_content_entry **out, bool *added)
{
    cm_content_entry entry = {0};
    castmap_status status = CASTMAP_OK;
    bool found = false;
    size_t at = 0;

    memcpy(&entry.a, id, sizeof entry.a);
    memcpy(&entry.b, id + sizeof entry.a, sizeof entry.b);
    if ((entry.a | entry.b) == 0)
        entry.b = 1; /* zero marks a free slot */
    if (index->capacity) {
        at = slot_of(index, entry.a, entry.b);
        if (at < index->capacity + MARGIN && (index->entry[at].a | index->entry[at].b) != 0) {
            *out = &index->entry[at];
            *added = false;
            return CASTMAP_OK;
        }
    }
    if (index->count * 4 >= index->capacity * 3 || at == index->capacity + MARGIN) {
        do {
            status = make_room(ctx, index);
            at = status ? 0 : slot_of(index, entry.a, entry.b);
        } while (!status && at == index->capacity + MARGIN);
    }
    if (!status)
        status = find_on_disk(ctx, index, &entry, &found);
    if (status)
        return status;
    index->entry[at] = entry;
    index->count++;
    *out = &index->entry[at];
    *added = !found;
    return CASTMAP_OK;
}
