/*
 * runs/track_visits.c - who passed which piece of street on which day, away from all ends and stays: what a release may count.
 *
 *   1. collect_cuts    ends and stays of all tracks of all people, those that recur by person
 *   2. list            passes of people who have a name, at a time that is known, no copies
 *   3. sift            those near an end or a stay of the same recording, or near one of the same person that recurs, are left out
 *
 * The layer's own trimming can be switched off and looks at fixes. This one cannot, and looks at the streets themselves: a way that was found
 * between two fixes may come nearer to an end than both.
 */
#include "runs/track_run.h"

#include "analysis/routes/network_point.h"
#include "base/fail.h"
#include "base/memory.h"
#include "runs/text_numbers.h"

#include <math.h>
#include <stdlib.h>

#define LEAST_TRIM_M 500.0
#define STAY_M 50.0
#define STAY_S 600
#define TURN_M 30.0
#define DAY_S 86400

typedef struct cut_point {
    uint32_t person, recording;
    int64_t  row, column, day; /* day INT64_MIN: unknown */
    double   x, y;
    bool     recurs;
} cut_point;

typedef struct visit {
    uint32_t piece, person, recording;
    int64_t  day;
} visit;

typedef struct sifting {
    cm_track_run  *run;
    double         trim_m, side_m; /* side of the squares that cut points are sorted into */
    cut_point     *cut;            /* owned; by person, row, column */
    size_t         n_cuts, room;
    castmap_lixels lixels;         /* owned */
    visit         *visit;          /* owned */
    size_t         n_visits;
} sifting;

static int compare_cuts(const void *left, const void *right)
{
    const cut_point *a = left, *b = right;

    if (a->person != b->person)
        return a->person < b->person ? -1 : 1;
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    return (a->column > b->column) - (a->column < b->column);
}

static int compare_visits(const void *left, const void *right)
{
    const visit *a = left, *b = right;

    if (a->piece != b->piece)
        return a->piece < b->piece ? -1 : 1;
    if (a->person != b->person)
        return a->person < b->person ? -1 : 1;
    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    return (a->recording > b->recording) - (a->recording < b->recording);
}

static int64_t day_of(double time_s)
{
    return (int64_t)floor(time_s / DAY_S);
}

static int add_cut(sifting *s, size_t piece, double x, double y, int64_t time_s)
{
    const cm_track_pieces *from = &s->run->clean;

    if (from->person[piece] == CM_NO_NUMBER)
        return 0;
    if (cm_grow(&s->cut, &s->room, s->n_cuts + 1, sizeof *s->cut))
        return -1;
    s->cut[s->n_cuts++] = (cut_point){from->person[piece], from->recording[piece], (int64_t)floor(y / s->side_m), (int64_t)floor(x / s->side_m),
                                      time_s == INT64_MIN ? INT64_MIN : day_of((double)time_s), x, y, false};
    return 0;
}

