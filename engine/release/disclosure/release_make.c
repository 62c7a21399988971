/*
 * release/disclosure/release_make.c - the gate: from a project to a release for one audience.
 *
 *   internal           load, put the newest results together, finish
 *   partner, public    choose the period, compare with the ledger, leave out what may not be counted, count and apply the floors
 *                      (or take what the ledger holds), build layers from the published cells alone, finish, enter in the ledger
 */
#include "castmap/release.h"

#include "base/decimal.h"
#include "base/fail.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "base/time_text.h"
#include "castmap/areas.h"
#include "project/run_table.h"
#include "release/disclosure/buildings_file.h"
#include "release/disclosure/ledger_check.h"
#include "release/disclosure/release_cells.h"
#include "release/disclosure/release_coverage.h"
#include "release/disclosure/release_flows.h"
#include "release/disclosure/release_frame.h"
#include "release/disclosure/release_inputs.h"
#include "release/disclosure/release_records.h"
#include "release/disclosure/release_routes.h"
#include "release/disclosure/release_track_streets.h"
#include "release/disclosure/release_words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct gate {
    const castmap_release_options *options;
    cm_release_inputs  in;
    cm_policy          policy;
    cm_period          period;
    cm_ledger          ledger;
    cm_ledger_verdict  verdict;
    cm_published       published;
    cm_cell_areas      areas;
    cm_flow_inputs     flows;
    cm_route_inputs    routes;
    cm_track_inputs    tracks;
    cm_release_records records;
    double            *building_x, *building_y; /* owned */
    size_t             n_buildings;
    castmap_suppressed stats;
    cm_release_build   build;
} gate;

static void clear_gate(gate *g)
{
    cm_release_inputs_clear(&g->in);
    cm_ledger_clear(&g->ledger);
    cm_published_clear(&g->published);
    cm_cell_areas_clear(&g->areas);
    cm_flow_inputs_clear(&g->flows);
    cm_route_inputs_clear(&g->routes);
    cm_track_inputs_clear(&g->tracks);
    cm_release_records_clear(&g->records);
    free(g->building_x);
    free(g->building_y);
    cm_build_discard(&g->build);
}

/* From the earliest beginning to the latest end, the last second counted. */
static void full_span(const cm_observation_set *set, int64_t *first_s, int64_t *last_s)
{
    *first_s = INT64_MAX;
    *last_s = INT64_MIN;
    for (size_t i = 0; i < set->count; i++) {
        if (set->from_s[i] == CM_TIME_UNKNOWN)
            continue;
        const int64_t end = set->to_s[i] > set->from_s[i] ? set->to_s[i] - 1 : set->from_s[i];
        *first_s = set->from_s[i] < *first_s ? set->from_s[i] : *first_s;
        *last_s = end > *last_s ? end : *last_s;
    }
}

static castmap_status load_buildings(castmap_context *ctx, gate *g)
{
    double *lon = NULL, *lat = NULL;
    castmap_status status;

    if (!g->options->buildings)
        return CASTMAP_OK;
    status = cm_buildings_read(ctx, g->options->buildings, &lon, &lat, &g->n_buildings);
    if (status)
        return status;
    g->building_x = cm_alloc(g->n_buildings, sizeof *g->building_x);
    g->building_y = cm_alloc(g->n_buildings, sizeof *g->building_y);
    status = g->building_x && g->building_y
                 ? cm_projection_forward(ctx, g->in.projection, g->n_buildings, lon, lat, g->building_x, g->building_y, NULL)
                 : cm_fail_memory(ctx);
    free(lon);
    free(lat);
    return status;
}

/* Cells that touch no area are not shown: the map ends at the council's border. */
static castmap_status keep_inside(castmap_context *ctx, gate *g)
{
    castmap_status status;

    if (!g->in.has_boundaries)
        return CASTMAP_OK;
    const castmap_polygons borders = cm_release_borders(&g->in);
    status = cm_cell_areas_make(ctx, &g->published, &borders, &g->areas);
    if (status)
        return status;
    bool outside = false;
    for (size_t c = 0; c < g->published.n_cells; c++)
        outside = outside || !g->areas.inside[c];
    if (!outside)
        return CASTMAP_OK;
    cm_published_keep(&g->published, g->areas.inside);
    cm_cell_areas_clear(&g->areas);
    return cm_cell_areas_make(ctx, &g->published, &borders, &g->areas);
}

