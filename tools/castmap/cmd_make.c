/*
 * castmap make - the whole job in one go: project, areas, records, places, counts, heat, and files for each audience.
 *
 * Everything is made in a folder beside the target that gets its name at the end, so an interrupted or failed run leaves nothing under it.
 */
#include "commands.h"
#include "import_options.h"
#include "input_files.h"
#include "output_folder.h"
#include "release_options.h"
#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct make_args {
    const char   *boundaries, *population, *level, *output, *name, *title, *source, *licence, *recipient, *kernel, *paper;
    double        radius_m, heat_radius_m, cell_m;
    uint32_t      min;
    bool          overwrite, dry_run, portrait;
    reading_args  reading;
    backdrop_args backdrop;
} make_args;

#define AT(field) offsetof(make_args, field)
static const cli_option OPTIONS[] = {
    {CLI_FILE, 'b', "boundaries", AT(boundaries), "FILE", CLI_REQUIRED, "the council's areas: GeoJSON, TopoJSON, GeoPackage, Shapefile (zipped too)"},
    {CLI_FILE, 'o', "output", AT(output), "FOLDER", CLI_REQUIRED, "a new folder for everything"},
    {CLI_FILE, 0, "population", AT(population), "FILE", NULL, "CSV with a code and a number of people a row"},
    {CLI_TEXT, 'l', "level", AT(level), "NAME", NULL, "what the areas are: ward, council, ...; else from their codes"},
    {CLI_TEXT, 0, "name", AT(name), "NAME", NULL, "of the project file; else that of the first file of observations"},
    {CLI_TEXT, 0, "title", AT(title), "TEXT", NULL, "printed on the maps; else the name"},
    {CLI_TEXT, 0, "source", AT(source), "TEXT", NULL, "who made the boundaries; else the name of the file"},
    {CLI_TEXT, 0, "licence", AT(licence), "TEXT", NULL, "on what terms the boundaries may be used; else \"not stated\""},
    {CLI_FLAG, 0, "overwrite", AT(overwrite), NULL, NULL, "replace an earlier output of this command"},
    CLI_DRY_RUN(make_args),
    {CLI_TEXT, 0, "recipient", AT(recipient), "NAME", NULL, "the partner organisation"},
    CLI_HEADING("Analyses (chosen from the data, and explained, where not given)"),
    {CLI_LENGTH_M, 'r', "radius", AT(radius_m), "LENGTH", NULL, "how near is together, for places: 150m, 0.5km"},
    {CLI_COUNT, 'm', "min", AT(min), "N", NULL, "observations within that radius that make a place"},
    {CLI_LENGTH_M, 0, "heat-radius", AT(heat_radius_m), "LENGTH", NULL, "how far one observation reaches in the heat map"},
    {CLI_LENGTH_M, 0, "cell", AT(cell_m), "LENGTH", NULL, "side of a cell of the heat map"},
    {CLI_CHOICE, 0, "kernel", AT(kernel), "quartic|epanechnikov|gaussian", "quartic", "how the weight falls off with distance"},
    CLI_HEADING("How maps look"),
    {CLI_CHOICE, 0, "paper", AT(paper), "a4|a3", "a4", "size of the sheet"},
    {CLI_FLAG, 0, "portrait", AT(portrait), NULL, NULL, "upright sheet; else landscape"},
    BACKDROP_OPTIONS(make_args, backdrop),
    READING_OPTIONS(make_args, reading),
    {0},
};

#define MOST_REASONS 128

typedef struct make_run {
    cli_env         *env;
    const make_args *args;
    output_folder    folder;
    stage_times      times;
    char             name[128];
    size_t           read, accepted, duplicate, quarantined, clusters;
    size_t           n_reasons;
    castmap_reason_count reasons[MOST_REASONS]; /* their words are owned */
    bool             some_refused, public_is_there;
    int              code; /* of a failure that was printed already */
} make_run;

/* --name, or the name of the first file of observations up to its first dot: not that of the folder, so that the same input makes the same
 * bytes wherever they are put. */
