/* Tests of castmap_boundaries_add(): real boundary files with their known flaws, the population join, and refusals. */
#include "castmap/boundaries.h"
#include "project/boundary_table.h"
#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct place {
    char             folder[64], path[256];
    castmap_project *project;
} place;

static place open_place(void **state)
{
    castmap_context *ctx = *state;
    castmap_project_options options = CASTMAP_PROJECT_OPTIONS_INIT;
    place p = {0};

    folder_make(p.folder);
    snprintf(p.path, sizeof p.path, "%s/town.castmap.sqlite", p.folder);
    assert_status(castmap_project_create(ctx, p.path, &options, &p.project), CASTMAP_OK);
    return p;
}

static void close_place(place *p)
{
    castmap_project_close(p->project);
    folder_remove(p->folder);
}

/* What a file of the shared data must give. */
typedef struct expected {
    const char *file, *level, *code, *name, *vintage, *format;
    size_t      areas, repaired;
} expected;

static const expected FILES[] = {
    {"boundaries/lad_2021_uk.topojson", "council", "AREACD", "AREANM", "2021", "TopoJSON", 374, 4},
    {"boundaries/lad_2021_uk.geojson", "council", "AREACD", "AREANM", "2021", "GeoJSON", 374, 4},
    {"boundaries/lad_2013_gb.topojson", "council", "LAD13CD", "LAD13NM", "2013", "TopoJSON", 380, 355},
    {"boundaries/avon_wards_2013.geojson", "ward", "WD13CD", "WD13NM", "2013", "GeoJSON", 143, 0},
    {"boundaries/bristol_wards_2013.geojson", "ward", "WD13CD", "WD13NM", "2013", "GeoJSON", 35, 0},
    {"boundaries/avon_lsoa_2011.geojson", "small area", "LSOA11CD", "LSOA11NM", "2011", "GeoJSON", 678, 3},
};

static void reads_every_real_file_with_its_known_flaws(void **state)
{
    castmap_context *ctx = *state;

    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        const expected *want = &FILES[i];
        castmap_boundaries_options options = CASTMAP_BOUNDARIES_OPTIONS_INIT;
        castmap_boundaries_summary got = CASTMAP_BOUNDARIES_SUMMARY_INIT;
        char path[512];

        need_shared_data(want->file, path);
        place p = open_place(state);
        options.path = path;
        assert_status(castmap_boundaries_add(ctx, p.project, &options, &got), CASTMAP_OK);
        print_message("%s: %zu areas, %zu vertices, %zu repaired, %zu refused\n", want->file, got.areas, got.vertices,
                      got.n_repaired, got.n_refused);
        assert_int_equal(got.areas, want->areas);
        assert_int_equal(got.n_repaired, want->repaired);
        assert_int_equal(got.n_refused, 0);
        assert_string_equal(got.level, want->level);
        assert_string_equal(got.code_column, want->code);
        assert_string_equal(got.name_column, want->name);
        assert_string_equal(got.vintage, want->vintage);
        assert_string_equal(got.format, want->format);
        assert_string_equal(got.crs, "EPSG:27700");
        assert_true(got.crs_scale_error_ppm > 0.0 && got.crs_scale_error_ppm < 3000.0);
        castmap_boundaries_summary_clear(&got);
        close_place(&p);
    }
}

