/*
 * The work sets are the ones that every published figure refers to: their bytes are compared by digest with those of the
 * first generator, a short numpy program. To see its digests:
 *
 *   python3 ../shared/bench/gen_points.py points 100000 s0.bin && sha256sum s0.bin        (likewise 1000000, 10000000)
 *   python3 ../shared/bench/gen_points.py points 100000 s0.csv --format obs && sha256sum s0.csv     (likewise 1000000)
 *   python3 ../shared/bench/gen_points.py polys areas.geojson && sha256sum areas.geojson
 *   python3 ../shared/bench/gen_points.py network net && sha256sum net_*.csv
 *   python3 ../shared/bench/gen_points.py lattice lattice.csv && sha256sum lattice.csv
 */
#include "base/digest.h"
#include "bench/work_sets.h"
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void hash_line(cm_sha256 *hash, const char *line)
{
    cm_sha256_add(hash, line, strlen(line));
}

static void expect(cm_sha256 *hash, const char *want)
{
    char hex[CM_SHA256_HEX];

    cm_sha256_final(hash, hex);
    assert_string_equal(hex, want);
}

static void points_are_the_agreed_ones(void **state)
{
    const struct {
        size_t      n;
        const char *digest;
    } sets[] = {
        {100000, "847236b335847f62d3f09ff0539c512123c725466cda895be518eb04c158bbe0"},
        {1000000, "817860bf9e62568f2852db1e6a48cadb45c620e17898ff24a877ba54d544fc1b"},
    };

    (void)state;
    for (size_t s = 0; s < 2; s++) {
        work_points set = work_points_new(sets[s].n);
        cm_sha256 hash;
        cm_sha256_init(&hash);
        for (size_t i = 0; i < sets[s].n; i++) {
            const double pair[2] = {set.x[i], set.y[i]};
            cm_sha256_add(&hash, pair, sizeof pair);
        }
        expect(&hash, sets[s].digest);
        work_points_free(&set);
    }
}

static void observations_are_the_agreed_ones(void **state)
{
    const struct {
        size_t      n;
        const char *digest;
    } sets[] = {
        {100000, "a1127ff579656e43d30b4b7f00f03a305d8a2451eedc841a5853f10815076d0b"},
        {1000000, "f049cfdde15756026701062be5e9897cf60c0249cfce9cddf4f5a849fb437045"},
    };
    char line[WORK_LINE];

    (void)state;
    for (size_t s = 0; s < 2; s++) {
        work_points set = work_points_new(sets[s].n);
        cm_sha256 hash;
        cm_sha256_init(&hash);
        hash_line(&hash, WORK_HEADER);
        for (size_t i = 0; i < sets[s].n; i++)
            cm_sha256_add(&hash, line, work_observation_line(&set, i, line));
        expect(&hash, sets[s].digest);
        work_points_free(&set);
    }
}

static void areas_are_the_agreed_ones(void **state)
{
    work_areas set = work_areas_new(20, 20, 9);
    cm_sha256 hash;
    char line[200];

    (void)state;
    cm_sha256_init(&hash);
    hash_line(&hash, "{\"type\":\"FeatureCollection\",\"features\":[\n");
    for (size_t a = 0; a < set.nx * set.ny; a++) {
        snprintf(line, sizeof line,
                 "%s{\"type\":\"Feature\",\"properties\":{\"pid\":%zu,\"name\":\"council %zu\"},\"geometry\":{\"type\":"
                 "\"Polygon\",\"coordinates\":[[",
                 a ? ",\n" : "", a, a);
        hash_line(&hash, line);
        for (size_t v = 0; v < set.vertices; v++) {
            snprintf(line, sizeof line, "%s[%.3f,%.3f]", v ? "," : "", set.x[a * set.vertices + v],
                     set.y[a * set.vertices + v]);
            hash_line(&hash, line);
        }
        hash_line(&hash, "]]}}");
    }
    hash_line(&hash, "\n]}\n");
    expect(&hash, "4791c420a2472234748f1e6200da70e01dff0797c4f98350b74e4cb636ffa7fc");
    work_areas_free(&set);
}

static void network_is_the_agreed_one(void **state)
{
    work_network set = work_network_new(101, 101, 100000);
    cm_sha256 nodes, edges, events;
    char line[120];

    (void)state;
    cm_sha256_init(&nodes);
    cm_sha256_init(&edges);
    cm_sha256_init(&events);
    hash_line(&nodes, "id,x,y\n");
    for (size_t k = 0; k < set.nodes; k++) {
        snprintf(line, sizeof line, "%zu,%.4f,%.4f\n", k, set.x[k], set.y[k]);
        hash_line(&nodes, line);
    }
    hash_line(&edges, "id,u,v,len\n");
    for (size_t k = 0; k < set.edges; k++) {
        snprintf(line, sizeof line, "%zu,%u,%u,%.6f\n", k, (unsigned)set.from[k], (unsigned)set.to[k], set.length_m[k]);
        hash_line(&edges, line);
    }
    hash_line(&events, "edge,offset,x,y\n");
    for (size_t k = 0; k < set.events; k++) {
        snprintf(line, sizeof line, "%u,%.6f,%.4f,%.4f\n", (unsigned)set.event_edge[k], set.event_offset_m[k],
                 set.event_x[k], set.event_y[k]);
        hash_line(&events, line);
    }
    expect(&nodes, "083e724725a3086570a48cace748283fef5e65eee9a84411bf368ee8461890cc");
    expect(&edges, "e4c69e66cd705959dba0cdcda25da20ebda1fe0745677dec7a80e8517ec47db0");
    expect(&events, "24415a9e00ab17a4b0ddc5186270133b47e2f350fb3c478b155d7d835ec35395");
    work_network_free(&set);
}

static void lattice_is_the_agreed_one(void **state)
{
    int64_t *value = work_lattice_new(500, 400);
    cm_sha256 hash;
    char line[80];

    (void)state;
    cm_sha256_init(&hash);
    hash_line(&hash, "col,row,value\n");
    for (size_t k = 0; k < 500 * 400; k++) {
        snprintf(line, sizeof line, "%zu,%zu,%lld\n", k % 500, k / 500, (long long)value[k]);
        hash_line(&hash, line);
    }
    expect(&hash, "d1be7dd80c5e2a97acfade6779259d91b6c3ef159e584adba6273f6ceaf047e2");
    free(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_are_the_agreed_ones),
        cmocka_unit_test(observations_are_the_agreed_ones),
        cmocka_unit_test(areas_are_the_agreed_ones),
        cmocka_unit_test(network_is_the_agreed_one),
        cmocka_unit_test(lattice_is_the_agreed_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
