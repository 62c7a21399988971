/*
 * release/disclosure/release_frame.h - the frame of a map that has no boundaries, or boundaries of a whole country.
 */
#ifndef CM_RELEASE_DISCLOSURE_RELEASE_FRAME_H
#define CM_RELEASE_DISCLOSURE_RELEASE_FRAME_H

#include "release/disclosure/release_inputs.h"

/* The extent is that of n positions in metres, with a small margin; at least 2 km each way (500 m inside the group). Without a position it stays as it is. */
CASTMAP_NODISCARD castmap_status cm_release_frame(castmap_context *ctx, const cm_release_inputs *inputs, const double *x, const double *y, size_t n,
                                                  cm_release_build *build);

/* That of the newest streets. CASTMAP_E_NOT_FOUND: there are none. */
CASTMAP_NODISCARD castmap_status cm_release_frame_streets(castmap_context *ctx, const cm_release_inputs *inputs, cm_release_build *build);

/* Of what the layer shows, where there are neither boundaries nor records: streets are often those of a whole region. A layer that is NULL is ignored. */
CASTMAP_NODISCARD castmap_status cm_release_frame_layer(castmap_context *ctx, const cm_release_inputs *inputs, const cm_layer *layer, cm_release_build *build);

/*
 * Where the boundaries reach much farther than what is shown, as those of a country do around the records of a county: the extent is that of the areas that hold
 * 98 in 100, the fullest first, and a caveat says so. count [boundaries.count]: of `what`, which leaves with the release; for partners and the public it must come from
 * published squares alone. Else the extent stays as it is.
 */
CASTMAP_NODISCARD castmap_status cm_release_frame_areas(castmap_context *ctx, const cm_release_inputs *inputs, const double *count, const char *what,
                                                        cm_release_build *build);

/* The same by the observations in each area; says how many lie beyond the edge. */
CASTMAP_NODISCARD castmap_status cm_release_frame_observations(castmap_context *ctx, const cm_release_inputs *inputs, cm_release_build *build);

#endif
