/*
 * base/files.c - reading inputs with suspicion, and writing outputs whole or not at all.
 */
#include "base/files.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_SIZE ((size_t)1 << 18)

/* Names that libraries further down would take for something else than a file. */
static bool looks_like_a_file(const char *path)
{
    const char *colon = strchr(path, ':');

    if (path[0] == '\0' || path[0] == '{' || path[0] == '<' || path[0] == '[' || strstr(path, "://"))
        return false;
    if (strncmp(path, "/vsi", 4) == 0)
        return false;
    if (colon) {
        /* DRIVER:rest - letters, digits and underscores up to the colon, and no slash before it. */
        const char *c = path;
        while (c < colon && ((*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_'))
            c++;
        if (c == colon && colon != path && access(path, F_OK) != 0)
            return false;
    }
    return true;
}

bool cm_has_ending(const char *name, const char *ending)
{
    const size_t n = strlen(name), m = strlen(ending);

    return n > m && strcasecmp(name + n - m, ending) == 0;
}

const char *cm_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

castmap_status cm_file_open(castmap_context *ctx, const char *path, bool follow, int *fd, uint64_t *size)
{
    struct stat info;
    char shown[200];

    cm_escape_display(path, strlen(path), shown, sizeof shown);
    if (!looks_like_a_file(path)) {
        castmap_status status = cm_fail(ctx, CASTMAP_E_ARGUMENT, "not the name of a file");
        cm_fail_where(ctx, "%s", shown);
        cm_fail_hint(ctx, "give the path of a file on this computer; addresses and inline text are not read");
        return status;
    }
    const int handle = open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW));
    if (handle < 0) {
        const int error = errno;
        castmap_status status;
        if (error == ELOOP && !follow) {
            status = cm_fail(ctx, CASTMAP_E_IO, "a symbolic link, which is not followed");
            cm_fail_where(ctx, "%s", shown);
            cm_fail_hint(ctx, "name the file it points to, or add --follow");
        } else {
            status = cm_fail_errno(ctx, "cannot open", path, error);
        }
        return status;
    }
    if (fstat(handle, &info) != 0 || !S_ISREG(info.st_mode)) {
        close(handle);
        castmap_status status = cm_fail(ctx, CASTMAP_E_IO, "not a regular file");
        cm_fail_where(ctx, "%s", shown);
        cm_fail_hint(ctx, "name a file, not a folder, device, pipe or socket");
        return status;
    }
    *fd = handle;
    if (size)
        *size = (uint64_t)info.st_size;
    return CASTMAP_OK;
}

castmap_status cm_file_stamp_take(castmap_context *ctx, int fd, const char *path, cm_file_stamp *out)
{
    struct stat info;

    if (fstat(fd, &info) != 0)
        return cm_fail_errno(ctx, "cannot look at", path, errno);
    *out = (cm_file_stamp){.device = (uint64_t)info.st_dev,
                           .inode = (uint64_t)info.st_ino,
                           .size = (uint64_t)info.st_size,
                           .mtime_s = (int64_t)info.st_mtim.tv_sec,
                           .mtime_ns = (int64_t)info.st_mtim.tv_nsec};
    return CASTMAP_OK;
}

bool cm_file_stamp_equal(const cm_file_stamp *a, const cm_file_stamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size && a->mtime_s == b->mtime_s &&
           a->mtime_ns == b->mtime_ns;
}

castmap_status cm_file_read(castmap_context *ctx, const char *path, uint64_t limit, char **bytes, size_t *length)
{
    uint64_t size = 0;
    size_t used = 0;
    char *buffer = NULL;
    int fd = -1;
    castmap_status status = cm_file_open(ctx, path, true, &fd, &size);

    if (status)
        return status;
    if (size > limit) {
        status = cm_fail(ctx, CASTMAP_E_LIMIT, "larger than %llu bytes", (unsigned long long)limit);
        cm_fail_where(ctx, "%s", cm_base_name(path));
        goto done;
    }
    buffer = cm_alloc((size_t)size + 1, 1);
    if (!buffer) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    while (used < size) {
        const ssize_t got = read(fd, buffer + used, (size_t)size - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            status = got < 0 ? cm_fail_errno(ctx, "cannot read", path, errno)
                             : cm_fail(ctx, CASTMAP_E_IO, "the file became shorter while it was read");
            goto done;
        }
        used += (size_t)got;
    }
    buffer[used] = '\0';
    *bytes = buffer;
    buffer = NULL;
    if (length)
        *length = used;

done:
    free(buffer);
    close(fd);
    return status;
}

static castmap_status reserve(castmap_context *ctx, const char *path, bool overwrite, cm_output *out)
{
    struct stat info;
    const size_t length = strlen(path);

    *out = (cm_output){.fd = -1};
    if (lstat(path, &info) == 0) {
        castmap_status status = CASTMAP_OK;
        if (!S_ISREG(info.st_mode))
            status = cm_fail(ctx, CASTMAP_E_IO, "the target is not a regular file");
        else if (!overwrite)
            status = cm_fail(ctx, CASTMAP_E_EXISTS, "the target exists already");
        if (status) {
            char shown[200];
            cm_escape_display(path, length, shown, sizeof shown);
            cm_fail_where(ctx, "%s", shown);
            cm_fail_hint(ctx, "choose another name, or add --overwrite");
            return status;
        }
    }
    out->path = cm_copy_text(path);
    out->temporary = cm_alloc(length + 16, 1);
    if (!out->path || !out->temporary) {
        cm_output_discard(out);
        return cm_fail_memory(ctx);
    }
    return CASTMAP_OK;
}

castmap_status cm_output_open(castmap_context *ctx, const char *path, bool overwrite, bool private_file, cm_output *out)
{
    castmap_status status = reserve(ctx, path, overwrite, out);

    if (status)
        return status;
    snprintf(out->temporary, strlen(path) + 16, "%s.tmp-XXXXXX", path);
    out->buffer = cm_alloc(BUFFER_SIZE, 1);
    if (!out->buffer) {
        out->temporary[0] = '\0';
        cm_output_discard(out);
        return cm_fail_memory(ctx);
    }
    out->fd = mkostemp(out->temporary, O_CLOEXEC);
    if (out->fd < 0) {
        const int error = errno;
        out->temporary[0] = '\0';
        cm_output_discard(out);
        return cm_fail_errno(ctx, "cannot write", path, error);
    }
    if (fchmod(out->fd, private_file ? 0600 : 0644) != 0)
        out->error = errno;
    return CASTMAP_OK;
}

castmap_status cm_output_reserve(castmap_context *ctx, const char *path, bool overwrite, cm_output *out)
{
    castmap_status status = reserve(ctx, path, overwrite, out);
    const char *dot;

    if (status)
        return status;
    /* Libraries choose the format by the suffix, so it stays at the end. */
    dot = strrchr(cm_base_name(out->path), '.');
    const size_t stem = dot ? (size_t)(dot - out->path) : strlen(out->path);
    snprintf(out->temporary, strlen(path) + 16, "%.*s.tmp%u%s", (int)stem, out->path, (unsigned)getpid() % 100000u,
             dot ? dot : "");
    unlink(out->temporary);
    return CASTMAP_OK;
}

static void flush(cm_output *out, const char *bytes, size_t length)
{
    while (length && !out->error) {
        const ssize_t put = write(out->fd, bytes, length);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0) {
            out->error = errno;
            return;
        }
        bytes += put;
        length -= (size_t)put;
    }
}

