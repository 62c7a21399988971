/*
 * runs/flow_summary.c - a run over movements as rows, periods and remarks.
 */
#include "runs/flow_run.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/time_text.h"
#include "runs/flow_periods.h"
#include "runs/remarks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FEW_MOVEMENTS 30

static void clear_texts(char **text, size_t n)
{
    for (size_t i = 0; text && i < n; i++)
        free(text[i]);
    free(text);
}

void castmap_flows_summary_clear(castmap_flows_summary *s)
{
    if (!s)
        return;
    free(s->level);
    clear_texts(s->code, s->n_areas);
    clear_texts(s->area, s->n_areas);
    free(s->outgoing);
    free(s->incoming);
    free(s->rows);
    clear_texts(s->period, s->n_periods);
    free(s->parts);
    castmap_corridors_clear(&s->corridors);
    cm_reasons_clear(s->reasons, s->n_reasons);
    cm_guesses_free(s->guesses, s->n_guesses);
    cm_remarks_clear(s->remarks, s->n_remarks);
    *s = (castmap_flows_summary)CASTMAP_FLOWS_SUMMARY_INIT;
}

static int compare_parts(const void *left, const void *right)
{
    const castmap_flow_part *a = left, *b = right;

    if (a->period != b->period)
        return a->period < b->period ? -1 : 1;
    if (a->moves != b->moves)
        return a->moves < b->moves ? 1 : -1;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return (a->to > b->to) - (a->to < b->to);
}

static castmap_status fill_parts(cm_flow_run *run, const castmap_flows *flows)
{
    castmap_flows_summary *s = &run->summary;
    size_t periods = 0;

    for (size_t f = 0; f < flows->count; f++)
        periods += f == 0 || flows->flow[f].period != flows->flow[f - 1].period;
    s->period = cm_alloc_zero(periods, sizeof *s->period);
    s->parts = cm_alloc(flows->count, sizeof *s->parts);
    if (!s->period || !s->parts)
        return cm_fail_memory(run->ctx);
    for (size_t f = 0; f < flows->count; f++) {
        const castmap_flow *flow = &flows->flow[f];
        if (f == 0 || flow->period != flows->flow[f - 1].period) {
            char words[CM_FLOW_PERIOD_WORDS];
            cm_flow_period_words(run->options->by, flow->period, words);
            s->period[s->n_periods++] = cm_copy_text(words);
            if (!s->period[s->n_periods - 1])
                return cm_fail_memory(run->ctx);
        }
        if (flow->from != flow->to)
            s->parts[s->n_parts++] = (castmap_flow_part){s->n_periods - 1, flow->from, flow->to, flow->moves, flow->weight};
    }
    if (s->n_parts > 1)
        qsort(s->parts, s->n_parts, sizeof *s->parts, compare_parts);
    return CASTMAP_OK;
}

static castmap_status cut_time(cm_flow_run *run)
{
    const cm_movements *m = &run->movements;
    castmap_flows flows = CASTMAP_FLOWS_INIT;

    if (run->options->by == CASTMAP_FLOWS_WHOLE)
        return CASTMAP_OK;
    int32_t *period = cm_alloc(m->count, sizeof *period);
    double *weight = cm_alloc(m->count, sizeof *weight);
    castmap_status status = period && weight ? CASTMAP_OK : cm_fail_memory(run->ctx);
    for (size_t i = 0; i < m->count && !status; i++) {
        period[i] = cm_flow_period(run->options->by, m->when_s[i], m->span_s[i]);
        weight[i] = m->persons[i];
    }
    const castmap_moves moves = {m->count, m->from, m->to, period, weight};
    if (!status)
        status = castmap_flows_aggregate(run->ctx, run->layer.n_areas, &moves, run->options->symmetric, &flows);
    if (!status)
        status = fill_parts(run, &flows);
    castmap_flows_clear(&flows);
    free(period);
    free(weight);
    return status;
}

static int most_first(const void *left, const void *right)
{
    const castmap_flow_row *a = left, *b = right;

    if (a->moves != b->moves)
        return a->moves < b->moves ? 1 : -1;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return (a->to > b->to) - (a->to < b->to);
}

