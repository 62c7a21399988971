/*
 * Density along streets on the work set: 20,200 edges, 100,000 events, radius 1 km, pieces of 50 m, and its growth in edges and in events; the streets of
 * Montreal, where the shared data are; and a city of 200,000 streets. Hot stretches on the same.
 *
 * The known sum is that of the kernel 1 - d^2 / h^2 without its constant, over the middles of the pieces. It is compared with a plain search
 * from every piece on part of the edges.
 */
#include "bench/bench.h"
#include "bench/work_sets.h"

#include "support/montreal.h"

#include "castmap/routes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define RADIUS_M 1000.0
#define PIECE_M 50.0
#define KNOWN_SUM 8184212.737

typedef struct city {
    work_network          set;
    castmap_network       network;
    castmap_network_events events;
    castmap_lixels        lixels;
    double               *values; /* owned */
} city;

static void city_make(bench *b, size_t side, size_t events, double piece_m, city *out)
{
    *out = (city){.set = work_network_new(side, side, events)};
    work_network *s = &out->set;
    out->network = (castmap_network){.n_nodes = s->nodes, .node_x = s->x, .node_y = s->y, .n_edges = s->edges, .from = s->from,
                                     .to = s->to, .length_m = s->length_m};
    out->events = (castmap_network_events){.count = events, .edge = s->event_edge, .along_m = s->event_offset_m};
    BENCH_REQUIRE(b, castmap_lixels_cut(b->ctx, &out->network, piece_m, 0.0, &out->lixels));
    out->values = malloc((out->lixels.count + 1) * sizeof *out->values);
    BENCH_CHECK(out->values != NULL);
}

static void city_clear(city *c)
{
    work_network_free(&c->set);
    castmap_lixels_clear(&c->lixels);
    free(c->values);
}

static double measure(bench *b, const char *task, size_t n, city *c, castmap_line_kernel kernel, castmap_line_form form, double radius_m)
{
    const castmap_network_events places = {.count = c->lixels.count, .edge = c->lixels.edge, .along_m = c->lixels.middle_m};
    castmap_network_density_options options = CASTMAP_NETWORK_DENSITY_OPTIONS_INIT;
    double sum = 0.0;

    options.kernel = kernel;
    options.form = form;
    options.radius_m = radius_m;
    BENCH(b, task, n,
          BENCH_REQUIRE(b, castmap_network_density(b->ctx, &c->network, &c->events, &places, &options, c->values)));
    for (size_t i = 0; i < c->lixels.count; i++)
        sum += c->values[i];
    return sum;
}

/* Streets of a row or column of the grid are one, as a name would make them. */
static void stretches(bench *b, const char *task, city *c, uint32_t simulations)
{
    castmap_stretches_options options = CASTMAP_STRETCHES_OPTIONS_INIT;
    castmap_stretches found = CASTMAP_STRETCHES_INIT;
    uint32_t *street = malloc(c->network.n_edges * sizeof *street);

    BENCH_CHECK(street != NULL);
    for (uint32_t e = 0; e < c->network.n_edges; e++)
        street[e] = e / 10;
    options.simulations = simulations;
    BENCH(b, task, c->events.count,
          castmap_stretches_clear(&found);
          BENCH_REQUIRE(b, castmap_stretches_find(b->ctx, &c->network, &c->events, &c->lixels, street, &options, &found)));
    BENCH_CHECK(found.count > 0 && found.stretch[0].hot);
    printf("check\t%s\t%zu\n", task, found.count);
    castmap_stretches_clear(&found);
    free(street);
}

static void density(bench *b, const char *task, const montreal *m, const castmap_lixels *lixels, castmap_line_form form, double *values)
{
    const castmap_network_events places = {.count = lixels->count, .edge = lixels->edge, .along_m = lixels->middle_m};
    castmap_network_density_options options = CASTMAP_NETWORK_DENSITY_OPTIONS_INIT;

    options.form = form;
    options.radius_m = 300.0;
    BENCH(b, task, m->events.count, BENCH_REQUIRE(b, castmap_network_density(b->ctx, &m->network, &m->events, &places, &options, values)));
}

