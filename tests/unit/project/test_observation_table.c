/* Tests of the way in and out of observations: accounting, duplicates, arrays, spatial index, undo. */
#include "project_support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/time_text.h"
#include "project/batch_table.h"
#include "project/packed_rtree.h"
#include "project/project_file.h"
#include "project/run_table.h"

static void gives_back_what_was_stored_in_order_of_id(void **state)
{
    fixture *f = *state;
    cm_observation_set set;
    char scratch[64];

    assert_ok(import_town(f->ctx, f->project, 0, 1000, NULL));
    assert_ok(cm_observations_load(f->ctx, f->project, INT64_MIN, INT64_MAX, NULL, &set));
    assert_int_equal(set.count, 1000);
    assert_int_equal(set.n_categories, 3);
    assert_int_equal(set.n_sources, 4);
    assert_string_equal(set.category_name[0], "poor housing");
    for (size_t i = 0; i < set.count; i++) {
        const cm_observation row = town_observation(i, scratch);
        assert_int_equal(set.id[i], i + 1);
        assert_true(set.lon[i] == row.lon && set.lat[i] == row.lat);
        assert_true(isnan(row.accuracy_m) ? isnan(set.accuracy_m[i]) : set.accuracy_m[i] == row.accuracy_m);
        assert_int_equal(set.from_s[i], row.from_s);
        assert_string_equal(set.category_name[set.category[i]], row.category);
        if (row.source)
            assert_string_equal(set.source_name[set.source[i]], row.source);
        else
            assert_int_equal(set.source[i], -1);
        assert_int_equal(set.handling[i], 'P');
        assert_int_equal(set.information_grade[i], 'D');
    }
    cm_observation_set_clear(&set);
}

static void keeps_rows_of_a_period_and_of_categories(void **state)
{
    fixture *f = *state;
    cm_observation_set set;

    assert_ok(import_town(f->ctx, f->project, 0, 300, NULL));
    assert_ok(cm_observations_load(f->ctx, f->project, 1700000000 + 3600, 1700000000 + 3 * 3600, NULL, &set));
    assert_int_equal(set.count, 2); /* hours 1 and 2: the end is open */
    cm_observation_set_clear(&set);
    assert_ok(cm_observations_load(f->ctx, f->project, INT64_MIN, INT64_MAX, "Transport, poor housing", &set));
    assert_int_equal(set.count, 200);
    cm_observation_set_clear(&set);
    assert_gives(cm_observations_load(f->ctx, f->project, INT64_MIN, INT64_MAX, "transprot", &set), CASTMAP_E_NOT_FOUND);
    cm_fail_clear(f->ctx);
}

/* The writer asks what the table's constraints would ask, and they are at work again when it is closed. */
static void refuses_values_that_the_table_would_refuse(void **state)
{
    fixture *f = *state;
    cm_observation_writer *writer = NULL;
    const cm_batch batch = {.file = "town.csv", .format = "test", .sha256 = "", .mapping = "{}"};
    int64_t run = 0, batch_id = 0, rows = -1;
    char scratch[64];
    cm_stored stored;
    int64_t earlier;

    assert_ok(cm_run_begin(f->ctx, f->project, "import", &run));
    assert_ok(cm_batch_begin(f->ctx, f->project, run, &batch, &batch_id));
    assert_ok(cm_observation_writer_open(f->ctx, f->project, batch_id, &writer));
    for (int wrong = 0; wrong < 7; wrong++) {
        cm_observation row = town_observation(0, scratch);
        switch (wrong) {
        case 0: row.lon = 180.5; break;
        case 1: row.lat = (double)NAN; break;
        case 2: row.source_grade = 0; break;
        case 3: row.source_grade = 4; break;
        case 4: row.information_grade = 'F'; break;
        case 5: row.information_grade = '\0'; break;
        default: row.handling = 'D'; break;
        }
        assert_gives(cm_observation_writer_add(f->ctx, writer, &row, &stored, &earlier), CASTMAP_E_DATA);
        cm_fail_clear(f->ctx);
    }
    assert_ok(cm_db_integer(f->ctx, f->project->db, "SELECT count(*) FROM observation", &rows));
    assert_int_equal(rows, 0);
    assert_ok(cm_db_integer(f->ctx, f->project->db, "PRAGMA ignore_check_constraints", &rows));
    assert_int_equal(rows, 1);
    cm_observation_writer_free(writer);
    assert_ok(cm_db_integer(f->ctx, f->project->db, "PRAGMA ignore_check_constraints", &rows));
    assert_int_equal(rows, 0);
    cm_run_abandon(f->project, run);
}

