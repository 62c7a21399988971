/*
 * project/ingest/mending.c - a sheet of mended rows back in.
 *
 *   1. read_keys    go through the sheet once for the keys of its rows; all must be of one batch of this project
 *   2. as_before    options as the batch was read with, where the caller leaves them open
 *   3. import       the importer reads the sheet as a file; each row's outcome moves it out of quarantine or changes it there
 *
 * All of it is one run, so that a sheet which is refused at its last row, or a kill, leaves quarantine as it was.
 */
#include "project/ingest/mending.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"
#include "io/csv_reader.h"
#include "project/ingest/mending_form.h"
#include "project/ingest/mending_rows.h"
#include "project/ingest/recipe.h"
#include "project/project_file.h"

static void clear(cm_mending *mending)
{
    free(mending->row);
    free(mending->unguarded);
    cm_columns_clear(&mending->sheet);
    cm_columns_clear(&mending->form.columns);
    free(mending->map);
    *mending = (cm_mending){0};
}

static castmap_status refuse_sheet(castmap_context *ctx, const char *file, int64_t line, const char *what, const char *hint)
{
    castmap_status status = cm_fail(ctx, CASTMAP_E_INPUT, "%s", what);

    if (line)
        cm_fail_where(ctx, "%s:%" PRId64 ":" CASTMAP_MENDING_KEY, file, line);
    else
        cm_fail_where(ctx, "%s", file);
    cm_fail_hint(ctx, "%s", hint);
    return status;
}

/* The separator that shows the column of keys; its place among the columns. */
static castmap_status find_keys(castmap_context *ctx, cm_csv_reader *reader, const char *file, cm_mending *mending, int *column)
{
    static const char SEPARATORS[] = ",;\t";
    castmap_status status = CASTMAP_OK;

    for (const char *s = SEPARATORS; *s && !status; s++) {
        cm_csv_row header;
        cm_columns columns = {0};
        status = cm_csv_header(ctx, reader, *s, &header);
        if (!status)
            status = cm_columns_init(ctx, file, header.field, header.n_fields, &columns);
        *column = status ? CM_NO_COLUMN : cm_column_named(&columns, CASTMAP_MENDING_KEY);
        if (*column != CM_NO_COLUMN) {
            mending->separator = *s;
            mending->sheet = columns;
            mending->unguarded = cm_alloc(columns.n, sizeof *mending->unguarded);
            if (!mending->unguarded)
                return cm_fail_memory(ctx);
            return cm_csv_begin(ctx, reader, *s, columns.n);
        }
        cm_columns_clear(&columns);
    }
    return status ? status : refuse_sheet(ctx, file, 0, "no sheet of mended rows: it has no column " CASTMAP_MENDING_KEY,
                                          "castmap quarantine export --to-mend writes one; new records come in by castmap import");
}

static castmap_status add_key(castmap_context *ctx, castmap_project *project, const char *file, const cm_csv_row *row, int column, cm_mending *mending)
{
    cm_mending_row one = {.line = row->line};
    char key[CM_MENDING_KEY_SIZE];
    bool known = false;
    castmap_status status = CASTMAP_OK;
    const cm_csv_field *cell = (size_t)column < row->n_fields ? &row->field[column] : NULL;

    if (cell && cell->length < sizeof key) {
        memcpy(key, cell->bytes, cell->length);
        key[cell->length] = '\0';
        status = cm_mending_find(ctx, project, key, &one, &known);
    }
    if (!status && !known)
        return refuse_sheet(ctx, file, row->line, "the row has no key of a row that was set aside in this project",
                            "leave the column " CASTMAP_MENDING_KEY " as it is; new records come in by castmap import");
    if (!status && mending->n && one.batch != mending->origin)
        return refuse_sheet(ctx, file, row->line, "the row was set aside from another import than those before", "one sheet for each batch");
    if (!status && cm_grow(&mending->row, &mending->capacity, mending->n + 1, sizeof *mending->row) != 0)
        status = cm_fail_memory(ctx);
    if (status)
        return status;
    mending->origin = one.batch;
    mending->row[mending->n++] = one;
    return CASTMAP_OK;
}

