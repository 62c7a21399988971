/* Tests of castmap_st_dbscan(): by eye, against the definition, and what must not change the answer. */
#include "castmap/cluster.h"

#include "base/random.h"
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DAY 86400
#define N 600

static castmap_st_dbscan_options with(double eps_m, int64_t window_s, uint32_t min_points)
{
    castmap_st_dbscan_options options = CASTMAP_ST_DBSCAN_OPTIONS_INIT;

    options.eps_m = eps_m;
    options.window_s = window_s;
    options.min_points = min_points;
    return options;
}

/* One corner in two weeks half a year apart; metres and days. */
static void the_same_corner_half_a_year_later_is_another_place(void **state)
{
    static const double X[] = {0, 5, 10, 0, 5, 10, 5}, Y[] = {0, 5, 0, 0, 5, 0, 500};
    static const int64_t T[] = {0, DAY, 2 * DAY, 180 * DAY, 181 * DAY, 182 * DAY, DAY};
    const castmap_points points = {.count = 7, .x = X, .y = Y, .time_s = T};
    const int32_t want[] = {0, 0, 0, 1, 1, 1, CASTMAP_NOISE}, together[] = {0, 0, 0, 0, 0, 0, CASTMAP_NOISE};
    castmap_st_dbscan_options options = with(20.0, 3 * DAY, 3);
    int32_t got[7];
    size_t k = 9;

    assert_status(castmap_st_dbscan(*state, &points, &options, got, NULL, &k), CASTMAP_OK);
    assert_int_equal(k, 2);
    assert_ints(got, want, 7);
    options.window_s = 400 * DAY;
    assert_status(castmap_st_dbscan(*state, &points, &options, got, NULL, &k), CASTMAP_OK);
    assert_int_equal(k, 1);
    assert_ints(got, together, 7);
}

/* Both radii are closed: exactly 20 m and exactly 3 days count. */
static void what_is_just_within_both_radii_is_near(void **state)
{
    static const double X[] = {0, 20, 40}, Y[] = {0, 0, 0};
    static const int64_t T[] = {0, 3 * DAY, 6 * DAY};
    const castmap_points points = {.count = 3, .x = X, .y = Y, .time_s = T};
    const int32_t chain[] = {0, 0, 0}, none[] = {CASTMAP_NOISE, CASTMAP_NOISE, CASTMAP_NOISE};
    castmap_st_dbscan_options options = with(20.0, 3 * DAY, 3);
    int32_t got[3];
    bool core[3];

    assert_status(castmap_st_dbscan(*state, &points, &options, got, core, NULL), CASTMAP_OK);
    assert_ints(got, chain, 3);
    assert_true(!core[0] && core[1] && !core[2]);
    options.border_is_noise = true;
    assert_status(castmap_st_dbscan(*state, &points, &options, got, NULL, NULL), CASTMAP_OK);
    assert_true(got[0] == CASTMAP_NOISE && got[1] == 0);
    options = with(20.0, 3 * DAY - 1, 3);
    assert_status(castmap_st_dbscan(*state, &points, &options, got, NULL, NULL), CASTMAP_OK);
    assert_ints(got, none, 3);
}

static void without_a_time_a_point_is_near_nothing(void **state)
{
    static const double X[] = {0, 1, 2, 3}, Y[] = {0, 0, 0, 0};
    static const int64_t T[] = {0, INT64_MIN, 1, 2};
    castmap_points points = {.count = 4, .x = X, .y = Y, .time_s = T};
    const castmap_st_dbscan_options options = with(20.0, INT64_MAX, 3);
    int32_t got[4];
    size_t k = 9;

    assert_status(castmap_st_dbscan(*state, &points, &options, got, NULL, &k), CASTMAP_OK);
    assert_true(k == 1 && got[0] == 0 && got[1] == CASTMAP_NOISE && got[3] == 0);
    points.time_s = NULL;
    assert_status(castmap_st_dbscan(*state, &points, &options, got, NULL, &k), CASTMAP_OK);
    assert_true(k == 0 && got[0] == CASTMAP_NOISE);
    points.count = 0;
    assert_status(castmap_st_dbscan(*state, &points, &options, got, NULL, &k), CASTMAP_OK);
    assert_int_equal(k, 0);
}

static void what_means_nothing_is_refused(void **state)
{
    static const double X[] = {0}, Y[] = {0};
    static const int64_t T[] = {0};
    const castmap_points points = {.count = 1, .x = X, .y = Y, .time_s = T};
    const castmap_st_dbscan_options bad[] = {with(0.0, 1, 3), with((double)NAN, 1, 3), with(1.0, -1, 3), with(1.0, 1, 0)};
    int32_t got[1] = {7};

    for (size_t i = 0; i < 4; i++)
        assert_status(castmap_st_dbscan(*state, &points, &bad[i], got, NULL, NULL), CASTMAP_E_ARGUMENT);
    assert_int_equal(got[0], 7);
}

typedef struct town {
    double  x[N], y[N];
    int64_t t[N], id[N];
} town;

/* Lumps in space and time on a coarse lattice, so that stacked points and equal distances occur. */
static void fill(town *w, uint64_t seed)
{
    for (size_t i = 0; i < N; i++) {
        const double lump = (double)cm_random_below(seed, 1, i, 9);
        w->x[i] = 300.0 * fmod(lump, 3.0) + 10.0 * (double)cm_random_below(seed, 2, i, 14);
        w->y[i] = 300.0 * floor(lump / 3.0) + 10.0 * (double)cm_random_below(seed, 3, i, 14);
        w->t[i] = (int64_t)cm_random_below(seed, 4, i, 60) * DAY;
        w->id[i] = (int64_t)(i * 7919 % 1009) + 3;
    }
}

