/* Tests of castmap_bandwidth_choose() and castmap_bandwidth_suggest(). */
#include "castmap/density.h"

#include "base/random.h"
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RULES (CASTMAP_BANDWIDTH_CRONIE_VAN_LIESHOUT + 1)

static const size_t ONE[] = {0, 1}, RING[] = {0, 5};
static const double BOX_X[] = {0, 10000, 10000, 0, 0}, BOX_Y[] = {0, 0, 10000, 10000, 0};
static const castmap_polygons BOX = {1, ONE, ONE, RING, BOX_X, BOX_Y};

static double normal(uint64_t channel, uint64_t i)
{
    return sqrt(-2.0 * log(1.0 - cm_random_unit(8, channel, i))) *
           cos(6.283185307179586 * cm_random_unit(8, channel + 1, i));
}

/* n points of one normal hill of deviation 1 km in the middle of the box */
static void fill_hill(double *x, double *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        x[i] = fmin(fmax(5000.0 + 1000.0 * normal(1, i), 1.0), 9999.0);
        y[i] = fmin(fmax(5000.0 + 1000.0 * normal(3, i), 1.0), 9999.0);
    }
}

static void simple_rules_by_hand(void **state)
{
    /* deviations 2 and 4, quartile ranges 3 and 6: 5/2 and 4.5/1.34 */
    const double x[] = {-2, 0, 2, 0, 0, 2, -2, 0}, y[] = {4, 0, -4, 0, 0, -4, 4, 0};
    const castmap_points points = {.count = 8, .x = x, .y = y};
    const double sd = sqrt(16.0 / 7.0), mean_sd = 1.5 * sd, rate = pow(8.0, -1.0 / 6.0);
    const double iqr_x = 1.0, iqr_y = 2.0; /* -2 -2 0 0 0 0 2 2: -0.5 to 0.5 */
    const double s = fmin(mean_sd, 0.5 * (iqr_x + iqr_y) / 1.34);
    castmap_bandwidth got;

    assert_status(castmap_bandwidth_choose(*state, &points, NULL, CASTMAP_BANDWIDTH_NORMAL_SCALE, CASTMAP_KERNEL_GAUSSIAN,
                                           &got),
                  CASTMAP_OK);
    assert_near(got.sigma_m, s * rate, 1e-12);
    assert_status(castmap_bandwidth_choose(*state, &points, NULL, CASTMAP_BANDWIDTH_SCOTT, CASTMAP_KERNEL_UNIFORM, &got),
                  CASTMAP_OK);
    assert_near(got.sigma_m, sqrt(2.0) * sd * rate, 1e-12);
    assert_near(got.radius_m, 2.0 * got.sigma_m, 1e-12);
    assert_status(castmap_bandwidth_suggest(*state, &points, CASTMAP_KERNEL_QUARTIC, &got), CASTMAP_OK);
    assert_near(got.sigma_m, 1.0846 * s * rate, 1e-12);
}

/* For a normal hill the best bandwidth is known: sigma n^(-1/6). */
static void all_rules_find_the_scale_of_a_hill(void **state)
{
    enum { N = 2000 };
    double *x = calloc(N, sizeof *x), *y = calloc(N, sizeof *y);
    const castmap_points points = {.count = N, .x = x, .y = y};
    const double ideal = 1000.0 * pow(N, -1.0 / 6.0);

    fill_hill(x, y, N);
    for (int rule = 0; rule < RULES; rule++) {
        castmap_bandwidth got;
        assert_status(castmap_bandwidth_choose(*state, &points, &BOX, (castmap_bandwidth_rule)rule,
                                               CASTMAP_KERNEL_QUARTIC, &got),
                      CASTMAP_OK);
        assert_false(got.at_limit);
        assert_non_null(got.rule);
        /* the last two aim at something other than the least square error of the density */
        const bool other = rule >= CASTMAP_BANDWIDTH_DIGGLE;
        const double least = other ? 0.05 : 0.6, most = other ? 2.0 : 1.4;
        if (!(got.sigma_m > least * ideal && got.sigma_m < most * ideal))
            print_error("%s: %g of the ideal\n", got.rule, got.sigma_m / ideal);
        assert_true(got.sigma_m > least * ideal && got.sigma_m < most * ideal);
    }
    free(x);
    free(y);
}

