/*
 * What must not change a surface, and what changes it how: order of rows, threads, a shift, a quarter turn, a scale, records on one spot.
 * Coordinates are multiples of 1/8 m below 2^20, so shifts, turns and doubling are exact in doubles.
 */
#include "castmap/density.h"

#include "base/random.h"
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 4000, SIDE = 80, CORNERS = 7 };

/* Everything a surface is made from. */
typedef struct scene {
    double  x[N], y[N], w[N];
    int64_t time[N], id[N];
    double  border_x[CORNERS], border_y[CORNERS]; /* an L, closed */
    castmap_grid grid;
    double  radius_m;
} scene;

static const size_t ONE[] = {0, 1}, VERTICES[] = {0, CORNERS};

static scene *make_scene(void)
{
    static const double X[CORNERS] = {0, 4000, 4000, 2000, 2000, 0, 0}, Y[CORNERS] = {0, 0, 2000, 2000, 4000, 4000, 0};
    scene *s = calloc(1, sizeof *s);

    assert_non_null(s);
    for (size_t i = 0; i < N; i++) {
        const uint64_t group = cm_random_below(3, 1, i, 40);
        s->x[i] = floor(8 * (4000 * cm_random_unit(3, 2, group) + 300 * cm_random_unit(3, 3, i))) / 8;
        s->y[i] = floor(8 * (4000 * cm_random_unit(3, 4, group) + 300 * cm_random_unit(3, 5, i))) / 8;
        s->w[i] = 0.5 * (double)(1 + cm_random_below(3, 6, i, 4));
        s->time[i] = (int64_t)(cm_random_unit(3, 7, i) * 86400.0 * 100.0);
        s->id[i] = (int64_t)i;
    }
    memcpy(s->border_x, X, sizeof X);
    memcpy(s->border_y, Y, sizeof Y);
    s->grid = (castmap_grid){-400.0, 4400.0, 60.0, SIDE, SIDE};
    s->radius_m = 311.7;
    return s;
}

static castmap_polygons study_of(const scene *s)
{
    return (castmap_polygons){1, ONE, ONE, VERTICES, s->border_x, s->border_y};
}

static castmap_points part_of(const scene *s, size_t begin, size_t end)
{
    return (castmap_points){.count = end - begin, .x = s->x + begin, .y = s->y + begin, .weight = s->w + begin, .time_s = s->time + begin,
                            .id = s->id + begin};
}

/* Every way to make a surface; the kernels come first. */
enum { UNIFORM_EDGE = CASTMAP_KERNEL_TRIWEIGHT + 1, DIGGLE_EDGE, ADAPTIVE, RISK, SURE, CHANGE, SLICE, SPREAD, WAYS };

static const char *way_name(int way)
{
    static const char *const NAMES[] = {"uniform edge", "diggle edge", "adaptive", "relative risk", "p-value", "change", "slice", "spread"};

    return way < UNIFORM_EDGE ? castmap_kernel_name((castmap_kernel)way) : NAMES[way - UNIFORM_EDGE];
}

/* How often a value is halved when lengths are doubled. */
static double scale_of(int way)
{
    return way == RISK || way == SURE ? 1.0 : 4.0;
}

