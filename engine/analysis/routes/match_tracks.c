/*
 * analysis/routes/match_tracks.c - matching all tracks to a network.
 *
 *   1. prepare      index of the segments, ends at nodes
 *   2. estimate     sigma from the distances to the nearest streets; beta from a first matching of the beginnings
 *   3. match        track by track                                                                        in parallel
 *   4. gather       what each track gave, one after the other
 */
#include "analysis/routes/match_chain.h"
#include "analysis/routes/track_check.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ESTIMATE_FIXES 20000
#define LEAST_FIXES 10        /* of each track, for an estimate */
#define LEAST_SCALE_M 1.0
#define FIRST_BETA_M 10.0
#define NO_SIGMA_M 10.0       /* where no fix is near a street, which says nothing */
#define GRAIN 16

typedef struct matching {
    castmap_context *ctx;
    cm_match_job     job;
    cm_route_graph   graph;
    cm_segment_index *index;    /* owned */
    cm_matcher      *matcher;   /* owned [threads] */
    unsigned         n_matchers;
    cm_match_result *result;    /* owned [tracks] */
    double          *nearest_m; /* owned [fixes]; NaN: none */
    castmap_matches  made;
} matching;

void castmap_matches_clear(castmap_matches *matches)
{
    free(matches->state);
    free(matches->edge);
    free(matches->along_m);
    free(matches->distance_m);
    free(matches->chain_track);
    free(matches->chain_start);
    free(matches->step_edge);
    free(matches->step_from_m);
    free(matches->step_to_m);
    free(matches->step_enter_s);
    free(matches->step_leave_s);
    *matches = (castmap_matches)CASTMAP_MATCHES_INIT;
}

static void drop_results(matching *m)
{
    for (size_t t = 0; m->result && t < m->job.tracks->count; t++) {
        free(m->result[t].step);
        free(m->result[t].chain_end);
        m->result[t] = (cm_match_result){0};
    }
}

static void drop_matchers(matching *m)
{
    for (unsigned k = 0; k < m->n_matchers; k++)
        cm_matcher_clear(&m->matcher[k]);
    free(m->matcher);
    m->matcher = NULL;
    m->n_matchers = 0;
}

static void release(matching *m)
{
    drop_results(m);
    drop_matchers(m);
    free(m->result);
    free(m->nearest_m);
    cm_segment_index_free(m->index);
    cm_route_graph_clear(&m->graph);
    castmap_matches_clear(&m->made);
}

static castmap_status check(castmap_context *ctx, const castmap_tracks *tracks, const castmap_match_options *o)
{
    if (o->version != CASTMAP_MATCH_OPTIONS_VERSION)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "options of another version");
    if (!(o->sigma_m >= 0.0) || !isfinite(o->sigma_m) || !(o->beta_m >= 0.0) || !isfinite(o->beta_m))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "sigma and beta must be above 0, or 0 to have them estimated");
    if (!(o->radius_m > 0.0) || !isfinite(o->radius_m) || o->candidates < 1 || o->candidates > CM_MOST_TARGETS)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the radius must be above 0 and the candidates 1 to %d", CM_MOST_TARGETS);
    if (!(o->detour_m > 0.0) || !(o->max_speed_mps > 0.0) || !(o->silence_s > 0.0) || isnan(o->thin_m))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "detour, speed and silence must be above 0");
    return cm_tracks_check(ctx, tracks);
}

static castmap_status prepare(matching *m, const castmap_network *network)
{
    const size_t n = cm_tracks_fixes(m->job.tracks);
    castmap_matches *made = &m->made;

    castmap_status status = cm_route_graph_make(m->ctx, network, &m->graph);
    if (!status)
        status = cm_segment_index_build(m->ctx, network, &m->index);
    if (status)
        return status;
    made->n_fixes = n;
    made->state = cm_alloc_zero(n, sizeof *made->state);
    made->edge = cm_alloc(n, sizeof *made->edge);
    made->along_m = cm_alloc(n, sizeof *made->along_m);
    made->distance_m = cm_alloc(n, sizeof *made->distance_m);
    m->result = cm_alloc_zero(m->job.tracks->count, sizeof *m->result);
    if (!made->state || !made->edge || !made->along_m || !made->distance_m || !m->result)
        return cm_fail_memory(m->ctx);
    m->job.index = m->index;
    m->job.state = made->state;
    m->job.edge = made->edge;
    m->job.along_m = made->along_m;
    m->job.distance_m = made->distance_m;
    return CASTMAP_OK;
}

