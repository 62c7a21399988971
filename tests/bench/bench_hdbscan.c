/* HDBSCAN with labels and scores of all points: on the work sets, on data made to hurt, and on the real police points. */
#include "bench/bench.h"
#include "bench/work_sets.h"

#include <stdio.h>
#include <stdlib.h>

/* least: fewer clusters than this are wrong. */
static void measure(bench *b, const char *task, const castmap_points *points, size_t least)
{
    const size_t n = points->count;
    castmap_hdbscan_options options = CASTMAP_HDBSCAN_OPTIONS_INIT;
    int32_t *labels = malloc(n * sizeof *labels);
    double *membership = malloc(n * sizeof *membership), *outlier = malloc(n * sizeof *outlier);
    size_t k = 0;

    BENCH_CHECK(labels && membership && outlier);
    for (size_t i = 0; i < n; i++) { /* the outputs' memory is the caller's: it is not counted */
        labels[i] = 1;
        membership[i] = outlier[i] = 1.0;
    }
    options.accuracy_m = 0.01; /* the resolution of the sets */
    BENCH(b, task, n, BENCH_REQUIRE(b, castmap_hdbscan(b->ctx, points, &options, labels, membership, outlier, &k)));
    BENCH_CHECK(k >= least);
    free(labels);
    free(membership);
    free(outlier);
}

static void adversary(bench *b, const char *task, work_adversary kind)
{
    work_points set = work_adversary_new(kind, b->small ? 2000 : 1000000 < b->max_n ? 1000000 : b->max_n);

    measure(b, task, &set.points, 0);
    work_points_free(&set);
}

void bench_run(bench *b)
{
    for (size_t n = b->small ? 1000 : 10000; n <= b->max_n; n *= 10) {
        work_points set = work_points_new(n);
        measure(b, "hdbscan min-10", &set.points, 2);
        work_points_free(&set);
    }
    adversary(b, "hdbscan one-coordinate", WORK_ONE_COORDINATE);
    adversary(b, "hdbscan two-cells", WORK_TWO_CELLS);
    adversary(b, "hdbscan continent", WORK_CONTINENT);
    if (b->small)
        return;
    work_points police = work_police_new();
    if (police.points.count == 0)
        printf("skip\thdbscan police: ../shared/data is not there\n");
    else
        measure(b, "hdbscan police", &police.points, 2);
    work_points_free(&police);
}
