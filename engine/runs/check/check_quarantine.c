/*
 * runs/check/check_quarantine.c - rows that were set aside, by reason.
 */
#include "runs/check/findings.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

castmap_status cm_check_quarantine(cm_check *check)
{
    cm_query *query = NULL;
    bool row = true;
    char file[80], code[40];
    castmap_status status;

    if (!check->wanted[CM_RULE_QUARANTINE])
        return CASTMAP_OK;
    status = cm_query_open(check->ctx, check->project->db,
                           "SELECT q.code, count(*) AS n, b.file, q.row, min(q.id) FROM quarantine AS q JOIN batch AS b ON b.id = q.batch"
                           " GROUP BY q.code ORDER BY n DESC, q.code", &query);
    while (!status) {
        status = cm_query_step(check->ctx, query, &row);
        if (status || !row)
            break;
        const char *name = cm_query_text(query, 2), *reason = cm_query_text(query, 0);
        cm_escape_display(name ? name : "", name ? strlen(name) : 0, file, sizeof file);
        cm_escape_display(reason ? reason : "", reason ? strlen(reason) : 0, code, sizeof code);
        const int64_t n = cm_query_integer(query, 1);
        status = cm_found(check, CM_RULE_QUARANTINE, (size_t)n, "%s row %" PRId64, file, cm_query_integer(query, 3));
        if (!status)
            status = cm_found_detail(check, CM_RULE_QUARANTINE, "%" PRId64 " %s", n, code);
    }
    cm_query_close(query);
    return status;
}
