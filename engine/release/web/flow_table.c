/*
 * release/web/flow_table.c - flows by period as a table.
 */
#include "release/web/page_parts.h"

#include "base/decimal.h"
#include "release/web/page_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_SLICES 60u

static bool is_flow(const cm_layer *flows, size_t f, const cm_layer *part, size_t g)
{
    const cm_field *a = cm_layer_field(flows, "from_code"), *b = cm_layer_field(flows, "to_code");
    const cm_field *c = cm_layer_field(part, "from_code"), *d = cm_layer_field(part, "to_code");

    return strcmp(a->text[f], c->text[g]) == 0 && strcmp(b->text[f], d->text[g]) == 0;
}

/* count [rows * n]: of the flow in each part; 0: none. */
static void count_parts(const cm_layer *flows, size_t rows, const cm_layer *const *part, size_t n, int64_t *count)
{
    for (size_t s = 0; s < n; s++) {
        const cm_field *value = cm_layer_field(part[s], "count");
        for (size_t g = 0; g < part[s]->count; g++) {
            for (size_t f = 0; f < rows; f++) {
                if (is_flow(flows, f, part[s], g)) {
                    count[f * n + s] = value->integer[g];
                    break;
                }
            }
        }
    }
}

static void add_row(cm_text *html, const char *from, const char *to, const int64_t *count, size_t n)
{
    char number[CM_DECIMAL_SIZE];

    cm_text_add(html, "<tr><th scope=\"row\" class=\"t\">");
    cm_html_add(html, from);
    cm_text_add(html, "</th><td class=\"t\">");
    cm_html_add(html, to);
    cm_text_add(html, "</td>");
    for (size_t s = 0; s < n; s++) {
        cm_decimal_grouped(count[s], number);
        cm_text_addf(html, "<td class=\"n\">%s</td>", number);
    }
    cm_text_add(html, "</tr>\n");
}

void cm_part_flow_slices(cm_text *html, const castmap_release *release, size_t most)
{
    const cm_layer *flows = cm_release_layer(release, "flows"), *part[MOST_SLICES];
    size_t n = 0;

    for (; n < MOST_SLICES; n++) {
        char name[32];
        snprintf(name, sizeof name, "flows_%02zu", n + 1);
        part[n] = cm_release_layer(release, name);
        if (!part[n])
            break;
    }
    if (n == 0 || !flows)
        return;
    const size_t rows = flows->count < most ? flows->count : most;
    int64_t *count = calloc(rows * n + 1, sizeof *count);
    const cm_field *from = cm_layer_field(flows, "from_name"), *to = cm_layer_field(flows, "to_name");
    if (!count) {
        html->failed = true;
        return;
    }
    count_parts(flows, rows, part, n, count);
    cm_text_add(html, "<table id=\"flow-slices\">\n<caption>Movements by period</caption>\n<thead><tr>");
    cm_html_element(html, "th", "t", from->title);
    cm_html_element(html, "th", "t", to->title);
    for (size_t s = 0; s < n; s++) {
        const char *dates = strchr(part[s]->title, ',');
        cm_html_element(html, "th", "n", dates ? dates + 2 : part[s]->title);
    }
    cm_text_add(html, "</tr></thead>\n<tbody>\n");
    for (size_t f = 0; f < rows; f++) {
        bool any = false;
        for (size_t s = 0; s < n; s++)
            any = any || count[f * n + s] > 0;
        if (any)
            add_row(html, from->text[f] ? from->text[f] : "", to->text[f] ? to->text[f] : "", count + f * n, n);
    }
    cm_text_add(html, "</tbody></table>\n");
    free(count);
}
