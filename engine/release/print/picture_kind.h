/*
 * release/print/picture_kind.h - the kind of picture that a file's name asks for.
 */
#ifndef CM_RELEASE_PRINT_PICTURE_KIND_H
#define CM_RELEASE_PRINT_PICTURE_KIND_H

#include "release/print/cairo_canvas.h"

/* .pdf, .svg or .png; else CASTMAP_E_ARGUMENT with `otherwise` as what is wrong. */
CASTMAP_NODISCARD castmap_status cm_picture_kind(castmap_context *ctx, const char *path, const char *otherwise,
                                                 cm_canvas_kind *kind);

#endif
