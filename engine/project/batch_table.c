/*
 * project/batch_table.c - imports, their refused rows and their remarks.
 */
#include "project/batch_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "project/project_file.h"

static void bind_batch(cm_query *query, const cm_batch *batch)
{
    cm_query_bind_text(query, 1, batch->file ? batch->file : "");
    cm_query_bind_text(query, 2, batch->format ? batch->format : "");
    cm_query_bind_text(query, 3, batch->sha256 ? batch->sha256 : "");
    cm_query_bind_text(query, 4, batch->mapping ? batch->mapping : "{}");
}

castmap_status cm_batch_begin(castmap_context *ctx, castmap_project *project, int64_t run_number, const cm_batch *batch,
                              int64_t *batch_id)
{
    cm_query *query = NULL;

    castmap_status status = cm_query_open(
        ctx, project->db, "INSERT INTO batch (file, format, sha256, mapping, run) VALUES (?, ?, ?, ?, ?)", &query);
    if (!status) {
        bind_batch(query, batch);
        cm_query_bind_integer(query, 5, run_number);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    if (!status)
        *batch_id = cm_db_last_id(project->db);
    return status;
}

castmap_status cm_batch_finish(castmap_context *ctx, castmap_project *project, int64_t batch_id, const cm_batch *batch)
{
    cm_query *query = NULL;
    const int64_t stored = project->written_batch == batch_id ? project->written_rows : 0;
    castmap_status status;

    /* The promise of every import, kept where it cannot be forgotten. */
    if (batch->read != batch->accepted + batch->duplicate + batch->quarantined || (!batch->movements && (size_t)stored != batch->accepted))
        return cm_fail(ctx, CASTMAP_E_INTERNAL, "the rows of the batch do not add up (%zu read, %zu accepted, %zu duplicate, "
                       "%zu quarantined, %lld stored)", batch->read, batch->accepted, batch->duplicate, batch->quarantined,
                       (long long)stored);
    status = cm_query_open(ctx, project->db, "UPDATE batch SET file = ?, format = ?, sha256 = ?, mapping = ?, read = ?,"
                           " accepted = ?, duplicate = ?, quarantined = ? WHERE id = ?", &query);
    if (!status) {
        bind_batch(query, batch);
        cm_query_bind_integer(query, 5, (int64_t)batch->read);
        cm_query_bind_integer(query, 6, (int64_t)batch->accepted);
        cm_query_bind_integer(query, 7, (int64_t)batch->duplicate);
        cm_query_bind_integer(query, 8, (int64_t)batch->quarantined);
        cm_query_bind_integer(query, 9, batch_id);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    return status;
}

/* Id of the words of a reason. Thousands of rows share a few, mostly the one before. */
static castmap_status reason_id(castmap_context *ctx, castmap_project *project, const char *reason, int64_t *id)
{
    bool row = false;
    castmap_status status = CASTMAP_OK;

    if (project->last_reason && strcmp(project->last_reason_text, reason) == 0) {
        *id = project->last_reason;
        return CASTMAP_OK;
    }
    if (!project->find_reason)
        status = cm_query_open(ctx, project->db, "SELECT id FROM reason WHERE text = ?",
                               &project->find_reason);
    if (!status && !project->add_reason)
        status = cm_query_open(ctx, project->db, "INSERT INTO reason (text) VALUES (?)", &project->add_reason);
    if (status)
        return status;
    cm_query_bind_text(project->find_reason, 1, reason);
    status = cm_query_step(ctx, project->find_reason, &row);
    if (!status && row)
        *id = cm_query_integer(project->find_reason, 0);
    cm_query_reset(project->find_reason);
    if (!status && !row) {
        cm_query_bind_text(project->add_reason, 1, reason);
        status = cm_query_run(ctx, project->add_reason);
        *id = cm_db_last_id(project->db);
    }
    if (status)
        return status;
    char *copy = cm_copy_text(reason);
    if (!copy)
        return cm_fail_memory(ctx);
    free(project->last_reason_text);
    project->last_reason_text = copy;
    project->last_reason = *id;
    return CASTMAP_OK;
}

castmap_status cm_quarantine_add(castmap_context *ctx, castmap_project *project, int64_t batch_id, int64_t row,
                                 const char *code, const char *field, const char *reason, const char *text, size_t length)
{
    int64_t words = 0;

    castmap_status status = reason_id(ctx, project, reason ? reason : "", &words);
    if (!status && !project->add_quarantine)
        status = cm_query_open(ctx, project->db, "INSERT INTO quarantine (batch, row, code, field, reason, text)"
                               " VALUES (?, ?, ?, ?, ?, ?)", &project->add_quarantine);
    if (status)
        return status;
    cm_query_bind_integer(project->add_quarantine, 1, batch_id);
    cm_query_bind_integer(project->add_quarantine, 2, row);
    cm_query_bind_text(project->add_quarantine, 3, code);
    cm_query_bind_text(project->add_quarantine, 4, field ? field : "");
    cm_query_bind_integer(project->add_quarantine, 5, words);
    cm_query_bind_blob(project->add_quarantine, 6, text ? text : "", text ? length : 0);
    return cm_query_run(ctx, project->add_quarantine);
}

castmap_status cm_quarantine_change(castmap_context *ctx, castmap_project *project, int64_t id, const char *code, const char *field,
                                    const char *reason, const char *text, size_t length)
{
    cm_query *query = NULL;
    int64_t words = 0;

    castmap_status status = reason_id(ctx, project, reason ? reason : "", &words);
    if (!status)
        status = cm_query_open(ctx, project->db, "UPDATE quarantine SET code = ?, field = ?, reason = ?, text = ? WHERE id = ?", &query);
    if (!status) {
        cm_query_bind_text(query, 1, code);
        cm_query_bind_text(query, 2, field ? field : "");
        cm_query_bind_integer(query, 3, words);
        cm_query_bind_blob(query, 4, text ? text : "", text ? length : 0);
        cm_query_bind_integer(query, 5, id);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    return status;
}

castmap_status cm_batch_note(castmap_context *ctx, castmap_project *project, int64_t batch_id, const char *code,
                             const char *text, size_t count)
{
    cm_query *query = NULL;

    castmap_status status = cm_query_open(ctx, project->db,
                                          "INSERT INTO batch_note (batch, code, text, count) VALUES (?, ?, ?, ?)", &query);
    if (!status) {
        cm_query_bind_integer(query, 1, batch_id);
        cm_query_bind_text(query, 2, code);
        cm_query_bind_text(query, 3, text ? text : "");
        cm_query_bind_integer(query, 4, (int64_t)count);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    return status;
}
