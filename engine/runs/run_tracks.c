/*
 * runs/run_tracks.c - from the project's tracks and streets to a layer of what was passed.
 *
 *   1. load        tracks, streets
 *   2. prepare     clean, told apart, trimmed                       track_prepare.c
 *   3. match       to the streets
 *   4. count       passes, people, time on every piece of street
 *   5. find        the busiest stretches, in words                   track_words.c
 *   6. add         their speed and direction, stops; what releases may count   track_motion.c, track_visits.c
 *   7. keep        one run: the layer with its reasons
 */
#include "runs/track_run.h"

#include "base/fail.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "project/project_file.h"
#include "project/run_table.h"
#include "project/undo.h"
#include "runs/remarks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_RADIUS_M 50.0
#define FEW_PEOPLE 5
#define MANY_OFF 0.2

static void release(cm_track_run *run)
{
    for (size_t i = 0; i < run->n_sets; i++)
        cm_track_set_clear(&run->sets[i]);
    free(run->sets);
    castmap_streets_clear(&run->streets);
    cm_track_metres_clear(&run->metres);
    cm_track_pieces_clear(&run->clean);
    cm_track_pieces_clear(&run->parts);
    free(run->same);
    free(run->part_same);
    castmap_matches_clear(&run->matches);
    castmap_lixels_clear(&run->lixels);
    castmap_passes_clear(&run->passes);
    castmap_busy_stretches_clear(&run->busy);
    cm_track_layer_clear(&run->layer);
    cm_track_detail_clear(&run->detail);
    free(run->stops);
    castmap_tracks_run_summary_clear(&run->summary);
}

void castmap_tracks_run_summary_clear(castmap_tracks_run_summary *summary)
{
    for (size_t i = 0; i < summary->n_stretches; i++) {
        free(summary->stretches[i].street);
        free(summary->stretches[i].from);
        free(summary->stretches[i].to);
    }
    free(summary->stretches);
    for (size_t i = 0; i < summary->n_stop_places; i++)
        free(summary->stop_places[i].street);
    free(summary->stop_places);
    cm_remarks_clear(summary->remarks, summary->n_remarks);
    *summary = (castmap_tracks_run_summary)CASTMAP_TRACKS_RUN_SUMMARY_INIT;
}

static castmap_status check(castmap_context *ctx, const castmap_tracks_run_options *o)
{
    if (o->version != CASTMAP_TRACKS_RUN_OPTIONS_VERSION)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "options of another version");
    if (!castmap_track_measure_name(o->measure))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "there is no such measure");
    if (!(o->piece_m > 0.0) || !isfinite(o->piece_m))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "pieces of streets must have a length above 0");
    if (!(o->share > 0.0 && o->share <= 1.0))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the share of busy streets is above 0 and at most all");
    return CASTMAP_OK;
}

static castmap_status load(cm_track_run *run)
{
    castmap_status status = cm_track_sets_load(run->ctx, run->project, run->options->set_id, &run->sets, &run->n_sets);

    return status ? status : castmap_streets_load(run->ctx, run->project, 0, &run->streets);
}

