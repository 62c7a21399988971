/*
 * analysis/routes/track_stops.c - where tracks stay, and how they move.
 */
#include "analysis/routes/track_check.h"

#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

typedef struct stop_list {
    castmap_stop *stop; /* owned */
    size_t        count, room;
} stop_list;

/* The fix behind the last one that lies within r of fix i without a break; fixes without a time end a run. */
static size_t run_end(const castmap_tracks *tracks, size_t i, size_t end, double r2)
{
    size_t j = i + 1;

    while (j < end && cm_fix_time(tracks, j) != INT64_MIN && cm_fix_distance2(tracks, i, j) <= r2)
        j++;
    return j;
}

static castmap_stop make_stop(const castmap_tracks *tracks, size_t track, size_t first, size_t end)
{
    const double x0 = tracks->x[first], y0 = tracks->y[first];
    double dx = 0.0, dy = 0.0; /* from the first fix: small numbers add up without loss */

    for (size_t k = first; k < end; k++) {
        dx += tracks->x[k] - x0;
        dy += tracks->y[k] - y0;
    }
    const double n = (double)(end - first);
    return (castmap_stop){.track = (uint32_t)track, .first = first, .last = end - 1, .x = x0 + dx / n, .y = y0 + dy / n,
                          .arrival_s = tracks->time_s[first], .dwell_s = tracks->time_s[end - 1] - tracks->time_s[first]};
}

static castmap_status find_stops(castmap_context *ctx, const castmap_tracks *tracks, size_t track, double r2, int64_t dwell_s, stop_list *list)
{
    const size_t end = tracks->start[track + 1];
    size_t i = tracks->start[track];

    while (i < end) {
        const size_t j = cm_fix_time(tracks, i) == INT64_MIN ? i + 1 : run_end(tracks, i, end, r2);
        if (j - i < 2 || tracks->time_s[j - 1] - tracks->time_s[i] < dwell_s) {
            i++;
            continue;
        }
        if (cm_grow(&list->stop, &list->room, list->count + 1, sizeof *list->stop))
            return cm_fail_memory(ctx);
        list->stop[list->count++] = make_stop(tracks, track, i, j);
        i = j;
    }
    return CASTMAP_OK;
}

castmap_status castmap_tracks_stops(castmap_context *ctx, const castmap_tracks *tracks, double radius_m, int64_t dwell_s,
                                    castmap_stop **stops, size_t *n)
{
    stop_list list = {0};

    cm_fail_clear(ctx);
    if (!(radius_m > 0.0) || !isfinite(radius_m) || dwell_s <= 0)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "a stop needs a radius and a time above 0");
    castmap_status status = cm_tracks_check(ctx, tracks);
    for (size_t t = 0; t < tracks->count && !status; t++) {
        cm_progress(ctx, "finding stops", (double)t / (double)tracks->count);
        status = cm_cancelled(ctx) ? cm_fail_cancelled(ctx) : find_stops(ctx, tracks, t, radius_m * radius_m, dwell_s, &list);
    }
    if (!status && !list.stop && !(list.stop = cm_alloc(0, sizeof *list.stop)))
        status = cm_fail_memory(ctx);
    if (status) {
        free(list.stop);
        return status;
    }
    *stops = list.stop;
    *n = list.count;
    return CASTMAP_OK;
}

castmap_status castmap_tracks_motion(castmap_context *ctx, const castmap_tracks *tracks, double least_m, double *speed_mps, double *heading_deg)
{
    cm_fail_clear(ctx);
    if (!(least_m >= 0.0))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the least distance for a heading is below 0");
    castmap_status status = cm_tracks_check(ctx, tracks);
    for (size_t t = 0; t < tracks->count && !status; t++) {
        const size_t first = tracks->start[t], end = tracks->start[t + 1];
        for (size_t i = first; i < end; i++) {
            const size_t a = i > first ? i - 1 : i, b = i + 1 < end ? i + 1 : i;
            const int64_t from_s = cm_fix_time(tracks, a), to_s = cm_fix_time(tracks, b);
            const double dx = tracks->x[b] - tracks->x[a], dy = tracks->y[b] - tracks->y[a], step = hypot(dx, dy);
            const bool timed = from_s != INT64_MIN && to_s != INT64_MIN && to_s > from_s;
            speed_mps[i] = timed ? step / ((double)to_s - (double)from_s) : (double)NAN;
            double heading = atan2(dx, dy) * (180.0 / 3.14159265358979323846);
            heading = heading < 0.0 ? heading + 360.0 : heading;
            heading_deg[i] = !(step > least_m) ? (double)NAN : heading < 360.0 ? heading : 0.0;
        }
    }
    return status;
}
