/* castmap quarantine list, export - the rows that could not be used, word for word. */
#include "commands.h"
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
    if (rows.count > 0)
        cli_table_end(env, &table);
    else
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
    bool        overwrite, dry_run;
} export_args;

static const cli_option EXPORT_OPTIONS[] = {
    {CLI_FILE, 'o', "output", offsetof(export_args, output), "FILE", CLI_REQUIRED, "a CSV; readable by nobody but you"},
    {CLI_ID, 'b', "batch", offsetof(export_args, batch), "N", NULL, "only this batch"},
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

static int export(cli_env *env, const void *parsed)
{
    const export_args *args = parsed;
    castmap_quarantine rows = {0};
    output_file out = OUTPUT_FILE_INIT;
    FILE *file = NULL;

    castmap_status status = cli_open(env, CASTMAP_READ);
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
    .examples = {{"quarantine export -o refused.csv", "All of them, to be mended in a spreadsheet."},
                 {"quarantine export --batch 2 -o refused.csv --overwrite", "Those of one batch, over an earlier file."},
                 {"quarantine export -n -o refused.csv", "How many there would be."}},
    .options = EXPORT_OPTIONS,
    .size = sizeof(export_args),
    .run = export,
};
