/* castmap map, castmap export, castmap report - what leaves the project, each made of a release. */
#include "commands.h"
#include "output_folder.h"
#include "release_options.h"
#include "session.h"

#include <string.h>

typedef struct product_args {
    release_args release;
    const char  *output, *layer, *paper, *title, *format;
    bool         portrait;
} product_args;

static void defaults(void *args)
{
    release_defaults(&((product_args *)args)->release);
}

/* What every product says when it is there, or would be. */
static int finish(cli_env *env, const castmap_release *release, const char *path, bool dry_run)
{
    const castmap_audience audience = castmap_release_audience(release);

    cli_json_object(env->json, NULL);
    cli_json_flag(env->json, "dry_run", dry_run);
    cli_json_text(env->json, "output", path);
    cli_json_text(env->json, "for", castmap_audience_name(audience));
    cli_json_whole(env->json, "release", castmap_release_number(release));
    cli_json_object(env->json, "suppressed");
    json_suppressed(env->json, castmap_release_suppressed(release));
    cli_json_close(env->json);
    cli_say(env, "%s%s", dry_run ? "would write " : "", CLI_SAFE(path));
    show_suppressed(env, audience, castmap_release_suppressed(release));
    return 0;
}

static const cli_option MAP_OPTIONS[] = {
    {CLI_FILE, 'o', "output", offsetof(product_args, output), "FILE", CLI_REQUIRED, "map.pdf, .svg, .png (paper) or .html (screen)"},
    RELEASE_OPTIONS(product_args, release),
    CLI_HEADING("How it looks"),
    {CLI_TEXT, 0, "layer", offsetof(product_args, layer), "NAME", NULL, "what colours the map: heat, areas, cells, flows, corridors, stretches, street_density, track_stretches, track_stops, reach (what near or route kept), slices, street_slices or flow_slices (small maps side by side), one slice such as heat_03, street_density_03 or flows_03; else heat where there is one"},
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

static bool has_suffix(const char *path, const char *suffix)
{
    const size_t n = strlen(path), m = strlen(suffix);

    return n > m && strcmp(path + n - m, suffix) == 0;
}

static int run_map(cli_env *env, const void *parsed)
{
    const product_args *args = parsed;
    const castmap_map_options map = map_options(args);
    const bool page = has_suffix(args->output, ".html");
    castmap_release *release = NULL;
    castmap_status status = CASTMAP_OK;

    if (!page && !has_suffix(args->output, ".pdf") && !has_suffix(args->output, ".svg") && !has_suffix(args->output, ".png"))
        return cli_fail(env, CASTMAP_E_ARGUMENT, CLI_SAFE(args->output), "end the name with .pdf, .svg, .png or .html",
                        "the name does not say what kind of map it is");
    int code = release_begin(env, &args->release, args->output, &release);
    if (code)
        return code;
    if (page && !args->release.dry_run)
        status = castmap_write_page(env->ctx, release, &map, args->output);
    else if (!args->release.dry_run)
        status = castmap_write_map(env->ctx, release, &map, args->output);
    code = status ? cli_exit(env, status) : finish(env, release, args->output, args->release.dry_run);
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
    {CLI_FILE, 'o', "output", offsetof(product_args, output), "PATH", CLI_REQUIRED,
     "folder for the files and their manifest; or one file: .geojson, .csv, .gpkg, .tif"},
    {CLI_CHOICE, 0, "format", offsetof(product_args, format), "geojson|csv|gpkg|geotiff", NULL, "only this kind; else all files, maps and report too"},
    {CLI_TEXT, 0, "layer", offsetof(product_args, layer), "NAME", NULL, "of one .geojson or .csv: areas, flows, places, heat, cells, ..."},
    RELEASE_OPTIONS(product_args, release),
    {0},
};

/* The format that the path's end stands for; NULL: the path is a folder. */
static const char *format_of(const char *path)
{
    if (has_suffix(path, ".geojson") || has_suffix(path, ".json"))
        return "geojson";
    if (has_suffix(path, ".csv"))
        return "csv";
    if (has_suffix(path, ".gpkg"))
        return "gpkg";
    return has_suffix(path, ".tif") || has_suffix(path, ".tiff") ? "geotiff" : NULL;
}

static int check_export(cli_env *env, const product_args *args, const char *format)
{
    const bool one_layer = format && (strcmp(format, "geojson") == 0 || strcmp(format, "csv") == 0);

    if (format && args->format && strcmp(format, args->format) != 0)
        return cli_fail(env, CASTMAP_E_ARGUMENT, "--format, --output", "leave --format out, or name a folder",
                        "the name of the file says %s and --format says %s", format, args->format);
    if (one_layer && !args->layer)
        return cli_fail(env, CASTMAP_E_ARGUMENT, "--layer", "name one: areas, flows, places, heat, cells; or a folder for all",
                        "a GeoJSON or CSV file holds one layer");
    if (args->layer && !one_layer)
        return cli_fail(env, CASTMAP_E_ARGUMENT, "--layer", "leave it out, or name a .geojson or .csv file",
                        "--layer chooses the layer of one GeoJSON or CSV file");
    return 0;
}

/* One file. A GeoTIFF is the exact surface for the group itself and its classes for everybody else. */
static castmap_status write_one(cli_env *env, const product_args *args, const castmap_release *release, const char *format)
{
    const bool overwrite = args->release.overwrite;

    if (strcmp(format, "gpkg") == 0)
        return castmap_write_geopackage(env->ctx, release, args->output, overwrite);
    if (strcmp(format, "geojson") == 0)
        return castmap_write_geojson(env->ctx, release, args->layer, args->output, overwrite);
    if (strcmp(format, "csv") == 0)
        return castmap_write_csv(env->ctx, release, args->layer, args->output, overwrite);
    if (castmap_release_audience(release) == CASTMAP_INTERNAL)
        return castmap_write_heat_geotiff(env->ctx, release, args->output, overwrite);
    return castmap_write_heat_classes(env->ctx, release, args->output, overwrite);
}

static int run_export(cli_env *env, const void *parsed)
{
    const product_args *args = parsed;
    const castmap_map_options map = map_options(args);
    const char *format = format_of(args->output);
    output_folder folder = OUTPUT_FOLDER_INIT;
    castmap_release *release = NULL;
    castmap_status status = CASTMAP_OK;

    int code = check_export(env, args, format);
    if (!code && !format && !args->release.dry_run)
        code = output_folder_begin(env, args->output, args->release.overwrite, &folder);
    if (!code)
        code = release_begin(env, &args->release, args->output, &release);
    if (!code && !args->release.dry_run) {
        status = format ? write_one(env, args, release, format)
                        : write_products(env->ctx, release, &map, folder.working, args->format);
        code = status ? cli_exit(env, status) : format ? 0 : output_folder_commit(env, &folder);
    }
    if (!code)
        code = finish(env, release, args->output, args->release.dry_run);
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
                 {"export --for public -o areas.geojson --layer areas", "One layer in one file."},
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

    if (!has_suffix(args->output, ".html"))
        return cli_fail(env, CASTMAP_E_ARGUMENT, CLI_SAFE(args->output), "end the name with .html", "a report is a web page");
    int code = release_begin(env, &args->release, args->output, &release);
    if (code)
        return code;
    castmap_status status = CASTMAP_OK;
    if (!args->release.dry_run)
        status = castmap_write_report(env->ctx, release, args->output, args->release.overwrite);
    code = status ? cli_exit(env, status) : finish(env, release, args->output, args->release.dry_run);
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
