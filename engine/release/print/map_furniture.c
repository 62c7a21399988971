/*
 * release/print/map_furniture.c - what stands round a map: legend, scale bar, north, words.
 */
#include "release/print/map_furniture.h"

#include "base/decimal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MOST_STRETCHES 10
#define MOST_FLOWS 10
#define INK 0x1F2429FFu
#define QUIET 0x555C63FFu
#define FRAME 0x7A8087FFu

static const cm_lettering HEADING = {.size_pt = 8.2, .bold = true, .rgba = INK};
static const cm_lettering BODY = {.size_pt = 6.8, .rgba = INK};
static const cm_lettering SMALL = {.size_pt = 5.9, .rgba = QUIET};

static double put(cm_sheet *sheet, double x, double y, double width, const char *text, const cm_lettering *base, bool draw)
{
    cm_lettering style = *base;

    style.width_mm = width;
    return cm_canvas_text(sheet->canvas, x, y, text, &style, draw, NULL);
}

double cm_block_title(cm_sheet *sheet, double x, double y, double width, bool draw)
{
    static const cm_lettering TITLE = {.size_pt = 18.0, .bold = true, .rgba = INK, .most_lines = 2};
    static const cm_lettering SUBTITLE = {.size_pt = 9.0, .rgba = QUIET, .most_lines = 2};
    const castmap_release *release = sheet->release;
    const bool internal = release->audience == CASTMAP_INTERNAL;
    const cm_lettering mark = {.size_pt = 7.8, .bold = true, .rgba = 0xFFFFFFFFu, .align = CM_ALIGN_CENTRE};
    const double mark_width = 50.0, inner = width - mark_width - 6.0;
    double height;

    if (draw)
        cm_canvas_tag(sheet->canvas, "H1", NULL);
    height = put(sheet, x, y, inner, sheet->title, &TITLE, draw);
    if (draw) {
        cm_canvas_untag(sheet->canvas, "H1");
        cm_canvas_tag(sheet->canvas, "P", NULL);
    }
    height += 0.6;
    height += put(sheet, x, y + height, inner, release->subtitle, &SUBTITLE, draw);
    const double tall = put(sheet, 0, 0, mark_width - 4.0, release->audience_mark, &mark, false) + 3.0;
    if (draw) {
        cm_canvas_rectangle(sheet->canvas, x + width - mark_width, y + 1.0, mark_width, tall);
        cm_canvas_fill(sheet->canvas, internal ? 0x9B1C31FFu : release->audience == CASTMAP_PARTNER ? 0x8A5A00FFu : 0x1F5F4AFFu);
        put(sheet, x + width - mark_width + 2.0, y + 2.5, mark_width - 4.0, release->audience_mark, &mark, true);
        cm_canvas_untag(sheet->canvas, "P");
    }
    return fmax(height, tall + 1.0);
}

/* A swatch as the layer is drawn. */
static void swatch(cm_sheet *sheet, double x, double y, double width, double height, const cm_layer *layer, const cm_class *c)
{
    const cm_style *style = &layer->style;
    const uint32_t fill = c ? c->rgba : style->fill_rgba;

    if (layer->shape == CM_SHAPE_LINE) {
        cm_canvas_move(sheet->canvas, x, y + height / 2);
        cm_canvas_line(sheet->canvas, x + width, y + height / 2);
        const double wide = (c && c->stroke_mm > 0.0 ? c->stroke_mm : style->stroke_mm) * (sheet->thinner > 0.0 ? sheet->thinner : 1.0);
        cm_canvas_stroke(sheet->canvas, c ? c->rgba : style->stroke_rgba, fmax(wide, 0.25), style->dashed);
        return;
    }
    if (layer->shape == CM_SHAPE_POINT) {
        cm_canvas_circle(sheet->canvas, x + width / 2, y + height / 2, fmax(style->size_mm / 2, 0.5));
        cm_canvas_fill(sheet->canvas, fill);
        return;
    }
    cm_canvas_rectangle(sheet->canvas, x, y, width, height);
    if (c && c->hatched) {
        cm_canvas_hatch(sheet->canvas, 0x8A8A8AB0u, 1.1, x, y, width, height);
        cm_canvas_forget(sheet->canvas);
    } else if (fill & 0xFFu) {
        cm_canvas_fill(sheet->canvas, fill);
    } else {
        cm_canvas_forget(sheet->canvas);
    }
    cm_canvas_rectangle(sheet->canvas, x, y, width, height);
    if (c)
        cm_canvas_stroke(sheet->canvas, FRAME, 0.12, false);
    else
        cm_canvas_stroke(sheet->canvas, style->stroke_rgba ? style->stroke_rgba : FRAME, fmax(style->stroke_mm, 0.12), style->dashed);
}

