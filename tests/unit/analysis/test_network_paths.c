/* Tests of distances, shortest paths and buffers along streets. */
#include "castmap/network_paths.h"

#include "base/random.h"
#include "support/all_pairs.h"
#include "support/check.h"
#include "support/walk_network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PLACES = 24, SEEDS = 60 };

/* A random network with one-ways and places on it, some at nodes, some on one another, one on no edge. */
typedef struct scene {
    small_network net;
    uint8_t  way[SMALL_EDGES];
    uint32_t edge[PLACES];
    double   along_m[PLACES];
    castmap_network_events places;
} scene;

static void make_scene(scene *s, uint64_t seed)
{
    small_network_random(&s->net, seed);
    castmap_network *net = &s->net.network;
    for (size_t e = 0; e < net->n_edges; e++)
        s->way[e] = (uint8_t)cm_random_below(seed, 11, e, 3);
    net->way = s->way;
    for (size_t i = 0; i < PLACES; i++) {
        const uint64_t kind = cm_random_below(seed, 14, i, 6);
        s->edge[i] = (uint32_t)cm_random_below(seed, 12, i, net->n_edges);
        s->along_m[i] = net->length_m[s->edge[i]] * (kind == 0 ? 0.0 : kind == 1 ? 1.0 : cm_random_unit(seed, 13, i));
        if (i % 7 == 6) {
            s->edge[i] = s->edge[i - 1];
            s->along_m[i] = s->along_m[i - 1];
        }
    }
    s->edge[0] = CASTMAP_NO_EDGE;
    s->places = (castmap_network_events){.count = PLACES, .edge = s->edge, .along_m = s->along_m};
}

static void assert_same_distance(double got, double want)
{
    if (isinf(want))
        assert_true(isinf(got));
    else
        assert_near(got, want, 1e-9);
}

static void distances_equal_an_all_pairs_search(void **state)
{
    double got[PLACES * PLACES], want[PLACES * PLACES];
    scene s;

    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        make_scene(&s, seed);
        for (int one_way = 0; one_way < 2; one_way++) {
            const double limit = seed % 2 ? (double)INFINITY : 150.0;
            assert_status(castmap_network_distances(*state, &s.net.network, &s.places, &s.places, one_way, limit, got), CASTMAP_OK);
            all_pairs(&s.net.network, &s.places, one_way, want);
            for (size_t k = 0; k < PLACES * PLACES; k++)
                assert_same_distance(got[k], want[k] <= limit && k / PLACES && k % PLACES ? want[k] : (double)INFINITY);
        }
    }
}

static uint32_t node_after(const castmap_network *net, castmap_network_piece p, bool start)
{
    const double at = start ? p.from_m : p.to_m;

    return at == 0.0 ? net->from[p.edge] : at == net->length_m[p.edge] ? net->to[p.edge] : UINT32_MAX;
}

/* Each piece goes on from where the one before it ended, as the edge may be travelled. */
static void assert_walkable(const castmap_network *net, const castmap_network_path *path, bool one_way)
{
    double length = 0.0;

    for (size_t i = 0; i < path->count; i++) {
        const castmap_network_piece p = path->piece[i];
        length += fabs(p.to_m - p.from_m);
        if (one_way && p.to_m != p.from_m)
            assert_true(net->way[p.edge] == CASTMAP_WAY_BOTH || (net->way[p.edge] == CASTMAP_WAY_FORWARD) == (p.to_m > p.from_m));
        if (i > 0) {
            assert_true(node_after(net, p, true) != UINT32_MAX);
            assert_int_equal(node_after(net, p, true), node_after(net, path->piece[i - 1], false));
        }
    }
    assert_near(length, path->length_m, 1e-9);
}

static bool same_place(const castmap_network *net, uint32_t e, double a, uint32_t f, double b)
{
    const uint32_t u = node_after(net, (castmap_network_piece){e, a, a}, true), v = node_after(net, (castmap_network_piece){f, b, b}, true);

    return (e == f && a == b) || (u != UINT32_MAX && u == v);
}

