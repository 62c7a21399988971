/* castmap map, castmap export, castmap report - what leaves the project, each made of a release. */
#include "commands.h"
#include "output_folder.h"
#include "release_options.h"
#include "session.h"

#include <string.h>
#include <sys/stat.h>

typedef struct product_args {
    release_args release;
    const char  *output, *layer, *paper, *title, *format;
    bool         portrait;
} product_args;

static void defaults(void *args)
{
    release_defaults(&((product_args *)args)->release);
}

/* What every product says when it is there. */
static int finish(cli_env *env, const castmap_release *release, const char *path)
{
    const castmap_audience audience = castmap_release_audience(release);

    cli_json_object(env->json, NULL);
    cli_json_text(env->json, "output", path);
    cli_json_text(env->json, "for", castmap_audience_name(audience));
    cli_json_whole(env->json, "release", castmap_release_number(release));
    cli_json_object(env->json, "suppressed");
    json_suppressed(env->json, castmap_release_suppressed(release));
    cli_json_close(env->json);
    cli_say(env, "%s", CLI_SAFE(path));
    show_suppressed(env, audience, castmap_release_suppressed(release));
    return 0;
}

static const cli_option MAP_OPTIONS[] = {
    {CLI_FILE, 'o', "output", offsetof(product_args, output), "FILE", CLI_REQUIRED, "map.pdf, .svg, .png (paper) or .html (screen)"},
    RELEASE_OPTIONS(product_args, release),
    CLI_HEADING("How it looks"),
    {CLI_CHOICE, 0, "layer", offsetof(product_args, layer), "heat|areas|cells", NULL, "what colours the map; else heat where there is one"},
    {CLI_CHOICE, 0, "paper", offsetof(product_args, paper), "a4|a3", "a4", "size of the sheet"},
    {CLI_FLAG, 0, "portrait", offsetof(product_args, portrait), NULL, NULL, "upright sheet; else landscape"},
    {CLI_TEXT, 0, "title", offsetof(product_args, title), "TEXT", NULL, "else the project's title"},
    {0},
};

static castmap_map_options map_options(const product_args *args)
{
    castmap_map_options map = CASTMAP_MAP_OPTIONS_INIT;

    map.layer = args->layer;
    map.paper = args->paper && strcmp(args->paper, "a3") == 0 ? CASTMAP_A3 : CASTMAP_A4;
    map.landscape = !args->portrait;
    map.title = args->title;
    map.overwrite = args->release.overwrite;
    return map;
}

static int run_map(cli_env *env, const void *parsed)
{
    const product_args *args = parsed;
    const castmap_map_options map = map_options(args);
    const size_t length = strlen(args->output);
    const bool page = length > 5 && strcmp(args->output + length - 5, ".html") == 0;
    castmap_release *release = NULL;

    int code = output_check(env, args->output, args->release.overwrite);
    if (!code)
        code = release_begin(env, &args->release, &release);
    if (code)
        return code;
    castmap_status status = page ? castmap_write_page(env->ctx, release, &map, args->output)
                                 : castmap_write_map(env->ctx, release, &map, args->output);
    code = status ? cli_exit(env, status) : finish(env, release, args->output);
    castmap_release_free(release);
    return code;
}

const cli_command CMD_MAP = {
    .name = "map",
    .purpose = "draw a map for paper or screen",
    .arguments = "",
    .details = "The kind of file follows from the name: .pdf, .svg and .png are sheets of A4 or A3, .html is one page that needs no network.",
    .examples = {{"map --for internal -o town.pdf", "The heat map on an A4 sheet, for the group itself."},
                 {"map --for public -o town.html --layer areas", "A page for everybody, coloured by area."},
                 {"map --for partner --recipient \"County council\" --paper a3 -o town.pdf", "A large sheet for a partner."}},
    .options = MAP_OPTIONS,
    .size = sizeof(product_args),
    .defaults = defaults,
    .run = run_map,
};

static const cli_option EXPORT_OPTIONS[] = {
    {CLI_FILE, 'o', "output", offsetof(product_args, output), "FOLDER", CLI_REQUIRED, "folder for the files and their manifest"},
    {CLI_CHOICE, 0, "format", offsetof(product_args, format), "geojson|gpkg|geotiff", NULL, "only this kind; else all files, maps and report too"},
    RELEASE_OPTIONS(product_args, release),
    {0},
};

static int run_export(cli_env *env, const void *parsed)
{
    const product_args *args = parsed;
    castmap_map_options map = map_options(args);
    output_folder folder = OUTPUT_FOLDER_INIT;
    castmap_release *release = NULL;

    int code = output_folder_begin(env, args->output, args->release.overwrite, &folder);
    if (code)
        return code;
    code = release_begin(env, &args->release, &release);
    if (!code) {
        castmap_status status = write_products(env->ctx, release, &map, folder.working, args->format);
        code = status ? cli_exit(env, status) : output_folder_commit(env, &folder);
    }
    if (!code)
        code = finish(env, release, args->output);
    output_folder_abandon(&folder);
    castmap_release_free(release);
    return code;
}

const cli_command CMD_EXPORT = {
    .name = "export",
    .purpose = "write files for a partner's GIS, with a manifest",
    .arguments = "",
    .details = "GeoJSON and GeoPackage open in QGIS and ArcGIS, the GeoPackage with its styles. The folder appears when all files are whole.",
    .examples = {{"export --for partner -o for-council", "All files a partner needs, in a new folder."},
                 {"export --for public --format gpkg -o public-layers", "The GeoPackage alone."},
                 {"export --for internal --format geotiff -o rasters", "The exact heat surface, for the group itself."}},
    .options = EXPORT_OPTIONS,
    .size = sizeof(product_args),
    .defaults = defaults,
    .run = run_export,
};

static const cli_option REPORT_OPTIONS[] = {
    {CLI_FILE, 'o', "output", offsetof(product_args, output), "FILE", CLI_REQUIRED, "report.html"},
    RELEASE_OPTIONS(product_args, release),
    {0},
};

static int run_report(cli_env *env, const void *parsed)
{
    const product_args *args = parsed;
    castmap_release *release = NULL;

    int code = output_check(env, args->output, args->release.overwrite);
    if (!code)
        code = release_begin(env, &args->release, &release);
    if (code)
        return code;
    castmap_status status = castmap_write_report(env->ctx, release, args->output, args->release.overwrite);
    code = status ? cli_exit(env, status) : finish(env, release, args->output);
    castmap_release_free(release);
    return code;
}

const cli_command CMD_REPORT = {
    .name = "report",
    .purpose = "write one page in plain words: the numbers, the method, what they do not say",
    .arguments = "",
    .examples = {{"report --for internal -o report.html", "For the group itself."},
                 {"report --for public -o report.html --overwrite", "For everybody, in place of an earlier one."},
                 {"report --for partner --level council -o report.html", "For a partner, by council."}},
    .options = REPORT_OPTIONS,
    .size = sizeof(product_args),
    .defaults = defaults,
    .run = run_report,
};
