/*
 * project/ingest/when_weekday.c - the words are taken apart, then each day that fits is written as a date and read like one.
 */
#include "project/ingest/when_weekday.h"

#include "base/time_text.h"
#include "project/ingest/when_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DAY_S 86400

/* What the words say: a day of the week (1 Monday), or so many days back; and what of the day. */
typedef struct told {
    unsigned    weekday; /* 0: none */
    int         back;
    const char *rest;
    size_t      n;
} told;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == ',';
}

static void trim(const char **text, size_t *n)
{
    while (*n && is_blank(**text)) {
        ++*text;
        --*n;
    }
    while (*n && is_blank((*text)[*n - 1]))
        --*n;
}

static bool drop(const char **text, size_t *n, const char *word)
{
    const size_t length = strlen(word);

    if (*n < length || strncasecmp(*text, word, length) != 0 || (*n > length && !is_blank((*text)[length])))
        return false;
    *text += length;
    *n -= length;
    trim(text, n);
    return true;
}

/* "evening of Tuesday", "night on Friday". */
static bool part_first(const char *text, size_t n, told *out)
{
    static const char *const BETWEEN[] = {" of ", " on "};
    unsigned from, to;

    for (size_t i = 1; i + 4 < n; i++) {
        for (int k = 0; k < 2; k++) {
            if (strncasecmp(text + i, BETWEEN[k], 4) != 0 || !cm_part_of_day(text, i, &from, &to))
                continue;
            out->rest = text;
            out->n = i;
            out->weekday = cm_weekday_named(text + i + 4, n - i - 4);
            return out->weekday != 0;
        }
    }
    return false;
}

static bool take_apart(const char *text, size_t n, told *out)
{
    static const char NIGHT[] = "night";
    size_t word = 0;

    *out = (told){0, 0, "", 0};
    trim(&text, &n);
    if (n == 10 && strncasecmp(text, "last night", n) == 0) {
        *out = (told){0, 1, NIGHT, sizeof NIGHT - 1};
        return true;
    }
    if (part_first(text, n, out))
        return true;
    const bool yesterday = drop(&text, &n, "yesterday");
    if (yesterday || drop(&text, &n, "today")) {
        *out = (told){0, yesterday, text, n};
        return true;
    }
    (void)(drop(&text, &n, "on") || drop(&text, &n, "last"));
    while (word < n && ((text[word] | 32) >= 'a' && (text[word] | 32) <= 'z'))
        word++;
    out->weekday = cm_weekday_named(text, word);
    out->rest = text + word;
    out->n = n - word;
    trim(&out->rest, &out->n);
    return out->weekday != 0;
}

/* That day with the rest of the words, read as if it had been written so. */
static bool on_day(int64_t days, const told *what, const cm_zone *zone, cm_when *out)
{
    char text[120];
    int64_t year;
    unsigned month, day;
    cm_flaw ignored;

    cm_civil_from_days(days, &year, &month, &day);
    const int n = snprintf(text, sizeof text, "%04" PRId64 "-%02u-%02u%s%.*s", year, month, day, what->n ? " " : "", (int)what->n, what->rest);
    return n > 0 && (size_t)n < sizeof text && cm_when_parse(text, (size_t)n, CM_DATE_YMD, zone, out, &ignored);
}

bool cm_when_relative(const char *text, size_t length, int64_t written_s, const cm_zone *zone, cm_when *out)
{
    const int64_t some_day = 11323; /* 2001-01-01, a Monday: is the rest of the words a time at all? */
    told what;

    if (length > 60 || !take_apart(text, length, &what) || !on_day(some_day, &what, zone, out))
        return false;
    if (written_s == CM_TIME_UNKNOWN) {
        *out = (cm_when){.from_s = CM_TIME_UNKNOWN, .to_s = CM_TIME_UNKNOWN, .precision = CM_WHEN_UNKNOWN};
        return true;
    }
    const int64_t local = written_s + cm_zone_offset(zone, written_s);
    const int64_t today = local >= 0 ? local / DAY_S : -((-local + DAY_S - 1) / DAY_S);
    if (what.weekday == 0)
        return on_day(today - what.back, &what, zone, out);
    for (int back = 0; back <= 7; back++) {
        const int64_t days = today - back;
        if (((days + 3) % 7 + 7) % 7 + 1 == (int64_t)what.weekday && on_day(days, &what, zone, out) && out->from_s <= written_s)
            return true;
    }
    return false;
}

int64_t cm_when_written(const char *text, size_t length, cm_date_order order, const cm_zone *zone)
{
    cm_when when;
    cm_flaw ignored;

    if (!cm_when_parse(text, length, order, zone, &when, &ignored) || when.precision == CM_WHEN_UNKNOWN || when.precision == CM_WHEN_INTERVAL ||
        when.to_s - when.from_s > 2 * DAY_S)
        return CM_TIME_UNKNOWN;
    return when.to_s > when.from_s ? when.to_s - 1 : when.from_s;
}
