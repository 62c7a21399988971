/*
 * release/disclosure/ledger_check.c - the rules between releases.
 */
#include "release/disclosure/ledger_check.h"

#include "base/fail.h"
#include "base/time_text.h"

#include <string.h>

static bool same_floors(const cm_policy *a, const cm_policy *b)
{
    return a->base_cell_m == b->base_cell_m && a->min_groups == b->min_groups && a->min_sources == b->min_sources &&
           a->min_days == b->min_days && a->min_buildings == b->min_buildings;
}

static castmap_status compare(castmap_context *ctx, const cm_ledger_entry *entry, const cm_published *earlier,
                              const cm_policy *policy, const cm_period *period, const char *crs,
                              cm_ledger_verdict *verdict)
{
    const long long number = (long long)entry->number;
    const bool overlaps = earlier->period.from_s < period->to_s && period->from_s < earlier->period.to_s;
    const bool same = earlier->period.from_s == period->from_s && earlier->period.to_s == period->to_s;

    if (strcmp(earlier->crs, crs) != 0) {
        const castmap_status refused = cm_fail(ctx, CASTMAP_E_RELEASE, "the project's coordinate system has changed since release %lld", number);
        cm_fail_hint(ctx, "release %lld was made in %s; a second lattice could be laid over the first", number, earlier->crs);
        return refused;
    }
    if (earlier->period.type != period->type) {
        const castmap_status refused = cm_fail(ctx, CASTMAP_E_RELEASE, "release %lld covers a %s, and a project keeps to one type of period", number,
                       cm_period_type_name(earlier->period.type));
        cm_fail_hint(ctx, "a %s less its parts would show what is left; go on with %ss",
                     earlier->period.type == CM_PERIOD_YEAR ? "year" : "sum of quarters",
                     cm_period_type_name(earlier->period.type));
        return refused;
    }
    if (overlaps && !same) {
        char from[16], to[16];
        cm_date_iso(earlier->period.from_s, from);
        cm_date_iso(earlier->period.to_s, to);
        const castmap_status refused = cm_fail(ctx, CASTMAP_E_RELEASE, "the period overlaps that of release %lld (%zu cells)", number,
                       earlier->n_cells);
        cm_fail_hint(ctx, "release %lld covers %s to %s (the last day not included); the difference of both could be read",
                     number, from, to);
        return refused;
    }
    if (!same)
        return CASTMAP_OK;
    if (entry->audience != policy->audience) {
        if (earlier->last_record < verdict->last_record)
            verdict->last_record = earlier->last_record;
        return CASTMAP_OK;
    }
    if (!same_floors(&earlier->policy, policy)) {
        const castmap_status refused = cm_fail(ctx, CASTMAP_E_RELEASE,
                       "release %lld covers this period with other floors or cells (%zu cells)", number, earlier->n_cells);
        const bool other_buildings = earlier->policy.min_buildings != policy->min_buildings;
        cm_fail_hint(ctx, "ask for it again with cells of %g m and %zu groups, %zu sources, %zu days%s",
                     earlier->policy.base_cell_m, earlier->policy.min_groups, earlier->policy.min_sources,
                     earlier->policy.min_days,
                     !other_buildings                    ? ""
                     : earlier->policy.min_buildings > 0 ? ", and with the file of buildings (--buildings)"
                                                         : ", and without a file of buildings");
        return refused;
    }
    if (!verdict->same)
        verdict->same = entry;
    return CASTMAP_OK;
}

castmap_status cm_ledger_compare(castmap_context *ctx, const cm_ledger *ledger, const cm_policy *policy,
                                 const cm_period *period, const char *crs, cm_ledger_verdict *out)
{
    cm_ledger_verdict verdict = {NULL, INT64_MAX};

    for (size_t i = 0; i < ledger->count; i++) {
        const cm_ledger_entry *entry = &ledger->entry[i];
        cm_published earlier = {0};
        if (entry->audience != CASTMAP_PARTNER && entry->audience != CASTMAP_PUBLIC)
            continue;
        castmap_status status = cm_published_from_entry(ctx, entry, policy, &earlier);
        if (!status)
            status = compare(ctx, entry, &earlier, policy, period, crs, &verdict);
        cm_published_clear(&earlier);
        if (status)
            return status;
    }
    *out = verdict;
    return CASTMAP_OK;
}
