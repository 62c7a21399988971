/*
 * project/packed_rtree.c - points in the order of a curve into the three tables of SQLite's R-tree.
 *
 * Two sorts that need little memory: by place along a Hilbert curve, which makes the leaves; and of the rows' leaves by id, because a table is written quickly
 * only in the order of its key.
 */
#include "project/packed_rtree.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/sorter.h"
#include "base/text.h"
#include "project/sqlite_rows.h"
#include "space/index/rtree_stream.h"

#define ROWS_BETWEEN_CHECKS 4096u

typedef struct placed {
    uint64_t key; /* along the curve */
    int64_t  id;
    double   lon, lat;
} placed;

typedef struct leaf_of {
    uint64_t id;
    int64_t  leaf;
} leaf_of;

struct cm_rtree_points {
    const char *beside; /* borrowed */
    cm_sorter  *sorter; /* owned; of placed */
};

typedef struct packing {
    castmap_context *ctx;
    cm_db           *db;
    char             index[96];
    cm_rtree_points *points;  /* borrowed */
    cm_sorter       *leaf_of; /* owned */
    cm_rtree_stream  tree;
} packing;

castmap_status cm_rtree_points_new(castmap_context *ctx, const char *beside, cm_rtree_points **out)
{
    cm_rtree_points *points = cm_alloc_zero(1, sizeof *points);

    if (!points)
        return cm_fail_memory(ctx);
    points->beside = beside;
    const castmap_status status = cm_sorter_new(ctx, beside, sizeof(placed), &points->sorter);
    if (status)
        free(points);
    else
        *out = points;
    return status;
}

castmap_status cm_rtree_points_add(castmap_context *ctx, cm_rtree_points *points, int64_t id, double lon, double lat)
{
    const placed record = {cm_rtree_curve(lon, lat), id, lon, lat};

    return cm_sorter_add(ctx, points->sorter, &record);
}

void cm_rtree_points_free(cm_rtree_points *points)
{
    if (points)
        cm_sorter_free(points->sorter);
    free(points);
}

/* Pairs of integers into one of the tables. */
static castmap_status open_insert(packing *run, const char *columns, cm_query **out)
{
    char sql[192];

    snprintf(sql, sizeof sql, "INSERT INTO \"%s_%s VALUES (?, ?)", run->index, columns);
    return cm_query_open(run->ctx, run->db, sql, out);
}

static castmap_status write_node(packing *run, cm_query *query, size_t node)
{
    cm_query_bind_integer(query, 1, cm_rtree_stream_number(&run->tree, node));
    cm_query_bind_blob(query, 2, run->tree.bytes, run->tree.node_bytes);
    return cm_query_run(run->ctx, query);
}

/* Leaves in the order of the curve, and the levels above them. */
static castmap_status write_nodes(packing *run)
{
    cm_query *query = NULL;
    const placed *point = NULL;
    castmap_status status = open_insert(run, "node\" (nodeno, data)", &query);

    while (!status) {
        const void *record;
        status = cm_sorter_next(run->ctx, run->points->sorter, &record);
        point = record;
        if (status || !point)
            break;
        const bool full = cm_rtree_stream_add(&run->tree, point->id, point->lon, point->lat);
        const leaf_of row = {(uint64_t)point->id, cm_rtree_stream_number(&run->tree, run->tree.node)};
        status = cm_sorter_add(run->ctx, run->leaf_of, &row);
        if (!status && full)
            status = write_node(run, query, run->tree.node);
    }
    if (!status && run->tree.n == 0) {
        cm_rtree_put_head(run->tree.bytes, run->tree.node_bytes, 0, 0);
        status = write_node(run, query, 0);
    }
    while (!status && cm_rtree_stream_next(&run->tree))
        status = write_node(run, query, run->tree.node);
    cm_query_close(query);
    return status;
}

static castmap_status write_rows(packing *run)
{
    cm_row_image *rows = NULL;
    char table[sizeof run->index + 8];

    snprintf(table, sizeof table, "%s_rowid", run->index);
    castmap_status status = cm_row_image_new(run->ctx, run->db, table, &rows);
    if (!status)
        status = cm_sorter_sort(run->ctx, run->leaf_of);
    for (size_t i = 0; !status; i++) {
        const void *record;
        status = cm_sorter_next(run->ctx, run->leaf_of, &record);
        const leaf_of *row = record;
        if (status || !row)
            break;
        cm_row_begin(rows, (int64_t)row->id);
        cm_row_integer(rows, row->leaf);
        status = cm_row_end(run->ctx, rows);
        if (!status && i % ROWS_BETWEEN_CHECKS == 0 && cm_cancelled(run->ctx))
            status = cm_fail_cancelled(run->ctx);
    }
    if (!status)
        status = cm_row_image_flush(run->ctx, rows);
    cm_row_image_free(rows);
    return status;
}

