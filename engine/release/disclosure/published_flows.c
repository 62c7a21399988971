/*
 * release/disclosure/published_flows.c - from movements to published pairs; to the ledger and back.
 *
 *   1. choose    movements of the period whose grade and handling let them be counted
 *   2. group     those of one person, group or journey along one pair are one; where nobody is named, those of one source on one day
 *   3. pass      pairs whose groups reach the floors, between areas that are large enough
 */
#include "release/disclosure/published_flows.h"

#include "base/fail.h"
#include "base/memory.h"
#include "release/disclosure/incident_groups.h"
#include "release/disclosure/lattice.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

void cm_published_flows_clear(cm_published_flows *flows)
{
    for (size_t f = 0; f < flows->count; f++) {
        free(flows->flow[f].from);
        free(flows->flow[f].to);
    }
    free(flows->flow);
    free(flows->areas);
    cm_published_months_clear(&flows->months);
    *flows = (cm_published_flows){0};
}

static size_t choose(const cm_policy *policy, const cm_period *period, const cm_flow_layer *layer, cm_flow_move *out)
{
    size_t n = 0;

    for (size_t i = 0; i < layer->n; i++) {
        if (!cm_flow_may_count(policy, period, layer, i))
            continue;
        const bool turn = layer->symmetric && layer->from[i] > layer->to[i];
        out[n++] = (cm_flow_move){turn ? layer->to[i] : layer->from[i], turn ? layer->from[i] : layer->to[i], layer->person[i],
                          cm_flow_when_key(layer->when_s[i], layer->span_s[i]), layer->source[i], layer->span_s[i] > CM_FLOW_MONTH_S};
    }
    if (n > 1)
        qsort(out, n, sizeof *out, cm_flow_compare_moves);
    return n;
}

static castmap_status add_flow(castmap_context *ctx, cm_published_flows *out, size_t *room, const char *from, const char *to, int64_t published)
{
    if (cm_grow(&out->flow, room, out->count + 1, sizeof *out->flow))
        return cm_fail_memory(ctx);
    cm_published_flow *flow = &out->flow[out->count++];
    *flow = (cm_published_flow){cm_copy_text(from), cm_copy_text(to), published};
    return flow->from && flow->to ? CASTMAP_OK : cm_fail_memory(ctx);
}

castmap_status cm_published_flows_count(castmap_context *ctx, const cm_policy *policy, const cm_period *period, const cm_flow_layer *layer,
                                        const double *area_km2, const char *areas, cm_published_flows *out, size_t *withheld)
{
    cm_published_flows made = {.present = true, .areas = cm_copy_text(areas), .symmetric = layer->symmetric, .run = layer->run_number};
    const double least_km2 = policy->base_cell_m * policy->base_cell_m / 1e6;
    cm_flow_move *moves = cm_alloc(layer->n, sizeof *moves);
    cm_incident *incidents = cm_alloc(layer->n, sizeof *incidents);
    uint32_t *member = cm_alloc(layer->n, sizeof *member);
    int64_t *scratch = cm_alloc(2 * layer->n, sizeof *scratch);
    size_t room = 0, hidden = 0, shown = 0;
    castmap_status status = made.areas && moves && incidents && member && scratch ? CASTMAP_OK : cm_fail_memory(ctx);
    const size_t n = status ? 0 : choose(policy, period, layer, moves);

    for (size_t begin = 0, end; begin < n && !status; begin = end) {
        const int64_t from = moves[begin].from, to = moves[begin].to;
        for (end = begin; end < n && moves[end].from == from && moves[end].to == to; end++)
            continue;
        bool sources;
        const size_t groups = cm_flow_groups(moves, begin, end, incidents, &sources); /* of this pair alone: no other one has a say in it */
        for (size_t i = 0; i < groups; i++)
            member[i] = (uint32_t)i;
        if (area_km2[from] >= least_km2 && area_km2[to] >= least_km2 && cm_floors_pass(policy, incidents, member, groups, sources, scratch)) {
            status = add_flow(ctx, &made, &room, layer->code[from], layer->code[to], cm_policy_round(policy, groups));
            memmove(moves + shown, moves + begin, (end - begin) * sizeof *moves);
            shown += end - begin;
        } else {
            hidden++;
        }
    }
    if (!status) /* of what is shown: a pair that is not shown has no say in it */
        status = cm_published_months_of_flows(ctx, policy, moves, shown, &made.months);
    free(moves);
    free(incidents);
    free(member);
    free(scratch);
    if (status) {
        cm_published_flows_clear(&made);
        return status;
    }
    *out = made;
    *withheld = hidden;
    return CASTMAP_OK;
}

void cm_published_flows_to_json(cm_json *json, const cm_published_flows *flows)
{
    if (!flows->present)
        return;
    cm_json_object(json, "flows");
    cm_json_string(json, "areas", flows->areas);
    cm_json_bool(json, "symmetric", flows->symmetric);
    cm_json_integer(json, "run", flows->run);
    cm_published_months_to_json(json, "months", &flows->months);
    cm_json_array(json, "pairs");
    for (size_t f = 0; f < flows->count; f++) {
        cm_json_array(json, NULL);
        cm_json_string(json, NULL, flows->flow[f].from);
        cm_json_string(json, NULL, flows->flow[f].to);
        cm_json_integer(json, NULL, flows->flow[f].published);
        cm_json_end_array(json);
    }
    cm_json_end_array(json);
    cm_json_end_object(json);
}

castmap_status cm_published_flows_from_json(castmap_context *ctx, struct json_object *document, cm_published_flows *out)
{
    struct json_object *object, *areas, *symmetric, *run, *pairs;
    cm_published_flows made = {.present = true};
    size_t room = 0;
    castmap_status status = CASTMAP_OK;

    if (!json_object_object_get_ex(document, "flows", &object))
        return CASTMAP_OK;
    if (!json_object_object_get_ex(object, "areas", &areas) || !json_object_object_get_ex(object, "symmetric", &symmetric) ||
        !json_object_object_get_ex(object, "run", &run) || !json_object_object_get_ex(object, "pairs", &pairs) ||
        !json_object_is_type(areas, json_type_string) || !json_object_is_type(pairs, json_type_array))
        return cm_fail(ctx, CASTMAP_E_PROJECT, "the flows of a release in the ledger cannot be read");
    made.areas = cm_copy_text(json_object_get_string(areas));
    made.symmetric = json_object_get_boolean(symmetric);
    made.run = json_object_get_int64(run);
    status = made.areas ? cm_published_months_from_json(ctx, object, "months", &made.months) : cm_fail_memory(ctx);
    for (size_t k = 0; k < json_object_array_length(pairs) && !status; k++) {
        struct json_object *pair = json_object_array_get_idx(pairs, k);
        if (!json_object_is_type(pair, json_type_array) || json_object_array_length(pair) != 3)
            status = cm_fail(ctx, CASTMAP_E_PROJECT, "the flows of a release in the ledger cannot be read");
        else
            status = add_flow(ctx, &made, &room, json_object_get_string(json_object_array_get_idx(pair, 0)),
                              json_object_get_string(json_object_array_get_idx(pair, 1)),
                              json_object_get_int64(json_object_array_get_idx(pair, 2)));
    }
    if (status)
        cm_published_flows_clear(&made);
    else
        *out = made;
    return status;
}