static int name_project(make_run *m)
{
    const char *first = m->env->arguments[0], *slash = strrchr(first, '/');
    const char *name = m->args->name ? m->args->name : slash ? slash + 1 : first;
    const size_t length = m->args->name ? strlen(name) : strcspn(name, ".");

    if (length == 0 || name[0] == '.' || memchr(name, '/', length) || length >= sizeof m->name)
        return cli_fail(m->env, CASTMAP_E_ARGUMENT, "--name", "give the project a plain name: --name riverside",
                        "\"%s\" cannot be the name of a project", CLI_SAFE(name));
    snprintf(m->name, sizeof m->name, "%.*s", (int)length, name);
    return 0;
}

static castmap_status create(make_run *m)
{
    castmap_project_options options = CASTMAP_PROJECT_OPTIONS_INIT;
    char file[160], path[4600];

    options.title = m->args->title ? m->args->title : m->name;
    options.time_zone = m->args->reading.time_zone;
    snprintf(file, sizeof file, "%s%s", m->name, CASTMAP_PROJECT_SUFFIX);
    output_path(&m->folder, NULL, file, path, sizeof path);
    return castmap_project_create(m->env->ctx, path, &options, &m->env->project);
}

static castmap_status add_areas(make_run *m)
{
    castmap_boundaries_options options = CASTMAP_BOUNDARIES_OPTIONS_INIT;
    castmap_boundaries_summary summary = CASTMAP_BOUNDARIES_SUMMARY_INIT;

    options.path = m->args->boundaries;
    options.level = m->args->level;
    options.population = m->args->population;
    options.source = m->args->source;
    options.licence = m->args->licence;
    castmap_status status = castmap_boundaries_add(m->env->ctx, m->env->project, &options, &summary);
    if (status)
        return status;
    show_boundaries(m->env, &summary);
    cli_json_object(m->env->json, "boundaries");
    json_boundaries(m->env->json, &summary);
    cli_json_close(m->env->json);
    m->some_refused = m->some_refused || summary.n_refused > 0;
    castmap_boundaries_summary_clear(&summary);
    stage_end(&m->times, "boundaries");
    return CASTMAP_OK;
}

/* The reasons of all files, added up by their code; the words are those of the first. */
static void add_reasons(make_run *m, const castmap_import_summary *summary)
{
    for (size_t i = 0; i < summary->n_reasons; i++) {
        const castmap_reason_count *reason = &summary->reasons[i];
        size_t k = 0;
        while (k < m->n_reasons && strcmp(m->reasons[k].code, reason->code) != 0)
            k++;
        if (k == MOST_REASONS)
            continue; /* more kinds than there are; the files' own lists are whole */
        if (k == m->n_reasons) {
            m->reasons[k] = *reason;
            m->reasons[k].reason = strdup(reason->reason ? reason->reason : "");
            m->n_reasons++;
        } else {
            m->reasons[k].count += reason->count;
        }
    }
}

/* "rows": the account of all files, the reasons together and file by file. */
static castmap_status bring_in(make_run *m, castmap_import_options *options)
{
    cli_json *json = m->env->json;
    castmap_recipe *recipe = NULL;
    input_files files;
    size_t read = 0;
    castmap_status status;

    m->code = input_files_list(m->env, m->args->reading.follow, &files);
    if (m->code)
        return CASTMAP_E_IO;
    status = reading_recipe(m->env, &m->args->reading, options, &recipe);
    if (!status)
        m->code = input_files_open_zips(m->env, m->args->reading.follow, options->layer, &files);
    if (m->code) {
        castmap_recipe_free(recipe);
        input_files_clear(&files);
        return CASTMAP_E_IO;
    }
    const char *layer = options->layer; /* may have named a member */
    cli_json_object(json, "rows");
    cli_json_list(json, "files");
    for (size_t i = 0; i < files.count && !status; i++) {
        castmap_import_summary summary = CASTMAP_IMPORT_SUMMARY_INIT;
        bool left;
        status = input_files_import(m->env, &files, i, layer, read, options, &summary, &left);
        if (status || left)
            continue;
        read++;
        show_import(m->env, input_files_shown(&files, i), &summary);
        cli_json_object(json, NULL);
        cli_json_text(json, "file", input_files_shown(&files, i));
        cli_json_text(json, "format", summary.format);
        cli_json_text(json, "sha256", summary.sha256);
        cli_json_whole(json, "read", (int64_t)summary.read);
        json_reasons(json, "reasons", summary.reasons, summary.n_reasons);
        json_reasons(json, "notes", summary.notes, summary.n_notes);
        json_guesses(json, summary.guesses, summary.n_guesses);
        cli_json_close(json);
        add_reasons(m, &summary);
        m->read += summary.read;
        m->accepted += summary.accepted;
        m->duplicate += summary.duplicate;
        m->quarantined += summary.quarantined;
        castmap_import_summary_clear(&summary);
    }
    cli_json_close(json);
    options->layer = layer;
    input_files_show_left(m->env, &files);
    cli_json_whole(json, "read", (int64_t)m->read);
    cli_json_whole(json, "accepted", (int64_t)m->accepted);
    cli_json_whole(json, "duplicate", (int64_t)m->duplicate);
    cli_json_whole(json, "quarantined", (int64_t)m->quarantined);
    json_reasons(json, "reasons", m->reasons, m->n_reasons);
    cli_json_close(json);
    input_files_clear(&files);
    castmap_recipe_free(recipe);
    stage_end(&m->times, "import");
    return status;
}

