/*
 * project/packed_array.h - arrays as compressed blobs (zlib, little-endian, lengths checked).
 */
#ifndef CM_PROJECT_PACKED_ARRAY_H
#define CM_PROJECT_PACKED_ARRAY_H

#include "base/digest.h"
#include "project/sqlite.h"

typedef struct cm_packed {
    unsigned char *bytes; /* owned */
    size_t         length;
} cm_packed;

#define CM_PACKED_INIT {NULL, 0}
void cm_packed_clear(cm_packed *packed);

CASTMAP_NODISCARD castmap_status cm_pack_bytes(castmap_context *ctx, const void *bytes, size_t length, cm_packed *out);
/* Ascending or nearly ascending integers: differences to the one before, in as few bytes as they need. */
CASTMAP_NODISCARD castmap_status cm_pack_integers(castmap_context *ctx, const int64_t *values, size_t n, cm_packed *out);

/* The blob of a column, unpacked to exactly `length` bytes; owned by the caller. CASTMAP_E_PROJECT if it is anything else. */
CASTMAP_NODISCARD castmap_status cm_unpack_bytes(castmap_context *ctx, cm_query *query, int column, size_t length,
                                                 void **out);
CASTMAP_NODISCARD castmap_status cm_unpack_integers(castmap_context *ctx, cm_query *query, int column, size_t n,
                                                    int64_t **out);

/* A count that came from the file; CASTMAP_E_PROJECT unless it is 0..limit. */
CASTMAP_NODISCARD castmap_status cm_stored_count(castmap_context *ctx, int64_t value, int64_t limit, size_t *out);

/* Compare a 16-byte digest column with the digest made; CASTMAP_E_PROJECT when they differ. */
CASTMAP_NODISCARD castmap_status cm_stored_digest(castmap_context *ctx, cm_query *query, int column, cm_blake2b_stream *made);

#endif
