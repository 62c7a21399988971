/*
 * runs/track_prepare.c - stored tracks to pieces that may be counted.
 *
 * Copies are told apart on whole pieces, before their ends are cut off: what is left of different ways to one place may well be alike.
 */
#include "runs/track_run.h"

#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAME_M 1.0      /* formats round differently */
#define MOVING_MPS 0.5

void cm_track_pieces_clear(cm_track_pieces *pieces)
{
    free(pieces->start);
    free(pieces->x);
    free(pieces->y);
    free(pieces->time_s);
    free(pieces->person);
    free(pieces->recording);
    *pieces = (cm_track_pieces){.count = 0};
}

static castmap_status allocate(castmap_context *ctx, size_t count, size_t fixes, cm_track_pieces *out)
{
    out->start = cm_alloc_zero(count + 1, sizeof *out->start);
    out->x = cm_alloc(fixes, sizeof *out->x);
    out->y = cm_alloc(fixes, sizeof *out->y);
    out->time_s = cm_alloc(fixes, sizeof *out->time_s);
    out->person = cm_alloc(count, sizeof *out->person);
    out->recording = cm_alloc(count, sizeof *out->recording);
    if (!out->start || !out->x || !out->y || !out->time_s || !out->person || !out->recording)
        return cm_fail_memory(ctx);
    out->count = count;
    out->view = (castmap_tracks){count, out->start, out->x, out->y, out->time_s, out->person};
    return CASTMAP_OK;
}

static castmap_status take_clean(cm_track_run *run, const castmap_clean_tracks *clean)
{
    const castmap_tracks *from = &run->metres.view;
    cm_track_pieces *to = &run->clean;
    castmap_status status = allocate(run->ctx, clean->count, clean->start[clean->count], to);

    for (size_t p = 0; p < clean->count && !status; p++) {
        to->start[p + 1] = clean->start[p + 1];
        to->person[p] = from->person[clean->track[p]];
        to->recording[p] = run->metres.recording[clean->track[p]];
        for (size_t k = clean->start[p]; k < clean->start[p + 1]; k++) {
            to->x[k] = from->x[clean->fix[k]];
            to->y[k] = from->y[clean->fix[k]];
            to->time_s[k] = from->time_s[clean->fix[k]];
        }
    }
    return status;
}

static castmap_status clean_tracks(cm_track_run *run)
{
    castmap_clean_options options = CASTMAP_CLEAN_OPTIONS_INIT;
    castmap_clean_tracks clean = CASTMAP_CLEAN_TRACKS_INIT;
    castmap_tracks_run_summary *s = &run->summary;
    castmap_status status = castmap_tracks_clean(run->ctx, &run->metres.view, &options, &clean);

    if (!status)
        status = take_clean(run, &clean);
    if (!status) {
        memcpy(s->fate, clean.counts, sizeof s->fate);
        s->cleaned = clean.n_fixes - clean.counts[CASTMAP_FIX_KEPT];
    }
    castmap_clean_tracks_clear(&clean);
    return status;
}

static castmap_status trim_tracks(cm_track_run *run)
{
    const cm_track_pieces *from = &run->clean;
    castmap_track_parts parts = CASTMAP_TRACK_PARTS_INIT;
    size_t fixes = 0;
    castmap_status status = castmap_tracks_trim(run->ctx, &from->view, run->options->trim_m, &parts);

    for (size_t p = 0; p < parts.count && !status; p++)
        fixes += parts.last[p] - parts.first[p] + 1;
    if (!status)
        status = allocate(run->ctx, parts.count, fixes, &run->parts);
    if (!status) {
        run->part_same = cm_alloc(parts.count, sizeof *run->part_same);
        status = run->part_same ? CASTMAP_OK : cm_fail_memory(run->ctx);
    }
    for (size_t p = 0; p < parts.count && !status; p++) {
        cm_track_pieces *to = &run->parts;
        const size_t n = parts.last[p] - parts.first[p] + 1, at = to->start[p];
        const bool copy = run->same[parts.track[p]] != parts.track[p];
        to->start[p + 1] = at + n;
        to->person[p] = from->person[parts.track[p]];
        to->recording[p] = from->recording[parts.track[p]];
        memcpy(to->x + at, from->x + parts.first[p], n * sizeof *to->x);
        memcpy(to->y + at, from->y + parts.first[p], n * sizeof *to->y);
        memcpy(to->time_s + at, from->time_s + parts.first[p], n * sizeof *to->time_s);
        run->part_same[p] = copy ? UINT32_MAX : (uint32_t)p;
        run->summary.copies += copy;
    }
    run->summary.trimmed = parts.removed;
    run->summary.pieces = parts.count;
    castmap_track_parts_clear(&parts);
    return status;
}

static int by_value(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

static castmap_status measure_motion(cm_track_run *run)
{
    const size_t n = run->parts.count ? run->parts.start[run->parts.count] : 0;
    double *speed = cm_alloc(n, sizeof *speed), *heading = cm_alloc(n, sizeof *heading);
    castmap_stop *stop = NULL;
    size_t moving = 0, found = 0;
    castmap_status status = speed && heading ? castmap_tracks_motion(run->ctx, &run->parts.view, 1.0, speed, heading) : cm_fail_memory(run->ctx);

    for (size_t i = 0; i < n && !status; i++) {
        if (speed[i] > MOVING_MPS)
            speed[moving++] = speed[i];
    }
    if (moving > 1)
        qsort(speed, moving, sizeof *speed, by_value);
    run->summary.speed_median_mps = moving ? 0.5 * (speed[(moving - 1) / 2] + speed[moving / 2]) : (double)NAN;
    free(speed);
    free(heading);
    if (!status)
        status = castmap_tracks_stops(run->ctx, &run->parts.view, run->options->stop_m, run->options->stop_s, &stop, &found);
    for (size_t i = 0; i < found && !status; i++) {
        if (!run->options->copies_too && run->part_same[stop[i].track] != stop[i].track)
            continue;
        run->summary.dwell_s += stop[i].dwell_s;
        stop[run->n_stops++] = stop[i];
    }
    run->summary.n_stops = run->n_stops;
    run->stops = stop;
    return status;
}

castmap_status cm_track_run_prepare(cm_track_run *run)
{
    castmap_tracks_run_summary *s = &run->summary;
    castmap_status status = cm_track_metres_make(run->ctx, run->project, run->sets, run->n_sets, &run->metres);

    if (status)
        return status;
    for (size_t i = 0; i < run->n_sets; i++)
        s->fixes += run->sets[i].n_fixes;
    s->outside = run->metres.outside;
    s->recordings = run->metres.recordings;
    s->people = run->metres.people;
    s->unnamed = run->metres.unnamed;
    status = clean_tracks(run);
    if (!status) {
        run->same = cm_alloc(run->clean.count, sizeof *run->same);
        status = run->same ? castmap_tracks_identical(run->ctx, &run->clean.view, SAME_M, run->same, NULL) : cm_fail_memory(run->ctx);
    }
    if (!status)
        status = trim_tracks(run);
    if (!status && run->parts.count == 0) {
        status = cm_fail(run->ctx, CASTMAP_E_NOT_FOUND, "nothing is left of the tracks without their ends");
        cm_fail_hint(run->ctx, "tracks that never go far from where they begin or end tell where people live; add longer ones");
    }
    return status ? status : measure_motion(run);
}
