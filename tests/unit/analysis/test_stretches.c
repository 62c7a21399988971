/* Tests of castmap_stretches_find(), of streets strung from edges, and of false-discovery control. */
#include "castmap/routes.h"

#include "analysis/statistics/false_discovery.h"
#include "base/random.h"
#include "support/check.h"
#include "support/walk_network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST 200

/* A grid of streets: `rows` long ones of ten edges of 100 m each, and the cross streets between them. */
typedef struct town {
    small_network  n;
    uint32_t       street[SMALL_EDGES];
    castmap_lixels lixels;
    uint32_t       edge[MOST];
    double         at[MOST];
    castmap_network_events events;
} town;

static void build(void **state, town *t)
{
    memset(t, 0, sizeof *t);
    small_network_start(&t->n, 33);
    for (uint32_t row = 0; row < 3; row++) {
        for (uint32_t k = 0; k < 10; k++) {
            t->street[t->n.network.n_edges] = row;
            /* every other edge is stored against the direction of its street */
            small_network_edge(&t->n, row * 11 + k + (k & 1), row * 11 + k + !(k & 1), 100.0);
        }
    }
    for (uint32_t k = 0; k < 11; k++) {
        for (uint32_t row = 0; row < 2; row++) {
            t->street[t->n.network.n_edges] = 3 + k;
            small_network_edge(&t->n, row * 11 + k, row * 11 + 11 + k, 100.0);
        }
    }
    assert_status(castmap_lixels_cut(*state, &t->n.network, 50.0, 0.0, &t->lixels), CASTMAP_OK);
    t->events = (castmap_network_events){.count = 0, .edge = t->edge, .along_m = t->at};
}

static void add(town *t, uint32_t edge, double at)
{
    t->edge[t->events.count] = edge;
    t->at[t->events.count++] = at;
}

static void scatter(town *t, size_t n, uint64_t seed)
{
    for (size_t i = 0; i < n; i++)
        add(t, (uint32_t)cm_random_below(seed, 1, i, t->n.network.n_edges), 100.0 * cm_random_unit(seed, 2, i));
}

static void finds_the_planted_stretch_and_its_bounds(void **state)
{
    castmap_stretches_options o = CASTMAP_STRETCHES_OPTIONS_INIT;
    castmap_stretches got = CASTMAP_STRETCHES_INIT;
    town t;

    build(state, &t);
    scatter(&t, 50, 5);
    for (uint32_t k = 0; k < 30; k++)
        add(&t, 13 + k % 3, 1.0 + 3.2 * k); /* the second long street, edges 13 to 15 */
    assert_status(castmap_stretches_find(*state, &t.n.network, &t.events, &t.lixels, t.street, &o, &got), CASTMAP_OK);
    assert_true(got.count >= 1 && got.stretch[0].hot);
    assert_int_equal(got.n_events, 80);
    assert_true(got.stretch[0].events >= 30);
    assert_near(got.stretch[0].p, 0.001, 1e-12);
    double length = 0.0;
    size_t hot = 0;
    for (size_t k = got.stretch[0].first; k < got.stretch[0].last; k++) {
        const uint32_t edge = t.lixels.edge[got.order[k]];
        assert_int_equal(t.street[edge], 1);
        assert_int_equal(got.backward[k], edge % 2 == 1);
        length += 50.0;
        hot += got.q[got.order[k]] < 0.05;
    }
    assert_true(hot >= 3);
    assert_near(got.stretch[0].length_m, length, 1e-9);
    assert_true(length >= 300.0 && length <= 400.0);
    assert_int_equal(got.stretch[0].route, 0);
    castmap_stretches_clear(&got);
    castmap_lixels_clear(&t.lixels);
}

static void ratio_is_that_of_kulldorff(void **state)
{
    castmap_stretches_options o = CASTMAP_STRETCHES_OPTIONS_INIT;
    castmap_stretches got = CASTMAP_STRETCHES_INIT;
    castmap_lixels lixels = CASTMAP_LIXELS_INIT;
    small_network n;
    uint32_t street[10], edge[100];
    double at[100];

    /* Ten streets of equal length; 20 of 100 events on one, so that 10 were expected: 4.4403008 */
    small_network_start(&n, 20);
    for (uint32_t k = 0; k < 10; k++) {
        street[k] = k;
        small_network_edge(&n, 2 * k, 2 * k + 1, 80.0);
    }
    for (uint32_t i = 0; i < 100; i++) {
        edge[i] = i < 20 ? 4 : (i % 9) + (i % 9 >= 4);
        at[i] = 40.0;
    }
    const castmap_network_events events = {.count = 100, .edge = edge, .along_m = at};
    assert_status(castmap_lixels_cut(*state, &n.network, 80.0, 0.0, &lixels), CASTMAP_OK);
    assert_status(castmap_stretches_find(*state, &n.network, &events, &lixels, street, &o, &got), CASTMAP_OK);
    assert_near(got.stretch[0].llr, 4.4403008, 1e-7);
    assert_near(got.stretch[0].expected, 10.0, 1e-12);
    assert_int_equal(got.stretch[0].events, 20);
    castmap_stretches_clear(&got);
    castmap_lixels_clear(&lixels);
}

