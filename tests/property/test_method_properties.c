/*
 * What must not change the places of the methods beside DBSCAN: order of rows, threads, a shift, a quarter turn, a scale.
 * Coordinates are multiples of 1/8 m below 2^20, so shifts, turns and doubling are exact in doubles, and labels must be the same to the last point.
 */
#include "castmap/cluster.h"

#include "base/random.h"
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 4000, MIN = 8 };

typedef enum method { HDBSCAN_MASS, HDBSCAN_LEAF, ST_DBSCAN, OPTICS_XI, OPTICS_CUT, NNH, METHODS } method;

static const char *const NAMES[METHODS] = {"hdbscan", "hdbscan by leaf", "st-dbscan", "optics by xi", "optics by a cut", "nnh"};

typedef struct data {
    double  x[N], y[N];
    int64_t id[N], time[N];
    double  scale;
} data;

typedef struct answer {
    int32_t label[N];
    double  membership[N], outlier[N]; /* of hdbscan */
    size_t  k;
} answer;

static data *make_data(void)
{
    data *d = calloc(1, sizeof *d);

    assert_non_null(d);
    for (size_t i = 0; i < N; i++) {
        const uint64_t group = cm_random_below(9, 1, i, 50);
        const double spread = group < 35 ? 100.0 : 4000.0; /* dense groups over a sparse ground */
        d->x[i] = floor(8 * (8000 * cm_random_unit(9, 2, group) + spread * cm_random_unit(9, 3, i))) / 8;
        d->y[i] = floor(8 * (8000 * cm_random_unit(9, 4, group) + spread * cm_random_unit(9, 5, i))) / 8;
        d->time[i] = (int64_t)(86400.0 * (20.0 * (double)(group % 7) + 15.0 * cm_random_unit(9, 6, i)));
        d->id[i] = (int64_t)((i * 2477) % N) * 3 - 5000; /* 2477 and N share no factor */
        if (i % 9 == 8) { /* piles */
            d->x[i] = d->x[i - 1];
            d->y[i] = d->y[i - 1];
        }
    }
    d->scale = 1.0;
    return d;
}

static castmap_status by_optics(castmap_context *ctx, const castmap_points *points, double scale, bool xi, answer *out)
{
    castmap_optics_options o = CASTMAP_OPTICS_OPTIONS_INIT;
    castmap_optics_order order = {0};

    o.min_points = MIN;
    o.eps_m = 400.0 * scale;
    castmap_status status = castmap_optics(ctx, points, &o, &order);
    if (!status && xi)
        status = castmap_optics_xi(ctx, points, &order, MIN, 0.05, scale, out->label, &out->k);
    else if (!status)
        status = castmap_optics_cut(ctx, points, &order, 60.0 * scale, out->label, &out->k);
    castmap_optics_order_clear(&order);
    return status;
}

static void solve(void **state, const data *d, int way, answer *out)
{
    const castmap_points points = {.count = N, .x = d->x, .y = d->y, .id = d->id, .time_s = d->time};
    castmap_hdbscan_options h = CASTMAP_HDBSCAN_OPTIONS_INIT;
    castmap_st_dbscan_options st = CASTMAP_ST_DBSCAN_OPTIONS_INIT;
    castmap_nnh_options nnh = CASTMAP_NNH_OPTIONS_INIT;

    memset(out, 0, sizeof *out);
    switch (way) {
    case HDBSCAN_MASS:
    case HDBSCAN_LEAF:
        h.min_points = MIN;
        h.accuracy_m = d->scale;
        h.selection = way == HDBSCAN_MASS ? CASTMAP_HDBSCAN_EXCESS_OF_MASS : CASTMAP_HDBSCAN_LEAF;
        assert_status(castmap_hdbscan(*state, &points, &h, out->label, out->membership, out->outlier, &out->k), CASTMAP_OK);
        break;
    case ST_DBSCAN:
        st.min_points = MIN;
        st.eps_m = 60.0 * d->scale;
        st.window_s = 5 * 86400;
        assert_status(castmap_st_dbscan(*state, &points, &st, out->label, NULL, &out->k), CASTMAP_OK);
        break;
    case NNH:
        nnh.min_points = MIN;
        nnh.threshold_m = 40.0 * d->scale;
        assert_status(castmap_nnh(*state, &points, &nnh, out->label, &out->k, NULL), CASTMAP_OK);
        break;
    default:
        assert_status(by_optics(*state, &points, d->scale, way == OPTICS_XI, out), CASTMAP_OK);
    }
}

