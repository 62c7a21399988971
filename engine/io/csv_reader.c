/*
 * io/csv_reader.c - strict CSV over a sliding buffer.
 *
 * A row without a quote, nearly every row, is found and split with memchr(), which the C library has in the widest vectors of the
 * machine. The next quote, carriage return and zero byte are looked for once and remembered, so plain text is scanned a fixed number
 * of times. Rows with quotes go through cm_csv_split_quoted(), field by field (io/csv_split.c).
 */
#include "io/csv_reader.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "io/csv_split.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_SIZE (((size_t)2 << 20) + CM_CSV_LINE_LIMIT)
#define NOWHERE SIZE_MAX

/* Where a byte occurs next: `at` is the first place >= `from`, or the end of the buffer. Forgotten when the buffer moves. */
typedef struct sighting {
    size_t from, at;
} sighting;

struct cm_csv_reader {
    cm_text_input *input;  /* borrowed */
    cm_csv_window  window; /* buffer [BUFFER_SIZE], field and unquoted are owned */
    uint64_t offset;       /* of buffer[0] in the text */
    bool any_high;         /* some byte of the buffer is not ASCII */
    sighting quote, cr, zero;
    bool comments;
    size_t n_columns;      /* 0 while only the header was looked at */
    size_t blanks;         /* blank lines met and not yet told */
    int64_t first_blank;
    bool unended;
    bool bad_text;
};

static size_t see(const cm_csv_reader *r, sighting *s, char c, size_t from)
{
    if (s->from <= from && from <= s->at)
        return s->at;
    const char *found = from < r->window.end ? memchr(r->window.buffer + from, c, r->window.end - from) : NULL;
    s->from = from;
    s->at = found ? (size_t)(found - r->window.buffer) : r->window.end;
    return s->at;
}

static bool has_high(const char *bytes, size_t n)
{
    unsigned char all = 0;

    for (size_t i = 0; i < n; i++)
        all |= (unsigned char)bytes[i];
    return (all & 0x80) != 0;
}

/* Move what is unread to the front and read on. */
static castmap_status fill(castmap_context *ctx, cm_csv_reader *r)
{
    const size_t held = r->window.end - r->window.start;

    memmove(r->window.buffer, r->window.buffer + r->window.start, held);
    r->offset += r->window.start;
    r->window.start = 0;
    r->window.end = held;
    r->quote = r->cr = r->zero = (sighting){NOWHERE, 0};
    if (r->any_high)
        r->any_high = has_high(r->window.buffer, held);
    while (!r->window.input_end && BUFFER_SIZE - r->window.end >= 4096) {
        size_t got = 0;
        castmap_status status = cm_text_input_read(ctx, r->input, r->window.buffer + r->window.end, BUFFER_SIZE - r->window.end, &got);
        if (status)
            return status;
        if (got == 0)
            r->window.input_end = true;
        if (!r->any_high)
            r->any_high = has_high(r->window.buffer + r->window.end, got);
        r->window.end += got;
    }
    return CASTMAP_OK;
}

castmap_status cm_csv_open(castmap_context *ctx, cm_text_input *input, const char *name, bool comments,
                           cm_csv_reader **out)
{
    cm_csv_reader *r = cm_alloc_zero(1, sizeof *r);
    castmap_status status = CASTMAP_OK;

    if (!r)
        return cm_fail_memory(ctx);
    r->input = input;
    r->window.name = name;
    r->comments = comments;
    r->window.line = 1;
    r->window.buffer = cm_alloc(BUFFER_SIZE, 1);
    r->window.field = cm_alloc(CM_CSV_COLUMN_LIMIT + 1, sizeof *r->window.field);
    if (!r->window.buffer || !r->window.field)
        status = cm_fail_memory(ctx);
    if (!status)
        status = fill(ctx, r);
    if (status) {
        cm_csv_close(r);
        return status;
    }
    *out = r;
    return CASTMAP_OK;
}

void cm_csv_close(cm_csv_reader *r)
{
    if (!r)
        return;
    free(r->window.buffer);
    free(r->window.field);
    free(r->window.unquoted);
    free(r);
}

