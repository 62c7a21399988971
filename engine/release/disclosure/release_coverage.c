/* release/disclosure/release_coverage.c */
#include "release/disclosure/release_coverage.h"

#include "base/fail.h"
#include "base/time_text.h"
#include "castmap/track_sets.h"
#include "project/flow_layer_table.h"
#include "project/track_layer_table.h"
#include "release/disclosure/release_words.h"

#include <stdio.h>
#include <string.h>

/* More pieces than this are no words that anybody reads. */
#define MOST_PIECES 3

/* ---- partner, public -------------------------------------------------------------------------------------------- */

/* "months covered: September 2021 (1 of 12)" */
static void count_words(const cm_published_months *months, size_t all, char *out, size_t size)
{
    char named[128];

    cm_published_months_words(months, MOST_PIECES, named, sizeof named);
    if (months->n == 0)
        snprintf(out, size, "no month covered");
    else if (months->n >= all)
        snprintf(out, size, "every month covered");
    else if (*named)
        snprintf(out, size, "months covered: %s (%zu of %zu)", named, months->n, all);
    else
        snprintf(out, size, "%zu of %zu months covered", months->n, all);
}

/* what: "reports", "movements". A part of the period must not be read as all of it. */
static void add_caveat(const cm_published_months *months, const char *what, const char *period, size_t all, cm_release_build *build)
{
    char named[160];

    cm_published_months_words(months, 12, named, sizeof named);
    if (months->n >= all)
        return;
    if (months->n == 0)
        cm_build_caveat(build, "No single month of %s holds enough %s to be named: whether they are spread over the whole of it is not known.", period, what);
    else
        cm_build_caveat(build, "The %s shown cover %s%s%zu of the %zu months of %s. Each other month holds few %s or none: do not read them as the whole of %s.", what,
                        named, *named ? ", " : "", months->n, all, period, what, period);
}

void cm_release_coverage(const cm_published *p, const char *audience, cm_release_build *build)
{
    castmap_release *release = build->release;
    const bool reports = p->months.present && p->n_cells > 0, moves = p->flows.months.present && p->flows.count > 0;
    const cm_published_months *first = reports ? &p->months : moves ? &p->flows.months : NULL;
    const size_t all = cm_period_months(&p->period);
    char period[96], from[32], to[32], covered[256], title[48];

    cm_period_words(&p->period, period, sizeof period);
    cm_date_words(p->period.from_s, from);
    cm_date_words(p->period.to_s - 1, to);
    if (!first) {
        cm_build_textf(build, &release->subtitle, "%s, for %s", period, audience);
        cm_build_textf(build, &release->data_dates, "%s from %s to %s", cm_released_what(p), from, to);
        return;
    }
    count_words(first, all, covered, sizeof covered);
    if (first->n >= all)
        cm_build_textf(build, &release->subtitle, "%s, for %s", period, audience);
    else
        cm_build_textf(build, &release->subtitle, "%s, for %s; %s", period, audience, covered);
    cm_build_textf(build, &release->data_dates, "%s from %s to %s; %s", cm_released_what(p), from, to, covered);
    cm_build_text(build, &release->coverage, covered);
    snprintf(title, sizeof title, "Months covered, of %zu", all);
    cm_build_fact_count(build, title, (int64_t)first->n, "months of which enough records are shown to be named");
    if (reports)
        add_caveat(&p->months, "reports", period, all, build);
    if (moves)
        add_caveat(&p->flows.months, "movements", period, all, build);
    cm_build_method(build, "A month is covered when its records, of all that is shown together, pass the same floors as those of one square. Of other months nothing is said.");
}

/* ---- internal --------------------------------------------------------------------------------------------------- */

