/*
 * runs/route_slices.c - how the density along the streets went over the period: one set of values for each of its parts (time_slices.h), one legend.
 *
 * A product of the kernel along the streets and one in time: an observation counts in a slice as much as the kernel in time says.
 */
#include "runs/route_run.h"

#include "base/fail.h"
#include "base/memory.h"
#include "runs/heat_run.h"
#include "runs/remarks.h"
#include "runs/time_slices.h"

#include <math.h>
#include <stdlib.h>

castmap_status cm_route_plan_slices(cm_route_run *run)
{
    const castmap_routes_run_options *o = run->options;
    cm_route_layer *layer = &run->layer;
    int64_t from = 0, to = 0;

    if (o->slices == 0 && o->slicing == CASTMAP_SLICES_EQUAL)
        return CASTMAP_OK;
    layer->slice_from_s = cm_alloc(CM_MOST_SLICES, sizeof *layer->slice_from_s);
    layer->slice_to_s = cm_alloc(CM_MOST_SLICES, sizeof *layer->slice_to_s);
    if (!layer->slice_from_s || !layer->slice_to_s)
        return cm_fail_memory(run->ctx);
    if (!cm_heat_period(&o->filter, &run->points, &from, &to))
        from = to = 0;
    return cm_time_slices_plan(run->ctx, o->slicing, o->slices, from, to, layer->slice_from_s, layer->slice_to_s, &layer->n_slices);
}

/* The middle of the time an observation is known to; INT64_MIN: not known. */
static int64_t time_of(const cm_run_points *points, size_t i)
{
    return points->set.from_s[i] == INT64_MIN ? INT64_MIN : points->set.from_s[i] + (points->set.to_s[i] - points->set.from_s[i]) / 2;
}

/* What counts in slice i, and how much. */
static void weigh(const cm_route_run *run, size_t i, uint32_t *edge, double *weight)
{
    const cm_route_layer *l = &run->layer;
    const cm_time_view view = cm_time_slice_view(run->options->slicing, l->slice_from_s, l->slice_to_s, l->n_slices, i);

    for (size_t k = 0; k < run->points.set.count; k++) {
        const int64_t time = time_of(&run->points, k);
        weight[k] = time == INT64_MIN ? 0.0 : cm_time_view_weight(&view, time) * (run->weight ? run->weight[k] : 1.0);
        edge[k] = weight[k] > 0.0 ? run->edge[k] : CASTMAP_NO_EDGE; /* what does not count need not be looked at */
    }
}

castmap_status cm_route_make_slices(cm_route_run *run, const castmap_network_density_options *options)
{
    cm_route_layer *l = &run->layer;
    const size_t n = run->points.set.count, pieces = run->lixels.count;
    const castmap_network_events places = {pieces, run->lixels.edge, run->lixels.middle_m, NULL, NULL, NULL};
    double *weight = NULL, highest = 0.0;
    uint32_t *edge = NULL;
    castmap_status status = CASTMAP_OK;

    if (l->n_slices == 0)
        return CASTMAP_OK;
    weight = cm_alloc(n, sizeof *weight);
    edge = cm_alloc(n, sizeof *edge);
    l->slice_density = cm_alloc(l->n_slices * pieces, sizeof *l->slice_density);
    if (!weight || !edge || !l->slice_density)
        status = cm_fail_memory(run->ctx);
    const cm_span whole = cm_progress_span(run->ctx, 0.0, 1.0);
    for (size_t i = 0; i < l->n_slices && !status; i++) {
        const castmap_network_events events = {n, edge, run->along_m, weight, NULL, run->points.set.id};
        const cm_span part = cm_progress_span(run->ctx, (double)i / (double)l->n_slices, (double)(i + 1) / (double)l->n_slices);
        weigh(run, i, edge, weight);
        status = castmap_network_density(run->ctx, &run->streets.network, &events, &places, options, l->slice_density + i * pieces);
        cm_progress_restore(run->ctx, part);
    }
    cm_progress_restore(run->ctx, whole);
    for (size_t k = 0; k < l->n_slices * pieces && !status; k++)
        highest = fmax(highest, l->slice_density[k]);
    if (!status)
        l->n_slice_breaks = cm_time_slice_breaks(highest, l->slice_breaks);
    for (size_t k = 0; k < n && !status; k++)
        run->summary.untimed += run->edge[k] != CASTMAP_NO_EDGE && time_of(&run->points, k) == INT64_MIN;
    run->summary.slices = l->n_slices;
    free(weight);
    free(edge);
    return status;
}
