#include "support/brute_dbscan.h"

#include "support/check.h"

#include <math.h>
#include <stdlib.h>

static double d2_of(const castmap_points *p, size_t a, size_t b)
{
    double dx = p->x[a] - p->x[b], dy = p->y[a] - p->y[b];

    return dx * dx + dy * dy;
}

static int64_t id_of(const castmap_points *p, size_t i)
{
    return p->id ? p->id[i] : (int64_t)i;
}

static void spread(const castmap_points *p, double eps2, const bool *is_core, size_t seed, int32_t label, int32_t *labels,
                   size_t *stack)
{
    size_t depth = 0;

    labels[seed] = label;
    stack[depth++] = seed;
    while (depth) {
        size_t at = stack[--depth];
        for (size_t j = 0; j < p->count; j++) {
            if (is_core[j] && labels[j] == CASTMAP_NOISE && d2_of(p, at, j) <= eps2) {
                labels[j] = label;
                stack[depth++] = j;
            }
        }
    }
}

size_t brute_dbscan(const castmap_points *points, const castmap_dbscan_options *options, int32_t *labels, bool *is_core)
{
    const size_t n = points->count;
    const double eps2 = options->eps_m * options->eps_m;
    size_t *stack = calloc(n + 1, sizeof *stack);
    int32_t *border = calloc(n + 1, sizeof *border);
    int32_t k = 0;

    for (size_t i = 0; i < n; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < n; j++)
            sum += d2_of(points, i, j) <= eps2 ? (points->weight ? points->weight[j] : 1.0) : 0.0;
        is_core[i] = sum >= options->min_points - 1e-9 * options->min_points;
        labels[i] = CASTMAP_NOISE;
    }
    /* Clusters in the order of their smallest core id: always begin at the smallest id that is left. */
    for (;;) {
        size_t seed = n;
        for (size_t i = 0; i < n; i++) {
            if (is_core[i] && labels[i] == CASTMAP_NOISE && (seed == n || id_of(points, i) < id_of(points, seed)))
                seed = i;
        }
        if (seed == n)
            break;
        spread(points, eps2, is_core, seed, k++, labels, stack);
    }
    for (size_t i = 0; i < n; i++) {
        double best = INFINITY;
        border[i] = labels[i];
        if (is_core[i] || options->border_is_noise)
            continue;
        for (size_t j = 0; j < n; j++) {
            double d2 = d2_of(points, i, j);
            if (is_core[j] && d2 <= eps2 && (d2 < best || (d2 == best && labels[j] < border[i]))) {
                best = d2;
                border[i] = labels[j];
            }
        }
    }
    for (size_t i = 0; i < n; i++)
        labels[i] = border[i];
    free(stack);
    free(border);
    return (size_t)k;
}

void check_against_brute(castmap_context *ctx, const castmap_points *points, const castmap_dbscan_options *options,
                         const char *what)
{
    const size_t n = points->count;
    int32_t *got = calloc(n + 1, sizeof *got), *want = calloc(n + 1, sizeof *want);
    bool *got_core = calloc(n + 1, sizeof *got_core), *want_core = calloc(n + 1, sizeof *want_core);
    size_t k = 0, k_want = brute_dbscan(points, options, want, want_core);
    castmap_status status = castmap_dbscan(ctx, points, options, got, got_core, &k);

    if (status)
        fail_msg("%s: %s", what, castmap_message(ctx));
    for (size_t i = 0; i < n; i++) {
        if (got_core[i] != want_core[i])
            fail_msg("%s: point %zu of %zu: core %d, expected %d", what, i, n, got_core[i], want_core[i]);
        if (got[i] != want[i])
            fail_msg("%s: point %zu of %zu: label %d, expected %d", what, i, n, got[i], want[i]);
    }
    if (k != k_want)
        fail_msg("%s: %zu clusters, expected %zu", what, k, k_want);
    free(got);
    free(want);
    free(got_core);
    free(want_core);
}
