/* Densities against values of R's spatstat and sparr; made by make_density_values.R, stored beside it. */
#include "castmap/density.h"

#include "support/check.h"
#include "support/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "tests/reference/" /* tests run in the source folder */

static const size_t ONE[] = {0, 1}, RING[] = {0, 7};
static const double L_X[] = {0, 60, 60, 25, 25, 0, 0}, L_Y[] = {0, 0, 20, 20, 50, 50, 0};
static const castmap_polygons ELL = {1, ONE, ONE, RING, L_X, L_Y};

typedef struct cloud {
    size_t n;
    double x[1000], y[1000];
} cloud;

static void read_cloud(cloud *c)
{
    table t = table_read(FOLDER "density_points.csv");

    assert_true(t.rows > 100 && t.rows <= 1000 && t.columns == 2);
    for (c->n = 0; c->n < t.rows; c->n++) {
        c->x[c->n] = table_at(&t, c->n, 0);
        c->y[c->n] = table_at(&t, c->n, 1);
    }
    table_clear(&t);
}

typedef void value_fn(const char *what, double a, double b, double value, void *payload);

static size_t each_value(value_fn *fn, void *payload)
{
    FILE *file = fopen(FOLDER "density_values.csv", "r");
    char line[200], what[40];
    double a, b, value;
    size_t found = 0;

    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "%39[^,],%lf,%lf,%lf", what, &a, &b, &value) == 4) {
            fn(what, a, b, value, payload);
            found++;
        }
    }
    fclose(file);
    return found;
}

typedef struct trial {
    void **state;
    cloud  cloud;
    size_t seen;
} trial;

static void check_bandwidth(const char *what, double a, double b, double value, void *payload)
{
    /* Cross-validation is flat at its best: the place of the minimum is known to fewer figures than its value. Likelihood with the edge
     * and Diggle's rule depend on spatstat's raster and steps. */
    static const struct {
        const char *what;
        castmap_bandwidth_rule rule;
        bool study;
        double tolerance;
    } RULES[] = {
        {"scott", CASTMAP_BANDWIDTH_SCOTT, true, 1e-10},
        {"normal_scale", CASTMAP_BANDWIDTH_NORMAL_SCALE, true, 1e-10},
        {"least_squares", CASTMAP_BANDWIDTH_LEAST_SQUARES_CV, false, 2e-5},
        {"likelihood_plain", CASTMAP_BANDWIDTH_LIKELIHOOD_CV, false, 2e-5},
        {"likelihood_edge", CASTMAP_BANDWIDTH_LIKELIHOOD_CV, true, 0.02},
        {"cronie", CASTMAP_BANDWIDTH_CRONIE_VAN_LIESHOUT, true, 2e-4},
        {"diggle", CASTMAP_BANDWIDTH_DIGGLE, true, 0.02},
    };
    trial *t = payload;
    void **state = t->state;
    const castmap_points points = {.count = t->cloud.n, .x = t->cloud.x, .y = t->cloud.y};
    castmap_bandwidth got;

    (void)a;
    (void)b;
    for (size_t i = 0; i < sizeof RULES / sizeof *RULES; i++) {
        if (strcmp(RULES[i].what, what) != 0)
            continue;
        assert_status(castmap_bandwidth_choose(*state, &points, RULES[i].study ? &ELL : NULL, RULES[i].rule,
                                               CASTMAP_KERNEL_QUARTIC, &got),
                      CASTMAP_OK);
        if (!(fabs(got.sigma_m / value - 1.0) <= RULES[i].tolerance))
            print_error("%s: %.10g, spatstat %.10g\n", what, got.sigma_m, value);
        assert_true(fabs(got.sigma_m / value - 1.0) <= RULES[i].tolerance);
        assert_near(got.radius_m, got.sigma_m * sqrt(8.0), 1e-9);
        assert_int_equal(got.points, t->cloud.n);
        assert_false(got.at_limit);
        t->seen++;
    }
}

static void bandwidths_agree_with_spatstat(void **state)
{
    trial *t = calloc(1, sizeof *t);

    t->state = state;
    read_cloud(&t->cloud);
    each_value(check_bandwidth, t);
    assert_int_equal(t->seen, 7);
    free(t);
}

