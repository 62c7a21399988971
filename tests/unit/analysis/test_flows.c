/* Tests of castmap_flows_aggregate(), castmap_flows_test() and castmap_corridors_find(). */
#include "castmap/flows.h"

#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Ten movements among four areas in two periods; by eye. */
static const uint32_t FROM[] = {0, 1, 0, 2, 0, 0, 1, 3, 2, 0};
static const uint32_t TO[] = {1, 0, 1, 2, 1, 2, 0, 0, 0, 1};
static const int32_t PERIOD[] = {5, 5, 5, 5, -1, 5, -1, 5, 5, 5};
static const double WEIGHT[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512};
#define N 10

static void assert_flow(const castmap_flow *f, int32_t period, uint32_t from, uint32_t to, uint64_t moves, double weight)
{
    assert_int_equal(f->period, period);
    assert_int_equal(f->from, from);
    assert_int_equal(f->to, to);
    assert_int_equal(f->moves, moves);
    assert_near(f->weight, weight, 0.0);
}

static void adds_movements_up_by_period_and_pair(void **state)
{
    const castmap_moves moves = {N, FROM, TO, PERIOD, WEIGHT};
    castmap_flows got = CASTMAP_FLOWS_INIT;

    assert_status(castmap_flows_aggregate(*state, 4, &moves, false, &got), CASTMAP_OK);
    assert_int_equal(got.count, 8);
    assert_flow(&got.flow[0], -1, 0, 1, 1, 16);
    assert_flow(&got.flow[1], -1, 1, 0, 1, 64);
    assert_flow(&got.flow[2], 5, 0, 1, 3, 517);
    assert_flow(&got.flow[3], 5, 0, 2, 1, 32);
    assert_flow(&got.flow[4], 5, 1, 0, 1, 2);
    assert_flow(&got.flow[5], 5, 2, 0, 1, 256);
    assert_flow(&got.flow[6], 5, 2, 2, 1, 8);
    assert_flow(&got.flow[7], 5, 3, 0, 1, 128);
    assert_int_equal(got.moves, 10);
    assert_int_equal(got.within, 1);
    assert_int_equal(got.outgoing[0], 5);
    assert_int_equal(got.incoming[0], 4);
    assert_int_equal(got.outgoing[2], 1);
    assert_int_equal(got.incoming[3], 0);
    castmap_flows_clear(&got);
}

static void both_directions_are_one_flow_when_symmetric(void **state)
{
    const castmap_moves moves = {N, FROM, TO, NULL, NULL};
    castmap_flows got = CASTMAP_FLOWS_INIT;

    assert_status(castmap_flows_aggregate(*state, 4, &moves, true, &got), CASTMAP_OK);
    assert_int_equal(got.count, 4);
    assert_flow(&got.flow[0], 0, 0, 1, 6, 6);
    assert_flow(&got.flow[1], 0, 0, 2, 2, 2);
    assert_flow(&got.flow[2], 0, 0, 3, 1, 1);
    assert_flow(&got.flow[3], 0, 2, 2, 1, 1);
    assert_int_equal(got.outgoing[0], 9);
    assert_int_equal(got.incoming[0], 9);
    assert_int_equal(got.outgoing[3], 1);
    castmap_flows_clear(&got);
}

static void no_movements_give_no_flows(void **state)
{
    const castmap_moves moves = {0, FROM, TO, NULL, NULL};
    castmap_flows got = CASTMAP_FLOWS_INIT;

    assert_status(castmap_flows_aggregate(*state, 4, &moves, false, &got), CASTMAP_OK);
    assert_int_equal(got.count, 0);
    assert_int_equal(got.outgoing[3], 0);
    castmap_flows_clear(&got);
    assert_status(castmap_flows_aggregate(*state, 0, &moves, false, &got), CASTMAP_OK);
    castmap_flows_clear(&got);
}

static void refuses_what_is_no_movement(void **state)
{
    double weight[N];
    castmap_moves moves = {N, FROM, TO, NULL, weight};
    castmap_flows got = {.n_areas = 77};

    memcpy(weight, WEIGHT, sizeof weight);
    assert_status(castmap_flows_aggregate(*state, 3, &moves, false, &got), CASTMAP_E_DATA);
    weight[4] = -1.0;
    assert_status(castmap_flows_aggregate(*state, 4, &moves, false, &got), CASTMAP_E_DATA);
    weight[4] = (double)NAN;
    assert_status(castmap_flows_aggregate(*state, 4, &moves, false, &got), CASTMAP_E_DATA);
    assert_int_equal(got.n_areas, 77);
}