static int by_value(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

/* Of those that are numbers; sorts them to the front. NaN: there are none. */
static double median(double *values, size_t n)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        if (!isnan(values[i]))
            values[count++] = values[i];
    }
    if (count == 0)
        return (double)NAN;
    qsort(values, count, sizeof *values, by_value);
    return 0.5 * (values[(count - 1) / 2] + values[count / 2]);
}

static castmap_status measure_nearest(size_t begin, size_t end, void *job)
{
    matching *m = job;

    for (size_t i = begin; i < end; i++) {
        cm_segment_hit hit;
        const bool found = cm_segment_index_nearest(m->index, m->job.tracks->x[i], m->job.tracks->y[i], m->job.options->radius_m, &hit);
        m->nearest_m[i] = found ? hit.distance_m : (double)NAN;
    }
    return CASTMAP_OK;
}

/* Newson and Krumm (2009), equation 3. */
static castmap_status estimate_sigma(matching *m)
{
    const size_t n = m->made.n_fixes;

    m->nearest_m = cm_alloc(n, sizeof *m->nearest_m);
    if (!m->nearest_m)
        return cm_fail_memory(m->ctx);
    castmap_status status = cm_parallel_for(m->ctx, "measuring distances to streets", n, measure_nearest, m);
    const double sigma = status ? 0.0 : 1.4826 * median(m->nearest_m, n);
    m->job.sigma_m = isnan(sigma) ? NO_SIGMA_M : sigma < LEAST_SCALE_M ? LEAST_SCALE_M : sigma;
    return status;
}

static castmap_status match_some(size_t begin, size_t end, unsigned worker, void *job)
{
    matching *m = job;
    castmap_status status = CASTMAP_OK;

    for (size_t t = begin; t < end && !status; t++)
        status = cm_match_track(&m->matcher[worker], t, &m->result[t]);
    return status;
}

static castmap_status match_all(matching *m, const char *stage)
{
    for (size_t i = 0; i < m->made.n_fixes; i++) {
        m->made.state[i] = CASTMAP_MATCH_NO_ROUTE; /* until it is matched; a row that waits in vain stays so */
        m->made.edge[i] = CASTMAP_NO_EDGE;
        m->made.along_m[i] = m->made.distance_m[i] = (double)NAN;
    }
    m->n_matchers = castmap_threads(m->ctx);
    m->matcher = cm_alloc_zero(m->n_matchers, sizeof *m->matcher);
    if (!m->matcher) {
        m->n_matchers = 0;
        return cm_fail_memory(m->ctx);
    }
    for (unsigned k = 0; k < m->n_matchers; k++) {
        if (cm_matcher_init(&m->matcher[k], &m->job, &m->graph))
            return cm_fail_memory(m->ctx);
    }
    const size_t n = m->job.tracks->count;
    const castmap_status status = cm_parallel_workers(m->ctx, stage, n, n / 1024 < GRAIN ? 1 : GRAIN, match_some, m);
    drop_matchers(m);
    if (status == CASTMAP_E_NOMEM)
        return cm_fail_memory(m->ctx);
    return status == CASTMAP_E_CANCELLED ? cm_fail_cancelled(m->ctx) : status;
}

/* Newson and Krumm (2009), equation 5, over the most probable ways in place of known ones. */
static castmap_status estimate_beta(matching *m)
{
    const size_t n = m->made.n_fixes, tracks = m->job.tracks->count;

    m->job.excess_m = cm_alloc(n, sizeof *m->job.excess_m);
    if (!m->job.excess_m)
        return cm_fail_memory(m->ctx);
    for (size_t i = 0; i < n; i++)
        m->job.excess_m[i] = (double)NAN;
    m->job.beta_m = FIRST_BETA_M;
    m->job.most_fixes = tracks && ESTIMATE_FIXES / tracks > LEAST_FIXES ? ESTIMATE_FIXES / tracks : LEAST_FIXES;
    castmap_status status = match_all(m, "measuring detours");
    const double beta = status ? 0.0 : median(m->job.excess_m, n) / 0.69314718055994531;
    m->job.beta_m = isnan(beta) ? FIRST_BETA_M : beta < LEAST_SCALE_M ? LEAST_SCALE_M : beta;
    free(m->job.excess_m);
    m->job.excess_m = NULL;
    drop_results(m);
    return status;
}

