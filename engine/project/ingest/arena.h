/*
 * project/ingest/arena.h - texts of one chunk of rows: many small pieces, released together.
 */
#ifndef CM_PROJECT_INGEST_ARENA_H
#define CM_PROJECT_INGEST_ARENA_H

#include <stddef.h>

typedef struct cm_arena_block cm_arena_block;

typedef struct cm_arena {
    cm_arena_block *first, *current; /* owned */
} cm_arena;

void *cm_arena_take(cm_arena *arena, size_t size); /* NULL when out of memory; not aligned: for bytes */
char *cm_arena_text(cm_arena *arena, const char *bytes, size_t length); /* NUL-terminated copy */
void cm_arena_reset(cm_arena *arena);              /* empty, blocks kept */
void cm_arena_clear(cm_arena *arena);

#endif
