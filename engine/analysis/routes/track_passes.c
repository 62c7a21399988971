/*
 * analysis/routes/track_passes.c - how often, by how many people and how long every piece of the streets was passed.
 *
 * Chains are taken person by person and recording by recording, so that one mark a piece tells whether it was counted already. All sums are
 * of whole numbers: the order of the tracks changes nothing.
 */
#include "analysis/routes/track_legs.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"

#include <math.h>
#include <stdlib.h>

typedef struct counter {
    castmap_context              *ctx;
    const castmap_tracks         *tracks;
    const castmap_matches        *matches;
    const castmap_lixels         *lixels;
    const castmap_passes_options *options;
    castmap_passes                made;
    uint32_t *last_recording, *last_person; /* owned [pieces]: round numbers */
    int64_t  *micros;                       /* owned [pieces] */
    uint32_t  recording, person;            /* numbers of the present ones, from 1 */
} counter;

void castmap_passes_clear(castmap_passes *passes)
{
    free(passes->passes);
    free(passes->tracks);
    free(passes->people);
    free(passes->seconds);
    *passes = (castmap_passes)CASTMAP_PASSES_INIT;
}

static uint32_t recording_of(const counter *c, size_t track)
{
    return c->options->recording ? c->options->recording[track] : (uint32_t)track;
}

static uint32_t person_of(const counter *c, size_t track)
{
    return c->tracks->person ? c->tracks->person[track] : recording_of(c, track);
}

static castmap_status check(const counter *c)
{
    if (c->options->version != CASTMAP_PASSES_OPTIONS_VERSION)
        return cm_fail(c->ctx, CASTMAP_E_ARGUMENT, "options of another version");
    if (!(c->options->turn_m >= 0.0))
        return cm_fail(c->ctx, CASTMAP_E_ARGUMENT, "the least turn is below 0");
    return cm_track_legs_check(c->ctx, c->tracks, c->matches, c->lixels);
}

static castmap_status prepare(counter *c)
{
    const size_t n = c->lixels->count;

    c->made.count = n;
    c->made.passes = cm_alloc_zero(n, sizeof *c->made.passes);
    c->made.tracks = cm_alloc_zero(n, sizeof *c->made.tracks);
    c->made.people = cm_alloc_zero(n, sizeof *c->made.people);
    c->made.seconds = cm_alloc(n, sizeof *c->made.seconds);
    c->last_recording = cm_alloc_zero(n, sizeof *c->last_recording);
    c->last_person = cm_alloc_zero(n, sizeof *c->last_person);
    c->micros = cm_alloc_zero(n, sizeof *c->micros);
    return c->made.passes && c->made.tracks && c->made.people && c->made.seconds && c->last_recording && c->last_person && c->micros
               ? CASTMAP_OK
               : cm_fail_memory(c->ctx);
}

/* Chains in the order of (person, recording, chain). */
static castmap_status order_chains(const counter *c, uint32_t **out)
{
    const castmap_matches *m = c->matches;
    uint64_t *key = cm_alloc(m->n_chains, sizeof *key);
    uint32_t *order = cm_alloc(m->n_chains, sizeof *order);
    castmap_status status = CASTMAP_OK;

    if (!key || !order)
        status = cm_fail_memory(c->ctx);
    for (size_t k = 0; k < m->n_chains && !status; k++) {
        key[k] = (uint64_t)person_of(c, m->chain_track[k]) << 32 | recording_of(c, m->chain_track[k]);
        order[k] = (uint32_t)k;
    }
    if (!status)
        status = cm_sort_u64(c->ctx, key, order, m->n_chains);
    free(key);
    if (status)
        free(order);
    else
        *out = order;
    return status;
}

static int count_leg(const cm_track_leg *leg, void *payload)
{
    counter *c = payload;
    size_t i, end;

    for (cm_leg_pieces(c->lixels, leg, &i, &end); i < end; i++) {
        const bool again = c->last_recording[i] == c->recording;
        c->made.passes[i] += !again || c->options->round_trip == CASTMAP_REPEAT_EACH;
        c->made.tracks[i] += !again;
        c->made.people[i] += c->last_person[i] != c->person;
        c->last_recording[i] = c->recording;
        c->last_person[i] = c->person;
    }
    return 0;
}

static void count_time(counter *c, size_t step)
{
    const castmap_matches *m = c->matches;
    const castmap_lixels *lixels = c->lixels;
    const uint32_t edge = m->step_edge[step];
    const double seconds = m->step_leave_s[step] - m->step_enter_s[step];
    const double low = fmin(m->step_from_m[step], m->step_to_m[step]), high = fmax(m->step_from_m[step], m->step_to_m[step]);
    size_t i = lixels->edge_start[edge];
    const size_t end = lixels->edge_start[edge + 1];

    if (!(seconds > 0.0))
        return;
    while (i + 1 < end && lixels->to_m[i] <= low)
        i++;
    if (!(high > low)) {
        c->micros[i] += llround(seconds * 1e6);
        return;
    }
    for (; i < end && lixels->from_m[i] < high; i++) {
        const double part = fmin(lixels->to_m[i], high) - fmax(lixels->from_m[i], low);
        if (part > 0.0)
            c->micros[i] += llround(seconds * (part / (high - low)) * 1e6);
    }
}

static void count_chain(counter *c, size_t chain)
{
    (void)cm_track_legs(c->matches, chain, c->options->turn_m, count_leg, c);
    for (size_t s = c->matches->chain_start[chain]; s < c->matches->chain_start[chain + 1]; s++)
        count_time(c, s);
}

static void count_all(counter *c, const uint32_t *order)
{
    const castmap_matches *m = c->matches;

    for (size_t k = 0; k < m->n_chains; k++) {
        const uint32_t track = m->chain_track[order[k]];
        const uint32_t before = k ? m->chain_track[order[k - 1]] : 0;
        c->person += k == 0 || person_of(c, track) != person_of(c, before);
        c->recording += k == 0 || person_of(c, track) != person_of(c, before) || recording_of(c, track) != recording_of(c, before);
        if (!c->options->same || c->options->same[track] == track)
            count_chain(c, order[k]);
    }
    for (size_t i = 0; i < c->made.count; i++)
        c->made.seconds[i] = (double)c->micros[i] * 1e-6;
}

castmap_status castmap_track_passes(castmap_context *ctx, const castmap_tracks *tracks, const castmap_matches *matches,
                                    const castmap_lixels *lixels, const castmap_passes_options *options, castmap_passes *out)
{
    counter c = {.ctx = ctx, .tracks = tracks, .matches = matches, .lixels = lixels, .options = options, .made = CASTMAP_PASSES_INIT};
    uint32_t *order = NULL;

    cm_fail_clear(ctx);
    castmap_status status = check(&c);
    if (!status)
        status = prepare(&c);
    if (!status)
        status = order_chains(&c, &order);
    if (!status)
        count_all(&c, order);
    free(order);
    free(c.last_recording);
    free(c.last_person);
    free(c.micros);
    if (status)
        castmap_passes_clear(&c.made);
    else
        *out = c.made;
    return status;
}
