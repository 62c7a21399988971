/*
 * runs/track_file.c - fixes out of GPX, KML, KMZ, TCX, GeoJSON and CSV; layers of lines are in track_layer.c.
 */
#include "runs/track_reading.h"

#include "base/decimal.h"
#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/text.h"
#include "io/geojson_lines.h"
#include "io/record_stream.h"
#include "project/ingest/columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_BETWEEN_CHECKS 8192

static const char *const ROLES[FIX_ROLES] = {"track", "person", "time", "lon", "lat", "piece"};
static const char *const WORDS[FIX_ROLES] = {
    "track trackid tripid trip routeid recording session",
    "person personid user userid device deviceid volunteer who",
    "time timestamp datetime recordedat fixtime utc date",
    "lon lng longitude long x",
    "lat latitude y",
    "segment piece segmentid",
};

const char *cm_fix_role_name(int role)
{
    return ROLES[role];
}

castmap_status cm_track_guess(cm_track_reading *r, const char *what, const char *value, const char *why)
{
    castmap_tracks_add_summary *s = r->summary;
    char shown[160];

    cm_escape_display(value, strlen(value), shown, sizeof shown);
    for (size_t i = 0; i < s->n_guesses; i++) { /* of many files alike it is said once */
        if (strcmp(s->guesses[i].what, what) == 0 && strcmp(s->guesses[i].value, shown) == 0)
            return CASTMAP_OK;
    }
    castmap_guess *grown = realloc(s->guesses, (s->n_guesses + 1) * sizeof *grown);
    if (!grown)
        return cm_fail_memory(r->ctx);
    s->guesses = grown;
    castmap_guess *g = &grown[s->n_guesses++];
    *g = (castmap_guess){cm_copy_text(what), cm_copy_text(shown), cm_copy_text(why)};
    return g->what && g->value && g->why ? CASTMAP_OK : cm_fail_memory(r->ctx);
}

castmap_status cm_track_take(cm_track_reading *r, const cm_fix_text *text)
{
    if (cm_track_collect_fix(r->collect, text))
        return cm_fail_memory(r->ctx);
    if (r->collect->count >= CM_TRACK_FIXES_MOST)
        return cm_fail(r->ctx, CASTMAP_E_LIMIT, "more than 268 million fixes");
    return CASTMAP_OK;
}

/* ---- documents -------------------------------------------------------------------------------------------------------- */

static int column_named(const cm_stream_table *table, const char *name)
{
    for (size_t i = 0; i < table->n_columns; i++) {
        if (table->column[i].length == strlen(name) && memcmp(table->column[i].bytes, name, table->column[i].length) == 0)
            return (int)i;
    }
    return CM_NO_COLUMN;
}

static castmap_status take_record(cm_track_reading *r, const cm_stream_record *record, const int column[3])
{
    char lon[CM_DECIMAL_SIZE], lat[CM_DECIMAL_SIZE];
    cm_fix_text text = {.row = record->row, .time = {"", 0}, .person = {"", 0}, .recording = {"", 0}};

    if (record->fault_code && strcmp(record->fault_code, "bad-text") != 0) {
        cm_track_collect_refuse(r->collect, strcmp(record->fault_code, "no-position") == 0 ? CM_FIX_NO_POSITION : CM_FIX_BAD_POSITION, record->row);
        return CASTMAP_OK;
    }
    text.lon = (cm_csv_field){lon, cm_decimal_shortest(record->x, lon)};
    text.lat = (cm_csv_field){lat, cm_decimal_shortest(record->y, lat)};
    if (column[0] != CM_NO_COLUMN)
        text.recording = record->field[column[0]];
    if (column[1] != CM_NO_COLUMN) {
        for (size_t i = 0; i < record->field[column[1]].length; i++)
            text.piece = text.piece * 10 + (uint32_t)(record->field[column[1]].bytes[i] - '0');
    }
    if (column[2] != CM_NO_COLUMN)
        text.time = record->field[column[2]];
    return cm_track_take(r, &text);
}

