/*
 * io/chat_reader.c - lines into messages, messages into places with their text.
 */
#include "io/chat_reader.h"

#include "base/digest.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK ((size_t)1 << 18)
#define TEXT_LIMIT ((size_t)15 << 10) /* of one record; what goes beyond is left to its messages */
#define TOGETHER_S 600
#define FIRST_LINES 5

/* What is gathered for one place. */
typedef struct gathering {
    bool     open, bad_date;
    int64_t  line;
    int64_t  last_s;       /* of its last message, seconds of no particular zone */
    char     time[20], place[64], source[24];
    cm_text  text, verbatim;
} gathering;

struct cm_chat_reader {
    cm_text_input *input; /* borrowed */
    const char    *name;  /* borrowed */
    cm_chat_order  order;
    unsigned char  key[64];
    size_t         key_length; /* 0: no sources */
    bool           keep_names; /* they are pseudonyms already */
    char          *buffer;     /* owned [capacity] */
    size_t         start, end, capacity;
    bool           input_end, bad_text, started;
    int64_t        line;       /* of the next one */
    cm_chat_counts counts;
    gathering      now, done;  /* the one being gathered, and the one given out */
    cm_csv_field   field[CM_CHAT_COLUMNS];
};

static const cm_csv_field COLUMNS[CM_CHAT_COLUMNS] = {{"time", 4}, {"position", 8}, {"text", 4}, {"source", 6}};

const cm_csv_field *cm_chat_columns(size_t *n)
{
    *n = CM_CHAT_COLUMNS;
    return COLUMNS;
}

bool cm_chat_looks(const unsigned char *bytes, size_t length)
{
    const char *at = (const char *)bytes, *end = at + length;
    cm_chat_line line;

    for (int i = 0; i < FIRST_LINES && at < end; i++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        const size_t n = (size_t)((stop ? stop : end) - at);
        if (cm_chat_line_read(at, n, &line))
            return true;
        if (n > 1)
            return false;
        at = stop ? stop + 1 : end;
    }
    return false;
}

static castmap_status refuse(castmap_context *ctx, const cm_chat_reader *r, castmap_status status, int64_t line, const char *what, const char *hint)
{
    status = cm_fail(ctx, status, "%s", what);
    cm_fail_where(ctx, "%s:%" PRId64, r->name, line);
    if (hint)
        cm_fail_hint(ctx, "%s", hint);
    return status;
}

static castmap_status fill(castmap_context *ctx, cm_chat_reader *r)
{
    size_t got = 0;

    if (r->start) {
        memmove(r->buffer, r->buffer + r->start, r->end - r->start);
        r->end -= r->start;
        r->start = 0;
    }
    if (r->end > CM_CSV_LINE_LIMIT)
        return refuse(ctx, r, CASTMAP_E_LIMIT, r->line, "a line is longer than 1 MiB", "this is no chat, or it is damaged");
    if (cm_grow(&r->buffer, &r->capacity, r->end + BLOCK, 1) != 0)
        return cm_fail_memory(ctx);
    castmap_status status = cm_text_input_read(ctx, r->input, r->buffer + r->end, r->capacity - r->end, &got);
    r->end += got;
    r->input_end = !status && got == 0;
    return status;
}

/* The line `from` bytes after r->start, which stay in the buffer; *whole: with its end. *more false: there is none. */
static castmap_status look_at_line(castmap_context *ctx, cm_chat_reader *r, size_t from, const char **text, size_t *length, size_t *whole,
                                   bool *more)
{
    for (;;) {
        const size_t begin = r->start + from;
        const char *lf = begin < r->end ? memchr(r->buffer + begin, '\n', r->end - begin) : NULL;
        *more = true;
        if (lf || (r->input_end && begin < r->end)) {
            *text = r->buffer + begin;
            *whole = lf ? (size_t)(lf - *text) + 1 : r->end - begin;
            *length = lf ? *whole - 1 : *whole;
            if (*length && (*text)[*length - 1] == '\r')
                --*length;
            break;
        }
        if (r->input_end) {
            *more = false;
            return CASTMAP_OK;
        }
        castmap_status status = fill(ctx, r);
        if (status)
            return status;
    }
    if (memchr(*text, '\0', *length))
        return refuse(ctx, r, CASTMAP_E_INPUT, r->line, "a zero byte: this is not text", "export the chat again");
    if (cm_utf8_valid(*text, *length) < *length) {
        r->bad_text = true;
        return refuse(ctx, r, CASTMAP_E_INPUT, r->line, "the message is not valid UTF-8", "export the chat again, or give --encoding latin1");
    }
    return CASTMAP_OK;
}

