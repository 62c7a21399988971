/*
 * project/ingest/opening.c - from a path to a reader and a mapping: content, encoding, separator, columns, zone, coordinate system.
 */
#include "project/ingest/opening.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"
#include "project/run_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *magic;
    size_t      n;
    const char *what;
} FOREIGN[] = {
    {"PK\x03\x04", 4, "a zip archive or a spreadsheet (xlsx, ods), not a table of text: save the sheet as CSV"},
    {"\x89PNG", 4, "a PNG picture, not a table"},
    {"\xFF\xD8\xFF", 3, "a JPEG picture, not a table"},
    {"%PDF", 4, "a PDF document, not a table"},
    {"SQLite format 3", 15, "a SQLite file (GeoPackage?), not a table of text"},
    {"<", 1, "XML or HTML, not a table of text"},
    {"\xD0\xCF\x11\xE0", 4, "an old spreadsheet (xls): save the sheet as CSV"},
};

static const char *separator_name(char separator)
{
    return separator == ',' ? "comma" : separator == ';' ? "semicolon" : separator == '\t' ? "tab" : "other";
}

/* '{' or '[' at the start is JSON; other content is refused by name. */
static castmap_status look_at_content(castmap_context *ctx, const cm_text_input *input, const char *file, bool *json)
{
    size_t n;
    const unsigned char *bytes = cm_text_input_peek(input, &n);

    *json = false;
    for (size_t i = 0; i < sizeof FOREIGN / sizeof FOREIGN[0]; i++) {
        if (n >= FOREIGN[i].n && memcmp(bytes, FOREIGN[i].magic, FOREIGN[i].n) == 0) {
            castmap_status status = cm_fail(ctx, CASTMAP_E_INPUT, "the content is %s", FOREIGN[i].what);
            cm_fail_where(ctx, "%s", file);
            return status;
        }
    }
    while (n && (*bytes == ' ' || *bytes == '\t' || *bytes == '\r' || *bytes == '\n')) {
        bytes++;
        n--;
    }
    *json = n && (*bytes == '{' || *bytes == '[');
    return CASTMAP_OK;
}

/* The separator under which the header names a place; if there is none, the one that splits it at all. */
static castmap_status find_separator(castmap_context *ctx, cm_opening *o, const castmap_import_options *options,
                                     const char *file, char *separator)
{
    static const char CANDIDATES[] = {',', ';', '\t'};
    cm_csv_row header;
    char splits = 0;
    size_t most = 1;
    castmap_status status;

    for (size_t i = 0; i < sizeof CANDIDATES; i++) {
        cm_columns columns = {0};
        cm_mapping mapping;
        status = cm_csv_header(ctx, o->csv, CANDIDATES[i], &header);
        if (status)
            return status;
        if (header.n_fields > most) {
            most = header.n_fields;
            splits = CANDIDATES[i];
        }
        status = cm_columns_init(ctx, file, header.field, header.n_fields, &columns);
        if (!status) /* a mapping that names columns fits under one separator only: its errors are told later */
            status = cm_recognise(ctx, &columns, options, false, &mapping);
        const bool placed = !status && cm_mapping_placed(&mapping);
        cm_columns_clear(&columns);
        if (status == CASTMAP_E_NOMEM)
            return status;
        cm_fail_clear(ctx);
        if (placed && (header.n_fields > 1 || CANDIDATES[i] == ',')) {
            *separator = CANDIDATES[i];
            if (header.n_fields > 1)
                return CASTMAP_OK;
        }
    }
    if (splits && splits != ',' && !*separator) {
        status = cm_csv_header(ctx, o->csv, ',', &header);
        if (!status && header.n_fields == 1) {
            status = cm_fail(ctx, CASTMAP_E_INPUT, "one column found, looks like %s separated, and no known column names in it",
                             separator_name(splits));
            cm_fail_where(ctx, "%s:1", file);
            cm_fail_hint(ctx, "use --delimiter, and name the columns with --map lat=COLUMN --map lon=COLUMN");
            return status;
        }
        if (status)
            return status;
    }
    if (!*separator)
        *separator = splits ? splits : ',';
    return CASTMAP_OK;
}

