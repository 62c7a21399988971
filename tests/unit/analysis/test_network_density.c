/* Tests of castmap_lixels_cut(), castmap_network_density() and castmap_network_adaptive(). */
#include "castmap/routes.h"

#include "base/random.h"
#include "support/check.h"
#include "support/walk_network.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 40

/* Integral of the density over all streets, events. */
static double mass(void **state, const castmap_network *net, const castmap_network_events *events,
                   const castmap_network_density_options *o, double step_m)
{
    castmap_lixels lixels = CASTMAP_LIXELS_INIT;
    double total = 0.0;

    assert_status(castmap_lixels_cut(*state, net, step_m, 0.0, &lixels), CASTMAP_OK);
    double *values = calloc(lixels.count, sizeof *values);
    const castmap_network_events places = {.count = lixels.count, .edge = lixels.edge, .along_m = lixels.middle_m};
    assert_non_null(values);
    assert_status(castmap_network_density(*state, net, events, &places, o, values), CASTMAP_OK);
    for (size_t i = 0; i < lixels.count; i++)
        total += values[i] * (lixels.to_m[i] - lixels.from_m[i]) / 1000.0;
    free(values);
    castmap_lixels_clear(&lixels);
    return total;
}

static castmap_network_density_options options_of(castmap_line_form form, castmap_line_kernel kernel, double radius_m)
{
    castmap_network_density_options o = CASTMAP_NETWORK_DENSITY_OPTIONS_INIT;

    o.form = form;
    o.kernel = kernel;
    o.radius_m = radius_m;
    return o;
}

static void cuts_while_more_than_the_least_remains(void **state)
{
    small_network n;
    castmap_lixels got = CASTMAP_LIXELS_INIT;
    const double lengths[] = {40.0, 200.0, 250.0, 251.0, 450.0, 450.5}, ends[] = {40, 200, 250, 200, 251, 200, 450, 200, 400, 450.5};

    small_network_start(&n, 2);
    for (size_t e = 0; e < 6; e++)
        small_network_edge(&n, 0, 1, lengths[e]);
    assert_status(castmap_lixels_cut(*state, &n.network, 200.0, 50.0, &got), CASTMAP_OK);
    assert_int_equal(got.count, 10);
    for (size_t i = 0; i < 10; i++)
        assert_near(got.to_m[i], ends[i], 0.0);
    assert_int_equal(got.edge_start[3], 3);
    assert_int_equal(got.edge_start[4], 5);
    castmap_lixels_clear(&got);
    assert_status(castmap_lixels_cut(*state, &n.network, 0.0, 0.0, &got), CASTMAP_E_ARGUMENT);
    assert_status(castmap_lixels_cut(*state, &n.network, 100.0, 101.0, &got), CASTMAP_E_ARGUMENT);
    assert_status(castmap_lixels_cut(*state, &n.network, 1e-9, 0.0, &got), CASTMAP_E_LIMIT);
    assert_null(got.edge);
}

static void star_of_three_holds_the_known_mass(void **state)
{
    static const struct {
        castmap_line_form form;
        double mass;
    } KNOWN[] = {{CASTMAP_LINE_SIMPLE, 1.2351694}, {CASTMAP_LINE_DISCONTINUOUS, 1.0}, {CASTMAP_LINE_CONTINUOUS, 1.0}};
    const uint32_t edge[] = {0};
    const double at[] = {970.0};
    const castmap_network_events event = {.count = 1, .edge = edge, .along_m = at};
    small_network n;

    small_network_start(&n, 4);
    for (uint32_t arm = 0; arm < 3; arm++)
        small_network_edge(&n, arm, 3, 1000.0);
    for (size_t k = 0; k < 3; k++) {
        const castmap_network_density_options o = options_of(KNOWN[k].form, CASTMAP_LINE_QUARTIC, 100.0);
        assert_near(mass(state, &n.network, &event, &o, 0.05), KNOWN[k].mass, 1e-6);
    }
}

