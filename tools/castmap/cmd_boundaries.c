/* castmap boundaries add, castmap boundaries list - council areas. */
#include "commands.h"
#include "session.h"

typedef struct boundaries_args {
    const char *layer, *level, *code, *name, *parent, *crs, *vintage, *source, *licence;
    const char *population, *population_code, *population_value;
    bool        dry_run;
} boundaries_args;

#define AT(field) offsetof(boundaries_args, field)
static const cli_option OPTIONS[] = {
    CLI_DRY_RUN(boundaries_args),
    CLI_HEADING("How the areas are read (recognised, and shown, where not given)"),
    {CLI_TEXT, 'l', "level", AT(level), "NAME", NULL, "ward, council, ...; a newer set of a level takes the older one's place"},
    {CLI_TEXT, 0, "layer", AT(layer), "NAME", NULL, "layer of the file; else the one with polygons"},
    {CLI_TEXT, 0, "code", AT(code), "COLUMN", NULL, "column of the areas' codes"},
    {CLI_TEXT, 0, "name", AT(name), "COLUMN", NULL, "column of the areas' names"},
    {CLI_TEXT, 0, "parent", AT(parent), "COLUMN", NULL, "column of the codes of the areas above"},
    {CLI_TEXT, 0, "crs", AT(crs), "EPSG:CODE", NULL, "of a file that does not say its own"},
    CLI_HEADING("Population"),
    {CLI_FILE, 0, "population", AT(population), "FILE", NULL, "CSV with a code and a number of people a row"},
    {CLI_TEXT, 0, "population-code", AT(population_code), "COLUMN", NULL, "its column of codes"},
    {CLI_TEXT, 0, "population-value", AT(population_value), "COLUMN", NULL, "its column of people"},
    CLI_HEADING("What is printed on every map"),
    {CLI_TEXT, 0, "vintage", AT(vintage), "TEXT", NULL, "when the areas were valid; else the year in the column's name"},
    {CLI_TEXT, 0, "source", AT(source), "TEXT", NULL, "who made them; else the name of the file"},
    {CLI_TEXT, 0, "licence", AT(licence), "TEXT", NULL, "on what terms they may be used; else \"not stated\""},
    {0},
};

static int add(cli_env *env, const void *parsed)
{
    const boundaries_args *args = parsed;
    castmap_boundaries_options options = CASTMAP_BOUNDARIES_OPTIONS_INIT;
    castmap_boundaries_summary summary = CASTMAP_BOUNDARIES_SUMMARY_INIT;
    castmap_status status;

    options.path = env->arguments[0];
    options.layer = args->layer;
    options.level = args->level;
    options.code_column = args->code;
    options.name_column = args->name;
    options.parent_column = args->parent;
    options.crs = args->crs;
    options.vintage = args->vintage;
    options.source = args->source;
    options.licence = args->licence;
    options.population = args->population;
    options.population_code = args->population_code;
    options.population_value = args->population_value;
    options.dry_run = args->dry_run;
    status = cli_open(env, CASTMAP_WRITE);
    if (!status)
        status = castmap_boundaries_add(env->ctx, env->project, &options, &summary);
    if (status)
        return cli_exit(env, status);
    show_boundaries(env, &summary);
    cli_json_object(env->json, NULL);
    cli_json_flag(env->json, "dry_run", args->dry_run);
    json_boundaries(env->json, &summary);
    if (args->dry_run)
        cli_note(env, "Nothing was stored (--dry-run).");
    int code = summary.n_refused > 0 ? CLI_SOME_REFUSED : 0;
    castmap_boundaries_summary_clear(&summary);
    return code;
}

const cli_command CMD_BOUNDARIES_ADD = {
    .name = "boundaries add",
    .purpose = "add council areas of one level",
    .arguments = "FILE",
    .least = 1,
    .most = 1,
    .details = "Reads GeoJSON, TopoJSON, GeoPackage and Shapefile, zipped too. Polygons that are not valid are repaired and named. "
               "A table of population is joined by code, and what did not join is listed.",
    .examples = {{"boundaries add wards.geojson --population population.csv", "Wards with the people who live there."},
                 {"boundaries add areas.zip --level council --code LAD21CD --name LAD21NM", "A zipped Shapefile, columns named."},
                 {"boundaries add -n wards.gpkg", "See what would be read, and what would be repaired."}},
    .options = OPTIONS,
    .size = sizeof(boundaries_args),
    .run = add,
};

static void show_sets(cli_env *env, const castmap_project_info *info)
{
    static const char *const HEADER[] = {"set", "level", "name", "vintage", "areas", "with people", "repaired", "licence"};
    cli_table table;

    cli_table_start(&table, "rlllrrrl", HEADER);
    for (size_t i = 0; i < info->n_boundaries; i++) {
        const castmap_boundary_info *set = &info->boundaries[i];
        cli_table_add(&table, "%lld", (long long)set->id);
        cli_table_add(&table, "%s", set->level ? set->level : "");
        cli_table_add(&table, "%s", set->name ? set->name : "");
        cli_table_add(&table, "%s", set->vintage ? set->vintage : "");
        cli_table_add(&table, "%zu", set->areas);
        cli_table_add(&table, "%zu", set->with_population);
        cli_table_add(&table, "%zu", set->repaired);
        cli_table_add(&table, "%s", set->licence ? set->licence : "");
    }
    cli_table_end(env, &table);
}

static int list(cli_env *env, const void *parsed)
{
    castmap_project_info info = {0};
    (void)parsed;

    castmap_status status = cli_open(env, CASTMAP_READ);
    if (!status)
        status = castmap_project_describe(env->ctx, env->project, &info);
    if (status)
        return cli_exit(env, status);
    cli_json_object(env->json, NULL);
    cli_json_list(env->json, "boundaries");
    for (size_t i = 0; i < info.n_boundaries; i++) {
        const castmap_boundary_info *set = &info.boundaries[i];
        cli_json_object(env->json, NULL);
        cli_json_whole(env->json, "id", set->id);
        cli_json_text(env->json, "level", set->level);
        cli_json_text(env->json, "name", set->name);
        cli_json_text(env->json, "vintage", set->vintage);
        cli_json_text(env->json, "source", set->source);
        cli_json_text(env->json, "licence", set->licence);
        cli_json_whole(env->json, "areas", (int64_t)set->areas);
        cli_json_whole(env->json, "repaired", (int64_t)set->repaired);
        cli_json_whole(env->json, "with_population", (int64_t)set->with_population);
        cli_json_close(env->json);
    }
    if (info.n_boundaries > 0)
        show_sets(env, &info);
    else
        cli_say(env, "no boundaries yet; add some with: castmap boundaries add FILE");
    castmap_project_info_clear(&info);
    return 0;
}

static const cli_option NO_OPTIONS[] = {{0}};

const cli_command CMD_BOUNDARIES_LIST = {
    .name = "boundaries list",
    .purpose = "list the sets of areas",
    .arguments = "",
    .examples = {{"boundaries list", "Levels, vintages, and how many areas each set has."},
                 {"boundaries list --json", "The same for a program, with sources and licences."},
                 {"boundaries list -p riverside.castmap.sqlite", "Those of a project elsewhere."}},
    .options = NO_OPTIONS,
    .run = list,
};