/* As published: 2,945 lines, 347 accidents, pieces of 200 m, radius 300 m. */
static void bench_montreal(bench *b)
{
    static const char LINES[] = CASTMAP_SOURCE_DIR "/../shared/data/network/montreal_network.gpkg";
    static const char POINTS[] = CASTMAP_SOURCE_DIR "/../shared/data/network/montreal_bike_accidents.gpkg";
    castmap_lixels lixels = CASTMAP_LIXELS_INIT;
    FILE *there = fopen(LINES, "rb");

    if (!there) {
        printf("skip\tMontreal: the folder of real data is not here\n");
        return;
    }
    fclose(there);
    montreal *m = calloc(1, sizeof *m);
    BENCH_CHECK(m != NULL);
    montreal_read(m, LINES, POINTS);
    BENCH_REQUIRE(b, castmap_lixels_cut(b->ctx, &m->network, 200.0, 50.0, &lixels));
    BENCH_CHECK(lixels.count == MONTREAL_PIECES);
    double *values = malloc(lixels.count * sizeof *values);
    BENCH_CHECK(values != NULL);
    density(b, "network density Montreal discontinuous", m, &lixels, CASTMAP_LINE_DISCONTINUOUS, values);
    density(b, "network density Montreal continuous", m, &lixels, CASTMAP_LINE_CONTINUOUS, values);
    free(values);
    castmap_lixels_clear(&lixels);
    montreal_free(m);
}

/* The same set as the peer section gives to spatstat, which needs minutes for a thousand events: density at the events, each with its own share. */
#define BESIDE_SPATSTAT 60

static void bench_beside_spatstat(bench *b)
{
    castmap_network_density_options options = CASTMAP_NETWORK_DENSITY_OPTIONS_INIT;
    double values[BESIDE_SPATSTAT], sum;
    city c;

    city_make(b, 11, BESIDE_SPATSTAT, PIECE_M, &c);
    options.kernel = CASTMAP_LINE_EPANECHNIKOV;
    options.radius_m = RADIUS_M;
    for (int form = CASTMAP_LINE_DISCONTINUOUS; form <= CASTMAP_LINE_CONTINUOUS; form++) {
        const char *task = form == CASTMAP_LINE_CONTINUOUS ? "network density at events continuous" : "network density at events discontinuous";
        options.form = (castmap_line_form)form;
        BENCH(b, task, c.events.count, BENCH_REQUIRE(b, castmap_network_density(b->ctx, &c.network, &c.events, &c.events, &options, values)));
        sum = 0.0;
        for (size_t i = 0; i < c.events.count; i++)
            sum += values[i];
        printf("check\t%s\t%.6f\n", task, sum);
    }
    city_clear(&c);
}

void bench_run(bench *b)
{
    const size_t side = b->small ? 11 : 101, events = b->small ? 1000 : 100000;
    city c;

    city_make(b, side, events, PIECE_M, &c);
    double sum = measure(b, "network density simple", events, &c, CASTMAP_LINE_EPANECHNIKOV, CASTMAP_LINE_SIMPLE, RADIUS_M);
    sum *= RADIUS_M / 750.0; /* 3/4 / h per metre, times 1,000 for a km */
    printf("check\tnetwork density simple\t%.3f\n", sum);
    if (!b->small)
        BENCH_CHECK(fabs(sum / KNOWN_SUM - 1.0) < 1e-6);
    measure(b, "network density simple quartic", events, &c, CASTMAP_LINE_QUARTIC, CASTMAP_LINE_SIMPLE, RADIUS_M);
    measure(b, "network density discontinuous", events, &c, CASTMAP_LINE_QUARTIC, CASTMAP_LINE_DISCONTINUOUS, RADIUS_M);
    measure(b, "network density continuous", events, &c, CASTMAP_LINE_QUARTIC, CASTMAP_LINE_CONTINUOUS, RADIUS_M);
    stretches(b, "hot stretches 99 simulations", &c, 99);
    city_clear(&c);
    if (b->small)
        return;
    bench_montreal(b);
    bench_beside_spatstat(b);
    for (size_t k = 1; k <= 4; k *= 2) { /* streets at ten events each, then events on the same streets */
        const size_t wide = (size_t)(50.0 * sqrt((double)k)) + 1;
        city_make(b, wide, wide * wide * 20, PIECE_M, &c);
        measure(b, "network density by streets", c.network.n_edges, &c, CASTMAP_LINE_QUARTIC, CASTMAP_LINE_DISCONTINUOUS, RADIUS_M);
        city_clear(&c);
        city_make(b, 51, 50000 * k, PIECE_M, &c);
        measure(b, "network density by events", c.events.count, &c, CASTMAP_LINE_QUARTIC, CASTMAP_LINE_DISCONTINUOUS, RADIUS_M);
        city_clear(&c);
    }
    if (b->max_n < 1000000)
        return;
    city_make(b, 317, 1000000, PIECE_M, &c); /* 200,344 streets */
    measure(b, "network density city simple", c.events.count, &c, CASTMAP_LINE_QUARTIC, CASTMAP_LINE_SIMPLE, RADIUS_M);
    stretches(b, "hot stretches city 99 simulations", &c, 99);
    measure(b, "network density city discontinuous", c.events.count, &c, CASTMAP_LINE_QUARTIC, CASTMAP_LINE_DISCONTINUOUS, RADIUS_M);
    city_clear(&c);
}
