/*
 * analysis/routes/stretch_scan.c - the scan over runs of pieces, and the same on networks on which events fell by chance.
 *
 * A simulation draws in two steps, so that its tables stay in a core's own memory: how many events fall in each block of streets, then where in it. Chains of
 * a block are looked at as soon as it is drawn. Where a draw falls cannot be foreseen, so its last step is an addition and not a branch. Events with weights are drawn one by one, the lightest first, whatever their order in the table.
 */
#include "analysis/routes/stretch_scan.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_STREAM UINT64_C(0x726f757465730000) /* apart from the streams of other methods; two for each simulation */
#define BLOCK_PLACES 2048u
#define SLACK (1.0 + 1e-9)

/* Kulldorff (1997), equation for the Poisson model; 0 unless more than expected. */
static double ratio(double c, double e, double total)
{
    if (!(c > e) || !(e > 0.0))
        return c > 0.0 && !(e > 0.0) ? (double)INFINITY : 0.0;
    return c * log(c / e) + (c < total ? (total - c) * log((total - c) / (total - e)) : 0.0);
}

/* The places of a chain that hold something, with the sums before and after each. */
static size_t compact(const cm_scan *s, const uint32_t *count, const double *weight, size_t begin, size_t end, cm_held *held)
{
    uint64_t events = 0;
    double sum = 0.0;
    size_t n = 0;

    for (size_t i = begin; i < end; i++) {
        /* Written over by the next if it holds nothing: that costs less than a branch nobody can foresee. */
        held[n] = (cm_held){s->expected[i], s->expected[i + 1], s->length[i], s->length[i + 1], sum, (uint32_t)i, (uint32_t)events};
        n += count[i] > 0;
        events += count[i];
        sum += weight ? weight[i] : (double)count[i];
    }
    held[n] = (cm_held){.sum = sum, .events = (uint32_t)events};
    return n;
}

/*
 * For c > e > 0 the ratio is no more than (c - e)^2 (T + e) / (2 e (T - e)), by log x <= (x - 1/x) / 2 where x >= 1 and log x <= x - 1: a window that cannot win
 * is passed over without a logarithm or a division.
 */
cm_window cm_scan_best(const cm_scan *s, const uint32_t *count, const double *weight, size_t begin, size_t end, double least, cm_held *held)
{
    const size_t n = compact(s, count, weight, begin, end, held);
    const uint32_t fewest = s->options->least_events;
    const double most_m = s->options->most_m, total = s->total;
    cm_window best = {begin, begin, least};
    size_t first = 0, last = 0; /* of the windows from i: the shortest that holds enough, the longest that is allowed */

    for (size_t i = 0; i < n; i++) {
        first = first > i ? first : i;
        last = last > i ? last : i;
        while (first < n && held[first + 1].events - held[i].events < fewest)
            first++;
        while (last + 1 < n && held[last + 1].length_after - held[i].length_before <= most_m)
            last++;
        for (size_t j = first; j <= last && j < n; j++) {
            const double c = held[j + 1].sum - held[i].sum, e = held[j].after - held[i].before, more = c - e;
            if (more <= 0.0 || more * more * (total + e) * SLACK <= 2.0 * best.llr * e * (total - e))
                continue;
            const double llr = ratio(c, e, total);
            if (llr > best.llr)
                best = (cm_window){held[i].place, held[j].place + 1, llr};
        }
    }
    if (best.first == best.last)
        best.llr = 0.0;
    return best;
}

void cm_scan_release(cm_scan *s)
{
    for (unsigned k = 0; s->drawn && k < castmap_threads(s->ctx); k++) {
        free(s->drawn[k].count);
        free(s->drawn[k].weight);
        free(s->drawn[k].in_block);
        free(s->drawn[k].held);
    }
    free(s->drawn);
    free(s->count);
    free(s->weight);
    free(s->mark);
    free(s->expected);
    free(s->length);
    free(s->guide);
    free(s->block);
    free(s->block_guide);
    free(s->block_before);
    free(s->held);
    free(s->most);
    cm_route_graph_clear(&s->graph);
    cm_street_chains_clear(&s->chains);
    castmap_stretches_clear(&s->found);
}

