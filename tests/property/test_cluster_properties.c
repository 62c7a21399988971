/*
 * What must not change clusters, and what changes them how: order of rows, threads, a shift, a quarter turn, a scale.
 * Coordinates are multiples of 1/8 m below 2^20, so shifts, turns and doubling are exact in doubles.
 */
#include "castmap/cluster.h"

#include "base/random.h"
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 20000 };

typedef struct data {
    double  x[N], y[N], w[N];
    int64_t id[N];
} data;

typedef struct answer {
    int32_t labels[N];
    bool    core[N];
    size_t  k;
} answer;

static data *make_data(uint64_t seed)
{
    data *d = calloc(1, sizeof *d);

    assert_non_null(d);
    for (size_t i = 0; i < N; i++) {
        uint64_t group = cm_random_below(seed, 1, i, 150);
        double spread = group < 100 ? 150.0 : 6000.0; /* dense groups over a sparse ground */
        d->x[i] = floor(8 * (20000 * cm_random_unit(seed, 2, group) + spread * cm_random_unit(seed, 3, i))) / 8;
        d->y[i] = floor(8 * (20000 * cm_random_unit(seed, 4, group) + spread * cm_random_unit(seed, 5, i))) / 8;
        d->w[i] = 0.5 * (double)(1 + cm_random_below(seed, 6, i, 4));
        d->id[i] = (int64_t)((i * 7919) % N) * 3 - 5000; /* 7919 and N share no factor */
    }
    return d;
}

static castmap_points view(const data *d, bool weighted)
{
    return (castmap_points){.count = N, .x = d->x, .y = d->y, .weight = weighted ? d->w : NULL, .id = d->id};
}

static void solve(castmap_context *ctx, const castmap_points *points, double eps, answer *out)
{
    castmap_dbscan_options options = CASTMAP_DBSCAN_OPTIONS_INIT;

    options.eps_m = eps;
    options.min_points = 8;
    if (castmap_dbscan(ctx, points, &options, out->labels, out->core, &out->k))
        fail_msg("%s", castmap_message(ctx));
}

static void assert_same(const answer *a, const answer *b)
{
    assert_int_equal(a->k, b->k);
    assert_memory_equal(a->labels, b->labels, sizeof a->labels);
    assert_memory_equal(a->core, b->core, sizeof a->core);
}

/* Both answers and the data they are about; the first is that of the data as made. */
typedef struct trial {
    data   *d, *changed;
    answer *first, *second;
} trial;

static trial begin(castmap_context *ctx, bool weighted)
{
    trial t = {make_data(42), calloc(1, sizeof(data)), calloc(1, sizeof(answer)), calloc(1, sizeof(answer))};

    assert_true(t.changed && t.first && t.second);
    memcpy(t.changed, t.d, sizeof(data));
    castmap_points points = view(t.d, weighted);
    solve(ctx, &points, 40.0, t.first);
    assert_true(t.first->k > 50);
    return t;
}

static void end(trial *t)
{
    free(t->d);
    free(t->changed);
    free(t->first);
    free(t->second);
}

static void order_of_rows_does_not_matter_when_ids_are_given(void **state)
{
    castmap_context *ctx = *state;

    for (int weighted = 0; weighted < 2; weighted++) {
        trial t = begin(ctx, weighted);
        uint32_t *at = calloc(N, sizeof *at);
        for (size_t i = 0; i < N; i++) { /* shuffled */
            size_t j = (size_t)cm_random_below(9, 9, i, i + 1);
            at[i] = at[j];
            at[j] = (uint32_t)i;
        }
        for (size_t i = 0; i < N; i++) {
            t.changed->x[i] = t.d->x[at[i]];
            t.changed->y[i] = t.d->y[at[i]];
            t.changed->w[i] = t.d->w[at[i]];
            t.changed->id[i] = t.d->id[at[i]];
        }
        castmap_points points = view(t.changed, weighted);
        solve(ctx, &points, 40.0, t.second);
        assert_int_equal(t.first->k, t.second->k);
        for (size_t i = 0; i < N; i++) {
            assert_int_equal(t.second->labels[i], t.first->labels[at[i]]);
            assert_int_equal(t.second->core[i], t.first->core[at[i]]);
        }
        free(at);
        end(&t);
    }
}

static void number_of_threads_does_not_matter(void **state)
{
    castmap_context *ctx = *state;
    trial t = begin(ctx, true);
    castmap_points points = view(t.d, true);
    const unsigned threads[] = {1, 2, 8};

    for (size_t i = 0; i < 3; i++) {
        castmap_set_threads(ctx, threads[i]);
        solve(ctx, &points, 40.0, t.second);
        assert_same(t.first, t.second);
    }
    castmap_set_threads(ctx, 0);
    end(&t);
}

static void a_shift_a_quarter_turn_and_a_scale_do_not_matter(void **state)
{
    castmap_context *ctx = *state;
    trial t = begin(ctx, false);
    castmap_points points = view(t.changed, false);

    for (size_t i = 0; i < N; i++) {
        t.changed->x[i] = t.d->x[i] + 350000.5;
        t.changed->y[i] = t.d->y[i] - 123456.125;
    }
    solve(ctx, &points, 40.0, t.second);
    assert_same(t.first, t.second);
    for (size_t i = 0; i < N; i++) {
        t.changed->x[i] = -t.d->y[i];
        t.changed->y[i] = t.d->x[i];
    }
    solve(ctx, &points, 40.0, t.second);
    assert_same(t.first, t.second);
    for (size_t i = 0; i < N; i++) {
        t.changed->x[i] = 2.0 * t.d->x[i];
        t.changed->y[i] = 2.0 * t.d->y[i];
    }
    solve(ctx, &points, 80.0, t.second);
    assert_same(t.first, t.second);
    end(&t);
}

