/* Tests of the forms of a density that take records known only to an area (castmap/spread.h), and of the points that stand for them. */
#include "castmap/spread.h"

#include "analysis/density/spread_points.h"
#include "base/random.h"
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 200, SIDE = 60, CELLS = SIDE * SIDE };

/* A study area of 1200 m; two areas in it: a square with a square hole, and a triangle at the border of the study area. */
static const size_t ONE[] = {0, 1}, STUDY_RING[] = {0, 5}, PARTS[] = {0, 1, 2}, RINGS[] = {0, 2, 3}, VERTICES[] = {0, 5, 10, 14};
static const double STUDY_X[] = {0, 1200, 1200, 0, 0}, STUDY_Y[] = {0, 0, 1200, 1200, 0};
static const double X[] = {300, 700, 700, 300, 300, 400, 400, 500, 500, 400, 800, 1200, 1200, 800};
static const double Y[] = {300, 300, 700, 700, 300, 400, 500, 500, 400, 400, 800, 800, 1200, 800};
static const castmap_polygons STUDY = {1, ONE, ONE, STUDY_RING, STUDY_X, STUDY_Y};
static const double WEIGHT[] = {30.0, 12.0};
static const castmap_spread SPREAD = {{2, PARTS, RINGS, VERTICES, X, Y}, WEIGHT};
static const castmap_grid GRID = {0.0, 1200.0, 20.0, SIDE, SIDE};

typedef struct cloud {
    double x[N], y[N];
    castmap_points points;
} cloud;

static void fill(cloud *c, uint64_t seed)
{
    for (size_t i = 0; i < N; i++) {
        c->x[i] = 1200.0 * pow(cm_random_unit(seed, 1, i), 1.5);
        c->y[i] = 1200.0 * cm_random_unit(seed, 2, i);
    }
    c->points = (castmap_points){.count = N, .x = c->x, .y = c->y};
}

/* The points of a cloud and 25,000 more, which stand for the areas: an even lattice inside each, made without the engine. */
typedef struct dense {
    double *x, *y, *w;
    castmap_points points;
} dense;

static bool in_area(int a, double x, double y)
{
    if (a == 0)
        return x > 300 && x < 700 && y > 300 && y < 700 && !(x > 400 && x < 500 && y > 400 && y < 500);
    return x > 800 && x < 1200 && y > 800 && y - 800 < x - 800;
}

static dense fill_densely(const cloud *c)
{
    enum { ACROSS = 160 };
    dense d = {malloc((N + 2 * ACROSS * ACROSS) * sizeof(double)), malloc((N + 2 * ACROSS * ACROSS) * sizeof(double)),
               malloc((N + 2 * ACROSS * ACROSS) * sizeof(double)), {0}};
    size_t n = 0;

    assert_true(d.x && d.y && d.w);
    for (size_t i = 0; i < (c ? N : 0); i++, n++) {
        d.x[n] = c->x[i];
        d.y[n] = c->y[i];
        d.w[n] = 1.0;
    }
    for (int a = 0; a < 2; a++) { /* the triangle's columns get shorter towards its corner, and weigh less */
        const size_t begin = n;
        double sum = 0.0;
        for (int k = 0; k < ACROSS * ACROSS; k++) {
            const double from = a ? 800 : 300, across = 400.0 * (k % ACROSS + 0.5) / ACROSS;
            const double x = from + across, y = from + (a ? across : 400.0) * (k / ACROSS + 0.5) / ACROSS;
            if (!in_area(a, x, y))
                continue;
            d.x[n] = x;
            d.y[n] = y;
            d.w[n] = a ? across : 1.0;
            sum += d.w[n++];
        }
        for (size_t i = begin; i < n; i++)
            d.w[i] *= WEIGHT[a] / sum;
    }
    d.points = (castmap_points){.count = n, .x = d.x, .y = d.y, .weight = d.w};
    return d;
}

static void dense_free(dense *d)
{
    free(d->x);
    free(d->y);
    free(d->w);
}

static double highest(const double *values)
{
    double most = 0.0;

    for (size_t i = 0; i < CELLS; i++)
        most = isfinite(values[i]) ? fmax(most, fabs(values[i])) : most;
    return most;
}

static void assert_alike(const double *got, const double *want, double share)
{
    const double allowed = share * highest(want);

    assert_true(allowed > 0.0);
    for (size_t i = 0; i < CELLS; i++) {
        if (isnan(got[i]) != isnan(want[i]) || fabs(got[i] - want[i]) > allowed) {
            print_error("cell %zu: %.17g, not %.17g within %g\n", i, got[i], want[i], allowed);
            fail();
        }
    }
}

