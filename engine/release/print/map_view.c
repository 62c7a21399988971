/*
 * release/print/map_view.c - layers of a release drawn in a frame on a sheet.
 */
#include "release/print/map_view.h"

#include "base/fail.h"
#include "release/print/map_labels.h"

#include <math.h>
#include <string.h>

#define MARGIN 0.03          /* of the extent, on each side */
#define LEAST_STEP_MM 0.06   /* vertices nearer than this on paper are left out */
#define LAND 0xF7F6F1FFu
#define CASING 0xFFFFFFC0u
#define ARROW_AT 0.62

cm_map_view cm_map_view_fit(const castmap_release *release, double x, double y, double width, double height)
{
    const double across = fmax(release->east - release->west, 1.0) * (1.0 + 2.0 * MARGIN);
    const double up = fmax(release->north - release->south, 1.0) * (1.0 + 2.0 * MARGIN);
    cm_map_view view = {.x = x, .y = y, .width = width, .height = height};

    view.mm_per_m = fmin(width / across, height / up);
    view.west = (release->west + release->east) / 2.0 - width / 2.0 / view.mm_per_m;
    view.north = (release->south + release->north) / 2.0 + height / 2.0 / view.mm_per_m;
    return view;
}

/* The class of a feature, or NULL where the layer has one symbol or the feature has no class. */
static const cm_class *class_of(const cm_layer *layer, size_t feature)
{
    const cm_style *style = &layer->style;

    if (style->class_field < 0 || (size_t)style->class_field >= layer->n_fields)
        return NULL;
    const int64_t *number = layer->fields[style->class_field].integer;
    if (!number || number[feature] < 0 || (size_t)number[feature] >= style->n_classes)
        return NULL;
    return &style->classes[number[feature]];
}

bool cm_map_says(const cm_layer *layer)
{
    for (size_t i = 0; i < layer->count; i++) {
        const cm_class *c = class_of(layer, i);
        if (layer->style.class_field < 0 || (c && !c->hatched))
            return true;
    }
    return false;
}

const char *cm_map_main_layer(const castmap_release *release, const char *wanted)
{
    static const char *const CHOICE[] = {"heat", "cells", "areas", "flows", "stretches", "track_stretches", "reach"};

    if (wanted)
        return cm_release_layer(release, wanted) ? wanted : NULL;
    const char *empty = NULL;
    for (size_t i = 0; i < sizeof CHOICE / sizeof CHOICE[0]; i++) {
        const cm_layer *layer = cm_release_layer(release, CHOICE[i]);
        if (layer && cm_map_says(layer))
            return CHOICE[i];
        empty = layer && !empty ? CHOICE[i] : empty; /* what says that nothing is shown */
    }
    return empty;
}

/* What was kept of a place or a way is shown together. */
static bool is_along(const char *layer)
{
    return strcmp(layer, "reach") == 0 || strcmp(layer, "way") == 0 || strcmp(layer, "reached") == 0;
}

/* Slices and tolerance contours are drawn from the exact surface: no rule says yet how they could leave. */
static bool internal_alone(const char *layer)
{
    return strcmp(layer, "slices") == 0 || strcmp(layer, "tolerance") == 0 || strncmp(layer, "heat_", 5) == 0 || strcmp(layer, "street_slices") == 0 ||
           strncmp(layer, "street_density_", 15) == 0;
}

castmap_status cm_map_no_layer(castmap_context *ctx, const castmap_release *release, const char *layer)
{
    castmap_status status;

    if (layer && release->audience != CASTMAP_INTERNAL && internal_alone(layer)) {
        status = cm_fail(ctx, CASTMAP_E_RELEASE, "%s: drawn from the exact surface, so it is for the group itself alone", layer);
        cm_fail_hint(ctx, "say --for internal; partners and the public see heat, which is computed from published squares");
        return status;
    }
    status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "this release has no layer %s to draw", layer ? layer : "of heat, cells or areas");
    cm_fail_hint(ctx, layer && (strcmp(layer, "stretches") == 0 || strcmp(layer, "street_density") == 0)
                          ? "castmap routes makes stretches; the density along streets is for the group itself alone"
                      : layer && (strcmp(layer, "flow_slices") == 0 || strncmp(layer, "flows_", 6) == 0)
                          ? (release->audience == CASTMAP_INTERNAL ? "castmap flows FILE --by quarter makes slices"
                                                                   : "flows leave by year or quarter where the release covers several and a flow reaches the floors in each")
                      : layer && (strcmp(layer, "flows") == 0 || strcmp(layer, "corridors") == 0) ? "castmap flows FILE makes flows; corridors are for the group itself alone"
                      : layer && strncmp(layer, "track_", 6) == 0 ? "castmap tracks run makes track_stretches and track_stops; partners and the public see streets that enough people passed, and no stops"
                      : layer && is_along(layer) ? "castmap near PLACE --keep NAME, or castmap route FROM TO --keep NAME; it is for the group itself alone"
                      : layer && strncmp(layer, "street_", 7) == 0 ? "castmap routes --slices quarter makes slices of the density along streets"
                      : layer && internal_alone(layer) ? "castmap heat --slices quarter makes slices, castmap heat --compare A:B tolerance contours"
                                                     : "run castmap areas or castmap heat first");
    return status;
}

