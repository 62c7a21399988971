/* Tests of density at places, adaptive radii, relative risk, change, slices of time, and units. */
#include "castmap/density.h"

#include "base/random.h"
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846
#define N 400
#define DAY INT64_C(86400)

static const size_t ONE[] = {0, 1}, RING[] = {0, 5};
static const double BOX_X[] = {0, 1000, 1000, 0, 0}, BOX_Y[] = {0, 0, 1000, 1000, 0};
static const castmap_polygons BOX = {1, ONE, ONE, RING, BOX_X, BOX_Y};
static const castmap_grid GRID = {-200.0, 1200.0, 20.0, 70, 70};

typedef struct cloud {
    double x[N], y[N], w[N];
    int64_t time[N];
    castmap_points points;
} cloud;

static void fill(cloud *c, uint64_t seed, double shift)
{
    for (size_t i = 0; i < N; i++) {
        c->x[i] = shift + 1000.0 * pow(cm_random_unit(seed, 1, i), 1.0 + (double)(seed % 3));
        c->y[i] = 1000.0 * cm_random_unit(seed, 2, i);
        c->w[i] = 0.5 + cm_random_unit(seed, 3, i);
        c->time[i] = (int64_t)(100.0 * 86400.0 * cm_random_unit(seed, 4, i));
        if (i % 10 == 9) { /* some pile up */
            c->x[i] = c->x[i - 1];
            c->y[i] = c->y[i - 1];
        }
    }
    c->points = (castmap_points){.count = N, .x = c->x, .y = c->y, .weight = c->w, .time_s = c->time};
}

static double kernel_at(castmap_kernel kernel, double radius, double square)
{
    const double u = square / (radius * radius), unit = 1e6 / (PI * radius * radius);

    switch (kernel) {
    case CASTMAP_KERNEL_GAUSSIAN:
        return 4.0 * unit * exp(-4.0 * u);
    case CASTMAP_KERNEL_UNIFORM:
        return u < 1.0 ? unit : 0.0;
    case CASTMAP_KERNEL_EPANECHNIKOV:
        return u < 1.0 ? 2.0 * unit * (1.0 - u) : 0.0;
    case CASTMAP_KERNEL_TRIANGULAR:
        return u < 1.0 ? 3.0 * unit * (1.0 - sqrt(u)) : 0.0;
    case CASTMAP_KERNEL_TRIWEIGHT:
        return u < 1.0 ? 4.0 * unit * pow(1.0 - u, 3.0) : 0.0;
    default:
        return u < 1.0 ? 3.0 * unit * pow(1.0 - u, 2.0) : 0.0;
    }
}

static void density_at_places_is_the_plain_sum(void **state)
{
    cloud *c = calloc(1, sizeof *c), *places = calloc(1, sizeof *places);
    double got[N];

    fill(c, 3, 0.0);
    fill(places, 4, -150.0);
    for (int kernel = 0; kernel <= CASTMAP_KERNEL_TRIWEIGHT; kernel++) {
        for (double radius = 15.0; radius < 4000.0; radius *= 6.0) {
            castmap_density_options o = CASTMAP_DENSITY_OPTIONS_INIT;
            double highest = 0.0, worst = 0.0;
            o.kernel = (castmap_kernel)kernel;
            o.radius_m = radius;
            assert_status(castmap_density_at(*state, &c->points, &places->points, &o, got), CASTMAP_OK);
            for (size_t p = 0; p < N; p++) {
                double want = 0.0;
                for (size_t i = 0; i < N; i++) {
                    const double dx = c->x[i] - places->x[p], dy = c->y[i] - places->y[p];
                    want += c->w[i] * kernel_at(o.kernel, radius, dx * dx + dy * dy);
                }
                highest = fmax(highest, want);
                worst = fmax(worst, fabs(got[p] - want));
            }
            assert_true(worst <= (kernel == CASTMAP_KERNEL_GAUSSIAN ? 1e-6 : 1e-10) * highest);
        }
    }
    free(c);
    free(places);
}