static castmap_status gather(matching *m)
{
    castmap_matches *made = &m->made;
    size_t steps = 0, chains = 0, at = 0, chain = 0;

    for (size_t t = 0; t < m->job.tracks->count; t++) {
        steps += m->result[t].n_steps;
        chains += m->result[t].n_chains;
        made->breaks += m->result[t].breaks;
    }
    made->chain_track = cm_alloc(chains, sizeof *made->chain_track);
    made->chain_start = cm_alloc_zero(chains + 1, sizeof *made->chain_start);
    made->step_edge = cm_alloc(steps, sizeof *made->step_edge);
    made->step_from_m = cm_alloc(steps, sizeof *made->step_from_m);
    made->step_to_m = cm_alloc(steps, sizeof *made->step_to_m);
    made->step_enter_s = cm_alloc(steps, sizeof *made->step_enter_s);
    made->step_leave_s = cm_alloc(steps, sizeof *made->step_leave_s);
    if (!made->chain_track || !made->chain_start || !made->step_edge || !made->step_from_m || !made->step_to_m || !made->step_enter_s ||
        !made->step_leave_s)
        return cm_fail_memory(m->ctx);
    for (size_t t = 0; t < m->job.tracks->count; t++) {
        const cm_match_result *r = &m->result[t];
        for (size_t c = 0; c < r->n_chains; c++) {
            made->chain_track[chain] = (uint32_t)t;
            made->chain_start[++chain] = at + r->chain_end[c];
        }
        for (size_t s = 0; s < r->n_steps; s++, at++) {
            made->step_edge[at] = r->step[s].edge;
            made->step_from_m[at] = r->step[s].from_m;
            made->step_to_m[at] = r->step[s].to_m;
            made->step_enter_s[at] = r->step[s].enter_s;
            made->step_leave_s[at] = r->step[s].leave_s;
        }
    }
    for (size_t i = 0; i < made->n_fixes; i++)
        made->counts[made->state[i]]++;
    made->n_chains = chains;
    made->n_steps = steps;
    made->sigma_m = m->job.sigma_m;
    made->beta_m = m->job.beta_m;
    return CASTMAP_OK;
}

castmap_status castmap_match_tracks(castmap_context *ctx, const castmap_network *network, const castmap_tracks *tracks,
                                    const castmap_match_options *options, castmap_matches *out)
{
    matching m = {.ctx = ctx, .made = CASTMAP_MATCHES_INIT,
                  .job = {.ctx = ctx, .tracks = tracks, .options = options, .sigma_m = options->sigma_m, .beta_m = options->beta_m}};

    cm_fail_clear(ctx);
    castmap_status status = check(ctx, tracks, options);
    if (!status)
        status = prepare(&m, network);
    const cm_span span = cm_progress_span(ctx, 0.0, 0.1);
    if (!status && m.job.sigma_m == 0.0)
        status = estimate_sigma(&m);
    m.job.thin_m = options->thin_m < 0.0 ? 2.0 * m.job.sigma_m : options->thin_m;
    cm_progress_restore(ctx, span);
    cm_progress_span(ctx, 0.1, 0.2);
    if (!status && m.job.beta_m == 0.0)
        status = estimate_beta(&m);
    cm_progress_restore(ctx, span);
    cm_progress_span(ctx, 0.2, 1.0);
    m.job.most_fixes = SIZE_MAX;
    if (!status)
        status = match_all(&m, "matching tracks to streets");
    cm_progress_restore(ctx, span);
    if (!status)
        status = gather(&m);
    if (!status) {
        *out = m.made;
        m.made = (castmap_matches)CASTMAP_MATCHES_INIT;
    }
    release(&m);
    return status;
}