static castmap_status analyse(make_run *m)
{
    castmap_cluster_run_options cluster = CASTMAP_CLUSTER_RUN_OPTIONS_INIT;
    castmap_areas_run_options area = CASTMAP_AREAS_RUN_OPTIONS_INIT;
    castmap_heat_run_options heat = CASTMAP_HEAT_RUN_OPTIONS_INIT;
    castmap_cluster_summary places = {0};
    castmap_areas_summary areas = {0};
    castmap_heat_summary surface = {0};
    cli_env *env = m->env;

    cluster.eps_m = m->args->radius_m;
    cluster.min_points = m->args->min;
    heat.radius_m = m->args->heat_radius_m;
    heat.cell_m = m->args->cell_m;
    kernel_of(m->args->kernel, &heat.kernel);
    castmap_status status = castmap_run_cluster(env->ctx, env->project, &cluster, &places);
    if (status)
        return status;
    m->clusters = places.clusters;
    cli_json_whole(env->json, "clusters", (int64_t)places.clusters);
    cli_json_object(env->json, "cluster_run");
    json_clusters(env->json, &places);
    cli_json_close(env->json);
    show_clusters(env, &places, 5);
    castmap_cluster_summary_clear(&places);
    stage_end(&m->times, "cluster");
    status = castmap_run_areas(env->ctx, env->project, &area, &areas);
    if (status)
        return status;
    cli_json_object(env->json, "areas");
    json_areas(env->json, &areas);
    cli_json_close(env->json);
    show_areas(env, &areas, 5);
    castmap_areas_summary_clear(&areas);
    stage_end(&m->times, "areas");
    status = castmap_run_heat(env->ctx, env->project, &heat, &surface);
    if (status)
        return status;
    cli_json_object(env->json, "heat");
    json_heat(env->json, &surface);
    cli_json_close(env->json);
    show_heat(env, &surface);
    castmap_heat_summary_clear(&surface);
    stage_end(&m->times, "heat");
    return CASTMAP_OK;
}

/* Streets that were named become a network, and what stands out along them is looked for. */
static castmap_status follow_streets(make_run *m)
{
    castmap_streets_options options = CASTMAP_STREETS_OPTIONS_INIT;
    castmap_routes_run_options routes = CASTMAP_ROUTES_RUN_OPTIONS_INIT;
    castmap_streets_summary network = CASTMAP_STREETS_SUMMARY_INIT;
    castmap_routes_summary found = {0};
    cli_env *env = m->env;

    options.path = m->args->backdrop.streets;
    if (!options.path)
        return CASTMAP_OK;
    castmap_status status = castmap_streets_add(env->ctx, env->project, &options, &network);
    if (status)
        return status;
    cli_json_object(env->json, "streets");
    json_streets(env->json, &network);
    cli_json_close(env->json);
    castmap_streets_summary_clear(&network);
    status = castmap_run_routes(env->ctx, env->project, &routes, &found);
    if (status == CASTMAP_E_NOT_FOUND) {
        cli_say(env, "along the streets: %s", castmap_message(env->ctx));
        return CASTMAP_OK;
    }
    if (status)
        return status;
    cli_json_object(env->json, "routes");
    json_routes(env->json, &found);
    cli_json_close(env->json);
    show_routes(env, &found, 5);
    castmap_routes_summary_clear(&found);
    stage_end(&m->times, "streets");
    return CASTMAP_OK;
}

