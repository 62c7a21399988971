/* castmap tracks add, list, remove - recorded tracks of people on their way. */
#include "commands.h"
#include "input_files.h"
#include "session.h"

#include <stdlib.h>

typedef struct tracks_args {
    cli_texts   map;
    const char *person, *date_order, *layer, *crs;
    bool        dry_run, follow;
} tracks_args;

#define AT(field) offsetof(tracks_args, field)
static const cli_option ADD_OPTIONS[] = {
    CLI_DRY_RUN(tracks_args),
    CLI_HEADING("Who recorded them"),
    {CLI_TEXT, 0, "person", AT(person), "NAME", NULL, "who, where the file does not say it; only a pseudonym is kept. Without a name nothing of these tracks counts for partners or the public"},
    CLI_HEADING("How a table of fixes or a layer of lines is read (recognised, and shown, where not given)"),
    {CLI_TEXTS, 0, "map", AT(map), "FIELD=COLUMN", NULL, "take a field from this column: track, person, time, lon, lat, piece"},
    {CLI_CHOICE, 0, "date-order", AT(date_order), "dmy|mdy|ymd", NULL, "how to read dates such as 03/04/2025"},
    {CLI_TEXT, 0, "layer", AT(layer), "NAME", NULL, "of a GeoPackage with several layers of lines: which"},
    {CLI_TEXT, 0, "crs", AT(crs), "EPSG:N", NULL, "coordinate system of a layer that does not say it"},
    {CLI_FLAG, 0, "follow", AT(follow), NULL, NULL, "accept a symbolic link as input"},
    {0},
};

static void say_time(cli_env *env, const castmap_tracks_add_summary *s)
{
    char from[16], to[16];

    if (s->first_s == INT64_MIN)
        return;
    cli_date_text(s->first_s, from);
    cli_date_text(s->last_s, to);
    cli_say(env, "recorded from %s to %s", from, to);
}

static void tell_cleaning(cli_env *env, const castmap_tracks_add_summary *s)
{
    cli_say(env, "%zu fixes read = %zu stored + %zu left out", s->read, s->stored, s->read - s->stored);
    for (size_t i = 0; i < s->n_left_out; i++)
        cli_say(env, "  left out %6zu  %s (%s; first: %lld)", s->left_out[i].count, s->left_out[i].reason, s->left_out[i].code,
                (long long)s->left_out[i].first_row);
    cli_say(env, "when they are used, %zu of the stored fixes count, in %zu pieces; the others do not:", s->fate[CASTMAP_FIX_KEPT], s->pieces);
    for (int k = 1; k < CASTMAP_FIX_FATES; k++) {
        if (s->fate[k])
            cli_say(env, "  %6zu  %s", s->fate[k], castmap_fix_fate_name((castmap_fix_fate)k));
    }
    if (s->cuts_gap + s->cuts_jump)
        cli_say(env, "tracks are cut at %zu gaps and %zu jumps", s->cuts_gap, s->cuts_jump);
    if (s->sorted)
        cli_note(env, "%zu fixes were not in the order of time and are put into it", s->sorted);
}

static void json_added(cli_json *json, const castmap_tracks_add_summary *s, bool dry_run)
{
    cli_json_object(json, NULL);
    cli_json_flag(json, "dry_run", dry_run);
    cli_json_whole(json, "run", s->run_number);
    cli_json_whole(json, "files", (int64_t)s->files);
    cli_json_whole(json, "known", (int64_t)s->known);
    cli_json_whole(json, "empty", (int64_t)s->empty);
    cli_json_whole(json, "read", (int64_t)s->read);
    cli_json_whole(json, "stored", (int64_t)s->stored);
    cli_json_whole(json, "tracks", (int64_t)s->recordings);
    cli_json_whole(json, "people", (int64_t)s->people);
    cli_json_whole(json, "unnamed", (int64_t)s->unnamed);
    cli_json_whole(json, "untimed", (int64_t)s->untimed);
    cli_json_whole(json, "others", (int64_t)s->others);
    json_reasons(json, "left_out", s->left_out, s->n_left_out);
    cli_json_list(json, "cleaning");
    for (int k = 0; k < CASTMAP_FIX_FATES; k++) {
        cli_json_object(json, NULL);
        cli_json_text(json, "fate", castmap_fix_fate_name((castmap_fix_fate)k));
        cli_json_whole(json, "fixes", (int64_t)s->fate[k]);
        cli_json_close(json);
    }
    cli_json_close(json);
    cli_json_whole(json, "pieces", (int64_t)s->pieces);
    cli_json_whole(json, "sorted", (int64_t)s->sorted);
    cli_json_whole(json, "cut_at_gaps", (int64_t)s->cuts_gap);
    cli_json_whole(json, "cut_at_jumps", (int64_t)s->cuts_jump);
    json_guesses(json, s->guesses, s->n_guesses);
}

