/*
 * runs/run_areas.c - count the observations of each area, with density, rate and class, and keep the layer.
 */
#include "castmap/runs.h"

#include "base/fail.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "castmap/areas.h"
#include "project/layer_table.h"
#include "project/run_table.h"
#include "runs/projected_areas.h"
#include "runs/remarks.h"
#include "runs/run_points.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLASSES 5

typedef struct areas_run {
    castmap_context *ctx;
    castmap_project *project;
    const castmap_areas_run_options *options;
    cm_run_points points;
    cm_projected_areas areas;
    cm_area_layer layer;
    castmap_areas_summary summary;
    size_t without_population;
} areas_run;

void castmap_areas_summary_clear(castmap_areas_summary *summary)
{
    if (!summary)
        return;
    for (size_t i = 0; i < summary->n_rows; i++) {
        free(summary->rows[i].code);
        free(summary->rows[i].name);
        free(summary->rows[i].parent);
    }
    free(summary->rows);
    free(summary->level);
    free(summary->breaks);
    cm_remarks_clear(summary->remarks, summary->n_remarks);
    memset(summary, 0, sizeof *summary);
}

static castmap_status allocate(areas_run *run)
{
    cm_area_layer *layer = &run->layer;
    const size_t n = run->points.set.count, k = run->areas.set.count;

    layer->count = k;
    layer->n = n;
    layer->boundary_id = run->areas.set.id;
    layer->per = run->options->per;
    layer->confidence = run->options->confidence;
    layer->level = cm_copy_text(run->areas.set.level);
    layer->name = cm_copy_text(run->options->name ? run->options->name : run->areas.set.level);
    layer->observation = cm_alloc(n, sizeof *layer->observation);
    layer->area = cm_alloc(n, sizeof *layer->area);
    layer->events = cm_alloc_zero(k, sizeof *layer->events);
    layer->area_km2 = cm_alloc(k, sizeof *layer->area_km2);
    layer->density = cm_alloc(k, sizeof *layer->density);
    layer->rate = cm_alloc(k, sizeof *layer->rate);
    layer->lower = cm_alloc(k, sizeof *layer->lower);
    layer->upper = cm_alloc(k, sizeof *layer->upper);
    layer->class_number = cm_alloc_zero(k, sizeof *layer->class_number);
    layer->breaks = cm_alloc_zero(CLASSES + 1, sizeof *layer->breaks);
    if (!layer->level || !layer->name || !layer->observation || !layer->area || !layer->events || !layer->area_km2 ||
        !layer->density || !layer->rate || !layer->lower || !layer->upper || !layer->class_number || !layer->breaks)
        return cm_fail_memory(run->ctx);
    memcpy(layer->observation, run->points.set.id, n * sizeof *layer->observation);
    return CASTMAP_OK;
}

static castmap_status place(areas_run *run)
{
    const castmap_points points = cm_run_points_view(&run->points);
    const castmap_polygons areas = cm_projected_areas_view(&run->areas);
    cm_area_layer *layer = &run->layer;
    castmap_area_locator *locator = NULL;
    castmap_status status = castmap_area_locator_new(run->ctx, &areas, NULL, &locator);

    if (!status)
        status = castmap_area_locate(run->ctx, locator, &points, layer->area);
    castmap_area_locator_free(locator);
    if (status)
        return status;
    for (size_t i = 0; i < layer->n; i++) {
        if (layer->area[i] == CASTMAP_NO_AREA)
            layer->unplaced++;
        else
            layer->events[layer->area[i]]++;
    }
    layer->placed = layer->n - layer->unplaced;
    castmap_polygons_area_km2(&areas, layer->area_km2);
    return CASTMAP_OK;
}

static castmap_status rate_areas(areas_run *run)
{
    cm_area_layer *layer = &run->layer;

    for (size_t i = 0; i < layer->count; i++) {
        const double count = (double)layer->events[i], people = run->areas.set.population[i];
        double lower, upper;

        layer->density[i] = layer->area_km2[i] > 0.0 ? count / layer->area_km2[i] : (double)NAN;
        if (!(people > 0.0)) {
            run->without_population++;
            layer->rate[i] = layer->lower[i] = layer->upper[i] = (double)NAN;
            continue;
        }
        castmap_status status = castmap_poisson_interval(run->ctx, count, layer->confidence, &lower, &upper);
        if (status)
            return status;
        layer->rate[i] = count / people * layer->per;
        layer->lower[i] = lower / people * layer->per;
        layer->upper[i] = upper / people * layer->per;
    }
    return CASTMAP_OK;
}

/* Classes are of the rate where every area that has observations has people, else of the density: one map, one measure. */
static castmap_status classify(areas_run *run)
{
    cm_area_layer *layer = &run->layer;
    const double *value = run->without_population ? layer->density : layer->rate;
    size_t k = 0;
    castmap_status status = castmap_classes_make(run->ctx, value, layer->count, CLASSES, layer->breaks, &k);

    if (status)
        return status;
    layer->n_breaks = k ? k + 1 : 0;
    for (size_t i = 0; i < layer->count; i++) {
        if (layer->events[i] == 0 || !isfinite(value[i]))
            continue;
        int32_t number = 1;
        while ((size_t)number < k && value[i] >= layer->breaks[number])
            number++;
        layer->class_number[i] = number;
    }
    return CASTMAP_OK;
}

typedef struct ranked {
    int64_t events;
    size_t area;
} ranked;

static int most_first(const void *a, const void *b)
{
    const ranked *p = a, *q = b;

    if (p->events != q->events)
        return p->events < q->events ? 1 : -1;
    return p->area < q->area ? -1 : p->area > q->area; /* areas are sorted by code */
}

