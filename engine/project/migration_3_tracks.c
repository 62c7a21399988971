/*
 * project/migration_3_tracks.c - tables of the third schema: recorded tracks, and what was passed on streets.
 *
 * A person is a pseudonym made with the project's key; names of tracks are not kept, since people call them after where they live.
 */
#include "project/migrations.h"

#include <stddef.h>

const char *const CM_MIGRATION_3_TRACKS[] = {
    "CREATE TABLE track_set (id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL REFERENCES run (number), name TEXT NOT NULL,"
    " format TEXT NOT NULL, sha256 TEXT NOT NULL, tracks INTEGER NOT NULL, fixes INTEGER NOT NULL, people INTEGER NOT NULL,"
    " first_s INTEGER, last_s INTEGER, start BLOB NOT NULL, recording BLOB NOT NULL, person BLOB NOT NULL, pseudonyms TEXT NOT NULL,"
    " lon BLOB NOT NULL, lat BLOB NOT NULL, time_s BLOB NOT NULL, digest BLOB NOT NULL)",
    "CREATE TABLE track_layer (run INTEGER PRIMARY KEY REFERENCES run (number), name TEXT NOT NULL, measure INTEGER NOT NULL,"
    " street_set INTEGER NOT NULL, trim_m REAL NOT NULL, recordings INTEGER NOT NULL, people INTEGER NOT NULL, unnamed INTEGER NOT NULL,"
    " piece_m REAL NOT NULL, threshold REAL NOT NULL, pieces INTEGER NOT NULL, passes BLOB NOT NULL, tracks BLOB NOT NULL, persons BLOB NOT NULL,"
    " micros BLOB NOT NULL, stretch_pieces INTEGER NOT NULL, piece_of BLOB NOT NULL, digest BLOB NOT NULL)",
    "CREATE TABLE track_stretch (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES track_layer (run), position INTEGER NOT NULL,"
    " street TEXT NOT NULL, beginning TEXT NOT NULL, ending TEXT NOT NULL, length_m REAL NOT NULL, passes INTEGER NOT NULL, people INTEGER NOT NULL,"
    " seconds REAL NOT NULL, value REAL NOT NULL, first_piece INTEGER NOT NULL, last_piece INTEGER NOT NULL, UNIQUE (run, position))",
    NULL,
};