static void solve(void **state, const scene *s, int way, double *values)
{
    const castmap_points all = part_of(s, 0, N), first = part_of(s, 0, N / 2), second = part_of(s, N / 2, N);
    const castmap_polygons study = study_of(s);
    castmap_density_options o = CASTMAP_DENSITY_OPTIONS_INIT;
    castmap_adaptive_options a = CASTMAP_ADAPTIVE_OPTIONS_INIT;
    double *other = calloc(SIDE * SIDE, sizeof *other), domain = 0.0;
    const double weight = 17.0;

    assert_non_null(other);
    o.radius_m = a.radius_m = s->radius_m;
    if (way < UNIFORM_EDGE) {
        o.kernel = (castmap_kernel)way;
        assert_status(castmap_density(*state, &all, &s->grid, &o, values), CASTMAP_OK);
    } else if (way == UNIFORM_EDGE || way == DIGGLE_EDGE) {
        assert_status(castmap_density_within(*state, &all, &study, &s->grid, &o, way == UNIFORM_EDGE ? CASTMAP_EDGE_UNIFORM : CASTMAP_EDGE_DIGGLE,
                                             values, NULL), CASTMAP_OK);
    } else if (way == ADAPTIVE) {
        a.edge = CASTMAP_EDGE_DIGGLE;
        assert_status(castmap_density_adaptive(*state, &all, &study, &s->grid, &a, values, NULL), CASTMAP_OK);
    } else if (way == RISK || way == SURE) {
        assert_status(castmap_relative_risk(*state, &first, &second, &study, &s->grid, s->radius_m, way == RISK ? values : other,
                                            way == RISK ? other : values), CASTMAP_OK);
    } else if (way == CHANGE) {
        assert_status(castmap_density_change(*state, &first, 2.0, &second, 3.0, &s->grid, &o, values, &domain), CASTMAP_OK);
    } else if (way == SLICE) {
        const castmap_time_slices slices = {86400 * 50, 86400 * 20, 1, 86400 * 20};
        assert_status(castmap_density_slices(*state, &all, &s->grid, &o, &slices, values, NULL, NULL), CASTMAP_OK);
    } else {
        memset(values, 0, SIDE * SIDE * sizeof *values);
        assert_status(castmap_density_footprints(*state, &study, &weight, &s->grid, &o, values), CASTMAP_OK);
    }
    free(other);
}

static double highest(const double *values)
{
    double most = 0.0;

    for (size_t i = 0; i < SIDE * SIDE; i++)
        most = isfinite(values[i]) ? fmax(most, fabs(values[i])) : most;
    return most;
}

/* a[i] against b[where(i)] * factor: blank in the same cells, equal within `share` of the highest value. */
static void assert_same(int way, const double *a, const double *b, bool turned, double factor, double share)
{
    const double allowed = share * highest(a);
    size_t blank = 0;

    assert_true(allowed > 0.0);
    for (size_t row = 0; row < SIDE; row++) {
        for (size_t column = 0; column < SIDE; column++) {
            const double want = a[row * SIDE + column];
            const double got = factor * (turned ? b[(SIDE - 1 - column) * SIDE + row] : b[row * SIDE + column]);
            if (isnan(want) != isnan(got) || fabs(want - got) > allowed) {
                print_error("%s: row %zu, column %zu: %.17g, not %.17g\n", way_name(way), row, column, got, want);
                fail();
            }
            blank += isnan(want) ? 1u : 0u;
        }
    }
    assert_true(blank < SIDE * SIDE);
}

static void order_and_threads_change_no_byte(void **state)
{
    static const unsigned THREADS[] = {1, 2, 8};
    scene *s = make_scene(), *shuffled = make_scene();
    double *a = calloc(SIDE * SIDE, sizeof *a), *b = calloc(SIDE * SIDE, sizeof *b);

    for (size_t i = 0; i < N; i++) { /* halves stay halves; 1733 and N / 2 share no factor */
        const size_t half = i / (N / 2) * (N / 2), j = half + (i * 1733 + 5) % (N / 2);
        shuffled->x[j] = s->x[i];
        shuffled->y[j] = s->y[i];
        shuffled->w[j] = s->w[i];
        shuffled->time[j] = s->time[i];
        shuffled->id[j] = s->id[i];
    }
    for (int way = 0; way < WAYS; way++) {
        castmap_set_threads(*state, 1);
        solve(state, s, way, a);
        for (size_t t = 0; t < 3; t++) {
            castmap_set_threads(*state, THREADS[t]);
            solve(state, shuffled, way, b);
            if (memcmp(a, b, SIDE * SIDE * sizeof *a) != 0)
                print_error("%s differs on %u threads\n", way_name(way), THREADS[t]);
            assert_memory_equal(a, b, SIDE * SIDE * sizeof *a);
        }
    }
    free(b);
    free(a);
    free(shuffled);
    free(s);
}

