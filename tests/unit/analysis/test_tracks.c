/* Tests of cleaning, stops, motion, trimming and of recordings that came twice. */
#include "castmap/tracks.h"

#include "base/random.h"
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NO INT64_MIN

static const size_t TEN[] = {0, 10};

static void every_bad_fix_is_left_out_for_its_reason(void **state)
{
    /* 10 m a second eastwards; at 3 s a copy, at 4 s a second place, then a place 5 km off, then one without a time. */
    const double x[] = {0, 10, 20, 30, 30, 45, 5000, 50, 55, 60}, y[10] = {0};
    const int64_t time_s[] = {0, 1, 2, 3, 3, 3, 4, 5, NO, 6};
    const uint8_t want[] = {0, 0, 0, 0, CASTMAP_FIX_DUPLICATE, CASTMAP_FIX_SAME_TIME, CASTMAP_FIX_JUMP, 0, CASTMAP_FIX_NO_TIME, 0};
    const castmap_tracks tracks = {1, TEN, x, y, time_s, NULL};
    castmap_clean_options o = CASTMAP_CLEAN_OPTIONS_INIT;
    castmap_clean_tracks got = CASTMAP_CLEAN_TRACKS_INIT;

    assert_status(castmap_tracks_clean(*state, &tracks, &o, &got), CASTMAP_OK);
    assert_memory_equal(got.fate, want, sizeof want);
    assert_int_equal(got.count, 1);
    assert_int_equal(got.start[1], 6);
    assert_int_equal(got.fix[4], 7);
    assert_int_equal(got.counts[CASTMAP_FIX_KEPT], 6);
    assert_int_equal(got.counts[CASTMAP_FIX_JUMP], 1);
    assert_int_equal(got.sorted, 0);
    castmap_clean_tracks_clear(&got);
}

static void times_that_go_back_are_sorted_or_left_out(void **state)
{
    const double x[] = {0, 10, 30, 20, 40, 50, 60, 70, 80, 90}, y[10] = {0};
    const int64_t time_s[] = {0, 1, 3, 2, 4, 5, 6, 7, 8, 9};
    const castmap_tracks tracks = {1, TEN, x, y, time_s, NULL};
    castmap_clean_options o = CASTMAP_CLEAN_OPTIONS_INIT;
    castmap_clean_tracks got = CASTMAP_CLEAN_TRACKS_INIT;

    assert_status(castmap_tracks_clean(*state, &tracks, &o, &got), CASTMAP_OK);
    assert_int_equal(got.sorted, 1);
    assert_int_equal(got.start[1], 10);
    assert_int_equal(got.fix[2], 3);
    assert_int_equal(got.fix[3], 2);
    castmap_clean_tracks_clear(&got);
    o.keep_order = true;
    assert_status(castmap_tracks_clean(*state, &tracks, &o, &got), CASTMAP_OK);
    assert_int_equal(got.fate[3], CASTMAP_FIX_BACKWARDS);
    assert_int_equal(got.start[1], 9);
    castmap_clean_tracks_clear(&got);
}

static void a_silence_cuts_unless_the_device_slept(void **state)
{
    /* An hour of silence at one place, then an hour during which it moved 900 m. */
    const double x[] = {0, 10, 20, 25, 30, 40, 940, 950, 960, 970}, y[10] = {0};
    const int64_t time_s[] = {0, 1, 2, 3602, 3603, 3604, 7204, 7205, 7206, 7207};
    const castmap_tracks tracks = {1, TEN, x, y, time_s, NULL};
    castmap_clean_options o = CASTMAP_CLEAN_OPTIONS_INIT;
    castmap_clean_tracks got = CASTMAP_CLEAN_TRACKS_INIT;

    assert_status(castmap_tracks_clean(*state, &tracks, &o, &got), CASTMAP_OK);
    assert_int_equal(got.count, 2);
    assert_int_equal(got.cuts_gap, 1);
    assert_int_equal(got.start[1], 6);
    assert_int_equal(got.start[2], 10);
    castmap_clean_tracks_clear(&got);
}

static void a_wrong_beginning_goes_and_a_lasting_jump_cuts(void **state)
{
    /* The first fix is 9 km off; later the track is suddenly 5 km away for good. */
    double x[40], y[40] = {0};
    int64_t time_s[40];
    const size_t start[] = {0, 40};
    const castmap_tracks tracks = {1, start, x, y, time_s, NULL};
    castmap_clean_options o = CASTMAP_CLEAN_OPTIONS_INIT;
    castmap_clean_tracks got = CASTMAP_CLEAN_TRACKS_INIT;

    for (int i = 0; i < 40; i++) {
        x[i] = 10.0 * i + (i >= 20 ? 5000.0 : 0.0);
        time_s[i] = i;
    }
    x[0] = -9000.0;
    assert_status(castmap_tracks_clean(*state, &tracks, &o, &got), CASTMAP_OK);
    assert_int_equal(got.fate[0], CASTMAP_FIX_ALONE);
    assert_int_equal(got.counts[CASTMAP_FIX_KEPT], 39);
    assert_int_equal(got.count, 2);
    assert_int_equal(got.cuts_jump, 2);
    castmap_clean_tracks_clear(&got);
}

