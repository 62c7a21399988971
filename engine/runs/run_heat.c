/*
 * runs/run_heat.c - a heat map from the project's observations, kept as a layer. The steps are in heat_run.h.
 */
#include "base/decimal.h"
#include "base/fail.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "base/time_text.h"
#include "project/run_table.h"
#include "runs/heat_run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const KIND_NAMES[] = {"density", "compare", "change"};
static const char *const EDGE_NAMES[] = {"none", "uniform", "diggle"};

void castmap_heat_summary_clear(castmap_heat_summary *summary)
{
    if (!summary)
        return;
    free(summary->breaks);
    free(summary->measure);
    cm_remarks_clear(summary->remarks, summary->n_remarks);
    memset(summary, 0, sizeof *summary);
}

/* Of a comparison without categories: the period of the filter against the first. */
static bool compares_periods(const castmap_heat_run_options *o)
{
    return !o->cases && !o->controls && (o->first.from_s != INT64_MIN || o->first.to_s != INT64_MAX);
}

/* What makes no sense together is refused before anything is read. */
static castmap_status check(castmap_context *ctx, const castmap_heat_run_options *o)
{
    if (o->version != 3u || (unsigned)o->kind > CASTMAP_HEAT_CHANGE || (unsigned)o->measure > CASTMAP_HEAT_PROBABILITY ||
        (unsigned)o->edge > CASTMAP_EDGE_DIGGLE)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "options of another version");
    if (o->kind == CASTMAP_HEAT_COMPARE && !compares_periods(o) && (!o->cases || !o->controls))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "a comparison needs two categories or two periods");
    if (o->kind != CASTMAP_HEAT_DENSITY && (o->adaptive || o->edge != CASTMAP_EDGE_NONE || o->measure != CASTMAP_HEAT_PER_KM2))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "a comparison or a change has its own measure and its own treatment of the edge");
    const bool sliced = o->slices > 0 || o->slicing != CASTMAP_SLICES_EQUAL;
    if ((unsigned)o->slicing > CASTMAP_SLICES_QUARTER)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "options of another version");
    if (o->domain < 0.0 || !isfinite(o->domain) || (o->kind != CASTMAP_HEAT_CHANGE && (o->domain > 0.0 || o->domain_of)))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "a domain of colours is that of a change, and above 0");
    if (o->slices > 60 || (sliced && o->kind != CASTMAP_HEAT_DENSITY))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, o->slices > 60 ? "at most 60 slices in time" : "a comparison or a change has no slices in time");
    if (sliced && (o->adaptive || o->edge != CASTMAP_EDGE_NONE))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "slices in time have one radius and no correction at the border; a map of all of it can have them");
    if (o->weigh_persons && o->weight)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "observations are weighed by the persons they tell of or by a column, not by both");
    if (o->kind == CASTMAP_HEAT_COMPARE && (o->weigh_persons || o->weight))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "a comparison weighs every observation alike");
    if (o->adaptive && o->edge == CASTMAP_EDGE_UNIFORM)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the uniform correction has no meaning for an adaptive radius; diggle has");
    return cm_heat_check_series(ctx, o);
}

castmap_status cm_heat_load(cm_heat_run *run, const castmap_filter *filter, cm_run_points *out)
{
    castmap_status status = cm_run_points_load(run->ctx, run->project, filter, out);

    return status ? status : cm_run_points_weigh(run->ctx, run->project, run->options->weight, run->options->weigh_persons, out);
}

static castmap_status load(cm_heat_run *run)
{
    castmap_filter filter = run->options->filter, other = run->options->first;
    castmap_status status;

    if (run->options->kind == CASTMAP_HEAT_COMPARE && !compares_periods(run->options)) {
        other = filter;
        filter.category = run->options->cases;
        other.category = run->options->controls;
    } else if (run->options->kind != CASTMAP_HEAT_DENSITY) {
        other.category = filter.category;
        other.accuracy_m = filter.accuracy_m;
    }
    status = cm_heat_load(run, &filter, &run->points);
    if (!status && run->options->kind != CASTMAP_HEAT_DENSITY)
        status = cm_heat_load(run, &other, &run->others);
    return status;
}

