/*
 * io/expat_fixes.c - lines of KML, and tracks of KML (gx:Track) and TCX, as records of their fixes, in the parsing process.
 *
 * A Placemark of KML, an Activity or Course of TCX is a recording; each line or Track in it is a piece. A line has no times of its own. In a gx:Track
 * the n-th <when> belongs to the n-th <gx:coord>; what has no partner is a fix without a time, or without a position. Single points and areas are counted
 * and passed over; links to other documents are never followed.
 */
#include "base/decimal.h"
#include "base/memory.h"
#include "io/expat_walk.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH 100
#define NOT_OURS 1

enum { TRACK, PIECE, TIME, COLUMNS };

typedef enum format { FORMAT_NONE, FORMAT_KML, FORMAT_TCX } format;

typedef struct fix_walk {
    cm_xml_walk       xml;
    const char       *name;          /* of the format where it is not that of the content */
    format            format;
    bool              other;         /* the document is neither */
    unsigned          depth, leaf_depth, line_depth, track_depth, point_depth; /* 0: not inside */
    cm_text           text;          /* of the leaf in hand */
    cm_text           whens;         /* of the Track in hand: texts, each ended by '\0' */
    cm_text           coords;
    size_t            n_whens, n_coords;
    cm_text           time, lat, lon; /* of the Trackpoint in hand */
    size_t            tracks, pieces, others, links, heights;
    int64_t           fixes;
} fix_walk;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* lon and lat as written; when may be NULL. */
static void send_fix(fix_walk *w, const char *lon, size_t lon_length, const char *lat, size_t lat_length, const char *when)
{
    char track[24], piece[24];
    const char *value[COLUMNS] = {track, piece, when && *when ? when : NULL};
    cm_child_record record = {.row = ++w->fixes, .text = "", .place = CM_RECORD_DEGREES};

    snprintf(track, sizeof track, "%zu", w->tracks);
    snprintf(piece, sizeof piece, "%zu", w->pieces);
    if (lon_length == 0 || lat_length == 0)
        record.fault = CM_RECORD_NO_PLACE;
    else if (!cm_decimal_parse(lon, lon_length, &record.x) || !cm_decimal_parse(lat, lat_length, &record.y))
        record.fault = CM_RECORD_BAD_NUMBER;
    if (record.fault)
        record.place = CM_RECORD_UNPLACED;
    if (cm_send_record(w->xml.sender, &record, value) != 0)
        cm_xml_halt(&w->xml, false);
}

/* One "lon,lat,height" (or "lon lat height" of a gx:coord) from *at; false at the end. */
static bool next_tuple(fix_walk *w, const char **at, char separator, const char *when)
{
    const char *part[3] = {"", "", ""};
    size_t length[3] = {0}, n = 0;
    const char *p = *at;

    while (is_blank(*p))
        p++;
    if (!*p)
        return false;
    for (;;) {
        const char *begin = p;
        while (*p && *p != ',' && !is_blank(*p))
            p++;
        if (n < 3) {
            part[n] = begin;
            length[n] = (size_t)(p - begin);
        }
        n++;
        if (separator == ' ') {
            while (is_blank(*p) || *p == ',')
                p++;
            if (!*p)
                break;
        } else {
            if (*p != ',')
                break;
            p++;
            while (is_blank(*p)) /* hand-written: "lon, lat" */
                p++;
        }
    }
    *at = p;
    w->heights += n == 3 && strspn(part[2], "-0.") < length[2];
    send_fix(w, part[0], length[0], part[1], n > 3 ? 0 : length[1], when);
    return !w->xml.stop;
}

static void end_gx_track(fix_walk *w)
{
    const char *when = w->whens.bytes, *coord = w->coords.bytes;

    for (size_t k = 0; (k < w->n_whens || k < w->n_coords) && !w->xml.stop; k++) {
        const char *time = k < w->n_whens ? when : NULL;
        const char *at = k < w->n_coords ? coord : "";
        if (!next_tuple(w, &at, ' ', time) && !w->xml.stop)
            send_fix(w, "", 0, "", 0, time);
        if (k < w->n_whens)
            when += strlen(when) + 1;
        if (k < w->n_coords)
            coord += strlen(coord) + 1;
    }
    w->track_depth = 0;
}