static castmap_status read_stream(cm_track_reading *r, const char *path, const char **format)
{
    const cm_stream_options options = {.layer = r->options->layer, .follow = r->options->follow_links, .fixes = true};
    cm_record_stream *stream = NULL;
    cm_stream_record record;
    bool more = true;
    size_t rows = 0, n = 0;
    castmap_status status = cm_stream_open(r->ctx, path, -1, &options, &stream);

    if (status)
        return status == CASTMAP_E_UNSUPPORTED ? CASTMAP_E_INPUT : status;
    const cm_stream_table *table = cm_stream_table_of(stream);
    const int column[3] = {column_named(table, CM_FIX_TRACK), column_named(table, CM_FIX_PIECE), column_named(table, "time")};
    static const char *const READ[] = {"GPX", "KML", "KMZ", "TCX", "GeoPackage", "FlatGeobuf", "Shapefile"};
    const size_t documents = 4;
    bool layer = false;
    *format = NULL;
    for (size_t i = 0; i < sizeof READ / sizeof *READ; i++) {
        if (strcmp(table->format, READ[i]) == 0) {
            *format = READ[i];
            layer = i >= documents;
        }
    }
    if (!*format) {
        status = cm_fail(r->ctx, CASTMAP_E_INPUT, "tracks are not read from %s", table->format);
        cm_fail_hint(r->ctx, "give GPX, KML, KMZ, TCX, GeoJSON lines, lines of a GeoPackage, FlatGeobuf or Shapefile, or CSV");
        *format = "";
    }
    if (layer)
        status = cm_track_layer_read(r, stream);
    while (!status && !layer) {
        status = cm_stream_next(r->ctx, stream, &record, &more);
        if (status || !more)
            break;
        status = take_record(r, &record, column);
        if (!status && ++rows % ROWS_BETWEEN_CHECKS == 0 && cm_cancelled(r->ctx))
            status = cm_fail_cancelled(r->ctx);
    }
    const cm_stream_note *notes = cm_stream_notes(stream, &n);
    for (size_t i = 0; i < n && !status; i++) {
        if (strcmp(notes[i].code, "waypoints-passed-over") == 0)
            r->summary->others += notes[i].count;
    }
    if (!status)
        status = cm_stream_unchanged(r->ctx, stream);
    cm_stream_close(stream);
    return status;
}

/* ---- GeoJSON ---------------------------------------------------------------------------------------------------- */

static castmap_status take_point(castmap_context *ctx, const cm_line_point *point, void *payload)
{
    cm_track_reading *r = payload;
    char number[32];
    cm_fix_text text = {.row = point->feature, .lon = point->lon, .lat = point->lat, .time = point->time, .person = point->person,
                        .recording = point->track, .piece = (uint32_t)point->line, .time_is_number = point->time_is_number && point->time.length > 0};

    (void)ctx;
    if (text.recording.length == 0) { /* a letter in front: no name of a track is told apart from a number */
        snprintf(number, sizeof number, "feature %lld", (long long)point->feature);
        text.recording = (cm_csv_field){number, strlen(number)};
    }
    return cm_track_take(r, &text);
}

static castmap_status read_geojson(cm_track_reading *r, cm_text_input *input, const char **format)
{
    size_t others = 0;
    castmap_status status = cm_geojson_lines(r->ctx, input, r->file, take_point, r, &others);

    *format = "GeoJSON";
    r->summary->others += others;
    return status ? status : cm_text_input_unchanged(r->ctx, input);
}

/* ---- CSV -------------------------------------------------------------------------------------------------------- */

static int find_word(const cm_columns *columns, const char *words)
{
    char word[32];

    for (const char *at = words; *at; at += strspn(at, " ")) {
        const size_t length = strcspn(at, " ");
        snprintf(word, sizeof word, "%.*s", (int)length, at);
        at += length;
        const int found = cm_column_keyed(columns, word);
        if (found != CM_NO_COLUMN)
            return found;
    }
    return CM_NO_COLUMN;
}

