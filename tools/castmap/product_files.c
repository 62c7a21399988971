/* product_files.c - the release behind a product, and all files of one release in a folder. */
#include "output_folder.h"
#include "release_options.h"
#include "session.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

void release_defaults(release_args *args)
{
    args->from_s = INT64_MIN;
    args->to_s = INT64_MAX;
}

castmap_audience audience_of(const char *word)
{
    if (word && strcmp(word, "internal") == 0)
        return CASTMAP_INTERNAL;
    if (word && strcmp(word, "partner") == 0)
        return CASTMAP_PARTNER;
    return word && strcmp(word, "public") == 0 ? CASTMAP_PUBLIC : CASTMAP_AUDIENCE_NONE;
}

void backdrop_to_release(const backdrop_args *args, castmap_release_options *options)
{
    options->buildings = args->buildings;
    options->backdrop = args->backdrop;
    options->streets = args->streets;
    options->places = args->places;
    /* "Today" is the clock's, unless it is given or $SOURCE_DATE_EPOCH pins it. */
    const char *pinned = getenv("SOURCE_DATE_EPOCH");
    uint64_t value = 0;
    options->now_s = args->today_s;
    if (!options->now_s && pinned && cli_whole(pinned, &value) && value <= INT64_MAX)
        options->now_s = (int64_t)value;
}

/* What can be refused without a release is refused before there is one: a release stays in the ledger. */
int release_begin(cli_env *env, const release_args *args, const char *output, castmap_release **out)
{
    castmap_release_options options = CASTMAP_RELEASE_OPTIONS_INIT;
    const filter_args period = {args->from_s, args->to_s, NULL, 0.0};

    if (!filter_ok(env, &period))
        return 2;

    options.audience = audience_of(args->audience);
    options.recipient = args->recipient;
    options.level = args->level;
    options.from_s = args->from_s;
    options.to_s = args->to_s;
    options.min_groups = args->min_groups;
    options.min_sources = args->min_sources;
    options.min_days = args->min_days;
    options.base_cell_m = args->base_cell_m;
    options.dry_run = args->dry_run;
    backdrop_to_release(&args->backdrop, &options);
    castmap_status status = cli_open(env, CASTMAP_WRITE);
    if (status)
        return cli_exit(env, status);
    int code = output_check(env, output, args->overwrite);
    if (code)
        return code;
    return cli_exit(env, castmap_release_make(env->ctx, env->project, &options, out));
}

void show_suppressed(cli_env *env, castmap_audience audience, const castmap_suppressed *s)
{
    if (audience == CASTMAP_INTERNAL) {
        cli_say(env, "  internal: everything, %zu observations, exact", s->observations);
        return;
    }
    if (s->observations == 0 && s->flows_shown + s->flows_withheld + s->tracks_shown + s->tracks_withheld > 0)
        cli_say(env, "  %s: no observations", castmap_audience_name(audience));
    else
        cli_say(env, "  %s: %zu squares shown (%zu larger ones in place of small ones), %zu held back; %zu areas shown, %zu not",
                castmap_audience_name(audience), s->cells_shown, s->cells_merged, s->cells_withheld, s->areas_shown, s->areas_withheld);
    if (s->flows_shown + s->flows_withheld > 0)
        cli_say(env, "    %zu flows shown, %zu not", s->flows_shown, s->flows_withheld);
    if (s->streets_shown + s->streets_withheld > 0)
        cli_say(env, "    %zu streets marked in a square, %zu not", s->streets_shown, s->streets_withheld);
    if (s->tracks_shown + s->tracks_withheld > 0)
        cli_say(env, "    %zu streets that tracks passed marked in a square, %zu not", s->tracks_shown, s->tracks_withheld);
    if (s->observations > 0)
        cli_say(env, "    not counted: %zu for their grade, %zu for their handling, %zu outside the closed periods", s->excluded_grade, s->excluded_handling,
                s->excluded_period);
}

void json_suppressed(cli_json *json, const castmap_suppressed *s)
{
    cli_json_whole(json, "observations", (int64_t)s->observations);
    cli_json_whole(json, "excluded_grade", (int64_t)s->excluded_grade);
    cli_json_whole(json, "excluded_handling", (int64_t)s->excluded_handling);
    cli_json_whole(json, "excluded_period", (int64_t)s->excluded_period);
    cli_json_whole(json, "incident_groups", (int64_t)s->incident_groups);
    cli_json_whole(json, "shown_groups", (int64_t)s->shown_groups);
    cli_json_whole(json, "cells_shown", (int64_t)s->cells_shown);
    cli_json_whole(json, "cells_merged", (int64_t)s->cells_merged);
    cli_json_whole(json, "cells_withheld", (int64_t)s->cells_withheld);
    cli_json_whole(json, "areas_shown", (int64_t)s->areas_shown);
    cli_json_whole(json, "areas_withheld", (int64_t)s->areas_withheld);
    cli_json_whole(json, "flows_shown", (int64_t)s->flows_shown);
    cli_json_whole(json, "streets_shown", (int64_t)s->streets_shown);
    cli_json_whole(json, "streets_withheld", (int64_t)s->streets_withheld);
    cli_json_whole(json, "tracks_shown", (int64_t)s->tracks_shown);
    cli_json_whole(json, "tracks_withheld", (int64_t)s->tracks_withheld);
    cli_json_whole(json, "flows_withheld", (int64_t)s->flows_withheld);
}

