#include "project_support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/random.h"
#include "project/batch_table.h"
#include "project/run_table.h"

int fixture_setup(void **state)
{
    fixture *made = calloc(1, sizeof *made);
    castmap_project_options options = CASTMAP_PROJECT_OPTIONS_INIT;

    if (!made)
        return -1;
    made->ctx = castmap_context_new();
    folder_make(made->folder);
    snprintf(made->path, sizeof made->path, "%s/town" CASTMAP_PROJECT_SUFFIX, made->folder);
    *state = made;
    if (castmap_project_create(made->ctx, made->path, &options, &made->project) != CASTMAP_OK) {
        print_error("%s\n", castmap_message(made->ctx));
        return -1;
    }
    return 0;
}

int fixture_teardown(void **state)
{
    fixture *made = *state;

    castmap_project_close(made->project);
    castmap_context_free(made->ctx);
    folder_remove(made->folder);
    free(made);
    return 0;
}

cm_observation town_observation(size_t i, char scratch[64])
{
    static const char *const CATEGORY[] = {"recruitment", "transport", "poor housing"};
    static const char *const SOURCE[] = {"S-01", "S-02", "S-03", "S-04", NULL};
    cm_observation row = {
        .row = (int64_t)i + 2,
        .lon = -2.6 + 0.2 * cm_random_unit(7, 1, i),
        .lat = 51.4 + 0.1 * cm_random_unit(7, 2, i),
        .accuracy_m = i % 3 ? 15.0 : (double)NAN,
        .precision = CM_PLACE_STREET,
        .from_s = 1700000000 + (int64_t)i * 3600,
        .when = CM_WHEN_MINUTE,
        .when_text = "a day in spring",
        .zone = "Europe/London",
        .category = CATEGORY[i % 3],
        .source = SOURCE[i % 5],
        .source_grade = 2,
        .information_grade = 'D',
        .handling = 'P',
        .persons = -1,
    };

    row.to_s = row.from_s;
    snprintf(scratch, 64, "record %zu", i);
    row.text = scratch;
    cm_blake2b(&i, sizeof i, NULL, 0, row.content_id, sizeof row.content_id);
    memcpy(row.content_hash, row.content_id, sizeof row.content_hash);
    return row;
}

castmap_status import_town(castmap_context *ctx, castmap_project *project, size_t first, size_t n, int64_t *run)
{
    cm_observation_writer *writer = NULL;
    cm_batch batch = {.file = "town.csv", .format = "test", .sha256 = "", .mapping = "{}"};
    int64_t number = 0, batch_id = 0;
    char scratch[64];

    castmap_status status = cm_run_begin(ctx, project, "import", &number);
    if (status)
        return status;
    status = cm_batch_begin(ctx, project, number, &batch, &batch_id);
    if (!status)
        status = cm_observation_writer_open(ctx, project, batch_id, &writer);
    for (size_t i = first; i < first + n && !status; i++) {
        const cm_observation row = town_observation(i, scratch);
        cm_stored stored;
        int64_t earlier;
        status = cm_observation_writer_add(ctx, writer, &row, &stored, &earlier);
        batch.read++;
        if (stored == CM_STORED_NEW)
            batch.accepted++;
        else
            batch.duplicate++;
    }
    if (!status)
        status = cm_observation_writer_finish(ctx, writer, NULL);
    if (!status)
        status = cm_batch_finish(ctx, project, batch_id, &batch);
    if (!status)
        status = cm_run_finish(ctx, project, number, "imported the town", "{}", "{}");
    cm_observation_writer_free(writer);
    if (status)
        cm_run_abandon(project, number);
    else if (run)
        *run = number;
    return status;
}

int shell_sql(const char *path, const char *sql, char *out, size_t size)
{
    char command[2048];
    size_t used = 0;

    snprintf(command, sizeof command, "sqlite3 '%s' \"%s\" 2>&1", path, sql);
    FILE *pipe = popen(command, "r");
    if (!pipe)
        return -1;
    if (size > 0) {
        used = fread(out, 1, size - 1, pipe);
        out[used] = '\0';
    }
    while (fgetc(pipe) != EOF)
        continue;
    return pclose(pipe);
}