castmap_status cm_chat_open(castmap_context *ctx, cm_text_input *input, const char *name, cm_chat_order order, const unsigned char *key,
                            size_t key_length, cm_chat_reader **out)
{
    cm_chat_reader *r = cm_alloc_zero(1, sizeof *r);

    if (!r)
        return cm_fail_memory(ctx);
    r->input = input;
    r->name = name;
    r->order = order;
    r->line = 1;
    r->key_length = key_length < sizeof r->key ? key_length : sizeof r->key;
    if (key)
        memcpy(r->key, key, r->key_length);
    *out = r;
    return CASTMAP_OK;
}

void cm_chat_close(cm_chat_reader *r)
{
    if (!r)
        return;
    free(r->buffer);
    cm_text_clear(&r->now.text);
    cm_text_clear(&r->now.verbatim);
    cm_text_clear(&r->done.text);
    cm_text_clear(&r->done.verbatim);
    free(r);
}

void cm_chat_keep_names(cm_chat_reader *r)
{
    r->keep_names = true;
}

/* The same person has the same one, and nobody can work back from it without the project's key. */
static void pseudonym(const cm_chat_reader *r, const cm_chat_line *line, char out[24])
{
    unsigned char hash[16];
    char hex[2 * sizeof hash + 1];

    out[0] = '\0';
    if (r->keep_names && !(line->name_length == 8 && memcmp(line->name, "somebody", 8) == 0))
        snprintf(out, 24, "%.*s", (int)(line->name_length < 23 ? line->name_length : 23), line->name);
    if (!r->key_length)
        return;
    cm_blake2b(line->name, line->name_length, r->key, r->key_length, hash, sizeof hash);
    cm_hex(hash, sizeof hash, hex);
    snprintf(out, 24, "person-%.10s", hex);
}

/* Seconds that grow with the time written; only differences within a day or two matter. */
static int64_t seconds_of(const char *time)
{
    unsigned y = 0, m = 0, d = 0, hour = 0, minute = 0, second = 0;

    if (sscanf(time, "%u-%u-%u %u:%u:%u", &y, &m, &d, &hour, &minute, &second) != 6)
        return 0;
    return ((((int64_t)y * 12 + m) * 31 + d) * 24 + hour) * 3600 + minute * 60 + second;
}

static void add_verbatim(gathering *g, const char *text, const cm_chat_line *line)
{
    if (g->verbatim.length)
        cm_text_add_char(&g->verbatim, '\n');
    cm_text_add_bytes(&g->verbatim, text, (size_t)(line->name - text));
    cm_text_add(&g->verbatim, g->source[0] ? g->source : "somebody");
    cm_text_add(&g->verbatim, ": ");
    cm_text_add_bytes(&g->verbatim, line->text, line->text_length);
}

static void add_text(gathering *g, const char *text, size_t length)
{
    while (length && (*text == ' ' || *text == '\t')) {
        text++;
        length--;
    }
    if (!length)
        return;
    if (g->text.length)
        cm_text_add_char(&g->text, '\n');
    cm_text_add_bytes(&g->text, text, length);
}

/* The words around the link, without the word that announces it. */
static void add_around(gathering *g, const cm_chat_line *line, size_t begin, size_t end)
{
    size_t n = begin;

    while (n && line->text[n - 1] == ' ')
        n--;
    if (n && line->text[n - 1] == ':') /* "location:", "Location:", "Standort:" */
        while (n && line->text[n - 1] != ' ' && line->text[n - 1] != '\n')
            n--;
    add_text(g, line->text, n);
    add_text(g, line->text + end, line->text_length - end);
}

static void begin_place(cm_chat_reader *r, const char *text, const cm_chat_line *line, size_t begin, size_t end, const char *place)
{
    gathering *g = &r->now;

    g->open = true;
    g->line = r->line;
    cm_text_reset(&g->text);
    cm_text_reset(&g->verbatim);
    snprintf(g->place, sizeof g->place, "%s", place);
    pseudonym(r, line, g->source);
    g->bad_date = !cm_chat_time(line, r->order, g->time);
    if (g->bad_date)
        g->time[0] = '\0';
    g->last_s = seconds_of(g->time);
    add_around(g, line, begin, end);
    add_verbatim(g, text, line);
}

/* Does the message belong to the place that is being gathered? */
static bool goes_on(cm_chat_reader *r, const char *text, const cm_chat_line *line)
{
    gathering *g = &r->now;
    char who[24], time[20];

    pseudonym(r, line, who);
    if ((!r->key_length && !r->keep_names) || strcmp(who, g->source) != 0 || !cm_chat_time(line, r->order, time) ||
        seconds_of(time) - g->last_s > TOGETHER_S || seconds_of(time) < g->last_s || g->text.length + line->text_length > TEXT_LIMIT)
        return false;
    g->last_s = seconds_of(time);
    add_text(g, line->text, line->text_length);
    add_verbatim(g, text, line);
    r->counts.joined++;
    return true;
}

