/* Tests of stored tracks and of the layer made from them: there and back, damage told, taken back with their run. */
#include "project_support.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "project/project_file.h"
#include "project/run_table.h"
#include "project/undo.h"
#include "project/track_detail_table.h"
#include "project/track_layer_table.h"
#include "project/track_table.h"

static char NAME[] = "walk.gpx", FORMAT[] = "GPX", SHA[] = "abc", ADA[] = "0123", BEA[] = "4567", STREET[] = "Mill Lane", FROM[] = "High Street", TO[] = "";
static char *PEOPLE[] = {ADA, BEA};
static int64_t START[] = {0, 2, 5}, RECORDING[] = {0, 1}, PERSON[] = {1, CM_NO_PERSON}, TIME[] = {1740823200, INT64_MIN, -5, 0, 4102444799};
static int32_t LON[] = {-1800000000, 1800000000, 0, -40800000, -40800001}, LAT[] = {900000000, -900000000, 0, 537500000, 537500001};
static int64_t PASSES[] = {3, 0, 9}, TRACKS[] = {2, 0, 8}, PERSONS[] = {1, 0, 7}, MICROS[] = {1500000, 1, 0}, PIECE_OF[] = {5, 0};
static size_t FIRST[] = {0}, LAST[] = {2};
static castmap_track_stretch STRETCH[] = {{.street = STREET, .from = FROM, .to = TO, .length_m = 99.5, .passes = 9, .people = 7, .seconds = 1.5, .value = 8.25}};
static int64_t VISIT_PIECE[] = {0, 0, 2}, VISIT_PERSON[] = {0, 3, 1}, VISIT_DAY[] = {20148, -1, 20150}, SPEED[] = {12345}, ALONG[] = {6}, AGAINST[] = {3};
static int64_t HEADING[] = {359}, STOP_X[] = {-5000123, 7}, STOP_Y[] = {4000, -9}, STOP_EDGE[] = {-1, 4}, STAYS[] = {3, 1}, STOP_PEOPLE[] = {2, 1};
static int64_t DWELL[] = {7200, 600}, LONGEST[] = {3600, 600};

static int64_t store_set(void **state, int64_t *id)
{
    fixture *f = *state;
    const cm_track_set set = {.name = NAME, .format = FORMAT, .sha256 = SHA, .n_tracks = 2, .n_fixes = 5, .n_people = 2, .start = START,
                              .recording = RECORDING, .person = PERSON, .pseudonym = PEOPLE, .lon = LON, .lat = LAT, .time_s = TIME};
    int64_t run = 0;

    assert_ok(cm_run_begin(f->ctx, f->project, "tracks", &run));
    assert_ok(cm_track_set_store(f->ctx, f->project, run, &set, id));
    assert_ok(cm_run_finish(f->ctx, f->project, run, "tracks", "{}", "{}"));
    return run;
}

static int64_t store_layer(void **state, int64_t input)
{
    fixture *f = *state;
    cm_track_layer layer = {.name = NAME, .measure = CASTMAP_TRACK_TIME, .street_set = 4, .trim_m = 500.0, .piece_m = 50.0, .threshold = 2.5,
                            .recordings = 12, .people = 6, .unnamed = true, .n_pieces = 3, .passes = PASSES, .tracks = TRACKS, .persons = PERSONS,
                            .micros = MICROS, .n_stretches = 1, .stretch = STRETCH, .first = FIRST, .last = LAST, .n_stretch_pieces = 2,
                            .piece_of = PIECE_OF};

    assert_ok(cm_run_begin(f->ctx, f->project, "track layer", &layer.run_number));
    const cm_track_detail detail = {.run_number = layer.run_number, .trim_m = 500.0, .n_pieces = 3, .n_visits = 3, .piece = VISIT_PIECE, .person = VISIT_PERSON,
                                    .day = VISIT_DAY, .n_stretches = 1, .speed = SPEED, .along = ALONG, .against = AGAINST, .heading = HEADING, .n_stops = 2,
                                    .stop_x = STOP_X, .stop_y = STOP_Y, .stop_edge = STOP_EDGE, .stays = STAYS, .stop_people = STOP_PEOPLE, .dwell_s = DWELL,
                                    .longest_s = LONGEST};
    assert_ok(cm_track_layer_store(f->ctx, f->project, &layer));
    assert_ok(cm_track_detail_store(f->ctx, f->project, &detail));
    assert_ok(cm_run_needs(f->ctx, f->project, layer.run_number, input));
    assert_ok(cm_run_finish(f->ctx, f->project, layer.run_number, "track layer", "{}", "{}"));
    return layer.run_number;
}

