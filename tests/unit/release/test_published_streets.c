/* Tests of what releases say of streets: who reads every release learns of no single report. */
#include "release/disclosure/published.h"

#include "base/random.h"
#include "release/disclosure/published_streets.h"
#include "release/disclosure/release_build.h"
#include "release/disclosure/street_lines.h"
#include "support/check.h"

#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST 400
#define PIECES 4

/* Two streets from west to east through the square 0,0 of 1 km: "Long Row" over all of it, "Short Cut" over 300 m; and one that leaves the square. */
typedef struct town {
    castmap_streets streets;
    double   x[2 * PIECES], y[2 * PIECES], length[PIECES];
    uint32_t from[PIECES], to[PIECES], name_of[PIECES];
    size_t   start[PIECES + 1];
    char    *names[3];
    cm_report report[MOST];
    size_t   n;
    cm_ledger_cell cell;
    cm_policy policy;
} town;

static void street(town *t, size_t e, uint32_t name, double x0, double y0, double x1, double y1)
{
    t->x[2 * e] = x0;
    t->y[2 * e] = y0;
    t->x[2 * e + 1] = x1;
    t->y[2 * e + 1] = y1;
    t->length[e] = hypot(x1 - x0, y1 - y0);
    t->from[e] = (uint32_t)(2 * e);
    t->to[e] = (uint32_t)(2 * e + 1);
    t->name_of[e] = name;
    t->start[e + 1] = 2 * e + 2;
}

static void build(void **state, town *t, castmap_audience audience)
{
    castmap_release_options options = CASTMAP_RELEASE_OPTIONS_INIT;
    static char names[3][12] = {"Long Row", "Short Cut", "Mile End"};

    memset(t, 0, sizeof *t);
    for (int i = 0; i < 3; i++)
        t->names[i] = names[i];
    street(t, 0, 0, 0, 300, 600, 300);
    street(t, 1, 0, 600, 300, 1000, 300);
    street(t, 2, 1, 100, 700, 400, 700);
    street(t, 3, 2, -500, 900, 1500, 900);
    t->streets = (castmap_streets){.n_names = 3, .names = t->names, .name_of = t->name_of};
    t->streets.network = (castmap_network){.n_edges = PIECES, .from = t->from, .to = t->to, .length_m = t->length, .vertex_start = t->start,
                                           .x = t->x, .y = t->y};
    options.audience = audience;
    options.base_cell_m = audience == CASTMAP_PARTNER ? 500.0 : 0.0;
    assert_status(cm_policy_make(*state, &options, &t->policy), CASTMAP_OK);
    t->cell = (cm_ledger_cell){0, 0, 1000.0, 50};
}

/* n reports of different people on different days along a street; far enough apart not to be one report told twice. */
static void tell(town *t, int32_t name, size_t n, double y, int32_t first_source)
{
    for (size_t i = 0; i < n; i++)
        t->report[t->n++] = (cm_report){.x = 5.0 + 12.0 * (double)i, .y = y, .accuracy_m = 5.0, .when = cm_when_key_day(20000 + (int64_t)i),
                                        .source = first_source + (int32_t)i, .category = 0, .place = name};
}

static cm_published_streets publish(void **state, const town *t, size_t *withheld)
{
    cm_published_streets out = {0};

    assert_status(cm_published_streets_count(*state, &t->policy, &t->streets, "net", t->report, t->n, true, &t->cell, 1, &out, withheld), CASTMAP_OK);
    return out;
}

static void a_street_passes_the_floors_by_itself(void **state)
{
    town t;
    size_t withheld = 0;

    build(state, &t, CASTMAP_PARTNER);
    tell(&t, 0, 4, 300, 0);   /* one too few */
    tell(&t, -1, 40, 500, 100); /* the square has plenty */
    cm_published_streets out = publish(state, &t, &withheld);
    assert_int_equal(out.count, 0);
    assert_int_equal(withheld, 1);
    cm_published_streets_clear(&out);

    build(state, &t, CASTMAP_PARTNER);
    tell(&t, 0, 5, 300, 0);
    out = publish(state, &t, &withheld);
    assert_int_equal(out.count, 1);
    assert_string_equal(out.street[0].name, "Long Row");
    cm_published_streets_clear(&out);

    build(state, &t, CASTMAP_PARTNER); /* one person who tells much is one person */
    tell(&t, 0, 30, 300, 0);
    for (size_t i = 0; i < t.n; i++)
        t.report[i].source = (int32_t)(i % 2);
    out = publish(state, &t, &withheld);
    assert_int_equal(out.count, 0);
    cm_published_streets_clear(&out);
}

