/*
 * release/disclosure/policy.c - the floors, and how a call may tighten them.
 */
#include "release/disclosure/policy.h"

#include "base/fail.h"

#include <math.h>

static const cm_policy FLOORS[] = {
    [CASTMAP_PARTNER] = {CASTMAP_PARTNER, 5, 3, 2, 3, 3, 2, 20, 500.0, 5, 0, true, true, true, true},
    [CASTMAP_PUBLIC] = {CASTMAP_PUBLIC, 10, 5, 1, 2, 5, 2, 40, 500.0, 5, 90, true, true, true, true},
};

static castmap_status raise_floor(castmap_context *ctx, const char *what, size_t asked, size_t *floor)
{
    if (asked == 0)
        return CASTMAP_OK;
    if (asked < *floor) {
        const castmap_status refused = cm_fail(ctx, CASTMAP_E_RELEASE, "%zu %s is under the floor of %zu", asked, what, *floor);
        cm_fail_hint(ctx, "floors can be raised, never lowered");
        return refused;
    }
    *floor = asked;
    return CASTMAP_OK;
}

static castmap_status choose_cell(castmap_context *ctx, double asked_m, cm_policy *policy)
{
    if (asked_m == 0.0)
        return CASTMAP_OK;
    if (!(asked_m >= policy->base_cell_m)) {
        const castmap_status refused = cm_fail(ctx, CASTMAP_E_RELEASE, "cells of %g m are finer than the %s floor of %g m", asked_m,
                       castmap_audience_name(policy->audience), policy->base_cell_m);
        cm_fail_hint(ctx, policy->audience == CASTMAP_PUBLIC && asked_m >= CM_LATTICE_SMALLEST_M
                              ? "cells of 500 m need a file of residential buildings"
                              : "choose 500 m, 1, 2, 4 or 8 km");
        return refused;
    }
    for (double side = CM_LATTICE_SMALLEST_M; side <= CM_LATTICE_TOP_M; side *= 2.0) {
        if (asked_m == side) {
            policy->base_cell_m = side;
            return CASTMAP_OK;
        }
    }
    const castmap_status refused = cm_fail(ctx, CASTMAP_E_RELEASE, "cells of %g m are not of the one lattice that releases use", asked_m);
    cm_fail_hint(ctx, "choose 500 m, 1, 2, 4 or 8 km");
    return refused;
}

castmap_status cm_policy_make(castmap_context *ctx, const castmap_release_options *options, cm_policy *out)
{
    castmap_status status;

    if (options->audience != CASTMAP_PARTNER && options->audience != CASTMAP_PUBLIC)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "only partner and public releases have floors");
    cm_policy policy = FLOORS[options->audience];
    if (!options->buildings) {
        policy.min_buildings = 0;
        if (policy.audience == CASTMAP_PUBLIC)
            policy.base_cell_m = 1000.0;
    }
    status = raise_floor(ctx, "incident groups", options->min_groups, &policy.min_groups);
    if (!status)
        status = raise_floor(ctx, "sources", options->min_sources, &policy.min_sources);
    if (!status)
        status = raise_floor(ctx, "days", options->min_days, &policy.min_days);
    if (!status)
        status = choose_cell(ctx, options->base_cell_m, &policy);
    if (!status)
        *out = policy;
    return status;
}

int64_t cm_policy_round(const cm_policy *policy, size_t value)
{
    const int64_t step = policy->rounding;

    return ((int64_t)value + step / 2) / step * step;
}
