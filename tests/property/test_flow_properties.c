/*
 * What must not change flows, and what changes them how: the order of movements, threads, a shift, a scale, numbers of areas; margins of the null;
 * corridors against a count of every chain.
 */
#include "castmap/flows.h"

#include "base/random.h"
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 30000, AREAS = 700, MOST = 200000 };

typedef struct data {
    uint32_t from[N], to[N];
    int32_t  period[N];
    double   weight[N], x[AREAS], y[AREAS];
} data;

static data *make_data(uint64_t seed)
{
    data *d = calloc(1, sizeof *d);

    assert_non_null(d);
    for (size_t a = 0; a < AREAS; a++) {
        d->x[a] = floor(40000 * cm_random_unit(seed, 1, a));
        d->y[a] = floor(40000 * cm_random_unit(seed, 2, a));
    }
    for (size_t i = 0; i < N; i++) {
        d->from[i] = (uint32_t)(AREAS * pow(cm_random_unit(seed, 3, i), 2));
        d->to[i] = cm_random_below(seed, 4, i, 3) ? (uint32_t)cm_random_below(seed, 5, i, AREAS) : (d->from[i] + 1) % AREAS;
        d->period[i] = (int32_t)cm_random_below(seed, 6, i, 5) - 2;
        d->weight[i] = 0.1 * (double)cm_random_below(seed, 7, i, 50);
    }
    return d;
}

static castmap_moves view(const data *d, bool periods)
{
    return (castmap_moves){N, d->from, d->to, periods ? d->period : NULL, d->weight};
}

static data *shuffled(const data *d)
{
    data *s = calloc(1, sizeof *s);

    assert_non_null(s);
    memcpy(s, d, sizeof *s);
    for (size_t i = N; i > 1; i--) {
        const size_t j = (size_t)cm_random_below(9, 9, i, i);
        const data t = {.from = {s->from[i - 1]}, .to = {s->to[i - 1]}, .period = {s->period[i - 1]}, .weight = {s->weight[i - 1]}};
        s->from[i - 1] = s->from[j], s->to[i - 1] = s->to[j], s->period[i - 1] = s->period[j], s->weight[i - 1] = s->weight[j];
        s->from[j] = t.from[0], s->to[j] = t.to[0], s->period[j] = t.period[0], s->weight[j] = t.weight[0];
    }
    return s;
}

static void order_of_movements_does_not_matter(void **state)
{
    data *d = make_data(42), *s = shuffled(d);

    for (int symmetric = 0; symmetric < 2; symmetric++) {
        castmap_flows a = CASTMAP_FLOWS_INIT, b = CASTMAP_FLOWS_INIT;
        castmap_moves moves = view(d, true), other = view(s, true);
        assert_status(castmap_flows_aggregate(*state, AREAS, &moves, symmetric, &a), CASTMAP_OK);
        assert_status(castmap_flows_aggregate(*state, AREAS, &other, symmetric, &b), CASTMAP_OK);
        assert_int_equal(a.count, b.count);
        assert_memory_equal(a.flow, b.flow, a.count * sizeof *a.flow);
        assert_memory_equal(a.outgoing, b.outgoing, AREAS * sizeof *a.outgoing);
        uint64_t sum = 0;
        for (size_t f = 0; f < a.count; f++)
            sum += a.flow[f].moves;
        assert_int_equal(sum, N);
        castmap_flows_clear(&a);
        castmap_flows_clear(&b);
    }
    free(d);
    free(s);
}

typedef struct answer {
    castmap_flows flows;
    double *e, *p, *q;
    castmap_flow_fit fit;
} answer;

