/*
 * project/ingest/mending_cells.c - features by json-c, elements of KML and GPX and messages of chats by the readers that read them first.
 */
#include "project/ingest/mending_cells.h"

#include "base/decimal.h"
#include "base/fail.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "base/scratch.h"
#include "io/chat_reader.h"
#include "io/record_stream.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEPTH 64

/* Replace the cell by a copy. 0, or -1: out of memory. */
static int put(char **cell, const char *text, size_t length)
{
    char *copy = cm_copy_bytes(text, length);

    if (!copy)
        return -1;
    free(*cell);
    *cell = copy;
    return 0;
}

static int put_named(const cm_columns *columns, char **cell, const char *name, const char *text, size_t length)
{
    const int at = cm_column_named(columns, name);

    return at == CM_NO_COLUMN ? 0 : put(&cell[at], text, length);
}

/* Two cells of a place; of degrees the first is the longitude. */
static int put_place(const cm_mending_form *form, char **cell, const char *x, const char *y)
{
    if (!form->crs[0])
        return 0;
    return put_named(&form->columns, cell, form->degrees ? CM_MENDING_LON : CM_MENDING_X, x, strlen(x)) != 0 ||
                   put_named(&form->columns, cell, form->degrees ? CM_MENDING_LAT : CM_MENDING_Y, y, strlen(y)) != 0
               ? -1
               : 0;
}

/* A value as a cell shows it: text as it is, anything else as it is written. */
static const char *shown(json_object *value)
{
    if (!value)
        return "";
    return json_object_is_type(value, json_type_string)
               ? json_object_get_string(value)
               : json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
}

static int feature_cells(const cm_mending_form *form, const char *text, size_t length, char **cell)
{
    json_tokener *tokener = json_tokener_new_ex(DEPTH);
    json_object *feature = tokener && length < INT32_MAX ? json_tokener_parse_ex(tokener, text, (int)length) : NULL;
    json_object *properties = NULL, *geometry = NULL, *list = NULL, *type = NULL;
    int result = tokener ? 0 : -1;

    if (feature && json_object_is_type(feature, json_type_object)) {
        json_object_object_get_ex(feature, "properties", &properties);
        json_object_object_get_ex(feature, "geometry", &geometry);
    }
    if (geometry && json_object_is_type(geometry, json_type_object) && json_object_object_get_ex(geometry, "type", &type) &&
        strcmp(shown(type), "Point") == 0 && json_object_object_get_ex(geometry, "coordinates", &list) && json_object_is_type(list, json_type_array) &&
        json_object_array_length(list) >= 2) {
        char x[64];
        snprintf(x, sizeof x, "%s", shown(json_object_array_get_idx(list, 0)));
        result = put_place(form, cell, x, shown(json_object_array_get_idx(list, 1)));
    }
    if (properties && json_object_is_type(properties, json_type_object)) {
        for (size_t i = 0; i < form->columns.n && result == 0; i++) {
            json_object *value = NULL;
            if (json_object_object_get_ex(properties, form->columns.name[i], &value))
                result = put(&cell[i], shown(value), strlen(shown(value)));
        }
    }
    json_object_put(feature);
    if (tokener)
        json_tokener_free(tokener);
    return result;
}

/* A text in a file without a name, for a reader of files. */
static castmap_status file_of(castmap_context *ctx, const char *const *piece, const size_t *length, size_t n, int *fd)
{
    castmap_status status = cm_scratch_file(ctx, "rows to mend", fd);

    for (size_t i = 0; i < n && !status; i++) {
        for (size_t done = 0; done < length[i] && !status;) {
            const ssize_t written = write(*fd, piece[i] + done, length[i] - done);
            if (written > 0)
                done += (size_t)written;
            else if (written == 0 || errno != EINTR)
                status = cm_fail_errno(ctx, "cannot keep", "rows to mend", errno);
        }
    }
    if (!status && lseek(*fd, 0, SEEK_SET) != 0)
        status = cm_fail_errno(ctx, "cannot read again", "rows to mend", errno);
    if (status && *fd >= 0) {
        close(*fd);
        *fd = -1;
    }
    return status;
}

