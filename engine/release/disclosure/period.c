/*
 * release/disclosure/period.c - arithmetic of calendar periods.
 */
#include "release/disclosure/period.h"

#include "base/fail.h"
#include "base/time_text.h"

#include <stdio.h>

#define DAY_S 86400

const char *cm_period_type_name(cm_period_type type)
{
    return type == CM_PERIOD_YEAR ? "year" : type == CM_PERIOD_QUARTER ? "quarter" : "none";
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static void civil(int64_t time_s, int64_t *year, unsigned *month)
{
    unsigned day;

    cm_civil_from_days(floor_div(time_s, DAY_S), year, month, &day);
}

int64_t cm_period_start(cm_period_type type, int64_t time_s, int64_t steps)
{
    int64_t year;
    unsigned month;

    civil(time_s, &year, &month);
    if (type == CM_PERIOD_YEAR)
        return cm_utc(year + steps, 1, 1, 0, 0, 0);
    const int64_t quarter = year * 4 + (month - 1) / 3 + steps;
    return cm_utc(floor_div(quarter, 4), (unsigned)(quarter - 4 * floor_div(quarter, 4)) * 3 + 1, 1, 0, 0, 0);
}

static bool is_start(cm_period_type type, int64_t time_s)
{
    return cm_period_start(type, time_s, 0) == time_s;
}

static castmap_status check_asked(castmap_context *ctx, const cm_policy *policy, int64_t from_s, int64_t to_s,
                                  int64_t now_s, cm_period *out)
{
    char first[16], last[16];

    if (from_s == INT64_MIN || to_s == INT64_MAX || from_s >= to_s)
        return cm_fail(ctx, CASTMAP_E_RELEASE, "a %s release needs a period with a beginning and an end",
                       castmap_audience_name(policy->audience));
    if (is_start(CM_PERIOD_YEAR, from_s) && is_start(CM_PERIOD_YEAR, to_s)) {
        out->type = CM_PERIOD_YEAR;
    } else if (is_start(CM_PERIOD_QUARTER, from_s) && is_start(CM_PERIOD_QUARTER, to_s)) {
        out->type = CM_PERIOD_QUARTER;
    } else {
        cm_date_iso(cm_period_start(CM_PERIOD_QUARTER, from_s, 0), first);
        cm_date_iso(cm_period_start(CM_PERIOD_QUARTER, to_s - 1, 1), last);
        const castmap_status refused = cm_fail(ctx, CASTMAP_E_RELEASE, "a %s release covers whole calendar quarters or years",
                       castmap_audience_name(policy->audience));
        cm_fail_hint(ctx, "whole quarters around it: %s to %s (the last day not included)", first, last);
        return refused;
    }
    cm_date_iso(to_s, last);
    if (to_s > now_s) {
        const castmap_status refused = cm_fail(ctx, CASTMAP_E_RELEASE, "the period is not closed yet");
        cm_fail_hint(ctx, "it ends on %s", last);
        return refused;
    }
    if (to_s + (int64_t)policy->wait_days * DAY_S > now_s) {
        cm_date_iso(to_s + (int64_t)policy->wait_days * DAY_S, last);
        const castmap_status refused = cm_fail(ctx, CASTMAP_E_RELEASE, "a public release waits %d days after the end of its period",
                       policy->wait_days);
        cm_fail_hint(ctx, "it may be released from %s on", last);
        return refused;
    }
    out->from_s = from_s;
    out->to_s = to_s;
    return CASTMAP_OK;
}

/* All closed periods of the type from the first record on, but for those after the last record; false if there is none. */
static bool closed_with_records(cm_period_type type, int64_t closed_before_s, int64_t first_s, int64_t last_s,
                                cm_period *out)
{
    int64_t to = cm_period_start(type, closed_before_s, 0);
    const int64_t after_last = cm_period_start(type, last_s, 1);

    if (after_last < to)
        to = after_last;
    *out = (cm_period){type, cm_period_start(type, first_s, 0), to};
    return out->from_s < to;
}

castmap_status cm_period_choose(castmap_context *ctx, const cm_policy *policy, const cm_ledger *ledger, int64_t from_s,
                                int64_t to_s, int64_t now_s, int64_t first_s, int64_t last_s, cm_period *out)
{
    /* Partner releases wait by default too, so that both audiences get the same periods and later ones fit. */
    const int64_t closed_before_s = now_s - (int64_t)90 * DAY_S;

    if (from_s != INT64_MIN || to_s != INT64_MAX)
        return check_asked(ctx, policy, from_s, to_s, now_s, out);
    for (size_t i = ledger->count; i-- > 0;) {
        const cm_ledger_entry *entry = &ledger->entry[i];
        if (entry->audience != CASTMAP_INTERNAL)
            return check_asked(ctx, policy, entry->from_s, entry->to_s, now_s, out);
    }
    if (first_s > last_s)
        return cm_fail(ctx, CASTMAP_E_RELEASE, "no record has a time, so no closed period can be released");
    if (closed_with_records(CM_PERIOD_YEAR, closed_before_s, first_s, last_s, out) ||
        closed_with_records(CM_PERIOD_QUARTER, closed_before_s, first_s, last_s, out))
        return CASTMAP_OK;
    char date[16];
    cm_date_iso(cm_period_start(CM_PERIOD_QUARTER, first_s, 1) + (int64_t)90 * DAY_S, date);
    const castmap_status refused = cm_fail(ctx, CASTMAP_E_RELEASE, "no quarter or year that holds records is closed long enough");
    cm_fail_hint(ctx, "the first quarter with records may be released from %s on", date);
    return refused;
}

void cm_period_words(const cm_period *period, char *out, size_t size)
{
    static const char *const MONTHS[] = {"January", "April", "July", "October"};
    static const char *const ENDS[] = {"March", "June", "September", "December"};
    int64_t first_year, last_year;
    unsigned first_month, last_month;

    civil(period->from_s, &first_year, &first_month);
    civil(period->to_s - 1, &last_year, &last_month);
    const char *const from = MONTHS[(first_month - 1) / 3], *const to = ENDS[(last_month - 1) / 3];
    if (period->type == CM_PERIOD_YEAR && first_year == last_year)
        snprintf(out, size, "%lld", (long long)first_year);
    else if (period->type == CM_PERIOD_YEAR)
        snprintf(out, size, "%lld %s %lld", (long long)first_year, first_year + 1 == last_year ? "and" : "to",
                 (long long)last_year);
    else if (first_year == last_year)
        snprintf(out, size, "%s to %s %lld", from, to, (long long)last_year);
    else
        snprintf(out, size, "%s %lld to %s %lld", from, (long long)first_year, to, (long long)last_year);
}
