/*
 * runs/movement_row.c - one row: structure, values, and where it began, stopped and ended.
 */
#include "runs/movement_row.h"

#include "base/decimal.h"
#include "base/fail.h"
#include "base/time_text.h"
#include "project/ingest/grades.h"
#include "project/ingest/place.h"

#include <string.h>

cm_flaw cm_movement_end_flaw(cm_stop_kind kind, cm_end_flaw flaw)
{
    static const cm_flaw WORDS[3][CM_END_FLAWS] = {
        {[CM_END_EMPTY] = {"no-origin", "it does not say where it began"},
         [CM_END_UNKNOWN] = {"unknown-origin", "where it began is no area of the boundaries, and no postcode or place of the project's tables"},
         [CM_END_AMBIGUOUS] = {"ambiguous-origin", "where it began may be several places; give the code of the area"},
         [CM_END_PART] = {"part-origin", "where it began is known to part of a postcode or a coarse square only, which may lie in several areas"},
         [CM_END_BAD_POSITION] = {"bad-origin", "the position where it began is none that can be read, or lies outside its coordinate system"},
         [CM_END_OUTSIDE] = {"outside-origin", "where it began lies in none of the areas"}},
        {[CM_END_EMPTY] = {"no-destination", "it does not say where it ended"},
         [CM_END_UNKNOWN] = {"unknown-destination", "where it ended is no area of the boundaries, and no postcode or place of the project's tables"},
         [CM_END_AMBIGUOUS] = {"ambiguous-destination", "where it ended may be several places; give the code of the area"},
         [CM_END_PART] = {"part-destination", "where it ended is known to part of a postcode or a coarse square only, which may lie in several areas"},
         [CM_END_BAD_POSITION] = {"bad-destination", "the position where it ended is none that can be read, or lies outside its coordinate system"},
         [CM_END_OUTSIDE] = {"outside-destination", "where it ended lies in none of the areas"}},
        {[CM_END_EMPTY] = {"no-stop", "a stop on the way is empty"},
         [CM_END_UNKNOWN] = {"unknown-stop", "a stop on the way is no area of the boundaries, and no postcode or place of the project's tables"},
         [CM_END_AMBIGUOUS] = {"ambiguous-stop", "a stop on the way may be several places; give the code of the area"},
         [CM_END_PART] = {"part-stop", "a stop on the way is known to part of a postcode or a coarse square only, which may lie in several areas"},
         [CM_END_BAD_POSITION] = {"bad-stop", "the position of a stop on the way cannot be read"},
         [CM_END_OUTSIDE] = {"outside-stop", "a stop on the way lies in none of the areas"}},
    };

    return WORDS[kind][flaw];
}

static cm_csv_field trimmed(cm_csv_field field)
{
    while (field.length > 0 && field.bytes[0] == ' ') {
        field.bytes++;
        field.length--;
    }
    while (field.length > 0 && field.bytes[field.length - 1] == ' ')
        field.length--;
    return field;
}

static cm_csv_field cell(const cm_movement_table *table, const cm_record *record, cm_movement_role role)
{
    const int column = table->columns.column[role];

    return column == CM_NO_COLUMN ? (cm_csv_field){"", 0} : trimmed(record->field[column]);
}

static void refuse(cm_movement_row *row, const char *code, const char *reason, int column)
{
    row->flaw = CM_FLAW(code, reason);
    row->flaw_column = column;
}

/* ---- values ----------------------------------------------------------------------------------------------------- */

