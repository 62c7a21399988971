/*
 * The main job on the real files of the shared data folder: accounts, areas, places and heat, counted here a second time.
 *
 * The numbers expected are those of that folder's own README, which were read off the files with other programs.
 */
#include "castmap/castmap.h"
#include "project/boundary_table.h"
#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct month {
    const char *file;
    size_t rows, without_position;
} month;

static const month MONTHS[] = {
    {"observations/2021-09-avon-and-somerset-street.csv", 14661, 1066},
    {"observations/avon-and-somerset_2021-04_2021-09.csv.gz", 86433, 5557},
    {"observations/avon-and-somerset_2018-01_2021-09_slim.csv.gz", 620495, 57132},
};

typedef struct atlas {
    const char *file, *population;
    size_t areas, repaired;
    double people;
} atlas;

static const atlas ATLAS[] = {
    {"boundaries/avon_wards_2013.geojson", NULL, 143, 0, 0.0},
    {"boundaries/lad_2021_uk.topojson", "boundaries/lad_population_mid2022.csv", 374, 4, 60238038.0},
};

static void new_project(void **state, const char *folder, castmap_project **project)
{
    castmap_project_options options = CASTMAP_PROJECT_OPTIONS_INIT;
    char path[256];

    snprintf(path, sizeof path, "%s/real%s", folder, CASTMAP_PROJECT_SUFFIX);
    options.overwrite = true;
    assert_status(castmap_project_create(*state, path, &options, project), CASTMAP_OK);
}

static void add_areas(void **state, castmap_project *project, const atlas *a)
{
    castmap_boundaries_options options = CASTMAP_BOUNDARIES_OPTIONS_INIT;
    castmap_boundaries_summary summary = CASTMAP_BOUNDARIES_SUMMARY_INIT;
    char path[512], people[512];

    need_shared_data(a->file, path);
    options.path = path;
    if (a->population) {
        need_shared_data(a->population, people);
        options.population = people;
    }
    assert_status(castmap_boundaries_add(*state, project, &options, &summary), CASTMAP_OK);
    assert_int_equal(summary.areas, a->areas);
    assert_int_equal(summary.n_repaired, a->repaired);
    assert_near(summary.population, a->people, 0.0);
    if (a->population) {
        /* "NA" stands for the districts of Northern Ireland and Scotland; the City of London and the Isles of Scilly have no row. */
        assert_int_equal(summary.n_unjoined, 45);
        assert_int_equal(summary.with_population + summary.n_unjoined, a->areas);
    }
    if (summary.crs) /* said by the set that decided it, the first */
        assert_string_equal(summary.crs, "EPSG:27700");
    castmap_boundaries_summary_clear(&summary);
}

static void import(void **state, castmap_project *project, const month *m, bool again)
{
    castmap_import_options options = CASTMAP_IMPORT_OPTIONS_INIT;
    castmap_import_summary summary = CASTMAP_IMPORT_SUMMARY_INIT;
    char path[512];

    need_shared_data(m->file, path);
    options.path = path;
    assert_status(castmap_import(*state, project, &options, NULL, NULL, &summary), CASTMAP_OK);
    assert_int_equal(summary.read, m->rows);
    assert_int_equal(summary.quarantined, m->without_position);
    assert_int_equal(summary.accepted, again ? 0 : m->rows - m->without_position);
    assert_int_equal(summary.duplicate, again ? m->rows - m->without_position : 0);
    assert_int_equal(summary.n_reasons, 1);
    assert_string_equal(summary.reasons[0].code, "no-position");
    castmap_import_summary_clear(&summary);
}

