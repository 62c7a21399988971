/*
 * project/spatialite.h - SpatiaLite, wrapped once. Loaded only while a schema is made or a reference system is added: an ordinary command
 * reads and writes geometries by project/geometry_blob.c and keeps the indexes itself.
 */
#ifndef CM_PROJECT_SPATIALITE_H
#define CM_PROJECT_SPATIALITE_H

#include "project/sqlite.h"

/* Give the connection SpatiaLite's functions, and take away the virtual tables that read files. The schema must be known to be ours. */
CASTMAP_NODISCARD castmap_status cm_spatialite_load(castmap_context *ctx, cm_db *db);

/* Add the row of spatial_ref_sys for an EPSG code unless it is there. */
CASTMAP_NODISCARD castmap_status cm_spatialite_add_epsg(castmap_context *ctx, cm_db *db, int epsg);

const char *cm_spatialite_version(void); /* static */
const char *cm_sqlite_version(void);     /* static */

#endif