static void shortest_paths_can_be_walked_and_are_as_long_as_the_distance(void **state)
{
    double want[PLACES * PLACES];
    scene s;

    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        make_scene(&s, seed);
        const bool one_way = seed % 2;
        all_pairs(&s.net.network, &s.places, one_way, want);
        for (size_t i = 1; i < PLACES; i++) {
            for (size_t j = 1; j < PLACES; j++) {
                const castmap_network_place from = {s.edge[i], s.along_m[i]}, to = {s.edge[j], s.along_m[j]};
                castmap_network_path path = CASTMAP_NETWORK_PATH_INIT;
                if (isinf(want[i * PLACES + j])) {
                    assert_status(castmap_network_path_find(*state, &s.net.network, from, to, one_way, &path), CASTMAP_E_NOT_FOUND);
                    assert_null(path.piece);
                    continue;
                }
                assert_status(castmap_network_path_find(*state, &s.net.network, from, to, one_way, &path), CASTMAP_OK);
                assert_near(path.length_m, want[i * PLACES + j], 1e-9);
                assert_walkable(&s.net.network, &path, one_way);
                const castmap_network_piece first = path.piece[0], last = path.piece[path.count - 1];
                assert_true(same_place(&s.net.network, first.edge, first.from_m, from.edge, from.along_m));
                assert_true(same_place(&s.net.network, last.edge, last.to_m, to.edge, to.along_m));
                assert_int_equal(path.n_vertices, 0);
                castmap_network_path_clear(&path);
            }
        }
    }
}

static bool inside(const castmap_network_buffer *buffer, uint32_t edge, double along_m)
{
    for (size_t k = 0; k < buffer->count; k++) {
        if (buffer->piece[k].edge == edge && along_m >= buffer->piece[k].from_m && along_m <= buffer->piece[k].to_m)
            return true;
    }
    return false;
}

/* The buffer of place 1 holds exactly the places within the radius; its length is what a fine comb of places finds. */
static void a_buffer_of_a_place_is_what_lies_within_its_distance(void **state)
{
    enum { COMB = 400 };
    scene s;

    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        make_scene(&s, seed);
        const castmap_network *net = &s.net.network;
        const bool one_way = seed % 2;
        const double radius = 30.0 + 10.0 * (double)(seed % 20);
        const castmap_network_piece core = {s.edge[1], s.along_m[1], s.along_m[1]};
        const castmap_network_events from = {.count = 1, .edge = s.edge + 1, .along_m = s.along_m + 1};
        castmap_network_buffer buffer = CASTMAP_NETWORK_BUFFER_INIT;
        double distance[PLACES], row[COMB], combed = 0.0;

        assert_status(castmap_network_buffer_make(*state, net, &core, 1, one_way, radius, &s.places, distance, &buffer), CASTMAP_OK);
        double want[PLACES * PLACES];
        all_pairs(net, &s.places, one_way, want);
        for (size_t i = 0; i < PLACES; i++)
            assert_same_distance(distance[i], i && want[PLACES + i] <= radius ? want[PLACES + i] : (double)INFINITY);
        for (uint32_t e = 0; e < net->n_edges; e++) {
            uint32_t edge[COMB];
            double at[COMB];
            for (size_t k = 0; k < COMB; k++) {
                edge[k] = e;
                at[k] = net->length_m[e] * ((double)k + 0.5) / COMB;
            }
            const castmap_network_events comb = {.count = COMB, .edge = edge, .along_m = at};
            assert_status(castmap_network_distances(*state, net, &from, &comb, one_way, (double)INFINITY, row), CASTMAP_OK);
            for (size_t k = 0; k < COMB; k++) {
                if (fabs(row[k] - radius) > 1e-9)
                    assert_int_equal(inside(&buffer, e, at[k]), row[k] < radius);
                combed += row[k] < radius ? net->length_m[e] / COMB : 0.0;
            }
        }
        assert_near(buffer.length_m, combed, 0.01 * combed + 1.0);
        for (size_t k = 1; k < buffer.count; k++)
            assert_true(buffer.piece[k - 1].edge < buffer.piece[k].edge || buffer.piece[k - 1].to_m < buffer.piece[k].from_m);
        castmap_network_buffer_clear(&buffer);
    }
}