static void adaptive_radii_and_surface_follow_their_definition(void **state)
{
    cloud *c = calloc(1, sizeof *c), *turned = calloc(1, sizeof *turned);
    double *values = calloc(70 * 70, sizeof *values), *again = calloc(70 * 70, sizeof *again);
    double radius[N], pilot[N], logs = 0.0, weights = 0.0, sum = 0.0;
    castmap_adaptive_options o = CASTMAP_ADAPTIVE_OPTIONS_INIT;
    castmap_density_options p = CASTMAP_DENSITY_OPTIONS_INIT;

    fill(c, 5, 0.0);
    c->points.time_s = NULL;
    p.kernel = CASTMAP_KERNEL_GAUSSIAN;
    p.radius_m = 150.0;
    assert_status(castmap_density_at(*state, &c->points, &c->points, &p, pilot), CASTMAP_OK);
    for (size_t i = 0; i < N; i++) {
        logs -= 0.5 * c->w[i] * log(pilot[i]);
        weights += c->w[i];
    }
    for (int kernel = 0; kernel <= CASTMAP_KERNEL_TRIWEIGHT; kernel++) {
        double worst = 0.0, highest = 0.0;
        o.kernel = (castmap_kernel)kernel;
        o.radius_m = 120.0;
        o.pilot_radius_m = 150.0;
        o.trim = 1.3;
        castmap_set_threads(*state, 1);
        assert_status(castmap_density_adaptive(*state, &c->points, NULL, &GRID, &o, values, radius), CASTMAP_OK);
        for (size_t i = 0; i < N; i++)
            assert_near(radius[i], 120.0 * fmin(1.0 / sqrt(pilot[i]) / exp(logs / weights), 1.3), 1e-8);
        for (size_t at = 0; at < 70 * 70; at += 13) {
            const double x = GRID.west + ((double)(at % 70) + 0.5) * 20.0, y = GRID.north - ((double)(at / 70) + 0.5) * 20.0;
            double want = 0.0;
            for (size_t i = 0; i < N; i++)
                want += c->w[i] * kernel_at(o.kernel, radius[i],
                                            (x - c->x[i]) * (x - c->x[i]) + (y - c->y[i]) * (y - c->y[i]));
            worst = fmax(worst, fabs(want - values[at]));
            highest = fmax(highest, want);
        }
        assert_true(worst <= (kernel == CASTMAP_KERNEL_GAUSSIAN ? 1e-6 : 1e-10) * highest);
        for (size_t i = 0; i < N; i++) {
            const size_t j = (i * 171 + 5) % N;
            turned->x[j] = c->x[i];
            turned->y[j] = c->y[i];
            turned->w[j] = c->w[i];
        }
        turned->points = (castmap_points){.count = N, .x = turned->x, .y = turned->y, .weight = turned->w};
        castmap_set_threads(*state, 8);
        assert_status(castmap_density_adaptive(*state, &turned->points, NULL, &GRID, &o, again, NULL), CASTMAP_OK);
        assert_memory_equal(values, again, 70 * 70 * sizeof *values);
    }
    castmap_set_threads(*state, 0);
    o.edge = CASTMAP_EDGE_DIGGLE;
    o.kernel = CASTMAP_KERNEL_QUARTIC;
    assert_status(castmap_density_adaptive(*state, &c->points, &BOX, &GRID, &o, values, radius), CASTMAP_OK);
    for (size_t i = 0; i < 70 * 70; i++)
        sum += isnan(values[i]) ? 0.0 : values[i] * 400.0 / 1e6;
    assert_near(sum / weights, 1.0, 2e-3); /* all mass stays inside */
    free(c);
    free(turned);
    free(values);
    free(again);
}