/* Streets under the map are drawn from GeoJSON, which may hold railways too; from any other file as the network has them. */
static bool is_geojson(const char *name)
{
    const char *dot = name ? strrchr(name, '.') : NULL;

    return dot && (strcasecmp(dot, ".geojson") == 0 || strcasecmp(dot, ".json") == 0);
}

/* One audience. A release that the rules refuse is told, and the others go on. */
static castmap_status release_to(make_run *m, castmap_audience audience)
{
    castmap_release_options options = CASTMAP_RELEASE_OPTIONS_INIT;
    castmap_map_options map = CASTMAP_MAP_OPTIONS_INIT;
    castmap_release *release = NULL;
    cli_env *env = m->env;
    const char *name = castmap_audience_name(audience);
    char path[4600], stage[40];

    options.audience = audience;
    options.recipient = audience == CASTMAP_PARTNER ? m->args->recipient : NULL;
    backdrop_to_release(&m->args->backdrop, &options);
    if (!is_geojson(options.streets))
        options.streets = NULL;
    castmap_status status = castmap_release_make(env->ctx, env->project, &options, &release);
    cli_json_object(env->json, name);
    if (status == CASTMAP_E_RELEASE) {
        cli_say(env, "  %s: refused by the release rules: %s", name, castmap_message(env->ctx));
        cli_json_text(env->json, "refused", castmap_message(env->ctx));
        cli_json_close(env->json);
        m->some_refused = true;
        return CASTMAP_OK;
    }
    if (status)
        return status;
    json_suppressed(env->json, castmap_release_suppressed(release));
    cli_json_close(env->json);
    show_suppressed(env, audience, castmap_release_suppressed(release));
    map.paper = m->args->paper && strcmp(m->args->paper, "a3") == 0 ? CASTMAP_A3 : CASTMAP_A4;
    map.landscape = !m->args->portrait;
    output_path(&m->folder, NULL, name, path, sizeof path);
    if (mkdir(path, 0700) != 0) {
        castmap_release_free(release);
        m->code = cli_fail(env, CASTMAP_E_IO, CLI_SAFE(m->args->output), NULL, "a folder for %s cannot be made: %s", name,
                           strerror(errno));
        return CASTMAP_E_IO;
    }
    status = write_products(env->ctx, release, &map, path, NULL);
    castmap_release_free(release);
    m->public_is_there = m->public_is_there || audience == CASTMAP_PUBLIC;
    snprintf(stage, sizeof stage, "%s files", name);
    stage_end(&m->times, stage);
    return status;
}

static castmap_status release_all(make_run *m)
{
    castmap_status status = CASTMAP_OK;

    cli_say(m->env, "what leaves:");
    cli_json_object(m->env->json, "suppressed");
    for (castmap_audience audience = CASTMAP_INTERNAL; audience <= CASTMAP_PUBLIC && !status; audience++)
        status = release_to(m, audience);
    cli_json_close(m->env->json);
    return status;
}

