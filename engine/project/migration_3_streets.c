/*
 * project/migration_3_streets.c - tables of the third schema: street networks.
 */
#include "project/migrations.h"

#include <stddef.h>

const char *const CM_MIGRATION_3_STREETS[] = {
    "CREATE TABLE street_set (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run (number), name TEXT NOT NULL, source TEXT NOT NULL,"
    " licence TEXT NOT NULL, format TEXT NOT NULL, sha256 TEXT NOT NULL, crs TEXT NOT NULL, edges INTEGER NOT NULL, nodes INTEGER NOT NULL,"
    " vertices INTEGER NOT NULL, parts INTEGER NOT NULL, total_m REAL NOT NULL, names INTEGER NOT NULL, name_bytes INTEGER NOT NULL,"
    " classes INTEGER NOT NULL, class_bytes INTEGER NOT NULL, from_nodes BLOB NOT NULL, to_nodes BLOB NOT NULL, ways BLOB NOT NULL,"
    " lines BLOB NOT NULL, vertex_counts BLOB NOT NULL, east BLOB NOT NULL, north BLOB NOT NULL, name_text BLOB NOT NULL,"
    " class_text BLOB NOT NULL, name_of BLOB NOT NULL, class_of BLOB NOT NULL, digest BLOB NOT NULL)",
    NULL,
};
