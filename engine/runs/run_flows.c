/*
 * runs/run_flows.c - from a table of movements to a layer of flows.
 *
 *   1. read         every row taken, a duplicate, or in quarantine with its reason     movement_file.c
 *   2. order        areas by code, rows by what they say: the layer does not depend on the order of the table
 *   3. add up       flows over all times, and the test against the null
 *   4. corridors    chains of stops along journeys
 *   5. summarise    rows, periods, remarks                                             flow_summary.c
 *   6. keep         one run: the layer, the account of the table, and its refused rows
 */
#include "runs/flow_run.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "base/time_text.h"
#include "project/batch_table.h"
#include "project/ingest/recognise.h"
#include "project/run_table.h"
#include "project/undo.h"
#include "runs/flow_periods.h"
#include "space/geometry/geos.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void release(cm_flow_run *run)
{
    cm_movement_places_clear(&run->places);
    cm_movements_clear(&run->movements);
    castmap_flows_clear(&run->flows);
    free(run->expected);
    free(run->p);
    free(run->q);
    castmap_corridors_clear(&run->corridors);
    cm_flow_layer_clear(&run->layer);
    castmap_flows_summary_clear(&run->summary);
}

static castmap_status check(castmap_context *ctx, const castmap_flows_run_options *o)
{
    if (o->version != CASTMAP_FLOWS_RUN_OPTIONS_VERSION)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "options of another version");
    if (!o->path || !*o->path)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "no table of movements was named");
    if (!castmap_flow_null_name(o->null))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "there is no such null");
    if (o->null == CASTMAP_FLOW_GRAVITY && o->keep_within)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "gravity has no movements within an area: distance is what it weighs by");
    if (!(o->alpha > 0.0 && o->alpha < 1.0))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the share of false discoveries must lie between 0 and 1");
    if (o->least_journeys < 2)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "a corridor recurs on at least 2 journeys");
    if (o->labels && o->level)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "areas are those of a boundary level or the words of the table, not both");
    return CASTMAP_OK;
}

/* The run begins with its batch, so that refused rows can be kept while they are read. */
static castmap_status begin(cm_flow_run *run)
{
    const cm_batch batch = {.file = cm_input_name(run->options->path), .format = "movements", .sha256 = "", .mapping = "[]"};
    castmap_status status;

    if (run->options->dry_run)
        return CASTMAP_OK;
    status = cm_run_begin(run->ctx, run->project, "flows", &run->summary.run_number);
    run->begun = run->summary.run_number;
    return status ? status : cm_batch_begin(run->ctx, run->project, run->summary.run_number, &batch, &run->batch);
}

static castmap_status read_movements(cm_flow_run *run)
{
    const castmap_flows_run_options *o = run->options;
    castmap_status status = cm_movement_places_open(run->ctx, run->project, o->level, o->labels, &run->places);

    if (!status && o->null == CASTMAP_FLOW_GRAVITY && run->places.labels) {
        status = cm_fail(run->ctx, CASTMAP_E_ARGUMENT, "gravity needs to know how far areas lie apart, and these are words only");
        cm_fail_hint(run->ctx, "bring boundaries in with castmap boundaries add, or use the null of independence");
    }
    if (!status)
        status = begin(run);
    if (!status)
        status = cm_movements_read(run->ctx, run->project, o, &run->places, run->batch, &run->movements);
    if (!status && run->movements.count == run->movements.within) {
        const cm_movements *m = &run->movements;
        status = cm_fail(run->ctx, CASTMAP_E_NOT_FOUND, "%zu rows, and none goes from one area to another", m->read);
        if (m->n_reasons)
            cm_fail_hint(run->ctx, "%zu rows: %s", m->reasons[0].count, m->reasons[0].reason);
        else
            cm_fail_hint(run->ctx, "all begin and end in one area; use smaller areas");
    }
    return status;
}

