/*
 * runs/track_add.c - recorded tracks into the project, and out of it.
 *
 *   1. read      file by file: fixes, those that cannot be used by reason        track_file.c, track_collect.c
 *   2. look      what cleaning will make of them, in metres                      told, not stored
 *   3. store     a set a file, one run for all
 */
#include "castmap/track_sets.h"

#include "base/digest.h"
#include "base/fail.h"
#include "base/files.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "project/project_file.h"
#include "project/run_table.h"
#include "runs/track_collect.h"
#include "runs/track_metres.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct adding {
    castmap_context                  *ctx;
    castmap_project                  *project;
    const castmap_tracks_add_options *options;
    unsigned char    key[CM_SOURCE_KEY];
    cm_zone         *zone;   /* owned */
    cm_date_order    order;
    cm_track_set    *set;    /* owned [n] new ones */
    size_t           n, room;
    size_t           flaw[CM_FIX_FLAWS];
    int64_t          first[CM_FIX_FLAWS];
    cm_text_numbers  people; /* of all files */
    castmap_tracks_add_summary out;
} adding;

static void release(adding *a)
{
    for (size_t i = 0; i < a->n; i++)
        cm_track_set_clear(&a->set[i]);
    free(a->set);
    cm_zone_free(a->zone);
    cm_text_numbers_clear(&a->people);
    castmap_tracks_add_summary_clear(&a->out);
}

static castmap_status prepare(adding *a)
{
    const castmap_tracks_add_options *o = a->options;
    char *zone = NULL;
    castmap_status status;

    if (o->version != CASTMAP_TRACKS_ADD_OPTIONS_VERSION)
        return cm_fail(a->ctx, CASTMAP_E_ARGUMENT, "options of another version");
    if (o->n_paths == 0)
        return cm_fail(a->ctx, CASTMAP_E_ARGUMENT, "no file of tracks was named");
    if (o->date_order && !cm_date_order_named(o->date_order, &a->order))
        return cm_fail(a->ctx, CASTMAP_E_ARGUMENT, "the order of dates is dmy, mdy or ymd");
    status = cm_source_key(a->ctx, a->project, a->key);
    if (!status)
        status = cm_setting_get(a->ctx, a->project, "time_zone", &zone);
    if (!status)
        status = cm_zone_open(a->ctx, zone ? zone : "UTC", &a->zone);
    free(zone);
    a->out.first_s = a->out.last_s = INT64_MIN;
    return status;
}

/* Is a file of this digest among the sets of this run or of the project? */
static castmap_status is_known(adding *a, const char *sha256, bool *known)
{
    int64_t id = 0;

    *known = false;
    for (size_t i = 0; i < a->n && !*known; i++)
        *known = strcmp(a->set[i].sha256, sha256) == 0;
    const castmap_status status = cm_track_set_find(a->ctx, a->project, sha256, &id);
    *known = *known || id != 0;
    return status;
}

static castmap_status account(adding *a, const cm_track_collect *c, const cm_track_set *set)
{
    castmap_tracks_add_summary *s = &a->out;

    s->read += c->read;
    s->stored += c->count;
    s->untimed += c->untimed;
    for (int k = 0; k < CM_FIX_FLAWS; k++) {
        if (a->flaw[k] == 0)
            a->first[k] = c->first[k];
        a->flaw[k] += c->flaw[k];
    }
    for (size_t t = 0; t < set->n_tracks; t++) {
        const bool fresh = t == 0 || set->recording[t] != set->recording[t - 1];
        s->recordings += fresh;
        s->unnamed += fresh && set->person[t] == CM_NO_PERSON;
    }
    for (size_t i = 0; i < set->n_people; i++) {
        uint32_t number = 0;
        bool fresh = false;
        if (cm_text_number(&a->people, set->pseudonym[i], strlen(set->pseudonym[i]), &number, &fresh))
            return cm_fail_memory(a->ctx);
    }
    s->people = a->people.count;
    for (size_t i = 0; i < set->n_fixes; i++) {
        if (set->time_s[i] == INT64_MIN)
            continue;
        s->first_s = s->first_s == INT64_MIN || set->time_s[i] < s->first_s ? set->time_s[i] : s->first_s;
        s->last_s = set->time_s[i] > s->last_s ? set->time_s[i] : s->last_s;
    }
    return CASTMAP_OK;
}

