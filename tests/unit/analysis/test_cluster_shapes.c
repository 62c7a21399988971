/* Tests of castmap_cluster_shapes_make(). */
#include "castmap/cluster.h"

#include "base/random.h"
#include "support/check.h"

#include <math.h>
#include <stdlib.h>

static void describes_a_square_with_its_middle(void **state)
{
    castmap_context *ctx = *state;
    const double x[] = {0, 1000, 1000, 0, 500, 500, 9000}, y[] = {0, 0, 1000, 1000, 500, 0, 9000};
    const int64_t t[] = {50, INT64_MIN, 20, 90, 60, 70, 1};
    const int32_t labels[] = {0, 0, 0, 0, 0, 0, CASTMAP_NOISE};
    const castmap_points points = {.count = 7, .x = x, .y = y, .time_s = t};
    castmap_cluster_shapes shapes = CASTMAP_CLUSTER_SHAPES_INIT;

    assert_status(castmap_cluster_shapes_make(ctx, &points, labels, 1, &shapes), CASTMAP_OK);
    assert_int_equal(shapes.count, 1);
    const castmap_cluster_shape *s = &shapes.shape[0];
    assert_int_equal(s->count, 6);
    assert_near(s->weight, 6.0, 0);
    assert_near(s->centre_x, 500.0, 1e-9);
    assert_near(s->centre_y, 2500.0 / 6.0, 1e-9);
    assert_int_equal(s->medoid, 4);
    assert_near(s->radius_m, 500.0 * sqrt(2.0), 1e-9);
    assert_near(s->diameter_m, 1000.0 * sqrt(2.0), 1e-9);
    assert_near(s->hull_area_km2, 1.0, 1e-12);
    assert_near(s->density_per_km2, 6.0, 1e-9);
    assert_int_equal(s->first_s, 20);
    assert_int_equal(s->last_s, 90);
    assert_int_equal(s->places, 6);
    assert_int_equal(s->hull_count, 4); /* the point on a side is no vertex */
    const double hx[] = {0, 1000, 1000, 0}, hy[] = {0, 0, 1000, 1000};
    for (size_t i = 0; i < 4; i++) {
        assert_near(shapes.hull_x[i], hx[i], 0);
        assert_near(shapes.hull_y[i], hy[i], 0);
    }
    castmap_cluster_shapes_clear(&shapes);
    castmap_cluster_shapes_clear(&shapes);
    castmap_cluster_shapes_clear(NULL);
}

static void takes_one_place_two_places_and_a_line(void **state)
{
    castmap_context *ctx = *state;
    const double x[] = {5, 5, 5, 0, 3, 0, 1, 2, 3}, y[] = {5, 5, 5, 0, 4, 10, 11, 12, 13};
    const int32_t labels[] = {0, 0, 0, 1, 1, 2, 2, 2, 2};
    const castmap_points points = {.count = 9, .x = x, .y = y};
    castmap_cluster_shapes shapes = CASTMAP_CLUSTER_SHAPES_INIT;

    assert_status(castmap_cluster_shapes_make(ctx, &points, labels, 4, &shapes), CASTMAP_OK);
    const castmap_cluster_shape *s = shapes.shape;
    assert_int_equal(s[0].places, 1);
    assert_int_equal(s[0].hull_count, 1);
    assert_near(s[0].radius_m, 0.0, 0);
    assert_near(s[0].diameter_m, 0.0, 0);
    assert_true(isnan(s[0].density_per_km2));
    assert_int_equal(s[0].medoid, 0);
    assert_true(s[0].first_s == INT64_MIN && s[0].last_s == INT64_MIN);
    assert_int_equal(s[1].hull_count, 2);
    assert_int_equal(s[1].hull_start, 1);
    assert_near(s[1].diameter_m, 5.0, 1e-12);
    assert_near(s[1].radius_m, 2.5, 1e-12);
    assert_int_equal(s[2].hull_count, 2);
    assert_near(s[2].diameter_m, 3.0 * sqrt(2.0), 1e-12);
    assert_int_equal(s[2].medoid, 6);
    assert_int_equal(s[3].count, 0); /* a number nobody carries */
    assert_int_equal(s[3].hull_count, 0);
    castmap_cluster_shapes_clear(&shapes);
}

