/*
 * release/disclosure/release_flows.h - movements as layers of a release.
 */
#ifndef CM_RELEASE_DISCLOSURE_RELEASE_FLOWS_H
#define CM_RELEASE_DISCLOSURE_RELEASE_FLOWS_H

#include "release/disclosure/ledger_check.h"
#include "release/disclosure/release_inputs.h"
#include "runs/projected_areas.h"

/* The newest movements with the areas that they were counted in. */
typedef struct cm_flow_inputs {
    bool               present;
    bool               world;   /* the areas are countries at their rough centres (flow_world.h) */
    cm_flow_layer      layer;   /* owned */
    cm_projected_areas areas;   /* owned */
    double            *km2;     /* owned [areas.set.count] */
    double            *x, *y;   /* owned [areas.set.count] middle of each area, metres */
    char              *name;    /* owned; of this boundary set: level and digest */
} cm_flow_inputs;

/* Not present: no movements; counted by words alone; or on boundaries that have been replaced since (a warning says so). */
CASTMAP_NODISCARD castmap_status cm_flow_inputs_load(castmap_context *ctx, const cm_release_inputs *inputs, cm_flow_inputs *out);
void cm_flow_inputs_clear(cm_flow_inputs *flows);

/* From the first to the last time of the movements; first > last: none. Widens what is there. */
void cm_flow_inputs_span(const cm_flow_inputs *flows, int64_t *first_s, int64_t *last_s);

/*
 * What a release for this audience and period says of movements: what the ledger holds, else counted now. Not present where movements were released on other
 * areas or the other way of counting directions, or to the other audience from another table: a warning says why.
 */
CASTMAP_NODISCARD castmap_status cm_flows_publish(castmap_context *ctx, const cm_flow_inputs *flows, const cm_ledger *ledger, const cm_policy *policy,
                                                  const cm_period *period, cm_published_flows *out, size_t *withheld);

/* The layers "flow_areas", "flows" and, where a period has several years or quarters, "flows_01" ..., from what is published alone. */
CASTMAP_NODISCARD castmap_status cm_release_flows(castmap_context *ctx, const cm_release_inputs *inputs, const cm_flow_inputs *flows, const cm_period *period,
                                                  const cm_published_flows *published, cm_release_build *build);
/* The same with exact counts and tests, and "corridors", of an internal release. from_s, to_s: INT64_MIN, INT64_MAX: all movements, also those without a date. */
CASTMAP_NODISCARD castmap_status cm_release_flows_internal(castmap_context *ctx, const cm_release_inputs *inputs, cm_release_build *build);

#endif
