#include "rows.h"

#include "calendar.h"
#include "random.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_FAULT 45 /* record at which the first planted row may stand */
#define FAULT_STEP 49  /* and how far apart they are at least */

const char *const FIELD_NAMES[FIELD_COUNT] = {
    "start", "end", "today", "where", "_where_latitude", "_where_longitude", "_where_altitude", "_where_precision",
    "what", "how_many", "when_seen", "notes", "reporter", "source_grade", "information_grade", "handling",
    "handling_conditions", "_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status",
    "_submitted_by", "__version__", "_tags", "_index",
};

typedef struct planted {
    const char *kind;
    fate        fate;
    const char *column;
    const char *expect;
    const char *latitude, *longitude; /* NULL: as they are */
    enum field  change;               /* F_INDEX: none */
    const char *value;
    int         fields;               /* 0: all */
} planted;

#define BAD FATE_QUARANTINED
#define FINE FATE_ACCEPTED
#define POSITION(kind, column, expect, lat, lon) {kind, BAD, column, expect, lat, lon, F_INDEX, NULL, 0}
#define VALUE(kind, column, expect, which, value) {kind, BAD, column, expect, NULL, NULL, which, value, 0}
#define ODD(kind, column, expect, which, value) {kind, FINE, column, expect, NULL, NULL, which, value, 0}