static double total(const double *values)
{
    double sum = 0.0;

    for (size_t i = 0; i < CELLS; i++)
        sum += isnan(values[i]) ? 0.0 : values[i];
    return sum * 20.0 * 20.0 / 1e6;
}

static void corrected_surfaces_are_those_of_very_many_points(void **state)
{
    static const castmap_edge_rule EDGES[] = {CASTMAP_EDGE_NONE, CASTMAP_EDGE_UNIFORM, CASTMAP_EDGE_DIGGLE};
    cloud c;
    double got[CELLS], want[CELLS];

    fill(&c, 5);
    dense d = fill_densely(&c);
    for (int kernel = 0; kernel <= CASTMAP_KERNEL_TRIWEIGHT; kernel++) {
        for (int e = 0; e < 3; e++) {
            castmap_density_options o = CASTMAP_DENSITY_OPTIONS_INIT;
            o.kernel = (castmap_kernel)kernel;
            o.radius_m = 170.0;
            assert_status(castmap_density_within_spread(*state, &c.points, &SPREAD, &STUDY, &GRID, &o, EDGES[e], got, NULL), CASTMAP_OK);
            assert_status(castmap_density_within(*state, &d.points, &STUDY, &GRID, &o, EDGES[e], want, NULL), CASTMAP_OK);
            assert_alike(got, want, kernel == CASTMAP_KERNEL_UNIFORM ? 0.01 : EDGES[e] == CASTMAP_EDGE_DIGGLE ? 2e-3 : 1e-3);
        }
    }
    dense_free(&d);
}

static void no_mass_is_lost_or_won(void **state)
{
    cloud c;
    double values[CELLS];

    fill(&c, 6);
    for (int kernel = 0; kernel <= CASTMAP_KERNEL_TRIWEIGHT; kernel++) {
        castmap_density_options o = CASTMAP_DENSITY_OPTIONS_INIT;
        castmap_adaptive_options a = CASTMAP_ADAPTIVE_OPTIONS_INIT;
        o.kernel = a.kernel = (castmap_kernel)kernel;
        o.radius_m = a.radius_m = 200.0;
        a.edge = CASTMAP_EDGE_DIGGLE;
        assert_status(castmap_density_within_spread(*state, &c.points, &SPREAD, &STUDY, &GRID, &o, CASTMAP_EDGE_DIGGLE, values, NULL),
                      CASTMAP_OK);
        assert_near(total(values), N + 42.0, 0.003 * (N + 42.0)); /* a sum over cells is not an integral */
        assert_status(castmap_density_adaptive_spread(*state, &c.points, &SPREAD, &STUDY, &GRID, &a, values, NULL, NULL), CASTMAP_OK);
        assert_near(total(values), N + 42.0, 0.01 * (N + 42.0)); /* narrow kernels, coarse cells */
    }
}

