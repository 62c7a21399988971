/*
 * io/geojson_reader.c - features of a FeatureCollection in two passes: the structure and the names of properties, then one by one.
 */
#include "io/geojson_reader.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"
#include "io/geojson_place.h"
#include "io/text_map.h"

#include <stdlib.h>
#include <string.h>

struct cm_geojson_reader {
    const char   *name;     /* borrowed */
    cm_text_map   map;      /* owned */
    const char   *text;     /* of the map */
    size_t        length;
    cm_json_scan  scan;     /* of the second pass: in the array of features */
    bool          first;
    bool          sequence; /* features one after the other, not in a collection */
    bool          lines;    /* are places too */
    int64_t       number;
    cm_csv_field *column;   /* owned [n]; point into the text or into `names` */
    size_t        n, capacity;
    char        **names;    /* owned: names with escapes */
    size_t        n_names, names_capacity;
    cm_csv_field *field;    /* owned [n] */
    bool         *seen;     /* owned [n] */
    char         *unescaped; /* owned; values with escapes of the feature in hand */
    size_t        unescaped_capacity;
};

static castmap_status refuse(castmap_context *ctx, const cm_geojson_reader *r, castmap_status status, size_t byte, int64_t number,
                             const char *what, const char *hint)
{
    status = cm_fail(ctx, status, "%s (byte %zu)", what, byte + 1);
    if (number)
        cm_fail_where(ctx, "%s:feature %lld", r->name, (long long)number);
    else
        cm_fail_where(ctx, "%s", r->name);
    if (hint)
        cm_fail_hint(ctx, "%s", hint);
    return status;
}

static castmap_status bad_json(castmap_context *ctx, const cm_geojson_reader *r, const cm_json_scan *scan, int64_t number)
{
    return refuse(ctx, r, CASTMAP_E_INPUT, scan->at, number, scan->error ? scan->error : "not JSON", "export the file again");
}

static castmap_status read_text(castmap_context *ctx, cm_geojson_reader *r, cm_text_input *input)
{
    size_t bad = 0;
    /* RFC 8142: record separators cannot stand inside the texts themselves. */
    castmap_status status = cm_text_map_make(ctx, input, CM_GEOJSON_LIMIT, true, &r->map, &bad);

    r->text = r->map.text;
    r->length = r->map.length;
    if (status == CASTMAP_E_LIMIT && !*castmap_message(ctx))
        return refuse(ctx, r, CASTMAP_E_LIMIT, (size_t)CM_GEOJSON_LIMIT, 0, "larger than 4 GiB", "split it, or convert it to CSV");
    if (status == CASTMAP_E_DATA && !*castmap_message(ctx))
        return refuse(ctx, r, CASTMAP_E_INPUT, bad, 0, "not valid UTF-8", "if the file is older, give --encoding latin1");
    return status;
}

/* The name of a property as text; with escapes it is kept in names. */
static bool name_of(cm_geojson_reader *r, const cm_json_scan *scan, const cm_json_span *key, cm_csv_field *out)
{
    *out = (cm_csv_field){scan->text + key->from, key->to - key->from};
    if (!key->escaped)
        return true;
    char *copy = cm_alloc(out->length + 1, 1);
    if (!copy || cm_grow(&r->names, &r->names_capacity, r->n_names + 1, sizeof *r->names) != 0) {
        free(copy);
        return false;
    }
    r->names[r->n_names++] = copy;
    *out = (cm_csv_field){copy, cm_json_unescape(scan, key, copy)};
    return true;
}

/* Properties mostly come in one order, so the search begins after the last hit. SIZE_MAX: not there. */
static size_t find_column(const cm_geojson_reader *r, const cm_csv_field *name, size_t hint)
{
    for (size_t k = 0; k < r->n; k++) {
        const size_t i = (hint + k) % r->n;
        if (r->column[i].length == name->length && memcmp(r->column[i].bytes, name->bytes, name->length) == 0)
            return i;
    }
    return SIZE_MAX;
}