/* JeremyGelb/spNetwork, tests/testthat/test_kernels.R; there simple and discontinuous are divided by the bandwidth once more. */
static void cross_has_the_published_values(void **state)
{
    const uint32_t edge[] = {0}, across[] = {3};
    const double at[] = {2.0}, sample[] = {3.0}, at_ten[] = {7.0}, near_centre[] = {9.0};
    const castmap_network_events event = {.count = 1, .edge = edge, .along_m = at}, place = {.count = 1, .edge = across, .along_m = sample};
    const castmap_network_events event_ten = {.count = 1, .edge = edge, .along_m = at_ten};
    const castmap_network_events place_ten = {.count = 1, .edge = edge, .along_m = near_centre};
    castmap_network_density_options o = options_of(CASTMAP_LINE_SIMPLE, CASTMAP_LINE_QUARTIC, 10.0);
    small_network n;
    double got;

    small_network_start(&n, 5);
    small_network_edge(&n, 1, 0, 5.0);
    small_network_edge(&n, 2, 0, 5.2);
    small_network_edge(&n, 3, 0, 5.2);
    small_network_edge(&n, 0, 4, 5.0);
    assert_status(castmap_network_density(*state, &n.network, &event, &place, &o, &got), CASTMAP_OK);
    assert_near(got / 1000.0 / 10.0, 0.00384, 1e-12);
    o.form = CASTMAP_LINE_DISCONTINUOUS;
    assert_status(castmap_network_density(*state, &n.network, &event, &place, &o, &got), CASTMAP_OK);
    assert_near(got / 1000.0 / 10.0, 0.00128, 1e-12);
    for (size_t e = 0; e < 4; e++)
        n.length_m[e] = 10.0;
    o.form = CASTMAP_LINE_CONTINUOUS;
    o.radius_m = 5.0;
    assert_status(castmap_network_density(*state, &n.network, &event_ten, &place_ten, &o, &got), CASTMAP_OK);
    assert_near(got / 1000.0, 0.12015, 1e-12);
}

typedef struct scene { /* events and places strewn over a small network */
    small_network n;
    uint32_t edge[MOST], place_edge[MOST];
    double   at[MOST], place_at[MOST], weight[MOST], factor[MOST];
    castmap_network_events events, places;
} scene;

static void strew(scene *s, uint64_t seed)
{
    small_network_random(&s->n, seed);
    const size_t edges = s->n.network.n_edges;
    for (size_t i = 0; i < MOST; i++) {
        const double where = cm_random_unit(seed, 11, i);
        s->edge[i] = (uint32_t)cm_random_below(seed, 10, i, edges / 2 + 1); /* crowded on half of the edges */
        s->at[i] = s->n.length_m[s->edge[i]] * (where < 0.1 ? 0.0 : where > 0.9 ? 1.0 : where);
        s->weight[i] = 0.5 + cm_random_unit(seed, 12, i);
        s->factor[i] = 0.5 + cm_random_unit(seed, 15, i);
        s->place_edge[i] = (uint32_t)cm_random_below(seed, 13, i, edges);
        s->place_at[i] = s->n.length_m[s->place_edge[i]] * (0.01 + 0.98 * cm_random_unit(seed, 14, i));
    }
    s->events = (castmap_network_events){.count = MOST, .edge = s->edge, .along_m = s->at, .weight = s->weight};
    s->places = (castmap_network_events){.count = MOST, .edge = s->place_edge, .along_m = s->place_at};
}

