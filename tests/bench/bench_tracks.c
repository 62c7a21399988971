/*
 * Cleaning tracks, matching them to streets and counting passes: drives of 1,000 fixes on a grid of streets 500 m apart, a fix every 5 s at 10 m/s, noise
 * of 8 m. The answer is checked: at least 19 of 20 fixes must lie on the street they were driven on or on one that meets it.
 */
#include "bench/bench.h"
#include "bench/work_sets.h"

#include "castmap/tracks.h"

#include <math.h>
#include <stdlib.h>

#define DRIVE 1000
#define EVERY_S 5
#define STEP_M 50.0
#define NOISE_M 8.0

typedef struct town {
    work_network    set;
    castmap_network network;
    size_t         *vertex_start; /* owned */
    double         *x, *y;        /* owned: vertices */
    uint8_t        *way;          /* owned */
    uint32_t       *near;         /* owned [nodes * 4] edges at each node */
    uint8_t        *degree;       /* owned [nodes] */
} town;

static void town_make(size_t side, town *t)
{
    *t = (town){.set = work_network_new(side, side, 1)};
    work_network *s = &t->set;
    t->vertex_start = malloc((s->edges + 1) * sizeof *t->vertex_start);
    t->x = malloc(2 * s->edges * sizeof *t->x);
    t->y = malloc(2 * s->edges * sizeof *t->y);
    t->way = calloc(s->edges, 1);
    t->near = calloc(4 * s->nodes, sizeof *t->near);
    t->degree = calloc(s->nodes, 1);
    BENCH_CHECK(t->vertex_start && t->x && t->y && t->way && t->near && t->degree);
    for (size_t e = 0; e < s->edges; e++) {
        t->vertex_start[e] = 2 * e;
        for (int end = 0; end < 2; end++) {
            const uint32_t node = end ? s->to[e] : s->from[e];
            t->x[2 * e + (size_t)end] = s->x[node];
            t->y[2 * e + (size_t)end] = s->y[node];
            t->near[4 * node + t->degree[node]++] = (uint32_t)e;
        }
        s->length_m[e] = hypot(t->x[2 * e + 1] - t->x[2 * e], t->y[2 * e + 1] - t->y[2 * e]);
    }
    t->vertex_start[s->edges] = 2 * s->edges;
    t->network = (castmap_network){.n_nodes = s->nodes, .node_x = s->x, .node_y = s->y, .n_edges = s->edges, .from = s->from, .to = s->to,
                                   .length_m = s->length_m, .way = t->way, .vertex_start = t->vertex_start, .x = t->x, .y = t->y};
}

static void town_clear(town *t)
{
    work_network_free(&t->set);
    free(t->vertex_start);
    free(t->x);
    free(t->y);
    free(t->way);
    free(t->near);
    free(t->degree);
}

typedef struct drives {
    castmap_tracks tracks;
    size_t   *start;
    double   *x, *y;
    int64_t  *time_s;
    uint32_t *edge; /* in truth */
} drives;

static double normal(uint64_t channel, uint64_t index)
{
    return sqrt(-2.0 * log(1.0 - work_unit(7, channel, 2 * index))) * cos(2.0 * 3.14159265358979323846 * work_unit(7, channel, 2 * index + 1));
}

static void drive(const town *t, drives *d, size_t which)
{
    const castmap_network *w = &t->network;
    uint32_t node = (uint32_t)(work_unit(7, 1, which) * (double)w->n_nodes), edge = UINT32_MAX;
    size_t at = which * DRIVE;
    double left = 0.0;

    for (uint64_t turn = 0; at < (which + 1) * DRIVE; turn++) {
        uint32_t next = edge;
        for (uint64_t draw = 0; next == edge; draw++)
            next = t->near[4 * node + (size_t)(work_unit(7, 2, ((uint64_t)which << 24) + 64 * turn + draw) * t->degree[node])];
        edge = next;
        const bool along = w->from[edge] == node;
        for (; left <= w->length_m[edge] && at < (which + 1) * DRIVE; left += STEP_M, at++) {
            const double part = along ? left / w->length_m[edge] : 1.0 - left / w->length_m[edge];
            d->x[at] = w->x[2 * edge] + part * (w->x[2 * edge + 1] - w->x[2 * edge]) + NOISE_M * normal(3, at);
            d->y[at] = w->y[2 * edge] + part * (w->y[2 * edge + 1] - w->y[2 * edge]) + NOISE_M * normal(4, at);
            d->time_s[at] = 1700000000 + (int64_t)(at % DRIVE) * EVERY_S;
            d->edge[at] = edge;
        }
        left -= w->length_m[edge];
        node = along ? w->to[edge] : w->from[edge];
    }
}

