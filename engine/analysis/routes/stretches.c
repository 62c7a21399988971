/*
 * analysis/routes/stretches.c - stretches of streets with more events than chance would put there.
 *
 *   1. count       events on every piece, and the Poisson test of each piece alone
 *   2. line up     pieces in the order of their streets
 *   3. simulate    the largest ratio of S networks on which the same number of events fell by chance     in parallel
 *   4. pick        the best window of every street, then the best beside it, and so on
 *   5. join        hot stretches that touch become one route
 */
#include "castmap/routes.h"

#include "analysis/routes/stretch_scan.h"
#include "analysis/statistics/false_discovery.h"
#include "analysis/statistics/gamma.h"
#include "base/disjoint_set.h"
#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void castmap_stretches_clear(castmap_stretches *stretches)
{
    free(stretches->events);
    free(stretches->p);
    free(stretches->q);
    free(stretches->order);
    free(stretches->backward);
    free(stretches->stretch);
    free(stretches->weight);
    *stretches = (castmap_stretches)CASTMAP_STRETCHES_INIT;
}

static castmap_status check(castmap_context *ctx, const castmap_lixels *lixels, const castmap_stretches_options *o)
{
    if (o->version != CASTMAP_STRETCHES_OPTIONS_VERSION)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "options of another version");
    if (!(o->most_m > 0.0) || o->least_events < 2 || o->simulations < 19 || !(o->alpha > 0.0 && o->alpha < 1.0))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "a stretch needs a length above 0, 2 events and 19 simulations at least, and a level between 0 and 1");
    if (lixels->count >= UINT32_MAX)
        return cm_fail(ctx, CASTMAP_E_LIMIT, "more than 4,000 million pieces");
    double sum = 0.0;
    for (size_t i = 0; i < lixels->count; i++) {
        const double exposure = o->exposure ? o->exposure[i] : lixels->to_m[i] - lixels->from_m[i];
        if (!(exposure >= 0.0) || !isfinite(exposure))
            return cm_fail(ctx, CASTMAP_E_ARGUMENT, "piece %zu has an exposure below 0 or not finite", i);
        sum += exposure;
    }
    return sum > 0.0 ? CASTMAP_OK : cm_fail(ctx, CASTMAP_E_ARGUMENT, "no piece has any exposure");
}

