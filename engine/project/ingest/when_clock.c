/*
 * project/ingest/when_clock.c - times of day behind a date: one, from one to another, or a part of the day; and offsets from UTC.
 */
#include "project/ingest/when_parts.h"

#include "project/ingest/when_words.h"

#include <string.h>

/* 9:30[:15[.123]], 9.30, 9, with am or pm behind it. */
static bool clock(cursor *c, civil *out, cm_flaw *flaw)
{
    int64_t hour;

    *flaw = NOT_A_TIME;
    const int n = digits(c, &hour);
    if (n < 1 || n > 2)
        return false;
    out->timed = true;
    out->hour = (unsigned)hour;
    const bool dot = peek(c) == '.' && c->end - c->at >= 3 && digit(c->at[1]) && digit(c->at[2]);
    if (take(c, ':') || (dot && take(c, '.'))) {
        if (!two(c, &out->minute))
            return false;
        out->minutes_said = true;
        if (!dot && take(c, ':')) {
            if (!two(c, &out->second))
                return false;
            out->seconds_said = true;
            if (peek(c) == '.' || peek(c) == ',') {
                int64_t fraction;
                c->at++;
                if (digits(c, &fraction) == 0)
                    return false;
            }
        }
    }
    while (take(c, ' '))
        ;
    const char half = lower(peek(c));
    if ((half == 'a' || half == 'p') && c->at + 1 < c->end && lower(c->at[1]) == 'm') {
        if (out->hour < 1 || out->hour > 12)
            return false;
        out->hour = out->hour % 12 + (half == 'p' ? 12 : 0);
        c->at += 2;
    } else if (!out->minutes_said && out->hour > 24) {
        return false;
    }
    if (out->second == 60) {
        *flaw = CM_FLAW("bad-date", "leap seconds (:60) are not kept: write :59");
        return false;
    }
    return out->hour < 24 && out->minute < 60 && out->second < 60;
}

/* A hyphen or dash with a space on a side, or "to": not the sign of an offset. */
static bool until(cursor *c)
{
    static const char *const SIGNS[] = {" - ", " \xE2\x80\x93 ", "\xE2\x80\x93", " to ", " until "};
    const char *before = c->at;

    if (before[-1] == ' ')
        before--; /* clock() went past it */
    for (size_t i = 0; i < sizeof SIGNS / sizeof SIGNS[0]; i++) {
        const size_t n = strlen(SIGNS[i]);
        if ((size_t)(c->end - before) > n && memcmp(before, SIGNS[i], n) == 0) {
            c->at = before + n;
            return true;
        }
    }
    return false;
}

/* A time of day, or from one to another. */
static bool time_of_day(cursor *c, civil *out, cm_flaw *flaw)
{
    civil end = {0};

    if (!clock(c, out, flaw))
        return false;
    if (!until(c))
        return true;
    if (!clock(c, &end, flaw))
        return false;
    out->range = true;
    out->range_hour = end.hour;
    out->range_minute = end.minute;
    out->range_second = end.second;
    return true;
}

/* spaced: a space, not a T, stood before the time. */
static bool offset(cursor *c, bool spaced, civil *out, cm_flaw *flaw)
{
    unsigned hours, minutes = 0;

    if (take(c, 'Z') || take(c, 'z')) {
        out->offset_said = true;
        return true;
    }
    if (c->end - c->at == 3 && (memcmp(c->at, "UTC", 3) == 0 || memcmp(c->at, "GMT", 3) == 0)) {
        c->at += 3;
        out->offset_said = true;
        return true;
    }
    const char sign = peek(c);
    if (sign != '+' && sign != '-')
        return true;
    *flaw = CM_FLAW("bad-date", "the offset from UTC is not like +01:00");
    c->at++;
    if (!two(c, &hours))
        return false;
    (void)take(c, ':');
    if (c->at < c->end && !two(c, &minutes))
        return false;
    if (sign == '-' && spaced && !out->seconds_said && hours * 60 + minutes > out->hour * 60 + out->minute) {
        *flaw = CM_FLAW("ambiguous-date", "from one time to another, or a time with its offset? Write 09:00 - 11:00 with spaces, or 09:00:00-11:00");
        return false;
    }
    if (hours > 14 || minutes > 59)
        return false;
    out->offset_said = true;
    out->offset_s = (int32_t)(hours * 3600 + minutes * 60) * (sign == '-' ? -1 : 1);
    return true;
}

/* What may stand behind a date: a part of the day, or a time of day and its offset. */
bool cm_when_after_date(cursor *c, civil *at, cm_flaw *flaw)
{
    if (c->at == c->end)
        return true;
    if (*c->at != 'T' && *c->at != 't' && *c->at != ' ' && *c->at != ',')
        return offset(c, false, at, flaw);
    const bool spaced = *c->at == ' ' || *c->at == ',';
    c->at++;
    while (take(c, ' '))
        ;
    if (cm_part_of_day(c->at, (size_t)(c->end - c->at), &at->part_from, &at->part_to)) {
        at->part = true;
        c->at = c->end;
        return true;
    }
    if (c->end - c->at > 3 && memcmp(c->at, "at ", 3) == 0)
        c->at += 3;
    if (!time_of_day(c, at, flaw))
        return false;
    while (take(c, ' '))
        ;
    if (!offset(c, spaced, at, flaw))
        return false;
    if (c->at < c->end && letter(*c->at)) {
        *flaw = CM_FLAW("bad-date", "letters behind the time: a zone such as BST means several things, so write an offset such as +01:00");
        return false;
    }
    return true;
}

