/*
 * cluster_to_geojson.c - find clusters in an array of points and print them as GeoJSON.
 *
 *   cc cluster_to_geojson.c $(pkg-config --cflags --libs castmap) -o cluster_to_geojson
 *   ./cluster_to_geojson > points.geojson
 *
 * castmap_dbscan() works in metres on a plane. The points here are metres east and north of a market square, so they are
 * turned into degrees only to be printed; for a town that is near enough, and for real data a project does it properly.
 */
#include <castmap/castmap.h>

#include <math.h>
#include <stdio.h>

#define COUNT 9

/* Two groups and a stray. */
static const double EAST_M[COUNT] = {0, 12, 8, 3, 900, 915, 905, 910, 400};
static const double NORTH_M[COUNT] = {0, 4, 11, 7, -300, -296, -290, -305, 250};

static const double MARKET_LON = -4.0810, MARKET_LAT = 53.7527;
static const double METRES_A_DEGREE = 111320.0;

static void print_point(size_t i, int32_t cluster, int is_last)
{
    const double radians = MARKET_LAT * 3.14159265358979323846 / 180.0;
    const double lon = MARKET_LON + EAST_M[i] / (METRES_A_DEGREE * cos(radians));
    const double lat = MARKET_LAT + NORTH_M[i] / METRES_A_DEGREE;

    printf("{\"type\":\"Feature\",\"properties\":{\"id\":%zu,\"cluster\":", i);
    if (cluster == CASTMAP_NOISE)
        printf("null");
    else
        printf("%d", (int)cluster);
    printf("},\"geometry\":{\"type\":\"Point\",\"coordinates\":[%.6f,%.6f]}}%s\n", lon, lat, is_last ? "" : ",");
}

int main(void)
{
    const castmap_points points = {.count = COUNT, .x = EAST_M, .y = NORTH_M};
    castmap_dbscan_options options = CASTMAP_DBSCAN_OPTIONS_INIT;
    int32_t labels[COUNT];
    size_t n_clusters = 0;

    castmap_context *ctx = castmap_context_new();
    if (!ctx)
        return 1;
    options.eps_m = 25.0;
    options.min_points = 3;
    const castmap_status status = castmap_dbscan(ctx, &points, &options, labels, NULL, &n_clusters);
    if (status) {
        fprintf(stderr, "%s\n", castmap_message(ctx));
        castmap_context_free(ctx);
        return castmap_status_exit_code(status);
    }
    fprintf(stderr, "%zu clusters\n", n_clusters);
    printf("{\"type\":\"FeatureCollection\",\"features\":[\n");
    for (size_t i = 0; i < COUNT; i++)
        print_point(i, labels[i], i + 1 == COUNT);
    printf("]}\n");
    castmap_context_free(ctx);
    return 0;
}
