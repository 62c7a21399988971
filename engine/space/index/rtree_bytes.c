/*
 * space/index/rtree_bytes.c - the bytes of nodes.
 *
 * A node is a blob of fixed size: depth u16 (root only), cells u16, then cells of an id i64 and four float32 (xmin xmax ymin ymax), all
 * big-endian; bounds are rounded outward, as SQLite's own inserts do, so that no search misses a row.
 *
 * Source: the comments on the storage format in SQLite's ext/rtree/rtree.c.
 */
#include "space/index/rtree_bytes.h"

#include <math.h>
#include <string.h>

#define CELL_BYTES 24
#define HEAD_BYTES 4
#define ROOM_CELLS 3

uint64_t cm_hilbert(unsigned order, uint32_t x, uint32_t y)
{
    const uint32_t last = UINT32_MAX >> (32 - order);
    uint64_t distance = 0;

    for (uint32_t side = UINT32_C(1) << (order - 1); side > 0; side >>= 1) {
        const uint32_t right = (x & side) != 0, upper = (y & side) != 0;
        distance += (uint64_t)side * side * ((3 * right) ^ upper);
        if (!upper) {
            if (right) {
                x = last - x;
                y = last - y;
            }
            const uint32_t swap = x;
            x = y;
            y = swap;
        }
    }
    return distance;
}

size_t cm_rtree_cells(size_t node_bytes)
{
    return (node_bytes - HEAD_BYTES) / CELL_BYTES - ROOM_CELLS;
}

size_t cm_rtree_nodes_for(size_t things, size_t cells_per_node)
{
    return things == 0 ? 1 : (things + cells_per_node - 1) / cells_per_node;
}

size_t cm_rtree_share(size_t things, size_t node, size_t nodes)
{
    return things * node / nodes;
}

float cm_rtree_below(double value)
{
    const float near = (float)value;

    return (double)near > value ? nextafterf(near, -INFINITY) : near;
}

float cm_rtree_above(double value)
{
    const float near = (float)value;

    return (double)near < value ? nextafterf(near, INFINITY) : near;
}

cm_rtree_box cm_rtree_box_of(double x, double y)
{
    return (cm_rtree_box){cm_rtree_below(x), cm_rtree_above(x), cm_rtree_below(y), cm_rtree_above(y)};
}

void cm_rtree_enclose(cm_rtree_box *box, const cm_rtree_box *other)
{
    box->west = fminf(box->west, other->west);
    box->east = fmaxf(box->east, other->east);
    box->south = fminf(box->south, other->south);
    box->north = fmaxf(box->north, other->north);
}

static void put_big(unsigned char *at, uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--) {
        at[i] = (unsigned char)value;
        value >>= 8;
    }
}

void cm_rtree_put_cell(unsigned char *node, size_t cell, int64_t id, const cm_rtree_box *box)
{
    unsigned char *at = node + HEAD_BYTES + cell * CELL_BYTES;
    const float side[4] = {box->west, box->east, box->south, box->north};

    put_big(at, (uint64_t)id, 8);
    for (int i = 0; i < 4; i++) {
        uint32_t bits;
        memcpy(&bits, &side[i], sizeof bits);
        put_big(at + 8 + 4 * i, bits, 4);
    }
}

void cm_rtree_put_head(unsigned char *node, size_t node_bytes, unsigned depth, size_t cells)
{
    put_big(node, depth, 2);
    put_big(node + 2, cells, 2);
    memset(node + HEAD_BYTES + cells * CELL_BYTES, 0, node_bytes - HEAD_BYTES - cells * CELL_BYTES);
}