static castmap_status check_bytes(castmap_context *ctx, cm_csv_reader *r, const cm_csv_stretch *at, cm_csv_row *row)
{
    castmap_status status;
    const size_t zero = see(r, &r->zero, '\0', at->begin);

    if (zero < at->next) {
        size_t field = 1;
        for (size_t i = 0; i < row->n_fields && i < CM_CSV_COLUMN_LIMIT; i++)
            if (r->window.field[i].bytes <= r->window.buffer + zero)
                field = i + 1;
        status = cm_fail(ctx, CASTMAP_E_INPUT, "a zero byte at byte %" PRIu64 " of the file: this is not text",
                         r->offset + zero + 1);
        cm_fail_where(ctx, "%s:%" PRId64 ":field %zu", r->window.name, r->window.line, field);
        cm_fail_hint(ctx, "export the file again as CSV");
        return status;
    }
    if (!r->any_high)
        return CASTMAP_OK;
    const size_t length = at->end - at->begin;
    size_t bad = cm_utf8_valid(r->window.buffer + at->begin, length);
    const char *odd = NULL;
    for (const char *p = r->window.buffer + at->begin, *e = p + length; !odd && (p = memchr(p, 0xEF, (size_t)(e - p))); p++)
        if (e - p >= 3 && (unsigned char)p[1] == 0xBF && (unsigned char)p[2] >= 0xBE)
            odd = p;
    if (odd && (size_t)(odd - r->window.buffer) - at->begin < bad)
        bad = (size_t)(odd - r->window.buffer) - at->begin;
    if (bad == length)
        return CASTMAP_OK;
    size_t field = 1;
    for (size_t i = 0; i < row->n_fields && i < CM_CSV_COLUMN_LIMIT; i++)
        if (r->window.field[i].bytes <= r->window.buffer + at->begin + bad)
            field = i + 1;
    const unsigned byte = (unsigned char)r->window.buffer[at->begin + bad];
    r->bad_text = true;
    status = cm_fail(ctx, CASTMAP_E_INPUT, "byte %zu of the row (0x%02X) is not valid UTF-8", bad + 1, byte);
    cm_fail_where(ctx, "%s:%" PRId64 ":field %zu", r->window.name, r->window.line, field);
    cm_fail_hint(ctx, "if the file comes from an older spreadsheet, give --encoding latin1");
    return status;
}

/* The row that begins at r->window.start, whatever its number of fields. */
static castmap_status read_row(castmap_context *ctx, cm_csv_reader *r, cm_csv_stretch *at, cm_csv_row *row)
{
    castmap_status status;

    for (;;) {
        bool cut = false;
        *at = (cm_csv_stretch){.begin = r->window.start, .lines = 1};
        *row = (cm_csv_row){.line = r->window.line, .field = r->window.field};
        if (cm_csv_line_end(&r->window, r->window.start, at) && see(r, &r->quote, '"', r->window.start) >= at->next) {
            at->lines = at->ended ? 1 : 0;
            if (at->end - at->begin > CM_CSV_LINE_LIMIT)
                break;
            status = cm_csv_split_plain(ctx, &r->window, at, row);
        } else if (r->window.end > r->window.start && (at->next || memchr(r->window.buffer + r->window.start, '"', r->window.end - r->window.start))) {
            if (!r->window.unquoted && !(r->window.unquoted = cm_alloc(BUFFER_SIZE, 1)))
                return cm_fail_memory(ctx);
            status = cm_csv_split_quoted(ctx, &r->window, at, row, &cut);
        } else {
            status = CASTMAP_OK;
            cut = true;
        }
        if (status)
            return status;
        if (!cut)
            break;
        if (r->window.end - r->window.start > CM_CSV_LINE_LIMIT || r->window.input_end)
            return cm_csv_refuse(ctx, &r->window, CASTMAP_E_LIMIT, r->window.line, 0, "a row is longer than 1 MiB",
                          "check its line ends and quotes");
        status = fill(ctx, r);
        if (status)
            return status;
    }
    row->text = r->window.buffer + at->begin;
    row->length = at->end - at->begin;
    if (row->length > CM_CSV_LINE_LIMIT)
        return cm_csv_refuse(ctx, &r->window, CASTMAP_E_LIMIT, r->window.line, 0, "a row is longer than 1 MiB",
                      "check its line ends and quotes");
    return check_bytes(ctx, r, at, row);
}

static void pass(cm_csv_reader *r, const cm_csv_stretch *at)
{
    r->window.start = at->next;
    r->window.line += (int64_t)at->lines;
}

