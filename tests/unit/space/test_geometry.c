/* Tests of space/geometry: WKB, validity against published cases, repair, overlaps, simplification that keeps borders shared. */
#include "base/fail.h"
#include "castmap/areas.h"
#include "space/geometry/convex_clip.h"
#include "space/geometry/geos.h"
#include "support/check.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* POLYGON and MULTIPOLYGON text to a feature; false for anything else. Enough for the published cases. */
static bool add_wkt(cm_polygon_set *set, const char *wkt)
{
    const bool multi = strncmp(wkt, "MULTIPOLYGON", 12) == 0;
    const int ring_depth = multi ? 3 : 2;
    int depth = 0;

    if (!multi && strncmp(wkt, "POLYGON", 7) != 0)
        return false;
    assert_int_equal(cm_polygon_set_feature(set), 0);
    for (const char *c = strchr(wkt, '('); c && *c;) {
        if (*c == '(') {
            depth++;
            if (depth == ring_depth - 1)
                assert_int_equal(cm_polygon_set_part(set), 0);
            if (depth == ring_depth)
                assert_int_equal(cm_polygon_set_ring(set), 0);
            c++;
        } else if (*c == ')') {
            if (--depth == 0)
                break;
            c++;
        } else if (*c == ',' || isspace((unsigned char)*c) || isupper((unsigned char)*c) /* EMPTY */) {
            c++;
        } else {
            char *end;
            const double x = strtod(c, &end), y = strtod(end, &end);
            assert_true(end > c);
            assert_int_equal(cm_polygon_set_vertex(set, x, y), 0);
            c = end;
        }
    }
    return true;
}

static void agrees_with_the_published_validity_cases(void **state)
{
    castmap_context *ctx = *state;
    char path[512], line[4096];
    size_t tried = 0, other = 0;

    need_shared_data("hostile/geos_validity.csv", path);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file)) {
        cm_polygon_set set = CM_POLYGON_SET_INIT;
        const char *want = strstr(line, ",true,"), *wkt;
        const bool expected = want != NULL;
        bool valid = !expected;

        want = want ? want : strstr(line, ",false,");
        assert_non_null(want);
        wkt = strchr(want + 1, ',') + 1;
        wkt += *wkt == '"';
        if (!add_wkt(&set, wkt) || set.vertices == 0) {
            other++;
            cm_polygon_set_clear(&set);
            continue;
        }
        const castmap_polygons view = cm_polygon_set_view(&set);
        const castmap_status status = cm_geos_is_valid(ctx, &view, 0, &valid);
        if (status == CASTMAP_E_DATA) { /* a ring of too few points cannot even be built */
            valid = false;
            cm_fail_clear(ctx);
        } else {
            assert_int_equal(status, CASTMAP_OK);
        }
        if (valid != expected)
            fail_msg("expected %s: %s", expected ? "valid" : "invalid", line);
        tried++;
        cm_polygon_set_clear(&set);
    }
    fclose(file);
    print_message("%zu polygon cases, %zu of points and lines\n", tried, other);
    assert_int_equal(tried + other, 44);
    assert_true(tried >= 30);
}

static void round_trips_through_wkb_and_refuses_damage(void **state)
{
    castmap_context *ctx = *state;
    cm_polygon_set set = CM_POLYGON_SET_INIT, back = CM_POLYGON_SET_INIT;
    unsigned char *bytes = NULL;
    size_t length = 0;

    add_wkt(&set, "MULTIPOLYGON(((0 0, 10 0, 10 10, 0 10, 0 0), (2 2, 2 4, 4 4, 2 2)), ((20 0, 30 0, 30 5, 20 0)))");
    const castmap_polygons view = cm_polygon_set_view(&set);
    assert_status(cm_polygons_wkb(ctx, &view, 0, &bytes, &length), CASTMAP_OK);
    assert_status(cm_polygon_set_add_wkb(ctx, &back, bytes, length), CASTMAP_OK);
    assert_int_equal(back.parts, 2);
    assert_int_equal(back.rings, 3);
    assert_int_equal(back.vertices, set.vertices);
    assert_memory_equal(back.x, set.x, set.vertices * sizeof *set.x);
    for (size_t cut = 0; cut < length; cut++) {
        assert_status(cm_polygon_set_add_wkb(ctx, &back, bytes, cut), CASTMAP_E_DATA);
        cm_fail_clear(ctx);
    }
    assert_int_equal(back.count, 1);
    assert_int_equal(back.vertices, set.vertices);
    free(bytes);
    cm_polygon_set_clear(&set);
    cm_polygon_set_clear(&back);
}