static castmap_status write_parents(packing *run)
{
    cm_query *query = NULL;
    castmap_status status = open_insert(run, "parent\" (nodeno, parentnode)", &query);

    for (size_t k = 0; k < run->tree.count && !status; k++) {
        if (run->tree.parent[k] == 0)
            continue;
        cm_query_bind_integer(query, 1, cm_rtree_stream_number(&run->tree, k));
        cm_query_bind_integer(query, 2, run->tree.parent[k]);
        status = cm_query_run(run->ctx, query);
    }
    cm_query_close(query);
    return status;
}

/* Empty the three tables; the root tells the size of a node. */
static castmap_status empty(packing *run, size_t *node_bytes)
{
    char sql[512];
    int64_t bytes = 0;

    snprintf(sql, sizeof sql, "SELECT length(data) FROM \"%s_node\" WHERE nodeno = 1", run->index);
    castmap_status status = cm_db_integer(run->ctx, run->db, sql, &bytes);
    if (status)
        return status;
    if (bytes < CM_RTREE_LEAST_NODE || bytes > CM_RTREE_MOST_NODE)
        return cm_fail(run->ctx, CASTMAP_E_PROJECT, "the spatial index %s is damaged", run->index);
    *node_bytes = (size_t)bytes;
    snprintf(sql, sizeof sql, "DELETE FROM \"%s_node\"; DELETE FROM \"%s_rowid\"; DELETE FROM \"%s_parent\"", run->index,
             run->index, run->index);
    return cm_db_exec(run->ctx, run->db, sql);
}

castmap_status cm_packed_rtree_store(castmap_context *ctx, cm_db *db, const char *table, cm_rtree_points *points)
{
    packing run = {.ctx = ctx, .db = db, .points = points};
    size_t node_bytes = 0;

    snprintf(run.index, sizeof run.index, "idx_%s_geometry", table);
    castmap_status status = cm_db_shadow_writable(ctx, db, true);
    if (!status)
        status = empty(&run, &node_bytes);
    if (!status)
        status = cm_sorter_sort(ctx, points->sorter);
    if (!status)
        status = cm_rtree_stream_open(ctx, cm_sorter_count(points->sorter), node_bytes, &run.tree);
    if (!status)
        status = cm_sorter_new(ctx, points->beside, sizeof(leaf_of), &run.leaf_of);
    if (!status)
        status = write_nodes(&run);
    if (!status)
        status = write_rows(&run);
    if (!status)
        status = write_parents(&run);
    cm_rtree_stream_clear(&run.tree);
    cm_sorter_free(run.leaf_of);
    castmap_status guarded = cm_db_shadow_writable(ctx, db, false);
    return status ? status : guarded;
}

castmap_status cm_rtree_points_insert(castmap_context *ctx, cm_db *db, const char *table, cm_rtree_points *points)
{
    cm_query *insert = NULL;
    castmap_status status = cm_rtree_insert_open(ctx, db, table, &insert);

    if (!status)
        status = cm_sorter_sort(ctx, points->sorter);
    while (!status) {
        const void *record;
        status = cm_sorter_next(ctx, points->sorter, &record);
        const placed *point = record;
        if (status || !point)
            break;
        const cm_box box = {point->lon, point->lat, point->lon, point->lat};
        status = cm_rtree_insert(ctx, insert, point->id, &box);
    }
    cm_query_close(insert);
    return status;
}

castmap_status cm_rtree_insert_open(castmap_context *ctx, cm_db *db, const char *table, cm_query **out)
{
    char sql[128];

    snprintf(sql, sizeof sql, "INSERT INTO \"idx_%s_geometry\" (pkid, xmin, xmax, ymin, ymax) VALUES (?, ?, ?, ?, ?)", table);
    return cm_query_open(ctx, db, sql, out);
}

castmap_status cm_rtree_insert(castmap_context *ctx, cm_query *insert, int64_t id, const cm_box *box)
{
    cm_query_bind_integer(insert, 1, id);
    cm_query_bind_real(insert, 2, box->west);
    cm_query_bind_real(insert, 3, box->east);
    cm_query_bind_real(insert, 4, box->south);
    cm_query_bind_real(insert, 5, box->north);
    return cm_query_run(ctx, insert);
}

castmap_status cm_rtree_check(castmap_context *ctx, cm_db *db, const char *table)
{
    cm_query *query = NULL;
    bool row = false;
    char sql[96];

    snprintf(sql, sizeof sql, "SELECT rtreecheck('idx_%s_geometry')", table);
    castmap_status status = cm_query_open(ctx, db, sql, &query);
    if (!status)
        status = cm_query_step(ctx, query, &row);
    if (!status) {
        const char *answer = row ? cm_query_text(query, 0) : NULL;
        if (!answer || strcmp(answer, "ok") != 0) {
            char words[160];
            cm_escape_display(answer ? answer : "", answer ? strlen(answer) : 0, words, sizeof words);
            status = cm_fail(ctx, CASTMAP_E_PROJECT, "the spatial index of %s does not hold together: %s", table, words);
        }
    }
    cm_query_close(query);
    return status;
}
