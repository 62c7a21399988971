/* Tests of counting repeats once. */
#include "release/disclosure/incident_groups.h"
#include "support/check.h"

#include <math.h>
#include <stdlib.h>

static cm_report report(double x, double y, int32_t source, int64_t day)
{
    return (cm_report){.x = x, .y = y, .accuracy_m = NAN, .when = cm_when_key_day(day), .source = source, .place = -1};
}

static size_t groups_of(void **state, const cm_report *reports, size_t n, cm_incident **out)
{
    cm_incident *incidents = NULL;
    size_t k = 0;

    assert_status(cm_incidents_make(*state, reports, n, true, &incidents, &k), CASTMAP_OK);
    if (out)
        *out = incidents;
    else
        free(incidents);
    return k;
}

static void thirty_reports_of_one_house_by_one_source_are_one(void **state)
{
    cm_report reports[30];
    cm_incident *incident;

    for (int i = 0; i < 30; i++)
        reports[i] = report(1000 + i % 5, 2000 + i % 7, 4, 100 - i);
    assert_int_equal(groups_of(state, reports, 30, &incident), 1);
    assert_int_equal(incident[0].when, cm_when_key_day(71)); /* the earliest speaks */
    free(incident);
}

static void other_sources_categories_and_places_are_apart(void **state)
{
    cm_report reports[4];

    for (int i = 0; i < 4; i++)
        reports[i] = report(0, 0, 1, 10);
    reports[1].source = 2;
    reports[2].category = 7;
    reports[3].x = 51.0;
    assert_int_equal(groups_of(state, reports, 4, NULL), 4);
    reports[3].x = 50.0;
    assert_int_equal(groups_of(state, reports, 4, NULL), 3);
}

static void accuracy_widens_the_place_up_to_a_limit(void **state)
{
    cm_report reports[2] = {report(0, 0, 1, 1), report(200, 0, 1, 2)};

    assert_int_equal(groups_of(state, reports, 2, NULL), 2);
    reports[1].accuracy_m = 200.0;
    assert_int_equal(groups_of(state, reports, 2, NULL), 1);
    reports[1].x = 260.0;
    reports[1].accuracy_m = 5000.0;
    assert_int_equal(groups_of(state, reports, 2, NULL), 2);
}

static void a_chain_is_one_group_in_any_order(void **state)
{
    cm_report reports[40];

    for (int i = 0; i < 40; i++) /* 7 and 40 have no common factor: every step of 49 m once */
        reports[i] = report(49.0 * ((i * 7) % 40), 0, 1, i);
    assert_int_equal(groups_of(state, reports, 40, NULL), 1);
}

static void unnamed_sources_are_one_unless_the_place_is_shared(void **state)
{
    cm_report reports[3] = {report(0, 0, -1, 1), report(0, 0, -1, 2), report(0, 0, -1, 3)};

    assert_int_equal(groups_of(state, reports, 3, NULL), 1);
    for (int i = 0; i < 3; i++)
        reports[i].shared_place = true;
    assert_int_equal(groups_of(state, reports, 3, NULL), 3);
}

static void nothing_gives_nothing(void **state)
{
    assert_int_equal(groups_of(state, NULL, 0, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thirty_reports_of_one_house_by_one_source_are_one),
        cmocka_unit_test(other_sources_categories_and_places_are_apart),
        cmocka_unit_test(accuracy_widens_the_place_up_to_a_limit),
        cmocka_unit_test(a_chain_is_one_group_in_any_order),
        cmocka_unit_test(unnamed_sources_are_one_unless_the_place_is_shared),
        cmocka_unit_test(nothing_gives_nothing),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
