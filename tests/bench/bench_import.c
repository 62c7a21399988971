/*
 * Import of a CSV into a new project, with all checks and the spatial index: the file of work_observation_line().
 */
#include "bench/bench.h"
#include "bench/work_sets.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void bench_run(bench *b)
{
    char folder[] = "/tmp/castmap-bench-XXXXXX", csv[64], path[96];

    BENCH_CHECK(mkdtemp(folder) != NULL);
    snprintf(csv, sizeof csv, "%s/obs.csv", folder);
    snprintf(path, sizeof path, "%s/town%s", folder, CASTMAP_PROJECT_SUFFIX);
    const size_t most = b->small ? 10000 : b->max_n < 1000000 ? b->max_n : 1000000;
    for (size_t n = 10000; n <= most; n *= 10) {
        work_observation_file(csv, n);
        BENCH(b, "import csv", n, castmap_project_close(bench_import(b, csv, path, n)));
    }
    unlink(csv);
    unlink(path);
    char journal[128];
    snprintf(journal, sizeof journal, "%s-journal", path);
    unlink(journal);
    rmdir(folder);
}
