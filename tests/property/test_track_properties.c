/*
 * What must not change the ways of tracks and what is counted on them: their order, threads, a shift, a quarter turn; and doubling all lengths doubles all lengths.
 * Coordinates are multiples of 1/8 m below 2^20, so shifts, turns and doubling are exact in doubles.
 */
#include "castmap/tracks.h"

#include "support/check.h"
#include "support/drive_network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TRACKS = 30, FIXES = 80 };

typedef struct scene {
    drive_network town;
    drives        d;
    uint32_t      order[TRACKS]; /* track t of the scene is drive order[t] */
} scene;

static double eighth(double value)
{
    return floor(8.0 * value) / 8.0;
}

/* x' = scale * (turned x) + dx, and so for y. */
static scene *make_scene(double scale, double dx, double dy, int turn, bool reversed)
{
    scene *s = calloc(1, sizeof *s);
    double x[144], y[144];

    assert_non_null(s);
    drive_network grid;
    drive_network_grid(&grid, 12, 110.0, 0.1, 0.25, 5);
    for (size_t i = 0; i < 144; i++) {
        const double a = eighth(grid.network.node_x[i]), b = eighth(grid.network.node_y[i]);
        x[i] = scale * (turn ? -b : a) + dx;
        y[i] = scale * (turn ? a : b) + dy;
    }
    drive_network_start(&s->town, 144, x, y);
    for (size_t e = 0; e < grid.network.n_edges; e++)
        drive_network_edge(&s->town, grid.network.from[e], grid.network.to[e], (castmap_way)grid.network.way[e]);
    drives base;
    drives_make(&base, &grid.network, TRACKS, FIXES, 6, 7.0, 3);
    drives_make(&s->d, &grid.network, TRACKS, FIXES, 6, 7.0, 3);
    for (uint32_t t = 0; t < TRACKS; t++) {
        s->order[t] = reversed ? TRACKS - 1 - t : t;
        s->d.person[t] = base.person[s->order[t]];
        for (size_t i = 0; i < FIXES; i++) {
            const double a = eighth(base.x[s->order[t] * FIXES + i]), b = eighth(base.y[s->order[t] * FIXES + i]);
            s->d.x[t * FIXES + i] = scale * (turn ? -b : a) + dx;
            s->d.y[t * FIXES + i] = scale * (turn ? a : b) + dy;
            s->d.time_s[t * FIXES + i] = base.time_s[s->order[t] * FIXES + i];
        }
    }
    drives_clear(&base);
    drive_network_clear(&grid);
    return s;
}

static void drop_scene(scene *s)
{
    drives_clear(&s->d);
    drive_network_clear(&s->town);
    free(s);
}

typedef struct answer {
    castmap_matches m;
    castmap_passes  p;
} answer;

/* sigma_m 0: both estimated. */
static answer ask(void **state, const scene *s, double scale, double sigma_m)
{
    castmap_match_options o = CASTMAP_MATCH_OPTIONS_INIT;
    castmap_passes_options po = CASTMAP_PASSES_OPTIONS_INIT;
    castmap_lixels lixels = CASTMAP_LIXELS_INIT;
    answer got = {CASTMAP_MATCHES_INIT, CASTMAP_PASSES_INIT};

    o.sigma_m = o.beta_m = sigma_m * scale;
    o.radius_m *= scale;
    o.detour_m *= scale;
    o.max_speed_mps *= scale;
    po.turn_m *= scale;
    assert_status(castmap_match_tracks(*state, &s->town.network, &s->d.view, &o, &got.m), CASTMAP_OK);
    assert_status(castmap_lixels_cut(*state, &s->town.network, 25.0 * scale, 0.0, &lixels), CASTMAP_OK);
    assert_status(castmap_track_passes(*state, &s->d.view, &got.m, &lixels, &po, &got.p), CASTMAP_OK);
    castmap_lixels_clear(&lixels);
    return got;
}

static void drop(answer *a)
{
    castmap_matches_clear(&a->m);
    castmap_passes_clear(&a->p);
}

static void same_counts(const answer *a, const answer *b)
{
    assert_int_equal(a->p.count, b->p.count);
    assert_memory_equal(a->p.passes, b->p.passes, a->p.count * sizeof *a->p.passes);
    assert_memory_equal(a->p.tracks, b->p.tracks, a->p.count * sizeof *a->p.tracks);
    assert_memory_equal(a->p.people, b->p.people, a->p.count * sizeof *a->p.people);
}

