/*
 * base/utf8.h - Unicode text: validity, normal form, case folding. libutf8proc.
 */
#ifndef CM_BASE_UTF8_H
#define CM_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Offset of the first byte that is not valid UTF-8 (overlong, surrogate, > U+10FFFF), or `length` if all is. */
size_t cm_utf8_valid(const char *text, size_t length);
/* NFC copy, owned by the caller; NULL when out of memory or invalid. */
char *cm_utf8_nfc(const char *text, size_t length);
/* NFC, case-folded, trimmed, inner white space single: for comparing names. NULL when out of memory or invalid. */
char *cm_utf8_key(const char *text, size_t length);

#endif