void cm_output_write(cm_output *out, const void *bytes, size_t length)
{
    out->written += length;
    if (length >= BUFFER_SIZE) {
        flush(out, out->buffer, out->used);
        out->used = 0;
        flush(out, bytes, length);
        return;
    }
    if (out->used + length > BUFFER_SIZE) {
        flush(out, out->buffer, out->used);
        out->used = 0;
    }
    memcpy(out->buffer + out->used, bytes, length);
    out->used += length;
}

void cm_output_flush(cm_output *out)
{
    if (out->buffer)
        flush(out, out->buffer, out->used);
    out->used = 0;
}

static void sync_folder(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int fd;

    if (!slash)
        snprintf(folder, sizeof folder, ".");
    else if (slash == path)
        snprintf(folder, sizeof folder, "/");
    else
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

castmap_status cm_output_commit(castmap_context *ctx, cm_output *out)
{
    castmap_status status = CASTMAP_OK;

    if (out->fd < 0) /* reserved: a library wrote it */
        out->fd = open(out->temporary, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (out->fd < 0)
        out->error = errno;
    cm_output_flush(out);
    if (!out->error && out->mode && fchmod(out->fd, (mode_t)out->mode) != 0)
        out->error = errno;
    if (!out->error && fsync(out->fd) != 0)
        out->error = errno;
    if (out->fd >= 0 && close(out->fd) != 0 && !out->error)
        out->error = errno;
    out->fd = -1;
    if (!out->error && rename(out->temporary, out->path) != 0)
        out->error = errno;
    if (out->error) {
        status = cm_fail_errno(ctx, "cannot write", out->path, out->error);
    } else {
        sync_folder(out->path);
        out->temporary[0] = '\0';
    }
    cm_output_discard(out);
    return status;
}

void cm_output_discard(cm_output *out)
{
    if (out->fd >= 0)
        close(out->fd);
    if (out->temporary && out->temporary[0])
        unlink(out->temporary);
    free(out->path);
    free(out->temporary);
    free(out->buffer);
    *out = (cm_output){.fd = -1};
}

castmap_status cm_directory_make(castmap_context *ctx, const char *path, unsigned mode)
{
    char folder[PATH_MAX];
    struct stat info;

    if (strlen(path) >= sizeof folder)
        return cm_fail_errno(ctx, "cannot make the folder", path, ENAMETOOLONG);
    snprintf(folder, sizeof folder, "%s", path);
    for (char *c = folder + 1;; c++) {
        if (*c != '/' && *c != '\0')
            continue;
        const char kept = *c;
        *c = '\0';
        if (mkdir(folder, mode) != 0 && errno != EEXIST)
            return cm_fail_errno(ctx, "cannot make the folder", path, errno);
        *c = kept;
        if (!kept)
            break;
    }
    if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
        return cm_fail_errno(ctx, "cannot make the folder", path, ENOTDIR);
    return CASTMAP_OK;
}

castmap_status cm_data_path(castmap_context *ctx, const char *name, char *out, size_t size)
{
    const char *const folders[] = {getenv("CASTMAP_DATA"), CASTMAP_INSTALL_DATA, CASTMAP_SOURCE_DIR};

    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        if (!folders[i])
            continue;
        const int length = snprintf(out, size, "%s/%s", folders[i], name);
        if (length > 0 && (size_t)length < size && access(out, R_OK) == 0)
            return CASTMAP_OK;
    }
    castmap_status status = cm_fail(ctx, CASTMAP_E_IO, "a file that belongs to castmap is missing: %s", name);
    cm_fail_hint(ctx, "install castmap again, or set CASTMAP_DATA to its data folder");
    return status;
}
