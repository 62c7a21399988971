/* Tests of castmap_dbscan(). */
#include "castmap/cluster.h"

#include "base/random.h"
#include "support/brute_dbscan.h"
#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Two tight groups 1 km apart and one stray; metres. */
static const double X[] = {0, 10, 10, 0, 1000, 1010, 1000, 500};
static const double Y[] = {0, 0, 10, 10, 0, 0, 10, 500};
static const castmap_points TOWN = {.count = 8, .x = X, .y = Y};

static castmap_dbscan_options with(double eps_m, uint32_t min_points)
{
    castmap_dbscan_options options = CASTMAP_DBSCAN_OPTIONS_INIT;

    options.eps_m = eps_m;
    options.min_points = min_points;
    return options;
}

static void separates_groups_and_leaves_the_stray_as_noise(void **state)
{
    castmap_context *ctx = *state;
    const castmap_dbscan_options options = with(20.0, 3);
    const int32_t want[] = {0, 0, 0, 0, 1, 1, 1, CASTMAP_NOISE};
    int32_t got[8];
    size_t k = 0;

    assert_status(castmap_dbscan(ctx, &TOWN, &options, got, NULL, &k), CASTMAP_OK);
    assert_int_equal(k, 2);
    assert_ints(got, want, 8);
}

static void refuses_what_means_nothing_and_touches_nothing(void **state)
{
    castmap_context *ctx = *state;
    int32_t got[8] = {7, 7, 7, 7, 7, 7, 7, 7};
    bool core[8] = {true, true, true, true, true, true, true, true};
    size_t k = 99;
    const double bad_eps[] = {0.0, -1.0, (double)NAN, (double)INFINITY, 1e-200, 1e200};
    double x[8], w[8] = {1, 1, 1, 1, 1, 1, 1, 1};

    for (size_t i = 0; i < sizeof bad_eps / sizeof *bad_eps; i++) {
        const castmap_dbscan_options options = with(bad_eps[i], 3);
        assert_status(castmap_dbscan(ctx, &TOWN, &options, got, core, &k), CASTMAP_E_ARGUMENT);
        assert_true(castmap_message(ctx)[0] != '\0');
    }
    const castmap_dbscan_options none = with(20.0, 0), good = with(20.0, 3);
    assert_status(castmap_dbscan(ctx, &TOWN, &none, got, core, &k), CASTMAP_E_ARGUMENT);
    castmap_dbscan_options other = good;
    other.version = 77;
    assert_status(castmap_dbscan(ctx, &TOWN, &other, got, core, &k), CASTMAP_E_ARGUMENT);

    const double bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
    for (size_t i = 0; i < 3; i++) {
        memcpy(x, X, sizeof x);
        x[5] = bad[i];
        castmap_points points = {.count = 8, .x = x, .y = Y};
        assert_status(castmap_dbscan(ctx, &points, &good, got, core, &k), CASTMAP_E_DATA);
        points.x = Y;
        points.y = x;
        assert_status(castmap_dbscan(ctx, &points, &good, got, core, &k), CASTMAP_E_DATA);
    }
    const double bad_weight[] = {(double)NAN, (double)INFINITY, -1.0};
    for (size_t i = 0; i < 3; i++) {
        w[0] = bad_weight[i];
        const castmap_points points = {.count = 8, .x = X, .y = Y, .weight = w};
        assert_status(castmap_dbscan(ctx, &points, &good, got, core, &k), CASTMAP_E_DATA);
    }
    castmap_cancel(ctx);
    assert_status(castmap_dbscan(ctx, &TOWN, &good, got, core, &k), CASTMAP_E_CANCELLED);
    castmap_uncancel(ctx);

    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(got[i], 7);
        assert_true(core[i]);
    }
    assert_int_equal(k, 99);
}

