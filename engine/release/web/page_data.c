/*
 * release/web/page_data.c - a release as JSON: {main, bounds, layers: [{..., style, fields, shapes, labels}]}.
 *
 * Shapes are GeoJSON coordinates, one entry a feature: [lon,lat], lines of a MultiLineString, or rings of a MultiPolygon.
 */
#include "release/web/page_data.h"

#include "base/decimal.h"
#include "base/json_text.h"
#include "release/web/page_text.h"

#include <stdio.h>

#define DEGREE_DIGITS 6
#define MOST_POINTS 20000u /* that a browser holds without stopping to think; some 2 MB */

static void add_degrees(cm_text *text, double lon, double lat)
{
    char number[CM_DECIMAL_SIZE];

    cm_text_add_char(text, '[');
    cm_decimal_trimmed(lon, DEGREE_DIGITS, number);
    cm_text_add(text, number);
    cm_text_add_char(text, ',');
    cm_decimal_trimmed(lat, DEGREE_DIGITS, number);
    cm_text_add(text, number);
    cm_text_add_char(text, ']');
}

static void add_ring(cm_text *text, const cm_layer *layer, size_t ring)
{
    cm_text_add_char(text, '[');
    for (size_t v = layer->vertex_start[ring]; v < layer->vertex_start[ring + 1]; v++) {
        if (v > layer->vertex_start[ring])
            cm_text_add_char(text, ',');
        add_degrees(text, layer->lon[v], layer->lat[v]);
    }
    cm_text_add_char(text, ']');
}

static void add_shape(cm_text *text, const cm_layer *layer, size_t i)
{
    if (layer->shape == CM_SHAPE_POINT) {
        add_degrees(text, layer->lon[i], layer->lat[i]);
        return;
    }
    cm_text_add_char(text, '[');
    for (size_t part = layer->part_start[i]; part < layer->part_start[i + 1]; part++) {
        if (part > layer->part_start[i])
            cm_text_add_char(text, ',');
        if (layer->shape == CM_SHAPE_POLYGON)
            cm_text_add_char(text, '[');
        for (size_t ring = layer->ring_start[part]; ring < layer->ring_start[part + 1]; ring++) {
            if (ring > layer->ring_start[part])
                cm_text_add_char(text, ',');
            add_ring(text, layer, ring);
        }
        if (layer->shape == CM_SHAPE_POLYGON)
            cm_text_add_char(text, ']');
    }
    cm_text_add_char(text, ']');
}

/*
 * Degrees of a label's place, which the release has in metres only. Over one feature degrees are as good as linear in metres: fit lon and lat
 * to x and y of the feature's vertices by least squares. The error is far below the size of a letter.
 */
static void add_label_place(cm_text *text, const cm_layer *layer, size_t i)
{
    size_t first = i, last = i + 1;

    if (layer->shape != CM_SHAPE_POINT) {
        first = layer->vertex_start[layer->ring_start[layer->part_start[i]]];
        last = layer->vertex_start[layer->ring_start[layer->part_start[i + 1]]];
    }
    if (last == first) {
        cm_text_add(text, "null");
        return;
    }
    const double n = (double)(last - first);
    double mx = 0, my = 0, mlon = 0, mlat = 0;
    for (size_t v = first; v < last; v++) {
        mx += layer->x[v] / n;
        my += layer->y[v] / n;
        mlon += layer->lon[v] / n;
        mlat += layer->lat[v] / n;
    }
    double xx = 0, xy = 0, yy = 0, xlon = 0, ylon = 0, xlat = 0, ylat = 0;
    for (size_t v = first; v < last; v++) {
        const double x = layer->x[v] - mx, y = layer->y[v] - my;
        xx += x * x;
        xy += x * y;
        yy += y * y;
        xlon += x * (layer->lon[v] - mlon);
        ylon += y * (layer->lon[v] - mlon);
        xlat += x * (layer->lat[v] - mlat);
        ylat += y * (layer->lat[v] - mlat);
    }
    const double d = xx * yy - xy * xy;
    double lon = mlon, lat = mlat;
    if (layer->label_x && layer->label_y && d > 1e-9 * xx * yy && d > 0.0) {
        const double dx = layer->label_x[i] - mx, dy = layer->label_y[i] - my;
        lon += dx * (xlon * yy - ylon * xy) / d + dy * (ylon * xx - xlon * xy) / d;
        lat += dx * (xlat * yy - ylat * xy) / d + dy * (ylat * xx - xlat * xy) / d;
    }
    add_degrees(text, lon, lat);
}

static void add_colour(cm_json *json, const char *key, uint32_t rgba)
{
    char colour[16];

    snprintf(colour, sizeof colour, "#%08x", (unsigned)rgba);
    cm_json_string(json, key, rgba & 0xFFu ? colour : NULL);
}

