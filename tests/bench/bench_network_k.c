/*
 * K along streets on the work set, corrected: 3,280 edges with 1,000 events up to 5 km (the size that R can do, see peers/network_k.sh), and
 * 20,200 edges with 10,000 events up to 2 km, alone and beside 19 simulations.
 */
#include "bench/bench.h"
#include "bench/work_sets.h"

#include "castmap/network_k.h"

#include <stdio.h>

static void measure(bench *b, const char *task, size_t side, size_t events, double radius_m, uint32_t simulations)
{
    work_network set = work_network_new(side, side, events);
    const castmap_network network = {.n_nodes = set.nodes, .node_x = set.x, .node_y = set.y, .n_edges = set.edges, .from = set.from, .to = set.to,
                                     .length_m = set.length_m};
    const castmap_network_events on = {.count = events, .edge = set.event_edge, .along_m = set.event_offset_m};
    castmap_network_k_options options = CASTMAP_NETWORK_K_OPTIONS_INIT;
    double k = 0.0, p = 1.0;

    options.radius_m = radius_m;
    options.simulations = simulations;
    BENCH(b, task, events * (simulations + 1), {
        castmap_network_k found = CASTMAP_NETWORK_K_INIT;
        BENCH_REQUIRE(b, castmap_network_k_measure(b->ctx, &network, &on, NULL, &options, &found));
        k = found.k[found.count - 1];
        p = found.p;
        castmap_network_k_clear(&found);
    });
    printf("check\t%s\t%.9g\n", task, k);
    BENCH_CHECK(k > radius_m); /* half of the events lie on a tenth of the streets */
    BENCH_CHECK(simulations == 0 || p <= 0.05);
    work_network_free(&set);
}

void bench_run(bench *b)
{
    if (b->small) {
        measure(b, "network k", 11, 300, 2000.0, 19);
        return;
    }
    measure(b, "network k", 41, 1000, 5000.0, 0);
    measure(b, "network k large", 101, 10000, 2000.0, 0);
    measure(b, "network k test", 101, 10000, 2000.0, 19);
}
