/*
 * io/expat_records.c - placemarks of KML and waypoints of GPX as records, in the parsing process.
 *
 * The document is walked twice: for the names of its columns, then for its records. Every leaf element of a record is a value: of KML its name, description,
 * address, times and extended data, and the folder it stands in; of GPX whatever a waypoint says. expat gives the bytes of each record, so a refused one is kept as it was
 * written. Links to other documents are counted and never followed; areas are records that are no points, and lines are unless they are asked for by
 * their two ends.
 */
#include "base/decimal.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "io/kml_tuple.h"
#include "io/expat_walk.h"
#include "io/xml_screen.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DEPTH 100
#define FOLDERS 16
#define NAME 128
#define LONGEST ((size_t)1 << 20)

typedef enum document { FORMAT_NONE, FORMAT_KML, FORMAT_GPX } document;

typedef struct walk {
    cm_xml_walk          xml;
    const unsigned char *bytes;
    const char          *format_name;
    document             format;
    bool                 sending;             /* the second walk */
    char               **column;              /* owned [n] */
    size_t               n, capacity;
    char               **value;               /* owned [n]: of the record in hand */
    unsigned             depth, record_depth; /* record_depth 0: outside of a record */
    char                 folder[FOLDERS][NAME];
    unsigned             folder_depth[FOLDERS], folders;
    cm_text              text;                /* of the leaf in hand */
    cm_text              wrapped;             /* a record with its folder */
    char                 leaf[NAME];          /* its column; "": none */
    unsigned             leaf_depth;
    char                 data[NAME];          /* name of the <Data> in hand */
    XML_Index            record_begin;
    unsigned             geometry_depth;      /* inside a Point when not 0 */
    size_t               points;
    bool                 with_lines, in_line; /* lines are places too, told by their two ends */
    size_t               lines;
    bool                 other_geometry, bad_number;
    double               x, y, end_x, end_y;
    uint32_t             decimals;
    int64_t              number;
    size_t               links, overlays, tracks, heights;
    bool                 fixes;               /* points of tracks are the records, waypoints are not */
    size_t               pieces, waypoints;
} walk;

static const char *attribute(const char *const *attributes, const char *name)
{
    for (; attributes && *attributes; attributes += 2)
        if (strcmp(cm_xml_local_name(attributes[0]), name) == 0)
            return attributes[1];
    return NULL;
}

/* The column of that name in any letter case; SIZE_MAX when there is none yet. */
static size_t find_column(const walk *w, const char *name)
{
    for (size_t i = 0; i < w->n; i++)
        if (strcasecmp(w->column[i], name) == 0)
            return i;
    return SIZE_MAX;
}

static void set_value(walk *w, const char *name, const char *text, size_t length)
{
    size_t at = find_column(w, name);

    while (length && strchr(" \t\r\n", *text)) {
        text++;
        length--;
    }
    while (length && strchr(" \t\r\n", text[length - 1]))
        length--;
    if (!length)
        return;
    if (at == SIZE_MAX) {
        if (w->sending)
            return;
        if (w->n == CM_CSV_COLUMN_LIMIT) {
            (void)cm_worker_fail(w->xml.sender->pipe, CASTMAP_E_LIMIT, "keep the values that castmap should read", "more than 500 columns");
            cm_xml_halt(&w->xml, false);
            return;
        }
        char *copy = cm_copy_text(name);
        if (!copy || cm_grow(&w->column, &w->capacity, w->n + 1, sizeof *w->column) != 0) {
            free(copy);
            cm_xml_halt(&w->xml, true);
            return;
        }
        w->column[w->n++] = copy;
        return;
    }
    if (!w->sending || w->value[at]) /* the first of several holds */
        return;
    w->value[at] = cm_copy_bytes(text, length);
    if (!w->value[at])
        cm_xml_halt(&w->xml, true);
}

/* The tuples of a Point or a LineString: the first is its place, the last where a line ends. */
static void take_coordinates(walk *w)
{
    const char *at = w->text.bytes ? w->text.bytes : "";
    cm_kml_tuple tuple = {.decimals = 0};
    size_t n = 0;
    int more;

    while ((more = cm_kml_tuple_next(&at, &tuple)) > 0) {
        if (n++ == 0) {
            w->x = tuple.x;
            w->y = tuple.y;
        }
        w->heights += n == 1 && tuple.height;
    }
    w->decimals = tuple.decimals;
    w->end_x = tuple.x;
    w->end_y = tuple.y;
    if (w->in_line && more == 0 && n < 2) /* a line of one point goes nowhere */
        return;
    *(w->in_line ? &w->lines : &w->points) += 1;
    w->bad_number = more < 0 || (!w->in_line && n != 1);
}

