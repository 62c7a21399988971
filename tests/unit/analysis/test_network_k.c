/* Tests of K along a network. */
#include "castmap/network_k.h"

#include "base/random.h"
#include "castmap/network_paths.h"
#include "support/check.h"
#include "support/walk_network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static castmap_network_events events_of(size_t n, const uint32_t *edge, const double *along_m)
{
    return (castmap_network_events){.count = n, .edge = edge, .along_m = along_m};
}

/* K alone at multiples of step_m. */
static void plain_k(void **state, const small_network *n, castmap_network_events from, const castmap_network_events *to, double step_m, uint32_t steps,
                    bool corrected, double *k)
{
    castmap_network_k_options options = CASTMAP_NETWORK_K_OPTIONS_INIT;
    castmap_network_k found = CASTMAP_NETWORK_K_INIT;

    options.radius_m = step_m * steps;
    options.steps = steps;
    options.corrected = corrected;
    options.simulations = 0;
    assert_status(castmap_network_k_measure(*state, &n->network, &from, to, &options, &found), CASTMAP_OK);
    memcpy(k, found.k, steps * sizeof *k);
    castmap_network_k_clear(&found);
}

/* On a cycle there are two points at every distance below half of it, and one at half. */
static void cycle(void **state)
{
    small_network n;
    const uint32_t edge[] = {0, 0, 0, CASTMAP_NO_EDGE}, two_edges[] = {0, 1, 1};
    const double along[] = {0.0, 10.0, 30.0, 5.0}, far[] = {0.0, 50.0}, on_two[] = {20.0, 10.0, 30.0};
    double k[5];

    small_network_start(&n, 1);
    small_network_edge(&n, 0, 0, 100.0);
    plain_k(state, &n, events_of(4, edge, along), NULL, 10.0, 5, true, k);
    /* pairs at 10, 20 and 30; each order adds 100 / (3 * 2) * 1/2 */
    const double want[] = {100.0 / 6.0, 200.0 / 6.0, 50.0, 50.0, 50.0};
    for (size_t i = 0; i < 5; i++)
        assert_near(k[i], want[i], 1e-12);
    plain_k(state, &n, events_of(4, edge, along), NULL, 10.0, 5, false, k);
    assert_near(k[1], 400.0 / 6.0, 1e-12);
    plain_k(state, &n, events_of(2, edge, far), NULL, 10.0, 5, true, k);
    assert_near(k[3], 0.0, 0.0);
    assert_near(k[4], 100.0, 1e-12);

    small_network_start(&n, 2); /* the same from two parallel edges of 40 and 60 */
    small_network_edge(&n, 0, 1, 40.0);
    small_network_edge(&n, 0, 1, 60.0);
    plain_k(state, &n, events_of(3, two_edges, on_two), NULL, 10.0, 5, true, k);
    /* 20 back to the node and 10 on: 30; 20 within the second edge; 50, the far side */
    assert_near(k[1], 100.0 / 6.0, 1e-12);
    assert_near(k[2], 200.0 / 6.0, 1e-12);
    assert_near(k[4], 400.0 / 6.0, 1e-12);
}

static void star(void **state)
{
    small_network n;
    const uint32_t edge[] = {0, 1}, centre_edge[] = {2, 0}, end_edge[] = {0, 1};
    const double along[] = {30.0, 20.0}, centre[] = {0.0, 40.0}, ends[] = {100.0, 100.0};
    double k[5];

    small_network_start(&n, 4);
    for (uint32_t arm = 1; arm <= 3; arm++)
        small_network_edge(&n, 0, arm, 100.0);
    plain_k(state, &n, events_of(2, edge, along), NULL, 10.0, 5, true, k);
    assert_near(k[3], 0.0, 0.0);
    assert_near(k[4], 100.0, 1e-12); /* 300 / 2 * (1/3 + 1/3) */
    plain_k(state, &n, events_of(2, centre_edge, centre), NULL, 10.0, 5, true, k);
    assert_near(k[2], 0.0, 0.0);
    assert_near(k[3], 125.0, 1e-12); /* from the centre 3 points, from the arm the centre and one outwards */
    plain_k(state, &n, events_of(2, end_edge, ends), NULL, 50.0, 4, true, k);
    assert_near(k[2], 0.0, 0.0);
    assert_near(k[3], 150.0, 1e-12); /* two ends at 200: 300 / 2 * (1/2 + 1/2) */
}

