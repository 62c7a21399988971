/*
 * release/export/qml.c - the style of a layer as QGIS keeps it: a renderer by class number, labels, nothing else.
 *
 * Written for QGIS 3.16 and later; later versions fill in what they know beyond it.
 */
#include "release/export/export_layer.h"

#include <stdio.h>
#include <string.h>

static void add_escaped(cm_text *text, const char *string)
{
    for (; string && *string; string++) {
        switch (*string) {
        case '&': cm_text_add(text, "&amp;"); break;
        case '<': cm_text_add(text, "&lt;"); break;
        case '>': cm_text_add(text, "&gt;"); break;
        case '"': cm_text_add(text, "&quot;"); break;
        default:
            if ((unsigned char)*string >= 0x20)
                cm_text_add_char(text, *string);
        }
    }
}

static void add_option(cm_text *text, const char *key, const char *value)
{
    cm_text_addf(text, "<Option name=\"%s\" type=\"QString\" value=\"", key);
    add_escaped(text, value);
    cm_text_add(text, "\"/>");
}

static void add_colour(cm_text *text, const char *key, uint32_t rgba)
{
    char value[32];

    snprintf(value, sizeof value, "%u,%u,%u,%u", rgba >> 24, rgba >> 16 & 255u, rgba >> 8 & 255u, rgba & 255u);
    add_option(text, key, value);
}

static void add_length(cm_text *text, const char *key, const char *unit_key, double mm)
{
    cm_text_addf(text, "<Option name=\"%s\" type=\"QString\" value=\"", key);
    cm_text_add_fixed(text, mm, 2);
    cm_text_add(text, "\"/>");
    add_option(text, unit_key, "MM");
}

static void add_outline_options(cm_text *text, const cm_style *style)
{
    add_colour(text, "outline_color", style->stroke_rgba ? style->stroke_rgba : 0xFFFFFF00u);
    add_option(text, "outline_style", !style->stroke_rgba ? "no" : style->dashed ? "dash" : "solid");
    add_length(text, "outline_width", "outline_width_unit", style->stroke_mm > 0.0 ? style->stroke_mm : 0.2);
}

static void add_hatching(cm_text *text, uint32_t rgba)
{
    cm_text_add(text, "<layer class=\"LinePatternFill\" enabled=\"1\" locked=\"0\" pass=\"0\"><Option type=\"Map\">");
    add_option(text, "angle", "45");
    add_length(text, "distance", "distance_unit", 1.6);
    add_length(text, "line_width", "line_width_unit", 0.3);
    cm_text_add(text, "</Option><symbol type=\"line\" name=\"@hatch\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\">"
                      "<layer class=\"SimpleLine\" enabled=\"1\" locked=\"0\" pass=\"0\"><Option type=\"Map\">");
    add_colour(text, "line_color", rgba);
    add_length(text, "line_width", "line_width_unit", 0.3);
    cm_text_add(text, "</Option></layer></symbol></layer>");
}

/* A head in the middle of a line, where it does not meet those of other lines. */
static void add_arrow(cm_text *text, uint32_t rgba, double class_mm)
{
    cm_text_add(text, "<layer class=\"MarkerLine\" enabled=\"1\" locked=\"0\" pass=\"0\"><Option type=\"Map\">");
    add_option(text, "placement", "centralpoint");
    add_option(text, "rotate", "1");
    cm_text_add(text, "</Option><symbol type=\"marker\" name=\"@head\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\">"
                      "<layer class=\"SimpleMarker\" enabled=\"1\" locked=\"0\" pass=\"0\"><Option type=\"Map\">");
    add_option(text, "name", "filled_arrowhead");
    add_colour(text, "color", rgba);
    add_colour(text, "outline_color", rgba);
    add_length(text, "size", "size_unit", 2.0 + 1.6 * class_mm);
    cm_text_add(text, "</Option></layer></symbol></layer>");
}

