/*
 * analysis/routes/flows.c - movements added up to flows between areas.
 *
 *   1. number the periods, so that period, origin and destination fit one key
 *   2. sort by key                                                              (before it by weight: sums then do not depend on the order of rows)
 *   3. add up runs of equal keys, and the margins
 */
#include "castmap/flows.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct adding {
    castmap_context     *ctx;
    const castmap_moves *moves;
    bool      symmetric;
    int32_t  *period;   /* owned; distinct, ascending */
    size_t    n_periods;
    uint64_t *key;      /* owned [n] */
    uint32_t *order;    /* owned [n] movement of each key */
    castmap_flows flows;
} adding;

void castmap_flows_clear(castmap_flows *flows)
{
    free(flows->flow);
    free(flows->outgoing);
    free(flows->incoming);
    *flows = (castmap_flows)CASTMAP_FLOWS_INIT;
}

static castmap_status check(castmap_context *ctx, size_t n_areas, const castmap_moves *moves)
{
    if (moves->count >= UINT32_MAX || n_areas > UINT32_MAX)
        return cm_fail(ctx, CASTMAP_E_LIMIT, "more than 4,000 million movements or areas");
    for (size_t i = 0; i < moves->count; i++) {
        if (moves->from[i] >= n_areas || moves->to[i] >= n_areas)
            return cm_fail(ctx, CASTMAP_E_DATA, "movement %zu names an area that is not there", i);
        if (moves->weight && !(moves->weight[i] >= 0.0 && isfinite(moves->weight[i])))
            return cm_fail(ctx, CASTMAP_E_DATA, "movement %zu has a weight below 0 or not finite", i);
    }
    return CASTMAP_OK;
}

static castmap_status sort_by(adding *a)
{
    return cm_sort_u64(a->ctx, a->key, a->order, a->moves->count);
}

static castmap_status number_periods(adding *a)
{
    const size_t n = a->moves->count;

    a->n_periods = 1;
    if (!a->moves->period)
        return CASTMAP_OK;
    for (size_t i = 0; i < n; i++) {
        a->key[i] = (uint32_t)a->moves->period[i] ^ 0x80000000u; /* signed order as unsigned */
        a->order[i] = (uint32_t)i;
    }
    castmap_status status = sort_by(a);
    if (status)
        return status;
    size_t distinct = 0;
    for (size_t i = 0; i < n; i++)
        distinct += i == 0 || a->key[i] != a->key[i - 1];
    a->period = cm_alloc(distinct, sizeof *a->period);
    if (!a->period)
        return cm_fail_memory(a->ctx);
    a->n_periods = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || a->key[i] != a->key[i - 1])
            a->period[a->n_periods++] = (int32_t)((uint32_t)a->key[i] ^ 0x80000000u);
    }
    return CASTMAP_OK;
}

static uint64_t period_number(const adding *a, int32_t period)
{
    size_t low = 0, high = a->n_periods;

    while (low + 1 < high) {
        const size_t middle = (low + high) / 2;
        if (a->period[middle] <= period)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static castmap_status sort_moves(adding *a)
{
    const castmap_moves *moves = a->moves;
    const uint64_t areas = a->flows.n_areas;

    if (areas > 0 && a->n_periods > UINT64_MAX / areas / areas)
        return cm_fail(a->ctx, CASTMAP_E_LIMIT, "too many areas and periods");
    for (size_t i = 0; i < moves->count; i++) {
        a->order[i] = (uint32_t)i;
        a->key[i] = moves->weight ? cm_order_double(moves->weight[i]) : 0;
    }
    castmap_status status = moves->weight ? sort_by(a) : CASTMAP_OK;
    for (size_t k = 0; k < moves->count && !status; k++) {
        const size_t i = a->order[k];
        uint64_t from = moves->from[i], to = moves->to[i];
        if (a->symmetric && from > to) {
            from = moves->to[i];
            to = moves->from[i];
        }
        const uint64_t period = moves->period ? period_number(a, moves->period[i]) : 0;
        a->key[k] = (period * areas + from) * areas + to;
    }
    return status ? status : sort_by(a);
}

static castmap_status add_up(adding *a)
{
    const castmap_moves *moves = a->moves;
    const uint64_t areas = a->flows.n_areas;
    castmap_flows *flows = &a->flows;

    for (size_t k = 0; k < moves->count; k++)
        flows->count += k == 0 || a->key[k] != a->key[k - 1];
    flows->flow = cm_alloc(flows->count, sizeof *flows->flow);
    flows->outgoing = cm_alloc_zero(flows->n_areas, sizeof *flows->outgoing);
    flows->incoming = cm_alloc_zero(flows->n_areas, sizeof *flows->incoming);
    if (!flows->flow || !flows->outgoing || !flows->incoming)
        return cm_fail_memory(a->ctx);
    castmap_flow *flow = flows->flow;
    for (size_t k = 0; k < moves->count; k++) {
        if (k > 0 && a->key[k] != a->key[k - 1])
            flow++;
        if (k == 0 || a->key[k] != a->key[k - 1]) {
            const uint64_t period = a->key[k] / areas / areas;
            memset(flow, 0, sizeof *flow);
            flow->period = moves->period ? a->period[period] : 0;
            flow->from = (uint32_t)(a->key[k] / areas % areas);
            flow->to = (uint32_t)(a->key[k] % areas);
        }
        flow->moves++;
        flow->weight += moves->weight ? moves->weight[a->order[k]] : 1.0;
    }
    for (size_t f = 0; f < flows->count; f++) {
        const castmap_flow *at = &flows->flow[f];
        flows->moves += at->moves;
        if (at->from == at->to) {
            flows->within += at->moves;
            continue;
        }
        flows->outgoing[at->from] += at->moves;
        flows->incoming[at->to] += at->moves;
        if (flows->symmetric) {
            flows->outgoing[at->to] += at->moves;
            flows->incoming[at->from] += at->moves;
        }
    }
    return CASTMAP_OK;
}

castmap_status castmap_flows_aggregate(castmap_context *ctx, size_t n_areas, const castmap_moves *moves, bool symmetric,
                                       castmap_flows *out)
{
    adding a = {.ctx = ctx, .moves = moves, .symmetric = symmetric,
                .flows = {.n_areas = n_areas, .symmetric = symmetric}};
    castmap_status status;

    cm_fail_clear(ctx);
    status = check(ctx, n_areas, moves);
    if (status)
        return status;
    a.key = cm_alloc(moves->count, sizeof *a.key);
    a.order = cm_alloc(moves->count, sizeof *a.order);
    if (!a.key || !a.order) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    status = number_periods(&a);
    if (status)
        goto done;
    status = sort_moves(&a);
    if (status)
        goto done;
    status = add_up(&a);
    if (status)
        goto done;
    *out = a.flows;
    a.flows = (castmap_flows)CASTMAP_FLOWS_INIT;

done:
    free(a.period);
    free(a.key);
    free(a.order);
    castmap_flows_clear(&a.flows);
    return status;
}
