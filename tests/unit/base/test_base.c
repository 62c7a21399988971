/* Tests of the base room: numbers, dates, text, JSON, sorting, threads, files. */
#include "base/decimal.h"
#include "base/digest.h"
#include "base/disjoint_set.h"
#include "base/fail.h"
#include "base/files.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "base/sort.h"
#include "base/time_text.h"
#include "base/utf8.h"
#include "support/check.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void fixed_decimals_round_and_never_show_minus_zero(void **state)
{
    char out[CM_DECIMAL_SIZE];
    (void)state;

    cm_decimal_fixed(-3.9912345678, 6, out);
    assert_string_equal(out, "-3.991235");
    cm_decimal_fixed(-0.0000001, 6, out);
    assert_string_equal(out, "0.000000");
    cm_decimal_fixed(0.9999999, 6, out);
    assert_string_equal(out, "1.000000");
    cm_decimal_trimmed(53.75, 6, out);
    assert_string_equal(out, "53.75");
    cm_decimal_trimmed(100.0, 6, out);
    assert_string_equal(out, "100");
    cm_decimal_grouped(-1234567, out);
    assert_string_equal(out, "-1,234,567");
}

static void shortest_decimals_read_back_the_same(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 20000; i++) {
        uint64_t bits = cm_random_u64(7, 1, i);
        double value, back;
        char out[CM_DECIMAL_SIZE];
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        size_t n = cm_decimal_shortest(value, out);
        assert_true(cm_decimal_parse(out, n, &back));
        assert_true(back == value);
    }
}

static void parsing_agrees_with_the_c_library(void **state)
{
    static const char *const TEXT[] = {"0", "-0", "51.454513", "1e22", "1e23", "123456789012345678901234567890", "0.1e-7",
                                       "9007199254740993", "2.2250738585072014e-308", "+5", "179769313486231570e291"};
    (void)state;
    for (size_t i = 0; i < sizeof TEXT / sizeof TEXT[0]; i++) {
        double value;
        assert_true(cm_decimal_parse(TEXT[i], strlen(TEXT[i]), &value));
        assert_true(value == strtod(TEXT[i], NULL));
    }
}

static void parsing_refuses_what_is_not_a_plain_decimal(void **state)
{
    static const char *const TEXT[] = {"", " 1", "1 ", "nan", "inf", "0x1p3", "1e999", "51,5", ".", "1.", "-", "1e", "--1", "1.5.2"};
    (void)state;
    for (size_t i = 0; i < sizeof TEXT / sizeof TEXT[0]; i++) {
        double value = 7;
        assert_false(cm_decimal_parse(TEXT[i], strlen(TEXT[i]), &value));
        assert_true(value == 7);
    }
}

static void integers_stop_at_the_ends_of_the_range(void **state)
{
    int64_t value;
    (void)state;
    assert_true(cm_decimal_parse_i64("-9223372036854775808", 20, &value));
    assert_true(value == INT64_MIN);
    assert_false(cm_decimal_parse_i64("9223372036854775808", 19, &value));
}

static void civil_dates_go_there_and_back(void **state)
{
    (void)state;
    assert_int_equal(cm_days_from_civil(1970, 1, 1), 0);
    assert_int_equal(cm_days_from_civil(2000, 3, 1), 11017);
    for (int64_t day = -800000; day < 800000; day += 37) {
        int64_t y;
        unsigned m, d;
        cm_civil_from_days(day, &y, &m, &d);
        assert_int_equal(cm_days_from_civil(y, m, d), day);
    }
    assert_false(cm_civil_valid(2026, 2, 30));
    assert_true(cm_civil_valid(2024, 2, 29));
    char iso[24];
    cm_time_iso(cm_utc(2021, 9, 3, 4, 5, 6), iso);
    assert_string_equal(iso, "2021-09-03T04:05:06Z");
    cm_time_iso(CM_TIME_UNKNOWN, iso);
    assert_string_equal(iso, "");
}

static void json_escapes_and_repairs(void **state)
{
    cm_text text = CM_TEXT_INIT;
    cm_json json;
    (void)state;

    cm_json_begin(&json, &text, false);
    cm_json_object(&json, NULL);
    cm_json_string(&json, "a\"b", "x\n</script>\xff\xc3\xa9");
    cm_json_array(&json, "n");
    cm_json_integer(&json, NULL, -5);
    cm_json_number(&json, NULL, NAN);
    cm_json_fixed(&json, NULL, 1.50, 3);
    cm_json_end_array(&json);
    cm_json_end_object(&json);
    assert_string_equal(text.bytes, "{\"a\\\"b\":\"x\\n\\u003c/script\\u003e\\ufffd\xc3\xa9\",\"n\":[-5,null,1.5]}");
    cm_text_clear(&text);
}