/* The piece an event lies on; the border of two belongs to the second. */
static size_t piece_of(const castmap_lixels *lixels, uint32_t edge, double along_m)
{
    size_t low = lixels->edge_start[edge], high = lixels->edge_start[edge + 1] - 1;

    while (low < high) {
        const size_t middle = (low + high + 1) / 2;
        if (lixels->from_m[middle] <= along_m)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

static int compare_marks(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

static castmap_status count_events(cm_scan *s, const castmap_network_events *events)
{
    castmap_stretches *found = &s->found;

    found->n_pieces = s->lixels->count;
    found->events = cm_alloc_zero(found->n_pieces, sizeof *found->events);
    found->p = cm_alloc(found->n_pieces, sizeof *found->p);
    found->q = cm_alloc(found->n_pieces, sizeof *found->q);
    if (events->weight) {
        found->weight = cm_alloc_zero(found->n_pieces, sizeof *found->weight);
        s->mark = cm_alloc(events->count, sizeof *s->mark);
    }
    if (!found->events || !found->p || !found->q || (events->weight && (!found->weight || !s->mark)))
        return cm_fail_memory(s->ctx);
    for (size_t i = 0; i < events->count; i++) {
        const uint32_t e = events->edge[i];
        if (e == CASTMAP_NO_EDGE)
            continue;
        if (!cm_place_exists(s->network, e, events->along_m[i]))
            return cm_fail(s->ctx, CASTMAP_E_DATA, "event %zu lies on no edge", i);
        if (events->weight && !(events->weight[i] >= 0.0 && isfinite(events->weight[i])))
            return cm_fail(s->ctx, CASTMAP_E_DATA, "event %zu has a weight below 0 or not finite", i);
        const size_t piece = piece_of(s->lixels, e, events->along_m[i]);
        found->events[piece]++;
        if (events->weight) {
            found->weight[piece] += events->weight[i];
            s->mark[found->n_events] = events->weight[i];
        }
        found->n_events++;
    }
    if (found->n_events == 0)
        return cm_fail(s->ctx, CASTMAP_E_NOT_FOUND, "no observation lies on a street");
    s->total = (double)found->n_events;
    if (events->weight) {
        qsort(s->mark, found->n_events, sizeof *s->mark, compare_marks);
        s->total = 0.0;
        for (size_t i = 0; i < found->n_events; i++)
            s->total += s->mark[i];
        if (!(s->total > 0.0) || !isfinite(s->total))
            return cm_fail(s->ctx, CASTMAP_E_DATA, "the observations have no weight");
    }
    return CASTMAP_OK;
}

/* Counts and sums along the order of the streets. */
static castmap_status line_up(cm_scan *s)
{
    const size_t n = s->lixels->count;

    s->count = cm_alloc(n, sizeof *s->count);
    s->weight = s->mark ? cm_alloc(n, sizeof *s->weight) : NULL;
    s->expected = cm_alloc(n + 1, sizeof *s->expected);
    s->length = cm_alloc(n + 1, sizeof *s->length);
    if (!s->count || !s->expected || !s->length || (s->mark && !s->weight))
        return cm_fail_memory(s->ctx);
    s->expected[0] = s->length[0] = 0.0;
    for (size_t k = 0; k < n; k++) {
        const uint32_t piece = s->chains.piece[k];
        const double length = s->lixels->to_m[piece] - s->lixels->from_m[piece];
        s->count[k] = s->found.events[piece];
        if (s->weight)
            s->weight[k] = s->found.weight[piece];
        s->length[k + 1] = s->length[k] + length;
        s->expected[k + 1] = s->expected[k] + (s->options->exposure ? s->options->exposure[piece] : length);
    }
    const double scale = s->total / s->expected[n];
    for (size_t k = 1; k <= n; k++)
        s->expected[k] *= scale;
    return CASTMAP_OK;
}

/* Each piece by itself. */
static castmap_status test_pieces(cm_scan *s)
{
    const size_t n = s->lixels->count;

    for (size_t k = 0; k < n; k++) {
        const double mean = s->expected[k + 1] - s->expected[k];
        double *p = &s->found.p[s->chains.piece[k]];
        *p = s->mark ? (double)NAN : s->count[k] == 0 ? 1.0 : mean > 0.0 ? cm_gamma_p((double)s->count[k], mean) : 0.0;
        s->found.q[s->chains.piece[k]] = (double)NAN;
    }
    return s->mark ? CASTMAP_OK : cm_false_discovery(s->ctx, s->found.p, n, false, s->found.q);
}

static int compare_windows(const void *left, const void *right)
{
    const cm_window *a = left, *b = right;

    if (a->llr != b->llr)
        return a->llr > b->llr ? -1 : 1;
    return (a->first > b->first) - (a->first < b->first);
}

/* The best window of every run, then of what is left on either side of it. */
static castmap_status pick_windows(cm_scan *s, cm_window **windows, size_t *n)
{
    size_t room = 0, todo_room = 0, todo = 0;
    cm_window *list = NULL, *rest = NULL;
    castmap_status status = CASTMAP_OK;

    for (size_t c = 0; c < s->chains.count && !status; c++) {
        if (cm_grow(&rest, &todo_room, 1, sizeof *rest))
            status = cm_fail_memory(s->ctx);
        else
            rest[todo++] = (cm_window){s->chains.start[c], s->chains.start[c + 1], 0.0};
        while (todo > 0 && !status) {
            const cm_window run = rest[--todo], best = cm_scan_best(s, s->count, s->weight, run.first, run.last, 0.0, s->held);
            if (!(best.llr > 0.0))
                continue;
            if (cm_grow(&list, &room, *n + 1, sizeof *list) || cm_grow(&rest, &todo_room, todo + 2, sizeof *rest)) {
                status = cm_fail_memory(s->ctx);
                break;
            }
            list[(*n)++] = best;
            rest[todo++] = (cm_window){run.first, best.first, 0.0};
            rest[todo++] = (cm_window){best.last, run.last, 0.0};
        }
    }
    free(rest);
    if (*n > 1)
        qsort(list, *n, sizeof *list, compare_windows);
    *windows = list;
    return status;
}

static double chance(const cm_scan *s, double llr)
{
    size_t low = 0, high = s->options->simulations;

    while (low < high) { /* most is in descending order: how many are >= llr */
        const size_t middle = (low + high) / 2;
        if (s->most[middle] >= llr)
            low = middle + 1;
        else
            high = middle;
    }
    return (1.0 + (double)low) / (1.0 + (double)s->options->simulations);
}

static castmap_status pick(cm_scan *s)
{
    castmap_stretches *found = &s->found;
    cm_window *windows = NULL;
    size_t n = 0;
    castmap_status status = pick_windows(s, &windows, &n);

    if (!status) {
        found->stretch = cm_alloc(n, sizeof *found->stretch);
        if (!found->stretch)
            status = cm_fail_memory(s->ctx);
    }
    for (size_t k = 0; k < n && !status; k++) {
        const double p = chance(s, windows[k].llr);
        if (p > s->options->alpha && k >= s->options->keep)
            break;
        castmap_stretch made = {.first = windows[k].first, .last = windows[k].last, .llr = windows[k].llr, .p = p,
                                .hot = p <= s->options->alpha, .route = SIZE_MAX};
        for (size_t i = made.first; i < made.last; i++)
            made.events += s->count[i];
        for (size_t i = made.first; i < made.last && s->weight; i++)
            made.weight += s->weight[i];
        if (!s->weight)
            made.weight = (double)made.events;
        made.length_m = s->length[made.last] - s->length[made.first];
        made.expected = s->expected[made.last] - s->expected[made.first];
        found->stretch[found->count++] = made;
    }
    free(windows);
    return status;
}

/* Hot stretches that come to the same node are one route; routes are numbered by their strongest stretch. */
static castmap_status join(cm_scan *s)
{
    castmap_stretches *found = &s->found;
    uint32_t *at_node = cm_alloc(s->network->n_nodes, sizeof *at_node);
    size_t routes = 0;
    cm_disjoint_set sets = {0};

    if (!at_node || cm_disjoint_set_init(&sets, found->count)) {
        free(at_node);
        return cm_fail_memory(s->ctx);
    }
    memset(at_node, 0xFF, s->network->n_nodes * sizeof *at_node);
    for (size_t k = 0; k < found->count; k++) {
        for (size_t i = found->stretch[k].first; i < found->stretch[k].last && found->stretch[k].hot; i++) {
            const uint32_t piece = s->chains.piece[i], edge = s->lixels->edge[piece];
            const uint32_t node[2] = {piece == s->lixels->edge_start[edge] ? s->network->from[edge] : UINT32_MAX,
                                      piece + 1 == s->lixels->edge_start[edge + 1] ? s->network->to[edge] : UINT32_MAX};
            for (int side = 0; side < 2; side++) {
                if (node[side] == UINT32_MAX)
                    continue;
                if (at_node[node[side]] != UINT32_MAX)
                    cm_disjoint_set_unite(&sets, at_node[node[side]], (uint32_t)k);
                at_node[node[side]] = (uint32_t)k;
            }
        }
    }
    for (size_t k = 0; k < found->count; k++) {
        if (!found->stretch[k].hot)
            continue;
        const uint32_t root = cm_disjoint_set_find(&sets, (uint32_t)k);
        found->stretch[k].route = root == k ? routes++ : found->stretch[root].route;
    }
    cm_disjoint_set_clear(&sets);
    free(at_node);
    return CASTMAP_OK;
}

castmap_status castmap_stretches_find(castmap_context *ctx, const castmap_network *network, const castmap_network_events *events,
                                      const castmap_lixels *lixels, const uint32_t *street, const castmap_stretches_options *options,
                                      castmap_stretches *out)
{
    cm_scan s = {.ctx = ctx, .network = network, .lixels = lixels, .options = options, .found = CASTMAP_STRETCHES_INIT};
    castmap_status status;

    cm_fail_clear(ctx);
    status = check(ctx, lixels, options);
    if (!status)
        status = cm_route_graph_make(ctx, network, &s.graph);
    if (!status)
        status = count_events(&s, events);
    if (!status)
        status = cm_street_chains_make(ctx, &s.graph, street, lixels, &s.chains);
    if (!status)
        status = line_up(&s);
    if (!status)
        status = test_pieces(&s);
    if (!status)
        status = cm_scan_simulate(&s);
    if (!status)
        status = pick(&s);
    if (!status)
        status = join(&s);
    if (!status) {
        s.found.order = s.chains.piece;
        s.found.backward = s.chains.backward;
        s.chains.piece = NULL;
        s.chains.backward = NULL;
        *out = s.found;
        s.found = (castmap_stretches)CASTMAP_STRETCHES_INIT;
    }
    cm_scan_release(&s);
    return status;
}
