/*
 * project/migration_3_routes.c - tables of the third schema: observations along streets.
 */
#include "project/migrations.h"

#include <stddef.h>

const char *const CM_MIGRATION_3_ROUTES[] = {
    "CREATE TABLE route_layer (run INTEGER PRIMARY KEY REFERENCES run (number), name TEXT NOT NULL, street_set INTEGER NOT NULL"
    " REFERENCES street_set (id), kernel INTEGER NOT NULL, form INTEGER NOT NULL, adaptive INTEGER NOT NULL, tested INTEGER NOT NULL,"
    " piece_m REAL NOT NULL, limit_m REAL NOT NULL, radius_m REAL NOT NULL, alpha REAL NOT NULL, months REAL, pieces INTEGER NOT NULL,"
    " observations INTEGER NOT NULL, stretches INTEGER NOT NULL, stretch_pieces INTEGER NOT NULL, density BLOB NOT NULL, counts BLOB NOT NULL,"
    " p BLOB NOT NULL, q BLOB NOT NULL, ids BLOB NOT NULL, edges BLOB NOT NULL, along BLOB NOT NULL, piece_of BLOB NOT NULL,"
    " digest BLOB NOT NULL)",
    "CREATE TABLE route_stretch (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES route_layer (run), position INTEGER NOT NULL,"
    " street TEXT NOT NULL, from_street TEXT NOT NULL, to_street TEXT NOT NULL, sentence TEXT NOT NULL, length_m REAL NOT NULL,"
    " observations INTEGER NOT NULL, expected REAL NOT NULL, p REAL, hot INTEGER NOT NULL, route INTEGER NOT NULL,"
    " first_piece INTEGER NOT NULL, last_piece INTEGER NOT NULL, UNIQUE (run, position))",
    NULL,
};
