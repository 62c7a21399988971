/*
 * project/ingest/import.c - one file into one batch, every row accounted for.
 *
 *   1. open        recognise the file and show the guesses
 *   2. read        chunks of rows are prepared on one thread while the chunk before is stored on the caller's; in order of the file
 *   3. settle      the file must not have changed; the working CRS is chosen if there is none; the spatial index is built
 *   4. account     counts, reasons, notes and provenance into batch and run
 *
 * Everything is one run, so a file that is refused at its last row leaves the project as it was.
 */
#include "castmap/import.h"

#include "base/digest.h"
#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/scratch.h"
#include "project/batch_table.h"
#include "project/ingest/import_account.h"
#include "project/ingest/picture.h"
#include "project/ingest/preview.h"
#include "project/ingest/recipe.h"
#include "project/project_file.h"
#include "project/run_table.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A memory access takes a tenth of the time of storing a row, so a few rows ahead are enough. */
#define ROWS_AHEAD 4

/* SHA-256 of the file as it is, beside the reading; pread() leaves the reader's place alone. */
static castmap_status digest_file(void *job)
{
    cm_import *run = job;
    const size_t size = (size_t)1 << 18;
    unsigned char *block = cm_alloc(size, 1);
    cm_sha256 hash;
    off_t at = 0;

    if (!block)
        return CASTMAP_E_NOMEM;
    cm_sha256_init(&hash);
    for (;;) {
        const ssize_t got = pread(cm_opening_fd(&run->opening), block, size, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            run->digest_failed = got < 0;
            break;
        }
        cm_sha256_add(&hash, block, (size_t)got);
        at += got;
    }
    cm_sha256_final(&hash, run->account.summary.sha256);
    free(block);
    return run->digest_failed ? CASTMAP_E_IO : CASTMAP_OK;
}

static castmap_status prepare_next(void *job)
{
    cm_import *run = job;

    const castmap_status status = cm_prepare_chunk(&run->preparer, run->filling);
    run->filling->fraction = cm_opening_fraction(&run->opening);
    return status;
}

/* The preparing thread's error becomes ours. */
static castmap_status pass_on(cm_import *run, castmap_status status)
{
    status = cm_fail(run->ctx, status, "%s", castmap_message(run->side));
    cm_fail_where(run->ctx, "%s", castmap_message_where(run->side));
    cm_fail_hint(run->ctx, "%s", castmap_message_hint(run->side));
    return status;
}

static castmap_status quarantine(cm_import *run, const cm_prepared *row, const char *code, const char *general, const char *field,
                                 const char *reason)
{
    const cm_mending_row *key = run->mending ? cm_mending_at(run->mending, row->o.row) : NULL;

    if (run->options->strict) {
        castmap_status status = cm_fail(run->ctx, CASTMAP_E_INPUT, "%s", reason);
        cm_fail_where(run->ctx, "%s:%" PRId64 "%s%s", run->file, row->o.row, *field ? ":" : "", field);
        cm_fail_hint(run->ctx, "mend the row, or import without --strict: then it is set aside");
        return status;
    }
    if (cm_account_refused(&run->account, code, general, row->o.row) != 0)
        return cm_fail_memory(run->ctx);
    if (key)
        return cm_mending_refuse(run->ctx, run->project, run->run, run->batch, run->mending, key, code, field, reason, row->text, row->length);
    return cm_quarantine_add(run->ctx, run->project, run->batch, row->o.row, code, field, reason, row->text, row->length);
}

static castmap_status store_row(cm_import *run, const cm_prepared *row, cm_stored *outcome)
{
    cm_stored stored;
    castmap_status status;
    int64_t earlier;
    char reason[96];

    *outcome = CM_STORED_CONFLICT;
    if (row->code)
        return quarantine(run, row, row->code, row->general, row->field, row->reason);
    status = cm_observation_writer_add(run->ctx, run->writer, &row->o, &stored, &earlier);
    if (status)
        return status;
    if (stored != CM_STORED_CONFLICT && run->options->preview &&
        cm_preview_add(&run->account, run->options->preview, &row->o, stored == CM_STORED_DUPLICATE) != 0)
        return cm_fail_memory(run->ctx);
    *outcome = stored;
    if (stored == CM_STORED_DUPLICATE) {
        run->account.summary.duplicate++;
        return CASTMAP_OK;
    }
    if (stored == CM_STORED_CONFLICT) {
        const int column = run->opening.mapping.column[CM_ROLE_ID];
        if (earlier)
            snprintf(reason, sizeof reason, "row %" PRId64 " has the same id and other content", earlier);
        else
            snprintf(reason, sizeof reason, "an earlier import has the same id with other content");
        return quarantine(run, row, "id-conflict", "the same id as another record, with other content",
                          column == CM_NO_COLUMN ? "" : run->opening.columns.name[column], reason);
    }
    run->account.summary.accepted++;
    run->west = fmin(run->west, row->o.lon);
    run->east = fmax(run->east, row->o.lon);
    run->south = fmin(run->south, row->o.lat);
    run->north = fmax(run->north, row->o.lat);
    return CASTMAP_OK;
}

