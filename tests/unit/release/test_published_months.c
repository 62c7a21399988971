/* Tests of which months a release calls covered, and of what a reader can learn from that. */
#include "release/disclosure/published_months.h"

#include "base/random.h"
#include "base/time_text.h"
#include "release/disclosure/lattice.h"
#include "support/check.h"

#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST 600
#define SEPTEMBER (INT64_C(2021) * 12 + 8)

/* One square of 1 km is shown, that at 0,0. */
typedef struct town {
    cm_report report[MOST];
    bool      wide[MOST];
    size_t    n;
    cm_ledger_cell cell;
    cm_policy policy;
} town;

static void build(void **state, town *t)
{
    castmap_release_options options = CASTMAP_RELEASE_OPTIONS_INIT;

    memset(t, 0, sizeof *t);
    options.audience = CASTMAP_PUBLIC;
    assert_status(cm_policy_make(*state, &options, &t->policy), CASTMAP_OK);
    t->cell = (cm_ledger_cell){0, 0, 1000.0, 30};
}

static cm_report *add(town *t, unsigned month, unsigned day, int32_t source, double x, double y)
{
    assert_true(t->n < MOST);
    t->report[t->n] = (cm_report){.x = x, .y = y, .accuracy_m = (double)NAN, .when = cm_when_key_day(cm_days_from_civil(2021, month, day)), .source = source,
                                  .category = 0, .place = -1};
    return &t->report[t->n++];
}

/* n reports at places of their own, by `sources` people, on days one after the other. */
static void add_month(town *t, unsigned month, size_t n, int32_t sources)
{
    for (size_t i = 0; i < n; i++)
        add(t, month, (unsigned)(1 + i % 28), (int32_t)i % sources, 20.0 + 300.0 * (double)(i % 4), 20.0 + 70.0 * (double)(i / 4));
}

static cm_published_months count(void **state, const town *t)
{
    cm_published_months months = {0};

    assert_status(cm_published_months_count(*state, &t->policy, t->report, t->wide, t->n, true, &t->cell, 1, &months), CASTMAP_OK);
    assert_true(months.present);
    return months;
}

static size_t covered(void **state, const town *t)
{
    cm_published_months months = count(state, t);
    const size_t n = months.n;

    cm_published_months_clear(&months);
    return n;
}

static void a_month_is_covered_where_its_records_pass_every_floor(void **state)
{
    town t;

    build(state, &t);
    add_month(&t, 9, 12, 6);  /* passes */
    add_month(&t, 3, 9, 6);   /* too few groups */
    add_month(&t, 4, 12, 4);  /* too few sources */
    cm_published_months months = count(state, &t);
    assert_int_equal(months.n, 1);
    assert_int_equal(months.month[0], SEPTEMBER);
    cm_published_months_clear(&months);
    add(&t, 3, 20, 5, 950.0, 900.0); /* the tenth */
    assert_int_equal(covered(state, &t), 2);
    build(state, &t);
    add_month(&t, 9, 12, 6);
    for (size_t i = 0; i < t.n; i++)
        t.report[i].when = cm_when_key_day(cm_days_from_civil(2021, 9, 1 + (unsigned)i % 4)); /* four days */
    assert_int_equal(covered(state, &t), 0);
    build(state, &t);
    add_month(&t, 9, 24, 6);
    for (size_t i = 0; i < t.n; i++)
        t.report[i].when = cm_when_key_month(SEPTEMBER); /* no day is known: twice the groups stand in for days */
    assert_int_equal(covered(state, &t), 1);
    t.n = 18;
    assert_int_equal(covered(state, &t), 0);
}

static void one_neighbour_who_reports_one_house_every_day_covers_no_month(void **state)
{
    town t;

    build(state, &t);
    for (unsigned day = 1; day <= 28; day++)
        add(&t, 9, day, (int32_t)day % 6, 500.0, 500.0); /* six groups: one a source */
    assert_int_equal(covered(state, &t), 0);
}

static void what_is_not_in_a_shown_square_or_not_known_to_the_month_has_no_say(void **state)
{
    town t;

    build(state, &t);
    add_month(&t, 9, 12, 6);
    for (size_t i = 0; i < t.n; i++)
        t.wide[i] = true;
    assert_int_equal(covered(state, &t), 0);
    memset(t.wide, 0, sizeof t.wide);
    for (size_t i = 0; i < t.n; i++)
        t.report[i].x += 1000.0; /* the next square, which is not shown */
    assert_int_equal(covered(state, &t), 0);
    t.cell = (cm_ledger_cell){0, 0, 8000.0, 30};
    assert_int_equal(covered(state, &t), 1);
    t.cell = (cm_ledger_cell){1, 0, 1000.0, 30};
    assert_int_equal(covered(state, &t), 1);
}

/*
 * Attack: who knows all records but one, and reads which months are covered, learns of the one only where the others already stand at the floor; from a month with any number below
 * it, nothing. Against a floor of one it would show, so the test can fail.
 */
