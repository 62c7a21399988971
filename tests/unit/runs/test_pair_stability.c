/* Tests of cm_pair_stability(): small groupings whose pairs can be counted by eye. */
#include "castmap/cluster.h"
#include "runs/pair_stability.h"
#include "support/check.h"

#include <math.h>

#define N CASTMAP_NOISE

static double share(void **state, const int32_t *before, const int32_t *after, size_t n)
{
    double out = -1.0;

    assert_status(cm_pair_stability(*state, before, after, n, &out), CASTMAP_OK);
    return out;
}

static void the_same_groups_under_other_numbers_are_the_same(void **state)
{
    static const int32_t BEFORE[] = {0, 0, 1, 1, 1, N}, AFTER[] = {7, 7, 3, 3, 3, N};

    assert_true(share(state, BEFORE, AFTER, 6) == 1.0);
}

/* {a b c d} against {a b} {c d}: 6 pairs before, 2 after, both of them among the 6. */
static void a_group_that_falls_in_two_keeps_two_pairs_of_six(void **state)
{
    static const int32_t BEFORE[] = {0, 0, 0, 0}, AFTER[] = {0, 0, 1, 1};

    assert_true(fabs(share(state, BEFORE, AFTER, 4) - 2.0 / 6.0) < 1e-15);
    assert_true(fabs(share(state, AFTER, BEFORE, 4) - 2.0 / 6.0) < 1e-15);
}

/* {a b c} against {a b}: what became noise took two of three pairs with it. */
static void what_becomes_noise_is_in_no_pair(void **state)
{
    static const int32_t BEFORE[] = {4, 4, 4, N, N}, AFTER[] = {0, 0, N, N, N};

    assert_true(fabs(share(state, BEFORE, AFTER, 5) - 1.0 / 3.0) < 1e-15);
    assert_true(fabs(share(state, AFTER, BEFORE, 5) - 1.0 / 3.0) < 1e-15);
}

static void groups_that_share_nothing_share_nothing(void **state)
{
    static const int32_t BEFORE[] = {0, 0, N, N}, AFTER[] = {N, N, 0, 0};

    assert_true(share(state, BEFORE, AFTER, 4) == 0.0);
}

static void without_pairs_there_is_no_share(void **state)
{
    static const int32_t BEFORE[] = {N, 0, 1}, AFTER[] = {N, N, 0};

    assert_true(isnan(share(state, BEFORE, AFTER, 3)));
    assert_true(isnan(share(state, BEFORE, AFTER, 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_groups_under_other_numbers_are_the_same),
        cmocka_unit_test(a_group_that_falls_in_two_keeps_two_pairs_of_six),
        cmocka_unit_test(what_becomes_noise_is_in_no_pair),
        cmocka_unit_test(groups_that_share_nothing_share_nothing),
        cmocka_unit_test(without_pairs_there_is_no_share),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
