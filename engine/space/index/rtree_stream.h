/*
 * space/index/rtree_stream.h - a packed R-tree node by node, from points that come in the order of a curve.
 *
 * In memory are one node and the boxes of all: about 20 bytes for each 37 points. rtree_nodes.h holds the whole tree and needs no order.
 */
#ifndef CM_SPACE_INDEX_RTREE_STREAM_H
#define CM_SPACE_INDEX_RTREE_STREAM_H

#include "space/index/rtree_bytes.h"

#include <stdbool.h>

typedef struct cm_rtree_stream {
    size_t         n, node_bytes, cells_per_node, leaves, count;
    unsigned char *bytes;   /* owned [node_bytes]: the node in hand */
    cm_rtree_box  *box;     /* owned [count] */
    uint32_t      *parent;  /* owned [count]: number of the node above; 0 for the root */
    size_t         points, node, cell; /* so far; the node in hand; its next cell */
    size_t         first, below, level; /* of the level in hand above the leaves: its first node, the nodes below, its nodes */
    unsigned       depth;
} cm_rtree_stream;

#define CM_RTREE_STREAM_INIT {0}

/* Where a point stands on a curve over the whole earth, to about 40 m: the order in which points are to come. */
uint64_t cm_rtree_curve(double lon, double lat);

/* n > 0 points. CASTMAP_E_LIMIT: more than 2^31. */
CASTMAP_NODISCARD castmap_status cm_rtree_stream_open(castmap_context *ctx, size_t n, size_t node_bytes, cm_rtree_stream *out);
/* Adds the next point to the leaf in hand. True: the leaf is full, store it (cm_rtree_stream_number(), bytes) before the next point comes. */
bool cm_rtree_stream_add(cm_rtree_stream *stream, int64_t id, double x, double y);
/* After the last point: makes the next node above the leaves, to be stored; false when the root was made. Then `parent` is whole. */
bool cm_rtree_stream_next(cm_rtree_stream *stream);
/* The k-th node's number: the root, which comes last, is 1. */
int64_t cm_rtree_stream_number(const cm_rtree_stream *stream, size_t k);
void cm_rtree_stream_clear(cm_rtree_stream *stream);

#endif
