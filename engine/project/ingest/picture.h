/*
 * project/ingest/picture.h - a copy of a photo that shows what it shows and tells nothing else.
 */
#ifndef CM_PROJECT_INGEST_PICTURE_H
#define CM_PROJECT_INGEST_PICTURE_H

#include "castmap/context.h"

/*
 * Write the photo behind fd, without place, time, camera and names, to FOLDER/photo-DIGEST.jpg (mode 0600), named by what it is and not by what it was called. One that is there
 * already is left. *path is owned by the caller; NULL when nothing new was written.
 */
CASTMAP_NODISCARD castmap_status cm_picture_keep(castmap_context *ctx, int fd, const char *folder, const char *sha256, char **path);

#endif
