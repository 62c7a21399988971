/*
 * project/migration_2_ingest.c - tables of the second schema: recipes and mended rows.
 */
#include "project/migrations.h"

#include <stddef.h>

const char *const CM_MIGRATION_2_INGEST[] = {
    NULL,
};
