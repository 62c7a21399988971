/*
 * runs/run_routes.c - observations along the streets of a project.
 *
 *   1. streets, observations           loaded; those known too roughly left out
 *   2. snap                            the nearest street within the limit
 *   3. castmap_lixels_cut, _network_density
 *   4. castmap_stretches_find          runs of pieces that hold more than chance would give
 *   5. words, store                    one run
 */
#include "base/fail.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "base/text.h"
#include "project/run_table.h"
#include "project/undo.h"
#include "runs/cluster_run.h"
#include "runs/heat_run.h"
#include "runs/remarks.h"
#include "runs/route_run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRIM 5.0 /* largest factor of an adaptive radius */

void castmap_routes_summary_clear(castmap_routes_summary *summary)
{
    if (!summary)
        return;
    for (size_t i = 0; summary->stretches && i < summary->n_stretches; i++) {
        free(summary->stretches[i].street);
        free(summary->stretches[i].from);
        free(summary->stretches[i].to);
        free(summary->stretches[i].sentence);
    }
    free(summary->stretches);
    cm_remarks_clear(summary->remarks, summary->n_remarks);
    memset(summary, 0, sizeof *summary);
}

static castmap_status check(castmap_context *ctx, const castmap_routes_run_options *o)
{
    if (o->version != CASTMAP_ROUTES_RUN_OPTIONS_VERSION)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "options of another version");
    if (!(o->piece_m >= 1.0 && o->piece_m <= 10000.0))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "pieces of a street are 1 m to 10 km long");
    if (!(o->limit_m > 0.0 && o->limit_m <= 5000.0))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the distance to a street is above 0, up to 5 km");
    if (o->simulations != 0 && o->simulations < 19)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "a test needs at least 19 simulations");
    if (o->slices > 60)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "there are at most 60 slices");
    for (size_t i = 0; i < o->n_exposures; i++)
        if (!(o->exposures[i].weight >= 0.0) || !isfinite(o->exposures[i].weight))
            return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the weight of a class of streets is 0 or more");
    return CASTMAP_OK;
}

static int by_size(const void *a, const void *b)
{
    const double p = *(const double *)a, q = *(const double *)b;

    return (p > q) - (p < q);
}

/* A map point of a publisher stands for the streets around it. */
static castmap_status drop_shared(cm_route_run *run)
{
    const size_t n = run->points.set.count;
    bool *keep = cm_alloc(n, sizeof *keep);
    castmap_status status;

    if (!keep)
        return cm_fail_memory(run->ctx);
    for (size_t i = 0; i < n; i++) {
        keep[i] = run->points.set.precision[i] != CM_PLACE_SNAPPED;
        run->summary.shared += !keep[i];
    }
    cm_run_points_keep(&run->points, keep);
    free(keep);
    if (run->points.set.count > 0)
        return CASTMAP_OK;
    status = cm_fail(run->ctx, CASTMAP_E_NOT_FOUND, "all observations were moved to shared map points by who published them: they cannot say which street");
    cm_fail_hint(run->ctx, "castmap routes --shared-points counts them all the same, and tests nothing");
    return status;
}

static castmap_status snap(cm_route_run *run)
{
    castmap_routes_summary *s = &run->summary;
    cm_run_points *points = &run->points;
    double *distance;
    castmap_status status;

    s->observations = points->set.count;
    status = run->options->shared_points ? CASTMAP_OK : drop_shared(run);
    if (!status)
        status = cm_cluster_keep_exact(run->ctx, points, run->options->limit_m, &s->vague);
    if (status)
        return status;
    const size_t n = points->set.count;
    run->edge = cm_alloc(n, sizeof *run->edge);
    run->along_m = cm_alloc(n, sizeof *run->along_m);
    run->distance_m = cm_alloc(n, sizeof *run->distance_m);
    distance = cm_alloc(n, sizeof *distance);
    if (!run->edge || !run->along_m || !run->distance_m || !distance) {
        free(distance);
        return cm_fail_memory(run->ctx);
    }
    status = castmap_network_snap(run->ctx, &run->streets.network, n, points->x, points->y, run->options->limit_m, run->edge, run->along_m,
                                  run->distance_m);
    for (size_t i = 0; i < n && !status; i++)
        if (run->edge[i] != CASTMAP_NO_EDGE)
            distance[s->snapped++] = run->distance_m[i];
    s->too_far = n - s->snapped;
    s->median_m = s->nearly_all_m = s->farthest_m = NAN;
    if (!status && s->snapped > 0) {
        qsort(distance, s->snapped, sizeof *distance, by_size);
        s->median_m = distance[(s->snapped - 1) / 2];
        s->nearly_all_m = distance[(size_t)ceil(0.95 * (double)s->snapped) - 1];
        s->farthest_m = distance[s->snapped - 1];
    }
    free(distance);
    if (!status && s->snapped == 0) {
        status = cm_fail(run->ctx, CASTMAP_E_NOT_FOUND, "no observation is within %.0f m of a street", run->options->limit_m);
        cm_fail_hint(run->ctx, "see whether these are the streets of this place (castmap streets list), or allow more with --snap");
    }
    return status;
}

