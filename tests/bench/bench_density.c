/*
 * Kernel density on the work sets, radius 500 m, beside a plain splat of every point on every cell it reaches; and on data
 * made to hurt.
 *
 * The peers' figures are for 1280 x 960 oblong cells over the square of 50 km. castmap's cells are square: as many of them are
 * 1109 x 1109, over which a point reaches a few more rows. The known sums and maxima of the oblong cells are checked once on a
 * fine grid that has a centre at each of their centres.
 */
#include "bench/bench.h"
#include "bench/work_sets.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846
#define RADIUS_M 500.0

typedef struct expected {
    castmap_kernel kernel;
    const char    *task;
    double         height; /* of the kernel's centre, in units of 1 / (pi radius^2) */
    double         sum, max, sum_s2; /* with a centre of height 1; 0: not known */
} expected;

static const expected KERNELS[] = {
    {CASTMAP_KERNEL_EPANECHNIKOV, "density epanechnikov", 2.0, 192525802.703, 2969.218213, 1925177969.02},
    {CASTMAP_KERNEL_QUARTIC, "density quartic", 3.0, 128402263.534, 2314.530687, 0.0},
    {CASTMAP_KERNEL_TRIWEIGHT, "density triweight", 4.0, 0.0, 0.0, 0.0},
    {CASTMAP_KERNEL_UNIFORM, "density uniform", 1.0, 0.0, 0.0, 0.0},
    {CASTMAP_KERNEL_TRIANGULAR, "density triangular", 3.0, 0.0, 0.0, 0.0},
    {CASTMAP_KERNEL_GAUSSIAN, "density gaussian", 4.0, 0.0, 0.0, 0.0},
};

static bool near(double got, double want, double relative)
{
    return fabs(got - want) <= relative * fabs(want);
}

static double *surface(bench *b, const char *task, const castmap_points *points, const castmap_grid *grid,
                       castmap_kernel kernel, double radius_m)
{
    const size_t cells = grid->columns * grid->rows;
    double *values = malloc(cells * sizeof *values);
    castmap_density_options options = CASTMAP_DENSITY_OPTIONS_INIT;

    BENCH_CHECK(values != NULL);
    memset(values, 0x55, cells * sizeof *values); /* the outputs' memory is the caller's: it is not counted */
    options.kernel = kernel;
    options.radius_m = radius_m;
    BENCH(b, task, points->count, BENCH_REQUIRE(b, castmap_density(b->ctx, points, grid, &options, values)));
    return values;
}

/* Cells of 50 km / 3840, moved by half a cell: the centre of the oblong cell (i, j) is that of cell (3 i + 1, 4 j + 2). */
static void check_known(bench *b, const castmap_points *points)
{
    const double side = WORK_SIDE_M / 3840.0;
    const castmap_grid fine = {0.0, WORK_SIDE_M + 0.5 * side, side, 3840, 3841};
    double *values = malloc(fine.columns * fine.rows * sizeof *values);

    BENCH_CHECK(values != NULL);
    for (size_t k = 0; k < sizeof KERNELS / sizeof *KERNELS; k++) {
        const expected *e = &KERNELS[k];
        const double unit = PI * RADIUS_M * RADIUS_M / 1e6 / e->height;
        const double want = points->count == 1000000 ? e->sum : points->count == 10000000 ? e->sum_s2 : 0.0;
        castmap_density_options options = CASTMAP_DENSITY_OPTIONS_INIT;
        double sum = 0.0, max = 0.0;
        if (want == 0.0)
            continue;
        options.kernel = e->kernel;
        options.radius_m = RADIUS_M;
        BENCH_REQUIRE(b, castmap_density(b->ctx, points, &fine, &options, values));
        for (size_t j = 0; j < 960; j++) {
            for (size_t i = 0; i < 1280; i++) {
                const double value = values[(3840 - (4 * j + 2)) * fine.columns + 3 * i + 1] * unit;
                sum += value;
                max = fmax(max, value);
            }
        }
        BENCH_CHECK(near(sum, want, 2e-11));
        if (points->count == 1000000)
            BENCH_CHECK(near(max, e->max, 1e-9));
    }
    free(values);
}