static double window_llr(const town *t, const castmap_stretches *s, size_t first, size_t last, double total_m)
{
    double c = 0.0, length = 0.0;
    const double n = (double)s->n_events;

    for (size_t k = first; k < last; k++) {
        c += s->events[s->order[k]];
        length += t->lixels.to_m[s->order[k]] - t->lixels.from_m[s->order[k]];
    }
    const double e = n * length / total_m;
    return c >= 5.0 && c > e ? c * log(c / e) + (c < n ? (n - c) * log((n - c) / (n - e)) : 0.0) : 0.0;
}

static void strongest_is_the_best_of_all_windows(void **state)
{
    for (uint64_t seed = 1; seed <= 10; seed++) {
        castmap_stretches_options o = CASTMAP_STRETCHES_OPTIONS_INIT;
        castmap_stretches got = CASTMAP_STRETCHES_INIT;
        double best = 0.0, total = 0.0;
        town t;
        build(state, &t);
        scatter(&t, 120, seed);
        o.simulations = 19;
        o.most_m = 400.0;
        assert_status(castmap_stretches_find(*state, &t.n.network, &t.events, &t.lixels, t.street, &o, &got), CASTMAP_OK);
        for (size_t e = 0; e < t.n.network.n_edges; e++)
            total += t.n.length_m[e];
        for (size_t i = 0; i < got.n_pieces; i++) {
            for (size_t j = i; j < got.n_pieces && j < i + 8 && t.street[t.lixels.edge[got.order[j]]] == t.street[t.lixels.edge[got.order[i]]]; j++)
                best = fmax(best, window_llr(&t, &got, i, j + 1, total));
        }
        assert_near(got.count > 0 ? got.stretch[0].llr : 0.0, best, 1e-9);
        castmap_stretches_clear(&got);
        castmap_lixels_clear(&t.lixels);
    }
}

static void pieces_of_a_street_follow_one_another(void **state)
{
    castmap_stretches_options o = CASTMAP_STRETCHES_OPTIONS_INIT;
    castmap_stretches got = CASTMAP_STRETCHES_INIT;
    bool seen[400] = {false};
    size_t breaks = 0;
    town t;

    build(state, &t);
    scatter(&t, 20, 1);
    o.simulations = 19;
    assert_status(castmap_stretches_find(*state, &t.n.network, &t.events, &t.lixels, t.street, &o, &got), CASTMAP_OK);
    for (size_t k = 0; k < got.n_pieces; k++) {
        assert_false(seen[got.order[k]]);
        seen[got.order[k]] = true;
        if (k == 0)
            continue;
        const uint32_t a = got.order[k - 1], b = got.order[k], ea = t.lixels.edge[a], eb = t.lixels.edge[b];
        const uint32_t end = got.backward[k - 1] ? t.n.from[ea] : t.n.to[ea], begin = got.backward[k] ? t.n.to[eb] : t.n.from[eb];
        breaks += t.street[ea] != t.street[eb];
        if (ea != eb && t.street[ea] == t.street[eb])
            assert_int_equal(end, begin);
    }
    assert_int_equal(breaks, 13); /* 14 streets, each in one run */
    castmap_stretches_clear(&got);
    castmap_lixels_clear(&t.lixels);
}

static void chance_alone_seldom_makes_a_hot_stretch(void **state)
{
    size_t hot = 0;

    for (uint64_t seed = 1; seed <= 100; seed++) {
        castmap_stretches_options o = CASTMAP_STRETCHES_OPTIONS_INIT;
        castmap_stretches got = CASTMAP_STRETCHES_INIT;
        town t;
        build(state, &t);
        scatter(&t, 100, seed);
        o.simulations = 99;
        castmap_set_seed(*state, seed);
        assert_status(castmap_stretches_find(*state, &t.n.network, &t.events, &t.lixels, t.street, &o, &got), CASTMAP_OK);
        hot += got.count > 0 && got.stretch[0].hot;
        castmap_stretches_clear(&got);
        castmap_lixels_clear(&t.lixels);
    }
    castmap_set_seed(*state, 1);
    assert_true(hot >= 1 && hot <= 12); /* 5 expected; 12 or more in 1 of 200 */
}