static void moves_scales_and_forgets_the_order(void **state)
{
    enum { N = 700 };
    double x[N], y[N], u[N], v[N];
    const castmap_points points = {.count = N, .x = x, .y = y}, other = {.count = N, .x = u, .y = v};
    double box_x[5], box_y[5];
    const castmap_polygons box = {1, ONE, ONE, RING, box_x, box_y};

    fill_hill(x, y, N);
    for (int rule = 0; rule < RULES; rule++) {
        castmap_bandwidth a, b;
        for (size_t i = 0; i < N; i++) { /* same points in another order, twice the size, elsewhere */
            const size_t j = (i * 331 + 17) % N;
            u[j] = 2.0 * x[i] + 524288.0;
            v[j] = 2.0 * y[i] - 131072.0;
        }
        for (size_t i = 0; i < 5; i++) {
            box_x[i] = 2.0 * BOX_X[i] + 524288.0;
            box_y[i] = 2.0 * BOX_Y[i] - 131072.0;
        }
        castmap_set_threads(*state, 1);
        assert_status(castmap_bandwidth_choose(*state, &points, &BOX, (castmap_bandwidth_rule)rule,
                                               CASTMAP_KERNEL_QUARTIC, &a),
                      CASTMAP_OK);
        castmap_set_threads(*state, 8);
        assert_status(
            castmap_bandwidth_choose(*state, &other, &box, (castmap_bandwidth_rule)rule, CASTMAP_KERNEL_QUARTIC, &b),
            CASTMAP_OK);
        assert_near(b.sigma_m / a.sigma_m, 2.0, 1e-4);
        for (size_t i = 0; i < N; i++) {
            u[N - 1 - i] = x[i];
            v[N - 1 - i] = y[i];
        }
        assert_status(
            castmap_bandwidth_choose(*state, &other, &BOX, (castmap_bandwidth_rule)rule, CASTMAP_KERNEL_QUARTIC, &b),
            CASTMAP_OK);
        assert_memory_equal(&a.sigma_m, &b.sigma_m, sizeof a.sigma_m);
    }
    castmap_set_threads(*state, 0);
}

static void large_data_are_sampled_and_the_result_converted(void **state)
{
    enum { N = 20000 };
    double *x = calloc(N, sizeof *x), *y = calloc(N, sizeof *y);
    const castmap_points points = {.count = N, .x = x, .y = y};
    castmap_bandwidth got;

    fill_hill(x, y, N);
    assert_status(castmap_bandwidth_choose(*state, &points, NULL, CASTMAP_BANDWIDTH_LIKELIHOOD_CV, CASTMAP_KERNEL_GAUSSIAN,
                                           &got),
                  CASTMAP_OK);
    assert_int_equal(got.points, 2500);
    assert_true(fabs(got.sigma_m / (1000.0 * pow(N, -1.0 / 6.0)) - 1.0) < 0.25);
    free(x);
    free(y);
}

static void piles_are_reported(void **state)
{
    enum { N = 600 };
    double x[N], y[N];
    const castmap_points points = {.count = N, .x = x, .y = y};
    castmap_bandwidth got;

    fill_hill(x, y, N);
    for (size_t i = 0; i < N; i++) { /* thirty to a place */
        x[i] = x[i - i % 30];
        y[i] = y[i - i % 30];
    }
    assert_status(castmap_bandwidth_choose(*state, &points, NULL, CASTMAP_BANDWIDTH_LEAST_SQUARES_CV,
                                           CASTMAP_KERNEL_QUARTIC, &got),
                  CASTMAP_OK);
    assert_true(got.at_limit);
}

