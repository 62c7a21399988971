/*
 * io/record_stream.c - the parent's half: opens the file, lets the child parse, takes its frames apart without believing them.
 */
#include "io/record_stream.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "io/record_frames.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_BYTES ((uint64_t)1 << 30)
#define MAX_NOTES 32

static const struct {
    const char *code, *reason;
} FAULTS[CM_RECORD_FAULTS] = {
    [CM_RECORD_FINE] = {NULL, NULL},
    [CM_RECORD_NO_PLACE] = {"no-position", "the record has no place"},
    [CM_RECORD_NOT_A_POINT] = {"not-a-point", "the geometry is not a point"},
    [CM_RECORD_SEVERAL_POINTS] = {"not-a-point", "several points in one record"},
    [CM_RECORD_SEVERAL_LINES] = {"not-a-line", "several lines in one record"},
    [CM_RECORD_BAD_NUMBER] = {"bad-number", "a coordinate is not a finite number"},
    [CM_RECORD_BAD_TEXT] = {"bad-text", "a text is not valid UTF-8: the encoding that the file declares is not its own"},
    [CM_RECORD_UNREADABLE] = {"unreadable-record", "the record cannot be read"},
    [CM_RECORD_BLANK] = {"blank-line", "a blank row between rows"},
};

struct cm_record_stream {
    const char       *path; /* borrowed */
    cm_input_parts    parts;
    cm_stream_options options; /* its texts are borrowed */
    cm_stream_job     job;
    cm_worker_limits  limits;
    cm_worker        *worker;  /* owned */
    cm_stream_table   table;   /* texts owned through `texts` */
    char            **texts;   /* owned [n_texts]: texts of the table */
    size_t            n_texts, texts_capacity;
    cm_csv_field     *column;  /* owned */
    size_t            column_capacity;
    cm_csv_field     *field;   /* owned [n_columns] */
    char              detail[160];
    cm_stream_note   *note;    /* owned */
    size_t            n_notes, notes_capacity;
    int64_t           last_row;
};

bool cm_stream_reads(cm_content content)
{
    return content == CM_CONTENT_XML || content == CM_CONTENT_SQLITE || content == CM_CONTENT_SHAPEFILE ||
           content == CM_CONTENT_ZIP || content == CM_CONTENT_FLATGEOBUF || content == CM_CONTENT_JPEG;
}

/* A frame being taken apart. */
typedef struct frame {
    const unsigned char *at;
    size_t               left;
    bool                 bad;
} frame;

static void next_number(frame *f, void *out, size_t size)
{
    if (f->left < size) {
        f->bad = true;
        memset(out, 0, size);
        return;
    }
    memcpy(out, f->at, size);
    f->at += size;
    f->left -= size;
}

static cm_csv_field next_text(frame *f)
{
    cm_csv_field text = {"", 0};
    uint32_t n;

    next_number(f, &n, sizeof n);
    if (f->bad || n == CM_FRAME_ABSENT)
        return text;
    if (n > f->left) {
        f->bad = true;
        return text;
    }
    text = (cm_csv_field){(const char *)f->at, n};
    f->at += n;
    f->left -= n;
    return text;
}

static castmap_status malformed(castmap_context *ctx)
{
    return cm_fail(ctx, CASTMAP_E_INTERNAL, "the parsing process answered with a malformed message");
}

/* A text of the table, copied; "" when memory is short, which `failed` remembers. */
static const char *keep(cm_record_stream *s, cm_csv_field text, bool *failed)
{
    char *copy = cm_copy_bytes(text.bytes, text.length);

    if (!copy || cm_grow(&s->texts, &s->texts_capacity, s->n_texts + 1, sizeof *s->texts) != 0) {
        free(copy);
        *failed = true;
        return "";
    }
    s->texts[s->n_texts++] = copy;
    return copy;
}

