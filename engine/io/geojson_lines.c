/*
 * io/geojson_lines.c - the grammar is checked over the whole document first; then features are walked over where they lie.
 */
#include "io/geojson_lines.h"

#include "base/fail.h"
#include "base/memory.h"
#include "io/geojson_reader.h"
#include "io/json_scan.h"
#include "io/json_screen.h"

#include <stdlib.h>
#include <string.h>

/* What of a feature is needed, as places of the text; from == to: not there. */
typedef struct line_feature {
    cm_json_span type, coordinates, times, person, track;
} line_feature;

typedef struct reading {
    castmap_context *ctx;
    const char      *name;
    char            *text; /* owned */
    size_t           length;
    char            *person, *track; /* owned; without escapes */
    size_t           n_person, n_track;
    cm_line_taker   *take;
    void            *payload;
    int64_t          feature;
    size_t           others;
    castmap_status   status;
} reading;

static castmap_status refuse(reading *r, castmap_status status, const char *what, size_t byte)
{
    status = cm_fail(r->ctx, status, "%s (byte %zu)", what, byte + 1);
    cm_fail_where(r->ctx, "%s", r->name);
    cm_fail_hint(r->ctx, "export the file again as a GeoJSON FeatureCollection of lines");
    return status;
}

static castmap_status read_text(reading *r, cm_text_input *input)
{
    size_t capacity = 0, got = 1;
    cm_json_screen screen;

    while (got > 0) {
        if (r->length > CM_GEOJSON_LIMIT)
            return refuse(r, CASTMAP_E_LIMIT, "larger than 256 MiB", r->length);
        if (cm_grow(&r->text, &capacity, r->length + ((size_t)1 << 18) + 1, 1) != 0)
            return cm_fail_memory(r->ctx);
        const castmap_status status = cm_text_input_read(r->ctx, input, r->text + r->length, capacity - r->length - 1, &got);
        if (status)
            return status;
        r->length += got;
    }
    r->text[r->length] = '\0';
    cm_json_check(r->text, r->length, CM_JSON_DEPTH - 1, &screen);
    return screen.good ? CASTMAP_OK : refuse(r, CASTMAP_E_INPUT, screen.fault ? screen.fault : "not JSON", screen.offset);
}

static cm_json_scan scan_at(const reading *r, size_t at)
{
    return (cm_json_scan){.text = r->text, .length = r->length, .at = at};
}

/* Calls for each member of an object; what it does not skip itself is skipped. The grammar was checked, so nothing fails. */
typedef void member_fn(reading *r, const cm_json_scan *scan, const cm_json_span *key, const cm_json_span *value, void *out);

static void each_member(reading *r, size_t at, member_fn *call, void *out)
{
    cm_json_scan scan = scan_at(r, at);
    bool first = true, more = true;
    cm_json_span key, value;

    if (!cm_json_take(&scan, '{'))
        return;
    while (cm_json_member(&scan, &first, &key, &more) && more) {
        cm_json_space(&scan);
        value.from = scan.at;
        if (!cm_json_skip(&scan, NULL))
            return;
        value.to = scan.at;
        value.escaped = false;
        call(r, &scan, &key, &value, out);
    }
}

static void take_times(reading *r, const cm_json_scan *scan, const cm_json_span *key, const cm_json_span *value, void *out)
{
    (void)r;
    if (cm_json_span_is(scan, key, "times"))
        ((line_feature *)out)->times = *value;
}

static bool key_in(const cm_json_scan *scan, const cm_json_span *key, const char *const *words)
{
    for (; *words; words++) {
        if (cm_json_span_is(scan, key, *words))
            return true;
    }
    return false;
}

