/* Tests of castmap_network_build() and castmap_network_snap(). */
#include "castmap/network.h"

#include "analysis/routes/segment_index.h"
#include "base/random.h"
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_LINES 400
#define MOST_VERTICES 2000

typedef struct drawing {
    castmap_street_lines lines;
    size_t  start[MOST_LINES + 1];
    double  x[MOST_VERTICES], y[MOST_VERTICES];
    int8_t  level[MOST_LINES];
    uint8_t way[MOST_LINES];
} drawing;

static void begin(drawing *d)
{
    memset(d, 0, sizeof *d);
    d->lines = (castmap_street_lines){0, d->start, d->x, d->y, d->level, d->way};
}

/* A line of n vertices: x, y, x, y, ... */
static void line(drawing *d, int level, castmap_way way, size_t n, const double *xy)
{
    size_t at = d->start[d->lines.count];

    d->level[d->lines.count] = (int8_t)level;
    d->way[d->lines.count] = (uint8_t)way;
    for (size_t i = 0; i < n; i++, at++) {
        d->x[at] = xy[2 * i];
        d->y[at] = xy[2 * i + 1];
    }
    d->start[++d->lines.count] = at;
}
#define LINE(d, level, way, ...) line((d), (level), (way), sizeof((double[]){__VA_ARGS__}) / sizeof(double) / 2, (double[]){__VA_ARGS__})

typedef struct built {
    castmap_network        net;
    castmap_network_report report;
} built;

static built build(void **state, const drawing *d, bool at_crossings, double join_m)
{
    castmap_network_options o = CASTMAP_NETWORK_OPTIONS_INIT;
    built b = {.net = CASTMAP_NETWORK_INIT};

    o.at_crossings = at_crossings;
    o.join_m = join_m;
    assert_status(castmap_network_build(*state, &d->lines, &o, &b.net, &b.report), CASTMAP_OK);
    return b;
}

static size_t degree(const castmap_network *net, double x, double y)
{
    size_t n = 0;

    for (size_t i = 0; i < net->n_nodes; i++) {
        if (fabs(net->node_x[i] - x) > 1e-9 || fabs(net->node_y[i] - y) > 1e-9)
            continue;
        for (size_t e = 0; e < net->n_edges; e++)
            n += (size_t)(net->from[e] == i) + (net->to[e] == i);
    }
    return n;
}

static void lines_meet_at_vertices_in_common(void **state)
{
    drawing d;
    begin(&d);
    LINE(&d, 0, CASTMAP_WAY_BOTH, 0, 0, 100, 0, 200, 0);
    LINE(&d, 0, CASTMAP_WAY_FORWARD, 100, 0, 100, 50);
    LINE(&d, 0, CASTMAP_WAY_BOTH, 50, -10, 50, 10); /* crosses without a vertex */
    built b = build(state, &d, false, 0.0);

    assert_int_equal(b.net.n_edges, 4);
    assert_int_equal(b.net.n_nodes, 6);
    assert_int_equal(degree(&b.net, 100, 0), 3);
    assert_int_equal(b.net.line[0], 0);
    assert_int_equal(b.net.line[1], 0);
    assert_int_equal(b.net.way[2], CASTMAP_WAY_FORWARD);
    assert_near(b.report.total_m, 270.0, 1e-9);
    assert_int_equal(b.report.parts, 2);
    assert_near(b.report.largest_part_m, 250.0, 1e-9);
    assert_int_equal(b.report.dead_ends, 5);
    assert_int_equal(b.report.one_way, 1);
    castmap_network_clear(&b.net);

    b = build(state, &d, true, 0.0);
    assert_int_equal(b.report.crossings, 1);
    assert_int_equal(degree(&b.net, 50, 0), 4);
    assert_int_equal(b.report.parts, 1);
    assert_near(b.report.total_m, 270.0, 1e-9);
    castmap_network_clear(&b.net);
}

