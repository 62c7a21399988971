/*
 * release/export/export_layer.c - what every export asks of a release first.
 */
#include "release/export/export_layer.h"

#include "base/fail.h"

castmap_status cm_export_allowed(castmap_context *ctx, const castmap_release *release)
{
    if (release->audience == CASTMAP_INTERNAL || release->number > 0)
        return CASTMAP_OK;
    const castmap_status refused = cm_fail(ctx, CASTMAP_E_RELEASE, "nothing may be written from a dry run");
    cm_fail_hint(ctx, "make the release without --dry-run: it is entered in the ledger then");
    return refused;
}

castmap_status cm_export_find(castmap_context *ctx, const castmap_release *release, const char *name, const cm_layer **out)
{
    cm_text names = CM_TEXT_INIT;

    *out = cm_release_layer(release, name);
    if (*out)
        return CASTMAP_OK;
    for (size_t i = 0; i < release->n_layers; i++) {
        cm_text_add(&names, i ? ", " : "");
        cm_text_add(&names, release->layers[i].name);
    }
    const castmap_status refused = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "the %s release has no layer \"%.60s\"",
                                           castmap_audience_name(release->audience), name);
    if (!names.failed && names.length > 0)
        cm_fail_hint(ctx, "layers: %s", names.bytes);
    cm_text_clear(&names);
    return refused;
}

void cm_export_join(cm_text *text, char *const *lines, size_t n, const char *between)
{
    for (size_t i = 0; i < n; i++) {
        cm_text_add(text, i ? between : "");
        cm_text_add(text, lines[i]);
    }
}
