/* castmap_flows_test() against R: flow_values.csv comes from make_flow_values.R, R 4.2.2. */
#include "castmap/flows.h"

#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AREAS 6
#define MOST 36

static const double X[AREAS] = {0, 3000, 7000, 2500, 9000, 5200}, Y[AREAS] = {0, 500, 1500, 6000, 8000, 3300};

typedef struct line {
    char     null[32];
    unsigned from, to;
    unsigned moves;
    double   expected, p, q, beta;
} line;

static size_t read_lines(const char *null, line *out)
{
    FILE *file = fopen("tests/reference/flow_values.csv", "r");
    char text[256];
    size_t n = 0;
    line at;

    assert_non_null(file);
    while (fgets(text, sizeof text, file)) {
        if (sscanf(text, "%31[a-z_],%u,%u,%u,%lf,%lf,%lf,%lf", at.null, &at.from, &at.to, &at.moves, &at.expected, &at.p, &at.q, &at.beta) == 8 &&
            strcmp(at.null, null) == 0) {
            assert_true(n < MOST);
            out[n++] = at;
        }
    }
    fclose(file);
    return n;
}

static void compare(void **state, const char *name, castmap_flow_null null, bool within)
{
    line want[MOST];
    uint32_t from[2000], to[2000];
    double e[MOST], p[MOST], q[MOST];
    castmap_flow_test_options o = CASTMAP_FLOW_TEST_OPTIONS_INIT;
    castmap_flows flows = CASTMAP_FLOWS_INIT;
    castmap_flow_fit fit;
    size_t n = 0, seen = 0;
    const size_t lines = read_lines(name, want);

    assert_true(lines >= 30);
    for (size_t k = 0; k < lines; k++) {
        for (unsigned c = 0; c < want[k].moves; c++) {
            from[n] = want[k].from;
            to[n++] = want[k].to;
        }
    }
    const castmap_moves moves = {n, from, to, NULL, NULL};
    assert_status(castmap_flows_aggregate(*state, AREAS, &moves, false, &flows), CASTMAP_OK);
    o.null = null;
    o.keep_within = within;
    if (null == CASTMAP_FLOW_GRAVITY) {
        o.x = X;
        o.y = Y;
    }
    assert_status(castmap_flows_test(*state, &flows, &o, e, p, q, &fit), CASTMAP_OK);
    assert_true(fit.converged);
    assert_int_equal(fit.pairs, lines);
    assert_near(fit.beta, want[0].beta, 1e-7);
    for (size_t k = 0; k < lines; k++) {
        for (size_t f = 0; f < flows.count; f++) {
            if (flows.flow[f].from != want[k].from || flows.flow[f].to != want[k].to)
                continue;
            seen++;
            assert_int_equal(flows.flow[f].moves, want[k].moves);
            assert_near(e[f], want[k].expected, 1e-6 * want[k].expected);
            assert_near(p[f], want[k].p, 1e-6 * want[k].p);
            assert_near(q[f], want[k].q, 1e-6 * want[k].q);
        }
    }
    assert_int_equal(seen, flows.count);
    castmap_flows_clear(&flows);
}

static void independence_with_movements_within_agrees_with_r(void **state)
{
    compare(state, "independence_within", CASTMAP_FLOW_INDEPENDENCE, true);
}

static void quasi_independence_agrees_with_r(void **state)
{
    compare(state, "independence", CASTMAP_FLOW_INDEPENDENCE, false);
}

static void gravity_agrees_with_r(void **state)
{
    compare(state, "gravity", CASTMAP_FLOW_GRAVITY, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(independence_with_movements_within_agrees_with_r),
        cmocka_unit_test(quasi_independence_agrees_with_r),
        cmocka_unit_test(gravity_agrees_with_r),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
