/*
 * project/migration_3_flows.c - tables of the third schema: movements between areas.
 *
 * flow_layer keeps each movement as numbers only: which areas, when, and which of the persons, sources and journeys that the table told apart, never their
 * names. flow is what they add up to.
 */
#include "project/migrations.h"

#include <stddef.h>

const char *const CM_MIGRATION_3_FLOWS[] = {
    "CREATE TABLE flow_layer (run INTEGER PRIMARY KEY REFERENCES run (number), name TEXT NOT NULL, level TEXT NOT NULL,"
    " boundary INTEGER REFERENCES boundary (id), symmetric INTEGER NOT NULL, null_model INTEGER NOT NULL, beta REAL NOT NULL, alpha REAL NOT NULL,"
    " areas INTEGER NOT NULL, movements INTEGER NOT NULL, not_placed INTEGER NOT NULL, origin BLOB NOT NULL, destination BLOB NOT NULL,"
    " when_s BLOB NOT NULL, span_s BLOB NOT NULL, person BLOB NOT NULL, source BLOB NOT NULL, grade BLOB NOT NULL, corridors INTEGER NOT NULL,"
    " corridor_start BLOB NOT NULL, corridor_stop BLOB NOT NULL, corridor_journeys BLOB NOT NULL, digest BLOB NOT NULL)",
    "CREATE TABLE flow_area (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES flow_layer (run), position INTEGER NOT NULL,"
    " code TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (run, position))",
    "CREATE TABLE flow (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES flow_layer (run), position INTEGER NOT NULL,"
    " origin TEXT NOT NULL, destination TEXT NOT NULL, movements INTEGER NOT NULL, persons INTEGER NOT NULL, expected REAL, p REAL, q REAL,"
    " UNIQUE (run, position))",
    NULL,
};
