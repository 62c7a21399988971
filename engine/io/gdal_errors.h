/*
 * io/gdal_errors.h - what GDAL complained of between two moments, and the settings of this thread while it works for us.
 */
#ifndef CM_IO_GDAL_ERRORS_H
#define CM_IO_GDAL_ERRORS_H

#include "castmap/context.h"

typedef struct cm_gdal_errors {
    char text[256]; /* of the first failure; "" if none */
} cm_gdal_errors;

/* From here to _end, on this thread, GDAL stays silent, writes no side-car files and, if changed_at is not NULL, takes it for the time of day. The pairs nest. */
void cm_gdal_errors_begin(cm_gdal_errors *errors, const char *changed_at);
void cm_gdal_errors_end(cm_gdal_errors *errors);
/* Words the first complaint after `what`, with the file's name. */
CASTMAP_NODISCARD castmap_status cm_gdal_errors_fail(castmap_context *ctx, const cm_gdal_errors *errors,
                                                     castmap_status status, const char *what, const char *path);

#endif
