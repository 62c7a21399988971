/* Importing real, messy and made-up files of form tools: exact counts. */
#include "ingest_bench.h"

#include "castmap/project.h"
#include "project/observation_table.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void import_shared(ingest_bench *b, const char *name)
{
    char path[512];
    need_shared_data(name, path);
    ingest_path(b, path);
}

static cm_observation_set stored(ingest_bench *b)
{
    cm_observation_set set;
    if (cm_observations_load(b->ctx, b->project, INT64_MIN, INT64_MAX, NULL, &set) != CASTMAP_OK)
        fail_msg("%s", castmap_message(b->ctx));
    return set;
}

static void the_police_month(void **state)
{
    ingest_bench *b = *state;
    import_shared(b, "observations/2021-09-avon-and-somerset-street.csv");
    expect_counts(b, 14661, 13595, 0, 1066);
    assert_string_equal(b->summary.reasons[0].code, "no-position");
    assert_string_equal(b->summary.format, "police.uk street file CSV");
    expect_note(b, "position-pile", 0);
    cm_observation_set set = stored(b);
    assert_int_equal(set.count, 13595);
    for (size_t i = 0; i < set.count; i++) {
        assert_int_equal(set.precision[i], CM_PLACE_SNAPPED);
        assert_true(isnan(set.accuracy_m[i]));
        assert_int_equal(set.when[i], CM_WHEN_MONTH);
    }
    cm_observation_set_clear(&set);
    import_shared(b, "observations/2021-09-avon-and-somerset-street.csv");
    expect_counts(b, 14661, 0, 13595, 1066);
}

static void the_half_year_packed(void **state)
{
    ingest_bench *b = *state;
    import_shared(b, "observations/avon-and-somerset_2021-04_2021-09.csv.gz");
    expect_counts(b, 86433, 80876, 0, 5557);
    /* The month is in it already, although its file has other columns around it. */
    import_shared(b, "observations/2021-09-avon-and-somerset-street.csv");
    expect_counts(b, 14661, 0, 13595, 1066);
}

static void all_the_months(void **state)
{
    ingest_bench *b = *state;
    import_shared(b, "observations/avon-and-somerset_2018-01_2021-09_slim.csv.gz");
    expect_counts(b, 620495, 563363, 0, 57132);
}

/* One thread and several give the same project. */
static void threads_do_not_matter(void **state)
{
    ingest_bench *b = *state;
    cm_observation_set set[2];
    for (int i = 0; i < 2; i++) {
        if (i == 1) {
            ingest_case_end(state);
            ingest_case_begin(state);
        }
        castmap_set_threads(b->ctx, i == 0 ? 1 : 2);
        import_shared(b, "observations/2021-09-avon-and-somerset-street.csv");
        set[i] = stored(b);
    }
    castmap_set_threads(b->ctx, 0);
    assert_int_equal(set[0].count, set[1].count);
    assert_memory_equal(set[0].lon, set[1].lon, set[0].count * sizeof(double));
    assert_memory_equal(set[0].id, set[1].id, set[0].count * sizeof(int64_t));
    assert_memory_equal(set[0].category, set[1].category, set[0].count * sizeof(int32_t));
    cm_observation_set_clear(&set[0]);
    cm_observation_set_clear(&set[1]);
}

static void messy_odk_exports(void **state)
{
    ingest_bench *b = *state;
    b->options.dry_run = true;
    b->options.keep_far = true;
    import_shared(b, "messy/odk/odk_geolocation_form.csv");
    /* Kenya, where the test project's British grid does not reach. */
    expect_counts(b, 4, 0, 0, 4);
    assert_string_equal(b->summary.reasons[0].code, "far-position");
    import_shared(b, "messy/odk/odk_transportation_all.csv");
    expect_refused(b, CASTMAP_E_INPUT, "no columns say where", "odk_transportation_all.csv:1");
    import_shared(b, "messy/odk/odk_non_utf8.csv");
    expect_refused(b, CASTMAP_E_INPUT, "columns 2 and 17 have the same name, \"region\"", "odk_non_utf8.csv:1");
}

