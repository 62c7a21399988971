/*
 * One byte of a project changed at a random place, many times: it is refused, or the observations are exactly those that were stored.
 * Never a crash, never a wrong count in silence. CASTMAP_FLIPS sets how many times (300 by default).
 */
#include "unit/project/project_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/files.h"
#include "base/random.h"

#define ROWS 400

static void same_as_stored(void **state, const cm_observation_set *set)
{
    char scratch[64];

    (void)state;
    assert_int_equal(set->count, ROWS);
    for (size_t i = 0; i < set->count; i++) {
        const cm_observation row = town_observation(i, scratch);
        assert_true(set->lon[i] == row.lon && set->lat[i] == row.lat && set->from_s[i] == row.from_s);
        assert_string_equal(set->category_name[set->category[i]], row.category);
    }
}

static void a_flipped_byte_is_noticed_or_does_no_harm(void **state)
{
    fixture *f = *state;
    const char *wanted = getenv("CASTMAP_FLIPS");
    const size_t flips = wanted ? strtoul(wanted, NULL, 10) : 300;
    char *whole = NULL, copy[256];
    size_t length = 0, refused = 0;

    assert_ok(import_town(f->ctx, f->project, 0, ROWS, NULL));
    castmap_project_close(f->project);
    f->project = NULL;
    assert_ok(cm_file_read(f->ctx, f->path, 1u << 30, &whole, &length));
    for (size_t i = 0; i < flips; i++) {
        const size_t at = (size_t)cm_random_below(5, 0, i, length);
        const char before = whole[at];
        castmap_project *project = NULL;
        castmap_project_info info;
        cm_observation_set set;

        whole[at] = (char)(before ^ (char)(1u << cm_random_below(5, 1, i, 8)));
        folder_write(f->folder, "flipped" CASTMAP_PROJECT_SUFFIX, whole, length, copy);
        whole[at] = before;
        castmap_status status = castmap_project_open(f->ctx, copy, CASTMAP_READ, &project);
        if (!status) {
            status = cm_observations_load(f->ctx, project, INT64_MIN, INT64_MAX, NULL, &set);
            if (!status) {
                same_as_stored(state, &set);
                cm_observation_set_clear(&set);
                status = castmap_project_describe(f->ctx, project, &info);
                if (!status) {
                    assert_int_equal(info.observations, ROWS);
                    castmap_project_info_clear(&info);
                }
            }
        }
        castmap_project_close(project);
        if (status && status != CASTMAP_E_PROJECT)
            fail_msg("byte %zu: %s: %s", at, castmap_status_name(status), castmap_message(f->ctx));
        refused += status != CASTMAP_OK;
        cm_fail_clear(f->ctx);
    }
    free(whole);
    print_message("%zu of %zu flips were refused, the others did no harm\n", refused, flips);
    assert_true(refused > flips / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_flipped_byte_is_noticed_or_does_no_harm, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
