/* Tests of castmap_density(), castmap_bandwidth_suggest() and castmap_bands_make(). */
#include "castmap/density.h"

#include "base/fail.h"
#include "base/random.h"
#include "support/check.h"

#include <geos_c.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846

static double kernel_value(castmap_kernel kernel, double radius, double square)
{
    const double u = square / (radius * radius), km2 = PI * radius * radius / 1e6, sigma = radius / sqrt(8.0);

    switch (kernel) {
    case CASTMAP_KERNEL_GAUSSIAN:
        return exp(-square / (2.0 * sigma * sigma)) / (2.0 * PI * sigma * sigma / 1e6);
    case CASTMAP_KERNEL_UNIFORM:
        return u < 1.0 ? 1.0 / km2 : 0.0;
    case CASTMAP_KERNEL_TRIANGULAR:
        return u < 1.0 ? 3.0 / km2 * (1.0 - sqrt(u)) : 0.0;
    case CASTMAP_KERNEL_EPANECHNIKOV:
        return u < 1.0 ? 2.0 / km2 * (1.0 - u) : 0.0;
    case CASTMAP_KERNEL_TRIWEIGHT:
        return u < 1.0 ? 4.0 / km2 * (1.0 - u) * (1.0 - u) * (1.0 - u) : 0.0;
    case CASTMAP_KERNEL_QUARTIC:
        break;
    }
    return u < 1.0 ? 3.0 / km2 * (1.0 - u) * (1.0 - u) : 0.0;
}

static double plain_sum(const castmap_points *p, const castmap_grid *g, const castmap_density_options *o, size_t column, size_t row)
{
    const double x = g->west + ((double)column + 0.5) * g->cell_m, y = g->north - ((double)row + 0.5) * g->cell_m;
    double sum = 0.0;

    for (size_t i = 0; i < p->count; i++) {
        const double dx = x - p->x[i], dy = y - p->y[i];
        sum += (p->weight ? p->weight[i] : 1.0) * kernel_value(o->kernel, o->radius_m, dx * dx + dy * dy);
    }
    return sum;
}

typedef struct cloud {
    double x[3000], y[3000], w[3000];
    castmap_points points;
} cloud;

/* kind 0: random; 1: on cell centres and edges; 2: all at one place; 3: far from the origin; 4: spread over 400 km */
static void fill_cloud(cloud *c, int kind, size_t n)
{
    const double offset = kind == 3 ? 6543210.25 : 0.0;

    for (size_t i = 0; i < n; i++) {
        const double u = cm_random_unit(11, 1, i), v = cm_random_unit(11, 2, i);
        c->x[i] = offset + (kind == 1 ? floor(u * 40.0) * 25.0 : kind == 2 ? 512.5 : kind == 4 ? u * 400000.0 : u * 1000.0);
        c->y[i] = offset + (kind == 1 ? floor(v * 40.0) * 25.0 : kind == 2 ? 487.5 : kind == 4 ? v * 400000.0 : v * 1000.0);
        c->w[i] = cm_random_unit(11, 3, i) * 3.0;
    }
    c->points = (castmap_points){.count = n, .x = c->x, .y = c->y, .weight = c->w};
}

static void equals_the_plain_sum_for_every_kernel(void **state)
{
    cloud *c = calloc(1, sizeof *c);
    double *values = calloc(60 * 50, sizeof *values);

    for (int kind = 0; kind <= 4; kind++) {
        fill_cloud(c, kind, 2000);
        const double offset = kind == 3 ? 6543210.25 : 0.0, cell = kind == 4 ? 8000.0 : 25.0;
        const castmap_grid grid = {offset - 100.0, offset + 50 * cell - 100.0, cell, 60, 50};
        /* Each kernel over some cells, over fewer than it takes for a sweep, and over half of the grid. */
        static const double CELLS[] = {6.0, 1.6, 31.0, 0.3};
        for (int turn = 0; turn < 4 * (CASTMAP_KERNEL_TRIWEIGHT + 1); turn++) {
            castmap_density_options o = CASTMAP_DENSITY_OPTIONS_INIT;
            double highest = 0.0, worst = 0.0;
            o.kernel = (castmap_kernel)(turn / 4);
            o.radius_m = CELLS[turn % 4] * cell;
            assert_status(castmap_density(*state, &c->points, &grid, &o, values), CASTMAP_OK);
            for (size_t r = 0; r < grid.rows; r++) {
                for (size_t col = r % 7; col < grid.columns; col += 7) {
                    const double want = plain_sum(&c->points, &grid, &o, col, r);
                    highest = fmax(highest, want);
                    worst = fmax(worst, fabs(values[r * grid.columns + col] - want));
                }
            }
            const double allowed = o.kernel == CASTMAP_KERNEL_GAUSSIAN ? 1e-6 : 1e-9;
            if (!(worst <= allowed * highest))
                print_error("kind %d, %s: off by %g of the maximum\n", kind, castmap_kernel_name(o.kernel), worst / highest);
            assert_true(worst <= allowed * highest);
        }
    }
    free(values);
    free(c);
}

