/*
 * project/ingest/import_account.c - notes of a file, parameters and provenance of its run, counts of its batch.
 */
#include "project/ingest/import_account.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "project/batch_table.h"
#include "project/ingest/recipe.h"
#include "project/run_table.h"
#include "project/undo.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int chat_notes(cm_import *run)
{
    const cm_chat_counts n = cm_chat_count(run->opening.chat);
    const struct {
        const char *code, *words;
        size_t      count;
    } notes[] = {
        {"messages-without-place", "messages without a place; they are not kept", n.without_place},
        {"joined-messages", "messages of the same person right after a place, kept as its text", n.joined},
        {"media-left-out", "pictures and files that the export left out or names; they are not read", n.media},
        {"live-location", "live locations, of which the chat holds no coordinates", n.live},
    };

    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        if (notes[i].count && cm_account_note(&run->account, notes[i].code, notes[i].count, 0, "%s", notes[i].words) != 0)
            return -1;
    return 0;
}

int cm_import_file_notes(cm_import *run)
{
    const cm_opening *o = &run->opening;
    int failed = 0;

    if (o->csv && cm_csv_blank_tail(o->csv))
        failed |= cm_account_note(&run->account, "blank-end", cm_csv_blank_tail(o->csv), 0, "blank lines at the end, passed over");
    if (o->csv && cm_csv_unended(o->csv))
        failed |= cm_account_note(&run->account, "no-final-newline", 1, 0, "the last row has no line end; it is complete");
    if (run->account.summary.read == 0 && !run->mending)
        failed |= cm_account_note(&run->account, "no-rows", 0, 0,
                                  o->csv    ? "0 rows: the file has a header only; nothing was stored"
                                  : o->chat ? "0 rows: nobody shared a place in this chat; nothing was stored"
                                            : "0 records; nothing was stored");
    if (run->preparer.source.hashtags)
        failed |= cm_account_note(&run->account, "hashtag-row", 1, 0, "a row of HXL hashtags under the column names; it is no record");
    if (o->converted)
        failed |= cm_account_note(&run->account, "converted-encoding", 1, 0, "the text is no UTF-8: read as Windows-1252");
    if (o->chat)
        failed |= chat_notes(run);
    size_t n = 0;
    const cm_stream_note *note = o->stream ? cm_stream_notes(o->stream, &n) : NULL;
    for (size_t i = 0; i < n; i++)
        failed |= cm_account_note(&run->account, note[i].code, note[i].count, 0, "%s", note[i].words);
    return failed;
}

/* Every choice, given or default, as it was used. */
static char *parameters_json(const cm_import *run, const char *mapping)
{
    const castmap_import_options *options = run->options;
    cm_text text = CM_TEXT_INIT;
    cm_json json;

    cm_json_begin(&json, &text, false);
    cm_json_object(&json, NULL);
    cm_json_string(&json, "file", run->file);
    cm_json_bool(&json, "strict", options->strict);
    cm_json_bool(&json, "comments", options->comments);
    cm_json_bool(&json, "legacy_grades", options->legacy_grades);
    cm_json_bool(&json, "keep_odd_dates", options->keep_odd_dates);
    cm_json_bool(&json, "keep_far", options->keep_far);
    cm_json_string(&json, "categories", options->categories ? cm_base_name(options->categories) : NULL);
    cm_json_string(&json, "recipe", options->recipe);
    if (run->mending)
        cm_json_integer(&json, "mended_batch", run->mending->origin);
    cm_json_raw(&json, "guesses", mapping);
    cm_json_array(&json, "columns"); /* so that rows which were set aside can be read again */
    for (size_t i = 0; i < run->opening.columns.n; i++)
        cm_json_string(&json, NULL, run->opening.columns.name[i]);
    cm_json_end_array(&json);
    char *reading = cm_recipe_json("batch", options, &run->opening);
    if (reading)
        cm_json_raw(&json, "reading", reading);
    else
        text.failed = true;
    free(reading);
    if (run->opening.csv) {
        const char separator[2] = {run->opening.separator, '\0'};
        cm_json_string(&json, "separator", separator);
    }
    if (run->preparer.geometry) /* records have places of their own, in this system */
        cm_json_string(&json, "places", run->opening.layer_metres ? cm_projection_crs(run->opening.metres) : "EPSG:4326");
    cm_json_end_object(&json);
    char *made = cm_text_take(&text);
    cm_text_clear(&text);
    return made;
}

static char *provenance_json(cm_import *run)
{
    cm_text text = CM_TEXT_INIT;

    cm_text_add(&text, "\"input\": {\"file\": ");
    cm_json_add_string(&text, run->file, strlen(run->file));
    cm_text_addf(&text, ", \"sha256\": \"%s\"}", run->account.summary.sha256);
    if (run->opening.metres) {
        cm_text_add(&text, ", \"input_operation\": ");
        const char *operation = cm_projection_operation(run->opening.metres);
        cm_json_add_string(&text, operation, strlen(operation));
    }
    char *members = cm_text_take(&text);
    char *made = members ? cm_run_provenance(run->ctx, run->project, members) : NULL;
    free(members);
    cm_text_clear(&text);
    return made;
}

/* Records that were placed by a table go when the table goes. */
static castmap_status note_tables(cm_import *run)
{
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; !status && i < cm_place_index_tables(run->opening.places); i++)
        if (run->preparer.table_used[i])
            status = cm_run_needs(run->ctx, run->project, run->run, cm_place_index_table(run->opening.places, i)->run);
    return status;
}

castmap_status cm_import_write_account(cm_import *run)
{
    castmap_import_summary *s = &run->account.summary;
    char *mapping = cm_guesses_json(&run->opening.guesses);
    char *parameters = mapping ? parameters_json(run, mapping) : NULL;
    char *provenance = NULL;
    char words[256];
    castmap_status status = parameters ? CASTMAP_OK : cm_fail_memory(run->ctx);

    for (size_t i = 0; !status && i < s->n_notes; i++)
        status = cm_batch_note(run->ctx, run->project, run->batch, s->notes[i].code, s->notes[i].reason, s->notes[i].count);
    const cm_batch batch = {run->file, run->opening.format, s->sha256, mapping, s->read, s->accepted, s->duplicate, s->quarantined, false};
    if (!status)
        status = cm_batch_finish(run->ctx, run->project, run->batch, &batch);
    if (!status) {
        provenance = provenance_json(run);
        if (!provenance)
            status = cm_fail_memory(run->ctx);
    }
    if (!status) {
        snprintf(words, sizeof words, "%zu rows of %.100s: %zu accepted, %zu duplicate, %zu quarantined", s->read, run->file,
                 s->accepted, s->duplicate, s->quarantined);
        if (run->mending)
            snprintf(words, sizeof words, "%zu rows of %.100s, back from quarantine of batch %" PRId64 ": %zu accepted, %zu duplicate, %zu still set aside",
                     s->read, run->file, run->mending->origin, s->accepted, s->duplicate, run->mending->refused);
        status = note_tables(run);
    }
    if (!status)
        status = cm_run_finish(run->ctx, run->project, run->run, words, parameters, provenance);
    free(mapping);
    free(parameters);
    free(provenance);
    return status;
}
