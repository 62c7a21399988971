/*
 * base/standard_input.c - what comes through a pipe, made a file that can be read twice.
 *
 * Digests, screens and parsing processes want a file with a size. A pipe is copied into a file without a name beside the project (scratch.h), so that
 * private records never lie in a temporary folder and memory does not grow with them; a file that was redirected is used as it is.
 */
#include "base/files.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/scratch.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIMIT ((uint64_t)4 << 30)
#define BLOCK ((size_t)1 << 18)
#define TICK_MS 50

static castmap_status nothing_there(castmap_context *ctx)
{
    castmap_status status = cm_fail(ctx, CASTMAP_E_ARGUMENT, "nothing comes from standard input");

    cm_fail_where(ctx, "standard input");
    cm_fail_hint(ctx, "pipe a file in: cat observations.csv | castmap import -");
    return status;
}

static castmap_status write_all(castmap_context *ctx, int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        const ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return cm_fail_errno(ctx, "cannot keep", "standard input", errno);
        bytes += written;
        length -= (size_t)written;
    }
    return CASTMAP_OK;
}

static castmap_status copy(castmap_context *ctx, int to, char *block, uint64_t *size)
{
    for (;;) {
        struct pollfd ready = {STDIN_FILENO, POLLIN, 0};
        if (cm_cancelled(ctx))
            return cm_fail_cancelled(ctx);
        if (poll(&ready, 1, TICK_MS) <= 0)
            continue;
        const ssize_t got = read(STDIN_FILENO, block, BLOCK);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got < 0)
            return cm_fail_errno(ctx, "cannot read", "standard input", errno);
        if (got == 0)
            return CASTMAP_OK;
        *size += (uint64_t)got;
        if (*size > LIMIT) {
            castmap_status status = cm_fail(ctx, CASTMAP_E_LIMIT, "more than 4 GiB came from standard input");
            cm_fail_where(ctx, "standard input");
            cm_fail_hint(ctx, "save it as a file and import that");
            return status;
        }
        castmap_status status = write_all(ctx, to, block, (size_t)got);
        if (status)
            return status;
    }
}

bool cm_input_is_standard(const char *path)
{
    return strcmp(path, "-") == 0;
}

const char *cm_input_name(const char *path)
{
    return cm_input_is_standard(path) ? "standard input" : cm_base_name(path);
}

castmap_status cm_input_open(castmap_context *ctx, const char *path, bool follow, int *fd, uint64_t *size)
{
    struct stat info;
    uint64_t length = 0;
    castmap_status status = CASTMAP_OK;

    if (!cm_input_is_standard(path))
        return cm_file_open(ctx, path, follow, fd, size);
    if (fstat(STDIN_FILENO, &info) != 0 || S_ISCHR(info.st_mode) || S_ISDIR(info.st_mode))
        return nothing_there(ctx);
    const bool whole = S_ISREG(info.st_mode) && lseek(STDIN_FILENO, 0, SEEK_CUR) == 0;
    int handle = whole ? dup(STDIN_FILENO) : -1;
    if (!whole)
        status = cm_scratch_file(ctx, "standard input", &handle);
    else if (handle < 0)
        status = cm_fail_errno(ctx, "cannot keep", "standard input", errno);
    if (status)
        return status;
    if (!whole) {
        char *block = cm_alloc(BLOCK, 1);
        status = block ? copy(ctx, handle, block, &length) : cm_fail_memory(ctx);
        free(block);
        if (!status && lseek(handle, 0, SEEK_SET) != 0)
            status = cm_fail_errno(ctx, "cannot read", "standard input", errno);
    }
    if (status) {
        close(handle);
        return status;
    }
    *fd = handle;
    if (size)
        *size = whole ? (uint64_t)info.st_size : length;
    return CASTMAP_OK;
}
