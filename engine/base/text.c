/*
 * base/text.c - a text that grows, and text made fit to be shown.
 */
#include "base/text.h"

#include "base/decimal.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cm_text_clear(cm_text *text)
{
    free(text->bytes);
    *text = (cm_text)CM_TEXT_INIT;
}

void cm_text_reset(cm_text *text)
{
    text->length = 0;
    text->failed = false;
    if (text->bytes)
        text->bytes[0] = '\0';
}

static bool room(cm_text *text, size_t more)
{
    if (text->failed)
        return false;
    if (more > SIZE_MAX - text->length - 1 || cm_grow(&text->bytes, &text->capacity, text->length + more + 1, 1)) {
        text->failed = true;
        return false;
    }
    return true;
}

void cm_text_add_bytes(cm_text *text, const void *bytes, size_t length)
{
    if (!room(text, length))
        return;
    if (length)
        memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void cm_text_add(cm_text *text, const char *string)
{
    cm_text_add_bytes(text, string, strlen(string));
}

void cm_text_add_char(cm_text *text, char c)
{
    cm_text_add_bytes(text, &c, 1);
}

void cm_text_addf(cm_text *text, const char *format, ...)
{
    va_list values, again;

    va_start(values, format);
    va_copy(again, values);
    const int length = vsnprintf(NULL, 0, format, values);
    va_end(values);
    if (length >= 0 && room(text, (size_t)length)) {
        vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
}

void cm_text_add_fixed(cm_text *text, double value, int digits)
{
    char number[CM_DECIMAL_SIZE];

    cm_text_add_bytes(text, number, cm_decimal_fixed(value, digits, number));
}

void cm_text_add_shortest(cm_text *text, double value)
{
    char number[CM_DECIMAL_SIZE];

    cm_text_add_bytes(text, number, cm_decimal_shortest(value, number));
}

char *cm_text_take(cm_text *text)
{
    char *bytes;

    if (text->failed) {
        cm_text_clear(text);
        return NULL;
    }
    bytes = text->bytes ? text->bytes : cm_copy_text("");
    *text = (cm_text)CM_TEXT_INIT;
    return bytes;
}

/* Code points that change how a terminal or a line of text behaves. */
static bool disturbing(uint32_t point)
{
    return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x200E || point == 0x200F ||
           (point >= 0x200B && point <= 0x200D) || (point >= 0x2028 && point <= 0x202E) ||
           (point >= 0x2066 && point <= 0x2069) || point == 0xFEFF;
}

static uint32_t decode(const unsigned char *t, size_t step)
{
    if (step == 1)
        return t[0];
    uint32_t point = t[0] & (0xFFu >> (step + 1));
    for (size_t i = 1; i < step; i++)
        point = point << 6 | (t[i] & 0x3Fu);
    return point;
}

void cm_escape_display(const char *in, size_t length, char *out, size_t size)
{
    size_t n = 0;

    if (size == 0)
        return;
    for (size_t i = 0; i < length;) {
        const unsigned char *t = (const unsigned char *)in + i;
        const size_t claim = t[0] < 0x80 ? 1 : t[0] < 0xE0 ? 2 : t[0] < 0xF0 ? 3 : 4;
        char piece[16];
        size_t step = claim, width;
        if (i + claim > length || cm_utf8_valid(in + i, claim) != claim) {
            step = 1;
            width = (size_t)snprintf(piece, sizeof piece, "\\x%02x", t[0]);
        } else if (disturbing(decode(t, claim))) {
            width = (size_t)snprintf(piece, sizeof piece, claim == 1 ? "\\x%02x" : "\\u%04x", (unsigned)decode(t, claim));
        } else {
            memcpy(piece, t, claim);
            width = claim;
        }
        if (n + width + 4 > size) {
            const size_t dots = size - 1 - n < 3 ? size - 1 - n : 3;
            memcpy(out + n, "...", dots);
            n += dots;
            break;
        }
        memcpy(out + n, piece, width);
        n += width;
        i += step;
    }
    out[n] = '\0';
}

void cm_slug(const char *in, char out[65])
{
    size_t n = 0;

    for (; *in && n < 64; in++) {
        char c = *in;
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            out[n++] = c;
        else if (n && out[n - 1] != '-')
            out[n++] = '-';
    }
    while (n && out[n - 1] == '-')
        n--;
    out[n] = '\0';
    if (n == 0)
        memcpy(out, "unnamed", 8);
}
