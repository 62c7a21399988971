/* Tests of bands around simulated curves. */
#include "analysis/statistics/envelope.h"

#include "base/random.h"
#include "support/check.h"

#include <math.h>
#include <string.h>

enum { S = 19, N = 2 };

typedef struct bands {
    double mean[N], low[N], high[N], global_low[N], global_high[N];
} bands;

static cm_envelope envelope_of(bands *b)
{
    return (cm_envelope){.mean = b->mean, .low = b->low, .high = b->high, .global_low = b->global_low, .global_high = b->global_high};
}

/* Simulations s = 1..19: s - 10 at the first place, a hundredth of it at the second. */
static void make_curves(double curves[(S + 1) * N], double first, double second)
{
    curves[0] = first;
    curves[1] = second;
    for (int s = 1; s <= S; s++) {
        curves[s * N] = s - 10.0;
        curves[s * N + 1] = (s - 10.0) / 100.0;
    }
}

static void finds_bands_by_hand(void **state)
{
    double curves[(S + 1) * N];
    bands b;
    cm_envelope e = envelope_of(&b);

    make_curves(curves, 4.0, 0.0);
    assert_status(cm_envelope_make(*state, curves, S, N, 0.05, false, &e), CASTMAP_OK);
    assert_near(b.mean[0], 0.0, 1e-15);
    assert_near(b.low[0], -9.0, 0.0);
    assert_near(b.high[1], 0.09, 0.0);
    /* All curves have mean 0.2; the simulation at -9 lies 9.2 * 20/19 from the others. */
    assert_near(b.global_high[0], 9.2 * 20.0 / 19.0, 1e-12);
    assert_near(b.global_low[1], -9.2 * 20.0 / 19.0, 1e-12);
    assert_near(e.statistic, 4.0, 1e-12);
    /* At least 3.8 from the mean of all: -9..-4 (6 curves) and 4..9 (6). */
    assert_near(e.p, 13.0 / 20.0, 1e-12);
    assert_int_equal(e.where, 0);
}

static void scaled_deviations_see_what_is_small_but_rare(void **state)
{
    double curves[(S + 1) * N];
    bands b;
    cm_envelope e = envelope_of(&b);

    make_curves(curves, 0.0, 3.0);
    assert_status(cm_envelope_make(*state, curves, S, N, 0.05, false, &e), CASTMAP_OK);
    assert_true(e.p > 0.5);
    assert_status(cm_envelope_make(*state, curves, S, N, 0.05, true, &e), CASTMAP_OK);
    assert_near(e.p, 0.05, 1e-12);
    assert_int_equal(e.where, 1);
    assert_true(curves[1] > b.global_high[1]);
}

/* p <= alpha just where the curve leaves the global band, whatever the draw; and so in alpha of all draws. */
static void the_global_band_and_p_agree(void **state)
{
    enum { SIMS = 39, PLACES = 8, TRIALS = 4000 };
    static double curves[(SIMS + 1) * PLACES];
    double mean[PLACES], low[PLACES], high[PLACES], global_low[PLACES], global_high[PLACES];
    cm_envelope e = {mean, low, high, global_low, global_high, 0.0, 0.0, 0};

    for (int scaled = 0; scaled < 2; scaled++) {
        size_t rejected = 0;
        for (size_t trial = 0; trial < TRIALS; trial++) {
            for (size_t c = 0; c <= SIMS; c++) {
                double sum = 0.0;
                for (size_t k = 0; k < PLACES; k++) {
                    sum += pow(cm_random_unit(trial, c, k), 3.0);
                    curves[c * PLACES + k] = sum;
                }
            }
            assert_status(cm_envelope_make(*state, curves, SIMS, PLACES, 0.1, scaled, &e), CASTMAP_OK);
            bool outside = false;
            for (size_t k = 0; k < PLACES; k++)
                outside |= curves[k] < global_low[k] || curves[k] > global_high[k];
            assert_int_equal(outside, e.p <= 0.1 + 1e-12);
            rejected += outside;
        }
        assert_near((double)rejected / TRIALS, 0.1, 4.0 * sqrt(0.1 * 0.9 / TRIALS));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_bands_by_hand),
        cmocka_unit_test(scaled_deviations_see_what_is_small_but_rare),
        cmocka_unit_test(the_global_band_and_p_agree),
    };

    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
