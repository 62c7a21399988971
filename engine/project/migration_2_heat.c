/*
 * project/migration_2_heat.c - tables of the second schema: what other kinds of heat maps need.
 */
#include "project/migrations.h"

#include <stddef.h>

const char *const CM_MIGRATION_2_HEAT[] = {
    NULL,
};
