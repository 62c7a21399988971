/*
 * project/migration_2_ingest.c - tables of the second schema: recipes and mended rows.
 */
#include "project/migrations.h"

#include <stddef.h>

const char *const CM_MIGRATION_2_INGEST[] = {
    "CREATE TABLE recipe (name TEXT PRIMARY KEY NOT NULL, text TEXT NOT NULL, time_s INTEGER NOT NULL) WITHOUT ROWID",
    NULL,
};