/* Codes and names of the areas; words are sorted by code, and the movements numbered anew. */
static castmap_status name_areas(cm_flow_run *run)
{
    const cm_movement_places *places = &run->places;
    cm_flow_layer *layer = &run->layer;
    const size_t n = cm_movement_areas(places);
    uint32_t *rank = NULL;

    layer->n_areas = n;
    layer->code = cm_alloc_zero(n, sizeof *layer->code);
    layer->area_name = cm_alloc_zero(n, sizeof *layer->area_name);
    if (!layer->code || !layer->area_name || (places->labels && cm_text_numbers_rank(&places->label_codes, &rank)))
        return cm_fail_memory(run->ctx);
    for (size_t i = 0; i < n; i++) {
        const size_t at = rank ? rank[i] : i;
        layer->code[at] = cm_copy_text(rank ? places->label_codes.text[i] : places->areas.set.code[i]);
        layer->area_name[at] = cm_copy_text(rank ? places->label_name[i] : places->areas.set.area_name[i]);
    }
    for (size_t i = 0; i < run->movements.count && rank; i++) {
        run->movements.from[i] = rank[run->movements.from[i]];
        run->movements.to[i] = rank[run->movements.to[i]];
    }
    free(rank);
    for (size_t i = 0; i < n; i++) {
        if (!layer->code[i] || !layer->area_name[i])
            return cm_fail_memory(run->ctx);
    }
    return CASTMAP_OK;
}

/* Where each area is: a point inside it, metres. */
static castmap_status place_areas(cm_flow_run *run, double **x, double **y)
{
    const castmap_polygons areas = cm_projected_areas_view(&run->places.areas);
    castmap_status status = CASTMAP_OK;

    *x = cm_alloc(areas.count, sizeof **x);
    *y = cm_alloc(areas.count, sizeof **y);
    if (!*x || !*y)
        return cm_fail_memory(run->ctx);
    for (size_t i = 0; i < areas.count && !status; i++)
        status = cm_geos_label_point(run->ctx, &areas, i, &(*x)[i], &(*y)[i]);
    return status;
}

static castmap_status add_up(cm_flow_run *run)
{
    const castmap_flows_run_options *o = run->options;
    const cm_movements *m = &run->movements;
    castmap_flow_test_options test = CASTMAP_FLOW_TEST_OPTIONS_INIT;
    double *weight = cm_alloc(m->count, sizeof *weight), *x = NULL, *y = NULL;
    castmap_status status = weight ? CASTMAP_OK : cm_fail_memory(run->ctx);

    for (size_t i = 0; i < m->count && !status; i++)
        weight[i] = m->persons[i];
    const castmap_moves moves = {m->count, m->from, m->to, NULL, weight};
    if (!status)
        status = castmap_flows_aggregate(run->ctx, run->layer.n_areas, &moves, o->symmetric, &run->flows);
    if (!status) {
        run->expected = cm_alloc(run->flows.count, sizeof *run->expected);
        run->p = cm_alloc(run->flows.count, sizeof *run->p);
        run->q = cm_alloc(run->flows.count, sizeof *run->q);
        status = run->expected && run->p && run->q ? CASTMAP_OK : cm_fail_memory(run->ctx);
    }
    if (!status && o->null == CASTMAP_FLOW_GRAVITY)
        status = place_areas(run, &x, &y);
    test.null = o->null;
    test.keep_within = o->keep_within;
    test.x = x;
    test.y = y;
    if (!status)
        status = castmap_flows_test(run->ctx, &run->flows, &test, run->expected, run->p, run->q, &run->summary.fit);
    free(weight);
    free(x);
    free(y);
    return status;
}

/* ---- corridors -------------------------------------------------------------------------------------------------- */

static castmap_status find_corridors(cm_flow_run *run)
{
    const cm_movements *m = &run->movements;
    castmap_corridor_options options = CASTMAP_CORRIDOR_OPTIONS_INIT;
    uint32_t *leg = cm_alloc(m->count, sizeof *leg), *stop = NULL;
    size_t *start = NULL, n = 0, journeys = 0;
    castmap_status status = leg ? CASTMAP_OK : cm_fail_memory(run->ctx);

    for (size_t i = 0; i < m->count && !status; i++) {
        if (m->journey[i] >= 0)
            leg[n++] = (uint32_t)i;
    }
    if (!status)
        status = cm_flow_sort_legs(run->ctx, m, leg, n);
    if (!status) {
        stop = cm_alloc(2 * n, sizeof *stop);
        start = cm_alloc(n + 1, sizeof *start);
        status = stop && start ? CASTMAP_OK : cm_fail_memory(run->ctx);
    }
    for (size_t k = 0; k < n && !status; k++) { /* where one leg ends and the next begins is one stop, or two if they differ */
        if (k == 0 || m->journey[leg[k]] != m->journey[leg[k - 1]])
            start[journeys++] = 2 * k;
        stop[2 * k] = m->from[leg[k]];
        stop[2 * k + 1] = m->to[leg[k]];
    }
    free(leg);
    if (!status)
        start[journeys] = 2 * n;
    options.least_journeys = run->options->least_journeys;
    if (!status)
        status = castmap_corridors_find(run->ctx, journeys, start, stop, &options, &run->corridors);
    run->summary.n_journeys = journeys;
    free(stop);
    free(start);
    return status;
}

