/*
 * base/text.h - a text that grows. Out of memory is remembered and asked for once, at the end.
 */
#ifndef CM_BASE_TEXT_H
#define CM_BASE_TEXT_H

#include "castmap/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct cm_text {
    char  *bytes;    /* owned, NUL-terminated when not NULL */
    size_t length, capacity;
    bool   failed;   /* an addition ran out of memory; the text is incomplete */
} cm_text;

#define CM_TEXT_INIT {NULL, 0, 0, false}

void cm_text_clear(cm_text *text);
void cm_text_reset(cm_text *text); /* empty, memory kept */
void cm_text_add(cm_text *text, const char *string);
void cm_text_add_bytes(cm_text *text, const void *bytes, size_t length);
void cm_text_add_char(cm_text *text, char c);
void cm_text_addf(cm_text *text, const char *format, ...) CASTMAP_PRINTF(2, 3); /* %f and friends only for whole numbers: locale */
void cm_text_add_fixed(cm_text *text, double value, int digits);   /* base/decimal.h */
void cm_text_add_shortest(cm_text *text, double value);
char *cm_text_take(cm_text *text); /* the caller owns the bytes; "" copied if empty; NULL when failed */

/* Copy `in` to out [size] so that a terminal shows it safely: C0/C1, ESC, DEL, bidi controls and invalid UTF-8 escaped, cut with "..." */
void cm_escape_display(const char *in, size_t length, char *out, size_t size);

/* a-z0-9 and single hyphens, at most 64 characters, never empty ("unnamed"): a file name made of data. */
void cm_slug(const char *in, char out[65]);

#endif