static void order_of_rows_and_threads_do_not_matter(void **state)
{
    castmap_stretches_options o = CASTMAP_STRETCHES_OPTIONS_INIT;
    castmap_stretches want = CASTMAP_STRETCHES_INIT, got = CASTMAP_STRETCHES_INIT;
    town t, u;

    build(state, &t);
    build(state, &u);
    scatter(&t, 90, 3);
    for (size_t i = 0; i < t.events.count; i++)
        add(&u, t.edge[t.events.count - 1 - i], t.at[t.events.count - 1 - i]);
    o.simulations = 99;
    castmap_set_threads(*state, 1);
    assert_status(castmap_stretches_find(*state, &t.n.network, &t.events, &t.lixels, t.street, &o, &want), CASTMAP_OK);
    for (unsigned threads = 2; threads <= 8; threads *= 4) {
        castmap_set_threads(*state, threads);
        assert_status(castmap_stretches_find(*state, &u.n.network, &u.events, &u.lixels, u.street, &o, &got), CASTMAP_OK);
        assert_int_equal(got.count, want.count);
        for (size_t k = 0; k < got.count; k++) {
            assert_true(got.stretch[k].first == want.stretch[k].first && got.stretch[k].last == want.stretch[k].last);
            assert_true(got.stretch[k].llr == want.stretch[k].llr && got.stretch[k].p == want.stretch[k].p);
            assert_true(got.stretch[k].events == want.stretch[k].events && got.stretch[k].route == want.stretch[k].route);
        }
        assert_true(got.critical == want.critical);
        castmap_stretches_clear(&got);
    }
    castmap_set_threads(*state, 0);
    castmap_stretches_clear(&want);
    castmap_lixels_clear(&t.lixels);
    castmap_lixels_clear(&u.lixels);
}

/* Weights of 1 are no weights; weights of 3 make every ratio three times as large and change no p. */
static void equal_weights_change_the_scale_alone(void **state)
{
    castmap_stretches_options o = CASTMAP_STRETCHES_OPTIONS_INIT;
    castmap_stretches plain = CASTMAP_STRETCHES_INIT, ones = CASTMAP_STRETCHES_INIT, threes = CASTMAP_STRETCHES_INIT;
    double weight[MOST];
    town t;

    build(state, &t);
    scatter(&t, 60, 5);
    for (int i = 0; i < 25; i++)
        add(&t, 3, 4.0 * i);
    assert_status(castmap_stretches_find(*state, &t.n.network, &t.events, &t.lixels, t.street, &o, &plain), CASTMAP_OK);
    for (size_t i = 0; i < MOST; i++)
        weight[i] = 1.0;
    t.events.weight = weight;
    assert_status(castmap_stretches_find(*state, &t.n.network, &t.events, &t.lixels, t.street, &o, &ones), CASTMAP_OK);
    for (size_t i = 0; i < MOST; i++)
        weight[i] = 3.0;
    assert_status(castmap_stretches_find(*state, &t.n.network, &t.events, &t.lixels, t.street, &o, &threes), CASTMAP_OK);
    assert_true(plain.count > 0 && plain.stretch[0].hot);
    assert_int_equal(ones.count, plain.count);
    for (size_t i = 0; i < plain.count; i++) {
        assert_int_equal(ones.stretch[i].first, plain.stretch[i].first);
        assert_near(ones.stretch[i].llr, plain.stretch[i].llr, 1e-9);
        assert_near(ones.stretch[i].weight, (double)plain.stretch[i].events, 0.0);
        assert_near(threes.stretch[i].llr, 3.0 * plain.stretch[i].llr, 1e-9 * plain.stretch[i].llr);
        assert_near(threes.stretch[i].p, ones.stretch[i].p, 0.0);
        assert_near(threes.stretch[i].weight, 3.0 * (double)plain.stretch[i].events, 0.0);
    }
    assert_true(isnan(ones.p[0]) && isnan(ones.q[0]) && plain.weight == NULL);
    castmap_stretches_clear(&plain);
    castmap_stretches_clear(&ones);
    castmap_stretches_clear(&threes);
    castmap_lixels_clear(&t.lixels);
}

