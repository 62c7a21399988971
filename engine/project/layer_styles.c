/*
 * project/layer_styles.c - one default style a layer, as SLD 1.0 and as the QML that QGIS prefers.
 *
 * The colours are quiet and safe for colour-blind readers; a finished map is made from a release, not from these tables.
 */
#include "project/layer_styles.h"

#include "base/fail.h"
#include "base/text.h"

typedef struct layer_style {
    const char *table, *title;
    const char *fill, *stroke; /* #rrggbb */
    unsigned    alpha;         /* of the fill, 0..255 */
    const char *width_mm;
    bool        point;
} layer_style;

static const layer_style STYLES[] = {
    {"observation", "Observations", "#1f4e79", "#ffffff", 200, "0.2", true},
    {"observation_detail", "Observations in words", "#1f4e79", "#ffffff", 200, "0.2", true},
    {"area", "Council areas", "#ffffff", "#4d4d4d", 0, "0.4", false},
    {"area_result", "Results by area", "#d9a441", "#4d4d4d", 110, "0.3", false},
    {"cluster", "Places where observations gather", "#b3421b", "#7a2408", 70, "0.6", false},
    {"heat_band", "Observations per square kilometre", "#e08214", "#b35806", 60, "0.1", false},
};

static void write_sld(cm_text *out, const layer_style *style)
{
    cm_text_addf(out,
                 "<StyledLayerDescriptor xmlns=\"http://www.opengis.net/sld\" version=\"1.0.0\"><NamedLayer><Name>%s</Name>"
                 "<UserStyle><FeatureTypeStyle><Rule>", style->table);
    if (style->point)
        cm_text_addf(out,
                     "<PointSymbolizer><Graphic><Mark><WellKnownName>circle</WellKnownName><Fill>"
                     "<CssParameter name=\"fill\">%s</CssParameter></Fill><Stroke><CssParameter name=\"stroke\">%s"
                     "</CssParameter></Stroke></Mark><Size>7</Size></Graphic></PointSymbolizer>", style->fill, style->stroke);
    else
        cm_text_addf(out,
                     "<PolygonSymbolizer><Fill><CssParameter name=\"fill\">%s</CssParameter>"
                     "<CssParameter name=\"fill-opacity\">0.%02u</CssParameter></Fill><Stroke>"
                     "<CssParameter name=\"stroke\">%s</CssParameter></Stroke></PolygonSymbolizer>",
                     style->fill, style->alpha * 99u / 255u, style->stroke);
    cm_text_add(out, "</Rule></FeatureTypeStyle></UserStyle></NamedLayer></StyledLayerDescriptor>");
}

/* "#rrggbb" and alpha as QGIS writes colours: "r,g,b,a". */
static void add_colour(cm_text *out, const char *hex, unsigned alpha)
{
    for (int i = 0; i < 3; i++) {
        unsigned value = 0;
        for (int k = 1 + 2 * i; k < 3 + 2 * i; k++)
            value = value * 16u + (unsigned)(hex[k] <= '9' ? hex[k] - '0' : hex[k] - 'a' + 10);
        cm_text_addf(out, "%u,", value);
    }
    cm_text_addf(out, "%u", alpha);
}

static void write_qml(cm_text *out, const layer_style *style)
{
    cm_text_addf(out,
                 "<qgis version=\"3.22\" styleCategories=\"Symbology\"><renderer-v2 type=\"singleSymbol\" symbollevels=\"0\">"
                 "<symbols><symbol name=\"0\" type=\"%s\" alpha=\"1\"><layer class=\"%s\" enabled=\"1\" pass=\"0\" locked=\"0\">"
                 "<Option type=\"Map\"><Option name=\"color\" type=\"QString\" value=\"",
                 style->point ? "marker" : "fill", style->point ? "SimpleMarker" : "SimpleFill");
    add_colour(out, style->fill, style->alpha);
    cm_text_add(out, "\"/><Option name=\"outline_color\" type=\"QString\" value=\"");
    add_colour(out, style->stroke, 255);
    cm_text_addf(out, "\"/><Option name=\"outline_width\" type=\"QString\" value=\"%s\"/>", style->width_mm);
    if (style->point)
        cm_text_add(out, "<Option name=\"name\" type=\"QString\" value=\"circle\"/>"
                         "<Option name=\"size\" type=\"QString\" value=\"2\"/>");
    cm_text_add(out, "</Option></layer></symbol></symbols></renderer-v2></qgis>");
}

castmap_status cm_layer_styles_write(castmap_context *ctx, cm_db *db)
{
    cm_query *query = NULL;
    cm_text sld = CM_TEXT_INIT, qml = CM_TEXT_INIT;

    castmap_status status = cm_query_open(
        ctx, db,
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML,"
        " styleSLD, useAsDefault, description, owner, update_time)"
        " SELECT '', '', ?1, 'geometry', ?2, ?3, ?4, 1, ?5, '', '1970-01-01T00:00:00.000Z'"
        " WHERE NOT EXISTS (SELECT 1 FROM layer_styles WHERE f_table_name = ?1 AND styleName = ?2)"
        " AND EXISTS (SELECT 1 FROM sqlite_master WHERE name = ?1)", &query);
    for (size_t i = 0; i < sizeof STYLES / sizeof *STYLES && !status; i++) {
        cm_text_reset(&sld);
        cm_text_reset(&qml);
        write_sld(&sld, &STYLES[i]);
        write_qml(&qml, &STYLES[i]);
        if (sld.failed || qml.failed) {
            status = cm_fail_memory(ctx);
            break;
        }
        cm_query_bind_text(query, 1, STYLES[i].table);
        cm_query_bind_text(query, 2, "castmap");
        cm_query_bind_text(query, 3, qml.bytes);
        cm_query_bind_text(query, 4, sld.bytes);
        cm_query_bind_text(query, 5, STYLES[i].title);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    cm_text_clear(&sld);
    cm_text_clear(&qml);
    return status;
}
