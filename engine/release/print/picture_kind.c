/*
 * release/print/picture_kind.c - suffixes of pictures.
 */
#include "release/print/picture_kind.h"

#include "base/fail.h"
#include "base/files.h"

#include <stdbool.h>
#include <string.h>

static bool ends_with(const char *path, const char *suffix)
{
    const size_t n = strlen(path), m = strlen(suffix);

    return n > m && strcmp(path + n - m, suffix) == 0;
}

castmap_status cm_picture_kind(castmap_context *ctx, const char *path, const char *otherwise, cm_canvas_kind *kind)
{
    if (ends_with(path, ".pdf"))
        *kind = CM_CANVAS_PDF;
    else if (ends_with(path, ".svg"))
        *kind = CM_CANVAS_SVG;
    else if (ends_with(path, ".png"))
        *kind = CM_CANVAS_PNG;
    else {
        castmap_status status = cm_fail(ctx, CASTMAP_E_ARGUMENT, "%s", otherwise);
        cm_fail_where(ctx, "%s", cm_base_name(path));
        return status;
    }
    return CASTMAP_OK;
}