static void a_track_without_times_keeps_its_order(void **state)
{
    const double x[] = {0, 10, 10, 30, 20, 10, 0, 5000, 5010, 5020}, y[10] = {0};
    const castmap_tracks tracks = {1, TEN, x, y, NULL, NULL};
    castmap_clean_options o = CASTMAP_CLEAN_OPTIONS_INIT;
    castmap_clean_tracks got = CASTMAP_CLEAN_TRACKS_INIT;

    assert_status(castmap_tracks_clean(*state, &tracks, &o, &got), CASTMAP_OK);
    assert_int_equal(got.counts[CASTMAP_FIX_DUPLICATE], 1);
    assert_int_equal(got.counts[CASTMAP_FIX_KEPT], 9);
    assert_int_equal(got.count, 2); /* a step of 5 km is a gap */
    castmap_clean_tracks_clear(&got);
}

static void fates_add_up_whatever_comes(void **state)
{
    for (uint64_t seed = 0; seed < 200; seed++) {
        double x[300], y[300];
        int64_t time_s[300];
        const size_t start[] = {0, 0, 100, 101, 300};
        const castmap_tracks tracks = {4, start, x, y, time_s, NULL};
        castmap_clean_options o = CASTMAP_CLEAN_OPTIONS_INIT;
        castmap_clean_tracks got = CASTMAP_CLEAN_TRACKS_INIT;
        size_t sum = 0, seen[300] = {0};

        for (uint64_t i = 0; i < 300; i++) {
            x[i] = floor(20.0 * cm_random_unit(seed, 1, i)) * (cm_random_below(seed, 2, i, 10) ? 10.0 : 1000.0);
            y[i] = 0.0;
            time_s[i] = cm_random_below(seed, 3, i, 20) ? (int64_t)(i + cm_random_below(seed, 4, i, 5)) * 10 : NO;
        }
        o.keep_order = seed % 2;
        o.least_fixes = 1 + (uint32_t)(seed % 4);
        assert_status(castmap_tracks_clean(*state, &tracks, &o, &got), CASTMAP_OK);
        for (int k = 0; k < CASTMAP_FIX_FATES; k++)
            sum += got.counts[k];
        assert_int_equal(sum, 300);
        for (size_t p = 0; p < got.count; p++) {
            assert_true(got.start[p + 1] - got.start[p] >= o.least_fixes);
            for (size_t k = got.start[p]; k < got.start[p + 1]; k++) {
                const size_t fix = got.fix[k];
                assert_true(fix >= start[got.track[p]] && fix < start[got.track[p] + 1]);
                assert_int_equal(got.fate[fix], CASTMAP_FIX_KEPT);
                assert_int_equal(seen[fix]++, 0);
                if (k > got.start[p] && time_s[fix] != NO) {
                    const double dt = (double)(time_s[fix] - time_s[got.fix[k - 1]]);
                    assert_true(dt > 0.0 && fabs(x[fix] - x[got.fix[k - 1]]) <= 70.0 * dt);
                }
            }
        }
        castmap_clean_tracks_clear(&got);
    }
}

static void cleaning_refuses_nonsense(void **state)
{
    const double x[] = {0, (double)NAN}, y[] = {0, 0};
    const size_t start[] = {0, 2}, back[] = {0, 2, 1};
    const int64_t late[] = {0, INT64_MAX};
    castmap_tracks tracks = {1, start, x, y, NULL, NULL};
    castmap_clean_options o = CASTMAP_CLEAN_OPTIONS_INIT;
    castmap_clean_tracks got = {.count = 77};

    assert_status(castmap_tracks_clean(*state, &tracks, &o, &got), CASTMAP_E_DATA);
    tracks.x = y;
    tracks.time_s = late;
    assert_status(castmap_tracks_clean(*state, &tracks, &o, &got), CASTMAP_E_DATA);
    tracks = (castmap_tracks){2, back, y, y, NULL, NULL};
    assert_status(castmap_tracks_clean(*state, &tracks, &o, &got), CASTMAP_E_DATA);
    o.max_speed_mps = 0.0;
    assert_status(castmap_tracks_clean(*state, &tracks, &o, &got), CASTMAP_E_ARGUMENT);
    assert_int_equal(got.count, 77);
}

