/*
 * release/disclosure/release_heat.c - the heat map of an internal release, as the run stored it: bands, surface, and where a comparison is
 * more than chance.
 *
 * Partners and the public never see it: their heat map is computed from published squares (release_cells.c).
 */
#include "release/disclosure/release_inputs.h"

#include "base/decimal.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/time_text.h"
#include "castmap/runs.h"
#include "project/layer_table.h"
#include "release/style/palette.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PER_KM2_MONTH "Observations per km\xc2\xb2 and month"
#define PERSONS_PER_KM2_MONTH "Persons per km\xc2\xb2 and month"
#define NEUTRAL 3 /* of the seven classes of a comparison or a change: about the same */

/* Enough decimals for two digits of the lowest edge. */
static int digits_for(const cm_heat_layer *heat)
{
    double least = (double)INFINITY;

    for (size_t i = 0; i < heat->n_breaks; i++)
        least = heat->breaks[i] != 0.0 ? fmin(least, fabs(heat->breaks[i])) : least;
    return isfinite(least) && least < 0.1 ? (int)fmin(15.0, 1.0 - floor(log10(least))) : 3;
}

static void ratio_label(size_t k, char out[CM_LABEL_SIZE])
{
    static const char *const WORDS[] = {"4 times less likely, or still less", "2 to 4 times less likely", "1.5 to 2 times less likely",
                                        "about as likely", "1.5 to 2 times as likely", "2 to 4 times as likely",
                                        "4 times as likely, or more"};

    snprintf(out, CM_LABEL_SIZE, "%s", WORDS[k < 7 ? k : 6]);
}

static void change_label(const cm_heat_layer *heat, size_t k, char out[CM_LABEL_SIZE])
{
    const bool less = k < NEUTRAL;
    const double low = less ? -heat->breaks[k + 1] : heat->breaks[k];
    const bool open = k == 0 || k + 1 == heat->n_breaks;
    char from[CM_DECIMAL_SIZE], to[CM_DECIMAL_SIZE];

    if (k == NEUTRAL) {
        snprintf(out, CM_LABEL_SIZE, "about the same");
        return;
    }
    cm_decimal_trimmed(low, digits_for(heat), from);
    if (open) {
        snprintf(out, CM_LABEL_SIZE, "%s by %s or more", less ? "down" : "up", from);
        return;
    }
    cm_decimal_trimmed(less ? -heat->breaks[k] : heat->breaks[k + 1], digits_for(heat), to);
    snprintf(out, CM_LABEL_SIZE, "%s by %s to %s", less ? "down" : "up", from, to);
}

static void add_classes(cm_release_build *build, cm_style *style, const cm_heat_layer *heat)
{
    char words[CM_LABEL_SIZE];

    for (size_t k = 0; k < heat->n_breaks; k++) {
        const double upper = k + 1 < heat->n_breaks ? heat->breaks[k + 1] : (double)INFINITY;
        uint32_t colour = cm_two_sided_colour(k);
        if (heat->kind == CASTMAP_HEAT_COMPARE) {
            ratio_label(k, words);
        } else if (heat->kind == CASTMAP_HEAT_CHANGE) {
            change_label(heat, k, words);
        } else {
            cm_label_range(heat->breaks[k], upper, digits_for(heat), words);
            colour = cm_ramp_colour(CM_RAMP_DUSK, k, heat->n_breaks);
        }
        cm_build_class(build, style, heat->breaks[k], upper, words, colour, false);
    }
}

static void fill_bands(cm_release_build *build, cm_layer *layer, const cm_heat_layer *heat)
{
    const bool plain = heat->kind == CASTMAP_HEAT_DENSITY && strcmp(heat->unit, "per km2") == 0;
    cm_field *class_number = cm_build_field(build, layer, CM_FIELD_INTEGER, "class", "Class",
                                            "Number of the class in the legend, from 0", "", 0);
    cm_field *label = cm_build_field(build, layer, CM_FIELD_TEXT, "label", heat->legend, "Words of the class", "", 0);
    cm_field *lower = cm_build_field(build, layer, CM_FIELD_REAL, plain ? "lower_per_km2" : "lower", "From", "Lower edge of the class",
                                     heat->unit, 6);
    cm_field *upper = cm_build_field(build, layer, CM_FIELD_REAL, plain ? "upper_per_km2" : "upper", "To",
                                     "Upper edge of the class; null: open", heat->unit, 6);

    if (!upper)
        return;
    add_classes(build, &layer->style, heat);
    for (size_t b = 0; b < heat->bands.count && !build->failed; b++) {
        const size_t k = cm_release_class_of(heat->breaks, heat->n_breaks, heat->bands.lower[b]);
        cm_field_set_integer(class_number, b, k > 0 ? (int64_t)k - 1 : 0);
        cm_field_set_text(build, label, b, layer->style.classes[k > 0 ? k - 1 : 0].label);
        cm_field_set_real(lower, b, heat->bands.lower[b]);
        cm_field_set_real(upper, b, heat->bands.upper[b]);
    }
}

