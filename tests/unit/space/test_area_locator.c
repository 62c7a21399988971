/* Tests of castmap_area_locator_new() and castmap_area_locate(). */
#include "castmap/areas.h"

#include "base/random.h"
#include "space/geometry/orientation.h"
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 wide;

/* Rings by their corners, each a feature of its own unless parts are given. */
typedef struct sketch {
    castmap_polygons polygons;
    size_t           part_start[401], ring_start[801], vertex_start[801];
    double           x[20000], y[20000];
    size_t           features, parts, rings, vertices;
} sketch;

static sketch *sketch_new(void)
{
    sketch *s = calloc(1, sizeof *s);

    assert_non_null(s);
    return s;
}

static void begin_feature(sketch *s)
{
    s->part_start[s->features++] = s->parts;
}

static void begin_part(sketch *s)
{
    s->ring_start[s->parts++] = s->rings;
}

static void add_ring(sketch *s, const double *xy, size_t corners)
{
    s->vertex_start[s->rings++] = s->vertices;
    for (size_t i = 0; i <= corners; i++) {
        s->x[s->vertices] = xy[2 * (i % corners)];
        s->y[s->vertices++] = xy[2 * (i % corners) + 1];
    }
}

static void add_box(sketch *s, double west, double south, double east, double north)
{
    const double xy[] = {west, south, east, south, east, north, west, north};

    begin_feature(s);
    begin_part(s);
    add_ring(s, xy, 4);
}

static const castmap_polygons *finish(sketch *s)
{
    s->part_start[s->features] = s->parts;
    s->ring_start[s->parts] = s->rings;
    s->vertex_start[s->rings] = s->vertices;
    s->polygons = (castmap_polygons){s->features, s->part_start, s->ring_start, s->vertex_start, s->x, s->y};
    return &s->polygons;
}

static void locate(void **state, const castmap_polygons *areas, const uint32_t *rank, const double *x, const double *y,
                   size_t n, int32_t *got)
{
    castmap_context *ctx = *state;
    castmap_area_locator *locator = NULL;
    const castmap_points points = {.count = n, .x = x, .y = y};

    assert_status(castmap_area_locator_new(ctx, areas, rank, &locator), CASTMAP_OK);
    assert_status(castmap_area_locate(ctx, locator, &points, got), CASTMAP_OK);
    castmap_area_locator_free(locator);
}

static void finds_areas_gaps_holes_and_islands(void **state)
{
    sketch *s = sketch_new();
    const double outer[] = {0, 0, 10, 0, 10, 10, 0, 10}, hole[] = {2, 2, 2, 8, 8, 8, 8, 2};
    const double island[] = {4, 4, 6, 4, 6, 6, 4, 6}, far_away[] = {30, 0, 32, 0, 31, 2};
    const double x[] = {1, 3, 5, 9, 31, 20, -1, 5, 1e6}, y[] = {1, 3, 5, 5, 1, 5, 5, 12, 1e6};
    const int32_t want[] = {0, -1, 0, 0, 0, 1, -1, -1, -1};
    int32_t got[9];

    begin_feature(s); /* a ring with a lake, an island in the lake, and a part elsewhere */
    begin_part(s);
    add_ring(s, outer, 4);
    add_ring(s, hole, 4);
    begin_part(s);
    add_ring(s, island, 4);
    begin_part(s);
    add_ring(s, far_away, 3);
    add_box(s, 15, 0, 25, 10);
    locate(state, finish(s), NULL, x, y, 9, got);
    assert_ints(got, want, 9);
    free(s);
}

static void lets_the_lowest_rank_have_borders_and_overlaps(void **state)
{
    sketch *s = sketch_new();
    const uint32_t rank[] = {2, 0, 1};
    /* Inside 0 and 1; on the line of 0 and 2; the corner of all three; inside 2 alone, on its outer line; outside. */
    const double x[] = {9, 10, 10, 15, 20, 20.0000001}, y[] = {5, 1, 10, 2, 4, 4};
    const int32_t by_index[] = {0, 0, 0, 2, 2, -1}, by_rank[] = {1, 2, 1, 2, 2, -1};
    int32_t got[6];

    add_box(s, 0, 0, 10, 10);
    add_box(s, 8, 4, 10, 20);
    add_box(s, 10, 0, 20, 10);
    locate(state, finish(s), NULL, x, y, 6, got);
    assert_ints(got, by_index, 6);
    locate(state, finish(s), rank, x, y, 6, got);
    assert_ints(got, by_rank, 6);
    free(s);
}

