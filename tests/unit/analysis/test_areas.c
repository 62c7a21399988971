/* Tests of the area locator, exact intervals, classes and areas. */
#include "castmap/areas.h"

#include "base/fail.h"
#include "base/random.h"
#include "space/geometry/orientation.h"
#include "space/geometry/polygon_set.h"
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void add_box(cm_polygon_set *set, double west, double south, double east, double north, bool fresh)
{
    if (fresh) {
        assert_int_equal(cm_polygon_set_feature(set), 0);
    }
    assert_int_equal(cm_polygon_set_part(set), 0);
    assert_int_equal(cm_polygon_set_ring(set), 0);
    const double x[] = {west, east, east, west, west}, y[] = {south, south, north, north, south};
    for (int i = 0; i < 5; i++)
        assert_int_equal(cm_polygon_set_vertex(set, x[i], y[i]), 0);
}

/* The answer by definition: lowest rank whose closed region holds the point; every edge of every area is looked at. */
static int32_t plain_answer(const castmap_polygons *a, double px, double py)
{
    for (size_t f = 0; f < a->count; f++) {
        bool odd = false, border = false;
        for (size_t ring = a->ring_start[a->part_start[f]]; ring < a->ring_start[a->part_start[f + 1]]; ring++) {
            for (size_t v = a->vertex_start[ring]; v + 1 < a->vertex_start[ring + 1]; v++) {
                const double ax = a->x[v], ay = a->y[v], bx = a->x[v + 1], by = a->y[v + 1];
                const int side = cm_orientation(ax, ay, bx, by, px, py);
                if (side == 0 && px >= fmin(ax, bx) && px <= fmax(ax, bx) && py >= fmin(ay, by) && py <= fmax(ay, by))
                    border = true;
                if ((ay > py) != (by > py) && (by > ay ? side < 0 : side > 0))
                    odd = !odd;
            }
        }
        if (odd || border)
            return (int32_t)f;
    }
    return CASTMAP_NO_AREA;
}

static void compare(castmap_context *ctx, const castmap_polygons *areas, const double *x, const double *y, size_t n)
{
    void *holder = ctx, **state = &holder;
    castmap_area_locator *locator = NULL;
    const castmap_points points = {.count = n, .x = x, .y = y};
    int32_t *got = calloc(n, sizeof *got);

    assert_status(castmap_area_locator_new(ctx, areas, NULL, &locator), CASTMAP_OK);
    assert_status(castmap_area_locate(ctx, locator, &points, got), CASTMAP_OK);
    for (size_t i = 0; i < n; i++) {
        const int32_t want = plain_answer(areas, x[i], y[i]);
        if (got[i] != want)
            print_error("point %zu (%.17g, %.17g): area %d, expected %d\n", i, x[i], y[i], got[i], want);
        assert_int_equal(got[i], want);
    }
    castmap_area_locator_free(locator);
    free(got);
}

static void a_border_point_goes_to_the_lowest_area(void **state)
{
    cm_polygon_set set = CM_POLYGON_SET_INIT;
    static const double X[] = {10, 10, 5, 0, 20, 10, 25}, Y[] = {5, 0, 5, 0, 10, 10, 5};

    add_box(&set, 0, 0, 10, 10, true);
    add_box(&set, 10, 0, 20, 10, true);
    const castmap_polygons view = cm_polygon_set_view(&set);
    const castmap_points points = {.count = 7, .x = X, .y = Y};
    const int32_t want[] = {0, 0, 0, 0, 1, 0, CASTMAP_NO_AREA}, turned[] = {1, 1, 0, 0, 1, 1, CASTMAP_NO_AREA};
    const uint32_t rank[] = {1, 0};
    int32_t got[7];
    castmap_area_locator *locator = NULL;
    assert_status(castmap_area_locator_new(*state, &view, NULL, &locator), CASTMAP_OK);
    assert_status(castmap_area_locate(*state, locator, &points, got), CASTMAP_OK);
    assert_ints(got, want, 7);
    castmap_area_locator_free(locator);
    assert_status(castmap_area_locator_new(*state, &view, rank, &locator), CASTMAP_OK);
    assert_status(castmap_area_locate(*state, locator, &points, got), CASTMAP_OK);
    assert_ints(got, turned, 7);
    castmap_area_locator_free(locator);
    cm_polygon_set_clear(&set);
}

