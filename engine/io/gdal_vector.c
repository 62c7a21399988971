/*
 * io/gdal_vector.c - the parent's half of reading a vector file.
 *
 * Opens the file and, of a Shapefile, its companions; tells the form by the first bytes, never by the name; lets the child parse; and takes the frames apart without
 * believing them. No GDAL function is called in this process.
 */
#include "io/gdal_vector.h"

#include "base/digest.h"
#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/text.h"
#include "io/vector_source.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_BYTES ((uint64_t)1 << 30)
#define MAX_VERTICES 1000000u
#define MAX_FEATURES 2000000u

void cm_vector_layer_clear(cm_vector_layer *layer)
{
    if (!layer)
        return;
    for (size_t i = 0; i < layer->count; i++) {
        cm_vector_feature *f = &layer->feature[i];
        for (size_t j = 0; f->value && j < layer->n_fields; j++)
            free(f->value[j]);
        free(f->value);
        free(f->wkb);
        free(f->problem);
    }
    for (size_t j = 0; layer->field && j < layer->n_fields; j++)
        free(layer->field[j]);
    free(layer->feature);
    free(layer->field);
    free(layer->format);
    free(layer->layer);
    free(layer->crs);
    free(layer->crs_name);
    free(layer->sha256);
    *layer = (cm_vector_layer)CM_VECTOR_LAYER_INIT;
}

/* A frame being taken apart. */
typedef struct frame {
    const unsigned char *at;
    size_t               left;
    bool                 bad, no_memory;
} frame;

static const unsigned char *next_bytes(frame *f, size_t *length)
{
    uint32_t n;
    const unsigned char *bytes;

    *length = 0;
    if (f->left < 4) {
        f->bad = true;
        return NULL;
    }
    memcpy(&n, f->at, 4);
    f->at += 4;
    f->left -= 4;
    if (n == CM_NO_TEXT)
        return NULL;
    if (n > f->left) {
        f->bad = true;
        return NULL;
    }
    bytes = f->at;
    f->at += n;
    f->left -= n;
    *length = n;
    return bytes;
}

static char *next_text(frame *f)
{
    size_t n;
    const unsigned char *bytes = next_bytes(f, &n);
    char *text;

    if (!bytes)
        return NULL;
    text = cm_copy_bytes((const char *)bytes, n);
    f->no_memory = f->no_memory || !text;
    return text;
}

static castmap_status frame_done(castmap_context *ctx, const frame *f)
{
    if (f->no_memory)
        return cm_fail_memory(ctx);
    if (f->bad || f->left > 0)
        return cm_fail(ctx, CASTMAP_E_INTERNAL, "the parsing process answered with a malformed message");
    return CASTMAP_OK;
}

static castmap_status take_layer(castmap_context *ctx, frame *f, cm_vector_layer *layer)
{
    size_t capacity = 0;

    if (layer->format) {
        f->bad = true;
        return frame_done(ctx, f);
    }
    layer->format = next_text(f);
    layer->layer = next_text(f);
    layer->crs = next_text(f);
    layer->crs_name = next_text(f);
    while (f->left > 0 && !f->bad && layer->n_fields < CM_MAX_FIELDS) {
        if (cm_grow(&layer->field, &capacity, layer->n_fields + 1, sizeof *layer->field) != 0)
            return cm_fail_memory(ctx);
        layer->field[layer->n_fields] = next_text(f);
        f->bad = f->bad || !layer->field[layer->n_fields];
        layer->n_fields++;
    }
    f->bad = f->bad || !layer->format || !layer->layer || !layer->crs || !layer->crs_name;
    return frame_done(ctx, f);
}

