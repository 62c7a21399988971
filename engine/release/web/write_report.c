/*
 * release/web/write_report.c - the report: what was found, how, and what it does not say. No script; prints on A4.
 */
#include "castmap/products.h"

#include "base/fail.h"
#include "base/files.h"
#include "release/export/export_layer.h"
#include "release/print/map_view.h"
#include "release/web/page_assets.h"
#include "release/web/page_parts.h"
#include "release/web/page_text.h"

#include <stdlib.h>
#include <string.h>

#define TOP_AREAS 15
#define TOP_PLACES 30

/* Fields for machines, and those that would make a table too wide for a sheet of A4. */
static const char *const LEAVE_OUT[] = {"code",  "parent", "area_km2", "cluster",       "label",  "distinct_places", "radius_m",
                                        "grades", "medoid", "longest_hop_m", "outlier", NULL};

typedef struct report {
    castmap_context       *ctx;
    const castmap_release *release;
    cm_text                css;
    castmap_status         status;
} report;

static void add_maps(cm_text *html, report *r)
{
    static const char *const MAPS[] = {"heat", "cells", "areas", "flows", "track_stretches"};

    for (size_t i = 0; i < sizeof MAPS / sizeof MAPS[0] && !r->status; i++) {
        const cm_layer *layer = cm_release_layer(r->release, MAPS[i]);
        if (!layer || (strcmp(MAPS[i], "cells") == 0 && cm_release_layer(r->release, "heat")))
            continue;
        if (!cm_map_says(layer) && strcmp(MAPS[i], cm_map_main_layer(r->release, NULL)) != 0) /* one empty map says that nothing is shown */
            continue;
        cm_text_add(html, "<figure>\n");
        cm_html_element(html, "h3", NULL, layer->title);
        r->status = cm_part_picture(r->ctx, html, r->release, MAPS[i], NULL);
        cm_text_add(html, "<div class=\"legend\">\n");
        cm_part_legend(html, r->release, MAPS[i]);
        cm_text_add(html, "</div>\n");
        cm_html_element(html, "figcaption", NULL, layer->description);
        cm_text_add(html, "</figure>\n");
    }
}

static void add_areas(cm_text *html, report *r)
{
    const cm_layer *layer = cm_release_layer(r->release, "areas");
    size_t *order;

    if (!layer) {
        cm_html_element(html, "p", NULL, "This release has no counts by area.");
        return;
    }
    order = cm_part_order(layer);
    if (!order) {
        html->failed = true;
        return;
    }
    cm_html_element(html, "p", NULL, layer->description);
    if (layer->count > TOP_AREAS)
        cm_text_addf(html, "<p>The %d areas with the most, of %zu. The web page lists all of them.</p>\n", TOP_AREAS, layer->count);
    cm_text_add(html, "<div class=\"wide\">\n");
    cm_part_table(html, layer, "areas", order, TOP_AREAS, LEAVE_OUT);
    cm_text_add(html, "</div>\n");
    free(order);
}

static void add_places(cm_text *html, report *r)
{
    const cm_layer *layer = cm_release_layer(r->release, "places");

    if (!layer || layer->count == 0) {
        cm_html_element(html, "p", NULL, "No places where observations gather are shown.");
        return;
    }
    cm_html_element(html, "p", NULL, layer->description);
    if (layer->count > TOP_PLACES)
        cm_text_addf(html, "<p>The first %d of %zu.</p>\n", TOP_PLACES, layer->count);
    cm_text_add(html, "<div class=\"wide\">\n");
    cm_part_table(html, layer, "places", NULL, TOP_PLACES, LEAVE_OUT);
    cm_text_add(html, "</div>\n");
}

static void fill_slot(cm_text *html, const char *slot, void *payload)
{
    report *r = payload;
    const castmap_release *release = r->release;

    if (strcmp(slot, "policy") == 0) {
        cm_text_add(html, "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; style-src ");
        cm_csp_hash_add(html, r->css.bytes, r->css.length);
    } else if (strcmp(slot, "css") == 0) {
        cm_text_add_bytes(html, r->css.bytes, r->css.length);
    } else if (strcmp(slot, "title") == 0) {
        cm_html_add(html, release->title);
    } else if (strcmp(slot, "subtitle") == 0) {
        cm_html_add(html, release->subtitle);
    } else if (strcmp(slot, "mark") == 0) {
        cm_html_add(html, release->audience_mark);
    } else if (strcmp(slot, "dates") == 0) {
        if (release->data_dates && release->subtitle && strcmp(release->data_dates, release->subtitle) != 0)
            cm_html_add(html, release->data_dates);
    } else if (strcmp(slot, "facts") == 0) {
        cm_part_facts(html, release);
    } else if (strcmp(slot, "maps") == 0) {
        add_maps(html, r);
    } else if (strcmp(slot, "areas") == 0) {
        add_areas(html, r);
    } else if (strcmp(slot, "places") == 0) {
        add_places(html, r);
    } else if (strcmp(slot, "held-back") == 0) {
        cm_part_suppressed(html, release);
    } else if (strcmp(slot, "caveats") == 0) {
        cm_part_list(html, release->caveats, release->n_caveats);
    } else if (strcmp(slot, "methods") == 0) {
        cm_part_list(html, release->methods, release->n_methods);
    } else if (strcmp(slot, "sources") == 0) {
        cm_part_list(html, release->sources, release->n_sources);
    } else if (strcmp(slot, "crs") == 0) {
        cm_html_add(html, release->crs_name);
    }
}

castmap_status castmap_write_report(castmap_context *ctx, const castmap_release *release, const char *path, bool overwrite)
{
    report r = {.ctx = ctx, .release = release, .css = CM_TEXT_INIT};
    cm_text html = CM_TEXT_INIT;
    cm_output output = {.fd = -1};
    castmap_status status;

    cm_fail_clear(ctx);
    status = cm_export_allowed(ctx, release);
    if (status)
        return status;
    status = cm_output_open(ctx, path, overwrite, release->audience == CASTMAP_INTERNAL, &output);
    if (status)
        return status;
    cm_text_add_bytes(&r.css, cm_report_css_begin, CM_ASSET_LENGTH(cm_report_css));
    cm_part_class_rules(&r.css, release);
    if (!r.css.failed)
        cm_template_add(&html, cm_report_html_begin, CM_ASSET_LENGTH(cm_report_html), fill_slot, &r);
    status = r.status;
    if (!status && (html.failed || r.css.failed))
        status = cm_fail(ctx, CASTMAP_E_NOMEM, "out of memory");
    if (status)
        goto done;
    cm_output_write(&output, html.bytes, html.length);
    status = cm_output_commit(ctx, &output);

done:
    cm_output_discard(&output);
    cm_text_clear(&html);
    cm_text_clear(&r.css);
    return status;
}
