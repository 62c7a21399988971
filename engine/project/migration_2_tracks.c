/*
 * project/migration_2_tracks.c - tables of the second schema: recorded tracks, and flows from place to place.
 */
#include "project/migrations.h"

#include <stddef.h>

const char *const CM_MIGRATION_2_TRACKS[] = {
    NULL,
};