static void list_files(make_run *m)
{
    static const char *const ORDER[] = {"internal", "partner", "public"};
    const char *output = m->folder.final;
    char path[4600];

    cli_json_list(m->env->json, "files");
    snprintf(path, sizeof path, "%s/%s%s", output, m->name, CASTMAP_PROJECT_SUFFIX);
    cli_json_text(m->env->json, NULL, path);
    for (size_t i = 0; i < sizeof ORDER / sizeof ORDER[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", output, ORDER[i]);
        json_folder(m->env->json, path, path);
    }
    cli_json_close(m->env->json);
    cli_say(m->env, "open first:");
    cli_say(m->env, "  %s/internal/map.html     the map for your own group, in a browser", CLI_SAFE(output));
    cli_say(m->env, "  %s/internal/report.html  the same in words", CLI_SAFE(output));
    if (m->public_is_there)
        cli_say(m->env, "  %s/public/map.pdf        the sheet that anybody may see", CLI_SAFE(output));
    cli_say(m->env, "  %s/partner, %s/public    what may be handed on", CLI_SAFE(output), CLI_SAFE(output));
    if (m->quarantined > 0)
        cli_say(m->env, "castmap quarantine list -p %s/%s%s shows the rows that were set aside", CLI_SAFE(output),
                CLI_SAFE(m->name), CASTMAP_PROJECT_SUFFIX);
}

/* SQLite leaves its journal behind empty; a finished folder does not need it. */
static void drop_journal(const make_run *m)
{
    char file[170], path[4600];
    struct stat info;

    snprintf(file, sizeof file, "%s%s-journal", m->name, CASTMAP_PROJECT_SUFFIX);
    if (output_path(&m->folder, NULL, file, path, sizeof path) && stat(path, &info) == 0 && info.st_size == 0)
        unlink(path);
}

static castmap_status stages(make_run *m, castmap_import_options *reading)
{
    castmap_status status = create(m);

    if (!status)
        status = add_areas(m);
    if (!status)
        status = bring_in(m, reading);
    if (!status && !m->args->dry_run)
        status = analyse(m);
    if (!status && !m->args->dry_run)
        status = follow_streets(m);
    if (!status && !m->args->dry_run)
        status = release_all(m);
    return status;
}

/* The folder has its name, or would have it: the end of the summary. */
static int finish(make_run *m)
{
    cli_env *env = m->env;

    if (m->args->dry_run)
        cli_say(env, "%zu rows read = %zu accepted + %zu duplicate + %zu quarantined; nothing was kept (--dry-run)", m->read,
                m->accepted, m->duplicate, m->quarantined);
    else
        cli_say(env, "%zu rows read = %zu accepted + %zu duplicate + %zu quarantined; %zu places", m->read, m->accepted,
                m->duplicate, m->quarantined, m->clusters);
    if (!m->args->dry_run)
        list_files(m);
    show_times(env, &m->times);
    return m->quarantined > 0 || m->some_refused ? CLI_SOME_REFUSED : 0;
}

static int make(make_run *m)
{
    castmap_import_options reading = CASTMAP_IMPORT_OPTIONS_INIT;
    cli_env *env = m->env;

    if (!reading_options(env, &m->args->reading, &reading))
        return 2;
    int code = name_project(m);
    if (!code)
        code = output_folder_begin(env, m->args->output, m->args->overwrite, &m->folder);
    if (code)
        return code;
    cli_note_root(env);
    cli_json_object(env->json, NULL);
    cli_json_text(env->json, "output", m->folder.final);
    cli_json_flag(env->json, "dry_run", m->args->dry_run);
    stage_begin(&m->times);
    castmap_status status = stages(m, &reading);
    castmap_project_close(env->project);
    env->project = NULL;
    if (status)
        return m->code ? m->code : cli_exit(env, status);
    if (castmap_is_cancelled(env->ctx)) /* between two stages, where nobody asked */
        return cli_fail(env, CASTMAP_E_CANCELLED, NULL, NULL, "interrupted; nothing was made");
    if (!m->args->dry_run) {
        drop_journal(m);
        code = output_folder_commit(env, &m->folder);
    }
    return code ? code : finish(m);
}

static int run(cli_env *env, const void *parsed)
{
    make_run m = {.env = env, .args = parsed, .folder = OUTPUT_FOLDER_INIT};

    int code = make(&m);
    output_folder_abandon(&m.folder); /* what has no name by now is not kept */
    for (size_t i = 0; i < m.n_reasons; i++)
        free(m.reasons[i].reason);
    return code;
}

const cli_command CMD_MAKE = {
    .name = "make",
    .purpose = "do the whole job in one go: from records and areas to maps and files for each audience",
    .arguments = "OBSERVATIONS...",
    .least = 1,
    .most = 1000,
    .details = "Makes a project, brings areas and records in, finds places where observations gather, counts each area, draws a heat map, and "
               "writes maps, a page, a report and GIS files for the group itself, for partners and for the public. Every default it "
               "chose is printed and can be set. The exit code is 3 when rows were set aside or a release was refused.",
    .examples = {{"make observations.csv --boundaries wards.geojson -o riverside", "Everything, with nothing but the two files."},
                 {"make 2024-*.csv -b wards.gpkg --population people.csv -o riverside --heat-radius 500m",
                  "Several files, rates per 1,000 people, a radius of your own."},
                 {"make survey.csv -b wards.zip --streets streets.geojson --buildings homes.csv -o riverside --json",
                  "Streets under the map, finer public squares, and the result for a program."}},
    .options = OPTIONS,
    .size = sizeof(make_args),
    .run = run,
};