static void a_second_import_of_the_same_rows_brings_nothing_new(void **state)
{
    fixture *f = *state;
    castmap_project_info info;

    assert_ok(import_town(f->ctx, f->project, 0, 500, NULL));
    assert_ok(import_town(f->ctx, f->project, 400, 200, NULL));
    assert_ok(castmap_project_describe(f->ctx, f->project, &info));
    assert_int_equal(info.observations, 600);
    assert_int_equal(info.n_batches, 2);
    assert_int_equal(info.batches[1].accepted, 100);
    assert_int_equal(info.batches[1].duplicate, 100);
    castmap_project_info_clear(&info);
}

static void tells_a_conflict_from_a_duplicate(void **state)
{
    fixture *f = *state;
    cm_observation_writer *writer = NULL;
    cm_stored stored;
    char scratch[64];
    int64_t run, earlier;

    assert_ok(import_town(f->ctx, f->project, 0, 10, NULL));
    assert_ok(cm_run_begin(f->ctx, f->project, "import", &run));
    assert_ok(cm_observation_writer_open(f->ctx, f->project, 1, &writer));
    cm_observation row = town_observation(3, scratch);
    row.record_id = "3";
    assert_ok(cm_observation_writer_add(f->ctx, writer, &row, &stored, &earlier));
    assert_int_equal(stored, CM_STORED_DUPLICATE);
    assert_int_equal(earlier, 0); /* of an earlier import */
    row.content_hash[0] ^= 1;
    assert_ok(cm_observation_writer_add(f->ctx, writer, &row, &stored, &earlier));
    assert_int_equal(stored, CM_STORED_CONFLICT);
    assert_int_equal(earlier, row.row);
    row.lon = (double)NAN;
    assert_gives(cm_observation_writer_add(f->ctx, writer, &row, &stored, &earlier), CASTMAP_E_DATA);
    cm_fail_clear(f->ctx);
    cm_observation_writer_free(writer);
    cm_run_abandon(f->project, run);
}

/* Count the rows of a box through the spatial index and without it. */
static void compare_with_a_scan(void **state, double west, double south, double east, double north)
{
    fixture *f = *state;
    char sql[400];
    int64_t indexed, scanned;

    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM observation AS o JOIN idx_observation_geometry AS i ON i.pkid = o.id WHERE i.xmax >= %f AND"
             " i.xmin <= %f AND i.ymax >= %f AND i.ymin <= %f AND o.lon BETWEEN %f AND %f AND o.lat BETWEEN %f AND %f",
             west, east, south, north, west, east, south, north);
    assert_ok(cm_db_integer(f->ctx, f->project->db, sql, &indexed));
    snprintf(sql, sizeof sql, "SELECT count(*) FROM observation WHERE lon BETWEEN %f AND %f AND lat BETWEEN %f AND %f", west,
             east, south, north);
    assert_ok(cm_db_integer(f->ctx, f->project->db, sql, &scanned));
    assert_int_equal(indexed, scanned);
}

static void the_spatial_index_is_sound_however_batches_arrive(void **state)
{
    fixture *f = *state;
    static const size_t SIZES[] = {1, 47, 3000, 20, 9000, 500};
    size_t first = 0;

    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        assert_ok(import_town(f->ctx, f->project, first, SIZES[i], NULL));
        first += SIZES[i];
        assert_ok(cm_rtree_check(f->ctx, f->project->db, "observation"));
        compare_with_a_scan(state, -2.55, 51.42, -2.45, 51.48);
        compare_with_a_scan(state, -2.6, 51.4, -2.4, 51.5);
    }
    int64_t entries;
    assert_ok(cm_db_integer(f->ctx, f->project->db, "SELECT count(*) FROM idx_observation_geometry", &entries));
    assert_int_equal(entries, first);
}

