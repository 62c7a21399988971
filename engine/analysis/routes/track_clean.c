/*
 * analysis/routes/track_clean.c - what cannot be true of a track is left out, and where it was silent it is cut.
 *
 *   1. order     a timed track's fixes by time, or those that go backwards out
 *   2. walk      from one kept fix to the next: duplicates, impossible jumps, gaps
 *   3. alone     pieces that are too short are left out
 *
 * A jump is judged by what comes after it: if one of the next few fixes can be reached from before, those between were wrong; if none can, nobody
 * knows which side is wrong, so the track is cut and both sides stay. A wrong first fix thus ends as a piece of its own and goes in step 3.
 */
#include "analysis/routes/track_check.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_TIME (INT64_C(1) << 52) /* differences stay whole numbers, in integers and in doubles */

typedef struct cleaner {
    castmap_context             *ctx;
    const castmap_tracks        *tracks;
    const castmap_clean_options *options;
    castmap_clean_tracks         made;
    size_t    fix_room, start_room, track_room;
    uint32_t *order;   /* owned [longest track] positions within the track, in order */
    uint64_t *key;     /* owned [longest track] */
} cleaner;

const char *castmap_fix_fate_name(castmap_fix_fate fate)
{
    static const char *const NAMES[CASTMAP_FIX_FATES] = {
        "kept", "duplicate", "second place at the same time", "time going backwards", "no time", "impossible jump", "left alone",
    };

    return (unsigned)fate < CASTMAP_FIX_FATES ? NAMES[fate] : "unknown";
}

void castmap_clean_tracks_clear(castmap_clean_tracks *clean)
{
    free(clean->start);
    free(clean->fix);
    free(clean->track);
    free(clean->fate);
    *clean = (castmap_clean_tracks)CASTMAP_CLEAN_TRACKS_INIT;
}

castmap_status cm_tracks_check(castmap_context *ctx, const castmap_tracks *tracks)
{
    if (tracks->count >= UINT32_MAX)
        return cm_fail(ctx, CASTMAP_E_LIMIT, "more than 4,000 million tracks");
    if (tracks->count > 0 && tracks->start[0] != 0)
        return cm_fail(ctx, CASTMAP_E_DATA, "the first track does not begin at the first fix");
    for (size_t t = 0; t < tracks->count; t++) {
        if (tracks->start[t + 1] < tracks->start[t])
            return cm_fail(ctx, CASTMAP_E_DATA, "track %zu ends before it begins", t);
        if (tracks->start[t + 1] - tracks->start[t] >= UINT32_MAX)
            return cm_fail(ctx, CASTMAP_E_LIMIT, "track %zu has more than 4,000 million fixes", t);
    }
    for (size_t i = 0; i < cm_tracks_fixes(tracks); i++) {
        if (!isfinite(tracks->x[i]) || !isfinite(tracks->y[i]))
            return cm_fail(ctx, CASTMAP_E_DATA, "fix %zu has a place that is not finite", i);
        const int64_t time_s = cm_fix_time(tracks, i);
        if (time_s != INT64_MIN && (time_s < -MOST_TIME || time_s > MOST_TIME))
            return cm_fail(ctx, CASTMAP_E_DATA, "fix %zu has a time beyond all calendars", i);
    }
    return CASTMAP_OK;
}

static castmap_status check(castmap_context *ctx, const castmap_tracks *tracks, const castmap_clean_options *o)
{
    if (o->version != CASTMAP_CLEAN_OPTIONS_VERSION)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "options of another version");
    if (!(o->max_speed_mps > 0.0) || !(o->gap_s > 0.0) || !(o->gap_m > 0.0) || !(o->still_m >= 0.0) || o->least_fixes < 1)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the limits of speed and gaps must be above 0, and a piece has one fix at least");
    return cm_tracks_check(ctx, tracks);
}

static castmap_status prepare(cleaner *c)
{
    size_t longest = 0;

    for (size_t t = 0; t < c->tracks->count; t++) {
        const size_t n = c->tracks->start[t + 1] - c->tracks->start[t];
        longest = n > longest ? n : longest;
    }
    c->made.n_fixes = cm_tracks_fixes(c->tracks);
    c->made.fate = cm_alloc_zero(c->made.n_fixes, 1);
    c->order = cm_alloc(longest, sizeof *c->order);
    c->key = cm_alloc(longest, sizeof *c->key);
    if (!c->made.fate || !c->order || !c->key || cm_grow(&c->made.start, &c->start_room, 1, sizeof *c->made.start))
        return cm_fail_memory(c->ctx);
    c->made.start[0] = 0;
    return CASTMAP_OK;
}

static void leave_out(cleaner *c, size_t fix, castmap_fix_fate fate)
{
    c->made.fate[fix] = (uint8_t)fate;
    c->made.counts[fate]++;
}

/* The fixes to walk over, in order; *timed: they all have a time. */
static castmap_status put_in_order(cleaner *c, size_t track, size_t *n, bool *timed)
{
    const size_t first = c->tracks->start[track], end = c->tracks->start[track + 1];
    int64_t before = INT64_MIN;
    size_t moved = 0;

    *n = 0;
    *timed = false;
    for (size_t i = first; i < end && !*timed; i++)
        *timed = cm_fix_time(c->tracks, i) != INT64_MIN;
    for (size_t i = first; i < end; i++) {
        const int64_t time_s = cm_fix_time(c->tracks, i);
        const bool back = *timed && time_s < before;
        if (*timed && time_s == INT64_MIN) {
            leave_out(c, i, CASTMAP_FIX_NO_TIME);
        } else if (back && c->options->keep_order) {
            leave_out(c, i, CASTMAP_FIX_BACKWARDS);
        } else {
            moved += back;
            before = back ? before : time_s;
            c->key[*n] = (uint64_t)time_s ^ (UINT64_C(1) << 63); /* the order of signed numbers */
            c->order[(*n)++] = (uint32_t)(i - first);
        }
    }
    c->made.sorted += moved;
    return moved ? cm_sort_u64(c->ctx, c->key, c->order, *n) : CASTMAP_OK; /* stable: at one second the recorded order stays */
}