static int add(cli_env *env, const void *parsed)
{
    const tracks_args *args = parsed;
    castmap_tracks_add_options options = CASTMAP_TRACKS_ADD_OPTIONS_INIT;
    castmap_tracks_add_summary s = CASTMAP_TRACKS_ADD_SUMMARY_INIT;
    input_files files = {0};
    stage_times times = {0};

    int code = input_files_list(env, args->follow, &files);
    if (code)
        return code;
    options.path = (const char *const *)files.path;
    options.n_paths = files.count;
    options.map = args->map.text;
    options.n_map = args->map.count;
    options.person = args->person;
    options.date_order = args->date_order;
    options.layer = args->layer;
    options.crs = args->crs;
    options.dry_run = args->dry_run;
    options.follow_links = args->follow;
    stage_begin(&times);
    castmap_status status = cli_open(env, CASTMAP_WRITE);
    if (!status)
        status = castmap_tracks_add(env->ctx, env->project, &options, &s);
    input_files_clear(&files);
    if (status)
        return cli_exit(env, status);
    stage_end(&times, "tracks");
    show_guesses(s.guesses, s.n_guesses, env);
    if (s.known)
        cli_note(env, "%zu of %zu files are in the project already, byte for byte, and were passed over", s.known, s.files);
    if (s.empty)
        cli_note(env, "%zu files hold no tracks and were passed over", s.empty);
    cli_say(env, "%zu tracks%s; people named: %zu%s", s.recordings, args->dry_run ? " would go in" : " added", s.people,
            s.unnamed ? ", and some tracks of nobody knows whom" : "");
    say_time(env, &s);
    tell_cleaning(env, &s);
    if (s.others)
        cli_note(env, "%zu waypoints or features are no tracks and were passed over; castmap import reads points", s.others);
    json_added(env->json, &s, args->dry_run);
    show_times(env, &times);
    if (args->dry_run)
        cli_note(env, "Nothing was stored (--dry-run).");
    code = s.read > s.stored || s.empty ? CLI_SOME_REFUSED : 0;
    castmap_tracks_add_summary_clear(&s);
    return code;
}

const cli_command CMD_TRACKS_ADD = {
    .name = "tracks add",
    .purpose = "add recorded tracks",
    .arguments = "FILE...",
    .least = 1,
    .most = 10000,
    .details = "Reads GPX (tracks and routes), KML and KMZ (lines, and gx:Track with times), TCX, GeoJSON lines with times (coordTimes), lines of a GeoPackage, FlatGeobuf or Shapefile (a measure is the time, in seconds since 1970), and tables with a fix a row. Every fix is accounted for: stored, or left out "
               "with its reason; and it is told what cleaning will do with the stored ones: copies, jumps that nobody can make, silences. Names of tracks "
               "are not kept, and of people only a pseudonym. The same file is not added twice.",
    .examples = {{"tracks add walk.gpx --person Ada", "One recording, and whose it is."},
                 {"tracks add -n phones.csv --map track=trip --map person=device", "A table of fixes; see what would go in."},
                 {"tracks add tracks/ --json", "All files of a folder, the account for a program."}},
    .options = ADD_OPTIONS,
    .size = sizeof(tracks_args),
    .run = add,
};

