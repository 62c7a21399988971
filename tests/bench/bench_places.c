/*
 * A table of postcodes into a new project: the file of work_postcode_line(), in the form of Code-Point Open.
 */
#include "bench/bench.h"
#include "bench/work_sets.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ALL_POSTCODES 1700000 /* about as many as are in use in Great Britain */

static void write_file(const char *path, size_t n)
{
    char line[WORK_LINE];
    FILE *file = fopen(path, "wb");

    BENCH_CHECK(file != NULL);
    for (size_t i = 0; i < n; i++)
        fwrite(line, work_postcode_line(i, line), 1, file);
    BENCH_CHECK(fclose(file) == 0);
}

static void add_once(bench *b, const char *csv, const char *path, size_t n)
{
    castmap_project_options options = CASTMAP_PROJECT_OPTIONS_INIT;
    castmap_places_options reading = CASTMAP_PLACES_OPTIONS_INIT;
    castmap_places_summary summary = CASTMAP_PLACES_SUMMARY_INIT;
    castmap_project *project = NULL;

    options.overwrite = true;
    options.crs = "EPSG:27700";
    reading.path = &csv;
    reading.n_paths = 1;
    BENCH_REQUIRE(b, castmap_project_create(b->ctx, path, &options, &project));
    BENCH_REQUIRE(b, castmap_places_add(b->ctx, project, &reading, &summary));
    BENCH_CHECK(summary.rows == n && summary.entries == n);
    castmap_places_summary_clear(&summary);
    castmap_project_close(project);
}

void bench_run(bench *b)
{
    static const size_t SIZES[] = {10000, 100000, ALL_POSTCODES};
    char folder[] = "/tmp/castmap-bench-XXXXXX", csv[64], path[96];

    BENCH_CHECK(mkdtemp(folder) != NULL);
    snprintf(csv, sizeof csv, "%s/codepo.csv", folder);
    snprintf(path, sizeof path, "%s/town%s", folder, CASTMAP_PROJECT_SUFFIX);
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        if (SIZES[i] > 2 * b->max_n) /* all of them belong to the usual run of a million */
            break;
        write_file(csv, SIZES[i]);
        BENCH(b, "places add", SIZES[i], add_once(b, csv, path, SIZES[i]));
    }
    unlink(csv);
    unlink(path);
    char journal[128];
    snprintf(journal, sizeof journal, "%s-journal", path);
    unlink(journal);
    rmdir(folder);
}
