/*
 * project/ingest/mending_sheet.c - out of quarantine into a sheet: the rows of one batch, cell by cell.
 */
#include "castmap/mending.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/scratch.h"
#include "project/ingest/mending_form.h"
#include "project/ingest/mending_rows.h"
#include "project/mended_table.h"
#include "project/project_file.h"

static castmap_status only_batch(castmap_context *ctx, castmap_project *project, int64_t *batch)
{
    cm_query *query = NULL;
    bool row = true;
    char names[120] = "";
    size_t n = 0;
    castmap_status status = cm_query_open(ctx, project->db, "SELECT DISTINCT batch FROM quarantine WHERE ?1 = 0 OR batch = ?1 ORDER BY batch", &query);

    if (!status)
        cm_query_bind_integer(query, 1, *batch);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        *batch = cm_query_integer(query, 0);
        const size_t used = strlen(names);
        if (used + 24 < sizeof names)
            snprintf(names + used, sizeof names - used, "%s%" PRId64, n ? ", " : "", *batch);
        n++;
    }
    cm_query_close(query);
    if (!status && n == 0)
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "no row of it is in quarantine");
    if (!status && n > 1) {
        status = cm_fail(ctx, CASTMAP_E_ARGUMENT, "rows of several batches are in quarantine: %s", names);
        cm_fail_hint(ctx, "a sheet holds those of one: --batch N");
    }
    return status;
}

/* One more row of the sheet from the row at the query. */
static castmap_status add_sheet_row(castmap_context *ctx, castmap_mending_sheet *sheet, size_t capacity, cm_query *query, const char *sha256,
                                    const cm_mending_form *form, cm_mending_elements *elements)
{
    const size_t at = sheet->rows;
    size_t length = 0;
    char key[CM_MENDING_KEY_SIZE], problem[400];
    const char *field = cm_query_text(query, 1), *reason = cm_query_text(query, 2);
    const char *text = (const char *)cm_query_blob(query, 3, &length);

    if (at == capacity)
        return cm_fail(ctx, CASTMAP_E_PROJECT, "the project's table of quarantine is damaged");
    cm_mending_key(sheet->batch_id, cm_query_integer(query, 0), sha256, key);
    snprintf(problem, sizeof problem, "%s%s%s", field ? field : "", field && *field ? ": " : "", reason ? reason : "");
    sheet->key[at] = cm_copy_text(key);
    sheet->problem[at] = cm_copy_text(problem);
    sheet->rows++;
    if (!sheet->key[at] || !sheet->problem[at])
        return cm_fail_memory(ctx);
    char **cell = sheet->cell + at * sheet->columns;
    if (!form->separator)
        return cm_mending_cells(ctx, form, text ? text : "", text ? length : 0, cell, elements);
    return cm_row_split(text ? text : "", text ? length : 0, form->separator, sheet->columns, cell) == 0 ? CASTMAP_OK : cm_fail_memory(ctx);
}

static castmap_status fill_sheet(castmap_context *ctx, castmap_project *project, castmap_mending_sheet *sheet, const char *sha256,
                                 const cm_mending_form *form)
{
    cm_mending_elements elements = {.document = CM_TEXT_INIT};
    cm_query *query = NULL;
    bool row = true;
    size_t n = 0;
    castmap_status status = cm_query_open(ctx, project->db, "SELECT q.row, q.field, r.text, q.text, (SELECT count(*) FROM quarantine WHERE batch = ?1)"
                                          " FROM quarantine AS q LEFT JOIN reason AS r ON r.id = q.reason WHERE q.batch = ?1 ORDER BY q.row, q.id", &query);

    if (!status)
        cm_query_bind_integer(query, 1, sheet->batch_id);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        if (!sheet->key) {
            n = (size_t)cm_query_integer(query, 4);
            sheet->key = cm_alloc_zero(n, sizeof *sheet->key);
            sheet->problem = cm_alloc_zero(n, sizeof *sheet->problem);
            sheet->cell = cm_alloc_zero(n * sheet->columns, sizeof *sheet->cell);
        }
        status = sheet->key && sheet->problem && sheet->cell ? add_sheet_row(ctx, sheet, n, query, sha256, form, &elements) : cm_fail_memory(ctx);
    }
    cm_query_close(query);
    if (!status)
        status = cm_mending_elements_finish(ctx, form, &elements);
    cm_mending_elements_clear(&elements);
    return status;
}

castmap_status castmap_mending_sheet_make(castmap_context *ctx, castmap_project *project, int64_t batch_id, castmap_mending_sheet *out)
{
    castmap_mending_sheet sheet = {.batch_id = batch_id};
    json_object *parameters = NULL;
    cm_mending_form form = {.separator = 0};
    char *sha256 = NULL;

    cm_fail_clear(ctx);
    cm_scratch_home(ctx, project->path);
    castmap_status status = only_batch(ctx, project, &sheet.batch_id);
    if (!status)
        status = cm_mending_batch(ctx, project, sheet.batch_id, &parameters, &sha256);
    if (!status)
        status = cm_mending_form_of(ctx, parameters, sheet.batch_id, &form);
    if (!status) {
        sheet.columns = form.columns.n;
        sheet.name = cm_alloc_zero(form.columns.n, sizeof *sheet.name);
        status = sheet.name ? CASTMAP_OK : cm_fail_memory(ctx);
    }
    for (size_t i = 0; !status && i < form.columns.n; i++) {
        sheet.name[i] = cm_copy_text(form.columns.name[i]);
        status = sheet.name[i] ? CASTMAP_OK : cm_fail_memory(ctx);
    }
    if (!status)
        status = fill_sheet(ctx, project, &sheet, sha256, &form);
    cm_scratch_home(ctx, NULL);
    json_object_put(parameters);
    cm_columns_clear(&form.columns);
    free(sha256);
    if (status)
        castmap_mending_sheet_clear(&sheet);
    else
        *out = sheet;
    return status;
}

void castmap_mending_sheet_clear(castmap_mending_sheet *sheet)
{
    for (size_t i = 0; i < sheet->columns && sheet->name; i++)
        free(sheet->name[i]);
    for (size_t i = 0; i < sheet->rows; i++) {
        free(sheet->key[i]);
        free(sheet->problem[i]);
    }
    for (size_t i = 0; i < sheet->rows * sheet->columns; i++)
        free(sheet->cell[i]);
    free(sheet->name);
    free(sheet->key);
    free(sheet->problem);
    free(sheet->cell);
    *sheet = (castmap_mending_sheet){0};
}
