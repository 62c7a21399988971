/* Tests of numbers, lengths, dates and UTF-8 as they are typed. */
#include "cli.h"
#include "support/check.h"

#include <string.h>

static void lengths_need_a_unit_that_is_known(void **state)
{
    static const struct {
        const char *text;
        double metres; /* 0: refused */
    } CASES[] = {{"250m", 250.0},  {"2km", 2000.0},   {"0.5mi", 804.672}, {"400ft", 121.92}, {"100 yd", 91.44},
                 {".5km", 500.0},  {"250", 0.0},      {"m", 0.0},         {"-5m", 0.0},      {"0m", 0.0},
                 {"1e3m", 0.0},    {"nanm", 0.0},     {"infm", 0.0},      {"5cm", 0.0},      {"5m5", 0.0},
                 {"50000km", 0.0}, {"0x10m", 0.0},    {"", 0.0},          {"1.2.3m", 0.0}};
    (void)state;

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        double metres = -1.0;
        const char *why = NULL;
        const bool good = cli_length_m(CASES[i].text, &metres, &why);
        assert_int_equal(good, CASES[i].metres > 0.0);
        if (good)
            assert_near(metres, CASES[i].metres, 1e-9);
        else
            assert_non_null(why);
        if (!good)
            assert_near(metres, -1.0, 0.0);
    }
}

static void periods_cover_the_whole_of_what_is_named(void **state)
{
    /* Seconds of 00:00 UTC, from another calendar: date -u -d ... +%s */
    static const struct {
        const char *text;
        int64_t from_s, to_s;
    } CASES[] = {{"2024", 1704067200, 1735689600},
                 {"2024-Q1", 1704067200, 1711929600},
                 {"2024-Q4", 1727740800, 1735689600},
                 {"2024-02", 1706745600, 1709251200},
                 {"2024-12", 1733011200, 1735689600},
                 {"2024-02-29", 1709164800, 1709251200},
                 {"1999-12-31", 946598400, 946684800},
                 {"2024-03-01T10:30:15Z", 1709289015, 1709289015},
                 {"2024-03-01T10:30", 1709289000, 1709289000}};
    (void)state;

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        int64_t from = 0, to = 0;
        assert_true(cli_period(CASES[i].text, &from, &to));
        assert_true(from == CASES[i].from_s);
        assert_true(to == CASES[i].to_s);
    }
}

static void dates_that_do_not_exist_are_refused(void **state)
{
    static const char *const CASES[] = {"",           "24",         "2023-02-29", "2024-13",    "2024-00",          "2024-Q5",
                                        "2024-Q0",    "2024-1-1",   "2024-04-31", "2024/01/01", "2024-01-01T24:00", "2024-01-01x",
                                        "1024-01-01", "2024-01-1a", "yesterday",  "2024-Q",     "2024-01-01T10",    "2024-"};
    (void)state;

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        int64_t from, to;
        if (cli_period(CASES[i], &from, &to))
            fail_msg("\"%s\" was taken for a date", CASES[i]);
    }
}

static void a_date_reads_back_as_it_was_written(void **state)
{
    static const char *const CASES[] = {"1970-01-01", "1969-12-31", "2000-02-29", "2024-12-31", "2100-03-01", "1900-03-01"};
    char text[16];
    (void)state;

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        int64_t from, to;
        assert_true(cli_period(CASES[i], &from, &to));
        cli_date_text(from, text);
        assert_string_equal(text, CASES[i]);
        cli_date_text(to - 1, text);
        assert_string_equal(text, CASES[i]);
    }
    cli_date_text(INT64_MIN, text);
    assert_string_equal(text, "-");
}

static void whole_numbers_stop_before_they_overflow(void **state)
{
    uint64_t value = 7;
    (void)state;

    assert_true(cli_whole("18446744073709551600", &value));
    assert_false(cli_whole("99999999999999999999", &value));
    assert_false(cli_whole("-1", &value));
    assert_false(cli_whole("1e3", &value));
    assert_false(cli_whole("", &value));
}

static void utf8_is_told_from_what_only_looks_like_it(void **state)
{
    static const char *const GOOD[] = {"", "plain", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x97\xBA", "\xEF\xBF\xBD"};
    static const char *const BAD[] = {"\xFF",         "\xC0\xAF",     "\xE0\x80\xAF",     "\xED\xA0\x80", "\xF4\x90\x80\x80",
                                      "\xF8\x88\x80", "cut\xE2\x82", "\x80 alone", "\xF0\x82\x82\xAC"};
    (void)state;

    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++)
        assert_true(cli_utf8_valid(GOOD[i]));
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        assert_false(cli_utf8_valid(BAD[i]));
}

static void a_terminal_sees_codes_in_place_of_controls(void **state)
{
    char out[64];
    (void)state;

    assert_string_equal(cli_safe("a\033[1mb", out, sizeof out), "a\\u{1B}[1mb");
    assert_string_equal(cli_safe("a\xE2\x80\xAE" "b", out, sizeof out), "a\\u{202E}b");
    assert_string_equal(cli_safe("caf\xC3\xA9", out, sizeof out), "caf\xC3\xA9");
    assert_string_equal(cli_safe("\xFF", out, sizeof out), "\\xFF");
    assert_string_equal(cli_safe(NULL, out, sizeof out), "");
    assert_string_equal(cli_safe("abcdefghijklmnop", out, 12), "abcdefgh...");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_need_a_unit_that_is_known),
        cmocka_unit_test(periods_cover_the_whole_of_what_is_named),
        cmocka_unit_test(dates_that_do_not_exist_are_refused),
        cmocka_unit_test(a_date_reads_back_as_it_was_written),
        cmocka_unit_test(whole_numbers_stop_before_they_overflow),
        cmocka_unit_test(utf8_is_told_from_what_only_looks_like_it),
        cmocka_unit_test(a_terminal_sees_codes_in_place_of_controls),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