static void display_escapes_what_would_move_a_terminal(void **state)
{
    char out[80];
    const char in[] = "a\x1b[31m\xe2\x80\xae\xff";
    (void)state;
    cm_escape_display(in, sizeof in - 1, out, sizeof out);
    assert_string_equal(out, "a\\x1b[31m\\u202e\\xff");
    cm_escape_display("abcdefghij", 10, out, 8);
    assert_true(strlen(out) < 8);
}

static void slugs_are_safe_names(void **state)
{
    char out[65];
    (void)state;
    cm_slug("../../St. Mary's  Ward", out);
    assert_string_equal(out, "st-mary-s-ward");
    cm_slug("\xe2\x82\xac", out);
    assert_string_equal(out, "unnamed");
}

static void utf8_validity_follows_the_table(void **state)
{
    (void)state;
    assert_int_equal(cm_utf8_valid("abcdefgh\xc3\xa9", 10), 10);
    assert_int_equal(cm_utf8_valid("\xc0\x80", 2), 0);
    assert_int_equal(cm_utf8_valid("ab\xed\xa0\x80", 5), 2);
    assert_int_equal(cm_utf8_valid("\xf4\x90\x80\x80", 4), 0);
    char *a = cm_utf8_key("  E\xcc\x81t\xc3\xa9  X ", 12), *b = cm_utf8_key("\xc3\xa9t\xc3\xa9 x", 7);
    assert_string_equal(a, b);
    free(a);
    free(b);
}

static void radix_sort_is_stable_and_complete(void **state)
{
    enum { N = 5000 };
    uint64_t keys[N];
    uint32_t payload[N];

    for (uint32_t i = 0; i < N; i++) {
        keys[i] = cm_random_u64(3, 0, i) >> (i % 60);
        payload[i] = i;
    }
    assert_status(cm_sort_u64(*state, keys, payload, N), CASTMAP_OK);
    for (size_t i = 1; i < N; i++)
        assert_true(keys[i - 1] < keys[i] || (keys[i - 1] == keys[i] && payload[i - 1] < payload[i]));
    assert_true(cm_order_double(-1.0) < cm_order_double(-0.5));
    assert_true(cm_order_double(-0.0) == cm_order_double(0.0));
    assert_true(cm_order_double(1e300) < cm_order_double(INFINITY));
}

typedef struct job {
    uint32_t seen[20000];
    size_t fail_at;
} job;

static castmap_status mark(size_t begin, size_t end, void *payload)
{
    job *j = payload;
    for (size_t i = begin; i < end; i++) {
        j->seen[i]++;
        if (i >= j->fail_at)
            return i >= 15000 ? CASTMAP_E_INTERNAL : CASTMAP_E_DATA;
    }
    return CASTMAP_OK;
}

static void every_item_is_worked_on_once(void **state)
{
    job *j = calloc(1, sizeof *j);
    j->fail_at = SIZE_MAX;
    for (unsigned threads = 1; threads <= 8; threads *= 2) {
        memset(j->seen, 0, sizeof j->seen);
        castmap_set_threads(*state, threads);
        assert_status(cm_parallel_for(*state, "marking", 20000, mark, j), CASTMAP_OK);
        for (size_t i = 0; i < 20000; i++)
            assert_int_equal(j->seen[i], 1);
    }
    castmap_set_threads(*state, 4);
    j->fail_at = 9000;
    for (int i = 0; i < 20; i++)
        assert_int_equal(cm_parallel_for(*state, "marking", 20000, mark, j), CASTMAP_E_DATA);
    free(j);
}

static void a_cancelled_context_stops_the_loop(void **state)
{
    job *j = calloc(1, sizeof *j);
    j->fail_at = SIZE_MAX;
    castmap_cancel(*state);
    assert_status(cm_parallel_for(*state, "marking", 20000, mark, j), CASTMAP_E_CANCELLED);
    castmap_uncancel(*state);
    cm_fail_clear(*state);
    assert_int_equal(j->seen[0], 0);
    free(j);
}

