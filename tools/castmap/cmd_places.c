/* castmap places add, castmap places list - postcodes and gazetteers. */
#include "commands.h"
#include "input_files.h"
#include "session.h"

typedef struct places_args {
    cli_texts   map;
    const char *crs, *vintage, *source, *licence;
    bool        dry_run, follow;
} places_args;

#define AT(field) offsetof(places_args, field)
static const cli_option OPTIONS[] = {
    CLI_DRY_RUN(places_args),
    CLI_HEADING("How the table is read (recognised, and shown, where not given)"),
    {CLI_TEXTS, 0, "map", AT(map), "FIELD=COLUMN", NULL, "take a field from this column: postcode, name, lat, lon, x, y, area, accuracy"},
    {CLI_TEXT, 0, "crs", AT(crs), "EPSG:CODE", NULL, "of easting and northing columns; else EPSG:27700, the British National Grid"},
    {CLI_FLAG, 0, "follow", AT(follow), NULL, NULL, "accept a symbolic link as input"},
    CLI_HEADING("What is kept with it"),
    {CLI_TEXT, 0, "vintage", AT(vintage), "TEXT", NULL, "when the table was valid"},
    {CLI_TEXT, 0, "source", AT(source), "TEXT", NULL, "who made it; else the publisher of the format, or the name of the file"},
    {CLI_TEXT, 0, "licence", AT(licence), "TEXT", NULL, "on what terms it may be used; else as the publisher of the format words it"},
    {0},
};

static void tell(cli_env *env, const castmap_places_summary *s, bool dry_run)
{
    cli_json *json = env->json;
    const bool postcodes = s->kind[0] == 'p';

    show_guesses(s->guesses, s->n_guesses, env);
    cli_say(env, "%s: %zu rows, %zu %s%s", s->format, s->rows, s->entries, postcodes ? "postcodes" : "places", dry_run ? " would go in" : " added");
    if (postcodes)
        cli_say(env, "%zu of them are no longer in use", s->ended);
    else
        cli_say(env, "%zu names, other spellings counted too", s->names);
    for (size_t i = 0; i < s->n_left_out; i++)
        cli_say(env, "left out: %zu  %s", s->left_out[i].count, s->left_out[i].reason);
    if (s->passed_over)
        cli_note(env, "%zu files that hold no such table were passed over", s->passed_over);
    cli_say(env, "licence: %s", CLI_SAFE(s->licence));
    cli_json_object(json, NULL);
    cli_json_flag(json, "dry_run", dry_run);
    cli_json_text(json, "kind", s->kind);
    cli_json_text(json, "format", s->format);
    cli_json_text(json, "licence", s->licence);
    cli_json_whole(json, "table", s->set_id);
    cli_json_whole(json, "run", s->run_number);
    cli_json_whole(json, "files", (int64_t)s->files);
    cli_json_whole(json, "passed_over", (int64_t)s->passed_over);
    cli_json_whole(json, "rows", (int64_t)s->rows);
    cli_json_whole(json, "entries", (int64_t)s->entries);
    cli_json_whole(json, "ended", (int64_t)s->ended);
    cli_json_whole(json, "names", (int64_t)s->names);
    json_reasons(json, "left_out", s->left_out, s->n_left_out);
    json_guesses(json, s->guesses, s->n_guesses);
}

static int add(cli_env *env, const void *parsed)
{
    const places_args *args = parsed;
    castmap_places_options options = CASTMAP_PLACES_OPTIONS_INIT;
    castmap_places_summary summary = CASTMAP_PLACES_SUMMARY_INIT;
    input_files files = {0};
    stage_times times = {0};
    castmap_status status;

    const int code = input_files_list(env, args->follow, &files);
    if (code)
        return code;
    options.path = (const char *const *)files.path;
    options.n_paths = files.count;
    options.map = args->map.text;
    options.n_map = args->map.count;
    options.crs = args->crs;
    options.vintage = args->vintage;
    options.source = args->source;
    options.licence = args->licence;
    options.dry_run = args->dry_run;
    options.follow_links = args->follow;
    stage_begin(&times);
    status = cli_open(env, CASTMAP_WRITE);
    if (!status)
        status = castmap_places_add(env->ctx, env->project, &options, &summary);
    input_files_clear(&files);
    if (status)
        return cli_exit(env, status);
    stage_end(&times, "places");
    tell(env, &summary, args->dry_run);
    show_times(env, &times);
    if (args->dry_run)
        cli_note(env, "Nothing was stored (--dry-run).");
    castmap_places_summary_clear(&summary);
    return 0;
}

