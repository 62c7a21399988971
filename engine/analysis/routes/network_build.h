/*
 * analysis/routes/network_build.h - lines on their way to a network: their vertices as places of a grid of whole millimetres.
 */
#ifndef CM_ANALYSIS_ROUTES_NETWORK_BUILD_H
#define CM_ANALYSIS_ROUTES_NETWORK_BUILD_H

#include "castmap/network.h"

/* Vertices in the order of their lines; two in succession of a line are never one place. Lines that were dropped have none. */
typedef struct cm_street_vertices {
    const castmap_street_lines *lines; /* borrowed */
    int64_t   west, south;  /* grains */
    size_t    count;
    uint64_t *place;        /* owned [count] grains east of west << 32 | grains north of south */
    uint32_t *line;         /* owned [count] */
} cm_street_vertices;

static inline double cm_place_x(const cm_street_vertices *v, uint64_t place)
{
    return (double)(v->west + (int64_t)(place >> 32)) * CASTMAP_NETWORK_GRAIN_M;
}

static inline double cm_place_y(const cm_street_vertices *v, uint64_t place)
{
    return (double)(v->south + (int64_t)(place & UINT32_MAX)) * CASTMAP_NETWORK_GRAIN_M;
}

static inline int cm_line_level(const cm_street_vertices *v, uint32_t line)
{
    return v->lines->level ? v->lines->level[line] : 0;
}

static inline bool cm_is_line_end(const cm_street_vertices *v, size_t i)
{
    return i == 0 || i + 1 == v->count || v->line[i - 1] != v->line[i] || v->line[i + 1] != v->line[i];
}

/* network_joins.c: put a vertex where lines of one level cross or touch; report->crossings grows. */
CASTMAP_NODISCARD castmap_status cm_join_crossings(castmap_context *ctx, cm_street_vertices *vertices, castmap_network_report *report);
/* network_joins.c: lead ends that nothing meets to the nearest other line within join_m; report->joined and near_misses grow. */
CASTMAP_NODISCARD castmap_status cm_join_ends(castmap_context *ctx, cm_street_vertices *vertices, double join_m,
                                              castmap_network_report *report);

/* network_report.c: what can be read off the finished network. */
CASTMAP_NODISCARD castmap_status cm_network_describe(castmap_context *ctx, const castmap_network *network, castmap_network_report *report);

#endif
