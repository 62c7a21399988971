/* castmap import - bring observations in, and account for every row. */
#include "commands.h"
#include "import_options.h"
#include "input_files.h"
#include "session.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PREVIEW_ROWS 5

typedef struct import_args {
    reading_args reading;
    bool         dry_run;
    const char  *pictures, *save_recipe;
} import_args;

/* What all files come to. */
typedef struct total {
    size_t files, read, accepted, duplicate, quarantined;
} total;

static const cli_option OPTIONS[] = {
    {CLI_FLAG, 'n', "dry-run", offsetof(import_args, dry_run), NULL, NULL,
     "show what is recognised, the first rows as they are understood and the counts to come, and change nothing"},
    {CLI_FILE, 0, "keep-pictures", offsetof(import_args, pictures), "FOLDER", NULL,
     "of photos: keep a copy there without place, time, camera and names; else no picture is kept"},
    {CLI_TEXT, 0, "save-recipe", offsetof(import_args, save_recipe), "NAME", NULL,
     "keep how the first file is read, given and recognised, for the next of its kind: --recipe NAME"},
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
    options->year = args->year;
    options->categories = args->categories;
    options->map = args->map.text;
    options->n_map = args->map.count;
    options->layer = args->layer;
    options->no_names = args->no_names;
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

castmap_status reading_recipe(cli_env *env, const reading_args *args, castmap_import_options *options, castmap_recipe **recipe)
{
    *recipe = NULL;
    if (!args->recipe)
        return CASTMAP_OK;
    castmap_status status = castmap_recipe_open(env->ctx, env->project, args->recipe, recipe);
    return status ? status : castmap_recipe_apply(env->ctx, *recipe, options);
}

/* Rows as they were understood. What is private is told by its length. */
static void show_rows(cli_env *env, const castmap_import_summary *summary)
{
    static const char *const HEADER[] = {"row", "longitude", "latitude", "known to", "time", "category", "text", "source"};
    cli_table table;

    if (summary->n_rows == 0)
        return;
    cli_say(env, "  the first rows as they are understood:");
    cli_table_start(&table, "rrrrllrr", HEADER);
    for (size_t i = 0; i < summary->n_rows; i++) {
        const castmap_import_row *row = &summary->rows[i];
        char length[32] = "-";
        if (row->accuracy_m >= 0)
            cli_length_text(row->accuracy_m, length);
        cli_table_add(&table, "%lld", (long long)row->row);
        cli_table_add(&table, "%.6f", row->lon);
        cli_table_add(&table, "%.6f", row->lat);
        cli_table_add(&table, "%s", length);
        cli_table_add(&table, "%s", *row->time ? CLI_SAFE(row->time) : "-");
        cli_table_add(&table, "%s", *row->category ? CLI_SAFE(row->category) : "-");
        cli_table_add(&table, row->text_length ? "%zu letters" : "-", row->text_length);
        cli_table_add(&table, row->source_length ? "%zu letters" : "-", row->source_length);
    }
    cli_table_end(env, &table);
}

static void json_rows(cli_json *json, const castmap_import_summary *summary)
{
    cli_json_list(json, "first_rows");
    for (size_t i = 0; i < summary->n_rows; i++) {
        const castmap_import_row *row = &summary->rows[i];
        cli_json_object(json, NULL);
        cli_json_whole(json, "row", row->row);
        cli_json_number(json, "lon", row->lon);
        cli_json_number(json, "lat", row->lat);
        cli_json_number(json, "accuracy_m", row->accuracy_m);
        cli_json_text(json, "time", row->time);
        cli_json_text(json, "category", row->category);
        cli_json_whole(json, "text_length", (int64_t)row->text_length);
        cli_json_whole(json, "source_length", (int64_t)row->source_length);
        cli_json_flag(json, "duplicate", row->duplicate);
        cli_json_close(json);
    }
    cli_json_close(json);
}

static void one_file(cli_env *env, const char *file, bool dry_run, const castmap_import_summary *summary)
{
    cli_json *json = env->json;

    show_import(env, file, summary);
    if (dry_run)
        show_rows(env, summary);
    if (summary->picture)
        cli_say(env, "  picture without its hidden data: %s", CLI_SAFE(summary->picture));
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
    if (dry_run)
        json_rows(json, summary);
    if (summary->picture)
        cli_json_text(json, "picture", summary->picture);
    cli_json_close(json);
}

static void add_up(total *t, const castmap_import_summary *summary)
{
    t->files++;
    t->read += summary->read;
    t->accepted += summary->accepted;
    t->duplicate += summary->duplicate;
    t->quarantined += summary->quarantined;
}

/* Copies of photos are taken away again when a later file is refused. */
static void forget_pictures(char **picture, size_t n, bool remove_them)
{
    for (size_t i = 0; i < n; i++) {
        if (remove_them)
            (void)unlink(picture[i]);
        free(picture[i]);
    }
    free(picture);
}

/* All files, one after the other. */
static castmap_status bring_in(cli_env *env, const import_args *args, castmap_import_options *options, input_files *files, total *sum,
                               stage_times *times)
{
    char **picture = calloc(files->count + 1, sizeof *picture);
    const char *layer = options->layer; /* may have named a member */
    size_t pictures = 0;
    castmap_status status = picture ? CASTMAP_OK : CASTMAP_E_NOMEM;

    stage_begin(times);
    for (size_t i = 0; i < files->count && !status; i++) {
        castmap_import_summary summary = CASTMAP_IMPORT_SUMMARY_INIT;
        bool left;
        options->save_recipe = sum->files == 0 ? args->save_recipe : NULL;
        status = input_files_import(env, files, i, layer, sum->files, options, &summary, &left);
        if (status || left)
            continue;
        one_file(env, input_files_shown(files, i), args->dry_run, &summary);
        add_up(sum, &summary);
        picture[pictures] = summary.picture;
        pictures += summary.picture != NULL;
        summary.picture = NULL;
        castmap_import_summary_clear(&summary);
        stage_end(times, "import");
    }
    options->layer = layer;
    if (!status && !args->dry_run) {
        status = castmap_project_commit(env->ctx, env->project);
        stage_end(times, "commit");
    } else {
        castmap_project_rollback(env->project);
    }
    forget_pictures(picture, pictures, status != CASTMAP_OK);
    return status;
}

static void show_total(cli_env *env, const total *sum, const input_files *files)
{
    cli_json *json = env->json;
    const size_t passed_over = files->passed_over;

    if (sum->files > 1)
        cli_say(env, "%zu files together: %zu rows read = %zu accepted + %zu duplicate + %zu quarantined", sum->files, sum->read, sum->accepted,
                sum->duplicate, sum->quarantined);
    if (passed_over > 0)
        cli_say(env, "  %zu other files of the folders were not looked into", passed_over);
    input_files_show_left(env, files);
    cli_json_object(json, "total");
    cli_json_whole(json, "files", (int64_t)sum->files);
    cli_json_whole(json, "read", (int64_t)sum->read);
    cli_json_whole(json, "accepted", (int64_t)sum->accepted);
    cli_json_whole(json, "duplicate", (int64_t)sum->duplicate);
    cli_json_whole(json, "quarantined", (int64_t)sum->quarantined);
    cli_json_whole(json, "passed_over", (int64_t)passed_over);
    cli_json_close(json);
}

/* All files are one transaction: if the last is refused, the first is not kept either. A dry run is one too, which is rolled back. */
static int run(cli_env *env, const void *parsed)
{
    const import_args *args = parsed;
    castmap_import_options options = CASTMAP_IMPORT_OPTIONS_INIT;
    input_files files;
    castmap_recipe *recipe = NULL;
    total sum = {0};
    stage_times times = {0};
    castmap_status status;
    int code;

    if (!reading_options(env, &args->reading, &options))
        return 2;
    options.dry_run = args->dry_run;
    options.pictures = args->pictures;
    options.preview = args->dry_run ? PREVIEW_ROWS : 0;
    code = input_files_list(env, args->reading.follow, &files);
    if (code)
        return code;
    status = cli_open(env, CASTMAP_WRITE);
    if (!status)
        status = reading_recipe(env, &args->reading, &options, &recipe);
    if (!status) {
        code = input_files_open_zips(env, args->reading.follow, options.layer, &files);
        if (code) {
            castmap_recipe_free(recipe);
            input_files_clear(&files);
            return code;
        }
        status = castmap_project_begin(env->ctx, env->project);
    }
    if (!status) {
        cli_json_object(env->json, NULL);
        cli_json_flag(env->json, "dry_run", args->dry_run);
        cli_json_list(env->json, "files");
        status = bring_in(env, args, &options, &files, &sum, &times);
    }
    castmap_recipe_free(recipe);
    if (status) {
        input_files_clear(&files);
        return cli_exit(env, status);
    }
    cli_json_close(env->json);
    show_total(env, &sum, &files);
    show_times(env, &times);
    input_files_clear(&files);
    if (args->dry_run)
        cli_note(env, "Nothing was stored (--dry-run).");
    else if (sum.quarantined > 0)
        cli_note(env, "castmap quarantine list shows the rows that were set aside.");
    return sum.quarantined > 0 ? CLI_SOME_REFUSED : 0;
}

const cli_command CMD_IMPORT = {
    .name = "import",
    .purpose = "bring observations in, and account for every row",
    .arguments = "FILE...",
    .least = 1,
    .most = 1000,
    .details = "Reads CSV and TSV, XLSX and ODS, GeoJSON (also a feature a line), GeoPackage, Shapefile (also in a zip), FlatGeobuf, KML and KMZ, "
               "GPX waypoints, JPEG photos by their place and time, and exported WhatsApp chats by the places shared in them; - is standard input, "
               "and of a folder or a zip every such file is read, each as a batch of its own; what of a zip is no record is named and left out, and --layer "
               "picks one of its files. What was recognised (columns, separator, encoding, times, "
               "places) is shown before it is used and kept with the batch. Rows read = accepted + duplicate + quarantined; a row that cannot be "
               "used is set aside word for word with its reason, and the exit code is 3. Importing a file again brings nothing new.",
    .examples = {{"import observations.csv photos/ places.kml", "Recognise each file, show it, and bring its rows in; all of them or none."},
                 {"import -n survey.xlsx --map lat=Breite --map lon=Laenge --layer Sheet2",
                  "Say what two columns are, see the first rows and what would happen, without storing anything."},
                 {"import forms.zip", "Every table, layer, chat and photo of the zip; what else lies in it is listed."}},
    .options = OPTIONS,
    .size = sizeof(import_args),
    .run = run,
};