/* What was given out last is recycled. */
static bool finish_place(cm_chat_reader *r)
{
    const gathering done = r->done;

    if (!r->now.open)
        return false;
    r->done = r->now;
    r->now = done;
    r->now.open = false;
    return true;
}

/* One message. True: a place was finished by it. */
static bool take_message(cm_chat_reader *r, const char *text, const cm_chat_line *line)
{
    size_t begin, end;
    char place[64];

    if (!line->name)
        return finish_place(r);
    r->counts.messages++;
    if (cm_chat_place(line->text, line->text_length, &begin, &end, place, sizeof place)) {
        const bool finished = finish_place(r);
        begin_place(r, text, line, begin, end, place);
        return finished;
    }
    if (cm_chat_is_media(line->text, line->text_length)) {
        r->counts.media++;
        r->counts.without_place++;
        return false; /* a picture between a place and its words does not part them */
    }
    if (r->now.open && goes_on(r, text, line))
        return false;
    r->counts.live += memmem(line->text, line->text_length, "live location shared", 20) != NULL;
    r->counts.without_place++;
    return finish_place(r);
}

static castmap_status ask_order(castmap_context *ctx, const cm_chat_reader *r, const cm_chat_line *line)
{
    castmap_status status = cm_fail(ctx, CASTMAP_E_INPUT, "which comes first in the dates of this chat, the day or the month? It is not guessed");

    cm_fail_where(ctx, "%s:%" PRId64, r->name, r->line);
    if (line->date[0] > 12)
        cm_fail_hint(ctx, "give --date-order dmy: this line begins with %u, which is no month", line->date[0]);
    else if (line->date[1] > 12)
        cm_fail_hint(ctx, "give --date-order mdy: the second number of this line is %u, which is no month", line->date[1]);
    else
        cm_fail_hint(ctx, "look at a date after the 12th, then give --date-order dmy or mdy");
    return status;
}

/* The message that begins at r->start, with the lines that go on with it: *length bytes, *taken with its last line end, *lines lines. */
static castmap_status look_at_message(castmap_context *ctx, cm_chat_reader *r, cm_chat_line *line, size_t *taken, int64_t *lines, bool *more)
{
    size_t whole, n, length = 0;
    const char *at;
    bool another;

    *taken = 0;
    *lines = 0;
    for (;;) {
        castmap_status status = look_at_line(ctx, r, *taken, &at, &n, &whole, &another);
        if (status)
            return status;
        if (!another || (*taken && cm_chat_line_read(at, n, line)))
            break;
        if (!*taken && !cm_chat_line_read(at, n, line)) { /* before the first message */
            r->start += whole;
            r->line++;
            continue;
        }
        length = *taken + n;
        *taken += whole;
        ++*lines;
        if (*taken > CM_CSV_LINE_LIMIT)
            return refuse(ctx, r, CASTMAP_E_LIMIT, r->line, "a message is longer than 1 MiB", NULL);
    }
    *more = *taken > 0 && cm_chat_line_read(r->buffer + r->start, length, line);
    return CASTMAP_OK;
}

static void give_out(cm_chat_reader *r, cm_chat_record *record)
{
    const gathering *g = &r->done;
    const char *text = g->text.bytes ? g->text.bytes : "";

    r->field[CM_CHAT_TIME] = (cm_csv_field){g->time, strlen(g->time)};
    r->field[CM_CHAT_POSITION] = (cm_csv_field){g->place, strlen(g->place)};
    r->field[CM_CHAT_TEXT] = (cm_csv_field){text, g->text.length};
    r->field[CM_CHAT_SOURCE] = (cm_csv_field){g->source, strlen(g->source)};
    *record = (cm_chat_record){g->line, r->field, g->verbatim.bytes ? g->verbatim.bytes : "", g->verbatim.length, g->bad_date};
}

castmap_status cm_chat_next(castmap_context *ctx, cm_chat_reader *r, cm_chat_record *record, bool *more)
{
    for (;;) {
        cm_chat_line line;
        size_t taken;
        int64_t lines;
        bool found = false;
        castmap_status status = look_at_message(ctx, r, &line, &taken, &lines, &found);
        if (status)
            return status;
        if (found && !r->started && !line.year_first && r->order == CM_CHAT_ORDER_UNKNOWN)
            return ask_order(ctx, r, &line);
        r->started = true;
        const bool finished = found ? take_message(r, r->buffer + r->start, &line) : finish_place(r);
        r->start += taken;
        r->line += lines;
        if (r->now.text.failed || r->now.verbatim.failed || r->done.text.failed || r->done.verbatim.failed)
            return cm_fail_memory(ctx);
        *more = finished;
        if (finished)
            give_out(r, record);
        if (finished || !found)
            return CASTMAP_OK;
    }
}

cm_chat_counts cm_chat_count(const cm_chat_reader *r)
{
    return r->counts;
}

bool cm_chat_bad_text(const cm_chat_reader *r)
{
    return r->bad_text;
}
