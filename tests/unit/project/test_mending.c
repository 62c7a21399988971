/* Tests of rows taken apart and put together, of repairs that keep the check sums, and of mended rows. */
#include "unit/project/project_support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "castmap/check.h"
#include "castmap/mending.h"
#include "project/ingest/mending_rows.h"
#include "project/mended_table.h"
#include "project/project_file.h"
#include "project/repair_table.h"
#include "project/run_table.h"

static void a_row_is_split_without_strictness(void **state)
{
    static const struct {
        const char *row, *want[3];
    } CASES[] = {
        {"a,b,c", {"a", "b", "c"}},
        {"a,\"b,\"\"x\"\"\",c", {"a", "b,\"x\"", "c"}},
        {"a,b", {"a", "b", ""}},
        {"", {"", "", ""}},
        {"a,b,c,d", {"a", "b", "c,d"}},        /* too much stays readable in the last */
        {"a,\"b,c", {"a", "\"b", "c"}},        /* a quote that does not close is a letter */
        {"a,\"b\"x,c", {"a", "\"b\"x", "c"}},  /* text after a closing quote */
        {"a,,c", {"a", "", "c"}},
    };
    (void)state;

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *cell[3];
        assert_int_equal(cm_row_split(CASES[i].row, strlen(CASES[i].row), ',', 3, cell), 0);
        for (int k = 0; k < 3; k++) {
            assert_string_equal(cell[k], CASES[i].want[k]);
            free(cell[k]);
        }
    }
}

static void a_row_put_together_splits_into_the_same(void **state)
{
    static const char *const CELLS[] = {"a;b", "\"", "two\nlines", "", "=1"};
    cm_text row = CM_TEXT_INIT;
    char *cell[5];
    (void)state;

    for (int i = 0; i < 5; i++)
        cm_row_join(&row, CELLS[i], ';', i == 0);
    assert_int_equal(cm_row_split(row.bytes, row.length, ';', 5, cell), 0);
    for (int i = 0; i < 5; i++) {
        assert_string_equal(cell[i], CELLS[i]);
        free(cell[i]);
    }
    cm_text_clear(&row);
    assert_string_equal(cm_row_unguarded("'=1+1"), "=1+1");
    assert_string_equal(cm_row_unguarded("'tis"), "'tis");
    assert_string_equal(cm_row_unguarded("'"), "'");
}

static void keys_tell_rows_and_files_apart(void **state)
{
    char a[CM_MENDING_KEY_SIZE], b[CM_MENDING_KEY_SIZE], c[CM_MENDING_KEY_SIZE];
    (void)state;

    cm_mending_key(1, 5, "abc", a);
    cm_mending_key(1, 5, "abc", b);
    cm_mending_key(1, 5, "abd", c);
    assert_string_equal(a, b);
    assert_string_not_equal(a, c);
    assert_memory_equal(a, "q1-5-", 5);
}

static void load(void **state, cm_observation_set *set)
{
    fixture *f = *state;

    /* Fails when the check sums do not follow the records. */
    assert_ok(cm_observations_load(f->ctx, f->project, INT64_MIN, INT64_MAX, NULL, set));
    f->project->read_observations = false;
}

