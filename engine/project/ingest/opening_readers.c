/*
 * project/ingest/opening_readers.c - a reader for each kind of content: tables of text, GeoJSON, chats, and records from a parsing process.
 */
#include "project/ingest/opening.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/text.h"
#include "io/zip_text.h"
#include "project/ingest/source_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *separator_name(char separator)
{
    return separator == ',' ? "comma" : separator == ';' ? "semicolon" : separator == '\t' ? "tab" : "other";
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
    bool placed = false;

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
        if (!status && !o->fits) /* a mapping that names columns fits under one separator only: its errors are told later */
            status = cm_recognise(ctx, &columns, options, NULL, false, &mapping);
        placed = !status && (o->fits ? o->fits(&columns, o->payload) : cm_mapping_placed(&mapping));
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
    if (splits && splits != ',' && !*separator && !o->fits) {
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

castmap_status cm_open_table(castmap_context *ctx, cm_opening *o, const castmap_import_options *options, const char *file)
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
    o->separator = separator;
    cm_guess_add(&o->guesses, "separator", options->delimiter ? "given" : "header", "%s", separator_name(separator));
    return cm_csv_begin(ctx, o->csv, separator, o->columns.n);
}

castmap_status cm_open_json(castmap_context *ctx, cm_opening *o, const char *file)
{
    size_t n;
    castmap_status status = cm_geojson_open(ctx, o->input, file, &o->geojson);

    if (status)
        return status;
    if (o->lines)
        cm_geojson_take_lines(o->geojson);
    cm_guess_add(&o->guesses, "values", "numbers are not rounded", "text, as written");
    const cm_csv_field *names = cm_geojson_columns(o->geojson, &n);
    return cm_columns_init(ctx, file, names, n, &o->columns);
}

/* "point layer", "sheet": which of several it is. */
static void tell_layer(cm_opening *o, const castmap_import_options *options, const cm_stream_table *table)
{
    char shown[96];

    if (!table->layer[0] || (table->layers < 2 && !table->sheet && !options->layer))
        return;
    cm_escape_display(table->layer, strlen(table->layer), shown, sizeof shown);
    if (table->layers > 1 && !options->layer)
        cm_guess_add(&o->guesses, "sheet", "the first; --layer names another", "\"%s\" of %zu", shown, table->layers);
    else
        cm_guess_add(&o->guesses, table->sheet ? "sheet" : "layer", options->layer ? "given" : "the only one", "\"%s\"", shown);
}

castmap_status cm_open_zip(castmap_context *ctx, cm_opening *o, const castmap_import_options *options)
{
    char name[128];
    int fd = -1;
    castmap_status status = CASTMAP_OK;

    if (!options->member)
        status = cm_zip_text_open(ctx, options->path, cm_text_input_fd(o->input), options->layer, &fd, name);
    else if (!cm_has_ending(options->member, ".shp")) /* several members: the parsing process takes them out of the zip itself */
        status = cm_zip_member_open(ctx, options->path, cm_text_input_fd(o->input), options->member, &fd, name);
    if (status || fd < 0)
        return status;
    o->zip = o->input;
    o->input = NULL;
    status = cm_text_input_open_fd(ctx, options->member ? o->file : options->path, fd, options->encoding, &o->input);
    if (!status && !options->member)
        cm_guess_add(&o->guesses, "member of the zip", options->layer ? "given" : "the only one", "\"%s\"", name);
    return status;
}

castmap_status cm_open_stream(castmap_context *ctx, cm_opening *o, const castmap_import_options *options, const char *file)
{
    const cm_stream_options how = {.layer = options->layer, .member = o->zip ? NULL : options->member, .follow = options->follow_links, .lines = o->lines};
    const int fd = cm_text_input_detach(o->input);
    castmap_status status;

    o->input = NULL;
    status = cm_stream_open(ctx, o->zip ? o->file : options->path, fd, &how, &o->stream);
    o->no_records = status == CASTMAP_E_UNSUPPORTED;
    if (status)
        return o->no_records ? CASTMAP_E_INPUT : status;
    const cm_stream_table *table = cm_stream_table_of(o->stream);
    tell_layer(o, options, table);
    return cm_columns_init(ctx, file, table->column, table->n_columns, &o->columns);
}

castmap_status cm_open_chat(castmap_context *ctx, castmap_project *project, cm_opening *o, const castmap_import_options *options, const char *file)
{
    unsigned char key[CM_SOURCE_KEY] = {0};
    const char *order = options->date_order;
    const cm_chat_order known = !order                      ? CM_CHAT_ORDER_UNKNOWN
                                : strcmp(order, "dmy") == 0 ? CM_CHAT_DAY_FIRST
                                : strcmp(order, "mdy") == 0 ? CM_CHAT_MONTH_FIRST
                                                            : CM_CHAT_YEAR_FIRST;
    size_t n;
    castmap_status status = options->no_names ? CASTMAP_OK : cm_source_key(ctx, project, key);

    if (!status)
        status = cm_chat_open(ctx, o->input, file, known, options->no_names ? NULL : key, options->no_names ? 0 : sizeof key, &o->chat);
    if (status)
        return status;
    cm_guess_add(&o->guesses, "people", options->no_names ? "given" : "names are dropped",
                 options->no_names ? "not told apart" : "each the same pseudonym in all chats of this project");
    const cm_csv_field *names = cm_chat_columns(&n);
    return cm_columns_init(ctx, file, names, n, &o->columns);
}