static void make(void **state, const uint64_t *table, size_t n, bool symmetric, castmap_flows *out)
{
    uint32_t from[500], to[500];
    size_t k = 0;

    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = 0; j < n; j++) {
            for (uint64_t c = 0; c < table[i * n + j]; c++) {
                from[k] = i;
                to[k++] = j;
            }
        }
    }
    const castmap_moves moves = {k, from, to, NULL, NULL};
    assert_status(castmap_flows_aggregate(*state, n, &moves, symmetric, out), CASTMAP_OK);
}

static void independence_is_row_times_column_over_total(void **state)
{
    static const uint64_t TABLE[] = {6, 2, 2, 10};
    castmap_flow_test_options o = CASTMAP_FLOW_TEST_OPTIONS_INIT;
    castmap_flows flows = CASTMAP_FLOWS_INIT;
    castmap_flow_fit fit;
    double e[4], p[4], q[4];

    make(state, TABLE, 2, false, &flows);
    o.keep_within = true;
    assert_status(castmap_flows_test(*state, &flows, &o, e, p, q, &fit), CASTMAP_OK);
    assert_near(e[0], 8.0 * 8.0 / 20.0, 1e-9);
    assert_near(e[1], 8.0 * 12.0 / 20.0, 1e-9);
    assert_near(e[3], 12.0 * 12.0 / 20.0, 1e-9);
    assert_near(p[1], 1.0 - exp(-4.8) * (1.0 + 4.8), 1e-9); /* P(X >= 2) */
    assert_int_equal(fit.pairs, 4);
    assert_true(fit.converged);
    castmap_flows_clear(&flows);
}

static void symmetric_flows_count_each_pair_once(void **state)
{
    static const uint64_t TABLE[] = {3, 2, 2, 0, 5, 9, 0, 0, 1}; /* touching: 0: 3*2+4, 1: 5*2+11, 2: 1*2+11 */
    castmap_flow_test_options o = CASTMAP_FLOW_TEST_OPTIONS_INIT;
    castmap_flows flows = CASTMAP_FLOWS_INIT;
    castmap_flow_fit fit;
    double e[6], p[6], q[6];

    make(state, TABLE, 3, true, &flows);
    assert_int_equal(flows.count, 6);
    o.keep_within = true;
    assert_status(castmap_flows_test(*state, &flows, &o, e, p, q, &fit), CASTMAP_OK);
    assert_near(e[0], 10.0 * 10.0 / 44.0 / 2.0, 1e-9);
    assert_near(e[1], 10.0 * 21.0 / 44.0, 1e-9);
    assert_near(e[0] + e[1] + e[2] + e[3] + e[4] + e[5], 22.0, 1e-9);
    assert_int_equal(fit.pairs, 6);
    o.keep_within = false; /* three pairs and three margins: the null is the table itself */
    assert_status(castmap_flows_test(*state, &flows, &o, e, p, q, &fit), CASTMAP_OK);
    assert_true(isnan(e[0]) && isnan(p[3]) && isnan(q[5]));
    assert_near(e[1], 2.0, 1e-6);
    assert_near(e[2], 2.0, 1e-6);
    assert_near(e[4], 9.0, 1e-6);
    assert_int_equal(fit.pairs, 3);
    castmap_flows_clear(&flows);
}

static void finds_the_planted_flow(void **state)
{
    uint64_t table[100];
    castmap_flow_test_options o = CASTMAP_FLOW_TEST_OPTIONS_INIT;
    castmap_flows flows = CASTMAP_FLOWS_INIT;
    castmap_flow_fit fit;
    double e[90], p[90], q[90];

    for (size_t k = 0; k < 100; k++)
        table[k] = k % 11 == 0 ? 0 : 5;
    table[1 * 10 + 4] = 40;
    make(state, table, 10, false, &flows);
    assert_status(castmap_flows_test(*state, &flows, &o, e, p, q, &fit), CASTMAP_OK);
    for (size_t k = 0; k < flows.count; k++)
        assert_int_equal(q[k] < 0.01, flows.flow[k].from == 1 && flows.flow[k].to == 4);
    castmap_flows_clear(&flows);
}

