#include "release/web/page_text.h"

#include "base/decimal.h"
#include "base/digest.h"

#include <math.h>
#include <string.h>

/* Length of a character that must not reach a page at p: C0 and C1 controls, bidirectional overrides and isolates; else 0. */
static size_t unwanted(const unsigned char *p)
{
    if (p[0] < 0x20 || p[0] == 0x7F)
        return p[0] == '\n' || p[0] == '\t' ? 0 : 1;
    if (p[0] == 0xC2 && p[1] >= 0x80 && p[1] <= 0x9F)
        return 2;
    if (p[0] == 0xE2 && p[1] == 0x80 && p[2] >= 0xAA && p[2] <= 0xAE)
        return 3;
    if (p[0] == 0xE2 && p[1] == 0x81 && p[2] >= 0xA6 && p[2] <= 0xA9)
        return 3;
    return 0;
}

void cm_html_add(cm_text *html, const char *words)
{
    for (const char *p = words ? words : ""; *p; p++) {
        const size_t skip = unwanted((const unsigned char *)p);
        if (skip) {
            p += skip - 1;
            continue;
        }
        switch (*p) {
        case '&': cm_text_add(html, "&amp;"); break;
        case '<': cm_text_add(html, "&lt;"); break;
        case '>': cm_text_add(html, "&gt;"); break;
        case '"': cm_text_add(html, "&quot;"); break;
        case '\'': cm_text_add(html, "&#39;"); break;
        default: cm_text_add_char(html, *p); break;
        }
    }
}

void cm_html_element(cm_text *html, const char *tag, const char *class_name, const char *words)
{
    if (!words || !words[0])
        return;
    cm_text_addf(html, "<%s", tag);
    if (class_name)
        cm_text_addf(html, " class=\"%s\"", class_name);
    cm_text_add_char(html, '>');
    cm_html_add(html, words);
    cm_text_addf(html, "</%s>\n", tag);
}

void cm_base64_add(cm_text *text, const unsigned char *bytes, size_t length)
{
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < length; i += 3) {
        const size_t n = length - i < 3 ? length - i : 3;
        const uint32_t three = (uint32_t)bytes[i] << 16 | (n > 1 ? (uint32_t)bytes[i + 1] << 8 : 0u) | (n > 2 ? bytes[i + 2] : 0u);
        const char four[4] = {DIGITS[three >> 18], DIGITS[three >> 12 & 63u], n > 1 ? DIGITS[three >> 6 & 63u] : '=',
                              n > 2 ? DIGITS[three & 63u] : '='};
        cm_text_add_bytes(text, four, sizeof four);
    }
}

static unsigned hex_digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

void cm_csp_hash_add(cm_text *text, const char *bytes, size_t length)
{
    char hex[CM_SHA256_HEX];
    unsigned char raw[CM_SHA256_BYTES];
    cm_sha256 hash;

    cm_sha256_init(&hash);
    cm_sha256_add(&hash, bytes, length);
    cm_sha256_final(&hash, hex);
    for (size_t i = 0; i < sizeof raw; i++)
        raw[i] = (unsigned char)(hex_digit(hex[2 * i]) << 4 | hex_digit(hex[2 * i + 1]));
    cm_text_add(text, "'sha256-");
    cm_base64_add(text, raw, sizeof raw);
    cm_text_add(text, "'");
}

bool cm_field_is_null(const cm_field *field, size_t i)
{
    if (field->type == CM_FIELD_INTEGER)
        return field->integer[i] == INT64_MIN;
    if (field->type == CM_FIELD_REAL)
        return !isfinite(field->real[i]);
    return !field->text[i] || !field->text[i][0];
}

bool cm_field_words(cm_text *html, const cm_field *field, size_t i)
{
    char number[CM_DECIMAL_SIZE];

    if (cm_field_is_null(field, i))
        return false;
    switch (field->type) {
    case CM_FIELD_INTEGER:
        cm_decimal_grouped(field->integer[i], number);
        cm_text_add(html, number);
        break;
    case CM_FIELD_REAL:
        cm_text_add_fixed(html, field->real[i], field->digits);
        break;
    case CM_FIELD_TEXT:
        cm_html_add(html, field->text[i]);
        break;
    }
    return true;
}

/* ASCII letters small, a raised 2 as 2. out [size] */
static void fold(const char *words, char *out, size_t size)
{
    size_t n = 0;

    for (const char *p = words; *p && n + 1 < size; p++) {
        if ((unsigned char)p[0] == 0xC2 && (unsigned char)p[1] == 0xB2) {
            out[n++] = '2';
            p++;
        } else {
            out[n++] = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
        }
    }
    out[n] = '\0';
}

bool cm_title_says_unit(const char *title, const char *unit)
{
    char in[256], what[64];

    fold(title ? title : "", in, sizeof in);
    fold(unit, what, sizeof what);
    const char *at = strstr(in, what);
    if (!at)
        return false;
    /* As words of their own: "Radius" does not say "s". */
    const char before = at == in ? ' ' : at[-1], after = at[strlen(what)];
    return before == ' ' && (after == ' ' || after == '\0');
}

const cm_class *cm_class_of(const cm_layer *layer, size_t i)
{
    const cm_style *style = &layer->style;

    if (style->class_field < 0 || (size_t)style->class_field >= layer->n_fields)
        return NULL;
    const cm_field *field = &layer->fields[style->class_field];
    if (field->type != CM_FIELD_INTEGER || field->integer[i] < 0 || (uint64_t)field->integer[i] >= style->n_classes)
        return NULL;
    return &style->classes[field->integer[i]];
}

const char *cm_null_words(const cm_layer *layer, const cm_field *field, size_t i)
{
    const bool counted = strcmp(field->name, "count") == 0 || strcmp(field->name, "cells_km2") == 0 || strncmp(field->name, "rate", 4) == 0;
    const cm_class *c = cm_class_of(layer, i);
    const cm_field *count = cm_layer_field(layer, "count");
    const bool held_back = c && c->hatched && c->label && strcmp(c->label, "not shown") == 0;

    return counted && (held_back || (count && cm_field_is_null(count, i))) ? "not shown" : "no data";
}

void cm_template_add(cm_text *html, const char *template, size_t length, cm_slot_fn *fill, void *payload)
{
    const char *p = template, *const end = template + length;

    while (p < end) {
        const char *open = memmem(p, (size_t)(end - p), "{{", 2);
        const char *close = open ? memmem(open, (size_t)(end - open), "}}", 2) : NULL;
        char slot[32];
        if (!close || (size_t)(close - open - 2) >= sizeof slot) {
            cm_text_add_bytes(html, p, (size_t)(end - p));
            return;
        }
        cm_text_add_bytes(html, p, (size_t)(open - p));
        memcpy(slot, open + 2, (size_t)(close - open - 2));
        slot[close - open - 2] = '\0';
        fill(html, slot, payload);
        p = close + 2;
    }
}