/* Row i of the one is row place(i) of the other. */
static size_t place(size_t i, bool shuffled)
{
    return shuffled ? (i * 1733 + 5) % N : i; /* 1733 and N share no factor */
}

static void assert_same(int way, const answer *a, const answer *b, bool shuffled)
{
    size_t places = 0;

    assert_true(a->k > 3); /* else nothing is tested */
    assert_int_equal(a->k, b->k);
    for (size_t i = 0; i < N; i++) {
        const size_t j = place(i, shuffled);
        if (a->label[i] != b->label[j])
            print_error("%s: point %zu\n", NAMES[way], i);
        assert_int_equal(a->label[i], b->label[j]);
        assert_near(a->membership[i], b->membership[j], 1e-12);
        assert_near(a->outlier[i], b->outlier[j], 1e-12);
        places += a->label[i] == CASTMAP_NOISE ? 0u : 1u;
    }
    assert_true(places > N / 10);
}

typedef void change_fn(data *d);

static void shuffle(data *d)
{
    data *old = malloc(sizeof *old);

    assert_non_null(old);
    *old = *d;
    for (size_t i = 0; i < N; i++) {
        const size_t j = place(i, true);
        d->x[j] = old->x[i];
        d->y[j] = old->y[i];
        d->id[j] = old->id[i];
        d->time[j] = old->time[i];
    }
    free(old);
}

static void shift(data *d)
{
    for (size_t i = 0; i < N; i++) {
        d->x[i] += 524288.0;
        d->y[i] -= 262144.0;
        d->time[i] += 86400 * 365;
    }
}

static void turn(data *d)
{
    for (size_t i = 0; i < N; i++) {
        const double old = d->x[i];
        d->x[i] = -d->y[i];
        d->y[i] = old;
    }
}

static void twice(data *d)
{
    for (size_t i = 0; i < N; i++) {
        d->x[i] *= 2.0;
        d->y[i] *= 2.0;
    }
    d->scale = 2.0;
}

static void changes_nothing(void **state, change_fn *change, bool shuffled)
{
    data *d = make_data(), *other = make_data();
    answer *a = calloc(1, sizeof *a), *b = calloc(1, sizeof *b);

    assert_true(a && b);
    change(other);
    for (int way = 0; way < METHODS; way++) {
        solve(state, d, way, a);
        solve(state, other, way, b);
        assert_same(way, a, b, shuffled);
    }
    free(b);
    free(a);
    free(other);
    free(d);
}

static void the_order_of_rows_changes_nothing(void **state)
{
    changes_nothing(state, shuffle, true);
}

static void a_shift_changes_nothing(void **state)
{
    changes_nothing(state, shift, false);
}

static void a_quarter_turn_changes_nothing(void **state)
{
    changes_nothing(state, turn, false);
}

static void twice_the_size_with_twice_the_radius_changes_nothing(void **state)
{
    changes_nothing(state, twice, false);
}

static void threads_change_no_byte(void **state)
{
    static const unsigned THREADS[] = {2, 8};
    data *d = make_data();
    answer *a = calloc(1, sizeof *a), *b = calloc(1, sizeof *b);

    assert_true(a && b);
    for (int way = 0; way < METHODS; way++) {
        castmap_set_threads(*state, 1);
        solve(state, d, way, a);
        for (size_t t = 0; t < 2; t++) {
            castmap_set_threads(*state, THREADS[t]);
            solve(state, d, way, b);
            assert_memory_equal(a, b, sizeof *a);
        }
    }
    free(b);
    free(a);
    free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_of_rows_changes_nothing), cmocka_unit_test(a_shift_changes_nothing),
        cmocka_unit_test(a_quarter_turn_changes_nothing), cmocka_unit_test(twice_the_size_with_twice_the_radius_changes_nothing),
        cmocka_unit_test(threads_change_no_byte),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