static void begin_leaf(fix_walk *w)
{
    w->leaf_depth = w->depth;
    cm_text_reset(&w->text);
}

static void begin_kml(fix_walk *w, const char *name)
{
    const bool inside = w->line_depth || w->track_depth;

    w->links += strcmp(name, "NetworkLink") == 0;
    if (strcmp(name, "Placemark") == 0) {
        w->tracks++;
    } else if (strcmp(name, "LineString") == 0 && !inside) {
        w->line_depth = w->depth;
        w->pieces++;
    } else if (strcmp(name, "Track") == 0 && !inside) {
        w->track_depth = w->depth;
        w->pieces++;
        cm_text_reset(&w->whens);
        cm_text_reset(&w->coords);
        w->n_whens = w->n_coords = 0;
    } else if ((w->line_depth && strcmp(name, "coordinates") == 0) ||
               (w->track_depth && (strcmp(name, "when") == 0 || strcmp(name, "coord") == 0))) {
        begin_leaf(w);
    } else if (!inside && (strcmp(name, "Point") == 0 || strcmp(name, "Polygon") == 0)) {
        w->others++;
    }
}

static void begin_tcx(fix_walk *w, const char *name)
{
    if (strcmp(name, "Activity") == 0 || strcmp(name, "Course") == 0) {
        w->tracks++;
    } else if (strcmp(name, "Track") == 0) {
        w->pieces++;
    } else if (strcmp(name, "Trackpoint") == 0) {
        w->point_depth = w->depth;
        cm_text_reset(&w->time);
        cm_text_reset(&w->lat);
        cm_text_reset(&w->lon);
    } else if (w->point_depth && (strcmp(name, "Time") == 0 || strcmp(name, "LatitudeDegrees") == 0 || strcmp(name, "LongitudeDegrees") == 0)) {
        begin_leaf(w);
    }
}

static format format_of(const char *root)
{
    static const char *const KML[] = {"kml", "Document", "Folder", "Placemark"}; /* some writers leave the <kml> out */

    for (size_t i = 0; i < sizeof KML / sizeof *KML; i++)
        if (strcmp(root, KML[i]) == 0)
            return FORMAT_KML;
    return strcmp(root, "TrainingCenterDatabase") == 0 ? FORMAT_TCX : FORMAT_NONE;
}

static void start(fix_walk *w, const char *root)
{
    static const char *const NAMES[COLUMNS] = {CM_FIX_TRACK, CM_FIX_PIECE, "time"};
    cm_csv_field column[COLUMNS];
    cm_stream_table table = {.layer = "", .crs = "", .crs_name = "", .placed = true, .n_columns = COLUMNS, .column = column};

    w->format = format_of(root);
    if (w->format == FORMAT_NONE) {
        w->other = true;
        cm_xml_halt(&w->xml, false);
        return;
    }
    for (size_t i = 0; i < COLUMNS; i++)
        column[i] = (cm_csv_field){NAMES[i], strlen(NAMES[i])};
    table.format = w->name ? w->name : w->format == FORMAT_KML ? "KML" : "TCX";
    if (cm_send_table(w->xml.sender, &table) != 0)
        cm_xml_halt(&w->xml, false);
}

static void XMLCALL on_begin(void *payload, const char *full, const char **attributes)
{
    fix_walk *w = payload;
    const char *name = cm_xml_local_name(full);

    (void)attributes;
    if (++w->depth > DEPTH) {
        (void)cm_worker_fail(w->xml.sender->pipe, CASTMAP_E_LIMIT, "", "elements nested more than %d deep", DEPTH);
        cm_xml_halt(&w->xml, false);
        return;
    }
    if (w->depth == 1)
        start(w, name);
    if (w->xml.stop)
        return;
    if (w->format == FORMAT_KML)
        begin_kml(w, name);
    else
        begin_tcx(w, name);
}

