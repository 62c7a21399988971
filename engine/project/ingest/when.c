/*
 * project/ingest/when.c - reading times without guessing.
 *
 * A text is read as a date of some precision, then maybe a time of day, then maybe an offset. Whatever is left over refuses it.
 */
#include "project/ingest/when.h"

#include "base/time_text.h"

#include <string.h>

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
} civil;

static const cm_flaw NOT_A_DATE = {"bad-date", "not a date: write 2024-05-01, 2024-05-01 09:30, 2024-05 or 2024"};
static const cm_flaw NOT_A_TIME = {"bad-date", "the time of day is not between 00:00 and 23:59:59"};
static const cm_flaw NO_SUCH_DAY = {"impossible-date", "there is no such day in the calendar"};

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

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static char peek(const cursor *c)
{
    return c->at < c->end ? *c->at : '\0';
}

static bool take(cursor *c, char wanted)
{
    if (peek(c) != wanted || c->at >= c->end)
        return false;
    c->at++;
    return true;
}

/* Digits, at most nine; how many there were, 0 if none. */
static int digits(cursor *c, int64_t *value)
{
    int n = 0;

    *value = 0;
    for (; c->at < c->end && digit(*c->at) && n < 9; c->at++, n++)
        *value = *value * 10 + (*c->at - '0');
    return n;
}

static bool two(cursor *c, unsigned *value)
{
    if (c->end - c->at < 2 || !digit(c->at[0]) || !digit(c->at[1]))
        return false;
    *value = (unsigned)((c->at[0] - '0') * 10 + (c->at[1] - '0'));
    c->at += 2;
    return true;
}

static unsigned month_named(const char *word, size_t n)
{
    static const char *const NAME[] = {"january", "february", "march",     "april",   "may",      "june",
                                       "july",    "august",   "september", "october", "november", "december"};

    for (unsigned m = 0; m < 12; m++) {
        const size_t full = strlen(NAME[m]);
        if (n < 3 || n > full || (n != full && n != 3 && !(m == 8 && n == 4)))
            continue;
        size_t i = 0;
        while (i < n && lower(word[i]) == NAME[m][i])
            i++;
        if (i == n)
            return m + 1;
    }
    return 0;
}

static bool month_word(cursor *c, unsigned *month)
{
    const char *word = c->at;

    while (c->at < c->end && letter(*c->at))
        c->at++;
    *month = month_named(word, (size_t)(c->at - word));
    if (*month)
        (void)take(c, '.');
    else
        c->at = word;
    return *month != 0;
}

static void gap(cursor *c) /* what stands between the words of a date */
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '-' || *c->at == ',' || *c->at == '/'))
        c->at++;
}

/* "Q2 2024" after the Q */
static bool quarter_first(cursor *c, civil *out)
{
    int64_t q;

    if (digits(c, &q) != 1 || q < 1 || q > 4)
        return false;
    gap(c);
    out->quarter = (unsigned)q;
    return digits(c, &out->year) == 4;
}

/* After four digits of a year. */
static bool year_first(cursor *c, civil *out)
{
    const char separator = peek(c);
    const char *after_year = c->at;
    unsigned month;

    if (separator != '-' && separator != '/' && separator != '.' && separator != ' ')
        return true; /* a year alone, or something that is refused later */
    c->at++;
    if (lower(peek(c)) == 'q') {
        int64_t q;
        c->at++;
        if (digits(c, &q) != 1 || q < 1 || q > 4)
            return false;
        out->quarter = (unsigned)q;
        return true;
    }
    if (separator == ' ' || !digit(peek(c))) {
        if (month_word(c, &month)) { /* 2024 May 1 */
            out->month = month;
            gap(c);
            int64_t day;
            const int n = digits(c, &day);
            if (n > 2)
                return false;
            out->day = n ? (unsigned)day : 0;
            return n == 0 || day > 0;
        }
        c->at = after_year;
        return separator == ' ';
    }
    int64_t part;
    int n = digits(c, &part);
    if (n < 1 || n > 2)
        return false;
    out->month = (unsigned)part;
    if (part < 1 || part > 12)
        return false;
    if (peek(c) != separator)
        return n == 2;
    if (separator == '.' && !(c->at + 1 < c->end && digit(c->at[1])))
        return false;
    c->at++;
    n = digits(c, &part);
    out->day = (unsigned)part;
    return n >= 1 && n <= 2 && part > 0;
}

