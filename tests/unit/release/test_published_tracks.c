/* Tests of what releases say of recorded tracks: who reads every release learns of no single person. */
#include "release/disclosure/published.h"

#include "base/random.h"
#include "release/disclosure/published_tracks.h"
#include "release/disclosure/release_build.h"
#include "support/check.h"

#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST 4000
#define STREETS 4
#define FIRST_DAY 20089 /* 2025-01-01 */

/* "Long Row" over 4 km from west to east, "Half Mile" over 800 m, "Short Cut" over 300 m, and a street without a name. */
typedef struct town {
    castmap_streets streets;
    castmap_lixels  lixels;
    double   x[2 * STREETS], y[2 * STREETS], length[STREETS];
    uint32_t from[STREETS], to[STREETS], name_of[STREETS];
    size_t   start[STREETS + 1];
    char    *names[3];
    int64_t  piece[MOST], person[MOST], day[MOST];
    cm_track_detail detail;
    cm_policy policy;
    cm_period period;
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
    static char names[3][12] = {"Long Row", "Half Mile", "Short Cut"};

    memset(t, 0, sizeof *t);
    for (int i = 0; i < 3; i++)
        t->names[i] = names[i];
    street(t, 0, 0, 0, 300, 4000, 300);
    street(t, 1, 1, 100, 700, 900, 700);
    street(t, 2, 2, 100, 900, 400, 900);
    street(t, 3, CASTMAP_NO_TEXT, 0, 1500, 2000, 1500);
    t->streets = (castmap_streets){.n_names = 3, .names = t->names, .name_of = t->name_of};
    t->streets.network = (castmap_network){.n_edges = STREETS, .from = t->from, .to = t->to, .length_m = t->length, .vertex_start = t->start,
                                           .x = t->x, .y = t->y};
    options.audience = audience;
    options.base_cell_m = audience == CASTMAP_PARTNER ? 500.0 : 0.0;
    assert_status(cm_policy_make(*state, &options, &t->policy), CASTMAP_OK);
    assert_status(castmap_lixels_cut(*state, &t->streets.network, CM_VISIT_PIECE_M, CM_VISIT_LEAST_M, &t->lixels), CASTMAP_OK);
    t->period = (cm_period){CM_PERIOD_YEAR, FIRST_DAY * INT64_C(86400), (FIRST_DAY + 365) * INT64_C(86400)};
    t->detail = (cm_track_detail){.trim_m = 500.0, .n_pieces = t->lixels.count, .piece = t->piece, .person = t->person, .day = t->day};
}

static int by_visit(const void *left, const void *right)
{
    const int64_t *a = left, *b = right;

    for (int k = 0; k < 3; k++)
        if (a[k] != b[k])
            return a[k] < b[k] ? -1 : 1;
    return 0;
}

/* A person on the pieces [from, to) of an edge on one day; visits are kept in their order. */
static void pass(town *t, size_t edge, size_t from, size_t to, int64_t person, int64_t day)
{
    int64_t all[MOST][3];
    size_t n = t->detail.n_visits;

    for (size_t i = 0; i < n; i++) {
        all[i][0] = t->piece[i];
        all[i][1] = t->person[i];
        all[i][2] = t->day[i];
    }
    for (size_t k = from; k < to; k++, n++) {
        assert_true(n < MOST);
        all[n][0] = (int64_t)(t->lixels.edge_start[edge] + k);
        all[n][1] = person;
        all[n][2] = FIRST_DAY + day;
    }
    qsort(all, n, sizeof *all, by_visit);
    for (size_t i = 0; i < n; i++) {
        t->piece[i] = all[i][0];
        t->person[i] = all[i][1];
        t->day[i] = all[i][2];
    }
    t->detail.n_visits = n;
}

static cm_published_tracks publish(void **state, const town *t, size_t *withheld)
{
    cm_published_tracks out = {0};

    assert_status(cm_published_tracks_count(*state, &t->policy, &t->period, &t->streets, &t->lixels, "net", &t->detail, &out, withheld), CASTMAP_OK);
    return out;
}

static size_t shown(void **state, const town *t)
{
    size_t withheld = 0;
    cm_published_tracks out = publish(state, t, &withheld);
    const size_t count = out.count;

    cm_published_tracks_clear(&out);
    return count;
}

