/*
 * io/json_scan.c - a strict walk over JSON text.
 */
#include "io/json_scan.h"

#include <stdint.h>
#include <string.h>

static bool fail(cm_json_scan *scan, const char *error)
{
    if (!scan->error)
        scan->error = error;
    return false;
}

void cm_json_space(cm_json_scan *scan)
{
    while (scan->at < scan->length && (scan->text[scan->at] == ' ' || scan->text[scan->at] == '\n' ||
                                       scan->text[scan->at] == '\r' || scan->text[scan->at] == '\t'))
        scan->at++;
}

char cm_json_next(cm_json_scan *scan)
{
    cm_json_space(scan);
    return scan->at < scan->length ? scan->text[scan->at] : '\0';
}

bool cm_json_take(cm_json_scan *scan, char sign)
{
    if (cm_json_next(scan) != sign || scan->at >= scan->length)
        return fail(scan, scan->at >= scan->length ? "the text ends too early (truncated)" : "a sign that does not belong there");
    scan->at++;
    return true;
}

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool cm_json_string_span(cm_json_scan *scan, cm_json_span *out)
{
    if (!cm_json_take(scan, '"'))
        return false;
    *out = (cm_json_span){.from = scan->at};
    while (scan->at < scan->length) {
        const unsigned char c = (unsigned char)scan->text[scan->at];
        if (c == '"') {
            out->to = scan->at++;
            return true;
        }
        if (c < 0x20)
            return fail(scan, "a control character inside a string");
        scan->at++;
        if (c != '\\')
            continue;
        out->escaped = true;
        if (scan->at >= scan->length)
            break;
        const char e = scan->text[scan->at];
        if (e == 'u') {
            for (size_t i = 1; i <= 4; i++)
                if (scan->at + i >= scan->length || hex(scan->text[scan->at + i]) < 0)
                    return fail(scan, "a damaged \\u escape");
            scan->at += 5;
        } else if (e && strchr("\"\\/bfnrt", e)) {
            scan->at++;
        } else {
            return fail(scan, "an unknown escape in a string");
        }
    }
    return fail(scan, "a string that does not end (truncated)");
}

static bool digits(cm_json_scan *scan)
{
    const size_t from = scan->at;

    while (scan->at < scan->length && scan->text[scan->at] >= '0' && scan->text[scan->at] <= '9')
        scan->at++;
    return scan->at > from;
}

static bool skip_number(cm_json_scan *scan)
{
    if (scan->text[scan->at] == '-')
        scan->at++;
    const size_t first = scan->at;
    if (!digits(scan))
        return fail(scan, "not a JSON value");
    if (scan->text[first] == '0' && scan->at > first + 1)
        return fail(scan, "a number with a leading zero");
    if (scan->at < scan->length && scan->text[scan->at] == '.') {
        scan->at++;
        if (!digits(scan))
            return fail(scan, "a number without digits after its point");
    }
    if (scan->at < scan->length && (scan->text[scan->at] == 'e' || scan->text[scan->at] == 'E')) {
        scan->at++;
        if (scan->at < scan->length && (scan->text[scan->at] == '+' || scan->text[scan->at] == '-'))
            scan->at++;
        if (!digits(scan))
            return fail(scan, "a number without digits in its exponent");
    }
    return true;
}

static bool skip_word(cm_json_scan *scan, const char *word)
{
    const size_t n = strlen(word);

    if (scan->length - scan->at < n || memcmp(scan->text + scan->at, word, n) != 0)
        return fail(scan, "not a JSON value");
    scan->at += n;
    return true;
}

bool cm_json_member(cm_json_scan *scan, bool *first, cm_json_span *key, bool *more)
{
    const char next = cm_json_next(scan);

    *more = false;
    if (next == '}') {
        scan->at++;
        return true;
    }
    if (!*first && !cm_json_take(scan, ','))
        return false;
    *first = false;
    *more = true;
    return cm_json_next(scan) == '"' ? cm_json_string_span(scan, key) && cm_json_take(scan, ':')
                                     : fail(scan, "a member of an object has no name in quotes");
}

bool cm_json_item(cm_json_scan *scan, bool *first, bool *more)
{
    const char next = cm_json_next(scan);

    *more = false;
    if (next == ']') {
        if (!*first || scan->text[scan->at] == ']')
            scan->at++;
        return true;
    }
    if (!*first && !cm_json_take(scan, ','))
        return false;
    *first = false;
    *more = true;
    if (cm_json_next(scan) == ']')
        return fail(scan, "a comma before the end of an array");
    return true;
}

static bool skip_nested(cm_json_scan *scan, char open)
{
    bool first = true, more = true;
    cm_json_span key;

    if (++scan->depth > CM_JSON_DEPTH)
        return fail(scan, "nested more than 64 deep");
    scan->at++;
    while (more) {
        if (!(open == '{' ? cm_json_member(scan, &first, &key, &more) : cm_json_item(scan, &first, &more)))
            return false;
        if (more && !cm_json_skip(scan, NULL))
            return false;
    }
    scan->depth--;
    return true;
}

bool cm_json_skip(cm_json_scan *scan, cm_json_span *out)
{
    const char next = cm_json_next(scan);
    cm_json_span span = {.from = scan->at};
    bool fine;

    if (next == '"') {
        fine = cm_json_string_span(scan, &span);
    } else {
        fine = next == '{' || next == '[' ? skip_nested(scan, next)
               : next == 't'              ? skip_word(scan, "true")
               : next == 'f'              ? skip_word(scan, "false")
               : next == 'n'              ? skip_word(scan, "null")
               : scan->at >= scan->length ? fail(scan, "the text ends too early (truncated)")
                                          : skip_number(scan);
        span.to = scan->at;
    }
    if (fine && out)
        *out = span;
    return fine;
}

static uint32_t four_hex(const char *p)
{
    return (uint32_t)hex(p[0]) << 12 | (uint32_t)hex(p[1]) << 8 | (uint32_t)hex(p[2]) << 4 | (uint32_t)hex(p[3]);
}

static size_t put(uint32_t c, char *out)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

size_t cm_json_unescape(const cm_json_scan *scan, const cm_json_span *span, char *out)
{
    static const char FROM[] = "bfnrt", TO[] = "\b\f\n\r\t";
    const char *p = scan->text + span->from;
    const char *end = scan->text + span->to;
    size_t n = 0;

    while (p < end) {
        if (*p != '\\') {
            out[n++] = *p++;
            continue;
        }
        const char e = p[1];
        p += 2;
        if (e != 'u') {
            const char *at = strchr(FROM, e);
            out[n++] = at ? TO[at - FROM] : e;
            continue;
        }
        uint32_t c = four_hex(p);
        p += 4;
        if (c >= 0xD800 && c < 0xDC00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u') {
            const uint32_t low = four_hex(p + 2);
            if (low >= 0xDC00 && low < 0xE000) {
                c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
                p += 6;
            }
        }
        if (c == 0 || (c >= 0xD800 && c < 0xE000))
            c = 0xFFFD;
        n += put(c, out + n);
    }
    return n;
}

bool cm_json_span_is(const cm_json_scan *scan, const cm_json_span *span, const char *word)
{
    return span->to - span->from == strlen(word) && memcmp(scan->text + span->from, word, strlen(word)) == 0;
}
