/* Tests of castmap_st_dbscan() on piles of records, and of castmap_optics(). */
#include "base/random.h"
#include "castmap/cluster.h"
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define N 900

typedef struct cloud {
    double  x[N], y[N], weight[N];
    int64_t time_s[N], id[N];
    castmap_points points;
} cloud;

/* Groups, a thin spread, and piles on map points at the same hour; kind changes the seed and how much is piled. */
static cloud *cloud_new(uint64_t kind, bool weighted)
{
    cloud *c = calloc(1, sizeof *c);

    for (size_t i = 0; i < N; i++) {
        const double u = cm_random_unit(kind, 1, i), v = cm_random_unit(kind, 2, i), w = cm_random_unit(kind, 3, i);
        const size_t group = i % 7;
        c->x[i] = group < 4 ? 1000.0 * (double)group + 120.0 * u : 4000.0 * u;
        c->y[i] = group < 4 ? 500.0 * (double)(group % 2) + 120.0 * v : 1500.0 * v;
        if (kind % 2 == 1 && group == 1) { /* snapped to a lattice of 100 m */
            c->x[i] = 100.0 * round(c->x[i] / 100.0);
            c->y[i] = 100.0 * round(c->y[i] / 100.0);
        }
        c->time_s[i] = i % 31 == 0 ? INT64_MIN : (int64_t)(w * 40.0) * 3600;
        c->weight[i] = weighted ? floor(3.0 * cm_random_unit(kind, 4, i)) : 1.0;
        c->id[i] = (int64_t)((i * 379) % 1009);
    }
    c->points = (castmap_points){.count = N, .x = c->x, .y = c->y, .weight = weighted ? c->weight : NULL, .time_s = c->time_s, .id = c->id};
    return c;
}

/* The same points in another order of the rows; at[i] is the row of point i. */
static cloud *shuffled(const cloud *from, size_t at[N])
{
    cloud *c = calloc(1, sizeof *c);

    for (size_t i = 0; i < N; i++) {
        const size_t j = (i * 457 + 13) % N; /* 457 and 900 have no common divisor */
        at[i] = j;
        c->x[j] = from->x[i];
        c->y[j] = from->y[i];
        c->weight[j] = from->weight[i];
        c->time_s[j] = from->time_s[i];
        c->id[j] = from->id[i];
    }
    c->points = (castmap_points){.count = N, .x = c->x, .y = c->y, .weight = from->points.weight ? c->weight : NULL,
                                 .time_s = c->time_s, .id = c->id};
    return c;
}

static bool near_both(const cloud *c, size_t i, size_t j, double eps, int64_t window)
{
    return c->time_s[i] != INT64_MIN && c->time_s[j] != INT64_MIN && hypot(c->x[i] - c->x[j], c->y[i] - c->y[j]) <= eps &&
           llabs((long long)(c->time_s[i] - c->time_s[j])) <= window;
}

/* By the definition, in as many steps as it takes. */
static size_t plain_st_dbscan(const cloud *c, double eps, int64_t window, double min_points, int32_t *label, bool *core)
{
    size_t k = 0;
    int64_t key[N];
    int32_t rank[N];

    for (size_t i = 0; i < N; i++) {
        double weight = 0.0;
        for (size_t j = 0; j < N; j++)
            weight += near_both(c, i, j, eps, window) ? c->weight[j] : 0.0;
        core[i] = c->time_s[i] != INT64_MIN && weight >= min_points;
        label[i] = CASTMAP_NOISE;
    }
    for (size_t i = 0; i < N; i++) {
        if (!core[i] || label[i] != CASTMAP_NOISE)
            continue;
        label[i] = (int32_t)k;
        for (bool grew = true; grew;) {
            grew = false;
            for (size_t a = 0; a < N; a++) {
                for (size_t b = 0; core[a] && label[a] == (int32_t)k && b < N; b++) {
                    if (core[b] && label[b] == CASTMAP_NOISE && near_both(c, a, b, eps, window)) {
                        label[b] = (int32_t)k;
                        grew = true;
                    }
                }
            }
        }
        k++;
    }
    for (size_t q = 0; q < k; q++) {
        key[q] = INT64_MAX;
        for (size_t i = 0; i < N; i++)
            key[q] = core[i] && label[i] == (int32_t)q && c->id[i] < key[q] ? c->id[i] : key[q];
    }
    for (size_t q = 0; q < k; q++) {
        rank[q] = 0;
        for (size_t other = 0; other < k; other++)
            rank[q] += key[other] < key[q];
    }
    for (size_t i = 0; i < N; i++)
        label[i] = core[i] ? rank[label[i]] : CASTMAP_NOISE;
    for (size_t i = 0; i < N; i++) {
        double best = INFINITY;
        for (size_t j = 0; !core[i] && j < N; j++) {
            const double d = hypot(c->x[i] - c->x[j], c->y[i] - c->y[j]);
            if (core[j] && near_both(c, i, j, eps, window) && (d < best || (d <= best && label[j] < label[i]))) {
                best = d;
                label[i] = label[j];
            }
        }
    }
    return k;
}

