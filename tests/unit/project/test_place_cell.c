/* Tests of one cell that says where: every form, and what is refused, and by which reason. */
#include "project/ingest/map_link.h"
#include "project/ingest/place.h"
#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct reading {
    const char *text;
    double lon, lat, accuracy_m; /* accuracy NaN: none is said; < 0: not compared */
    cm_precision_class precision;
} reading;

static void expect_readings(const reading *want, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        cm_place place;
        cm_flaw flaw = {NULL, NULL};
        if (!cm_place_cell(want[i].text, strlen(want[i].text), &place, &flaw))
            fail_msg("%s was refused: %s", want[i].text, flaw.code);
        if (place.kind != CM_PLACE_DEGREES || fabs(place.a - want[i].lon) > 1e-5 || fabs(place.b - want[i].lat) > 1e-5)
            fail_msg("%s gave %.6f %.6f", want[i].text, place.a, place.b);
        if (place.precision != want[i].precision)
            fail_msg("%s has precision %d", want[i].text, (int)place.precision);
        if (isnan(want[i].accuracy_m) ? !isnan(place.accuracy_m) : want[i].accuracy_m >= 0 && fabs(place.accuracy_m - want[i].accuracy_m) > 1)
            fail_msg("%s has accuracy %.2f", want[i].text, place.accuracy_m);
    }
}

static void degrees_in_one_cell(void **state)
{
    static const reading WANT[] = {
        {"51.5074 -0.1278", -0.1278, 51.5074, NAN, CM_PLACE_UNKNOWN},
        {"51.5074, -0.1278", -0.1278, 51.5074, NAN, CM_PLACE_UNKNOWN},
        {"51.5074,-0.1278", -0.1278, 51.5074, NAN, CM_PLACE_UNKNOWN},
        {"51.5074 \xE2\x88\x92" "0.1278 12 4.5", -0.1278, 51.5074, 4.5, CM_PLACE_UNKNOWN},
        {"(51.5074, -0.1278)", -0.1278, 51.5074, NAN, CM_PLACE_UNKNOWN},
        {"POINT(-0.1278 51.5074)", -0.1278, 51.5074, NAN, CM_PLACE_UNKNOWN},
        {"Point Z (-0.1278 51.5074 10)", -0.1278, 51.5074, NAN, CM_PLACE_UNKNOWN},
        {"51\xC2\xB0 30' 26.64\" N, 0\xC2\xB0 7' 40.08\" W", -0.1278, 51.5074, NAN, CM_PLACE_UNKNOWN},
        {"51\xC2\xB0" "30\xE2\x80\xB2" "26.64\xE2\x80\xB3N 0\xC2\xB0" "7\xE2\x80\xB2" "40.08\xE2\x80\xB3W", -0.1278, 51.5074, NAN, CM_PLACE_UNKNOWN},
        {"N 51 30.444, W 0 7.668", -0.1278, 51.5074, NAN, CM_PLACE_UNKNOWN},
        {"51 30.444 N 0 7.668 W", -0.1278, 51.5074, NAN, CM_PLACE_UNKNOWN},
    };
    (void)state;
    expect_readings(WANT, sizeof WANT / sizeof WANT[0]);
}

static void codes_in_one_cell(void **state)
{
    static const reading WANT[] = {
        {"9C3XGV4C+XV", -0.1278125, 51.5074375, 8, CM_PLACE_EXACT}, {"9c3xgv4c+xv London", -0.1278125, 51.5074375, 8, CM_PLACE_EXACT},
        {"9C3XGV00+", -0.125, 51.525, -1, CM_PLACE_AREA},
    };
    cm_place place;
    cm_flaw flaw;
    (void)state;
    expect_readings(WANT, sizeof WANT / sizeof WANT[0]);
    assert_true(cm_place_cell("30U XC 99315 10161", 18, &place, &flaw));
    assert_near(place.b, 51.5074, 0.001);
    assert_int_equal(place.precision, CM_PLACE_EXACT);
    assert_true(cm_place_cell("TQ 300 804", 10, &place, &flaw));
    assert_int_equal(place.kind, CM_PLACE_GRID_GB);
    assert_near(place.a, 530050, 0);
    assert_near(place.b, 180450, 0);
    assert_near(place.accuracy_m, 70.7, 0.1);
    assert_int_equal(place.precision, CM_PLACE_STREET);
    assert_true(cm_place_cell("O 159 343", 9, &place, &flaw));
    assert_int_equal(place.kind, CM_PLACE_GRID_IRISH);
    assert_near(place.a, 315950, 0);
    assert_true(cm_place_cell("GV4C+XV London", 14, &place, &flaw));
    assert_int_equal(place.kind, CM_PLACE_SHORT_CODE);
    assert_int_equal(place.code_length, 7);
}