/* The reports once more, with the street in place of the cluster. */
static castmap_status publish_streets(castmap_context *ctx, gate *g)
{
    cm_report *reports = cm_alloc(g->records.n, sizeof *reports);
    castmap_status status;

    if (!reports)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < g->records.n; i++) {
        reports[i] = g->records.reports[i];
        reports[i].place = g->records.street[i];
    }
    cm_published_streets_clear(&g->published.streets);
    status = cm_routes_publish(ctx, &g->routes, &g->ledger, &g->policy, &g->period, reports, g->records.n, g->published.sources_recorded,
                               g->published.cell, g->published.n_cells, &g->published.streets, &g->stats.streets_withheld);
    g->stats.streets_shown = g->published.streets.count;
    free(reports);
    return status;
}

static castmap_status publish(castmap_context *ctx, gate *g)
{
    const cm_counting counting = {.reports = g->records.reports, .n = g->records.n, .sources_recorded = g->records.sources_recorded,
                                  .n_clusters = g->records.n_clusters, .building_x = g->building_x, .building_y = g->building_y,
                                  .n_buildings = g->n_buildings};
    castmap_status status = cm_published_count(ctx, &g->policy, &g->period, &counting, &g->published, &g->stats);

    if (status)
        return status;
    if (g->verdict.same) { /* what was released is released again, whatever the records say now */
        cm_published_clear(&g->published);
        status = cm_published_from_entry(ctx, g->verdict.same, &g->policy, &g->published);
        if (status)
            return status;
    } else {
        g->published.last_record = g->records.last_record < g->verdict.last_record ? g->records.last_record : g->verdict.last_record;
        g->published.crs = cm_copy_text(cm_projection_crs(g->in.projection));
        if (!g->published.crs)
            return cm_fail_memory(ctx);
    }
    status = keep_inside(ctx, g);
    if (!status && !g->verdict.same)
        status = cm_published_months_count(ctx, &g->policy, g->records.reports, g->records.wide, g->records.n, g->records.sources_recorded, g->published.cell, g->published.n_cells,
                                           &g->published.months);
    g->stats.cells_shown = g->published.n_cells;
    cm_published_flows_clear(&g->published.flows);
    if (!status)
        status = cm_flows_publish(ctx, &g->flows, &g->ledger, &g->policy, &g->period, &g->published.flows, &g->stats.flows_withheld);
    g->stats.flows_shown = g->published.flows.count;
    cm_published_tracks_clear(&g->published.tracks);
    if (!status)
        status = cm_tracks_publish(ctx, &g->in, &g->tracks, &g->ledger, &g->policy, &g->period, &g->published.tracks, &g->stats.tracks_withheld);
    g->stats.tracks_shown = g->published.tracks.count;
    return status ? status : publish_streets(ctx, g);
}

static void write_provenance(gate *g)
{
    cm_text text = CM_TEXT_INIT;
    cm_json json;
    const cm_policy *policy = &g->policy;

    cm_json_begin(&json, &text, false);
    cm_json_object(&json, NULL);
    cm_json_string(&json, "castmap", castmap_version());
    cm_json_string(&json, "audience", castmap_audience_name(policy->audience));
    cm_json_string(&json, "crs", cm_projection_crs(g->in.projection));
    cm_json_string(&json, "period_type", cm_period_type_name(g->period.type));
    cm_json_number(&json, "base_cell_m", policy->base_cell_m);
    cm_json_integer(&json, "min_groups", (int64_t)policy->min_groups);
    if (g->published.sources_recorded)
        cm_json_integer(&json, "min_sources", (int64_t)policy->min_sources);
    cm_json_integer(&json, "min_days", (int64_t)policy->min_days);
    cm_json_integer(&json, "min_buildings", (int64_t)policy->min_buildings);
    cm_json_integer(&json, "rounding", policy->rounding);
    cm_json_end_object(&json);
    if (text.failed)
        g->build.failed = true;
    else
        cm_build_text(&g->build, &g->build.release->provenance, text.bytes);
    cm_text_clear(&text);
}

