/*
 * runs/text_numbers.c - a table of texts by open addressing.
 */
#include "runs/text_numbers.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

void cm_text_numbers_clear(cm_text_numbers *numbers)
{
    cm_arena_clear(&numbers->arena);
    free(numbers->text);
    free(numbers->slot);
    *numbers = (cm_text_numbers)CM_TEXT_NUMBERS_INIT;
}

/* FNV-1a with its bits mixed once more. */
static uint64_t hash_of(const char *bytes, size_t length)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(1099511628211);
    return (hash ^ hash >> 29) * UINT64_C(0x9E3779B97F4A7C15);
}

static uint32_t tag_of(uint64_t hash)
{
    return (uint32_t)(hash ^ hash >> 32);
}

static size_t place_of(const cm_text_numbers *numbers, uint64_t hash)
{
    return (size_t)(hash >> 20) & (numbers->n_slots - 1);
}

/* The slot of this text, or the free one where it would go. */
static size_t find_slot(const cm_text_numbers *numbers, uint64_t hash, const char *bytes, size_t length)
{
    const uint32_t tag = tag_of(hash);
    size_t at = place_of(numbers, hash);

    while (numbers->slot[at].number) {
        if (numbers->slot[at].tag == tag) {
            const char *text = numbers->text[numbers->slot[at].number - 1];
            if (strncmp(text, bytes, length) == 0 && text[length] == '\0')
                break;
        }
        at = (at + 1) & (numbers->n_slots - 1);
    }
    return at;
}

static int make_room(cm_text_numbers *numbers)
{
    if (2 * (numbers->count + 1) <= numbers->n_slots)
        return 0;
    struct cm_text_slot *old = numbers->slot;
    const size_t slots = numbers->n_slots ? 2 * numbers->n_slots : 64;

    numbers->slot = cm_alloc_zero(slots, sizeof *numbers->slot);
    if (!numbers->slot) {
        numbers->slot = old;
        return -1;
    }
    numbers->n_slots = slots;
    for (size_t i = 0; i < numbers->count; i++) { /* all differ: the first free one is right */
        const uint64_t hash = hash_of(numbers->text[i], strlen(numbers->text[i]));
        size_t at = place_of(numbers, hash);
        while (numbers->slot[at].number)
            at = (at + 1) & (slots - 1);
        numbers->slot[at] = (struct cm_text_slot){(uint32_t)i + 1, tag_of(hash)};
    }
    free(old);
    return 0;
}

uint32_t cm_text_number_find(const cm_text_numbers *numbers, const char *bytes, size_t length)
{
    if (numbers->count == 0)
        return CM_NO_NUMBER;
    const uint32_t found = numbers->slot[find_slot(numbers, hash_of(bytes, length), bytes, length)].number;
    return found ? found - 1 : CM_NO_NUMBER;
}

int cm_text_number(cm_text_numbers *numbers, const char *bytes, size_t length, uint32_t *number, bool *fresh)
{
    if (make_room(numbers) || cm_grow(&numbers->text, &numbers->capacity, numbers->count + 1, sizeof *numbers->text))
        return -1;
    const uint64_t hash = hash_of(bytes, length);
    const size_t at = find_slot(numbers, hash, bytes, length);

    *fresh = numbers->slot[at].number == 0;
    if (*fresh) {
        char *copy = numbers->count < UINT32_MAX - 1 ? cm_arena_text(&numbers->arena, bytes, length) : NULL;
        if (!copy)
            return -1;
        numbers->text[numbers->count++] = copy;
        numbers->slot[at] = (struct cm_text_slot){(uint32_t)numbers->count, tag_of(hash)};
    }
    *number = numbers->slot[at].number - 1;
    return 0;
}

typedef struct ranked_text {
    const char *text;
    uint32_t    number;
} ranked_text;

static int compare_texts(const void *left, const void *right)
{
    return strcmp(((const ranked_text *)left)->text, ((const ranked_text *)right)->text);
}

int cm_text_numbers_rank(const cm_text_numbers *numbers, uint32_t **rank)
{
    ranked_text *sorted = cm_alloc(numbers->count, sizeof *sorted);
    uint32_t *made = cm_alloc(numbers->count, sizeof *made);

    if (!sorted || !made) {
        free(sorted);
        free(made);
        return -1;
    }
    for (size_t i = 0; i < numbers->count; i++)
        sorted[i] = (ranked_text){numbers->text[i], (uint32_t)i};
    if (numbers->count > 1)
        qsort(sorted, numbers->count, sizeof *sorted, compare_texts);
    for (size_t i = 0; i < numbers->count; i++)
        made[sorted[i].number] = (uint32_t)i;
    free(sorted);
    *rank = made;
    return 0;
}
