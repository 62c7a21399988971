/* Tests of castmap_nnh(). */
#include "castmap/cluster.h"

#include "base/random.h"
#include "support/check.h"

#include <math.h>
#include <stdlib.h>

#define N CASTMAP_NOISE

/* 1000 points on 100 km2: the mean is 158.1139 m, its standard error 2.6136 m. */
static void the_threshold_is_that_of_points_strewn_at_random(void **state)
{
    (void)state;
    assert_true(fabs(castmap_nnh_threshold(1e8, 1000, 0.0) - 158.1139) < 5e-5);
    assert_true(fabs(castmap_nnh_threshold(1e8, 1000, 0.0) - castmap_nnh_threshold(1e8, 1000, 1.0) - 2.6136) < 5e-5);
    assert_true(castmap_nnh_threshold(1e8, 0, 1.0) == 0.0);
    assert_true(castmap_nnh_threshold(1e8, 1, 100.0) == 0.0);
}

/* The middle of five has the most neighbours and takes all that is near; what is left of the second group is too few. */
static void the_most_crowded_point_is_the_seed(void **state)
{
    static const double X[] = {0, 8, 16, 24, 32, 200, 208, 500}, Y[] = {0, 0, 0, 0, 0, 0, 0, 0};
    const castmap_points points = {.count = 8, .x = X, .y = Y};
    const int32_t want[] = {0, 0, 0, 0, 0, N, N, N};
    castmap_nnh_options options = CASTMAP_NNH_OPTIONS_INIT;
    int32_t got[8];
    size_t k = 0;

    options.threshold_m = 16.0;
    options.min_points = 3;
    assert_status(castmap_nnh(*state, &points, &options, got, &k, NULL), CASTMAP_OK);
    assert_int_equal(k, 1);
    assert_ints(got, want, 8);
    options.min_points = 2;
    assert_status(castmap_nnh(*state, &points, &options, got, &k, NULL), CASTMAP_OK);
    assert_int_equal(k, 2);
    assert_true(got[5] == 1 && got[6] == 1 && got[7] == N);
}

/* A chain of ten, each 10 m from the next: a seed reaches as far as the threshold and no farther, so it is no single cluster as by DBSCAN. */
static void clusters_do_not_chain(void **state)
{
    static const double X[] = {0, 10, 20, 30, 40, 50, 60, 70, 80, 90}, Y[10] = {0};
    const castmap_points points = {.count = 10, .x = X, .y = Y};
    castmap_nnh_options options = CASTMAP_NNH_OPTIONS_INIT;
    int32_t got[10];
    size_t k = 0;

    options.threshold_m = 10.0;
    options.min_points = 3;
    assert_status(castmap_nnh(*state, &points, &options, got, &k, NULL), CASTMAP_OK);
    assert_int_equal(k, 3); /* seeds 1, 4, 7; 9 is left over */
    assert_true(got[0] == 0 && got[2] == 0 && got[3] == 1 && got[8] == 2 && got[9] == N);
}

/* Nine groups of four in three districts of three: groups form districts. */
static void centres_are_clustered_again(void **state)
{
    static double x[36], y[36];
    const castmap_points points = {.count = 36, .x = x, .y = y};
    castmap_nnh_options options = CASTMAP_NNH_OPTIONS_INIT;
    castmap_nnh_orders orders;
    int32_t got[36];
    size_t k = 0;

    for (size_t i = 0; i < 36; i++) {
        const size_t group = i / 4, district = group / 3;
        x[i] = 30000.0 * (double)district + 400.0 * (double)(group % 3) + (double)(i % 2);
        y[i] = (double)(i % 4 / 2);
    }
    options.min_points = 3;
    options.area_m2 = 1e8;
    options.threshold_m = 10.0;
    assert_status(castmap_nnh(*state, &points, &options, got, &k, &orders), CASTMAP_OK);
    assert_int_equal(k, 9);
    assert_int_equal(orders.n_orders, 2);
    assert_int_equal(orders.clusters[0], 9);
    assert_int_equal(orders.clusters[1], 3);
    assert_true(orders.threshold_m[1] == castmap_nnh_threshold(1e8, 9, options.t));
}

