/*
 * io/json_screen.c - a JSON grammar checker with an explicit stack.
 *
 * Keys are compared by hash and length: two different keys of one object that collide (1 in 2^64) would be refused wrongly, which is the safe side.
 */
#include "io/json_screen.h"

#include "base/decimal.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 512u
#define MAX_KEYS 4096u /* in one object */

typedef struct scan {
    const char     *text;
    size_t          at, length;
    cm_json_screen *out;
    uint64_t       *keys; /* owned; hashes of the keys of all open objects, innermost last */
    size_t          n_keys, capacity;
    size_t          first_key[MAX_DEPTH + 1]; /* of the object at each depth */
    bool            in_object[MAX_DEPTH + 1];
    unsigned        depth, max_depth;
    unsigned        crs_depth; /* of the "crs" object around this place; 0: none */
} scan;

static bool fault(scan *s, const char *words)
{
    if (!s->out->fault) {
        s->out->fault = words;
        s->out->offset = s->at;
    }
    return false;
}

static void skip_space(scan *s)
{
    while (s->at < s->length && (s->text[s->at] == ' ' || s->text[s->at] == '\n' || s->text[s->at] == '\r' || s->text[s->at] == '\t'))
        s->at++;
}

static bool is_digit(const scan *s)
{
    return s->at < s->length && s->text[s->at] >= '0' && s->text[s->at] <= '9';
}

static bool digits(scan *s)
{
    if (!is_digit(s))
        return fault(s, "a number lacks a digit");
    while (is_digit(s))
        s->at++;
    return true;
}

static bool number(scan *s)
{
    const size_t start = s->at;
    double value;

    if (s->text[s->at] == '-')
        s->at++;
    if (is_digit(s) && s->text[s->at] == '0')
        s->at++;
    else if (!digits(s))
        return false;
    if (s->at < s->length && s->text[s->at] == '.') {
        s->at++;
        if (!digits(s))
            return false;
    }
    if (s->at < s->length && (s->text[s->at] == 'e' || s->text[s->at] == 'E')) {
        s->at++;
        if (s->at < s->length && (s->text[s->at] == '+' || s->text[s->at] == '-'))
            s->at++;
        if (!digits(s))
            return false;
        if (!cm_decimal_parse(s->text + start, s->at - start, &value))
            return fault(s, "a number is too large");
    }
    return s->at - start <= 400 || fault(s, "a number is too long");
}

static bool hex4(scan *s)
{
    for (int i = 0; i < 4; i++, s->at++) {
        const char c = s->at < s->length ? s->text[s->at] : '\0';
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
            return fault(s, "a \\u escape lacks digits");
    }
    return true;
}

/* The string at s->at, which is '"'; its bytes between the quotes, escapes as written. */
static bool string(scan *s, size_t *begin, size_t *end)
{
    *begin = ++s->at;
    for (;;) {
        if (s->at >= s->length)
            return fault(s, "a text is not closed");
        const unsigned char c = (unsigned char)s->text[s->at];
        if (c == '"')
            break;
        if (c < 0x20)
            return fault(s, "a control character stands in a text");
        s->at++;
        if (c != '\\')
            continue;
        if (s->at >= s->length || !strchr("\"\\/bfnrtu", s->text[s->at]) || s->text[s->at] == '\0')
            return fault(s, "an unknown escape");
        if (s->text[s->at++] == 'u' && !hex4(s))
            return false;
    }
    *end = s->at++;
    return true;
}

static bool literal(scan *s, const char *word)
{
    const size_t n = strlen(word);

    if (s->length - s->at < n || memcmp(s->text + s->at, word, n) != 0)
        return fault(s, "not a value");
    s->at += n;
    return true;
}

static bool add_key(scan *s, size_t begin, size_t end)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */

    for (size_t i = begin; i < end; i++)
        hash = (hash ^ (unsigned char)s->text[i]) * 1099511628211u;
    for (size_t i = s->first_key[s->depth]; i < s->n_keys; i++)
        if (s->keys[i] == hash)
            return fault(s, "a key stands twice in one object");
    if (s->n_keys - s->first_key[s->depth] >= MAX_KEYS)
        return fault(s, "an object has too many keys");
    if (cm_grow(&s->keys, &s->capacity, s->n_keys + 1, sizeof *s->keys) != 0)
        return fault(s, "out of memory");
    s->keys[s->n_keys++] = hash;
    return true;
}

/* Is the text between the quotes this lower-case word, in any case and however its letters are escaped? */
static bool spells(const scan *s, size_t begin, size_t end, const char *word)
{
    for (; *word; word++) {
        int c = begin < end ? (unsigned char)s->text[begin++] : -1;
        if (c == '\\' && begin + 5 <= end && s->text[begin] == 'u') {
            char hex[5] = {0};
            memcpy(hex, s->text + begin + 1, 4);
            c = (int)strtol(hex, NULL, 16);
            begin += 5;
        }
        if (c >= 'A' && c <= 'Z')
            c += 'a' - 'A';
        if (c != *word)
            return false;
    }
    return begin == end;
}

