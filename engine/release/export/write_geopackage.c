/*
 * release/export/write_geopackage.c - all layers of a release in one GeoPackage, each with the style that QGIS applies by itself.
 */
#include "castmap/products.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/time_text.h"
#include "io/gdal_geopackage.h"
#include "io/geopackage_points.h"
#include "release/export/export_layer.h"
#include "space/geometry/polygon_set.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void put_number(unsigned char **at, uint64_t bits, int bytes)
{
    for (int i = 0; i < bytes; i++)
        *(*at)++ = (unsigned char)(bits >> (8 * i));
}

static void put_double(unsigned char **at, double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    put_number(at, bits, 8);
}

/* ISO WKB of a point, little-endian. */
static void point_wkb(double lon, double lat, unsigned char out[21])
{
    put_number(&out, 1, 1);
    put_number(&out, 1, 4);
    put_double(&out, lon);
    put_double(&out, lat);
}

/* ISO WKB of a feature's lines, little-endian; *wkb owned by the caller. */
static castmap_status lines_wkb(castmap_context *ctx, const cm_layer *layer, size_t feature, unsigned char **wkb, size_t *length)
{
    const size_t first = layer->part_start[feature], end = layer->part_start[feature + 1];
    const size_t vertices = layer->vertex_start[layer->ring_start[end]] - layer->vertex_start[layer->ring_start[first]];
    unsigned char *at;

    *length = 9 + (end - first) * 9 + vertices * 16;
    at = *wkb = cm_alloc(*length, 1);
    if (!at)
        return cm_fail_memory(ctx);
    put_number(&at, 1, 1);
    put_number(&at, 5, 4); /* MultiLineString */
    put_number(&at, end - first, 4);
    for (size_t part = first; part < end; part++) {
        const size_t ring = layer->ring_start[part]; /* a part of lines has one */
        put_number(&at, 1, 1);
        put_number(&at, 2, 4);
        put_number(&at, layer->vertex_start[ring + 1] - layer->vertex_start[ring], 4);
        for (size_t v = layer->vertex_start[ring]; v < layer->vertex_start[ring + 1]; v++) {
            put_double(&at, layer->lon[v]);
            put_double(&at, layer->lat[v]);
        }
    }
    return CASTMAP_OK;
}

static cm_value value_of(const cm_field *field, size_t i)
{
    cm_value value = {0};

    if (field->text) {
        value.set = field->text[i] != NULL;
        value.text = field->text[i];
    } else if (field->integer) {
        value.set = field->integer[i] != INT64_MIN;
        value.integer = value.set ? field->integer[i] : 0;
    } else {
        value.set = isfinite(field->real[i]);
        value.real = value.set ? field->real[i] : 0.0;
    }
    return value;
}

static castmap_status add_features(castmap_context *ctx, cm_geopackage *package, const cm_layer *layer)
{
    cm_value *values = cm_alloc(layer->n_fields, sizeof *values);
    const castmap_polygons view = {layer->count, layer->part_start, layer->ring_start, layer->vertex_start, layer->lon,
                                   layer->lat};
    castmap_status status = values ? CASTMAP_OK : cm_fail_memory(ctx);

    for (size_t i = 0; i < layer->count && !status; i++) {
        unsigned char point[21], *wkb = NULL;
        size_t length = sizeof point;
        for (size_t f = 0; f < layer->n_fields; f++)
            values[f] = value_of(&layer->fields[f], i);
        if (layer->shape == CM_SHAPE_POINT)
            point_wkb(layer->lon[i], layer->lat[i], point);
        else if (layer->shape == CM_SHAPE_LINE)
            status = lines_wkb(ctx, layer, i, &wkb, &length);
        else
            status = cm_polygons_wkb(ctx, &view, i, &wkb, &length);
        if (!status)
            status = cm_geopackage_add(ctx, package, wkb ? wkb : point, length, values);
        free(wkb);
        if (i % 4096 == 0 && cm_cancelled(ctx) && !status)
            status = cm_fail_cancelled(ctx);
    }
    free(values);
    return status;
}