static void finds_a_stop_and_how_long_it_was(void **state)
{
    const double x[] = {0, 100, 200, 205, 195, 203, 300, 400, 500, 600}, y[] = {0, 0, 0, 3, -3, 0, 0, 0, 0, 0};
    const int64_t time_s[] = {0, 10, 20, 200, 400, 620, 630, 640, 650, 660};
    const castmap_tracks tracks = {1, TEN, x, y, time_s, NULL};
    castmap_stop *stop = NULL;
    size_t n = 0;

    assert_status(castmap_tracks_stops(*state, &tracks, 20.0, 600, &stop, &n), CASTMAP_OK);
    assert_int_equal(n, 1);
    assert_int_equal(stop[0].first, 2);
    assert_int_equal(stop[0].last, 5);
    assert_int_equal(stop[0].arrival_s, 20);
    assert_int_equal(stop[0].dwell_s, 600);
    assert_near(stop[0].x, 200.75, 1e-12);
    assert_near(stop[0].y, 0.0, 1e-12);
    free(stop);
    assert_status(castmap_tracks_stops(*state, &tracks, 20.0, 300, &stop, &n), CASTMAP_OK);
    assert_int_equal(n, 1); /* its end alone would be long enough, but a fix is in one stop */
    free(stop);
    assert_status(castmap_tracks_stops(*state, &tracks, 20.0, 601, &stop, &n), CASTMAP_OK);
    assert_int_equal(n, 0);
    free(stop);
    assert_status(castmap_tracks_stops(*state, &tracks, 0.0, 600, &stop, &n), CASTMAP_E_ARGUMENT);
}

static void speed_and_heading_are_those_of_the_step(void **state)
{
    /* North, then west, then still. */
    const double x[] = {0, 0, 0, -10, -20, -20}, y[] = {0, 10, 20, 20, 20, 20};
    const int64_t time_s[] = {0, 1, 2, 3, 4, 5};
    const size_t start[] = {0, 6};
    const castmap_tracks tracks = {1, start, x, y, time_s, NULL};
    double speed[6], heading[6];

    assert_status(castmap_tracks_motion(*state, &tracks, 0.5, speed, heading), CASTMAP_OK);
    assert_near(speed[1], 10.0, 1e-12);
    assert_near(heading[0], 0.0, 1e-12);
    assert_near(heading[2], 315.0, 1e-12);
    assert_near(speed[2], sqrt(200.0) / 2.0, 1e-12);
    assert_near(heading[3], 270.0, 1e-12);
    assert_near(speed[5], 0.0, 1e-12);
    assert_true(isnan(heading[5]));
}

static void both_ends_go_and_so_does_coming_by_again(void **state)
{
    /* Out from home at 0, away at 2 km height, home's street again in the middle, and on to the end 8 km off. */
    double x[81], y[81];
    const size_t start[] = {0, 81};
    const castmap_tracks tracks = {1, start, x, y, NULL, NULL};
    castmap_track_parts got = CASTMAP_TRACK_PARTS_INIT;

    for (int i = 0; i < 81; i++) {
        x[i] = i <= 20 ? 100.0 * i : i <= 40 ? 100.0 * (40 - i) : 200.0 * (i - 40);
        y[i] = 0.0;
    }
    assert_status(castmap_tracks_trim(*state, &tracks, 500.0, &got), CASTMAP_OK);
    assert_int_equal(got.count, 2);
    for (size_t p = 0; p < got.count; p++) {
        for (size_t i = got.first[p]; i <= got.last[p]; i++)
            assert_true(fabs(x[i]) > 500.0 && fabs(x[i] - 8000.0) > 500.0);
    }
    assert_int_equal(got.first[0], 6);
    assert_int_equal(got.last[0], 34);
    assert_int_equal(got.first[1], 43);
    assert_int_equal(got.last[1], 77);
    assert_int_equal(got.removed, 81 - 29 - 35);
    castmap_track_parts_clear(&got);
    assert_status(castmap_tracks_trim(*state, &tracks, 0.0, &got), CASTMAP_OK);
    assert_int_equal(got.removed, 0);
    castmap_track_parts_clear(&got);
    assert_status(castmap_tracks_trim(*state, &tracks, -1.0, &got), CASTMAP_E_ARGUMENT);
}