static castmap_status chat_cells(castmap_context *ctx, const cm_mending_form *form, const char *text, size_t length, char **cell)
{
    const char *o = form->date_order;
    const cm_chat_order order = !*o                     ? CM_CHAT_DAY_FIRST /* the row was read, so its dates told the order or need none */
                                : strcmp(o, "dmy") == 0 ? CM_CHAT_DAY_FIRST
                                : strcmp(o, "mdy") == 0 ? CM_CHAT_MONTH_FIRST
                                                        : CM_CHAT_YEAR_FIRST;
    const char *const piece[] = {text, "\n"};
    const size_t lengths[] = {length, 1};
    cm_text_input *input = NULL;
    cm_chat_reader *chat = NULL;
    cm_chat_record record;
    bool more = false;
    size_t n;
    int fd = -1;
    castmap_status status = file_of(ctx, piece, lengths, 2, &fd);

    if (!status)
        status = cm_text_input_open_fd(ctx, "rows to mend", fd, "utf-8", &input);
    if (!status)
        status = cm_chat_open(ctx, input, "rows to mend", order, NULL, 0, &chat);
    if (!status) {
        const cm_csv_field *name = cm_chat_columns(&n);
        cm_chat_keep_names(chat);
        if (cm_chat_next(ctx, chat, &record, &more) == CASTMAP_OK && more)
            for (size_t i = 0; i < n && !status; i++)
                if (put_named(&form->columns, cell, name[i].bytes, record.field[i].bytes, record.field[i].length) != 0)
                    status = cm_fail_memory(ctx);
        if (!status)
            cm_fail_clear(ctx); /* what is no chat any more has empty cells */
    }
    cm_chat_close(chat);
    cm_text_input_close(input);
    return status;
}

castmap_status cm_mending_cells(castmap_context *ctx, const cm_mending_form *form, const char *text, size_t length, char **cell,
                                cm_mending_elements *elements)
{
    for (size_t i = 0; i < form->columns.n; i++) {
        cell[i] = cm_copy_text("");
        if (!cell[i])
            return cm_fail_memory(ctx);
    }
    if (length && *text == '{')
        return feature_cells(form, text, length, cell) == 0 ? CASTMAP_OK : cm_fail_memory(ctx);
    if (!length || *text != '<')
        return length ? chat_cells(ctx, form, text, length, cell) : CASTMAP_OK;
    if (cm_grow(&elements->row, &elements->capacity, elements->n + 1, sizeof *elements->row) != 0)
        return cm_fail_memory(ctx);
    elements->row[elements->n++] = cell;
    cm_text_add_bytes(&elements->document, text, length);
    cm_text_add_char(&elements->document, '\n');
    return elements->document.failed ? cm_fail_memory(ctx) : CASTMAP_OK;
}

static castmap_status element_cells(castmap_context *ctx, const cm_mending_form *form, const cm_stream_table *table, const cm_stream_record *record, char **cell)
{
    char x[CM_DECIMAL_SIZE], y[CM_DECIMAL_SIZE];
    int result = 0;

    for (size_t i = 0; i < table->n_columns && result == 0; i++)
        if (record->field[i].length)
            result = put_named(&form->columns, cell, table->column[i].bytes, record->field[i].bytes, record->field[i].length);
    if (result == 0 && record->place == CM_RECORD_DEGREES) {
        cm_decimal_shortest(record->x, x);
        cm_decimal_shortest(record->y, y);
        result = put_place(form, cell, x, y);
    }
    return result == 0 ? CASTMAP_OK : cm_fail_memory(ctx);
}

/* An element of KML, under any prefix; else it is a waypoint of GPX. */
static bool is_placemark(const char *text)
{
    const char *name = text + 1, *colon = memchr(name, ':', strcspn(name, " \t\r\n/>"));

    name = colon ? colon + 1 : name;
    return strncmp(name, "Placemark", 9) == 0 || strncmp(name, "Folder", 6) == 0;
}

castmap_status cm_mending_elements_finish(castmap_context *ctx, const cm_mending_form *form, cm_mending_elements *elements)
{
    const cm_stream_options how = {0};
    const char *text = elements->document.bytes;
    const bool gpx = elements->n && !is_placemark(text);
    const char *const piece[] = {gpx ? "<gpx version=\"1.1\">" : "<kml><Document>", text, gpx ? "</gpx>" : "</Document></kml>"};
    cm_record_stream *stream = NULL;
    cm_stream_record record;
    bool more = true;
    int fd = -1;

    if (elements->n == 0)
        return CASTMAP_OK;
    const size_t lengths[] = {strlen(piece[0]), elements->document.length, strlen(piece[2])};
    castmap_status status = file_of(ctx, piece, lengths, 3, &fd);
    if (!status)
        status = cm_stream_open(ctx, "rows to mend", fd, &how, &stream);
    for (size_t i = 0; i < elements->n && !status && more; i++) {
        status = cm_stream_next(ctx, stream, &record, &more);
        if (!status && more)
            status = element_cells(ctx, form, cm_stream_table_of(stream), &record, elements->row[i]);
    }
    cm_stream_close(stream);
    return status;
}

void cm_mending_elements_clear(cm_mending_elements *elements)
{
    cm_text_clear(&elements->document);
    free(elements->row);
    *elements = (cm_mending_elements){.document = CM_TEXT_INIT};
}

void cm_mending_feature(const cm_columns *columns, const char *const *cell, cm_text *out)
{
    cm_json json;

    cm_text_add(out, "{\"type\":\"Feature\",\"geometry\":null,\"properties\":");
    cm_json_begin(&json, out, false);
    cm_json_object(&json, NULL);
    for (size_t i = 0; i < columns->n; i++)
        cm_json_string(&json, columns->name[i], cell[i]);
    cm_json_end_object(&json);
    cm_text_add_char(out, '}');
}
