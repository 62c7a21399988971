/*
 * project/migration_4_routes.c - tables of the fourth schema: what is counted along streets and by what chance goes, where it is not observations and
 * length alone; the density in parts of a period.
 */
#include "project/migrations.h"

#include <stddef.h>

const char *const CM_MIGRATION_4_ROUTES[] = {
    "CREATE TABLE route_measure (run INTEGER PRIMARY KEY REFERENCES route_layer (run), persons INTEGER NOT NULL, exposure TEXT NOT NULL, weights BLOB,"
    " stretch_weights BLOB, digest BLOB NOT NULL)",
    "CREATE TABLE route_slice (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES route_layer (run), position INTEGER NOT NULL,"
    " from_s INTEGER NOT NULL, to_s INTEGER NOT NULL, density BLOB NOT NULL, breaks BLOB NOT NULL, digest BLOB NOT NULL, UNIQUE (run, position))",
    NULL,
};