/* The same in a project without a grid of its own. */
static void messy_odk_exports_anywhere(void **state)
{
    static const struct {
        const char *name;
        size_t read, accepted;
    } FILES[] = {{"messy/odk/odk_geolocation_form.csv", 4, 4}, {"messy/odk/odk_empty_geoms.csv", 2, 1},
                 {"messy/odk/odk_good.csv", 9, 9},             {"messy/odk/odk_bad_data.csv", 8, 8}};
    ingest_bench *b = *state;
    castmap_project_options options = CASTMAP_PROJECT_OPTIONS_INIT;
    for (size_t i = 0; i < 4; i++) {
        char path[160];
        snprintf(path, sizeof path, "%s/odk%zu.castmap.sqlite", b->folder, i);
        castmap_project_close(b->project);
        b->project = NULL;
        assert_int_equal(castmap_project_create(b->ctx, path, &options, &b->project), CASTMAP_OK);
        b->options.keep_far = true;
        import_shared(b, FILES[i].name);
        expect_counts(b, FILES[i].read, FILES[i].accepted, 0, FILES[i].read - FILES[i].accepted);
        if (i >= 2)
            expect_note(b, "odd-altitude", 5);
    }
}

static void hostile_csv_files(void **state)
{
    ingest_bench *b = *state;
    import_shared(b, "hostile/csv/gdal_inf_nan.csv");
    expect_refused(b, CASTMAP_E_INPUT, "present: id, v", "gdal_inf_nan.csv:1");
    import_shared(b, "hostile/csv/gdal_unbalanced_double_quotes.csv");
    expect_refused(b, CASTMAP_E_INPUT, "present: id, txt", "double_quotes.csv:1");
}

/* No file of these may crash the reader; what is no GeoJSON is refused, and every feature is accounted for. */
static void hostile_json_files(void **state)
{
    static const char *const FOLDERS[] = {"hostile/json", "hostile/geojson"};
    ingest_bench *b = *state;
    size_t files = 0;
    b->options.dry_run = true;
    for (size_t i = 0; i < 2; i++) {
        char path[512];
        need_shared_data(FOLDERS[i], path);
        DIR *folder = opendir(path);
        assert_non_null(folder);
        for (struct dirent *entry; (entry = readdir(folder));) {
            char file[1024];
            if (entry->d_name[0] == '.')
                continue;
            snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
            ingest_path(b, file);
            /* Valid JSON that is no FeatureCollection is refused too. */
            if (i == 0)
                assert_true(b->status == CASTMAP_E_INPUT || b->status == CASTMAP_E_LIMIT || b->summary.accepted == 0);
            files++;
        }
        closedir(folder);
    }
    assert_int_equal(files, 159 + 31);
}

/* The number after `key` behind `section` in the sample's table of expected counts. */
static size_t expected(const char *section, const char *key)
{
    static const char NAME[] = CASTMAP_SOURCE_DIR "/data/sample/expected.json";
    char text[65536], wanted[64];
    FILE *file = fopen(NAME, "rb");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    snprintf(wanted, sizeof wanted, "\"%s\": {", section);
    const char *at = strstr(text, wanted);
    assert_non_null(at);
    snprintf(wanted, sizeof wanted, "\"%s\": ", key);
    at = strstr(at, wanted);
    assert_non_null(at);
    return strtoul(at + strlen(wanted), NULL, 10);
}

static void expect_sample_rows(const ingest_bench *b, const char *section)
{
    expect_counts(b, expected(section, "read"), expected(section, "accepted"), expected(section, "duplicate"),
                  expected(section, "quarantined"));
}

static void the_sample(void **state)
{
    ingest_bench *b = *state;
    char sample[512], list[512];
    snprintf(sample, sizeof sample, "%s/data/sample/observations.csv", CASTMAP_SOURCE_DIR);
    snprintf(list, sizeof list, "%s/data/sample/categories.csv", CASTMAP_SOURCE_DIR);
    ingest_path(b, sample);
    expect_sample_rows(b, "rows_without_category_list");
    ingest_case_end(state);
    ingest_case_begin(state);
    b->options.categories = list;
    ingest_path(b, sample);
    expect_sample_rows(b, "rows");
    assert_string_equal(b->summary.format, "KoboToolbox CSV");
    cm_observation_set set = stored(b);
    size_t conditions = 0, grade[4] = {0};
    for (size_t i = 0; i < set.count; i++) {
        conditions += set.handling[i] == 'C';
        grade[set.source_grade[i]]++;
    }
    assert_int_equal(conditions, expected("handling", "C"));
    assert_int_equal(grade[1], expected("source_grades", "1"));
    assert_int_equal(grade[2], expected("source_grades", "2"));
    assert_int_equal(grade[3], expected("source_grades", "3"));
    assert_int_equal(set.n_categories, 10);
    cm_observation_set_clear(&set);
}

