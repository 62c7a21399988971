/* Tests of castmap_hdbscan(). */
#include "castmap/cluster.h"

#include "base/random.h"
#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- by the letter: every copy a point of its own, every level looked at from the top --- */

enum { MOST = 400 };

typedef struct brute {
    size_t  n;
    double  x[MOST], y[MOST], core[MOST], d[MOST][MOST];
    double  accuracy;
    size_t  min_size;
    size_t  clusters, parent[MOST];
    double  birth[MOST], stability[MOST], left_at[MOST];
    bool    divided[MOST];
    size_t  left_from[MOST];
    int     chosen[MOST];
} brute;

static int by_value(const void *a, const void *b)
{
    double d = *(const double *)a - *(const double *)b;

    return (d > 0) - (d < 0);
}

static void brute_distances(brute *b, size_t min_points)
{
    double row[MOST];

    for (size_t i = 0; i < b->n; i++) {
        for (size_t j = 0; j < b->n; j++) {
            double dx = b->x[i] - b->x[j], dy = b->y[i] - b->y[j];
            row[j] = dx * dx + dy * dy;
        }
        qsort(row, b->n, sizeof *row, by_value);
        b->core[i] = sqrt(row[min_points - 1]);
    }
    for (size_t i = 0; i < b->n; i++) {
        for (size_t j = 0; j < b->n; j++) {
            double dx = b->x[i] - b->x[j], dy = b->y[i] - b->y[j];
            b->d[i][j] = fmax(fmax(sqrt(dx * dx + dy * dy), fmax(b->core[i], b->core[j])), b->accuracy);
        }
    }
}

/* The smallest distance at which the set still hangs together: the longest edge of its spanning tree (Prim). */
static double brute_height(const brute *b, const size_t *set, size_t n)
{
    double near[MOST], height = 0;
    bool in[MOST] = {false};

    for (size_t i = 0; i < n; i++)
        near[i] = i ? b->d[set[0]][set[i]] : 0;
    for (size_t step = 0; step < n; step++) {
        size_t best = n;
        for (size_t i = 0; i < n; i++)
            best = !in[i] && (best == n || near[i] < near[best]) ? i : best;
        in[best] = true;
        height = fmax(height, near[best]);
        for (size_t i = 0; i < n; i++)
            near[i] = in[i] ? near[i] : fmin(near[i], b->d[set[best]][set[i]]);
    }
    return height;
}

static void brute_fall(brute *b, const size_t *set, size_t n, size_t cluster)
{
    const double height = n > 1 ? brute_height(b, set, n) : fmax(b->core[set[0]], b->accuracy), density = 1 / height;
    size_t (*part)[MOST] = calloc(n, sizeof *part), size[MOST] = {0}, parts = 0, large = 0;
    bool taken[MOST] = {false};

    for (size_t s = 0; s < n; s++) { /* groups connected by edges shorter than the height */
        if (taken[s])
            continue;
        size_t *group = part[parts], found = 0;
        group[found++] = s;
        taken[s] = true;
        for (size_t k = 0; k < found; k++) {
            for (size_t j = 0; j < n; j++) {
                if (!taken[j] && b->d[set[group[k]]][set[j]] < height) {
                    taken[j] = true;
                    group[found++] = j;
                }
            }
        }
        for (size_t k = 0; k < found; k++)
            group[k] = set[group[k]];
        size[parts++] = found;
        large += found >= b->min_size;
    }
    for (size_t p = 0; p < parts; p++) {
        if (size[p] < b->min_size || n == 1) {
            for (size_t k = 0; k < size[p]; k++) {
                b->left_from[part[p][k]] = cluster;
                b->left_at[part[p][k]] = density;
                b->stability[cluster] += density - b->birth[cluster];
            }
        } else if (large == 1) {
            brute_fall(b, part[p], size[p], cluster);
        } else {
            size_t child = b->clusters++;
            b->divided[cluster] = true;
            b->stability[cluster] += (double)size[p] * (density - b->birth[cluster]);
            b->parent[child] = cluster;
            b->birth[child] = density;
            brute_fall(b, part[p], size[p], child);
        }
    }
    free(part);
}

