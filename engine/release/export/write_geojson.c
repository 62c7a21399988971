/*
 * release/export/write_geojson.c - one layer of a release as GeoJSON, with what a partner must know about it in the file itself.
 */
#include "castmap/products.h"

#include "base/fail.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "io/geojson_writer.h"
#include "release/export/export_layer.h"
#include "space/geometry/geos.h"

#include <stdlib.h>
#include <string.h>

static void add_string(cm_json *json, const char *key, const char *value)
{
    if (value && value[0])
        cm_json_string(json, key, value);
}

/* Members of the collection, without the braces around them. */
static char *make_members(const castmap_release *release, const cm_layer *layer)
{
    cm_text text = CM_TEXT_INIT, sources = CM_TEXT_INIT;
    cm_json json;

    cm_export_join(&sources, release->sources, release->n_sources, " | ");
    cm_json_begin(&json, &text, false);
    cm_json_object(&json, NULL);
    add_string(&json, "title", layer->title);
    add_string(&json, "description", layer->description);
    add_string(&json, "map", release->title);
    add_string(&json, "audience", release->audience_mark);
    add_string(&json, "dates", release->data_dates);
    add_string(&json, "licence", sources.bytes);
    if (release->number > 0)
        cm_json_integer(&json, "release", release->number);
    cm_json_array(&json, "caveats");
    for (size_t i = 0; i < release->n_caveats; i++)
        cm_json_string(&json, NULL, release->caveats[i]);
    cm_json_end_array(&json);
    cm_json_object(&json, "fields");
    for (size_t f = 0; f < layer->n_fields; f++) {
        const cm_field *field = &layer->fields[f];
        cm_json_object(&json, field->name);
        add_string(&json, "title", field->title);
        add_string(&json, "description", field->description);
        add_string(&json, "unit", field->unit);
        cm_json_end_object(&json);
    }
    cm_json_end_object(&json);
    cm_json_end_object(&json);
    const bool failed = text.failed || sources.failed || text.length < 2;
    char *members = failed ? NULL : cm_copy_bytes(text.bytes + 1, text.length - 2);
    cm_text_clear(&text);
    cm_text_clear(&sources);
    return members;
}

/*
 * Six decimals are a decimetre. Outlines that come nearer to themselves than that would cross once they are rounded, and programs refuse them:
 * those are drawn anew on the grid of the file.
 */
static castmap_status fit_outlines(castmap_context *ctx, const cm_layer *layer, cm_polygon_set *on_grid, cm_geojson_layer *out)
{
    const castmap_polygons outlines = {layer->count, layer->part_start, layer->ring_start, layer->vertex_start, layer->lon, layer->lat};
    size_t rebuilt = 0;

    if (layer->shape != CM_SHAPE_POLYGON || layer->count == 0)
        return CASTMAP_OK;
    castmap_status status = cm_geos_on_grid(ctx, &outlines, CM_GEOJSON_SCALE, on_grid, &rebuilt);
    if (!status && rebuilt > 0) {
        out->part_start = on_grid->part_start;
        out->ring_start = on_grid->ring_start;
        out->vertex_start = on_grid->vertex_start;
        out->lon = on_grid->x;
        out->lat = on_grid->y;
    }
    return status;
}

castmap_status castmap_write_geojson(castmap_context *ctx, const castmap_release *release, const char *layer_name,
                                     const char *path, bool overwrite)
{
    const cm_layer *layer = NULL;
    cm_geojson_field *fields = NULL;
    cm_polygon_set on_grid = CM_POLYGON_SET_INIT;
    char *members = NULL;
    castmap_status status;

    cm_fail_clear(ctx);
    status = cm_export_allowed(ctx, release);
    if (status)
        return status;
    status = cm_export_find(ctx, release, layer_name, &layer);
    if (status)
        return status;
    fields = cm_alloc(layer->n_fields, sizeof *fields);
    members = make_members(release, layer);
    if (!fields || !members) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    for (size_t f = 0; f < layer->n_fields; f++)
        fields[f] = (cm_geojson_field){.name = layer->fields[f].name, .digits = layer->fields[f].digits,
                                       .integer = layer->fields[f].integer, .real = layer->fields[f].real,
                                       .text = layer->fields[f].text};
    /* The box is that of the boundaries, whatever the features reach. */
    const double bbox[4] = {release->west_deg, release->south_deg, release->east_deg, release->north_deg};
    cm_geojson_layer out = {
        .name = layer->name, .members = members, .bbox = bbox,
        .shape = layer->shape == CM_SHAPE_POINT ? CM_GEOJSON_POINT : layer->shape == CM_SHAPE_LINE ? CM_GEOJSON_LINE : CM_GEOJSON_POLYGON,
        .count = layer->count, .part_start = layer->part_start, .ring_start = layer->ring_start,
        .vertex_start = layer->vertex_start, .lon = layer->lon, .lat = layer->lat, .n_fields = layer->n_fields,
        .fields = fields};
    status = fit_outlines(ctx, layer, &on_grid, &out);
    if (!status)
        status = cm_geojson_write(ctx, path, &out, overwrite, cm_export_private(release));

done:
    cm_polygon_set_clear(&on_grid);
    free(fields);
    free(members);
    return status;
}
