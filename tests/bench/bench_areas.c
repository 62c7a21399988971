/*
 * Point in area on the work sets: 400 areas of 2,048 vertices, with the known sum of the answers.
 */
#include "bench/bench.h"
#include "bench/work_sets.h"

#include <stdlib.h>

static const int64_t WANT[2] = {205621680, 2056460012}; /* sum of area + 1 over S1 and S2 */

static void measure(bench *b, const castmap_area_locator *locator, size_t n)
{
    work_points set = work_points_new(n);
    int32_t *area = calloc(n, sizeof *area);
    int64_t sum = 0;

    BENCH_CHECK(area != NULL);
    for (size_t i = 0; i < n; i++)
        area[i] = 1; /* the outputs' memory is the caller's: it is not counted */
    BENCH(b, "areas locate", n, BENCH_REQUIRE(b, castmap_area_locate(b->ctx, locator, &set.points, area)));
    for (size_t i = 0; i < n; i++) {
        BENCH_CHECK(area[i] >= 0);
        sum += area[i] + 1;
    }
    if (n == 1000000)
        BENCH_CHECK(sum == WANT[0]);
    if (n == 10000000)
        BENCH_CHECK(sum == WANT[1]);
    free(area);
    work_points_free(&set);
}

void bench_run(bench *b)
{
    work_areas areas = work_areas_new(20, 20, 9);
    const size_t count = areas.nx * areas.ny;
    size_t *start = calloc(count + 1, sizeof *start), *vertex = calloc(count + 1, sizeof *vertex);

    BENCH_CHECK(start && vertex);
    for (size_t i = 0; i <= count; i++) {
        start[i] = i;
        vertex[i] = i * areas.vertices;
    }
    const castmap_polygons view = {count, start, start, vertex, areas.x, areas.y};
    castmap_area_locator *locator = NULL;
    BENCH(b, "areas index", vertex[count], {
        castmap_area_locator_free(locator);
        locator = NULL;
        BENCH_REQUIRE(b, castmap_area_locator_new(b->ctx, &view, NULL, &locator));
    });
    for (size_t n = b->small ? 1000000 : 10000; n <= b->max_n || (b->small && n == 1000000); n *= 10)
        measure(b, locator, n);
    castmap_area_locator_free(locator);
    free(start);
    free(vertex);
    work_areas_free(&areas);
}
