/*
 * io/csv_split.c - one row into fields.
 *
 * Plain rows are cut with memchr(). In rows with quotes each field is either bare or quoted; a quoted one may reach over lines.
 */
#include "io/csv_split.h"

#include "base/fail.h"

#include <inttypes.h>
#include <string.h>

castmap_status cm_csv_refuse(castmap_context *ctx, const cm_csv_window *w, castmap_status status, int64_t line,
                             size_t field, const char *what, const char *hint)
{
    status = cm_fail(ctx, status, "%s", what);
    if (field)
        cm_fail_where(ctx, "%s:%" PRId64 ":field %zu", w->name, line, field);
    else
        cm_fail_where(ctx, "%s:%" PRId64, w->name, line);
    if (hint)
        cm_fail_hint(ctx, "%s", hint);
    return status;
}


bool cm_csv_line_end(const cm_csv_window *w, size_t from, cm_csv_stretch *row)
{
    const char *lf = from < w->end ? memchr(w->buffer + from, '\n', w->end - from) : NULL;

    if (!lf && !w->input_end)
        return false;
    row->ended = lf != NULL;
    row->end = lf ? (size_t)(lf - w->buffer) : w->end;
    row->next = lf ? row->end + 1 : w->end;
    if (row->end > row->begin && w->buffer[row->end - 1] == '\r' && lf)
        row->end--;
    return true;
}

static castmap_status add_field(castmap_context *ctx, const cm_csv_window *w, cm_csv_row *row, size_t from, size_t to)
{
    if (to - from > CM_CSV_FIELD_LIMIT)
        return cm_csv_refuse(ctx, w, CASTMAP_E_LIMIT, w->line, row->n_fields + 1, "a field is longer than 64 KiB",
                      "shorten the text, or check that its quotes close");
    if (row->n_fields < CM_CSV_COLUMN_LIMIT + 1)
        w->field[row->n_fields] = (cm_csv_field){w->buffer + from, to - from};
    row->n_fields++;
    return CASTMAP_OK;
}

castmap_status cm_csv_split_plain(castmap_context *ctx, const cm_csv_window *w, const cm_csv_stretch *at, cm_csv_row *row)
{
    size_t from = at->begin;

    for (;;) {
        const char *sep = memchr(w->buffer + from, w->separator, at->end - from);
        const size_t to = sep ? (size_t)(sep - w->buffer) : at->end;
        castmap_status status = add_field(ctx, w, row, from, to);
        if (status || !sep)
            return status;
        from = to + 1;
    }
}

static castmap_status open_quote(castmap_context *ctx, const cm_csv_window *w, int64_t line, size_t field,
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
    cm_fail_where(ctx, "%s:%" PRId64 ":field %zu", w->name, line, field);
    cm_fail_hint(ctx, "close the quote or remove it; a quote inside a text is written twice");
    return status;
}

/* State of a row with quotes. */
typedef struct quoted_split {
    cm_csv_stretch *at;
    cm_csv_row *row;
    size_t i;          /* next byte */
    size_t unquoted;   /* bytes used in w->unquoted */
    bool   cut;        /* the buffer ended before the row did */
    bool   done;       /* the row's end was met */
} quoted_split;