/* One symbol. rgba 0: no fill. */
static void add_symbol(cm_text *text, const cm_layer *layer, size_t number, uint32_t rgba, bool hatched, double class_mm)
{
    static const char *const TYPES[] = {"marker", "line", "fill"};
    const cm_style *style = &layer->style;

    cm_text_addf(text, "<symbol type=\"%s\" name=\"%zu\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\">",
                 TYPES[layer->shape], number);
    if (layer->shape == CM_SHAPE_POLYGON && hatched)
        add_hatching(text, rgba);
    if (layer->shape == CM_SHAPE_POLYGON) {
        cm_text_add(text, "<layer class=\"SimpleFill\" enabled=\"1\" locked=\"0\" pass=\"0\"><Option type=\"Map\">");
        add_colour(text, "color", rgba ? rgba : 0xFFFFFF00u);
        add_option(text, "style", rgba && !hatched ? "solid" : "no");
        add_outline_options(text, style);
    } else if (layer->shape == CM_SHAPE_LINE) {
        cm_text_add(text, "<layer class=\"SimpleLine\" enabled=\"1\" locked=\"0\" pass=\"0\"><Option type=\"Map\">");
        add_colour(text, "line_color", rgba ? rgba : style->stroke_rgba);
        add_option(text, "line_style", style->dashed ? "dash" : "solid");
        add_length(text, "line_width", "line_width_unit", class_mm > 0.0 ? class_mm : style->stroke_mm > 0.0 ? style->stroke_mm : 0.26);
    } else {
        cm_text_add(text, "<layer class=\"SimpleMarker\" enabled=\"1\" locked=\"0\" pass=\"0\"><Option type=\"Map\">");
        add_option(text, "name", "circle");
        add_colour(text, "color", rgba);
        add_outline_options(text, style);
        add_length(text, "size", "size_unit", style->size_mm > 0.0 ? style->size_mm : 1.5);
    }
    cm_text_add(text, "</Option></layer>");
    if (layer->shape == CM_SHAPE_LINE && style->arrows)
        add_arrow(text, rgba ? rgba : style->stroke_rgba, class_mm);
    cm_text_add(text, "</symbol>");
}

static void add_renderer(cm_text *text, const cm_layer *layer)
{
    const cm_style *style = &layer->style;

    if (style->class_field < 0) {
        cm_text_add(text, "<renderer-v2 type=\"singleSymbol\" symbollevels=\"0\" enableorderby=\"0\" forceraster=\"0\"><symbols>");
        add_symbol(text, layer, 0, style->fill_rgba, false, 0.0);
        cm_text_add(text, "</symbols></renderer-v2>");
        return;
    }
    cm_text_add(text, "<renderer-v2 type=\"categorizedSymbol\" attr=\"");
    add_escaped(text, layer->fields[style->class_field].name);
    cm_text_add(text, "\" symbollevels=\"0\" enableorderby=\"0\" forceraster=\"0\"><categories>");
    for (size_t k = 0; k < style->n_classes; k++) {
        cm_text_addf(text, "<category value=\"%zu\" type=\"long\" symbol=\"%zu\" render=\"true\" label=\"", k, k);
        add_escaped(text, style->classes[k].label);
        cm_text_add(text, "\"/>");
    }
    cm_text_add(text, "</categories><symbols>");
    for (size_t k = 0; k < style->n_classes; k++)
        add_symbol(text, layer, k, style->classes[k].rgba, style->classes[k].hatched, style->classes[k].stroke_mm);
    cm_text_add(text, "</symbols></renderer-v2>");
}

static void add_labels(cm_text *text, const cm_layer *layer)
{
    if (layer->style.label_field < 0)
        return;
    cm_text_add(text, "<labeling type=\"simple\"><settings calloutType=\"simple\"><text-style fieldName=\"");
    add_escaped(text, layer->fields[layer->style.label_field].name);
    cm_text_add(text, "\" isExpression=\"0\" fontSize=\"8\" fontSizeUnit=\"Point\" textColor=\"43,43,43,255\" textOpacity=\"1\">"
                      "<text-buffer bufferDraw=\"1\" bufferSize=\"0.8\" bufferSizeUnits=\"MM\" bufferColor=\"255,255,255,220\"/>"
                      "</text-style><placement placement=\"0\" centroidInside=\"1\" centroidWhole=\"1\"/>"
                      "<rendering drawLabels=\"1\" obstacle=\"1\" fitInPolygonOnly=\"0\" mergeLines=\"1\"/></settings></labeling>");
}

void cm_qml_add(cm_text *text, const cm_layer *layer)
{
    cm_text_add(text, "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
                      "<qgis version=\"3.16.0\" styleCategories=\"Symbology|Labeling|Fields\" labelsEnabled=\"");
    cm_text_add(text, layer->style.label_field < 0 ? "0\">" : "1\">");
    add_renderer(text, layer);
    add_labels(text, layer);
    cm_text_add(text, "<aliases>");
    for (size_t f = 0; f < layer->n_fields; f++) {
        cm_text_addf(text, "<alias field=\"%s\" index=\"%zu\" name=\"", layer->fields[f].name, f + 1);
        add_escaped(text, layer->fields[f].title);
        cm_text_add(text, "\"/>");
    }
    cm_text_add(text, "</aliases></qgis>\n");
}
