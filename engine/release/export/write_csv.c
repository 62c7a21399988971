/*
 * release/export/write_csv.c - one layer of a release as a table: its fields without its shapes, for a spreadsheet.
 *
 * Text that a spreadsheet would run as a formula begins with an apostrophe instead. Numbers are plain; null is an empty field.
 */
#include "castmap/products.h"

#include "base/decimal.h"
#include "base/fail.h"
#include "base/files.h"
#include "release/export/export_layer.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Does a spreadsheet take it for a formula? Also in the full width of East Asian writing. */
static bool is_formula(const char *text)
{
    static const char *const WIDE[] = {"\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0"};

    if (*text != '\0' && strchr("=+-@\t\r", *text))
        return true;
    for (size_t i = 0; i < sizeof WIDE / sizeof *WIDE; i++) {
        if (strncmp(text, WIDE[i], 3) == 0)
            return true;
    }
    return false;
}

static void add_text(cm_text *line, const char *text)
{
    const bool quoted = strpbrk(text, "\",\r\n") != NULL || text[0] == ' ';

    if (quoted)
        cm_text_add_char(line, '"');
    if (is_formula(text))
        cm_text_add_char(line, '\'');
    for (; *text; text++) {
        if (*text == '"')
            cm_text_add_char(line, '"');
        cm_text_add_char(line, *text);
    }
    if (quoted)
        cm_text_add_char(line, '"');
}

static bool is_null(const cm_field *field, size_t i)
{
    return field->text ? !field->text[i] : field->integer ? field->integer[i] == INT64_MIN : !isfinite(field->real[i]);
}

static void add_value(cm_text *line, const cm_field *field, size_t i)
{
    char number[CM_DECIMAL_SIZE];

    if (is_null(field, i))
        return;
    if (field->type == CM_FIELD_TEXT) {
        add_text(line, field->text[i]);
        return;
    }
    if (field->type == CM_FIELD_INTEGER)
        cm_decimal_i64(field->integer[i], number);
    else
        cm_decimal_fixed(field->real[i], field->digits, number);
    cm_text_add(line, number);
}

static void write_line(cm_output *output, cm_text *line)
{
    cm_text_add(line, "\r\n");
    cm_output_write(output, line->bytes, line->length);
    cm_text_reset(line);
}

castmap_status castmap_write_csv(castmap_context *ctx, const castmap_release *release, const char *layer_name, const char *path, bool overwrite)
{
    const cm_layer *layer = NULL;
    cm_output output = {.fd = -1};
    cm_text line = CM_TEXT_INIT;
    castmap_status status;

    cm_fail_clear(ctx);
    status = cm_export_allowed(ctx, release);
    if (!status)
        status = cm_export_find(ctx, release, layer_name, &layer);
    if (!status)
        status = cm_output_open(ctx, path, overwrite, cm_export_private(release), &output);
    if (status)
        return status;
    for (size_t f = 0; f < layer->n_fields; f++) {
        cm_text_add(&line, f ? "," : "");
        add_text(&line, layer->fields[f].name);
    }
    write_line(&output, &line);
    for (size_t i = 0; i < layer->count && !line.failed; i++) {
        for (size_t f = 0; f < layer->n_fields; f++) {
            cm_text_add(&line, f ? "," : "");
            add_value(&line, &layer->fields[f], i);
        }
        write_line(&output, &line);
    }
    status = line.failed ? cm_fail_memory(ctx) : cm_output_commit(ctx, &output);
    cm_output_discard(&output);
    cm_text_clear(&line);
    return status;
}
