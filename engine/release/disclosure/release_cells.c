/*
 * release/disclosure/release_cells.c - heat, cells, areas and places of a partner or public release.
 *
 * This file is given published cells and council borders. It could not leak a record if it tried: it never sees one.
 */
#include "release/disclosure/flow_world.h"
#include "release/disclosure/release_cells.h"

#include "base/decimal.h"
#include "base/fail.h"
#include "base/memory.h"
#include "castmap/areas.h"
#include "release/disclosure/heat_cells.h"
#include "release/style/palette.h"
#include "space/geometry/geos.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_COUNT 5.0 /* that there can be */
#define REPORTS "Reports (repeats counted once)"
#define FRAME_RATIO 1.5 /* of the longer side of a frame to the shorter */
#define FRAME_SHARE 0.55 /* half of a side, and a margin */
#define PER_KM2 "Reports per km\xc2\xb2"

void cm_cell_areas_clear(cm_cell_areas *areas)
{
    free(areas->area);
    free(areas->inside);
    free(areas->own_km2);
    free(areas->cells_km2);
    *areas = (cm_cell_areas){0};
}

typedef struct overlapping {
    cm_cell_areas *areas;
    double        *best_km2; /* [cells] */
} overlapping;

/* Pairs come by cell, then by area, so that ties go to the area with the lower code. */
static void take_overlap(size_t cell, size_t area, double km2, void *payload)
{
    overlapping *o = payload;

    o->areas->inside[cell] = true;
    if (km2 > o->best_km2[cell]) {
        o->best_km2[cell] = km2;
        o->areas->area[cell] = (int32_t)area;
    }
}

castmap_status cm_cell_areas_make(castmap_context *ctx, const cm_published *published, const castmap_polygons *borders,
                                  cm_cell_areas *out)
{
    const size_t n = published->n_cells;
    cm_cell_areas made = {.area = cm_alloc(n, sizeof *made.area), .inside = cm_alloc_zero(n, sizeof *made.inside),
                          .own_km2 = cm_alloc_zero(borders->count, sizeof *made.own_km2),
                          .cells_km2 = cm_alloc_zero(borders->count, sizeof *made.cells_km2)};
    double *west = cm_alloc(n, sizeof *west), *south = cm_alloc(n, sizeof *south), *side = cm_alloc(n, sizeof *side);
    overlapping o = {&made, cm_alloc_zero(n, sizeof *o.best_km2)};
    castmap_status status;

    if (!made.area || !made.inside || !made.own_km2 || !made.cells_km2 || !west || !south || !side || !o.best_km2) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    for (size_t c = 0; c < n; c++) {
        made.area[c] = CASTMAP_NO_AREA;
        side[c] = published->cell[c].side_m;
        west[c] = (double)published->cell[c].column * side[c];
        south[c] = (double)published->cell[c].row * side[c];
    }
    status = n > 0 ? cm_geos_cell_overlaps(ctx, borders, west, south, side, n, take_overlap, &o) : CASTMAP_OK;
    if (status)
        goto done;
    for (size_t c = 0; c < n; c++) {
        if (made.area[c] < 0)
            continue;
        made.own_km2[made.area[c]] += o.best_km2[c];
        made.cells_km2[made.area[c]] += side[c] * side[c] / 1e6;
    }
    *out = made;
    made = (cm_cell_areas){0};

done:
    cm_cell_areas_clear(&made);
    free(west);
    free(south);
    free(side);
    free(o.best_km2);
    return status;
}

void cm_area_counts(const cm_published *published, const cm_cell_areas *areas, const double *area_km2, size_t n,
                    int64_t *out)
{
    for (size_t a = 0; a < n; a++) {
        const bool stands = areas->own_km2[a] > 0.0 && areas->own_km2[a] >= 0.5 * area_km2[a] &&
                            areas->own_km2[a] * 3.0 >= areas->cells_km2[a] * 2.0;
        out[a] = stands ? 0 : INT64_MIN;
    }
    for (size_t c = 0; c < published->n_cells; c++) {
        if (areas->area[c] >= 0 && out[areas->area[c]] != INT64_MIN)
            out[areas->area[c]] += published->cell[c].published;
    }
}

