/* A project in a folder of its own, and observations to fill it with. */
#ifndef CM_TESTS_PROJECT_SUPPORT_H
#define CM_TESTS_PROJECT_SUPPORT_H

#include "support/check.h"

#include "castmap/project.h"
#include "project/observation_table.h"

typedef struct fixture {
    castmap_context *ctx;
    castmap_project *project; /* open for writing */
    char folder[64], path[256];
} fixture;

int fixture_setup(void **state);    /* *state: a fixture with an empty project */
int fixture_teardown(void **state);

/* Like assert_status, for a state that is a fixture. */
#define assert_ok(call) check_status((call), CASTMAP_OK, #call, ((fixture *)*state)->ctx, __FILE__, __LINE__)
#define assert_gives(call, want) check_status((call), (want), #call, ((fixture *)*state)->ctx, __FILE__, __LINE__)

/* Observation number i of a town of scattered places; texts are static or in `scratch`. */
cm_observation town_observation(size_t i, char scratch[64]);

/* Import n of them, from number `first` on, as one run with one batch. */
castmap_status import_town(castmap_context *ctx, castmap_project *project, size_t first, size_t n, int64_t *run);

/* Run SQL with the sqlite3 shell on a file, as another program would; out [size] gets what it prints. */
int shell_sql(const char *path, const char *sql, char *out, size_t size);

#endif
