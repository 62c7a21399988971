/* Tests of castmap_kernel_mass(), castmap_density_within(), castmap_density_footprints() and castmap_density_mask(). */
#include "castmap/density.h"

#include "base/random.h"
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846

/* A unit square; an L with a square hole; metres. */
static const size_t ONE[] = {0, 1}, TWO[] = {0, 2}, SQUARE_RING[] = {0, 5}, L_RINGS[] = {0, 7, 12};
static const double SQUARE_X[] = {0, 1, 1, 0, 0}, SQUARE_Y[] = {0, 0, 1, 1, 0};
static const double L_X[] = {0, 60, 60, 25, 25, 0, 0, 5, 5, 15, 15, 5}, L_Y[] = {0, 0, 20, 20, 50, 50, 0, 5, 15, 15, 5, 5};
static const castmap_polygons SQUARE = {1, ONE, ONE, SQUARE_RING, SQUARE_X, SQUARE_Y};
static const castmap_polygons ELL = {1, ONE, TWO, L_RINGS, L_X, L_Y};

static bool in_ell(double x, double y)
{
    const bool outer = x > 0 && y > 0 && ((x < 60 && y < 20) || (x < 25 && y < 50));

    return outer && !(x > 5 && x < 15 && y > 5 && y < 15);
}

static castmap_density_options with(castmap_kernel kernel, double radius_m)
{
    castmap_density_options o = CASTMAP_DENSITY_OPTIONS_INIT;

    o.kernel = kernel;
    o.radius_m = radius_m;
    return o;
}

static double mass_beyond(castmap_kernel kernel, double u) /* u = (r / radius)^2 */
{
    switch (kernel) {
    case CASTMAP_KERNEL_GAUSSIAN:
        return exp(-4.0 * u);
    case CASTMAP_KERNEL_UNIFORM:
        return u < 1.0 ? 1.0 - u : 0.0;
    case CASTMAP_KERNEL_EPANECHNIKOV:
        return u < 1.0 ? pow(1.0 - u, 2.0) : 0.0;
    case CASTMAP_KERNEL_QUARTIC:
        return u < 1.0 ? pow(1.0 - u, 3.0) : 0.0;
    case CASTMAP_KERNEL_TRIWEIGHT:
        return u < 1.0 ? pow(1.0 - u, 4.0) : 0.0;
    case CASTMAP_KERNEL_TRIANGULAR:
        break;
    }
    return u < 1.0 ? 1.0 - 3.0 * u + 2.0 * pow(u, 1.5) : 0.0;
}

/* Rings of equal mass cut into equal angles: each piece holds the same, so the share of middles inside is the integral. */
static double by_counting(castmap_kernel kernel, double radius, double x, double y)
{
    enum { RINGS = 400, ANGLES = 1000 };
    size_t inside = 0;

    for (int k = 0; k < RINGS; k++) {
        const double beyond = ((double)k + 0.5) / RINGS;
        double low = 0.0, high = kernel == CASTMAP_KERNEL_GAUSSIAN ? 9.0 : 1.0;
        for (int step = 0; step < 50; step++) {
            const double middle = 0.5 * (low + high);
            if (mass_beyond(kernel, middle) > beyond)
                low = middle;
            else
                high = middle;
        }
        const double r = radius * sqrt(low);
        for (int a = 0; a < ANGLES; a++) {
            const double t = 2.0 * PI * ((double)a + 0.5) / ANGLES;
            inside += in_ell(x + r * cos(t), y + r * sin(t));
        }
    }
    return (double)inside / (RINGS * ANGLES);
}

static void knows_the_unit_square(void **state)
{
    const double x[] = {0.5, 0.5, 0.0, 1.0, 0.5, 1.3, 2.5}, y[] = {0.5, 0.0, 0.0, 1.0, 1.0, 0.5, 0.5};
    const double tail = 0.5 * erfc(3.0 / sqrt(2.0)), across = erf(5.0 / sqrt(2.0));
    const double want[] = {across * across, 0.5 * across, 0.25, 0.25, 0.5 * across, tail * across, 0.0};
    const castmap_points points = {.count = 7, .x = x, .y = y};
    const castmap_density_options o = with(CASTMAP_KERNEL_GAUSSIAN, 0.1 * sqrt(8.0));
    double mass[7];

    assert_status(castmap_kernel_mass(*state, &SQUARE, &points, &o, mass), CASTMAP_OK);
    for (size_t i = 0; i < 7; i++)
        assert_near(mass[i], want[i], 1e-13);
    /* the published check values, of seven figures */
    assert_near(mass[0], 0.9999989, 6e-8);
    assert_near(mass[1], 0.4999997, 6e-8);
    assert_near(mass[2], 0.25, 1e-7);
}

