/* Importing what is no table of text: real GIS layers, messy KML and GPX, chats, photos, features a line; profiles by their exact headers; recipes; previews. */
#include "ingest_bench.h"

#include "castmap/project.h"
#include "castmap/recipe.h"
#include "project/observation_table.h"
#include "support/jpeg_maker.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void import_shared(ingest_bench *b, const char *name)
{
    char path[512];
    need_shared_data(name, path);
    ingest_path(b, path);
}

/* A project without a system of its own, for files from other countries. */
static void anywhere(ingest_bench *b, size_t number)
{
    castmap_project_options options = CASTMAP_PROJECT_OPTIONS_INIT;
    char path[160];

    snprintf(path, sizeof path, "%s/any%zu-%d.castmap.sqlite", b->folder, number, rand());
    castmap_project_close(b->project);
    b->project = NULL;
    assert_int_equal(castmap_project_create(b->ctx, path, &options, &b->project), CASTMAP_OK);
}

static cm_observation_set stored(ingest_bench *b)
{
    cm_observation_set set;
    if (cm_observations_load(b->ctx, b->project, INT64_MIN, INT64_MAX, NULL, &set) != CASTMAP_OK)
        fail_msg("%s", castmap_message(b->ctx));
    return set;
}

static void expect_guess(const ingest_bench *b, const char *what, const char *value)
{
    for (size_t i = 0; i < b->summary.n_guesses; i++) {
        if (strcmp(b->summary.guesses[i].what, what) != 0)
            continue;
        if (!strstr(b->summary.guesses[i].value, value))
            fail_msg("%s is guessed as %s, not %s", what, b->summary.guesses[i].value, value);
        return;
    }
    fail_msg("no guess of %s", what);
}

/* How often a word stands in a file: the count of records that owes nothing to the reader. */
static size_t occurrences(const char *name, const char *word)
{
    char path[512];
    size_t n = 0;

    if (!shared_data(name, path, sizeof path))
        return 0;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *text = calloc(1, 1u << 20);
    const size_t length = fread(text, 1, (1u << 20) - 1, file);
    fclose(file);
    for (const char *at = text; (at = memmem(at, length - (size_t)(at - text), word, strlen(word))); at += strlen(word))
        n++;
    free(text);
    return n;
}

static void layers_in_other_systems(void **state)
{
    ingest_bench *b = *state;
    anywhere(b, 1);
    import_shared(b, "network/montreal_bike_accidents.gpkg");
    expect_counts(b, 347, 347, 0, 0);
    expect_guess(b, "coordinate system", "EPSG:3797");
    assert_string_equal(b->summary.format, "GeoPackage layer");
    cm_observation_set set = stored(b);
    for (size_t i = 0; i < set.count; i++) {
        assert_true(set.lon[i] > -74.0 && set.lon[i] < -73.4 && set.lat[i] > 45.3 && set.lat[i] < 45.8);
        assert_int_equal(set.when[i], CM_WHEN_DAY);
    }
    cm_observation_set_clear(&set);
    import_shared(b, "network/montreal_bike_accidents.gpkg");
    expect_counts(b, 347, 0, 347, 0);
    /* A code of ESRI is as good as one of EPSG; another one beside it is a contradiction. */
    anywhere(b, 2);
    b->options.crs = "EPSG:2223";
    import_shared(b, "network/geodanet_crimes.gpkg");
    expect_refused(b, CASTMAP_E_INPUT, "ESRI:102649", "geodanet_crimes.gpkg");
    b->options.crs = NULL;
    import_shared(b, "network/geodanet_crimes.gpkg");
    expect_counts(b, 287, 287, 0, 0);
    expect_guess(b, "coordinate system", "ESRI:102649");
    anywhere(b, 3);
    import_shared(b, "network/geodanet_streets.gpkg"); /* lines */
    expect_refused(b, CASTMAP_E_INPUT, "no layer holds points", "geodanet_streets.gpkg");
}

