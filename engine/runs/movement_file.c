/*
 * runs/movement_file.c - reading a table of movements.
 *
 *   1. open     the table and its columns                          movement_table.c
 *   2. read     a chunk of rows: stops, when, who                  movement_row.c
 *   3. locate   positions of the chunk, all at once
 *   4. settle   each row is taken, a duplicate, or refused: kept verbatim with its reason
 *
 * Chunk by chunk, so that no more text is held than a chunk's, and what is refused goes to quarantine in the order of the table.
 */
#include "runs/movement_file.h"

#include "base/digest.h"
#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"
#include "project/batch_table.h"
#include "project/ingest/account.h"
#include "project/ingest/arena.h"
#include "runs/movement_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_ROWS 4096
#define CONTENT_BYTES 16

/* A row that waits for its positions. */
typedef struct waiting {
    int64_t          row;
    size_t           first_stop, n_stops;
    cm_movement_kept kept;
    uint32_t         id;      /* CM_NO_NUMBER: it has none */
    unsigned char    content[CONTENT_BYTES]; /* where it has */
    const char      *text;    /* in the arena */
    size_t           length;
    cm_flaw          flaw;
    const char      *detail;  /* in the arena */
    int              column;
} waiting;

/* What the row that came first under an id held. */
typedef struct known_id {
    int64_t       row;        /* 0: none was taken */
    unsigned char content[CONTENT_BYTES];
} known_id;

typedef struct reading {
    castmap_context    *ctx;
    castmap_project    *project;
    const castmap_flows_run_options *options;
    cm_movement_places *places;
    int64_t             batch;
    cm_movement_table   table;    /* owned */
    cm_projection      *metres[3]; /* borrowed; by cm_movement_stop.metres */
    cm_text_numbers     persons, sources, journeys, ids; /* owned */
    known_id           *known;    /* owned [ids.count] */
    size_t              known_room;
    waiting            *row;      /* owned [CHUNK_ROWS] */
    size_t              n;
    cm_movement_stop   *stop;     /* owned [n_stops] of the chunk */
    size_t              n_stops, stop_room;
    cm_arena            texts;    /* owned; of the chunk */
    cm_account          account;  /* owned; reasons */
    cm_movements        out;      /* owned */
} reading;

static void release(reading *r)
{
    cm_movement_table_close(&r->table);
    cm_text_numbers_clear(&r->persons);
    cm_text_numbers_clear(&r->sources);
    cm_text_numbers_clear(&r->journeys);
    cm_text_numbers_clear(&r->ids);
    free(r->known);
    free(r->row);
    free(r->stop);
    cm_arena_clear(&r->texts);
    cm_account_clear(&r->account);
    cm_movements_clear(&r->out);
}

/* ---- read ------------------------------------------------------------------------------------------------------- */

static castmap_status number_text(reading *r, cm_text_numbers *numbers, cm_csv_field field, int32_t *out)
{
    uint32_t number = 0;
    bool fresh = false;

    *out = -1;
    if (field.length == 0)
        return CASTMAP_OK;
    if (cm_text_number(numbers, field.bytes, field.length, &number, &fresh) || number > INT32_MAX)
        return cm_fail_memory(r->ctx);
    *out = (int32_t)number;
    return CASTMAP_OK;
}

/* All fields and the geometry, so that rows that say the same in another order of members are the same. */
static void content_of(const reading *r, const cm_record *record, unsigned char content[CONTENT_BYTES])
{
    const double place[4] = {record->located ? record->lon : 0.0, record->located ? record->lat : 0.0, record->line ? record->end_lon : 0.0,
                             record->line ? record->end_lat : 0.0};
    cm_blake2b_stream hash;

    cm_blake2b_init(&hash, CONTENT_BYTES);
    for (size_t i = 0; i < r->table.opening.columns.n; i++) {
        cm_blake2b_add(&hash, record->field[i].bytes, record->field[i].length);
        cm_blake2b_add(&hash, "", 1);
    }
    cm_blake2b_add(&hash, place, sizeof place);
    cm_blake2b_final(&hash, content);
}

static castmap_status take_id(reading *r, const cm_record *record, cm_csv_field id, waiting *out)
{
    bool fresh = false;

    out->id = CM_NO_NUMBER;
    if (id.length == 0)
        return CASTMAP_OK;
    if (cm_text_number(&r->ids, id.bytes, id.length, &out->id, &fresh) || cm_grow(&r->known, &r->known_room, r->ids.count, sizeof *r->known))
        return cm_fail_memory(r->ctx);
    if (fresh)
        r->known[out->id].row = 0;
    content_of(r, record, out->content);
    return CASTMAP_OK;
}

/* Stops in a row are a journey of their own, where no column says which. */
static castmap_status take_who(reading *r, const cm_record *record, const cm_movement_row *row, cm_movement_kept *out)
{
    char own[40];
    cm_csv_field journey = row->journey;

    if (journey.length == 0 && row->n_stops > 2) {
        snprintf(own, sizeof own, "\x01row %020" PRId64, record->row);
        journey = (cm_csv_field){own, strlen(own)};
    }
    castmap_status status = number_text(r, &r->persons, row->person, &out->person);
    if (!status)
        status = number_text(r, &r->sources, row->source, &out->source);
    if (!status)
        status = number_text(r, &r->journeys, journey, &out->journey);
    return status;
}