static int list(cli_env *env, const void *parsed)
{
    static const char *const HEADER[] = {"set", "file", "format", "tracks", "fixes", "people", "from", "to"};
    castmap_track_set_info *sets = NULL;
    cli_table table;
    size_t n = 0;
    (void)parsed;

    castmap_status status = cli_open(env, CASTMAP_READ);
    if (!status)
        status = castmap_tracks_list(env->ctx, env->project, &sets, &n);
    if (status)
        return cli_exit(env, status);
    cli_json_object(env->json, NULL);
    cli_json_list(env->json, "tracks");
    cli_table_start(&table, "rllrrrll", HEADER);
    for (size_t i = 0; i < n; i++) {
        const castmap_track_set_info *s = &sets[i];
        char from[16] = "", to[16] = "";
        if (s->first_s != INT64_MIN) {
            cli_date_text(s->first_s, from);
            cli_date_text(s->last_s, to);
        }
        cli_table_add(&table, "%lld", (long long)s->id);
        cli_table_add(&table, "%s", CLI_SAFE(s->name));
        cli_table_add(&table, "%s", s->format);
        cli_table_add(&table, "%zu", s->recordings);
        cli_table_add(&table, "%zu", s->fixes);
        cli_table_add(&table, "%zu", s->people);
        cli_table_add(&table, "%s", from);
        cli_table_add(&table, "%s", to);
        cli_json_object(env->json, NULL);
        cli_json_whole(env->json, "id", s->id);
        cli_json_whole(env->json, "run", s->run_number);
        cli_json_text(env->json, "file", s->name);
        cli_json_text(env->json, "format", s->format);
        cli_json_whole(env->json, "tracks", (int64_t)s->recordings);
        cli_json_whole(env->json, "fixes", (int64_t)s->fixes);
        cli_json_whole(env->json, "people", (int64_t)s->people);
        cli_json_text(env->json, "from", *from ? from : NULL);
        cli_json_text(env->json, "to", *to ? to : NULL);
        cli_json_close(env->json);
    }
    cli_table_end(env, &table);
    if (n == 0)
        cli_say(env, "no tracks yet; add some with: castmap tracks add FILE");
    castmap_tracks_list_clear(sets, n);
    return 0;
}

static const cli_option NO_OPTIONS[] = {{0}};

const cli_command CMD_TRACKS_LIST = {
    .name = "tracks list",
    .purpose = "list the recorded tracks",
    .arguments = "",
    .examples = {{"tracks list", "The files of tracks, with how many fixes and people each holds."},
                 {"tracks list --json", "The same for a program."},
                 {"tracks list -p riverside.castmap.sqlite", "Those of a project elsewhere."}},
    .options = NO_OPTIONS,
    .run = list,
};

static int take_out(cli_env *env, const void *parsed)
{
    char *end = NULL;
    size_t undone = 0;
    (void)parsed;

    const long long set = strtoll(env->arguments[0], &end, 10);
    if (set < 1 || *end)
        return cli_fail(env, CASTMAP_E_ARGUMENT, "SET", "castmap tracks list shows the numbers", "a set of tracks is named by its number");
    castmap_status status = cli_open(env, CASTMAP_WRITE);
    if (!status)
        status = castmap_tracks_remove(env->ctx, env->project, set, &undone);
    if (status)
        return cli_exit(env, status);
    cli_say(env, "taken out, with the files that were added together with it%s", undone > 1 ? ", and what was made from them" : "");
    cli_json_object(env->json, NULL);
    cli_json_whole(env->json, "undone", (int64_t)undone);
    return 0;
}

const cli_command CMD_TRACKS_REMOVE = {
    .name = "tracks remove",
    .purpose = "take recorded tracks out of the project",
    .arguments = "SET",
    .least = 1,
    .most = 1,
    .details = "The step that added the set is undone: the files that were added with it go too, and every layer that was made from them.",
    .examples = {{"tracks remove 2", "Set 2 as tracks list numbers it."},
                 {"tracks remove 2 --json", "How many steps were undone."},
                 {"tracks remove 1 -p riverside.castmap.sqlite", "Of a project elsewhere."}},
    .options = NO_OPTIONS,
    .run = take_out,
};