/* Every planted fault is set aside at its line, and nothing else is. */
static void the_sample_fault_by_fault(void **state)
{
    ingest_bench *b = *state;
    char sample[512], list[512], text[65536];
    castmap_quarantine q;
    size_t faults = 0;
    snprintf(sample, sizeof sample, "%s/data/sample/observations.csv", CASTMAP_SOURCE_DIR);
    snprintf(list, sizeof list, "%s/data/sample/categories.csv", CASTMAP_SOURCE_DIR);
    b->options.categories = list;
    ingest_path(b, sample);
    assert_int_equal(b->status, CASTMAP_OK);
    assert_int_equal(castmap_project_quarantine(b->ctx, b->project, 0, 0, &q), CASTMAP_OK);
    snprintf(sample, sizeof sample, "%s/data/sample/expected.json", CASTMAP_SOURCE_DIR);
    FILE *file = fopen(sample, "rb");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    char *at = strstr(text, "\"faults\": ["), *end = strstr(text, "\"oddities\"");
    assert_true(at && end);
    while ((at = strstr(at, "\"line\": ")) && at < end) {
        const int64_t line = strtoll(at + 8, &at, 10);
        const bool duplicate = strncmp(at, ", \"kind\": \"duplicate\"", 21) == 0;
        size_t found = 0;
        for (size_t i = 0; i < q.count; i++)
            found += q.row[i].row == line;
        if (found != (duplicate ? 0u : 1u))
            fail_msg("line %lld is set aside %zu times%.40s", (long long)line, found, at);
        faults += !duplicate;
    }
    assert_int_equal(faults, q.count);
    castmap_quarantine_clear(&q);
}

static void expect_guess(const ingest_bench *b, const char *what, const char *value)
{
    for (size_t i = 0; i < b->summary.n_guesses; i++) {
        if (strcmp(b->summary.guesses[i].what, what) == 0) {
            assert_string_equal(b->summary.guesses[i].value, value);
            return;
        }
    }
    fail_msg("no guess about %s", what);
}

static void kobo_with_labels_groups_and_semicolons(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "start;Where/Where was it?;Where/_Where was it?_latitude;Where/_Where was it?_longitude;Where/_Where was it?_altitude;"
                   "Where/_Where was it?_precision;What did you see?;When did you see it?;Anything else?;_id;_uuid;_submission_time\n"
                   "2025-05-01T10:00:00.000+01:00;51.5101 -0.1201 10 5;51.5101;-0.1201;10;5;Car;2025-05-01;note;1;u-1;2025-05-01T09:01:00\n"
                   "2025-05-01T10:00:00.000+01:00;51.5102 -0.1202 10 7;;;;;Car;2025-05-02;;2;u-2;2025-05-01T09:01:00\n");
    expect_counts(b, 2, 2, 0, 0);
    assert_string_equal(b->summary.format, "KoboToolbox CSV");
    expect_guess(b, "separator", "semicolon");
    expect_guess(b, "latitude", "column \"Where/_Where was it?_latitude\"");
    expect_guess(b, "position", "column \"Where/Where was it?\"");
    expect_guess(b, "category", "column \"What did you see?\"");
    expect_guess(b, "time", "column \"When did you see it?\"");
    expect_guess(b, "text", "column \"Anything else?\"");
    expect_guess(b, "unique id", "column \"_uuid\"");
    cm_observation_set set = stored(b);
    assert_near(set.accuracy_m[0], 5, 0);
    assert_near(set.accuracy_m[1], 7, 0); /* from the cell, as the columns are empty */
    cm_observation_set_clear(&set);
}

