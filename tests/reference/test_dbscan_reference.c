/*
 * DBSCAN against values from elsewhere: the police month of 2021-09 around Bristol (R dbscan 1.1-11) and ELKI's three
 * clusters with noise (its own test suite).
 */
#include "castmap/cluster.h"

#include "support/check.h"
#include "support/table.h"

#include <stdlib.h>

static void police_month_has_the_same_cores_noise_and_partition(void **state)
{
    castmap_context *ctx = *state;
    char path[400];
    castmap_dbscan_options options = CASTMAP_DBSCAN_OPTIONS_INIT;
    size_t k = 0, noise = 0, cores = 0;

    need_shared_data("reference/avon_2021-09_dbscan_expected.csv.gz", path);
    table t = table_read(path); /* csv_row, x, y, cluster (0 noise), core */
    const size_t n = t.rows;
    double *x = calloc(n, sizeof *x), *y = calloc(n, sizeof *y);
    int32_t *labels = calloc(n, sizeof *labels);
    bool *is_core = calloc(n, sizeof *is_core);
    int32_t ours_of[64], theirs_of[64];

    assert_int_equal(n, 7090);
    for (size_t i = 0; i < n; i++) {
        x[i] = table_at(&t, i, 1);
        y[i] = table_at(&t, i, 2);
    }
    const castmap_points points = {.count = n, .x = x, .y = y};
    options.eps_m = 150.0;
    options.min_points = 15;
    assert_status(castmap_dbscan(ctx, &points, &options, labels, is_core, &k), CASTMAP_OK);
    assert_int_equal(k, 56);
    for (size_t c = 0; c < 64; c++)
        ours_of[c] = theirs_of[c] = -1;
    for (size_t i = 0; i < n; i++) {
        const int32_t theirs = (int32_t)table_at(&t, i, 3);
        noise += labels[i] == CASTMAP_NOISE;
        cores += is_core[i];
        assert_int_equal(is_core[i], table_at(&t, i, 4) == 1.0);
        assert_int_equal(labels[i] == CASTMAP_NOISE, theirs == 0);
        if (!is_core[i])
            continue; /* a border may belong to any cluster that reaches it */
        if (ours_of[theirs] < 0)
            ours_of[theirs] = labels[i];
        if (theirs_of[labels[i]] < 0)
            theirs_of[labels[i]] = theirs;
        assert_int_equal(ours_of[theirs], labels[i]);
        assert_int_equal(theirs_of[labels[i]], theirs);
    }
    assert_int_equal(noise, 4251);
    assert_int_equal(cores, 2269);
    free(x);
    free(y);
    free(labels);
    free(is_core);
    table_clear(&t);
}

static int by_size(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void elki_clusters_have_the_published_sizes(void **state)
{
    castmap_context *ctx = *state;
    char path[400];
    castmap_dbscan_options options = CASTMAP_DBSCAN_OPTIONS_INIT;
    double x[330], y[330];
    int32_t labels[330];
    size_t k = 0;
    int sizes[4] = {0};
    const int want[4] = {29, 50, 101, 150};

    need_shared_data("reference/elki_3clusters_and_noise.csv", path);
    table t = table_read(path); /* id, x, y, label */
    assert_int_equal(t.rows, 330);
    for (size_t i = 0; i < 330; i++) {
        x[i] = table_at(&t, i, 1);
        y[i] = table_at(&t, i, 2);
    }
    const castmap_points points = {.count = 330, .x = x, .y = y};
    options.eps_m = 0.04;
    options.min_points = 20;
    assert_status(castmap_dbscan(ctx, &points, &options, labels, NULL, &k), CASTMAP_OK);
    assert_int_equal(k, 3);
    for (size_t i = 0; i < 330; i++)
        sizes[labels[i] + 1]++;
    qsort(sizes, 4, sizeof *sizes, by_size);
    for (size_t c = 0; c < 4; c++)
        assert_int_equal(sizes[c], want[c]);
    table_clear(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(police_month_has_the_same_cores_noise_and_partition),
        cmocka_unit_test(elki_clusters_have_the_published_sizes),
    };

    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