static castmap_status take_table(castmap_context *ctx, cm_record_stream *s, frame *f)
{
    cm_stream_table *t = &s->table;
    uint64_t head[2];
    bool failed = false;

    next_number(f, head, sizeof head);
    t->placed = head[0] & CM_TABLE_PLACED;
    t->sheet = head[0] & CM_TABLE_SHEET;
    t->layers = (size_t)head[1];
    t->format = keep(s, next_text(f), &failed);
    t->layer = keep(s, next_text(f), &failed);
    t->crs = keep(s, next_text(f), &failed);
    t->crs_name = keep(s, next_text(f), &failed);
    while (f->left > 0 && !f->bad && !failed) {
        const cm_csv_field name = next_text(f);
        if (t->n_columns == CM_CSV_COLUMN_LIMIT || cm_utf8_valid(name.bytes, name.length) < name.length)
            return malformed(ctx);
        if (cm_grow(&s->column, &s->column_capacity, t->n_columns + 1, sizeof *s->column) != 0)
            return cm_fail_memory(ctx);
        s->column[t->n_columns++] = (cm_csv_field){keep(s, name, &failed), name.length};
    }
    if (f->bad)
        return malformed(ctx);
    t->column = s->column;
    s->field = cm_alloc_zero(t->n_columns, sizeof *s->field);
    return failed || !s->field ? cm_fail_memory(ctx) : CASTMAP_OK;
}

static castmap_status take_note(castmap_context *ctx, cm_record_stream *s, frame *f)
{
    uint64_t count;

    next_number(f, &count, sizeof count);
    const cm_csv_field code = next_text(f), words = next_text(f);
    if (f->bad || f->left || code.length >= sizeof s->note->code || s->n_notes == MAX_NOTES)
        return malformed(ctx);
    if (cm_grow(&s->note, &s->notes_capacity, s->n_notes + 1, sizeof *s->note) != 0)
        return cm_fail_memory(ctx);
    cm_stream_note *note = &s->note[s->n_notes];
    *note = (cm_stream_note){.count = (size_t)count, .words = cm_alloc(words.length * 4 + 8, 1)};
    if (!note->words)
        return cm_fail_memory(ctx);
    cm_escape_display(code.bytes, code.length, note->code, sizeof note->code);
    cm_escape_display(words.bytes, words.length, note->words, words.length * 4 + 8);
    s->n_notes++;
    return CASTMAP_OK;
}

static void fault(cm_stream_record *record, cm_record_fault which)
{
    record->fault_code = FAULTS[which].code;
    record->fault_reason = FAULTS[which].reason;
}

static castmap_status take_record(castmap_context *ctx, cm_record_stream *s, frame *f, cm_stream_record *record)
{
    uint32_t kinds[4];
    double place[4];

    *record = (cm_stream_record){.field = s->field, .detail = s->detail};
    next_number(f, &record->row, sizeof record->row);
    next_number(f, kinds, sizeof kinds);
    next_number(f, place, sizeof place);
    const cm_csv_field detail = next_text(f), text = next_text(f);
    for (size_t i = 0; i < s->table.n_columns && !f->bad; i++)
        s->field[i] = next_text(f);
    if (f->bad || f->left || kinds[0] > CM_RECORD_LAYER || kinds[1] >= CM_RECORD_FAULTS || record->row <= s->last_row)
        return malformed(ctx);
    s->last_row = record->row;
    record->place = (cm_record_place)kinds[0];
    record->decimals = kinds[2] > 9 ? 9 : (int)kinds[2];
    record->line = kinds[3] != 0;
    record->x = place[0];
    record->y = place[1];
    record->end_x = place[2];
    record->end_y = place[3];
    record->text = text.bytes;
    record->length = text.length;
    if (text.length > CM_CSV_LINE_LIMIT)
        return cm_fail(ctx, CASTMAP_E_LIMIT, "record %lld is longer than 1 MiB", (long long)record->row);
    cm_escape_display(detail.bytes, detail.length, s->detail, sizeof s->detail);
    fault(record, (cm_record_fault)kinds[1]);
    for (size_t i = 0; i < s->table.n_columns; i++) {
        if (s->field[i].length > CM_CSV_FIELD_LIMIT)
            return cm_fail(ctx, CASTMAP_E_LIMIT, "a field of record %lld is longer than 64 KiB", (long long)record->row);
        if (cm_utf8_valid(s->field[i].bytes, s->field[i].length) < s->field[i].length)
            fault(record, CM_RECORD_BAD_TEXT);
    }
    if (record->place != CM_RECORD_UNPLACED && (!isfinite(record->x) || !isfinite(record->y) || !isfinite(record->end_x) || !isfinite(record->end_y)))
        fault(record, CM_RECORD_BAD_NUMBER);
    return CASTMAP_OK;
}