static void odk_central(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "SubmissionDate,spot-Latitude,spot-Longitude,spot-Altitude,spot-Accuracy,kind,KEY,ReviewState\n"
                   "2025-05-01T09:01:00.000Z,51.5101,-0.1201,10,4.2,car,uuid:a,approved\n"
                   "2025-05-01T09:02:00.000Z,51.5102,-0.1202,10,4.2,car,uuid:b,\n"
                   "2025-05-01T09:02:00.000Z,51.5102,-0.1202,10,4.2,car,uuid:b,\n");
    expect_counts(b, 3, 2, 1, 0);
    assert_string_equal(b->summary.format, "ODK CSV");
    expect_guess(b, "unique id", "column \"KEY\"");
    expect_guess(b, "accuracy", "column \"spot-Accuracy\"");
    expect_guess(b, "time", "column \"SubmissionDate\"");
}

static void odk_aggregate(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "today,g:Latitude,g:Longitude,g:Altitude,g:Accuracy,meta:instanceID\n2025-05-01,51.5101,-0.1201,10,4,uuid:1\n");
    expect_counts(b, 1, 1, 0, 0);
    assert_string_equal(b->summary.format, "ODK CSV");
}

static void ushahidi(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "Post ID,Survey,Post Status,Created (UTC),Updated (UTC),Title,Description,Location.lat,Location.lon\n"
                   "11,Reports,published,2025-07-01 09:00:00,2025-07-01 09:00:00,t,d,51.5101,-0.1201\n");
    expect_counts(b, 1, 1, 0, 0);
    assert_string_equal(b->summary.format, "Ushahidi CSV");
    cm_observation_set set = stored(b);
    assert_int_equal(set.from_s[0], INT64_C(1751360400)); /* as UTC, not as London's summer time */
    cm_observation_set_clear(&set);
}

static void given_columns_win(void **state)
{
    static const char *const MAP[] = {"lat=Breite", "lon=Laenge", "category=Art", "keep=Wetter", "id="};
    ingest_bench *b = *state;
    b->options.map = MAP;
    b->options.n_map = 5;
    ingest_text(b, "id;Breite;Laenge;Art;Wetter\n1;51.5101;-0.1201;Auto;Regen\n1;51.5102;-0.1202;Auto;\n");
    expect_counts(b, 2, 2, 0, 0);
    expect_guess(b, "separator", "semicolon");
    expect_note(b, "unused-columns", 1);
    b->options.n_map = 1;
    static const char *const WRONG[] = {"lat=Nirgends"};
    b->options.map = WRONG;
    ingest_text(b, "lat,lon\n51.5,-0.1\n");
    assert_int_equal(b->status, CASTMAP_E_ARGUMENT);
}

#define POINT(lon, lat, extra) \
    "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[" lon "," lat "]},\"properties\":{" extra "}}"
#define COLLECTION(features) "{\"type\":\"FeatureCollection\",\"features\":[" features "]}"

static void geojson_observations(void **state)
{
    ingest_bench *b = *state;
    ingest_text(b, "\xEF\xBB\xBF" COLLECTION(POINT("-0.1201", "51.5101", "\"category\":\"c\\u0061r\",\"date\":\"2025-05-01\",\"n\":9007199254740993") ","
                              POINT("-0.1202", "51.5102", "\"date\":\"2025-05\",\"category\":null,\"note\":{\"a\":[1,2]}") ","
                              "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{}}") "\n");
    expect_counts(b, 3, 2, 0, 1);
    assert_string_equal(b->summary.reasons[0].code, "no-position");
    assert_int_equal(b->summary.reasons[0].first_row, 3);
    assert_string_equal(b->summary.format, "table GeoJSON");
    cm_observation_set set = stored(b);
    assert_int_equal(set.n_categories, 1);
    assert_string_equal(set.category_name[0], "car");
    cm_observation_set_clear(&set);
}

