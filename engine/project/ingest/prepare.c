/*
 * project/ingest/prepare.c - one record after the other into observations.
 *
 * A record is refused by the first thing wrong with it, in the order: structure, place, time, grades, persons, category. Its neighbours are
 * not touched by that. A text beyond the limit refuses the file.
 */
#include "project/ingest/prepare_work.h"

#include "base/fail.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "base/time_text.h"
#include "project/ingest/grades.h"
#include "project/ingest/text.h"
#include "project/ingest/when_weekday.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_S 86400

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

bool cm_work_refuse(cm_prepare_work *w, cm_flaw flaw, cm_role role)
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
static cm_csv_field cell_of(const cm_prepare_work *w, int column)
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

cm_csv_field cm_work_cell(const cm_prepare_work *w, cm_role role)
{
    const cm_csv_field field = cell_of(w, w->p->mapping->column[role]);

    return field.length ? field : cell_of(w, w->p->mapping->otherwise[role]);
}

const char *cm_work_copy(cm_prepare_work *w, cm_csv_field field)
{
    const char *text = field.length ? cm_arena_text(w->texts, field.bytes, field.length) : NULL;

    w->failed = w->failed || (field.length && !text);
    return text;
}

static bool plausible(cm_prepare_work *w, const cm_when *when)
{
    static const cm_flaw FUTURE = {"future-date", "the date lies in the future"};
    static const cm_flaw OLD = {"old-date", "the date is before 1990"};
    const bool future = when->from_s > w->p->today_s + DAY_S;

    if (!future && when->from_s >= INT64_C(631152000))
        return true;
    if (!w->p->keep_odd_dates)
        return cm_work_refuse(w, future ? FUTURE : OLD, CM_ROLE_TIME);
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
static bool parse_time(cm_prepare_work *w, cm_csv_field text, cm_when *when, cm_flaw *flaw)
{
    char whole[160];

    if (cm_when_parse(text.bytes, text.length, w->p->order, w->p->zone, when, flaw))
        return true;
    if (!w->p->year || strcmp(flaw->code, "no-year") != 0 || text.length + 8 > sizeof whole)
        return false;
    const int length = snprintf(whole, sizeof whole, "%.*s %04u", (int)text.length, text.bytes, w->p->year);
    return cm_when_parse(whole, (size_t)length, w->p->order, w->p->zone, when, flaw);
}

/* "Tuesday night", where a column says when it was written: by that day; where that cell is empty kept as words. */
static bool relative_time(cm_prepare_work *w, cm_csv_field text, cm_when *when)
{
    const cm_csv_field written = cm_work_cell(w, CM_ROLE_WRITTEN);
    const int64_t written_s = cm_when_written(written.bytes, written.length, w->p->order, w->p->zone);

    if (!cm_work_has(w, CM_ROLE_WRITTEN) || !cm_when_relative(text.bytes, text.length, written_s, w->p->zone, when))
        return false;
    cm_preparer_note(w->p, written_s == CM_TIME_UNKNOWN ? CM_NOTE_UNDATED : CM_NOTE_BY_WEEKDAY, w->record->row);
    return true;
}

static bool take_time(cm_prepare_work *w)
{
    cm_observation *o = &w->row->o;
    const cm_csv_field day = cm_work_cell(w, CM_ROLE_TIME), clock = cm_work_cell(w, CM_ROLE_CLOCK), to = cm_work_cell(w, CM_ROLE_TO);
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
    const bool dated = parse_time(w, text, &when, &flaw);
    if (!dated && !relative_time(w, text, &when))
        return cm_work_refuse(w, flaw, CM_ROLE_TIME);
    if (when.precision == CM_WHEN_UNKNOWN) {
        o->from_s = o->to_s = CM_TIME_UNKNOWN;
        o->when = CM_WHEN_UNKNOWN;
        if (!dated)
            o->when_text = cm_work_copy(w, text);
        else if (cm_work_has(w, CM_ROLE_TIME))
            cm_preparer_note(w->p, CM_NOTE_NO_TIME, w->record->row);
        return true;
    }
    if (to.length) {
        if (!parse_time(w, to, &end, &flaw))
            return cm_work_refuse(w, flaw, CM_ROLE_TO);
        if (end.to_s < when.from_s)
            return cm_work_refuse(w, CM_FLAW("bad-date", "the interval ends before it begins"), CM_ROLE_TO);
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
    o->when_text = cm_work_copy(w, text);
    o->zone = zone_of(&when, o->when_text, w->p->zone);
    return true;
}

/* A postcode that was no longer in use at the time of the record. */
static void check_ended(cm_prepare_work *w)
{
    const uint32_t year = w->ended / 100, month = w->ended % 100;

    if (w->ended && w->row->o.from_s != CM_TIME_UNKNOWN && w->row->o.from_s >= cm_utc(month == 12 ? year + 1 : year, month % 12 + 1, 1, 0, 0, 0))
        cm_preparer_note(w->p, CM_NOTE_ENDED, w->record->row);
}

static bool take_grades(cm_prepare_work *w)
{
    cm_observation *o = &w->row->o;
    const bool graded = cm_work_has(w, CM_ROLE_SOURCE_GRADE) || cm_work_has(w, CM_ROLE_INFORMATION_GRADE) || cm_work_has(w, CM_ROLE_HANDLING) ||
                        cm_work_has(w, CM_ROLE_GRADE);
    const cm_csv_field source = cm_work_cell(w, CM_ROLE_SOURCE_GRADE), information = cm_work_cell(w, CM_ROLE_INFORMATION_GRADE);
    const cm_csv_field handling = cm_work_cell(w, CM_ROLE_HANDLING), code = cm_work_cell(w, CM_ROLE_GRADE);
    cm_grades grades = {0};
    cm_flaw flaw;

    o->source_grade = 2;
    o->information_grade = 'D';
    o->handling = 'P';
    if (!graded)
        return true;
    if (!cm_grade_code(code.bytes, code.length, w->p->legacy_grades, &grades, &flaw))
        return cm_work_refuse(w, flaw, CM_ROLE_GRADE);
    if (source.length && !cm_grade_source(source.bytes, source.length, &grades.source, &flaw))
        return cm_work_refuse(w, flaw, CM_ROLE_SOURCE_GRADE);
    if (information.length && !cm_grade_information(information.bytes, information.length, &grades.information, &flaw))
        return cm_work_refuse(w, flaw, CM_ROLE_INFORMATION_GRADE);
    if (handling.length && !cm_grade_handling(handling.bytes, handling.length, &grades.handling, &flaw))
        return cm_work_refuse(w, flaw, CM_ROLE_HANDLING);
    o->conditions = cm_work_copy(w, cm_work_cell(w, CM_ROLE_CONDITIONS));
    if (grades.legacy) {
        cm_preparer_note(w->p, CM_NOTE_LEGACY, w->record->row);
        if (!o->conditions)
            o->conditions = "older 5x5x5 grade: handling to be reviewed";
    }
    if (grades.handling == 'C' && !o->conditions)
        return cm_work_refuse(w, CM_FLAW("no-conditions", "handling C needs its conditions in words"),
                      cm_work_has(w, CM_ROLE_CONDITIONS) ? CM_ROLE_CONDITIONS : CM_ROLE_HANDLING);
    if (!grades.source || !grades.information || !grades.handling)
        cm_preparer_note(w->p, CM_NOTE_NO_GRADE, w->record->row);
    if (grades.source)
        o->source_grade = grades.source;
    if (grades.information)
        o->information_grade = grades.information;
    o->handling = grades.handling ? grades.handling : 'C';
    return true;
}

static bool take_category(cm_prepare_work *w)
{
    const cm_csv_field field = cm_work_cell(w, CM_ROLE_CATEGORY);
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
        w->row->o.category = cm_work_copy(w, (cm_csv_field){found.name, strlen(found.name)});
        return true;
    }
    cm_work_refuse(w, CM_FLAW("unknown-category", "not a category of the list"), CM_ROLE_CATEGORY);
    if (found.nearest) {
        char words[160];
        const int n = snprintf(words, sizeof words, "not a category of the list; the nearest is \"%.80s\"", found.nearest);
        w->row->reason = cm_work_copy(w, (cm_csv_field){words, (size_t)n});
    }
    return false;
}

static void keep_columns(cm_prepare_work *w)
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
        w->row->o.extra = cm_work_copy(w, (cm_csv_field){p->kept.bytes, p->kept.length});
}