static void space_and_time_are_clustered_as_defined(void **state)
{
    static const double EPS[] = {40.0, 90.0, 100.0};
    static const int64_t WINDOW[] = {0, 2 * 3600, 9 * 3600};

    for (uint64_t kind = 0; kind < 4; kind++) {
        cloud *c = cloud_new(kind, kind >= 2);
        for (int e = 0; e < 3; e++) {
            castmap_st_dbscan_options options = CASTMAP_ST_DBSCAN_OPTIONS_INIT;
            int32_t want[N], got[N];
            bool want_core[N], core[N];
            size_t k = 0;
            options.eps_m = EPS[e];
            options.window_s = WINDOW[(e + (int)kind) % 3];
            options.min_points = 4;
            const size_t expected = plain_st_dbscan(c, EPS[e], options.window_s, 4.0, want, want_core);
            for (unsigned threads = 1; threads <= 8; threads *= 2) {
                castmap_set_threads(*state, threads);
                assert_status(castmap_st_dbscan(*state, &c->points, &options, got, core, &k), CASTMAP_OK);
                assert_int_equal(k, expected);
                assert_memory_equal(core, want_core, sizeof core);
                assert_memory_equal(got, want, sizeof got);
            }
        }
        free(c);
    }
    castmap_set_threads(*state, 0);
}

static void all_in_one_place_at_one_time_is_one_cluster_and_quick(void **state)
{
    enum { MANY = 200000 };
    double *x = calloc(MANY, sizeof *x);
    int64_t *time_s = calloc(MANY, sizeof *time_s);
    int32_t *label = calloc(MANY, sizeof *label);
    castmap_st_dbscan_options options = CASTMAP_ST_DBSCAN_OPTIONS_INIT;
    const castmap_points points = {.count = MANY, .x = x, .y = x, .time_s = time_s};
    size_t k = 0;

    options.eps_m = 50.0;
    options.window_s = 86400;
    assert_status(castmap_st_dbscan(*state, &points, &options, label, NULL, &k), CASTMAP_OK);
    assert_int_equal(k, 1);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(label[i], 0);
    free(x);
    free(time_s);
    free(label);
}

static void the_order_of_the_rows_changes_nothing(void **state)
{
    size_t at[N];
    cloud *c = cloud_new(5, true), *other = shuffled(c, at);
    castmap_st_dbscan_options st = CASTMAP_ST_DBSCAN_OPTIONS_INIT;
    castmap_optics_options optics = CASTMAP_OPTICS_OPTIONS_INIT;
    castmap_optics_order order = {0}, order2 = {0};
    int32_t a[N], b[N];
    size_t k = 0, k2 = 0;

    st.eps_m = 90.0;
    st.window_s = 7200;
    st.min_points = 4;
    assert_status(castmap_st_dbscan(*state, &c->points, &st, a, NULL, &k), CASTMAP_OK);
    assert_status(castmap_st_dbscan(*state, &other->points, &st, b, NULL, &k2), CASTMAP_OK);
    assert_int_equal(k, k2);
    for (size_t i = 0; i < N; i++)
        assert_int_equal(a[i], b[at[i]]);

    optics.eps_m = 200.0;
    optics.min_points = 5;
    assert_status(castmap_optics(*state, &c->points, &optics, &order), CASTMAP_OK);
    assert_status(castmap_optics(*state, &other->points, &optics, &order2), CASTMAP_OK);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(at[order.point[i]], order2.point[i]);
        assert_true(order.reachability_m[i] == order2.reachability_m[i] || (isinf(order.reachability_m[i]) && isinf(order2.reachability_m[i])));
    }
    assert_status(castmap_optics_xi(*state, &c->points, &order, 5, 0.1, 1.0, a, &k), CASTMAP_OK);
    assert_status(castmap_optics_xi(*state, &other->points, &order2, 5, 0.1, 1.0, b, &k2), CASTMAP_OK);
    assert_int_equal(k, k2);
    assert_true(k >= 4);
    for (size_t i = 0; i < N; i++)
        assert_int_equal(a[i], b[at[i]]);
    castmap_optics_order_clear(&order);
    castmap_optics_order_clear(&order2);
    free(c);
    free(other);
}

