/*
 * runs/track_motion.c - how fast and which way stretches were passed, and where people stayed.
 */
#include "runs/track_run.h"

#include "analysis/routes/network_point.h"
#include "base/fail.h"
#include "base/memory.h"
#include "castmap/cluster.h"

#include <math.h>
#include <stdlib.h>

#define TURN_M 30.0
#define NO_STRETCH SIZE_MAX

/* ---- speed and direction along busy stretches ------------------------------------------------------------------- */

typedef struct speed_of {
    size_t stretch;
    double mps;
} speed_of;

static int compare_speeds(const void *left, const void *right)
{
    const speed_of *a = left, *b = right;

    if (a->stretch != b->stretch)
        return a->stretch < b->stretch ? -1 : 1;
    return (a->mps > b->mps) - (a->mps < b->mps);
}

static int64_t heading_of(const cm_track_run *run, const castmap_busy_stretch *b)
{
    const castmap_lixels *l = &run->lixels;
    const uint32_t first = run->busy.order[b->first], last = run->busy.order[b->last - 1];
    double ax, ay, bx, by;

    cm_network_point(&run->streets.network, l->edge[first], run->busy.backward[b->first] ? l->to_m[first] : l->from_m[first], &ax, &ay);
    cm_network_point(&run->streets.network, l->edge[last], run->busy.backward[b->last - 1] ? l->from_m[last] : l->to_m[last], &bx, &by);
    const double degrees = atan2(bx - ax, by - ay) * (180.0 / 3.14159265358979323846);
    return (llround(degrees) + 360) % 360;
}

/* Passes by piece and direction; the speeds of those with a time, by stretch. counts [2 * pieces]: along the stretch, against it. */
static size_t sort_passes(const cm_track_run *run, const castmap_track_pass *pass, size_t n, const size_t *stretch, const bool *backward, int64_t *counts,
                          speed_of *speeds)
{
    size_t timed = 0;

    for (size_t i = 0; i < n; i++) {
        const castmap_track_pass *p = &pass[i];
        if (stretch[p->piece] == NO_STRETCH || (!run->options->copies_too && run->part_same[p->track] != p->track))
            continue;
        counts[2 * p->piece + (p->forward == backward[p->piece])]++;
        if (p->seconds > 0.0)
            speeds[timed++] = (speed_of){stretch[p->piece], p->covered_m / p->seconds};
    }
    if (timed > 1)
        qsort(speeds, timed, sizeof *speeds, compare_speeds);
    return timed;
}

static void fill_motion(cm_track_run *run, const speed_of *speeds, size_t timed, const int64_t *counts)
{
    cm_track_detail *d = &run->detail;
    size_t begin = 0;

    d->n_stretches = run->busy.count;
    for (size_t s = 0; s < run->busy.count; s++) {
        const castmap_busy_stretch *b = &run->busy.stretch[s];
        size_t end = begin;
        while (end < timed && speeds[end].stretch == s)
            end++;
        d->speed[s] = end > begin ? llround(500.0 * (speeds[(begin + end - 1) / 2].mps + speeds[begin + (end - begin) / 2].mps)) : CM_SPEED_UNKNOWN;
        begin = end;
        for (size_t k = b->first; k < b->last; k++) {
            const int64_t *c = &counts[2 * (size_t)run->busy.order[k]];
            if (c[0] + c[1] > d->along[s] + d->against[s]) {
                d->along[s] = c[0];
                d->against[s] = c[1];
            }
        }
        d->heading[s] = heading_of(run, b);
        castmap_track_stretch *const out[] = {&run->layer.stretch[s], &run->summary.stretches[s]};
        for (size_t k = 0; k < 2; k++) {
            out[k]->speed_mps = d->speed[s] == CM_SPEED_UNKNOWN ? (double)NAN : (double)d->speed[s] / 1000.0;
            out[k]->along = (uint32_t)d->along[s];
            out[k]->against = (uint32_t)d->against[s];
            out[k]->heading_deg = (double)d->heading[s];
        }
    }
}

