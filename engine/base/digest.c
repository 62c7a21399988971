/*
 * base/digest.c - SHA-256 and BLAKE2b through libsodium.
 */
#include "base/digest.h"

#include "base/fail.h"
#include "base/files.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

_Static_assert(sizeof(((cm_sha256 *)0)->state) >= sizeof(crypto_hash_sha256_state), "room for the SHA-256 state");
_Static_assert(sizeof(((cm_blake2b_stream *)0)->state) >= sizeof(crypto_generichash_state), "room for the BLAKE2b state");

static crypto_hash_sha256_state *sha_state(cm_sha256 *hash)
{
    return (crypto_hash_sha256_state *)(void *)hash->state;
}

static crypto_generichash_state *blake_state(cm_blake2b_stream *hash)
{
    return (crypto_generichash_state *)(void *)hash->state;
}

void cm_hex(const unsigned char *bytes, size_t n, char *out)
{
    static const char DIGITS[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        out[2 * i] = DIGITS[bytes[i] >> 4];
        out[2 * i + 1] = DIGITS[bytes[i] & 15];
    }
    out[2 * n] = '\0';
}

void cm_sha256_init(cm_sha256 *hash)
{
    crypto_hash_sha256_init(sha_state(hash));
}

void cm_sha256_add(cm_sha256 *hash, const void *bytes, size_t length)
{
    crypto_hash_sha256_update(sha_state(hash), bytes, length);
}

void cm_sha256_final(cm_sha256 *hash, char hex[CM_SHA256_HEX])
{
    unsigned char digest[CM_SHA256_BYTES];

    crypto_hash_sha256_final(sha_state(hash), digest);
    cm_hex(digest, sizeof digest, hex);
}

castmap_status cm_sha256_fd(castmap_context *ctx, int fd, char hex[CM_SHA256_HEX])
{
    unsigned char buffer[65536];
    cm_sha256 hash;
    off_t at = 0;
    ssize_t got;

    cm_sha256_init(&hash);
    while ((got = pread(fd, buffer, sizeof buffer, at)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return cm_fail_errno(ctx, "cannot read", "the file again for its digest", errno);
        cm_sha256_add(&hash, buffer, (size_t)got);
        at += got;
    }
    cm_sha256_final(&hash, hex);
    return CASTMAP_OK;
}

castmap_status cm_sha256_file(castmap_context *ctx, const char *path, char hex[CM_SHA256_HEX], uint64_t *size)
{
    unsigned char buffer[65536];
    cm_sha256 hash;
    uint64_t length = 0;
    int fd = -1;
    ssize_t got;
    castmap_status status = cm_file_open(ctx, path, true, &fd, NULL);

    if (status)
        return status;
    cm_sha256_init(&hash);
    while ((got = read(fd, buffer, sizeof buffer)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            status = cm_fail_errno(ctx, "cannot read", path, errno);
            break;
        }
        cm_sha256_add(&hash, buffer, (size_t)got);
        length += (uint64_t)got;
    }
    close(fd);
    if (status)
        return status;
    cm_sha256_final(&hash, hex);
    if (size)
        *size = length;
    return CASTMAP_OK;
}

void cm_blake2b(const void *bytes, size_t length, const void *key, size_t key_length, unsigned char *out, size_t size)
{
    int failed = crypto_generichash(out, size, bytes, length, key, key_length);

    assert(failed == 0);
    (void)failed;
}

void cm_blake2b_init(cm_blake2b_stream *hash, size_t size)
{
    hash->size = size;
    crypto_generichash_init(blake_state(hash), NULL, 0, size);
}

void cm_blake2b_add(cm_blake2b_stream *hash, const void *bytes, size_t length)
{
    crypto_generichash_update(blake_state(hash), bytes, length);
}

void cm_blake2b_final(cm_blake2b_stream *hash, unsigned char *out)
{
    crypto_generichash_final(blake_state(hash), out, hash->size);
}
