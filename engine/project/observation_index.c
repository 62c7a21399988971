/*
 * project/observation_index.c - reads every place and packs the tree again: after a large batch beside others, and after an undo.
 */
#include "project/observation_index.h"

castmap_status cm_observation_index_read(castmap_context *ctx, cm_db *db, int64_t first, cm_rtree_points *points)
{
    cm_query *query = NULL;
    bool row = true;
    castmap_status status = cm_query_open(ctx, db, "SELECT id, lon, lat FROM observation WHERE id < ? ORDER BY id", &query);

    if (!status)
        cm_query_bind_integer(query, 1, first);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        status = cm_rtree_points_add(ctx, points, cm_query_integer(query, 0), cm_query_real(query, 1), cm_query_real(query, 2));
    }
    cm_query_close(query);
    return status;
}

castmap_status cm_observation_index_rebuild(castmap_context *ctx, cm_db *db, const char *beside)
{
    cm_rtree_points *points = NULL;
    castmap_status status = cm_rtree_points_new(ctx, beside, &points);

    if (!status)
        status = cm_observation_index_read(ctx, db, INT64_MAX, points);
    if (!status)
        status = cm_packed_rtree_store(ctx, db, "observation", points);
    cm_rtree_points_free(points);
    return status;
}
