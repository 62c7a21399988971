/*
 * release/disclosure/release_records.h - which records a partner or public release may count, and what each says.
 */
#ifndef CM_RELEASE_DISCLOSURE_RELEASE_RECORDS_H
#define CM_RELEASE_DISCLOSURE_RELEASE_RECORDS_H

#include "castmap/release.h"
#include "release/disclosure/incident_groups.h"
#include "release/disclosure/period.h"
#include "release/disclosure/policy.h"
#include "release/disclosure/release_inputs.h"
#include "release/disclosure/release_routes.h"

typedef struct cm_release_records {
    size_t     n;
    cm_report *reports; /* owned [n] */
    int32_t   *street;  /* owned [n]; name of the street, or -1 */
    bool      *wide;    /* owned [n]; its time is known less exactly than a month */
    bool       sources_recorded;
    int64_t    last_record; /* highest number of all records, counted or not; 0: none */
    size_t     n_clusters;
} cm_release_records;

void cm_release_records_clear(cm_release_records *records);

/* From the earliest to the latest record, each by the middle of the time it may have been; INT64_MAX, INT64_MIN where none has a time. */
void cm_release_records_span(const cm_observation_set *set, int64_t *first_s, int64_t *last_s);

/*
 * The records of the period up to number `last_record` that the policy does not leave out; the others are counted in stats by reason. Clusters are those of the newest run,
 * used only when it had every record of the period: places of one category alone would cross category with place. Time and memory grow with the records.
 */
CASTMAP_NODISCARD castmap_status cm_release_records_choose(castmap_context *ctx, const cm_release_inputs *in, const cm_route_inputs *routes, const cm_policy *policy,
                                                           const cm_period *period, int64_t last_record, cm_release_records *out, castmap_suppressed *stats);

#endif
