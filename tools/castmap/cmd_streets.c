/* castmap streets add, castmap streets list - the street network. */
#include "commands.h"
#include "session.h"

#include <string.h>

typedef struct streets_args {
    const char *layer, *crs, *name, *class_name, *use, *source, *licence;
    bool        at_crossings, dry_run;
    double      join_m;
} streets_args;

#define AT(field) offsetof(streets_args, field)
static const cli_option OPTIONS[] = {
    CLI_DRY_RUN(streets_args),
    CLI_HEADING("Which streets"),
    {CLI_CHOICE, 0, "use", AT(use), "all|foot|car", "all",
     "of OpenStreetMap: streets and paths; those open on foot; those open to cars"},
    CLI_HEADING("Where streets meet (at vertices in common; bridges and tunnels are left uncrossed)"),
    {CLI_FLAG, 0, "at-crossings", AT(at_crossings), NULL, NULL, "also where lines cross without a vertex in common"},
    {CLI_LENGTH_M, 0, "join", AT(join_m), "LENGTH", NULL, "join ends that miss another street by at most this much, up to 100m"},
    CLI_HEADING("How the file is read (recognised, and shown, where not given)"),
    {CLI_TEXT, 0, "layer", AT(layer), "NAME", NULL, "layer of the file; else the one with lines"},
    {CLI_TEXT, 0, "name", AT(name), "COLUMN", NULL, "column of the streets' names"},
    {CLI_TEXT, 0, "class", AT(class_name), "COLUMN", NULL, "column of their classes"},
    {CLI_TEXT, 0, "crs", AT(crs), "EPSG:CODE", NULL, "of a file that does not say its own"},
    CLI_HEADING("What is printed on every map"),
    {CLI_TEXT, 0, "source", AT(source), "TEXT", NULL, "who made it; else the name of the file"},
    {CLI_TEXT, 0, "licence", AT(licence), "TEXT", NULL, "on what terms it may be used; else \"not stated\""},
    {0},
};

/* "3 ends nearly meet ...", left out where there are none. */
static void show_count(cli_env *env, size_t n, const char *one, const char *many)
{
    if (n > 0)
        cli_say(env, "  %zu %s", n, n == 1 ? one : many);
}

void show_streets(cli_env *env, const castmap_streets_summary *s)
{
    const castmap_network_report *r = &s->report;

    cli_say(env, "%.1f km of streets: %zu stretches between %zu junctions and ends", r->total_m / 1000.0, s->edges, s->nodes);
    cli_say(env, "  from %s; column of names: %s; of classes: %s", CLI_SAFE(s->format), s->name_column ? CLI_SAFE(s->name_column) : "none",
            s->class_column ? CLI_SAFE(s->class_column) : "none");
    cli_say(env, "  %zu of %zu features taken, %zu left out by class, %zu not usable", s->used, s->features, s->left_out, s->n_refused);
    cli_say(env, "  %zu stretches have a name, %zu different ones", s->named, s->names);
    show_count(env, r->doubled, "stretch was drawn twice and is kept once", "stretches were drawn twice and are kept once");
    show_count(env, r->lines_without_length, "line has no length and was dropped", "lines have no length and were dropped");
    show_count(env, r->crossings, "junction was made at a crossing", "junctions were made at crossings");
    show_count(env, r->joined, "end was joined to the street it missed", "ends were joined to the street they missed");
    show_count(env, r->kept_apart, "vertex in common of a bridge or tunnel and a street below or above: not joined",
               "vertices in common of bridges or tunnels and streets below or above: not joined");
    show_count(env, r->near_misses, "end misses another street by less than 2 m (see --join)",
               "ends miss another street by less than 2 m (see --join)");
    show_count(env, r->short_edges, "stretch is shorter than 1 m", "stretches are shorter than 1 m");
    show_count(env, r->loops, "stretch ends where it begins", "stretches end where they begin");
    show_count(env, r->parallel, "stretch has a twin between the same junctions", "stretches have a twin between the same junctions");
    show_count(env, r->dead_ends, "dead end", "dead ends");
    show_count(env, r->one_way, "one-way stretch", "one-way stretches");
    if (r->parts > 1)
        cli_say(env, "  %zu parts that are not joined; the largest has %.0f %% of the length", r->parts,
                100.0 * r->largest_part_m / r->total_m);
    show_area_notes(env, "not usable", s->refused, s->n_refused);
    if (s->crs)
        cli_say(env, "  working CRS: %s %s\n    %s; largest scale error %.0f parts in a million", CLI_SAFE(s->crs), CLI_SAFE(s->crs_name),
                CLI_SAFE(s->crs_reason), s->crs_scale_error_ppm);
}

void json_streets(cli_json *json, const castmap_streets_summary *s)
{
    const castmap_network_report *r = &s->report;
    const struct {
        const char *key;
        size_t      count;
    } counts[] = {
        {"features", s->features}, {"used", s->used}, {"left_out", s->left_out}, {"refused_count", s->n_refused}, {"edges", s->edges},
        {"nodes", s->nodes}, {"vertices", s->vertices}, {"named", s->named}, {"names", s->names}, {"doubled", r->doubled},
        {"lines_without_length", r->lines_without_length}, {"crossings", r->crossings}, {"joined", r->joined}, {"kept_apart", r->kept_apart},
        {"near_misses", r->near_misses}, {"short_edges", r->short_edges}, {"loops", r->loops}, {"parallel", r->parallel},
        {"dead_ends", r->dead_ends}, {"one_way", r->one_way}, {"parts", r->parts},
    };

    cli_json_whole(json, "set", s->set_id);
    cli_json_whole(json, "run", s->run_number);
    cli_json_text(json, "format", s->format);
    cli_json_text(json, "name_column", s->name_column);
    cli_json_text(json, "class_column", s->class_column);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        cli_json_whole(json, counts[i].key, (int64_t)counts[i].count);
    cli_json_number(json, "length_m", r->total_m);
    cli_json_number(json, "largest_part_m", r->largest_part_m);
    json_area_notes(json, "refused", s->refused, s->n_refused);
    if (s->crs)
        cli_json_text(json, "crs", s->crs);
}

