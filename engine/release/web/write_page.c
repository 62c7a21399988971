/*
 * release/web/write_page.c - one HTML file with everything in it.
 *
 *   1. the styles and the scripts are put together; their SHA-256 go into the Content-Security-Policy
 *   2. the template's slots are filled: words, picture, legend, table, data, scripts
 *   3. the file appears whole
 *
 * Picture, legend and table stand in the HTML, so the page says the same without WebGL and without JavaScript. The map's worker is a data block
 * that the script turns into a blob; nothing is ever fetched.
 */
#include "castmap/products.h"

#include "base/fail.h"
#include "base/files.h"
#include "release/export/export_layer.h"
#include "release/print/map_view.h"
#include "release/print/slice_sheet.h"
#include "release/web/page_assets.h"
#include "release/web/page_data.h"
#include "release/web/page_parts.h"
#include "release/web/page_text.h"

#include <stdlib.h>
#include <string.h>

#define MOST_STRETCHES 50
#define MOST_FLOWS 200

typedef struct page {
    castmap_context       *ctx;
    const castmap_release *release;
    const char            *title, *main_layer;
    cm_text                css, script;
    castmap_status         status; /* of the picture */
} page;

static void add_policy(cm_text *html, const page *p)
{
    cm_text_add(html, "default-src 'none'; script-src ");
    if (CM_ASSET_LENGTH(cm_maplibre_js) > 0) {
        cm_csp_hash_add(html, cm_maplibre_js_begin, CM_ASSET_LENGTH(cm_maplibre_js));
        cm_text_add_char(html, ' ');
    }
    cm_csp_hash_add(html, p->script.bytes, p->script.length);
    cm_text_add(html, "; style-src ");
    cm_csp_hash_add(html, p->css.bytes, p->css.length);
    cm_text_add(html, "; img-src data: blob:; worker-src blob:; child-src blob:; base-uri 'none'; form-action 'none'");
}

static void add_scripts(cm_text *html, const page *p)
{
    if (CM_ASSET_LENGTH(cm_maplibre_js) > 0 && CM_ASSET_LENGTH(cm_maplibre_worker_js) > 0) {
        cm_text_add(html, "<script type=\"text/plain\" id=\"worker\">");
        cm_text_add_bytes(html, cm_maplibre_worker_js_begin, CM_ASSET_LENGTH(cm_maplibre_worker_js));
        cm_text_add(html, "</script>\n<script>");
        cm_text_add_bytes(html, cm_maplibre_js_begin, CM_ASSET_LENGTH(cm_maplibre_js));
        cm_text_add(html, "</script>\n");
    }
    cm_text_add(html, "<script>");
    cm_text_add_bytes(html, p->script.bytes, p->script.length);
    cm_text_add(html, "</script>\n");
}

static void add_areas(cm_text *html, const cm_layer *areas)
{
    size_t *order = cm_part_order(areas);

    cm_part_table(html, areas, "areas", order, areas->count, NULL);
    free(order);
}

/* Areas first, unless nothing of them is shown. */
static void add_tables(cm_text *html, const castmap_release *release)
{
    static const struct {
        const char *layer;
        size_t most;
    } TABLES[] = {{"flows", MOST_FLOWS}, {"corridors", MOST_STRETCHES}, {"stretches", MOST_STRETCHES}, {"track_stretches", MOST_STRETCHES}, {"track_stops", MOST_STRETCHES}};
    const cm_layer *areas = cm_release_layer(release, "areas");
    const bool first = areas && cm_map_says(areas);
    bool any = areas != NULL;

    if (first)
        add_areas(html, areas);
    for (size_t i = 0; i < sizeof TABLES / sizeof TABLES[0]; i++) {
        const cm_layer *layer = cm_release_layer(release, TABLES[i].layer);
        if (!layer)
            continue;
        cm_part_table(html, layer, layer->name, NULL, TABLES[i].most, NULL);
        if (i == 0)
            cm_part_flow_slices(html, release, MOST_FLOWS);
        any = true;
    }
    if (areas && !first)
        add_areas(html, areas);
    if (!any)
        cm_html_element(html, "p", NULL, "This release has no counts by area.");
}

