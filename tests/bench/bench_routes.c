/*
 * Density along streets on the work set: 20,200 edges, 100,000 events, radius 1 km, pieces of 50 m; and a city of 200,000 streets.
 *
 * The known sum is that of the kernel 1 - d^2 / h^2 without its constant, over the middles of the pieces. It is compared with a plain search
 * from every piece on part of the edges.
 */
#include "bench/bench.h"
#include "bench/work_sets.h"

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

static double measure(bench *b, const char *task, city *c, castmap_line_kernel kernel, castmap_line_form form, double radius_m)
{
    const castmap_network_events places = {.count = c->lixels.count, .edge = c->lixels.edge, .along_m = c->lixels.middle_m};
    castmap_network_density_options options = CASTMAP_NETWORK_DENSITY_OPTIONS_INIT;
    double sum = 0.0;

    options.kernel = kernel;
    options.form = form;
    options.radius_m = radius_m;
    BENCH(b, task, c->events.count,
          BENCH_REQUIRE(b, castmap_network_density(b->ctx, &c->network, &c->events, &places, &options, c->values)));
    for (size_t i = 0; i < c->lixels.count; i++)
        sum += c->values[i];
    return sum;
}

void bench_run(bench *b)
{
    const size_t side = b->small ? 11 : 101, events = b->small ? 1000 : 100000;
    city c;

    city_make(b, side, events, PIECE_M, &c);
    double sum = measure(b, "network density simple", &c, CASTMAP_LINE_EPANECHNIKOV, CASTMAP_LINE_SIMPLE, RADIUS_M);
    sum *= RADIUS_M / 750.0; /* 3/4 / h per metre, times 1,000 for a km */
    printf("check\tnetwork density simple\t%.3f\n", sum);
    if (!b->small)
        BENCH_CHECK(fabs(sum / KNOWN_SUM - 1.0) < 1e-6);
    measure(b, "network density simple quartic", &c, CASTMAP_LINE_QUARTIC, CASTMAP_LINE_SIMPLE, RADIUS_M);
    measure(b, "network density discontinuous", &c, CASTMAP_LINE_QUARTIC, CASTMAP_LINE_DISCONTINUOUS, RADIUS_M);
    measure(b, "network density continuous", &c, CASTMAP_LINE_QUARTIC, CASTMAP_LINE_CONTINUOUS, RADIUS_M);
    city_clear(&c);
    if (b->small || b->max_n < 1000000)
        return;
    city_make(b, 317, 1000000, PIECE_M, &c); /* 200,344 streets */
    measure(b, "network density city simple", &c, CASTMAP_LINE_QUARTIC, CASTMAP_LINE_SIMPLE, RADIUS_M);
    measure(b, "network density city discontinuous", &c, CASTMAP_LINE_QUARTIC, CASTMAP_LINE_DISCONTINUOUS, RADIUS_M);
    city_clear(&c);
}