castmap_status cm_track_run_motion(cm_track_run *run)
{
    cm_track_detail *d = &run->detail;
    const size_t pieces = run->lixels.count;
    castmap_track_pass *pass = NULL;
    size_t n = 0;
    castmap_status status = castmap_track_pass_list(run->ctx, &run->parts.view, &run->matches, &run->lixels, TURN_M, &pass, &n);
    size_t *stretch = cm_alloc(pieces, sizeof *stretch);
    bool *backward = cm_alloc_zero(pieces, sizeof *backward);
    int64_t *counts = cm_alloc_zero(2 * pieces, sizeof *counts);
    speed_of *speeds = cm_alloc(n, sizeof *speeds);

    d->speed = cm_alloc(run->busy.count, sizeof *d->speed);
    d->along = cm_alloc_zero(run->busy.count, sizeof *d->along);
    d->against = cm_alloc_zero(run->busy.count, sizeof *d->against);
    d->heading = cm_alloc(run->busy.count, sizeof *d->heading);
    if (!status && !(stretch && backward && counts && speeds && d->speed && d->along && d->against && d->heading))
        status = cm_fail_memory(run->ctx);
    for (size_t i = 0; i < pieces && !status; i++)
        stretch[i] = NO_STRETCH;
    for (size_t s = 0; s < run->busy.count && !status; s++) {
        for (size_t k = run->busy.stretch[s].first; k < run->busy.stretch[s].last; k++) {
            stretch[run->busy.order[k]] = s;
            backward[run->busy.order[k]] = run->busy.backward[k];
        }
    }
    if (!status)
        fill_motion(run, speeds, sort_passes(run, pass, n, stretch, backward, counts, speeds), counts);
    free(pass);
    free(stretch);
    free(backward);
    free(counts);
    free(speeds);
    return status;
}

/* ---- stops ------------------------------------------------------------------------------------------------------ */

typedef struct stop_place {
    size_t   first, last; /* its stays are stay[first] .. stay[last - 1] */
    double   x, y;
    uint32_t people;
    int64_t  dwell_s, longest_s, edge;
} stop_place;

typedef struct stay {
    uint32_t place, person;
    size_t   stop;
} stay;

static int compare_stays(const void *left, const void *right)
{
    const stay *a = left, *b = right;

    if (a->place != b->place)
        return a->place < b->place ? -1 : 1;
    if (a->person != b->person)
        return a->person < b->person ? -1 : 1;
    return (a->stop > b->stop) - (a->stop < b->stop);
}

/* Longest first; ties go to the west, then to the south. */
static int compare_places(const void *left, const void *right)
{
    const stop_place *a = left, *b = right;

    if (a->dwell_s != b->dwell_s)
        return a->dwell_s > b->dwell_s ? -1 : 1;
    if (a->x != b->x)
        return a->x < b->x ? -1 : 1;
    return (a->y > b->y) - (a->y < b->y);
}

/* The street that a fix of the stop was matched to; -1: none. */
static int64_t edge_of(const castmap_matches *m, const castmap_stop *stop)
{
    for (size_t i = stop->first; i <= stop->last; i++) {
        if (m->state[i] == CASTMAP_MATCHED)
            return (int64_t)m->edge[i];
    }
    return -1;
}

static stop_place make_place(const cm_track_run *run, const stay *stays, size_t first, size_t last)
{
    const castmap_stop *stops = run->stops;
    const double x0 = stops[stays[first].stop].x, y0 = stops[stays[first].stop].y;
    stop_place place = {.first = first, .last = last, .edge = -1};
    double dx = 0.0, dy = 0.0;

    for (size_t k = first; k < last; k++) {
        const castmap_stop *s = &stops[stays[k].stop];
        dx += s->x - x0;
        dy += s->y - y0;
        place.people += k == first || stays[k].person != stays[k - 1].person;
        place.dwell_s += s->dwell_s;
        place.longest_s = s->dwell_s > place.longest_s ? s->dwell_s : place.longest_s;
        place.edge = place.edge < 0 ? edge_of(&run->matches, s) : place.edge;
    }
    place.x = x0 + dx / (double)(last - first);
    place.y = y0 + dy / (double)(last - first);
    return place;
}

