/* release/disclosure/release_along.h - a place or a way that was kept, as layers of an internal release. */
#ifndef CM_RELEASE_DISCLOSURE_RELEASE_ALONG_H
#define CM_RELEASE_DISCLOSURE_RELEASE_ALONG_H

#include "release/disclosure/release_inputs.h"

/* The layers "reach", "way" and "reached"; nothing where nothing was kept. */
CASTMAP_NODISCARD castmap_status cm_release_along_internal(castmap_context *ctx, const cm_release_inputs *inputs, cm_release_build *build);

#endif