static void bridges_are_left_uncrossed(void **state)
{
    drawing d;
    begin(&d);
    LINE(&d, 0, CASTMAP_WAY_BOTH, 0, 0, 100, 0, 200, 0);
    LINE(&d, 1, CASTMAP_WAY_BOTH, 100, -50, 100, 0, 100, 50); /* over the vertex in the middle */
    LINE(&d, 1, CASTMAP_WAY_BOTH, 150, -50, 150, 50);         /* over it without a vertex */
    LINE(&d, 0, CASTMAP_WAY_BOTH, 150, 50, 200, 50);          /* where the bridge comes down */
    LINE(&d, -1, CASTMAP_WAY_BOTH, 200, 0, 300, 0);           /* a tunnel begins at the end of the street */
    built b = build(state, &d, true, 0.0);

    assert_int_equal(b.report.crossings, 0);
    assert_int_equal(b.report.kept_apart, 1);
    assert_int_equal(degree(&b.net, 100, 0), 0);
    assert_int_equal(degree(&b.net, 150, 50), 2);
    assert_int_equal(degree(&b.net, 200, 0), 2);
    assert_int_equal(b.net.n_edges, 5);
    castmap_network_clear(&b.net);
}

static void doubles_loops_and_points_are_told(void **state)
{
    drawing d;
    begin(&d);
    LINE(&d, 0, CASTMAP_WAY_FORWARD, 0, 0, 50, 10, 100, 0);
    LINE(&d, 0, CASTMAP_WAY_FORWARD, 100, 0, 50, 10, 0, 0);  /* the same, the other way: two edges twice, for their vertex is in common */
    LINE(&d, 0, CASTMAP_WAY_BOTH, 0, 0, 50, -10, 100, 0);    /* two ways between the same nodes */
    LINE(&d, 0, CASTMAP_WAY_BOTH, 0, 0, 50, -20, 100, 0);
    LINE(&d, 0, CASTMAP_WAY_BOTH, 100, 0, 110, 0, 110, 10, 100, 0); /* a loop */
    LINE(&d, 0, CASTMAP_WAY_BOTH, 7, 7, 7, 7, 7.0002, 7);    /* a point */
    LINE(&d, 0, CASTMAP_WAY_BOTH, 0, 0, -0.5, 0);            /* very short */
    LINE(&d, 0, CASTMAP_WAY_BOTH, 300, 0, 320, 0, 320, 20, 300, 20, 320, 0, 340, 0); /* comes back to its own vertex */
    built b = build(state, &d, false, 0.0);

    assert_int_equal(b.report.doubled, 2);
    assert_int_equal(b.net.way[0], CASTMAP_WAY_BOTH);
    assert_int_equal(b.report.lines_without_length, 1);
    assert_int_equal(b.report.loops, 2);
    assert_int_equal(b.report.parallel, 2);
    assert_int_equal(b.report.short_edges, 1);
    assert_int_equal(degree(&b.net, 320, 0), 4);
    assert_int_equal(b.net.n_edges, 9);
    castmap_network_clear(&b.net);
}

static void ends_that_miss_are_told_and_joined_when_asked(void **state)
{
    drawing d;
    begin(&d);
    LINE(&d, 0, CASTMAP_WAY_BOTH, 0, 0, 200, 0);
    LINE(&d, 0, CASTMAP_WAY_BOTH, 60, 1.5, 60, 80);
    LINE(&d, 0, CASTMAP_WAY_BOTH, 120, -40, 120, -5);
    LINE(&d, 1, CASTMAP_WAY_BOTH, 160, 1, 160, 80);
    built b = build(state, &d, false, 0.0);
    assert_int_equal(b.report.near_misses, 1);
    assert_int_equal(b.report.parts, 4);
    castmap_network_clear(&b.net);

    b = build(state, &d, false, 6.0);
    assert_int_equal(b.report.joined, 2);
    assert_int_equal(degree(&b.net, 60, 0), 3);
    assert_int_equal(degree(&b.net, 120, 0), 3);
    assert_int_equal(b.report.parts, 2);
    assert_near(b.report.total_m, 200 + 80 + 40 + 79, 1e-9);
    castmap_network_clear(&b.net);
}

static void touching_and_overlapping_lines_are_noded(void **state)
{
    drawing d;
    begin(&d);
    LINE(&d, 0, CASTMAP_WAY_BOTH, 0, 0, 100, 0);
    LINE(&d, 0, CASTMAP_WAY_BOTH, 40, 0, 40, 30);   /* ends on it */
    LINE(&d, 0, CASTMAP_WAY_BOTH, 60, 0, 160, 0);   /* lies on a part of it */
    built b = build(state, &d, true, 0.0);
    assert_int_equal(b.report.doubled, 1);
    assert_near(b.report.total_m, 190.0, 1e-9);
    assert_int_equal(degree(&b.net, 40, 0), 3);
    assert_int_equal(degree(&b.net, 60, 0), 2);
    assert_int_equal(b.report.parts, 1);
    castmap_network_clear(&b.net);
}