static void one_record_more_or_less_is_told_at_the_floor_alone(void **state)
{
    size_t told = 0, told_of_few = 0, trials = 400;

    for (size_t trial = 0; trial < trials; trial++) {
        town t;
        build(state, &t);
        for (unsigned month = 1; month <= 12; month++)
            add_month(&t, month, (size_t)cm_random_below(7, trial, month, 16), 6);
        if (t.n == 0)
            continue;
        const size_t gone = (size_t)cm_random_below(7, trial, 0, t.n);
        cm_published_months with = count(state, &t);
        int64_t year;
        unsigned month, day;
        size_t before = 0;
        cm_civil_from_days(t.report[gone].when / 2, &year, &month, &day);
        for (size_t i = 0; i < t.n; i++) {
            unsigned other;
            cm_civil_from_days(t.report[i].when / 2, &year, &other, &day);
            before += other == month;
        }
        t.report[gone] = t.report[--t.n];
        cm_published_months without = count(state, &t);
        const bool differs = with.n != without.n || (with.n > 0 && memcmp(with.month, without.month, with.n * sizeof *with.month) != 0);
        told += differs;
        told_of_few += differs && before < t.policy.min_groups;
        cm_published_months_clear(&with);
        cm_published_months_clear(&without);
    }
    assert_int_equal(told_of_few, 0);
    assert_true(told > 0 && (double)told / (double)trials < 0.25); /* the bound on membership of safe release */
}

static void movements_of_one_person_are_one_in_a_month(void **state)
{
    town t;
    cm_flow_move move[MOST];
    cm_published_months months = {0};
    size_t n = 0;

    build(state, &t);
    for (unsigned i = 0; i < 12; i++)
        move[n++] = (cm_flow_move){i % 3, 4, i, cm_when_key_day(cm_days_from_civil(2021, 9, 1 + i)), i % 6, false};
    for (unsigned i = 0; i < 28; i++) /* nine persons, many legs */
        move[n++] = (cm_flow_move){i % 3, 4, i % 9, cm_when_key_day(cm_days_from_civil(2021, 3, 1 + i)), i % 6, false};
    for (unsigned i = 0; i < 28; i++) /* of a whole year, or of nobody knows which quarter */
        move[n++] = (cm_flow_move){i % 3, 4, 100 + i, cm_when_key_month(SEPTEMBER - 3), i % 6, true};
    assert_status(cm_published_months_of_flows(*state, &t.policy, move, n, &months), CASTMAP_OK);
    assert_int_equal(months.n, 1);
    assert_int_equal(months.month[0], SEPTEMBER);
    cm_published_months_clear(&months);
}

static void months_in_words(void **state)
{
    static const struct {
        size_t      n, most;
        int64_t     month[8];
        const char *words;
    } CASES[] = {
        {0, 3, {0}, ""},
        {1, 3, {SEPTEMBER}, "September 2021"},
        {4, 3, {SEPTEMBER - 8, SEPTEMBER - 7, SEPTEMBER - 6, SEPTEMBER}, "January to March and September 2021"},
        {3, 3, {SEPTEMBER - 8, SEPTEMBER - 6, SEPTEMBER}, "January, March and September 2021"},
        {4, 3, {SEPTEMBER + 2, SEPTEMBER + 3, SEPTEMBER + 4, SEPTEMBER + 5}, "November 2021 to February 2022"},
        {2, 3, {SEPTEMBER, SEPTEMBER + 12}, "September 2021 and September 2022"},
        {3, 2, {SEPTEMBER - 8, SEPTEMBER - 6, SEPTEMBER}, ""},
    };
    char words[160];
    (void)state;

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int64_t month[8];
        memcpy(month, CASES[i].month, sizeof month);
        const cm_published_months months = {true, CASES[i].n, month};
        cm_published_months_words(&months, CASES[i].most, words, sizeof words);
        assert_string_equal(words, CASES[i].words);
    }
    const cm_period year = {CM_PERIOD_YEAR, cm_utc(2021, 1, 1, 0, 0, 0), cm_utc(2022, 1, 1, 0, 0, 0)};
    const cm_period quarters = {CM_PERIOD_QUARTER, cm_utc(2021, 10, 1, 0, 0, 0), cm_utc(2022, 4, 1, 0, 0, 0)};
    assert_int_equal(cm_period_months(&year), 12);
    assert_int_equal(cm_period_months(&quarters), 6);
}

static void months_go_to_the_ledger_and_come_back(void **state)
{
    int64_t month[] = {SEPTEMBER - 2, SEPTEMBER};
    const cm_published_months there = {true, 2, month}, none = {0};
    cm_published_months back = {0};
    cm_text text = CM_TEXT_INIT;
    cm_json json;

    cm_json_begin(&json, &text, false);
    cm_json_object(&json, NULL);
    cm_published_months_to_json(&json, "months", &there);
    cm_published_months_to_json(&json, "others", &none);
    cm_json_end_object(&json);
    struct json_object *document = json_tokener_parse(text.bytes);
    assert_non_null(document);
    assert_status(cm_published_months_from_json(*state, document, "months", &back), CASTMAP_OK);
    assert_true(back.present && back.n == 2 && back.month[0] == SEPTEMBER - 2 && back.month[1] == SEPTEMBER);
    cm_published_months_clear(&back);
    assert_status(cm_published_months_from_json(*state, document, "others", &back), CASTMAP_OK);
    assert_false(back.present); /* an entry from before: nothing is said */
    json_object_put(document);
    cm_text_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_month_is_covered_where_its_records_pass_every_floor),
        cmocka_unit_test(one_neighbour_who_reports_one_house_every_day_covers_no_month),
        cmocka_unit_test(what_is_not_in_a_shown_square_or_not_known_to_the_month_has_no_say),
        cmocka_unit_test(one_record_more_or_less_is_told_at_the_floor_alone),
        cmocka_unit_test(movements_of_one_person_are_one_in_a_month),
        cmocka_unit_test(months_in_words),
        cmocka_unit_test(months_go_to_the_ledger_and_come_back),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