static castmap_status complete_layer(cm_heat_run *run)
{
    castmap_heat_summary *s = &run->summary;
    cm_heat_layer *layer = &run->layer;
    const castmap_bands *bands = &layer->bands;
    const size_t vertices = bands->count ? bands->vertex_start[bands->ring_start[bands->part_start[bands->count]]] : 0;
    int failed = 0;

    layer->name = cm_copy_text(run->options->name ? run->options->name : "heat");
    layer->kernel = s->kernel;
    layer->radius_m = s->radius_m;
    layer->sigma_m = s->sigma_m;
    layer->grid = s->grid;
    layer->kind = (int)(s->kind = run->options->kind);
    layer->spread = s->spread;
    layer->observations = s->observations;
    layer->band_lon = cm_alloc(vertices, sizeof *layer->band_lon);
    layer->band_lat = cm_alloc(vertices, sizeof *layer->band_lat);
    s->breaks = cm_alloc(layer->n_breaks, sizeof *s->breaks);
    if (!layer->name || !layer->band_lon || !layer->band_lat || !s->breaks)
        return cm_fail_memory(run->ctx);
    s->n_breaks = layer->n_breaks;
    if (s->n_breaks > 0)
        memcpy(s->breaks, layer->breaks, layer->n_breaks * sizeof *s->breaks);
    if (run->elsewhere)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "outside-map",
                                run->within ? "%zu observations lie outside the study area and are not part of the heat map."
                                            : "%zu observations lie outside the mapped area and are not part of the heat map.",
                                run->elsewhere);
    failed |= cm_run_points_remark(&run->points, &s->remarks, &s->n_remarks);
    if (run->points.outside)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "outside-crs",
                                "%zu observations lie outside the area of the working CRS and were left out.",
                                run->points.outside);
    if (failed)
        return cm_fail_memory(run->ctx);
    return cm_projection_inverse(run->ctx, run->points.projection, vertices, bands->x, bands->y, layer->band_lon,
                                 layer->band_lat, NULL);
}

/* "2024-01-01 to 2024-12-31" */
static void period_words(const castmap_filter *period, char *out, size_t size)
{
    char from[CM_DECIMAL_SIZE] = "the beginning", to[CM_DECIMAL_SIZE] = "the end";

    if (period->from_s != INT64_MIN)
        cm_date_iso(period->from_s, from);
    if (period->to_s != INT64_MAX)
        cm_date_iso(period->to_s - 1, to);
    snprintf(out, size, "%s to %s", from, to);
}

/* The two sides of a comparison, in words. */
static void side_words(const cm_heat_run *run, char first[80], char second[80])
{
    const castmap_heat_run_options *o = run->options;

    if (compares_periods(o)) {
        period_words(&o->filter, first, 80);
        period_words(&o->first, second, 80);
        return;
    }
    snprintf(first, 80, "%s", o->cases);
    snprintf(second, 80, "%s", o->controls);
}

static void note_spread(const cm_heat_run *run, cm_text *note)
{
    const double share = 100.0 * cm_heat_spread_share(&run->spread, &run->counted);
    const double other = 100.0 * cm_heat_spread_share(&run->spread_against, &run->against);

    cm_text_add(note, note->length ? " " : "");
    if (run->options->kind == CASTMAP_HEAT_DENSITY)
        cm_text_addf(note, "%.0f %% of it comes from records known only to a postcode or an area, spread over that area.", share);
    else if (run->options->kind == CASTMAP_HEAT_CHANGE)
        cm_text_addf(note, "%.0f %% of the first period and %.0f %% of the second are records known only to a postcode or an area, spread over it.",
                     other, share);
    else
        cm_text_addf(note, "%.0f %% of the one and %.0f %% of the other are records known only to a postcode or an area, spread over it; an "
                     "outline stands only where the records with a place show it too.",
                     share, other);
}

