/*
 * release/disclosure/release_tracks.c - busy stretches of streets by recorded tracks, and where people stayed, for the group itself.
 */
#include "release/disclosure/release_tracks.h"

#include "base/decimal.h"
#include "base/fail.h"
#include "base/memory.h"
#include "castmap/areas.h"
#include "project/track_detail_table.h"
#include "project/track_layer_table.h"
#include "release/disclosure/release_frame.h"
#include "release/disclosure/street_lines.h"
#include "release/style/palette.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define CLASSES 4
#define LEAST_MM 0.8
#define MORE_MM 0.4 /* from class to class */

typedef struct track_inputs {
    cm_track_layer  layer;   /* owned */
    cm_track_detail detail;  /* owned; without stretches and stops where the layer is older than they are */
    castmap_streets streets; /* owned */
    castmap_lixels  lixels;  /* owned */
} track_inputs;

static void clear(track_inputs *t)
{
    cm_track_layer_clear(&t->layer);
    cm_track_detail_clear(&t->detail);
    castmap_streets_clear(&t->streets);
    castmap_lixels_clear(&t->lixels);
}

static castmap_status load(castmap_context *ctx, const cm_release_inputs *in, track_inputs *t)
{
    castmap_status status = cm_track_layer_load(ctx, in->project, &t->layer);

    if (!status)
        status = cm_track_detail_load(ctx, in->project, t->layer.run_number, &t->detail);
    if (status == CASTMAP_E_NOT_FOUND && t->layer.run_number) {
        cm_fail_clear(ctx);
        status = CASTMAP_OK;
    }
    if (!status)
        status = castmap_streets_load(ctx, in->project, t->layer.street_set, &t->streets);
    if (!status)
        status = castmap_lixels_cut(ctx, &t->streets.network, t->layer.piece_m, t->layer.piece_m / 2.0, &t->lixels);
    if (!status && t->lixels.count != t->layer.n_pieces)
        status = cm_fail(ctx, CASTMAP_E_PROJECT, "the stored layer of tracks does not fit the streets");
    for (size_t i = 0; i < t->detail.n_stops && !status; i++) {
        if (t->detail.stop_edge[i] >= (int64_t)t->streets.network.n_edges)
            status = cm_fail(ctx, CASTMAP_E_PROJECT, "the stored layer of tracks does not fit the streets");
    }
    return status;
}

static castmap_status draw(castmap_context *ctx, const cm_release_inputs *in, const track_inputs *t, cm_release_build *build, cm_layer *layer)
{
    const cm_track_layer *l = &t->layer;
    cm_polygon_set lines = CM_POLYGON_SET_INIT;
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; i < l->n_stretches && !status; i++) {
        int failed = cm_polygon_set_feature(&lines);
        for (size_t k = l->first[i]; k < l->last[i] && !failed; k++) {
            const size_t piece = (size_t)(l->piece_of[k] >> 1);
            failed = cm_line_of_edge(&lines, &t->streets.network, t->lixels.edge[piece], t->lixels.from_m[piece], t->lixels.to_m[piece], l->piece_of[k] & 1);
        }
        if (failed)
            status = cm_fail_memory(ctx);
    }
    const castmap_polygons view = cm_polygon_set_view(&lines);
    if (!status)
        status = cm_release_shapes(ctx, in, build, layer, &view);
    cm_polygon_set_clear(&lines);
    return status;
}