/* Every accepted observation is on exactly one area or on none. */
static void check_areas(void **state, castmap_project *project, size_t accepted)
{
    castmap_areas_run_options options = CASTMAP_AREAS_RUN_OPTIONS_INIT;
    castmap_areas_summary summary = {0};
    size_t counted = 0;

    assert_status(castmap_run_areas(*state, project, &options, &summary), CASTMAP_OK);
    for (size_t i = 0; i < summary.n_rows; i++) {
        const castmap_area_row *row = &summary.rows[i];
        counted += row->count;
        assert_true(i == 0 || row->count <= summary.rows[i - 1].count);
        if (row->population > 0.0) {
            assert_near(row->rate, 1000.0 * (double)row->count / row->population, 1e-9 * row->rate);
            assert_true(row->rate_lower <= row->rate && row->rate <= row->rate_upper);
        } else {
            assert_true(isnan(row->rate));
        }
        assert_int_equal(row->class_number == 0, row->count == 0);
    }
    assert_int_equal(counted, summary.placed);
    assert_int_equal(summary.placed + summary.unplaced, accepted);
    castmap_areas_summary_clear(&summary);
}

static void check_places_and_heat(void **state, castmap_project *project, size_t accepted)
{
    castmap_cluster_run_options cluster = CASTMAP_CLUSTER_RUN_OPTIONS_INIT;
    castmap_cluster_summary places = {0};
    castmap_heat_run_options heat = CASTMAP_HEAT_RUN_OPTIONS_INIT;
    castmap_heat_summary surface = {0};
    size_t members = 0;

    assert_status(castmap_run_cluster(*state, project, &cluster, &places), CASTMAP_OK);
    for (size_t i = 0; i < places.n_shapes; i++)
        members += places.shapes[i].count;
    assert_int_equal(places.observations, accepted);
    assert_int_equal(members + places.noise, accepted);
    castmap_cluster_summary_clear(&places);

    heat.radius_m = 1000.0;
    heat.cell_m = 100.0;
    assert_status(castmap_run_heat(*state, project, &heat, &surface), CASTMAP_OK);
    assert_true(surface.observations <= accepted && surface.observations > accepted / 2);
    /* Cells a tenth of the radius hold the kernel to a few in ten thousand at worst, for a single place; over many it averages out. */
    assert_near(surface.integral, (double)surface.observations, 1e-4 * (double)surface.observations);
    castmap_heat_summary_clear(&surface);
}

static void month_by_wards(void **state)
{
    char folder[64];
    castmap_project *project = NULL;

    folder_make(folder);
    new_project(state, folder, &project);
    add_areas(state, project, &ATLAS[0]);
    import(state, project, &MONTHS[0], false);
    import(state, project, &MONTHS[0], true);
    check_areas(state, project, 13595);
    check_places_and_heat(state, project, 13595);
    castmap_project_close(project);
    folder_remove(folder);
}

/* The small areas give an answer that can be compared: 9,705 rows carry the code of one of them, and all of these lie in one. */
static void month_lies_in_the_four_councils_as_published(void **state)
{
    char folder[64], path[512];
    castmap_project *project = NULL;
    castmap_boundaries_options options = CASTMAP_BOUNDARIES_OPTIONS_INIT;
    castmap_boundaries_summary summary = CASTMAP_BOUNDARIES_SUMMARY_INIT;
    castmap_areas_run_options run = CASTMAP_AREAS_RUN_OPTIONS_INIT;
    castmap_areas_summary areas = {0};

    need_shared_data("boundaries/avon_lsoa_2011.geojson", path);
    folder_make(folder);
    new_project(state, folder, &project);
    options.path = path;
    assert_status(castmap_boundaries_add(*state, project, &options, &summary), CASTMAP_OK);
    assert_int_equal(summary.areas, 678);
    assert_int_equal(summary.n_repaired, 3);
    castmap_boundaries_summary_clear(&summary);
    import(state, project, &MONTHS[0], false);
    assert_status(castmap_run_areas(*state, project, &run, &areas), CASTMAP_OK);
    assert_true(areas.placed >= 9705);
    assert_true(areas.placed <= 9705 + 40);
    castmap_areas_summary_clear(&areas);
    castmap_project_close(project);
    folder_remove(folder);
}

/* One field of a plain line of the police file; empty when it is not there. */
static void field_of(const char *line, int number, char *out, size_t size)
{
    size_t n = 0;

    for (; *line && number > 0; line++)
        number -= *line == ',';
    while (*line && *line != ',' && *line != '\r' && *line != '\n' && n + 1 < size)
        out[n++] = *line++;
    out[n] = '\0';
}

