/*
 * project/mended_table.c - what left quarantine or changed in it, as it was before, by the run that did it.
 */
#include "project/mended_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/digest.h"
#include "base/fail.h"
#include "base/memory.h"
#include "project/batch_table.h"
#include "project/project_file.h"

void cm_mending_key(int64_t batch, int64_t row, const char *sha256, char out[CM_MENDING_KEY_SIZE])
{
    char text[160], hex[33];
    unsigned char digest[16];

    const int n = snprintf(text, sizeof text, "%" PRId64 " %" PRId64 " %.80s", batch, row, sha256 ? sha256 : "");
    cm_blake2b(text, (size_t)n, NULL, 0, digest, sizeof digest);
    cm_hex(digest, sizeof digest, hex);
    snprintf(out, CM_MENDING_KEY_SIZE, "q%" PRId64 "-%" PRId64 "-%.8s", batch, row, hex);
}

/* Batch and row out of a key's text. */
static bool parse_key(const char *key, int64_t *batch, int64_t *row)
{
    const char *dash = *key == 'q' ? strchr(key, '-') : NULL, *second = dash ? strchr(dash + 1, '-') : NULL;

    return second && cm_decimal_parse_i64(key + 1, (size_t)(dash - key - 1), batch) &&
           cm_decimal_parse_i64(dash + 1, (size_t)(second - dash - 1), row) && *batch > 0;
}

castmap_status cm_mending_find(castmap_context *ctx, castmap_project *project, const char *key, cm_mending_row *out, bool *known)
{
    cm_query *query = NULL;
    char want[CM_MENDING_KEY_SIZE];
    bool row = false;

    *known = false;
    if (!parse_key(key, &out->batch, &out->row))
        return CASTMAP_OK;
    castmap_status status = cm_query_open(
        ctx, project->db, "SELECT b.sha256, coalesce((SELECT min(q.id) FROM quarantine AS q WHERE q.batch = b.id AND q.row = ?2), 0),"
        " EXISTS (SELECT 1 FROM mended AS m WHERE m.batch = b.id AND m.row = ?2) FROM batch AS b WHERE b.id = ?1", &query);
    if (!status) {
        cm_query_bind_integer(query, 1, out->batch);
        cm_query_bind_integer(query, 2, out->row);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status && row) {
        cm_mending_key(out->batch, out->row, cm_query_text(query, 0), want);
        out->quarantine = cm_query_integer(query, 1);
        *known = strcmp(want, key) == 0 && (out->quarantine || cm_query_integer(query, 2));
    }
    cm_query_close(query);
    return status;
}

/* Write the row down as it is now. */
static castmap_status keep(castmap_context *ctx, castmap_project *project, int64_t run, int64_t batch, const cm_mending_row *row, const char *outcome)
{
    cm_query *query = NULL;
    castmap_status status = cm_query_open(
        ctx, project->db, "INSERT INTO mended (run, mended, outcome, quarantine, batch, row, code, field, reason, text) SELECT ?1, ?2, ?3, q.id,"
        " q.batch, q.row, q.code, q.field, coalesce(r.text, ''), q.text FROM quarantine AS q LEFT JOIN reason AS r ON r.id = q.reason"
        " WHERE q.id = ?4", &query);

    if (!status) {
        cm_query_bind_integer(query, 1, run);
        cm_query_bind_integer(query, 2, batch);
        cm_query_bind_text(query, 3, outcome);
        cm_query_bind_integer(query, 4, row->quarantine);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    return status;
}

static castmap_status drop(castmap_context *ctx, castmap_project *project, int64_t quarantine)
{
    cm_query *query = NULL;
    castmap_status status = cm_query_open(ctx, project->db, "DELETE FROM quarantine WHERE id = ?", &query);

    if (!status) {
        cm_query_bind_integer(query, 1, quarantine);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    return status;
}

castmap_status cm_mended_leave(castmap_context *ctx, castmap_project *project, int64_t run, int64_t batch, const cm_mending_row *row,
                               const char *outcome)
{
    castmap_status status = keep(ctx, project, run, batch, row, outcome);

    return status ? status : drop(ctx, project, row->quarantine);
}

static castmap_status is_same(castmap_context *ctx, castmap_project *project, int64_t quarantine, const char *code, const char *reason,
                              const char *text, size_t length, bool *same)
{
    cm_query *query = NULL;
    bool row = false;
    castmap_status status = cm_query_open(ctx, project->db, "SELECT count(*) FROM quarantine AS q JOIN reason AS r ON r.id = q.reason"
                                          " WHERE q.id = ? AND q.code = ? AND r.text = ? AND q.text = ?", &query);

    if (!status) {
        cm_query_bind_integer(query, 1, quarantine);
        cm_query_bind_text(query, 2, code);
        cm_query_bind_text(query, 3, reason);
        cm_query_bind_blob(query, 4, text, length);
        status = cm_query_step(ctx, query, &row);
    }
    *same = !status && row && cm_query_integer(query, 0) == 1;
    cm_query_close(query);
    return status;
}

castmap_status cm_mended_stay(castmap_context *ctx, castmap_project *project, int64_t run, int64_t batch, const cm_mending_row *row,
                              const char *code, const char *field, const char *reason, const char *text, size_t length, bool *changed)
{
    bool same = false;
    castmap_status status = is_same(ctx, project, row->quarantine, code, reason, text, length, &same);

    *changed = !same;
    if (status || same)
        return status;
    status = keep(ctx, project, run, batch, row, "refused");
    return status ? status : cm_quarantine_change(ctx, project, row->quarantine, code, field, reason, text, length);
}

castmap_status cm_mended_note_inputs(castmap_context *ctx, castmap_project *project, int64_t run, int64_t origin)
{
    cm_query *query = NULL;
    castmap_status status = cm_query_open(
        ctx, project->db, "INSERT OR IGNORE INTO run_input (run, input) SELECT ?1, run FROM batch WHERE id = ?2 AND run <> ?1"
        " UNION SELECT ?1, run FROM mended WHERE batch = ?2 AND run <> ?1", &query);

    if (!status) {
        cm_query_bind_integer(query, 1, run);
        cm_query_bind_integer(query, 2, origin);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    return status;
}

castmap_status cm_mended_take_back(castmap_context *ctx, castmap_project *project, int64_t run)
{
    cm_query *query = NULL;
    bool row = true;
    size_t length = 0;
    castmap_status status = cm_query_open(ctx, project->db, "SELECT m.outcome, (SELECT min(q.id) FROM quarantine AS q WHERE q.batch = m.batch AND"
                                          " q.row = m.row), m.batch, m.row, m.code, m.field, m.reason, m.text FROM mended AS m WHERE m.run = ?"
                                          " ORDER BY m.id DESC", &query);

    if (!status)
        cm_query_bind_integer(query, 1, run);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        const char *text = (const char *)cm_query_blob(query, 7, &length), *outcome = cm_query_text(query, 0);
        if (outcome && strcmp(outcome, "refused") == 0)
            status = cm_quarantine_change(ctx, project, cm_query_integer(query, 1), cm_query_text(query, 4), cm_query_text(query, 5),
                                          cm_query_text(query, 6), text, length);
        else
            status = cm_quarantine_add(ctx, project, cm_query_integer(query, 2), cm_query_integer(query, 3), cm_query_text(query, 4),
                                       cm_query_text(query, 5), cm_query_text(query, 6), text, length);
    }
    cm_query_close(query);
    return status;
}