static void takes_no_points_one_point_and_points_in_one_place(void **state)
{
    castmap_context *ctx = *state;
    const castmap_dbscan_options three = with(5.0, 3), one = with(5.0, 1);
    const double x[] = {4, 4, 4, 4}, y[] = {9, 9, 9, 9};
    const int32_t all[] = {0, 0, 0, 0};
    castmap_points points = {.count = 0, .x = x, .y = y};
    int32_t got[4] = {5, 5, 5, 5};
    size_t k = 99;

    assert_status(castmap_dbscan(ctx, &points, &three, got, NULL, &k), CASTMAP_OK);
    assert_int_equal(k, 0);
    points.count = 1;
    assert_status(castmap_dbscan(ctx, &points, &three, got, NULL, &k), CASTMAP_OK);
    assert_int_equal(k, 0);
    assert_int_equal(got[0], CASTMAP_NOISE);
    assert_status(castmap_dbscan(ctx, &points, &one, got, NULL, &k), CASTMAP_OK);
    assert_int_equal(k, 1);
    assert_int_equal(got[0], 0);
    points.count = 4;
    assert_status(castmap_dbscan(ctx, &points, &three, got, NULL, &k), CASTMAP_OK);
    assert_int_equal(k, 1);
    assert_ints(got, all, 4);
}

static void counts_a_point_exactly_at_the_radius(void **state)
{
    castmap_context *ctx = *state;
    /* 3-4-5 triangles: in whole metres, in tenths (0.3 and 0.4 have no exact double), and a hair beyond */
    const double x[] = {0, 3, 100, 100.5}, y[] = {0, 4, 100, 100};
    const double xt[] = {0, 0.3}, yt[] = {0, 0.4};
    const castmap_points whole = {.count = 4, .x = x, .y = y}, tenths = {.count = 2, .x = xt, .y = yt};
    castmap_dbscan_options options = with(5.0, 2);
    int32_t got[4];
    size_t k;

    assert_status(castmap_dbscan(ctx, &whole, &options, got, NULL, &k), CASTMAP_OK);
    assert_int_equal(k, 2);
    options.eps_m = nextafter(5.0, 0.0);
    assert_status(castmap_dbscan(ctx, &whole, &options, got, NULL, &k), CASTMAP_OK);
    assert_int_equal(k, 1);
    assert_int_equal(got[0], CASTMAP_NOISE);
    options.eps_m = 0.5;
    assert_status(castmap_dbscan(ctx, &tenths, &options, got, NULL, &k), CASTMAP_OK);
    assert_int_equal(k, 1);
}

static void gives_a_border_to_its_nearest_core_and_ties_to_the_lower_key(void **state)
{
    castmap_context *ctx = *state;
    /* Two columns of four cores; one point between: nearer the right one, then in the very middle. */
    double x[] = {0, 0, 0, 0, 20, 20, 20, 20, 11}, y[] = {0, 3, 6, 9, 0, 3, 6, 9, 0};
    const int64_t left_first[] = {1, 2, 3, 4, 5, 6, 7, 8, 0}, right_first[] = {5, 6, 7, 8, 1, 2, 3, 4, 0};
    castmap_points points = {.count = 9, .x = x, .y = y, .id = left_first};
    castmap_dbscan_options options = with(10.0, 4);
    int32_t got[9];
    bool core[9];
    size_t k;

    options.min_points = 4;
    assert_status(castmap_dbscan(ctx, &points, &options, got, core, &k), CASTMAP_OK);
    assert_int_equal(k, 2);
    assert_false(core[8]);
    assert_int_equal(got[8], 1);
    x[8] = 10;
    assert_status(castmap_dbscan(ctx, &points, &options, got, core, &k), CASTMAP_OK);
    assert_int_equal(got[8], 0);
    assert_int_equal(got[0], 0);
    /* the border's own low id is no key: only cores give keys */
    points.id = right_first;
    assert_status(castmap_dbscan(ctx, &points, &options, got, core, &k), CASTMAP_OK);
    assert_int_equal(got[8], 0);
    assert_int_equal(got[4], 0);
    assert_int_equal(got[0], 1);
    options.border_is_noise = true;
    assert_status(castmap_dbscan(ctx, &points, &options, got, core, &k), CASTMAP_OK);
    assert_int_equal(got[8], CASTMAP_NOISE);
}