/* The definition, in whole numbers: x, y are multiples of 1/2 below 2^20. */
static int64_t twice(double value)
{
    return (int64_t)(2.0 * value);
}

static bool holds(const castmap_polygons *areas, size_t area, double px, double py)
{
    const int64_t x = twice(px), y = twice(py);
    bool inside = false;

    for (size_t r = areas->ring_start[areas->part_start[area]]; r < areas->ring_start[areas->part_start[area + 1]]; r++) {
        for (size_t v = areas->vertex_start[r]; v + 1 < areas->vertex_start[r + 1]; v++) {
            const int64_t ax = twice(areas->x[v]), ay = twice(areas->y[v]);
            const int64_t bx = twice(areas->x[v + 1]), by = twice(areas->y[v + 1]);
            const int64_t turn = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
            const bool in_x = ax < bx ? ax <= x && x <= bx : bx <= x && x <= ax;
            const bool in_y = ay < by ? ay <= y && y <= by : by <= y && y <= ay;
            if (turn == 0 && in_x && in_y)
                return true;
            if ((ay <= y) != (by <= y))
                inside ^= (turn > 0) == (by > ay);
        }
    }
    return inside;
}

static uint64_t draw(uint64_t seed, uint64_t *counter, uint64_t limit)
{
    return cm_random_below(seed, 7, (*counter)++, limit);
}

static void agrees_with_the_definition_on_tangled_sets(void **state)
{
    double *x = calloc(16000, sizeof *x), *y = calloc(16000, sizeof *y);
    int32_t *got = calloc(16000, sizeof *got);

    assert_true(x && y && got);
    for (uint64_t seed = 1; seed <= 24; seed++) {
        sketch *s = sketch_new();
        uint64_t counter = 0;
        const size_t features = 1 + draw(seed, &counter, seed % 3 == 0 ? 90 : 12);
        const uint64_t size = seed % 2 ? 20 : 120;
        const double shift = seed % 4 == 0 ? 500000.0 : -10.0;
        uint32_t rank[100];
        for (size_t f = 0; f < features; f++) {
            begin_feature(s);
            const size_t parts = 1 + draw(seed, &counter, 2);
            for (size_t p = 0; p < parts; p++) {
                begin_part(s);
                double xy[128];
                const size_t corners = 3 + draw(seed, &counter, seed % 5 == 0 ? 60 : 6);
                for (size_t k = 0; k < 2 * corners; k++) /* often equal, in line, or crossing */
                    xy[k] = shift + 0.5 * (double)draw(seed, &counter, size);
                add_ring(s, xy, corners);
            }
            rank[f] = (uint32_t)(features - 1 - f);
        }
        const castmap_polygons *areas = finish(s);
        size_t n = 0;
        for (uint64_t i = 0; i < size + 4 && n < 15000; i++) {
            for (uint64_t j = 0; j < size + 4; j++, n++) {
                x[n] = shift - 1.0 + 0.5 * (double)i;
                y[n] = shift - 1.0 + 0.5 * (double)j;
            }
        }
        for (int reversed = 0; reversed < 2; reversed++) {
            locate(state, areas, reversed ? rank : NULL, x, y, n, got);
            for (size_t i = 0; i < n; i++) {
                int32_t want = CASTMAP_NO_AREA;
                for (size_t f = 0; f < features && want < 0; f++) {
                    const size_t area = reversed ? features - 1 - f : f;
                    if (holds(areas, area, x[i], y[i]))
                        want = (int32_t)area;
                }
                assert_int_equal(got[i], want);
            }
        }
        free(s);
    }
    free(x);
    free(y);
    free(got);
}