static void add_surface(cm_release_build *build, const cm_heat_layer *heat, const char *title)
{
    if (!cm_build_surface(build, &heat->grid, true, heat->breaks, heat->n_breaks))
        return;
    cm_surface *surface = &build->release->surface;
    for (size_t i = 0; i < heat->grid.columns * heat->grid.rows; i++) {
        const bool blank = isnan(heat->values[i]);
        surface->values[i] = heat->values[i];
        surface->classes[i] = blank ? 0 : (uint8_t)cm_release_class_of(heat->breaks, heat->n_breaks, heat->values[i]);
        surface->has_blank = surface->has_blank || blank;
    }
    surface->radius_m = heat->radius_m;
    surface->sigma_m = heat->sigma_m;
    add_classes(build, &surface->style, heat);
    cm_build_text(build, &surface->style.legend_title, heat->legend);
    cm_build_text(build, &surface->title, title);
    cm_build_text(build, &surface->description, "Kernel density of the observations");
    cm_build_text(build, &surface->unit, strcmp(heat->unit, "per km2") == 0 ? "1/km2" : heat->unit);
}

/* Where the ratio is above 1 by more than chance, place by place. */
static castmap_status add_tolerance(castmap_context *ctx, const cm_release_inputs *in, const cm_heat_layer *heat, cm_release_build *build)
{
    static const double LEVEL[] = {0.95, 0.99};
    const size_t cells = heat->grid.columns * heat->grid.rows;
    double *sure = cm_alloc(cells, sizeof *sure);
    castmap_bands bands = CASTMAP_BANDS_INIT;
    castmap_status status = sure ? CASTMAP_OK : cm_fail_memory(ctx);

    for (size_t i = 0; i < cells && !status; i++)
        sure[i] = 1.0 - heat->p_value[i]; /* NaN stays */
    if (!status)
        status = castmap_bands_make(ctx, &heat->grid, sure, LEVEL, 2, &bands);
    if (!status && bands.count > 0) {
        const castmap_polygons view = {bands.count, bands.part_start, bands.ring_start, bands.vertex_start, bands.x, bands.y};
        cm_layer *layer = cm_build_layer(build, "tolerance", "More likely than chance would have it",
                                         "Tolerance contours: the first category is more likely there, with p below 0.05 (or 0.01) at the place itself.",
                                         CM_SHAPE_POLYGON, bands.count);
        cm_field *p = cm_build_field(build, layer, CM_FIELD_REAL, "p_below", "p below", "Upper-tailed, not corrected for looking at many places", "", 2);
        for (size_t b = 0; b < bands.count; b++)
            cm_field_set_real(p, b, bands.lower[b] > 0.97 ? 0.01 : 0.05);
        status = cm_release_shapes(ctx, in, build, layer, &view);
        cm_build_outline(layer, CM_COLOUR_LABEL, 0.5, false);
    }
    castmap_bands_clear(&bands);
    free(sure);
    return status;
}

/* One layer a slice, hidden until somebody looks at it; all share the classes of the first. */
static castmap_status add_slices(castmap_context *ctx, const cm_release_inputs *in, const cm_heat_layer *heat, cm_release_build *build)
{
    const size_t cells = heat->grid.columns * heat->grid.rows;
    const bool change = heat->kind == CASTMAP_HEAT_CHANGE;
    const char *legend = change ? heat->legend : strncmp(heat->legend, "Persons", 7) == 0 ? PERSONS_PER_KM2_MONTH : PER_KM2_MONTH;
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; i < heat->n_slices && !status; i++) {
        castmap_bands bands = CASTMAP_BANDS_INIT;
        char name[32], title[128], from[CM_DECIMAL_SIZE], to[CM_DECIMAL_SIZE];
        cm_date_iso(heat->slice_from_s[i], from);
        cm_date_iso(heat->slice_to_s[i] - 1, to);
        snprintf(name, sizeof name, "heat_%02zu", i + 1);
        snprintf(title, sizeof title, "%s, %s to %s%s", change ? "Change" : "Heat map", from, to, change ? " less the one before" : "");
        status = castmap_bands_make(ctx, &heat->grid, heat->slice_values + i * cells, heat->slice_breaks, heat->n_slice_breaks, &bands);
        if (status)
            break;
        cm_layer *layer = cm_build_layer(build, name, title, change ? "The density in this period less that in the one before, both per month."
                                                            : "Density of the observations about this part of the period.",
                                         CM_SHAPE_POLYGON, bands.count);
        cm_field *class_number = cm_build_field(build, layer, CM_FIELD_INTEGER, "class", "Class", "Number of the class in the legend, from 0", "", 0);
        cm_field *label = cm_build_field(build, layer, CM_FIELD_TEXT, "label", legend, "Words of the class", "", 0);
        if (label) {
            layer->visible = false;
            if (change)
                add_classes(build, &layer->style, heat); /* those of the change from the first to the last are theirs too */
            else
                cm_release_range_classes(build, &layer->style, heat->slice_breaks, heat->n_slice_breaks, false, CM_RAMP_DUSK);
        }
        for (size_t b = 0; b < bands.count && label && !build->failed; b++) {
            const size_t k = cm_release_class_of(heat->slice_breaks, heat->n_slice_breaks, bands.lower[b]);
            cm_field_set_integer(class_number, b, k > 0 ? (int64_t)k - 1 : 0);
            cm_field_set_text(build, label, b, layer->style.classes[k > 0 ? k - 1 : 0].label);
        }
        cm_build_colour_by(build, layer, "class", legend);
        const castmap_polygons view = {bands.count, bands.part_start, bands.ring_start, bands.vertex_start, bands.x, bands.y};
        status = cm_release_shapes(ctx, in, build, layer, &view);
        castmap_bands_clear(&bands);
    }
    if (!status && heat->n_slices > 0 && change)
        cm_build_method(build, "Changes: each of %zu periods against the one before it, in one legend.", heat->n_slices);
    else if (!status && heat->n_slices > 0)
        cm_build_method(build, "Slices in time: %zu parts of the period, each smoothed over its neighbours, in one legend.", heat->n_slices);
    return status;
}