/* ---- the layer -------------------------------------------------------------------------------------------------- */

static castmap_status fill_flows(cm_flow_run *run)
{
    const castmap_flows_summary *s = &run->summary;
    const castmap_corridors *c = &run->corridors;
    cm_flow_layer *layer = &run->layer;
    const size_t n = s->n_rows, stops = c->start[c->count];

    layer->flow_from = cm_alloc(n, sizeof *layer->flow_from);
    layer->flow_to = cm_alloc(n, sizeof *layer->flow_to);
    layer->moves = cm_alloc(n, sizeof *layer->moves);
    layer->persons = cm_alloc(n, sizeof *layer->persons);
    layer->expected = cm_alloc(n, sizeof *layer->expected);
    layer->p = cm_alloc(n, sizeof *layer->p);
    layer->q = cm_alloc(n, sizeof *layer->q);
    layer->corridor_start = cm_alloc(c->count + 1, sizeof *layer->corridor_start);
    layer->corridor_stop = cm_alloc(stops, sizeof *layer->corridor_stop);
    layer->corridor_journeys = cm_alloc(c->count, sizeof *layer->corridor_journeys);
    if (!layer->flow_from || !layer->flow_to || !layer->moves || !layer->persons || !layer->expected || !layer->p || !layer->q ||
        !layer->corridor_start || !layer->corridor_stop || !layer->corridor_journeys)
        return cm_fail_memory(run->ctx);
    layer->n_flows = n;
    for (size_t f = 0; f < n; f++) {
        const castmap_flow_row *row = &s->rows[f];
        layer->flow_from[f] = row->from;
        layer->flow_to[f] = row->to;
        layer->moves[f] = (int64_t)row->moves;
        layer->persons[f] = (int64_t)row->persons;
        layer->expected[f] = row->expected;
        layer->p[f] = row->p;
        layer->q[f] = row->q;
    }
    layer->n_corridors = c->count;
    for (size_t i = 0; i <= c->count; i++)
        layer->corridor_start[i] = (int64_t)c->start[i];
    for (size_t i = 0; i < stops; i++)
        layer->corridor_stop[i] = c->stop[i];
    for (size_t i = 0; i < c->count; i++)
        layer->corridor_journeys[i] = c->journeys[i];
    return CASTMAP_OK;
}

static castmap_status fill_layer(cm_flow_run *run)
{
    cm_flow_layer *layer = &run->layer;
    castmap_status status = cm_flow_fill_movements(run);

    if (!status)
        status = fill_flows(run);
    layer->name = cm_copy_text(run->options->name ? run->options->name : "flows");
    layer->level = cm_copy_text(run->places.labels ? "" : run->places.areas.set.level);
    layer->boundary_id = run->places.labels ? 0 : run->places.areas.set.id;
    layer->symmetric = run->options->symmetric;
    layer->null = run->options->null;
    layer->beta = run->summary.fit.beta;
    layer->alpha = run->options->alpha;
    layer->not_placed = run->summary.quarantined;
    return status ? status : layer->name && layer->level ? CASTMAP_OK : cm_fail_memory(run->ctx);
}