static castmap_status take_given(cm_track_reading *r, const cm_columns *columns, int column[FIX_ROLES])
{
    for (size_t i = 0; i < r->options->n_map; i++) {
        const char *map = r->options->map[i], *equals = strchr(map, '=');
        int role = 0;
        castmap_status status;
        while (role < FIX_ROLES && equals && !(strlen(ROLES[role]) == (size_t)(equals - map) && strncmp(map, ROLES[role], (size_t)(equals - map)) == 0))
            role++;
        if (!equals || role == FIX_ROLES) {
            status = cm_fail(r->ctx, CASTMAP_E_ARGUMENT, "\"%.80s\" does not say which column a field is taken from", map);
            cm_fail_hint(r->ctx, "write FIELD=COLUMN; fields are track, person, time, lon, lat, piece");
            return status;
        }
        column[role] = cm_column_named(columns, equals + 1);
        if (column[role] == CM_NO_COLUMN) {
            status = cm_fail(r->ctx, CASTMAP_E_NOT_FOUND, "the table has no column \"%.80s\"", equals + 1);
            cm_fail_where(r->ctx, "%s:1", r->file);
            return status;
        }
    }
    return CASTMAP_OK;
}

castmap_status cm_fix_columns(cm_track_reading *r, const cm_columns *columns, int column[FIX_ROLES])
{
    for (int role = 0; role < FIX_ROLES; role++)
        column[role] = find_word(columns, WORDS[role]);
    return take_given(r, columns, column);
}

static castmap_status settle_columns(cm_track_reading *r, cm_csv_reader *csv, cm_columns *columns, int column[FIX_ROLES])
{
    static const char CANDIDATES[] = {',', ';', '\t'};
    castmap_status status = CASTMAP_OK;
    bool whole = false;
    char separator = ',';
    cm_csv_row header;

    for (size_t i = 0; i < sizeof CANDIDATES && !whole; i++) {
        separator = CANDIDATES[i];
        cm_fail_clear(r->ctx);
        cm_columns_clear(columns);
        status = cm_csv_header(r->ctx, csv, separator, &header);
        if (!status && header.fault)
            status = cm_fail(r->ctx, CASTMAP_E_INPUT, "the header row is damaged: a quote stands where none may");
        if (!status)
            status = cm_columns_init(r->ctx, r->file, header.field, header.n_fields, columns);
        if (!status)
            status = cm_fix_columns(r, columns, column);
        if (status == CASTMAP_E_NOMEM || status == CASTMAP_E_ARGUMENT)
            return status;
        whole = !status && column[FIX_LON] != CM_NO_COLUMN && column[FIX_LAT] != CM_NO_COLUMN;
    }
    if (!whole) {
        if (!status)
            status = cm_fail(r->ctx, CASTMAP_E_INPUT, "no columns for longitude and latitude were recognised");
        cm_fail_where(r->ctx, "%s:1", r->file);
        cm_fail_hint(r->ctx, "name them: --map lon=COLUMN --map lat=COLUMN --map time=COLUMN --map track=COLUMN");
        return status;
    }
    for (int role = 0; role < FIX_ROLES && !status; role++) {
        if (column[role] != CM_NO_COLUMN)
            status = cm_track_guess(r, cm_fix_role_name(role), columns->name[column[role]], "column name");
    }
    return status ? status : cm_csv_begin(r->ctx, csv, separator, columns->n);
}

static cm_csv_field cell(const cm_csv_row *row, int column)
{
    return column == CM_NO_COLUMN ? (cm_csv_field){"", 0} : row->field[column];
}

