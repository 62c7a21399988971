/*
 * project/ingest/when.h - the time of a record: instants, local times, dates, months, quarters, years, intervals.
 */
#ifndef CM_PROJECT_INGEST_WHEN_H
#define CM_PROJECT_INGEST_WHEN_H

#include "project/ingest/flaw.h"
#include "project/ingest/zone.h"
#include "project/observation_table.h"

typedef enum cm_date_order { CM_DATE_ASK, CM_DATE_DMY, CM_DATE_MDY, CM_DATE_YMD } cm_date_order;

typedef struct cm_when {
    int64_t           from_s, to_s; /* [from, to) UTC; equal for an instant; CM_TIME_UNKNOWN both where nothing was said */
    cm_time_precision precision;
    bool              gap, overlap; /* the wall clock was changed there */
    bool              offset_given; /* the text carried its own offset */
} cm_when;

/*
 * Accepts: 2024-05-01T09:30[:15[.123]][Z|+01:00], 2024-05-01, 2024-05, 2024-Q2, Q2 2024, 2024-W18, week 18 2024, 2024, 1/5/2024 by `order` (or where
 * only one order is possible), 1 May 2024, the 1st of May 2024, 1-May-2024, May 1, 2024, May 2024 (months in ten languages), 5/2024, Wednesday 1 May 2024; each date with
 * an optional time of day, 09:30 - 11:00, or a part of it ("2024-05-01 night", "evening of 1 May 2024"); and A/B, A..B, A to B, "1 to 5 May 2024" as an interval.
 * Empty text and words for "unknown" are CM_WHEN_UNKNOWN. Years 1000 to 9999.
 */
bool cm_when_parse(const char *text, size_t length, cm_date_order order, const cm_zone *zone, cm_when *out, cm_flaw *flaw);

bool cm_date_order_named(const char *name, cm_date_order *out); /* "dmy", "mdy", "ymd" */

#endif
