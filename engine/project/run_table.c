/*
 * project/run_table.c - numbered steps: what was done, of what, and by which versions.
 */
#include "project/run_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/decimal.h"
#include "base/digest.h"
#include "base/fail.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "project/batch_table.h"
#include "project/project_file.h"
#include "project/spatialite.h"
#include "project/undo.h"
#include "space/geodesy/projection.h"

/* The clock, unless $SOURCE_DATE_EPOCH pins it. */
static int64_t now_s(void)
{
    const char *pinned = getenv("SOURCE_DATE_EPOCH");
    int64_t value = 0;

    if (pinned && cm_decimal_parse_i64(pinned, strlen(pinned), &value))
        return value;
    return (int64_t)time(NULL);
}

castmap_status cm_run_begin(castmap_context *ctx, castmap_project *project, const char *kind, int64_t *number)
{
    cm_query *query = NULL;

    if (project->n_open_runs == CM_MAX_OPEN_RUNS)
        return cm_fail(ctx, CASTMAP_E_INTERNAL, "runs are nested too deeply");
    castmap_status status = castmap_project_begin(ctx, project);
    if (status)
        return status;
    status = cm_query_open(ctx, project->db, "INSERT INTO run (kind, time_s) VALUES (?, ?)", &query);
    if (!status) {
        cm_query_bind_text(query, 1, kind);
        cm_query_bind_integer(query, 2, now_s());
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    if (status) {
        castmap_project_rollback(project);
        return status;
    }
    *number = cm_db_last_id(project->db);
    project->open_run[project->n_open_runs++] = (cm_open_run){*number, cm_db_depth(project->db)};
    return CASTMAP_OK;
}

castmap_status cm_run_finish(castmap_context *ctx, castmap_project *project, int64_t number, const char *summary,
                             const char *parameters, const char *provenance)
{
    cm_query *query = NULL;

    if (project->n_open_runs == 0 || project->open_run[project->n_open_runs - 1].number != number)
        return cm_fail(ctx, CASTMAP_E_INTERNAL, "run %" PRId64 " is not the one at work", number);
    castmap_status status = cm_query_open(
        ctx, project->db, "UPDATE run SET summary = ?, parameters = ?, provenance = ? WHERE number = ?", &query);
    if (!status) {
        cm_query_bind_text(query, 1, summary ? summary : "");
        cm_query_bind_text(query, 2, parameters ? parameters : "{}");
        cm_query_bind_text(query, 3, provenance ? provenance : "{}");
        cm_query_bind_integer(query, 4, number);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    if (!status)
        status = cm_run_note_inputs(ctx, project, number);
    if (!status)
        status = castmap_project_commit(ctx, project);
    if (!status)
        project->n_open_runs--;
    return status;
}

void cm_run_abandon(castmap_project *project, int64_t number)
{
    size_t i = project->n_open_runs;

    while (i > 0 && project->open_run[i - 1].number != number)
        i--;
    if (i == 0)
        return;
    const unsigned depth = project->open_run[i - 1].depth;
    while (cm_db_depth(project->db) >= depth)
        castmap_project_rollback(project);
    if (project->n_open_runs >= i)
        project->n_open_runs = i - 1;
}

castmap_status cm_run_parameter(castmap_context *ctx, castmap_project *project, int64_t number, const char *name, char **value)
{
    cm_query *query = NULL;
    bool row = false;
    castmap_status status = cm_query_open(
        ctx, project->db, "SELECT value FROM json_each((SELECT parameters FROM run WHERE number = ?)) WHERE key = ? AND type = 'text'", &query);

    *value = NULL;
    if (!status) {
        cm_query_bind_integer(query, 1, number);
        cm_query_bind_text(query, 2, name);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status && row) {
        *value = cm_copy_text(cm_query_text(query, 0));
        status = *value ? CASTMAP_OK : cm_fail_memory(ctx);
    }
    cm_query_close(query);
    return status;
}

/* Digest of the accepted observations: of the digests of the batches that stand, in order. */
static castmap_status observations_digest(castmap_context *ctx, castmap_project *project, char hex[65], int64_t *count)
{
    cm_query *query = NULL;
    cm_blake2b_stream hash;
    unsigned char digest[32];
    bool row = true;

    *count = 0;
    cm_blake2b_init(&hash, sizeof digest);
    castmap_status status = cm_query_open(ctx, project->db, "SELECT digest, accepted FROM " CM_IMPORT_BATCH " ORDER BY id", &query);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        const char *text = cm_query_text(query, 0);
        cm_blake2b_add(&hash, text ? text : "", text ? strlen(text) + 1 : 1);
        *count += cm_query_integer(query, 1);
    }
    cm_query_close(query);
    cm_blake2b_final(&hash, digest);
    cm_hex(digest, sizeof digest, hex);
    return status;
}

char *cm_run_provenance(castmap_context *ctx, castmap_project *project, const char *extra_members)
{
    cm_text text = CM_TEXT_INIT;
    cm_json json;
    char hex[65];
    int64_t count = 0;
    cm_projection *projection = NULL;

    if (observations_digest(ctx, project, hex, &count))
        return NULL;
    if (*cm_project_crs(project) && cm_projection_new(ctx, cm_project_crs(project), false, &projection))
        return NULL;
    cm_json_begin(&json, &text, false);
    cm_json_object(&json, NULL);
    cm_json_string(&json, "castmap", castmap_version());
    cm_json_string(&json, "sqlite", cm_sqlite_version());
    cm_json_string(&json, "spatialite", cm_spatialite_version());
    cm_json_integer(&json, "seed", (int64_t)castmap_seed(ctx));
    cm_json_string(&json, "crs", cm_project_crs(project));
    if (projection)
        cm_json_string(&json, "proj_operation", cm_projection_operation(projection));
    cm_json_integer(&json, "observations", count);
    cm_json_string(&json, "observations_digest", hex);
    cm_projection_free(projection);
    /* extra_members: `"name": value, ...` without braces, already JSON. */
    if (extra_members && *extra_members) {
        cm_text_add_char(&text, ',');
        cm_text_add(&text, extra_members);
    }
    cm_json_end_object(&json);
    char *made = cm_text_take(&text);
    cm_text_clear(&text);
    return made;
}

castmap_status cm_setting_get(castmap_context *ctx, castmap_project *project, const char *key, char **value)
{
    cm_query *query = NULL;
    bool row = false;

    *value = NULL;
    castmap_status status = cm_query_open(ctx, project->db, "SELECT value FROM setting WHERE key = ?", &query);
    if (!status) {
        cm_query_bind_text(query, 1, key);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status && row)
        status = cm_query_copy(ctx, query, 0, value);
    cm_query_close(query);
    return status;
}

castmap_status cm_setting_set(castmap_context *ctx, castmap_project *project, const char *key, const char *value)
{
    cm_query *query = NULL;

    castmap_status status = cm_project_writable(ctx, project);
    if (status)
        return status;
    status = cm_query_open(ctx, project->db, value ? "INSERT OR REPLACE INTO setting (key, value) VALUES (?1, ?2)"
                                                   : "DELETE FROM setting WHERE key = ?1", &query);
    if (!status) {
        cm_query_bind_text(query, 1, key);
        if (value)
            cm_query_bind_text(query, 2, value);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    return status;
}

const char *cm_project_crs(const castmap_project *project)
{
    return project->crs;
}

/* 27700 of "EPSG:27700"; 0 for anything else. */
static int epsg_of(const char *crs)
{
    int64_t code = 0;

    if (strncmp(crs, "EPSG:", 5) != 0 || !cm_decimal_parse_i64(crs + 5, strlen(crs + 5), &code) || code < 1 ||
        code > 998999)
        return 0;
    return (int)code;
}

castmap_status cm_project_crs_set(castmap_context *ctx, castmap_project *project, const char *crs, const char *name,
                                  const char *reason, double scale_error_ppm)
{
    char number[CM_DECIMAL_SIZE];

    if (project->crs[0] && strcmp(project->crs, crs) != 0)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the project's coordinate system is fixed: %s", project->crs);
    castmap_status status = cm_setting_set(ctx, project, "crs", crs);
    if (!status)
        status = cm_setting_set(ctx, project, "crs_name", name);
    if (!status)
        status = cm_setting_set(ctx, project, "crs_reason", reason);
    cm_decimal_shortest(scale_error_ppm, number);
    if (!status)
        status = cm_setting_set(ctx, project, "crs_scale_error_ppm", scale_error_ppm == scale_error_ppm ? number : NULL);
    /* A system that came with data goes when the data are undone; one that was given stays. */
    if (!status && project->n_open_runs > 0) {
        cm_decimal_i64(project->open_run[project->n_open_runs - 1].number, number);
        status = cm_setting_set(ctx, project, "crs_run", number);
    }
    if (!status && epsg_of(crs))
        status = cm_spatialite_add_epsg(ctx, project->db, epsg_of(crs));
    if (status)
        return status;
    char *copy = cm_copy_text(crs);
    if (!copy)
        return cm_fail_memory(ctx);
    free(project->crs);
    project->crs = copy;
    return CASTMAP_OK;
}
