/*
 * project/spatialite.c - SpatiaLite linked directly, so no extension is ever loaded by name.
 */
#include "project/spatialite.h"

#include <sqlite3.h>
#include <spatialite.h>
#include <stdio.h>

#include "base/fail.h"

static void release(void *cache)
{
    spatialite_cleanup_ex(cache);
}

castmap_status cm_spatialite_load(castmap_context *ctx, cm_db *db)
{
    /* VirtualText, VirtualShape, VirtualXL, VirtualGeoJSON and their kin open any file they are told to: all but these four go. */
    const char *keep[] = {"rtree", "VirtualSpatialIndex", "VirtualElementary", "VirtualKNN", NULL};
    void *cache = spatialite_alloc_connection();

    if (!cache)
        return cm_fail_memory(ctx);
    cm_db_keep(db, cache, release);
    spatialite_init_ex(cm_db_handle(db), cache, 0);
    if (sqlite3_drop_modules(cm_db_handle(db), keep) != SQLITE_OK)
        return cm_fail(ctx, CASTMAP_E_INTERNAL, "SpatiaLite's file-reading tables cannot be switched off");
    return CASTMAP_OK;
}

castmap_status cm_spatialite_add_epsg(castmap_context *ctx, cm_db *db, int epsg)
{
    char sql[96];
    int64_t there = 0;

    snprintf(sql, sizeof sql, "SELECT count(*) FROM spatial_ref_sys WHERE srid = %d", epsg);
    castmap_status status = cm_db_integer(ctx, db, sql, &there);
    if (status || there)
        return status;

    /* A connection of its own supplies the row, so that the project's never holds SpatiaLite's functions. */
    cm_db *scratch = NULL;
    cm_query *from = NULL, *to = NULL;
    bool row = false;
    status = cm_db_open(ctx, "scratch", CM_DB_MEMORY, &scratch);
    if (status)
        goto done;
    status = cm_db_trust(ctx, scratch, true);
    if (status)
        goto done;
    status = cm_spatialite_load(ctx, scratch);
    if (status)
        goto done;
    snprintf(sql, sizeof sql, "SELECT InitSpatialMetadata(0,'NONE'); SELECT InsertEpsgSrid(%d)", epsg);
    status = cm_db_exec(ctx, scratch, sql);
    if (status)
        goto done;
    snprintf(sql, sizeof sql, "SELECT * FROM spatial_ref_sys WHERE srid = %d", epsg);
    status = cm_query_open(ctx, scratch, sql, &from);
    if (status)
        goto done;
    status = cm_query_step(ctx, from, &row);
    if (status || !row) /* a code that SpatiaLite does not know: the table is for other programs, nothing of ours needs it */
        goto done;
    status = cm_query_open(ctx, db,
                           "INSERT INTO spatial_ref_sys (srid, auth_name, auth_srid, ref_sys_name, proj4text, srtext) "
                           "VALUES (?, ?, ?, ?, ?, ?)", &to);
    if (status)
        goto done;
    cm_query_bind_integer(to, 1, cm_query_integer(from, 0));
    cm_query_bind_text(to, 2, cm_query_text(from, 1));
    cm_query_bind_integer(to, 3, cm_query_integer(from, 2));
    for (int i = 3; i < 6; i++)
        cm_query_bind_text(to, i + 1, cm_query_text(from, i));
    status = cm_query_run(ctx, to);

done:
    cm_query_close(to);
    cm_query_close(from);
    cm_db_close(scratch);
    return status;
}

const char *cm_spatialite_version(void)
{
    return spatialite_version();
}

const char *cm_sqlite_version(void)
{
    return sqlite3_libversion();
}