/* The next frame that is no note. */
static castmap_status next_frame(castmap_context *ctx, cm_record_stream *s, uint32_t *kind, frame *f, bool *more)
{
    for (;;) {
        castmap_status status = cm_worker_next(ctx, s->worker, kind, &f->at, &f->left, more);
        f->bad = false;
        if (status || !*more || *kind != CM_FRAME_NOTE)
            return status;
        status = take_note(ctx, s, f);
        if (status)
            return status;
    }
}

castmap_status cm_stream_open(castmap_context *ctx, const char *path, int fd, const cm_stream_options *options,
                              cm_record_stream **out)
{
    const cm_worker_limits limits = CM_WORKER_LIMITS_INIT;
    cm_record_stream *s = cm_alloc_zero(1, sizeof *s);
    int kept[CM_PARTS];
    uint32_t kind;
    frame f;
    bool more = false;
    castmap_status status;

    if (!s) {
        if (fd >= 0)
            close(fd);
        return cm_fail_memory(ctx);
    }
    s->path = path;
    s->limits = limits;
    s->limits.frame_bytes = (uint64_t)4 << 20;
    s->limits.result_bytes = (uint64_t)8 << 30; /* taken as they come, never held */
    s->options = *options;
    s->job = (cm_stream_job){&s->parts, &s->options};
    cm_input_parts_init(&s->parts);
    status = cm_input_parts_open(ctx, path, fd, options->follow, options->max_bytes ? options->max_bytes : MAX_BYTES, &s->parts);
    if (!status)
        status = cm_worker_start(ctx, cm_input_name(path), &s->limits, kept, cm_input_parts_list(&s->parts, kept), cm_record_child,
                                 &s->job, &s->worker);
    if (!status)
        status = next_frame(ctx, s, &kind, &f, &more);
    if (!status)
        status = more && kind == CM_FRAME_TABLE ? take_table(ctx, s, &f) : malformed(ctx);
    if (status) {
        cm_fail_where(ctx, "%s", cm_input_name(path));
        cm_stream_close(s);
        return status;
    }
    *out = s;
    return CASTMAP_OK;
}

void cm_stream_close(cm_record_stream *s)
{
    if (!s)
        return;
    cm_worker_end(s->worker);
    cm_input_parts_close(&s->parts);
    for (size_t i = 0; i < s->n_texts; i++)
        free(s->texts[i]);
    for (size_t i = 0; i < s->n_notes; i++)
        free(s->note[i].words);
    free(s->texts);
    free(s->note);
    free(s->column);
    free(s->field);
    free(s);
}

const cm_stream_table *cm_stream_table_of(const cm_record_stream *s)
{
    return &s->table;
}

castmap_status cm_stream_next(castmap_context *ctx, cm_record_stream *s, cm_stream_record *record, bool *more)
{
    uint32_t kind;
    frame f;
    castmap_status status = next_frame(ctx, s, &kind, &f, more);

    if (!status && *more)
        status = kind == CM_FRAME_RECORD ? take_record(ctx, s, &f, record) : malformed(ctx);
    if (status)
        cm_fail_where(ctx, "%s", cm_input_name(s->path));
    return status;
}

const cm_stream_note *cm_stream_notes(const cm_record_stream *s, size_t *n)
{
    *n = s->n_notes;
    return s->note;
}

castmap_status cm_stream_unchanged(castmap_context *ctx, const cm_record_stream *s)
{
    return cm_input_parts_unchanged(ctx, &s->parts, s->path);
}

int cm_stream_fd(const cm_record_stream *s)
{
    return s->parts.part[CM_PART_MAIN].fd;
}
