#include "release/web/page_parts.h"

#include "base/decimal.h"
#include "release/print/map_picture.h"
#include "release/print/map_view.h"
#include "release/web/page_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PICTURE_MM 155.0
#define PICTURE_DOTS 165.0

castmap_status cm_part_picture(castmap_context *ctx, cm_text *html, const castmap_release *release, const char *main_layer,
                               const char *id)
{
    const double wide = release->east - release->west, high = release->north - release->south;
    const double aspect = wide > 0.0 && high > 0.0 ? fmin(fmax(high / wide, 0.5), 1.3) : 0.75;
    const cm_layer *layer = cm_release_layer(release, main_layer);
    unsigned char *png = NULL;
    size_t length = 0;
    castmap_status status = cm_map_picture(ctx, release, main_layer, PICTURE_MM, PICTURE_MM * aspect, PICTURE_DOTS, &png, &length);

    if (status)
        return status;
    cm_text_add(html, "<img class=\"picture\"");
    if (id)
        cm_text_addf(html, " id=\"%s\"", id);
    cm_text_add(html, " alt=\"Map: ");
    cm_html_add(html, layer ? layer->title : release->title);
    cm_text_add(html, ". The legend and the tables of this page hold what it shows.\" src=\"data:image/png;base64,");
    cm_base64_add(html, png, length);
    cm_text_add(html, "\">\n");
    free(png);
    return CASTMAP_OK;
}

static void add_swatch(cm_text *html, const char *words)
{
    cm_text_add(html, "\"></span>");
    cm_html_add(html, words);
    cm_text_add(html, "</li>\n");
}

/* Layers are numbered as the page's script numbers them: backdrop first. */
static size_t layer_number(const castmap_release *release, const cm_layer *layer)
{
    return release->n_backdrop + (size_t)(layer - release->layers);
}

static void legend_of(cm_text *html, const castmap_release *release, const cm_layer *layer)
{
    const cm_style *style = &layer->style;
    const size_t number = layer_number(release, layer);

    cm_text_add(html, "<section class=\"key\">\n");
    cm_html_element(html, "h3", NULL, layer->title);
    if (style->legend_title && strcmp(style->legend_title, layer->title ? layer->title : "") != 0)
        cm_html_element(html, "p", "unit", style->legend_title);
    cm_text_add(html, "<ul>\n");
    for (size_t k = style->n_classes; k-- > 0;) {
        cm_text_addf(html, "<li><span class=\"swatch c%zu-%zu", number, k);
        add_swatch(html, style->classes[k].label);
    }
    cm_text_add(html, "</ul>\n</section>\n");
}

void cm_part_legend(cm_text *html, const castmap_release *release, const char *main_layer)
{
    size_t symbols = 0;

    for (size_t i = release->n_layers; i-- > 0;) {
        if (!cm_map_shows(&release->layers[i], main_layer))
            continue;
        if (release->layers[i].style.n_classes)
            legend_of(html, release, &release->layers[i]);
        else if (release->layers[i].count > 0)
            symbols++;
    }
    if (symbols == 0)
        return;
    cm_text_add(html, "<section class=\"key\">\n<ul>\n");
    for (size_t i = release->n_layers; i-- > 0;) {
        const cm_layer *layer = &release->layers[i];
        if (layer->style.n_classes || layer->count == 0 || !cm_map_shows(layer, main_layer))
            continue;
        cm_text_addf(html, "<li><span class=\"swatch symbol%zu", layer_number(release, layer));
        add_swatch(html, layer->title);
    }
    cm_text_add(html, "</ul>\n</section>\n");
}

static void add_rgba(cm_text *css, uint32_t rgba)
{
    cm_text_addf(css, "#%08x", (unsigned)rgba);
}

