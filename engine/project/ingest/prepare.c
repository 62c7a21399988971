/*
 * project/ingest/prepare.c - one record after the other into observations.
 *
 * A record is refused by the first thing wrong with it, in the order: structure, place, time, grades, persons, category. Its neighbours are
 * not touched by that. A text beyond the limit refuses the file.
 */
#include "project/ingest/prepare.h"

#include "base/fail.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "base/time_text.h"
#include "project/ingest/grades.h"
#include "project/ingest/place.h"
#include "project/ingest/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_S 86400
#define SQUARE_OR_DISTRICT_M 5000 /* "SO16": half the diagonal of a 10 km square is 7 km */

/* One record on its way. */
typedef struct work {
    cm_preparer     *p;
    const cm_record *record;
    cm_prepared     *row;
    cm_arena        *texts;
    bool             failed; /* out of memory */
    uint32_t         ended;  /* when the postcode of the place was terminated, year * 100 + month; 0: not */
} work;

void cm_preparer_clear(cm_preparer *p)
{
    cm_projection_free(p->grid[0]);
    cm_projection_free(p->grid[1]);
    free(p->table_used);
    cm_piles_clear(&p->piles);
    cm_text_clear(&p->kept);
}

void cm_preparer_note(cm_preparer *p, cm_note note, int64_t row)
{
    if (p->note[note]++ == 0)
        p->note_row[note] = row;
}

void cm_prepared_refuse(cm_prepared *row, const char *code, const char *general, const char *field)
{
    row->code = code;
    row->general = row->reason = general;
    row->field = field;
}

static const char *field_name(const cm_preparer *p, cm_role role)
{
    const int column = p->mapping->column[role];

    return column == CM_NO_COLUMN ? "" : p->columns->name[column];
}

static bool refuse(work *w, cm_flaw flaw, cm_role role)
{
    cm_prepared_refuse(w->row, flaw.code, flaw.reason, field_name(w->p, role));
    return false;
}

static bool is_na(const char *text, size_t n)
{
    return (n == 3 && (text[0] == 'n' || text[0] == 'N') && text[1] == '/' && (text[2] == 'a' || text[2] == 'A')) ||
           (n == 2 && text[0] == 'N' && text[1] == 'A');
}

/* The trimmed cell of a column; empty where there is no such column or the cell says "n/a". */
static cm_csv_field cell_of(const work *w, int column)
{
    cm_csv_field field = {"", 0};

    if (column == CM_NO_COLUMN)
        return field;
    field = w->record->field[column];
    while (field.length && (*field.bytes == ' ' || *field.bytes == '\t')) {
        field.bytes++;
        field.length--;
    }
    while (field.length && (field.bytes[field.length - 1] == ' ' || field.bytes[field.length - 1] == '\t'))
        field.length--;
    if (w->p->mapping->profile->na_is_empty && is_na(field.bytes, field.length))
        field.length = 0;
    return field;
}

/* The cell of a role; where it is empty that of its substitute. */
static cm_csv_field cell(const work *w, cm_role role)
{
    const cm_csv_field field = cell_of(w, w->p->mapping->column[role]);

    return field.length ? field : cell_of(w, w->p->mapping->otherwise[role]);
}

static const char *copy(work *w, cm_csv_field field)
{
    const char *text = field.length ? cm_arena_text(w->texts, field.bytes, field.length) : NULL;

    w->failed = w->failed || (field.length && !text);
    return text;
}

static bool has(const work *w, cm_role role)
{
    return w->p->mapping->column[role] != CM_NO_COLUMN;
}

/* A number beside the place; NaN where it is absent or makes no sense, which is noted. */
static double measure(work *w, cm_role role, double low, double high, cm_note note)
{
    const cm_csv_field field = cell(w, role);
    double value;
    int decimals;
    cm_flaw flaw;

    if (!field.length)
        return NAN;
    if (cm_place_number(field.bytes, field.length, &value, &decimals, &flaw) && value >= low && value <= high)
        return value;
    cm_preparer_note(w->p, note, w->record->row);
    return NAN;
}

static bool is_postcode(const cm_preparer *p, cm_csv_field field)
{
    cm_place_hit hit;

    return cm_place_index_postcode(p->places, field.bytes, field.length, &hit) == CM_PLACE_FOUND;
}