static int add_square(cm_polygon_set *set, const cm_ledger_cell *cell)
{
    const double s = cell->side_m, x = (double)cell->column * s, y = (double)cell->row * s;

    return cm_polygon_set_feature(set) || cm_polygon_set_part(set) || cm_polygon_set_ring(set) ||
           cm_polygon_set_vertex(set, x, y) || cm_polygon_set_vertex(set, x + s, y) ||
           cm_polygon_set_vertex(set, x + s, y + s) || cm_polygon_set_vertex(set, x, y + s) ||
           cm_polygon_set_vertex(set, x, y);
}

static castmap_status make_squares(castmap_context *ctx, const cm_published *published, cm_polygon_set *out)
{
    for (size_t c = 0; c < published->n_cells; c++) {
        if (add_square(out, &published->cell[c]))
            return cm_fail_memory(ctx);
    }
    return CASTMAP_OK;
}

static castmap_status add_heat(castmap_context *ctx, const cm_release_inputs *in, const cm_heat_cells *heat,
                               cm_release_build *build)
{
    castmap_bands bands = CASTMAP_BANDS_INIT;
    castmap_status status = castmap_bands_make(ctx, &heat->grid, heat->values, heat->breaks, heat->n_breaks, &bands);

    if (status)
        return status;
    cm_layer *layer = cm_build_layer(build, "heat", "Heat map",
                                     "Density of reports, computed from the published cells alone; bands of equal density.",
                                     CM_SHAPE_POLYGON, bands.count);
    cm_field *class_number = cm_build_field(build, layer, CM_FIELD_INTEGER, "class", "Class",
                                            "Number of the class in the legend, from 0", "", 0);
    cm_field *label = cm_build_field(build, layer, CM_FIELD_TEXT, "label", PER_KM2, "Words of the class", "", 0);
    cm_field *lower = cm_build_field(build, layer, CM_FIELD_REAL, "lower_per_km2", "From", "Lower edge of the class",
                                     "per km2", 3);
    cm_field *upper = cm_build_field(build, layer, CM_FIELD_REAL, "upper_per_km2", "To",
                                     "Upper edge of the class; null: open", "per km2", 3);
    if (layer)
        cm_release_range_classes(build, &layer->style, heat->breaks, heat->n_breaks, heat->n_breaks > 1, CM_RAMP_DUSK);
    for (size_t b = 0; b < bands.count && label; b++) {
        const size_t k = cm_release_class_of(heat->breaks, heat->n_breaks, bands.lower[b]);
        cm_field_set_integer(class_number, b, (int64_t)k - 1);
        cm_field_set_text(build, label, b, layer->style.classes[k - 1].label);
        cm_field_set_real(lower, b, bands.lower[b]);
        cm_field_set_real(upper, b, isfinite(bands.upper[b]) ? bands.upper[b] : (double)NAN);
    }
    cm_build_colour_by(build, layer, "class", PER_KM2);
    const castmap_polygons view = {bands.count, bands.part_start, bands.ring_start, bands.vertex_start, bands.x, bands.y};
    status = cm_release_shapes(ctx, in, build, layer, &view);
    castmap_bands_clear(&bands);
    if (status || !cm_build_surface(build, &heat->grid, false, heat->breaks, heat->n_breaks))
        return status ? status : cm_fail_memory(ctx);
    cm_surface *surface = &build->release->surface;
    for (size_t i = 0; i < heat->grid.columns * heat->grid.rows; i++)
        surface->classes[i] = (uint8_t)cm_release_class_of(heat->breaks, heat->n_breaks, heat->values[i]);
    cm_release_range_classes(build, &surface->style, heat->breaks, heat->n_breaks, heat->n_breaks > 1, CM_RAMP_DUSK);
    cm_build_text(build, &surface->style.legend_title, PER_KM2);
    cm_build_text(build, &surface->title, "Heat map");
    cm_build_text(build, &surface->description, "Classes of the density of reports, computed from the published cells alone");
    cm_build_text(build, &surface->unit, "per km2");
    return CASTMAP_OK;
}