static castmap_status keep_places(cm_track_run *run, const stop_place *places, size_t n)
{
    cm_track_detail *d = &run->detail;
    int64_t **const columns[] = {&d->stop_x, &d->stop_y, &d->stop_edge, &d->stays, &d->stop_people, &d->dwell_s, &d->longest_s};
    castmap_tracks_run_summary *s = &run->summary;

    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) {
        *columns[k] = cm_alloc(n, sizeof **columns[k]);
        if (!*columns[k])
            return cm_fail_memory(run->ctx);
    }
    s->stop_places = cm_alloc_zero(n, sizeof *s->stop_places);
    if (!s->stop_places)
        return cm_fail_memory(run->ctx);
    d->n_stops = s->n_stop_places = n;
    for (size_t i = 0; i < n; i++) {
        const stop_place *p = &places[i];
        const uint32_t name = p->edge < 0 ? CASTMAP_NO_TEXT : run->streets.name_of[p->edge];
        d->stop_x[i] = llround(p->x * 1000.0);
        d->stop_y[i] = llround(p->y * 1000.0);
        d->stop_edge[i] = p->edge;
        d->stays[i] = (int64_t)(p->last - p->first);
        d->stop_people[i] = p->people;
        d->dwell_s[i] = p->dwell_s;
        d->longest_s[i] = p->longest_s;
        s->stop_places[i] = (castmap_track_stop_place){cm_copy_text(name == CASTMAP_NO_TEXT ? "" : run->streets.names[name]), p->last - p->first, p->people,
                                                       p->dwell_s, p->longest_s};
        if (!s->stop_places[i].street)
            return cm_fail_memory(run->ctx);
    }
    return CASTMAP_OK;
}

/* Stays within stop_m of one another, or joined by others that are, are one place. */
castmap_status cm_track_run_stops(cm_track_run *run)
{
    const size_t n = run->n_stops;
    castmap_dbscan_options options = CASTMAP_DBSCAN_OPTIONS_INIT;
    double *x = cm_alloc(n, sizeof *x), *y = cm_alloc(n, sizeof *y);
    int32_t *label = cm_alloc(n, sizeof *label);
    stay *stays = cm_alloc(n, sizeof *stays);
    stop_place *places = cm_alloc(n, sizeof *places);
    size_t k = 0;
    castmap_status status = x && y && label && stays && places ? CASTMAP_OK : cm_fail_memory(run->ctx);

    for (size_t i = 0; i < n && !status; i++) {
        x[i] = run->stops[i].x;
        y[i] = run->stops[i].y;
    }
    options.min_points = 1;
    options.eps_m = run->options->stop_m;
    const castmap_points points = {.count = n, .x = x, .y = y};
    if (!status && n > 0)
        status = castmap_dbscan(run->ctx, &points, &options, label, NULL, NULL);
    for (size_t i = 0; i < n && !status; i++)
        stays[i] = (stay){(uint32_t)label[i], run->parts.person[run->stops[i].track], i};
    if (!status && n > 1)
        qsort(stays, n, sizeof *stays, compare_stays);
    for (size_t first = 0, last; first < n && !status; first = last) {
        for (last = first + 1; last < n && stays[last].place == stays[first].place;)
            last++;
        places[k++] = make_place(run, stays, first, last);
    }
    if (!status && k > 1)
        qsort(places, k, sizeof *places, compare_places);
    if (!status)
        status = keep_places(run, places, k);
    free(x);
    free(y);
    free(label);
    free(stays);
    free(places);
    return status;
}