static castmap_status read_file(adding *a, const char *path)
{
    cm_track_collect collect = {.key = a->key, .person = a->options->person, .zone = a->zone, .order = a->order};
    cm_track_set set = CM_TRACK_SET_INIT;
    char sha256[CM_SHA256_HEX];
    const char *format = "";
    uint64_t size = 0;
    bool known = false;
    castmap_status status = cm_sha256_file(a->ctx, path, sha256, &size);

    if (!status)
        status = is_known(a, sha256, &known);
    a->out.files++;
    if (status || known) {
        a->out.known += known;
        return status;
    }
    status = cm_track_file_read(a->ctx, path, a->options, &collect, &a->out, &format);
    if (!status && collect.read == 0) {
        a->out.empty++;
        cm_track_collect_clear(&collect);
        return CASTMAP_OK;
    }
    if (!status)
        status = cm_track_collect_finish(a->ctx, &collect, &set);
    if (!status)
        status = account(a, &collect, &set);
    cm_track_collect_clear(&collect);
    set.name = cm_copy_text(cm_base_name(path));
    set.format = cm_copy_text(format);
    set.sha256 = cm_copy_text(sha256);
    if (!status && (!set.name || !set.format || !set.sha256 || cm_grow(&a->set, &a->room, a->n + 1, sizeof *a->set)))
        status = cm_fail_memory(a->ctx);
    if (status || set.n_fixes == 0)
        cm_track_set_clear(&set);
    else
        a->set[a->n++] = set;
    return status;
}

/* Files were read, and there is nothing to store. */
static castmap_status fail_nothing(adding *a)
{
    castmap_status status;

    if (a->out.read == 0) {
        status = cm_fail(a->ctx, CASTMAP_E_INPUT, a->out.files > 1 ? "none of the files holds tracks" : "the file holds no tracks");
        cm_fail_hint(a->ctx, "single points are read by castmap import");
    } else {
        status = cm_fail(a->ctx, CASTMAP_E_INPUT, "%zu fixes, and none of them can be used: %s", a->out.read, a->out.left_out[0].reason);
    }
    cm_fail_where(a->ctx, "%s", cm_base_name(a->options->path[0]));
    return status;
}

static castmap_status word_flaws(adding *a)
{
    a->out.left_out = cm_alloc_zero(CM_FIX_FLAWS, sizeof *a->out.left_out);
    if (!a->out.left_out)
        return cm_fail_memory(a->ctx);
    for (int k = 0; k < CM_FIX_FLAWS; k++) {
        if (!a->flaw[k])
            continue;
        castmap_reason_count *reason = &a->out.left_out[a->out.n_left_out++];
        snprintf(reason->code, sizeof reason->code, "%s", cm_fix_flaw_code((cm_fix_flaw)k));
        reason->reason = cm_copy_text(cm_fix_flaw_words((cm_fix_flaw)k));
        reason->count = a->flaw[k];
        reason->first_row = a->first[k];
        if (!reason->reason)
            return cm_fail_memory(a->ctx);
    }
    return CASTMAP_OK;
}

/* What cleaning will do. */
static castmap_status look(adding *a)
{
    castmap_clean_options options = CASTMAP_CLEAN_OPTIONS_INIT;

    for (size_t i = 0; i < a->n; i++) {
        cm_track_metres metres = CM_TRACK_METRES_INIT;
        castmap_clean_tracks clean = CASTMAP_CLEAN_TRACKS_INIT;
        castmap_status status = cm_track_metres_make(a->ctx, a->project, &a->set[i], 1, &metres);
        if (!status)
            status = castmap_tracks_clean(a->ctx, &metres.view, &options, &clean);
        for (int k = 0; k < CASTMAP_FIX_FATES && !status; k++)
            a->out.fate[k] += clean.counts[k];
        a->out.pieces += clean.count;
        a->out.sorted += clean.sorted;
        a->out.cuts_gap += clean.cuts_gap;
        a->out.cuts_jump += clean.cuts_jump;
        castmap_clean_tracks_clear(&clean);
        cm_track_metres_clear(&metres);
        if (status)
            return status;
    }
    return CASTMAP_OK;
}