static void equals_a_walk_from_each_event(void **state)
{
    for (uint64_t seed = 1; seed <= 30; seed++) {
        scene s;
        double got[MOST], most = 0.0;
        strew(&s, seed);
        for (int form = 0; form < 3; form++) {
            const castmap_line_kernel kernel = (castmap_line_kernel)(seed % 5);
            castmap_network_density_options o = options_of((castmap_line_form)form, kernel, 150.0);
            if (kernel == CASTMAP_LINE_GAUSSIAN && form == CASTMAP_LINE_CONTINUOUS)
                continue;
            o.reflect = seed % 2;
            o.factor = seed % 3 ? NULL : s.factor;
            o.ways = kernel >= CASTMAP_LINE_UNIFORM ? CASTMAP_WAYS_WALKED : CASTMAP_WAYS_AUTO; /* those that jump are not exact as waves */
            assert_status(castmap_network_density(*state, &s.n.network, &s.events, &s.places, &o, got), CASTMAP_OK);
            for (size_t i = 0; i < MOST; i++)
                most = fmax(most, fabs(got[i]));
            for (size_t i = 0; i < MOST; i++)
                assert_near(got[i], walked_density(&s.n.network, &s.events, s.place_edge[i], s.place_at[i], &o), 1e-7 * most); /* ways of less than 1e-9 are dropped */
        }
    }
}

/* Events on few streets send out, instead of all streets looking; with one at a junction. */
static void few_events_equal_a_walk_and_threads_do_not_show(void **state)
{
    for (uint64_t seed = 40; seed <= 51; seed++) {
        scene s;
        double got[MOST], four[MOST], most = 0.0;
        strew(&s, seed);
        s.events.count = 3;
        s.at[2] = 0.0;
        for (int form = CASTMAP_LINE_DISCONTINUOUS; form <= CASTMAP_LINE_CONTINUOUS; form++) {
            const castmap_line_kernel kernel = (castmap_line_kernel)(seed % 5);
            castmap_network_density_options o = options_of((castmap_line_form)form, kernel, 150.0);
            if (kernel == CASTMAP_LINE_GAUSSIAN && form == CASTMAP_LINE_CONTINUOUS)
                continue;
            o.reflect = seed % 2;
            o.factor = seed % 3 ? NULL : s.factor;
            o.ways = CASTMAP_WAYS_WALKED;
            castmap_set_threads(*state, 1);
            assert_status(castmap_network_density(*state, &s.n.network, &s.events, &s.places, &o, got), CASTMAP_OK);
            castmap_set_threads(*state, 4);
            assert_status(castmap_network_density(*state, &s.n.network, &s.events, &s.places, &o, four), CASTMAP_OK);
            castmap_set_threads(*state, 0);
            assert_memory_equal(got, four, sizeof got);
            for (size_t i = 0; i < MOST; i++)
                most = fmax(most, fabs(got[i]));
            for (size_t i = 0; i < MOST; i++)
                assert_near(got[i], walked_density(&s.n.network, &s.events, s.place_edge[i], s.place_at[i], &o), 1e-7 * most);
        }
    }
}

static void equal_split_keeps_the_mass_of_every_event(void **state)
{
    for (uint64_t seed = 100; seed < 112; seed++) {
        scene s;
        double total = 0.0;
        strew(&s, seed);
        for (size_t i = 0; i < MOST; i++)
            total += s.weight[i];
        for (int form = CASTMAP_LINE_DISCONTINUOUS; form <= CASTMAP_LINE_CONTINUOUS; form++) {
            castmap_network_density_options o = options_of((castmap_line_form)form, CASTMAP_LINE_QUARTIC, 160.0);
            o.reflect = true;
            assert_near(mass(state, &s.n.network, &s.events, &o, 0.5), total, 5e-4 * total);
        }
    }
}

static void dead_end_stops_or_throws_back(void **state)
{
    const uint32_t edge[] = {0};
    const double at[] = {20.0};
    const castmap_network_events event = {.count = 1, .edge = edge, .along_m = at};
    castmap_network_density_options o = options_of(CASTMAP_LINE_DISCONTINUOUS, CASTMAP_LINE_UNIFORM, 100.0);
    small_network n;

    small_network_start(&n, 2);
    small_network_edge(&n, 0, 1, 500.0);
    assert_near(mass(state, &n.network, &event, &o, 0.5), 0.6, 1e-9);
    o.reflect = true;
    assert_near(mass(state, &n.network, &event, &o, 0.5), 1.0, 1e-9);
}