/* Which track and which piece a fix belongs to. */
static void set_belonging(walk *w)
{
    char number[32];

    snprintf(number, sizeof number, "%zu", w->tracks);
    set_value(w, CM_FIX_TRACK, number, strlen(number));
    snprintf(number, sizeof number, "%zu", w->pieces);
    set_value(w, CM_FIX_PIECE, number, strlen(number));
}

static void begin_record(walk *w, const char *const *attributes)
{
    w->record_depth = w->depth;
    w->record_begin = XML_GetCurrentByteIndex(w->xml.parser);
    w->points = w->lines = 0;
    w->other_geometry = w->bad_number = false;
    w->decimals = 0;
    w->leaf[0] = w->data[0] = '\0';
    w->number++;
    if (w->format == FORMAT_GPX) {
        const char *lat = attribute(attributes, "lat"), *lon = attribute(attributes, "lon");
        w->points = lat || lon ? 1 : 0;
        w->bad_number = w->points && (!lat || !lon || !cm_kml_number(lon, strlen(lon), &w->x, &w->decimals) ||
                                      !cm_kml_number(lat, strlen(lat), &w->y, &w->decimals));
        if (w->fixes)
            set_belonging(w);
    } else if (w->folders && w->folder[w->folders - 1][0]) {
        set_value(w, "folder", w->folder[w->folders - 1], strlen(w->folder[w->folders - 1]));
    }
}

static void end_record(walk *w)
{
    const XML_Index end = XML_GetCurrentByteIndex(w->xml.parser) + XML_GetCurrentByteCount(w->xml.parser);
    cm_child_record record = {.row = w->number, .x = w->x, .y = w->y, .decimals = w->decimals};

    w->record_depth = 0;
    if (!w->sending)
        return;
    record.text = (const char *)w->bytes + w->record_begin;
    record.text_length = (size_t)(end - w->record_begin);
    if (w->format == FORMAT_KML && w->folders && w->folder[w->folders - 1][0])
        cm_wrap_in_folder(&w->wrapped, w->folder[w->folders - 1], &record);
    if (w->wrapped.failed) {
        cm_xml_halt(&w->xml, true);
        return;
    }
    if (w->other_geometry || (w->lines && w->points))
        record.fault = CM_RECORD_NOT_A_POINT;
    else if (w->lines > 1)
        record.fault = CM_RECORD_SEVERAL_LINES;
    else if (w->points + w->lines == 0)
        record.fault = CM_RECORD_NO_PLACE;
    else if (w->points > 1)
        record.fault = CM_RECORD_SEVERAL_POINTS;
    else if (w->bad_number)
        record.fault = CM_RECORD_BAD_NUMBER;
    else
        record.place = CM_RECORD_DEGREES;
    if (!record.fault && w->lines) {
        record.line = true;
        record.end_x = w->end_x;
        record.end_y = w->end_y;
    }
    if (cm_send_record(w->xml.sender, &record, (const char *const *)w->value) != 0)
        cm_xml_halt(&w->xml, false);
    for (size_t i = 0; i < w->n; i++) {
        free(w->value[i]);
        w->value[i] = NULL;
    }
}

static void begin_leaf(walk *w, const char *column)
{
    snprintf(w->leaf, sizeof w->leaf, "%s", column);
    w->leaf_depth = w->depth;
    cm_text_reset(&w->text);
}

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

/* Inside a placemark: a geometry, or a leaf that is a value. */
static void begin_in_placemark(walk *w, const char *name, const char *const *attributes)
{
    static const char *const OTHER[] = {"LineString", "LinearRing", "Polygon", "Model", "Track", "MultiTrack", NULL};
    static const char *const VALUES[] = {"name", "description", "address", "phoneNumber", "when", "begin", "end", NULL};
    const char *data = attribute(attributes, "name");

    if (w->with_lines && strcmp(name, "LineString") == 0 && !w->geometry_depth) {
        w->geometry_depth = w->depth;
        w->in_line = true;
    } else if (is_one_of(name, OTHER)) {
        w->other_geometry = true;
    } else if (strcmp(name, "Point") == 0) {
        w->geometry_depth = w->depth;
    } else if (strcmp(name, "coordinates") == 0) {
        begin_leaf(w, "coordinates");
    } else if ((strcmp(name, "Data") == 0 || strcmp(name, "SimpleData") == 0) && data) {
        snprintf(w->data, sizeof w->data, "%.100s%s", data, is_one_of(data, VALUES) || strcmp(data, "folder") == 0 ? " (data)" : "");
        w->data[cm_utf8_valid(w->data, strlen(w->data))] = '\0'; /* cut in the middle of a letter it would be no text */
        if (name[0] == 'S')
            begin_leaf(w, w->data);
    } else if (strcmp(name, "value") == 0 && w->data[0]) {
        begin_leaf(w, w->data);
    } else if (is_one_of(name, VALUES) && !w->other_geometry) {
        begin_leaf(w, name);
    }
}