/* Where block b begins among the places. */
static size_t place_of(const cm_scan *s, size_t b)
{
    return s->chains.start[s->block[b]];
}

/* Blocks of whole chains, and guides into the sums: a draw then costs a step or two. */
static castmap_status make_blocks(cm_scan *s)
{
    const size_t n = s->lixels->count, chains = s->chains.count;
    size_t at = 0;

    s->block = cm_alloc(chains + 1, sizeof *s->block);
    if (!s->block)
        return cm_fail_memory(s->ctx);
    for (size_t c = 0; c < chains; c++) {
        if (c == 0 || s->chains.start[c + 1] - s->chains.start[s->block[s->n_blocks - 1]] > BLOCK_PLACES)
            s->block[s->n_blocks++] = c;
    }
    s->block[s->n_blocks] = chains;
    s->guide = cm_alloc(n + s->n_blocks, sizeof *s->guide);
    s->block_guide = cm_alloc(s->n_blocks + 1, sizeof *s->block_guide);
    s->block_before = cm_alloc(s->n_blocks + 1, sizeof *s->block_before);
    if (!s->guide || !s->block_guide || !s->block_before)
        return cm_fail_memory(s->ctx);
    for (size_t b = 0; b <= s->n_blocks; b++)
        s->block_before[b] = s->expected[place_of(s, b)];
    for (size_t g = 0; g <= s->n_blocks; g++) {
        while (at + 1 < s->n_blocks && s->expected[place_of(s, at + 1)] <= s->expected[n] * ((double)g / (double)s->n_blocks))
            at++;
        s->block_guide[g] = (uint32_t)at;
    }
    for (size_t b = 0; b < s->n_blocks; b++) {
        const size_t begin = place_of(s, b), end = place_of(s, b + 1), parts = end - begin;
        const double low = s->expected[begin], wide = s->expected[end] - low;
        at = begin;
        for (size_t g = 0; g <= parts; g++) {
            while (at + 1 < end && s->expected[at + 1] - low <= wide * ((double)g / (double)parts))
                at++;
            s->guide[begin + b + g] = (uint32_t)at;
        }
    }
    return CASTMAP_OK;
}

static size_t block_at(const cm_scan *s, double u)
{
    const double want = u * s->expected[s->lixels->count];
    size_t b = s->block_guide[(size_t)(u * (double)s->n_blocks)];

    b += (size_t)((b + 1 < s->n_blocks) & (s->block_before[b + 1] <= want));
    while (b + 1 < s->n_blocks && s->block_before[b + 1] <= want)
        b++;
    return b;
}

static size_t place_at(const cm_scan *s, size_t b, double u)
{
    const size_t begin = place_of(s, b), end = place_of(s, b + 1);
    const double want = u * (s->expected[end] - s->expected[begin]);
    size_t at = s->guide[begin + b + (size_t)(u * (double)(end - begin))];

    at += (size_t)((at + 1 < end) & (s->expected[at + 1] - s->expected[begin] <= want));
    while (at + 1 < end && s->expected[at + 1] - s->expected[begin] <= want)
        at++;
    return at;
}

static double best_of_chains(const cm_scan *s, const cm_draw *drawn, size_t first, size_t last, double most)
{
    for (size_t c = first; c < last; c++)
        most = fmax(most, cm_scan_best(s, drawn->count, drawn->weight, s->chains.start[c], s->chains.start[c + 1], most, drawn->held).llr);
    return most;
}

/* The tables of a block are asked for in order, before draws ask for them in none. */
static void fetch_block(const cm_scan *s, size_t b)
{
    for (size_t i = place_of(s, b); i < place_of(s, b + 1); i += 8) {
        __builtin_prefetch(&s->expected[i]);
        __builtin_prefetch(&s->guide[i + b]);
    }
}

