/* Tests of the sheet that helps to choose a radius. */
#include "castmap/products.h"
#include "release/disclosure/release_view.h"
#include "support/check.h"
#include "support/release_fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define N_CURVE 200
#define N_ROWS 12

/* A town in which half of the observations lie within 200 m of ten others, and the rest ever farther. */
static castmap_cluster_tuning town(void)
{
    static double share[N_CURVE], metres[N_CURVE];
    static castmap_cluster_tuning_row rows[N_ROWS];
    static char reason[] = "The curve turns up at 148 m, and 150 m is the figure near it at which places change least: 93 % of the pairs stay "
                           "together when the radius is a tenth smaller or larger.";
    static char flag[] = "4 % of the observations are known less exactly than 50 m and were left out.";
    static castmap_remark remarks[1] = {{"imprecise-left-out", flag}};
    static const double RADII[N_ROWS] = {40, 50, 60, 80, 100, 120, 150, 200, 250, 300, 400, 500};

    for (size_t i = 0; i < N_CURVE; i++) {
        share[i] = ((double)i + 0.5) / N_CURVE;
        metres[i] = 30.0 + 120.0 * share[i] + 900.0 * pow(share[i], 8.0);
    }
    for (size_t i = 0; i < N_ROWS; i++) {
        const double part = (double)i / (N_ROWS - 1);
        rows[i] = (castmap_cluster_tuning_row){RADII[i], 2516, 40 - 3 * i, (size_t)(2400 * part), (size_t)(300 + 1200 * part * part),
                                               0.6 + 0.33 * sin(3.0 * part), i < 2 ? (double)NAN : 0.5 + 0.4 * part};
    }
    return (castmap_cluster_tuning){.min_points = 10, .observations = 2516, .imprecise = 95, .redraws = 20, .n_curve = N_CURVE,
                                    .curve_share = share, .curve_m = metres, .knee_m = 148.0, .n_rows = N_ROWS, .rows = rows,
                                    .recommended = 6, .reason = reason, .n_remarks = 1, .remarks = remarks};
}

/* Where a person wants to look at them: CASTMAP_KEEP=folder keeps the sheets. */
static void a_sheet_is_drawn_in_every_kind_and_the_same_each_time(void **state)
{
    static const char *const NAME[] = {"tuning.pdf", "tuning.svg", "tuning.png"};
    const char *keep = getenv("CASTMAP_KEEP");
    const castmap_cluster_tuning tuning = town();
    castmap_release *release = fixture_release(*state, CASTMAP_INTERNAL);
    char folder[64];

    folder_make(folder);
    for (size_t i = 0; i < 3; i++) {
        char path[256], again[256], command[600];
        struct stat info;
        snprintf(path, sizeof path, "%s/%s", keep ? keep : folder, NAME[i]);
        snprintf(again, sizeof again, "%s/again-%s", folder, NAME[i]);
        assert_status(castmap_write_cluster_tuning(*state, release, &tuning, path, keep != NULL), CASTMAP_OK);
        assert_int_equal(stat(path, &info), 0);
        assert_true(info.st_size > 8000);
        assert_int_equal(info.st_mode & 0777, 0600);
        assert_status(castmap_write_cluster_tuning(*state, release, &tuning, again, false), CASTMAP_OK);
        snprintf(command, sizeof command, "cmp -s '%s' '%s'", path, again);
        assert_int_equal(system(command), 0);
        assert_status(castmap_write_cluster_tuning(*state, release, &tuning, again, false), CASTMAP_E_EXISTS);
    }
    folder_remove(folder);
    castmap_release_free(release);
}

static void the_figures_stay_inside_the_group(void **state)
{
    const castmap_cluster_tuning tuning = town();
    char folder[64], path[256];
    struct stat info;

    folder_make(folder);
    snprintf(path, sizeof path, "%s/tuning.svg", folder);
    for (castmap_audience who = CASTMAP_PARTNER; who <= CASTMAP_PUBLIC; who++) {
        castmap_release *release = fixture_release(*state, who);
        assert_status(castmap_write_cluster_tuning(*state, release, &tuning, path, false), CASTMAP_E_RELEASE);
        assert_int_not_equal(stat(path, &info), 0);
        castmap_release_free(release);
    }
    folder_remove(folder);
}

static void what_cannot_be_drawn_is_refused(void **state)
{
    castmap_cluster_tuning tuning = town();
    castmap_release *release = fixture_release(*state, CASTMAP_INTERNAL);
    char folder[64], path[256];

    folder_make(folder);
    snprintf(path, sizeof path, "%s/tuning.docx", folder);
    assert_status(castmap_write_cluster_tuning(*state, release, &tuning, path, false), CASTMAP_E_ARGUMENT);
    snprintf(path, sizeof path, "%s/tuning.svg", folder);
    tuning.recommended = tuning.n_rows;
    assert_status(castmap_write_cluster_tuning(*state, release, &tuning, path, false), CASTMAP_E_ARGUMENT);
    tuning.n_rows = 0;
    assert_status(castmap_write_cluster_tuning(*state, release, &tuning, path, false), CASTMAP_E_ARGUMENT);
    /* A curve without a knee, and no curve at all, are drawn. */
    tuning = town();
    tuning.knee_m = (double)NAN;
    assert_status(castmap_write_cluster_tuning(*state, release, &tuning, path, false), CASTMAP_OK);
    tuning.n_curve = 0;
    assert_status(castmap_write_cluster_tuning(*state, release, &tuning, path, true), CASTMAP_OK);
    folder_remove(folder);
    castmap_release_free(release);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sheet_is_drawn_in_every_kind_and_the_same_each_time),
        cmocka_unit_test(the_figures_stay_inside_the_group),
        cmocka_unit_test(what_cannot_be_drawn_is_refused),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
