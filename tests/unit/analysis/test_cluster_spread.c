/* Tests of castmap_cluster_spread_make(): hops and ellipses that can be worked out by hand. */
#include "castmap/cluster.h"

#include "base/random.h"
#include "support/check.h"

#include <math.h>
#include <stdlib.h>

static castmap_cluster_spread spread_of(void **state, const double *x, const double *y, size_t n, castmap_ellipse_form form)
{
    const castmap_points points = {.count = n, .x = x, .y = y};
    static int32_t labels[400];
    castmap_cluster_spread out = {0};

    for (size_t i = 0; i < n; i++)
        labels[i] = 0;
    assert_status(castmap_cluster_spread_make(*state, &points, labels, 1, form, 0.5, &out), CASTMAP_OK);
    return out;
}

/* 0, 10, 20, 50, 60: the tree is the chain, its longest step 30. */
static void the_longest_hop_is_the_longest_step_of_the_chain(void **state)
{
    static const double X[] = {60, 0, 20, 10, 50}, Y[] = {0, 0, 0, 0, 0};
    const castmap_cluster_spread s = spread_of(state, X, Y, 5, CASTMAP_ELLIPSE_COVARIANCE);

    assert_true(s.longest_hop_m == 30.0);
    assert_true(s.minor_m == 0.0 && s.bearing_deg == 90.0);
}

/* x: -3 -1 1 3 (sum of squares 20), y: 1 -1 -1 1 about 0 (4), no product. */
static void ellipses_follow_their_formulas(void **state)
{
    static const double X[] = {97, 99, 101, 103}, Y[] = {51, 49, 49, 51};
    const castmap_cluster_spread c = spread_of(state, X, Y, 4, CASTMAP_ELLIPSE_COVARIANCE);
    const castmap_cluster_spread d = spread_of(state, X, Y, 4, CASTMAP_ELLIPSE_CRIMESTAT);

    /* Half of a normal distribution lies within sqrt(-2 ln 0.5) standard deviations. */
    assert_true(fabs(c.major_m - sqrt(20.0 / 3.0 * 1.3862943611198906)) < 1e-12);
    assert_true(fabs(c.minor_m - sqrt(4.0 / 3.0 * 1.3862943611198906)) < 1e-12);
    assert_true(fabs(c.bearing_deg - 90.0) < 1e-9);
    assert_true(fabs(d.major_m - sqrt(2.0 * 20.0 / 2.0)) < 1e-12);
    assert_true(fabs(d.minor_m - sqrt(2.0 * 4.0 / 2.0)) < 1e-12);
}

/* A line towards the north-east, one towards the south-east, one north. */
static void bearings_count_clockwise_from_north(void **state)
{
    static const double UP[] = {0, 10, 20, 30}, DOWN[] = {30, 20, 10, 0}, FLAT[] = {5, 5, 5, 5};

    assert_true(fabs(spread_of(state, UP, UP, 4, CASTMAP_ELLIPSE_COVARIANCE).bearing_deg - 45.0) < 1e-9);
    assert_true(fabs(spread_of(state, UP, DOWN, 4, CASTMAP_ELLIPSE_COVARIANCE).bearing_deg - 135.0) < 1e-9);
    assert_true(fabs(spread_of(state, FLAT, UP, 4, CASTMAP_ELLIPSE_COVARIANCE).bearing_deg) < 1e-9);
}

static void too_few_have_no_ellipse_and_a_stack_has_no_hop(void **state)
{
    static const double X[] = {4, 4, 4, 9}, Y[] = {7, 7, 7, 7};

    assert_true(isnan(spread_of(state, X, Y, 2, CASTMAP_ELLIPSE_COVARIANCE).major_m));
    assert_true(spread_of(state, X, Y, 3, CASTMAP_ELLIPSE_COVARIANCE).longest_hop_m == 0.0);
    assert_true(spread_of(state, X, Y, 3, CASTMAP_ELLIPSE_COVARIANCE).major_m == 0.0);
    assert_true(spread_of(state, X, Y, 4, CASTMAP_ELLIPSE_COVARIANCE).longest_hop_m == 5.0);
}

/* Prim's tree, point by point. */
static double hop_by_definition(const double *x, const double *y, size_t n)
{
    static double near[400];
    double longest = 0.0;

    for (size_t i = 0; i < n; i++)
        near[i] = i ? hypot(x[i] - x[0], y[i] - y[0]) : -1.0;
    for (size_t step = 1; step < n; step++) {
        size_t next = 0;
        for (size_t i = 0; i < n; i++)
            next = near[i] >= 0.0 && (near[next] < 0.0 || near[i] < near[next]) ? i : next;
        longest = fmax(longest, near[next]);
        near[next] = -1.0;
        for (size_t i = 0; i < n; i++)
            near[i] = near[i] < 0.0 ? near[i] : fmin(near[i], hypot(x[i] - x[next], y[i] - y[next]));
    }
    return longest;
}

static void the_hop_agrees_with_the_definition_and_a_shift_and_the_order_change_nothing(void **state)
{
    static double x[400], y[400], tx[400], ty[400];

    for (uint64_t seed = 1; seed <= 8; seed++) {
        for (size_t i = 0; i < 400; i++) {
            x[i] = 2000.0 * cm_random_unit(seed, 1, i);
            y[i] = 900.0 * cm_random_unit(seed, 2, i);
            tx[399 - i] = x[i];
            ty[399 - i] = y[i];
        }
        const castmap_cluster_spread a = spread_of(state, x, y, 400, CASTMAP_ELLIPSE_COVARIANCE);
        const castmap_cluster_spread b = spread_of(state, tx, ty, 400, CASTMAP_ELLIPSE_COVARIANCE);
        assert_true(fabs(a.longest_hop_m - hop_by_definition(x, y, 400)) < 1e-9);
        assert_memory_equal(&a, &b, sizeof a);
    }
}

static void each_cluster_is_described_alone_and_noise_not_at_all(void **state)
{
    static const double X[] = {0, 1, 500, 100, 104}, Y[] = {0, 0, 0, 0, 0};
    static const int32_t LABELS[] = {1, 1, CASTMAP_NOISE, 0, 0};
    const castmap_points points = {.count = 5, .x = X, .y = Y};
    castmap_cluster_spread out[3];

    assert_status(castmap_cluster_spread_make(*state, &points, LABELS, 3, CASTMAP_ELLIPSE_COVARIANCE, 0.68, out), CASTMAP_OK);
    assert_true(out[0].longest_hop_m == 4.0 && out[1].longest_hop_m == 1.0 && out[2].longest_hop_m == 0.0);
    assert_status(castmap_cluster_spread_make(*state, &points, LABELS, 1, CASTMAP_ELLIPSE_COVARIANCE, 0.68, out), CASTMAP_E_ARGUMENT);
    assert_status(castmap_cluster_spread_make(*state, &points, LABELS, 2, CASTMAP_ELLIPSE_COVARIANCE, 1.0, out), CASTMAP_E_ARGUMENT);
    assert_true(out[0].longest_hop_m == 4.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_hop_is_the_longest_step_of_the_chain),
        cmocka_unit_test(ellipses_follow_their_formulas),
        cmocka_unit_test(bearings_count_clockwise_from_north),
        cmocka_unit_test(too_few_have_no_ellipse_and_a_stack_has_no_hop),
        cmocka_unit_test(the_hop_agrees_with_the_definition_and_a_shift_and_the_order_change_nothing),
        cmocka_unit_test(each_cluster_is_described_alone_and_noise_not_at_all),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
