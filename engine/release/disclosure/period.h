/*
 * release/disclosure/period.h - closed calendar years and quarters, and which one a release covers.
 */
#ifndef CM_RELEASE_DISCLOSURE_PERIOD_H
#define CM_RELEASE_DISCLOSURE_PERIOD_H

#include "project/ledger_table.h"
#include "release/disclosure/policy.h"

typedef enum cm_period_type { CM_PERIOD_NONE = 0, CM_PERIOD_QUARTER, CM_PERIOD_YEAR } cm_period_type;

typedef struct cm_period {
    cm_period_type type;
    int64_t        from_s, to_s; /* [from, to), UTC */
} cm_period;

const char *cm_period_type_name(cm_period_type type); /* "year", "quarter" */

/* Start of the year or quarter that holds the time, `steps` later. */
int64_t cm_period_start(cm_period_type type, int64_t time_s, int64_t steps);

/*
 * The period of a release: as asked (whole years, else whole quarters), else that of the newest partner or public release, else all closed years that
 * hold records, else all closed quarters. first_s..last_s: span of the records. CASTMAP_E_RELEASE: not whole periods, not closed, or not long enough
 * ago.
 */
CASTMAP_NODISCARD castmap_status cm_period_choose(castmap_context *ctx, const cm_policy *policy,
                                                  const cm_ledger *ledger, int64_t from_s, int64_t to_s, int64_t now_s,
                                                  int64_t first_s, int64_t last_s, cm_period *out);

/* "2025", "2024 and 2025", "2023 to 2025", "July to September 2025" */
void cm_period_words(const cm_period *period, char *out, size_t size);

#endif