static void fill_slot(cm_text *html, const char *slot, void *payload)
{
    page *p = payload;
    const castmap_release *release = p->release;

    if (strcmp(slot, "policy") == 0) {
        add_policy(html, p);
    } else if (strcmp(slot, "css") == 0) {
        cm_text_add_bytes(html, p->css.bytes, p->css.length);
    } else if (strcmp(slot, "title") == 0) {
        cm_html_add(html, p->title);
    } else if (strcmp(slot, "subtitle") == 0) {
        cm_html_add(html, release->subtitle);
    } else if (strcmp(slot, "mark") == 0) {
        cm_html_add(html, release->audience_mark);
    } else if (strcmp(slot, "dates") == 0) {
        cm_html_add(html, release->data_dates);
    } else if (strcmp(slot, "picture") == 0) {
        p->status = cm_part_picture(p->ctx, html, release, p->main_layer, "picture");
    } else if (strcmp(slot, "legend") == 0) {
        cm_part_legend(html, release, p->main_layer);
    } else if (strcmp(slot, "facts") == 0) {
        cm_part_facts(html, release);
    } else if (strcmp(slot, "table-title") == 0) {
        const cm_layer *areas = cm_release_layer(release, "areas");
        cm_text_add(html, areas && cm_map_says(areas) ? "Areas" : "Tables");
    } else if (strcmp(slot, "table") == 0) {
        add_tables(html, release);
    } else if (strcmp(slot, "caveats") == 0) {
        cm_part_list(html, release->caveats, release->n_caveats);
    } else if (strcmp(slot, "methods") == 0) {
        cm_part_list(html, release->methods, release->n_methods);
    } else if (strcmp(slot, "sources") == 0) {
        cm_part_list(html, release->sources, release->n_sources);
    } else if (strcmp(slot, "data") == 0) {
        cm_page_data_add(html, release, p->main_layer);
    } else if (strcmp(slot, "scripts") == 0) {
        add_scripts(html, p);
    }
}

castmap_status castmap_write_page(castmap_context *ctx, const castmap_release *release, const castmap_map_options *options,
                                  const char *path)
{
    page p = {.ctx = ctx, .release = release, .css = CM_TEXT_INIT, .script = CM_TEXT_INIT};
    cm_text html = CM_TEXT_INIT;
    cm_output output = {.fd = -1};
    castmap_status status;

    cm_fail_clear(ctx);
    status = cm_export_allowed(ctx, release);
    if (status)
        return status;
    p.title = options->title ? options->title : release->title;
    const char *slices = cm_slices_first(options->layer); /* a page opens with the first */
    p.main_layer = cm_map_main_layer(release, slices ? slices : options->layer);
    if (!p.main_layer)
        return cm_map_no_layer(ctx, release, options->layer);
    status = cm_output_open(ctx, path, options->overwrite, release->audience == CASTMAP_INTERNAL, &output);
    if (status)
        return status;
    cm_text_add_bytes(&p.css, cm_maplibre_css_begin, CM_ASSET_LENGTH(cm_maplibre_css));
    cm_text_add_bytes(&p.css, cm_page_css_begin, CM_ASSET_LENGTH(cm_page_css));
    cm_part_class_rules(&p.css, release);
    cm_text_add_bytes(&p.script, cm_page_table_js_begin, CM_ASSET_LENGTH(cm_page_table_js));
    cm_text_add_bytes(&p.script, cm_page_map_js_begin, CM_ASSET_LENGTH(cm_page_map_js));
    if (!p.css.failed && !p.script.failed)
        cm_template_add(&html, cm_page_html_begin, CM_ASSET_LENGTH(cm_page_html), fill_slot, &p);
    status = p.status;
    if (!status && (html.failed || p.css.failed || p.script.failed))
        status = cm_fail(ctx, CASTMAP_E_NOMEM, "out of memory");
    if (status)
        goto done;
    cm_output_write(&output, html.bytes, html.length);
    status = cm_output_commit(ctx, &output);

done:
    cm_output_discard(&output);
    cm_text_clear(&html);
    cm_text_clear(&p.css);
    cm_text_clear(&p.script);
    return status;
}