static void agrees_with_counting_for_every_kernel(void **state)
{
    const double x[] = {10, 4, 25, 24, 59, 30, -3, 20, 2}, y[] = {10, 10, 20, 21, 1, 35, 25, 30, 2};
    const castmap_points points = {.count = 9, .x = x, .y = y};
    double mass[9];

    for (int kernel = 0; kernel <= CASTMAP_KERNEL_TRIWEIGHT; kernel++) {
        for (double radius = 6.0; radius < 80.0; radius *= 3.0) {
            const castmap_density_options o = with((castmap_kernel)kernel, radius);
            assert_status(castmap_kernel_mass(*state, &ELL, &points, &o, mass), CASTMAP_OK);
            for (size_t i = 0; i < 9; i++)
                assert_near(mass[i], by_counting(o.kernel, radius, x[i], y[i]), 2.5e-3);
        }
    }
}

/* The surface of one point, summed over the cells inside, is the mass: two ways that share no line of code. */
static void agrees_with_the_surface(void **state)
{
    const castmap_grid grid = {-1.0, 51.0, 0.125, 8 * 62, 8 * 52};
    double *values = calloc(grid.columns * grid.rows, sizeof *values);
    const double x[] = {17.03}, y[] = {17.01};
    const castmap_points points = {.count = 1, .x = x, .y = y};

    for (int kernel = 0; kernel <= CASTMAP_KERNEL_TRIWEIGHT; kernel++) {
        const castmap_density_options o = with((castmap_kernel)kernel, 22.0);
        double mass, sum = 0.0;
        size_t left_out = 9;
        assert_status(castmap_kernel_mass(*state, &ELL, &points, &o, &mass), CASTMAP_OK);
        assert_status(castmap_density_within(*state, &points, &ELL, &grid, &o, CASTMAP_EDGE_NONE, values, &left_out),
                      CASTMAP_OK);
        assert_int_equal(left_out, 0);
        for (size_t i = 0; i < grid.columns * grid.rows; i++)
            sum += isnan(values[i]) ? 0.0 : values[i] * 0.125 * 0.125 / 1e6;
        assert_near(sum, mass, kernel == CASTMAP_KERNEL_UNIFORM ? 2e-4 : 2e-5);
    }
    free(values);
}

/* The unit square as four quarters, as wards cover a town. */
static const size_t FOUR[] = {0, 1, 2, 3, 4}, QUARTER_RINGS[] = {0, 5, 10, 15, 20};
static const double QUARTERS_X[] = {0, .5, .5, 0, 0, .5, 1, 1, .5, .5, 0, .5, .5, 0, 0, .5, 1, 1, .5, .5};
static const double QUARTERS_Y[] = {0, 0, .5, .5, 0, 0, 0, .5, .5, 0, .5, .5, 1, 1, .5, .5, .5, 1, 1, .5};
static const castmap_polygons QUARTERS = {4, FOUR, FOUR, QUARTER_RINGS, QUARTERS_X, QUARTERS_Y};

