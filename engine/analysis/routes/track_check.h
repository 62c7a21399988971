/*
 * analysis/routes/track_check.h - what every function of tracks asks of its input.
 */
#ifndef CM_ANALYSIS_ROUTES_TRACK_CHECK_H
#define CM_ANALYSIS_ROUTES_TRACK_CHECK_H

#include "castmap/tracks.h"

/* Starts that ascend from 0, places that are finite and times within 2^52 s (CASTMAP_E_DATA), fewer than 2^32 tracks (CASTMAP_E_LIMIT). */
CASTMAP_NODISCARD castmap_status cm_tracks_check(castmap_context *ctx, const castmap_tracks *tracks);

static inline size_t cm_tracks_fixes(const castmap_tracks *tracks)
{
    return tracks->count ? tracks->start[tracks->count] : 0;
}

static inline int64_t cm_fix_time(const castmap_tracks *tracks, size_t fix)
{
    return tracks->time_s ? tracks->time_s[fix] : INT64_MIN;
}

/* Squares are enough for comparisons. */
static inline double cm_fix_distance2(const castmap_tracks *tracks, size_t a, size_t b)
{
    const double dx = tracks->x[a] - tracks->x[b], dy = tracks->y[a] - tracks->y[b];

    return dx * dx + dy * dy;
}

#endif