static castmap_status add_cells(castmap_context *ctx, const cm_release_inputs *in, const cm_published *published,
                                const cm_polygon_set *squares, const cm_heat_cells *heat, cm_release_build *build)
{
    const castmap_polygons view = cm_polygon_set_view(squares);
    cm_layer *layer = cm_build_layer(build, "cells", "Reports by cell",
                                     "Squares of the lattice that hold enough reports to be shown. Where there is no square, there may be few reports or none.",
                                     CM_SHAPE_POLYGON, published->n_cells);
    cm_field *name = cm_build_field(build, layer, CM_FIELD_TEXT, "cell", "Cell",
                                    "Side, column and row in the lattice with its origin at 0,0 of the coordinate system", "", 0);
    cm_field *side = cm_build_field(build, layer, CM_FIELD_INTEGER, "side_m", "Side", "Side of the cell", "m", 0);
    cm_field *count = cm_build_field(build, layer, CM_FIELD_INTEGER, "count", REPORTS, "Reports in the cell, rounded to 5",
                                     "", 0);
    cm_field *density = cm_build_field(build, layer, CM_FIELD_REAL, "density_per_km2", PER_KM2,
                                       "The rounded count by the size of the cell", "per km2", 2);
    cm_field *class_number = cm_build_field(build, layer, CM_FIELD_INTEGER, "class", "Class",
                                            "Number of the class in the legend, from 0", "", 0);

    for (size_t c = 0; c < published->n_cells && class_number; c++) {
        const cm_ledger_cell *cell = &published->cell[c];
        char words[80];
        snprintf(words, sizeof words, "%lld/%lld/%lld", (long long)cell->side_m, (long long)cell->column,
                 (long long)cell->row);
        const size_t k = cm_release_class_of(heat->breaks, heat->n_breaks, cm_cell_density(cell));
        cm_field_set_text(build, name, c, words);
        cm_field_set_integer(side, c, (int64_t)cell->side_m);
        cm_field_set_integer(count, c, cell->published);
        cm_field_set_real(density, c, cm_cell_density(cell));
        cm_field_set_integer(class_number, c, k > 0 ? (int64_t)k - 1 : 0);
    }
    if (layer) {
        cm_release_range_classes(build, &layer->style, heat->breaks, heat->n_breaks, true, CM_RAMP_TIDE);
        layer->visible = false;
    }
    cm_build_colour_by(build, layer, "class", PER_KM2);
    cm_build_outline(layer, 0xFFFFFFFFu, 0.15, false);
    return cm_release_shapes(ctx, in, build, layer, &view);
}

/* A rate is of the people in the area, so the squares that are counted must be nearly the area. */
static bool nearly_the_area(const cm_cell_areas *areas, size_t i, double area_km2)
{
    return areas->own_km2[i] >= 0.8 * area_km2 && areas->own_km2[i] >= 0.8 * areas->cells_km2[i];
}

static void fill_areas(const cm_release_inputs *in, const cm_cell_areas *areas, const int64_t *counts, cm_release_build *build, cm_layer *layer)
{
    const cm_boundary_set *set = &in->boundaries;
    double edges[CM_CELL_CLASSES], most = 0.0;
    cm_field *count = cm_build_field(build, layer, CM_FIELD_INTEGER, "count", REPORTS,
                                     "Sum of the rounded counts of the cells that belong to the area; null: not shown", "", 0);
    cm_field *area = cm_build_field(build, layer, CM_FIELD_REAL, "area_km2", "Area", "Size of the area", "km2", 2);
    cm_field *counted = cm_build_field(build, layer, CM_FIELD_REAL, "cells_km2", "Counted on", "Size of the cells that are counted: where it is far from the "
                                       "size of the area, the count is of another piece of land; null: not shown", "km2", 2);
    cm_field *people = cm_build_field(build, layer, CM_FIELD_INTEGER, "population", "Population", "Residents; null: not known",
                                      "", 0);
    cm_field *rate = cm_build_field(build, layer, CM_FIELD_REAL, "rate_per_1000", "Per 1,000 residents",
                                    "The rounded count by population, where the cells are nearly the area; else null", "per 1,000", 1);
    cm_field *class_number = cm_build_field(build, layer, CM_FIELD_INTEGER, "class", "Class",
                                            "Number of the class in the legend, from 0", "", 0);
    cm_field *label = cm_build_field(build, layer, CM_FIELD_TEXT, "label", "Shown as", "Words of the class", "", 0);

    if (!label)
        return;
    for (size_t i = 0; i < set->count; i++)
        most = fmax(most, counts[i] == INT64_MIN ? 0.0 : (double)counts[i]);
    const size_t n = cm_ladder(fmax(most * 0.8, LEAST_COUNT), LEAST_COUNT, 1, edges);
    cm_release_count_classes(build, &layer->style, edges, n, false, CM_RAMP_TIDE);
    cm_build_class(build, &layer->style, NAN, NAN, CM_WORDS_NOT_SHOWN, CM_COLOUR_NOT_SHOWN, true);
    for (size_t i = 0; i < set->count && !build->failed; i++) {
        size_t k = n;
        cm_field_set_real(area, i, in->area_km2[i]);
        if (isfinite(set->population[i]))
            cm_field_set_integer(people, i, (int64_t)set->population[i]);
        if (counts[i] != INT64_MIN) {
            k = cm_release_class_of(edges, n, (double)counts[i]);
            k = k > 0 ? k - 1 : 0;
            cm_field_set_integer(count, i, counts[i]);
            cm_field_set_real(counted, i, areas->cells_km2[i]);
            if (set->population[i] > 0.0 && nearly_the_area(areas, i, in->area_km2[i]))
                cm_field_set_real(rate, i, (double)counts[i] * 1000.0 / set->population[i]);
        }
        cm_field_set_integer(class_number, i, (int64_t)k);
        cm_field_set_text(build, label, i, layer->style.classes[k].label);
    }
}

