/*
 * runs/place_rows.c - lines cut into fields where they lie.
 */
#include "runs/place_rows.h"

#include "base/fail.h"
#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK ((size_t)1 << 18)
#define LINE_LIMIT ((size_t)1 << 20)

castmap_status cm_place_rows_open(castmap_context *ctx, cm_text_input *input, const char *name, cm_place_rows *out)
{
    *out = (cm_place_rows){.input = input, .name = name, .capacity = BLOCK, .buffer = cm_alloc(BLOCK, 1)};
    return out->buffer ? CASTMAP_OK : cm_fail_memory(ctx);
}

void cm_place_rows_memory(char *bytes, size_t length, const char *name, cm_place_rows *out)
{
    const bool marked = length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0;

    *out = (cm_place_rows){.name = name, .buffer = bytes, .start = marked ? 3 : 0, .end = length, .capacity = length, .ended = true};
}

void cm_place_rows_close(cm_place_rows *rows)
{
    free(rows->buffer);
    *rows = (cm_place_rows){0};
}

/* More bytes behind those that are there. */
static castmap_status fill(castmap_context *ctx, cm_place_rows *rows)
{
    size_t got = 0;

    if (rows->end - rows->start > LINE_LIMIT) {
        castmap_status status = cm_fail(ctx, CASTMAP_E_LIMIT, "a line is longer than 1 MiB");
        cm_fail_where(ctx, "%s:%" PRId64, rows->name, rows->line + 1);
        return status;
    }
    memmove(rows->buffer, rows->buffer + rows->start, rows->end - rows->start);
    rows->end -= rows->start;
    rows->start = 0;
    if (rows->capacity - rows->end < BLOCK / 2 && cm_grow(&rows->buffer, &rows->capacity, rows->end + BLOCK, 1) != 0)
        return cm_fail_memory(ctx);
    const castmap_status status = cm_text_input_read(ctx, rows->input, rows->buffer + rows->end, rows->capacity - rows->end, &got);
    if (status)
        return status;
    rows->end += got;
    rows->ended = got == 0;
    return CASTMAP_OK;
}

/* The end of the line that begins at start, and where the next one begins. */
static castmap_status find_line(castmap_context *ctx, cm_place_rows *rows, size_t *end, size_t *next, bool *more)
{
    for (size_t seen = 0;;) {
        const char *from = rows->buffer + rows->start;
        const char *feed = memchr(from + seen, '\n', rows->end - rows->start - seen);
        if (feed) {
            *end = (size_t)(feed - rows->buffer);
            *next = *end + 1;
            break;
        }
        if (rows->ended) {
            *end = *next = rows->end;
            *more = rows->start < rows->end;
            return CASTMAP_OK;
        }
        seen = rows->end - rows->start;
        const castmap_status status = fill(ctx, rows);
        if (status)
            return status;
    }
    *more = true;
    return CASTMAP_OK;
}

/* Fields without their spaces; quotes are looked at, never changed, so that a line may be cut twice. */
static void cut(cm_place_rows *rows, size_t from, size_t end, char separator, bool quotes)
{
    const char *p = rows->buffer + from, *last = rows->buffer + end;

    if (last > p && last[-1] == '\r')
        last--;
    rows->n = 0;
    for (;;) {
        const char *begin = p, *stop;
        if (quotes && p < last && *p == '"') {
            begin = ++p;
            while (p < last && !(*p == '"' && (p + 1 == last || p[1] == separator)))
                p++;
            stop = p;
            p += p < last;
        } else {
            stop = memchr(p, separator, (size_t)(last - p));
            stop = stop ? stop : last;
            p = stop;
        }
        while (begin < stop && *begin == ' ')
            begin++;
        while (begin < stop && stop[-1] == ' ')
            stop--;
        if (rows->n < CM_PLACE_COLUMNS)
            rows->field[rows->n++] = (cm_csv_field){begin, (size_t)(stop - begin)};
        if (p >= last)
            return;
        p++; /* the separator */
        if (p == last) {
            if (rows->n < CM_PLACE_COLUMNS)
                rows->field[rows->n++] = (cm_csv_field){last, 0};
            return;
        }
    }
}

castmap_status cm_place_rows_peek(castmap_context *ctx, cm_place_rows *rows, char separator, bool quotes, bool *more)
{
    size_t end, next;
    const castmap_status status = find_line(ctx, rows, &end, &next, more);

    if (!status && *more)
        cut(rows, rows->start, end, separator, quotes);
    return status;
}

castmap_status cm_place_rows_next(castmap_context *ctx, cm_place_rows *rows, bool *more)
{
    size_t end, next;

    for (;;) {
        const castmap_status status = find_line(ctx, rows, &end, &next, more);
        if (status || !*more)
            return status;
        const size_t from = rows->start;
        rows->start = next;
        rows->line++;
        if (end > from && !(end == from + 1 && rows->buffer[from] == '\r')) {
            cut(rows, from, end, rows->separator, rows->quotes);
            return CASTMAP_OK;
        }
    }
}
