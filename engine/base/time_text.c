/*
 * base/time_text.c - civil dates.
 *
 * Days from and to civil dates after H. Hinnant, "chrono-compatible low-level date algorithms" (2013): eras of 400 years, years that begin in March.
 */
#include "base/time_text.h"

#include <stdio.h>

int64_t cm_days_from_civil(int64_t year, unsigned month, unsigned day)
{
    year -= month <= 2;
    const int64_t era = (year >= 0 ? year : year - 399) / 400;
    const int64_t of_era = year - era * 400;
    const int64_t of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + (int64_t)day - 1;
    const int64_t day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    return era * 146097 + day_of_era - 719468;
}

void cm_civil_from_days(int64_t days, int64_t *year, unsigned *month, unsigned *day)
{
    days += 719468;
    const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    const int64_t day_of_era = days - era * 146097;
    const int64_t of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int64_t of_year = day_of_era - (365 * of_era + of_era / 4 - of_era / 100);
    const int64_t shifted = (5 * of_year + 2) / 153;
    *day = (unsigned)(of_year - (153 * shifted + 2) / 5 + 1);
    *month = (unsigned)(shifted < 10 ? shifted + 3 : shifted - 9);
    *year = of_era + era * 400 + (*month <= 2);
}

bool cm_civil_valid(int64_t year, unsigned month, unsigned day)
{
    static const unsigned char LENGTH[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
        return false;
    return day <= (unsigned)LENGTH[month - 1] + (leap && month == 2 ? 1u : 0u);
}

int64_t cm_utc(int64_t year, unsigned month, unsigned day, unsigned hour, unsigned minute, unsigned second)
{
    return cm_days_from_civil(year, month, day) * 86400 + (int64_t)hour * 3600 + (int64_t)minute * 60 + (int64_t)second;
}

static int64_t split(int64_t time_s, int64_t *year, unsigned *month, unsigned *day)
{
    int64_t days = time_s / 86400, rest = time_s % 86400;

    if (rest < 0) {
        rest += 86400;
        days--;
    }
    cm_civil_from_days(days, year, month, day);
    return rest;
}

/* The years of stored times are 1..9999, so four digits suffice; anything else shows as unknown. */
static bool printable(int64_t time_s)
{
    return time_s >= INT64_C(-62135596800) && time_s < INT64_C(253402300800);
}

void cm_time_iso(int64_t time_s, char out[24])
{
    int64_t year;
    unsigned month, day;

    out[0] = '\0';
    if (!printable(time_s))
        return;
    const int64_t rest = split(time_s, &year, &month, &day);
    snprintf(out, 24, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)year % 10000u, month % 100u, day % 100u,
             (unsigned)(rest / 3600) % 100u, (unsigned)(rest / 60 % 60) % 100u, (unsigned)(rest % 60) % 100u);
}

void cm_date_iso(int64_t time_s, char out[16])
{
    int64_t year;
    unsigned month, day;

    out[0] = '\0';
    if (!printable(time_s))
        return;
    split(time_s, &year, &month, &day);
    snprintf(out, 16, "%04u-%02u-%02u", (unsigned)year % 10000u, month % 100u, day % 100u);
}

void cm_date_words(int64_t time_s, char out[32])
{
    static const char *const MONTH[] = {"January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December"};
    int64_t year;
    unsigned month, day;

    out[0] = '\0';
    if (!printable(time_s))
        return;
    split(time_s, &year, &month, &day);
    snprintf(out, 32, "%u %s %u", day, MONTH[month - 1], (unsigned)year);
}
