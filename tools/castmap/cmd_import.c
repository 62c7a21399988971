/* castmap import - bring observations in, and account for every row. */
#include "commands.h"
#include "import_options.h"
#include "session.h"

#include <string.h>

typedef struct import_args {
    reading_args reading;
    bool         dry_run;
} import_args;

static const cli_option OPTIONS[] = {
    CLI_DRY_RUN(import_args),
    READING_OPTIONS(import_args, reading),
    {0},
};

bool reading_options(cli_env *env, const reading_args *args, castmap_import_options *options)
{
    for (size_t i = 0; i < args->map.count; i++) {
        const char *equals = strchr(args->map.text[i], '=');
        if (!equals || equals == args->map.text[i]) {
            cli_fail(env, CASTMAP_E_ARGUMENT, "--map", "write the field, =, and the column: --map lat=Latitude",
                     "\"%s\" is not FIELD=COLUMN", CLI_SAFE(args->map.text[i]));
            return false;
        }
    }
    options->profile = args->profile;
    options->encoding = args->encoding;
    options->crs = args->crs;
    options->time_zone = args->time_zone;
    options->date_order = args->date_order;
    options->categories = args->categories;
    options->map = args->map.text;
    options->n_map = args->map.count;
    options->strict = args->strict;
    options->follow_links = args->follow;
    options->comments = args->comments;
    options->legacy_grades = args->legacy_grades;
    options->keep_odd_dates = args->keep_odd_dates;
    options->keep_far = args->keep_far;
    if (args->delimiter) {
        char c = args->delimiter[0];
        options->delimiter = c == 's' ? ';' : c == 't' ? '\t' : c == 'c' ? ',' : c;
    }
    return true;
}

static void one_file(cli_env *env, const char *file, const castmap_import_summary *summary)
{
    cli_json *json = env->json;

    show_import(env, file, summary);
    cli_json_object(json, NULL);
    cli_json_text(json, "file", file);
    cli_json_text(json, "format", summary->format);
    cli_json_text(json, "sha256", summary->sha256);
    cli_json_whole(json, "batch", summary->batch_id);
    cli_json_whole(json, "run", summary->run_number);
    cli_json_whole(json, "read", (int64_t)summary->read);
    cli_json_whole(json, "accepted", (int64_t)summary->accepted);
    cli_json_whole(json, "duplicate", (int64_t)summary->duplicate);
    cli_json_whole(json, "quarantined", (int64_t)summary->quarantined);
    json_reasons(json, "reasons", summary->reasons, summary->n_reasons);
    json_reasons(json, "notes", summary->notes, summary->n_notes);
    json_guesses(json, summary->guesses, summary->n_guesses);
    cli_json_close(json);
}

/* All files are one transaction: if the last is refused, the first is not kept either. */
static int run(cli_env *env, const void *parsed)
{
    const import_args *args = parsed;
    castmap_import_options options = CASTMAP_IMPORT_OPTIONS_INIT;
    stage_times times = {0};
    size_t quarantined = 0;
    castmap_status status;

    if (!reading_options(env, &args->reading, &options))
        return 2;
    options.dry_run = args->dry_run;
    status = cli_open(env, CASTMAP_WRITE);
    if (!status && !args->dry_run)
        status = castmap_project_begin(env->ctx, env->project);
    if (status)
        return cli_exit(env, status);
    cli_json_object(env->json, NULL);
    cli_json_flag(env->json, "dry_run", args->dry_run);
    cli_json_list(env->json, "files");
    stage_begin(&times);
    for (size_t i = 0; i < env->n_arguments; i++) {
        castmap_import_summary summary = CASTMAP_IMPORT_SUMMARY_INIT;
        options.path = env->arguments[i];
        cli_note(env, "%s is read as:", CLI_SAFE(env->arguments[i]));
        status = castmap_import(env->ctx, env->project, &options, show_guesses, env, &summary);
        if (status) {
            castmap_project_rollback(env->project);
            return cli_exit(env, status);
        }
        one_file(env, env->arguments[i], &summary);
        quarantined += summary.quarantined;
        castmap_import_summary_clear(&summary);
        stage_end(&times, "import");
    }
    cli_json_close(env->json);
    if (!args->dry_run)
        status = castmap_project_commit(env->ctx, env->project);
    if (status)
        return cli_exit(env, status);
    stage_end(&times, "commit");
    show_times(env, &times);
    if (args->dry_run)
        cli_note(env, "Nothing was stored (--dry-run).");
    else if (quarantined > 0)
        cli_note(env, "castmap quarantine list shows the rows that were set aside.");
    return quarantined > 0 ? CLI_SOME_REFUSED : 0;
}

const cli_command CMD_IMPORT = {
    .name = "import",
    .purpose = "bring observations in, and account for every row",
    .arguments = "FILE...",
    .least = 1,
    .most = 1000,
    .details = "Reads CSV, TSV and GeoJSON. What was recognised (columns, separator, encoding, times, places) is shown before it is "
               "used and kept with the batch. Rows read = accepted + duplicate + quarantined; a row that cannot be used is set "
               "aside word for word with its reason, and the exit code is 3. Importing a file again brings nothing new.",
    .examples = {{"import observations.csv", "Recognise the columns, show them, and bring the rows in."},
                 {"import -n survey.csv --map lat=Breite --map lon=Laenge --delimiter semicolon",
                  "Say what two columns are and see what would happen, without storing anything."},
                 {"import 2024-*.csv --date-order dmy --strict", "Several files at once, all or none of them."}},
    .options = OPTIONS,
    .size = sizeof(import_args),
    .run = run,
};
