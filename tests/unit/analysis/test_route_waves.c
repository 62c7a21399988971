/* Tests of the equal-split forms reckoned as waves, against the same walked way by way. */
#include "castmap/routes.h"

#include "base/random.h"
#include "support/check.h"
#include "support/walk_network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EVENTS 40

typedef struct scene {
    small_network  n;
    uint32_t       edge[EVENTS];
    double         at[EVENTS], weight[EVENTS];
    castmap_network_events events;
    castmap_lixels lixels;
} scene;

static void build(void **state, scene *s, uint64_t seed)
{
    memset(s, 0, sizeof *s);
    small_network_random(&s->n, seed);
    for (size_t i = 0; i < EVENTS; i++) {
        s->edge[i] = (uint32_t)cm_random_below(seed, 11, i, s->n.network.n_edges);
        s->at[i] = s->n.length_m[s->edge[i]] * (i % 8 == 7 ? 0.0 : cm_random_unit(seed, 12, i)); /* some at a junction */
        s->weight[i] = 1.0 + (double)cm_random_below(seed, 13, i, 3);
    }
    s->events = (castmap_network_events){.count = EVENTS, .edge = s->edge, .along_m = s->at, .weight = s->weight};
    assert_status(castmap_lixels_cut(*state, &s->n.network, 10.0, 0.0, &s->lixels), CASTMAP_OK);
}

static double *values_of(void **state, const scene *s, const castmap_network_density_options *o)
{
    const castmap_network_events places = {.count = s->lixels.count, .edge = s->lixels.edge, .along_m = s->lixels.middle_m};
    double *values = calloc(s->lixels.count, sizeof *values);

    assert_non_null(values);
    assert_status(castmap_network_density(*state, &s->n.network, &s->events, &places, o, values), CASTMAP_OK);
    return values;
}

/* Largest difference between waves and walked, as a share of the largest value. */
static double difference(void **state, const scene *s, castmap_network_density_options o)
{
    double most = 0.0, apart = 0.0;

    o.ways = CASTMAP_WAYS_WALKED;
    double *walked = values_of(state, s, &o);
    o.ways = CASTMAP_WAYS_WAVES;
    double *waves = values_of(state, s, &o);
    for (size_t i = 0; i < s->lixels.count; i++) {
        most = fmax(most, walked[i]);
        apart = fmax(apart, fabs(waves[i] - walked[i]));
    }
    free(walked);
    free(waves);
    assert_true(most > 0.0);
    return apart / most;
}

static void waves_are_the_ways_walked(void **state)
{
    static const double LEAST[] = {[CASTMAP_LINE_QUARTIC] = 1e-6, [CASTMAP_LINE_EPANECHNIKOV] = 1e-5, [CASTMAP_LINE_TRIANGLE] = 1e-5};
    double worst[3] = {0.0, 0.0, 0.0};

    for (uint64_t seed = 1; seed <= 6; seed++) {
        scene s;
        build(state, &s, seed);
        for (castmap_line_kernel kernel = CASTMAP_LINE_QUARTIC; kernel <= CASTMAP_LINE_TRIANGLE; kernel++) {
            for (int form = CASTMAP_LINE_DISCONTINUOUS; form <= CASTMAP_LINE_CONTINUOUS; form++) {
                castmap_network_density_options o = CASTMAP_NETWORK_DENSITY_OPTIONS_INIT;
                o.kernel = kernel;
                o.form = (castmap_line_form)form;
                o.radius_m = seed % 2 ? 90.0 : 150.0;
                o.reflect = seed % 3 == 0;
                worst[kernel] = fmax(worst[kernel], difference(state, &s, o));
            }
        }
        castmap_lixels_clear(&s.lixels);
    }
    print_message("largest differences: quartic %.2g, Epanechnikov %.2g, triangle %.2g of the largest value\n", worst[0], worst[1], worst[2]);
    for (int kernel = 0; kernel < 3; kernel++)
        assert_true(worst[kernel] < LEAST[kernel]);
}

/* A pulse that comes within a few ticks of the radius may count or not: what differs is little of the whole. */
static void kernels_that_jump_are_the_ways_walked_but_for_the_edge(void **state)
{
    for (uint64_t seed = 1; seed <= 6; seed++) {
        scene s;
        build(state, &s, seed);
        for (int k = 0; k < 3; k++) { /* the Gaussian has no continuous form */
            castmap_network_density_options o = CASTMAP_NETWORK_DENSITY_OPTIONS_INIT;
            double all = 0.0, apart = 0.0;
            o.kernel = k == 2 ? CASTMAP_LINE_GAUSSIAN : CASTMAP_LINE_UNIFORM;
            o.form = k == 1 ? CASTMAP_LINE_CONTINUOUS : CASTMAP_LINE_DISCONTINUOUS;
            o.radius_m = seed % 2 ? 90.0 : 150.0;
            o.reflect = seed % 3 == 0;
            o.ways = CASTMAP_WAYS_WALKED;
            double *walked = values_of(state, &s, &o);
            o.ways = CASTMAP_WAYS_WAVES;
            double *waves = values_of(state, &s, &o);
            for (size_t i = 0; i < s.lixels.count; i++) {
                apart += fabs(waves[i] - walked[i]);
                all += walked[i];
            }
            assert_true(all > 0.0);
            assert_true(apart < (k == 2 ? 1e-5 : 1e-3) * all);
            free(walked);
            free(waves);
        }
        castmap_lixels_clear(&s.lixels);
    }
}

