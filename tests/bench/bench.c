#include "bench/bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_RECORDS 512
#define LONG_RUN_S 3.0 /* after a run this long, two are enough */

typedef struct record {
    char     task[80];
    unsigned threads;
    double   n, seconds;
} record;

/* The one measurement under way and all results: a program's own data, not the library's. */
static struct {
    char   task[80];
    size_t n;
    int    laps;
    double best, begun;
    long   before_kb;
    record records[MAX_RECORDS];
    size_t count;
} now;

static double clock_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A line of /proc/self/status in kB; 0 where there is no such file. */
static long memory_kb(const char *name)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[200];
    long kb = 0;

    while (file && fgets(line, sizeof line, file)) {
        if (strncmp(line, name, strlen(name)) == 0)
            kb = strtol(line + strlen(name), NULL, 10);
    }
    if (file)
        fclose(file);
    return kb;
}

/* Forget the peak, so that the next one belongs to what is measured. */
static void reset_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");

    if (file) {
        fputs("5", file);
        fclose(file);
    }
}

void bench_begin(bench *b, const char *task, size_t n)
{
    (void)b;
    snprintf(now.task, sizeof now.task, "%s", task);
    now.n = n;
    now.laps = 0;
    now.best = (double)INFINITY;
    reset_peak();
    now.before_kb = memory_kb("VmRSS:");
}

bool bench_again(bench *b)
{
    if (now.laps >= b->repeat || (now.laps >= 2 && now.best > LONG_RUN_S))
        return false;
    now.begun = clock_s();
    return true;
}

void bench_lap(bench *b)
{
    const double seconds = clock_s() - now.begun;

    (void)b;
    now.best = seconds < now.best ? seconds : now.best;
    now.laps++;
}

void bench_end(bench *b)
{
    const long peak_kb = memory_kb("VmHWM:") - now.before_kb;
    const double items = now.n ? (double)now.n : 1.0;

    printf("time\t%s\t%zu\t%u\t%.6f\t%.2f\t%.1f\n", now.task, now.n, b->threads, now.best, now.best / items * 1e9,
           (double)peak_kb * 1024.0 / items);
    fflush(stdout);
    if (now.count < MAX_RECORDS) {
        record *r = &now.records[now.count++];
        memcpy(r->task, now.task, sizeof r->task);
        r->threads = b->threads;
        r->n = items;
        r->seconds = now.best;
    }
}

void bench_require(bench *b, castmap_status status, const char *call, const char *file, int line)
{
    if (!status)
        return;
    fprintf(stderr, "%s:%d: %s gave %s: %s\n", file, line, call, castmap_status_name(status), castmap_message(b->ctx));
    exit(1);
}

void bench_check(bool condition, const char *text, const char *file, int line)
{
    if (condition)
        return;
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, text);
    exit(1);
}

/* Slope of log(seconds) over log(n) for each task and number of threads that was measured at several n. */
static void print_growth(void)
{
    for (size_t i = 0; i < now.count; i++) {
        const record *first = &now.records[i];
        double k = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
        bool seen = false;
        for (size_t j = 0; j < now.count; j++) {
            const record *r = &now.records[j];
            if (r->threads != first->threads || strcmp(r->task, first->task) != 0)
                continue;
            seen |= j < i;
            const double x = log(r->n), y = log(r->seconds);
            k += 1;
            sx += x;
            sy += y;
            sxx += x * x;
            sxy += x * y;
        }
        const double spread = k * sxx - sx * sx;
        if (!seen && k >= 2 && spread > 1e-9)
            printf("growth\t%s\t%u\t%.3f\n", first->task, first->threads, (k * sxy - sx * sy) / spread);
    }
}

static int usage(const char *program)
{
    fprintf(stderr, "usage: %s [--small] [--max N] [--threads 1,2] [--repeat 5]\n", program);
    return 2;
}

castmap_project *bench_import(bench *b, const char *csv, const char *path, size_t n)
{
    castmap_project_options options = CASTMAP_PROJECT_OPTIONS_INIT;
    castmap_import_options reading = CASTMAP_IMPORT_OPTIONS_INIT;
    castmap_import_summary summary = CASTMAP_IMPORT_SUMMARY_INIT;
    castmap_project *project = NULL;

    options.overwrite = true;
    options.crs = "EPSG:27700";
    reading.path = csv;
    BENCH_REQUIRE(b, castmap_project_create(b->ctx, path, &options, &project));
    BENCH_REQUIRE(b, castmap_import(b->ctx, project, &reading, NULL, NULL, &summary));
    BENCH_CHECK(summary.read == n && summary.accepted == n);
    castmap_import_summary_clear(&summary);
    return project;
}

int main(int argc, char **argv)
{
    bench b = {.max_n = 1000000, .repeat = 5};
    const char *threads = "1,2";

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--small") == 0) {
            b.small = true;
            b.max_n = 10000;
            b.repeat = 1;
        } else if (i + 1 < argc && strcmp(argv[i], "--max") == 0) {
            b.max_n = strtoul(argv[++i], NULL, 10);
        } else if (i + 1 < argc && strcmp(argv[i], "--threads") == 0) {
            threads = argv[++i];
        } else if (i + 1 < argc && strcmp(argv[i], "--repeat") == 0) {
            b.repeat = atoi(argv[++i]);
        } else {
            return usage(argv[0]);
        }
    }
    for (const char *at = threads; *at;) {
        char *end;
        b.threads = (unsigned)strtoul(at, &end, 10);
        if (end == at || b.threads == 0)
            return usage(argv[0]);
        b.ctx = castmap_context_new();
        if (!b.ctx)
            return 1;
        castmap_set_threads(b.ctx, b.threads);
        bench_run(&b);
        castmap_context_free(b.ctx);
        at = *end == ',' ? end + 1 : end;
    }
    print_growth();
    return 0;
}
