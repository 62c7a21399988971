/*
 * release/disclosure/published_flows.h - all that a partner or public release says of movements: pairs of areas with rounded counts.
 *
 * Totals of areas are sums of these counts and of nothing else, so that no total tells of a pair that is not shown. A pair, each direction by itself,
 * is shown where persons, sources and days reach the floors, and neither area is smaller than the smallest square of the lattice. A pair that is not shown
 * looks like one that nobody moved along.
 *
 * Where a release covers several years (or quarters), a pair is shown by year only when it reaches the floors in every one of them; else its sum is shown alone. So no
 * sum less the years shown gives a year that is not: the same rule as of squares, which are divided only where each quarter passes.
 */
#ifndef CM_RELEASE_DISCLOSURE_PUBLISHED_FLOWS_H
#define CM_RELEASE_DISCLOSURE_PUBLISHED_FLOWS_H

#include "base/json_text.h"
#include "project/flow_layer_table.h"
#include "release/disclosure/flow_groups.h"
#include "release/disclosure/published_months.h"

struct json_object;

#define CM_FLOW_MOST_SLICES 60

typedef struct cm_published_flow {
    char   *from, *to; /* owned; codes */
    int64_t published; /* rounded */
    int64_t *slice;    /* owned [n_slices] rounded, one a year or quarter of the period; NULL: not shown by those */
} cm_published_flow;

typedef struct cm_published_flows {
    bool     present;
    char    *areas;     /* owned; digest of the boundary set: two sets laid over each other would show what lies between */
    bool     symmetric; /* likewise: both directions together less one of them is the other */
    int64_t  run;       /* that counted the movements */
    cm_published_months months; /* owned; covered by the movements of the pairs that are shown */
    size_t   n_slices;  /* years or quarters of the period; 0: it is one, or there are more than CM_FLOW_MOST_SLICES */
    size_t   count;
    cm_published_flow *flow; /* owned; by from, then to */
} cm_published_flows;

void cm_published_flows_clear(cm_published_flows *flows);

/*
 * Count what of a layer may be shown in the period. area_km2 [layer->n_areas]; `areas` names the boundary set. withheld: pairs with a movement
 * in the period that are not shown.
 */
CASTMAP_NODISCARD castmap_status cm_published_flows_count(castmap_context *ctx, const cm_policy *policy, const cm_period *period,
                                                          const cm_flow_layer *layer, const double *area_km2, const char *areas,
                                                          cm_published_flows *out, size_t *withheld);

/* Members of the open object of a ledger entry, and back. from_json: not present where the entry has none. CASTMAP_E_PROJECT: cannot be read. */
void cm_published_flows_to_json(cm_json *json, const cm_published_flows *flows);
CASTMAP_NODISCARD castmap_status cm_published_flows_from_json(castmap_context *ctx, struct json_object *document, cm_published_flows *out);

#endif
