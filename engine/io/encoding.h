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

/*
 * What the bytes of a text that is not all UTF-8 may be. Give all of it, block by block. Windows-1252 is told by letters that are single bytes; UTF-8 that was damaged by
 * its many sequences that are right, or by those that nobody but an attacker writes (overlong, surrogates, U+FFFE).
 */
typedef struct cm_encoding_survey {
    size_t        good, single, forbidden; /* sequences of several bytes; bytes that are none; sequences that must not be, bytes without a meaning in Windows-1252 */
    unsigned char held[4];                 /* of a sequence that the block cut */
    size_t        n_held;
} cm_encoding_survey;
void cm_encoding_survey_add(cm_encoding_survey *survey, const unsigned char *bytes, size_t length);
bool cm_encoding_survey_1252(cm_encoding_survey *survey); /* after the last block */

#endif