static void drives_make(const town *t, size_t fixes, drives *d)
{
    const size_t count = fixes / DRIVE;

    *d = (drives){.start = malloc((count + 1) * sizeof *d->start), .x = malloc(fixes * sizeof *d->x), .y = malloc(fixes * sizeof *d->y),
                  .time_s = malloc(fixes * sizeof *d->time_s), .edge = malloc(fixes * sizeof *d->edge)};
    BENCH_CHECK(d->start && d->x && d->y && d->time_s && d->edge);
    for (size_t k = 0; k <= count; k++)
        d->start[k] = k * DRIVE;
    for (size_t k = 0; k < count; k++)
        drive(t, d, k);
    d->tracks = (castmap_tracks){count, d->start, d->x, d->y, d->time_s, NULL};
}

static bool meet(const castmap_network *w, uint32_t a, uint32_t b)
{
    return a != CASTMAP_NO_EDGE && (w->from[a] == w->from[b] || w->from[a] == w->to[b] || w->to[a] == w->from[b] || w->to[a] == w->to[b]);
}

static void measure(bench *b, const town *t, size_t fixes)
{
    castmap_clean_options co = CASTMAP_CLEAN_OPTIONS_INIT;
    castmap_match_options mo = CASTMAP_MATCH_OPTIONS_INIT;
    castmap_passes_options po = CASTMAP_PASSES_OPTIONS_INIT;
    castmap_clean_tracks clean = CASTMAP_CLEAN_TRACKS_INIT;
    castmap_matches m = CASTMAP_MATCHES_INIT;
    castmap_passes p = CASTMAP_PASSES_INIT;
    castmap_lixels lixels = CASTMAP_LIXELS_INIT;
    drives d;
    size_t right = 0;

    drives_make(t, fixes, &d);
    BENCH(b, "track cleaning", fixes, {
        castmap_clean_tracks_clear(&clean);
        BENCH_REQUIRE(b, castmap_tracks_clean(b->ctx, &d.tracks, &co, &clean));
    });
    BENCH_CHECK(clean.counts[CASTMAP_FIX_KEPT] == fixes);
    BENCH(b, "map matching", fixes, {
        castmap_matches_clear(&m);
        BENCH_REQUIRE(b, castmap_match_tracks(b->ctx, &t->network, &d.tracks, &mo, &m));
    });
    for (size_t i = 0; i < fixes; i++)
        right += m.state[i] != CASTMAP_MATCHED || meet(&t->network, m.edge[i], d.edge[i]);
    BENCH_CHECK(right >= fixes / 20 * 19 && m.counts[CASTMAP_MATCHED] > fixes / 2);
    BENCH_REQUIRE(b, castmap_lixels_cut(b->ctx, &t->network, 50.0, 10.0, &lixels));
    BENCH(b, "track passes", fixes, {
        castmap_passes_clear(&p);
        BENCH_REQUIRE(b, castmap_track_passes(b->ctx, &d.tracks, &m, &lixels, &po, &p));
    });
    castmap_lixels_clear(&lixels);
    castmap_clean_tracks_clear(&clean);
    castmap_matches_clear(&m);
    castmap_passes_clear(&p);
    free(d.start);
    free(d.x);
    free(d.y);
    free(d.time_s);
    free(d.edge);
}

void bench_run(bench *b)
{
    town t;

    town_make(b->small ? 21 : 101, &t);
    for (size_t n = 10000; n <= 1000000 && n <= b->max_n; n *= 10) {
        measure(b, &t, n);
        if (b->small)
            break;
    }
    town_clear(&t);
}