static void check_surface(const char *what, double a, double b, double value, void *payload)
{
    trial *t = payload;
    void **state = t->state;
    const bool uniform = strcmp(what, "uniform") == 0;
    const castmap_points points = {.count = t->cloud.n, .x = t->cloud.x, .y = t->cloud.y};
    const castmap_grid one_cell = {a - 0.05, b + 0.05, 0.1, 1, 1};
    castmap_density_options o = CASTMAP_DENSITY_OPTIONS_INIT;
    double got;

    if (!uniform && strcmp(what, "jones_diggle") != 0)
        return;
    o.kernel = CASTMAP_KERNEL_GAUSSIAN;
    o.radius_m = castmap_kernel_radius_m(o.kernel, 4.0);
    assert_status(castmap_density_within(*state, &points, &ELL, &one_cell, &o,
                                         uniform ? CASTMAP_EDGE_UNIFORM : CASTMAP_EDGE_DIGGLE, &got, NULL),
                  CASTMAP_OK);
    /* spatstat moves points to the middles of a raster of 0.1 and integrates the edge over it */
    if (!(fabs(got / 1e6 / value - 1.0) <= 6e-3))
        print_error("%s at %g, %g: %.8g, spatstat %.8g\n", what, a, b, got / 1e6, value);
    assert_true(fabs(got / 1e6 / value - 1.0) <= 6e-3);
    t->seen++;
}

static void corrected_surfaces_agree_with_spatstat(void **state)
{
    trial *t = calloc(1, sizeof *t);

    t->state = state;
    read_cloud(&t->cloud);
    each_value(check_surface, t);
    assert_int_equal(t->seen, 14);
    free(t);
}

static void check_radius(const char *what, double a, double b, double value, void *payload)
{
    trial *t = payload;
    void **state = t->state;
    const castmap_points points = {.count = t->cloud.n, .x = t->cloud.x, .y = t->cloud.y};
    const castmap_grid one_cell = {0.0, 1.0, 1.0, 1, 1};
    castmap_adaptive_options o = CASTMAP_ADAPTIVE_OPTIONS_INIT;
    double surface, radius[1000];

    (void)b;
    if (strcmp(what, "abramson") != 0)
        return;
    o.kernel = CASTMAP_KERNEL_GAUSSIAN;
    o.radius_m = castmap_kernel_radius_m(o.kernel, 4.0);
    assert_status(castmap_density_adaptive(*state, &points, &ELL, &one_cell, &o, &surface, radius), CASTMAP_OK);
    /* spatstat reads the pilot off a raster */
    const double got = castmap_kernel_sigma_m(o.kernel, radius[(size_t)a - 1]);
    if (!(fabs(got / value - 1.0) <= 0.01))
        print_error("point %g: %.8g, spatstat %.8g\n", a, got, value);
    assert_true(fabs(got / value - 1.0) <= 0.01);
    t->seen++;
}

static void adaptive_radii_agree_with_spatstat(void **state)
{
    trial *t = calloc(1, sizeof *t);

    t->state = state;
    read_cloud(&t->cloud);
    each_value(check_radius, t);
    assert_true(t->seen > 10);
    free(t);
}

static void check_risk(const char *what, double a, double b, double value, void *payload)
{
    trial *t = payload;
    void **state = t->state;
    const bool ratio = strcmp(what, "log_ratio") == 0;
    const castmap_grid one_cell = {a - 0.05, b + 0.05, 0.1, 1, 1};
    cloud *kinds = calloc(2, sizeof *kinds);
    double log_ratio, upper_p;

    if (ratio || strcmp(what, "upper_p") == 0) {
        for (size_t i = 0; i < t->cloud.n; i++) {
            cloud *kind = &kinds[(i + 1) % 3 == 0 || t->cloud.x[i] > 35.0 ? 0 : 1];
            kind->x[kind->n] = t->cloud.x[i];
            kind->y[kind->n++] = t->cloud.y[i];
        }
        const castmap_points cases = {.count = kinds[0].n, .x = kinds[0].x, .y = kinds[0].y};
        const castmap_points controls = {.count = kinds[1].n, .x = kinds[1].x, .y = kinds[1].y};
        assert_status(castmap_relative_risk(*state, &cases, &controls, &ELL, &one_cell, 5.0, &log_ratio, &upper_p),
                      CASTMAP_OK);
        const double got = ratio ? log_ratio : upper_p;
        if (!(fabs(got - value) <= 0.03))
            print_error("%s at %g, %g: %.8g, sparr %.8g\n", what, a, b, got, value);
        assert_true(fabs(got - value) <= 0.03);
        t->seen++;
    }
    free(kinds);
}

static void relative_risk_agrees_with_sparr(void **state)
{
    trial *t = calloc(1, sizeof *t);

    t->state = state;
    read_cloud(&t->cloud);
    each_value(check_risk, t);
    assert_int_equal(t->seen, 16);
    free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bandwidths_agree_with_spatstat),
        cmocka_unit_test(corrected_surfaces_agree_with_spatstat),
        cmocka_unit_test(adaptive_radii_agree_with_spatstat),
        cmocka_unit_test(relative_risk_agrees_with_sparr),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