/* Reachability by the definition: the next point is the one with the least of max(core of a visited one, distance to it). */
static void the_walk_is_that_of_the_definition(void **state)
{
    for (uint64_t kind = 0; kind < 4; kind++) {
        cloud *c = cloud_new(kind, kind >= 2);
        castmap_optics_options options = CASTMAP_OPTICS_OPTIONS_INIT;
        castmap_optics_order order = {0};
        double core[N], least[N];
        bool done[N] = {false};

        options.eps_m = 150.0;
        options.min_points = 6;
        assert_status(castmap_optics(*state, &c->points, &options, &order), CASTMAP_OK);
        for (size_t i = 0; i < N; i++) {
            /* The core distance: try each distance. */
            core[i] = INFINITY;
            least[i] = INFINITY;
            for (size_t j = 0; j < N; j++) {
                const double d = hypot(c->x[i] - c->x[j], c->y[i] - c->y[j]);
                double weight = 0.0;
                if (d > 150.0 || d >= core[i])
                    continue;
                for (size_t m = 0; m < N; m++)
                    weight += hypot(c->x[i] - c->x[m], c->y[i] - c->y[m]) <= d * (1.0 + 1e-12) ? c->weight[m] : 0.0;
                core[i] = weight >= 6.0 ? d : core[i];
            }
        }
        for (size_t s = 0; s < N; s++) {
            const uint32_t p = order.point[s];
            double best = INFINITY;
            assert_false(done[p]);
            for (size_t i = 0; i < N; i++)
                best = done[i] ? best : fmin(best, least[i]);
            /* It is one that can be reached most easily now; its numbers are those of the definition. */
            if (isfinite(best))
                assert_near(order.reachability_m[s], best, 1e-9);
            else
                assert_true(isinf(order.reachability_m[s]));
            assert_true(least[p] <= best * (1.0 + 1e-12) || isinf(best));
            if (isfinite(core[p]))
                assert_near(order.core_m[s], core[p], 1e-9);
            else
                assert_true(isinf(order.core_m[s]));
            done[p] = true;
            for (size_t i = 0; isfinite(core[p]) && i < N; i++) {
                const double d = hypot(c->x[i] - c->x[p], c->y[i] - c->y[p]);
                if (!done[i] && d <= 150.0)
                    least[i] = fmin(least[i], fmax(core[p], d));
            }
        }
        castmap_optics_order_clear(&order);
        free(c);
    }
}

static void a_cut_has_the_cores_of_dbscan(void **state)
{
    static const double CUT[] = {30.0, 60.0, 99.0};

    for (uint64_t kind = 0; kind < 4; kind++) {
        cloud *c = cloud_new(kind, kind >= 2);
        castmap_optics_options options = CASTMAP_OPTICS_OPTIONS_INIT;
        castmap_optics_order order = {0};
        options.eps_m = 120.0;
        options.min_points = 6;
        assert_status(castmap_optics(*state, &c->points, &options, &order), CASTMAP_OK);
        for (int e = 0; e < 3; e++) {
            castmap_dbscan_options dbscan = CASTMAP_DBSCAN_OPTIONS_INIT;
            int32_t want[N], got[N], twin[N];
            bool core[N];
            size_t k = 0, n = 0;
            dbscan.eps_m = CUT[e];
            dbscan.min_points = 6;
            assert_status(castmap_dbscan(*state, &c->points, &dbscan, want, core, &n), CASTMAP_OK);
            assert_status(castmap_optics_cut(*state, &c->points, &order, CUT[e], got, &k), CASTMAP_OK);
            assert_int_equal(k, n);
            for (size_t q = 0; q < n; q++)
                twin[q] = CASTMAP_NOISE;
            for (size_t i = 0; i < N; i++) {
                if (!core[i]) {
                    assert_true(want[i] != CASTMAP_NOISE || got[i] == CASTMAP_NOISE); /* noise stays noise; a border may be missed */
                    continue;
                }
                if (twin[want[i]] == CASTMAP_NOISE)
                    twin[want[i]] = got[i];
                assert_int_equal(got[i], twin[want[i]]);
                assert_true(got[i] != CASTMAP_NOISE);
            }
        }
        castmap_optics_order_clear(&order);
        free(c);
    }
}

