/*
 * base/json_text.h - JSON written piece by piece; commas and escapes are looked after.
 */
#ifndef CM_BASE_JSON_TEXT_H
#define CM_BASE_JSON_TEXT_H

#include "base/text.h"

#include <stdint.h>

/* Add `string` as a JSON string with quotes. Invalid UTF-8 becomes U+FFFD; '<', '>' and '&' are escaped so that it may stand in HTML. */
void cm_json_add_string(cm_text *text, const char *string, size_t length);

typedef struct cm_json {
    cm_text *text;      /* borrowed */
    unsigned depth;
    bool     first[64]; /* nothing yet at this depth */
    bool     pretty;
} cm_json;

void cm_json_begin(cm_json *json, cm_text *text, bool pretty);
void cm_json_object(cm_json *json, const char *key);   /* key NULL: inside an array or at the top */
void cm_json_array(cm_json *json, const char *key);
void cm_json_end_object(cm_json *json);
void cm_json_end_array(cm_json *json);
void cm_json_string(cm_json *json, const char *key, const char *value); /* NULL value: null */
void cm_json_integer(cm_json *json, const char *key, int64_t value);
void cm_json_number(cm_json *json, const char *key, double value);      /* not finite: null; shortest form */
void cm_json_fixed(cm_json *json, const char *key, double value, int digits);
void cm_json_bool(cm_json *json, const char *key, bool value);
void cm_json_null(cm_json *json, const char *key);
void cm_json_raw(cm_json *json, const char *key, const char *document); /* already JSON */

#endif
