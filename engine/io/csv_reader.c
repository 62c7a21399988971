/*
 * io/csv_reader.c - strict CSV over a sliding buffer.
 *
 * A row without a quote, nearly every row, is found and split with memchr(), which the C library has in the widest vectors of the
 * machine. The next quote, carriage return and zero byte are looked for once and remembered, so plain text is scanned a fixed number
 * of times. Rows with quotes go through split_quoted(), byte by byte.
 */
#include "io/csv_reader.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/utf8.h"

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
    cm_text_input *input; /* borrowed */
    const char *name;     /* borrowed */
    char *buffer;         /* owned [BUFFER_SIZE] */
    size_t start, end;    /* of what is not yet read */
    uint64_t offset;      /* of buffer[0] in the text */
    bool input_end;
    bool any_high;        /* some byte of the buffer is not ASCII */
    sighting quote, cr, zero;
    cm_csv_field *field;  /* owned [CM_CSV_COLUMN_LIMIT + 1] */
    char *unquoted;       /* owned; fields whose doubled quotes were made single */
    size_t unquoted_capacity;
    char separator;
    bool comments;
    size_t n_columns;     /* 0 while only the header was looked at */
    int64_t line;         /* of buffer[start] */
    size_t blanks;        /* blank lines met and not yet told */
    int64_t first_blank;
    bool unended;
};

/* One row as it lies in the buffer. */
typedef struct stretch {
    size_t begin, end; /* end: of the text, without the line end */
    size_t next;       /* begin of the next row */
    size_t lines;      /* line feeds in it, its own included */
    bool   ended;      /* a line end was found */
} stretch;

static castmap_status refuse(castmap_context *ctx, const cm_csv_reader *r, castmap_status status, int64_t line,
                             size_t field, const char *what, const char *hint)
{
    status = cm_fail(ctx, status, "%s", what);
    if (field)
        cm_fail_where(ctx, "%s:%" PRId64 ":field %zu", r->name, line, field);
    else
        cm_fail_where(ctx, "%s:%" PRId64, r->name, line);
    if (hint)
        cm_fail_hint(ctx, "%s", hint);
    return status;
}