/* In the order in which they are planted. */
static const planted PLANTED[] = {
    POSITION("no-position", "where", "no position", "", ""),
    VALUE("date-impossible", "when_seen", "February has no 30th day", F_WHEN_SEEN, "2025-02-30T18:30:00.000+00:00"),
    ODD("text-with-line-break", "notes", "quoted line break belongs to the text", F_NOTES,
        "Two things:\nthe side gate was open,\nand the lamp above it was out."),
    POSITION("half-position", "_where_latitude", "longitude without latitude", "", NULL),
    VALUE("source-grade-unknown", "source_grade", "allowed are 1, 2, 3", F_SOURCE_GRADE, "5"),
    POSITION("position-swapped", "where", "latitude and longitude look swapped", "=lon", "=lat"),
    ODD("text-with-quotes", "notes", "doubled quotes are one quote", F_NOTES,
        "The sign says \"Hand wash, always open\", but the yard was locked."),
    POSITION("placeholder-position", "where", "0 0 is a placeholder", "0", "0"),
    VALUE("fields-few", "", "22 fields where 27 are expected", F_INDEX, NULL),
    POSITION("position-range", "_where_latitude", "95 is not a latitude", "95", NULL),
    VALUE("date-ambiguous", "when_seen", "3 April or 4 March", F_WHEN_SEEN, "03/04/2025"),
    ODD("text-accented", "notes", "UTF-8", F_NOTES, "Caf\xc3\xa9 sign in Polish: \xe2\x80\x9eprac\xc4\x99 dam\xe2\x80\x9d, na\xc3\xafve offer, \xc2\xa3" "12 a day."),
    POSITION("decimal-comma", "_where_latitude", "decimal comma", "53,7481", "-4,0523"),
    VALUE("information-grade-unknown", "information_grade", "allowed are A to E", F_INFORMATION_GRADE, "F"),
    POSITION("position-text", "_where_latitude", "not a number", "unknown", "unknown"),
    {"duplicate", FATE_DUPLICATE, "", "the same row to the letter", NULL, NULL, F_INDEX, NULL, 0},
    POSITION("position-not-finite", "_where_latitude", "not a finite number", "NaN", "NaN"),
    VALUE("date-future", "when_seen", "in the future", F_WHEN_SEEN, "2031-05-06T12:00:00.000+01:00"),
    ODD("text-like-html", "notes", "kept as it is, never markup", F_NOTES, "The landlord called the back room <b>quiet</b>."),
    POSITION("position-projected", "where", "metres of a national grid, not degrees", "431087", "264910"),
    VALUE("fields-many", "", "29 fields where 27 are expected", F_INDEX, NULL),
    VALUE("handling-unknown", "handling", "allowed are P and C", F_HANDLING, "X"),
    POSITION("position-far", "where", "outside the area of the project", "48.856613", "2.352222"),
    ODD("text-like-formula", "notes", "kept as it is; made harmless in a spreadsheet export", F_NOTES,
        "=2+3 people came out and two went in"),
    VALUE("date-serial", "when_seen", "a spreadsheet's day number", F_WHEN_SEEN, "45992"),
    VALUE("conditions-missing", "handling_conditions", "handling C without its conditions", F_CONDITIONS, ""),
    POSITION("no-position", "where", "no position", "", ""),
    VALUE("count-negative", "how_many", "not a number of persons", F_HOW_MANY, "-1"),
    {"blank-line", FATE_QUARANTINED, "", "blank line in the middle", NULL, NULL, F_INDEX, NULL, 0},
    VALUE("category-unknown", "what", "nearest: overcrowded_house", F_WHAT, "overcrowded_hose"),
    POSITION("position-swapped", "where", "latitude and longitude look swapped", "=lon", "=lat"),
    {"duplicate", FATE_DUPLICATE, "", "the same row to the letter", NULL, NULL, F_INDEX, NULL, 0},
    VALUE("date-impossible", "when_seen", "November has no 31st day", F_WHEN_SEEN, "2025-11-31T07:10:00.000+00:00"),
    POSITION("decimal-comma", "_where_latitude", "decimal comma", "53,7502", "-4,0611"),
    ODD("grade-missing", "source_grade", "taken as 2, with a warning", F_SOURCE_GRADE, ""),
    {"id-conflict", FATE_QUARANTINED, "_id", "an earlier row has this _id and other content", NULL, NULL, F_INDEX, NULL, 0},
    POSITION("placeholder-position", "where", "0 0 is a placeholder", "0", "0"),
    VALUE("count-fraction", "how_many", "not a number of persons", F_HOW_MANY, "2.5"),
    VALUE("date-ambiguous", "when_seen", "5 June or 6 May", F_WHEN_SEEN, "05/06/2025 08:15"),
    POSITION("position-projected", "where", "metres of a national grid, not degrees", "429854", "263377"),
    ODD("grade-missing", "information_grade", "taken as D, with a warning", F_INFORMATION_GRADE, ""),
    VALUE("category-unknown", "what", "nearest: car_wash_concern", F_WHAT, "car_wash_consern"),
    VALUE("conditions-missing", "handling_conditions", "handling C without its conditions", F_CONDITIONS, ""),
    POSITION("position-range", "_where_longitude", "204.0512 is not a longitude", NULL, "204.0512"),
    {"duplicate", FATE_DUPLICATE, "", "the same row to the letter", NULL, NULL, F_INDEX, NULL, 0},
    ODD("text-with-comma", "notes", "quoted comma belongs to the text", F_NOTES, "Two cars, one van, nobody about."),
    VALUE("date-text", "when_seen", "not a date", F_WHEN_SEEN, "last Tuesday"),
};

#define PLANTED_COUNT ((int)(sizeof PLANTED / sizeof PLANTED[0]))

static void set(row *r, enum field which, const char *text)
{
    free(r->field[which]);
    r->field[which] = text_copy(text);
}

static void set_degrees(row *r, enum field which, int64_t millionths)
{
    char text[32];

    set(r, which, text_degrees(millionths, text));
}

static void set_number(row *r, enum field which, int64_t number)
{
    char text[32];

    snprintf(text, sizeof text, "%lld", (long long)number);
    set(r, which, text);
}

/* The question's own cell repeats the four columns that the export makes of it. */
static void join_place(row *r)
{
    const char *lat = r->field[F_LATITUDE], *lon = r->field[F_LONGITUDE];
    const char *alt = r->field[F_ALTITUDE], *acc = r->field[F_PRECISION];
    char text[160];

    if (!*lat && !*lon) {
        set(r, F_ALTITUDE, "");
        set(r, F_PRECISION, "");
        set(r, F_WHERE, "");
        return;
    }
    snprintf(text, sizeof text, "%s %s %s %s", lat, lon, alt, acc);
    set(r, F_WHERE, *lat ? text : "");
}

