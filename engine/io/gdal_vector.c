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

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Which of the contents may hold such a layer. */
static castmap_status check_content(castmap_context *ctx, cm_content content, bool lines)
{
    castmap_status status;

    if (content == CM_CONTENT_JSON || content == CM_CONTENT_SQLITE || content == CM_CONTENT_SHAPEFILE || content == CM_CONTENT_ZIP ||
        (lines && content == CM_CONTENT_OSM_PBF))
        return CASTMAP_OK;
    status = cm_fail(ctx, CASTMAP_E_INPUT, "the content is %s, not a %s file", cm_content_words(content), lines ? "street" : "boundary");
    cm_fail_hint(ctx, lines ? "give an OpenStreetMap extract (.osm.pbf), GeoJSON, a GeoPackage or a Shapefile (also inside a .zip)"
                            : "give GeoJSON, TopoJSON, a GeoPackage or a Shapefile (also inside a .zip)");
    return status;
}

static castmap_status read_source(castmap_context *ctx, const char *path, cm_vector_source *source, cm_vector_layer *layer)
{
    const cm_worker_limits usual = CM_WORKER_LIMITS_INIT, large = {(uint64_t)6 << 30, 600u, 900u, usual.frame_bytes, (uint64_t)4 << 30};
    const cm_worker_limits limits = source->parts.content == CM_CONTENT_OSM_PBF ? large : usual; /* of a large city; it is unpacked tenfold */
    int keep[CM_PARTS];
    const size_t n = cm_input_parts_list(&source->parts, keep);
    castmap_status status = cm_worker_run(ctx, path, &limits, keep, n, cm_vector_child, source, take, layer);

    return status ? status : cm_input_parts_unchanged(ctx, &source->parts, path);
}

castmap_status cm_vector_read(castmap_context *ctx, const char *path, const cm_vector_options *options, cm_vector_layer *out)
{
    cm_vector_source source = {.options = options, .max_vertices = options->max_vertices ? options->max_vertices : MAX_VERTICES};
    cm_vector_layer layer = CM_VECTOR_LAYER_INIT;
    char hex[CM_SHA256_HEX], shown[200];
    castmap_status status;

    cm_input_parts_init(&source.parts);
    status = cm_input_parts_open(ctx, path, -1, false, options->max_bytes ? options->max_bytes : MAX_BYTES, &source.parts);
    if (!status)
        status = check_content(ctx, source.parts.content, options->lines);
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
    cm_input_parts_close(&source.parts);
    cm_vector_layer_clear(&layer);
    return status;
}
