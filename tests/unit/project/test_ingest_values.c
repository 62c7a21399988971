/* Importing values at fault: group B of the list of bad inputs, one case each. */
#include "ingest_bench.h"

#include "castmap/project.h"
#include "project/observation_table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "lat,lon,date,category,note\n"
#define GOOD1 "51.5101,-0.1201,2025-05-01,car,one\n"
#define GOOD2 "51.5102,-0.1202,2025-05-02,car,two\n"
#define GOOD3 "51.5103,-0.1203,2025-05-03,car,three\n"

/* A third row with this position, date, category or note. */
static void with_position(ingest_bench *b, const char *lat, const char *lon)
{
    char text[512];
    snprintf(text, sizeof text, HEAD GOOD1 GOOD2 "\"%s\",\"%s\",2025-05-04,car,x\n" GOOD3, lat, lon);
    ingest_text(b, text);
}

static void with_date(ingest_bench *b, const char *date)
{
    char text[512];
    snprintf(text, sizeof text, HEAD GOOD1 GOOD2 "51.5104,-0.1204,%s,car,x\n", date);
    ingest_text(b, text);
}

static void refuse_positions(ingest_bench *b, const char *const (*pair)[2], size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++) {
        b->options.dry_run = true;
        with_position(b, pair[i][0], pair[i][1]);
        expect_quarantined(b, code, 3);
    }
}

static void refuse_dates(ingest_bench *b, const char *const *date, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++) {
        b->options.dry_run = true;
        with_date(b, date[i]);
        expect_quarantined(b, code, 2);
    }
}

/* The observations stored, in order. */
static cm_observation_set stored(ingest_bench *b)
{
    cm_observation_set set;
    if (cm_observations_load(b->ctx, b->project, INT64_MIN, INT64_MAX, NULL, &set) != CASTMAP_OK)
        fail_msg("%s", castmap_message(b->ctx));
    return set;
}

static void b01_latitude_and_longitude_swapped(void **state)
{
    ingest_bench *b = *state;
    with_position(b, "-0.1278", "51.5074");
    expect_quarantined(b, "swapped-position", 3);
    /* One row alone: the project's area tells. */
    ingest_text(b, "lat,lon\n-0.1278,51.5074\n");
    expect_quarantined(b, "swapped-position", 0);
    assert_non_null(strstr(b->summary.reasons[0].reason, "swapped"));
}

static void b02_out_of_range(void **state)
{
    static const char *const PAIRS[][2] = {{"95", "-0.1"}, {"51.5", "200"}, {"-90.0001", "0.5"}};
    refuse_positions(*state, PAIRS, 3, "out-of-range");
}

static void b03_not_finite_or_not_decimal(void **state)
{
    static const char *const PAIRS[][2] = {{"NaN", "-0.1"}, {"nan()", "-0.1"}, {"inf", "-0.1"}, {"51.5", "-inf"},
                                           {"1e999", "-0.1"}, {"0x1p3", "-0.1"}, {"51.5.1", "-0.1"}, {"--51", "-0.1"}};
    refuse_positions(*state, PAIRS, 8, "bad-number");
}

static void b04_null_island(void **state)
{
    static const char *const PAIRS[][2] = {{"0", "0"}, {"0.000", "-0.0"}};
    refuse_positions(*state, PAIRS, 2, "placeholder-position");
}

static void b05_a_pile_on_one_position(void **state)
{
    ingest_bench *b = *state;
    char text[4096] = "lat,lon\n";
    for (int i = 0; i < 40; i++) {
        char row[64];
        snprintf(row, sizeof row, i < 5 ? "51.501000,-0.100000\n" : "51.50%02d00,-0.101000\n", i);
        strcat(text, row);
    }
    ingest_text(b, text);
    expect_counts(b, 40, 40, 0, 0);
    expect_note(b, "position-pile", 5);
    cm_observation_set set = stored(b); /* the check sum is right too */
    for (size_t i = 0; i < set.count; i++)
        assert_int_equal(set.precision[i], i < 5 ? CM_PLACE_UNKNOWN : CM_PLACE_EXACT);
    cm_observation_set_clear(&set);
}

static void b06_one_decimal(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "lat,lon\n51.5,-0.1\n51.50,-0.12345\n");
    expect_counts(b, 2, 2, 0, 0);
    expect_note(b, "coarse-position", 1);
    cm_observation_set set = stored(b);
    assert_int_equal(set.precision[0], CM_PLACE_AREA);
    assert_near(set.accuracy_m[0], 10000, 0);
    assert_int_equal(set.precision[1], CM_PLACE_EXACT);
    assert_true(isnan(set.accuracy_m[1]));
    cm_observation_set_clear(&set);
}