static void all_to_the_nearest_has_no_beta(void **state)
{
    static const uint64_t TABLE[] = {0, 4, 0, 0, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 4, 0};
    static const double X[] = {0, 100, 90000, 90100}, Y[] = {0, 0, 0, 0};
    castmap_flow_test_options o = CASTMAP_FLOW_TEST_OPTIONS_INIT;
    castmap_flows flows = CASTMAP_FLOWS_INIT;
    castmap_flow_fit fit;
    double e[4], p[4], q[4];

    make(state, TABLE, 4, false, &flows);
    o.null = CASTMAP_FLOW_GRAVITY;
    o.x = X;
    o.y = Y;
    assert_status(castmap_flows_test(*state, &flows, &o, e, p, q, &fit), CASTMAP_OK);
    assert_true(fit.beta > 5.0 || !fit.converged);
    assert_near(e[0], 4.0, 1e-3);
    castmap_flows_clear(&flows);
}

/* All movements begin or end at one area: the null has nothing to choose, and is found at its edge. */
static void a_hub_explains_its_spokes(void **state)
{
    static const uint64_t TABLE[] = {0, 3, 4, 5, 6, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0};
    static const double X[] = {0, 100, 200, 300, 900}, Y[] = {0, 500, 0, 100, 50};
    castmap_flow_test_options o = CASTMAP_FLOW_TEST_OPTIONS_INIT;
    castmap_flows flows = CASTMAP_FLOWS_INIT;
    castmap_flow_fit fit;
    double e[8], p[8], q[8];

    make(state, TABLE, 5, false, &flows);
    assert_int_equal(flows.count, 8);
    for (int gravity = 0; gravity < 2; gravity++) {
        o.null = gravity ? CASTMAP_FLOW_GRAVITY : CASTMAP_FLOW_INDEPENDENCE;
        o.x = gravity ? X : NULL;
        o.y = gravity ? Y : NULL;
        assert_status(castmap_flows_test(*state, &flows, &o, e, p, q, &fit), CASTMAP_OK);
        assert_true(fit.margin_error < 0.1);
        for (size_t k = 0; k < 8; k++)
            assert_near(e[k], (double)flows.flow[k].moves, 0.1);
    }
    castmap_flows_clear(&flows);
}

static void refuses_a_test_that_says_nothing(void **state)
{
    static const uint64_t TABLE[] = {6, 0, 0, 10}, GOOD[] = {0, 1, 2, 0};
    static const double X[] = {0, (double)NAN}, Y[] = {0, 1};
    castmap_flow_test_options o = CASTMAP_FLOW_TEST_OPTIONS_INIT;
    castmap_flows flows = CASTMAP_FLOWS_INIT, periods = CASTMAP_FLOWS_INIT;
    const castmap_moves moves = {N, FROM, TO, PERIOD, NULL};
    castmap_flow_fit fit = {.pairs = 99};
    double e[8], p[8], q[8];

    make(state, TABLE, 2, false, &flows);
    assert_status(castmap_flows_test(*state, &flows, &o, e, p, q, &fit), CASTMAP_E_NOT_FOUND);
    castmap_flows_clear(&flows);
    make(state, GOOD, 2, false, &flows);
    o.null = CASTMAP_FLOW_GRAVITY;
    assert_status(castmap_flows_test(*state, &flows, &o, e, p, q, &fit), CASTMAP_E_ARGUMENT);
    o.x = X;
    o.y = Y;
    assert_status(castmap_flows_test(*state, &flows, &o, e, p, q, &fit), CASTMAP_E_DATA);
    o.version = 9;
    assert_status(castmap_flows_test(*state, &flows, &o, e, p, q, &fit), CASTMAP_E_ARGUMENT);
    o = (castmap_flow_test_options)CASTMAP_FLOW_TEST_OPTIONS_INIT;
    assert_status(castmap_flows_aggregate(*state, 4, &moves, false, &periods), CASTMAP_OK);
    assert_status(castmap_flows_test(*state, &periods, &o, e, p, q, &fit), CASTMAP_E_ARGUMENT);
    assert_int_equal(fit.pairs, 99);
    castmap_flows_clear(&periods);
    castmap_flows_clear(&flows);
}

/* Journeys over stops 0..9, -1 parts them. */
static size_t journeys(const int *text, size_t *start, uint32_t *stop)
{
    size_t n = 0, k = 0;

    start[0] = 0;
    for (; *text != -2; text++) {
        if (*text == -1)
            start[++n] = k;
        else
            stop[k++] = (uint32_t)*text;
    }
    return n;
}