/* A cell that names the place: as it is, or by the tables of the project. */
static bool read_one(work *w, cm_role role, cm_place *place)
{
    const cm_csv_field field = cell(w, role);
    char detail[160] = "";
    cm_flaw flaw = {NULL, NULL};

    if (role != CM_ROLE_POSITION) {
        *place = (cm_place){.kind = CM_PLACE_WORDS};
    } else if (!cm_place_cell(field.bytes, field.length, place, &flaw)) {
        if (w->p->metres && strcmp(flaw.code, "metres-as-degrees") == 0 && cm_place_cell_metres(field.bytes, field.length, place, &flaw))
            return true;
        return refuse(w, flaw, role);
    }
    if (place->kind == CM_PLACE_GRID_GB && place->accuracy_m > SQUARE_OR_DISTRICT_M && is_postcode(w->p, field))
        return refuse(w, CM_FLAW("ambiguous-place", "a grid square of 10 km or a postcode district? Say it: --map postcode=COLUMN"), role);
    if (place->kind != CM_PLACE_WORDS && place->kind != CM_PLACE_SHORT_CODE)
        return true;
    if (cm_place_lookup(w->p, field.bytes, field.length, place, &w->ended, &flaw, detail)) {
        cm_preparer_note(w->p, place->precision == CM_PLACE_POSTCODE ? CM_NOTE_POSTCODE : CM_NOTE_PLACE_NAME, w->record->row);
        return true;
    }
    refuse(w, flaw, role);
    if (detail[0])
        w->row->reason = copy(w, (cm_csv_field){detail, strlen(detail)});
    return false;
}

/* The cell, the postcode, the name: the first that gives a place. A reason of the postcode, which is the surer one, outlives that of the name. */
static bool read_words(work *w, cm_place *place)
{
    static const cm_role ROLES[] = {CM_ROLE_POSITION, CM_ROLE_POSTCODE, CM_ROLE_PLACE};
    cm_prepared first = {.code = NULL};

    for (size_t i = 0; i < 3; i++) {
        if (!cell(w, ROLES[i]).length)
            continue;
        if (read_one(w, ROLES[i], place)) {
            w->row->code = NULL;
            return true;
        }
        if (!first.code)
            first = *w->row;
    }
    *w->row = first;
    return false;
}

/* Nothing says where, unless a cell holds a link of a map. */
static bool read_link(work *w, cm_place *place)
{
    const cm_role role = has(w, CM_ROLE_LAT) ? CM_ROLE_LAT : has(w, CM_ROLE_X) ? CM_ROLE_X : has(w, CM_ROLE_POSITION) ? CM_ROLE_POSITION
                         : has(w, CM_ROLE_POSTCODE)                                                                  ? CM_ROLE_POSTCODE
                                                                                                                     : CM_ROLE_PLACE;
    cm_flaw flaw = {NULL, NULL};

    for (size_t i = 0; w->p->mapping->profile->own_words && i < w->p->columns->n; i++) {
        if (cm_place_link(w->record->field[i].bytes, w->record->field[i].length, place, &flaw)) {
            cm_preparer_note(w->p, CM_NOTE_LINK, w->record->row);
            return true;
        }
        if (flaw.code) {
            cm_prepared_refuse(w->row, flaw.code, flaw.reason, w->p->columns->name[i]);
            return false;
        }
    }
    return refuse(w, has(w, CM_ROLE_LAT)   ? CM_FLAW("no-position", "no position: latitude and longitude are empty")
                     : has(w, CM_ROLE_X) ? CM_FLAW("no-position", "no position: easting and northing are empty")
                                         : CM_FLAW("no-position", "no position: the cell is empty"), role);
}

