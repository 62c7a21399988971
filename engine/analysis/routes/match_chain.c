/*
 * analysis/routes/match_chain.c - Viterbi's algorithm along one track.
 *
 *   1. load_row      the streets near a fix, with the logarithm of the chance of the fix
 *   2. advance       the best way to each from those of the row before
 *   3. end_chain     back from the best end; what was chosen, and the ways between
 *
 * When no way leads to a row it waits: if one leads past it to the next row, the fix was wrong and is passed over (it stays in no chain); else
 * the chain ends before it and a new one begins with it.
 */
#include "analysis/routes/match_chain.h"

#include "analysis/routes/track_check.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

#define NO_ROW SIZE_MAX
#define NO_PARENT UINT32_MAX

int cm_matcher_init(cm_matcher *matcher, const cm_match_job *job, const cm_route_graph *graph)
{
    *matcher = (cm_matcher){.job = job};
    return cm_way_search_init(&matcher->search, graph, job->options->one_way, 2.0 * job->sigma_m);
}

void cm_matcher_clear(cm_matcher *matcher)
{
    cm_way_search_clear(&matcher->search);
    free(matcher->row);
    free(matcher->candidate);
    free(matcher->chosen);
    *matcher = (cm_matcher){0};
}

/* A row with the candidates of a fix, behind the others; *row NO_ROW if there are none. */
static int load_row(cm_matcher *m, size_t fix, size_t *row)
{
    const cm_match_job *job = m->job;
    cm_segment_hit hits[CM_MOST_TARGETS];
    size_t n = 0;

    cm_segment_index_near(job->index, job->tracks->x[fix], job->tracks->y[fix], job->options->radius_m, hits, job->options->candidates, &n);
    *row = NO_ROW;
    if (n == 0)
        return 0;
    if (cm_grow(&m->row, &m->row_room, m->n_rows + 1, sizeof *m->row) ||
        cm_grow(&m->candidate, &m->candidate_room, m->n_candidates + n, sizeof *m->candidate))
        return -1;
    for (size_t i = 0; i < n; i++) {
        const double sigmas = hits[i].distance_m / job->sigma_m;
        m->candidate[m->n_candidates + i] = (cm_match_candidate){{hits[i].edge, hits[i].along_m}, hits[i].distance_m, -0.5 * sigmas * sigmas, NO_PARENT};
    }
    *row = m->n_rows;
    m->row[m->n_rows++] = (cm_match_row){fix, m->n_candidates, n, NO_ROW};
    m->n_candidates += n;
    return 0;
}

static double straight_m(const cm_matcher *m, const cm_match_row *from, const cm_match_row *to)
{
    return sqrt(cm_fix_distance2(m->job->tracks, from->fix, to->fix));
}

/* No way between two rows is this long or longer. */
static double limit_m(const cm_matcher *m, const cm_match_row *from, const cm_match_row *to)
{
    const castmap_match_options *o = m->job->options;
    const int64_t from_s = cm_fix_time(m->job->tracks, from->fix), to_s = cm_fix_time(m->job->tracks, to->fix);
    const double limit = straight_m(m, from, to) + o->detour_m;

    if (from_s == INT64_MIN || to_s == INT64_MIN)
        return limit;
    const double reach = o->max_speed_mps * fabs((double)to_s - (double)from_s) + o->radius_m; /* both places may be off by a part of it */
    return reach < limit ? reach : limit;
}

/* The best way to each candidate of `to`; *reached: there is one to any. Scores of `to` are of the fix alone before, of the chain after. */
static int advance(cm_matcher *m, size_t from, size_t to, bool *reached)
{
    const cm_match_row *a = &m->row[from], *b = &m->row[to];
    cm_match_candidate *left = m->candidate + a->start, *right = m->candidate + b->start;
    const double straight = straight_m(m, a, b), limit = limit_m(m, a, b);
    double best[CM_MOST_TARGETS], way[CM_MOST_TARGETS];
    cm_way_place place[CM_MOST_TARGETS];

    *reached = false;
    for (size_t j = 0; j < b->n; j++) {
        best[j] = -(double)INFINITY;
        place[j] = right[j].place;
    }
    for (size_t i = 0; i < a->n; i++) {
        if (left[i].score == -(double)INFINITY)
            continue;
        if (cm_way_lengths(&m->search, left[i].place, place, b->n, limit, way))
            return -1;
        for (size_t j = 0; j < b->n; j++) {
            const double score = left[i].score - fabs(way[j] - straight) / m->job->beta_m;
            if (isfinite(way[j]) && score > best[j]) {
                best[j] = score;
                right[j].parent = (uint32_t)i;
                *reached = true;
            }
        }
    }
    if (*reached) {
        for (size_t j = 0; j < b->n; j++)
            right[j].score += best[j];
        m->row[to].before = from;
    }
    return 0;
}

