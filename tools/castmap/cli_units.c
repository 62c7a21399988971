/*
 * cli_units.c - numbers, lengths and dates as people type them.
 *
 * Nothing is guessed: a length without a unit is refused, and so is a date that does not exist.
 */
#include "cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DAY_S INT64_C(86400)

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Length of the plain decimal number at the start of text; 0: none. No sign, no exponent, no "inf". */
static size_t decimal_length(const char *text)
{
    size_t n = 0, digits = 0;

    for (; is_digit(text[n]); n++)
        digits++;
    if (text[n] == '.') {
        n++;
        for (; is_digit(text[n]); n++)
            digits++;
    }
    return digits > 0 && digits <= 30 ? n : 0;
}

bool cli_number(const char *text, double *out)
{
    size_t n = decimal_length(text);

    if (n == 0 || text[n] != '\0')
        return false;
    *out = strtod(text, NULL);
    return isfinite(*out);
}

bool cli_whole(const char *text, uint64_t *out)
{
    uint64_t value = 0;

    if (!*text)
        return false;
    for (; *text; text++) {
        if (!is_digit(*text) || value > (UINT64_MAX - 9) / 10)
            return false;
        value = value * 10 + (uint64_t)(*text - '0');
    }
    *out = value;
    return true;
}

bool cli_length_m(const char *text, double *out, const char **why)
{
    static const struct {
        const char *unit;
        double metres;
    } UNITS[] = {{"m", 1.0},     {"km", 1000.0},     {"mi", 1609.344}, {"ft", 0.3048},
                 {"yd", 0.9144}, {"miles", 1609.344}};
    size_t n = decimal_length(text);

    if (n == 0) {
        *why = "not a length; write a number and its unit: 250m, 2km, 0.5mi, 400ft";
        return false;
    }
    const char *unit = text + n;
    while (*unit == ' ')
        unit++;
    if (!*unit) {
        *why = "a length needs its unit: 250m, 2km, 0.5mi, 400ft";
        return false;
    }
    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++) {
        if (strcmp(unit, UNITS[i].unit) != 0)
            continue;
        double value = strtod(text, NULL) * UNITS[i].metres;
        if (!(value > 0.0) || value > 4.0e7) {
            *why = "a length is more than 0 and less than the way round the Earth";
            return false;
        }
        *out = value;
        return true;
    }
    *why = "not a unit of length that is known; use m, km, mi, ft or yd";
    return false;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar (years counted from March, so that leap days come last). */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static int64_t month_start(int64_t year, int64_t month) /* month may run past 12 */
{
    return days_of(year + (month - 1) / 12, (month - 1) % 12 + 1, 1);
}

/* `n` digits at text as a number; -1: they are not digits. */
static int64_t digits_at(const char *text, size_t n)
{
    int64_t value = 0;

    for (size_t i = 0; i < n; i++) {
        if (!is_digit(text[i]))
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* "T12:30" or "T12:30:15", with Z or nothing after it. */
static bool clock_time(const char *text, int64_t *seconds)
{
    if (strlen(text) < 6 || (text[0] != 'T' && text[0] != ' ') || text[3] != ':')
        return false;
    int64_t hour = digits_at(text + 1, 2), minute = digits_at(text + 4, 2), second = 0;
    const char *rest = text + 6;
    if (rest[0] == ':') {
        second = strlen(rest) >= 3 ? digits_at(rest + 1, 2) : -1;
        rest += strlen(rest) >= 3 ? 3 : 1;
    }
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return false;
    *seconds = hour * 3600 + minute * 60 + second;
    return *rest == '\0' || strcmp(rest, "Z") == 0;
}

bool cli_period(const char *text, int64_t *from_s, int64_t *to_s)
{
    size_t n = strlen(text);
    int64_t year = n >= 4 ? digits_at(text, 4) : -1;

    if (year < 1900 || year > 2200)
        return false;
    if (n == 4) {
        *from_s = month_start(year, 1) * DAY_S;
        *to_s = month_start(year, 13) * DAY_S;
        return true;
    }
    if (text[4] != '-')
        return false;
    if (n == 7 && (text[5] == 'Q' || text[5] == 'q')) {
        int64_t quarter = digits_at(text + 6, 1);
        if (quarter < 1 || quarter > 4)
            return false;
        *from_s = month_start(year, 3 * quarter - 2) * DAY_S;
        *to_s = month_start(year, 3 * quarter + 1) * DAY_S;
        return true;
    }
    int64_t month = n >= 7 ? digits_at(text + 5, 2) : -1;
    if (month < 1 || month > 12)
        return false;
    if (n == 7) {
        *from_s = month_start(year, month) * DAY_S;
        *to_s = month_start(year, month + 1) * DAY_S;
        return true;
    }
    int64_t day = n >= 10 && text[7] == '-' ? digits_at(text + 8, 2) : -1;
    if (day < 1 || month_start(year, month) + day > month_start(year, month + 1))
        return false;
    *from_s = (month_start(year, month) + day - 1) * DAY_S;
    *to_s = *from_s + DAY_S;
    if (n == 10)
        return true;
    int64_t seconds;
    if (!clock_time(text + 10, &seconds))
        return false;
    *from_s += seconds;
    *to_s = *from_s;
    return true;
}

void cli_date_text(int64_t time_s, char out[16])
{
    int64_t days = time_s / DAY_S - (time_s % DAY_S < 0);
    int64_t year = 1970 + days / 366;

    if (time_s == INT64_MIN || time_s == INT64_MAX || year < 0 || year > 9000) {
        memcpy(out, "-", 2);
        return;
    }
    while (month_start(year + 1, 1) <= days)
        year++;
    while (month_start(year, 1) > days)
        year--;
    int64_t month = 1;
    while (month < 12 && month_start(year, month + 1) <= days)
        month++;
    snprintf(out, 16, "%04d-%02d-%02d", (int)(year % 10000), (int)month,
             (int)(days - month_start(year, month) + 1) % 100);
}

void cli_length_text(double metres, char out[32])
{
    if (!isfinite(metres))
        memcpy(out, "-", 2);
    else if (metres < 1000.0)
        snprintf(out, 32, "%.0f m", metres);
    else
        snprintf(out, 32, "%.2f km", metres / 1000.0);
}

/* Well-formed UTF-8: shortest forms only, no surrogates, nothing above U+10FFFF. */
bool cli_utf8_valid(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;

    while (*s) {
        size_t more = *s < 0x80 ? 0 : *s >= 0xC2 && *s < 0xE0 ? 1 : *s >= 0xE0 && *s < 0xF0 ? 2 : *s >= 0xF0 && *s < 0xF5 ? 3 : 9;
        if (more == 9)
            return false;
        if ((*s == 0xE0 && s[1] < 0xA0) || (*s == 0xED && s[1] > 0x9F) || (*s == 0xF0 && s[1] < 0x90) ||
            (*s == 0xF4 && s[1] > 0x8F))
            return false;
        for (size_t i = 1; i <= more; i++) {
            if ((s[i] & 0xC0) != 0x80)
                return false;
        }
        s += more + 1;
    }
    return true;
}
