/*
 * What must not change distances, buffers and K along a network, and what changes them how: order of rows, threads, edges turned round or in another
 * order, a shift, a scale. Lengths are multiples of 1/8 m, so doubling is exact.
 */
#include "castmap/network_k.h"
#include "castmap/network_paths.h"

#include "base/random.h"
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 12, NODES = SIDE * SIDE, EDGES = 2 * SIDE * (SIDE - 1), N = 500, STEPS = 20 };

typedef struct scene {
    castmap_network network;
    double   node_x[NODES], node_y[NODES], length_m[EDGES], x[2 * EDGES], y[2 * EDGES];
    uint32_t from[EDGES], to[EDGES];
    size_t   vertex_start[EDGES + 1];
    uint32_t edge[N];
    double   along_m[N];
    castmap_network_events events;
} scene;

static double eighth(double value)
{
    return floor(8.0 * value) / 8.0;
}

static void join(scene *s, uint32_t a, uint32_t b, double length)
{
    const size_t e = s->network.n_edges++;

    s->from[e] = a;
    s->to[e] = b;
    s->length_m[e] = length;
}

/* Lines are straight; lengths are those of streets that bend. */
static void draw_lines(scene *s)
{
    for (size_t e = 0; e < EDGES; e++) {
        s->vertex_start[e] = 2 * e;
        s->x[2 * e] = s->node_x[s->from[e]];
        s->y[2 * e] = s->node_y[s->from[e]];
        s->x[2 * e + 1] = s->node_x[s->to[e]];
        s->y[2 * e + 1] = s->node_y[s->to[e]];
    }
    s->vertex_start[EDGES] = 2 * EDGES;
}

static scene *make_scene(void)
{
    scene *s = calloc(1, sizeof *s);

    assert_non_null(s);
    s->network = (castmap_network){.n_nodes = NODES, .node_x = s->node_x, .node_y = s->node_y, .from = s->from, .to = s->to,
                                   .length_m = s->length_m, .vertex_start = s->vertex_start, .x = s->x, .y = s->y};
    for (uint32_t v = 0; v < NODES; v++) {
        s->node_x[v] = eighth(100.0 * (v % SIDE) + 30.0 * cm_random_unit(4, 1, v));
        s->node_y[v] = eighth(100.0 * (double)(v / SIDE) + 30.0 * cm_random_unit(4, 2, v));
        if (v % SIDE + 1 < SIDE)
            join(s, v, v + 1, eighth(90.0 + 60.0 * cm_random_unit(4, 3, v)));
        if (v / SIDE + 1 < SIDE)
            join(s, v, v + SIDE, eighth(90.0 + 60.0 * cm_random_unit(4, 4, v)));
    }
    draw_lines(s);
    for (size_t i = 0; i < N; i++) {
        s->edge[i] = (uint32_t)cm_random_below(4, 5, i, i % 2 ? EDGES : EDGES / 10);
        s->along_m[i] = eighth(s->length_m[s->edge[i]] * cm_random_unit(4, 6, i));
    }
    s->events = (castmap_network_events){.count = N, .edge = s->edge, .along_m = s->along_m};
    return s;
}

/* K with its envelopes and p; kind 0: of all, 1: cross-K from the first hundred, 2: the same with labels. */
static castmap_network_k solve(void **state, const scene *s, int kind, double scale)
{
    castmap_network_k_options options = CASTMAP_NETWORK_K_OPTIONS_INIT;
    castmap_network_k k = CASTMAP_NETWORK_K_INIT;
    const castmap_network_events first = {.count = 100, .edge = s->edge, .along_m = s->along_m};
    const castmap_network_events rest = {.count = N - 100, .edge = s->edge + 100, .along_m = s->along_m + 100};

    options.radius_m = 300.0 * scale;
    options.steps = STEPS;
    options.simulations = 39;
    options.null = kind == 2 ? CASTMAP_NETWORK_K_LABELS : CASTMAP_NETWORK_K_ANYWHERE;
    assert_status(castmap_network_k_measure(*state, &s->network, kind ? &first : &s->events, kind ? &rest : NULL, &options, &k), CASTMAP_OK);
    return k;
}