static int by_row(const void *a, const void *b)
{
    const cm_mending_row *x = a, *y = b;

    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

static castmap_status refuse_twice(castmap_context *ctx, const char *file, const cm_mending *mending)
{
    cm_mending_row *sorted = cm_alloc(mending->n, sizeof *sorted);
    castmap_status status = sorted ? CASTMAP_OK : cm_fail_memory(ctx);

    if (!status && mending->n) {
        memcpy(sorted, mending->row, mending->n * sizeof *sorted);
        qsort(sorted, mending->n, sizeof *sorted, by_row);
    }
    for (size_t i = 1; i < mending->n && !status; i++) {
        if (sorted[i].row == sorted[i - 1].row)
            status = refuse_sheet(ctx, file, sorted[i].line, "the same row stands twice in the sheet", "keep one of them");
    }
    free(sorted);
    return status;
}

/* Keys are plain letters, whatever the encoding: where the text is no UTF-8 it is gone through as Windows-1252. */
static castmap_status read_keys(castmap_context *ctx, castmap_project *project, const castmap_import_options *options, const char *encoding,
                                cm_mending *mending)
{
    const char *file = cm_input_name(options->path);
    cm_text_input *input = NULL;
    cm_csv_reader *reader = NULL;
    cm_csv_row row;
    bool more = true;
    int column = CM_NO_COLUMN;
    castmap_status status = cm_text_input_open(ctx, options->path, options->follow_links, encoding, &input);

    if (!status)
        status = cm_csv_open(ctx, input, file, false, &reader);
    if (!status)
        status = find_keys(ctx, reader, file, mending, &column);
    while (!status) {
        status = cm_csv_next(ctx, reader, &row, &more);
        if (status || !more)
            break;
        status = add_key(ctx, project, file, &row, column, mending);
    }
    if (!status)
        status = refuse_twice(ctx, file, mending);
    const bool again = status == CASTMAP_E_INPUT && reader && cm_csv_bad_text(reader) && !encoding;
    cm_csv_close(reader);
    cm_text_input_close(input);
    if (!again)
        return status;
    clear(mending);
    cm_fail_clear(ctx);
    return read_keys(ctx, project, options, "windows-1252", mending);
}

const cm_mending_row *cm_mending_at(cm_mending *mending, int64_t line)
{
    while (mending->next < mending->n && mending->row[mending->next].line < line)
        mending->next++;
    return mending->next < mending->n && mending->row[mending->next].line == line ? &mending->row[mending->next] : NULL;
}

/* The row as the file that it came from would hold it: without our columns, in that file's order; of no table of text as a feature. */
static int as_of_file(const cm_mending *mending, const char *text, size_t length, cm_text *out)
{
    const cm_columns *columns = &mending->form.columns;
    const char *own[CM_MENDING_COLUMNS + 2];
    char *cell[CM_MENDING_COLUMNS + 4];
    const size_t n = mending->sheet.n;

    if (n > CM_MENDING_COLUMNS + 4 || cm_row_split(text, length, mending->separator, n, cell) != 0)
        return -1;
    for (size_t i = 0; i < columns->n; i++) {
        const int at = cm_column_named(&mending->sheet, columns->name[i]);
        own[i] = at == CM_NO_COLUMN ? "" : cm_row_unguarded(cell[at]);
        if (mending->form.separator)
            cm_row_join(out, own[i], mending->form.separator, i == 0);
    }
    if (!mending->form.separator)
        cm_mending_feature(columns, own, out);
    for (size_t i = 0; i < n; i++)
        free(cell[i]);
    return out->failed ? -1 : 0;
}

castmap_status cm_mending_refuse(castmap_context *ctx, castmap_project *project, int64_t run, int64_t batch, cm_mending *mending,
                                 const cm_mending_row *key, const char *code, const char *field, const char *reason, const char *text, size_t length)
{
    cm_text row = CM_TEXT_INIT;
    bool changed = false;
    castmap_status status = as_of_file(mending, text, length, &row) == 0 ? CASTMAP_OK : cm_fail_memory(ctx);

    if (!status)
        status = cm_mended_stay(ctx, project, run, batch, key, code, field, reason, row.bytes ? row.bytes : "", row.length, &changed);
    mending->refused++;
    mending->changed = mending->changed || changed;
    cm_text_clear(&row);
    return status;
}

static bool names_place(const char *pair)
{
    static const char *const ROLES[] = {"lat=", "lon=", "x=", "y=", "position="};

    for (size_t i = 0; i < sizeof ROLES / sizeof *ROLES; i++)
        if (strncmp(pair, ROLES[i], strlen(ROLES[i])) == 0)
            return true;
    return false;
}

/* Records that had places of their own have them in our columns of the sheet. */
static castmap_status name_places(castmap_context *ctx, cm_mending *mending, castmap_import_options *options)
{
    size_t n = options->n_map;

    for (size_t i = 0; i < n; i++)
        if (names_place(options->map[i]))
            return CASTMAP_OK;
    if (!mending->form.crs[0])
        return CASTMAP_OK;
    mending->map = cm_alloc(n + 2, sizeof *mending->map);
    if (!mending->map)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < n; i++)
        mending->map[i] = options->map[i];
    mending->map[n++] = mending->form.degrees ? "lon=" CM_MENDING_LON : "x=" CM_MENDING_X;
    mending->map[n++] = mending->form.degrees ? "lat=" CM_MENDING_LAT : "y=" CM_MENDING_Y;
    options->map = mending->map;
    options->n_map = n;
    if (!mending->form.degrees && !options->crs)
        options->crs = mending->form.crs;
    return CASTMAP_OK;
}

