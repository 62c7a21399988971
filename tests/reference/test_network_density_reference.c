/*
 * Density along the streets of Montreal against the published values of spNetwork (see README.md of the shared data).
 *
 * The network is built here, in the test's own way, as theirs was: ends of lines rounded to 0.1 m are nodes, events within 5 m are joined and go
 * to the nearest line. Most events lie within centimetres of a node, and with them it was the rounding of their coordinates that decided whether
 * an event is at the node (2/n to each street) or at the very end of one street (all of it there, 1/(n - 1) to the others). The published values do not tell
 * which; so each such event may be either, the same for all 3,163 pieces, and then every piece must agree. Most must agree with all at the nodes.
 */
#include "castmap/routes.h"

#include "support/check.h"
#include "support/montreal.h"
#include "support/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECES MONTREAL_PIECES
#define EVENTS MONTREAL_EVENTS
#define NODE_M 0.1

/* Of one event: density at every piece as it lies, or at the node it is near. */
static void density_of(void **state, const montreal *m, size_t i, bool at_node, const castmap_network_events *places, double *out)
{
    const double length = m->length[m->edge[i]], at = at_node ? (m->at[i] < NODE_M ? 0.0 : length) : fmin(fmax(m->at[i], 1e-5), length - 1e-5);
    const castmap_network_events event = {.count = 1, .edge = &m->edge[i], .along_m = &at, .weight = &m->weight[i]};
    castmap_network_density_options o = CASTMAP_NETWORK_DENSITY_OPTIONS_INIT;

    o.form = CASTMAP_LINE_DISCONTINUOUS;
    o.radius_m = 300.0;
    assert_status(castmap_network_density(*state, &m->network, &event, places, &o, out), CASTMAP_OK);
}

static bool near_node(const montreal *m, size_t i)
{
    return fmin(m->at[i], m->length[m->edge[i]] - m->at[i]) < NODE_M;
}

/* Move events off their nodes as long as that brings the sums nearer to what is wanted. Gives how many were moved. */
static size_t choose_ends(const montreal *m, size_t pieces, double *node, double *end, const double *want, double *sum)
{
    bool off[EVENTS] = {false};
    size_t moved = 0;

    for (bool better = true; better;) {
        better = false;
        for (size_t i = 0; i < m->events.count; i++) {
            double before = 0.0, after = 0.0;
            for (size_t k = 0; k < pieces; k++) {
                const double change = (end[i * pieces + k] - node[i * pieces + k]) * (off[i] ? -1.0 : 1.0);
                before += fabs(want[k] - sum[k]);
                after += fabs(want[k] - sum[k] - change);
            }
            if (!near_node(m, i) || !(after < before - 1e-9))
                continue;
            for (size_t k = 0; k < pieces; k++)
                sum[k] += (end[i * pieces + k] - node[i * pieces + k]) * (off[i] ? -1.0 : 1.0);
            off[i] = !off[i];
            better = true;
        }
    }
    for (size_t i = 0; i < m->events.count; i++)
        moved += off[i];
    return moved;
}

