/*
 * runs/run_cluster.c - find places where observations gather, and keep them as a layer.
 */
#include "castmap/runs.h"

#include "base/decimal.h"
#include "base/fail.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "project/layer_table.h"
#include "project/run_table.h"
#include "runs/crowding.h"
#include "runs/remarks.h"
#include "runs/run_points.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_MIN_POINTS 10u
#define SHARE_OF_A_PLACE 0.001 /* of all observations: what makes a place grows with how much there is */
#define CROWDED_SHARE 0.25
#define LEAST_EPS_M 50.0
#define MOST_EPS_M 5000.0

typedef struct cluster_run {
    castmap_context *ctx;
    castmap_project *project;
    const castmap_cluster_run_options *options;
    cm_run_points points;
    cm_cluster_layer layer;
    castmap_cluster_summary summary;
} cluster_run;

void castmap_cluster_summary_clear(castmap_cluster_summary *summary)
{
    if (!summary)
        return;
    free(summary->shapes);
    free(summary->number);
    free(summary->lon);
    free(summary->lat);
    cm_remarks_clear(summary->remarks, summary->n_remarks);
    memset(summary, 0, sizeof *summary);
}

static castmap_status remark(cluster_run *run, int failed)
{
    return failed ? cm_fail_memory(run->ctx) : CASTMAP_OK;
}

/* Parameters that were not given come from the data, and the summary says how. */
static castmap_status choose_parameters(cluster_run *run)
{
    castmap_cluster_summary *s = &run->summary;
    const castmap_points view = cm_run_points_view(&run->points);
    char length[32];
    castmap_status status;

    s->min_points = run->options->min_points;
    if (s->min_points == 0) {
        const double share = ceil(cm_sayable(SHARE_OF_A_PLACE * (double)view.count));
        s->min_points = share > LEAST_MIN_POINTS ? (uint32_t)share : LEAST_MIN_POINTS;
        if (cm_remark_add(&s->remarks, &s->n_remarks, "number-chosen",
                          "A place needs %u observations within the radius: about one in a thousand of all there are, and never "
                          "fewer than %u. Set it with --min.",
                          s->min_points, LEAST_MIN_POINTS))
            return cm_fail_memory(run->ctx);
    }
    if (run->options->eps_m > 0.0) {
        s->eps_m = run->options->eps_m;
        return CASTMAP_OK;
    }
    if (run->options->eps_m != 0.0)
        return cm_fail(run->ctx, CASTMAP_E_ARGUMENT, "the radius must be above 0");
    if (view.count < s->min_points) {
        s->eps_m = LEAST_EPS_M;
        return CASTMAP_OK;
    }
    double distance = 0.0;
    status = cm_crowding_distance(run->ctx, &view, s->min_points, CROWDED_SHARE, &distance);
    if (status)
        return status;
    s->eps_m = cm_sayable(fmin(fmax(distance, LEAST_EPS_M), MOST_EPS_M));
    cm_length_words(s->eps_m, length);
    return remark(run, cm_remark_add(&s->remarks, &s->n_remarks, "radius-chosen",
                                     "The radius of %s was chosen from the data: about a quarter of the observations have %u or "
                                     "more within that distance. Set it with --radius.",
                                     length, s->min_points));
}

static castmap_status label_points(cluster_run *run)
{
    const castmap_points view = cm_run_points_view(&run->points);
    castmap_dbscan_options dbscan = CASTMAP_DBSCAN_OPTIONS_INIT;
    cm_cluster_layer *layer = &run->layer;
    const size_t n = view.count;

    dbscan.eps_m = run->summary.eps_m;
    dbscan.min_points = run->summary.min_points;
    dbscan.border_is_noise = run->options->border_is_noise;
    layer->n = n;
    layer->eps_m = dbscan.eps_m;
    layer->min_points = dbscan.min_points;
    layer->name = cm_copy_text(run->options->name ? run->options->name : "places");
    layer->observation = cm_alloc(n, sizeof *layer->observation);
    layer->label = cm_alloc(n, sizeof *layer->label);
    layer->is_core = cm_alloc(n, sizeof *layer->is_core);
    if (!layer->name || !layer->observation || !layer->label || !layer->is_core)
        return cm_fail_memory(run->ctx);
    memcpy(layer->observation, run->points.set.id, n * sizeof *layer->observation);
    castmap_status status = castmap_dbscan(run->ctx, &view, &dbscan, layer->label, layer->is_core, &run->summary.clusters);
    if (status)
        return status;
    return castmap_cluster_shapes_make(run->ctx, &view, layer->label, run->summary.clusters, &layer->shapes);
}