static answer solve(void **state, const data *d, bool symmetric, castmap_flow_null null)
{
    answer a = {.flows = CASTMAP_FLOWS_INIT, .e = calloc(MOST, 8), .p = calloc(MOST, 8), .q = calloc(MOST, 8)};
    castmap_flow_test_options o = CASTMAP_FLOW_TEST_OPTIONS_INIT;
    castmap_moves moves = view(d, false);

    assert_true(a.e && a.p && a.q);
    o.null = null;
    if (null == CASTMAP_FLOW_GRAVITY) {
        o.x = d->x;
        o.y = d->y;
    }
    assert_status(castmap_flows_aggregate(*state, AREAS, &moves, symmetric, &a.flows), CASTMAP_OK);
    assert_true(a.flows.count <= MOST);
    assert_status(castmap_flows_test(*state, &a.flows, &o, a.e, a.p, a.q, &a.fit), CASTMAP_OK);
    assert_true(a.fit.converged);
    return a;
}

static void clear(answer *a)
{
    castmap_flows_clear(&a->flows);
    free(a->e);
    free(a->p);
    free(a->q);
}

static void threads_do_not_matter(void **state)
{
    data *d = make_data(7);

    castmap_set_threads(*state, 1);
    answer one = solve(state, d, false, CASTMAP_FLOW_GRAVITY);
    for (unsigned threads = 2; threads <= 8; threads += 6) {
        castmap_set_threads(*state, threads);
        answer many = solve(state, d, false, CASTMAP_FLOW_GRAVITY);
        assert_memory_equal(one.e, many.e, one.flows.count * sizeof *one.e);
        assert_memory_equal(one.q, many.q, one.flows.count * sizeof *one.q);
        clear(&many);
    }
    castmap_set_threads(*state, 0);
    clear(&one);
    free(d);
}

static void a_shift_and_a_scale_leave_gravity_as_it_was(void **state)
{
    data *d = make_data(11);
    answer before = solve(state, d, true, CASTMAP_FLOW_GRAVITY);

    for (size_t a = 0; a < AREAS; a++) {
        d->x[a] = 2.0 * (d->x[a] + 1e6);
        d->y[a] = 2.0 * (d->y[a] - 3e5);
    }
    answer after = solve(state, d, true, CASTMAP_FLOW_GRAVITY);
    assert_near(after.fit.beta, before.fit.beta, 1e-7);
    assert_near(after.fit.mean_log_distance, before.fit.mean_log_distance + log(2.0), 1e-9);
    for (size_t f = 0; f < before.flows.count; f++) {
        if (before.flows.flow[f].from != before.flows.flow[f].to)
            assert_near(after.e[f], before.e[f], 1e-6 * before.e[f]);
    }
    clear(&before);
    clear(&after);
    free(d);
}

/* Twice every movement: the null doubles and beta stays. */
static void doubling_the_movements_doubles_the_null(void **state)
{
    data *d = make_data(13);

    memcpy(d->from + N / 2, d->from, N / 2 * sizeof *d->from);
    memcpy(d->to + N / 2, d->to, N / 2 * sizeof *d->to);
    answer whole = solve(state, d, false, CASTMAP_FLOW_GRAVITY);
    answer half = {.flows = CASTMAP_FLOWS_INIT, .e = calloc(MOST, 8), .p = calloc(MOST, 8), .q = calloc(MOST, 8)};
    castmap_flow_test_options o = CASTMAP_FLOW_TEST_OPTIONS_INIT;
    const castmap_moves moves = {N / 2, d->from, d->to, NULL, NULL};
    o.null = CASTMAP_FLOW_GRAVITY;
    o.x = d->x;
    o.y = d->y;
    assert_status(castmap_flows_aggregate(*state, AREAS, &moves, false, &half.flows), CASTMAP_OK);
    assert_status(castmap_flows_test(*state, &half.flows, &o, half.e, half.p, half.q, &half.fit), CASTMAP_OK);
    assert_near(half.fit.beta, whole.fit.beta, 1e-7);
    assert_int_equal(half.flows.count, whole.flows.count);
    for (size_t f = 0; f < half.flows.count; f++) {
        if (half.flows.flow[f].from != half.flows.flow[f].to)
            assert_near(whole.e[f], 2.0 * half.e[f], 1e-6 * whole.e[f]);
    }
    clear(&whole);
    clear(&half);
    free(d);
}