/* Abramson's law with one radius an area, written out in full: Gaussian pilot over the dense points, sums over all of them. */
static void adaptive_radii_follow_their_law(void **state)
{
    cloud c;
    double got[CELLS], want[CELLS], radius[N], area_radius[2], *log_pilot, mean[2] = {0.0, 0.0}, logs = 0.0, weights = 0.0;
    const double h0 = 150.0, sigma = h0 / sqrt(8.0);
    castmap_adaptive_options a = CASTMAP_ADAPTIVE_OPTIONS_INIT;

    fill(&c, 7);
    dense d = fill_densely(&c);
    const size_t n = d.points.count;
    log_pilot = calloc(n, sizeof *log_pilot);
    assert_non_null(log_pilot);
    for (size_t i = 0; i < n; i++) {
        double sum = 0.0;
        if (i >= N && i % 16 != 0) /* of the dense points one in sixteen is looked from; all are looked at */
            continue;
        for (size_t j = 0; j < n; j++) {
            const double dx = d.x[j] - d.x[i], dy = d.y[j] - d.y[i];
            sum += d.w[j] * exp(-(dx * dx + dy * dy) / (2.0 * sigma * sigma));
        }
        log_pilot[i] = log(sum);
        const double w = i < N ? d.w[i] : d.w[i] * 16.0;
        logs += w * log_pilot[i];
        weights += w;
    }
    for (int area = 0; area < 2; area++) {
        double seen = 0.0;
        for (size_t i = N; i < n; i++) {
            if (i % 16 == 0 && in_area(area, d.x[i], d.y[i])) {
                mean[area] += d.w[i] * log_pilot[i];
                seen += d.w[i];
            }
        }
        mean[area] /= seen;
    }
    a.radius_m = h0;
    assert_status(castmap_density_adaptive_spread(*state, &c.points, &SPREAD, NULL, &GRID, &a, got, radius, area_radius), CASTMAP_OK);
    for (size_t i = 0; i < N; i++)
        assert_near(radius[i], h0 * fmin(exp(-0.5 * (log_pilot[i] - logs / weights)), 5.0), 0.003 * radius[i]);
    for (int area = 0; area < 2; area++)
        assert_near(area_radius[area], h0 * fmin(exp(-0.5 * (mean[area] - logs / weights)), 5.0), 0.003 * area_radius[area]);
    for (size_t k = 0; k < CELLS; k++) { /* the surface from the radii that were told */
        const double x = 20.0 * ((double)(k % SIDE) + 0.5), y = 1200.0 - 20.0 * ((double)(k / SIDE) + 0.5);
        want[k] = 0.0;
        for (size_t i = 0; i < n; i++) {
            const double h = i < N ? radius[i] : area_radius[in_area(0, d.x[i], d.y[i]) ? 0 : 1], dx = d.x[i] - x, dy = d.y[i] - y;
            const double u = (dx * dx + dy * dy) / (h * h);
            want[k] += u < 1.0 ? d.w[i] * 3.0 / (3.14159265358979323846 * h * h) * (1.0 - u) * (1.0 - u) * 1e6 : 0.0;
        }
    }
    assert_alike(got, want, 2e-3);
    free(log_pilot);
    dense_free(&d);
}

static void a_tiny_area_is_a_point(void **state)
{
    static const size_t ring[] = {0, 5};
    static const double x[] = {500, 500.01, 500.01, 500, 500}, y[] = {610, 610, 610.01, 610.01, 610}, weight[] = {3.0};
    const castmap_spread tiny = {{1, ONE, ONE, ring, x, y}, weight};
    castmap_density_options o = CASTMAP_DENSITY_OPTIONS_INIT;
    castmap_adaptive_options a = CASTMAP_ADAPTIVE_OPTIONS_INIT;
    double got[CELLS], want[CELLS], px[N + 1], py[N + 1], pw[N + 1];
    cloud c;

    fill(&c, 8);
    for (size_t i = 0; i <= N; i++) {
        px[i] = i < N ? c.x[i] : 500.005;
        py[i] = i < N ? c.y[i] : 610.005;
        pw[i] = i < N ? 1.0 : 3.0;
    }
    const castmap_points all = {.count = N + 1, .x = px, .y = py, .weight = pw};
    o.radius_m = a.radius_m = 180.0;
    assert_status(castmap_density_within_spread(*state, &c.points, &tiny, &STUDY, &GRID, &o, CASTMAP_EDGE_UNIFORM, got, NULL), CASTMAP_OK);
    assert_status(castmap_density_within(*state, &all, &STUDY, &GRID, &o, CASTMAP_EDGE_UNIFORM, want, NULL), CASTMAP_OK);
    assert_alike(got, want, 1e-5);
    assert_status(castmap_density_within_spread(*state, &c.points, &tiny, &STUDY, &GRID, &o, CASTMAP_EDGE_DIGGLE, got, NULL), CASTMAP_OK);
    assert_status(castmap_density_within(*state, &all, &STUDY, &GRID, &o, CASTMAP_EDGE_DIGGLE, want, NULL), CASTMAP_OK);
    assert_alike(got, want, 1e-5);
    assert_status(castmap_density_adaptive_spread(*state, &c.points, &tiny, &STUDY, &GRID, &a, got, NULL, NULL), CASTMAP_OK);
    assert_status(castmap_density_adaptive(*state, &all, &STUDY, &GRID, &a, want, NULL), CASTMAP_OK);
    assert_alike(got, want, 1e-5);
}