static void fill(const cm_track_layer *l, const cm_track_detail *d, cm_release_build *build, cm_layer *layer)
{
    cm_field *number = cm_build_field(build, layer, CM_FIELD_INTEGER, "number", "Stretch", "1 is the busiest", "", 0);
    cm_field *street = cm_build_field(build, layer, CM_FIELD_TEXT, "street", "Street", "Name of the street; null: none", "", 0);
    cm_field *from = cm_build_field(build, layer, CM_FIELD_TEXT, "from_street", "From", "Street that meets it at one end; null: none has a name", "", 0);
    cm_field *to = cm_build_field(build, layer, CM_FIELD_TEXT, "to_street", "To", "Street that meets it at the other end", "", 0);
    cm_field *length = cm_build_field(build, layer, CM_FIELD_REAL, "length_m", "Length", "Along the street", "m", 0);
    cm_field *people = cm_build_field(build, layer, CM_FIELD_INTEGER, "people", "People", "Who passed its busiest piece", "", 0);
    cm_field *passes = cm_build_field(build, layer, CM_FIELD_INTEGER, "passes", "Passes", "Of its busiest piece", "", 0);
    cm_field *minutes = cm_build_field(build, layer, CM_FIELD_REAL, "minutes", "Minutes", "Spent on all of it", "min", 1);
    cm_field *speed = cm_build_field(build, layer, CM_FIELD_REAL, "speed_kmh", "Speed", "Median of the passes; null: no times", "km/h", 1);
    cm_field *way = cm_build_field(build, layer, CM_FIELD_TEXT, "way", "Way", "Where two thirds of the passes or more go one way", "", 0);
    cm_field *along = cm_build_field(build, layer, CM_FIELD_INTEGER, "along", "From - to", "Passes of its busiest piece in this direction", "", 0);
    cm_field *against = cm_build_field(build, layer, CM_FIELD_INTEGER, "against", "To - from", "Passes of its busiest piece in this direction", "", 0);

    for (size_t i = 0; i < l->n_stretches && !build->failed && against; i++) {
        const castmap_track_stretch *s = &l->stretch[i];
        cm_field_set_integer(number, i, (int64_t)i + 1);
        cm_field_set_text(build, street, i, s->street[0] ? s->street : NULL);
        cm_field_set_text(build, from, i, s->from[0] ? s->from : NULL);
        cm_field_set_text(build, to, i, s->to[0] ? s->to : NULL);
        cm_field_set_real(length, i, s->length_m);
        cm_field_set_integer(people, i, s->people);
        cm_field_set_integer(passes, i, s->passes);
        cm_field_set_real(minutes, i, s->seconds / 60.0);
        if (i >= d->n_stretches)
            continue;
        if (d->speed[i] != CM_SPEED_UNKNOWN)
            cm_field_set_real(speed, i, (double)d->speed[i] * 0.0036);
        cm_field_set_text(build, way, i, castmap_track_way_words((uint32_t)d->along[i], (uint32_t)d->against[i], (double)d->heading[i]));
        cm_field_set_integer(along, i, d->along[i]);
        cm_field_set_integer(against, i, d->against[i]);
    }
}

/* Classes of the measure; equal values are one class. */
static castmap_status colour(castmap_context *ctx, const cm_track_layer *l, cm_release_build *build, cm_layer *layer)
{
    static const char *const LEGEND[] = {"People who passed its busiest piece", "Passes of its busiest piece", "Seconds spent on a metre"};
    double breaks[CLASSES + 1] = {0}, *values = cm_alloc(l->n_stretches, sizeof *values);
    size_t k = 0;
    castmap_status status = values ? CASTMAP_OK : cm_fail_memory(ctx);

    for (size_t i = 0; i < l->n_stretches && !status; i++)
        values[i] = l->measure == CASTMAP_TRACK_PEOPLE ? l->stretch[i].people : l->measure == CASTMAP_TRACK_PASSES ? l->stretch[i].passes : l->stretch[i].value;
    if (!status)
        status = castmap_classes_make(ctx, values, l->n_stretches, CLASSES, breaks, &k);
    cm_field *number = cm_build_field(build, layer, CM_FIELD_INTEGER, "class", "Class", "Class of the legend, 0 the lowest", "", 0);
    if (!status && layer && !build->failed) {
        if (l->measure == CASTMAP_TRACK_TIME)
            cm_release_range_classes(build, &layer->style, breaks, k, false, CM_RAMP_DUSK);
        else
            cm_release_count_classes(build, &layer->style, breaks, k, false, CM_RAMP_DUSK);
        for (size_t c = 0; c < layer->style.n_classes; c++)
            layer->style.classes[c].stroke_mm = LEAST_MM + MORE_MM * (double)c;
        for (size_t i = 0; i < l->n_stretches; i++) {
            const size_t c = cm_release_class_of(breaks, k, values[i]);
            cm_field_set_integer(number, i, (int64_t)(c > 0 ? c - 1 : 0));
        }
        cm_build_colour_by(build, layer, "class", LEGEND[l->measure]);
        layer->visible = false;
    }
    cm_build_outline(layer, CM_COLOUR_PLACE, LEAST_MM, false);
    free(values);
    return status;
}