/* Borders between areas of the study area are none, not even for a point on them; in how many pieces a border is drawn does not matter. */
static void borders_inside_and_pieces_of_borders_do_not_matter(void **state)
{
    enum { PIECES = 300, N = 9 };
    static double fine_x[4 * PIECES + 1], fine_y[4 * PIECES + 1];
    static const double X[N] = {0.5, 0.5, 0.1, 0.9, 0.25, 0.01, 0.5, 0.999, 1.2}, Y[N] = {0.5, 0.1, 0.5, 0.9, 0.75, 0.02, 0.9999, 0.4, 0.3};
    const size_t ring[] = {0, 4 * PIECES + 1};
    const castmap_polygons fine = {1, ONE, ONE, ring, fine_x, fine_y};
    const castmap_points points = {.count = N, .x = X, .y = Y};

    for (size_t side = 0; side < 4; side++) {
        for (size_t k = 0; k < PIECES; k++) {
            const double t = (double)k / PIECES;
            fine_x[side * PIECES + k] = SQUARE_X[side] + t * (SQUARE_X[side + 1] - SQUARE_X[side]);
            fine_y[side * PIECES + k] = SQUARE_Y[side] + t * (SQUARE_Y[side + 1] - SQUARE_Y[side]);
        }
    }
    for (int kernel = CASTMAP_KERNEL_QUARTIC; kernel <= CASTMAP_KERNEL_TRIWEIGHT; kernel++) {
        for (double radius = 0.05; radius < 4.0; radius *= 3.0) {
            const castmap_density_options o = with((castmap_kernel)kernel, radius);
            double whole[N], quarters[N], pieces[N];
            assert_status(castmap_kernel_mass(*state, &SQUARE, &points, &o, whole), CASTMAP_OK);
            assert_status(castmap_kernel_mass(*state, &QUARTERS, &points, &o, quarters), CASTMAP_OK);
            assert_status(castmap_kernel_mass(*state, &fine, &points, &o, pieces), CASTMAP_OK);
            for (size_t i = 0; i < N; i++) {
                assert_true(fabs(quarters[i] - whole[i]) < 1e-13);
                assert_true(fabs(pieces[i] - whole[i]) < 1e-11);
            }
        }
    }
}

static void uniform_is_level_and_diggle_keeps_the_mass(void **state)
{
    enum { N = 14400 };
    const castmap_grid grid = {-1.0, 51.0, 0.5, 124, 104};
    double *x = calloc(N, sizeof *x), *y = calloc(N, sizeof *y), *values = calloc(124 * 104, sizeof *values);
    size_t n = 0, left_out = 0, inside = 0;
    const castmap_density_options o = with(CASTMAP_KERNEL_QUARTIC, 8.0);

    for (size_t i = 0; i < 120; i++) { /* a lattice over the box: dense and level */
        for (size_t j = 0; j < 100 && n < N; j++, n++) {
            x[n] = 0.25 + 0.5 * (double)i;
            y[n] = 0.25 + 0.5 * (double)j;
            inside += in_ell(x[n], y[n]);
        }
    }
    const castmap_points points = {.count = n, .x = x, .y = y};
    assert_status(castmap_density_within(*state, &points, &ELL, &grid, &o, CASTMAP_EDGE_UNIFORM, values, &left_out),
                  CASTMAP_OK);
    assert_int_equal(left_out, n - inside);
    for (size_t r = 0; r < grid.rows; r++) {
        for (size_t c = 0; c < grid.columns; c++) {
            const double cx = grid.west + ((double)c + 0.5) * 0.5, cy = grid.north - ((double)r + 0.5) * 0.5;
            const double value = values[r * grid.columns + c];
            if (in_ell(cx, cy))
                assert_near(value / 4e6, 1.0, 0.004);
            else
                assert_true(isnan(value));
        }
    }
    assert_status(castmap_density_within(*state, &points, &ELL, &grid, &o, CASTMAP_EDGE_DIGGLE, values, NULL), CASTMAP_OK);
    double sum = 0.0;
    for (size_t i = 0; i < grid.columns * grid.rows; i++)
        sum += isnan(values[i]) ? 0.0 : values[i] * 0.25 / 1e6;
    assert_near(sum / (double)inside, 1.0, 1e-3);
    free(x);
    free(y);
    free(values);
}

