/*
 * analysis/routes/track_passes.c - how often, by how many people and how long every piece of the streets was passed.
 *
 * Chains are taken person by person and recording by recording, so that one mark a piece tells whether it was counted already. All sums are
 * of whole numbers: the order of the tracks changes nothing.
 */
#include "castmap/tracks.h"

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

/* One way along an edge that does not turn. */
typedef struct leg {
    uint32_t edge;
    double   low, high;
} leg;

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
    const castmap_matches *m = c->matches;

    if (c->options->version != CASTMAP_PASSES_OPTIONS_VERSION)
        return cm_fail(c->ctx, CASTMAP_E_ARGUMENT, "options of another version");
    if (!(c->options->turn_m >= 0.0))
        return cm_fail(c->ctx, CASTMAP_E_ARGUMENT, "the least turn is below 0");
    for (size_t k = 0; k < m->n_chains; k++) {
        if (m->chain_track[k] >= c->tracks->count || m->chain_start[k + 1] > m->n_steps || m->chain_start[k] > m->chain_start[k + 1])
            return cm_fail(c->ctx, CASTMAP_E_DATA, "the matches are not of these tracks");
    }
    /* Pieces of an edge reach from 0 to its length, so they tell whether a step lies on it. */
    for (size_t s = 0; s < m->n_steps; s++) {
        const uint32_t edge = m->step_edge[s];
        bool fits = c->lixels->count > 0 && edge <= c->lixels->edge[c->lixels->count - 1];
        if (fits) {
            const double most = c->lixels->to_m[c->lixels->edge_start[edge + 1] - 1] * (1.0 + 1e-9);
            fits = m->step_from_m[s] >= 0.0 && m->step_to_m[s] >= 0.0 && m->step_from_m[s] <= most && m->step_to_m[s] <= most;
        }
        if (!fits)
            return cm_fail(c->ctx, CASTMAP_E_DATA, "the pieces of streets are not of the network that was matched");
    }
    return CASTMAP_OK;
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

/* The first piece of an edge whose middle is not before `at`. */
static size_t first_middle(const castmap_lixels *lixels, uint32_t edge, double at)
{
    size_t low = lixels->edge_start[edge], high = lixels->edge_start[edge + 1];

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (lixels->middle_m[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void count_leg(counter *c, const leg *l)
{
    const size_t end = c->lixels->edge_start[l->edge + 1];

    for (size_t i = first_middle(c->lixels, l->edge, l->low); i < end && c->lixels->middle_m[i] <= l->high; i++) {
        const bool again = c->last_recording[i] == c->recording;
        c->made.passes[i] += !again || c->options->round_trip == CASTMAP_REPEAT_EACH;
        c->made.tracks[i] += !again;
        c->made.people[i] += c->last_person[i] != c->person;
        c->last_recording[i] = c->recording;
        c->last_person[i] = c->person;
    }
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

/*
 * The steps [begin, end) follow one another on one edge. Going back by no more than turn_m is noise; a longer way back is a leg of its own, which
 * begins where the way turned.
 */
static void count_run(counter *c, size_t begin, size_t end)
{
    const castmap_matches *m = c->matches;
    const double turn = c->options->turn_m, start = m->step_from_m[begin];
    leg l = {m->step_edge[begin], start, start};
    int direction = 0;

    for (size_t s = begin; s < end; s++) {
        const double at = m->step_to_m[s];
        if (direction >= 0 && at > l.high) {
            l.high = at;
            direction = direction == 0 && l.high - l.low > turn ? 1 : direction;
        } else if (direction <= 0 && at < l.low) {
            l.low = at;
            direction = direction == 0 && l.high - l.low > turn ? -1 : direction;
        } else if (direction > 0 && l.high - at > turn) {
            count_leg(c, &l);
            l = (leg){l.edge, at, l.high};
            direction = -1;
        } else if (direction < 0 && at - l.low > turn) {
            count_leg(c, &l);
            l = (leg){l.edge, l.low, at};
            direction = 1;
        }
    }
    count_leg(c, &l);
}

static void count_chain(counter *c, size_t chain)
{
    const castmap_matches *m = c->matches;
    const size_t end = m->chain_start[chain + 1];

    for (size_t s = m->chain_start[chain], next = s; s < end; s = next) {
        for (next = s + 1; next < end && m->step_edge[next] == m->step_edge[s] && m->step_from_m[next] == m->step_to_m[next - 1];)
            next++;
        count_run(c, s, next);
    }
    for (size_t s = m->chain_start[chain]; s < end; s++)
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