static void note_fix(const cm_matcher *m, size_t row, uint32_t which)
{
    const cm_match_candidate *c = &m->candidate[m->row[row].start + which];
    const size_t fix = m->row[row].fix;

    m->job->state[fix] = CASTMAP_MATCHED;
    m->job->edge[fix] = c->place.edge;
    m->job->along_m[fix] = c->place.along_m;
    m->job->distance_m[fix] = c->distance_m;
}

static int add_step(cm_match_result *result, cm_match_step step)
{
    if (cm_grow(&result->step, &result->step_room, result->n_steps + 1, sizeof *result->step))
        return -1;
    result->step[result->n_steps++] = step;
    return 0;
}

/* The way between two matched fixes; somebody who did not move was there all the same. */
static int add_way(cm_matcher *m, size_t from, uint32_t from_which, size_t to, uint32_t to_which, cm_match_result *result)
{
    const cm_match_row *a = &m->row[from], *b = &m->row[to];
    const cm_way_place start = m->candidate[a->start + from_which].place, goal = m->candidate[b->start + to_which].place;
    const int64_t from_s = cm_fix_time(m->job->tracks, a->fix), to_s = cm_fix_time(m->job->tracks, b->fix);
    const bool timed = from_s != INT64_MIN && to_s != INT64_MIN;
    const double begin = timed ? (double)from_s : (double)NAN, span = timed ? (double)to_s - (double)from_s : (double)NAN;
    double total = 0.0, gone = 0.0;

    if (cm_way_trace(&m->search, start, goal, limit_m(m, a, b)))
        return -1;
    for (size_t i = 0; i < m->search.n_pieces; i++)
        total += fabs(m->search.piece[i].to_m - m->search.piece[i].from_m);
    if (m->job->excess_m)
        m->job->excess_m[b->fix] = fabs(total - straight_m(m, a, b));
    if (m->search.n_pieces == 0)
        return add_step(result, (cm_match_step){goal.edge, goal.along_m, goal.along_m, begin, begin + span});
    for (size_t i = 0; i < m->search.n_pieces; i++) {
        const cm_way_piece *p = &m->search.piece[i];
        const double enter = begin + span * (gone / total);
        gone += fabs(p->to_m - p->from_m);
        if (add_step(result, (cm_match_step){p->edge, p->from_m, p->to_m, enter, begin + span * (gone / total)}))
            return -1;
    }
    return 0;
}

/* The chain that ends with row `last`; empties the trellis. */
static int end_chain(cm_matcher *m, size_t last, cm_match_result *result)
{
    const size_t steps = result->n_steps;
    size_t n = 0;
    uint32_t which = 0;

    for (uint32_t j = 1; j < m->row[last].n; j++) {
        if (m->candidate[m->row[last].start + j].score > m->candidate[m->row[last].start + which].score)
            which = j;
    }
    if (cm_grow(&m->chosen, &m->chosen_room, m->n_rows, sizeof *m->chosen))
        return -1;
    /* `before` is turned round, so that the ways come in order. */
    for (size_t row = last, after = NO_ROW; row != NO_ROW; n++) {
        const size_t before = m->row[row].before;
        m->chosen[row] = which;
        note_fix(m, row, which);
        which = m->candidate[m->row[row].start + which].parent;
        m->row[row].before = after;
        after = row;
        if (before == NO_ROW) {
            for (size_t k = row; m->row[k].before != NO_ROW; k = m->row[k].before) {
                const size_t next = m->row[k].before;
                if (add_way(m, k, m->chosen[k], next, m->chosen[next], result))
                    return -1;
            }
        }
        row = before;
    }
    m->n_rows = m->n_candidates = 0;
    if (result->n_steps == steps)
        return 0;
    if (cm_grow(&result->chain_end, &result->chain_room, result->n_chains + 1, sizeof *result->chain_end))
        return -1;
    result->chain_end[result->n_chains++] = result->n_steps;
    return 0;
}