/* One sentence for the method notes of products. */
static castmap_status write_note(cm_heat_run *run)
{
    const castmap_heat_run_options *o = run->options;
    cm_text note = CM_TEXT_INIT;
    const size_t n = run->counted.count + run->spread.count, against = run->against.count + run->spread_against.count;
    char first[80], second[80];

    if (o->kind == CASTMAP_HEAT_COMPARE)
        side_words(run, first, second);
    if (o->kind == CASTMAP_HEAT_COMPARE)
        cm_text_addf(&note, "The ratio of the densities of %s (%zu) and %s (%zu), Gaussian kernel, corrected for the edge of the study area; "
                     "outlined where it is above 1 with p below 0.05 at that place, not corrected for looking at many places.",
                     first, n, second, against);
    else if (o->kind == CASTMAP_HEAT_CHANGE)
        cm_text_addf(&note, "The density of the second period less that of the first, both per month (%zu and %zu observations).", n, against);
    else if (o->adaptive)
        cm_text_add(&note, "The radius is smaller where observations are dense and larger where they are sparse (Abramson).");
    if (o->n_periods > 2)
        cm_text_addf(&note, " The first of %zu periods against the last; the maps of each against the one before have the same classes.", o->n_periods);
    if (o->domain_of)
        cm_text_addf(&note, " In the classes of the layer %s.", o->domain_of);
    if (o->edge == CASTMAP_EDGE_UNIFORM)
        cm_text_add(&note, "Corrected at the edge of the study area, so that the surface does not sink there.");
    else if (o->edge == CASTMAP_EDGE_DIGGLE)
        cm_text_addf(&note, "%sEach observation's weight is kept inside the study area.", note.length ? " " : "");
    if (run->summary.spread > 0)
        note_spread(run, &note);
    run->layer.note = note.failed ? NULL : cm_copy_text(note.length ? note.bytes : "");
    cm_text_clear(&note);
    return run->layer.note ? CASTMAP_OK : cm_fail_memory(run->ctx);
}

static void add_period(cm_json *json, const char *key, const castmap_filter *period)
{
    char words[80];

    period_words(period, words, sizeof words);
    cm_json_string(json, key, period->from_s == INT64_MIN && period->to_s == INT64_MAX ? NULL : words);
}

static void write_parameters(const cm_heat_run *run, cm_text *out)
{
    const castmap_heat_summary *s = &run->summary;
    const castmap_heat_run_options *o = run->options;
    cm_json json;

    cm_json_begin(&json, out, false);
    cm_json_object(&json, NULL);
    cm_json_string(&json, "kind", KIND_NAMES[o->kind]);
    cm_json_string(&json, "measure", run->layer.unit);
    cm_json_string(&json, "kernel", castmap_kernel_name(s->kernel));
    cm_json_number(&json, "radius_m", s->radius_m);
    cm_json_number(&json, "sigma_m", s->sigma_m);
    cm_json_number(&json, "cell_m", s->grid.cell_m);
    cm_json_integer(&json, "columns", (int64_t)s->grid.columns);
    cm_json_integer(&json, "rows", (int64_t)s->grid.rows);
    cm_json_string(&json, "layer", run->layer.name);
    cm_json_string(&json, "category", o->filter.category);
    cm_json_string(&json, "edge", EDGE_NAMES[o->edge]);
    cm_json_bool(&json, "adaptive", o->adaptive);
    cm_json_bool(&json, "weigh_persons", o->weigh_persons);
    cm_json_string(&json, "weight", o->weight);
    cm_json_string(&json, "study_area", run->within ? run->areas.set.level : NULL);
    cm_json_string(&json, "rule", run->by_rule);
    cm_json_bool(&json, "keep_whole", o->keep_whole);
    cm_json_number(&json, "accuracy_m", o->filter.accuracy_m); /* null: no limit */
    add_period(&json, "period", &o->filter);
    if (o->kind == CASTMAP_HEAT_CHANGE || (o->kind == CASTMAP_HEAT_COMPARE && compares_periods(o)))
        add_period(&json, "first_period", &o->first);
    if (o->kind == CASTMAP_HEAT_CHANGE)
        cm_json_number(&json, "domain", run->layer.n_breaks == 7 ? run->layer.breaks[6] : (double)NAN);
    cm_json_string(&json, "domain_of", o->domain_of);
    cm_json_integer(&json, "periods", (int64_t)o->n_periods);
    cm_json_string(&json, "mask_sha256", run->mask_digest[0] ? run->mask_digest : NULL);
    cm_json_string(&json, "cases", o->cases);
    cm_json_string(&json, "controls", o->controls);
    cm_json_integer(&json, "spread", (int64_t)s->spread);
    cm_json_integer(&json, "slices", (int64_t)s->slices);
    cm_json_end_object(&json);
}