static char *parameters(const cm_flow_run *run)
{
    cm_text text = CM_TEXT_INIT;
    cm_json json;

    cm_json_begin(&json, &text, false);
    cm_json_object(&json, NULL);
    cm_json_string(&json, "file_sha256", run->movements.sha256);
    cm_json_string(&json, "level", run->layer.level);
    cm_json_integer(&json, "boundary_set", run->layer.boundary_id);
    cm_json_bool(&json, "symmetric", run->layer.symmetric);
    cm_json_string(&json, "null", castmap_flow_null_name(run->layer.null));
    cm_json_bool(&json, "keep_within", run->options->keep_within);
    cm_json_number(&json, "beta", run->layer.beta);
    cm_json_number(&json, "alpha", run->layer.alpha);
    cm_json_integer(&json, "least_journeys", run->options->least_journeys);
    cm_json_integer(&json, "rows", (int64_t)run->summary.read);
    cm_json_integer(&json, "taken", (int64_t)run->summary.taken);
    cm_json_integer(&json, "duplicate", (int64_t)run->summary.duplicate);
    cm_json_integer(&json, "quarantined", (int64_t)run->summary.quarantined);
    cm_json_string(&json, "by", cm_flow_periods_name(run->options->by)); /* maps by period are made of it: release/disclosure/flow_slices.c */
    cm_json_string(&json, "layer", run->layer.name);
    cm_json_end_object(&json);
    return cm_text_take(&text);
}

/* Movements that were placed by a table go when the table goes. */
static castmap_status note_tables(cm_flow_run *run)
{
    const cm_place_index *places = run->places.places;
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; places && i < cm_place_index_tables(places) && !status; i++) {
        if (run->places.table_used[i])
            status = cm_run_needs(run->ctx, run->project, run->summary.run_number, cm_place_index_table(places, i)->run);
    }
    return status;
}

/* The account of the table, as of every file that is read. */
static castmap_status finish_batch(cm_flow_run *run)
{
    const castmap_flows_summary *s = &run->summary;
    const cm_guesses guesses = {.guess = s->guesses, .n = s->n_guesses};
    char *mapping = cm_guesses_json(&guesses);
    const cm_batch batch = {.file = cm_input_name(run->options->path), .format = run->movements.format, .sha256 = run->movements.sha256, .mapping = mapping,
                            .read = s->read, .accepted = s->taken, .duplicate = s->duplicate, .quarantined = s->quarantined, .movements = true};
    castmap_status status = mapping ? cm_batch_finish(run->ctx, run->project, run->batch, &batch) : cm_fail_memory(run->ctx);

    free(mapping);
    return status;
}

static castmap_status keep(cm_flow_run *run)
{
    castmap_flows_summary *s = &run->summary;
    char words[200], *text = NULL, *provenance = NULL;
    castmap_status status;

    run->layer.run_number = s->run_number;
    status = cm_flow_layer_store(run->ctx, run->project, &run->layer);
    if (!status)
        status = note_tables(run);
    if (!status)
        status = finish_batch(run);
    if (status)
        goto done;
    text = parameters(run);
    provenance = cm_run_provenance(run->ctx, run->project, NULL);
    if (!text || !provenance) {
        status = cm_fail_memory(run->ctx);
        goto done;
    }
    snprintf(words, sizeof words, "%zu movements from one area to another (%.40s), %zu within one; %zu rows = %zu taken, %zu duplicate, %zu quarantined",
             s->used, *s->level ? s->level : "by name", s->within, s->read, s->taken, s->duplicate, s->quarantined);
    status = cm_run_finish(run->ctx, run->project, s->run_number, words, text, provenance);
    run->kept = !status;
    s->batch_id = run->batch;

done:
    free(text);
    free(provenance);
    return status;
}

castmap_status castmap_run_flows(castmap_context *ctx, castmap_project *project, const castmap_flows_run_options *options,
                                 castmap_flows_summary *out)
{
    cm_flow_run run = {.ctx = ctx, .project = project, .options = options};
    castmap_status status;

    cm_fail_clear(ctx);
    status = check(ctx, options);
    if (status)
        return status;
    status = read_movements(&run);
    if (status)
        goto done;
    status = name_areas(&run);
    if (status)
        goto done;
    status = add_up(&run);
    if (status)
        goto done;
    status = find_corridors(&run);
    if (status)
        goto done;
    status = cm_flow_summarise(&run);
    if (status)
        goto done;
    status = fill_layer(&run);
    if (status)
        goto done;
    if (!options->dry_run)
        status = keep(&run);
    if (status)
        goto done;
    run.summary.corridors = run.corridors;
    run.corridors = (castmap_corridors)CASTMAP_CORRIDORS_INIT;
    *out = run.summary;
    run.summary = (castmap_flows_summary)CASTMAP_FLOWS_SUMMARY_INIT;

done:
    if (!run.kept && run.begun)
        cm_run_abandon(project, run.begun);
    release(&run);
    return status;
}