static castmap_status open_table(castmap_context *ctx, cm_opening *o, const castmap_import_options *options, const char *file)
{
    char separator = 0;
    cm_csv_row header;
    castmap_status status;

    status = cm_csv_open(ctx, o->input, file, options->comments, &o->csv);
    if (status)
        return status;
    if (options->delimiter)
        separator = options->delimiter;
    else
        status = find_separator(ctx, o, options, file, &separator);
    if (!status)
        status = cm_csv_header(ctx, o->csv, separator, &header);
    if (status)
        return status;
    if (header.fault) {
        status = cm_fail(ctx, CASTMAP_E_INPUT, "the header row is damaged: a quote stands where none may be");
        cm_fail_where(ctx, "%s:1:field %zu", file, header.fault_field);
        return status;
    }
    status = cm_columns_init(ctx, file, header.field, header.n_fields, &o->columns);
    if (status)
        return status;
    cm_guess_add(&o->guesses, "separator", options->delimiter ? "given" : "header", "%s", separator_name(separator));
    return cm_csv_begin(ctx, o->csv, separator, o->columns.n);
}

static castmap_status open_json(castmap_context *ctx, cm_opening *o, const char *file)
{
    size_t n;
    castmap_status status = cm_geojson_open(ctx, o->input, file, &o->geojson);

    if (status)
        return status;
    const cm_csv_field *names = cm_geojson_columns(o->geojson, &n);
    return cm_columns_init(ctx, file, names, n, &o->columns);
}

static castmap_status settle_zone(castmap_context *ctx, castmap_project *project, const castmap_import_options *options,
                                  cm_opening *o)
{
    char *own = NULL;
    const char *name = options->time_zone ? options->time_zone : o->mapping.zone;
    const char *why = options->time_zone ? "given" : "the form tool writes it so";
    castmap_status status = CASTMAP_OK;

    if (!name) {
        status = cm_setting_get(ctx, project, "time_zone", &own);
        name = own ? own : "UTC";
        why = own ? "of the project" : "default";
    }
    if (!status)
        status = cm_zone_open(ctx, name, &o->zone);
    if (!status && (o->mapping.column[CM_ROLE_TIME] != CM_NO_COLUMN))
        cm_guess_add(&o->guesses, "time zone", why, "%s, for times without an offset", name);
    free(own);
    return status;
}

/* The system of x and y columns, and the working CRS against which places are checked. */
static castmap_status settle_systems(castmap_context *ctx, castmap_project *project, const castmap_import_options *options,
                                     const char *file, cm_opening *o)
{
    const char *working = cm_project_crs(project);
    const char *crs = options->crs;
    const char *why = "given";
    castmap_status status = CASTMAP_OK;

    if (working && *working)
        status = cm_projection_new(ctx, working, false, &o->working);
    if (status || o->mapping.column[CM_ROLE_X] == CM_NO_COLUMN)
        return status;
    if (!crs && o->mapping.metres_by_name) {
        crs = "EPSG:27700";
        why = "column name";
    }
    if (!crs && working && *working) {
        crs = working;
        why = "of the project";
    }
    if (!crs) {
        status = cm_fail(ctx, CASTMAP_E_INPUT, "eastings and northings, but of which coordinate system?");
        cm_fail_where(ctx, "%s:1", file);
        cm_fail_hint(ctx, "say it: --crs EPSG:27700 for the British National Grid");
        return status;
    }
    cm_guess_add(&o->guesses, "coordinate system", why, "%s", crs);
    return cm_projection_new(ctx, crs, false, &o->metres);
}