static void write_summary(const cm_heat_run *run, char *words, size_t size)
{
    const castmap_heat_summary *s = &run->summary;
    char radius[32], first[80], second[80];

    cm_length_words(s->radius_m, radius);
    if (s->kind == CASTMAP_HEAT_COMPARE)
        side_words(run, first, second);
    if (s->kind == CASTMAP_HEAT_COMPARE)
        snprintf(words, size, "%.60s against %.60s, %zu and %zu observations, radius %s", first, second, run->counted.count + run->spread.count,
                 run->against.count + run->spread_against.count, radius);
    else if (s->kind == CASTMAP_HEAT_CHANGE)
        snprintf(words, size, "change from %zu to %zu observations, %s kernel, radius %s",
                 run->against.count + run->spread_against.count, run->counted.count + run->spread.count, castmap_kernel_name(s->kernel), radius);
    else
        snprintf(words, size, "%zu observations, %s kernel, radius %s", s->observations, castmap_kernel_name(s->kernel), radius);
}

static castmap_status keep(cm_heat_run *run)
{
    castmap_heat_summary *s = &run->summary;
    cm_text parameters = CM_TEXT_INIT;
    char words[300], *provenance = NULL;
    castmap_status status = cm_run_begin(run->ctx, run->project, "heat", &s->run_number);

    if (status)
        goto done;
    run->layer.run_number = s->run_number;
    status = cm_heat_layer_store(run->ctx, run->project, &run->layer);
    if (status)
        goto done;
    write_parameters(run, &parameters);
    provenance = cm_run_provenance(run->ctx, run->project, NULL);
    if (parameters.failed || !provenance) {
        status = cm_fail_memory(run->ctx);
        goto done;
    }
    write_summary(run, words, sizeof words);
    status = cm_run_finish(run->ctx, run->project, s->run_number, words, parameters.bytes, provenance);

done:
    if (status && s->run_number)
        cm_run_abandon(run->project, s->run_number);
    free(provenance);
    cm_text_clear(&parameters);
    return status;
}

void cm_heat_run_clear(cm_heat_run *run)
{
    castmap_heat_summary_clear(&run->summary);
    cm_heat_layer_clear(&run->layer);
    cm_heat_points_clear(&run->counted);
    cm_heat_points_clear(&run->against);
    cm_polygon_set_clear(&run->mask);
    cm_heat_spread_clear(&run->spread);
    cm_heat_spread_clear(&run->spread_against);
    cm_projected_areas_clear(&run->areas);
    cm_run_points_clear(&run->points);
    cm_run_points_clear(&run->others);
}

castmap_status castmap_run_heat(castmap_context *ctx, castmap_project *project, const castmap_heat_run_options *options,
                                castmap_heat_summary *out)
{
    cm_heat_run run = {.ctx = ctx, .project = project, .options = options};
    castmap_status status;

    cm_fail_clear(ctx);
    status = check(ctx, options);
    if (!status)
        status = load(&run);
    if (!status)
        status = cm_heat_find_area(&run);
    if (!status)
        status = cm_heat_count_points(&run);
    if (!status)
        status = cm_heat_plan_slices(&run);
    if (!status)
        status = cm_heat_plan_series(&run);
    if (!status)
        status = cm_heat_choose_radius(&run);
    if (!status)
        status = cm_heat_choose_grid(&run);
    if (!status)
        status = cm_heat_make_series(&run);
    if (!status)
        status = cm_heat_make_surface(&run);
    if (!status)
        status = cm_heat_make_slices(&run);
    if (!status)
        cm_heat_share_classes(&run);
    if (!status)
        status = complete_layer(&run);
    if (!status)
        status = write_note(&run);
    if (!status)
        status = keep(&run);
    if (!status) {
        *out = run.summary;
        memset(&run.summary, 0, sizeof run.summary);
    }
    cm_heat_run_clear(&run);
    return status;
}