bool cm_map_shows(const cm_layer *layer, const char *main_layer)
{
    return strcmp(layer->name, main_layer) == 0 || strcmp(layer->name, "boundaries") == 0 ||
           ((strcmp(layer->name, "places") == 0 || strcmp(layer->name, "groups") == 0) && strncmp(main_layer, "flows", 5) != 0 && strncmp(main_layer, "str", 3) != 0 &&
            strncmp(main_layer, "track_", 6) != 0 &&
            !is_along(main_layer)) ||
           (strcmp(layer->name, "stretches") == 0 && strcmp(main_layer, "street_density") == 0) || (is_along(main_layer) && is_along(layer->name)) || (strcmp(layer->name, "tolerance") == 0 && strcmp(main_layer, "heat") == 0);
}

static double sheet_x(const cm_map_view *view, double x)
{
    return view->x + (x - view->west) * view->mm_per_m;
}

static double sheet_y(const cm_map_view *view, double y)
{
    return view->y + (view->north - y) * view->mm_per_m;
}

/* Path of one ring or line; vertices that paper cannot show apart are skipped, the last never. */
static void trace(cm_canvas *canvas, const cm_map_view *view, const cm_layer *layer, size_t ring, bool closed)
{
    const size_t first = layer->vertex_start[ring], end = layer->vertex_start[ring + 1];
    double last_x = 0.0, last_y = 0.0;

    for (size_t v = first; v < end; v++) {
        const double x = sheet_x(view, layer->x[v]), y = sheet_y(view, layer->y[v]);
        if (v == first)
            cm_canvas_move(canvas, x, y);
        else if (v + 1 == end || fabs(x - last_x) + fabs(y - last_y) >= LEAST_STEP_MM)
            cm_canvas_line(canvas, x, y);
        else
            continue;
        last_x = x;
        last_y = y;
    }
    if (closed)
        cm_canvas_close(canvas);
}

static void trace_feature(cm_canvas *canvas, const cm_map_view *view, const cm_layer *layer, size_t feature)
{
    if (layer->shape == CM_SHAPE_POINT) {
        cm_canvas_circle(canvas, sheet_x(view, layer->x[feature]), sheet_y(view, layer->y[feature]),
                         layer->style.size_mm > 0.0 ? layer->style.size_mm / 2.0 : 0.5);
        return;
    }
    for (size_t part = layer->part_start[feature]; part < layer->part_start[feature + 1]; part++) {
        for (size_t ring = layer->ring_start[part]; ring < layer->ring_start[part + 1]; ring++)
            trace(canvas, view, layer, ring, layer->shape == CM_SHAPE_POLYGON);
    }
}

static double sheet_step(const cm_map_view *view, const cm_layer *layer, size_t v)
{
    return hypot(layer->x[v + 1] - layer->x[v], layer->y[v + 1] - layer->y[v]) * view->mm_per_m;
}

/* A head where a line has gone ARROW_AT of its way: at the ends, in the middle of areas, many lines meet. */
static void draw_arrow(cm_canvas *canvas, const cm_map_view *view, const cm_layer *layer, size_t feature, uint32_t rgba, double width_mm)
{
    const size_t ring = layer->ring_start[layer->part_start[feature]];
    const size_t first = layer->vertex_start[ring], last = layer->vertex_start[ring + 1] - 1;
    const double half = 0.5 + 0.9 * width_mm, tall = 1.2 + 1.6 * width_mm;
    double left = 0.0;
    size_t v = first;

    for (size_t k = first; k < last; k++)
        left += ARROW_AT * sheet_step(view, layer, k);
    while (v + 1 < last && left > sheet_step(view, layer, v))
        left -= sheet_step(view, layer, v++);
    const double step = v < last ? sheet_step(view, layer, v) : 0.0;
    if (!(step > 0.0))
        return;
    const double ax = sheet_x(view, layer->x[v]), ay = sheet_y(view, layer->y[v]);
    const double dx = (sheet_x(view, layer->x[v + 1]) - ax) / step, dy = (sheet_y(view, layer->y[v + 1]) - ay) / step;
    const double x = ax + dx * left, y = ay + dy * left;
    cm_canvas_move(canvas, x + dx * tall / 2, y + dy * tall / 2);
    cm_canvas_line(canvas, x - dx * tall / 2 - dy * half, y - dy * tall / 2 + dx * half);
    cm_canvas_line(canvas, x - dx * tall / 2 + dy * half, y - dy * tall / 2 - dx * half);
    cm_canvas_close(canvas);
    cm_canvas_fill(canvas, rgba);
}

