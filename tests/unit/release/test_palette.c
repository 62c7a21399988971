/* Tests of the palettes and legend words. */
#include "release/style/palette.h"
#include "support/check.h"

#include <math.h>

/* CIE L* of a colour. */
static double lightness(uint32_t rgba)
{
    const double y = cm_luminance(rgba);

    return y > 0.008856 ? 116.0 * cbrt(y) - 16.0 : 903.3 * y;
}

static void every_ramp_darkens_by_clear_steps(void **state)
{
    (void)state;
    for (int ramp = CM_RAMP_DUSK; ramp <= CM_RAMP_MOOR; ramp++) {
        for (size_t n = 2; n <= CM_RAMP_MAXIMUM; n++) {
            for (size_t i = 1; i < n; i++) {
                const double step = lightness(cm_ramp_colour((cm_ramp)ramp, i - 1, n)) -
                                    lightness(cm_ramp_colour((cm_ramp)ramp, i, n));
                assert_true(step >= 10.0);
            }
        }
    }
}

static void zero_and_not_shown_are_no_class(void **state)
{
    (void)state;
    assert_true(lightness(CM_COLOUR_ZERO) > lightness(cm_ramp_colour(CM_RAMP_TIDE, 0, 5)) + 3.0);
    assert_int_equal(cm_with_alpha(0x11223344u, 0x80), 0x11223380u);
}

static void legends_speak_plainly(void **state)
{
    char out[CM_LABEL_SIZE];

    (void)state;
    cm_label_counts(0, 0, out);
    assert_string_equal(out, "0");
    cm_label_counts(1, 4, out);
    assert_string_equal(out, "1 to 4");
    cm_label_counts(1000, 2499, out);
    assert_string_equal(out, "1,000 to 2,499");
    cm_label_counts(50, INFINITY, out);
    assert_string_equal(out, "50 or more");
    cm_label_range(0, 2.5, 1, out);
    assert_string_equal(out, "under 2.5");
    cm_label_range(2.5, 5, 1, out);
    assert_string_equal(out, "2.5 to 5");
    cm_label_range(40, INFINITY, 1, out);
    assert_string_equal(out, "40 or more");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_ramp_darkens_by_clear_steps),
        cmocka_unit_test(zero_and_not_shown_are_no_class),
        cmocka_unit_test(legends_speak_plainly),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
