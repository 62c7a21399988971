/*
 * project/migration_2_clusters.c - tables of the second schema: what other methods of clustering and shapes of clusters need.
 */
#include "project/migrations.h"

#include <stddef.h>

const char *const CM_MIGRATION_2_CLUSTERS[] = {
    /* How the places of a layer were found, and what does not fit a row a place: outlines other than the hull (x, y, lon, lat), and for
     * each observation its membership and outlier score. */
    "CREATE TABLE cluster_method (run INTEGER PRIMARY KEY REFERENCES cluster_layer (run), method TEXT NOT NULL,"
    " window_s INTEGER NOT NULL, xi REAL NOT NULL, selection INTEGER NOT NULL, outline INTEGER NOT NULL,"
    " crimestat_ellipse INTEGER NOT NULL, study_km2 REAL NOT NULL, imprecise INTEGER NOT NULL, untimed INTEGER NOT NULL,"
    " vertices INTEGER NOT NULL, details INTEGER NOT NULL, scored INTEGER NOT NULL, outline_starts BLOB, outlines BLOB,"
    " membership BLOB, outlier BLOB, digest BLOB NOT NULL)",
    "CREATE TABLE cluster_detail (run INTEGER NOT NULL REFERENCES cluster_layer (run), number INTEGER NOT NULL,"
    " medoid_observation INTEGER NOT NULL, medoid_lon REAL NOT NULL, medoid_lat REAL NOT NULL, longest_hop_m REAL,"
    " ellipse_major_m REAL, ellipse_minor_m REAL, ellipse_bearing_deg REAL, outlier REAL, source_1 INTEGER NOT NULL,"
    " source_2 INTEGER NOT NULL, source_3 INTEGER NOT NULL, information_a INTEGER NOT NULL, information_b INTEGER NOT NULL,"
    " information_c INTEGER NOT NULL, information_d INTEGER NOT NULL, information_e INTEGER NOT NULL,"
    " PRIMARY KEY (run, number)) WITHOUT ROWID",
    "CREATE TABLE cluster_category (run INTEGER NOT NULL REFERENCES cluster_layer (run), number INTEGER NOT NULL,"
    " position INTEGER NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (run, number, position)) WITHOUT ROWID",
    NULL,
};