static void brute_solve(brute *b, size_t min_points, castmap_hdbscan_selection selection, bool single)
{
    size_t all[MOST];
    double below[MOST] = {0};

    brute_distances(b, min_points);
    b->clusters = 1;
    for (size_t i = 0; i < b->n; i++)
        all[i] = i;
    brute_fall(b, all, b->n, 0);
    for (size_t k = b->clusters; k-- > 0;) {
        bool whole = selection == CASTMAP_HDBSCAN_LEAF ? !b->divided[k] : b->stability[k] >= below[k] * (1 - 1e-12);
        if (k > 0)
            below[b->parent[k]] += whole ? b->stability[k] : below[k];
        b->chosen[k] = whole && (k > 0 || single) ? (int)k : -1;
    }
    for (size_t k = 1; k < b->clusters; k++)
        b->chosen[k] = b->chosen[b->parent[k]] >= 0 ? b->chosen[b->parent[k]] : b->chosen[k];
}

/* Data with weights on the one hand, with copies on the other. */
static void compare(castmap_context *ctx, size_t n, const double *x, const double *y, const double *w,
                    const castmap_hdbscan_options *options, const char *what)
{
    brute *b = calloc(1, sizeof *b);
    size_t copy_of[MOST], k;
    int32_t labels[MOST];
    double membership[MOST], outlier[MOST];
    const castmap_points points = {.count = n, .x = x, .y = y, .weight = w};

    assert_non_null(b);
    for (size_t i = 0; i < n; i++) {
        for (int c = 0; c < (w ? (int)w[i] : 1); c++) {
            assert_true(b->n < MOST);
            copy_of[b->n] = i;
            b->x[b->n] = x[i];
            b->y[b->n++] = y[i];
        }
    }
    b->accuracy = options->accuracy_m;
    b->min_size = options->min_cluster_size > 0 ? (size_t)options->min_cluster_size : options->min_points;
    brute_solve(b, options->min_points, options->selection, options->allow_single_cluster);
    if (castmap_hdbscan(ctx, &points, options, labels, membership, outlier, &k))
        fail_msg("%s: %s", what, castmap_message(ctx));
    int of_brute[MOST];
    for (size_t c = 0; c < MOST; c++)
        of_brute[c] = -1;
    for (size_t i = 0; i < b->n; i++) {
        const int theirs = b->chosen[b->left_from[i]], ours = labels[copy_of[i]];
        if ((theirs < 0) != (ours < 0))
            fail_msg("%s: point %zu: label %d, expected %s", what, copy_of[i], ours, theirs < 0 ? "noise" : "a cluster");
        if (theirs >= 0 && of_brute[ours] < 0)
            of_brute[ours] = theirs;
        if (theirs >= 0 && of_brute[ours] != theirs)
            fail_msg("%s: point %zu is in another cluster", what, copy_of[i]);
        double peak = 0, own_peak = 0;
        for (size_t j = 0; j < b->n; j++) {
            if (theirs >= 0 && b->chosen[b->left_from[j]] == theirs)
                peak = fmax(peak, b->left_at[j]);
            size_t at = b->left_from[j];
            while (at != b->left_from[i] && at != 0)
                at = b->parent[at];
            if (at == b->left_from[i])
                own_peak = fmax(own_peak, b->left_at[j]);
        }
        if (fabs(membership[copy_of[i]] - (theirs < 0 ? 0 : b->left_at[i] / peak)) > 1e-12)
            fail_msg("%s: membership of point %zu is %.15g", what, copy_of[i], membership[copy_of[i]]);
        if (fabs(outlier[copy_of[i]] - (1 - b->left_at[i] / own_peak)) > 1e-12)
            fail_msg("%s: outlier score of point %zu is %.15g, expected %.15g", what, copy_of[i], outlier[copy_of[i]],
                     1 - b->left_at[i] / own_peak);
    }
    free(b);
}

