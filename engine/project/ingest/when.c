/*
 * project/ingest/when.c - reading times without guessing.
 *
 * A text is read as a date of some precision, then maybe a time of day, then maybe an offset. Whatever is left over refuses it.
 */
#include "project/ingest/when_parts.h"

#include "base/time_text.h"
#include "project/ingest/when_words.h"

#include <string.h>

bool cm_date_order_named(const char *name, cm_date_order *out)
{
    static const char *const NAME[] = {"", "dmy", "mdy", "ymd"};

    for (int i = 1; i < 4; i++) {
        if (strcmp(name, NAME[i]) == 0) {
            *out = (cm_date_order)i;
            return true;
        }
    }
    return false;
}

static int64_t place_in_time(const civil *at, const cm_zone *zone, int64_t year, unsigned month, unsigned day,
                             cm_when *out)
{
    const int64_t local = cm_utc(year, month, day, at->timed ? at->hour : 0, at->minute, at->second);
    cm_local_kind kind;

    if (at->offset_said)
        return local - at->offset_s;
    const int64_t utc = cm_zone_to_utc(zone, local, &kind);
    if (at->timed) {
        out->gap = kind == CM_LOCAL_GAP;
        out->overlap = kind == CM_LOCAL_OVERLAP;
    }
    return utc;
}

/* Local hours of a day, beyond 24 on the next one. */
static int64_t at_hour(const civil *at, const cm_zone *zone, unsigned hour, unsigned minute, unsigned second, cm_when *out)
{
    int64_t year;
    unsigned month, day;
    civil moment = *at;

    cm_civil_from_days(cm_days_from_civil(at->year, at->month, at->day) + hour / 24, &year, &month, &day);
    moment.timed = true;
    moment.hour = hour % 24;
    moment.minute = minute;
    moment.second = second;
    cm_when one = {0};
    const int64_t utc = place_in_time(&moment, zone, year, month, day, &one);
    out->gap = out->gap || one.gap;
    out->overlap = out->overlap || one.overlap;
    return utc;
}

/* Seven days from the Monday of a week; week 1 holds the 4th of January (ISO 8601). */
static void resolve_week(const civil *at, const cm_zone *zone, cm_when *out)
{
    const int64_t fourth = cm_days_from_civil(at->year, 1, 4);
    const int64_t monday = fourth - (fourth + 3) % 7 + (int64_t)(at->week - 1) * 7; /* 1970-01-01 was a Thursday */
    int64_t year;
    unsigned month, day;

    cm_civil_from_days(monday, &year, &month, &day);
    out->from_s = place_in_time(at, zone, year, month, day, out);
    cm_civil_from_days(monday + 7, &year, &month, &day);
    out->to_s = place_in_time(at, zone, year, month, day, out);
    out->precision = CM_WHEN_INTERVAL;
}

static void resolve(const civil *at, const cm_zone *zone, cm_when *out)
{
    *out = (cm_when){.offset_given = at->offset_said};
    if (at->week) {
        resolve_week(at, zone, out);
        return;
    }
    if (at->part || at->range) {
        const bool next_day = at->range && at->range_hour * 60 + at->range_minute < at->hour * 60 + at->minute;
        out->precision = CM_WHEN_INTERVAL;
        out->from_s = at->part ? at_hour(at, zone, at->part_from, 0, 0, out) : at_hour(at, zone, at->hour, at->minute, at->second, out);
        out->to_s = at->part ? at_hour(at, zone, at->part_to, 0, 0, out)
                             : at_hour(at, zone, at->range_hour + (next_day ? 24 : 0), at->range_minute, at->range_second, out);
        if (out->to_s < out->from_s)
            out->to_s = out->from_s; /* both within the hour that the clock went back over */
        return;
    }
    if (at->timed) {
        out->precision = at->seconds_said ? CM_WHEN_INSTANT : at->minutes_said ? CM_WHEN_MINUTE : CM_WHEN_HOUR;
        out->from_s = out->to_s = place_in_time(at, zone, at->year, at->month, at->day, out);
        return;
    }
    const unsigned first_month = at->quarter ? at->quarter * 3 - 2 : at->month ? at->month : 1;
    const unsigned months = at->quarter ? 3 : at->month ? 1 : 12;
    out->from_s = place_in_time(at, zone, at->year, first_month, at->day ? at->day : 1, out);
    if (at->day) {
        int64_t year;
        unsigned month, day;
        cm_civil_from_days(cm_days_from_civil(at->year, at->month, at->day) + 1, &year, &month, &day);
        out->precision = CM_WHEN_DAY;
        out->to_s = place_in_time(at, zone, year, month, day, out);
        return;
    }
    const unsigned end = first_month + months;
    out->precision = at->quarter ? CM_WHEN_QUARTER : at->month ? CM_WHEN_MONTH : CM_WHEN_YEAR;
    out->to_s = place_in_time(at, zone, end > 12 ? at->year + 1 : at->year, end > 12 ? end - 12 : end, 1, out);
}

