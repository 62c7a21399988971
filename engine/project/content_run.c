/*
 * project/content_run.c - a sorted file of entries, its filter and its fences.
 *
 * The filter is a Bloom filter whose bits of one id all lie in one line of the cache (F. Putze, P. Sanders, J. Singler 2007, "Cache-, hash- and space-efficient
 * Bloom filters", WEA, pp. 108-121). Content ids are digests, so their bits serve as the hashes.
 */
#include "project/content_run.h"

#include "base/fail.h"
#include "base/memory.h"

#include <stdlib.h>

#define BLOCK_ENTRIES 128
#define BITS_AN_ID 10
#define LINE_WORDS 8 /* of 64 bits */
#define PROBES 6
#define MERGE_ENTRIES 2048

static uint64_t *line_of(const cm_content_run *run, uint64_t a)
{
    /* The high half of the product shares ids out evenly over any number of lines. */
    return run->filter + (size_t)(((a & UINT32_MAX) * (uint64_t)run->lines) >> 32) * LINE_WORDS;
}

static void mark(cm_content_run *run, uint64_t a, uint64_t b)
{
    uint64_t *line = line_of(run, a);

    for (int i = 0; i < PROBES; i++, b >>= 9)
        line[b >> 6 & (LINE_WORDS - 1)] |= UINT64_C(1) << (b & 63);
}

static bool may_hold(const cm_content_run *run, uint64_t a, uint64_t b)
{
    const uint64_t *line = line_of(run, a);

    for (int i = 0; i < PROBES; i++, b >>= 9)
        if (!(line[b >> 6 & (LINE_WORDS - 1)] >> (b & 63) & 1))
            return false;
    return true;
}

castmap_status cm_content_run_open(castmap_context *ctx, const char *beside, size_t most, cm_content_run *out)
{
    cm_content_run run = CM_CONTENT_RUN_INIT;

    run.lines = most * BITS_AN_ID / (LINE_WORDS * 64) + 1;
    run.filter = cm_alloc_zero(run.lines * LINE_WORDS, sizeof *run.filter);
    const castmap_status status = run.filter ? cm_scratch_open(ctx, beside, &run.file) : cm_fail_memory(ctx);
    if (status)
        cm_content_run_close(&run);
    else
        *out = run;
    return status;
}

castmap_status cm_content_run_add(castmap_context *ctx, cm_content_run *run, const cm_content_entry *entry)
{
    if (run->n % BLOCK_ENTRIES == 0) {
        if (cm_grow(&run->fence, &run->fence_capacity, run->fences + 1, sizeof *run->fence) != 0)
            return cm_fail_memory(ctx);
        run->fence[run->fences++] = (cm_content_id){entry->a, entry->b};
    }
    run->n++;
    mark(run, entry->a, entry->b);
    return cm_scratch_add(ctx, &run->file, entry, sizeof *entry);
}

castmap_status cm_content_run_end(castmap_context *ctx, cm_content_run *run)
{
    return cm_scratch_flush(ctx, &run->file);
}

/* The last block that begins at the id or before it; SIZE_MAX: none. */
static size_t block_of(const cm_content_run *run, const cm_content_entry *wanted)
{
    size_t from = 0, to = run->fences;

    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        const cm_content_entry fence = {.a = run->fence[middle].a, .b = run->fence[middle].b};
        if (cm_content_before(wanted, &fence))
            to = middle;
        else
            from = middle + 1;
    }
    return from == 0 ? SIZE_MAX : from - 1;
}

castmap_status cm_content_run_find(castmap_context *ctx, const cm_content_run *run, uint64_t a, uint64_t b, cm_content_entry *entry, bool *found)
{
    const cm_content_entry wanted = {.a = a, .b = b};
    cm_content_entry block[BLOCK_ENTRIES];

    *found = false;
    if (!may_hold(run, a, b))
        return CASTMAP_OK;
    const size_t at = block_of(run, &wanted);
    if (at == SIZE_MAX)
        return CASTMAP_OK;
    const size_t left = run->n - at * BLOCK_ENTRIES, n = left < BLOCK_ENTRIES ? left : BLOCK_ENTRIES;
    const castmap_status status = cm_scratch_read(ctx, &run->file, at * sizeof block, block, n * sizeof *block);
    for (size_t i = 0; i < n && !status && !*found; i++) {
        *found = block[i].a == a && block[i].b == b;
        if (*found)
            *entry = block[i];
    }
    return status;
}

/* Reads a run from its first entry to its last. */
typedef struct cursor {
    const cm_content_run *run;
    cm_content_entry     *window; /* owned */
    size_t                at, filled, read;
} cursor;

static castmap_status look(castmap_context *ctx, cursor *c, const cm_content_entry **entry)
{
    *entry = NULL;
    if (c->at == c->filled && c->read < c->run->n) {
        const size_t left = c->run->n - c->read;
        c->filled = left < MERGE_ENTRIES ? left : MERGE_ENTRIES;
        c->at = 0;
        const castmap_status status = cm_scratch_read(ctx, &c->run->file, c->read * sizeof **entry, c->window, c->filled * sizeof **entry);
        if (status)
            return status;
        c->read += c->filled;
        if (cm_cancelled(ctx))
            return cm_fail_cancelled(ctx);
    }
    if (c->at < c->filled)
        *entry = &c->window[c->at];
    return CASTMAP_OK;
}

static castmap_status merge_all(castmap_context *ctx, cursor *earlier, cursor *later, cm_content_run *out)
{
    const cm_content_entry *x, *y;

    for (;;) {
        castmap_status status = look(ctx, earlier, &x);
        if (!status)
            status = look(ctx, later, &y);
        if (status || (!x && !y))
            return status;
        const bool old = x && (!y || cm_content_before(x, y));
        const bool both = !old && x && !cm_content_before(y, x);
        status = cm_content_run_add(ctx, out, old ? x : y);
        if (status)
            return status;
        earlier->at += old || both;
        later->at += !old;
    }
}

castmap_status cm_content_run_merge(castmap_context *ctx, const char *beside, const cm_content_run *earlier, const cm_content_run *later, cm_content_run *out)
{
    cm_content_run run = CM_CONTENT_RUN_INIT;
    cursor x = {.run = earlier, .window = cm_alloc(MERGE_ENTRIES, sizeof *x.window)};
    cursor y = {.run = later, .window = cm_alloc(MERGE_ENTRIES, sizeof *y.window)};

    castmap_status status = x.window && y.window ? cm_content_run_open(ctx, beside, earlier->n + later->n, &run) : cm_fail_memory(ctx);
    if (!status)
        status = merge_all(ctx, &x, &y, &run);
    if (!status)
        status = cm_content_run_end(ctx, &run);
    free(x.window);
    free(y.window);
    if (status)
        cm_content_run_close(&run);
    else
        *out = run;
    return status;
}

void cm_content_run_close(cm_content_run *run)
{
    cm_scratch_close(&run->file);
    free(run->fence);
    free(run->filter);
    *run = (cm_content_run)CM_CONTENT_RUN_INIT;
}
