/* Tests of closed periods. */
#include "base/fail.h"
#include "base/time_text.h"
#include "release/disclosure/period.h"
#include "support/check.h"

#include <string.h>

static int64_t day(int64_t year, unsigned month, unsigned date)
{
    return cm_utc(year, month, date, 0, 0, 0);
}

static const cm_policy PARTNER = {.audience = CASTMAP_PARTNER};
static const cm_policy PUBLIC = {.audience = CASTMAP_PUBLIC, .wait_days = 90};
static const cm_ledger NOTHING = {0, NULL};

static castmap_status choose(void **state, const cm_policy *policy, int64_t from, int64_t to, int64_t now, cm_period *out)
{
    cm_fail_clear(*state);
    return cm_period_choose(*state, policy, &NOTHING, from, to, now, day(2024, 7, 3), day(2026, 6, 20), out);
}

static void takes_all_closed_years_with_records(void **state)
{
    cm_period period;
    char words[64];

    assert_status(choose(state, &PUBLIC, INT64_MIN, INT64_MAX, day(2026, 11, 23), &period), CASTMAP_OK);
    assert_int_equal(period.type, CM_PERIOD_YEAR);
    assert_int_equal(period.from_s, day(2024, 1, 1));
    assert_int_equal(period.to_s, day(2026, 1, 1));
    cm_period_words(&period, words, sizeof words);
    assert_string_equal(words, "2024 and 2025");
    /* 90 days after the end of 2025 is 1 April 2026 */
    assert_status(choose(state, &PUBLIC, INT64_MIN, INT64_MAX, day(2026, 3, 31), &period), CASTMAP_OK);
    assert_int_equal(period.to_s, day(2025, 1, 1));
}

static void falls_back_on_quarters_and_then_refuses(void **state)
{
    cm_period period;
    char words[64];

    assert_status(choose(state, &PUBLIC, INT64_MIN, INT64_MAX, day(2025, 1, 10), &period), CASTMAP_OK);
    assert_int_equal(period.type, CM_PERIOD_QUARTER);
    assert_int_equal(period.from_s, day(2024, 7, 1));
    cm_period_words(&period, words, sizeof words);
    assert_string_equal(words, "July to September 2024");
    assert_status(choose(state, &PUBLIC, INT64_MIN, INT64_MAX, day(2024, 12, 20), &period), CASTMAP_E_RELEASE);
}

static void refuses_what_is_open_too_fresh_or_not_whole(void **state)
{
    cm_period period;
    const int64_t now = day(2026, 2, 1);

    assert_status(choose(state, &PARTNER, day(2025, 10, 1), day(2026, 1, 1), now, &period), CASTMAP_OK);
    assert_status(choose(state, &PUBLIC, day(2025, 10, 1), day(2026, 1, 1), now, &period), CASTMAP_E_RELEASE);
    assert_non_null(strstr(castmap_message_hint(*state), "2026-04-01"));
    assert_status(choose(state, &PARTNER, day(2026, 1, 1), day(2026, 4, 1), now, &period), CASTMAP_E_RELEASE);
    assert_status(choose(state, &PARTNER, day(2025, 1, 1), day(2025, 2, 1), now, &period), CASTMAP_E_RELEASE);
    assert_status(choose(state, &PARTNER, INT64_MIN, day(2025, 1, 1), now, &period), CASTMAP_E_RELEASE);
    assert_status(choose(state, &PARTNER, day(2025, 1, 1), INT64_MAX, now, &period), CASTMAP_E_RELEASE);
}

static void repeats_the_period_that_was_released(void **state)
{
    cm_ledger_entry entry = {.number = 1, .audience = CASTMAP_PARTNER, .from_s = day(2024, 7, 1), .to_s = day(2024, 10, 1)};
    const cm_ledger ledger = {1, &entry};
    cm_period period;

    assert_status(cm_period_choose(*state, &PUBLIC, &ledger, INT64_MIN, INT64_MAX, day(2026, 11, 1), day(2024, 7, 3),
                                   day(2026, 6, 20), &period), CASTMAP_OK);
    assert_int_equal(period.to_s, day(2024, 10, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_all_closed_years_with_records),
        cmocka_unit_test(falls_back_on_quarters_and_then_refuses),
        cmocka_unit_test(refuses_what_is_open_too_fresh_or_not_whole),
        cmocka_unit_test(repeats_the_period_that_was_released),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