static void five_people_on_three_days_and_no_fewer(void **state)
{
    for (castmap_audience audience = CASTMAP_PARTNER; audience <= CASTMAP_PUBLIC; audience++) {
        const size_t least = audience == CASTMAP_PARTNER ? 5 : 10;
        for (size_t people = least - 1; people <= least; people++) {
            town t;
            build(state, &t, audience);
            for (size_t p = 0; p < people; p++)
                for (int64_t again = 0; again < 6; again++) /* however often they come */
                    pass(&t, 0, 0, 8, (int64_t)p, (int64_t)p + 30 * again);
            assert_int_equal(shown(state, &t), people == least);
            castmap_lixels_clear(&t.lixels);
        }
    }
}

static void those_who_always_go_together_are_not_shown(void **state)
{
    town t;

    build(state, &t, CASTMAP_PARTNER);
    for (int64_t p = 0; p < 9; p++)
        for (int64_t day = 0; day < 20; day++)
            pass(&t, 0, 2, 6, p, day);
    assert_int_equal(shown(state, &t), 0); /* nine people, twenty days, but all came on the first */
    pass(&t, 0, 2, 6, 20, 7);
    assert_int_equal(shown(state, &t), 0);
    pass(&t, 0, 2, 6, 21, 9);
    assert_int_equal(shown(state, &t), 1); /* three days on which somebody came first */
    castmap_lixels_clear(&t.lixels);
}

static void short_streets_and_those_without_a_name_are_not_shown(void **state)
{
    town t;

    build(state, &t, CASTMAP_PARTNER);
    for (int64_t p = 0; p < 30; p++) {
        pass(&t, 2, 0, 6, p, p);
        pass(&t, 3, 0, 20, p, p);
    }
    assert_int_equal(shown(state, &t), 0);
    castmap_lixels_clear(&t.lixels);
}

static void only_days_of_the_period_count(void **state)
{
    town t;

    build(state, &t, CASTMAP_PARTNER);
    for (int64_t p = 0; p < 4; p++)
        pass(&t, 0, 0, 8, p, p);
    pass(&t, 0, 0, 8, 4, -1);  /* the last day of the year before */
    pass(&t, 0, 0, 8, 5, 365); /* the first of the next */
    assert_int_equal(shown(state, &t), 0);
    pass(&t, 0, 0, 8, 6, 364);
    assert_int_equal(shown(state, &t), 1);
    castmap_lixels_clear(&t.lixels);
}

static void a_square_is_divided_only_where_every_quarter_passes(void **state)
{
    town t;
    size_t withheld = 0;

    build(state, &t, CASTMAP_PARTNER);
    for (int64_t p = 0; p < 6; p++)
        pass(&t, 0, 0, 40, p, p); /* the first 2 km */
    cm_published_tracks out = publish(state, &t, &withheld);
    assert_int_equal(out.count, 4); /* of 500 m */
    for (size_t i = 0; i < out.count; i++)
        assert_near(out.track[i].side_m, 500.0, 0.0);
    cm_published_tracks_clear(&out);
    castmap_lixels_clear(&t.lixels);

    build(state, &t, CASTMAP_PARTNER);
    for (int64_t p = 0; p < 6; p++)
        pass(&t, 0, p == 0 ? 10 : 0, 40, p, p); /* one fewer in the first quarter: still enough */
    out = publish(state, &t, &withheld);
    assert_int_equal(out.count, 4);
    cm_published_tracks_clear(&out);
    for (size_t k = 0, n = 0; k < t.detail.n_visits; k++) { /* and another: the half is shown whole */
        if (t.person[k] == 1 && t.piece[k] < 10)
            continue;
        t.piece[n] = t.piece[k];
        t.person[n] = t.person[k];
        t.day[n++] = t.day[k];
        if (k + 1 == t.detail.n_visits)
            t.detail.n_visits = n;
    }
    out = publish(state, &t, &withheld);
    assert_int_equal(out.count, 3);
    assert_near(out.track[0].side_m, 1000.0, 0.0);
    assert_int_equal(out.track[0].people_from, 5);
    cm_published_tracks_clear(&out);
    castmap_lixels_clear(&t.lixels);
}

/* Squares of one street never overlap: no difference of two of them is a part. */
static bool overlap(const cm_published_track *a, const cm_published_track *b)
{
    const double aw = (double)a->column * a->side_m, as = (double)a->row * a->side_m, bw = (double)b->column * b->side_m, bs = (double)b->row * b->side_m;

    return aw < bw + b->side_m && bw < aw + a->side_m && as < bs + b->side_m && bs < as + a->side_m;
}

