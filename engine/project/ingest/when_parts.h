/*
 * project/ingest/when_parts.h - a time while it is read: where we are in the text, and what it has said so far. For when*.c alone.
 */
#ifndef CM_PROJECT_INGEST_WHEN_PARTS_H
#define CM_PROJECT_INGEST_WHEN_PARTS_H

#include "project/ingest/when.h"

typedef struct cursor {
    const char *at, *end;
} cursor;

typedef struct civil {
    int64_t  year;
    unsigned month, day; /* 0: not said */
    unsigned quarter;    /* 0: not said */
    bool     timed;
    unsigned hour, minute, second;
    bool     seconds_said, minutes_said;
    bool     offset_said;
    int32_t  offset_s;
    bool     part;       /* of the day: from part_from to part_to o'clock, beyond 24 on the next day */
    unsigned part_from, part_to;
    bool     range;      /* from the time of day to this one, on the next day where it is earlier */
    unsigned range_hour, range_minute, range_second;
    unsigned week;       /* of the year; 0: not said */
    unsigned weekday;    /* 1 Monday .. 7; 0: not said */
} civil;

#define NOT_A_DATE ((cm_flaw){"bad-date", "not a date: write 2024-05-01, 2024-05-01 09:30, 2024-05 or 2024"})
#define NOT_A_TIME ((cm_flaw){"bad-date", "the time of day is not between 00:00 and 23:59:59"})
#define NO_YEAR ((cm_flaw){"no-year", "a month without its year: write it too, or say with --year which one is meant"})
#define NO_SUCH_DAY ((cm_flaw){"impossible-date", "there is no such day in the calendar"})

static inline bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static inline char peek(const cursor *c)
{
    return c->at < c->end ? *c->at : '\0';
}

static inline bool take(cursor *c, char wanted)
{
    if (peek(c) != wanted || c->at >= c->end)
        return false;
    c->at++;
    return true;
}

/* Digits, at most nine; how many there were, 0 if none. */
static inline int digits(cursor *c, int64_t *value)
{
    int n = 0;

    *value = 0;
    for (; c->at < c->end && digit(*c->at) && n < 9; c->at++, n++)
        *value = *value * 10 + (*c->at - '0');
    return n;
}

static inline bool two(cursor *c, unsigned *value)
{
    if (c->end - c->at < 2 || !digit(c->at[0]) || !digit(c->at[1]))
        return false;
    *value = (unsigned)((c->at[0] - '0') * 10 + (c->at[1] - '0'));
    c->at += 2;
    return true;
}

/* when_date.c: a date of some precision; a day of the week before it. */
bool cm_when_date(cursor *c, cm_date_order order, civil *out, cm_flaw *flaw);
/* when_clock.c: what may stand behind a date: a part of the day, or a time of day and its offset. */
bool cm_when_after_date(cursor *c, civil *at, cm_flaw *flaw);

#endif
