/*
 * base/scratch.c - a file without a name: O_TMPFILE, or made and unlinked at once where the file system has no such thing.
 */
#include "base/scratch.h"

#include "base/fail.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_BYTES ((size_t)1 << 16)

/* Length of the path up to its last slash; 0: it has none. */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');

    return !slash ? 0 : slash == path ? 1 : (size_t)(slash - path);
}

static int open_nameless(const char *beside)
{
    char path[PATH_MAX];
    const size_t length = folder_length(beside);

    if (length + sizeof "/.castmap-XXXXXX" > sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    snprintf(path, sizeof path, "%.*s", length ? (int)length : 1, length ? beside : ".");
#ifdef O_TMPFILE
    const int fd = open(path, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
        return fd;
#endif
    snprintf(path, sizeof path, "%.*s/.castmap-XXXXXX", length ? (int)length : 1, length ? beside : ".");
    const int made = mkostemp(path, O_CLOEXEC);
    if (made >= 0 && unlink(path) != 0) {
        close(made);
        return -1;
    }
    return made;
}

castmap_status cm_scratch_file(castmap_context *ctx, const char *what, int *fd)
{
    const char *beside = cm_scratch_home_of(ctx);
    const int made = beside ? open_nameless(beside) : memfd_create(what, MFD_CLOEXEC);

    if (made < 0)
        return cm_fail_errno(ctx, "cannot keep", what, errno);
    *fd = made;
    return CASTMAP_OK;
}

castmap_status cm_scratch_open(castmap_context *ctx, const char *beside, cm_scratch *out)
{
    cm_scratch scratch = {.buffer = cm_alloc(BUFFER_BYTES, 1)};

    if (!scratch.buffer)
        return cm_fail_memory(ctx);
    scratch.fd = open_nameless(beside);
    if (scratch.fd < 0) {
        const int error = errno;
        free(scratch.buffer);
        return cm_fail_errno(ctx, "cannot keep working data beside", beside, error);
    }
    *out = scratch;
    return CASTMAP_OK;
}

static castmap_status put(castmap_context *ctx, const cm_scratch *scratch, const unsigned char *bytes, size_t length)
{
    while (length > 0) {
        const ssize_t written = write(scratch->fd, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return cm_fail_errno(ctx, "cannot write", "working data", written < 0 ? errno : ENOSPC);
        bytes += written;
        length -= (size_t)written;
    }
    return CASTMAP_OK;
}

castmap_status cm_scratch_flush(castmap_context *ctx, cm_scratch *scratch)
{
    const size_t used = scratch->used;

    scratch->used = 0;
    return put(ctx, scratch, scratch->buffer, used);
}

castmap_status cm_scratch_add(castmap_context *ctx, cm_scratch *scratch, const void *bytes, size_t length)
{
    castmap_status status = CASTMAP_OK;

    if (scratch->used + length > BUFFER_BYTES)
        status = cm_scratch_flush(ctx, scratch);
    if (status)
        return status;
    scratch->size += length;
    if (length > BUFFER_BYTES)
        return put(ctx, scratch, bytes, length);
    memcpy(scratch->buffer + scratch->used, bytes, length);
    scratch->used += length;
    return CASTMAP_OK;
}

castmap_status cm_scratch_read(castmap_context *ctx, const cm_scratch *scratch, uint64_t offset, void *bytes, size_t length)
{
    unsigned char *to = bytes;

    while (length > 0) {
        const ssize_t got = pread(scratch->fd, to, length, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return cm_fail_errno(ctx, "cannot read", "working data", got < 0 ? errno : EIO);
        to += got;
        offset += (uint64_t)got;
        length -= (size_t)got;
    }
    return CASTMAP_OK;
}

void cm_scratch_close(cm_scratch *scratch)
{
    if (scratch->fd >= 0)
        close(scratch->fd);
    free(scratch->buffer);
    *scratch = (cm_scratch)CM_SCRATCH_INIT;
}
