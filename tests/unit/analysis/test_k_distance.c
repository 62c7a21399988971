/* Tests of castmap_k_distances(), castmap_k_distance_curve() and castmap_curve_knee(). */
#include "castmap/cluster.h"

#include "base/random.h"
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 700 };

static void looks_as_far_as_it_must(void **state)
{
    const double x[] = {0, 1, 3, 7, 7}, y[] = {0, 0, 0, 0, 0}, w[] = {1, 1, 2.5, 0, 1};
    const castmap_points line = {.count = 4, .x = x, .y = y}, pile = {.count = 5, .x = x, .y = y}, weighted = {.count = 5, .x = x, .y = y, .weight = w};
    double d[5];

    assert_status(castmap_k_distances(*state, &line, 1, d), CASTMAP_OK);
    assert_true(d[0] == 0 && d[1] == 0 && d[2] == 0 && d[3] == 0);
    assert_status(castmap_k_distances(*state, &line, 2, d), CASTMAP_OK);
    assert_true(d[0] == 1 && d[1] == 1 && d[2] == 2 && d[3] == 4);
    assert_status(castmap_k_distances(*state, &line, 3, d), CASTMAP_OK);
    assert_true(d[0] == 3 && d[1] == 2 && d[2] == 3 && d[3] == 6);
    assert_status(castmap_k_distances(*state, &line, 5, d), CASTMAP_OK);
    assert_true(isinf(d[0]) && isinf(d[3]));
    assert_status(castmap_k_distances(*state, &pile, 2, d), CASTMAP_OK);
    assert_true(d[3] == 0 && d[4] == 0); /* two on one spot see each other there */
    assert_status(castmap_k_distances(*state, &weighted, 3, d), CASTMAP_OK);
    assert_true(d[0] == 3 && d[1] == 2 && d[2] == 2 && d[3] == 4 && d[4] == 4);
}

static int ascending(const void *a, const void *b)
{
    const double p = *(const double *)a, q = *(const double *)b;

    return (p > q) - (p < q);
}

static void fill(double *x, double *y)
{
    for (size_t i = 0; i < N; i++) {
        x[i] = floor(8.0 * 1000.0 * pow(cm_random_unit(4, 1, i), 3.0)) / 8.0; /* eighths: doubling and shifts are exact */
        y[i] = floor(8.0 * 1000.0 * cm_random_unit(4, 2, i)) / 8.0;
        if (i % 7 == 6) { /* piles */
            x[i] = x[i - 1];
            y[i] = y[i - 1];
        }
    }
}

static void agrees_with_looking_at_all_pairs(void **state)
{
    static const uint32_t K[] = {1, 2, 4, 30, N};
    double x[N], y[N], d[N], square[N];
    const castmap_points points = {.count = N, .x = x, .y = y};

    fill(x, y);
    for (size_t k = 0; k < sizeof K / sizeof *K; k++) {
        assert_status(castmap_k_distances(*state, &points, K[k], d), CASTMAP_OK);
        for (size_t i = 0; i < N; i++) {
            for (size_t j = 0; j < N; j++)
                square[j] = (x[j] - x[i]) * (x[j] - x[i]) + (y[j] - y[i]) * (y[j] - y[i]);
            qsort(square, N, sizeof *square, ascending);
            assert_near(d[i], sqrt(square[K[k] - 1]), 1e-12 * (1.0 + d[i]));
        }
    }
}

static void order_threads_shift_turn_and_scale(void **state)
{
    static const unsigned THREADS[] = {1, 2, 8};
    double x[N], y[N], d[N], x2[N], y2[N], d2[N];
    const castmap_points points = {.count = N, .x = x, .y = y}, other = {.count = N, .x = x2, .y = y2};

    fill(x, y);
    assert_status(castmap_k_distances(*state, &points, 5, d), CASTMAP_OK);
    for (size_t t = 0; t < 3; t++) {
        castmap_set_threads(*state, THREADS[t]);
        for (size_t i = 0; i < N; i++) { /* another order, a quarter turn, a shift, twice the size */
            x2[(i * 333 + 5) % N] = 2.0 * -y[i] + 65536.0;
            y2[(i * 333 + 5) % N] = 2.0 * x[i] - 4096.0;
        }
        assert_status(castmap_k_distances(*state, &other, 5, d2), CASTMAP_OK);
        for (size_t i = 0; i < N; i++)
            assert_true(d2[(i * 333 + 5) % N] == 2.0 * d[i]);
    }
}