static bool same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

/* The number of the same release to the same recipient, or a new entry. */
static castmap_status enter_in_ledger(castmap_context *ctx, gate *g, int64_t *number)
{
    cm_ledger_entry entry = {0};
    char summary[160], words[96];
    int64_t run = 0;
    castmap_status status;

    status = cm_published_to_entry(ctx, &g->published, g->options->recipient, &entry);
    if (status)
        return status;
    for (size_t i = 0; i < g->ledger.count; i++) {
        const cm_ledger_entry *earlier = &g->ledger.entry[i];
        if (earlier->audience == g->policy.audience && same_text(earlier->digest, entry.digest) &&
            same_text(earlier->recipient, entry.recipient)) {
            *number = earlier->number;
            goto done;
        }
    }
    status = cm_run_begin(ctx, g->in.project, "release", &run);
    if (status)
        goto done;
    status = cm_ledger_append(ctx, g->in.project, &entry);
    if (!status) {
        cm_period_words(&g->period, words, sizeof words);
        snprintf(summary, sizeof summary, "release %lld, %s, %s: %zu cells", (long long)entry.number,
                 castmap_audience_name(g->policy.audience), words, g->published.n_cells);
        status = cm_run_finish(ctx, g->in.project, run, summary, entry.parameters, "{}");
    }
    if (status)
        cm_run_abandon(g->in.project, run);
    else
        *number = entry.number;

done:
    cm_ledger_entry_clear(&entry);
    return status;
}

/* By published squares alone. Movements and tracks may be where no square is shown; with them the frame is that of all boundaries. */
static castmap_status choose_frame(castmap_context *ctx, gate *g)
{
    castmap_status status;

    if (!g->in.has_boundaries || g->published.n_cells == 0 || g->published.flows.count > 0 || g->published.tracks.count > 0)
        return CASTMAP_OK;
    double *count = cm_alloc_zero(g->in.boundaries.count, sizeof *count);
    if (!count)
        return cm_fail_memory(ctx);
    for (size_t c = 0; c < g->published.n_cells; c++)
        if (g->areas.area[c] >= 0)
            count[g->areas.area[c]] += (double)g->published.cell[c].published;
    status = cm_release_frame_areas(ctx, &g->in, count, "reports", &g->build);
    free(count);
    return status;
}

