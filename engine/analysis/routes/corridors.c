/*
 * analysis/routes/corridors.c - chains of stops that recur along journeys.
 *
 * Level by level: the chains of length L + 1 that may recur are those whose first L stops and whose last L stops do. Every place in the journeys holds the
 * number of the recurring chain of length L that begins there; two such numbers one place apart tell a chain of length L + 1.
 */
#include "castmap/flows.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"

#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

typedef struct chain {
    size_t   place;            /* where it occurs first */
    uint32_t stops, journeys, passes;
} chain;

typedef struct mining {
    castmap_context *ctx;
    const castmap_corridor_options *options;
    size_t    n;               /* stops, repeats at once left out */
    uint32_t *stop, *journey;  /* owned [n] */
    uint32_t *number;          /* owned [n] of the recurring chain of the present length that begins here, or NONE */
    uint32_t *next;            /* owned [n] of the next length */
    uint64_t *key;             /* owned [n] */
    uint32_t *order;           /* owned [n] */
    chain    *level, *longer;  /* owned; recurring chains of the present and the next length, by number */
    size_t    n_level, n_longer, level_room, longer_room;
    bool     *extended;        /* owned [n]; chain of the present length is part of a longer one */
    chain    *found;           /* owned */
    size_t    n_found, found_room;
} mining;

void castmap_corridors_clear(castmap_corridors *corridors)
{
    free(corridors->start);
    free(corridors->stop);
    free(corridors->journeys);
    free(corridors->passes);
    *corridors = (castmap_corridors)CASTMAP_CORRIDORS_INIT;
}

static void release(mining *m)
{
    free(m->stop);
    free(m->journey);
    free(m->number);
    free(m->next);
    free(m->key);
    free(m->order);
    free(m->level);
    free(m->longer);
    free(m->extended);
    free(m->found);
}

static castmap_status prepare(mining *m, size_t n_journeys, const size_t *start, const uint32_t *stop)
{
    const castmap_corridor_options *o = m->options;
    const size_t n = n_journeys > 0 ? start[n_journeys] : 0;

    if (o->version != CASTMAP_CORRIDOR_OPTIONS_VERSION)
        return cm_fail(m->ctx, CASTMAP_E_ARGUMENT, "options of another version");
    if (o->least_journeys < 2 || o->least_stops < 2 || o->most_stops < o->least_stops)
        return cm_fail(m->ctx, CASTMAP_E_ARGUMENT, "a corridor needs at least 2 journeys and 2 stops");
    if (n >= UINT32_MAX || n_journeys >= UINT32_MAX)
        return cm_fail(m->ctx, CASTMAP_E_LIMIT, "more than 4,000 million stops");
    m->stop = cm_alloc(n, sizeof *m->stop);
    m->journey = cm_alloc(n, sizeof *m->journey);
    m->number = cm_alloc(n, sizeof *m->number);
    m->next = cm_alloc(n, sizeof *m->next);
    m->key = cm_alloc(n, sizeof *m->key);
    m->order = cm_alloc(n, sizeof *m->order);
    m->extended = cm_alloc(n, sizeof *m->extended);
    if (!m->stop || !m->journey || !m->number || !m->next || !m->key || !m->order || !m->extended)
        return cm_fail_memory(m->ctx);
    for (size_t j = 0; j < n_journeys; j++) {
        for (size_t k = start[j]; k < start[j + 1]; k++) {
            if (k > start[j] && stop[k] == stop[k - 1])
                continue;
            m->stop[m->n] = stop[k];
            m->journey[m->n++] = (uint32_t)j;
        }
    }
    return CASTMAP_OK;
}

static castmap_status add_chain(mining *m, chain **list, size_t *count, size_t *room, chain what)
{
    if (cm_grow(list, room, *count + 1, sizeof **list))
        return cm_fail_memory(m->ctx);
    (*list)[(*count)++] = what;
    return CASTMAP_OK;
}

/* key[0..k) with its places: give a number to every chain of `stops` stops in enough journeys, write it to next, and list it in longer. */
static castmap_status count_chains(mining *m, uint32_t k, uint32_t stops)
{
    castmap_status status = cm_sort_u64(m->ctx, m->key, m->order, k);

    m->n_longer = 0;
    for (uint32_t begin = 0, end; begin < k && !status; begin = end) {
        uint32_t journeys = 0;
        for (end = begin; end < k && m->key[end] == m->key[begin]; end++) /* places ascend within a key: the sort is stable */
            journeys += end == begin || m->journey[m->order[end]] != m->journey[m->order[end - 1]];
        if (journeys < m->options->least_journeys)
            continue;
        for (uint32_t i = begin; i < end; i++)
            m->next[m->order[i]] = (uint32_t)m->n_longer;
        status = add_chain(m, &m->longer, &m->n_longer, &m->longer_room,
                           (chain){m->order[begin], stops, journeys, end - begin});
    }
    return status;
}

