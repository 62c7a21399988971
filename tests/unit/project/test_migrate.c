/* Tests of bringing projects of older versions forward. data/schema-1.castmap.sqlite.gz and schema-2 were made by castmap 0.1.0 when those were its
 * schemas, from the first rows of the sample town. */
#include "project_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/fail.h"
#include "project/project_file.h"
#include "project/schema.h"

/* Put a project of that version where the fixture's own was. */
static fixture *with_version(void **state, const char *name)
{
    fixture *f = *state;
    char path[4096];
    unsigned char block[1 << 16];
    int got = 0;

    castmap_project_close(f->project);
    f->project = NULL;
    snprintf(path, sizeof path, CASTMAP_SOURCE_DIR "/tests/unit/project/data/%s.castmap.sqlite.gz", name);
    gzFile in = gzopen(path, "rb");
    FILE *out = fopen(f->path, "wb");
    assert_non_null(in);
    assert_non_null(out);
    while ((got = gzread(in, block, sizeof block)) > 0)
        assert_int_equal(fwrite(block, 1, (size_t)got, out), got);
    assert_int_equal(got, 0);
    gzclose(in);
    fclose(out);
    return f;
}

static fixture *with_old(void **state)
{
    return with_version(state, "schema-1");
}

static void fingerprint(void **state, char hex[65])
{
    fixture *f = *state;

    assert_ok(cm_schema_fingerprint(f->ctx, f->project->db, hex));
}

static void an_old_project_is_left_alone_until_it_is_migrated(void **state)
{
    fixture *f = with_old(state);
    castmap_project *project = NULL;

    assert_gives(castmap_project_open(f->ctx, f->path, CASTMAP_READ, &project), CASTMAP_E_PROJECT);
    assert_non_null(strstr(castmap_message(f->ctx), "older castmap"));
    assert_gives(castmap_project_open(f->ctx, f->path, CASTMAP_WRITE, &project), CASTMAP_E_PROJECT);
    assert_null(project);
}

static void a_migrated_project_has_the_schema_of_a_new_one_and_all_that_was_in_it(void **state)
{
    char fresh[65], forward[65];
    castmap_migration done = {0};
    castmap_project_info info;
    castmap_run_list log;
    struct stat backup;
    size_t undone = 0;

    fingerprint(state, fresh);
    fixture *f = with_old(state);
    assert_ok(castmap_project_migrate(f->ctx, f->path, &done));
    assert_int_equal(done.from, 1);
    assert_int_equal(done.to, CM_SCHEMA_VERSION);
    assert_int_equal(stat(done.backup, &backup), 0);
    assert_int_equal(backup.st_mode & 0777, 0600);
    assert_ok(castmap_project_open(f->ctx, f->path, CASTMAP_WRITE, &f->project));
    fingerprint(state, forward);
    assert_string_equal(forward, fresh);
    assert_ok(castmap_project_describe(f->ctx, f->project, &info));
    assert_int_equal(info.observations, 78);
    assert_int_equal(info.quarantined, 1);
    assert_int_equal(info.n_boundaries, 1);
    castmap_project_info_clear(&info);
    assert_ok(castmap_project_history(f->ctx, f->project, &log));
    assert_int_equal(log.count, 5);
    castmap_run_list_clear(&log);
    assert_ok(castmap_project_undo(f->ctx, f->project, 2, &undone)); /* the import, and the three analyses of it */
    assert_int_equal(undone, 4);
}

static void the_second_schema_comes_forward_too(void **state)
{
    char fresh[65], forward[65];
    castmap_migration done = {0};
    castmap_project_info info;
    size_t undone = 0;

    fingerprint(state, fresh);
    fixture *f = with_version(state, "schema-2");
    assert_ok(castmap_project_migrate(f->ctx, f->path, &done));
    assert_int_equal(done.from, 2);
    assert_int_equal(done.to, CM_SCHEMA_VERSION);
    assert_ok(castmap_project_open(f->ctx, f->path, CASTMAP_WRITE, &f->project));
    fingerprint(state, forward);
    assert_string_equal(forward, fresh);
    assert_ok(castmap_project_describe(f->ctx, f->project, &info));
    assert_int_equal(info.observations, 78);
    castmap_project_info_clear(&info);
    assert_ok(castmap_project_undo(f->ctx, f->project, 1, &undone));
    assert_true(undone >= 2);
    unlink(done.backup);
}