static void a_short_street_is_not_shown(void **state)
{
    town t;
    size_t withheld = 0;

    build(state, &t, CASTMAP_PARTNER);
    tell(&t, 1, 20, 700, 0);
    cm_published_streets out = publish(state, &t, &withheld);
    assert_int_equal(out.count, 0);
    assert_int_equal(withheld, 1);
    cm_published_streets_clear(&out);
}

static void nothing_is_said_outside_shown_squares(void **state)
{
    town t;
    size_t withheld = 0;

    build(state, &t, CASTMAP_PARTNER);
    tell(&t, 0, 20, 300, 0);
    t.cell.column = 5;
    cm_published_streets out = publish(state, &t, &withheld);
    assert_int_equal(out.count + withheld, 0);
    cm_published_streets_clear(&out);
    t.cell = (cm_ledger_cell){0, 0, 4000.0, 50}; /* too wide a square to say which street */
    out = publish(state, &t, &withheld);
    assert_int_equal(out.count, 0);
    cm_published_streets_clear(&out);
}

static bool equal(const cm_published_streets *a, const cm_published_streets *b)
{
    bool same = a->count == b->count;

    for (size_t i = 0; same && i < a->count; i++)
        same = strcmp(a->street[i].name, b->street[i].name) == 0 && a->street[i].column == b->street[i].column && a->street[i].row == b->street[i].row;
    return same;
}

static size_t reports_on(const town *t, const char *name)
{
    size_t on = 0;

    for (size_t k = 0; k < t->n; k++)
        on += t->report[k].place >= 0 && strcmp(t->names[t->report[k].place], name) == 0;
    return on;
}

static bool shows(const cm_published_streets *streets, const char *name)
{
    for (size_t i = 0; i < streets->count; i++)
        if (strcmp(streets->street[i].name, name) == 0)
            return true;
    return false;
}

/* An attacker who knows all reports but one, and sees the release: that one can only tip a street on which the floor is otherwise nearly met. */
static void one_report_never_decides_alone(void **state)
{
    size_t decided = 0;

    for (uint64_t seed = 1; seed <= 40; seed++) {
        for (castmap_audience audience = CASTMAP_PARTNER; audience <= CASTMAP_PUBLIC; audience++) {
            town t, less;
            size_t withheld = 0;
            build(state, &t, audience);
            for (uint64_t i = 0; i < 60; i++) {
                const double u = cm_random_unit(seed, i, 1);
                t.report[t.n++] = (cm_report){.x = 1000.0 * cm_random_unit(seed, i, 2), .y = 1000.0 * cm_random_unit(seed, i, 3), .accuracy_m = 5.0,
                                              .when = cm_when_key_day(20000 + (int64_t)cm_random_below(seed, i, 4, 5)),
                                              .source = (int32_t)cm_random_below(seed, i, 5, 12), .category = 0,
                                              .place = u < 0.2 ? 0 : u < 0.3 ? 1 : u < 0.45 ? 2 : -1};
            }
            cm_published_streets all = publish(state, &t, &withheld);
            assert_false(shows(&all, "Short Cut"));
            for (size_t out = 0; out < t.n; out++) {
                less = t;
                memmove(less.report + out, less.report + out + 1, (less.n - out - 1) * sizeof *less.report);
                less.n--;
                cm_published_streets one = publish(state, &less, &withheld);
                for (int i = 0; i < 3; i++) {
                    const bool before = shows(&all, t.names[i]), after = shows(&one, t.names[i]);
                    if (before)
                        assert_true(reports_on(&t, t.names[i]) >= t.policy.min_groups);
                    if (before == after)
                        continue;
                    assert_true(reports_on(&less, t.names[i]) + 1 >= t.policy.min_groups);
                    decided++;
                }
                cm_published_streets_clear(&one);
            }
            cm_published_streets_clear(&all);
        }
    }
    assert_true(decided > 0); /* the floors are met from both sides */
}

static void the_order_of_reports_says_nothing(void **state)
{
    town t, turned;
    size_t withheld = 0;

    build(state, &t, CASTMAP_PARTNER);
    tell(&t, 0, 8, 300, 0);
    tell(&t, 2, 9, 900, 50);
    turned = t;
    for (size_t i = 0; i < t.n; i++)
        turned.report[i] = t.report[t.n - 1 - i];
    cm_published_streets a = publish(state, &t, &withheld), b = publish(state, &turned, &withheld);
    assert_int_equal(a.count, 2);
    assert_true(equal(&a, &b));
    cm_published_streets_clear(&a);
    cm_published_streets_clear(&b);
}