static void ratios_are_those_of_very_many_points(void **state)
{
    double got[CELLS], p[CELLS], plain[CELLS], plain_p[CELLS], first[CELLS], second[CELLS];
    castmap_density_options o = CASTMAP_DENSITY_OPTIONS_INIT;
    cloud cases, controls;
    size_t lower = 0;

    fill(&cases, 9);
    fill(&controls, 10);
    dense d = fill_densely(&cases);
    o.kernel = CASTMAP_KERNEL_GAUSSIAN;
    o.radius_m = castmap_kernel_radius_m(o.kernel, 120.0);
    assert_status(castmap_relative_risk_spread(*state, &cases.points, &SPREAD, &controls.points, NULL, &STUDY, &GRID, 120.0, got, p), CASTMAP_OK);
    assert_status(castmap_relative_risk(*state, &cases.points, &controls.points, &STUDY, &GRID, 120.0, plain, plain_p), CASTMAP_OK);
    assert_status(castmap_density_within(*state, &d.points, &STUDY, &GRID, &o, CASTMAP_EDGE_UNIFORM, first, NULL), CASTMAP_OK);
    assert_status(castmap_density_within(*state, &controls.points, &STUDY, &GRID, &o, CASTMAP_EDGE_UNIFORM, second, NULL), CASTMAP_OK);
    for (size_t i = 0; i < CELLS; i++) {
        assert_near(got[i], log(first[i] / (N + 42.0)) - log(second[i] / N), 2e-3);
        assert_true(p[i] >= plain_p[i]); /* never surer than the records with a place */
        lower += p[i] > plain_p[i];
        if (p[i] < 0.05)
            assert_true(got[i] > 0.0); /* nor against the ratio that is drawn */
    }
    assert_true(lower > 0 && lower < CELLS);
    dense_free(&d);
}

/* Cases and controls at the same places, and cases more of which are known only to the town: nothing differs, and nothing is outlined. */
static void unlike_knowledge_is_no_difference(void **state)
{
    static const double weight[] = {4.0 * N};
    const castmap_spread town = {STUDY, weight};
    const castmap_points none = {0};
    double ratio[CELLS], p[CELLS], most = 0.0;
    cloud c;

    fill(&c, 11);
    for (size_t i = 0; i < N; i++) { /* all in one corner */
        c.x[i] = 100.0 + 0.1 * c.x[i];
        c.y[i] = 100.0 + 0.1 * c.y[i];
    }
    assert_status(castmap_relative_risk_spread(*state, &c.points, &town, &c.points, NULL, &STUDY, &GRID, 150.0, ratio, p), CASTMAP_OK);
    for (size_t i = 0; i < CELLS; i++) {
        most = isnan(ratio[i]) ? most : fmax(most, ratio[i]);
        assert_true(isnan(p[i]) || p[i] >= 0.5 - 1e-12);
    }
    assert_true(most > log(4.0)); /* the ratio alone would be believed */
    assert_status(castmap_relative_risk_spread(*state, &none, &town, &c.points, NULL, &STUDY, &GRID, 150.0, ratio, p), CASTMAP_OK);
    for (size_t i = 0; i < CELLS; i++)
        assert_true(isnan(p[i])); /* no case with a place: there is no test */
    assert_status(castmap_relative_risk_spread(*state, &none, NULL, &c.points, NULL, &STUDY, &GRID, 150.0, ratio, p), CASTMAP_E_DATA);
}

static void sets_are_what_they_are_one_by_one(void **state)
{
    const double weight[] = {30.0, 0.0, 0.0, 0.0, 2.5, 12.0};
    castmap_density_options o = CASTMAP_DENSITY_OPTIONS_INIT;
    double *together = calloc(3 * CELLS, sizeof *together), alone[CELLS];

    assert_non_null(together);
    o.radius_m = 130.0;
    assert_status(castmap_density_footprint_sets(*state, &SPREAD.areas, weight, 3, &GRID, &o, together), CASTMAP_OK);
    for (size_t s = 0; s < 3; s++) {
        memset(alone, 0, sizeof alone);
        assert_status(castmap_density_footprints(*state, &SPREAD.areas, weight + 2 * s, &GRID, &o, alone), CASTMAP_OK);
        assert_memory_equal(alone, together + s * CELLS, sizeof alone);
    }
    free(together);
}

static void points_of_areas_lie_inside_and_weigh_as_much(void **state)
{
    const double step[] = {7.0, 11.0};
    cm_spread_points p = {0};
    double sum[2] = {0.0, 0.0};

    assert_status(cm_spread_points_make(*state, &SPREAD, step, &p), CASTMAP_OK);
    assert_true(p.count > 150000 / 49 && p.count < 2 * (150000 / 49 + 80000 / 121));
    for (size_t i = 0; i < p.count; i++) {
        assert_true(in_area(p.area[i], p.x[i], p.y[i]));
        sum[p.area[i]] += p.w[i];
    }
    assert_near(sum[0], 30.0, 1e-11);
    assert_near(sum[1], 12.0, 1e-11);
    cm_spread_points_clear(&p);
    assert_status(cm_spread_points_make(*state, NULL, NULL, &p), CASTMAP_OK);
    assert_int_equal(p.count, 0);
}

