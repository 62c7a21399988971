/*
 * project/ingest/when_weekday.h - days that are told by the day on which they were written: "Tuesday night", "yesterday", "last night".
 */
#ifndef CM_PROJECT_INGEST_WHEN_WEEKDAY_H
#define CM_PROJECT_INGEST_WHEN_WEEKDAY_H

#include "project/ingest/when.h"

/*
 * [on|last] WEEKDAY [part of the day or time], PART of|on WEEKDAY, today or yesterday [part or time], last night; weekdays in English, three letters are enough. A day of the week is the
 * last one of that name that had begun, with its part, when it was written: "Tuesday night" written on Tuesday at 23:00 is that night, at noon the one a week before.
 *
 * written_s: when it was written, UTC; of a day its last second; CM_TIME_UNKNOWN: nobody knows, and *out is CM_WHEN_UNKNOWN. False: the text says no such day.
 */
bool cm_when_relative(const char *text, size_t length, int64_t written_s, const cm_zone *zone, cm_when *out);

/* When a record was written, out of its cell; CM_TIME_UNKNOWN: the cell is empty, or not known to the day. */
int64_t cm_when_written(const char *text, size_t length, cm_date_order order, const cm_zone *zone);

#endif
