/*
 * runs/check/check_times.c - times that cannot be, or that nobody gave.
 */
#include "runs/check/findings.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "base/time_text.h"

#define DAY_S 86400
#define YEAR_1990_S 631152000

/* What each import noted of hours that the clock skipped or showed twice. */
static castmap_status check_clock(cm_check *check)
{
    cm_query *query = NULL;
    bool row = true;
    char file[80];
    castmap_status status = cm_query_open(check->ctx, check->project->db,
                                          "SELECT b.file, sum(n.count) FROM batch_note AS n JOIN batch AS b ON b.id = n.batch"
                                          " WHERE n.code IN ('clock-gap', 'clock-overlap') GROUP BY b.id ORDER BY b.id", &query);

    while (!status) {
        status = cm_query_step(check->ctx, query, &row);
        if (status || !row)
            break;
        const char *name = cm_query_text(query, 0);
        cm_escape_display(name ? name : "", name ? strlen(name) : 0, file, sizeof file);
        status = cm_found(check, CM_RULE_CLOCK, (size_t)cm_query_integer(query, 1), "%s", file);
    }
    cm_query_close(query);
    return status;
}

castmap_status cm_check_times(cm_check *check)
{
    const cm_observation_set *set = &check->set;
    castmap_status status = check->wanted[CM_RULE_CLOCK] ? check_clock(check) : CASTMAP_OK;

    for (size_t i = 0; i < set->count && !status; i++) {
        const int64_t from = set->from_s[i], to = set->to_s[i], id = set->id[i];
        if (from == CM_TIME_UNKNOWN) {
            status = cm_found_observation(check, CM_RULE_NO_TIME, id, NULL);
            continue;
        }
        /* A day of grace: "today" differs round the earth. */
        if (from > check->today_s + DAY_S)
            status = cm_found_observation(check, CM_RULE_FUTURE, id, NULL);
        if (!status && from < YEAR_1990_S)
            status = cm_found_observation(check, CM_RULE_LONG_PAST, id, NULL);
        if (!status && to < from)
            status = cm_found_observation(check, CM_RULE_BACKWARDS, id, NULL);
    }
    return status;
}