static castmap_status take_row(cm_track_reading *r, const cm_csv_row *row, const int column[FIX_ROLES], cm_text_numbers *pieces)
{
    cm_fix_text text = {.row = row->line};
    bool fresh = false;

    if (row->fault) {
        cm_track_collect_refuse(r->collect, CM_FIX_BAD_ROW, row->line);
        return CASTMAP_OK;
    }
    text.lon = cell(row, column[FIX_LON]);
    text.lat = cell(row, column[FIX_LAT]);
    text.time = cell(row, column[FIX_TIME]);
    text.person = cell(row, column[FIX_PERSON]);
    /* Without a column for tracks each person has one. */
    text.recording = cell(row, column[FIX_TRACK] != CM_NO_COLUMN ? column[FIX_TRACK] : column[FIX_PERSON]);
    const cm_csv_field piece = cell(row, column[FIX_PIECE]);
    if (cm_text_number(pieces, piece.bytes, piece.length, &text.piece, &fresh))
        return cm_fail_memory(r->ctx);
    return cm_track_take(r, &text);
}

static castmap_status read_csv(cm_track_reading *r, cm_text_input *input, const char **format)
{
    cm_csv_reader *csv = NULL;
    cm_columns columns = {0};
    cm_text_numbers pieces = CM_TEXT_NUMBERS_INIT;
    int column[FIX_ROLES];
    cm_csv_row row;
    bool more = true, changed = false;
    size_t rows = 0;
    castmap_status status = CASTMAP_OK;

    *format = "CSV";
    if (!cm_text_input_looks_utf8(input))
        status = cm_text_input_settle(r->ctx, input, &changed);
    if (!status)
        status = cm_csv_open(r->ctx, input, r->file, false, &csv);
    if (!status)
        status = settle_columns(r, csv, &columns, column);
    while (!status) {
        status = cm_csv_next(r->ctx, csv, &row, &more);
        if (status || !more)
            break;
        if (row.fault != CM_CSV_BLANK)
            status = take_row(r, &row, column, &pieces);
        if (!status && ++rows % ROWS_BETWEEN_CHECKS == 0) {
            cm_progress(r->ctx, "reading tracks", cm_text_input_fraction(input));
            if (cm_cancelled(r->ctx))
                status = cm_fail_cancelled(r->ctx);
        }
    }
    if (!status)
        status = cm_text_input_unchanged(r->ctx, input);
    cm_csv_close(csv);
    cm_columns_clear(&columns);
    cm_text_numbers_clear(&pieces);
    return status;
}

castmap_status cm_track_file_read(castmap_context *ctx, const char *path, const castmap_tracks_add_options *options, cm_track_collect *collect,
                                  castmap_tracks_add_summary *summary, const char **format)
{
    cm_track_reading r = {ctx, options, collect, summary, cm_base_name(path)};
    cm_text_input *input = NULL;
    size_t n = 0;
    castmap_status status = cm_text_input_open(ctx, path, options->follow_links, NULL, &input);

    if (status)
        return status;
    const unsigned char *bytes = cm_text_input_peek(input, &n);
    const cm_content content = cm_content_of(bytes, n);
    if (content != CM_CONTENT_JPEG && cm_stream_reads(content)) {
        cm_text_input_close(input);
        input = NULL;
        status = read_stream(&r, path, format);
    } else if (content == CM_CONTENT_JSON) {
        status = read_geojson(&r, input, format);
    } else if (content == CM_CONTENT_OTHER || content == CM_CONTENT_GZIP || content == CM_CONTENT_UTF16) {
        status = read_csv(&r, input, format);
    } else {
        status = cm_fail(ctx, CASTMAP_E_INPUT, "the content is %s, which holds no tracks that castmap reads", cm_content_words(content));
        cm_fail_hint(ctx, "give GPX, KML, KMZ, TCX, GeoJSON lines, lines of a GeoPackage, FlatGeobuf or Shapefile, or CSV");
    }
    cm_text_input_close(input);
    if (status)
        cm_fail_where(ctx, "%s", r.file);
    return status;
}
