/*
 * space/index/rtree_stream.c - leaves as the points come, then the levels above them.
 *
 * Source: packing after I. Kamel, C. Faloutsos (1993), "On packing R-trees", CIKM, pp. 490-499.
 */
#include "space/index/rtree_stream.h"

#include "base/fail.h"
#include "base/memory.h"

#include <stdlib.h>

#define MOST_POINTS ((size_t)1 << 31)
#define CURVE_ORDER 20

uint64_t cm_rtree_curve(double lon, double lat)
{
    /* The same scale for both, so that cells are square in degrees. */
    const double cells = (double)((UINT32_C(1) << CURVE_ORDER) - 1) / 360.0;

    return cm_hilbert(CURVE_ORDER, (uint32_t)((lon + 180.0) * cells), (uint32_t)((lat + 90.0) * cells));
}

castmap_status cm_rtree_stream_open(castmap_context *ctx, size_t n, size_t node_bytes, cm_rtree_stream *out)
{
    cm_rtree_stream s = {.n = n, .node_bytes = node_bytes, .cells_per_node = cm_rtree_cells(node_bytes)};

    if (n > MOST_POINTS)
        return cm_fail(ctx, CASTMAP_E_LIMIT, "too many rows for one spatial index");
    s.leaves = s.count = s.below = s.first = cm_rtree_nodes_for(n, s.cells_per_node);
    for (size_t level = s.leaves; level > 1; s.count += level)
        level = cm_rtree_nodes_for(level, s.cells_per_node);
    s.bytes = cm_alloc(node_bytes, 1);
    s.box = cm_alloc(s.count, sizeof *s.box);
    s.parent = cm_alloc_zero(s.count, sizeof *s.parent);
    if (!s.bytes || !s.box || !s.parent) {
        cm_rtree_stream_clear(&s);
        return cm_fail_memory(ctx);
    }
    *out = s;
    return CASTMAP_OK;
}

int64_t cm_rtree_stream_number(const cm_rtree_stream *stream, size_t k)
{
    return k + 1 == stream->count ? 1 : (int64_t)k + 2;
}

static void add_cell(cm_rtree_stream *s, int64_t id, const cm_rtree_box *box)
{
    if (s->cell == 0)
        s->box[s->node] = *box;
    else
        cm_rtree_enclose(&s->box[s->node], box);
    cm_rtree_put_cell(s->bytes, s->cell++, id, box);
}

bool cm_rtree_stream_add(cm_rtree_stream *s, int64_t id, double x, double y)
{
    const cm_rtree_box box = cm_rtree_box_of(x, y);

    if (s->points > 0 && s->points == cm_rtree_share(s->n, s->node + 1, s->leaves)) { /* the leaf before was full */
        s->node++;
        s->cell = 0;
    }
    add_cell(s, id, &box);
    if (++s->points < cm_rtree_share(s->n, s->node + 1, s->leaves))
        return false;
    cm_rtree_put_head(s->bytes, s->node_bytes, 0, s->cell);
    return true;
}

bool cm_rtree_stream_next(cm_rtree_stream *s)
{
    if (s->node + 1 >= s->count)
        return false;
    s->node++;
    s->cell = 0;
    if (s->level == 0 || s->node == s->first + s->level) { /* the next level begins */
        s->first = s->node;
        s->below = s->level ? s->level : s->leaves;
        s->level = cm_rtree_nodes_for(s->below, s->cells_per_node);
        s->depth++;
    }
    const size_t k = s->node - s->first, end = cm_rtree_share(s->below, k + 1, s->level);
    for (size_t i = cm_rtree_share(s->below, k, s->level); i < end; i++) {
        const size_t child = s->first - s->below + i;
        s->parent[child] = (uint32_t)cm_rtree_stream_number(s, s->node);
        add_cell(s, cm_rtree_stream_number(s, child), &s->box[child]);
    }
    cm_rtree_put_head(s->bytes, s->node_bytes, s->node + 1 == s->count ? s->depth : 0, s->cell);
    return true;
}

void cm_rtree_stream_clear(cm_rtree_stream *stream)
{
    free(stream->bytes);
    free(stream->box);
    free(stream->parent);
    *stream = (cm_rtree_stream)CM_RTREE_STREAM_INIT;
}