static void the_third_schema_comes_forward_with_its_streets_tracks_and_flows(void **state)
{
    char fresh[65], forward[65];
    castmap_migration done = {0};
    castmap_project_info info;
    castmap_run_list log;
    size_t undone = 0;

    fingerprint(state, fresh);
    fixture *f = with_version(state, "schema-3");
    assert_ok(castmap_project_migrate(f->ctx, f->path, &done));
    assert_int_equal(done.from, 3);
    assert_int_equal(done.to, CM_SCHEMA_VERSION);
    assert_ok(castmap_project_open(f->ctx, f->path, CASTMAP_WRITE, &f->project));
    fingerprint(state, forward);
    assert_string_equal(forward, fresh);
    assert_ok(castmap_project_describe(f->ctx, f->project, &info));
    assert_int_equal(info.observations, 147);
    assert_int_equal(info.quarantined, 2);
    castmap_project_info_clear(&info);
    assert_ok(castmap_project_history(f->ctx, f->project, &log));
    assert_int_equal(log.count, 10);
    castmap_run_list_clear(&log);
    assert_ok(castmap_project_undo(f->ctx, f->project, 8, &undone)); /* the tracks, and the layer made of them */
    assert_int_equal(undone, 2);
    if (done.backup[0])
        unlink(done.backup);
}

static void the_backup_is_the_project_as_it_was(void **state)
{
    fixture *f = with_old(state);
    castmap_migration done = {0}, again = {0};
    char answer[64], kept[4096];

    assert_ok(castmap_project_migrate(f->ctx, f->path, &done));
    assert_int_equal(shell_sql(done.backup, "PRAGMA user_version; SELECT count(*) FROM observation; PRAGMA integrity_check",
                               answer, sizeof answer), 0);
    assert_string_equal(answer, "1\n78\nok\n");
    snprintf(kept, sizeof kept, "%s", done.backup);
    assert_ok(castmap_project_migrate(f->ctx, f->path, &again)); /* nothing is left to do */
    assert_int_equal(again.from, again.to);
    assert_string_equal(again.backup, "");
    unlink(kept);
}

static void an_altered_old_project_is_refused_and_not_touched(void **state)
{
    fixture *f = with_old(state);
    castmap_migration done = {0};
    struct stat before, after;
    char answer[256];

    assert_int_equal(shell_sql(f->path, "CREATE TRIGGER spy AFTER INSERT ON setting BEGIN DELETE FROM ledger; END", answer,
                               sizeof answer), 0);
    assert_int_equal(stat(f->path, &before), 0);
    assert_gives(castmap_project_migrate(f->ctx, f->path, &done), CASTMAP_E_PROJECT);
    assert_non_null(strstr(castmap_message(f->ctx), "spy"));
    assert_int_equal(stat(f->path, &after), 0);
    assert_true(before.st_mtim.tv_sec == after.st_mtim.tv_sec && before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
}

static void a_backup_that_is_there_already_is_not_written_over(void **state)
{
    fixture *f = with_old(state);
    castmap_migration done = {0};
    castmap_project *project = NULL;
    char name[4096];

    snprintf(name, sizeof name, "%s.schema-1.backup", f->path);
    fclose(fopen(name, "wb"));
    assert_gives(castmap_project_migrate(f->ctx, f->path, &done), CASTMAP_E_EXISTS);
    assert_gives(castmap_project_open(f->ctx, f->path, CASTMAP_READ, &project), CASTMAP_E_PROJECT);
    unlink(name);
}

#define test(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(an_old_project_is_left_alone_until_it_is_migrated),
        test(a_migrated_project_has_the_schema_of_a_new_one_and_all_that_was_in_it),
        test(the_second_schema_comes_forward_too),
        test(the_third_schema_comes_forward_with_its_streets_tracks_and_flows),
        test(the_backup_is_the_project_as_it_was),
        test(an_altered_old_project_is_refused_and_not_touched),
        test(a_backup_that_is_there_already_is_not_written_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
