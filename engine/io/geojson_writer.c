/*
 * io/geojson_writer.c - features formatted in blocks on all cores while a thread beside them writes the blocks that are ready.
 *
 *   1. check      coordinates are on Earth
 *   2. format     blocks of features into buffers, a batch of blocks at a time, in parallel
 *   3. write      the batch before, in order, meanwhile
 *   4. recount    read the file back and count its lines of features
 *
 * Numbers are written by own code: six decimals are whole millionths, and a table gives two figures at a time.
 */
#include "io/geojson_writer.h"

#include "base/decimal.h"
#include "base/fail.h"
#include "base/files.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/utf8.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK 2048        /* features */
#define BATCH 32          /* blocks that are formatted between two hand-overs */
#define VERTEX_SIZE 40    /* "[-179.123456,-89.123456]," and room to spare */
#define FEATURE_SIZE 256  /* a feature's brackets and words, without its vertices and values */
#define VALUE_SIZE 64     /* a number or null, with its comma */
#define READ_SIZE ((size_t)1 << 18)

static const char FEATURE_HEAD[] = "{\"type\":\"Feature\",\"geometry\":";

typedef struct block {
    char  *bytes; /* owned */
    size_t used, capacity;
} block;

typedef struct key {
    char  *text; /* owned; "name": with its comma */
    size_t length;
} key;

typedef struct writer {
    const cm_geojson_layer *layer;
    key    *keys;            /* owned [n_fields] */
    block   blocks[2][BATCH]; /* owned: one half is formatted while the other is written */
    size_t  first_block;     /* of the batch being formatted */
    unsigned half;           /* being formatted */
    size_t  n_ready;         /* blocks of the other half */
    cm_output output;
} writer;

