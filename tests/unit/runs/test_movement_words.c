/* Tests of the words of a table of movements: texts numbered, countries, columns. */
#include "runs/country_names.h"
#include "runs/country_places.h"
#include "runs/movement_columns.h"
#include "runs/text_numbers.h"

#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void texts_get_numbers_in_the_order_they_are_met(void **state)
{
    cm_text_numbers numbers = CM_TEXT_NUMBERS_INIT;
    uint32_t number = 99, *rank = NULL;
    char text[16];
    bool fresh = false;
    (void)state;

    assert_int_equal(cm_text_number_find(&numbers, "a", 1), CM_NO_NUMBER);
    for (uint32_t i = 0; i < 1000; i++) {
        const int length = snprintf(text, sizeof text, "t%u", 999 - i);
        assert_int_equal(cm_text_number(&numbers, text, (size_t)length, &number, &fresh), 0);
        assert_true(fresh && number == i);
    }
    assert_int_equal(cm_text_number(&numbers, "t5xyz", 2, &number, &fresh), 0); /* only the first two bytes count */
    assert_true(!fresh && number == 994);
    assert_int_equal(cm_text_number_find(&numbers, "t", 1), CM_NO_NUMBER);
    assert_int_equal(cm_text_numbers_rank(&numbers, &rank), 0);
    assert_int_equal(rank[999], 0); /* "t0" */
    assert_int_equal(rank[998], 1); /* "t1", then "t10" */
    assert_int_equal(rank[989], 2);
    free(rank);
    cm_text_numbers_clear(&numbers);
}

static void countries_by_code_or_name(void **state)
{
    static const struct {
        const char *text, *code;
    } CASES[] = {{"GB", "GB"}, {"gbr", "GB"}, {"uk", "GB"}, {" United  Kingdom ", "GB"}, {"Côte d'Ivoire", "CI"}, {"ivory coast", "CI"},
                 {"Viet Nam", "VN"}, {"Vietnam", "VN"}, {"ROU", "RO"}, {"Czech Republic", "CZ"}, {"Türkiye", "TR"}, {"Kingdom", NULL}, {"", NULL},
                 {"XX", NULL}, {"Riverside", NULL}};
    (void)state;

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const int found = cm_country_find(CASES[i].text, strlen(CASES[i].text));
        if (CASES[i].code)
            assert_string_equal(found == CM_NO_COUNTRY ? "none" : cm_country_code(found), CASES[i].code);
        else
            assert_int_equal(found, CM_NO_COUNTRY);
    }
}

static void every_country_has_a_place_of_its_own_name(void **state)
{
    static const char *const NEAR[][2] = {{"FR", "DE"}, {"GB", "IE"}, {"VN", "LA"}, {"RO", "MD"}, {"NG", "NE"}, {"US", "MX"}, {"CL", "AR"}};
    double a[2], b[2];
    (void)state;

    assert_int_equal(cm_country_count(), 249); /* ISO 3166-1 */
    for (size_t i = 0; i < cm_country_count(); i++) {
        const int country = cm_country_number(i);
        assert_int_not_equal(country, CM_NO_COUNTRY);
        assert_int_equal(cm_country_index(cm_country_code(country)), i); /* sorted, each once */
        cm_country_place(i, &a[0], &a[1]);
        assert_true(a[0] > -180.0 && a[0] < 180.0 && a[1] >= -80.0 && a[1] < 85.0);
    }
    assert_true(cm_country_index("ZZ") == CM_NO_COUNTRY_INDEX);
    for (size_t i = 0; i < sizeof NEAR / sizeof *NEAR; i++) { /* neighbours are near: no sign and no order of axes is turned */
        cm_country_place(cm_country_index(NEAR[i][0]), &a[0], &a[1]);
        cm_country_place(cm_country_index(NEAR[i][1]), &b[0], &b[1]);
        assert_true((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) < 20.0 * 20.0);
    }
}

static cm_movement_columns recognise(void **state, const char *const *name, size_t n, const char *const *map, size_t n_map, castmap_status want)
{
    cm_csv_field field[16];
    cm_columns columns = {0};
    cm_movement_columns got = {.n_stops = 0};

    for (size_t i = 0; i < n; i++)
        field[i] = (cm_csv_field){name[i], strlen(name[i])};
    assert_status(cm_columns_init(*state, "moves.csv", field, n, &columns), CASTMAP_OK);
    assert_status(cm_movement_recognise(*state, &columns, map, n_map, &got), want);
    cm_columns_clear(&columns);
    return got;
}

static void columns_are_known_by_their_names(void **state)
{
    static const char *const PLAIN[] = {"Date", "Origin", "Destination", "Person ID"};
    static const char *const DEGREES[] = {"from_lon", "from_lat", "to lon", "to lat"};
    static const char *const MANY[] = {"origin name", "origin_code", "dest postcode", "people"};
    static const char *const TURNED[] = {"country_from", "country_to", "leg"};
    static const char *const NONE[] = {"place", "when", "to"};
    static const char *const MAP[] = {"from=place"}, *const BAD[] = {"form=place"}, *const ABSENT[] = {"from=here"};

    cm_movement_columns c = recognise(state, PLAIN, 4, NULL, 0, CASTMAP_OK);
    assert_true(c.column[CM_MOVE_FROM] == 1 && c.column[CM_MOVE_TO] == 2 && c.column[CM_MOVE_DATE] == 0 && c.column[CM_MOVE_PERSON] == 3);
    assert_true(cm_movement_columns_whole(&c));
    c = recognise(state, DEGREES, 4, NULL, 0, CASTMAP_OK);
    assert_true(c.column[CM_MOVE_FROM_LON] == 0 && c.column[CM_MOVE_TO_LAT] == 3 && c.column[CM_MOVE_FROM] == CM_NO_COLUMN);
    assert_true(cm_movement_columns_whole(&c));
    c = recognise(state, MANY, 4, NULL, 0, CASTMAP_OK);
    assert_true(c.column[CM_MOVE_FROM] == 1 && c.column[CM_MOVE_TO] == 2 && c.column[CM_MOVE_PERSONS] == 3);
    c = recognise(state, TURNED, 3, NULL, 0, CASTMAP_OK);
    assert_true(c.column[CM_MOVE_FROM] == 0 && c.column[CM_MOVE_TO] == 1 && c.column[CM_MOVE_ORDER] == 2);
    c = recognise(state, NONE, 3, NULL, 0, CASTMAP_OK);
    assert_false(cm_movement_columns_whole(&c));
    c = recognise(state, NONE, 3, MAP, 1, CASTMAP_OK);
    assert_true(cm_movement_columns_whole(&c) && c.given[CM_MOVE_FROM]);
    recognise(state, NONE, 3, BAD, 1, CASTMAP_E_ARGUMENT);
    recognise(state, NONE, 3, ABSENT, 1, CASTMAP_E_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_get_numbers_in_the_order_they_are_met),
        cmocka_unit_test(countries_by_code_or_name),
        cmocka_unit_test(every_country_has_a_place_of_its_own_name),
        cmocka_unit_test(columns_are_known_by_their_names),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
