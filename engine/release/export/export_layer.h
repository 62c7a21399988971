/*
 * release/export/export_layer.h - what every export asks of a release first.
 */
#ifndef CM_RELEASE_EXPORT_EXPORT_LAYER_H
#define CM_RELEASE_EXPORT_EXPORT_LAYER_H

#include "base/text.h"
#include "release/disclosure/release_view.h"

/* CASTMAP_E_RELEASE for a partner or public release that is not in the ledger (a dry run). */
CASTMAP_NODISCARD castmap_status cm_export_allowed(castmap_context *ctx, const castmap_release *release);

/* The layer of this name; CASTMAP_E_NOT_FOUND names those there are. */
CASTMAP_NODISCARD castmap_status cm_export_find(castmap_context *ctx, const castmap_release *release, const char *name,
                                                const cm_layer **out);

/* Internal products may be read by their owner only. */
static inline bool cm_export_private(const castmap_release *release)
{
    return release->audience == CASTMAP_INTERNAL;
}

/* Lines joined by `between`. */
void cm_export_join(cm_text *text, char *const *lines, size_t n, const char *between);

/* Style of a layer as a QGIS document (.qml): classes, hatching, outline, labels. */
void cm_qml_add(cm_text *text, const cm_layer *layer);

#endif