static void spreads_a_record_as_many_points_would(void **state)
{
    const castmap_grid grid = {-31.0, 81.0, 1.0, 122, 112};
    const size_t cells = 122 * 112;
    double *spread = calloc(cells, sizeof *spread), *points_surface = calloc(cells, sizeof *points_surface);
    double *x = calloc(40000, sizeof *x), *y = calloc(40000, sizeof *y), *w = calloc(40000, sizeof *w);
    const double weight[] = {3.0};
    size_t n = 0;

    for (size_t i = 0; i < 240; i++) {
        for (size_t j = 0; j < 200; j++) {
            const double px = 0.125 + 0.25 * (double)i, py = 0.125 + 0.25 * (double)j;
            if (in_ell(px, py) && n < 40000) {
                x[n] = px;
                y[n++] = py;
            }
        }
    }
    for (size_t i = 0; i < n; i++)
        w[i] = 3.0 / (double)n;
    const castmap_points points = {.count = n, .x = x, .y = y, .weight = w};
    for (int kernel = 0; kernel <= CASTMAP_KERNEL_TRIWEIGHT; kernel++) {
        const castmap_density_options o = with((castmap_kernel)kernel, kernel == CASTMAP_KERNEL_GAUSSIAN ? 12.0 : 28.0);
        double sum = 0.0, max = 0.0;
        memset(spread, 0, cells * sizeof *spread);
        assert_status(castmap_density_footprints(*state, &ELL, weight, &grid, &o, spread), CASTMAP_OK);
        assert_status(castmap_density(*state, &points, &grid, &o, points_surface), CASTMAP_OK);
        for (size_t i = 0; i < cells; i++) {
            sum += spread[i] / 1e6;
            max = fmax(max, spread[i]);
        }
        for (size_t i = 0; i < cells; i++)
            assert_near(spread[i] / max, points_surface[i] / max, kernel == CASTMAP_KERNEL_UNIFORM ? 6e-3 : 1e-3);
        assert_near(sum, 3.0, 1e-3);
    }
    free(spread);
    free(points_surface);
    free(x);
    free(y);
    free(w);
}

static void masks_inside_or_outside(void **state)
{
    const castmap_grid grid = {-1.0, 2.0, 1.0, 3, 3};
    double values[9], turned[9];

    for (size_t i = 0; i < 9; i++)
        values[i] = turned[i] = (double)i;
    assert_status(castmap_density_mask(*state, &SQUARE, false, &grid, values), CASTMAP_OK);
    assert_status(castmap_density_mask(*state, &SQUARE, true, &grid, turned), CASTMAP_OK);
    for (size_t i = 0; i < 9; i++) {
        assert_true(isnan(values[i]) == (i == 4));
        assert_true(isnan(turned[i]) == (i != 4));
    }
}

static void refuses_what_has_no_meaning(void **state)
{
    const castmap_grid grid = {-1.0, 2.0, 1.0, 3, 3};
    const double x[] = {0.5}, y[] = {0.5}, bad[] = {(double)NAN}, negative[] = {-1.0}, one[] = {1.0};
    const castmap_points points = {.count = 1, .x = x, .y = y}, bad_points = {.count = 1, .x = bad, .y = y};
    const double flat_x[] = {0, 1, 2, 1, 0};
    const castmap_polygons flat = {1, ONE, ONE, SQUARE_RING, flat_x, flat_x};
    castmap_density_options o = with(CASTMAP_KERNEL_QUARTIC, 0.0);
    double values[9] = {7.0}, mass = 7.0;

    assert_status(castmap_kernel_mass(*state, &SQUARE, &points, &o, &mass), CASTMAP_E_ARGUMENT);
    assert_status(castmap_density_within(*state, &points, &SQUARE, &grid, &o, CASTMAP_EDGE_UNIFORM, values, NULL),
                  CASTMAP_E_ARGUMENT);
    o.radius_m = 1.0;
    assert_status(castmap_kernel_mass(*state, &SQUARE, &bad_points, &o, &mass), CASTMAP_E_DATA);
    assert_status(castmap_density_footprints(*state, &SQUARE, negative, &grid, &o, values), CASTMAP_E_DATA);
    assert_status(castmap_density_footprints(*state, &flat, one, &grid, &o, values), CASTMAP_E_DATA);
    assert_true(values[0] == 7.0 && mass == 7.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_unit_square),
        cmocka_unit_test(agrees_with_counting_for_every_kernel),
        cmocka_unit_test(agrees_with_the_surface),
        cmocka_unit_test(borders_inside_and_pieces_of_borders_do_not_matter),
        cmocka_unit_test(uniform_is_level_and_diggle_keeps_the_mass),
        cmocka_unit_test(spreads_a_record_as_many_points_would),
        cmocka_unit_test(masks_inside_or_outside),
        cmocka_unit_test(refuses_what_has_no_meaning),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
