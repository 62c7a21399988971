/*
 * release/disclosure/release_tracks.h - streets that recorded tracks passed, for the group itself. Releases for others never hold anything of a track.
 */
#ifndef CM_RELEASE_DISCLOSURE_RELEASE_TRACKS_H
#define CM_RELEASE_DISCLOSURE_RELEASE_TRACKS_H

#include "release/disclosure/release_build.h"
#include "release/disclosure/release_inputs.h"

/* The layer "track_stretches": the busy stretches of the newest layer of tracks, whose ends were cut off when it was made. Nothing where there is none. */
CASTMAP_NODISCARD castmap_status cm_release_tracks_internal(castmap_context *ctx, const cm_release_inputs *inputs, cm_release_build *build);

#endif