static void assert_same_bytes(const castmap_network_k *a, const castmap_network_k *b)
{
    const double *const of_a[] = {a->k, a->mean, a->low, a->high, a->global_low, a->global_high};
    const double *const of_b[] = {b->k, b->mean, b->low, b->high, b->global_low, b->global_high};

    for (size_t i = 0; i < 6; i++)
        assert_memory_equal(of_a[i], of_b[i], STEPS * sizeof(double));
    assert_true(a->p == b->p && a->where == b->where);
}

static void swap_rows(scene *s, size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i++) {
        const size_t j = begin + cm_random_below(4, 7, i, end - begin);
        const uint32_t edge = s->edge[i];
        const double along = s->along_m[i];
        s->edge[i] = s->edge[j];
        s->along_m[i] = s->along_m[j];
        s->edge[j] = edge;
        s->along_m[j] = along;
    }
}

static void threads_and_order_of_rows_do_not_show_in_k(void **state)
{
    for (int kind = 0; kind < 3; kind++) {
        scene *s = make_scene();
        castmap_set_threads(*state, 1);
        castmap_network_k want = solve(state, s, kind, 1.0);
        const unsigned threads[] = {2, 8};
        for (size_t t = 0; t < 2; t++) {
            castmap_set_threads(*state, threads[t]);
            castmap_network_k got = solve(state, s, kind, 1.0);
            assert_same_bytes(&got, &want);
            castmap_network_k_clear(&got);
        }
        swap_rows(s, 0, 100);
        swap_rows(s, 100, N);
        castmap_network_k got = solve(state, s, kind, 1.0);
        assert_same_bytes(&got, &want);
        castmap_set_seed(*state, 2); /* and another seed is another draw */
        castmap_network_k other = solve(state, s, kind, 1.0);
        assert_memory_equal(other.k, want.k, STEPS * sizeof(double));
        assert_memory_not_equal(other.mean, want.mean, STEPS * sizeof(double));
        castmap_set_seed(*state, 1);
        castmap_set_threads(*state, 0);
        castmap_network_k_clear(&other);
        castmap_network_k_clear(&got);
        castmap_network_k_clear(&want);
        free(s);
    }
}

static void twice_as_long_streets_give_twice_the_k(void **state)
{
    for (int kind = 0; kind < 3; kind++) {
        scene *s = make_scene();
        castmap_network_k want = solve(state, s, kind, 1.0);
        for (size_t e = 0; e < EDGES; e++)
            s->length_m[e] *= 2.0;
        for (size_t i = 0; i < N; i++)
            s->along_m[i] *= 2.0;
        castmap_network_k got = solve(state, s, kind, 2.0);
        for (size_t k = 0; k < STEPS; k++) {
            assert_near(got.k[k], 2.0 * want.k[k], 0.0);
            assert_near(got.mean[k], 2.0 * want.mean[k], 1e-9);
            assert_near(got.global_high[k], 2.0 * want.global_high[k], 1e-9);
        }
        assert_true(got.p == want.p);
        castmap_network_k_clear(&got);
        castmap_network_k_clear(&want);
        free(s);
    }
}

/* Edges in reverse order and every other one turned round: the same town. */
static void turn_edges(scene *s)
{
    scene *old = malloc(sizeof *old);

    assert_non_null(old);
    memcpy(old, s, sizeof *old);
    for (size_t e = 0; e < EDGES; e++) {
        const size_t o = EDGES - 1 - e;
        s->from[e] = e % 2 ? old->to[o] : old->from[o];
        s->to[e] = e % 2 ? old->from[o] : old->to[o];
        s->length_m[e] = old->length_m[o];
    }
    draw_lines(s);
    for (size_t i = 0; i < N; i++) {
        s->edge[i] = EDGES - 1 - old->edge[i];
        if (s->edge[i] % 2)
            s->along_m[i] = s->length_m[s->edge[i]] - old->along_m[i];
    }
    free(old);
}

