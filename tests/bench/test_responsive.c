/*
 * How long the heavy kernels keep silent, and how long they go on after castmap_cancel(), at ten million points. The aims are a word of progress
 * within a second and an end within 0.2 s; the figures are printed, and the test allows five times as much, for the machine may be busy.
 *
 *   test_responsive [N]     fewer points, for a look
 */
#include "bench/work_sets.h"
#include "castmap/cluster.h"
#include "castmap/density.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MOST_SILENT_S 5.0
#define MOST_LATE_S 1.0
#define LONG_S 8.0 /* what takes longer is cancelled twice only, in the middle and near its end */

enum { SIDE = 1109 };

typedef struct trial {
    castmap_context *ctx;
    double           last_s, silent_s; /* the last word of progress, and the longest wait for one */
    double           cancel_s, cancelled_s; /* wait before cancelling, and when that was */
} trial;

typedef struct work {
    castmap_points points; /* with times */
    int32_t *labels;
    double  *values;
} work;

typedef castmap_status kernel_fn(castmap_context *ctx, const work *w);

static double clock_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void hear(const char *stage, double fraction, void *payload)
{
    trial *t = payload;
    const double now = clock_s();

    (void)stage, (void)fraction;
    t->silent_s = fmax(t->silent_s, now - t->last_s);
    t->last_s = now;
}

static void *cancel_later(void *payload)
{
    trial *t = payload;
    const struct timespec wait = {(time_t)t->cancel_s, (long)(fmod(t->cancel_s, 1.0) * 1e9)};

    nanosleep(&wait, NULL);
    t->cancelled_s = clock_s();
    castmap_cancel(t->ctx);
    return NULL;
}

static castmap_status dbscan(castmap_context *ctx, const work *w)
{
    castmap_dbscan_options options = CASTMAP_DBSCAN_OPTIONS_INIT;

    options.eps_m = 100.0;
    options.min_points = 20;
    return castmap_dbscan(ctx, &w->points, &options, w->labels, NULL, NULL);
}

static castmap_status hdbscan(castmap_context *ctx, const work *w)
{
    castmap_hdbscan_options options = CASTMAP_HDBSCAN_OPTIONS_INIT;

    return castmap_hdbscan(ctx, &w->points, &options, w->labels, NULL, NULL, NULL);
}

static castmap_status st_dbscan(castmap_context *ctx, const work *w)
{
    castmap_st_dbscan_options options = CASTMAP_ST_DBSCAN_OPTIONS_INIT;

    options.eps_m = 100.0;
    options.window_s = 14 * 86400;
    return castmap_st_dbscan(ctx, &w->points, &options, w->labels, NULL, NULL);
}

static castmap_status optics(castmap_context *ctx, const work *w)
{
    castmap_optics_options options = CASTMAP_OPTICS_OPTIONS_INIT;
    castmap_optics_order order = {0};

    options.eps_m = 50.0;
    options.min_points = 10;
    const castmap_status status = castmap_optics(ctx, &w->points, &options, &order);
    castmap_optics_order_clear(&order);
    return status;
}

static castmap_status density(castmap_context *ctx, const work *w)
{
    const castmap_grid grid = {0.0, WORK_SIDE_M, WORK_SIDE_M / SIDE, SIDE, SIDE};
    castmap_density_options options = CASTMAP_DENSITY_OPTIONS_INIT;

    options.radius_m = 500.0;
    return castmap_density(ctx, &w->points, &grid, &options, w->values);
}

/* One run; cancelled after cancel_s unless that is 0. Seconds from the cancelling (or the start) to the end. */
static double run(kernel_fn *kernel, const work *w, double cancel_s, trial *t, castmap_status *status)
{
    pthread_t thread;

    *t = (trial){.ctx = castmap_context_new(), .cancel_s = cancel_s};
    if (!t->ctx)
        exit(1);
    castmap_set_threads(t->ctx, 2);
    castmap_set_progress(t->ctx, hear, t);
    const double begun = t->last_s = clock_s();
    const bool cancels = cancel_s > 0.0 && pthread_create(&thread, NULL, cancel_later, t) == 0;
    *status = kernel(t->ctx, w);
    const double ended = clock_s();
    if (cancels)
        pthread_join(thread, NULL);
    t->silent_s = fmax(t->silent_s, ended - t->last_s);
    castmap_context_free(t->ctx);
    return ended - (cancels ? t->cancelled_s : begun);
}

static int check(const char *name, kernel_fn *kernel, const work *w)
{
    static const double WHEN[] = {0.03, 0.2, 0.4, 0.6, 0.8, 0.9, 0.96};
    castmap_status status;
    double late = 0.0;
    trial t;

    const double whole = run(kernel, w, 0.0, &t, &status);
    const double silent = t.silent_s;
    if (status)
        return 1;
    for (size_t i = 0; i < sizeof WHEN / sizeof *WHEN; i++) {
        if (whole > LONG_S && i != 2 && i != 6)
            continue;
        const double seconds = run(kernel, w, WHEN[i] * whole, &t, &status);
        if (status == CASTMAP_E_CANCELLED)
            late = fmax(late, seconds);
        else if (status || WHEN[i] < 0.5) /* near its end it may be faster this time, and done */
            return 1;
    }
    printf("%s: %zu points in %.2f s; silent for at most %.3f s; at an end %.3f s after cancelling, at most\n", name, w->points.count, whole, silent,
           late);
    return silent > MOST_SILENT_S || late > MOST_LATE_S;
}

int main(int argc, char **argv)
{
    const size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000000;
    work_points set = work_points_new(n);
    int64_t *time_s = calloc(n, sizeof *time_s);
    work w = {.points = set.points, .labels = calloc(n, sizeof *w.labels), .values = calloc(SIDE * SIDE, sizeof *w.values)};
    int failed = 1;

    w.points.time_s = time_s;
    for (size_t i = 0; time_s && i < n; i++)
        time_s[i] = (int64_t)(31536000.0 * work_unit(1, 20, i));
    if (w.labels && w.values && time_s) {
        failed = check("dbscan", dbscan, &w) + check("density", density, &w) + check("st-dbscan", st_dbscan, &w) + check("hdbscan", hdbscan, &w);
        w.points.count = n / 10; /* it runs on one thread, for minutes at ten million */
        failed += check("optics", optics, &w);
    }
    free(time_s);
    free(w.labels);
    free(w.values);
    work_points_free(&set);
    return failed != 0;
}