static bool near(const town *w, size_t a, size_t b, const castmap_st_dbscan_options *o)
{
    const double dx = w->x[a] - w->x[b], dy = w->y[a] - w->y[b];

    return dx * dx + dy * dy <= o->eps_m * o->eps_m && llabs(w->t[a] - w->t[b]) <= o->window_s;
}

/* The definition, word by word: cores by counting, cores joined until nothing changes, numbers by lowest core id, borders to the nearest. */
static size_t by_definition(const town *w, const castmap_st_dbscan_options *o, int32_t *label)
{
    static bool core[N];
    static int64_t key[N];
    int32_t k = 0;

    for (size_t i = 0; i < N; i++) {
        size_t found = 0;
        for (size_t j = 0; j < N; j++)
            found += near(w, i, j, o);
        core[i] = found >= o->min_points;
        key[i] = w->id[i];
        label[i] = CASTMAP_NOISE;
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < N; i++) {
            for (size_t j = 0; core[i] && j < N; j++) {
                if (core[j] && near(w, i, j, o) && key[j] < key[i]) {
                    key[i] = key[j];
                    changed = true;
                }
            }
        }
    }
    for (int64_t id = 0; id < 1100; id++) {
        bool used = false;
        for (size_t i = 0; i < N; i++) {
            if (core[i] && key[i] == id) {
                label[i] = k;
                used = true;
            }
        }
        k += used;
    }
    for (size_t i = 0; i < N; i++) {
        double best = (double)INFINITY;
        int32_t joins = CASTMAP_NOISE;
        for (size_t j = 0; !core[i] && j < N; j++) {
            const double dx = w->x[i] - w->x[j], dy = w->y[i] - w->y[j], d2 = dx * dx + dy * dy;
            if (core[j] && near(w, i, j, o) && (d2 < best || (d2 == best && label[j] < joins))) {
                best = d2;
                joins = label[j];
            }
        }
        if (!core[i])
            label[i] = joins;
    }
    return (size_t)k;
}

static void agrees_with_the_definition(void **state)
{
    static town w;
    static int32_t want[N], got[N];

    for (uint64_t seed = 1; seed <= 12; seed++) {
        const castmap_st_dbscan_options options = with(20.0 + 5.0 * (double)(seed % 5), (int64_t)(seed % 4) * 4 * DAY, 3 + (uint32_t)(seed % 3));
        const castmap_points points = {.count = N, .x = w.x, .y = w.y, .time_s = w.t, .id = w.id};
        size_t k = 0;
        fill(&w, seed);
        const size_t expected = by_definition(&w, &options, want);
        assert_status(castmap_st_dbscan(*state, &points, &options, got, NULL, &k), CASTMAP_OK);
        assert_int_equal(k, expected);
        assert_ints(got, want, N);
    }
}

static void neither_the_order_of_rows_nor_threads_change_the_answer(void **state)
{
    static town w, turned;
    static int32_t one[N], eight[N], other[N];
    const castmap_points points = {.count = N, .x = w.x, .y = w.y, .time_s = w.t, .id = w.id};
    const castmap_points reversed = {.count = N, .x = turned.x, .y = turned.y, .time_s = turned.t, .id = turned.id};
    const castmap_st_dbscan_options options = with(30.0, 6 * DAY, 4);
    size_t k = 0;

    fill(&w, 77);
    for (size_t i = 0; i < N; i++) {
        turned.x[i] = w.x[N - 1 - i];
        turned.y[i] = w.y[N - 1 - i];
        turned.t[i] = w.t[N - 1 - i];
        turned.id[i] = w.id[N - 1 - i];
    }
    castmap_set_threads(*state, 1);
    assert_status(castmap_st_dbscan(*state, &points, &options, one, NULL, &k), CASTMAP_OK);
    assert_true(k > 5);
    castmap_set_threads(*state, 8);
    assert_status(castmap_st_dbscan(*state, &points, &options, eight, NULL, NULL), CASTMAP_OK);
    assert_ints(eight, one, N);
    assert_status(castmap_st_dbscan(*state, &reversed, &options, other, NULL, NULL), CASTMAP_OK);
    for (size_t i = 0; i < N; i++)
        assert_int_equal(other[N - 1 - i], one[i]);
    castmap_set_threads(*state, 0);
}

/* Without a limit in time it is DBSCAN. */
static void with_a_window_that_holds_all_it_is_dbscan(void **state)
{
    static town w;
    static int32_t plain[N], got[N];
    const castmap_points points = {.count = N, .x = w.x, .y = w.y, .time_s = w.t, .id = w.id};
    const castmap_st_dbscan_options options = with(25.0, 1000 * DAY, 8);
    castmap_dbscan_options dbscan = CASTMAP_DBSCAN_OPTIONS_INIT;

    fill(&w, 5);
    dbscan.eps_m = 25.0;
    dbscan.min_points = 8;
    assert_status(castmap_dbscan(*state, &points, &dbscan, plain, NULL, NULL), CASTMAP_OK);
    assert_status(castmap_st_dbscan(*state, &points, &options, got, NULL, NULL), CASTMAP_OK);
    assert_ints(got, plain, N);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_corner_half_a_year_later_is_another_place),
        cmocka_unit_test(what_is_just_within_both_radii_is_near),
        cmocka_unit_test(without_a_time_a_point_is_near_nothing),
        cmocka_unit_test(what_means_nothing_is_refused),
        cmocka_unit_test(agrees_with_the_definition),
        cmocka_unit_test(neither_the_order_of_rows_nor_threads_change_the_answer),
        cmocka_unit_test(with_a_window_that_holds_all_it_is_dbscan),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
