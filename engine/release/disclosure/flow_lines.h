/*
 * release/disclosure/flow_lines.h - a list of flows as a layer of curved lines with classes of width and colour.
 */
#ifndef CM_RELEASE_DISCLOSURE_FLOW_LINES_H
#define CM_RELEASE_DISCLOSURE_FLOW_LINES_H

#include "release/disclosure/release_flows.h"

#define CM_FLOW_CLASSES 4

typedef struct cm_shown_flow {
    uint32_t from, to;
    int64_t  count, persons;
    double   expected, p, q;
} cm_shown_flow;

typedef struct cm_flow_list {
    cm_shown_flow *flow; /* owned */
    size_t         count;
    bool           tested;  /* expected, p and q are those of these counts */
    bool           internal;
} cm_flow_list;

typedef struct cm_flow_classes {
    double edge[CM_FLOW_CLASSES + 1]; /* as castmap_classes_make() gives them */
    size_t n;
} cm_flow_classes;

/* Most movements first, then by area. */
void cm_flow_list_sort(cm_flow_list *list);

/* The numbers of the areas of a published pair. CASTMAP_E_PROJECT: one is not there. */
CASTMAP_NODISCARD castmap_status cm_flow_ends(castmap_context *ctx, const cm_flow_layer *layer, const cm_published_flow *published, cm_shown_flow *flow);

/* One legend for all lists. */
CASTMAP_NODISCARD castmap_status cm_flow_breaks(castmap_context *ctx, const cm_flow_list *list, size_t n_lists, cm_flow_classes *out);

/*
 * A line runs from the middle of one area to that of another and bends to the right of its way, so that the way back is another line. The layer is hidden
 * until somebody looks at it.
 */
CASTMAP_NODISCARD castmap_status cm_flow_lines(castmap_context *ctx, const cm_release_inputs *inputs, const cm_flow_inputs *flows, const cm_flow_list *list,
                                               const char *name, const char *title, const cm_flow_classes *classes, cm_release_build *build);

/* flow_slices.c: one layer "flows_01" ... for each year or quarter of a partner or public release, of the pairs that are shown by those. */
CASTMAP_NODISCARD castmap_status cm_flow_slices_published(castmap_context *ctx, const cm_release_inputs *inputs, const cm_flow_inputs *flows,
                                                          const cm_period *period, const cm_published_flows *published, cm_release_build *build);
/* The same of an internal release with exact counts, for each month, quarter or year as the run of the layer was asked for; nothing where it was not. */
CASTMAP_NODISCARD castmap_status cm_flow_slices_internal(castmap_context *ctx, const cm_release_inputs *inputs, const cm_flow_inputs *flows, cm_release_build *build);

#endif
