/*
 * io/text_input.c - file -> (gzip) -> (decoder) -> UTF-8 bytes.
 */
#include "io/text_input.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define PACKED_BLOCK ((size_t)1 << 18)
#define RAW_BLOCK ((size_t)1 << 16) /* decoded by blocks of this size when the text is not UTF-8 */
#define RATIO_FROM ((uint64_t)1 << 20)

struct cm_text_input {
    const char *path;        /* borrowed */
    int fd;
    cm_file_stamp stamp;
    uint64_t size, taken;    /* bytes of the file, and how many were read */
    uint64_t unpacked;       /* bytes after gzip */
    bool packed, marked, started, file_end, stream_end;
    bool asked;              /* an encoding was given */
    cm_encoding encoding;
    z_stream z;
    bool z_ready;
    unsigned char *packed_block; /* owned; only when packed */
    unsigned char *raw;          /* owned; only when decoding, or for the first bytes */
    size_t raw_start, raw_used;
    uint64_t raw_offset;         /* of raw[raw_start] in the unpacked text */
};

static castmap_status read_file(castmap_context *ctx, cm_text_input *in, unsigned char *out, size_t room, size_t *got)
{
    ssize_t n;

    do
        n = read(in->fd, out, room);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return cm_fail_errno(ctx, "cannot read", in->path, errno);
    in->taken += (uint64_t)n;
    if (n == 0)
        in->file_end = true;
    *got = (size_t)n;
    return CASTMAP_OK;
}

static castmap_status refuse(castmap_context *ctx, const cm_text_input *in, castmap_status status, const char *what,
                             const char *hint)
{
    status = cm_fail(ctx, status, "%s", what);
    cm_fail_where(ctx, "%s", cm_input_name(in->path));
    if (hint)
        cm_fail_hint(ctx, "%s", hint);
    return status;
}

/* Next stretch of the unpacked file. */
static castmap_status unpack(castmap_context *ctx, cm_text_input *in, unsigned char *out, size_t room, size_t *got)
{
    *got = 0;
    while (*got == 0 && !in->stream_end) {
        if (in->z.avail_in == 0 && !in->file_end) {
            size_t n = 0;
            castmap_status status = read_file(ctx, in, in->packed_block, PACKED_BLOCK, &n);
            if (status)
                return status;
            in->z.next_in = in->packed_block;
            in->z.avail_in = (uInt)n;
        }
        in->z.next_out = out;
        in->z.avail_out = (uInt)room;
        const int result = inflate(&in->z, Z_NO_FLUSH);
        *got = room - in->z.avail_out;
        in->unpacked += *got;
        if (result == Z_STREAM_END) {
            /* A gzip file may be several joined; anything else after the end is refused. */
            if (in->z.avail_in == 0 && !in->file_end) {
                size_t n = 0;
                castmap_status status = read_file(ctx, in, in->packed_block, PACKED_BLOCK, &n);
                if (status)
                    return status;
                in->z.next_in = in->packed_block;
                in->z.avail_in = (uInt)n;
            }
            if (in->z.avail_in == 0)
                in->stream_end = true;
            else if (in->z.next_in[0] != 0x1F || inflateReset(&in->z) != Z_OK)
                return refuse(ctx, in, CASTMAP_E_INPUT, "something else follows the packed text", NULL);
        } else if (result == Z_BUF_ERROR || (result == Z_OK && in->file_end && in->z.avail_in == 0 && *got == 0)) {
            if (in->file_end && in->z.avail_in == 0 && *got == 0)
                return refuse(ctx, in, CASTMAP_E_INPUT, "the packed file ends in the middle (truncated)",
                              "fetch it again");
        } else if (result != Z_OK) {
            return refuse(ctx, in, CASTMAP_E_INPUT, "the packed file is damaged", "fetch it again");
        }
        if (in->unpacked > CM_UNPACKED_LIMIT)
            return refuse(ctx, in, CASTMAP_E_LIMIT, "the packed file unpacks to more than 4 GiB", "split it");
        if (in->unpacked > RATIO_FROM && in->unpacked > in->taken * CM_GZIP_RATIO)
            return refuse(ctx, in, CASTMAP_E_LIMIT, "the packed file unpacks to more than 100 times its size",
                          "unpack it yourself if you trust it");
    }
    return CASTMAP_OK;
}

static castmap_status read_unpacked(castmap_context *ctx, cm_text_input *in, unsigned char *out, size_t room,
                                    size_t *got)
{
    return in->packed ? unpack(ctx, in, out, room, got) : read_file(ctx, in, out, room, got);
}