static void adds_weights_like_repeated_points(void **state)
{
    castmap_context *ctx = *state;
    const double x[] = {0, 5, 100, 103, 200, 201}, y[] = {0, 0, 0, 0, 0, 0};
    const double w[] = {3, 1, 1, 2, 0, 4};
    const castmap_points points = {.count = 6, .x = x, .y = y, .weight = w};
    const castmap_dbscan_options options = with(10.0, 4);
    const int32_t want[] = {0, 0, CASTMAP_NOISE, CASTMAP_NOISE, 1, 1};
    int32_t got[6];

    assert_status(castmap_dbscan(ctx, &points, &options, got, NULL, NULL), CASTMAP_OK);
    assert_ints(got, want, 6);
}

static void ten_tenths_make_one(void **state)
{
    castmap_context *ctx = *state;
    double x[10], y[10], w[10];
    const castmap_points points = {.count = 10, .x = x, .y = y, .weight = w};
    const castmap_dbscan_options options = with(3.0, 1);
    int32_t got[10];
    size_t k;

    for (size_t i = 0; i < 10; i++) {
        x[i] = 0.1 * (double)i;
        y[i] = 0.0;
        w[i] = 0.1; /* their sum in doubles is 0.9999999999999999 */
    }
    assert_status(castmap_dbscan(ctx, &points, &options, got, NULL, &k), CASTMAP_OK);
    assert_int_equal(k, 1);
}

/* --- against the definition --- */

typedef double place_fn(uint64_t seed, uint64_t axis, uint64_t i);

static double uniform(uint64_t seed, uint64_t axis, uint64_t i)
{
    return 1000.0 * cm_random_unit(seed, axis, i);
}
static double on_cell_edges(uint64_t seed, uint64_t axis, uint64_t i) /* multiples of the very side and its halves */
{
    return (double)cm_random_below(seed, axis, i, 60) * (40.0 / sqrt(2.0)) * 0.5;
}
static double on_a_lattice(uint64_t seed, uint64_t axis, uint64_t i)
{
    return (double)cm_random_below(seed, axis, i, 25) * 20.0;
}
static double in_tenths(uint64_t seed, uint64_t axis, uint64_t i) /* distances of exactly 40 that rounding blurs */
{
    return 350000.1 + (double)cm_random_below(seed, axis, i, 60) * 8.0 + 0.1 * (double)cm_random_below(seed, 7, i, 3);
}
static double on_one_column(uint64_t seed, uint64_t axis, uint64_t i)
{
    return axis == 0 ? 77.0 : 5000.0 * cm_random_unit(seed, axis, i);
}
static double stacked(uint64_t seed, uint64_t axis, uint64_t i)
{
    return 37.0 * (double)cm_random_below(seed, axis, cm_random_below(seed, 9, i, 40), 25);
}
static double in_two_heaps(uint64_t seed, uint64_t axis, uint64_t i)
{
    double heap = i % 2 && axis == 0 ? 50.0 : 0.0;

    return heap + 14.0 * cm_random_unit(seed, axis, i);
}
static double over_a_continent(uint64_t seed, uint64_t axis, uint64_t i) /* groups thousands of kilometres apart */
{
    double group = 4e6 * cm_random_unit(seed, axis + 10, i % 20);

    return group + 100.0 * cm_random_unit(seed, axis, i);
}
static double beyond_any_map(uint64_t seed, uint64_t axis, uint64_t i)
{
    double group = (cm_random_unit(seed, axis + 10, i % 12) - 0.5) * pow(10.0, (double)(i % 12) * 5.0);

    return group + 100.0 * cm_random_unit(seed, axis, i);
}
static double at_the_ends_of_the_numbers(uint64_t seed, uint64_t axis, uint64_t i)
{
    const double group[] = {-1.7e308, 1.7e308, 0.0, 1e154};

    (void)axis;
    return i % 4 == 2 ? 90.0 * cm_random_unit(seed, axis, i) : group[i % 4];
}

