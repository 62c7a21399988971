/*
 * project/ingest/source.c - rows of a table or features of a GeoJSON file as records.
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

castmap_status cm_source_next(castmap_context *ctx, const cm_source *source, cm_record *record, bool *more)
{
    castmap_status status;

    record->detail[0] = '\0';
    record->flaw_field = 0;
    record->located = false;
    if (source->geojson) {
        cm_geojson_feature feature;
        status = cm_geojson_next(ctx, source->geojson, &feature, more);
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
        return CASTMAP_OK;
    }
    cm_csv_row row;
    status = cm_csv_next(ctx, source->csv, &row, more);
    if (status || !*more)
        return status;
    record->row = row.line;
    record->field = row.field;
    record->text = row.text;
    record->length = row.length;
    record->flaw_field = row.fault_field;
    record->flaw = fault_flaw(&row, source->n_columns, record->detail, sizeof record->detail);
    return CASTMAP_OK;
}
