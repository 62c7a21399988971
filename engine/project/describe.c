/*
 * project/describe.c - what a project holds: the answers of castmap info, list, log and check.
 */
#include "project/project_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/memory.h"
#include "project/run_table.h"
#include "project/schema.h"

static castmap_status describe_settings(castmap_context *ctx, castmap_project *project, castmap_project_info *info)
{
    char *error_ppm = NULL;

    info->path = cm_copy_text(project->path);
    if (!info->path)
        return cm_fail_memory(ctx);
    castmap_status status = cm_setting_get(ctx, project, "title", &info->title);
    if (!status)
        status = cm_setting_get(ctx, project, "crs", &info->crs);
    if (!status)
        status = cm_setting_get(ctx, project, "crs_name", &info->crs_name);
    if (!status)
        status = cm_setting_get(ctx, project, "crs_reason", &info->crs_reason);
    if (!status)
        status = cm_setting_get(ctx, project, "time_zone", &info->time_zone);
    if (!status)
        status = cm_setting_get(ctx, project, "crs_scale_error_ppm", &error_ppm);
    info->crs_scale_error_ppm = NAN;
    if (error_ppm && !cm_decimal_parse(error_ppm, strlen(error_ppm), &info->crs_scale_error_ppm))
        info->crs_scale_error_ppm = NAN;
    free(error_ppm);
    /* Texts that a reader prints are never NULL. */
    char **const texts[] = {&info->title, &info->crs, &info->crs_name, &info->crs_reason, &info->time_zone};
    for (size_t i = 0; i < sizeof texts / sizeof *texts && !status; i++) {
        if (!*texts[i] && !(*texts[i] = cm_copy_text("")))
            status = cm_fail_memory(ctx);
    }
    return status;
}

static castmap_status describe_counts(castmap_context *ctx, castmap_project *project, castmap_project_info *info)
{
    cm_query *query = NULL;
    bool row = false;
    int64_t count = 0;

    info->schema_version = CM_SCHEMA_VERSION;
    castmap_status status = cm_query_open(
        ctx, project->db, "SELECT count(*), min(from_s), max(max(from_s, to_s)), min(lon), min(lat), max(lon), max(lat)"
        " FROM observation", &query);
    if (!status)
        status = cm_query_step(ctx, query, &row);
    if (!status && row) {
        info->observations = (size_t)cm_query_integer(query, 0);
        info->first_s = cm_query_is_null(query, 1) ? INT64_MIN : cm_query_integer(query, 1);
        info->last_s = cm_query_is_null(query, 2) ? INT64_MIN : cm_query_integer(query, 2);
        info->west = cm_query_real(query, 3);
        info->south = cm_query_real(query, 4);
        info->east = cm_query_real(query, 5);
        info->north = cm_query_real(query, 6);
    }
    cm_query_close(query);
    if (!status)
        status = cm_db_integer(ctx, project->db, "SELECT count(DISTINCT observation) FROM repair WHERE field = 'duplicate'", &count);
    info->repeats = (size_t)count;
    if (!status)
        status = cm_db_integer(ctx, project->db, "SELECT count(*) FROM quarantine", &count);
    info->quarantined = (size_t)count;
    if (!status)
        status = cm_db_integer(ctx, project->db, "SELECT count(*) FROM run WHERE undone = 0", &count);
    info->runs = (size_t)count;
    if (!status)
        status = cm_db_integer(ctx, project->db, "SELECT count(*) FROM ledger", &count);
    info->releases = (size_t)count;
    const struct {
        const char *sql;
        size_t     *out;
    } others[] = {
        {"SELECT count(*) FROM street_set", &info->n_street_sets},
        {"SELECT count(*) FROM track_set", &info->n_track_sets},
        {"SELECT count(*) FROM flow_layer", &info->n_flow_layers},
        {"SELECT coalesce((SELECT movements FROM flow_layer ORDER BY run DESC LIMIT 1), 0)", &info->movements},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others && !status; i++) {
        status = cm_db_integer(ctx, project->db, others[i].sql, &count);
        *others[i].out = (size_t)count;
    }
    return status;
}

