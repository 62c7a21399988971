/*
 * release/disclosure/flow_slices.c - flows by period, one layer each, all with one legend of widths.
 */
#include "release/disclosure/flow_lines.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/time_text.h"
#include "project/run_table.h"
#include "release/disclosure/published_flows.h"
#include "runs/flow_periods.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct slices {
    size_t       n;
    cm_flow_list list[CM_FLOW_MOST_SLICES];
    char         words[CM_FLOW_MOST_SLICES][96];
} slices;

static void clear(slices *s)
{
    for (size_t i = 0; s && i < s->n; i++)
        free(s->list[i].flow);
    free(s);
}

static castmap_status add_layers(castmap_context *ctx, const cm_release_inputs *in, const cm_flow_inputs *flows, slices *s, cm_release_build *build)
{
    cm_flow_classes classes;
    castmap_status status = cm_flow_breaks(ctx, s->list, s->n, &classes);

    for (size_t i = 0; i < s->n && !status; i++) {
        char name[32], title[128];
        snprintf(name, sizeof name, "flows_%02zu", i + 1);
        snprintf(title, sizeof title, "Movements, %s", s->words[i]);
        cm_flow_list_sort(&s->list[i]);
        status = cm_flow_lines(ctx, in, flows, &s->list[i], name, title, &classes, build);
    }
    return status;
}

/* ---- partner, public -------------------------------------------------------------------------------------------- */

castmap_status cm_flow_slices_published(castmap_context *ctx, const cm_release_inputs *in, const cm_flow_inputs *flows, const cm_period *period,
                                        const cm_published_flows *published, cm_release_build *build)
{
    const char *unit = cm_period_type_name(period->type);
    size_t divided = 0;
    slices *s = NULL;
    castmap_status status = CASTMAP_OK;

    for (size_t f = 0; f < published->count; f++)
        divided += published->flow[f].slice != NULL;
    if (divided == 0 || published->n_slices > CM_FLOW_MOST_SLICES)
        return CASTMAP_OK;
    s = cm_alloc_zero(1, sizeof *s);
    if (!s)
        return cm_fail_memory(ctx);
    s->n = published->n_slices;
    for (size_t i = 0; i < s->n && !status; i++) {
        const cm_period part = {period->type, cm_period_start(period->type, period->from_s, (int64_t)i), cm_period_start(period->type, period->from_s, (int64_t)i + 1)};
        cm_period_words(&part, s->words[i], sizeof s->words[i]);
        s->list[i].flow = cm_alloc(divided, sizeof *s->list[i].flow);
        if (!s->list[i].flow)
            status = cm_fail_memory(ctx);
        for (size_t f = 0; f < published->count && !status; f++) {
            cm_shown_flow flow = {0};
            if (!published->flow[f].slice)
                continue;
            flow.count = published->flow[f].slice[i];
            status = cm_flow_ends(ctx, &flows->layer, &published->flow[f], &flow);
            s->list[i].flow[s->list[i].count++] = flow;
        }
    }
    if (!status)
        status = add_layers(ctx, in, flows, s, build);
    cm_build_method(build, "Movements by %s: a flow is shown by %s only where it reaches the floors in every one of the %zu; of the others the sum is shown alone.", unit, unit,
                    published->n_slices);
    if (divided < published->count)
        cm_build_caveat(build, "Maps by %s show the %zu of %zu flows that are large enough in every %s.", unit, divided, published->count, unit);
    clear(s);
    return status;
}

/* ---- internal --------------------------------------------------------------------------------------------------- */

static void slice_words(castmap_flow_periods by, int32_t period, char *out, size_t size)
{
    static const char *const MONTHS[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};

    if (by == CASTMAP_FLOWS_BY_MONTH)
        snprintf(out, size, "%s %d", MONTHS[period % 12], period / 12);
    else if (by == CASTMAP_FLOWS_BY_QUARTER)
        snprintf(out, size, "%s to %s %d", MONTHS[period % 4 * 3], MONTHS[period % 4 * 3 + 2], period / 4);
    else
        snprintf(out, size, "%d", period);
}