static void repairs_a_bow_tie_and_says_why(void **state)
{
    castmap_context *ctx = *state;
    cm_polygon_set set = CM_POLYGON_SET_INIT, out = CM_POLYGON_SET_INIT;
    char reason[128];
    bool empty = true, valid = false;

    add_wkt(&set, "POLYGON((0 0, 10 10, 10 0, 0 10, 0 0))");
    add_wkt(&set, "POLYGON((0 0, 5 0, 10 0, 0 0))");
    castmap_polygons view = cm_polygon_set_view(&set);
    assert_status(cm_geos_repair(ctx, &view, 0, &out, reason, sizeof reason, &empty), CASTMAP_OK);
    assert_string_equal(reason, "Self-intersection");
    assert_false(empty);
    assert_int_equal(out.parts, 2);
    assert_status(cm_geos_repair(ctx, &view, 1, &out, reason, sizeof reason, &empty), CASTMAP_OK);
    assert_true(empty);
    view = cm_polygon_set_view(&out);
    assert_status(cm_geos_is_valid(ctx, &view, 0, &valid), CASTMAP_OK);
    assert_true(valid);
    cm_polygon_set_clear(&set);
    cm_polygon_set_clear(&out);
}

typedef struct overlap_list {
    size_t n, cell[16], area[16];
    double km2[16];
} overlap_list;

static void note_overlap(size_t cell, size_t area, double km2, void *payload)
{
    overlap_list *list = payload;

    assert_true(list->n < 16);
    list->cell[list->n] = cell;
    list->area[list->n] = area;
    list->km2[list->n++] = km2;
}

static void measures_cells_against_areas_exactly(void **state)
{
    castmap_context *ctx = *state;
    cm_polygon_set set = CM_POLYGON_SET_INIT;
    overlap_list list = {0};
    /* A square with a hole that fills the second cell's middle, and a triangle over the first. */
    const double west[] = {0.0, 1000.0, 5000.0}, south[] = {0.0, 0.0, 0.0}, side[] = {1000.0, 1000.0, 500.0};
    double km2 = 0.0;

    add_wkt(&set, "POLYGON((-100 -100, 2100 -100, 2100 1100, -100 1100, -100 -100), (1200 200, 1200 700, 1700 700, 1700 200, 1200 200))");
    add_wkt(&set, "POLYGON((0 0, 1000 0, 0 1000, 0 0))");
    const castmap_polygons view = cm_polygon_set_view(&set);
    assert_status(cm_geos_cell_overlaps(ctx, &view, west, south, side, 3, note_overlap, &list), CASTMAP_OK);
    assert_int_equal(list.n, 3);
    assert_true(list.cell[0] == 0 && list.area[0] == 0 && list.cell[1] == 0 && list.area[1] == 1 && list.cell[2] == 1);
    assert_near(list.km2[0], 1.0, 1e-12);
    assert_near(list.km2[1], 0.5, 1e-12);
    assert_near(list.km2[2], 0.75, 1e-12);
    assert_status(cm_geos_overlap_km2(ctx, &view, 0, &view, 1, &km2), CASTMAP_OK);
    assert_near(km2, 0.5, 1e-9);
    cm_polygon_set_clear(&set);
}

