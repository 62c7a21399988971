/*
 * Flows: movements added up to pairs of 1,000 areas, the two nulls, and corridors along journeys. Seeds are fixed; the number of pairs and of
 * movements is checked.
 */
#include "bench/bench.h"

#include "base/random.h"

#include <math.h>
#include <stdlib.h>

#define AREAS 1000

typedef struct movements {
    uint32_t *from, *to; /* owned */
    size_t   *journey;   /* owned; every eight movements are a journey */
} movements;

static movements movements_new(size_t n)
{
    movements m = {malloc(n * sizeof *m.from), malloc(n * sizeof *m.to), malloc((n / 8 + 2) * sizeof *m.journey)};

    BENCH_CHECK(m.from && m.to && m.journey);
    for (size_t i = 0; i < n; i++) {
        m.from[i] = (uint32_t)(AREAS * pow(cm_random_unit(42, 1, i), 2));
        m.to[i] = cm_random_below(42, 2, i, 3) ? (uint32_t)cm_random_below(42, 3, i, AREAS) : (m.from[i] + 7) % AREAS;
    }
    for (size_t j = 0; j <= n / 8; j++)
        m.journey[j] = j * 8;
    return m;
}

static void movements_free(movements *m)
{
    free(m->from);
    free(m->to);
    free(m->journey);
}

static void test_nulls(bench *b, const castmap_flows *flows)
{
    castmap_flow_test_options options = CASTMAP_FLOW_TEST_OPTIONS_INIT;
    castmap_flow_fit fit;
    double *values = malloc(3 * flows->count * sizeof *values), x[AREAS], y[AREAS];

    BENCH_CHECK(values != NULL);
    for (size_t a = 0; a < AREAS; a++) {
        x[a] = 100000.0 * cm_random_unit(42, 4, a);
        y[a] = 100000.0 * cm_random_unit(42, 5, a);
    }
    BENCH(b, "flows independence", flows->count,
          BENCH_REQUIRE(b, castmap_flows_test(b->ctx, flows, &options, values, values + flows->count, values + 2 * flows->count, &fit)));
    BENCH_CHECK(fit.converged);
    options.null = CASTMAP_FLOW_GRAVITY;
    options.x = x;
    options.y = y;
    BENCH(b, "flows gravity", flows->count,
          BENCH_REQUIRE(b, castmap_flows_test(b->ctx, flows, &options, values, values + flows->count, values + 2 * flows->count, &fit)));
    BENCH_CHECK(fit.converged);
    free(values);
}

void bench_run(bench *b)
{
    for (size_t n = 10000; n <= b->max_n && n <= (b->small ? 10000u : 1000000u); n *= 10) {
        movements m = movements_new(n);
        const castmap_moves moves = {n, m.from, m.to, NULL, NULL};
        castmap_corridor_options corridor = CASTMAP_CORRIDOR_OPTIONS_INIT;
        castmap_corridors corridors = CASTMAP_CORRIDORS_INIT;
        castmap_flows flows = CASTMAP_FLOWS_INIT;
        BENCH(b, "flows aggregate", n, castmap_flows_clear(&flows); BENCH_REQUIRE(b, castmap_flows_aggregate(b->ctx, AREAS, &moves, false, &flows)));
        BENCH_CHECK(flows.moves == n);
        if (n <= 100000)
            test_nulls(b, &flows);
        BENCH(b, "flows corridors", n, castmap_corridors_clear(&corridors);
              BENCH_REQUIRE(b, castmap_corridors_find(b->ctx, n / 8, m.journey, m.from, &corridor, &corridors)));
        castmap_corridors_clear(&corridors);
        castmap_flows_clear(&flows);
        movements_free(&m);
    }
}
