/*
 * io/chat_line.c - the beginnings of chat messages, as phones of many regions write them.
 */
#include "io/chat_line.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

typedef struct cursor {
    const char *at, *end;
} cursor;

/* Marks of direction and byte order, which are not seen. */
static void skip_marks(cursor *c)
{
    for (;;) {
        const size_t left = (size_t)(c->end - c->at);
        if (left >= 3 && c->at[0] == '\xE2' && ((c->at[1] == '\x80' && c->at[2] >= '\x8B' && c->at[2] <= '\x8F') ||
                                                (c->at[1] == '\x80' && c->at[2] >= '\xAA' && c->at[2] <= '\xAE')))
            c->at += 3;
        else if (left >= 3 && memcmp(c->at, "\xEF\xBB\xBF", 3) == 0)
            c->at += 3;
        else
            return;
    }
}

/* Spaces: plain, no-break (C2 A0), narrow no-break (E2 80 AF), thin (E2 80 89). How many. */
static size_t skip_spaces(cursor *c)
{
    size_t n = 0;

    for (;; n++) {
        skip_marks(c);
        const size_t left = (size_t)(c->end - c->at);
        if (left >= 1 && *c->at == ' ')
            c->at++;
        else if (left >= 2 && memcmp(c->at, "\xC2\xA0", 2) == 0)
            c->at += 2;
        else if (left >= 3 && (memcmp(c->at, "\xE2\x80\xAF", 3) == 0 || memcmp(c->at, "\xE2\x80\x89", 3) == 0))
            c->at += 3;
        else
            return n;
    }
}

static bool skip(cursor *c, char wanted)
{
    if (c->at == c->end || *c->at != wanted)
        return false;
    c->at++;
    return true;
}

static size_t number(cursor *c, size_t most, unsigned *out)
{
    size_t n = 0;

    *out = 0;
    while (c->at < c->end && *c->at >= '0' && *c->at <= '9' && n < most) {
        *out = *out * 10 + (unsigned)(*c->at++ - '0');
        n++;
    }
    return n;
}

static bool read_date(cursor *c, cm_chat_line *line)
{
    size_t digits[3];
    char separator;

    digits[0] = number(c, 4, &line->date[0]);
    if (!digits[0] || c->at == c->end)
        return false;
    separator = *c->at;
    if (separator != '/' && separator != '.' && separator != '-')
        return false;
    c->at++;
    (void)skip_spaces(c); /* "12. 3. 2024" */
    digits[1] = number(c, 2, &line->date[1]);
    if (!digits[1] || !skip(c, separator))
        return false;
    (void)skip_spaces(c);
    digits[2] = number(c, 4, &line->date[2]);
    line->year_first = digits[0] == 4;
    return line->year_first ? digits[2] && digits[2] <= 2 : digits[0] <= 2 && (digits[2] == 2 || digits[2] == 4);
}

/* "am", "PM", "a.m.", "p. m." */
static bool read_half(cursor *c, bool *afternoon)
{
    cursor ahead = *c;
    char letter;

    (void)skip_spaces(&ahead);
    if (ahead.at == ahead.end)
        return false;
    letter = (char)(*ahead.at | 0x20);
    if (letter != 'a' && letter != 'p')
        return false;
    ahead.at++;
    (void)skip(&ahead, '.');
    (void)skip_spaces(&ahead);
    if (ahead.at == ahead.end || (*ahead.at | 0x20) != 'm')
        return false;
    ahead.at++;
    (void)skip(&ahead, '.');
    *afternoon = letter == 'p';
    *c = ahead;
    return true;
}

static bool read_time(cursor *c, cm_chat_line *line)
{
    bool afternoon;
    char separator;

    if (!number(c, 2, &line->hour) || c->at == c->end || (*c->at != ':' && *c->at != '.'))
        return false;
    separator = *c->at++;
    if (number(c, 2, &line->minute) != 2)
        return false;
    if (c->at < c->end && *c->at == separator) {
        c->at++;
        if (number(c, 2, &line->second) != 2)
            return false;
    }
    if (read_half(c, &afternoon)) {
        if (line->hour < 1 || line->hour > 12)
            return false;
        line->hour = line->hour % 12 + (afternoon ? 12 : 0);
    }
    return line->hour < 24 && line->minute < 60 && line->second < 60;
}

