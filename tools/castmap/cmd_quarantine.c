/* castmap quarantine list, export - the rows that could not be used, word for word. */
#include "commands.h"
#include "import_options.h"
#include "output_folder.h"
#include "session.h"

#include <errno.h>
#include <string.h>

typedef struct list_args {
    int64_t  batch;
    uint32_t limit;
} list_args;

static const cli_option LIST_OPTIONS[] = {
    {CLI_ID, 'b', "batch", offsetof(list_args, batch), "N", NULL, "only this batch; castmap list batches has the numbers"},
    {CLI_NATURAL, 0, "limit", offsetof(list_args, limit), "N", "100", "at most this many rows; 0: all"},
    {0},
};

/* The rows' own text is not shown here: it may hold what could identify a person. */
static int list(cli_env *env, const void *parsed)
{
    static const char *const HEADER[] = {"batch", "file", "row", "field", "code", "reason"};
    const list_args *args = parsed;
    castmap_quarantine rows = {0};
    cli_table table;

    castmap_status status = cli_open(env, CASTMAP_READ);
    if (!status)
        status = castmap_project_quarantine(env->ctx, env->project, args->batch, args->limit, &rows);
    if (status)
        return cli_exit(env, status);
    cli_json_object(env->json, NULL);
    cli_json_list(env->json, "rows");
    cli_table_start(&table, "rlrlll", HEADER);
    for (size_t i = 0; i < rows.count; i++) {
        const castmap_quarantine_row *row = &rows.row[i];
        cli_table_add(&table, "%lld", (long long)row->batch_id);
        cli_table_add(&table, "%s", row->file ? row->file : "");
        cli_table_add(&table, "%lld", (long long)row->row);
        cli_table_add(&table, "%s", row->field ? row->field : "");
        cli_table_add(&table, "%s", row->code ? row->code : "");
        cli_table_add(&table, "%s", row->reason ? row->reason : "");
        cli_json_object(env->json, NULL);
        cli_json_whole(env->json, "batch", row->batch_id);
        cli_json_text(env->json, "file", row->file);
        cli_json_whole(env->json, "row", row->row);
        cli_json_text(env->json, "field", row->field);
        cli_json_text(env->json, "code", row->code);
        cli_json_text(env->json, "reason", row->reason);
        cli_json_close(env->json);
    }
    cli_table_end(env, &table);
    if (rows.count == 0)
        cli_say(env, "nothing is in quarantine");
    castmap_quarantine_clear(&rows);
    return 0;
}

const cli_command CMD_QUARANTINE_LIST = {
    .name = "quarantine list",
    .purpose = "list the rows that were set aside, with their reasons",
    .arguments = "",
    .examples = {{"quarantine list", "The first hundred, by file and row."},
                 {"quarantine list --batch 2 --limit 0", "All of one batch."},
                 {"quarantine list --json", "The same for a program."}},
    .options = LIST_OPTIONS,
    .size = sizeof(list_args),
    .run = list,
};

typedef struct export_args {
    const char *output;
    int64_t     batch;
    bool        to_mend, overwrite, dry_run;
} export_args;

static const cli_option EXPORT_OPTIONS[] = {
    {CLI_FILE, 'o', "output", offsetof(export_args, output), "FILE", CLI_REQUIRED, "a CSV; readable by nobody but you"},
    {CLI_ID, 'b', "batch", offsetof(export_args, batch), "N", NULL, "only this batch"},
    {CLI_FLAG, 0, "to-mend", offsetof(export_args, to_mend), NULL, NULL,
     "a sheet of the rows of one batch, of whatever kind of file, each cell by itself, for castmap quarantine import"},
    CLI_OVERWRITE(export_args),
    CLI_DRY_RUN(export_args),
    {0},
};

/* A spreadsheet takes a cell that begins like this for a formula; an apostrophe before it keeps it text. */
static bool looks_like_formula(const char *text)
{
    return (*text && strchr("=+-@\t\r", *text)) || strncmp(text, "\xEF\xBC\x9D", 3) == 0 ||
           strncmp(text, "\xEF\xBC\x8B", 3) == 0 || strncmp(text, "\xEF\xBC\x8D", 3) == 0 ||
           strncmp(text, "\xEF\xBC\xA0", 3) == 0;
}

static void csv_field(FILE *file, const char *text, bool last)
{
    putc('"', file);
    if (text && looks_like_formula(text))
        putc('\'', file);
    for (; text && *text; text++) {
        if (*text == '"')
            putc('"', file);
        putc(*text, file);
    }
    fputs(last ? "\"\r\n" : "\",", file);
}