/* Waypoints go in, tracks are counted; every <wpt> and every <Placemark> of the file is a row. */
static void messy_gpx_and_kml(void **state)
{
    static const struct {
        const char *name, *element;
        size_t      rows, accepted;
    } FILES[] = {
        {"messy/gpx/around-visnjan-with-car.gpx", "<wpt", 0, 0}, {"messy/gpx/custom_schema_locations.gpx", "<wpt", 0, 0},
        {"messy/gpx/empty_trk.gpx", "<wpt", 0, 0},               {"messy/gpx/gpx1.0_with_all_fields.gpx", "<wpt", 2, 2},
        {"messy/gpx/gpx_with_garmin_extension.gpx", "<wpt", 1, 1}, {"messy/gpx/korita-zbevnica.gpx", "<wpt", 2, 2},
        {"messy/gpx/osm.gpx", "<wpt", 0, 0},                     {"messy/gpx/track-with-empty-segment.gpx", "<wpt", 0, 0},
        {"messy/gpx/track-with-extremes.gpx", "<wpt", 0, 0},     {"messy/gpx/unicode_with_bom.gpx", "<wpt", 1, 1},
        {"messy/gpx/wpt.gpx", "<wpt", 40, 40},                   {"messy/kml/addresses.kml", "<Placemark", 15, 0},
        {"messy/kml/cdata.kml", "<Placemark", 1, 1},             {"messy/kml/extended_data.kml", "<Placemark", 1, 1},
        {"messy/kml/gxtrack.kml", "<Placemark", 1, 0},           {"messy/kml/multigeometry.kml", "<Placemark", 1, 0},
        {"messy/kml/nogeomplacemark.kml", "<Placemark", 1, 0},   {"messy/kml/noname.kml", "<Placemark", 1, 0},
        {"messy/kml/simpledata.kml", "<Placemark", 2, 2},        {"messy/kml/timespan.kml", "<Placemark", 1, 0},
        {"messy/odk/odk_export.kml", "<Placemark", 2, 0},
    };
    ingest_bench *b = *state;
    b->options.keep_odd_dates = true;
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        anywhere(b, i);
        import_shared(b, FILES[i].name);
        assert_int_equal(occurrences(FILES[i].name, FILES[i].element), FILES[i].rows);
        expect_counts(b, FILES[i].rows, FILES[i].accepted, 0, FILES[i].rows - FILES[i].accepted);
    }
}

/* Tables of counts by council have no place of their own: refused, naming what there is. */
static void counts_by_area_are_no_observations(void **state)
{
    ingest_bench *b = *state;
    import_shared(b, "observations/fixmystreet_lad_2018.csv");
    expect_refused(b, CASTMAP_E_INPUT, "no columns say where", "fixmystreet_lad_2018.csv:1");
    import_shared(b, "observations/fixmystreet_lsoa_2018.csv");
    expect_refused(b, CASTMAP_E_INPUT, "no columns say where", "fixmystreet_lsoa_2018.csv:1");
}

static void a_hostile_shapefile(void **state)
{
    ingest_bench *b = *state;
    import_shared(b, "hostile/shapefile/corrupt_too_long.shp");
    /* Lines, longer than the header says: it has no points, whatever else is wrong with it. C33 */
    if (b->status == CASTMAP_OK)
        fail_msg("a corrupt Shapefile went in");
    assert_true(b->status == CASTMAP_E_INPUT);
    expect_refused(b, CASTMAP_E_INPUT, "", "corrupt_too_long.shp");
}

#define FEATURE(lon, lat, extra) "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[" lon "," lat "]},\"properties\":{" extra "}}"

static void features_a_line(void **state)
{
    static const char LINES[] = FEATURE("-0.1201", "51.5101", "\"category\":\"car\"") "\n" FEATURE("-0.1202", "51.5102", "") "\r\n"
                                "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{}}\n";
    static const char MARKED[] = "\x1E" FEATURE("-0.1201", "51.5101", "\"category\":\"car\"") "\n\x1E" FEATURE("-0.1202", "51.5102", "") "\n";
    static const char CUT[] = FEATURE("-0.1201", "51.5101", "") "\n" FEATURE("-0.1202", "51.5102", "") "\n{\"type\":\"Fea";
    ingest_bench *b = *state;
    ingest_bytes(b, "a.geojsonl", LINES, sizeof LINES - 1);
    expect_counts(b, 3, 2, 0, 1);
    assert_string_equal(b->summary.format, "table newline-delimited GeoJSON");
    assert_int_equal(b->summary.reasons[0].first_row, 3);
    ingest_bytes(b, "a.json", MARKED, sizeof MARKED - 1);
    expect_counts(b, 2, 0, 2, 0);
    ingest_case_end(state);
    ingest_case_begin(state);
    ingest_bytes(b, "cut.ndjson", CUT, sizeof CUT - 1);
    expect_refused(b, CASTMAP_E_INPUT, "", "cut.ndjson:feature 3");
    static const char ONE[] = FEATURE("-0.1201", "51.5101", "");
    ingest_bytes(b, "one.geojsonl", ONE, sizeof ONE - 1);
    expect_counts(b, 1, 1, 0, 0);
}