/* n random straight lines; crossings counted pair by pair. */
static void random_crossings_are_those_of_all_pairs(void **state)
{
    for (uint64_t seed = 1; seed <= 5; seed++) {
        drawing d;
        size_t crossings = 0;
        double total = 0.0;
        begin(&d);
        for (uint64_t i = 0; i < 120; i++) {
            double c[4];
            for (uint64_t k = 0; k < 4; k++)
                c[k] = floor(1e6 * cm_random_unit(seed, i, k)) / 1000.0;
            if (i % 3) { /* many short ones among a few long ones */
                c[2] = c[0] + floor((c[2] - 500.0) * 100.0) / 1000.0;
                c[3] = c[1] + floor((c[3] - 500.0) * 100.0) / 1000.0;
            }
            line(&d, 0, CASTMAP_WAY_BOTH, 2, c);
            total += hypot(c[2] - c[0], c[3] - c[1]);
        }
        for (size_t i = 0; i < 120; i++)
            for (size_t j = i + 1; j < 120; j++) {
                const double *x = d.x, *y = d.y;
                const size_t a = 2 * i, b = 2 * j;
#define SIDE(p, q, r) ((x[q] - x[p]) * (y[r] - y[p]) - (y[q] - y[p]) * (x[r] - x[p]))
                crossings += SIDE(a, a + 1, b) * SIDE(a, a + 1, b + 1) < 0 && SIDE(b, b + 1, a) * SIDE(b, b + 1, a + 1) < 0;
            }
        built b = build(state, &d, true, 0.0);
        assert_true(crossings > 100);
        assert_int_equal(b.report.crossings, crossings);
        assert_int_equal(b.net.n_edges, 120 + 2 * crossings);
        assert_near(b.report.total_m, total, 0.001 * (double)crossings);
        castmap_network_clear(&b.net);
    }
}

static void the_order_of_lines_changes_only_numbers_of_edges(void **state)
{
    drawing d, turned;
    begin(&d);
    begin(&turned);
    for (int i = 0; i < 12; i++)
        LINE(&d, i % 4 == 3, CASTMAP_WAY_BOTH, 10.0 * i, 0, 10.0 * i, 30, 10.0 * i, 60);
    for (int i = 0; i < 3; i++)
        LINE(&d, 0, CASTMAP_WAY_BOTH, 0, 30.0 * i, 20, 30.0 * i, 70, 30.0 * i, 110, 30.0 * i);
    for (size_t i = d.lines.count; i-- > 0;) {
        double xy[8];
        size_t n = 0;
        for (size_t v = d.start[i]; v < d.start[i + 1]; v++, n++) {
            xy[2 * n] = d.x[v];
            xy[2 * n + 1] = d.y[v];
        }
        line(&turned, d.level[i], CASTMAP_WAY_BOTH, n, xy);
    }
    built b = build(state, &d, true, 0.0), c = build(state, &turned, true, 0.0);
    assert_int_equal(b.net.n_nodes, c.net.n_nodes);
    assert_memory_equal(b.net.node_x, c.net.node_x, b.net.n_nodes * sizeof(double));
    assert_memory_equal(b.net.node_y, c.net.node_y, b.net.n_nodes * sizeof(double));
    assert_int_equal(b.net.n_edges, c.net.n_edges);
    assert_int_equal(b.report.parts, c.report.parts);
    assert_near(b.report.total_m, c.report.total_m, 1e-9);
    castmap_network_clear(&b.net);
    castmap_network_clear(&c.net);
}

static void bad_lines_are_refused(void **state)
{
    castmap_network_options o = CASTMAP_NETWORK_OPTIONS_INIT;
    castmap_network net = CASTMAP_NETWORK_INIT;
    drawing d;
    begin(&d);
    assert_status(castmap_network_build(*state, &d.lines, &o, &net, NULL), CASTMAP_E_DATA);
    LINE(&d, 0, CASTMAP_WAY_BOTH, 3, 3, 3, 3);
    assert_status(castmap_network_build(*state, &d.lines, &o, &net, NULL), CASTMAP_E_DATA);
    LINE(&d, 0, CASTMAP_WAY_BOTH, 0, 0, 5e6, 0);
    assert_status(castmap_network_build(*state, &d.lines, &o, &net, NULL), CASTMAP_E_LIMIT);
    d.x[0] = NAN;
    assert_status(castmap_network_build(*state, &d.lines, &o, &net, NULL), CASTMAP_E_DATA);
    o.join_m = -1.0;
    assert_status(castmap_network_build(*state, &d.lines, &o, &net, NULL), CASTMAP_E_ARGUMENT);
}

