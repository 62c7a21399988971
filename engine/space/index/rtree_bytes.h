/*
 * space/index/rtree_bytes.h - one node of an R-tree as SQLite's rtree module stores it, and how many of them a packed tree has.
 */
#ifndef CM_SPACE_INDEX_RTREE_BYTES_H
#define CM_SPACE_INDEX_RTREE_BYTES_H

#include "castmap/context.h"

#include <stddef.h>
#include <stdint.h>

/* Sizes of a node that SQLite makes. */
#define CM_RTREE_LEAST_NODE 196
#define CM_RTREE_MOST_NODE 65536

typedef struct cm_rtree_box {
    float west, east, south, north;
} cm_rtree_box;

/* Distance along a Hilbert curve of 2^order x 2^order cells, order <= 32. */
uint64_t cm_hilbert(unsigned order, uint32_t x, uint32_t y);

/* A packed node holds fewer cells than it has room for, so that a few later rows do not split every leaf. */
size_t cm_rtree_cells(size_t node_bytes);
size_t cm_rtree_nodes_for(size_t things, size_t cells_per_node);
/* Where the share of one of `nodes` nodes begins: even shares, so that no node is nearly empty. */
size_t cm_rtree_share(size_t things, size_t node, size_t nodes);

/* Rounded outward. */
float cm_rtree_below(double value);
float cm_rtree_above(double value);
cm_rtree_box cm_rtree_box_of(double x, double y);
void cm_rtree_enclose(cm_rtree_box *box, const cm_rtree_box *other);

void cm_rtree_put_cell(unsigned char *node, size_t cell, int64_t id, const cm_rtree_box *box);
/* The head of a node, and the zeros after its cells. depth: of the root, else 0. */
void cm_rtree_put_head(unsigned char *node, size_t node_bytes, unsigned depth, size_t cells);

#endif