/* The exact headers of the form tools. */
static void form_tools_by_their_headers(void **state)
{
    static const struct {
        const char *format, *text;
        const char *what, *value; /* one guess that must be so */
    } TOOLS[] = {
        {"KoboToolbox CSV", "start;end;Where was it?;_Where was it?_latitude;_Where was it?_longitude;_Where was it?_altitude;_Where was it?_precision;What did you see?;"
                            "_id;_uuid;_submission_time;_validation_status;_notes;_status;_submitted_by;__version__;_tags;_index\n"
                            "2025-05-01T09:00:00+01:00;2025-05-01T09:01:00+01:00;51.5101 -0.1201 0 5;51.5101;-0.1201;0;5;van;1;u1;2025-05-01T08:01:00;;;;;;;1\n",
         "accuracy", "_Where was it?_precision"},
        {"KoboToolbox CSV", "grp/place,grp/_place_latitude,grp/_place_longitude,grp/_place_altitude,grp/_place_precision,grp/what,_id,_uuid,_submission_time,_index\n"
                            "51.5101 -0.1201 0 5,51.5101,-0.1201,0,5,van,1,u1,2025-05-01T08:01:00,1\n",
         "latitude", "grp/_place_latitude"},
        {"ODK CSV", "SubmissionDate,where-Latitude,where-Longitude,where-Altitude,where-Accuracy,what,KEY,SubmitterID,ReviewState\n"
                    "2025-05-01T08:01:00.000Z,51.5101,-0.1201,0,5,van,uuid:1,7,\n",
         "unique id", "KEY"},
        {"Epicollect5 CSV", "ec5_uuid,created_at,uploaded_at,created_by,title,1_What_did_you_see,lat_2_Where,long_2_Where,accuracy_2_Where,UTM_Northing_2_Where,"
                            "UTM_Easting_2_Where,UTM_Zone_2_Where,3_Notes\n"
                            "e1,2025-05-01T08:01:00.000Z,2025-05-01T09:01:00.000Z,a@example.org,t,van,51.5101,-0.1201,5,5710000,699000,30U,white\n",
         "category", "1_What_did_you_see"},
        {"Ushahidi CSV", "Post ID,Survey,Post Status,Created (UTC),Updated (UTC),Title,Description,Where.lat,Where.lon\n"
                         "#meta+id,#meta+survey,#status,#date+created,#date+updated,#title,#description,#geo+lat,#geo+lon\n"
                         "11,Reports,published,2025-05-01 08:01:00,2025-05-01 08:01:00,t,d,51.5101,-0.1201\n",
         "unique id", "Post ID"},
        {"FixMyStreet or Open311 CSV", "Report ID,Title,Detail,User Name,Category,Created,Confirmed,Acknowledged,Fixed,Closed,Status,Latitude,Longitude,Query,Ward,"
                                       "Easting,Northing,Report URL\n"
                                       "1,Van,A white van,Somebody,Abandoned vehicles,2025-05-01T08:00:00,2025-05-01T08:01:00,,,,confirmed,51.5101,-0.1201,,Ward,530000,"
                                       "180000,http://x/1\n",
         "text", "Detail"},
        {"FixMyStreet or Open311 CSV", "service_request_id,status,service_name,service_code,description,requested_datetime,updated_datetime,address,lat,long\n"
                                       "1,open,Abandoned vehicles,7,A white van,2025-05-01T08:01:00Z,2025-05-01T08:01:00Z,,51.5101,-0.1201\n",
         "category", "service_name"},
        {"CoMapeo CSV", "docId,versionId,createdAt,updatedAt,lat,lon,notes,category\nd1,d1/0,2025-05-01T08:01:00.000Z,2025-05-01T08:01:00.000Z,51.5101,-0.1201,white,van\n",
         "unique id", "docId"},
        {"police.uk street file CSV", "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context\n"
                                      ",2025-05,P,P,-0.1201,51.5101,On or near High Street,E01,N,Anti-social behaviour,,\n",
         "precision of places", "snapped"},
        {"table CSV", "lat,lon\n51.5101,-0.1201\n", "latitude", "lat"},
    };
    ingest_bench *b = *state;
    for (size_t i = 0; i < sizeof TOOLS / sizeof *TOOLS; i++) {
        ingest_case_end(state);
        ingest_case_begin(state);
        ingest_text(b, TOOLS[i].text);
        expect_counts(b, 1, 1, 0, 0);
        if (strcmp(b->summary.format, TOOLS[i].format) != 0)
            fail_msg("case %zu is recognised as %s, not %s", i, b->summary.format, TOOLS[i].format);
        expect_guess(b, TOOLS[i].what, TOOLS[i].value);
        cm_observation_set set = stored(b);
        assert_near(set.lat[0], 51.5101, 0);
        assert_near(set.lon[0], -0.1201, 0);
        cm_observation_set_clear(&set);
        expect_note(b, "hashtag-row", strncmp(TOOLS[i].format, "Ushahidi", 8) == 0 ? 1 : 0);
    }
    /* Overridable: the same header as a plain table. */
    b->options.profile = "generic";
    ingest_text(b, TOOLS[6].text);
    assert_string_equal(b->summary.format, "table CSV");
}