static void describe_method(cm_release_build *build, const cm_heat_layer *heat)
{
    char radius[CM_DECIMAL_SIZE];

    cm_decimal_trimmed(heat->radius_m, 0, radius);
    if (heat->kind == CASTMAP_HEAT_DENSITY)
        cm_build_method(build, "Heat map: %s, each spread over a radius of %s m (%s kernel); %zu observations.%s%s", heat->legend, radius,
                        castmap_kernel_name(heat->kernel), heat->observations, heat->note[0] ? " " : "", heat->note);
    else
        cm_build_method(build, "Heat map: %s; radius %s m (%s kernel). %s", heat->legend, radius, castmap_kernel_name(heat->kernel),
                        heat->note);
    if (heat->spread > 0)
        cm_build_caveat(build, "%.0f %% of the observations of the heat map are known only to a postcode or an area, and spread over it.",
                        100.0 * (double)heat->spread / (double)heat->observations);
}

/* What a reader of the sheet must know: what is compared with what, and that blank is not the same as little. */
static void describe_reading(cm_release_build *build, const cm_heat_layer *heat)
{
    if (heat->kind != CASTMAP_HEAT_DENSITY)
        cm_build_caveat(build, "%s", heat->note);
    if (heat->kind == CASTMAP_HEAT_COMPARE)
        cm_build_caveat(build, "The heat map is blank outside the study area, under a mask, and where too few records lie to compare: that looks like \"about as "
                               "likely\" and is not.");
    else if (build->release && build->release->surface.has_blank)
        cm_build_caveat(build, "The heat map is blank outside the study area and under a mask: that is not the same as few.");
    cm_build_fact_count(build, "Observations on the heat map", (int64_t)heat->observations, "");
}

castmap_status cm_release_heat(castmap_context *ctx, const cm_release_inputs *in, cm_release_build *build)
{
    static const char *const TITLE[] = {"Heat map", "Where the one is more likely than the other", "What became more, and what less"};
    cm_heat_layer heat = {0};
    castmap_status status = cm_heat_layer_load(ctx, in->project, NULL, &heat);

    if (status == CASTMAP_E_NOT_FOUND) {
        cm_fail_clear(ctx);
        return CASTMAP_OK;
    }
    if (status)
        return status;
    const char *title = TITLE[heat.kind >= 0 && heat.kind <= CASTMAP_HEAT_CHANGE ? heat.kind : 0];
    cm_layer *layer = cm_build_layer(build, "heat", title, heat.kind == CASTMAP_HEAT_DENSITY ? "Bands of equal density of observations." : heat.note,
                                     CM_SHAPE_POLYGON, heat.bands.count);
    fill_bands(build, layer, &heat);
    cm_build_colour_by(build, layer, "class", heat.legend);
    const castmap_polygons view = {heat.bands.count, heat.bands.part_start, heat.bands.ring_start, heat.bands.vertex_start,
                                   heat.bands.x, heat.bands.y};
    cm_build_shapes(build, layer, &view, heat.band_lon, heat.band_lat);
    add_surface(build, &heat, title);
    if (heat.p_value)
        status = add_tolerance(ctx, in, &heat, build);
    if (!status)
        status = add_slices(ctx, in, &heat, build);
    describe_method(build, &heat);
    describe_reading(build, &heat);
    cm_heat_layer_clear(&heat);
    return status;
}