static castmap_network_events events_of(const cm_route_run *run)
{
    return (castmap_network_events){run->points.set.count, run->edge, run->along_m, run->weight, NULL, run->points.set.id};
}

static castmap_status make_density(cm_route_run *run)
{
    const castmap_network_events events = events_of(run);
    castmap_network_density_options options = CASTMAP_NETWORK_DENSITY_OPTIONS_INIT;
    double *factor = NULL;
    castmap_status status = castmap_lixels_cut(run->ctx, &run->streets.network, run->options->piece_m, run->options->piece_m / 2.0, &run->lixels);

    if (status)
        return status;
    const castmap_network_events places = {run->lixels.count, run->lixels.edge, run->lixels.middle_m, NULL, NULL, NULL};
    options.kernel = run->options->kernel;
    options.form = run->options->form;
    options.radius_m = run->options->radius_m;
    if (run->options->adaptive) {
        factor = cm_alloc(events.count, sizeof *factor);
        status = factor ? castmap_network_adaptive(run->ctx, &run->streets.network, &events, &options, TRIM, factor) : cm_fail_memory(run->ctx);
        options.factor = factor;
    }
    run->layer.n_pieces = run->lixels.count;
    run->layer.density = cm_alloc(run->lixels.count, sizeof *run->layer.density);
    if (!status && !run->layer.density)
        status = cm_fail_memory(run->ctx);
    if (!status)
        status = castmap_network_density(run->ctx, &run->streets.network, &events, &places, &options, run->layer.density);
    for (size_t i = 0; i < run->lixels.count && !status; i++)
        run->summary.highest_per_km = fmax(run->summary.highest_per_km, run->layer.density[i]);
    if (!status)
        status = cm_route_make_slices(run, &options);
    free(factor);
    return status;
}

bool cm_route_has_shared(const cm_route_run *run)
{
    for (size_t i = 0; i < run->points.set.count; i++)
        if (run->points.set.precision[i] == CM_PLACE_SNAPPED)
            return true;
    return false;
}

bool cm_route_is_tested(const cm_route_run *run)
{
    return run->options->simulations > 0 && !cm_route_has_shared(run);
}

static castmap_status find_stretches(cm_route_run *run)
{
    const castmap_network_events events = events_of(run);
    castmap_stretches_options options = CASTMAP_STRETCHES_OPTIONS_INIT;

    options.most_m = run->options->most_m;
    if (run->options->least_events)
        options.least_events = run->options->least_events;
    options.simulations = cm_route_is_tested(run) ? run->options->simulations : 19; /* the fewest it takes; their p is not used */
    options.alpha = run->options->alpha;
    options.keep = run->options->keep;
    options.exposure = run->exposure;
    return castmap_stretches_find(run->ctx, &run->streets.network, &events, &run->lixels, run->streets.street, &options, &run->found);
}