static void undo_takes_back_a_batch_and_its_index(void **state)
{
    fixture *f = *state;
    size_t undone = 0;
    int64_t first, second;
    cm_observation_set set;

    assert_ok(import_town(f->ctx, f->project, 0, 7000, &first));
    assert_ok(import_town(f->ctx, f->project, 7000, 100, &second));
    assert_ok(castmap_project_undo(f->ctx, f->project, 0, &undone));
    assert_int_equal(undone, 1);
    assert_ok(cm_observations_load(f->ctx, f->project, INT64_MIN, INT64_MAX, NULL, &set));
    assert_int_equal(set.count, 7000);
    cm_observation_set_clear(&set);
    assert_ok(cm_rtree_check(f->ctx, f->project->db, "observation"));
    assert_ok(castmap_project_undo(f->ctx, f->project, first, &undone));
    assert_ok(cm_rtree_check(f->ctx, f->project->db, "observation"));
    assert_ok(cm_observations_load(f->ctx, f->project, INT64_MIN, INT64_MAX, NULL, &set));
    assert_int_equal(set.count, 0);
    assert_int_equal(set.n_sources, 0); /* no name outlives its records */
    cm_observation_set_clear(&set);
    assert_gives(castmap_project_undo(f->ctx, f->project, 0, &undone), CASTMAP_E_NOT_FOUND);
    cm_fail_clear(f->ctx);

    int64_t third;
    assert_ok(import_town(f->ctx, f->project, 0, 5, &third));
    assert_int_equal(third, 3); /* numbers are never used again, of runs or of observations */
    assert_ok(cm_observations_load(f->ctx, f->project, INT64_MIN, INT64_MAX, NULL, &set));
    assert_int_equal(set.id[0], 7101);
    cm_observation_set_clear(&set);
}

static void a_moved_coordinate_is_noticed(void **state)
{
    fixture *f = *state;
    cm_observation_set set;

    assert_ok(import_town(f->ctx, f->project, 0, 100, NULL));
    assert_ok(cm_db_exec(f->ctx, f->project->db, "UPDATE observation SET lon = lon + 0.0000001 WHERE id = 50"));
    assert_gives(cm_observations_load(f->ctx, f->project, INT64_MIN, INT64_MAX, NULL, &set), CASTMAP_E_PROJECT);
    cm_fail_clear(f->ctx);
}

static void an_edit_in_a_gis_is_accepted(void **state)
{
    fixture *f = *state;
    cm_observation_set set;

    assert_ok(import_town(f->ctx, f->project, 0, 100, NULL));
    /* What SpatiaLite's trigger writes when QGIS changes a row. */
    assert_ok(cm_db_exec(f->ctx, f->project->db,
                         "UPDATE observation SET lon = lon + 0.001 WHERE id = 50; UPDATE geometry_columns_time SET"
                         " last_update = '2026-11-01T10:00:00.000Z' WHERE f_table_name = 'observation'"));
    assert_ok(cm_observations_load(f->ctx, f->project, INT64_MIN, INT64_MAX, NULL, &set));
    assert_int_equal(set.count, 100);
    cm_observation_set_clear(&set);
}

static void loads_half_a_million_rows_quickly(void **state)
{
    fixture *f = *state;
    cm_observation_set set;
    const char *wanted = getenv("CASTMAP_BENCH_ROWS");

    if (!wanted)
        skip();
    const size_t n = strtoul(wanted, NULL, 10);
    double begin = cm_clock();
    assert_ok(import_town(f->ctx, f->project, 0, n, NULL));
    print_message("stored %zu rows in %.3f s\n", n, cm_clock() - begin);
    begin = cm_clock();
    assert_ok(cm_observations_load(f->ctx, f->project, INT64_MIN, INT64_MAX, NULL, &set));
    print_message("loaded them in %.3f s\n", cm_clock() - begin);
    cm_observation_set_clear(&set);
    begin = cm_clock();
    assert_ok(import_town(f->ctx, f->project, 0, n, NULL));
    print_message("recognised them again in %.3f s\n", cm_clock() - begin);
    begin = cm_clock();
    assert_ok(cm_rtree_check(f->ctx, f->project->db, "observation"));
    print_message("checked the index in %.3f s\n", cm_clock() - begin);
}

#define test(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(gives_back_what_was_stored_in_order_of_id),
        test(keeps_rows_of_a_period_and_of_categories),
        test(refuses_values_that_the_table_would_refuse),
        test(a_second_import_of_the_same_rows_brings_nothing_new),
        test(tells_a_conflict_from_a_duplicate),
        test(the_spatial_index_is_sound_however_batches_arrive),
        test(undo_takes_back_a_batch_and_its_index),
        test(a_moved_coordinate_is_noticed),
        test(an_edit_in_a_gis_is_accepted),
        test(loads_half_a_million_rows_quickly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
