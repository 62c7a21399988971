/*
 * io/encoding.h - what bytes of a text file mean, and their way to UTF-8.
 */
#ifndef CM_IO_ENCODING_H
#define CM_IO_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum cm_encoding {
    CM_ENCODING_UTF8,
    CM_ENCODING_WINDOWS_1252, /* also for "latin1": what calls itself so means this one */
    CM_ENCODING_UTF16LE,
    CM_ENCODING_UTF16BE,
    CM_ENCODING_UTF16 /* only as a request: by its byte-order mark */
} cm_encoding;

bool cm_encoding_named(const char *name, cm_encoding *out); /* "utf-8", "latin1", "windows-1252", "utf-16", ...; false: unknown */
const char *cm_encoding_name(cm_encoding encoding);

/* The byte-order mark at the start of a file: its length (0: none) and what it says. */
size_t cm_encoding_mark(const unsigned char *bytes, size_t length, cm_encoding *out);

/*
 * Convert `length` bytes to UTF-8. out has room for 3 * length + 4 bytes. *used: bytes taken (a cut pair of UTF-16 is left for the next
 * call). False when a byte has no meaning in the encoding; *used then is its offset. Not for CM_ENCODING_UTF8.
 */
bool cm_encoding_convert(cm_encoding encoding, const unsigned char *in, size_t length, char *out, size_t *written,
                         size_t *used);

#endif