static castmap_status take_feature(castmap_context *ctx, frame *f, cm_vector_layer *layer)
{
    cm_vector_feature *feature;
    const unsigned char *wkb;

    if (!layer->format) {
        f->bad = true;
        return frame_done(ctx, f);
    }
    if (layer->count >= MAX_FEATURES)
        return cm_fail(ctx, CASTMAP_E_LIMIT, "more than %u features", MAX_FEATURES);
    if (cm_grow(&layer->feature, &layer->capacity, layer->count + 1, sizeof *layer->feature) != 0)
        return cm_fail_memory(ctx);
    feature = &layer->feature[layer->count];
    *feature = (cm_vector_feature){.number = layer->count + 1};
    layer->count++;
    feature->value = cm_alloc_zero(layer->n_fields, sizeof *feature->value);
    if (!feature->value)
        return cm_fail_memory(ctx);
    feature->problem = next_text(f);
    wkb = next_bytes(f, &feature->wkb_length);
    if (wkb) {
        feature->wkb = cm_alloc(feature->wkb_length, 1);
        if (!feature->wkb)
            return cm_fail_memory(ctx);
        memcpy(feature->wkb, wkb, feature->wkb_length);
    }
    for (size_t i = 0; i < layer->n_fields && !f->bad; i++)
        feature->value[i] = next_text(f);
    return frame_done(ctx, f);
}

static castmap_status take(castmap_context *ctx, uint32_t kind, const unsigned char *bytes, size_t length, void *payload)
{
    frame f = {bytes, length, false, false};

    if (kind == CM_FRAME_LAYER)
        return take_layer(ctx, &f, payload);
    if (kind == CM_FRAME_FEATURE)
        return take_feature(ctx, &f, payload);
    f.bad = true;
    return frame_done(ctx, &f);
}

static castmap_status not_a_format(castmap_context *ctx, const char *content)
{
    castmap_status status = cm_fail(ctx, CASTMAP_E_INPUT, "the content is %s, not a boundary file", content);

    cm_fail_hint(ctx, "give GeoJSON, TopoJSON, a GeoPackage or a Shapefile (also inside a .zip)");
    return status;
}

/* The form by its first bytes. */
static castmap_status sniff(castmap_context *ctx, const unsigned char *b, size_t n, cm_vector_form *form)
{
    size_t at = 0;

    if (n == 0)
        return not_a_format(ctx, "empty");
    if (n >= 16 && memcmp(b, "SQLite format 3", 16) == 0) {
        *form = CM_FORM_GEOPACKAGE;
        return CASTMAP_OK;
    }
    if (n >= 4 && memcmp(b, "\0\0\x27\x0a", 4) == 0) {
        *form = CM_FORM_SHAPEFILE;
        return CASTMAP_OK;
    }
    if (n >= 4 && (memcmp(b, "PK\3\4", 4) == 0 || memcmp(b, "PK\5\6", 4) == 0)) {
        *form = CM_FORM_ZIP;
        return CASTMAP_OK;
    }
    if (n >= 2 && (memcmp(b, "\xff\xfe", 2) == 0 || memcmp(b, "\xfe\xff", 2) == 0))
        return not_a_format(ctx, "UTF-16 text");
    if (n >= 2 && memcmp(b, "\x1f\x8b", 2) == 0)
        return not_a_format(ctx, "compressed with gzip");
    if (n >= 4 && memcmp(b, "\x89PNG", 4) == 0)
        return not_a_format(ctx, "a PNG picture");
    if (n >= 4 && memcmp(b, "%PDF", 4) == 0)
        return not_a_format(ctx, "a PDF document");
    if (n >= 3 && memcmp(b, "\xef\xbb\xbf", 3) == 0)
        at = 3;
    while (at < n && isspace(b[at]))
        at++;
    if (at < n && b[at] == '<')
        return not_a_format(ctx, "XML (KML, GML, GPX or VRT)");
    if (at < n && (b[at] == '{' || b[at] == '[')) {
        *form = CM_FORM_JSON;
        return CASTMAP_OK;
    }
    return not_a_format(ctx, "of no known kind");
}

/* A Shapefile's companions stand beside it under the same name. Upper-case names keep upper-case endings. */
static castmap_status open_companions(castmap_context *ctx, const char *path, cm_vector_source *source)
{
    static const char *const ENDS[CM_PARTS] = {".shp", ".shx", ".dbf", ".prj", ".cpg"};
    const size_t length = strlen(path);
    char *name;
    castmap_status status = CASTMAP_OK;

    if (length < 5 || strcasecmp(path + length - 4, ".shp") != 0)
        return cm_fail(ctx, CASTMAP_E_INPUT, "the content is a Shapefile, but its name does not end in .shp");
    name = cm_copy_text(path);
    if (!name)
        return cm_fail_memory(ctx);
    for (int i = CM_PART_SHX; i < CM_PARTS && !status; i++) {
        for (size_t k = 1; k < 4; k++)
            name[length - 4 + k] = (char)(isupper((unsigned char)path[length - 3]) ? toupper((unsigned char)ENDS[i][k]) : ENDS[i][k]);
        if (access(name, F_OK) == 0) {
            status = cm_file_open(ctx, name, false, &source->part[i].fd, &source->part[i].size);
        } else if (i == CM_PART_SHX || i == CM_PART_DBF) {
            status = cm_fail(ctx, CASTMAP_E_INPUT, "the Shapefile lacks its %s file", ENDS[i]);
            cm_fail_hint(ctx, "a Shapefile is several files: keep .shp, .shx, .dbf and .prj together, or send them as one .zip");
        }
    }
    free(name);
    return status;
}

