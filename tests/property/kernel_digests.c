/*
 * Digests of everything that the heavy kernels give, at 1, 2 and 8 threads: one line each. It is built twice, with vectors and with scalar code
 * (CM_SCALAR, no vectorizer); kernels_alike.sh compares the lines.
 */
#include "castmap/cluster.h"
#include "castmap/density.h"

#include "base/random.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { N = 60000, SIDE = 300 };

static uint64_t digest(uint64_t so_far, const void *bytes, size_t n)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < n; i++)
        so_far = (so_far ^ at[i]) * UINT64_C(1099511628211);
    return so_far;
}

static void require(castmap_context *ctx, castmap_status status)
{
    if (status) {
        fprintf(stderr, "%s\n", castmap_message(ctx));
        exit(1);
    }
}

/* Crowds, strays, and piles on one spot; coordinates with all their digits. */
static void fill(double *x, double *y, double *w)
{
    for (size_t i = 0; i < N; i++) {
        const uint64_t group = cm_random_below(9, 1, i, 60), seat = i % 11 == 0 ? group : i;
        const double angle = 6.283185307179586 * cm_random_unit(9, 2, seat), away = group % 5 ? 400.0 : 9000.0;
        x[i] = 20000.0 * cm_random_unit(9, 3, group) + away * cm_random_unit(9, 4, seat) * cos(angle);
        y[i] = 20000.0 * cm_random_unit(9, 5, group) + away * cm_random_unit(9, 6, seat) * sin(angle);
        w[i] = 0.1 + cm_random_unit(9, 7, i);
    }
}

static void clusters(castmap_context *ctx, unsigned threads, const castmap_points *points, int32_t *labels, bool *core, double *member,
                     double *outlier)
{
    castmap_dbscan_options dbscan = CASTMAP_DBSCAN_OPTIONS_INIT;
    castmap_hdbscan_options hdbscan = CASTMAP_HDBSCAN_OPTIONS_INIT;
    uint64_t sum;
    size_t k;

    for (dbscan.eps_m = 20.0; dbscan.eps_m < 200.0; dbscan.eps_m *= 2.5) {
        require(ctx, castmap_dbscan(ctx, points, &dbscan, labels, core, &k));
        sum = digest(digest(14695981039346656037u, labels, N * sizeof *labels), core, N * sizeof *core);
        printf("dbscan %g on %u: %zu clusters, %016" PRIx64 "\n", dbscan.eps_m, threads, k, sum);
    }
    require(ctx, castmap_hdbscan(ctx, points, &hdbscan, labels, member, outlier, &k));
    sum = digest(digest(14695981039346656037u, labels, N * sizeof *labels), member, N * sizeof *member);
    printf("hdbscan on %u: %zu clusters, %016" PRIx64 "\n", threads, k, digest(sum, outlier, N * sizeof *outlier));
}

static void surfaces(castmap_context *ctx, unsigned threads, const castmap_points *points, double *values)
{
    const castmap_grid grid = {-1000.0, 21000.0, 22000.0 / SIDE, SIDE, SIDE};
    castmap_density_options options = CASTMAP_DENSITY_OPTIONS_INIT;

    for (unsigned kernel = 0; kernel <= CASTMAP_KERNEL_TRIWEIGHT; kernel++) {
        options.kernel = (castmap_kernel)kernel;
        options.radius_m = 777.7;
        require(ctx, castmap_density(ctx, points, &grid, &options, values));
        printf("%s on %u: %016" PRIx64 "\n", castmap_kernel_name(options.kernel), threads,
               digest(14695981039346656037u, values, SIDE * SIDE * sizeof *values));
    }
}

int main(void)
{
    static const unsigned THREADS[] = {1, 2, 8};
    double *x = calloc(N, sizeof *x), *y = calloc(N, sizeof *y), *w = calloc(N, sizeof *w);
    double *member = calloc(N, sizeof *member), *outlier = calloc(N, sizeof *outlier), *values = calloc(SIDE * SIDE, sizeof *values);
    int32_t *labels = calloc(N, sizeof *labels);
    bool *core = calloc(N, sizeof *core);

    if (!x || !y || !w || !member || !outlier || !values || !labels || !core)
        return 1;
    fill(x, y, w);
    for (size_t t = 0; t < sizeof THREADS / sizeof *THREADS; t++) {
        castmap_context *ctx = castmap_context_new();
        if (!ctx)
            return 1;
        const castmap_points points = {.count = N, .x = x, .y = y, .weight = w};
        castmap_set_threads(ctx, THREADS[t]);
        clusters(ctx, THREADS[t], &points, labels, core, member, outlier);
        surfaces(ctx, THREADS[t], &points, values);
        castmap_context_free(ctx);
    }
    free(x), free(y), free(w), free(member), free(outlier), free(values), free(labels), free(core);
    return 0;
}