static void threads_change_nothing(void **state)
{
    scene *s = make_scene(1.0, 0.0, 0.0, 0, false);
    const unsigned threads[] = {1, 2, 8};
    answer first = {0};

    for (int k = 0; k < 3; k++) {
        castmap_set_threads(*state, threads[k]);
        answer got = ask(state, s, 1.0, 0.0);
        if (k == 0) {
            first = got;
            continue;
        }
        assert_int_equal(got.m.n_steps, first.m.n_steps);
        assert_memory_equal(got.m.step_edge, first.m.step_edge, got.m.n_steps * sizeof *got.m.step_edge);
        assert_memory_equal(got.m.step_from_m, first.m.step_from_m, got.m.n_steps * sizeof *got.m.step_from_m);
        assert_memory_equal(got.m.step_leave_s, first.m.step_leave_s, got.m.n_steps * sizeof *got.m.step_leave_s);
        assert_memory_equal(got.m.state, first.m.state, got.m.n_fixes);
        same_counts(&got, &first);
        assert_memory_equal(got.p.seconds, first.p.seconds, got.p.count * sizeof *got.p.seconds);
        drop(&got);
    }
    castmap_set_threads(*state, 0);
    drop(&first);
    drop_scene(s);
}

static void the_order_of_tracks_changes_nothing(void **state)
{
    scene *s = make_scene(1.0, 0.0, 0.0, 0, false), *r = make_scene(1.0, 0.0, 0.0, 0, true);
    answer a = ask(state, s, 1.0, 0.0), b = ask(state, r, 1.0, 0.0);

    for (size_t t = 0; t < TRACKS; t++) {
        for (size_t i = 0; i < FIXES; i++) {
            const size_t here = r->order[t] * FIXES + i, there = t * FIXES + i;
            assert_int_equal(a.m.edge[here], b.m.edge[there]);
            assert_int_equal(a.m.state[here], b.m.state[there]);
        }
    }
    same_counts(&a, &b);
    assert_memory_equal(a.p.seconds, b.p.seconds, a.p.count * sizeof *a.p.seconds);
    assert_true(a.m.sigma_m == b.m.sigma_m && a.m.beta_m == b.m.beta_m);
    drop(&a);
    drop(&b);
    drop_scene(s);
    drop_scene(r);
}

static void moving_and_turning_the_town_changes_nothing(void **state)
{
    scene *s = make_scene(1.0, 0.0, 0.0, 0, false);
    const double shift[2][2] = {{400000.0, -300000.0}, {0.0, 0.0}};
    answer a = ask(state, s, 1.0, 0.0);

    for (int turn = 0; turn < 2; turn++) {
        scene *r = make_scene(1.0, shift[turn][0], shift[turn][1], turn, false);
        answer b = ask(state, r, 1.0, 0.0);
        assert_memory_equal(a.m.edge, b.m.edge, a.m.n_fixes * sizeof *a.m.edge);
        same_counts(&a, &b);
        assert_near(b.m.sigma_m, a.m.sigma_m, 1e-6);
        drop(&b);
        drop_scene(r);
    }
    drop(&a);
    drop_scene(s);
}

static void twice_as_large_is_the_same_twice_as_long(void **state)
{
    scene *s = make_scene(1.0, 0.0, 0.0, 0, false), *r = make_scene(2.0, 0.0, 0.0, 0, false);
    answer a = ask(state, s, 1.0, 7.0), b = ask(state, r, 2.0, 7.0);

    same_counts(&a, &b);
    assert_memory_equal(a.m.edge, b.m.edge, a.m.n_fixes * sizeof *a.m.edge);
    for (size_t i = 0; i < a.m.n_fixes; i++)
        assert_true(a.m.state[i] != CASTMAP_MATCHED || b.m.along_m[i] == 2.0 * a.m.along_m[i]);
    assert_memory_equal(a.p.seconds, b.p.seconds, a.p.count * sizeof *a.p.seconds);
    drop(&a);
    drop(&b);
    a = ask(state, s, 1.0, 0.0);
    b = ask(state, r, 2.0, 0.0);
    assert_near(b.m.sigma_m, 2.0 * a.m.sigma_m, 1e-9);
    assert_near(b.m.beta_m / a.m.beta_m, 2.0, 0.3); /* the first matching has a beta in metres */
    drop(&a);
    drop(&b);
    drop_scene(s);
    drop_scene(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(the_order_of_tracks_changes_nothing),
        cmocka_unit_test(moving_and_turning_the_town_changes_nothing),
        cmocka_unit_test(twice_as_large_is_the_same_twice_as_long),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