static int add(cli_env *env, const void *parsed)
{
    const streets_args *args = parsed;
    castmap_streets_options options = CASTMAP_STREETS_OPTIONS_INIT;
    castmap_streets_summary summary = CASTMAP_STREETS_SUMMARY_INIT;
    castmap_status status;

    options.path = env->arguments[0];
    options.layer = args->layer;
    options.crs = args->crs;
    options.name_column = args->name;
    options.class_column = args->class_name;
    options.use = strcmp(args->use, "foot") == 0 ? CASTMAP_STREETS_FOOT : strcmp(args->use, "car") == 0 ? CASTMAP_STREETS_CAR : CASTMAP_STREETS_ALL;
    options.at_crossings = args->at_crossings;
    options.join_m = args->join_m;
    options.source = args->source;
    options.licence = args->licence;
    options.dry_run = args->dry_run;
    status = cli_open(env, CASTMAP_WRITE);
    if (!status)
        status = castmap_streets_add(env->ctx, env->project, &options, &summary);
    if (status)
        return cli_exit(env, status);
    show_streets(env, &summary);
    cli_json_object(env->json, NULL);
    cli_json_flag(env->json, "dry_run", args->dry_run);
    json_streets(env->json, &summary);
    if (args->dry_run)
        cli_note(env, "Nothing was stored (--dry-run).");
    int code = summary.n_refused > 0 ? CLI_SOME_REFUSED : 0;
    castmap_streets_summary_clear(&summary);
    return code;
}

const cli_command CMD_STREETS_ADD = {
    .name = "streets add",
    .purpose = "add the streets along which things happen",
    .arguments = "FILE",
    .least = 1,
    .most = 1,
    .details = "Reads OpenStreetMap extracts (.osm.pbf), GeoJSON, GeoPackage and Shapefile, zipped too; OS Open Roads and the tags of OpenStreetMap "
               "are recognised. Joins the lines to a network, and says what it found: gaps, dead ends, parts that are not joined. "
               "The newest network is the one that is used.",
    .examples = {{"streets add town.osm.pbf --use foot", "OpenStreetMap, without motorways."},
                 {"streets add -n oproad_gb.gpkg --layer road_link", "See what would be read of OS Open Roads."},
                 {"streets add streets.geojson --at-crossings --join 2m", "Lines that were drawn by hand."}},
    .options = OPTIONS,
    .size = sizeof(streets_args),
    .run = add,
};

static int list(cli_env *env, const void *parsed)
{
    static const char *const HEADER[] = {"set", "name", "format", "stretches", "km", "parts", "licence"};
    castmap_street_set_info *sets = NULL;
    size_t n = 0;
    cli_table table;
    (void)parsed;

    castmap_status status = cli_open(env, CASTMAP_READ);
    if (!status)
        status = castmap_streets_list(env->ctx, env->project, &sets, &n);
    if (status)
        return cli_exit(env, status);
    cli_json_object(env->json, NULL);
    cli_json_list(env->json, "streets");
    cli_table_start(&table, "rllrrrl", HEADER);
    for (size_t i = 0; i < n; i++) {
        cli_json_object(env->json, NULL);
        cli_json_whole(env->json, "id", sets[i].id);
        cli_json_whole(env->json, "run", sets[i].run_number);
        cli_json_text(env->json, "name", sets[i].name);
        cli_json_text(env->json, "format", sets[i].format);
        cli_json_text(env->json, "source", sets[i].source);
        cli_json_text(env->json, "licence", sets[i].licence);
        cli_json_whole(env->json, "edges", (int64_t)sets[i].edges);
        cli_json_whole(env->json, "nodes", (int64_t)sets[i].nodes);
        cli_json_whole(env->json, "parts", (int64_t)sets[i].parts);
        cli_json_number(env->json, "length_m", sets[i].total_m);
        cli_json_close(env->json);
        cli_table_add(&table, "%lld", (long long)sets[i].id);
        cli_table_add(&table, "%s", sets[i].name);
        cli_table_add(&table, "%s", sets[i].format);
        cli_table_add(&table, "%zu", sets[i].edges);
        cli_table_add(&table, "%.1f", sets[i].total_m / 1000.0);
        cli_table_add(&table, "%zu", sets[i].parts);
        cli_table_add(&table, "%s", sets[i].licence);
    }
    cli_json_close(env->json);
    cli_table_end(env, &table);
    if (n == 0)
        cli_say(env, "no streets yet; add some with: castmap streets add FILE");
    castmap_street_sets_clear(sets, n);
    return 0;
}

static const cli_option NO_OPTIONS[] = {{0}};

const cli_command CMD_STREETS_LIST = {
    .name = "streets list",
    .purpose = "list the street networks",
    .arguments = "",
    .examples = {{"streets list", "Networks with their length; the last one is used."},
                 {"streets list --json", "The same for a program, with sources and licences."},
                 {"streets list -p riverside.castmap.sqlite", "Those of a project elsewhere."}},
    .options = NO_OPTIONS,
    .run = list,
};