static double legend_line(cm_sheet *sheet, double x, double y, double width, const cm_layer *layer, const cm_class *c,
                          const char *words, bool draw)
{
    const double box = 7.0, tall = 3.2;
    const double height = put(sheet, x + box + 2.0, y, width - box - 2.0, words, &BODY, draw);

    if (draw)
        swatch(sheet, x, y + 0.1, box, tall, layer, c);
    return fmax(height, tall) + 0.75;
}

double cm_block_legend(cm_sheet *sheet, double x, double y, double width, bool draw)
{
    const castmap_release *release = sheet->release;
    const cm_layer *main = cm_release_layer(release, sheet->main_layer);
    double at = y;

    if (draw)
        cm_canvas_tag(sheet->canvas, "P", NULL);
    at += put(sheet, x, at, width, main->style.legend_title, &HEADING, draw) + 1.2;
    /* Highest first; what is not shown comes after all that is. */
    for (int hatched = 0; hatched < 2; hatched++) {
        for (size_t i = main->style.n_classes; i-- > 0;) {
            const cm_class *c = &main->style.classes[i];
            if (c->hatched == (hatched == 1))
                at += legend_line(sheet, x, at, width, main, c, c->label, draw);
        }
    }
    if (main->style.n_classes == 0)
        at += legend_line(sheet, x, at, width, main, NULL, main->title, draw);
    at += 0.8;
    for (size_t i = 0; i < release->n_layers; i++) {
        const cm_layer *layer = &release->layers[i];
        if (layer != main && cm_map_shows(layer, sheet->main_layer) && layer->count)
            at += legend_line(sheet, x, at, width, layer, NULL, layer->title, draw);
    }
    for (size_t i = 0; i < release->n_backdrop; i++) {
        const cm_layer *layer = &release->backdrop[i];
        const bool drawn = (layer->shape == CM_SHAPE_LINE ? layer->style.stroke_rgba : layer->style.fill_rgba) & 0xFFu;
        if (drawn && layer->style.n_classes == 0 && layer->style.legend_title && layer->style.legend_title[0] && layer->count)
            at += legend_line(sheet, x, at, width, layer, NULL, layer->style.legend_title, draw);
    }
    if (draw)
        cm_canvas_untag(sheet->canvas, "P");
    return at - y;
}

static double sayable_below(double value)
{
    const double power = pow(10.0, floor(log10(value)));
    const double lead = value / power;

    return (lead >= 5.0 ? 5.0 : lead >= 2.0 ? 2.0 : 1.0) * power;
}

double cm_block_scale(cm_sheet *sheet, double x, double y, double width, bool draw)
{
    const double room = fmin(width - 16.0, 60.0), metres = sayable_below(room / sheet->view.mm_per_m);
    const double bar = metres * sheet->view.mm_per_m;
    const bool kilometres = metres >= 1000.0;
    const cm_lettering centred = {.size_pt = 6.2, .rgba = INK, .align = CM_ALIGN_CENTRE};
    char number[CM_DECIMAL_SIZE], words[96];

    if (draw) {
        cm_canvas_tag(sheet->canvas, "P", NULL);
        for (int i = 0; i < 4; i++) {
            cm_canvas_rectangle(sheet->canvas, x + 2.0 + bar * i / 4.0, y + 3.4, bar / 4.0, 1.3);
            cm_canvas_fill(sheet->canvas, i % 2 ? 0xFFFFFFFFu : INK);
        }
        cm_canvas_rectangle(sheet->canvas, x + 2.0, y + 3.4, bar, 1.3);
        cm_canvas_stroke(sheet->canvas, INK, 0.15, false);
        for (int i = 0; i <= 4; i += 2) {
            cm_decimal_trimmed(metres * i / 4.0 / (kilometres ? 1000.0 : 1.0), 2, number);
            snprintf(words, sizeof words, "%s%s", number, i == 4 ? (kilometres ? " km" : " m") : "");
            cm_canvas_text(sheet->canvas, x + 2.0 + bar * i / 4.0, y + 0.2, words, &centred, true, NULL);
        }
        /* North of the grid. */
        const double top = y + 0.2, at = x + width - 5.0;
        cm_canvas_move(sheet->canvas, at, top);
        cm_canvas_line(sheet->canvas, at + 1.9, top + 6.0);
        cm_canvas_line(sheet->canvas, at, top + 4.6);
        cm_canvas_line(sheet->canvas, at - 1.9, top + 6.0);
        cm_canvas_close(sheet->canvas);
        cm_canvas_fill(sheet->canvas, INK);
        cm_canvas_text(sheet->canvas, at, top + 6.0, "N", &centred, true, NULL);
    }
    const double denominator = 1000.0 / sheet->view.mm_per_m;
    const double power = pow(10.0, floor(log10(denominator)) - 1.0);
    cm_decimal_grouped((int64_t)(round(denominator / power) * power), number);
    snprintf(words, sizeof words, "About 1 : %s when printed on %s", number, sheet->paper);
    const double height = put(sheet, x, y + 5.6, width - 11.0, words, &SMALL, draw);
    if (draw)
        cm_canvas_untag(sheet->canvas, "P");
    return fmax(5.6 + height, 10.0);
}