static void links_in_one_cell(void **state)
{
    static const reading WANT[] = {
        {"https://maps.google.com/?q=51.5074,-0.1278", -0.1278, 51.5074, NAN, CM_PLACE_UNKNOWN},
        {"https://www.google.com/maps/search/?api=1&query=51.5074%2C-0.1278", -0.1278, 51.5074, NAN, CM_PLACE_UNKNOWN},
        {"https://www.google.co.uk/maps/place/Somewhere/@51.4,-0.2,15z/data=!3m1!4b1!4m5!3m4!1s0x0:0x1!8m2!3d51.5074!4d-0.1278", -0.1278, 51.5074, NAN,
         CM_PLACE_UNKNOWN},
        {"https://www.google.com/maps/@51.5074,-0.1278,17z", -0.1278, 51.5074, 74, CM_PLACE_STREET},
        {"https://www.google.com/maps/@51.5074,-0.1278,846m/data=!3m1!1e3", -0.1278, 51.5074, 250, CM_PLACE_AREA},
        {"https://maps.google.com/maps?q=loc:51.5074,-0.1278", -0.1278, 51.5074, NAN, CM_PLACE_UNKNOWN},
        {"https://www.openstreetmap.org/?mlat=51.5074&mlon=-0.1278#map=12/51.5/-0.2", -0.1278, 51.5074, NAN, CM_PLACE_UNKNOWN},
        {"https://www.openstreetmap.org/#map=18/51.5074/-0.1278", -0.1278, 51.5074, 37, CM_PLACE_STREET},
        {"https://maps.apple.com/?ll=51.5074,-0.1278&q=Gate", -0.1278, 51.5074, NAN, CM_PLACE_UNKNOWN},
        {"https://www.bing.com/maps?cp=51.5074~-0.1278&lvl=16", -0.1278, 51.5074, NAN, CM_PLACE_UNKNOWN},
        {"https://waze.com/ul?ll=51.5074,-0.1278&navigate=yes", -0.1278, 51.5074, NAN, CM_PLACE_UNKNOWN},
        {"geo:51.5074,-0.1278;u=35", -0.1278, 51.5074, 35, CM_PLACE_UNKNOWN},
        {"geo:0,0?q=51.5074,-0.1278(Gate)", -0.1278, 51.5074, NAN, CM_PLACE_UNKNOWN},
    };
    (void)state;
    expect_readings(WANT, sizeof WANT / sizeof WANT[0]);
}