/* Two areas that share a wavy border from (10,0) to (10,10), and an island. */
static void simplified_neighbours_keep_one_border(void **state)
{
    castmap_context *ctx = *state;
    cm_polygon_set set = CM_POLYGON_SET_INIT, out = CM_POLYGON_SET_INIT;

    add_wkt(&set, "POLYGON((0 0, 10 0, 10.1 2, 9.9 4, 12 5, 9.9 6, 10.1 8, 10 10, 0 10, 0 0))");
    add_wkt(&set, "POLYGON((10.1 8, 9.9 6, 12 5, 9.9 4, 10.1 2, 10 0, 20 0, 20 10, 10 10, 10.1 8))");
    add_wkt(&set, "POLYGON((50 50, 50.1 50, 50.1 50.1, 50 50))");
    const castmap_polygons view = cm_polygon_set_view(&set);
    assert_status(cm_geos_simplify_coverage(ctx, &view, 0.5, &out), CASTMAP_OK);
    assert_int_equal(out.count, 3);
    /* The bulge at (12,5) stays, the ripples of 0.1 go, on both sides. */
    for (int side = 0; side < 2; side++) {
        size_t bulge = 0, ripples = 0;
        for (size_t i = out.vertex_start[side]; i < out.vertex_start[side + 1]; i++) {
            bulge += out.x[i] > 11.9 && out.x[i] < 12.1;
            ripples += (out.y[i] > 1.9 && out.y[i] < 2.1) || (out.y[i] > 7.9 && out.y[i] < 8.1);
        }
        assert_int_equal(bulge, 1);
        assert_int_equal(ripples, 0);
    }
    assert_int_equal(out.vertex_start[3] - out.vertex_start[2], 4); /* the island would vanish, so it stays whole */
    cm_polygon_set_clear(&set);
    cm_polygon_set_clear(&out);
}

static void puts_a_label_inside_a_crescent(void **state)
{
    castmap_context *ctx = *state;
    cm_polygon_set set = CM_POLYGON_SET_INIT;
    double x = 0.0, y = 0.0;

    add_wkt(&set, "POLYGON((0 0, 10 0, 10 10, 9 10, 9 1, 1 1, 1 10, 0 10, 0 0))");
    const castmap_polygons view = cm_polygon_set_view(&set);
    assert_status(cm_geos_label_point(ctx, &view, 0, &x, &y), CASTMAP_OK);
    assert_true(x > 0.0 && x < 10.0 && y > 0.0 && y < 10.0 && (x < 1.0 || x > 9.0 || y < 1.0));
    cm_polygon_set_clear(&set);
}

static void turns_rings_the_right_way(void **state)
{
    cm_polygon_set set = CM_POLYGON_SET_INIT;

    (void)state;
    add_wkt(&set, "POLYGON((0 0, 0 10, 10 10, 10 0, 0 0), (2 2, 4 2, 4 4, 2 2))");
    cm_polygon_set_orient(&set);
    assert_near(set.x[1], 10.0, 0.0); /* counter-clockwise now */
    assert_near(set.y[1], 0.0, 0.0);
    assert_near(set.x[6], 4.0, 0.0); /* the hole clockwise */
    assert_near(set.y[6], 4.0, 0.0);
    cm_polygon_set_clear(&set);
}