/* Every chain of every journey, counted the slow way. */
static uint32_t journeys_with(const size_t *start, const uint32_t *stop, size_t journeys, const uint32_t *chain, size_t length)
{
    uint32_t n = 0;

    for (size_t j = 0; j < journeys; j++) {
        bool found = false;
        for (size_t k = start[j]; !found && k + length <= start[j + 1]; k++)
            found = memcmp(stop + k, chain, length * sizeof *chain) == 0;
        n += found;
    }
    return n;
}

static bool listed(const castmap_corridors *c, const uint32_t *chain, size_t length)
{
    for (size_t i = 0; i < c->count; i++) {
        if (c->start[i + 1] - c->start[i] == length && memcmp(c->stop + c->start[i], chain, length * sizeof *chain) == 0)
            return true;
    }
    return false;
}

static void corridors_are_the_maximal_chains_of_a_plain_count(void **state)
{
    enum { JOURNEYS = 60, STOPS = 12, PLACES = 4 };
    size_t start[JOURNEYS + 1] = {0}, found = 0;
    uint32_t stop[JOURNEYS * STOPS];

    for (uint64_t seed = 0; seed < 20; seed++) {
        castmap_corridor_options o = CASTMAP_CORRIDOR_OPTIONS_INIT;
        castmap_corridors got = CASTMAP_CORRIDORS_INIT;
        o.least_journeys = 3 + (uint32_t)(seed % 4);
        for (size_t j = 0; j < JOURNEYS; j++) {
            const size_t length = (size_t)cm_random_below(seed, 1, j, STOPS);
            start[j + 1] = start[j] + length;
            for (size_t k = 0; k < length; k++) { /* never the same twice in a row, so that nothing is left out */
                const uint32_t step = 1 + (uint32_t)cm_random_below(seed, 2, start[j] + k, PLACES - 1);
                stop[start[j] + k] = k == 0 ? step : (stop[start[j] + k - 1] + step) % PLACES;
            }
        }
        assert_status(castmap_corridors_find(*state, JOURNEYS, start, stop, &o, &got), CASTMAP_OK);
        for (size_t j = 0; j < JOURNEYS; j++) {
            for (size_t k = start[j]; k < start[j + 1]; k++) {
                for (size_t length = 3; k + length <= start[j + 1]; length++) {
                    uint32_t longer[STOPS + 1];
                    bool maximal = journeys_with(start, stop, JOURNEYS, stop + k, length) >= o.least_journeys;
                    for (uint32_t extra = 0; extra < PLACES && maximal; extra++) {
                        memcpy(longer + 1, stop + k, length * sizeof *longer);
                        longer[0] = extra;
                        maximal = journeys_with(start, stop, JOURNEYS, longer, length + 1) < o.least_journeys;
                        longer[length + 1 < STOPS + 1 ? length + 1 : STOPS] = extra;
                        if (maximal && length + 1 < STOPS + 1)
                            maximal = journeys_with(start, stop, JOURNEYS, longer + 1, length + 1) < o.least_journeys;
                    }
                    assert_int_equal(listed(&got, stop + k, length), maximal);
                    found += maximal;
                }
            }
        }
        for (size_t i = 0; i < got.count; i++)
            assert_int_equal(journeys_with(start, stop, JOURNEYS, got.stop + got.start[i], got.start[i + 1] - got.start[i]), got.journeys[i]);
        castmap_corridors_clear(&got);
    }
    assert_true(found > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_of_movements_does_not_matter),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(a_shift_and_a_scale_leave_gravity_as_it_was),
        cmocka_unit_test(doubling_the_movements_doubles_the_null),
        cmocka_unit_test(corridors_are_the_maximal_chains_of_a_plain_count),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
