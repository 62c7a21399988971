/*
 * project/packed_rtree.c - SQLite's R-tree, written from sorted boxes.
 *
 *   1. order_points   by their place on a Hilbert curve over the extent              in parallel
 *   2. number_leaves  which leaf holds each point
 *   3. fill_leaves    their bytes                                                     beside step 4
 *   4. write_rows     which leaf holds each row, into its table
 *   5. write_leaves   the leaves' bytes into theirs
 *   6. write_level    nodes of each level above, until one node is left: the root, number 1
 *
 * A node is a blob of fixed size: depth u16 (root only), cells u16, then cells of an id i64 and four float32 (xmin xmax ymin ymax), all
 * big-endian; bounds are rounded outward, as SQLite's own inserts do, so that no search misses a row.
 *
 * Source: the comments on the storage format in SQLite's ext/rtree/rtree.c; packing after I. Kamel, C. Faloutsos (1993),
 * "On packing R-trees", CIKM, pp. 490-499.
 */
#include "project/packed_rtree.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/sort.h"
#include "base/text.h"

#define CELL_BYTES 24
#define MAX_NODE_BYTES 65536
#define HILBERT_ORDER 16
/* Nodes are left a little room, so that a few later rows do not split every leaf. */
#define ROOM_CELLS 3

typedef struct float_box {
    float west, east, south, north;
} float_box;

typedef struct packing {
    castmap_context *ctx;
    cm_db     *db;
    const char *table;
    size_t     n;
    const int64_t *id;      /* borrowed */
    const double  *x, *y;   /* borrowed */
    size_t     node_bytes, cells_per_node;
    double     west, south, width, height;
    uint64_t  *key;         /* owned [n] */
    uint32_t  *order;       /* owned [n] */
    uint32_t  *leaf;        /* owned [n]: node of each point, by index */
    unsigned char *leaves;  /* owned [level_count * node_bytes] */
    float_box *level_box;   /* owned: nodes of the level last written */
    size_t     level_first, level_count; /* their numbers */
    int64_t    next_node;
    unsigned char *blob;    /* owned [node_bytes] */
    cm_query  *add_node, *add_parent;
} packing;

/* Largest float32 <= value, smallest >= value. */
static float round_down(double value)
{
    const float near = (float)value;

    return (double)near > value ? nextafterf(near, -INFINITY) : near;
}

static float round_up(double value)
{
    const float near = (float)value;

    return (double)near < value ? nextafterf(near, INFINITY) : near;
}

/* Distance along a Hilbert curve of 2^16 x 2^16 cells. */
static uint64_t hilbert(uint32_t x, uint32_t y)
{
    uint64_t distance = 0;

    for (uint32_t side = 1u << (HILBERT_ORDER - 1); side > 0; side >>= 1) {
        const uint32_t right = (x & side) != 0, upper = (y & side) != 0;
        distance += (uint64_t)side * side * ((3 * right) ^ upper);
        if (!upper) {
            if (right) {
                x = (1u << HILBERT_ORDER) - 1 - x;
                y = (1u << HILBERT_ORDER) - 1 - y;
            }
            const uint32_t swap = x;
            x = y;
            y = swap;
        }
    }
    return distance;
}

static castmap_status place_on_curve(size_t begin, size_t end, void *job)
{
    packing *run = job;
    const double cells = (1u << HILBERT_ORDER) - 1;

    for (size_t i = begin; i < end; i++) {
        run->key[i] = hilbert((uint32_t)((run->x[i] - run->west) / run->width * cells),
                              (uint32_t)((run->y[i] - run->south) / run->height * cells));
        run->order[i] = (uint32_t)i;
    }
    return CASTMAP_OK;
}

static castmap_status order_points(packing *run)
{
    double west = INFINITY, east = -INFINITY, south = INFINITY, north = -INFINITY;

    run->key = cm_alloc(run->n, sizeof *run->key);
    run->order = cm_alloc(run->n, sizeof *run->order);
    if (!run->key || !run->order)
        return cm_fail_memory(run->ctx);
    for (size_t i = 0; i < run->n; i++) {
        west = fmin(west, run->x[i]);
        east = fmax(east, run->x[i]);
        south = fmin(south, run->y[i]);
        north = fmax(north, run->y[i]);
    }
    run->west = west;
    run->south = south;
    run->width = fmax(east - west, 1e-9);
    run->height = fmax(north - south, 1e-9);
    castmap_status status = cm_parallel_for(run->ctx, "indexing", run->n, place_on_curve, run);
    if (!status)
        status = cm_sort_u64(run->ctx, run->key, run->order, run->n);
    free(run->key);
    run->key = NULL;
    return status;
}

static void put_big(unsigned char *at, uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--) {
        at[i] = (unsigned char)value;
        value >>= 8;
    }
}

