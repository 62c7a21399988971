/*
 * release/disclosure/ledger_check.h - a new release beside all earlier ones.
 *
 * Partner and public releases of one project use one lattice, one type of period, and never two periods that overlap without being the same: otherwise
 * the difference of two releases would be a count that neither was allowed to show. Asking again for what was released gives it again.
 */
#ifndef CM_RELEASE_DISCLOSURE_LEDGER_CHECK_H
#define CM_RELEASE_DISCLOSURE_LEDGER_CHECK_H

#include "release/disclosure/published.h"

typedef struct cm_ledger_verdict {
    const cm_ledger_entry *same;    /* the same audience and period were released: this is to be given again; NULL: new */
    int64_t last_record;            /* the period was released to the other audience: look at no record after this one; INT64_MAX: all */
} cm_ledger_verdict;

/* CASTMAP_E_RELEASE: the message names the earlier release and the rule. */
CASTMAP_NODISCARD castmap_status cm_ledger_compare(castmap_context *ctx, const cm_ledger *ledger, const cm_policy *policy,
                                                   const cm_period *period, const char *crs, cm_ledger_verdict *out);

#endif