static bool one_time(const char *text, size_t length, cm_date_order order, const cm_zone *zone, cm_when *out,
                     cm_flaw *flaw)
{
    cursor c = {text, text + length};
    civil at = {0};

    if (length >= 7 && digit(text[0]) && digit(text[1]) && text[2] == ':' && digit(text[3])) {
        *flaw = CM_FLAW("bad-date", "a time of day without a date");
        return false;
    }
    if (!cm_when_date(&c, order, &at, flaw))
        return false;
    if (at.part && (!at.day || c.at != c.end)) { /* "night of May 2024", "night of 1 May 2024 9pm" */
        *flaw = NOT_A_DATE;
        return false;
    }
    if (at.day && !cm_when_after_date(&c, &at, flaw))
        return false;
    if (c.at != c.end) {
        *flaw = NOT_A_DATE;
        return false;
    }
    resolve(&at, zone, out);
    return true;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Where "A/B" or "A..B" is cut: both sides at least a year long; for '/' only between dates that begin with a year. */
static size_t interval_cut(const char *text, size_t length, size_t *width)
{
    for (size_t i = 4; i + 5 <= length; i++) {
        if (text[i] == '.' && text[i + 1] == '.') {
            *width = 2;
            return i;
        }
        if (text[i] == '/' && i >= 7 && length - i >= 8 && digit(text[3]) && digit(text[i + 4]) && text[4] == '-' &&
            text[i + 5] == '-') {
            *width = 1;
            return i;
        }
    }
    return 0;
}

/* "A to B", "A until B", "A - B" of two dates; where it is cut, 0: nowhere. A cut between two times of one day is not one of these. */
static size_t word_cut(const char *text, size_t length, size_t *width)
{
    static const char *const SIGNS[] = {" to ", " until ", " - ", " \xE2\x80\x93 ", " and "};
    const size_t kinds = sizeof SIGNS / sizeof SIGNS[0];

    for (size_t i = 1; i + 4 < length; i++) {
        for (size_t k = 0; text[i] == ' ' && k < kinds; k++) {
            const size_t n = strlen(SIGNS[k]);
            if (i + n >= length || memcmp(text + i, SIGNS[k], n) != 0)
                continue;
            bool date_follows = false; /* a year, somewhere behind it */
            for (size_t m = i + n; m + 4 <= length; m++)
                date_follows = date_follows || (digit(text[m]) && digit(text[m + 1]) && digit(text[m + 2]) && digit(text[m + 3]));
            if (!date_follows)
                return 0;
            *width = n;
            return i;
        }
    }
    return 0;
}

/* "1 to 5 March 2024", "28 February to 3 March 2024": what the first lacks is taken from the second. */
static bool short_first(const char *text, size_t left, const char *second, size_t length, cm_date_order order, const cm_zone *zone, cm_when *out)
{
    const char *const end = second + length;
    const char *after_first = memchr(second, ' ', length), *last = end;
    char whole[160];
    cm_flaw ignored;

    while (last > second && last[-1] != ' ')
        last--;
    const char *const rest[2] = {after_first, last > second ? last - 1 : NULL};
    for (int i = 0; i < 2; i++) {
        if (!rest[i] || left + (size_t)(end - rest[i]) >= sizeof whole)
            continue;
        memcpy(whole, text, left);
        memcpy(whole + left, rest[i], (size_t)(end - rest[i]));
        if (one_time(whole, left + (size_t)(end - rest[i]), order, zone, out, &ignored))
            return true;
    }
    return false;
}

bool cm_when_parse(const char *text, size_t length, cm_date_order order, const cm_zone *zone, cm_when *out, cm_flaw *flaw)
{
    size_t width = 0;

    while (length && blank(text[0])) {
        text++;
        length--;
    }
    while (length && blank(text[length - 1]))
        length--;
    if (length == 0) {
        *out = (cm_when){.from_s = CM_TIME_UNKNOWN, .to_s = CM_TIME_UNKNOWN, .precision = CM_WHEN_UNKNOWN};
        return true;
    }
    if (!digit(text[0]) && cm_says_unknown(text, length)) {
        *out = (cm_when){.from_s = CM_TIME_UNKNOWN, .to_s = CM_TIME_UNKNOWN, .precision = CM_WHEN_UNKNOWN};
        return true;
    }
    static const char *const BEFORE[] = {"from ", "From ", "between ", "Between "};
    for (size_t i = 0; !digit(text[0]) && i < sizeof BEFORE / sizeof BEFORE[0]; i++) {
        const size_t n = strlen(BEFORE[i]);
        if (length > n && memcmp(text, BEFORE[i], n) == 0) {
            text += n;
            length -= n;
            break;
        }
    }
    size_t cut = interval_cut(text, length, &width);
    if (cut == 0)
        cut = word_cut(text, length, &width);
    if (cut == 0)
        return one_time(text, length, order, zone, out, flaw);
    cm_when from, to;
    size_t left = cut;
    size_t right = cut + width;
    while (left && blank(text[left - 1]))
        left--;
    while (right < length && blank(text[right]))
        right++;
    if (!one_time(text + right, length - right, order, zone, &to, flaw))
        return false;
    if (!one_time(text, left, order, zone, &from, flaw) && !short_first(text, left, text + right, length - right, order, zone, &from))
        return false;
    if (to.to_s < from.from_s) {
        *flaw = CM_FLAW("bad-date", "the interval ends before it begins");
        return false;
    }
    *out = (cm_when){.from_s = from.from_s,
                     .to_s = to.to_s,
                     .precision = CM_WHEN_INTERVAL,
                     .gap = from.gap || to.gap,
                     .overlap = from.overlap || to.overlap,
                     .offset_given = from.offset_given && to.offset_given};
    return true;
}