static void order_of_rows_and_threads_do_not_matter(void **state)
{
    scene s;
    double want[MOST], got[MOST];
    uint32_t edge[MOST], place_edge[MOST];
    double at[MOST], weight[MOST], place_at[MOST];

    strew(&s, 7);
    for (size_t i = 0; i < MOST; i++) {
        const size_t from = (i * 7 + 3) % MOST;
        edge[i] = s.edge[from];
        at[i] = s.at[from];
        weight[i] = s.weight[from];
        place_edge[i] = s.place_edge[from];
        place_at[i] = s.place_at[from];
    }
    const castmap_network_events events = {.count = MOST, .edge = edge, .along_m = at, .weight = weight};
    const castmap_network_events places = {.count = MOST, .edge = place_edge, .along_m = place_at};
    for (int form = 0; form < 3; form++) {
        const castmap_network_density_options o = options_of((castmap_line_form)form, CASTMAP_LINE_QUARTIC, 150.0);
        castmap_set_threads(*state, 1);
        assert_status(castmap_network_density(*state, &s.n.network, &s.events, &s.places, &o, want), CASTMAP_OK);
        for (unsigned threads = 1; threads <= 8; threads *= 2) {
            castmap_set_threads(*state, threads);
            assert_status(castmap_network_density(*state, &s.n.network, &events, &places, &o, got), CASTMAP_OK);
            for (size_t i = 0; i < MOST; i++)
                assert_memory_equal(&got[i], &want[(i * 7 + 3) % MOST], sizeof *got);
        }
    }
    castmap_set_threads(*state, 0);
}

static void streets_twice_as_long_are_half_as_dense(void **state)
{
    scene s;
    double near[MOST], far[MOST];

    strew(&s, 9);
    castmap_network_density_options o = options_of(CASTMAP_LINE_CONTINUOUS, CASTMAP_LINE_EPANECHNIKOV, 128.0);
    assert_status(castmap_network_density(*state, &s.n.network, &s.events, &s.places, &o, near), CASTMAP_OK);
    for (size_t e = 0; e < s.n.network.n_edges; e++)
        s.n.length_m[e] *= 2.0;
    for (size_t i = 0; i < MOST; i++) {
        s.at[i] *= 2.0;
        s.place_at[i] *= 2.0;
    }
    o.radius_m *= 2.0;
    assert_status(castmap_network_density(*state, &s.n.network, &s.events, &s.places, &o, far), CASTMAP_OK);
    for (size_t i = 0; i < MOST; i++)
        assert_near(far[i], 0.5 * near[i], 1e-9);
}

static void adaptive_factors_follow_the_pilot(void **state)
{
    scene s;
    double pilot[MOST], factor[MOST], logs = 0.0;
    castmap_network_density_options o = options_of(CASTMAP_LINE_DISCONTINUOUS, CASTMAP_LINE_QUARTIC, 150.0);

    strew(&s, 21);
    s.edge[5] = CASTMAP_NO_EDGE;
    assert_status(castmap_network_density(*state, &s.n.network, &s.events, &s.events, &o, pilot), CASTMAP_OK);
    assert_status(castmap_network_adaptive(*state, &s.n.network, &s.events, &o, 1.5, factor), CASTMAP_OK);
    assert_true(isnan(pilot[5]));
    for (size_t i = 0; i < MOST; i++)
        logs += i == 5 ? 0.0 : log(pilot[i]) / (MOST - 1);
    for (size_t i = 0; i < MOST; i++)
        assert_near(factor[i], i == 5 ? 1.0 : fmin(sqrt(exp(logs) / pilot[i]), 1.5), 1e-9);
}

