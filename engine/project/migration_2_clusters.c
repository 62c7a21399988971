/*
 * project/migration_2_clusters.c - tables of the second schema: what other methods of clustering and shapes of clusters need.
 */
#include "project/migrations.h"

#include <stddef.h>

const char *const CM_MIGRATION_2_CLUSTERS[] = {
    NULL,
};