/* Slices of a disc whose borders all meet in one point, with many vertices on each. */
static void copes_with_many_borders_that_meet_in_a_point(void **state)
{
    sketch *s = sketch_new();
    const size_t slices = 180;
    double xy[200], x[1000], y[1000];
    int32_t got[1000];

    for (size_t k = 0; k < slices; k++) {
        const double a = 2.0 * 3.141592653589793 * (double)k / (double)slices;
        const double b = 2.0 * 3.141592653589793 * (double)((k + 1) % slices) / (double)slices;
        size_t n = 0;
        for (int step = 0; step <= 20; step++, n++) {
            xy[2 * n] = 1000.0 + 5.0 * step * cos(a);
            xy[2 * n + 1] = 2000.0 + 5.0 * step * sin(a);
        }
        for (int step = 20; step > 0; step--, n++) {
            xy[2 * n] = 1000.0 + 5.0 * step * cos(b);
            xy[2 * n + 1] = 2000.0 + 5.0 * step * sin(b);
        }
        begin_feature(s);
        begin_part(s);
        add_ring(s, xy, n);
    }
    size_t n = 0;
    for (size_t k = 0; k < slices; k++, n++) { /* the middle of a slice, at many distances */
        const double t = 2.0 * 3.141592653589793 * ((double)k + 0.5) / (double)slices, d = 99.0 / (double)(1 + k % 40);
        x[n] = 1000.0 + d * cos(t);
        y[n] = 2000.0 + d * sin(t);
    }
    x[n] = 1000.0;
    y[n] = 2000.0;
    locate(state, finish(s), NULL, x, y, n + 1, got);
    for (size_t k = 0; k < slices; k++)
        assert_int_equal(got[k], (int)k);
    assert_int_equal(got[n], 0); /* touched by all */
    free(s);
}

static void gives_the_same_answers_with_any_number_of_threads(void **state)
{
    castmap_context *ctx = *state;
    sketch *s = sketch_new();
    enum { N = 50000 };
    double *x = calloc(N, sizeof *x), *y = calloc(N, sizeof *y);
    int32_t *one = calloc(N, sizeof *one), *many = calloc(N, sizeof *many);

    for (uint64_t f = 0; f < 60; f++) {
        const double west = 100.0 * cm_random_unit(5, 1, f), south = 100.0 * cm_random_unit(5, 2, f);
        add_box(s, west, south, west + 20.0 * cm_random_unit(5, 3, f), south + 20.0 * cm_random_unit(5, 4, f));
    }
    for (size_t i = 0; i < N; i++) {
        x[i] = 120.0 * cm_random_unit(6, 1, i);
        y[i] = 120.0 * cm_random_unit(6, 2, i);
    }
    finish(s);
    castmap_set_threads(ctx, 1);
    locate(state, &s->polygons, NULL, x, y, N, one);
    castmap_set_threads(ctx, 8);
    locate(state, &s->polygons, NULL, x, y, N, many);
    castmap_set_threads(ctx, 0);
    assert_memory_equal(one, many, N * sizeof *one);
    free(s);
    free(x);
    free(y);
    free(one);
    free(many);
}

static void answers_none_when_there_are_no_areas_or_only_flat_ones(void **state)
{
    sketch *s = sketch_new();
    const double x[] = {0.0, 5.0}, y[] = {0.0, 5.0}, flat[] = {0, 0, 4, 0, 2, 0};
    const int32_t none[] = {-1, -1}, on_line[] = {0, -1};
    int32_t got[2];

    locate(state, finish(s), NULL, x, y, 2, got);
    assert_ints(got, none, 2);
    begin_feature(s);
    begin_part(s);
    add_ring(s, flat, 3);
    locate(state, finish(s), NULL, x, y, 2, got);
    assert_ints(got, on_line, 2);
    locate(state, finish(s), NULL, x, y, 0, got);
    free(s);
}

