/*
 * A check of all rules over a project without boundaries: the records of work_observation_file(), of which it reads each once and sorts them for repeats.
 */
#include "bench/bench.h"
#include "bench/work_sets.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void check_once(bench *b, castmap_project *project)
{
    castmap_check_options options = CASTMAP_CHECK_OPTIONS_INIT;
    castmap_check_report report = CASTMAP_CHECK_REPORT_INIT;

    BENCH_REQUIRE(b, castmap_check(b->ctx, project, &options, &report));
    for (size_t i = 0; i < report.n; i++)
        BENCH_CHECK(report.finding[i].rule->severity != CASTMAP_SEVERITY_ERROR);
    castmap_check_report_clear(&report);
}

void bench_run(bench *b)
{
    char folder[] = "/tmp/castmap-bench-XXXXXX", csv[64], path[96], journal[128];

    BENCH_CHECK(mkdtemp(folder) != NULL);
    snprintf(csv, sizeof csv, "%s/obs.csv", folder);
    snprintf(path, sizeof path, "%s/town%s", folder, CASTMAP_PROJECT_SUFFIX);
    snprintf(journal, sizeof journal, "%s-journal", path);
    const size_t most = b->small ? 10000 : b->max_n < 1000000 ? b->max_n : 1000000;
    for (size_t n = 10000; n <= most; n *= 10) {
        work_observation_file(csv, n);
        castmap_project *project = bench_import(b, csv, path, n);
        BENCH(b, "check", n, check_once(b, project));
        castmap_project_close(project);
    }
    unlink(csv);
    unlink(path);
    unlink(journal);
    rmdir(folder);
}
