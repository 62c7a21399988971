/*
 * analysis/routes/busy_stretches.c - the busiest share of the streets, as stretches.
 */
#include "castmap/tracks.h"

#include "analysis/routes/street_chains.h"
#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

void castmap_busy_stretches_clear(castmap_busy_stretches *stretches)
{
    free(stretches->order);
    free(stretches->backward);
    free(stretches->stretch);
    *stretches = (castmap_busy_stretches)CASTMAP_BUSY_STRETCHES_INIT;
}

typedef struct valued {
    double value, length;
} valued;

static int highest_first(const void *left, const void *right)
{
    const valued *a = left, *b = right;

    if (a->value != b->value)
        return a->value < b->value ? 1 : -1;
    return (a->length < b->length) - (a->length > b->length); /* sums are then of one order, whatever that of the pieces */
}

static castmap_status find_threshold(castmap_context *ctx, const castmap_lixels *lixels, const double *value, double share, castmap_busy_stretches *out)
{
    valued *list = cm_alloc(lixels->count, sizeof *list);
    size_t n = 0;
    double taken = 0.0;

    if (!list)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < lixels->count; i++) {
        if (!(value[i] >= 0.0) || !isfinite(value[i])) {
            free(list);
            return cm_fail(ctx, CASTMAP_E_DATA, "piece %zu has a value below 0 or not finite", i);
        }
        if (value[i] > 0.0)
            list[n++] = (valued){value[i], lixels->to_m[i] - lixels->from_m[i]};
    }
    if (n > 1)
        qsort(list, n, sizeof *list, highest_first);
    for (size_t k = 0; k < n; k++)
        out->used_m += list[k].length;
    for (size_t k = 0; k < n && (taken < share * out->used_m || list[k].value == out->threshold); k++) {
        taken += list[k].length;
        out->threshold = list[k].value;
    }
    out->busy_m = taken;
    free(list);
    return n > 0 ? CASTMAP_OK : cm_fail(ctx, CASTMAP_E_NOT_FOUND, "no piece of a street was used");
}

static int by_mean(const void *left, const void *right)
{
    const castmap_busy_stretch *a = left, *b = right;

    if (a->mean != b->mean)
        return a->mean < b->mean ? 1 : -1;
    if (a->length_m != b->length_m)
        return a->length_m < b->length_m ? 1 : -1;
    return (a->first > b->first) - (a->first < b->first);
}

/* The run of busy pieces that begins at `first`, at most up to `end`. */
static castmap_busy_stretch run_from(const cm_street_chains *chains, const castmap_lixels *lixels, const double *value, double threshold,
                                     size_t first, size_t end)
{
    castmap_busy_stretch s = {.first = first, .last = first};
    double sum = 0.0;

    for (; s.last < end && value[chains->piece[s.last]] >= threshold; s.last++) {
        const uint32_t piece = chains->piece[s.last];
        const double length = lixels->to_m[piece] - lixels->from_m[piece];
        s.length_m += length;
        sum += length * value[piece];
        s.most = value[piece] > s.most ? value[piece] : s.most;
    }
    s.mean = s.last > first ? sum / s.length_m : 0.0;
    return s;
}

static castmap_status string_runs(castmap_context *ctx, const cm_street_chains *chains, const castmap_lixels *lixels, const double *value,
                                  castmap_busy_stretches *out)
{
    size_t room = 0;

    for (size_t c = 0; c < chains->count; c++) {
        for (size_t k = chains->start[c]; k < chains->start[c + 1];) {
            const castmap_busy_stretch s = run_from(chains, lixels, value, out->threshold, k, chains->start[c + 1]);
            k = s.last > k ? s.last : k + 1;
            if (s.last == s.first)
                continue;
            if (cm_grow(&out->stretch, &room, out->count + 1, sizeof *out->stretch))
                return cm_fail_memory(ctx);
            out->stretch[out->count++] = s;
        }
    }
    if (out->count > 1)
        qsort(out->stretch, out->count, sizeof *out->stretch, by_mean);
    return CASTMAP_OK;
}

castmap_status castmap_busy_stretches_find(castmap_context *ctx, const castmap_network *network, const castmap_lixels *lixels, const uint32_t *street,
                                           const double *value, double share, castmap_busy_stretches *out)
{
    castmap_busy_stretches made = CASTMAP_BUSY_STRETCHES_INIT;
    cm_route_graph graph = {0};
    cm_street_chains chains = {0};

    cm_fail_clear(ctx);
    if (!(share > 0.0 && share <= 1.0))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the share of busy streets is above 0 and at most all");
    castmap_status status = find_threshold(ctx, lixels, value, share, &made);
    if (!status)
        status = cm_route_graph_make(ctx, network, &graph);
    if (!status)
        status = cm_street_chains_make(ctx, &graph, street, lixels, &chains);
    if (!status)
        status = string_runs(ctx, &chains, lixels, value, &made);
    if (!status) { /* the order and the sides go over to the result */
        made.n_pieces = lixels->count;
        made.order = chains.piece;
        made.backward = chains.backward;
        chains.piece = NULL;
        chains.backward = NULL;
        *out = made;
        made = (castmap_busy_stretches)CASTMAP_BUSY_STRETCHES_INIT;
    }
    castmap_busy_stretches_clear(&made);
    cm_street_chains_clear(&chains);
    cm_route_graph_clear(&graph);
    return status;
}
