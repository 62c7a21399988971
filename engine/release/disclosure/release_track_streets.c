/* release/disclosure/release_track_streets.c */
#include "release/disclosure/release_track_streets.h"

#include "base/fail.h"
#include "base/memory.h"
#include "project/track_layer_table.h"
#include "release/disclosure/release_cells.h"
#include "release/disclosure/release_frame.h"
#include "release/disclosure/release_routes.h"
#include "release/disclosure/street_lines.h"
#include "release/style/palette.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DAY_S INT64_C(86400)
#define LEAST_MM 0.7
#define MORE_MM 0.35 /* from class to class */

void cm_track_inputs_clear(cm_track_inputs *tracks)
{
    cm_track_detail_clear(&tracks->detail);
    castmap_streets_clear(&tracks->streets);
    castmap_lixels_clear(&tracks->lixels);
    tracks->present = false;
}

castmap_status cm_track_inputs_load(castmap_context *ctx, const cm_release_inputs *in, cm_track_inputs *out)
{
    cm_track_inputs made = {.streets = CASTMAP_STREETS_INIT, .lixels = CASTMAP_LIXELS_INIT};
    cm_track_layer layer = {0};
    castmap_status status = cm_track_layer_load(ctx, in->project, &layer);
    const bool none = status == CASTMAP_E_NOT_FOUND;

    if (!status)
        status = cm_track_detail_load(ctx, in->project, layer.run_number, &made.detail);
    if (status == CASTMAP_E_NOT_FOUND) {
        if (!none)
            cm_log(ctx, CASTMAP_LOG_WARNING, "tracks are left out: their layer was made by an earlier castmap; run castmap tracks run again");
        cm_fail_clear(ctx);
        cm_track_layer_clear(&layer);
        *out = made;
        return CASTMAP_OK;
    }
    if (!status)
        status = castmap_streets_load(ctx, in->project, layer.street_set, &made.streets);
    if (!status)
        status = castmap_lixels_cut(ctx, &made.streets.network, CM_VISIT_PIECE_M, CM_VISIT_LEAST_M, &made.lixels);
    cm_track_layer_clear(&layer);
    if (status) {
        cm_track_inputs_clear(&made);
        return status;
    }
    made.present = true;
    cm_network_name(&made.streets, made.name);
    *out = made;
    return CASTMAP_OK;
}

void cm_track_inputs_span(const cm_track_inputs *tracks, int64_t *first_s, int64_t *last_s)
{
    for (size_t i = 0; i < tracks->detail.n_visits; i++) {
        const int64_t from_s = tracks->detail.day[i] * DAY_S, to_s = from_s + DAY_S - 1;
        *first_s = from_s < *first_s ? from_s : *first_s;
        *last_s = to_s > *last_s ? to_s : *last_s;
    }
}

/* The map ends at the council's border. */
static castmap_status keep_inside(castmap_context *ctx, const cm_release_inputs *in, cm_published_tracks *tracks)
{
    cm_published squares = {.n_cells = tracks->count, .cell = cm_alloc(tracks->count, sizeof *squares.cell)}; /* a view of the squares alone */
    cm_cell_areas areas = {0};
    castmap_status status = squares.cell ? CASTMAP_OK : cm_fail_memory(ctx);

    if (!status && in->has_boundaries && tracks->count > 0) {
        const castmap_polygons borders = cm_release_borders(in);
        for (size_t i = 0; i < tracks->count; i++)
            squares.cell[i] = (cm_ledger_cell){tracks->track[i].column, tracks->track[i].row, tracks->track[i].side_m, 0};
        status = cm_cell_areas_make(ctx, &squares, &borders, &areas);
        if (!status)
            cm_published_tracks_keep(tracks, areas.inside);
    }
    cm_cell_areas_clear(&areas);
    free(squares.cell);
    return status;
}

/* What an earlier release says against counting now; NULL: nothing. */
static const char *objection(const cm_track_inputs *tracks, const cm_published *earlier, const cm_period *period, const char *visits)
{
    if (strcmp(earlier->tracks.network, tracks->name) != 0)
        return "an earlier release shows them on other streets, and the difference could be read";
    if (earlier->period.from_s == period->from_s && earlier->period.to_s == period->to_s && strcmp(earlier->tracks.visits, visits) != 0)
        return "this period was released from other tracks, and the difference could be read";
    return NULL;
}