static castmap_status fill_rows(cm_flow_run *run)
{
    castmap_flows_summary *s = &run->summary;
    const castmap_flows *flows = &run->flows;

    s->rows = cm_alloc(flows->count, sizeof *s->rows);
    if (!s->rows)
        return cm_fail_memory(run->ctx);
    for (size_t f = 0; f < flows->count; f++) {
        const castmap_flow *flow = &flows->flow[f];
        if (flow->from != flow->to)
            s->rows[s->n_rows++] = (castmap_flow_row){flow->from, flow->to, flow->moves, flow->weight, run->expected[f], run->p[f], run->q[f],
                                                      run->q[f] <= run->options->alpha};
    }
    if (s->n_rows > 1)
        qsort(s->rows, s->n_rows, sizeof *s->rows, most_first);
    return CASTMAP_OK;
}

static castmap_status fill_names(cm_flow_run *run)
{
    castmap_flows_summary *s = &run->summary;
    const cm_flow_layer *layer = &run->layer;

    s->level = cm_copy_text(run->places.labels ? "" : run->places.areas.set.level);
    s->code = cm_alloc_zero(layer->n_areas, sizeof *s->code);
    s->area = cm_alloc_zero(layer->n_areas, sizeof *s->area);
    s->outgoing = cm_alloc(layer->n_areas, sizeof *s->outgoing);
    s->incoming = cm_alloc(layer->n_areas, sizeof *s->incoming);
    if (!s->level || !s->code || !s->area || !s->outgoing || !s->incoming)
        return cm_fail_memory(run->ctx);
    s->n_areas = layer->n_areas;
    for (size_t i = 0; i < s->n_areas; i++) {
        s->code[i] = cm_copy_text(layer->code[i]);
        s->area[i] = cm_copy_text(layer->area_name[i]);
        if (!s->code[i] || !s->area[i])
            return cm_fail_memory(run->ctx);
        s->outgoing[i] = run->flows.outgoing[i];
        s->incoming[i] = run->flows.incoming[i];
    }
    return CASTMAP_OK;
}

static castmap_status remark(cm_flow_run *run)
{
    castmap_flows_summary *s = &run->summary;
    int failed = 0;

    if (s->quarantined > 0)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "quarantined", "%zu of %zu rows are in no flow; they are set aside with their reasons.",
                                s->quarantined, s->read);
    if (run->places.labels)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "no-boundaries",
                                "The areas are the words of the table, countries under their codes. In a project without boundaries and observations countries are drawn at "
                                "their rough centres; other words are not.");
    if (run->options->by != CASTMAP_FLOWS_WHOLE && s->undated > 0)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "undated", "%zu movements have no date; they are counted apart from the periods.", s->undated);
    if (!s->fit.converged)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "null-not-fitted",
                                "What would be expected could not be fitted exactly (off by up to %.3g movements), because too few pairs of areas "
                                "have movements: take p and q with care.",
                                s->fit.margin_error);
    if (s->used < FEW_MOVEMENTS)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "few",
                                "%zu movements are too few to tell a flow that matters from chance; read the counts, not p.", s->used);
    if (s->null == CASTMAP_FLOW_GRAVITY && s->fit.converged && s->fit.beta >= 0.0)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "gravity", "Movements fall with distance to the power of %.2f; a typical one goes %.1f km.",
                                s->fit.beta, exp(s->fit.mean_log_distance) / 1000.0);
    else if (s->null == CASTMAP_FLOW_GRAVITY && s->fit.converged)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "gravity-turned",
                                "Far areas exchange more here than near ones, so distance explains nothing (its power is %.2f); a typical movement goes %.1f km.",
                                -s->fit.beta, exp(s->fit.mean_log_distance) / 1000.0);
    return failed ? cm_fail_memory(run->ctx) : CASTMAP_OK;
}

castmap_status cm_flow_summarise(cm_flow_run *run)
{
    castmap_flows_summary *s = &run->summary;
    cm_movements *m = &run->movements;
    castmap_status status;

    s->read = m->read;
    s->within = m->within;
    s->used = m->count - m->within;
    s->taken = m->taken;
    s->duplicate = m->duplicate;
    s->quarantined = m->quarantined;
    s->undated = m->n_undated;
    s->symmetric = run->options->symmetric;
    s->counts_persons = m->has_persons;
    s->null = run->options->null;
    s->alpha = run->options->alpha;
    s->reasons = m->reasons;
    s->n_reasons = m->n_reasons;
    s->guesses = m->guesses;
    s->n_guesses = m->n_guesses;
    m->reasons = NULL;
    m->guesses = NULL;
    m->n_reasons = m->n_guesses = 0;
    status = fill_names(run);
    if (!status)
        status = fill_rows(run);
    if (!status)
        status = cut_time(run);
    return status ? status : remark(run);
}