static castmap_status first_level(mining *m)
{
    for (size_t i = 0; i < m->n; i++) {
        m->key[i] = m->stop[i];
        m->order[i] = (uint32_t)i;
        m->next[i] = NONE;
    }
    return count_chains(m, (uint32_t)m->n, 1);
}

static void step(mining *m)
{
    uint32_t *numbers = m->number;
    chain *chains = m->level;
    const size_t room = m->level_room;

    m->number = m->next;
    m->next = numbers;
    m->level = m->longer;
    m->longer = chains;
    m->level_room = m->longer_room;
    m->longer_room = room;
    m->n_level = m->n_longer;
}

static castmap_status grow_level(mining *m, uint32_t stops)
{
    size_t k = 0;

    for (size_t i = 0; i < m->n; i++)
        m->next[i] = NONE;
    for (size_t i = 0; i + 1 < m->n; i++) {
        if (m->number[i] == NONE || m->number[i + 1] == NONE || m->journey[i] != m->journey[i + 1])
            continue;
        m->key[k] = (uint64_t)m->number[i] << 32 | m->number[i + 1];
        m->order[k++] = (uint32_t)i;
    }
    return count_chains(m, (uint32_t)k, stops);
}

/* Chains of the present length that no longer one holds. */
static castmap_status keep_maximal(mining *m, uint32_t stops)
{
    castmap_status status = CASTMAP_OK;

    if (stops < m->options->least_stops)
        return CASTMAP_OK;
    memset(m->extended, 0, m->n_level * sizeof *m->extended);
    for (size_t i = 0; i < m->n_longer; i++) {
        m->extended[m->number[m->longer[i].place]] = true;
        m->extended[m->number[m->longer[i].place + 1]] = true;
    }
    for (size_t i = 0; i < m->n_level && !status; i++) {
        if (!m->extended[i])
            status = add_chain(m, &m->found, &m->n_found, &m->found_room, m->level[i]);
    }
    return status;
}

static castmap_status mine(mining *m)
{
    castmap_status status = first_level(m);

    for (uint32_t stops = 1; !status; stops++) {
        step(m);
        if (m->n_level == 0)
            break;
        if (cm_cancelled(m->ctx))
            return cm_fail_cancelled(m->ctx);
        m->n_longer = 0;
        if (stops < m->options->most_stops)
            status = grow_level(m, stops + 1);
        if (!status)
            status = keep_maximal(m, stops);
    }
    return status;
}

typedef struct ranked_chain {
    chain what;
    const uint32_t *stop;
} ranked_chain;

static int most_first(const void *left, const void *right)
{
    const ranked_chain *a = left, *b = right;

    if (a->what.journeys != b->what.journeys)
        return a->what.journeys < b->what.journeys ? 1 : -1;
    if (a->what.stops != b->what.stops)
        return a->what.stops < b->what.stops ? 1 : -1;
    for (uint32_t i = 0; i < a->what.stops; i++) {
        if (a->stop[i] != b->stop[i])
            return a->stop[i] < b->stop[i] ? -1 : 1;
    }
    return 0;
}

static castmap_status write_out(mining *m, castmap_corridors *out)
{
    ranked_chain *rank = cm_alloc(m->n_found, sizeof *rank);
    size_t stops = 0;

    for (size_t i = 0; i < m->n_found; i++)
        stops += m->found[i].stops;
    castmap_corridors made = {.count = m->n_found, .start = cm_alloc_zero(m->n_found + 1, sizeof *made.start),
                              .stop = cm_alloc(stops, sizeof *made.stop), .journeys = cm_alloc(m->n_found, sizeof *made.journeys),
                              .passes = cm_alloc(m->n_found, sizeof *made.passes)};
    if (!rank || !made.start || !made.stop || !made.journeys || !made.passes) {
        free(rank);
        castmap_corridors_clear(&made);
        return cm_fail_memory(m->ctx);
    }
    for (size_t i = 0; i < m->n_found; i++)
        rank[i] = (ranked_chain){m->found[i], m->stop + m->found[i].place};
    if (m->n_found > 1)
        qsort(rank, m->n_found, sizeof *rank, most_first);
    for (size_t i = 0; i < m->n_found; i++) {
        memcpy(made.stop + made.start[i], rank[i].stop, rank[i].what.stops * sizeof *made.stop);
        made.start[i + 1] = made.start[i] + rank[i].what.stops;
        made.journeys[i] = rank[i].what.journeys;
        made.passes[i] = rank[i].what.passes;
    }
    free(rank);
    *out = made;
    return CASTMAP_OK;
}

castmap_status castmap_corridors_find(castmap_context *ctx, size_t n_journeys, const size_t *journey_start, const uint32_t *stop,
                                      const castmap_corridor_options *options, castmap_corridors *out)
{
    mining m = {.ctx = ctx, .options = options};
    castmap_status status;

    cm_fail_clear(ctx);
    status = prepare(&m, n_journeys, journey_start, stop);
    if (status)
        goto done;
    status = mine(&m);
    if (status)
        goto done;
    status = write_out(&m, out);

done:
    release(&m);
    return status;
}