static void check_data(castmap_context *ctx, place_fn *place, size_t n, uint64_t seed, const char *name)
{
    double *x = calloc(n, sizeof *x), *y = calloc(n, sizeof *y), *w = calloc(n, sizeof *w);
    int64_t *id = calloc(n, sizeof *id);
    castmap_points points = {.count = n, .x = x, .y = y};
    const uint32_t enough[] = {1, 2, 4, 10, 60};
    char what[100];

    for (size_t i = 0; i < n; i++) {
        x[i] = place(seed, 0, i);
        y[i] = place(seed, 1, i);
        w[i] = 0.25 * (double)cm_random_below(seed, 20, i, 12);
        id[i] = (int64_t)((i * 7919 + 13) % n) - (int64_t)n / 2;
    }
    for (size_t k = 0; k < sizeof enough / sizeof *enough; k++) {
        for (unsigned way = 0; way < 4; way++) {
            castmap_dbscan_options options = with(40.0, enough[k]);
            options.border_is_noise = way == 3;
            points.weight = way & 1 ? w : NULL;
            points.id = way & 2 ? id : NULL;
            snprintf(what, sizeof what, "%s, n %zu, min %u, way %u", name, n, enough[k], way);
            check_against_brute(ctx, &points, &options, what);
        }
    }
    free(x);
    free(y);
    free(w);
    free(id);
}

static void equals_the_definition(void **state)
{
    const struct {
        place_fn   *place;
        const char *name;
    } data[] = {
        {uniform, "uniform"},
        {on_cell_edges, "on cell edges"},
        {on_a_lattice, "on a lattice"},
        {in_tenths, "in tenths"},
        {on_one_column, "on one column"},
        {stacked, "stacked"},
        {in_two_heaps, "in two heaps"},
        {over_a_continent, "over a continent"},
        {beyond_any_map, "beyond any map"},
        {at_the_ends_of_the_numbers, "at the ends of the numbers"},
    };
    const size_t sizes[] = {3, 60, 700};

    for (size_t d = 0; d < sizeof data / sizeof *data; d++) {
        for (size_t s = 0; s < 3; s++)
            check_data(*state, data[d].place, sizes[s], 100 + s, data[d].name);
    }
}

/* Cells of many points with little weight, beside one another: the tree decides who is core. */
static void equals_the_definition_where_many_points_weigh_little(void **state)
{
    enum { N = 2400 };
    static double x[N], y[N], w[N]; /* a test's own data */
    const castmap_points points = {.count = N, .x = x, .y = y, .weight = w};

    for (size_t i = 0; i < N; i++) {
        x[i] = 60.0 * cm_random_unit(3, 0, i);
        y[i] = 60.0 * cm_random_unit(3, 1, i);
        w[i] = (double)cm_random_below(3, 2, i, 3) * 0.001;
    }
    for (uint32_t enough = 1; enough <= 3; enough++) {
        const castmap_dbscan_options options = with(40.0, enough);
        check_against_brute(*state, &points, &options, "little weights");
    }
}

/* Two full cells that face each other over a gap of about eps, curved so that no short cut decides. */
static void equals_the_definition_across_a_wide_gap(void **state)
{
    enum { N = 3000 };
    static double x[N], y[N]; /* a test's own data */
    const castmap_points points = {.count = N, .x = x, .y = y};

    for (int trial = -2; trial <= 2; trial++) {
        for (size_t i = 0; i < N; i++) {
            double t = cm_random_unit(5, 1, i);
            y[i] = 27.0 * t;
            x[i] = (i % 2 ? 40.0 : 0.0) + 3.0 * sin(9.0 * t) + (double)trial * 1e-4 * (i % 2 ? 1 : 0);
        }
        const castmap_dbscan_options options = with(40.0 * 0.9995, 5);
        check_against_brute(*state, &points, &options, "wide gap");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(separates_groups_and_leaves_the_stray_as_noise),
        cmocka_unit_test(refuses_what_means_nothing_and_touches_nothing),
        cmocka_unit_test(takes_no_points_one_point_and_points_in_one_place),
        cmocka_unit_test(counts_a_point_exactly_at_the_radius),
        cmocka_unit_test(gives_a_border_to_its_nearest_core_and_ties_to_the_lower_key),
        cmocka_unit_test(adds_weights_like_repeated_points),
        cmocka_unit_test(ten_tenths_make_one),
        cmocka_unit_test(equals_the_definition),
        cmocka_unit_test(equals_the_definition_where_many_points_weigh_little),
        cmocka_unit_test(equals_the_definition_across_a_wide_gap),
    };

    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
