/*
 * base/sorter.c - runs sorted in memory, merged through a heap of their first keys.
 *
 *   1. add      records are gathered until a run is full; then it is sorted and appended to the file
 *   2. sort     the last run; the file's runs stand ready, the smallest key on top of the heap
 *   3. next     the record of the top, whose run moves on by one
 *
 * While one run holds everything there is no file.
 */
#include "base/sorter.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/scratch.h"
#include "base/sort.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define RUN_BYTES ((size_t)16 << 20)
#define WINDOW_BYTES ((size_t)1 << 16)

typedef struct run {
    uint64_t       offset, left; /* of the file; records not in the window yet */
    unsigned char *window;       /* owned */
    size_t         at, filled;   /* records of the window */
} run;

typedef struct head {
    uint64_t key;
    size_t   run;
} head;

struct cm_sorter {
    const char    *beside;       /* borrowed */
    size_t         bytes;        /* of a record */
    size_t         capacity;     /* records of a run */
    size_t         n, total;     /* in memory; in all */
    size_t         room;         /* records that `record` has room for */
    unsigned char *record;       /* owned [room] */
    uint32_t      *order;        /* owned [n]; once sorted */
    cm_scratch     file;
    run           *runs;         /* owned */
    size_t         n_runs, runs_capacity;
    head          *heap;         /* owned [n_runs] */
    size_t         n_heap;
    bool           moved;        /* the top of the heap was handed out */
    size_t         next;         /* without a file */
};

static uint64_t key_of(const unsigned char *record)
{
    uint64_t key;

    memcpy(&key, record, sizeof key);
    return key;
}

castmap_status cm_sorter_new(castmap_context *ctx, const char *beside, size_t record_bytes, cm_sorter **out)
{
    cm_sorter *sorter = cm_alloc_zero(1, sizeof *sorter);

    if (!sorter)
        return cm_fail_memory(ctx);
    sorter->beside = beside;
    sorter->bytes = record_bytes;
    sorter->capacity = RUN_BYTES / record_bytes;
    sorter->file = (cm_scratch)CM_SCRATCH_INIT;
    *out = sorter;
    return CASTMAP_OK;
}

size_t cm_sorter_count(const cm_sorter *sorter)
{
    return sorter->total;
}

/* The order of the records in memory. */
static castmap_status order_run(castmap_context *ctx, cm_sorter *sorter)
{
    uint64_t *key = cm_alloc(sorter->n, sizeof *key);
    castmap_status status = CASTMAP_OK;

    sorter->order = cm_alloc(sorter->n, sizeof *sorter->order);
    if (!key || !sorter->order)
        status = cm_fail_memory(ctx);
    for (size_t i = 0; i < sorter->n && !status; i++) {
        key[i] = key_of(sorter->record + i * sorter->bytes);
        sorter->order[i] = (uint32_t)i;
    }
    if (!status)
        status = cm_sort_u64(ctx, key, sorter->order, sorter->n);
    free(key);
    return status;
}

static castmap_status write_run(castmap_context *ctx, cm_sorter *sorter)
{
    castmap_status status = order_run(ctx, sorter);

    if (!status && sorter->file.fd < 0)
        status = cm_scratch_open(ctx, sorter->beside, &sorter->file);
    if (!status && cm_grow(&sorter->runs, &sorter->runs_capacity, sorter->n_runs + 1, sizeof *sorter->runs) != 0)
        status = cm_fail_memory(ctx);
    if (status)
        return status;
    sorter->runs[sorter->n_runs++] = (run){.offset = sorter->file.size, .left = sorter->n};
    for (size_t i = 0; i < sorter->n && !status; i++)
        status = cm_scratch_add(ctx, &sorter->file, sorter->record + sorter->order[i] * sorter->bytes, sorter->bytes);
    free(sorter->order);
    sorter->order = NULL;
    sorter->n = 0;
    if (!status && cm_cancelled(ctx))
        status = cm_fail_cancelled(ctx);
    return status;
}

