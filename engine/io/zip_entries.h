/*
 * io/zip_entries.h - a zip archive in memory, read with suspicion.
 *
 * Every entry is looked at before any is unpacked: names that climb, are absolute, hold a drive letter, backslash or control character, stand twice, or are links;
 * encryption, unknown methods and zip64 (needless below 4 GB); more than 10,000 entries; more than 1 GB or, beyond 16 MB, 100 times its packed size unpacked.
 */
#ifndef CM_IO_ZIP_ENTRIES_H
#define CM_IO_ZIP_ENTRIES_H

#include "castmap/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct cm_zip_entry {
    char    *name; /* owned */
    uint64_t packed, unpacked, offset; /* offset of the local header */
    uint32_t crc;
    unsigned method; /* 0 stored, 8 deflated */
} cm_zip_entry;

typedef struct cm_zip {
    const unsigned char *bytes; /* borrowed */
    size_t               length;
    size_t               count;
    cm_zip_entry        *entry; /* owned */
    char                 fault[256]; /* what is wrong, naming the entry */
} cm_zip;

/* CASTMAP_E_INPUT, CASTMAP_E_LIMIT or CASTMAP_E_NOMEM, with `fault` set. cm_zip_close() in every case. */
CASTMAP_NODISCARD castmap_status cm_zip_open(const unsigned char *bytes, size_t length, cm_zip *out);
void cm_zip_close(cm_zip *zip);

/* The bytes of one entry, owned by the caller. Never more than its stated size; the check sum must agree. */
CASTMAP_NODISCARD castmap_status cm_zip_unpack(cm_zip *zip, size_t entry, unsigned char **bytes, size_t *length);
/* The same piece by piece, as much memory as one piece. Whether the check sum agrees is known after the last one: on any error what was taken is worthless. */
typedef castmap_status cm_zip_piece_fn(const unsigned char *bytes, size_t length, void *payload);
CASTMAP_NODISCARD castmap_status cm_zip_unpack_by(cm_zip *zip, size_t entry, size_t piece_bytes, cm_zip_piece_fn *take, void *payload);

#endif
