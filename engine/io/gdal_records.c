/*
 * io/gdal_records.c - point layers and sheets, record by record, out of GDAL in the parsing process.
 *
 * Whatever GDAL warns of while it reads a record refuses that record. Cells of a sheet come as text; days, numbers and blank rows are put into the forms that the rest
 * of castmap reads.
 */
#include "base/decimal.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "io/gdal_child.h"
#include "io/record_frames.h"
#include "io/record_zip.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LAYERS 1000
#define LONGEST_DBF_TEXT 254
#define EARLIEST_S 1e8 /* a measure under it is no time: it may be metres */

/* Exported by GDAL; its header for them is C++ only. */
extern void RegisterOGRFlatGeobuf(void);
extern void RegisterOGRXLSX(void);
extern void RegisterOGRODS(void);

typedef struct reader {
    cm_gdal_child      gdal;
    cm_record_sender  *sender;
    const char        *wanted;   /* layer or sheet; NULL: the only one, or the first sheet */
    bool               sheet, dbf, lines; /* lines are places too */
    bool               fixes;    /* the points of lines are the records, and nothing else is one */
    int                n_own;    /* columns before those of the layer: where a fix belongs, and its time */
    size_t             others;   /* features that are no lines */
    int64_t            n_fixes;
    OGRLayerH          layer;
    int                n_layers, n_fields;
    char             **value;    /* owned [n_own + n_fields]: texts of the record in hand */
    size_t             with_height, full_texts, midnights, blanks;
    int64_t            first_blank;
} reader;

static bool may_be_places(const reader *r, OGRLayerH layer)
{
    const OGRwkbGeometryType type = wkbFlatten(OGR_L_GetGeomType(layer));

    if (r->fixes && type != wkbUnknown && type != wkbGeometryCollection)
        return type == wkbLineString || type == wkbMultiLineString;
    if (r->lines && (type == wkbLineString || type == wkbMultiLineString || type == wkbNone))
        return true;
    return type == wkbPoint || type == wkbMultiPoint || type == wkbUnknown || type == wkbGeometryCollection;
}

static int choose_layer(reader *r)
{
    const int n = GDALDatasetGetLayerCount(r->gdal.dataset);
    int candidates = 0;

    if (n == 0)
        return cm_worker_fail(r->gdal.pipe, CASTMAP_E_INPUT, "", "the file holds no %s", r->sheet ? "sheet" : "layer");
    if (n > MAX_LAYERS && !r->wanted)
        return cm_gdal_fail_layers(&r->gdal, CASTMAP_E_LIMIT, "the file holds more than 1000 layers");
    for (int i = 0; i < n; i++) {
        OGRLayerH layer = GDALDatasetGetLayer(r->gdal.dataset, i);
        const bool fits = r->sheet ? OGR_FD_GetFieldCount(OGR_L_GetLayerDefn(layer)) > 0 : may_be_places(r, layer);
        if (r->wanted ? strcmp(OGR_L_GetName(layer), r->wanted) != 0 : !fits)
            continue;
        if (!r->layer)
            r->layer = layer;
        candidates++;
    }
    r->n_layers = candidates;
    if (candidates == 1 || (candidates > 1 && r->sheet))
        return 0;
    if (r->wanted)
        return cm_gdal_fail_layers(&r->gdal, CASTMAP_E_NOT_FOUND, r->sheet ? "the file has no sheet of that name" : "the file has no layer of that name");
    if (r->sheet)
        return cm_worker_fail(r->gdal.pipe, CASTMAP_E_INPUT, "the first row of the sheet must hold the column names", "every sheet is empty");
    return cm_gdal_fail_layers(&r->gdal, candidates ? CASTMAP_E_INPUT : CASTMAP_E_UNSUPPORTED, candidates ? "the file holds several layers that may be read"
                                                              : r->fixes ? "no layer holds lines"
                                                              : r->lines ? "no layer holds points or lines" : "no layer holds points");
}