/* A row of a sheet: what passes leaves quarantine, what came back earlier is passed over. */
static castmap_status store_mended(cm_import *run, const cm_prepared *row)
{
    const cm_mending_row *key = cm_mending_at(run->mending, row->o.row);
    cm_stored outcome;

    if (!key)
        return cm_fail(run->ctx, CASTMAP_E_IO, "the sheet changed while it was read");
    if (key->quarantine == 0) {
        run->mending->done++;
        return CASTMAP_OK;
    }
    castmap_status status = store_row(run, row, &outcome);
    if (status || outcome == CM_STORED_CONFLICT)
        return status;
    run->account.summary.read++; /* the batch holds what left quarantine */
    return cm_mended_leave(run->ctx, run->project, run->run, run->batch, key, outcome == CM_STORED_NEW ? "accepted" : "duplicate");
}

static castmap_status store_chunk(cm_import *run, const cm_chunk *chunk)
{
    const double begin = cm_clock();
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; !status && i < chunk->n; i++) {
        if (i + ROWS_AHEAD < chunk->n && !chunk->row[i + ROWS_AHEAD].code)
            cm_observation_writer_expect(run->writer, &chunk->row[i + ROWS_AHEAD].o);
        status = run->mending ? store_mended(run, &chunk->row[i]) : store_row(run, &chunk->row[i], &(cm_stored){CM_STORED_NEW});
    }
    run->account.summary.read += run->mending ? 0 : chunk->n;
    run->seconds_store += cm_clock() - begin;
    if (!status && cm_cancelled(run->ctx))
        status = cm_fail_cancelled(run->ctx);
    cm_progress(run->ctx, "reading", chunk->fraction);
    return status;
}

/* Fill one chunk while the other is stored. */
static castmap_status read_all(cm_import *run)
{
    const bool beside = castmap_threads(run->ctx) > 1;
    size_t filled = 0;
    castmap_status status, prepared;

    run->filling = &run->chunk[0];
    prepared = prepare_next(run);
    for (;;) {
        cm_task *task = NULL;
        if (prepared)
            return pass_on(run, prepared);
        const cm_chunk *full = &run->chunk[filled];
        const bool last = full->last;
        run->filling = &run->chunk[1 - filled];
        status = CASTMAP_OK;
        if (!last && beside)
            status = cm_task_start(run->ctx, prepare_next, run, &task);
        if (!status)
            status = store_chunk(run, full);
        if (!last)
            prepared = task ? cm_task_join(task) : status ? CASTMAP_OK : prepare_next(run);
        if (status || last)
            return status;
        filled = 1 - filled;
    }
}

static void set_up_preparer(cm_import *run)
{
    const castmap_import_options *options = run->options;
    cm_opening *o = &run->opening;
    cm_preparer *p = &run->preparer;

    p->ctx = run->side;
    p->file = run->file;
    p->source = (cm_source){.csv = o->csv, .geojson = o->geojson, .stream = o->stream, .chat = o->chat, .layer_metres = o->layer_metres,
                            .n_columns = o->columns.n, .unguarded = run->mending ? run->mending->unguarded : NULL};
    p->columns = &o->columns;
    p->mapping = &o->mapping;
    p->keep = o->keep;
    p->n_keep = o->n_keep;
    p->categories = o->categories;
    p->zone = o->zone;
    p->legacy_grades = options->legacy_grades;
    p->keep_odd_dates = options->keep_odd_dates;
    p->keep_far = options->keep_far;
    p->today_s = options->today_s ? options->today_s : (int64_t)time(NULL);
    p->metres = o->metres;
    p->working = o->working;
    p->places = o->places;
    memcpy(p->extent, o->extent, sizeof p->extent);
    p->geometry = o->geojson || (o->stream && cm_stream_table_of(o->stream)->placed);
}