/* The first cut point of a person at or behind a square. */
static size_t seek(const sifting *s, uint32_t person, int64_t row, int64_t column)
{
    const cut_point key = {.person = person, .row = row, .column = column};
    size_t low = 0, high = s->n_cuts;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare_cuts(&s->cut[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

typedef bool matches_fn(const cut_point *cut, const void *payload);

/* Is there a cut point of the person within radius_m (at most side_m) that `matches` says yes to? */
static bool any_near(const sifting *s, uint32_t person, double x, double y, double radius_m, matches_fn *matches, const void *payload)
{
    const int64_t row = (int64_t)floor(y / s->side_m), column = (int64_t)floor(x / s->side_m);

    for (int64_t r = row - 1; r <= row + 1; r++) {
        for (size_t k = seek(s, person, r, column - 1); k < s->n_cuts; k++) {
            const cut_point *c = &s->cut[k];
            if (c->person != person || c->row != r || c->column > column + 1)
                break;
            if (hypot(c->x - x, c->y - y) <= radius_m && matches(c, payload))
                return true;
        }
    }
    return false;
}

static bool on_another_day(const cut_point *cut, const void *payload)
{
    return cut->day != *(const int64_t *)payload;
}

static bool of_recording(const cut_point *cut, const void *payload)
{
    return cut->recurs || cut->recording == *(const uint32_t *)payload;
}

/* Ends and stays; a place where a person begins, ends or stays on two days or more is one that recurs. A day that is unknown may be any. */
static castmap_status collect_cuts(sifting *s)
{
    const castmap_tracks *tracks = &s->run->clean.view;
    castmap_stop *stop = NULL;
    size_t n = 0;
    int failed = 0;
    castmap_status status = castmap_tracks_stops(s->run->ctx, tracks, STAY_M, STAY_S, &stop, &n);

    for (size_t p = 0; p < tracks->count && !status && !failed; p++) {
        const size_t first = tracks->start[p], end = tracks->start[p + 1];
        if (end > first)
            failed = add_cut(s, p, tracks->x[first], tracks->y[first], tracks->time_s[first]) ||
                     add_cut(s, p, tracks->x[end - 1], tracks->y[end - 1], tracks->time_s[end - 1]);
    }
    for (size_t i = 0; i < n && !failed; i++)
        failed = add_cut(s, stop[i].track, stop[i].x, stop[i].y, stop[i].arrival_s);
    free(stop);
    if (failed)
        status = cm_fail_memory(s->run->ctx);
    if (!status && s->n_cuts > 1)
        qsort(s->cut, s->n_cuts, sizeof *s->cut, compare_cuts);
    for (size_t i = 0; i < s->n_cuts && !status; i++) {
        cut_point *c = &s->cut[i];
        c->recurs = c->day == INT64_MIN || any_near(s, c->person, c->x, c->y, 0.5 * s->trim_m, on_another_day, &c->day);
    }
    return status;
}

static castmap_status list(sifting *s)
{
    cm_track_run *run = s->run;
    castmap_track_pass *pass = NULL;
    size_t n = 0;
    castmap_status status = castmap_lixels_cut(run->ctx, &run->streets.network, CM_VISIT_PIECE_M, CM_VISIT_LEAST_M, &s->lixels);

    if (!status)
        status = castmap_track_pass_list(run->ctx, &run->parts.view, &run->matches, &s->lixels, TURN_M, &pass, &n);
    if (!status && !(s->visit = cm_alloc(n, sizeof *s->visit)))
        status = cm_fail_memory(run->ctx);
    for (size_t i = 0; i < n && !status; i++) {
        const uint32_t part = pass[i].track;
        if (run->parts.person[part] != CM_NO_NUMBER && run->part_same[part] == part && !isnan(pass[i].enter_s))
            s->visit[s->n_visits++] = (visit){pass[i].piece, run->parts.person[part], run->parts.recording[part], day_of(pass[i].enter_s)};
    }
    free(pass);
    if (!status && s->n_visits > 1)
        qsort(s->visit, s->n_visits, sizeof *s->visit, compare_visits);
    return status;
}

/* Every point of a piece lies within half its length of its middle. */
static bool is_near_a_cut(const sifting *s, const visit *v)
{
    double x, y;

    cm_network_point(&s->run->streets.network, s->lixels.edge[v->piece], s->lixels.middle_m[v->piece], &x, &y);
    const double half = 0.5 * (s->lixels.to_m[v->piece] - s->lixels.from_m[v->piece]);
    return any_near(s, v->person, x, y, s->trim_m + half, of_recording, &v->recording);
}

static castmap_status sift(sifting *s)
{
    cm_track_detail *d = &s->run->detail;

    d->trim_m = s->trim_m;
    d->n_pieces = s->lixels.count;
    d->piece = cm_alloc(s->n_visits, sizeof *d->piece);
    d->person = cm_alloc(s->n_visits, sizeof *d->person);
    d->day = cm_alloc(s->n_visits, sizeof *d->day);
    if (!d->piece || !d->person || !d->day)
        return cm_fail_memory(s->run->ctx);
    for (size_t i = 0; i < s->n_visits; i++) {
        const visit *v = &s->visit[i];
        const size_t k = d->n_visits;
        const bool known = k > 0 && d->piece[k - 1] == v->piece && d->person[k - 1] == v->person && d->day[k - 1] == v->day;
        if (known || (i > 0 && compare_visits(v, v - 1) == 0) || is_near_a_cut(s, v))
            continue;
        d->piece[k] = v->piece;
        d->person[k] = v->person;
        d->day[k] = v->day;
        d->n_visits++;
    }
    return CASTMAP_OK;
}

castmap_status cm_track_run_visits(cm_track_run *run)
{
    sifting s = {.run = run, .trim_m = fmax(run->options->trim_m, LEAST_TRIM_M), .lixels = CASTMAP_LIXELS_INIT};

    s.side_m = s.trim_m + CM_VISIT_PIECE_M; /* pieces are at most 1.5 times as long as asked for, half of which is less */
    castmap_status status = collect_cuts(&s);
    if (!status)
        status = list(&s);
    if (!status)
        status = sift(&s);
    free(s.cut);
    free(s.visit);
    castmap_lixels_clear(&s.lixels);
    return status;
}