/* What anybody would write first: Epanechnikov or quartic, one thread. */
static void plain_splat(const castmap_points *p, const castmap_grid *g, bool quartic, double *values)
{
    const double inverse = 1.0 / (RADIUS_M * RADIUS_M), x0 = g->west + 0.5 * g->cell_m, y0 = g->north - 0.5 * g->cell_m;

    memset(values, 0, g->columns * g->rows * sizeof *values);
    for (size_t i = 0; i < p->count; i++) {
        const double fx = (p->x[i] - x0) / g->cell_m, fy = (y0 - p->y[i]) / g->cell_m, k = RADIUS_M / g->cell_m;
        const ptrdiff_t c0 = (ptrdiff_t)fmax(ceil(fx - k), 0.0), c1 = (ptrdiff_t)fmin(floor(fx + k), (double)g->columns - 1);
        const ptrdiff_t r0 = (ptrdiff_t)fmax(ceil(fy - k), 0.0), r1 = (ptrdiff_t)fmin(floor(fy + k), (double)g->rows - 1);
        for (ptrdiff_t r = r0; r <= r1; r++) {
            double *row = values + (size_t)r * g->columns;
            const double dy = y0 - (double)r * g->cell_m - p->y[i];
            for (ptrdiff_t c = c0; c <= c1; c++) {
                const double dx = x0 + (double)c * g->cell_m - p->x[i], v = 1.0 - (dx * dx + dy * dy) * inverse;
                row[c] += v > 0.0 ? quartic ? v * v : v : 0.0;
            }
        }
    }
}

static void adversaries(bench *b)
{
    const size_t n = b->small ? 2000 : 1000000 < b->max_n ? 1000000 : b->max_n;
    double *x = calloc(n, sizeof *x), *y = calloc(n, sizeof *y);
    const castmap_points points = {.count = n, .x = x, .y = y};
    const castmap_grid town = {-5000.0, 5000.0, 10.0, 1000, 1000}, continent = {0.0, 4e6, 4000.0, 1000, 1000};

    BENCH_CHECK(x && y);
    free(surface(b, "density one-coordinate", &points, &town, CASTMAP_KERNEL_QUARTIC, 500.0));
    for (size_t i = 0; i < n; i++) {
        x[i] = 4e6 * work_unit(4, 1, i);
        y[i] = 4e6 * work_unit(4, 2, i);
    }
    free(surface(b, "density continent", &points, &continent, CASTMAP_KERNEL_QUARTIC, 500.0));
    work_points two = work_adversary_new(WORK_TWO_CELLS, n);
    free(surface(b, "density two-cells", &two.points, &town, CASTMAP_KERNEL_QUARTIC, 500.0));
    work_points_free(&two);
    free(x);
    free(y);
}

static void real_points(bench *b)
{
    work_points police = work_police_new();

    if (police.points.count == 0) {
        printf("skip\tdensity police: ../shared/data is not there\n");
        return;
    }
    double west = police.x[0], east = west, south = police.y[0], north = south;
    for (size_t i = 1; i < police.points.count; i++) {
        west = fmin(west, police.x[i]);
        east = fmax(east, police.x[i]);
        south = fmin(south, police.y[i]);
        north = fmax(north, police.y[i]);
    }
    const castmap_grid grid = {west, north, fmax(east - west, north - south) / 1000.0, 1000, 1000};
    free(surface(b, "density police", &police.points, &grid, CASTMAP_KERNEL_QUARTIC, 500.0));
    work_points_free(&police);
}

static void beside_splat(bench *b, const castmap_points *points, const castmap_grid *grid, bool quartic, const double *ours)
{
    const size_t cells = grid->columns * grid->rows;
    double *plain = malloc(cells * sizeof *plain), worst = 0.0, max = 0.0;

    BENCH_CHECK(plain != NULL);
    BENCH(b, quartic ? "plain splat quartic" : "plain splat epanechnikov", points->count, plain_splat(points, grid, quartic, plain));
    for (size_t i = 0; i < cells; i++) {
        worst = fmax(worst, fabs(plain[i] - ours[i] * (PI * RADIUS_M * RADIUS_M / (quartic ? 3e6 : 2e6))));
        max = fmax(max, plain[i]);
    }
    BENCH_CHECK(worst <= 1e-10 * max);
    free(plain);
}

void bench_run(bench *b)
{
    const size_t side = b->small ? 100 : 1109;
    const castmap_grid grid = {0.0, WORK_SIDE_M, WORK_SIDE_M / (double)side, side, side};

    for (size_t n = b->small ? 1000 : 10000; n <= b->max_n; n *= 10) {
        work_points set = work_points_new(n);
        for (size_t k = 0; k < sizeof KERNELS / sizeof *KERNELS; k++) {
            double *values = surface(b, KERNELS[k].task, &set.points, &grid, KERNELS[k].kernel, RADIUS_M);
            const bool quartic = KERNELS[k].kernel == CASTMAP_KERNEL_QUARTIC;
            if ((quartic || KERNELS[k].kernel == CASTMAP_KERNEL_EPANECHNIKOV) && b->threads == 1 && n <= 1000000)
                beside_splat(b, &set.points, &grid, quartic, values);
            free(values);
        }
        if (b->threads == 2)
            check_known(b, &set.points);
        work_points_free(&set);
    }
    adversaries(b);
    if (!b->small)
        real_points(b);
}
