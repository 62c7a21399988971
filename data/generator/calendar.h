/* Days, clock times and summer time, without the C library's zones. */
#ifndef SAMPLE_CALENDAR_H
#define SAMPLE_CALENDAR_H

#include <stdint.h>

typedef struct day {
    int year, month, date;
} day;

int64_t day_number(int year, int month, int date); /* days since 1970-01-01 */
day     day_of(int64_t number);
int     day_of_week(int64_t number);               /* 0 is Sunday */

/* Seconds that a clock in the valley is ahead of UTC at this instant. */
int64_t summer_offset(int64_t utc);
/* The instant at which the clock shows these seconds since 1970 as local time. */
int64_t utc_of_clock(int64_t clock);

/* 2025-03-04T21:14:00.000+00:00, 2025-03-04, 2025-03-04T21:14:07 (the last in UTC) */
void write_instant(int64_t utc, int milliseconds, char out[64]);
void write_date(int64_t utc, char out[64]);
void write_utc(int64_t utc, char out[64]);

#endif