/* A cross of four streets of 100 m around node 0, and a detour beside the first. */
static void make_cross(small_network *n)
{
    small_network_start(n, 5);
    for (uint32_t arm = 1; arm <= 4; arm++)
        small_network_edge(n, 0, arm, 100.0);
    small_network_edge(n, 0, 1, 130.0);
}

static void a_corridor_follows_the_path_and_goes_into_side_streets(void **state)
{
    small_network n;
    castmap_network_path path = CASTMAP_NETWORK_PATH_INIT;
    castmap_network_buffer buffer = CASTMAP_NETWORK_BUFFER_INIT;
    const uint32_t edge[] = {0, 2, 2, 3, 1, 4};
    const double along[] = {60.0, 10.0, 21.0, 0.0, 95.0, 15.0};
    const castmap_network_events events = {.count = 6, .edge = edge, .along_m = along};
    double distance[6];

    make_cross(&n);
    assert_status(castmap_network_path_find(*state, &n.network, (castmap_network_place){0, 50.0}, (castmap_network_place){1, 80.0}, false, &path),
                  CASTMAP_OK);
    assert_near(path.length_m, 130.0, 1e-12);
    assert_int_equal(path.count, 2);
    assert_near(path.piece[0].from_m, 50.0, 0.0);
    assert_near(path.piece[0].to_m, 0.0, 0.0);
    assert_near(path.piece[1].to_m, 80.0, 0.0);
    assert_status(castmap_network_buffer_make(*state, &n.network, path.piece, path.count, false, 20.0, &events, distance, &buffer), CASTMAP_OK);
    /* 70 of the first arm, 100 of the second, and 20 into each of the two others and the detour. */
    assert_near(buffer.length_m, 230.0, 1e-12);
    assert_int_equal(buffer.count, 5);
    assert_near(buffer.piece[0].to_m, 70.0, 0.0);
    assert_near(distance[0], 10.0, 1e-12);
    assert_near(distance[1], 10.0, 1e-12);
    assert_true(isinf(distance[2]));
    assert_near(distance[3], 0.0, 0.0);
    assert_near(distance[4], 15.0, 1e-12);
    assert_near(distance[5], 15.0, 1e-12);
    castmap_network_buffer_clear(&buffer);
    castmap_network_path_clear(&path);
}

static void a_path_around_a_loop_leaves_by_the_nearer_end(void **state)
{
    small_network n;
    castmap_network_path path = CASTMAP_NETWORK_PATH_INIT;

    small_network_start(&n, 2);
    small_network_edge(&n, 0, 0, 100.0);
    small_network_edge(&n, 0, 1, 10.0);
    assert_status(castmap_network_path_find(*state, &n.network, (castmap_network_place){0, 80.0}, (castmap_network_place){1, 10.0}, false, &path),
                  CASTMAP_OK);
    assert_near(path.length_m, 30.0, 1e-12);
    assert_near(path.piece[0].to_m, 100.0, 0.0);
    castmap_network_path_clear(&path);
    assert_status(castmap_network_path_find(*state, &n.network, (castmap_network_place){0, 90.0}, (castmap_network_place){0, 10.0}, false, &path),
                  CASTMAP_OK);
    assert_near(path.length_m, 20.0, 1e-12);
    assert_int_equal(path.count, 2);
    castmap_network_path_clear(&path);
}