static bool read_place(work *w, cm_place *place)
{
    const cm_csv_field lat = cell(w, CM_ROLE_LAT), lon = cell(w, CM_ROLE_LON);
    const cm_csv_field x = cell(w, CM_ROLE_X), y = cell(w, CM_ROLE_Y);
    cm_flaw flaw = {NULL, NULL};

    if (w->record->metres) {
        *place = (cm_place){CM_PLACE_METRES, w->record->lon, w->record->lat, w->record->decimals, NAN, NAN, CM_PLACE_UNKNOWN, 0};
        return true;
    }
    if (w->record->located) {
        *place = (cm_place){CM_PLACE_DEGREES, w->record->lon, w->record->lat, w->record->decimals, NAN, NAN, CM_PLACE_UNKNOWN, 0};
        return cm_place_check_degrees(place->a, place->b, &flaw) || refuse(w, flaw, CM_ROLE_POSITION);
    }
    /* Coordinates count before a cell, a cell before a postcode or a name; each stands in where those before it are empty. */
    if (has(w, CM_ROLE_LAT) && (lat.length || lon.length)) {
        if (cm_place_degrees(lat.bytes, lat.length, lon.bytes, lon.length, place, &flaw))
            return true;
        return refuse(w, flaw, CM_ROLE_LAT);
    }
    if (has(w, CM_ROLE_X) && (x.length || y.length))
        return cm_place_metres(x.bytes, x.length, y.bytes, y.length, place, &flaw) || refuse(w, flaw, CM_ROLE_X);
    const bool words = cell(w, CM_ROLE_POSITION).length || cell(w, CM_ROLE_POSTCODE).length || cell(w, CM_ROLE_PLACE).length;
    return words ? read_words(w, place) : read_link(w, place);
}

static void set_accuracy(work *w, const cm_place *place)
{
    static const double FROM_DECIMALS_M[4] = {100000, 10000, 1000, 100};
    cm_observation *o = &w->row->o;

    o->accuracy_m = place->accuracy_m;
    const double accuracy = measure(w, CM_ROLE_ACCURACY, 0, 1e7, CM_NOTE_ACCURACY);
    if (!isnan(accuracy) && (place->precision == CM_PLACE_UNKNOWN || accuracy > o->accuracy_m)) /* a phone knows no postcode better */
        o->accuracy_m = accuracy;
    if (!(o->accuracy_m >= 0) || o->accuracy_m > 1e7)
        o->accuracy_m = NAN;
    if (o->precision != CM_PLACE_EXACT)
        return;
    if (place->precision != CM_PLACE_UNKNOWN) {
        o->precision = place->precision;
        if (o->precision == CM_PLACE_AREA && o->accuracy_m >= 500)
            cm_preparer_note(w->p, CM_NOTE_COARSE, w->record->row);
    } else if (place->decimals <= 3) {
        /* Written with few decimals, a place is no better known than that. */
        const double coarse = FROM_DECIMALS_M[place->decimals < 0 ? 0 : place->decimals];
        if (isnan(o->accuracy_m) || o->accuracy_m < coarse)
            o->accuracy_m = coarse;
        o->precision = place->decimals == 3 ? CM_PLACE_STREET : CM_PLACE_AREA;
        if (place->decimals <= 2)
            cm_preparer_note(w->p, CM_NOTE_COARSE, w->record->row);
    }
}

static bool take_place(work *w)
{
    static const char *const GRIDS[2] = {"EPSG:27700", "EPSG:29903"};
    cm_observation *o = &w->row->o;
    cm_place place;

    if (!read_place(w, &place))
        return false;
    o->precision = w->p->mapping->profile->precision;
    set_accuracy(w, &place);
    const double altitude = isnan(place.altitude_m) ? measure(w, CM_ROLE_ALTITUDE, -1e9, 1e9, CM_NOTE_ALTITUDE) : place.altitude_m;
    if (altitude < -500 || altitude > 9000)
        cm_preparer_note(w->p, CM_NOTE_ALTITUDE, w->record->row);
    if (place.kind == CM_PLACE_DEGREES) {
        o->lon = place.a;
        o->lat = place.b;
        return true;
    }
    w->row->metres = true;
    w->row->grid = place.kind == CM_PLACE_GRID_GB ? 1 : place.kind == CM_PLACE_GRID_IRISH ? 2 : 0;
    w->row->x = place.a;
    w->row->y = place.b;
    cm_projection **grid = w->row->grid ? &w->p->grid[w->row->grid - 1] : NULL;
    if (grid && !*grid && cm_projection_new(w->p->ctx, GRIDS[w->row->grid - 1], false, grid) != CASTMAP_OK) {
        w->failed = true;
        return false;
    }
    return true;
}

static bool plausible(work *w, const cm_when *when)
{
    static const cm_flaw FUTURE = {"future-date", "the date lies in the future"};
    static const cm_flaw OLD = {"old-date", "the date is before 1990"};
    const bool future = when->from_s > w->p->today_s + DAY_S;

    if (!future && when->from_s >= INT64_C(631152000))
        return true;
    if (!w->p->keep_odd_dates)
        return refuse(w, future ? FUTURE : OLD, CM_ROLE_TIME);
    cm_preparer_note(w->p, CM_NOTE_ODD_DATE, w->record->row);
    return true;
}