static void scatter(town *t, uint64_t seed)
{
    for (uint64_t i = 0; i < 40; i++) {
        const size_t edge = cm_random_below(seed, i, 1, 3), pieces = t->lixels.edge_start[edge + 1] - t->lixels.edge_start[edge];
        const size_t first = cm_random_below(seed, i, 2, pieces), last = first + 1 + cm_random_below(seed, i, 3, 30);
        pass(t, edge, first, last < pieces ? last : pieces, (int64_t)cm_random_below(seed, i, 4, 14), (int64_t)cm_random_below(seed, i, 5, 30));
    }
}

static size_t people_on(const town *t, const cm_published_track *unit)
{
    bool seen[64] = {false};
    size_t people = 0;

    for (size_t i = 0; i < t->detail.n_visits; i++) {
        const size_t piece = (size_t)t->piece[i];
        const uint32_t e = t->lixels.edge[piece];
        const double x = t->x[2 * e] + t->lixels.middle_m[piece], y = t->y[2 * e]; /* all run from west to east */
        if (t->name_of[e] == CASTMAP_NO_TEXT || strcmp(t->names[t->name_of[e]], unit->name) != 0 || floor(x / unit->side_m) != (double)unit->column ||
            floor(y / unit->side_m) != (double)unit->row || seen[t->person[i]])
            continue;
        seen[t->person[i]] = true;
        people++;
    }
    return people;
}

static bool has(const cm_published_tracks *tracks, const cm_published_track *unit, bool class_too)
{
    for (size_t i = 0; i < tracks->count; i++) {
        const cm_published_track *t = &tracks->track[i];
        if (strcmp(t->name, unit->name) == 0 && t->column == unit->column && t->row == unit->row && t->side_m == unit->side_m)
            return !class_too || t->people_from == unit->people_from;
    }
    return false;
}

/*
 * An attacker who knows the tracks of all people but one, and sees the release: that one changes nothing but where the floor is otherwise nearly
 * met, or where people stand at the edge of a class.
 */
static void one_person_never_decides_alone(void **state)
{
    size_t decided = 0, units = 0;

    for (uint64_t seed = 1; seed <= 12; seed++) {
        for (castmap_audience audience = CASTMAP_PARTNER; audience <= CASTMAP_PUBLIC; audience++) {
            static town t, less;
            size_t withheld = 0;
            build(state, &t, audience);
            scatter(&t, seed);
            cm_published_tracks all = publish(state, &t, &withheld);
            for (size_t i = 0; i < all.count; i++) {
                units++;
                assert_true(people_on(&t, &all.track[i]) >= t.policy.min_groups);
                assert_int_equal(cm_people_class(people_on(&t, &all.track[i])), all.track[i].people_from);
                for (size_t k = 0; k < i; k++)
                    assert_false(strcmp(all.track[i].name, all.track[k].name) == 0 && overlap(&all.track[i], &all.track[k]));
            }
            for (int64_t person = 0; person < 14; person++) {
                less = t;
                less.detail.piece = less.piece;
                less.detail.person = less.person;
                less.detail.day = less.day;
                less.streets.network.x = less.x;
                less.detail.n_visits = 0;
                for (size_t i = 0; i < t.detail.n_visits; i++) {
                    if (t.person[i] == person)
                        continue;
                    less.piece[less.detail.n_visits] = t.piece[i];
                    less.person[less.detail.n_visits] = t.person[i];
                    less.day[less.detail.n_visits++] = t.day[i];
                }
                cm_published_tracks one = publish(state, &less, &withheld);
                for (size_t i = 0; i < one.count; i++)
                    assert_true(people_on(&less, &one.track[i]) >= t.policy.min_groups); /* what is left stands by itself */
                for (size_t i = 0; i < all.count; i++)
                    decided += !has(&one, &all.track[i], false);
                cm_published_tracks_clear(&one);
            }
            cm_published_tracks_clear(&all);
            castmap_lixels_clear(&t.lixels);
        }
    }
    assert_true(units > 20 && decided > 0); /* the floors are met from both sides */
}