static void the_ledger_keeps_what_was_said(void **state)
{
    town t;
    size_t withheld = 0;
    cm_text text = CM_TEXT_INIT;
    cm_json json;
    cm_published_streets back = {0};

    build(state, &t, CASTMAP_PARTNER);
    tell(&t, 0, 8, 300, 0);
    cm_published_streets out = publish(state, &t, &withheld);
    cm_json_begin(&json, &text, false);
    cm_json_object(&json, NULL);
    cm_published_streets_to_json(&json, &out);
    cm_json_end_object(&json);
    assert_null(strstr(text.bytes, "count")); /* no figure of its own */
    struct json_object *document = json_tokener_parse(text.bytes);
    assert_status(cm_published_streets_from_json(*state, document, &back), CASTMAP_OK);
    assert_true(back.present && equal(&out, &back));
    assert_string_equal(back.network, "net");
    json_object_put(document);
    cm_text_clear(&text);
    cm_published_streets_clear(&out);
    cm_published_streets_clear(&back);
    document = json_tokener_parse("{\"streets\":{\"network\":\"n\",\"shown\":[[1,2]]}}");
    assert_status(cm_published_streets_from_json(*state, document, &back), CASTMAP_E_PROJECT);
    json_object_put(document);
}

static void lines_are_cut_at_the_square(void **state)
{
    town t;
    cm_polygon_set set = CM_POLYGON_SET_INIT;
    const cm_square square = {0.0, 0.0, 1000.0};
    double length = 0.0;

    build(state, &t, CASTMAP_PARTNER);
    assert_int_equal(cm_polygon_set_feature(&set), 0);
    assert_int_equal(cm_line_in_square(&set, &t.streets.network, 3, &square, &length), 0);
    assert_near(length, 1000.0, 1e-9);
    assert_int_equal(set.vertices, 2);
    assert_near(set.x[0], 0.0, 1e-9);
    assert_near(set.x[1], 1000.0, 1e-9);
    cm_polygon_set_clear(&set);

    assert_int_equal(cm_polygon_set_feature(&set), 0);
    assert_int_equal(cm_line_of_edge(&set, &t.streets.network, 3, 100.0, 350.0, true), 0);
    assert_int_equal(set.vertices, 2);
    assert_near(set.x[0], -150.0, 1e-9); /* runs against the edge */
    assert_near(set.x[1], -400.0, 1e-9);
    cm_polygon_set_clear(&set);
}

/* The last door, whoever built the layer. */
static void a_stretch_outside_a_shown_square_is_refused(void **state)
{
    for (int bad = 0; bad < 3; bad++) {
        cm_release_build b;
        castmap_release *release = NULL;
        size_t one[] = {0, 1}, square_vertices[] = {0, 5}, line_vertices[] = {0, 2};
        double sx[] = {0, 1000, 1000, 0, 0}, sy[] = {0, 0, 1000, 1000, 0};
        double lx[] = {0, bad == 1 ? 300 : 1000}, ly[] = {500, bad == 2 ? 1200 : 500};
        const castmap_polygons square = {1, one, one, square_vertices, sx, sy}, line = {1, one, one, line_vertices, lx, ly};

        cm_build_begin(&b, CASTMAP_PARTNER);
        b.lattice_m = 500.0;
        cm_layer *cells = cm_build_layer(&b, "cells", "Cells", "", CM_SHAPE_POLYGON, 1);
        cm_build_shapes(&b, cells, &square, sx, sy);
        cm_layer *stretches = cm_build_layer(&b, "stretches", "Streets", "", CM_SHAPE_LINE, 1);
        cm_build_shapes(&b, stretches, &line, lx, ly);
        assert_status(cm_build_finish(*state, &b, &release), bad ? CASTMAP_E_RELEASE : CASTMAP_OK);
        castmap_release_free(release);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_street_passes_the_floors_by_itself, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(a_short_street_is_not_shown, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(nothing_is_said_outside_shown_squares, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(one_report_never_decides_alone, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(the_order_of_reports_says_nothing, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(the_ledger_keeps_what_was_said, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(lines_are_cut_at_the_square, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(a_stretch_outside_a_shown_square_is_refused, context_setup, context_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