/* The offset as written at the end of a time, or the zone it was read in. */
static const char *zone_of(const cm_when *when, const char *text, const cm_zone *zone)
{
    if (!when->offset_given || !text)
        return cm_zone_name(zone);
    const char *sign = strrchr(text, '+');
    const char *hyphen = strrchr(text, '-');
    const char *colon = strchr(text, ':');
    if (!sign && hyphen && colon && hyphen > colon)
        sign = hyphen;
    return sign ? sign : "UTC";
}

/* A date without its year is one of the year that was given; without one it stays refused. */
static bool parse_time(work *w, cm_csv_field text, cm_when *when, cm_flaw *flaw)
{
    char whole[160];

    if (cm_when_parse(text.bytes, text.length, w->p->order, w->p->zone, when, flaw))
        return true;
    if (!w->p->year || strcmp(flaw->code, "no-year") != 0 || text.length + 8 > sizeof whole)
        return false;
    const int length = snprintf(whole, sizeof whole, "%.*s %04u", (int)text.length, text.bytes, w->p->year);
    return cm_when_parse(whole, (size_t)length, w->p->order, w->p->zone, when, flaw);
}

static bool take_time(work *w)
{
    cm_observation *o = &w->row->o;
    const cm_csv_field day = cell(w, CM_ROLE_TIME), clock = cell(w, CM_ROLE_CLOCK), to = cell(w, CM_ROLE_TO);
    char joined[160];
    cm_csv_field text = day;
    cm_flaw flaw;
    cm_when when, end;

    if (day.length && clock.length && day.length + clock.length + 2 < sizeof joined) {
        memcpy(joined, day.bytes, day.length);
        joined[day.length] = ' ';
        memcpy(joined + day.length + 1, clock.bytes, clock.length);
        text = (cm_csv_field){joined, day.length + 1 + clock.length};
    }
    if (!parse_time(w, text, &when, &flaw))
        return refuse(w, flaw, CM_ROLE_TIME);
    if (when.precision == CM_WHEN_UNKNOWN) {
        o->from_s = o->to_s = CM_TIME_UNKNOWN;
        o->when = CM_WHEN_UNKNOWN;
        if (has(w, CM_ROLE_TIME))
            cm_preparer_note(w->p, CM_NOTE_NO_TIME, w->record->row);
        return true;
    }
    if (to.length) {
        if (!parse_time(w, to, &end, &flaw))
            return refuse(w, flaw, CM_ROLE_TO);
        if (end.to_s < when.from_s)
            return refuse(w, CM_FLAW("bad-date", "the interval ends before it begins"), CM_ROLE_TO);
        when.to_s = end.to_s;
        when.precision = CM_WHEN_INTERVAL;
    }
    if (!plausible(w, &when))
        return false;
    if (when.gap)
        cm_preparer_note(w->p, CM_NOTE_GAP, w->record->row);
    if (when.overlap)
        cm_preparer_note(w->p, CM_NOTE_OVERLAP, w->record->row);
    o->from_s = when.from_s;
    o->to_s = when.to_s;
    o->when = when.precision;
    o->when_text = copy(w, text);
    o->zone = zone_of(&when, o->when_text, w->p->zone);
    return true;
}

/* A postcode that was no longer in use at the time of the record. */
static void check_ended(work *w)
{
    const uint32_t year = w->ended / 100, month = w->ended % 100;

    if (w->ended && w->row->o.from_s != CM_TIME_UNKNOWN && w->row->o.from_s >= cm_utc(month == 12 ? year + 1 : year, month % 12 + 1, 1, 0, 0, 0))
        cm_preparer_note(w->p, CM_NOTE_ENDED, w->record->row);
}

