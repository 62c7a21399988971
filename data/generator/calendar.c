#include "calendar.h"

#include <stdio.h>

#define DAY_SECONDS 86400

/* Days from civil, after H. Hinnant, "chrono-compatible low-level date algorithms". */
int64_t day_number(int year, int month, int date)
{
    const int y = month <= 2 ? year - 1 : year;
    const int era = y / 400;
    const int of_era = y - era * 400;
    const int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + date - 1;

    return (int64_t)era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

day day_of(int64_t number)
{
    const int64_t z = number + 719468;
    const int64_t era = z / 146097, of_era = z - era * 146097;
    const int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    const int64_t m = (5 * of_year + 2) / 153;
    const int month = (int)(m < 10 ? m + 3 : m - 9);

    return (day){(int)(year + era * 400) + (month <= 2), month, (int)(of_year - (153 * m + 2) / 5 + 1)};
}

int day_of_week(int64_t number)
{
    return (int)((number + 4) % 7);
}

static int64_t last_sunday(int year, int month)
{
    const int64_t last = day_number(year, month, 31); /* March and October */

    return last - day_of_week(last);
}

int64_t summer_offset(int64_t utc)
{
    const int year = day_of(utc / DAY_SECONDS).year;
    const int64_t begins = last_sunday(year, 3) * DAY_SECONDS + 3600;
    const int64_t ends = last_sunday(year, 10) * DAY_SECONDS + 3600;

    return utc >= begins && utc < ends ? 3600 : 0;
}

int64_t utc_of_clock(int64_t clock)
{
    const int64_t summer = clock - 3600;

    return summer_offset(summer) ? summer : clock;
}

void write_instant(int64_t utc, int milliseconds, char out[64])
{
    const int64_t offset = summer_offset(utc), clock = utc + offset;
    const day d = day_of(clock / DAY_SECONDS);
    const int seconds = (int)(clock % DAY_SECONDS);

    snprintf(out, 64, "%04d-%02d-%02dT%02d:%02d:%02d.%03d%s", d.year % 10000, d.month, d.date, seconds / 3600,
             seconds / 60 % 60, seconds % 60, milliseconds % 1000, offset ? "+01:00" : "+00:00");
}

void write_date(int64_t utc, char out[64])
{
    const day d = day_of((utc + summer_offset(utc)) / DAY_SECONDS);

    snprintf(out, 64, "%04d-%02d-%02d", d.year % 10000, d.month, d.date);
}

void write_utc(int64_t utc, char out[64])
{
    const day d = day_of(utc / DAY_SECONDS);
    const int seconds = (int)(utc % DAY_SECONDS);

    snprintf(out, 64, "%04d-%02d-%02dT%02d:%02d:%02d", d.year % 10000, d.month, d.date, seconds / 3600,
             seconds / 60 % 60, seconds % 60);
}