static void assert_corridor(const castmap_corridors *c, size_t i, size_t stops, const uint32_t *stop, uint32_t journeys_with, uint32_t passes)
{
    assert_int_equal(c->start[i + 1] - c->start[i], stops);
    assert_memory_equal(c->stop + c->start[i], stop, stops * sizeof *stop);
    assert_int_equal(c->journeys[i], journeys_with);
    assert_int_equal(c->passes[i], passes);
}

static void finds_maximal_chains_only(void **state)
{
    static const int TEXT[] = {1, 2, 3, 4, -1, 9, 1, 2, 2, 3, 4, -1, 1, 2, 3, 4, 5, -1, 2, 3, 7, -1, 2, 3, 7, 2, 3, 7, -1, 2, 3, 7, -1, 4, 3, 2, 1, -1, -2};
    static const uint32_t LONG[] = {1, 2, 3, 4}, SHORT[] = {2, 3, 7};
    castmap_corridor_options o = CASTMAP_CORRIDOR_OPTIONS_INIT;
    castmap_corridors got = CASTMAP_CORRIDORS_INIT;
    size_t start[20];
    uint32_t stop[60];
    const size_t n = journeys(TEXT, start, stop);

    assert_status(castmap_corridors_find(*state, n, start, stop, &o, &got), CASTMAP_OK);
    assert_int_equal(got.count, 2);
    assert_corridor(&got, 0, 4, LONG, 3, 3);
    assert_corridor(&got, 1, 3, SHORT, 3, 4);
    castmap_corridors_clear(&got);
    o.most_stops = 3; /* the long one in pieces, and the short one among them */
    assert_status(castmap_corridors_find(*state, n, start, stop, &o, &got), CASTMAP_OK);
    assert_int_equal(got.count, 3);
    castmap_corridors_clear(&got);
    o.least_journeys = 4;
    assert_status(castmap_corridors_find(*state, n, start, stop, &o, &got), CASTMAP_OK);
    assert_int_equal(got.count, 0);
    castmap_corridors_clear(&got);
    o.least_stops = 2; /* 2, 3 is on six journeys, and part of nothing longer on four */
    assert_status(castmap_corridors_find(*state, n, start, stop, &o, &got), CASTMAP_OK);
    assert_int_equal(got.count, 1);
    assert_corridor(&got, 0, 2, SHORT, 6, 7);
    castmap_corridors_clear(&got);
}

static void one_journey_to_and_fro_is_no_corridor(void **state)
{
    static const int TEXT[] = {1, 2, 1, 2, 1, 2, 1, 2, -1, 3, -1, -1, -2};
    castmap_corridor_options o = CASTMAP_CORRIDOR_OPTIONS_INIT;
    castmap_corridors got = CASTMAP_CORRIDORS_INIT;
    size_t start[20];
    uint32_t stop[60];
    const size_t n = journeys(TEXT, start, stop);

    o.least_journeys = 2;
    assert_status(castmap_corridors_find(*state, n, start, stop, &o, &got), CASTMAP_OK);
    assert_int_equal(got.count, 0);
    castmap_corridors_clear(&got);
    assert_status(castmap_corridors_find(*state, 0, start, stop, &o, &got), CASTMAP_OK);
    assert_int_equal(got.count, 0);
    castmap_corridors_clear(&got);
    o.least_journeys = 1;
    got.count = 7;
    assert_status(castmap_corridors_find(*state, n, start, stop, &o, &got), CASTMAP_E_ARGUMENT);
    assert_int_equal(got.count, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_movements_up_by_period_and_pair),
        cmocka_unit_test(both_directions_are_one_flow_when_symmetric),
        cmocka_unit_test(no_movements_give_no_flows),
        cmocka_unit_test(refuses_what_is_no_movement),
        cmocka_unit_test(independence_is_row_times_column_over_total),
        cmocka_unit_test(symmetric_flows_count_each_pair_once),
        cmocka_unit_test(finds_the_planted_flow),
        cmocka_unit_test(all_to_the_nearest_has_no_beta),
        cmocka_unit_test(a_hub_explains_its_spokes),
        cmocka_unit_test(refuses_a_test_that_says_nothing),
        cmocka_unit_test(finds_maximal_chains_only),
        cmocka_unit_test(one_journey_to_and_fro_is_no_corridor),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