/* A quoted field whose opening quote is at s->i. */
static castmap_status quoted_field(castmap_context *ctx, const cm_csv_window *w, quoted_split *s)
{
    const size_t opened = ++s->i;
    const size_t nth = s->row->n_fields + 1;
    size_t doubled = 0;
    size_t close;

    for (size_t i = opened;; i = close + 2) {
        const char *quote = i < w->end ? memchr(w->buffer + i, '"', w->end - i) : NULL;
        if (!quote) {
            if (w->end - opened > CM_CSV_FIELD_LIMIT) {
                if (memchr(w->buffer + opened, '\n', w->end - opened))
                    return open_quote(ctx, w, w->line, nth, w->line + 1);
                return cm_csv_refuse(ctx, w, CASTMAP_E_LIMIT, w->line, nth, "a field is longer than 64 KiB",
                              "shorten the text, or check that its quotes close");
            }
            if (!w->input_end) {
                s->cut = true;
                return CASTMAP_OK;
            }
            return open_quote(ctx, w, w->line, nth, 0);
        }
        close = (size_t)(quote - w->buffer);
        if (close + 1 >= w->end && !w->input_end) {
            s->cut = true;
            return CASTMAP_OK;
        }
        if (close + 1 >= w->end || w->buffer[close + 1] != '"')
            break;
        doubled++;
    }
    const size_t lines_before = s->at->lines;
    for (const char *p = w->buffer + opened; (p = memchr(p, '\n', (size_t)(w->buffer + close - p))); p++)
        s->at->lines++;
    castmap_status status = add_field(ctx, w, s->row, opened, close);
    if (status)
        return status;
    if (doubled && nth <= CM_CSV_COLUMN_LIMIT) {
        char *out = w->unquoted + s->unquoted;
        size_t n = 0;
        for (size_t i = opened; i < close; i++) {
            out[n++] = w->buffer[i];
            if (w->buffer[i] == '"')
                i++;
        }
        w->field[nth - 1] = (cm_csv_field){out, n};
        s->unquoted += n;
    }
    s->i = close + 1;
    const char after = s->i < w->end ? w->buffer[s->i] : '\n';
    const bool ends = after == '\n' || (after == '\r' && (s->i + 1 >= w->end || w->buffer[s->i + 1] == '\n'));
    if (after == '\r' && s->i + 1 >= w->end && !w->input_end) {
        s->cut = true;
    } else if (after != w->separator && !ends) {
        /* On one line the damage is this row's. Across lines the quote may have swallowed a row. */
        if (s->at->lines > lines_before)
            return open_quote(ctx, w, w->line + (int64_t)lines_before, nth, w->line + (int64_t)s->at->lines);
        s->row->fault = after == '\r' ? CM_CSV_BARE_CR : CM_CSV_AFTER_QUOTE;
        s->row->fault_field = nth;
    }
    return CASTMAP_OK;
}

/* An unquoted field that begins at s->i, in a row that has quotes. */
static castmap_status bare_field(castmap_context *ctx, const cm_csv_window *w, quoted_split *s)
{
    const size_t from = s->i;
    size_t i = from;

    while (i < w->end && w->buffer[i] != w->separator && w->buffer[i] != '\n') {
        if (w->buffer[i] == '"' && !s->row->fault) {
            s->row->fault = CM_CSV_STRAY_QUOTE;
            s->row->fault_field = s->row->n_fields + 1;
        }
        i++;
    }
    if (i >= w->end && !w->input_end) {
        s->cut = true;
        return CASTMAP_OK;
    }
    size_t to = i;
    if (to > from && w->buffer[to - 1] == '\r' && (i >= w->end || w->buffer[i] == '\n'))
        to--;
    s->i = i;
    return add_field(ctx, w, s->row, from, to);
}

castmap_status cm_csv_split_quoted(castmap_context *ctx, const cm_csv_window *w, cm_csv_stretch *at, cm_csv_row *row,
                                   bool *cut)
{
    quoted_split s = {.at = at, .row = row, .i = at->begin};
    castmap_status status = CASTMAP_OK;

    at->lines = 0;
    while (!s.done) {
        if (s.i < w->end && w->buffer[s.i] == '"')
            status = quoted_field(ctx, w, &s);
        else
            status = bare_field(ctx, w, &s);
        if (status || s.cut)
            break;
        if (row->fault || s.i >= w->end || w->buffer[s.i] != w->separator)
            s.done = true;
        else
            s.i++;
    }
    if (!status && !s.cut && !cm_csv_line_end(w, s.i, at))
        s.cut = true;
    if (!status && !s.cut)
        at->lines += at->ended ? 1 : 0;
    *cut = s.cut;
    return status;
}