/* "x" and "y" without a stated system, or with a geographic one, are degrees. */
static void settle_degrees(const castmap_import_options *options, const cm_opening *o, cm_mapping *mapping)
{
    const int x = mapping->column[CM_ROLE_X], y = mapping->column[CM_ROLE_Y];
    const bool geographic = options->crs && (strcmp(options->crs, "EPSG:4326") == 0 || strcmp(options->crs, "OGC:CRS84") == 0);

    if (x == CM_NO_COLUMN || y == CM_NO_COLUMN || (options->crs && !geographic))
        return;
    if (!geographic && (strcmp(o->columns.key[x], "x") != 0 || strcmp(o->columns.key[y], "y") != 0))
        return;
    mapping->column[CM_ROLE_LON] = x;
    mapping->column[CM_ROLE_LAT] = y;
    mapping->why[CM_ROLE_LON] = mapping->why[CM_ROLE_LAT] = "degrees, as no other coordinate system was given";
    mapping->column[CM_ROLE_X] = mapping->column[CM_ROLE_Y] = CM_NO_COLUMN;
}

static void describe_input(cm_opening *o, const castmap_import_options *options)
{
    const char *why = options->encoding                   ? "given"
                      : cm_text_input_marked(o->input)    ? "byte-order mark"
                                                          : "default, checked in every row";

    snprintf(o->format, sizeof o->format, "%s %s%s", o->mapping.profile->title,
             o->geojson ? "GeoJSON" : "CSV", cm_text_input_packed(o->input) ? ", gzip" : "");
    cm_guess_add(&o->guesses, "format", options->profile ? "given" : "header", "%s", o->format);
    cm_guess_add(&o->guesses, "encoding", why, "%s", cm_encoding_name(cm_text_input_encoding(o->input)));
}

castmap_status cm_opening_make(castmap_context *ctx, castmap_project *project, const castmap_import_options *options,
                               cm_opening *out)
{
    const char *file = cm_base_name(options->path);
    cm_opening o = {0};
    castmap_status status;
    bool json;

    status = cm_text_input_open(ctx, options->path, options->follow_links, options->encoding, &o.input);
    if (status)
        goto done;
    status = look_at_content(ctx, o.input, file, &json);
    if (status)
        goto done;
    status = json ? open_json(ctx, &o, file) : open_table(ctx, &o, options, file);
    if (status)
        goto done;
    status = cm_recognise(ctx, &o.columns, options, json, &o.mapping);
    if (status)
        goto done;
    settle_degrees(options, &o, &o.mapping);
    status = json ? CASTMAP_OK : cm_mapping_check(ctx, file, &o.columns, &o.mapping);
    if (status)
        goto done;
    describe_input(&o, options);
    o.keep = cm_alloc(options->n_map, sizeof *o.keep);
    if (!o.keep) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    status = cm_recognise_kept(ctx, &o.columns, options, o.keep, &o.n_keep);
    if (status)
        goto done;
    cm_mapping_show(&o.columns, &o.mapping, o.keep, o.n_keep, &o.guesses);
    status = settle_zone(ctx, project, options, &o);
    if (status)
        goto done;
    status = settle_systems(ctx, project, options, file, &o);
    if (status)
        goto done;
    status = cm_categories_open(ctx, options->categories, &o.categories);
    if (status)
        goto done;
    if (options->categories)
        cm_guess_add(&o.guesses, "categories", "given", "%zu from %s", cm_categories_count(o.categories),
                     cm_base_name(options->categories));
    if (o.guesses.failed)
        status = cm_fail_memory(ctx);
done:
    if (status)
        cm_opening_clear(&o);
    else
        *out = o;
    return status;
}

void cm_opening_clear(cm_opening *o)
{
    cm_csv_close(o->csv);
    cm_geojson_close(o->geojson);
    cm_text_input_close(o->input);
    cm_columns_clear(&o->columns);
    cm_zone_free(o->zone);
    cm_categories_free(o->categories);
    cm_projection_free(o->metres);
    cm_projection_free(o->working);
    cm_guesses_clear(&o->guesses);
    free(o->keep);
    *o = (cm_opening){0};
}