static void stacked_records_equal_a_weight(void **state)
{
    castmap_context *ctx = *state;
    trial t = begin(ctx, false);
    const size_t half = N / 2;

    for (size_t i = 0; i < half; i++) { /* the second half stands on the first */
        t.changed->x[half + i] = t.changed->x[i];
        t.changed->y[half + i] = t.changed->y[i];
        t.changed->w[i] = 2.0;
    }
    castmap_points all = view(t.changed, false), collapsed = view(t.changed, true);
    all.id = collapsed.id = NULL;
    collapsed.count = half;
    solve(ctx, &all, 40.0, t.first);
    solve(ctx, &collapsed, 40.0, t.second);
    assert_int_equal(t.first->k, t.second->k);
    for (size_t i = 0; i < N; i++)
        assert_int_equal(t.first->labels[i], t.second->labels[i % half]);
    end(&t);
}

static void shapes_move_turn_and_grow_with_their_points(void **state)
{
    castmap_context *ctx = *state;
    trial t = begin(ctx, true);
    castmap_points points = view(t.d, true), changed = view(t.changed, true);
    castmap_cluster_shapes a = CASTMAP_CLUSTER_SHAPES_INIT, b = CASTMAP_CLUSTER_SHAPES_INIT;

    for (size_t i = 0; i < N; i++) {
        t.changed->x[i] = -2.0 * t.d->y[i];
        t.changed->y[i] = 2.0 * t.d->x[i];
    }
    assert_status(castmap_cluster_shapes_make(ctx, &points, t.first->labels, t.first->k, &a), CASTMAP_OK);
    castmap_set_threads(ctx, 1);
    assert_status(castmap_cluster_shapes_make(ctx, &changed, t.first->labels, t.first->k, &b), CASTMAP_OK);
    castmap_set_threads(ctx, 0);
    for (size_t k = 0; k < a.count; k++) {
        assert_int_equal(a.shape[k].count, b.shape[k].count);
        assert_int_equal(a.shape[k].places, b.shape[k].places);
        assert_int_equal(a.shape[k].hull_count, b.shape[k].hull_count);
        assert_near(b.shape[k].centre_x, -2.0 * a.shape[k].centre_y, 1e-9);
        assert_near(b.shape[k].centre_y, 2.0 * a.shape[k].centre_x, 1e-9);
        assert_near(b.shape[k].radius_m, 2.0 * a.shape[k].radius_m, 1e-9 * a.shape[k].radius_m);
        assert_near(b.shape[k].diameter_m, 2.0 * a.shape[k].diameter_m, 1e-9 * a.shape[k].diameter_m);
        assert_near(b.shape[k].hull_area_km2, 4.0 * a.shape[k].hull_area_km2, 1e-9 * a.shape[k].hull_area_km2);
    }
    castmap_cluster_shapes_clear(&a);
    castmap_cluster_shapes_clear(&b);
    end(&t);
}

typedef struct canceller {
    castmap_context *ctx;
    unsigned         calls;
} canceller;

static void cancel_at_third_call(const char *stage, double fraction, void *payload)
{
    canceller *c = payload;

    (void)stage;
    (void)fraction;
    if (++c->calls == 3)
        castmap_cancel(c->ctx);
}

static void a_cancel_on_the_way_leaves_the_outputs(void **state)
{
    castmap_context *ctx = *state;
    trial t = begin(ctx, false);
    castmap_points points = view(t.d, false);
    castmap_dbscan_options options = CASTMAP_DBSCAN_OPTIONS_INIT;
    canceller c = {ctx, 0};
    castmap_status status = CASTMAP_OK;

    options.eps_m = 40.0;
    memset(t.second, 0x55, sizeof *t.second);
    castmap_set_progress(ctx, cancel_at_third_call, &c);
    for (int i = 0; i < 200 && !status; i++) /* progress is told 20 times a second: a few runs until it is time */
        status = castmap_dbscan(ctx, &points, &options, t.first->labels, t.first->core, &t.first->k);
    castmap_set_progress(ctx, NULL, NULL);
    if (status)
        assert_status(castmap_dbscan(ctx, &points, &options, t.second->labels, t.second->core, &t.second->k),
                      CASTMAP_E_CANCELLED);
    castmap_uncancel(ctx);
    for (size_t i = 0; status && i < N; i++)
        assert_int_equal(t.second->labels[i], 0x55555555);
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_of_rows_does_not_matter_when_ids_are_given),
        cmocka_unit_test(number_of_threads_does_not_matter),
        cmocka_unit_test(a_shift_a_quarter_turn_and_a_scale_do_not_matter),
        cmocka_unit_test(stacked_records_equal_a_weight),
        cmocka_unit_test(shapes_move_turn_and_grow_with_their_points),
        cmocka_unit_test(a_cancel_on_the_way_leaves_the_outputs),
    };

    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