/* In a rectangle every part of the formula is a product of error functions. */
static void relative_risk_follows_its_formula(void **state)
{
    cloud *cases = calloc(1, sizeof *cases), *controls = calloc(1, sizeof *controls);
    double *ratio = calloc(70 * 70, sizeof *ratio), *p = calloc(70 * 70, sizeof *p);
    const double h = 90.0;

    fill(cases, 3, 0.0); /* even */
    fill(controls, 5, 0.0); /* crowded in the west */
    assert_status(castmap_relative_risk(*state, &cases->points, &controls->points, &BOX, &GRID, h, ratio, p), CASTMAP_OK);
    for (size_t at = 0; at < 70 * 70; at += 17) {
        const double x = GRID.west + ((double)(at % 70) + 0.5) * 20.0, y = GRID.north - ((double)(at / 70) + 0.5) * 20.0;
        if (x < 0 || x > 1000 || y < 0 || y > 1000) {
            assert_true(isnan(ratio[at]) && isnan(p[at]));
            continue;
        }
        double f[2] = {0.0, 0.0}, q[2];
        for (int k = 0; k < 2; k++) {
            const cloud *c = k ? controls : cases;
            const double s = (k ? h / sqrt(2.0) : h) * sqrt(2.0);
            q[k] = 0.25 * (erf(x / s) + erf((1000 - x) / s)) * (erf(y / s) + erf((1000 - y) / s));
            for (size_t i = 0; i < N; i++)
                f[k] += exp(-((x - c->x[i]) * (x - c->x[i]) + (y - c->y[i]) * (y - c->y[i])) / (2 * h * h)) /
                        (2 * PI * h * h) / N;
        }
        const double pooled = (f[0] + f[1]) / 2.0 / q[0], r = q[1] / (4 * PI) / (q[0] * q[0]);
        const double z = log(f[0] / f[1]) * h * sqrt(pooled) / sqrt(r * 2.0 / N);
        assert_near(ratio[at], log(f[0] / f[1]), 1e-4);
        assert_near(p[at], 0.5 * erfc(z / sqrt(2.0)), 1e-4);
    }
    /* the same on both sides: no difference anywhere */
    assert_status(castmap_relative_risk(*state, &cases->points, &cases->points, &BOX, &GRID, h, ratio, p), CASTMAP_OK);
    for (size_t at = 0; at < 70 * 70; at++) {
        if (!isnan(ratio[at]))
            assert_true(ratio[at] == 0.0 && p[at] == 0.5);
    }
    const castmap_points none = {0};
    assert_status(castmap_relative_risk(*state, &none, &cases->points, &BOX, &GRID, h, ratio, p), CASTMAP_E_DATA);
    assert_status(castmap_relative_risk(*state, &cases->points, &cases->points, &BOX, &GRID, 0.0, ratio, p),
                  CASTMAP_E_ARGUMENT);
    free(cases);
    free(controls);
    free(ratio);
    free(p);
}

static void change_is_per_month_and_keeps_a_given_domain(void **state)
{
    cloud *c = calloc(1, sizeof *c);
    double *values = calloc(70 * 70, sizeof *values), *plain = calloc(70 * 70, sizeof *plain), domain = 0.0, most = 0.0;
    const castmap_points none = {0};
    castmap_density_options o = CASTMAP_DENSITY_OPTIONS_INIT;

    o.radius_m = 100.0;
    fill(c, 3, 0.0);
    assert_status(castmap_density(*state, &c->points, &GRID, &o, plain), CASTMAP_OK);
    assert_status(castmap_density_change(*state, &c->points, 6.0, &none, 2.0, &GRID, &o, values, &domain), CASTMAP_OK);
    for (size_t i = 0; i < 70 * 70; i++) {
        assert_near(values[i], -plain[i] / 6.0, 1e-12);
        most = fmax(most, plain[i] / 6.0);
    }
    assert_near(domain, most, 0.0);
    domain = 12.5;
    assert_status(castmap_density_change(*state, &c->points, 6.0, &c->points, 6.0, &GRID, &o, values, &domain), CASTMAP_OK);
    assert_true(domain == 12.5);
    for (size_t i = 0; i < 70 * 70; i++)
        assert_true(values[i] == 0.0);
    assert_status(castmap_density_change(*state, &none, 0.0, &none, 1.0, &GRID, &o, values, &domain), CASTMAP_E_ARGUMENT);
    free(c);
    free(values);
    free(plain);
}

static void slices_hold_each_event_once_over_time(void **state)
{
    cloud *c = calloc(1, sizeof *c);
    const castmap_time_slices daily = {.first_s = -15 * DAY, .step_s = DAY, .count = 131, .window_s = 7 * DAY};
    double *values = calloc(131 * 70 * 70, sizeof *values), maximum = 0.0, sum = 0.0, most = 0.0, weights = 0.0;
    size_t untimed = 99;
    castmap_density_options o = CASTMAP_DENSITY_OPTIONS_INIT;

    o.radius_m = 150.0;
    fill(c, 3, 0.0);
    c->time[0] = INT64_MIN;
    for (size_t i = 1; i < N; i++)
        weights += c->w[i];
    assert_status(castmap_density_slices(*state, &c->points, &GRID, &o, &daily, values, &maximum, &untimed), CASTMAP_OK);
    for (size_t i = 0; i < 131 * 70 * 70; i++) {
        sum += values[i] * 400.0 / 1e6;
        most = fmax(most, values[i]);
    }
    assert_int_equal(untimed, 1);
    assert_near(most, maximum, 0.0);
    assert_near(sum / weights, 1.0, 5e-3);
    c->points.time_s = NULL;
    assert_status(castmap_density_slices(*state, &c->points, &GRID, &o, &daily, values, NULL, NULL), CASTMAP_E_DATA);
    free(c);
    free(values);
}