/* Where a track stands. */
typedef struct walk {
    size_t head;    /* last row of the chain; NO_ROW: none */
    size_t waiting; /* a row that no way leads to yet; NO_ROW: none */
    size_t looked;  /* the last fix looked at */
    int64_t seen_s; /* when a fix was on or near the chain last */
} walk;

/* Ends the chain and begins another with the row of `fix`, which has candidates. */
static int restart(cm_matcher *m, walk *w, size_t fix, cm_match_result *result)
{
    if (end_chain(m, w->head, result) || load_row(m, fix, &w->head))
        return -1;
    result->breaks++;
    w->waiting = NO_ROW;
    return 0;
}

/* Joins a new row to the chain, or lets it wait. */
static int join(cm_matcher *m, walk *w, size_t row, cm_match_result *result)
{
    const size_t fix = m->row[row].fix;
    bool reached = false;

    if (advance(m, w->head, row, &reached))
        return -1;
    if (reached) {
        if (w->waiting != NO_ROW)
            m->job->state[m->row[w->waiting].fix] = CASTMAP_MATCH_NO_ROUTE;
        w->waiting = NO_ROW;
        w->head = row;
        return 0;
    }
    if (w->waiting == NO_ROW) {
        w->waiting = row;
        return 0;
    }
    /* Two in vain: the chain ends, and one begins with the first of the two. */
    if (restart(m, w, m->row[w->waiting].fix, result) || load_row(m, fix, &row) || advance(m, w->head, row, &reached))
        return -1;
    if (reached)
        w->head = row;
    else
        w->waiting = row;
    return 0;
}

static int take_fix(cm_matcher *m, walk *w, size_t fix, cm_match_result *result)
{
    const cm_match_job *job = m->job;
    const int64_t time_s = cm_fix_time(job->tracks, fix);
    size_t row = NO_ROW;

    if (w->head != NO_ROW && cm_fix_distance2(job->tracks, w->looked, fix) <= job->thin_m * job->thin_m) {
        job->state[fix] = CASTMAP_MATCH_NEAR;
        w->seen_s = time_s;
        return 0;
    }
    if (load_row(m, fix, &row))
        return -1;
    if (row == NO_ROW) {
        job->state[fix] = CASTMAP_MATCH_OFF;
        return 0;
    }
    w->looked = fix;
    if (w->head == NO_ROW) {
        w->head = row;
    } else if (time_s != INT64_MIN && w->seen_s != INT64_MIN && (double)time_s - (double)w->seen_s > job->options->silence_s) {
        /* Too long a silence. A row that still waits is a chain of its own, of one fix. */
        if (w->waiting != NO_ROW && restart(m, w, m->row[w->waiting].fix, result))
            return -1;
        if (restart(m, w, fix, result))
            return -1;
    } else if (join(m, w, row, result)) {
        return -1;
    }
    w->seen_s = time_s;
    return 0;
}

castmap_status cm_match_track(cm_matcher *matcher, size_t track, cm_match_result *result)
{
    const castmap_tracks *tracks = matcher->job->tracks;
    const size_t first = tracks->start[track];
    size_t n = tracks->start[track + 1] - first;
    walk w = {NO_ROW, NO_ROW, 0, INT64_MIN};

    n = n < matcher->job->most_fixes ? n : matcher->job->most_fixes;
    matcher->n_rows = matcher->n_candidates = 0;
    for (size_t i = 0; i < n; i++) {
        if (i % 1024 == 1023 && castmap_is_cancelled(matcher->job->ctx))
            return CASTMAP_E_CANCELLED;
        if (take_fix(matcher, &w, first + i, result))
            return CASTMAP_E_NOMEM;
    }
    if (w.waiting != NO_ROW && restart(matcher, &w, matcher->row[w.waiting].fix, result))
        return CASTMAP_E_NOMEM;
    return w.head != NO_ROW && end_chain(matcher, w.head, result) ? CASTMAP_E_NOMEM : CASTMAP_OK;
}