static castmap_status take_texts(cm_prepare_work *w)
{
    cm_observation *o = &w->row->o;
    cm_preparer *p = w->p;
    const int first = p->mapping->column[CM_ROLE_TEXT];
    const int column = cell_of(w, first).length ? first : p->mapping->otherwise[CM_ROLE_TEXT];
    const cm_csv_field text = cm_work_cell(w, CM_ROLE_TEXT);

    o->record_id = cm_work_copy(w, cm_work_cell(w, CM_ROLE_ID));
    o->source = cm_work_copy(w, cm_work_cell(w, CM_ROLE_SOURCE));
    if (o->source && cm_text_deceptive(o->source, strlen(o->source)))
        cm_preparer_note(p, CM_NOTE_DECEPTIVE, w->record->row);
    if (text.length > CM_TEXT_LIMIT) {
        castmap_status status = cm_fail(p->ctx, CASTMAP_E_LIMIT, "a text is longer than 16 KiB");
        cm_fail_where(p->ctx, "%s:%" PRId64 ":%s", p->file, w->record->row, p->columns->name[column]);
        cm_fail_hint(p->ctx, "shorten it");
        return status;
    }
    if (text.length) {
        o->text = cm_work_copy(w, w->record->field[column]); /* exactly as written */
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
static castmap_status take_values(cm_prepare_work *w)
{
    const cm_csv_field persons = cm_work_cell(w, CM_ROLE_PERSONS);
    cm_flaw flaw;

    if (!cm_work_place(w) || !take_time(w) || !take_grades(w))
        return CASTMAP_OK;
    check_ended(w);
    if (!cm_persons(persons.bytes, persons.length, &w->row->o.persons, &flaw)) {
        cm_work_refuse(w, flaw, CM_ROLE_PERSONS);
        return CASTMAP_OK;
    }
    if (!take_category(w))
        return CASTMAP_OK;
    return take_texts(w);
}

static castmap_status take_record(cm_preparer *p, const cm_record *record, cm_arena *texts, cm_prepared *row)
{
    cm_prepare_work w = {.p = p, .record = record, .row = row, .texts = texts};
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
            row->reason = cm_work_copy(&w, (cm_csv_field){record->detail, strlen(record->detail)});
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