/* Whatever is below the floor may be anything: every byte stays as it was. */
static void what_is_not_shown_has_no_say(void **state)
{
    town t;
    size_t withheld = 0;

    build(state, &t, CASTMAP_PARTNER);
    for (int64_t p = 0; p < 7; p++)
        pass(&t, 1, 0, 16, p, p);
    cm_published_tracks before = publish(state, &t, &withheld);
    assert_int_equal(before.count, 1); /* 800 m in one square of 2 km; no quarter of it has 500 m of it in every part */
    for (int64_t few = 0; few < 4; few++) {
        pass(&t, 0, 41, 79, 50 + few, 3 * few); /* four people on the long road, in the next square */
        cm_published_tracks after = publish(state, &t, &withheld);
        assert_int_equal(after.count, before.count);
        assert_true(has(&after, &before.track[0], true));
        cm_published_tracks_clear(&after);
    }
    pass(&t, 0, 41, 79, 60, 20); /* the fifth is one too many */
    cm_published_tracks after = publish(state, &t, &withheld);
    assert_true(after.count > before.count);
    cm_published_tracks_clear(&after);
    cm_published_tracks_clear(&before);
    castmap_lixels_clear(&t.lixels);
}

static void the_ledger_keeps_what_was_said(void **state)
{
    town t;
    size_t withheld = 0;
    cm_text text = CM_TEXT_INIT;
    cm_json json;
    cm_published_tracks back = {0};

    build(state, &t, CASTMAP_PARTNER);
    for (int64_t p = 0; p < 12; p++)
        pass(&t, 0, 0, 20, p, p);
    cm_published_tracks out = publish(state, &t, &withheld);
    assert_true(out.count > 0);
    cm_json_begin(&json, &text, false);
    cm_json_object(&json, NULL);
    cm_published_tracks_to_json(&json, &out);
    cm_json_end_object(&json);
    struct json_object *document = json_tokener_parse(text.bytes);
    assert_status(cm_published_tracks_from_json(*state, document, &back), CASTMAP_OK);
    assert_true(back.present && back.count == out.count);
    for (size_t i = 0; i < out.count; i++)
        assert_true(has(&back, &out.track[i], true));
    assert_string_equal(back.network, "net");
    assert_string_equal(back.visits, out.visits);
    json_object_put(document);
    cm_text_clear(&text);
    cm_published_tracks_clear(&out);
    cm_published_tracks_clear(&back);
    document = json_tokener_parse("{\"tracks\":{\"network\":\"n\",\"visits\":\"v\",\"shown\":[[\"a\",1,2]]}}");
    assert_status(cm_published_tracks_from_json(*state, document, &back), CASTMAP_E_PROJECT);
    json_object_put(document);
    castmap_lixels_clear(&t.lixels);
}

/* The last door, whoever built the layer. */
static void a_line_beyond_its_square_or_too_short_or_with_a_count_is_refused(void **state)
{
    for (int bad = 0; bad < 4; bad++) {
        cm_release_build b;
        castmap_release *release = NULL;
        size_t one[] = {0, 1}, line_vertices[] = {0, 2};
        double lx[] = {1000, bad == 1 ? 1300 : bad == 2 ? 2200 : 2000}, ly[] = {500, 500};
        const castmap_polygons line = {1, one, one, line_vertices, lx, ly};

        cm_build_begin(&b, CASTMAP_PUBLIC);
        b.lattice_m = 1000.0;
        cm_layer *layer = cm_build_layer(&b, "track_stretches", "Streets", "", CM_SHAPE_LINE, 1);
        cm_build_shapes(&b, layer, &line, lx, ly);
        (void)cm_build_field(&b, layer, CM_FIELD_INTEGER, bad == 3 ? "passes" : "class", "", "", "", 0);
        assert_status(cm_build_finish(*state, &b, &release), bad ? CASTMAP_E_RELEASE : CASTMAP_OK);
        castmap_release_free(release);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(five_people_on_three_days_and_no_fewer, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(those_who_always_go_together_are_not_shown, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(short_streets_and_those_without_a_name_are_not_shown, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(only_days_of_the_period_count, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(a_square_is_divided_only_where_every_quarter_passes, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(one_person_never_decides_alone, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(what_is_not_shown_has_no_say, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(the_ledger_keeps_what_was_said, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(a_line_beyond_its_square_or_too_short_or_with_a_count_is_refused, context_setup, context_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