/* A cycle of 100 at the end of an arm: 60 from 10 up the arm are the far side of the cycle, once, and 70 up the arm. */
static void far_side_of_a_cycle_is_one_point(void **state)
{
    small_network n;
    const uint32_t edge[] = {1, 0};
    const double along[] = {10.0, 50.0};
    double k[1];

    small_network_start(&n, 2);
    small_network_edge(&n, 0, 0, 100.0);
    small_network_edge(&n, 0, 1, 100.0);
    plain_k(state, &n, events_of(2, edge, along), NULL, 60.0, 1, true, k);
    assert_near(k[0], 150.0, 1e-12); /* 200 / 2 * (1/2 + 1); back from the far side there is one point only */
}

static void events_on_one_spot_are_at_distance_0(void **state)
{
    small_network n;
    const uint32_t edge[] = {0, 0, 1}, node_edge[] = {0, 1};
    const double along[] = {30.0, 30.0, 95.0}, node[] = {0.0, 0.0};
    double k[1];

    small_network_start(&n, 3);
    small_network_edge(&n, 0, 1, 100.0);
    small_network_edge(&n, 0, 2, 100.0);
    plain_k(state, &n, events_of(3, edge, along), NULL, 10.0, 1, true, k);
    assert_near(k[0], 200.0 / 6.0 * 2.0, 1e-12);
    plain_k(state, &n, events_of(2, node_edge, node), NULL, 10.0, 1, true, k);
    assert_near(k[0], 200.0, 1e-12);
}

/* m by walking every edge in small steps: how often the distance passes d. False where a peak is too near to d to be seen. */
static bool walked_points(void **state, const castmap_network *net, castmap_network_events from, double d, size_t *points)
{
    enum { COMB = 2000 };
    static uint32_t edge[COMB + 1];
    static double at[COMB + 1], distance[COMB + 1];

    *points = 0;
    for (uint32_t e = 0; e < net->n_edges; e++) {
        const double step = net->length_m[e] / COMB;
        for (size_t k = 0; k <= COMB; k++) {
            edge[k] = e;
            at[k] = net->length_m[e] * ((double)k / COMB);
        }
        const castmap_network_events comb = events_of(COMB + 1, edge, at);
        assert_status(castmap_network_distances(*state, net, &from, &comb, false, (double)INFINITY, distance), CASTMAP_OK);
        for (size_t k = 0; k < COMB; k++) {
            if ((distance[k] < d) != (distance[k + 1] < d))
                ++*points;
            else if (isfinite(distance[k]) && fabs(distance[k] - d) + fabs(distance[k + 1] - d) <= step * 1.0001)
                return false;
        }
    }
    return true;
}

static void points_at_a_distance_are_counted_exactly(void **state)
{
    size_t seen = 0;
    double most = 0.0;

    for (uint64_t seed = 1; seed <= 60; seed++) {
        small_network n;
        uint32_t edge[2];
        double along[2], d, k, total = 0.0;
        size_t points;

        small_network_random(&n, seed);
        for (size_t i = 0; i < 2; i++) {
            edge[i] = (uint32_t)cm_random_below(seed, 5, i, n.network.n_edges);
            along[i] = n.length_m[edge[i]] * (seed % 4 == 0 && i == 0 ? 0.0 : cm_random_unit(seed, 6, i));
        }
        const castmap_network_events from = events_of(1, edge, along), to = events_of(1, edge + 1, along + 1);
        assert_status(castmap_network_distances(*state, &n.network, &from, &to, false, (double)INFINITY, &d), CASTMAP_OK);
        if (isinf(d) || !walked_points(state, &n.network, from, d, &points))
            continue;
        for (size_t e = 0; e < n.network.n_edges; e++)
            total += n.length_m[e];
        plain_k(state, &n, from, &to, d + 1.0, 1, true, &k); /* one pair: K = |L| / m */
        assert_near(total / k, (double)points, 1e-9);
        most = fmax(most, (double)points);
        seen++;
    }
    assert_true(seen > 35 && most > 10.0);
}

/* A grid of 5 by 5 junctions, streets of 100 m. */
enum { GRID = 5 };

static void make_grid(small_network *n)
{
    small_network_start(n, (size_t)GRID * GRID);
    for (uint32_t v = 0; v < GRID * GRID; v++) {
        if (v % GRID + 1 < GRID)
            small_network_edge(n, v, v + 1, 100.0);
        if (v / GRID + 1 < GRID)
            small_network_edge(n, v, v + GRID, 100.0);
    }
}

static void scatter(const small_network *n, uint64_t seed, size_t count, uint32_t *edge, double *along_m)
{
    for (size_t i = 0; i < count; i++) {
        edge[i] = (uint32_t)cm_random_below(seed, 21, i, n->network.n_edges);
        along_m[i] = 100.0 * cm_random_unit(seed, 22, i);
    }
}

