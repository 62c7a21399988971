/*
 * analysis/routes/track_pass_list.c - passes one by one: which track, which way, when, how long.
 */
#include "analysis/routes/track_legs.h"

#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

typedef struct listing {
    const castmap_matches *matches;
    const castmap_lixels  *lixels;
    uint32_t               track;
    castmap_track_pass    *pass; /* owned */
    size_t                 count, room;
} listing;

/* The first of the pieces [begin, end) that does not end before `at`. */
static size_t first_reaching(const castmap_lixels *lixels, size_t begin, size_t end, double at)
{
    while (begin < end) {
        const size_t middle = begin + (end - begin) / 2;
        if (lixels->to_m[middle] < at)
            begin = middle + 1;
        else
            end = middle;
    }
    return begin;
}

/* The time of one step, shared out over the pieces of the leg by length. `first` is the number in the list of the pass over piece `begin`. */
static void share_step(listing *l, size_t step, size_t first, size_t begin, size_t end)
{
    const castmap_matches *m = l->matches;
    const castmap_lixels *p = l->lixels;
    const double from = m->step_from_m[step], to = m->step_to_m[step], enter = m->step_enter_s[step], seconds = m->step_leave_s[step] - enter;
    const double low = fmin(from, to), high = fmax(from, to);

    if (isnan(seconds))
        return;
    for (size_t i = first_reaching(p, begin, end, low); i < end && (p->from_m[i] < high || (p->from_m[i] <= high && high == low)); i++) {
        castmap_track_pass *pass = &l->pass[first + i - begin];
        const double a = fmax(p->from_m[i], low), b = fmin(p->to_m[i], high);
        if (b < a || (b == a && high > low))
            continue;
        const double part = high > low ? (b - a) / (high - low) : 1.0;
        const double at = enter + (high > low ? seconds * (to >= from ? a - low : high - b) / (high - low) : 0.0);
        if (isnan(pass->enter_s)) {
            pass->enter_s = at;
            pass->seconds = 0.0;
        }
        pass->seconds += seconds * part;
        if (!(high > low))
            break; /* standing on the border of two pieces: the first has it */
    }
}

static int list_leg(const cm_track_leg *leg, void *payload)
{
    listing *l = payload;
    const size_t first = l->count;
    size_t begin, end;

    cm_leg_pieces(l->lixels, leg, &begin, &end);
    for (size_t i = begin; i < end; i++) {
        if (cm_grow(&l->pass, &l->room, l->count + 1, sizeof *l->pass))
            return -1;
        l->pass[l->count++] = (castmap_track_pass){(uint32_t)i, l->track, leg->forward, (double)NAN, (double)NAN,
                                                   fmin(l->lixels->to_m[i], leg->high) - fmax(l->lixels->from_m[i], leg->low)};
    }
    for (size_t s = leg->first; s <= leg->last && begin < end; s++)
        share_step(l, s, first, begin, end);
    return 0;
}

castmap_status castmap_track_pass_list(castmap_context *ctx, const castmap_tracks *tracks, const castmap_matches *matches,
                                       const castmap_lixels *lixels, double turn_m, castmap_track_pass **list, size_t *n)
{
    listing l = {.matches = matches, .lixels = lixels};

    cm_fail_clear(ctx);
    if (!(turn_m >= 0.0))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the least turn is below 0");
    castmap_status status = cm_track_legs_check(ctx, tracks, matches, lixels);
    for (size_t k = 0; k < matches->n_chains && !status; k++) {
        l.track = matches->chain_track[k];
        if (cm_track_legs(matches, k, turn_m, list_leg, &l))
            status = cm_fail_memory(ctx);
    }
    if (!status && !l.pass && !(l.pass = cm_alloc(0, sizeof *l.pass)))
        status = cm_fail_memory(ctx);
    if (status) {
        free(l.pass);
        return status;
    }
    *list = l.pass;
    *n = l.count;
    return CASTMAP_OK;
}
