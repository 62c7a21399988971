/*
 * project/undo.c - taking back a run and everything that was made from it.
 *
 * A run depends on the imports that stood and on the boundary sets that it read. Runs stay in the history, marked as undone; a release is
 * never taken back, because what left has left: its entry in the ledger stays even if the records under it go.
 */
#include "project/undo.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/memory.h"
#include "project/batch_table.h"
#include "project/mended_table.h"
#include "project/observation_index.h"
#include "project/project_file.h"
#include "project/repair_table.h"
#include "project/run_table.h"

/* Index entries are removed one by one up to this many; beyond, packing the rest anew is quicker. */
#define FEW_ROWS 5000

castmap_status cm_run_note_inputs(castmap_context *ctx, castmap_project *project, int64_t number)
{
    cm_query *query = NULL;
    castmap_status status = CASTMAP_OK;

    if (project->read_observations) {
        status = cm_query_open(ctx, project->db, "INSERT OR IGNORE INTO run_input (run, input)"
                               " SELECT ?1, run FROM " CM_IMPORT_BATCH " WHERE run <> ?1"
                               " UNION SELECT ?1, run FROM repair WHERE run <> ?1", &query);
        if (!status) {
            cm_query_bind_integer(query, 1, number);
            status = cm_query_run(ctx, query);
        }
        cm_query_close(query);
        query = NULL;
    }
    if (!status && project->n_read_boundaries > 0)
        status = cm_query_open(ctx, project->db, "INSERT OR IGNORE INTO run_input (run, input)"
                               " SELECT ?1, run FROM boundary WHERE id = ?2 AND run <> ?1", &query);
    for (size_t i = 0; i < project->n_read_boundaries && !status; i++) {
        cm_query_bind_integer(query, 1, number);
        cm_query_bind_integer(query, 2, project->read_boundary[i]);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    project->read_observations = false;
    project->n_read_boundaries = 0;
    return status;
}

castmap_status cm_run_needs(castmap_context *ctx, castmap_project *project, int64_t number, int64_t input)
{
    cm_query *query = NULL;
    castmap_status status = cm_query_open(ctx, project->db, "INSERT OR IGNORE INTO run_input (run, input) VALUES (?, ?)", &query);

    if (!status) {
        cm_query_bind_integer(query, 1, number);
        cm_query_bind_integer(query, 2, input);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    return status;
}

/* Which run to begin with, and that it may be undone. */
static castmap_status find_run(castmap_context *ctx, castmap_project *project, int64_t *number)
{
    cm_query *query = NULL;
    bool row = false, release = false;
    int64_t before = 0;

    castmap_status status = cm_query_open(ctx, project->db,
                                          *number ? "SELECT number, kind FROM run WHERE undone = 0 AND number = ?"
                                                  : "SELECT number, kind FROM run WHERE undone = 0 ORDER BY number DESC LIMIT 1",
                                          &query);
    if (status)
        return status;
    if (*number)
        cm_query_bind_integer(query, 1, *number);
    status = cm_query_step(ctx, query, &row);
    if (!status && row) {
        const char *kind = cm_query_text(query, 1);
        release = kind && strcmp(kind, "release") == 0;
        if (*number == 0)
            *number = cm_query_integer(query, 0);
    }
    cm_query_close(query);
    if (status)
        return status;
    if (!row) {
        status = *number ? cm_fail(ctx, CASTMAP_E_NOT_FOUND, "there is no step %" PRId64 " that still stands", *number)
                         : cm_fail(ctx, CASTMAP_E_NOT_FOUND, "there is nothing to undo");
        cm_fail_hint(ctx, "castmap log lists the steps");
        return status;
    }
    if (!release)
        return CASTMAP_OK;
    status = cm_db_integer(ctx, project->db,
                           "SELECT coalesce(max(number), 0) FROM run WHERE undone = 0 AND kind <> 'release'", &before);
    if (status)
        return status;
    status = cm_fail(ctx, CASTMAP_E_RELEASE, "step %" PRId64 " is a release: what has left cannot be taken back", *number);
    if (before)
        cm_fail_hint(ctx, "castmap undo %" PRId64 " takes back the newest other step", before);
    return status;
}

/* The run and all that depends on it, newest first. */
static castmap_status find_dependents(castmap_context *ctx, castmap_project *project, int64_t number, int64_t **runs,
                                      size_t *count)
{
    cm_query *query = NULL;
    size_t capacity = 0;
    bool row = true;

    castmap_status status = cm_query_open(
        ctx, project->db,
        "WITH RECURSIVE gone (number) AS (VALUES (?) UNION SELECT i.run FROM run_input AS i JOIN gone AS g ON i.input = g.number)"
        " SELECT r.number FROM run AS r JOIN gone AS g ON g.number = r.number WHERE r.undone = 0 AND r.kind <> 'release'"
        " ORDER BY r.number DESC", &query);
    if (!status)
        cm_query_bind_integer(query, 1, number);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        if (cm_grow(runs, &capacity, *count + 1, sizeof **runs) != 0)
            status = cm_fail_memory(ctx);
        else
            (*runs)[(*count)++] = cm_query_integer(query, 0);
    }
    cm_query_close(query);
    return status;
}

static castmap_status run_with(castmap_context *ctx, cm_db *db, const char *sql, int64_t number)
{
    cm_query *query = NULL;

    castmap_status status = cm_query_open(ctx, db, sql, &query);
    if (!status) {
        cm_query_bind_integer(query, 1, number);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    return status;
}

static castmap_status count_with(castmap_context *ctx, cm_db *db, const char *sql, int64_t number, int64_t *out)
{
    cm_query *query = NULL;
    bool row = false;

    castmap_status status = cm_query_open(ctx, db, sql, &query);
    if (!status) {
        cm_query_bind_integer(query, 1, number);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status)
        *out = row ? cm_query_integer(query, 0) : 0;
    cm_query_close(query);
    return status;
}

static castmap_status remove_observations(castmap_context *ctx, cm_db *db, int64_t number, bool *rebuild)
{
    int64_t rows = 0;

    castmap_status status = count_with(
        ctx, db, "SELECT count(*) FROM observation WHERE batch IN (SELECT id FROM batch WHERE run = ?)", number, &rows);
    if (!status && rows > FEW_ROWS)
        *rebuild = true;
    else if (!status && rows > 0)
        status = run_with(ctx, db, "DELETE FROM idx_observation_geometry WHERE pkid IN (SELECT id FROM observation"
                          " WHERE batch IN (SELECT id FROM batch WHERE run = ?))", number);
    if (!status && rows > 0)
        status = run_with(ctx, db, "DELETE FROM observation WHERE batch IN (SELECT id FROM batch WHERE run = ?)", number);
    return status;
}

/* What a run may have made, children first. Each statement takes the run's number. */
static const char *const REMOVALS[] = {
    "DELETE FROM mended WHERE run = ?",
    "DELETE FROM quarantine WHERE batch IN (SELECT id FROM batch WHERE run = ?)",
    "DELETE FROM batch_note WHERE batch IN (SELECT id FROM batch WHERE run = ?)",
    "DELETE FROM batch WHERE run = ?",
    "DELETE FROM idx_cluster_geometry WHERE pkid IN (SELECT id FROM cluster WHERE run = ?)",
    "DELETE FROM cluster WHERE run = ?",
    "DELETE FROM cluster_category WHERE run = ?",
    "DELETE FROM cluster_detail WHERE run = ?",
    "DELETE FROM cluster_method WHERE run = ?",
    "DELETE FROM cluster_layer WHERE run = ?",
    "DELETE FROM area_count WHERE run = ?",
    "DELETE FROM area_layer WHERE run = ?",
    "DELETE FROM flow WHERE run = ?",
    "DELETE FROM flow_area WHERE run = ?",
    "DELETE FROM flow_layer WHERE run = ?",
    "DELETE FROM idx_heat_band_geometry WHERE pkid IN (SELECT id FROM heat_band WHERE run = ?)",
    "DELETE FROM heat_band WHERE run = ?",
    "DELETE FROM heat_slice WHERE run = ?",
    "DELETE FROM heat_measure WHERE run = ?",
    "DELETE FROM heat_layer WHERE run = ?",
    "DELETE FROM idx_area_geometry WHERE pkid IN (SELECT id FROM area WHERE boundary IN (SELECT id FROM boundary WHERE run = ?))",
    "DELETE FROM area WHERE boundary IN (SELECT id FROM boundary WHERE run = ?)",
    "DELETE FROM boundary WHERE run = ?",
    "DELETE FROM place_set WHERE run = ?",
    "DELETE FROM along_layer WHERE run = ?",
    "DELETE FROM route_measure WHERE run = ?",
    "DELETE FROM route_slice WHERE run = ?",
    "DELETE FROM route_stretch WHERE run = ?",
    "DELETE FROM route_layer WHERE run = ?",
    "DELETE FROM repair WHERE run = ?",
    "DELETE FROM street_set WHERE run = ?",
    "DELETE FROM track_detail WHERE run = ?",
    "DELETE FROM track_stretch WHERE run = ?",
    "DELETE FROM track_layer WHERE run = ?",
    "DELETE FROM track_set WHERE run = ?",
    "UPDATE run SET undone = 1 WHERE number = ?",
};

/* Names that no row uses any more would outlive the records they came with. */
static const char FORGET_UNUSED[] =
    "DELETE FROM category WHERE id NOT IN (SELECT category FROM observation WHERE category IS NOT NULL);"
    "DELETE FROM source WHERE id NOT IN (SELECT source FROM observation WHERE source IS NOT NULL);"
    "DELETE FROM reason WHERE id NOT IN (SELECT reason FROM quarantine);"
    "DELETE FROM term WHERE id NOT IN (SELECT time_text FROM observation WHERE typeof(time_text) = 'integer'"
    " UNION SELECT zone FROM observation WHERE typeof(zone) = 'integer'"
    " UNION SELECT conditions FROM observation WHERE typeof(conditions) = 'integer'"
    " UNION SELECT extra FROM observation WHERE typeof(extra) = 'integer')";

/*
 * The working CRS came with a run that is gone. It stays while other data or a release were made in it, since their metres would mean
 * something else; the run recorded for it is then the oldest that still stands.
 */
static castmap_status release_crs(castmap_context *ctx, castmap_project *project)
{
    char *text = NULL, number[CM_DECIMAL_SIZE];
    int64_t run = 0, undone = 0, heir = 0, releases = 0;

    castmap_status status = cm_setting_get(ctx, project, "crs_run", &text);
    if (!status && text && cm_decimal_parse_i64(text, strlen(text), &run))
        status = count_with(ctx, project->db, "SELECT count(*) FROM run WHERE undone = 1 AND number = ?", run, &undone);
    free(text);
    if (status || !undone)
        return status;
    status = cm_db_integer(ctx, project->db, "SELECT coalesce(min(run), 0) FROM (SELECT run FROM " CM_IMPORT_BATCH " UNION SELECT run FROM"
                           " boundary)", &heir);
    if (!status)
        status = cm_db_integer(ctx, project->db, "SELECT count(*) FROM ledger", &releases);
    if (!status && heir) {
        cm_decimal_i64(heir, number);
        return cm_setting_set(ctx, project, "crs_run", number);
    }
    if (status || releases)
        return status;
    return cm_db_exec(ctx, project->db, "DELETE FROM setting WHERE key IN ('crs', 'crs_name', 'crs_reason',"
                      " 'crs_scale_error_ppm', 'crs_run')");
}

static castmap_status undo_all(castmap_context *ctx, castmap_project *project, const int64_t *runs, size_t count)
{
    cm_db *db = project->db;
    bool rebuild = false;
    int64_t imports = 0;
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; i < count && !status; i++) {
        int64_t batches = 0;
        cm_progress(ctx, "undoing", (double)i / (double)count);
        status = count_with(ctx, db, "SELECT count(*) FROM batch WHERE run = ?", runs[i], &batches);
        imports += batches;
        if (!status)
            status = cm_repairs_take_back(ctx, project, runs[i]);
        if (!status)
            status = cm_mended_take_back(ctx, project, runs[i]);
        if (!status && batches)
            status = remove_observations(ctx, db, runs[i], &rebuild);
        for (size_t k = 0; k < sizeof REMOVALS / sizeof *REMOVALS && !status; k++)
            status = run_with(ctx, db, REMOVALS[k], runs[i]);
    }
    if (!status && imports)
        status = cm_db_exec(ctx, db, FORGET_UNUSED);
    project->last_reason = 0; /* it may be among the forgotten */
    if (!status && rebuild)
        status = cm_observation_index_rebuild(ctx, db, project->path);
    return status ? status : release_crs(ctx, project);
}

castmap_status castmap_project_undo(castmap_context *ctx, castmap_project *project, int64_t number, size_t *undone)
{
    int64_t *runs = NULL;
    size_t count = 0;

    cm_fail_clear(ctx);
    castmap_status status = castmap_project_begin(ctx, project);
    if (status)
        return status;
    status = find_run(ctx, project, &number);
    if (!status)
        status = find_dependents(ctx, project, number, &runs, &count);
    if (!status)
        status = undo_all(ctx, project, runs, count);
    if (!status)
        status = castmap_project_commit(ctx, project);
    free(runs);
    if (status) {
        castmap_project_rollback(project);
        return status;
    }
    if (undone)
        *undone = count;
    return cm_project_refresh(ctx, project);
}
