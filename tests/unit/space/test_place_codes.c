/* Tests of lettered grids, MGRS, UTM and plus codes: published values, refusals, and there and back against PROJ. */
#include "base/random.h"
#include "space/geodesy/grid_reference.h"
#include "space/geodesy/mgrs.h"
#include "space/geodesy/plus_code.h"
#include "space/geodesy/projection.h"
#include "space/geodesy/utm.h"
#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The corner of the first is in Ordnance Survey's guide (Caister water tower, TG 51409 13177 = 651409, 313177). */
static void reads_grid_references(void **state)
{
    static const struct {
        const char *text;
        bool irish;
        double easting_m, northing_m, side_m;
    } WANT[] = {
        {"TG 51409 13177", false, 651409, 313177, 1}, {"TQ 300 800", false, 530000, 180000, 100}, {"tq3000080000", false, 530000, 180000, 1},
        {"NN 166 712", false, 216600, 771200, 100},   {"HU 396 753", false, 439600, 1175300, 100}, {"SV 9 1", false, 90000, 10000, 10000},
        {"T Q 30 80", false, 530000, 180000, 1000},   {"O 159 343", true, 315900, 234300, 100},    {"j3384774218", true, 333847, 374218, 1},
        {"V 65 66", true, 65000, 66000, 1000},        {"HP 62 16", false, 462000, 1216000, 1000},
    };
    (void)state;
    for (size_t i = 0; i < sizeof WANT / sizeof WANT[0]; i++) {
        cm_grid_square square;
        if (cm_grid_reference_parse(WANT[i].text, strlen(WANT[i].text), &square) != CM_GRID_FINE)
            fail_msg("%s was not read", WANT[i].text);
        assert_int_equal(square.irish, WANT[i].irish);
        assert_near(square.easting_m, WANT[i].easting_m, 0);
        assert_near(square.northing_m, WANT[i].northing_m, 0);
        assert_near(square.side_m, WANT[i].side_m, 0);
    }
}