static void put_cell(unsigned char *blob, size_t cell, int64_t id, const float_box *box)
{
    unsigned char *at = blob + 4 + cell * CELL_BYTES;
    const float side[4] = {box->west, box->east, box->south, box->north};

    put_big(at, (uint64_t)id, 8);
    for (int i = 0; i < 4; i++) {
        uint32_t bits;
        memcpy(&bits, &side[i], sizeof bits);
        put_big(at + 8 + 4 * i, bits, 4);
    }
}

static void enclose(float_box *box, const float_box *other)
{
    box->west = fminf(box->west, other->west);
    box->east = fmaxf(box->east, other->east);
    box->south = fminf(box->south, other->south);
    box->north = fmaxf(box->north, other->north);
}

/* The head of a node and the zeros after its cells. */
static void put_node(const packing *run, unsigned char *blob, unsigned depth, size_t cells)
{
    put_big(blob, depth, 2);
    put_big(blob + 2, cells, 2);
    memset(blob + 4 + cells * CELL_BYTES, 0, run->node_bytes - 4 - cells * CELL_BYTES);
}

static castmap_status write_node(packing *run, int64_t number, const unsigned char *blob)
{
    cm_query_bind_integer(run->add_node, 1, number);
    cm_query_bind_blob(run->add_node, 2, blob, run->node_bytes);
    return cm_query_run(run->ctx, run->add_node);
}

static castmap_status write_parent(packing *run, int64_t child, int64_t parent)
{
    cm_query_bind_integer(run->add_parent, 1, child);
    cm_query_bind_integer(run->add_parent, 2, parent);
    return cm_query_run(run->ctx, run->add_parent);
}

/* Where the share of one of `nodes` nodes begins: even shares, so that no node is nearly empty. */
static size_t share(size_t count, size_t node, size_t nodes)
{
    return count * node / nodes;
}

/* Numbers for `count` things' nodes. One node that holds all of them is the root and has number 1. */
static castmap_status begin_level(packing *run, size_t count)
{
    const size_t nodes = (count + run->cells_per_node - 1) / run->cells_per_node;
    const int64_t first = nodes == 1 ? 1 : run->next_node;
    float_box *boxes = cm_alloc(nodes, sizeof *boxes);

    if (!boxes)
        return cm_fail_memory(run->ctx);
    free(run->level_box);
    run->level_box = boxes;
    run->level_first = (size_t)first;
    run->level_count = nodes;
    run->next_node = first + (int64_t)nodes;
    return CASTMAP_OK;
}

static castmap_status number_leaves(packing *run)
{
    castmap_status status = begin_level(run, run->n);

    if (status)
        return status;
    run->leaves = cm_alloc(run->level_count, run->node_bytes);
    if (!run->leaves)
        return cm_fail_memory(run->ctx);
    for (size_t node = 0; node < run->level_count; node++) {
        const size_t end = share(run->n, node + 1, run->level_count);
        for (size_t i = share(run->n, node, run->level_count); i < end; i++)
            run->leaf[run->order[i]] = (uint32_t)(run->level_first + node);
    }
    return CASTMAP_OK;
}

static castmap_status fill_leaves(void *job)
{
    packing *run = job;

    for (size_t node = 0; node < run->level_count; node++) {
        const size_t begin = share(run->n, node, run->level_count), end = share(run->n, node + 1, run->level_count);
        unsigned char *blob = run->leaves + node * run->node_bytes;
        for (size_t i = begin; i < end; i++) {
            const uint32_t point = run->order[i];
            const float_box box = {round_down(run->x[point]), round_up(run->x[point]), round_down(run->y[point]),
                                   round_up(run->y[point])};
            put_cell(blob, i - begin, run->id[point], &box);
            if (i == begin)
                run->level_box[node] = box;
            else
                enclose(&run->level_box[node], &box);
        }
        put_node(run, blob, 0, end - begin);
    }
    return CASTMAP_OK;
}

static castmap_status write_rows(packing *run)
{
    cm_query *query = NULL;
    char sql[128];

    snprintf(sql, sizeof sql, "INSERT INTO \"idx_%s_geometry_rowid\" (rowid, nodeno) VALUES (?, ?)", run->table);
    castmap_status status = cm_query_open(run->ctx, run->db, sql, &query);
    for (size_t i = 0; i < run->n && !status; i++) {
        cm_query_bind_integer(query, 1, run->id[i]);
        cm_query_bind_integer(query, 2, run->leaf[i]);
        status = cm_query_run(run->ctx, query);
    }
    cm_query_close(query);
    return status;
}

static castmap_status write_leaves(packing *run)
{
    castmap_status status = CASTMAP_OK;

    for (size_t node = 0; node < run->level_count && !status; node++)
        status = write_node(run, (int64_t)(run->level_first + node), run->leaves + node * run->node_bytes);
    free(run->leaves);
    run->leaves = NULL;
    return status;
}

