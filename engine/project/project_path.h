/*
 * project/project_path.h - where a project file may lie.
 */
#ifndef CM_PROJECT_PROJECT_PATH_H
#define CM_PROJECT_PROJECT_PATH_H

#include "castmap/context.h"

#include <stddef.h>

/* The folder's real path with the file's own name; owned by the caller. The folder must exist. */
CASTMAP_NODISCARD castmap_status cm_project_real_path(castmap_context *ctx, const char *path, char **out);

/* Refuse links (the file must have one name, or two processes could miss one another's journal), anything but a regular file, an empty file. */
CASTMAP_NODISCARD castmap_status cm_project_path_check(castmap_context *ctx, const char *path);

/* Refuse file systems shared over a network, where locks cannot be trusted. $CASTMAP_UNSAFE_NETWORK_FS=1 permits it. */
CASTMAP_NODISCARD castmap_status cm_project_disk_check(castmap_context *ctx, const char *path);

#endif