static void refuses_grid_references_by_kind(void **state)
{
    static const struct {
        const char *text;
        cm_grid_answer want;
    } BAD[] = {
        {"TQ 300 80", CM_GRID_ODD},      {"ZZ 300 800", CM_GRID_NO_SQUARE}, {"AA 12 34", CM_GRID_NO_SQUARE}, {"TQ", CM_GRID_NOT_ONE},
        {"TQ 123456 123456", CM_GRID_NOT_ONE}, {"S1 1", CM_GRID_NOT_ONE},   {"TQA 12 34", CM_GRID_NOT_ONE}, {"12 34", CM_GRID_NOT_ONE},
        {"TQ 30-80", CM_GRID_NOT_ONE},   {"I 12 34", CM_GRID_NO_SQUARE},    {"", CM_GRID_NOT_ONE},           {"IO 12 34", CM_GRID_NO_SQUARE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        cm_grid_square square = {.side_m = -1};
        if (cm_grid_reference_parse(BAD[i].text, strlen(BAD[i].text), &square) != BAD[i].want)
            fail_msg("%s was not refused as it should be", BAD[i].text);
        assert_near(square.side_m, -1, 0);
    }
}

/* All zones, both halves of the earth, against PROJ, to a tenth of a millimetre. */
static void utm_agrees_with_proj(void **state)
{
    castmap_context *ctx = *state;
    for (int zone = 1; zone <= 60; zone += 7) {
        for (int south = 0; south < 2; south++) {
            char crs[16];
            cm_projection *projection = NULL;
            snprintf(crs, sizeof crs, "EPSG:32%d%02d", south ? 7 : 6, zone);
            assert_status(cm_projection_new(ctx, crs, false, &projection), CASTMAP_OK);
            for (uint64_t i = 0; i < 50; i++) {
                const double want_lon = cm_utm_meridian(zone) + 6 * cm_random_unit(7, (uint64_t)zone, i) - 3;
                const double want_lat = (south ? -79 : 1) + 77 * cm_random_unit(8, (uint64_t)zone, i);
                double x, y, lon, lat;
                bool ok;
                assert_status(cm_projection_forward(ctx, projection, 1, &want_lon, &want_lat, &x, &y, &ok), CASTMAP_OK);
                if (!ok)
                    continue; /* beyond the area of use by a hair */
                cm_utm_to_degrees(zone, south != 0, x, y, &lon, &lat);
                assert_near(lon, want_lon, 2e-9);
                assert_near(lat, want_lat, 1e-9);
            }
            cm_projection_free(projection);
        }
    }
}

/* Positions that PROJ puts into a zone, written as MGRS by the tables of the standard, come back within the square. */
static void mgrs_there_and_back(void **state)
{
    static const char BANDS[] = "CDEFGHJKLMNPQRSTUVWX", COLUMNS[] = "ABCDEFGHJKLMNPQRSTUVWXYZ", ROWS[] = "ABCDEFGHJKLMNPQRSTUV";
    castmap_context *ctx = *state;
    size_t tried = 0;
    for (int zone = 1; zone <= 60; zone += 11) {
        for (int south = 0; south < 2; south++) {
            char crs[16], text[40];
            cm_projection *projection = NULL;
            snprintf(crs, sizeof crs, "EPSG:32%d%02d", south ? 7 : 6, zone);
            assert_status(cm_projection_new(ctx, crs, false, &projection), CASTMAP_OK);
            for (uint64_t i = 0; i < 200; i++) {
                const double lon = cm_utm_meridian(zone) + 5.98 * cm_random_unit(9, (uint64_t)zone, i) - 2.99;
                const double lat = south ? -79 + 78.9 * cm_random_unit(10, (uint64_t)zone, i) : 70 * cm_random_unit(10, (uint64_t)zone, i);
                double x, y;
                bool ok;
                cm_mgrs_square square;
                assert_status(cm_projection_forward(ctx, projection, 1, &lon, &lat, &x, &y, &ok), CASTMAP_OK);
                if (!ok)
                    continue;
                const int column = (zone - 1) % 3 * 8 + (int)(x / 100000) - 1;
                const int row = ((int)(y / 100000) + (zone % 2 ? 0 : 5)) % 20;
                snprintf(text, sizeof text, "%d%c%c%c %05d %05d", zone, BANDS[(int)((lat + 80) / 8)], COLUMNS[column], ROWS[row],
                         (int)x % 100000, (int)y % 100000);
                if (cm_mgrs_parse(text, strlen(text), &square) != CM_MGRS_FINE)
                    fail_msg("%s (%.6f %.6f) was not read", text, lon, lat);
                assert_near(square.lon, lon, 1.5e-5 / cos(lat / 57.3));
                assert_near(square.lat, lat, 1.5e-5);
                tried++;
            }
            cm_projection_free(projection);
        }
    }
    assert_true(tried > 2000);
}

static void reads_and_refuses_mgrs(void **state)
{
    static const struct {
        const char *text;
        double lon, lat, tolerance;
    } GOOD[] = {
        {"33UXP0500444998", 16.41450, 48.24949, 0.00002}, {"30U XC 993 101", -0.1275, 51.5074, 0.001},
        {"32VKM 9 9", 5.4, 60.3, 1.0}, /* Norway's wide zone */
    };
    static const struct {
        const char *text;
        cm_mgrs_answer want;
    } BAD[] = {
        {"30UXC 993 10", CM_MGRS_ODD},     {"61UXC 993 101", CM_MGRS_NO_SQUARE}, {"30IXC 993 101", CM_MGRS_NO_SQUARE},
        {"30UAC 993 101", CM_MGRS_NO_SQUARE}, {"30CXC 993 101", CM_MGRS_NO_SQUARE}, {"ZAH 1234 5678", CM_MGRS_POLAR},
        {"30UXC", CM_MGRS_NOT_ONE},        {"30 993 101", CM_MGRS_NOT_ONE},      {"32XMJ 12 34", CM_MGRS_NO_SQUARE},
        {"TQ 300 800", CM_MGRS_NOT_ONE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
        cm_mgrs_square square;
        if (cm_mgrs_parse(GOOD[i].text, strlen(GOOD[i].text), &square) != CM_MGRS_FINE)
            fail_msg("%s was not read", GOOD[i].text);
        assert_near(square.lon, GOOD[i].lon, GOOD[i].tolerance);
        assert_near(square.lat, GOOD[i].lat, GOOD[i].tolerance);
    }
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        cm_mgrs_square square;
        if (cm_mgrs_parse(BAD[i].text, strlen(BAD[i].text), &square) != BAD[i].want)
            fail_msg("%s was not refused as it should be", BAD[i].text);
    }
}

/* Values of the specification's test data (google/open-location-code, test_data). */
static void plus_codes_as_published(void **state)
{
    static const struct {
        const char *code;
        double south, west, north, east;
    } DECODED[] = {
        {"7FG49Q00+", 20.35, 2.75, 20.4, 2.8},
        {"7FG49QCJ+2V", 20.37, 2.782125, 20.370125, 2.78225},
        {"7fg49qcj+2vx", 20.3701, 2.78221875, 20.370125, 2.78225},
        {"7FG49QCJ+2VXGJ", 20.370113, 2.782234375, 20.370114, 2.78223632813},
        {"4VCPPQGP+Q9", -41.273125, 174.785875, -41.273, 174.786},
        {"62G20000+", 0, -180, 1, -179},
        {"CFX3X2X2+X2", 89.999875, 1, 90, 1.000125},
        {"84000000+", 30, -140, 50, -120},
        {"849VGJQF+VX7QR3J7QR3J", 37.53966912, -122.3750698242, 37.53966916, -122.3750697021},
    };
    static const struct {
        const char *full;
        double lat, lon;
        const char *part;
    } SHORT[] = {
        {"9C3W9QCJ+2VX", 51.3701125, -1.217765625, "+2VX"}, {"9C3W9QCJ+2VX", 51.3708675, -1.217765625, "CJ+2VX"},
        {"9C3W9QCJ+2VX", 51.3852125, -1.217765625, "9QCJ+2VX"}, {"8FJFW222+", 42.899, 9.012, "22+"}, {"796RXG22+", 14.95125, -23.5001, "22+"},
        {"8FRCXGRF+PM", 47.00, 8.55, "XGRF+PM"}, {"CFX22222+22", 89.6, 0.0, "2222+22"}, {"2CXXXXXX+XX", -81.0, 0.0, "XXXXXX+XX"},
    };
    static const char *const BAD[] = {"G+", "+", "8FWC2345+G", "8FWC2_45+G6", "8FWC2345+G6+", "8FWC2345G6+", "8FWC2300+G6", "WC2300+G6g", "WC2345+G",
                                      "WC2300+", "849VGJQF+VX7QR3U", "849VGJQF+VX7QR3JU", "XXXXXXXX+XX", "8FWC0000", "", "0000000+"};
    (void)state;
    for (size_t i = 0; i < sizeof DECODED / sizeof DECODED[0]; i++) {
        cm_plus_area area;
        if (!cm_plus_code_decode(DECODED[i].code, strlen(DECODED[i].code), &area))
            fail_msg("%s was not read", DECODED[i].code);
        assert_near(area.south, DECODED[i].south, 1e-9);
        assert_near(area.west, DECODED[i].west, 1e-9);
        assert_near(area.north, DECODED[i].north, 1e-9);
        assert_near(area.east, DECODED[i].east, 1e-9);
    }
    for (size_t i = 0; i < sizeof SHORT / sizeof SHORT[0]; i++) {
        cm_plus_area got, want;
        if (!cm_plus_code_recover(SHORT[i].part, strlen(SHORT[i].part), SHORT[i].lon, SHORT[i].lat, &got))
            fail_msg("%s was not read", SHORT[i].part);
        assert_true(cm_plus_code_decode(SHORT[i].full, strlen(SHORT[i].full), &want));
        assert_near(got.south, want.south, 1e-9);
        assert_near(got.west, want.west, 1e-9);
    }
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        if (cm_plus_code_kind_of(BAD[i], strlen(BAD[i])) != CM_PLUS_CODE_NONE)
            fail_msg("%s was taken for a code", BAD[i]);
}

static void plus_codes_there_and_back(void **state)
{
    static const size_t DIGITS[] = {4, 6, 8, 10, 11, 13, 15};
    (void)state;
    for (uint64_t i = 0; i < 20000; i++) {
        const double lon = 360 * cm_random_unit(3, 0, i) - 180, lat = 180 * cm_random_unit(3, 1, i) - 90;
        char code[CM_PLUS_CODE_SIZE];
        cm_plus_area area;
        cm_plus_code_encode(lon, lat, DIGITS[i % 7], code);
        assert_true(cm_plus_code_decode(code, strlen(code), &area));
        assert_int_equal(area.digits, DIGITS[i % 7]);
        if (!(area.south <= lat + 1e-12 && lat < area.north + 1e-12 && area.west <= lon + 1e-12 && lon < area.east + 1e-12))
            fail_msg("%s does not hold %.9f %.9f", code, lat, lon);
        /* Shortened by four and found again from anywhere within four tenths of a degree. */
        if (DIGITS[i % 7] >= 10 && fabs(lat) < 88) {
            cm_plus_area again;
            assert_true(cm_plus_code_recover(code + 4, strlen(code) - 4, lon + 0.8 * (cm_random_unit(4, 0, i) - 0.5),
                                             lat + 0.8 * (cm_random_unit(4, 1, i) - 0.5), &again));
            assert_near(again.south, area.south, 1e-9);
            assert_near(again.west, area.west, 1e-9);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_grid_references),     cmocka_unit_test(refuses_grid_references_by_kind),
        cmocka_unit_test(utm_agrees_with_proj),      cmocka_unit_test(mgrs_there_and_back),
        cmocka_unit_test(reads_and_refuses_mgrs),    cmocka_unit_test(plus_codes_as_published),
        cmocka_unit_test(plus_codes_there_and_back),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