static void geojson_refusals(void **state)
{
    static const struct {
        const char *text, *message;
    } BAD[] = {
        {"{\"type\":\"FeatureCollection\",\"features\":[" POINT("1", "2", ""), "ends too early"},               /* C01 */
        {COLLECTION(POINT("NaN", "51", "")), "not a JSON value"},                                             /* C02 */
        {COLLECTION(POINT("1", "51", "")) "x", "something follows"},                                          /* C12 */
        {COLLECTION("") COLLECTION(""), "something follows"},                                                 /* C12 */
        {"{\"type\":\"FeatureCollection\",\"crs\":{\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::27700\"}},\"features\":[]}",
         "another system"},                                                                                   /* C13 */
        {"{\"type\":\"Topology\",\"objects\":{}}", "TopoJSON"},                                               /* C14 */
        {"{\"geometryType\":\"esriGeometryPoint\",\"features\":[]}", "ESRI JSON"},                            /* C14 */
        {POINT("1", "2", ""), "single Feature"},                                                              /* C15 */
        {"{\"type\":\"Point\",\"coordinates\":[1,2]}", "not a FeatureCollection"},                            /* C15 */
    };
    ingest_bench *b = *state;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        ingest_text(b, BAD[i].text);
        expect_refused(b, CASTMAP_E_INPUT, BAD[i].message, "case.csv");
    }
    static const char LINES[] = POINT("1", "2", "") "\n" POINT("1", "2", ""); /* C14: under a name that promises one document */
    ingest_bytes(b, "case.geojson", LINES, sizeof LINES - 1);
    expect_refused(b, CASTMAP_E_INPUT, "newline-delimited", "case.geojson");
    assert_non_null(strstr(b->hint, ".geojsonl"));
}

static void geojson_features_at_fault(void **state)
{
    static const struct {
        const char *feature, *code;
    } BAD[] = {
        {POINT("1e400", "51", ""), "bad-number"},                                                              /* C02 */
        {POINT("\"1\"", "51", ""), "bad-number"},                                                              /* C03 */
        {"{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[]},\"properties\":{}}", "bad-position"}, /* C04 */
        {"{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[1]},\"properties\":{}}", "bad-position"},
        {"{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2,3,4,5,6,7,8,9]},\"properties\":{}}",
         "bad-position"},
        {POINT("-0.1", "51.5", "\"a\":1,\"a\":2"), "duplicate-key"},                                           /* C07 */
        {"{\"type\":\"Feature\",\"geometry\":null,\"geometry\":{\"type\":\"Point\",\"coordinates\":[-0.1,51.5]},\"properties\":{}}",
         "no-position"},
        {"{\"type\":\"Feature\",\"geometry\":{\"type\":\"MultiPoint\",\"coordinates\":[[-0.1,51.5],[1,2]]},\"properties\":{}}",
         "not-a-point"},                                                                                       /* B16 */
        {"{\"type\":\"Feature\",\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[-0.1,51.5],[1,2]]},\"properties\":{}}",
         "not-a-point"},
        {"7", "not-a-feature"},
    };
    ingest_bench *b = *state;
    b->options.dry_run = true;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        char text[1024];
        snprintf(text, sizeof text, COLLECTION("%s," POINT("-0.1201", "51.5101", "")), BAD[i].feature);
        ingest_text(b, text);
        expect_quarantined(b, BAD[i].code, 1);
    }
    ingest_text(b, COLLECTION("{\"type\":\"Feature\",\"geometry\":{\"type\":\"MultiPoint\",\"coordinates\":[[-0.1201,51.5101,7]]},"
                              "\"properties\":{}}"));
    expect_counts(b, 1, 1, 0, 0);
}

static void c05_deep_nesting(void **state)
{
    ingest_bench *b = *state;
    const size_t deep = 200000;
    char *text = malloc(2 * deep + 512);
    assert_non_null(text);
    size_t n = (size_t)sprintf(text, "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"a\":");
    memset(text + n, '[', deep);
    ingest_bytes(b, "deep.geojson", text, n + deep);
    expect_refused(b, CASTMAP_E_INPUT, "nested more than 64 deep", "deep.geojson:feature 1");
    free(text);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, ingest_case_begin, ingest_case_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_police_month), CASE(the_half_year_packed), CASE(all_the_months), CASE(threads_do_not_matter),
        CASE(messy_odk_exports), CASE(messy_odk_exports_anywhere), CASE(hostile_csv_files), CASE(hostile_json_files),
        CASE(the_sample), CASE(the_sample_fault_by_fault), CASE(kobo_with_labels_groups_and_semicolons), CASE(odk_central), CASE(odk_aggregate), CASE(ushahidi),
        CASE(given_columns_win), CASE(geojson_observations), CASE(geojson_refusals), CASE(geojson_features_at_fault),
        CASE(c05_deep_nesting),
    };
    return cmocka_run_group_tests(tests, ingest_bench_setup, ingest_bench_teardown);
}