static void XMLCALL on_text(void *payload, const char *text, int length)
{
    fix_walk *w = payload;

    if (w->leaf_depth && w->depth == w->leaf_depth)
        cm_text_add_bytes(&w->text, text, (size_t)length);
    if (w->text.failed)
        cm_xml_halt(&w->xml, true);
}

/* The text of the leaf, blanks at both ends left out, behind what is in `out`. */
static void keep(fix_walk *w, cm_text *out)
{
    const char *text = w->text.bytes ? w->text.bytes : "";
    size_t length = strlen(text);

    while (is_blank(*text)) {
        text++;
        length--;
    }
    while (length && is_blank(text[length - 1]))
        length--;
    cm_text_add_bytes(out, text, length);
    cm_text_add_bytes(out, "", 1);
    if (out->failed)
        cm_xml_halt(&w->xml, true);
}

static void end_leaf(fix_walk *w, const char *name)
{
    w->leaf_depth = 0;
    if (w->line_depth) {
        const char *at = w->text.bytes ? w->text.bytes : "";
        while (next_tuple(w, &at, ',', NULL))
            continue;
    } else if (strcmp(name, "when") == 0) {
        keep(w, &w->whens);
        w->n_whens++;
    } else if (strcmp(name, "coord") == 0) {
        keep(w, &w->coords);
        w->n_coords++;
    } else {
        keep(w, strcmp(name, "Time") == 0 ? &w->time : strcmp(name, "LatitudeDegrees") == 0 ? &w->lat : &w->lon);
    }
}

static const char *words(const cm_text *text)
{
    return text->length && text->bytes ? text->bytes : "";
}

static void XMLCALL on_end(void *payload, const char *full)
{
    fix_walk *w = payload;
    const char *name = cm_xml_local_name(full);

    if (w->leaf_depth && w->depth == w->leaf_depth)
        end_leaf(w, name);
    if (w->line_depth == w->depth)
        w->line_depth = 0;
    if (w->track_depth == w->depth)
        end_gx_track(w);
    if (w->point_depth == w->depth) {
        send_fix(w, words(&w->lon), strlen(words(&w->lon)), words(&w->lat), strlen(words(&w->lat)), words(&w->time));
        w->point_depth = 0;
    }
    w->depth--;
}

static int parse(fix_walk *w, const unsigned char *bytes, size_t length)
{
    static const cm_xml_handlers HANDLERS = {on_begin, on_end, on_text};
    const int result = cm_xml_walk_run(&w->xml, &HANDLERS, bytes, length);

    if (w->other || (w->xml.broken && w->format == FORMAT_NONE))
        return NOT_OURS; /* whoever reads it next says what is wrong */
    return w->xml.broken ? cm_xml_walk_fail(&w->xml) : result;
}

int cm_xml_fix_child(cm_record_sender *sender, const unsigned char *bytes, size_t length, const char *name)
{
    fix_walk w = {.xml = {.sender = sender}, .name = name, .text = CM_TEXT_INIT, .whens = CM_TEXT_INIT, .coords = CM_TEXT_INIT, .time = CM_TEXT_INIT,
                  .lat = CM_TEXT_INIT, .lon = CM_TEXT_INIT};
    int result = parse(&w, bytes, length);

    if (result == 0 && w.others)
        result = cm_send_note(sender, "waypoints-passed-over", "single points and areas; castmap import reads points", w.others);
    if (result == 0 && w.links)
        result = cm_send_note(sender, "network-link", "links to other documents (NetworkLink); they are not followed", w.links);
    if (result == 0 && w.heights)
        result = cm_send_note(sender, "height-dropped", "points with a height; only the place is kept", w.heights);
    cm_text_clear(&w.text);
    cm_text_clear(&w.whens);
    cm_text_clear(&w.coords);
    cm_text_clear(&w.time);
    cm_text_clear(&w.lat);
    cm_text_clear(&w.lon);
    return result;
}