static void montreal_is_as_published(void **state)
{
    char lines[512], points[512], values[512];
    montreal *m = calloc(1, sizeof *m);
    castmap_lixels lixels = CASTMAP_LIXELS_INIT;
    double worst = 0.0, most = 0.0;
    size_t near = 0;

    need_shared_data("network/montreal_network.gpkg", lines);
    need_shared_data("network/montreal_bike_accidents.gpkg", points);
    need_shared_data("reference/nkde_montreal_expected.csv", values);
    assert_non_null(m);
    montreal_read(m, lines, points);
    table published = table_read(values);
    assert_status(castmap_lixels_cut(*state, &m->network, 200.0, 50.0, &lixels), CASTMAP_OK);
    assert_int_equal(lixels.count, PIECES);
    assert_int_equal(published.rows, PIECES);
    const castmap_network_events places = {.count = PIECES, .edge = lixels.edge, .along_m = lixels.middle_m};
    double *node = calloc((size_t)EVENTS * PIECES, sizeof *node), *end = calloc((size_t)EVENTS * PIECES, sizeof *end);
    double *want = calloc(PIECES, sizeof *want), *sum = calloc(PIECES, sizeof *sum);
    assert_true(node && end && want && sum);
    for (size_t k = 0; k < PIECES; k++) {
        assert_near(table_at(&published, k, 1), (double)lixels.edge[k] + 1.0, 0.0);
        assert_near(table_at(&published, k, 2), lixels.from_m[k], 0.02);
        want[k] = table_at(&published, k, 6) * 300.0 * 1000.0; /* theirs is divided by the radius twice, and per m */
        most = fmax(most, want[k]);
    }
    for (size_t i = 0; i < m->events.count; i++) {
        density_of(state, m, i, near_node(m, i), &places, node + i * PIECES);
        density_of(state, m, i, false, &places, end + i * PIECES);
        for (size_t k = 0; k < PIECES; k++)
            sum[k] += node[i * PIECES + k];
    }
    for (size_t k = 0; k < PIECES; k++)
        near += fabs(sum[k] - want[k]) < 1e-4 * most;
    const size_t moved = choose_ends(m, PIECES, node, end, want, sum);
    for (size_t k = 0; k < PIECES; k++)
        worst = fmax(worst, fabs(sum[k] - want[k]));
    print_message("%zu of %d pieces as published with events at nodes; with %zu of %zu events beside theirs, the largest difference is %.3g of the maximum\n",
                  near, PIECES, moved, m->events.count, worst / most);
    assert_true(near > 2800);
    assert_true(moved < m->events.count / 8);
    assert_true(worst < 0.01 * most);
    free(node);
    free(end);
    free(want);
    free(sum);
    castmap_lixels_clear(&lixels);
    table_clear(&published);
    montreal_free(m);
}

/* All events at once as waves, against the same walked way by way. */
static void waves_on_real_streets_are_the_ways_walked(void **state)
{
    char lines[512], points[512];
    montreal *m = calloc(1, sizeof *m);
    castmap_lixels lixels = CASTMAP_LIXELS_INIT;
    double worst = 0.0;

    need_shared_data("network/montreal_network.gpkg", lines);
    need_shared_data("network/montreal_bike_accidents.gpkg", points);
    assert_non_null(m);
    montreal_read(m, lines, points);
    assert_status(castmap_lixels_cut(*state, &m->network, 50.0, 25.0, &lixels), CASTMAP_OK);
    const castmap_network_events places = {.count = lixels.count, .edge = lixels.edge, .along_m = lixels.middle_m};
    double *walked = calloc(lixels.count, sizeof *walked), *waves = calloc(lixels.count, sizeof *waves);
    assert_true(walked && waves);
    for (int form = CASTMAP_LINE_DISCONTINUOUS; form <= CASTMAP_LINE_CONTINUOUS; form++) {
        castmap_network_density_options o = CASTMAP_NETWORK_DENSITY_OPTIONS_INIT;
        double most = 0.0, apart = 0.0;
        o.form = (castmap_line_form)form;
        o.radius_m = 300.0;
        o.ways = CASTMAP_WAYS_WALKED;
        assert_status(castmap_network_density(*state, &m->network, &m->events, &places, &o, walked), CASTMAP_OK);
        o.ways = CASTMAP_WAYS_WAVES;
        assert_status(castmap_network_density(*state, &m->network, &m->events, &places, &o, waves), CASTMAP_OK);
        for (size_t k = 0; k < lixels.count; k++) {
            most = fmax(most, walked[k]);
            apart = fmax(apart, fabs(waves[k] - walked[k]));
        }
        worst = fmax(worst, apart / most);
    }
    print_message("waves differ from walked by %.2g of the maximum\n", worst);
    assert_true(worst < 1e-6);
    free(walked);
    free(waves);
    castmap_lixels_clear(&lixels);
    montreal_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(montreal_is_as_published), cmocka_unit_test(waves_on_real_streets_are_the_ways_walked)};

    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