castmap_status cm_tracks_publish(castmap_context *ctx, const cm_release_inputs *in, const cm_track_inputs *tracks, const cm_ledger *ledger,
                                 const cm_policy *policy, const cm_period *period, cm_published_tracks *out, size_t *withheld)
{
    const char *against = NULL;
    char visits[33];

    *out = (cm_published_tracks){0};
    *withheld = 0;
    if (!tracks->present)
        return CASTMAP_OK;
    cm_visits_name(&tracks->detail, period, visits);
    for (size_t i = 0; i < ledger->count; i++) {
        const cm_ledger_entry *entry = &ledger->entry[i];
        cm_published earlier = {0};
        if (entry->audience != CASTMAP_PARTNER && entry->audience != CASTMAP_PUBLIC)
            continue;
        castmap_status status = cm_published_from_entry(ctx, entry, policy, &earlier);
        if (status)
            return status;
        const bool same = earlier.tracks.present && strcmp(earlier.tracks.network, tracks->name) == 0 && entry->audience == policy->audience &&
                          entry->from_s == period->from_s && entry->to_s == period->to_s;
        if (same) { /* what was released is released again, whatever the tracks say now */
            *out = earlier.tracks;
            earlier.tracks = (cm_published_tracks){0};
        } else if (earlier.tracks.present && !against) {
            against = objection(tracks, &earlier, period, visits);
        }
        cm_published_clear(&earlier);
        if (same)
            return keep_inside(ctx, in, out);
    }
    if (against) { /* not a caveat of the release: made again from the ledger it must say the same as before */
        cm_log(ctx, CASTMAP_LOG_WARNING, "tracks are left out of the release: %s", against);
        return CASTMAP_OK;
    }
    const castmap_status status = cm_published_tracks_count(ctx, policy, period, &tracks->streets, &tracks->lixels, tracks->name, &tracks->detail, out, withheld);
    return status ? status : keep_inside(ctx, in, out);
}

static castmap_status draw(castmap_context *ctx, const cm_release_inputs *in, const castmap_streets *streets, const cm_published_tracks *published,
                           cm_release_build *build, cm_layer *layer)
{
    cm_polygon_set lines = CM_POLYGON_SET_INIT;
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; i < published->count && !status; i++) {
        const cm_published_track *t = &published->track[i];
        const cm_square square = {(double)t->column * t->side_m, (double)t->row * t->side_m, t->side_m};
        double length = 0.0;
        int failed = cm_polygon_set_feature(&lines);
        for (uint32_t e = 0; e < streets->network.n_edges && !failed; e++)
            if (streets->name_of[e] != CASTMAP_NO_TEXT && strcmp(streets->names[streets->name_of[e]], t->name) == 0)
                failed = cm_line_in_square(&lines, &streets->network, e, &square, &length);
        if (failed)
            status = cm_fail_memory(ctx);
    }
    const castmap_polygons view = cm_polygon_set_view(&lines);
    if (!status)
        status = cm_release_shapes(ctx, in, build, layer, &view);
    cm_polygon_set_clear(&lines);
    return status;
}

castmap_status cm_release_tracks(castmap_context *ctx, const cm_release_inputs *in, const cm_track_inputs *tracks, const cm_published_tracks *published,
                                 cm_release_build *build)
{
    if (!published->present)
        return CASTMAP_OK;
    cm_build_method(build, "Recorded tracks: what lies within 500 m of an end or a stay is left out. A named street is marked in a square of at most 2 km where enough "
                           "different people passed it, who first did so on enough different days, and where it is at least as long as the smallest square is wide.");
    cm_build_fact_count(build, "Streets that recorded tracks passed", (int64_t)published->count, "each in a square");
    cm_build_caveat(build, "Tracks show where those went who recorded them. A street that is not marked may have been passed by few of them or by none.");
    if (published->count == 0)
        return CASTMAP_OK;
    cm_layer *layer = cm_build_layer(build, "track_stretches", "Streets that recorded tracks passed",
                                     "Named streets in a square where enough people passed them. How many is said as a class only.", CM_SHAPE_LINE,
                                     published->count);
    castmap_status status = draw(ctx, in, &tracks->streets, published, build, layer);
    if (!status)
        status = cm_release_frame_layer(ctx, in, layer, build);
    cm_field *street = cm_build_field(build, layer, CM_FIELD_TEXT, "street", "Street", "Name of the street", "", 0);
    cm_field *people = cm_build_field(build, layer, CM_FIELD_TEXT, "people", "People", "Different people who passed it in this square; a class", "", 0);
    cm_field *number = cm_build_field(build, layer, CM_FIELD_INTEGER, "class", "Class", "Class of the legend, 0 the lowest", "", 0);
    for (size_t i = 0; i < published->count && !build->failed; i++) {
        const size_t k = cm_people_class_number(published->track[i].people_from);
        cm_field_set_text(build, street, i, published->track[i].name);
        cm_field_set_text(build, people, i, cm_people_class_words(k));
        cm_field_set_integer(number, i, (int64_t)k);
    }
    if (layer && !build->failed) {
        for (size_t k = 0; k < CM_PEOPLE_CLASSES; k++) {
            cm_build_class(build, &layer->style, NAN, NAN, cm_people_class_words(k), cm_ramp_colour(CM_RAMP_DUSK, k + 1, CM_PEOPLE_CLASSES + 1), false);
            if (!build->failed)
                layer->style.classes[k].stroke_mm = LEAST_MM + MORE_MM * (double)k;
        }
        cm_build_colour_by(build, layer, "class", "People who recorded that they passed");
        layer->visible = false;
    }
    cm_build_outline(layer, CM_COLOUR_PLACE, LEAST_MM, false);
    cm_build_source(build, "Streets: %s. Licence: %s", tracks->streets.source, tracks->streets.licence);
    return status;
}
