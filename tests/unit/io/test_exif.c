/* Tests of io/exif: places and times of photos, damaged blocks, and copies that tell nothing. */
#include "io/exif.h"
#include "support/check.h"
#include "support/jpeg_maker.h"

#include <math.h>
#include <string.h>

static const jpeg_wish LONDON = {.exif = true, .gps = true, .lat = {{51, 1}, {30, 1}, {2668, 100}}, .lon = {{0, 1}, {7, 1}, {4008, 100}},
                                 .lat_ref = 'N', .lon_ref = 'W', .taken = "2024:05:01 09:30:15", .offset = "+01:00", .orientation = 6,
                                 .error = {45, 10}};

static void reads_place_and_time_in_both_byte_orders(void **state)
{
    unsigned char jpeg[4096];
    cm_exif exif;
    (void)state;
    for (int little = 0; little < 2; little++) {
        jpeg_wish wish = LONDON;
        wish.little = little;
        assert_true(cm_exif_read(jpeg, jpeg_make(&wish, jpeg), &exif));
        assert_true(exif.located);
        assert_near(exif.lat, 51 + 30 / 60.0 + 26.68 / 3600, 1e-12);
        assert_near(exif.lon, -(7 / 60.0 + 40.08 / 3600), 1e-12);
        assert_near(exif.accuracy_m, 4.5, 1e-12);
        assert_string_equal(exif.taken, "2024-05-01 09:30:15");
        assert_string_equal(exif.offset, "+01:00");
        assert_int_equal(exif.orientation, 6);
    }
}

static void says_why_a_place_cannot_be_used(void **state)
{
    unsigned char jpeg[4096];
    cm_exif exif;
    jpeg_wish wish = LONDON;
    (void)state;
    wish.lon_ref = 0;
    assert_true(cm_exif_read(jpeg, jpeg_make(&wish, jpeg), &exif));
    assert_false(exif.located);
    assert_non_null(strstr(exif.fault, "east or west"));
    wish = LONDON;
    wish.lat[0][1] = 0; /* a fraction over nothing */
    assert_true(cm_exif_read(jpeg, jpeg_make(&wish, jpeg), &exif));
    assert_false(exif.located);
    wish = LONDON;
    wish.lat[1][0] = 75; /* minutes */
    assert_true(cm_exif_read(jpeg, jpeg_make(&wish, jpeg), &exif));
    assert_false(exif.located);
    wish.gps = false;
    wish.taken = "0000:00:00 00:00:00";
    assert_true(cm_exif_read(jpeg, jpeg_make(&wish, jpeg), &exif));
    assert_true(exif.found);
    assert_false(exif.located);
    assert_null(exif.fault);
    assert_string_equal(exif.taken, "");
    wish.exif = false;
    assert_true(cm_exif_read(jpeg, jpeg_make(&wish, jpeg), &exif));
    assert_false(exif.found);
}

/* Every cut and every byte set to its highest value: no reading outside, which the sanitizer builds watch, and never a place out of nothing finite. */
static void survives_damage(void **state)
{
    unsigned char jpeg[4096], bad[4096];
    cm_text copy = CM_TEXT_INIT;
    cm_exif exif;
    (void)state;
    const size_t n = jpeg_make(&LONDON, jpeg);
    for (size_t cut = 0; cut < n; cut++) {
        (void)cm_exif_read(jpeg, cut, &exif);
        assert_true(!exif.located || (isfinite(exif.lat) && isfinite(exif.lon)));
        (void)cm_jpeg_strip(jpeg, cut, &copy);
    }
    for (size_t i = 2; i < n; i++) {
        memcpy(bad, jpeg, n);
        bad[i] = 0xFF;
        (void)cm_exif_read(bad, n, &exif);
        assert_true(!exif.located || (isfinite(exif.lat) && isfinite(exif.lon)));
        (void)cm_jpeg_strip(bad, n, &copy);
    }
    cm_text_clear(&copy);
}

static void a_stripped_copy_tells_nothing_but_its_orientation(void **state)
{
    static const char *const SECRETS[] = {"secret-camera", "secret-xmp", "secret-comment", "secret-trailer", "2024:05:01", "JFIF"};
    unsigned char jpeg[4096];
    cm_text copy = CM_TEXT_INIT, again = CM_TEXT_INIT;
    cm_exif exif;
    (void)state;
    const size_t n = jpeg_make(&LONDON, jpeg);
    assert_non_null(memmem(jpeg, n, "secret-camera", 13)); /* the test can fail */
    assert_true(cm_jpeg_strip(jpeg, n, &copy));
    for (size_t i = 0; i < sizeof SECRETS / sizeof *SECRETS; i++)
        assert_null(memmem(copy.bytes, copy.length, SECRETS[i], strlen(SECRETS[i])));
    assert_true(cm_exif_read((const unsigned char *)copy.bytes, copy.length, &exif));
    assert_false(exif.located);
    assert_int_equal(exif.orientation, 6);
    assert_memory_equal(copy.bytes + copy.length - 2, "\xFF\xD9", 2);
    /* What is clean already stays as it is. */
    assert_true(cm_jpeg_strip((const unsigned char *)copy.bytes, copy.length, &again));
    assert_int_equal(again.length, copy.length);
    assert_memory_equal(again.bytes, copy.bytes, copy.length);
    assert_false(cm_jpeg_strip(jpeg, n - 20, &copy)); /* the end is missing */
    assert_false(cm_jpeg_strip((const unsigned char *)"no picture", 10, &copy));
    cm_text_clear(&copy);
    cm_text_clear(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_place_and_time_in_both_byte_orders),
        cmocka_unit_test(says_why_a_place_cannot_be_used),
        cmocka_unit_test(survives_damage),
        cmocka_unit_test(a_stripped_copy_tells_nothing_but_its_orientation),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