static void weighs_the_centre_and_counts_zero_weights_alike_when_all_are(void **state)
{
    castmap_context *ctx = *state;
    const double x[] = {0, 10, 0, 10}, y[] = {0, 0, 50, 50}, w[] = {3, 1, 0, 0};
    const int32_t labels[] = {0, 0, 1, 1};
    const castmap_points points = {.count = 4, .x = x, .y = y, .weight = w};
    castmap_cluster_shapes shapes = CASTMAP_CLUSTER_SHAPES_INIT;

    assert_status(castmap_cluster_shapes_make(ctx, &points, labels, 2, &shapes), CASTMAP_OK);
    assert_near(shapes.shape[0].centre_x, 2.5, 1e-12);
    assert_near(shapes.shape[0].weight, 4.0, 0);
    assert_near(shapes.shape[1].centre_x, 5.0, 1e-12);
    assert_near(shapes.shape[1].weight, 0.0, 0);
    castmap_cluster_shapes_clear(&shapes);
}

static void refuses_labels_beyond_the_clusters(void **state)
{
    castmap_context *ctx = *state;
    const double x[] = {0, 10}, y[] = {0, 0};
    const int32_t high[] = {0, 1}, low[] = {0, -2};
    const castmap_points points = {.count = 2, .x = x, .y = y};
    castmap_cluster_shapes shapes = CASTMAP_CLUSTER_SHAPES_INIT;

    assert_status(castmap_cluster_shapes_make(ctx, &points, high, 1, &shapes), CASTMAP_E_ARGUMENT);
    assert_status(castmap_cluster_shapes_make(ctx, &points, low, 1, &shapes), CASTMAP_E_ARGUMENT);
    assert_null(shapes.shape);
}

/* By the definitions: every pair for the diameter, every point for the hull and circle. */
static void agrees_with_the_definitions_on_random_clusters(void **state)
{
    castmap_context *ctx = *state;
    enum { N = 300 };
    double x[N], y[N];
    int32_t labels[N];

    for (uint64_t trial = 0; trial < 60; trial++) {
        const castmap_points points = {.count = N, .x = x, .y = y};
        castmap_cluster_shapes shapes = CASTMAP_CLUSTER_SHAPES_INIT;
        for (size_t i = 0; i < N; i++) {
            double a = cm_random_unit(trial, 0, i), b = cm_random_unit(trial, 1, i);
            if (trial % 3 == 0) { /* on circles: every point a vertex */
                x[i] = 350000.0 + 400.0 * cos(6.2831853 * a);
                y[i] = 170000.0 + 400.0 * sin(6.2831853 * a);
            } else { /* whole metres: many ties and points on sides */
                x[i] = floor(30.0 * a) * (trial % 3 == 1 ? 1.0 : 33.3);
                y[i] = floor(30.0 * b);
            }
            labels[i] = (int32_t)(i % 2) - (i % 7 == 0);
        }
        assert_status(castmap_cluster_shapes_make(ctx, &points, labels, 2, &shapes), CASTMAP_OK);
        for (int32_t k = 0; k < 2; k++) {
            const castmap_cluster_shape *s = &shapes.shape[k];
            double widest = 0.0;
            for (size_t i = 0; i < N; i++) {
                for (size_t j = 0; labels[i] == k && j < N; j++)
                    widest = labels[j] == k ? fmax(widest, hypot(x[i] - x[j], y[i] - y[j])) : widest;
                for (size_t v = 0; labels[i] == k && v < s->hull_count; v++) {
                    size_t a = s->hull_start + v, b = s->hull_start + (v + 1) % s->hull_count;
                    double side = (shapes.hull_x[b] - shapes.hull_x[a]) * (y[i] - shapes.hull_y[a]) -
                                  (shapes.hull_y[b] - shapes.hull_y[a]) * (x[i] - shapes.hull_x[a]);
                    assert_true(side >= -1e-6);
                }
            }
            assert_near(s->diameter_m, widest, 1e-9);
            /* Jung: the smallest circle lies between half the diameter and diameter / sqrt(3). */
            assert_true(s->radius_m >= widest / 2 - 1e-9 && s->radius_m <= widest / sqrt(3.0) + 1e-6);
        }
        castmap_cluster_shapes_clear(&shapes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(describes_a_square_with_its_middle),
        cmocka_unit_test(takes_one_place_two_places_and_a_line),
        cmocka_unit_test(weighs_the_centre_and_counts_zero_weights_alike_when_all_are),
        cmocka_unit_test(refuses_labels_beyond_the_clusters),
        cmocka_unit_test(agrees_with_the_definitions_on_random_clusters),
    };

    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
