/*
 * project/migration_2_places.c - tables of the second schema: postcodes and gazetteers.
 */
#include "project/migrations.h"

#include <stddef.h>

const char *const CM_MIGRATION_2_PLACES[] = {
    NULL,
};
