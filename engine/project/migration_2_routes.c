/*
 * project/migration_2_routes.c - tables of the second schema: hot stretches of streets.
 */
#include "project/migrations.h"

#include <stddef.h>

const char *const CM_MIGRATION_2_ROUTES[] = {
    NULL,
};
