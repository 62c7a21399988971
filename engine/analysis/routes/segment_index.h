/*
 * analysis/routes/segment_index.h - which places of a network are near a point: a grid of squares over the straight segments of its edges.
 */
#ifndef CM_ANALYSIS_ROUTES_SEGMENT_INDEX_H
#define CM_ANALYSIS_ROUTES_SEGMENT_INDEX_H

#include "castmap/network.h"

typedef struct cm_segment_index cm_segment_index;

/* The nearest place of one edge. */
typedef struct cm_segment_hit {
    uint32_t edge;
    double   along_m, distance_m;
} cm_segment_hit;

/* Borrows the network. NOMEM, or LIMIT: more than 2^31 vertices. */
CASTMAP_NODISCARD castmap_status cm_segment_index_build(castmap_context *ctx, const castmap_network *network, cm_segment_index **out);
void cm_segment_index_free(cm_segment_index *index);

/* Edges within r (closed) of a point, the nearest `room` of them, nearest first and of equal ones the lower number; count <= room. Any thread. */
void cm_segment_index_near(const cm_segment_index *index, double x, double y, double r, cm_segment_hit *hits, size_t room, size_t *count);

/* The nearest of all within r; false: none. */
bool cm_segment_index_nearest(const cm_segment_index *index, double x, double y, double r, cm_segment_hit *out);

/* Along each edge: metres from its first vertex to vertex v of network->x, y. [vertices] */
const double *cm_segment_index_along(const cm_segment_index *index);

#endif