static int send_table(reader *r)
{
    OGRFeatureDefnH form = OGR_L_GetLayerDefn(r->layer);
    OGRSpatialReferenceH srs = OGR_L_GetSpatialRef(r->layer);
    cm_stream_table table = {.format = r->gdal.format, .placed = !r->sheet && OGR_L_GetGeomType(r->layer) != wkbNone, .sheet = r->sheet};
    cm_csv_field *column;
    char crs[64];
    int result;

    static const char *const OWN[] = {CM_FIX_TRACK, CM_FIX_PIECE, "time"};
    r->n_fields = OGR_FD_GetFieldCount(form);
    r->fixes = r->fixes && !r->sheet;
    r->n_own = r->fixes ? 3 : 0;
    const size_t n = (size_t)(r->n_own + r->n_fields);
    r->value = cm_alloc_zero(n, sizeof *r->value);
    column = cm_alloc_zero(n, sizeof *column);
    if (!r->value || !column) {
        free(column);
        return cm_gdal_out_of_memory(&r->gdal);
    }
    cm_gdal_name_crs(srs, crs, sizeof crs);
    for (int i = 0; i < r->n_own; i++)
        column[i] = (cm_csv_field){OWN[i], strlen(OWN[i])};
    for (int i = 0; i < r->n_fields; i++) {
        const char *name = OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(form, i));
        cm_csv_field *own = &column[r->n_own + i];
        *own = (cm_csv_field){name, strlen(name)};
        if (cm_utf8_valid(name, own->length) < own->length)
            own->length = 0;
    }
    table.layer = OGR_L_GetName(r->layer);
    table.layers = (size_t)r->n_layers;
    table.crs = r->sheet ? "" : crs;
    table.crs_name = srs && !r->sheet ? OSRGetName(srs) : "";
    table.column = column;
    table.n_columns = n;
    result = cm_send_table(r->sender, &table);
    free(column);
    return result;
}

/* ISO text of a date or time field; the offset only where the field says one. */
static char *time_text(OGRFeatureH feature, int field, OGRFieldType type)
{
    int year, month, day, hour, minute, zone;
    float second;
    char text[64];
    int n;

    if (!OGR_F_GetFieldAsDateTimeEx(feature, field, &year, &month, &day, &hour, &minute, &second, &zone))
        return cm_copy_text(OGR_F_GetFieldAsString(feature, field));
    if (type == OFTDate) {
        snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
        return cm_copy_text(text);
    }
    n = snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d", year, month, day, hour, minute, (int)second);
    if (zone > 1) { /* 100 is UTC, each step a quarter of an hour */
        const int minutes = (zone - 100) * 15, size = minutes < 0 ? -minutes : minutes;
        snprintf(text + n, sizeof text - (size_t)n, "%c%02d:%02d", minutes < 0 ? '-' : '+', size / 60, size % 60);
    }
    return cm_copy_text(text);
}

static bool digits_at(const char *text, const char *form)
{
    for (; *form; form++, text++)
        if (*form == '9' ? *text < '0' || *text > '9' : *text != *form)
            return false;
    return *text == '\0';
}

/*
 * A cell as a person sees it: the binary noise of numbers taken off (51.507399999999997), days in ISO form. A sheet does not tell a day from its midnight, so
 * midnight is read as the day: that widens a time, and never shifts it.
 */
static char *cell_text(reader *r, const char *text)
{
    const char *point = strchr(text, '.');
    double number;

    if (point && strlen(point) > 13 && cm_decimal_parse(text, strlen(text), &number)) {
        char shortest[CM_DECIMAL_SIZE], rounded[48];
        snprintf(rounded, sizeof rounded, "%.15g", number);
        if (cm_decimal_parse(rounded, strlen(rounded), &number))
            cm_decimal_shortest(number, shortest);
        else
            return cm_copy_text(text);
        return cm_copy_text(shortest);
    }
    if (digits_at(text, "9999/99/99") || digits_at(text, "9999/99/99 99:99:99") || digits_at(text, "9999-99-99T99:99:99")) {
        char *copy = cm_copy_text(text);
        if (copy) {
            copy[4] = copy[7] = '-';
            if (strcmp(copy + 10, " 00:00:00") == 0 || strcmp(copy + 10, "T00:00:00") == 0) {
                copy[10] = '\0';
                r->midnights++;
            }
        }
        return copy;
    }
    return cm_copy_text(text);
}

static char *field_text(reader *r, OGRFeatureH feature, int i)
{
    const OGRFieldType type = OGR_Fld_GetType(OGR_F_GetFieldDefnRef(feature, i));
    char number[CM_DECIMAL_SIZE];
    const char *text;

    if (!OGR_F_IsFieldSetAndNotNull(feature, i))
        return NULL;
    if (type == OFTDate || type == OFTDateTime)
        return time_text(feature, i, type);
    if (type == OFTReal) {
        cm_decimal_shortest(OGR_F_GetFieldAsDouble(feature, i), number);
        return cm_copy_text(number);
    }
    text = OGR_F_GetFieldAsString(feature, i);
    if (r->dbf && strlen(text) >= LONGEST_DBF_TEXT)
        r->full_texts++;
    return r->sheet ? cell_text(r, text) : cm_copy_text(text);
}