static castmap_status add_areas(castmap_context *ctx, const cm_release_inputs *in, const cm_published *published,
                                const cm_cell_areas *areas, cm_release_build *build, castmap_suppressed *stats)
{
    if (!in->has_boundaries)
        return CASTMAP_OK;
    const cm_boundary_set *set = &in->boundaries;
    int64_t *counts = cm_alloc(set->count, sizeof *counts);
    if (!counts)
        return cm_fail_memory(ctx);
    cm_area_counts(published, areas, in->area_km2, set->count, counts);
    cm_layer *layer = cm_build_layer(build, "areas", "Reports by area",
                                     "Each area counts the cells of which it holds the largest part. Areas that their cells do not stand for are not shown; they may have few reports or none.",
                                     CM_SHAPE_POLYGON, set->count);
    castmap_status status = cm_release_area_shapes(ctx, in, build, layer);
    if (!status && layer) {
        fill_areas(in, areas, counts, build, layer);
        layer->visible = false;
        cm_build_colour_by(build, layer, "class", REPORTS);
        cm_build_outline(layer, CM_COLOUR_BORDER, 0.25, false);
        cm_build_label(layer, "name", 12.0);
    }
    for (size_t i = 0; i < set->count; i++) {
        stats->areas_shown += counts[i] != INT64_MIN;
        stats->areas_withheld += counts[i] == INT64_MIN;
    }
    free(counts);
    return status;
}

typedef struct ranked_place {
    size_t  place;
    int64_t count;
} ranked_place;