/* Wards are no borders: only the outline of all of them together is. */
static void a_study_area_may_be_of_several_areas(void **state)
{
    enum { N = 400 };
    static const size_t TWO[] = {0, 1, 2}, RINGS[] = {0, 5, 10};
    static const double X[] = {0, 10000, 10000, 0, 0}, Y[] = {0, 0, 10000, 10000, 0};
    static const double X2[] = {0, 5000, 5000, 0, 0, 5000, 10000, 10000, 5000, 5000}, Y2[] = {0, 0, 10000, 10000, 0, 0, 0, 10000, 10000, 0};
    const castmap_polygons whole = {1, ONE, ONE, RING, X, Y}, halves = {2, TWO, TWO, RINGS, X2, Y2};
    static double x[N], y[N];
    const castmap_points points = {.count = N, .x = x, .y = y};

    fill_hill(x, y, N);
    for (int rule = CASTMAP_BANDWIDTH_LEAST_SQUARES_CV; rule <= CASTMAP_BANDWIDTH_CRONIE_VAN_LIESHOUT; rule++) {
        castmap_bandwidth one, two;
        assert_status(castmap_bandwidth_choose(*state, &points, &whole, (castmap_bandwidth_rule)rule, CASTMAP_KERNEL_QUARTIC, &one), CASTMAP_OK);
        assert_status(castmap_bandwidth_choose(*state, &points, &halves, (castmap_bandwidth_rule)rule, CASTMAP_KERNEL_QUARTIC, &two), CASTMAP_OK);
        assert_true(fabs(two.sigma_m - one.sigma_m) < 1e-9 * one.sigma_m);
    }
}

static void refuses_what_has_no_meaning(void **state)
{
    const double x[] = {5, 5, 5}, y[] = {5, 5, 5}, bad[] = {5, (double)NAN, 6};
    const castmap_points one = {.count = 1, .x = x, .y = y}, pile = {.count = 3, .x = x, .y = y};
    const castmap_points wrong = {.count = 3, .x = bad, .y = y}, none = {0};
    castmap_bandwidth got = {.sigma_m = 7.0};

    for (int rule = 0; rule < RULES; rule++) {
        const castmap_bandwidth_rule r = (castmap_bandwidth_rule)rule;
        assert_status(castmap_bandwidth_choose(*state, &none, &BOX, r, CASTMAP_KERNEL_QUARTIC, &got), CASTMAP_E_DATA);
        assert_status(castmap_bandwidth_choose(*state, &one, &BOX, r, CASTMAP_KERNEL_QUARTIC, &got), CASTMAP_E_DATA);
        assert_status(castmap_bandwidth_choose(*state, &pile, &BOX, r, CASTMAP_KERNEL_QUARTIC, &got), CASTMAP_E_DATA);
        assert_status(castmap_bandwidth_choose(*state, &wrong, &BOX, r, CASTMAP_KERNEL_QUARTIC, &got), CASTMAP_E_DATA);
    }
    assert_status(castmap_bandwidth_choose(*state, &pile, NULL, CASTMAP_BANDWIDTH_DIGGLE, CASTMAP_KERNEL_QUARTIC, &got),
                  CASTMAP_E_ARGUMENT);
    assert_status(castmap_bandwidth_choose(*state, &pile, NULL, (castmap_bandwidth_rule)99, CASTMAP_KERNEL_QUARTIC, &got),
                  CASTMAP_E_ARGUMENT);
    assert_true(got.sigma_m == 7.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simple_rules_by_hand),
        cmocka_unit_test(all_rules_find_the_scale_of_a_hill),
        cmocka_unit_test(moves_scales_and_forgets_the_order),
        cmocka_unit_test(large_data_are_sampled_and_the_result_converted),
        cmocka_unit_test(piles_are_reported),
        cmocka_unit_test(a_study_area_may_be_of_several_areas),
        cmocka_unit_test(refuses_what_has_no_meaning),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
