/*
 * analysis/statistics/false_discovery.c - Benjamini-Hochberg and Benjamini-Yekutieli.
 */
#include "analysis/statistics/false_discovery.h"

#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

typedef struct ranked_p {
    double p;
    size_t index;
} ranked_p;

static int compare_p(const void *left, const void *right)
{
    const ranked_p *a = left, *b = right;

    if (a->p != b->p)
        return a->p < b->p ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

castmap_status cm_false_discovery(castmap_context *ctx, const double *p, size_t n, bool any_dependence, double *adjusted)
{
    ranked_p *rank = cm_alloc(n, sizeof *rank);
    size_t m = 0;
    double factor = 1.0, least = 1.0;

    if (!rank)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < n; i++) {
        if (!isnan(p[i]))
            rank[m++] = (ranked_p){p[i], i};
        else
            adjusted[i] = p[i];
    }
    if (m > 1)
        qsort(rank, m, sizeof *rank, compare_p);
    if (any_dependence) {
        factor = 0.0;
        for (size_t k = m; k > 0; k--)
            factor += 1.0 / (double)k;
    }
    for (size_t k = m; k > 0; k--) {
        least = fmin(least, rank[k - 1].p * factor * (double)m / (double)k);
        adjusted[rank[k - 1].index] = least;
    }
    free(rank);
    return CASTMAP_OK;
}