/* A line by its two ends. */
static cm_record_fault take_line(reader *r, OGRGeometryH shape, cm_child_record *record)
{
    if (wkbFlatten(OGR_G_GetGeometryType(shape)) == wkbMultiLineString) {
        if (OGR_G_GetGeometryCount(shape) != 1)
            return CM_RECORD_SEVERAL_LINES;
        shape = OGR_G_GetGeometryRef(shape, 0);
    }
    const int n = OGR_G_GetPointCount(shape);
    if (n < 2)
        return CM_RECORD_NO_PLACE;
    r->with_height += OGR_G_GetGeometryType(shape) != wkbLineString;
    record->x = OGR_G_GetX(shape, 0);
    record->y = OGR_G_GetY(shape, 0);
    record->end_x = OGR_G_GetX(shape, n - 1);
    record->end_y = OGR_G_GetY(shape, n - 1);
    if (!isfinite(record->x) || !isfinite(record->y) || !isfinite(record->end_x) || !isfinite(record->end_y))
        return CM_RECORD_BAD_NUMBER;
    record->line = true;
    record->place = CM_RECORD_LAYER;
    record->decimals = 9;
    return CM_RECORD_FINE;
}

static cm_record_fault take_place(reader *r, OGRFeatureH feature, cm_child_record *record)
{
    OGRGeometryH shape = OGR_F_GetGeometryRef(feature);

    if (!shape || OGR_G_IsEmpty(shape))
        return CM_RECORD_NO_PLACE;
    const OGRwkbGeometryType type = wkbFlatten(OGR_G_GetGeometryType(shape));
    if (r->fixes && type != wkbUnknown && type != wkbGeometryCollection)
        return type == wkbLineString || type == wkbMultiLineString;
    if (r->lines && (type == wkbLineString || type == wkbMultiLineString))
        return take_line(r, shape, record);
    if (type == wkbMultiPoint) {
        if (OGR_G_GetGeometryCount(shape) != 1)
            return CM_RECORD_SEVERAL_POINTS;
        shape = OGR_G_GetGeometryRef(shape, 0);
    }
    if (wkbFlatten(OGR_G_GetGeometryType(shape)) != wkbPoint)
        return CM_RECORD_NOT_A_POINT;
    if (OGR_G_GetGeometryType(shape) != wkbPoint)
        r->with_height++;
    record->x = OGR_G_GetX(shape, 0);
    record->y = OGR_G_GetY(shape, 0);
    if (!isfinite(record->x) || !isfinite(record->y))
        return CM_RECORD_BAD_NUMBER;
    record->place = CM_RECORD_LAYER;
    const uint32_t a = cm_decimals_of(record->x), b = cm_decimals_of(record->y);
    record->decimals = a > b ? a : b;
    return CM_RECORD_FINE;
}

/* Blank rows are told when a row follows, and forgotten at the end. */
static int send_blanks(reader *r)
{
    for (int i = 0; i < r->n_fields; i++) {
        free(r->value[i]);
        r->value[i] = NULL;
    }
    for (; r->blanks; r->blanks--) {
        const cm_child_record blank = {.row = r->first_blank++, .fault = CM_RECORD_BLANK, .text = ""};
        if (cm_send_record(r->sender, &blank, (const char *const *)r->value) != 0)
            return -1;
    }
    return 0;
}

static int send_record(reader *r, OGRFeatureH feature, int64_t number)
{
    cm_child_record record = {.row = r->sheet ? (int64_t)OGR_F_GetFID(feature) : number};
    bool blank = r->sheet;

    for (int i = 0; i < r->n_fields && blank; i++)
        blank = !OGR_F_IsFieldSetAndNotNull(feature, i) || !*OGR_F_GetFieldAsString(feature, i);
    if (blank) {
        if (r->blanks++ == 0)
            r->first_blank = record.row;
        return 0;
    }
    if (r->blanks && send_blanks(r) != 0)
        return -1;
    if (!r->sheet && OGR_L_GetGeomType(r->layer) != wkbNone)
        record.fault = take_place(r, feature, &record);
    for (int i = 0; i < r->n_fields; i++) {
        free(r->value[i]);
        r->value[i] = field_text(r, feature, i);
    }
    if (r->gdal.complaint[0]) {
        record.fault = CM_RECORD_UNREADABLE;
        record.detail = r->gdal.complaint;
    }
    return cm_send_record(r->sender, &record, (const char *const *)r->value);
}