/* The first bytes: gzip or not, mark or not. They stay in raw. */
static castmap_status start(castmap_context *ctx, cm_text_input *in)
{
    unsigned char magic[2] = {0, 0};
    castmap_status status;
    cm_encoding said;

    if (pread(in->fd, magic, 2, 0) == 2 && magic[0] == 0x1F && magic[1] == 0x8B) {
        in->packed = true;
        in->packed_block = cm_alloc(PACKED_BLOCK, 1);
        if (!in->packed_block)
            return cm_fail_memory(ctx);
        if (inflateInit2(&in->z, 15 + 16) != Z_OK)
            return cm_fail_memory(ctx);
        in->z_ready = true;
    }
    while (in->raw_used < RAW_BLOCK) {
        size_t n = 0;
        status = read_unpacked(ctx, in, in->raw + in->raw_used, RAW_BLOCK - in->raw_used, &n);
        if (status)
            return status;
        if (n == 0)
            break;
        in->raw_used += n;
    }
    const size_t mark = cm_encoding_mark(in->raw, in->raw_used, &said);
    if (mark) {
        in->marked = true;
        if (said != CM_ENCODING_UTF8 && in->asked && in->encoding == CM_ENCODING_UTF8) {
            status = cm_fail(ctx, CASTMAP_E_INPUT, "the text is %s, not UTF-8", cm_encoding_name(said));
            cm_fail_where(ctx, "%s", cm_input_name(in->path));
            cm_fail_hint(ctx, "give --encoding utf-16, or leave the option out");
            return status;
        }
        if (said == CM_ENCODING_UTF8 || in->encoding != CM_ENCODING_WINDOWS_1252) {
            in->encoding = said;
            in->raw_start = mark;
            in->raw_offset = mark;
        }
    } else if (in->encoding == CM_ENCODING_UTF16) {
        in->encoding = CM_ENCODING_UTF16LE;
    }
    return CASTMAP_OK;
}

/* fd: owned from here on; -1: the path is opened. */
static castmap_status open_text(castmap_context *ctx, const char *path, int fd, bool follow, const char *encoding, cm_text_input **out)
{
    cm_text_input *in = cm_alloc_zero(1, sizeof *in);
    castmap_status status;

    if (!in) {
        if (fd >= 0)
            close(fd);
        return cm_fail_memory(ctx);
    }
    in->path = path;
    in->fd = fd;
    in->encoding = CM_ENCODING_UTF8;
    if (encoding) {
        in->asked = true;
        if (!cm_encoding_named(encoding, &in->encoding)) {
            status = cm_fail(ctx, CASTMAP_E_ARGUMENT, "unknown encoding");
            cm_fail_hint(ctx, "one of utf-8, latin1, windows-1252, utf-16, utf-16le, utf-16be");
            goto done;
        }
    }
    status = fd < 0 ? cm_input_open(ctx, path, follow, &in->fd, &in->size) : CASTMAP_OK;
    if (status)
        goto done;
    status = cm_file_stamp_take(ctx, in->fd, path, &in->stamp);
    if (status)
        goto done;
    in->size = in->stamp.size;
    in->raw = cm_alloc(RAW_BLOCK, 1);
    if (!in->raw) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    status = start(ctx, in);
    if (status)
        goto done;
    *out = in;
    in = NULL;
done:
    cm_text_input_close(in);
    return status;
}

void cm_text_input_close(cm_text_input *in)
{
    if (!in)
        return;
    if (in->fd >= 0)
        close(in->fd);
    if (in->z_ready)
        inflateEnd(&in->z);
    free(in->packed_block);
    free(in->raw);
    free(in);
}

static castmap_status read_decoded(castmap_context *ctx, cm_text_input *in, char *out, size_t room, size_t *got)
{
    const size_t most = room / 3 - 4;
    castmap_status status;

    *got = 0;
    while (*got == 0) {
        size_t held = in->raw_used - in->raw_start;
        if (held < 4) {
            size_t n = 0;
            memmove(in->raw, in->raw + in->raw_start, held);
            in->raw_start = 0;
            in->raw_used = held;
            status = read_unpacked(ctx, in, in->raw + held, RAW_BLOCK - held, &n);
            if (status)
                return status;
            in->raw_used += n;
            if (n == 0 && held == 0)
                return CASTMAP_OK;
            if (n == 0 && held < 2 && in->encoding != CM_ENCODING_WINDOWS_1252)
                return refuse(ctx, in, CASTMAP_E_INPUT, "UTF-16 text has an odd number of bytes", NULL);
            held = in->raw_used;
        }
        size_t used = 0;
        const bool fine = cm_encoding_convert(in->encoding, in->raw + in->raw_start, held < most ? held : most, out,
                                              got, &used);
        in->raw_start += used;
        in->raw_offset += used;
        if (!fine || (used == 0 && *got == 0)) {
            status = cm_fail(ctx, CASTMAP_E_INPUT, "byte %" PRIu64 " has no meaning in %s", in->raw_offset + 1,
                             cm_encoding_name(in->encoding));
            cm_fail_where(ctx, "%s", cm_input_name(in->path));
            return status;
        }
    }
    return CASTMAP_OK;
}

