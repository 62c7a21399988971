/*
 * The peer of castmap_area_locate(): GEOS, prepared polygons found through an STRtree, on one thread; indexes are made beforehand.
 * Usage: peer_geos N. Prints one line as tools/bench.sh reads it.
 */
#include "bench/work_sets.h"

#include <geos_c.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct query {
    GEOSContextHandle_t geos;
    const GEOSPreparedGeometry **prepared;
    const GEOSGeometry *point;
    int64_t found;
} query;

static void candidate(void *item, void *payload)
{
    query *q = payload;
    const int64_t area = (int64_t)(size_t)item - 1;

    if (q->found < 0 && GEOSPreparedIntersects_r(q->geos, q->prepared[area], q->point) == 1)
        q->found = area;
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
    const size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000;
    GEOSContextHandle_t geos = GEOS_init_r();
    work_areas areas = work_areas_new(20, 20, 9);
    work_points set = work_points_new(n);
    const size_t count = areas.nx * areas.ny;
    const GEOSPreparedGeometry **prepared = calloc(count, sizeof *prepared);
    GEOSSTRtree *tree = GEOSSTRtree_create_r(geos, 10);
    query q = {.geos = geos, .prepared = prepared};
    int64_t sum = 0;

    for (size_t a = 0; a < count; a++) {
        GEOSCoordSequence *ring = GEOSCoordSeq_create_r(geos, (unsigned)areas.vertices, 2);
        for (size_t v = 0; v < areas.vertices; v++)
            GEOSCoordSeq_setXY_r(geos, ring, (unsigned)v, areas.x[a * areas.vertices + v], areas.y[a * areas.vertices + v]);
        GEOSGeometry *polygon = GEOSGeom_createPolygon_r(geos, GEOSGeom_createLinearRing_r(geos, ring), NULL, 0);
        if (!polygon)
            return 1;
        prepared[a] = GEOSPrepare_r(geos, polygon);
        GEOSSTRtree_insert_r(geos, tree, polygon, (void *)(a + 1));
    }
    for (int warm = 1; warm >= 0; warm--) { /* the first round builds the indexes */
        const size_t rounds = warm ? (n < 100000 ? n : 100000) : n;
        const double begun = now();
        sum = 0;
        for (size_t i = 0; i < rounds; i++) {
            GEOSGeometry *point = GEOSGeom_createPointFromXY_r(geos, set.x[i], set.y[i]);
            q.point = point;
            q.found = -1;
            GEOSSTRtree_query_r(geos, tree, point, candidate, &q);
            GEOSGeom_destroy_r(geos, point);
            sum += q.found + 1;
        }
        if (!warm)
            printf("peer\tareas locate\t%zu\tGEOS prepared + STRtree\t%.4f\n", n, now() - begun);
    }
    if (n == 1000000 && sum != 205621680) {
        fprintf(stderr, "GEOS counts %lld\n", (long long)sum);
        return 1;
    }
    return 0;
}
