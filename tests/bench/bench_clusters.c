/* The other ways to find clusters, on the work sets: ST-DBSCAN, OPTICS with its valleys, and NNH. */
#include "bench/bench.h"
#include "bench/work_sets.h"

#include <stdlib.h>

#define YEAR_S 31536000.0

static void st_dbscan(bench *b, const work_points *set, int32_t *labels)
{
    const size_t n = set->points.count;
    int64_t *time_s = calloc(n, sizeof *time_s);
    castmap_st_dbscan_options options = CASTMAP_ST_DBSCAN_OPTIONS_INIT;
    castmap_points points = set->points;
    size_t k = 0;

    BENCH_CHECK(time_s != NULL);
    for (size_t i = 0; i < n; i++)
        time_s[i] = (int64_t)(YEAR_S * work_unit(1, 20, i)); /* as in the table of observations */
    points.time_s = time_s;
    options.eps_m = 200.0;
    options.window_s = 14 * 86400;
    BENCH(b, "st-dbscan 200-m-14-days", n, BENCH_REQUIRE(b, castmap_st_dbscan(b->ctx, &points, &options, labels, NULL, &k)));
    free(time_s);
}

static void optics(bench *b, const work_points *set, int32_t *labels)
{
    castmap_optics_options options = CASTMAP_OPTICS_OPTIONS_INIT;
    castmap_optics_order order = {0};
    const size_t n = set->points.count;
    size_t k = 0;

    options.eps_m = 100.0;
    options.min_points = 20;
    BENCH(b, "optics eps-100-min-20", n, {
        castmap_optics_order_clear(&order);
        BENCH_REQUIRE(b, castmap_optics(b->ctx, &set->points, &options, &order));
    });
    BENCH(b, "optics-xi 0.05", n, BENCH_REQUIRE(b, castmap_optics_xi(b->ctx, &set->points, &order, 20, 0.05, 1.0, labels, &k)));
    castmap_optics_order_clear(&order);
}

static void nnh(bench *b, const work_points *set, int32_t *labels)
{
    castmap_nnh_options options = CASTMAP_NNH_OPTIONS_INIT;
    size_t k = 0;

    options.area_m2 = WORK_SIDE_M * WORK_SIDE_M;
    BENCH(b, "nnh random", set->points.count, BENCH_REQUIRE(b, castmap_nnh(b->ctx, &set->points, &options, labels, &k, NULL)));
}

void bench_run(bench *b)
{
    for (size_t n = b->small ? 1000 : 10000; n <= b->max_n; n *= 10) {
        work_points set = work_points_new(n);
        int32_t *labels = malloc(n * sizeof *labels);
        BENCH_CHECK(labels != NULL);
        for (size_t i = 0; i < n; i++)
            labels[i] = 1; /* the outputs' memory is the caller's: it is not counted */
        st_dbscan(b, &set, labels);
        if (n <= 1000000)
            optics(b, &set, labels);
        nnh(b, &set, labels);
        free(labels);
        work_points_free(&set);
    }
}