/* Every period from the first to the last that has a movement, also those without one. */
static castmap_status cut(castmap_context *ctx, const castmap_flows *added, int32_t first, castmap_flow_periods by, slices *s)
{
    for (size_t i = 0; i < s->n; i++) {
        slice_words(by, first + (int32_t)i, s->words[i], sizeof s->words[i]);
        s->list[i].internal = true;
    }
    for (size_t begin = 0, end; begin < added->count; begin = end) {
        const int32_t period = added->flow[begin].period;
        for (end = begin; end < added->count && added->flow[end].period == period; end++)
            continue;
        cm_flow_list *list = &s->list[period - first];
        list->flow = cm_alloc(end - begin, sizeof *list->flow);
        if (!list->flow)
            return cm_fail_memory(ctx);
        for (size_t f = begin; f < end; f++)
            list->flow[list->count++] = (cm_shown_flow){.from = added->flow[f].from, .to = added->flow[f].to, .count = (int64_t)added->flow[f].moves};
    }
    return CASTMAP_OK;
}

static castmap_status add_up(castmap_context *ctx, const cm_release_inputs *in, const cm_flow_layer *layer, castmap_flow_periods by, castmap_flows *out, size_t *undated)
{
    uint32_t *from = cm_alloc(layer->n, sizeof *from), *to = cm_alloc(layer->n, sizeof *to);
    int32_t *period = cm_alloc(layer->n, sizeof *period);
    castmap_moves moves = {0, from, to, period, NULL};
    castmap_status status = from && to && period ? CASTMAP_OK : cm_fail_memory(ctx);

    *undated = 0;
    for (size_t i = 0; i < layer->n && !status; i++) {
        const int32_t p = cm_flow_period(by, layer->when_s[i], layer->span_s[i]);
        if (layer->from[i] == layer->to[i])
            continue;
        if (p == CM_FLOW_UNDATED) {
            ++*undated;
        } else if (layer->when_s[i] >= in->options->from_s && layer->when_s[i] < in->options->to_s) {
            from[moves.count] = (uint32_t)layer->from[i];
            to[moves.count] = (uint32_t)layer->to[i];
            period[moves.count++] = p;
        }
    }
    if (!status)
        status = castmap_flows_aggregate(ctx, layer->n_areas, &moves, layer->symmetric, out);
    free(from);
    free(to);
    free(period);
    return status;
}

castmap_status cm_flow_slices_internal(castmap_context *ctx, const cm_release_inputs *in, const cm_flow_inputs *flows, cm_release_build *build)
{
    castmap_flows added = CASTMAP_FLOWS_INIT;
    char *name = NULL;
    size_t undated = 0;
    castmap_status status = cm_run_parameter(ctx, in->project, flows->layer.run_number, "by", &name);
    const castmap_flow_periods by = cm_flow_periods_named(name);

    if (status || by == CASTMAP_FLOWS_WHOLE) {
        free(name);
        return status;
    }
    status = add_up(ctx, in, &flows->layer, by, &added, &undated);
    const int32_t first = added.count > 0 ? added.flow[0].period : 0, last = added.count > 0 ? added.flow[added.count - 1].period : -1;
    if (!status && last - first >= CM_FLOW_MOST_SLICES) {
        cm_log(ctx, CASTMAP_LOG_WARNING, "no maps by %s: there are more than %d; say castmap flows --by with longer periods", name, CM_FLOW_MOST_SLICES);
    } else if (!status && last >= first) {
        slices *s = cm_alloc_zero(1, sizeof *s);
        status = s ? CASTMAP_OK : cm_fail_memory(ctx);
        if (s) {
            s->n = (size_t)(last - first) + 1;
            status = cut(ctx, &added, first, by, s);
        }
        if (!status)
            status = add_layers(ctx, in, flows, s, build);
        cm_build_method(build, "Movements by %s: %zu maps with one legend; %zu movements whose time is known less exactly than that are on none of them.", name, s ? s->n : 0, undated);
        clear(s);
    }
    castmap_flows_clear(&added);
    free(name);
    return status;
}
