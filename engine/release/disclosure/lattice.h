/*
 * release/disclosure/lattice.h - which cells of the one lattice may be shown, and with what count.
 *
 * The lattice has its origin at 0,0 of the working CRS; cells of 8 km are divided into quarters down to the base cell. A cell is divided only when
 * all four quarters pass every floor; otherwise it is shown whole, and an 8 km cell that fails is not shown at all. Shown cells
 * therefore never overlap, and no difference of two of them isolates a part that was held back.
 */
#ifndef CM_RELEASE_DISCLOSURE_LATTICE_H
#define CM_RELEASE_DISCLOSURE_LATTICE_H

#include "project/ledger_table.h"
#include "release/disclosure/incident_groups.h"
#include "release/disclosure/policy.h"

typedef struct cm_lattice {
    size_t          count;
    cm_ledger_cell *cell;       /* owned; by side (large first), row, column */
    int32_t        *incident_cell; /* owned [n incidents]: index of the shown cell that holds it, or -1 */
    size_t          shown_groups;
    size_t          merged;     /* shown cells larger than the base cell */
    size_t          withheld;   /* base cells with groups that no shown cell covers */
} cm_lattice;

void cm_lattice_clear(cm_lattice *lattice);

/* buildings: [n_buildings] places of residential buildings, looked at when policy->min_buildings > 0. sources_recorded: apply the rules on sources. */
CASTMAP_NODISCARD castmap_status cm_lattice_make(castmap_context *ctx, const cm_policy *policy,
                                                 const cm_incident *incidents, size_t n, bool sources_recorded,
                                                 const double *building_x, const double *building_y,
                                                 size_t n_buildings, cm_lattice *out);

/* Do these groups pass the floors (but for buildings)? scratch [2n]. */
bool cm_floors_pass(const cm_policy *policy, const cm_incident *incidents, const uint32_t *member, size_t n,
                    bool sources_recorded, int64_t *scratch);

#endif