double cm_block_flows(cm_sheet *sheet, double x, double y, double width, bool draw)
{
    static const cm_lettering NUMBER = {.size_pt = 6.8, .bold = true, .rgba = INK, .align = CM_ALIGN_RIGHT};
    const cm_layer *layer = cm_release_layer(sheet->release, strncmp(sheet->main_layer, "flows_", 6) == 0 && sheet->thinner > 0.0 ? "flows" : sheet->main_layer);
    const cm_field *from = layer ? cm_layer_field(layer, "from_name") : NULL, *to = layer ? cm_layer_field(layer, "to_name") : NULL;
    const cm_field *count = layer ? cm_layer_field(layer, "count") : NULL;
    double at = y;

    if (!from || !to || !count || layer->count == 0)
        return 0.0;
    if (draw)
        cm_canvas_tag(sheet->canvas, "P", NULL);
    at += put(sheet, x, at, width, sheet->thinner > 0.0 ? "Largest flows of all periods together" : layer->count > MOST_FLOWS ? "Largest flows" : "Flows", &HEADING, draw) + 0.8;
    for (size_t i = 0; i < layer->count && i < MOST_FLOWS; i++) {
        char words[320], number[CM_DECIMAL_SIZE];
        snprintf(words, sizeof words, "%.150s %s %.150s", from->text[i] ? from->text[i] : "", layer->style.arrows ? "to" : "and", to->text[i] ? to->text[i] : "");
        cm_decimal_grouped(count->integer[i], number);
        const double a = put(sheet, x, at, width * 0.82, words, &BODY, draw);
        const double b = put(sheet, x + width * 0.84, at, width * 0.16, number, &NUMBER, draw);
        at += fmax(a, b) + 0.35;
    }
    if (draw)
        cm_canvas_untag(sheet->canvas, "P");
    return at - y;
}

double cm_block_corridors(cm_sheet *sheet, double x, double y, double width, bool draw)
{
    static const cm_lettering NUMBER = {.size_pt = 6.8, .bold = true, .rgba = INK, .align = CM_ALIGN_RIGHT};
    const cm_layer *layer = strcmp(sheet->main_layer, "corridors") == 0 ? cm_release_layer(sheet->release, sheet->main_layer) : NULL;
    const cm_field *stops = layer ? cm_layer_field(layer, "stops") : NULL, *journeys = layer ? cm_layer_field(layer, "journeys") : NULL;
    double at = y;

    if (!stops || !journeys || layer->count == 0)
        return 0.0;
    if (draw)
        cm_canvas_tag(sheet->canvas, "P", NULL);
    at += put(sheet, x, at, width, "Chains, and journeys that hold them", &HEADING, draw) + 0.8;
    for (size_t i = 0; i < layer->count && i < MOST_FLOWS; i++) {
        char number[CM_DECIMAL_SIZE];
        cm_decimal_grouped(journeys->integer[i], number);
        const double a = put(sheet, x, at, width * 0.82, stops->text[i] ? stops->text[i] : "", &BODY, draw);
        const double b = put(sheet, x + width * 0.84, at, width * 0.16, number, &NUMBER, draw);
        at += fmax(a, b) + 0.35;
    }
    if (draw)
        cm_canvas_untag(sheet->canvas, "P");
    return at - y;
}