static void the_line_of_a_path_bends_with_the_streets(void **state)
{
    uint32_t from[] = {0, 2}, to[] = {1, 1};
    double length[] = {60.0, 50.0}; /* the first line is 30 long on paper: places divide it in proportion */
    size_t start[] = {0, 3, 5};
    double x[] = {0, 20, 20, 70, 20}, y[] = {0, 0, 10, 10, 10};
    const castmap_network net = {.n_nodes = 3, .n_edges = 2, .from = from, .to = to, .length_m = length, .vertex_start = start, .x = x, .y = y};
    castmap_network_path path = CASTMAP_NETWORK_PATH_INIT;

    assert_status(castmap_network_path_find(*state, &net, (castmap_network_place){0, 20.0}, (castmap_network_place){1, 25.0}, false, &path),
                  CASTMAP_OK);
    const double want_x[] = {10, 20, 20, 45}, want_y[] = {0, 0, 10, 10};
    assert_int_equal(path.n_vertices, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_near(path.x[i], want_x[i], 1e-12);
        assert_near(path.y[i], want_y[i], 1e-12);
    }
    castmap_network_path_clear(&path);
    double px[5], py[5];
    assert_int_equal(castmap_network_piece_line(&net, (castmap_network_piece){0, 60.0, 0.0}, px, py), 3);
    assert_near(px[0], 20.0, 0.0);
    assert_near(px[2], 0.0, 0.0);
    assert_int_equal(castmap_network_piece_line(&net, (castmap_network_piece){0, 60.0, 60.0}, px, py), 1);
    assert_near(py[0], 10.0, 0.0);
    assert_int_equal(castmap_network_piece_line(&net, (castmap_network_piece){0, 40.0, 50.0}, px, py), 2); /* the corner itself, and 5 on */
    assert_near(py[1], 5.0, 1e-12);
}

static void refuses_what_is_not_there(void **state)
{
    small_network n;
    uint32_t edge[] = {9};
    double along[] = {1.0}, distance[1] = {-7.0};
    const castmap_network_events bad = {.count = 1, .edge = edge, .along_m = along};
    const castmap_network_piece core = {0, 10.0, 10.0}, outside = {0, 10.0, 101.0};
    castmap_network_path path = CASTMAP_NETWORK_PATH_INIT;
    castmap_network_buffer buffer = CASTMAP_NETWORK_BUFFER_INIT;

    make_cross(&n);
    assert_status(castmap_network_distances(*state, &n.network, &bad, &bad, false, 10.0, distance), CASTMAP_E_DATA);
    edge[0] = 0;
    along[0] = -0.5;
    assert_status(castmap_network_distances(*state, &n.network, &bad, &bad, false, 10.0, distance), CASTMAP_E_DATA);
    assert_status(castmap_network_distances(*state, &n.network, &bad, &bad, false, 0.0, distance), CASTMAP_E_ARGUMENT);
    assert_status(castmap_network_distances(*state, &n.network, &bad, &bad, false, (double)NAN, distance), CASTMAP_E_ARGUMENT);
    assert_status(castmap_network_path_find(*state, &n.network, (castmap_network_place){0, 1.0}, (castmap_network_place){0, 100.5}, false, &path),
                  CASTMAP_E_DATA);
    assert_status(castmap_network_buffer_make(*state, &n.network, &core, 0, false, 10.0, NULL, NULL, &buffer), CASTMAP_E_ARGUMENT);
    assert_status(castmap_network_buffer_make(*state, &n.network, &core, 1, false, (double)INFINITY, NULL, NULL, &buffer), CASTMAP_E_ARGUMENT);
    assert_status(castmap_network_buffer_make(*state, &n.network, &outside, 1, false, 10.0, NULL, NULL, &buffer), CASTMAP_E_DATA);
    assert_near(distance[0], -7.0, 0.0);
    assert_null(buffer.piece);
    n.network.to[1] = 77;
    assert_status(castmap_network_buffer_make(*state, &n.network, &core, 1, false, 10.0, NULL, NULL, &buffer), CASTMAP_E_DATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_equal_an_all_pairs_search),
        cmocka_unit_test(shortest_paths_can_be_walked_and_are_as_long_as_the_distance),
        cmocka_unit_test(a_buffer_of_a_place_is_what_lies_within_its_distance),
        cmocka_unit_test(a_corridor_follows_the_path_and_goes_into_side_streets),
        cmocka_unit_test(a_path_around_a_loop_leaves_by_the_nearer_end),
        cmocka_unit_test(the_line_of_a_path_bends_with_the_streets),
        cmocka_unit_test(refuses_what_is_not_there),
    };

    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