static void fixes_come_back_as_they_went_in(void **state)
{
    fixture *f = *state;
    cm_track_set *sets = NULL;
    size_t n = 99;
    int64_t id = 0, found = 0;

    assert_gives(cm_track_sets_load(f->ctx, f->project, 0, &sets, &n), CASTMAP_E_NOT_FOUND);
    assert_int_equal(n, 99);
    cm_fail_clear(f->ctx);
    const int64_t run = store_set(state, &id);
    assert_ok(cm_track_sets_load(f->ctx, f->project, id, &sets, &n));
    assert_int_equal(n, 1);
    assert_int_equal(sets[0].run, run);
    assert_memory_equal(sets[0].start, START, sizeof START);
    assert_memory_equal(sets[0].person, PERSON, sizeof PERSON);
    assert_memory_equal(sets[0].lon, LON, sizeof LON);
    assert_memory_equal(sets[0].lat, LAT, sizeof LAT);
    assert_memory_equal(sets[0].time_s, TIME, sizeof TIME);
    assert_string_equal(sets[0].pseudonym[1], "4567");
    cm_track_set_clear(&sets[0]);
    free(sets);
    assert_ok(cm_track_set_find(f->ctx, f->project, "abc", &found));
    assert_int_equal(found, id);
    assert_ok(cm_track_set_find(f->ctx, f->project, "abd", &found));
    assert_int_equal(found, 0);
}

static void the_layer_comes_back_and_goes_with_the_tracks(void **state)
{
    fixture *f = *state;
    cm_track_layer got = {0};
    int64_t id = 0, rows = 1;
    size_t undone = 0;

    const int64_t run = store_set(state, &id), made = store_layer(state, run);
    assert_ok(cm_track_layer_load(f->ctx, f->project, &got));
    assert_int_equal(got.run_number, made);
    assert_true(got.measure == CASTMAP_TRACK_TIME && got.unnamed && got.trim_m == 500.0 && got.people == 6 && got.street_set == 4);
    assert_memory_equal(got.passes, PASSES, sizeof PASSES);
    assert_memory_equal(got.micros, MICROS, sizeof MICROS);
    assert_memory_equal(got.piece_of, PIECE_OF, sizeof PIECE_OF);
    assert_int_equal(got.n_stretches, 1);
    assert_string_equal(got.stretch[0].from, "High Street");
    assert_true(got.stretch[0].value == 8.25 && got.stretch[0].people == 7 && got.last[0] == 2);
    cm_track_layer_clear(&got);
    assert_ok(castmap_project_undo(f->ctx, f->project, run, &undone));
    assert_int_equal(undone, 2);
    assert_ok(cm_db_integer(f->ctx, f->project->db, "SELECT (SELECT count(*) FROM track_set) + (SELECT count(*) FROM track_layer)"
                            " + (SELECT count(*) FROM track_stretch) + (SELECT count(*) FROM track_detail)", &rows));
    assert_int_equal(rows, 0);
}

