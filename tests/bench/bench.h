/*
 * tests/bench/bench.h - what a benchmark is made of.
 *
 * A benchmark is one file tests/bench/bench_NAME.c that defines bench_run(); the build picks it up by its name and makes
 * a program of it. bench_run is called once for each number of threads; it measures with BENCH and checks its answers, for a
 * fast wrong answer is no answer. With --small it must finish within a few seconds: so it runs with the tests.
 *
 *   bench_NAME [--small] [--max N] [--threads 1,2] [--repeat 5]
 *
 * Output: lines that begin with a word, fields parted by tabs:
 *   time    task  n  threads  seconds(best)  ns-per-item  peak-bytes-per-item
 *   growth  task  threads  exponent         (of time over n, least squares in logarithms; 1 is proportional)
 */
#ifndef CM_TESTS_BENCH_BENCH_H
#define CM_TESTS_BENCH_BENCH_H

#include "castmap/castmap.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct bench {
    castmap_context *ctx;     /* threads are set */
    unsigned         threads;
    bool             small;   /* with the tests: little data, once */
    size_t           max_n;   /* largest n wanted */
    int              repeat;
} bench;

/* Defined by each benchmark. */
void bench_run(bench *b);

/* Time `code` b->repeat times, the best counts. Fewer times when one run is long. */
#define BENCH(b, task, n, code) \
    do { \
        bench_begin((b), (task), (n)); \
        while (bench_again(b)) { \
            code; \
            bench_lap(b); \
        } \
        bench_end(b); \
    } while (0)

/* The status must be CASTMAP_OK, the condition true: else say so and exit. */
#define BENCH_REQUIRE(b, call) bench_require((b), (call), #call, __FILE__, __LINE__)
#define BENCH_CHECK(condition) bench_check((condition), #condition, __FILE__, __LINE__)

/* A new project at `path` with the records of a CSV, all n of which are accepted. The caller closes it. */
castmap_project *bench_import(bench *b, const char *csv, const char *path, size_t n);

void bench_begin(bench *b, const char *task, size_t n);
bool bench_again(bench *b);
void bench_lap(bench *b);
void bench_end(bench *b);
void bench_require(bench *b, castmap_status status, const char *call, const char *file, int line);
void bench_check(bool condition, const char *text, const char *file, int line);

#endif