static castmap_status begin(cm_import *run, castmap_guesses_fn *shown, void *payload)
{
    const castmap_import_options *options = run->options;
    castmap_status status = CASTMAP_OK;

    if (options->date_order && !cm_date_order_named(options->date_order, &run->preparer.order)) {
        status = cm_fail(run->ctx, CASTMAP_E_ARGUMENT, "the order of dates must be dmy, mdy or ymd");
        return status;
    }
    if (options->year && (options->year < 1000 || options->year > 9999))
        return cm_fail(run->ctx, CASTMAP_E_ARGUMENT, "the year must have four digits");
    run->preparer.year = options->year;
    status = cm_opening_make(run->ctx, run->project, options, run->suspect, &run->opening);
    if (status)
        return status;
    run->file = run->opening.file;
    if (options->date_order)
        cm_guess_add(&run->opening.guesses, "order of day and month", "given", "%s", options->date_order);
    if (options->year)
        cm_guess_add(&run->opening.guesses, "year", "given", "%u, for dates that do not say theirs", options->year);
    if (shown)
        shown(run->opening.guesses.guess, run->opening.guesses.n, payload);
    run->side = castmap_context_new();
    for (int i = 0; i < 2; i++)
        run->chunk[i].row = cm_alloc(CM_CHUNK_ROWS, sizeof *run->chunk[i].row);
    run->account.summary.format = cm_copy_text(run->opening.format);
    if (!run->side || !run->chunk[0].row || !run->chunk[1].row || !run->account.summary.format || run->opening.guesses.failed)
        return cm_fail_memory(run->ctx);
    run->preparer.table_used = cm_alloc_zero(cm_place_index_tables(run->opening.places) + 1, sizeof(bool));
    if (!run->preparer.table_used)
        return cm_fail_memory(run->ctx);
    castmap_set_threads(run->side, 1);
    castmap_set_seed(run->side, castmap_seed(run->ctx));
    set_up_preparer(run);
    run->west = run->south = INFINITY;
    run->east = run->north = -INFINITY;
    status = cm_run_begin(run->ctx, run->project, "import", &run->run);
    if (status)
        return status;
    const cm_batch batch = {.file = run->file, .format = run->opening.format, .sha256 = "", .mapping = "[]"};
    status = cm_batch_begin(run->ctx, run->project, run->run, &batch, &run->batch);
    if (status)
        return status;
    status = cm_observation_writer_open(run->ctx, run->project, run->batch, &run->writer);
    if (status)
        return status;
    return cm_task_start(run->ctx, digest_file, run, &run->digest_task);
}

static castmap_status join_digest(cm_import *run)
{
    cm_task *task = run->digest_task;

    run->digest_task = NULL;
    const castmap_status status = task ? cm_task_join(task) : CASTMAP_OK;
    if (status == CASTMAP_E_NOMEM)
        return cm_fail_memory(run->ctx);
    return status ? cm_fail(run->ctx, status, "cannot read the file again for its digest") : CASTMAP_OK;
}

/* Many records on one and the same position say little of it. */
static castmap_status doubt_piles(cm_import *run)
{
    double place[CM_PILE_SHARE][2];
    const size_t n = cm_piles_list(&run->preparer.piles, place);

    return cm_observation_writer_doubt(run->ctx, run->writer, n, (const double (*)[2])place);
}

/*
 * The first records of a project have nothing to be held against but its time zone: places far from the zone's meridian that would lie near it with their axes
 * exchanged are told. Zones are up to 40 degrees wide of it (China, Russia). 0, or -1: out of memory.
 */
static int note_axes(cm_import *run)
{
    const char *have = cm_project_crs(run->project);
    const double lon = (run->west + run->east) / 2, lat = (run->south + run->north) / 2;
    const double meridian = (double)cm_zone_offset(run->opening.zone, 1705276800 /* a January day */) / 240.0;

    if ((have && *have) || run->account.summary.accepted == 0 || strcmp(cm_zone_name(run->opening.zone), "UTC") == 0 || fabs(lon) > 90.0 ||
        fabs(lon - meridian) <= 40.0 || fabs(lat - meridian) > 40.0)
        return 0;
    return cm_account_note(&run->account, "axes-in-doubt", run->account.summary.accepted, 0,
                           "places far from the time zone %s, which would lie in it with latitude and longitude exchanged: if they were, castmap undo, and name the columns"
                           " with --map", cm_zone_name(run->opening.zone));
}

static castmap_status choose_crs(cm_import *run)
{
    const char *have = cm_project_crs(run->project);
    cm_crs_choice choice;

    if ((have && *have) || run->account.summary.accepted == 0)
        return CASTMAP_OK;
    const char *declared = run->opening.metres ? cm_projection_crs(run->opening.metres) : NULL;
    castmap_status status = cm_crs_choose(run->ctx, run->west, run->south, run->east, run->north, declared, NULL, &choice);
    if (status)
        return status;
    return cm_project_crs_set(run->ctx, run->project, choice.crs, choice.name, choice.reason, choice.scale_error_ppm);
}

static void move_guesses(cm_import *run)
{
    run->account.summary.guesses = run->opening.guesses.guess;
    run->account.summary.n_guesses = run->opening.guesses.n;
    run->opening.guesses = (cm_guesses){0};
}