/* The nearest place, edge by edge and segment by segment. */
static double brute_nearest(const castmap_network *net, double px, double py, uint32_t *edge)
{
    double best = INFINITY;

    for (size_t e = 0; e < net->n_edges; e++)
        for (size_t v = net->vertex_start[e]; v + 1 < net->vertex_start[e + 1]; v++) {
            const double dx = net->x[v + 1] - net->x[v], dy = net->y[v + 1] - net->y[v];
            double t = ((px - net->x[v]) * dx + (py - net->y[v]) * dy) / (dx * dx + dy * dy);
            t = fmax(0.0, fmin(1.0, t));
            const double away = hypot(px - net->x[v] - t * dx, py - net->y[v] - t * dy);
            if (away < best) {
                best = away;
                *edge = (uint32_t)e;
            }
        }
    return best;
}

static void points_find_their_nearest_street(void **state)
{
    enum { N = 3000 };
    static double x[N], y[N], along[N], distance[N], again[N];
    static uint32_t edge[N];
    drawing d;
    begin(&d);
    for (uint64_t i = 0; i < 150; i++) {
        double c[6];
        for (uint64_t k = 0; k < 6; k++)
            c[k] = 2000.0 * cm_random_unit(9, i, k);
        if (i > 5)
            for (int k = 2; k < 6; k++)
                c[k] = c[k % 2] + (c[k] - 1000.0) * 0.05;
        line(&d, 0, CASTMAP_WAY_BOTH, 3, c);
    }
    built b = build(state, &d, true, 0.0);
    for (uint64_t i = 0; i < N; i++) {
        x[i] = 3000.0 * cm_random_unit(10, i, 0) - 500.0;
        y[i] = 3000.0 * cm_random_unit(10, i, 1) - 500.0;
    }
    assert_status(castmap_network_snap(*state, &b.net, N, x, y, 150.0, edge, along, distance), CASTMAP_OK);
    size_t found = 0;
    for (size_t i = 0; i < N; i++) {
        uint32_t want = 0;
        const double best = brute_nearest(&b.net, x[i], y[i], &want);
        if (best > 150.0) {
            assert_int_equal(edge[i], CASTMAP_NO_EDGE);
            continue;
        }
        found++;
        assert_near(distance[i], best, 1e-9);
        assert_true(edge[i] == want || fabs(best - distance[i]) < 1e-9);
        assert_true(along[i] >= 0.0 && along[i] <= b.net.length_m[edge[i]]);
    }
    assert_true(found > 1000 && found < N);
    castmap_set_threads(*state, 1);
    assert_status(castmap_network_snap(*state, &b.net, N, x, y, 150.0, edge, along, again), CASTMAP_OK);
    assert_memory_equal(distance, again, sizeof again);

    /* Every edge near a point, nearest first, each once. */
    cm_segment_index *index = NULL;
    cm_segment_hit hit[64];
    assert_status(cm_segment_index_build(*state, &b.net, &index), CASTMAP_OK);
    for (size_t i = 0; i < 200; i++) {
        size_t count = 0;
        cm_segment_index_near(index, x[i], y[i], 80.0, hit, 64, &count);
        for (size_t k = 0; k < count; k++) {
            assert_true(hit[k].distance_m <= 80.0 && (k == 0 || hit[k - 1].distance_m <= hit[k].distance_m));
            for (size_t m = 0; m < k; m++)
                assert_true(hit[m].edge != hit[k].edge);
        }
        assert_true((count > 0) == (edge[i] != CASTMAP_NO_EDGE && distance[i] <= 80.0));
        if (count > 0)
            assert_near(hit[0].distance_m, distance[i], 1e-12);
    }
    cm_segment_index_free(index);
    castmap_network_clear(&b.net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines_meet_at_vertices_in_common, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(bridges_are_left_uncrossed, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(doubles_loops_and_points_are_told, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(ends_that_miss_are_told_and_joined_when_asked, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(touching_and_overlapping_lines_are_noded, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(random_crossings_are_those_of_all_pairs, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(the_order_of_lines_changes_only_numbers_of_edges, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(bad_lines_are_refused, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(points_find_their_nearest_street, context_setup, context_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
