/*
 * project/migration_4_along.c - a table of the fourth schema: what was near a place or along a way, kept.
 */
#include "project/migrations.h"

#include <stddef.h>

const char *const CM_MIGRATION_4_ALONG[] = {
    "CREATE TABLE along_layer (run INTEGER PRIMARY KEY REFERENCES run (number), name TEXT NOT NULL, is_way INTEGER NOT NULL, within_m REAL NOT NULL,"
    " way_m REAL NOT NULL, streets_m REAL NOT NULL, lines INTEGER NOT NULL, vertices INTEGER NOT NULL, way_vertices INTEGER NOT NULL,"
    " observations INTEGER NOT NULL, starts BLOB NOT NULL, lon BLOB NOT NULL, lat BLOB NOT NULL, way_lon BLOB NOT NULL, way_lat BLOB NOT NULL,"
    " ids BLOB NOT NULL, distances BLOB NOT NULL, digest BLOB NOT NULL)",
    NULL,
};