static void refuses_what_means_nothing(void **state)
{
    castmap_context *ctx = *state;
    sketch *s = sketch_new();
    castmap_area_locator *locator = NULL;
    const uint32_t twice_same[] = {1, 1}, too_large[] = {0, 2};
    const double bad[] = {(double)NAN, (double)INFINITY}, good[] = {0.0, 0.0};
    const castmap_points points = {.count = 2, .x = bad, .y = good}, turned = {.count = 2, .x = good, .y = bad};
    int32_t got[2] = {7, 7};

    add_box(s, 0, 0, 1, 1);
    add_box(s, 1, 0, 2, 1);
    const castmap_polygons *areas = finish(s);
    assert_status(castmap_area_locator_new(ctx, areas, twice_same, &locator), CASTMAP_E_ARGUMENT);
    assert_status(castmap_area_locator_new(ctx, areas, too_large, &locator), CASTMAP_E_ARGUMENT);
    s->x[2] = (double)NAN;
    assert_status(castmap_area_locator_new(ctx, areas, NULL, &locator), CASTMAP_E_DATA);
    assert_null(locator);
    s->x[2] = 1.0;
    assert_status(castmap_area_locator_new(ctx, areas, NULL, &locator), CASTMAP_OK);
    assert_status(castmap_area_locate(ctx, locator, &points, got), CASTMAP_E_DATA);
    assert_status(castmap_area_locate(ctx, locator, &turned, got), CASTMAP_E_DATA);
    assert_int_equal(got[0], 7);
    castmap_cancel(ctx);
    castmap_area_locator *second = NULL;
    assert_status(castmap_area_locator_new(ctx, areas, NULL, &second), CASTMAP_E_CANCELLED);
    assert_null(second);
    castmap_uncancel(ctx);
    castmap_area_locator_free(locator);
    castmap_area_locator_free(NULL);
    free(s);
}

static void orientation_is_exact(void **state)
{
    (void)state;
    /* c on the line from a to b up to one unit in the last place of y: whole numbers below 2^53 tell the truth. */
    for (uint64_t i = 0; i < 20000; i++) {
        const int64_t ax = (int64_t)cm_random_below(3, 1, i, 1u << 30), ay = (int64_t)cm_random_below(3, 2, i, 1u << 30);
        const int64_t dx = (int64_t)cm_random_below(3, 3, i, 2000) - 1000;
        const int64_t dy = (int64_t)cm_random_below(3, 4, i, 2000) - 1000;
        const int64_t m = 1 + (int64_t)cm_random_below(3, 5, i, 1u << 20), off = (int64_t)cm_random_below(3, 6, i, 3) - 1;
        const int64_t bx = ax + m * dx, by = ay + m * dy, cx = ax + 7 * m * dx, cy = ay + 7 * m * dy + off;
        const wide det = (wide)(ax - cx) * (by - cy) - (wide)(ay - cy) * (bx - cx);
        const int want = (det > 0) - (det < 0);
        /* scaled by a power of two and moved by nothing, so that the doubles are these very numbers */
        const double f = 1.0 / 4096.0;
        assert_int_equal(cm_orientation((double)ax * f, (double)ay * f, (double)bx * f, (double)by * f, (double)cx * f,
                                        (double)cy * f),
                         want);
        assert_int_equal(cm_orientation_exact((double)ax * f, (double)ay * f, (double)bx * f, (double)by * f,
                                              (double)cx * f, (double)cy * f),
                         want);
    }
    /* 0.1, 0.2 and 0.3 are not in line as doubles; plain arithmetic calls it 0 or guesses */
    assert_int_equal(cm_orientation(0.1, 0.1, 0.2, 0.2, 0.3, 0.3), 0);
    assert_int_equal(cm_orientation(0.5, 0.5, 12.0, 12.0, 24.0, nextafter(24.0, 25.0)), 1);
    assert_int_equal(cm_orientation(0.5, 0.5, 12.0, 12.0, 24.0, nextafter(24.0, 23.0)), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_areas_gaps_holes_and_islands),
        cmocka_unit_test(lets_the_lowest_rank_have_borders_and_overlaps),
        cmocka_unit_test(agrees_with_the_definition_on_tangled_sets),
        cmocka_unit_test(copes_with_many_borders_that_meet_in_a_point),
        cmocka_unit_test(gives_the_same_answers_with_any_number_of_threads),
        cmocka_unit_test(answers_none_when_there_are_no_areas_or_only_flat_ones),
        cmocka_unit_test(refuses_what_means_nothing),
        cmocka_unit_test(orientation_is_exact),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