static void overlaps_gaps_islands_and_holes_agree_with_the_definition(void **state)
{
    enum { N = 20000 };
    cm_polygon_set set = CM_POLYGON_SET_INIT;
    double *x = calloc(N, sizeof *x), *y = calloc(N, sizeof *y);

    add_box(&set, 100, 100, 600, 500, true); /* with a hole and an island in the hole */
    cm_polygon_set_ring(&set);
    const double hx[] = {200, 200, 500, 500, 200}, hy[] = {200, 400, 400, 200, 200};
    for (int i = 0; i < 5; i++)
        cm_polygon_set_vertex(&set, hx[i], hy[i]);
    add_box(&set, 300, 260, 400, 340, false);
    add_box(&set, 450, 50, 900, 450, true);  /* overlaps the first */
    add_box(&set, 200, 200, 500, 400, true); /* fills the hole */
    for (int k = 0; k < 12; k++) {           /* rough stars, anywhere */
        const double cx = 1000.0 * cm_random_unit(2, 1, (uint64_t)k), cy = 600.0 * cm_random_unit(2, 2, (uint64_t)k);
        cm_polygon_set_feature(&set);
        cm_polygon_set_part(&set);
        cm_polygon_set_ring(&set);
        for (int i = 0; i <= 400; i++) {
            const double r = 20.0 + 100.0 * cm_random_unit(2, 3 + (uint64_t)k, (uint64_t)(i % 400));
            const double t = 6.283185307179586 * (i % 400) / 400.0;
            cm_polygon_set_vertex(&set, round(4.0 * (cx + r * cos(t))) / 4.0, round(4.0 * (cy + r * sin(t))) / 4.0);
        }
    }
    const castmap_polygons view = cm_polygon_set_view(&set);
    for (size_t i = 0; i < N; i++) {
        if (i % 4 == 0) { /* a vertex itself, or a point on an edge */
            const size_t v = cm_random_below(3, 1, i, set.vertices - 1);
            const double t = i % 8 ? 0.0 : 0.5;
            x[i] = set.x[v] + t * (set.x[v + 1] - set.x[v]);
            y[i] = set.y[v] + t * (set.y[v + 1] - set.y[v]);
        } else { /* quarter metres, so that many lie level with vertices */
            x[i] = floor(4400.0 * cm_random_unit(3, 2, i)) / 4.0 - 50.0;
            y[i] = floor(2800.0 * cm_random_unit(3, 3, i)) / 4.0 - 50.0;
        }
    }
    compare(*state, &view, x, y, N);
    cm_polygon_set_clear(&set);
    free(x);
    free(y);
}

static void no_areas_hold_nothing(void **state)
{
    static const double X[] = {1}, Y[] = {1};
    const castmap_points points = {.count = 1, .x = X, .y = Y};
    const castmap_polygons none = {0};
    castmap_area_locator *locator = NULL;
    int32_t got = 5;
    assert_status(castmap_area_locator_new(*state, &none, NULL, &locator), CASTMAP_OK);
    assert_status(castmap_area_locate(*state, locator, &points, &got), CASTMAP_OK);
    assert_int_equal(got, CASTMAP_NO_AREA);
    castmap_area_locator_free(locator);
}

static void orientation_is_exact_where_rounding_is_not(void **state)
{
    (void)state;
    assert_int_equal(cm_orientation(0, 0, 1, 0, 0, 1), 1);
    assert_int_equal(cm_orientation(0.1, 0.1, 0.3, 0.3, 0.2, 0.2), 0);
    /* One unit in the last place off a line through far points. */
    const double b = 24.0, c = 12.0;
    assert_int_equal(cm_orientation(0.5, 0.5, b, b, c, c), 0);
    assert_int_equal(cm_orientation(0.5, 0.5, b, b, c, nextafter(c, 13.0)), 1);
    assert_int_equal(cm_orientation(0.5, 0.5, b, b, nextafter(c, 13.0), c), -1);
    for (uint64_t i = 0; i < 2000; i++) {
        const double ax = cm_random_unit(9, 1, i) * 1e6, ay = cm_random_unit(9, 2, i) * 1e6;
        const double bx = cm_random_unit(9, 3, i) * 1e6, by = cm_random_unit(9, 4, i) * 1e6;
        const double px = ax + (bx - ax) * cm_random_unit(9, 5, i), py = ay + (by - ay) * cm_random_unit(9, 5, i);
        assert_int_equal(cm_orientation(ax, ay, bx, by, px, py), -cm_orientation(bx, by, ax, ay, px, py));
        assert_int_equal(cm_orientation(ax, ay, bx, by, px, py), cm_orientation(bx, by, px, py, ax, ay));
    }
}

/* Values of scipy 1.10: chi2.ppf(0.025, 2 * c) / 2 and chi2.ppf(0.975, 2 * c + 2) / 2. */
static void poisson_intervals_equal_tabled_values(void **state)
{
    static const double WANT[][3] = {{0, 0, 3.6888794541139354},
                                     {1, 0.025317807984289876, 5.571643390938898},
                                     {10, 4.7953886961324335, 18.39035604201778},
                                     {100, 81.36399125092314, 121.62679379242638}};
    double lower, upper;

    for (size_t i = 0; i < 4; i++) {
        assert_status(castmap_poisson_interval(*state, WANT[i][0], 0.95, &lower, &upper), CASTMAP_OK);
        assert_near(lower, WANT[i][1], 1e-10 * fmax(1.0, WANT[i][1]));
        assert_near(upper, WANT[i][2], 1e-10 * WANT[i][2]);
    }
    assert_int_equal(castmap_poisson_interval(*state, -1.0, 0.95, &lower, &upper), CASTMAP_E_ARGUMENT);
    cm_fail_clear(*state);
    assert_int_equal(castmap_poisson_interval(*state, 1.0, 1.0, &lower, &upper), CASTMAP_E_ARGUMENT);
    cm_fail_clear(*state);
    assert_status(castmap_poisson_interval(*state, 1e6, 0.95, &lower, &upper), CASTMAP_OK);
    assert_near(lower, 998040.9, 1.0);
    assert_near(upper, 1001961.9, 1.0);
}

