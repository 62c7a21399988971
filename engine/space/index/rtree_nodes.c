/*
 * space/index/rtree_nodes.c - SQLite's R-tree from sorted points.
 *
 *   1. place_on_curve  by their place on a Hilbert curve over the extent, then sorted     in parallel
 *   2. fill_leaves     boxes and bytes of the lowest level
 *   3. fill_level      of each level above, until one node is left: the root, number 1
 */
#include "space/index/rtree_nodes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/sort.h"
#include "space/index/rtree_bytes.h"

#define HILBERT_ORDER 16

typedef struct curve {
    const cm_rtree_nodes *nodes;
    double    west, south, width, height;
    uint64_t *key; /* owned [n] */
} curve;

static castmap_status place_on_curve(size_t begin, size_t end, void *job)
{
    curve *run = job;
    const cm_rtree_nodes *nodes = run->nodes;
    const double cells = (1u << HILBERT_ORDER) - 1;

    for (size_t i = begin; i < end; i++) {
        run->key[i] = cm_hilbert(HILBERT_ORDER, (uint32_t)((nodes->x[i] - run->west) / run->width * cells),
                              (uint32_t)((nodes->y[i] - run->south) / run->height * cells));
        nodes->order[i] = (uint32_t)i;
    }
    return CASTMAP_OK;
}

static castmap_status order_points(castmap_context *ctx, cm_rtree_nodes *nodes)
{
    double west = INFINITY, east = -INFINITY, south = INFINITY, north = -INFINITY;
    curve run = {.nodes = nodes, .key = cm_alloc(nodes->n, sizeof *run.key)};

    if (!run.key)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < nodes->n; i++) {
        west = fmin(west, nodes->x[i]);
        east = fmax(east, nodes->x[i]);
        south = fmin(south, nodes->y[i]);
        north = fmax(north, nodes->y[i]);
    }
    run.west = west;
    run.south = south;
    run.width = fmax(east - west, 1e-9);
    run.height = fmax(north - south, 1e-9);
    castmap_status status = cm_parallel_for(ctx, "indexing", nodes->n, place_on_curve, &run);
    if (!status)
        status = cm_sort_u64(ctx, run.key, nodes->order, nodes->n);
    free(run.key);
    return status;
}

castmap_status cm_rtree_nodes_order(castmap_context *ctx, size_t n, const double *x, const double *y, size_t node_bytes,
                                    cm_rtree_nodes *out)
{
    cm_rtree_nodes nodes = {.n = n, .x = x, .y = y, .node_bytes = node_bytes};
    castmap_status status;

    if (n > UINT32_MAX / 2)
        return cm_fail(ctx, CASTMAP_E_LIMIT, "too many rows for one spatial index");
    nodes.cells_per_node = cm_rtree_cells(node_bytes);
    nodes.leaves = cm_rtree_nodes_for(n, nodes.cells_per_node);
    nodes.count = nodes.leaves;
    for (size_t level = nodes.leaves; level > 1;) {
        level = cm_rtree_nodes_for(level, nodes.cells_per_node);
        nodes.count += level;
    }
    nodes.leaf = cm_alloc(n, sizeof *nodes.leaf);
    nodes.order = cm_alloc(n, sizeof *nodes.order);
    nodes.parent = cm_alloc_zero(nodes.count, sizeof *nodes.parent);
    nodes.box = cm_alloc(nodes.count, sizeof *nodes.box);
    nodes.bytes = cm_alloc(nodes.count, node_bytes);
    status = nodes.leaf && nodes.order && nodes.parent && nodes.box && nodes.bytes ? CASTMAP_OK : cm_fail_memory(ctx);
    if (!status && n > 0)
        status = order_points(ctx, &nodes);
    if (status) {
        cm_rtree_nodes_clear(&nodes);
        return status;
    }
    for (size_t node = 0; node < nodes.leaves; node++) {
        const size_t end = cm_rtree_share(n, node + 1, nodes.leaves);
        for (size_t i = cm_rtree_share(n, node, nodes.leaves); i < end; i++)
            nodes.leaf[nodes.order[i]] = (uint32_t)cm_rtree_number(&nodes, node);
    }
    *out = nodes;
    return CASTMAP_OK;
}

static void add_cell(cm_rtree_nodes *nodes, size_t node, size_t cell, int64_t id, const cm_rtree_box *box)
{
    cm_rtree_put_cell(nodes->bytes + node * nodes->node_bytes, cell, id, box);
    if (cell == 0)
        nodes->box[node] = *box;
    else
        cm_rtree_enclose(&nodes->box[node], box);
}

static void fill_leaves(cm_rtree_nodes *nodes, const int64_t *id)
{
    for (size_t node = 0; node < nodes->leaves; node++) {
        const size_t begin = cm_rtree_share(nodes->n, node, nodes->leaves), end = cm_rtree_share(nodes->n, node + 1, nodes->leaves);
        for (size_t i = begin; i < end; i++) {
            const uint32_t point = nodes->order[i];
            const cm_rtree_box box = cm_rtree_box_of(nodes->x[point], nodes->y[point]);
            add_cell(nodes, node, i - begin, id[point], &box);
        }
        cm_rtree_put_head(nodes->bytes + node * nodes->node_bytes, nodes->node_bytes, 0, end - begin);
    }
}

/* The nodes from `first` on, above the `below` nodes before it; gives how many they are. */
static size_t fill_level(cm_rtree_nodes *nodes, size_t first, size_t below, unsigned depth)
{
    const size_t level = cm_rtree_nodes_for(below, nodes->cells_per_node);

    for (size_t k = 0; k < level; k++) {
        const size_t begin = cm_rtree_share(below, k, level), end = cm_rtree_share(below, k + 1, level), node = first + k;
        for (size_t i = begin; i < end; i++) {
            const size_t child = first - below + i;
            nodes->parent[child] = (uint32_t)cm_rtree_number(nodes, node);
            add_cell(nodes, node, i - begin, cm_rtree_number(nodes, child), &nodes->box[child]);
        }
        cm_rtree_put_head(nodes->bytes + node * nodes->node_bytes, nodes->node_bytes, node + 1 == nodes->count ? depth : 0, end - begin);
    }
    return level;
}

void cm_rtree_nodes_fill(cm_rtree_nodes *nodes, const int64_t *id)
{
    unsigned depth = 0;

    fill_leaves(nodes, id);
    for (size_t first = nodes->leaves, below = nodes->leaves; first < nodes->count;) {
        below = fill_level(nodes, first, below, ++depth);
        first += below;
    }
}

void cm_rtree_nodes_clear(cm_rtree_nodes *nodes)
{
    free(nodes->leaf);
    free(nodes->order);
    free(nodes->parent);
    free(nodes->box);
    free(nodes->bytes);
    *nodes = (cm_rtree_nodes)CM_RTREE_NODES_INIT;
}