static void the_curve_is_the_distances_sorted(void **state)
{
    double x[N], y[N], d[N], share[N], curve[N];
    const castmap_points points = {.count = N, .x = x, .y = y};
    size_t n = 0;

    fill(x, y);
    assert_status(castmap_k_distances(*state, &points, 4, d), CASTMAP_OK);
    qsort(d, N, sizeof *d, ascending);
    assert_status(castmap_k_distance_curve(*state, &points, 4, 101, share, curve, &n), CASTMAP_OK);
    assert_int_equal(n, 101);
    for (size_t i = 0; i < n; i++) {
        const size_t upto = (size_t)ceil(share[i] * N); /* so many points lie at or under it */
        assert_near(share[i], (double)i / 100.0, 1e-15);
        assert_near(curve[i], d[upto > 0 ? upto - 1 : 0], 0.0);
    }
    assert_status(castmap_k_distance_curve(*state, &points, 4, 5000, share, curve, &n), CASTMAP_OK);
    assert_int_equal(n, N);
}

/* Nine in ten observations 10 m apart, along a line; the rest 200 m apart: the curve turns up at 20 m for k = 5, two neighbours on either side. */
static void finds_the_knee_of_a_street_and_a_field(void **state)
{
    double x[200], y[200] = {0}, share[200], curve[200];
    const castmap_points points = {.count = 200, .x = x, .y = y};
    size_t n = 0;

    for (size_t i = 0; i < 200; i++)
        x[i] = i < 160 ? 10.0 * (double)i : 1590.0 + 200.0 * (double)(i - 159);
    assert_status(castmap_k_distance_curve(*state, &points, 5, 200, share, curve, &n), CASTMAP_OK);
    const double knee = castmap_curve_knee(share, curve, n);
    assert_true(knee >= 20.0 && knee <= 40.0); /* 20 within the street, 30 and 40 at its ends */
}

static void the_knee_is_the_corner_of_a_bent_line(void **state)
{
    double share[101], d[101];
    (void)state;

    for (size_t i = 0; i <= 100; i++) {
        share[i] = (double)i / 100.0;
        d[i] = i <= 60 ? 10.0 + 0.01 * (double)i : 10.6 + 10.0 * (double)(i - 60);
    }
    assert_near(castmap_curve_knee(share, d, 101), 10.6, 1e-12);
    d[100] = 1e9; /* one lonely point draws nothing */
    assert_near(castmap_curve_knee(share, d, 101), 10.6, 1e-12);
    for (size_t i = 0; i <= 100; i++)
        d[i] = 5.0 + share[i]; /* straight */
    const double straight = castmap_curve_knee(share, d, 101);
    assert_true(isnan(straight) || straight >= 5.0); /* rounding alone may lie below the line */
    for (size_t i = 0; i <= 100; i++)
        d[i] = sqrt(share[i]); /* bent the other way */
    assert_true(isnan(castmap_curve_knee(share, d, 101)));
    for (size_t i = 0; i <= 100; i++)
        d[i] = 3.0;
    assert_true(isnan(castmap_curve_knee(share, d, 101)));
    assert_true(isnan(castmap_curve_knee(share, d, 2)));
    assert_true(isnan(castmap_curve_knee(share, d, 0)));
}

static void refuses(void **state)
{
    const double x[] = {0, 1, NAN}, y[] = {0, 0, 0}, w[] = {1, -1, 1};
    const castmap_points two = {.count = 2, .x = x, .y = y}, bad = {.count = 3, .x = x, .y = y}, below = {.count = 2, .x = x, .y = y, .weight = w};
    const castmap_points none = {0};
    double d[3] = {-7, -7, -7}, share[3];
    size_t n = 77;

    assert_status(castmap_k_distances(*state, &two, 0, d), CASTMAP_E_ARGUMENT);
    assert_status(castmap_k_distances(*state, &bad, 2, d), CASTMAP_E_DATA);
    assert_status(castmap_k_distances(*state, &below, 1, d), CASTMAP_E_DATA);
    assert_status(castmap_k_distance_curve(*state, &two, 3, 3, share, d, &n), CASTMAP_E_DATA);
    assert_status(castmap_k_distance_curve(*state, &none, 1, 3, share, d, &n), CASTMAP_E_DATA);
    assert_true(d[0] == -7 && n == 77);
    assert_status(castmap_k_distances(*state, &none, 1, d), CASTMAP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looks_as_far_as_it_must), cmocka_unit_test(agrees_with_looking_at_all_pairs),
        cmocka_unit_test(order_threads_shift_turn_and_scale), cmocka_unit_test(the_curve_is_the_distances_sorted),
        cmocka_unit_test(finds_the_knee_of_a_street_and_a_field), cmocka_unit_test(the_knee_is_the_corner_of_a_bent_line), cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