static void begin_in_folder(walk *w, const char *name)
{
    if (strcmp(name, "Folder") == 0 && w->folders < FOLDERS) {
        w->folder[w->folders][0] = '\0';
        w->folder_depth[w->folders++] = w->depth;
    } else if (strcmp(name, "name") == 0 && w->folders && w->depth == w->folder_depth[w->folders - 1] + 1) {
        begin_leaf(w, "\001folder");
    }
    w->links += strcmp(name, "NetworkLink") == 0;
    w->overlays += strcmp(name, "GroundOverlay") == 0 || strcmp(name, "PhotoOverlay") == 0 || strcmp(name, "ScreenOverlay") == 0;
}

static bool is_record(const walk *w, const char *name)
{
    if (w->format == FORMAT_KML)
        return strcmp(name, "Placemark") == 0;
    return w->fixes ? strcmp(name, "trkpt") == 0 || strcmp(name, "rtept") == 0 : strcmp(name, "wpt") == 0;
}

static void XMLCALL on_begin(void *payload, const char *full, const char **attributes)
{
    walk *w = payload;
    const char *name = cm_xml_local_name(full);

    if (++w->depth > DEPTH) {
        (void)cm_worker_fail(w->xml.sender->pipe, CASTMAP_E_LIMIT, "", "elements nested more than %d deep", DEPTH);
        cm_xml_halt(&w->xml, false);
        return;
    }
    if (w->depth == 1) {
        w->format = strcmp(name, "kml") == 0 ? FORMAT_KML : strcmp(name, "gpx") == 0 ? FORMAT_GPX : FORMAT_NONE;
        /* Some writers leave the <kml> out. */
        if (strcmp(name, "Document") == 0 || strcmp(name, "Placemark") == 0 || strcmp(name, "Folder") == 0)
            w->format = FORMAT_KML;
        if (w->format == FORMAT_NONE) {
            (void)cm_worker_fail(w->xml.sender->pipe, CASTMAP_E_INPUT, "give CSV, GeoJSON, KML, GPX, a workbook, a GeoPackage or a Shapefile",
                                 "the content is XML, but neither KML nor GPX (its first element is \"%.40s\")", name);
            cm_xml_halt(&w->xml, false);
            return;
        }
    }
    if (w->record_depth) {
        if (w->format == FORMAT_KML)
            begin_in_placemark(w, name, (const char *const *)attributes);
        else if (strcmp(name, "text") != 0) /* of a link */
            begin_leaf(w, name);
    } else if (is_record(w, name)) {
        begin_record(w, (const char *const *)attributes);
    } else if (w->format == FORMAT_KML) {
        begin_in_folder(w, name);
    } else {
        const bool track = strcmp(name, "trk") == 0, route = strcmp(name, "rte") == 0;
        w->tracks += track || route;
        w->pieces += route || strcmp(name, "trkseg") == 0;
        w->waypoints += strcmp(name, "wpt") == 0;
    }
}

static void XMLCALL on_text(void *payload, const char *text, int length)
{
    walk *w = payload;

    if (!w->leaf[0] || w->depth > w->leaf_depth)
        return;
    cm_text_add_bytes(&w->text, text, (size_t)length);
    if (w->text.failed || w->text.length > LONGEST) {
        if (!w->text.failed)
            (void)cm_worker_fail(w->xml.sender->pipe, CASTMAP_E_LIMIT, "shorten it", "a text of record %lld is longer than 1 MiB",
                                 (long long)w->number);
        cm_xml_halt(&w->xml, w->text.failed);
    }
}

static void end_leaf(walk *w)
{
    const char *text = w->text.bytes ? w->text.bytes : "";

    if (strcmp(w->leaf, "\001folder") == 0) {
        snprintf(w->folder[w->folders - 1], NAME, "%s", text);
        /* A name cut in the middle of a letter would be no text. */
        char *folder = w->folder[w->folders - 1];
        folder[cm_utf8_valid(folder, strlen(folder))] = '\0';
    } else if (w->format == FORMAT_KML && strcmp(w->leaf, "coordinates") == 0) {
        if (w->geometry_depth)
            take_coordinates(w);
    } else if (w->record_depth) {
        set_value(w, w->leaf, text, w->text.length);
    }
    w->leaf[0] = '\0';
}