static void read_values(const cm_movement_table *table, const cm_record *record, cm_movement_row *out)
{
    const int *column = table->columns.column;
    const cm_csv_field date = cell(table, record, CM_MOVE_DATE), grade = cell(table, record, CM_MOVE_GRADE),
                       persons = cell(table, record, CM_MOVE_PERSONS), order = cell(table, record, CM_MOVE_ORDER);
    cm_when when = {CM_TIME_UNKNOWN, CM_TIME_UNKNOWN, 0, false, false, false};
    cm_grades grades = {0};
    int64_t number = 1;
    cm_flaw flaw = {0};

    if (date.length > 0 && !cm_when_parse(date.bytes, date.length, table->order, table->opening.zone, &when, &flaw))
        refuse(out, flaw.code, flaw.reason, column[CM_MOVE_DATE]);
    else if (grade.length > 0 && !cm_grade_code(grade.bytes, grade.length, false, &grades, &flaw))
        refuse(out, "bad-grade", "the grade is none of 3x5x2, such as 2BP", column[CM_MOVE_GRADE]);
    else if (persons.length > 0 && (!cm_decimal_parse_i64(persons.bytes, persons.length, &number) || number < 1 || number > 10000))
        refuse(out, "bad-persons", "how many moved is no whole number from 1 to 10,000", column[CM_MOVE_PERSONS]);
    out->order = INT64_MIN;
    if (!out->flaw.code && order.length > 0 && !cm_decimal_parse_i64(order.bytes, order.length, &out->order))
        refuse(out, "bad-order", "the order within the journey is no whole number", column[CM_MOVE_ORDER]);
    out->when_s = when.from_s == CM_TIME_UNKNOWN ? CM_TIME_UNKNOWN : when.from_s + (when.to_s - when.from_s) / 2;
    out->span_s = when.from_s == CM_TIME_UNKNOWN ? CM_WHEN_SPAN_UNKNOWN : when.to_s - when.from_s;
    out->persons = (int32_t)number;
    out->grade = grades.source * 65536 + (unsigned char)grades.information * 256 + (unsigned char)grades.handling;
    out->person = cell(table, record, CM_MOVE_PERSON);
    out->source = cell(table, record, CM_MOVE_SOURCE);
    out->journey = cell(table, record, CM_MOVE_JOURNEY);
    out->id = cell(table, record, CM_MOVE_ID);
}

/* ---- stops ------------------------------------------------------------------------------------------------------ */

static void put_degrees(cm_movement_stop *stop, double lon, double lat)
{
    cm_flaw flaw = {0};

    stop->end = (cm_movement_end){.flaw = cm_place_check_degrees(lon, lat, &flaw) ? CM_END_FINE : CM_END_BAD_POSITION, .area = CM_NO_NUMBER,
                                  .lon = lon, .lat = lat};
}

static void put_geometry(const cm_record *record, double x, double y, cm_movement_stop *stop)
{
    stop->column = CM_NO_COLUMN;
    if (record->metres) {
        stop->end = (cm_movement_end){.flaw = CM_END_FINE, .area = CM_NO_NUMBER};
        stop->metres = 2;
        stop->x = x;
        stop->y = y;
    } else {
        put_degrees(stop, x, y);
    }
}

/* Coordinates where the row has them, else the word. */
static castmap_status read_columns(const cm_movement_table *table, cm_movement_places *places, const cm_record *record, bool to, cm_movement_stop *stop)
{
    const cm_movement_role role = to ? CM_MOVE_TO : CM_MOVE_FROM;
    const cm_csv_field lon = cell(table, record, to ? CM_MOVE_TO_LON : CM_MOVE_FROM_LON), lat = cell(table, record, to ? CM_MOVE_TO_LAT : CM_MOVE_FROM_LAT);
    const cm_csv_field x = cell(table, record, to ? CM_MOVE_TO_X : CM_MOVE_FROM_X), y = cell(table, record, to ? CM_MOVE_TO_Y : CM_MOVE_FROM_Y);
    const cm_csv_field word = cell(table, record, role);
    cm_place place;
    cm_flaw flaw = {0};

    stop->column = cm_movement_end_column(&table->columns, to);
    if (!places->labels && lon.length + lat.length > 0) {
        if (cm_place_degrees(lat.bytes, lat.length, lon.bytes, lon.length, &place, &flaw))
            put_degrees(stop, place.a, place.b);
        else
            stop->end = (cm_movement_end){.flaw = CM_END_BAD_POSITION, .area = CM_NO_NUMBER};
        return CASTMAP_OK;
    }
    if (!places->labels && x.length + y.length > 0) {
        stop->end = (cm_movement_end){.flaw = CM_END_BAD_POSITION, .area = CM_NO_NUMBER};
        if (cm_place_metres(x.bytes, x.length, y.bytes, y.length, &place, &flaw)) {
            stop->end.flaw = CM_END_FINE;
            stop->metres = 1;
            stop->x = place.a;
            stop->y = place.b;
        }
        return CASTMAP_OK;
    }
    stop->column = table->columns.column[role] != CM_NO_COLUMN ? table->columns.column[role] : stop->column;
    return cm_movement_place(places, word.bytes, word.length, &stop->end);
}

