/*
 * runs/text_numbers.h - texts numbered in the order in which they are first met.
 */
#ifndef CM_RUNS_TEXT_NUMBERS_H
#define CM_RUNS_TEXT_NUMBERS_H

#include "project/ingest/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CM_NO_NUMBER UINT32_MAX

typedef struct cm_text_numbers {
    size_t    count, capacity;
    char    **text;    /* owned [count]; in the arena */
    struct cm_text_slot {
        uint32_t number; /* + 1; 0: free */
        uint32_t tag;    /* other bits of the hash: few texts that differ are compared */
    }        *slot;    /* owned [n_slots] */
    size_t    n_slots; /* a power of two, or 0 */
    cm_arena  arena;   /* owned */
} cm_text_numbers;

#define CM_TEXT_NUMBERS_INIT {0, 0, NULL, NULL, 0, {NULL, NULL}}

/* The number of this text, a new one where it was not met before (*fresh). 0, or -1 when out of memory. The text holds no NUL. */
int cm_text_number(cm_text_numbers *numbers, const char *bytes, size_t length, uint32_t *number, bool *fresh);
/* CM_NO_NUMBER: not met. */
uint32_t cm_text_number_find(const cm_text_numbers *numbers, const char *bytes, size_t length);
/* For each number the place of its text among all, sorted by bytes; *rank owned by the caller. 0, or -1 when out of memory. */
int cm_text_numbers_rank(const cm_text_numbers *numbers, uint32_t **rank);
void cm_text_numbers_clear(cm_text_numbers *numbers);

#endif