static void refuses_what_it_cannot_measure(void **state)
{
    scene s;
    double got[MOST];

    strew(&s, 3);
    castmap_network_density_options o = options_of(CASTMAP_LINE_CONTINUOUS, CASTMAP_LINE_GAUSSIAN, 100.0);
    assert_status(castmap_network_density(*state, &s.n.network, &s.events, &s.places, &o, got), CASTMAP_E_ARGUMENT);
    assert_non_null(strstr(castmap_message(*state), "below 0"));
    o.kernel = CASTMAP_LINE_QUARTIC;
    o.radius_m = 0.0;
    assert_status(castmap_network_density(*state, &s.n.network, &s.events, &s.places, &o, got), CASTMAP_E_ARGUMENT);
    o.radius_m = NAN;
    assert_status(castmap_network_density(*state, &s.n.network, &s.events, &s.places, &o, got), CASTMAP_E_ARGUMENT);
    o.radius_m = 100.0;
    s.weight[2] = -1.0;
    assert_status(castmap_network_density(*state, &s.n.network, &s.events, &s.places, &o, got), CASTMAP_E_DATA);
    s.weight[2] = 1.0;
    s.at[4] = 1e6;
    assert_status(castmap_network_density(*state, &s.n.network, &s.events, &s.places, &o, got), CASTMAP_E_DATA);
    s.at[4] = 0.0;
    s.n.length_m[1] = 0.0;
    assert_status(castmap_network_density(*state, &s.n.network, &s.events, &s.places, &o, got), CASTMAP_E_DATA);
    s.n.length_m[1] = 50.0;
    s.n.to[0] = 4000;
    assert_status(castmap_network_density(*state, &s.n.network, &s.events, &s.places, &o, got), CASTMAP_E_DATA);
}

static void too_many_ways_to_walk_are_refused_only_where_nothing_else_is_done(void **state)
{
    const uint32_t edge[] = {0};
    const double at[] = {0.5};
    const castmap_network_events event = {.count = 1, .edge = edge, .along_m = at};
    castmap_network_density_options o = options_of(CASTMAP_LINE_DISCONTINUOUS, CASTMAP_LINE_QUARTIC, 100.0);
    small_network n;
    double got;

    small_network_start(&n, 2);
    for (size_t k = 0; k < 6; k++)
        small_network_edge(&n, 0, 1, 1.0);
    o.ways = CASTMAP_WAYS_WALKED;
    assert_status(castmap_network_density(*state, &n.network, &event, &event, &o, &got), CASTMAP_E_LIMIT);
    o.ways = CASTMAP_WAYS_AUTO; /* all at once as waves */
    assert_status(castmap_network_density(*state, &n.network, &event, &event, &o, &got), CASTMAP_OK);
    o.form = CASTMAP_LINE_SIMPLE;
    assert_status(castmap_network_density(*state, &n.network, &event, &event, &o, &got), CASTMAP_OK);
}

static void no_events_give_zero(void **state)
{
    scene s;
    double got[MOST];

    strew(&s, 3);
    s.events.count = 0;
    for (int form = 0; form < 3; form++) {
        const castmap_network_density_options o = options_of((castmap_line_form)form, CASTMAP_LINE_QUARTIC, 100.0);
        assert_status(castmap_network_density(*state, &s.n.network, &s.events, &s.places, &o, got), CASTMAP_OK);
        for (size_t i = 0; i < MOST; i++)
            assert_near(got[i], 0.0, 0.0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_while_more_than_the_least_remains),
        cmocka_unit_test(star_of_three_holds_the_known_mass),
        cmocka_unit_test(cross_has_the_published_values),
        cmocka_unit_test(equals_a_walk_from_each_event),
        cmocka_unit_test(few_events_equal_a_walk_and_threads_do_not_show),
        cmocka_unit_test(equal_split_keeps_the_mass_of_every_event),
        cmocka_unit_test(dead_end_stops_or_throws_back),
        cmocka_unit_test(order_of_rows_and_threads_do_not_matter),
        cmocka_unit_test(streets_twice_as_long_are_half_as_dense),
        cmocka_unit_test(adaptive_factors_follow_the_pilot),
        cmocka_unit_test(refuses_what_it_cannot_measure),
        cmocka_unit_test(too_many_ways_to_walk_are_refused_only_where_nothing_else_is_done),
        cmocka_unit_test(no_events_give_zero),
    };

    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
