/*
 * release/print/map_picture.h - the map alone as a PNG in memory, for pages.
 */
#ifndef CM_RELEASE_PRINT_MAP_PICTURE_H
#define CM_RELEASE_PRINT_MAP_PICTURE_H

#include "release/disclosure/release_view.h"

/* *png is owned by the caller. main_layer: a layer of the release ("heat", "areas", "cells"). */
CASTMAP_NODISCARD castmap_status cm_map_picture(castmap_context *ctx, const castmap_release *release, const char *main_layer,
                                                double width_mm, double height_mm, double dots_per_inch,
                                                unsigned char **png, size_t *length);

#endif