static void set_uuid(row *r, stream *s)
{
    const uint64_t a = draw_bits(s), b = draw_bits(s);
    char text[64];

    snprintf(text, sizeof text, "%08llx-%04llx-4%03llx-%c%03llx-%012llx", (unsigned long long)(a >> 32),
             (unsigned long long)(a >> 16 & 0xffff), (unsigned long long)(a & 0xfff), "89ab"[b >> 62],
             (unsigned long long)(b >> 48 & 0xfff), (unsigned long long)(b & 0xffffffffffff));
    set(r, F_UUID, text);
}

static void set_instant(row *r, enum field which, int64_t utc, int milliseconds)
{
    char text[64];

    write_instant(utc, milliseconds, text);
    set(r, which, text);
}

static row plain_row(const observation *o, int source, int64_t id, stream *s)
{
    static const char *const reviews[4] = {"", "", "Approved", "On Hold"};
    row r = {.fields = FIELD_COUNT, .fate = FATE_ACCEPTED, .column = "", .expect = "", .source = source};
    char text[64];
    const int first = draw_below(s, 1000), second = draw_below(s, 1000);

    for (int i = 0; i < FIELD_COUNT; i++)
        r.field[i] = text_copy("");
    set_instant(&r, F_START, o->opened, first);
    set_instant(&r, F_END, o->closed, second);
    write_date(o->opened, text);
    set(&r, F_TODAY, text);
    set_degrees(&r, F_LATITUDE, o->place.lat);
    set_degrees(&r, F_LONGITUDE, o->place.lon);
    set(&r, F_ALTITUDE, text_tenths(o->altitude, text));
    set(&r, F_PRECISION, text_tenths(o->accuracy, text));
    join_place(&r);
    set(&r, F_WHAT, CATEGORY_CODES[o->category]);
    if (o->how_many)
        set_number(&r, F_HOW_MANY, o->how_many);
    set_instant(&r, F_WHEN_SEEN, o->seen, 0);
    set(&r, F_NOTES, o->note);
    snprintf(text, sizeof text, "R-%03d", o->reporter);
    set(&r, F_REPORTER, text);
    set_number(&r, F_SOURCE_GRADE, o->source_grade);
    set(&r, F_INFORMATION_GRADE, (char[2]){o->information_grade, '\0'});
    set(&r, F_HANDLING, o->restricted ? "C" : "P");
    set(&r, F_CONDITIONS, o->conditions);
    set_number(&r, F_ID, id);
    set_uuid(&r, s);
    write_utc(o->submitted, text);
    set(&r, F_SUBMISSION_TIME, text);
    set(&r, F_VALIDATION_STATUS, reviews[draw_below(s, 4)]);
    set(&r, F_STATUS, "submitted_via_web");
    set(&r, F_SUBMITTED_BY, "wetherstow_neighbours");
    set(&r, F_VERSION, o->submitted < (int64_t)day_number(2025, 6, 1) * 86400 ? "vQ3hT8mWkPzr5Nc2Ld7Xaa"
                                                                           : "vR9bK2sYfGte6Jw4Hu8Zcc");
    return r;
}

static row *append(rows *r, row one)
{
    r->list = grow(r->list, &r->room, r->count + 1, sizeof *r->list);
    one.record = r->count + 1;
    r->list[r->count++] = one;
    return &r->list[r->count - 1];
}

static row copy_of(const row *r)
{
    row copy = *r;

    for (int i = 0; i < FIELD_COUNT; i++)
        copy.field[i] = text_copy(r->field[i]);
    return copy;
}

static void mark(row *r, const planted *p)
{
    r->fate = p->fate;
    r->fault = p->kind;
    r->column = p->column;
    r->expect = p->expect;
}