/* Many points are added when GDAL has closed the file. */
static bool added_later(const cm_layer *layer)
{
    return layer->shape == CM_SHAPE_POINT && layer->count >= CM_GEOPACKAGE_MANY_POINTS;
}

static castmap_status add_layer(castmap_context *ctx, cm_geopackage *package, const cm_layer *layer)
{
    static const cm_package_type TYPES[] = {[CM_FIELD_INTEGER] = CM_PACKAGE_INTEGER, [CM_FIELD_REAL] = CM_PACKAGE_REAL,
                                            [CM_FIELD_TEXT] = CM_PACKAGE_TEXT};
    cm_package_field *fields = cm_alloc(layer->n_fields, sizeof *fields);
    cm_text qml = CM_TEXT_INIT;
    castmap_status status;

    if (!fields)
        return cm_fail_memory(ctx);
    for (size_t f = 0; f < layer->n_fields; f++)
        fields[f] = (cm_package_field){.name = layer->fields[f].name, .kind = TYPES[layer->fields[f].type],
                                       .title = layer->fields[f].title, .description = layer->fields[f].description};
    const cm_layer_form form = {.name = layer->name, .title = layer->title, .description = layer->description,
                                .kind = layer->shape == CM_SHAPE_POINT ? CM_PACKAGE_POINT
                                        : layer->shape == CM_SHAPE_LINE ? CM_PACKAGE_MULTILINE : CM_PACKAGE_MULTIPOLYGON,
                                .field = fields, .n_fields = layer->n_fields};
    status = cm_geopackage_layer(ctx, package, &form);
    if (!status && !added_later(layer))
        status = add_features(ctx, package, layer);
    cm_qml_add(&qml, layer);
    if (!status && qml.failed)
        status = cm_fail_memory(ctx);
    if (!status)
        status = cm_geopackage_style(ctx, package, layer->name, layer->name, layer->title, qml.bytes, NULL);
    cm_text_clear(&qml);
    free(fields);
    return status;
}

static castmap_status add_points(castmap_context *ctx, const char *path, const cm_layer *layer)
{
    cm_point_column *column = cm_alloc(layer->n_fields, sizeof *column);
    castmap_status status;

    if (!column)
        return cm_fail_memory(ctx);
    for (size_t f = 0; f < layer->n_fields; f++)
        column[f] = (cm_point_column){layer->fields[f].name, layer->fields[f].integer, layer->fields[f].real, layer->fields[f].text};
    status = cm_geopackage_points(ctx, path, layer->name, layer->count, layer->lon, layer->lat, column, layer->n_fields);
    free(column);
    return status;
}

castmap_status castmap_write_geopackage(castmap_context *ctx, const castmap_release *release, const char *path,
                                        bool overwrite)
{
    cm_output output = {.fd = -1};
    cm_geopackage *package = NULL;
    char changed_at[24];
    castmap_status status;

    cm_fail_clear(ctx);
    status = cm_export_allowed(ctx, release);
    if (status)
        return status;
    /* The date inside is the end of the data, not that of writing: the same release gives the same bytes. */
    cm_time_iso(release->to_s == INT64_MIN ? 0 : release->to_s, changed_at);
    status = cm_output_reserve(ctx, path, overwrite, &output);
    if (status)
        return status;
    status = cm_geopackage_create(ctx, output.temporary, changed_at, &package);
    for (size_t i = 0; i < release->n_layers && !status; i++)
        status = add_layer(ctx, package, &release->layers[i]);
    if (status)
        cm_geopackage_abandon(package);
    else
        status = cm_geopackage_close(ctx, package);
    for (size_t i = 0; i < release->n_layers && !status; i++) {
        if (added_later(&release->layers[i]))
            status = add_points(ctx, output.temporary, &release->layers[i]);
    }
    for (size_t i = 0; i < release->n_layers && !status; i++) {
        const cm_layer *layer = &release->layers[i];
        status = cm_geopackage_recount(ctx, output.temporary, layer->name, layer->count, layer->count);
    }
    output.mode = cm_export_private(release) ? 0600 : 0644;
    if (!status)
        status = cm_output_commit(ctx, &output);
    cm_output_discard(&output);
    return status;
}