/* A number may begin with a sign: no formula. */
static bool is_number(const char *text)
{
    double value;

    return cli_number(*text == '-' || *text == '+' ? text + 1 : text, &value);
}

static void sheet_field(FILE *file, const char *text, bool last)
{
    if (is_number(text))
        fprintf(file, last ? "%s\r\n" : "%s,", text);
    else
        csv_field(file, text, last);
}

static void write_sheet(FILE *file, const castmap_mending_sheet *sheet)
{
    fputs(CASTMAP_MENDING_KEY "," CASTMAP_MENDING_PROBLEM ",", file);
    for (size_t k = 0; k < sheet->columns; k++)
        csv_field(file, sheet->name[k], k + 1 == sheet->columns);
    for (size_t i = 0; i < sheet->rows; i++) {
        csv_field(file, sheet->key[i], false);
        csv_field(file, sheet->problem[i], false);
        for (size_t k = 0; k < sheet->columns; k++)
            sheet_field(file, sheet->cell[i * sheet->columns + k], k + 1 == sheet->columns);
    }
}

static int export_sheet(cli_env *env, const export_args *args)
{
    castmap_mending_sheet sheet = {0};
    output_file out = OUTPUT_FILE_INIT;
    FILE *file = NULL;

    castmap_status status = castmap_mending_sheet_make(env->ctx, env->project, args->batch, &sheet);
    if (status)
        return cli_exit(env, status);
    int code = output_check(env, args->output, args->overwrite);
    if (code == 0 && !args->dry_run)
        code = output_file_begin(env, args->output, args->overwrite, &out, &file);
    if (code == 0 && file) {
        write_sheet(file, &sheet);
        code = output_file_end(env, &out, file);
    }
    if (code == 0) {
        cli_json_object(env->json, NULL);
        cli_json_flag(env->json, "dry_run", args->dry_run);
        cli_json_text(env->json, "file", args->output);
        cli_json_whole(env->json, "batch", sheet.batch_id);
        cli_json_whole(env->json, "rows", (int64_t)sheet.rows);
        cli_say(env, "%s%zu rows of batch %lld to %s", args->dry_run ? "would write " : "", sheet.rows, (long long)sheet.batch_id,
                CLI_SAFE(args->output));
        if (!args->dry_run)
            cli_note(env, "Mend the cells, leave " CASTMAP_MENDING_KEY " as it is, save as CSV; then castmap quarantine import. These rows may hold "
                     "what could identify a person: keep the file to yourself.");
    }
    castmap_mending_sheet_clear(&sheet);
    return code;
}

static int export(cli_env *env, const void *parsed)
{
    const export_args *args = parsed;
    castmap_quarantine rows = {0};
    output_file out = OUTPUT_FILE_INIT;
    FILE *file = NULL;

    castmap_status status = cli_open(env, CASTMAP_READ);
    if (!status && args->to_mend)
        return export_sheet(env, args);
    if (!status)
        status = castmap_project_quarantine(env->ctx, env->project, args->batch, 0, &rows);
    if (status)
        return cli_exit(env, status);
    int code = output_check(env, args->output, args->overwrite);
    if (code == 0 && !args->dry_run)
        code = output_file_begin(env, args->output, args->overwrite, &out, &file);
    if (code)
        goto done;
    if (file) {
        fputs("batch,file,row,field,code,reason,text\r\n", file);
        for (size_t i = 0; i < rows.count; i++) {
            const castmap_quarantine_row *row = &rows.row[i];
            fprintf(file, "%lld,", (long long)row->batch_id);
            csv_field(file, row->file, false);
            fprintf(file, "%lld,", (long long)row->row);
            csv_field(file, row->field, false);
            csv_field(file, row->code, false);
            csv_field(file, row->reason, false);
            csv_field(file, row->text, true);
        }
        code = output_file_end(env, &out, file);
        if (code)
            goto done;
    }
    cli_json_object(env->json, NULL);
    cli_json_flag(env->json, "dry_run", args->dry_run);
    cli_json_text(env->json, "file", args->output);
    cli_json_whole(env->json, "rows", (int64_t)rows.count);
    cli_say(env, "%s%zu rows to %s", args->dry_run ? "would write " : "", rows.count, CLI_SAFE(args->output));
    if (!args->dry_run)
        cli_note(env, "These rows are unchecked and may hold what could identify a person. Keep the file to yourself.");
done:
    castmap_quarantine_clear(&rows);
    return code;
}

