/*
 * project/packed_array.c - compressed arrays. What comes out of a file is bounded before memory is asked for: zlib cannot shrink anything to
 * less than a thousandth.
 */
#include "project/packed_array.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/fail.h"
#include "base/memory.h"

#define BEST_RATIO 1100u
#define VARINT_BYTES 10

void cm_packed_clear(cm_packed *packed)
{
    free(packed->bytes);
    *packed = (cm_packed)CM_PACKED_INIT;
}

castmap_status cm_pack_bytes(castmap_context *ctx, const void *bytes, size_t length, cm_packed *out)
{
    uLongf size = compressBound((uLong)length);
    unsigned char *made = cm_alloc(size, 1);

    if (!made)
        return cm_fail_memory(ctx);
    if (compress2(made, &size, length ? bytes : (const void *)"", (uLong)length, Z_BEST_SPEED) != Z_OK) {
        free(made);
        return cm_fail_memory(ctx);
    }
    cm_packed_clear(out);
    *out = (cm_packed){made, (size_t)size};
    return CASTMAP_OK;
}

castmap_status cm_pack_integers(castmap_context *ctx, const int64_t *values, size_t n, cm_packed *out)
{
    unsigned char *plain = cm_alloc(n, VARINT_BYTES);
    uint64_t before = 0;
    size_t used = 0;

    if (!plain)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < n; i++) {
        const uint64_t step = (uint64_t)values[i] - before;
        uint64_t zigzag = step << 1 ^ (step >> 63 ? UINT64_MAX : 0);
        before = (uint64_t)values[i];
        for (; zigzag >= 0x80; zigzag >>= 7)
            plain[used++] = (unsigned char)(zigzag | 0x80);
        plain[used++] = (unsigned char)zigzag;
    }
    castmap_status status = cm_pack_bytes(ctx, plain, used, out);
    free(plain);
    return status;
}

static castmap_status fail_damaged(castmap_context *ctx)
{
    castmap_status status = cm_fail(ctx, CASTMAP_E_PROJECT, "a stored result of the project is damaged");

    cm_fail_hint(ctx, "restore the newest backup, or make the layer again");
    return status;
}

/* At most `limit` bytes; *length is what there was. */
static castmap_status unpack(castmap_context *ctx, cm_query *query, int column, size_t limit, unsigned char **out,
                             size_t *length)
{
    size_t packed = 0;
    const unsigned char *bytes = cm_query_blob(query, column, &packed);

    if (!bytes || packed > UINT_MAX)
        return fail_damaged(ctx);
    if (limit / BEST_RATIO > packed)
        limit = packed * BEST_RATIO;
    uLongf size = (uLongf)limit;
    unsigned char *made = cm_alloc(limit + 1, 1);
    if (!made)
        return cm_fail_memory(ctx);
    const int code = uncompress(made, &size, bytes, (uLong)packed);
    if (code != Z_OK) {
        free(made);
        return code == Z_MEM_ERROR ? cm_fail_memory(ctx) : fail_damaged(ctx);
    }
    *out = made;
    *length = (size_t)size;
    return CASTMAP_OK;
}

castmap_status cm_unpack_bytes(castmap_context *ctx, cm_query *query, int column, size_t length, void **out)
{
    unsigned char *made = NULL;
    size_t got = 0;

    castmap_status status = unpack(ctx, query, column, length, &made, &got);
    if (!status && got != length)
        status = fail_damaged(ctx);
    if (status) {
        free(made);
        return status;
    }
    *out = made;
    return CASTMAP_OK;
}

castmap_status cm_unpack_integers(castmap_context *ctx, cm_query *query, int column, size_t n, int64_t **out)
{
    unsigned char *plain = NULL;
    size_t length = 0, at = 0, i = 0;
    uint64_t value = 0;

    if (n > SIZE_MAX / 16)
        return fail_damaged(ctx);
    castmap_status status = unpack(ctx, query, column, n * VARINT_BYTES, &plain, &length);
    if (status)
        return status;
    int64_t *made = length < n ? NULL : cm_alloc(n, sizeof *made);
    if (!made) {
        free(plain);
        return length < n ? fail_damaged(ctx) : cm_fail_memory(ctx);
    }
    for (; i < n && at < length; i++) {
        uint64_t zigzag = 0;
        for (unsigned shift = 0; at < length && shift < 64; shift += 7) {
            zigzag |= (uint64_t)(plain[at] & 0x7f) << shift;
            if (plain[at++] < 0x80)
                break;
        }
        value += zigzag >> 1 ^ (zigzag & 1 ? UINT64_MAX : 0);
        made[i] = (int64_t)value;
    }
    free(plain);
    if (i != n || at != length) {
        free(made);
        return fail_damaged(ctx);
    }
    *out = made;
    return CASTMAP_OK;
}

castmap_status cm_stored_count(castmap_context *ctx, int64_t value, int64_t limit, size_t *out)
{
    if (value < 0 || value > limit)
        return fail_damaged(ctx);
    *out = (size_t)value;
    return CASTMAP_OK;
}

castmap_status cm_stored_digest(castmap_context *ctx, cm_query *query, int column, cm_blake2b_stream *made)
{
    unsigned char digest[16];
    size_t length = 0;
    const unsigned char *stored = cm_query_blob(query, column, &length);

    cm_blake2b_final(made, digest);
    if (!stored || length != sizeof digest || memcmp(stored, digest, sizeof digest) != 0)
        return fail_damaged(ctx);
    return CASTMAP_OK;
}