static void joins_population_and_lists_what_did_not_join(void **state)
{
    castmap_context *ctx = *state;
    castmap_boundaries_options options = CASTMAP_BOUNDARIES_OPTIONS_INIT;
    castmap_boundaries_summary got = CASTMAP_BOUNDARIES_SUMMARY_INIT;
    cm_boundary_set set = CM_BOUNDARY_SET_INIT;
    char path[512], people[512];
    size_t known = 0, northern = 0;
    double sum = 0.0;

    need_shared_data("boundaries/lad_2021_uk.topojson", path);
    need_shared_data("boundaries/lad_population_mid2022.csv", people);
    place p = open_place(state);
    options.path = path;
    options.population = people;
    assert_status(castmap_boundaries_add(ctx, p.project, &options, &got), CASTMAP_OK);
    /* The file has numbers for England and Wales; the text NA for 11 districts of Northern Ireland and 32 councils of Scotland; no row for two. */
    assert_int_equal(got.with_population, 329);
    assert_near(got.population, 60238038.0, 0.0);
    assert_int_equal(got.n_unjoined, 2 + 11 + 32);
    assert_string_equal(got.unjoined[0].code, "E06000053");
    assert_string_equal(got.unjoined[1].code, "E09000001");
    assert_int_equal(got.n_left_over, 11 + 32);
    for (size_t i = 0; i < got.n_left_over; i++) {
        assert_non_null(strstr(got.left_over[i].note, "not a number of people"));
        northern += got.left_over[i].code[0] == 'N';
    }
    assert_int_equal(northern, 11);

    assert_status(cm_boundary_load(ctx, p.project, "council", &set), CASTMAP_OK);
    assert_int_equal(set.count, 374);
    for (size_t i = 0; i < set.count; i++) {
        if (i)
            assert_true(strcmp(set.code[i - 1], set.code[i]) < 0);
        if (!isnan(set.population[i])) {
            known++;
            sum += set.population[i];
        }
    }
    assert_int_equal(known, 329);
    assert_near(sum, 60238038.0, 0.0);
    cm_boundary_set_clear(&set);
    castmap_boundaries_summary_clear(&got);
    close_place(&p);
}

static const char TOWN[] =
    "{\"type\":\"FeatureCollection\",\"features\":["
    "{\"type\":\"Feature\",\"properties\":{\"WD21CDO\":\"x1\",\"WD21CD\":\"B\",\"WD21NM\":\"Upper\",\"WD21NMW\":\"Uchaf\",\"LAD21CD\":\"T\"},"
    "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[10,50],[10.1,50],[10.1,50.1],[10,50.1],[10,50]]]}},"
    "{\"type\":\"Feature\",\"properties\":{\"WD21CDO\":\"x2\",\"WD21CD\":\"A\",\"WD21NM\":\"Lower\",\"WD21NMW\":\"Isaf\",\"LAD21CD\":\"T\"},"
    "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[10.1,50],[10.2,50.1],[10.2,50],[10.1,50.1],[10.1,50]]]}},"
    "{\"type\":\"Feature\",\"properties\":{\"WD21CDO\":\"x3\",\"WD21CD\":\"C\",\"WD21NM\":\"Stop\",\"LAD21CD\":\"T\"},"
    "\"geometry\":{\"type\":\"Point\",\"coordinates\":[10,50]}},"
    "{\"type\":\"Feature\",\"properties\":{\"WD21CDO\":\"x4\",\"WD21CD\":\"B\",\"WD21NM\":\"Other\",\"LAD21CD\":\"T\"},"
    "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[10.3,50],[10.4,50],[10.4,50.1],[10.3,50.1],[10.3,50]]]}},"
    "{\"type\":\"Feature\",\"properties\":{\"WD21CDO\":\"x5\",\"WD21CD\":null,\"WD21NM\":\"Nameless\",\"LAD21CD\":\"T\"},"
    "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[10.5,50],[10.6,50],[10.6,50.1],[10.5,50.1],[10.5,50]]]}},"
    "{\"type\":\"Feature\",\"properties\":{\"WD21CDO\":\"x6\",\"WD21CD\":\"D\",\"WD21NM\":\"Far\",\"LAD21CD\":\"T\"},"
    "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[350000,170000],[350100,170000],[350100,170100],[350000,170000]]]}}"
    "]}";

static void says_what_it_refused_and_what_it_repaired(void **state)
{
    castmap_context *ctx = *state;
    castmap_boundaries_options options = CASTMAP_BOUNDARIES_OPTIONS_INIT;
    castmap_boundaries_summary got = CASTMAP_BOUNDARIES_SUMMARY_INIT;
    char path[256];
    place p = open_place(state);

    folder_write(p.folder, "town.geojson", TOWN, sizeof TOWN - 1, path);
    options.path = path;
    options.dry_run = true;
    assert_status(castmap_boundaries_add(ctx, p.project, &options, &got), CASTMAP_OK);
    assert_string_equal(got.code_column, "WD21CD"); /* not the old code, though that is unique and complete */
    assert_string_equal(got.name_column, "WD21NM"); /* not the Welsh name */
    assert_string_equal(got.parent_column, "LAD21CD");
    assert_int_equal(got.areas, 2);
    assert_int_equal(got.n_repaired, 1);
    assert_string_equal(got.repaired[0].code, "A");
    assert_string_equal(got.repaired[0].note, "self-intersection, repaired");
    assert_int_equal(got.n_refused, 4);
    assert_non_null(strstr(got.refused[0].note, "feature 3 is not a polygon"));
    assert_non_null(strstr(got.refused[1].note, "feature 5 has no code"));
    assert_non_null(strstr(got.refused[2].note, "the code of another area"));
    assert_string_equal(got.refused[3].code, "D");
    assert_string_equal(got.crs, "EPSG:32632"); /* no country is declared by these codes */
    assert_int_equal(got.set_id, 0);
    castmap_boundaries_summary_clear(&got);
    close_place(&p);
}

