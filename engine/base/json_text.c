/*
 * base/json_text.c - JSON written piece by piece (RFC 8259).
 */
#include "base/json_text.h"

#include "base/decimal.h"
#include "base/utf8.h"

#include <assert.h>
#include <math.h>
#include <string.h>

void cm_json_add_string(cm_text *text, const char *string, size_t length)
{
    static const char HEX[] = "0123456789abcdef";
    size_t kept = 0;

    cm_text_add_char(text, '"');
    for (size_t i = 0; i < length;) {
        const unsigned char c = (unsigned char)string[i];
        char escape[6] = {'\\', 'u', '0', '0', 0, 0};
        size_t width = 0, step = 1;

        if (c == '"' || c == '\\') {
            escape[1] = (char)c;
            width = 2;
        } else if (c == '\n') {
            escape[1] = 'n';
            width = 2;
        } else if (c < 0x20 || c == '<' || c == '>' || c == '&' || c == 0x7F) {
            escape[4] = HEX[c >> 4];
            escape[5] = HEX[c & 15];
            width = 6;
        } else if (c >= 0x80) {
            step = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
            if (i + step > length || cm_utf8_valid(string + i, step) != step) {
                step = 1;
                memcpy(escape, "\\ufffd", 6);
                width = 6;
            }
        }
        if (width) {
            cm_text_add_bytes(text, string + kept, i - kept);
            cm_text_add_bytes(text, escape, width);
            kept = i + 1;
        }
        i += step;
    }
    cm_text_add_bytes(text, string + kept, length - kept);
    cm_text_add_char(text, '"');
}

void cm_json_begin(cm_json *json, cm_text *text, bool pretty)
{
    *json = (cm_json){.text = text, .pretty = pretty};
    json->first[0] = true;
}

static void indent(cm_json *json)
{
    if (!json->pretty)
        return;
    cm_text_add_char(json->text, '\n');
    for (unsigned i = 0; i < json->depth; i++)
        cm_text_add_bytes(json->text, "  ", 2);
}

static void member(cm_json *json, const char *key)
{
    if (!json->first[json->depth])
        cm_text_add_char(json->text, ',');
    json->first[json->depth] = false;
    if (json->depth)
        indent(json);
    if (key) {
        cm_json_add_string(json->text, key, strlen(key));
        cm_text_add(json->text, json->pretty ? ": " : ":");
    }
}

static void open_level(cm_json *json, const char *key, char bracket)
{
    member(json, key);
    cm_text_add_char(json->text, bracket);
    json->depth++;
    assert(json->depth < sizeof json->first / sizeof json->first[0]);
    json->first[json->depth] = true;
}

static void close_level(cm_json *json, char bracket)
{
    const bool empty = json->first[json->depth];

    assert(json->depth > 0);
    json->depth--;
    if (!empty)
        indent(json);
    cm_text_add_char(json->text, bracket);
}

void cm_json_object(cm_json *json, const char *key)
{
    open_level(json, key, '{');
}

void cm_json_array(cm_json *json, const char *key)
{
    open_level(json, key, '[');
}

void cm_json_end_object(cm_json *json)
{
    close_level(json, '}');
}

void cm_json_end_array(cm_json *json)
{
    close_level(json, ']');
}

void cm_json_null(cm_json *json, const char *key)
{
    member(json, key);
    cm_text_add(json->text, "null");
}

void cm_json_string(cm_json *json, const char *key, const char *value)
{
    if (!value) {
        cm_json_null(json, key);
        return;
    }
    member(json, key);
    cm_json_add_string(json->text, value, strlen(value));
}

void cm_json_integer(cm_json *json, const char *key, int64_t value)
{
    char number[CM_DECIMAL_SIZE];

    member(json, key);
    cm_text_add_bytes(json->text, number, cm_decimal_i64(value, number));
}

void cm_json_number(cm_json *json, const char *key, double value)
{
    if (!isfinite(value)) {
        cm_json_null(json, key);
        return;
    }
    member(json, key);
    cm_text_add_shortest(json->text, value);
}

void cm_json_fixed(cm_json *json, const char *key, double value, int digits)
{
    char number[CM_DECIMAL_SIZE];

    if (!isfinite(value)) {
        cm_json_null(json, key);
        return;
    }
    member(json, key);
    cm_text_add_bytes(json->text, number, cm_decimal_trimmed(value, digits, number));
}

void cm_json_bool(cm_json *json, const char *key, bool value)
{
    member(json, key);
    cm_text_add(json->text, value ? "true" : "false");
}

void cm_json_raw(cm_json *json, const char *key, const char *document)
{
    member(json, key);
    cm_text_add(json->text, document);
}
