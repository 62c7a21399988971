/*
 * io/json_scan.h - walking over JSON text in memory, strictly by RFC 8259, without building anything.
 *
 * The text must be valid UTF-8 and end with a NUL byte after `length`. Nesting is limited to CM_JSON_DEPTH. On a fault every function gives
 * false and `error` says what is wrong at `at`.
 */
#ifndef CM_IO_JSON_SCAN_H
#define CM_IO_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#define CM_JSON_DEPTH 64

typedef struct cm_json_scan {
    const char *text;
    size_t      length, at;
    unsigned    depth;
    const char *error; /* constant; NULL: none */
} cm_json_scan;

typedef struct cm_json_span {
    size_t from, to; /* of the text; a string's without its quotes */
    bool   escaped;  /* the string holds backslashes */
} cm_json_span;

void cm_json_space(cm_json_scan *scan);
char cm_json_next(cm_json_scan *scan); /* the next sign after white space, not taken; NUL at the end */
bool cm_json_take(cm_json_scan *scan, char sign);
bool cm_json_string_span(cm_json_scan *scan, cm_json_span *out);
bool cm_json_skip(cm_json_scan *scan, cm_json_span *out); /* any value; out may be NULL */

/*
 * Members of an object: take '{' first, then call until *more is false; after each the caller consumes the value. The same for arrays with
 * cm_json_item. `first` is true at the beginning and kept by the caller.
 */
bool cm_json_member(cm_json_scan *scan, bool *first, cm_json_span *key, bool *more);
bool cm_json_item(cm_json_scan *scan, bool *first, bool *more);

/* The string's bytes with escapes resolved into out [to - from]; gives the length. Lone surrogates become U+FFFD. */
size_t cm_json_unescape(const cm_json_scan *scan, const cm_json_span *span, char *out);
bool cm_json_span_is(const cm_json_scan *scan, const cm_json_span *span, const char *word);

#endif
