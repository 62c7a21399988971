/*
 * release/disclosure/published_flows.c - from movements to published pairs; to the ledger and back.
 *
 *   1. choose    movements of the period whose grade and handling let them be counted
 *   2. group     those of one person, group or journey along one pair are one; where nobody is named, those of one source on one day
 *   3. pass      pairs whose groups reach the floors, between areas that are large enough
 *   4. divide    those of them that reach the floors in every year (or quarter) of a period that has several
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
        free(flows->flow[f].slice);
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
    *flow = (cm_published_flow){cm_copy_text(from), cm_copy_text(to), published, NULL};
    return flow->from && flow->to ? CASTMAP_OK : cm_fail_memory(ctx);
}

static size_t months_a_slice(const cm_period *period)
{
    return period->type == CM_PERIOD_YEAR ? 12 : 3;
}

static size_t count_slices(const cm_period *period)
{
    const size_t n = period->type == CM_PERIOD_NONE ? 1 : cm_period_months(period) / months_a_slice(period);

    return n >= 2 && n <= CM_FLOW_MOST_SLICES ? n : 0;
}

/* What the floors are asked with; arrays for as many movements as a layer has. */
typedef struct desk {
    const cm_policy *policy;
    cm_incident     *incidents; /* owned */
    uint32_t        *member;    /* owned */
    int64_t         *scratch;   /* owned */
    cm_flow_move    *part;      /* owned */
} desk;

static bool pass(desk *d, const cm_flow_move *moves, size_t n, size_t *groups)
{
    bool sources;

    *groups = cm_flow_groups(moves, 0, n, d->incidents, &sources); /* of this pair alone: no other one has a say in it */
    for (size_t i = 0; i < *groups; i++)
        d->member[i] = (uint32_t)i;
    return cm_floors_pass(d->policy, d->incidents, d->member, *groups, sources, d->scratch);
}

/* The counts of a pair that is shown, slice by slice; none where one of them does not pass. moves: sorted. */
static castmap_status divide(castmap_context *ctx, desk *d, const cm_period *period, size_t n_slices, const cm_flow_move *moves, size_t n, cm_published_flow *flow)
{
    const int64_t first = cm_when_key_month_of(cm_flow_when_key(period->from_s, 0)), wide = (int64_t)months_a_slice(period);
    int64_t *slice = cm_alloc(n_slices, sizeof *slice);
    bool every = n_slices > 0;

    if (!slice)
        return cm_fail_memory(ctx);
    for (size_t s = 0; s < n_slices && every; s++) {
        size_t count = 0, groups = 0;
        for (size_t i = 0; i < n; i++) {
            if ((cm_when_key_month_of(moves[i].when) - first) / wide == (int64_t)s)
                d->part[count++] = moves[i];
        }
        every = pass(d, d->part, count, &groups);
        slice[s] = cm_policy_round(d->policy, groups);
    }
    if (every)
        flow->slice = slice;
    else
        free(slice);
    return CASTMAP_OK;
}

castmap_status cm_published_flows_count(castmap_context *ctx, const cm_policy *policy, const cm_period *period, const cm_flow_layer *layer,
                                        const double *area_km2, const char *areas, cm_published_flows *out, size_t *withheld)
{
    cm_published_flows made = {.present = true, .areas = cm_copy_text(areas), .symmetric = layer->symmetric, .run = layer->run_number,
                               .n_slices = count_slices(period)};
    const double least_km2 = policy->base_cell_m * policy->base_cell_m / 1e6;
    cm_flow_move *moves = cm_alloc(layer->n, sizeof *moves);
    desk d = {policy, cm_alloc(layer->n, sizeof *d.incidents), cm_alloc(layer->n, sizeof *d.member), cm_alloc(2 * layer->n, sizeof *d.scratch),
              cm_alloc(layer->n, sizeof *d.part)};
    size_t room = 0, hidden = 0, shown = 0;
    castmap_status status = made.areas && moves && d.incidents && d.member && d.scratch && d.part ? CASTMAP_OK : cm_fail_memory(ctx);
    const size_t n = status ? 0 : choose(policy, period, layer, moves);

    for (size_t begin = 0, end; begin < n && !status; begin = end) {
        const int64_t from = moves[begin].from, to = moves[begin].to;
        size_t groups;
        for (end = begin; end < n && moves[end].from == from && moves[end].to == to; end++)
            continue;
        if (area_km2[from] < least_km2 || area_km2[to] < least_km2 || !pass(&d, moves + begin, end - begin, &groups)) {
            hidden++;
            continue;
        }
        status = add_flow(ctx, &made, &room, layer->code[from], layer->code[to], cm_policy_round(policy, groups));
        if (!status)
            status = divide(ctx, &d, period, made.n_slices, moves + begin, end - begin, &made.flow[made.count - 1]);
        memmove(moves + shown, moves + begin, (end - begin) * sizeof *moves);
        shown += end - begin;
    }
    if (!status) /* of what is shown: a pair that is not shown has no say in it */
        status = cm_published_months_of_flows(ctx, policy, moves, shown, &made.months);
    free(moves);
    free(d.incidents);
    free(d.member);
    free(d.scratch);
    free(d.part);
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
    cm_json_array(json, "slices"); /* number of the pair, then its counts */
    for (size_t f = 0; f < flows->count; f++) {
        if (!flows->flow[f].slice)
            continue;
        cm_json_array(json, NULL);
        cm_json_integer(json, NULL, (int64_t)f);
        for (size_t k = 0; k < flows->n_slices; k++)
            cm_json_integer(json, NULL, flows->flow[f].slice[k]);
        cm_json_end_array(json);
    }
    cm_json_end_array(json);
    cm_json_end_object(json);
}

/* Releases from before flows were shown by year or quarter have none. */
static castmap_status slices_from_json(castmap_context *ctx, struct json_object *object, cm_published_flows *flows)
{
    struct json_object *slices;
    const size_t n = json_object_object_get_ex(object, "slices", &slices) && json_object_is_type(slices, json_type_array) ? json_object_array_length(slices) : 0;

    for (size_t k = 0; k < n; k++) {
        struct json_object *item = json_object_array_get_idx(slices, k);
        const size_t width = json_object_is_type(item, json_type_array) ? json_object_array_length(item) : 0;
        const int64_t f = width > 0 ? json_object_get_int64(json_object_array_get_idx(item, 0)) : -1;
        if (width < 3 || width > CM_FLOW_MOST_SLICES + 1 || (flows->n_slices > 0 && flows->n_slices != width - 1) || f < 0 || (size_t)f >= flows->count ||
            flows->flow[f].slice)
            return cm_fail(ctx, CASTMAP_E_PROJECT, "the flows of a release in the ledger cannot be read");
        flows->n_slices = width - 1;
        flows->flow[f].slice = cm_alloc(width - 1, sizeof *flows->flow[f].slice);
        if (!flows->flow[f].slice)
            return cm_fail_memory(ctx);
        for (size_t i = 1; i < width; i++)
            flows->flow[f].slice[i - 1] = json_object_get_int64(json_object_array_get_idx(item, i));
    }
    return CASTMAP_OK;
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
    if (!status)
        status = slices_from_json(ctx, object, &made);
    if (status)
        cm_published_flows_clear(&made);
    else
        *out = made;
    return status;
}
