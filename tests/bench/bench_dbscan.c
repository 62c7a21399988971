/*
 * DBSCAN on the work sets at two settings, with their known answers, and on data made to hurt: all points in two cells, a
 * continent with a small radius, one coordinate.
 */
#include "bench/bench.h"
#include "bench/work_sets.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct setting {
    double   eps_m;
    uint32_t min_points;
    /* clusters, noise, cores of S1 and S2; counted with two other implementations */
    size_t   want[2][3];
} setting;

static const setting SETTINGS[] = {
    {100.0, 20, {{1109, 150631, 779241}, {965, 37740, 9606963}}},
    {50.0, 10, {{5355, 243751, 649664}, {15001, 730195, 9008319}}},
};

static void measure(bench *b, const char *task, const castmap_points *points, double eps_m, uint32_t min_points,
                    const size_t want[3])
{
    const size_t n = points->count;
    castmap_dbscan_options options = CASTMAP_DBSCAN_OPTIONS_INIT;
    int32_t *labels = calloc(n, sizeof *labels);
    bool *is_core = calloc(n, sizeof *is_core);
    size_t k = 0, noise = 0, cores = 0;

    BENCH_CHECK(labels && is_core);
    options.eps_m = eps_m;
    options.min_points = min_points;
    for (size_t i = 0; i < n; i++) { /* the outputs' memory is the caller's: it is not counted */
        labels[i] = 1;
        is_core[i] = true;
    }
    BENCH(b, task, n, BENCH_REQUIRE(b, castmap_dbscan(b->ctx, points, &options, labels, is_core, &k)));
    for (size_t i = 0; i < n; i++) {
        noise += labels[i] == CASTMAP_NOISE;
        cores += is_core[i];
    }
    if (want) {
        BENCH_CHECK(k == want[0]);
        BENCH_CHECK(noise == want[1]);
        BENCH_CHECK(cores == want[2]);
    }
    free(labels);
    free(is_core);
}

static void adversary(bench *b, const char *task, work_adversary kind, double eps_m, size_t clusters)
{
    const size_t n = b->small ? 2000 : 1000000 < b->max_n ? 1000000 : b->max_n, want[3] = {clusters, 0, n};
    work_points set = work_adversary_new(kind, n);

    measure(b, task, &set.points, eps_m, 10, clusters ? want : NULL);
    work_points_free(&set);
}

static void real_points(bench *b)
{
    work_points set = work_police_new();

    if (set.points.count == 0)
        printf("skip\tdbscan police: ../shared/data is not there\n");
    for (size_t s = 0; s < sizeof SETTINGS / sizeof *SETTINGS && set.points.count > 0; s++) {
        char task[60];
        snprintf(task, sizeof task, "dbscan police eps-%g-min-%u", SETTINGS[s].eps_m, (unsigned)SETTINGS[s].min_points);
        measure(b, task, &set.points, SETTINGS[s].eps_m, SETTINGS[s].min_points, NULL);
    }
    work_points_free(&set);
}

void bench_run(bench *b)
{
    for (size_t n = b->small ? 1000 : 10000; n <= b->max_n; n *= 10) {
        work_points set = work_points_new(n);
        for (size_t s = 0; s < sizeof SETTINGS / sizeof *SETTINGS; s++) {
            char task[60];
            snprintf(task, sizeof task, "dbscan eps-%g-min-%u", SETTINGS[s].eps_m, (unsigned)SETTINGS[s].min_points);
            measure(b, task, &set.points, SETTINGS[s].eps_m, SETTINGS[s].min_points,
                    n == 1000000 ? SETTINGS[s].want[0] : n == 10000000 ? SETTINGS[s].want[1] : NULL);
        }
        work_points_free(&set);
    }
    adversary(b, "dbscan one-coordinate", WORK_ONE_COORDINATE, 50.0, 1);
    adversary(b, "dbscan two-cells", WORK_TWO_CELLS, 100.0, 2);
    adversary(b, "dbscan continent", WORK_CONTINENT, 50.0, 0);
    if (!b->small)
        real_points(b);
}
