/*
 * project/migration_2_heat.c - tables of the second schema: what a heat map measures, where it is not a plain density per km2.
 */
#include "project/migrations.h"

#include <stddef.h>

const char *const CM_MIGRATION_2_HEAT[] = {
    "CREATE TABLE heat_measure (run INTEGER PRIMARY KEY REFERENCES heat_layer (run), kind INTEGER NOT NULL, legend TEXT NOT NULL,"
    " unit TEXT NOT NULL, note TEXT NOT NULL, spread INTEGER NOT NULL, p_values BLOB, digest BLOB NOT NULL)",
    "CREATE TABLE heat_slice (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES heat_layer (run), position INTEGER NOT NULL,"
    " from_s INTEGER NOT NULL, to_s INTEGER NOT NULL, grid BLOB NOT NULL, breaks BLOB NOT NULL, digest BLOB NOT NULL,"
    " UNIQUE (run, position))",
    NULL,
};