static void b07_metres_declared_as_degrees(void **state)
{
    ingest_bench *b = *state;
    with_position(b, "180000", "530000");
    expect_quarantined(b, "metres-as-degrees", 3);
    assert_non_null(strstr(b->summary.reasons[0].reason, "eastings and northings"));
}

static void b08_grid_references(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "grid_ref,note\nTQ 300 800,a\ntq3000080000,b\nTQ 300 80,c\nTQ 30 80 1,d\nZZ 300 800,e\nIO 12,f\n");
    expect_counts(b, 6, 2, 0, 4);
    assert_string_equal(b->summary.reasons[0].code, "bad-grid-reference");
    cm_observation_set set = stored(b);
    /* The centre of the 100 m square; Trafalgar Square is at 530047, 180422. */
    assert_near(set.lat[0], 51.5042, 0.0005);
    assert_near(set.lon[0], -0.1280, 0.0005);
    assert_near(set.accuracy_m[0], 70.7, 0.1);
    cm_observation_set_clear(&set);
}

static void b09_degrees_minutes_seconds(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "lat,lon\n"
                   "\"51\xC2\xB0 30' 26\"\" N\",\"0\xC2\xB0 7' 39\"\" W\"\n"
                   "\"51\xC2\xB0" "30\xE2\x80\xB2" "26.5\xE2\x80\xB3N\",0\xC2\xB0" "7\xE2\x80\xB2" "39\xE2\x80\xB3W\n"
                   "N 51 30.5,W 0 7.65\n"
                   "51.5072,\xE2\x88\x92" "0.1275\n");
    expect_counts(b, 4, 4, 0, 0);
    cm_observation_set set = stored(b);
    assert_near(set.lat[0], 51.0 + 30.0 / 60 + 26.0 / 3600, 1e-12);
    assert_near(set.lon[0], -(7.0 / 60 + 39.0 / 3600), 1e-12);
    assert_near(set.lon[3], -0.1275, 0);
    cm_observation_set_clear(&set);
    static const char *const BAD[][2] = {{"51\xC2\xB0 30' E", "0\xC2\xB0 7' W"},
                                         {"51\xC2\xB0 61' N", "0\xC2\xB0 7' W"},
                                         {"51 N extra", "0 W"}};
    b->options.dry_run = true;
    for (size_t i = 0; i < 3; i++) {
        char text[256];
        snprintf(text, sizeof text, "lat;lon;note\n%s;%s;x\n", BAD[i][0], BAD[i][1]);
        ingest_text(b, text);
        assert_int_equal(b->summary.quarantined, 1);
    }
}

static void b10_half_a_position(void **state)
{
    ingest_bench *b = *state;
    with_position(b, "", "-0.1");
    expect_quarantined(b, "half-position", 3);
    ingest_text(b, HEAD "51.5,,2025-05-04,car,x\n");
    expect_quarantined(b, "half-position", 0);
    ingest_text(b, HEAD ",,2025-05-04,car,x\n");
    expect_quarantined(b, "no-position", 0);
}

static void b11_unknown_coordinate_system(void **state)
{
    ingest_bench *b = *state;
    b->options.crs = "EPSG:999999";
    ingest_text(b, "easting,northing\n530000,180000\n");
    assert_int_not_equal(b->status, CASTMAP_OK);
}

static void b12_coordinate_system_by_address(void **state)
{
    static const char *const BAD[] = {"https://example.org/crs", "/etc/passwd", "urn:ogc:def:crs:EPSG::27700"};
    ingest_bench *b = *state;
    for (size_t i = 0; i < 3; i++) {
        b->options.crs = BAD[i];
        ingest_text(b, "easting,northing\n530000,180000\n");
        assert_int_equal(b->status, CASTMAP_E_ARGUMENT);
    }
}

static void eastings_and_northings(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "easting,northing\n530047,180422\n");
    expect_counts(b, 1, 1, 0, 0);
    cm_observation_set set = stored(b);
    assert_near(set.lon[0], -0.1277, 0.0005);
    assert_near(set.lat[0], 51.5079, 0.0005);
    cm_observation_set_clear(&set);
}

static void b17_days_that_do_not_exist(void **state)
{
    static const char *const DATES[] = {"2026-02-30", "31/02/2026", "2025-13-01", "2025-00-10", "2025-04-31 10:00"};
    refuse_dates(*state, DATES, 2, "impossible-date");
    refuse_dates(*state, DATES + 2, 2, "bad-date");
    refuse_dates(*state, DATES + 4, 1, "impossible-date");
}