static castmap_status describe_boundaries(castmap_context *ctx, castmap_project *project, castmap_project_info *info)
{
    cm_query *query = NULL;
    bool row = true;
    size_t capacity = 0;

    castmap_status status = cm_query_open(ctx, project->db,
                                          "SELECT id, level, name, vintage, source, licence, areas, repaired, with_population"
                                          " FROM boundary ORDER BY id", &query);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        if (cm_grow(&info->boundaries, &capacity, info->n_boundaries + 1, sizeof *info->boundaries) != 0) {
            status = cm_fail_memory(ctx);
            break;
        }
        castmap_boundary_info *one = &info->boundaries[info->n_boundaries++];
        *one = (castmap_boundary_info){.id = cm_query_integer(query, 0)};
        char **const texts[] = {&one->level, &one->name, &one->vintage, &one->source, &one->licence};
        for (int i = 0; i < 5 && !status; i++)
            status = cm_query_copy(ctx, query, i + 1, texts[i]);
        one->areas = (size_t)cm_query_integer(query, 6);
        one->repaired = (size_t)cm_query_integer(query, 7);
        one->with_population = (size_t)cm_query_integer(query, 8);
    }
    cm_query_close(query);
    return status;
}

static castmap_status describe_batches(castmap_context *ctx, castmap_project *project, castmap_project_info *info)
{
    cm_query *query = NULL;
    bool row = true;
    size_t capacity = 0;

    castmap_status status = cm_query_open(ctx, project->db, "SELECT b.id, b.run, b.file, b.format, b.sha256, b.read, b.accepted, b.duplicate,"
                                          " b.quarantined, r.kind = 'flows' FROM batch AS b JOIN run AS r ON r.number = b.run ORDER BY b.id", &query);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        if (cm_grow(&info->batches, &capacity, info->n_batches + 1, sizeof *info->batches) != 0) {
            status = cm_fail_memory(ctx);
            break;
        }
        castmap_batch_info *one = &info->batches[info->n_batches++];
        *one = (castmap_batch_info){.id = cm_query_integer(query, 0), .run_id = cm_query_integer(query, 1)};
        char **const texts[] = {&one->file, &one->format, &one->sha256};
        for (int i = 0; i < 3 && !status; i++)
            status = cm_query_copy(ctx, query, i + 2, texts[i]);
        one->read = (size_t)cm_query_integer(query, 5);
        one->accepted = (size_t)cm_query_integer(query, 6);
        one->duplicate = (size_t)cm_query_integer(query, 7);
        one->quarantined = (size_t)cm_query_integer(query, 8);
        one->movements = cm_query_integer(query, 9) != 0;
    }
    cm_query_close(query);
    return status;
}

castmap_status castmap_project_describe(castmap_context *ctx, castmap_project *project, castmap_project_info *out)
{
    castmap_project_info info = {0};

    cm_fail_clear(ctx);
    castmap_status status = describe_settings(ctx, project, &info);
    if (!status)
        status = describe_counts(ctx, project, &info);
    if (!status)
        status = describe_boundaries(ctx, project, &info);
    if (!status)
        status = describe_batches(ctx, project, &info);
    if (status)
        castmap_project_info_clear(&info);
    else
        *out = info;
    return status;
}

void castmap_project_info_clear(castmap_project_info *info)
{
    for (size_t i = 0; i < info->n_boundaries; i++) {
        castmap_boundary_info *one = &info->boundaries[i];
        free(one->level);
        free(one->name);
        free(one->vintage);
        free(one->source);
        free(one->licence);
    }
    for (size_t i = 0; i < info->n_batches; i++) {
        free(info->batches[i].file);
        free(info->batches[i].format);
        free(info->batches[i].sha256);
    }
    free(info->boundaries);
    free(info->batches);
    free(info->path);
    free(info->title);
    free(info->crs);
    free(info->crs_name);
    free(info->crs_reason);
    free(info->time_zone);
    *info = (castmap_project_info){0};
}