static void how_edges_are_stored_changes_neither_k_nor_distances(void **state)
{
    scene *s = make_scene();
    double *want = malloc(N * N * sizeof *want), *got = malloc(N * N * sizeof *got), reach[N], turned_reach[N];
    castmap_network_k want_k = solve(state, s, 0, 1.0);
    castmap_network_buffer buffer = CASTMAP_NETWORK_BUFFER_INIT, turned = CASTMAP_NETWORK_BUFFER_INIT;

    assert_non_null(want);
    assert_non_null(got);
    assert_status(castmap_network_distances(*state, &s->network, &s->events, &s->events, false, 700.0, want), CASTMAP_OK);
    const castmap_network_piece place = {s->edge[9], s->along_m[9], s->along_m[9]};
    assert_status(castmap_network_buffer_make(*state, &s->network, &place, 1, false, 432.125, &s->events, reach, &buffer), CASTMAP_OK);
    turn_edges(s);
    castmap_network_k got_k = solve(state, s, 0, 1.0);
    assert_status(castmap_network_distances(*state, &s->network, &s->events, &s->events, false, 700.0, got), CASTMAP_OK);
    for (size_t i = 0; i < N * N; i++)
        assert_true(got[i] == want[i]); /* sums of eighths are exact */
    const castmap_network_piece there = {s->edge[9], s->along_m[9], s->along_m[9]};
    assert_status(castmap_network_buffer_make(*state, &s->network, &there, 1, false, 432.125, &s->events, turned_reach, &turned), CASTMAP_OK);
    assert_near(turned.length_m, buffer.length_m, 1e-9);
    assert_int_equal(turned.count, buffer.count);
    assert_memory_equal(turned_reach, reach, sizeof reach);
    for (size_t k = 0; k < STEPS; k++)
        assert_near(got_k.k[k], want_k.k[k], 1e-9);
    castmap_network_buffer_clear(&buffer);
    castmap_network_buffer_clear(&turned);
    castmap_network_k_clear(&want_k);
    castmap_network_k_clear(&got_k);
    free(want);
    free(got);
    free(s);
}

static void threads_do_not_show_in_distances(void **state)
{
    scene *s = make_scene();
    double *want = malloc(N * N * sizeof *want), *got = malloc(N * N * sizeof *got);
    const unsigned threads[] = {2, 8};

    assert_non_null(want);
    assert_non_null(got);
    castmap_set_threads(*state, 1);
    assert_status(castmap_network_distances(*state, &s->network, &s->events, &s->events, false, 900.0, want), CASTMAP_OK);
    for (size_t t = 0; t < 2; t++) {
        castmap_set_threads(*state, threads[t]);
        assert_status(castmap_network_distances(*state, &s->network, &s->events, &s->events, false, 900.0, got), CASTMAP_OK);
        assert_memory_equal(got, want, N * N * sizeof *got);
    }
    castmap_set_threads(*state, 0);
    free(want);
    free(got);
    free(s);
}

static void the_line_of_a_path_moves_with_the_town(void **state)
{
    scene *s = make_scene();
    castmap_network_path before = CASTMAP_NETWORK_PATH_INIT, after = CASTMAP_NETWORK_PATH_INIT;
    const castmap_network_place from = {s->edge[1], s->along_m[1]}, to = {s->edge[7], s->along_m[7]};

    assert_status(castmap_network_path_find(*state, &s->network, from, to, false, &before), CASTMAP_OK);
    for (size_t v = 0; v < 2 * EDGES; v++) {
        s->x[v] += 400000.0;
        s->y[v] -= 100000.0;
    }
    assert_status(castmap_network_path_find(*state, &s->network, from, to, false, &after), CASTMAP_OK);
    assert_true(before.length_m == after.length_m && before.n_vertices > 3);
    assert_int_equal(before.n_vertices, after.n_vertices);
    for (size_t v = 0; v < before.n_vertices; v++) {
        assert_near(after.x[v], before.x[v] + 400000.0, 1e-6);
        assert_near(after.y[v], before.y[v] - 100000.0, 1e-6);
    }
    castmap_network_path_clear(&before);
    castmap_network_path_clear(&after);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_and_order_of_rows_do_not_show_in_k),
        cmocka_unit_test(twice_as_long_streets_give_twice_the_k),
        cmocka_unit_test(how_edges_are_stored_changes_neither_k_nor_distances),
        cmocka_unit_test(threads_do_not_show_in_distances),
        cmocka_unit_test(the_line_of_a_path_moves_with_the_town),
    };

    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