castmap_status cm_text_input_read(castmap_context *ctx, cm_text_input *in, char *out, size_t room, size_t *got)
{
    if (in->encoding != CM_ENCODING_UTF8)
        return read_decoded(ctx, in, out, room, got);
    if (in->raw_start < in->raw_used) {
        const size_t held = in->raw_used - in->raw_start;
        *got = held < room ? held : room;
        memcpy(out, in->raw + in->raw_start, *got);
        in->raw_start += *got;
        return CASTMAP_OK;
    }
    return read_unpacked(ctx, in, (unsigned char *)out, room, got);
}

/* From the first byte again, in that encoding. */
static castmap_status restart(castmap_context *ctx, cm_text_input *in, cm_encoding encoding)
{
    if (lseek(in->fd, 0, SEEK_SET) != 0)
        return cm_fail_errno(ctx, "cannot read again", in->path, errno);
    if (in->z_ready)
        inflateEnd(&in->z);
    free(in->packed_block);
    in->packed_block = NULL;
    in->z = (z_stream){0};
    in->z_ready = in->packed = in->marked = in->file_end = in->stream_end = false;
    in->taken = in->unpacked = in->raw_offset = 0;
    in->raw_start = in->raw_used = 0;
    in->encoding = encoding;
    return start(ctx, in);
}

castmap_status cm_text_input_settle(castmap_context *ctx, cm_text_input *in, bool *changed)
{
    unsigned char *block = cm_alloc(PACKED_BLOCK, 1);
    cm_encoding_survey survey = {0};
    size_t got = 0;

    *changed = false;
    if (!block)
        return cm_fail_memory(ctx);
    castmap_status status = restart(ctx, in, CM_ENCODING_UTF8);
    if (!status)
        cm_encoding_survey_add(&survey, in->raw + in->raw_start, in->raw_used - in->raw_start);
    do {
        if (!status && cm_cancelled(ctx))
            status = cm_fail_cancelled(ctx);
        if (!status)
            status = read_unpacked(ctx, in, block, PACKED_BLOCK, &got);
        if (!status)
            cm_encoding_survey_add(&survey, block, got);
    } while (!status && got > 0);
    free(block);
    if (status)
        return status;
    *changed = cm_encoding_survey_1252(&survey);
    return restart(ctx, in, *changed ? CM_ENCODING_WINDOWS_1252 : CM_ENCODING_UTF8);
}

castmap_status cm_text_input_open(castmap_context *ctx, const char *path, bool follow, const char *encoding, cm_text_input **out)
{
    return open_text(ctx, path, -1, follow, encoding, out);
}

castmap_status cm_text_input_open_fd(castmap_context *ctx, const char *path, int fd, const char *encoding, cm_text_input **out)
{
    return open_text(ctx, path, fd, false, encoding, out);
}

int cm_text_input_again(int fd)
{
    char name[32];

    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    return open(name, O_RDONLY | O_CLOEXEC);
}

bool cm_text_input_looks_utf8(const cm_text_input *in)
{
    const size_t n = in->raw_used - in->raw_start;
    const size_t valid = cm_utf8_valid((const char *)in->raw + in->raw_start, n);

    return valid == n || (n - valid < 4 && in->raw_used == RAW_BLOCK); /* the block may have cut a letter */
}

int cm_text_input_detach(cm_text_input *in)
{
    const int fd = in->fd;

    in->fd = -1;
    cm_text_input_close(in);
    return fd;
}

castmap_status cm_text_input_unchanged(castmap_context *ctx, cm_text_input *in)
{
    cm_file_stamp now;
    castmap_status status = cm_file_stamp_take(ctx, in->fd, in->path, &now);

    if (status)
        return status;
    if (!cm_file_stamp_equal(&now, &in->stamp))
        return refuse(ctx, in, CASTMAP_E_IO, "the file changed while it was read; nothing was stored",
                      "wait until it is complete, then try again");
    return CASTMAP_OK;
}

const unsigned char *cm_text_input_peek(const cm_text_input *in, size_t *length)
{
    *length = in->raw_used - in->raw_start;
    return in->raw + in->raw_start;
}

int cm_text_input_fd(const cm_text_input *in)
{
    return in->fd;
}

uint64_t cm_text_input_size(const cm_text_input *in)
{
    return in->size;
}

double cm_text_input_fraction(const cm_text_input *in)
{
    return in->size ? (double)in->taken / (double)in->size : 1.0;
}

bool cm_text_input_packed(const cm_text_input *in)
{
    return in->packed;
}

bool cm_text_input_marked(const cm_text_input *in)
{
    return in->marked;
}

cm_encoding cm_text_input_encoding(const cm_text_input *in)
{
    return in->encoding;
}