castmap_status castmap_project_history(castmap_context *ctx, castmap_project *project, castmap_run_list *out)
{
    castmap_run_list list = {0};
    cm_query *query = NULL;
    bool row = true;
    size_t capacity = 0;

    cm_fail_clear(ctx);
    castmap_status status = cm_query_open(ctx, project->db, "SELECT number, kind, summary, parameters, provenance, time_s,"
                                          " undone FROM run ORDER BY number", &query);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        if (cm_grow(&list.run, &capacity, list.count + 1, sizeof *list.run) != 0) {
            status = cm_fail_memory(ctx);
            break;
        }
        castmap_run_info *one = &list.run[list.count++];
        *one = (castmap_run_info){.number = cm_query_integer(query, 0), .time_s = cm_query_integer(query, 5),
                                  .undone = cm_query_integer(query, 6) != 0};
        char **const texts[] = {&one->kind, &one->summary, &one->parameters, &one->provenance};
        for (int i = 0; i < 4 && !status; i++)
            status = cm_query_copy(ctx, query, i + 1, texts[i]);
    }
    cm_query_close(query);
    if (status)
        castmap_run_list_clear(&list);
    else
        *out = list;
    return status;
}

void castmap_run_list_clear(castmap_run_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->run[i].kind);
        free(list->run[i].summary);
        free(list->run[i].parameters);
        free(list->run[i].provenance);
    }
    free(list->run);
    *list = (castmap_run_list){0};
}

castmap_status castmap_project_quarantine(castmap_context *ctx, castmap_project *project, int64_t batch_id, size_t limit,
                                          castmap_quarantine *out)
{
    castmap_quarantine list = {0};
    cm_query *query = NULL;
    bool row = true;
    size_t capacity = 0;

    cm_fail_clear(ctx);
    castmap_status status = cm_query_open(
        ctx, project->db,
        "SELECT q.batch, q.row, b.file, q.field, q.code, r.text, q.text FROM quarantine AS q JOIN batch AS b ON b.id = q.batch"
        " LEFT JOIN reason AS r ON r.id = q.reason WHERE ?1 = 0 OR q.batch = ?1 ORDER BY q.batch, q.row, q.id LIMIT ?2", &query);
    if (!status) {
        cm_query_bind_integer(query, 1, batch_id);
        cm_query_bind_integer(query, 2, limit ? (int64_t)limit : -1);
    }
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        if (cm_grow(&list.row, &capacity, list.count + 1, sizeof *list.row) != 0) {
            status = cm_fail_memory(ctx);
            break;
        }
        castmap_quarantine_row *one = &list.row[list.count++];
        *one = (castmap_quarantine_row){.batch_id = cm_query_integer(query, 0), .row = cm_query_integer(query, 1)};
        char **const texts[] = {&one->file, &one->field, &one->code, &one->reason};
        for (int i = 0; i < 4 && !status; i++)
            status = cm_query_copy(ctx, query, i + 2, texts[i]);
        size_t length = 0;
        const unsigned char *bytes = cm_query_blob(query, 6, &length);
        one->text = cm_copy_bytes(bytes ? (const char *)bytes : "", length);
        if (!status && !one->text)
            status = cm_fail_memory(ctx);
    }
    cm_query_close(query);
    if (status)
        castmap_quarantine_clear(&list);
    else
        *out = list;
    return status;
}

void castmap_quarantine_clear(castmap_quarantine *quarantine)
{
    for (size_t i = 0; i < quarantine->count; i++) {
        castmap_quarantine_row *one = &quarantine->row[i];
        free(one->file);
        free(one->field);
        free(one->code);
        free(one->reason);
        free(one->text);
    }
    free(quarantine->row);
    *quarantine = (castmap_quarantine){0};
}
