/*
 * project/migration_4_tracks.c - tables of the fourth schema: of a layer of tracks, who passed where on which day, how fast and which way, and stops.
 *
 * People are numbers of that layer alone. Visits are made for releases: nothing of them lies near an end or a stay, whatever the layer itself shows.
 */
#include "project/migrations.h"

#include <stddef.h>

const char *const CM_MIGRATION_4_TRACKS[] = {
    "CREATE TABLE track_detail (run INTEGER PRIMARY KEY REFERENCES track_layer (run), trim_m REAL NOT NULL, pieces INTEGER NOT NULL,"
    " visits INTEGER NOT NULL, piece BLOB NOT NULL, person BLOB NOT NULL, day BLOB NOT NULL, stretches INTEGER NOT NULL, speed BLOB NOT NULL,"
    " along BLOB NOT NULL, against BLOB NOT NULL, heading BLOB NOT NULL, stops INTEGER NOT NULL, stop_x BLOB NOT NULL, stop_y BLOB NOT NULL,"
    " stop_edge BLOB NOT NULL, stays BLOB NOT NULL, stop_people BLOB NOT NULL, dwell BLOB NOT NULL, longest BLOB NOT NULL, digest BLOB NOT NULL)",
    NULL,
};