/* Fill what the caller leaves open as the batch was read. What belongs to the sheet itself is not taken from there. */
static castmap_status as_before(castmap_context *ctx, json_object *parameters, int64_t batch, cm_mending *mending, castmap_import_options *options,
                                castmap_recipe **recipe)
{
    json_object *reading = NULL;
    const char *encoding = options->encoding;

    if (!parameters || !json_object_object_get_ex(parameters, "reading", &reading))
        return cm_fail(ctx, CASTMAP_E_UNSUPPORTED, "batch %" PRId64 " does not say how it was read", batch);
    castmap_status status = cm_recipe_of_text(ctx, "batch", json_object_to_json_string(reading), recipe);
    if (!status)
        status = castmap_recipe_apply(ctx, *recipe, options);
    options->encoding = encoding;
    options->delimiter = mending->separator;
    options->layer = options->save_recipe = options->recipe = NULL;
    options->comments = options->strict = false;
    return status ? status : name_places(ctx, mending, options);
}

static castmap_status count_left(castmap_context *ctx, castmap_project *project, int64_t batch, size_t *left)
{
    cm_query *query = NULL;
    bool row = false;
    castmap_status status = cm_query_open(ctx, project->db, "SELECT count(*) FROM quarantine WHERE batch = ?", &query);

    if (!status) {
        cm_query_bind_integer(query, 1, batch);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status && row)
        *left = (size_t)cm_query_integer(query, 0);
    cm_query_close(query);
    return status;
}

castmap_status castmap_quarantine_import(castmap_context *ctx, castmap_project *project, const castmap_import_options *options,
                                         castmap_guesses_fn *shown, void *payload, castmap_mending *out)
{
    castmap_import_options used = *options;
    castmap_mending result = CASTMAP_MENDING_INIT;
    json_object *parameters = NULL;
    castmap_recipe *recipe = NULL;
    cm_mending mending = {0};
    char *sha256 = NULL;

    cm_fail_clear(ctx);
    if (!options->path || strcmp(options->path, "-") == 0)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "mended rows come from a file: it is read twice");
    castmap_status status = read_keys(ctx, project, options, options->encoding, &mending);
    if (!status && mending.n == 0)
        status = refuse_sheet(ctx, cm_input_name(options->path), 0, "the sheet has no rows", "castmap quarantine export --to-mend writes them");
    if (!status)
        status = cm_mending_batch(ctx, project, mending.origin, &parameters, &sha256);
    if (!status)
        status = cm_mending_form_of(ctx, parameters, mending.origin, &mending.form);
    if (!status)
        status = as_before(ctx, parameters, mending.origin, &mending, &used, &recipe);
    if (!status)
        status = cm_import_file(ctx, project, &used, &mending, shown, payload, &result.summary);
    if (!status) {
        result.origin = mending.origin;
        result.rows = mending.n;
        result.refused = mending.refused;
        result.done = mending.done;
        status = count_left(ctx, project, mending.origin, &result.left);
    }
    castmap_recipe_free(recipe);
    json_object_put(parameters);
    free(sha256);
    clear(&mending);
    if (status)
        castmap_mending_clear(&result);
    else
        *out = result;
    return status;
}

void castmap_mending_clear(castmap_mending *mending)
{
    castmap_import_summary_clear(&mending->summary);
    *mending = (castmap_mending)CASTMAP_MENDING_INIT;
}