static const char PAIRS[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960616263"
                            "64656667686970717273747576777879808182838485868788899091929394959697989900";

static int make_room(block *out, size_t size)
{
    return out->used + size <= out->capacity ? 0 : cm_grow(&out->bytes, &out->capacity, out->used + size, 1);
}

static char *put(char *at, const char *text, size_t length)
{
    memcpy(at, text, length);
    return at + length;
}

#define PUT(at, literal) put((at), (literal), sizeof(literal) - 1)

/* At most six decimals, trailing zeros left out, never "-0". */
static char *put_degrees(char *at, double value)
{
    uint32_t millionths = (uint32_t)(fabs(value) * CM_GEOJSON_SCALE + 0.5);
    uint32_t whole = millionths / 1000000u, part = millionths % 1000000u;

    if (value < 0 && millionths > 0)
        *at++ = '-';
    if (whole >= 100) {
        *at++ = '1';
        whole -= 100;
        at = put(at, &PAIRS[2 * whole], 2);
    } else if (whole >= 10) {
        at = put(at, &PAIRS[2 * whole], 2);
    } else {
        *at++ = (char)('0' + whole);
    }
    if (part == 0)
        return at;
    *at++ = '.';
    at = put(at, &PAIRS[2 * (part / 10000u)], 2);
    at = put(at, &PAIRS[2 * (part / 100u % 100u)], 2);
    at = put(at, &PAIRS[2 * (part % 100u)], 2);
    while (at[-1] == '0')
        at--;
    return at;
}

static char *put_vertex(char *at, const cm_geojson_layer *layer, size_t v)
{
    *at++ = '[';
    at = put_degrees(at, layer->lon[v]);
    *at++ = ',';
    at = put_degrees(at, layer->lat[v]);
    *at++ = ']';
    return at;
}

static bool is_clockwise(const cm_geojson_layer *layer, size_t begin, size_t end)
{
    const double x0 = layer->lon[begin], y0 = layer->lat[begin];
    double twice = 0.0;

    for (size_t v = begin + 1; v < end; v++)
        twice += (layer->lon[v - 1] - x0) * (layer->lat[v] - y0) - (layer->lon[v] - x0) * (layer->lat[v - 1] - y0);
    return twice < 0.0;
}

static char *put_ring(char *at, const cm_geojson_layer *layer, size_t ring, bool reverse)
{
    const size_t begin = layer->vertex_start[ring], end = layer->vertex_start[ring + 1];

    *at++ = '[';
    for (size_t k = 0; k < end - begin; k++) {
        if (k > 0)
            *at++ = ',';
        at = put_vertex(at, layer, reverse ? end - 1 - k : begin + k);
    }
    *at++ = ']';
    return at;
}

static char *put_part(char *at, const cm_geojson_layer *layer, size_t part)
{
    const size_t first = layer->ring_start[part], past = layer->ring_start[part + 1];

    if (layer->shape == CM_GEOJSON_LINE)
        return put_ring(at, layer, first, false);
    *at++ = '[';
    for (size_t ring = first; ring < past; ring++) {
        if (ring > first)
            *at++ = ',';
        const bool clockwise = is_clockwise(layer, layer->vertex_start[ring], layer->vertex_start[ring + 1]);
        at = put_ring(at, layer, ring, clockwise == (ring == first));
    }
    *at++ = ']';
    return at;
}

static int add_geometry(block *out, const cm_geojson_layer *layer, size_t i)
{
    if (layer->shape == CM_GEOJSON_POINT) {
        if (make_room(out, FEATURE_SIZE + VERTEX_SIZE))
            return -1;
        char *at = PUT(out->bytes + out->used, "{\"type\":\"Point\",\"coordinates\":");
        at = put_vertex(at, layer, i);
        *at++ = '}';
        out->used = (size_t)(at - out->bytes);
        return 0;
    }
    const size_t first = layer->part_start[i], past = layer->part_start[i + 1];
    const size_t rings = layer->ring_start[past] - layer->ring_start[first];
    const size_t vertices = layer->vertex_start[layer->ring_start[past]] - layer->vertex_start[layer->ring_start[first]];
    const bool line = layer->shape == CM_GEOJSON_LINE, several = past - first > 1;

    if (make_room(out, FEATURE_SIZE + 8 * (rings + past - first) + VERTEX_SIZE * vertices))
        return -1;
    char *at = out->bytes + out->used;
    if (first == past) {
        at = PUT(at, "null");
        out->used = (size_t)(at - out->bytes);
        return 0;
    }
    at = PUT(at, "{\"type\":\"");
    if (several)
        at = PUT(at, "Multi");
    at = line ? PUT(at, "LineString") : PUT(at, "Polygon");
    at = PUT(at, "\",\"coordinates\":");
    if (several)
        *at++ = '[';
    for (size_t part = first; part < past; part++) {
        if (part > first)
            *at++ = ',';
        at = put_part(at, layer, part);
    }
    if (several)
        *at++ = ']';
    *at++ = '}';
    out->used = (size_t)(at - out->bytes);
    return 0;
}

/* 0: as it is; 'u': \u00XX; else the letter after the backslash. Quotes, backslash and control characters, RFC 8259 section 7. */
static char escape_of(unsigned char c)
{
    static const char TABLE[128] = {
        ['"'] = '"', ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
        [0] = 'u', [1] = 'u', [2] = 'u', [3] = 'u', [4] = 'u', [5] = 'u', [6] = 'u', [7] = 'u', [11] = 'u', [14] = 'u',
        [15] = 'u', [16] = 'u', [17] = 'u', [18] = 'u', [19] = 'u', [20] = 'u', [21] = 'u', [22] = 'u', [23] = 'u',
        [24] = 'u', [25] = 'u', [26] = 'u', [27] = 'u', [28] = 'u', [29] = 'u', [30] = 'u', [31] = 'u', [127] = 'u',
    };
    return c < 128 ? TABLE[c] : 0;
}

static int add_text(block *out, const char *text)
{
    static const char HEX[] = "0123456789abcdef";
    const size_t length = strlen(text);

    if (cm_utf8_valid(text, length) != length) { /* rare: let base/json_text repair it */
        cm_text repaired = CM_TEXT_INIT;
        cm_json_add_string(&repaired, text, length);
        const int failed = repaired.failed || make_room(out, repaired.length);
        if (!failed)
            out->used = (size_t)(put(out->bytes + out->used, repaired.bytes, repaired.length) - out->bytes);
        cm_text_clear(&repaired);
        return failed ? -1 : 0;
    }
    if (make_room(out, 6 * length + 2))
        return -1;
    char *at = out->bytes + out->used;
    *at++ = '"';
    for (size_t i = 0; i < length; i++) {
        const unsigned char c = (unsigned char)text[i];
        const char escape = escape_of(c);
        if (escape == 0) {
            *at++ = (char)c;
        } else if (escape == 'u') {
            at = PUT(at, "\\u00");
            *at++ = HEX[c >> 4];
            *at++ = HEX[c & 15];
        } else {
            *at++ = '\\';
            *at++ = escape;
        }
    }
    *at++ = '"';
    out->used = (size_t)(at - out->bytes);
    return 0;
}

static int add_value(block *out, const cm_geojson_field *field, size_t i)
{
    if (field->text && field->text[i])
        return add_text(out, field->text[i]);
    if (make_room(out, VALUE_SIZE))
        return -1;
    char *at = out->bytes + out->used;
    if (field->integer && field->integer[i] != INT64_MIN)
        out->used += cm_decimal_i64(field->integer[i], at);
    else if (field->real && isfinite(field->real[i]))
        out->used += cm_decimal_trimmed(field->real[i], field->digits, at);
    else
        out->used = (size_t)(PUT(at, "null") - out->bytes);
    return 0;
}

static int add_feature(block *out, const writer *w, size_t i)
{
    const cm_geojson_layer *layer = w->layer;

    if (make_room(out, FEATURE_SIZE))
        return -1;
    out->used = (size_t)(PUT(out->bytes + out->used, FEATURE_HEAD) - out->bytes);
    if (add_geometry(out, layer, i) || make_room(out, FEATURE_SIZE))
        return -1;
    out->used = (size_t)(PUT(out->bytes + out->used, ",\"properties\":{") - out->bytes);
    for (size_t f = 0; f < layer->n_fields; f++) {
        if (make_room(out, w->keys[f].length))
            return -1;
        out->used = (size_t)(put(out->bytes + out->used, w->keys[f].text, w->keys[f].length) - out->bytes);
        if (add_value(out, &layer->fields[f], i))
            return -1;
    }
    if (make_room(out, FEATURE_SIZE))
        return -1;
    char *at = PUT(out->bytes + out->used, "}}");
    if (i + 1 < layer->count)
        *at++ = ',';
    *at++ = '\n';
    out->used = (size_t)(at - out->bytes);
    return 0;
}

static castmap_status format_blocks(size_t begin, size_t end, void *job)
{
    writer *w = job;

    for (size_t b = begin; b < end; b++) {
        block *out = &w->blocks[w->half][b];
        const size_t first = (w->first_block + b) * BLOCK;
        const size_t past = first + BLOCK < w->layer->count ? first + BLOCK : w->layer->count;
        out->used = 0;
        for (size_t i = first; i < past; i++) {
            if (add_feature(out, w, i))
                return CASTMAP_E_NOMEM;
        }
    }
    return CASTMAP_OK;
}

static castmap_status write_ready(void *job)
{
    writer *w = job;

    for (size_t b = 0; b < w->n_ready; b++)
        cm_output_write(&w->output, w->blocks[!w->half][b].bytes, w->blocks[!w->half][b].used);
    return CASTMAP_OK;
}

static castmap_status write_features(castmap_context *ctx, writer *w)
{
    const size_t n_blocks = (w->layer->count + BLOCK - 1) / BLOCK;
    castmap_status status = CASTMAP_OK;

    while (w->first_block < n_blocks && !status) {
        const size_t left = n_blocks - w->first_block, n = left < BATCH ? left : BATCH;
        cm_task *task = NULL;
        if (w->n_ready > 0)
            status = cm_task_start(ctx, write_ready, w, &task);
        if (!status)
            status = cm_parallel_chunks(ctx, "writing GeoJSON", n, 1, format_blocks, w);
        const castmap_status written = cm_task_join(task);
        if (status == CASTMAP_E_NOMEM)
            status = cm_fail_memory(ctx);
        if (!status)
            status = written;
        w->first_block += n;
        w->n_ready = n;
        w->half = !w->half;
    }
    return status ? status : write_ready(w);
}

static void put_text(writer *w, const char *text)
{
    cm_output_write(&w->output, text, strlen(text));
}

static castmap_status write_head(castmap_context *ctx, writer *w)
{
    const cm_geojson_layer *layer = w->layer;
    cm_text head = CM_TEXT_INIT;
    char number[CM_DECIMAL_SIZE];

    cm_text_add(&head, "{\"type\":\"FeatureCollection\",\"name\":");
    cm_json_add_string(&head, layer->name, strlen(layer->name));
    if (layer->members && layer->members[0]) {
        cm_text_add_char(&head, ',');
        cm_text_add(&head, layer->members);
    }
    if (layer->bbox) {
        cm_text_add(&head, ",\"bbox\":[");
        for (int i = 0; i < 4; i++) {
            cm_text_add(&head, i ? "," : "");
            cm_text_add_bytes(&head, number, cm_decimal_trimmed(layer->bbox[i], 6, number));
        }
        cm_text_add_char(&head, ']');
    }
    cm_text_add(&head, ",\"features\":[\n");
    if (!head.failed)
        put_text(w, head.bytes);
    const bool failed = head.failed;
    cm_text_clear(&head);
    return failed ? cm_fail_memory(ctx) : CASTMAP_OK;
}

static castmap_status make_keys(castmap_context *ctx, writer *w)
{
    w->keys = cm_alloc_zero(w->layer->n_fields, sizeof *w->keys);
    if (!w->keys)
        return cm_fail_memory(ctx);
    for (size_t f = 0; f < w->layer->n_fields; f++) {
        cm_text text = CM_TEXT_INIT;
        cm_text_add(&text, f ? "," : "");
        cm_json_add_string(&text, w->layer->fields[f].name, strlen(w->layer->fields[f].name));
        cm_text_add_char(&text, ':');
        w->keys[f].length = text.length;
        w->keys[f].text = cm_text_take(&text);
        if (!w->keys[f].text)
            return cm_fail_memory(ctx);
    }
    return CASTMAP_OK;
}

static castmap_status check_coordinates(castmap_context *ctx, const cm_geojson_layer *layer)
{
    size_t n = layer->count;

    if (layer->shape != CM_GEOJSON_POINT && n > 0)
        n = layer->vertex_start[layer->ring_start[layer->part_start[n]]];
    for (size_t v = 0; v < n; v++) {
        if (!(fabs(layer->lon[v]) <= 180.0) || !(fabs(layer->lat[v]) <= 90.0))
            return cm_fail(ctx, CASTMAP_E_DATA, "a coordinate of layer \"%s\" is not on Earth", layer->name);
    }
    return CASTMAP_OK;
}

/* Every feature is a line, and no text holds a line break: the lines after the first that begin with a brace are the features. */
static castmap_status recount(castmap_context *ctx, writer *w)
{
    char *bytes = cm_alloc(READ_SIZE, 1);
    size_t lines = 0, features = 0;
    off_t at = 0;
    bool line_begins = true;
    char last[3] = {0};

    if (!bytes)
        return cm_fail_memory(ctx);
    for (;;) {
        const ssize_t got = pread(w->output.fd, bytes, READ_SIZE, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        for (const char *line = bytes; line < bytes + got;) {
            features += line_begins && line[0] == '{' && lines > 0;
            const char *end = memchr(line, '\n', (size_t)(bytes + got - line));
            line_begins = end != NULL;
            lines += end != NULL;
            line = end ? end + 1 : bytes + got;
        }
        at += got;
    }
    free(bytes);
    const bool ends = at >= 3 && pread(w->output.fd, last, 3, at - 3) == 3 && memcmp(last, "]}\n", 3) == 0;
    if (features != w->layer->count || !ends)
        return cm_fail(ctx, CASTMAP_E_INTERNAL, "layer \"%s\" was written with %zu features of %zu", w->layer->name,
                       features, w->layer->count);
    return CASTMAP_OK;
}

castmap_status cm_geojson_write(castmap_context *ctx, const char *path, const cm_geojson_layer *layer, bool overwrite,
                                bool private_file)
{
    writer w = {.layer = layer, .output = {.fd = -1}};
    castmap_status status;

    status = check_coordinates(ctx, layer);
    if (status)
        goto done;
    status = make_keys(ctx, &w);
    if (status)
        goto done;
    status = cm_output_open(ctx, path, overwrite, private_file, &w.output);
    if (status)
        goto done;
    status = write_head(ctx, &w);
    if (status)
        goto done;
    status = write_features(ctx, &w);
    if (status)
        goto done;
    put_text(&w, "]}\n");
    cm_output_flush(&w.output);
    if (!w.output.error) { /* else the commit words it */
        status = recount(ctx, &w);
        if (status)
            goto done;
    }
    status = cm_output_commit(ctx, &w.output);

done:
    cm_output_discard(&w.output);
    for (size_t f = 0; w.keys && f < layer->n_fields; f++)
        free(w.keys[f].text);
    free(w.keys);
    for (size_t b = 0; b < 2 * BATCH; b++)
        free(w.blocks[b / BATCH][b % BATCH].bytes);
    return status;
}
