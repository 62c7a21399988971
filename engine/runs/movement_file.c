/*
 * runs/movement_file.c - reading a table of movements.
 *
 *   1. open      encoding, separator, columns
 *   2. read      row by row: both ends, when, who
 *   3. locate    ends given by coordinates or postcodes, all at once
 *   4. settle    rows whose ends have areas stay; the others are counted by reason
 */
#include "runs/movement_file.h"

#include "base/decimal.h"
#include "base/digest.h"
#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/time_text.h"
#include "project/ingest/grades.h"
#include "project/ingest/place.h"
#include "project/ingest/when.h"
#include "project/run_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_BETWEEN_CHECKS 8192

typedef enum reason {
    BAD_ROW,
    FROM_FLAWS,                              /* + cm_end_flaw */
    TO_FLAWS = FROM_FLAWS + CM_END_FLAWS,    /* likewise */
    BAD_DATE = TO_FLAWS + CM_END_FLAWS,
    BAD_GRADE,
    BAD_PERSONS,
    BAD_ORDER,
    REASONS
} reason;

static const struct {
    const char *code, *words;
} WORDS[REASONS] = {
    [BAD_ROW] = {"bad-row", "the row has not as many fields as the header, or a quote stands where none may"},
    [FROM_FLAWS + CM_END_EMPTY] = {"no-origin", "it does not say where it began"},
    [FROM_FLAWS + CM_END_UNKNOWN] = {"unknown-origin", "where it began is no area of the boundaries, and no postcode or place of the project's tables"},
    [FROM_FLAWS + CM_END_AMBIGUOUS] = {"ambiguous-origin", "where it began may be several places; give the code of the area"},
    [FROM_FLAWS + CM_END_PART] = {"part-origin", "where it began is known to part of a postcode or a coarse square only, which may lie in several areas"},
    [FROM_FLAWS + CM_END_BAD_POSITION] = {"bad-origin", "the position where it began is no longitude and latitude in degrees"},
    [FROM_FLAWS + CM_END_OUTSIDE] = {"outside-origin", "where it began lies in none of the areas"},
    [TO_FLAWS + CM_END_EMPTY] = {"no-destination", "it does not say where it ended"},
    [TO_FLAWS + CM_END_UNKNOWN] = {"unknown-destination", "where it ended is no area of the boundaries, and no postcode or place of the project's tables"},
    [TO_FLAWS + CM_END_AMBIGUOUS] = {"ambiguous-destination", "where it ended may be several places; give the code of the area"},
    [TO_FLAWS + CM_END_PART] = {"part-destination", "where it ended is known to part of a postcode or a coarse square only, which may lie in several areas"},
    [TO_FLAWS + CM_END_BAD_POSITION] = {"bad-destination", "the position where it ended is no longitude and latitude in degrees"},
    [TO_FLAWS + CM_END_OUTSIDE] = {"outside-destination", "where it ended lies in none of the areas"},
    [BAD_DATE] = {"bad-date", "the date cannot be read, or in two ways; --date-order says which"},
    [BAD_GRADE] = {"bad-grade", "the grade is none of 3x5x2, such as 2BP"},
    [BAD_PERSONS] = {"bad-persons", "how many moved is no whole number from 1 to 10,000"},
    [BAD_ORDER] = {"bad-order", "the order within the journey is no whole number"},
};

typedef struct move_row {
    cm_movement_end end[2];
    int64_t when_s, span_s, order, line;
    int32_t person, source, journey, persons, grade;
} move_row;

typedef struct reading {
    castmap_context    *ctx;
    const castmap_flows_run_options *options;
    cm_movement_places *places;
    cm_text_input      *input;    /* owned */
    cm_csv_reader      *csv;      /* owned */
    cm_columns          names;    /* owned */
    cm_movement_columns columns;
    cm_zone            *zone;     /* owned */
    cm_date_order       order;
    cm_text_numbers     persons, sources, journeys; /* owned */
    move_row           *row;      /* owned [n] */
    size_t              n, room;
    size_t              refused[REASONS];
    int64_t             first[REASONS];
    cm_movements        out;
    size_t              guess_room;
} reading;

void cm_reasons_clear(castmap_reason_count *reasons, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(reasons[i].reason);
    free(reasons);
}

void cm_guesses_free(castmap_guess *guesses, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(guesses[i].what);
        free(guesses[i].value);
        free(guesses[i].why);
    }
    free(guesses);
}