static void links_inside_texts(void **state)
{
    static const struct {
        const char *text;
        cm_map_link_kind want;
    } TEXTS[] = {
        {"seen here https://maps.google.com/?q=51.5074,-0.1278 at night", CM_MAP_LINK_PIN},
        {"twice: geo:51.5,-0.1 and again (geo:51.5,-0.1)", CM_MAP_LINK_PIN},
        {"from geo:51.5,-0.1 to geo:51.6,-0.1", CM_MAP_LINK_SEVERAL},
        {"///filled.count.soap", CM_MAP_LINK_OFFLINE},
        {"https://what3words.com/filled.count.soap", CM_MAP_LINK_OFFLINE},
        {"https://maps.app.goo.gl/AbCdEf123", CM_MAP_LINK_OFFLINE},
        {"https://example.org/?q=51.5074,-0.1278", CM_MAP_LINK_NONE},
        {"geography: 51,2 and http:// nothing", CM_MAP_LINK_NONE},
        {"no link at all", CM_MAP_LINK_NONE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        cm_map_link link;
        if (cm_map_link_find(TEXTS[i].text, strlen(TEXTS[i].text), &link) != TEXTS[i].want)
            fail_msg("%s was taken otherwise", TEXTS[i].text);
    }
}

static void refusals_name_their_reason(void **state)
{
    static const struct {
        const char *text, *code;
    } BAD[] = {
        {"", "no-position"},
        {"51.5074", "half-position"},
        {"95 10", "out-of-range"},
        {"0 0", "placeholder-position"},
        {"530000 180000", "metres-as-degrees"},
        {"TQ 300 80", "bad-grid-reference"},
        {"ZZ 300 800", "bad-grid-reference"},
        {"61UXC 993 101", "bad-grid-reference"},
        {"30UXC 993 10", "bad-grid-reference"},
        {"51.5 -0.1 0 0;51.6 -0.1 0 0", "not-a-point"},
        {"51,507412; -0,127821", "decimal-comma"},
        {"51,507412 -0,127821", "decimal-comma"},
        {"51,507412, -0,127821", "decimal-comma"},
        {"51,5; -0,1; 12,0; 4,5", "decimal-comma"},
        {"1 2 3 4 5", "bad-position"},
        {"https://maps.app.goo.gl/AbCdEf123", "offline-link"},
        {"///filled.count.soap", "offline-link"},
        {"https://example.org/", "offline-link"},
        {"https://maps.google.com/?q=95.0,-0.1278", "out-of-range"},
        {"51\xC2\xB0 61' N, 0\xC2\xB0 7' W", "bad-position"},
        {"nan nan", "words"}, /* may be a name; no table will know it */
    };
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        cm_place place;
        cm_flaw flaw = {NULL, NULL};
        const bool read = cm_place_cell(BAD[i].text, strlen(BAD[i].text), &place, &flaw);
        const char *got = read ? place.kind == CM_PLACE_WORDS ? "words" : "read" : flaw.code;
        if (strcmp(got, BAD[i].code) != 0)
            fail_msg("%s: %s, expected %s", BAD[i].text, got, BAD[i].code);
    }
}

static void words_are_left_to_the_tables(void **state)
{
    static const char *const WORDS[] = {"SO16 0AS", "so160as", "M1 1AE", "B1", "S1 1", "Newport", "Newport, Isle of Wight", "12 High Street", "N1",
                                        ("\xC5\x81\xC3\xB3" "d\xC5\xBA"), "1st Avenue"};
    (void)state;
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        cm_place place;
        cm_flaw flaw = {NULL, NULL};
        if (!cm_place_cell(WORDS[i], strlen(WORDS[i]), &place, &flaw) || place.kind != CM_PLACE_WORDS)
            fail_msg("%s was not left to the tables: %s", WORDS[i], flaw.code ? flaw.code : "read");
    }
}

static void eastings_and_northings_in_one_cell(void **state)
{
    cm_place place;
    cm_flaw flaw;
    (void)state;
    assert_true(cm_place_cell_metres("530047, 180422", 14, &place, &flaw));
    assert_int_equal(place.kind, CM_PLACE_METRES);
    assert_near(place.a, 530047, 0);
    assert_near(place.b, 180422, 0);
    assert_false(cm_place_cell_metres("530047", 6, &place, &flaw));
    assert_string_equal(flaw.code, "bad-position");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(degrees_in_one_cell),          cmocka_unit_test(codes_in_one_cell),
        cmocka_unit_test(links_in_one_cell),            cmocka_unit_test(links_inside_texts),
        cmocka_unit_test(refusals_name_their_reason),   cmocka_unit_test(words_are_left_to_the_tables),
        cmocka_unit_test(eastings_and_northings_in_one_cell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
