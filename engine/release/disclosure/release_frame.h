/*
 * release/disclosure/release_frame.h - the frame of a map that has no boundaries.
 */
#ifndef CM_RELEASE_DISCLOSURE_RELEASE_FRAME_H
#define CM_RELEASE_DISCLOSURE_RELEASE_FRAME_H

#include "release/disclosure/release_inputs.h"

/* The extent is that of n positions in metres, with a small margin; at least 2 km each way. Without a position it stays as it is. */
CASTMAP_NODISCARD castmap_status cm_release_frame(castmap_context *ctx, const cm_release_inputs *inputs, const double *x, const double *y, size_t n,
                                                  cm_release_build *build);

/* That of the newest streets. CASTMAP_E_NOT_FOUND: there are none. */
CASTMAP_NODISCARD castmap_status cm_release_frame_streets(castmap_context *ctx, const cm_release_inputs *inputs, cm_release_build *build);

/* Of what the layer shows, where there are neither boundaries nor records: streets are often those of a whole region. A layer that is NULL is ignored. */
CASTMAP_NODISCARD castmap_status cm_release_frame_layer(castmap_context *ctx, const cm_release_inputs *inputs, const cm_layer *layer, cm_release_build *build);

#endif
