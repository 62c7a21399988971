/*
 * project/packed_rtree.h - the spatial indexes of the project's tables, kept by statements of our own.
 */
#ifndef CM_PROJECT_PACKED_RTREE_H
#define CM_PROJECT_PACKED_RTREE_H

#include "project/geometry_blob.h"
#include "project/sqlite.h"

/* Points on their way into an index, in memory that does not grow with them: see base/sorter.h. */
typedef struct cm_rtree_points cm_rtree_points;

/* beside: borrowed; the project's path. */
CASTMAP_NODISCARD castmap_status cm_rtree_points_new(castmap_context *ctx, const char *beside, cm_rtree_points **out);
CASTMAP_NODISCARD castmap_status cm_rtree_points_add(castmap_context *ctx, cm_rtree_points *points, int64_t id, double lon, double lat);
void cm_rtree_points_free(cm_rtree_points *points); /* NULL is fine */

/*
 * Replace the whole index idx_<table>_geometry by a packed one of these points, once. Nodes are filled in Hilbert order and written
 * into the three tables of SQLite's R-tree, about ten times as fast as inserting row by row.
 */
CASTMAP_NODISCARD castmap_status cm_packed_rtree_store(castmap_context *ctx, cm_db *db, const char *table, cm_rtree_points *points);
/* Add these points to the index row by row, once. */
CASTMAP_NODISCARD castmap_status cm_rtree_points_insert(castmap_context *ctx, cm_db *db, const char *table, cm_rtree_points *points);

/* Add one row the ordinary way. */
CASTMAP_NODISCARD castmap_status cm_rtree_insert(castmap_context *ctx, cm_query *insert, int64_t id, const cm_box *box);
/* The statement for cm_rtree_insert(); close with cm_query_close(). */
CASTMAP_NODISCARD castmap_status cm_rtree_insert_open(castmap_context *ctx, cm_db *db, const char *table, cm_query **out);

/* rtreecheck() of the index; CASTMAP_E_PROJECT with its words if it does not hold together. */
CASTMAP_NODISCARD castmap_status cm_rtree_check(castmap_context *ctx, cm_db *db, const char *table);

#endif