/* What rounding leaves behind in a row is worst where many records lie at the ends of a tile: all in one row, and two piles some radii apart. */
static void long_rows_stay_exact(void **state)
{
    enum { C = 1600, R = 3, MANY = 12000 };
    static const double CELLS[] = {3.37, 15.4, 63.4, 127.4};
    const castmap_grid grid = {0.0, 10.0 * R, 10.0, C, R};
    double *values = calloc(C * R, sizeof *values), *x = calloc(MANY, sizeof *x), *y = calloc(MANY, sizeof *y);
    const castmap_points points = {.count = MANY, .x = x, .y = y};

    for (int turn = 0; turn < 8; turn++) {
        castmap_density_options o = CASTMAP_DENSITY_OPTIONS_INIT;
        o.radius_m = CELLS[turn % 4] * 10.0;
        for (size_t i = 0; i < MANY; i++) {
            const double u = cm_random_unit(21, 0, i);
            x[i] = turn < 4 ? u * 10.0 * C : (i & 1 ? 7.5 : 0.5) * o.radius_m + u * 20.0;
            y[i] = turn < 4 ? 15.0 : 15.0 + cm_random_unit(21, 1, i);
        }
        for (int kernel = 0; kernel <= CASTMAP_KERNEL_TRIWEIGHT; kernel++) {
            double highest = 0.0, worst = 0.0;
            o.kernel = (castmap_kernel)kernel;
            if (o.kernel == CASTMAP_KERNEL_GAUSSIAN)
                continue;
            assert_status(castmap_density(*state, &points, &grid, &o, values), CASTMAP_OK);
            for (size_t column = 0; column < C; column += 3) {
                const double want = plain_sum(&points, &grid, &o, column, 1);
                highest = fmax(highest, want);
                worst = fmax(worst, fabs(values[C + column] - want));
            }
            if (!(worst <= 1e-10 * highest))
                print_error("turn %d, %s: off by %g of the maximum\n", turn, castmap_kernel_name(o.kernel), worst / highest);
            assert_true(worst <= 1e-10 * highest); /* 1e-9 is promised */
        }
    }
    free(y);
    free(x);
    free(values);
}

static void the_surface_holds_every_event(void **state)
{
    cloud *c = calloc(1, sizeof *c);
    double *values = calloc(1100 * 1100, sizeof *values);
    const castmap_grid grid = {-560.0, 1560.0, 2.0, 1060, 1060};

    fill_cloud(c, 0, 500);
    c->points.weight = NULL;
    for (int kernel = 0; kernel <= CASTMAP_KERNEL_TRIWEIGHT; kernel++) {
        castmap_density_options o = CASTMAP_DENSITY_OPTIONS_INIT;
        double sum = 0.0;
        o.kernel = (castmap_kernel)kernel;
        o.radius_m = kernel == CASTMAP_KERNEL_GAUSSIAN ? 250.0 : 500.0;
        assert_status(castmap_density(*state, &c->points, &grid, &o, values), CASTMAP_OK);
        for (size_t i = 0; i < grid.columns * grid.rows; i++)
            sum += values[i];
        /* The step of the uniform kernel meets the grid roughly; the smooth ones closely. */
        assert_near(sum * 4.0 / 1e6, 500.0, kernel == CASTMAP_KERNEL_UNIFORM ? 0.05 : 0.005);
    }
    free(values);
    free(c);
}