/* Nine places in three districts of three, which are near enough to one another to be one group of groups. */
static void groups_name_their_places(void **state)
{
    castmap_nnh_options options = CASTMAP_NNH_OPTIONS_INIT;
    castmap_nnh_groups groups = {0};
    double x[10], y[10] = {0};

    /* Numbered so that the districts take turns; the tenth place lies alone. */
    for (size_t i = 0; i < 9; i++)
        x[i] = 2000.0 * (double)(i % 3) + 100.0 * (double)(i / 3);
    x[9] = 90000.0;
    options.min_points = 3;
    options.area_m2 = 1e8;
    options.t = 0.0;
    assert_status(castmap_nnh_groups_make(*state, &options, 10, x, y, &groups), CASTMAP_OK);
    assert_int_equal(groups.n_places, 10);
    assert_int_equal(groups.n_levels, 2);
    assert_int_equal(groups.level[0].count, 3);
    assert_int_equal(groups.level[1].count, 1);
    for (int32_t i = 0; i < 9; i++) {
        assert_int_equal(groups.level[0].label[i], i % 3);
        assert_int_equal(groups.level[1].label[i], 0);
    }
    assert_int_equal(groups.level[0].label[9], N);
    assert_int_equal(groups.level[1].label[9], N);
    for (size_t g = 0; g < 3; g++)
        assert_true(fabs(groups.level[0].x[g] - (2000.0 * (double)g + 100.0)) < 1e-9);
    assert_true(fabs(groups.level[1].x[0] - 2100.0) < 1e-9);
    assert_true(groups.level[0].threshold_m == castmap_nnh_threshold(1e8, 10, 0.0));
    assert_true(groups.level[1].threshold_m == castmap_nnh_threshold(1e8, 3, 0.0));
    castmap_nnh_groups_clear(&groups);

    /* Without an area there is no chance to be nearer than, and of no places there are no groups. */
    options.area_m2 = 0.0;
    options.threshold_m = 100.0;
    assert_status(castmap_nnh_groups_make(*state, &options, 10, x, y, &groups), CASTMAP_OK);
    assert_int_equal(groups.n_levels, 0);
    castmap_nnh_groups_clear(&groups);
    options.area_m2 = 1e8;
    assert_status(castmap_nnh_groups_make(*state, &options, 0, NULL, NULL, &groups), CASTMAP_OK);
    assert_int_equal(groups.n_levels, 0);
    options.min_points = 1;
    assert_status(castmap_nnh_groups_make(*state, &options, 10, x, y, &groups), CASTMAP_E_ARGUMENT);
    assert_int_equal(groups.n_places, 0);
}

static void neither_the_order_of_rows_nor_threads_change_the_answer(void **state)
{
    static double x[500], y[500], tx[500], ty[500];
    static int64_t id[500], tid[500];
    static int32_t one[500], eight[500], other[500];
    const castmap_points points = {.count = 500, .x = x, .y = y, .id = id}, turned = {.count = 500, .x = tx, .y = ty, .id = tid};
    castmap_nnh_options options = CASTMAP_NNH_OPTIONS_INIT;
    size_t k = 0;

    for (size_t i = 0; i < 500; i++) {
        x[i] = tx[499 - i] = 5.0 * (double)cm_random_below(3, 1, i, 60);
        y[i] = ty[499 - i] = 5.0 * (double)cm_random_below(3, 2, i, 60);
        id[i] = tid[499 - i] = (int64_t)(i * 37 % 503);
    }
    options.threshold_m = 20.0;
    options.min_points = 4;
    castmap_set_threads(*state, 1);
    assert_status(castmap_nnh(*state, &points, &options, one, &k, NULL), CASTMAP_OK);
    assert_true(k > 10);
    castmap_set_threads(*state, 8);
    assert_status(castmap_nnh(*state, &points, &options, eight, NULL, NULL), CASTMAP_OK);
    assert_status(castmap_nnh(*state, &turned, &options, other, NULL, NULL), CASTMAP_OK);
    castmap_set_threads(*state, 0);
    assert_ints(eight, one, 500);
    for (size_t i = 0; i < 500; i++)
        assert_int_equal(other[499 - i], one[i]);
}

static void what_means_nothing_is_refused(void **state)
{
    static const double X[] = {0}, Y[] = {0};
    const castmap_points points = {.count = 1, .x = X, .y = Y};
    castmap_nnh_options options = CASTMAP_NNH_OPTIONS_INIT;
    int32_t got[1] = {7};

    assert_status(castmap_nnh(*state, &points, &options, got, NULL, NULL), CASTMAP_E_ARGUMENT);
    options.area_m2 = -1.0;
    assert_status(castmap_nnh(*state, &points, &options, got, NULL, NULL), CASTMAP_E_ARGUMENT);
    options.area_m2 = 1e6;
    options.min_points = 1;
    assert_status(castmap_nnh(*state, &points, &options, got, NULL, NULL), CASTMAP_E_ARGUMENT);
    assert_int_equal(got[0], 7);
    options.min_points = 2;
    assert_status(castmap_nnh(*state, &points, &options, got, NULL, NULL), CASTMAP_OK);
    assert_int_equal(got[0], N);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_threshold_is_that_of_points_strewn_at_random),
        cmocka_unit_test(the_most_crowded_point_is_the_seed),
        cmocka_unit_test(clusters_do_not_chain),
        cmocka_unit_test(centres_are_clustered_again),
        cmocka_unit_test(groups_name_their_places),
        cmocka_unit_test(neither_the_order_of_rows_nor_threads_change_the_answer),
        cmocka_unit_test(what_means_nothing_is_refused),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
