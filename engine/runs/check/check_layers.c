/*
 * runs/check/check_layers.c - results that were made before the newest records, repairs or boundaries they would be made of now.
 */
#include "runs/check/findings.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "project/batch_table.h"

static const char SELECT[] =
    "SELECT r.number, r.kind FROM run AS r WHERE r.undone = 0 AND r.kind NOT IN ('import', 'repair', 'release') AND ("
    " (EXISTS (SELECT 1 FROM run_input AS i JOIN " CM_IMPORT_BATCH " AS b ON b.run = i.input WHERE i.run = r.number) AND"
    "  (EXISTS (SELECT 1 FROM " CM_IMPORT_BATCH " AS b WHERE b.run > r.number AND b.accepted > 0) OR"
    "   EXISTS (SELECT 1 FROM repair AS p WHERE p.run > r.number AND p.observation IS NOT NULL)))"
    " OR EXISTS (SELECT 1 FROM run_input AS i JOIN boundary AS o ON o.run = i.input JOIN boundary AS n ON n.level = o.level AND n.id > o.id"
    "            WHERE i.run = r.number AND n.run > r.number))"
    " ORDER BY r.number";

castmap_status cm_check_layers(cm_check *check)
{
    cm_query *query = NULL;
    bool row = true;
    char kind[40];
    castmap_status status;

    if (!check->wanted[CM_RULE_STALE])
        return CASTMAP_OK;
    status = cm_query_open(check->ctx, check->project->db, SELECT, &query);
    while (!status) {
        status = cm_query_step(check->ctx, query, &row);
        if (status || !row)
            break;
        const char *name = cm_query_text(query, 1);
        cm_escape_display(name ? name : "", name ? strlen(name) : 0, kind, sizeof kind);
        status = cm_found(check, CM_RULE_STALE, 1, "step %" PRId64 " (%s)", cm_query_integer(query, 0), kind);
    }
    cm_query_close(query);
    return status;
}
