/*
 * project/migration_1.c - the first schema. Never edited once projects exist: a change is the next migration.
 *
 * AddGeometryColumn and CreateSpatialIndex give the tables the triggers that QGIS expects when it edits; castmap itself switches triggers
 * off and keeps the indexes by its own statements.
 */
#include "project/migrations.h"

#include <stddef.h>

const char *const CM_MIGRATION_1[] = {
    "CREATE TABLE schema_migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL)",
    "CREATE TABLE setting (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID",

    "CREATE TABLE run (number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, summary TEXT NOT NULL DEFAULT '',"
    " parameters TEXT NOT NULL DEFAULT '{}', provenance TEXT NOT NULL DEFAULT '{}', time_s INTEGER NOT NULL,"
    " undone INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)))",
    "CREATE TABLE run_input (run INTEGER NOT NULL REFERENCES run (number), input INTEGER NOT NULL REFERENCES run (number),"
    " PRIMARY KEY (run, input)) WITHOUT ROWID",

    "CREATE TABLE batch (id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL REFERENCES run (number),"
    " file TEXT NOT NULL, format TEXT NOT NULL DEFAULT '', sha256 TEXT NOT NULL DEFAULT '', mapping TEXT NOT NULL DEFAULT '{}',"
    " read INTEGER NOT NULL DEFAULT 0, accepted INTEGER NOT NULL DEFAULT 0, duplicate INTEGER NOT NULL DEFAULT 0,"
    " quarantined INTEGER NOT NULL DEFAULT 0, digest TEXT NOT NULL DEFAULT '', checksum INTEGER NOT NULL DEFAULT 0,"
    " CHECK (read = accepted + duplicate + quarantined))",
    "CREATE TABLE batch_note (id INTEGER PRIMARY KEY, batch INTEGER NOT NULL REFERENCES batch (id), code TEXT NOT NULL,"
    " text TEXT NOT NULL, count INTEGER NOT NULL)",
    "CREATE TABLE reason (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)",
    "CREATE TABLE quarantine (id INTEGER PRIMARY KEY, batch INTEGER NOT NULL REFERENCES batch (id), row INTEGER NOT NULL,"
    " code TEXT NOT NULL, field TEXT NOT NULL, reason INTEGER NOT NULL, text BLOB NOT NULL)",
    "CREATE INDEX quarantine_batch ON quarantine (batch, row)",

    "CREATE TABLE category (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    "CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    "CREATE TABLE term (id INTEGER PRIMARY KEY, text TEXT NOT NULL)",
    "CREATE TABLE observation (id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, row INTEGER NOT NULL,"
    " lon REAL NOT NULL CHECK (lon BETWEEN -180 AND 180), lat REAL NOT NULL CHECK (lat BETWEEN -90 AND 90),"
    " accuracy_m REAL, place INTEGER NOT NULL, from_s INTEGER, to_s INTEGER, time_known INTEGER NOT NULL,"
    " category INTEGER, source INTEGER,"
    " source_grade INTEGER NOT NULL CHECK (source_grade BETWEEN 1 AND 3),"
    " information_grade TEXT NOT NULL CHECK (information_grade IN ('A', 'B', 'C', 'D', 'E')),"
    " handling TEXT NOT NULL CHECK (handling IN ('P', 'C')), persons INTEGER,"
    " content_id BLOB NOT NULL, content_hash BLOB NOT NULL, time_text, zone, conditions, extra, record_id TEXT, text TEXT)",
    "SELECT AddGeometryColumn('observation', 'geometry', 4326, 'POINT', 'XY', 1)",
    "SELECT CreateSpatialIndex('observation', 'geometry')",

    "CREATE TABLE boundary (id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL REFERENCES run (number),"
    " level TEXT NOT NULL, name TEXT NOT NULL, vintage TEXT NOT NULL, source TEXT NOT NULL, licence TEXT NOT NULL,"
    " sha256 TEXT NOT NULL, areas INTEGER NOT NULL, repaired INTEGER NOT NULL, with_population INTEGER NOT NULL,"
    " digest BLOB NOT NULL)",
    "CREATE TABLE area (id INTEGER PRIMARY KEY, boundary INTEGER NOT NULL REFERENCES boundary (id),"
    " position INTEGER NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, parent TEXT, population REAL,"
    " repaired INTEGER NOT NULL, UNIQUE (boundary, position))",
    "SELECT AddGeometryColumn('area', 'geometry', 4326, 'MULTIPOLYGON', 'XY', 1)",
    "SELECT CreateSpatialIndex('area', 'geometry')",

    "CREATE TABLE cluster_layer (run INTEGER PRIMARY KEY REFERENCES run (number), name TEXT NOT NULL, eps_m REAL NOT NULL,"
    " min_points INTEGER NOT NULL, observations INTEGER NOT NULL, clusters INTEGER NOT NULL, ids BLOB NOT NULL,"
    " labels BLOB NOT NULL, cores BLOB NOT NULL, shapes BLOB NOT NULL, hulls BLOB NOT NULL, vertices INTEGER NOT NULL,"
    " digest BLOB NOT NULL)",
    "CREATE TABLE cluster (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES cluster_layer (run),"
    " number INTEGER NOT NULL, count INTEGER NOT NULL, weight REAL NOT NULL, centre_lon REAL NOT NULL,"
    " centre_lat REAL NOT NULL, radius_m REAL, diameter_m REAL, hull_area_km2 REAL, density_per_km2 REAL, first_s INTEGER,"
    " last_s INTEGER, places INTEGER NOT NULL, UNIQUE (run, number))",
    "SELECT AddGeometryColumn('cluster', 'geometry', 4326, 'POLYGON', 'XY', 0)",
    "SELECT CreateSpatialIndex('cluster', 'geometry')",

    "CREATE TABLE area_layer (run INTEGER PRIMARY KEY REFERENCES run (number), name TEXT NOT NULL, level TEXT NOT NULL,"
    " boundary INTEGER NOT NULL REFERENCES boundary (id), per REAL NOT NULL, confidence REAL NOT NULL,"
    " placed INTEGER NOT NULL, unplaced INTEGER NOT NULL, areas INTEGER NOT NULL, breaks BLOB NOT NULL, ids BLOB NOT NULL,"
    " placement BLOB NOT NULL, digest BLOB NOT NULL)",
    "CREATE TABLE area_count (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES area_layer (run),"
    " area INTEGER NOT NULL REFERENCES area (id), position INTEGER NOT NULL, count INTEGER NOT NULL, area_km2 REAL,"
    " density_per_km2 REAL, rate REAL, rate_lower REAL, rate_upper REAL, class INTEGER NOT NULL, UNIQUE (run, position))",

    "CREATE TABLE heat_layer (run INTEGER PRIMARY KEY REFERENCES run (number), name TEXT NOT NULL, kernel INTEGER NOT NULL,"
    " radius_m REAL NOT NULL, sigma_m REAL NOT NULL, west_m REAL NOT NULL, north_m REAL NOT NULL, cell_m REAL NOT NULL,"
    " columns INTEGER NOT NULL, rows INTEGER NOT NULL, observations INTEGER NOT NULL, grid BLOB NOT NULL,"
    " breaks BLOB NOT NULL, digest BLOB NOT NULL)",
    "CREATE TABLE heat_band (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES heat_layer (run),"
    " position INTEGER NOT NULL, lower_per_km2 REAL NOT NULL, upper_per_km2 REAL, metres BLOB NOT NULL,"
    " UNIQUE (run, position))",
    "SELECT AddGeometryColumn('heat_band', 'geometry', 4326, 'MULTIPOLYGON', 'XY', 1)",
    "SELECT CreateSpatialIndex('heat_band', 'geometry')",

    "CREATE TABLE ledger (number INTEGER PRIMARY KEY AUTOINCREMENT, audience INTEGER NOT NULL, recipient TEXT,"
    " from_s INTEGER NOT NULL, to_s INTEGER NOT NULL, parameters TEXT NOT NULL, digest TEXT NOT NULL,"
    " n_cells INTEGER NOT NULL, cells BLOB NOT NULL, chain BLOB NOT NULL)",

    /* Results by area with their outlines, for a GIS. */
    "CREATE VIEW area_result AS SELECT c.id AS ROWID, c.run AS run, a.code AS code, a.name AS name, a.parent AS parent,"
    " a.population AS population, c.count AS count, c.area_km2 AS area_km2, c.density_per_km2 AS density_per_km2,"
    " c.rate AS rate, c.rate_lower AS rate_lower, c.rate_upper AS rate_upper, c.class AS class, a.geometry AS geometry"
    " FROM area_count AS c JOIN area AS a ON a.id = c.area",
    "INSERT INTO views_geometry_columns (view_name, view_geometry, view_rowid, f_table_name, f_geometry_column, read_only)"
    " VALUES ('area_result', 'geometry', 'rowid', 'area', 'geometry', 1)",
    "CREATE VIEW observation_detail AS SELECT o.id AS ROWID, b.file AS file, o.row AS row, o.lon AS lon, o.lat AS lat,"
    " o.accuracy_m AS accuracy_m, datetime(o.from_s, 'unixepoch') AS from_utc, datetime(o.to_s, 'unixepoch') AS to_utc,"
    " c.name AS category, s.name AS source, o.source_grade AS source_grade, o.information_grade AS information_grade,"
    " o.handling AS handling, o.persons AS persons, o.record_id AS record_id, o.text AS text,"
    " CASE typeof(o.extra) WHEN 'integer' THEN (SELECT t.text FROM term AS t WHERE t.id = o.extra) ELSE o.extra END AS extra,"
    " o.geometry AS geometry FROM observation AS o JOIN batch AS b ON b.id = o.batch"
    " LEFT JOIN category AS c ON c.id = o.category LEFT JOIN source AS s ON s.id = o.source",
    "INSERT INTO views_geometry_columns (view_name, view_geometry, view_rowid, f_table_name, f_geometry_column, read_only)"
    " VALUES ('observation_detail', 'geometry', 'rowid', 'observation', 'geometry', 1)",

    /* The table in which QGIS looks for styles, as QGIS makes it. */
    "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT, f_table_catalog VARCHAR(256),"
    " f_table_schema VARCHAR(256), f_table_name VARCHAR(256), f_geometry_column VARCHAR(256), styleName TEXT, styleQML TEXT,"
    " styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner VARCHAR(30), ui TEXT,"
    " update_time TIMESTAMP DEFAULT CURRENT_TIMESTAMP)",
    NULL,
};