/* ---- fixes ------------------------------------------------------------------------------------------------------ */

static int set_number(reader *r, int column, double value)
{
    char text[CM_DECIMAL_SIZE];

    cm_decimal_shortest(value, text);
    free(r->value[column]);
    r->value[column] = cm_copy_text(text);
    return r->value[column] ? 0 : cm_gdal_out_of_memory(&r->gdal);
}

/* The points of one line. A measure is the time where it can be one: seconds since 1970. */
static int send_line_fixes(reader *r, OGRGeometryH line)
{
    const int n = OGR_G_GetPointCount(line);
    const bool measured = OGR_G_IsMeasured(line);

    for (int k = 0; k < n; k++) {
        cm_child_record record = {.row = ++r->n_fixes, .place = CM_RECORD_LAYER, .x = OGR_G_GetX(line, k), .y = OGR_G_GetY(line, k), .decimals = 9, .text = ""};
        const double time_s = measured ? OGR_G_GetM(line, k) : 0.0;
        free(r->value[2]);
        r->value[2] = NULL;
        if (measured && isfinite(time_s) && time_s > EARLIEST_S && set_number(r, 2, time_s) != 0)
            return -1;
        if (!isfinite(record.x) || !isfinite(record.y)) {
            record.fault = CM_RECORD_BAD_NUMBER;
            record.place = CM_RECORD_UNPLACED;
        }
        if (cm_send_record(r->sender, &record, (const char *const *)r->value) != 0)
            return -1;
        for (int i = 0; i < r->n_fields; i++) { /* said once, with the first */
            free(r->value[r->n_own + i]);
            r->value[r->n_own + i] = NULL;
        }
    }
    return 0;
}

static int send_fixes(reader *r, OGRFeatureH feature, int64_t number)
{
    OGRGeometryH shape = OGR_F_GetGeometryRef(feature);
    const OGRwkbGeometryType type = shape ? wkbFlatten(OGR_G_GetGeometryType(shape)) : wkbNone;
    const int lines = type == wkbMultiLineString ? OGR_G_GetGeometryCount(shape) : 1;

    if (r->gdal.complaint[0] || (type != wkbLineString && type != wkbMultiLineString)) {
        r->others++;
        return 0;
    }
    for (int i = 0; i < r->n_fields; i++) {
        free(r->value[r->n_own + i]);
        r->value[r->n_own + i] = field_text(r, feature, i);
    }
    if (set_number(r, 0, (double)number) != 0)
        return -1;
    for (int i = 0; i < lines; i++) {
        if (set_number(r, 1, i + 1) != 0 || send_line_fixes(r, type == wkbMultiLineString ? OGR_G_GetGeometryRef(shape, i) : shape) != 0)
            return -1;
    }
    return 0;
}

static int send_records(reader *r)
{
    int64_t number = 0;

    OGR_L_ResetReading(r->layer);
    for (;;) {
        r->gdal.complaint[0] = '\0';
        OGRFeatureH feature = OGR_L_GetNextFeature(r->layer);
        if (!feature)
            break;
        number++;
        const int result = r->fixes ? send_fixes(r, feature, number) : send_record(r, feature, number);
        OGR_F_Destroy(feature);
        if (result != 0)
            return result;
    }
    if (r->gdal.complaint[0])
        return cm_worker_fail(r->gdal.pipe, CASTMAP_E_INPUT, "", "reading stopped early: %s", r->gdal.complaint);
    return 0;
}

static int send_notes(reader *r)
{
    const struct {
        const char *code, *words;
        size_t      count;
    } notes[] = {
        {"height-dropped", "places with a height or measure; only the place is kept", r->with_height},
        {"text-may-be-cut", "texts as long as the format allows; they may have been cut", r->full_texts},
        {"day-in-sheet", "cells with a day, or a time of midnight, which a sheet does not tell apart: read as the day", r->midnights},
        {"waypoints-passed-over", "features that are no lines; castmap import reads points", r->others},
        {"blank-end", "blank rows at the end, passed over", r->blanks},
    };

    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        if (notes[i].count && cm_send_note(r->sender, notes[i].code, notes[i].words, notes[i].count) != 0)
            return -1;
    return 0;
}

