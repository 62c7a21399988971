/* runs/movement_list.c */
#include "runs/movement_list.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/time_text.h"

#include <stdlib.h>
#include <string.h>

void cm_reasons_clear(castmap_reason_count *reasons, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(reasons[i].reason);
    free(reasons);
}

void cm_guesses_free(castmap_guess *guesses, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(guesses[i].what);
        free(guesses[i].value);
        free(guesses[i].why);
    }
    free(guesses);
}

void cm_movements_clear(cm_movements *m)
{
    free(m->from);
    free(m->to);
    free(m->when_s);
    free(m->span_s);
    free(m->person);
    free(m->source);
    free(m->journey);
    free(m->order);
    free(m->persons);
    free(m->grade);
    cm_reasons_clear(m->reasons, m->n_reasons);
    cm_guesses_free(m->guesses, m->n_guesses);
    memset(m, 0, sizeof *m);
}

/* All columns have one room: the first grows last, so that a failure leaves `room` true of every one. */
static int grow(cm_movements *m)
{
    const size_t need = m->count + 1;
    size_t room = m->room;

    if (need <= room)
        return 0;
#define GROW(column) (room = m->room, cm_grow(&m->column, &room, need, sizeof *m->column))
    if (GROW(to) || GROW(when_s) || GROW(span_s) || GROW(person) || GROW(source) || GROW(journey) || GROW(order) || GROW(persons) || GROW(grade) || GROW(from))
        return -1;
#undef GROW
    m->room = room;
    return 0;
}

int cm_movement_list_add(cm_movements *m, uint32_t from, uint32_t to, const cm_movement_kept *row)
{
    if (grow(m))
        return -1;
    const size_t k = m->count++;
    m->from[k] = from;
    m->to[k] = to;
    m->when_s[k] = row->when_s;
    m->span_s[k] = row->span_s;
    m->person[k] = row->person;
    m->source[k] = row->source;
    m->journey[k] = row->journey;
    m->order[k] = row->order;
    m->persons[k] = row->persons;
    m->grade[k] = row->grade;
    m->within += from == to;
    m->n_undated += row->when_s == CM_TIME_UNKNOWN;
    return 0;
}

castmap_status cm_movement_list_renumber(castmap_context *ctx, const cm_movements *m, const cm_text_numbers *numbers, int32_t *value)
{
    uint32_t *rank = NULL;
    castmap_status status = cm_text_numbers_rank(numbers, &rank) ? cm_fail_memory(ctx) : CASTMAP_OK;

    for (size_t i = 0; i < m->count && !status; i++)
        value[i] = value[i] < 0 ? -1 : (int32_t)rank[value[i]];
    free(rank);
    return status;
}