static void equals_the_definition(void **state)
{
    double x[MOST], y[MOST], w[MOST];

    for (uint64_t trial = 0; trial < 120; trial++) {
        const size_t n = 20 + trial % 60;
        castmap_hdbscan_options options = CASTMAP_HDBSCAN_OPTIONS_INIT;
        char what[40];
        snprintf(what, sizeof what, "trial %u", (unsigned)trial);
        for (size_t i = 0; i < n; i++) {
            const uint64_t group = cm_random_below(trial, 1, i, 4);
            const double spread = group == 3 ? 300.0 : 5.0 + 20.0 * (double)group;
            x[i] = 100.0 * (double)group + spread * cm_random_unit(trial, 2, i);
            y[i] = 50.0 * (double)(group % 2) + spread * cm_random_unit(trial, 3, i);
            if (trial % 3 == 0) { /* many equal distances */
                x[i] = 4.0 * floor(x[i] / 4.0);
                y[i] = 4.0 * floor(y[i] / 4.0);
            }
            w[i] = (double)(1 + cm_random_below(trial, 4, i, trial % 7 == 0 ? 9 : 3));
            if (trial % 7 == 0 && i >= n / 2)
                w[i] = 1;
        }
        options.min_points = 2 + (uint32_t)(trial % 5);
        options.min_cluster_size = trial % 4 == 0 ? 2 + (double)(trial % 9) : 0;
        options.accuracy_m = trial % 5 == 0 ? 5.0 : 0.01;
        options.selection = trial % 2 ? CASTMAP_HDBSCAN_LEAF : CASTMAP_HDBSCAN_EXCESS_OF_MASS;
        options.allow_single_cluster = trial % 11 == 0;
        if (options.min_cluster_size > 0 && options.min_cluster_size < 2)
            options.min_cluster_size = 2;
        compare(*state, n, x, y, trial % 2 ? w : NULL, &options, what);
    }
}

static void finds_groups_of_differing_density(void **state)
{
    castmap_context *ctx = *state;
    castmap_hdbscan_options options = CASTMAP_HDBSCAN_OPTIONS_INIT;
    const double x[] = {0, 1, 2, 3, 100, 120, 140, 160, 1000}, y[] = {0, 1, 0, 1, 0, 20, 0, 20, 1000};
    const castmap_points points = {.count = 9, .x = x, .y = y};
    const int32_t want[] = {0, 0, 0, 0, 1, 1, 1, 1, CASTMAP_NOISE};
    int32_t got[9];
    double outlier[9];
    size_t k = 0;

    options.min_points = 3;
    assert_status(castmap_hdbscan(ctx, &points, &options, got, NULL, outlier, &k), CASTMAP_OK);
    assert_int_equal(k, 2);
    assert_ints(got, want, 9);
    for (size_t i = 0; i < 8; i++)
        assert_true(outlier[i] < outlier[8]);
}

static void refuses_what_means_nothing_and_touches_nothing(void **state)
{
    castmap_context *ctx = *state;
    double x[] = {0, 1, 2}, y[] = {0, 0, 0};
    const castmap_points points = {.count = 3, .x = x, .y = y};
    const castmap_hdbscan_options good = CASTMAP_HDBSCAN_OPTIONS_INIT;
    castmap_hdbscan_options bad[4] = {good, good, good, good};
    int32_t got[3] = {7, 7, 7};
    size_t k = 99;

    bad[0].min_points = 0;
    bad[1].min_cluster_size = -1;
    bad[2].accuracy_m = 0;
    bad[3].version = 9;
    for (size_t i = 0; i < 4; i++)
        assert_status(castmap_hdbscan(ctx, &points, &bad[i], got, NULL, NULL, &k), CASTMAP_E_ARGUMENT);
    y[1] = (double)NAN;
    assert_status(castmap_hdbscan(ctx, &points, &good, got, NULL, NULL, &k), CASTMAP_E_DATA);
    y[1] = 1e300;
    castmap_hdbscan_options two = good;
    two.min_points = 2;
    assert_status(castmap_hdbscan(ctx, &points, &two, got, NULL, NULL, &k), CASTMAP_E_DATA);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(got[i], 7);
    assert_int_equal(k, 99);
}