castmap_status cm_sorter_add(castmap_context *ctx, cm_sorter *sorter, const void *record)
{
    castmap_status status = CASTMAP_OK;

    if (sorter->n == sorter->capacity)
        status = write_run(ctx, sorter);
    if (!status && cm_grow(&sorter->record, &sorter->room, sorter->n + 1, sorter->bytes) != 0)
        status = cm_fail_memory(ctx);
    if (status)
        return status;
    memcpy(sorter->record + sorter->n++ * sorter->bytes, record, sorter->bytes);
    sorter->total++;
    return CASTMAP_OK;
}

static castmap_status fill_window(castmap_context *ctx, cm_sorter *sorter, run *r)
{
    const uint64_t most = WINDOW_BYTES / sorter->bytes;

    r->filled = (size_t)(r->left < most ? r->left : most);
    r->at = 0;
    const castmap_status status = cm_scratch_read(ctx, &sorter->file, r->offset, r->window, r->filled * sorter->bytes);
    r->left -= r->filled;
    r->offset += r->filled * sorter->bytes;
    return status;
}

static bool before(const head *a, const head *b)
{
    return a->key != b->key ? a->key < b->key : a->run < b->run;
}

static void sink(cm_sorter *sorter, size_t at)
{
    const head item = sorter->heap[at];

    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= sorter->n_heap)
            break;
        if (child + 1 < sorter->n_heap && before(&sorter->heap[child + 1], &sorter->heap[child]))
            child++;
        if (!before(&sorter->heap[child], &item))
            break;
        sorter->heap[at] = sorter->heap[child];
        at = child;
    }
    sorter->heap[at] = item;
}

castmap_status cm_sorter_sort(castmap_context *ctx, cm_sorter *sorter)
{
    castmap_status status;

    if (sorter->n_runs == 0)
        return order_run(ctx, sorter);
    status = write_run(ctx, sorter);
    free(sorter->record);
    sorter->record = NULL;
    if (!status)
        status = cm_scratch_flush(ctx, &sorter->file);
    sorter->heap = cm_alloc(sorter->n_runs, sizeof *sorter->heap);
    if (!status && !sorter->heap)
        status = cm_fail_memory(ctx);
    for (size_t i = 0; i < sorter->n_runs && !status; i++) {
        run *r = &sorter->runs[i];
        r->window = cm_alloc(WINDOW_BYTES, 1);
        status = r->window ? fill_window(ctx, sorter, r) : cm_fail_memory(ctx);
        if (!status)
            sorter->heap[sorter->n_heap++] = (head){key_of(r->window), i};
    }
    for (size_t i = sorter->n_heap / 2; i > 0; i--)
        sink(sorter, i - 1);
    return status;
}

/* The run whose record was handed out moves on. */
static castmap_status move_on(castmap_context *ctx, cm_sorter *sorter)
{
    run *r = &sorter->runs[sorter->heap[0].run];
    castmap_status status = CASTMAP_OK;

    sorter->moved = false;
    if (++r->at == r->filled && r->left > 0)
        status = fill_window(ctx, sorter, r);
    if (status)
        return status;
    if (r->at == r->filled)
        sorter->heap[0] = sorter->heap[--sorter->n_heap];
    else
        sorter->heap[0].key = key_of(r->window + r->at * sorter->bytes);
    if (sorter->n_heap > 0)
        sink(sorter, 0);
    return CASTMAP_OK;
}

castmap_status cm_sorter_next(castmap_context *ctx, cm_sorter *sorter, const void **record)
{
    *record = NULL;
    if (sorter->n_runs == 0) {
        if (sorter->next < sorter->n)
            *record = sorter->record + sorter->order[sorter->next++] * sorter->bytes;
        return CASTMAP_OK;
    }
    if (sorter->moved) {
        const castmap_status status = move_on(ctx, sorter);
        if (status)
            return status;
    }
    if (sorter->n_heap == 0)
        return CASTMAP_OK;
    const run *r = &sorter->runs[sorter->heap[0].run];
    *record = r->window + r->at * sorter->bytes;
    sorter->moved = true;
    return CASTMAP_OK;
}

void cm_sorter_free(cm_sorter *sorter)
{
    if (!sorter)
        return;
    for (size_t i = 0; i < sorter->n_runs; i++)
        free(sorter->runs[i].window);
    free(sorter->runs);
    free(sorter->heap);
    free(sorter->record);
    free(sorter->order);
    cm_scratch_close(&sorter->file);
    free(sorter);
}
