/*
 * project/ingest/picture.c - strip and write.
 */
#include "project/ingest/picture.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"
#include "io/exif.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_PICTURE ((uint64_t)256 << 20)

static castmap_status read_whole(castmap_context *ctx, int fd, unsigned char **bytes, size_t *length)
{
    struct stat info;
    size_t used = 0;

    if (fstat(fd, &info) != 0 || (uint64_t)info.st_size > MAX_PICTURE)
        return cm_fail(ctx, CASTMAP_E_LIMIT, "the photo is larger than 256 MB");
    *length = (size_t)info.st_size;
    *bytes = cm_alloc(*length, 1);
    if (!*bytes)
        return cm_fail_memory(ctx);
    while (used < *length) {
        const ssize_t got = pread(fd, *bytes + used, *length - used, (off_t)used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return cm_fail(ctx, CASTMAP_E_IO, "the photo became shorter while it was read");
        used += (size_t)got;
    }
    return CASTMAP_OK;
}

castmap_status cm_picture_keep(castmap_context *ctx, int fd, const char *folder, const char *sha256, char **path)
{
    const size_t size = strlen(folder) + 64;
    unsigned char *bytes = NULL;
    size_t length = 0;
    cm_text stripped = CM_TEXT_INIT;
    cm_output output = {.fd = -1};
    char *name = cm_alloc(size, 1);
    castmap_status status = name ? cm_directory_make(ctx, folder, 0700) : cm_fail_memory(ctx);

    *path = NULL;
    if (status)
        goto done;
    snprintf(name, size, "%s/photo-%.32s.jpg", folder, sha256);
    if (access(name, F_OK) == 0)
        goto done;
    status = read_whole(ctx, fd, &bytes, &length);
    if (status)
        goto done;
    if (!cm_jpeg_strip(bytes, length, &stripped)) {
        status = stripped.failed ? cm_fail_memory(ctx) : cm_fail(ctx, CASTMAP_E_INPUT, "the picture is cut off, so no clean copy can be made of it");
        goto done;
    }
    status = cm_output_open(ctx, name, false, true, &output);
    if (status)
        goto done;
    cm_output_write(&output, stripped.bytes, stripped.length);
    status = cm_output_commit(ctx, &output);
    if (!status) {
        *path = name;
        name = NULL;
    }
done:
    cm_output_discard(&output);
    cm_text_clear(&stripped);
    free(bytes);
    free(name);
    return status;
}