static bool take_grades(work *w)
{
    cm_observation *o = &w->row->o;
    const bool graded = has(w, CM_ROLE_SOURCE_GRADE) || has(w, CM_ROLE_INFORMATION_GRADE) || has(w, CM_ROLE_HANDLING) ||
                        has(w, CM_ROLE_GRADE);
    const cm_csv_field source = cell(w, CM_ROLE_SOURCE_GRADE), information = cell(w, CM_ROLE_INFORMATION_GRADE);
    const cm_csv_field handling = cell(w, CM_ROLE_HANDLING), code = cell(w, CM_ROLE_GRADE);
    cm_grades grades = {0};
    cm_flaw flaw;

    o->source_grade = 2;
    o->information_grade = 'D';
    o->handling = 'P';
    if (!graded)
        return true;
    if (!cm_grade_code(code.bytes, code.length, w->p->legacy_grades, &grades, &flaw))
        return refuse(w, flaw, CM_ROLE_GRADE);
    if (source.length && !cm_grade_source(source.bytes, source.length, &grades.source, &flaw))
        return refuse(w, flaw, CM_ROLE_SOURCE_GRADE);
    if (information.length && !cm_grade_information(information.bytes, information.length, &grades.information, &flaw))
        return refuse(w, flaw, CM_ROLE_INFORMATION_GRADE);
    if (handling.length && !cm_grade_handling(handling.bytes, handling.length, &grades.handling, &flaw))
        return refuse(w, flaw, CM_ROLE_HANDLING);
    o->conditions = copy(w, cell(w, CM_ROLE_CONDITIONS));
    if (grades.legacy) {
        cm_preparer_note(w->p, CM_NOTE_LEGACY, w->record->row);
        if (!o->conditions)
            o->conditions = "older 5x5x5 grade: handling to be reviewed";
    }
    if (grades.handling == 'C' && !o->conditions)
        return refuse(w, CM_FLAW("no-conditions", "handling C needs its conditions in words"),
                      has(w, CM_ROLE_CONDITIONS) ? CM_ROLE_CONDITIONS : CM_ROLE_HANDLING);
    if (!grades.source || !grades.information || !grades.handling)
        cm_preparer_note(w->p, CM_NOTE_NO_GRADE, w->record->row);
    if (grades.source)
        o->source_grade = grades.source;
    if (grades.information)
        o->information_grade = grades.information;
    o->handling = grades.handling ? grades.handling : 'C';
    return true;
}

static bool take_category(work *w)
{
    const cm_csv_field field = cell(w, CM_ROLE_CATEGORY);
    cm_category found;

    if (!field.length)
        return true;
    if (!cm_category_resolve(w->p->categories, field.bytes, field.length, &found)) {
        w->failed = true;
        return false;
    }
    if (found.deceptive)
        cm_preparer_note(w->p, CM_NOTE_DECEPTIVE, w->record->row);
    if (found.name) {
        w->row->o.category = copy(w, (cm_csv_field){found.name, strlen(found.name)});
        return true;
    }
    refuse(w, CM_FLAW("unknown-category", "not a category of the list"), CM_ROLE_CATEGORY);
    if (found.nearest) {
        char words[160];
        const int n = snprintf(words, sizeof words, "not a category of the list; the nearest is \"%.80s\"", found.nearest);
        w->row->reason = copy(w, (cm_csv_field){words, (size_t)n});
    }
    return false;
}

static void keep_columns(work *w)
{
    cm_json json;
    cm_preparer *p = w->p;

    cm_text_reset(&p->kept);
    cm_json_begin(&json, &p->kept, false);
    cm_json_object(&json, NULL);
    for (size_t i = 0; i < p->n_keep; i++) {
        const cm_csv_field *field = &w->record->field[p->keep[i]];
        char *text = cm_copy_bytes(field->bytes, field->length);
        w->failed = w->failed || !text;
        if (field->length && text)
            cm_json_string(&json, p->columns->name[p->keep[i]], text);
        free(text);
    }
    cm_json_end_object(&json);
    w->failed = w->failed || p->kept.failed;
    if (!w->failed)
        w->row->o.extra = copy(w, (cm_csv_field){p->kept.bytes, p->kept.length});
}