static castmap_status make_guarded(castmap_context *ctx, castmap_project *project, gate *g, castmap_release **out)
{
    const int64_t now_s = g->options->now_s ? g->options->now_s : (int64_t)time(NULL);
    int64_t first_s, last_s, number = 0;
    castmap_release *release = NULL;
    castmap_status status;

    status = cm_policy_make(ctx, g->options, &g->policy);
    if (status)
        return status;
    status = cm_ledger_load(ctx, project, &g->ledger);
    if (status)
        return status;
    status = cm_release_inputs_load(ctx, project, g->options, INT64_MIN, INT64_MAX, &g->in);
    if (status)
        return status;
    status = cm_flow_inputs_load(ctx, &g->in, &g->flows);
    if (status)
        return status;
    status = cm_route_inputs_load(ctx, &g->in, &g->routes);
    if (status)
        return status;
    status = cm_track_inputs_load(ctx, &g->in, &g->tracks);
    if (status)
        return status;
    cm_release_records_span(&g->in.observations, &first_s, &last_s);
    cm_track_inputs_span(&g->tracks, &first_s, &last_s);
    cm_flow_inputs_span(&g->flows, &first_s, &last_s);
    status = cm_period_choose(ctx, &g->policy, &g->ledger, g->options->from_s, g->options->to_s, now_s, first_s, last_s,
                              &g->period);
    if (status)
        return status;
    status = cm_ledger_compare(ctx, &g->ledger, &g->policy, &g->period, cm_projection_crs(g->in.projection), &g->verdict);
    if (status)
        return status;
    status = cm_release_records_choose(ctx, &g->in, &g->routes, &g->policy, &g->period, g->verdict.last_record, &g->records, &g->stats);
    if (status)
        return status;
    status = load_buildings(ctx, g);
    if (status)
        return status;
    status = publish(ctx, g);
    if (status)
        return status;
    status = cm_release_common(ctx, &g->in, &g->build);
    if (status)
        return status;
    status = choose_frame(ctx, g);
    if (status)
        return status;
    status = cm_release_cells(ctx, &g->in, &g->published, &g->areas, &g->build, &g->stats);
    if (status)
        return status;
    status = cm_release_flows(ctx, &g->in, &g->flows, &g->published.period, &g->published.flows, &g->build);
    if (status)
        return status;
    status = cm_release_routes(ctx, &g->in, &g->routes, &g->published.streets, &g->build);
    if (status)
        return status;
    status = cm_release_tracks(ctx, &g->in, &g->tracks, &g->published.tracks, &g->build);
    if (status)
        return status;
    g->build.release->from_s = g->period.from_s;
    g->build.release->to_s = g->period.to_s;
    cm_release_words(&g->published, &g->policy, g->options->recipient, &g->build);
    write_provenance(g);
    g->build.release->suppressed = g->stats;
    status = cm_build_finish(ctx, &g->build, &release);
    if (!status && !g->options->dry_run)
        status = enter_in_ledger(ctx, g, &number);
    if (status) {
        castmap_release_free(release);
        return status;
    }
    release->number = number;
    *out = release;
    return CASTMAP_OK;
}

/* Movements and tracks may be where no observation is. */
static bool shows_movements(const cm_release_build *build)
{
    const castmap_release *release = build->release;

    for (size_t i = 0; i < release->n_layers; i++)
        if (strcmp(release->layers[i].name, "flows") == 0 || strncmp(release->layers[i].name, "track", 5) == 0)
            return true;
    return false;
}

static castmap_status make_internal(castmap_context *ctx, castmap_project *project, gate *g, castmap_release **out)
{
    castmap_status status = cm_release_inputs_load(ctx, project, g->options, g->options->from_s, g->options->to_s, &g->in);
    int64_t first_s, last_s;

    if (status)
        return status;
    status = cm_release_common(ctx, &g->in, &g->build);
    if (status)
        return status;
    full_span(&g->in.observations, &first_s, &last_s);
    status = cm_release_span(ctx, &g->in, first_s, last_s, &g->build);
    if (status)
        return status;
    char *provenance = cm_run_provenance(ctx, project, NULL);
    cm_build_text(&g->build, &g->build.release->provenance, provenance ? provenance : "{}");
    free(provenance);
    status = cm_release_internal(ctx, &g->in, &g->build);
    if (!status && !shows_movements(&g->build))
        status = cm_release_frame_observations(ctx, &g->in, &g->build);
    return status ? status : cm_build_finish(ctx, &g->build, out);
}

castmap_status castmap_release_make(castmap_context *ctx, castmap_project *project, const castmap_release_options *options,
                                    castmap_release **out)
{
    gate g = {.options = options};
    castmap_status status;

    cm_fail_clear(ctx);
    if (options->version != CASTMAP_RELEASE_OPTIONS_VERSION)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "release options of another version");
    if (options->audience < CASTMAP_INTERNAL || options->audience > CASTMAP_PUBLIC) {
        const castmap_status refused = cm_fail(ctx, CASTMAP_E_ARGUMENT, "no audience named");
        cm_fail_hint(ctx, "say who it is for: internal, partner or public");
        return refused;
    }
    cm_build_begin(&g.build, options->audience);
    if (options->audience == CASTMAP_INTERNAL)
        status = make_internal(ctx, project, &g, out);
    else
        status = make_guarded(ctx, project, &g, out);
    clear_gate(&g);
    return status;
}