/*
 * The published LSOA code of each row against the area that holds its point. The README of the data counts, of 9,705 points whose code is in
 * the file, 9,377 in that same area, 328 in a neighbour (the outlines are generalised) and none outside; points in two areas may fall either way.
 */
static void codes_agree_with_the_published_ones(void **state)
{
    char folder[64], boundaries[512], observations[512], line[4096];
    castmap_project *project = NULL;
    castmap_boundaries_options options = CASTMAP_BOUNDARIES_OPTIONS_INIT;
    castmap_boundaries_summary summary = CASTMAP_BOUNDARIES_SUMMARY_INIT;
    cm_boundary_set areas = CM_BOUNDARY_SET_INIT;
    castmap_area_locator *locator = NULL;
    size_t same = 0, other = 0, nowhere = 0;

    need_shared_data("boundaries/avon_lsoa_2011.geojson", boundaries);
    need_shared_data("observations/2021-09-avon-and-somerset-street.csv", observations);
    folder_make(folder);
    new_project(state, folder, &project);
    options.path = boundaries;
    assert_status(castmap_boundaries_add(*state, project, &options, &summary), CASTMAP_OK);
    castmap_boundaries_summary_clear(&summary);
    assert_status(cm_boundary_load(*state, project, NULL, &areas), CASTMAP_OK);
    const castmap_polygons view = cm_polygon_set_view(&areas.shape);
    assert_status(castmap_area_locator_new(*state, &view, NULL, &locator), CASTMAP_OK);
    FILE *file = fopen(observations, "rb");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        char lon[32], lat[32], code[32];
        int32_t area = CASTMAP_NO_AREA;
        bool known = false;
        field_of(line, 4, lon, sizeof lon);
        field_of(line, 5, lat, sizeof lat);
        field_of(line, 7, code, sizeof code);
        for (size_t i = 0; i < areas.count && !known; i++)
            known = strcmp(areas.code[i], code) == 0;
        if (!known)
            continue;
        const double x = atof(lon), y = atof(lat);
        const castmap_points point = {.count = 1, .x = &x, .y = &y};
        assert_status(castmap_area_locate(*state, locator, &point, &area), CASTMAP_OK);
        if (area == CASTMAP_NO_AREA)
            nowhere++;
        else if (strcmp(areas.code[area], code) == 0)
            same++;
        else
            other++;
    }
    fclose(file);
    assert_int_equal(same + other + nowhere, 9705);
    assert_int_equal(nowhere, 0);
    assert_in_range(same, 9377 - 12, 9377 + 12); /* 12 points fall in two areas */
    castmap_area_locator_free(locator);
    cm_boundary_set_clear(&areas);
    castmap_project_close(project);
    folder_remove(folder);
}

static void half_year_by_wards_and_councils(void **state)
{
    for (size_t a = 0; a < 2; a++) {
        char folder[64];
        castmap_project *project = NULL;

        folder_make(folder);
        new_project(state, folder, &project);
        add_areas(state, project, &ATLAS[a]);
        import(state, project, &MONTHS[1], false);
        check_areas(state, project, 86433 - 5557);
        check_places_and_heat(state, project, 86433 - 5557);
        castmap_project_close(project);
        folder_remove(folder);
    }
}

static void three_and_a_half_years_by_councils_and_wards(void **state)
{
    char folder[64];
    castmap_project *project = NULL;

    folder_make(folder);
    new_project(state, folder, &project);
    add_areas(state, project, &ATLAS[0]);
    import(state, project, &MONTHS[2], false);
    check_areas(state, project, 620495 - 57132);
    add_areas(state, project, &ATLAS[1]);
    check_areas(state, project, 620495 - 57132);
    check_places_and_heat(state, project, 620495 - 57132);
    castmap_project_close(project);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(month_by_wards),
        cmocka_unit_test(month_lies_in_the_four_councils_as_published),
        cmocka_unit_test(codes_agree_with_the_published_ones),
        cmocka_unit_test(half_year_by_wards_and_councils),
        cmocka_unit_test(three_and_a_half_years_by_councils_and_wards),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