static void classes_follow_the_gaps_in_the_values(void **state)
{
    static const double V[] = {0, 0, 1, 2, 2, 3, 11, 12, 13, 48, 50, 51, 100};
    double breaks[6];
    size_t k = 0;

    assert_status(castmap_classes_make(*state, V, 13, 4, breaks, &k), CASTMAP_OK);
    assert_int_equal(k, 4);
    assert_true(breaks[0] > 0 && breaks[0] <= 1);
    assert_true(breaks[1] == 10);
    assert_true(breaks[2] > 13 && breaks[2] <= 48);
    assert_true(breaks[3] == 100);
    assert_true(breaks[4] == 100);
}

/* Every way to cut few values, against the table. */
static void classes_have_the_least_sum_of_squares(void **state)
{
    for (uint64_t trial = 0; trial < 60; trial++) {
        double v[9], breaks[4], least = INFINITY, got = 0.0;
        size_t k = 0;
        v[0] = 1.0 + floor(50.0 * cm_random_unit(4, trial, 0));
        for (int i = 1; i < 9; i++)
            v[i] = v[i - 1] + 1.0 + floor(20.0 * cm_random_unit(4, trial, (uint64_t)i));
        assert_status(castmap_classes_make(*state, v, 9, 3, breaks, &k), CASTMAP_OK);
        for (int a = 1; a < 8; a++) {
            for (int b = a + 1; b < 9; b++) {
                const int ends[] = {0, a, b, 9};
                double cost = 0.0;
                for (int g = 0; g < 3; g++) {
                    double mean = 0.0;
                    for (int i = ends[g]; i < ends[g + 1]; i++)
                        mean += v[i] / (ends[g + 1] - ends[g]);
                    for (int i = ends[g]; i < ends[g + 1]; i++)
                        cost += (v[i] - mean) * (v[i] - mean);
                }
                least = fmin(least, cost);
            }
        }
        for (size_t c = 0; c < k; c++) {
            double mean = 0.0, n = 0.0;
            for (int pass = 0; pass < 2; pass++) {
                for (int i = 0; i < 9; i++) {
                    if (v[i] < breaks[c] || (c + 1 < k && v[i] >= breaks[c + 1]))
                        continue;
                    if (pass == 0) {
                        mean += v[i];
                        n += 1.0;
                    } else {
                        got += (v[i] - mean / n) * (v[i] - mean / n);
                    }
                }
            }
        }
        assert_near(got, least, 1e-9 * least);
    }
}

static void few_values_make_few_classes(void **state)
{
    static const double V[] = {0, 0, 7, 7};
    double breaks[6];
    size_t k = 9;

    assert_status(castmap_classes_make(*state, V, 4, 5, breaks, &k), CASTMAP_OK);
    assert_int_equal(k, 1);
    assert_true(breaks[0] <= 7 && breaks[0] > 0 && breaks[1] == 7);
    assert_status(castmap_classes_make(*state, V, 2, 5, breaks, &k), CASTMAP_OK);
    assert_int_equal(k, 0);
}

static void areas_subtract_their_holes(void **state)
{
    cm_polygon_set set = CM_POLYGON_SET_INIT;
    double km2;
    (void)state;
    add_box(&set, 400000, 300000, 402000, 301000, true);
    cm_polygon_set_ring(&set);
    const double hx[] = {400500, 400500, 401000, 401000, 400500}, hy[] = {300200, 300700, 300700, 300200, 300200};
    for (int i = 0; i < 5; i++)
        cm_polygon_set_vertex(&set, hx[i], hy[i]);
    const castmap_polygons view = cm_polygon_set_view(&set);
    castmap_polygons_area_km2(&view, &km2);
    assert_near(km2, 1.75, 1e-12);
    cm_polygon_set_clear(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_border_point_goes_to_the_lowest_area),
        cmocka_unit_test(overlaps_gaps_islands_and_holes_agree_with_the_definition),
        cmocka_unit_test(no_areas_hold_nothing),
        cmocka_unit_test(orientation_is_exact_where_rounding_is_not),
        cmocka_unit_test(poisson_intervals_equal_tabled_values),
        cmocka_unit_test(classes_follow_the_gaps_in_the_values),
        cmocka_unit_test(classes_have_the_least_sum_of_squares),
        cmocka_unit_test(few_values_make_few_classes),
        cmocka_unit_test(areas_subtract_their_holes),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