/* Centres and hulls in degrees, for the project file and for people. */
static castmap_status place_shapes(cluster_run *run)
{
    cm_cluster_layer *layer = &run->layer;
    const size_t k = layer->shapes.count;
    size_t vertices = 0;
    castmap_status status = CASTMAP_OK;

    for (size_t c = 0; c < k; c++)
        vertices += layer->shapes.shape[c].hull_count;
    double *x = cm_alloc(k, sizeof *x), *y = cm_alloc(k, sizeof *y);
    layer->lon = cm_alloc(k, sizeof *layer->lon);
    layer->lat = cm_alloc(k, sizeof *layer->lat);
    layer->hull_lon = cm_alloc(vertices, sizeof *layer->hull_lon);
    layer->hull_lat = cm_alloc(vertices, sizeof *layer->hull_lat);
    if (!x || !y || !layer->lon || !layer->lat || !layer->hull_lon || !layer->hull_lat) {
        status = cm_fail_memory(run->ctx);
        goto done;
    }
    for (size_t c = 0; c < k; c++) {
        x[c] = layer->shapes.shape[c].centre_x;
        y[c] = layer->shapes.shape[c].centre_y;
    }
    status = cm_projection_inverse(run->ctx, run->points.projection, k, x, y, layer->lon, layer->lat, NULL);
    if (!status)
        status = cm_projection_inverse(run->ctx, run->points.projection, vertices, layer->shapes.hull_x,
                                       layer->shapes.hull_y, layer->hull_lon, layer->hull_lat, NULL);

done:
    free(x);
    free(y);
    return status;
}

/* Red flags after E. Schubert et al. (2017), "DBSCAN Revisited, Revisited", section 4. */
static castmap_status raise_flags(cluster_run *run)
{
    castmap_cluster_summary *s = &run->summary;
    const cm_cluster_layer *layer = &run->layer;
    const size_t n = layer->n, clustered = n - s->noise;
    size_t largest = 0, snapped = 0;
    int failed = 0;

    for (size_t c = 0; c < layer->shapes.count; c++)
        largest = layer->shapes.shape[c].count > largest ? layer->shapes.shape[c].count : largest;
    for (size_t i = 0; i < n; i++)
        snapped += run->points.set.precision[i] != CM_PLACE_EXACT && run->points.set.precision[i] != CM_PLACE_UNKNOWN;
    if (s->clusters == 0)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "nothing-gathers",
                                "Nowhere do %u observations lie within the radius of one another. Try a larger radius or a "
                                "smaller number.",
                                s->min_points);
    if (clustered > 0 && largest * 2 > n && s->clusters > 0)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "one-giant-place",
                                "One place holds %.0f %% of all observations: the radius is probably too large for this "
                                "town.",
                                100.0 * (double)largest / (double)n);
    if (s->clusters > 0 && s->noise * 10 < n)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "hardly-any-stray",
                                "Only %.0f %% of the observations belong to no place; usually it is more than a tenth. Try "
                                "a smaller radius.",
                                100.0 * (double)s->noise / (double)n);
    if (snapped * 2 > n)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "snapped-places",
                                "%.0f %% of the observations were moved to shared map points by their publisher or are "
                                "known only to a street, postcode or area. Several at one spot need not have happened at "
                                "one spot.",
                                100.0 * (double)snapped / (double)n);
    if (run->points.outside)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "outside-crs",
                                "%zu observations lie outside the area of the working CRS and were left out.",
                                run->points.outside);
    if (run->points.inexact)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "inexact-left-out",
                                "%zu observations are known less exactly than asked for and were left out.",
                                run->points.inexact);
    return remark(run, failed);
}

typedef struct ranked {
    size_t count, cluster;
} ranked;

