/*
 * analysis/areas/classes.c - natural classes of positive values, with borders that a reader can say.
 *
 *   1. distinct_values  sort, drop zero and below, keep each value once with its number of occurrences
 *   2. split            the k groups of neighbours with the least sum of squares within groups
 *   3. sayable          a round figure in each gap between two groups
 *
 * Source of 2: W. D. Fisher (1958), "On grouping for maximum homogeneity", JASA 53. The best end of a group never moves back when the last
 * value moves on, so each row of the table is found by divide and conquer in O(n log n).
 */
#include "castmap/areas.h"

#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct grouping {
    size_t n;              /* distinct values */
    double *value, *times; /* owned [n] */
    double *sum_w, *sum_x, *sum_xx; /* owned [n+1] prefix sums about the first value */
    double *cost, *next;   /* owned [n+1] */
    uint32_t *cut;         /* owned [k*(n+1)] */
} grouping;

static void grouping_clear(grouping *g)
{
    free(g->value);
    free(g->times);
    free(g->sum_w);
    free(g->sum_x);
    free(g->sum_xx);
    free(g->cost);
    free(g->next);
    free(g->cut);
}

static int by_value(const void *a, const void *b)
{
    const double p = *(const double *)a, q = *(const double *)b;

    return (p > q) - (p < q);
}

static int distinct_values(grouping *g, const double *values, size_t n, size_t k)
{
    size_t m = 0;

    g->value = cm_alloc(n, sizeof *g->value);
    g->times = cm_alloc(n, sizeof *g->times);
    if (!g->value || !g->times)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (values[i] > 0.0 && isfinite(values[i]))
            g->value[m++] = values[i];
    }
    qsort(g->value, m, sizeof *g->value, by_value);
    for (size_t i = 0; i < m; i++) {
        if (g->n && g->value[g->n - 1] == g->value[i]) {
            g->times[g->n - 1] += 1.0;
            continue;
        }
        g->value[g->n] = g->value[i];
        g->times[g->n++] = 1.0;
    }
    g->sum_w = cm_alloc_zero(g->n + 1, sizeof *g->sum_w);
    g->sum_x = cm_alloc_zero(g->n + 1, sizeof *g->sum_x);
    g->sum_xx = cm_alloc_zero(g->n + 1, sizeof *g->sum_xx);
    g->cost = cm_alloc_zero(g->n + 1, sizeof *g->cost);
    g->next = cm_alloc_zero(g->n + 1, sizeof *g->next);
    g->cut = cm_alloc_zero(k * (g->n + 1), sizeof *g->cut);
    if (!g->sum_w || !g->sum_x || !g->sum_xx || !g->cost || !g->next || !g->cut)
        return -1;
    for (size_t i = 0; i < g->n; i++) {
        const double x = g->value[i] - g->value[0], w = g->times[i];
        g->sum_w[i + 1] = g->sum_w[i] + w;
        g->sum_x[i + 1] = g->sum_x[i] + w * x;
        g->sum_xx[i + 1] = g->sum_xx[i] + w * x * x;
    }
    return 0;
}

/* Sum of squares about the mean of values [from, to). */
static double within(const grouping *g, size_t from, size_t to)
{
    const double w = g->sum_w[to] - g->sum_w[from], x = g->sum_x[to] - g->sum_x[from];

    return w > 0.0 ? fmax(g->sum_xx[to] - g->sum_xx[from] - x * x / w, 0.0) : 0.0;
}

/* Best cost of the first `to` values in one group more, for to in [low, high], where the last group begins in [first, last]. */
static void improve(grouping *g, uint32_t *cut, size_t low, size_t high, size_t first, size_t last)
{
    const size_t to = low + (high - low) / 2;
    size_t best = first;
    double least = INFINITY;

    for (size_t from = first; from <= last && from < to; from++) {
        const double cost = g->cost[from] + within(g, from, to);
        if (cost < least) {
            least = cost;
            best = from;
        }
    }
    g->next[to] = least;
    cut[to] = (uint32_t)best;
    if (to > low)
        improve(g, cut, low, to - 1, first, best);
    if (to < high)
        improve(g, cut, to + 1, high, best, last);
}

static void split(grouping *g, size_t k)
{
    for (size_t i = 0; i <= g->n; i++)
        g->cost[i] = within(g, 0, i);
    for (size_t c = 1; c < k; c++) {
        /* At least c + 1 values for c + 1 groups. */
        improve(g, g->cut + c * (g->n + 1), c + 1, g->n, c, g->n - 1);
        memcpy(g->cost + c + 1, g->next + c + 1, (g->n - c) * sizeof *g->cost);
    }
}

/* The roundest figure above `below` and not above `value`. */
static double sayable(double below, double value)
{
    static const double STEPS[] = {5.0, 2.0, 1.0};
    double power = pow(10.0, floor(log10(value)));

    for (int i = 0; i < 17; i++, power /= 10.0) {
        for (size_t s = 0; s < sizeof STEPS / sizeof STEPS[0]; s++) {
            /* Divide by the whole number of steps in a unit where there is one: 0.3 rather than 3 times 0.1. */
            const double step = STEPS[s] * power, times = floor(value / step * (1.0 + 1e-15));
            const double figure = power < 1.0 ? times * STEPS[s] / round(1.0 / power) : times * step;
            if (figure > below && figure <= value)
                return figure;
        }
    }
    return value;
}

castmap_status castmap_classes_make(castmap_context *ctx, const double *values, size_t n, size_t n_classes, double *breaks,
                                    size_t *k)
{
    grouping g = {0};
    castmap_status status = CASTMAP_OK;

    if (n_classes == 0)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "at least one class is needed");
    if (n >= UINT32_MAX)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "too many values");
    if (distinct_values(&g, values, n, n_classes)) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    const size_t found = g.n < n_classes ? g.n : n_classes;
    if (found > 0) {
        split(&g, found);
        size_t end = g.n;
        breaks[found] = g.value[g.n - 1];
        for (size_t c = found; c-- > 0;) {
            const size_t from = c ? g.cut[c * (g.n + 1) + end] : 0;
            breaks[c] = sayable(from ? g.value[from - 1] : 0.0, g.value[from]);
            end = from;
        }
    }
    *k = found;

done:
    grouping_clear(&g);
    return status;
}
