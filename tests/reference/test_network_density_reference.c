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
#include "support/table.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES 2945
#define EVENTS 347
#define PIECES 3163
#define NODE_M 0.1

typedef struct montreal {
    castmap_network network;
    size_t   starts[LINES + 1];
    uint32_t from[LINES], to[LINES];
    double   length[LINES], node_x[2 * LINES], node_y[2 * LINES];
    double  *x, *y; /* owned */
    uint32_t edge[EVENTS];
    double   at[EVENTS], weight[EVENTS];
    castmap_network_events events;
} montreal;

/* x and y of a GeoPackage line or point (ISO WKB behind the header). */
static size_t vertices(const unsigned char *blob, double *out)
{
    static const size_t ENVELOPE[] = {0, 32, 48, 48, 64};
    const unsigned char *wkb = blob + 8 + ENVELOPE[blob[3] >> 1 & 7];
    uint32_t kind, n = 1;

    assert_int_equal(wkb[0], 1); /* little-endian */
    memcpy(&kind, wkb + 1, sizeof kind);
    wkb += 5;
    if (kind == 2) {
        memcpy(&n, wkb, sizeof n);
        wkb += 4;
    }
    assert_true(kind == 1 || kind == 2);
    memcpy(out, wkb, n * 2 * sizeof *out);
    return n;
}

static uint32_t node_at(montreal *m, double x, double y)
{
    const double rx = round(x * 10.0) / 10.0, ry = round(y * 10.0) / 10.0;

    for (uint32_t v = 0; v < m->network.n_nodes; v++) {
        if (m->node_x[v] == rx && m->node_y[v] == ry)
            return v;
    }
    m->node_x[m->network.n_nodes] = rx;
    m->node_y[m->network.n_nodes] = ry;
    return (uint32_t)m->network.n_nodes++;
}

static sqlite3_stmt *rows(sqlite3 **db, const char *path, const char *select)
{
    sqlite3_stmt *statement = NULL;

    assert_int_equal(sqlite3_open_v2(path, db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(*db, select, -1, &statement, NULL), SQLITE_OK);
    return statement;
}

static void read_lines(montreal *m, const char *path)
{
    static double buffer[20000];
    sqlite3 *db;
    sqlite3_stmt *row = rows(&db, path, "SELECT geom FROM network ORDER BY line_id");
    size_t room = 0, n = 0;

    for (size_t e = 0; sqlite3_step(row) == SQLITE_ROW; e++) {
        const size_t count = vertices(sqlite3_column_blob(row, 0), buffer);
        assert_true(e < LINES);
        if (n + count > room) {
            room = 2 * (n + count);
            m->x = realloc(m->x, room * sizeof *m->x);
            m->y = realloc(m->y, room * sizeof *m->y);
            assert_true(m->x && m->y);
        }
        m->starts[e] = n;
        for (size_t k = 0; k < count; k++, n++) {
            m->x[n] = buffer[2 * k];
            m->y[n] = buffer[2 * k + 1];
            if (k > 0)
                m->length[e] += hypot(m->x[n] - m->x[n - 1], m->y[n] - m->y[n - 1]);
        }
        m->from[e] = node_at(m, m->x[m->starts[e]], m->y[m->starts[e]]);
        m->to[e] = node_at(m, m->x[n - 1], m->y[n - 1]);
        m->starts[e + 1] = n;
        m->network.n_edges = e + 1;
    }
    sqlite3_finalize(row);
    sqlite3_close(db);
    assert_int_equal(m->network.n_edges, LINES);
    m->network.from = m->from;
    m->network.to = m->to;
    m->network.length_m = m->length;
}

static void snap(montreal *m, size_t i, double px, double py)
{
    double best = (double)INFINITY;

    for (uint32_t e = 0; e < LINES; e++) {
        double along = 0.0;
        for (size_t k = m->starts[e] + 1; k < m->starts[e + 1]; k++) {
            const double ax = m->x[k - 1], ay = m->y[k - 1], dx = m->x[k] - ax, dy = m->y[k] - ay, length = hypot(dx, dy);
            const double t = length > 0.0 ? fmin(fmax(((px - ax) * dx + (py - ay) * dy) / (length * length), 0.0), 1.0) : 0.0;
            const double d = hypot(px - ax - t * dx, py - ay - t * dy);
            if (d < best) {
                best = d;
                m->edge[i] = e;
                m->at[i] = fmin(along + t * length, m->length[e]);
            }
            along += length;
        }
    }
}

/* Events within 5 m of one another, and what is within 5 m of those, become one at their mean. */
static size_t join(double (*xy)[2], double *weight, size_t n)
{
    size_t group[EVENTS], groups = 0;

    for (size_t i = 0; i < n; i++)
        group[i] = i;
    for (bool moved = true; moved;) {
        moved = false;
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < i; j++) {
                if (group[i] != group[j] && hypot(xy[i][0] - xy[j][0], xy[i][1] - xy[j][1]) <= 5.0) {
                    group[i] = group[j] = group[i] < group[j] ? group[i] : group[j];
                    moved = true;
                }
            }
        }
    }
    for (size_t g = 0; g < n; g++) {
        double x = 0.0, y = 0.0, members = 0.0;
        for (size_t i = g; i < n; i++) {
            if (group[i] != g)
                continue;
            x += xy[i][0];
            y += xy[i][1];
            members += 1.0;
        }
        if (members == 0.0)
            continue;
        xy[groups][0] = x / members; /* groups <= g: nobody needs that row any more */
        xy[groups][1] = y / members;
        weight[groups++] = members;
    }
    return groups;
}

static void read_events(montreal *m, const char *path)
{
    static double xy[EVENTS][2];
    sqlite3 *db;
    sqlite3_stmt *row = rows(&db, path, "SELECT geom FROM events ORDER BY event_id");
    size_t n = 0;

    for (; sqlite3_step(row) == SQLITE_ROW; n++) {
        assert_true(n < EVENTS);
        vertices(sqlite3_column_blob(row, 0), xy[n]);
    }
    sqlite3_finalize(row);
    sqlite3_close(db);
    assert_int_equal(n, EVENTS);
    n = join(xy, m->weight, n);
    for (size_t i = 0; i < n; i++)
        snap(m, i, xy[i][0], xy[i][1]);
    m->events = (castmap_network_events){.count = n, .edge = m->edge, .along_m = m->at, .weight = m->weight};
}

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
    read_lines(m, lines);
    read_events(m, points);
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
    free(m->x);
    free(m->y);
    free(m);
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
    read_lines(m, lines);
    read_events(m, points);
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
    free(m->x);
    free(m->y);
    free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(montreal_is_as_published), cmocka_unit_test(waves_on_real_streets_are_the_ways_walked)};

    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