/* The movements of the newest layer that lie in the period asked for. *any: there is one, with a time or without. */
static castmap_status movement_span(castmap_context *ctx, const cm_release_inputs *in, bool *any, int64_t *first_s, int64_t *last_s)
{
    const castmap_release_options *o = in->options;
    cm_flow_layer layer = {0};
    castmap_status status = cm_flow_layer_load(ctx, in->project, &layer);

    *any = false;
    *first_s = INT64_MAX;
    *last_s = INT64_MIN;
    if (status == CASTMAP_E_NOT_FOUND) {
        cm_fail_clear(ctx);
        return CASTMAP_OK;
    }
    for (size_t i = 0; i < layer.n && !status; i++) {
        const int64_t when = layer.when_s[i], half = when == CM_TIME_UNKNOWN ? 0 : layer.span_s[i] / 2;
        *any = true;
        if (when == CM_TIME_UNKNOWN || when < o->from_s || when >= o->to_s)
            continue;
        const int64_t from = when - half, to = half > 0 ? when + half - 1 : when;
        *first_s = from < *first_s ? from : *first_s;
        *last_s = to > *last_s ? to : *last_s;
    }
    cm_flow_layer_clear(&layer);
    return status;
}

/* The recordings of the project, where they were matched to streets. Their layer is of any time. */
static castmap_status track_span(castmap_context *ctx, const cm_release_inputs *in, bool *any, int64_t *first_s, int64_t *last_s)
{
    cm_track_layer layer = {0};
    castmap_track_set_info *set = NULL;
    size_t n = 0;
    castmap_status status = cm_track_layer_load(ctx, in->project, &layer);

    *any = false;
    *first_s = INT64_MAX;
    *last_s = INT64_MIN;
    if (status == CASTMAP_E_NOT_FOUND) {
        cm_fail_clear(ctx);
        return CASTMAP_OK;
    }
    *any = !status;
    cm_track_layer_clear(&layer);
    if (!status)
        status = castmap_tracks_list(ctx, in->project, &set, &n);
    for (size_t i = 0; i < n && !status; i++) {
        if (set[i].first_s == INT64_MIN)
            continue;
        *first_s = set[i].first_s < *first_s ? set[i].first_s : *first_s;
        *last_s = set[i].last_s > *last_s ? set[i].last_s : *last_s;
    }
    castmap_tracks_list_clear(set, n);
    return status;
}

static void span_words(const char *what, bool any, int64_t first_s, int64_t last_s, char *out, size_t size)
{
    char from[32], to[32];

    out[0] = '\0';
    if (first_s <= last_s) {
        cm_date_words(first_s, from);
        cm_date_words(last_s, to);
        snprintf(out, size, "%s from %s to %s", what, from, to);
    } else if (any) {
        snprintf(out, size, "%s without a time", what);
    }
}

castmap_status cm_release_span(castmap_context *ctx, const cm_release_inputs *in, int64_t first_s, int64_t last_s, cm_release_build *build)
{
    castmap_release *release = build->release;
    const bool observations = in->observations.count > 0;
    int64_t move_first_s, move_last_s, track_first_s, track_last_s;
    bool moves = false, tracks = false;
    char a[120], b[120], c[120];
    castmap_status status = movement_span(ctx, in, &moves, &move_first_s, &move_last_s);

    if (!status)
        status = track_span(ctx, in, &tracks, &track_first_s, &track_last_s);
    if (status)
        return status;
    span_words("Observations", observations, first_s, last_s, a, sizeof a);
    span_words(*a ? "movements" : "Movements", moves, move_first_s, move_last_s, b, sizeof b);
    span_words(*a || *b ? "recorded tracks" : "Recorded tracks", tracks, track_first_s, track_last_s, c, sizeof c);
    const bool said = *a || *b || *c;
    cm_build_textf(build, &release->data_dates, "%s%s%s%s%s", a, *a && *b ? "; " : "", b, (*a || *b) && *c ? "; " : "", said ? c : "No observations yet");
    cm_build_text(build, &release->subtitle, said ? release->data_dates : "Internal");
    int64_t first = first_s < move_first_s ? first_s : move_first_s, last = last_s > move_last_s ? last_s : move_last_s;
    if (first > last) { /* the layer of tracks takes no period: what it covers is the span only where nothing else is shown */
        first = track_first_s;
        last = track_last_s;
    }
    release->from_s = first <= last ? first : INT64_MIN;
    release->to_s = first <= last ? last + 1 : INT64_MIN;
    return CASTMAP_OK;
}