static castmap_status take_texts(work *w)
{
    cm_observation *o = &w->row->o;
    cm_preparer *p = w->p;
    const int first = p->mapping->column[CM_ROLE_TEXT];
    const int column = cell_of(w, first).length ? first : p->mapping->otherwise[CM_ROLE_TEXT];
    const cm_csv_field text = cell(w, CM_ROLE_TEXT);

    o->record_id = copy(w, cell(w, CM_ROLE_ID));
    o->source = copy(w, cell(w, CM_ROLE_SOURCE));
    if (o->source && cm_text_deceptive(o->source, strlen(o->source)))
        cm_preparer_note(p, CM_NOTE_DECEPTIVE, w->record->row);
    if (text.length > CM_TEXT_LIMIT) {
        castmap_status status = cm_fail(p->ctx, CASTMAP_E_LIMIT, "a text is longer than 16 KiB");
        cm_fail_where(p->ctx, "%s:%" PRId64 ":%s", p->file, w->record->row, p->columns->name[column]);
        cm_fail_hint(p->ctx, "shorten it");
        return status;
    }
    if (text.length) {
        o->text = copy(w, w->record->field[column]); /* exactly as written */
        if (p->mapping->profile->own_words && cm_text_personal(text.bytes, text.length))
            cm_preparer_note(p, CM_NOTE_PERSONAL, w->record->row);
        if (cm_text_deceptive(text.bytes, text.length))
            cm_preparer_note(p, CM_NOTE_DECEPTIVE, w->record->row);
    }
    if (p->n_keep)
        keep_columns(w);
    return CASTMAP_OK;
}

/* All values of one record. */
static castmap_status take_values(work *w)
{
    const cm_csv_field persons = cell(w, CM_ROLE_PERSONS);
    cm_flaw flaw;

    if (!take_place(w) || !take_time(w) || !take_grades(w))
        return CASTMAP_OK;
    check_ended(w);
    if (!cm_persons(persons.bytes, persons.length, &w->row->o.persons, &flaw)) {
        refuse(w, flaw, CM_ROLE_PERSONS);
        return CASTMAP_OK;
    }
    if (!take_category(w))
        return CASTMAP_OK;
    return take_texts(w);
}

static castmap_status take_record(cm_preparer *p, const cm_record *record, cm_arena *texts, cm_prepared *row)
{
    work w = {.p = p, .record = record, .row = row, .texts = texts};
    castmap_status status = CASTMAP_OK;

    *row = (cm_prepared){.field = ""};
    row->o.row = record->row;
    row->o.persons = -1;
    p->read++;
    p->row_now = record->row;
    if (record->flaw.code) {
        const char *field = "";
        if (record->flaw_field && record->flaw_field <= p->columns->n)
            field = p->columns->name[record->flaw_field - 1];
        cm_prepared_refuse(row, record->flaw.code, record->flaw.reason, field);
        if (record->detail[0])
            row->reason = copy(&w, (cm_csv_field){record->detail, strlen(record->detail)});
    } else {
        status = take_values(&w);
    }
    /* Where ids or the area may still refuse it, the row is kept too; it is only a copy of bytes. */
    row->text = cm_arena_text(texts, record->text, record->length);
    row->length = record->length;
    if (!status && (w.failed || !row->text))
        status = cm_fail_memory(p->ctx);
    return status;
}

static castmap_status identify(cm_preparer *p, cm_chunk *chunk)
{
    for (size_t i = 0; i < chunk->n; i++) {
        cm_prepared *row = &chunk->row[i];
        if (row->code)
            continue;
        if (cm_content_hash(&row->o) != 0)
            return cm_fail_memory(p->ctx);
        cm_content_identify(&row->o);
        if ((row->o.precision == CM_PLACE_EXACT || row->o.precision == CM_PLACE_STREET) && cm_piles_add(&p->piles, row->o.lon, row->o.lat) != 0)
            return cm_fail_memory(p->ctx);
    }
    return CASTMAP_OK;
}

castmap_status cm_prepare_chunk(cm_preparer *p, cm_chunk *chunk)
{
    castmap_status status = CASTMAP_OK;
    size_t bytes = 0;
    bool more = true;

    chunk->n = 0;
    chunk->last = false;
    cm_arena_reset(&chunk->texts);
    while (chunk->n < CM_CHUNK_ROWS && bytes < CM_CHUNK_BYTES) {
        cm_record record;
        status = cm_source_next(p->ctx, &p->source, &record, &more);
        if (status)
            return status;
        if (!more) {
            chunk->last = true;
            break;
        }
        bytes += record.length;
        status = take_record(p, &record, &chunk->texts, &chunk->row[chunk->n]);
        if (status)
            return status;
        chunk->n++;
    }
    status = cm_place_chunk(p, chunk);
    return status ? status : identify(p, chunk);
}
