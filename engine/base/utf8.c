/*
 * base/utf8.c - Unicode text through libutf8proc.
 */
#include "base/utf8.h"

#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* Length of the valid sequence at text, 0 if there is none (RFC 3629, table of well-formed sequences). */
static size_t sequence(const unsigned char *t, size_t left)
{
    if (t[0] < 0x80)
        return 1;
    if (t[0] >= 0xC2 && t[0] <= 0xDF)
        return left >= 2 && (t[1] & 0xC0) == 0x80 ? 2 : 0;
    if ((t[0] & 0xF0) == 0xE0) {
        const unsigned low = t[0] == 0xE0 ? 0xA0 : 0x80, high = t[0] == 0xED ? 0x9F : 0xBF;
        return left >= 3 && t[1] >= low && t[1] <= high && (t[2] & 0xC0) == 0x80 ? 3 : 0;
    }
    if (t[0] >= 0xF0 && t[0] <= 0xF4) {
        const unsigned low = t[0] == 0xF0 ? 0x90 : 0x80, high = t[0] == 0xF4 ? 0x8F : 0xBF;
        return left >= 4 && t[1] >= low && t[1] <= high && (t[2] & 0xC0) == 0x80 && (t[3] & 0xC0) == 0x80 ? 4 : 0;
    }
    return 0;
}

size_t cm_utf8_valid(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t i = 0;

    while (i < length) {
        uint64_t word;
        /* Eight plain ASCII bytes at a time: almost all text is. */
        while (i + 8 <= length) {
            memcpy(&word, bytes + i, 8);
            if (word & UINT64_C(0x8080808080808080))
                break;
            i += 8;
        }
        if (i >= length)
            break;
        const size_t step = sequence(bytes + i, length - i);
        if (step == 0)
            return i;
        i += step;
    }
    return length;
}

static char *map(const char *text, size_t length, utf8proc_option_t options)
{
    utf8proc_uint8_t *out = NULL;

    if (utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)length, &out, options) < 0)
        return NULL;
    return (char *)out;
}

char *cm_utf8_nfc(const char *text, size_t length)
{
    return map(text, length, (utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
}

char *cm_utf8_key(const char *text, size_t length)
{
    char *key = map(text, length, (utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE));
    char *to = key;
    bool space = false;

    if (!key)
        return NULL;
    for (const char *from = key; *from; from++) {
        if (*from == ' ' || (*from >= '\t' && *from <= '\r')) {
            space = true;
            continue;
        }
        if (space && to != key)
            *to++ = ' ';
        space = false;
        *to++ = *from;
    }
    *to = '\0';
    return key;
}
