/*
 * base/time_text.h - UTC seconds and civil dates, to text and back. Proleptic Gregorian, no leap seconds.
 */
#ifndef CM_BASE_TIME_TEXT_H
#define CM_BASE_TIME_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CM_TIME_UNKNOWN INT64_MIN

int64_t cm_days_from_civil(int64_t year, unsigned month, unsigned day); /* days since 1970-01-01 */
void cm_civil_from_days(int64_t days, int64_t *year, unsigned *month, unsigned *day);
bool cm_civil_valid(int64_t year, unsigned month, unsigned day);
int64_t cm_utc(int64_t year, unsigned month, unsigned day, unsigned hour, unsigned minute, unsigned second);

/* "2024-07-01T09:30:00Z"; out [24]. "" for CM_TIME_UNKNOWN. */
void cm_time_iso(int64_t time_s, char out[24]);
/* "2024-07-01"; out [16] */
void cm_date_iso(int64_t time_s, char out[16]);
/* "1 July 2024"; out [32] */
void cm_date_words(int64_t time_s, char out[32]);

#endif