static void refuses_a_file_in_metres_unless_told(void **state)
{
    castmap_context *ctx = *state;
    static const char GRID[] = "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::27700\"}},"
                               "\"features\":[{\"type\":\"Feature\",\"properties\":{\"code\":\"E05000001\",\"name\":\"One\"},\"geometry\":{\"type\":"
                               "\"Polygon\",\"coordinates\":[[[350000,170000],[351000,170000],[351000,172000],[350000,172000],[350000,170000]]]}}]}";
    castmap_boundaries_options options = CASTMAP_BOUNDARIES_OPTIONS_INIT;
    castmap_boundaries_summary got = CASTMAP_BOUNDARIES_SUMMARY_INIT;
    cm_boundary_set set = CM_BOUNDARY_SET_INIT;
    char path[256];
    place p = open_place(state);

    folder_write(p.folder, "grid.geojson", GRID, sizeof GRID - 1, path);
    options.path = path;
    assert_status(castmap_boundaries_add(ctx, p.project, &options, &got), CASTMAP_E_INPUT);
    assert_null(got.level);
    options.crs = "EPSG:27700";
    assert_status(castmap_boundaries_add(ctx, p.project, &options, &got), CASTMAP_OK);
    assert_string_equal(got.level, "ward"); /* E05 */
    assert_status(cm_boundary_load(ctx, p.project, "ward", &set), CASTMAP_OK);
    assert_near(set.shape.x[0], -2.7205, 0.001);
    assert_near(set.shape.y[0], 51.4271, 0.002);
    cm_boundary_set_clear(&set);
    castmap_boundaries_summary_clear(&got);
    close_place(&p);
}

static void gives_the_same_areas_whatever_the_order_of_the_file(void **state)
{
    castmap_context *ctx = *state;
    castmap_boundaries_options options = CASTMAP_BOUNDARIES_OPTIONS_INIT;
    castmap_boundaries_summary got = CASTMAP_BOUNDARIES_SUMMARY_INIT;
    static const char A[] = "{\"type\":\"Feature\",\"properties\":{\"code\":\"A\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[10,50],[10.1,50],[10.1,50.1],[10,50]]]}}";
    static const char B[] = "{\"type\":\"Feature\",\"properties\":{\"code\":\"B\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[11,50],[11,50.1],[11.1,50.1],[11,50]]]}}";
    char text[1024], path[256];
    place p = open_place(state);

    for (int turn = 0; turn < 2; turn++) {
        cm_boundary_set set = CM_BOUNDARY_SET_INIT;
        snprintf(text, sizeof text, "{\"type\":\"FeatureCollection\",\"features\":[%s,%s]}", turn ? B : A, turn ? A : B);
        folder_write(p.folder, "two.geojson", text, strlen(text), path);
        options.path = path;
        assert_status(castmap_boundaries_add(ctx, p.project, &options, &got), CASTMAP_OK);
        castmap_boundaries_summary_clear(&got);
        assert_status(cm_boundary_load(ctx, p.project, NULL, &set), CASTMAP_OK);
        assert_string_equal(set.code[0], "A");
        assert_near(set.shape.x[0], 10.0, 1e-12);
        assert_near(set.shape.y[set.shape.vertex_start[1] + 1], 50.1, 0.11);
        cm_boundary_set_clear(&set);
    }
    close_place(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_real_file_with_its_known_flaws),
        cmocka_unit_test(joins_population_and_lists_what_did_not_join),
        cmocka_unit_test(says_what_it_refused_and_what_it_repaired),
        cmocka_unit_test(refuses_a_file_in_metres_unless_told),
        cmocka_unit_test(gives_the_same_areas_whatever_the_order_of_the_file),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