static void spoil_place(row *r, const planted *p)
{
    char *lat = text_copy(r->field[F_LATITUDE]), *lon = text_copy(r->field[F_LONGITUDE]);

    if (p->latitude)
        set(r, F_LATITUDE, strcmp(p->latitude, "=lon") == 0 ? lon : p->latitude);
    if (p->longitude)
        set(r, F_LONGITUDE, strcmp(p->longitude, "=lat") == 0 ? lat : p->longitude);
    join_place(r);
    free(lat);
    free(lon);
}

/* Changes the last row, or adds one after it. */
static void plant(rows *r, const planted *p)
{
    row *last = &r->list[r->count - 1];

    if (strcmp(p->kind, "duplicate") == 0) {
        mark(append(r, copy_of(last)), p);
        return;
    }
    if (strcmp(p->kind, "id-conflict") == 0) {
        last = append(r, copy_of(last));
        set(last, F_NOTES, "Written again, with another text.");
    } else if (strcmp(p->kind, "blank-line") == 0) {
        last = append(r, copy_of(last));
        last->raw = "";
    }
    mark(last, p);
    if (p->latitude || p->longitude)
        spoil_place(last, p);
    if (p->change != F_INDEX)
        set(last, p->change, p->value);
    if (strcmp(p->kind, "conditions-missing") == 0)
        set(last, F_HANDLING, "C");
    if (strcmp(p->kind, "handling-unknown") == 0)
        set(last, F_CONDITIONS, "");
    if (strcmp(p->kind, "fields-few") == 0)
        last->fields = 22;
    if (strcmp(p->kind, "fields-many") == 0)
        last->fields = FIELD_COUNT + 2;
}

/* Faults are planted on plain background rows, so that the planted patterns stay whole. */
static bool suits(const observation *o)
{
    return o->pattern == PATTERN_NONE && !o->restricted;
}

rows rows_make(const observations *all)
{
    rows r = {0};
    stream s = stream_of(50);
    int64_t id = 418200113;
    int next = 0, from = FIRST_FAULT, begins = 2;

    for (int i = 0; i < all->count; i++) {
        id += 3 + draw_below(&s, 190);
        append(&r, plain_row(&all->list[i], i, id, &s));
        set_number(&r.list[r.count - 1], F_INDEX, r.count);
        if (next == PLANTED_COUNT || r.count < from || !suits(&all->list[i]))
            continue;
        plant(&r, &PLANTED[next++]);
        from += FAULT_STEP;
        if (r.list[r.count - 1].fate != FATE_DUPLICATE)
            set_number(&r.list[r.count - 1], F_INDEX, r.count);
    }
    for (int i = 0; i < r.count; i++) {
        r.list[i].line = begins++;
        for (const char *c = r.list[i].field[F_NOTES]; *c && !r.list[i].raw; c++)
            begins += *c == '\n';
    }
    return r;
}

void rows_free(rows *r)
{
    for (int i = 0; i < r->count; i++)
        for (int k = 0; k < FIELD_COUNT; k++)
            free(r->list[i].field[k]);
    free(r->list);
    *r = (rows){0};
}

static void write_field(FILE *out, const char *text)
{
    if (!strpbrk(text, ",\"\n")) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

void rows_write(const rows *r, const char *file)
{
    FILE *out = text_open(file);

    for (int k = 0; k < FIELD_COUNT; k++)
        fprintf(out, "%s%s", k ? "," : "", FIELD_NAMES[k]);
    fputc('\n', out);
    for (int i = 0; i < r->count; i++) {
        const row *one = &r->list[i];
        if (one->raw)
            fputs(one->raw, out);
        for (int k = 0; k < one->fields && !one->raw; k++) {
            if (k)
                fputc(',', out);
            write_field(out, k < FIELD_COUNT ? one->field[k] : "");
        }
        fputc('\n', out);
    }
    text_close(out, file);
}