static void take_property(reading *r, const cm_json_scan *scan, const cm_json_span *key, const cm_json_span *value, void *out)
{
    static const char *const PERSON[] = {"person", "person_id", "user", "device", "device_id", "volunteer", NULL};
    static const char *const TRACK[] = {"track", "track_id", "trip", "trip_id", NULL};
    line_feature *f = out;
    const char sign = r->text[value->from];

    if ((cm_json_span_is(scan, key, "coordTimes") || cm_json_span_is(scan, key, "times")) && sign == '[')
        f->times = *value;
    else if (cm_json_span_is(scan, key, "coordinateProperties") && sign == '{')
        each_member(r, value->from, take_times, f);
    else if (key_in(scan, key, PERSON) && f->person.to == f->person.from)
        f->person = *value;
    else if (key_in(scan, key, TRACK) && f->track.to == f->track.from)
        f->track = *value;
}

static void take_geometry(reading *r, const cm_json_scan *scan, const cm_json_span *key, const cm_json_span *value, void *out)
{
    line_feature *f = out;
    (void)r;

    if (cm_json_span_is(scan, key, "type"))
        f->type = *value;
    else if (cm_json_span_is(scan, key, "coordinates"))
        f->coordinates = *value;
}

static void take_member(reading *r, const cm_json_scan *scan, const cm_json_span *key, const cm_json_span *value, void *out)
{
    if (cm_json_span_is(scan, key, "geometry"))
        each_member(r, value->from, take_geometry, out);
    else if (cm_json_span_is(scan, key, "properties"))
        each_member(r, value->from, take_property, out);
}

/* A text without quotes and escapes, or a number as written; "" for anything else. */
static castmap_status value_text(reading *r, const cm_json_span *value, char **out, size_t *length)
{
    const char sign = value->to > value->from ? r->text[value->from] : 'n';

    *length = 0;
    free(*out);
    *out = cm_alloc(value->to - value->from + 1, 1);
    if (!*out)
        return cm_fail_memory(r->ctx);
    if (sign == '"') {
        cm_json_scan scan = scan_at(r, value->from);
        cm_json_span span;
        if (cm_json_string_span(&scan, &span))
            *length = cm_json_unescape(&scan, &span, *out);
    } else if (sign == '-' || (sign >= '0' && sign <= '9')) {
        *length = value->to - value->from;
        memcpy(*out, r->text + value->from, *length);
    }
    return CASTMAP_OK;
}

/* The next item of a list as written; false at its end or where it is no list. */
static bool next_item(cm_json_scan *scan, bool *first, cm_csv_field *out, size_t *at)
{
    bool more = true;

    if (!cm_json_item(scan, first, &more) || !more)
        return false;
    cm_json_space(scan);
    *at = scan->at;
    if (!cm_json_skip(scan, NULL))
        return false;
    *out = (cm_csv_field){scan->text + *at, scan->at - *at};
    return true;
}

static bool begin_list(cm_json_scan *scan)
{
    cm_json_space(scan);
    return cm_json_take(scan, '[');
}

static void take_time(cm_csv_field item, cm_line_point *point)
{
    point->time_is_number = item.length > 0 && item.bytes[0] != '"';
    point->time = item;
    if (item.length >= 2 && item.bytes[0] == '"')
        point->time = (cm_csv_field){item.bytes + 1, item.length - 2};
    else if (point->time_is_number && item.bytes[0] != '-' && !(item.bytes[0] >= '0' && item.bytes[0] <= '9'))
        point->time = (cm_csv_field){"", 0}; /* null */
}