/* Mapeo's GeoJSON is the same tool in another form. */
static void mapeo_geojson(void **state)
{
    static const char TEXT[] = "{\"type\":\"FeatureCollection\",\"features\":["
        FEATURE("-0.1201", "51.5101", "\"$created\":\"2025-05-01T08:01:00.000Z\",\"$modified\":\"2025-05-01T08:01:00.000Z\",\"$version\":\"x@1\",\"categoryId\":\"van\",\"notes\":\"n\"")
        "]}";
    ingest_bench *b = *state;
    ingest_bytes(b, "m.geojson", TEXT, sizeof TEXT - 1);
    expect_counts(b, 1, 1, 0, 0);
    assert_string_equal(b->summary.format, "CoMapeo GeoJSON");
    expect_guess(b, "category", "categoryId");
}

static void placemarks_at_fault_are_set_aside(void **state)
{
    ingest_bench *b = *state;
    castmap_quarantine q;
    static const char KML[] = "<kml><Placemark><name>N</name><LineString><coordinates>0,1 2,3</coordinates></LineString></Placemark>"
                              "<Placemark><Point><coordinates>0,0</coordinates></Point></Placemark></kml>";
    ingest_bytes(b, "a.kml", KML, sizeof KML - 1);
    expect_counts(b, 2, 0, 0, 2);
    assert_int_equal(castmap_project_quarantine(b->ctx, b->project, 0, 0, &q), CASTMAP_OK);
    assert_int_equal(q.count, 2);
    assert_string_equal(q.row[0].code, "not-a-point");
    assert_string_equal(q.row[1].code, "placeholder-position"); /* B04 */
    castmap_quarantine_clear(&q);
}

static void chats_need_their_order_and_keep_no_names(void **state)
{
    static const char CHAT[] = "01/05/2025, 09:00 - Alice: location: https://maps.google.com/?q=51.5101,-0.1201\n01/05/2025, 09:01 - Alice: a van\n";
    ingest_bench *b = *state;
    ingest_text(b, CHAT);
    expect_refused(b, CASTMAP_E_INPUT, "day or the month", "case.csv:1");
    b->options.date_order = "dmy";
    ingest_text(b, CHAT);
    expect_counts(b, 1, 1, 0, 0);
    expect_note(b, "joined-messages", 1);
    cm_observation_set set = stored(b);
    assert_int_equal(set.from_s[0], INT64_C(1746086400)); /* 08:00 UTC in summer */
    assert_int_equal(set.n_sources, 1);
    assert_memory_equal(set.source_name[0], "person-", 7);
    cm_observation_set_clear(&set);
    ingest_text(b, CHAT);
    expect_counts(b, 1, 0, 1, 0);
}

static void photos_keep_no_picture_unless_asked(void **state)
{
    const jpeg_wish wish = {.exif = true, .gps = true, .lat = {{51, 1}, {30, 1}, {3636, 100}}, .lon = {{0, 1}, {7, 1}, {1236, 100}}, .lat_ref = 'N',
                            .lon_ref = 'W', .taken = "2025:05:01 09:00:00", .error = {5, 1}};
    ingest_bench *b = *state;
    unsigned char jpeg[4096];
    char folder[128], path[256], copy[8192];

    const size_t n = jpeg_make(&wish, jpeg);
    ingest_bytes(b, "a.jpg", (const char *)jpeg, n);
    expect_counts(b, 1, 1, 0, 0);
    assert_null(b->summary.picture);
    cm_observation_set set = stored(b);
    assert_near(set.accuracy_m[0], 5, 0);
    assert_int_equal(set.from_s[0], INT64_C(1746086400));
    cm_observation_set_clear(&set);
    ingest_case_end(state);
    ingest_case_begin(state);
    snprintf(folder, sizeof folder, "%s/pictures", b->folder);
    b->options.pictures = folder;
    ingest_bytes(b, "a.jpg", (const char *)jpeg, n);
    expect_counts(b, 1, 1, 0, 0);
    assert_non_null(b->summary.picture);
    FILE *file = fopen(b->summary.picture, "rb");
    assert_non_null(file);
    const size_t length = fread(copy, 1, sizeof copy, file);
    fclose(file);
    assert_true(length > 100 && length < n);
    assert_null(memmem(copy, length, "secret", 6)); /* B39 */
    assert_null(memmem(copy, length, "2025:05", 7));
    snprintf(path, sizeof path, "%s", b->summary.picture);
    ingest_bytes(b, "a.jpg", (const char *)jpeg, n);
    expect_counts(b, 1, 0, 1, 0);
    assert_int_equal(access(path, F_OK), 0);
}