static size_t see(const cm_csv_reader *r, sighting *s, char c, size_t from)
{
    if (s->from <= from && from <= s->at)
        return s->at;
    const char *found = from < r->end ? memchr(r->buffer + from, c, r->end - from) : NULL;
    s->from = from;
    s->at = found ? (size_t)(found - r->buffer) : r->end;
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
    const size_t held = r->end - r->start;

    memmove(r->buffer, r->buffer + r->start, held);
    r->offset += r->start;
    r->start = 0;
    r->end = held;
    r->quote = r->cr = r->zero = (sighting){NOWHERE, 0};
    if (r->any_high)
        r->any_high = has_high(r->buffer, held);
    while (!r->input_end && BUFFER_SIZE - r->end >= 4096) {
        size_t got = 0;
        castmap_status status = cm_text_input_read(ctx, r->input, r->buffer + r->end, BUFFER_SIZE - r->end, &got);
        if (status)
            return status;
        if (got == 0)
            r->input_end = true;
        if (!r->any_high)
            r->any_high = has_high(r->buffer + r->end, got);
        r->end += got;
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
    r->name = name;
    r->comments = comments;
    r->line = 1;
    r->buffer = cm_alloc(BUFFER_SIZE, 1);
    r->field = cm_alloc(CM_CSV_COLUMN_LIMIT + 1, sizeof *r->field);
    if (!r->buffer || !r->field)
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
    free(r->buffer);
    free(r->field);
    free(r->unquoted);
    free(r);
}

/* The end of a line that begins at `from`; false: not in the buffer, and more may come. */
static bool line_end(cm_csv_reader *r, size_t from, stretch *row)
{
    const char *lf = from < r->end ? memchr(r->buffer + from, '\n', r->end - from) : NULL;

    if (!lf && !r->input_end)
        return false;
    row->ended = lf != NULL;
    row->end = lf ? (size_t)(lf - r->buffer) : r->end;
    row->next = lf ? row->end + 1 : r->end;
    if (row->end > row->begin && r->buffer[row->end - 1] == '\r' && lf)
        row->end--;
    return true;
}

static castmap_status add_field(castmap_context *ctx, const cm_csv_reader *r, cm_csv_row *row, size_t from, size_t to)
{
    if (to - from > CM_CSV_FIELD_LIMIT)
        return refuse(ctx, r, CASTMAP_E_LIMIT, r->line, row->n_fields + 1, "a field is longer than 64 KiB",
                      "shorten the text, or check that its quotes close");
    if (row->n_fields < CM_CSV_COLUMN_LIMIT + 1)
        r->field[row->n_fields] = (cm_csv_field){r->buffer + from, to - from};
    row->n_fields++;
    return CASTMAP_OK;
}

static castmap_status split_plain(castmap_context *ctx, const cm_csv_reader *r, const stretch *at, cm_csv_row *row)
{
    size_t from = at->begin;

    for (;;) {
        const char *sep = memchr(r->buffer + from, r->separator, at->end - from);
        const size_t to = sep ? (size_t)(sep - r->buffer) : at->end;
        castmap_status status = add_field(ctx, r, row, from, to);
        if (status || !sep)
            return status;
        from = to + 1;
    }
}

static castmap_status open_quote(castmap_context *ctx, const cm_csv_reader *r, int64_t line, size_t field,
                                 int64_t until)
{
    castmap_status status;

    if (until > 0)
        status = cm_fail(ctx, CASTMAP_E_INPUT,
                         "quote opened at row %" PRId64 " field %zu not closed before row %" PRId64, line, field, until);
    else
        status = cm_fail(ctx, CASTMAP_E_INPUT,
                         "quote opened at row %" PRId64 " field %zu not closed before the end of the file", line,
                         field);
    cm_fail_where(ctx, "%s:%" PRId64 ":field %zu", r->name, line, field);
    cm_fail_hint(ctx, "close the quote or remove it; a quote inside a text is written twice");
    return status;
}

/* State of a row with quotes. */
typedef struct quoted_split {
    stretch *at;
    cm_csv_row *row;
    size_t i;          /* next byte */
    size_t unquoted;   /* bytes used in r->unquoted */
    bool   cut;        /* the buffer ended before the row did */
    bool   done;       /* the row's end was met */
} quoted_split;

/* A quoted field whose opening quote is at s->i. */
static castmap_status quoted_field(castmap_context *ctx, cm_csv_reader *r, quoted_split *s)
{
    const size_t opened = ++s->i;
    const size_t nth = s->row->n_fields + 1;
    size_t doubled = 0;
    size_t close;

    for (size_t i = opened;; i = close + 2) {
        const char *quote = i < r->end ? memchr(r->buffer + i, '"', r->end - i) : NULL;
        if (!quote) {
            if (r->end - opened > CM_CSV_FIELD_LIMIT) {
                if (memchr(r->buffer + opened, '\n', r->end - opened))
                    return open_quote(ctx, r, r->line, nth, r->line + 1);
                return refuse(ctx, r, CASTMAP_E_LIMIT, r->line, nth, "a field is longer than 64 KiB",
                              "shorten the text, or check that its quotes close");
            }
            if (!r->input_end) {
                s->cut = true;
                return CASTMAP_OK;
            }
            return open_quote(ctx, r, r->line, nth, 0);
        }
        close = (size_t)(quote - r->buffer);
        if (close + 1 >= r->end && !r->input_end) {
            s->cut = true;
            return CASTMAP_OK;
        }
        if (close + 1 >= r->end || r->buffer[close + 1] != '"')
            break;
        doubled++;
    }
    const size_t lines_before = s->at->lines;
    for (const char *p = r->buffer + opened; (p = memchr(p, '\n', (size_t)(r->buffer + close - p))); p++)
        s->at->lines++;
    castmap_status status = add_field(ctx, r, s->row, opened, close);
    if (status)
        return status;
    if (doubled && nth <= CM_CSV_COLUMN_LIMIT) {
        char *out = r->unquoted + s->unquoted;
        size_t n = 0;
        for (size_t i = opened; i < close; i++) {
            out[n++] = r->buffer[i];
            if (r->buffer[i] == '"')
                i++;
        }
        r->field[nth - 1] = (cm_csv_field){out, n};
        s->unquoted += n;
    }
    s->i = close + 1;
    const char after = s->i < r->end ? r->buffer[s->i] : '\n';
    const bool ends = after == '\n' || (after == '\r' && (s->i + 1 >= r->end || r->buffer[s->i + 1] == '\n'));
    if (after == '\r' && s->i + 1 >= r->end && !r->input_end) {
        s->cut = true;
    } else if (after != r->separator && !ends) {
        /* On one line the damage is this row's. Across lines the quote may have swallowed a row. */
        if (s->at->lines > lines_before)
            return open_quote(ctx, r, r->line + (int64_t)lines_before, nth, r->line + (int64_t)s->at->lines);
        s->row->fault = after == '\r' ? CM_CSV_BARE_CR : CM_CSV_AFTER_QUOTE;
        s->row->fault_field = nth;
    }
    return CASTMAP_OK;
}

/* An unquoted field that begins at s->i, in a row that has quotes. */
static castmap_status bare_field(castmap_context *ctx, cm_csv_reader *r, quoted_split *s)
{
    const size_t from = s->i;
    size_t i = from;

    while (i < r->end && r->buffer[i] != r->separator && r->buffer[i] != '\n') {
        if (r->buffer[i] == '"' && !s->row->fault) {
            s->row->fault = CM_CSV_STRAY_QUOTE;
            s->row->fault_field = s->row->n_fields + 1;
        }
        i++;
    }
    if (i >= r->end && !r->input_end) {
        s->cut = true;
        return CASTMAP_OK;
    }
    size_t to = i;
    if (to > from && r->buffer[to - 1] == '\r' && (i >= r->end || r->buffer[i] == '\n'))
        to--;
    s->i = i;
    return add_field(ctx, r, s->row, from, to);
}

/* Split a row that holds quotes and find its end. After a fault the row ends with its line. */
static castmap_status split_quoted(castmap_context *ctx, cm_csv_reader *r, stretch *at, cm_csv_row *row, bool *cut)
{
    quoted_split s = {.at = at, .row = row, .i = at->begin};
    castmap_status status = CASTMAP_OK;

    at->lines = 0;
    while (!s.done) {
        if (s.i < r->end && r->buffer[s.i] == '"')
            status = quoted_field(ctx, r, &s);
        else
            status = bare_field(ctx, r, &s);
        if (status || s.cut)
            break;
        if (row->fault || s.i >= r->end || r->buffer[s.i] != r->separator)
            s.done = true;
        else
            s.i++;
    }
    if (!status && !s.cut && !line_end(r, s.i, at))
        s.cut = true;
    if (!status && !s.cut)
        at->lines += at->ended ? 1 : 0;
    *cut = s.cut;
    return status;
}

static castmap_status check_bytes(castmap_context *ctx, cm_csv_reader *r, const stretch *at, cm_csv_row *row)
{
    castmap_status status;
    const size_t zero = see(r, &r->zero, '\0', at->begin);

    if (zero < at->next) {
        size_t field = 1;
        for (size_t i = 0; i < row->n_fields && i < CM_CSV_COLUMN_LIMIT; i++)
            if (r->field[i].bytes <= r->buffer + zero)
                field = i + 1;
        status = cm_fail(ctx, CASTMAP_E_INPUT, "a zero byte at byte %" PRIu64 " of the file: this is not text",
                         r->offset + zero + 1);
        cm_fail_where(ctx, "%s:%" PRId64 ":field %zu", r->name, r->line, field);
        cm_fail_hint(ctx, "export the file again as CSV");
        return status;
    }
    if (!r->any_high)
        return CASTMAP_OK;
    const size_t length = at->end - at->begin;
    size_t bad = cm_utf8_valid(r->buffer + at->begin, length);
    const char *odd = NULL;
    for (const char *p = r->buffer + at->begin, *e = p + length; !odd && (p = memchr(p, 0xEF, (size_t)(e - p))); p++)
        if (e - p >= 3 && (unsigned char)p[1] == 0xBF && (unsigned char)p[2] >= 0xBE)
            odd = p;
    if (odd && (size_t)(odd - r->buffer) - at->begin < bad)
        bad = (size_t)(odd - r->buffer) - at->begin;
    if (bad == length)
        return CASTMAP_OK;
    size_t field = 1;
    for (size_t i = 0; i < row->n_fields && i < CM_CSV_COLUMN_LIMIT; i++)
        if (r->field[i].bytes <= r->buffer + at->begin + bad)
            field = i + 1;
    const unsigned byte = (unsigned char)r->buffer[at->begin + bad];
    status = cm_fail(ctx, CASTMAP_E_INPUT, "byte %zu of the row (0x%02X) is not valid UTF-8", bad + 1, byte);
    cm_fail_where(ctx, "%s:%" PRId64 ":field %zu", r->name, r->line, field);
    cm_fail_hint(ctx, "if the file comes from an older spreadsheet, give --encoding latin1");
    return status;
}

/* The row that begins at r->start, whatever its number of fields. */
static castmap_status read_row(castmap_context *ctx, cm_csv_reader *r, stretch *at, cm_csv_row *row)
{
    castmap_status status;

    for (;;) {
        bool cut = false;
        *at = (stretch){.begin = r->start, .lines = 1};
        *row = (cm_csv_row){.line = r->line, .field = r->field};
        if (line_end(r, r->start, at) && see(r, &r->quote, '"', r->start) >= at->next) {
            at->lines = at->ended ? 1 : 0;
            if (at->end - at->begin > CM_CSV_LINE_LIMIT)
                break;
            status = split_plain(ctx, r, at, row);
        } else if (r->end > r->start && (at->next || memchr(r->buffer + r->start, '"', r->end - r->start))) {
            if (r->unquoted_capacity < BUFFER_SIZE &&
                cm_grow(&r->unquoted, &r->unquoted_capacity, BUFFER_SIZE, 1) != 0)
                return cm_fail_memory(ctx);
            status = split_quoted(ctx, r, at, row, &cut);
        } else {
            status = CASTMAP_OK;
            cut = true;
        }
        if (status)
            return status;
        if (!cut)
            break;
        if (r->end - r->start > CM_CSV_LINE_LIMIT || r->input_end)
            return refuse(ctx, r, CASTMAP_E_LIMIT, r->line, 0, "a row is longer than 1 MiB",
                          "check its line ends and quotes");
        status = fill(ctx, r);
        if (status)
            return status;
    }
    row->text = r->buffer + at->begin;
    row->length = at->end - at->begin;
    if (row->length > CM_CSV_LINE_LIMIT)
        return refuse(ctx, r, CASTMAP_E_LIMIT, r->line, 0, "a row is longer than 1 MiB",
                      "check its line ends and quotes");
    return check_bytes(ctx, r, at, row);
}

static void pass(cm_csv_reader *r, const stretch *at)
{
    r->start = at->next;
    r->line += (int64_t)at->lines;
}

castmap_status cm_csv_header(castmap_context *ctx, cm_csv_reader *r, char separator, cm_csv_row *header)
{
    castmap_status status;
    stretch at;

    r->separator = separator;
    for (;;) {
        if (r->start == r->end && r->input_end)
            return refuse(ctx, r, CASTMAP_E_INPUT, 1, 0, "empty file, expected a header row", NULL);
        status = read_row(ctx, r, &at, header);
        if (status)
            return status;
        if (!r->comments || header->length == 0 || header->text[0] != '#')
            break;
        pass(r, &at);
    }
    if (header->length == 0)
        return refuse(ctx, r, CASTMAP_E_INPUT, r->line, 0, "the first line is blank, expected a header row",
                      "remove the lines above the column names");
    if (memchr(header->text, '\r', header->length)) {
        return refuse(ctx, r, CASTMAP_E_INPUT, r->line, 0, "lines end with CR alone",
                      "save the file with LF or CRLF line ends");
    }
    if (header->n_fields > CM_CSV_COLUMN_LIMIT)
        return refuse(ctx, r, CASTMAP_E_LIMIT, r->line, 0, "more than 500 columns",
                      "keep the columns that castmap should read");
    return CASTMAP_OK;
}

castmap_status cm_csv_begin(castmap_context *ctx, cm_csv_reader *r, char separator, size_t n_columns)
{
    cm_csv_row header;
    stretch at;
    castmap_status status;

    r->separator = separator;
    status = read_row(ctx, r, &at, &header);
    if (status)
        return status;
    pass(r, &at);
    r->n_columns = n_columns;
    return CASTMAP_OK;
}

static castmap_status count_fields(castmap_context *ctx, cm_csv_reader *r, const stretch *at, cm_csv_row *row)
{
    if (!row->fault && row->n_fields != r->n_columns)
        row->fault = row->n_fields < r->n_columns ? CM_CSV_TOO_FEW : CM_CSV_TOO_MANY;
    if (row->fault && at->lines > 1) {
        castmap_status status = cm_fail(ctx, CASTMAP_E_INPUT,
                                        "row %" PRId64 " reaches over %zu lines and has %zu fields, expected %zu: "
                                        "a quote may have swallowed a row",
                                        row->line, at->lines, row->n_fields, r->n_columns);
        cm_fail_where(ctx, "%s:%" PRId64, r->name, row->line);
        cm_fail_hint(ctx, "look for a quote that does not close in this row");
        return status;
    }
    if (row->fault == CM_CSV_TOO_FEW && !at->ended) {
        castmap_status status = cm_fail(ctx, CASTMAP_E_INPUT,
                                        "the last row (%" PRId64 ") is cut: %zu fields, expected %zu, and no line end",
                                        row->line, row->n_fields, r->n_columns);
        cm_fail_where(ctx, "%s:%" PRId64, r->name, row->line);
        cm_fail_hint(ctx, "the file is not complete: export or copy it again");
        return status;
    }
    if (!row->fault && see(r, &r->cr, '\r', at->begin) < at->end && at->lines <= 1) {
        for (size_t i = 0; i < row->n_fields; i++) {
            if (memchr(r->field[i].bytes, '\r', r->field[i].length)) {
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
    stretch at;

    for (;;) {
        if (r->start == r->end && !r->input_end) {
            status = fill(ctx, r);
            if (status)
                return status;
        }
        if (r->start == r->end && r->input_end) {
            *more = false;
            return CASTMAP_OK;
        }
        status = read_row(ctx, r, &at, row);
        if (status)
            return status;
        if (row->length == 0) { /* told when a row follows, forgotten at the end */
            if (r->blanks++ == 0)
                r->first_blank = r->line;
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
        *row = (cm_csv_row){.line = r->first_blank++, .field = r->field, .fault = CM_CSV_BLANK, .text = ""};
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