bool cm_chat_line_read(const char *bytes, size_t length, cm_chat_line *out)
{
    cursor c = {bytes, bytes + length};
    cm_chat_line line = {.name = NULL};
    bool bracket;

    skip_marks(&c);
    bracket = skip(&c, '[');
    if (!read_date(&c, &line))
        return false;
    (void)skip(&c, ',');
    if (!skip_spaces(&c) || !read_time(&c, &line))
        return false;
    if (bracket) {
        if (!skip(&c, ']'))
            return false;
        (void)skip_spaces(&c);
    } else if (!skip_spaces(&c) || !skip(&c, '-') || !skip_spaces(&c)) {
        return false;
    }
    skip_marks(&c);
    line.text = c.at;
    line.text_length = (size_t)(c.end - c.at);
    const char *colon = memmem(line.text, line.text_length, ": ", 2);
    if (!colon && line.text_length && line.text[line.text_length - 1] == ':')
        colon = line.text + line.text_length - 1; /* the text begins on the next line */
    if (colon && colon > line.text && colon - line.text < 128) {
        line.name = line.text;
        line.name_length = (size_t)(colon - line.text);
        c.at = colon + 1;
        (void)skip_spaces(&c);
        line.text = c.at;
        line.text_length = (size_t)(c.end - c.at);
    }
    *out = line;
    return true;
}

bool cm_chat_time(const cm_chat_line *line, cm_chat_order order, char out[20])
{
    static const unsigned DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned year, month, day;

    if (line->year_first)
        order = CM_CHAT_YEAR_FIRST;
    if (order == CM_CHAT_ORDER_UNKNOWN)
        return false;
    year = line->date[order == CM_CHAT_YEAR_FIRST ? 0 : 2];
    month = line->date[order == CM_CHAT_MONTH_FIRST ? 0 : 1];
    day = line->date[order == CM_CHAT_YEAR_FIRST ? 2 : order == CM_CHAT_MONTH_FIRST ? 1 : 0];
    if (year < 100)
        year += 2000;
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (month < 1 || month > 12 || day < 1 || day > DAYS[month - 1] + (month == 2 && leap ? 1u : 0u))
        return false;
    snprintf(out, 20, "%04u-%02u-%02u %02u:%02u:%02u", year % 10000u, month % 13u, day % 32u, line->hour % 24u, line->minute % 60u, line->second % 60u);
    return true;
}

/* "51.5074,-0.1278" at the beginning of a text; *n: its bytes. */
static bool coordinates(const char *text, size_t length, char *out, size_t size, size_t *n)
{
    size_t at = 0, w = 0;

    for (int axis = 0; axis < 2; axis++) {
        size_t digits = 0, points = 0;
        if (at < length && (text[at] == '-' || text[at] == '+')) {
            if (text[at] == '-' && w + 1 < size)
                out[w++] = '-';
            at++;
        }
        for (; at < length && ((text[at] >= '0' && text[at] <= '9') || (text[at] == '.' && points == 0)) && w + 2 < size; at++) {
            points += text[at] == '.';
            digits += text[at] != '.';
            out[w++] = text[at];
        }
        if (!digits)
            return false;
        if (axis == 0) {
            if (at < length && text[at] == ',')
                at++;
            else if (length - at >= 3 && strncasecmp(text + at, "%2C", 3) == 0)
                at += 3;
            else
                return false;
            out[w++] = ' ';
        }
    }
    out[w] = '\0';
    *n = at;
    return true;
}

static bool after(const char *text, size_t length, const char *mark, size_t *at)
{
    const char *found = memmem(text + *at, length - *at, mark, strlen(mark));

    if (!found)
        return false;
    *at = (size_t)(found - text) + strlen(mark);
    return true;
}

bool cm_chat_place(const char *text, size_t length, size_t *begin, size_t *end, char *out, size_t size)
{
    static const char *const LINKS[] = {"https://maps.google.", "http://maps.google.", "https://www.google.", "https://maps.apple.", "geo:"};
    static const char *const MARKS[] = {"?q=", "&q=", "?ll=", "&ll=", "&query=", "/@", "/place/", "/search/"};
    size_t n;

    for (size_t i = 0; i < sizeof LINKS / sizeof *LINKS; i++) {
        const char *found = memmem(text, length, LINKS[i], strlen(LINKS[i]));
        if (!found)
            continue;
        *begin = (size_t)(found - text);
        for (*end = *begin; *end < length && (unsigned char)text[*end] > ' '; (*end)++)
            continue;
        if (LINKS[i][0] == 'g')
            return coordinates(found + 4, *end - *begin - 4, out, size, &n);
        for (size_t k = 0; k < sizeof MARKS / sizeof *MARKS; k++)
            for (size_t at = *begin; after(text, *end, MARKS[k], &at);)
                if (coordinates(text + at, *end - at, out, size, &n))
                    return true;
    }
    return false;
}

bool cm_chat_is_media(const char *text, size_t length)
{
    static const char *const WHOLE[] = {"<Media omitted>", "image omitted", "video omitted", "audio omitted", "sticker omitted", "GIF omitted",
                                        "document omitted", "Contact card omitted", "null"};
    cursor c = {text, text + length};

    skip_marks(&c);
    const size_t n = (size_t)(c.end - c.at);
    for (size_t i = 0; i < sizeof WHOLE / sizeof *WHOLE; i++)
        if (n == strlen(WHOLE[i]) && memcmp(c.at, WHOLE[i], n) == 0)
            return true;
    return memmem(c.at, n, "(file attached)", 15) || memmem(c.at, n, "<attached: ", 11);
}