static void order_and_threads_change_no_byte(void **state)
{
    cloud *c = calloc(1, sizeof *c), *d = calloc(1, sizeof *d);
    const castmap_grid grid = {-100.0, 1100.0, 12.5, 96, 96};
    double *a = calloc(96 * 96, sizeof *a), *b = calloc(96 * 96, sizeof *b);
    castmap_density_options o = CASTMAP_DENSITY_OPTIONS_INIT;

    fill_cloud(c, 0, 3000);
    for (size_t i = 0; i < 3000; i++) {
        const size_t j = (i * 1733 + 5) % 3000;
        d->x[j] = c->x[i];
        d->y[j] = c->y[i];
        d->w[j] = c->w[i];
    }
    d->points = (castmap_points){.count = 3000, .x = d->x, .y = d->y, .weight = d->w};
    for (int kernel = 0; kernel <= CASTMAP_KERNEL_TRIWEIGHT; kernel++) {
        o.kernel = (castmap_kernel)kernel;
        o.radius_m = 170.0;
        castmap_set_threads(*state, 1);
        assert_status(castmap_density(*state, &c->points, &grid, &o, a), CASTMAP_OK);
        castmap_set_threads(*state, 8);
        assert_status(castmap_density(*state, &d->points, &grid, &o, b), CASTMAP_OK);
        assert_memory_equal(a, b, 96 * 96 * sizeof *a);
    }
    free(a);
    free(b);
    free(c);
    free(d);
}

static void refuses_what_has_no_meaning(void **state)
{
    static const double X[] = {0, NAN}, Y[] = {0, 0};
    const castmap_points points = {.count = 2, .x = X, .y = Y};
    castmap_grid grid = {0, 10, 1, 10, 10};
    castmap_density_options o = CASTMAP_DENSITY_OPTIONS_INIT;
    double values[100] = {7};
    castmap_bandwidth suggested;

    assert_int_equal(castmap_density(*state, &points, &grid, &o, values), CASTMAP_E_ARGUMENT);
    cm_fail_clear(*state);
    o.radius_m = 5;
    assert_int_equal(castmap_density(*state, &points, &grid, &o, values), CASTMAP_E_DATA);
    cm_fail_clear(*state);
    grid.columns = 0;
    assert_int_equal(castmap_density(*state, &points, &grid, &o, values), CASTMAP_E_ARGUMENT);
    cm_fail_clear(*state);
    assert_true(values[0] == 7);
    static const double ONE[] = {5, 5, 5};
    const castmap_points stacked = {.count = 3, .x = ONE, .y = ONE};
    assert_int_equal(castmap_bandwidth_suggest(*state, &stacked, CASTMAP_KERNEL_QUARTIC, &suggested), CASTMAP_E_DATA);
    cm_fail_clear(*state);
}

static void no_points_give_an_empty_surface(void **state)
{
    const castmap_points none = {0};
    const castmap_grid grid = {0, 10, 1, 10, 10};
    castmap_density_options o = CASTMAP_DENSITY_OPTIONS_INIT;
    double values[100];

    o.radius_m = 3;
    assert_status(castmap_density(*state, &none, &grid, &o, values), CASTMAP_OK);
    for (size_t i = 0; i < 100; i++)
        assert_true(values[i] == 0.0);
}

static void a_quartic_radius_is_root_eight_deviations(void **state)
{
    (void)state;
    assert_near(castmap_kernel_sigma_m(CASTMAP_KERNEL_QUARTIC, sqrt(8.0)), 1.0, 1e-15);
    assert_near(castmap_kernel_radius_m(CASTMAP_KERNEL_TRIANGULAR, sqrt(0.15)), 1.0, 1e-15);
}