/* A neck of a tenth of a step: both its sides fall on one line of the grid. A square beside it is left as it is, one far below a step too. */
static void outlines_that_a_grid_would_pinch_are_rebuilt(void **state)
{
    static const char *const SHAPES[] = {
        "POLYGON((0 0,2 0,2 0.99999995,4 0.99999995,4 0,6 0,6 2,4 2,4 1.00000005,2 1.00000005,2 2,0 2,0 0))",
        "POLYGON((6 0,8.1234567 0,8 2,6 2,6 0))",
        "POLYGON((9 9,9.0000001 9,9.0000001 9.0000001,9 9))",
    };
    cm_polygon_set set = CM_POLYGON_SET_INIT, out = CM_POLYGON_SET_INIT, alone = CM_POLYGON_SET_INIT;
    size_t rebuilt = 99;
    bool valid = false;

    for (size_t i = 0; i < 3; i++)
        assert_true(add_wkt(&set, SHAPES[i]));
    const castmap_polygons view = cm_polygon_set_view(&set);
    assert_status(cm_geos_on_grid(*state, &view, 1e6, &out, &rebuilt), CASTMAP_OK);
    assert_int_equal(rebuilt, 2);
    assert_int_equal(out.count, 3);
    const castmap_polygons result = cm_polygon_set_view(&out);
    assert_int_equal(result.part_start[1], 2); /* the neck is gone, both halves are there */
    assert_status(cm_geos_is_valid(*state, &result, 0, &valid), CASTMAP_OK);
    assert_true(valid);
    for (size_t v = 0; v < result.vertex_start[result.ring_start[result.part_start[1]]]; v++) {
        assert_near(result.x[v] * 1e6, round(result.x[v] * 1e6), 1e-6);
        assert_near(result.y[v] * 1e6, round(result.y[v] * 1e6), 1e-6);
    }
    assert_int_equal(result.part_start[3], 4);
    assert_near(result.x[result.vertex_start[result.ring_start[2]] + 1], 8.1234567, 0.0);
    assert_near(result.x[result.vertex_start[result.ring_start[3]] + 1], 9.0000001, 0.0);

    assert_true(add_wkt(&alone, SHAPES[1]));
    cm_polygon_set_clear(&out);
    const castmap_polygons square = cm_polygon_set_view(&alone);
    assert_status(cm_geos_on_grid(*state, &square, 1e6, &out, &rebuilt), CASTMAP_OK);
    assert_int_equal(rebuilt, 0);
    assert_int_equal(out.count, 0);
    cm_polygon_set_clear(&alone);
    cm_polygon_set_clear(&out);
    cm_polygon_set_clear(&set);
}

/* An octagon laid over two neighbours, one with a hole, and a third out of reach; areas worked by hand. */
static void areas_are_cut_to_a_convex_outline(void **state)
{
    static const char *const SHAPES[] = {"POLYGON((0 0,5 0,5 10,0 10,0 0),(3 4,3 6,4 6,4 4,3 4))", "POLYGON((5 0,10 0,10 10,6 10,6 9,5 9,5 0))",
                                         "POLYGON((20 0,30 0,30 10,20 10,20 0))"};
    static const double x[] = {4, 6, 8, 8, 6, 4, 2, 2}, y[] = {2, 2, 4, 6, 8, 8, 6, 4}; /* 28 m2 */
    cm_polygon_set set = CM_POLYGON_SET_INIT, out = CM_POLYGON_SET_INIT;
    double km2[2];
    (void)state;

    for (int i = 0; i < 3; i++)
        assert_true(add_wkt(&set, SHAPES[i]));
    const castmap_polygons areas = cm_polygon_set_view(&set);
    assert_int_equal(cm_convex_clip(&areas, x, y, 8, &out), 0);
    const castmap_polygons cut = cm_polygon_set_view(&out);
    assert_int_equal(cut.count, 1);
    assert_int_equal(cut.part_start[1], 2);
    castmap_polygons_area_km2(&cut, km2);
    assert_near(km2[0] * 1e6, 28.0 - 2.0, 1e-9);
    assert_int_equal(cm_convex_clip(&areas, (const double[]){12, 15, 15}, (const double[]){1, 1, 4}, 3, &out), 0);
    const castmap_polygons none = cm_polygon_set_view(&out);
    assert_int_equal(none.count, 2);
    assert_int_equal(none.part_start[2], none.part_start[1]);
    cm_polygon_set_clear(&out);
    cm_polygon_set_clear(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_published_validity_cases),
        cmocka_unit_test(round_trips_through_wkb_and_refuses_damage),
        cmocka_unit_test(repairs_a_bow_tie_and_says_why),
        cmocka_unit_test(measures_cells_against_areas_exactly),
        cmocka_unit_test(simplified_neighbours_keep_one_border),
        cmocka_unit_test(puts_a_label_inside_a_crescent),
        cmocka_unit_test(turns_rings_the_right_way),
        cmocka_unit_test(outlines_that_a_grid_would_pinch_are_rebuilt),
        cmocka_unit_test(areas_are_cut_to_a_convex_outline),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