void cm_movements_clear(cm_movements *m)
{
    free(m->from);
    free(m->to);
    free(m->when_s);
    free(m->span_s);
    free(m->person);
    free(m->source);
    free(m->journey);
    free(m->order);
    free(m->persons);
    free(m->grade);
    cm_reasons_clear(m->reasons, m->n_reasons);
    cm_guesses_free(m->guesses, m->n_guesses);
    memset(m, 0, sizeof *m);
}

static void release(reading *r)
{
    cm_csv_close(r->csv);
    cm_text_input_close(r->input);
    cm_columns_clear(&r->names);
    cm_zone_free(r->zone);
    cm_text_numbers_clear(&r->persons);
    cm_text_numbers_clear(&r->sources);
    cm_text_numbers_clear(&r->journeys);
    free(r->row);
    cm_movements_clear(&r->out);
}

static castmap_status guess(reading *r, const char *what, const char *value, const char *why)
{
    char shown[160];

    if (cm_grow(&r->out.guesses, &r->guess_room, r->out.n_guesses + 1, sizeof *r->out.guesses))
        return cm_fail_memory(r->ctx);
    cm_escape_display(value, strlen(value), shown, sizeof shown);
    castmap_guess *g = &r->out.guesses[r->out.n_guesses++];
    *g = (castmap_guess){cm_copy_text(what), cm_copy_text(shown), cm_copy_text(why)};
    return g->what && g->value && g->why ? CASTMAP_OK : cm_fail_memory(r->ctx);
}

/* ---- open ------------------------------------------------------------------------------------------------------- */

static castmap_status try_separator(reading *r, char separator, const char *file, bool *whole)
{
    cm_csv_row header;
    castmap_status status;

    cm_columns_clear(&r->names);
    status = cm_csv_header(r->ctx, r->csv, separator, &header);
    if (status)
        return status;
    if (header.fault) {
        status = cm_fail(r->ctx, CASTMAP_E_INPUT, "the header row is damaged: a quote stands where none may be");
        cm_fail_where(r->ctx, "%s:1:field %zu", file, header.fault_field);
        return status;
    }
    status = cm_columns_init(r->ctx, file, header.field, header.n_fields, &r->names);
    if (!status)
        status = cm_movement_recognise(r->ctx, &r->names, r->options->map, r->options->n_map, &r->columns);
    *whole = !status && cm_movement_columns_whole(&r->columns);
    return status;
}

static castmap_status fail_columns(reading *r, const char *file)
{
    const cm_columns *names = &r->names;
    castmap_status status = cm_fail(r->ctx, CASTMAP_E_INPUT, "no columns for where a movement began and where it ended were recognised");

    cm_fail_where(r->ctx, "%s:1", file);
    cm_fail_hint(r->ctx, "name them: --map from=COLUMN --map to=COLUMN; the first columns are: %.60s%s%.60s", names->n ? names->name[0] : "",
                 names->n > 1 ? ", " : "", names->n > 1 ? names->name[1] : "");
    return status;
}

static castmap_status settle_columns(reading *r, const char *file)
{
    static const char CANDIDATES[] = {',', ';', '\t'};
    char separator = r->options->delimiter;
    castmap_status status = CASTMAP_OK;
    bool whole = false;

    if (separator)
        status = try_separator(r, separator, file, &whole);
    for (size_t i = 0; i < sizeof CANDIDATES && !r->options->delimiter && !whole; i++) {
        separator = CANDIDATES[i];
        cm_fail_clear(r->ctx);
        status = try_separator(r, separator, file, &whole);
        if (status == CASTMAP_E_NOMEM || status == CASTMAP_E_ARGUMENT)
            return status;
        if (!status && r->names.n > 1 && !whole && i + 1 < sizeof CANDIDATES)
            break; /* it splits the header: its columns are those to tell of */
    }
    if (status)
        return status;
    if (!whole)
        return fail_columns(r, file);
    if (r->places->labels && (r->columns.column[CM_MOVE_FROM] == CM_NO_COLUMN || r->columns.column[CM_MOVE_TO] == CM_NO_COLUMN)) {
        status = cm_fail(r->ctx, CASTMAP_E_NOT_FOUND, "positions in degrees lie in areas, and there are none");
        cm_fail_where(r->ctx, "%s:1", file);
        cm_fail_hint(r->ctx, "bring boundaries in with castmap boundaries add");
        return status;
    }
    status = guess(r, "separator", separator == ',' ? "comma" : separator == ';' ? "semicolon" : "tab", r->options->delimiter ? "given" : "header");
    for (int role = 0; role < CM_MOVE_ROLES && !status; role++) {
        if (r->columns.column[role] != CM_NO_COLUMN)
            status = guess(r, cm_movement_role_name((cm_movement_role)role), r->names.name[r->columns.column[role]],
                           r->columns.given[role] ? "given" : "column name");
    }
    return status ? status : cm_csv_begin(r->ctx, r->csv, separator, r->names.n);
}