const cli_command CMD_QUARANTINE_EXPORT = {
    .name = "quarantine export",
    .purpose = "write the rows that were set aside to a CSV, word for word",
    .arguments = "",
    .examples = {{"quarantine export --to-mend -o mend.csv", "As a sheet, to be mended and brought back."},
                 {"quarantine export --batch 2 -o refused.csv --overwrite", "Those of one batch, over an earlier file."},
                 {"quarantine export -n -o refused.csv", "How many there would be."}},
    .options = EXPORT_OPTIONS,
    .size = sizeof(export_args),
    .run = export,
};

typedef struct mend_args {
    reading_args reading;
    bool         dry_run;
} mend_args;

static const cli_option IMPORT_OPTIONS[] = {
    CLI_DRY_RUN(mend_args),
    READING_OPTIONS(mend_args, reading),
    {0},
};

static void show_mending(cli_env *env, const mend_args *args, const char *file, const castmap_mending *result)
{
    const castmap_import_summary *s = &result->summary;
    cli_json *json = env->json;

    cli_say(env, "%s: %zu rows = %zu accepted + %zu duplicate + %zu still set aside + %zu that came back before", CLI_SAFE(file), result->rows,
            s->accepted, s->duplicate, result->refused, result->done);
    for (size_t i = 0; i < s->n_reasons; i++)
        cli_say(env, "  set aside  %6zu  %s (%s; first: row %lld)", s->reasons[i].count, s->reasons[i].reason, s->reasons[i].code,
                (long long)s->reasons[i].first_row);
    for (size_t i = 0; i < s->n_notes; i++)
        cli_say(env, "  note       %6zu  %s (%s)", s->notes[i].count, s->notes[i].reason, s->notes[i].code);
    cli_say(env, "  of batch %lld, %zu %s in quarantine %s", (long long)result->origin, result->left, result->left == 1 ? "row is" : "rows are",
            args->dry_run ? "now" : "still");
    cli_json_object(json, NULL);
    cli_json_flag(json, "dry_run", args->dry_run);
    cli_json_text(json, "file", file);
    cli_json_whole(json, "origin", result->origin);
    cli_json_whole(json, "batch", s->batch_id);
    cli_json_whole(json, "run", s->run_number);
    cli_json_whole(json, "rows", (int64_t)result->rows);
    cli_json_whole(json, "accepted", (int64_t)s->accepted);
    cli_json_whole(json, "duplicate", (int64_t)s->duplicate);
    cli_json_whole(json, "refused", (int64_t)result->refused);
    cli_json_whole(json, "done", (int64_t)result->done);
    cli_json_whole(json, "left", (int64_t)result->left);
    json_reasons(json, "reasons", s->reasons, s->n_reasons);
    json_reasons(json, "notes", s->notes, s->n_notes);
    json_guesses(json, s->guesses, s->n_guesses);
}

static int bring_back(cli_env *env, const void *parsed)
{
    const mend_args *args = parsed;
    castmap_import_options options = CASTMAP_IMPORT_OPTIONS_INIT;
    castmap_mending result = CASTMAP_MENDING_INIT;
    castmap_recipe *recipe = NULL;

    if (!reading_options(env, &args->reading, &options))
        return 2;
    options.path = env->arguments[0];
    options.dry_run = args->dry_run;
    castmap_status status = cli_open(env, CASTMAP_WRITE);
    if (!status)
        status = reading_recipe(env, &args->reading, &options, &recipe);
    if (!status) {
        cli_note(env, "%s is read as:", CLI_SAFE(options.path));
        status = castmap_quarantine_import(env->ctx, env->project, &options, show_guesses, env, &result);
    }
    castmap_recipe_free(recipe);
    if (status)
        return cli_exit(env, status);
    show_mending(env, args, options.path, &result);
    if (args->dry_run)
        cli_note(env, "Nothing was stored (--dry-run).");
    const int code = result.refused ? CLI_SOME_REFUSED : 0;
    castmap_mending_clear(&result);
    return code;
}

const cli_command CMD_QUARANTINE_IMPORT = {
    .name = "quarantine import",
    .purpose = "bring mended rows back from a spreadsheet",
    .arguments = "FILE",
    .least = 1,
    .most = 1,
    .details = "FILE is the sheet of castmap quarantine export --to-mend, saved as CSV. Each row is read as its batch was and goes through the same "
               "checks. What passes becomes a record of a new batch and leaves quarantine; the rest stays there with its new text and reason, and the "
               "exit code is 3. The same file again changes nothing; castmap undo takes it all back.",
    .examples = {{"quarantine import mend.csv", "Bring the rows back."},
                 {"quarantine import -n mend.csv", "See how many would pass."},
                 {"quarantine import mend.csv --date-order dmy", "Say now what the first import was not told."}},
    .options = IMPORT_OPTIONS,
    .size = sizeof(mend_args),
    .run = bring_back,
};