/* The last feature first, so that the first lies on top. */
static void draw_lines(cm_canvas *canvas, const cm_map_view *view, const cm_layer *layer)
{
    const cm_style *style = &layer->style;

    for (size_t f = layer->count; f-- > 0;) {
        const cm_class *c = class_of(layer, f);
        const double width = c && c->stroke_mm > 0.0 ? c->stroke_mm : style->stroke_mm;
        const uint32_t rgba = c ? c->rgba : style->stroke_rgba;
        if (style->arrows) { /* a pale border keeps lines apart where they cross */
            trace_feature(canvas, view, layer, f);
            cm_canvas_stroke(canvas, CASING, width + 0.5, false);
        }
        trace_feature(canvas, view, layer, f);
        cm_canvas_stroke(canvas, rgba, width, style->dashed);
        if (style->arrows)
            draw_arrow(canvas, view, layer, f, rgba, width);
    }
}

static void draw_fills(cm_canvas *canvas, const cm_map_view *view, const cm_layer *layer)
{
    const cm_style *style = &layer->style;

    for (size_t f = 0; f < layer->count; f++) {
        const cm_class *c = class_of(layer, f);
        const uint32_t fill = c ? c->rgba : style->class_field >= 0 ? 0u : style->fill_rgba;
        if ((fill & 0xFFu) == 0 && !(c && c->hatched))
            continue;
        trace_feature(canvas, view, layer, f);
        if (c && c->hatched) {
            cm_canvas_hatch(canvas, 0x8A8A8AB0u, 1.6, view->x, view->y, view->width, view->height);
            cm_canvas_forget(canvas);
        } else {
            cm_canvas_fill(canvas, fill);
        }
    }
    if (style->stroke_rgba == 0 || style->stroke_mm <= 0.0)
        return;
    for (size_t f = 0; f < layer->count; f++) {
        trace_feature(canvas, view, layer, f);
        cm_canvas_stroke(canvas, style->stroke_rgba, style->stroke_mm, style->dashed);
    }
}

void cm_map_draw_layer(cm_canvas *canvas, const cm_map_view *view, const cm_layer *layer)
{
    if (layer->shape == CM_SHAPE_LINE)
        draw_lines(canvas, view, layer);
    else
        draw_fills(canvas, view, layer);
}

castmap_status cm_map_view_draw(castmap_context *ctx, cm_canvas *canvas, const castmap_release *release,
                                const cm_map_view *view, const char *main_layer)
{
    cm_label_board board = CM_LABEL_BOARD_INIT;
    castmap_status status = CASTMAP_OK;

    cm_canvas_save(canvas);
    cm_canvas_clip(canvas, view->x, view->y, view->width, view->height);
    cm_canvas_rectangle(canvas, view->x, view->y, view->width, view->height);
    cm_canvas_fill(canvas, LAND);
    /* Streets and other lines stand over the colours, so that a reader can find the way. */
    for (size_t i = 0; i < release->n_backdrop; i++) {
        if (release->backdrop[i].shape == CM_SHAPE_POLYGON)
            cm_map_draw_layer(canvas, view, &release->backdrop[i]);
    }
    const cm_layer *main = cm_release_layer(release, main_layer);
    const bool lines = main && main->shape == CM_SHAPE_LINE; /* they lie over everything else */
    if (main && !lines)
        cm_map_draw_layer(canvas, view, main);
    for (size_t i = 0; i < release->n_backdrop; i++) {
        if (release->backdrop[i].shape != CM_SHAPE_POLYGON)
            cm_map_draw_layer(canvas, view, &release->backdrop[i]);
    }
    for (size_t i = 0; i < release->n_layers; i++) {
        if (&release->layers[i] != main && cm_map_shows(&release->layers[i], main_layer))
            cm_map_draw_layer(canvas, view, &release->layers[i]);
    }
    if (lines)
        cm_map_draw_layer(canvas, view, main);
    /* Names last, the most wanted first: numbers of stretches, places, areas, then the backdrop. */
    static const char *const ORDER[] = {"stretches", "groups", "places", "boundaries"};
    for (size_t i = 0; i < sizeof ORDER / sizeof ORDER[0] && !status; i++) {
        const cm_layer *layer = cm_release_layer(release, ORDER[i]);
        if (layer && cm_map_shows(layer, main_layer))
            status = cm_labels_draw(ctx, canvas, view, layer, &board);
    }
    for (size_t i = 0; i < release->n_backdrop && !status; i++)
        status = cm_labels_draw(ctx, canvas, view, &release->backdrop[i], &board);
    cm_label_board_clear(&board);
    cm_canvas_restore(canvas);
    return status;
}