static int compare_places(const void *left, const void *right)
{
    const ranked_place *a = left, *b = right;

    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

/* The cell of a place with the highest density: its label stands there, and it names the place. */
static uint32_t heart_of(const cm_published *published, size_t place)
{
    uint32_t best = published->place_cell[published->place_start[place]];

    for (size_t k = published->place_start[place]; k < published->place_start[place + 1]; k++) {
        if (cm_cell_density(&published->cell[published->place_cell[k]]) > cm_cell_density(&published->cell[best]))
            best = published->place_cell[k];
    }
    return best;
}

static castmap_status place_outlines(castmap_context *ctx, const cm_published *published, const cm_polygon_set *squares,
                                     const ranked_place *order, cm_polygon_set *out)
{
    const castmap_polygons view = cm_polygon_set_view(squares);
    size_t *feature = cm_alloc(published->n_cells, sizeof *feature);
    castmap_status status = feature ? CASTMAP_OK : cm_fail_memory(ctx);

    for (size_t i = 0; i < published->n_places && !status; i++) {
        const size_t begin = published->place_start[order[i].place], end = published->place_start[order[i].place + 1];
        for (size_t k = begin; k < end; k++)
            feature[k - begin] = published->place_cell[k];
        status = cm_geos_union(ctx, &view, feature, end - begin, out);
    }
    free(feature);
    return status;
}

static castmap_status add_places(castmap_context *ctx, const cm_release_inputs *in, const cm_published *published,
                                 const cm_cell_areas *areas, const cm_polygon_set *squares, cm_release_build *build)
{
    const size_t n = published->n_places;
    ranked_place *order = cm_alloc(n, sizeof *order);
    double *x = cm_alloc(n, sizeof *x), *y = cm_alloc(n, sizeof *y);
    cm_polygon_set outlines = CM_POLYGON_SET_INIT;
    castmap_status status = order && x && y ? CASTMAP_OK : cm_fail_memory(ctx);

    if (status)
        goto done;
    for (size_t p = 0; p < n; p++) {
        order[p] = (ranked_place){p, 0};
        for (size_t k = published->place_start[p]; k < published->place_start[p + 1]; k++)
            order[p].count += published->cell[published->place_cell[k]].published;
    }
    qsort(order, n, sizeof *order, compare_places);
    status = place_outlines(ctx, published, squares, order, &outlines);
    if (status)
        goto done;
    cm_layer *layer = cm_build_layer(build, "places", "Places where reports gather",
                                     "Whole cells in which many reports lie close together.", CM_SHAPE_POLYGON, n);
    cm_field *number = cm_build_field(build, layer, CM_FIELD_INTEGER, "number", "Place", "1 has the most reports", "", 0);
    cm_field *name = cm_build_field(build, layer, CM_FIELD_TEXT, "name", "Where", "Area that holds its densest cell", "", 0);
    cm_field *count = cm_build_field(build, layer, CM_FIELD_INTEGER, "count", REPORTS,
                                     "Sum of the rounded counts of its cells", "", 0);
    cm_field *cells = cm_build_field(build, layer, CM_FIELD_INTEGER, "cells", "Cells", "How many cells it covers", "", 0);
    cm_field *label = cm_build_field(build, layer, CM_FIELD_TEXT, "label", "Label", "Number as printed on the map", "", 0);
    for (size_t i = 0; i < n && label; i++) {
        const size_t p = order[i].place;
        const uint32_t heart = heart_of(published, p);
        const cm_ledger_cell *cell = &published->cell[heart];
        char words[CM_DECIMAL_SIZE];
        cm_decimal_i64((int64_t)i + 1, words);
        cm_field_set_integer(number, i, (int64_t)i + 1);
        cm_field_set_text(build, label, i, words);
        cm_field_set_integer(count, i, order[i].count);
        cm_field_set_integer(cells, i, (int64_t)(published->place_start[p + 1] - published->place_start[p]));
        if (areas && areas->area[heart] >= 0)
            cm_field_set_text(build, name, i, in->boundaries.area_name[areas->area[heart]]);
        x[i] = ((double)cell->column + 0.5) * cell->side_m;
        y[i] = ((double)cell->row + 0.5) * cell->side_m;
    }
    const castmap_polygons view = cm_polygon_set_view(&outlines);
    status = cm_release_shapes(ctx, in, build, layer, &view);
    cm_build_label_points(build, layer, x, y);
    cm_build_outline(layer, CM_COLOUR_PLACE, 0.6, true);
    cm_build_label(layer, "label", 0.0);

done:
    cm_polygon_set_clear(&outlines);
    free(order);
    free(x);
    free(y);
    return status;
}

/* The heat goes past the borders, as far as a sheet of either orientation may show, so that it ends nowhere in the middle of a map. From the frame
 * alone, which comes from borders and published squares. */
static castmap_status spread_heat(castmap_context *ctx, const cm_published *published, const castmap_release *release, cm_heat_cells *out)
{
    const double wide = release->east - release->west, high = release->north - release->south;
    const double x = FRAME_SHARE * fmax(wide, high * FRAME_RATIO) - wide / 2.0, y = FRAME_SHARE * fmax(high, wide * FRAME_RATIO) - high / 2.0;

    return cm_heat_cells_make(ctx, published->cell, published->n_cells, release->west - x, release->south - y, release->east + x, release->north + y, out);
}

castmap_status cm_release_cells(castmap_context *ctx, const cm_release_inputs *in, const cm_published *published,
                                const cm_cell_areas *areas, cm_release_build *build, castmap_suppressed *stats)
{
    const castmap_release *release = build->release;
    cm_polygon_set squares = CM_POLYGON_SET_INIT;
    cm_heat_cells heat = {0};
    castmap_status status;

    build->lattice_m = published->policy.base_cell_m;
    if (cm_is_world(in))
        return CASTMAP_OK; /* movements between countries, and no record that a square could hold */
    status = make_squares(ctx, published, &squares);
    if (status)
        goto done;
    status = spread_heat(ctx, published, release, &heat);
    if (status)
        goto done;
    status = add_heat(ctx, in, &heat, build);
    if (status)
        goto done;
    status = add_areas(ctx, in, published, areas, build, stats);
    if (status)
        goto done;
    status = add_cells(ctx, in, published, &squares, &heat, build);
    if (status)
        goto done;
    status = add_places(ctx, in, published, in->has_boundaries ? areas : NULL, &squares, build);
    if (status)
        goto done;
    status = cm_release_boundaries(ctx, in, build);

done:
    cm_polygon_set_clear(&squares);
    cm_heat_cells_clear(&heat);
    return status;
}
