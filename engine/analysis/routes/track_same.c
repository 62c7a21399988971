/*
 * analysis/routes/track_same.c - recordings that came twice: grouped by a digest of their times, then compared fix by fix.
 */
#include "analysis/routes/track_check.h"

#include "base/digest.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Number of fixes and their times. */
static uint64_t times_key(const castmap_tracks *tracks, size_t track)
{
    const size_t first = tracks->start[track], n = tracks->start[track + 1] - first;
    const uint64_t count = n;
    cm_blake2b_stream hash;
    unsigned char digest[16];
    uint64_t key;

    cm_blake2b_init(&hash, sizeof digest);
    cm_blake2b_add(&hash, &count, sizeof count);
    if (tracks->time_s && n > 0)
        cm_blake2b_add(&hash, tracks->time_s + first, n * sizeof *tracks->time_s);
    cm_blake2b_final(&hash, digest);
    memcpy(&key, digest, sizeof key);
    return key;
}

static bool equal(const castmap_tracks *tracks, size_t a, size_t b, double tolerance_m)
{
    const size_t first_a = tracks->start[a], first_b = tracks->start[b], n = tracks->start[a + 1] - first_a;

    if (tracks->start[b + 1] - first_b != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (cm_fix_time(tracks, first_a + i) != cm_fix_time(tracks, first_b + i) ||
            cm_fix_distance2(tracks, first_a + i, first_b + i) > tolerance_m * tolerance_m)
            return false;
    }
    return true;
}

/* Within one group of equal keys, ascending: each track takes the lowest one that equals it and is no copy itself. */
static size_t compare_group(const castmap_tracks *tracks, const uint32_t *group, size_t n, double tolerance_m, uint32_t *same)
{
    size_t copies = 0;

    for (size_t i = 0; i < n; i++) {
        const uint32_t track = group[i];
        for (size_t j = 0; j < i && same[track] == track && tracks->start[track + 1] > tracks->start[track]; j++) {
            if (same[group[j]] == group[j] && equal(tracks, group[j], track, tolerance_m)) {
                same[track] = group[j];
                copies++;
            }
        }
    }
    return copies;
}

castmap_status castmap_tracks_identical(castmap_context *ctx, const castmap_tracks *tracks, double tolerance_m, uint32_t *same, size_t *copies)
{
    size_t found = 0;

    cm_fail_clear(ctx);
    if (!(tolerance_m >= 0.0) || !isfinite(tolerance_m))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the tolerance is below 0");
    castmap_status status = cm_tracks_check(ctx, tracks);
    if (status)
        return status;
    uint64_t *key = cm_alloc(tracks->count, sizeof *key);
    uint32_t *order = cm_alloc(tracks->count, sizeof *order);
    if (!key || !order)
        status = cm_fail_memory(ctx);
    for (size_t t = 0; t < tracks->count && !status; t++) {
        key[t] = times_key(tracks, t);
        order[t] = (uint32_t)t;
    }
    if (!status)
        status = cm_sort_u64(ctx, key, order, tracks->count);
    for (size_t t = 0; t < tracks->count && !status; t++)
        same[t] = (uint32_t)t;
    for (size_t begin = 0, end = 0; begin < tracks->count && !status; begin = end) {
        while (end < tracks->count && key[end] == key[begin])
            end++;
        if (cm_cancelled(ctx))
            status = cm_fail_cancelled(ctx);
        else
            found += compare_group(tracks, order + begin, end - begin, tolerance_m, same);
    }
    free(key);
    free(order);
    if (!status && copies)
        *copies = found;
    return status;
}