static double simulate_counts(const cm_scan *s, cm_draw *drawn, uint64_t stream)
{
    const uint64_t seed = castmap_seed(s->ctx);
    double most = 0.0;
    size_t event = 0;

    memset(drawn->in_block, 0, s->n_blocks * sizeof *drawn->in_block);
    for (size_t i = 0; i < s->found.n_events; i++)
        drawn->in_block[block_at(s, cm_random_unit(seed, stream, i))]++;
    for (size_t b = 0; b < s->n_blocks; b++) {
        const size_t begin = place_of(s, b), end = place_of(s, b + 1);
        if (drawn->in_block[b] == 0)
            continue;
        fetch_block(s, b);
        memset(drawn->count + begin, 0, (end - begin) * sizeof *drawn->count);
        for (size_t k = 0; k < drawn->in_block[b]; k++)
            drawn->count[place_at(s, b, cm_random_unit(seed, stream + 1, event++))]++;
        most = best_of_chains(s, drawn, s->block[b], s->block[b + 1], most);
    }
    return most;
}

static double simulate_weights(const cm_scan *s, cm_draw *drawn, uint64_t stream)
{
    const uint64_t seed = castmap_seed(s->ctx);
    const size_t n = s->lixels->count;

    memset(drawn->count, 0, n * sizeof *drawn->count);
    memset(drawn->weight, 0, n * sizeof *drawn->weight);
    for (size_t i = 0; i < s->found.n_events; i++) {
        const size_t at = place_at(s, block_at(s, cm_random_unit(seed, stream, i)), cm_random_unit(seed, stream + 1, i));
        drawn->count[at]++;
        drawn->weight[at] += s->mark[i];
    }
    return best_of_chains(s, drawn, 0, s->chains.count, 0.0);
}

static castmap_status simulate(size_t first, size_t last, unsigned worker, void *payload)
{
    const cm_scan *s = payload;

    for (size_t sim = first; sim < last; sim++)
        s->most[sim] = (s->mark ? simulate_weights : simulate_counts)(s, &s->drawn[worker], FIRST_STREAM + 2 * sim);
    return CASTMAP_OK;
}

static int compare_down(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;

    return (a < b) - (a > b);
}

castmap_status cm_scan_simulate(cm_scan *s)
{
    const unsigned threads = castmap_threads(s->ctx);
    size_t longest = 0;
    castmap_status status = make_blocks(s);

    for (size_t c = 0; c < s->chains.count; c++)
        longest = s->chains.start[c + 1] - s->chains.start[c] > longest ? s->chains.start[c + 1] - s->chains.start[c] : longest;
    s->held = cm_alloc(longest + 1, sizeof *s->held);

    s->most = cm_alloc(s->options->simulations, sizeof *s->most);
    s->drawn = cm_alloc_zero(threads, sizeof *s->drawn);
    if (!status && (!s->most || !s->drawn || !s->held))
        status = cm_fail_memory(s->ctx);
    for (unsigned k = 0; k < threads && !status; k++) {
        cm_draw *drawn = &s->drawn[k];
        drawn->count = cm_alloc(s->lixels->count, sizeof *drawn->count);
        drawn->in_block = cm_alloc(s->n_blocks, sizeof *drawn->in_block);
        drawn->held = cm_alloc(longest + 1, sizeof *drawn->held);
        drawn->weight = s->mark ? cm_alloc(s->lixels->count, sizeof *drawn->weight) : NULL;
        if (!drawn->count || !drawn->in_block || !drawn->held || (s->mark && !drawn->weight))
            status = cm_fail_memory(s->ctx);
    }
    if (!status)
        status = cm_parallel_workers(s->ctx, "comparing with chance", s->options->simulations, 1, simulate, s);
    if (status)
        return status;
    qsort(s->most, s->options->simulations, sizeof *s->most, compare_down);
    /* (1 + k) / (1 + S) <= alpha for the k largest. */
    const double k = floor(s->options->alpha * (1.0 + (double)s->options->simulations)) - 1.0;
    s->found.critical = k < 0.0 ? (double)INFINITY : s->most[(size_t)k];
    return CASTMAP_OK;
}