/* Stops on the way; an empty one is none. */
static castmap_status read_stops(const cm_movement_table *table, cm_movement_places *places, const cm_record *record, cm_movement_row *out)
{
    const cm_movement_columns *c = &table->columns;
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; i < c->n_stops && !status; i++) {
        const cm_csv_field word = trimmed(record->field[c->stop[i]]);
        if (word.length == 0)
            continue;
        cm_movement_stop *stop = &out->stop[out->n_stops++];
        *stop = (cm_movement_stop){.column = c->stop[i]};
        status = cm_movement_place(places, word.bytes, word.length, &stop->end);
    }
    return status;
}

/* A line is both ends. A point is the end that no column says. */
static castmap_status read_ends(const cm_movement_table *table, cm_movement_places *places, const cm_record *record, cm_movement_row *out)
{
    const cm_movement_columns *c = &table->columns;
    const bool shaped = record->located && !record->flaw.code && !places->labels, line = shaped && record->line;
    const bool has[2] = {cm_movement_columns_end(c, false), cm_movement_columns_end(c, true)};
    castmap_status status = CASTMAP_OK;

    for (int to = 0; to < 2 && !status; to++) {
        if (to == 1)
            status = read_stops(table, places, record, out);
        cm_movement_stop *stop = &out->stop[out->n_stops];
        *stop = (cm_movement_stop){.column = CM_NO_COLUMN};
        if (status)
            break;
        if (line)
            put_geometry(record, to ? record->end_lon : record->lon, to ? record->end_lat : record->lat, stop);
        else if (has[to])
            status = read_columns(table, places, record, to == 1, stop);
        else if (shaped && has[1 - to])
            put_geometry(record, record->lon, record->lat, stop);
        else
            continue; /* stops alone */
        out->n_stops++;
    }
    return status;
}

/* What is wrong with a geometry does not matter where the columns say both ends. */
static bool of_geometry(const char *code)
{
    static const char *const CODES[] = {"no-position", "not-a-point", "not-a-line", "bad-position", "bad-number"};

    for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++)
        if (strcmp(code, CODES[i]) == 0)
            return true;
    return false;
}

castmap_status cm_movement_row_read(const cm_movement_table *table, cm_movement_places *places, const cm_record *record, cm_movement_row *out)
{
    const bool whole = cm_movement_columns_whole(&table->columns);
    castmap_status status;

    out->n_stops = 0;
    out->flaw = CM_FLAW(NULL, NULL);
    out->detail = "";
    out->flaw_column = CM_NO_COLUMN;
    if (record->flaw.code && !(whole && of_geometry(record->flaw.code))) {
        out->flaw = record->flaw;
        out->detail = record->detail;
        return CASTMAP_OK;
    }
    read_values(table, record, out);
    if (out->flaw.code)
        return CASTMAP_OK;
    status = read_ends(table, places, record, out);
    if (!status && out->n_stops == 0)
        refuse(out, table->placed && !whole ? "not-a-line" : "no-origin", table->placed && !whole ? "the geometry is no line, and no columns say where it began and ended"
                                                                                : "it does not say where it began", CM_NO_COLUMN);
    else if (!status && out->n_stops == 1)
        refuse(out, "no-destination", "it does not say where it ended", CM_NO_COLUMN);
    return status;
}