static void b18_day_or_month(void **state)
{
    static const char *const DATES[] = {"03/04/2026", "3.4.2026", "3-4-2026 10:00"};
    ingest_bench *b = *state;
    refuse_dates(b, DATES, 3, "ambiguous-date");
    b->options.dry_run = false;
    b->options.date_order = "mdy";
    with_date(b, "03/04/2026");
    expect_counts(b, 3, 3, 0, 0);
    cm_observation_set set = stored(b);
    assert_int_equal(set.from_s[2], INT64_C(1772582400)); /* 2026-03-04 */
    cm_observation_set_clear(&set);
}

static void b19_future_and_long_ago(void **state)
{
    static const char *const FUTURE[] = {"2026-11-26", "2031-05-06T12:00:00+01:00", "2027"};
    static const char *const OLD[] = {"1989-12-31", "1066"};
    ingest_bench *b = *state;
    refuse_dates(b, FUTURE, 3, "future-date");
    refuse_dates(b, OLD, 2, "old-date");
    b->options.keep_odd_dates = true;
    with_date(b, "2031-05-06");
    expect_counts(b, 3, 3, 0, 0);
    expect_note(b, "odd-date", 1);
}

static void b20_the_clock_changes(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "lat,lon,time\n51.51,-0.12,2025-03-30T01:30\n51.52,-0.13,2025-10-26T01:30\n51.53,-0.14,2025-07-01T12:00\n");
    expect_counts(b, 3, 3, 0, 0);
    expect_note(b, "clock-gap", 1);
    expect_note(b, "clock-overlap", 1);
    cm_observation_set set = stored(b);
    assert_int_equal(set.from_s[0], INT64_C(1743298200)); /* 2025-03-30T01:30Z: read with the offset before the gap */
    assert_int_equal(set.from_s[1], INT64_C(1761438600)); /* 2025-10-26T00:30Z: the first of the two */
    assert_int_equal(set.from_s[2], INT64_C(1751367600)); /* 2025-07-01T11:00Z */
    cm_observation_set_clear(&set);
}

static void b21_years_and_seconds_at_the_edges(void **state)
{
    static const char *const DATES[] = {"10000-01-01", "-62135596800", "2025-06-30T23:59:60Z", "1700000000", "0000-01-01"};
    ingest_bench *b = *state;
    refuse_dates(b, DATES, 5, "bad-date");
    b->options.dry_run = false;
    b->options.keep_odd_dates = true;
    with_date(b, "2039-01-01T00:00:00Z");
    expect_counts(b, 3, 3, 0, 0);
    cm_observation_set set = stored(b);
    assert_int_equal(set.from_s[2], INT64_C(2177452800));
    cm_observation_set_clear(&set);
}

static void b22_spreadsheet_days(void **state)
{
    static const char *const DATES[] = {"45992", "45992.5", "44:00:00"};
    ingest_bench *b = *state;
    refuse_dates(b, DATES, 2, "spreadsheet-date");
    refuse_dates(b, DATES + 2, 1, "bad-date");
    with_date(b, "45992");
    assert_non_null(strstr(b->summary.reasons[0].reason, "spreadsheet"));
}

static void months_quarters_and_years_are_intervals(void **state)
{
    static const struct {
        const char *text;
        int64_t from, to;
    } WANT[] = {
        {"2024-02", 1706745600, 1709251200}, {"2024-Q1", 1704067200, 1711926000}, {"Q4 2024", 1727737200, 1735689600},
        {"2023", 1672531200, 1704067200},    {"May 2024", 1714518000, 1717196400}, {"1 May 2024", 1714518000, 1714604400},
        {"20-May-1996", 832546800, 832633200}, {"2024-05-01..2024-05-03", 1714518000, 1714777200},
        {"2024-05-01 14:30", 1714570200, 1714570200}, {"25/04/2024 2:30 pm", 1714051800, 1714051800},
    };
    ingest_bench *b = *state;
    char text[2048] = "lat,lon,date\n";
    const size_t n = sizeof WANT / sizeof WANT[0];
    for (size_t i = 0; i < n; i++) {
        char row[96];
        snprintf(row, sizeof row, "51.51%02zu,-0.12%02zu,%s\n", i + 10, i + 10, WANT[i].text);
        strcat(text, row);
    }
    ingest_text(b, text);
    expect_counts(b, n, n, 0, 0);
    cm_observation_set set = stored(b);
    for (size_t i = 0; i < n; i++) {
        if (set.from_s[i] != WANT[i].from || set.to_s[i] != WANT[i].to)
            fail_msg("%s gave %lld..%lld", WANT[i].text, (long long)set.from_s[i], (long long)set.to_s[i]);
    }
    cm_observation_set_clear(&set);
}

