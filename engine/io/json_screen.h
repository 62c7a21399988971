/*
 * io/json_screen.h - is this text JSON, to the letter of RFC 8259, and of what kind?
 *
 * GDAL's reader takes what is nearly JSON and half of what is not. This one builds nothing: it checks grammar, UTF-8, depth, numbers that fit a double, no key twice
 * in an object, nothing after the end; and notes the top-level "type", and whether a "crs" leads elsewhere.
 */
#ifndef CM_IO_JSON_SCREEN_H
#define CM_IO_JSON_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

typedef struct cm_json_screen {
    bool        good;
    size_t      offset;   /* of the first fault */
    const char *fault;    /* static words: "a key stands twice in one object" */
    char        type[32]; /* value of the top-level "type", "" if none */
    const char *crs;      /* name of the top-level "crs", as written, borrowed; NULL: none */
    size_t      crs_length;
    bool        linked;   /* somewhere a "crs" is not a name but a link, which GDAL would follow */
} cm_json_screen;

/* A byte-order mark in front is skipped. max_depth up to 512. */
void cm_json_check(const char *text, size_t length, unsigned max_depth, cm_json_screen *out);

#endif
