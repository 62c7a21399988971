/*
 * runs/check/check_store.c - the file itself: pages, references, the account of every import, the spatial index.
 */
#include "runs/check/findings.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "project/observation_index.h"
#include "project/packed_rtree.h"

static castmap_status check_pages(cm_check *check)
{
    cm_query *query = NULL;
    bool row = true;
    char words[160];
    castmap_status status = cm_query_open(check->ctx, check->project->db, "PRAGMA quick_check(5)", &query);

    while (!status) {
        status = cm_query_step(check->ctx, query, &row);
        if (status || !row)
            break;
        const char *answer = cm_query_text(query, 0);
        if (answer && strcmp(answer, "ok") != 0) {
            cm_escape_display(answer, strlen(answer), words, sizeof words);
            status = cm_found(check, CM_RULE_STORE, 1, "%s", words);
        }
    }
    cm_query_close(query);
    return status;
}

/* Rows that refer to others which are not there. */
static castmap_status check_references(cm_check *check)
{
    static const char *const ORPHANS[][2] = {
        {"SELECT count(*) FROM observation WHERE batch NOT IN (SELECT id FROM batch)", "records of no import"},
        {"SELECT count(*) FROM observation WHERE category IS NOT NULL AND category NOT IN (SELECT id FROM category)", "records of a category that is not there"},
        {"SELECT count(*) FROM observation WHERE source IS NOT NULL AND source NOT IN (SELECT id FROM source)", "records of a source that is not there"},
        {"SELECT count(*) FROM quarantine WHERE batch NOT IN (SELECT id FROM batch)", "rows set aside of no import"},
        {"SELECT count(*) FROM quarantine WHERE reason NOT IN (SELECT id FROM reason)", "rows set aside for no reason"},
        {"SELECT count(*) FROM pragma_foreign_key_check", "references to what is not there"},
    };
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; i < sizeof ORPHANS / sizeof *ORPHANS && !status; i++) {
        int64_t n = 0;
        status = cm_db_integer(check->ctx, check->project->db, ORPHANS[i][0], &n);
        if (!status && n)
            status = cm_found(check, CM_RULE_STORE, (size_t)n, "%" PRId64 " %s", n, ORPHANS[i][1]);
    }
    return status;
}

/* What came back from quarantine left it; everything else must still be there. A row of movements with several stops is several movements. */
static castmap_status check_accounts(cm_check *check)
{
    static const char SELECT[] =
        "SELECT b.id, b.file, b.accepted, CASE WHEN f.run IS NULL THEN coalesce(o.n, 0) ELSE min(b.accepted, f.movements) END AS there, b.quarantined, coalesce(q.n, 0) + coalesce(m.n, 0) FROM batch AS b"
        " LEFT JOIN (SELECT batch, count(*) AS n FROM observation GROUP BY batch) AS o ON o.batch = b.id"
        " LEFT JOIN (SELECT batch, count(*) AS n FROM quarantine GROUP BY batch) AS q ON q.batch = b.id"
        " LEFT JOIN (SELECT batch, count(*) AS n FROM mended WHERE outcome <> 'refused' GROUP BY batch) AS m ON m.batch = b.id"
        " LEFT JOIN flow_layer AS f ON f.run = b.run WHERE b.accepted <> there OR b.quarantined <> coalesce(q.n, 0) + coalesce(m.n, 0) ORDER BY b.id";
    cm_query *query = NULL;
    bool row = true;
    char file[80];
    castmap_status status = cm_query_open(check->ctx, check->project->db, SELECT, &query);

    while (!status) {
        status = cm_query_step(check->ctx, query, &row);
        if (status || !row)
            break;
        const char *name = cm_query_text(query, 1);
        cm_escape_display(name ? name : "", name ? strlen(name) : 0, file, sizeof file);
        status = cm_found(check, CM_RULE_ACCOUNT, 1, "batch %" PRId64 " (%s): %" PRId64 " accepted, %" PRId64 " are there; %" PRId64
                          " set aside, %" PRId64 " are there", cm_query_integer(query, 0), file, cm_query_integer(query, 2),
                          cm_query_integer(query, 3), cm_query_integer(query, 4), cm_query_integer(query, 5));
    }
    cm_query_close(query);
    return status;
}

/* The index keeps 32-bit boxes, rounded outward: a place within is well indexed. */
static castmap_status count_misplaced(cm_check *check, int64_t *n)
{
    castmap_status status = cm_db_integer(
        check->ctx, check->project->db,
        "SELECT count(*) FROM observation AS o LEFT JOIN idx_observation_geometry AS i ON i.pkid = o.id"
        " WHERE i.pkid IS NULL OR o.lon NOT BETWEEN i.xmin AND i.xmax OR o.lat NOT BETWEEN i.ymin AND i.ymax", n);
    int64_t more = 0;

    if (!status)
        status = cm_db_integer(check->ctx, check->project->db, "SELECT max(0, (SELECT count(*) FROM idx_observation_geometry) -"
                               " (SELECT count(*) FROM observation))", &more);
    *n += more;
    return status;
}

static castmap_status check_index(cm_check *check)
{
    int64_t n = 0;
    char words[200];
    castmap_status status = cm_rtree_check(check->ctx, check->project->db, "observation");

    if (status == CASTMAP_E_PROJECT) {
        snprintf(words, sizeof words, "%s", castmap_message(check->ctx));
        cm_fail_clear(check->ctx);
        n = 1;
        status = cm_found(check, CM_RULE_INDEX, 1, "%s", words);
    } else if (!status) {
        status = count_misplaced(check, &n);
        if (!status && n)
            status = cm_found(check, CM_RULE_INDEX, 1, "%" PRId64 " entries", n);
    }
    if (status || !n || !check->run)
        return status;
    status = cm_observation_index_rebuild(check->ctx, check->project->db, check->project->path);
    return status ? status : cm_found_repaired(check, CM_RULE_INDEX, "index", "built anew");
}

castmap_status cm_check_store(cm_check *check)
{
    castmap_status status = CASTMAP_OK;

    if (check->wanted[CM_RULE_STORE]) {
        status = check_pages(check);
        if (!status)
            status = check_references(check);
    }
    if (!status && check->wanted[CM_RULE_ACCOUNT])
        status = check_accounts(check);
    if (!status && check->wanted[CM_RULE_INDEX])
        status = check_index(check);
    return status;
}
