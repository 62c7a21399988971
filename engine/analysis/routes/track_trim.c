/*
 * analysis/routes/track_trim.c - tracks without the surroundings of their ends, and recordings that came twice.
 */
#include "analysis/routes/track_check.h"

#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

typedef struct part_list {
    castmap_track_parts made;
    size_t first_room, last_room, track_room;
} part_list;

void castmap_track_parts_clear(castmap_track_parts *parts)
{
    free(parts->first);
    free(parts->last);
    free(parts->track);
    *parts = (castmap_track_parts)CASTMAP_TRACK_PARTS_INIT;
}

static int add_part(part_list *list, size_t track, size_t first, size_t last)
{
    castmap_track_parts *made = &list->made;

    if (cm_grow(&made->first, &list->first_room, made->count + 1, sizeof *made->first) ||
        cm_grow(&made->last, &list->last_room, made->count + 1, sizeof *made->last) ||
        cm_grow(&made->track, &list->track_room, made->count + 1, sizeof *made->track))
        return -1;
    made->first[made->count] = first;
    made->last[made->count] = last;
    made->track[made->count++] = (uint32_t)track;
    return 0;
}

/* Squared distance from fix p to the straight step between fixes a and b. */
static double step_distance2(const castmap_tracks *t, size_t p, size_t a, size_t b)
{
    const double dx = t->x[b] - t->x[a], dy = t->y[b] - t->y[a], px = t->x[p] - t->x[a], py = t->y[p] - t->y[a];
    const double length2 = dx * dx + dy * dy;
    double part = length2 > 0.0 ? (px * dx + py * dy) / length2 : 0.0;

    part = part < 0.0 ? 0.0 : part > 1.0 ? 1.0 : part;
    return (px - part * dx) * (px - part * dx) + (py - part * dy) * (py - part * dy);
}

static int trim(const castmap_tracks *tracks, size_t track, double trim_m, part_list *list)
{
    const size_t begin = tracks->start[track], end = tracks->start[track + 1];
    const double near2 = trim_m * trim_m;
    size_t part = end; /* first fix of the part under way; end: none */

    if (end - begin < 2)
        return 0;
    for (size_t i = begin; i < end; i++) {
        const bool out = trim_m > 0.0 && (cm_fix_distance2(tracks, begin, i) <= near2 || cm_fix_distance2(tracks, end - 1, i) <= near2);
        const bool cut = !out && part < end && trim_m > 0.0 &&
                         (step_distance2(tracks, begin, i - 1, i) <= near2 || step_distance2(tracks, end - 1, i - 1, i) <= near2);
        if ((out || cut) && part < end) {
            if (i - part >= 2 && add_part(list, track, part, i - 1))
                return -1;
            part = end;
        }
        if (!out && part == end)
            part = i;
    }
    return part < end && end - part >= 2 ? add_part(list, track, part, end - 1) : 0;
}

castmap_status castmap_tracks_trim(castmap_context *ctx, const castmap_tracks *tracks, double trim_m, castmap_track_parts *out)
{
    part_list list = {.made = CASTMAP_TRACK_PARTS_INIT};

    cm_fail_clear(ctx);
    if (!(trim_m >= 0.0) || !isfinite(trim_m))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "what is cut off both ends is below 0");
    castmap_status status = cm_tracks_check(ctx, tracks);
    for (size_t t = 0; t < tracks->count && !status; t++) {
        if (trim(tracks, t, trim_m, &list))
            status = cm_fail_memory(ctx);
    }
    if (status) {
        castmap_track_parts_clear(&list.made);
        return status;
    }
    list.made.removed = cm_tracks_fixes(tracks);
    for (size_t p = 0; p < list.made.count; p++)
        list.made.removed -= list.made.last[p] - list.made.first[p] + 1;
    *out = list.made;
    return CASTMAP_OK;
}