/* The points of one line; times_at SIZE_MAX: none. */
static castmap_status take_line(reading *r, size_t coordinates_at, size_t times_at, size_t line)
{
    cm_json_scan scan = scan_at(r, coordinates_at), times = scan_at(r, times_at == SIZE_MAX ? r->length : times_at);
    bool first = true, first_time = true, timed = times_at != SIZE_MAX && begin_list(&times);
    cm_csv_field item, part;
    size_t at, ignored;

    if (!begin_list(&scan))
        return CASTMAP_OK;
    while (next_item(&scan, &first, &item, &at)) {
        cm_line_point point = {.feature = r->feature, .line = line, .lon = {"", 0}, .lat = {"", 0}, .time = {"", 0},
                               .person = {r->person, r->n_person}, .track = {r->track, r->n_track}};
        cm_json_scan position = scan_at(r, at);
        bool first_part = true;
        if (begin_list(&position) && next_item(&position, &first_part, &part, &ignored)) {
            point.lon = part;
            if (next_item(&position, &first_part, &part, &ignored))
                point.lat = part;
        }
        timed = timed && next_item(&times, &first_time, &part, &ignored);
        if (timed)
            take_time(part, &point);
        const castmap_status status = r->take(r->ctx, &point, r->payload);
        if (status)
            return status;
    }
    return CASTMAP_OK;
}

static castmap_status take_feature(reading *r, size_t at)
{
    line_feature f = {0};
    cm_json_scan scan = scan_at(r, 0);
    castmap_status status;

    each_member(r, at, take_member, &f);
    const cm_json_span type = {f.type.from + 1, f.type.to > f.type.from + 1 ? f.type.to - 1 : f.type.from + 1, false};
    const bool one = cm_json_span_is(&scan, &type, "LineString"), several = cm_json_span_is(&scan, &type, "MultiLineString");
    if ((!one && !several) || f.coordinates.to == f.coordinates.from) {
        r->others++;
        return CASTMAP_OK;
    }
    status = value_text(r, &f.person, &r->person, &r->n_person);
    if (!status)
        status = value_text(r, &f.track, &r->track, &r->n_track);
    const size_t times_at = f.times.to > f.times.from ? f.times.from : SIZE_MAX;
    if (status || one)
        return status ? status : take_line(r, f.coordinates.from, times_at, 0);
    cm_json_scan lines = scan_at(r, f.coordinates.from), lists = scan_at(r, times_at == SIZE_MAX ? r->length : times_at);
    bool first = true, first_list = true, timed = times_at != SIZE_MAX && begin_list(&lists);
    cm_csv_field item;
    size_t line_at, list_at = SIZE_MAX, line = 0;
    if (!begin_list(&lines))
        return CASTMAP_OK;
    while (!status && next_item(&lines, &first, &item, &line_at)) {
        timed = timed && next_item(&lists, &first_list, &item, &list_at);
        status = take_line(r, line_at, timed ? list_at : SIZE_MAX, line++);
    }
    return status;
}

/* The top: a collection, or one feature. */
static void take_top(reading *r, const cm_json_scan *scan, const cm_json_span *key, const cm_json_span *value, void *out)
{
    size_t *found = out;

    if (r->status || !cm_json_span_is(scan, key, "features") || r->text[value->from] != '[')
        return;
    cm_json_scan list = scan_at(r, value->from);
    bool first = true;
    cm_csv_field item;
    size_t at;
    ++*found;
    (void)begin_list(&list);
    while (!r->status && next_item(&list, &first, &item, &at)) {
        r->feature++;
        r->status = r->feature % 256 == 0 && cm_cancelled(r->ctx) ? cm_fail_cancelled(r->ctx) : take_feature(r, at);
    }
}

castmap_status cm_geojson_lines(castmap_context *ctx, cm_text_input *input, const char *name, cm_line_taker *take, void *payload, size_t *others)
{
    reading r = {.ctx = ctx, .name = name, .take = take, .payload = payload};
    size_t collections = 0, at = 0;
    castmap_status status = read_text(&r, input);

    if (!status) {
        cm_json_scan scan = scan_at(&r, 0);
        cm_json_space(&scan);
        at = scan.at;
        each_member(&r, at, take_top, &collections);
        status = r.status;
    }
    if (!status && collections == 0) {
        r.feature = 1;
        status = take_feature(&r, at);
    }
    free(r.text);
    free(r.person);
    free(r.track);
    if (!status)
        *others = r.others;
    return status;
}
