/*
 * runs/flow_periods.h - months, quarters and years of movements.
 */
#ifndef CM_RUNS_FLOW_PERIODS_H
#define CM_RUNS_FLOW_PERIODS_H

#include "castmap/movements.h"

#define CM_FLOW_UNDATED INT32_MAX
#define CM_FLOW_PERIOD_WORDS 32

const char *cm_flow_periods_name(castmap_flow_periods by); /* "all", "month", "quarter", "year"; static */
castmap_flow_periods cm_flow_periods_named(const char *name); /* CASTMAP_FLOWS_WHOLE: any other name, NULL */

/* Number of the month, quarter or year that holds the time, counted from the year 0; CM_FLOW_UNDATED: no time, or one known less exactly than such a period. by: not whole. */
int32_t cm_flow_period(castmap_flow_periods by, int64_t when_s, int64_t span_s);
/* Its first second. */
int64_t cm_flow_period_start(castmap_flow_periods by, int32_t period);
/* "2025-03", "2025-Q1", "2025", "no date" */
void cm_flow_period_words(castmap_flow_periods by, int32_t period, char out[CM_FLOW_PERIOD_WORDS]);

#endif