/* A mesh of short streets that nobody can walk: more than 10^15 ways. What arrives is all of what was sent. */
static void mesh(scene *s, size_t side)
{
    memset(s, 0, sizeof *s);
    small_network_start(&s->n, side * side);
    for (uint32_t y = 0; y < side; y++) {
        for (uint32_t x = 0; x < side; x++) {
            const double more = cm_random_unit(3, x, y);
            if (x + 1 < side)
                small_network_edge(&s->n, y * (uint32_t)side + x, y * (uint32_t)side + x + 1, 8.0 + more);
            if (y + 1 < side)
                small_network_edge(&s->n, y * (uint32_t)side + x, (y + 1) * (uint32_t)side + x, 9.0 - more);
        }
    }
}

static void too_many_ways_are_taken_all_at_once_and_lose_nothing(void **state)
{
    castmap_network_density_options o = CASTMAP_NETWORK_DENSITY_OPTIONS_INIT;
    scene s;
    double mass = 0.0, flat = 0.0;

    mesh(&s, 6);
    for (size_t i = 0; i < EVENTS; i++) {
        s.edge[i] = (uint32_t)cm_random_below(5, 1, i, s.n.network.n_edges);
        s.at[i] = s.n.length_m[s.edge[i]] * cm_random_unit(5, 2, i);
    }
    s.events = (castmap_network_events){.count = EVENTS, .edge = s.edge, .along_m = s.at};
    assert_status(castmap_lixels_cut(*state, &s.n.network, 0.5, 0.0, &s.lixels), CASTMAP_OK);
    o.form = CASTMAP_LINE_CONTINUOUS;
    o.radius_m = 300.0;
    double *values = values_of(state, &s, &o);
    for (size_t i = 0; i < s.lixels.count; i++) {
        mass += values[i] * (s.lixels.to_m[i] - s.lixels.from_m[i]) / 1000.0;
        flat = fmax(flat, values[i]);
    }
    assert_near(mass, (double)EVENTS, 1e-4 * EVENTS); /* rectangles of 0.5 m under a quartic of 300 m */
    assert_true(flat > 0.0);
    free(values);

    /* Walking is refused, with a way out. */
    castmap_lixels_clear(&s.lixels);
    assert_status(castmap_lixels_cut(*state, &s.n.network, 10.0, 0.0, &s.lixels), CASTMAP_OK);
    o.ways = CASTMAP_WAYS_WALKED;
    const castmap_network_events places = {.count = s.lixels.count, .edge = s.lixels.edge, .along_m = s.lixels.middle_m};
    values = calloc(s.lixels.count, sizeof *values);
    assert_status(castmap_network_density(*state, &s.n.network, &s.events, &places, &o, values), CASTMAP_E_LIMIT);
    o.ways = CASTMAP_WAYS_AUTO;
    double factor[EVENTS];
    for (size_t i = 0; i < EVENTS; i++)
        factor[i] = 1.0;
    o.factor = factor; /* pulses that have met cannot end at radii of their own */
    assert_status(castmap_network_density(*state, &s.n.network, &s.events, &places, &o, values), CASTMAP_E_LIMIT);
    assert_non_null(strstr(castmap_message_hint(*state), "one radius"));
    o.ways = CASTMAP_WAYS_WAVES;
    assert_status(castmap_network_density(*state, &s.n.network, &s.events, &places, &o, values), CASTMAP_E_ARGUMENT);
    free(values);
    castmap_lixels_clear(&s.lixels);
}

static void threads_do_not_show(void **state)
{
    castmap_network_density_options o = CASTMAP_NETWORK_DENSITY_OPTIONS_INIT;
    scene s;

    build(state, &s, 21);
    o.form = CASTMAP_LINE_CONTINUOUS;
    o.radius_m = 120.0;
    o.ways = CASTMAP_WAYS_WAVES;
    castmap_set_threads(*state, 1);
    double *one = values_of(state, &s, &o);
    castmap_set_threads(*state, 4);
    double *four = values_of(state, &s, &o);
    castmap_set_threads(*state, 0);
    assert_memory_equal(one, four, s.lixels.count * sizeof *one);
    free(one);
    free(four);
    castmap_lixels_clear(&s.lixels);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waves_are_the_ways_walked),
        cmocka_unit_test(kernels_that_jump_are_the_ways_walked_but_for_the_edge),
        cmocka_unit_test(too_many_ways_are_taken_all_at_once_and_lose_nothing),
        cmocka_unit_test(threads_do_not_show),
    };

    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
