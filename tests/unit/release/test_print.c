/* Tests of the printed map. */
#include "castmap/products.h"
#include "release/disclosure/release_view.h"
#include "release/print/map_picture.h"
#include "support/check.h"
#include "support/release_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where a person wants to look at them: CASTMAP_KEEP=folder keeps the sheets. */
static void sheets_of_every_kind_and_size_are_drawn(void **state)
{
    static const char *const NAME[] = {"portrait.pdf", "portrait.svg", "portrait.png", "landscape.pdf", "areas.png", "a3.pdf"};
    const char *keep = getenv("CASTMAP_KEEP");
    char folder[64];
    castmap_release *release = fixture_release(*state, CASTMAP_INTERNAL);

    assert_non_null(release);
    folder_make(folder);
    for (size_t i = 0; i < sizeof NAME / sizeof NAME[0]; i++) {
        castmap_map_options options = CASTMAP_MAP_OPTIONS_INIT;
        char path[256], again[256];
        struct stat info;
        options.landscape = strstr(NAME[i], "landscape") != NULL;
        options.paper = strstr(NAME[i], "a3") ? CASTMAP_A3 : CASTMAP_A4;
        options.layer = strstr(NAME[i], "areas") ? "areas" : NULL;
        options.overwrite = keep != NULL;
        snprintf(path, sizeof path, "%s/%s", keep ? keep : folder, NAME[i]);
        assert_status(castmap_write_map(*state, release, &options, path), CASTMAP_OK);
        assert_int_equal(stat(path, &info), 0);
        assert_true(info.st_size > 10000);
        /* The same release gives the same bytes. */
        snprintf(again, sizeof again, "%s/again-%s", folder, NAME[i]);
        assert_status(castmap_write_map(*state, release, &options, again), CASTMAP_OK);
        char command[600];
        snprintf(command, sizeof command, "cmp -s '%s' '%s'", path, again);
        assert_int_equal(system(command), 0);
    }
    folder_remove(folder);
    castmap_release_free(release);
}

static void an_existing_map_is_not_replaced_unasked(void **state)
{
    castmap_release *release = fixture_release(*state, CASTMAP_PUBLIC);
    castmap_map_options options = CASTMAP_MAP_OPTIONS_INIT;
    char folder[64], path[256];

    folder_make(folder);
    snprintf(path, sizeof path, "%s/map.svg", folder);
    assert_status(castmap_write_map(*state, release, &options, path), CASTMAP_OK);
    assert_int_equal(castmap_write_map(*state, release, &options, path), CASTMAP_E_EXISTS);
    options.overwrite = true;
    assert_status(castmap_write_map(*state, release, &options, path), CASTMAP_OK);
    snprintf(path, sizeof path, "%s/map.docx", folder);
    assert_int_equal(castmap_write_map(*state, release, &options, path), CASTMAP_E_ARGUMENT);
    options.layer = "no-such";
    snprintf(path, sizeof path, "%s/other.svg", folder);
    assert_int_equal(castmap_write_map(*state, release, &options, path), CASTMAP_E_NOT_FOUND);
    folder_remove(folder);
    castmap_release_free(release);
}

/* What is not in the ledger may not leave, on paper or screen; the group's own draft may. */
static void a_dry_run_is_refused_unless_internal(void **state)
{
    static const castmap_audience WHO[] = {CASTMAP_INTERNAL, CASTMAP_PARTNER, CASTMAP_PUBLIC};

    for (size_t i = 0; i < 3; i++) {
        castmap_release *release = fixture_release(*state, WHO[i]);
        castmap_map_options options = CASTMAP_MAP_OPTIONS_INIT;
        const castmap_status want = WHO[i] == CASTMAP_INTERNAL ? CASTMAP_OK : CASTMAP_E_RELEASE;
        char folder[64], path[256];
        release->number = 0;
        folder_make(folder);
        snprintf(path, sizeof path, "%s/map.pdf", folder);
        assert_int_equal(castmap_write_map(*state, release, &options, path), want);
        snprintf(path, sizeof path, "%s/map.html", folder);
        assert_int_equal(castmap_write_page(*state, release, &options, path), want);
        snprintf(path, sizeof path, "%s/report.html", folder);
        assert_int_equal(castmap_write_report(*state, release, path, false), want);
        assert_int_equal(access(path, F_OK) == 0, want == CASTMAP_OK);
        folder_remove(folder);
        castmap_release_free(release);
    }
}

/* The group's own sheets are for its members' eyes; the others may be read by whom they are given to. */
static void internal_sheets_are_private_files(void **state)
{
    static const castmap_audience WHO[] = {CASTMAP_INTERNAL, CASTMAP_PUBLIC};

    for (size_t i = 0; i < 2; i++) {
        castmap_release *release = fixture_release(*state, WHO[i]);
        castmap_map_options options = CASTMAP_MAP_OPTIONS_INIT;
        char folder[64], path[256];
        struct stat info;
        folder_make(folder);
        snprintf(path, sizeof path, "%s/map.png", folder);
        assert_status(castmap_write_map(*state, release, &options, path), CASTMAP_OK);
        assert_int_equal(stat(path, &info), 0);
        assert_int_equal(info.st_mode & 0777, i == 0 ? 0600 : 0644);
        folder_remove(folder);
        castmap_release_free(release);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sheets_of_every_kind_and_size_are_drawn),
        cmocka_unit_test(an_existing_map_is_not_replaced_unasked),
        cmocka_unit_test(a_dry_run_is_refused_unless_internal),
        cmocka_unit_test(internal_sheets_are_private_files),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