const cli_command CMD_PLACES_ADD = {
    .name = "places add",
    .purpose = "add a table of postcodes or names of places",
    .arguments = "FILE...",
    .least = 1,
    .most = 1000,
    .details = "Records that have a postcode or a name and no coordinates are placed by such tables when they are imported, on this machine and without "
               "asking any service. Reads Code-Point Open (its many files, their folder or zip), the ONS Postcode Directory of both generations, GeoNames, "
               "and any CSV with a name or postcode and a position. A place known by its postcode or name is never treated as exact.",
    .examples = {{"places add codepo_gb.zip", "All postcodes of Great Britain, from Code-Point Open as it is downloaded."},
                 {"places add GB.txt --vintage 2026-11", "The names of GeoNames; the date is kept with them."},
                 {"places add -n landmarks.csv --map name=Site --map x=E --map y=N --crs EPSG:27700", "A table of your own; see what would go in."}},
    .options = OPTIONS,
    .size = sizeof(places_args),
    .run = add,
};

static int list(cli_env *env, const void *parsed)
{
    static const char *const HEADER[] = {"table", "kind", "name", "format", "vintage", "entries", "not in use", "names", "licence"};
    castmap_places_info *tables = NULL;
    cli_table table;
    size_t n = 0;
    (void)parsed;

    castmap_status status = cli_open(env, CASTMAP_READ);
    if (!status)
        status = castmap_places_list(env->ctx, env->project, &tables, &n);
    if (status)
        return cli_exit(env, status);
    cli_json_object(env->json, NULL);
    cli_json_list(env->json, "places");
    cli_table_start(&table, "rllllrrrl", HEADER);
    for (size_t i = 0; i < n; i++) {
        const castmap_places_info *p = &tables[i];
        cli_table_add(&table, "%lld", (long long)p->id);
        cli_table_add(&table, "%s", p->kind);
        cli_table_add(&table, "%s", CLI_SAFE(p->name));
        cli_table_add(&table, "%s", p->format);
        cli_table_add(&table, "%s", CLI_SAFE(p->vintage));
        cli_table_add(&table, "%zu", p->entries);
        cli_table_add(&table, "%zu", p->ended);
        cli_table_add(&table, "%zu", p->names);
        cli_table_add(&table, "%s", CLI_SAFE(p->licence));
        cli_json_object(env->json, NULL);
        cli_json_whole(env->json, "id", p->id);
        cli_json_whole(env->json, "run", p->run_number);
        cli_json_text(env->json, "kind", p->kind);
        cli_json_text(env->json, "name", p->name);
        cli_json_text(env->json, "format", p->format);
        cli_json_text(env->json, "source", p->source);
        cli_json_text(env->json, "licence", p->licence);
        cli_json_text(env->json, "vintage", p->vintage);
        cli_json_whole(env->json, "entries", (int64_t)p->entries);
        cli_json_whole(env->json, "ended", (int64_t)p->ended);
        cli_json_whole(env->json, "names", (int64_t)p->names);
        cli_json_close(env->json);
    }
    cli_table_end(env, &table);
    if (n == 0)
        cli_say(env, "no tables of places yet; add one with: castmap places add FILE");
    castmap_places_list_clear(tables, n);
    return 0;
}

static const cli_option NO_OPTIONS[] = {{0}};

const cli_command CMD_PLACES_LIST = {
    .name = "places list",
    .purpose = "list the tables of postcodes and names",
    .arguments = "",
    .examples = {{"places list", "What tables there are, how many entries each has, and its licence."},
                 {"places list --json", "The same for a program, with sources."},
                 {"places list -p riverside.castmap.sqlite", "Those of a project elsewhere."}},
    .options = NO_OPTIONS,
    .run = list,
};
