/*
 * space/index/rtree_nodes.h - the nodes of a packed R-tree of points, as SQLite's rtree module stores them.
 */
#ifndef CM_SPACE_INDEX_RTREE_NODES_H
#define CM_SPACE_INDEX_RTREE_NODES_H

#include "space/index/rtree_bytes.h"

#include <stddef.h>
#include <stdint.h>

/* The k-th of `count` nodes has the number cm_rtree_number(); leaves come first, the root last. */
typedef struct cm_rtree_nodes {
    size_t         n, node_bytes, cells_per_node, leaves, count;
    const double  *x, *y;    /* borrowed until filled */
    uint32_t      *leaf;     /* owned [n]: number of the leaf of each point */
    uint32_t      *parent;   /* owned [count]: number of the node above; 0 for the root */
    unsigned char *bytes;    /* owned [count * node_bytes] */
    uint32_t      *order;    /* owned [n]: points along the curve */
    cm_rtree_box  *box;      /* owned [count] */
} cm_rtree_nodes;

#define CM_RTREE_NODES_INIT {0}

/* Order the points and say which leaf holds each. node_bytes: as the table's root has it. */
CASTMAP_NODISCARD castmap_status cm_rtree_nodes_order(castmap_context *ctx, size_t n, const double *x, const double *y,
                                                      size_t node_bytes, cm_rtree_nodes *out);
/* Fill bytes and parent. id: [n], ascending. Touches no context, so it may run beside other work. */
void cm_rtree_nodes_fill(cm_rtree_nodes *nodes, const int64_t *id);
void cm_rtree_nodes_clear(cm_rtree_nodes *nodes);

static inline int64_t cm_rtree_number(const cm_rtree_nodes *nodes, size_t k)
{
    return k + 1 == nodes->count ? 1 : (int64_t)k + 2;
}

#endif
