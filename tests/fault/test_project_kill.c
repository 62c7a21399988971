/*
 * A writer killed at many moments: every time the project opens again by itself, holds whole batches only, and its indexes are sound.
 * CASTMAP_KILLS sets how many times (100 by default; 1000 is the full measure).
 */
#include "unit/project/project_support.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"
#include "project/packed_rtree.h"
#include "project/project_file.h"

#define BATCH 3000

/* The child: imports and undoes until it is killed. */
static void write_until_killed(const char *path, size_t first)
{
    castmap_context *ctx = castmap_context_new();
    castmap_project *project = NULL;
    size_t undone;

    if (!ctx || castmap_project_open(ctx, path, CASTMAP_WRITE, &project) != CASTMAP_OK)
        _exit(2);
    for (size_t turn = 0;; turn++) {
        if (import_town(ctx, project, first + turn * BATCH, BATCH, NULL) != CASTMAP_OK)
            _exit(3);
        if (turn % 2 == 1 && castmap_project_undo(ctx, project, 0, &undone) != CASTMAP_OK)
            _exit(4);
    }
}

static void sound_after_kill(void **state)
{
    fixture *f = *state;
    cm_observation_set set;
    castmap_project_info info;
    int64_t violations = 0;
    cm_query *query = NULL;
    bool row = false;

    assert_ok(castmap_project_open(f->ctx, f->path, CASTMAP_WRITE, &f->project));
    assert_ok(cm_query_open(f->ctx, f->project->db, "PRAGMA integrity_check", &query));
    assert_ok(cm_query_step(f->ctx, query, &row));
    assert_string_equal(cm_query_text(query, 0), "ok");
    cm_query_close(query);
    assert_ok(cm_db_integer(f->ctx, f->project->db, "SELECT count(*) FROM pragma_foreign_key_check", &violations));
    assert_int_equal(violations, 0);
    assert_ok(cm_rtree_check(f->ctx, f->project->db, "observation"));
    assert_ok(cm_observations_load(f->ctx, f->project, INT64_MIN, INT64_MAX, NULL, &set)); /* proves counts and check sums */
    assert_int_equal(set.count % BATCH, 0);
    assert_ok(castmap_project_describe(f->ctx, f->project, &info));
    assert_int_equal(info.observations, info.n_batches * BATCH);
    castmap_project_info_clear(&info);
    cm_observation_set_clear(&set);
    castmap_project_close(f->project);
    f->project = NULL;
}

typedef enum aim { ANY_TIME, AT_WORK, AT_COMMIT } aim;

/*
 * Until the journal holds something, which it does only inside a change; or until its first byte is set, which SQLite does last, when the file
 * itself is about to be written. At most 5 s.
 */
static bool journal_is(const char *journal, aim a)
{
    FILE *file = fopen(journal, "rb");
    if (!file)
        return false;
    const int first = fgetc(file);
    fclose(file);
    return a == AT_COMMIT ? first > 0 : first != EOF;
}

static void wait_for(const char *journal, aim a)
{
    const struct timespec step = {0, 20000};

    for (int i = 0; a != ANY_TIME && i < 100000 && !journal_is(journal, a); i++)
        nanosleep(&step, NULL);
}

static void killed_writers_leave_whole_batches(void **state)
{
    fixture *f = *state;
    const char *wanted = getenv("CASTMAP_KILLS");
    const size_t kills = wanted ? strtoul(wanted, NULL, 10) : 100;
    size_t in_work = 0, in_commit = 0;

    castmap_project_close(f->project);
    f->project = NULL;
    for (size_t i = 0; i < kills; i++) {
        char journal[300];
        const pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            write_until_killed(f->path, i * 1000000);
        snprintf(journal, sizeof journal, "%s-journal", f->path);
        /* A third strikes at any time up to 120 ms, from before the file is opened to the middle of a later batch; a third while a batch is
         * written; a third while the file itself changes, however long it takes until then on this machine. */
        const aim a = (aim)(i % 3);
        const uint64_t most_ns[] = {120000000, 20000000, 500000};
        wait_for(journal, a);
        const struct timespec pause = {0, (long)cm_random_below(11, 0, i, most_ns[a])};
        nanosleep(&pause, NULL);
        kill(child, SIGKILL);
        int ended = 0;
        waitpid(child, &ended, 0);
        if (!WIFSIGNALED(ended))
            fail_msg("the writer ended by itself with %d", WEXITSTATUS(ended));
        in_work += journal_is(journal, AT_WORK);
        in_commit += journal_is(journal, AT_COMMIT);
        sound_after_kill(state);
        if (i % 10 == 9) {
            /* Begin small again, or the test would spend its time on checking. */
            castmap_project_options options = CASTMAP_PROJECT_OPTIONS_INIT;
            options.overwrite = true;
            assert_ok(castmap_project_create(f->ctx, f->path, &options, &f->project));
            castmap_project_close(f->project);
            f->project = NULL;
        }
    }
    print_message("%zu of %zu kills struck an unfinished transaction, %zu of them while the file was written\n", in_work, kills,
                  in_commit);
    assert_true(in_work > 0 && in_commit > 0); /* else the test proves nothing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(killed_writers_leave_whole_batches, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