static void repairs_keep_the_check_sums_and_are_taken_back(void **state)
{
    fixture *f = *state;
    cm_observation_set before, changed, after;
    const cm_change change[] = {{.field = CM_REPAIR_PLACE, .place = CM_PLACE_AREA},
                                {.field = CM_REPAIR_ACCURACY, .accuracy_m = NAN},
                                {.field = CM_REPAIR_CATEGORY, .category = "a name that nobody had"},
                                {.field = CM_REPAIR_DUPLICATE, .first = 1}};
    castmap_repair_list list;
    int64_t run = 0;
    size_t undone = 0;

    assert_ok(import_town(f->ctx, f->project, 0, 50, NULL));
    load(state, &before);
    assert_ok(cm_run_begin(f->ctx, f->project, "repair", &run));
    for (size_t i = 0; i < 4; i++)
        assert_ok(cm_repair_observation(f->ctx, f->project, run, "test", before.id[i], &change[i]));
    assert_gives(cm_repair_observation(f->ctx, f->project, run, "test", 999999, &change[0]), CASTMAP_E_NOT_FOUND);
    assert_ok(cm_run_finish(f->ctx, f->project, run, "test", "{\"by\":\"tester\"}", NULL));
    load(state, &changed);
    assert_int_equal(changed.precision[0], CM_PLACE_AREA);
    assert_true(isnan(changed.accuracy_m[1]));
    assert_string_equal(changed.category_name[changed.category[2]], "a name that nobody had");
    assert_int_equal(changed.precision[3], before.precision[3]);
    assert_ok(castmap_project_repairs(f->ctx, f->project, 0, &list));
    assert_int_equal(list.count, 4);
    assert_string_equal(list.repair[0].by, "tester");
    assert_string_equal(list.repair[2].after, "a name that nobody had");
    assert_int_equal(list.repair[3].observation, before.id[3]);
    castmap_repair_list_clear(&list);
    assert_ok(castmap_project_undo(f->ctx, f->project, run, &undone));
    assert_int_equal(undone, 1);
    load(state, &after);
    for (size_t i = 0; i < 50; i++) {
        assert_int_equal(after.precision[i], before.precision[i]);
        assert_true(after.accuracy_m[i] <= before.accuracy_m[i] ? after.accuracy_m[i] >= before.accuracy_m[i] : isnan(before.accuracy_m[i]));
        if (before.category[i] >= 0)
            assert_string_equal(after.category_name[after.category[i]], before.category_name[before.category[i]]);
    }
    cm_observation_set_clear(&before);
    cm_observation_set_clear(&changed);
    cm_observation_set_clear(&after);
}

static void a_check_changes_nothing_and_refuses_an_unknown_rule(void **state)
{
    fixture *f = *state;
    castmap_check_options options = CASTMAP_CHECK_OPTIONS_INIT;
    castmap_check_report report = CASTMAP_CHECK_REPORT_INIT;
    castmap_run_list runs;

    assert_ok(import_town(f->ctx, f->project, 0, 50, NULL));
    options.rule = "store,account,index";
    assert_ok(castmap_check(f->ctx, f->project, &options, &report));
    assert_int_equal(report.n, 0);
    assert_int_equal(report.problems, 0);
    castmap_check_report_clear(&report);
    options.rule = "store,nonsense";
    report.problems = 77;
    assert_gives(castmap_check(f->ctx, f->project, &options, &report), CASTMAP_E_ARGUMENT);
    assert_int_equal(report.problems, 77);
    options.rule = "index";
    options.fix = true;
    assert_ok(castmap_check(f->ctx, f->project, &options, &report));
    assert_int_equal(report.run_number, 0);
    castmap_check_report_clear(&report);
    assert_ok(castmap_project_history(f->ctx, f->project, &runs));
    assert_int_equal(runs.count, 1);
    castmap_run_list_clear(&runs);
}

static void a_cancelled_check_leaves_no_run(void **state)
{
    fixture *f = *state;
    castmap_check_options options = CASTMAP_CHECK_OPTIONS_INIT;
    castmap_check_report report = CASTMAP_CHECK_REPORT_INIT;
    castmap_run_list runs;

    assert_ok(import_town(f->ctx, f->project, 0, 50, NULL));
    options.fix = true;
    castmap_cancel(f->ctx);
    assert_gives(castmap_check(f->ctx, f->project, &options, &report), CASTMAP_E_CANCELLED);
    castmap_uncancel(f->ctx);
    assert_ok(castmap_project_history(f->ctx, f->project, &runs));
    assert_int_equal(runs.count, 1);
    castmap_run_list_clear(&runs);
}

static void an_empty_quarantine_has_no_sheet(void **state)
{
    fixture *f = *state;
    castmap_mending_sheet sheet = {0};

    assert_gives(castmap_mending_sheet_make(f->ctx, f->project, 0, &sheet), CASTMAP_E_NOT_FOUND);
    assert_int_equal(sheet.rows, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_split_without_strictness),
        cmocka_unit_test(a_row_put_together_splits_into_the_same),
        cmocka_unit_test(keys_tell_rows_and_files_apart),
        cmocka_unit_test_setup_teardown(repairs_keep_the_check_sums_and_are_taken_back, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_check_changes_nothing_and_refuses_an_unknown_rule, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_cancelled_check_leaves_no_run, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(an_empty_quarantine_has_no_sheet, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
