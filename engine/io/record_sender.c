/*
 * io/record_sender.c - the child's half of the pipe: table, records and notes as frames.
 */
#include "base/decimal.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "io/record_frames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_text(cm_text *frame, const char *text, size_t length)
{
    const uint32_t n = text ? (uint32_t)length : CM_FRAME_ABSENT;

    cm_text_add_bytes(frame, &n, sizeof n);
    if (text)
        cm_text_add_bytes(frame, text, length);
}

static void add_string(cm_text *frame, const char *text)
{
    add_text(frame, text, text ? strlen(text) : 0);
}

static int send(cm_record_sender *s, uint32_t kind)
{
    if (s->frame.failed)
        return cm_worker_fail(s->pipe, CASTMAP_E_NOMEM, "", "out of memory");
    if (cm_worker_send(s->pipe, kind, s->frame.bytes, s->frame.length) != 0)
        return cm_worker_fail(s->pipe, CASTMAP_E_LIMIT, "", "a record is larger than 4 MiB");
    return 0;
}

int cm_send_table(cm_record_sender *s, const cm_stream_table *table)
{
    const uint64_t head[2] = {(table->placed ? CM_TABLE_PLACED : 0) | (table->sheet ? CM_TABLE_SHEET : 0), table->layers};

    if (table->n_columns > CM_CSV_COLUMN_LIMIT)
        return cm_worker_fail(s->pipe, CASTMAP_E_LIMIT, "keep the columns that castmap should read", "more than 500 columns");
    cm_text_reset(&s->frame);
    cm_text_add_bytes(&s->frame, head, sizeof head);
    add_string(&s->frame, table->format);
    add_string(&s->frame, table->layer);
    add_string(&s->frame, table->crs);
    add_string(&s->frame, table->crs_name);
    s->column = cm_alloc_zero(table->n_columns, sizeof *s->column);
    if (!s->column)
        return cm_worker_fail(s->pipe, CASTMAP_E_NOMEM, "", "out of memory");
    s->n = table->n_columns;
    snprintf(s->crs, sizeof s->crs, "%s", table->crs ? table->crs : "");
    for (size_t i = 0; i < s->n; i++) {
        add_text(&s->frame, table->column[i].bytes, table->column[i].length);
        s->column[i] = cm_copy_bytes(table->column[i].bytes, table->column[i].length);
    }
    return send(s, CM_FRAME_TABLE);
}

uint32_t cm_decimals_of(double value)
{
    char text[CM_DECIMAL_SIZE];
    const size_t n = cm_decimal_shortest(value, text);
    const char *point = strchr(text, '.');

    if (strpbrk(text, "eni"))
        return 9;
    return point ? (uint32_t)(n - (size_t)(point - text) - 1) : 0;
}

void cm_wrap_in_folder(cm_text *wrapped, const char *folder, cm_child_record *record)
{
    cm_text_reset(wrapped);
    cm_text_add(wrapped, "<Folder><name>");
    for (const char *c = folder; *c; c++) {
        if (*c == '<' || *c == '&')
            cm_text_add(wrapped, *c == '<' ? "&lt;" : "&amp;");
        else
            cm_text_add_char(wrapped, *c);
    }
    cm_text_add(wrapped, "</name>");
    cm_text_add_bytes(wrapped, record->text, record->text_length);
    cm_text_add(wrapped, "</Folder>");
    record->text = wrapped->bytes;
    record->text_length = wrapped->length;
}

static void add_position(cm_text *json, bool in_list, double x, double y)
{
    if (in_list)
        cm_text_add_char(json, '[');
    cm_text_add_shortest(json, x);
    cm_text_add_char(json, ',');
    cm_text_add_shortest(json, y);
    if (in_list)
        cm_text_add_char(json, ']');
}

/* The record as a GeoJSON feature (or, of a sheet, a plain object): every value under the name of its column. */
static void make_json(cm_record_sender *s, const cm_child_record *record, const char *const *values)
{
    cm_json json;

    cm_text_reset(&s->json);
    if (record->place == CM_RECORD_UNPLACED) {
        cm_text_add(&s->json, "{\"type\":\"Feature\",\"geometry\":null,\"properties\":");
    } else {
        cm_text_addf(&s->json, "{\"type\":\"Feature\",\"geometry\":{\"type\":\"%s\",\"coordinates\":[", record->line ? "LineString" : "Point");
        add_position(&s->json, record->line, record->x, record->y);
        if (record->line) {
            cm_text_add_char(&s->json, ',');
            add_position(&s->json, true, record->end_x, record->end_y);
        }
        cm_text_add(&s->json, "]},");
        if (record->place == CM_RECORD_LAYER && strcmp(s->crs, "EPSG:4326") != 0)
            cm_text_addf(&s->json, "\"crs\":\"%s\",", s->crs);
        cm_text_add(&s->json, "\"properties\":");
    }
    cm_json_begin(&json, &s->json, false);
    cm_json_object(&json, NULL);
    for (size_t i = 0; i < s->n; i++)
        if (values[i] && s->column[i] && cm_utf8_valid(values[i], strlen(values[i])) == strlen(values[i]))
            cm_json_string(&json, s->column[i], values[i]);
    cm_json_end_object(&json);
    cm_text_add_char(&s->json, '}');
}

int cm_send_record(cm_record_sender *s, const cm_child_record *record, const char *const *values)
{
    const uint32_t kinds[4] = {record->place, record->fault, record->decimals, record->line};
    const double place[4] = {record->x, record->y, record->end_x, record->end_y};

    cm_text_reset(&s->frame);
    cm_text_add_bytes(&s->frame, &record->row, sizeof record->row);
    cm_text_add_bytes(&s->frame, kinds, sizeof kinds);
    cm_text_add_bytes(&s->frame, place, sizeof place);
    add_string(&s->frame, record->detail);
    if (record->text) {
        add_text(&s->frame, record->text, record->text_length);
    } else {
        make_json(s, record, values);
        if (s->json.failed)
            return cm_worker_fail(s->pipe, CASTMAP_E_NOMEM, "", "out of memory");
        add_text(&s->frame, s->json.bytes, s->json.length);
    }
    for (size_t i = 0; i < s->n; i++)
        add_string(&s->frame, values[i]);
    return send(s, CM_FRAME_RECORD);
}

int cm_send_note(cm_record_sender *s, const char *code, const char *words, size_t count)
{
    const uint64_t n = count;

    cm_text_reset(&s->frame);
    cm_text_add_bytes(&s->frame, &n, sizeof n);
    add_string(&s->frame, code);
    add_string(&s->frame, words);
    return send(s, CM_FRAME_NOTE);
}