/* GDAL takes the "crs" of any object, in any case, and fetches what a "link" points to. Only names are harmless. */
static void look_at_crs(scan *s, size_t begin, size_t end)
{
    const size_t colon = s->at;
    size_t from, to;

    skip_space(s);
    const char c = s->at < s->length ? s->text[s->at] : '\0';
    if (s->crs_depth == 0 && c == '{' && spells(s, begin, end, "crs"))
        s->crs_depth = s->depth + 1;
    else if (s->crs_depth > 0 && s->depth == s->crs_depth && spells(s, begin, end, "type"))
        s->out->linked = s->out->linked || c != '"' || !string(s, &from, &to) ||
                         !(spells(s, from, to, "name") || spells(s, from, to, "epsg") || spells(s, from, to, "ogc"));
    else if (s->crs_depth == 2 && s->depth == 3 && c == '"' && !s->out->crs && spells(s, begin, end, "name") && string(s, &from, &to)) {
        s->out->crs = s->text + from;
        s->out->crs_length = to - from;
    }
    s->at = colon;
}

static bool key(scan *s)
{
    size_t begin, end, value;

    skip_space(s);
    if (s->at >= s->length || s->text[s->at] != '"')
        return fault(s, "a key is missing");
    if (!string(s, &begin, &end) || !add_key(s, begin, end))
        return false;
    skip_space(s);
    if (s->at >= s->length || s->text[s->at] != ':')
        return fault(s, "a colon is missing");
    s->at++;
    look_at_crs(s, begin, end);
    if (s->depth == 1 && end - begin == 4 && memcmp(s->text + begin, "type", 4) == 0) {
        value = s->at;
        while (value < s->length && (s->text[value] == ' ' || s->text[value] == '\n' || s->text[value] == '\r' || s->text[value] == '\t'))
            value++;
        for (size_t i = 0; value < s->length && s->text[value] == '"' && value + 1 + i < s->length && s->text[value + 1 + i] != '"' &&
                           i + 1 < sizeof s->out->type;
             i++)
            s->out->type[i] = s->text[value + 1 + i];
    }
    return true;
}

static bool open_level(scan *s, bool object)
{
    if (s->depth >= s->max_depth)
        return fault(s, "nested too deeply");
    s->depth++;
    s->in_object[s->depth] = object;
    s->first_key[s->depth] = s->n_keys;
    s->at++;
    return true;
}

static void close_level(scan *s)
{
    s->n_keys = s->first_key[s->depth];
    if (s->depth == s->crs_depth)
        s->crs_depth = 0;
    s->depth--;
    s->at++;
}

/* One value up to where a comma, a bracket or the end may follow. Opening brackets lead straight to the next value. */
static bool value(scan *s)
{
    size_t begin, end;

    for (;;) {
        skip_space(s);
        if (s->at >= s->length)
            return fault(s, "the text ends too early");
        const char c = s->text[s->at];
        if (c == '{' || c == '[') {
            if (!open_level(s, c == '{'))
                return false;
            skip_space(s);
            if (s->at < s->length && s->text[s->at] == (c == '{' ? '}' : ']')) {
                close_level(s);
                return true;
            }
            if (c == '{' && !key(s))
                return false;
            continue;
        }
        if (c == '"')
            return string(s, &begin, &end);
        if (c == '-' || (c >= '0' && c <= '9'))
            return number(s);
        return literal(s, c == 't' ? "true" : c == 'f' ? "false" : "null");
    }
}

static bool document(scan *s)
{
    if (!value(s))
        return false;
    while (s->depth > 0) {
        skip_space(s);
        if (s->at >= s->length)
            return fault(s, "the text ends too early");
        const char c = s->text[s->at];
        if (c == ',') {
            s->at++;
            if ((s->in_object[s->depth] && !key(s)) || !value(s))
                return false;
        } else if (c == (s->in_object[s->depth] ? '}' : ']')) {
            close_level(s);
        } else {
            return fault(s, "a comma or a closing bracket is missing");
        }
    }
    skip_space(s);
    return s->at == s->length || fault(s, "something follows the end of the document");
}

void cm_json_check(const char *text, size_t length, unsigned max_depth, cm_json_screen *out)
{
    scan *s = cm_alloc_zero(1, sizeof *s);
    size_t valid;

    *out = (cm_json_screen){0};
    if (!s) {
        out->fault = "out of memory";
        return;
    }
    s->text = text;
    s->length = length;
    s->out = out;
    s->max_depth = max_depth < MAX_DEPTH ? max_depth : MAX_DEPTH;
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        s->at = 3;
    out->good = document(s);
    if (out->good) {
        valid = cm_utf8_valid(text, length);
        if (valid < length) {
            out->good = false;
            out->fault = "not UTF-8";
            out->offset = valid;
        }
    }
    free(s->keys);
    free(s);
}