/* Ten observations of many persons on one street outweigh thirty of one person on another. */
static void weights_decide_which_stretch_is_first(void **state)
{
    castmap_stretches_options o = CASTMAP_STRETCHES_OPTIONS_INIT;
    castmap_stretches got = CASTMAP_STRETCHES_INIT;
    double weight[MOST];
    town t;

    build(state, &t);
    for (int i = 0; i < 30; i++)
        add(&t, 3, 3.0 * i); /* street 0 */
    for (int i = 0; i < 10; i++)
        add(&t, 14, 9.0 * i); /* street 1 */
    for (size_t i = 0; i < MOST; i++)
        weight[i] = i < 30 ? 1.0 : 8.0;
    t.events.weight = weight;
    assert_status(castmap_stretches_find(*state, &t.n.network, &t.events, &t.lixels, t.street, &o, &got), CASTMAP_OK);
    assert_int_equal(got.stretch[0].events, 10);
    assert_near(got.stretch[0].weight, 80.0, 0.0);
    assert_int_equal(t.street[t.lixels.edge[got.order[got.stretch[0].first]]], 1);
    /* Kulldorff's formula with sums of weights: 110 in all on 5,200 m. */
    const double e = 110.0 * got.stretch[0].length_m / 5200.0;
    assert_near(got.stretch[0].expected, e, 1e-9);
    assert_near(got.stretch[0].llr, 80.0 * log(80.0 / e) + 30.0 * log(30.0 / (110.0 - e)), 1e-9);
    castmap_stretches_clear(&got);
    weight[35] = -1.0;
    assert_status(castmap_stretches_find(*state, &t.n.network, &t.events, &t.lixels, t.street, &o, &got), CASTMAP_E_DATA);
    castmap_lixels_clear(&t.lixels);
}

static void refuses_and_leaves_the_result_alone(void **state)
{
    castmap_stretches_options o = CASTMAP_STRETCHES_OPTIONS_INIT;
    castmap_stretches got = CASTMAP_STRETCHES_INIT;
    town t;

    build(state, &t);
    assert_status(castmap_stretches_find(*state, &t.n.network, &t.events, &t.lixels, t.street, &o, &got), CASTMAP_E_NOT_FOUND);
    add(&t, CASTMAP_NO_EDGE, 0.0);
    assert_status(castmap_stretches_find(*state, &t.n.network, &t.events, &t.lixels, t.street, &o, &got), CASTMAP_E_NOT_FOUND);
    add(&t, 3, 100.5);
    assert_status(castmap_stretches_find(*state, &t.n.network, &t.events, &t.lixels, t.street, &o, &got), CASTMAP_E_DATA);
    o.simulations = 5;
    assert_status(castmap_stretches_find(*state, &t.n.network, &t.events, &t.lixels, t.street, &o, &got), CASTMAP_E_ARGUMENT);
    assert_null(got.stretch);
    assert_null(got.events);
    castmap_lixels_clear(&t.lixels);
}

/* methods.md: BH cuts at .010 (2 rejected), BY rejects 1. */
static void false_discovery_has_the_published_cuts(void **state)
{
    const double p[] = {.039, .001, .041, .008, .042, .06, .074, .205, .212, .216, NAN};
    double q[11];
    size_t rejected = 0;

    assert_status(cm_false_discovery(*state, p, 11, false, q), CASTMAP_OK);
    for (size_t i = 0; i < 10; i++)
        rejected += q[i] <= 0.05;
    assert_int_equal(rejected, 2);
    assert_near(q[1], 0.01, 1e-15);
    assert_near(q[3], 0.04, 1e-15);
    assert_near(q[0], 0.084, 1e-15); /* not above that of the 5th, .042 * 10 / 5 */
    assert_true(isnan(q[10]));
    assert_status(cm_false_discovery(*state, p, 11, true, q), CASTMAP_OK);
    rejected = 0;
    for (size_t i = 0; i < 10; i++)
        rejected += q[i] <= 0.05;
    assert_int_equal(rejected, 1);
    assert_near(q[1], 0.029289682539682538, 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_planted_stretch_and_its_bounds),
        cmocka_unit_test(ratio_is_that_of_kulldorff),
        cmocka_unit_test(strongest_is_the_best_of_all_windows),
        cmocka_unit_test(pieces_of_a_street_follow_one_another),
        cmocka_unit_test(chance_alone_seldom_makes_a_hot_stretch),
        cmocka_unit_test(order_of_rows_and_threads_do_not_matter),
        cmocka_unit_test(equal_weights_change_the_scale_alone),
        cmocka_unit_test(weights_decide_which_stretch_is_first),
        cmocka_unit_test(refuses_and_leaves_the_result_alone),
        cmocka_unit_test(false_discovery_has_the_published_cuts),
    };

    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
