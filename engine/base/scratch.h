/*
 * base/scratch.h - data that do not fit in memory, in a file without a name.
 *
 * It lies beside the file it serves, never in a temporary folder, because private records may pass through it; it has no name, so nothing is left however the
 * program ends. Only its owner can read it.
 */
#ifndef CM_BASE_SCRATCH_H
#define CM_BASE_SCRATCH_H

#include "castmap/context.h"

#include <stddef.h>
#include <stdint.h>

typedef struct cm_scratch {
    int            fd;     /* owned; -1: none */
    unsigned char *buffer; /* owned */
    size_t         used;   /* of the buffer: not written yet */
    uint64_t       size;   /* with what is in the buffer */
} cm_scratch;

#define CM_SCRATCH_INIT {.fd = -1}

/* `beside`: path of the file whose folder is taken. CASTMAP_E_IO: the folder cannot be written, or the disk is full. */
CASTMAP_NODISCARD castmap_status cm_scratch_open(castmap_context *ctx, const char *beside, cm_scratch *out);
/* Append. */
CASTMAP_NODISCARD castmap_status cm_scratch_add(castmap_context *ctx, cm_scratch *scratch, const void *bytes, size_t length);
/* What is in the buffer goes to the file: once, before reading. */
CASTMAP_NODISCARD castmap_status cm_scratch_flush(castmap_context *ctx, cm_scratch *scratch);
/* Bytes that were flushed; all of them, or an error. */
CASTMAP_NODISCARD castmap_status cm_scratch_read(castmap_context *ctx, const cm_scratch *scratch, uint64_t offset, void *bytes, size_t length);
void cm_scratch_close(cm_scratch *scratch);

/* What a call reads and cannot go back in (a pipe, a member of a zip) is kept beside this file, which is borrowed until the next call of this; NULL, as at
 * first: in memory that has no name. */
void cm_scratch_home(castmap_context *ctx, const char *beside);
const char *cm_scratch_home_of(const castmap_context *ctx);
/* An empty file without a name there, for reading and writing; owned by the caller. `what` it will hold, for messages. */
CASTMAP_NODISCARD castmap_status cm_scratch_file(castmap_context *ctx, const char *what, int *fd);

#endif