double cm_block_stretches(cm_sheet *sheet, double x, double y, double width, bool draw)
{
    static const cm_lettering RIGHT = {.size_pt = 6.8, .bold = true, .rgba = INK, .align = CM_ALIGN_RIGHT};
    static const cm_lettering LEFT = {.size_pt = 6.8, .bold = true, .rgba = INK};
    const cm_layer *layer = cm_release_layer(sheet->release, "stretches");
    const cm_field *label = layer ? cm_layer_field(layer, "label") : NULL, *street = layer ? cm_layer_field(layer, "street") : NULL;
    const cm_field *count = layer ? cm_layer_field(layer, "count") : NULL, *from = layer ? cm_layer_field(layer, "from_street") : NULL;
    const cm_field *to = layer ? cm_layer_field(layer, "to_street") : NULL;
    double at = y;
    size_t shown = 0;

    if (!label || !street || !count || !from || !to || !cm_map_shows(layer, sheet->main_layer))
        return 0.0;
    for (size_t i = 0; i < layer->count && shown < MOST_STRETCHES; i++) {
        char words[400], number[CM_DECIMAL_SIZE];
        if (!label->text[i])
            continue;
        if (shown++ == 0) {
            if (draw)
                cm_canvas_tag(sheet->canvas, "P", NULL);
            at += put(sheet, x, at, width, "Observations on the stretches", &HEADING, draw) + 0.8;
        }
        if (from->text[i] && to->text[i])
            snprintf(words, sizeof words, "%.120s, %.120s to %.120s", street->text[i], from->text[i], to->text[i]);
        else if (from->text[i] || to->text[i])
            snprintf(words, sizeof words, "%.120s, near %.120s", street->text[i], from->text[i] ? from->text[i] : to->text[i]);
        else
            snprintf(words, sizeof words, "%.120s", street->text[i]);
        cm_decimal_grouped(count->integer[i], number);
        put(sheet, x, at, width * 0.09, label->text[i], &LEFT, draw);
        const double a = put(sheet, x + width * 0.09, at, width * 0.75, words, &BODY, draw);
        const double b = put(sheet, x + width * 0.86, at, width * 0.14, number, &RIGHT, draw);
        at += fmax(a, b) + 0.35;
    }
    if (draw && shown > 0)
        cm_canvas_untag(sheet->canvas, "P");
    return at - y;
}

/* The widest class of each street, where it is in several squares. Nothing of a street stands twice. */
static bool is_first_of_street(const cm_field *street, const cm_field *class, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (strcmp(street->text[k], street->text[i]) == 0 && class->integer[k] == class->integer[i])
            return false;
    }
    return true;
}

static bool has_higher(const cm_layer *layer, const cm_field *street, const cm_field *class, size_t i)
{
    for (size_t k = 0; k < layer->count; k++) {
        if (strcmp(street->text[k], street->text[i]) == 0 && class->integer[k] > class->integer[i])
            return true;
    }
    return false;
}

/* Partner, public: "High Street  5 to 9"; internal: "High Street, Mill Lane to North Road  6". */
double cm_block_tracks(cm_sheet *sheet, double x, double y, double width, bool draw)
{
    static const cm_lettering NUMBER = {.size_pt = 6.8, .bold = true, .rgba = INK, .align = CM_ALIGN_RIGHT};
    const cm_layer *layer = strcmp(sheet->main_layer, "track_stretches") == 0 ? cm_release_layer(sheet->release, sheet->main_layer) : NULL;
    const cm_field *street = layer ? cm_layer_field(layer, "street") : NULL, *people = layer ? cm_layer_field(layer, "people") : NULL;
    const cm_field *class = layer ? cm_layer_field(layer, "class") : NULL;
    const cm_field *from = layer ? cm_layer_field(layer, "from_street") : NULL, *to = layer ? cm_layer_field(layer, "to_street") : NULL;
    const bool exact = people && people->type == CM_FIELD_INTEGER;
    size_t shown = 0;
    double at = y;

    if (!street || !people || !class || layer->count == 0)
        return 0.0;
    if (draw)
        cm_canvas_tag(sheet->canvas, "P", NULL);
    at += put(sheet, x, at, width, exact ? "Busiest stretches, and people who passed" : "Streets, and people who passed", &HEADING, draw) + 0.8;
    for (size_t c = exact ? 1 : layer->style.n_classes; c-- > 0;) { /* of partners the highest class first; stretches are in order already */
        for (size_t i = 0; i < layer->count && shown < MOST_STRETCHES; i++) {
            char words[320], number[CM_DECIMAL_SIZE];
            if (!exact && (class->integer[i] != (int64_t)c || !is_first_of_street(street, class, i) || has_higher(layer, street, class, i)))
                continue;
            const char *name = street->text[i] ? street->text[i] : "without a name";
            if (from && to && from->text[i] && to->text[i])
                snprintf(words, sizeof words, "%.100s, %.100s to %.100s", name, from->text[i], to->text[i]);
            else
                snprintf(words, sizeof words, "%.200s", name);
            if (exact)
                cm_decimal_grouped(people->integer[i], number);
            else
                snprintf(number, sizeof number, "%s", people->text[i]);
            const double a = put(sheet, x, at, width * 0.74, words, &BODY, draw);
            const double b = put(sheet, x + width * 0.75, at, width * 0.25, number, &NUMBER, draw);
            at += fmax(a, b) + 0.35;
            shown++;
        }
    }
    if (draw)
        cm_canvas_untag(sheet->canvas, "P");
    return at - y;
}