castmap_status cm_csv_header(castmap_context *ctx, cm_csv_reader *r, char separator, cm_csv_row *header)
{
    castmap_status status;
    cm_csv_stretch at;

    r->window.separator = separator;
    for (;;) {
        if (r->window.start == r->window.end && r->window.input_end)
            return cm_csv_refuse(ctx, &r->window, CASTMAP_E_INPUT, 1, 0, "empty file, expected a header row", NULL);
        status = read_row(ctx, r, &at, header);
        if (status)
            return status;
        if (!r->comments || header->length == 0 || header->text[0] != '#')
            break;
        pass(r, &at);
    }
    if (header->length == 0)
        return cm_csv_refuse(ctx, &r->window, CASTMAP_E_INPUT, r->window.line, 0, "the first line is blank, expected a header row",
                      "remove the lines above the column names");
    if (memchr(header->text, '\r', header->length)) {
        return cm_csv_refuse(ctx, &r->window, CASTMAP_E_INPUT, r->window.line, 0, "lines end with CR alone",
                      "save the file with LF or CRLF line ends");
    }
    if (header->n_fields > CM_CSV_COLUMN_LIMIT)
        return cm_csv_refuse(ctx, &r->window, CASTMAP_E_LIMIT, r->window.line, 0, "more than 500 columns",
                      "keep the columns that castmap should read");
    return CASTMAP_OK;
}

castmap_status cm_csv_begin(castmap_context *ctx, cm_csv_reader *r, char separator, size_t n_columns)
{
    cm_csv_row header;
    cm_csv_stretch at;
    castmap_status status;

    r->window.separator = separator;
    status = read_row(ctx, r, &at, &header);
    if (status)
        return status;
    pass(r, &at);
    r->n_columns = n_columns;
    return CASTMAP_OK;
}

static castmap_status count_fields(castmap_context *ctx, cm_csv_reader *r, const cm_csv_stretch *at, cm_csv_row *row)
{
    if (!row->fault && row->n_fields != r->n_columns)
        row->fault = row->n_fields < r->n_columns ? CM_CSV_TOO_FEW : CM_CSV_TOO_MANY;
    if (row->fault && at->lines > 1) {
        castmap_status status = cm_fail(ctx, CASTMAP_E_INPUT,
                                        "row %" PRId64 " reaches over %zu lines and has %zu fields, expected %zu: "
                                        "a quote may have swallowed a row",
                                        row->line, at->lines, row->n_fields, r->n_columns);
        cm_fail_where(ctx, "%s:%" PRId64, r->window.name, row->line);
        cm_fail_hint(ctx, "look for a quote that does not close in this row");
        return status;
    }
    if (row->fault == CM_CSV_TOO_FEW && !at->ended) {
        castmap_status status = cm_fail(ctx, CASTMAP_E_INPUT,
                                        "the last row (%" PRId64 ") is cut: %zu fields, expected %zu, and no line end",
                                        row->line, row->n_fields, r->n_columns);
        cm_fail_where(ctx, "%s:%" PRId64, r->window.name, row->line);
        cm_fail_hint(ctx, "the file is not complete: export or copy it again");
        return status;
    }
    if (!row->fault && see(r, &r->cr, '\r', at->begin) < at->end && at->lines <= 1) {
        for (size_t i = 0; i < row->n_fields; i++) {
            if (memchr(r->window.field[i].bytes, '\r', r->window.field[i].length)) {
                row->fault = CM_CSV_BARE_CR;
                row->fault_field = i + 1;
                break;
            }
        }
    }
    return CASTMAP_OK;
}

castmap_status cm_csv_next(castmap_context *ctx, cm_csv_reader *r, cm_csv_row *row, bool *more)
{
    castmap_status status;
    cm_csv_stretch at;

    for (;;) {
        if (r->window.start == r->window.end && !r->window.input_end) {
            status = fill(ctx, r);
            if (status)
                return status;
        }
        if (r->window.start == r->window.end && r->window.input_end) {
            *more = false;
            return CASTMAP_OK;
        }
        status = read_row(ctx, r, &at, row);
        if (status)
            return status;
        if (row->length == 0) { /* told when a row follows, forgotten at the end */
            if (r->blanks++ == 0)
                r->first_blank = r->window.line;
            pass(r, &at);
            continue;
        }
        if (r->comments && row->text[0] == '#') {
            pass(r, &at);
            continue;
        }
        break;
    }
    *more = true;
    if (r->blanks) {
        *row = (cm_csv_row){.line = r->first_blank++, .field = r->window.field, .fault = CM_CSV_BLANK, .text = ""};
        r->blanks--;
        return CASTMAP_OK;
    }
    status = count_fields(ctx, r, &at, row);
    if (status)
        return status;
    if (!at.ended)
        r->unended = true;
    pass(r, &at);
    return CASTMAP_OK;
}

size_t cm_csv_blank_tail(const cm_csv_reader *r)
{
    return r->blanks;
}

bool cm_csv_unended(const cm_csv_reader *r)
{
    return r->unended;
}

bool cm_csv_bad_text(const cm_csv_reader *r)
{
    return r->bad_text;
}
