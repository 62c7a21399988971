/*
 * project/schema.h - the tables of a project file: numbered migrations, and the check that a file holds exactly these.
 */
#ifndef CM_PROJECT_SCHEMA_H
#define CM_PROJECT_SCHEMA_H

#include "project/sqlite.h"

#define CM_APPLICATION_ID 0x434D4150 /* "CMAP" */
#define CM_SCHEMA_VERSION 4

/* Make all tables in an empty database, inside one transaction of its own. */
CASTMAP_NODISCARD castmap_status cm_schema_make(castmap_context *ctx, cm_db *db);

/*
 * Refuse anything that is not a project of this version, unaltered, each case in its own words: another program's database, a newer
 * castmap's, objects added, missing or changed. Nothing of the file's own schema is executed.
 */
CASTMAP_NODISCARD castmap_status cm_schema_check(castmap_context *ctx, cm_db *db);

/* The same for a project of this version or an older one; *version is out. */
CASTMAP_NODISCARD castmap_status cm_schema_check_old(castmap_context *ctx, cm_db *db, int *version);
/* Bring a checked schema of version `from` forward to this one, in one transaction: all steps or none. */
CASTMAP_NODISCARD castmap_status cm_schema_upgrade(castmap_context *ctx, cm_db *db, int from);

/* Digest of the sorted schema, hexadecimal. */
CASTMAP_NODISCARD castmap_status cm_schema_fingerprint(castmap_context *ctx, cm_db *db, char hex[65]);
/* Is it one that a known version of SpatiaLite gives? */
bool cm_schema_is_known(const char *hex);

#endif
