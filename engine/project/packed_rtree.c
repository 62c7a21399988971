/*
 * project/packed_rtree.c - the nodes of a packed R-tree into the three tables of SQLite's.
 *
 * The bytes of the nodes are made on one thread while the rows' leaves are written on the caller's.
 */
#include "project/packed_rtree.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/parallel.h"
#include "base/text.h"
#include "space/index/rtree_nodes.h"

typedef struct packing {
    castmap_context *ctx;
    cm_db           *db;
    char             index[96];
    const int64_t   *id; /* borrowed [n] */
    cm_rtree_nodes   nodes;
} packing;

static castmap_status fill_nodes(void *job)
{
    packing *run = job;

    cm_rtree_nodes_fill(&run->nodes, run->id);
    return CASTMAP_OK;
}

/* Pairs of integers into one of the tables. */
static castmap_status open_insert(packing *run, const char *columns, cm_query **out)
{
    char sql[192];

    snprintf(sql, sizeof sql, "INSERT INTO \"%s_%s VALUES (?, ?)", run->index, columns);
    return cm_query_open(run->ctx, run->db, sql, out);
}

static castmap_status write_rows(packing *run)
{
    cm_query *query = NULL;
    castmap_status status = open_insert(run, "rowid\" (rowid, nodeno)", &query);

    for (size_t i = 0; i < run->nodes.n && !status; i++) {
        cm_query_bind_integer(query, 1, run->id[i]);
        cm_query_bind_integer(query, 2, run->nodes.leaf[i]);
        status = cm_query_run(run->ctx, query);
    }
    cm_query_close(query);
    return status;
}

static castmap_status write_nodes(packing *run)
{
    const cm_rtree_nodes *nodes = &run->nodes;
    cm_query *add_node = NULL, *add_parent = NULL;
    castmap_status status = open_insert(run, "node\" (nodeno, data)", &add_node);

    if (!status)
        status = open_insert(run, "parent\" (nodeno, parentnode)", &add_parent);
    for (size_t k = 0; k < nodes->count && !status; k++) {
        cm_query_bind_integer(add_node, 1, cm_rtree_number(nodes, k));
        cm_query_bind_blob(add_node, 2, nodes->bytes + k * nodes->node_bytes, nodes->node_bytes);
        status = cm_query_run(run->ctx, add_node);
        if (status || nodes->parent[k] == 0)
            continue;
        cm_query_bind_integer(add_parent, 1, cm_rtree_number(nodes, k));
        cm_query_bind_integer(add_parent, 2, nodes->parent[k]);
        status = cm_query_run(run->ctx, add_parent);
    }
    cm_query_close(add_node);
    cm_query_close(add_parent);
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

castmap_status cm_packed_rtree_store(castmap_context *ctx, cm_db *db, const char *table, size_t n, const int64_t *id,
                                     const double *x, const double *y)
{
    packing run = {.ctx = ctx, .db = db, .id = id};
    cm_task *task = NULL;
    size_t node_bytes = 0;

    snprintf(run.index, sizeof run.index, "idx_%s_geometry", table);
    castmap_status status = cm_db_shadow_writable(ctx, db, true);
    if (!status)
        status = empty(&run, &node_bytes);
    if (!status)
        status = cm_rtree_nodes_order(ctx, n, x, y, node_bytes, &run.nodes);
    if (!status && castmap_threads(ctx) > 1)
        status = cm_task_start(ctx, fill_nodes, &run, &task);
    else if (!status)
        status = fill_nodes(&run);
    if (!status)
        status = write_rows(&run);
    if (task) {
        const castmap_status filled = cm_task_join(task);
        status = status ? status : filled;
    }
    if (!status)
        status = write_nodes(&run);
    cm_rtree_nodes_clear(&run.nodes);
    castmap_status guarded = cm_db_shadow_writable(ctx, db, false);
    return status ? status : guarded;
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