static void chance_is_called_so_as_often_as_promised(void **state)
{
    enum { TRIALS = 400, COUNT = 25 };
    small_network n;
    uint32_t edge[COUNT];
    double along[COUNT], mean = 0.0;
    size_t rejected = 0;
    castmap_network_k_options options = CASTMAP_NETWORK_K_OPTIONS_INIT;

    make_grid(&n);
    options.radius_m = 150.0;
    options.steps = 10;
    options.simulations = 39;
    options.alpha = 0.1;
    for (uint64_t trial = 1; trial <= TRIALS; trial++) {
        castmap_network_k k = CASTMAP_NETWORK_K_INIT;
        const castmap_network_events events = events_of(COUNT, edge, along);
        scatter(&n, trial, COUNT, edge, along);
        castmap_set_seed(*state, trial);
        assert_status(castmap_network_k_measure(*state, &n.network, &events, NULL, &options, &k), CASTMAP_OK);
        rejected += k.p <= 0.1 + 1e-12;
        mean += k.mean[9] / TRIALS;
        castmap_network_k_clear(&k);
    }
    castmap_set_seed(*state, 1);
    assert_near((double)rejected / TRIALS, 0.1, 4.0 * sqrt(0.1 * 0.9 / TRIALS));
    assert_near(mean, 150.0, 2.0); /* corrected K by chance is r */
}

static void gathered_events_rise_above_chance(void **state)
{
    enum { COUNT = 40 };
    small_network n;
    uint32_t edge[COUNT];
    double along[COUNT];
    castmap_network_k_options options = CASTMAP_NETWORK_K_OPTIONS_INIT;
    castmap_network_k k = CASTMAP_NETWORK_K_INIT;
    const castmap_network_events events = events_of(COUNT, edge, along);

    make_grid(&n);
    scatter(&n, 5, COUNT, edge, along);
    for (size_t i = 0; i < 20; i++)
        edge[i] = 7;
    options.radius_m = 200.0;
    for (int scaled = 0; scaled < 2; scaled++) {
        options.scaled = scaled;
        assert_status(castmap_network_k_measure(*state, &n.network, &events, NULL, &options, &k), CASTMAP_OK);
        assert_near(k.p, 0.005, 1e-12);
        assert_true(k.k[k.where] > k.global_high[k.where] && k.k[k.where] > k.high[k.where]);
        assert_true(k.low[k.where] >= k.global_low[k.where]);
        castmap_network_k_clear(&k);
    }
    double exposure[SMALL_EDGES]; /* but not where that street is known to hold half of all */
    for (size_t e = 0; e < n.network.n_edges; e++)
        exposure[e] = e == 7 ? (double)n.network.n_edges - 1.0 : 1.0;
    options.exposure = exposure;
    assert_status(castmap_network_k_measure(*state, &n.network, &events, NULL, &options, &k), CASTMAP_OK);
    assert_true(k.p > 0.05);
    castmap_network_k_clear(&k);
}

/* Observations by two stops, on a network where all observations lie in one half. */
static void cross_k_asks_about_places_and_labels_about_kinds(void **state)
{
    enum { STOPS = 4, COUNT = 40 };
    small_network n;
    uint32_t stop_edge[STOPS], edge[COUNT];
    double stop_along[STOPS], along[COUNT];
    castmap_network_k_options options = CASTMAP_NETWORK_K_OPTIONS_INIT;
    castmap_network_k k = CASTMAP_NETWORK_K_INIT;
    const castmap_network_events stops = events_of(STOPS, stop_edge, stop_along), events = events_of(COUNT, edge, along);

    make_grid(&n);
    scatter(&n, 9, STOPS, stop_edge, stop_along);
    for (size_t i = 0; i < COUNT; i++) {
        edge[i] = stop_edge[i % STOPS];
        along[i] = fmin(fmax(stop_along[i % STOPS] + 20.0 * (cm_random_unit(9, 30, i) - 0.5), 0.0), 100.0);
    }
    options.radius_m = 100.0;
    assert_status(castmap_network_k_measure(*state, &n.network, &stops, &events, &options, &k), CASTMAP_OK);
    assert_near(k.p, 0.005, 1e-12);
    assert_true(k.k[k.where] > k.global_high[k.where]);
    assert_int_equal(k.n_from, STOPS);
    assert_int_equal(k.n_to, COUNT);
    castmap_network_k_clear(&k);

    /* Two kinds that share one gathering attract neither more nor less than labels by chance. */
    uint32_t mixed_edge[COUNT];
    double mixed[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        mixed_edge[i] = 3;
        mixed[i] = 100.0 * cm_random_unit(9, 31, i);
    }
    const castmap_network_events a = events_of(15, mixed_edge, mixed), b = events_of(COUNT - 15, mixed_edge + 15, mixed + 15);
    assert_status(castmap_network_k_measure(*state, &n.network, &a, &b, &options, &k), CASTMAP_OK);
    assert_near(k.p, 0.005, 1e-12); /* compared with anywhere, of course they lie together */
    castmap_network_k_clear(&k);
    options.null = CASTMAP_NETWORK_K_LABELS;
    assert_status(castmap_network_k_measure(*state, &n.network, &a, &b, &options, &k), CASTMAP_OK);
    assert_true(k.p > 0.05);
    castmap_network_k_clear(&k);
    for (size_t i = 0; i < COUNT; i++)
        mixed[i] = 0.3 * mixed[i] + (i < 15 ? 0.0 : 70.0); /* now each kind keeps to its own end of the street */
    assert_status(castmap_network_k_measure(*state, &n.network, &a, &b, &options, &k), CASTMAP_OK);
    assert_true(k.p <= 0.05);
    assert_true(k.k[k.where] < k.global_low[k.where]);
    castmap_network_k_clear(&k);
}

