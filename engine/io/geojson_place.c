/*
 * io/geojson_place.c - the one position of a Point, or of a MultiPoint of one; the first and the last of a LineString, or of a MultiLineString of one.
 */
#include "io/geojson_place.h"

#include "base/decimal.h"

#include <string.h>

void cm_geojson_fault(cm_geojson_feature *f, const char *code, const char *reason)
{
    if (!f->fault_code) {
        f->fault_code = code;
        f->fault_reason = reason;
    }
}

/* One position: two to four numbers. The scan is a copy at '['. */
static void read_position(cm_json_scan *scan, cm_geojson_feature *f)
{
    bool first = true, more = true;
    double value[4] = {0};
    size_t n = 0;

    if (cm_json_next(scan) != '[') {
        cm_geojson_fault(f, "bad-position", "coordinates are not an array of numbers");
        (void)cm_json_skip(scan, NULL);
        return;
    }
    scan->at++;
    while (cm_json_item(scan, &first, &more) && more) {
        const char next = cm_json_next(scan);
        cm_json_span span;
        if (!cm_json_skip(scan, &span))
            return;
        if (n < 4 && ((next != '-' && (next < '0' || next > '9')) ||
                      !cm_decimal_parse(scan->text + span.from, span.to - span.from, &value[n])))
            cm_geojson_fault(f, "bad-number", "a coordinate is not a finite number");
        const char *point = memchr(scan->text + span.from, '.', span.to - span.from);
        const int decimals = point ? (int)(scan->text + span.to - point) - 1 : 0;
        if (n < 2 && decimals > f->decimals)
            f->decimals = decimals;
        n++;
    }
    if (n < 2 || n > 4)
        cm_geojson_fault(f, "bad-position", "a position needs two numbers, longitude and latitude");
    f->lon = value[0];
    f->lat = value[1];
}

/* The scan is a copy before '[' of the positions of one line. Those between the ends are looked at too: a fault of any is a fault of the line. */
static void read_line(cm_json_scan *scan, cm_geojson_feature *f)
{
    bool first = true, more = true;
    double from[2] = {0};
    size_t n = 0;

    if (cm_json_next(scan) != '[') {
        cm_geojson_fault(f, "bad-position", "coordinates are not an array of positions");
        return;
    }
    scan->at++;
    while (cm_json_item(scan, &first, &more) && more) {
        read_position(scan, f);
        if (n++ == 0) {
            from[0] = f->lon;
            from[1] = f->lat;
        }
    }
    if (n < 2)
        cm_geojson_fault(f, "bad-position", "a line needs two positions, where it begins and where it ends");
    f->line = true;
    f->end_lon = f->lon;
    f->end_lat = f->lat;
    f->lon = from[0];
    f->lat = from[1];
}

/* A line, or several of which there may be one. */
static void read_lines(cm_json_scan *scan, bool several, cm_geojson_feature *f)
{
    if (!several) {
        read_line(scan, f);
    } else if (cm_json_take(scan, '[') && cm_json_next(scan) == '[') {
        read_line(scan, f);
        if (cm_json_next(scan) != ']')
            cm_geojson_fault(f, "not-a-line", "several lines in one feature");
    } else {
        cm_geojson_fault(f, "no-position", "the geometry has no coordinates");
    }
}

void cm_geojson_read_geometry(cm_json_scan scan, bool lines, cm_geojson_feature *f)
{
    bool first = true, more = true, point = false, multi = false, line = false, several = false;
    cm_json_span key, type;
    cm_json_scan coordinates = {0};

    if (cm_json_next(&scan) != '{') {
        cm_geojson_fault(f, "no-position", "the feature has no geometry");
        return;
    }
    scan.at++;
    while (cm_json_member(&scan, &first, &key, &more) && more) {
        const cm_json_scan begin = scan;
        if (!cm_json_skip(&scan, &type))
            return;
        if (cm_json_span_is(&scan, &key, "type")) {
            point = cm_json_span_is(&scan, &type, "Point");
            multi = cm_json_span_is(&scan, &type, "MultiPoint");
            several = cm_json_span_is(&scan, &type, "MultiLineString");
            line = several || cm_json_span_is(&scan, &type, "LineString");
        } else if (cm_json_span_is(&scan, &key, "coordinates")) {
            if (coordinates.text)
                cm_geojson_fault(f, "duplicate-key", "the same member twice");
            coordinates = begin;
        }
    }
    if (!point && !multi && !(line && lines)) {
        cm_geojson_fault(f, "not-a-point", line ? "the geometry is a line; castmap tracks add reads recorded paths" : "the geometry is not a point");
    } else if (!coordinates.text) {
        cm_geojson_fault(f, "no-position", "the geometry has no coordinates");
    } else if (line) {
        read_lines(&coordinates, several, f);
    } else if (point) {
        read_position(&coordinates, f);
    } else if (cm_json_take(&coordinates, '[') && cm_json_next(&coordinates) == '[') {
        read_position(&coordinates, f);
        if (cm_json_next(&coordinates) != ']')
            cm_geojson_fault(f, "not-a-point", "several points in one feature");
    } else {
        cm_geojson_fault(f, "no-position", "the geometry has no coordinates");
    }
}