static int largest_first(const void *a, const void *b)
{
    const ranked *p = a, *q = b;

    if (p->count != q->count)
        return p->count < q->count ? 1 : -1;
    return p->cluster < q->cluster ? -1 : p->cluster > q->cluster;
}

static castmap_status summarise(cluster_run *run)
{
    castmap_cluster_summary *s = &run->summary;
    const cm_cluster_layer *layer = &run->layer;
    const size_t k = layer->shapes.count;
    ranked *rank = cm_alloc(k, sizeof *rank);

    s->observations = layer->n;
    for (size_t i = 0; i < layer->n; i++) {
        s->noise += layer->label[i] == CASTMAP_NOISE;
        s->cores += layer->is_core[i];
    }
    s->shapes = cm_alloc(k, sizeof *s->shapes);
    s->number = cm_alloc(k, sizeof *s->number);
    s->lon = cm_alloc(k, sizeof *s->lon);
    s->lat = cm_alloc(k, sizeof *s->lat);
    if (!rank || !s->shapes || !s->number || !s->lon || !s->lat) {
        free(rank);
        return cm_fail_memory(run->ctx);
    }
    for (size_t c = 0; c < k; c++)
        rank[c] = (ranked){layer->shapes.shape[c].count, c};
    qsort(rank, k, sizeof *rank, largest_first);
    for (size_t i = 0; i < k; i++) {
        const size_t c = rank[i].cluster;
        s->shapes[i] = layer->shapes.shape[c];
        s->number[i] = (int32_t)c + 1;
        s->lon[i] = layer->lon[c];
        s->lat[i] = layer->lat[c];
    }
    s->n_shapes = k;
    free(rank);
    return raise_flags(run);
}

static castmap_status keep(cluster_run *run)
{
    castmap_cluster_summary *s = &run->summary;
    cm_text parameters = CM_TEXT_INIT;
    cm_json json;
    char words[160], length[32], *provenance = NULL;
    castmap_status status;

    cm_json_begin(&json, &parameters, false);
    cm_json_object(&json, NULL);
    cm_json_string(&json, "method", run->options->border_is_noise ? "dbscan*" : "dbscan");
    cm_json_number(&json, "radius_m", s->eps_m);
    cm_json_integer(&json, "min_points", s->min_points);
    cm_json_string(&json, "layer", run->layer.name);
    cm_json_string(&json, "category", run->options->filter.category);
    cm_json_end_object(&json);
    status = cm_run_begin(run->ctx, run->project, "cluster", &s->run_number);
    if (status)
        goto done;
    run->layer.run_number = s->run_number;
    status = cm_cluster_layer_store(run->ctx, run->project, &run->layer);
    if (status)
        goto done;
    provenance = cm_run_provenance(run->ctx, run->project, NULL);
    if (parameters.failed || !provenance) {
        status = cm_fail_memory(run->ctx);
        goto done;
    }
    cm_length_words(s->eps_m, length);
    snprintf(words, sizeof words, "%zu places of at least %u observations within %s; %zu of %zu belong to none",
             s->clusters, s->min_points, length, s->noise, s->observations);
    status = cm_run_finish(run->ctx, run->project, s->run_number, words, parameters.bytes, provenance);

done:
    if (status && s->run_number)
        cm_run_abandon(run->project, s->run_number);
    free(provenance);
    cm_text_clear(&parameters);
    return status;
}

castmap_status castmap_run_cluster(castmap_context *ctx, castmap_project *project,
                                   const castmap_cluster_run_options *options, castmap_cluster_summary *out)
{
    cluster_run run = {.ctx = ctx, .project = project, .options = options};
    castmap_status status;

    cm_fail_clear(ctx);
    status = cm_run_points_load(ctx, project, &options->filter, &run.points);
    if (status)
        goto done;
    status = choose_parameters(&run);
    if (status)
        goto done;
    status = label_points(&run);
    if (status)
        goto done;
    status = place_shapes(&run);
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
    castmap_cluster_summary_clear(&run.summary);
    cm_cluster_layer_clear(&run.layer);
    cm_run_points_clear(&run.points);
    return status;
}