static void add_style(cm_json *json, const cm_style *style)
{
    cm_json_object(json, "style");
    cm_json_string(json, "legend_title", style->legend_title);
    cm_json_integer(json, "class_field", style->class_field);
    cm_json_integer(json, "label_field", style->label_field);
    add_colour(json, "stroke", style->stroke_rgba);
    cm_json_fixed(json, "stroke_mm", style->stroke_mm, 2);
    cm_json_bool(json, "dashed", style->dashed);
    cm_json_bool(json, "arrows", style->arrows);
    add_colour(json, "fill", style->fill_rgba);
    cm_json_fixed(json, "size_mm", style->size_mm, 2);
    cm_json_fixed(json, "min_label_mm", style->min_label_mm, 1);
    cm_json_array(json, "classes");
    for (size_t k = 0; k < style->n_classes; k++) {
        cm_json_object(json, NULL);
        cm_json_string(json, "label", style->classes[k].label);
        add_colour(json, "colour", style->classes[k].rgba);
        cm_json_bool(json, "hatched", style->classes[k].hatched);
        cm_json_fixed(json, "stroke_mm", style->classes[k].stroke_mm, 2);
        cm_json_end_object(json);
    }
    cm_json_end_array(json);
    cm_json_end_object(json);
}

static void add_field(cm_json *json, const cm_layer *layer, const cm_field *field)
{
    cm_json_object(json, NULL);
    cm_json_string(json, "name", field->name);
    cm_json_string(json, "title", field->title);
    cm_json_string(json, "unit", field->unit);
    cm_json_integer(json, "digits", field->type == CM_FIELD_REAL ? field->digits : 0);
    cm_json_bool(json, "number", field->type != CM_FIELD_TEXT);
    cm_json_array(json, "values");
    for (size_t i = 0; i < layer->count; i++) {
        if (cm_field_is_null(field, i))
            cm_json_null(json, NULL);
        else if (field->type == CM_FIELD_INTEGER)
            cm_json_integer(json, NULL, field->integer[i]);
        else if (field->type == CM_FIELD_REAL)
            cm_json_fixed(json, NULL, field->real[i], field->digits);
        else
            cm_json_string(json, NULL, field->text[i]);
    }
    cm_json_end_array(json);
    cm_json_end_object(json);
}

static void add_layer(cm_json *json, const cm_layer *layer, bool backdrop)
{
    static const char *const SHAPE[] = {"point", "line", "polygon"};
    cm_text shapes = CM_TEXT_INIT, labels = CM_TEXT_INIT;

    cm_json_object(json, NULL);
    cm_json_string(json, "name", layer->name);
    cm_json_string(json, "title", layer->title);
    cm_json_string(json, "description", layer->description);
    cm_json_string(json, "shape", SHAPE[layer->shape]);
    cm_json_bool(json, "backdrop", backdrop);
    cm_json_bool(json, "visible", layer->visible);
    add_style(json, &layer->style);
    cm_json_array(json, "fields");
    for (size_t f = 0; f < layer->n_fields; f++)
        add_field(json, layer, &layer->fields[f]);
    cm_json_end_array(json);
    cm_text_add_char(&shapes, '[');
    cm_text_add_char(&labels, '[');
    for (size_t i = 0; i < layer->count; i++) {
        cm_text_add(&shapes, i ? ",\n" : "\n");
        add_shape(&shapes, layer, i);
        cm_text_add(&labels, i ? "," : "");
        if (layer->style.label_field >= 0)
            add_label_place(&labels, layer, i);
    }
    cm_text_add_char(&shapes, ']');
    cm_text_add_char(&labels, ']');
    if (shapes.failed || labels.failed) {
        json->text->failed = true;
    } else {
        cm_json_raw(json, "shapes", shapes.bytes);
        cm_json_raw(json, "labels", layer->style.label_field >= 0 ? labels.bytes : "[]");
    }
    cm_json_end_object(json);
    cm_text_clear(&shapes);
    cm_text_clear(&labels);
}


/* A layer of too many points keeps its place in the list, says so in its title, and has no features: the GIS files hold them. */
static void add_data_layer(cm_json *json, const cm_layer *layer)
{
    cm_layer shown = *layer;
    cm_text title = CM_TEXT_INIT;

    if (layer->shape == CM_SHAPE_POINT && layer->count > MOST_POINTS) {
        cm_text_addf(&title, "%s (%zu: too many for a page; they are in the GIS files)", layer->title, layer->count);
        shown.title = title.failed ? layer->title : title.bytes;
        shown.count = 0;
        shown.visible = false;
    }
    add_layer(json, &shown, false);
    cm_text_clear(&title);
}

void cm_page_data_add(cm_text *text, const castmap_release *release, const char *main_layer)
{
    const double bounds[] = {release->west_deg, release->south_deg, release->east_deg, release->north_deg};
    cm_json json;

    cm_json_begin(&json, text, false);
    cm_json_object(&json, NULL);
    cm_json_string(&json, "main", main_layer);
    cm_json_array(&json, "bounds");
    for (size_t i = 0; i < 4; i++)
        cm_json_fixed(&json, NULL, bounds[i], DEGREE_DIGITS);
    cm_json_end_array(&json);
    cm_json_array(&json, "layers");
    for (size_t i = 0; i < release->n_backdrop; i++)
        add_layer(&json, &release->backdrop[i], true);
    for (size_t i = 0; i < release->n_layers; i++)
        add_data_layer(&json, &release->layers[i]);
    cm_json_end_array(&json);
    cm_json_end_object(&json);
}