static int by_value(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

/* Sorts a copy of the distances of matched fixes. */
static castmap_status off_median(cm_track_run *run)
{
    const castmap_matches *m = &run->matches;
    double *off = cm_alloc(m->n_fixes, sizeof *off);
    size_t n = 0;

    if (!off)
        return cm_fail_memory(run->ctx);
    for (size_t i = 0; i < m->n_fixes; i++) {
        if (m->state[i] == CASTMAP_MATCHED)
            off[n++] = m->distance_m[i];
    }
    if (n > 1)
        qsort(off, n, sizeof *off, by_value);
    run->summary.off_median_m = n ? 0.5 * (off[(n - 1) / 2] + off[n / 2]) : (double)NAN;
    free(off);
    return CASTMAP_OK;
}

static castmap_status match(cm_track_run *run)
{
    const castmap_tracks_run_options *o = run->options;
    castmap_match_options options = CASTMAP_MATCH_OPTIONS_INIT;
    castmap_tracks_run_summary *s = &run->summary;

    options.sigma_m = o->sigma_m;
    options.beta_m = o->beta_m;
    options.radius_m = o->radius_m > 0.0 ? o->radius_m : DEFAULT_RADIUS_M;
    options.one_way = !o->on_foot;
    castmap_status status = castmap_match_tracks(run->ctx, &run->streets.network, &run->parts.view, &options, &run->matches);
    if (status)
        return status;
    const castmap_matches *m = &run->matches;
    memcpy(s->matched, m->counts, sizeof s->matched);
    s->breaks = m->breaks;
    s->sigma_m = m->sigma_m;
    s->beta_m = m->beta_m;
    int64_t way_mm = 0; /* whole numbers: the order of the tracks changes nothing */
    for (size_t k = 0; k < m->n_steps; k++)
        way_mm += llround(fabs(m->step_to_m[k] - m->step_from_m[k]) * 1000.0);
    s->way_km = (double)way_mm * 1e-6;
    if (m->n_steps == 0) {
        status = cm_fail(run->ctx, CASTMAP_E_NOT_FOUND, "no track runs along the streets of the project");
        cm_fail_hint(run->ctx, "do tracks and streets lie in one place? castmap tracks list, castmap streets list; or --radius is too short");
    }
    return status ? status : off_median(run);
}

static castmap_status count(cm_track_run *run)
{
    const castmap_tracks_run_options *o = run->options;
    castmap_passes_options options = CASTMAP_PASSES_OPTIONS_INIT;

    options.round_trip = o->round_trips_once ? CASTMAP_REPEAT_ONCE : CASTMAP_REPEAT_EACH;
    options.same = o->copies_too ? NULL : run->part_same;
    options.recording = run->parts.recording;
    castmap_status status = castmap_lixels_cut(run->ctx, &run->streets.network, o->piece_m, 0.5 * o->piece_m, &run->lixels);
    return status ? status : castmap_track_passes(run->ctx, &run->parts.view, &run->matches, &run->lixels, &options, &run->passes);
}

static castmap_status find_busy(cm_track_run *run)
{
    const castmap_lixels *l = &run->lixels;
    const castmap_passes *p = &run->passes;
    double *value = cm_alloc(l->count, sizeof *value);
    castmap_status status = value ? CASTMAP_OK : cm_fail_memory(run->ctx);

    for (size_t i = 0; i < l->count && !status; i++)
        value[i] = run->options->measure == CASTMAP_TRACK_PEOPLE   ? p->people[i]
                   : run->options->measure == CASTMAP_TRACK_PASSES ? p->passes[i]
                                                                   : p->seconds[i] / (l->to_m[i] - l->from_m[i]);
    if (!status)
        status = castmap_busy_stretches_find(run->ctx, &run->streets.network, l, run->streets.street, value, run->options->share, &run->busy);
    free(value);
    run->summary.threshold = run->busy.threshold;
    run->summary.used_km = run->busy.used_m / 1000.0;
    run->summary.busy_km = run->busy.busy_m / 1000.0;
    return status ? status : cm_track_run_words(run);
}

static int64_t *widened(const uint32_t *values, size_t n)
{
    int64_t *wide = cm_alloc(n, sizeof *wide);

    for (size_t i = 0; wide && i < n; i++)
        wide[i] = values[i];
    return wide;
}

static castmap_status fill_layer(cm_track_run *run)
{
    const castmap_passes *p = &run->passes;
    cm_track_layer *l = &run->layer;

    l->name = cm_copy_text(run->options->name ? run->options->name : "tracks");
    l->measure = run->options->measure;
    l->street_set = run->streets.set_id;
    l->trim_m = run->options->trim_m;
    l->piece_m = run->options->piece_m;
    l->threshold = run->busy.threshold;
    l->recordings = run->summary.recordings;
    l->people = run->summary.people;
    l->unnamed = run->summary.unnamed;
    l->n_pieces = p->count;
    l->passes = widened(p->passes, p->count);
    l->tracks = widened(p->tracks, p->count);
    l->persons = widened(p->people, p->count);
    l->micros = cm_alloc(p->count, sizeof *l->micros);
    if (!l->name || !l->passes || !l->tracks || !l->persons || !l->micros)
        return cm_fail_memory(run->ctx);
    for (size_t i = 0; i < p->count; i++)
        l->micros[i] = llround(p->seconds[i] * 1e6);
    return CASTMAP_OK;
}

static castmap_status remark(cm_track_run *run)
{
    castmap_tracks_run_summary *s = &run->summary;
    const size_t within = s->matched[CASTMAP_MATCHED] + s->matched[CASTMAP_MATCH_OFF] + s->matched[CASTMAP_MATCH_NO_ROUTE];
    int failed = 0;

    if (s->people + s->unnamed < FEW_PEOPLE)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "few-people", "the tracks are of %zu %s%s: they show where these went, not where people go",
                                s->people, s->people == 1 ? "person" : "people", s->unnamed ? " and some whom nobody knows" : "");
    if ((double)s->matched[CASTMAP_MATCH_OFF] > MANY_OFF * (double)within)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "off-the-streets", "%.0f %% of the fixes lie farther than %.0f m from any street: are streets "
                                "or paths missing?", 100.0 * (double)s->matched[CASTMAP_MATCH_OFF] / (double)within,
                                run->options->radius_m > 0.0 ? run->options->radius_m : DEFAULT_RADIUS_M);
    if (run->options->trim_m < 500.0)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "short-trim", "less than 500 m is cut off the ends of tracks: the layer may show where people live");
    return failed ? cm_fail_memory(run->ctx) : CASTMAP_OK;
}

