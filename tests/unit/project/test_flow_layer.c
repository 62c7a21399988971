/* Tests of the stored movements: there and back, damage told, taken back with their run. */
#include "project_support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/time_text.h"
#include "project/flow_layer_table.h"
#include "project/project_file.h"
#include "project/run_table.h"

static char NAME[] = "flows", LEVEL[] = "", CODE_A[] = "GB", CODE_B[] = "RO", AREA_A[] = "United Kingdom", AREA_B[] = "Romania";
static char *CODES[] = {CODE_A, CODE_B}, *AREAS[] = {AREA_A, AREA_B};
static int64_t FROM[] = {0, 1, 1}, TO[] = {1, 0, 1}, WHEN[] = {CM_TIME_UNKNOWN, -5, 1735689600}, SPAN[] = {INT64_MAX, 0, 86400}, PERSON[] = {-1, 0, 1},
               SOURCE[] = {2, -1, 0}, GRADE[] = {0, 2 * 65536 + 'B' * 256 + 'P', 3 * 65536 + 'D' * 256 + 'C'};
static uint32_t FLOW_FROM[] = {0, 1}, FLOW_TO[] = {1, 0};
static int64_t MOVES[] = {1, 1}, PERSONS[] = {3, 1}, START[] = {0, 3}, STOP[] = {0, 1, 0}, JOURNEYS[] = {4};
static double EXPECTED[] = {1.5, 0.25}, P[] = {0.5, 1e-9}, Q[] = {1.0, (double)NAN};

static cm_flow_layer sample_layer(void)
{
    return (cm_flow_layer){.name = NAME, .level = LEVEL, .symmetric = true, .null = CASTMAP_FLOW_GRAVITY, .beta = 1.25, .alpha = 0.05, .not_placed = 7,
                           .n_areas = 2, .code = CODES, .area_name = AREAS, .n = 3, .from = FROM, .to = TO, .when_s = WHEN, .span_s = SPAN, .person = PERSON,
                           .source = SOURCE, .grade = GRADE, .n_flows = 2, .flow_from = FLOW_FROM, .flow_to = FLOW_TO, .moves = MOVES, .persons = PERSONS,
                           .expected = EXPECTED, .p = P, .q = Q, .n_corridors = 1, .corridor_start = START, .corridor_stop = STOP, .corridor_journeys = JOURNEYS};
}

static int64_t store(void **state)
{
    fixture *f = *state;
    cm_flow_layer layer = sample_layer();

    assert_ok(cm_run_begin(f->ctx, f->project, "flows", &layer.run_number));
    assert_ok(cm_flow_layer_store(f->ctx, f->project, &layer));
    assert_ok(cm_run_finish(f->ctx, f->project, layer.run_number, "flows", "{}", "{}"));
    return layer.run_number;
}

static void movements_come_back_as_they_went_in(void **state)
{
    fixture *f = *state;
    cm_flow_layer got = {.n = 99};

    assert_gives(cm_flow_layer_load(f->ctx, f->project, &got), CASTMAP_E_NOT_FOUND);
    assert_int_equal(got.n, 99);
    cm_fail_clear(f->ctx);
    const int64_t run = store(state);
    assert_ok(cm_flow_layer_load(f->ctx, f->project, &got));
    assert_int_equal(got.run_number, run);
    assert_string_equal(got.area_name[1], "Romania");
    assert_true(got.symmetric && got.null == CASTMAP_FLOW_GRAVITY && got.beta == 1.25 && got.not_placed == 7 && got.boundary_id == 0);
    assert_memory_equal(got.when_s, WHEN, sizeof WHEN);
    assert_memory_equal(got.span_s, SPAN, sizeof SPAN);
    assert_memory_equal(got.person, PERSON, sizeof PERSON);
    assert_memory_equal(got.grade, GRADE, sizeof GRADE);
    assert_memory_equal(got.flow_to, FLOW_TO, sizeof FLOW_TO);
    assert_true(got.p[1] == 1e-9 && isnan(got.q[1]) && got.persons[0] == 3);
    assert_memory_equal(got.corridor_stop, STOP, sizeof STOP);
    cm_flow_layer_clear(&got);
}

static void damage_is_told(void **state)
{
    static const char *const HARM[] = {"UPDATE flow SET movements = 2 WHERE position = 0", "UPDATE flow SET origin = 'FR' WHERE position = 1",
                                       "UPDATE flow_area SET name = 'Elsewhere' WHERE position = 0", "DELETE FROM flow_area WHERE position = 1",
                                       "UPDATE flow_layer SET person = source", "UPDATE flow_layer SET movements = 4", "UPDATE flow_layer SET origin = x'00'",
                                       "UPDATE flow_layer SET areas = -1", "UPDATE flow_layer SET corridor_start = corridor_stop",
                                       "UPDATE flow_layer SET symmetric = 0", "DELETE FROM flow WHERE position = 1"};

    for (size_t i = 0; i < sizeof HARM / sizeof *HARM; i++) {
        fixture *f = *state;
        cm_flow_layer got = {.n = 99};
        store(state);
        assert_ok(cm_db_exec(f->ctx, f->project->db, HARM[i]));
        assert_gives(cm_flow_layer_load(f->ctx, f->project, &got), CASTMAP_E_PROJECT);
        assert_int_equal(got.n, 99);
        cm_fail_clear(f->ctx);
        size_t undone = 0;
        assert_ok(castmap_project_undo(f->ctx, f->project, 0, &undone));
        assert_int_equal(undone, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(movements_come_back_as_they_went_in, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(damage_is_told, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