static castmap_status open_table(reading *r, castmap_project *project)
{
    const char *file = cm_input_name(r->options->path);
    char *zone = NULL;
    bool changed = false;
    castmap_status status;

    if (r->options->date_order && !cm_date_order_named(r->options->date_order, &r->order))
        return cm_fail(r->ctx, CASTMAP_E_ARGUMENT, "the order of dates is dmy, mdy or ymd");
    status = cm_text_input_open(r->ctx, r->options->path, r->options->follow_links, NULL, &r->input);
    if (!status && (cm_input_is_standard(r->options->path) || !cm_text_input_looks_utf8(r->input)))
        status = cm_text_input_settle(r->ctx, r->input, &changed);
    if (!status)
        status = cm_csv_open(r->ctx, r->input, file, false, &r->csv);
    if (!status)
        status = settle_columns(r, file);
    if (!status && changed)
        status = guess(r, "encoding", "Windows-1252", "not UTF-8");
    if (!status)
        status = cm_setting_get(r->ctx, project, "time_zone", &zone);
    if (!status)
        status = cm_zone_open(r->ctx, zone ? zone : "UTC", &r->zone);
    free(zone);
    return status;
}

/* ---- read ------------------------------------------------------------------------------------------------------- */

static cm_csv_field cell(const reading *r, const cm_csv_row *row, cm_movement_role role)
{
    const int column = r->columns.column[role];
    cm_csv_field field = column == CM_NO_COLUMN ? (cm_csv_field){"", 0} : row->field[column];

    while (field.length > 0 && field.bytes[0] == ' ') {
        field.bytes++;
        field.length--;
    }
    while (field.length > 0 && field.bytes[field.length - 1] == ' ')
        field.length--;
    return field;
}

/* Coordinates where the row has them, else the word. */
static castmap_status read_end(reading *r, const cm_csv_row *row, bool to, cm_movement_end *end)
{
    const cm_csv_field lon = cell(r, row, to ? CM_MOVE_TO_LON : CM_MOVE_FROM_LON), lat = cell(r, row, to ? CM_MOVE_TO_LAT : CM_MOVE_FROM_LAT);
    const cm_csv_field word = cell(r, row, to ? CM_MOVE_TO : CM_MOVE_FROM);
    cm_place place;
    cm_flaw flaw = {0};

    if ((lon.length == 0 && lat.length == 0) || r->places->labels)
        return cm_movement_place(r->places, word.bytes, word.length, end);
    *end = (cm_movement_end){.flaw = CM_END_FINE, .area = CM_NO_NUMBER};
    if (cm_place_degrees(lat.bytes, lat.length, lon.bytes, lon.length, &place, &flaw) && cm_place_check_degrees(place.a, place.b, &flaw)) {
        end->lon = place.a;
        end->lat = place.b;
    } else {
        end->flaw = CM_END_BAD_POSITION;
    }
    return CASTMAP_OK;
}

static castmap_status read_who(reading *r, cm_text_numbers *numbers, cm_csv_field field, int32_t *out)
{
    uint32_t number = 0;
    bool fresh = false;

    *out = -1;
    if (field.length == 0)
        return CASTMAP_OK;
    if (cm_text_number(numbers, field.bytes, field.length, &number, &fresh) || number > INT32_MAX)
        return cm_fail_memory(r->ctx);
    *out = (int32_t)number;
    return CASTMAP_OK;
}

