/*
 * release/disclosure/release_routes.h - observations along streets as layers of a release.
 */
#ifndef CM_RELEASE_DISCLOSURE_RELEASE_ROUTES_H
#define CM_RELEASE_DISCLOSURE_RELEASE_ROUTES_H

#include "project/route_layer_table.h"
#include "release/disclosure/ledger_check.h"
#include "release/disclosure/period.h"
#include "release/disclosure/published.h"
#include "release/disclosure/release_inputs.h"

/* The newest search along streets, with its network; without a search, the newest network alone, to be drawn under the map. */
typedef struct cm_route_inputs {
    bool            present; /* the search */
    bool            drawn;   /* the network is here */
    cm_route_layer  layer;   /* owned */
    castmap_streets streets; /* owned */
    char            name[33]; /* of this network */
} cm_route_inputs;

/* A digest of streets: their lines and names. */
void cm_network_name(const castmap_streets *streets, char out[33]);

/* Not present: nothing was looked for. */
CASTMAP_NODISCARD castmap_status cm_route_inputs_load(castmap_context *ctx, const cm_release_inputs *inputs, cm_route_inputs *out);
void cm_route_inputs_clear(cm_route_inputs *routes);

/* Name of the street of each of n observations, by id: index into streets.names, or -1: on none, on one without a name, or not looked at. ids ascending. */
void cm_route_names(const cm_route_inputs *routes, const int64_t *id, size_t n, int32_t *name);

/*
 * What a release for this audience and period says of streets: what the ledger holds, else counted now. Not present where an earlier release was made on other
 * streets: a warning says so.
 */
CASTMAP_NODISCARD castmap_status cm_routes_publish(castmap_context *ctx, const cm_route_inputs *routes, const cm_ledger *ledger, const cm_policy *policy,
                                                   const cm_period *period, const cm_report *reports, size_t n, bool sources_recorded,
                                                   const cm_ledger_cell *cells, size_t n_cells, cm_published_streets *out, size_t *withheld);

/* The layer "stretches" of a partner or public release, from what is published and the streets alone. */
CASTMAP_NODISCARD castmap_status cm_release_routes(castmap_context *ctx, const cm_release_inputs *inputs, const cm_route_inputs *routes,
                                                   const cm_published_streets *published, cm_release_build *build);
/* street_slices.c: of an internal release, one layer "street_density_01" ... for each part of the period. lixels: those of the layer. */
CASTMAP_NODISCARD castmap_status cm_release_street_slices(castmap_context *ctx, const cm_release_inputs *inputs, const cm_route_inputs *routes,
                                                          const castmap_lixels *lixels, cm_release_build *build);
/* The layers "street_density" and "stretches" of an internal release, with exact counts, and the slices. */
CASTMAP_NODISCARD castmap_status cm_release_routes_internal(castmap_context *ctx, const cm_release_inputs *inputs, cm_release_build *build);

#endif