static castmap_status collect_names(castmap_context *ctx, cm_geojson_reader *r, cm_json_scan scan, int64_t number)
{
    bool first = true, more = true;
    cm_json_span key;
    size_t hint = 0;

    (void)cm_json_take(&scan, '{');
    while (cm_json_member(&scan, &first, &key, &more) && more) {
        cm_csv_field name = {scan.text + key.from, key.to - key.from};
        size_t at = key.escaped ? SIZE_MAX : find_column(r, &name, hint);
        if (key.escaped) {
            if (!name_of(r, &scan, &key, &name))
                return cm_fail_memory(ctx);
            at = find_column(r, &name, hint);
        }
        if (at == SIZE_MAX) {
            if (r->n == CM_CSV_COLUMN_LIMIT)
                return refuse(ctx, r, CASTMAP_E_LIMIT, key.from, number, "more than 500 different properties", NULL);
            if (cm_grow(&r->column, &r->capacity, r->n + 1, sizeof *r->column) != 0)
                return cm_fail_memory(ctx);
            at = r->n;
            r->column[r->n++] = name;
        }
        hint = at + 1;
        (void)cm_json_skip(&scan, NULL);
    }
    return CASTMAP_OK;
}

/* Walk over one feature in the first pass: its syntax, and the names of its properties. */
static castmap_status look_at_feature(castmap_context *ctx, cm_geojson_reader *r, cm_json_scan *scan, int64_t number)
{
    bool first = true, more = true;
    cm_json_span key;

    if (cm_json_next(scan) != '{')
        return cm_json_skip(scan, NULL) ? CASTMAP_OK : bad_json(ctx, r, scan, number);
    scan->at++;
    scan->depth++;
    while (more) {
        if (!cm_json_member(scan, &first, &key, &more))
            return bad_json(ctx, r, scan, number);
        if (!more)
            break;
        const char next = cm_json_next(scan);
        const cm_json_scan begin = *scan;
        if (!cm_json_skip(scan, NULL))
            return bad_json(ctx, r, scan, number);
        if (next == '{' && cm_json_span_is(scan, &key, "properties")) {
            castmap_status status = collect_names(ctx, r, begin, number);
            if (status)
                return status;
        }
    }
    scan->depth--;
    return CASTMAP_OK;
}

static castmap_status look_at_features(castmap_context *ctx, cm_geojson_reader *r, cm_json_scan *scan)
{
    bool first = true, more = true;
    int64_t number = 0;

    if (!cm_json_take(scan, '['))
        return refuse(ctx, r, CASTMAP_E_INPUT, scan->at, 0, "\"features\" is not an array", NULL);
    scan->depth++;
    r->scan = *scan;
    while (more) {
        if (!cm_json_item(scan, &first, &more))
            return bad_json(ctx, r, scan, number);
        if (!more)
            break;
        castmap_status status = look_at_feature(ctx, r, scan, ++number);
        if (status)
            return status;
        cm_text_map_give_back(&r->map, scan->at);
    }
    scan->depth--;
    return CASTMAP_OK;
}

static castmap_status wrong_kind(castmap_context *ctx, const cm_geojson_reader *r, const cm_json_scan *scan,
                                 const cm_json_span *type)
{
    if (type->to == 0)
        return refuse(ctx, r, CASTMAP_E_INPUT, 0, 0, "a JSON object without \"type\": not GeoJSON", NULL);
    if (cm_json_span_is(scan, type, "Topology"))
        return refuse(ctx, r, CASTMAP_E_INPUT, type->from, 0, "TopoJSON, not GeoJSON", "convert it to GeoJSON");
    if (cm_json_span_is(scan, type, "Feature"))
        return refuse(ctx, r, CASTMAP_E_INPUT, type->from, 0, "a single Feature, not a FeatureCollection",
                      "put it into a FeatureCollection");
    return refuse(ctx, r, CASTMAP_E_INPUT, type->from, 0, "not a FeatureCollection", "observations come as a FeatureCollection");
}