static void b23_unknown_category(void **state)
{
    static const char LIST[] = "code,label,aliases\nminibus,Early minibus,bus|van\nlate_visits,Late visits,\n";
    ingest_bench *b = *state;
    char path[256];
    folder_write(b->folder, "categories.csv", LIST, sizeof LIST - 1, path);
    b->options.categories = path;
    ingest_text(b, "lat,lon,category\n51.511,-0.121,EARLY Minibus\n51.512,-0.122,van\n51.513,-0.123,minbus\n51.514,-0.124,\n");
    expect_quarantined(b, "unknown-category", 3);
    castmap_quarantine q;
    assert_int_equal(castmap_project_quarantine(b->ctx, b->project, 0, 0, &q), CASTMAP_OK);
    assert_string_equal(q.row[0].reason, "not a category of the list; the nearest is \"minibus\"");
    castmap_quarantine_clear(&q);
}

static void with_grades(ingest_bench *b, const char *grades)
{
    char text[256];
    snprintf(text, sizeof text, "lat,lon,source_grade,information_grade,handling,handling_conditions\n51.51,-0.12,%s\n", grades);
    ingest_text(b, text);
}

static void b24_grades_out_of_their_set(void **state)
{
    ingest_bench *b = *state;
    with_grades(b, "5,B,P,");
    expect_quarantined(b, "bad-source-grade", 0);
    with_grades(b, "2,F,P,");
    expect_quarantined(b, "bad-information-grade", 0);
    with_grades(b, "2,B,X,");
    expect_quarantined(b, "bad-handling", 0);
}

static void b25_legacy_grades(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "lat,lon,grade\n51.51,-0.12,B25\n");
    expect_quarantined(b, "legacy-grade", 0);
    b->options.legacy_grades = true;
    ingest_text(b, "lat,lon,grade\n51.51,-0.12,B25\n51.52,-0.12,3EP\n");
    expect_counts(b, 2, 2, 0, 0);
    expect_note(b, "legacy-grade", 1);
    cm_observation_set set = stored(b);
    assert_int_equal(set.source_grade[0], 2);
    assert_int_equal(set.information_grade[0], 'A');
    assert_int_equal(set.handling[0], 'C');
    cm_observation_set_clear(&set);
}

static void b26_handling_c_without_conditions(void **state)
{
    ingest_bench *b = *state;
    with_grades(b, "2,B,C,");
    expect_quarantined(b, "no-conditions", 0);
    with_grades(b, "2,B,C,named officer only");
    expect_counts(b, 1, 1, 0, 0);
}

static void b27_missing_grades(void **state)
{
    ingest_bench *b = *state;
    with_grades(b, ",,,");
    expect_counts(b, 1, 1, 0, 0);
    expect_note(b, "no-grade", 1);
    cm_observation_set set = stored(b);
    assert_int_equal(set.source_grade[0], 2);
    assert_int_equal(set.information_grade[0], 'D');
    assert_int_equal(set.handling[0], 'C');
    cm_observation_set_clear(&set);
}

static void b28_numbers_of_persons(void **state)
{
    static const char *const BAD[] = {"-1", "1e9", "2.5", "1000000000", "many"};
    ingest_bench *b = *state;
    for (size_t i = 0; i < 5; i++) {
        char text[128];
        snprintf(text, sizeof text, "lat,lon,persons\n51.51,-0.12,%s\n", BAD[i]);
        ingest_text(b, text);
        expect_quarantined(b, "bad-persons", 0);
    }
}

/* What was stored of one note. */
static void expect_kept(ingest_bench *b, const char *cell, const char *want)
{
    char text[512];
    char *note = NULL, *id = NULL;
    snprintf(text, sizeof text, "lat,lon,note\n51.51,-0.12,%s\n", cell);
    ingest_text(b, text);
    expect_counts(b, 1, 1, 0, 0);
    cm_observation_set set = stored(b);
    assert_int_equal(cm_observation_text(b->ctx, b->project, set.id[set.count - 1], &note, &id), CASTMAP_OK);
    assert_string_equal(note, want);
    free(note);
    free(id);
    cm_observation_set_clear(&set);
}