static reason read_values(reading *r, const cm_csv_row *row, move_row *out)
{
    const cm_csv_field date = cell(r, row, CM_MOVE_DATE), grade = cell(r, row, CM_MOVE_GRADE), persons = cell(r, row, CM_MOVE_PERSONS),
                       order = cell(r, row, CM_MOVE_ORDER);
    cm_when when = {CM_TIME_UNKNOWN, CM_TIME_UNKNOWN, 0, false, false, false};
    cm_grades grades = {0};
    int64_t number = 1;
    cm_flaw flaw = {0};

    if (date.length > 0 && !cm_when_parse(date.bytes, date.length, r->order, r->zone, &when, &flaw))
        return BAD_DATE;
    if (grade.length > 0 && !cm_grade_code(grade.bytes, grade.length, false, &grades, &flaw))
        return BAD_GRADE;
    if (persons.length > 0 && (!cm_decimal_parse_i64(persons.bytes, persons.length, &number) || number < 1 || number > 10000))
        return BAD_PERSONS;
    out->order = INT64_MIN;
    if (order.length > 0 && !cm_decimal_parse_i64(order.bytes, order.length, &out->order))
        return BAD_ORDER;
    out->when_s = when.from_s == CM_TIME_UNKNOWN ? CM_TIME_UNKNOWN : when.from_s + (when.to_s - when.from_s) / 2;
    out->span_s = when.from_s == CM_TIME_UNKNOWN ? CM_WHEN_SPAN_UNKNOWN : when.to_s - when.from_s;
    out->persons = (int32_t)number;
    out->grade = grades.source * 65536 + (unsigned char)grades.information * 256 + (unsigned char)grades.handling;
    return REASONS;
}

static void refuse(reading *r, reason why, int64_t line)
{
    if (r->refused[why]++ == 0 || line < r->first[why])
        r->first[why] = line;
}

static castmap_status read_row(reading *r, const cm_csv_row *row)
{
    move_row made = {.line = row->line};
    castmap_status status;

    r->out.read++;
    if (row->fault) {
        refuse(r, BAD_ROW, row->line);
        return CASTMAP_OK;
    }
    const reason why = read_values(r, row, &made);
    if (why != REASONS) {
        refuse(r, why, row->line);
        return CASTMAP_OK;
    }
    status = read_end(r, row, false, &made.end[0]);
    if (!status)
        status = read_end(r, row, true, &made.end[1]);
    if (!status)
        status = read_who(r, &r->persons, cell(r, row, CM_MOVE_PERSON), &made.person);
    if (!status)
        status = read_who(r, &r->sources, cell(r, row, CM_MOVE_SOURCE), &made.source);
    if (!status)
        status = read_who(r, &r->journeys, cell(r, row, CM_MOVE_JOURNEY), &made.journey);
    if (!status && cm_grow(&r->row, &r->room, r->n + 1, sizeof *r->row))
        status = cm_fail_memory(r->ctx);
    if (!status)
        r->row[r->n++] = made;
    return status;
}

static castmap_status read_rows(reading *r)
{
    cm_csv_row row;
    bool more = true;
    castmap_status status = CASTMAP_OK;

    while (!status) {
        status = cm_csv_next(r->ctx, r->csv, &row, &more);
        if (status || !more)
            break;
        if (row.fault == CM_CSV_BLANK)
            continue;
        status = read_row(r, &row);
        if (!status && r->out.read % ROWS_BETWEEN_CHECKS == 0) {
            cm_progress(r->ctx, "reading movements", cm_text_input_fraction(r->input));
            if (cm_cancelled(r->ctx))
                status = cm_fail_cancelled(r->ctx);
        }
    }
    if (!status)
        status = cm_text_input_unchanged(r->ctx, r->input);
    if (!status && r->out.read >= UINT32_MAX / 2)
        status = cm_fail(r->ctx, CASTMAP_E_LIMIT, "more than 2,000 million rows");
    return status;
}

/* ---- settle ----------------------------------------------------------------------------------------------------- */

static castmap_status locate(reading *r)
{
    cm_movement_end *end = cm_alloc(2 * r->n, sizeof *end);
    castmap_status status = end ? CASTMAP_OK : cm_fail_memory(r->ctx);

    for (size_t i = 0; i < r->n && !status; i++)
        memcpy(end + 2 * i, r->row[i].end, sizeof r->row[i].end);
    if (!status)
        status = cm_movement_locate(r->places, end, 2 * r->n);
    for (size_t i = 0; i < r->n && !status; i++)
        memcpy(r->row[i].end, end + 2 * i, sizeof r->row[i].end);
    free(end);
    return status;
}

static castmap_status allocate(reading *r, size_t n)
{
    cm_movements *m = &r->out;

    m->from = cm_alloc(n, sizeof *m->from);
    m->to = cm_alloc(n, sizeof *m->to);
    m->when_s = cm_alloc(n, sizeof *m->when_s);
    m->span_s = cm_alloc(n, sizeof *m->span_s);
    m->person = cm_alloc(n, sizeof *m->person);
    m->source = cm_alloc(n, sizeof *m->source);
    m->journey = cm_alloc(n, sizeof *m->journey);
    m->order = cm_alloc(n, sizeof *m->order);
    m->persons = cm_alloc(n, sizeof *m->persons);
    m->grade = cm_alloc(n, sizeof *m->grade);
    return m->from && m->to && m->when_s && m->span_s && m->person && m->source && m->journey && m->order && m->persons && m->grade
               ? CASTMAP_OK : cm_fail_memory(r->ctx);
}