static bool is_wgs84(const cm_json_scan *scan, const cm_json_span *crs)
{
    static const char *const NAMES[] = {"CRS84", "EPSG::4326", "EPSG:4326"};
    const size_t n = crs->to - crs->from;

    for (size_t i = 0; i < 3; i++)
        if (n >= strlen(NAMES[i]) && memmem(scan->text + crs->from, n, NAMES[i], strlen(NAMES[i])))
            return true;
    return cm_json_span_is(scan, crs, "null");
}

/* A Feature that is followed by another value, or stands alone in a file whose name says that features come one a line. */
static bool begins_sequence(const cm_geojson_reader *r, cm_json_scan scan)
{
    static const char *const ENDS[] = {".geojsonl", ".geojsons", ".ndjson", ".jsonl", ".ndgeojson", ".jsons", ".geojsonseq"};
    bool first = true, more = true, feature = false, named = false;
    cm_json_span key, value;

    if (cm_json_next(&scan) != '{')
        return false;
    scan.at++;
    scan.depth++;
    while (cm_json_member(&scan, &first, &key, &more) && more) {
        const cm_json_scan begin = scan;
        if (!cm_json_skip(&scan, &value) || cm_json_span_is(&begin, &key, "features") ||
            (cm_json_span_is(&begin, &key, "type") && !cm_json_span_is(&begin, &value, "Feature")))
            return false; /* soon, in a collection */
        feature = feature || (cm_json_span_is(&begin, &key, "type") && cm_json_span_is(&begin, &value, "Feature"));
    }
    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++)
        named = named || cm_has_ending(r->name, ENDS[i]);
    return feature && !more && (cm_json_next(&scan) == '{' || named);
}

static castmap_status look_at_sequence(castmap_context *ctx, cm_geojson_reader *r)
{
    cm_json_scan scan = {.text = r->text, .length = r->length};
    int64_t number = 0;

    if (cm_has_ending(r->name, ".geojson"))
        return refuse(ctx, r, CASTMAP_E_INPUT, 0, 0, "newline-delimited GeoJSON, not one document as .geojson promises",
                      "give it a name that ends in .geojsonl, then it is read line by line");
    r->sequence = true;
    r->scan = scan;
    while (cm_json_next(&scan)) {
        castmap_status status = look_at_feature(ctx, r, &scan, ++number);
        if (status)
            return status;
        cm_text_map_give_back(&r->map, scan.at);
        scan.depth = 0;
    }
    return scan.at < scan.length ? bad_json(ctx, r, &scan, number + 1) : CASTMAP_OK;
}