/* Could somebody get from one fix to another? */
static bool possible(const cleaner *c, size_t from, size_t to)
{
    const double reach = c->options->max_speed_mps * ((double)cm_fix_time(c->tracks, to) - (double)cm_fix_time(c->tracks, from));

    return cm_fix_distance2(c->tracks, from, to) <= reach * reach;
}

static bool is_gap(const cleaner *c, size_t from, size_t to, bool timed)
{
    const double step2 = cm_fix_distance2(c->tracks, from, to);

    if (step2 > c->options->gap_m * c->options->gap_m)
        return true;
    return timed && (double)cm_fix_time(c->tracks, to) - (double)cm_fix_time(c->tracks, from) > c->options->gap_s &&
           step2 > c->options->still_m * c->options->still_m;
}

static int keep(cleaner *c, size_t fix, size_t *kept)
{
    if (cm_grow(&c->made.fix, &c->fix_room, *kept + 1, sizeof *c->made.fix))
        return -1;
    c->made.fix[(*kept)++] = fix;
    return 0;
}

/* The piece that began where the last one ended is whole; *kept fixes are in all of them. */
static int end_piece(cleaner *c, size_t track, size_t *kept)
{
    const size_t begin = c->made.start[c->made.count];

    if (*kept == begin)
        return 0;
    if (*kept - begin < c->options->least_fixes) {
        for (size_t k = begin; k < *kept; k++)
            leave_out(c, c->made.fix[k], CASTMAP_FIX_ALONE);
        *kept = begin;
        return 0;
    }
    if (cm_grow(&c->made.start, &c->start_room, c->made.count + 2, sizeof *c->made.start) ||
        cm_grow(&c->made.track, &c->track_room, c->made.count + 1, sizeof *c->made.track))
        return -1;
    c->made.track[c->made.count++] = (uint32_t)track;
    c->made.start[c->made.count] = *kept;
    return 0;
}

/* How many of the fixes from k on are wrong, so that the one behind them can be reached from `before`; 0: none can. */
static size_t jump_length(const cleaner *c, size_t first, size_t before, size_t k, size_t n)
{
    for (size_t ahead = 1; ahead <= c->options->look_ahead && k + ahead < n; ahead++) {
        const size_t fix = first + c->order[k + ahead];
        if (cm_fix_time(c->tracks, fix) > cm_fix_time(c->tracks, before) && possible(c, before, fix))
            return ahead;
    }
    return 0;
}

static int walk(cleaner *c, size_t track, size_t n, bool timed)
{
    const castmap_tracks *tracks = c->tracks;
    const size_t first = tracks->start[track];
    size_t kept = c->made.start[c->made.count], before = 0;

    for (size_t k = 0; k < n; k++) {
        const size_t fix = first + c->order[k];
        if (kept > c->made.start[c->made.count]) {
            const bool same_place = cm_fix_distance2(tracks, before, fix) <= 0.0;
            if (cm_fix_time(tracks, before) == cm_fix_time(tracks, fix) && (timed || same_place)) {
                leave_out(c, fix, same_place ? CASTMAP_FIX_DUPLICATE : CASTMAP_FIX_SAME_TIME);
                continue;
            }
            if (timed && !possible(c, before, fix)) {
                const size_t wrong = jump_length(c, first, before, k, n);
                for (size_t j = 0; j < wrong; j++)
                    leave_out(c, first + c->order[k + j], CASTMAP_FIX_JUMP);
                if (wrong) {
                    k += wrong - 1;
                    continue;
                }
                c->made.cuts_jump++;
                if (end_piece(c, track, &kept))
                    return -1;
            } else if (is_gap(c, before, fix, timed)) {
                c->made.cuts_gap++;
                if (end_piece(c, track, &kept))
                    return -1;
            }
        }
        if (keep(c, fix, &kept))
            return -1;
        before = fix;
    }
    return end_piece(c, track, &kept);
}

castmap_status castmap_tracks_clean(castmap_context *ctx, const castmap_tracks *tracks, const castmap_clean_options *options,
                                    castmap_clean_tracks *out)
{
    cleaner c = {.ctx = ctx, .tracks = tracks, .options = options, .made = CASTMAP_CLEAN_TRACKS_INIT};

    cm_fail_clear(ctx);
    castmap_status status = check(ctx, tracks, options);
    if (!status)
        status = prepare(&c);
    for (size_t t = 0; t < tracks->count && !status; t++) {
        size_t n = 0;
        bool timed = false;
        if (cm_cancelled(ctx)) {
            status = cm_fail_cancelled(ctx);
            break;
        }
        status = put_in_order(&c, t, &n, &timed);
        if (!status && walk(&c, t, n, timed))
            status = cm_fail_memory(ctx);
    }
    free(c.order);
    free(c.key);
    if (!status) {
        c.made.counts[CASTMAP_FIX_KEPT] = c.made.start[c.made.count];
        *out = c.made;
    } else {
        castmap_clean_tracks_clear(&c.made);
    }
    return status;
}