/* The bytes of the leaves are made on one thread while the rows are written on the caller's. */
static castmap_status write_points(packing *run)
{
    cm_task *task = NULL;
    castmap_status status = number_leaves(run), filled = CASTMAP_OK;

    if (!status && castmap_threads(run->ctx) > 1)
        status = cm_task_start(run->ctx, fill_leaves, run, &task);
    if (!status)
        status = write_rows(run);
    if (task)
        filled = cm_task_join(task);
    else if (!status)
        filled = fill_leaves(run);
    if (!status && filled)
        status = cm_fail_memory(run->ctx);
    return status ? status : write_leaves(run);
}

/* One level above the nodes of the level below. The depth of the tree stands in the root alone. */
static castmap_status write_level(packing *run, unsigned depth)
{
    const size_t count = run->level_count, below_first = run->level_first;
    float_box *below = run->level_box;

    run->level_box = NULL;
    castmap_status status = begin_level(run, count);
    for (size_t node = 0; node < run->level_count && !status; node++) {
        const size_t begin = share(count, node, run->level_count), end = share(count, node + 1, run->level_count);
        const int64_t number = (int64_t)(run->level_first + node);
        for (size_t i = begin; i < end && !status; i++) {
            const int64_t id = (int64_t)(below_first + i);
            status = write_parent(run, id, number);
            put_cell(run->blob, i - begin, id, &below[i]);
            if (i == begin)
                run->level_box[node] = below[i];
            else
                enclose(&run->level_box[node], &below[i]);
        }
        put_node(run, run->blob, run->level_count == 1 ? depth : 0, end - begin);
        if (!status)
            status = write_node(run, number, run->blob);
    }
    free(below);
    return status;
}

/* Empty the three tables, but for the size of a node, which the root tells. */
static castmap_status prepare(packing *run)
{
    char sql[512];
    int64_t node_bytes = 0;

    snprintf(sql, sizeof sql, "SELECT length(data) FROM \"idx_%s_geometry_node\" WHERE nodeno = 1", run->table);
    castmap_status status = cm_db_integer(run->ctx, run->db, sql, &node_bytes);
    if (status)
        return status;
    if (node_bytes < 4 + 8 * CELL_BYTES || node_bytes > MAX_NODE_BYTES)
        return cm_fail(run->ctx, CASTMAP_E_PROJECT, "the spatial index of %s is damaged", run->table);
    run->node_bytes = (size_t)node_bytes;
    run->cells_per_node = (run->node_bytes - 4) / CELL_BYTES - ROOM_CELLS;
    run->next_node = 2;
    run->blob = cm_alloc_zero(run->node_bytes, 1);
    run->leaf = cm_alloc(run->n, sizeof *run->leaf);
    if (!run->blob || !run->leaf)
        return cm_fail_memory(run->ctx);
    snprintf(sql, sizeof sql, "DELETE FROM \"idx_%s_geometry_node\"; DELETE FROM \"idx_%s_geometry_rowid\";"
             "DELETE FROM \"idx_%s_geometry_parent\"", run->table, run->table, run->table);
    status = cm_db_exec(run->ctx, run->db, sql);
    if (status)
        return status;
    snprintf(sql, sizeof sql, "INSERT INTO \"idx_%s_geometry_node\" (nodeno, data) VALUES (?, ?)", run->table);
    status = cm_query_open(run->ctx, run->db, sql, &run->add_node);
    if (status)
        return status;
    snprintf(sql, sizeof sql, "INSERT INTO \"idx_%s_geometry_parent\" (nodeno, parentnode) VALUES (?, ?)", run->table);
    return cm_query_open(run->ctx, run->db, sql, &run->add_parent);
}

castmap_status cm_packed_rtree_store(castmap_context *ctx, cm_db *db, const char *table, size_t n, const int64_t *id,
                                     const double *x, const double *y)
{
    packing run = {.ctx = ctx, .db = db, .table = table, .n = n, .id = id, .x = x, .y = y};
    unsigned depth = 0;

    if (n > UINT32_MAX - 1)
        return cm_fail(ctx, CASTMAP_E_LIMIT, "too many rows for one spatial index");
    castmap_status status = cm_db_shadow_writable(ctx, db, true);
    if (!status)
        status = prepare(&run);
    if (!status && n == 0)
        status = write_node(&run, 1, run.blob);
    if (!status && n > 0)
        status = order_points(&run);
    if (!status && n > 0)
        status = write_points(&run);
    while (!status && n > 0 && run.level_count > 1)
        status = write_level(&run, ++depth);

    cm_query_close(run.add_node);
    cm_query_close(run.add_parent);
    free(run.key);
    free(run.order);
    free(run.leaf);
    free(run.leaves);
    free(run.level_box);
    free(run.blob);
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