/* The whole document once. */
static castmap_status look_at_document(castmap_context *ctx, cm_geojson_reader *r)
{
    cm_json_scan scan = {.text = r->text, .length = r->length};
    cm_json_span key, type = {0}, crs = {0};
    bool first = true, more = true, features = false, esri = false;
    castmap_status status;

    if (cm_json_next(&scan) != '{')
        return refuse(ctx, r, CASTMAP_E_INPUT, scan.at, 0, "a JSON array, not GeoJSON", NULL);
    if (begins_sequence(r, scan))
        return look_at_sequence(ctx, r);
    scan.at++;
    scan.depth = 1;
    while (more) {
        if (!cm_json_member(&scan, &first, &key, &more))
            return bad_json(ctx, r, &scan, 0);
        if (!more)
            break;
        const bool is_features = cm_json_span_is(&scan, &key, "features");
        if ((is_features && features) || (type.to && cm_json_span_is(&scan, &key, "type")))
            return refuse(ctx, r, CASTMAP_E_INPUT, key.from, 0, "the same member twice", NULL);
        esri = esri || cm_json_span_is(&scan, &key, "geometryType");
        if (is_features) {
            features = true;
            status = look_at_features(ctx, r, &scan);
            if (status)
                return status;
        } else if (cm_json_span_is(&scan, &key, "type") && cm_json_next(&scan) == '"') {
            if (!cm_json_string_span(&scan, &type))
                return bad_json(ctx, r, &scan, 0);
        } else if (!cm_json_skip(&scan, cm_json_span_is(&scan, &key, "crs") ? &crs : NULL)) {
            return bad_json(ctx, r, &scan, 0);
        }
    }
    if (esri)
        return refuse(ctx, r, CASTMAP_E_INPUT, 0, 0, "ESRI JSON, not GeoJSON", "export it as GeoJSON");
    cm_json_space(&scan);
    if (scan.at < scan.length)
        return refuse(ctx, r, CASTMAP_E_INPUT, scan.at, 0, "something follows the end of the document", "export the file again");
    if (!type.to || !cm_json_span_is(&scan, &type, "FeatureCollection"))
        return wrong_kind(ctx, r, &scan, &type);
    if (!features)
        return refuse(ctx, r, CASTMAP_E_INPUT, 0, 0, "a FeatureCollection without \"features\"", NULL);
    if (crs.to && !is_wgs84(&scan, &crs))
        return refuse(ctx, r, CASTMAP_E_INPUT, crs.from, 0, "an old \"crs\" member names another system than WGS 84",
                      "convert the file to WGS 84 longitude and latitude");
    return CASTMAP_OK;
}

castmap_status cm_geojson_open(castmap_context *ctx, cm_text_input *input, const char *name, cm_geojson_reader **out)
{
    cm_geojson_reader *r = cm_alloc_zero(1, sizeof *r);
    castmap_status status;

    if (!r)
        return cm_fail_memory(ctx);
    r->name = name;
    r->first = true;
    status = read_text(ctx, r, input);
    if (!status)
        status = look_at_document(ctx, r);
    if (!status) {
        r->field = cm_alloc_zero(r->n, sizeof *r->field);
        r->seen = cm_alloc_zero(r->n, sizeof *r->seen);
        if (!r->field || !r->seen)
            status = cm_fail_memory(ctx);
    }
    if (status) {
        cm_geojson_close(r);
        return status;
    }
    *out = r;
    return CASTMAP_OK;
}

void cm_geojson_close(cm_geojson_reader *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->n_names; i++)
        free(r->names[i]);
    free(r->names);
    cm_text_map_free(&r->map);
    free(r->column);
    free(r->field);
    free(r->seen);
    free(r->unescaped);
    free(r);
}

void cm_geojson_take_lines(cm_geojson_reader *r)
{
    r->lines = true;
}

bool cm_geojson_is_sequence(const cm_geojson_reader *r)
{
    return r->sequence;
}

const cm_csv_field *cm_geojson_columns(const cm_geojson_reader *r, size_t *n)
{
    *n = r->n;
    return r->column;
}

static castmap_status read_properties(castmap_context *ctx, cm_geojson_reader *r, cm_json_scan scan, cm_geojson_feature *f)
{
    bool first = true, more = true;
    cm_json_span key, value;
    size_t hint = 0, used = 0;

    if (cm_json_next(&scan) == 'n')
        return CASTMAP_OK;
    if (cm_json_next(&scan) != '{') {
        cm_geojson_fault(f, "bad-properties", "properties are not an object");
        return CASTMAP_OK;
    }
    scan.at++;
    while (cm_json_member(&scan, &first, &key, &more) && more) {
        cm_csv_field name = {scan.text + key.from, key.to - key.from};
        const char next = cm_json_next(&scan);
        char *space = r->unescaped + used;
        if (key.escaped)
            name = (cm_csv_field){space, cm_json_unescape(&scan, &key, space)};
        const size_t at = find_column(r, &name, hint);
        if (!cm_json_skip(&scan, &value) || at == SIZE_MAX)
            return cm_fail(ctx, CASTMAP_E_INTERNAL, "a feature changed between two readings");
        hint = at + 1;
        if (r->seen[at])
            cm_geojson_fault(f, "duplicate-key", "the same property twice");
        r->seen[at] = true;
        if (next == 'n')
            continue;
        r->field[at] = (cm_csv_field){scan.text + value.from, value.to - value.from};
        if (next == '"' && value.escaped) {
            r->field[at] = (cm_csv_field){space, cm_json_unescape(&scan, &value, space)};
            used += r->field[at].length;
        }
    }
    return CASTMAP_OK;
}