static castmap_status remark(cm_route_run *run)
{
    castmap_routes_summary *s = &run->summary;
    int failed = 0;

    if (cm_route_has_shared(run))
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "shared-points",
                                "Observations that were moved to shared map points by who published them are counted at those points. That says which map points are busy, not "
                                "which streets, so nothing was tested.");
    if (s->shared > 0)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "shared",
                                "%zu observations were moved to shared map points by who published them and were left out: they cannot say which street.", s->shared);
    if (s->vague > 0)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "vague",
                                "%zu observations are known less exactly than %.0f m and were left out: they could be on several streets.", s->vague,
                                run->options->limit_m);
    if (s->too_far > 0)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "too-far", "%zu observations are farther than %.0f m from every street and were left out.",
                                s->too_far, run->options->limit_m);
    if ((double)s->too_far > 0.2 * (double)s->observations)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "many-too-far",
                                "More than a fifth of the observations are on no street: the network may lack streets, or be of another place.");
    failed |= cm_run_points_remark(&run->points, &s->remarks, &s->n_remarks);
    if (run->points.outside > 0)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "outside-crs", "%zu observations lie outside the area of the working CRS and were left out.",
                                run->points.outside);
    if (run->layer.persons)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "persons",
                                "Persons are counted. A stretch is tested by letting each observation fall somewhere with all of its persons; a piece of street by itself "
                                "gets no p, since that test counts observations.");
    if (s->untimed > 0 && s->slices > 0)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "untimed", "%zu observations have no time and are in none of the slices.", s->untimed);
    if (run->options->form == CASTMAP_LINE_SIMPLE)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "simple", "The simple form counts more than was there round junctions; the shared forms do not.");
    return failed ? cm_fail_memory(run->ctx) : CASTMAP_OK;
}

static castmap_status keep(cm_route_run *run)
{
    castmap_routes_summary *s = &run->summary;
    char *text = NULL, *provenance = NULL, words[200];
    size_t hot = 0;
    castmap_status status = cm_run_begin(run->ctx, run->project, "routes", &s->run_number);

    if (status)
        return status;
    run->layer.run_number = s->run_number;
    status = cm_route_layer_store(run->ctx, run->project, &run->layer);
    if (!status)
        status = cm_run_needs(run->ctx, run->project, s->run_number, run->streets.run_number);
    if (!status) {
        text = cm_route_parameters(run);
        provenance = cm_run_provenance(run->ctx, run->project, NULL);
        if (!text || !provenance)
            status = cm_fail_memory(run->ctx);
    }
    for (size_t i = 0; i < run->layer.n_stretches; i++)
        hot += run->layer.stretch[i].hot;
    snprintf(words, sizeof words, "%zu observations on %.0f km of streets, %zu hot stretches", s->snapped, s->streets_km, hot);
    if (!status)
        status = cm_run_finish(run->ctx, run->project, s->run_number, words, text, provenance);
    if (status)
        cm_run_abandon(run->project, s->run_number);
    free(text);
    free(provenance);
    return status;
}

static void release(cm_route_run *run)
{
    castmap_routes_summary_clear(&run->summary);
    cm_route_layer_clear(&run->layer);
    castmap_stretches_clear(&run->found);
    castmap_lixels_clear(&run->lixels);
    castmap_streets_clear(&run->streets);
    cm_run_points_clear(&run->points);
    free(run->edge);
    free(run->along_m);
    free(run->distance_m);
    free(run->weight);
    free(run->exposure);
}

castmap_status castmap_run_routes(castmap_context *ctx, castmap_project *project, const castmap_routes_run_options *options,
                                  castmap_routes_summary *out)
{
    cm_route_run run = {.ctx = ctx, .project = project, .options = options};
    castmap_status status;

    cm_fail_clear(ctx);
    status = check(ctx, options);
    if (!status)
        status = castmap_streets_load(ctx, project, options->street_set, &run.streets);
    if (!status)
        status = cm_run_points_load(ctx, project, &options->filter, &run.points);
    if (!status)
        status = snap(&run);
    if (!status)
        status = cm_route_plan_slices(&run);
    if (!status)
        status = cm_route_weigh(&run);
    if (!status)
        status = make_density(&run);
    if (!status)
        status = cm_route_make_exposure(&run);
    if (!status)
        status = find_stretches(&run);
    if (!status)
        status = cm_route_take_stretches(&run);
    if (!status)
        status = cm_route_complete_layer(&run);
    if (!status)
        status = cm_route_name_stretches(&run);
    if (!status)
        status = remark(&run);
    for (size_t e = 0; e < run.streets.network.n_edges && !status; e++)
        run.summary.streets_km += run.streets.network.length_m[e] / 1000.0;
    run.summary.pieces = run.lixels.count;
    run.summary.months = run.layer.months;
    if (!status)
        status = keep(&run);
    if (!status) {
        *out = run.summary;
        run.summary = (castmap_routes_summary){0};
    }
    release(&run);
    return status;
}