/* One band as GEOS sees it, its corners rounded to 1 / scale (0: as they are). */
static GEOSGeometry *band_shape(GEOSContextHandle_t geos, const castmap_bands *bands, size_t b, double scale)
{
    GEOSGeometry **parts = calloc(bands->part_start[b + 1] - bands->part_start[b], sizeof *parts), *shape;
    unsigned n_parts = 0;

    for (size_t p = bands->part_start[b]; p < bands->part_start[b + 1]; p++) {
        GEOSGeometry *shell = NULL, **holes = calloc(bands->ring_start[p + 1] - bands->ring_start[p], sizeof *holes);
        unsigned n_holes = 0;
        for (size_t r = bands->ring_start[p]; r < bands->ring_start[p + 1]; r++) {
            const size_t first = bands->vertex_start[r], n = bands->vertex_start[r + 1] - first;
            GEOSCoordSequence *sequence = GEOSCoordSeq_create_r(geos, (unsigned)n, 2);
            for (size_t v = 0; v < n; v++) {
                const double x = bands->x[first + v], y = bands->y[first + v];
                GEOSCoordSeq_setXY_r(geos, sequence, (unsigned)v, scale > 0.0 ? round(x * scale) / scale : x,
                                     scale > 0.0 ? round(y * scale) / scale : y);
            }
            GEOSGeometry *ring = GEOSGeom_createLinearRing_r(geos, sequence);
            if (r == bands->ring_start[p])
                shell = ring;
            else
                holes[n_holes++] = ring;
        }
        parts[n_parts++] = GEOSGeom_createPolygon_r(geos, shell, holes, n_holes);
        free(holes);
    }
    shape = GEOSGeom_createCollection_r(geos, GEOS_MULTIPOLYGON, parts, n_parts);
    free(parts);
    return shape;
}

/* Bands as GEOS sees them: valid, apart, and each cell's centre in the band of its class. */
static void bands_are_valid_apart_and_match_the_cells(void **state)
{
    enum { C = 60, R = 50 };
    static const double RISING[] = {0.1, 0.35, 0.6, 0.85}, TWO_SIDED[] = {-1.1, -0.4, 0.4, 0.8};
    const castmap_grid grid = {1000.0, 9000.0, 10.0, C, R};
    double *values = calloc(C * R, sizeof *values);
    GEOSContextHandle_t geos = GEOS_init_r();

    for (int kind = 0; kind < 7; kind++) {
        const double *const BREAKS = kind < 4 ? RISING : TWO_SIDED;
        castmap_bands bands = CASTMAP_BANDS_INIT;
        for (size_t i = 0; i < C * R; i++) {
            const double u = cm_random_unit(5, (uint64_t)kind, i);
            /* noise; values on the levels themselves; smooth hills; all above; then with values below 0, and with cells without data */
            values[i] = kind == 0   ? u
                        : kind == 1 ? BREAKS[(size_t)(u * 4.0)]
                        : kind == 2 ? 0.5 + 0.5 * sin((double)(i % C) / 4.0) * cos((double)(i / C) / 5.0)
                        : kind == 3 ? 5.0
                        : kind == 4 ? 2.0 * u - 1.0
                                    : sin((double)(i % C) / 4.0) * cos((double)(i / C) / 5.0);
            if ((kind == 5 && (i % C) + (i / C) < 40) || (kind == 6 && u < 0.2))
                values[i] = (double)NAN;
        }
        assert_status(castmap_bands_make(*state, &grid, values, BREAKS, 4, &bands), CASTMAP_OK);
        GEOSGeometry *shape[4] = {0};
        for (size_t b = 0; b < bands.count; b++) {
            shape[b] = band_shape(geos, &bands, b, 0.0);
            assert_int_equal(GEOSisValid_r(geos, shape[b]), 1);
            for (size_t earlier = 0; earlier < b; earlier++) {
                GEOSGeometry *common = GEOSIntersection_r(geos, shape[earlier], shape[b]);
                double area = 1.0;
                GEOSArea_r(geos, common, &area);
                assert_near(area, 0.0, 1e-6);
                GEOSGeom_destroy_r(geos, common);
            }
        }
        const GEOSPreparedGeometry *prepared[4] = {0};
        for (size_t b = 0; b < bands.count; b++)
            prepared[b] = GEOSPrepare_r(geos, shape[b]);
        for (size_t i = 0; i < C * R; i += 7) {
            GEOSGeometry *centre = GEOSGeom_createPointFromXY_r(geos, grid.west + ((double)(i % C) + 0.5) * 10.0,
                                                               grid.north - ((double)(i / C) + 0.5) * 10.0);
            for (size_t b = 0; b < bands.count; b++) {
                const bool want = values[i] >= bands.lower[b] && values[i] < bands.upper[b];
                assert_int_equal(GEOSPreparedIntersects_r(geos, prepared[b], centre), want);
            }
            GEOSGeom_destroy_r(geos, centre);
        }
        for (size_t b = 0; b < bands.count; b++) {
            GEOSPreparedGeom_destroy_r(geos, prepared[b]);
            GEOSGeom_destroy_r(geos, shape[b]);
        }
        castmap_bands_clear(&bands);
    }
    GEOS_finish_r(geos);
    free(values);
}