static void visits_motion_and_stops_come_back(void **state)
{
    static const char *const DAMAGE[] = {"UPDATE track_detail SET visits = 2", "UPDATE track_detail SET pieces = 2", "UPDATE track_detail SET person = day",
                                         "UPDATE track_detail SET trim_m = 0", "UPDATE track_detail SET dwell = longest", "UPDATE track_detail SET stops = 3"};
    fixture *f = *state;
    cm_track_detail got = {0};
    int64_t id = 0;

    const int64_t run = store_set(state, &id), made = store_layer(state, run);
    assert_gives(cm_track_detail_load(f->ctx, f->project, run, &got), CASTMAP_E_NOT_FOUND);
    cm_fail_clear(f->ctx);
    assert_ok(cm_track_detail_load(f->ctx, f->project, made, &got));
    assert_true(got.n_visits == 3 && got.n_pieces == 3 && got.n_stretches == 1 && got.n_stops == 2 && got.trim_m == 500.0);
    assert_memory_equal(got.piece, VISIT_PIECE, sizeof VISIT_PIECE);
    assert_memory_equal(got.person, VISIT_PERSON, sizeof VISIT_PERSON);
    assert_memory_equal(got.day, VISIT_DAY, sizeof VISIT_DAY);
    assert_memory_equal(got.stop_x, STOP_X, sizeof STOP_X);
    assert_memory_equal(got.stop_edge, STOP_EDGE, sizeof STOP_EDGE);
    assert_memory_equal(got.longest_s, LONGEST, sizeof LONGEST);
    assert_true(got.speed[0] == 12345 && got.along[0] == 6 && got.against[0] == 3 && got.heading[0] == 359);
    cm_track_detail_clear(&got);
    for (size_t i = 0; i < sizeof DAMAGE / sizeof *DAMAGE; i++) {
        assert_ok(cm_db_begin(f->ctx, f->project->db));
        assert_ok(cm_db_exec(f->ctx, f->project->db, DAMAGE[i]));
        assert_gives(cm_track_detail_load(f->ctx, f->project, made, &got), CASTMAP_E_PROJECT);
        cm_fail_clear(f->ctx);
        cm_db_rollback(f->project->db);
    }
}

static void damage_is_told(void **state)
{
    static const char *const SETS[] = {"UPDATE track_set SET fixes = 6", "UPDATE track_set SET tracks = -1", "UPDATE track_set SET start = recording",
                                       "UPDATE track_set SET lon = lat", "UPDATE track_set SET pseudonyms = ''", "UPDATE track_set SET people = 3",
                                       "UPDATE track_set SET person = x'00'", "UPDATE track_set SET pseudonyms = replace(pseudonyms, '0', '1')"};
    static const char *const LAYERS[] = {"UPDATE track_layer SET pieces = 4", "UPDATE track_layer SET passes = tracks", "UPDATE track_layer SET measure = 7",
                                         "UPDATE track_layer SET trim_m = 0", "UPDATE track_stretch SET people = 8", "DELETE FROM track_stretch",
                                         "UPDATE track_stretch SET street = 'Elsewhere'", "UPDATE track_stretch SET last_piece = 3",
                                         "UPDATE track_layer SET piece_of = passes"};
    fixture *f = *state;
    int64_t id = 0;

    const int64_t run = store_set(state, &id);
    store_layer(state, run);
    for (size_t i = 0; i < sizeof SETS / sizeof *SETS + sizeof LAYERS / sizeof *LAYERS; i++) {
        const bool set = i < sizeof SETS / sizeof *SETS;
        cm_track_set *sets = NULL;
        cm_track_layer layer = {0};
        size_t n = 0;
        assert_ok(cm_db_begin(f->ctx, f->project->db));
        assert_ok(cm_db_exec(f->ctx, f->project->db, set ? SETS[i] : LAYERS[i - sizeof SETS / sizeof *SETS]));
        const castmap_status got = set ? cm_track_sets_load(f->ctx, f->project, 0, &sets, &n) : cm_track_layer_load(f->ctx, f->project, &layer);
        if (got != CASTMAP_E_PROJECT)
            print_message("not told: %s\n", set ? SETS[i] : LAYERS[i - sizeof SETS / sizeof *SETS]);
        assert_int_equal(got, CASTMAP_E_PROJECT);
        cm_fail_clear(f->ctx);
        cm_db_rollback(f->project->db);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(fixes_come_back_as_they_went_in, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(the_layer_comes_back_and_goes_with_the_tracks, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(visits_motion_and_stops_come_back, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(damage_is_told, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
