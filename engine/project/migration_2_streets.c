/*
 * project/migration_2_streets.c - tables of the second schema: street networks.
 */
#include "project/migrations.h"

#include <stddef.h>

const char *const CM_MIGRATION_2_STREETS[] = {
    NULL,
};
