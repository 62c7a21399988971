/*
 * base/digest.h - SHA-256 for files that people compare, BLAKE2b for keys of our own. libsodium.
 */
#ifndef CM_BASE_DIGEST_H
#define CM_BASE_DIGEST_H

#include "castmap/context.h"

#include <stddef.h>
#include <stdint.h>

#define CM_SHA256_BYTES 32
#define CM_SHA256_HEX 65

typedef struct cm_sha256 {
    _Alignas(8) unsigned char state[128]; /* crypto_hash_sha256_state */
} cm_sha256;

void cm_sha256_init(cm_sha256 *hash);
void cm_sha256_add(cm_sha256 *hash, const void *bytes, size_t length);
void cm_sha256_final(cm_sha256 *hash, char hex[CM_SHA256_HEX]);
/* Of all that a descriptor leads to, whose place stays where it is. */
CASTMAP_NODISCARD castmap_status cm_sha256_fd(castmap_context *ctx, int fd, char hex[CM_SHA256_HEX]);
/* Of a whole file. */
CASTMAP_NODISCARD castmap_status cm_sha256_file(castmap_context *ctx, const char *path, char hex[CM_SHA256_HEX],
                                                uint64_t *size);

/* BLAKE2b of `bytes`, `size` (16..64) bytes out; key may be NULL. */
void cm_blake2b(const void *bytes, size_t length, const void *key, size_t key_length, unsigned char *out,
                size_t size);

typedef struct cm_blake2b_stream {
    _Alignas(64) unsigned char state[384];
    size_t size;
} cm_blake2b_stream;
void cm_blake2b_init(cm_blake2b_stream *hash, size_t size);
void cm_blake2b_add(cm_blake2b_stream *hash, const void *bytes, size_t length);
void cm_blake2b_final(cm_blake2b_stream *hash, unsigned char *out);

void cm_hex(const unsigned char *bytes, size_t n, char *out); /* out [2n+1] */

#endif