/*
 * Where every level reaches the outer edge, bands end beside one another there and not a hair's breadth apart: they stay valid in a file with
 * few decimals, and together they cover what a single level covers.
 */
static void bands_meet_at_the_outer_edge(void **state)
{
    enum { C = 40, R = 30 };
    static const double BREAKS[] = {-10.0, -0.5, 0.0, 0.5};
    const castmap_grid grid = {470000.0, 5950000.0, 40.0, C, R};
    double *values = calloc(C * R, sizeof *values);
    GEOSContextHandle_t geos = GEOS_init_r();

    for (int kind = 0; kind < 4; kind++) {
        castmap_bands bands = CASTMAP_BANDS_INIT, all = CASTMAP_BANDS_INIT;
        double whole = 0.0, sum = 0.0;
        for (size_t i = 0; i < C * R; i++) {
            const double x = (double)(i % C), y = (double)(i / C);
            /* hills; a slope; everything in the top class; noise, where single cells of every class touch the edge. Blank inside and at a corner. */
            values[i] = kind == 0 ? sin(x / 3.0) * cos(y / 4.0) : kind == 1 ? (x - y) / 20.0 : kind == 2 ? 1.0 : 2.0 * cm_random_unit(8, 0, i) - 1.0;
            if (x + y < 12.0 || hypot(x - 25.0, y - 15.0) < 6.0)
                values[i] = (double)NAN;
        }
        assert_status(castmap_bands_make(*state, &grid, values, BREAKS, 4, &bands), CASTMAP_OK);
        assert_status(castmap_bands_make(*state, &grid, values, BREAKS, 1, &all), CASTMAP_OK);
        assert_int_equal(all.count, 1);
        assert_int_equal(bands.count, kind == 2 ? 1 : 4);
        for (size_t b = 0; b <= bands.count; b++) {
            const castmap_bands *from = b < bands.count ? &bands : &all;
            GEOSGeometry *exact = band_shape(geos, from, b < bands.count ? b : 0, 0.0);
            GEOSGeometry *rounded = band_shape(geos, from, b < bands.count ? b : 0, 100.0); /* to a centimetre */
            double area = 0.0;
            assert_int_equal(GEOSisValid_r(geos, exact), 1);
            assert_int_equal(GEOSisValid_r(geos, rounded), 1);
            GEOSArea_r(geos, exact, &area);
            *(b < bands.count ? &sum : &whole) += area;
            GEOSGeom_destroy_r(geos, rounded);
            GEOSGeom_destroy_r(geos, exact);
        }
        assert_near(sum, whole, 1e-10 * whole);
        castmap_bands_clear(&bands);
        castmap_bands_clear(&all);
    }
    GEOS_finish_r(geos);
    free(values);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_the_plain_sum_for_every_kernel),
        cmocka_unit_test(long_rows_stay_exact),
        cmocka_unit_test(the_surface_holds_every_event),
        cmocka_unit_test(order_and_threads_change_no_byte),
        cmocka_unit_test(refuses_what_has_no_meaning),
        cmocka_unit_test(no_points_give_an_empty_surface),
        cmocka_unit_test(a_quartic_radius_is_root_eight_deviations),
        cmocka_unit_test(bands_are_valid_apart_and_match_the_cells),
        cmocka_unit_test(bands_meet_at_the_outer_edge),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