static castmap_status add_stops(castmap_context *ctx, const cm_release_inputs *in, const track_inputs *t, cm_release_build *build)
{
    const cm_track_detail *d = &t->detail;
    const size_t n = d->n_stops;
    double *x = cm_alloc(n, sizeof *x), *y = cm_alloc(n, sizeof *y), *lon = cm_alloc(n, sizeof *lon), *lat = cm_alloc(n, sizeof *lat);
    castmap_status status = x && y && lon && lat ? CASTMAP_OK : cm_fail_memory(ctx);

    for (size_t i = 0; i < n && !status; i++) {
        x[i] = (double)d->stop_x[i] / 1000.0;
        y[i] = (double)d->stop_y[i] / 1000.0;
    }
    if (!status)
        status = cm_projection_inverse(ctx, in->projection, n, x, y, lon, lat, NULL);
    if (!status) {
        cm_layer *layer = cm_build_layer(build, "track_stops", "Where people stayed on recorded tracks",
                                         "Stays that lie together are one stop, at their middle; none is near the end of a track. For the group itself alone.",
                                         CM_SHAPE_POINT, n);
        cm_build_points(build, layer, x, y, lon, lat);
        cm_field *number = cm_build_field(build, layer, CM_FIELD_INTEGER, "number", "Stop", "1 is the longest", "", 0);
        cm_field *street = cm_build_field(build, layer, CM_FIELD_TEXT, "street", "Street", "Name of the street; null: none", "", 0);
        cm_field *minutes = cm_build_field(build, layer, CM_FIELD_REAL, "dwell_minutes", "Minutes", "All stays together", "min", 1);
        cm_field *longest = cm_build_field(build, layer, CM_FIELD_REAL, "longest_minutes", "Longest", "The longest stay", "min", 1);
        cm_field *stays = cm_build_field(build, layer, CM_FIELD_INTEGER, "stays", "Stays", "How often somebody stayed", "", 0);
        cm_field *people = cm_build_field(build, layer, CM_FIELD_INTEGER, "people", "People", "Different people who stayed", "", 0);
        cm_field *label = cm_build_field(build, layer, CM_FIELD_TEXT, "label", "Label", "As printed on the map", "", 0);
        for (size_t i = 0; i < n && !build->failed && label; i++) {
            char text[32];
            snprintf(text, sizeof text, "%lld min", (long long)(d->dwell_s[i] / 60));
            cm_field_set_text(build, label, i, text);
            const uint32_t name = d->stop_edge[i] < 0 ? CASTMAP_NO_TEXT : t->streets.name_of[d->stop_edge[i]];
            cm_field_set_integer(number, i, (int64_t)i + 1);
            cm_field_set_text(build, street, i, name == CASTMAP_NO_TEXT ? NULL : t->streets.names[name]);
            cm_field_set_real(minutes, i, (double)d->dwell_s[i] / 60.0);
            cm_field_set_real(longest, i, (double)d->longest_s[i] / 60.0);
            cm_field_set_integer(stays, i, d->stays[i]);
            cm_field_set_integer(people, i, d->stop_people[i]);
        }
        cm_build_fill(layer, CM_COLOUR_PLACE);
        cm_build_fact_count(build, "Stops on recorded tracks", (int64_t)n, "stays that lie together are one");
        if (layer) {
            cm_build_label(layer, "label", 0.0);
            layer->style.size_mm = 2.0;
            layer->visible = false;
        }
    }
    free(x);
    free(y);
    free(lon);
    free(lat);
    return status;
}

castmap_status cm_release_tracks_internal(castmap_context *ctx, const cm_release_inputs *in, cm_release_build *build)
{
    track_inputs t = {.streets = CASTMAP_STREETS_INIT, .lixels = CASTMAP_LIXELS_INIT};
    char trim[CM_DECIMAL_SIZE];
    castmap_status status = load(ctx, in, &t);

    if (status == CASTMAP_E_NOT_FOUND) {
        cm_fail_clear(ctx);
        clear(&t);
        return CASTMAP_OK;
    }
    if (!status && t.layer.n_stretches > 0) {
        cm_layer *layer = cm_build_layer(build, "track_stretches", "Streets that recorded tracks passed",
                                         "The busiest stretches by recorded tracks of any time, without the surroundings of their ends. For the group itself alone.",
                                         CM_SHAPE_LINE, t.layer.n_stretches);
        cm_build_fact_count(build, "Busy stretches of recorded tracks", (int64_t)t.layer.n_stretches, "the highest counts; no test of chance");
        status = draw(ctx, in, &t, build, layer);
        if (!status)
            status = cm_release_frame_layer(ctx, in, layer, build);
        fill(&t.layer, &t.detail, build, layer);
        if (!status)
            status = colour(ctx, &t.layer, build, layer);
        cm_build_source(build, "Streets: %s. Licence: %s", t.streets.source, t.streets.licence);
        cm_decimal_trimmed(t.layer.trim_m, 0, trim);
        cm_build_method(build, "Recorded tracks: %s m around both ends cut off, the rest matched to the streets; busy by %s. These are counts; no test of chance is made of them.", trim,
                        castmap_track_measure_name(t.layer.measure));
        cm_build_caveat(build, "Tracks show where those went who recorded them. A street without a mark may have been passed by many who recorded nothing.");
    }
    if (!status && t.detail.n_stops > 0)
        status = add_stops(ctx, in, &t, build);
    clear(&t);
    return status;
}
