/* K along a network against values of R's spatstat.linnet; made by make_network_k_values.R, stored beside it. */
#include "castmap/network_k.h"

#include "support/check.h"
#include "support/table.h"

#include <math.h>
#include <stdlib.h>

#define FOLDER "tests/reference/" /* tests run in the source folder */

enum { EDGES = 50, EVENTS = 90 };

typedef struct town {
    castmap_network network;
    uint32_t from[EDGES], to[EDGES], edge[EVENTS], kind_edge[2][EVENTS];
    double   length_m[EDGES], along_m[EVENTS], kind_along_m[2][EVENTS];
    castmap_network_events all, kind[2];
} town;

static void read_town(town *t)
{
    table streets = table_read(FOLDER "network_k_edges.csv"), events = table_read(FOLDER "network_k_events.csv");

    assert_int_equal(streets.rows, EDGES);
    assert_int_equal(events.rows, EVENTS);
    t->network = (castmap_network){.n_nodes = 36, .n_edges = EDGES, .from = t->from, .to = t->to, .length_m = t->length_m};
    for (size_t e = 0; e < EDGES; e++) {
        t->from[e] = (uint32_t)table_at(&streets, e, 0);
        t->to[e] = (uint32_t)table_at(&streets, e, 1);
        t->length_m[e] = hypot(table_at(&streets, e, 4) - table_at(&streets, e, 2), table_at(&streets, e, 5) - table_at(&streets, e, 3));
    }
    for (int kind = 0; kind < 2; kind++)
        t->kind[kind] = (castmap_network_events){.count = 0, .edge = t->kind_edge[kind], .along_m = t->kind_along_m[kind]};
    for (size_t i = 0; i < EVENTS; i++) {
        const int kind = (int)table_at(&events, i, 2);
        t->edge[i] = (uint32_t)table_at(&events, i, 0);
        t->along_m[i] = table_at(&events, i, 1) * t->length_m[t->edge[i]];
        t->kind_edge[kind][t->kind[kind].count] = t->edge[i];
        t->kind_along_m[kind][t->kind[kind].count++] = t->along_m[i];
    }
    t->all = (castmap_network_events){.count = EVENTS, .edge = t->edge, .along_m = t->along_m};
    table_clear(&streets);
    table_clear(&events);
}

static void compare_column(void **state, size_t column, bool corrected, bool cross)
{
    castmap_network_k_options options = CASTMAP_NETWORK_K_OPTIONS_INIT;
    castmap_network_k k = CASTMAP_NETWORK_K_INIT;
    town *t = malloc(sizeof *t);
    table want = table_read(FOLDER "network_k_values.csv");

    assert_non_null(t);
    read_town(t);
    assert_int_equal(want.rows, 60);
    options.radius_m = 300.0;
    options.steps = 60;
    options.simulations = 0;
    options.corrected = corrected;
    /* kind 1 is spatstat's "a" */
    assert_status(castmap_network_k_measure(*state, &t->network, cross ? &t->kind[1] : &t->all, cross ? &t->kind[0] : NULL, &options, &k), CASTMAP_OK);
    for (size_t i = 0; i < want.rows; i++) {
        assert_near(k.r_m[i], table_at(&want, i, 0), 1e-9);
        assert_near(k.k[i], table_at(&want, i, column), 1e-8 * fmax(k.k[i], 1.0));
    }
    assert_true(k.k[59] > 100.0);
    castmap_network_k_clear(&k);
    table_clear(&want);
    free(t);
}

static void corrected_k_equals_spatstat(void **state)
{
    compare_column(state, 1, true, false);
}

static void plain_k_equals_spatstat(void **state)
{
    compare_column(state, 2, false, false);
}

static void corrected_cross_k_equals_spatstat(void **state)
{
    compare_column(state, 3, true, true);
}

static void plain_cross_k_equals_spatstat(void **state)
{
    compare_column(state, 4, false, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corrected_k_equals_spatstat),
        cmocka_unit_test(plain_k_equals_spatstat),
        cmocka_unit_test(corrected_cross_k_equals_spatstat),
        cmocka_unit_test(plain_cross_k_equals_spatstat),
    };

    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
