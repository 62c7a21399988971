/*
 * project/ingest/source.c - rows of a table, features, records of foreign formats and places of a chat, all as records.
 */
#include "project/ingest/source.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static cm_flaw fault_flaw(const cm_csv_row *row, size_t n_columns, char *detail, size_t size)
{
    switch (row->fault) {
    case CM_CSV_FINE:
        break;
    case CM_CSV_BLANK:
        return CM_FLAW("blank-line", "a blank line between rows");
    case CM_CSV_TOO_FEW:
        snprintf(detail, size, "%zu fields, expected %zu", row->n_fields, n_columns);
        return CM_FLAW("too-few-fields", "fewer fields than the header has");
    case CM_CSV_TOO_MANY:
        snprintf(detail, size, "%zu fields, expected %zu", row->n_fields, n_columns);
        return CM_FLAW("too-many-fields", "more fields than the header has");
    case CM_CSV_STRAY_QUOTE:
        snprintf(detail, size, "a quote inside field %zu, which does not begin with one", row->fault_field);
        return CM_FLAW("stray-quote", "a quote inside a field that does not begin with one");
    case CM_CSV_AFTER_QUOTE:
        snprintf(detail, size, "text after the closing quote of field %zu", row->fault_field);
        return CM_FLAW("text-after-quote", "text after a closing quote");
    case CM_CSV_BARE_CR:
        return CM_FLAW("bare-carriage-return", "a carriage return that ends no line");
    }
    return CM_FLAW(NULL, NULL);
}

static castmap_status next_feature(castmap_context *ctx, const cm_source *source, cm_record *record, bool *more)
{
    cm_geojson_feature feature;
    castmap_status status = cm_geojson_next(ctx, source->geojson, &feature, more);

    if (status || !*more)
        return status;
    record->row = feature.number;
    record->field = feature.field;
    record->text = feature.text;
    record->length = feature.length;
    record->flaw = CM_FLAW(feature.fault_code, feature.fault_reason);
    record->located = true;
    record->lon = feature.lon;
    record->lat = feature.lat;
    record->decimals = feature.decimals;
    record->line = feature.line;
    record->end_lon = feature.end_lon;
    record->end_lat = feature.end_lat;
    return CASTMAP_OK;
}

static castmap_status next_of_stream(castmap_context *ctx, const cm_source *source, cm_record *record, bool *more)
{
    cm_stream_record r;
    castmap_status status = cm_stream_next(ctx, source->stream, &r, more);

    if (status || !*more)
        return status;
    record->row = r.row;
    record->field = r.field;
    record->text = r.text;
    record->length = r.length;
    record->flaw = CM_FLAW(r.fault_code, r.fault_reason);
    if (r.fault_code)
        snprintf(record->detail, sizeof record->detail, "%s", r.detail);
    record->located = r.place != CM_RECORD_UNPLACED;
    record->metres = r.place == CM_RECORD_LAYER && source->layer_metres;
    record->lon = r.x;
    record->lat = r.y;
    record->decimals = record->metres ? 9 : r.decimals;
    record->line = r.line;
    record->end_lon = r.end_x;
    record->end_lat = r.end_y;
    return CASTMAP_OK;
}

static castmap_status next_of_chat(castmap_context *ctx, const cm_source *source, cm_record *record, bool *more)
{
    cm_chat_record r;
    castmap_status status = cm_chat_next(ctx, source->chat, &r, more);

    if (status || !*more)
        return status;
    record->row = r.line;
    record->field = r.field;
    record->text = r.text;
    record->length = r.length;
    record->flaw = r.bad_date ? CM_FLAW("impossible-date", "there is no such day in the order of day and month that was given") : CM_FLAW(NULL, NULL);
    return CASTMAP_OK;
}

/* A row of HXL hashtags under the column names: "#date", "#geo+lat", ... in every cell that is not empty, and there are several. */
static bool is_hashtags(const cm_csv_field *field, size_t n)
{
    size_t tags = 0;

    for (size_t i = 0; i < n; i++) {
        if (field[i].length == 0)
            continue;
        const char *text = field[i].bytes;
        if (field[i].length < 2 || text[0] != '#' || !((text[1] >= 'a' && text[1] <= 'z') || (text[1] >= 'A' && text[1] <= 'Z')))
            return false;
        tags++;
    }
    return tags >= 2;
}

/* '=1+1 was =1+1 before it was written for a spreadsheet. */
static const cm_csv_field *without_guards(const cm_source *source, const cm_csv_row *row)
{
    const size_t n = row->n_fields < source->n_columns ? row->n_fields : source->n_columns;

    for (size_t i = 0; i < n; i++) {
        const cm_csv_field *cell = &row->field[i];
        const bool guarded = cell->length > 1 && cell->bytes[0] == '\'' && memchr("=+-@\t\r", cell->bytes[1], 6);
        source->unguarded[i] = guarded ? (cm_csv_field){cell->bytes + 1, cell->length - 1} : *cell;
    }
    return source->unguarded;
}

static castmap_status next_record(castmap_context *ctx, cm_source *source, cm_record *record, bool *more)
{
    castmap_status status;

    record->detail[0] = '\0';
    record->flaw_field = 0;
    record->located = record->metres = record->line = false;
    if (source->geojson)
        return next_feature(ctx, source, record, more);
    if (source->stream)
        return next_of_stream(ctx, source, record, more);
    if (source->chat)
        return next_of_chat(ctx, source, record, more);
    cm_csv_row row;
    status = cm_csv_next(ctx, source->csv, &row, more);
    if (status || !*more)
        return status;
    record->row = row.line;
    record->field = source->unguarded ? without_guards(source, &row) : row.field;
    record->text = row.text;
    record->length = row.length;
    record->flaw_field = row.fault_field;
    record->flaw = fault_flaw(&row, source->n_columns, record->detail, sizeof record->detail);
    return CASTMAP_OK;
}

castmap_status cm_source_next(castmap_context *ctx, cm_source *source, cm_record *record, bool *more)
{
    const bool first = !source->begun;
    castmap_status status = next_record(ctx, source, record, more);

    source->begun = true;
    if (!first || status || !*more || record->located || record->flaw.code || !is_hashtags(record->field, source->n_columns))
        return status;
    source->hashtags = true;
    return next_record(ctx, source, record, more);
}