static void b29_b34_b35_b36_b37_texts_are_kept_exactly(void **state)
{
    static const char *const TEXTS[] = {
        "\x1b]52;c;aGk=\x07 red \x1b[31m", "=HYPERLINK(1)", "+44", "-1+1", "@SUM", "<script>alert(1)</script>",
        "'; DROP TABLE observation;--", "%n%s%x", "{{7*7}} ${x}", "javascript:alert(1)",
    };
    ingest_bench *b = *state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++)
        expect_kept(b, TEXTS[i], TEXTS[i]);
    expect_kept(b, "\"\"\"><img onerror>\"", "\"><img onerror>");
}

static void b30_characters_that_deceive(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "lat,lon,category\n51.51,-0.12,\xE2\x80\xAE" "car\n51.52,-0.12,c\xD0\xB0r\n51.53,-0.12,caf\xC3\xA9\n");
    expect_counts(b, 3, 3, 0, 0);
    expect_note(b, "odd-characters", 2);
}

static void b31_a_note_beyond_the_limit(void **state)
{
    ingest_bench *b = *state;
    static char text[20000];
    strcpy(text, "lat,lon,note\n51.51,-0.12,");
    memset(text + strlen(text), 'x', 16385);
    ingest_text(b, text);
    expect_refused(b, CASTMAP_E_LIMIT, "longer than 16 KiB", "case.csv:2:note");
}

static void b32_normal_forms(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "lat,lon,note\n51.51,-0.12,caf\xC3\xA9\n");
    expect_counts(b, 1, 1, 0, 0);
    ingest_text(b, "lat,lon,note\n51.51,-0.12,cafe\xCC\x81\n");
    expect_counts(b, 1, 0, 1, 0);
}

static void b33_personal_data_in_texts(void **state)
{
    static const char *const YES[] = {"call 07700 900123", "write to a.b@example.org", "lives in SW1A 1AA now", "plate AB12 CDE",
                                      "NI QQ 12 34 56 C", "+44 20 7946 0000"};
    static const char *const NO[] = {"two cars, 3 people", "at 14:30 on 2024-05-01", "the A4175 near Keynsham", "room 101 again"};
    ingest_bench *b = *state;
    char text[256];
    for (size_t i = 0; i < 10; i++) {
        snprintf(text, sizeof text, "lat,lon,note\n51.51,-0.12,\"%s\"\n", i < 6 ? YES[i] : NO[i - 6]);
        ingest_text(b, text);
        expect_counts(b, 1, 1, 0, 0);
        expect_note(b, "personal-data", i < 6 ? 1 : 0);
    }
}

static void geopoint_cells(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "geopoint,note\n51.5101 -0.1201 12 4.5,a\n\"51.5102, -0.1202\",b\n51.51 -0.12;51.52 -0.13,c\nsomewhere,d\n51.51,e\n");
    expect_counts(b, 5, 2, 0, 3);
    cm_observation_set set = stored(b);
    assert_near(set.accuracy_m[0], 4.5, 0);
    assert_near(set.lat[1], 51.5102, 0);
    cm_observation_set_clear(&set);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, ingest_case_begin, ingest_case_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(b01_latitude_and_longitude_swapped), CASE(b02_out_of_range), CASE(b03_not_finite_or_not_decimal),
        CASE(b04_null_island), CASE(b05_a_pile_on_one_position), CASE(b06_one_decimal), CASE(b07_metres_declared_as_degrees),
        CASE(b08_grid_references), CASE(b09_degrees_minutes_seconds), CASE(b10_half_a_position),
        CASE(b11_unknown_coordinate_system), CASE(b12_coordinate_system_by_address), CASE(eastings_and_northings),
        CASE(b17_days_that_do_not_exist), CASE(b18_day_or_month), CASE(b19_future_and_long_ago), CASE(b20_the_clock_changes),
        CASE(b21_years_and_seconds_at_the_edges), CASE(b22_spreadsheet_days), CASE(months_quarters_and_years_are_intervals),
        CASE(b23_unknown_category), CASE(b24_grades_out_of_their_set), CASE(b25_legacy_grades),
        CASE(b26_handling_c_without_conditions), CASE(b27_missing_grades), CASE(b28_numbers_of_persons),
        CASE(b29_b34_b35_b36_b37_texts_are_kept_exactly), CASE(b30_characters_that_deceive), CASE(b31_a_note_beyond_the_limit),
        CASE(b32_normal_forms), CASE(b33_personal_data_in_texts), CASE(geopoint_cells),
    };
    return cmocka_run_group_tests(tests, ingest_bench_setup, ingest_bench_teardown);
}