static void units_convert(void **state)
{
    double months[] = {12.0, (double)NAN, 0.0}, rate[] = {2.0, 3.0, (double)NAN}, share[] = {1.0, (double)NAN, 3.0};
    double empty[] = {0.0, 0.0};
    const double people[] = {4000.0, 10.0, 500.0};

    assert_status(castmap_density_convert(*state, CASTMAP_UNIT_PER_KM2_MONTH, 6.0, NULL, 3, months), CASTMAP_OK);
    assert_true(months[0] == 2.0 && isnan(months[1]) && months[2] == 0.0);
    assert_status(castmap_density_convert(*state, CASTMAP_UNIT_PER_1000_PEOPLE, 50.0, people, 3, rate), CASTMAP_OK);
    assert_near(rate[0], 0.5, 1e-15);
    assert_true(isnan(rate[1]) && isnan(rate[2])); /* too few people to speak of a rate; no data */
    assert_status(castmap_density_convert(*state, CASTMAP_UNIT_PROBABILITY, 0.0, NULL, 3, share), CASTMAP_OK);
    assert_true(share[0] == 0.25 && isnan(share[1]) && share[2] == 0.75);
    assert_status(castmap_density_convert(*state, CASTMAP_UNIT_PROBABILITY, 0.0, NULL, 2, empty), CASTMAP_E_DATA);
    assert_status(castmap_density_convert(*state, CASTMAP_UNIT_PER_KM2_MONTH, 0.0, NULL, 3, months), CASTMAP_E_ARGUMENT);
    assert_status(castmap_density_convert(*state, CASTMAP_UNIT_PER_1000_PEOPLE, 1.0, NULL, 3, rate), CASTMAP_E_ARGUMENT);
}

static void refuses_what_has_no_meaning(void **state)
{
    cloud *c = calloc(1, sizeof *c);
    double *values = calloc(70 * 70, sizeof *values);
    castmap_adaptive_options o = CASTMAP_ADAPTIVE_OPTIONS_INIT;

    fill(c, 3, 0.0);
    assert_status(castmap_density_adaptive(*state, &c->points, NULL, &GRID, &o, values, NULL), CASTMAP_E_ARGUMENT);
    o.radius_m = 50.0;
    o.edge = CASTMAP_EDGE_UNIFORM;
    assert_status(castmap_density_adaptive(*state, &c->points, &BOX, &GRID, &o, values, NULL), CASTMAP_E_ARGUMENT);
    o.edge = CASTMAP_EDGE_DIGGLE;
    assert_status(castmap_density_adaptive(*state, &c->points, NULL, &GRID, &o, values, NULL), CASTMAP_E_ARGUMENT);
    o.edge = CASTMAP_EDGE_NONE;
    c->x[3] = (double)NAN;
    assert_status(castmap_density_adaptive(*state, &c->points, NULL, &GRID, &o, values, NULL), CASTMAP_E_DATA);
    const castmap_points none = {0};
    assert_status(castmap_density_adaptive(*state, &none, NULL, &GRID, &o, values, NULL), CASTMAP_OK);
    for (size_t i = 0; i < 70 * 70; i++)
        assert_true(values[i] == 0.0);
    free(c);
    free(values);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(density_at_places_is_the_plain_sum),
        cmocka_unit_test(adaptive_radii_and_surface_follow_their_definition),
        cmocka_unit_test(relative_risk_follows_its_formula),
        cmocka_unit_test(change_is_per_month_and_keeps_a_given_domain),
        cmocka_unit_test(slices_hold_each_event_once_over_time),
        cmocka_unit_test(units_convert),
        cmocka_unit_test(refuses_what_has_no_meaning),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
