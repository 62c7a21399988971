/*
 * project/ingest/opening.c - from a path to a reader and a mapping: content, encoding, separator, columns, zone, coordinate system.
 */
#include "project/ingest/opening.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/text.h"
#include "project/run_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

castmap_status cm_opening_zone(castmap_context *ctx, castmap_project *project, const castmap_import_options *options, bool timed, cm_opening *o)
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
    if (!status && timed)
        cm_guess_add(&o->guesses, "time zone", why, "%s, for times without an offset", name);
    free(own);
    return status;
}

static bool is_wgs84(const char *crs)
{
    return strcmp(crs, "EPSG:4326") == 0 || strcmp(crs, "OGC:CRS84") == 0;
}

/* The system of a layer whose records have places: as declared; given only where it is not. */
castmap_status cm_opening_layer_crs(castmap_context *ctx, const castmap_import_options *options, const char *file, cm_opening *o)
{
    const cm_stream_table *table = cm_stream_table_of(o->stream);
    const char *declared = table->crs, *crs = declared;
    const bool open = strncmp(declared, "EPSG:", 5) != 0 && strncmp(declared, "ESRI:", 5) != 0 && strncmp(declared, "OGC:", 4) != 0;
    castmap_status status = CASTMAP_OK;

    if (strcmp(table->format, "KML") == 0 || strcmp(table->format, "KMZ") == 0 || strcmp(table->format, "GPX") == 0 ||
        strcmp(table->format, "JPEG photo") == 0)
        return CASTMAP_OK; /* WGS 84 by their standards */
    if (open && !options->crs)
        status = declared[0] ? cm_fail(ctx, CASTMAP_E_INPUT, "the coordinate system of the layer has no code that is known (%s, %.80s)", declared,
                                       table->crs_name)
                             : cm_fail(ctx, CASTMAP_E_INPUT, "the layer does not say its coordinate system (a Shapefile says it in its .prj)");
    else if (!open && options->crs && strcmp(options->crs, declared) != 0 && !(is_wgs84(options->crs) && is_wgs84(declared)))
        status = cm_fail(ctx, CASTMAP_E_INPUT, "the layer declares %s, not %s", declared, options->crs);
    if (status) {
        cm_fail_where(ctx, "%s", file);
        cm_fail_hint(ctx, "name it where you know it: --crs EPSG:27700 for the British National Grid, EPSG:4326 for longitude and latitude");
        return status;
    }
    if (options->crs)
        crs = options->crs;
    cm_guess_add(&o->guesses, "coordinate system", open ? "given" : "declared by the layer", "%s", crs);
    if (is_wgs84(crs))
        return CASTMAP_OK;
    o->layer_metres = true;
    return cm_projection_new(ctx, crs, true, &o->metres);
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
    if (!status && o->stream && cm_stream_table_of(o->stream)->placed)
        return cm_opening_layer_crs(ctx, options, file, o);
    const bool cell = o->mapping.column[CM_ROLE_POSITION] != CM_NO_COLUMN && crs && !is_wgs84(crs); /* "530000 180000" in one cell */
    if (status || (o->mapping.column[CM_ROLE_X] == CM_NO_COLUMN && !cell))
        return status;
    if (!crs && o->mapping.metres_by_name) {
        crs = o->mapping.metres_by_name;
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

const char *cm_opening_format(const cm_opening *o)
{
    if (o->stream)
        return cm_stream_table_of(o->stream)->format;
    if (o->geojson)
        return cm_geojson_is_sequence(o->geojson) ? "newline-delimited GeoJSON" : "GeoJSON";
    return o->chat ? "chat" : "CSV";
}

static void describe_input(cm_opening *o, const castmap_import_options *options)
{
    const bool own = o->mapping.profile->formats != NULL; /* the title says it all */
    char known_by[160];
    const char *why = known_by;

    snprintf(known_by, sizeof known_by, "%s%s", options->profile ? "given" : "known by ", options->profile ? "" : o->mapping.profile->fingerprint);
    if (o->stream && !own && o->mapping.profile == &CM_PROFILE_GENERIC)
        snprintf(o->format, sizeof o->format, "%s %s", cm_opening_format(o), cm_stream_table_of(o->stream)->sheet ? "sheet" : "layer");
    else
        snprintf(o->format, sizeof o->format, "%s%s%s%s", o->mapping.profile->title, own ? "" : " ", own ? "" : cm_opening_format(o),
                 o->zip && !options->member ? ", zip" : o->input && cm_text_input_packed(o->input) ? ", gzip" : "");
    if (options->recipe)
        cm_guess_add(&o->guesses, "recipe", "given", "%s", options->recipe);
    cm_guess_add(&o->guesses, "format", why, "%s", o->format);
    if (!o->input)
        return;
    why = options->encoding                ? "given"
          : o->converted                   ? "the text is no UTF-8; --encoding utf-8 refuses it instead"
          : cm_text_input_marked(o->input) ? "byte-order mark"
                                           : "default, checked in every row";
    cm_guess_add(&o->guesses, "encoding", why, "%s", cm_encoding_name(cm_text_input_encoding(o->input)));
}

static castmap_status foreign(castmap_context *ctx, const char *file, cm_content content)
{
    castmap_status status = cm_fail(ctx, CASTMAP_E_INPUT, "the content is %s, not a table", cm_content_words(content));

    cm_fail_where(ctx, "%s", file);
    cm_fail_hint(ctx, content == CM_CONTENT_OLD_SPREADSHEET ? "save the sheet as XLSX, ODS or CSV"
                      : content == CM_CONTENT_HEIC          ? "have the phone export the photo as JPEG"
                                                            : "give CSV, XLSX, ODS, GeoJSON, KML, GPX, a GeoPackage, a Shapefile or a JPEG photo");
    return status;
}

/* UTF-8, or Windows-1252 where it is plainly that. */
static castmap_status settle_encoding(castmap_context *ctx, const castmap_import_options *options, cm_opening *o)
{
    if (options->encoding || options->strict || cm_text_input_marked(o->input))
        return CASTMAP_OK;
    if (!o->suspect && cm_text_input_looks_utf8(o->input) && !cm_input_is_standard(options->path))
        return CASTMAP_OK; /* a byte far behind that is none is met by the reader: castmap_import() comes back with `suspect` */
    return cm_text_input_settle(ctx, o->input, &o->converted);
}

/* Members whose form is a zip itself. */
static bool holds_zip(const char *member)
{
    return cm_has_ending(member, ".xlsx") || cm_has_ending(member, ".ods") || cm_has_ending(member, ".kmz");
}

/* The reader that the content asks for; *placed: its records have places of their own. */
static castmap_status open_reader(castmap_context *ctx, castmap_project *project, const castmap_import_options *options, const char *file,
                                  cm_opening *o, bool *placed)
{
    size_t n;
    const unsigned char *bytes = cm_text_input_peek(o->input, &n);
    cm_content content = cm_text_input_encoding(o->input) == CM_ENCODING_UTF8 ? cm_content_of(bytes, n) : CM_CONTENT_OTHER;
    castmap_status status = CASTMAP_OK;

    *placed = false;
    if (content == CM_CONTENT_ZIP && !cm_text_input_packed(o->input))
        status = cm_open_zip(ctx, o, options);
    if (status)
        return status;
    if (o->zip) {
        bytes = cm_text_input_peek(o->input, &n);
        content = cm_text_input_encoding(o->input) == CM_ENCODING_UTF8 ? cm_content_of(bytes, n) : CM_CONTENT_OTHER;
    }
    if (cm_stream_reads(content)) {
        if (o->zip ? !options->member || (content == CM_CONTENT_ZIP && !holds_zip(options->member)) : cm_text_input_packed(o->input)) {
            status = cm_fail(ctx, CASTMAP_E_INPUT, "the content is %s inside %s", cm_content_words(content), o->zip ? "a zip, under the name of a text" : "gzip");
            cm_fail_where(ctx, "%s", file);
            cm_fail_hint(ctx, o->zip ? "unpack it first" : "unpack it first: gunzip FILE");
            return status;
        }
        status = cm_open_stream(ctx, o, options, file);
        *placed = !status && cm_stream_table_of(o->stream)->placed;
        return status;
    }
    if (!o->fits && cm_chat_looks(bytes, n)) {
        status = settle_encoding(ctx, options, o);
        return status ? status : cm_open_chat(ctx, project, o, options, file);
    }
    if (content == CM_CONTENT_JSON) {
        *placed = true;
        status = cm_open_json(ctx, o, file);
        o->no_records = status == CASTMAP_E_INPUT && options->member && cm_has_ending(options->member, ".json"); /* JSON of many kinds is called so */
        return status;
    }
    if (content != CM_CONTENT_OTHER && content != CM_CONTENT_EMPTY)
        return foreign(ctx, file, content);
    status = settle_encoding(ctx, options, o);
    return status ? status : cm_open_table(ctx, o, options, file);
}

/* "pack.zip", "standard input"; of a member "pack.zip/a/t.csv". */
static char *file_name(const castmap_import_options *options)
{
    const char *file = cm_input_name(options->path);
    cm_text name = CM_TEXT_INIT;

    if (!options->member)
        return cm_copy_text(file);
    cm_text_add_bytes(&name, file, strlen(file));
    cm_text_add_char(&name, '/');
    cm_text_add_bytes(&name, options->member, strlen(options->member));
    char *text = cm_text_take(&name);
    cm_text_clear(&name);
    return text;
}

castmap_status cm_opening_read(castmap_context *ctx, castmap_project *project, const castmap_import_options *options, cm_opening *o, bool *placed)
{
    castmap_status status;

    o->file = file_name(options);
    if (!o->file)
        return cm_fail_memory(ctx);
    status = cm_text_input_open(ctx, options->path, options->follow_links, options->encoding, &o->input);
    if (!status)
        status = open_reader(ctx, project, options, o->file, o, placed);
    if (status)
        cm_fail_where(ctx, "%s", o->file);
    return status;
}

castmap_status cm_opening_make(castmap_context *ctx, castmap_project *project, const castmap_import_options *options,
                               bool suspect, cm_opening *out)
{
    cm_opening o = {.suspect = suspect};
    castmap_status status;
    bool placed;

    status = cm_opening_read(ctx, project, options, &o, &placed);
    if (status)
        goto done;
    const char *file = o.file;
    status = cm_recognise(ctx, &o.columns, options, cm_opening_format(&o), placed, &o.mapping);
    if (status)
        goto done;
    settle_degrees(options, &o, &o.mapping);
    status = cm_settle_places(ctx, project, options, file, placed, &o);
    if (status)
        goto done;
    status = placed ? CASTMAP_OK : cm_mapping_check(ctx, file, &o.columns, &o.mapping);
    o.no_records = status == CASTMAP_E_INPUT;
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
    status = cm_opening_zone(ctx, project, options, o.mapping.column[CM_ROLE_TIME] != CM_NO_COLUMN, &o);
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
    if (status) {
        const bool no_records = o.no_records;
        if (o.file)
            cm_fail_where(ctx, "%s", o.file);
        cm_opening_clear(&o);
        out->no_records = no_records;
    } else {
        *out = o;
    }
    return status;
}

void cm_opening_clear(cm_opening *o)
{
    cm_csv_close(o->csv);
    cm_geojson_close(o->geojson);
    cm_stream_close(o->stream);
    cm_chat_close(o->chat);
    cm_text_input_close(o->input);
    cm_text_input_close(o->zip);
    cm_columns_clear(&o->columns);
    cm_zone_free(o->zone);
    cm_categories_free(o->categories);
    cm_place_index_free(o->places);
    cm_projection_free(o->metres);
    cm_projection_free(o->working);
    cm_guesses_clear(&o->guesses);
    free(o->keep);
    free(o->file);
    *o = (cm_opening){0};
}

int cm_opening_fd(const cm_opening *o)
{
    return o->zip ? cm_text_input_fd(o->zip) : o->stream ? cm_stream_fd(o->stream) : cm_text_input_fd(o->input);
}

double cm_opening_fraction(const cm_opening *o)
{
    return o->stream ? -1.0 : cm_text_input_fraction(o->input);
}

castmap_status cm_opening_unchanged(castmap_context *ctx, const cm_opening *o)
{
    return o->zip      ? cm_text_input_unchanged(ctx, o->zip)
           : o->stream ? cm_stream_unchanged(ctx, o->stream)
                       : cm_text_input_unchanged(ctx, o->input);
}

bool cm_opening_bad_text(const cm_opening *o)
{
    return (o->csv && cm_csv_bad_text(o->csv)) || (o->chat && cm_chat_bad_text(o->chat));
}
