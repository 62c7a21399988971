/*
 * runs/gathering.c - do observations gather along the streets, more than chance would have it?
 */
#include "castmap/along.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/text.h"
#include "runs/along_points.h"
#include "runs/remarks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_M 1000.0
#define FEW 20 /* observations, under which the test sees little */

typedef struct test {
    castmap_context *ctx;
    const castmap_gathering_options *options;
    cm_along_points   on;     /* owned */
    bool             *around; /* owned [observations] of the categories asked for; NULL without any */
    castmap_gathering out;    /* owned */
} test;

void castmap_gathering_clear(castmap_gathering *g)
{
    castmap_network_k_clear(&g->k);
    free(g->sentence);
    cm_remarks_clear(g->remarks, g->n_remarks);
    *g = (castmap_gathering)CASTMAP_GATHERING_INIT;
}

static bool is_one_of(const char *list, const char *name)
{
    for (const char *at = list; *at;) {
        at += strspn(at, " ,");
        size_t length = strcspn(at, ","), trimmed = length;
        while (trimmed > 0 && at[trimmed - 1] == ' ')
            trimmed--;
        if (trimmed > 0 && strlen(name) == trimmed && strncmp(at, name, trimmed) == 0)
            return true;
        at += length;
    }
    return false;
}

static castmap_status divide(test *t)
{
    const cm_observation_set *set = &t->on.points.set;

    t->around = cm_alloc_zero(set->count, sizeof *t->around);
    if (!t->around)
        return cm_fail_memory(t->ctx);
    for (size_t i = 0; i < set->count; i++)
        t->around[i] = set->category[i] >= 0 && is_one_of(t->options->around, set->category_name[set->category[i]]);
    return CASTMAP_OK;
}

/* 1 km, or a quarter of the extent. */
static double longest_of(const castmap_network *network)
{
    double low_x = (double)INFINITY, high_x = -(double)INFINITY, low_y = (double)INFINITY, high_y = -(double)INFINITY;

    for (size_t v = 0; v < network->n_nodes; v++) {
        low_x = fmin(low_x, network->node_x[v]);
        high_x = fmax(high_x, network->node_x[v]);
        low_y = fmin(low_y, network->node_y[v]);
        high_y = fmax(high_y, network->node_y[v]);
    }
    const double quarter = cm_sayable(0.25 * fmax(high_x - low_x, high_y - low_y));
    return quarter > 0.0 ? fmin(LONGEST_M, quarter) : LONGEST_M;
}

static castmap_status measure(test *t)
{
    const castmap_gathering_options *o = t->options;
    const cm_observation_set *set = &t->on.points.set;
    castmap_network_k_options options = CASTMAP_NETWORK_K_OPTIONS_INIT;
    uint32_t *edge = cm_alloc(set->count, sizeof *edge);
    double *along_m = cm_alloc(set->count, sizeof *along_m);
    size_t first = 0, last = set->count;
    castmap_status status = edge && along_m ? CASTMAP_OK : cm_fail_memory(t->ctx);

    /* Those asked for from the front, the others from the back. */
    for (size_t i = 0; i < set->count && !status; i++) {
        const size_t at = !t->around || t->around[i] ? first++ : --last;
        edge[at] = t->on.edge[i];
        along_m[at] = t->on.along_m[i];
    }
    const castmap_network_events from = {.count = first, .edge = edge, .along_m = along_m};
    const castmap_network_events to = {.count = set->count - first, .edge = edge ? edge + first : NULL, .along_m = along_m ? along_m + first : NULL};
    options.radius_m = t->out.radius_m;
    options.steps = o->steps;
    options.simulations = o->simulations;
    options.scaled = o->scaled;
    options.corrected = !o->plain;
    options.alpha = CASTMAP_GATHERING_LEVEL;
    options.null = o->labels ? CASTMAP_NETWORK_K_LABELS : CASTMAP_NETWORK_K_ANYWHERE;
    if (!status)
        status = castmap_network_k_measure(t->ctx, &t->on.streets.network, &from, t->around ? &to : NULL, &options, &t->out.k);
    free(edge);
    free(along_m);
    return status;
}

static void find_ranges(castmap_gathering *g)
{
    g->above_from_m = g->above_to_m = g->below_from_m = g->below_to_m = (double)NAN;
    for (size_t i = 0; i < g->k.count; i++) {
        if (g->k.k[i] > g->k.global_high[i]) {
            g->above_from_m = isnan(g->above_from_m) ? g->k.r_m[i] : g->above_from_m;
            g->above_to_m = g->k.r_m[i];
        } else if (g->k.k[i] < g->k.global_low[i]) {
            g->below_from_m = isnan(g->below_from_m) ? g->k.r_m[i] : g->below_from_m;
            g->below_to_m = g->k.r_m[i];
        }
    }
}