static castmap_status make_rows(areas_run *run)
{
    const cm_area_layer *layer = &run->layer;
    castmap_areas_summary *s = &run->summary;
    ranked *rank = cm_alloc(layer->count, sizeof *rank);

    s->rows = cm_alloc_zero(layer->count, sizeof *s->rows);
    if (!rank || !s->rows) {
        free(rank);
        return cm_fail_memory(run->ctx);
    }
    for (size_t i = 0; i < layer->count; i++)
        rank[i] = (ranked){layer->events[i], i};
    qsort(rank, layer->count, sizeof *rank, most_first);
    bool lost = false;
    for (size_t r = 0; r < layer->count; r++) {
        const size_t i = rank[r].area;
        castmap_area_row *row = &s->rows[r];
        row->code = cm_copy_text(run->areas.set.code[i]);
        row->name = cm_copy_text(run->areas.set.area_name[i]);
        row->parent = cm_copy_text(run->areas.set.parent[i]);
        lost = lost || !row->code || !row->name;
        row->count = (size_t)layer->events[i];
        row->area_km2 = layer->area_km2[i];
        row->density_per_km2 = layer->density[i];
        row->population = run->areas.set.population[i];
        row->rate = layer->rate[i];
        row->rate_lower = layer->lower[i];
        row->rate_upper = layer->upper[i];
        row->class_number = layer->class_number[i];
        s->n_rows++;
    }
    free(rank);
    return lost ? cm_fail_memory(run->ctx) : CASTMAP_OK;
}

static castmap_status summarise(areas_run *run)
{
    const cm_area_layer *layer = &run->layer;
    castmap_areas_summary *s = &run->summary;
    int failed = 0;

    s->level = cm_copy_text(layer->level);
    s->per = layer->per;
    s->confidence = layer->confidence;
    s->placed = layer->placed;
    s->unplaced = layer->unplaced;
    s->breaks = cm_alloc(layer->n_breaks, sizeof *s->breaks);
    if (!s->level || !s->breaks)
        return cm_fail_memory(run->ctx);
    s->n_breaks = layer->n_breaks;
    memcpy(s->breaks, layer->breaks, layer->n_breaks * sizeof *s->breaks);
    if (layer->unplaced)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "unplaced",
                                "%zu of %zu observations lie in no area of this level; they are kept and counted, but on "
                                "no area.",
                                layer->unplaced, layer->n);
    if (run->without_population)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "no-population",
                                "%zu of %zu areas have no population, so the map shows observations per km2 and not a rate.",
                                run->without_population, layer->count);
    failed |= cm_run_points_remark(&run->points, &s->remarks, &s->n_remarks);
    if (run->points.outside)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "outside-crs",
                                "%zu observations lie outside the area of the working CRS and were left out.",
                                run->points.outside);
    if (failed)
        return cm_fail_memory(run->ctx);
    return make_rows(run);
}

static castmap_status keep(areas_run *run)
{
    castmap_areas_summary *s = &run->summary;
    cm_text parameters = CM_TEXT_INIT;
    cm_json json;
    char words[160], *provenance = NULL;
    castmap_status status;

    cm_json_begin(&json, &parameters, false);
    cm_json_object(&json, NULL);
    cm_json_string(&json, "level", run->layer.level);
    cm_json_integer(&json, "boundary_set", run->layer.boundary_id);
    cm_json_number(&json, "per", run->layer.per);
    cm_json_number(&json, "confidence", run->layer.confidence);
    cm_json_string(&json, "layer", run->layer.name);
    cm_json_string(&json, "category", run->options->filter.category);
    cm_json_end_object(&json);
    status = cm_run_begin(run->ctx, run->project, "areas", &s->run_number);
    if (status)
        goto done;
    run->layer.run_number = s->run_number;
    status = cm_area_layer_store(run->ctx, run->project, &run->layer);
    if (status)
        goto done;
    provenance = cm_run_provenance(run->ctx, run->project, NULL);
    if (parameters.failed || !provenance) {
        status = cm_fail_memory(run->ctx);
        goto done;
    }
    snprintf(words, sizeof words, "%zu observations in %zu areas (%.40s); %zu in none", s->placed, run->layer.count,
             run->layer.level, s->unplaced);
    status = cm_run_finish(run->ctx, run->project, s->run_number, words, parameters.bytes, provenance);

done:
    if (status && s->run_number)
        cm_run_abandon(run->project, s->run_number);
    free(provenance);
    cm_text_clear(&parameters);
    return status;
}

castmap_status castmap_run_areas(castmap_context *ctx, castmap_project *project, const castmap_areas_run_options *options,
                                 castmap_areas_summary *out)
{
    areas_run run = {.ctx = ctx, .project = project, .options = options};
    castmap_status status;

    cm_fail_clear(ctx);
    if (!(options->confidence > 0.0 && options->confidence < 1.0))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the confidence must lie between 0 and 1");
    if (!(options->per > 0.0) || !isfinite(options->per))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "a rate must be per a number of people above 0");
    status = cm_run_points_load(ctx, project, &options->filter, &run.points);
    if (status)
        goto done;
    status = cm_projected_areas_load(ctx, project, options->level, run.points.projection, &run.areas);
    if (status)
        goto done;
    status = allocate(&run);
    if (status)
        goto done;
    status = place(&run);
    if (status)
        goto done;
    status = rate_areas(&run);
    if (status)
        goto done;
    status = classify(&run);
    if (status)
        goto done;
    status = summarise(&run);
    if (status)
        goto done;
    status = keep(&run);
    if (status)
        goto done;
    *out = run.summary;
    memset(&run.summary, 0, sizeof run.summary);

done:
    castmap_areas_summary_clear(&run.summary);
    cm_area_layer_clear(&run.layer);
    cm_projected_areas_clear(&run.areas);
    cm_run_points_clear(&run.points);
    return status;
}
