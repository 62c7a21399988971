/*
 * release/disclosure/flow_inputs.c - the movements of a project, and what of them a release may say beside all earlier ones.
 */
#include "release/disclosure/release_flows.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/time_text.h"
#include "castmap/areas.h"
#include "release/disclosure/flow_world.h"
#include "runs/country_places.h"
#include "space/geometry/geos.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cm_flow_inputs_clear(cm_flow_inputs *flows)
{
    cm_flow_layer_clear(&flows->layer);
    cm_projected_areas_clear(&flows->areas);
    free(flows->km2);
    free(flows->x);
    free(flows->y);
    free(flows->name);
    memset(flows, 0, sizeof *flows);
}

static castmap_status measure_areas(castmap_context *ctx, cm_flow_inputs *flows)
{
    const castmap_polygons areas = cm_projected_areas_view(&flows->areas);
    char name[256];
    castmap_status status = CASTMAP_OK;

    flows->km2 = cm_alloc(areas.count, sizeof *flows->km2);
    flows->x = cm_alloc(areas.count, sizeof *flows->x);
    flows->y = cm_alloc(areas.count, sizeof *flows->y);
    snprintf(name, sizeof name, "%.100s %.64s", flows->areas.set.level, flows->areas.set.sha256 ? flows->areas.set.sha256 : "");
    flows->name = cm_copy_text(name);
    if (!flows->km2 || !flows->x || !flows->y || !flows->name)
        return cm_fail_memory(ctx);
    castmap_polygons_area_km2(&areas, flows->km2);
    if (flows->world) /* the one country that is smaller than a square of the public */
        flows->km2[cm_country_index("VA")] = 0.44;
    for (size_t i = 0; i < areas.count && !status; i++)
        status = cm_geos_label_point(ctx, &areas, i, &flows->x[i], &flows->y[i]);
    return status;
}

castmap_status cm_flow_inputs_load(castmap_context *ctx, const cm_release_inputs *in, cm_flow_inputs *out)
{
    cm_flow_inputs flows = {.present = true};
    castmap_status status = cm_flow_layer_load(ctx, in->project, &flows.layer);

    if (status == CASTMAP_E_NOT_FOUND) {
        cm_fail_clear(ctx);
        *out = (cm_flow_inputs){0};
        return CASTMAP_OK;
    }
    if (!status && flows.layer.boundary_id == 0 && !cm_is_world(in)) {
        cm_log(ctx, CASTMAP_LOG_WARNING, "flows are left out: their areas are words, and a map needs boundaries. Countries are drawn without, in a project of their own");
        flows.present = false;
    }
    flows.world = flows.present && flows.layer.boundary_id == 0;
    if (!status && flows.world)
        status = cm_flow_world(ctx, in, &flows);
    if (!status && flows.present && !flows.world)
        status = cm_projected_areas_load(ctx, in->project, flows.layer.level, in->projection, &flows.areas);
    if (!status && flows.present && !flows.world && (flows.areas.set.id != flows.layer.boundary_id || flows.areas.set.count != flows.layer.n_areas)) {
        cm_log(ctx, CASTMAP_LOG_WARNING, "flows are left out: the boundaries they were counted in have been replaced; run castmap flows again");
        flows.present = false;
    }
    if (!status && flows.present)
        status = measure_areas(ctx, &flows);
    if (status || !flows.present)
        cm_flow_inputs_clear(&flows);
    if (!status)
        *out = flows;
    return status;
}

void cm_flow_inputs_span(const cm_flow_inputs *flows, int64_t *first_s, int64_t *last_s)
{
    for (size_t i = 0; i < flows->layer.n; i++) {
        const int64_t when = flows->layer.when_s[i];
        if (when == CM_TIME_UNKNOWN)
            continue;
        *first_s = when < *first_s ? when : *first_s;
        *last_s = when > *last_s ? when : *last_s;
    }
}

/* What an earlier release says against counting now; NULL: nothing. */
static const char *objection(const cm_flow_inputs *flows, const cm_published *earlier, const cm_period *period)
{
    if (strcmp(earlier->flows.areas, flows->name) != 0)
        return "an earlier release shows flows between other areas, and what lies between the two could be read";
    if (earlier->flows.symmetric != flows->layer.symmetric)
        return "an earlier release counts directions the other way, and the difference could be read";
    if (earlier->period.from_s == period->from_s && earlier->period.to_s == period->to_s && earlier->flows.run != flows->layer.run_number)
        return "this period was released from another table of movements, and the difference could be read";
    return NULL;
}

castmap_status cm_flows_publish(castmap_context *ctx, const cm_flow_inputs *flows, const cm_ledger *ledger, const cm_policy *policy,
                                const cm_period *period, cm_published_flows *out, size_t *withheld)
{
    const char *against = NULL;

    *out = (cm_published_flows){0};
    *withheld = 0;
    if (!flows->present)
        return CASTMAP_OK;
    for (size_t i = 0; i < ledger->count; i++) {
        const cm_ledger_entry *entry = &ledger->entry[i];
        cm_published earlier = {0};
        if (entry->audience != CASTMAP_PARTNER && entry->audience != CASTMAP_PUBLIC)
            continue;
        castmap_status status = cm_published_from_entry(ctx, entry, policy, &earlier);
        if (status)
            return status;
        const bool same = earlier.flows.present && strcmp(earlier.flows.areas, flows->name) == 0 && entry->audience == policy->audience &&
                          entry->from_s == period->from_s && entry->to_s == period->to_s;
        if (same) { /* what was released is released again, whatever the movements say now */
            *out = earlier.flows;
            earlier.flows = (cm_published_flows){0};
        } else if (earlier.flows.present && !against) {
            against = objection(flows, &earlier, period);
        }
        cm_published_clear(&earlier);
        if (same)
            return CASTMAP_OK;
    }
    if (against) { /* not a caveat of the release: made again from the ledger it must say the same as before */
        cm_log(ctx, CASTMAP_LOG_WARNING, "flows are left out of the release: %s", against);
        return CASTMAP_OK;
    }
    return cm_published_flows_count(ctx, policy, period, &flows->layer, flows->km2, flows->name, out, withheld);
}
