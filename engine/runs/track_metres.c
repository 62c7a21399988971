/*
 * runs/track_metres.c - degrees to metres, sets to one list of tracks.
 */
#include "runs/track_metres.h"

#include "base/fail.h"
#include "base/memory.h"
#include "project/run_table.h"
#include "runs/text_numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct making {
    castmap_context    *ctx;
    castmap_project    *project;
    const cm_track_set *sets;
    size_t              n, tracks, fixes;
    cm_text_numbers     people;
    cm_track_metres     made;
} making;

void cm_track_metres_clear(cm_track_metres *metres)
{
    free(metres->start);
    free(metres->x);
    free(metres->y);
    free(metres->time_s);
    free(metres->person);
    free(metres->recording);
    *metres = (cm_track_metres)CM_TRACK_METRES_INIT;
}

static castmap_status open_projection(making *m, const double *lon, const double *lat, cm_projection **out)
{
    double west = 180.0, south = 90.0, east = -180.0, north = -90.0;
    cm_crs_choice choice;

    if (*cm_project_crs(m->project))
        return cm_projection_new(m->ctx, cm_project_crs(m->project), false, out);
    for (size_t i = 0; i < m->fixes; i++) {
        west = fmin(west, lon[i]);
        east = fmax(east, lon[i]);
        south = fmin(south, lat[i]);
        north = fmax(north, lat[i]);
    }
    const castmap_status status = cm_crs_choose(m->ctx, west, south, east, north, NULL, NULL, &choice);
    return status ? status : cm_projection_new(m->ctx, choice.crs, false, out);
}

static castmap_status project_fixes(making *m, bool *ok)
{
    double *lon = cm_alloc(m->fixes, sizeof *lon), *lat = cm_alloc(m->fixes, sizeof *lat);
    cm_projection *projection = NULL;
    castmap_status status = lon && lat ? CASTMAP_OK : cm_fail_memory(m->ctx);
    size_t at = 0;

    for (size_t s = 0; s < m->n && !status; s++) {
        for (size_t i = 0; i < m->sets[s].n_fixes; i++, at++) {
            lon[at] = (double)m->sets[s].lon[i] / CM_TRACK_DEGREE;
            lat[at] = (double)m->sets[s].lat[i] / CM_TRACK_DEGREE;
            m->made.time_s[at] = m->sets[s].time_s[i];
        }
    }
    if (!status)
        status = open_projection(m, lon, lat, &projection);
    if (!status)
        status = cm_projection_forward(m->ctx, projection, m->fixes, lon, lat, m->made.x, m->made.y, ok);
    cm_projection_free(projection);
    free(lon);
    free(lat);
    return status;
}

/* People of all sets by pseudonym; recordings numbered through. */
static castmap_status name_tracks(making *m)
{
    size_t track = 0, fixes = 0;

    for (size_t s = 0; s < m->n; s++) {
        const cm_track_set *set = &m->sets[s];
        for (size_t t = 0; t < set->n_tracks; t++, track++) {
            bool fresh = false;
            m->made.start[track] = fixes + (size_t)set->start[t];
            m->made.recordings += t == 0 || set->recording[t] != set->recording[t - 1];
            m->made.recording[track] = (uint32_t)(m->made.recordings - 1);
            m->made.person[track] = CM_NO_NUMBER;
            if (set->person[t] == CM_NO_PERSON)
                m->made.unnamed = true;
            else if (cm_text_number(&m->people, set->pseudonym[set->person[t]], strlen(set->pseudonym[set->person[t]]), &m->made.person[track], &fresh))
                return cm_fail_memory(m->ctx);
        }
        fixes += set->n_fixes;
    }
    m->made.start[track] = fixes;
    m->made.people = m->people.count;
    return CASTMAP_OK;
}

/* Fixes that could not be projected go; their tracks are shorter. */
static void close_up(making *m, const bool *ok)
{
    cm_track_metres *made = &m->made;
    size_t kept = 0, begin = 0;

    for (size_t t = 0; t < m->tracks; t++) {
        const size_t end = made->start[t + 1];
        made->start[t] = kept;
        for (size_t i = begin; i < end; i++) {
            if (!ok[i])
                continue;
            made->x[kept] = made->x[i];
            made->y[kept] = made->y[i];
            made->time_s[kept++] = made->time_s[i];
        }
        begin = end;
    }
    made->start[m->tracks] = kept;
    made->outside = m->fixes - kept;
}

castmap_status cm_track_metres_make(castmap_context *ctx, castmap_project *project, const cm_track_set *sets, size_t n, cm_track_metres *out)
{
    making m = {.ctx = ctx, .project = project, .sets = sets, .n = n, .people = CM_TEXT_NUMBERS_INIT, .made = CM_TRACK_METRES_INIT};

    for (size_t s = 0; s < n; s++) {
        m.tracks += sets[s].n_tracks;
        m.fixes += sets[s].n_fixes;
    }
    m.made.start = cm_alloc(m.tracks + 1, sizeof *m.made.start);
    m.made.x = cm_alloc(m.fixes, sizeof *m.made.x);
    m.made.y = cm_alloc(m.fixes, sizeof *m.made.y);
    m.made.time_s = cm_alloc(m.fixes, sizeof *m.made.time_s);
    m.made.person = cm_alloc(m.tracks, sizeof *m.made.person);
    m.made.recording = cm_alloc(m.tracks, sizeof *m.made.recording);
    bool *ok = cm_alloc(m.fixes, sizeof *ok);
    castmap_status status = m.made.start && m.made.x && m.made.y && m.made.time_s && m.made.person && m.made.recording && ok
                                ? CASTMAP_OK : cm_fail_memory(ctx);
    if (!status)
        status = project_fixes(&m, ok);
    if (!status)
        status = name_tracks(&m);
    if (!status) {
        close_up(&m, ok);
        m.made.view = (castmap_tracks){m.tracks, m.made.start, m.made.x, m.made.y, m.made.time_s, m.made.person};
    }
    free(ok);
    cm_text_numbers_clear(&m.people);
    if (status)
        cm_track_metres_clear(&m.made);
    else
        *out = m.made;
    return status;
}
