/*
 * release/disclosure/release_track_streets.h - streets that enough people passed, for partners and the public.
 */
#ifndef CM_RELEASE_DISCLOSURE_RELEASE_TRACK_STREETS_H
#define CM_RELEASE_DISCLOSURE_RELEASE_TRACK_STREETS_H

#include "project/track_detail_table.h"
#include "release/disclosure/ledger_check.h"
#include "release/disclosure/release_inputs.h"

/* The visits of the newest layer of tracks, with its streets. */
typedef struct cm_track_inputs {
    bool            present;
    cm_track_detail detail;   /* owned */
    castmap_streets streets;  /* owned */
    castmap_lixels  lixels;   /* owned; the pieces that visits are counted on */
    char            name[33]; /* of this network */
} cm_track_inputs;

/* Not present: no layer of tracks, or one made before there were visits (a warning says so). */
CASTMAP_NODISCARD castmap_status cm_track_inputs_load(castmap_context *ctx, const cm_release_inputs *inputs, cm_track_inputs *out);
void cm_track_inputs_clear(cm_track_inputs *tracks);

/* From the first to the last day of the visits; first > last: none. Widens what is there. */
void cm_track_inputs_span(const cm_track_inputs *tracks, int64_t *first_s, int64_t *last_s);

/*
 * What a release for this audience and period says of tracks: what the ledger holds, else counted now, without squares that touch no area. Not present where
 * an earlier release shows tracks on other streets, or this period to the other audience from other tracks: a warning says why.
 */
CASTMAP_NODISCARD castmap_status cm_tracks_publish(castmap_context *ctx, const cm_release_inputs *inputs, const cm_track_inputs *tracks,
                                                   const cm_ledger *ledger, const cm_policy *policy, const cm_period *period,
                                                   cm_published_tracks *out, size_t *withheld);

/* The layer "track_stretches" of a partner or public release, from what is published and the streets alone. */
CASTMAP_NODISCARD castmap_status cm_release_tracks(castmap_context *ctx, const cm_release_inputs *inputs, const cm_track_inputs *tracks,
                                                   const cm_published_tracks *published, cm_release_build *build);

#endif
