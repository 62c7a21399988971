/*
 * runs/cluster_methods.c - from points to labels, by the method that was asked for.
 */
#include "runs/cluster_run.h"

#include "base/fail.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#define SHORTEST_M 1.0 /* reachabilities below this are not told apart: nobody's position is known better */

static castmap_status by_dbscan(cm_cluster_run *run, const castmap_points *view)
{
    castmap_dbscan_options dbscan = CASTMAP_DBSCAN_OPTIONS_INIT;

    dbscan.eps_m = run->summary.eps_m;
    dbscan.min_points = run->summary.min_points;
    dbscan.border_is_noise = run->options->method == CASTMAP_CLUSTER_DBSCAN_STAR;
    return castmap_dbscan(run->ctx, view, &dbscan, run->layer.label, run->layer.is_core, &run->summary.clusters);
}

/* Every member is a core: the method knows no edge. */
static void members_are_cores(cm_cluster_layer *layer)
{
    for (size_t i = 0; i < layer->n; i++)
        layer->is_core[i] = layer->label[i] != CASTMAP_NOISE;
}

static castmap_status by_hdbscan(cm_cluster_run *run, const castmap_points *view)
{
    castmap_hdbscan_options hdbscan = CASTMAP_HDBSCAN_OPTIONS_INIT;
    cm_cluster_layer *layer = &run->layer;

    layer->membership = cm_alloc(layer->n, sizeof *layer->membership);
    layer->outlier = cm_alloc(layer->n, sizeof *layer->outlier);
    if (!layer->membership || !layer->outlier)
        return cm_fail_memory(run->ctx);
    hdbscan.min_points = run->summary.min_points;
    hdbscan.selection = run->options->selection;
    castmap_status status = castmap_hdbscan(run->ctx, view, &hdbscan, layer->label, layer->membership, layer->outlier,
                                            &run->summary.clusters);
    if (!status)
        members_are_cores(layer);
    return status;
}

static castmap_status by_st_dbscan(cm_cluster_run *run, const castmap_points *view)
{
    castmap_st_dbscan_options options = CASTMAP_ST_DBSCAN_OPTIONS_INIT;

    options.eps_m = run->summary.eps_m;
    options.window_s = run->summary.window_s;
    options.min_points = run->summary.min_points;
    return castmap_st_dbscan(run->ctx, view, &options, run->layer.label, run->layer.is_core, &run->summary.clusters);
}

static castmap_status by_nnh(cm_cluster_run *run, const castmap_points *view)
{
    castmap_cluster_summary *s = &run->summary;
    castmap_nnh_options options = CASTMAP_NNH_OPTIONS_INIT;

    options.threshold_m = s->eps_m;
    options.area_m2 = s->study_km2 * 1e6;
    options.min_points = s->min_points;
    castmap_status status = castmap_nnh(run->ctx, view, &options, run->layer.label, &s->clusters, NULL);
    if (!status)
        members_are_cores(&run->layer);
    return status;
}

/* Valleys of the reachability plot, or a cut at the radius where no steepness was asked for. */
static castmap_status by_optics(cm_cluster_run *run, const castmap_points *view)
{
    const castmap_cluster_summary *s = &run->summary;
    castmap_optics_options options = CASTMAP_OPTICS_OPTIONS_INIT;
    castmap_optics_order order = {0};

    options.eps_m = s->eps_m;
    options.min_points = s->min_points;
    castmap_status status = castmap_optics(run->ctx, view, &options, &order);
    if (!status && s->xi > 0.0)
        status = castmap_optics_xi(run->ctx, view, &order, s->min_points, s->xi, SHORTEST_M, run->layer.label, &run->summary.clusters);
    else if (!status)
        status = castmap_optics_cut(run->ctx, view, &order, s->eps_m, run->layer.label, &run->summary.clusters);
    castmap_optics_order_clear(&order);
    if (!status)
        members_are_cores(&run->layer);
    return status;
}

static castmap_status by_method(cm_cluster_run *run, const castmap_points *view)
{
    switch (run->options->method) {
    case CASTMAP_CLUSTER_DBSCAN:
    case CASTMAP_CLUSTER_DBSCAN_STAR:
        return by_dbscan(run, view);
    case CASTMAP_CLUSTER_HDBSCAN:
        return by_hdbscan(run, view);
    case CASTMAP_CLUSTER_ST_DBSCAN:
        return by_st_dbscan(run, view);
    case CASTMAP_CLUSTER_NNH:
        return by_nnh(run, view);
    case CASTMAP_CLUSTER_OPTICS:
        return by_optics(run, view);
    default:
        return cm_fail(run->ctx, CASTMAP_E_ARGUMENT, "there is no such method of finding places");
    }
}

castmap_status cm_cluster_label(cm_cluster_run *run)
{
    const castmap_points view = cm_run_points_view(&run->points);
    const castmap_cluster_summary *s = &run->summary;
    cm_cluster_layer *layer = &run->layer;

    layer->n = view.count;
    layer->method = s->method;
    layer->eps_m = s->eps_m;
    layer->min_points = s->min_points;
    layer->window_s = s->window_s;
    layer->xi = s->xi;
    layer->selection = run->options->selection;
    layer->outline = s->outline;
    layer->crimestat_ellipse = s->crimestat_ellipse;
    layer->study_km2 = s->study_km2;
    layer->imprecise = s->imprecise;
    layer->untimed = s->untimed;
    layer->name = cm_copy_text(run->options->name ? run->options->name : "places");
    layer->observation = cm_alloc(layer->n, sizeof *layer->observation);
    layer->label = cm_alloc(layer->n, sizeof *layer->label);
    layer->is_core = cm_alloc(layer->n, sizeof *layer->is_core);
    if (!layer->name || !layer->observation || !layer->label || !layer->is_core)
        return cm_fail_memory(run->ctx);
    memcpy(layer->observation, run->points.set.id, layer->n * sizeof *layer->observation);
    castmap_status status = by_method(run, &view);
    if (status)
        return status;
    return castmap_cluster_shapes_make(run->ctx, &view, layer->label, run->summary.clusters, &layer->shapes);
}
