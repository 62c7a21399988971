/*
 * project/packed_rtree.h - the spatial indexes of the project's tables, kept by statements of our own.
 */
#ifndef CM_PROJECT_PACKED_RTREE_H
#define CM_PROJECT_PACKED_RTREE_H

#include "project/geometry_blob.h"
#include "project/sqlite.h"

/*
 * Replace the whole index idx_<table>_geometry by a packed one of n points; id ascending. Nodes are filled in Hilbert order and written
 * into the three tables of SQLite's R-tree, about ten times as fast as inserting row by row.
 */
CASTMAP_NODISCARD castmap_status cm_packed_rtree_store(castmap_context *ctx, cm_db *db, const char *table, size_t n,
                                                       const int64_t *id, const double *x, const double *y);

/* Add one row the ordinary way. */
CASTMAP_NODISCARD castmap_status cm_rtree_insert(castmap_context *ctx, cm_query *insert, int64_t id, const cm_box *box);
/* The statement for cm_rtree_insert(); close with cm_query_close(). */
CASTMAP_NODISCARD castmap_status cm_rtree_insert_open(castmap_context *ctx, cm_db *db, const char *table, cm_query **out);

/* rtreecheck() of the index; CASTMAP_E_PROJECT with its words if it does not hold together. */
CASTMAP_NODISCARD castmap_status cm_rtree_check(castmap_context *ctx, cm_db *db, const char *table);

#endif
