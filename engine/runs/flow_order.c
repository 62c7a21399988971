/*
 * runs/flow_order.c - movements in an order that does not depend on that of the table, by radix sort from the least significant part of it.
 */
#include "runs/flow_run.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"

#include <stdlib.h>

/* Parts of an order, the least significant first. Keys sort as unsigned numbers. */
typedef uint64_t part_fn(const cm_movements *m, uint32_t i);

static uint64_t ordered(int64_t value)
{
    return (uint64_t)value ^ UINT64_C(1) << 63;
}

/* A journey stands for its person where none is named. */
static int64_t person_of(const cm_movements *m, uint32_t i)
{
    return m->person[i] >= 0 ? m->person[i] : m->journey[i] >= 0 ? (int64_t)m->n_persons + m->journey[i] : -1;
}

static uint64_t part_source_grade(const cm_movements *m, uint32_t i)
{
    return (uint64_t)((int64_t)m->source[i] + 1) << 24 | (uint32_t)m->grade[i]; /* a grade takes 18 bits */
}

static uint64_t part_person(const cm_movements *m, uint32_t i)
{
    return (uint64_t)(person_of(m, i) + 1);
}

static uint64_t part_span(const cm_movements *m, uint32_t i)
{
    return ordered(m->span_s[i]);
}

static uint64_t part_when(const cm_movements *m, uint32_t i)
{
    return ordered(m->when_s[i]);
}

static uint64_t part_ends(const cm_movements *m, uint32_t i)
{
    return (uint64_t)m->from[i] << 32 | m->to[i];
}

static uint64_t part_leg(const cm_movements *m, uint32_t i)
{
    return ordered(m->order[i]);
}

static uint64_t part_journey(const cm_movements *m, uint32_t i)
{
    return (uint64_t)((int64_t)m->journey[i] + 1);
}

/* index [n] movements; stable. 20 bytes a movement. */
static castmap_status sort_by(castmap_context *ctx, const cm_movements *m, part_fn *const *part, size_t n_parts, uint32_t *index, size_t n)
{
    uint64_t *key = cm_alloc(n, sizeof *key);
    castmap_status status = key ? CASTMAP_OK : cm_fail_memory(ctx);

    for (size_t p = 0; p < n_parts && !status; p++) {
        for (size_t k = 0; k < n; k++)
            key[k] = part[p](m, index[k]);
        status = cm_sort_u64(ctx, key, index, n);
    }
    free(key);
    return status;
}

castmap_status cm_flow_sort_legs(castmap_context *ctx, const cm_movements *m, uint32_t *leg, size_t n)
{
    static part_fn *const PARTS[] = {part_when, part_leg, part_journey};

    return sort_by(ctx, m, PARTS, sizeof PARTS / sizeof PARTS[0], leg, n);
}

castmap_status cm_flow_fill_movements(cm_flow_run *run)
{
    static part_fn *const PARTS[] = {part_source_grade, part_person, part_span, part_when, part_ends};
    const cm_movements *m = &run->movements;
    cm_flow_layer *layer = &run->layer;
    int64_t **const column[] = {&layer->from, &layer->to, &layer->when_s, &layer->span_s, &layer->person, &layer->source, &layer->grade};
    uint32_t *index = cm_alloc(m->count, sizeof *index);
    castmap_status status = index ? CASTMAP_OK : cm_fail_memory(run->ctx);

    for (size_t i = 0; i < m->count && !status; i++)
        index[i] = (uint32_t)i;
    if (!status)
        status = sort_by(run->ctx, m, PARTS, sizeof PARTS / sizeof PARTS[0], index, m->count);
    for (size_t c = 0; c < sizeof column / sizeof column[0] && !status; c++) {
        *column[c] = cm_alloc(m->count, sizeof **column[c]);
        status = *column[c] ? CASTMAP_OK : cm_fail_memory(run->ctx);
    }
    layer->n = status ? 0 : m->count;
    for (size_t k = 0; k < layer->n; k++) {
        const uint32_t i = index[k];
        layer->from[k] = m->from[i];
        layer->to[k] = m->to[i];
        layer->when_s[k] = m->when_s[i];
        layer->span_s[k] = m->span_s[i];
        layer->person[k] = person_of(m, i);
        layer->source[k] = m->source[i];
        layer->grade[k] = m->grade[i];
    }
    free(index);
    return status;
}