static char *parameters_text(const adding *a)
{
    cm_text text = CM_TEXT_INIT;
    cm_json json;

    cm_json_begin(&json, &text, false);
    cm_json_object(&json, NULL);
    cm_json_array(&json, "files");
    for (size_t i = 0; i < a->n; i++) {
        cm_json_object(&json, NULL);
        cm_json_string(&json, "name", a->set[i].name);
        cm_json_string(&json, "format", a->set[i].format);
        cm_json_string(&json, "sha256", a->set[i].sha256);
        cm_json_integer(&json, "fixes", (int64_t)a->set[i].n_fixes);
        cm_json_end_object(&json);
    }
    cm_json_end_array(&json);
    cm_json_integer(&json, "read", (int64_t)a->out.read);
    cm_json_integer(&json, "stored", (int64_t)a->out.stored);
    cm_json_object(&json, "left_out");
    for (size_t i = 0; i < a->out.n_left_out; i++)
        cm_json_integer(&json, a->out.left_out[i].code, (int64_t)a->out.left_out[i].count);
    cm_json_end_object(&json);
    cm_json_end_object(&json);
    char *made = cm_text_take(&text);
    cm_text_clear(&text);
    return made;
}

static castmap_status store(adding *a)
{
    char line[200];
    char *parameters = NULL, *provenance = NULL;
    int64_t number = 0, id = 0;
    castmap_status status = cm_run_begin(a->ctx, a->project, "tracks", &number);

    if (status)
        return status;
    for (size_t i = 0; i < a->n && !status; i++)
        status = cm_track_set_store(a->ctx, a->project, number, &a->set[i], &id);
    if (!status) {
        parameters = parameters_text(a);
        provenance = parameters ? cm_run_provenance(a->ctx, a->project, NULL) : NULL;
        if (!provenance)
            status = cm_fail_memory(a->ctx);
    }
    if (!status) {
        snprintf(line, sizeof line, "%zu fixes of %zu tracks from %zu files", a->out.stored, a->out.recordings, a->n);
        status = cm_run_finish(a->ctx, a->project, number, line, parameters, provenance);
    }
    if (status)
        cm_run_abandon(a->project, number);
    else
        a->out.run_number = number;
    free(parameters);
    free(provenance);
    return status;
}

castmap_status castmap_tracks_add(castmap_context *ctx, castmap_project *project, const castmap_tracks_add_options *options,
                                  castmap_tracks_add_summary *summary)
{
    adding a = {.ctx = ctx, .project = project, .options = options, .order = CM_DATE_ASK};

    cm_fail_clear(ctx);
    castmap_status status = castmap_project_begin(ctx, project);
    if (status)
        return status;
    status = prepare(&a);
    for (size_t i = 0; i < options->n_paths && !status; i++) {
        cm_progress(ctx, "reading tracks", (double)i / (double)options->n_paths);
        status = read_file(&a, options->path[i]);
    }
    if (!status)
        status = word_flaws(&a);
    if (!status && a.n == 0 && a.out.known == 0)
        status = fail_nothing(&a);
    if (!status)
        status = look(&a);
    if (!status && a.n > 0 && !options->dry_run)
        status = store(&a);
    if (!status && a.out.run_number)
        status = castmap_project_commit(ctx, project);
    else /* nothing to keep, not even the key that pseudonyms were made with */
        castmap_project_rollback(project);
    if (!status) {
        *summary = a.out;
        a.out = (castmap_tracks_add_summary)CASTMAP_TRACKS_ADD_SUMMARY_INIT;
    }
    release(&a);
    return status;
}

void castmap_tracks_add_summary_clear(castmap_tracks_add_summary *summary)
{
    for (size_t i = 0; i < summary->n_guesses; i++) {
        free(summary->guesses[i].what);
        free(summary->guesses[i].value);
        free(summary->guesses[i].why);
    }
    for (size_t i = 0; i < summary->n_left_out; i++)
        free(summary->left_out[i].reason);
    free(summary->guesses);
    free(summary->left_out);
    *summary = (castmap_tracks_add_summary)CASTMAP_TRACKS_ADD_SUMMARY_INIT;
}