static void recipes_read_the_next_file_the_same_way(void **state)
{
    static const char *const MAP[] = {"lat=Breite", "lon=Laenge", "category=Art", "id=", "keep=Wetter"};
    static const char *const OTHER[] = {"category=Wetter"};
    static const char TEXT[] = "id;Breite;Laenge;Art;Wetter\n1;51.5101;-0.1201;Auto;Regen\n";
    ingest_bench *b = *state;
    castmap_recipe *recipe = NULL;
    castmap_recipe_list list;
    b->options.map = MAP;
    b->options.n_map = 5;
    b->options.save_recipe = "a/b";
    ingest_text(b, TEXT);
    assert_int_equal(b->status, CASTMAP_E_ARGUMENT);
    b->options.save_recipe = "survey";
    ingest_text(b, TEXT);
    expect_counts(b, 1, 1, 0, 0);
    assert_int_equal(castmap_project_recipes(b->ctx, b->project, &list), CASTMAP_OK);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.name[0], "survey");
    castmap_recipe_list_clear(&list);

    assert_int_equal(castmap_recipe_open(b->ctx, b->project, "survey", &recipe), CASTMAP_OK);
    b->options.save_recipe = NULL;
    b->options.map = NULL;
    b->options.n_map = 0;
    assert_int_equal(castmap_recipe_apply(b->ctx, recipe, &b->options), CASTMAP_OK);
    assert_int_equal(b->options.delimiter, ';');
    ingest_text(b, TEXT);
    expect_counts(b, 1, 0, 1, 0); /* the same record, to its kept column */
    expect_guess(b, "recipe", "survey");
    /* One column given by hand holds over the recipe. */
    b->options = (castmap_import_options)CASTMAP_IMPORT_OPTIONS_INIT;
    b->options.map = OTHER;
    b->options.n_map = 1;
    assert_int_equal(castmap_recipe_apply(b->ctx, recipe, &b->options), CASTMAP_OK);
    ingest_text(b, TEXT);
    expect_guess(b, "category", "Wetter");
    expect_guess(b, "latitude", "Breite");
    castmap_recipe_free(recipe);
    assert_int_equal(castmap_project_recipe_remove(b->ctx, b->project, "survey"), CASTMAP_OK);
    assert_int_equal(castmap_project_recipe_remove(b->ctx, b->project, "survey"), CASTMAP_E_NOT_FOUND);
    assert_int_equal(castmap_recipe_open(b->ctx, b->project, "survey", &recipe), CASTMAP_E_NOT_FOUND);
}

static void previews_show_lengths_of_what_is_private(void **state)
{
    ingest_bench *b = *state;
    b->options.preview = 2;
    b->options.dry_run = true;
    ingest_text(b, "lat,lon,date,category,text,source\n51.5101,-0.1201,2025-05,van,caf\xC3\xA9,Anna\n,,,,,\n51.5102,-0.1202,,,,\n51.5103,-0.1203,,,,\n");
    expect_counts(b, 4, 3, 0, 1);
    assert_int_equal(b->summary.n_rows, 2);
    const castmap_import_row *row = b->summary.rows;
    assert_int_equal(row[0].row, 2);
    assert_near(row[0].lat, 51.5101, 0);
    assert_string_equal(row[0].time, "month 2025-05");
    assert_string_equal(row[0].category, "van");
    assert_int_equal(row[0].text_length, 4);
    assert_int_equal(row[0].source_length, 4);
    assert_int_equal(row[1].row, 4);
    assert_string_equal(row[1].time, "");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, ingest_case_begin, ingest_case_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(layers_in_other_systems), CASE(messy_gpx_and_kml), CASE(counts_by_area_are_no_observations), CASE(a_hostile_shapefile), CASE(features_a_line),
        CASE(form_tools_by_their_headers), CASE(mapeo_geojson), CASE(placemarks_at_fault_are_set_aside),
        CASE(chats_need_their_order_and_keep_no_names), CASE(photos_keep_no_picture_unless_asked), CASE(recipes_read_the_next_file_the_same_way),
        CASE(previews_show_lengths_of_what_is_private),
    };
    return cmocka_run_group_tests(tests, ingest_bench_setup, ingest_bench_teardown);
}
