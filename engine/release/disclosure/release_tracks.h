/*
 * release/disclosure/release_tracks.h - streets that recorded tracks passed, and stops, for the group itself. For others see release_track_streets.h.
 */
#ifndef CM_RELEASE_DISCLOSURE_RELEASE_TRACKS_H
#define CM_RELEASE_DISCLOSURE_RELEASE_TRACKS_H

#include "release/disclosure/release_build.h"
#include "release/disclosure/release_inputs.h"

/* The layers "track_stretches" and "track_stops" from the newest layer of tracks, whose ends were cut off when it was made. Nothing where there is none. */
CASTMAP_NODISCARD castmap_status cm_release_tracks_internal(castmap_context *ctx, const cm_release_inputs *inputs, cm_release_build *build);

#endif