static void valleys_are_the_planted_groups(void **state)
{
    cloud *c = cloud_new(0, false);
    castmap_optics_options options = CASTMAP_OPTICS_OPTIONS_INIT;
    castmap_optics_order order = {0};
    int32_t label[N];
    size_t k = 0, right = 0, members = 0;

    options.eps_m = 400.0;
    options.min_points = 10;
    assert_status(castmap_optics(*state, &c->points, &options, &order), CASTMAP_OK);
    assert_status(castmap_optics_xi(*state, &c->points, &order, 60, 0.15, 1.0, label, &k), CASTMAP_OK);
    assert_int_equal(k, 4);
    for (size_t g = 0; g < 4; g++) { /* each group of points has one number, another than the others */
        size_t votes[4] = {0}, most = 0;
        for (size_t i = g; i < N; i += 7)
            votes[label[i] >= 0 ? label[i] : 0] += label[i] >= 0;
        for (size_t q = 1; q < 4; q++)
            most = votes[q] > votes[most] ? q : most;
        right += votes[most];
        members += (N - g + 6) / 7;
    }
    assert_true((double)right > 0.95 * (double)members);
    castmap_optics_order_clear(&order);
    free(c);
}

static void what_has_no_meaning_is_refused(void **state)
{
    static const double X[] = {0, 1}, BAD[] = {0, NAN};
    static const int64_t T[] = {0, 0};
    const castmap_points timed = {.count = 2, .x = X, .y = X, .time_s = T},
                         bad = {.count = 2, .x = BAD, .y = X, .time_s = T}, none = {.time_s = T};
    castmap_st_dbscan_options st = CASTMAP_ST_DBSCAN_OPTIONS_INIT;
    castmap_optics_options optics = CASTMAP_OPTICS_OPTIONS_INIT;
    castmap_optics_order order = {0};
    int32_t label[2] = {77, 77};
    size_t k = 5;

    assert_status(castmap_st_dbscan(*state, &timed, &st, label, NULL, &k), CASTMAP_E_ARGUMENT);
    st.eps_m = 10.0;
    assert_status(castmap_st_dbscan(*state, &bad, &st, label, NULL, &k), CASTMAP_E_DATA);
    st.window_s = -1;
    assert_status(castmap_st_dbscan(*state, &timed, &st, label, NULL, &k), CASTMAP_E_ARGUMENT);
    st.window_s = 0;
    assert_int_equal(label[0], 77);
    assert_int_equal(k, 5);
    assert_status(castmap_st_dbscan(*state, &none, &st, label, NULL, &k), CASTMAP_OK);
    assert_int_equal(k, 0);
    assert_status(castmap_optics(*state, &timed, &optics, &order), CASTMAP_E_ARGUMENT);
    optics.eps_m = 10.0;
    assert_status(castmap_optics(*state, &bad, &optics, &order), CASTMAP_E_DATA);
    assert_null(order.point);
    assert_status(castmap_optics(*state, &none, &optics, &order), CASTMAP_OK);
    assert_status(castmap_optics_cut(*state, &timed, &order, 1.0, label, &k), CASTMAP_E_ARGUMENT);
    castmap_optics_order_clear(&order);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(space_and_time_are_clustered_as_defined),
        cmocka_unit_test(all_in_one_place_at_one_time_is_one_cluster_and_quick),
        cmocka_unit_test(the_order_of_the_rows_changes_nothing),
        cmocka_unit_test(the_walk_is_that_of_the_definition),
        cmocka_unit_test(a_cut_has_the_cores_of_dbscan),
        cmocka_unit_test(valleys_are_the_planted_groups),
        cmocka_unit_test(what_has_no_meaning_is_refused),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