static char *parameters(const cm_track_run *run)
{
    const castmap_tracks_run_options *o = run->options;
    cm_text text = CM_TEXT_INIT;
    cm_json json;

    cm_json_begin(&json, &text, false);
    cm_json_object(&json, NULL);
    cm_json_string(&json, "name", run->layer.name);
    cm_json_string(&json, "measure", castmap_track_measure_name(o->measure));
    cm_json_integer(&json, "set", o->set_id);
    cm_json_integer(&json, "streets", run->streets.set_id);
    cm_json_number(&json, "piece_m", o->piece_m);
    cm_json_number(&json, "share", o->share);
    cm_json_number(&json, "trim_m", o->trim_m);
    cm_json_bool(&json, "on_foot", o->on_foot);
    cm_json_bool(&json, "round_trips_once", o->round_trips_once);
    cm_json_bool(&json, "copies_too", o->copies_too);
    cm_json_number(&json, "sigma_m", run->summary.sigma_m);
    cm_json_number(&json, "beta_m", run->summary.beta_m);
    cm_json_number(&json, "radius_m", o->radius_m > 0.0 ? o->radius_m : DEFAULT_RADIUS_M);
    cm_json_end_object(&json);
    char *made = cm_text_take(&text);
    cm_text_clear(&text);
    return made;
}

static castmap_status keep(cm_track_run *run)
{
    char line[200];
    char *text = NULL, *provenance = NULL;
    int64_t number = 0;
    castmap_status status = cm_run_begin(run->ctx, run->project, "track layer", &number);

    if (status)
        return status;
    run->layer.run_number = number;
    status = cm_track_layer_store(run->ctx, run->project, &run->layer);
    run->detail.run_number = number;
    if (!status)
        status = cm_track_detail_store(run->ctx, run->project, &run->detail);
    for (size_t i = 0; i < run->n_sets && !status; i++)
        status = cm_run_needs(run->ctx, run->project, number, run->sets[i].run);
    if (!status)
        status = cm_run_needs(run->ctx, run->project, number, run->streets.run_number);
    if (!status) {
        text = parameters(run);
        provenance = text ? cm_run_provenance(run->ctx, run->project, NULL) : NULL;
        status = provenance ? CASTMAP_OK : cm_fail_memory(run->ctx);
    }
    if (!status) {
        snprintf(line, sizeof line, "%zu tracks on %.1f km of streets; %zu busy stretches by %s", run->summary.recordings, run->summary.used_km,
                 run->summary.n_stretches, castmap_track_measure_name(run->options->measure));
        status = cm_run_finish(run->ctx, run->project, number, line, text, provenance);
    }
    if (status)
        cm_run_abandon(run->project, number);
    else
        run->summary.run_number = number;
    free(text);
    free(provenance);
    return status;
}

castmap_status castmap_run_tracks(castmap_context *ctx, castmap_project *project, const castmap_tracks_run_options *options,
                                  castmap_tracks_run_summary *summary)
{
    static castmap_status (*const STEPS[])(cm_track_run *) = {load, cm_track_run_prepare, match, count, find_busy, cm_track_run_motion, cm_track_run_stops,
                                                            cm_track_run_visits, fill_layer, remark};
    cm_track_run *run = cm_alloc_zero(1, sizeof *run);

    cm_fail_clear(ctx);
    if (!run)
        return cm_fail_memory(ctx);
    run->ctx = ctx;
    run->project = project;
    run->options = options;
    castmap_status status = check(ctx, options);
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS && !status; i++)
        status = STEPS[i](run);
    if (!status && !options->dry_run)
        status = keep(run);
    if (!status) {
        *summary = run->summary;
        run->summary = (castmap_tracks_run_summary)CASTMAP_TRACKS_RUN_SUMMARY_INIT;
    }
    release(run);
    free(run);
    return status;
}