static void XMLCALL on_end(void *payload, const char *full)
{
    walk *w = payload;

    if (w->leaf[0] && w->depth == w->leaf_depth)
        end_leaf(w);
    if (w->geometry_depth == w->depth) {
        w->geometry_depth = 0;
        w->in_line = false;
    }
    if (strcmp(cm_xml_local_name(full), "Data") == 0)
        w->data[0] = '\0';
    if (w->record_depth == w->depth)
        end_record(w);
    if (w->folders && w->folder_depth[w->folders - 1] == w->depth)
        w->folders--;
    w->depth--;
}

/* One walk over the document. 0, or -1 after a failure was sent. */
static int go_through(walk *w, size_t length)
{
    static const cm_xml_handlers HANDLERS = {on_begin, on_end, on_text};
    const int result = cm_xml_walk_run(&w->xml, &HANDLERS, w->bytes, length);

    return w->xml.broken ? cm_xml_walk_fail(&w->xml) : result;
}

static int send_columns(walk *w)
{
    cm_stream_table table = {.layer = "", .crs = "", .crs_name = "", .placed = true, .n_columns = w->n};
    cm_csv_field *column = cm_alloc_zero(w->n, sizeof *column);

    w->value = cm_alloc_zero(w->n, sizeof *w->value);
    if (!column || !w->value) {
        free(column);
        return cm_worker_fail(w->xml.sender->pipe, CASTMAP_E_NOMEM, "", "out of memory");
    }
    for (size_t i = 0; i < w->n; i++)
        column[i] = (cm_csv_field){w->column[i], strlen(w->column[i])};
    table.format = w->format_name ? w->format_name : w->format == FORMAT_KML ? "KML" : "GPX";
    table.column = column;
    const int result = cm_send_table(w->xml.sender, &table);
    free(column);
    return result;
}

static int send_notes(walk *w)
{
    const struct {
        const char *code, *words;
        size_t      count;
    } notes[] = {
        {"network-link", "links to other documents (NetworkLink); they are not followed", w->links},
        {"overlay", "pictures laid over the map; they are passed over", w->overlays},
        {"tracks-passed-over", "tracks or routes; castmap tracks add reads them", w->fixes ? 0 : w->tracks},
        {"waypoints-passed-over", "single points; castmap import reads them", w->fixes ? w->waypoints : 0},
        {"height-dropped", "points with a height; only the place is kept", w->heights},
    };

    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        if (notes[i].count && cm_send_note(w->xml.sender, notes[i].code, notes[i].words, notes[i].count) != 0)
            return -1;
    return 0;
}

static void clear(walk *w)
{
    for (size_t i = 0; i < w->n; i++) {
        free(w->column[i]);
        if (w->value)
            free(w->value[i]);
    }
    free(w->column);
    free(w->value);
    cm_text_clear(&w->text);
    cm_text_clear(&w->wrapped);
}

/* The walk for the columns, then the one for the records. */
static int walk_twice(walk *w, size_t length)
{
    if (go_through(w, length) != 0)
        return -1;
    if (w->number == 0 && w->links > 0)
        return cm_worker_fail(w->xml.sender->pipe, CASTMAP_E_INPUT, "open the link yourself, save the KML it leads to, and import that",
                              "the KML holds no places, only a link to another document (NetworkLink), which is not followed");
    if (send_columns(w) != 0)
        return -1;
    w->sending = true;
    w->links = w->overlays = w->tracks = w->heights = w->pieces = w->waypoints = 0;
    w->number = 0;
    w->depth = w->record_depth = w->folders = w->geometry_depth = 0;
    return go_through(w, length) != 0 ? -1 : send_notes(w);
}

int cm_xml_record_child(cm_record_sender *sender, cm_stream_job *job, const unsigned char *bytes, size_t length, const char *format)
{
    walk w = {.xml = {.sender = sender}, .bytes = bytes, .format_name = format, .fixes = job->options->fixes, .with_lines = job->options->lines};
    const char *fault = cm_xml_screen(bytes, length);

    if (fault)
        return cm_worker_fail(sender->pipe, CASTMAP_E_INPUT, "export it again as KML or GPX from the program it came from", "the file %s", fault);
    int result = w.fixes ? cm_xml_fix_child(sender, bytes, length, format) : 1;
    if (result == 1)
        result = walk_twice(&w, length);
    clear(&w);
    return result;
}