static void refuses_what_makes_no_sense(void **state)
{
    small_network n;
    uint32_t edge[] = {0, CASTMAP_NO_EDGE, 3};
    double along[] = {10.0, 0.0, 10.0}, exposure[SMALL_EDGES] = {0.0};
    castmap_network_k_options options = CASTMAP_NETWORK_K_OPTIONS_INIT;
    castmap_network_k k = CASTMAP_NETWORK_K_INIT;
    castmap_network_events one = events_of(2, edge, along), two = events_of(3, edge, along), none = events_of(1, edge + 1, along + 1);

    make_grid(&n);
    assert_status(castmap_network_k_measure(*state, &n.network, &two, NULL, &options, &k), CASTMAP_E_ARGUMENT);
    options.radius_m = 100.0;
    assert_status(castmap_network_k_measure(*state, &n.network, &one, NULL, &options, &k), CASTMAP_E_NOT_FOUND);
    assert_status(castmap_network_k_measure(*state, &n.network, &one, &none, &options, &k), CASTMAP_E_NOT_FOUND);
    options.simulations = 18;
    assert_status(castmap_network_k_measure(*state, &n.network, &two, NULL, &options, &k), CASTMAP_E_ARGUMENT);
    options.simulations = 19;
    options.null = CASTMAP_NETWORK_K_LABELS;
    assert_status(castmap_network_k_measure(*state, &n.network, &two, NULL, &options, &k), CASTMAP_E_ARGUMENT);
    options.null = CASTMAP_NETWORK_K_ANYWHERE;
    options.exposure = exposure;
    assert_status(castmap_network_k_measure(*state, &n.network, &two, NULL, &options, &k), CASTMAP_E_ARGUMENT);
    exposure[2] = -1.0;
    assert_status(castmap_network_k_measure(*state, &n.network, &two, NULL, &options, &k), CASTMAP_E_ARGUMENT);
    options.exposure = NULL;
    along[2] = 100.5;
    assert_status(castmap_network_k_measure(*state, &n.network, &two, NULL, &options, &k), CASTMAP_E_DATA);
    assert_null(k.k);
}

static void can_be_cancelled(void **state)
{
    small_network n;
    uint32_t edge[] = {0, 3};
    double along[] = {10.0, 20.0};
    castmap_network_k_options options = CASTMAP_NETWORK_K_OPTIONS_INIT;
    castmap_network_k k = CASTMAP_NETWORK_K_INIT;
    const castmap_network_events events = events_of(2, edge, along);

    make_grid(&n);
    options.radius_m = 100.0;
    castmap_cancel(*state);
    assert_status(castmap_network_k_measure(*state, &n.network, &events, NULL, &options, &k), CASTMAP_E_CANCELLED);
    castmap_uncancel(*state);
    assert_null(k.k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cycle),
        cmocka_unit_test(star),
        cmocka_unit_test(far_side_of_a_cycle_is_one_point),
        cmocka_unit_test(events_on_one_spot_are_at_distance_0),
        cmocka_unit_test(points_at_a_distance_are_counted_exactly),
        cmocka_unit_test(chance_is_called_so_as_often_as_promised),
        cmocka_unit_test(gathered_events_rise_above_chance),
        cmocka_unit_test(cross_k_asks_about_places_and_labels_about_kinds),
        cmocka_unit_test(refuses_what_makes_no_sense),
        cmocka_unit_test(can_be_cancelled),
    };

    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
