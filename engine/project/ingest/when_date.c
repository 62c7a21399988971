/*
 * project/ingest/when_date.c - dates in the ways people write them: the year first, the day first, the month by its name, quarters and weeks.
 */
#include "project/ingest/when_parts.h"

#include "base/time_text.h"
#include "project/ingest/when_words.h"

#include <string.h>

static bool month_word(cursor *c, unsigned *month)
{
    const char *word = c->at;

    while (c->at < c->end && (letter(*c->at) || (unsigned char)*c->at >= 0x80))
        c->at++;
    *month = cm_month_named(word, (size_t)(c->at - word));
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

/* "of", "de": between a day and its month, a month and its year. */
static void of(cursor *c)
{
    if (c->end - c->at > 3 && (memcmp(c->at, "of ", 3) == 0 || memcmp(c->at, "de ", 3) == 0))
        c->at += 3;
}

/* "the": before a day of the month. */
static void the(cursor *c)
{
    if (c->end - c->at > 4 && (memcmp(c->at, "the ", 4) == 0 || memcmp(c->at, "The ", 4) == 0))
        c->at += 4;
}

/* "st", "nd", "rd", "th" behind the number of a day. */
static void ordinal(cursor *c)
{
    if (c->end - c->at >= 2 && (memcmp(c->at, "st", 2) == 0 || memcmp(c->at, "nd", 2) == 0 || memcmp(c->at, "rd", 2) == 0 ||
                                memcmp(c->at, "th", 2) == 0))
        c->at += 2;
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
    if (separator == '-' && lower(peek(c)) == 'w') { /* 2024-W10 */
        c->at++;
        return two(c, &out->week) && out->week >= 1 && out->week <= 53;
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

    ordinal(c);
    if (peek(c) == '.' && c->end - c->at >= 2 && c->at[1] == ' ') /* 5. Maerz 2024 */
        c->at++;
    gap(c);
    of(c);
    if (letter(peek(c)) || (unsigned char)peek(c) >= 0x80) {
        if (!month_word(c, &out->month))
            return false;
        out->day = (unsigned)first;
        gap(c);
        of(c);
    } else {
        c->at = mark;
        if ((separator != '/' && separator != '.' && separator != '-') || !take(c, separator))
            return false;
        const int n = digits(c, &second);
        if (n == 4 && first >= 1 && first <= 12) { /* 03/2024 */
            out->month = (unsigned)first;
            out->year = second;
            return true;
        }
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
    if (n == 0 && c->at == c->end)
        *flaw = NO_YEAR;
    if (n == 2) {
        *flaw = CM_FLAW("bad-date", "a year of two digits: write four");
        return false;
    }
    return n == 4 && first > 0;
}

static bool any_date(cursor *c, cm_date_order order, civil *out, cm_flaw *flaw)
{
    int64_t first;
    unsigned month;

    *flaw = NOT_A_DATE;
    if (lower(peek(c)) == 'q' && c->at + 1 < c->end && digit(c->at[1])) {
        c->at++;
        return quarter_first(c, out);
    }
    if (c->end - c->at > 5 && memcmp(c->at, "week ", 5) == 0) { /* week 10 2024 */
        c->at += 5;
        const int n = digits(c, &first);
        gap(c);
        of(c);
        out->week = (unsigned)first;
        return n >= 1 && n <= 2 && first >= 1 && first <= 53 && digits(c, &out->year) == 4;
    }
    if (month_word(c, &month)) { /* May 2024; May 1, 2024 */
        out->month = month;
        gap(c);
        of(c);
        the(c);
        int n = digits(c, &first);
        if (n == 4) {
            out->year = first;
            return true;
        }
        if (c->at == c->end) { /* "March"; "Mar-24", which is a month of a year or a day of a month */
            *flaw = n ? CM_FLAW("bad-date", "a month and two digits: write the year with four, and the day if one is meant") : NO_YEAR;
            return false;
        }
        ordinal(c);
        gap(c);
        out->day = (unsigned)first;
        return (n == 1 || n == 2) && first > 0 && digits(c, &out->year) == 4;
    }
    the(c);
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

/* "Tuesday, " before a date. */
static void weekday_first(cursor *c, civil *at)
{
    cursor word = *c;

    while (word.at < word.end && letter(*word.at))
        word.at++;
    const unsigned weekday = cm_weekday_named(c->at, (size_t)(word.at - c->at));
    if (!weekday)
        return;
    at->weekday = weekday;
    (void)take(&word, '.');
    gap(&word);
    the(&word);
    *c = word;
}

/* "evening of 1 May 2024", "Wednesday night, 1 May 2024": the part of the day before the date. */
static void part_first(cursor *c, civil *at)
{
    static const char *const AFTER[] = {" of ", " on ", ", "};
    const size_t kinds = sizeof AFTER / sizeof AFTER[0];

    for (const char *cut = c->at; cut < c->end && cut - c->at < 40; cut++) {
        size_t k = 0;
        while (k < kinds && ((size_t)(c->end - cut) <= strlen(AFTER[k]) || memcmp(cut, AFTER[k], strlen(AFTER[k])) != 0))
            k++;
        if (k == kinds)
            continue;
        const char *word = c->at;
        while (word < cut && letter(*word))
            word++;
        const unsigned weekday = cm_weekday_named(c->at, (size_t)(word - c->at));
        const char *part = weekday && *word == ' ' ? word + 1 : c->at;
        if (!cm_part_of_day(part, (size_t)(cut - part), &at->part_from, &at->part_to))
            return;
        at->part = true;
        at->weekday = part == c->at ? 0 : weekday;
        c->at = cut + strlen(AFTER[k]);
        return;
    }
}

static bool weekday_fits(const civil *at)
{
    if (!at->weekday || !at->day)
        return true;
    const int64_t days = cm_days_from_civil(at->year, at->month, at->day) + 3; /* from a Monday */
    return (unsigned)((days % 7 + 7) % 7) + 1 == at->weekday;
}

bool cm_when_date(cursor *c, cm_date_order order, civil *out, cm_flaw *flaw)
{
    if (letter(peek(c)))
        part_first(c, out);
    weekday_first(c, out);
    if (out->weekday && (c->at == c->end || !(digit(*c->at) || (c->end - c->at >= 3 && cm_month_named(c->at, 3))))) {
        *flaw = CM_FLAW("bad-date", "a day of the week without a date: write the date too, such as 2024-05-01 night");
        return false;
    }
    if (!any_date(c, order, out, flaw))
        return false;
    if (out->year < 1000 || out->year > 9999) {
        *flaw = CM_FLAW("bad-date", "the year is outside 1000..9999");
        return false;
    }
    if (out->day && !cm_civil_valid(out->year, out->month, out->day)) {
        *flaw = NO_SUCH_DAY;
        return false;
    }
    if (!weekday_fits(out)) {
        *flaw = CM_FLAW("impossible-date", "the date is not on that day of the week: one of the two is wrong");
        return false;
    }
    return true;
}
