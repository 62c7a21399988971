/* runs/flow_periods.c */
#include "runs/flow_periods.h"

#include "base/time_text.h"

#include <stdio.h>
#include <string.h>

#define DAY_S INT64_C(86400)

static const char *const NAMES[] = {"all", "month", "quarter", "year"}; /* in the order of castmap_flow_periods */

static int32_t a_year(castmap_flow_periods by)
{
    return by == CASTMAP_FLOWS_BY_YEAR ? 1 : by == CASTMAP_FLOWS_BY_QUARTER ? 4 : 12;
}

const char *cm_flow_periods_name(castmap_flow_periods by)
{
    return NAMES[by];
}

castmap_flow_periods cm_flow_periods_named(const char *name)
{
    for (int by = CASTMAP_FLOWS_WHOLE; name && by <= CASTMAP_FLOWS_BY_YEAR; by++) {
        if (strcmp(NAMES[by], name) == 0)
            return (castmap_flow_periods)by;
    }
    return CASTMAP_FLOWS_WHOLE;
}

int32_t cm_flow_period(castmap_flow_periods by, int64_t when_s, int64_t span_s)
{
    static const int64_t LONGEST[] = {0, 31, 92, 366};
    int64_t year;
    unsigned month, day;

    if (when_s == CM_TIME_UNKNOWN || span_s > LONGEST[by] * DAY_S)
        return CM_FLOW_UNDATED;
    cm_civil_from_days(when_s / DAY_S - (when_s % DAY_S < 0), &year, &month, &day);
    return (int32_t)(year * a_year(by) + (int64_t)(month - 1) / (12 / a_year(by)));
}

int64_t cm_flow_period_start(castmap_flow_periods by, int32_t period)
{
    const int32_t n = a_year(by), year = period / n - (period % n < 0);

    return cm_utc(year, (unsigned)((period - year * n) * (12 / n)) + 1, 1, 0, 0, 0);
}

void cm_flow_period_words(castmap_flow_periods by, int32_t period, char out[CM_FLOW_PERIOD_WORDS])
{
    if (period == CM_FLOW_UNDATED)
        snprintf(out, CM_FLOW_PERIOD_WORDS, "no date");
    else if (by == CASTMAP_FLOWS_BY_YEAR)
        snprintf(out, CM_FLOW_PERIOD_WORDS, "%d", period);
    else if (by == CASTMAP_FLOWS_BY_QUARTER)
        snprintf(out, CM_FLOW_PERIOD_WORDS, "%d-Q%d", period / 4, period % 4 + 1);
    else
        snprintf(out, CM_FLOW_PERIOD_WORDS, "%d-%02d", period / 12, period % 12 + 1);
}
