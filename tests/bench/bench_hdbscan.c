/* HDBSCAN with labels and scores of all points, on the work sets. */
#include "bench/bench.h"
#include "bench/work_sets.h"

#include <stdlib.h>

void bench_run(bench *b)
{
    castmap_hdbscan_options options = CASTMAP_HDBSCAN_OPTIONS_INIT;

    options.accuracy_m = 0.01; /* the resolution of the set */
    for (size_t n = b->small ? 1000 : 10000; n <= b->max_n && n <= 1000000; n *= 10) {
        work_points set = work_points_new(n);
        int32_t *labels = calloc(n, sizeof *labels);
        double *membership = calloc(n, sizeof *membership), *outlier = calloc(n, sizeof *outlier);
        size_t k = 0;
        BENCH_CHECK(labels && membership && outlier);
        BENCH(b, "hdbscan min-10", n,
              BENCH_REQUIRE(b, castmap_hdbscan(b->ctx, &set.points, &options, labels, membership, outlier, &k)));
        BENCH_CHECK(k > 1);
        free(labels);
        free(membership);
        free(outlier);
        work_points_free(&set);
    }
}
