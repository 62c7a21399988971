/*
 * project/observation_index.c - reads every place and packs the tree again: after a large batch beside others, and after an undo.
 */
#include "project/observation_index.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "project/packed_rtree.h"

castmap_status cm_observation_index_rebuild(castmap_context *ctx, cm_db *db)
{
    int64_t total = 0, *id = NULL;
    double *lon = NULL, *lat = NULL;
    cm_query *query = NULL;
    bool row = true;
    size_t n = 0;

    castmap_status status = cm_db_integer(ctx, db, "SELECT count(*) FROM observation", &total);
    if (status)
        return status;
    id = cm_alloc((size_t)total, sizeof *id);
    lon = cm_alloc((size_t)total, sizeof *lon);
    lat = cm_alloc((size_t)total, sizeof *lat);
    if (!id || !lon || !lat)
        status = cm_fail_memory(ctx);
    if (!status)
        status = cm_query_open(ctx, db, "SELECT id, lon, lat FROM observation ORDER BY id", &query);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row || n == (size_t)total)
            break;
        id[n] = cm_query_integer(query, 0);
        lon[n] = cm_query_real(query, 1);
        lat[n++] = cm_query_real(query, 2);
    }
    cm_query_close(query);
    if (!status && (row || n != (size_t)total))
        status = cm_fail(ctx, CASTMAP_E_PROJECT, "the project's table of observations is damaged");
    if (!status)
        status = cm_packed_rtree_store(ctx, db, "observation", n, id, lon, lat);
    free(id);
    free(lon);
    free(lat);
    return status;
}
