/*
 * base/files.h - reading inputs with suspicion, and writing outputs whole or not at all.
 */
#ifndef CM_BASE_FILES_H
#define CM_BASE_FILES_H

#include "castmap/context.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A regular file opened for reading: no FIFO, device, socket or directory; no symbolic link unless `follow`; no URL, /vsi, DRIVER: or
 * inline text as a name. The caller closes *fd with close(). Status and size come from fstat, so they cannot be swapped. */
CASTMAP_NODISCARD castmap_status cm_file_open(castmap_context *ctx, const char *path, bool follow, int *fd,
                                              uint64_t *size);

/*
 * The same, where "-" is standard input: a redirected file, or a copy in memory of what comes through a pipe (at most 1 GiB). CASTMAP_E_ARGUMENT: it is a
 * terminal, or closed.
 */
CASTMAP_NODISCARD castmap_status cm_input_open(castmap_context *ctx, const char *path, bool follow, int *fd, uint64_t *size);
bool cm_input_is_standard(const char *path);
const char *cm_input_name(const char *path); /* the base name, or "standard input" */

/* What a file is, to notice at the end that it changed while it was read. */
typedef struct cm_file_stamp {
    uint64_t device, inode, size;
    int64_t  mtime_s, mtime_ns;
} cm_file_stamp;
CASTMAP_NODISCARD castmap_status cm_file_stamp_take(castmap_context *ctx, int fd, const char *path,
                                                    cm_file_stamp *out);
bool cm_file_stamp_equal(const cm_file_stamp *a, const cm_file_stamp *b);

/* The whole of a small file as NUL-terminated bytes (owned by the caller); refused above `limit` bytes (CASTMAP_E_LIMIT). */
CASTMAP_NODISCARD castmap_status cm_file_read(castmap_context *ctx, const char *path, uint64_t limit, char **bytes,
                                              size_t *length);

/*
 * An output that appears under its final name when it is whole: a temporary file beside it, fsync, rename, fsync of the folder.
 * cm_output_discard after a failure removes it; also safe after a commit. Mode 0600 for private, 0644 else.
 */
typedef struct cm_output {
    char *path, *temporary; /* owned */
    int   fd;
    char *buffer;           /* owned */
    size_t used;
    int   error;            /* first errno of a write */
    uint64_t written;
    unsigned mode;          /* of the file when it is committed; 0: as it was made */
} cm_output;

CASTMAP_NODISCARD castmap_status cm_output_open(castmap_context *ctx, const char *path, bool overwrite, bool private_file,
                                                cm_output *out);
void cm_output_write(cm_output *out, const void *bytes, size_t length); /* errors are kept for the commit */
void cm_output_flush(cm_output *out); /* hand over what is buffered, to read it back through out->fd before the commit */
CASTMAP_NODISCARD castmap_status cm_output_commit(castmap_context *ctx, cm_output *out);
void cm_output_discard(cm_output *out);

/* For libraries that insist on a path: a temporary name beside `path` to write to, then commit renames it. */
CASTMAP_NODISCARD castmap_status cm_output_reserve(castmap_context *ctx, const char *path, bool overwrite, cm_output *out);

/* mkdir -p; CASTMAP_E_IO when something else stands there. */
CASTMAP_NODISCARD castmap_status cm_directory_make(castmap_context *ctx, const char *path, unsigned mode);
bool cm_has_ending(const char *name, const char *ending); /* ".csv", in any case; the name is more than that */
const char *cm_base_name(const char *path); /* part after the last '/' */

/* Folder with styles, page assets and the like: $CASTMAP_DATA, else beside the installed library, else the source tree. out [size]. */
CASTMAP_NODISCARD castmap_status cm_data_path(castmap_context *ctx, const char *name, char *out, size_t size);

#endif
