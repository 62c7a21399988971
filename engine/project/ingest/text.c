/*
 * project/ingest/text.c - looking through free text, one word at a time.
 */
#include "project/ingest/text.h"

#include <stdint.h>
#include <string.h>

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool word_sign(char c)
{
    return digit(c) || letter(c);
}

/* Letters and digits as a pattern: "A9" for letter then digit. Stops at 12. */
static size_t pattern(const char *text, size_t length, char out[13])
{
    size_t n = 0;

    for (size_t i = 0; i < length && n < 12; i++)
        if (text[i] != ' ')
            out[n++] = digit(text[i]) ? '9' : 'A';
    out[n] = '\0';
    return n;
}

static bool one_of(const char *p, const char *const *set)
{
    for (; *set; set++)
        if (strcmp(p, *set) == 0)
            return true;
    return false;
}

/* One word, or a word and the next one when a single space is between them. */
static bool telling(const char *text, size_t length)
{
    static const char *const WHOLE[] = {
        "A99AA", "A999AA", "AA99AA", "AA999AA", "A9A9AA", "AA9A9AA", /* postcodes */
        "AA99AAA", "A999AAA", "A99AAA", "A9AAA", "AAA999A", "AAA99A", "AAA9A", /* registrations */
        "AA999999A", NULL};                                           /* National Insurance */
    char shape[13];

    if (length < 5 || length > 11)
        return false;
    pattern(text, length, shape);
    return one_of(shape, WHOLE);
}

static size_t word_length(const char *text, size_t length)
{
    size_t n = 0;

    while (n < length && word_sign(text[n]))
        n++;
    return n;
}

/* Nine digits or more with only spaces, hyphens, dots and brackets among them. */
static bool phone(const char *text, size_t length)
{
    size_t digits = 0;

    for (size_t i = 0; i < length; i++) {
        if (digit(text[i]))
            digits++;
        else if (!strchr(" -.()", text[i]) || text[i] == '\0')
            break;
    }
    return digits >= 9 && digits <= 15;
}

static bool email(const char *text, size_t at, size_t length)
{
    size_t before = at, after = at + 1;
    bool dot = false;

    while (before > 0 && (word_sign(text[before - 1]) || strchr("._+-", text[before - 1])))
        before--;
    while (after < length && (word_sign(text[after]) || strchr(".-", text[after]))) {
        dot = dot || (text[after] == '.' && after > at + 1);
        after++;
    }
    return before < at && dot;
}

bool cm_text_personal(const char *text, size_t length)
{
    bool suspect = false;

    /* All that is looked for has a digit or an @. */
    for (size_t i = 0; i < length; i++)
        suspect = suspect || digit(text[i]) || text[i] == '@';
    if (!suspect)
        return false;
    for (size_t i = 0; i < length; i++) {
        const bool starts = i == 0 || !word_sign(text[i - 1]);
        if (text[i] == '@' && email(text, i, length))
            return true;
        if (!starts || !word_sign(text[i]))
            continue;
        if (digit(text[i]) && phone(text + i, length - i))
            return true;
        size_t n = word_length(text + i, length - i);
        if (n > 9)
            continue;
        if (telling(text + i, n))
            return true;
        for (int words = 0; words < 4; words++) { /* "QQ 12 34 56 C" */
            if (i + n + 1 >= length || text[i + n] != ' ' || !word_sign(text[i + n + 1]))
                break;
            n += 1 + word_length(text + i + n + 1, length - i - n - 1);
            if (n > 13)
                break;
            char joined[16];
            size_t used = 0;
            for (size_t k = 0; k < n; k++)
                if (text[i + k] != ' ')
                    joined[used++] = text[i + k];
            if (telling(joined, used))
                return true;
        }
    }
    return false;
}

static uint32_t decode(const unsigned char *p, size_t left, size_t *step)
{
    if (p[0] < 0x80 || left < 2) {
        *step = 1;
        return p[0];
    }
    if (p[0] < 0xE0) {
        *step = 2;
        return (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3F);
    }
    if (p[0] < 0xF0 && left >= 3) {
        *step = 3;
        return (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F);
    }
    *step = left < 4 ? left : 4;
    return left < 4 ? 0xFFFD
                    : (uint32_t)(p[0] & 7) << 18 | (uint32_t)(p[1] & 0x3F) << 12 | (uint32_t)(p[2] & 0x3F) << 6 |
                          (p[3] & 0x3F);
}

/* 1 Latin, 2 Greek, 4 Cyrillic, 0 neither: the three whose letters are mistaken for one another. */
static unsigned script(uint32_t c)
{
    if (c < 0x80)
        return letter((char)c) ? 1 : 0;
    if (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7)
        return 1;
    if (c >= 0x370 && c <= 0x3FF)
        return 2;
    return c >= 0x400 && c <= 0x52F ? 4 : 0;
}

bool cm_text_deceptive(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    unsigned scripts = 0;
    size_t step;

    for (size_t i = 0; i < length; i += step) {
        const uint32_t c = decode(bytes + i, length - i, &step);
        if ((c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F ||
            (c >= 0x200B && c <= 0x200D) || c == 0x2060 || c == 0xFEFF || c == 0x00AD || c == 0x1B || c == 0x07)
            return true;
        const unsigned now = script(c);
        if (now == 0) {
            scripts = 0;
            continue;
        }
        scripts |= now;
        if (scripts & (scripts - 1))
            return true;
    }
    return false;
}