/* Every form that sums over points and areas. */
static void solve(void **state, const castmap_points *points, int way, double *values)
{
    castmap_density_options o = CASTMAP_DENSITY_OPTIONS_INIT;
    castmap_adaptive_options a = CASTMAP_ADAPTIVE_OPTIONS_INIT;
    double ratio[CELLS];

    o.radius_m = a.radius_m = 160.0;
    a.edge = CASTMAP_EDGE_DIGGLE;
    if (way < 3)
        assert_status(castmap_density_within_spread(*state, points, &SPREAD, &STUDY, &GRID, &o, (castmap_edge_rule)way, values, NULL), CASTMAP_OK);
    else if (way == 3)
        assert_status(castmap_density_adaptive_spread(*state, points, &SPREAD, &STUDY, &GRID, &a, values, NULL, NULL), CASTMAP_OK);
    else
        assert_status(castmap_relative_risk_spread(*state, points, &SPREAD, points, NULL, &STUDY, &GRID, 120.0, ratio, values), CASTMAP_OK);
}

static void order_and_threads_change_no_byte(void **state)
{
    static const unsigned THREADS[] = {1, 2, 8};
    double want[CELLS], got[CELLS];
    cloud c, other;

    fill(&c, 13);
    fill(&other, 13);
    for (size_t i = 0; i < N; i++) {
        other.x[(i * 77 + 5) % N] = c.x[i];
        other.y[(i * 77 + 5) % N] = c.y[i];
    }
    for (int way = 0; way < 5; way++) {
        castmap_set_threads(*state, 1);
        solve(state, &c.points, way, want);
        for (size_t t = 0; t < 3; t++) {
            castmap_set_threads(*state, THREADS[t]);
            solve(state, &other.points, way, got);
            assert_memory_equal(got, want, sizeof want);
        }
    }
}

static void refuses_what_cannot_be_spread(void **state)
{
    static const double flat_y[14] = {0}, step[] = {0.1, 0.1}, below[] = {1.0, -1.0}, endless[] = {1.0, INFINITY};
    const castmap_spread flat = {{2, PARTS, RINGS, VERTICES, X, flat_y}, WEIGHT}, negative = {SPREAD.areas, below};
    const castmap_spread infinite = {SPREAD.areas, endless};
    castmap_density_options o = CASTMAP_DENSITY_OPTIONS_INIT;
    castmap_adaptive_options a = CASTMAP_ADAPTIVE_OPTIONS_INIT;
    const castmap_spread *const bad[] = {&flat, &negative, &infinite};
    double values[CELLS], ratio[CELLS];
    cm_spread_points p = {0};
    cloud c;

    fill(&c, 12);
    o.radius_m = a.radius_m = 100.0;
    for (int i = 0; i < 3; i++) {
        for (int edge = 0; edge < 3; edge++)
            assert_status(castmap_density_within_spread(*state, &c.points, bad[i], &STUDY, &GRID, &o, (castmap_edge_rule)edge, values, NULL),
                          CASTMAP_E_DATA);
        assert_status(castmap_density_adaptive_spread(*state, &c.points, bad[i], NULL, &GRID, &a, values, NULL, NULL), CASTMAP_E_DATA);
        assert_status(castmap_relative_risk_spread(*state, &c.points, NULL, &c.points, bad[i], &STUDY, &GRID, 100.0, ratio, values),
                      CASTMAP_E_DATA);
    }
    assert_status(cm_spread_points_make(*state, &SPREAD, step, &p), CASTMAP_E_LIMIT);
    assert_null(p.x);
    o.radius_m = 0.9;
    assert_status(castmap_density_within_spread(*state, &c.points, &SPREAD, &STUDY, &GRID, &o, CASTMAP_EDGE_DIGGLE, values, NULL), CASTMAP_E_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corrected_surfaces_are_those_of_very_many_points), cmocka_unit_test(no_mass_is_lost_or_won),
        cmocka_unit_test(adaptive_radii_follow_their_law), cmocka_unit_test(a_tiny_area_is_a_point),
        cmocka_unit_test(ratios_are_those_of_very_many_points), cmocka_unit_test(unlike_knowledge_is_no_difference),
        cmocka_unit_test(sets_are_what_they_are_one_by_one), cmocka_unit_test(points_of_areas_lie_inside_and_weigh_as_much),
        cmocka_unit_test(order_and_threads_change_no_byte), cmocka_unit_test(refuses_what_cannot_be_spread),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