static castmap_status take_record(reading *r, const cm_record *record)
{
    waiting *w = &r->row[r->n];
    cm_movement_row row;
    castmap_status status = cm_movement_row_read(&r->table, r->places, record, &row);

    if (status)
        return status;
    *w = (waiting){.row = record->row, .first_stop = r->n_stops, .n_stops = row.n_stops, .flaw = row.flaw, .column = row.flaw_column, .id = CM_NO_NUMBER,
                   .kept = {.when_s = row.when_s, .span_s = row.span_s, .order = row.order, .persons = row.persons, .grade = row.grade},
                   .length = record->length, .text = cm_arena_text(&r->texts, record->text, record->length),
                   .detail = cm_arena_text(&r->texts, row.detail, strlen(row.detail))};
    if (!w->text || !w->detail || cm_grow(&r->stop, &r->stop_room, r->n_stops + row.n_stops + 1, sizeof *r->stop))
        return cm_fail_memory(r->ctx);
    memcpy(r->stop + r->n_stops, row.stop, row.n_stops * sizeof *row.stop);
    r->n_stops += row.n_stops;
    r->n++;
    if (w->flaw.code)
        return CASTMAP_OK;
    status = take_id(r, record, row.id, w);
    return status ? status : take_who(r, record, &row, &w->kept);
}

/* ---- locate ----------------------------------------------------------------------------------------------------- */

/* Metres of one system to degrees. */
static castmap_status unproject(reading *r, uint8_t system)
{
    size_t n = 0, k = 0;
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; i < r->n_stops; i++)
        n += r->stop[i].metres == system;
    if (n == 0)
        return CASTMAP_OK;
    double *x = cm_alloc(4 * n, sizeof *x), *y = x + n, *lon = y + n, *lat = lon + n;
    bool *ok = cm_alloc(n, sizeof *ok);
    if (!x || !ok)
        status = cm_fail_memory(r->ctx);
    for (size_t i = 0; i < r->n_stops && !status; i++) {
        if (r->stop[i].metres == system) {
            x[k] = r->stop[i].x;
            y[k++] = r->stop[i].y;
        }
    }
    if (!status)
        status = cm_projection_inverse(r->ctx, r->metres[system], n, x, y, lon, lat, ok);
    k = 0;
    for (size_t i = 0; i < r->n_stops && !status; i++) {
        if (r->stop[i].metres != system)
            continue;
        r->stop[i].end.flaw = ok[k] ? CM_END_FINE : CM_END_BAD_POSITION;
        r->stop[i].end.lon = lon[k];
        r->stop[i].end.lat = lat[k++];
    }
    free(x);
    free(ok);
    return status;
}

static castmap_status locate(reading *r)
{
    cm_movement_end *end = cm_alloc(r->n_stops + 1, sizeof *end);
    castmap_status status = end ? unproject(r, 1) : cm_fail_memory(r->ctx);

    if (!status)
        status = unproject(r, 2);
    for (size_t i = 0; i < r->n_stops && !status; i++)
        end[i] = r->stop[i].end;
    if (!status)
        status = cm_movement_locate(r->places, end, r->n_stops);
    for (size_t i = 0; i < r->n_stops && !status; i++)
        r->stop[i].end = end[i];
    free(end);
    return status;
}

/* ---- settle ----------------------------------------------------------------------------------------------------- */

static castmap_status refuse(reading *r, const waiting *w, cm_flaw flaw, const char *detail, int column)
{
    const char *field = column == CM_NO_COLUMN ? "" : r->table.opening.columns.name[column];
    const char *reason = *detail ? detail : flaw.reason;

    if (r->options->strict) {
        castmap_status status = cm_fail(r->ctx, CASTMAP_E_INPUT, "%s", reason);
        cm_fail_where(r->ctx, "%s:%" PRId64 "%s%s", r->table.file, w->row, *field ? ":" : "", field);
        cm_fail_hint(r->ctx, "mend the row, or read the table without --strict: then it is set aside");
        return status;
    }
    if (cm_account_refused(&r->account, flaw.code, flaw.reason, w->row))
        return cm_fail_memory(r->ctx);
    r->out.quarantined++;
    return r->batch ? cm_quarantine_add(r->ctx, r->project, r->batch, w->row, flaw.code, field, reason, w->text, w->length) : CASTMAP_OK;
}

/* The first stop that is in no area; n_stops: there is none. */
static size_t find_flaw(const reading *r, const waiting *w)
{
    size_t i = 0;

    while (i < w->n_stops && r->stop[w->first_stop + i].end.flaw == CM_END_FINE)
        i++;
    return i;
}