static void take(cm_movements *m, const move_row *row)
{
    const size_t k = m->count++;

    m->from[k] = row->end[0].area;
    m->to[k] = row->end[1].area;
    m->when_s[k] = row->when_s;
    m->span_s[k] = row->span_s;
    m->person[k] = row->person;
    m->source[k] = row->source;
    m->journey[k] = row->journey;
    m->order[k] = row->order;
    m->persons[k] = row->persons;
    m->grade[k] = row->grade;
    m->within += m->from[k] == m->to[k];
    m->n_undated += row->when_s == CM_TIME_UNKNOWN;
}

static int most_first(const void *left, const void *right)
{
    const castmap_reason_count *a = left, *b = right;

    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    return strcmp(a->code, b->code);
}

static castmap_status word_reasons(reading *r)
{
    cm_movements *m = &r->out;

    m->reasons = cm_alloc_zero(REASONS, sizeof *m->reasons);
    if (!m->reasons)
        return cm_fail_memory(r->ctx);
    for (int k = 0; k < REASONS; k++) {
        if (!r->refused[k])
            continue;
        castmap_reason_count *count = &m->reasons[m->n_reasons++];
        snprintf(count->code, sizeof count->code, "%s", WORDS[k].code);
        count->reason = cm_copy_text(WORDS[k].words);
        count->count = r->refused[k];
        count->first_row = r->first[k];
        if (!count->reason)
            return cm_fail_memory(r->ctx);
    }
    if (m->n_reasons > 1)
        qsort(m->reasons, m->n_reasons, sizeof *m->reasons, most_first);
    return CASTMAP_OK;
}

/* Numbers in the order of the texts, so that they do not depend on that of the rows. */
static castmap_status renumber(reading *r, const cm_text_numbers *numbers, int32_t *value)
{
    uint32_t *rank = NULL;
    castmap_status status = cm_text_numbers_rank(numbers, &rank) ? cm_fail_memory(r->ctx) : CASTMAP_OK;

    for (size_t i = 0; i < r->out.count && !status; i++)
        value[i] = value[i] < 0 ? -1 : (int32_t)rank[value[i]];
    free(rank);
    return status;
}

static castmap_status settle(reading *r)
{
    castmap_status status = allocate(r, r->n);

    for (size_t i = 0; i < r->n && !status; i++) {
        const move_row *row = &r->row[i];
        if (row->end[0].flaw)
            refuse(r, (reason)((int)FROM_FLAWS + (int)row->end[0].flaw), row->line);
        else if (row->end[1].flaw)
            refuse(r, (reason)((int)TO_FLAWS + (int)row->end[1].flaw), row->line);
        else
            take(&r->out, row);
    }
    r->out.n_persons = r->persons.count;
    r->out.n_sources = r->sources.count;
    r->out.n_journeys = r->journeys.count;
    r->out.has_persons = r->columns.column[CM_MOVE_PERSONS] != CM_NO_COLUMN;
    if (!status)
        status = renumber(r, &r->persons, r->out.person);
    if (!status)
        status = renumber(r, &r->sources, r->out.source);
    if (!status)
        status = renumber(r, &r->journeys, r->out.journey);
    return status ? status : word_reasons(r);
}

castmap_status cm_movements_read(castmap_context *ctx, castmap_project *project, const castmap_flows_run_options *options, cm_movement_places *places,
                                 cm_movements *out)
{
    reading r = {.ctx = ctx, .options = options, .places = places, .order = CM_DATE_ASK};
    castmap_status status;

    status = open_table(&r, project);
    if (status)
        goto done;
    status = read_rows(&r);
    if (status)
        goto done;
    status = locate(&r);
    if (status)
        goto done;
    status = settle(&r);
    if (status)
        goto done;
    if (!cm_input_is_standard(options->path))
        status = cm_sha256_file(ctx, options->path, r.out.sha256, NULL);
    if (status)
        goto done;
    *out = r.out;
    memset(&r.out, 0, sizeof r.out);

done:
    release(&r);
    return status;
}
