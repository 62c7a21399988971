/* NNH and the standard deviational ellipse against the formulas of CrimeStat IV in R; made by make_nnh_values.R, stored beside it. */
#include "castmap/cluster.h"

#include "support/check.h"
#include "support/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "tests/reference/" /* tests run in the source folder */

enum { MOST = 1000 };

typedef struct town {
    size_t  n, k;
    double  x[MOST], y[MOST];
    int32_t want[MOST], got[MOST];
    castmap_nnh_orders orders;
} town;

static void solve(void **state, town *t)
{
    table points = table_read(FOLDER "nnh_points.csv");
    castmap_nnh_options options = CASTMAP_NNH_OPTIONS_INIT;

    assert_true(points.rows > 500 && points.rows <= MOST && points.columns == 3);
    for (t->n = 0; t->n < points.rows; t->n++) {
        t->x[t->n] = table_at(&points, t->n, 0);
        t->y[t->n] = table_at(&points, t->n, 1);
        t->want[t->n] = (int32_t)table_at(&points, t->n, 2);
    }
    table_clear(&points);
    const castmap_points view = {.count = t->n, .x = t->x, .y = t->y};
    options.min_points = 3;
    options.area_m2 = 10000.0 * 5000.0;
    assert_status(castmap_nnh(*state, &view, &options, t->got, &t->k, &t->orders), CASTMAP_OK);
}

typedef void value_fn(const char *what, size_t a, double value, void *payload);

static size_t each_value(value_fn *fn, void *payload)
{
    FILE *file = fopen(FOLDER "nnh_values.csv", "r");
    char line[200], what[40];
    size_t a, found = 0;
    double value;

    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "%39[^,],%zu,%lf", what, &a, &value) == 3) {
            fn(what, a, value, payload);
            found++;
        }
    }
    fclose(file);
    return found;
}

static void check_order(const char *what, size_t level, double value, void *payload)
{
    const town *t = payload;

    if (strcmp(what, "threshold") == 0)
        assert_near(t->orders.threshold_m[level - 1], value, 1e-9 * value);
    if (strcmp(what, "clusters") == 0) {
        assert_true(t->orders.clusters[level - 1] == (size_t)value);
        assert_true(level <= t->orders.n_orders);
    }
}

static void every_point_is_in_the_cluster_it_should_be_in_and_orders_follow(void **state)
{
    town *t = calloc(1, sizeof *t);

    assert_non_null(t);
    solve(state, t);
    for (size_t i = 0; i < t->n; i++)
        assert_int_equal(t->got[i], t->want[i]);
    assert_true(t->orders.n_orders >= 2);
    assert_true(each_value(check_order, t) > 10);
    free(t);
}

typedef struct ellipses {
    castmap_cluster_spread *spread;
    size_t k, seen;
} ellipses;

static void check_ellipse(const char *what, size_t cluster, double value, void *payload)
{
    ellipses *e = payload;
    const castmap_cluster_spread *s = cluster < e->k ? &e->spread[cluster] : NULL;

    if (strcmp(what, "major") == 0 && s)
        assert_near(s->major_m, value, 1e-9 * value);
    else if (strcmp(what, "minor") == 0 && s)
        assert_near(s->minor_m, value, 1e-9 * value);
    else if (strcmp(what, "bearing") == 0 && s)
        assert_near(s->bearing_deg, value, 1e-6);
    else
        return;
    e->seen++;
}

static void ellipses_are_those_of_turned_axes(void **state)
{
    town *t = calloc(1, sizeof *t);
    ellipses e = {0};

    assert_non_null(t);
    solve(state, t);
    e.k = t->k;
    e.spread = calloc(t->k, sizeof *e.spread);
    assert_non_null(e.spread);
    const castmap_points view = {.count = t->n, .x = t->x, .y = t->y};
    assert_status(castmap_cluster_spread_make(*state, &view, t->got, t->k, CASTMAP_ELLIPSE_CRIMESTAT, 0.5, e.spread), CASTMAP_OK);
    each_value(check_ellipse, &e);
    assert_true(e.seen == 3 * t->k);
    free(e.spread);
    free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_point_is_in_the_cluster_it_should_be_in_and_orders_follow),
        cmocka_unit_test(ellipses_are_those_of_turned_axes),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