/* After one or two digits: 1/5/2024, 1.5.2024, 1-5-2024, 1 May 2024, 1-May-2024. */
static bool day_first(cursor *c, int64_t first, cm_date_order order, civil *out, cm_flaw *flaw)
{
    const char separator = peek(c);
    int64_t second;
    const char *mark = c->at;

    if (c->end - c->at >= 2 && letter(c->at[0]) && letter(c->at[1]) && !month_named(c->at, 3) &&
        (memcmp(c->at, "st", 2) == 0 || memcmp(c->at, "nd", 2) == 0 || memcmp(c->at, "rd", 2) == 0 ||
         memcmp(c->at, "th", 2) == 0))
        c->at += 2;
    gap(c);
    if (letter(peek(c))) {
        if (!month_word(c, &out->month))
            return false;
        out->day = (unsigned)first;
        gap(c);
    } else {
        c->at = mark;
        if ((separator != '/' && separator != '.' && separator != '-') || !take(c, separator))
            return false;
        const int n = digits(c, &second);
        if (n < 1 || n > 2 || !take(c, separator))
            return false;
        const bool dmy = second <= 12, mdy = first <= 12;
        if (dmy && mdy && first != second && order != CM_DATE_DMY && order != CM_DATE_MDY) {
            *flaw = CM_FLAW("ambiguous-date", "day and month cannot be told apart: say --date-order dmy or mdy");
            return false;
        }
        const bool day_is_first = order == CM_DATE_MDY ? false : order == CM_DATE_DMY ? true : dmy;
        out->day = (unsigned)(day_is_first ? first : second);
        out->month = (unsigned)(day_is_first ? second : first);
        if (out->month < 1 || out->month > 12) {
            *flaw = NO_SUCH_DAY;
            return false;
        }
    }
    const int n = digits(c, &out->year);
    if (n == 2) {
        *flaw = CM_FLAW("bad-date", "a year of two digits: write four");
        return false;
    }
    return n == 4 && first > 0;
}

static bool date(cursor *c, cm_date_order order, civil *out, cm_flaw *flaw)
{
    int64_t first;
    unsigned month;

    *flaw = NOT_A_DATE;
    if (lower(peek(c)) == 'q' && c->at + 1 < c->end && digit(c->at[1])) {
        c->at++;
        return quarter_first(c, out);
    }
    if (month_word(c, &month)) { /* May 2024; May 1, 2024 */
        out->month = month;
        gap(c);
        int n = digits(c, &first);
        if (n == 4) {
            out->year = first;
            return true;
        }
        gap(c);
        out->day = (unsigned)first;
        return (n == 1 || n == 2) && first > 0 && digits(c, &out->year) == 4;
    }
    const char *begin = c->at;
    const int n = digits(c, &first);
    if (n == 4) {
        out->year = first;
        return year_first(c, out);
    }
    if (n == 1 || n == 2)
        return day_first(c, first, order, out, flaw);
    if (n == 5 && (c->at == c->end || *c->at == '.' || *c->at == ',')) {
        if (first >= 20000 && first < 80000)
            *flaw = CM_FLAW("spreadsheet-date", "this looks like a spreadsheet's day number: format the column as a date first");
        else
            *flaw = CM_FLAW("bad-date", "the year is outside 1000..9999");
    } else if (n == 5) {
        *flaw = CM_FLAW("bad-date", "the year is outside 1000..9999");
    } else if (n >= 9 && begin < c->at) {
        *flaw = CM_FLAW("bad-date", "this looks like a count of seconds: write the date as 2024-05-01");
    } else if (n == 8) {
        *flaw = CM_FLAW("bad-date", "eight digits: write the date with hyphens, 2024-05-01");
    }
    return false;
}

static bool time_of_day(cursor *c, civil *out, cm_flaw *flaw)
{
    int64_t hour;

    *flaw = NOT_A_TIME;
    const int n = digits(c, &hour);
    if (n < 1 || n > 2)
        return false;
    out->timed = true;
    out->hour = (unsigned)hour;
    if (take(c, ':')) {
        if (!two(c, &out->minute))
            return false;
        out->minutes_said = true;
        if (take(c, ':')) {
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

static bool offset(cursor *c, civil *out, cm_flaw *flaw)
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
    if (hours > 14 || minutes > 59)
        return false;
    out->offset_said = true;
    out->offset_s = (int32_t)(hours * 3600 + minutes * 60) * (sign == '-' ? -1 : 1);
    return true;
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

static void resolve(const civil *at, const cm_zone *zone, cm_when *out)
{
    *out = (cm_when){.offset_given = at->offset_said};
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
    if (!date(&c, order, &at, flaw))
        return false;
    if (at.year < 1000 || at.year > 9999) {
        *flaw = CM_FLAW("bad-date", "the year is outside 1000..9999");
        return false;
    }
    if (at.day && !cm_civil_valid(at.year, at.month, at.day)) {
        *flaw = NO_SUCH_DAY;
        return false;
    }
    if (at.day && c.at < c.end && (*c.at == 'T' || *c.at == 't' || *c.at == ' ' || *c.at == ',')) {
        c.at++;
        while (take(&c, ' '))
            ;
        if (!time_of_day(&c, &at, flaw))
            return false;
        while (take(&c, ' '))
            ;
        if (!offset(&c, &at, flaw))
            return false;
    } else if (at.day && c.at < c.end && !offset(&c, &at, flaw)) {
        return false;
    }
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
    const size_t cut = interval_cut(text, length, &width);
    if (cut == 0)
        return one_time(text, length, order, zone, out, flaw);
    cm_when from, to;
    size_t left = cut;
    size_t right = cut + width;
    while (left && blank(text[left - 1]))
        left--;
    while (right < length && blank(text[right]))
        right++;
    if (!one_time(text, left, order, zone, &from, flaw) ||
        !one_time(text + right, length - right, order, zone, &to, flaw))
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
