/*
 * project/migration_2_places.c - tables of the second schema: postcodes and gazetteers.
 */
#include "project/migrations.h"

#include <stddef.h>

const char *const CM_MIGRATION_2_PLACES[] = {
    "CREATE TABLE place_set (id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL REFERENCES run (number),"
    " kind TEXT NOT NULL, name TEXT NOT NULL, format TEXT NOT NULL, source TEXT NOT NULL, licence TEXT NOT NULL,"
    " vintage TEXT NOT NULL, sha256 TEXT NOT NULL, entries INTEGER NOT NULL, ended INTEGER NOT NULL, names INTEGER NOT NULL,"
    " name_bytes INTEGER NOT NULL, area_bytes INTEGER NOT NULL, lon BLOB NOT NULL, lat BLOB NOT NULL, accuracy_m BLOB NOT NULL,"
    " keys BLOB, ends BLOB, places BLOB, name_text BLOB, area_text BLOB, digest BLOB NOT NULL)",
    NULL,
};