static castmap_status read_members(castmap_context *ctx, cm_geojson_reader *r, cm_json_scan *scan, cm_geojson_feature *f)
{
    bool first = true, more = true, geometry = false, properties = false, type = false;
    cm_json_span key, value;

    scan->at++;
    while (cm_json_member(scan, &first, &key, &more) && more) {
        const cm_json_scan begin = *scan;
        castmap_status status = CASTMAP_OK;
        if (!cm_json_skip(scan, &value))
            break;
        if (cm_json_span_is(scan, &key, "geometry")) {
            if (geometry)
                cm_geojson_fault(f, "duplicate-key", "the same member twice");
            geometry = true;
            cm_geojson_read_geometry(begin, r->lines, f);
        } else if (cm_json_span_is(scan, &key, "properties")) {
            if (properties)
                cm_geojson_fault(f, "duplicate-key", "the same member twice");
            else
                status = read_properties(ctx, r, begin, f);
            properties = true;
        } else if (cm_json_span_is(scan, &key, "type")) {
            type = cm_json_span_is(scan, &value, "Feature");
        }
        if (status)
            return status;
    }
    if (!type)
        cm_geojson_fault(f, "not-a-feature", "an item of \"features\" is not a Feature");
    if (!geometry)
        cm_geojson_fault(f, "no-position", "the feature has no geometry");
    return CASTMAP_OK;
}

castmap_status cm_geojson_next(castmap_context *ctx, cm_geojson_reader *r, cm_geojson_feature *f, bool *more)
{
    castmap_status status = CASTMAP_OK;

    if (r->sequence)
        *more = cm_json_next(&r->scan) != '\0';
    else if (!cm_json_item(&r->scan, &r->first, more))
        return bad_json(ctx, r, &r->scan, r->number);
    if (!*more)
        return CASTMAP_OK;
    cm_text_map_give_back(&r->map, r->scan.at);
    *f = (cm_geojson_feature){.number = ++r->number, .field = r->field};
    cm_json_space(&r->scan);
    const size_t from = r->scan.at;
    cm_json_scan end = r->scan;
    (void)cm_json_skip(&end, NULL);
    f->text = r->text + from;
    f->length = end.at - from;
    if (f->length > CM_CSV_LINE_LIMIT)
        return refuse(ctx, r, CASTMAP_E_LIMIT, from, r->number, "a feature is longer than 1 MiB", NULL);
    /* Escapes only shrink, so what is unescaped fits into as many bytes as the feature has; names and values in turn. */
    if (r->unescaped_capacity < 2 * f->length && cm_grow(&r->unescaped, &r->unescaped_capacity, 2 * f->length, 1) != 0)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < r->n; i++) {
        r->field[i] = (cm_csv_field){"", 0};
        r->seen[i] = false;
    }
    if (cm_json_next(&r->scan) == '{')
        status = read_members(ctx, r, &r->scan, f);
    else
        cm_geojson_fault(f, "not-a-feature", "an item of \"features\" is not a Feature");
    for (size_t i = 0; !status && i < r->n; i++) {
        if (r->field[i].length > CM_CSV_FIELD_LIMIT)
            return refuse(ctx, r, CASTMAP_E_LIMIT, from, r->number, "a property is longer than 64 KiB", NULL);
    }
    r->scan.at = end.at;
    return status;
}