static void release(cm_import *run)
{
    (void)!join_digest(run);
    if (run->run)
        cm_run_abandon(run->project, run->run);
    cm_observation_writer_free(run->writer); /* after the transaction, so that it leaves no attached database behind */
    cm_preparer_clear(&run->preparer);
    cm_opening_clear(&run->opening);
    for (int i = 0; i < 2; i++) {
        free(run->chunk[i].row);
        cm_arena_clear(&run->chunk[i].texts);
    }
    cm_account_clear(&run->account);
    castmap_context_free(run->side);
}

/* The photo's copy appears when everything else is settled. */
static castmap_status keep_picture(cm_import *run)
{
    const castmap_import_options *options = run->options;
    castmap_import_summary *s = &run->account.summary;

    if (!options->pictures || options->dry_run || !run->opening.stream || strcmp(cm_stream_table_of(run->opening.stream)->format, "JPEG photo") != 0 ||
        s->accepted == 0)
        return CASTMAP_OK;
    return cm_picture_keep(run->ctx, cm_opening_fd(&run->opening), options->pictures, s->sha256, &s->picture);
}

/* From the first row to the account. */
static castmap_status go(cm_import *run, castmap_guesses_fn *shown, void *payload)
{
    castmap_import_summary *s = &run->account.summary;
    const double start = cm_clock();
    castmap_status status = begin(run, shown, payload);

    if (!status)
        status = read_all(run);
    if (!status)
        status = join_digest(run);
    if (!status)
        status = cm_opening_unchanged(run->ctx, &run->opening);
    if (status)
        return status;
    if (cm_import_file_notes(run) != 0 || note_axes(run) != 0 || cm_account_notes(&run->account, &run->preparer) != 0)
        return cm_fail_memory(run->ctx);
    cm_account_sort(&run->account);
    s->seconds_store = run->seconds_store;
    s->seconds_read = cm_clock() - start - run->seconds_store;
    if (run->mending)
        s->quarantined = 0; /* they are rows of another batch still */
    if (run->options->dry_run || (!s->read && !(run->mending && run->mending->changed)))
        return CASTMAP_OK;
    if (run->mending)
        status = cm_mended_note_inputs(run->ctx, run->project, run->run, run->mending->origin);
    if (status)
        return status;
    status = keep_picture(run);
    if (!status && run->options->save_recipe)
        status = cm_recipe_save(run->ctx, run->project, run->options, &run->opening);
    if (!status)
        status = choose_crs(run);
    if (!status)
        status = doubt_piles(run);
    if (!status)
        status = cm_observation_writer_finish(run->ctx, run->writer, &s->seconds_index);
    if (!status)
        status = cm_import_write_account(run);
    if (status) {
        if (s->picture)
            (void)unlink(s->picture);
        return status;
    }
    s->batch_id = run->batch;
    s->run_number = run->run;
    run->run = 0; /* committed: nothing to abandon */
    return CASTMAP_OK;
}

castmap_status cm_import_file(castmap_context *ctx, castmap_project *project, const castmap_import_options *options, cm_mending *mending,
                              castmap_guesses_fn *shown, void *payload, castmap_import_summary *summary)
{
    bool again = false;
    castmap_status status;

    cm_fail_clear(ctx);
    if (!project || !options || !options->path || !summary)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "an import needs a project, a file and a summary");
    cm_scratch_home(ctx, project->path);
    for (int turn = 0; turn < 2; turn++) {
        cm_import run = {.ctx = ctx, .project = project, .options = options, .file = cm_input_name(options->path), .suspect = turn > 0,
                         .mending = mending};
        if (mending)
            mending->next = mending->refused = mending->done = 0, mending->changed = false;
        status = go(&run, shown, payload);
        /* A byte far behind is no UTF-8. Reading on as Windows-1252 would leave two encodings in one file, so all of it is judged and read anew. */
        again = turn == 0 && status == CASTMAP_E_INPUT && cm_opening_bad_text(&run.opening) && !options->encoding && !options->strict &&
                !cm_text_input_marked(run.opening.input);
        if (!status) {
            move_guesses(&run);
            *summary = run.account.summary;
            summary->no_records = false;
            run.account.summary = (castmap_import_summary)CASTMAP_IMPORT_SUMMARY_INIT;
        } else {
            summary->no_records = run.opening.no_records;
        }
        release(&run);
        if (!again)
            break;
        cm_fail_clear(ctx);
    }
    cm_scratch_home(ctx, NULL);
    return status;
}

castmap_status castmap_import(castmap_context *ctx, castmap_project *project, const castmap_import_options *options,
                              castmap_guesses_fn *shown, void *payload, castmap_import_summary *summary)
{
    return cm_import_file(ctx, project, options, NULL, shown, payload, summary);
}