static void files_appear_whole_or_not_at_all(void **state)
{
    char folder[64], path[256], hex[CM_SHA256_HEX];
    cm_output out;
    struct stat info;

    folder_make(folder);
    snprintf(path, sizeof path, "%s/a.txt", folder);
    assert_status(cm_output_open(*state, path, false, true, &out), CASTMAP_OK);
    cm_output_write(&out, "abc", 3);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_status(cm_output_commit(*state, &out), CASTMAP_OK);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_status(cm_sha256_file(*state, path, hex, NULL), CASTMAP_OK);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(cm_output_open(*state, path, false, true, &out), CASTMAP_E_EXISTS);
    cm_fail_clear(*state);
    assert_status(cm_output_open(*state, path, true, true, &out), CASTMAP_OK);
    cm_output_discard(&out);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_size, 3);
    folder_remove(folder);
}

static void names_that_are_no_files_are_refused(void **state)
{
    static const char *const NAME[] = {"http://host/x.geojson", "/vsicurl/x", "GeoJSON:x", "{\"a\":1}", "<kml/>", "", "PG:db"};
    int fd;

    for (size_t i = 0; i < sizeof NAME / sizeof NAME[0]; i++) {
        assert_int_equal(cm_file_open(*state, NAME[i], false, &fd, NULL), CASTMAP_E_ARGUMENT);
        cm_fail_clear(*state);
    }
    char folder[64], path[256];
    folder_make(folder);
    assert_int_equal(cm_file_open(*state, folder, false, &fd, NULL), CASTMAP_E_IO);
    cm_fail_clear(*state);
    snprintf(path, sizeof path, "%s/pipe", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(cm_file_open(*state, path, false, &fd, NULL), CASTMAP_E_IO);
    cm_fail_clear(*state);
    snprintf(path, sizeof path, "%s/link", folder);
    assert_int_equal(symlink("/etc/hostname", path), 0);
    assert_int_equal(cm_file_open(*state, path, false, &fd, NULL), CASTMAP_E_IO);
    assert_non_null(strstr(castmap_message_hint(*state), "--follow"));
    cm_fail_clear(*state);
    folder_remove(folder);
}

static void the_first_error_keeps_its_words(void **state)
{
    assert_int_equal(cm_fail(*state, CASTMAP_E_DATA, "first\nline"), CASTMAP_E_DATA);
    assert_int_equal(cm_fail(*state, CASTMAP_E_IO, "second"), CASTMAP_E_IO);
    assert_string_equal(castmap_message(*state), "first line");
    cm_fail_clear(*state);
    assert_string_equal(castmap_message(*state), "");
}

static void united_sets_share_their_smallest_member(void **state)
{
    cm_disjoint_set set;
    (void)state;
    assert_int_equal(cm_disjoint_set_init(&set, 6), 0);
    assert_true(cm_disjoint_set_unite(&set, 5, 3));
    assert_true(cm_disjoint_set_unite(&set, 3, 1));
    assert_false(cm_disjoint_set_unite(&set, 5, 1));
    assert_int_equal(cm_disjoint_set_find(&set, 5), 1);
    assert_int_equal(cm_disjoint_set_find(&set, 0), 0);
    cm_disjoint_set_clear(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_decimals_round_and_never_show_minus_zero),
        cmocka_unit_test(shortest_decimals_read_back_the_same),
        cmocka_unit_test(parsing_agrees_with_the_c_library),
        cmocka_unit_test(parsing_refuses_what_is_not_a_plain_decimal),
        cmocka_unit_test(integers_stop_at_the_ends_of_the_range),
        cmocka_unit_test(civil_dates_go_there_and_back),
        cmocka_unit_test(json_escapes_and_repairs),
        cmocka_unit_test(display_escapes_what_would_move_a_terminal),
        cmocka_unit_test(slugs_are_safe_names),
        cmocka_unit_test(utf8_validity_follows_the_table),
        cmocka_unit_test(radix_sort_is_stable_and_complete),
        cmocka_unit_test(every_item_is_worked_on_once),
        cmocka_unit_test(a_cancelled_context_stops_the_loop),
        cmocka_unit_test(files_appear_whole_or_not_at_all),
        cmocka_unit_test(names_that_are_no_files_are_refused),
        cmocka_unit_test(the_first_error_keeps_its_words),
        cmocka_unit_test(united_sets_share_their_smallest_member),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