double cm_block_facts(cm_sheet *sheet, double x, double y, double width, bool draw)
{
    const castmap_release *release = sheet->release;
    double at = y;

    if (draw)
        cm_canvas_tag(sheet->canvas, "P", NULL);
    at += put(sheet, x, at, width, "In numbers", &HEADING, draw) + 0.8;
    for (size_t i = 0; i < release->n_facts && i < 6; i++) {
        const cm_lettering right = {.size_pt = 6.8, .bold = true, .rgba = INK, .align = CM_ALIGN_RIGHT};
        const double a = put(sheet, x, at, width * 0.66, release->facts[i].title, &BODY, draw);
        const double b = put(sheet, x + width * 0.68, at, width * 0.32, release->facts[i].value, &right, draw);
        at += fmax(a, b) + 0.35;
    }
    at += 0.6;
    at += put(sheet, x, at, width, release->data_dates, &BODY, draw);
    if (draw)
        cm_canvas_untag(sheet->canvas, "P");
    return at - y;
}

double cm_block_caveats(cm_sheet *sheet, double x, double y, double width, bool draw)
{
    double at = y;

    if (draw)
        cm_canvas_tag(sheet->canvas, "P", NULL);
    at += put(sheet, x, at, width, "Read with care", &HEADING, draw) + 0.8;
    for (size_t i = 0; i < sheet->release->n_caveats; i++)
        at += put(sheet, x, at, width, sheet->release->caveats[i], &BODY, draw) + 0.7;
    if (draw)
        cm_canvas_untag(sheet->canvas, "P");
    return at - y;
}

double cm_block_sources(cm_sheet *sheet, double x, double y, double width, bool draw)
{
    double at = y;

    if (draw)
        cm_canvas_tag(sheet->canvas, "P", NULL);
    at += put(sheet, x, at, width, "Sources and licences", &HEADING, draw) + 0.8;
    for (size_t i = 0; i < sheet->release->n_sources; i++)
        at += put(sheet, x, at, width, sheet->release->sources[i], &SMALL, draw) + 0.3;
    if (draw)
        cm_canvas_untag(sheet->canvas, "P");
    return at - y;
}

double cm_block_footer(cm_sheet *sheet, double x, double y, double width, bool draw)
{
    char words[256];
    const cm_lettering right = {.size_pt = 5.9, .rgba = QUIET, .align = CM_ALIGN_RIGHT};

    if (sheet->release->number > 0)
        snprintf(words, sizeof words, "Release %lld of this project, for %s use", (long long)sheet->release->number,
                 castmap_audience_name(sheet->release->audience));
    else
        snprintf(words, sizeof words, "%s", "For use inside the group");
    if (draw)
        cm_canvas_tag(sheet->canvas, "P", NULL);
    const double left = put(sheet, x, y, width / 2, words, &SMALL, draw);
    snprintf(words, sizeof words, "%s - made with castmap %s", sheet->release->crs_name ? sheet->release->crs_name : "",
             castmap_version());
    const double other = put(sheet, x + width / 2, y, width / 2, words, &right, draw);
    if (draw)
        cm_canvas_untag(sheet->canvas, "P");
    return fmax(left, other);
}
