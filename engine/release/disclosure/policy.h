/*
 * release/disclosure/policy.h - the floors of each audience, as numbers. docs/methods/safe-release.md explains them.
 *
 * Projects and calls may only tighten them: nothing here reads a file, so there is nothing to loosen by hand.
 */
#ifndef CM_RELEASE_DISCLOSURE_POLICY_H
#define CM_RELEASE_DISCLOSURE_POLICY_H

#include "castmap/release.h"

#define CM_LATTICE_SMALLEST_M 500.0
#define CM_LATTICE_TOP_M 8000.0

typedef struct cm_policy {
    castmap_audience audience;
    size_t min_groups;             /* incident groups in a cell */
    size_t min_sources;            /* distinct sources, where any record has one */
    size_t share_over, share_of;   /* no source may have more than share_over/share_of of a cell's groups */
    size_t min_days;               /* distinct days on which the groups began */
    size_t month_factor;           /* where days are not known: this many times min_groups instead */
    size_t min_buildings;          /* 0: not looked at (no address layer) */
    double base_cell_m;            /* smallest cell */
    int    rounding;               /* counts are multiples of it; 1: exact */
    int    wait_days;              /* after the end of a period */
    bool   exclude_grade;          /* E, and 3 with D */
    bool   exclude_handling;       /* C */
    bool   merge_repeats;          /* incident groups, not rows, are counted */
    bool   all_four_children;      /* a cell is divided only when each quarter passes */
} cm_policy;

/* Floors of partner or public, raised by what `options` asks. CASTMAP_E_RELEASE: finer than the floor, or a cell that is not of the lattice. */
CASTMAP_NODISCARD castmap_status cm_policy_make(castmap_context *ctx, const castmap_release_options *options,
                                                cm_policy *out);

/* value rounded to a multiple, halves up. */
int64_t cm_policy_round(const cm_policy *policy, size_t value);

#endif
