/*
 * release/disclosure/published.h - all that a partner or public release says: cells with rounded counts, and which of them make a place.
 *
 * Areas, heat and every number of the products are computed from this alone, so nothing else has to be protected. It is what the ledger keeps: a
 * release that is made again comes from the ledger, and records that came or went since then change nothing.
 */
#ifndef CM_RELEASE_DISCLOSURE_PUBLISHED_H
#define CM_RELEASE_DISCLOSURE_PUBLISHED_H

#include "release/disclosure/lattice.h"
#include "release/disclosure/period.h"
#include "release/disclosure/published_flows.h"
#include "release/disclosure/published_months.h"
#include "release/disclosure/published_streets.h"
#include "release/disclosure/published_tracks.h"

typedef struct cm_published {
    cm_policy       policy;
    cm_period       period;
    char           *crs;           /* owned */
    bool            sources_recorded;
    int64_t         last_record;   /* id of the newest record that was looked at */
    size_t          n_cells;
    cm_ledger_cell *cell;          /* owned; by side (large first), row, column */
    size_t          n_places;
    size_t         *place_start;   /* owned [n_places + 1] */
    uint32_t       *place_cell;    /* owned; cells of each place, ascending */
    cm_published_months months;    /* owned; covered by the reports in the cells */
    cm_published_flows flows;      /* owned */
    cm_published_streets streets;  /* owned */
    cm_published_tracks tracks;    /* owned */
} cm_published;

void cm_published_clear(cm_published *published);

/* What may be counted. */
typedef struct cm_counting {
    const cm_report *reports; /* [n] */
    size_t n;
    bool   sources_recorded;
    size_t n_clusters;        /* labels of cm_report.place run from 0 to n_clusters - 1 */
    const double *building_x, *building_y;
    size_t n_buildings;
} cm_counting;

/* Count, apply the floors, keep what passes. policy and period are copied; crs and last_record are the caller's to set. stats gets the numbers of groups and
 * cells. A place is shown as those shown cells of at most 2 km in which its own groups pass the floors; places that share a cell are one. */
CASTMAP_NODISCARD castmap_status cm_published_count(castmap_context *ctx, const cm_policy *policy,
                                                    const cm_period *period, const cm_counting *counting,
                                                    cm_published *out, castmap_suppressed *stats);

/* Keep the cells marked, renumber, and drop places that lost all of theirs. */
void cm_published_keep(cm_published *published, const bool *keep);

/* As a ledger entry and back. to_entry: entry must be empty; cells are copied. */
CASTMAP_NODISCARD castmap_status cm_published_to_entry(castmap_context *ctx, const cm_published *published,
                                                       const char *recipient, cm_ledger_entry *entry);
CASTMAP_NODISCARD castmap_status cm_published_from_entry(castmap_context *ctx, const cm_ledger_entry *entry,
                                                         const cm_policy *policy, cm_published *out);

#endif