void cm_part_class_rules(cm_text *css, const castmap_release *release)
{
    for (size_t i = 0; i < release->n_backdrop + release->n_layers; i++) {
        const bool backdrop = i < release->n_backdrop;
        const cm_layer *layer = backdrop ? &release->backdrop[i] : &release->layers[i - release->n_backdrop];
        const cm_style *style = &layer->style;
        for (size_t k = 0; k < style->n_classes; k++) {
            cm_text_addf(css, ".c%zu-%zu{", i, k);
            if (style->classes[k].hatched) {
                cm_text_add(css, "background:repeating-linear-gradient(-45deg,#8a8a8a 0 1px,#fff 1px 5px)}\n");
            } else {
                cm_text_add(css, "background:");
                add_rgba(css, style->classes[k].rgba);
                if (layer->shape == CM_SHAPE_LINE && style->classes[k].stroke_mm > 0.0) /* as wide as it is drawn */
                    cm_text_addf(css, ";height:%.2fmm;border:0;align-self:center;vertical-align:middle", style->classes[k].stroke_mm);
                cm_text_add(css, "}\n");
            }
        }
        cm_text_addf(css, ".symbol%zu{", i);
        if (style->fill_rgba & 0xFFu) {
            cm_text_add(css, "background:");
            add_rgba(css, style->fill_rgba);
            cm_text_add(css, ";");
        }
        if (layer->shape == CM_SHAPE_POINT)
            cm_text_add(css, "border-radius:50%;width:.7rem;height:.7rem;");
        if (style->stroke_rgba & 0xFFu) {
            cm_text_addf(css, "border:2px %s ", style->dashed ? "dashed" : "solid");
            add_rgba(css, style->stroke_rgba);
        }
        cm_text_add(css, "}\n");
    }
}

/* What an area is ranked by, with its index to break ties. */
typedef struct ranked {
    double value;
    size_t index;
} ranked;

static int by_value_down(const void *a, const void *b)
{
    const ranked *p = a, *q = b;

    if (p->value > q->value || p->value < q->value)
        return p->value < q->value ? 1 : -1;
    return p->index < q->index ? -1 : p->index > q->index;
}

size_t *cm_part_order(const cm_layer *layer)
{
    const cm_field *count = cm_layer_field(layer, "count");
    ranked *rank = calloc(layer->count + 1, sizeof *rank);
    size_t *order = calloc(layer->count + 1, sizeof *order);

    if (rank && order) {
        for (size_t i = 0; i < layer->count; i++) {
            const bool known = count && count->type == CM_FIELD_INTEGER && !cm_field_is_null(count, i);
            rank[i] = (ranked){known ? (double)count->integer[i] : -(double)INFINITY, i};
        }
        qsort(rank, layer->count, sizeof *rank, by_value_down);
        for (size_t i = 0; i < layer->count; i++)
            order[i] = rank[i].index;
    } else {
        free(order);
        order = NULL;
    }
    free(rank);
    return order;
}

/* The index of the class is for machines; "Shown as" says it in words. */
static bool in_table(const cm_layer *layer, size_t f, const char *const *leave_out)
{
    for (; leave_out && *leave_out; leave_out++) {
        if (strcmp(layer->fields[f].name, *leave_out) == 0)
            return false;
    }
    if ((int)f == layer->style.class_field)
        return false;
    /* A column that says nothing of any row is left out; counts stay, so that "not shown" is seen. */
    for (size_t i = 0; i < layer->count; i++) {
        if (!cm_field_is_null(&layer->fields[f], i))
            return true;
    }
    return strcmp(layer->fields[f].name, "count") == 0;
}

static void table_cell(cm_text *html, const cm_layer *layer, size_t f, size_t i, bool head)
{
    const cm_field *field = &layer->fields[f];
    const char *tag = head ? "th scope=\"row\"" : "td";
    const bool number = field->type != CM_FIELD_TEXT;

    cm_text_addf(html, "<%s class=\"%s\"", tag, number ? "n" : "t");
    if (cm_field_is_null(field, i)) {
        cm_text_add(html, "><span class=\"none\">");
        cm_text_add(html, cm_null_words(layer, field, i));
        cm_text_add(html, "</span>");
    } else {
        if (number) {
            char value[CM_DECIMAL_SIZE];
            if (field->type == CM_FIELD_INTEGER)
                cm_decimal_i64(field->integer[i], value);
            else
                cm_decimal_fixed(field->real[i], field->digits, value);
            cm_text_addf(html, " data-v=\"%s\"", value);
        }
        cm_text_add_char(html, '>');
        (void)cm_field_words(html, field, i);
    }
    cm_text_add(html, head ? "</th>" : "</td>");
}

/* The field that names a row: "name", else the first text. */
static size_t heading_field(const cm_layer *layer)
{
    size_t first = layer->n_fields;

    for (size_t f = 0; f < layer->n_fields; f++) {
        if (strcmp(layer->fields[f].name, "name") == 0)
            return f;
        if (first == layer->n_fields && in_table(layer, f, NULL))
            first = f;
    }
    return first;
}

