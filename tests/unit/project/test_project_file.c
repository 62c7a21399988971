/* Tests of creating, opening and refusing project files. */
#include "project_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "project/packed_rtree.h"
#include "project/project_file.h"
#include "project/run_table.h"
#include "project/schema.h"

/* Close the fixture's project, so that another program can have it. */
static fixture *closed(void **state)
{
    fixture *f = *state;

    castmap_project_close(f->project);
    f->project = NULL;
    return f;
}

static void refused(void **state, castmap_status want, const char *words)
{
    fixture *f = *state;
    castmap_project *project = NULL;

    assert_gives(castmap_project_open(f->ctx, f->path, CASTMAP_READ, &project), want);
    assert_null(project);
    if (!strstr(castmap_message(f->ctx), words))
        fail_msg("\"%s\" does not say \"%s\"", castmap_message(f->ctx), words);
    assert_gives(castmap_project_open(f->ctx, f->path, CASTMAP_WRITE, &project), want);
    cm_fail_clear(f->ctx);
}

static void alter(void **state, const char *sql)
{
    fixture *f = closed(state);
    char answer[512];

    if (shell_sql(f->path, sql, answer, sizeof answer) != 0)
        fail_msg("sqlite3: %s", answer);
}

static void a_new_project_is_private_and_opens_again(void **state)
{
    fixture *f = *state;
    struct stat info;
    castmap_project_info found;

    assert_int_equal(stat(f->path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_true(info.st_size < 700000);
    closed(state);
    assert_ok(castmap_project_open(f->ctx, f->path, CASTMAP_READ, &f->project));
    assert_ok(castmap_project_describe(f->ctx, f->project, &found));
    assert_string_equal(found.title, "town");
    assert_string_equal(found.time_zone, "UTC");
    assert_int_equal(found.observations, 0);
    castmap_project_info_clear(&found);
    assert_gives(castmap_project_begin(f->ctx, f->project), CASTMAP_E_ARGUMENT);
}

static void two_new_projects_are_equal_to_the_byte(void **state)
{
    fixture *f = closed(state);
    castmap_project_options options = CASTMAP_PROJECT_OPTIONS_INIT;
    char other[256], command[600];

    options.title = "town";
    snprintf(other, sizeof other, "%s/other" CASTMAP_PROJECT_SUFFIX, f->folder);
    assert_ok(castmap_project_create(f->ctx, other, &options, &f->project));
    snprintf(command, sizeof command, "cmp '%s' '%s'", f->path, other);
    assert_int_equal(system(command), 0);
}

static void an_existing_project_is_replaced_only_when_asked(void **state)
{
    fixture *f = closed(state);
    castmap_project_options options = CASTMAP_PROJECT_OPTIONS_INIT;
    castmap_project *project = NULL;

    assert_gives(castmap_project_create(f->ctx, f->path, &options, &project), CASTMAP_E_EXISTS);
    options.overwrite = true;
    options.title = "anew";
    assert_ok(castmap_project_create(f->ctx, f->path, &options, &f->project));
    closed(state);
    folder_write(f->folder, "precious" CASTMAP_PROJECT_SUFFIX, "not a project", 13, f->path);
    assert_gives(castmap_project_create(f->ctx, f->path, &options, &project), CASTMAP_E_PROJECT);
    cm_fail_clear(f->ctx);
}

static void each_foreign_file_is_refused_in_its_own_words(void **state)
{
    fixture *f = closed(state);
    char answer[64];

    folder_write(f->folder, "a" CASTMAP_PROJECT_SUFFIX, "", 0, f->path);
    refused(state, CASTMAP_E_PROJECT, "is empty");
    folder_write(f->folder, "b" CASTMAP_PROJECT_SUFFIX, "date,lat,lon\n", 13, f->path);
    refused(state, CASTMAP_E_PROJECT, "no SQLite database");
    snprintf(f->path, sizeof f->path, "%s/c.sqlite", f->folder);
    shell_sql(f->path, "CREATE TABLE t (a); INSERT INTO t VALUES (1)", answer, sizeof answer);
    refused(state, CASTMAP_E_PROJECT, "SQLite database of another program");
    shell_sql(f->path, "CREATE TABLE geometry_columns (a)", answer, sizeof answer);
    refused(state, CASTMAP_E_PROJECT, "SpatiaLite database of another program");
    snprintf(f->path, sizeof f->path, "%s/none" CASTMAP_PROJECT_SUFFIX, f->folder);
    refused(state, CASTMAP_E_NOT_FOUND, "no such project");
}

static void links_and_folders_are_refused(void **state)
{
    fixture *f = closed(state);
    char other[256], real[256];

    memcpy(real, f->path, sizeof real);
    snprintf(other, sizeof other, "%s/link" CASTMAP_PROJECT_SUFFIX, f->folder);
    assert_int_equal(symlink(real, other), 0);
    memcpy(f->path, other, sizeof other);
    refused(state, CASTMAP_E_IO, "symbolic link");
    unlink(other);
    assert_int_equal(link(real, other), 0);
    refused(state, CASTMAP_E_IO, "second name");
    unlink(other);
    assert_int_equal(mkdir(other, 0700), 0);
    refused(state, CASTMAP_E_IO, "not a regular file");
}

static void a_newer_or_older_schema_is_refused_and_left_alone(void **state)
{
    alter(state, "PRAGMA user_version=999");
    refused(state, CASTMAP_E_PROJECT, "newer castmap");
    alter(state, "PRAGMA user_version=0");
    refused(state, CASTMAP_E_PROJECT, "schema version 0");
}

static void an_altered_schema_is_refused_and_named(void **state)
{
    static const struct {
        const char *sql, *words;
    } CASES[] = {
        {"CREATE TRIGGER spy AFTER INSERT ON setting BEGIN DELETE FROM ledger; END", "trigger \\\"spy\\\" is not castmap's"},
        {"DROP TRIGGER spy; CREATE VIEW extra AS SELECT 1", "view \\\"extra\\\" is not castmap's"},
        {"DROP VIEW extra; CREATE TABLE extra (a)", "table \\\"extra\\\" is not castmap's"},
        {"DROP TABLE extra; ANALYZE setting", "sqlite_stat1"},
        {"DROP TABLE sqlite_stat1; DROP TABLE ledger; CREATE VIEW ledger AS SELECT 1 AS number", "ledger"},
    };
    char words[128];

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        size_t n = 0;
        for (const char *c = CASES[i].words; *c && n < sizeof words - 1; c++) {
            if (*c != '\\')
                words[n++] = *c;
        }
        words[n] = '\0';
        alter(state, CASES[i].sql);
        refused(state, CASTMAP_E_PROJECT, words);
    }
}

static void a_table_that_reads_files_is_never_reached(void **state)
{
    alter(state, "PRAGMA writable_schema=ON; INSERT INTO sqlite_master VALUES ('table', 'leak', 'leak', 0,"
                 " 'CREATE VIRTUAL TABLE leak USING VirtualText(''/etc/passwd'', ''UTF-8'', 0, NONE)')");
    refused(state, CASTMAP_E_PROJECT, "leak");
}

static void a_cut_file_is_refused(void **state)
{
    fixture *f = *state;
    struct stat info;

    assert_ok(import_town(f->ctx, f->project, 0, 2000, NULL));
    closed(state);
    assert_int_equal(stat(f->path, &info), 0);
    assert_int_equal(truncate(f->path, info.st_size - 4096), 0);
    refused(state, CASTMAP_E_PROJECT, "cut short");
    assert_int_equal(truncate(f->path, info.st_size / 2 + 100), 0);
    refused(state, CASTMAP_E_PROJECT, "cut short");
    assert_int_equal(truncate(f->path, 60), 0);
    refused(state, CASTMAP_E_PROJECT, "no SQLite database");
}

static void a_second_writer_is_told_so_and_a_reader_sees_the_state_before(void **state)
{
    fixture *f = *state;
    castmap_project *second = NULL;
    castmap_context *other = castmap_context_new();
    castmap_project_info info;

    assert_ok(castmap_project_begin(f->ctx, f->project));
    assert_ok(import_town(f->ctx, f->project, 0, 50, NULL));
    const double begin = cm_clock();
    assert_int_equal(castmap_project_open(other, f->path, CASTMAP_WRITE, &second), CASTMAP_E_BUSY);
    assert_true(cm_clock() - begin < 5.0);
    assert_non_null(strstr(castmap_message(other), "at work on the project"));
    assert_int_equal(castmap_project_open(other, f->path, CASTMAP_READ, &second), CASTMAP_OK);
    assert_int_equal(castmap_project_describe(other, second, &info), CASTMAP_OK);
    assert_int_equal(info.observations, 0);
    castmap_project_info_clear(&info);
    castmap_project_close(second);
    assert_ok(castmap_project_commit(f->ctx, f->project));
    assert_int_equal(castmap_project_open(other, f->path, CASTMAP_WRITE, &second), CASTMAP_OK);
    castmap_project_close(second);
    castmap_context_free(other);
}

static void a_command_is_one_transaction_and_its_parts_nest(void **state)
{
    fixture *f = *state;
    castmap_project_info info;
    int64_t run;

    assert_ok(castmap_project_begin(f->ctx, f->project));
    assert_ok(import_town(f->ctx, f->project, 0, 10, NULL));
    assert_ok(cm_run_begin(f->ctx, f->project, "boundaries", &run));
    assert_ok(cm_project_crs_set(f->ctx, f->project, "EPSG:27700", "British National Grid", "test", 400.0));
    assert_string_equal(cm_project_crs(f->project), "EPSG:27700");
    cm_run_abandon(f->project, run); /* takes back its own part only */
    assert_string_equal(cm_project_crs(f->project), "");
    assert_ok(castmap_project_describe(f->ctx, f->project, &info));
    assert_int_equal(info.observations, 10);
    assert_int_equal(info.runs, 1);
    castmap_project_info_clear(&info);
    castmap_project_rollback(f->project);
    assert_ok(castmap_project_describe(f->ctx, f->project, &info));
    assert_int_equal(info.observations, 0);
    castmap_project_info_clear(&info);
}

static void a_cancelled_import_leaves_nothing(void **state)
{
    fixture *f = *state;
    castmap_project_info info;

    castmap_cancel(f->ctx);
    assert_gives(import_town(f->ctx, f->project, 0, 10, NULL), CASTMAP_E_CANCELLED);
    castmap_uncancel(f->ctx);
    cm_fail_clear(f->ctx);
    assert_ok(castmap_project_describe(f->ctx, f->project, &info));
    assert_int_equal(info.runs + info.observations, 0);
    castmap_project_info_clear(&info);
}

static void the_nearest_project_is_found(void **state)
{
    fixture *f = *state;
    char below[256], path[256];

    snprintf(below, sizeof below, "%s/a", f->folder);
    mkdir(below, 0700);
    assert_ok(castmap_project_find(f->ctx, below, path, sizeof path));
    assert_string_equal(path, f->path);
    folder_write(f->folder, "second" CASTMAP_PROJECT_SUFFIX, "x", 1, path);
    assert_gives(castmap_project_find(f->ctx, below, path, sizeof path), CASTMAP_E_ARGUMENT);
    assert_non_null(strstr(castmap_message(f->ctx), "second"));
    assert_gives(castmap_project_find(f->ctx, "/proc", path, sizeof path), CASTMAP_E_NOT_FOUND);
    cm_fail_clear(f->ctx);
}

static void a_backup_opens_and_holds_the_same(void **state)
{
    fixture *f = *state;
    char copy[256];
    castmap_project_info info;
    struct stat file;

    assert_ok(import_town(f->ctx, f->project, 0, 3000, NULL));
    snprintf(copy, sizeof copy, "%s/copy" CASTMAP_PROJECT_SUFFIX, f->folder);
    assert_ok(castmap_project_backup(f->ctx, f->project, copy));
    assert_gives(castmap_project_backup(f->ctx, f->project, copy), CASTMAP_E_EXISTS);
    assert_int_equal(stat(copy, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    closed(state);
    assert_ok(castmap_project_open(f->ctx, copy, CASTMAP_READ, &f->project));
    assert_ok(castmap_project_describe(f->ctx, f->project, &info));
    assert_int_equal(info.observations, 3000);
    castmap_project_info_clear(&info);
    assert_ok(cm_rtree_check(f->ctx, f->project->db, "observation"));
    closed(state);
    assert_ok(castmap_project_open(f->ctx, f->path, CASTMAP_READ, &f->project));
    snprintf(copy, sizeof copy, "%s/copy2" CASTMAP_PROJECT_SUFFIX, f->folder);
    assert_ok(castmap_project_backup(f->ctx, f->project, copy)); /* a reader may make one too */
}

static void other_programs_see_every_layer(void **state)
{
    fixture *f = *state;
    char command[512], line[512], all[4096] = "";

    assert_ok(import_town(f->ctx, f->project, 0, 25, NULL));
    closed(state);
    snprintf(command, sizeof command, "ogrinfo -ro -so -al '%s' 2>&1", f->path);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t used = 0;
    while (fgets(line, sizeof line, pipe)) {
        if (strncmp(line, "Layer name", 10) == 0 || strncmp(line, "Feature Count: 25", 17) == 0 ||
            strncmp(line, "ERROR", 5) == 0 || strncmp(line, "Warning", 7) == 0)
            used += (size_t)snprintf(all + used, sizeof all - used, "%s", line);
        if (used >= sizeof all)
            break;
    }
    pclose(pipe);
    static const char *const WANTED[] = {"Layer name: observation\n", "Layer name: area\n", "Layer name: cluster\n",
                                         "Layer name: heat_band\n", "Layer name: area_result\n",
                                         "Layer name: observation_detail\n", "Feature Count: 25"};
    for (size_t i = 0; i < sizeof WANTED / sizeof *WANTED; i++) {
        if (!strstr(all, WANTED[i]))
            fail_msg("ogrinfo does not show %s but:\n%s", WANTED[i], all);
    }
    assert_null(strstr(all, "ERROR"));
}

static void the_known_fingerprint_is_that_of_this_schema(void **state)
{
    fixture *f = *state;
    char hex[65];

    assert_ok(cm_schema_fingerprint(f->ctx, f->project->db, hex));
    if (!cm_schema_is_known(hex))
        print_message("not listed in schema.c: %s (another SpatiaLite, or a new schema)\n", hex);
}

#define test(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_new_project_is_private_and_opens_again),
        test(two_new_projects_are_equal_to_the_byte),
        test(an_existing_project_is_replaced_only_when_asked),
        test(each_foreign_file_is_refused_in_its_own_words),
        test(links_and_folders_are_refused),
        test(a_newer_or_older_schema_is_refused_and_left_alone),
        test(an_altered_schema_is_refused_and_named),
        test(a_table_that_reads_files_is_never_reached),
        test(a_cut_file_is_refused),
        test(a_second_writer_is_told_so_and_a_reader_sees_the_state_before),
        test(a_command_is_one_transaction_and_its_parts_nest),
        test(a_cancelled_import_leaves_nothing),
        test(the_nearest_project_is_found),
        test(a_backup_opens_and_holds_the_same),
        test(other_programs_see_every_layer),
        test(the_known_fingerprint_is_that_of_this_schema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