static void a_step_over_the_house_is_cut_too(void **state)
{
    const double x[] = {0, 600, 1200, 600, -600, -1200, -4000, -9000}, y[] = {0, 0, 0, 0, 0, 0, 0, 0};
    const size_t start[] = {0, 8};
    const castmap_tracks tracks = {1, start, x, y, NULL, NULL};
    castmap_track_parts got = CASTMAP_TRACK_PARTS_INIT;

    assert_status(castmap_tracks_trim(*state, &tracks, 500.0, &got), CASTMAP_OK);
    assert_int_equal(got.count, 2);
    assert_int_equal(got.last[0], 3);
    assert_int_equal(got.first[1], 4);
    castmap_track_parts_clear(&got);
}

static void pacing_about_the_house_does_not_use_the_trim_up(void **state)
{
    double x[1000], y[1000];
    const size_t start[] = {0, 1000};
    const castmap_tracks tracks = {1, start, x, y, NULL, NULL};
    castmap_track_parts got = CASTMAP_TRACK_PARTS_INIT;

    for (int i = 0; i < 1000; i++) { /* 450 fixes that pace 20 m to and fro: 9 km of way */
        x[i] = i < 450 ? (i % 2) * 20.0 : 10.0 * (i - 450);
        y[i] = 0.0;
    }
    assert_status(castmap_tracks_trim(*state, &tracks, 500.0, &got), CASTMAP_OK);
    assert_int_equal(got.count, 1);
    assert_true(x[got.first[0]] > 500.0);
    castmap_track_parts_clear(&got);
}

static void copies_of_a_recording_are_known(void **state)
{
    const double x[] = {0, 10, 20, 0.4, 10.4, 20.4, 0, 10, 20, 0, 10, 25}, y[12] = {0};
    const int64_t time_s[] = {0, 1, 2, 0, 1, 2, 0, 1, 3, 0, 1, 2};
    const size_t start[] = {0, 3, 6, 9, 12};
    const castmap_tracks tracks = {4, start, x, y, time_s, NULL};
    uint32_t same[4];
    size_t copies = 0;

    assert_status(castmap_tracks_identical(*state, &tracks, 1.0, same, &copies), CASTMAP_OK);
    assert_int_equal(copies, 1);
    assert_int_equal(same[0], 0);
    assert_int_equal(same[1], 0);
    assert_int_equal(same[2], 2);
    assert_int_equal(same[3], 3);
    assert_status(castmap_tracks_identical(*state, &tracks, 0.3, same, &copies), CASTMAP_OK);
    assert_int_equal(copies, 0);
    assert_status(castmap_tracks_identical(*state, &tracks, -1.0, same, &copies), CASTMAP_E_ARGUMENT);
}

static void nothing_gives_nothing(void **state)
{
    const castmap_tracks tracks = {0};
    castmap_clean_options o = CASTMAP_CLEAN_OPTIONS_INIT;
    castmap_clean_tracks clean = CASTMAP_CLEAN_TRACKS_INIT;
    castmap_track_parts parts = CASTMAP_TRACK_PARTS_INIT;
    castmap_stop *stop = NULL;
    size_t n = 1;

    assert_status(castmap_tracks_clean(*state, &tracks, &o, &clean), CASTMAP_OK);
    assert_int_equal(clean.count, 0);
    castmap_clean_tracks_clear(&clean);
    assert_status(castmap_tracks_trim(*state, &tracks, 500.0, &parts), CASTMAP_OK);
    assert_int_equal(parts.count, 0);
    castmap_track_parts_clear(&parts);
    assert_status(castmap_tracks_stops(*state, &tracks, 10.0, 60, &stop, &n), CASTMAP_OK);
    assert_int_equal(n, 0);
    free(stop);
    assert_status(castmap_tracks_identical(*state, &tracks, 1.0, NULL, &n), CASTMAP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bad_fix_is_left_out_for_its_reason),
        cmocka_unit_test(times_that_go_back_are_sorted_or_left_out),
        cmocka_unit_test(a_silence_cuts_unless_the_device_slept),
        cmocka_unit_test(a_wrong_beginning_goes_and_a_lasting_jump_cuts),
        cmocka_unit_test(a_track_without_times_keeps_its_order),
        cmocka_unit_test(fates_add_up_whatever_comes),
        cmocka_unit_test(cleaning_refuses_nonsense),
        cmocka_unit_test(finds_a_stop_and_how_long_it_was),
        cmocka_unit_test(speed_and_heading_are_those_of_the_step),
        cmocka_unit_test(both_ends_go_and_so_does_coming_by_again),
        cmocka_unit_test(a_step_over_the_house_is_cut_too),
        cmocka_unit_test(pacing_about_the_house_does_not_use_the_trim_up),
        cmocka_unit_test(copies_of_a_recording_are_known),
        cmocka_unit_test(nothing_gives_nothing),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