static void takes_no_points_few_points_and_points_in_one_place(void **state)
{
    castmap_context *ctx = *state;
    castmap_hdbscan_options options = CASTMAP_HDBSCAN_OPTIONS_INIT;
    const double x[] = {4, 4, 4, 4}, y[] = {9, 9, 9, 9};
    castmap_points points = {.count = 0, .x = x, .y = y};
    int32_t got[4];
    size_t k = 99;

    options.min_points = 2;
    assert_status(castmap_hdbscan(ctx, &points, &options, got, NULL, NULL, &k), CASTMAP_OK);
    assert_int_equal(k, 0);
    points.count = 1;
    assert_status(castmap_hdbscan(ctx, &points, &options, got, NULL, NULL, &k), CASTMAP_OK);
    assert_int_equal(got[0], CASTMAP_NOISE);
    points.count = 4;
    assert_status(castmap_hdbscan(ctx, &points, &options, got, NULL, NULL, &k), CASTMAP_OK);
    assert_int_equal(k, 0); /* all in one group: the root is no candidate */
    options.allow_single_cluster = true;
    assert_status(castmap_hdbscan(ctx, &points, &options, got, NULL, NULL, &k), CASTMAP_OK);
    assert_int_equal(k, 1);
    assert_int_equal(got[3], 0);
}

static void order_of_rows_and_threads_do_not_matter(void **state)
{
    castmap_context *ctx = *state;
    enum { N = 6000 };
    static double x[2][N], y[2][N], membership[2][N], outlier[2][N]; /* a test's own data */
    static int64_t id[2][N];
    static int32_t labels[2][N];
    castmap_hdbscan_options options = CASTMAP_HDBSCAN_OPTIONS_INIT;
    size_t k[2] = {0, 0};

    for (size_t i = 0; i < N; i++) { /* whole metres: many ties */
        const uint64_t group = cm_random_below(3, 1, i, 30);
        const double spread = group < 20 ? 40.0 + 10.0 * (double)group : 5000.0;
        x[0][i] = floor(5000 * cm_random_unit(3, 2, group) + spread * cm_random_unit(3, 3, i));
        y[0][i] = floor(5000 * cm_random_unit(3, 4, group) + spread * cm_random_unit(3, 5, i));
        id[0][i] = (int64_t)i;
    }
    for (size_t i = 0; i < N; i++) {
        const size_t j = (i * 4999 + 17) % N;
        x[1][i] = x[0][j];
        y[1][i] = y[0][j];
        id[1][i] = (int64_t)j;
    }
    for (size_t way = 0; way < 2; way++) {
        const castmap_points points = {.count = N, .x = x[way], .y = y[way], .id = id[way]};
        castmap_set_threads(ctx, way ? 8 : 1);
        assert_status(castmap_hdbscan(ctx, &points, &options, labels[way], membership[way], outlier[way], &k[way]),
                      CASTMAP_OK);
    }
    castmap_set_threads(ctx, 0);
    assert_int_equal(k[0], k[1]);
    assert_true(k[0] > 5);
    for (size_t i = 0; i < N; i++) {
        const size_t j = (size_t)id[1][i];
        assert_int_equal(labels[1][i], labels[0][j]);
        assert_true(membership[1][i] == membership[0][j] && outlier[1][i] == outlier[0][j]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_groups_of_differing_density),
        cmocka_unit_test(refuses_what_means_nothing_and_touches_nothing),
        cmocka_unit_test(takes_no_points_few_points_and_points_in_one_place),
        cmocka_unit_test(equals_the_definition),
        cmocka_unit_test(order_of_rows_and_threads_do_not_matter),
    };

    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