static castmap_status settle_row(reading *r, const waiting *w)
{
    const size_t bad = find_flaw(r, w);
    const cm_movement_stop *stop = &r->stop[w->first_stop];
    char detail[96];

    if (w->flaw.code)
        return refuse(r, w, w->flaw, w->detail, w->column);
    if (bad < w->n_stops) {
        const cm_stop_kind kind = bad == 0 ? CM_STOP_FIRST : bad + 1 == w->n_stops ? CM_STOP_LAST : CM_STOP_BETWEEN;
        return refuse(r, w, cm_movement_end_flaw(kind, stop[bad].end.flaw), "", stop[bad].column);
    }
    if (w->id != CM_NO_NUMBER) {
        known_id *known = &r->known[w->id];
        if (known->row && memcmp(known->content, w->content, CONTENT_BYTES) == 0) {
            r->out.duplicate++;
            return CASTMAP_OK;
        }
        if (known->row) {
            snprintf(detail, sizeof detail, "row %" PRId64 " has the same id and other content", known->row);
            return refuse(r, w, CM_FLAW("id-conflict", "the same id as another row, with other content; --map id= says that it is no id"), detail,
                          r->table.columns.column[CM_MOVE_ID]);
        }
        known->row = w->row;
        memcpy(known->content, w->content, CONTENT_BYTES);
    }
    for (size_t i = 0; i + 1 < w->n_stops; i++) {
        if (cm_movement_list_add(&r->out, stop[i].end.area, stop[i + 1].end.area, &w->kept))
            return cm_fail_memory(r->ctx);
    }
    r->out.taken++;
    return CASTMAP_OK;
}

static castmap_status settle_chunk(reading *r)
{
    castmap_status status = locate(r);

    for (size_t i = 0; i < r->n && !status; i++)
        status = settle_row(r, &r->row[i]);
    r->n = r->n_stops = 0;
    cm_arena_reset(&r->texts);
    return status;
}

static castmap_status read_rows(reading *r)
{
    cm_record record;
    bool more = true;
    castmap_status status = CASTMAP_OK;

    while (!status) {
        status = cm_source_next(r->ctx, &r->table.source, &record, &more);
        if (status || !more)
            break;
        r->out.read++;
        status = take_record(r, &record);
        if (!status && r->n == CHUNK_ROWS) {
            status = settle_chunk(r);
            cm_progress(r->ctx, "reading movements", cm_opening_fraction(&r->table.opening));
            if (!status && cm_cancelled(r->ctx))
                status = cm_fail_cancelled(r->ctx);
        }
    }
    if (!status)
        status = settle_chunk(r);
    if (!status)
        status = cm_opening_unchanged(r->ctx, &r->table.opening);
    if (!status && r->out.count >= UINT32_MAX / 2)
        status = cm_fail(r->ctx, CASTMAP_E_LIMIT, "more than 2,000 million movements");
    return status;
}

/* What the account and the opening hold becomes the caller's. */
static castmap_status finish(reading *r)
{
    cm_movements *m = &r->out;
    castmap_import_summary *s = &r->account.summary;
    castmap_status status = cm_movement_list_renumber(r->ctx, m, &r->persons, m->person);

    if (!status)
        status = cm_movement_list_renumber(r->ctx, m, &r->sources, m->source);
    if (!status)
        status = cm_movement_list_renumber(r->ctx, m, &r->journeys, m->journey);
    if (!status)
        status = cm_sha256_fd(r->ctx, cm_opening_fd(&r->table.opening), m->sha256);
    if (status)
        return status;
    m->n_persons = r->persons.count;
    m->n_sources = r->sources.count;
    m->n_journeys = r->journeys.count;
    m->has_persons = r->table.columns.column[CM_MOVE_PERSONS] != CM_NO_COLUMN;
    snprintf(m->format, sizeof m->format, "movements %.60s", cm_opening_format(&r->table.opening));
    cm_account_sort(&r->account);
    m->reasons = s->reasons;
    m->n_reasons = s->n_reasons;
    s->reasons = NULL;
    s->n_reasons = 0;
    m->guesses = r->table.opening.guesses.guess;
    m->n_guesses = r->table.opening.guesses.n;
    r->table.opening.guesses = (cm_guesses){0};
    return CASTMAP_OK;
}

castmap_status cm_movements_read(castmap_context *ctx, castmap_project *project, const castmap_flows_run_options *options, cm_movement_places *places,
                                 int64_t batch_id, cm_movements *out)
{
    reading r = {.ctx = ctx, .project = project, .options = options, .places = places, .batch = batch_id};
    castmap_status status;

    r.row = cm_alloc(CHUNK_ROWS, sizeof *r.row);
    if (!r.row)
        return cm_fail_memory(ctx);
    status = cm_movement_table_open(ctx, project, options, places->labels, &r.table);
    if (status)
        goto done;
    r.metres[1] = r.table.metres;
    r.metres[2] = r.table.opening.metres;
    status = read_rows(&r);
    if (status)
        goto done;
    status = finish(&r);
    if (status)
        goto done;
    *out = r.out;
    memset(&r.out, 0, sizeof r.out);

done:
    release(&r);
    return status;
}