static bool wants(const char *format, const char *one)
{
    return !format || strcmp(format, one) == 0;
}

static castmap_status write_layers(castmap_context *ctx, const castmap_release *release, const char *folder, const char *suffix, bool overwrite)
{
    for (size_t i = 0; i < castmap_release_layers(release); i++) {
        const char *name = castmap_release_layer_name(release, i);
        char path[4600];
        snprintf(path, sizeof path, "%s/%s.%s", folder, name, suffix);
        castmap_status status = strcmp(suffix, "csv") == 0 ? castmap_write_csv(ctx, release, name, path, overwrite)
                                                           : castmap_write_geojson(ctx, release, name, path, overwrite);
        if (status)
            return status;
    }
    return CASTMAP_OK;
}

/* Flows are read as a table as often as on a map. */
static castmap_status write_flow_table(castmap_context *ctx, const castmap_release *release, const char *folder, bool overwrite)
{
    char path[4600];

    for (size_t i = 0; i < castmap_release_layers(release); i++) {
        if (strcmp(castmap_release_layer_name(release, i), "flows") != 0)
            continue;
        snprintf(path, sizeof path, "%s/flows.csv", folder);
        return castmap_write_csv(ctx, release, "flows", path, overwrite);
    }
    return CASTMAP_OK;
}

/* A release without a heat surface has no raster; that is no failure. */
static castmap_status write_rasters(castmap_context *ctx, const castmap_release *release, const char *folder, bool overwrite)
{
    char path[4600];
    castmap_status status = CASTMAP_OK;

    if (castmap_release_audience(release) == CASTMAP_INTERNAL) {
        snprintf(path, sizeof path, "%s/heat.tif", folder);
        status = castmap_write_heat_geotiff(ctx, release, path, overwrite);
        if (status && status != CASTMAP_E_NOT_FOUND)
            return status;
    }
    snprintf(path, sizeof path, "%s/heat-classes.tif", folder);
    status = castmap_write_heat_classes(ctx, release, path, overwrite);
    return status == CASTMAP_E_NOT_FOUND ? CASTMAP_OK : status;
}

castmap_status write_products(castmap_context *ctx, const castmap_release *release, const castmap_map_options *map, const char *folder,
                              const char *format)
{
    static const char *const MAPS[] = {"map.pdf", "map.svg", "map.png"};
    const bool overwrite = map->overwrite;
    char path[4600];
    castmap_status status = CASTMAP_OK;

    if (wants(format, "geojson"))
        status = write_layers(ctx, release, folder, "geojson", overwrite);
    if (!status && format && wants(format, "csv"))
        status = write_layers(ctx, release, folder, "csv", overwrite);
    if (!status && !format)
        status = write_flow_table(ctx, release, folder, overwrite);
    if (!status && wants(format, "gpkg")) {
        snprintf(path, sizeof path, "%s/layers.gpkg", folder);
        status = castmap_write_geopackage(ctx, release, path, overwrite);
    }
    if (!status && wants(format, "geotiff"))
        status = write_rasters(ctx, release, folder, overwrite);
    for (size_t i = 0; !format && !status && i < sizeof MAPS / sizeof MAPS[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, MAPS[i]);
        status = castmap_write_map(ctx, release, map, path);
    }
    if (!format && !status) {
        snprintf(path, sizeof path, "%s/map.html", folder);
        status = castmap_write_page(ctx, release, map, path);
    }
    if (!format && !status) {
        snprintf(path, sizeof path, "%s/report.html", folder);
        status = castmap_write_report(ctx, release, path, overwrite);
    }
    if (!status)
        status = castmap_write_manifest(ctx, release, folder, overwrite);
    return status;
}

static int shown_entry(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

void json_folder(cli_json *json, const char *on_disk, const char *shown_as)
{
    struct dirent **entry = NULL;
    int n = scandir(on_disk, &entry, shown_entry, by_bytes);

    for (int i = 0; i < n; i++) {
        char path[4600];
        snprintf(path, sizeof path, "%s/%s", shown_as, entry[i]->d_name);
        cli_json_text(json, NULL, path);
        free(entry[i]);
    }
    free(entry);
}