/* What the attributes of a Shapefile are written in, where neither it nor a .cpg says so: UTF-8 if all of it is, else Windows-1252. */
static const char *dbf_encoding(const cm_input_parts *parts)
{
    const cm_input_part *dbf = &parts->part[CM_PART_DBF];

    if (!dbf->bytes || dbf->size < 32 || parts->part[CM_PART_CPG].bytes || dbf->bytes[29] != 0)
        return NULL;
    const char *text = (const char *)dbf->bytes + 32; /* numbers before it may be any bytes */
    const size_t length = (size_t)dbf->size - 32;
    return cm_utf8_valid(text, length) == length ? "UTF-8" : "CP1252";
}

static int read_layers(reader *r, const char *driver, const char *name, const char *const *options)
{
    if (cm_gdal_open(&r->gdal, driver, name, options) != 0 || choose_layer(r) != 0 || send_table(r) != 0 || send_records(r) != 0)
        return -1;
    return send_notes(r);
}

static int read_shapefile(reader *r)
{
    const char *driver, *name, *encoding = dbf_encoding(r->gdal.parts);
    char option[32];
    const char *const options[] = {option, NULL};

    r->dbf = true;
    if (cm_gdal_take_shapefile(&r->gdal, &driver, &name) != 0)
        return -1;
    snprintf(option, sizeof option, "ENCODING=%s", encoding ? encoding : "");
    if (encoding && cm_send_note(r->sender, "attribute-encoding", strcmp(encoding, "UTF-8") == 0
                                     ? "the attributes do not say their encoding: read as UTF-8, which all of them are"
                                     : "the attributes do not say their encoding and are no UTF-8: read as Windows-1252", 1) != 0)
        return -1;
    return read_layers(r, driver, name, encoding ? options : NULL);
}

/* A workbook whose parts were unpacked and checked already; GDAL unpacks them once more itself. */
static int read_workbook(reader *r, bool xlsx)
{
    static const char *const SETTINGS[][2] = {
        {"OGR_XLSX_HEADERS", "FORCE"}, {"OGR_XLSX_FIELD_TYPES", "STRING"}, {"OGR_ODS_HEADERS", "FORCE"}, {"OGR_ODS_FIELD_TYPES", "STRING"}};
    const cm_input_part *part = &r->gdal.parts->part[CM_PART_MAIN];
    const char *name = xlsx ? "/vsimem/in/book.xlsx" : "/vsimem/in/book.ods";

    for (size_t i = 0; i < sizeof SETTINGS / sizeof *SETTINGS; i++)
        CPLSetConfigOption(SETTINGS[i][0], SETTINGS[i][1]);
    r->sheet = true;
    r->gdal.format = xlsx ? "XLSX" : "ODS";
    if (xlsx)
        RegisterOGRXLSX();
    else
        RegisterOGRODS();
    if (cm_gdal_place(&r->gdal, name, part->bytes, (size_t)part->size) != 0)
        return -1;
    return read_layers(r, xlsx ? "XLSX" : "ODS", name, NULL);
}

int cm_gdal_record_child(cm_record_sender *sender, cm_stream_job *job)
{
    static const char *const GPKG_OPTIONS[] = {"LIST_ALL_TABLES=NO", NULL};
    reader r = {.gdal = {.pipe = sender->pipe, .parts = job->parts}, .sender = sender, .wanted = job->options->layer, .lines = job->options->lines,
                .fixes = job->options->fixes};
    const char *driver, *name;
    cm_record_zip inside;

    if (cm_gdal_child_begin(&r.gdal) != 0)
        return -1;
    switch (job->parts->content) {
    case CM_CONTENT_SQLITE:
        if (cm_gdal_take_geopackage(&r.gdal, &driver, &name) != 0)
            return -1;
        return read_layers(&r, driver, name, GPKG_OPTIONS);
    case CM_CONTENT_SHAPEFILE:
        return read_shapefile(&r);
    case CM_CONTENT_FLATGEOBUF:
        RegisterOGRFlatGeobuf();
        r.gdal.format = "FlatGeobuf";
        name = "/vsimem/in/layer.fgb";
        if (cm_gdal_place(&r.gdal, name, job->parts->part[CM_PART_MAIN].bytes, (size_t)job->parts->part[CM_PART_MAIN].size) != 0)
            return -1;
        return read_layers(&r, "FlatGeobuf", name, NULL);
    default:
        break;
    }
    if (cm_record_zip_open(sender->pipe, job->parts, job->options->member, &inside) != 0)
        return -1;
    if (inside.kind == CM_ZIP_KML)
        return cm_xml_record_child(sender, job, inside.bytes, inside.length, "KMZ");
    if (inside.kind == CM_ZIP_SHAPEFILE)
        return read_shapefile(&r);
    return read_workbook(&r, inside.kind == CM_ZIP_XLSX);
}
