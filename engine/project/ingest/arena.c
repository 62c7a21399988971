/*
 * project/ingest/arena.c - a list of blocks that are filled one after the other.
 */
#include "project/ingest/arena.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)1 << 19)

struct cm_arena_block {
    cm_arena_block *next;
    size_t          size, used;
    char            bytes[];
};

static cm_arena_block *block_new(size_t need)
{
    const size_t size = need > BLOCK_SIZE ? need : BLOCK_SIZE;
    cm_arena_block *block = cm_alloc(sizeof *block + size, 1);

    if (block) {
        block->next = NULL;
        block->size = size;
        block->used = 0;
    }
    return block;
}

void *cm_arena_take(cm_arena *arena, size_t size)
{
    if (!arena->first) {
        arena->first = arena->current = block_new(size);
        if (!arena->first)
            return NULL;
    }
    while (arena->current->size - arena->current->used < size) {
        if (!arena->current->next) {
            arena->current->next = block_new(size);
            if (!arena->current->next)
                return NULL;
        }
        arena->current = arena->current->next;
        arena->current->used = 0;
    }
    void *taken = arena->current->bytes + arena->current->used;
    arena->current->used += size;
    return taken;
}

char *cm_arena_text(cm_arena *arena, const char *bytes, size_t length)
{
    char *copy = cm_arena_take(arena, length + 1);

    if (copy) {
        if (length)
            memcpy(copy, bytes, length);
        copy[length] = '\0';
    }
    return copy;
}

void cm_arena_reset(cm_arena *arena)
{
    arena->current = arena->first;
    if (arena->first)
        arena->first->used = 0;
}

void cm_arena_clear(cm_arena *arena)
{
    for (cm_arena_block *block = arena->first; block;) {
        cm_arena_block *next = block->next;
        free(block);
        block = next;
    }
    *arena = (cm_arena){NULL, NULL};
}
