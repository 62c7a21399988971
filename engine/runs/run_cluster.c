/*
 * runs/run_cluster.c - find places where observations gather, and keep them as a layer.
 */
#include "runs/cluster_run.h"

#include "base/fail.h"
#include "base/json_text.h"
#include "project/run_table.h"
#include "runs/remarks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS 160

/* The line of the history. */
static void result_words(const castmap_cluster_summary *s, char out[WORDS])
{
    const char *least = s->weighted ? "a weight of at least" : "at least", *what = s->weighted ? "" : " observations";
    char length[32];

    if (s->eps_m > 0.0) {
        cm_length_words(s->eps_m, length);
        snprintf(out, WORDS, "%zu places of %s %u%s within %s (%s); %zu of %zu belong to none", s->clusters, least, s->min_points, what, length,
                 castmap_cluster_method_name(s->method), s->noise, s->observations);
    } else {
        snprintf(out, WORDS, "%zu places of %s %u%s (%s); %zu of %zu belong to none", s->clusters, least, s->min_points, what,
                 castmap_cluster_method_name(s->method), s->noise, s->observations);
    }
}

static castmap_status keep(cm_cluster_run *run)
{
    castmap_cluster_summary *s = &run->summary;
    cm_text parameters = CM_TEXT_INIT;
    cm_json json;
    char words[WORDS], *provenance = NULL;
    castmap_status status;

    cm_json_begin(&json, &parameters, false);
    cm_json_object(&json, NULL);
    cm_json_string(&json, "method", castmap_cluster_method_name(s->method));
    if (s->eps_m > 0.0)
        cm_json_number(&json, "radius_m", s->eps_m);
    cm_json_integer(&json, "min_points", s->min_points);
    if (s->window_s > 0)
        cm_json_integer(&json, "window_s", s->window_s);
    if (s->method == CASTMAP_CLUSTER_HDBSCAN)
        cm_json_string(&json, "selection", run->options->selection == CASTMAP_HDBSCAN_LEAF ? "leaf" : "mass");
    if (s->xi > 0.0)
        cm_json_number(&json, "xi", s->xi);
    if (s->study_km2 > 0.0)
        cm_json_number(&json, "study_km2", s->study_km2);
    cm_json_string(&json, "outline", s->outline == CASTMAP_OUTLINE_CONCAVE ? "concave" : "convex");
    cm_json_string(&json, "ellipse", s->crimestat_ellipse ? "crimestat" : "covariance");
    cm_json_string(&json, "weight", run->options->weight);
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
    result_words(s, words);
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
    cm_cluster_run run = {.ctx = ctx, .project = project, .options = options};
    castmap_status status;

    cm_fail_clear(ctx);
    status = cm_cluster_check(ctx, options);
    if (status)
        goto done;
    status = cm_run_points_load(ctx, project, &options->filter, &run.points);
    if (status)
        goto done;
    status = cm_run_points_weigh(ctx, project, options->weight, false, &run.points);
    if (status)
        goto done;
    status = cm_cluster_choose(&run);
    if (status)
        goto done;
    status = cm_cluster_label(&run);
    if (status)
        goto done;
    status = cm_cluster_describe(&run);
    if (status)
        goto done;
    status = cm_cluster_summarise(&run);
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