static castmap_status word_sentence(test *t)
{
    castmap_gathering *g = &t->out;
    const size_t at = g->k.where;
    const bool apart = g->k.k[at] < g->k.mean[at];
    const char *verb = !t->around ? apart ? "keep apart" : "gather" : apart ? "keep away from those of the other kind" : "gather around those of the other kind";
    char distance[32], text[400];

    cm_length_words(g->k.r_m[at], distance);
    if (g->k.p <= CASTMAP_GATHERING_LEVEL && g->k.mean[at] > 0.0) {
        snprintf(text, sizeof text, "Observations %s along the streets: within %s there are %.2g times as many pairs as by chance (p = %.3g).", verb, distance,
                 g->k.k[at] / g->k.mean[at], g->k.p);
    } else if (g->k.p <= CASTMAP_GATHERING_LEVEL) {
        snprintf(text, sizeof text, "Observations %s along the streets: within %s there are pairs where chance gives none (p = %.3g).", verb, distance, g->k.p);
    } else {
        cm_length_words(g->radius_m, distance);
        snprintf(text, sizeof text, "Nothing up to %s along the streets tells the observations from %s (p = %.2g).", distance,
                 t->options->labels ? "kinds dealt out by chance" : "ones that fell by chance", g->k.p);
    }
    g->sentence = cm_copy_text(text);
    return g->sentence ? CASTMAP_OK : cm_fail_memory(t->ctx);
}

typedef struct spot {
    uint32_t edge;
    double   along_m;
} spot;

static int compare(const void *left, const void *right)
{
    const spot *a = left, *b = right;

    if (a->edge != b->edge)
        return a->edge < b->edge ? -1 : 1;
    return (a->along_m > b->along_m) - (a->along_m < b->along_m);
}

/* Observations that stand exactly where another does. Pairs at distance 0 weigh most of all in the corrected K. */
static castmap_status count_doubled(const test *t, size_t *doubled)
{
    const size_t n = t->on.points.set.count;
    spot *spots = cm_alloc(n, sizeof *spots);

    if (!spots)
        return cm_fail_memory(t->ctx);
    for (size_t i = 0; i < n; i++)
        spots[i] = (spot){t->on.edge[i], t->on.along_m[i]};
    qsort(spots, n, sizeof *spots, compare);
    *doubled = 0;
    for (size_t i = 0; i < n; i++)
        *doubled += (i > 0 && compare(&spots[i], &spots[i - 1]) == 0) || (i + 1 < n && compare(&spots[i], &spots[i + 1]) == 0);
    free(spots);
    return CASTMAP_OK;
}

static castmap_status add_remarks(test *t)
{
    castmap_gathering *g = &t->out;
    const cm_observation_set *set = &t->on.points.set;
    size_t shared = 0, doubled = 0;
    castmap_status status = count_doubled(t, &doubled);

    if (status)
        return status;
    int failed = cm_along_remark_left_out(t->on.inexact, t->on.off_streets, t->options->snap_m, &g->remarks, &g->n_remarks);
    failed |= cm_run_points_remark(&t->on.points, &g->remarks, &g->n_remarks);

    for (size_t i = 0; i < set->count; i++)
        shared += set->precision[i] == CM_PLACE_SNAPPED;
    if (shared * 2 > set->count)
        failed |= cm_remark_add(&g->remarks, &g->n_remarks, "snapped-places",
                                "%.0f %% of the observations lie on map points that a publisher moved them to: they gather there for that reason alone",
                                100.0 * (double)shared / (double)set->count);
    else if (doubled * 10 > set->count)
        failed |= cm_remark_add(&g->remarks, &g->n_remarks, "doubled-places",
                                "%.0f %% of the observations stand on exactly the same spot as another: if they are repeats of one report, they gather for that "
                                "reason alone",
                                100.0 * (double)doubled / (double)set->count);
    if (g->k.n_from < FEW || g->k.n_to < FEW)
        failed |= cm_remark_add(&g->remarks, &g->n_remarks, "few-observations", "so few observations show only a strong gathering");
    return failed ? cm_fail_memory(t->ctx) : CASTMAP_OK;
}

castmap_status castmap_gathering_test(castmap_context *ctx, castmap_project *project, const castmap_gathering_options *options,
                                      castmap_gathering *out)
{
    test t = {.ctx = ctx, .options = options, .out = CASTMAP_GATHERING_INIT};
    castmap_status status;

    cm_fail_clear(ctx);
    if (options->version != CASTMAP_GATHERING_OPTIONS_VERSION || options->simulations == 0)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "options of another version, or no simulations");
    status = cm_along_points_load(ctx, project, &options->filter, options->snap_m, &t.on);
    if (!status && options->around)
        status = divide(&t);
    if (!status) {
        t.out.radius_m = options->radius_m > 0.0 ? options->radius_m : longest_of(&t.on.streets.network);
        t.out.inexact = t.on.inexact;
        t.out.off_streets = t.on.off_streets;
        status = measure(&t);
    }
    if (!status) {
        find_ranges(&t.out);
        status = word_sentence(&t);
    }
    if (!status)
        status = add_remarks(&t);
    if (!status) {
        *out = t.out;
        t.out = (castmap_gathering)CASTMAP_GATHERING_INIT;
    }
    castmap_gathering_clear(&t.out);
    cm_along_points_clear(&t.on);
    free(t.around);
    return status;
}