static void a_shift_moves_the_surface(void **state)
{
    scene *s = make_scene(), *moved = make_scene();
    double *a = calloc(SIDE * SIDE, sizeof *a), *b = calloc(SIDE * SIDE, sizeof *b);

    for (size_t i = 0; i < N; i++) {
        moved->x[i] += 524288.0;
        moved->y[i] -= 262144.0;
    }
    for (size_t i = 0; i < CORNERS; i++) {
        moved->border_x[i] += 524288.0;
        moved->border_y[i] -= 262144.0;
    }
    moved->grid.west += 524288.0;
    moved->grid.north -= 262144.0;
    for (int way = 0; way < WAYS; way++) {
        solve(state, s, way, a);
        solve(state, moved, way, b);
        assert_same(way, a, b, false, 1.0, 1e-10);
    }
    free(b);
    free(a);
    free(moved);
    free(s);
}

static void turn(double *x, double *y)
{
    const double old = *x;

    *x = -*y;
    *y = old;
}

static void a_quarter_turn_turns_the_surface(void **state)
{
    scene *s = make_scene(), *turned = make_scene();
    double *a = calloc(SIDE * SIDE, sizeof *a), *b = calloc(SIDE * SIDE, sizeof *b);

    for (size_t i = 0; i < N; i++)
        turn(&turned->x[i], &turned->y[i]);
    for (size_t i = 0; i < CORNERS; i++)
        turn(&turned->border_x[i], &turned->border_y[i]);
    turned->grid.west = -s->grid.north;
    turned->grid.north = s->grid.west + SIDE * s->grid.cell_m;
    for (int way = 0; way < WAYS; way++) {
        solve(state, s, way, a);
        solve(state, turned, way, b);
        assert_same(way, a, b, true, 1.0, 1e-10);
    }
    free(b);
    free(a);
    free(turned);
    free(s);
}

static void doubled_lengths_quarter_the_density(void **state)
{
    scene *s = make_scene(), *doubled = make_scene();
    double *a = calloc(SIDE * SIDE, sizeof *a), *b = calloc(SIDE * SIDE, sizeof *b);

    for (size_t i = 0; i < N; i++) {
        doubled->x[i] *= 2.0;
        doubled->y[i] *= 2.0;
    }
    for (size_t i = 0; i < CORNERS; i++) {
        doubled->border_x[i] *= 2.0;
        doubled->border_y[i] *= 2.0;
    }
    doubled->grid.west *= 2.0;
    doubled->grid.north *= 2.0;
    doubled->grid.cell_m *= 2.0;
    doubled->radius_m *= 2.0;
    for (int way = 0; way < WAYS; way++) {
        solve(state, s, way, a);
        solve(state, doubled, way, b);
        assert_same(way, a, b, false, scale_of(way), 1e-10);
    }
    free(b);
    free(a);
    free(doubled);
    free(s);
}

/* Four records on one spot are one of four times the weight, and weights count in proportion. */
static void records_on_one_spot_add_up(void **state)
{
    scene *s = make_scene(), *sum = make_scene();
    double *a = calloc(SIDE * SIDE, sizeof *a), *b = calloc(SIDE * SIDE, sizeof *b);

    for (size_t i = 0; i < N; i++) {
        s->x[i] = sum->x[i] = s->x[i - i % 4];
        s->y[i] = sum->y[i] = s->y[i - i % 4];
        s->w[i] = 1.5;
        sum->w[i] = i % 4 == 0 ? 6.0 : 0.0;
    }
    for (int way = 0; way <= DIGGLE_EDGE; way++) {
        solve(state, s, way, a);
        solve(state, sum, way, b);
        assert_same(way, a, b, false, 1.0, 1e-12);
    }
    free(b);
    free(a);
    free(sum);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_and_threads_change_no_byte), cmocka_unit_test(a_shift_moves_the_surface),
        cmocka_unit_test(a_quarter_turn_turns_the_surface), cmocka_unit_test(doubled_lengths_quarter_the_density),
        cmocka_unit_test(records_on_one_spot_add_up),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