static castmap_status open_source(castmap_context *ctx, const char *path, const cm_vector_options *options,
                                  cm_vector_source *source)
{
    unsigned char head[64];
    const uint64_t limit = options->max_bytes ? options->max_bytes : MAX_BYTES;
    cm_source_part *main_part = &source->part[CM_PART_MAIN];
    castmap_status status = cm_file_open(ctx, path, false, &main_part->fd, &main_part->size);

    if (status)
        return status;
    const ssize_t got = pread(main_part->fd, head, sizeof head, 0);
    status = sniff(ctx, head, got > 0 ? (size_t)got : 0, &source->form);
    if (!status && source->form == CM_FORM_SHAPEFILE)
        status = open_companions(ctx, path, source);
    for (int i = 0; i < CM_PARTS && !status; i++)
        if (source->part[i].fd >= 0 && source->part[i].size > limit)
            status = cm_fail(ctx, CASTMAP_E_LIMIT, "the file is larger than %llu MB", (unsigned long long)(limit >> 20));
    return status;
}

static castmap_status read_source(castmap_context *ctx, const char *path, cm_vector_source *source, cm_vector_layer *layer)
{
    const cm_worker_limits limits = CM_WORKER_LIMITS_INIT;
    cm_file_stamp before[CM_PARTS], after;
    int keep[CM_PARTS];
    size_t n = 0;
    castmap_status status;

    for (int i = 0; i < CM_PARTS; i++) {
        if (source->part[i].fd < 0)
            continue;
        status = cm_file_stamp_take(ctx, source->part[i].fd, path, &before[n]);
        if (status)
            return status;
        keep[n++] = source->part[i].fd;
    }
    status = cm_worker_run(ctx, path, &limits, keep, n, cm_vector_child, source, take, layer);
    for (size_t i = 0; i < n && !status; i++) {
        status = cm_file_stamp_take(ctx, keep[i], path, &after);
        if (!status && !cm_file_stamp_equal(&before[i], &after))
            status = cm_fail(ctx, CASTMAP_E_IO, "the file changed while it was read");
    }
    return status;
}

castmap_status cm_vector_read(castmap_context *ctx, const char *path, const cm_vector_options *options, cm_vector_layer *out)
{
    cm_vector_source source = {.options = options, .max_vertices = options->max_vertices ? options->max_vertices : MAX_VERTICES};
    cm_vector_layer layer = CM_VECTOR_LAYER_INIT;
    char hex[CM_SHA256_HEX], shown[200];
    castmap_status status;

    for (int i = 0; i < CM_PARTS; i++)
        source.part[i].fd = -1;
    status = open_source(ctx, path, options, &source);
    if (!status)
        status = read_source(ctx, path, &source, &layer);
    if (!status)
        status = cm_sha256_file(ctx, path, hex, NULL);
    if (!status) {
        layer.sha256 = cm_copy_text(hex);
        if (!layer.sha256)
            status = cm_fail_memory(ctx);
    }
    if (status) {
        const char *name = cm_base_name(path);
        cm_escape_display(name, strlen(name), shown, sizeof shown);
        cm_fail_where(ctx, "%s", shown);
    } else {
        cm_vector_layer_clear(out);
        *out = layer;
        layer = (cm_vector_layer)CM_VECTOR_LAYER_INIT;
    }
    for (int i = 0; i < CM_PARTS; i++)
        if (source.part[i].fd >= 0)
            close(source.part[i].fd);
    cm_vector_layer_clear(&layer);
    return status;
}