static void table_head(cm_text *html, const cm_layer *layer, size_t f)
{
    const cm_field *field = &layer->fields[f];

    cm_text_addf(html, "<th scope=\"col\" class=\"%s\" title=\"", field->type != CM_FIELD_TEXT ? "n" : "t");
    cm_html_add(html, field->description);
    cm_text_add(html, "\">");
    cm_html_add(html, field->title);
    if (field->unit && field->unit[0] && !cm_title_says_unit(field->title, field->unit)) {
        cm_text_add(html, " <span class=\"unit\">");
        cm_html_add(html, strcmp(field->unit, "km2") == 0 ? "km\xc2\xb2" : field->unit);
        cm_text_add(html, "</span>");
    }
    cm_text_add(html, "</th>");
}

void cm_part_table(cm_text *html, const cm_layer *layer, const char *id, const size_t *order, size_t limit,
                   const char *const *leave_out)
{
    const size_t heading = heading_field(layer);

    cm_text_addf(html, "<table id=\"%s\">\n<caption>", id);
    cm_html_add(html, layer->title);
    cm_text_add(html, "</caption>\n<thead><tr>");
    if (heading < layer->n_fields)
        table_head(html, layer, heading);
    for (size_t f = 0; f < layer->n_fields; f++) {
        if (f != heading && in_table(layer, f, leave_out))
            table_head(html, layer, f);
    }
    cm_text_add(html, "</tr></thead>\n<tbody>\n");
    for (size_t k = 0; k < layer->count && k < limit; k++) {
        const size_t i = order ? order[k] : k;
        cm_text_addf(html, "<tr data-i=\"%zu\">", i);
        if (heading < layer->n_fields)
            table_cell(html, layer, heading, i, true);
        for (size_t f = 0; f < layer->n_fields; f++) {
            if (f != heading && in_table(layer, f, leave_out))
                table_cell(html, layer, f, i, false);
        }
        cm_text_add(html, "</tr>\n");
    }
    cm_text_add(html, "</tbody></table>\n");
}

void cm_part_list(cm_text *html, char *const *lines, size_t n)
{
    cm_text_add(html, "<ul>\n");
    for (size_t i = 0; i < n; i++)
        cm_html_element(html, "li", NULL, lines[i]);
    cm_text_add(html, "</ul>\n");
}

void cm_part_facts(cm_text *html, const castmap_release *release)
{
    cm_text_add(html, "<dl class=\"facts\">\n");
    for (size_t i = 0; i < release->n_facts; i++) {
        cm_text_add(html, "<div>");
        cm_html_element(html, "dt", NULL, release->facts[i].title);
        cm_html_element(html, "dd", NULL, release->facts[i].value);
        cm_html_element(html, "dd", "note", release->facts[i].note);
        cm_text_add(html, "</div>\n");
    }
    cm_text_add(html, "</dl>\n");
}

static void held_back_row(cm_text *html, const char *what, size_t n)
{
    char number[CM_DECIMAL_SIZE];

    cm_decimal_grouped((int64_t)n, number);
    cm_text_addf(html, "<tr><th scope=\"row\">%s</th><td class=\"n\">%s</td></tr>\n", what, number);
}

void cm_part_suppressed(cm_text *html, const castmap_release *release)
{
    const castmap_suppressed *s = &release->suppressed;

    if (release->audience != CASTMAP_INTERNAL)
        return;
    cm_text_add(html, "<section id=\"held-back\">\n<h2>What was held back</h2>\n<table>\n<tbody>\n");
    held_back_row(html, "Observations of this period and place", s->observations);
    held_back_row(html, "Left out because of their grade", s->excluded_grade);
    held_back_row(html, "Left out because of their handling code", s->excluded_handling);
    held_back_row(html, "Left out because they lie outside the period", s->excluded_period);
    held_back_row(html, "Areas shown", s->areas_shown);
    held_back_row(html, "Areas not shown", s->areas_withheld);
    if (s->flows_shown + s->flows_withheld > 0) {
        held_back_row(html, "Flows shown", s->flows_shown);
        held_back_row(html, "Flows not shown", s->flows_withheld);
    }
    if (s->streets_shown + s->streets_withheld > 0) {
        held_back_row(html, "Streets shown, each in a square", s->streets_shown);
        held_back_row(html, "Streets not shown, each in a square", s->streets_withheld);
    }
    if (s->tracks_shown + s->tracks_withheld > 0) {
        held_back_row(html, "Streets that tracks passed shown, each in a square", s->tracks_shown);
        held_back_row(html, "Streets that tracks passed not shown, each in a square", s->tracks_withheld);
    }
    held_back_row(html, "Squares shown", s->cells_shown);
    held_back_row(html, "Squares joined with neighbours", s->cells_merged);
    held_back_row(html, "Squares not shown", s->cells_withheld);
    cm_text_add(html, "</tbody></table>\n</section>\n");
}
